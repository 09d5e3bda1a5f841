//! `Token`: what a JSON Web Signature signs, in each of its forms, with the seals by which it can be verified.
//!
//! The compact form (`header.payload.signature`), with the disclosures of SD-JWT after it, and the JSON forms (RFC 7515, section 7.2), in which Europass seals
//! (JAdES). Nothing is verified here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::disclosures;
use super::encoded::decode;
use crate::day;

/// Most signatures of one token that are kept.
const SEALS_MAX: usize = 8;

/// One signature over what a token says.
#[derive(Clone, Debug, PartialEq)]
pub struct Seal {
    /// The header that is signed, too.
    pub header: Value,
    /// The bytes that are signed.
    pub signed: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// What a token says, and its signatures.
#[derive(Debug)]
pub struct Token {
    /// What it says; a text where that is a token itself.
    pub payload: Value,
    /// Its signatures; none that cannot be decoded.
    pub seals: Vec<Seal>,
}

/// Whether a text looks like a token: base64url of a JSON object, with or without the parts after it.
pub fn is_token(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.starts_with(b"eyJ")
        && text.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'+' | b'/' | b'~')
        })
}

/// Whether an id is a token itself (`data:application/vc+jwt,…`), so that what has it is an envelope and no record.
pub fn is_enveloped(id: &str) -> bool {
    let id = id.trim();
    id.starts_with("data:application/") && id.contains("jwt,")
}

/// Whether a JSON document is a token in JSON form.
pub fn is_sealed(document: &Value) -> bool {
    let payload = document.get("payload");
    payload.is_some_and(|payload| payload.is_string() || payload.is_object())
        && (document.get("signature").is_some_and(Value::is_string)
            || document.get("signatures").is_some_and(Value::is_array))
}

impl Token {
    /// A token in compact form, with its disclosures.
    ///
    /// # Errors
    /// What is wrong, with the part of the token.
    pub fn compact(text: &str) -> Result<Self, String> {
        let mut parts = text.trim().split('~');
        let token = parts.next().unwrap_or_default();
        let disclosed: Vec<&str> = parts.collect();
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts.as_slice() else {
            return Err(format!(
                "token: has {} of 3 parts (header.payload.signature)",
                parts.len()
            ));
        };
        let bytes = decode(payload).ok_or("token payload: is not base64")?;
        Ok(Self {
            payload: said(&bytes, &disclosed)?,
            seals: seal(header, payload.as_bytes(), signature)
                .into_iter()
                .collect(),
        })
    }

    /// A token in JSON form, flattened or general.
    ///
    /// # Errors
    /// What is wrong, with the member.
    pub fn of_json(document: &Value) -> Result<Self, String> {
        let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
        let disclosed = |of: &Value| {
            let texts = of.pointer("/header/disclosures").and_then(Value::as_array);
            let texts = texts.into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect::<Vec<_>>()
        };
        let signed_by = match document.get("signatures").and_then(Value::as_array) {
            Some(signatures) => signatures.iter().take(SEALS_MAX).collect(),
            None => vec![document],
        };
        let disclosed = signed_by.iter().map(|one| disclosed(one));
        let disclosed: Vec<String> = disclosed.flatten().collect();
        let disclosed: Vec<&str> = disclosed.iter().map(String::as_str).collect();
        let (bytes, is_encoded) = match document.get("payload") {
            // An object by itself is nothing that can be signed byte by byte.
            Some(object @ Value::Object(_)) => (object.to_string().into_bytes(), false),
            Some(Value::String(text)) => match text.trim_start().starts_with('{') {
                true => (text.clone().into_bytes(), false),
                false => {
                    let bytes = decode(text.trim()).ok_or("payload: is not base64")?;
                    (bytes, true)
                }
            },
            _ => return Err("payload: is missing".to_owned()),
        };
        let payload = said(&bytes, &disclosed)?;
        let seals = signed_by.into_iter().filter_map(|one| {
            let header = text(one, "protected")?;
            let is_plain = json(&header)?.get("b64") == Some(&Value::Bool(false));
            let signed = match document.get("payload")?.as_str()? {
                encoded if is_encoded => encoded.trim().as_bytes().to_vec(),
                _ if is_plain => bytes.clone(),
                _ => URL_SAFE_NO_PAD.encode(&bytes).into_bytes(),
            };
            seal(&header, &signed, &text(one, "signature")?)
        });
        Ok(Self {
            payload,
            seals: seals.collect(),
        })
    }

