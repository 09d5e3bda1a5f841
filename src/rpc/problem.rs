//! The errors of REST: one body that is google.rpc.Status and a problem (RFC 9457), too. Their members do not collide.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::paths::Nowhere;
use crate::api::status::RpcStatus;

/// What a problem is sent as.
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
/// What a service that comes back soon says, where nothing better is known.
const SECONDS_UNTIL_BACK: u64 = 1;

/// Why there is no answer.
#[derive(Debug)]
pub struct Problem {
    status: Status,
    http: StatusCode,
    allow: Option<String>,
}

impl From<Status> for Problem {
    fn from(status: Status) -> Self {
        let http = match status.code() {
            Code::ResourceExhausted if status.get_details_retry_info().is_none() => {
                // It will not be smaller next time.
                StatusCode::PAYLOAD_TOO_LARGE
            }
            // A field that is not there yet is the caller's to leave out, and no fault of the service.
            Code::Unimplemented if status.get_details_bad_request().is_some() => {
                StatusCode::BAD_REQUEST
            }
            code => http_of(code),
        };
        Self {
            status,
            http,
            allow: None,
        }
    }
}

impl From<crate::error::Error> for Problem {
    fn from(error: crate::error::Error) -> Self {
        Status::from(error).into()
    }
}

impl From<Nowhere> for Problem {
    fn from(nowhere: Nowhere) -> Self {
        match nowhere {
            Nowhere::Path => Self::new(
                StatusCode::NOT_FOUND,
                Code::NotFound,
                "there is nothing at this path; GET /openapi.json has them all",
            ),
            Nowhere::Verb(allow) => Self {
                allow: Some(allow),
                ..Self::new(
                    StatusCode::METHOD_NOT_ALLOWED,
                    Code::Unimplemented,
                    "this path is for another method",
                )
            },
        }
    }
}

impl Problem {
    fn new(http: StatusCode, code: Code, message: &str) -> Self {
        Self {
            status: Status::new(code, message),
            http,
            allow: None,
        }
    }

    /// A body of a form that is not read here; `expected` is.
    pub fn media_type(expected: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::InvalidArgument,
            &format!("the body must be {expected}"),
        )
    }

    /// An answer is wanted in a form that is not written here; `offered` is.
    pub fn not_acceptable(offered: &str) -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            Code::InvalidArgument,
            &format!("the answer is {offered}"),
        )
    }

    /// What is wrong, with its details.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The answer that says so.
    pub fn into_response(self) -> Response {
        let title = self.http.canonical_reason().unwrap_or("Error");
        let mut body = Map::from_iter([
            ("type".to_owned(), "about:blank".into()),
            ("title".to_owned(), title.into()),
            ("status".to_owned(), self.http.as_u16().into()),
            ("detail".to_owned(), self.status.message().into()),
        ]);
        let code = self.status.code();
        let delay = self.status.get_details_retry_info();
        let delay = delay.and_then(|info| info.retry_delay);
        // The members of google.rpc.Status: code, message, details.
        if let Ok(Value::Object(status)) = serde_json::to_value(RpcStatus::from(self.status)) {
            body.extend(status);
        }
        let mut response = Response::new(Body::from(json!(body).to_string()));
        *response.status_mut() = self.http;
        response.extensions_mut().insert(code);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, PROBLEM);
        if let Some(allow) = self.allow.and_then(|allow| allow.parse().ok()) {
            headers.insert(ALLOW, allow);
        }
        if self.http == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let seconds = delay.map(|delay| delay.as_secs_f64().ceil() as u64);
        let is_back_soon = self.http == StatusCode::SERVICE_UNAVAILABLE;
        if let Some(seconds) = seconds.or(is_back_soon.then_some(SECONDS_UNTIL_BACK)) {
            headers.insert(RETRY_AFTER, seconds.max(1).into());
        }
        response
    }
}

/// The status of HTTP for a code, as google.rpc.Code maps them.
pub fn http_of(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        // 499 has no name; the caller is gone and will not see it.
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
