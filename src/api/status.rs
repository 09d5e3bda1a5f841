//! The status of a failed call: google.rpc.Status, with code, message and details for each kind of error. One match over all kinds.

use std::collections::HashMap;

use prost::Message;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use skillgap_catalogue::Refusal;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use super::wire::ErrorReason;
use crate::error::{Error, Resource, Violation, ViolationKind};
use crate::serve::admission::retry_delay;

/// Bytes of the violations that are listed. Details travel in a header, and clients refuse headers above 8 KiB (gRPC's default).
const VIOLATION_BYTES_MAX: usize = 4 << 10;
/// Names the service in error details.
const DOMAIN: &str = "skillgap";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid(violations) => invalid(violations),
            Error::NotFound { field, resource } => {
                let mut details = of(ErrorReason::NotFound, &[("field", field)]);
                details.set_resource_info(resource_type(resource), "", "", message.as_str());
                Self::with_error_details(Code::NotFound, message, details)
            }
            Error::Busy => {
                let mut details = of(ErrorReason::Busy, &[]);
                details.set_retry_info(Some(retry_delay()));
                Self::with_error_details(Code::ResourceExhausted, message, details)
            }
            Error::Key => failed(Code::Unauthenticated, message, ErrorReason::Key),
            Error::Scope(scope) => {
                let details = of(ErrorReason::Scope, &[("scope", scope)]);
                Self::with_error_details(Code::PermissionDenied, message, details)
            }
            Error::Quota(wait) => {
                let mut details = of(ErrorReason::Quota, &[]);
                details.set_retry_info(Some(wait));
                Self::with_error_details(Code::ResourceExhausted, message, details)
            }
            Error::ReadOnly(_) => failed(Code::FailedPrecondition, message, ErrorReason::ReadOnly),
            Error::Refused { field, refusal } => {
                let (reason, stored) = match refusal {
                    Refusal::Stale(stored) => (ErrorReason::VersionStale, stored),
                    Refusal::Conflict(stored) => (ErrorReason::VersionConflict, stored),
                    Refusal::Unversioned(stored) => (ErrorReason::VersionMissing, stored),
                };
                let stored = stored.to_string();
                let details = of(reason, &[("field", field), ("stored_version", &stored)]);
                Self::with_error_details(Code::Aborted, message, details)
            }
            Error::DiskFull => failed(Code::Unavailable, message, ErrorReason::DiskFull),
            Error::LogUnreachable => {
                failed(Code::Unavailable, message, ErrorReason::LogUnreachable)
            }
            Error::LogStopped => failed(Code::Unavailable, message, ErrorReason::ReplicaStopped),
            Error::NotReached(commit) => {
                let commit = commit.to_string();
                let details = of(ErrorReason::CommitNotReached, &[("commit", &commit)]);
                Self::with_error_details(Code::Unavailable, message, details)
            }
            Error::NotStored => failed(Code::Unavailable, message, ErrorReason::NotStored),
            Error::DeadlineExceeded => {
                failed(Code::DeadlineExceeded, message, ErrorReason::Deadline)
            }
            Error::Cancelled => Self::cancelled(message),
            Error::Index(error) => {
                // The message names files of this machine, which are no business of the caller.
                tracing::error!(%error, "catalogue failed");
                internal("the catalogue failed")
            }
            Error::Linker(error) => {
                tracing::error!(%error, "linker failed");
                internal("the linker failed")
            }
            Error::Internal => internal(&message),
        }
    }
}

fn internal(message: &str) -> Status {
    failed(Code::Internal, message.to_owned(), ErrorReason::Internal)
}

fn failed(code: Code, message: String, reason: ErrorReason) -> Status {
    Status::with_error_details(code, message, of(reason, &[]))
}

/// The reason, in a word that a program can act on.
fn of(reason: ErrorReason, metadata: &[(&str, &str)]) -> ErrorDetails {
    let metadata = metadata
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let name = reason.as_str_name().trim_start_matches("ERROR_REASON_");
    ErrorDetails::with_error_info(name, DOMAIN, metadata.collect::<HashMap<_, _>>())
}

fn resource_type(resource: Resource) -> &'static str {
    match resource {
        Resource::Credential => "skillgap.v1.Credential",
        Resource::Skill => "skillgap.v1.Skill",
        Resource::Occupation => "skillgap.v1.Occupation",
    }
}

