//! What does one node of CTDL state? Texts, outcomes, levels, workload, conditions, quality assurance.

use serde_json::Value;

use super::super::codes;
use super::super::draft::{Draft, push_new, words};
use super::super::duration::Duration;
use super::super::nodes::Node;
use super::super::value::{english, text_language, types};
use crate::credential::{Accreditation, PrerequisiteGroup, QualityScope, WORLDWIDE};
use skillgap_esco::Text;

/// Classes that are records beside those that end as credentials do ([`is_record`]).
const RECORDS: [&str; 20] = [
    "Badge",
    "Certificate",
    "Certification",
    "Course",
    "Credential",
    "Diploma",
    "GeneralEducationDevelopment",
    "LearningOpportunity",
    "LearningOpportunityProfile",
    "LearningProgram",
    "License",
    "MicroCredential",
    "Pathway",
    "SecondarySchoolDiploma",
    "CertificateOfCompletion",
    "ProficiencyBadge",
    "AssessmentProfile",
    "Assessment",
    "CourseComponent",
    "CredentialComponent",
];
/// Relations to who assures quality, with the name of the mechanism.
const ASSURED: [(&str, &str); 4] = [
    ("accreditedBy", "accreditation"),
    ("approvedBy", "approval"),
    ("recognizedBy", "recognition"),
    ("regulatedBy", "regulation"),
];

/// Whether a node is a record: what a person can earn or attend.
pub(super) fn is_record(node: &Value) -> bool {
    let known = |class: &str| {
        RECORDS.contains(&class)
            || class.ends_with("Degree")
            || class.ends_with("Certificate")
            || class.ends_with("Diploma")
            || class.ends_with("Badge")
    };
    types(node).into_iter().any(known)
}

/// Reads everything that a node states but its conditions, costs and relations.
pub(super) fn describe(node: Node<'_>, draft: &mut Draft) {
    let languages = node.strings("inLanguage");
    draft.languages(languages.iter().map(String::as_str));
    let spoken = match languages.as_slice() {
        [only] => text_language(only),
        _ => "und".to_owned(),
    };
    draft.title = node.texts("name", &spoken);
    draft.description = node.texts("description", &spoken);
    let page = node
        .ids("subjectWebpage")
        .next()
        .or_else(|| node.ids("url").next());
    draft.credential.page = page.map(str::to_owned);
    draft.credential.credential_type = types(node.value).first().map(|class| (*class).to_owned());
    draft.credential.identifiers.extend(node.string("ctid"));
    for identifier in node.all("identifier") {
        let code = identifier
            .string("identifierValueCode")
            .or_else(|| identifier.text());
        push_new(&mut draft.credential.identifiers, code.unwrap_or_default());
    }
    draft.provider = node
        .all_of(["offeredBy", "availableFrom"])
        .find_map(Node::name);
    // Who owns the description or the rights need not award it.
    let owner = node
        .all_of(["ownedBy", "owner", "creator"])
        .find_map(Node::name);
    if let Some(owner) = owner.filter(|owner| draft.provider.as_ref() != Some(owner)) {
        draft.note(format!("owned by {owner}"));
    }
    countries(node, draft);
    outcomes(node, draft);
    worth(node, draft);
    let ways = node
        .all("deliveryType")
        .map(|way| (String::new(), term(way)));
    draft.modes(&ways.collect::<Vec<_>>());
    draft.access.format = terms(node, "learningMethodType");
    draft.access.schedule = terms(node, "scheduleTimingType");
    draft.credential.purpose = terms(node, "purposeType");
    draft.credential.sector = terms(node, "industryType");
    draft.assessment.method = terms(node, "assessmentMethodType");
    let mut grading = node.all_of(["gradingSystem", "scoringMethodDescription"]);
    draft.assessment.grading = grading.find_map(Node::label);
    let groups = node.all("audienceType").map(term);
    draft.credential.target_groups = groups.filter(|group| !group.is_empty()).collect();
    for occupation in node.all("occupationType") {
        let esco = occupation.at("targetNode").id();
        let esco = esco.filter(|uri| uri.contains("/esco/occupation/"));
        let named = esco.map_or_else(|| term(occupation), str::to_owned);
        push_new(&mut draft.credential.occupations, named);
    }
    draft.validity.issued = node.date(["dateEffective"]);
    draft.validity.valid_until = node.date(["expirationDate"]);
    draft.credential.modified = node.date(["dateModified"]);
    for status in node.all("credentialStatusType").map(term) {
        if !matches!(status.as_str(), "" | "Active") {
            draft.doubt("status", &status, "it may not be awarded any more");
        }
    }
    assured(node, draft);
}

