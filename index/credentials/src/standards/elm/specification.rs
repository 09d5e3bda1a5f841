//! What does a qualification, an achievement specification or an achievement state? Outcomes, workload, level, assessment, quality assurance.

use super::super::codes;
use super::super::draft::{Draft, joined, push_new, words};
use super::super::duration::Duration;
use super::super::nodes::Node;
use super::super::value::{english, label};
use super::offer;
use super::sources::Sources;
use crate::check::RecordLimits;
use crate::credential::{Accreditation, QualityScope, Right, SkillLink};

/// Reads everything that the sources of a record state.
pub(super) fn describe(of: &Sources<'_>, draft: &mut Draft) {
    // What describes the thing itself, the most telling first; of an award the specification, since its title is nobody's own.
    let described = [of.opportunity, of.specification, of.claim];
    let texts = |name: &str| {
        let mut texts = described.iter().map(|node| node.texts(name, "und"));
        texts.find(|texts| !texts.is_empty()).unwrap_or_default()
    };
    draft.title = texts("title");
    draft.description = texts("description");
    offer::organisations(of, draft);
    specification(of.specification, draft);
    offer::offer(of.opportunity, draft);
    ways(of, draft);
    activities(of, draft);
    assessment(of, draft);
    accreditations(of, draft);
    about(of, draft);
    let mut pages = described.iter().flat_map(|node| node.all("homepage"));
    draft.credential.page = pages.find_map(page);
}

fn specification(node: Node<'_>, draft: &mut Draft) {
    for learned in node.all("learningOutcome") {
        outcome(learned, draft);
    }
    let summary = label(node.at("learningOutcomeSummary").value, "und");
    match draft.credential.outcomes.is_empty() {
        true => draft.outcome(summary, &[]),
        false => draft.credential.further_information = english(summary),
    }
    for language in node.all("language") {
        draft.languages(language.named_in(codes::language).as_deref());
    }
    for volume in node.strings("volumeOfLearning") {
        draft.workload(&volume);
    }
    for credit in node.all("creditPoint") {
        let framework = credit.at("framework");
        let system = |name: &str| codes::Credits::of(name, name);
        let name = framework.named_in(system).unwrap_or_default();
        let stated = credit.string("point").unwrap_or_default();
        draft.credits(credit.number("point"), &stated, &name, &name);
    }
    for level in node.first_of(["eqfLevel", "EQFLevel"]) {
        let name = level.named_in(codes::eqf_level).unwrap_or_default();
        draft.eqf_level(&[&name]);
    }
    draft.credential.nqf_level = joined(node.first_of(["nqfLevel", "NQFLevel"]).into_iter());
    for (field, area) in ["thematicArea", "ISCEDFCode"]
        .iter()
        .flat_map(|field| node.all(field).map(move |area| (*field, area)))
    {
        let name = area.named_in(codes::isced).unwrap_or_default();
        let scheme = area.at("inScheme").name().unwrap_or_default();
        // Other classifications are no doubt.
        if field == "ISCEDFCode" || is_isced(&name, &scheme) {
            draft.isced(&name);
        }
    }
    draft.workload.duration = node.string("maximumDuration");
    draft.entry.requirements = joined(node.all("entryRequirement"));
    for group in node.all("targetGroup").filter_map(Node::name) {
        push_new(&mut draft.credential.target_groups, group);
    }
    for right in node.all("entitlesTo").filter_map(right) {
        if draft.credential.rights.len() <= RecordLimits::FILES.entries_max {
            draft.credential.rights.push(right);
        }
    }
    let wholes = node.list("isPartOf");
    let wholes = wholes.filter_map(|whole| whole.id().map(str::to_owned).or_else(|| whole.name()));
    draft.credential.part_of = wholes.collect();
}

/// What it entitles to: the occupations that only those may have who have it, by its own title or by theirs.
fn right(right: Node<'_>) -> Option<Right> {
    let limited = right.all_of(["limitOccupation", "limitNationalOccupation"]);
    let (mut uris, mut names) = (Vec::new(), Vec::new());
    for occupation in limited {
        let uri = occupation.id();
        let uri = uri.filter(|uri| uri.contains("/esco/occupation/"));
        match uri {
            Some(uri) => uris.push(uri.to_owned()),
            None => names.extend(occupation.name()),
        }
    }
    let names = words(&names).or_else(|| words(&uris).filter(|_| !right.has("title")));
    let titled = right.label_of("title").into_iter().chain(names);
    let name = titled.collect::<Vec<_>>().join(": ");
    if name.is_empty() {
        return None;
    }
    let countries = right.all("limitJurisdiction");
    let countries = countries.filter_map(|place| codes::country(&place.named_in(codes::country)?));
    Some(Right {
        name,
        id: right
            .id()
            .filter(|id| !codes::is_made_up(id))
            .map(str::to_owned),
        occupation_uris: uris,
        countries: countries.collect(),
        ..Right::default()
    })
}

