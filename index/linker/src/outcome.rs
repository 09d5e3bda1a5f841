//! What is left of a learning outcome without the words that every outcome begins with? `Knowledge and understanding of welding` is about welding.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use std::sync::LazyLock;

/// WordPrefixes of outcomes that say how something is known or done and not what, in lower case.
const LEAD_INS: &str = include_str!("outcome_lead_ins.txt");

static LEAD_IN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let phrases = LEAD_INS
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line} "));
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .start_kind(StartKind::Anchored)
        .build(phrases)
        .ok()
});

/// The outcome without its lead-ins; the whole outcome where nothing else is left.
pub(super) fn core(outcome: &str) -> &str {
    let mut rest = outcome.trim_start();
    while let Some(found) = LEAD_IN
        .as_ref()
        .and_then(|lead_in| lead_in.find(Input::new(rest).anchored(Anchored::Yes)))
    {
        rest = rest[found.end()..].trim_start();
    }
    if rest.trim().is_empty() {
        outcome
    } else {
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lead_ins_go_and_the_matter_stays() {
        for (outcome, expected) in [
            (
                "Knowledge and understanding of welding technology",
                "welding technology",
            ),
            (
                "On completion of this module, the student will be able to explain the basics of accounting",
                "explain the basics of accounting",
            ),
            ("Knowledge management", "Knowledge management"),
            ("Application of safety rules", "safety rules"),
            ("Knowledge of ", "Knowledge of "),
            ("", ""),
        ] {
            assert_eq!(core(outcome), expected, "{outcome}");
        }
    }
}
