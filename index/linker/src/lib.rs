//! Linker: any text to the skills of ESCO that it is about. [`reading::Reading`] reads an ad or a CV once; [`Linker`] links texts.
//!
//! A handful of signals for each skill that could be meant is fused into one score and one probability:
//! - *nearest name* and *described*: similarity of the whole text to the nearest label and to label with description;
//! - *window*: similarity of the best run of a few words to the label, because a sentence often names several skills;
//! - *overlap*: shared character n-grams, which survive inflection, compounds and other languages;
//! - *name*: a label that stands in the text word for word.
//!
//! A rough similarity and the overlap find candidates among all skills (`shortlist.rs`); the signals are weighed for those only (`score.rs`).

mod ads;
pub mod detect;
pub mod encoder;
mod fuse;
mod gazetteer;
mod grams;
pub mod int8;
pub mod languages;
mod learned;
mod lexical;
mod names;
pub mod neighbours;
mod ngrams;
mod outcome;
mod prefixes;
pub mod products;
mod proper;
pub mod reading;
mod score;
mod shortlist;
mod skill_vectors;
mod store;
pub mod titles;
mod windows;
mod word_groups;

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

pub use fuse::Signals;
pub use gazetteer::{Gazetteer, LabelKind, Mention};
pub use grams::Tongue;
pub use lexical::LexicalIndex;
pub use names::{Names, telling_names};
pub use prefixes::WordPrefixes;
pub use proper::ProperNames;
pub use skill_vectors::{ROUGH_DIM, SkillVectors, described_text};
pub use windows::WINDOW_LENGTHS;

use ads::{AdModels, Resources};
use fuse::{Fusion, Prior};
use shortlist::Rough;

use crate::detect::detect_language;
use crate::encoder::Encoder;
use crate::int8::Int8Rows;
use crate::languages::polish;
use crate::neighbours::{Near, Neighbours};
use crate::products::BATCH;
use crate::titles::Titles;
use skillgap_esco::error::Result;
use skillgap_esco::{Esco, Skill, SkillId};

/// A text of at most so many tokens may be a term; longer ones are sentences.
const TERM_TOKENS_MAX: usize = 12;

/// A text to link.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// A term, a sentence or an outcome.
    pub text: &'a str,
    /// ISO 639-1 code, if known.
    pub language: Option<&'a str>,
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
    /// The name of a skill in another language than English, such as one of an employment service's list: no prior over skills counts, and the names
    /// in its own language are weighed apart from the English ones.
    Term,
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
    /// Where else the text names the skill by one of its labels: bytes.
    pub further: Vec<Range<usize>>,
    /// What the score is made of.
    pub signals: Signals,
}

/// Links texts to the skills of one generation.
pub struct Linker {
    encoder: &'static Encoder,
    /// The preferred label; zero for a skill without label.
    labels: Int8Rows,
    neighbours: Neighbours,
    /// Labels of occupations, indexed when first asked for.
    titles: OnceLock<Titles>,
    /// Names of products, gathered when first asked for.
    proper: OnceLock<ProperNames>,
    /// Label and description together, `[n_skills, dim]`.
    described: Int8Rows,
    rough: Rough,
    names: Names,
    priors: Vec<Prior>,
    /// What each prior adds to a score.
    prior_scores: Vec<f32>,
    fusion: &'static Fusion,
    ads: &'static AdModels,
    /// Languages with labels, sorted.
    languages: Vec<String>,
    /// One a language, sorted by language.
    spellings: Vec<LexicalIndex>,
    phrases: Gazetteer,
    /// The skills of the language that is called like a verb.
    polish: Vec<SkillId>,
    /// Skills whose name is one letter, with or without signs: `R`, `C++`; sorted.
    letters: Vec<SkillId>,
}

impl Linker {
    /// Puts a linker together from its parts, as read from disk.
    ///
    /// # Errors
    /// As [`Encoder::carried`].
    pub fn new(
        esco: &Esco,
        vectors: SkillVectors,
        names: Names,
        spellings: Vec<LexicalIndex>,
        phrases: Gazetteer,
    ) -> Result<Self> {
        let fusion = Fusion::carried()?;
        let priors = fusion.priors(&esco.skills);
        Ok(Self {
            encoder: Encoder::carried()?,
            neighbours: Neighbours::new(esco.skills.len()),
            titles: OnceLock::new(),
            proper: OnceLock::new(),
            labels: vectors.labels,
            described: vectors.described,
            rough: Rough::new(&vectors.rough),
            names,
            prior_scores: priors.iter().map(|prior| prior.score).collect(),
            priors,
            fusion,
            ads: AdModels::carried()?,
            languages: esco.languages.clone(),
            spellings,
            phrases,
            polish: polish(esco),
            letters: letters(esco),
        })
    }

    /// Computes all parts from ESCO.
    ///
    /// # Errors
    /// As [`Encoder::carried`] and [`LexicalIndex::build_all`].
    pub fn build(esco: &Esco) -> Result<Self> {
        let (encoder, fusion) = (Encoder::carried()?, Fusion::carried()?);
        let ((vectors, names), (spellings, phrases)) = rayon::join(
            || {
                rayon::join(
                    || SkillVectors::build(encoder, fusion, esco),
                    || Names::build(encoder, esco),
                )
            },
            || rayon::join(|| LexicalIndex::build_all(esco), || Gazetteer::build(esco)),
        );
        Self::new(esco, vectors, names, spellings?, phrases)
    }

