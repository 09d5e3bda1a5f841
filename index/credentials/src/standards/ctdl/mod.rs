//! Which credentials stand in a document of the Credential Transparency Description Language (CTDL JSON-LD)? Credentials, learning opportunities and pathways.
//!
//! The one idea: a graph is a set of nodes; those that a person can earn or attend are records, and the others say more about them.

mod money;
mod node;

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::{Draft, push_new, words};
use super::nodes::{NAMING_MAX, NO_NODE, Nodes, standing};
use super::value::{Hand, id, is_a, list, string_of, types};
use crate::credential::{Credential, PrerequisiteGroup};

/// Classes that are records beside those that end as credentials do ([`is_record`]).
const RECORDS: [&str; 20] = [
    "Badge",
    "Certificate",
    "Certification",
    "Course",
    "Credential",
    "Diploma",
    "GeneralEducationDevelopment",
    "LearningOpportunity",
    "LearningOpportunityProfile",
    "LearningProgram",
    "License",
    "MicroCredential",
    "Pathway",
    "SecondarySchoolDiploma",
    "CertificateOfCompletion",
    "ProficiencyBadge",
    "AssessmentProfile",
    "Assessment",
    "CourseComponent",
    "CredentialComponent",
];
/// Classes of CTDL that describe other nodes; their presence makes a document one of CTDL.
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

fn is_record(node: &Value) -> bool {
    let known = |class: &str| {
        RECORDS.contains(&class)
            || class.ends_with("Degree")
            || class.ends_with("Certificate")
            || class.ends_with("Diploma")
            || class.ends_with("Badge")
    };
    types(node).into_iter().any(known)
}

/// Hands each record of a tidied document to `sink`, with its JSON path.
pub fn read(document: &Value, sink: Hand<'_>) {
    let nodes = Nodes::of(document);
    let mut standing: Vec<(String, &Value)> =
        match (standing(document), document.get("credentialSubject")) {
            (Some(graph), _) => graph,
            (None, Some(subject)) => {
                let achieved = list(subject, "achievement").into_iter().enumerate();
                achieved
                    .map(|(at, node)| (format!("$.credentialSubject.achievement[{at}]"), node))
                    .collect()
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
    let reader = Reader { nodes: &nodes };
    let award = document.get("credentialSubject").map(|_| document);
    for (path, node) in standing {
        let credential = if node.is_object() {
            reader.record(node, award)
        } else {
            Err(NO_NODE.to_owned())
        };
        if !sink(path, credential) {
            return;
        }
    }
}

/// Hands the record of a node of a graph to `sink`, if it is one, or that it is no node.
pub fn read_node<'a>(path: &str, node: &'a Value, nodes: &Nodes<'a>, sink: Hand<'_>) {
    if !node.is_object() {
        sink(path.to_owned(), Err(NO_NODE.to_owned()));
    } else if is_record(node) {
        sink(path.to_owned(), Reader { nodes }.record(node, None));
    }
}

/// What is said of a document in which only other classes stand.
pub fn no_record<'c>(classes: impl Iterator<Item = &'c str>) -> String {
    let classes = classes.take(8).collect::<Vec<_>>().join(", ");
    format!("describes no credential, learning opportunity or pathway, but: {classes}")
}

/// What a record is read with.
struct Reader<'a, 's> {
    nodes: &'s Nodes<'a>,
}

