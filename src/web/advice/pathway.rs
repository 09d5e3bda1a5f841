//! The pathway: numbered steps on a time line to scale, what each adds, the bound that nothing exceeds, and the alternatives as a table.

use maud::{Markup, html};

use super::advised::Advice;
use super::courses::{cost, estimated_links, hours};
use crate::api::wire;
use crate::web::layout::{Bar, bar};

/// Units of the time line, and the least of a step, so that its number fits.
const LINE_WIDTH: f64 = 600.0;
const STEP_MIN: f64 = 26.0;

impl Advice {
    /// The pathway, and what else a person may prefer.
    pub(super) fn pathway(&self) -> Markup {
        let words = self.words;
        let Some(pathway) = &self.plan.pathway else {
            return html! {};
        };
        html! {
            section aria-labelledby="pathway" {
                h2 id="pathway" { (words.text("way.title")) }
                p { (pathway.summary) }
                @if !pathway.steps.is_empty() {
                    (self.bound(pathway))
                    @if pathway.steps.iter().any(|step| step.hours.is_some()) { (self.time_line(pathway)) }
                    (self.steps(pathway))
                    (self.sums(pathway))
                }
                @if !pathway.notes.is_empty() { ul { @for note in &pathway.notes { li { (note) } } } }
                @if !self.plan.alternatives.is_empty() { (self.alternatives(pathway)) }
            }
        }
    }

    fn bound(&self, pathway: &wire::Pathway) -> Markup {
        let words = self.words;
        let text = words.say(
            "pathway.closes",
            &[
                ("share", &words.percent(pathway.closure())),
                ("bound", &words.percent(pathway.closure_upper_bound())),
            ],
        );
        // Each step counts by what it adds.
        let parts = pathway.steps.iter().map(|step| {
            step.marginal_closure * estimated_links(self.records.get(&step.credential_id))
        });
        let estimated = parts.sum::<f64>() / pathway.closure().max(f64::MIN_POSITIVE);
        html! {
            p.figure {
                (bar(Bar { share: pathway.closure(), estimated, bound: Some(pathway.closure_upper_bound()), text: &text }))
                " " (text)
            }
        }
    }

    /// The steps side by side, each as wide as its hours; one whose hours are not stated is as wide as the mean and has a dashed edge.
    fn time_line(&self, pathway: &wire::Pathway) -> Markup {
        let words = self.words;
        let stated: Vec<f64> = pathway.steps.iter().filter_map(|step| step.hours).collect();
        let mean = match stated.len() {
            0 => 1.0,
            n => stated.iter().sum::<f64>() / n as f64,
        };
        let lengths: Vec<f64> = pathway
            .steps
            .iter()
            .map(|step| step.hours.unwrap_or(mean))
            .collect();
        let all: f64 = lengths.iter().sum();
        let room = LINE_WIDTH - STEP_MIN * lengths.len() as f64;
        let mut x = 0.0;
        let steps = pathway
            .steps
            .iter()
            .zip(&lengths)
            .zip(1..)
            .map(|((step, length), number)| {
                let width = STEP_MIN + room.max(0.0) * length / all.max(f64::MIN_POSITIVE);
                let begin = x;
                x += width;
                (step, number, begin, width)
            });
        let steps: Vec<_> = steps.collect();
        let said: Vec<String> = pathway
            .steps
            .iter()
            .zip(1..)
            .map(|(step, number)| format!("{number}. {}: {}", step.title, hours(words, step.hours)))
            .collect();
        html! {
            svg.line role="img" aria-label={ (words.text("pathway.line")) ": " (said.join("; ")) } viewBox="0 0 602 44" {
                @for (step, number, begin, width) in &steps {
                    rect.step.unknown[step.hours.is_none()] x=(begin + 1.0) y="1" width=(width - 2.0) height="24" {}
                    text.number x=(begin + width / 2.0) y="18" text-anchor="middle" { (number) }
                    @if let Some(hours) = step.hours.filter(|_| *width > 60.0) {
                        text.hours x=(begin + width / 2.0) y="40" text-anchor="middle" { (words.say("pathway.hours", &[("n", &words.number(hours))])) }
                    }
                }
            }
        }
    }

