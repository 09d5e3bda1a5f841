//! What is an achievement aligned with, and what do the extensions of its issuer say? Only a competency is a learning outcome; a level, a field of study and
//! an occupation have fields of their own, and anything else is a doubt.

use super::super::codes;
use super::super::draft::{Draft, push_new};
use super::super::nodes::Node;
use crate::outcome::{is_level, lines};
use crate::standards::value::texts;

/// What an alignment leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Competency,
    Occupation,
    EqfLevel,
    NqfLevel,
    Isced,
    Other,
}

/// Parts of types and frameworks, in lower case, with what an alignment to them leads to; the first that is found counts. A part of up to four letters is a word
/// of its own.
const TARGETS: [(&str, Target); 47] = [
    ("eqf", Target::EqfLevel),
    ("eqr", Target::EqfLevel),
    ("european qualifications framework", Target::EqfLevel),
    ("europäischer qualifikationsrahmen", Target::EqfLevel),
    ("cadre européen des certifications", Target::EqfLevel),
    ("marco europeo de cualificaciones", Target::EqfLevel),
    ("quadro europeo delle qualifiche", Target::EqfLevel),
    ("europees kwalificatiekader", Target::EqfLevel),
    ("isced", Target::Isced),
    ("rubric", Target::Other),
    ("competenc", Target::Competency),
    ("kompeten", Target::Competency),
    ("compét", Target::Competency),
    ("cfitem", Target::Competency),
    ("skill", Target::Competency),
    ("outcome", Target::Competency),
    ("objective", Target::Competency),
    ("knowledge", Target::Competency),
    ("abilit", Target::Competency),
    ("occupation", Target::Occupation),
    ("o*net", Target::Occupation),
    ("onet", Target::Occupation),
    ("soc", Target::Occupation),
    ("isco", Target::Occupation),
    ("kldb", Target::Occupation),
    ("rome", Target::Occupation),
    ("ssyk", Target::Occupation),
    ("jobrole", Target::Occupation),
    ("workrole", Target::Occupation),
    ("nqf", Target::NqfLevel),
    ("nlqf", Target::NqfLevel),
    ("dqr", Target::NqfLevel),
    ("rqf", Target::NqfLevel),
    ("scqf", Target::NqfLevel),
    ("qualifications framework", Target::NqfLevel),
    ("qualifikationsrahmen", Target::NqfLevel),
    ("cip", Target::Other),
    ("sdg", Target::Other),
    ("sustainable development", Target::Other),
    ("naic", Target::Other),
    ("nace", Target::Other),
    ("quality", Target::Other),
    ("qualit", Target::Other),
    ("accredit", Target::Other),
    ("akkredit", Target::Other),
    ("nvao", Target::Other),
    ("eqavet", Target::Other),
];

/// Parts of addresses that tell the same.
const ADDRESSES: [(&str, Target); 10] = [
    ("/eqf/", Target::EqfLevel),
    ("isced", Target::Isced),
    ("/esco/occupation/", Target::Occupation),
    ("onetonline.org", Target::Occupation),
    ("/isco/", Target::Occupation),
    ("bls.gov/soc", Target::Occupation),
    ("cipcode", Target::Other),
    ("sdgs.un.org", Target::Other),
    ("naics", Target::Other),
    ("eqar.eu", Target::Other),
];

/// What an alignment leads to, by its address, its type, its framework, and its name.
fn target(url: &str, kind: &str, framework: &str, name: &str) -> Target {
    if codes::esco_skill(url).is_some() {
        return Target::Competency;
    }
    let url = url.to_lowercase();
    let by_address = ADDRESSES.iter().find(|(part, _)| url.contains(part));
    if let Some((_, target)) = by_address {
        return *target;
    }
    for stated in [kind, framework] {
        let stated = stated.to_lowercase();
        let is_named = |part: &str| match part.len() {
            ..=4 => stated
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == part),
            _ => stated.contains(part),
        };
        if let Some((_, target)) = TARGETS.iter().find(|(part, _)| is_named(part)) {
            return *target;
        }
    }
    // A type that is not known says that it is no competency; without a type, it is one unless it is a mere level.
    match kind.is_empty() && !is_level(name) {
        true => Target::Competency,
        false => Target::Other,
    }
}