impl<'a> Reader<'a, '_> {
    fn record(&self, node: &'a Value, award: Option<&'a Value>) -> Result<Credential, String> {
        let mut draft = Draft::default();
        draft.credential.id = id(node)
            .or_else(|| node.get("ctid").and_then(Value::as_str))
            .unwrap_or_default()
            .trim()
            .to_owned();
        self.describe(node, &mut draft);
        self.conditions(node, &mut draft);
        self.stacking(node, &mut draft);
        self.costs(node, &mut draft);
        if let Some(award) = award {
            draft.validity.issued = ["awardedDate", "issuanceDate"]
                .iter()
                .find_map(|name| super::elm::day_of(award, name));
            draft.validity.valid_from = super::elm::day_of(award, "validFrom");
            draft.validity.valid_until = super::elm::day_of(award, "expirationDate")
                .or_else(|| super::elm::day_of(award, "validUntil"));
            if draft.awarding_body.is_none() {
                draft.awarding_body = list(award, "issuer")
                    .into_iter()
                    .find_map(|issuer| self.agent(issuer));
            }
        }
        draft.finish()
    }

    /// Parts and wholes, and the components of a pathway.
    fn stacking(&self, node: &'a Value, draft: &mut Draft) {
        for part in list(node, "hasPart").into_iter().filter_map(id) {
            push_new(&mut draft.credential.parts, part.to_owned());
        }
        for whole in ["isPartOf", "isRequiredFor"]
            .iter()
            .flat_map(|name| list(node, name))
            .filter_map(id)
        {
            push_new(&mut draft.credential.part_of, whole.to_owned());
        }
        if is_a(node, "Pathway") {
            for component in self.naming("isPartOf", node, draft) {
                if is_record(component) {
                    push_new(
                        &mut draft.credential.parts,
                        id(component).unwrap_or_default().to_owned(),
                    );
                } else {
                    // A component that is no credential itself, such as the goal of the pathway: its conditions are the pathway's.
                    self.component_conditions(component, draft);
                }
            }
        }
        self.component_conditions(node, draft);
        let advanced: Vec<String> = list(node, "isAdvancedStandingFor")
            .into_iter()
            .filter_map(|other| self.name(other))
            .collect();
        let mut stacked = Vec::new();
        if !advanced.is_empty() {
            stacked.push(format!(
                "gives advanced standing for {}",
                advanced.join(", ")
            ));
        }
        self.transfer(node, &mut stacked, draft);
        draft.credential.stackability = words(&stacked);
    }

    /// The nodes that name this one in a field; where there are too many, the first of them, and a doubt.
    fn naming(&self, field: &'static str, node: &'a Value, draft: &mut Draft) -> Vec<&'a Value> {
        let mut naming = id(node)
            .map(|own| self.nodes.naming(field, own))
            .unwrap_or_default();
        if naming.len() > NAMING_MAX {
            naming.truncate(NAMING_MAX);
            draft.doubt(
                "record",
                field,
                &format!("more than {NAMING_MAX} nodes name it so, and the others do not count"),
            );
        }
        naming
    }

    /// What others count it for, and what counts for it (`TransferValueProfile`): these credits are none of its own, so they stay in words.
    fn transfer(&self, node: &'a Value, stacked: &mut Vec<String>, draft: &mut Draft) {
        let mut pages = Vec::new();
        for (naming, named, says, others) in [
            (
                "transferValueFrom",
                "providesTransferValueFor",
                "counts elsewhere",
                "transferValueFor",
            ),
            (
                "transferValueFor",
                "receivesTransferValueFrom",
                "takes what was learned elsewhere",
                "transferValueFrom",
            ),
        ] {
            let named = self
                .nodes
                .list(node, named)
                .into_iter()
                .filter(|profile| profile.is_object());
            for profile in self.naming(naming, node, draft).into_iter().chain(named) {
                push_new(
                    stacked,
                    format!("{says}{}", self.terms_of_transfer(profile, others)),
                );
                if let Some(page) = list(profile, "subjectWebpage").into_iter().find_map(id) {
                    push_new(&mut pages, page.to_owned());
                }
            }
        }
        pages
            .into_iter()
            .for_each(|page| draft.note(format!("what it counts for elsewhere: {page}")));
    }

    /// Credits, the other side, who says so and for how long, as far as stated.
    fn terms_of_transfer(&self, profile: &'a Value, others: &str) -> String {
        let credits = self
            .nodes
            .list(profile, "transferValue")
            .into_iter()
            .filter_map(|value| {
                let points = list(value, "value")
                    .into_iter()
                    .find_map(super::value::string);
                let terms = ["creditUnitType", "creditLevelType"]
                    .iter()
                    .flat_map(|name| list(value, name))
                    .map(|term| self.term(term));
                let stated: Vec<String> = points
                    .into_iter()
                    .chain(terms)
                    .filter(|term| !term.is_empty())
                    .collect();
                (!stated.is_empty()).then(|| stated.join(" "))
            });
        let names = |field: &str| {
            list(profile, field)
                .into_iter()
                .filter_map(|one| self.name(one))
                .collect::<Vec<String>>()
                .join(", ")
        };
        let day = |field: &str| string_of(profile, field).unwrap_or_default();
        let parts = [
            ("as", credits.collect::<Vec<String>>().join(" or ")),
            (
                if others == "transferValueFor" {
                    "for"
                } else {
                    "of"
                },
                names(others),
            ),
            ("by the word of", names("ownedBy")),
            ("from", day("startDate")),
            ("until", day("endDate")),
        ];
        parts
            .into_iter()
            .filter(|(_, stated)| !stated.is_empty())
            .map(|(word, stated)| format!(" {word} {stated}"))
            .collect()
    }

    /// Conditions on the components of a pathway: so many of them come before.
    fn component_conditions(&self, node: &'a Value, draft: &mut Draft) {
        for condition in self.nodes.list(node, "hasCondition") {
            let of: Vec<String> = list(condition, "targetComponent")
                .into_iter()
                .filter_map(id)
                .map(str::to_owned)
                .collect();
            let needed = list(condition, "requiredNumber")
                .into_iter()
                .find_map(super::value::number)
                .unwrap_or(of.len() as f64);
            prerequisites(of, needed, draft);
        }
    }
}

/// Takes `needed` of some credentials as required before: all of them one by one, fewer as a group.
fn prerequisites(of: Vec<String>, needed: f64, draft: &mut Draft) {
    let at_least = if needed >= 1.0 && needed <= of.len() as f64 {
        needed as usize
    } else {
        of.len()
    };
    if of.is_empty() {
    } else if at_least == of.len() {
        of.into_iter()
            .for_each(|one| push_new(&mut draft.entry.prerequisites, one));
    } else {
        let group = PrerequisiteGroup {
            held_min: at_least as u32,
            credential_ids: of,
        };
        if !draft.entry.prerequisite_groups.contains(&group) {
            draft.entry.prerequisite_groups.push(group);
        }
    }
}
