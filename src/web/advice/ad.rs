//! The ad with its marked words: each mark has the number of the row of the table that it led to.

use maud::{Markup, html};

use super::advised::Advice;
use crate::api::wire::Span;
use crate::web::layout::label;

/// Lines that were not understood, as far as they are shown.
const UNMATCHED_MAX: usize = 20;

impl Advice {
    /// The ad, and how much of it was understood.
    pub(super) fn ad(&self) -> Markup {
        let words = self.words;
        let understanding = self.answer.ad_understanding.as_ref();
        let Some(understood) = understanding.filter(|_| !self.case.ad.is_empty()) else {
            return html! {};
        };
        let ad = self.case.ad.as_str();
        let numbers = |n: u32| words.number(f64::from(n));
        let counts = [
            ("understood", numbers(understood.n_understood)),
            ("n", numbers(understood.n_askings)),
        ];
        let counts = counts
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let lacking: Vec<&str> = understood
            .unmatched
            .iter()
            .filter_map(|span| cut(ad, span))
            .collect();
        let about = understood
            .occupations
            .iter()
            .filter(|one| one.confidence >= 0.5);
        let about = about.filter_map(|one| one.occupation.as_ref());
        let language = Some(understood.language_code.as_str()).filter(|code| *code != "und");
        html! {
            section aria-labelledby="ad" {
                h2 id="ad" { (words.text("ad.title")) }
                @for occupation in about.take(1) {
                    p { (words.text("ad.about")) " " strong { (label(&occupation.label, occupation.label_language_code.as_deref())) } }
                }
                p { (words.say("ad.understood", &counts)) }
                @if !understood.language_has_labels { p.note { (words.text("ad.no_labels")) } }
                @if !lacking.is_empty() {
                    details open {
                        summary { (words.count("ad.not_understood", lacking.len() as f64, &[])) }
                        ul lang=[language] { @for line in lacking.iter().take(UNMATCHED_MAX) { li { q { (line.trim()) } } } }
                        p.hint { (words.text("ad.add_them")) }
                    }
                }
                details open[self.is_on_paper] {
                    summary { (words.text("ad.show")) }
                    div.ad lang=[language] { (self.marked(ad)) }
                }
            }
        }
    }

    /// The ad cut at the ends of all marks; a piece has the numbers of all rows that it led to.
    fn marked(&self, ad: &str) -> Markup {
        let demand = self.answer.demand.iter().zip(1..);
        let spans: Vec<(usize, &Span)> = demand
            .flat_map(|(demanded, number)| demanded.spans.iter().map(move |span| (number, span)))
            .collect();
        let mut cuts: Vec<usize> = spans
            .iter()
            .flat_map(|(_, span)| [span.start as usize, span.end as usize])
            .chain([0, ad.len()])
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let pieces = cuts.windows(2).filter_map(|ends| {
            let piece = ad.get(ends[0]..ends[1])?;
            let covers =
                |span: &Span| (span.start as usize) <= ends[0] && ends[1] <= span.end as usize;
            let numbers = spans.iter().filter(|(_, span)| covers(span));
            Some((
                piece,
                numbers.map(|(number, _)| *number).collect::<Vec<usize>>(),
            ))
        });
        html! {
            @for (piece, numbers) in pieces {
                @if numbers.is_empty() { (piece) }
                @else { mark { (piece) @for number in &numbers { sup { a href={ "#skill-" (number) } { (number) } } } } }
            }
        }
    }
}

/// The part of a text at a span; nothing where it is none.
pub(super) fn cut<'t>(text: &'t str, span: &Span) -> Option<&'t str> {
    text.get(span.start as usize..span.end as usize)
}
