//! What does a qualification, an achievement specification or an achievement state? Outcomes, workload, level, assessment, quality assurance.

use serde_json::Value;

use super::super::codes;
use super::super::draft::{Draft, push_new, words};
use super::super::nodes::Nodes;
use super::super::value::{
    first, id, is_a, label, label_text, list, number, string, string_of, text_language, texts,
};
use super::{Sources, day_of};
use crate::credential::{Accreditation, QualityScope, SkillLink};
use skillgap_esco::Text;

impl<'a> Nodes<'a> {
    /// Reads everything that the sources of a record state.
    pub(super) fn describe(&self, of: &Sources<'a>, draft: &mut Draft) {
        // What describes the thing itself, the most telling first; of an award the specification, since its title is nobody's own.
        let described: Vec<&'a Value> = [of.opportunity, of.specification, of.claim]
            .into_iter()
            .flatten()
            .collect();
        let said = |name: &str| {
            described
                .iter()
                .map(|node| node.get(name).map_or(Vec::new(), |text| texts(text, "und")))
                .find(|texts| !texts.is_empty())
        };
        draft.title = said("title").unwrap_or_default();
        draft.description = said("description").unwrap_or_default();
        self.organisations(of, draft);
        if let Some(specification) = of.specification {
            self.specification(specification, draft);
        }
        if let Some(opportunity) = of.opportunity {
            self.offer(opportunity, draft);
        }
        self.ways(of, draft);
        self.activities(of, draft);
        self.assessment(of, draft);
        self.accreditations(of, draft);
        self.about(&described, of, draft);
    }

    fn specification(&self, node: &'a Value, draft: &mut Draft) {
        let summary = self
            .first(node, "learningOutcomeSummary")
            .map(|note| label(note, "und"))
            .unwrap_or_default();
        for outcome in self.list(node, "learningOutcome") {
            self.outcome(outcome, draft);
        }
        match draft.credential.outcomes.is_empty() {
            true => draft.outcome(summary, &[]),
            false => draft.credential.further_information = english(&summary),
        }
        draft.languages(list(node, "language").into_iter().filter_map(id));
        for volume in list(node, "volumeOfLearning")
            .into_iter()
            .filter_map(string)
        {
            draft.workload(&volume);
        }
        for credit in self.list(node, "creditPoint") {
            let framework = self.first(credit, "framework");
            let point = first(credit, "point");
            let stated = point.and_then(string).unwrap_or_default();
            let name = framework
                .and_then(label_text)
                .filter(|_| framework.is_some_and(Value::is_object))
                .unwrap_or_default();
            draft.credits(
                point.and_then(number),
                &stated,
                framework.and_then(id).unwrap_or_default(),
                &name,
            );
        }
        for level in either(node, ["eqfLevel", "EQFLevel"]) {
            let stated = id(level)
                .map(str::to_owned)
                .or_else(|| label_text(level))
                .unwrap_or_default();
            match codes::eqf_level(&stated)
                .or_else(|| label_text(level).as_deref().and_then(codes::eqf_level))
            {
                Some(level) => {
                    draft.credential.eqf_level = draft.credential.eqf_level.or(Some(level))
                }
                None => draft.doubt("eqf_level", &stated, "no level from 1 to 8"),
            }
        }
        draft.credential.nqf_level = self.names(&either(node, ["nqfLevel", "NQFLevel"]));
        for area in ["thematicArea", "ISCEDFCode"]
            .iter()
            .flat_map(|name| list(node, name))
        {
            let stated = id(area).unwrap_or_default();
            match codes::isced(stated) {
                Some(code) => push_new(&mut draft.credential.isced_codes, code),
                None if stated.contains("isced") => {
                    draft.doubt("isced_codes", stated, "no field of ISCED-F 2013")
                }
                None => {}
            }
        }
        draft.workload.duration = string_of(node, "maximumDuration");
        draft.entry.requirements = self.names(&list(node, "entryRequirement"));
        for group in self.list(node, "targetGroup") {
            push_new(
                &mut draft.credential.target_groups,
                name(group).unwrap_or_default(),
            );
        }
        for right in self.list(node, "entitlesTo") {
            for occupation in ["limitOccupation", "limitNationalOccupation"]
                .iter()
                .flat_map(|field| list(right, field))
            {
                let uri = id(occupation)
                    .filter(|uri| uri.contains("/esco/occupation/"))
                    .map(str::to_owned);
                push_new(
                    &mut draft.credential.occupations,
                    uri.or_else(|| name(occupation)).unwrap_or_default(),
                );
            }
        }
        draft.credential.part_of = list(node, "isPartOf")
            .into_iter()
            .filter_map(|whole| id(whole).map(str::to_owned).or_else(|| name(whole)))
            .collect();
    }

