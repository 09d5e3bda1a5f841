//! Which standard is a document written in, and which records does it hold? Known by what stands in it, never by the name of a file.

pub mod codes;
mod ctdl;
pub mod draft;
mod duration;
mod elm;
mod elmo;
mod jwt;
mod loq;
mod openbadges;
pub mod value;
mod xml;

use serde_json::Value;

use crate::model::credential::Credential;

pub use elm::to_elm;
pub use jwt::is_token;

/// Deepest nesting of presentations and envelopes around a credential.
const WRAPPED_MAX: usize = 4;

/// One record of a document, or why there is none.
pub struct Found {
    /// JSON path, or path of elements, within the document.
    pub path: String,
    /// The record, or what is wrong.
    pub record: Result<Credential, String>,
    /// Whether it was awarded to a person, rather than offered.
    pub award: bool,
    /// Whether the document itself says that it was revoked.
    pub revoked: bool,
    /// Whether the document names a place where its status can be asked for; it is not asked.
    pub has_status: bool,
}

/// Takes a record of a document, or why there is none; false ends the reading, since more is not wanted.
pub type Sink<'a> = &'a mut dyn FnMut(Found) -> bool;

/// Hands each record of a JSON document to `sink`.
pub fn read_json(document: Value, sink: Sink<'_>) {
    unwrap(document, "$", 0, sink);
}

/// Hands each record of a token to `sink`; its signature is not checked.
pub fn read_token(text: &[u8], sink: Sink<'_>) {
    match jwt::payload(text) {
        Ok(document) => unwrap(document, "$", 0, sink),
        Err(reason) => refuse("$", reason, sink),
    }
}

/// Hands each record of an XML document to `sink`.
pub fn read_xml(text: &str, sink: Sink<'_>) {
    let mut hand = |path: String, record| sink(Found { path, record, award: false, revoked: false, has_status: false });
    match xml::read(text) {
        Ok((root, document)) if loq::is_loq(&root, &document) => elm::read(&loq::as_graph(document), &mut hand),
        Ok((root, document)) if root == "elmo" => elmo::read(&document, &mut hand),
        Ok((root, _)) => {
            let root: String = root.chars().take(40).collect();
            hand("/".to_owned(), Err(format!("is neither LOQ (Courses) nor ELMO (elmo), but {root:?}")));
        }
        Err(reason) => {
            hand("/".to_owned(), Err(reason));
        }
    }
}

/// Whether a JSON value has a mark of one of the standards.
pub fn is_marked(document: &Value) -> bool {
    const MARKS: [&str; 7] = ["@context", "@type", "@graph", "type", "credentialSubject", "verifiableCredential", "credential"];
    MARKS.iter().any(|name| document.get(*name).is_some())
}

fn refuse(path: &str, reason: impl Into<String>, sink: Sink<'_>) {
    sink(Found { path: path.to_owned(), record: Err(reason.into()), award: false, revoked: false, has_status: false });
}

/// Takes presentations, envelopes and wallet files off what they hold.
fn unwrap(document: Value, path: &str, depth: usize, sink: Sink<'_>) {
    if depth > WRAPPED_MAX {
        return refuse(path, "is wrapped too deeply", sink);
    }
    if let Value::String(token) = &document {
        let token = token.strip_prefix("data:").and_then(|data| data.split_once(',')).map_or(token.as_str(), |(_, token)| token);
        return match jwt::payload(token.as_bytes()) {
            Ok(inner) => unwrap(inner, path, depth + 1, sink),
            Err(reason) => refuse(path, reason, sink),
        };
    }
    let Value::Object(mut fields) = document else { return refuse(path, "is no JSON object", sink) };
    let is_subject_of = |fields: &serde_json::Map<String, Value>| fields.contains_key("credentialSubject");
    if !is_subject_of(&fields) {
        if let Some(held) = fields.remove("verifiableCredential") {
            let held = if let Value::Array(held) = held { held } else { vec![held] };
            return held
                .into_iter()
                .enumerate()
                .for_each(|(at, inner)| unwrap(inner, &format!("{path}.verifiableCredential[{at}]"), depth + 1, sink));
        }
        if fields.get("credential").and_then(Value::as_object).is_some_and(is_subject_of) {
            return unwrap(fields.remove("credential").unwrap_or_default(), &format!("{path}.credential"), depth + 1, sink);
        }
        let enveloped = fields.get("id").and_then(Value::as_str).filter(|id| id.starts_with("data:application/") && id.contains("jwt,"));
        if let Some(enveloped) = enveloped {
            return unwrap(Value::String(enveloped.to_owned()), path, depth + 1, sink);
        }
    }
    standard(Value::Object(fields), path, sink);
}

fn standard(document: Value, path: &str, sink: Sink<'_>) {
    let award = document.get("credentialSubject").is_some();
    let revoked = document.get("revoked").and_then(Value::as_bool).unwrap_or_default();
    let has_status =
        ["credentialStatus", "status"].iter().any(|name| document.get(*name).is_some_and(|status| status.is_object() || status.is_array()));
    let mut hand = |at: String, record| {
        let at = if path == "$" { at } else { at.replacen('$', path, 1) };
        sink(Found { path: at, record, award, revoked, has_status })
    };
    // A native record may have a field that is called `type`; the classes of the standards tell.
    if is_native(&document) && !ctdl::is_ctdl(&document) && !elm::is_elm(&document) {
        hand("$".to_owned(), super::native::from_value(document));
        return;
    }
    if ctdl::is_ctdl(&document) {
        return ctdl::read(&value::tidy(document), &mut hand);
    }
    let document = value::tidy(document);
    let graph_is_elm = || value::list(&document, "@graph").into_iter().any(elm::is_elm);
    if openbadges::is_badge(&document) {
        openbadges::read(&document, "$", &mut hand);
    } else if elm::is_elm(&document) || graph_is_elm() {
        elm::read(&document, &mut hand);
    } else {
        hand("$".to_owned(), Err("is none of: European Learning Model, Europass, Open Badges 3.0, CLR 2.0, CTDL, native JSON".to_owned()));
    }
}

/// Native JSON has an id and a title, and no context.
fn is_native(document: &Value) -> bool {
    let has = |name: &str| document.get(name).is_some();
    has("id") && has("title") && !has("@context") && !has("@type") && !has("@graph") && !has("credentialSubject")
}

#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod round_trip_tests;
#[cfg(test)]
mod samples_tests;