/// The word of a concept: its name in an alignment, else the last part of its URI.
pub(super) fn term(concept: Node<'_>) -> String {
    let names = ["targetNodeName", "targetName"];
    let named = names.iter().find(|name| concept.has(name));
    let named = named.and_then(|name| concept.label_of(name));
    let target = concept.list("targetNode").next().unwrap_or(concept);
    let word = |uri: &str| match uri.contains("://") {
        true => uri.to_owned(),
        false => codes::local(uri).to_owned(),
    };
    named.or_else(|| target.id().map(word)).unwrap_or_default()
}

fn terms(node: Node<'_>, name: &str) -> Option<String> {
    let mut terms = Vec::new();
    for term in node.all(name).map(term) {
        push_new(&mut terms, term);
    }
    words(&terms)
}

fn countries(node: Node<'_>, draft: &mut Draft) {
    let places = node.all_of(["availableAt", "address", "jurisdiction", "offeredIn"]);
    let agents = node.all_of(["offeredBy", "ownedBy"]);
    let places = places.chain(agents.flat_map(|agent| agent.all("address")));
    let is_global = |place: Node<'_>| *place.at("globalJurisdiction").value == Value::Bool(true);
    if node.all("jurisdiction").any(is_global) {
        push_new(&mut draft.access.countries, WORLDWIDE.to_owned());
    }
    for stated in places.filter_map(|place| place.at("addressCountry").label()) {
        match stated.as_str() {
            "United States" | "United States of America" => draft.countries(["US"]),
            code => draft.countries([code]),
        }
    }
}

/// What it teaches or assesses, and the competencies that it requires, since who holds it has shown them.
fn outcomes(node: Node<'_>, draft: &mut Draft) {
    let stated = node.all_of(["teaches", "assesses"]);
    let targeted = node
        .all("requires")
        .flat_map(|profile| profile.all("targetCompetency"));
    let required = node.all("requires").filter(|node| node.is_a("Competency"));
    for competency in stated.chain(targeted).chain(required) {
        let target = competency.ids("targetNode").next();
        let described = target.and_then(|target| competency.with_id(target));
        let text = described
            .map(competency_text)
            .filter(|text| !text.is_empty());
        let text = text.unwrap_or_else(|| competency_text(competency));
        let uri = target.or(competency.id()).unwrap_or_default();
        let declared = codes::esco_skill(uri).map(|uri| (uri, String::new()));
        if text.is_empty() && declared.is_none() {
            draft.doubt(
                "outcomes",
                uri,
                "names a competency whose words are not in the file",
            );
        }
        draft.outcome(text, declared.as_slice());
    }
}

/// Level, credits and duration.
fn worth(node: Node<'_>, draft: &mut Draft) {
    for level in node.all_of(["atLevel", "educationLevelType", "audienceLevelType"]) {
        let framework = level.label_of("frameworkName").unwrap_or_default();
        let term = term(level);
        let is_eqf = framework.contains("European Qualifications Framework") || framework == "EQF";
        if is_eqf || term.contains("snb/eqf/") {
            draft.eqf_level(&[&term]);
            continue;
        }
        let level = match framework.as_str() {
            "" => term,
            framework => format!("{framework}: {term}"),
        };
        draft.credential.nqf_level.get_or_insert(level);
    }
    for credit in node.all("creditValue") {
        let field = if credit.has("value") {
            "value"
        } else {
            "maxValue"
        };
        let stated = credit.string(field).unwrap_or_default();
        let unit = term(credit.at("creditUnitType"));
        draft.credits(credit.number(field), &stated, "", &unit);
        let least = credit.number("minValue");
        if least.is_some_and(|least| credit.number(field).is_some_and(|most| least < most)) {
            let range = format!("{} to {stated} {unit}", least.unwrap_or_default());
            draft.doubt(
                "workload.ects",
                &range,
                "a range, of which the upper end counts",
            );
        }
    }
    for profile in node.all("estimatedDuration") {
        let least = profile.string("minimumDuration");
        let most = ["exactDuration", "timeRequired", "maximumDuration"];
        let most = most.iter().find_map(|name| profile.string(name));
        let hours = |stated: &Option<String>| Duration::parse(stated.as_deref()?)?.work_hours();
        match (&most, hours(&most)) {
            (Some(stated), Some(most)) => {
                draft.hours(most, stated);
                draft.workload.hours_min = hours(&least).filter(|least| *least < most);
            }
            // Time by the calendar is no workload, but worth knowing.
            (Some(stated), None) => {
                let least = least.filter(|least| least != stated);
                let range = least.map(|least| format!("{least} to {stated}"));
                draft.workload.duration = Some(range.unwrap_or_else(|| stated.clone()));
            }
            (None, _) => draft.workload.duration = profile.label_of("description").or(least),
        }
    }
}