    fn outcome(&self, outcome: &'a Value, draft: &mut Draft) {
        if !outcome.is_object() {
            let text = id(outcome).unwrap_or_default();
            return draft.doubt(
                "outcomes",
                text,
                "refers to an outcome that is not in the file",
            );
        }
        let declared: Vec<(String, String)> = list(outcome, "relatedESCOSkill")
            .into_iter()
            .map(|skill| {
                (
                    id(skill).unwrap_or_default().to_owned(),
                    label_text(skill).unwrap_or_default(),
                )
            })
            .collect();
        let title = outcome
            .get("title")
            .map_or(Vec::new(), |title| texts(title, "und"));
        let notes = || {
            self.first(outcome, "additionalNote")
                .map(|note| label(note, "und"))
                .unwrap_or_default()
        };
        let before = draft.credential.outcomes.len();
        draft.outcome(if title.is_empty() { notes() } else { title }, &declared);
        let inferred = list(outcome, "skillgap:inferredSkill")
            .into_iter()
            .filter_map(|link| {
                let confidence = first(link, "confidence")
                    .and_then(number)
                    .filter(|confidence| *confidence <= 1.0)?;
                Some(SkillLink::inferred(id(link)?, confidence))
            });
        if let Some(read) = draft.credential.outcomes.get_mut(before) {
            read.skills.extend(inferred);
        }
    }

    /// Modes of delivery: the opportunity's, else the specification's, else the activity's.
    fn ways(&self, of: &Sources<'a>, draft: &mut Draft) {
        let specified = |node: &'a Value| self.first(node, "specifiedBy");
        let activity = of.claim.and_then(|claim| {
            if is_a(claim, "LearningActivity") {
                specified(claim)
            } else {
                self.first(claim, "influencedBy").and_then(specified)
            }
        });
        for node in [of.opportunity, of.specification, activity]
            .into_iter()
            .flatten()
        {
            let ways: Vec<(String, String)> = list(node, "mode")
                .into_iter()
                .map(|mode| {
                    (
                        id(mode).unwrap_or_default().to_owned(),
                        label_text(mode)
                            .filter(|_| mode.is_object())
                            .unwrap_or_default(),
                    )
                })
                .collect();
            draft.modes(&ways);
        }
    }

