//! The sheet to print: for the person one page in plain words, with the questions for providers as a check list; for the counsellor all reasons.
//! The same as a file of its own, with its style, for the command line.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::advised::Advice;
use super::courses::{cost, facts, hours, question};
use crate::api::wire;
use crate::web::layout::{frame, label};

/// Courses on the sheet of the person.
const FOR_PERSON: usize = 3;
/// Skills of a list on it.
const LISTED: usize = 14;

/// Whom a sheet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// The person: one page, plain words.
    Person,
    /// The counsellor: everything.
    Counsellor,
}

/// A sheet as a page.
pub(super) fn sheet(advice: &Advice, reader: For) -> Markup {
    let words = advice.words;
    let content = html! {
        form.screen method="post" action="/advice" {
            (advice.case.hidden(words))
            p.actions { button { (words.text("sheet.back")) } }
            p.hint { (words.text("sheet.how_to_print")) }
        }
        (advice.content(reader))
    };
    frame(words, title(advice, reader), None, content)
}

/// A sheet as a file of its own.
pub fn document(mut advice: Advice, reader: For) -> String {
    advice.is_on_paper = true;
    let words = advice.words;
    let document = html! {
        (DOCTYPE)
        html lang=(words.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title(&advice, reader)) }
                style { (PreEscaped(include_str!("../style.css"))) }
            }
            body { main { h1 { (title(&advice, reader)) } (advice.content(reader)) } }
        }
    };
    document.into_string()
}

fn title(advice: &Advice, reader: For) -> &'static str {
    advice.words.text(match reader {
        For::Person => "sheet.person",
        For::Counsellor => "sheet.counsellor",
    })
}

impl Advice {
    fn content(&self, reader: For) -> Markup {
        let words = self.words;
        let day = self.day();
        let job = self
            .case
            .ad
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        html! {
            p { (words.say("sheet.of", &[("day", &day)])) @if !job.is_empty() { " " (words.text("sheet.job")) " " strong { (job.trim()) } } }
            @match reader {
                For::Person => { (self.for_person()) }
                For::Counsellor => {
                    (self.overview())
                    (self.ad())
                    (self.states())
                    (self.courses())
                    (self.pathway())
                    (self.prior_learning())
                    (self.basis())
                }
            }
        }
    }

    fn for_person(&self) -> Markup {
        let words = self.words;
        let list = |key: &'static str, state: wire::GapState| {
            let of_state = self.answer.gap.iter().filter(|item| item.state() == state);
            let items: Vec<&wire::GapItem> = of_state.collect();
            let n_more = items.len().saturating_sub(LISTED);
            html! {
                @if !items.is_empty() {
                    h2 { (words.text(key)) }
                    ul.columns {
                        @for item in items.iter().take(LISTED) { li lang=[item.label_language_code.as_deref()] { (item.label) } }
                        @if n_more > 0 { li { (words.count("reach.more", n_more as f64, &[])) } }
                    }
                }
            }
        };
        let courses = self.answer.recommendations.iter().take(FOR_PERSON);
        // Each question once, with the numbers of the courses that leave it open.
        let mut asked: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        for (one, number) in courses.clone().zip(1..) {
            one.not_stated
                .iter()
                .for_each(|fact| asked.entry(*fact).or_default().push(number));
        }
        let asked = asked
            .iter()
            .filter_map(|(fact, numbers)| Some((question(*fact)?, numbers)));
        html! {
            (self.on_sample())
            (list("sheet.has", wire::GapState::Met))
            (list("sheet.perhaps", wire::GapState::Partly))
            (list(if self.case.speaks_of_person() { "sheet.lacks" } else { "gap.asked" }, wire::GapState::Missing))
            h2 { (words.text("sheet.courses")) }
            @if self.answer.recommendations.is_empty() { p { (words.text("courses.none")) } }
            ol {
                @for one in courses {
                    li {
                        strong { (self.titled(&one.credential_id, &one.title)) }
                        @if let Some(record) = self.records.get(&one.credential_id) { (facts(words, record)) }
                        @for reason in one.reasons.iter().take(1) { p { (reason) } }
                    }
                }
            }
            @if !self.answer.recommendations.is_empty() {
                p { (words.text("sheet.ask")) }
                ul.checks {
                    @for (key, numbers) in asked {
                        li { @for number in numbers { span.box { (number) } " " } (words.text(key)) }
                    }
                }
            }
            @if let Some(pathway) = self.plan.pathway.as_ref().filter(|pathway| pathway.steps.len() > 1) {
                h2 { (words.text("sheet.order")) }
                ol { @for step in &pathway.steps { li { (self.titled(&step.credential_id, &step.title)) " – " (cost(words, step.cost.as_ref())) ", " (hours(words, step.hours)) } } }
            }
            p.hint { (words.text("sheet.estimates")) }
        }
    }

    /// What is asked for and held, without the controls.
    fn states(&self) -> Markup {
        let words = self.words;
        html! {
            section {
                h2 { (words.text("gap.title")) }
                ul.states {
                    @for (item, number) in self.answer.gap.iter().zip(1..) {
                        @let text = self.state(item);
                        li id={ "skill-" (number) } {
                            (number) ". "
                            (self.held_bar(item)) " "
                            strong { (label(&item.label, item.label_language_code.as_deref())) }
                            @if !text.is_empty() { " – " (text) }
                            @if let Some(note) = &item.note { " " (note) }
                        }
                    }
                }
            }
        }
    }
}
