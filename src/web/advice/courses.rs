//! The courses that help: what each does for the gap, why, what it takes, and what its source does not say, as questions to ask the provider.

use maud::{Markup, html};
use skillgap_credentials::credential::Credential;
use skillgap_credentials::credential::Money;

use super::advised::{Advice, PERHAPS, PROBABLY};
use crate::api::{Words, wire};
use crate::web::layout::{Bar, bar, query};

/// Reasons that are read at once; the others are a click away.
const REASONS: usize = 3;

impl Advice {
    /// All courses.
    pub(super) fn courses(&self) -> Markup {
        let words = self.words;
        let ids: Vec<&str> = self
            .answer
            .recommendations
            .iter()
            .take(3)
            .map(|one| one.credential_id.as_str())
            .collect();
        html! {
            section aria-labelledby="courses" {
                h2 id="courses" { (words.text("courses.title")) }
                @if self.answer.recommendations.is_empty() {
                    p.note role="status" { (words.text("courses.none")) }
                }
                @for (one, number) in self.answer.recommendations.iter().zip(1..) { (self.course(one, number)) }
                @if ids.len() > 1 && !self.is_on_paper {
                    p { a href={ "/compare?" (query("id", &ids)) "&lang=" (words.code()) } { (words.text("courses.compare")) } }
                }
            }
        }
    }

    fn course(&self, one: &wire::Recommendation, number: usize) -> Markup {
        let words = self.words;
        let record = self.records.get(&one.credential_id);
        let closes = words.say(
            "courses.closes",
            &[("share", &words.percent(one.closure()))],
        );
        let estimated = estimated(one);
        let likely = one
            .usefulness
            .as_ref()
            .map_or(0.0, |usefulness| usefulness.probability);
        let use_key = match likely {
            PROBABLY.. => "courses.probably",
            PERHAPS.. => "courses.perhaps",
            _ => "courses.unsure",
        };
        // The first sentence says what the bar does.
        let reasons = one
            .reasons
            .get(usize::from(one.closure() > 0.0)..)
            .unwrap_or_default();
        html! {
            article.course {
                h3 { (number) ". " (self.titled(&one.credential_id, &one.title)) }
                @if let Some(record) = record { (facts(words, record)) }
                @if one.closure() > 0.0 {
                    p.figure {
                        (bar(Bar { share: one.closure(), estimated, bound: None, text: &closes })) " " (closes)
                        @if estimated > 0.0 { " " em { (words.text(if estimated >= 1.0 { "courses.all_estimated" } else { "courses.part_estimated" })) } }
                    }
                }
                p { strong { (words.text(use_key)) } }
                ul { @for reason in reasons.iter().take(REASONS) { li { (reason) } } }
                @if reasons.len() > REASONS {
                    details open[self.is_on_paper] {
                        summary { (words.text("courses.more")) }
                        ul { @for reason in reasons.iter().skip(REASONS) { li { (reason) } } }
                    }
                }
                (ask_provider(words, &one.not_stated, self.is_on_paper))
                @if !self.is_on_paper { p { (self.course_link(&one.credential_id, html! { (words.text("courses.whole")) span.hidden { ": " (one.title) } })) } }
            }
        }
    }
}

/// Share of what a course closes that rests on links that the service made, in [0, 1].
pub(super) fn estimated(one: &wire::Recommendation) -> f64 {
    let all: f64 = one.covers.iter().map(|covered| covered.coverage).sum();
    let inferred = one
        .covers
        .iter()
        .filter(|covered| covered.origin() == wire::LinkOrigin::Inferred);
    let inferred: f64 = inferred.map(|covered| covered.coverage).sum();
    if all > 0.0 { inferred / all } else { 1.0 }
}

/// The same of a record, by its links.
pub(super) fn estimated_links(record: Option<&Credential>) -> f64 {
    let links = record
        .into_iter()
        .flat_map(|record| &record.outcomes)
        .flat_map(|outcome| &outcome.skills);
    let (mut all, mut inferred) = (0.0, 0.0);
    for link in links {
        all += 1.0;
        inferred += f64::from(u8::from(link.origin() == wire::LinkOrigin::Inferred));
    }
    if all > 0.0 { inferred / all } else { 1.0 }
}

/// What a course takes, as far as its source states it, in a line.
pub fn facts(words: &Words, record: &Credential) -> Markup {
    let mut facts: Vec<String> = Vec::new();
    facts.extend(record.provider_name().map(str::to_owned));
    facts.push(cost(words, record.cost.as_ref()));
    facts.push(hours(words, record.hours_at_most()));
    if let Some(mode) = record.delivery_mode().and_then(mode_key) {
        facts.push(words.text(mode).to_owned());
    }
    let languages: Vec<String> = record
        .languages()
        .map(|code| language_name(words, code))
        .collect();
    if !languages.is_empty() {
        facts.push(words.say("courses.taught_in", &[("languages", &languages.join(", "))]));
    }
    html! { p.facts { (facts.join(" · ")) } }
}

/// A price in words; that it is not stated, where it is not.
pub fn cost(words: &Words, cost: Option<&Money>) -> String {
    match cost {
        Some(cost) if cost.amount == 0.0 => words.text("courses.free").to_owned(),
        Some(cost) => words.money(cost),
        None => words.text("courses.no_cost").to_owned(),
    }
}

/// Hours in words; that they are not stated, where they are not.
pub fn hours(words: &Words, hours: Option<f64>) -> String {
    match hours {
        Some(hours) => words.count("courses.hours", hours, &[]),
        None => words.text("courses.no_hours").to_owned(),
    }
}

/// The key of a mode of delivery.
pub fn mode_key(mode: wire::DeliveryMode) -> Option<&'static str> {
    match mode {
        wire::DeliveryMode::Online => Some("mode.online"),
        wire::DeliveryMode::Onsite => Some("mode.onsite"),
        wire::DeliveryMode::Blended => Some("mode.blended"),
        wire::DeliveryMode::WorkBased => Some("mode.work"),
        wire::DeliveryMode::Unspecified => None,
    }
}

/// The name of a language; its code where the page has none.
pub fn language_name(words: &Words, code: &str) -> String {
    let key = format!("language.{code}");
    match words.text(&key) {
        text if text == key => code.to_owned(),
        text => text.to_owned(),
    }
}

/// What the source does not state, as questions.
fn ask_provider(words: &Words, facts: &[i32], is_open: bool) -> Markup {
    let questions: Vec<&str> = facts
        .iter()
        .filter_map(|fact| question(*fact))
        .map(|key| words.text(key))
        .collect();
    html! {
        @if !questions.is_empty() {
            details.ask open[is_open] {
                summary { (words.count("ask.title", questions.len() as f64, &[])) }
                ul { @for question in questions { li { (question) } } }
            }
        }
    }
}

/// The key of the question for a fact.
pub(super) fn question(fact: i32) -> Option<&'static str> {
    let key = match wire::CredentialFact::try_from(fact).ok()? {
        wire::CredentialFact::Provider => "ask.provider",
        wire::CredentialFact::Hours => "ask.hours",
        wire::CredentialFact::Cost => "ask.cost",
        wire::CredentialFact::Language => "ask.language",
        wire::CredentialFact::Mode => "ask.mode",
        wire::CredentialFact::EqfLevel => "ask.level",
        wire::CredentialFact::Assessment => "ask.assessment",
        _ => return None,
    };
    Some(key)
}
