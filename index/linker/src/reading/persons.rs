//! Words for persons: name, gender, age, nationality and family. They are blanked before a text is linked to skills, so that
//! they neither become skills (`German` as a nationality) nor shift what is read from the words beside them.
//!
//! Names cannot be listed; they are known by what stands before them (`Ms`, `my name is`, `Name:`). Nationalities are languages too, so they are
//! blanked only beside words for a person: `I am German` and `a German citizen`, not `German (B2)` or `I speak German`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use skillgap_esco::text::Word;

use crate::word_groups::grouped;

/// What a word may be; one bit each.
#[derive(Clone, Copy)]
enum Group {
    Strong = 1,
    Weak = 2,
    Pronoun = 4,
    Title = 8,
    Gender = 16,
    Beside = 32,
    Nationality = 64,
    Country = 128,
    From = 256,
    Leads = 512,
    Copula = 1024,
    Tongue = 2048,
}

use Group::{
    Beside, Copula, Country, From, Gender, Leads, Nationality, Pronoun, Strong, Title, Tongue, Weak,
};

const GROUPS: [(&str, Group); 12] = [
    ("strong", Strong),
    ("weak", Weak),
    ("pronoun", Pronoun),
    ("title", Title),
    ("gender", Gender),
    ("beside", Beside),
    ("nationality", Nationality),
    ("country", Country),
    ("from", From),
    ("leads", Leads),
    ("copula", Copula),
    ("tongue", Tongue),
];

/// Words of the list with the bits of their groups.
static PERSONS: LazyLock<FxHashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut bits = FxHashMap::default();
    for (name, line) in grouped(include_str!("cues/persons.txt")) {
        let group = GROUPS.iter().find(|(known, _)| *known == name);
        let bit = group.map_or(0, |(_, group)| *group as u32);
        line.split_whitespace()
            .for_each(|word| *bits.entry(word).or_default() |= bit);
    }
    bits
});

/// Words of a name that follow what introduces it.
const NAME_WORDS_MAX: usize = 3;

/// First names that a text introduces somewhere; they are blanked wherever they stand.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Gathers the first names of all segments of a text, each with its words.
    pub(super) fn of<'a>(segments: impl Iterator<Item = (&'a str, &'a [Word])>) -> Self {
        let first = |(text, words)| {
            let text = Text::new(text, words);
            (0..text.words.len())
                .filter_map(|at| text.name_from(at))
                .filter(|name| !text.is(name.start.wrapping_sub(1), Title))
                .map(|name| text.words[name.start].folded.clone())
                .collect::<Vec<_>>()
        };
        Self(segments.flat_map(first).collect())
    }
}

/// For each word of a text whether it says who a person is.
pub(super) fn of_persons(text: &str, words: &[Word], names: &Names) -> Vec<bool> {
    let read = Text::new(text, words);
    let mut blank = read.inline(names);
    read.blank_clauses(&mut blank);
    blank
}

