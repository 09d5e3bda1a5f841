//! Is a message a valid credential? Every field is checked as in the native format; what is not stated stays absent.

use std::collections::BTreeSet;

use skillgap_credentials::credential::{
    Credential, LinkOrigin, Mode, Money, Outcome, PrerequisiteGroup, SkillLink, WORLDWIDE,
};
use skillgap_credentials::day;
use skillgap_credentials::standards::is_enveloped;
use skillgap_esco::Text;

use super::{Check, wire};

/// Bytes of an id.
const ID_BYTES_MAX: usize = 200;
/// Bytes of a URI.
const URI_BYTES_MAX: usize = 1_000;
/// Hours, and credits, beyond which a workload is taken for a mistake: 57 years of full-time learning.
const HOURS_MAX: f64 = 100_000.0;
/// The same for money, in any currency.
const AMOUNT_MAX: f64 = 1e12;

impl Check<'_> {
    /// A credential to be stored. Whatever is returned counts only if [`Check::done`] finds no violation.
    pub(in crate::rpc) fn credential(
        &mut self,
        field: &str,
        given: &wire::Credential,
    ) -> Credential {
        let at = |name: &str| format!("{field}.{name}");
        let title = self.texts(&at("title"), &given.title);
        if given.title.is_empty() {
            self.refuse(at("title"), "is empty");
        }
        Credential {
            id: self.id_to_store(&at("id"), &given.id),
            title,
            description: self.texts(&at("description"), &given.description),
            outcomes: self.each(&at("outcomes"), &given.outcomes, Self::outcome),
            provider: self.stated(&at("provider"), given.provider.as_deref()),
            countries: self.each(&at("countries"), &given.countries, Self::country),
            languages: self.each(&at("languages"), &given.languages, |check, field, code| {
                check.letters(field, code, 2).unwrap_or_default()
            }),
            hours: given
                .hours
                .and_then(|hours| self.number(&at("hours"), hours, 0.0..=HOURS_MAX)),
            ects: given
                .ects
                .and_then(|ects| self.number(&at("ects"), ects, 0.0..=HOURS_MAX)),
            eqf_level: given
                .eqf_level
                .and_then(|level| self.stated_level(&at("eqfLevel"), level)),
            cost: given
                .cost
                .as_ref()
                .and_then(|cost| self.money(&at("cost"), cost)),
            mode: given.mode.and_then(|mode| self.mode(&at("mode"), mode)),
            prerequisites: self.names(&at("prerequisites"), &given.prerequisites),
            prerequisite_groups: self.each(
                &at("prerequisiteGroups"),
                &given.prerequisite_groups,
                Self::prerequisite_group,
            ),
            skills_required: self.each(
                &at("skillsRequired"),
                &given.skills_required,
                |check, field, uri| check.uri(field, uri),
            ),
            part_of: self.names(&at("partOf"), &given.part_of),
            parts: self.names(&at("parts"), &given.parts),
            accreditations: self.each(
                &at("accreditations"),
                &given.accreditations,
                Self::accreditation,
            ),
            funding_schemes: self.each(
                &at("fundingSchemes"),
                &given.funding_schemes,
                Self::funding_scheme,
            ),
            start_days: self.each(
                &at("startDates"),
                &given.start_dates,
                |check, field, date| check.day(field, date).unwrap_or_default(),
            ),
            trust_signals: self.trust_signals(&at("trustSignals"), &given.trust_signals),
            sector: self.stated(&at("sector"), given.sector.as_deref()),
            assessment: self.stated(&at("assessment"), given.assessment.as_deref()),
            stackability: self.stated(&at("stackability"), given.stackability.as_deref()),
            standards: self.names(&at("standards"), &given.standards),
            cost_note: self.stated(&at("costNote"), given.cost_note.as_deref()),
            funding: self.names(&at("funding"), &given.funding),
            modified_day: self.day_if_stated(&at("modified"), &given.modified),
            doubts: self.each(&at("doubts"), &given.doubts, Self::doubt),
            version: given.version,
            ..self.further(&at, given)
        }
    }

    /// A credential with the further fields only: who awards it, what it is for, how it is taken part in.
    fn further(&mut self, at: &dyn Fn(&str) -> String, given: &wire::Credential) -> Credential {
        Credential {
            awarding_body: self.stated(&at("awardingBody"), given.awarding_body.as_deref()),
            credential_type: self.stated(&at("credentialType"), given.credential_type.as_deref()),
            duration: self.stated(&at("duration"), given.duration.as_deref()),
            hours_min: given
                .hours_min
                .and_then(|hours| self.number(&at("hoursMin"), hours, 0.0..=HOURS_MAX)),
            isced: self.names(&at("isced"), &given.isced),
            nqf_level: self.stated(&at("nqfLevel"), given.nqf_level.as_deref()),
            purpose: self.stated(&at("purpose"), given.purpose.as_deref()),
            target_groups: self.names(&at("targetGroups"), &given.target_groups),
            participation: self.stated(&at("participation"), given.participation.as_deref()),
            supervision: self.stated(&at("supervision"), given.supervision.as_deref()),
            grade: self.stated(&at("grade"), given.grade.as_deref()),
            homepage: self.stated(&at("homepage"), given.homepage.as_deref()),
            further_information: self.stated(
                &at("furtherInformation"),
                given.further_information.as_deref(),
            ),
            issued_day: self.day_if_stated(&at("issued"), &given.issued),
            valid_from_day: self.day_if_stated(&at("validFrom"), &given.valid_from),
            valid_until_day: self.day_if_stated(&at("validUntil"), &given.valid_until),
            identifiers: self.names(&at("identifiers"), &given.identifiers),
            occupations: self.names(&at("occupations"), &given.occupations),
            entry_requirements: self.stated(
                &at("entryRequirements"),
                given.entry_requirements.as_deref(),
            ),
            format: self.stated(&at("format"), given.format.as_deref()),
            schedule: self.stated(&at("schedule"), given.schedule.as_deref()),
            ..Credential::default()
        }
    }

    /// The id of a credential to be stored: one that is a token would be taken for an envelope where its export is read.
    fn id_to_store(&mut self, field: &str, id: &str) -> String {
        let id = self.credential_id(field, id);
        if is_enveloped(&id) {
            self.refuse(field, "is a token, not a name");
        }
        id
    }

    /// The id of a credential: 1 to 200 bytes, without control characters.
    pub(in crate::rpc) fn credential_id(&mut self, field: &str, id: &str) -> String {
        let trimmed = id.trim();
        if trimmed.is_empty() || id.len() > ID_BYTES_MAX || trimmed.chars().any(char::is_control) {
            self.refuse(
                field,
                format!("must have 1 to {ID_BYTES_MAX} bytes, and no control characters"),
            );
        }
        trimmed.to_owned()
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

    /// One text a language, in their order.
    fn texts(&mut self, field: &str, texts: &[wire::LocalizedText]) -> Vec<Text> {
        let long = self.limits.ad_bytes_max;
        let mut known = BTreeSet::new();
        self.each(field, texts, |check, field, text| {
            let language = text.language.to_ascii_lowercase();
            if !matches!(language.len(), 2..=3)
                || !language.bytes().all(|byte| byte.is_ascii_lowercase())
            {
                check.refuse(
                    format!("{field}.language"),
                    "must be a code of 2 or 3 letters, or und",
                );
            } else if !known.insert(language.clone()) {
                check.refuse(format!("{field}.language"), "stands there twice");
            }
            Text {
                language,
                text: check.words(&format!("{field}.text"), &text.text, long),
            }
        })
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

    /// A short text, if it is stated; an empty one is not.
    pub(super) fn stated(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        Some(self.name(field, text))
    }

    fn uri(&mut self, field: &str, uri: &str) -> String {
        self.words(field, uri, URI_BYTES_MAX)
    }

    fn outcome(&mut self, field: &str, outcome: &wire::Outcome) -> Outcome {
        if outcome.text.is_empty() && outcome.skills.is_empty() {
            self.refuse(field, "has neither text nor skills");
        }
        let text = self.texts(&format!("{field}.text"), &outcome.text);
        Outcome {
            text,
            skills: self.each(
                &format!("{field}.skills"),
                &outcome.skills,
                Self::skill_link,
            ),
        }
    }

    fn skill_link(&mut self, field: &str, link: &wire::SkillLink) -> SkillLink {
        let uri = self.uri(&format!("{field}.uri"), &link.uri);
        let confidence = self
            .number(&format!("{field}.confidence"), link.confidence, 0.0..=1.0)
            .unwrap_or_default();
        let origin = match wire::LinkOrigin::try_from(link.origin) {
            Ok(wire::LinkOrigin::Unspecified | wire::LinkOrigin::Declared) => LinkOrigin::Declared,
            Ok(wire::LinkOrigin::Inferred) => LinkOrigin::Inferred,
            Err(_) => {
                self.refuse(format!("{field}.origin"), "is no origin of a link");
                LinkOrigin::Declared
            }
        };
        // A declared link is the provider's word; an inferred one is kept to four decimals, as in the native format.
        let confidence = if origin == LinkOrigin::Declared {
            1.0
        } else {
            (confidence * 1e4).round() / 1e4
        };
        SkillLink {
            uri,
            origin,
            confidence,
        }
    }

    fn country(&mut self, field: &str, code: &String) -> String {
        if code == WORLDWIDE {
            code.clone()
        } else {
            self.letters(field, code, 2)
                .unwrap_or_default()
                .to_ascii_uppercase()
        }
    }

    /// A level of the European Qualifications Framework.
    pub(super) fn stated_level(&mut self, field: &str, level: u32) -> Option<u8> {
        let valid = u8::try_from(level)
            .ok()
            .filter(|level| (1..=8).contains(level));
        if valid.is_none() {
            self.refuse(field, "must be a level from 1 to 8");
        }
        valid
    }

    /// An amount with its currency.
    pub(super) fn money(&mut self, field: &str, money: &wire::Money) -> Option<Money> {
        let amount = self.number(&format!("{field}.amount"), money.amount, 0.0..=AMOUNT_MAX);
        let currency = self.letters(&format!("{field}.currency"), &money.currency, 3);
        Some(Money {
            amount: amount?,
            currency: currency?.to_ascii_uppercase(),
        })
    }

    fn mode(&mut self, field: &str, number: i32) -> Option<Mode> {
        match wire::DeliveryMode::try_from(number) {
            Ok(wire::DeliveryMode::Unspecified) => None,
            Ok(wire::DeliveryMode::Onsite) => Some(Mode::Onsite),
            Ok(wire::DeliveryMode::Online) => Some(Mode::Online),
            Ok(wire::DeliveryMode::Blended) => Some(Mode::Blended),
            Ok(wire::DeliveryMode::WorkBased) => Some(Mode::WorkBased),
            Err(_) => {
                self.refuse(field, "is no mode");
                None
            }
        }
    }

    fn prerequisite_group(
        &mut self,
        field: &str,
        group: &wire::PrerequisiteGroup,
    ) -> PrerequisiteGroup {
        let of = self.names(&format!("{field}.of"), &group.of);
        if group.at_least == 0 || group.at_least as usize > group.of.len() {
            self.refuse(
                format!("{field}.atLeast"),
                "must be from 1 to the number of credentials in the group",
            );
        }
        PrerequisiteGroup {
            at_least: group.at_least,
            of,
        }
    }

    /// A date.
    pub(super) fn day(&mut self, field: &str, date: &str) -> Option<i64> {
        let parsed = day::parse(date);
        if parsed.is_none() {
            self.refuse(field, "is no date like 2026-01-31");
        }
        parsed
    }

    /// A date, if one is stated.
    pub(super) fn day_if_stated(&mut self, field: &str, date: &str) -> Option<i64> {
        if date.is_empty() {
            None
        } else {
            self.day(field, date)
        }
    }
}
