//! What becomes of a skill's URI in another version of ESCO? The same, replaced, found again by its label, or gone; nothing is dropped.
//!
//! Official packages name no successors, so replacements come from a file of the user (ESCO's delta), and labels are the last resort: a skill that is found by its
//! label is marked as inferred, because two versions may mean something else by the same words.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use crate::catalogue::label_in;
use crate::model::credential::{Credential, Doubt, LinkOrigin};
pub use crate::model::esco::Fate;
use crate::model::esco::{Esco, Labels};
use crate::text::words;

/// Confidence of a link that was found again by the preferred label. A judgement: the same words nearly always mean the same skill.
const BY_PREFERRED_LABEL: f64 = 0.9;
/// Confidence of a link that was found again by an alternative label of one side.
const BY_ALTERNATIVE_LABEL: f64 = 0.7;

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

    /// Carries the links of a credential in native JSON over, and says what became of each URI. Whatever else stands there stays as it is, links that lead nowhere included.
    pub fn carry(&self, credential: &mut Map<String, Value>) -> BTreeMap<String, Fate> {
        let mut fates = BTreeMap::new();
        let outcomes = credential
            .get_mut("outcomes")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten();
        let links = outcomes
            .filter_map(|outcome| outcome.get_mut("skills"))
            .filter_map(Value::as_array_mut)
            .flatten();
        links
            .filter_map(Value::as_object_mut)
            .for_each(|link| self.carry_link(link, &mut fates));
        let required = credential
            .get_mut("skillsRequired")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten();
        required
            .filter_map(Value::as_object_mut)
            .for_each(|link| self.carry_link(link, &mut fates));
        let occupations = match credential.get_mut("occupations") {
            Some(Value::Array(occupations)) => occupations.as_mut_slice(),
            one => one.map(std::slice::from_mut).unwrap_or_default(),
        };
        for occupation in occupations {
            let Some(uri) = occupation.as_str().map(|uri| uri.trim().to_owned()) else {
                continue;
            };
            let fate = self.fate(&uri);
            if let Some((new, _)) = fate.successor() {
                *occupation = new.into();
            }
            fates.insert(uri, fate);
        }
        fates
    }

    fn carry_link(&self, link: &mut Map<String, Value>, fates: &mut BTreeMap<String, Fate>) {
        let Some(uri) = link
            .get("uri")
            .and_then(Value::as_str)
            .map(|uri| uri.trim().to_owned())
        else {
            return;
        };
        let fate = self.fate(&uri);
        match &fate {
            Fate::Replaced { uri: new } => {
                link.insert("uri".to_owned(), new.clone().into());
                link.insert("replaces".to_owned(), uri.clone().into());
            }
            Fate::Relinked {
                uri: new,
                confidence,
            } => {
                // A link that was inferred before is no surer now.
                let before = link
                    .get("confidence")
                    .and_then(Value::as_f64)
                    .unwrap_or(1.0);
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

/// Leads the links of a credential that are of a former version of ESCO on. One that is found again by its label is inferred from then on, and it is said in the
/// doubts, as it is of those that are gone; these stay as they are.
pub fn lead_on(esco: &Esco, credential: &mut Credential) {
    if esco.former.is_empty() {
        return;
    }
    let mut doubts = Vec::new();
    let mut lead = |field: String, uri: &mut String| {
        let fate = esco.former.get(uri.as_str())?;
        let became = match fate {
            Fate::Gone { label } => Some(format!(
                "is gone from this version of ESCO, where it was {label:?}"
            )),
            Fate::Relinked { uri, .. } => Some(format!(
                "is gone from this version of ESCO; {uri} has the same label"
            )),
            Fate::Replaced { .. } | Fate::Same | Fate::Renamed { .. } | Fate::Unknown => None,
        };
        doubts.extend(became.map(|became| Doubt {
            field,
            reason: format!("stated as {uri:?}: {became}"),
        }));
        let (new, confidence) = fate.successor()?;
        *uri = new.to_owned();
        matches!(fate, Fate::Relinked { .. }).then_some(confidence)
    };
    for (at, outcome) in credential.outcomes.iter_mut().enumerate() {
        for link in &mut outcome.skills {
            if let Some(confidence) = lead(format!("outcomes[{at}].skills"), &mut link.uri) {
                (link.origin, link.confidence) =
                    (LinkOrigin::Inferred, link.confidence * confidence);
            }
        }
    }
    for (field, uris) in [
        ("skillsRequired", &mut credential.skills_required),
        ("occupations", &mut credential.occupations),
    ] {
        for uri in uris.iter_mut() {
            lead(field.to_owned(), uri);
        }
    }
    for doubt in doubts {
        if !credential.doubts.contains(&doubt) {
            credential.doubts.push(doubt);
        }
    }
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
mod tests {
    use super::*;
    use crate::model::credential::{Outcome, SkillLink};
    use crate::model::esco::{Occupation, Skill};

    fn esco(skills: &[(&str, &str, &[&str])]) -> Esco {
        let skill = |(uri, preferred, alternatives): &(&str, &str, &[&str])| Skill {
            uri: (*uri).to_owned(),
            labels: vec![Labels {
                language: "en".to_owned(),
                preferred: (*preferred).to_owned(),
                alternatives: alternatives
                    .iter()
                    .map(|label| (*label).to_owned())
                    .collect(),
            }],
            ..Skill::default()
        };
        Esco {
            skills: skills.iter().map(skill).collect(),
            ..Esco::default()
        }
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
        (
            old,
            new,
            HashMap::from([
                ("e".to_owned(), "r".to_owned()),
                ("z".to_owned(), "nowhere".to_owned()),
            ]),
        )
    }

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
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/esco");
        if !data.is_dir() {
            println!("skipped: ../shared/data is not here");
            return;
        }
        let read = |version: &str| {
            crate::source::esco::read(&[data.join(version)], &mut Default::default(), &|_| {})
                .unwrap()
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

    #[test]
    fn nothing_of_a_credential_is_dropped() {
        let (old, new, replaced) = versions();
        let migration = Migration::new(&old, &new, &replaced);
        let mut credential: Map<String, Value> = serde_json::from_str(
            r#"{"id":"1","other":[1],"outcomes":[{"text":"t","skills":[{"uri":"c"},{"uri":"f","note":"n"},{"uri":"e"},{"uri":"d","origin":"inferred","confidence":0.5}]}],"skillsRequired":[{"uri":"z"}]}"#,
        )
        .unwrap();
        let fates = migration.carry(&mut credential);
        assert_eq!(
            fates.keys().map(String::as_str).collect::<Vec<_>>(),
            ["c", "d", "e", "f", "z"]
        );
        let expected = r#"{"id":"1","other":[1],"outcomes":[{"text":"t","skills":[
            {"uri":"x","origin":"inferred","confidence":0.9,"relinkedFrom":"c"},{"uri":"f","note":"n"},{"uri":"r","replaces":"e"},
            {"uri":"y","origin":"inferred","confidence":0.35,"relinkedFrom":"d"}]}],"skillsRequired":[{"uri":"z"}]}"#;
        assert_eq!(
            Value::Object(credential),
            serde_json::from_str::<Value>(expected).unwrap()
        );
    }

    #[test]
    fn former_uris_lead_on_and_what_is_gone_stays_and_is_said() {
        let (old, mut new, replaced) = versions();
        note_former(&mut new, &[old], &replaced);
        assert_eq!(
            new.former.keys().map(String::as_str).collect::<Vec<_>>(),
            ["c", "d", "e", "f", "z"]
        );
        let link = |uri: &str| SkillLink {
            uri: uri.to_owned(),
            origin: LinkOrigin::Declared,
            confidence: 1.0,
        };
        let mut credential = Credential {
            outcomes: vec![Outcome {
                text: Vec::new(),
                skills: vec![link("a"), link("c"), link("e"), link("f")],
            }],
            skills_required: vec!["d".to_owned()],
            ..Credential::default()
        };
        lead_on(&new, &mut credential);
        let led: Vec<(&str, LinkOrigin, f64)> = credential.outcomes[0]
            .skills
            .iter()
            .map(|link| (link.uri.as_str(), link.origin, link.confidence))
            .collect();
        let declared = |uri| (uri, LinkOrigin::Declared, 1.0);
        assert_eq!(
            led,
            [
                declared("a"),
                ("x", LinkOrigin::Inferred, BY_PREFERRED_LABEL),
                declared("r"),
                declared("f")
            ]
        );
        assert_eq!(credential.skills_required, ["y"]);
        let fields: Vec<&str> = credential
            .doubts
            .iter()
            .map(|doubt| doubt.field.as_str())
            .collect();
        assert_eq!(
            fields,
            ["outcomes[0].skills", "outcomes[0].skills", "skillsRequired"]
        );
    }

    #[test]
    fn occupations_are_led_on_and_carried_too() {
        let occupation = |uri: &str, preferred: &str| Occupation {
            uri: uri.to_owned(),
            labels: vec![Labels {
                language: "en".to_owned(),
                preferred: preferred.to_owned(),
                alternatives: Vec::new(),
            }],
            ..Occupation::default()
        };
        let old = Esco {
            occupations: vec![occupation("o1", "baker"), occupation("o2", "smith")],
            ..Esco::default()
        };
        let mut new = Esco {
            occupations: vec![occupation("o9", "Baker")],
            ..Esco::default()
        };
        let none = HashMap::new();
        for (given, carried) in [(r#"["o1","o2"]"#, r#"["o9","o2"]"#), (r#""o1""#, r#""o9""#)] {
            let mut credential =
                serde_json::from_str(&format!("{{\"occupations\":{given}}}")).unwrap();
            let fates = Migration::new(&old, &new, &none).carry(&mut credential);
            assert_eq!(
                (
                    credential["occupations"].to_string().as_str(),
                    fates["o1"].name()
                ),
                (carried, "relinked by label")
            );
        }
        note_former(&mut new, &[old], &none);
        let expected = [
            (
                "o1".to_owned(),
                Fate::Relinked {
                    uri: "o9".to_owned(),
                    confidence: BY_PREFERRED_LABEL,
                },
            ),
            (
                "o2".to_owned(),
                Fate::Gone {
                    label: "smith".to_owned(),
                },
            ),
        ];
        assert_eq!(new.former, BTreeMap::from(expected));
    }
}
