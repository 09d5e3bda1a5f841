//! Is native JSON read strictly, with the field of each fault named?

use super::*;
use crate::credential::{LinkOrigin, Signal, texts};

fn check_rejected(line: &str, reason: &str) {
    let error = parse(line.as_bytes()).unwrap_err();
    assert!(error.contains(reason), "{line}: {error}");
}

/// Checks that a record goes in, and that a value of it is in doubt.
fn check_doubted(line: &str, doubt: &str) {
    let doubts = parse(line.as_bytes()).unwrap().doubts.into_iter();
    let doubts: Vec<String> = doubts
        .map(|doubt| format!("{}: {}", doubt.field, doubt.reason))
        .collect();
    assert!(
        doubts.iter().any(|known| known.starts_with(doubt)),
        "{line}: {doubts:?}"
    );
}

#[test]
fn only_id_and_title_are_mandatory() {
    let credential = parse(br#"{"id":"a","title":"Welding"}"#).unwrap();
    assert_eq!(credential.title, texts([("und", "Welding")]));
    assert_eq!(
        (
            credential.hours(),
            credential.cost.clone(),
            credential.trust_signals().len()
        ),
        (None, None, 0)
    );
    check_rejected(r#"{"title":"x"}"#, "id: is missing");
    check_rejected(r#"{"id":"a"}"#, "title: is missing");
}

#[test]
fn links_without_origin_are_declared() {
    let credential = parse(br#"{"id":"a","title":{"de":"X"},"outcomes":[{"text":"o","skills":[{"uri":"http://x/u"},{"uri":"http://x/v","origin":"inferred","confidence":0.5}]}]}"#).unwrap();
    let links: Vec<_> = credential.outcomes[0]
        .skills
        .iter()
        .map(|link| (link.uri.as_str(), link.origin(), link.certainty()))
        .collect();
    assert_eq!(
        links,
        [
            ("http://x/u", LinkOrigin::Declared, 1.0),
            ("http://x/v", LinkOrigin::Inferred, 0.5)
        ]
    );
}

#[test]
fn what_is_wrong_is_named_by_field() {
    let with = |field: &str| format!(r#"{{"id":"a","title":"x",{field}}}"#);
    check_doubted(
        &with(r#""hours":-1"#),
        "workload.hours: stated as \"-1\": is not in 0",
    );
    check_doubted(&with(r#""eqfLevel":9"#), "eqf_level: stated as \"9\"");
    check_doubted(
        &with(r#""cost":{"amount":1,"currency":"EURO"}"#),
        "cost.currency: stated as \"EURO\"",
    );
    check_doubted(
        &with(r#""mode":"telepathy""#),
        "access.mode: stated as \"telepathy\"",
    );
    check_doubted(
        &with(r#""country":"Germany""#),
        "access.countries[0]: stated as \"Germany\"",
    );
    check_doubted(
        &with(r#""trustSignals":[{"signal":"nice","value":"yes"}]"#),
        "quality.trust_signals[0].signal: stated as \"nice\"",
    );
    check_doubted(
        &with(r#""trustSignals":[{"signal":"assessed","value":"maybe"}]"#),
        "quality.trust_signals[0].value: stated as \"maybe\"",
    );
    check_doubted(
        &with(r#""outcomes":[{"text":"x","skills":[{"uri":" "}]}]"#),
        "outcomes[0].skills[0].uri",
    );
    check_doubted(&with(r#""modified":"yesterday""#), "modified");
}

#[test]
fn a_signal_that_is_not_stated_is_absent() {
    let credential =
        parse(br#"{"id":"a","title":"x","trustSignals":[{"signal":"assessed","value":"not stated"},{"signal":"guidance","value":false}]}"#)
            .unwrap();
    assert_eq!(credential.signal(Signal::Assessed), None);
    assert!(
        credential
            .signal(Signal::Guidance)
            .is_some_and(|stated| !stated.is_so())
    );
}

#[test]
fn an_empty_outcome_states_nothing() {
    let credential =
        parse(br#"{"id":"a","title":"x","outcomes":[{"text":" "},{"text":{}},{"text":"o"},{"skills":[{"uri":"http://x/u"}]}]}"#).unwrap();
    assert_eq!(credential.outcomes.len(), 2);
    check_doubted(
        r#"{"id":"a","title":"x","outcomes":[{}]}"#,
        "outcomes[0]: has neither text nor skills",
    );
}

#[test]
fn facts_of_quality_and_money_are_checked_by_field() {
    let with = |field: &str| format!(r#"{{"id":"a","title":"x",{field}}}"#);
    check_doubted(
        &with(r#""accreditations":[{"accreditor":"q","scope":"all"}]"#),
        "quality.accreditations[0].scope: stated as \"all\"",
    );
    check_doubted(
        &with(r#""accreditations":[{"accreditor":"q","validUntil":"soon"}]"#),
        "quality.accreditations[0].valid_until: stated as \"soon\"",
    );
    check_doubted(
        &with(r#""fundingSchemes":[{"name":"s","share":2}]"#),
        "funding.schemes[0].share: stated as \"2\"",
    );
    check_doubted(
        &with(r#""prerequisiteGroups":[{"atLeast":2,"of":["b"]}]"#),
        "entry.prerequisite_groups[0].held_min: is not in 1 to 1",
    );
    let credential =
        parse(with(r#""fundingSchemes":[{"name":"s","eligible":"unemployed","share":0.7,"until":"2027-12-31"}]"#).as_bytes()).unwrap();
    assert_eq!(
        (
            credential.funding_schemes()[0].eligible.concat(),
            credential.funding_schemes()[0].share
        ),
        ("unemployed".to_owned(), Some(0.7))
    );
}

#[test]
fn texts_are_sorted_by_their_languages_however_these_are_spelled() {
    let credential =
        parse(r#"{"id":"a","title":{"UK":"x","id":"y"," DE ":"z","de":" "}}"#.as_bytes()).unwrap();
    assert_eq!(
        credential
            .title
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        ["de", "id", "uk"]
    );
    assert_eq!(parse(to_line(&credential).as_bytes()), Ok(credential));
    check_doubted(
        r#"{"id":"a","title":{"DE":"x","de":"y"}}"#,
        "title.de: stated as \"y\": stands there twice",
    );
    check_rejected(
        r#"{"id":"a","title":{"de":"x","de":"y"}}"#,
        "title: \"de\" stands there twice",
    );
    check_rejected(
        r#"{"id":"a","title":"x","outcomes":[{"text":{"de":"x","en":"z","de":"y"}}]}"#,
        "outcomes[0].text: \"de\" stands there twice",
    );
}

#[test]
fn a_value_that_cannot_be_read_costs_itself_and_all_doubts_of_a_record_are_kept() {
    let read = parse(br#"{"id":"a","title":"x","hours":"many","country":["DE","Grmany"],"cost":{"amount":5},"modified":"yesterday","ects":5}"#);
    let read = read.unwrap();
    let doubts = |field: &str| {
        read.doubts
            .iter()
            .filter(|doubt| doubt.field == field)
            .count()
    };
    for field in [
        "workload.hours",
        "access.countries[1]",
        "cost",
        "cost.currency",
        "modified",
    ] {
        assert_eq!(doubts(field), 1, "{field}: {:?}", read.doubts);
    }
    assert_eq!(
        (read.countries().join(","), read.ects()),
        ("DE".to_owned(), Some(5.0))
    );
    assert_eq!(read.cost, None);
    // It is read back as it was written.
    assert_eq!(parse(to_line(&read).as_bytes()), Ok(read));
}

#[test]
fn what_stands_for_a_skill_and_is_no_uri_of_one_is_no_link() {
    let uri = "http://data.europa.eu/esco/skill/28d715e3-3e5b-4fb6-8dd2-4be4919c8587";
    for (skills, expected) in [
        (
            format!(r#""outcomes":[{{"text":"o","skills":["{uri}"]}}]"#),
            "must be an object",
        ),
        (
            format!(r#""skills":["{}"]"#, uri.replace("http:", "https:")),
            uri,
        ),
        (format!(r#""skills":{{"uri":"{uri}"}}"#), uri),
        (
            r#""skills":["customer service"]"#.to_owned(),
            "customer service",
        ),
        (
            r#""outcomes":[{"text":"o","skills":[{"uri":"customer service"}]}]"#.to_owned(),
            "o",
        ),
        (
            r#""skills":["28d715e3-3e5b-4fb6-8dd2-4be4919c8587"]"#.to_owned(),
            uri,
        ),
        (
            r#""skills":["esco/skill/28d715e3-3e5b-4fb6-8dd2-4be4919c8587"]"#.to_owned(),
            uri,
        ),
    ] {
        let read = parse(format!(r#"{{"id":"a","title":"x",{skills}}}"#).as_bytes()).unwrap();
        let links: Vec<&str> = read.outcomes[0]
            .skills
            .iter()
            .map(|link| link.uri.as_str())
            .collect();
        if expected == uri {
            assert_eq!((links, read.doubts.len()), (vec![uri], 0));
        } else {
            assert_eq!((links, read.doubts.len()), (vec![], 1), "{skills}");
            let text = read.outcomes[0].text.get("und").unwrap();
            assert!(
                text == expected || read.doubts[0].reason.contains(expected),
                "{text}"
            );
        }
    }
    // The address of another thing is nothing that could be linked by its words.
    let read =
        parse(br#"{"id":"a","title":"x","skills":["http://data.europa.eu/esco/occupation/1"]}"#)
            .unwrap();
    assert_eq!((read.outcomes.len(), read.doubts.len()), (0, 1));
}
