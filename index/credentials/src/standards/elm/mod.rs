//! Which credentials stand in a document of the European Learning Model? Learning opportunities, qualifications and awards, in JSON-LD or as LOQ XML.
//!
//! The one idea: one offer is one record. A specification that an opportunity refers to belongs to its record; one that stands alone is its own.

mod offer;
mod specification;
mod write;

use std::collections::HashSet;

use serde_json::Value;

use super::draft::Draft;
use super::nodes::{NO_NODE, Nodes, standing};
use super::value::{self, Hand, first, id, is_a, list, string_of};
use crate::credential::Credential;
use crate::day;

pub use write::to_elm;

/// Deepest nesting of parts.
const PARTS_DEPTH_MAX: usize = 8;
/// Classes of specifications that are credentials.
const SPECIFICATIONS: [&str; 2] = ["Qualification", "LearningAchievementSpecification"];
/// Ids that are made anew in each document, and so name nothing outside of it.
const LOCAL_IDS: [&str; 2] = ["urn:epass:", "_:"];

/// What a record is made from.
#[derive(Clone, Copy, Default)]
pub(super) struct Sources<'a> {
    /// The learning opportunity: where, when, for how much.
    pub opportunity: Option<&'a Value>,
    /// The qualification or achievement specification: what it is worth.
    pub specification: Option<&'a Value>,
    /// The achievement of a person, in an award.
    pub claim: Option<&'a Value>,
    /// The award as a whole.
    pub award: Option<&'a Value>,
}

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
        return Reader {
            nodes: &nodes,
            sink,
            full: false,
        }
        .award(document);
    }
    let Some(graph) = standing(document) else {
        return read_node("$", document, &nodes, &|_| false, sink);
    };
    let offered: HashSet<&str> = graph
        .iter()
        .filter(|(_, node)| is_a(node, "LearningOpportunity"))
        .flat_map(|(_, node)| list(node, "learningAchievementSpecification"))
        .filter_map(id)
        .collect();
    let mut full = false;
    for (path, node) in graph {
        read_node(
            &path,
            node,
            &nodes,
            &|id| offered.contains(id),
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
pub fn read_node<'a>(
    path: &str,
    node: &'a Value,
    nodes: &Nodes<'a>,
    is_offered: &dyn Fn(&str) -> bool,
    sink: Hand<'_>,
) {
    if !node.is_object() {
        sink(path.to_owned(), Err(NO_NODE.to_owned()));
        return;
    }
    let mut reader = Reader {
        nodes,
        sink,
        full: false,
    };
    if is_a(node, "LearningOpportunity") {
        let specification = nodes
            .first(node, "learningAchievementSpecification")
            .filter(|found| found.is_object());
        reader.record(
            path.to_owned(),
            Sources {
                opportunity: Some(node),
                specification,
                ..Sources::default()
            },
            None,
            0,
        );
    } else if SPECIFICATIONS.iter().any(|class| is_a(node, class))
        && !id(node).is_some_and(is_offered)
    {
        reader.record(
            path.to_owned(),
            Sources {
                specification: Some(node),
                ..Sources::default()
            },
            None,
            0,
        );
    } else if node.get("credentialSubject").is_some() {
        reader.award(node);
    }
}

struct Reader<'a, 's> {
    nodes: &'s Nodes<'a>,
    sink: Hand<'s>,
    /// Whether no more records are wanted.
    full: bool,
}

impl<'a> Reader<'a, '_> {
    /// An award: one record a claim of a learning achievement or activity.
    fn award(&mut self, award: &'a Value) {
        if first(award, "issuer").is_none() {
            (self.sink)("$.issuer".to_owned(), Err("is missing".to_owned()));
            return;
        }
        let subject = self.nodes.first(award, "credentialSubject");
        let claims = subject
            .map(|subject| self.nodes.list(subject, "hasClaim"))
            .unwrap_or_default();
        if claims.is_empty() {
            (self.sink)(
                "$.credentialSubject.hasClaim".to_owned(),
                Err("is missing".to_owned()),
            );
            return;
        }
        for (at, claim) in claims.into_iter().enumerate() {
            let path = format!("$.credentialSubject.hasClaim[{at}]");
            if !(is_a(claim, "LearningAchievement") || is_a(claim, "LearningActivity")) {
                let class = value::types(claim)
                    .first()
                    .copied()
                    .unwrap_or("something without a class");
                (self.sink)(
                    path,
                    Err(format!(
                        "is {class}, not a learning achievement or activity"
                    )),
                );
                continue;
            }
            let whole = id(award).map(|whole| {
                if at == 0 {
                    whole.to_owned()
                } else {
                    format!("{whole}#{at}")
                }
            });
            self.claim(path, claim, award, whole, 0);
        }
    }

    fn claim(
        &mut self,
        path: String,
        claim: &'a Value,
        award: &'a Value,
        id: Option<String>,
        depth: usize,
    ) {
        // An activity is specified by itself: it has no outcomes and no level.
        let specification = self
            .nodes
            .first(claim, "specifiedBy")
            .filter(|_| is_a(claim, "LearningAchievement"));
        self.record(
            path,
            Sources {
                opportunity: None,
                specification,
                claim: Some(claim),
                award: Some(award),
            },
            id,
            depth,
        );
    }

    /// Hands over one record, then those of its parts.
    fn record(&mut self, path: String, of: Sources<'a>, award_id: Option<String>, depth: usize) {
        if self.full {
            return;
        }
        let stands_for_itself = |id: &&str| !is_local(id);
        let exported = of
            .opportunity
            .and_then(|node| string_of(node, "skillgap:id"));
        let stated = [of.opportunity, of.specification]
            .into_iter()
            .flatten()
            .find_map(|node| id(node).filter(stands_for_itself));
        let id = exported
            .or(stated.map(str::to_owned))
            .or(award_id)
            .unwrap_or_default();
        let mut draft = Draft::default();
        draft.credential.id.clone_from(&id);
        self.nodes.describe(&of, &mut draft);
        let parts = if depth < PARTS_DEPTH_MAX {
            self.parts(&of)
        } else {
            Vec::new()
        };
        let mut inner = Vec::new();
        for (at, (name, part)) in parts.into_iter().enumerate() {
            let named = value::id(part).filter(stands_for_itself).map(str::to_owned);
            // A mere reference is a part that stands elsewhere.
            if part.get("title").is_none() {
                draft
                    .credential
                    .parts
                    .extend(named.or_else(|| value::label_text(part)));
                continue;
            }
            let named = named.unwrap_or_else(|| format!("{id}#part{at}"));
            draft.credential.parts.push(named.clone());
            inner.push((format!("{path}.{name}[{at}]"), part, named));
        }
        let credential = draft
            .finish()
            .and_then(|credential| with_extensions(credential, &of));
        self.full = !(self.sink)(path, credential);
        for (path, part, named) in inner {
            if of.claim.is_some() {
                if let Some(award) = of.award {
                    self.claim(path, part, award, Some(named), depth + 1);
                }
            } else if self.nodes.resolve(part) == part {
                let sources = match of.opportunity {
                    Some(_) => Sources {
                        opportunity: Some(part),
                        specification: self
                            .nodes
                            .first(part, "learningAchievementSpecification")
                            .filter(|found| found.is_object()),
                        ..of
                    },
                    None => Sources {
                        specification: Some(part),
                        ..of
                    },
                };
                self.record(path, sources, Some(named), depth + 1);
            }
        }
    }

    /// Parts of the claim, the opportunity or the specification, as they are written there.
    fn parts(&self, of: &Sources<'a>) -> Vec<(&'static str, &'a Value)> {
        let whole = of.claim.or(of.opportunity).or(of.specification);
        whole
            .map(|whole| {
                list(whole, "hasPart")
                    .into_iter()
                    .map(|part| ("hasPart", part))
                    .collect()
            })
            .unwrap_or_default()
    }
}

/// Lays our own properties over the record; they say what the model has no place for.
fn with_extensions(credential: Credential, of: &Sources<'_>) -> Result<Credential, String> {
    let fields = of.opportunity.and_then(Value::as_object);
    let ours: Vec<(&str, &Value)> = fields
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.strip_prefix(value::OURS)?, value)))
        .collect();
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

/// The date of a field.
pub(super) fn day_of(node: &Value, name: &str) -> Option<String> {
    string_of(node, name).and_then(|date| day::date(&date))
}
