//! What does a credential state in words only? Entry requirements that no link carries, and the level of a language. Read from the records of the most
//! promising candidates, because no column has them.

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::meaning::Vector;
use skillgap_credentials::credential::{Credential, text_in, text_of};
use skillgap_esco::SkillId;
use skillgap_linker::Linker;
use skillgap_linker::encoder::Encoder;
use skillgap_linker::reading::{is_introductory, names_proof, subjects};

use super::answers::ramp;
use super::wording::{Phrase, Wording};
use crate::demand::{Level, language_levels};
use crate::gap::Profile;

/// Similarity of an entry requirement and what the person says at which it begins to be shown, and from which on it is.
const SHOWN: (f32, f32) = (0.2, 0.5);
/// What is not shown may still be there; more so where only first steps are wanted.
const NOT_SHOWN: f64 = 0.1;
const BASICS_NOT_SHOWN: f64 = 0.5;
/// How much less a course answers whose entry requirement nothing shows: who cannot start learns nothing there.
const ENTRY_SHARE: f64 = 0.3;
/// Similarity of a whole course and what the person says of years of work at which it begins to be known, and from which on it mostly is: of a course on first
/// steps, which years of work stand for in the whole field, and of any other, which they stand for if it is about the same work.
const KNOWN_FIRST_STEPS: (f32, f32) = (0.3, 0.6);
const KNOWN: (f32, f32) = (0.5, 0.7);
/// The highest EQF level of a course on first steps, whatever its title says.
const FIRST_STEPS_LEVEL: u32 = 2;
/// How much less a course answers that is mostly known.
const KNOWN_SHARE: f64 = 0.5;
/// Cosine of the beginnings of words from which on they are as alike as they can be.
const ALIKE: (f32, f32) = (0.0, 0.25);
/// How far a course of a language answers another level than its own: the next one up contains what is asked for, all others miss it.
const LEVEL_ABOVE: f64 = 0.6;
const LEVEL_ELSE: f64 = 0.3;

/// Words that open an entry requirement within a description.
const OPENINGS: [&str; 16] = [
    "entry:",
    "entry requirement:",
    "entry requirements:",
    "prerequisite:",
    "prerequisites:",
    "admission requirements:",
    "voraussetzung:",
    "voraussetzungen:",
    "zugangsvoraussetzung:",
    "zugangsvoraussetzungen:",
    "prérequis :",
    "prérequis:",
    "conditions d'admission :",
    "requisitos:",
    "toelatingseisen:",
    "vooropleiding:",
];

/// Words for none in the languages of the Union, then those that stand beside them.
const NONE: &str = include_str!("none.txt");

/// What one credential states in words.
#[derive(Clone, Debug, Default)]
pub(super) struct Stated {
    /// How far the profile shows what it requires before, in [0, 1]; nothing where it requires nothing in words, or nothing is known of the person.
    pub(super) entry: Option<f64>,
    /// How far years of work that the person states stand for it, in [0, 1].
    pub(super) known: f64,
    /// How much its words begin like those of what is asked for, in [0, 1].
    pub(super) alike: f64,
    /// Languages and levels that its title and outcomes name.
    languages: Vec<(&'static str, Level)>,
}

impl Stated {
    pub(super) fn of(
        encoder: &Encoder,
        wording: &Wording,
        credential: &Credential,
        like_work: &[f32],
    ) -> Self {
        let entry = entry_words(credential)
            .filter(|_| !wording.held.is_empty())
            .map(|entry| shown(encoder, wording, entry));
        Self {
            entry,
            known: known(credential, like_work),
            alike: 0.0,
            languages: languages_of(credential),
        }
    }

    /// The same with how much its words begin like those of what is asked for.
    pub(super) fn spelled(
        self,
        linker: &Linker,
        wording: &Wording,
        credential: &Credential,
    ) -> Self {
        let cosine = linker
            .beginnings(&texts_of(credential).collect::<Vec<_>>().join(". "))
            .cosine(&wording.beginnings);
        Self {
            alike: ramp(cosine, ALIKE),
            ..self
        }
    }

