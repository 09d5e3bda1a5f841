//! Which achievements stand in an Open Badge 3.0 or a Comprehensive Learner Record 2.0, and what do they state?

use serde_json::Value;

use super::codes;
use super::draft::{Draft, push_new, words};
use super::value::{
    Hand, first, id, is_a, label_text, list, number, string_of, text_language, texts,
};
use crate::credential::{Accreditation, Credential, QualityScope};
use crate::day;

/// Alignments of these types name something else than a competency.
const NO_COMPETENCY: [&str; 6] = [
    "CTDL",
    "Credential",
    "CFDocument",
    "CFPackage",
    "CFRubric",
    "CFRubricCriterion",
];

/// Whether a tidied document is an award of this standard, by its class or by its context.
pub fn is_badge(document: &Value) -> bool {
    const CLASSES: [&str; 5] = [
        "OpenBadgeCredential",
        "AchievementCredential",
        "ClrCredential",
        "Achievement",
        "EndorsementCredential",
    ];
    let by_context = list(document, "@context")
        .into_iter()
        .filter_map(Value::as_str)
        .any(|context| context.contains("purl.imsglobal.org"));
    by_context || CLASSES.iter().any(|class| is_a(document, class))
}

/// Hands each achievement of a tidied document to `sink`, with its JSON path. `base` is the path of the document.
pub fn read(document: &Value, base: &str, sink: Hand<'_>) {
    let mut refuse = |at: &str, reason: &str| {
        sink(format!("{base}{at}"), Err(reason.to_owned()));
    };
    if is_a(document, "Achievement") {
        sink(base.to_owned(), record(document, &Value::Null));
        return;
    }
    let is_record = is_a(document, "ClrCredential");
    if !is_record
        && !is_a(document, "OpenBadgeCredential")
        && !is_a(document, "AchievementCredential")
    {
        return refuse(
            ".type",
            "names neither OpenBadgeCredential, AchievementCredential nor ClrCredential",
        );
    }
    if first(document, "issuer").is_none() {
        return refuse(".issuer", "is missing");
    }
    let Some(subject) = first(document, "credentialSubject") else {
        return refuse(".credentialSubject", "is missing");
    };
    if is_record {
        return learner_record(document, subject, base, sink);
    }
    if subject.get("type").is_some() && !is_a(subject, "AchievementSubject") {
        return refuse(".credentialSubject.type", "is not AchievementSubject");
    }
    match first(subject, "achievement") {
        Some(achievement) if achievement.is_object() => {
            sink(
                format!("{base}.credentialSubject.achievement"),
                record(achievement, document),
            );
        }
        _ => refuse(".credentialSubject.achievement", "is missing"),
    }
}

/// Every achievement of a record, once: those of the awards in it, then those that stand by themselves.
fn learner_record(document: &Value, subject: &Value, base: &str, sink: Hand<'_>) {
    let mut seen: Vec<String> = Vec::new();
    for (at, award) in list(subject, "verifiableCredential")
        .into_iter()
        .enumerate()
    {
        let awarded = first(award, "credentialSubject")
            .and_then(|subject| first(subject, "achievement"))
            .and_then(id);
        seen.extend(awarded.map(str::to_owned));
        read(
            award,
            &format!("{base}.credentialSubject.verifiableCredential[{at}]"),
            sink,
        );
    }
    for (at, achievement) in list(subject, "achievement").into_iter().enumerate() {
        if !id(achievement).is_some_and(|id| seen.iter().any(|seen| seen == id)) {
            sink(
                format!("{base}.credentialSubject.achievement[{at}]"),
                record(achievement, document),
            );
        }
    }
}