    /// Activities that lead to it: their kind, and their workload where the specification states none.
    fn activities(&self, of: &Sources<'a>, draft: &mut Draft) {
        let mut activities: Vec<&'a Value> = Vec::new();
        if let Some(claim) = of.claim {
            activities.extend(if is_a(claim, "LearningActivity") {
                vec![claim]
            } else {
                self.list(claim, "influencedBy")
            });
        }
        let mut specified: Vec<&'a Value> = activities
            .iter()
            .filter_map(|activity| self.first(activity, "specifiedBy"))
            .collect();
        specified.extend(
            of.opportunity
                .map(|node| self.list(node, "learningActivitySpecification"))
                .unwrap_or_default(),
        );
        specified.extend(
            of.specification
                .map(|node| self.list(node, "influencedBy"))
                .unwrap_or_default(),
        );
        let workloads = activities
            .iter()
            .filter_map(|activity| string_of(activity, "workload"));
        let volumes = specified
            .iter()
            .filter_map(|specified| string_of(specified, "volumeOfLearning"));
        for stated in workloads.chain(volumes).collect::<Vec<_>>() {
            // An activity is one of perhaps several: its hours count only where the whole's are not stated; a doubt is kept in any case.
            let whole_known = draft.workload.hours.is_some() || draft.workload.ects.is_some();
            if !whole_known
                || super::super::duration::Duration::parse(&stated)
                    .and_then(|duration| duration.work_hours())
                    .is_none()
            {
                draft.workload(&stated);
            }
        }
        let mut kinds = Vec::new();
        specified
            .iter()
            .flat_map(|specified| list(specified, "dcType"))
            .filter_map(name)
            .for_each(|kind| push_new(&mut kinds, kind));
        let setting = of
            .specification
            .map(|node| list(node, "learningSetting"))
            .unwrap_or_default();
        setting
            .into_iter()
            .filter_map(name)
            .for_each(|kind| push_new(&mut kinds, kind));
        draft.access.format = words(&kinds);
        if draft.access.languages.is_empty() {
            draft.languages(
                specified
                    .iter()
                    .flat_map(|specified| list(specified, "language"))
                    .filter_map(id),
            );
        }
    }

    fn assessment(&self, of: &Sources<'a>, draft: &mut Draft) {
        let proofs: Vec<&'a Value> = [of.claim, of.specification]
            .into_iter()
            .flatten()
            .flat_map(|node| self.list(node, "provenBy"))
            .collect();
        let (mut kinds, mut supervised, mut grading) = (Vec::new(), Vec::new(), Vec::new());
        for proof in proofs.into_iter().filter(|proof| proof.is_object()) {
            let specified = self.first(proof, "specifiedBy").unwrap_or(proof);
            let kind = first(specified, "dcType").and_then(label_text);
            let title = specified
                .get("title")
                .or_else(|| proof.get("title"))
                .and_then(label_text);
            let mut both = Vec::new();
            [title, kind]
                .into_iter()
                .flatten()
                .for_each(|text| push_new(&mut both, text));
            push_new(&mut kinds, both.join(", "));
            push_new(
                &mut supervised,
                first(proof, "idVerification")
                    .and_then(name)
                    .unwrap_or_default(),
            );
            let scheme = self.first(specified, "gradingScheme");
            let parts = scheme.map(|scheme| {
                ["title", "description"]
                    .iter()
                    .filter_map(|part| first(scheme, part).and_then(label_text))
                    .collect()
            });
            push_new(
                &mut grading,
                parts
                    .map(|parts: Vec<String>| parts.join(": "))
                    .unwrap_or_default(),
            );
        }
        draft.assessment.method = words(&kinds);
        draft.assessment.supervision = words(&supervised);
        draft.assessment.grading = words(&grading);
    }

    fn accreditations(&self, of: &Sources<'a>, draft: &mut Draft) {
        let programme = of
            .specification
            .map(|node| self.list(node, "accreditation"))
            .unwrap_or_default();
        let provider = of
            .opportunity
            .and_then(|node| self.first(node, "providedBy"));
        let provider = provider
            .map(|node| self.list(node, "accreditation"))
            .unwrap_or_default();
        let scoped = programme
            .into_iter()
            .map(|node| (node, QualityScope::Programme))
            .chain(
                provider
                    .into_iter()
                    .map(|node| (node, QualityScope::Institution)),
            );
        for (node, scope) in scoped {
            let agent = self
                .first(node, "accreditingAgent")
                .or_else(|| self.first(node, "publisher"));
            let accreditor = agent
                .and_then(name)
                .or_else(|| label_text(node).filter(|_| node.is_object()))
                .or_else(|| id(node).map(str::to_owned));
            let level = either(node, ["limitEQFLevel", "limitEqfLevel"])
                .into_iter()
                .filter_map(id)
                .filter_map(codes::eqf_level)
                .max();
            draft.quality.accreditations.push(Accreditation {
                accreditor: accreditor.unwrap_or_default(),
                accreditor_id: agent.and_then(id).map(str::to_owned),
                mechanism: first(node, "dcType")
                    .and_then(name)
                    .or_else(|| node.get("title").and_then(label_text)),
                scope: scope.into(),
                eqf_level_max: level,
                valid_from: day_of(node, "dateIssued").or_else(|| day_of(node, "issued")),
                valid_until: day_of(node, "expiryDate"),
                source: either(node, ["homepage", "landingPage"])
                    .into_iter()
                    .find_map(page),
            });
        }
        draft
            .quality
            .accreditations
            .retain(|stated| !stated.accreditor.is_empty());
    }

