//! Two made-up versions of ESCO, for the tests of what becomes of URIs here and of links in `index/credentials`.

use std::collections::HashMap;

use skillgap_esco::{Esco, Labels, Skill};

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

/// An old version, a new one, and what replaces what.
pub fn versions() -> (Esco, Esco, HashMap<String, String>) {
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
