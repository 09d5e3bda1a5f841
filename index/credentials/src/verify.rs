//! `Keys`: the public keys of those whom the operator trusts, and what a document's signatures are worth by them. Nothing is fetched; a signature by anybody
//! else is neither good nor broken.

use ring::signature::{self as ring_signature, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use crate::standards::Seal;
use crate::standards::encoded::decode;

/// Most keys of a set.
const KEYS_MAX: usize = 1_000;
/// Parameters of a header that must be understood, and are, or say nothing of what is signed (JAdES).
const UNDERSTOOD: [&str; 8] = [
    "b64", "sigT", "iat", "sigPId", "srCms", "srAts", "x5t#o", "sigPl",
];

/// What a document's signatures are worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    /// There is none, or none by a key that is known here.
    #[default]
    NotVerified,
    /// Good, by the key with this name.
    Verified(String),
    /// It names a key that is known here, or carries one, and does not fit the document.
    Broken,
}

/// The keys of a JWK set (RFC 7517).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys {
    keys: Vec<Key>,
}

/// One key; `name` is ours, for answers: who it belongs to.
#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Key {
    kty: String,
    #[serde(default)]
    crv: String,
    kid: Option<String>,
    #[serde(rename = "x5t#S256")]
    thumbprint: Option<String>,
    name: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

impl Keys {
    /// Reads a JWK set. Its keys may have a `name` beside the members of the standard: who signs with it.
    ///
    /// # Errors
    /// What is wrong, with the place of the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let set: Value =
            serde_json::from_str(text).map_err(|error| format!("is no JSON: {error}"))?;
        let listed = set.get("keys").and_then(Value::as_array);
        let listed = listed.ok_or("is no JWK set: it has no list \"keys\"")?;
        if listed.len() > KEYS_MAX {
            return Err(format!("has more than {KEYS_MAX} keys"));
        }
        let read = listed.iter().enumerate().map(|(at, key)| {
            if key.get("d").is_some() {
                return Err(format!(
                    "keys[{at}]: is a private key; give the public one only"
                ));
            }
            let key: Key = serde_json::from_value(key.clone())
                .map_err(|error| format!("keys[{at}]: {error}"))?;
            match key.is_usable() {
                true => Ok(key),
                false => Err(format!(
                    "keys[{at}]: is no key of RSA, P-256, P-384 or Ed25519"
                )),
            }
        });
        Ok(Self {
            keys: read.collect::<Result<_, _>>()?,
        })
    }

    /// What signatures are worth: good if one of them is.
    pub fn verify(&self, seals: &[Seal]) -> Verification {
        let mut worth = Verification::NotVerified;
        for seal in seals {
            match self.verify_one(seal) {
                good @ Verification::Verified(_) => return good,
                Verification::Broken => worth = Verification::Broken,
                Verification::NotVerified => {}
            }
        }
        worth
    }

    fn verify_one(&self, seal: &Seal) -> Verification {
        let crit = seal.header.get("crit").and_then(Value::as_array);
        let mut crit = crit
            .into_iter()
            .flatten()
            .map(|name| name.as_str().unwrap_or_default());
        let algorithm = seal
            .header
            .get("alg")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if crit.any(|name| !UNDERSTOOD.contains(&name)) || seal.header.get("sigD").is_some() {
            return Verification::NotVerified;
        }
        let fits = |key: &&Key| key.fits(algorithm, seal);
        let named = self.keys.iter().filter(|key| key.is_named_by(&seal.header));
        if let Some(key) = named.clone().find(fits) {
            return Verification::Verified(key.shown());
        }
        let knows = named.clone().any(|key| key.is_for(algorithm));
        // A header need not name its key, and any of them may be it; one that is carried along says only whether the document is whole.
        let names_none = ["kid", "x5t#S256"]
            .iter()
            .all(|name| seal.header.get(*name).is_none());
        if names_none && let Some(key) = self.keys.iter().find(fits) {
            return Verification::Verified(key.shown());
        }
        let carried = seal.header.get("jwk").cloned();
        let carried: Option<Key> = carried.and_then(|key| serde_json::from_value(key).ok());
        let carried = carried.filter(|key| key.is_usable() && key.is_for(algorithm));
        match knows || carried.is_some_and(|key| !key.fits(algorithm, seal)) {
            true => Verification::Broken,
            false => Verification::NotVerified,
        }
    }
}

