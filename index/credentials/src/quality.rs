//! What is stated about a credential's quality and its price? Facts with who says so; none is ever guessed.

use serde::{Deserialize, Serialize};

use super::credential::Money;

/// The nine signals that people trust a microcredential by (Cedefop 2023, Tables 2 and 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The provider is accredited or certified.
    ProviderAccredited,
    /// Part of the national offer, quality assured the same way.
    NationalQualityAssured,
    /// Skills needs were defined with the industry.
    IndustryDefinedNeeds,
    /// In skills areas that are important to employers, such as green and digital.
    PrioritySkillsArea,
    /// Easy to compare: purpose, skills and assessment are stated.
    Comparable,
    /// Clear how it combines with others.
    Combinable,
    /// Assessment demonstrates the skills.
    Assessed,
    /// Outcome data are available.
    OutcomeData,
    /// Guidance and support are available.
    Guidance,
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

    /// The name used in native input and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProviderAccredited => "provider_accredited",
            Self::NationalQualityAssured => "national_quality_assured",
            Self::IndustryDefinedNeeds => "industry_defined_needs",
            Self::PrioritySkillsArea => "priority_skills_area",
            Self::Comparable => "comparable",
            Self::Combinable => "combinable",
            Self::Assessed => "assessed",
            Self::OutcomeData => "outcome_data",
            Self::Guidance => "guidance",
        }
    }

    /// Reads a signal by its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.name() == name)
    }
}

/// A stated fact about a credential's quality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrustSignal {
    /// What is stated.
    pub signal: Signal,
    /// Stated to be so, or stated not to be so.
    pub value: bool,
    /// Who says so.
    pub source: String,
    /// What it is about; nothing if not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Last day on which it holds, as days since 1970-01-01; nothing if not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_day: Option<i64>,
}

/// What a statement of quality is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// The provider as a whole.
    Institution,
    /// This credential or its programme.
    Programme,
}

/// A stated fact of quality assurance: who accredits what, until when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accreditation {
    /// Who accredits, in the source's words.
    pub accreditor: String,
    /// Identifier of the accreditor, such as its page, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accreditor_id: Option<String>,
    /// Type of mechanism in the source's words, such as "programme evaluation".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// What it is about; nothing if not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Highest EQF level that it is valid for, 1 to 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eqf_level_max: Option<u8>,
    /// First day of validity, as days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from_day: Option<i64>,
    /// Last day of validity, as days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_day: Option<i64>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// A stated way to have the price paid.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FundingScheme {
    /// Name of the scheme in the source's words.
    pub name: String,
    /// Who may be funded, in words of the source such as "unemployed"; empty if not stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eligible: Vec<String>,
    /// Most that is paid, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Share of the price that is paid, in [0, 1], if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Last day, as days since 1970-01-01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_day: Option<i64>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}
