//! Which standard is a document written in, and which records does it hold? Known by what stands in it, never by the name of a file.

pub mod codes;
mod ctdl;
pub mod draft;
mod duration;
mod elm;
pub mod elmo;
mod jwt;
pub mod nodes;
mod openbadges;
pub mod value;
pub mod xml;

use std::collections::BTreeSet;

use serde_json::Value;

use self::nodes::Nodes;
use super::pieces::Piece;
use crate::credential::Credential;

pub use elm::to_elm;
pub use jwt::{is_enveloped, is_token};

/// Deepest nesting of presentations and envelopes around a credential.
const WRAPPED_MAX: usize = 4;

/// One record of a document, or why there is none.
pub struct Found {
    /// JSON path, or path of elements, within the document.
    pub path: String,
    /// Line of the file on which it starts, counted from 1; 0 where that is not known.
    pub line: u64,
    /// The record, or what is wrong.
    pub record: Result<Credential, String>,
    /// Whether it was awarded to a person, rather than offered.
    pub award: bool,
    /// Whether the document itself says that it was revoked.
    pub revoked: bool,
    /// Whether the document names a place where its status can be asked for; it is not asked.
    pub has_status: bool,
}

impl Found {
    /// A record that is offered to all, or why there is none.
    pub fn offered(path: String, line: u64, record: Result<Credential, String>) -> Self {
        Self {
            path,
            line,
            record,
            award: false,
            revoked: false,
            has_status: false,
        }
    }

    /// Why there is no record.
    pub fn refused(path: &str, line: u64, reason: impl Into<String>) -> Self {
        Self::offered(path.to_owned(), line, Err(reason.into()))
    }
}

/// Why a piece of a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line within the piece, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

