//! The description of REST: whole, true to the contract, and with examples that work when they are sent.

use std::collections::BTreeSet;

use bytes::Bytes;
use http_body_util::Full;
use serde_json::Value;
use skillgap::serve::Source;
use skillgap_catalogue::{self as catalogue, starter_credentials, starter_esco};

use crate::http::{get, send, to};
use crate::support::{Service, config};

async fn document(service: &Service) -> Value {
    let answer = get(service, "/openapi.json").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/json")
    );
    answer.json()
}

/// Everything that a document refers to, from anywhere.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(to)) = object.get("$ref") {
                found.insert(to.clone());
            }
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn everything_is_described_and_every_reference_leads_somewhere() {
    let service = Service::start().await;
    let document = document(&service).await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 70, "{}", found.len());
    for to in found {
        let pointer = to.trim_start_matches('#');
        assert!(
            document.pointer(pointer).is_some_and(Value::is_object),
            "{to}"
        );
    }
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let described = operation["description"].as_str().unwrap();
            let summary = operation["summary"].as_str().unwrap();
            assert!(
                !described.is_empty() && !summary.is_empty(),
                "{verb} {path}"
            );
            assert!(
                names.insert(operation["operationId"].to_string()),
                "{verb} {path}"
            );
        }
    }
    assert_eq!(names.len(), 22, "{names:?}");
    let bare = |name: &str, schema: &Value| {
        let fields = schema["properties"].as_object();
        let fields = fields.into_iter().flatten();
        fields
            .filter(|(_, field)| field["description"].as_str().is_none_or(str::is_empty))
            .map(|(field, _)| format!("{name}.{field}"))
            .collect::<Vec<_>>()
    };
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let bare: Vec<String> = schemas
        .iter()
        .flat_map(|(name, schema)| bare(name, schema))
        .collect();
    let outside = bare.iter().all(|name| name.starts_with("google."));
    assert!(outside, "{bare:?}");
    let about = document["info"]["description"].as_str().unwrap();
    assert!(
        about.contains("`ad_bytes_max` = 65536: Bytes of an ad"),
        "{about}"
    );
}

#[tokio::test]
async fn each_example_works_when_it_is_pasted() {
    // A catalogue of starter data that can be changed.
    let dir = tempfile::tempdir().unwrap();
    let (esco, credentials) = (starter_esco().unwrap(), starter_credentials().unwrap());
    catalogue::build(dir.path(), esco, credentials, &|_, _, _| {}).unwrap();
    let source = Source::DataDir(dir.path().to_path_buf());
    let service = Service::start_with(config(), source).await;
    let document = document(&service).await;
    let mut n_sent = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let (mut path, mut query) = (path.clone(), Vec::new());
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                let example = match &parameter["example"] {
                    Value::Null => continue,
                    Value::String(text) => vec![text.clone()],
                    Value::Array(list) => list
                        .iter()
                        .map(|one| one.as_str().unwrap().to_owned())
                        .collect(),
                    other => vec![other.to_string()],
                };
                for value in example {
                    let value = value.replace(' ', "%20");
                    match parameter["in"].as_str() {
                        Some("path") => path = path.replace(&format!("{{{name}}}"), &value),
                        _ => query.push(format!("{name}={value}")),
                    }
                }
            }
            if !query.is_empty() {
                path = format!("{path}?{}", query.join("&"));
            }
            let mut request = to(&verb.to_uppercase(), &path);
            let mut body = Full::<Bytes>::default();
            if let Some(content) = operation["requestBody"]["content"].as_object() {
                let (form, content) = content.iter().next().unwrap();
                request = request.header("content-type", form);
                body = Full::from(content["example"].to_string());
            }
            let answer = send(&service, request.body(body).unwrap()).await;
            let said = String::from_utf8_lossy(&answer.body);
            assert_eq!(answer.status, 200, "{verb} {path}: {said}");
            assert!(!said.contains("\"error\":{"), "{verb} {path}: {said}");
            n_sent += 1;
        }
    }
    assert_eq!(n_sent, 22);
}

#[tokio::test]
async fn the_schemas_are_those_of_the_answers() {
    let service = Service::start().await;
    let document = document(&service).await;
    let answers = [
        (
            "GetServerInfoResponse",
            get(&service, "/v1/serverInfo").await.json(),
        ),
        (
            "SearchSkillsResponse",
            get(&service, "/v1/skills?text=sell").await.json(),
        ),
        (
            "GetCredentialResponse",
            get(&service, "/v1/credentials/cedefop-01").await.json(),
        ),
        ("Problem", get(&service, "/v1/skills").await.json()),
    ];
    for (name, answer) in answers {
        let schema = &document["components"]["schemas"][name];
        check(&document, schema, &answer, name);
    }
}

/// Checks a value by a schema, as far as this document uses the language of schemas.
fn check(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(to) = schema["$ref"].as_str() {
        let schema = document.pointer(to.trim_start_matches('#')).unwrap();
        return check(document, schema, value, at);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let object = value.as_object().unwrap_or_else(|| panic!("{at}: {value}"));
            for (name, value) in object {
                let inner = match &schema["properties"][name] {
                    Value::Null => &schema["additionalProperties"],
                    inner => inner,
                };
                assert!(!inner.is_null(), "{at}.{name} is not described");
                if inner.is_object() && !value.is_null() {
                    check(document, inner, value, &format!("{at}.{name}"));
                }
            }
        }
        Some("array") => {
            let list = value.as_array().unwrap_or_else(|| panic!("{at}: {value}"));
            list.iter()
                .for_each(|value| check(document, &schema["items"], value, at));
        }
        Some("string") => {
            let text = value.as_str().unwrap_or_else(|| panic!("{at}: {value}"));
            let known = schema["enum"].as_array();
            assert!(
                known.is_none_or(|known| known.contains(&text.into())),
                "{at}: {text}"
            );
        }
        Some("integer") => assert!(value.is_u64() || value.is_i64(), "{at}: {value}"),
        Some("number") => assert!(value.is_number(), "{at}: {value}"),
        Some("boolean") => assert!(value.is_boolean(), "{at}: {value}"),
        other => panic!("{at}: {other:?}"),
    }
}
