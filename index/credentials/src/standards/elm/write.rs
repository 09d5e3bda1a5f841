//! How is a credential written as a learning opportunity of the European Learning Model (version 3, JSON-LD), so that reading it gives the same record?
//!
//! The one idea: what is written is read back, and each group that would be lost is written beside it in native JSON, under our own prefix. Inferred
//! links never stand where the model keeps declared ones.

use serde_json::{Map, Value, json};

use super::super::codes;
use super::super::value::{OURS, tidy};
use super::is_local;
use crate::credential::{
    Accreditation, Credential, FundingScheme, Outcome, QualityScope, Texts, text_of,
};
use crate::native;

/// Namespace of our own properties. Each stands for the member of native JSON of the same name.
const NAMESPACE: &str = "urn:skillgap:native:";
/// Context of the European Learning Model's application profile for credentials.
const CONTEXT: &str = "http://data.europa.eu/snb/model/context/edc-ap";

/// One learning opportunity, complete with its context, that gives the same record when it is read.
pub fn to_elm(credential: &Credential) -> Value {
    let mut document = opportunity(credential);
    let mut given_back = None;
    super::read(&tidy(document.clone()), &mut |path, record| {
        if path == "$" {
            given_back = record.ok();
        }
        true
    });
    let stated = native::to_value(credential);
    let read = given_back
        .map(|credential| native::to_value(&credential))
        .unwrap_or_default();
    let nothing = Map::new();
    let (stated, read) = (
        stated.as_object().unwrap_or(&nothing),
        read.as_object().unwrap_or(&nothing),
    );
    let lost = stated
        .iter()
        .filter(|(name, value)| read.get(*name) != Some(*value))
        .map(|(name, value)| (name, value.clone()));
    let gained = read
        .keys()
        .filter(|name| !stated.contains_key(*name))
        .map(|name| (name, Value::Null));
    let laid: Vec<(String, Value)> = lost
        .chain(gained)
        .map(|(name, value)| (format!("{OURS}{name}"), value))
        .collect();
    if let Some(fields) = document.as_object_mut() {
        fields.extend(laid);
    }
    document
}

/// The opportunity as far as the model has places for it.
fn opportunity(credential: &Credential) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| put(&mut fields, name, value);
    put("@context", json!([CONTEXT, { "skillgap": NAMESPACE }]));
    put("id", json!(credential.id));
    if is_local(&credential.id) {
        put("skillgap:id", json!(credential.id));
    }
    put("type", json!("LearningOpportunity"));
    put("title", texts(&credential.title));
    put("description", texts(&credential.description));
    put("dcType", concept(credential.credential_type.as_deref()));
    put(
        "identifier",
        credential
            .identifiers
            .iter()
            .map(|identifier| json!({ "type": "Identifier", "notation": identifier }))
            .collect(),
    );
    put(
        "homepage",
        credential
            .page
            .as_ref()
            .map_or(Value::Null, |page| web_page(page)),
    );
    put(
        "additionalNote",
        note(credential.further_information.as_deref()),
    );
    put(
        "duration",
        json!(text_of(&credential.workload, |workload| &workload.duration)),
    );
    put(
        "scheduleInformation",
        note(text_of(&credential.access, |access| &access.schedule)),
    );
    put(
        "issued",
        json!(text_of(&credential.validity, |validity| &validity.issued)),
    );
    put("modified", json!(credential.modified));
    let starts = credential
        .access
        .iter()
        .flat_map(|access| &access.start_dates);
    put(
        "temporal",
        starts
            .map(|start| json!({ "type": "PeriodOfTime", "startDate": start }))
            .collect(),
    );
    if let Some(mode) = credential.delivery_mode() {
        let (uri, label) = codes::mode_concept(mode);
        put(
            "mode",
            json!({ "id": uri, "type": "Concept", "prefLabel": { "en": label } }),
        );
    }
    let countries = credential
        .countries()
        .iter()
        .filter_map(|code| codes::country_uri(code));
    let place = |uri| json!({ "type": "Location", "address": { "type": "Address", "countryCode": { "id": uri, "type": "Concept" } } });
    put("location", countries.map(place).collect());
    if let Some(cost) = &credential.cost {
        put(
            "priceDetail",
            json!({ "type": "PriceDetail", "amount": amount(cost.amount, &cost.currency) }),
        );
    }
    put(
        "grant",
        credential.funding_schemes().iter().map(grant).collect(),
    );
    put(
        "hasPart",
        credential
            .parts
            .iter()
            .map(|part| json!({ "id": part }))
            .collect(),
    );
    if let Some(provider) = credential.provider_name() {
        let mut organisation = json!({ "type": "Organisation", "legalName": { "und": provider } });
        if let Some(fields) = organisation.as_object_mut() {
            self::put(
                fields,
                "accreditation",
                accreditations(credential, QualityScope::Institution),
            );
        }
        put("providedBy", organisation);
    }
    put(
        "learningAchievementSpecification",
        specification(credential),
    );
    Value::Object(fields)
}

