//! How does a line of proto JSON become an answer? As on the wire, but with plainer words for enums allowed and every fault of form named.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use skillgap_catalogue::Catalogue;

use super::{matching, reachable};
use crate::config::Policy;
use crate::engine::Watch;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Answers one `RecommendRequest` in proto JSON with one `RecommendResponse` in proto JSON, on one line.
///
/// Enum words may be short and in lower case (`"unemployed"` for `"PERSONA_UNEMPLOYED"`); a top-level `id` is allowed and ignored.
///
/// # Errors
/// [`Error::Invalid`] for what is no JSON, no request by form, or no valid request; and what the engine says.
pub fn recommend_json(
    catalogue: &Catalogue,
    limits: &Limits,
    policy: &Policy,
    line: &str,
) -> Result<String> {
    let request = parse(line)?;
    let answer = matching::recommend(catalogue, limits, policy, &request, &mut Watch::unlimited())?;
    serde_json::to_string(&answer).map_err(|_| Error::Internal)
}

/// Answers one `ReachableOccupationsRequest` in proto JSON with one `ReachableOccupationsResponse`, as [`recommend_json`] does.
///
/// # Errors
/// As [`recommend_json`].
pub fn reachable_json(
    catalogue: &Catalogue,
    limits: &Limits,
    policy: &Policy,
    line: &str,
) -> Result<String> {
    let request = parse(line)?;
    let answer =
        reachable::reachable(catalogue, limits, policy, &request, &mut Watch::unlimited())?;
    serde_json::to_string(&answer).map_err(|_| Error::Internal)
}

fn parse<Q: DeserializeOwned>(line: &str) -> Result<Q> {
    let value = serde_json::from_str(line).map_err(|error| {
        Error::invalid("line", format!("is no JSON (column {})", error.column()))
    })?;
    let Value::Object(mut request) = value else {
        return Err(Error::invalid("line", "is no JSON object"));
    };
    request.remove("id");
    plain_words(&mut request);
    serde_path_to_error::deserialize(Value::Object(request)).map_err(|error| violation(&error))
}

/// The violation for a fault of form. Of serde's message only what was expected is kept, because the rest quotes the value.
fn violation(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let (path, message) = (error.path().to_string(), error.inner().to_string());
    let unknown = message.starts_with("unknown field");
    let reason = match message.rsplit_once(", expected ") {
        _ if unknown => "is no field of the contract".to_owned(),
        Some((_, expected)) => format!("expected {expected}"),
        None => "has the wrong form".to_owned(),
    };
    Error::invalid(path, reason)
}

/// Turns short words of enums into those of the contract. What is no such word stays, to be refused.
fn plain_words(request: &mut Map<String, Value>) {
    let word = |prefix: &str, value: &mut Value| {
        let Value::String(given) = value else { return };
        let upper = given.trim().to_uppercase().replace(['-', ' '], "_");
        *given = if upper.starts_with(prefix) {
            upper
        } else {
            format!("{prefix}{upper}")
        };
    };
    if let Some(persona) = request.get_mut("persona") {
        word("PERSONA_", persona);
    }
    for demanded in request
        .get_mut("demand")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(requirement) = demanded.get_mut("requirement") {
            word("REQUIREMENT_", requirement);
        }
    }
    let modes = request
        .get_mut("constraints")
        .and_then(|constraints| constraints.get_mut("modes"));
    for mode in modes.and_then(Value::as_array_mut).into_iter().flatten() {
        word("DELIVERY_MODE_", mode);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::wire::RecommendRequest;

    fn parse(line: &str) -> Result<RecommendRequest> {
        super::parse(line)
    }

    fn check_form(line: &str, field: &str, reason: &str) {
        match parse(line) {
            Err(Error::Invalid(violations)) => {
                assert_eq!(
                    (violations[0].field.as_str(), violations[0].reason.as_str()),
                    (field, reason),
                    "{line}"
                )
            }
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn enum_words_may_be_short_or_long_or_numbers() {
        for persona in [r#""unemployed""#, r#""PERSONA_UNEMPLOYED""#, "3"] {
            assert_eq!(
                parse(&format!(r#"{{"persona":{persona}}}"#))
                    .unwrap()
                    .persona,
                3,
                "{persona}"
            );
        }
        let line = r#"{"id":"x-1","demand":[{"uri":"u","requirement":"optional"}],"constraints":{"modes":["online","work-based","DELIVERY_MODE_ONSITE"]}}"#;
        let request = parse(line).unwrap();
        assert_eq!(request.demand[0].requirement, 2);
        assert_eq!(request.constraints.unwrap().modes, [2, 4, 1]);
    }

    #[test]
    fn faults_of_form_are_named_by_path_and_never_quoted() {
        check_form("{", "line", "is no JSON (column 1)");
        check_form("[]", "line", "is no JSON object");
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
        check_form(r#"{"ad":["secret"]}"#, "ad", "expected a string");
        check_form(
            r#"{"persona":"secret"}"#,
            "persona",
            "expected one of `PERSONA_UNSPECIFIED`, `PERSONA_LEARNER`, `PERSONA_EMPLOYEE`, `PERSONA_UNEMPLOYED`, `PERSONA_EMPLOYER`",
        );
    }
}
