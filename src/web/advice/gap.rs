//! The table of what is asked for and what is held: a bar a skill, where that comes from, and the controls to correct both.

use maud::{Markup, html};

use super::ad::cut;
use super::advised::Advice;
use crate::api::{Words, wire};
use crate::web::case::{CEFR, WORDS, importance, level_code};
use crate::web::layout::{label, select};

/// Words of an ad or a text that are quoted, at most.
const QUOTES: usize = 2;

impl Advice {
    /// The table.
    pub(super) fn gap(&self) -> Markup {
        let words = self.words;
        let rows = self.answer.demand.iter().zip(&self.answer.gap).zip(1..);
        html! {
            section aria-labelledby="gap" {
                h2 id="gap" { (words.text("gap.title")) }
                @if self.answer.demand.is_empty() {
                    p.note role="status" { (words.text("gap.nothing")) }
                } @else {
                    p { (words.text("gap.how")) }
                    table.gap role="table" {
                        thead role="rowgroup" { tr role="row" {
                            th role="columnheader" scope="col" { (words.text("gap.asked")) }
                            th role="columnheader" scope="col" { (words.text("gap.held")) }
                            th role="columnheader" scope="col" { (words.text("gap.correct")) }
                        } }
                        tbody role="rowgroup" {
                            @for ((demanded, item), number) in rows { (self.row(demanded, item, number)) }
                        }
                    }
                    p { button { (words.text("gap.update")) } }
                }
            }
        }
    }

    fn row(&self, demanded: &wire::DemandedSkill, item: &wire::GapItem, number: usize) -> Markup {
        let words = self.words;
        let is_optional = demanded.requirement() == wire::Requirement::Optional;
        let level = level_code(demanded.level.as_ref());
        let quotes: Vec<&str> = demanded
            .spans
            .iter()
            .filter_map(|span| cut(&self.case.ad, span))
            .take(QUOTES)
            .collect();
        let unsure = demanded.confidence < 0.5;
        html! {
            tr role="row" id={ "skill-" (number) } {
                th role="rowheader" scope="row" {
                    span.number { (number) } " "
                    (label(&demanded.label, demanded.label_language_code.as_deref()))
                    div.facts {
                        (words.text(if is_optional { "gap.nice" } else { "gap.must" }))
                        @if !level.is_empty() { ", " (level_text(words, level)) }
                        @if demanded.must_be_shown { ", " (words.text("gap.licence")) }
                        @if unsure { ", " (words.text("gap.unsure")) }
                    }
                    @for quote in quotes { div.quote { q { (quote.trim()) } } }
                }
                td role="cell" { (self.held(item)) }
                td role="cell" { (self.corrections(demanded, item, level, is_optional)) }
            }
        }
    }

    /// How far a skill is held, and what says so.
    fn held(&self, item: &wire::GapItem) -> Markup {
        let words = self.words;
        let text = self.state(item);
        let near = item
            .nearest_held_label
            .as_ref()
            .filter(|_| item.nearest_held_uri.as_ref() != Some(&item.uri));
        html! {
            (self.held_bar(item))
            div { (text) }
            @if item.held > 0.0 {
                div.facts {
                    @if let Some(near) = near {
                        (words.text("gap.through")) " " (label(near, item.nearest_held_label_language_code.as_deref())) "; "
                    }
                    (self.source(item))
                }
            }
            @if item.level_in_doubt { div.note { (words.text("gap.level_in_doubt")) } }
            @if let Some(note) = &item.note { div.note { (note) } }
        }
    }

    fn source(&self, item: &wire::GapItem) -> Markup {
        let words = self.words;
        let source = item.nearest_held_source();
        let of_source = item.sources.iter().find(|one| one.source() == source);
        let occupation = of_source.and_then(|one| one.occupation.as_ref());
        let quote = of_source
            .and_then(|one| one.spans.first())
            .and_then(|span| cut(&self.case.text, span));
        match source {
            wire::HeldSource::Stated => html! { (words.text("source.stated")) },
            wire::HeldSource::Credential => html! { (words.text("source.credential")) },
            wire::HeldSource::Occupation => html! {
                (words.text("source.occupation"))
                @if let Some(occupation) = occupation { ": " (label(&occupation.label, occupation.label_language_code.as_deref())) }
            },
            wire::HeldSource::Text | wire::HeldSource::Unspecified => html! {
                (words.text("source.text"))
                @if let Some(quote) = quote { ": " q { (quote.trim()) } }
            },
        }
    }

    fn corrections(
        &self,
        demanded: &wire::DemandedSkill,
        item: &wire::GapItem,
        level: &str,
        is_optional: bool,
    ) -> Markup {
        let words = self.words;
        let uri = demanded.uri.as_str();
        let importance = importance(is_optional);
        let is_language = matches!(
            demanded
                .level
                .as_ref()
                .and_then(|level| level.level.as_ref()),
            Some(wire::level::Level::Cefr(_))
        );
        let codes: &[&str] = if is_language { &CEFR } else { &WORDS };
        let levels: Vec<(&str, String)> = codes
            .iter()
            .map(|code| (*code, level_text(words, code)))
            .collect();
        let mut options = vec![("", words.text("gap.any_level"))];
        options.extend(levels.iter().map(|(code, text)| (*code, text.as_str())));
        let named =
            |key: &'static str| html! { (words.text(key)) span.hidden { ": " (demanded.label) } };
        let held = item.nearest_held_uri.as_deref().unwrap_or(uri);
        html! {
            div.actions {
                @if item.state() != wire::GapState::Met {
                    button.small name="have" value={ (level) "|" (uri) } { (named("gap.have")) }
                }
                @if item.held > 0.0 {
                    button.small name="lack" value=(held) { (named("gap.lack")) }
                }
                button.small name="strike" value=(uri) { (named("gap.strike")) }
            }
            details {
                summary { (named("gap.change")) }
                input type="hidden" name="u" value=(uri);
                input type="hidden" name="was" value={ (importance) "|" (level) };
                (select("i", words.text("gap.importance"), importance, &[("must", words.text("gap.must")), ("nice", words.text("gap.nice"))]))
                (select("l", words.text("gap.level"), level, &options))
                button.small { (words.text("gap.update")) }
            }
        }
    }
}

/// A level in words.
pub(super) fn level_text(words: &Words, code: &str) -> String {
    match CEFR.contains(&code) {
        true => words.say("level.language", &[("level", code)]),
        false => words.say(&format!("level.{code}"), &[]),
    }
}
