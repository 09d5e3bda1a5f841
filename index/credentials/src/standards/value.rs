//! What does a JSON-LD value say, whichever of its shapes it takes? Object or array, string or number, language map or plain text, reference or node.
//!
//! The one idea: a document is tidied once (prefixes off, pictures and signatures out), and everything after it looks at plain names.

use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::codes;
use crate::credential::Credential;
use skillgap_esco::Text;

/// Names under which pictures, layouts and signatures stand: most of a file, and nothing of a credential.
const DROPPED: [&str; 14] = [
    "image",
    "logo",
    "bannerImage",
    "displayParameter",
    "individualDisplay",
    "photo",
    "proof",
    "refreshService",
    "dateOfBirth",
    "nationalID",
    "contactPoint",
    "evidence",
    "attachment",
    "Signature",
];
/// Names under which texts stand that people read. Two names may become one of these, and each has something to say.
const TEXTS: [&str; 14] = [
    "title",
    "description",
    "name",
    "narrative",
    "noteLiteral",
    "prefLabel",
    "altLabel",
    "legalName",
    "targetName",
    "targetDescription",
    "targetNodeName",
    "targetNodeDescription",
    "competencyText",
    "competencyLabel",
];
/// Name of a text without a language among texts by language (JSON-LD 1.1, 9.8).
const NO_LANGUAGE: &str = "@none";
/// Prefix of our own properties, which keep it; see `elm/write.rs`.
pub const OURS: &str = "skillgap:";

/// Takes prefixes off the names and classes, and drops what is no part of a credential. Where two names become one, texts are put together, and of anything
/// else the first counts.
pub fn tidy(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(tidy).collect()),
        Value::Object(fields) => {
            let mut tidied = Map::new();
            for (name, value) in fields {
                let plain = plain_name(&name);
                if is_dropped(plain) {
                    continue;
                }
                let value = if name.starts_with(OURS) || name == "@context" {
                    value
                } else {
                    tidy(value)
                };
                let value = if plain == "type" {
                    plain_type(value)
                } else {
                    value
                };
                match tidied.entry(plain) {
                    Entry::Vacant(free) => drop(free.insert(value)),
                    Entry::Occupied(mut first) if TEXTS.contains(&plain) => {
                        put_together(first.get_mut(), value)
                    }
                    Entry::Occupied(_) => {}
                }
            }
            Value::Object(tidied)
        }
        other => other,
    }
}

/// Adds a value, or the entries of an array, to others.
fn put_together(first: &mut Value, second: Value) {
    let entries = |value| {
        if let Value::Array(items) = value {
            items
        } else {
            vec![value]
        }
    };
    *first = Value::Array([entries(first.take()), entries(second)].concat());
}

/// Whether what stands under a name is no part of a credential.
pub fn is_dropped(name: &str) -> bool {
    DROPPED.contains(&name)
}

fn plain_name(name: &str) -> &str {
    match name {
        "@id" => "id",
        "@type" => "type",
        // Not the class of a node, but a concept that says what kind of thing it is.
        "dc:type" | "http://purl.org/dc/terms/type" => "dcType",
        _ if name.starts_with('@') || name.starts_with(OURS) => name,
        _ if name.contains("://") => name.rsplit(['/', '#']).next().unwrap_or(name),
        _ => name.rsplit_once(':').map_or(name, |(_, plain)| plain),
    }
}

fn plain_type(value: Value) -> Value {
    match value {
        Value::String(class) => Value::String(codes::local(&class).to_owned()),
        Value::Array(classes) => Value::Array(classes.into_iter().map(plain_type).collect()),
        other => other,
    }
}

/// The values of a field: none, one or the entries of an array. Nulls are left out.
pub fn list<'a>(node: &'a Value, name: &str) -> Vec<&'a Value> {
    match node.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().filter(|item| !item.is_null()).collect(),
        Some(one) => vec![one],
    }
}

/// The classes of a node.
pub fn types(node: &Value) -> Vec<&str> {
    list(node, "type")
        .into_iter()
        .filter_map(Value::as_str)
        .collect()
}

/// Whether a node is of a class, whatever prefix stands before it.
pub fn is_a(node: &Value, class: &str) -> bool {
    types(node).into_iter().any(|of| codes::local(of) == class)
}

