//! Which skills are spelled like a text, in which language? One index of letters a language: English rows are skills with all their names together,
//! rows of other languages are single names, because employment services write terms in them.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::ngrams::NgramIndex;
use super::prefixes::WordPrefixes;
use skillgap_esco::error::{DataError, Result};
use skillgap_esco::{Esco, Labels, Skill};

/// English alternatives whose letters count beside the label.
const ALTERNATIVES_MAX: usize = 8;

/// Letters of the longest n-grams. English rows hold many names, which only longer grams tell apart; a single name is found best by grams of three
/// letters alone (docs/quality.md).
fn gram_max(language: &str) -> usize {
    if language == "en" { 5 } else { 3 }
}

/// How skills are spelled in one language.
pub struct LexicalIndex {
    language: String,
    overlap: NgramIndex,
    /// The skill of each row; nothing where rows are skills.
    skill_of_row: Option<Vec<u32>>,
    n_skills: usize,
}

impl LexicalIndex {
    /// One index for each language of the generation.
    ///
    /// # Errors
    /// As [`NgramIndex::build`].
    pub fn build_all(esco: &Esco) -> Result<Vec<Self>> {
        let build = |language: &String| {
            let overlap = NgramIndex::build(&rows(esco, language), gram_max(language))?;
            Ok(Self::new(esco, language, overlap))
        };
        esco.languages.par_iter().map(build).collect()
    }

    fn new(esco: &Esco, language: &str, overlap: NgramIndex) -> Self {
        let skill_of_row = (language != "en").then(|| {
            let names = esco
                .skills
                .iter()
                .enumerate()
                .map(|(row, skill)| (row as u32, names(skill, language).count()));
            names
                .flat_map(|(row, n_names)| std::iter::repeat_n(row, n_names))
                .collect()
        });
        Self {
            language: language.to_owned(),
            overlap,
            skill_of_row,
            n_skills: esco.skills.len(),
        }
    }

    /// Reads what [`Self::to_bytes`] wrote for the same skills.
    ///
    /// # Errors
    /// [`DataError::Damaged`] with `file` if the bytes are no such index.
    pub fn from_bytes(file: &str, bytes: &[u8], esco: &Esco, language: &str) -> Result<Self> {
        let spelling = Self::new(
            esco,
            language,
            NgramIndex::from_bytes(file, bytes, gram_max(language))?,
        );
        let n_rows = spelling
            .skill_of_row
            .as_ref()
            .map_or(spelling.n_skills, Vec::len);
        if spelling.overlap.n_rows() != n_rows {
            return Err(DataError::damaged(file, "has another number of names"));
        }
        Ok(spelling)
    }

    /// The index as bytes; which skill a row belongs to is known from ESCO.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.overlap.to_bytes()
    }

    /// How the words of a text begin; nothing in languages whose grams are too short for it.
    pub(super) fn beginnings(&self, text: &str) -> WordPrefixes {
        WordPrefixes::of(&self.overlap, text)
    }

    /// ISO 639-1 code.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Cosine of shared n-grams with every skill, `[n_skills]`: with all names together in English, with the nearest name in other languages.
    pub fn scores(&self, text: &str) -> Vec<f32> {
        let mut of_rows = vec![0.0; self.overlap.n_rows()];
        self.overlap.add_scores(text, &mut of_rows);
        let Some(skill_of_row) = &self.skill_of_row else {
            return of_rows;
        };
        let mut scores = vec![0.0_f32; self.n_skills];
        for (skill, score) in skill_of_row.iter().zip(of_rows) {
            let best = &mut scores[*skill as usize];
            *best = best.max(score);
        }
        scores
    }
}

/// How skills are spelled like one text.
pub(super) struct Spelled<'a> {
    /// The best of English and the text's language, `[n_skills]`.
    pub best: Vec<f32>,
    /// The text's language where it is not English and has labels, and the scores in it, `[n_skills]`.
    pub own: Option<(&'a str, Vec<f32>)>,
}

/// Compares a text with the names in English, because English terms stand in texts of every language, and in its own language. Of a text whose
/// language is not known, or has no labels, the language counts whose names are spelled most alike.
pub(super) fn compare<'a>(
    spellings: &'a [LexicalIndex],
    text: &str,
    language: Option<&str>,
) -> Spelled<'a> {
    let known = language.filter(|language| spellings.iter().any(|of| of.language == *language));
    let counts =
        |of: &&LexicalIndex| of.language == "en" || known.is_none_or(|known| known == of.language);
    let mut scored: Vec<(&str, Vec<f32>)> = spellings
        .iter()
        .filter(counts)
        .map(|of| (of.language.as_str(), of.scores(text)))
        .collect();
    let most = |scores: &[f32]| scores.iter().copied().fold(0.0_f32, f32::max);
    // Of equals English is taken last, so that it stays English.
    scored.sort_by(|a, b| {
        most(&a.1)
            .total_cmp(&most(&b.1))
            .then_with(|| english_last(a.0, b.0))
    });
    let Some((likeliest, mut best)) = scored.pop() else {
        return Spelled {
            best: Vec::new(),
            own: None,
        };
    };
    let own = match known {
        Some("en") => None,
        Some(known) if known != likeliest => scored
            .iter()
            .find(|(of, _)| *of == known)
            .map(|(of, scores)| (*of, scores.clone())),
        _ => (likeliest != "en").then(|| (likeliest, best.clone())),
    };
    for (_, scores) in &scored {
        best.iter_mut()
            .zip(scores)
            .for_each(|(best, score)| *best = best.max(*score));
    }
    Spelled { best, own }
}

fn english_last(a: &str, b: &str) -> Ordering {
    (a == "en").cmp(&(b == "en")).then(b.cmp(a))
}

fn rows(esco: &Esco, language: &str) -> Vec<String> {
    if language != "en" {
        return esco
            .skills
            .iter()
            .flat_map(|skill| names(skill, language))
            .map(str::to_owned)
            .collect();
    }
    let together = |labels: &Labels| {
        let names = labels.alternatives.iter().take(ALTERNATIVES_MAX);
        names.fold(labels.preferred.clone(), |text, name| text + " " + name)
    };
    esco.skills
        .iter()
        .map(|skill| {
            of_language(skill, language)
                .map(together)
                .unwrap_or_default()
        })
        .collect()
}

fn of_language<'a>(skill: &'a Skill, language: &str) -> Option<&'a Labels> {
    skill
        .labels
        .iter()
        .find(|labels| labels.language == language)
}

/// All names of a skill in one language, the preferred first.
fn names<'a>(skill: &'a Skill, language: &str) -> impl Iterator<Item = &'a str> {
    of_language(skill, language)
        .into_iter()
        .flat_map(|labels| std::iter::once(&labels.preferred).chain(&labels.alternatives))
        .map(String::as_str)
}
