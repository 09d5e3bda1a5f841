//! What is a credential, once read? One record for all sources; what a source does not state is absent, never guessed.

use serde::{Deserialize, Serialize};

pub use super::quality::{Accreditation, FundingScheme, Scope, Signal, TrustSignal};
use skillgap_esco::{Text, text_of};

/// Hours that one ECTS credit stands for, least and most (ECTS Users' Guide 2015).
pub const HOURS_PER_ECTS: (f64, f64) = (25.0, 30.0);

/// The country code of an offer that is open to every country.
pub const WORLDWIDE: &str = "*";

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Units of the currency, not cents; finite, not negative.
    pub amount: f64,
    /// ISO 4217 code, upper case.
    pub currency: String,
}

/// How a credential is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Face to face.
    Onsite,
    /// Online.
    Online,
    /// Partly online, partly on site.
    Blended,
    /// At the workplace.
    WorkBased,
}

impl Mode {
    /// All modes, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Onsite, Self::Online, Self::Blended, Self::WorkBased];

    /// The name used in native input and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Onsite => "onsite",
            Self::Online => "online",
            Self::Blended => "blended",
            Self::WorkBased => "work_based",
        }
    }

    /// Reads a mode in the words that native input uses.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().replace(['-', ' '], "_").as_str() {
            "onsite" | "on_site" | "presential" | "face_to_face" | "in_person" => {
                Some(Self::Onsite)
            }
            "online" | "distance" | "remote" => Some(Self::Online),
            "blended" | "hybrid" => Some(Self::Blended),
            "work_based" | "workplace" => Some(Self::WorkBased),
            _ => None,
        }
    }
}

/// Who says that an outcome teaches a skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LinkOrigin {
    /// The provider.
    Declared,
    /// We, or whoever prepared the data.
    Inferred,
}

/// A link from an outcome to an ESCO skill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkillLink {
    /// ESCO URI; it may be of another version than the generation's.
    pub uri: String,
    /// Who says so.
    pub origin: LinkOrigin,
    /// How sure, in [0, 1]; 1 for declared links.
    pub confidence: f64,
}

/// One learning outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The outcome, by language.
    pub text: Vec<Text>,
    /// Skills that it teaches.
    pub skills: Vec<SkillLink>,
}

/// Credentials of which at least some must be held before. "Any of" is at least one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrerequisiteGroup {
    /// How many of them, 1 to the length of `of`.
    pub at_least: u32,
    /// Ids of credentials.
    pub of: Vec<String>,
}

/// A value that its source states, but that is probably meant otherwise. It is left out of the field and kept here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Doubt {
    /// Name of the field, as in native input.
    pub field: String,
    /// The value as stated, and why it is in doubt.
    pub reason: String,
}

/// A credential: anything from a badge to a partial qualification.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Id within the catalogue, not empty.
    pub id: String,
    /// Title by language, at least one.
    pub title: Vec<Text>,
    /// Description by language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub description: Vec<Text>,
    /// Learning outcomes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// Provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Countries, ISO 3166-1 alpha-2, or [`WORLDWIDE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// Languages of instruction, ISO 639-1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Workload in hours, as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    /// Workload in ECTS credits, as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ects: Option<f64>,
    /// EQF level, 1 to 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eqf_level: Option<u8>,
    /// Price for a learner without funding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Mode of delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Ids of credentials that must all be held before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<String>,
    /// Groups of credentials; of each, some must be held before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisite_groups: Vec<PrerequisiteGroup>,
    /// URIs of skills that must be held before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills_required: Vec<String>,
    /// Larger qualifications that it is a part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part_of: Vec<String>,
    /// Ids or names of its own parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Stated facts of quality assurance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accreditations: Vec<Accreditation>,
    /// Stated ways to have the price paid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub funding_schemes: Vec<FundingScheme>,
    /// Days on which it starts, as days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub start_days: Vec<i64>,
    /// Stated facts about its quality, sorted by signal, at most one a signal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trust_signals: Vec<TrustSignal>,
    /// Economic sector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// How it is assessed, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<String>,
    /// How it combines with others, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stackability: Option<String>,
    /// Standards that it follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standards: Vec<String>,
    /// What the source says about the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_note: Option<String>,
    /// What the source says about funding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub funding: Vec<String>,
    /// Day of the last change, as days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_day: Option<i64>,
    /// Number of this state of the record, given by its source: a higher one replaces a lower one. Without it the last write counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Values that are probably meant otherwise than stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// Body that awards it, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awarding_body: Option<String>,
    /// What it is, in the source's words, such as "Short learning programme".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_type: Option<String>,
    /// How long it takes by the calendar: an ISO 8601 duration such as `P6W`, or the source's words. Never turned into hours of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Least workload in hours, where the source states a range; [`Self::hours`] is then its upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_min: Option<f64>,
    /// ISCED-F 2013 codes of two to four digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub isced: Vec<String>,
    /// Level in a national framework, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nqf_level: Option<String>,
    /// What it is for, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Whom it is for, in the source's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target_groups: Vec<String>,
    /// How one takes part, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participation: Option<String>,
    /// Whether the assessment is supervised and the identity verified, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervision: Option<String>,
    /// How it is graded, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Further information in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub further_information: Option<String>,
    /// Day on which it was issued or published, as days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_day: Option<i64>,
    /// First day of its validity, as days since 1970-01-01; not the day of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from_day: Option<i64>,
    /// Last day of its validity or offer, as days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_day: Option<i64>,
    /// Further identifiers of the programme, never of a person's award.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<String>,
    /// Occupations that it leads to or follows the standard of: ESCO URIs, or the source's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub occupations: Vec<String>,
    /// What is asked of a person before, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_requirements: Option<String>,
    /// Form of the learning in the source's words, such as "workshop".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Pace or schedule in the source's words, such as "part time".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
}

impl Credential {
    /// Most hours that it may take: as stated, else from its credits at 30 hours each, so that a budget is never exceeded unseen.
    pub fn hours_at_most(&self) -> Option<f64> {
        self.hours
            .or_else(|| self.ects.map(|ects| ects * HOURS_PER_ECTS.1))
    }

    /// What is stated about a signal; nothing if it is not stated.
    pub fn signal(&self, signal: Signal) -> Option<&TrustSignal> {
        self.trust_signals
            .iter()
            .find(|stated| stated.signal == signal)
    }
}

/// The text in the language asked for, else in English, else the first.
pub fn text_in<'a>(texts: &'a [Text], language: &str) -> &'a str {
    text_of(texts, language).map_or("", |text| text.text.as_str())
}
