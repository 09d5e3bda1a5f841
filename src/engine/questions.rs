//! Questions to the person: which answers would change the advice most? Each open skill is taken as held, and what is then ranked first is compared
//! with what is ranked first now. Bounded by [`ASKED_MAX`] rankings.

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillId;

use super::{Found, Recommend, Watch, score};
use crate::error::Result;
use crate::gap::{self, GapItem};
use crate::limits::Limits;
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

/// The questions that change most, at most as many as are wanted; ties go to what is asked for most. None that changes nothing.
///
/// # Errors
/// As [`Watch::enter`], and what the catalogue says.
pub(super) fn questions(
    catalogue: &Catalogue,
    request: &Recommend<'_>,
    limits: &Limits,
    watch: &Watch,
    found: &Found,
) -> Result<Vec<Question>> {
    if request.questions == 0 {
        return Ok(Vec::new());
    }
    let is_open = |(_, item): &(usize, &GapItem)| {
        item.held < OPEN_BELOW && !request.profile.rejected.contains(&item.skill)
    };
    let mut open: Vec<(usize, &GapItem)> = found.gap.items.iter().enumerate().collect();
    open.retain(is_open);
    open.sort_by(|a, b| {
        b.1.remaining()
            .total_cmp(&a.1.remaining())
            .then(a.0.cmp(&b.0))
    });
    open.truncate(ASKED_MAX);
    let request = Recommend {
        pathway: None,
        ..request.clone()
    };
    let now = first(&found.scored.ranked, request.usefulness_min);
    let question = |(_, item): &(usize, &GapItem)| {
        watch.enter("questions")?;
        let profile = found.profile.stating(item.skill, item.level);
        let gap = gap::analyse_again(&found.gap, &found.demand, &profile);
        let hypothesis = (&found.demand, &profile, &gap);
        let scored = score(catalogue, &request, limits, &Watch::unlimited(), hypothesis)?;
        let then = first(&scored.ranked, request.usefulness_min);
        let only_in = |these: &[&str], those: &[&str]| {
            let only = these.iter().filter(|id| !those.contains(id));
            only.map(|id| (*id).to_owned()).collect()
        };
        Ok(Question {
            skill: item.skill,
            change: change(&now, &then),
            leaving: only_in(&now, &then),
            entering: only_in(&then, &now),
        })
    };
    let mut questions = open.par_iter().map(question).collect::<Result<Vec<_>>>()?;
    questions.retain(|question| question.change > 0.0);
    questions.sort_by(|a, b| b.change.total_cmp(&a.change));
    questions.truncate(request.questions);
    Ok(questions)
}

/// Ids of the first that are shown.
fn first(ranked: &[Ranked], usefulness_min: f64) -> Vec<&str> {
    let shown = |ranked: &&Ranked| ranked.candidate.usefulness.probability >= usefulness_min;
    let shown = ranked.iter().filter(shown).take(FIRST);
    shown
        .map(|ranked| ranked.candidate.facts.id.as_str())
        .collect()
}

/// 1 less the average overlap of two lists: the mean over the depths 1 to that of the longer one of the share of what both have in common there
/// (Webber, Moffat and Zobel 2010, section 3). 0 for equal lists, 1 for lists that share nothing.
fn change(now: &[&str], then: &[&str]) -> f64 {
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
        assert_eq!(change(&[], &[]), 0.0);
        assert_eq!(change(&["a", "b"], &["a", "b"]), 0.0);
        assert_eq!(change(&["a"], &["b"]), 1.0);
        assert_eq!(change(&["a", "b"], &["b", "a"]), 0.5);
        assert!(
            change(&["a", "b", "c"], &["x", "b", "c"]) > change(&["a", "b", "c"], &["a", "b", "x"])
        );
    }
}
