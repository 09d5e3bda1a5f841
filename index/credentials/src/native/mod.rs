//! How does a line of native JSON become a credential, and a credential a line? Strict about what it says, silent about what it does not say.

mod checks;
mod raw;
mod write;

use serde_json::Value;

use crate::credential::{Credential, Outcome, PrerequisiteGroup};
use crate::standards::Fault;
use crate::standards::draft::check_id;
use checks::{
    accreditation, amount, codes, day, eqf, links, mode, money, scheme, signals, stated, texts,
};
use raw::{Raw, RawNote};
pub use write::{to_line, to_value};

/// Parses one line of native JSON.
///
/// # Errors
/// A sentence that names the field and what is wrong with it.
pub fn parse(line: &[u8]) -> Result<Credential, String> {
    parse_piece(line).map_err(|fault| fault.reason)
}

/// As [`parse`], of a record that may be broken into lines.
///
/// # Errors
/// As [`parse`]; the line is the first where the fault is one of the record as a whole.
pub fn parse_piece(piece: &[u8]) -> Result<Credential, Fault> {
    let raw = serde_json::from_slice(piece).map_err(|error| Fault::of(&error))?;
    checked(raw).map_err(|reason| Fault { line: 1, reason })
}

/// Parses a record that is native JSON for sure; nothing if it may be of another standard, or is none.
pub fn parse_plain(line: &[u8]) -> Option<Result<Credential, String>> {
    serde_json::from_slice::<Raw>(line)
        .ok()
        .filter(Raw::is_plain)
        .map(checked)
}

/// Parses native JSON that is read already.
///
/// # Errors
/// As [`parse`].
pub fn from_value(value: Value) -> Result<Credential, String> {
    checked(serde_json::from_value(value).map_err(|error| error.to_string())?)
}

/// The credential with some native fields laid over it; a null takes a field away.
///
/// # Errors
/// As [`parse`].
pub fn overlaid(credential: &Credential, fields: &[(&str, &Value)]) -> Result<Credential, String> {
    let mut value = to_value(credential);
    if let Some(object) = value.as_object_mut() {
        for (name, laid) in fields.iter().filter(|(name, _)| *name != "id") {
            match laid {
                Value::Null => object.remove(*name),
                _ => object.insert((*name).to_owned(), (*laid).clone()),
            };
        }
    }
    from_value(value)
}

fn checked(raw: Raw) -> Result<Credential, String> {
    let languages = codes("languages", raw.languages.into_vec(), 2)?;
    let default_language = match languages.as_slice() {
        [only] => only.clone(),
        _ => "und".to_owned(),
    };
    let texts = |field: &str, text| texts(field, text, &default_language);
    let id = raw.id.trim().to_owned();
    check_id(&id)?;
    let title = texts("title", raw.title)?;
    if title.is_empty() {
        return Err("title: is empty".to_owned());
    }
    let outcomes = raw.outcomes.into_iter().enumerate().map(|(at, outcome)| {
        let field = format!("outcomes[{at}]");
        let skills = links(&format!("{field}.skills"), outcome.skills)?;
        match outcome.text {
            Some(text) => Ok(Outcome {
                text: texts(&format!("{field}.text"), text)?,
                skills,
            }),
            // A skill by itself says what is learned.
            None if !skills.is_empty() => Ok(Outcome {
                text: Vec::new(),
                skills,
            }),
            None => Err(format!("{field}: has neither text nor skills")),
        }
    });
    let (mut outcomes, skills_required) = (
        outcomes.collect::<Result<Vec<_>, String>>()?,
        links("skillsRequired", raw.skills_required)?,
    );
    // An empty text states nothing.
    outcomes.retain(|outcome| !outcome.text.is_empty() || !outcome.skills.is_empty());
    let numbered = |field: &str, at: usize| format!("{field}[{at}]");
    let accreditations = raw
        .accreditations
        .into_iter()
        .enumerate()
        .map(|(at, raw)| accreditation(&numbered("accreditations", at), raw));
    let schemes = raw
        .funding_schemes
        .into_iter()
        .enumerate()
        .map(|(at, raw)| scheme(&numbered("fundingSchemes", at), raw));
    let groups = raw
        .prerequisite_groups
        .into_iter()
        .enumerate()
        .map(|(at, raw)| match raw.of.len() {
            count if (1..=count).contains(&(raw.at_least as usize)) => Ok(PrerequisiteGroup {
                at_least: raw.at_least,
                of: raw.of,
            }),
            count => Err(format!(
                "prerequisiteGroups[{at}].atLeast: {} is not in 1 to {count}",
                raw.at_least
            )),
        });
    let mut start_days = raw
        .start_dates
        .into_vec()
        .iter()
        .map(|date| day("startDates", date))
        .collect::<Result<Vec<_>, String>>()?;
    start_days.sort_unstable();
    start_days.dedup();
    Ok(Credential {
        id,
        title,
        description: raw
            .description
            .map_or(Ok(Vec::new()), |text| texts("description", text))?,
        outcomes,
        provider: stated(raw.provider),
        countries: codes("country", raw.country.into_vec(), 2)?
            .into_iter()
            .map(|code| code.to_uppercase())
            .collect(),
        languages,
        hours: amount("hours", raw.hours)?,
        hours_min: amount("hoursMin", raw.hours_min)?,
        ects: amount("ects", raw.ects)?,
        eqf_level: raw
            .eqf_level
            .map(|level| eqf("eqfLevel", level))
            .transpose()?,
        nqf_level: stated(raw.nqf_level),
        cost: raw.cost.map(|cost| money("cost", cost)).transpose()?,
        mode: raw.mode.map(mode).transpose()?,
        prerequisites: raw.prerequisites,
        prerequisite_groups: groups.collect::<Result<_, String>>()?,
        skills_required: skills_required.into_iter().map(|link| link.uri).collect(),
        part_of: raw.part_of.into_vec(),
        parts: raw.parts.into_vec(),
        trust_signals: signals(raw.trust_signals)?,
        accreditations: accreditations.collect::<Result<_, String>>()?,
        funding_schemes: schemes.collect::<Result<_, String>>()?,
        sector: stated(raw.sector),
        assessment: stated(raw.assessment.map(RawNote::into_text)),
        stackability: stated(raw.stackability),
        standards: raw.standards.into_vec(),
        cost_note: stated(raw.cost_note),
        funding: raw.funding.into_iter().map(RawNote::into_text).collect(),
        start_days,
        modified_day: raw
            .modified
            .map(|date| day("modified", &date))
            .transpose()?,
        version: raw.version,
        issued_day: raw.issued.map(|date| day("issued", &date)).transpose()?,
        valid_from_day: raw
            .valid_from
            .map(|date| day("validFrom", &date))
            .transpose()?,
        valid_until_day: raw
            .valid_until
            .map(|date| day("validUntil", &date))
            .transpose()?,
        awarding_body: stated(raw.awarding_body),
        credential_type: stated(raw.credential_type),
        duration: stated(raw.duration),
        isced: raw.isced.into_vec(),
        purpose: stated(raw.purpose),
        target_groups: raw.target_groups.into_vec(),
        participation: stated(raw.participation),
        supervision: stated(raw.supervision),
        grade: stated(raw.grade),
        homepage: stated(raw.homepage),
        further_information: stated(raw.further_information),
        identifiers: raw.identifiers.into_vec(),
        occupations: raw.occupations.into_vec(),
        entry_requirements: stated(raw.entry_requirements),
        format: stated(raw.format),
        schedule: stated(raw.schedule),
        doubts: raw.doubts,
    })
}

#[cfg(test)]
mod tests;
