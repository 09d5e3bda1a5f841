//! The credential of the services that `src/api` replaces: flat, and otherwise the short form of native JSON.

use serde_json::{Map, Value, json};
use skillgap_credentials::credential::Credential;
use skillgap_credentials::native::{self, SHORT_NAMES};
use skillgap_credentials::proto::Violation;

use super::wire;

/// The short form of native JSON that a message is.
///
/// # Errors
/// A number that is none, and a language that has two texts.
pub(super) fn record(given: &wire::Credential) -> Result<Value, Vec<Violation>> {
    let mut value = serde_json::to_value(given).unwrap_or_default();
    if let Some(field) = not_a_number(&value, "") {
        return Err(vec![violation(field, "is no number")]);
    }
    let Some(members) = value.as_object_mut() else {
        return Ok(value);
    };
    members.retain(|_, value| *value != "" && *value != json!([]));
    for name in ["title", "description"] {
        by_language(members.get_mut(name), name)?;
    }
    for (at, outcome) in list(members, "outcomes").enumerate() {
        if let Some(outcome) = outcome.as_object_mut() {
            outcome.retain(|_, value| *value != json!([]));
            by_language(outcome.get_mut("text"), &format!("outcomes[{at}].text"))?;
        }
    }
    for stated in list(members, "trustSignals").filter_map(Value::as_object_mut) {
        stated.retain(|_, value| *value != "SIGNAL_VALUE_NOT_STATED");
    }
    for uri in list(members, "skillsRequired") {
        *uri = json!({ "uri": uri });
    }
    Ok(value)
}

/// The message that a record is; what it has no place for is left out.
pub(super) fn message(credential: &Credential) -> wire::Credential {
    let mut full = native::to_value(credential);
    let mut flat = Map::new();
    for (short, path) in SHORT_NAMES {
        let value = full.pointer_mut(&format!("/{}", path.replace('.', "/")));
        if let Some(value) = value.filter(|_| short != "country") {
            flat.insert(short.to_owned(), value.take());
        }
    }
    const SAME: [&str; 21] = [
        "id",
        "title",
        "description",
        "outcomes",
        "eqfLevel",
        "cost",
        "partOf",
        "version",
        "costNote",
        "parts",
        "stackability",
        "nqfLevel",
        "credentialType",
        "identifiers",
        "sector",
        "occupations",
        "purpose",
        "targetGroups",
        "furtherInformation",
        "modified",
        "doubts",
    ];
    for name in SAME {
        if let Some(value) = full.get_mut(name) {
            flat.insert(name.to_owned(), value.take());
        }
    }
    for name in ["title", "description"] {
        localized(flat.get_mut(name));
    }
    for outcome in list(&mut flat, "outcomes") {
        localized(outcome.get_mut("text"));
        let links = outcome.get_mut("skills").and_then(Value::as_array_mut);
        for link in links.into_iter().flatten().filter_map(Value::as_object_mut) {
            link.entry("confidence").or_insert(json!(1.0));
            link.remove("evidence");
        }
    }
    for language in list(&mut flat, "languages") {
        *language = language["languageCode"].take();
    }
    for stated in list(&mut flat, "trustSignals") {
        let name = stated["signal"].as_str().unwrap_or_default();
        stated["signal"] = name.trim_start_matches("SIGNAL_").to_lowercase().into();
    }
    renamed(
        &mut flat,
        "prerequisiteGroups",
        [("heldMin", "atLeast"), ("credentialIds", "of")],
    );
    renamed(
        &mut flat,
        "fundingSchemes",
        [("amountMax", "amount"), ("validUntil", "until")],
    );
    for scheme in list(&mut flat, "fundingSchemes").filter_map(Value::as_object_mut) {
        scheme.remove("eligibleStatuses");
    }
    serde_json::from_value(Value::Object(flat)).unwrap_or_default()
}

fn violation(field: impl Into<String>, reason: &str) -> Violation {
    Violation {
        field: field.into(),
        reason: reason.to_owned(),
    }
}

fn list<'a>(
    members: &'a mut Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a mut Value> {
    members
        .get_mut(name)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

fn renamed(members: &mut Map<String, Value>, name: &str, names: [(&str, &str); 2]) {
    for entry in list(members, name).filter_map(Value::as_object_mut) {
        for (from, to) in names {
            if let Some(value) = entry.remove(from) {
                entry.insert(to.to_owned(), value);
            }
        }
    }
}

/// Where a number became null, since JSON has none that are not finite.
fn not_a_number(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::Null => Some(path.to_owned()),
        Value::Array(entries) => {
            let mut entries = entries.iter().enumerate();
            entries.find_map(|(at, entry)| not_a_number(entry, &format!("{path}[{at}]")))
        }
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            not_a_number(value, &path)
        }),
        _ => None,
    }
}

/// Texts by language from a list of them.
fn by_language(texts: Option<&mut Value>, field: &str) -> Result<(), Vec<Violation>> {
    let Some(texts) = texts else { return Ok(()) };
    let mut map = Map::new();
    for (at, text) in texts.as_array_mut().into_iter().flatten().enumerate() {
        let language = text["language"].as_str().unwrap_or_default().to_lowercase();
        if text["text"]
            .as_str()
            .is_none_or(|text| text.trim().is_empty())
        {
            return Err(vec![violation(format!("{field}[{at}].text"), "is empty")]);
        }
        if map.insert(language, text["text"].take()).is_some() {
            return Err(vec![violation(
                format!("{field}[{at}].language"),
                "stands there twice",
            )]);
        }
    }
    *texts = Value::Object(map);
    Ok(())
}

/// A list of texts from texts by language.
fn localized(texts: Option<&mut Value>) {
    if let Some(texts) = texts
        && let Value::Object(map) = texts.take()
    {
        let texts_of = map
            .into_iter()
            .map(|(language, text)| json!({ "language": language, "text": text }));
        *texts = texts_of.collect();
    }
}