/// Conditions: what must be held before, and what is asked for in words.
pub(super) fn conditions(node: Node<'_>, draft: &mut Draft) {
    let mut asked = Vec::new();
    let profiles = ["requires", "entryCondition", "corequisite"];
    let profiles = profiles
        .iter()
        .flat_map(|name| node.all(name).map(move |of| (*name, of)));
    for (name, profile) in profiles {
        if is_record(profile.value) {
            let id = profile.id().map(str::to_owned);
            prerequisites(id.into_iter().collect(), 1.0, draft);
            continue;
        }
        for field in ["condition", "description", "submissionOf"] {
            let Some(stated) = english(profile.texts(field, "und")) else {
                continue;
            };
            if name == "requires" {
                let why = "required, and not said whether to enter or to complete";
                draft.doubt("entry.prerequisites", &stated, why);
            } else {
                push_new(&mut asked, stated);
            }
        }
        let targets = targets(profile);
        let needed = targets.len() as f64;
        prerequisites(targets, needed, draft);
        let alternatives = profile.all("alternativeCondition").flat_map(self::targets);
        prerequisites(alternatives.collect(), 1.0, draft);
        if name == "requires" && draft.assessment.method.is_none() {
            let tests = profile.all("targetAssessment").filter_map(Node::name);
            draft.assessment.method = words(&tests.collect::<Vec<_>>());
        }
    }
    draft.entry.requirements = words(&asked);
}

/// The credentials that a condition names.
fn targets(condition: Node<'_>) -> Vec<String> {
    let credentials = condition.ids("targetCredential");
    let targets = credentials.chain(condition.ids("targetLearningOpportunity"));
    targets.map(str::to_owned).collect()
}

fn assured(node: Node<'_>, draft: &mut Draft) {
    let owners = node.all_of(["offeredBy", "ownedBy"]);
    let owners = owners.map(|owner| (owner, QualityScope::Institution));
    for (node, scope) in [(node, QualityScope::Programme)].into_iter().chain(owners) {
        let assured = ASSURED
            .iter()
            .flat_map(|(name, mechanism)| node.all(name).map(move |agent| (agent, *mechanism)));
        for (agent, mechanism) in assured {
            let Some(accreditor) = agent.name() else {
                continue;
            };
            let stated = Accreditation {
                accreditor,
                accreditor_id: agent.id().map(str::to_owned),
                mechanism: Some(mechanism.to_owned()),
                scope: scope.into(),
                ..Accreditation::default()
            };
            if !draft.quality.accreditations.contains(&stated) {
                draft.quality.accreditations.push(stated);
            }
        }
    }
}

/// The words of a competency or of an alignment with one.
fn competency_text(node: Node<'_>) -> Vec<Text> {
    const NAMES: [&str; 7] = [
        "competencyText",
        "targetNodeDescription",
        "targetDescription",
        "competencyLabel",
        "targetNodeName",
        "targetName",
        "name",
    ];
    let mut texts = NAMES.iter().map(|name| node.texts(name, "und"));
    texts.find(|texts| !texts.is_empty()).unwrap_or_default()
}

/// Takes `needed` of some credentials as required before: all of them one by one, fewer as a group.
pub(super) fn prerequisites(of: Vec<String>, needed: f64, draft: &mut Draft) {
    let at_least = if needed >= 1.0 && needed <= of.len() as f64 {
        needed as usize
    } else {
        of.len()
    };
    if of.is_empty() {
    } else if at_least == of.len() {
        of.into_iter()
            .for_each(|one| push_new(&mut draft.entry.prerequisites, one));
    } else {
        let group = PrerequisiteGroup {
            held_min: at_least as u32,
            credential_ids: of,
        };
        if !draft.entry.prerequisite_groups.contains(&group) {
            draft.entry.prerequisite_groups.push(group);
        }
    }
}
