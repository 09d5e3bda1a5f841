//! Is wording called close only where it is, and is what is offered left out? On the judged catalogue.

use serde_json::{Value, json};
use skillgap::api::recommend_credentials;

use crate::cases::cases;
use crate::starter;
use crate::systems::answered;

/// Everything that is ranked, of use or not.
fn answer(request: &Value) -> Value {
    let mut request = request.clone();
    request["usefulnessMin"] = json!(0);
    answered(starter(), recommend_credentials, &request)
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

/// Value of a feature of a recommendation.
fn feature(one: &Value, name: &str) -> f64 {
    let of = list(one, "contributions")
        .iter()
        .find(|part| part["feature"] == format!("FEATURE_{}", name.to_uppercase()));
    of.and_then(|part| part["value"].as_f64())
        .unwrap_or_default()
}

#[test]
fn wording_is_called_close_only_where_it_is() {
    let (mut n_close, mut n_loose) = (0, 0);
    for case in cases() {
        for one in list(&answer(&case.request), "recommendations")
            .iter()
            .filter(|one| feature(one, "closure") == 0.0)
        {
            let says = |words: &str| {
                list(one, "reasons")
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|reason| reason.contains(words))
            };
            let is_close = one["usefulness"]["probability"].as_f64() >= Some(0.5);
            assert_eq!(
                (
                    says("sounds like what"),
                    says("sounds only a little like what")
                ),
                (is_close, !is_close),
                "{}: {one}",
                case.id
            );
            *(if is_close { &mut n_close } else { &mut n_loose }) += 1;
        }
    }
    assert!(n_close > 10 && n_loose > 100, "{n_close} {n_loose}");
}

#[test]
fn where_nothing_is_near_the_answer_says_so() {
    let ad = "Harpsichord builder. You tune harpsichords, carve soundboards and voice the plectra.";
    for (language, words) in [
        ("en", "comes near"),
        ("de", "kommt dem nahe"),
        ("fr", "ne s’approche"),
        ("es", "se acerca"),
        ("nl", "in de buurt"),
        ("it", "si avvicina"),
        ("pl", "nie jest bliski"),
        ("pt", "se aproxima"),
        ("sv", "kommer nära"),
        ("da", "kommer tæt på"),
    ] {
        let answer = answer(
            &json!({ "ad": ad, "profile": { "text": "Piano tuner." }, "languageCode": language }),
        );
        // What is listed all the same is loosely related at most, and says so.
        assert!(
            list(&answer, "recommendations")
                .iter()
                .all(|one| feature(one, "closure") == 0.0 && feature(one, "wording") < 0.35)
        );
        assert!(
            list(&answer, "notes")
                .iter()
                .any(|note| note.as_str().is_some_and(|note| note.contains(words))),
            "{}",
            answer["notes"]
        );
    }
}

#[test]
fn what_an_employer_offers_is_neither_demanded_nor_compared() {
    for (ad, offered) in [
        (
            "Cleaner for offices. You clean floors and windows. We offer: English classes.",
            "English",
        ),
        (
            "Warehouse worker\nYour tasks\n- pick orders\nWe offer\n- training in forklift driving\n- German B1 course",
            "German",
        ),
        (
            "Lagerhelfer gesucht. Sie packen Pakete. Wir bieten Ihnen eine Schulung zum Gabelstaplerfahrer und Englischunterricht.",
            "Schulung",
        ),
        (
            "Care assistant. You wash and dress residents. You will receive training in first aid.",
            "first aid",
        ),
        (
            "Magasinier. Vous préparez les commandes. Nous offrons une formation CACES et des cours de français.",
            "CACES",
        ),
        (
            "Mozo de almacén. Preparar pedidos. Ofrecemos formación en carretilla elevadora y clases de inglés.",
            "inglés",
        ),
        (
            "Magazijnmedewerker. Orders verzamelen. Wij bieden een opleiding tot heftruckchauffeur en Engelse les.",
            "heftruck",
        ),
    ] {
        let answer = answer(&json!({ "ad": ad, "profile": {}, "topK": 20 }));
        assert!(
            !list(&answer, "demand")
                .iter()
                .any(|one| one["label"].as_str().unwrap().contains(offered)),
            "{ad}: {}",
            answer["demand"]
        );
        let asked = |reason: &str| {
            reason
                .split_once("asked for: “")
                .and_then(|(_, rest)| rest.split_once('”'))
                .map(|(asked, _)| asked.to_owned())
        };
        let quoted = |one: &Value| {
            list(one, "reasons")
                .iter()
                .filter_map(Value::as_str)
                .filter_map(asked)
                .any(|asked| asked.contains(offered))
        };
        assert!(!list(&answer, "recommendations").iter().any(quoted), "{ad}");
        assert!(!list(&answer, "recommendations").is_empty(), "{ad}");
    }
}

#[test]
fn what_is_required_is_recommended_before_what_requires_it() {
    for (ad, credentials, wanted, later) in [
        (
            "Warehouse worker. Forklift licence required.",
            &[][..],
            "forklift",
            "forklift-refresher",
        ),
        (
            "Warehouse worker. You drive a reach truck. Forklift licence required.",
            &["forklift"],
            "reach-truck",
            "forklift",
        ),
        (
            "Hotel porter. German B1 required.",
            &["german-a2"],
            "german-b1",
            "german-b2",
        ),
        (
            "Hotel porter. German B2 required.",
            &["german-b1"],
            "german-b2",
            "german-b1",
        ),
    ] {
        let answer = answer(&json!({ "ad": ad, "profile": { "credentials": credentials } }));
        let ids: Vec<&str> = list(&answer, "recommendations")
            .iter()
            .filter_map(|one| one["credentialId"].as_str())
            .collect();
        let place = |id: &str| ids.iter().position(|one| *one == id);
        let before = place(wanted).is_some_and(|wanted| place(later).is_none_or(|at| wanted < at));
        assert!(before, "{ad}: {ids:?}");
    }
}
