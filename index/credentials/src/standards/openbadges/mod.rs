//! Which achievements stand in an Open Badge (2.0 or 3.0) or a Comprehensive Learner Record 2.0, and what do they state?

mod alignment;
mod association;

use serde_json::Value;

use super::draft::{Draft, push_new, words};
use super::nodes::{Node, Nodes};
use super::value::{Hand, is_a, list, text_language};
use crate::credential::{Accreditation, Credential, QualityScope};
use association::Associations;

/// Whether a tidied document is an award of this standard, by its class or by its context.
pub fn is_badge(document: &Value) -> bool {
    const CLASSES: [&str; 7] = [
        "Assertion",
        "BadgeClass",
        "OpenBadgeCredential",
        "AchievementCredential",
        "ClrCredential",
        "Achievement",
        "EndorsementCredential",
    ];
    let by_context = list(document, "@context")
        .into_iter()
        .filter_map(Value::as_str)
        .any(|context| {
            context.contains("purl.imsglobal.org") || context.contains("w3id.org/openbadges")
        });
    by_context || CLASSES.iter().any(|class| is_a(document, class))
}

/// Hands each achievement of a tidied document to `sink`, with its JSON path. References are not followed.
pub fn read(document: &Value, sink: Hand<'_>) {
    let nodes = Nodes::default();
    let document = Node::new(document, &nodes);
    award(document, "$", &Associations::default(), sink);
}

fn award(document: Node<'_>, base: &str, associated: &Associations<'_>, sink: Hand<'_>) {
    let mut refuse = |at: &str, reason: &str| {
        sink(format!("{base}{at}"), Err(reason.to_owned()));
    };
    if document.is_a("Achievement") || document.is_a("BadgeClass") {
        sink(
            base.to_owned(),
            record(document, document.nothing(), associated),
        );
        return;
    }
    if document.is_a("Assertion") {
        let badge = document.at("badge");
        if !badge.is_node() {
            let reason = "is not in the document, only its address or nothing; what the badge stands for is not known";
            return refuse(".badge", reason);
        }
        sink(format!("{base}.badge"), record(badge, document, associated));
        return;
    }
    let is_record = document.is_a("ClrCredential");
    let is_award = |class: &&str| document.is_a(class);
    if !is_record
        && !["OpenBadgeCredential", "AchievementCredential"]
            .iter()
            .any(is_award)
    {
        let reason = "names neither OpenBadgeCredential, AchievementCredential nor ClrCredential";
        return refuse(".type", reason);
    }
    if document.at("issuer").value.is_null() {
        return refuse(".issuer", "is missing");
    }
    let subject = document.at("credentialSubject");
    if subject.value.is_null() {
        return refuse(".credentialSubject", "is missing");
    }
    if is_record {
        return learner_record(document, subject, base, sink);
    }
    if subject.has("type") && !subject.is_a("AchievementSubject") {
        return refuse(".credentialSubject.type", "is not AchievementSubject");
    }
    let achievement = subject.at("achievement");
    if !achievement.is_node() {
        return refuse(".credentialSubject.achievement", "is missing");
    }
    let path = format!("{base}.credentialSubject.achievement");
    sink(path, record(achievement, document, associated));
}

/// Every achievement of a record, once: those of the awards in it, then those that stand by themselves.
fn learner_record(document: Node<'_>, subject: Node<'_>, base: &str, sink: Hand<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    let associated = Associations::of(subject);
    for (at, held) in subject.list("verifiableCredential").enumerate() {
        seen.extend(held.at("credentialSubject").at("achievement").id());
        award(
            held,
            &format!("{base}.credentialSubject.verifiableCredential[{at}]"),
            &associated,
            sink,
        );
    }
    for (at, achievement) in subject.list("achievement").enumerate() {
        if !achievement.id().is_some_and(|id| seen.contains(&id)) {
            let path = format!("{base}.credentialSubject.achievement[{at}]");
            sink(path, record(achievement, document, &associated));
        }
    }
}