impl Fault {
    /// What the parser says.
    pub fn of(error: &serde_json::Error) -> Self {
        // The place that the message names is one within the piece.
        let said = error.to_string();
        let reason = said
            .rsplit_once(" at line ")
            .map_or(said.as_str(), |(reason, _)| reason);
        Self {
            line: error.line() as u64,
            reason: format!("{reason} (column {})", error.column()),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        let Self { line, reason } = Self::of(&error);
        Self {
            line,
            reason: format!("is no JSON: {reason}"),
        }
    }
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

/// The records of a piece of JSON that stands in `depth` envelopes.
pub(super) fn read_piece(piece: &Piece, path: &str, depth: usize) -> Vec<Found> {
    let parsed = piece.bytes.as_ref().map_err(|reason| Fault {
        line: 1,
        reason: reason.clone(),
    });
    let mut found = Vec::new();
    let mut keep = |one: Found| {
        found.push(Found {
            line: piece.line + one.line.saturating_sub(1),
            path: one.path.replacen('$', path, 1),
            ..one
        });
        true
    };
    let read = parsed.and_then(|bytes| match depth {
        0 => super::documents::read_bytes(bytes, &mut keep),
        _ => {
            unwrap(serde_json::from_slice(bytes)?, "$", depth, &mut keep);
            Ok(())
        }
    });
    if let Err(fault) = read {
        keep(Found::refused("$", fault.line, fault.reason));
    }
    found
}

/// Hands each record of an XML document to `sink`.
pub fn read_xml(text: &str, sink: Sink<'_>) {
    let open = super::pieces::in_memory(text.as_bytes());
    // What is in memory never fails to be read.
    drop(super::documents::read_xml(&open, sink));
}

/// What marks a document as one of the standards, or as an envelope. A null marks nothing.
pub(crate) const MARKS: [&str; 7] = [
    "@context",
    "@type",
    "@graph",
    "type",
    "credentialSubject",
    "verifiableCredential",
    "credential",
];

/// Whether a JSON value has a mark of one of the standards, or an id that is a token.
pub fn is_marked(document: &Value) -> bool {
    let enveloped = document
        .get("id")
        .and_then(Value::as_str)
        .is_some_and(is_enveloped);
    enveloped
        || MARKS
            .iter()
            .any(|name| document.get(*name).is_some_and(|mark| !mark.is_null()))
}

/// Leaves out marks that are null.
pub(super) fn drop_null_marks(document: &mut Value) {
    if let Value::Object(fields) = document {
        fields.retain(|name, value| !(value.is_null() && MARKS.contains(&name.as_str())));
    }
}

fn refuse(path: &str, reason: impl Into<String>, sink: Sink<'_>) {
    sink(Found::refused(path, 0, reason));
}

/// Takes presentations, envelopes and wallet files off what they hold.
fn unwrap(mut document: Value, path: &str, depth: usize, sink: Sink<'_>) {
    if depth > WRAPPED_MAX {
        return refuse(path, "is wrapped too deeply", sink);
    }
    if let Value::String(token) = &document {
        let token = token
            .strip_prefix("data:")
            .and_then(|data| data.split_once(','))
            .map_or(token.as_str(), |(_, token)| token);
        return match jwt::payload(token.as_bytes()) {
            Ok(inner) => unwrap(inner, path, depth + 1, sink),
            Err(reason) => refuse(path, reason, sink),
        };
    }
    drop_null_marks(&mut document);
    let Value::Object(mut fields) = document else {
        return refuse(path, "is no JSON object", sink);
    };
    let is_subject_of =
        |fields: &serde_json::Map<String, Value>| fields.contains_key("credentialSubject");
    if !is_subject_of(&fields) {
        if let Some(held) = fields.remove("verifiableCredential") {
            let held = if let Value::Array(held) = held {
                held
            } else {
                vec![held]
            };
            return held.into_iter().enumerate().for_each(|(at, inner)| {
                unwrap(
                    inner,
                    &format!("{path}.verifiableCredential[{at}]"),
                    depth + 1,
                    sink,
                )
            });
        }
        if fields
            .get("credential")
            .and_then(Value::as_object)
            .is_some_and(is_subject_of)
        {
            return unwrap(
                fields.remove("credential").unwrap_or_default(),
                &format!("{path}.credential"),
                depth + 1,
                sink,
            );
        }
        if let Some(enveloped) = fields
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| is_enveloped(id))
        {
            return unwrap(
                Value::String(enveloped.trim().to_owned()),
                path,
                depth + 1,
                sink,
            );
        }
    }
    standard(Value::Object(fields), path, sink);
}

fn standard(document: Value, path: &str, sink: Sink<'_>) {
    let award = document.get("credentialSubject").is_some();
    let revoked = document
        .get("revoked")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    let has_status = ["credentialStatus", "status"].iter().any(|name| {
        document
            .get(*name)
            .is_some_and(|status| status.is_object() || status.is_array())
    });
    let mut hand = |at: String, record| {
        let at = if path == "$" {
            at
        } else {
            at.replacen('$', path, 1)
        };
        sink(Found {
            path: at,
            line: 0,
            record,
            award,
            revoked,
            has_status,
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
    let graph_is_elm = || {
        value::list(&document, "@graph")
            .into_iter()
            .any(elm::is_elm)
    };
    if openbadges::is_badge(&document) {
        openbadges::read(&document, "$", &mut hand);
    } else if elm::is_elm(&document) || graph_is_elm() {
        elm::read(&document, &mut hand);
    } else {
        hand("$".to_owned(), Err("is none of: European Learning Model, Europass, Open Badges 3.0, CLR 2.0, CTDL, native JSON".to_owned()));
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
pub fn read_node<'a>(
    kind: GraphKind,
    path: &str,
    node: &'a Value,
    nodes: &Nodes<'a>,
    is_offered: &dyn Fn(&str) -> bool,
    sink: Sink<'_>,
) {
    let mut hand = |path: String, record| sink(Found::offered(path, 0, record));
    match kind {
        GraphKind::Elm => elm::read_node(path, node, nodes, is_offered, &mut hand),
        GraphKind::Ctdl => ctdl::read_node(path, node, nodes, &mut hand),
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
        let mut letters = kind.chars();
        let class: String = letters
            .next()
            .map(|first| first.to_ascii_uppercase())
            .into_iter()
            .chain(letters)
            .collect();
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
    let holds_award = document
        .get("credential")
        .is_some_and(|held| held.get("credentialSubject").is_some());
    let is_token = document
        .get("id")
        .and_then(Value::as_str)
        .is_some_and(is_enveloped);
    let is_named = document.get("id").is_some() && document.get("title").is_some();
    is_named
        && !holds_award
        && !is_token
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
