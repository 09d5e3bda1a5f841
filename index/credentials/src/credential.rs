//! The credential record: the message of `proto/skillgap/v1/credential.proto`, with short ways to what lies deep in it.
//!
//! One record for all sources; what a source does not state is absent, never guessed.

use std::collections::BTreeMap;

use prost::Message;

use crate::day;
pub use crate::enum_name::EnumName;
pub use crate::proto::{
    Access, Accreditation, Assessment, BasisOfAward, CefrLevel, Coordinates, Credential,
    DeliveryMode, Doubt, Entry, Funding, FundingScheme, LanguageLevel, LinkEvidence, LinkOrigin,
    Money, Offer, Organisation, Outcome, PersonStatus, Place, PrerequisiteGroup, Quality,
    QualityScope, Right, Signal, SignalValue, SkillLink, StudyLoad, TimeOfDay, TrustSignal,
    Validity, Workload,
};

/// Texts by language.
pub type Texts = BTreeMap<String, String>;

/// Hours that one ECTS credit stands for, least and most (ECTS Users' Guide 2015).
pub const HOURS_PER_ECTS: (f64, f64) = (25.0, 30.0);

/// The country code of an offer that is open to every country.
pub const WORLDWIDE: &str = "*";

impl Credential {
    /// The record as it is stored; one record has one form.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        Self::decode(bytes)
    }

    /// Bytes of the record as it is stored.
    pub fn n_bytes(&self) -> usize {
        self.encoded_len()
    }

    /// Name of the provider.
    pub fn provider_name(&self) -> Option<&str> {
        self.provider.as_ref()?.name.as_deref()
    }

    /// Name of the body that awards it.
    pub fn awarding_body_name(&self) -> Option<&str> {
        self.awarding_body.as_ref()?.name.as_deref()
    }

    /// Countries that it is open to.
    pub fn countries(&self) -> &[String] {
        self.access.as_ref().map_or(&[], |access| &access.countries)
    }

    /// Codes of the languages of instruction.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        let languages = self.access.iter().flat_map(|access| &access.languages);
        languages.map(|language| language.language_code.as_str())
    }

    /// How it is taught, if that is stated.
    pub fn delivery_mode(&self) -> Option<DeliveryMode> {
        self.access
            .as_ref()
            .and_then(|access| stated(access.mode()))
    }

    /// Days on which it starts, since 1970-01-01.
    pub fn start_days(&self) -> impl Iterator<Item = i64> {
        let dates = self.access.iter().flat_map(|access| &access.start_dates);
        dates.filter_map(|date| day::parse(date))
    }

    /// Workload in hours, as stated.
    pub fn hours(&self) -> Option<f64> {
        self.workload.as_ref()?.hours
    }

    /// Workload in ECTS credits, as stated.
    pub fn ects(&self) -> Option<f64> {
        self.workload.as_ref()?.ects
    }

    /// Most hours that it may take: as stated, else from its credits at 30 hours each, so that a budget is never exceeded unseen.
    pub fn hours_at_most(&self) -> Option<f64> {
        self.hours()
            .or_else(|| self.ects().map(|ects| ects * HOURS_PER_ECTS.1))
    }

    /// Ids of credentials that must all be held before.
    pub fn prerequisites(&self) -> &[String] {
        self.entry
            .as_ref()
            .map_or(&[], |entry| &entry.prerequisites)
    }

    /// Groups of credentials; of each, some must be held before.
    pub fn prerequisite_groups(&self) -> &[PrerequisiteGroup] {
        self.entry
            .as_ref()
            .map_or(&[], |entry| &entry.prerequisite_groups)
    }

    /// URIs of skills that must be held before.
    pub fn skills_required(&self) -> &[String] {
        self.entry.as_ref().map_or(&[], |entry| &entry.skill_uris)
    }

    /// What must be done to pass, in the source's words.
    pub fn assessment_method(&self) -> Option<&str> {
        self.assessment.as_ref()?.method.as_deref()
    }

    /// Stated facts by which people trust it, sorted by signal, at most one a signal.
    pub fn trust_signals(&self) -> &[TrustSignal] {
        self.quality
            .as_ref()
            .map_or(&[], |quality| &quality.trust_signals)
    }

    /// What is stated about a signal; nothing if it is not stated.
    pub fn signal(&self, signal: Signal) -> Option<&TrustSignal> {
        let signals = self.trust_signals().iter();
        signals.into_iter().find(|stated| stated.signal() == signal)
    }

    /// Statements of quality assurance about it, its programme and its provider.
    pub fn accreditations(&self) -> impl Iterator<Item = &Accreditation> {
        let own = self
            .quality
            .iter()
            .flat_map(|quality| &quality.accreditations);
        own.chain(
            self.provider
                .iter()
                .flat_map(|provider| &provider.accreditations),
        )
    }

    /// Stated ways to have the price paid.
    pub fn funding_schemes(&self) -> &[FundingScheme] {
        self.funding
            .as_ref()
            .map_or(&[], |funding| &funding.schemes)
    }

    /// All links from outcomes to skills.
    pub fn links(&self) -> impl Iterator<Item = &SkillLink> {
        self.outcomes.iter().flat_map(|outcome| &outcome.skills)
    }

    /// Day of the last change at its source, since 1970-01-01.
    pub fn modified_day(&self) -> Option<i64> {
        day_of(&self.modified)
    }
}

