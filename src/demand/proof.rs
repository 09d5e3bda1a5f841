//! Which proofs does a text name: a licence or certificate for something, a language at a level? They are asked for by name, so they are linked by name,
//! without the words around them that lead a linker astray (*a forklift licence* is no work with licences).

use std::ops::Range;
use std::sync::LazyLock;

use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillId;
use skillgap_esco::text::words;
use skillgap_linker::languages::{NAMED_CONFIDENCE, Named, languages_at_levels};
use skillgap_linker::{Query, TextKind};

use super::cues::{Lexicon, fold};
use super::level::{Cefr, Level};
use super::noun;
use super::overlap;
use super::phrase::{Phrase, phrases};

/// Least probability of the skill that a licence is for; twice that of any skill, because a few words say it.
const LICENSED_MIN: f64 = 0.3;
/// How sure it is that what a licence is for is asked for where its everyday name stands.
const LICENCE_CONFIDENCE: f64 = 0.9;
/// Bytes of a code (VCA, BHV, R489), which names a licence only beside a word for one, or in a text of so few words.
const CODE_BYTES_MAX: usize = 4;
const ALONE_WORDS_MAX: usize = 3;
/// Characters of a class of driving licences: B, CE, C1E.
const CLASS_CHARS_MAX: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Proof,
    Filler,
}

static PROOFS: LazyLock<Lexicon<Word>> = LazyLock::new(|| {
    Lexicon::parse(include_str!("cues/proofs.txt"), |name| match name {
        "proof" => Some(Word::Proof),
        "filler" => Some(Word::Filler),
        _ => None,
    })
});

/// What the licences of `cues/licences.txt` are for, by the names that ESCO uses.
const LICENSED: [&str; 15] = [
    "operate forklift",
    "operate cranes",
    "operate aerial work platforms",
    "operate excavator",
    "operate chainsaw",
    "spray pesticides",
    "transport dangerous goods",
    "provide first aid",
    "comply with food safety and hygiene",
    "patrol areas",
    "follow safety procedures when working at heights",
    "follow health and safety procedures in construction",
    "comply with electrical safety regulations",
    "train employees",
    "rescue bathers",
];

static LICENCES: LazyLock<Lexicon<&'static str>> = LazyLock::new(|| {
    Lexicon::parse(include_str!("cues/licences.txt"), |name| {
        LICENSED.into_iter().find(|known| *known == name)
    })
});

/// A skill of which a text wants proof.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proof {
    /// The skill.
    pub(super) skill: SkillId,
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// How sure it is that the skill is the one meant.
    pub(super) confidence: f64,
    /// The level, of a language.
    pub(super) level: Option<Level>,
    /// Whether a licence or certificate is named: a language at a level is usually heard, not shown.
    pub(super) must_be_shown: bool,
}

/// Whether a phrase names something that must be shown: a licence, a certificate, or a language at a level.
pub fn names_proof(phrase: &str) -> bool {
    is_about_proofs(phrase)
        || !languages_at_levels(phrase).is_empty()
        || licence_for(phrase).is_some()
}

/// What the licence is for whose everyday name stands in a phrase, by the name that ESCO uses: *Staplerschein* is for *operate forklift*.
pub fn licence_for(phrase: &str) -> Option<&'static str> {
    LICENCES.hits(&fold(phrase)).first().map(|hit| hit.group)
}

/// Whether a label speaks of licences and certificates themselves: who asks for a licence does not ask for work with licences.
pub(super) fn is_about_proofs(label: &str) -> bool {
    PROOFS
        .hits(&fold(label))
        .iter()
        .any(|hit| hit.group == Word::Proof)
}

/// What a text wants proof of. Cost: one link for each licence that is named by what it is for.
pub(super) fn proofs(catalogue: &Catalogue, text: &str) -> Vec<Proof> {
    let mut proofs = licensed(catalogue, text);
    for named in languages_at_levels(text) {
        let Some(skill) = language_skill(catalogue, named.language) else {
            continue;
        };
        let range = named.range.clone();
        let must_be_shown = phrases(text).iter().any(|phrase| {
            overlap(&phrase.range, &range) && is_about_proofs(&text[phrase.range.clone()])
        });
        proofs.push(Proof {
            skill,
            range,
            confidence: NAMED_CONFIDENCE,
            level: level_of(&named),
            must_be_shown,
        });
    }
    proofs
}

