//! Which credentials stand in a document of the European Learning Model? Learning opportunities, qualifications and awards, in JSON-LD or as LOQ XML.
//!
//! The one idea: one offer is one record. A specification that an opportunity refers to belongs to its record; one that stands alone is its own.

mod offer;
mod sources;
mod specification;
mod write;

use std::collections::HashSet;

use serde_json::Value;

use super::draft::Draft;
use super::nodes::{NO_NODE, Node, Nodes, standing};
use super::value::{self, Hand, is_a, list};
use crate::credential::Credential;

use sources::Sources;
pub use write::to_elm;

/// Deepest nesting of parts.
const PARTS_DEPTH_MAX: usize = 8;
/// Classes of specifications that are credentials.
const SPECIFICATIONS: [&str; 2] = ["Qualification", "LearningAchievementSpecification"];
/// Ids that are made anew in each document, and so name nothing outside of it.
const LOCAL_IDS: [&str; 2] = ["urn:epass:", "_:"];

/// Whether a tidied document is of this model.
pub fn is_elm(document: &Value) -> bool {
    let ours = |class: &str| is_a(document, class);
    ours("EuropeanDigitalCredential")
        || ours("LearningOpportunity")
        || SPECIFICATIONS.into_iter().any(ours)
}

/// Hands each record of a tidied document to `sink`, with its JSON path.
pub fn read(document: &Value, sink: Hand<'_>) {
    let nodes = Nodes::of(document);
    if document.get("credentialSubject").is_some() {
        return Reader { sink, full: false }.award(Node::new(document, &nodes));
    }
    let Some(graph) = standing(document) else {
        return read_node("$", Node::new(document, &nodes), &|_| false, sink);
    };
    let opportunities = graph.iter().map(|(_, node)| *node);
    let offered: HashSet<&str> = opportunities
        .filter(|node| is_a(node, "LearningOpportunity"))
        .flat_map(|node| list(node, "learningAchievementSpecification"))
        .filter_map(value::id)
        .collect();
    let mut full = false;
    for (path, node) in graph {
        let is_offered = |id: &str| offered.contains(id);
        read_node(
            &path,
            Node::new(node, &nodes),
            &is_offered,
            &mut |path, record| {
                full = !sink(path, record);
                !full
            },
        );
        if full {
            return;
        }
    }
}

/// Hands each record of a node to `sink`, with its path. `is_offered` knows the specifications that an opportunity refers to.
pub fn read_node(path: &str, node: Node<'_>, is_offered: &dyn Fn(&str) -> bool, sink: Hand<'_>) {
    if !node.is_node() {
        sink(path.to_owned(), Err(NO_NODE.to_owned()));
        return;
    }
    let mut reader = Reader { sink, full: false };
    let is_specification = SPECIFICATIONS.iter().any(|class| node.is_a(class));
    if node.is_a("LearningOpportunity") {
        reader.record(path.to_owned(), Sources::of_opportunity(node), None, 0);
    } else if is_specification && !node.id().is_some_and(is_offered) {
        reader.record(path.to_owned(), Sources::of_specification(node), None, 0);
    } else if node.has("credentialSubject") {
        reader.award(node);
    }
}

struct Reader<'s> {
    sink: Hand<'s>,
    /// Whether no more records are wanted.
    full: bool,
}

impl Reader<'_> {
    fn refuse(&mut self, path: &str, reason: &str) {
        (self.sink)(path.to_owned(), Err(reason.to_owned()));
    }

    /// An award: one record a claim of a learning achievement or activity.
    fn award(&mut self, award: Node<'_>) {
        if award.at("issuer").value.is_null() {
            return self.refuse("$.issuer", "is missing");
        }
        let claims: Vec<Node<'_>> = award.at("credentialSubject").all("hasClaim").collect();
        if claims.is_empty() {
            return self.refuse("$.credentialSubject.hasClaim", "is missing");
        }
        for (at, claim) in claims.into_iter().enumerate() {
            let path = format!("$.credentialSubject.hasClaim[{at}]");
            if !(claim.is_a("LearningAchievement") || claim.is_a("LearningActivity")) {
                let classes = value::types(claim.value);
                let class = classes.first().unwrap_or(&"something without a class");
                let reason = format!("is {class}, not a learning achievement or activity");
                self.refuse(&path, &reason);
                continue;
            }
            let id = award.id().map(|whole| match at {
                0 => whole.to_owned(),
                at => format!("{whole}#{at}"),
            });
            self.record(path, Sources::of_claim(claim, award), id, 0);
        }
    }

    /// Hands over one record, then those of its parts. `named` is its id where it states none that means it elsewhere.
    fn record(&mut self, path: String, of: Sources<'_>, named: Option<String>, depth: usize) {
        if self.full {
            return;
        }
        let stated = of.offered().into_iter().find_map(global_id);
        let id = of.opportunity.string("skillgap:id").or(stated).or(named);
        let id = id.unwrap_or_default();
        let mut draft = Draft::default();
        draft.credential.id.clone_from(&id);
        specification::describe(&of, &mut draft);
        let mut inner = Vec::new();
        let parts = if depth < PARTS_DEPTH_MAX {
            of.parts()
        } else {
            Vec::new()
        };
        for (at, part) in parts.into_iter().enumerate() {
            let named = global_id(part);
            // A mere reference is a part that stands elsewhere.
            if !part.has("title") {
                draft
                    .credential
                    .parts
                    .extend(named.or_else(|| part.label()));
                continue;
            }
            let named = named.unwrap_or_else(|| format!("{id}#part{at}"));
            draft.credential.parts.push(named.clone());
            inner.push((format!("{path}.hasPart[{at}]"), part, named));
        }
        let credential = draft.finish();
        let credential = credential.and_then(|credential| with_extensions(credential, &of));
        self.full = !(self.sink)(path, credential);
        for (path, part, named) in inner {
            let sources = if of.claim.is_node() {
                Sources::of_claim(part, of.award)
            } else if part.resolved().value != part.value {
                continue;
            } else if of.opportunity.is_node() {
                Sources::of_opportunity(part)
            } else {
                Sources::of_specification(part)
            };
            self.record(path, sources, Some(named), depth + 1);
        }
    }
}

/// Lays our own properties over the record; they say what the model has no place for.
fn with_extensions(credential: Credential, of: &Sources<'_>) -> Result<Credential, String> {
    let fields = of.opportunity.value.as_object().into_iter().flatten();
    let ours = fields.filter_map(|(name, value)| Some((name.strip_prefix(value::OURS)?, value)));
    let ours: Vec<(&str, &Value)> = ours.collect();
    if ours.is_empty() {
        Ok(credential)
    } else {
        crate::native::overlaid(&credential, &ours)
    }
}

/// Whether an id is made anew in each document.
fn is_local(id: &str) -> bool {
    LOCAL_IDS.iter().any(|local| id.starts_with(local))
}

/// The id of a node that means it outside of its document, too.
fn global_id(node: Node<'_>) -> Option<String> {
    node.id().filter(|id| !is_local(id)).map(str::to_owned)
}
