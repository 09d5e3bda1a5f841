//! Which standard is a document written in, and which records does it hold? Known by what stands in it, never by the name of a file.

pub mod codes;
mod ctdl;
pub mod draft;
mod duration;
mod elm;
pub mod elmo;
mod jwt;
pub mod marks;
pub mod nodes;
mod openbadges;
pub mod value;
pub mod xml;

use std::collections::BTreeSet;

use serde_json::Value;

use self::marks::{drop_null_marks, is_envelope};
use self::nodes::Node;
use crate::found::{Fault, Found, Sink};

pub use elm::to_elm;
pub use jwt::{is_enveloped, is_token};

/// Deepest nesting of presentations and envelopes around a credential.
const WRAPPED_MAX: usize = 4;

/// Hands each record of a JSON document to `sink`.
pub fn read_json(document: Value, sink: Sink<'_>) {
    open(document, "$", 0, sink);
}

/// Hands each record of what stands in a presentation to `sink`.
pub fn read_presented(document: Value, sink: Sink<'_>) {
    open(document, "$", 1, sink);
}

/// Hands each record of a token to `sink`; its signature is not checked.
pub fn read_token(text: &[u8], sink: Sink<'_>) {
    match jwt::payload(text) {
        Ok(document) => open(document, "$", 0, sink),
        Err(reason) => refuse("$", reason, sink),
    }
}

fn refuse(path: &str, reason: impl Into<String>, sink: Sink<'_>) {
    sink(Found::refused(path, 0, reason));
}

/// Opens presentations, tokens and wallet envelopes.
fn open(mut document: Value, path: &str, depth: usize, sink: Sink<'_>) {
    if depth > WRAPPED_MAX {
        return refuse(path, "is wrapped too deeply", sink);
    }
    if let Value::String(token) = &document {
        let data = token
            .strip_prefix("data:")
            .and_then(|data| data.split_once(','));
        let token = data.map_or(token.as_str(), |(_, token)| token);
        return match jwt::payload(token.as_bytes()) {
            Ok(inner) => open(inner, path, depth + 1, sink),
            Err(reason) => refuse(path, reason, sink),
        };
    }
    drop_null_marks(&mut document);
    if !document.is_object() {
        return refuse(path, "is no JSON object", sink);
    }
    let is_award = |value: &Value| value.get("credentialSubject").is_some();
    if is_award(&document) {
        return standard(document, path, sink);
    }
    if document.get("verifiableCredential").is_some() {
        let held = match document["verifiableCredential"].take() {
            Value::Array(held) => held,
            one => vec![one],
        };
        for (at, inner) in held.into_iter().enumerate() {
            let path = format!("{path}.verifiableCredential[{at}]");
            open(inner, &path, depth + 1, sink);
        }
    } else if document.get("credential").is_some_and(is_award) {
        let inner = document["credential"].take();
        open(inner, &format!("{path}.credential"), depth + 1, sink);
    } else if is_envelope(&document) {
        let token = document["id"]
            .as_str()
            .unwrap_or_default()
            .trim()
            .to_owned();
        open(Value::String(token), path, depth + 1, sink);
    } else {
        standard(document, path, sink);
    }
}

fn standard(document: Value, path: &str, sink: Sink<'_>) {
    let award = document.get("credentialSubject").is_some();
    let revoked = document.get("revoked") == Some(&Value::Bool(true));
    let statuses = ["credentialStatus", "status"].map(|name| document.get(name));
    let has_status = statuses
        .into_iter()
        .flatten()
        .any(|status| status.is_object() || status.is_array());
    let mut hand = |at: String, record| {
        sink(Found {
            award,
            revoked,
            has_status,
            ..Found::offered(at.replacen('$', path, 1), 0, record)
        })
    };
    if is_native(&document) {
        hand("$".to_owned(), super::native::from_value(document));
        return;
    }
    if ctdl::is_ctdl(&document) {
        return ctdl::read(&value::tidy(document), &mut hand);
    }
    let document = value::tidy(document);
    let mut nodes = value::list(&document, "@graph")
        .into_iter()
        .chain([&document]);
    if openbadges::is_badge(&document) {
        openbadges::read(&document, &mut hand);
    } else if nodes.any(elm::is_elm) {
        elm::read(&document, &mut hand);
    } else {
        let reason = "is none of: European Learning Model, Europass, Open Badges 3.0, CLR 2.0, CTDL, native JSON";
        hand("$".to_owned(), Err(reason.to_owned()));
    }
}