    /// The vectors of the preferred labels.
    pub fn labels(&self) -> &Int8Rows {
        &self.labels
    }

    /// The skills whose label is near that of each skill; see [`Neighbours::of`].
    pub fn near_labels(&self, skills: &[SkillId]) -> Vec<&[Near]> {
        self.neighbours.of(&self.labels, skills)
    }

    /// The labels of occupations. `esco` is always the one that the linker was made of.
    pub fn titles(&self, esco: &Esco) -> &Titles {
        self.titles
            .get_or_init(|| Titles::build(self.encoder, esco, &self.labels))
    }

    /// The skills that ESCO calls by a proper name. `esco` is always the one that the linker was made of.
    pub fn proper_names(&self, esco: &Esco) -> &ProperNames {
        self.proper.get_or_init(|| ProperNames::build(esco))
    }

    /// Finds the neighbours of all skills, so that no request has to. About a second of one core.
    pub fn find_all_neighbours(&self) {
        self.neighbours.find_all(&self.labels);
    }

    /// The vectors of label and description, `[n_skills, dim]`.
    pub fn described(&self) -> &Int8Rows {
        &self.described
    }

    /// The rough vectors that find candidates, `[n_skills, ROUGH_DIM]`.
    ///
    /// # Errors
    /// None for a linker that could be made.
    pub fn rough(&self) -> Result<Int8Rows> {
        self.rough.rows()
    }

    /// The names as word pieces.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// How skills are spelled, by language.
    pub fn spellings(&self) -> &[LexicalIndex] {
        &self.spellings
    }

    /// How the words of a text begin, weighed by how rare that is in the English names of skills; nothing where there are none.
    pub fn beginnings(&self, text: &str) -> WordPrefixes {
        self.spellings
            .iter()
            .find(|spelling| spelling.language() == "en")
            .map_or_else(WordPrefixes::default, |english| english.beginnings(text))
    }

    /// The index of labels.
    pub fn phrases(&self) -> &Gazetteer {
        &self.phrases
    }

    /// What these signals of a skill are worth together in an English ad.
    pub fn score(&self, skill: SkillId, signals: &Signals) -> f32 {
        let prior = &self.priors[skill.row()];
        self.ads.score(signals, prior, Resources::InEnglish)
    }

    /// Bytes of all vectors of skills in memory.
    pub fn vector_bytes(&self) -> usize {
        self.labels.n_bytes() + self.described.n_bytes() + self.rough.n_bytes()
    }

    /// Ranks the `top` skills for each text, best first; ties by row. Cost: about a tenth of a millisecond a sentence and core.
    ///
    /// Ranges are bytes of the text; of an outcome, bytes of what is left without its lead-in.
    pub fn link_kinds(&self, texts: &[(Query<'_>, TextKind)], top: usize) -> Vec<Vec<Linked>> {
        texts
            .par_chunks(BATCH)
            .flat_map(|texts| self.rank_together(texts, top))
            .collect()
    }

    /// Ranks the `top` skills for each sentence of an ad, of which nothing else is known.
    pub fn link_all(&self, sentences: &[Query<'_>], top: usize) -> Vec<Vec<Linked>> {
        self.link_kinds(&of_kind(sentences, TextKind::Sentence), top)
    }

    /// Ranks the `top` skills for each learning outcome.
    pub fn link_outcomes(&self, outcomes: &[Query<'_>], top: usize) -> Vec<Vec<Linked>> {
        self.link_kinds(&of_kind(outcomes, TextKind::Outcome), top)
    }

    /// Ranks the `top` skills for a text of which nothing else is known: a few words in another language than English are a term, all else a sentence.
    pub fn link(&self, text: Query<'_>, top: usize) -> Vec<Linked> {
        let kind = if self.is_term(text) {
            TextKind::Term
        } else {
            TextKind::Sentence
        };
        self.rank_together(&[(text, kind)], top)
            .pop()
            .unwrap_or_default()
    }

    /// Whether a text is short, no sentence, and in another language than English as far as that can be told.
    fn is_term(&self, text: Query<'_>) -> bool {
        let is_sentence = text.text.trim_end().ends_with(['.', '!', '?']);
        if is_sentence || self.encoder.tokens(text.text).len() > TERM_TOKENS_MAX {
            return false;
        }
        match text.language {
            Some(language) => language != "en",
            None => lexical::compare(&self.spellings, text.text, detect_language(text.text))
                .own
                .is_some(),
        }
    }
}

fn of_kind<'a>(texts: &[Query<'a>], kind: TextKind) -> Vec<(Query<'a>, TextKind)> {
    texts.iter().map(|text| (*text, kind)).collect()
}
/// The skills whose English name, without what it has in brackets, is one letter with or without signs.
fn letters(esco: &Esco) -> Vec<SkillId> {
    let is_letter = |skill: &Skill| {
        skillgap_esco::languages::english(skill).is_some_and(|label| {
            let name = label.split(" (").next().unwrap_or_default();
            name.chars().filter(|c| c.is_alphabetic()).count() == 1 && name.chars().count() <= 3
        })
    };
    let rows = esco.skills.iter().zip(0..);
    rows.filter(|(skill, _)| is_letter(skill))
        .map(|(_, row)| SkillId(row))
        .collect()
}
