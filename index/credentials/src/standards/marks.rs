//! What marks a JSON document as one of the standards, or as an envelope. A null marks nothing.

use serde_json::Value;

use super::jwt::{is_enveloped, is_token};
use crate::cut::PRESENTED;

/// Members in which envelopes hold what they are around, a document or a list: presentations, exports of wallets, registers. The first that does counts.
pub const WRAPPERS: [&str; 10] = [
    PRESENTED,
    "credential",
    "rawCredential",
    "rawCredentialRecords",
    "credentials",
    "verifiableCredentials",
    "contents",
    "envelopes",
    "decoded_resource",
    "resource",
];

/// Names of the members that mark a document as one of the standards, or as an envelope.
pub const MARKS: [&str; 17] = [
    "@context",
    "@type",
    "@graph",
    "type",
    "credentialSubject",
    PRESENTED,
    "credential",
    "payload",
    "rawCredential",
    "rawCredentialRecords",
    "credentials",
    "verifiableCredentials",
    "contents",
    "envelopes",
    "decoded_resource",
    "resource",
    "vct",
];

/// Whether what stands under the name of a wrapper is a document or a token, or a list with one; a presentation holds nothing else.
pub fn opens(name: &str, held: &Value) -> bool {
    const SIGNS: [&str; 5] = [
        "@context",
        "@graph",
        "credentialSubject",
        "payload",
        PRESENTED,
    ];
    match held {
        _ if name == PRESENTED => true,
        Value::Array(list) => list.iter().any(|one| !one.is_array() && opens(name, one)),
        Value::Object(_) => SIGNS
            .iter()
            .chain(&WRAPPERS)
            .any(|sign| held.get(*sign).is_some_and(|stated| !stated.is_null())),
        Value::String(text) => {
            is_token(text.as_bytes()) || is_enveloped(text) || text.trim().starts_with('{')
        }
        _ => false,
    }
}

/// Whether a document is an envelope, since its id is a token.
pub fn is_envelope(document: &Value) -> bool {
    let id = document.get("id").and_then(Value::as_str);
    id.is_some_and(is_enveloped)
}

/// Whether a JSON value has a mark of one of the standards, or an id that is a token.
pub fn is_marked(document: &Value) -> bool {
    let marks = MARKS.iter().filter_map(|name| document.get(*name));
    is_envelope(document) || marks.into_iter().any(|mark| !mark.is_null())
}

/// Leaves out marks that are null.
pub fn drop_null_marks(document: &mut Value) {
    if let Value::Object(fields) = document {
        fields.retain(|name, value| !(value.is_null() && MARKS.contains(&name.as_str())));
    }
}