/// A string, number or boolean as text without white space around it; a typed value's `@value`. Nothing if empty.
pub fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(fields) => {
            return fields
                .get("@value")
                .or_else(|| fields.get("#text"))
                .filter(|inner| !inner.is_object())
                .and_then(string);
        }
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The URI of a node or of a reference to it.
pub fn id(value: &Value) -> Option<&str> {
    let id = match value {
        Value::String(id) => id.trim(),
        _ => value.get("id")?.as_str()?.trim(),
    };
    (!id.is_empty()).then_some(id)
}

/// A number, or a string that is one. A decimal comma is read where it cannot be a thousands separator.
pub fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        _ => {
            let text = string(value)?;
            match text.split_once(',') {
                Some((whole, part)) if matches!(part.len(), 1..=2) && whole.len() <= 3 => {
                    format!("{whole}.{part}").parse().ok()?
                }
                _ => text.parse().ok()?,
            }
        }
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// Text by language, sorted by language: of a string, a language map, a tagged string, or an array of these. Several texts in one language stay in their
/// order; a record keeps the first.
///
/// `language` is that of a plain string, and of what stands in a language map under `@none`.
pub fn texts(value: &Value, language: &str) -> Vec<Text> {
    let mut found = Vec::new();
    gather_texts(value, language, &mut found);
    found.sort_by(|a, b| a.language.cmp(&b.language));
    found
}

fn gather_texts(value: &Value, language: &str, found: &mut Vec<Text>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| gather_texts(item, language, found)),
        Value::Object(fields) => {
            if let Some(text) = fields.get("@value").or_else(|| fields.get("#text")) {
                let tagged = fields
                    .get("@language")
                    .and_then(Value::as_str)
                    .map_or_else(|| language.to_owned(), text_language);
                return gather_texts(text, &tagged, found);
            }
            if is_language_map(fields) {
                for (code, text) in fields {
                    let tagged = if code == NO_LANGUAGE {
                        language.to_owned()
                    } else {
                        text_language(code)
                    };
                    gather_texts(text, &tagged, found);
                }
            }
        }
        _ => found.extend(string(value).map(|text| Text {
            language: language.to_owned(),
            text,
        })),
    }
}

/// Whether all names are languages. `id` is Indonesian where it is no URI.
fn is_language_map(fields: &Map<String, Value>) -> bool {
    let is_uri = |value: &Value| value.as_str().is_some_and(|text| text.contains(':'));
    fields.iter().all(|(name, value)| {
        name == NO_LANGUAGE || is_language_tag(name) && !(name == "id" && is_uri(value))
    })
}