impl Key {
    fn is_usable(&self) -> bool {
        let is_long = |text: &str, bytes: usize| decode(text).is_some_and(|key| key.len() == bytes);
        match (self.kty.as_str(), self.crv.as_str()) {
            ("RSA", _) => {
                decode(&self.n).is_some_and(|n| n.len() >= 256) && decode(&self.e).is_some()
            }
            ("EC", "P-256") => is_long(&self.x, 32) && is_long(&self.y, 32),
            ("EC", "P-384") => is_long(&self.x, 48) && is_long(&self.y, 48),
            ("OKP", "Ed25519") => is_long(&self.x, 32),
            _ => false,
        }
    }

    /// Whether signatures of this algorithm are made with keys of its kind.
    fn is_for(&self, algorithm: &str) -> bool {
        match (self.kty.as_str(), self.crv.as_str()) {
            ("RSA", _) => matches!(
                algorithm,
                "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512"
            ),
            ("EC", "P-256") => algorithm == "ES256",
            ("EC", "P-384") => algorithm == "ES384",
            ("OKP", "Ed25519") => matches!(algorithm, "EdDSA" | "Ed25519"),
            _ => false,
        }
    }

    fn is_named_by(&self, header: &Value) -> bool {
        let says = |name: &str, own: &Option<String>| {
            let said = header.get(name).and_then(Value::as_str);
            said.is_some() && said == own.as_deref()
        };
        says("kid", &self.kid) || says("x5t#S256", &self.thumbprint)
    }

    /// What answers call it.
    fn shown(&self) -> String {
        let mut names = [&self.name, &self.kid, &self.thumbprint]
            .into_iter()
            .flatten();
        names
            .next()
            .cloned()
            .unwrap_or_else(|| format!("a key of {}", self.kty))
    }

