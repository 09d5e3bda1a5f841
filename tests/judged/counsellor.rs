//! Would a counsellor sign this? Five written-out cases, printed as `docs/cases.md` shows them, with what must be among the advice.

use serde_json::{Value, json};
use skillgap::api::{recommend_credentials, suggest_occupations};
use skillgap_catalogue::Catalogue;

use crate::systems::answered;
use crate::{full, starter};

/// Case → credentials that must be among the first five.
const EXPECTED: [(&str, &[&str]); 5] = [
    ("retail", &["warehouse-basics", "forklift"]),
    ("welder", &["weld-vt"]),
    ("returner", &["kitchen-assist", "food-hygiene", "german-b1"]),
    ("clerk", &["webshop-ops", "product-content"]),
    ("member", &["helpdesk"]),
];

fn answer(catalogue: &Catalogue, line: &str) -> Value {
    let request = serde_json::from_str(line).unwrap();
    answered(catalogue, recommend_credentials, &request)
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value[field].as_array().into_iter().flatten()
}

fn words(value: &Value, field: &str) -> String {
    list(value, field)
        .filter_map(Value::as_str)
        .collect::<Vec<_>>()
        .join("; ")
}

fn print(id: &str, answer: &Value) {
    println!("\n{id}");
    for item in list(answer, "gap") {
        let state = item["state"].as_str().unwrap_or_default();
        println!(
            "  {state:<8}{} {}",
            item["label"].as_str().unwrap_or_default(),
            item["nearestHeldLabel"]
                .as_str()
                .map_or(String::new(), |near| format!("({near})"))
        );
    }
    for (at, one) in list(answer, "recommendations").enumerate() {
        println!(
            "  {}. {} [{}] {:.2}",
            at + 1,
            one["title"].as_str().unwrap(),
            one["credentialId"].as_str().unwrap(),
            one["score"].as_f64().unwrap()
        );
        println!("     {}", words(one, "reasons"));
        println!("     not stated: {}", words(one, "notStated"));
    }
    println!(
        "  pathway: {}",
        answer["pathway"]["summary"].as_str().unwrap_or("none")
    );
    for step in list(&answer["pathway"], "steps") {
        println!(
            "    - {} ({:.0} % of the gap)",
            step["title"].as_str().unwrap(),
            100.0 * step["marginalClosure"].as_f64().unwrap_or_default()
        );
    }
}

#[test]
fn the_counsellors_cases_name_what_a_counsellor_would() {
    let mut missing = Vec::new();
    for line in include_str!("counsellor.jsonl").lines() {
        let request: Value = serde_json::from_str(line).unwrap();
        let id = request["id"].as_str().unwrap();
        let answer = answer(starter(), line);
        print(id, &answer);
        let named: Vec<&str> = list(&answer, "recommendations")
            .filter_map(|one| one["credentialId"].as_str())
            .collect();
        let (_, expected) = EXPECTED.iter().find(|(of, _)| *of == id).unwrap();
        missing.extend(
            expected
                .iter()
                .filter(|id| !named.contains(id))
                .map(|wanted| format!("{id}: {wanted}")),
        );
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// Where the union member's case should begin: what is within reach of someone from a bank counter. Needs occupations beyond ICT, so the full ESCO.
#[test]
fn the_member_sees_occupations_within_reach() {
    let Some(catalogue) = full() else { return };
    let teller = |label: &str| {
        catalogue
            .esco
            .occupations
            .iter()
            .find(|one| one.labels.iter().any(|labels| labels.preferred == label))
    };
    let uri = &teller("bank teller").unwrap().uri;
    let request = json!({ "profile": { "occupations": [uri] }, "topK": 8 });
    let answer = answered(catalogue, suggest_occupations, &request);
    for one in list(&answer, "occupations") {
        println!(
            "  {} {:.0} %, {} of {} essential missing, {}; lift: {}",
            one["occupation"]["label"],
            100.0 * one["readiness"].as_f64().unwrap(),
            one["nEssentialMissing"].as_u64().unwrap_or_default(),
            one["nEssential"],
            one["reach"],
            one["lift"]["title"],
        );
    }
    assert!(
        list(&answer, "occupations")
            .next()
            .is_some_and(|first| first["readiness"].as_f64().unwrap() > 0.2)
    );
}
