//! One course with what its source does not state, as questions to the provider; and several courses side by side.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use skillgap_credentials::credential::text_in;

use super::advice::{cost, facts, hours, language_name, mode_key};
use super::layout::{label, language_of, page, query};
use super::visit::Visit;
use crate::api::{View, Words, batch_get_credentials, check_credential, get_credential, wire};
use crate::error::Result;

/// Courses that can be compared at once.
const COMPARED_MAX: usize = 6;

/// One course.
pub fn credential(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let words = visit.words;
    let id = visit.form.one("id").to_owned();
    let request = wire::GetCredentialRequest {
        id: id.clone(),
        language_code: visit.language(),
        at_least_commit: None,
    };
    let record = get_credential(view, request)?
        .credential
        .unwrap_or_default();
    let request = wire::CheckCredentialRequest {
        subject: Some(wire::check_credential_request::Subject::Id(id)),
        language_code: visit.language(),
        ..wire::CheckCredentialRequest::default()
    };
    let checked = check_credential(view, request)?
        .credentials
        .into_iter()
        .next();
    let checked = checked.unwrap_or_default();
    let t = |key: &'static str| words.text(key);
    let text = |texts: &BTreeMap<String, String>| {
        let language = texts
            .keys()
            .find(|code| *code == words.code())
            .or_else(|| texts.keys().find(|code| *code == "en"));
        let language = language
            .or_else(|| texts.keys().next())
            .filter(|code| *code != words.code())
            .cloned();
        (text_in(texts, words.code()).to_owned(), language)
    };
    let description = text(&record.description);
    let page_of = record
        .page
        .as_deref()
        .filter(|page| page.starts_with("https://") || page.starts_with("http://"));
    let content = html! {
        @if let Some(language) = language_of(&record, words.code()) { p.hint { (words.say("course.language", &[("language", &language_name(words, language))])) } }
        (facts(words, &record))
        @if !description.0.is_empty() { p lang=[description.1] { (description.0) } }
        @if let Some(note) = &record.cost_note { p { (t("course.cost_note")) " " q { (note) } } }
        @if !record.outcomes.is_empty() {
            h2 { (t("course.outcomes")) }
            ul {
                @for outcome in &record.outcomes {
                    @let (said, language) = text(&outcome.text);
                    li {
                        @if !said.is_empty() { span lang=[language] { (said) } }
                        @let labels: Vec<&str> = outcome.skills.iter().filter_map(|link| link.label.as_deref()).collect();
                        @if !labels.is_empty() { div.facts {
                            (t(if outcome.skills.iter().any(|link| link.origin() == wire::LinkOrigin::Inferred) { "course.estimated" } else { "course.declared" }))
                            " " (labels.join(" · "))
                        } }
                    }
                }
            }
        }
        @if let Some(entry) = record.entry.as_ref().and_then(|entry| entry.requirements.as_deref()) {
            h2 { (t("course.entry")) }
            p { (entry) }
        }
        (open(words, &checked))
        @if let Some(page) = page_of { p { a href=(page) rel="noreferrer noopener" { (t("course.page")) } } }
    };
    let title = text_in(&record.title, words.code());
    Ok(page(visit, title, content))
}

/// What is not stated or doubtful, of all that makes a course comparable.
fn open(words: &Words, checked: &wire::CheckedCredential) -> Markup {
    let in_state = |state: wire::ElementState| {
        let elements = checked
            .elements
            .iter()
            .filter(move |element| element.state() == state);
        elements
            .filter_map(|element| Some((element_key(element.element())?, element.note.as_deref())))
    };
    let missing: Vec<_> = in_state(wire::ElementState::Missing).collect();
    let doubtful: Vec<_> = in_state(wire::ElementState::Doubtful).collect();
    html! {
        section.ask {
            h2 { (words.text("course.open")) }
            p { (words.say("course.open_counts", &[
                ("n", &words.number(missing.len() as f64)),
                ("all", &words.number(checked.elements.len() as f64)),
            ])) }
            ul.checks { @for (key, _) in &missing { li { span.box aria-hidden="true" {} " " (words.say(&format!("element.{key}"), &[])) } } }
            @if !doubtful.is_empty() {
                h3 { (words.text("course.doubtful")) }
                ul { @for (key, note) in &doubtful { li { (words.say(&format!("element.{key}"), &[])) @if let Some(note) = note { " – " span lang="en" { (note) } } } } }
            }
            @if !checked.doubts.is_empty() {
                ul { @for doubt in &checked.doubts { li lang="en" { (doubt.field) ": " (doubt.reason) } } }
            }
        }
    }
}

