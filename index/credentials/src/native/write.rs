//! How is a credential written as native JSON? So that reading it gives the same record; what is not stated is left out.

use serde_json::{Map, Value, json};

use crate::credential::{
    Accreditation, Credential, FundingScheme, LinkOrigin, Money, Outcome, Scope, TrustSignal,
};
use crate::day;
use skillgap_esco::Text;

/// One line of native JSON, without the line feed.
pub fn to_line(credential: &Credential) -> String {
    to_value(credential).to_string()
}

/// The native JSON of a credential.
pub fn to_value(credential: &Credential) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(credential.id));
    object.insert("title".to_owned(), texts(&credential.title));
    let mut put = |name: &str, value: Value| {
        if !is_nothing(&value) {
            object.insert(name.to_owned(), value);
        }
    };
    put("description", texts(&credential.description));
    put(
        "outcomes",
        credential.outcomes.iter().map(outcome).collect(),
    );
    put("country", json!(credential.countries));
    put("languages", json!(credential.languages));
    put("hours", json!(credential.hours));
    put("hoursMin", json!(credential.hours_min));
    put("ects", json!(credential.ects));
    put("eqfLevel", json!(credential.eqf_level));
    put("cost", json!(credential.cost.as_ref().map(money)));
    put("mode", json!(credential.mode.map(|mode| mode.name())));
    put("prerequisites", json!(credential.prerequisites));
    put("prerequisiteGroups", json!(credential.prerequisite_groups));
    put(
        "skillsRequired",
        credential
            .skills_required
            .iter()
            .map(|uri| json!({ "uri": uri }))
            .collect(),
    );
    put("partOf", json!(credential.part_of));
    put("parts", json!(credential.parts));
    put(
        "trustSignals",
        credential.trust_signals.iter().map(signal).collect(),
    );
    put(
        "accreditations",
        credential
            .accreditations
            .iter()
            .map(accreditation)
            .collect(),
    );
    put(
        "fundingSchemes",
        credential.funding_schemes.iter().map(scheme).collect(),
    );
    put("standards", json!(credential.standards));
    put("funding", json!(credential.funding));
    put(
        "startDates",
        credential
            .start_days
            .iter()
            .filter_map(|start| day::format(*start))
            .map(Value::String)
            .collect(),
    );
    put("modified", date(credential.modified_day));
    put("version", json!(credential.version));
    put("issued", date(credential.issued_day));
    put("validFrom", date(credential.valid_from_day));
    put("validUntil", date(credential.valid_until_day));
    put("isced", json!(credential.isced));
    put("targetGroups", json!(credential.target_groups));
    put("identifiers", json!(credential.identifiers));
    put("occupations", json!(credential.occupations));
    put("doubts", json!(credential.doubts));
    for (name, text) in plain_texts(credential) {
        put(name, json!(text));
    }
    Value::Object(object)
}

/// The fields that are one text in the source's words, by their names.
pub(crate) fn plain_texts(credential: &Credential) -> [(&'static str, &Option<String>); 18] {
    [
        ("provider", &credential.provider),
        ("awardingBody", &credential.awarding_body),
        ("credentialType", &credential.credential_type),
        ("nqfLevel", &credential.nqf_level),
        ("sector", &credential.sector),
        ("assessment", &credential.assessment),
        ("stackability", &credential.stackability),
        ("costNote", &credential.cost_note),
        ("duration", &credential.duration),
        ("purpose", &credential.purpose),
        ("participation", &credential.participation),
        ("supervision", &credential.supervision),
        ("grade", &credential.grade),
        ("homepage", &credential.homepage),
        ("furtherInformation", &credential.further_information),
        ("entryRequirements", &credential.entry_requirements),
        ("format", &credential.format),
        ("schedule", &credential.schedule),
    ]
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(_, value)| !is_nothing(value))
                .collect(),
        ),
        other => other,
    }
}

fn texts(texts: &[Text]) -> Value {
    Value::Object(
        texts
            .iter()
            .map(|text| (text.language.clone(), json!(text.text)))
            .collect(),
    )
}

fn date(day: Option<i64>) -> Value {
    json!(day.and_then(day::format))
}

fn money(money: &Money) -> Value {
    json!({ "amount": money.amount, "currency": money.currency })
}

fn outcome(outcome: &Outcome) -> Value {
    let skills: Vec<Value> = outcome
        .skills
        .iter()
        .map(|link| match link.origin {
            LinkOrigin::Declared => json!({ "uri": link.uri }),
            LinkOrigin::Inferred => {
                json!({ "uri": link.uri, "origin": "inferred", "confidence": link.confidence })
            }
        })
        .collect();
    without_nothing(json!({ "text": texts(&outcome.text), "skills": skills }))
}

fn scope(scope: Option<Scope>) -> Option<&'static str> {
    scope.map(|scope| match scope {
        Scope::Institution => "institution",
        Scope::Programme => "programme",
    })
}

fn signal(stated: &TrustSignal) -> Value {
    without_nothing(json!({
        "signal": stated.signal.name(),
        "value": stated.value,
        "source": stated.source,
        "scope": scope(stated.scope),
        "validUntil": date(stated.valid_until_day),
    }))
}

fn accreditation(stated: &Accreditation) -> Value {
    without_nothing(json!({
        "accreditor": stated.accreditor,
        "accreditorId": stated.accreditor_id,
        "mechanism": stated.mechanism,
        "scope": scope(stated.scope),
        "eqfLevelMax": stated.eqf_level_max,
        "validFrom": date(stated.valid_from_day),
        "validUntil": date(stated.valid_until_day),
        "source": stated.source,
    }))
}

fn scheme(stated: &FundingScheme) -> Value {
    without_nothing(json!({
        "name": stated.name,
        "eligible": stated.eligible,
        "amount": stated.amount.as_ref().map(money),
        "share": stated.share,
        "until": date(stated.until_day),
        "source": stated.source,
    }))
}
