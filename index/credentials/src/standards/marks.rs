//! What marks a JSON document as one of the standards, or as an envelope. A null marks nothing.

use serde_json::Value;

use super::jwt::is_enveloped;

/// Names of the members that do.
pub const MARKS: [&str; 7] = [
    "@context",
    "@type",
    "@graph",
    "type",
    "credentialSubject",
    "verifiableCredential",
    "credential",
];

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
