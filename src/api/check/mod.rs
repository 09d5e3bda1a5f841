//! The check of a request: from a message to domain types. Every field is looked at and every violation kept, so that a caller can mend all
//! of them at once; a value of the caller is never quoted. What the contract has and this service does not is refused, never ignored.
//!
//! Paths are those of the proto files; where JSON was read, [`super::json`] writes them as JSON does.

mod carried;
mod constraints;
mod credential;
mod documents;
mod profile;
mod target;

use std::ops::RangeInclusive;

use skillgap_catalogue::Sort;
use skillgap_credentials::day;
use skillgap_esco::SkillId;

pub(super) use documents::{Document, read_documents};

use super::page::{Pages, Place};
use super::{View, wire};
use crate::demand::{AdText, Cefr, Level};
use crate::error::{Error, Resource, Result, Violation, ViolationKind};
use crate::rank::{FEATURES, Persona, Weights};

/// The language of labels and sentences where the caller names none.
const LANGUAGE: &str = "en";
/// Bytes of a date, and of a language code.
const DATE_BYTES: usize = 10;
const LANGUAGE_BYTES_MAX: usize = 35;
/// Entries of a list of codes.
const CODES_MAX: usize = 300;
/// Beginnings of ISCO codes in one request.
const ISCO_GROUPS_MAX: usize = 100;

/// Checks one request against one view. Each check returns the checked value, or notes a violation and returns something harmless.
pub(super) struct Check<'a> {
    pub(super) view: View<'a>,
    as_of_day: i64,
    language: String,
    violations: Vec<Violation>,
    carried: Vec<wire::CarriedUri>,
    /// Whether the caller demands a later commit than the snapshot has.
    is_behind: bool,
    /// The first field whose well-formed URI or id names nothing.
    not_found: Option<(&'static str, Resource)>,
}

/// What every answer to a request that was found good says of it.
pub(super) struct Accepted {
    /// The day that counts, in days since 1970-01-01.
    pub(super) as_of_day: i64,
    /// The language of labels and sentences.
    pub(super) language: String,
    /// URIs of former versions of ESCO, and what became of them.
    pub(super) carried: Vec<wire::CarriedUri>,
}

impl<'a> Check<'a> {
    pub(super) fn new(view: &View<'a>) -> Self {
        Self {
            view: *view,
            as_of_day: view.today,
            language: LANGUAGE.to_owned(),
            violations: Vec::new(),
            carried: Vec::new(),
            is_behind: false,
            not_found: None,
        }
    }

    /// Ends the check.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all violations, else [`Error::NotReached`], else [`Error::NotFound`].
    pub(super) fn done(self) -> Result<Accepted> {
        if self.violations.is_empty() && self.is_behind {
            return Err(Error::NotReached(self.view.catalogue.manifest.commit));
        }
        match (self.violations.is_empty(), self.not_found) {
            (false, _) => Err(Error::Invalid(self.violations)),
            (true, Some((field, resource))) => Err(Error::NotFound { field, resource }),
            (true, None) => Ok(Accepted {
                as_of_day: self.as_of_day,
                language: self.language,
                carried: self.carried,
            }),
        }
    }

    /// Notes a violation.
    pub(super) fn refuse(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.violations.push(Violation::new(field, reason));
    }

    /// Notes that a field is given which this service does not support yet.
    pub(super) fn refuse_if(&mut self, field: &str, given: bool) {
        if given {
            self.violations.push(Violation {
                kind: ViolationKind::NotImplemented,
                ..Violation::new(field, "is not supported yet")
            });
        }
    }

    /// Notes that a well-formed URI or id names nothing.
    pub(super) fn missing(&mut self, field: &'static str, resource: Resource) {
        self.not_found.get_or_insert((field, resource));
    }

    fn keep<T>(&mut self, checked: Result<T, Violation>) -> Option<T> {
        checked
            .map_err(|violation| self.violations.push(violation))
            .ok()
    }

