//! A credential to be stored, until the record is the message: every field checked as in the native format.

use std::collections::BTreeMap;

use skillgap_credentials::credential::{
    Accreditation, Credential, Doubt, FundingScheme, LinkOrigin, Mode, Money, Outcome,
    PrerequisiteGroup, Scope, Signal, SkillLink, TrustSignal, WORLDWIDE,
};
use skillgap_credentials::day;
use skillgap_credentials::standards::is_enveloped;
use skillgap_esco::Text;

use super::{Check, wire};

/// Bytes of an id.
const ID_BYTES_MAX: usize = 1_024;
/// Bytes of a URI.
const URI_BYTES_MAX: usize = 1_000;
/// Hours, and credits, beyond which a workload is taken for a mistake: 57 years of full-time learning.
const HOURS_MAX: f64 = 100_000.0;
/// The same for money, in any currency.
const AMOUNT_MAX: f64 = 1e12;
/// Room is left above, so that whoever runs the service can still replace what a caller stored under the highest version.
const VERSION_MAX: u64 = i64::MAX as u64;

impl Check<'_> {
    /// A credential to be stored. Whatever is returned counts only if [`Check::done`] finds no violation.
    pub(in crate::api) fn credential(
        &mut self,
        field: &str,
        given: &wire::Credential,
    ) -> Credential {
        let at = |name: &str| format!("{field}.{name}");
        let (access, workload, entry, quality, assessment, validity, funding) = (
            given.access.clone().unwrap_or_default(),
            given.workload.clone().unwrap_or_default(),
            given.entry.clone().unwrap_or_default(),
            given.quality.clone().unwrap_or_default(),
            given.assessment.clone().unwrap_or_default(),
            given.validity.clone().unwrap_or_default(),
            given.funding.clone().unwrap_or_default(),
        );
        if given.title.is_empty() {
            self.refuse(at("title"), "is empty");
        }
        self.version(&at("version"), given.version);
        let credential = Credential {
            id: self.id_to_store(&at("id"), &given.id),
            title: self.texts(&at("title"), &given.title),
            description: self.texts(&at("description"), &given.description),
            outcomes: self.each(&at("outcomes"), &given.outcomes, Self::outcome),
            provider: self.organisation(&at("provider"), given.provider.as_ref()),
            countries: self.each(&at("access.countries"), &access.countries, Self::country),
            languages: self.each(&at("access.languages"), &access.languages, Self::language),
            mode: self.mode(&at("access.mode"), access.mode),
            start_days: self.each(&at("access.start_dates"), &access.start_dates, Self::day),
            participation: self.stated(&at("access.participation"), &access.participation),
            format: self.stated(&at("access.format"), &access.format),
            schedule: self.stated(&at("access.schedule"), &access.schedule),
            hours: self.hours(&at("workload.hours"), workload.hours),
            hours_min: self.hours(&at("workload.hours_min"), workload.hours_min),
            ects: self.hours(&at("workload.ects"), workload.ects),
            duration: self.stated(&at("workload.duration"), &workload.duration),
            eqf_level: self.eqf_level(&at("eqf_level"), given.eqf_level),
            cost: given
                .cost
                .as_ref()
                .and_then(|cost| self.money(&at("cost"), cost)),
            prerequisites: self.names(&at("entry.prerequisites"), &entry.prerequisites),
            prerequisite_groups: self.each(
                &at("entry.prerequisite_groups"),
                &entry.prerequisite_groups,
                Self::prerequisite_group,
            ),
            skills_required: self.each(&at("entry.skill_uris"), &entry.skill_uris, Self::uri),
            entry_requirements: self.stated(&at("entry.requirements"), &entry.requirements),
            trust_signals: self.trust_signals(&at("quality.trust_signals"), &quality.trust_signals),
            accreditations: self.each(
                &at("quality.accreditations"),
                &quality.accreditations,
                Self::accreditation,
            ),
            standards: self.names(&at("quality.standards"), &quality.standards),
            assessment: self.stated(&at("assessment.method"), &assessment.method),
            supervision: self.stated(&at("assessment.supervision"), &assessment.supervision),
            grade: self.stated(&at("assessment.grading"), &assessment.grading),
            part_of: self.names(&at("part_of"), &given.part_of),
            parts: self.names(&at("parts"), &given.parts),
            version: given.version,
            awarding_body: self.organisation(&at("awarding_body"), given.awarding_body.as_ref()),
            issued_day: self.date(&at("validity.issued"), validity.issued.as_deref()),
            valid_from_day: self.date(&at("validity.valid_from"), validity.valid_from.as_deref()),
            valid_until_day: self
                .date(&at("validity.valid_until"), validity.valid_until.as_deref()),
            cost_note: self.stated(&at("cost_note"), &given.cost_note),
            funding_schemes: self.each(
                &at("funding.schemes"),
                &funding.schemes,
                Self::funding_scheme,
            ),
            funding: self.names(&at("funding.notes"), &funding.notes),
            stackability: self.stated(&at("stackability"), &given.stackability),
            nqf_level: self.stated(&at("nqf_level"), &given.nqf_level),
            credential_type: self.stated(&at("credential_type"), &given.credential_type),
            identifiers: self.names(&at("identifiers"), &given.identifiers),
            isced: self.names(&at("isced_codes"), &given.isced_codes),
            sector: self.stated(&at("sector"), &given.sector),
            occupations: self.names(&at("occupations"), &given.occupations),
            purpose: self.stated(&at("purpose"), &given.purpose),
            target_groups: self.names(&at("target_groups"), &given.target_groups),
            homepage: self.stated(&at("page"), &given.page),
            further_information: self
                .stated(&at("further_information"), &given.further_information),
            modified_day: self.date(&at("modified"), given.modified.as_deref()),
            doubts: self.each(&at("doubts"), &given.doubts, Self::doubt),
        };
        credential
    }

    /// A number of a change, if the source numbers them.
    pub(in crate::api) fn version(&mut self, field: &str, version: Option<u64>) {
        if version.is_some_and(|version| version > VERSION_MAX) {
            self.refuse(field, format!("must be at most {VERSION_MAX}"));
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

    /// The id of a credential, without control characters.
    pub(in crate::api) fn credential_id(&mut self, field: &str, id: &str) -> String {
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
    fn each<T, R>(
        &mut self,
        field: &str,
        list: &[T],
        mut read: impl FnMut(&mut Self, &str, &T) -> R,
    ) -> Vec<R> {
        let entries = self.entries(field, list, self.view.limits.credential_entries_max);
        entries
            .iter()
            .enumerate()
            .map(|(at, entry)| read(self, &format!("{field}[{at}]"), entry))
            .collect()
    }

    /// One text a language, in their order.
    fn texts(&mut self, field: &str, texts: &BTreeMap<String, String>) -> Vec<Text> {
        let mut read = Vec::<Text>::new();
        for (code, text) in texts {
            let language = self.language_code(field, code).unwrap_or_default();
            if read.iter().any(|known| known.language == language) {
                self.refuse(field, "has two texts of one language");
            }
            let text = self.words(field, text, self.view.limits.ad_bytes_max);
            read.push(Text { language, text });
        }
        read
    }

    /// A text that is there, without white space around it.
    fn words(&mut self, field: &str, text: &str, bytes_max: usize) -> String {
        if text.trim().is_empty() {
            self.refuse(field, "is empty");
        } else if text.len() > bytes_max {
            let bytes = text.len();
            self.refuse(
                field,
                format!("has {bytes} bytes, at most {bytes_max} are allowed"),
            );
        }
        text.trim().to_owned()
    }

    fn name(&mut self, field: &str, text: &String) -> String {
        self.words(field, text, self.view.limits.text_bytes_max)
    }

    /// Short texts.
    pub(in crate::api) fn names(&mut self, field: &str, texts: &[String]) -> Vec<String> {
        self.each(field, texts, Self::name)
    }

    /// A short text, if it is stated; an empty one is not.
    fn stated(&mut self, field: &str, text: &Option<String>) -> Option<String> {
        let text = text.as_ref().filter(|text| !text.trim().is_empty())?;
        Some(self.name(field, text))
    }

    fn uri(&mut self, field: &str, uri: &String) -> String {
        self.words(field, uri, URI_BYTES_MAX)
    }

    fn hours(&mut self, field: &str, hours: Option<f64>) -> Option<f64> {
        self.number(field, hours?, 0.0..=HOURS_MAX)
    }

    fn organisation(&mut self, field: &str, given: Option<&wire::Organisation>) -> Option<String> {
        self.stated(&format!("{field}.name"), &given?.name)
    }

    fn language(&mut self, field: &str, given: &wire::LanguageLevel) -> String {
        self.language_code(&format!("{field}.language_code"), &given.language_code)
            .unwrap_or_default()
    }

    fn outcome(&mut self, field: &str, outcome: &wire::Outcome) -> Outcome {
        if outcome.text.is_empty() && outcome.skills.is_empty() {
            self.refuse(field, "has neither text nor skills");
        }
        Outcome {
            text: self.texts(&format!("{field}.text"), &outcome.text),
            skills: self.each(
                &format!("{field}.skills"),
                &outcome.skills,
                Self::skill_link,
            ),
        }
    }

    fn skill_link(&mut self, field: &str, link: &wire::SkillLink) -> SkillLink {
        let uri = self.uri(&format!("{field}.uri"), &link.uri);
        let confidence = self.share(&format!("{field}.confidence"), link.confidence);
        let origin = match self
            .known(format!("{field}.origin"), link.origin)
            .unwrap_or_default()
        {
            wire::LinkOrigin::Unspecified | wire::LinkOrigin::Declared => LinkOrigin::Declared,
            wire::LinkOrigin::Inferred => LinkOrigin::Inferred,
        };
        // A declared link is the provider's word; an inferred one is kept to four decimals, as in the native format.
        let confidence = if origin == LinkOrigin::Declared {
            1.0
        } else {
            (confidence.unwrap_or(1.0) * 1e4).round() / 1e4
        };
        SkillLink {
            uri,
            origin,
            confidence,
        }
    }

    fn country(&mut self, field: &str, code: &String) -> String {
        if code == WORLDWIDE {
            return code.clone();
        }
        let code = self.letters(field, code, 2).unwrap_or_default();
        code.to_ascii_uppercase()
    }

    fn money(&mut self, field: &str, money: &wire::Money) -> Option<Money> {
        let amount = self.number(&format!("{field}.amount"), money.amount, 0.0..=AMOUNT_MAX);
        let currency = self.letters(&format!("{field}.currency"), &money.currency, 3);
        Some(Money {
            amount: amount?,
            currency: currency?.to_ascii_uppercase(),
        })
    }

    fn mode(&mut self, field: &str, number: i32) -> Option<Mode> {
        match self.known(field, number)? {
            wire::DeliveryMode::Unspecified => None,
            wire::DeliveryMode::Onsite => Some(Mode::Onsite),
            wire::DeliveryMode::Online => Some(Mode::Online),
            wire::DeliveryMode::Blended => Some(Mode::Blended),
            wire::DeliveryMode::WorkBased => Some(Mode::WorkBased),
        }
    }

    fn prerequisite_group(
        &mut self,
        field: &str,
        group: &wire::PrerequisiteGroup,
    ) -> PrerequisiteGroup {
        let of = self.names(&format!("{field}.credential_ids"), &group.credential_ids);
        if group.held_min == 0 || group.held_min as usize > group.credential_ids.len() {
            self.refuse(
                format!("{field}.held_min"),
                "must be from 1 to the number of credentials in the group",
            );
        }
        PrerequisiteGroup {
            at_least: group.held_min,
            of,
        }
    }

    fn day(&mut self, field: &str, date: &String) -> i64 {
        let parsed = day::parse(date);
        if parsed.is_none() {
            self.refuse(field, "is no date such as 2026-01-31");
        }
        parsed.unwrap_or_default()
    }

    /// Stated facts, sorted by signal. Those that are given as not stated are left out, which means the same.
    fn trust_signals(&mut self, field: &str, given: &[wire::TrustSignal]) -> Vec<TrustSignal> {
        let stated = self.each(field, given, Self::trust_signal);
        let mut signals: Vec<TrustSignal> = Vec::new();
        for (at, stated) in stated.into_iter().enumerate() {
            let Some(stated) = stated else { continue };
            if signals.iter().any(|known| known.signal == stated.signal) {
                self.refuse(format!("{field}[{at}].signal"), "stands there twice");
            }
            signals.push(stated);
        }
        signals.sort_by_key(|stated| stated.signal);
        signals
    }

    fn trust_signal(&mut self, field: &str, given: &wire::TrustSignal) -> Option<TrustSignal> {
        // The signals of the contract are numbered in their order, from 1.
        let number = usize::try_from(given.signal)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let signal = number.and_then(|at| Signal::ALL.get(at).copied());
        if signal.is_none() {
            self.refuse(format!("{field}.signal"), "is no signal");
        }
        let value = match self.known(format!("{field}.value"), given.value) {
            Some(wire::SignalValue::Yes) => Some(true),
            Some(wire::SignalValue::No) => Some(false),
            Some(wire::SignalValue::Unspecified) | None => None,
        };
        let source = self.stated(&format!("{field}.source"), &given.source);
        let scope = self.scope(&format!("{field}.scope"), given.scope);
        let until = self.date(
            &format!("{field}.valid_until"),
            given.valid_until.as_deref(),
        );
        Some(TrustSignal {
            signal: signal?,
            value: value?,
            source: source.unwrap_or_default(),
            scope,
            valid_until_day: until,
        })
    }

    fn scope(&mut self, field: &str, number: i32) -> Option<Scope> {
        match self.known(field, number)? {
            wire::QualityScope::Unspecified => None,
            wire::QualityScope::Institution => Some(Scope::Institution),
            wire::QualityScope::Programme => Some(Scope::Programme),
        }
    }

    fn accreditation(&mut self, field: &str, given: &wire::Accreditation) -> Accreditation {
        let at = |name: &str| format!("{field}.{name}");
        let (valid_from_day, valid_until_day) = (
            self.date(&at("valid_from"), given.valid_from.as_deref()),
            self.date(&at("valid_until"), given.valid_until.as_deref()),
        );
        let both = valid_from_day.zip(valid_until_day);
        if both.is_some_and(|(from, until)| from > until) {
            self.refuse(at("valid_from"), "is after the last day");
        }
        Accreditation {
            accreditor: self.name(&at("accreditor"), &given.accreditor),
            accreditor_id: self.stated(&at("accreditor_id"), &given.accreditor_id),
            mechanism: self.stated(&at("mechanism"), &given.mechanism),
            scope: self.scope(&at("scope"), given.scope),
            eqf_level_max: self.eqf_level(&at("eqf_level_max"), given.eqf_level_max),
            valid_from_day,
            valid_until_day,
            source: self
                .stated(&at("source"), &given.source)
                .unwrap_or_default(),
        }
    }

    fn funding_scheme(&mut self, field: &str, given: &wire::FundingScheme) -> FundingScheme {
        let at = |name: &str| format!("{field}.{name}");
        FundingScheme {
            name: self.name(&at("name"), &given.name),
            eligible: self.names(&at("eligible"), &given.eligible),
            amount: given
                .amount_max
                .as_ref()
                .and_then(|amount| self.money(&at("amount_max"), amount)),
            share: self.share(&at("share"), given.share),
            until_day: self.date(&at("valid_until"), given.valid_until.as_deref()),
            source: self
                .stated(&at("source"), &given.source)
                .unwrap_or_default(),
        }
    }

    fn doubt(&mut self, field: &str, given: &wire::Doubt) -> Doubt {
        Doubt {
            field: self.name(&format!("{field}.field"), &given.field),
            reason: self.name(&format!("{field}.reason"), &given.reason),
        }
    }
}
