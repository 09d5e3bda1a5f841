//! Which skills does a text name by one of their labels? Longest match over whole words, in any indexed language.
//!
//! The one idea: a label is the hash of its folded words, so the index is one sorted array that needs no building when it is opened.

use std::ops::Range;

use skillgap_esco::error::{DataError, Result};
use skillgap_esco::text::{Hash, Word, singular, words};
use skillgap_esco::{Esco, SkillId};

/// Longer labels are not looked for.
const WORDS_MAX: usize = 8;

/// Words that name no skill when they stand alone, though some label consists of them.
const STOP: [&str; 12] = [
    "a", "and", "i", "in", "it", "of", "on", "or", "the", "to", "work", "other",
];

/// How a label names its skill, best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelKind {
    /// An alternative label.
    Alternative,
    /// The preferred label without what it has in brackets: `Java` of `Java (computer programming)`.
    Unqualified,
    /// The preferred label.
    Preferred,
}

/// A label found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Words of the label.
    pub n_words: usize,
    /// Skills with this label, by row; more than one where it is ambiguous.
    pub skills: Vec<(SkillId, LabelKind)>,
}

/// All labels of all skills, by hash.
#[derive(Default)]
pub struct Gazetteer {
    /// Hashes of the labels' words, sorted.
    keys: Vec<u64>,
    /// Skill row in the upper 30 bits, kind in the lower 2, beside the keys.
    entries: Vec<u32>,
    /// The keys that begin with the bits `i` are those from `buckets[i]` to `buckets[i + 1]`; keys are hashes, so buckets are about equal.
    buckets: Vec<u32>,
}

/// Leading bits of a key that choose its bucket.
const BUCKET_BITS: u32 = 16;

impl Gazetteer {
    /// Indexes every label in every language.
    pub fn build(esco: &Esco) -> Self {
        let mut pairs: Vec<(u64, u32)> = Vec::new();
        for (row, skill) in esco.skills.iter().enumerate() {
            let mut add = |label: &str, kind: LabelKind| {
                if let Some(key) = key_of(&words(label)) {
                    pairs.push((key, (row as u32) << 2 | kind as u32));
                }
            };
            for labels in &skill.labels {
                add(&labels.preferred, LabelKind::Preferred);
                if let Some((name, _)) = labels.preferred.split_once(" (") {
                    add(name, LabelKind::Unqualified);
                }
                labels
                    .alternatives
                    .iter()
                    .for_each(|label| add(label, LabelKind::Alternative));
            }
        }
        // Of several kinds for one skill the best is kept: it sorts last.
        pairs.sort_unstable();
        pairs.reverse();
        pairs.dedup_by_key(|(key, entry)| (*key, *entry >> 2));
        pairs.reverse();
        let (keys, entries) = pairs.into_iter().unzip();
        Self::new(keys, entries)
    }

    fn new(keys: Vec<u64>, entries: Vec<u32>) -> Self {
        let mut buckets = vec![0; (1 << BUCKET_BITS) + 1];
        keys.iter()
            .for_each(|key| buckets[(key >> (64 - BUCKET_BITS)) as usize + 1] += 1);
        for at in 1..buckets.len() {
            buckets[at] += buckets[at - 1];
        }
        Self {
            keys,
            entries,
            buckets,
        }
    }

    /// Finds labels, longest first from the left, without overlap.
    pub fn find(&self, words: &[Word]) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let keys = keys_from(&words[at..]);
            let longest = keys
                .iter()
                .enumerate()
                .rev()
                .find_map(|(last, key)| Some((last + 1, self.get((*key)?)?)));
            let Some((n_words, skills)) = longest else {
                at += 1;
                continue;
            };
            mentions.push(Mention {
                range: words[at].range.start..words[at + n_words - 1].range.end,
                n_words,
                skills,
            });
            at += n_words;
        }
        mentions
    }

    /// The skills of which a text is a label as a whole, by row.
    pub fn named(&self, label: &str) -> impl Iterator<Item = (SkillId, LabelKind)> + use<> {
        key_of(&words(label))
            .and_then(|key| self.get(key))
            .into_iter()
            .flatten()
    }

    fn get(&self, key: u64) -> Option<Vec<(SkillId, LabelKind)>> {
        let bucket = (key >> (64 - BUCKET_BITS)) as usize;
        let bucket = *self.buckets.get(bucket)? as usize..*self.buckets.get(bucket + 1)? as usize;
        let entries = self.keys[bucket.clone()].iter().zip(&self.entries[bucket]);
        let found: Vec<_> = entries
            .filter(|(known, _)| **known == key)
            .map(|(_, entry)| decode(*entry))
            .collect();
        (!found.is_empty()).then_some(found)
    }

    /// The index as little-endian bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let keys = self.keys.iter().flat_map(|key| key.to_le_bytes());
        keys.chain(self.entries.iter().flat_map(|entry| entry.to_le_bytes()))
            .collect()
    }

    /// Reads what [`Self::to_bytes`] wrote, for `n_skills` skills.
    ///
    /// # Errors
    /// [`DataError::Damaged`] with `file` if the bytes are no such index.
    pub fn from_bytes(file: &str, bytes: &[u8], n_skills: usize) -> Result<Self> {
        let (keys, entries) = bytes.split_at(bytes.len() / 12 * 8);
        let keys: Vec<u64> = keys
            .as_chunks::<8>()
            .0
            .iter()
            .map(|chunk| u64::from_le_bytes(*chunk))
            .collect();
        let entries: Vec<u32> = entries
            .as_chunks::<4>()
            .0
            .iter()
            .map(|chunk| u32::from_le_bytes(*chunk))
            .collect();
        if !bytes.len().is_multiple_of(12)
            || !keys.is_sorted()
            || entries
                .iter()
                .any(|entry| decode(*entry).0.row() >= n_skills)
        {
            return Err(DataError::damaged(file, "is no index of labels"));
        }
        Ok(Self::new(keys, entries))
    }
}

