//! Which courses stand in an ELMO file (EMREX, a transcript of records)? One record a learning opportunity, parts included; nothing of the learner is read.

use serde_json::Value;

use super::codes;
use super::draft::{Draft, push_new, words};
use super::value::{Hand, first, list, number, string, string_of, texts};

/// Deepest nesting of parts.
const PARTS_DEPTH_MAX: usize = 16;

/// The element of a course.
pub const COURSE: &str = "learningOpportunitySpecification";
/// Elements of a report that say something of all its courses.
///
/// Its `issueDate` is that of a person's transcript, not of an award, and is not read.
pub const ABOUT_ALL: [&str; 2] = ["issuer", "gradingScheme"];

/// Hands a course and its parts to `sink`, each with its path. `report` holds what its transcript says of all, `at` counts the courses before it.
pub fn read(report: &Value, path: String, course: &Value, at: usize, sink: Hand<'_>) {
    let mut reader = Reader {
        issuer: first(report, "issuer"),
        report,
        sink,
        full: false,
    };
    reader.opportunity(&path, course, None, at, 0);
}

struct Reader<'a, 's> {
    issuer: Option<&'a Value>,
    report: &'a Value,
    sink: Hand<'s>,
    /// Whether no more records are wanted.
    full: bool,
}

impl<'a> Reader<'a, '_> {
    fn opportunity(
        &mut self,
        path: &str,
        node: &'a Value,
        whole: Option<&str>,
        at: usize,
        depth: usize,
    ) {
        if self.full {
            return;
        }
        let id = self.id(node, whole, at);
        let parts: Vec<&Value> = list(node, "hasPart")
            .into_iter()
            .flat_map(|part| list(part, "learningOpportunitySpecification"))
            .collect();
        let parts = if depth < PARTS_DEPTH_MAX {
            parts
        } else {
            Vec::new()
        };
        let mut draft = Draft::default();
        draft.credential.id.clone_from(&id);
        draft.credential.part_of.extend(whole.map(str::to_owned));
        draft.credential.parts = parts
            .iter()
            .enumerate()
            .map(|(at, part)| self.id(part, Some(&id), at))
            .collect();
        self.fields(node, &mut draft);
        self.full = !(self.sink)(path.to_owned(), draft.finish());
        for (at, part) in parts.into_iter().enumerate() {
            let path = format!(
                "{path}/hasPart[{}]/learningOpportunitySpecification",
                at + 1
            );
            self.opportunity(&path, part, Some(&id), at, depth + 1);
        }
    }

    /// The local identifier with the issuer's domain before it, since it is unique there alone; a place where there is none.
    fn id(&self, node: &Value, whole: Option<&str>, at: usize) -> String {
        let issuer = self.issuer.map(identifiers).unwrap_or_default();
        let issuer = ["schac", "erasmus", "pic"]
            .iter()
            .find_map(|kind| issuer.iter().find(|(of, _)| of == kind))
            .map_or("elmo", |(_, name)| name);
        match identifiers(node).into_iter().next() {
            Some((_, local)) => format!("{issuer}:{local}"),
            None => format!("{}#{}", whole.unwrap_or(issuer), at + 1),
        }
    }

    fn fields(&self, node: &Value, draft: &mut Draft) {
        let said = |name: &str| node.get(name).map_or(Vec::new(), |text| texts(text, "und"));
        draft.title = said("title");
        draft.description = said("description");
        draft.credential.credential_type = string_of(node, "dcType");
        draft.credential.page = string_of(node, "url");
        draft.credential.identifiers = identifiers(node)
            .into_iter()
            .map(|(_, identifier)| identifier)
            .collect();
        for code in list(node, "iscedCode").into_iter().filter_map(string) {
            match codes::isced(&code) {
                Some(code) => push_new(&mut draft.credential.isced_codes, code),
                None => draft.doubt("isced_codes", &code, "no field of ISCED-F 2013"),
            }
        }
        if let Some(issuer) = self.issuer {
            let name = issuer
                .get("title")
                .map_or(Vec::new(), |title| texts(title, "und"));
            let name = name
                .iter()
                .find(|text| text.language == "en")
                .or_else(|| name.first())
                .map(|text| text.text.clone());
            draft.provider.clone_from(&name);
            draft.awarding_body = name;
            let country = string_of(issuer, "country");
            draft.countries(country.as_deref());
        }
        for instance in list(node, "specifies")
            .into_iter()
            .flat_map(|specifies| list(specifies, "learningOpportunityInstance"))
        {
            self.instance(instance, draft);
        }
    }

    /// Credits, levels, language and grading of one run of the course. The grade that a person got is not read.
    fn instance(&self, instance: &Value, draft: &mut Draft) {
        for credit in list(instance, "credit") {
            let scheme = string_of(credit, "scheme").unwrap_or_default();
            let value = first(credit, "value");
            draft.credits(
                value.and_then(number),
                &value.and_then(string).unwrap_or_default(),
                "",
                &scheme,
            );
        }
        for level in list(instance, "level") {
            let (kind, value) = (
                string_of(level, "dcType").unwrap_or_default(),
                string_of(level, "value").unwrap_or_default(),
            );
            if kind.eq_ignore_ascii_case("EQF") {
                match codes::eqf_level(&value) {
                    Some(level) => {
                        draft.credential.eqf_level = draft.credential.eqf_level.or(Some(level))
                    }
                    None => draft.doubt("eqf_level", &value, "no level from 1 to 8"),
                }
            } else if !value.is_empty() {
                let name = string_of(level, "description").unwrap_or(kind);
                draft
                    .credential
                    .nqf_level
                    .get_or_insert(format!("{name} {value}").trim().to_owned());
            }
        }
        if let Some(stated) = first(instance, "engagementHours") {
            let text = string(stated).unwrap_or_default();
            match number(stated) {
                // Hours of teaching, which ELMO calls engagement; the whole workload where nothing else is stated.
                Some(hours) if draft.workload.ects.is_none() => draft.hours(hours, &text),
                Some(_) => {}
                None => draft.doubt("workload.hours", &text, "no number of hours"),
            }
        }
        for term in list(instance, "academicTerm") {
            let title = term
                .get("title")
                .map(|title| texts(title, "und"))
                .unwrap_or_default();
            let title = title
                .iter()
                .find(|text| text.language == "en")
                .or_else(|| title.first())
                .map(|text| text.text.clone());
            let days: Vec<String> = ["start", "end"]
                .iter()
                .filter_map(|name| string_of(term, name))
                .collect();
            let parts: Vec<String> = title
                .into_iter()
                .chain(Some(days.join(" to ")).filter(|days| !days.is_empty()))
                .collect();
            let schedule: Vec<String> = draft
                .access
                .schedule
                .take()
                .into_iter()
                .chain(words(&[parts.join(", ")]))
                .collect();
            draft.access.schedule = words(&schedule);
        }
        let languages: Vec<String> = list(instance, "languageOfInstruction")
            .into_iter()
            .filter_map(string)
            .collect();
        draft.languages(languages.iter().map(String::as_str));
        if let Some(local) = string_of(instance, "gradingSchemeLocalId") {
            let schemes = list(self.report, "gradingScheme").into_iter();
            let scheme = schemes
                .filter(|scheme| scheme.get("@localId").and_then(Value::as_str) == Some(&local))
                .find_map(|scheme| scheme.get("description"));
            let described = scheme
                .map(|scheme| texts(scheme, "und"))
                .unwrap_or_default();
            let described = described
                .iter()
                .find(|text| text.language == "en")
                .or_else(|| described.first());
            draft.assessment.grading = Some(described.map_or(local, |text| text.text.clone()));
        }
    }
}

/// Identifiers with their kinds, in order.
fn identifiers(node: &Value) -> Vec<(String, String)> {
    let identifiers = list(node, "identifier").into_iter();
    identifiers
        .filter_map(|one| {
            Some((
                one.get("@type")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                string(one)?,
            ))
        })
        .collect()
}
