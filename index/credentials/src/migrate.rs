//! What becomes of the links of a credential in another version of ESCO? They are led on where that is known, and nothing is dropped.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use skillgap_esco::Esco;
use skillgap_esco::migrate::{Fate, Migration};

use crate::credential::{Credential, Doubt, SkillLink};

/// Carries the links of a credential in native JSON over, and says what became of each URI. Whatever else stands there stays as it is, links that lead nowhere included.
pub fn carry(
    migration: &Migration<'_>,
    credential: &mut Map<String, Value>,
) -> BTreeMap<String, Fate> {
    let mut fates = BTreeMap::new();
    let outcomes = entries(credential.get_mut("outcomes"));
    let links = outcomes.filter_map(|outcome| outcome.get_mut("skills"));
    for link in links.flat_map(|links| entries(Some(links))) {
        carry_link(migration, link, &mut fates);
    }
    for link in entries(credential.get_mut("skillsRequired")) {
        carry_link(migration, link, &mut fates);
    }
    let entry = credential.get_mut("entry");
    let required = entry.and_then(|entry| entry.get_mut("skillUris"));
    carry_uris(migration, required, &mut fates);
    carry_uris(migration, credential.get_mut("occupations"), &mut fates);
    fates
}

/// The entries of a list.
fn entries(list: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    list.and_then(Value::as_array_mut).into_iter().flatten()
}

/// Carries one URI, or a list of them, over.
fn carry_uris(
    migration: &Migration<'_>,
    uris: Option<&mut Value>,
    fates: &mut BTreeMap<String, Fate>,
) {
    let uris = match uris {
        Some(Value::Array(uris)) => uris.as_mut_slice(),
        one => one.map(std::slice::from_mut).unwrap_or_default(),
    };
    for carried in uris {
        let Some(uri) = carried.as_str().map(|uri| uri.trim().to_owned()) else {
            continue;
        };
        let fate = migration.fate(&uri);
        if let Some((new, _)) = fate.successor() {
            *carried = new.into();
        }
        fates.insert(uri, fate);
    }
}

fn carry_link(migration: &Migration<'_>, link: &mut Value, fates: &mut BTreeMap<String, Fate>) {
    let Some(link) = link.as_object_mut() else {
        return;
    };
    let Some(uri) = link.get("uri").and_then(Value::as_str) else {
        return;
    };
    let uri = uri.trim().to_owned();
    let fate = migration.fate(&uri);
    let mut set = |name: &str, value: Value| link.insert(name.to_owned(), value);
    match &fate {
        Fate::Replaced { uri: new } => {
            set("uri", new.clone().into());
            set("replaces", uri.clone().into());
        }
        Fate::Relinked {
            uri: new,
            confidence,
        } => {
            set("uri", new.clone().into());
            set("origin", "inferred".into());
            // A link that was inferred before is no surer now.
            let before = set("confidence", Value::Null).and_then(|before| before.as_f64());
            set("confidence", (before.unwrap_or(1.0) * confidence).into());
            set("relinkedFrom", uri.clone().into());
        }
        Fate::Same | Fate::Renamed { .. } | Fate::Gone { .. } | Fate::Unknown => {}
    }
    fates.insert(uri, fate);
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
                *link = SkillLink {
                    evidence: link.evidence,
                    ..SkillLink::inferred(link.uri.as_str(), link.certainty() * confidence)
                };
            }
        }
    }
    let required = credential
        .entry
        .iter_mut()
        .flat_map(|entry| &mut entry.skill_uris);
    for uri in required {
        lead("entry.skill_uris".to_owned(), uri);
    }
    for uri in &mut credential.occupations {
        lead("occupations".to_owned(), uri);
    }
    for (at, right) in credential.rights.iter_mut().enumerate() {
        for uri in &mut right.occupation_uris {
            lead(format!("rights[{at}].occupation_uris"), uri);
        }
    }
    for (at, after) in credential.outcomes_after.iter_mut().enumerate() {
        if let Some(uri) = &mut after.occupation_uri {
            lead(format!("outcomes_after[{at}].occupation_uri"), uri);
        }
    }
    for doubt in doubts {
        if !credential.doubts.contains(&doubt) {
            credential.doubts.push(doubt);
        }
    }
}

#[cfg(test)]
#[path = "../../esco/src/versions_tests.rs"]
mod versions;

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use skillgap_esco::migrate::{BY_PREFERRED_LABEL, note_former};
    use skillgap_esco::{Labels, Occupation};

    use super::versions::versions;
    use super::*;
    use crate::credential::{Entry, LinkOrigin, Outcome};

    #[test]
    fn nothing_of_a_credential_is_dropped() {
        let (old, new, replaced) = versions();
        let migration = Migration::new(&old, &new, &replaced);
        let mut credential: Map<String, Value> = serde_json::from_str(
            r#"{"id":"1","other":[1],"outcomes":[{"text":"t","skills":[{"uri":"c"},{"uri":"f","note":"n"},{"uri":"e"},{"uri":"d","origin":"inferred","confidence":0.5}]}],"skillsRequired":[{"uri":"z"}]}"#,
        )
        .unwrap();
        let fates = carry(&migration, &mut credential);
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
        let mut credential = Credential {
            outcomes: vec![Outcome {
                skills: ["a", "c", "e", "f"].map(SkillLink::declared).to_vec(),
                ..Outcome::default()
            }],
            entry: Some(Entry {
                skill_uris: vec!["d".to_owned()],
                ..Entry::default()
            }),
            ..Credential::default()
        };
        lead_on(&new, &mut credential);
        let led: Vec<(&str, LinkOrigin, f64)> = credential.outcomes[0]
            .skills
            .iter()
            .map(|link| (link.uri.as_str(), link.origin(), link.certainty()))
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
        assert_eq!(credential.skills_required(), ["y"]);
        let fields: Vec<&str> = credential
            .doubts
            .iter()
            .map(|doubt| doubt.field.as_str())
            .collect();
        assert_eq!(
            fields,
            [
                "outcomes[0].skills",
                "outcomes[0].skills",
                "entry.skill_uris"
            ]
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
            let fates = carry(&Migration::new(&old, &new, &none), &mut credential);
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
