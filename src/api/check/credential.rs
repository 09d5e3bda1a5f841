//! A credential to be stored: the record's own checks, told by the paths of the request.

use skillgap_credentials::check::{RecordLimits, check, check_id, proto_path};
use skillgap_credentials::credential::Credential;

use super::Check;

/// Room is left above, so that whoever runs the service can still replace what a caller stored under the highest version.
const VERSION_MAX: u64 = i64::MAX as u64;

impl Check<'_> {
    /// A credential to be stored, in its one form. Whatever is returned counts only if [`Check::done`] finds no violation.
    pub(in crate::api) fn credential(&mut self, field: &str, given: &Credential) -> Credential {
        self.version(&format!("{field}.version"), given.version);
        let limits = RecordLimits {
            entries_max: self.view.limits.credential_entries_max,
            text_bytes_max: self.view.limits.text_bytes_max,
            texts_bytes_max: self.view.limits.ad_bytes_max,
        };
        let violations = match check(given, &limits) {
            Ok(credential) => return credential,
            Err(violations) => violations,
        };
        for violation in violations {
            let path = proto_path(&violation.field);
            self.refuse(format!("{field}.{path}"), violation.reason);
        }
        Credential::default()
    }

    /// A number of a change, if the source numbers them.
    pub(in crate::api) fn version(&mut self, field: &str, version: Option<u64>) {
        if version.is_some_and(|version| version > VERSION_MAX) {
            self.refuse(field, format!("must be at most {VERSION_MAX}"));
        }
    }

    /// The id of a credential.
    pub(in crate::api) fn credential_id(&mut self, field: &str, id: &str) -> String {
        if let Err(reason) = check_id(id) {
            self.refuse(field, reason);
        }
        id.trim().to_owned()
    }

    /// Short texts that must be there.
    pub(in crate::api) fn names(&mut self, field: &str, texts: &[String]) -> Vec<String> {
        let bytes_max = self.view.limits.text_bytes_max;
        let texts = self.entries(field, texts, self.view.limits.credential_entries_max);
        for (at, text) in texts.iter().enumerate() {
            let field = format!("{field}[{at}]");
            if text.trim().is_empty() {
                self.refuse(field, "is empty");
            } else if text.len() > bytes_max {
                let bytes = text.len();
                self.refuse(
                    field,
                    format!("has {bytes} bytes, at most {bytes_max} are allowed"),
                );
            }
        }
        texts.iter().map(|text| text.trim().to_owned()).collect()
    }
}