    /// The entries of a list, unless there are too many; then none, so that not each of them is checked.
    pub(super) fn entries<'l, T>(&mut self, field: &str, list: &'l [T], most: usize) -> &'l [T] {
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
        let (least, most) = (allowed.start(), allowed.end());
        self.refuse(field, format!("must be a number from {least} to {most}"));
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

    /// A text that may be absent or blank.
    pub(super) fn optional_text<'t>(
        &mut self,
        field: &str,
        text: Option<&'t str>,
        bytes_max: usize,
    ) -> Option<AdText<'t>> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        self.text(field, text, bytes_max)
    }

    /// A code of `length` letters, in lower case.
    fn letters(&mut self, field: &str, code: &str, length: usize) -> Option<String> {
        if code.len() == length && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Some(code.to_ascii_lowercase());
        }
        self.refuse(field, format!("must be a code of {length} letters"));
        None
    }

    /// The language of a BCP 47 code, in lower case; script, region and the rest do not matter.
    pub(super) fn language_code(&mut self, field: &str, code: &str) -> Option<String> {
        let mut parts = code.split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        let is_language =
            matches!(language.len(), 2..=3) && language.bytes().all(|b| b.is_ascii_alphabetic());
        let is_part = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if code.len() <= LANGUAGE_BYTES_MAX && is_language && parts.all(is_part) {
            return Some(language.to_ascii_lowercase());
        }
        self.refuse(field, "is no language code such as de or de-AT");
        None
    }

    /// Puts the language of a text in place of its code; none where the caller does not know it.
    pub(super) fn text_language(&mut self, field: &str, code: &mut Option<String>) {
        *code = code
            .take()
            .filter(|code| !code.is_empty())
            .and_then(|code| self.language_code(field, &code))
            .filter(|language| language != "und");
    }

    /// The language of the answer.
    pub(super) fn answer_language(&mut self, code: &mut Option<String>) {
        self.text_language("language_code", code);
        if let Some(language) = code {
            self.language.clone_from(language);
        }
    }

    /// Language codes.
    pub(super) fn languages(&mut self, field: &str, codes: &[String]) -> Vec<String> {
        let entries = self.entries(field, codes, CODES_MAX).iter().enumerate();
        entries
            .filter_map(|(at, code)| self.language_code(&format!("{field}[{at}]"), code))
            .collect()
    }

    /// A date, if one is given.
    fn date(&mut self, field: &str, date: Option<&str>) -> Option<i64> {
        let date = date.filter(|date| !date.is_empty())?;
        let parsed = Some(date)
            .filter(|date| date.len() == DATE_BYTES)
            .and_then(day::parse);
        if parsed.is_none() {
            self.refuse(field, "is no date such as 2026-01-31");
        }
        parsed
    }

    /// The commit that the answer must rest on, or a later one.
    pub(super) fn at_least_commit(&mut self, commit: Option<u64>) {
        self.is_behind |= commit.is_some_and(|commit| commit > self.view.catalogue.manifest.commit);
    }

    /// The day to compare with; today unless the request names another. To be called before [`Self::constraints`].
    pub(super) fn as_of(&mut self, date: Option<&str>) {
        self.as_of_day = self.date("as_of", date).unwrap_or(self.as_of_day);
    }

    /// The value of an enum by its number.
    pub(super) fn known<E: TryFrom<i32>>(
        &mut self,
        field: impl Into<String>,
        number: i32,
    ) -> Option<E> {
        let known = E::try_from(number).ok();
        if known.is_none() {
            self.refuse(field, "is no value of this enum");
        }
        known
    }

    /// What spans count.
    pub(super) fn text_encoding(&mut self, number: i32) -> wire::TextEncoding {
        self.known("text_encoding", number).unwrap_or_default()
    }

    /// A level, if one is stated.
    fn level(
        &mut self,
        field: impl Fn(&str) -> String,
        level: Option<&wire::Level>,
    ) -> Option<Level> {
        use wire::level::Level as Stated;
        match level?.level.as_ref()? {
            Stated::Cefr(number) => {
                let level: wire::CefrLevel = self.known(field("cefr"), *number)?;
                // The numbers of the contract are the ranks; unspecified is none.
                Cefr::at(level as u8).map(Level::Cefr)
            }
            Stated::Eqf(level) => self.eqf_level(&field("eqf"), Some(*level)).map(Level::Eqf),
            Stated::Proficiency(number) => match self.known(field("proficiency"), *number)? {
                wire::Proficiency::Unspecified => None,
                wire::Proficiency::Basic => Some(Level::Basic),
                wire::Proficiency::Intermediate => Some(Level::Intermediate),
                wire::Proficiency::Advanced => Some(Level::Advanced),
                wire::Proficiency::Expert => Some(Level::Expert),
            },
        }
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
        let entries = self.entries(field, codes, ISCO_GROUPS_MAX).iter();
        for (at, code) in entries.enumerate() {
            let digits = code.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || !(1..=4).contains(&code.len()) {
                self.refuse(
                    format!("{field}[{at}]"),
                    "must be 1 to 4 digits of an ISCO-08 code",
                );
            }
        }
        codes.to_vec()
    }

    /// Where the page begins; nothing at the beginning.
    pub(super) fn place(&mut self, pages: &Pages<'_>, token: &str) -> Option<Place> {
        self.keep(pages.read(token)).flatten()
    }

    /// The order of credentials.
    pub(super) fn order(&mut self, number: i32) -> Sort {
        match self.known("order", number).unwrap_or_default() {
            wire::CredentialOrder::Unspecified => Sort::Relevance,
            wire::CredentialOrder::Title => Sort::Title,
            wire::CredentialOrder::Hours => Sort::Hours,
            wire::CredentialOrder::Cost => Sort::Cost,
            wire::CredentialOrder::Modified => Sort::Modified,
        }
    }

    /// Whose priorities count.
    pub(super) fn persona(&mut self, number: i32) -> Persona {
        match self.known("persona", number).unwrap_or_default() {
            wire::Persona::Unspecified | wire::Persona::Learner => Persona::Learner,
            wire::Persona::Employee => Persona::Employee,
            wire::Persona::Unemployed => Persona::Unemployed,
            wire::Persona::Employer => Persona::Employer,
        }
    }

    /// Weights of the features: the persona's unless the caller names some.
    pub(super) fn weights(&mut self, persona: Persona, given: &[wire::FeatureWeight]) -> Weights {
        // The features of the contract are numbered in their order, from 1.
        let name = |given: &wire::FeatureWeight| {
            let place = usize::try_from(given.feature).ok()?.checked_sub(1)?;
            Some(FEATURES.get(place)?.name())
        };
        let given: Vec<(String, f64)> = given
            .iter()
            .map(|given| (name(given).unwrap_or_default().to_owned(), given.weight))
            .collect();
        Weights::replaced(persona, &given).unwrap_or_else(|violations| {
            self.violations.extend(violations);
            Weights::of(persona)
        })
    }
}
