//! How does JSON change and stay JSON? Values are moved, copied, dropped and replaced within the tree; without this, most changes end in the parser.

use serde_json::{Map, Value, json};

/// Where the readers name fields and classes; every text in quotes is a word.
const SOURCES: [&str; 12] = [
    include_str!("../../index/credentials/src/native/short.rs"),
    include_str!("../../index/credentials/src/check/rules.rs"),
    include_str!("../../index/credentials/src/standards/codes.rs"),
    include_str!("../../index/credentials/src/standards/ctdl/mod.rs"),
    include_str!("../../index/credentials/src/standards/ctdl/money.rs"),
    include_str!("../../index/credentials/src/standards/ctdl/node.rs"),
    include_str!("../../index/credentials/src/standards/elm/mod.rs"),
    include_str!("../../index/credentials/src/standards/elm/offer.rs"),
    include_str!("../../index/credentials/src/standards/elm/specification.rs"),
    include_str!("../../index/credentials/src/standards/nodes.rs"),
    include_str!("../../index/credentials/src/standards/openbadges.rs"),
    include_str!("../../index/credentials/src/standards/value.rs"),
];
/// Values that are wrong in most places.
const WILD: &str = r#"[null, true, 0, -1, 1e308, 18446744073709551615, 0.1, "", " ", "P60M", "PT5H", "2026-02-30", "9999-12-31", "-1", "NaN", "1e999", "*",
    [], {}, [[]], [null], {"en": "x"}, {"@value": "x", "@language": "de"}, {"@id": "_:a"}, {"id": "urn:epass:a"}, "http://data.europa.eu/esco/skill/x"]"#;

/// A small generator of numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// Changes the input in place, and gives its new size: as JSON where it is JSON and by chance, else byte by byte.
pub fn mutate(data: &mut [u8], size: usize, size_max: usize, seed: u32) -> usize {
    let mut numbers = Numbers(u64::from(seed) << 20 | 0x5eed);
    numbers.below(1);
    if numbers.below(5) > 0
        && let Ok(mut document) = serde_json::from_slice::<Value>(&data[..size])
    {
        for _ in 0..=numbers.below(4) {
            change(&mut document, &mut numbers);
        }
        let text = if numbers.below(4) == 0 {
            format!("{document:#}")
        } else {
            document.to_string()
        };
        if text.len() <= size_max {
            data[..text.len()].copy_from_slice(text.as_bytes());
            return text.len();
        }
    }
    libfuzzer_sys::fuzzer_mutate(data, size, size_max)
}

fn change(document: &mut Value, numbers: &mut Numbers) {
    let n_nodes = count(document);
    let other = nth(document, &mut numbers.below(n_nodes))
        .map(|value| value.clone())
        .unwrap_or_default();
    let Some(value) = nth(document, &mut numbers.below(n_nodes)) else {
        return;
    };
    match (numbers.below(8), value) {
        (0, value) => *value = other,
        (1, value) => *value = wild(numbers),
        (2, Value::Object(fields)) => drop(fields.insert(word(numbers), other)),
        (3, Value::Object(fields)) => {
            let name = key(fields, numbers);
            let moved = fields.remove(&name).unwrap_or(other);
            if numbers.below(2) == 0 {
                fields.insert(word(numbers), moved);
            }
        }
        (4, Value::Object(fields)) => {
            let name = key(fields, numbers);
            fields.insert(name, wild(numbers));
        }
        (5, Value::Array(items)) if !items.is_empty() => {
            let at = numbers.below(items.len());
            if numbers.below(2) == 0 {
                items.remove(at);
            } else {
                items.insert(at, other);
            }
        }
        (6, value) => {
            *value = if numbers.below(2) == 0 {
                json!([value.take()])
            } else {
                json!([value.take(), other])
            }
        }
        (_, Value::String(text)) => respell(text, numbers),
        (_, value) => *value = Value::String(word(numbers)),
    }
}

/// Changes a text by its bytes; what is no text then is one with signs that stand for the unreadable.
fn respell(text: &mut String, numbers: &mut Numbers) {
    let mut bytes = text.as_bytes().to_vec();
    let size = bytes.len();
    bytes.resize(size + 64, 0);
    let changed = if numbers.below(3) == 0 {
        size
    } else {
        libfuzzer_sys::fuzzer_mutate(&mut bytes, size, size + 64)
    };
    *text = String::from_utf8_lossy(&bytes[..changed]).into_owned();
    if changed == size {
        text.push_str(&word(numbers));
    }
}

fn key(fields: &Map<String, Value>, numbers: &mut Numbers) -> String {
    fields
        .keys()
        .nth(numbers.below(fields.len()))
        .cloned()
        .unwrap_or_default()
}

fn word(numbers: &mut Numbers) -> String {
    let source = SOURCES[numbers.below(SOURCES.len())];
    let quoted: Vec<&str> = source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|word| word.len() < 60)
        .collect();
    quoted[numbers.below(quoted.len())].to_owned()
}

fn wild(numbers: &mut Numbers) -> Value {
    let values: Vec<Value> = serde_json::from_str(WILD).unwrap();
    values[numbers.below(values.len())].clone()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// The value with a number, in the order of the document.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|item| nth(item, left)),
        _ => None,
    }
}
