//! Questions to the person: which answers would change the advice most? Each open skill is taken as held, and what is then ranked first is compared
//! with what is ranked first now. Bounded by [`ASKED_MAX`] rankings.

use rayon::prelude::*;
use skillgap_esco::SkillId;

use crate::demand::Demand;
use crate::error::Result;
use crate::gap::{self, Gap, GapItem, Profile};
use crate::rank::Ranked;

/// Open skills that are tried, those with the most left of their weight.
const ASKED_MAX: usize = 8;
/// A skill that is held this far needs no question.
const OPEN_BELOW: f64 = 0.5;
/// The first recommendations, which are what people read.
const FIRST: usize = 5;

/// A question, and what a yes would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The demanded skill.
    pub skill: SkillId,
    /// How much the first recommendations change, in (0, 1]; see [`change`].
    pub change: f64,
    /// Ids of credentials that would not be among the first any more.
    pub leaving: Vec<String>,
    /// Ids of credentials that would be among the first.
    pub entering: Vec<String>,
}

/// What is asked about.
pub(super) struct Asking<'a> {
    pub(super) demand: &'a Demand,
    pub(super) profile: &'a Profile,
    pub(super) gap: &'a Gap,
    /// Skills that the person denies.
    pub(super) denied: &'a [SkillId],
    /// Ids of what is ranked first now.
    pub(super) now: Vec<String>,
    /// Questions at most.
    pub(super) most: usize,
}

impl Asking<'_> {
    /// The questions that change most; ties go to what is asked for most. None that changes nothing. `first` ranks for another profile and gap.
    ///
    /// # Errors
    /// What `first` says.
    pub(super) fn questions(
        &self,
        first: impl Fn(&Profile, &Gap) -> Result<Vec<String>> + Sync,
    ) -> Result<Vec<Question>> {
        if self.most == 0 {
            return Ok(Vec::new());
        }
        let is_open =
            |item: &&GapItem| item.held < OPEN_BELOW && !self.denied.contains(&item.skill);
        let mut open: Vec<&GapItem> = self.gap.items.iter().filter(is_open).collect();
        open.sort_by(|a, b| b.remaining().total_cmp(&a.remaining()));
        open.truncate(ASKED_MAX);
        let question = |item: &&GapItem| {
            let profile = self.profile.stating(item.skill, item.level);
            let gap = gap::analyse_again(self.gap, self.demand, &profile);
            let then = first(&profile, &gap)?;
            let only_in = |these: &[String], those: &[String]| {
                let only = these.iter().filter(|id| !those.contains(id));
                only.cloned().collect()
            };
            Ok(Question {
                skill: item.skill,
                change: change(&self.now, &then),
                leaving: only_in(&self.now, &then),
                entering: only_in(&then, &self.now),
            })
        };
        let questions: Result<Vec<_>> = open.par_iter().map(question).collect();
        let mut questions = questions?;
        questions.retain(|question| question.change > 0.0);
        questions.sort_by(|a, b| b.change.total_cmp(&a.change));
        questions.truncate(self.most);
        Ok(questions)
    }
}

/// Ids of the first that are likely enough of use to be shown.
pub(super) fn first(ranked: &[Ranked], usefulness_min: f64) -> Vec<String> {
    let shown = |ranked: &&Ranked| ranked.candidate.usefulness.probability >= usefulness_min;
    let shown = ranked.iter().filter(shown).take(FIRST);
    shown
        .map(|ranked| ranked.candidate.facts.id.clone())
        .collect()
}

/// 1 less the average overlap of two lists: the mean over the depths 1 to that of the longer one of the share of what both have in common there
/// (Webber, Moffat and Zobel 2010, section 3). 0 for equal lists, 1 for lists that share nothing.
fn change<T: PartialEq>(now: &[T], then: &[T]) -> f64 {
    let depth = now.len().max(then.len());
    let overlap = |depth: usize| {
        let (now, then) = (&now[..depth.min(now.len())], &then[..depth.min(then.len())]);
        now.iter().filter(|id| then.contains(id)).count() as f64 / depth as f64
    };
    let overlaps: f64 = (1..=depth).map(overlap).sum();
    if depth == 0 {
        0.0
    } else {
        1.0 - overlaps / depth as f64
    }
}

#[cfg(test)]
mod tests {
    use super::change;

    #[test]
    fn a_change_is_between_nothing_and_everything_and_counts_most_at_the_top() {
        assert_eq!(change::<&str>(&[], &[]), 0.0);
        assert_eq!(change(&["a", "b"], &["a", "b"]), 0.0);
        assert_eq!(change(&["a"], &["b"]), 1.0);
        assert_eq!(change(&["a", "b"], &["b", "a"]), 0.5);
        assert!(
            change(&["a", "b", "c"], &["x", "b", "c"]) > change(&["a", "b", "c"], &["a", "b", "x"])
        );
    }
}