fn is_language_tag(code: &str) -> bool {
    let primary = code.split(['-', '_']).next().unwrap_or_default();
    matches!(primary.len(), 2..=3) && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The language of a text: ISO 639-1 where there is one, else the code as it is, else "und".
pub fn text_language(code: &str) -> String {
    codes::language_code(codes::local(code)).unwrap_or_else(|| "und".to_owned())
}

/// What people call a node: the text of a note, a label, a title or a name; the text itself where it is one.
pub fn label(value: &Value, language: &str) -> Vec<Text> {
    if !value.is_object() {
        return texts(value, language);
    }
    const NAMES: [&str; 10] = [
        "noteLiteral",
        "prefLabel",
        "legalName",
        "title",
        "name",
        "targetNodeName",
        "targetName",
        "altLabel",
        "notation",
        "description",
    ];
    let named = NAMES.iter().map(|name| {
        value
            .get(*name)
            .map_or(Vec::new(), |text| texts(text, language))
    });
    named
        .into_iter()
        .find(|texts| !texts.is_empty())
        .unwrap_or_else(|| texts(value, language))
}

/// What people call a node, in English if it is said in English, else in the first language.
pub fn label_text(value: &Value) -> Option<String> {
    english(label(value, "und"))
}

/// The English one of some texts, else the first.
pub fn english(mut texts: Vec<Text>) -> Option<String> {
    let english = texts.iter().position(|text| text.language == "en");
    (!texts.is_empty()).then(|| texts.swap_remove(english.unwrap_or_default()).text)
}

/// Takes a record with its path, or why there is none; false ends the reading, since more is not wanted.
pub type Hand<'a> = &'a mut dyn FnMut(String, Result<Credential, String>) -> bool;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(value: &Value) -> Vec<(String, String)> {
        texts(value, "und")
            .into_iter()
            .map(|text| (text.language, text.text))
            .collect()
    }

    #[test]
    fn text_is_read_in_every_shape() {
        let pair = |language: &str, text: &str| (language.to_owned(), text.to_owned());
        assert_eq!(said(&json!(" a ")), [pair("und", "a")]);
        assert_eq!(
            said(&json!({"en-US": "a", "de": ["b", "c"], "ENG": "d"})),
            [
                pair("de", "b"),
                pair("de", "c"),
                pair("en", "d"),
                pair("en", "a")
            ]
        );
        assert_eq!(
            said(&json!([{"@value": "a", "@language": "fr"}, "b"])),
            [pair("fr", "a"), pair("und", "b")]
        );
        assert_eq!(said(&json!({"id": "x", "type": "Note"})), []);
        assert_eq!(said(&json!([null, "", {}, []])), []);
    }

    #[test]
    fn a_text_under_none_is_read_as_a_plain_string_is_alone_and_beside_texts_with_languages() {
        let tagged = |language: &str, text: &str| json!({"@language": language, "@value": text});
        for (map, list) in [
            (json!({"@none": " a "}), json!("a")),
            (json!({"@none": ["a", "b"]}), json!(["a", "b"])),
            (
                json!({"@none": "a", "fr": "b"}),
                json!(["a", tagged("fr", "b")]),
            ),
            (
                json!({"@none": "a", "de": "b", "en": null}),
                json!(["a", tagged("de", "b")]),
            ),
            (
                json!([{"de": "a"}, {"@none": "b"}]),
                json!([tagged("de", "a"), "b"]),
            ),
        ] {
            for language in ["und", "de"] {
                assert_eq!(
                    texts(&map, language),
                    texts(&list, language),
                    "{map} in {language}"
                );
                assert_eq!(
                    label(&map, language),
                    label(&list, language),
                    "{map} in {language}"
                );
            }
        }
        assert_eq!(said(&json!({"@none": "a", "en": "b"})).len(), 2);
    }

    #[test]
    fn numbers_may_be_strings_and_are_never_guessed() {
        for (value, expected) in [
            (json!("2"), Some(2.0)),
            (json!("7,5"), Some(7.5)),
            (json!(3.5), Some(3.5)),
            (json!("1,500"), None),
            (json!("5 ECTS"), None),
            (json!(-1), None),
            (json!("NaN"), None),
            (json!({"@value": "4"}), Some(4.0)),
            (json!(null), None),
        ] {
            assert_eq!(number(&value), expected, "{value}");
        }
    }

    #[test]
    fn two_names_of_one_text_are_texts_of_it_and_of_anything_else_the_first_counts() {
        for (fields, expected) in [
            (
                json!({"a:name": "x", "name": "y"}),
                json!({"name": ["x", "y"]}),
            ),
            (
                json!({"a:name": {"en": "x"}, "http://b/name": ["y", null], "name": "z"}),
                json!({"name": [{"en": "x"}, "y", null, "z"]}),
            ),
            (
                json!({"a:title": null, "title": "x"}),
                json!({"title": [null, "x"]}),
            ),
            (
                json!({"@id": "urn:a", "id": "urn:b"}),
                json!({"id": "urn:a"}),
            ),
            (
                json!({"a:hasPart": {"id": "urn:a"}, "hasPart": {"id": "urn:b"}}),
                json!({"hasPart": {"id": "urn:a"}}),
            ),
        ] {
            assert_eq!(tidy(fields), expected);
        }
    }

    #[test]
    fn tidying_leaves_plain_names() {
        let tidied = tidy(
            json!({"@type": "ceterms:Course", "ceterms:name": "x", "image": "data:", "http://a/b#title": 1, "skillgap:y": {"a:b": 1}}),
        );
        assert_eq!(
            tidied,
            json!({"type": "Course", "name": "x", "title": 1, "skillgap:y": {"a:b": 1}})
        );
    }
}