    /// The share of its answers that is of use to the person, in [0, 1]: less where the person cannot start, or knows most of it.
    pub(super) fn of_use(&self) -> f64 {
        (1.0 - ENTRY_SHARE * (1.0 - self.entry.unwrap_or(1.0))) * (1.0 - KNOWN_SHARE * self.known)
    }

    /// How far a course of the language that a phrase asks for answers it, by its level; nothing for phrases and courses of which neither names a
    /// language with a level.
    pub(super) fn language_answer(&self, phrase: &Phrase, answer: f64) -> Option<f64> {
        let (name, asked) = phrase.language?;
        let taught = || {
            self.languages
                .iter()
                .filter(|(taught, _)| *taught == name)
                .map(|(_, level)| level.rank().1)
        };
        let most = taught().max()?;
        let asked = asked.rank().1;
        Some(match taught().any(|level| level == asked) {
            true => 1.0,
            false if most == asked + 1 => answer * LEVEL_ABOVE,
            false => answer * LEVEL_ELSE,
        })
    }
}

/// How far the profile shows an entry requirement: by meaning, or by the share of its subjects that it names.
fn shown(encoder: &Encoder, wording: &Wording, entry: &str) -> f64 {
    let vector = Vector::of(encoder, entry);
    let by_meaning = wording
        .held
        .iter()
        .map(|(held, _)| ramp(held.cosine(&vector), SHOWN))
        .fold(0.0, f64::max);
    let wanted = subjects(entry);
    let named = wanted
        .iter()
        .filter(|subject| wording.subjects.contains(*subject))
        .count() as f64
        / wanted.len().max(1) as f64;
    let least = if is_introductory(entry) {
        BASICS_NOT_SHOWN
    } else {
        NOT_SHOWN
    };
    by_meaning.max(named).max(least)
}

/// How far years of work stand for a course, by the cosines of its whole text with what is said of them. For a licence or a certificate they never do: it must be shown.
fn known(credential: &Credential, like_work: &[f32]) -> f64 {
    let title = text_in(&credential.title, "en");
    if like_work.is_empty() || names_proof(title) {
        return 0.0;
    }
    let first_steps = credential
        .eqf_level
        .is_some_and(|level| level <= FIRST_STEPS_LEVEL)
        || is_introductory(title);
    let range = if first_steps {
        KNOWN_FIRST_STEPS
    } else {
        KNOWN
    };
    like_work
        .iter()
        .map(|cosine| ramp(*cosine, range))
        .fold(0.0, f64::max)
}

/// The title and the outcomes of a credential.
fn texts_of(credential: &Credential) -> impl Iterator<Item = &str> {
    std::iter::once(text_in(&credential.title, "en")).chain(
        credential
            .outcomes
            .iter()
            .map(|outcome| text_in(&outcome.text, "en")),
    )
}

/// Languages and levels that the title and the outcomes of a credential name.
fn languages_of(credential: &Credential) -> Vec<(&'static str, Level)> {
    texts_of(credential).flat_map(language_levels).collect()
}

/// Whether the profile states, of each language that a credential names with a level, at least that level: who states A2 has no B1.
pub(super) fn attains_levels(
    catalogue: &Catalogue,
    profile: &Profile,
    credential: &Credential,
) -> bool {
    let held = |name: &str| {
        let of_language = profile
            .held
            .iter()
            .filter(|held| catalogue.skill_label(held.skill, "en").contains(name));
        of_language
            .filter_map(|held| held.level)
            .map(|level| level.rank().1)
            .max()
    };
    languages_of(credential)
        .into_iter()
        .all(|(name, level)| held(name).is_some_and(|held| held >= level.rank().1))
}

/// Whether the profile states, of each language that a credential teaches up to a level, that level, in any part of the language.
pub(super) fn attains_taught(
    catalogue: &Catalogue,
    profile: &Profile,
    levels: &[(SkillId, u8)],
) -> bool {
    let level_of = |skill: SkillId| {
        profile
            .of(skill)
            .iter()
            .filter_map(|held| held.level)
            .map(|level| level.rank().1)
            .max()
    };
    levels.iter().all(|(skill, level)| {
        let parts = catalogue
            .graph
            .language_family(*skill)
            .into_iter()
            .flat_map(|(_, family)| family)
            .map(|(part, _)| *part);
        parts
            .chain([*skill])
            .filter_map(level_of)
            .max()
            .is_some_and(|held| held >= *level)
    })
}

/// What a credential requires before, in words: as its source states it apart, else the sentence of its description that says so.
pub fn entry_words(credential: &Credential) -> Option<&str> {
    let stated = text_of(&credential.entry, |entry| &entry.requirements);
    let words = stated.or_else(|| {
        let description = text_in(&credential.description, "en");
        description.lines().find_map(|line| {
            // The length of ASCII and of these accents stays in lower case, so that places hold in both.
            let lower = line.to_lowercase();
            let after = OPENINGS
                .iter()
                .find_map(|opening| Some(lower.find(opening)? + opening.len()))?;
            let rest = line.get(after..)?.trim();
            let end = rest.find(". ").map_or(rest.len(), |at| at + 1);
            Some(rest.get(..end)?.trim()).filter(|words| !words.is_empty())
        })
    });
    words.filter(|words| !is_none(words))
}

/// Whether what is required is said to be nothing: of its words each says none, what would be required, or that it would be.
fn is_none(text: &str) -> bool {
    let groups: Vec<Vec<&str>> = NONE
        .split("\n\n")
        .map(|of| of.split_whitespace().collect())
        .collect();
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let is_in = |word: &&str, of: &Vec<&str>| of.contains(word);
    let says_none = |word: &&str| groups.first().is_some_and(|none| is_in(word, none));
    let is_known = |word: &&str| groups.iter().any(|of| is_in(word, of));
    lower == "n/a"
        || words.iter().all(is_known) && (words.is_empty() || words.iter().any(says_none))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_credentials::credential::{Entry, texts};

    fn described(text: &str) -> Credential {
        Credential {
            description: texts([("en", text)]),
            ..Credential::default()
        }
    }

    #[test]
    fn an_entry_requirement_is_read_from_its_field_or_from_the_description() {
        let said = |text: &str| entry_words(&described(text)).map(str::to_owned);
        assert_eq!(
            said("A course. Entry: two years at the till. Starts in May."),
            Some("two years at the till.".into())
        );
        assert_eq!(
            said("Voraussetzungen: Gesellenbrief"),
            Some("Gesellenbrief".into())
        );
        assert_eq!(said("You enter data."), None);
        for (text, expected) in [
            ("Keine", None),
            ("Keine besonderen Vorkenntnisse erforderlich.", None),
            ("none", None),
            ("No prerequisites", None),
            ("N/A", None),
            ("Aucun prérequis", None),
            ("Geen", None),
            ("Brak wymagań", None),
            ("Ninguno.", None),
            ("–", None),
            ("Keine Vorstrafen", Some("Keine Vorstrafen")),
            ("No less than 18 years", Some("No less than 18 years")),
            ("Prerequisites", Some("Prerequisites")),
        ] {
            let field = Credential {
                entry: Some(Entry {
                    requirements: Some(text.into()),
                    ..Entry::default()
                }),
                ..Credential::default()
            };
            assert_eq!(entry_words(&field), expected);
        }
        let field = Credential {
            entry: Some(Entry {
                requirements: Some("Licence B".into()),
                ..Entry::default()
            }),
            ..described("Entry: none")
        };
        assert_eq!(entry_words(&field), Some("Licence B"));
    }

    #[test]
    fn the_level_that_is_asked_for_answers_wholly() {
        let stated = |text: &str| Stated {
            languages: language_levels(text).collect(),
            ..Stated::default()
        };
        let phrase = |language| Phrase {
            open: 0.0,
            weight: 0.0,
            language,
        };
        let asked = phrase(Level::parse("B1").map(|level| ("German", level)));
        for (course, answer) in [
            ("German B1", Some(1.0)),
            ("German B2", Some(0.3)),
            ("German A2", Some(0.15)),
            ("German C2", Some(0.15)),
            ("French B1", None),
        ] {
            assert_eq!(
                stated(course).language_answer(&asked, 0.5),
                answer,
                "{course}"
            );
        }
        assert_eq!(
            stated("German B1").language_answer(&phrase(None), 0.5),
            None
        );
    }
}