/// The status for bytes that are no message of the contract.
pub fn malformed(error: &prost::DecodeError) -> Status {
    Error::invalid("message", error.to_string()).into()
}

/// All violations, as far as a header holds them; where there are more, the last entry says how many. Where all that is wrong is that a field
/// is not supported yet, that is what the code says.
fn invalid(violations: Vec<Violation>) -> Status {
    let n_violations = violations.len();
    let message = match violations.as_slice() {
        [one] => format!("invalid request: {}: {}", one.field, one.reason),
        _ => format!("invalid request: {n_violations} violations"),
    };
    let all = |kind| violations.iter().all(|violation| violation.kind == kind);
    let (code, reason) = if all(ViolationKind::NotImplemented) {
        (Code::Unimplemented, ErrorReason::NotImplemented)
    } else if all(ViolationKind::PageToken) {
        (Code::InvalidArgument, ErrorReason::PageToken)
    } else {
        (Code::InvalidArgument, ErrorReason::Invalid)
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
        let more = n_violations - listed.len();
        listed.push(FieldViolation::new(
            "",
            format!("and {more} more violations"),
        ));
    }
    let mut details = of(reason, &[]);
    details.set_bad_request(listed);
    Status::with_error_details(code, message, details)
}

/// google.rpc.Status: an error where there is no gRPC status to carry it, such as for one entry of a batch.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RpcStatus {
    /// Code of gRPC.
    #[prost(int32, tag = "1")]
    pub code: i32,
    /// What is wrong, in English.
    #[prost(string, tag = "2")]
    pub message: String,
    /// Details for programs.
    #[prost(message, repeated, tag = "3")]
    pub details: Vec<prost_types::Any>,
}

impl From<Status> for RpcStatus {
    fn from(status: Status) -> Self {
        // The details are such a message, encoded; a status without has none.
        let details = Self::decode(status.details()).unwrap_or_default().details;
        Self {
            code: status.code().into(),
            message: status.message().to_owned(),
            details,
        }
    }
}

impl From<Error> for RpcStatus {
    fn from(error: Error) -> Self {
        Status::from(error).into()
    }
}

impl RpcStatus {
    /// The same as a status of gRPC.
    pub fn to_status(&self) -> Status {
        let details = self.encode_to_vec().into();
        Status::with_details(self.code.into(), self.message.as_str(), details)
    }
}

/// Proto JSON, with those details that the service sends.
impl Serialize for RpcStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let details = self.to_status().get_error_details();
        let mut listed = Vec::new();
        if let Some(info) = details.error_info() {
            let fields =
                json!({"reason": info.reason, "domain": info.domain, "metadata": info.metadata});
            listed.push(detail("ErrorInfo", fields));
        }
        if let Some(request) = details.bad_request() {
            let violations = request.field_violations.iter().map(
                |violation| json!({"field": violation.field, "description": violation.description}),
            );
            let violations: Vec<Value> = violations.collect();
            listed.push(detail("BadRequest", json!({"fieldViolations": violations})));
        }
        if let Some(delay) = details.retry_info().and_then(|info| info.retry_delay) {
            let delay = format!("{:.3}s", delay.as_secs_f64());
            listed.push(detail("RetryInfo", json!({"retryDelay": delay})));
        }
        if let Some(info) = details.resource_info() {
            let fields = json!({
                "resourceType": info.resource_type,
                "description": info.description,
            });
            listed.push(detail("ResourceInfo", fields));
        }
        json!({"code": self.code, "message": self.message, "details": listed}).serialize(serializer)
    }
}

fn detail(name: &str, fields: Value) -> Value {
    let mut all = Map::new();
    all.insert(
        "@type".to_owned(),
        format!("type.googleapis.com/google.rpc.{name}").into(),
    );
    if let Value::Object(fields) = fields {
        all.extend(fields);
    }
    Value::Object(all)
}

/// Code and message; the details are for programs that read the answer as it was sent.
impl<'de> Deserialize<'de> for RpcStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Read {
            #[serde(default)]
            code: i32,
            #[serde(default)]
            message: String,
        }
        let Read { code, message } = Read::deserialize(deserializer)?;
        Ok(Self {
            code,
            message,
            details: Vec::new(),
        })
    }
}
