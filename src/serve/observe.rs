//! The trace of a call: a span, a line in the log and a count for every call, also those that no service takes.
//!
//! Logged are method, code, time and sizes; nothing that a caller wrote. A call ends with its trailers, so a stream is counted by what became of it.

use std::time::Instant;

use http::HeaderMap;
use http::header::HeaderValue;
use tonic::Code;
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::connections::ConnectionCall;
use super::methods::Method;
use super::metrics::Metrics;

/// The name of all methods that nobody serves, so that callers cannot make up metrics.
const OTHER: &str = "other";

/// gRPC's code for a message that is too large, which tonic calls OUT_OF_RANGE.
const RESOURCE_EXHAUSTED: HeaderValue = HeaderValue::from_static("8");
const OUT_OF_RANGE: &[u8] = b"11";

/// A call that has not ended. It is counted when dropped: as cancelled unless its end was seen, because then the caller went away.
pub struct OpenCall {
    method: &'static str,
    since: Instant,
    code: Code,
    span: Span,
    metrics: Metrics,
    _connection: ConnectionCall,
    /// Bytes of the message, where there is but one.
    pub request_bytes: usize,
    /// Bytes of all answers.
    pub response_bytes: usize,
}

impl OpenCall {
    /// A call that begins.
    pub fn new(
        method: Option<Method>,
        headers: &HeaderMap,
        metrics: Metrics,
        connection: ConnectionCall,
    ) -> Self {
        let method = method.map_or(OTHER, |method| method.name);
        let trace_id = trace_id(headers);
        Self {
            method,
            since: Instant::now(),
            code: Code::Cancelled,
            span: info_span!(
                "call",
                method,
                trace_id,
                request_bytes = Empty,
                response_bytes = Empty
            ),
            metrics,
            _connection: connection,
            request_bytes: 0,
            response_bytes: 0,
        }
    }

    /// The span to work in.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// Notes the code that stands in headers or trailers, if one does.
    pub fn end(&mut self, headers: &mut HeaderMap) {
        correct(headers);
        if let Some(code) = headers.get("grpc-status") {
            self.code = Code::from_bytes(code.as_bytes());
        }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        let (code, duration) = (code_name(self.code), self.since.elapsed());
        self.metrics.ended(self.method, code, duration);
        self.span.record("request_bytes", self.request_bytes);
        self.span.record("response_bytes", self.response_bytes);
        self.span.in_scope(|| {
            tracing::info!(
                code,
                duration_ms = duration.as_secs_f64() * 1e3,
                "call ended"
            )
        });
    }
}

/// Puts gRPC's code for a message that is too large in the place of tonic's.
fn correct(headers: &mut HeaderMap) {
    if let Some(code) = headers.get_mut("grpc-status")
        && code.as_bytes() == OUT_OF_RANGE
    {
        *code = RESOURCE_EXHAUSTED;
    }
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
    use super::*;

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
