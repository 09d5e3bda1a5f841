//! Which skills is a text about? A handful of signals for each skill that could be meant, fused into one score and one probability.
//!
//! - *nearest name* and *described*: similarity of the whole text to the nearest label and to label with description;
//! - *window*: similarity of the best run of a few words to the label, because a sentence often names several skills;
//! - *overlap*: shared character n-grams, which survive inflection, compounds and other languages;
//! - *name*: a label that stands in the text word for word.
//!
//! A rough similarity and the overlap find candidates among all skills; the signals are weighed for those only.

mod fuse;
mod names;
mod outcome;
mod overlap;
mod phrases;
mod skill_vectors;
mod windows;

use std::cmp::Ordering;
use std::ops::Range;

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

pub use fuse::{LEARNED, Signals};
pub use names::Names;
pub use overlap::Overlap;
pub use phrases::{LabelKind, Mention, Phrases};
pub use skill_vectors::SkillVectors;

use fuse::{Fusion, InText, Prior};
use names::PieceProducts;

use crate::encoder::{Encoder, Token, normalise};
use crate::error::Result;
use crate::model::esco::{Esco, Labels, SkillId};
use crate::text::{detect_language, words};
use crate::vectors::Vectors;

/// Texts of one matrix product; bounds the memory of a batch to `2 · BATCH · n_skills` floats.
const BATCH: usize = 64;

/// Candidates for which all signals are weighed, at least: by sentence and overlap together, and half as many by overlap alone.
const CANDIDATES_MIN: usize = 48;

/// Alternatives whose letters count for the overlap.
const OVERLAP_ALTERNATIVES: usize = 8;

/// A text to link.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// A term, a sentence or an outcome.
    pub text: &'a str,
    /// ISO 639-1 code, if known.
    pub language: Option<&'a str>,
}

/// A skill that a text may be about.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// The skill.
    pub skill: SkillId,
    /// Fused score; ranks the skills of one text. Rounded to four decimals, so that equal input ranks equally on every machine.
    pub score: f32,
    /// Probability that the text is about this skill, in [0, 1].
    pub confidence: f32,
    /// The words of the text that show it best: bytes.
    pub range: Range<usize>,
    /// What the score is made of.
    pub signals: Signals,
}

/// Links texts to the skills of one generation.
pub struct Linker {
    encoder: &'static Encoder,
    /// Rows of length one (zero for a skill without label): the preferred label.
    labels: Vectors,
    /// Rows of length one: label and description together.
    described: Array2<f32>,
    /// Label, alternatives and description together, weighed as the score does; finds candidates.
    rough: Vectors,
    names: Names,
    priors: Vec<Prior>,
    fusion: &'static Fusion,
    /// Languages with labels, sorted.
    languages: Vec<String>,
    /// One index a language, sorted by language; rows are skills.
    overlaps: Vec<(String, Overlap)>,
    phrases: Phrases,
}

impl Linker {
    /// Puts a linker together from its parts, as read from disk.
    ///
    /// # Errors
    /// As [`Encoder::carried`].
    pub fn new(esco: &Esco, vectors: SkillVectors, names: Names, overlaps: Vec<(String, Overlap)>, phrases: Phrases) -> Result<Self> {
        let fusion = Fusion::carried()?;
        Ok(Self {
            encoder: Encoder::carried()?,
            labels: Vectors::new(vectors.labels),
            described: vectors.described,
            rough: Vectors::new(vectors.rough),
            names,
            priors: fusion.priors(&esco.skills),
            fusion,
            languages: esco.languages.clone(),
            overlaps,
            phrases,
        })
    }

