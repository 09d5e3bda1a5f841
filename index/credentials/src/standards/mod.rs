//! Which standard is a document written in, and which records does it hold? Known by what stands in it, never by the name of a file.

pub mod codes;
mod ctdl;
mod disclosures;
pub mod draft;
mod duration;
mod elm;
pub mod elmo;
pub(crate) mod encoded;
mod jwt;
mod learning;
pub mod marks;
pub mod nodes;
mod openbadges;
pub mod value;
pub mod xml;

use std::collections::BTreeSet;

use serde_json::Value;

use self::jwt::Token;
use self::marks::{WRAPPERS, drop_null_marks, is_envelope, opens};
use self::nodes::Node;
use crate::cut::PRESENTED;
use crate::found::{Fault, Found, Sink};

pub use elm::to_elm;
pub use jwt::{Seal, is_enveloped, is_token};

/// Deepest nesting of presentations and envelopes around a credential.
const WRAPPED_MAX: usize = 4;

/// Hands each record of a JSON document to `sink`.
pub fn read_json(document: Value, sink: Sink<'_>) {
    open(document, &[], "$", 0, sink);
}

/// Hands each record of what stands in a presentation to `sink`.
pub fn read_presented(document: Value, sink: Sink<'_>) {
    open(document, &[], "$", 1, sink);
}

/// Hands each record of a token to `sink`; its signature is not checked.
pub fn read_token(text: &[u8], sink: Sink<'_>) {
    let text = String::from_utf8_lossy(text).into_owned();
    open(Value::String(text), &[], "$", 0, sink);
}

fn refuse(path: &str, reason: impl Into<String>, sink: Sink<'_>) {
    sink(Found::refused(path, 0, reason));
}

/// Opens presentations, tokens, and the envelopes of wallets and registers. `seals` are those of the token that carries the document itself.
fn open(mut document: Value, seals: &[Seal], path: &str, depth: usize, sink: Sink<'_>) {
    if depth > WRAPPED_MAX {
        return refuse(path, "is wrapped too deeply", sink);
    }
    if document.is_string() || jwt::is_sealed(&document) {
        return match unsealed(&document) {
            Ok((inner, seals)) => open(inner, &seals, path, depth + 1, sink),
            Err(reason) => refuse(path, reason, sink),
        };
    }
    drop_null_marks(&mut document);
    if !document.is_object() {
        return refuse(path, "is no JSON object", sink);
    }
    if document.get("credentialSubject").is_some() {
        return standard(document, seals, path, sink);
    }
    let wrapper = match is_native(&document) {
        true => None,
        false => WRAPPERS
            .iter()
            .find(|name| document.get(**name).is_some_and(|held| opens(name, held))),
    };
    if let Some(name) = wrapper {
        match document[*name].take() {
            Value::Array(held) => {
                for (at, inner) in held.into_iter().enumerate() {
                    open(inner, &[], &format!("{path}.{name}[{at}]"), depth + 1, sink);
                }
            }
            inner => {
                let at = if *name == PRESENTED { "[0]" } else { "" };
                open(inner, &[], &format!("{path}.{name}{at}"), depth + 1, sink)
            }
        }
    } else if is_envelope(&document) {
        open(document["id"].take(), &[], path, depth + 1, sink);
    } else {
        standard(document, seals, path, sink);
    }
}

/// What a token carries, in compact or JSON form, with its signatures; of other text the JSON that it is.
fn unsealed(document: &Value) -> Result<(Value, Vec<Seal>), String> {
    let mut token = match document.as_str() {
        Some(text) => {
            let text = text.trim();
            let data = text.strip_prefix("data:");
            let text = data.and_then(|data| data.split_once(','));
            let text = text.map_or(document.as_str().unwrap_or_default().trim(), |(_, data)| {
                data
            });
            if let Some(picture) = data.and_then(picture) {
                let inner = crate::baked::baked(&picture)?;
                return unsealed(&Value::String(inner));
            }
            if text.starts_with('{') {
                let inner = serde_json::from_str(text);
                return inner
                    .map(|inner| (inner, Vec::new()))
                    .map_err(|error| format!("is no JSON: {error}"));
            }
            Token::compact(text)?
        }
        None => Token::of_json(document)?,
    };
    Ok((token.carried(), token.seals))
}

/// The bytes of a picture in a data URI.
fn picture(data: &str) -> Option<Vec<u8>> {
    let (kind, data) = data.strip_prefix("image/")?.split_once(',')?;
    match kind.ends_with(";base64") {
        true => encoded::decode(data),
        false => Some(data.as_bytes().to_vec()),
    }
}

fn standard(document: Value, seals: &[Seal], path: &str, sink: Sink<'_>) {
    let has = |name: &str| document.get(name).is_some();
    let award = has("credentialSubject") || has("badge") || has("vct");
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
            seals: seals.to_vec(),
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
    if learning::is_learning(&document) {
        learning::read(&document, &mut hand);
    } else if openbadges::is_badge(&document) {
        openbadges::read(&document, &mut hand);
    } else if nodes.any(elm::is_elm) {
        elm::read(&document, &mut hand);
    } else {
        let reason = "is none of: European Learning Model, Europass, Open Badges, CLR 2.0, CTDL, native JSON";
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
    let holds_award = document
        .get("credential")
        .is_some_and(|held| opens("credential", held));
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
#[cfg(test)]
mod wider_tests;