/// A text by its words.
struct Text<'a> {
    text: &'a str,
    words: &'a [Word],
    groups: Vec<u32>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str, words: &'a [Word]) -> Self {
        let groups: Vec<u32> = words
            .iter()
            .map(|word| {
                PERSONS
                    .get(word.folded.as_str())
                    .copied()
                    .unwrap_or_default()
            })
            .collect();
        let mut read = Self {
            text,
            words,
            groups,
        };
        // A *mother tongue* is nobody's mother.
        for at in 1..words.len() {
            if read.is(at, Tongue) {
                read.groups[at - 1] &= !(Strong as u32 | Beside as u32 | Gender as u32);
            }
        }
        read
    }

    fn is(&self, at: usize, group: Group) -> bool {
        self.groups
            .get(at)
            .is_some_and(|groups| groups & group as u32 > 0)
    }

    fn says(&self, at: usize, word: &str) -> bool {
        self.words.get(at).is_some_and(|known| known.folded == word)
    }

    fn is_number(&self, at: usize) -> bool {
        self.words
            .get(at)
            .is_some_and(|word| word.folded.bytes().all(|byte| byte.is_ascii_digit()))
    }

    fn is_capital(&self, at: usize) -> bool {
        self.words
            .get(at)
            .is_some_and(|word| self.text[word.range.clone()].starts_with(char::is_uppercase))
    }

    /// What stands between a word and the next.
    fn gap(&self, at: usize) -> &'a str {
        match (self.words.get(at), self.words.get(at + 1)) {
            (Some(word), Some(next)) => &self.text[word.range.end..next.range.start],
            _ => "",
        }
    }

    /// Whether the text introduces a name right before the word at `at`: `Ms`, `my name is`, `Name:`, `led by`, `profile of`.
    fn introduces(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        let follows = |first: &[&str], second: &str| {
            self.says(before, second)
                && before
                    .checked_sub(1)
                    .is_some_and(|at| first.iter().any(|word| self.says(at, word)))
        };
        let labelled = [
            "name",
            "surname",
            "forename",
            "vorname",
            "nachname",
            "familienname",
            "nom",
            "prenom",
            "contact",
            "ansprechperson",
        ];
        let led_by =
            self.says(before, "by") && before.checked_sub(1).is_some_and(|at| self.is(at, Leads));
        self.is(before, Title)
            || ["heisse", "appelle", "named", "founder"]
                .iter()
                .any(|word| self.says(before, word))
            || labelled.iter().any(|word| self.says(before, word))
                && self.gap(before).trim_start().starts_with(':')
            || follows(&["name"], "is")
            || follows(&["profile", "cv", "vitae", "resume"], "of")
            || follows(&["lebenslauf", "profil"], "von")
            || led_by
    }

    /// The words of a name that begins at `at`: after what introduces it, or two capitals between commas before a verb (`, Ana Ruiz, was`).
    fn name_from(&self, at: usize) -> Option<Range<usize>> {
        let run = (at..self.words.len().min(at + NAME_WORDS_MAX))
            .take_while(|next| {
                self.is_capital(*next)
                    && (*next == at || matches!(self.gap(next - 1), " " | "-" | ". "))
            })
            .count();
        let between_commas = || {
            let verbs = ["was", "is", "has", "who", "will", "ist", "war", "hat"];
            let opens = at
                .checked_sub(1)
                .is_some_and(|before| self.gap(before).trim() == ",");
            run == 2
                && opens
                && self.gap(at + 1).trim() == ","
                && verbs.iter().any(|verb| self.says(at + 2, verb))
        };
        (run > 0 && (self.introduces(at) || between_commas())).then(|| at..at + run)
    }

    /// Words for a person inside of sentences that say something else.
    fn inline(&self, names: &Names) -> Vec<bool> {
        let mut blank = vec![false; self.words.len()];
        let of_language = (0..self.words.len()).any(|at| self.is(at, Tongue));
        for at in 0..self.words.len() {
            let before = |group: Group| at.checked_sub(1).is_some_and(|at| self.is(at, group));
            let is_first = self.is_capital(at) && names.0.contains(&self.words[at].folded);
            if let Some(name) = self.name_from(at) {
                blank[name].fill(true);
            } else if is_first {
                // What follows a first name without a sign between is the rest of the name.
                let rest = (at + 1..self.words.len().min(at + NAME_WORDS_MAX))
                    .take_while(|next| self.is_capital(*next) && self.gap(next - 1) == " ");
                rest.for_each(|next| blank[next] = true);
                blank[at] = true;
            }
            let is_age = self.is_number(at)
                && (self.is(at + 2, Strong)
                    && ["year", "years", "jahre"]
                        .iter()
                        .any(|word| self.says(at + 1, word)));
            let ends = self.gap(at).contains([',', '.', ';'])
                || at + 1 == self.words.len()
                || ["and", "und", "et"]
                    .iter()
                    .any(|word| self.says(at + 1, word));
            blank[at] |= self.is_number(at) && before(Copula) && ends;
            if is_age {
                blank[at..at + 3].fill(true);
            }
            let article = || {
                ["a", "an", "the", "any", "old"]
                    .iter()
                    .any(|word| at.checked_sub(1).is_some_and(|at| self.says(at, word)))
            };
            blank[at] |= self.is(at, Pronoun)
                || self.is(at, Title) && self.is_capital(at)
                || self.is(at, Nationality)
                    && (self.is(at + 1, Beside) || before(Copula) && !of_language)
                || self.is(at, Gender) && (article() || before(Nationality))
                || self.is(at, Country)
                    && (before(From)
                        || at >= 2 && self.is(at - 2, From) && self.says(at - 1, "the"));
        }
        blank
    }

    /// Clauses that hold nothing but words for a person, at least one of which could be for nothing else; and those of weaker words right after.
    fn blank_clauses(&self, blank: &mut [bool]) {
        let mut start = 0;
        // Weak clauses at the start wait for what follows.
        let (mut after_person, mut waiting) = (false, Some(0..0));
        for end in 1..=self.words.len() {
            let closes = end == self.words.len()
                || self
                    .gap(end - 1)
                    .contains([',', ';', '.', ':', '(', ')', '|', '·', '•']);
            if !closes {
                continue;
            }
            let clause = start..end;
            start = end;
            let about_a_person = [Strong, Weak, Nationality, Country, Gender];
            let known = |at: &usize| {
                blank[*at]
                    || self.is_number(*at)
                    || about_a_person.into_iter().any(|group| self.is(*at, group))
            };
            let origin = clause
                .clone()
                .any(|at| self.is(at, Nationality) || self.is(at, Country));
            let copula = clause.clone().find(|at| self.is(*at, Copula));
            let strong = clause.clone().any(|at| self.is(at, Strong) || blank[at])
                || copula.is_some() && origin;
            if !clause.clone().all(|at| known(&at)) {
                // A sentence on something else may end in words on a person: `Our founder is French and married`.
                let tail = clause
                    .clone()
                    .rev()
                    .take_while(known)
                    .last()
                    .unwrap_or(clause.end);
                let from = (tail..clause.end)
                    .find(|at| self.is(*at, Copula))
                    .filter(|from| self.speaks_of_a_person(*from..clause.end));
                from.into_iter()
                    .for_each(|from| blank[from..clause.end].fill(true));
                (after_person, waiting) = (from.is_some(), None);
            } else if strong || after_person {
                blank[waiting
                    .take()
                    .map_or(clause.start, |waiting: Range<usize>| waiting.start)
                    ..clause.end]
                    .fill(true);
                after_person = true;
            } else if let Some(waiting) = &mut waiting {
                waiting.end = clause.end;
            }
        }
    }

    /// Whether words say something of a person, and not of a language.
    fn speaks_of_a_person(&self, mut range: Range<usize>) -> bool {
        let of_language = (0..self.words.len()).any(|at| self.is(at, Tongue));
        range.any(|at| self.is(at, Strong) || self.is(at, Nationality) && !of_language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_esco::text::words;

    fn check(text: &str, left: &str) {
        let words = words(text);
        let names = Names::of([(text, words.as_slice())].into_iter());
        let mut masked = text.to_owned();
        for (word, is_blank) in words.iter().zip(of_persons(text, &words, &names)) {
            if is_blank {
                masked.replace_range(word.range.clone(), &" ".repeat(word.range.len()));
            }
        }
        assert_eq!(
            masked.split_whitespace().collect::<Vec<_>>().join(" "),
            left,
            "{text}"
        );
    }

    #[test]
    fn what_says_who_a_person_is_is_blanked() {
        check("Nationality: German", ":");
        check("I am a 45-year-old Turkish woman.", "- - .");
        check("I am German and married, two children", ",");
        check("45 years old, Polish, single", ", ,");
        check("Name: Anna Koch", ":");
        check("Ich bin 34 Jahre alt, deutsch und ledig.", ", .");
        check("a Nigerian citizen born on 4 May 2007", "");
    }

    #[test]
    fn what_a_person_can_do_is_left() {
        for text in [
            "German (B2)",
            "I speak German and French",
            "Languages: German, English",
            "Fluent in Turkish, native speaker of Polish",
            "single sign-on",
            "sell men's clothing",
            "care for old people and children",
            "Cook in a hotel",
            "Microsoft Excel, Visual Basic",
            "Chinese cuisine",
            "Our working language is German",
            "The shop is Italian speaking",
        ] {
            check(text, text);
        }
        check(
            "Nationality: German. Languages: German, English",
            ": . Languages: German, English",
        );
    }

    #[test]
    fn names_are_known_by_what_introduces_them() {
        check("Ms Baker cleaned offices", "cleaned offices");
        check(
            "My name is Grace Cook. Grace packed goods.",
            ". packed goods.",
        );
        check(
            "led by Hans Schneider, the team sells shoes",
            "led by , the team sells shoes",
        );
        check(
            "Our founder Ana Ruiz is French and married, two children",
            "Our founder ,",
        );
        check(
            "Our last welder, Ana Ruiz, was 45 and retired",
            "Our last welder, , was and retired",
        );
        check(
            "Our last welder, Ana Ruiz, was trained here",
            "Our last welder, , was trained here",
        );
    }
}
