//! The sheet to print: for the person one page in plain words, with the questions for providers as a check list; for the counsellor all reasons.
//! The same as a file of its own, with its style, for the command line.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::courses::{cost, facts, hours, question};
use super::{Advice, Bar, bar, frame, label};
use crate::api::wire;

/// Courses on the sheet of the person.
const FOR_PERSON: usize = 3;

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
        let day = self
            .answer
            .context
            .as_ref()
            .map_or("", |context| context.as_of.as_str());
        let job = self
            .case
            .ad
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        html! {
            p { (words.say("sheet.of", &[("day", day)])) @if !job.is_empty() { " " (words.text("sheet.job")) " " strong { (job.trim()) } } }
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
        let in_state = |state: wire::GapState| {
            let items = self
                .answer
                .gap
                .iter()
                .filter(move |item| item.state() == state);
            items.map(|item| label(&item.label, item.label_language_code.as_deref()))
        };
        let list = |key: &'static str, state: wire::GapState| {
            let labels: Vec<Markup> = in_state(state).collect();
            html! { @if !labels.is_empty() { h2 { (words.text(key)) } ul.columns { @for label in labels { li { (label) } } } } }
        };
        html! {
            (list("sheet.has", wire::GapState::Met))
            (list("sheet.perhaps", wire::GapState::Partly))
            (list("sheet.lacks", wire::GapState::Missing))
            h2 { (words.text("sheet.courses")) }
            @if self.answer.recommendations.is_empty() { p { (words.text("courses.none")) } }
            @for one in self.answer.recommendations.iter().take(FOR_PERSON) {
                div.course {
                    h3 { (one.title) }
                    @if let Some(record) = self.records.get(&one.credential_id) { (facts(words, record)) }
                    @for reason in one.reasons.iter().take(1) { p { (reason) } }
                    @let asked: Vec<&str> = one.not_stated.iter().filter_map(|fact| question(*fact)).map(|key| words.text(key)).collect();
                    @if !asked.is_empty() {
                        p { (words.text("sheet.ask")) }
                        ul.checks { @for question in asked { li { span.box aria-hidden="true" {} " " (question) } } }
                    }
                }
            }
            @if let Some(pathway) = self.plan.pathway.as_ref().filter(|pathway| pathway.steps.len() > 1) {
                h2 { (words.text("sheet.order")) }
                ol { @for step in &pathway.steps { li { (step.title) " – " (cost(words, step.cost.as_ref())) ", " (hours(words, step.hours)) } } }
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
                            (bar(Bar { share: item.held, estimated: 0.0, bound: None, text: &text })) " "
                            strong { (label(&item.label, item.label_language_code.as_deref())) } " – " (text)
                            @if let Some(note) = &item.note { " " (note) }
                        }
                    }
                }
            }
        }
    }
}
