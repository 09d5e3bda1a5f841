//! Proto JSON of requests and answers, over REST and on the command line: enum values may be short, and every fault of form is named by its
//! path. On the command line the fields of a target may stand in the request itself, and an `id` is given back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value, json};

use super::View;
use crate::demand::Level;
use crate::error::{Error, Result};

/// The fields of a target, as JSON names them.
const TARGET: [&str; 6] = [
    "ad",
    "demand",
    "occupationUri",
    "adLanguageCode",
    "rejectedSkillUris",
    "confidenceMin",
];

/// Bytes of a level in words.
const LEVEL_BYTES_MAX: usize = 64;
/// Bytes of a name of a field that is named back to the caller.
const NAME_BYTES_MAX: usize = 64;

/// Answers one request in proto JSON with the answer on one line; an `id` of the request comes first in it.
///
/// # Errors
/// [`Error::Invalid`] for what is no request by form; and what the method says, with the field names of JSON.
pub fn answer_json<Q: DeserializeOwned, A: Serialize>(
    view: &View<'_>,
    method: fn(&View<'_>, Q) -> Result<A>,
    request: Value,
) -> Result<String> {
    let (id, request) = read(request)?;
    let answer = method(view, request).map_err(with_json_names)?;
    let answer = String::from_utf8(write_bytes(&answer)?).map_err(|_| Error::Internal)?;
    Ok(match (id, answer.strip_prefix('{')) {
        (Some(id), Some("}")) => format!("{{\"id\":{id}}}"),
        (Some(id), Some(rest)) => format!("{{\"id\":{id},{rest}"),
        _ => answer,
    })
}

fn read<Q: DeserializeOwned>(request: Value) -> Result<(Option<Value>, Q)> {
    let Value::Object(mut request) = request else {
        return Err(Error::invalid("request", "is no JSON object"));
    };
    let id = request.remove("id");
    let mut request = lift(request);
    for (message, list) in [("profile", "skills"), ("target", "demand")] {
        let list = request.get_mut(message).and_then(|of| of.get_mut(list));
        let skills = list.and_then(Value::as_array_mut).into_iter().flatten();
        skills.for_each(level_of_word);
    }
    Ok((id, read_fields(request)?))
}

/// Puts the fields of a target that stand in the request itself where they belong.
fn lift(mut request: Map<String, Value>) -> Map<String, Value> {
    let flat: Map<String, Value> = TARGET
        .iter()
        .filter_map(|name| request.remove_entry(*name))
        .collect();
    if !flat.is_empty() {
        let target = request
            .entry("target")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(target) = target {
            target.extend(flat);
        }
    }
    request
}

/// Turns the level of a skill that stands there as one word, such as `B1`, `EQF 4` or `advanced`, into the message that it is. What is no such
/// word stays, to be refused.
fn level_of_word(skill: &mut Value) {
    let Some(level) = skill.get_mut("level") else {
        return;
    };
    let word = level.as_str().filter(|word| word.len() <= LEVEL_BYTES_MAX);
    if word == Some("") {
        *level = Value::Null;
    } else if let Some(read) = word.and_then(Level::parse) {
        *level = match read {
            Level::Cefr(of) => json!({"cefr": format!("{of:?}")}),
            Level::Eqf(of) => json!({"eqf": of}),
            word => json!({"proficiency": word.to_string()}),
        };
    }
}

/// Reads a request in proto JSON.
///
/// # Errors
/// [`Error::Invalid`] with the path of the first fault of form.
pub(super) fn read_bytes<Q: DeserializeOwned>(request: &[u8]) -> Result<Q> {
    serde_json::from_slice(request).or_else(|error| {
        if matches!(error.classify(), Category::Syntax | Category::Eof) {
            let (line, column) = (error.line(), error.column());
            let reason = format!("is no JSON: line {line}, column {column}");
            return Err(Error::invalid("request", reason));
        }
        // Once more, to learn where.
        let mut request = serde_json::Deserializer::from_slice(request);
        serde_path_to_error::deserialize(&mut request).map_err(|error| violation(&error))
    })
}

/// Reads a request whose fields were read already.
///
/// # Errors
/// As [`read_bytes`].
pub(super) fn read_fields<Q: DeserializeOwned>(request: Map<String, Value>) -> Result<Q> {
    serde_path_to_error::deserialize(Value::Object(request)).map_err(|error| violation(&error))
}

/// Writes an answer in proto JSON.
///
/// # Errors
/// None in practice: every answer has a form in JSON.
pub(super) fn write_bytes<A: Serialize>(answer: &A) -> Result<Vec<u8>> {
    serde_json::to_vec(answer).map_err(|_| Error::Internal)
}

/// The path and what is expected there; never the value, which serde's own messages quote, nor what is too odd to be a field's name.
fn violation(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let message = error.inner().to_string();
    let unknown = message.starts_with("unknown field");
    let reason = match message.rsplit_once(", expected ") {
        _ if unknown => "is no field of the contract".to_owned(),
        Some((_, expected)) => {
            // serde_json ends with the place in the text.
            let end = expected.rfind(" at line ").unwrap_or(expected.len());
            format!("expected {}", &expected[..end])
        }
        None => "has the wrong form".to_owned(),
    };
    let path = error.path().to_string();
    let is_name = |part: &str| {
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '[' | ']');
        part.len() <= NAME_BYTES_MAX && part.chars().all(letters)
    };
    // A dot alone is the request itself.
    let known: Vec<&str> = path
        .split('.')
        .filter(|part| !part.is_empty())
        .take_while(|part| is_name(part))
        .collect();
    let known = known.join(".");
    let field = if known.is_empty() { "request" } else { &known };
    Error::invalid(field, reason)
}

