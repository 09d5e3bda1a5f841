//! What do a person's own documents show? The same readers as for catalogues, on awards: Europass credentials, Open Badges, learner records, tokens.
//!
//! Signatures are checked by the keys that the caller trusts alone, and status lists are not asked: else a document shows what it says, and the answer says that
//! nobody has verified it.

use super::found::Found;
use super::pieces::in_memory;
use super::verify::{Keys, Verification};
use super::{documents, standards};
use crate::credential::{Credential, day_of};
use skillgap_esco::report::short;

/// Most credentials of one document, and faults of it.
const RECORDS_MAX: usize = 500;
/// How many times its own size what is read from a document may take.
const GROWTH_MAX: usize = 4;
/// Bytes that are read from any document, however small.
const BYTES_ALWAYS: usize = 64 << 10;

/// One credential in a document of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The credential, its links only those that it declares.
    pub credential: Credential,
    /// Whether its last day of validity has passed.
    pub expired: bool,
    /// Whether its first day of validity is still to come.
    pub not_yet_valid: bool,
    /// Whether the document itself says that it was revoked.
    pub revoked: bool,
    /// Whether it names a place that knows whether it was revoked; nobody has asked there.
    pub status_unknown: bool,
    /// What its signatures are worth.
    pub verification: Verification,
}

/// What is wrong with a document, or with a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// JSON path, or path of elements, within the document.
    pub path: String,
    /// What is wrong.
    pub reason: String,
}

/// Reads one document: JSON, a token, XML, or a picture as a data URI. `today` is in days since 1970-01-01.
///
/// Reading ends after [`RECORDS_MAX`] credentials, or when they take [`GROWTH_MAX`] times what the document does, which references within it can bring about.
pub fn read(document: &str, today: i64, keys: &Keys) -> (Vec<Held>, Vec<Refused>) {
    let (mut held, mut refused) = (Vec::new(), Vec::new());
    let mut left = document.len().saturating_mul(GROWTH_MAX).max(BYTES_ALWAYS);
    let mut take = |found: Found| {
        let size = found.record.as_ref().map_or(0, Credential::n_bytes);
        if held.len() + refused.len() >= RECORDS_MAX || size > left {
            refused.push(Refused {
                path: found.path,
                reason: "holds too much; what follows is not read".to_owned(),
            });
            return false;
        }
        left -= size;
        match found.record {
            Ok(credential) => {
                let validity = credential.validity.clone().unwrap_or_default();
                let first = day_of(&validity.valid_from).or_else(|| day_of(&validity.issued));
                held.push(Held {
                    expired: day_of(&validity.valid_until).is_some_and(|last| last < today),
                    not_yet_valid: found.award && first.is_some_and(|first| first > today),
                    revoked: found.revoked,
                    status_unknown: found.has_status,
                    verification: keys.verify(&found.seals),
                    credential,
                })
            }
            Err(reason) => refused.push(Refused {
                path: found.path,
                reason: short(reason),
            }),
        }
        true
    };
    let text = document.trim_start_matches('\u{feff}').trim();
    if standards::is_token(text.as_bytes()) || text.starts_with("data:") {
        standards::read_token(text.as_bytes(), &mut take);
    } else if text.starts_with('<') {
        // What is in memory never fails to be read.
        drop(documents::read_xml(&in_memory(text.as_bytes()), &mut take));
    } else {
        match serde_json::from_str(text) {
            Ok(serde_json::Value::Array(documents)) => documents
                .into_iter()
                .take(RECORDS_MAX)
                .for_each(|document| standards::read_json(document, &mut take)),
            Ok(document) => documents::read_parsed(document, text.as_bytes(), &mut take),
            Err(error) => {
                let reason = format!(
                    "is neither JSON nor a token nor XML (line {}, column {})",
                    error.line(),
                    error.column()
                );
                refused.push(Refused {
                    path: "$".to_owned(),
                    reason,
                });
            }
        }
    }
    (held, refused)
}

#[cfg(test)]
mod tests {
    use skillgap_esco::report::{REASON_BYTES_MAX, ReadReport};

    use super::*;
    use crate::files;

    const TODAY: i64 = 20_779;

