//! Is a message a valid request? Every field is checked and every violation kept, so that a caller can mend all of them at once.
//!
//! Paths are those of proto JSON. A violation never quotes the value, which may be personal.

mod carried;
mod constraints;
mod credential;
mod documents;
mod profile;
mod target;

use std::ops::RangeInclusive;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Cursor, Sort};
use skillgap_credentials::day;
use skillgap_esco::SkillId;

use carried::Carried;
pub(super) use documents::Document;
pub(super) use target::TargetFields;

use super::cursor::{self, Shown};
use super::page::Pages;
use super::wire;
use crate::config::Policy;
use crate::demand::{AdText, Level};
use crate::error::{Error, Result, Violation};
use crate::limits::Limits;
use crate::rank::{Persona, Weights};

/// The language of labels where the caller names none.
const LANGUAGE: &str = "en";
/// Bytes of a date.
const DATE_BYTES: usize = 10;
/// Bytes of a level in words.
const LEVEL_BYTES_MAX: usize = 64;

/// Beginnings of ISCO codes in one request.
const ISCO_GROUPS_MAX: usize = 100;

/// Checks one request against one snapshot. Each check returns the checked value, or notes a violation and returns something harmless.
pub(super) struct Check<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) limits: &'a Limits,
    policy: Option<&'a Policy>,
    as_of_day: i64,
    violations: Vec<Violation>,
    /// What was read of a person's documents.
    documents: Vec<Document>,
    /// URIs of former versions of ESCO.
    carried: Vec<Carried>,
    /// The first field whose well-formed URI or id names nothing.
    not_found: Option<&'static str>,
}

