//! What does a set of taught skills do for a gap? Answered from a table of the request's own, without touching the catalogue.

use skillgap_catalogue::Taught;
use skillgap_esco::SkillId;

use super::Covered;
use crate::demand::Level;
use crate::gap::{Cover, Gap, Road, course_factor};

/// All that is needed to say what a set of taught skills does for a gap.
pub struct Needs {
    /// Taught skills that cover something missing, sorted by row.
    taught: Vec<SkillId>,
    /// By row: where the covers of a taught skill begin; one more entry at the end. Rows beyond cover nothing.
    starts: Vec<u32>,
    /// By taught skill.
    covers: Vec<Meets>,
    /// Position → (weight, held).
    items: Vec<(f64, f64)>,
    /// Position → the demanded skill.
    demanded: Vec<SkillId>,
    remaining: f64,
}

/// A demanded skill that a taught one covers.
#[derive(Clone, Copy)]
struct Meets {
    /// Position in the demand.
    at: usize,
    /// How far, where the credential states no level, which then counts like a held skill without one.
    coverage: f64,
    /// How far, where it states that level of a language which is asked for; the same where none is.
    at_level: f64,
    /// The level of a language that is asked for.
    level: Option<Level>,
}

impl Meets {
    fn of(at: usize, cover: &Cover, level: Option<Level>) -> Self {
        let whole = level.is_some() && cover.road == (Road::Language { whole: true });
        let at_level = if whole { 1.0 } else { cover.coverage };
        Self {
            at,
            coverage: cover.coverage * course_factor(None, level),
            at_level,
            level,
        }
    }

    /// How far, by the level that the credential states.
    fn coverage(&self, stated: Option<u8>) -> f64 {
        match (self.level, stated) {
            (Some(_), Some(_)) => self.at_level * course_factor(stated, self.level),
            _ => self.coverage,
        }
    }

    /// How far at most.
    fn most(&self) -> f64 {
        if self.level.is_some() {
            self.at_level
        } else {
            self.coverage
        }
    }
}

/// The level that a credential states for a skill.
fn stated(levels: &[(SkillId, u8)], skill: SkillId) -> Option<u8> {
    levels
        .iter()
        .find(|(of, _)| *of == skill)
        .map(|(_, level)| *level)
}

impl Needs {
    /// Turns the coverage of a gap round: from taught skills to what they cover further than it is held.
    pub fn of(gap: &Gap) -> Self {
        let mut pairs: Vec<(SkillId, Meets)> = Vec::new();
        for (at, item) in gap.items.iter().enumerate() {
            let covers = gap
                .coverage
                .covers(at)
                .iter()
                .map(|cover| (cover.skill, Meets::of(at, cover, item.level)));
            pairs.extend(covers.filter(|(_, meets)| meets.most() > item.held));
        }
        pairs.sort_unstable_by_key(|(skill, meets)| (*skill, meets.at));
        let n_rows = pairs.last().map_or(0, |(skill, ..)| skill.row() + 1);
        let mut starts = vec![0_u32; n_rows + 1];
        pairs
            .iter()
            .for_each(|(skill, ..)| starts[skill.row() + 1] += 1);
        (1..starts.len()).for_each(|row| starts[row] += starts[row - 1]);
        let mut taught: Vec<SkillId> = pairs.iter().map(|(skill, ..)| *skill).collect();
        taught.dedup();
        Self {
            taught,
            starts,
            covers: pairs.into_iter().map(|(_, meets)| meets).collect(),
            items: gap
                .items
                .iter()
                .map(|item| (item.weight, item.held))
                .collect(),
            demanded: gap.items.iter().map(|item| item.skill).collect(),
            remaining: gap.remaining(),
        }
    }

    /// Taught skills that cover something missing, sorted by row.
    pub fn taught(&self) -> &[SkillId] {
        &self.taught
    }

    /// What a taught skill covers, in the order of the demand.
    fn covers(&self, skill: SkillId) -> &[Meets] {
        match self.starts.get(skill.row()..skill.row() + 2) {
            Some(ends) => &self.covers[ends[0] as usize..ends[1] as usize],
            None => &[],
        }
    }

