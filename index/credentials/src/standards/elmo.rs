//! Which courses stand in an ELMO file (EMREX, a transcript of records)? One record a learning opportunity, parts included; nothing of the learner is read.

use serde_json::Value;

use super::draft::{Draft, push_new, words};
use super::nodes::{Node, Nodes};
use super::value::{Hand, english};

/// Deepest nesting of parts.
const PARTS_DEPTH_MAX: usize = 16;

/// The element of a course.
pub const COURSE: &str = "learningOpportunitySpecification";
/// Elements of a report that say something of all its courses.
///
/// Its `issueDate` is that of a person's transcript, not of an award, and is not read.
pub const ABOUT_ALL: [&str; 2] = ["issuer", "gradingScheme"];

/// Hands a course and its parts to `sink`, each with its path from the course on. `report` holds what its transcript says of all, `at` counts the courses before it.
pub fn read(report: &Value, course: &Value, at: usize, sink: Hand<'_>) {
    let nodes = Nodes::default();
    let mut reader = Reader {
        report: Node::new(report, &nodes),
        sink,
        full: false,
    };
    reader.opportunity("$", Node::new(course, &nodes), None, at, 0);
}

struct Reader<'a, 's> {
    report: Node<'a>,
    sink: Hand<'s>,
    /// Whether no more records are wanted.
    full: bool,
}

impl<'a> Reader<'a, '_> {
    fn opportunity(
        &mut self,
        path: &str,
        node: Node<'a>,
        whole: Option<&str>,
        at: usize,
        depth: usize,
    ) {
        if self.full {
            return;
        }
        let id = self.id(node, whole, at);
        let parts = node.list("hasPart").flat_map(|part| part.list(COURSE));
        let parts: Vec<Node<'a>> = parts.filter(|_| depth < PARTS_DEPTH_MAX).collect();
        let mut draft = Draft::default();
        draft.credential.id.clone_from(&id);
        draft.credential.part_of.extend(whole.map(str::to_owned));
        let ids = parts.iter().enumerate();
        draft.credential.parts = ids
            .map(|(at, part)| self.id(*part, Some(&id), at))
            .collect();
        self.describe(node, &mut draft);
        self.full = !(self.sink)(path.to_owned(), draft.finish());
        for (at, part) in parts.into_iter().enumerate() {
            let path = format!("{path}/hasPart[{}]/{COURSE}", at + 1);
            self.opportunity(&path, part, Some(&id), at, depth + 1);
        }
    }

    /// The local identifier with the issuer's domain before it, since it is unique there alone; a place where there is none.
    fn id(&self, node: Node<'_>, whole: Option<&str>, at: usize) -> String {
        let issuer = identifiers(self.report.at("issuer"));
        let issuer = ["schac", "erasmus", "pic"]
            .iter()
            .find_map(|kind| issuer.iter().find(|(of, _)| of == kind))
            .map_or("elmo", |(_, name)| name);
        match identifiers(node).into_iter().next() {
            Some((_, local)) => format!("{issuer}:{local}"),
            None => format!("{}#{}", whole.unwrap_or(issuer), at + 1),
        }
    }

    fn describe(&self, node: Node<'_>, draft: &mut Draft) {
        draft.title = node.texts("title", "und");
        draft.description = node.texts("description", "und");
        draft.credential.credential_type = node.string("dcType");
        draft.credential.page = node.string("url");
        let identifiers = identifiers(node).into_iter();
        draft.credential.identifiers = identifiers.map(|(_, identifier)| identifier).collect();
        for code in node.strings("iscedCode") {
            draft.isced(&code);
        }
        let issuer = self.report.at("issuer");
        draft.provider = english(issuer.texts("title", "und"));
        draft.awarding_body.clone_from(&draft.provider);
        draft.countries(issuer.string("country").as_deref());
        let specified = node.list("specifies");
        for instance in specified.flat_map(|of| of.list("learningOpportunityInstance")) {
            self.instance(instance, draft);
        }
    }

    /// Credits, levels, language and grading of one run of the course. The grade that a person got is not read.
    fn instance(&self, instance: Node<'_>, draft: &mut Draft) {
        for credit in instance.list("credit") {
            let scheme = credit.string("scheme").unwrap_or_default();
            let stated = credit.string("value").unwrap_or_default();
            draft.credits(credit.number("value"), &stated, "", &scheme);
        }
        for level in instance.list("level") {
            let kind = level.string("dcType").unwrap_or_default();
            let value = level.string("value").unwrap_or_default();
            if kind.eq_ignore_ascii_case("EQF") {
                draft.eqf_level(&[&value]);
            } else if !value.is_empty() {
                let name = level.string("description").unwrap_or(kind);
                let level = format!("{name} {value}").trim().to_owned();
                draft.credential.nqf_level.get_or_insert(level);
            }
        }
        if let Some(text) = instance.string("engagementHours") {
            match instance.number("engagementHours") {
                // Hours of teaching, which ELMO calls engagement; the whole workload where nothing else is stated.
                Some(hours) if draft.workload.ects.is_none() => draft.hours(hours, &text),
                Some(_) => {}
                None => draft.doubt("workload.hours", &text, "no number of hours"),
            }
        }
        let mut schedule: Vec<String> = draft.access.schedule.take().into_iter().collect();
        for term in instance.list("academicTerm") {
            let days = ["start", "end"].map(|name| term.string(name));
            let days = days.into_iter().flatten().collect::<Vec<_>>().join(" to ");
            let title = english(term.texts("title", "und")).into_iter();
            let parts: Vec<String> = title.chain(Some(days)).collect();
            push_new(
                &mut schedule,
                parts.join(", ").trim_end_matches(", ").to_owned(),
            );
        }
        draft.access.schedule = words(&schedule);
        let languages = instance.strings("languageOfInstruction");
        draft.languages(languages.iter().map(String::as_str));
        if let Some(local) = instance.string("gradingSchemeLocalId") {
            let mut schemes = self.report.list("gradingScheme");
            let scheme = schemes.find(|scheme| scheme.get("@localId").as_str() == Some(&local));
            let described = scheme.and_then(|scheme| english(scheme.texts("description", "und")));
            draft.assessment.grading = Some(described.unwrap_or(local));
        }
    }
}

/// Identifiers with their kinds, in order.
fn identifiers(node: Node<'_>) -> Vec<(String, String)> {
    let kind = |one: Node<'_>| one.get("@type").as_str().unwrap_or_default().to_owned();
    let identifiers = node.list("identifier");
    identifiers
        .filter_map(|one| Some((kind(one), one.text()?)))
        .collect()
}