/// Whether a thematic area is a field of ISCED-F, as its scheme or its URI says; of an area without either, a code that is one.
fn is_isced(name: &str, scheme: &str) -> bool {
    match [scheme, name].into_iter().find(|text| text.contains("://")) {
        Some(uri) => uri.to_lowercase().contains("isced"),
        None => codes::isced(name).is_some(),
    }
}

fn outcome(outcome: Node<'_>, draft: &mut Draft) {
    if !outcome.is_node() {
        let stated = outcome.id().unwrap_or_default();
        return draft.doubt(
            "outcomes",
            stated,
            "refers to an outcome that is not in the file",
        );
    }
    let declared = outcome.all("relatedESCOSkill").map(|skill| {
        let label = skill.label().unwrap_or_default();
        (skill.id().unwrap_or_default().to_owned(), label)
    });
    let declared: Vec<(String, String)> = declared.collect();
    let mut text = outcome.texts("title", "und");
    if text.is_empty() {
        text = label(outcome.at("additionalNote").value, "und");
    }
    let at = draft.credential.outcomes.len();
    draft.outcome(text, &declared);
    let inferred = outcome.list("skillgap:inferredSkill").filter_map(|link| {
        let confidence = link.number("confidence");
        let confidence = confidence.filter(|confidence| *confidence <= 1.0)?;
        Some(SkillLink::inferred(link.id()?, confidence))
    });
    if let Some(read) = draft.credential.outcomes.get_mut(at) {
        read.skills.extend(inferred);
    }
}

/// The activities that led to an award.
fn activities_of<'a>(of: &Sources<'a>) -> Vec<Node<'a>> {
    match of.claim.is_a("LearningActivity") {
        true => vec![of.claim],
        false => of.claim.all("influencedBy").collect(),
    }
}

/// Modes of delivery: the opportunity's, else the specification's, else the activity's.
fn ways(of: &Sources<'_>, draft: &mut Draft) {
    let activities = activities_of(of);
    let activity = activities
        .first()
        .map(|activity| activity.at("specifiedBy"));
    for node in of.offered().into_iter().chain(activity) {
        let ways = node.all("mode").filter_map(|mode| {
            let is_known = |name: &str| codes::mode(name, name);
            let uri = mode.id().filter(|id| id.contains("://"));
            let name = mode
                .named_in(is_known)
                .filter(|name| !codes::is_made_up(name))?;
            let label = mode
                .label()
                .filter(|_| mode.is_node() && name.contains("://"));
            Some((uri.unwrap_or_default().to_owned(), label.unwrap_or(name)))
        });
        draft.modes(&ways.collect::<Vec<_>>());
    }
}

/// Activities that lead to it: their kind, and their workload where the specification states none.
fn activities(of: &Sources<'_>, draft: &mut Draft) {
    let activities = activities_of(of);
    let specified = activities.iter().map(|activity| activity.at("specifiedBy"));
    let specified: Vec<Node<'_>> = specified
        .chain(of.opportunity.all("learningActivitySpecification"))
        .chain(of.specification.all("influencedBy"))
        .collect();
    let workloads = activities.iter().filter_map(|node| node.string("workload"));
    let volumes = specified
        .iter()
        .filter_map(|node| node.string("volumeOfLearning"));
    for stated in workloads.chain(volumes) {
        // An activity is one of perhaps several: its hours count only where the whole's are not stated; a doubt is kept in any case.
        let is_whole_known = draft.workload.hours.is_some() || draft.workload.ects.is_some();
        let hours = Duration::parse(&stated).and_then(Duration::work_hours);
        if !is_whole_known || hours.is_none() {
            draft.workload(&stated);
        }
    }
    let kinds = specified.iter().flat_map(|node| node.all("dcType"));
    draft.access.format = joined(kinds.chain(of.specification.all("learningSetting")));
    if draft.access.languages.is_empty() {
        draft.languages(specified.iter().flat_map(|node| node.ids("language")));
    }
}

