//! How far does one skill stand for another? Equality, the parts of a language, ESCO's hierarchy and relations, else similarity of meaning.
//!
//! The one idea: every road has its own ceiling, and a pair counts by its best road. The numbers and what they rest on: `docs/coverage.md`.

use skillgap_catalogue::Catalogue;
use skillgap_esco::languages::Part;
use skillgap_esco::{Collection, Skill, SkillId};
use skillgap_linker::neighbours::NEAR_MIN;

/// A held skill that is one step narrower than the demanded one; each further step multiplies again.
const NARROWER: f64 = 0.9;
/// One step broader; each further step multiplies again.
const BROADER: f64 = 0.4;
/// Steps of the hierarchy that are walked.
const STEPS_MAX: u32 = 3;
/// Steps upwards: two steps up, a skill says little about one below it.
const STEPS_UP_MAX: u32 = 2;
/// The held skill is essential, or optional, for the demanded one by ESCO's skill-skill relations. Employment services put pairs of the second kind at one national
/// skill as often as parent and child (`docs/coverage.md`, table 3).
const ESSENTIAL_FOR: f64 = 0.4;
const OPTIONAL_FOR: f64 = 0.3;
/// Coverage by similarity of labels: (similarity, coverage), linear between, nothing below the first. What pairs this near are to each other
/// where ESCO says it, on average (`docs/coverage.md`, table 2).
const SIMILAR: [(f32, f64); 3] = [(NEAR_MIN, 0.17), (0.80, 0.28), (0.85, 0.31)];
/// Held skills up to which looking at each of them is quicker than finding all neighbours of the demanded skills.
const PAIRS_MAX: usize = 2_000;

/// By which road a held skill covers a demanded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// It is the same skill.
    Equal,
    /// Another part of the same language; `whole` if the held skill is the language as a whole.
    Language {
        /// Whether the language as a whole is held.
        whole: bool,
    },
    /// The held skill is so many steps narrower.
    Narrower(u32),
    /// The held skill is so many steps broader.
    Broader(u32),
    /// ESCO calls the held skill essential or optional for the demanded one.
    Related,
    /// Their labels mean something near.
    Similar,
}

impl Road {
    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Language { .. } => "language",
            Self::Narrower(_) => "narrower",
            Self::Broader(_) => "broader",
            Self::Related => "related",
            Self::Similar => "similar",
        }
    }

    /// Steps of the hierarchy; 0 on other roads.
    pub fn steps(self) -> u32 {
        match self {
            Self::Narrower(steps) | Self::Broader(steps) => steps,
            _ => 0,
        }
    }
}

/// A skill that covers a demanded one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cover {
    /// The held or taught skill.
    pub skill: SkillId,
    /// How far it stands for the demanded one, in (0, 1].
    pub coverage: f64,
    /// By which road.
    pub road: Road,
}

/// For each demanded skill, what covers it.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// In the order of the demand; each sorted by skill.
    covers: Vec<Vec<Cover>>,
}

impl Coverage {
    /// Finds everything that covers each of the demanded skills. Cost: one matrix product of the demanded skills that nobody asked for before
    /// with all skills.
    pub fn of(catalogue: &Catalogue, demanded: &[SkillId]) -> Self {
        let near = catalogue.linker.near_labels(demanded);
        let covers = demanded.iter().zip(near).map(|(skill, near)| {
            let similar = near
                .iter()
                .filter_map(|near| similar(catalogue, *skill, near.skill, near.similarity));
            best_of_each(
                related(catalogue, *skill)
                    .into_iter()
                    .chain(similar)
                    .collect(),
            )
        });
        Self {
            covers: covers.collect(),
        }
    }

    /// What of `held`, which is sorted by row, covers each of the demanded skills: the same as [`Self::of`], without all other skills.
    /// Cost: one product of two vectors for each pair.
    pub fn among(catalogue: &Catalogue, demanded: &[SkillId], held: &[SkillId]) -> Self {
        let is_held = |cover: &Cover| held.binary_search(&cover.skill).is_ok();
        if held.len() > PAIRS_MAX {
            let mut all = Self::of(catalogue, demanded);
            all.covers
                .iter_mut()
                .for_each(|covers| covers.retain(is_held));
            return all;
        }
        let labels = catalogue.linker.labels();
        let held_rows: Vec<usize> = held.iter().map(|held| held.row()).collect();
        let covers = demanded.iter().map(|skill| {
            let related = related(catalogue, *skill).into_iter().filter(is_held);
            let near = labels.products_of_row(skill.row(), &held_rows);
            let near = held.iter().zip(near).filter(|(_, near)| *near >= NEAR_MIN);
            let similar = near.filter_map(|(held, near)| similar(catalogue, *skill, *held, near));
            best_of_each(related.chain(similar).collect())
        });
        Self {
            covers: covers.collect(),
        }
    }