    fn badge(extra: &str) -> String {
        format!(
            r#"{{"@context":["https://purl.imsglobal.org/spec/ob/v3p0/context.json"],"type":["VerifiableCredential","OpenBadgeCredential"],"id":"urn:1",
            "issuer":{{"name":"i"}},"credentialSubject":{{"type":["AchievementSubject"],"achievement":{{"id":"urn:a","name":"Welding","alignment":[
            {{"targetName":"weld","targetUrl":"http://data.europa.eu/esco/skill/x"}}]}}}}{extra}}}"#
        )
    }

    #[test]
    fn what_has_run_out_or_was_revoked_is_marked() {
        let check = |extra: &str, expected: [bool; 4]| {
            let (held, refused) = read(&badge(extra), TODAY, &Keys::default());
            assert_eq!(refused, []);
            let found = [
                held[0].expired,
                held[0].not_yet_valid,
                held[0].revoked,
                held[0].status_unknown,
            ];
            assert_eq!(
                (found, held[0].credential.outcomes[0].skills.len()),
                (expected, 1),
                "{extra}"
            );
        };
        check("", [false; 4]);
        check(r#","validUntil":"2026-11-22T00:00:00Z""#, [false; 4]);
        check(
            r#","validUntil":"2026-11-21T00:00:00Z""#,
            [true, false, false, false],
        );
        check(
            r#","validFrom":"2027-01-01T00:00:00Z""#,
            [false, true, false, false],
        );
        check(r#","revoked":true"#, [false, false, true, false]);
        check(
            r#","credentialStatus":{"id":"http://x"}"#,
            [false, false, false, true],
        );
    }

    #[test]
    fn a_document_that_grows_by_its_references_is_cut() {
        let nodes: String = (0..3_000)
            .map(|at| format!(",{{\"@id\":\"c{at}\",\"@type\":\"ceterms:Course\",\"ceterms:name\":\"x\",\"ceterms:teaches\":\"k\"}}"))
            .collect();
        let text = "words ".repeat(2_500);
        let document = format!(
            "{{\"@context\":\"https://credreg.net/ctdl/schema/context/json\",\"@graph\":[{{\"@id\":\"k\",\"@type\":\"ceasn:Competency\",\"ceasn:competencyText\":\"{text}\"}}{nodes}]}}"
        );
        let (held, refused) = read(&document, TODAY, &Keys::default());
        assert!(!held.is_empty() && held.len() < 100, "{}", held.len());
        assert_eq!(refused.len(), 1);
        let many = format!(
            "[{}]",
            vec!["{\"id\":\"a\",\"title\":\"x\"}"; 600].join(",")
        );
        assert_eq!(read(&many, TODAY, &Keys::default()).0.len(), RECORDS_MAX);
    }

    #[test]
    fn presentations_and_arrays_are_opened() {
        let presentation = format!(
            r#"{{"type":"VerifiablePresentation","verifiableCredential":[{},{}]}}"#,
            badge(""),
            badge("")
        );
        assert_eq!(read(&presentation, TODAY, &Keys::default()).0.len(), 2);
        assert_eq!(
            read(&format!("[{}]", badge("")), TODAY, &Keys::default())
                .0
                .len(),
            1
        );
        let (held, refused) = read(
            r#"{"verifiableCredential":["eyJh.b"]}"#,
            TODAY,
            &Keys::default(),
        );
        assert_eq!(
            (held.len(), refused[0].path.as_str()),
            (0, "$.verifiableCredential[0]")
        );
        for text in ["", "hello", "{", "<a>"] {
            assert_eq!(read(text, TODAY, &Keys::default()).1.len(), 1, "{text}");
        }
    }

    #[test]
    fn a_reason_quotes_no_more_than_it_may() {
        let text = format!("<Courses><{}></b></Courses>", "ä".repeat(REASON_BYTES_MAX));
        let mut report = ReadReport::default();
        files::read_one("f", text.as_bytes(), 0, &mut report, &mut |_| Ok(())).unwrap();
        let reasons = report.rejected.into_iter().map(|rejected| rejected.reason);
        for reason in reasons.chain(
            read(&text, 0, &Keys::default())
                .1
                .into_iter()
                .map(|refused| refused.reason),
        ) {
            assert!(
                reason.len() < REASON_BYTES_MAX + 4 && reason.contains("is no XML from here on"),
                "{reason}"
            );
        }
    }
}