fn assessment(of: &Sources<'_>, draft: &mut Draft) {
    let (mut kinds, mut supervised, mut grading) = (Vec::new(), Vec::new(), Vec::new());
    let proofs = [of.claim, of.specification].into_iter();
    let proofs = proofs.flat_map(|node| node.all("provenBy"));
    for proof in proofs.filter(|proof| proof.is_node()) {
        let specified = match proof.at("specifiedBy") {
            node if node.value.is_null() => proof,
            node => node,
        };
        let title = [specified, proof]
            .into_iter()
            .find(|node| node.has("title"));
        let title = title.and_then(|node| node.label_of("title"));
        let mut both = Vec::new();
        for text in title.into_iter().chain(specified.at("dcType").label()) {
            push_new(&mut both, text);
        }
        push_new(&mut kinds, both.join(", "));
        let supervision = proof.at("idVerification").name();
        push_new(&mut supervised, supervision.unwrap_or_default());
        let scheme = specified.at("gradingScheme");
        let scheme = ["title", "description"].map(|part| scheme.label_of(part));
        let scheme: Vec<String> = scheme.into_iter().flatten().collect();
        push_new(&mut grading, scheme.join(": "));
    }
    draft.assessment.method = words(&kinds);
    draft.assessment.supervision = words(&supervised);
    draft.assessment.grading = words(&grading);
}

fn accreditations(of: &Sources<'_>, draft: &mut Draft) {
    let programme = of.specification.all("accreditation");
    let provider = of.opportunity.at("providedBy").all("accreditation");
    let scoped = programme.map(|node| (node, QualityScope::Programme));
    let scoped = scoped.chain(provider.map(|node| (node, QualityScope::Institution)));
    for (node, scope) in scoped {
        let agents = node.all_of(["accreditingAgent", "publisher"]);
        let agent = agents.into_iter().next().unwrap_or(node.nothing());
        let named = node.label().filter(|_| node.is_node());
        let own = || named.or_else(|| node.id().map(str::to_owned));
        let levels = node
            .first_of(["limitEQFLevel", "limitEqfLevel"])
            .into_iter();
        let levels =
            levels.filter_map(|level| codes::eqf_level(&level.named_in(codes::eqf_level)?));
        let pages = node.first_of(["homepage", "landingPage"]).into_iter();
        draft.quality.accreditations.push(Accreditation {
            accreditor: agent.name().or_else(own).unwrap_or_default(),
            accreditor_id: agent.id().map(str::to_owned),
            mechanism: node.at("dcType").name().or_else(|| node.label_of("title")),
            scope: scope.into(),
            eqf_level_max: levels.max(),
            valid_from: node.date(["dateIssued", "issued"]),
            valid_until: node.date(["expiryDate"]),
            source: pages.into_iter().find_map(page),
        });
    }
    let accreditations = &mut draft.quality.accreditations;
    accreditations.retain(|stated| !stated.accreditor.is_empty());
}

/// Notes, dates and identifiers. A claim's own identifiers and notes may be a person's.
fn about(of: &Sources<'_>, draft: &mut Draft) {
    let offered = of.offered();
    let notes = offered
        .iter()
        .flat_map(|node| node.all_of(["additionalNote", "admissionProcedure"]));
    let mut all: Vec<String> = draft
        .credential
        .further_information
        .take()
        .into_iter()
        .collect();
    for note in notes.filter_map(Node::label) {
        push_new(&mut all, note);
    }
    let mut partial = offered.iter().map(|node| node.at("isPartialQualification"));
    let partial = partial.find(|stated| !stated.value.is_null());
    let partial = partial.and_then(|stated| match stated.value.as_bool() {
        Some(is_partial) => Some(is_partial.to_string()),
        None => stated.text(),
    });
    all.extend(partial.map(|stated| format!("partial qualification: {stated}")));
    draft.credential.further_information = words(&all);
    let mut kinds = offered.iter().flat_map(|node| node.all("dcType"));
    draft.credential.credential_type = kinds.find_map(Node::name);
    for identifier in offered.iter().flat_map(|node| node.all("identifier")) {
        let notation = identifier.string("notation").or_else(|| identifier.text());
        push_new(
            &mut draft.credential.identifiers,
            notation.unwrap_or_default(),
        );
    }
    draft.credential.modified = offered.iter().find_map(|node| node.date(["modified"]));
    draft.award_dates(of.award);
    if !of.award.is_node() {
        draft.validity.issued = offered
            .iter()
            .find_map(|node| node.date(["issued", "dateIssued"]));
    }
}

/// The address of a page.
fn page(node: Node<'_>) -> Option<String> {
    let url = node
        .string("contentURL")
        .or_else(|| node.string("contentUrl"));
    url.or_else(|| node.at("contentURL").id().map(str::to_owned))
        .or_else(|| node.text())
}