fn decode(entry: u32) -> (SkillId, LabelKind) {
    let kind = match entry & 3 {
        2 => LabelKind::Preferred,
        1 => LabelKind::Unqualified,
        _ => LabelKind::Alternative,
    };
    (SkillId(entry >> 2), kind)
}

/// The key of a label; nothing for labels that are too short or too long to be looked for.
fn key_of(words: &[Word]) -> Option<u64> {
    if words.len() > WORDS_MAX {
        return None;
    }
    keys_from(words).pop()?
}

/// The keys of the first word, the first two words and so on, up to [`WORDS_MAX`]; nothing where that is not looked for.
fn keys_from(words: &[Word]) -> Vec<Option<u64>> {
    let mut hash = Hash::default();
    let words = words.iter().take(WORDS_MAX).enumerate();
    let keys = words.map(|(at, word)| {
        hash.extend(singular(&word.folded).bytes().chain([0x1f]));
        (at > 0 || may_stand_alone(&word.folded)).then(|| hash.finish())
    });
    keys.collect()
}

fn may_stand_alone(folded: &str) -> bool {
    !STOP.contains(&folded) && !folded.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_esco::{Labels, Skill};

    fn phrases() -> Gazetteer {
        let skill = |preferred: &str, alternatives: &[&str]| Skill {
            labels: vec![Labels {
                language: "en".into(),
                preferred: preferred.into(),
                alternatives: alternatives.iter().map(|label| (*label).into()).collect(),
            }],
            ..Skill::default()
        };
        let skills = vec![
            skill("Java (computer programming)", &["Java SE"]),
            skill("manage staff", &["staff management", "management"]),
            skill("C++", &[]),
            skill("project management", &["management"]),
        ];
        Gazetteer::build(&Esco {
            skills,
            ..Esco::default()
        })
    }

    fn check(text: &str, expected: &[(&str, &[u32])]) {
        let found: Vec<_> = phrases()
            .find(&words(text))
            .into_iter()
            .map(|mention| {
                (
                    text[mention.range].to_owned(),
                    mention
                        .skills
                        .iter()
                        .map(|skill| skill.0.0)
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(text, rows)| ((*text).to_owned(), rows.to_vec()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn longest_label_wins() {
        check(
            "Staff management and project management",
            &[("Staff management", &[1]), ("project management", &[3])],
        );
    }

    #[test]
    fn ambiguous_labels_name_all_their_skills() {
        check("good management", &[("management", &[1, 3])]);
    }

    #[test]
    fn labels_match_whole_words_only() {
        check("JavaScript, C+ and micromanagement", &[]);
        check("c++/java", &[("c++", &[2]), ("java", &[0])]);
    }

    #[test]
    fn plural_and_case_do_not_matter() {
        check("MANAGE STAFFS", &[("MANAGE STAFFS", &[1])]);
    }

    #[test]
    fn bytes_and_back_find_the_same() {
        let phrases = phrases();
        let back = Gazetteer::from_bytes("x", &phrases.to_bytes(), 4).unwrap();
        assert_eq!(
            phrases.find(&words("java management")),
            back.find(&words("java management"))
        );
        assert!(Gazetteer::from_bytes("x", &phrases.to_bytes(), 2).is_err());
        assert!(Gazetteer::from_bytes("x", &phrases.to_bytes()[1..], 4).is_err());
    }
}
