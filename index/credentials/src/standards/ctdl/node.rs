//! What does one node of CTDL state? Texts, outcomes, levels, workload, conditions, quality assurance.

use serde_json::Value;

use super::super::codes;
use super::super::draft::{Draft, push_new, words};
use super::super::duration::Duration;
use super::super::value::{
    first, id, is_a, label_text, list, number, string, string_of, text_language, texts,
};
use super::{Reader, is_record, prerequisites};
use crate::credential::{Accreditation, QualityScope, WORLDWIDE};
use crate::day;
use skillgap_esco::Text;

/// Relations to who assures quality, with the name of the mechanism.
const ASSURED: [(&str, &str); 4] = [
    ("accreditedBy", "accreditation"),
    ("approvedBy", "approval"),
    ("recognizedBy", "recognition"),
    ("regulatedBy", "regulation"),
];

impl<'a> Reader<'a, '_> {
    pub(super) fn describe(&self, node: &'a Value, draft: &mut Draft) {
        let languages: Vec<String> = list(node, "inLanguage")
            .into_iter()
            .filter_map(string)
            .collect();
        draft.languages(languages.iter().map(String::as_str));
        let spoken = if let [only] = languages.as_slice() {
            text_language(only)
        } else {
            "und".to_owned()
        };
        let said = |name: &str| {
            node.get(name)
                .map_or(Vec::new(), |text| texts(text, &spoken))
        };
        draft.title = said("name");
        draft.description = said("description");
        draft.credential.page = ["subjectWebpage", "url"]
            .iter()
            .find_map(|name| first(node, name).and_then(id).map(str::to_owned));
        draft.credential.credential_type =
            super::types(node).first().map(|class| (*class).to_owned());
        draft.credential.identifiers.extend(string_of(node, "ctid"));
        for identifier in list(node, "identifier") {
            push_new(
                &mut draft.credential.identifiers,
                string_of(identifier, "identifierValueCode")
                    .or_else(|| string(identifier))
                    .unwrap_or_default(),
            );
        }
        draft.provider = self.one_agent(node, &["offeredBy", "availableFrom"]);
        // Who owns the description or the rights need not award it.
        if let Some(owner) = self
            .one_agent(node, &["ownedBy", "owner", "creator"])
            .filter(|owner| draft.provider.as_ref() != Some(owner))
        {
            draft.note(format!("owned by {owner}"));
        }
        self.countries(node, draft);
        self.outcomes(node, draft);
        self.worth(node, draft);
        let ways: Vec<(String, String)> = list(node, "deliveryType")
            .into_iter()
            .map(|way| (String::new(), self.term(way)))
            .collect();
        draft.modes(&ways);
        draft.access.format = self.terms(node, "learningMethodType");
        draft.access.schedule = self.terms(node, "scheduleTimingType");
        draft.credential.purpose = self.terms(node, "purposeType");
        draft.credential.sector = self.terms(node, "industryType");
        draft.assessment.method = self.terms(node, "assessmentMethodType");
        draft.assessment.grading = list(node, "gradingSystem")
            .into_iter()
            .chain(list(node, "scoringMethodDescription"))
            .find_map(label_text);
        draft.credential.target_groups = list(node, "audienceType")
            .into_iter()
            .map(|audience| self.term(audience))
            .filter(|term| !term.is_empty())
            .collect();
        for occupation in list(node, "occupationType") {
            let esco = first(occupation, "targetNode")
                .and_then(id)
                .filter(|uri| uri.contains("/esco/occupation/"))
                .map(str::to_owned);
            push_new(
                &mut draft.credential.occupations,
                esco.unwrap_or_else(|| self.term(occupation)),
            );
        }
        draft.validity.issued = string_of(node, "dateEffective").and_then(|date| day::date(&date));
        draft.validity.valid_until =
            string_of(node, "expirationDate").and_then(|date| day::date(&date));
        draft.credential.modified =
            string_of(node, "dateModified").and_then(|date| day::date(&date));
        for status in list(node, "credentialStatusType")
            .into_iter()
            .map(|status| self.term(status))
        {
            if !matches!(status.as_str(), "" | "Active") {
                draft.doubt("status", &status, "it may not be awarded any more");
            }
        }
        self.assured(node, draft);
    }

    /// The name of an agent, else its URI.
    pub(super) fn agent(&self, agent: &'a Value) -> Option<String> {
        let agent = self.nodes.resolve(agent);
        label_text(agent).or_else(|| id(agent).map(str::to_owned))
    }

    fn one_agent(&self, node: &'a Value, names: &[&str]) -> Option<String> {
        names
            .iter()
            .flat_map(|name| list(node, name))
            .find_map(|agent| self.agent(agent))
    }

    /// What a node, a reference or an alignment is called.
    pub(super) fn name(&self, value: &'a Value) -> Option<String> {
        self.agent(value)
    }

    /// The word of a concept: its name in an alignment, else the last part of its URI.
    pub(super) fn term(&self, value: &'a Value) -> String {
        let named = ["targetNodeName", "targetName"]
            .iter()
            .find_map(|name| first(value, name))
            .and_then(label_text);
        let uri = first(value, "targetNode").or(Some(value)).and_then(id);
        named
            .or_else(|| {
                uri.map(|uri| {
                    if uri.contains("://") {
                        uri.to_owned()
                    } else {
                        codes::local(uri).to_owned()
                    }
                })
            })
            .unwrap_or_default()
    }

    fn terms(&self, node: &'a Value, name: &str) -> Option<String> {
        let mut terms = Vec::new();
        list(node, name)
            .into_iter()
            .for_each(|value| push_new(&mut terms, self.term(value)));
        words(&terms)
    }

    fn countries(&self, node: &'a Value, draft: &mut Draft) {
        let places = ["availableAt", "address", "jurisdiction", "offeredIn"]
            .iter()
            .flat_map(|name| self.nodes.list(node, name));
        let agents = ["offeredBy", "ownedBy"]
            .iter()
            .flat_map(|name| self.nodes.list(node, name))
            .flat_map(|agent| self.nodes.list(agent, "address"));
        let stated: Vec<String> = places
            .chain(agents)
            .filter_map(|place| first(place, "addressCountry").and_then(label_text))
            .collect();
        if self
            .nodes
            .list(node, "jurisdiction")
            .into_iter()
            .any(|place| first(place, "globalJurisdiction") == Some(&Value::Bool(true)))
        {
            push_new(&mut draft.access.countries, WORLDWIDE.to_owned());
        }
        let (known, others): (Vec<&String>, Vec<&String>) = stated
            .iter()
            .partition(|code| codes::country(code).is_some());
        draft.countries(known.into_iter().map(String::as_str));
        for other in others
            .into_iter()
            .filter(|other| !matches!(other.as_str(), "United States" | "United States of America"))
        {
            draft.doubt("access.countries", other, "no ISO 3166-1 country");
        }
        if stated
            .iter()
            .any(|country| country.starts_with("United States"))
        {
            push_new(&mut draft.access.countries, "US".to_owned());
        }
    }

    /// What it teaches or assesses, and the competencies that it requires, since who holds it has shown them.
    fn outcomes(&self, node: &'a Value, draft: &mut Draft) {
        let stated = ["teaches", "assesses"]
            .iter()
            .flat_map(|name| list(node, name));
        let profiles = self.nodes.list(node, "requires");
        let targeted = profiles
            .iter()
            .flat_map(|profile| list(profile, "targetCompetency"));
        let required = profiles
            .iter()
            .copied()
            .filter(|node| is_a(node, "Competency"));
        for competency in stated.chain(targeted).chain(required) {
            let resolved = self.nodes.resolve(competency);
            let target = first(resolved, "targetNode").and_then(id);
            let node = target
                .and_then(|target| self.nodes.get(target))
                .unwrap_or(resolved);
            let text = competency_text(node);
            let text = if text.is_empty() {
                competency_text(resolved)
            } else {
                text
            };
            let uri = target.or_else(|| id(resolved)).unwrap_or_default();
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
    fn worth(&self, node: &'a Value, draft: &mut Draft) {
        for level in list(node, "atLevel")
            .into_iter()
            .chain(list(node, "educationLevelType"))
            .chain(list(node, "audienceLevelType"))
        {
            let framework = first(level, "frameworkName")
                .and_then(label_text)
                .unwrap_or_default();
            let term = self.term(level);
            if framework.contains("European Qualifications Framework")
                || framework == "EQF"
                || term.contains("snb/eqf/")
            {
                match codes::eqf_level(&term) {
                    Some(level) => draft.credential.eqf_level = Some(level),
                    None => draft.doubt("eqf_level", &term, "no level from 1 to 8"),
                }
            } else {
                let level = if framework.is_empty() {
                    term
                } else {
                    format!("{framework}: {term}")
                };
                draft.credential.nqf_level.get_or_insert(level);
            }
        }
        for credit in self.nodes.list(node, "creditValue") {
            let unit = list(credit, "creditUnitType")
                .into_iter()
                .map(|unit| self.term(unit))
                .next()
                .unwrap_or_default();
            let value = first(credit, "value").or_else(|| first(credit, "maxValue"));
            draft.credits(
                value.and_then(number),
                &value.and_then(string).unwrap_or_default(),
                "",
                &unit,
            );
        }
        for profile in self.nodes.list(node, "estimatedDuration") {
            let length = |name: &str| string_of(profile, name);
            let (least, most) = (
                length("minimumDuration"),
                length("exactDuration")
                    .or_else(|| length("timeRequired"))
                    .or_else(|| length("maximumDuration")),
            );
            let hours = |stated: &Option<String>| {
                stated
                    .as_deref()
                    .and_then(Duration::parse)
                    .and_then(Duration::work_hours)
            };
            match (&most, hours(&most)) {
                (Some(stated), Some(most)) => {
                    draft.hours(most, stated);
                    draft.workload.hours_min = hours(&least).filter(|least| *least < most);
                }
                // Time by the calendar is no workload, but worth knowing.
                (Some(stated), None) => draft.workload.duration = Some(stated.clone()),
                (None, _) => {
                    draft.workload.duration =
                        first(profile, "description").and_then(label_text).or(least)
                }
            }
        }
    }

    /// Conditions: what must be held before, and what is asked for in words.
    pub(super) fn conditions(&self, node: &'a Value, draft: &mut Draft) {
        let mut asked = Vec::new();
        for (name, profile) in ["requires", "entryCondition", "corequisite"]
            .iter()
            .flat_map(|name| {
                self.nodes
                    .list(node, name)
                    .into_iter()
                    .map(move |profile| (*name, profile))
            })
        {
            if is_record(profile) {
                prerequisites(
                    id(profile).into_iter().map(str::to_owned).collect(),
                    1.0,
                    draft,
                );
                continue;
            }
            for text in ["condition", "description", "submissionOf"]
                .iter()
                .filter_map(|field| profile.get(*field))
            {
                let said = texts(text, "und");
                let stated = said
                    .iter()
                    .find(|text| text.language == "en")
                    .or_else(|| said.first());
                let stated = stated.map(|text| text.text.clone()).unwrap_or_default();
                if name == "requires" {
                    draft.doubt(
                        "entry.prerequisites",
                        &stated,
                        "required, and not said whether to enter or to complete",
                    );
                } else {
                    push_new(&mut asked, stated);
                }
            }
            let targets: Vec<String> = ["targetCredential", "targetLearningOpportunity"]
                .iter()
                .flat_map(|field| list(profile, field))
                .filter_map(id)
                .map(str::to_owned)
                .collect();
            let count = targets.len() as f64;
            prerequisites(targets, count, draft);
            let alternatives: Vec<String> = self
                .nodes
                .list(profile, "alternativeCondition")
                .into_iter()
                .flat_map(|other| {
                    ["targetCredential", "targetLearningOpportunity"]
                        .iter()
                        .flat_map(|field| list(other, field))
                        .filter_map(id)
                })
                .map(str::to_owned)
                .collect();
            prerequisites(alternatives, 1.0, draft);
            if name == "requires" && draft.assessment.method.is_none() {
                let tests: Vec<String> = list(profile, "targetAssessment")
                    .into_iter()
                    .filter_map(|test| self.name(test))
                    .collect();
                draft.assessment.method = words(&tests);
            }
        }
        draft.entry.requirements = words(&asked);
    }

    fn assured(&self, node: &'a Value, draft: &mut Draft) {
        let owners: Vec<&'a Value> = ["offeredBy", "ownedBy"]
            .iter()
            .flat_map(|name| self.nodes.list(node, name))
            .collect();
        for (node, scope) in std::iter::once((node, QualityScope::Programme)).chain(
            owners
                .into_iter()
                .map(|owner| (owner, QualityScope::Institution)),
        ) {
            for (name, mechanism) in ASSURED {
                for agent in self.nodes.list(node, name) {
                    let Some(accreditor) = self.agent(agent) else {
                        continue;
                    };
                    let stated = Accreditation {
                        accreditor,
                        accreditor_id: id(agent).map(str::to_owned),
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
    }
}

/// The words of a competency or of an alignment with one.
fn competency_text(node: &Value) -> Vec<Text> {
    const NAMES: [&str; 7] = [
        "competencyText",
        "targetNodeDescription",
        "targetDescription",
        "competencyLabel",
        "targetNodeName",
        "targetName",
        "name",
    ];
    NAMES
        .iter()
        .filter_map(|name| node.get(*name))
        .map(|text| texts(text, "und"))
        .find(|texts| !texts.is_empty())
        .unwrap_or_default()
}
