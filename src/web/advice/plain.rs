//! The advice as plain text, for a terminal: the same content in the same words as the page.

use std::fmt::{self, Write};

use super::ad::cut;
use super::advised::Advice;
use super::courses::{cost, hours, question};

/// Characters of a bar.
const BAR: usize = 10;

/// Writes the advice as plain text.
pub fn plain(advice: &Advice) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = advice.write(&mut text);
    text
}

impl Advice {
    fn write(&self, out: &mut String) -> fmt::Result {
        let words = self.words;
        writeln!(out, "{}\n", words.text("overview.title").to_uppercase())?;
        if self.is_sample {
            writeln!(out, "  {}", words.text("advice.sample"))?;
        }
        if !self.answer.demand.is_empty() {
            writeln!(out, "  {}", self.readiness())?;
        }
        for note in &self.answer.notes {
            writeln!(out, "  {note}")?;
        }
        if let Some(understood) = &self.answer.ad_understanding {
            let number = |n: u32| words.number(f64::from(n));
            let (n, of) = (
                number(understood.n_understood),
                number(understood.n_askings),
            );
            writeln!(
                out,
                "  {}",
                words.say("ad.understood", &[("understood", &n), ("n", &of)])
            )?;
            for line in understood
                .unmatched
                .iter()
                .filter_map(|span| cut(&self.case.ad, span))
            {
                writeln!(out, "    ? {}", line.trim())?;
            }
        }
        writeln!(out, "\n{}\n", words.text("gap.title").to_uppercase())?;
        if self.answer.demand.is_empty() {
            writeln!(out, "  {}", words.text("gap.nothing"))?;
        }
        for item in &self.answer.gap {
            let state = self.state(item);
            match state.is_empty() {
                true => writeln!(out, "  {}", item.label)?,
                false => writeln!(out, "  {} {} – {state}", bar(item.held), item.label)?,
            }
            if let Some(note) = &item.note {
                writeln!(out, "             {note}")?;
            }
        }
        if !self.answer.questions.is_empty() {
            writeln!(out, "\n{}\n", words.text("questions.title").to_uppercase())?;
        }
        for skill in self
            .answer
            .questions
            .iter()
            .filter_map(|question| question.skill.as_ref())
        {
            writeln!(out, "  ? {}", skill.label)?;
        }
        self.write_courses(out)?;
        self.write_pathway(out)?;
        writeln!(out, "\n{}", words.text("basis.estimates"))
    }

    fn write_courses(&self, out: &mut String) -> fmt::Result {
        let words = self.words;
        writeln!(out, "\n{}\n", words.text("courses.title").to_uppercase())?;
        if self.answer.recommendations.is_empty() {
            writeln!(out, "  {}", words.text("courses.none"))?;
        }
        for (one, number) in self.answer.recommendations.iter().zip(1..) {
            writeln!(out, "  {number}. {}", one.title)?;
            for reason in &one.reasons {
                writeln!(out, "     - {reason}")?;
            }
            for key in one.not_stated.iter().filter_map(|fact| question(*fact)) {
                writeln!(out, "     ? {}", words.text(key))?;
            }
        }
        Ok(())
    }

    fn write_pathway(&self, out: &mut String) -> fmt::Result {
        let words = self.words;
        let Some(pathway) = &self.plan.pathway else {
            return Ok(());
        };
        writeln!(out, "\n{}\n", words.text("way.title").to_uppercase())?;
        writeln!(out, "  {}", pathway.summary)?;
        for (step, number) in pathway.steps.iter().zip(1..) {
            let adds = words.say(
                "pathway.adds",
                &[("share", &words.percent(step.marginal_closure))],
            );
            let (money, time) = (cost(words, step.cost.as_ref()), hours(words, step.hours));
            writeln!(out, "  {number}. {} – {adds}; {money}, {time}", step.title)?;
        }
        pathway
            .notes
            .iter()
            .try_for_each(|note| writeln!(out, "  - {note}"))
    }
}

fn bar(share: f64) -> String {
    let full = (share.clamp(0.0, 1.0) * BAR as f64).round() as usize;
    format!("[{}{}]", "#".repeat(full), ".".repeat(BAR - full))
}