    fn fits(&self, algorithm: &str, seal: &Seal) -> bool {
        use ring_signature as known;
        if !self.is_for(algorithm) {
            return false;
        }
        let [n, e, x, y] =
            [&self.n, &self.e, &self.x, &self.y].map(|part| decode(part).unwrap_or_default());
        let rsa = |parameters: &'static known::RsaParameters| {
            let key = RsaPublicKeyComponents { n: &n, e: &e };
            key.verify(parameters, &seal.signed, &seal.signature)
                .is_ok()
        };
        let other = |parameters: &'static dyn known::VerificationAlgorithm, key: &[u8]| {
            let key = UnparsedPublicKey::new(parameters, key);
            key.verify(&seal.signed, &seal.signature).is_ok()
        };
        let point = [&[4], x.as_slice(), &y].concat();
        match algorithm {
            "RS256" => rsa(&known::RSA_PKCS1_2048_8192_SHA256),
            "RS384" => rsa(&known::RSA_PKCS1_2048_8192_SHA384),
            "RS512" => rsa(&known::RSA_PKCS1_2048_8192_SHA512),
            "PS256" => rsa(&known::RSA_PSS_2048_8192_SHA256),
            "PS384" => rsa(&known::RSA_PSS_2048_8192_SHA384),
            "PS512" => rsa(&known::RSA_PSS_2048_8192_SHA512),
            "ES256" => other(&known::ECDSA_P256_SHA256_FIXED, &point),
            "ES384" => other(&known::ECDSA_P384_SHA384_FIXED, &point),
            _ => other(&known::ED25519, &x),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    /// A token in compact form of RFC 7515, A.2 (RS256), and its key.
    const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const RSA_SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const RSA_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    fn keys(keys: Value) -> Keys {
        Keys::parse(&json!({ "keys": keys }).to_string()).unwrap()
    }

    fn seal(header: Value, signed: &[u8], signature: &[u8]) -> Seal {
        Seal {
            header,
            signed: signed.to_vec(),
            signature: signature.to_vec(),
        }
    }

    fn verified(name: &str) -> Verification {
        Verification::Verified(name.to_owned())
    }

    #[test]
    fn the_signature_of_the_standard_is_good_and_a_changed_one_is_broken() {
        let set = keys(
            json!([{"kty": "RSA", "n": RSA_N, "e": "AQAB", "kid": "a", "name": "Example Academy"}]),
        );
        let signature = decode(RSA_SIGNATURE).unwrap();
        let good = seal(json!({"alg": "RS256"}), RSA_SIGNED.as_bytes(), &signature);
        assert_eq!(
            set.verify(std::slice::from_ref(&good)),
            verified("Example Academy")
        );
        let changed = format!("{RSA_SIGNED}A");
        for (kid, expected) in [
            (json!({"alg": "RS256", "kid": "a"}), Verification::Broken),
            (
                json!({"alg": "RS256", "kid": "b"}),
                Verification::NotVerified,
            ),
            (json!({"alg": "RS256"}), Verification::NotVerified),
            (
                json!({"alg": "none", "kid": "a"}),
                Verification::NotVerified,
            ),
        ] {
            let broken = seal(kid, changed.as_bytes(), &signature);
            assert_eq!(set.verify(&[broken]), expected);
        }
        assert_eq!(Keys::default().verify(&[good]), Verification::NotVerified);
        assert_eq!(set.verify(&[]), Verification::NotVerified);
    }

    #[test]
    fn curves_are_verified_and_a_key_that_is_carried_tells_what_was_changed() {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random)
                .unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        let elliptic = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "ec"});
        let signature = pair.sign(&random, b"a.b").unwrap();
        let header =
            json!({"alg": "ES256", "kid": "ec", "crit": ["sigT"], "sigT": "2026-01-01T00:00:00Z"});
        let set = keys(json!([elliptic]));
        assert_eq!(
            set.verify(&[seal(header.clone(), b"a.b", signature.as_ref())]),
            verified("ec")
        );
        assert_eq!(
            set.verify(&[seal(header, b"a.c", signature.as_ref())]),
            Verification::Broken
        );
        let strange = json!({"alg": "ES256", "kid": "ec", "crit": ["x"]});
        assert_eq!(
            set.verify(&[seal(strange, b"a.b", signature.as_ref())]),
            Verification::NotVerified
        );
        for (signed, expected) in [
            (b"a.b", Verification::NotVerified),
            (b"a.c", Verification::Broken),
        ] {
            let carried = json!({"alg": "ES256", "jwk": elliptic});
            let seal = seal(carried, signed, signature.as_ref());
            assert_eq!(Keys::default().verify(&[seal]), expected);
        }
        let made = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap();
        let x = URL_SAFE_NO_PAD.encode(pair.public_key());
        let set = keys(json!([{"kty": "OKP", "crv": "Ed25519", "x": x, "x5t#S256": "t"}]));
        let signature = pair.sign(b"a.b");
        let header = json!({"alg": "EdDSA", "x5t#S256": "t"});
        assert_eq!(
            set.verify(&[seal(header, b"a.b", signature.as_ref())]),
            verified("t")
        );
    }

    #[test]
    fn a_set_that_cannot_be_used_is_refused_with_its_place() {
        for (text, reason) in [
            ("{", "is no JSON"),
            ("{}", "is no JWK set"),
            (
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"x\"}]}",
                "keys[0]: is no key of",
            ),
            (
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
                "keys[0]: is no key of",
            ),
            (
                "{\"keys\":[{\"kty\":\"OKP\",\"d\":\"x\"}]}",
                "is a private key",
            ),
            ("{\"keys\":[5]}", "keys[0]: "),
        ] {
            let error = Keys::parse(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
