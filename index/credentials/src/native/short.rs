//! The short form of native JSON: flat names, and plain values where the full form has a message.

use serde_json::{Map, Value, json};

use crate::check::{doubt, proto_path};
use crate::credential::{DeliveryMode, Doubt, EnumName};
use crate::standards::codes::esco_skill;

/// Names of the short form, each with the place of the full form that it stands for; one that is also the name of a group comes before others of that group.
pub const SHORT_NAMES: [(&str, &str); 31] = [
    ("country", "access.countries"),
    ("countries", "access.countries"),
    ("languages", "access.languages"),
    ("mode", "access.mode"),
    ("startDates", "access.startDates"),
    ("participation", "access.participation"),
    ("format", "access.format"),
    ("schedule", "access.schedule"),
    ("hours", "workload.hours"),
    ("hoursMin", "workload.hoursMin"),
    ("ects", "workload.ects"),
    ("duration", "workload.duration"),
    ("prerequisites", "entry.prerequisites"),
    ("prerequisiteGroups", "entry.prerequisiteGroups"),
    ("skillsRequired", "entry.skillUris"),
    ("entryRequirements", "entry.requirements"),
    ("trustSignals", "quality.trustSignals"),
    ("accreditations", "quality.accreditations"),
    ("standards", "quality.standards"),
    ("assessment", "assessment.method"),
    ("supervision", "assessment.supervision"),
    ("grade", "assessment.grading"),
    ("funding", "funding.notes"),
    ("fundingSchemes", "funding.schemes"),
    ("provider", "provider.name"),
    ("awardingBody", "awardingBody.name"),
    ("issued", "validity.issued"),
    ("validFrom", "validity.validFrom"),
    ("validUntil", "validity.validUntil"),
    ("isced", "iscedCodes"),
    ("homepage", "page"),
];

/// Members of the short form within entries, by the list that they stand in, each with its full name.
const SHORT_MEMBERS: [(&str, &str, &str); 4] = [
    ("prerequisiteGroups", "atLeast", "heldMin"),
    ("prerequisiteGroups", "of", "credentialIds"),
    ("fundingSchemes", "amount", "amountMax"),
    ("fundingSchemes", "until", "validUntil"),
];

/// A name of the short form with its place in the full one.
pub(super) type Moved = (&'static str, &'static str);

/// Rewrites the short form to the full one, where it stands. Gives the names that were rewritten, and those that were not, since their value is stated in
/// the full form as well, with their text.
pub(super) fn lengthen(record: &mut Value) -> (Vec<Moved>, Vec<(Moved, String)>) {
    let (mut moved, mut twice) = (Vec::new(), Vec::new());
    let Some(members) = record.as_object_mut() else {
        return (moved, twice);
    };
    let language = only_language(members);
    for (short, full) in SHORT_NAMES {
        // Where the full form has a group of the same name, an object is one.
        let is_group = full.split('.').next() == Some(short);
        let is_short = |value: &Value| !is_group || !value.is_object() || is_note(value);
        if !members.get(short).is_some_and(is_short) {
            continue;
        }
        let value = members.remove(short).unwrap_or_default();
        if value.is_null() {
            continue;
        }
        match put(members, full, entries(short, value)) {
            Ok(()) => moved.push((short, full)),
            Err(value) => twice.push(((short, full), words(&value))),
        }
    }
    for name in ["title", "description"] {
        by_language(members.get_mut(name), &language);
    }
    let outcomes = members.get_mut("outcomes").and_then(Value::as_array_mut);
    for outcome in outcomes.into_iter().flatten() {
        by_language(outcome.get_mut("text"), &language);
    }
    let doubts = members.get_mut("doubts").and_then(Value::as_array_mut);
    for field in doubts
        .into_iter()
        .flatten()
        .filter_map(|doubt| doubt.get_mut("field"))
    {
        if let Some((_, full)) = SHORT_NAMES.iter().find(|(short, _)| *field == *short) {
            *field = proto_path(full).into();
        }
    }
    (moved, twice)
}

