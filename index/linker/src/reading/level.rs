//! Level: how well a skill is mastered, on the scales that ads, persons and courses use. Levels are compared only where a
//! published or an obvious table allows it.

use std::fmt;
use std::ops::Range;

use skillgap_esco::text::Word;

/// A stated level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// A level of the Common European Framework of Reference for Languages.
    Cefr(Cefr),
    /// A level of the European Qualifications Framework, 1 to 8.
    Eqf(u8),
    /// In words: elementary.
    Basic,
    /// In words: good, independent.
    Intermediate,
    /// In words: very good, fluent.
    Advanced,
    /// In words: mastery; of a language: native.
    Expert,
}

/// The six levels of the Common European Framework of Reference for Languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names of the levels say all")]
pub enum Cefr {
    A1,
    A2,
    B1,
    B2,
    C1,
    C2,
}

/// A language that is spoken or wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The name that ESCO uses.
    pub language: &'static str,
    /// How well; of a mother tongue the highest. None where that is not stated.
    pub level: Option<Level>,
    /// Bytes of the name.
    pub range: Range<usize>,
}

/// What a level can be compared within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scale {
    /// CEFR levels and levels in words.
    Proficiency,
    /// EQF levels.
    Qualification,
}

impl Cefr {
    /// The level of a rank, 1 to 6; nothing for others.
    pub fn at(rank: u8) -> Option<Self> {
        let all = [Self::A1, Self::A2, Self::B1, Self::B2, Self::C1, Self::C2];
        all.get(usize::from(rank).checked_sub(1)?).copied()
    }
}

impl Level {
    /// The level of a name: `basic`, `intermediate`, `advanced`, `expert`.
    pub(super) fn in_words(name: &str) -> Option<Self> {
        Some(match name {
            "basic" => Self::Basic,
            "intermediate" => Self::Intermediate,
            "advanced" => Self::Advanced,
            "expert" => Self::Expert,
            _ => return None,
        })
    }

    /// The level's place on its scale; higher is more. CEFR levels are 1 to 6, and words stand with them by the self-assessment
    /// grid of the Council of Europe (A basic, B independent, C proficient user): basic 2, intermediate 4, advanced 5, expert 6.
    pub fn rank(self) -> (Scale, u8) {
        match self {
            Self::Cefr(level) => (Scale::Proficiency, level as u8 + 1),
            Self::Eqf(level) => (Scale::Qualification, level),
            Self::Basic => (Scale::Proficiency, 2),
            Self::Intermediate => (Scale::Proficiency, 4),
            Self::Advanced => (Scale::Proficiency, 5),
            Self::Expert => (Scale::Proficiency, 6),
        }
    }

    /// Tells whether who holds this level satisfies `demanded`. None across scales.
    pub fn meets(self, demanded: Self) -> Option<bool> {
        let ((scale, rank), (demanded_scale, demanded_rank)) = (self.rank(), demanded.rank());
        (scale == demanded_scale).then_some(rank >= demanded_rank)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cefr(level) => write!(f, "{level:?}"),
            Self::Eqf(level) => write!(f, "EQF {level}"),
            Self::Basic => f.write_str("basic"),
            Self::Intermediate => f.write_str("intermediate"),
            Self::Advanced => f.write_str("advanced"),
            Self::Expert => f.write_str("expert"),
        }
    }
}

/// A word without the signs that may be its last: `B1+`.
pub(super) fn plain(word: &Word) -> Range<usize> {
    let n_signs = word.folded.len() - word.folded.trim_end_matches(['+', '#']).len();
    word.range.start..word.range.end - n_signs
}
