//! What becomes of a skill's URI in another version of ESCO? The same, replaced, found again by its label, or gone; nothing is dropped.
//!
//! Official packages name no successors, so replacements come from a file of the user (ESCO's delta), and labels are the last resort: a skill that is found by its
//! label is marked as inferred, because two versions may mean something else by the same words.

use std::collections::{BTreeMap, HashMap, HashSet};

pub use crate::model::Fate;
use crate::text::words;
use crate::{Esco, Labels, label_in};

/// Confidence of a link that was found again by the preferred label. A judgement: the same words nearly always mean the same skill.
pub const BY_PREFERRED_LABEL: f64 = 0.9;
/// Confidence of a link that was found again by an alternative label of one side.
pub const BY_ALTERNATIVE_LABEL: f64 = 0.7;

/// URIs by their folded labels; nothing where several have the label, so that none of them is taken.
#[derive(Default)]
struct ByLabel<'a> {
    preferred: HashMap<String, Option<&'a str>>,
    alternative: HashMap<String, Option<&'a str>>,
}

impl<'a> ByLabel<'a> {
    fn of(concepts: impl Iterator<Item = (&'a str, &'a [Labels])>) -> Self {
        let mut by_label = Self::default();
        let add = |labels: &mut HashMap<String, Option<&'a str>>, label: &str, uri: &'a str| {
            labels
                .entry(folded(label))
                .and_modify(|known| *known = known.filter(|known| *known == uri))
                .or_insert(Some(uri));
        };
        for (uri, labels) in concepts {
            for labels in labels.iter().filter(|labels| labels.language == "en") {
                add(&mut by_label.preferred, &labels.preferred, uri);
                labels
                    .alternatives
                    .iter()
                    .for_each(|label| add(&mut by_label.alternative, label, uri));
            }
        }
        by_label.preferred.remove("");
        by_label.alternative.remove("");
        by_label
    }

    /// The only concept that has one of these labels, and how sure.
    fn find(&self, old: &[Labels]) -> Option<(&'a str, f64)> {
        let by_label = |labels: &HashMap<String, Option<&'a str>>, label: &str| {
            labels.get(&folded(label)).copied().flatten()
        };
        let preferred = by_label(&self.preferred, label(old)).map(|uri| (uri, BY_PREFERRED_LABEL));
        let alternatives = || {
            old.iter()
                .filter(|labels| labels.language == "en")
                .flat_map(|labels| &labels.alternatives)
        };
        let by_alternative = || {
            let found = by_label(&self.alternative, label(old));
            found
                .or_else(|| alternatives().find_map(|label| by_label(&self.preferred, label)))
                .map(|uri| (uri, BY_ALTERNATIVE_LABEL))
        };
        preferred.or_else(by_alternative)
    }
}

/// The way from one version to another.
pub struct Migration<'a> {
    old: &'a Esco,
    new: &'a Esco,
    replaced: &'a HashMap<String, String>,
    skills: ByLabel<'a>,
    occupations: ByLabel<'a>,
}

impl<'a> Migration<'a> {
    /// Prepares the way. `replaced` leads from old URIs to new ones.
    pub fn new(old: &'a Esco, new: &'a Esco, replaced: &'a HashMap<String, String>) -> Self {
        let skills = ByLabel::of(
            new.skills
                .iter()
                .map(|skill| (skill.uri.as_str(), skill.labels.as_slice())),
        );
        let occupations = ByLabel::of(
            new.occupations
                .iter()
                .map(|one| (one.uri.as_str(), one.labels.as_slice())),
        );
        Self {
            old,
            new,
            replaced,
            skills,
            occupations,
        }
    }