/// One achievement, in an award or by itself (then `award` is nothing).
fn record(
    achievement: Node<'_>,
    award: Node<'_>,
    associated: &Associations<'_>,
) -> Result<Credential, String> {
    let mut draft = Draft::default();
    let language = achievement
        .string("inLanguage")
        .or_else(|| award.string("inLanguage"))
        .or_else(|| achievement.at("LanguageExtension").string("Language"));
    let spoken = language
        .as_deref()
        .map_or_else(|| "und".to_owned(), text_language);
    let id = achievement.id().or(award.id());
    draft.credential.id = id.unwrap_or_default().to_owned();
    draft.title = achievement.texts("name", &spoken);
    draft.description = achievement.texts("description", &spoken);
    draft.languages(language.as_deref());
    let mut issuers = [award.at("issuer"), achievement.at("issuer")].into_iter();
    let issuer = issuers.find(|issuer| !issuer.value.is_null());
    let issuer = issuer.unwrap_or(award.nothing());
    let creator = achievement.at("creator");
    let name = |profile: Node<'_>| {
        let label = profile.label().filter(|_| profile.has("name"));
        label.or_else(|| profile.id().map(str::to_owned))
    };
    draft.provider = name(creator);
    draft.awarding_body = name(issuer);
    let mut addresses = [creator.at("address"), issuer.at("address")].into_iter();
    let country = addresses
        .find(|address| !address.value.is_null())
        .and_then(|address| {
            let code = address.string("addressCountryCode");
            code.or_else(|| address.string("addressCountry"))
        });
    draft.countries(country.as_deref());
    for stated in achievement.list("alignment") {
        alignment::align(stated, &spoken, &mut draft);
    }
    alignment::extensions(achievement, &spoken, &mut draft);
    let criteria = achievement.at("criteria");
    if draft.credential.outcomes.is_empty() {
        // Without alignments the criteria are all that says what is achieved.
        draft.outcome(criteria.texts("narrative", &spoken), &[]);
    }
    draft.assessment.method = criteria.string("narrative");
    draft.credential.credential_type = achievement.string("achievementType");
    let credits = achievement.at("creditsAvailable");
    if !credits.value.is_null() {
        let points = achievement.number("creditsAvailable");
        draft.credits(
            points,
            &credits.value.to_string(),
            "",
            "a system that is not named",
        );
    }
    let mut results = Vec::new();
    for described in achievement.list("resultDescription") {
        let allowed = described
            .list("allowedValue")
            .filter_map(|value| value.value.as_str());
        let allowed = allowed.collect::<Vec<_>>().join(", ");
        let name = described.string("name").unwrap_or_default();
        let parts = [name, allowed].into_iter().filter(|part| !part.is_empty());
        push_new(&mut results, parts.collect::<Vec<_>>().join(": "));
    }
    draft.assessment.grading = words(&results);
    let page = criteria.id().filter(|id| id.starts_with("http"));
    draft.credential.page = page.map(str::to_owned);
    draft
        .credential
        .identifiers
        .extend(achievement.string("humanCode"));
    let field = ["fieldOfStudy", "specialization"].map(|name| achievement.string(name));
    draft.credential.further_information = words(&field.into_iter().flatten().collect::<Vec<_>>());
    let scoped = [
        (achievement, QualityScope::Programme),
        (issuer, QualityScope::Institution),
    ];
    for (node, scope) in scoped {
        let endorsements = node.list("endorsement");
        let stated = endorsements.filter_map(|endorsement| endorsed(endorsement, scope));
        draft.quality.accreditations.extend(stated);
    }
    draft.award_dates(award);
    associated.relate(achievement, &mut draft);
    draft.finish()
}

/// An endorsement, as a fact with who says so.
fn endorsed(endorsement: Node<'_>, scope: QualityScope) -> Option<Accreditation> {
    let issuer = endorsement.at("issuer");
    let accreditor = issuer
        .string("name")
        .or_else(|| issuer.id().map(str::to_owned))?;
    Some(Accreditation {
        accreditor,
        accreditor_id: issuer.id().map(str::to_owned),
        mechanism: Some("endorsement".to_owned()),
        scope: scope.into(),
        valid_from: endorsement.date(["validFrom"]),
        valid_until: endorsement.date(["validUntil"]),
        source: endorsement.id().map(str::to_owned),
        ..Accreditation::default()
    })
}