/// The last part of the key of an element's question.
fn element_key(element: wire::CredentialElement) -> Option<String> {
    let name = element
        .as_str_name()
        .strip_prefix("CREDENTIAL_ELEMENT_")?
        .to_lowercase();
    (name != "unspecified").then_some(name)
}

/// Several courses side by side.
pub fn compare(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let words = visit.words;
    let mut ids: Vec<String> = visit
        .form
        .all("id")
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    ids.sort();
    ids.dedup();
    let n_chosen = ids.len();
    ids.truncate(COMPARED_MAX);
    let records = match ids.is_empty() {
        true => Vec::new(),
        false => {
            let request = wire::BatchGetCredentialsRequest {
                ids,
                language_code: visit.language(),
                at_least_commit: None,
            };
            batch_get_credentials(view, request)?.credentials
        }
    };
    type Row<'r> = (&'static str, Box<dyn Fn(&wire::Credential) -> String + 'r>);
    let or_not =
        |text: Option<String>| text.unwrap_or_else(|| words.text("compare.not_stated").to_owned());
    let rows: [Row<'_>; 8] = [
        (
            "compare.provider",
            Box::new(|record| or_not(record.provider_name().map(str::to_owned))),
        ),
        (
            "compare.cost",
            Box::new(|record| cost(words, record.cost.as_ref())),
        ),
        (
            "compare.hours",
            Box::new(|record| hours(words, record.hours_at_most())),
        ),
        (
            "compare.mode",
            Box::new(|record| {
                or_not(
                    record
                        .delivery_mode()
                        .and_then(mode_key)
                        .map(|key| words.text(key).to_owned()),
                )
            }),
        ),
        (
            "compare.language",
            Box::new(|record| {
                let names: Vec<String> = record
                    .languages()
                    .map(|code| language_name(words, code))
                    .collect();
                or_not(Some(names.join(", ")).filter(|names| !names.is_empty()))
            }),
        ),
        (
            "compare.level",
            Box::new(|record| or_not(record.eqf_level.map(|level| level.to_string()))),
        ),
        (
            "compare.assessment",
            Box::new(|record| or_not(record.assessment_method().map(str::to_owned))),
        ),
        (
            "compare.skills",
            Box::new(|record| {
                let links = || record.outcomes.iter().flat_map(|outcome| &outcome.skills);
                let is_estimate =
                    |link: &&wire::SkillLink| link.origin() == wire::LinkOrigin::Inferred;
                let labels = |links: Vec<&wire::SkillLink>| {
                    let labels: BTreeSet<&str> = links
                        .iter()
                        .filter_map(|link| link.label.as_deref())
                        .collect();
                    labels.into_iter().collect::<Vec<_>>().join(" · ")
                };
                let (estimated, declared): (Vec<_>, Vec<_>) = links().partition(is_estimate);
                let (declared, estimated) = (labels(declared), labels(estimated));
                let estimated = match estimated.as_str() {
                    "" => estimated,
                    labels => format!("{} {labels}", words.text("course.estimated")),
                };
                let both = [declared, estimated];
                let said: Vec<String> = both.into_iter().filter(|of| !of.is_empty()).collect();
                or_not(Some(said.join(". ")).filter(|said| !said.is_empty()))
            }),
        ),
    ];
    let content = html! {
        @if records.len() < 2 { p.note role="status" { (words.text("compare.choose")) } }
        @if n_chosen > COMPARED_MAX { p.note { (words.say("compare.most", &[("n", &COMPARED_MAX.to_string())])) } }
        @if !records.is_empty() {
            div.wide tabindex="0" role="region" aria-label=(words.text("compare.title")) {
                table.plain {
                    thead { tr {
                        td {}
                        @for record in &records { th scope="col" {
                            a href={ "/credential?" (query("id", &[&record.id])) "&lang=" (words.code()) } {
                                (label(text_in(&record.title, words.code()), language_of(record, words.code())))
                            }
                        } }
                    } }
                    tbody { @for (key, cell) in &rows { tr { th scope="row" { (words.text(key)) } @for record in &records { td { (cell(record)) } } } } }
                }
            }
        }
    };
    Ok(page(visit, words.text("compare.title"), content))
}