    fn steps(&self, pathway: &wire::Pathway) -> Markup {
        let words = self.words;
        html! {
            ol.steps {
                @for step in &pathway.steps {
                    @let adds = words.say("pathway.adds", &[("share", &words.percent(step.marginal_closure))]);
                    li {
                        strong { (self.course_link(&step.credential_id, self.titled(&step.credential_id, &step.title))) }
                        div.facts { (cost(words, step.cost.as_ref())) " · " (hours(words, step.hours)) }
                        p.figure { (bar(Bar { share: step.marginal_closure, estimated: estimated_links(self.records.get(&step.credential_id)), bound: None, text: &adds })) " " (adds) }
                        @for towards in &step.leads_towards {
                            p.hint { (words.say("pathway.towards", &[
                                ("title", &towards.title),
                                ("had", &words.number(f64::from(towards.n_parts_had))),
                                ("n", &words.number(f64::from(towards.n_parts_known))),
                            ])) }
                        }
                    }
                }
            }
        }
    }

    /// Money and hours of a pathway, and for how many steps they are not known.
    fn totals(&self, pathway: &wire::Pathway) -> (String, String) {
        let words = self.words;
        let all = pathway.steps.len() as u32;
        let with_unknown = |n: u32, known: String| match n {
            0 => known,
            n => format!(
                "{} {}",
                words.say("pathway.at_least", &[("known", &known)]),
                words.count("pathway.unknown", f64::from(n), &[])
            ),
        };
        let money = match (&pathway.cost, pathway.n_steps_without_cost) {
            (_, n) if n == all => words.text("courses.no_cost").to_owned(),
            (Some(money), n) => with_unknown(n, cost(words, Some(money))),
            (None, _) => words.text("pathway.no_sum").to_owned(),
        };
        let time = match pathway.n_steps_without_hours {
            n if n == all => words.text("courses.no_hours").to_owned(),
            n => with_unknown(n, words.count("courses.hours", pathway.hours(), &[])),
        };
        (money, time)
    }

    fn sums(&self, pathway: &wire::Pathway) -> Markup {
        let (money, time) = self.totals(pathway);
        html! { p { strong { (self.words.say("pathway.sum", &[("cost", &money), ("hours", &time)])) } } }
    }

    fn alternatives(&self, first: &wire::Pathway) -> Markup {
        let words = self.words;
        let rows = std::iter::once(first).chain(&self.plan.alternatives);
        let head =
            |key: &'static str| html! { th role="columnheader" scope="col" { (words.text(key)) } };
        html! {
            h3 { (words.text("other.title")) }
            table role="table" {
                thead role="rowgroup" { tr role="row" {
                    (head("other.way")) (head("other.steps")) (head("other.closes")) (head("other.cost")) (head("other.hours"))
                } }
                tbody role="rowgroup" {
                    @for (pathway, number) in rows.zip(1..) {
                        @let (money, time) = self.totals(pathway);
                        tr role="row" {
                            th role="rowheader" scope="row" {
                                @if number == 1 { (words.text("other.first")) } @else { (words.say("other.nth", &[("n", &number.to_string())])) }
                                div.facts { (self.strengths(pathway)) }
                            }
                            td role="cell" data-label=(words.text("other.steps")) { ol { @for step in &pathway.steps { li { (self.titled(&step.credential_id, &step.title)) } } } }
                            td role="cell" data-label=(words.text("other.closes")) { (words.percent(pathway.closure())) }
                            td role="cell" data-label=(words.text("other.cost")) { (money) }
                            td role="cell" data-label=(words.text("other.hours")) { (time) }
                        }
                    }
                }
            }
        }
    }

    fn strengths(&self, pathway: &wire::Pathway) -> String {
        let keys = pathway.strengths().filter_map(|strength| match strength {
            wire::PathwayStrength::Unspecified => None,
            wire::PathwayStrength::Surest => Some("strength.surest"),
            wire::PathwayStrength::ClosesMost => Some("strength.closes_most"),
            wire::PathwayStrength::Cheapest => Some("strength.cheapest"),
            wire::PathwayStrength::Fastest => Some("strength.fastest"),
            wire::PathwayStrength::MostTrusted => Some("strength.most_trusted"),
            wire::PathwayStrength::FewestSteps => Some("strength.fewest_steps"),
        });
        let strengths: Vec<&str> = keys.map(|key| self.words.text(key)).collect();
        strengths.join(", ")
    }
}
