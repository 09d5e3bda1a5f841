//! The trace of a call: a span, a line in the log and a count for every call, also those that no service takes.
//!
//! Logged are method, code, time, sizes and the names of trace and request; nothing else that a caller wrote. A call ends with its trailers, so a stream is counted by what became of it.

use std::sync::Arc;
use std::time::Instant;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use http::response::Parts;
use tonic::Code;
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::audit::{Audit, Changed, Entry};
use super::connections::{ConnectionCall, Stream};
use super::keys::{Caller, Scope};
use super::methods::Method;
use super::metrics::Metrics;

/// The name of all methods that nobody serves, so that callers cannot make up metrics.
const OTHER: &str = "other";

/// Names a call, in the request if the caller has a name for it, and in the answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Bytes of such a name.
const REQUEST_ID_BYTES_MAX: usize = 64;

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
    connection: ConnectionCall,
    /// Names the call, here and where the caller keeps a log.
    request_id: String,
    /// The name of the caller's key.
    key: Option<Arc<str>>,
    audit: Audit,
    scope: Option<Scope>,
    changed: Option<Changed>,
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
        audit: Audit,
        connection: ConnectionCall,
    ) -> Self {
        let scope = method.and_then(|method| method.scope);
        let method = method.map_or(OTHER, |method| method.name);
        let trace_id = trace_id(headers);
        let request_id = request_id(headers);
        Self {
            method,
            since: Instant::now(),
            code: Code::Cancelled,
            span: info_span!(
                "call",
                method,
                trace_id,
                request_id,
                key = Empty,
                request_bytes = Empty,
                response_bytes = Empty
            ),
            metrics,
            connection,
            request_id,
            key: None,
            audit,
            scope,
            changed: None,
            request_bytes: 0,
            response_bytes: 0,
        }
    }

    /// Notes who calls.
    pub fn caller(&mut self, caller: &Caller) {
        if let Some(name) = &caller.name {
            self.span.record("key", &**name);
            self.key = Some(Arc::clone(name));
        }
    }

    /// The span to work in.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// What an answer goes out on.
    pub fn stream(&self) -> Stream {
        Stream::current().unwrap_or_else(|| self.connection.stream())
    }

    /// Marks the headers of the answer, and notes the code if it is known by then.
    pub fn answer(&mut self, head: &mut Parts) {
        if let Some(code) = head.extensions.get::<Code>() {
            self.code = *code;
        }
        self.changed = head.extensions.get::<Changed>().copied();
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            head.headers.insert(REQUEST_ID, id);
        }
        self.end(&mut head.headers);
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
        let scope = self.scope.map_or(OTHER, Scope::name);
        self.metrics.ended(self.method, scope, code, duration);
        let is_denied = matches!(self.code, Code::Unauthenticated | Code::PermissionDenied);
        if is_denied || self.scope == Some(Scope::Write) {
            self.audit.write(&Entry {
                event: if is_denied { "denied" } else { "change" },
                key: self.key.as_deref(),
                method: self.method,
                code,
                changed: self.changed,
                request_id: &self.request_id,
            });
        }
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

/// The name that the caller gave the call, if it is one; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    use std::hash::{BuildHasher, RandomState};
    let is_id = |id: &&str| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        (1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(letter)
    };
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let random = || RandomState::new().hash_one(0);
    given.filter(is_id).map_or_else(
        || format!("{:016x}{:016x}", random(), random()),
        str::to_owned,
    )
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

    #[test]
    fn a_call_has_the_name_that_the_caller_gave_it_or_a_new_one() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, value.parse().unwrap());
            request_id(&headers)
        };
        assert_eq!(with("a-1_b.2"), "a-1_b.2");
        for odd in ["", "my secret", "a@b", &"x".repeat(65)] {
            let id = with(odd);
            assert!(id.len() == 32 && id != with(odd), "{id}");
        }
    }
}