    /// Pages, notes, dates and identifiers.
    fn about(&self, described: &[&'a Value], of: &Sources<'a>, draft: &mut Draft) {
        // A claim's own identifiers and notes may be a person's.
        let offered: Vec<&'a Value> = [of.opportunity, of.specification]
            .into_iter()
            .flatten()
            .collect();
        draft.credential.page = described
            .iter()
            .flat_map(|node| self.list(node, "homepage"))
            .find_map(page);
        let mut notes: Vec<String> = draft
            .credential
            .further_information
            .take()
            .into_iter()
            .collect();
        for note in offered.iter().flat_map(|node| {
            ["additionalNote", "admissionProcedure"]
                .into_iter()
                .flat_map(|field| self.list(node, field))
        }) {
            push_new(&mut notes, label_text(note).unwrap_or_default());
        }
        let partial = offered
            .iter()
            .find_map(|node| first(node, "isPartialQualification"));
        let partial = partial.and_then(|stated| {
            stated
                .as_bool()
                .map(|stated| stated.to_string())
                .or_else(|| string(stated))
        });
        notes.extend(partial.map(|stated| format!("partial qualification: {stated}")));
        draft.credential.further_information = words(&notes);
        draft.credential.credential_type = offered
            .iter()
            .flat_map(|node| list(node, "dcType"))
            .find_map(name);
        for identifier in offered.iter().flat_map(|node| list(node, "identifier")) {
            push_new(
                &mut draft.credential.identifiers,
                string_of(identifier, "notation")
                    .or_else(|| string(identifier))
                    .unwrap_or_default(),
            );
        }
        draft.credential.modified = offered.iter().find_map(|node| day_of(node, "modified"));
        if let Some(award) = of.award {
            draft.validity.issued = ["issued", "issuanceDate"]
                .iter()
                .find_map(|field| day_of(award, field));
            draft.validity.valid_from = day_of(award, "validFrom");
            draft.validity.valid_until = ["validUntil", "expirationDate"]
                .iter()
                .find_map(|field| day_of(award, field));
        } else {
            draft.validity.issued = offered
                .iter()
                .find_map(|node| day_of(node, "issued").or_else(|| day_of(node, "dateIssued")));
        }
    }

    fn names(&self, values: &[&'a Value]) -> Option<String> {
        let mut names = Vec::new();
        values
            .iter()
            .filter_map(|value| name(self.resolve(value)))
            .for_each(|text| push_new(&mut names, text));
        words(&names)
    }
}

/// The values of the first of two fields that has any.
fn either<'a>(node: &'a Value, names: [&str; 2]) -> Vec<&'a Value> {
    names
        .iter()
        .map(|name| list(node, name))
        .find(|values| !values.is_empty())
        .unwrap_or_default()
}

/// What people call a concept, else its URI.
fn name(value: &Value) -> Option<String> {
    label_text(value).or_else(|| id(value).map(str::to_owned))
}

/// The address of a page.
fn page(value: &Value) -> Option<String> {
    let url = string_of(value, "contentURL").or_else(|| string_of(value, "contentUrl"));
    url.or_else(|| value.get("contentURL").and_then(id).map(str::to_owned))
        .or_else(|| string(value))
}

/// In English if there is English, else in the first language.
fn english(texts: &[Text]) -> Option<String> {
    let english = texts
        .iter()
        .find(|text| text.language == text_language("en"));
    english
        .or_else(|| texts.first())
        .map(|text| text.text.clone())
}
