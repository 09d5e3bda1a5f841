//! What does a JSON Web Token carry? Its payload is read; its signature is not checked.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::day;

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

/// The credential that a token carries: the claim `vc` where there is one, else the payload, with its dates of validity.
///
/// # Errors
/// What is wrong, with the part of the token.
pub fn payload(text: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(text)
        .map_err(|_| "is not UTF-8".to_owned())?
        .trim();
    // Disclosures of SD-JWT follow after a tilde.
    let token = text.split('~').next().unwrap_or_default();
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, _] = parts.as_slice() else {
        return Err(format!(
            "token: has {} of 3 parts (header.payload.signature)",
            parts.len()
        ));
    };
    let bytes = decode(payload).ok_or("token payload: is not base64")?;
    let payload: Value =
        serde_json::from_slice(&bytes).map_err(|error| format!("token payload: {error}"))?;
    let Value::Object(mut claims) = payload else {
        return Err("token payload: is no JSON object".to_owned());
    };
    let dates = [("nbf", "validFrom"), ("exp", "validUntil")].map(|(claim, name)| {
        let seconds = claims.get(claim).and_then(Value::as_i64);
        (
            name,
            seconds.and_then(|seconds| day::format(seconds.div_euclid(86_400))),
        )
    });
    let mut credential = match claims.remove("vc") {
        Some(Value::Object(inner)) => inner,
        _ => claims,
    };
    for (name, date) in dates {
        if let Some(date) = date {
            credential.entry(name).or_insert(Value::String(date));
        }
    }
    Ok(Value::Object(credential))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let ways = [&URL_SAFE_NO_PAD, &URL_SAFE, &STANDARD_NO_PAD, &STANDARD];
    ways.into_iter().find_map(|way| way.decode(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!(
            "{}.{}.c2ln",
            URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"),
            URL_SAFE_NO_PAD.encode(payload)
        )
    }

    #[test]
    fn the_payload_is_read_with_its_dates() {
        let read =
            payload(token("{\"vc\":{\"name\":\"x\"},\"exp\":86400,\"sub\":\"p\"}").as_bytes())
                .unwrap();
        assert_eq!(
            read,
            serde_json::json!({"name": "x", "validUntil": "1970-01-02"})
        );
        let read = payload(token("{\"name\":\"x\"}").as_bytes()).unwrap();
        assert_eq!(read["name"], "x");
    }

    #[test]
    fn half_a_token_is_refused() {
        for (text, reason) in [
            ("eyJhbGciOiJub25lIn0", "has 1 of 3 parts"),
            ("eyJ.!.x", "is not base64"),
            ("eyJ.e30x.x", "token payload"),
            ("eyJ.W10.x", "is no JSON object"),
        ] {
            let error = payload(text.as_bytes()).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert!(
            is_token(b"eyJhbGciOiJub25lIn0.e30.c2ln\n")
                && !is_token(b"{\"id\":1}")
                && !is_token(b"eyJ hello")
        );
    }
}
