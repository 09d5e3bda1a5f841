//! Occupations within reach of the person of a case, each with what is missing and the course that helps most.

use maud::{Markup, html};

use super::advice::{Typed, cost, hours};
use super::case::Case;
use super::layout::{Bar, bar, frame, label};
use super::visit::Visit;
use crate::api::{View, suggest_occupations, wire};
use crate::error::Result;

/// Occupations on a page, and missing skills of each.
const SHOWN: u32 = 15;
const MISSING: u32 = 6;

/// The page.
pub fn occupations(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let words = visit.words;
    let case = Case::read(&visit.form);
    let typed = Typed::read(view, words, &case)?;
    let request = wire::SuggestOccupationsRequest {
        profile: Some(typed.added_to(case.profile(), &case)),
        constraints: Some(case.constraints()?),
        top_k: SHOWN,
        missing_max: MISSING,
        language_code: visit.language(),
        ..wire::SuggestOccupationsRequest::default()
    };
    let answer = suggest_occupations(view, request)?;
    let content = html! {
        form method="post" action="/advice" {
            (case.hidden(words))
            p.actions { button { (words.text("sheet.back")) } button formaction="/" { (words.text("advice.change")) } }
        }
        p { (words.text("reach.how")) }
        @for note in &answer.notes { p.note { (note) } }
        @let near: Vec<_> = answer.occupations.iter().filter(|one| one.reach() != wire::Reach::Far).collect();
        @if near.is_empty() && answer.notes.is_empty() { p.note role="status" { (words.say("reach.none", &[("n", &words.number(view.catalogue.esco.occupations.len() as f64))])) } }
        @for one in near { (occupation(visit, &case, one)) }
    };
    Ok(frame(words, words.text("reach.title"), None, content))
}

fn occupation(visit: &Visit, case: &Case, one: &wire::SuggestedOccupation) -> Markup {
    let words = visit.words;
    let Some(occupation) = &one.occupation else {
        return html! {};
    };
    let reach = words.text(match one.reach() {
        wire::Reach::Ready => "reach.ready",
        wire::Reach::WithinReach => "reach.within",
        wire::Reach::LongerWay => "reach.longer",
        wire::Reach::Far | wire::Reach::Unspecified => "reach.far",
    });
    let has = one.n_essential - one.n_essential_missing.min(one.n_essential);
    let counts = words.say(
        "reach.counts",
        &[
            ("n", &words.number(f64::from(has))),
            ("all", &words.number(f64::from(one.n_essential))),
        ],
    );
    let text = format!("{reach}. {counts}");
    let as_target = Case {
        ad: String::new(),
        occupation: occupation.uri.clone(),
        corrected: Vec::new(),
        struck: Vec::new(),
        ..case.clone()
    };
    html! {
        article.course {
            h2 { (label(&occupation.label, occupation.label_language_code.as_deref())) }
            p.figure { (bar(Bar { share: one.readiness, estimated: 1.0, bound: None, text: &text })) " " (text) }
            @if !one.missing.is_empty() {
                p { (words.text("reach.missing")) }
                ul {
                    @for missing in &one.missing {
                        @if let Some(skill) = &missing.skill { li { (label(&skill.label, skill.label_language_code.as_deref())) } }
                    }
                    @if one.n_missing as usize > one.missing.len() {
                        li { (words.count("reach.more", f64::from(one.n_missing) - one.missing.len() as f64, &[])) }
                    }
                }
            }
            @if let Some(lift) = &one.lift {
                p { (words.say("reach.lift", &[
                    ("title", &lift.title), ("from", &words.percent(one.readiness)), ("to", &words.percent(lift.readiness)),
                    ("cost", &cost(words, lift.cost.as_ref())), ("hours", &hours(words, lift.hours)),
                ])) }
            }
            form method="post" action="/advice" {
                (as_target.hidden(words))
                button.small { (words.text("reach.advice")) span.hidden { ": " (occupation.label) } }
            }
        }
    }
}
