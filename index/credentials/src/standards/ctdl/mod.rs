//! Which credentials stand in a document of the Credential Transparency Description Language (CTDL JSON-LD)? Credentials, learning opportunities and pathways.
//!
//! The one idea: a graph is a set of nodes; those that a person can earn or attend are records, and the others say more about them.

mod aggregate;
mod money;
mod node;

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::{Draft, push_new, words};
use super::nodes::{NAMING_MAX, NO_NODE, Node, Nodes, standing};
use super::value::{Hand, list, types};
use crate::credential::Credential;
use node::{is_record, prerequisites, term};

/// Parts of the addresses of CTDL's contexts, which make a document one of CTDL.
const CONTEXTS: [&str; 5] = [
    "credreg.net/ctdl",
    "purl.org/ctdl",
    "purl.org/ceterms",
    "ctdl/terms",
    "credentialengineregistry.org",
];

/// Whether a document is of this language: by its context, or by the names of its classes. To be asked before it is tidied.
pub fn is_ctdl(document: &Value) -> bool {
    let contexts = list(document, "@context");
    let by_context = contexts.iter().any(|context| match context {
        Value::String(url) => CONTEXTS.iter().any(|known| url.contains(known)),
        Value::Object(terms) => terms.keys().any(|name| name == "ceterms"),
        _ => false,
    });
    by_context || is_prefixed(document) || list(document, "@graph").into_iter().any(is_prefixed)
}

/// Whether a node, not tidied, has a class of this language by its name.
pub fn is_prefixed(node: &Value) -> bool {
    let classes = ["@type", "type"].iter().flat_map(|name| list(node, name));
    classes
        .filter_map(Value::as_str)
        .any(|class| class.starts_with("ceterms:"))
}

/// Hands each record of a tidied document to `sink`, with its JSON path.
pub fn read(document: &Value, sink: Hand<'_>) {
    let nodes = Nodes::of(document);
    let root = Node::new(document, &nodes);
    let subject = root.list("credentialSubject").next();
    let mut standing = match (standing(document), subject) {
        (Some(graph), _) => graph,
        (None, Some(subject)) => {
            let achieved = subject.list("achievement").enumerate();
            let path = |at| format!("$.credentialSubject.achievement[{at}]");
            achieved.map(|(at, node)| (path(at), node.value)).collect()
        }
        (None, None) => vec![("$".to_owned(), document)],
    };
    standing.retain(|(_, node)| !node.is_object() || is_record(node));
    if standing.is_empty() {
        let classes: BTreeSet<&str> = list(document, "@graph")
            .into_iter()
            .flat_map(types)
            .chain(types(document))
            .collect();
        sink("$".to_owned(), Err(no_record(classes.into_iter())));
        return;
    }
    let award = match root.has("credentialSubject") {
        true => root,
        false => root.nothing(),
    };
    for (path, node) in standing {
        let credential = match node.is_object() {
            true => record(Node::new(node, &nodes), award),
            false => Err(NO_NODE.to_owned()),
        };
        if !sink(path, credential) {
            return;
        }
    }
}

/// Hands the record of a node of a graph to `sink`, if it is one, or that it is no node.
pub fn read_node(path: &str, node: Node<'_>, sink: Hand<'_>) {
    if !node.is_node() {
        sink(path.to_owned(), Err(NO_NODE.to_owned()));
    } else if is_record(node.value) {
        sink(path.to_owned(), record(node, node.nothing()));
    }
}

/// What is said of a document in which only other classes stand.
pub fn no_record<'c>(classes: impl Iterator<Item = &'c str>) -> String {
    let classes = classes.take(8).collect::<Vec<_>>().join(", ");
    format!("describes no credential, learning opportunity or pathway, but: {classes}")
}

/// The record of a node; `award` is what holds it where that is an award.
fn record(node: Node<'_>, award: Node<'_>) -> Result<Credential, String> {
    let mut draft = Draft::default();
    let id = node.id().or_else(|| node.get("ctid").as_str());
    draft.credential.id = id.unwrap_or_default().trim().to_owned();
    node::describe(node, &mut draft);
    node::conditions(node, &mut draft);
    stacking(node, &mut draft);
    money::costs(node, &mut draft);
    aggregate::outcomes_after(node, &mut draft);
    if award.is_node() {
        draft.award_dates(award);
        let issuer = || award.all("issuer").find_map(Node::name);
        draft.awarding_body = draft.awarding_body.take().or_else(issuer);
    }
    draft.finish()
}