/// The same error, with paths as JSON writes them.
pub fn with_json_names(error: Error) -> Error {
    let Error::Invalid(mut violations) = error else {
        return error;
    };
    for violation in &mut violations {
        violation.field = json_name(&violation.field);
    }
    Error::Invalid(violations)
}

/// `profile.skills[1].ad_language_code` as `profile.skills[1].adLanguageCode`.
fn json_name(path: &str) -> String {
    let mut parts = path.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &String::from_iter(capital) + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::wire::RecommendCredentialsRequest;

    fn parse(line: &str) -> Result<RecommendCredentialsRequest> {
        read(serde_json::from_str(line).unwrap()).map(|(_, request)| request)
    }

    fn check_form(line: &str, field: &str, reason: &str) {
        match parse(line) {
            Err(Error::Invalid(violations)) => {
                let first = (violations[0].field.as_str(), violations[0].reason.as_str());
                assert_eq!(first, (field, reason), "{line}");
            }
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn enum_words_may_be_short_or_long_or_numbers() {
        for persona in [r#""unemployed""#, r#""PERSONA_UNEMPLOYED""#, "3"] {
            let request = parse(&format!(r#"{{"persona":{persona}}}"#)).unwrap();
            assert_eq!(request.persona, 3, "{persona}");
        }
        let line = r#"{"id":"x-1","demand":[{"uri":"u","requirement":"optional"}],"constraints":{"modes":["online","work-based","DELIVERY_MODE_ONSITE"]}}"#;
        let request = parse(line).unwrap();
        assert_eq!(request.target.unwrap().demand[0].requirement, 2);
        assert_eq!(request.constraints.unwrap().modes, [2, 4, 1]);
    }

    #[test]
    fn the_fields_of_a_target_may_stand_in_the_request_itself() {
        let flat = r#"{"ad":"a","adLanguageCode":"de","profile":{"text":"t"}}"#;
        let nested = r#"{"target":{"ad":"a","adLanguageCode":"de"},"profile":{"text":"t"}}"#;
        assert_eq!(parse(flat).unwrap(), parse(nested).unwrap());
    }

    #[test]
    fn a_level_may_be_one_word() {
        let word = |level: &str| {
            parse(&format!(
                r#"{{"profile":{{"skills":[{{"level":{level}}}]}}}}"#
            ))
        };
        for (short, long) in [
            (r#""B1""#, r#"{"cefr":"CEFR_LEVEL_B1"}"#),
            (r#""EQF 4""#, r#"{"eqf":4}"#),
            (r#""advanced""#, r#"{"proficiency":"PROFICIENCY_ADVANCED"}"#),
            (r#""""#, "null"),
        ] {
            assert_eq!(word(short).unwrap(), word(long).unwrap(), "{short}");
        }
        assert!(word(r#""secret""#).is_err());
    }

    #[test]
    fn faults_of_form_are_named_by_path_and_never_quoted() {
        check_form("[]", "request", "is no JSON object");
        check_form(
            r#"{"adText":"secret"}"#,
            "adText",
            "is no field of the contract",
        );
        check_form(
            r#"{"profile":{"skills":[{"uri":"a"},{"url":"secret"}]}}"#,
            "profile.skills[1].url",
            "is no field of the contract",
        );
        check_form(r#"{"topK":{"a":"secret"}}"#, "topK", "has the wrong form");
        check_form(r#"{"ad":["secret"]}"#, "target.ad", "expected a string");
        check_form(r#"{"persona":"secret"}"#, "persona", "has the wrong form");
        let odd = r#"{"profile":{"my secret":1}}"#;
        check_form(odd, "profile", "is no field of the contract");
    }

    #[test]
    fn bytes_are_read_as_the_contract_has_them() {
        let read = |text: &str| match read_bytes::<RecommendCredentialsRequest>(text.as_bytes()) {
            Ok(request) => format!("{:?}", request.target.unwrap_or_default().ad),
            Err(Error::Invalid(all)) => format!("{}: {}", all[0].field, all[0].reason),
            other => panic!("{other:?}"),
        };
        for (text, expected) in [
            (r#"{"target":{"ad":"a"}}"#, r#"Some("a")"#),
            (r#"{"ad":"secret"}"#, "ad: is no field of the contract"),
            (
                r#"{"target":{"ad":["secret"]}}"#,
                "target.ad: expected a string",
            ),
            (r#"{"target":"#, "request: is no JSON: line 1, column 10"),
            ("", "request: is no JSON: line 1, column 0"),
            ("{} secret", "request: is no JSON: line 1, column 4"),
            (
                "[]",
                "request: expected struct skillgap.v1.RecommendCredentialsRequest",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn paths_are_those_of_json() {
        assert_eq!(
            json_name("target.ad_language_code"),
            "target.adLanguageCode"
        );
        assert_eq!(json_name("ids[0]"), "ids[0]");
    }
}
