//! What becomes of a skill's URI in another version of ESCO? The same, replaced, found again by its label, or gone; nothing is dropped.
//!
//! Official packages name no successors, so replacements come from a file of the user (ESCO's delta), and labels are the last resort: a skill that is found by its
//! label is marked as inferred, because two versions may mean something else by the same words.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::catalogue::label_in;
use crate::model::esco::{Esco, Skill};
use crate::text::words;

/// Confidence of a link that was found again by the preferred label. A judgement: the same words nearly always mean the same skill.
const BY_PREFERRED_LABEL: f64 = 0.9;
/// Confidence of a link that was found again by an alternative label of one side.
const BY_ALTERNATIVE_LABEL: f64 = 0.7;

/// What becomes of one URI.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It is there, under the same label.
    Same,
    /// It is there, under another preferred label.
    Renamed {
        /// Label in the old version.
        from: String,
        /// Label in the new version.
        to: String,
    },
    /// ESCO says what comes in its place.
    Replaced {
        /// The new URI.
        uri: String,
    },
    /// A skill of the new version has the same label.
    Relinked {
        /// The new URI.
        uri: String,
        /// How sure, in [0, 1].
        confidence: f64,
    },
    /// It is not there any more.
    Gone {
        /// Label in the old version.
        label: String,
    },
    /// Neither version has it.
    Unknown,
}

impl Fate {
    /// One word for reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Renamed { .. } => "renamed",
            Self::Replaced { .. } => "replaced",
            Self::Relinked { .. } => "relinked by label",
            Self::Gone { .. } => "gone",
            Self::Unknown => "in neither version",
        }
    }
}

/// The way from one version to another.
pub struct Migration<'a> {
    old: &'a Esco,
    new: &'a Esco,
    replaced: &'a HashMap<String, String>,
    /// Folded preferred label of the new version → row, where only one skill has it.
    preferred: HashMap<String, Option<usize>>,
    /// The same for alternative labels.
    alternative: HashMap<String, Option<usize>>,
}

impl<'a> Migration<'a> {
    /// Prepares the way. `replaced` leads from old URIs to new ones.
    pub fn new(old: &'a Esco, new: &'a Esco, replaced: &'a HashMap<String, String>) -> Self {
        let (mut preferred, mut alternative) = (HashMap::new(), HashMap::new());
        let add = |labels: &mut HashMap<String, Option<usize>>, label: &str, row: usize| {
            labels.entry(folded(label)).and_modify(|known| *known = known.filter(|known| *known == row)).or_insert(Some(row));
        };
        for (row, skill) in new.skills.iter().enumerate() {
            for labels in skill.labels.iter().filter(|labels| labels.language == "en") {
                add(&mut preferred, &labels.preferred, row);
                labels.alternatives.iter().for_each(|label| add(&mut alternative, label, row));
            }
        }
        preferred.remove("");
        alternative.remove("");
        Self { old, new, replaced, preferred, alternative }
    }

    /// What becomes of a skill's URI.
    pub fn fate(&self, uri: &str) -> Fate {
        let old = self.old.skill_by_uri(uri).and_then(|skill| self.old.skills.get(skill.row()));
        if let Some(new) = self.new.skill_by_uri(uri).and_then(|skill| self.new.skills.get(skill.row())) {
            return match old.map(label) {
                Some(from) if folded(from) != folded(label(new)) => Fate::Renamed { from: from.to_owned(), to: label(new).to_owned() },
                _ => Fate::Same,
            };
        }
        if let Some(uri) = self.replaced.get(uri).filter(|uri| self.new.skill_by_uri(uri).is_some()) {
            return Fate::Replaced { uri: uri.clone() };
        }
        let Some(old) = old else { return Fate::Unknown };
        let by_label = |labels: &HashMap<String, Option<usize>>, label: &str| labels.get(&folded(label)).copied().flatten();
        let alternatives = || old.labels.iter().filter(|labels| labels.language == "en").flat_map(|labels| &labels.alternatives);
        let found = by_label(&self.preferred, label(old)).map(|row| (row, BY_PREFERRED_LABEL));
        let found = found.or_else(|| Some((by_label(&self.alternative, label(old))?, BY_ALTERNATIVE_LABEL)));
        let found = found.or_else(|| Some((alternatives().find_map(|label| by_label(&self.preferred, label))?, BY_ALTERNATIVE_LABEL)));
        match found.and_then(|(row, confidence)| Some((self.new.skills.get(row)?, confidence))) {
            Some((skill, confidence)) => Fate::Relinked { uri: skill.uri.clone(), confidence },
            None => Fate::Gone { label: label(old).to_owned() },
        }
    }

