//! Which calls came, and how did they end? Every call gets a span, a line in the log and a count, also those that no service takes.
//!
//! Logged are method, code, time and sizes; nothing that a caller wrote.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use http::HeaderMap;
use tonic::Code;
use tonic::body::Body;
use tower::{Layer, Service};
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::metrics::Metrics;

/// The methods that are counted by name; a test holds that none of the contract is missing.
const METHODS: [&str; 21] = [
    "skillgap.v1.MatchingService/ExtractDemand",
    "skillgap.v1.MatchingService/AnalyseGap",
    "skillgap.v1.MatchingService/RecommendCredentials",
    "skillgap.v1.MatchingService/PlanPathway",
    "skillgap.v1.MatchingService/ReachableOccupations",
    "skillgap.v1.MatchingService/RecommendStream",
    "skillgap.v1.SkillsService/SearchSkills",
    "skillgap.v1.SkillsService/LinkText",
    "skillgap.v1.SkillsService/GetSkill",
    "skillgap.v1.SkillsService/GetOccupation",
    "skillgap.v1.SkillsService/ListNarrower",
    "skillgap.v1.CatalogueService/GetCredential",
    "skillgap.v1.CatalogueService/SearchCredentials",
    "skillgap.v1.CatalogueService/CompareCredentials",
    "skillgap.v1.CatalogueService/CheckCredential",
    "skillgap.v1.CatalogueService/GetStatus",
    "skillgap.v1.CatalogueService/UpsertCredentials",
    "skillgap.v1.CatalogueService/DeleteCredential",
    "grpc.health.v1.Health/Check",
    "grpc.health.v1.Health/Watch",
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
];

/// Puts [`Observe`] around a service.
#[derive(Clone)]
pub struct ObserveLayer {
    pub(super) metrics: Metrics,
}

impl<S> Layer<S> for ObserveLayer {
    type Service = Observe<S>;

    fn layer(&self, inner: S) -> Observe<S> {
        Observe {
            inner,
            metrics: self.metrics.clone(),
        }
    }
}

/// A service whose calls are logged and counted.
#[derive(Clone)]
pub struct Observe<S> {
    inner: S,
    metrics: Metrics,
}

impl<S> Service<http::Request<Body>> for Observe<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = method(request.uri().path());
        let span = info_span!(
            "call",
            method,
            trace_id = trace_id(request.headers()),
            request_bytes = Empty,
            response_bytes = Empty
        );
        let open = Open {
            method,
            since: Instant::now(),
            code: Code::Cancelled,
            span: span.clone(),
            metrics: self.metrics.clone(),
        };
        let answer = span.in_scope(|| self.inner.call(request));
        let answer = async move {
            let mut open = open;
            let answer = answer.await;
            open.code = answer
                .as_ref()
                .map_or(Code::Unknown, |answer| code(answer.headers()));
            answer
        };
        Box::pin(answer.instrument(span))
    }
}

/// A call that has not ended. It is counted when dropped: as cancelled unless there is an answer, because then the caller went away.
struct Open {
    method: &'static str,
    since: Instant,
    code: Code,
    span: Span,
    metrics: Metrics,
}

impl Drop for Open {
    fn drop(&mut self) {
        let (code, duration) = (code_name(self.code), self.since.elapsed());
        self.metrics.ended(self.method, code, duration);
        self.span.in_scope(|| {
            tracing::info!(
                code,
                duration_ms = duration.as_secs_f64() * 1e3,
                "call ended"
            )
        });
    }
}

/// The name under which a path is counted; paths that nobody serves share one, so that callers cannot make up metrics.
fn method(path: &str) -> &'static str {
    METHODS
        .into_iter()
        .find(|method| path.strip_prefix('/') == Some(method))
        .unwrap_or("other")
}

/// The code of an answer. Errors of unary calls stand in the headers; without one there, the call has worked.
fn code(headers: &HeaderMap) -> Code {
    headers
        .get("grpc-status")
        .map_or(Code::Ok, |value| Code::from_bytes(value.as_bytes()))
}

/// The trace that the caller names in `traceparent` (W3C Trace Context), if it is one.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers
        .get("traceparent")?
        .to_str()
        .ok()?
        .split('-')
        .nth(1)?;
    let is_id = id.len() == 32
        && id
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    is_id.then_some(id)
}

/// The code's name in metrics and logs.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "ok",
        Code::Cancelled => "cancelled",
        Code::Unknown => "unknown",
        Code::InvalidArgument => "invalid_argument",
        Code::DeadlineExceeded => "deadline_exceeded",
        Code::NotFound => "not_found",
        Code::AlreadyExists => "already_exists",
        Code::PermissionDenied => "permission_denied",
        Code::ResourceExhausted => "resource_exhausted",
        Code::FailedPrecondition => "failed_precondition",
        Code::Aborted => "aborted",
        Code::OutOfRange => "out_of_range",
        Code::Unimplemented => "unimplemented",
        Code::Internal => "internal",
        Code::Unavailable => "unavailable",
        Code::DataLoss => "data_loss",
        Code::Unauthenticated => "unauthenticated",
    }
}

#[cfg(test)]
mod tests {
    use prost_types::FileDescriptorSet;

    use super::*;
    use crate::rpc::wire::FILE_DESCRIPTOR_SET;

    #[test]
    fn every_method_of_the_contract_is_counted_by_name() {
        let files: FileDescriptorSet = prost::Message::decode(FILE_DESCRIPTOR_SET).unwrap();
        for service in files.file.iter().flat_map(|file| &file.service) {
            for rpc in &service.method {
                let path = format!("/skillgap.v1.{}/{}", service.name(), rpc.name());
                assert_ne!(method(&path), "other", "{path}");
            }
        }
        assert_eq!(method("/skillgap.v1.MatchingService/Nothing"), "other");
    }

    #[test]
    fn only_well_formed_trace_ids_are_adopted() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", value.parse().unwrap());
            trace_id(&headers).map(str::to_owned)
        };
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(
            with(&format!("00-{id}-00f067aa0ba902b7-01")).as_deref(),
            Some(id)
        );
        assert_eq!(with("00-my secret-00f067aa0ba902b7-01"), None);
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }
}