fn specification(credential: &Credential) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| put(&mut fields, name, value);
    put("type", json!("Qualification"));
    put("title", texts(&credential.title));
    put(
        "learningOutcome",
        credential.outcomes.iter().map(outcome).collect(),
    );
    put(
        "language",
        concepts(credential.languages().filter_map(codes::language_uri)),
    );
    put(
        "volumeOfLearning",
        json!(credential.hours().map(|hours| format!("PT{hours}H"))),
    );
    if let Some(ects) = credential.ects() {
        let framework =
            json!({ "id": codes::ECTS_URI, "type": "Concept", "prefLabel": { "en": "ECTS" } });
        put(
            "creditPoint",
            json!({ "type": "CreditPoint", "framework": framework, "point": ects.to_string() }),
        );
    }
    put(
        "eqfLevel",
        concepts(
            credential
                .eqf_level
                .map(|level| format!("http://data.europa.eu/snb/eqf/{level}")),
        ),
    );
    put("nqfLevel", concept(credential.nqf_level.as_deref()));
    put(
        "thematicArea",
        concepts(
            credential
                .isced_codes
                .iter()
                .map(|code| format!("http://data.europa.eu/snb/isced-f/{code}")),
        ),
    );
    put(
        "entryRequirement",
        note(text_of(&credential.entry, |entry| &entry.requirements)),
    );
    put(
        "targetGroup",
        credential
            .target_groups
            .iter()
            .map(|group| concept(Some(group)))
            .collect(),
    );
    put(
        "learningSetting",
        concept(text_of(&credential.access, |access| &access.format)),
    );
    put(
        "isPartOf",
        credential
            .part_of
            .iter()
            .map(|whole| json!({ "id": whole }))
            .collect(),
    );
    put(
        "accreditation",
        accreditations(credential, QualityScope::Programme),
    );
    if let Some(body) = credential.awarding_body_name() {
        put(
            "awardingOpportunity",
            json!({ "type": "AwardingOpportunity", "awardingBody": { "type": "Organisation", "legalName": { "und": body } } }),
        );
    }
    if let Some(assessment) = &credential.assessment {
        let mut proof = Map::new();
        self::put(&mut proof, "type", json!("LearningAssessmentSpecification"));
        self::put(&mut proof, "title", plain(assessment.method.as_deref()));
        self::put(
            &mut proof,
            "idVerification",
            concept(assessment.supervision.as_deref()),
        );
        let scheme = assessment.grading.as_ref().map_or(
            Value::Null,
            |grade| json!({ "type": "GradingScheme", "title": { "und": grade } }),
        );
        self::put(&mut proof, "gradingScheme", scheme);
        put("provenBy", Value::Object(proof));
    }
    let occupations: Vec<Value> = credential
        .occupations
        .iter()
        .map(|occupation| occupation_concept(occupation))
        .collect();
    if !occupations.is_empty() {
        put(
            "entitlesTo",
            json!({ "type": "LearningEntitlementSpecification", "limitOccupation": occupations }),
        );
    }
    Value::Object(fields)
}