    /// Carries the links of a credential in native JSON over, and says what became of each URI. Whatever else stands there stays as it is, links that lead nowhere included.
    pub fn carry(&self, credential: &mut Map<String, Value>) -> BTreeMap<String, Fate> {
        let mut fates = BTreeMap::new();
        let outcomes = credential.get_mut("outcomes").and_then(Value::as_array_mut).into_iter().flatten();
        let links = outcomes.filter_map(|outcome| outcome.get_mut("skills")).filter_map(Value::as_array_mut).flatten();
        links.filter_map(Value::as_object_mut).for_each(|link| self.carry_link(link, &mut fates));
        let required = credential.get_mut("skillsRequired").and_then(Value::as_array_mut).into_iter().flatten();
        required.filter_map(Value::as_object_mut).for_each(|link| self.carry_link(link, &mut fates));
        fates
    }

    fn carry_link(&self, link: &mut Map<String, Value>, fates: &mut BTreeMap<String, Fate>) {
        let Some(uri) = link.get("uri").and_then(Value::as_str).map(|uri| uri.trim().to_owned()) else { return };
        let fate = self.fate(&uri);
        match &fate {
            Fate::Replaced { uri: new } => {
                link.insert("uri".to_owned(), new.clone().into());
                link.insert("replaces".to_owned(), uri.clone().into());
            }
            Fate::Relinked { uri: new, confidence } => {
                // A link that was inferred before is no surer now.
                let before = link.get("confidence").and_then(Value::as_f64).unwrap_or(1.0);
                link.insert("uri".to_owned(), new.clone().into());
                link.insert("origin".to_owned(), "inferred".into());
                link.insert("confidence".to_owned(), (before * confidence).into());
                link.insert("relinkedFrom".to_owned(), uri.clone().into());
            }
            Fate::Same | Fate::Renamed { .. } | Fate::Gone { .. } | Fate::Unknown => {}
        }
        fates.insert(uri, fate);
    }
}

fn label(skill: &Skill) -> &str {
    label_in(&skill.labels, "en").unwrap_or_default()
}