/// One achievement, in an award or by itself (then `award` is null).
fn record(achievement: &Value, award: &Value) -> Result<Credential, String> {
    let mut draft = Draft::default();
    let language = string_of(achievement, "inLanguage").or_else(|| string_of(award, "inLanguage"));
    let spoken = language
        .as_deref()
        .map_or_else(|| "und".to_owned(), text_language);
    let said = |name: &str| {
        achievement
            .get(name)
            .map_or(Vec::new(), |text| texts(text, &spoken))
    };
    draft.credential.id = id(achievement)
        .or_else(|| id(award))
        .unwrap_or_default()
        .to_owned();
    draft.title = said("name");
    draft.description = said("description");
    draft.languages(language.as_deref());
    let issuer = first(award, "issuer");
    let creator = first(achievement, "creator");
    let name = |profile: &Value| {
        label_text(profile)
            .filter(|_| profile.get("name").is_some())
            .or_else(|| id(profile).map(str::to_owned))
    };
    draft.provider = creator.and_then(name);
    draft.awarding_body = issuer.and_then(name);
    let address = [creator, issuer]
        .into_iter()
        .flatten()
        .find_map(|profile| first(profile, "address"));
    let country = address.and_then(|address| {
        string_of(address, "addressCountryCode").or_else(|| string_of(address, "addressCountry"))
    });
    draft.countries(country.as_deref());
    outcomes(achievement, &spoken, &mut draft);
    let criteria =
        first(achievement, "criteria").and_then(|criteria| string_of(criteria, "narrative"));
    if draft.credential.outcomes.is_empty() {
        // Without alignments the criteria are all that says what is achieved.
        let text = first(achievement, "criteria")
            .and_then(|criteria| criteria.get("narrative"))
            .map_or(Vec::new(), |text| texts(text, &spoken));
        draft.outcome(text, &[]);
    }
    draft.assessment.method = criteria;
    draft.credential.credential_type = string_of(achievement, "achievementType");
    if let Some(available) = first(achievement, "creditsAvailable") {
        draft.credits(
            number(available),
            &available.to_string(),
            "",
            "a system that is not named",
        );
    }
    let mut results = Vec::new();
    for described in list(achievement, "resultDescription") {
        let allowed = list(described, "allowedValue")
            .into_iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let parts: Vec<String> = [
            string_of(described, "name"),
            Some(allowed).filter(|allowed| !allowed.is_empty()),
        ]
        .into_iter()
        .flatten()
        .collect();
        push_new(&mut results, parts.join(": "));
    }
    draft.assessment.grading = words(&results);
    draft.credential.page = first(achievement, "criteria")
        .and_then(id)
        .filter(|id| id.starts_with("http"))
        .map(str::to_owned);
    draft
        .credential
        .identifiers
        .extend(string_of(achievement, "humanCode"));
    let field: Vec<String> = ["fieldOfStudy", "specialization"]
        .iter()
        .filter_map(|name| string_of(achievement, name))
        .collect();
    draft.credential.further_information = words(&field);
    let scoped = [
        (Some(achievement), QualityScope::Programme),
        (issuer, QualityScope::Institution),
    ];
    for (node, scope) in scoped
        .into_iter()
        .filter_map(|(node, scope)| Some((node?, scope)))
    {
        draft.quality.accreditations.extend(
            list(node, "endorsement")
                .into_iter()
                .filter_map(|endorsement| endorsed(endorsement, scope)),
        );
    }
    let date = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| string_of(award, name))
            .and_then(|date| day::date(&date))
    };
    draft.validity.issued = date(&["awardedDate", "issuanceDate"]);
    draft.validity.valid_from = date(&["validFrom"]);
    draft.validity.valid_until = date(&["validUntil", "expirationDate"]);
    draft.finish()
}

/// Alignments with competencies are outcomes; those that name an ESCO skill are declared links.
fn outcomes(achievement: &Value, spoken: &str, draft: &mut Draft) {
    for alignment in list(achievement, "alignment") {
        let url = first(alignment, "targetUrl")
            .and_then(id)
            .unwrap_or_default();
        let kind = string_of(alignment, "targetType").unwrap_or_default();
        let is_skill = codes::esco_skill(url).is_some();
        if url.contains("/esco/occupation/") {
            push_new(&mut draft.credential.occupations, url.to_owned());
            continue;
        }
        if !is_skill && NO_COMPETENCY.contains(&codes::local(&kind)) {
            continue;
        }
        let text = ["targetDescription", "targetName"]
            .iter()
            .find_map(|name| alignment.get(*name).map(|text| texts(text, spoken)));
        let declared = if is_skill {
            vec![(url.to_owned(), String::new())]
        } else {
            Vec::new()
        };
        draft.outcome(text.unwrap_or_default(), &declared);
    }
}

/// An endorsement, as a fact with who says so.
fn endorsed(endorsement: &Value, scope: QualityScope) -> Option<Accreditation> {
    let issuer = first(endorsement, "issuer")?;
    let on = |name: &str| string_of(endorsement, name).and_then(|date| day::date(&date));
    Some(Accreditation {
        accreditor: string_of(issuer, "name").or_else(|| id(issuer).map(str::to_owned))?,
        accreditor_id: id(issuer).map(str::to_owned),
        mechanism: Some("endorsement".to_owned()),
        scope: scope.into(),
        valid_from: on("validFrom"),
        valid_until: on("validUntil"),
        source: id(endorsement).map(str::to_owned),
        ..Accreditation::default()
    })
}
