//! How is a credential written as a learning opportunity of the European Learning Model (version 3, JSON-LD), so that reading it gives the same record?
//!
//! The one idea: what is written is read back, and each group that would be lost is written beside it in native JSON, under our own prefix. Inferred
//! links never stand where the model keeps declared ones.

use serde_json::{Map, Value, json};

use super::super::codes;
use super::super::value::{OURS, tidy};
use super::is_local;
use crate::credential::{
    Accreditation, Credential, FundingScheme, Outcome, QualityScope, Right, Texts,
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
    for (name, value) in stated {
        if read.get(name) != Some(value) {
            document[format!("{OURS}{name}")] = value.clone();
        }
    }
    for name in read.keys().filter(|name| !stated.contains_key(*name)) {
        document[format!("{OURS}{name}")] = Value::Null;
    }
    document
}

/// The opportunity as far as the model has places for it.
fn opportunity(credential: &Credential) -> Value {
    let access = credential.access.clone().unwrap_or_default();
    let duration = credential
        .workload
        .as_ref()
        .and_then(|workload| workload.duration.as_deref());
    let issued = credential
        .validity
        .as_ref()
        .and_then(|validity| validity.issued.as_deref());
    let mode = credential.delivery_mode().map(|mode| {
        let (uri, label) = codes::mode_concept(mode);
        json!({ "id": uri, "type": "Concept", "prefLabel": { "en": label } })
    });
    let id = Some(&credential.id);
    said(json!({
        "@context": [CONTEXT, { "skillgap": NAMESPACE }],
        "id": id,
        "skillgap:id": id.filter(|id| is_local(id)),
        "type": "LearningOpportunity",
        "title": texts(&credential.title),
        "description": texts(&credential.description),
        "dcType": concept(credential.credential_type.as_deref()),
        "identifier": each(&credential.identifiers, |identifier| {
            json!({ "type": "Identifier", "notation": identifier })
        }),
        "homepage": credential.page.as_deref().map(web_page),
        "additionalNote": note(credential.further_information.as_deref()),
        "duration": duration,
        "scheduleInformation": note(access.schedule.as_deref()),
        "issued": issued,
        "modified": credential.modified,
        "temporal": each(&access.start_dates, |start| {
            json!({ "type": "PeriodOfTime", "startDate": start })
        }),
        "mode": mode,
        "location": each(credential.countries(), |code| location(code)),
        "priceDetail": credential.cost.as_ref().map(|cost| {
            json!({ "type": "PriceDetail", "amount": amount(cost.amount, &cost.currency) })
        }),
        "grant": each(credential.funding_schemes(), grant),
        "hasPart": each(&credential.parts, |part| json!({ "id": part })),
        "providedBy": credential.provider_name().map(|name| {
            json!({
                "type": "Organisation",
                "legalName": { "und": name },
                "accreditation": accreditations(credential, QualityScope::Institution),
            })
        }),
        "learningAchievementSpecification": specification(credential),
    }))
}

fn specification(credential: &Credential) -> Value {
    let access = credential.access.clone().unwrap_or_default();
    let requirements = credential
        .entry
        .as_ref()
        .and_then(|entry| entry.requirements.as_deref());
    json!({
        "type": "Qualification",
        "title": texts(&credential.title),
        // What was linked to the title or the description is none that its source states.
        "learningOutcome": credential
            .outcomes
            .iter()
            .filter(|outcome| outcome.is_stated())
            .map(outcome)
            .collect::<Vec<_>>(),
        "language": concepts(credential.languages().filter_map(codes::language_uri)),
        "volumeOfLearning": credential.hours().map(|hours| format!("PT{hours}H")),
        "creditPoint": credential.ects().map(|ects| {
            let framework = json!({
                "id": codes::ECTS_URI,
                "type": "Concept",
                "prefLabel": { "en": "ECTS" },
            });
            json!({ "type": "CreditPoint", "framework": framework, "point": ects.to_string() })
        }),
        "eqfLevel": eqf_level(credential.eqf_level),
        "nqfLevel": concept(credential.nqf_level.as_deref()),
        "thematicArea": concepts(credential.isced_codes.iter().map(|code| {
            format!("http://data.europa.eu/snb/isced-f/{code}")
        })),
        "entryRequirement": note(requirements),
        "targetGroup": each(&credential.target_groups, |group| concept(Some(group))),
        "learningSetting": concept(access.format.as_deref()),
        "isPartOf": each(&credential.part_of, |whole| json!({ "id": whole })),
        "accreditation": accreditations(credential, QualityScope::Programme),
        "awardingOpportunity": credential.awarding_body_name().map(|name| {
            let body = json!({ "type": "Organisation", "legalName": { "und": name } });
            json!({ "type": "AwardingOpportunity", "awardingBody": body })
        }),
        "provenBy": credential.assessment.as_ref().map(|assessment| {
            json!({
                "type": "LearningAssessmentSpecification",
                "title": plain(assessment.method.as_deref()),
                "idVerification": concept(assessment.supervision.as_deref()),
                "gradingScheme": assessment.grading.as_ref().map(|grade| {
                    json!({ "type": "GradingScheme", "title": { "und": grade } })
                }),
            })
        }),
        "entitlesTo": each(&credential.rights, right),
    })
}

