//! The needs of a gap: what each taught skill would cover of what is missing. A table of the request's own, which never touches the catalogue.

use skillgap_esco::SkillId;

use crate::demand::Level;
use crate::gap::{Cover, Gap, Road, course_factor};

/// One demanded skill that a credential covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covered {
    /// Position in the demand.
    pub at: usize,
    /// How far, in [0, 1]: coverage of the taught skill times the confidence that it is taught.
    pub coverage: f64,
    /// The taught skill that covers it best; ties by row.
    pub taught: SkillId,
}

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
    /// Position → how sure it is that the skill is asked for.
    confidences: Vec<f64>,
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
            confidences: gap.items.iter().map(|item| item.confidence).collect(),
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
        let level = |skill| {
            levels
                .iter()
                .find(|(of, _)| *of == skill)
                .map(|(_, level)| *level)
        };
        self.covered_by(
            taught
                .iter()
                .map(|(skill, confidence)| (*skill, *confidence, level(*skill))),
        )
    }

    /// The same by links: skill, confidence, and the level of a language, where it is stated.
    pub(super) fn covered_by(
        &self,
        links: impl Iterator<Item = (SkillId, f64, Option<u8>)>,
    ) -> Vec<Covered> {
        let mut covered: Vec<Covered> = Vec::new();
        for (taught, confidence, level) in links {
            for meets in self.covers(taught) {
                let (at, coverage) = (meets.at, meets.coverage(level) * confidence);
                if coverage > self.items[at].1 {
                    covered.push(Covered {
                        at,
                        coverage,
                        taught,
                    });
                }
            }
        }
        covered.sort_by(|a, b| a.at.cmp(&b.at).then(b.coverage.total_cmp(&a.coverage)));
        covered.dedup_by_key(|covered| covered.at);
        covered
    }

    /// Whether a taught skill covers anything that is missing.
    pub(super) fn wants(&self, taught: SkillId) -> bool {
        !self.covers(taught).is_empty()
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

    /// How likely something is of use that covers this: how sure a skill is asked for times how far it is covered, the surest of all.
    pub(super) fn likely(&self, covers: &[Covered]) -> f64 {
        let likely = |covered: &Covered| self.confidences[covered.at] * covered.coverage;
        rounded(covers.iter().map(likely).fold(0.0, f64::max))
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

    /// How far a taught skill covers anything that is missing, at most; 0 where it covers nothing.
    pub fn needs(&self, skill: SkillId) -> f64 {
        let covers = self.covers(skill).iter();
        covers.map(|meets| meets.coverage).fold(0.0, f64::max)
    }
}

/// Rounded, so that equal input is shown equally on every machine.
pub(super) fn rounded(probability: f64) -> f64 {
    (probability * 1e4).round() / 1e4
}