    /// The best coverage of each demanded skill by what is taught, up to the levels that are stated, where that is further than held. In the order of the demand.
    pub fn covered(&self, taught: &[(SkillId, f64)], levels: &[(SkillId, u8)]) -> Vec<Covered> {
        let each = taught.iter().flat_map(|(skill, confidence)| {
            let level = stated(levels, *skill);
            let covered = move |meets: &Meets| Covered {
                at: meets.at,
                coverage: meets.coverage(level) * confidence,
                taught: *skill,
            };
            self.covers(*skill).iter().map(covered)
        });
        let mut covered: Vec<Covered> = each
            .filter(|covered| covered.coverage > self.items[covered.at].1)
            .collect();
        covered.sort_by(|a, b| a.at.cmp(&b.at).then(b.coverage.total_cmp(&a.coverage)));
        covered.dedup_by_key(|covered| covered.at);
        covered
    }

    /// Share of the remaining weight that a coverage of one demanded skill closes: weight · (coverage − held) / remaining, not below 0.
    pub fn gain(&self, at: usize, coverage: f64) -> f64 {
        let (weight, held) = self.items[at];
        if self.remaining > 0.0 {
            weight * (coverage - held).max(0.0) / self.remaining
        } else {
            0.0
        }
    }

    /// Share of the remaining weight that these covers close together: Σ weight · (coverage − held) / remaining. `coverage` is by position.
    pub fn closure(&self, covers: impl IntoIterator<Item = (usize, f64)>) -> f64 {
        if self.remaining <= 0.0 {
            return 0.0;
        }
        let closed: f64 = covers
            .into_iter()
            .map(|(at, coverage)| self.items[at].0 * (coverage - self.items[at].1).max(0.0))
            .sum();
        // A sum of nothing is -0.
        (closed / self.remaining).min(1.0) + 0.0
    }

    /// The demanded skill at position `at`.
    pub fn demanded(&self, at: usize) -> SkillId {
        self.demanded[at]
    }

    /// Positions in the demand.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// How far the demanded skill at position `at` is held.
    pub fn held(&self, at: usize) -> f64 {
        self.items[at].1
    }

    /// Whether a taught skill covers anything that is missing, and how far at most.
    pub fn needs(&self, skill: SkillId) -> Option<f64> {
        let covers = self.covers(skill);
        (!covers.is_empty()).then(|| {
            covers
                .iter()
                .map(|meets| meets.coverage)
                .fold(0.0, f64::max)
        })
    }
}

/// Scores many sets of taught skills, one after the other, without allocating for each.
pub(super) struct Scorer<'a> {
    needs: &'a Needs,
    /// By position in the demand: the best coverage by the set at hand; 0 for those that it does not touch.
    best: Vec<f64>,
    /// Positions with a best coverage, sorted.
    touched: Vec<usize>,
}

impl<'a> Scorer<'a> {
    pub(super) fn new(needs: &'a Needs) -> Self {
        Self {
            needs,
            best: vec![0.0; needs.n_items()],
            touched: Vec::new(),
        }
    }

    /// The skills of a credential that may cover something missing.
    pub(super) fn needed<'t>(
        &self,
        taught: &'t [Taught],
    ) -> impl Iterator<Item = Taught> + use<'t, 'a> {
        let needs = self.needs;
        taught
            .iter()
            .copied()
            .filter(|taught| !needs.covers(taught.skill()).is_empty())
    }

    /// The closure of one set of taught skills, up to the levels of languages that are stated.
    pub(super) fn score(&mut self, taught: &[Taught]) -> f64 {
        self.touched.drain(..).for_each(|at| self.best[at] = 0.0);
        for taught in taught {
            let (skill, confidence) = taught.link();
            for meets in self.needs.covers(skill) {
                let (at, coverage) = (meets.at, meets.coverage(taught.level()) * confidence);
                if coverage > self.best[at] && coverage > self.needs.items[at].1 {
                    if self.best[at] == 0.0 {
                        self.touched.push(at);
                    }
                    self.best[at] = coverage;
                }
            }
        }
        self.touched.sort_unstable();
        self.needs
            .closure(self.touched.iter().map(|at| (*at, self.best[*at])))
    }

    /// What the set scored last adds to each demanded skill, as shares of the gap, in the order of the demand.
    pub(super) fn gains(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.touched
            .iter()
            .map(|at| (*at, self.needs.gain(*at, self.best[*at])))
    }
}
