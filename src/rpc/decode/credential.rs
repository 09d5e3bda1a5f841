//! Is a message a valid credential? Its checks are those of the record; here it is only brought into the record's form.

use skillgap_credentials::check::{RecordLimits, check_id};
use skillgap_credentials::credential::Credential;
use skillgap_credentials::native;

use super::{Check, wire};
use crate::rpc::former;

impl Check<'_> {
    /// A credential to be stored. Whatever is returned counts only if [`Check::done`] finds no violation.
    pub(in crate::rpc) fn credential(
        &mut self,
        field: &str,
        given: &wire::Credential,
    ) -> Credential {
        let limits = RecordLimits {
            entries_max: self.limits.credential_entries_max,
            text_bytes_max: self.limits.text_bytes_max,
            texts_bytes_max: self.limits.ad_bytes_max,
        };
        let read = former::record(given).and_then(|record| native::read(record, &limits));
        let violations = match read {
            Ok(credential) => return credential,
            Err(violations) => violations,
        };
        for violation in violations {
            self.refuse(format!("{field}.{}", violation.field), violation.reason);
        }
        Credential {
            id: given.id.clone(),
            ..Credential::default()
        }
    }

    /// The id of a credential.
    pub(in crate::rpc) fn credential_id(&mut self, field: &str, id: &str) -> String {
        if let Err(reason) = check_id(id) {
            self.refuse(field, reason);
        }
        id.trim().to_owned()
    }

    /// Reads each entry of a list under its own path.
    pub(super) fn each<T, R>(
        &mut self,
        field: &str,
        list: &[T],
        mut read: impl FnMut(&mut Self, &str, &T) -> R,
    ) -> Vec<R> {
        let entries = self.entries(field, list, self.limits.credential_entries_max);
        entries
            .iter()
            .enumerate()
            .map(|(at, entry)| read(self, &format!("{field}[{at}]"), entry))
            .collect()
    }

    /// A text that is there, without white space around it.
    fn words(&mut self, field: &str, text: &str, bytes_max: usize) -> String {
        if text.trim().is_empty() {
            self.refuse(field, "is empty");
        } else if text.len() > bytes_max {
            self.refuse(
                field,
                format!("has {} bytes, at most {bytes_max} are allowed", text.len()),
            );
        }
        text.trim().to_owned()
    }

    /// A short text that must be there.
    pub(super) fn name(&mut self, field: &str, text: &str) -> String {
        self.words(field, text, self.limits.text_bytes_max)
    }

    /// Short texts.
    pub(in crate::rpc) fn names(&mut self, field: &str, texts: &[String]) -> Vec<String> {
        self.each(field, texts, |check, field, text| check.name(field, text))
    }
}