impl<'a> Check<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, limits: &'a Limits) -> Self {
        Self {
            catalogue,
            limits,
            policy: None,
            as_of_day: day::today(),
            violations: Vec::new(),
            documents: Vec::new(),
            carried: Vec::new(),
            not_found: None,
        }
    }

    /// Checks under what the operator decided on rates and accreditors.
    pub(super) fn under(self, policy: &'a Policy) -> Self {
        Self {
            policy: Some(policy),
            ..self
        }
    }

    /// Ends the check.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all violations, else [`Error::NotFound`].
    pub(super) fn done(self) -> Result<()> {
        match (self.violations.is_empty(), self.not_found) {
            (false, _) => Err(Error::Invalid(self.violations)),
            (true, Some(field)) => Err(Error::NotFound { field }),
            (true, None) => Ok(()),
        }
    }

    /// Notes a violation.
    pub(super) fn refuse(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.violations.push(Violation::new(field, reason));
    }

    /// Notes that a well-formed URI or id names nothing.
    pub(super) fn missing(&mut self, field: &'static str) {
        self.not_found.get_or_insert(field);
    }

    /// Violations so far.
    fn n_violations(&self) -> usize {
        self.violations.len()
    }

    fn keep<T>(&mut self, checked: Result<T, Violation>) -> Option<T> {
        checked
            .map_err(|violation| self.violations.push(violation))
            .ok()
    }

    /// The entries of a list, unless there are too many; then none, so that not each of them is checked.
    fn entries<'l, T>(&mut self, field: &str, list: &'l [T], most: usize) -> &'l [T] {
        if list.len() > most {
            self.refuse(
                field,
                format!("has {} entries, at most {most} are allowed", list.len()),
            );
            return &[];
        }
        list
    }

    /// A number within a range.
    fn number(&mut self, field: &str, value: f64, allowed: RangeInclusive<f64>) -> Option<f64> {
        if allowed.contains(&value) {
            return Some(value);
        }
        self.refuse(
            field,
            format!(
                "must be a number from {} to {}",
                allowed.start(),
                allowed.end()
            ),
        );
        None
    }

    /// A share, if the caller names one.
    pub(super) fn share(&mut self, field: &str, share: Option<f64>) -> Option<f64> {
        share.and_then(|share| self.number(field, share, 0.0..=1.0))
    }

    /// A URI or id that is to be looked up.
    pub(super) fn not_empty(&mut self, field: &str, key: &str) {
        if key.is_empty() {
            self.refuse(field, "is empty");
        }
    }

    /// Entries that the caller wants: `usual` for 0, else at most `most`.
    pub(super) fn wanted(&mut self, field: &str, asked: u32, usual: usize, most: usize) -> usize {
        let asked = asked as usize;
        if asked > most {
            self.refuse(field, format!("must be at most {most}"));
        }
        if asked == 0 { usual.min(most) } else { asked }
    }

    /// A text of 1 to `bytes_max` bytes that is more than white space.
    pub(super) fn text<'t>(
        &mut self,
        field: &str,
        text: &'t str,
        bytes_max: usize,
    ) -> Option<AdText<'t>> {
        self.keep(AdText::new(field, text, bytes_max))
    }

    /// A text that may be empty.
    pub(super) fn optional_text<'t>(
        &mut self,
        field: &str,
        text: &'t str,
        bytes_max: usize,
    ) -> Option<AdText<'t>> {
        if text.trim().is_empty() {
            None
        } else {
            self.text(field, text, bytes_max)
        }
    }

    /// A code of `length` letters, in lower case.
    fn letters(&mut self, field: &str, code: &str, length: usize) -> Option<String> {
        if code.len() == length && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Some(code.to_ascii_lowercase());
        }
        self.refuse(field, format!("must be a code of {length} letters"));
        None
    }

    /// A language, if one is named.
    pub(super) fn language(&mut self, field: &str, code: &str) -> Option<String> {
        if code.is_empty() {
            None
        } else {
            self.letters(field, code, 2)
        }
    }

    /// The language for labels.
    pub(super) fn label_language(&mut self, code: &str) -> String {
        self.language("language", code)
            .unwrap_or_else(|| LANGUAGE.to_owned())
    }

    /// A date, if one is given.
    fn date(&mut self, field: &str, date: &str) -> Option<i64> {
        if date.is_empty() {
            return None;
        }
        let parsed = Some(date)
            .filter(|date| date.len() == DATE_BYTES)
            .and_then(day::parse);
        if parsed.is_none() {
            self.refuse(field, "is no date such as 2026-01-31");
        }
        parsed
    }

    /// The day to compare with; today unless the request names another. To be called before [`Self::constraints`].
    pub(super) fn as_of(&mut self, date: &str) {
        self.as_of_day = self.date("asOf", date).unwrap_or(self.as_of_day);
    }

    /// A level, if one is stated.
    fn level(&mut self, field: impl FnOnce() -> String, level: &str) -> Option<Level> {
        if level.is_empty() {
            return None;
        }
        let parsed = if level.len() <= LEVEL_BYTES_MAX {
            Level::parse(level)
        } else {
            None
        };
        if parsed.is_none() {
            self.refuse(
                field(),
                "is no level: A1 to C2, EQF1 to EQF8, basic, intermediate, advanced or expert",
            );
        }
        parsed
    }

    /// Skills that the snapshot has.
    pub(super) fn skills(&mut self, field: &str, uris: &[String], most: usize) -> Vec<SkillId> {
        let entries = self.entries(field, uris, most).iter().enumerate();
        entries
            .filter_map(|(at, uri)| self.skill(|| format!("{field}[{at}]"), uri))
            .collect()
    }

    /// Beginnings of ISCO-08 codes.
    pub(super) fn isco_groups(&mut self, field: &str, codes: &[String]) -> Vec<String> {
        let entries = self
            .entries(field, codes, ISCO_GROUPS_MAX)
            .iter()
            .enumerate();
        let good = |code: &str| {
            (1..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        let bad: Vec<usize> = entries
            .filter(|(_, code)| !good(code))
            .map(|(at, _)| at)
            .collect();
        bad.into_iter().for_each(|at| {
            self.refuse(
                format!("{field}[{at}]"),
                "must be 1 to 4 digits of an ISCO-08 code",
            )
        });
        codes.to_vec()
    }

    /// Where the page begins.
    pub(super) fn offset(&mut self, pages: &Pages, token: &str) -> usize {
        self.keep(pages.offset(token)).unwrap_or_default()
    }

    /// Where the page begins in a list whose order does not change.
    pub(super) fn cursor(
        &mut self,
        request_without_token: &impl prost::Message,
        token: &str,
    ) -> Option<Cursor> {
        if token.is_empty() {
            return None;
        }
        let found = cursor::read(request_without_token, token);
        if found.is_none() {
            self.refuse("pageToken", "is no token of this request");
        }
        found
    }

    /// What of a ranked list was shown before. The order of recommendations is made for the request, and other commits of the same generation keep it but for what
    /// they changed.
    pub(super) fn shown(
        &mut self,
        request_without_token: &impl prost::Message,
        token: &str,
    ) -> Shown {
        if token.is_empty() {
            return Shown::default();
        }
        match cursor::shown(
            request_without_token,
            &self.catalogue.manifest.generation,
            token,
        ) {
            Ok(shown) => shown,
            Err(reason) => {
                self.refuse("pageToken", reason);
                Shown::default()
            }
        }
    }

    /// The order of credentials.
    pub(super) fn order(&mut self, number: i32) -> Sort {
        match wire::CredentialOrder::try_from(number) {
            Ok(wire::CredentialOrder::Unspecified) => Sort::Relevance,
            Ok(wire::CredentialOrder::Title) => Sort::Title,
            Ok(wire::CredentialOrder::Hours) => Sort::Hours,
            Ok(wire::CredentialOrder::Cost) => Sort::Cost,
            Ok(wire::CredentialOrder::Modified) => Sort::Modified,
            Err(_) => {
                self.refuse("order", "is no order");
                Sort::Relevance
            }
        }
    }

    /// Whose priorities count.
    pub(super) fn persona(&mut self, number: i32) -> Persona {
        match wire::Persona::try_from(number) {
            Ok(wire::Persona::Unspecified | wire::Persona::Learner) => Persona::Learner,
            Ok(wire::Persona::Employee) => Persona::Employee,
            Ok(wire::Persona::Unemployed) => Persona::Unemployed,
            Ok(wire::Persona::Employer) => Persona::Employer,
            Err(_) => {
                self.refuse("persona", "is no persona");
                Persona::default()
            }
        }
    }

    /// Weights of the features: the persona's unless the caller names some.
    pub(super) fn weights(&mut self, persona: Persona, given: &[wire::FeatureWeight]) -> Weights {
        let given: Vec<(String, f64)> = given
            .iter()
            .map(|given| (given.feature.clone(), given.weight))
            .collect();
        Weights::replaced(persona, &given).unwrap_or_else(|violations| {
            self.violations.extend(violations);
            Weights::of(persona)
        })
    }
}
