//! In what do credentials differ? The same rows for all of them; what one does not state stays empty.

use std::collections::BTreeSet;

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{
    Accreditation, Credential, EnumName, FundingScheme, PrerequisiteGroup, Signal, text_in,
};

use super::wire;
use crate::explain::money;

/// Puts credentials side by side. Rows are named as in the contract; after the facts, one row a trust signal.
pub(super) fn compare(
    catalogue: &Catalogue,
    credentials: &[Credential],
    language: &str,
) -> Vec<wire::ComparedField> {
    let columns: Vec<Vec<(&'static str, String)>> = credentials
        .iter()
        .map(|credential| rows(catalogue, credential, language))
        .collect();
    let names = columns.first().into_iter().flatten().map(|(name, _)| *name);
    names
        .enumerate()
        .map(|(at, name)| {
            field(
                name,
                columns
                    .iter()
                    .filter_map(|column| Some(column.get(at)?.1.clone())),
            )
        })
        .collect()
}

fn field(name: &str, values: impl Iterator<Item = String>) -> wire::ComparedField {
    let values: Vec<wire::ComparedValue> = values
        .map(|value| wire::ComparedValue {
            stated: !value.is_empty(),
            value,
        })
        .collect();
    let stated: BTreeSet<&str> = values
        .iter()
        .filter(|value| value.stated)
        .map(|value| value.value.as_str())
        .collect();
    wire::ComparedField {
        field: name.to_owned(),
        differs: stated.len() > 1,
        values,
    }
}

/// The rows of one credential, the same for every credential; empty where nothing is stated.
fn rows(
    catalogue: &Catalogue,
    credential: &Credential,
    language: &str,
) -> Vec<(&'static str, String)> {
    let list = |entries: &[String]| sorted(entries.to_vec(), ", ");
    let each = |texts: &mut dyn Iterator<Item = String>| sorted(texts.collect(), "; ");
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut rows = vec![
        ("title", text_in(&credential.title, language).to_owned()),
        ("provider", said(credential.provider_name())),
        ("countries", list(credential.countries())),
        (
            "languages",
            sorted(credential.languages().map(str::to_owned).collect(), ", "),
        ),
        ("hours", number(credential.hours())),
        ("ects", number(credential.ects())),
        (
            "eqfLevel",
            credential
                .eqf_level
                .map(|level| level.to_string())
                .unwrap_or_default(),
        ),
        (
            "cost",
            credential.cost.as_ref().map(money).unwrap_or_default(),
        ),
        ("costNote", text(&credential.cost_note)),
        (
            "funding",
            credential
                .funding
                .iter()
                .flat_map(|funding| funding.notes.clone())
                .collect::<Vec<_>>()
                .join("; "),
        ),
        (
            "mode",
            credential
                .delivery_mode()
                .map(|mode| mode.name())
                .unwrap_or_default()
                .to_owned(),
        ),
        ("assessment", said(credential.assessment_method())),
        ("stackability", text(&credential.stackability)),
        ("prerequisites", list(credential.prerequisites())),
        (
            "skillsRequired",
            labels(catalogue, credential.skills_required().iter(), language),
        ),
        ("partOf", list(&credential.part_of)),
        (
            "skills",
            labels(
                catalogue,
                credential
                    .outcomes
                    .iter()
                    .flat_map(|outcome| &outcome.skills)
                    .map(|link| &link.uri),
                language,
            ),
        ),
        ("sector", text(&credential.sector)),
        (
            "standards",
            credential
                .quality
                .iter()
                .flat_map(|quality| quality.standards.clone())
                .collect::<Vec<_>>()
                .join("; "),
        ),
        (
            "prerequisiteGroups",
            each(&mut credential.prerequisite_groups().iter().map(group)),
        ),
        ("parts", list(&credential.parts)),
        (
            "accreditations",
            each(&mut credential.accreditations().map(accreditation)),
        ),
        (
            "fundingSchemes",
            each(&mut credential.funding_schemes().iter().map(scheme)),
        ),
        (
            "startDates",
            each(
                &mut credential
                    .access
                    .iter()
                    .flat_map(|access| access.start_dates.clone()),
            ),
        ),
        ("modified", text(&credential.modified)),
        (
            "doubts",
            each(
                &mut credential
                    .doubts
                    .iter()
                    .map(|doubt| format!("{}: {}", doubt.field, doubt.reason)),
            ),
        ),
    ];
    rows.extend(
        Signal::ALL.map(|signal| (signal.name(), signal_word(credential, signal).to_owned())),
    );
    rows
}

/// In the alphabet, so that the order in which a source lists them makes no difference.
fn sorted(mut entries: Vec<String>, between: &str) -> String {
    entries.sort();
    entries.join(between)
}

fn group(group: &PrerequisiteGroup) -> String {
    format!(
        "{} of {}",
        group.held_min,
        sorted(group.credential_ids.clone(), ", ")
    )
}

/// Who accredits, and until when.
fn accreditation(stated: &Accreditation) -> String {
    let until = stated
        .valid_until
        .as_ref()
        .map(|date| format!(" until {date}"));
    format!("{}{}", stated.accreditor, until.unwrap_or_default())
}

/// Who pays, how much at most, and until when.
fn scheme(scheme: &FundingScheme) -> String {
    let share = scheme
        .share
        .map(|share| format!(", {} %", (share * 100.0).round()));
    let amount = scheme
        .amount_max
        .as_ref()
        .map(|amount| format!(", at most {}", money(amount)));
    let until = scheme
        .valid_until
        .as_ref()
        .map(|date| format!(" until {date}"));
    [Some(scheme.name.clone()), share, amount, until]
        .into_iter()
        .flatten()
        .collect()
}

fn signal_word(credential: &Credential, signal: Signal) -> &'static str {
    match credential.signal(signal).map(|stated| stated.is_so()) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

/// Labels in alphabetical order, each once; the URI of a skill that this generation does not have.
fn labels<'a>(
    catalogue: &Catalogue,
    uris: impl Iterator<Item = &'a String>,
    language: &str,
) -> String {
    let label = |uri: &'a String| {
        catalogue
            .esco
            .skill_by_uri(uri)
            .map_or(uri.as_str(), |skill| catalogue.skill_label(skill, language))
            .to_owned()
    };
    uris.map(label)
        .collect::<BTreeSet<String>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: [&str; 3], differs: bool) {
        let field = field("x", values.into_iter().map(str::to_owned));
        assert_eq!(field.differs, differs, "{values:?}");
        assert!(
            field
                .values
                .iter()
                .all(|value| value.stated != value.value.is_empty())
        );
    }

    #[test]
    fn only_stated_values_differ() {
        check(["a", "b", "a"], true);
        check(["a", "", "a"], false);
        check(["", "", ""], false);
    }
}
