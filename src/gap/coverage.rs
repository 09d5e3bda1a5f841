//! How far does one skill stand for another? Equality, ESCO's hierarchy and relations, else similarity of meaning, each with its own ceiling.

use skillgap_index::Catalogue;
use skillgap_index::model::esco::{Collection, Skill, SkillId};

/// A held skill that is one step narrower than the demanded one; each further step multiplies again.
const NARROWER: f64 = 0.9;
/// One step broader; each further step multiplies again.
const BROADER: f64 = 0.4;
/// Steps of the hierarchy that are walked.
const STEPS_MAX: u32 = 3;
/// Steps upwards: two steps up, a skill says little about one below it.
const STEPS_UP_MAX: u32 = 2;
/// The held skill is essential, or optional, for the demanded one by ESCO's skill-skill relations.
const ESSENTIAL_FOR: f64 = 0.3;
const OPTIONAL_FOR: f64 = 0.15;
/// Similarity of labels below which nothing is covered, and the coverage that similarity 1 would give.
const SIMILARITY_MIN: f32 = 0.75;
const SIMILAR_MAX: f64 = 0.5;

/// A skill that covers a demanded one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cover {
    /// The held or taught skill.
    pub skill: SkillId,
    /// How far it stands for the demanded one, in (0, 1].
    pub coverage: f64,
}

/// For each demanded skill, everything that covers it.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// In the order of the demand; each sorted by skill.
    covers: Vec<Vec<Cover>>,
}

impl Coverage {
    /// Finds what covers each of the demanded skills. One matrix product, of the demanded with all skills.
    pub fn of(catalogue: &Catalogue, demanded: &[SkillId]) -> Self {
        let rows: Vec<usize> = demanded.iter().map(|skill| skill.row()).collect();
        let near = catalogue.linker.labels().near(&rows, SIMILARITY_MIN);
        let covers = demanded.iter().zip(near).map(|(skill, near)| {
            let mut covers = related(catalogue, *skill);
            let near = near.into_iter().map(|(row, similarity)| Cover { skill: SkillId(row as u32), coverage: of_similarity(similarity) });
            covers.extend(near.filter(|cover| cover.coverage > 0.0 && may_be_similar(catalogue, *skill, cover.skill)));
            best_of_each(covers)
        });
        Self { covers: covers.collect() }
    }

    /// What covers the demanded skill at position `at`, sorted by skill.
    pub fn covers(&self, at: usize) -> &[Cover] {
        self.covers.get(at).map_or(&[], Vec::as_slice)
    }

    /// How far `skill` covers the demanded skill at position `at`, in [0, 1].
    pub fn cover(&self, at: usize, skill: SkillId) -> f64 {
        let covers = self.covers(at);
        covers.binary_search_by_key(&skill, |cover| cover.skill).map_or(0.0, |found| covers[found].coverage)
    }
}

/// Equality, hierarchy and relations.
fn related(catalogue: &Catalogue, demanded: SkillId) -> Vec<Cover> {
    let graph = &catalogue.graph;
    let by_steps = |factor: f64| move |(skill, steps): (SkillId, u32)| Cover { skill, coverage: factor.powi(steps as i32) };
    let mut covers = vec![Cover { skill: demanded, coverage: 1.0 }];
    covers.extend(graph.descendants(demanded, STEPS_MAX).into_iter().map(by_steps(NARROWER)));
    covers.extend(graph.ancestors(demanded, STEPS_UP_MAX).into_iter().map(by_steps(BROADER)));
    covers.extend(graph.essential_for(demanded).map(|skill| Cover { skill, coverage: ESSENTIAL_FOR }));
    covers.extend(graph.optional_for(demanded).map(|skill| Cover { skill, coverage: OPTIONAL_FOR }));
    covers
}

/// Near labels that name different things are not similar: `write Hungarian` is no part of `write Korean`, nor Java of JavaScript. English labels
/// write names with a capital letter; where a skill has no English label, ESCO's collection of languages tells.
fn may_be_similar(catalogue: &Catalogue, a: SkillId, b: SkillId) -> bool {
    let (Some(a), Some(b)) = (catalogue.esco.skills.get(a.row()), catalogue.esco.skills.get(b.row())) else { return false };
    let language = |skill: &Skill| skill.collections.contains(Collection::Language);
    !language(a) && !language(b) && names_in(a) == names_in(b)
}

/// The words of the English label that are written as names.
fn names_in(skill: &Skill) -> Vec<&str> {
    let Some(labels) = skill.labels.iter().find(|labels| labels.language == "en") else { return Vec::new() };
    let words = labels.preferred.split(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '#' | '.'));
    words.filter(|word| word.chars().any(|c| c.is_uppercase() || c.is_ascii_digit())).collect()
}

/// Linear from 0 at [`SIMILARITY_MIN`] to [`SIMILAR_MAX`] at 1, in steps of 1/1000, so that machines agree.
fn of_similarity(similarity: f32) -> f64 {
    let above = f64::from((similarity - SIMILARITY_MIN) / (1.0 - SIMILARITY_MIN)).clamp(0.0, 1.0);
    (above * SIMILAR_MAX * 1000.0).round() / 1000.0
}

fn best_of_each(mut covers: Vec<Cover>) -> Vec<Cover> {
    covers.sort_by(|a, b| a.skill.cmp(&b.skill).then(b.coverage.total_cmp(&a.coverage)));
    covers.dedup_by_key(|cover| cover.skill);
    covers
}