/// A value as its text.
fn words(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Rewrites `skills` of a record, which the record as a whole teaches, to an outcome each, and takes links away that are no URIs of skills: their words
/// become the text of an outcome without one, to be linked by it, and are in doubt.
pub(super) fn take_skills(record: &mut Value) -> Vec<Doubt> {
    let Some(members) = record.as_object_mut() else {
        return Vec::new();
    };
    let stated = members.remove("skills").unwrap_or_default();
    let language = only_language(members);
    let mut doubts = Vec::new();
    let links: Vec<Value> = match stated {
        Value::Array(links) => links,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    if !links.is_empty() {
        let outcomes = links.into_iter().map(|link| match link {
            Value::String(uri) => json!({ "skills": [{ "uri": uri }] }),
            link => json!({ "skills": [link] }),
        });
        match members.entry("outcomes").or_insert_with(|| json!([])) {
            Value::Array(known) => known.extend(outcomes),
            other => *other = [other.take()].into_iter().chain(outcomes).collect(),
        }
    }
    let outcomes = members.get_mut("outcomes").and_then(Value::as_array_mut);
    for (at, outcome) in outcomes.into_iter().flatten().enumerate() {
        let mut strange = Vec::new();
        if let Some(links) = outcome.get_mut("skills").and_then(Value::as_array_mut) {
            links.retain_mut(|link| {
                let Some(uri) = link.get_mut("uri").filter(|uri| uri.is_string()) else {
                    return true;
                };
                let stated = words(uri);
                match skill_uri(&stated) {
                    _ if stated.trim().is_empty() => return true,
                    Some(read) => *uri = read.into(),
                    None => {
                        strange.push(stated);
                        return false;
                    }
                }
                true
            });
        }
        for stated in &strange {
            doubts.push(doubt(&format!("outcomes[{at}].skills"), stated, NO_SKILL));
        }
        strange.retain(|stated| !is_address(stated));
        if let Some(outcome) = outcome.as_object_mut()
            && !strange.is_empty()
            && !outcome.contains_key("text")
        {
            let text = json!({ language.as_str(): strange.join("; ") });
            outcome.insert("text".to_owned(), text);
        }
    }
    doubts
}

/// Why a link is not taken.
const NO_SKILL: &str =
    "is not the URI of an ESCO skill; a link by its words, if any, is an inferred one";

/// The URI of a skill, in one form; nothing for what is no URI, or that of another thing of ESCO.
pub fn skill_uri(stated: &str) -> Option<String> {
    let stated = stated.trim().trim_matches(['<', '>']);
    if let Some(id) = stated.rsplit('/').next().filter(|id| is_uuid(id)) {
        let kind = stated.rsplit('/').nth(1);
        if !stated.contains("://") && matches!(kind, None | Some("skill")) {
            return Some(format!(
                "http://data.europa.eu/esco/skill/{}",
                id.to_lowercase()
            ));
        }
    }
    let is_of_esco = stated.contains("//data.europa.eu/esco/");
    let is_uri = stated.starts_with("http") && stated.contains("://");
    match esco_skill(stated) {
        None if is_of_esco || !is_uri || stated.contains(char::is_whitespace) => None,
        None => Some(stated.to_owned()),
        uri => uri,
    }
}

/// Whether a word is an id as those of ESCO are.
fn is_uuid(word: &str) -> bool {
    let lengths = word.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && word
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether a text is an address, and no words of people.
pub(crate) fn is_address(text: &str) -> bool {
    text.contains("://") || text.contains("esco/")
}

/// The path of the full form that a name of the short form stands for; any other name is one of the full form.
pub fn full_name(name: &str) -> &str {
    let short = SHORT_NAMES.iter().find(|(short, _)| *short == name);
    short.map_or(name, |(_, full)| full)
}

/// A path of the full form by the names that the record itself uses.
pub fn short_path(path: &str, moved: &[Moved]) -> String {
    let short = moved.iter().find_map(|(short, full)| {
        let rest = path.strip_prefix(full)?;
        let members = SHORT_MEMBERS.iter().filter(|(list, ..)| list == short);
        let rest = members.fold(rest.to_owned(), |rest, (_, from, to)| {
            rest.replace(to, from)
        });
        (rest.is_empty() || rest.starts_with(['.', '['])).then(|| format!("{short}{rest}"))
    });
    short.unwrap_or_else(|| path.to_owned())
}

/// The language of plain texts: the only one of instruction, if there is one.
fn only_language(members: &Map<String, Value>) -> String {
    let languages = members.get("languages");
    let languages = languages.or_else(|| members.get("access")?.get("languages"));
    let only = match languages {
        Some(Value::Array(languages)) if languages.len() == 1 => languages.first(),
        Some(Value::Array(_)) | None => None,
        one => one,
    };
    let code = only.and_then(|only| only.as_str().or_else(|| only.get("languageCode")?.as_str()));
    code.unwrap_or("und").to_owned()
}

fn by_language(text: Option<&mut Value>, language: &str) {
    if let Some(text) = text
        && text.is_string()
    {
        *text = json!({ language: text.take() });
    }
}

/// Whether a value is a text in the words of its source, with what else is known of it.
fn is_note(value: &Value) -> bool {
    value.get("text").is_some_and(Value::is_string)
}

/// The value of a short name as the full form has it.
fn entries(short: &str, value: Value) -> Value {
    match value {
        Value::Array(entries) => entries
            .into_iter()
            .map(|entry| self::entry(short, entry))
            .collect(),
        one => entry(short, one),
    }
}

fn entry(short: &str, mut entry: Value) -> Value {
    match (short, &mut entry) {
        ("languages", Value::String(code)) => return json!({ "languageCode": code }),
        ("mode", Value::String(words)) => {
            if let Some(mode) = DeliveryMode::from_words(words) {
                return mode.name().into();
            }
        }
        ("skillsRequired", Value::Object(link)) => return link.remove("uri").unwrap_or_default(),
        ("assessment" | "funding", Value::Object(note)) => {
            return note.remove("text").unwrap_or_default();
        }
        ("trustSignals", Value::Object(stated)) => {
            if let Some(value) = stated.get_mut("value") {
                signal_value(value);
            }
        }
        (_, Value::Object(members)) => {
            for (_, from, to) in SHORT_MEMBERS.iter().filter(|(list, ..)| *list == short) {
                if let Some(value) = members.remove(*from) {
                    members.entry(*to).or_insert(value);
                }
            }
        }
        _ => {}
    }
    entry
}

fn signal_value(value: &mut Value) {
    let word = match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(word) => word.to_lowercase().replace('_', " "),
        _ => return,
    };
    match word.as_str() {
        "true" | "yes" => *value = "yes".into(),
        "false" | "no" => *value = "no".into(),
        "not stated" | "ns" | "unknown" => *value = Value::Null,
        _ => {}
    }
}

/// Puts a value at its place, or gives it back if something stands there.
fn put(members: &mut Map<String, Value>, full: &str, value: Value) -> Result<(), Value> {
    let (group, name) = match full.split_once('.') {
        None => (members, full),
        Some((group, name)) => match members.entry(group).or_insert_with(|| json!({})) {
            Value::Object(members) => (members, name),
            _ => return Err(value),
        },
    };
    if group.contains_key(name) {
        return Err(value);
    }
    group.insert(name.to_owned(), value);
    Ok(())
}