/// Parts and wholes, and the components of a pathway.
fn stacking(node: Node<'_>, draft: &mut Draft) {
    for part in node.ids("hasPart") {
        push_new(&mut draft.credential.parts, part.to_owned());
    }
    for whole in node.ids("isPartOf").chain(node.ids("isRequiredFor")) {
        push_new(&mut draft.credential.part_of, whole.to_owned());
    }
    if node.is_a("Pathway") {
        for component in naming("isPartOf", node, draft) {
            if is_record(component.value) {
                let id = component.id().unwrap_or_default();
                push_new(&mut draft.credential.parts, id.to_owned());
            } else {
                // A component that is no credential itself, such as the goal of the pathway: its conditions are the pathway's.
                component_conditions(component, draft);
            }
        }
    }
    component_conditions(node, draft);
    let advanced: Vec<String> = node
        .all("isAdvancedStandingFor")
        .filter_map(Node::name)
        .collect();
    let mut stacked = Vec::new();
    if !advanced.is_empty() {
        stacked.push(format!(
            "gives advanced standing for {}",
            advanced.join(", ")
        ));
    }
    transfer(node, &mut stacked, draft);
    draft.credential.stackability = words(&stacked);
}

/// The nodes that name this one in a field; where there are too many, the first of them, and a doubt.
fn naming<'a>(field: &'static str, node: Node<'a>, draft: &mut Draft) -> Vec<Node<'a>> {
    let mut naming = node.naming(field);
    if naming.len() > NAMING_MAX {
        naming.truncate(NAMING_MAX);
        let why = format!("more than {NAMING_MAX} nodes name it so, and the others do not count");
        draft.doubt("record", field, &why);
    }
    naming
}

/// What others count it for, and what counts for it (`TransferValueProfile`): these credits are none of its own, so they stay in words.
fn transfer(node: Node<'_>, stacked: &mut Vec<String>, draft: &mut Draft) {
    let mut pages = Vec::new();
    for (backward, forward, says, word, others) in [
        (
            "transferValueFrom",
            "providesTransferValueFor",
            "counts elsewhere",
            "for",
            "transferValueFor",
        ),
        (
            "transferValueFor",
            "receivesTransferValueFrom",
            "takes what was learned elsewhere",
            "of",
            "transferValueFrom",
        ),
    ] {
        let named = node.all(forward).filter(|profile| profile.is_node());
        for profile in naming(backward, node, draft).into_iter().chain(named) {
            let terms = terms_of_transfer(profile, word, others);
            push_new(stacked, format!("{says}{terms}"));
            if let Some(page) = profile.ids("subjectWebpage").next() {
                push_new(&mut pages, page.to_owned());
            }
        }
    }
    for page in pages {
        draft.note(format!("what it counts for elsewhere: {page}"));
    }
}

/// Credits, the other side, who says so and for how long, as far as stated.
fn terms_of_transfer(profile: Node<'_>, word: &str, others: &str) -> String {
    let credits = profile.all("transferValue").map(|credit| {
        let kinds = credit.all_of(["creditUnitType", "creditLevelType"]);
        let stated = credit.string("value").into_iter().chain(kinds.map(term));
        let stated: Vec<String> = stated.filter(|term| !term.is_empty()).collect();
        stated.join(" ")
    });
    let credits: Vec<String> = credits.filter(|stated| !stated.is_empty()).collect();
    let names = |field: &str| {
        let names: Vec<String> = profile.all(field).filter_map(Node::name).collect();
        names.join(", ")
    };
    let day = |field: &str| profile.string(field).unwrap_or_default();
    let parts = [
        ("as", credits.join(" or ")),
        (word, names(others)),
        ("by the word of", names("ownedBy")),
        ("from", day("startDate")),
        ("until", day("endDate")),
    ];
    let parts = parts.into_iter().filter(|(_, stated)| !stated.is_empty());
    parts
        .map(|(word, stated)| format!(" {word} {stated}"))
        .collect()
}

/// Conditions on the components of a pathway: so many of them come before.
fn component_conditions(node: Node<'_>, draft: &mut Draft) {
    for condition in node.all("hasCondition") {
        let of: Vec<String> = condition
            .ids("targetComponent")
            .map(str::to_owned)
            .collect();
        let needed = condition
            .number("requiredNumber")
            .unwrap_or(of.len() as f64);
        prerequisites(of, needed, draft);
    }
}
