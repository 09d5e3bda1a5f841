//! Which code and which details does the caller get for an error? One match over all kinds.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::error::{Error, Violation};

/// When a caller that was refused may try again.
const RETRY_DELAY: Duration = Duration::from_millis(250);
/// Names the service in error details.
const DOMAIN: &str = "skillgap.v1";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(violations) => {
                let details = ErrorDetails::with_bad_request(violations.into_iter().map(field_violation).collect::<Vec<_>>());
                Self::with_error_details(Code::InvalidArgument, message, details)
            }
            Error::NotFound { field } => {
                let details = ErrorDetails::with_error_info("NOT_FOUND", DOMAIN, HashMap::from([("field".to_owned(), field.to_owned())]));
                Self::with_error_details(Code::NotFound, message, details)
            }
            Error::Busy => Self::with_error_details(Code::ResourceExhausted, message, ErrorDetails::with_retry_info(Some(RETRY_DELAY))),
            Error::DeadlineExceeded => Self::deadline_exceeded(message),
            Error::Cancelled => Self::cancelled(message),
            Error::Index(error) => {
                // The message names files of this machine, which are no business of the caller.
                tracing::error!(%error, "catalogue failed");
                Self::internal("the catalogue failed")
            }
            Error::Internal => Self::internal(message),
        }
    }
}

/// The status for bytes that are no message of the contract.
pub(super) fn malformed(error: &prost::DecodeError) -> Status {
    Error::invalid("message", error.to_string()).into()
}

fn field_violation(violation: Violation) -> FieldViolation {
    FieldViolation::new(violation.field, violation.reason)
}

/// The code's name in metrics and logs.
pub(super) fn code_name(code: Code) -> &'static str {
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