    /// Computes all parts from ESCO.
    ///
    /// # Errors
    /// As [`Encoder::carried`] and [`Overlap::build`].
    pub fn build(esco: &Esco) -> Result<Self> {
        let (encoder, fusion) = (Encoder::carried()?, Fusion::carried()?);
        let ((vectors, names), (overlaps, phrases)) = rayon::join(
            || rayon::join(|| SkillVectors::build(encoder, fusion, esco), || Names::build(encoder, esco)),
            || rayon::join(|| overlaps(esco), || Phrases::build(esco)),
        );
        Self::new(esco, vectors, names, overlaps?, phrases)
    }

    /// The vectors of the preferred labels.
    pub fn labels(&self) -> &Vectors {
        &self.labels
    }

    /// The vectors of label and description, `[n_skills, dim]`.
    pub fn described(&self) -> &Array2<f32> {
        &self.described
    }

    /// The rough vectors that find candidates.
    pub fn rough(&self) -> &Vectors {
        &self.rough
    }

    /// The names as word pieces.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The overlap indexes by language.
    pub fn overlaps(&self) -> &[(String, Overlap)] {
        &self.overlaps
    }

    /// The index of labels.
    pub fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// Ranks the `top` skills for each text, best first; ties by row. Cost: about a quarter of a millisecond a sentence and core.
    ///
    /// Ranges are bytes of the text; of an outcome, bytes of what is left without its lead-in.
    pub fn link_kinds(&self, texts: &[(Query<'_>, TextKind)], top: usize) -> Vec<Vec<Linked>> {
        let core = |(query, kind): &(Query<'_>, TextKind)| match kind {
            TextKind::Outcome => outcome::core(query.text).len(),
            TextKind::Sentence | TextKind::Requirement => query.text.len(),
        };
        let cores: Vec<(Query<'_>, TextKind)> =
            texts.iter().map(|text| (Query { text: &text.0.text[text.0.text.len() - core(text)..], ..text.0 }, text.1)).collect();
        cores.chunks(BATCH).flat_map(|batch| self.link_batch(batch, top)).collect()
    }

    /// Ranks the `top` skills for each sentence of an ad, of which nothing else is known.
    pub fn link_all(&self, sentences: &[Query<'_>], top: usize) -> Vec<Vec<Linked>> {
        self.link_kinds(&of_kind(sentences, TextKind::Sentence), top)
    }

    /// Ranks the `top` skills for one sentence of an ad.
    pub fn link(&self, sentence: Query<'_>, top: usize) -> Vec<Linked> {
        self.link_all(&[sentence], top).pop().unwrap_or_default()
    }

    /// Ranks the `top` skills for each learning outcome.
    pub fn link_outcomes(&self, outcomes: &[Query<'_>], top: usize) -> Vec<Vec<Linked>> {
        self.link_kinds(&of_kind(outcomes, TextKind::Outcome), top)
    }

    fn link_batch(&self, batch: &[(Query<'_>, TextKind)], top: usize) -> Vec<Vec<Linked>> {
        let tokens: Vec<Vec<Token>> = batch.iter().map(|(query, _)| self.encoder.tokens(query.text)).collect();
        let mut vectors = Array2::zeros((batch.len(), self.encoder.dim()));
        for (tokens, mut row) in tokens.iter().zip(vectors.rows_mut()) {
            let Some(row) = row.as_slice_mut() else { continue };
            tokens.iter().for_each(|token| self.encoder.add(token, row));
            normalise(row);
        }
        let coarse = self.rough.coarse(vectors.view());
        let rank = |at: usize| {
            let text =
                Encoded { query: batch[at].0, kind: batch[at].1, tokens: &tokens[at], vector: vectors.row(at), coarse: coarse.row(at) };
            self.rank(&text, top)
        };
        (0..batch.len()).into_par_iter().map(rank).collect()
    }

    fn rank(&self, text: &Encoded<'_>, top: usize) -> Vec<Linked> {
        if text.tokens.is_empty() {
            return Vec::new();
        }
        let language = text.query.language.or_else(|| detect_language(text.query.text));
        let overlap = self.overlap_scores(text.query.text, language);
        let mentioned = mentioned(&self.phrases.find(&words(text.query.text)));
        let candidates = self.candidates(text, &overlap, &mentioned, top);
        let windows = windows::best(self.encoder, text.tokens, self.labels.all(), &candidates);
        let vector = text.vector.to_vec();
        let mut products = PieceProducts::new(self.encoder, &vector);
        let admits =
            |at: u32| self.languages.get(at as usize).is_some_and(|of| of == "en" || language.is_none_or(|language| of == language));
        let mut linked: Vec<Linked> = candidates
            .iter()
            .zip(windows)
            .map(|(skill, window)| {
                let mention = mentioned.binary_search_by_key(skill, |(skill, _)| *skill).ok().map(|at| &mentioned[at].1);
                let signals = Signals {
                    nearest_name: self.names.nearest(*skill, &mut products, admits),
                    described: text.vector.dot(&self.described.row(skill.row())),
                    window: window.similarity,
                    overlap: overlap[skill.row()],
                    name: mention.map_or(0.0, |mention| mention.strength),
                };
                let range = mention.map_or(window.range, |mention| mention.range.clone());
                Linked {
                    skill: *skill,
                    score: self.fusion.score(&signals, &self.prior(*skill, text.kind)),
                    confidence: 0.0,
                    range,
                    signals,
                }
            })
            .collect();
        linked.sort_by(by_score);
        let best = linked.first().map_or(0.0, |linked| linked.score);
        let mass = best + linked.iter().map(|linked| (linked.score - best).exp()).sum::<f32>().ln();
        let gate = self.fusion.gate(text.tokens, language);
        let in_text = InText { best, mass, gate: if text.kind == TextKind::Requirement { gate.max(fuse::GATE_REQUIREMENT) } else { gate } };
        linked.truncate(top);
        for linked in &mut linked {
            let probability = match text.kind {
                TextKind::Sentence | TextKind::Requirement => {
                    self.fusion.probability(&linked.signals, &self.priors[linked.skill.row()], linked.score, in_text)
                }
                TextKind::Outcome => self.fusion.outcome_probability(&linked.signals, linked.score, in_text),
            };
            linked.confidence = (probability * 1e4).round() / 1e4;
        }
        linked
    }

    fn prior(&self, skill: SkillId, kind: TextKind) -> Prior {
        match kind {
            TextKind::Sentence | TextKind::Requirement => self.priors[skill.row()],
            TextKind::Outcome => Prior::default(),
        }
    }

    /// Cosine of shared n-grams with every skill, the best over the languages that the text may be in. `[n_skills]`.
    fn overlap_scores(&self, text: &str, language: Option<&str>) -> Vec<f32> {
        let n_skills = self.labels.n_rows();
        let mut best = vec![0.0_f32; n_skills];
        let known = language.is_some_and(|language| self.overlaps.iter().any(|(of, _)| of == language));
        let mut scores = vec![0.0_f32; n_skills];
        for (of, overlap) in &self.overlaps {
            // English terms stand in ads of every language.
            if known && of != "en" && Some(of.as_str()) != language {
                continue;
            }
            scores.fill(0.0);
            overlap.add_scores(text, &mut scores);
            best.iter_mut().zip(&scores).for_each(|(best, score)| *best = best.max(*score));
        }
        best
    }

    /// The skills worth a closer look: the best by sentence and overlap together, the best by overlap alone, and all that are named. Sorted.
    fn candidates(&self, text: &Encoded<'_>, overlap: &[f32], mentioned: &[(SkillId, Name)], top: usize) -> Vec<SkillId> {
        let n = (2 * top).max(CANDIDATES_MIN);
        let scores = text.coarse.iter().zip(overlap).map(|(coarse, overlap)| self.fusion.rough(*coarse, *overlap));
        let rough = match text.kind {
            TextKind::Sentence | TextKind::Requirement => best_rows(scores.zip(&self.priors).map(|(score, prior)| score + prior.score), n),
            TextKind::Outcome => best_rows(scores, n),
        };
        let lexical = best_rows(overlap.iter().copied(), n / 2);
        let mut candidates: Vec<SkillId> = rough.into_iter().chain(lexical).map(|row| SkillId(row as u32)).collect();
        candidates.extend(mentioned.iter().map(|(skill, _)| *skill));
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }
}

/// What a text is, which decides what may be assumed before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// A sentence of an ad, which may ask for nothing.
    Sentence,
    /// A sentence of an ad that stands where ads ask: under a heading such as "Your tasks" or "Your profile".
    Requirement,
    /// A learning outcome, which teaches something. What ads often ask for says nothing here, so no prior over skills counts.
    Outcome,
}

fn of_kind<'a>(queries: &[Query<'a>], kind: TextKind) -> Vec<(Query<'a>, TextKind)> {
    queries.iter().map(|query| (*query, kind)).collect()
}

/// A text with what is computed for a whole batch.
struct Encoded<'a> {
    query: Query<'a>,
    kind: TextKind,
    tokens: &'a [Token],
    /// `[dim]`.
    vector: ArrayView1<'a, f32>,
    /// Product with the first columns of every skill's meaning, `[n_skills]`.
    coarse: ArrayView1<'a, f32>,
}

/// How strongly and where a text names a skill.
struct Name {
    strength: f32,
    range: Range<usize>,
}

/// The best name of each skill, one entry a skill.
fn mentioned(mentions: &[Mention]) -> Vec<(SkillId, Name)> {
    let mut names: Vec<(SkillId, Name)> = mentions
        .iter()
        .flat_map(|mention| {
            let strength = move |kind| fuse::name_strength(kind, mention.n_words, mention.skills.len());
            mention.skills.iter().map(move |(skill, kind)| (*skill, Name { strength: strength(*kind), range: mention.range.clone() }))
        })
        .collect();
    names.sort_by(|(a, a_name), (b, b_name)| a.cmp(b).then(b_name.strength.total_cmp(&a_name.strength)));
    names.dedup_by_key(|(skill, _)| *skill);
    names
}

fn by_score(a: &Linked, b: &Linked) -> Ordering {
    b.score.total_cmp(&a.score).then(a.skill.cmp(&b.skill))
}

/// The rows of the `n` highest scores, in no order; ties go to the lower row.
fn best_rows(scores: impl Iterator<Item = f32>, n: usize) -> Vec<usize> {
    let better_first = |a: &(f32, usize), b: &(f32, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    let mut kept: Vec<(f32, usize)> = Vec::with_capacity(4 * n);
    let mut least = f32::MIN;
    for (row, score) in scores.enumerate() {
        if score <= least {
            continue;
        }
        kept.push((score, row));
        if kept.len() == 4 * n {
            let (_, last, _) = kept.select_nth_unstable_by(n - 1, better_first);
            least = last.0;
            kept.truncate(n);
        }
    }
    if n < kept.len() {
        kept.select_nth_unstable_by(n, better_first);
        kept.truncate(n);
    }
    kept.into_iter().map(|(_, row)| row).collect()
}

/// One overlap index a language.
fn overlaps(esco: &Esco) -> Result<Vec<(String, Overlap)>> {
    let of_language = |language: &String| {
        let text_of = |labels: &Labels| {
            let names = labels.alternatives.iter().take(OVERLAP_ALTERNATIVES);
            names.fold(labels.preferred.clone(), |text, name| text + " " + name)
        };
        let texts: Vec<String> = esco
            .skills
            .par_iter()
            .map(|skill| skill.labels.iter().find(|labels| labels.language == *language).map(text_of).unwrap_or_default())
            .collect();
        Ok((language.clone(), Overlap::build(&texts)?))
    };
    esco.languages.iter().map(of_language).collect()
}
