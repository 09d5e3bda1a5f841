//! Which code and which details does the caller get for an error? One match over all kinds.

use std::collections::HashMap;

use skillgap_catalogue::Refusal;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::error::{Error, Violation};
use crate::serve::admission::retry_delay;

/// Bytes of the violations that are listed. Details travel in a header, and clients refuse headers above 8 KiB (gRPC's default).
const VIOLATION_BYTES_MAX: usize = 4 << 10;
/// Names the service in error details.
const DOMAIN: &str = "skillgap.v1";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(violations) => invalid(violations),
            Error::NotFound { field } => {
                let details = ErrorDetails::with_error_info(
                    "NOT_FOUND",
                    DOMAIN,
                    HashMap::from([("field".to_owned(), field.to_owned())]),
                );
                Self::with_error_details(Code::NotFound, message, details)
            }
            Error::Busy => Self::with_error_details(
                Code::ResourceExhausted,
                message,
                ErrorDetails::with_retry_info(Some(retry_delay())),
            ),
            Error::ReadOnly(_) => failed_precondition(message, "READ_ONLY", HashMap::new()),
            Error::Refused { field, refusal } => {
                let (reason, stored) = refusal_reason(refusal);
                let metadata = HashMap::from([
                    ("field".to_owned(), field.to_owned()),
                    ("storedVersion".to_owned(), stored.to_string()),
                ]);
                failed_precondition(message, reason, metadata)
            }
            Error::DiskFull => {
                let details = ErrorDetails::with_error_info("DISK_FULL", DOMAIN, HashMap::new());
                Self::with_error_details(Code::ResourceExhausted, message, details)
            }
            Error::NotStored => Self::unavailable(message),
            Error::DeadlineExceeded => Self::deadline_exceeded(message),
            Error::Cancelled => Self::cancelled(message),
            Error::Index(error) => {
                // The message names files of this machine, which are no business of the caller.
                tracing::error!(%error, "catalogue failed");
                Self::internal("the catalogue failed")
            }
            Error::Linker(error) => {
                tracing::error!(%error, "linker failed");
                Self::internal("the linker failed")
            }
            Error::Internal => Self::internal(message),
        }
    }
}

fn failed_precondition(message: String, reason: &str, metadata: HashMap<String, String>) -> Status {
    Status::with_error_details(
        Code::FailedPrecondition,
        message,
        ErrorDetails::with_error_info(reason, DOMAIN, metadata),
    )
}

/// The reason in error details, with the version that is stored.
fn refusal_reason(refusal: Refusal) -> (&'static str, u64) {
    match refusal {
        Refusal::Stale(stored) => ("STALE_VERSION", stored),
        Refusal::Conflict(stored) => ("VERSION_CONFLICT", stored),
        Refusal::Unversioned(stored) => ("VERSION_MISSING", stored),
    }
}

/// The status for bytes that are no message of the contract.
pub(super) fn malformed(error: &prost::DecodeError) -> Status {
    Error::invalid("message", error.to_string()).into()
}

/// All violations, as far as a header holds them; where there are more, the last entry says how many.
fn invalid(violations: Vec<Violation>) -> Status {
    let n_violations = violations.len();
    let message = match violations.as_slice() {
        [one] => format!("invalid request: {}: {}", one.field, one.reason),
        _ => format!("invalid request: {n_violations} violations"),
    };
    let mut bytes = 0;
    let fits = |violation: &Violation| {
        bytes += violation.field.len() + violation.reason.len();
        bytes <= VIOLATION_BYTES_MAX
    };
    let mut listed: Vec<FieldViolation> = violations
        .into_iter()
        .take_while(fits)
        .map(|violation| FieldViolation::new(violation.field, violation.reason))
        .collect();
    if listed.len() < n_violations {
        listed.push(FieldViolation::new(
            "",
            format!("and {} more violations", n_violations - listed.len()),
        ));
    }
    Status::with_error_details(
        Code::InvalidArgument,
        message,
        ErrorDetails::with_bad_request(listed),
    )
}
