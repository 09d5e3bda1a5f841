//! What does a learning credential of the EUDI wallet say: the flat claims of an SD-JWT, after Annex I of the recommendation on microcredentials? Nothing of its
//! holder is read, neither the name nor the grade.

use serde_json::Value;

use super::draft::Draft;
use super::nodes::{Node, Nodes};
use super::value::Hand;
use crate::outcome::lines;
use skillgap_esco::Text;

/// Whether tidied claims are of this kind: their type is named, and nothing stands in the claims of a W3C credential.
pub fn is_learning(document: &Value) -> bool {
    document.get("vct").is_some() && document.get("credentialSubject").is_none()
}

/// Hands the record of the claims to `sink`.
pub fn read(document: &Value, sink: Hand<'_>) {
    let nodes = Nodes::default();
    let claims = Node::new(document, &nodes);
    let mut draft = Draft::default();
    let first = |names: [&str; 3]| names.into_iter().find_map(|name| claims.string(name));
    let Some(title) = first(["achievement_title", "title", "name"]) else {
        let kind = claims.string("vct").unwrap_or_default();
        let reason = format!(
            "names no achievement: neither achievement_title, title nor name was disclosed (vct {kind:?})"
        );
        sink("$".to_owned(), Err(reason));
        return;
    };
    let id = first(["id", "jti", "vct"]).unwrap_or_default();
    draft.credential.id = match claims.has("id") || claims.has("jti") {
        true => id,
        false => format!("{id}#{title}"),
    };
    draft.title = claims.texts("achievement_title", "und");
    if draft.title.is_empty() {
        draft.title = plain(&title);
    }
    draft.description = claims.texts("achievement_description", "und");
    for learned in claims.list("learning_outcomes") {
        let node = match learned.is_node() {
            true => learned.label(),
            false => learned.text(),
        };
        for line in lines(&node.unwrap_or_default()) {
            draft.outcome(plain(line), &[]);
        }
    }
    draft.awarding_body = claims.string("issuing_authority");
    draft.countries(claims.string("issuing_country").as_deref());
    for language in claims.strings("language_of_classes") {
        draft.languages([language.as_str()]);
    }
    if let Some(time) = claims.string("expected_study_time") {
        match super::duration::Duration::parse(&time) {
            Some(_) => draft.workload(&time),
            None => draft.doubt(
                "workload.hours",
                &time,
                "no ISO 8601 duration such as PT60H",
            ),
        }
    }
    if let Some(level) = claims.string("level_of_learning_experience") {
        draft.eqf_level(&[&level]);
    }
    draft.entry.requirements = claims.string("prerequisites_to_enroll");
    draft.credential.stackability = claims.string("integration_stackability_options");
    draft.credential.further_information = claims.string("types_of_quality_assurance");
    draft.validity.issued = claims.date(["date_of_issuance", "issuance_date", "iat"]);
    draft.validity.valid_until = claims.date(["date_of_expiry", "expiry_date", "validUntil"]);
    sink("$".to_owned(), draft.finish());
}

fn plain(text: &str) -> Vec<Text> {
    vec![Text {
        language: "und".to_owned(),
        text: text.to_owned(),
    }]
}