fn licensed(catalogue: &Catalogue, text: &str) -> Vec<Proof> {
    let mut found = Vec::new();
    let is_short = words(text).len() <= ALONE_WORDS_MAX;
    let mut everyday = LICENCES.hits(&fold(text));
    everyday.retain(|hit| hit.range.len() > CODE_BYTES_MAX || is_short || is_about_proofs(text));
    for hit in &everyday {
        let skill = named_skill(catalogue, hit.group);
        found.extend(skill.map(|skill| licence(skill, hit.range.clone(), LICENCE_CONFIDENCE)));
    }
    for Phrase { range, .. } in phrases(text) {
        if everyday.iter().any(|hit| overlap(&hit.range, &range)) {
            continue;
        }
        let Some(subject) = subject(&text[range.clone()]) else {
            continue;
        };
        let linked = catalogue.linker.link_kinds(
            &[(
                Query {
                    text: &subject,
                    language: None,
                },
                TextKind::Requirement,
            )],
            1,
        );
        let Some(best) = linked.first().and_then(|linked| linked.first()) else {
            continue;
        };
        let confidence = noun::confidence(catalogue, best, &words(&subject));
        if confidence >= LICENSED_MIN {
            found.push(licence(best.skill, range, confidence));
        }
    }
    found
}

fn licence(skill: SkillId, range: Range<usize>, confidence: f64) -> Proof {
    Proof {
        skill,
        range,
        confidence,
        level: None,
        must_be_shown: true,
    }
}

/// What a phrase wants a licence for: its words without those for the licence and for the wish; nothing where no licence is named, or only a class of driving licences.
fn subject(phrase: &str) -> Option<String> {
    let hits = PROOFS.hits(&fold(phrase));
    if !hits.iter().any(|hit| hit.group == Word::Proof) {
        return None;
    }
    let left = words(phrase)
        .into_iter()
        .filter(|word| !hits.iter().any(|hit| hit.range.contains(&word.range.start)));
    let left: Vec<&str> = left.map(|word| &phrase[word.range]).collect();
    let is_class = |word: &&str| {
        word.len() <= CLASS_CHARS_MAX
            && word
                .chars()
                .all(|c| matches!(c, 'A'..='E' | 'M' | '0'..='9'))
    };
    (!left.iter().all(is_class)).then(|| left.join(" "))
}

/// Languages that a text names with a level, by the names that ESCO uses, in order.
pub fn language_levels(text: &str) -> impl Iterator<Item = (&'static str, Level)> + use<> {
    languages_at_levels(text)
        .into_iter()
        .filter_map(|named| Some((named.language, level_of(&named)?)))
}

fn level_of(named: &Named) -> Option<Level> {
    Cefr::at(named.level).map(Level::Cefr)
}

/// The skill of a language: as a whole, else speaking it, which is what an ad means that says no more.
fn language_skill(catalogue: &Catalogue, name: &str) -> Option<SkillId> {
    named_skill(catalogue, name)
        .or_else(|| named_skill(catalogue, &format!("interact verbally in {name}")))
}

/// The skill with an English label.
fn named_skill(catalogue: &Catalogue, label: &str) -> Option<SkillId> {
    catalogue
        .linker
        .phrases()
        .named(label)
        .map(|(skill, _)| skill)
        .find(|skill| catalogue.skill_label(*skill, "en") == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_told_from_what_it_is_for() {
        for (phrase, expected) in [
            ("Forklift licence required", Some("Forklift")),
            (
                "drive the forklift (licence needed)",
                Some("drive forklift"),
            ),
            ("a valid certificate in food hygiene", Some("food hygiene")),
            ("chainsaw certificate mandatory", Some("chainsaw")),
            ("read drawings", None),
            ("licence needed", None),
            ("Licence C necessary", None),
            ("licences B, C1E", None),
            ("CNC certificate", Some("CNC")),
        ] {
            assert_eq!(subject(phrase).as_deref(), expected, "{phrase}");
        }
    }

    #[test]
    fn everyday_names_of_licences_say_what_they_are_for() {
        for (phrase, expected) in [
            ("Gabelstaplerschein erforderlich", Some("operate forklift")),
            ("CACES R489 exigé", Some("operate forklift")),
            ("CACES nacelle", Some("operate aerial work platforms")),
            (
                "carnet de manipulador de alimentos",
                Some("comply with food safety and hygiene"),
            ),
            (
                "in bezit van VCA",
                Some("follow health and safety procedures in construction"),
            ),
            ("Sie fahren Stapler", None),
        ] {
            assert_eq!(licence_for(phrase), expected, "{phrase}");
            assert_eq!(names_proof(phrase), expected.is_some(), "{phrase}");
        }
    }

    #[test]
    fn every_licence_of_the_list_is_known() {
        let groups = include_str!("cues/licences.txt")
            .lines()
            .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        assert_eq!(groups.collect::<Vec<_>>(), LICENSED);
    }
}
