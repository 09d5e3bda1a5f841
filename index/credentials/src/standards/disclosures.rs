//! The disclosures of an SD-JWT (RFC 9901): the claims that its holder chose to show, put where their digests stand, however deep. A digest that
//! nothing was disclosed of goes, and a disclosure whose digest stands nowhere says nothing.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use serde_json::{Map, Value};

use super::encoded::decode;

/// Name of the digests of hidden members.
const DIGESTS: &str = "_sd";
/// Name of the digest of a hidden element.
const ELEMENT: &str = "...";
/// Most disclosures of one token.
const DISCLOSURES_MAX: usize = 1_000;
/// Deepest level on which something that is hidden is shown.
const DEPTH_MAX: usize = 64;

/// Claims with what was disclosed of them. Each disclosure counts once, which ends the reading.
pub fn disclosed(mut claims: Map<String, Value>, disclosures: &[&str]) -> Value {
    let algorithm = match claims.remove("_sd_alg").as_ref().and_then(Value::as_str) {
        Some("sha-384") => &SHA384,
        Some("sha-512") => &SHA512,
        _ => &SHA256,
    };
    let read = disclosures.iter().take(DISCLOSURES_MAX);
    let mut hidden: HashMap<String, Vec<Value>> = read
        .filter_map(|text| disclosure(algorithm, text))
        .collect();
    let mut claims = Value::Object(claims);
    if !disclosures.is_empty() || claims.get(DIGESTS).is_some() {
        show(&mut claims, &mut hidden, 0);
    }
    claims
}

/// A disclosure by its digest; nothing for what is none, such as the proof of the holder's key at the end.
fn disclosure(algorithm: &'static Algorithm, text: &str) -> Option<(String, Vec<Value>)> {
    let parts: Vec<Value> = serde_json::from_slice(&decode(text)?).ok()?;
    let hash = digest(algorithm, text.as_bytes());
    (2..=3)
        .contains(&parts.len())
        .then(|| (URL_SAFE_NO_PAD.encode(hash), parts))
}

/// Puts what is hidden in a value in its place.
fn show(value: &mut Value, hidden: &mut HashMap<String, Vec<Value>>, depth: usize) {
    match value {
        _ if depth > DEPTH_MAX => {}
        Value::Object(members) => {
            let digests = members.remove(DIGESTS);
            for digest in digests.iter().filter_map(Value::as_array).flatten() {
                let Some(parts) = digest.as_str().and_then(|digest| hidden.remove(digest)) else {
                    continue;
                };
                if let Ok([_, Value::String(name), shown]) = <[Value; 3]>::try_from(parts)
                    && name != DIGESTS
                    && name != ELEMENT
                {
                    members.entry(name).or_insert(shown);
                }
            }
            members
                .values_mut()
                .for_each(|member| show(member, hidden, depth + 1));
        }
        Value::Array(elements) => {
            elements.retain_mut(|element| {
                let Some(digest) = element.get(ELEMENT).and_then(Value::as_str) else {
                    return true;
                };
                match hidden.remove(digest).map(<[Value; 2]>::try_from) {
                    Some(Ok([_, shown])) => *element = shown,
                    _ => return false,
                }
                true
            });
            elements
                .iter_mut()
                .for_each(|element| show(element, hidden, depth + 1));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hide(parts: Value) -> (String, String) {
        let text = URL_SAFE_NO_PAD.encode(parts.to_string());
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
        (text, hash)
    }

    fn check(claims: Value, disclosures: &[&str], expected: Value) {
        let Value::Object(claims) = claims else {
            panic!("claims are an object")
        };
        assert_eq!(disclosed(claims, disclosures), expected);
    }

    #[test]
    fn what_was_disclosed_stands_in_its_place_however_deep() {
        let (name, name_hash) = hide(json!(["s1", "name", "Running a till"]));
        let (inner, inner_hash) =
            hide(json!(["s2", "achievement", {"_sd": [name_hash], "id": "a"}]));
        let (element, element_hash) = hide(json!(["s3", {"_sd": [inner_hash]}]));
        let hidden = json!({"list": [{"...": element_hash}, 1], "_sd_alg": "sha-256"});
        let all = [name.as_str(), &inner, &element, "a.proof.of-the-key", ""];
        let shown = json!({"list": [{"achievement": {"id": "a", "name": "Running a till"}}, 1]});
        check(hidden.clone(), &all, shown);
        let some = json!({"list": [{"achievement": {"id": "a"}}, 1]});
        check(hidden.clone(), &all[1..], some);
        check(hidden, &[], json!({"list": [{"...": element_hash}, 1]}));
    }

    #[test]
    fn what_no_digest_stands_for_says_nothing() {
        let (forged, _) = hide(json!(["s", "title", "forged"]));
        check(json!({"a": 1, "_sd": ["x"]}), &[&forged], json!({"a": 1}));
        let (twice, hash) = hide(json!(["s", "a", "other"]));
        check(json!({"a": 1, "_sd": [hash]}), &[&twice], json!({"a": 1}));
        let (named, hash) = hide(json!(["s", "_sd", ["x"]]));
        check(json!({"_sd": [hash]}), &[&named], json!({}));
        check(json!({"_sd": 5}), &["W10"], json!({}));
    }

    #[test]
    fn other_hashes_are_known_by_their_names() {
        let text = URL_SAFE_NO_PAD.encode(json!(["s", "a", 1]).to_string());
        for (name, algorithm) in [("sha-384", &SHA384), ("sha-512", &SHA512)] {
            let hash = URL_SAFE_NO_PAD.encode(digest(algorithm, text.as_bytes()));
            check(
                json!({"_sd": [hash], "_sd_alg": name}),
                &[&text],
                json!({"a": 1}),
            );
        }
    }
}