/// The words of a label, so that case, accents and spaces do not count.
fn folded(label: &str) -> String {
    words(label).into_iter().map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::esco::Labels;

    fn esco(skills: &[(&str, &str, &[&str])]) -> Esco {
        let skill = |(uri, preferred, alternatives): &(&str, &str, &[&str])| Skill {
            uri: (*uri).to_owned(),
            labels: vec![Labels {
                language: "en".to_owned(),
                preferred: (*preferred).to_owned(),
                alternatives: alternatives.iter().map(|label| (*label).to_owned()).collect(),
            }],
            ..Skill::default()
        };
        Esco { skills: skills.iter().map(skill).collect(), ..Esco::default() }
    }

    fn versions() -> (Esco, Esco, HashMap<String, String>) {
        let old = esco(&[
            ("a", "bake bread", &[]),
            ("b", "weld metal ", &[]),
            ("c", "Audit accounts", &[]),
            ("d", "sell cars", &["vend cars"]),
            ("e", "mend nets", &[]),
            ("f", "drive", &[]),
        ]);
        let new = esco(&[
            ("a", "make bread", &[]),
            ("b", "weld metal", &[]),
            ("r", "fish", &[]),
            ("x", "audit accounts", &["drive"]),
            ("y", "vend cars", &["drive"]),
        ]);
        (old, new, HashMap::from([("e".to_owned(), "r".to_owned()), ("z".to_owned(), "nowhere".to_owned())]))
    }

    #[test]
    fn every_fate_has_its_reason() {
        let (old, new, replaced) = versions();
        let migration = Migration::new(&old, &new, &replaced);
        let relinked = |uri: &str, confidence| Fate::Relinked { uri: uri.to_owned(), confidence };
        for (uri, expected) in [
            ("a", Fate::Renamed { from: "bake bread".to_owned(), to: "make bread".to_owned() }),
            ("b", Fate::Same),
            ("c", relinked("x", BY_PREFERRED_LABEL)),
            ("d", relinked("y", BY_ALTERNATIVE_LABEL)),
            ("e", Fate::Replaced { uri: "r".to_owned() }),
            // Two skills have this label, so neither is taken.
            ("f", Fate::Gone { label: "drive".to_owned() }),
            ("r", Fate::Same),
            ("z", Fate::Unknown),
        ] {
            assert_eq!(migration.fate(uri), expected, "{uri}");
        }
    }

    /// 1.1.1 keeps every URI of 1.1.0, adds five and calls one otherwise (counted in the files themselves).
    #[test]
    fn the_official_versions_are_told_apart() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/esco");
        if !data.is_dir() {
            println!("skipped: ../shared/data is not here");
            return;
        }
        let read = |version: &str| crate::source::esco::read(&[data.join(version)], &mut Default::default(), &|_| {}).unwrap();
        let (old, new, none) = (read("v1.1.0"), read("v1.1.1"), HashMap::new());
        let count = |from: &Esco, to: &Esco| {
            let migration = Migration::new(from, to, &none);
            let mut counts = BTreeMap::new();
            from.skills.iter().for_each(|skill| *counts.entry(migration.fate(&skill.uri).name()).or_insert(0) += 1);
            counts
        };
        assert_eq!(count(&old, &new), BTreeMap::from([("same", 13_890), ("renamed", 1)]));
        // The way back: what 1.1.1 added is not in 1.1.0, and no other skill takes its place unseen.
        let back = count(&new, &old);
        assert_eq!(back["same"] + back["renamed"], 13_891, "{back:?}");
        assert_eq!(back.values().sum::<i32>(), 13_896);
    }

    #[test]
    fn nothing_of_a_credential_is_dropped() {
        let (old, new, replaced) = versions();
        let migration = Migration::new(&old, &new, &replaced);
        let mut credential: Map<String, Value> = serde_json::from_str(
            r#"{"id":"1","other":[1],"outcomes":[{"text":"t","skills":[{"uri":"c"},{"uri":"f","note":"n"},{"uri":"e"},{"uri":"d","origin":"inferred","confidence":0.5}]}],"skillsRequired":[{"uri":"z"}]}"#,
        )
        .unwrap();
        let fates = migration.carry(&mut credential);
        assert_eq!(fates.keys().map(String::as_str).collect::<Vec<_>>(), ["c", "d", "e", "f", "z"]);
        let expected = r#"{"id":"1","other":[1],"outcomes":[{"text":"t","skills":[
            {"uri":"x","origin":"inferred","confidence":0.9,"relinkedFrom":"c"},{"uri":"f","note":"n"},{"uri":"r","replaces":"e"},
            {"uri":"y","origin":"inferred","confidence":0.35,"relinkedFrom":"d"}]}],"skillsRequired":[{"uri":"z"}]}"#;
        assert_eq!(Value::Object(credential), serde_json::from_str::<Value>(expected).unwrap());
    }
}