/// An outcome; links that we inferred stand under our own name, with their confidence.
fn outcome(outcome: &Outcome) -> Value {
    let mut fields = Map::new();
    put(&mut fields, "type", json!("LearningOutcome"));
    put(&mut fields, "title", texts(&outcome.text));
    let of = |is_inferred: bool| {
        let links = outcome.skills.iter();
        links.filter(move |link| link.is_inferred() == is_inferred)
    };
    put(
        &mut fields,
        "relatedESCOSkill",
        concepts(of(false).map(|link| link.uri.clone())),
    );
    let inferred = of(true)
        .map(|link| json!({ "id": link.uri, "type": "Concept", "confidence": link.certainty() }));
    put(&mut fields, "skillgap:inferredSkill", inferred.collect());
    Value::Object(fields)
}

fn accreditations(credential: &Credential, scope: QualityScope) -> Value {
    credential
        .accreditations()
        .filter(|stated| stated.scope() == scope)
        .map(accreditation)
        .collect()
}

fn accreditation(stated: &Accreditation) -> Value {
    let mut agent = Map::new();
    put(&mut agent, "id", json!(stated.accreditor_id));
    put(&mut agent, "type", json!("Organisation"));
    put(&mut agent, "legalName", json!({ "und": stated.accreditor }));
    let mut fields = Map::new();
    put(&mut fields, "type", json!("Accreditation"));
    put(&mut fields, "dcType", concept(stated.mechanism.as_deref()));
    put(&mut fields, "accreditingAgent", Value::Object(agent));
    put(
        &mut fields,
        "limitEQFLevel",
        concepts(
            stated
                .eqf_level_max
                .map(|level| format!("http://data.europa.eu/snb/eqf/{level}")),
        ),
    );
    put(&mut fields, "dateIssued", json!(stated.valid_from));
    put(&mut fields, "expiryDate", json!(stated.valid_until));
    let source = stated.source.as_deref();
    put(
        &mut fields,
        "homepage",
        source.map_or(Value::Null, web_page),
    );
    Value::Object(fields)
}

fn grant(scheme: &FundingScheme) -> Value {
    let mut fields = Map::new();
    put(&mut fields, "type", json!("Grant"));
    put(&mut fields, "title", json!({ "und": scheme.name }));
    put(
        &mut fields,
        "amount",
        scheme
            .amount_max
            .as_ref()
            .map_or(Value::Null, |money| amount(money.amount, &money.currency)),
    );
    put(&mut fields, "contentURL", json!(scheme.source));
    Value::Object(fields)
}

fn amount(value: f64, currency: &str) -> Value {
    let unit = format!("http://publications.europa.eu/resource/authority/currency/{currency}");
    json!({ "type": "Amount", "unit": { "id": unit, "type": "Concept" }, "value": value })
}

/// Puts a value that says something.
fn put(fields: &mut Map<String, Value>, name: &str, value: Value) {
    let says_nothing = match &value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(inner) => inner.is_empty(),
        _ => false,
    };
    if !says_nothing {
        fields.insert(name.to_owned(), value);
    }
}

/// A language map; tagged texts where Indonesian (`id`) would look like the id of a node.
fn texts(texts: &Texts) -> Value {
    if texts.contains_key("id") {
        return texts
            .iter()
            .map(|(language, text)| json!({ "@language": language, "@value": text }))
            .collect();
    }
    json!(texts)
}

/// A text whose language is not known.
fn plain(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| json!({ "und": text }))
}

fn note(text: Option<&str>) -> Value {
    text.map_or(
        Value::Null,
        |text| json!({ "type": "Note", "noteLiteral": { "und": text } }),
    )
}

fn concept(text: Option<&str>) -> Value {
    text.map_or(
        Value::Null,
        |text| json!({ "type": "Concept", "prefLabel": { "und": text } }),
    )
}

fn concepts(uris: impl IntoIterator<Item = String>) -> Value {
    uris.into_iter()
        .map(|uri| json!({ "id": uri, "type": "Concept" }))
        .collect()
}

fn occupation_concept(occupation: &str) -> Value {
    if occupation.contains("/esco/occupation/") {
        json!({ "id": occupation, "type": "Concept" })
    } else {
        concept(Some(occupation))
    }
}

fn web_page(address: &str) -> Value {
    json!({ "type": "WebResource", "contentURL": address })
}
