//! Is native JSON read strictly, with the field of each fault named?

use super::*;
use crate::credential::{LinkOrigin, Signal, texts};

fn check_rejected(line: &str, reason: &str) {
    let error = parse(line.as_bytes()).unwrap_err();
    assert!(error.contains(reason), "{line}: {error}");
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
    let credential = parse(br#"{"id":"a","title":{"de":"X"},"outcomes":[{"text":"o","skills":[{"uri":"u"},{"uri":"v","origin":"inferred","confidence":0.5}]}]}"#).unwrap();
    let links: Vec<_> = credential.outcomes[0]
        .skills
        .iter()
        .map(|link| (link.uri.as_str(), link.origin(), link.certainty()))
        .collect();
    assert_eq!(
        links,
        [
            ("u", LinkOrigin::Declared, 1.0),
            ("v", LinkOrigin::Inferred, 0.5)
        ]
    );
}

#[test]
fn what_is_wrong_is_named_by_field() {
    let with = |field: &str| format!(r#"{{"id":"a","title":"x",{field}}}"#);
    check_rejected(&with(r#""hours":-1"#), "hours");
    check_rejected(&with(r#""eqfLevel":9"#), "eqfLevel");
    check_rejected(
        &with(r#""cost":{"amount":1,"currency":"EURO"}"#),
        "cost.currency",
    );
    check_rejected(&with(r#""mode":"telepathy""#), "mode");
    check_rejected(&with(r#""country":"Germany""#), "country");
    check_rejected(
        &with(r#""trustSignals":[{"signal":"nice","value":"yes"}]"#),
        "trustSignals[0].signal",
    );
    check_rejected(
        &with(r#""trustSignals":[{"signal":"assessed","value":"maybe"}]"#),
        "trustSignals[0].value",
    );
    check_rejected(
        &with(r#""outcomes":[{"text":"x","skills":[{"uri":" "}]}]"#),
        "outcomes[0].skills[0].uri",
    );
    check_rejected(&with(r#""modified":"yesterday""#), "modified");
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
        parse(br#"{"id":"a","title":"x","outcomes":[{"text":" "},{"text":{}},{"text":"o"},{"skills":[{"uri":"u"}]}]}"#).unwrap();
    assert_eq!(credential.outcomes.len(), 2);
    check_rejected(
        r#"{"id":"a","title":"x","outcomes":[{}]}"#,
        "outcomes[0]: has neither text nor skills",
    );
}

#[test]
fn facts_of_quality_and_money_are_checked_by_field() {
    let with = |field: &str| format!(r#"{{"id":"a","title":"x",{field}}}"#);
    check_rejected(
        &with(r#""accreditations":[{"accreditor":"q","scope":"all"}]"#),
        "accreditations[0].scope",
    );
    check_rejected(
        &with(r#""accreditations":[{"accreditor":"q","validUntil":"soon"}]"#),
        "accreditations[0].validUntil",
    );
    check_rejected(
        &with(r#""fundingSchemes":[{"name":"s","share":2}]"#),
        "fundingSchemes[0].share",
    );
    check_rejected(
        &with(r#""prerequisiteGroups":[{"atLeast":2,"of":["b"]}]"#),
        "prerequisiteGroups[0].atLeast",
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
    check_rejected(
        r#"{"id":"a","title":{"DE":"x","de":"y"}}"#,
        "title.de: stands there twice",
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