    /// The credential or presentation that it carries: the claim `vc` or `vp` where there is one, else the payload, with its dates of validity.
    pub fn carried(&mut self) -> Value {
        let mut claims = match self.payload.take() {
            Value::Object(claims) => claims,
            token => return token,
        };
        let dates = [("nbf", "validFrom"), ("exp", "validUntil")].map(|(claim, name)| {
            let seconds = claims.get(claim).and_then(Value::as_i64);
            let day = seconds.and_then(|seconds| day::format(seconds.div_euclid(86_400)));
            (name, day)
        });
        let carried = ["vc", "vp"]
            .into_iter()
            .find_map(|claim| claims.remove(claim));
        let mut credential = match carried {
            Some(Value::Object(inner)) => inner,
            Some(token @ Value::String(_)) => return token,
            _ => claims,
        };
        for (name, date) in dates {
            if let Some(date) = date {
                credential.entry(name).or_insert(Value::String(date));
            }
        }
        Value::Object(credential)
    }
}

/// What the bytes of a payload say, with what was disclosed in its place.
fn said(bytes: &[u8], disclosed: &[&str]) -> Result<Value, String> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(claims)) => Ok(disclosures::disclosed(claims, disclosed)),
        Ok(_) => Err("token payload: is no JSON object".to_owned()),
        // A seal around a token.
        Err(_) if is_token(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned().into()),
        Err(error) => Err(format!("token payload: {error}")),
    }
}

fn seal(header: &str, payload: &[u8], signature: &str) -> Option<Seal> {
    Some(Seal {
        header: Value::Object(json(header)?),
        signed: [header.as_bytes(), b".", payload].concat(),
        signature: decode(signature)?,
    })
}

fn json(encoded: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&decode(encoded)?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(payload: &str) -> String {
        format!(
            "{}.{}.c2ln",
            URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"),
            URL_SAFE_NO_PAD.encode(payload)
        )
    }

    fn carried(text: &str) -> Result<Value, String> {
        Token::compact(text).map(|mut token| token.carried())
    }

    #[test]
    fn the_payload_is_read_with_its_dates() {
        let read = carried(&token(
            "{\"vc\":{\"name\":\"x\"},\"exp\":86400,\"sub\":\"p\"}",
        ))
        .unwrap();
        assert_eq!(read, json!({"name": "x", "validUntil": "1970-01-02"}));
        assert_eq!(carried(&token("{\"name\":\"x\"}")).unwrap()["name"], "x");
        assert_eq!(
            carried(&token("{\"vp\":{\"a\":1}}")).unwrap(),
            json!({"a": 1})
        );
        let inner = token("{\"name\":\"x\"}");
        let around = carried(&token(&inner)).unwrap();
        assert_eq!(around, json!(inner));
    }

    #[test]
    fn half_a_token_is_refused() {
        for (text, reason) in [
            ("eyJhbGciOiJub25lIn0", "has 1 of 3 parts"),
            ("eyJ.!.x", "is not base64"),
            ("eyJ.e30x.x", "token payload"),
            ("eyJ.W10.x", "is no JSON object"),
        ] {
            let error = carried(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert!(
            is_token(b"eyJhbGciOiJub25lIn0.e30.c2ln\n")
                && !is_token(b"{\"id\":1}")
                && !is_token(b"eyJ hello")
        );
    }

    #[test]
    fn every_form_of_a_seal_says_the_same_and_is_signed_over_the_same_bytes() {
        let (payload, header) = (
            "{\"name\":\"x\"}",
            URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\"}"),
        );
        let encoded = URL_SAFE_NO_PAD.encode(payload);
        let signed = format!("{header}.{encoded}").into_bytes();
        let one = json!({"protected": header, "header": {"etsiU": []}, "signature": "c2ln"});
        for document in [
            json!({"payload": encoded, "protected": header, "signature": "c2ln"}),
            json!({"payload": encoded, "signatures": [one]}),
            json!({"payload": payload, "signatures": [one]}),
        ] {
            assert!(is_sealed(&document));
            let token = Token::of_json(&document).unwrap();
            assert_eq!(token.payload, json!({"name": "x"}), "{document}");
            assert_eq!(
                (&token.seals[0].signed, token.seals.len()),
                (&signed, 1),
                "{document}"
            );
            assert_eq!(token.seals[0].header["alg"], "ES256");
        }
        let plain = URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"]}");
        let document = json!({"payload": payload, "protected": plain, "signature": "c2ln"});
        let token = Token::of_json(&document).unwrap();
        assert_eq!(
            token.seals[0].signed,
            format!("{plain}.{payload}").into_bytes()
        );
        for (document, reason) in [
            (json!({"payload": "!", "signature": "x"}), "is not base64"),
            (
                json!({"payload": "W10", "signature": "x"}),
                "is no JSON object",
            ),
        ] {
            let error = Token::of_json(&document).unwrap_err();
            assert!(error.contains(reason), "{document}: {error}");
        }
        assert!(!is_sealed(&json!({"payload": "x"})) && !is_sealed(&json!({"signature": "x"})));
    }
}