    /// What becomes of the URI of a skill or an occupation.
    pub fn fate(&self, uri: &str) -> Fate {
        let (skill, occupation) = (
            skill_labels(self.old, uri),
            occupation_labels(self.old, uri),
        );
        if let Some(new) = labels_of(self.new, uri) {
            return match skill.or(occupation).map(label) {
                Some(from) if folded(from) != folded(label(new)) => Fate::Renamed {
                    from: from.to_owned(),
                    to: label(new).to_owned(),
                },
                _ => Fate::Same,
            };
        }
        if let Some(uri) = self
            .replacements(uri)
            .find(|uri| labels_of(self.new, uri).is_some())
        {
            return Fate::Replaced {
                uri: uri.to_owned(),
            };
        }
        let (labels, found) = match (skill, occupation) {
            (Some(labels), _) => (labels, self.skills.find(labels)),
            (None, Some(labels)) => (labels, self.occupations.find(labels)),
            (None, None) if self.replaced.contains_key(uri) => {
                return Fate::Gone {
                    label: String::new(),
                };
            }
            (None, None) => return Fate::Unknown,
        };
        match found {
            Some((uri, confidence)) => Fate::Relinked {
                uri: uri.to_owned(),
                confidence,
            },
            None => Fate::Gone {
                label: label(labels).to_owned(),
            },
        }
    }

    /// What replaces a URI, what replaces that, and so on; each once.
    fn replacements<'u>(&'u self, uri: &'u str) -> impl Iterator<Item = &'u str> {
        let mut met = HashSet::from([uri]);
        std::iter::successors(self.replaced.get(uri), |uri| self.replaced.get(*uri))
            .map(String::as_str)
            .take_while(move |uri| met.insert(uri))
    }

    /// All URIs of the old version, and all that were replaced, that the new version does not have.
    pub fn former(&self) -> BTreeMap<String, Fate> {
        let skills = self.old.skills.iter().map(|skill| &skill.uri);
        let uris = skills
            .chain(
                self.old
                    .occupations
                    .iter()
                    .map(|occupation| &occupation.uri),
            )
            .chain(self.replaced.keys());
        let fates = uris.map(|uri| (uri.clone(), self.fate(uri)));
        fates
            .filter(|(_, fate)| {
                matches!(
                    fate,
                    Fate::Replaced { .. } | Fate::Relinked { .. } | Fate::Gone { .. }
                )
            })
            .collect()
    }
}

/// Notes in `esco` what became of the URIs of former versions, so that requests and credentials that name them are led on. Of several versions one that
/// leads somewhere counts before one that does not.
pub fn note_former(esco: &mut Esco, formers: &[Esco], replaced: &HashMap<String, String>) {
    let mut all = BTreeMap::<String, Fate>::new();
    let nothing = Esco::default();
    for former in formers.iter().chain([&nothing]) {
        for (uri, fate) in Migration::new(former, esco, replaced).former() {
            let known = all.entry(uri).or_insert_with(|| fate.clone());
            let says_nothing = matches!(&fate, Fate::Gone { label } if label.is_empty());
            if matches!(known, Fate::Gone { .. }) && !says_nothing {
                *known = fate;
            }
        }
    }
    esco.former = all;
}

fn skill_labels<'e>(esco: &'e Esco, uri: &str) -> Option<&'e [Labels]> {
    Some(&esco.skills.get(esco.skill_by_uri(uri)?.row())?.labels)
}

fn occupation_labels<'e>(esco: &'e Esco, uri: &str) -> Option<&'e [Labels]> {
    Some(
        &esco
            .occupations
            .get(esco.occupation_by_uri(uri)?.row())?
            .labels,
    )
}

fn labels_of<'e>(esco: &'e Esco, uri: &str) -> Option<&'e [Labels]> {
    skill_labels(esco, uri).or_else(|| occupation_labels(esco, uri))
}

fn label(labels: &[Labels]) -> &str {
    label_in(labels, "en").unwrap_or_default()
}

