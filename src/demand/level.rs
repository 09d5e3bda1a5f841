//! Which level of a skill, or how many years of experience, does a text state? Levels are compared only where a published or an
//! obvious table allows it.

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use skillgap_linker::languages::{cefr_rank, is_about_driving};

use super::cues::{Lexicon, fold};

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
    /// Reads a level from a field or a phrase: `B1`, `EQF 4`, `basic`, `fließend`. None if nothing, or more than a level, is stated.
    pub fn parse(stated: &str) -> Option<Self> {
        let stated = stated.trim();
        if let Some(level) = cefr(&stated.to_ascii_uppercase())
            .or_else(|| eqf(&fold(stated)).map(|(_, level)| level))
        {
            return Some(level);
        }
        let folded = fold(stated);
        let hits = EXACT_WORDS.hits(&folded);
        let whole = hits.iter().find(|hit| hit.range == (0..folded.len()));
        let mut in_text = WORDS.hits(&folded).into_iter().map(|hit| hit.group);
        whole
            .map(|hit| hit.group)
            .or_else(|| in_text.next().filter(|_| in_text.next().is_none()))
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

/// Phrases that state a level wherever they stand ("good command of").
static WORDS: LazyLock<Lexicon<Level>> = LazyLock::new(|| {
    Lexicon::parse(include_str!("cues/levels.txt"), |name| {
        level_named(name, "in text")
    })
});
/// Words that state a level only when they are all that is said ("advanced").
static EXACT_WORDS: LazyLock<Lexicon<Level>> = LazyLock::new(|| {
    Lexicon::parse(include_str!("cues/levels.txt"), |name| {
        level_named(name, "alone")
    })
});

fn level_named(group: &str, place: &str) -> Option<Level> {
    let (level, found_place) = group.split_once(' ')?;
    match level {
        _ if found_place != place => None,
        "basic" => Some(Level::Basic),
        "intermediate" => Some(Level::Intermediate),
        "advanced" => Some(Level::Advanced),
        "expert" => Some(Level::Expert),
        _ => None,
    }
}

/// Finds the levels that a text states, in order: CEFR in capitals, EQF with its name, words in phrases that leave no doubt.
pub fn levels_in(text: &str) -> Vec<(Range<usize>, Level)> {
    let folded = fold(text);
    let mut found: Vec<(Range<usize>, Level)> = WORDS
        .hits(&folded)
        .into_iter()
        .map(|hit| (hit.range, hit.group))
        .collect();
    if !is_about_driving(text) {
        found.extend(words(text).filter_map(|range| Some((range.clone(), cefr(&text[range])?))));
    }
    let mut from = 0;
    while let Some((range, level)) = folded.get(from..).and_then(eqf) {
        found.push((from + range.start..from + range.end, level));
        from += range.end;
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// Byte ranges of maximal runs of letters and digits.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split(|c: char| !c.is_alphanumeric())
        .filter_map(move |word| {
            let start = text[at..].find(word).map_or(at, |offset| at + offset);
            at = start + word.len();
            (!word.is_empty()).then_some(start..at)
        })
}

fn cefr(word: &str) -> Option<Level> {
    Cefr::at(cefr_rank(word)?).map(Level::Cefr)
}

/// Finds `EQF 4`, `EQF level 4`, `EQR-Niveau 4`, `DQR 4` (the German framework has the same levels), `CEC 4` in folded text.
fn eqf(folded: &str) -> Option<(Range<usize>, Level)> {
    const NAMES: &[&str] = &["eqf", "eqr", "dqr", "cec", "mec", "qeq", "erk"];
    const BETWEEN: &[&str] = &[
        "level", "niveau", "stufe", "nivel", "livello", "nível", "poziom", "nivå",
    ];
    let mut last_name: Option<Range<usize>> = None;
    for range in words(folded) {
        let word = &folded[range.clone()];
        let level = word
            .parse::<u8>()
            .ok()
            .filter(|level| (1..=8).contains(level));
        match (&last_name, level) {
            (Some(name), Some(level)) => return Some((name.start..range.end, Level::Eqf(level))),
            (Some(_), None) if BETWEEN.contains(&word) => {}
            _ => last_name = NAMES.contains(&word).then_some(range),
        }
    }
    None
}

/// Stems of "year" and "month" in ten languages.
const YEARS: &[&str] = &[
    "year", "years", "yrs", "yr", "jahre", "jahren", "jahr", "ans", "an", "années", "année",
    "años", "año", "jaar", "år", "års", "anni", "anno", "lat", "lata", "rok", "anos", "ano",
];
const MONTHS: &[&str] = &[
    "month",
    "months",
    "monate",
    "monaten",
    "mois",
    "meses",
    "maanden",
    "månader",
    "måneder",
    "mesi",
    "miesięcy",
];
/// Stems of "experience": a number of years elsewhere in an ad is the employer's age or a contract's length.
const EXPERIENCE: &[&str] = &[
    "experien",
    "erfahrung",
    "expérience",
    "ervaring",
    "erfarenhet",
    "erfaring",
    "esperienz",
    "doświadczen",
    "experiên",
    "praxis",
    "practice",
    "praktik",
];
const NUMBERS: &[(&str, f32)] = &[
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("twenty", 20.0),
    ("ein", 1.0),
    ("eine", 1.0),
    ("zwei", 2.0),
    ("drei", 3.0),
    ("vier", 4.0),
    ("fünf", 5.0),
    ("sechs", 6.0),
    ("sieben", 7.0),
    ("acht", 8.0),
    ("neun", 9.0),
    ("zehn", 10.0),
    ("elf", 11.0),
    ("zwölf", 12.0),
    ("fünfzehn", 15.0),
    ("zwanzig", 20.0),
    ("un", 1.0),
    ("deux", 2.0),
    ("trois", 3.0),
    ("quatre", 4.0),
    ("cinq", 5.0),
    ("sept", 7.0),
    ("huit", 8.0),
    ("neuf", 9.0),
    ("dix", 10.0),
    ("douze", 12.0),
    ("vingt", 20.0),
    ("dos", 2.0),
    ("tres", 3.0),
    ("cuatro", 4.0),
    ("cinco", 5.0),
    ("seis", 6.0),
    ("siete", 7.0),
    ("ocho", 8.0),
    ("nueve", 9.0),
    ("diez", 10.0),
    ("een", 1.0),
    ("twee", 2.0),
    ("drie", 3.0),
    ("vier", 4.0),
    ("vijf", 5.0),
    ("zes", 6.0),
    ("zeven", 7.0),
    ("negen", 9.0),
    ("tien", 10.0),
    ("två", 2.0),
    ("tre", 3.0),
    ("fem", 5.0),
    ("to", 2.0),
    ("due", 2.0),
    ("cinque", 5.0),
    ("dwa", 2.0),
    ("trzy", 3.0),
    ("dwóch", 2.0),
    ("trzech", 3.0),
    ("dois", 2.0),
    ("três", 3.0),
];

/// Finds the years of experience that a text asks for: the lower end of a range, months as parts of a year. None without a word
/// for experience, or above 40 years.
pub fn years_in(text: &str) -> Option<(Range<usize>, f32)> {
    let folded = fold(text);
    if EXPERIENCE.iter().any(|stem| folded.contains(stem)) {
        duration_in(&folded)
    } else {
        None
    }
}

/// Words before a year from which, or up to which, something was done.
const SINCE: &[&str] = &[
    "since", "from", "until", "till", "seit", "ab", "von", "bis", "depuis", "de", "dès", "jusqu",
    "desde", "hasta", "sinds", "vanaf", "van", "tot",
];

/// Words for learning and for papers, of which years are no years of work.
const SCHOOLING: &str = "diplom|certificat|zertifikat|course|kurs|school|schule|degree|studied|student|studium|universit|école|\
    formation|cours |escuela|curso|título|opleiding|cursus|apprentice|ausbildung|bachelor|master|training";

/// Whether a text says of something that it was done for a year or more: `for four years`, `since 2014`, `2009-2013`. What was learned is not meant.
pub(super) fn states_years(text: &str) -> bool {
    let folded = fold(text);
    if SCHOOLING.split('|').any(|word| folded.contains(word)) {
        return false;
    }
    if duration_in(&folded).is_some_and(|(_, years)| years >= 1.0) {
        return true;
    }
    let words: Vec<&str> = words(&folded).map(|range| &folded[range]).collect();
    let is_year = |word: &str| {
        word.len() == 4
            && word
                .parse::<u16>()
                .is_ok_and(|year| (1950..2100).contains(&year))
    };
    words
        .windows(2)
        .any(|pair| is_year(pair[1]) && (is_year(pair[0]) || SINCE.contains(&pair[0])))
        || words
            .windows(3)
            .any(|three| is_year(three[2]) && SINCE.contains(&three[0]))
}

/// Finds a number of years in folded text, at most 40.
fn duration_in(folded: &str) -> Option<(Range<usize>, f32)> {
    let words: Vec<Range<usize>> = words(folded).collect();
    words.iter().enumerate().find_map(|(at, unit)| {
        let per_year = match &folded[unit.clone()] {
            word if YEARS.contains(&word) => 1.0,
            word if MONTHS.contains(&word) => 12.0,
            _ => return None,
        };
        let (range, number) = number_before(folded, &words[..at], unit.start)?;
        let years = number / per_year;
        (years > 0.0 && years <= 40.0).then_some((range.start..unit.end, years))
    })
}

/// Reads `3`, `3+`, `1.5`, `3-5`, `3 to 5`, `three` directly before byte `before`; of a range its lower end.
fn number_before(
    folded: &str,
    words: &[Range<usize>],
    before: usize,
) -> Option<(Range<usize>, f32)> {
    let last = words.last()?.clone();
    let number = number(&folded[last.clone()])?;
    if folded[last.end..before]
        .chars()
        .any(|c| c.is_alphanumeric() || matches!(c, '.' | ';' | '('))
    {
        return None;
    }
    let Some((earlier, joint)) = words[..words.len() - 1]
        .last()
        .map(|word| (word.clone(), &folded[word.end..last.start]))
    else {
        return Some((last, number));
    };
    let earlier_number = self::number(&folded[earlier.clone()]);
    match (earlier_number, joint.trim()) {
        (Some(whole), "." | ",") if joint.len() == 1 => {
            Some((earlier.start..last.end, whole + number / 10.0))
        }
        (Some(low), "-" | "–" | "/" | "+-") if low < number => {
            Some((earlier.start..last.end, low))
        }
        _ => Some(joined_range(folded, words, earlier, last, number)),
    }
}

/// `3 to 5`, `3 bis 5`, `3 à 5`: the lower end; else the number itself.
fn joined_range(
    folded: &str,
    words: &[Range<usize>],
    joint: Range<usize>,
    last: Range<usize>,
    high: f32,
) -> (Range<usize>, f32) {
    const JOINTS: &[&str] = &[
        "to", "bis", "à", "a", "tot", "till", "til", "do", "or", "oder", "ou",
    ];
    let low = words.len().checked_sub(3).map(|at| words[at].clone());
    match low.and_then(|low| Some((low.clone(), number(&folded[low])?))) {
        Some((low, value)) if JOINTS.contains(&&folded[joint]) && value < high => {
            (low.start..last.end, value)
        }
        _ => (last, high),
    }
}

/// Whether a folded word is a number, in digits or written out.
pub(super) fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit()) || number(word).is_some()
}

fn number(word: &str) -> Option<f32> {
    let digits = || {
        (word.len() <= 2)
            .then(|| word.parse::<u8>().ok().map(f32::from))
            .flatten()
    };
    NUMBERS
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, value)| *value)
        .or_else(digits)
}

#[cfg(test)]
mod tests;