    /// What covers the demanded skill at position `at`, sorted by skill.
    pub fn covers(&self, at: usize) -> &[Cover] {
        self.covers.get(at).map_or(&[], Vec::as_slice)
    }

    /// How far `skill` covers the demanded skill at position `at`, in [0, 1].
    pub fn cover(&self, at: usize, skill: SkillId) -> f64 {
        let covers = self.covers(at);
        covers
            .binary_search_by_key(&skill, |cover| cover.skill)
            .map_or(0.0, |found| covers[found].coverage)
    }
}

/// Everything that each of the held skills covers: [`Coverage::of`] the other way round, with the covered skill in `skill`. Each sorted by skill.
pub fn covered_by(catalogue: &Catalogue, held: &[SkillId]) -> Vec<Vec<Cover>> {
    let near = catalogue.linker.near_labels(held);
    let covered = held.iter().zip(near).map(|(held, near)| {
        let similar = near
            .iter()
            .filter_map(|near| similar(catalogue, *held, near.skill, near.similarity));
        best_of_each(
            related_to(catalogue, *held)
                .into_iter()
                .chain(similar)
                .collect(),
        )
    });
    covered.collect()
}

/// What covers a demanded skill by equality, language, hierarchy and relations.
fn related(catalogue: &Catalogue, demanded: SkillId) -> Vec<Cover> {
    let graph = &catalogue.graph;
    let mut covers = vec![Cover {
        skill: demanded,
        coverage: 1.0,
        road: Road::Equal,
    }];
    covers.extend(
        graph
            .descendants(demanded, STEPS_MAX)
            .into_iter()
            .map(narrower),
    );
    covers.extend(
        graph
            .ancestors(demanded, STEPS_UP_MAX)
            .into_iter()
            .map(broader),
    );
    covers.extend(graph.essential_for(demanded).map(|skill| Cover {
        skill,
        coverage: ESSENTIAL_FOR,
        road: Road::Related,
    }));
    covers.extend(graph.optional_for(demanded).map(|skill| Cover {
        skill,
        coverage: OPTIONAL_FOR,
        road: Road::Related,
    }));
    if let Some((part, family)) = graph.language_family(demanded) {
        let others = family.iter().filter(|(skill, _)| *skill != demanded);
        put_in_place(
            &mut covers,
            others
                .map(|(held, of)| language(*held, *of, part))
                .collect(),
        );
    }
    covers
}

/// What a held skill covers by equality, language, hierarchy and relations: [`related`] read backwards.
fn related_to(catalogue: &Catalogue, held: SkillId) -> Vec<Cover> {
    let graph = &catalogue.graph;
    let mut covered = vec![Cover {
        skill: held,
        coverage: 1.0,
        road: Road::Equal,
    }];
    covered.extend(graph.ancestors(held, STEPS_MAX).into_iter().map(narrower));
    covered.extend(
        graph
            .descendants(held, STEPS_UP_MAX)
            .into_iter()
            .map(broader),
    );
    covered.extend(graph.essential_to(held).map(|skill| Cover {
        skill,
        coverage: ESSENTIAL_FOR,
        road: Road::Related,
    }));
    covered.extend(graph.optional_to(held).map(|skill| Cover {
        skill,
        coverage: OPTIONAL_FOR,
        road: Road::Related,
    }));
    if let Some((part, family)) = graph.language_family(held) {
        let others = family.iter().filter(|(skill, _)| *skill != held);
        put_in_place(
            &mut covered,
            others
                .map(|(demanded, of)| Cover {
                    skill: *demanded,
                    ..language(held, part, *of)
                })
                .collect(),
        );
    }
    covered
}

fn narrower((skill, steps): (SkillId, u32)) -> Cover {
    Cover {
        skill,
        coverage: NARROWER.powi(steps as i32),
        road: Road::Narrower(steps),
    }
}

