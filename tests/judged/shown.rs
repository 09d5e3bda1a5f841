//! Does the answer say that a licence must be shown, where the person has the skill and, as far as one knows, no licence? Made-up ads on the judged catalogue.

use serde_json::{Value, json};
use skillgap::api::recommend_credentials;

use crate::starter;
use crate::systems::answered;

const FORKLIFT: &str = "http://data.europa.eu/esco/skill/28cb374e-6261-4133-8371-f9a5470145da";
const LICENCE_AD: &str = "Yard worker at a brewery. Unload lorries, count crates, keep the hall clean. Forklift licence required.";
const SKILL_AD: &str = "Yard worker at a brewery. Unload lorries, count crates, operate forklift trucks, keep the hall clean.";

/// Languages that have sentences.
const LANGUAGES: [&str; 10] = ["en", "de", "fr", "es", "nl", "it", "pl", "pt", "sv", "da"];

fn answer(ad: &str, profile: &Value, language: &str) -> Value {
    let request =
        json!({ "ad": ad, "profile": profile, "planPathway": true, "languageCode": language });
    answered(starter(), recommend_credentials, &request)
}

/// The entry of the gap for the forklift.
fn forklift(answer: &Value) -> &Value {
    answer["gap"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["uri"] == FORKLIFT)
        .unwrap()
}

fn says(answer: &Value, field: &str, note: &str) -> bool {
    answer["pathway"][field]
        .as_array()
        .is_some_and(|notes| notes.iter().any(|one| one.as_str() == Some(note)))
}

#[test]
fn a_licence_that_no_credential_shows_must_be_shown() {
    let stated = json!({ "skills": [{ "uri": FORKLIFT }] });
    let (sure, named, suggested) = (
        "You name “operate forklift”",
        "You say that you have the licence",
        "What you did so far suggests",
    );
    for (ad, profile, expected) in [
        (LICENCE_AD, stated.clone(), sure),
        (
            LICENCE_AD,
            json!({ "text": "I have a forklift licence and worked in a warehouse." }),
            named,
        ),
        (
            LICENCE_AD,
            json!({ "skills": [{ "uri": FORKLIFT }], "text": "Forklift licence since 2015." }),
            named,
        ),
        (
            LICENCE_AD,
            json!({ "text": "I operate forklift trucks in a warehouse." }),
            suggested,
        ),
        (
            LICENCE_AD,
            json!({ "text": "I have no forklift licence." }),
            "",
        ),
        (LICENCE_AD, json!({ "credentials": ["forklift"] }), ""),
        (
            LICENCE_AD,
            json!({ "skills": [{ "uri": FORKLIFT }], "credentials": ["forklift"] }),
            "",
        ),
        (LICENCE_AD, json!({}), ""),
        (SKILL_AD, stated.clone(), ""),
    ] {
        let answer = answer(ad, &profile, "en");
        let item = forklift(&answer);
        let note = item["note"].as_str().unwrap_or_default();
        assert!(
            if expected.is_empty() {
                note.is_empty()
            } else {
                note.starts_with(expected)
            },
            "{ad} {profile}: {item}"
        );
        assert_eq!(
            item["mustBeShown"].as_bool().unwrap_or_default(),
            !expected.is_empty(),
            "{ad} {profile}"
        );
        assert_eq!(
            says(&answer, "notes", note),
            !expected.is_empty(),
            "{ad} {profile}: {}",
            answer["pathway"]
        );
        let asks = answer["demand"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["uri"] == FORKLIFT)
            .unwrap();
        assert_eq!(
            asks["mustBeShown"].as_bool().unwrap_or_default(),
            ad == LICENCE_AD,
            "{ad}"
        );
    }
}

#[test]
fn a_language_at_a_level_is_heard_and_a_certificate_of_it_shown() {
    let german = "http://data.europa.eu/esco/skill/2abb9db5-350c-444c-8292-0e0b2ce00f9a";
    for (ad, expected) in [
        ("Hotel porter. German B1 required.", false),
        ("Hotel porter. German B1 certificate required.", true),
    ] {
        let answer = answer(
            ad,
            &json!({ "skills": [{ "uri": german, "level": "B1" }] }),
            "en",
        );
        let shown = answer["gap"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["mustBeShown"] == true);
        assert_eq!(shown, expected, "{ad}: {}", answer["gap"]);
    }
}

#[test]
fn what_must_be_shown_is_said_in_every_language_and_there_is_no_gap_without_it() {
    let demand = json!([{ "uri": FORKLIFT, "mustBeShown": true }]);
    let mut said: Vec<(String, String)> = Vec::new();
    for language in LANGUAGES {
        let request = json!({ "demand": demand, "profile": { "skills": [{ "uri": FORKLIFT }] }, "planPathway": true, "languageCode": language });
        let answer = answered(starter(), recommend_credentials, &request);
        let note = forklift(&answer)["note"].as_str().unwrap().to_owned();
        let summary = answer["pathway"]["summary"].as_str().unwrap().to_owned();
        assert!(
            summary.contains('1') && note.contains(forklift(&answer)["label"].as_str().unwrap()),
            "{language}: {summary} {note}"
        );
        said.push((note, summary));
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), LANGUAGES.len(), "{said:?}");
}
