//! How many years of experience does a text ask for, or state?

use std::ops::Range;

use skillgap_esco::text::Word;

use super::level::plain;

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
pub(super) fn years_in(lower: &str, words: &[Word]) -> Option<(Range<usize>, f32)> {
    let of_experience = || EXPERIENCE.iter().any(|stem| lower.contains(stem));
    duration_in(lower, words).filter(|_| of_experience())
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
pub(super) fn states_years(lower: &str, words: &[Word]) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    let said = &lower[first.range.start..last.range.end];
    if SCHOOLING.split('|').any(|word| said.contains(word)) {
        return false;
    }
    if duration_in(lower, words).is_some_and(|(_, years)| years >= 1.0) {
        return true;
    }
    let words: Vec<&str> = words.iter().map(|word| &lower[plain(word)]).collect();
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

/// Finds a number of years in lower text, at most 40.
fn duration_in(lower: &str, words: &[Word]) -> Option<(Range<usize>, f32)> {
    let words: Vec<Range<usize>> = words.iter().map(plain).collect();
    words.iter().enumerate().find_map(|(at, unit)| {
        let per_year = match &lower[unit.clone()] {
            word if YEARS.contains(&word) => 1.0,
            word if MONTHS.contains(&word) => 12.0,
            _ => return None,
        };
        let (range, number) = number_before(lower, &words[..at], unit.start)?;
        let years = number / per_year;
        (years > 0.0 && years <= 40.0).then_some((range.start..unit.end, years))
    })
}

/// Reads `3`, `3+`, `1.5`, `3-5`, `3 to 5`, `three` directly before byte `before`; of a range its lower end.
fn number_before(
    lower: &str,
    words: &[Range<usize>],
    before: usize,
) -> Option<(Range<usize>, f32)> {
    let last = words.last()?.clone();
    let number = number(&lower[last.clone()])?;
    if lower[last.end..before]
        .chars()
        .any(|c| c.is_alphanumeric() || matches!(c, '.' | ';' | '('))
    {
        return None;
    }
    let Some((earlier, joint)) = words[..words.len() - 1]
        .last()
        .map(|word| (word.clone(), &lower[word.end..last.start]))
    else {
        return Some((last, number));
    };
    let earlier_number = self::number(&lower[earlier.clone()]);
    match (earlier_number, joint.trim()) {
        (Some(whole), "." | ",") if joint.len() == 1 => {
            Some((earlier.start..last.end, whole + number / 10.0))
        }
        (Some(low), "-" | "–" | "/" | "+-") if low < number => {
            Some((earlier.start..last.end, low))
        }
        _ => Some(joined_range(lower, words, earlier, last, number)),
    }
}

/// `3 to 5`, `3 bis 5`, `3 à 5`: the lower end; else the number itself.
fn joined_range(
    lower: &str,
    words: &[Range<usize>],
    joint: Range<usize>,
    last: Range<usize>,
    high: f32,
) -> (Range<usize>, f32) {
    const JOINTS: &[&str] = &[
        "to", "bis", "à", "a", "tot", "till", "til", "do", "or", "oder", "ou",
    ];
    let low = words.len().checked_sub(3).map(|at| words[at].clone());
    match low.and_then(|low| Some((low.clone(), number(&lower[low])?))) {
        Some((low, value)) if JOINTS.contains(&&lower[joint]) && value < high => {
            (low.start..last.end, value)
        }
        _ => (last, high),
    }
}

/// Whether a lower word is a number, in digits or written out.
pub fn is_number(word: &str) -> bool {
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