/// Takes one alignment.
pub(super) fn align(alignment: Node<'_>, spoken: &str, draft: &mut Draft) {
    let url = alignment.at("targetUrl").id().unwrap_or_default();
    let text = |name| alignment.string(name).unwrap_or_default();
    let (kind, framework) = (text("targetType"), text("targetFramework"));
    let (name, code) = (text("targetName"), text("targetCode"));
    // Some name the framework only in what should be the name: "EQF level 4".
    let is_level_name = framework.is_empty() && is_level(&name);
    let framework = match is_level_name {
        true => &name,
        false => &framework,
    };
    match target(url, &kind, framework, &name) {
        Target::Competency => {
            let mut fields = ["targetDescription", "targetName"].into_iter();
            let field = fields.find(|field| alignment.has(field));
            let declared = codes::esco_skill(url).map(|uri| (uri, String::new()));
            let text = alignment.texts(field.unwrap_or_default(), spoken);
            draft.outcome(text, declared.as_slice());
        }
        Target::Occupation if url.contains("/esco/occupation/") => {
            push_new(&mut draft.credential.occupations, url.to_owned());
        }
        Target::Occupation => push_new(&mut draft.credential.occupations, name),
        Target::EqfLevel => {
            let mut stated = vec![url, &code, &name];
            stated.sort_by_key(|stated| codes::eqf_level(stated).is_none());
            draft.eqf_level(&stated);
        }
        Target::NqfLevel => {
            let level = match framework.contains(name.as_str()) {
                true => framework.clone(),
                false => format!("{framework}: {name}"),
            };
            draft.credential.nqf_level.get_or_insert(level);
        }
        Target::Isced => {
            let stated = [url, &code, &name].into_iter();
            let known = stated.clone().find(|stated| codes::isced(stated).is_some());
            draft.isced(known.or_else(|| stated.last()).unwrap_or_default());
        }
        Target::Other => {
            let name = if name.is_empty() { url } else { &name };
            draft.doubt("outcomes", name, "aligned with what is no competency");
        }
    }
}

/// Takes what issuers state beside the standard: the fields of edubadges (in 3.0 of the achievement itself, in 2.0 as extensions), and competencies as extensions.
pub(super) fn extensions(achievement: Node<'_>, spoken: &str, draft: &mut Draft) {
    let stated = |name: &str| {
        let extension = achievement.at(&format!("{name}Extension"));
        let extended = extension.list(name).next();
        extended.or_else(|| achievement.list(name).next())
    };
    if let Some(ects) = stated("ECTS") {
        let text = ects.text().unwrap_or_default();
        draft.credits(
            crate::standards::value::number(ects.value),
            &text,
            "",
            "ECTS",
        );
    }
    if let Some(level) = stated("EQF").and_then(Node::text) {
        draft.eqf_level(&[&level]);
    }
    if let Some(load) = stated("StudyLoad").and_then(Node::text) {
        draft.doubt("workload.hours", &load, "not said whether hours or minutes");
    }
    if let Some(learned) = stated("LearningOutcome") {
        for text in texts(learned.value, spoken) {
            for line in lines(&text.text) {
                let text = skillgap_esco::Text {
                    language: text.language.clone(),
                    text: line.to_owned(),
                };
                draft.outcome(vec![text], &[]);
            }
        }
    }
    for competency in achievement.list("CompetencyExtension") {
        let mut uris = ["framework_identifier", "escoID", "targetUrl", "id"].into_iter();
        let uri = uris.find_map(|name| codes::esco_skill(competency.at(name).id()?));
        let declared = uri.map(|uri| (uri, String::new()));
        draft.outcome(competency.texts("name", spoken), declared.as_slice());
    }
    if let Some(way) = stated("participationType").and_then(Node::text) {
        draft.modes(&[(String::new(), way)]);
    }
    if let Some(supervision) = stated("supervisionType").and_then(Node::text) {
        draft.assessment.supervision = Some(supervision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_competencies_are_outcomes() {
        use Target::{Competency, EqfLevel, Isced, NqfLevel, Occupation, Other};
        let esco = "http://data.europa.eu/esco/skill/0cb013af-6dd9-4fb2-b34e-63dda1a5cf82";
        for (url, kind, framework, name, expected) in [
            (esco, "ext:Anything", "", "x", Competency),
            ("", "", "", "Operate the till", Competency),
            ("http://x/1", "CFItem", "", "Operate the till", Competency),
            (
                "http://x/1",
                "ceasn:Competency",
                "Retail",
                "Operate",
                Competency,
            ),
            ("http://x/1", "", "DigComp 2.2", "Browsing", Competency),
            ("http://x/1", "ext:EQF", "", "EQF level 4", EqfLevel),
            (
                "http://data.europa.eu/snb/eqf/5",
                "",
                "",
                "Level 5",
                EqfLevel,
            ),
            (
                "http://x/1",
                "",
                "Europees kwalificatiekader (EQF)",
                "4",
                EqfLevel,
            ),
            ("http://x/1", "", "DQR", "Niveau 4", NqfLevel),
            ("http://data.europa.eu/snb/isced-f/0416", "", "", "x", Isced),
            ("http://x/1", "", "O*NET-SOC", "Cashiers", Occupation),
            (
                "http://x/1",
                "ceterms:Occupation",
                "",
                "Cashiers",
                Occupation,
            ),
            ("http://x/1", "", "UN SDG", "SDG 4", Other),
            (
                "http://x/1",
                "ext:QualityAssurance",
                "",
                "M Psychology",
                Other,
            ),
            (
                "http://x/1",
                "CFRubricCriterionLevel",
                "",
                "Proficient",
                Other,
            ),
            ("http://x/1", "", "", "Level 3", Other),
            ("http://x/1", "ext:Badge", "", "x", Other),
        ] {
            assert_eq!(
                target(url, kind, framework, name),
                expected,
                "{kind} {framework} {name}"
            );
        }
    }
}