impl SkillLink {
    /// A link that the provider declares.
    pub fn declared(uri: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            origin: LinkOrigin::Declared.into(),
            ..Self::default()
        }
    }

    /// A link that we, or whoever prepared the data, inferred; as sure as four decimals say.
    pub fn inferred(uri: impl Into<String>, confidence: f64) -> Self {
        Self {
            uri: uri.into(),
            origin: LinkOrigin::Inferred.into(),
            confidence: Some((confidence * 1e4).round() / 1e4),
            ..Self::default()
        }
    }

    /// Whether it is inferred, and not declared.
    pub fn is_inferred(&self) -> bool {
        self.origin() == LinkOrigin::Inferred
    }

    /// How sure it is, in [0, 1]; 1 where nothing is said.
    pub fn certainty(&self) -> f64 {
        self.confidence.unwrap_or(1.0)
    }
}

impl Outcome {
    /// Whether its source states it; one without a text that holds nothing but inferred links is made of the title or the description.
    pub fn is_stated(&self) -> bool {
        !self.text.is_empty() || !self.skills.iter().all(SkillLink::is_inferred)
    }
}

impl TrustSignal {
    /// A signal that is stated to be so, or not so.
    pub fn of(signal: Signal, is_so: bool, source: &str) -> Self {
        let value = if is_so {
            SignalValue::Yes
        } else {
            SignalValue::No
        };
        Self {
            signal: signal.into(),
            value: value.into(),
            source: Some(source.to_owned()).filter(|source| !source.is_empty()),
            ..Self::default()
        }
    }

    /// Whether it is stated to be so.
    pub fn is_so(&self) -> bool {
        self.value() == SignalValue::Yes
    }
}

impl Signal {
    /// All signals, in the order of the published table.
    pub const ALL: [Self; 9] = [
        Self::ProviderAccredited,
        Self::NationalQualityAssured,
        Self::IndustryDefinedNeeds,
        Self::PrioritySkillsArea,
        Self::Comparable,
        Self::Combinable,
        Self::Assessed,
        Self::OutcomeData,
        Self::Guidance,
    ];

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        (self as usize).saturating_sub(1)
    }
}

impl DeliveryMode {
    /// All modes, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Onsite, Self::Online, Self::Blended, Self::WorkBased];

    /// Reads a mode in the words that sources use.
    pub fn from_words(words: &str) -> Option<Self> {
        match words
            .trim()
            .to_lowercase()
            .replace(['-', ' '], "_")
            .as_str()
        {
            "on_site" | "presential" | "face_to_face" | "in_person" => Some(Self::Onsite),
            "distance" | "remote" => Some(Self::Online),
            "hybrid" => Some(Self::Blended),
            "workplace" => Some(Self::WorkBased),
            name => Self::parse(name).and_then(stated),
        }
    }
}

/// A text of a group, if both are stated.
pub fn text_of<G>(group: &Option<G>, text: fn(&G) -> &Option<String>) -> Option<&str> {
    group.as_ref().and_then(|group| text(group).as_deref())
}

/// The value of an enum, if it is not its first: that says nothing.
pub fn stated<E: EnumName + Into<i32> + Copy>(value: E) -> Option<E> {
    (value.into() != 0).then_some(value)
}

/// The day of a date of a record, since 1970-01-01.
pub fn day_of(date: &Option<String>) -> Option<i64> {
    date.as_deref().and_then(day::parse)
}

/// The text in the language asked for, else in English, else the first.
pub fn text_in<'a>(texts: &'a Texts, language: &str) -> &'a str {
    let text = texts.get(language).or_else(|| texts.get("en"));
    text.or_else(|| texts.values().next())
        .map_or("", String::as_str)
}

/// Texts of which one is known, by its language.
pub fn texts<const N: usize>(texts: [(&str, &str); N]) -> Texts {
    let owned = |(language, text): (&str, &str)| (language.to_owned(), text.to_owned());
    texts.into_iter().map(owned).collect()
}