/// An outcome; links that we inferred stand under our own name, with their confidence.
fn outcome(outcome: &Outcome) -> Value {
    let (inferred, declared): (Vec<_>, Vec<_>) =
        outcome.skills.iter().partition(|link| link.is_inferred());
    json!({
        "type": "LearningOutcome",
        "title": texts(&outcome.text),
        "relatedESCOSkill": concepts(declared.iter().map(|link| link.uri.clone())),
        "skillgap:inferredSkill": each(&inferred, |link| {
            json!({ "id": link.uri, "type": "Concept", "confidence": link.certainty() })
        }),
    })
}

fn accreditations(credential: &Credential, scope: QualityScope) -> Value {
    let stated = credential
        .accreditations()
        .filter(|stated| stated.scope() == scope);
    stated.map(accreditation).collect()
}

fn accreditation(stated: &Accreditation) -> Value {
    json!({
        "type": "Accreditation",
        "dcType": concept(stated.mechanism.as_deref()),
        "accreditingAgent": {
            "id": stated.accreditor_id,
            "type": "Organisation",
            "legalName": { "und": stated.accreditor },
        },
        "limitEQFLevel": eqf_level(stated.eqf_level_max),
        "dateIssued": stated.valid_from,
        "expiryDate": stated.valid_until,
        "homepage": stated.source.as_deref().map(web_page),
    })
}

fn grant(scheme: &FundingScheme) -> Value {
    let most = scheme.amount_max.as_ref();
    json!({
        "type": "Grant",
        "title": { "und": scheme.name },
        "amount": most.map(|money| amount(money.amount, &money.currency)),
        "contentURL": scheme.source,
    })
}

fn amount(value: f64, currency: &str) -> Value {
    let unit = format!("http://publications.europa.eu/resource/authority/currency/{currency}");
    json!({ "type": "Amount", "unit": { "id": unit, "type": "Concept" }, "value": value })
}

fn location(country: &str) -> Value {
    let Some(uri) = codes::country_uri(country) else {
        return Value::Null;
    };
    let code = json!({ "id": uri, "type": "Concept" });
    json!({ "type": "Location", "address": { "type": "Address", "countryCode": code } })
}

/// Without what says nothing: nulls, and lists and objects that are empty. Our own properties stay as they are.
fn said(value: Value) -> Value {
    match value {
        Value::Array(entries) => entries.into_iter().map(said).filter(says).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, said(value)));
            Value::Object(fields.filter(|(_, value)| says(value)).collect())
        }
        other => other,
    }
}

fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(entries) => !entries.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

fn each<T>(things: &[T], write: impl Fn(&T) -> Value) -> Value {
    things.iter().map(write).collect()
}

/// A language map; tagged texts where Indonesian (`id`) would look like the id of a node.
fn texts(texts: &Texts) -> Value {
    if texts.contains_key("id") {
        let tagged = texts.iter();
        let tagged =
            tagged.map(|(language, text)| json!({ "@language": language, "@value": text }));
        return tagged.collect();
    }
    json!(texts)
}

/// A text whose language is not known.
fn plain(text: Option<&str>) -> Value {
    json!(text.map(|text| json!({ "und": text })))
}

fn note(text: Option<&str>) -> Value {
    json!(text.map(|text| json!({ "type": "Note", "noteLiteral": { "und": text } })))
}

fn concept(text: Option<&str>) -> Value {
    json!(text.map(|text| json!({ "type": "Concept", "prefLabel": { "und": text } })))
}

fn concepts(uris: impl IntoIterator<Item = String>) -> Value {
    let uris = uris.into_iter();
    uris.map(|uri| json!({ "id": uri, "type": "Concept" }))
        .collect()
}

fn eqf_level(level: Option<u32>) -> Value {
    concepts(level.map(|level| format!("http://data.europa.eu/snb/eqf/{level}")))
}

fn right(right: &Right) -> Value {
    let countries = right
        .countries
        .iter()
        .filter_map(|code| codes::country_uri(code));
    json!({
        "id": right.id,
        "type": "LearningEntitlementSpecification",
        "title": { "und": right.name },
        "limitOccupation": concepts(right.occupation_uris.iter().cloned()),
        "limitJurisdiction": concepts(countries),
    })
}

fn web_page(address: &str) -> Value {
    json!({ "type": "WebResource", "contentURL": address })
}