/// The words of a label, so that case, accents and spaces do not count.
fn folded(label: &str) -> String {
    words(label)
        .into_iter()
        .map(|word| word.folded)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
#[path = "versions_tests.rs"]
mod versions;

#[cfg(test)]
mod tests {
    use super::versions::versions;
    use super::*;

    #[test]
    fn every_fate_has_its_reason() {
        let (old, new, replaced) = versions();
        let migration = Migration::new(&old, &new, &replaced);
        let relinked = |uri: &str, confidence| Fate::Relinked {
            uri: uri.to_owned(),
            confidence,
        };
        for (uri, expected) in [
            (
                "a",
                Fate::Renamed {
                    from: "bake bread".to_owned(),
                    to: "make bread".to_owned(),
                },
            ),
            ("b", Fate::Same),
            ("c", relinked("x", BY_PREFERRED_LABEL)),
            ("d", relinked("y", BY_ALTERNATIVE_LABEL)),
            (
                "e",
                Fate::Replaced {
                    uri: "r".to_owned(),
                },
            ),
            // Two skills have this label, so neither is taken.
            (
                "f",
                Fate::Gone {
                    label: "drive".to_owned(),
                },
            ),
            ("r", Fate::Same),
            (
                "z",
                Fate::Gone {
                    label: String::new(),
                },
            ),
            ("?", Fate::Unknown),
        ] {
            assert_eq!(migration.fate(uri), expected, "{uri}");
        }
    }

    #[test]
    fn chains_of_replacements_are_followed_to_their_end() {
        let (old, mut new, _) = versions();
        let pairs = [
            ("p", "q"),
            ("q", "e"),
            ("e", "r"),
            ("l", "m"),
            ("m", "l"),
            ("f", "l"),
        ];
        let replaced = HashMap::from(pairs.map(|(from, to)| (from.to_owned(), to.to_owned())));
        note_former(&mut new, &[old], &replaced);
        let to_r = Fate::Replaced {
            uri: "r".to_owned(),
        };
        assert_eq!(["p", "q", "e"].map(|uri| &new.former[uri]), [&to_r; 3]);
        // A circle leads nowhere; what is known of the label stays.
        let gone = ["l", "m", "f"].map(|uri| new.former[uri].clone());
        assert_eq!(
            gone,
            ["", "", "drive"].map(|label| Fate::Gone {
                label: label.to_owned()
            })
        );
    }

    /// 1.1.1 keeps every URI of 1.1.0, adds five and calls one otherwise (counted in the files themselves).
    #[test]
    fn the_official_versions_are_told_apart() {
        let data =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/esco");
        if !data.is_dir() {
            println!("skipped: ../shared/data is not here");
            return;
        }
        let read = |version: &str| {
            crate::package::read(&[data.join(version)], &mut Default::default(), &|_| {}).unwrap()
        };
        let (old, new, none) = (read("v1.1.0"), read("v1.1.1"), HashMap::new());
        let count = |from: &Esco, to: &Esco| {
            let migration = Migration::new(from, to, &none);
            let mut counts = BTreeMap::new();
            from.skills.iter().for_each(|skill| {
                *counts.entry(migration.fate(&skill.uri).name()).or_insert(0) += 1
            });
            counts
        };
        assert_eq!(
            count(&old, &new),
            BTreeMap::from([("same", 13_890), ("renamed", 1)])
        );
        let mut served = new.clone();
        note_former(&mut served, std::slice::from_ref(&old), &none);
        let n_skills = |esco: &Esco| {
            esco.former
                .keys()
                .filter(|uri| uri.contains("/esco/skill/"))
                .count()
        };
        assert_eq!(n_skills(&served), 0, "1.1.1 has every skill of 1.1.0");
        let mut served = old.clone();
        note_former(&mut served, std::slice::from_ref(&new), &none);
        assert_eq!(n_skills(&served), 5, "what 1.1.1 added");
        // The way back: what 1.1.1 added is not in 1.1.0, and no other skill takes its place unseen.
        let back = count(&new, &old);
        assert_eq!(back["same"] + back["renamed"], 13_891, "{back:?}");
        assert_eq!(back.values().sum::<i32>(), 13_896);
    }
}