/// What the nodes of a graph are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphKind {
    /// European Learning Model.
    Elm,
    /// Credential Transparency Description Language.
    Ctdl,
}

/// Of which standard a graph is: what stands outside of its list, and whether one of its nodes is of either; nothing if of none.
pub fn graph_kind(head: &Value, has_ctdl: bool, has_elm: bool) -> Option<GraphKind> {
    if has_ctdl || ctdl::is_ctdl(head) {
        return Some(GraphKind::Ctdl);
    }
    let head = value::tidy(head.clone());
    (!openbadges::is_badge(&head) && (has_elm || elm::is_elm(&head))).then_some(GraphKind::Elm)
}

/// Whether a node, not tidied, has a class of CTDL.
pub fn is_ctdl_node(node: &Value) -> bool {
    ctdl::is_prefixed(node)
}

/// Whether a tidied node is a credential of the European Learning Model.
pub fn is_elm_node(node: &Value) -> bool {
    elm::is_elm(node)
}

/// Hands each record of one tidied node of a graph to `sink`. `is_offered` knows the specifications that an opportunity refers to.
pub fn read_node(
    kind: GraphKind,
    path: &str,
    node: Node<'_>,
    is_offered: &dyn Fn(&str) -> bool,
    sink: Sink<'_>,
) {
    let mut hand = |path: String, record| sink(Found::offered(path, 0, record));
    match kind {
        GraphKind::Elm => elm::read_node(path, node, is_offered, &mut hand),
        GraphKind::Ctdl => ctdl::read_node(path, node, &mut hand),
    }
}

/// What is said of a graph without any record.
pub fn no_record(kind: GraphKind, classes: &BTreeSet<String>) -> Option<Found> {
    (kind == GraphKind::Ctdl)
        .then(|| Found::refused("$", 0, ctdl::no_record(classes.iter().map(String::as_str))))
}

/// A node of LOQ (Learning Opportunities and Qualifications, the catalogue profile of the European Learning Model in XML), with its class.
///
/// # Errors
/// What is wrong with the element.
pub fn loq_node(bytes: &[u8]) -> Result<Value, Fault> {
    let (kind, mut node) = xml::read(bytes)?;
    if let Some(fields) = node.as_object_mut() {
        let mut class = kind;
        class
            .get_mut(..1)
            .into_iter()
            .for_each(str::make_ascii_uppercase);
        fields.insert("type".to_owned(), Value::String(class));
    }
    Ok(node)
}

/// Whether a document is a record of native JSON: it has an id and a title, and is neither an envelope nor of another standard.
///
/// A native record may have a field that is called `type`; the classes of the standards tell.
pub fn is_native(document: &Value) -> bool {
    const OTHERS: [&str; 5] = [
        "@context",
        "@type",
        "@graph",
        "credentialSubject",
        "verifiableCredential",
    ];
    let has = |name: &str| document.get(name).is_some_and(|stated| !stated.is_null());
    let held = document.get("credential");
    let holds_award = held.is_some_and(|held| held.get("credentialSubject").is_some());
    let is_named = document.get("id").is_some() && document.get("title").is_some();
    is_named
        && !holds_award
        && !is_envelope(document)
        && !OTHERS.into_iter().any(has)
        && !ctdl::is_ctdl(document)
        && !elm::is_elm(document)
}

#[cfg(test)]
mod languages_tests;
#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod round_trip_tests;
#[cfg(test)]
mod samples_tests;