fn broader((skill, steps): (SkillId, u32)) -> Cover {
    Cover {
        skill,
        coverage: BROADER.powi(steps as i32),
        road: Road::Broader(steps),
    }
}

/// How far one part of a language stands for another. A language as a whole covers its parts, and fully so where a level of it is stated
/// ([`super::item`]). Who writes also reads, who speaks also understands; otherwise a part says half of what it is about.
fn language(held: SkillId, of: Part, demanded: Part) -> Cover {
    let coverage = match (of, demanded) {
        (Part::Whole, _) => 0.8,
        (Part::Write, Part::Read) | (Part::Speak, Part::Hear) => 0.9,
        (Part::Write | Part::Speak, Part::Whole) => 0.6,
        (Part::Read | Part::Hear, Part::Whole) => 0.4,
        _ => 0.5,
    };
    Cover {
        skill: held,
        coverage,
        road: Road::Language {
            whole: of == Part::Whole,
        },
    }
}

/// Puts covers in the place of those for the same skills.
fn put_in_place(covers: &mut Vec<Cover>, others: Vec<Cover>) {
    covers.retain(|cover| !others.iter().any(|other| other.skill == cover.skill));
    covers.extend(others);
}

fn similar(catalogue: &Catalogue, a: SkillId, b: SkillId, similarity: f32) -> Option<Cover> {
    let coverage = of_similarity(similarity);
    (coverage > 0.0 && a != b && may_be_similar(catalogue, a, b)).then_some(Cover {
        skill: b,
        coverage,
        road: Road::Similar,
    })
}

/// Near labels that name different things are not similar: `write Hungarian` is no part of `write Korean`, nor Java of JavaScript. English labels
/// write names with a capital letter; where a skill has no English label, ESCO's collection of languages tells.
fn may_be_similar(catalogue: &Catalogue, a: SkillId, b: SkillId) -> bool {
    let (Some(a), Some(b)) = (
        catalogue.esco.skills.get(a.row()),
        catalogue.esco.skills.get(b.row()),
    ) else {
        return false;
    };
    let language = |skill: &Skill| skill.collections.contains(Collection::Language);
    !language(a) && !language(b) && names_in(a) == names_in(b)
}

/// The words of the English label that are written as names.
fn names_in(skill: &Skill) -> Vec<&str> {
    let Some(labels) = skill.labels.iter().find(|labels| labels.language == "en") else {
        return Vec::new();
    };
    let words = labels
        .preferred
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '#' | '.'));
    words
        .filter(|word| word.chars().any(|c| c.is_uppercase() || c.is_ascii_digit()))
        .collect()
}

/// By the points of [`SIMILAR`], in steps of 1/1000, so that machines agree.
fn of_similarity(similarity: f32) -> f64 {
    let last = SIMILAR.len() - 1;
    let coverage = match SIMILAR.iter().rposition(|(least, _)| similarity >= *least) {
        None => 0.0,
        Some(at) if at == last => SIMILAR[last].1,
        Some(at) => {
            let ((from, low), (to, high)) = (SIMILAR[at], SIMILAR[at + 1]);
            low + (high - low) * f64::from((similarity - from) / (to - from))
        }
    };
    (coverage * 1000.0).round() / 1000.0
}

/// One cover a skill, the furthest; of equally far ones the first in the order of roads.
fn best_of_each(mut covers: Vec<Cover>) -> Vec<Cover> {
    covers.sort_by(|a, b| {
        a.skill
            .cmp(&b.skill)
            .then(b.coverage.total_cmp(&a.coverage))
    });
    covers.dedup_by_key(|cover| cover.skill);
    covers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_by_similarity_rises_from_the_first_point_to_the_last() {
        assert_eq!(
            [0.0, 0.69, NEAR_MIN, 0.8, 0.825, 0.85, 1.0].map(of_similarity),
            [0.0, 0.0, 0.17, 0.28, 0.295, 0.31, 0.31]
        );
    }

    #[test]
    fn who_writes_also_reads_and_a_language_covers_its_parts() {
        let cover = |held, demanded| language(SkillId(0), held, demanded).coverage;
        assert!(cover(Part::Write, Part::Read) > cover(Part::Read, Part::Write));
        assert!(cover(Part::Whole, Part::Speak) > cover(Part::Speak, Part::Whole));
        assert!(cover(Part::Speak, Part::Whole) > cover(Part::Hear, Part::Whole));
    }
}
