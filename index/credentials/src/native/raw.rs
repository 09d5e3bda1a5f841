//! Which shapes may a line of native JSON have? Lenient about one or many, strict about types; unknown fields are ignored.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::credential::{Doubt, LinkOrigin};
use crate::standards::is_enveloped;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Raw {
    pub id: String,
    pub title: RawText,
    pub description: Option<RawText>,
    #[serde(default)]
    pub outcomes: Vec<RawOutcome>,
    pub provider: Option<String>,
    #[serde(default, alias = "countries")]
    pub country: OneOrMany,
    #[serde(default)]
    pub languages: OneOrMany,
    pub hours: Option<f64>,
    pub hours_min: Option<f64>,
    pub ects: Option<f64>,
    pub eqf_level: Option<u8>,
    pub nqf_level: Option<String>,
    pub cost: Option<RawMoney>,
    pub mode: Option<String>,
    #[serde(default)]
    pub prerequisites: Vec<String>,
    #[serde(default)]
    pub prerequisite_groups: Vec<RawGroup>,
    #[serde(default)]
    pub skills_required: Vec<RawLink>,
    #[serde(default)]
    pub part_of: OneOrMany,
    #[serde(default)]
    pub parts: OneOrMany,
    #[serde(default)]
    pub trust_signals: Vec<RawSignal>,
    #[serde(default)]
    pub accreditations: Vec<RawAccreditation>,
    #[serde(default)]
    pub funding_schemes: Vec<RawScheme>,
    pub sector: Option<String>,
    pub assessment: Option<RawNote>,
    pub stackability: Option<String>,
    #[serde(default)]
    pub standards: OneOrMany,
    pub cost_note: Option<String>,
    #[serde(default)]
    pub funding: Vec<RawNote>,
    #[serde(default)]
    pub start_dates: OneOrMany,
    pub modified: Option<String>,
    pub version: Option<u64>,
    pub issued: Option<String>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    pub awarding_body: Option<String>,
    pub credential_type: Option<String>,
    pub duration: Option<String>,
    #[serde(default)]
    pub isced: OneOrMany,
    pub purpose: Option<String>,
    #[serde(default)]
    pub target_groups: OneOrMany,
    pub participation: Option<String>,
    pub supervision: Option<String>,
    pub grade: Option<String>,
    pub homepage: Option<String>,
    pub further_information: Option<String>,
    #[serde(default)]
    pub identifiers: OneOrMany,
    #[serde(default)]
    pub occupations: OneOrMany,
    pub entry_requirements: Option<String>,
    pub format: Option<String>,
    pub schedule: Option<String>,
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// Marks of JSON-LD: then the line may be of another standard.
    #[serde(rename = "@context")]
    pub context: Option<IgnoredAny>,
    #[serde(rename = "type")]
    pub class: Option<IgnoredAny>,
    #[serde(rename = "@type")]
    pub marked_class: Option<IgnoredAny>,
    #[serde(rename = "@graph")]
    pub graph: Option<IgnoredAny>,
    /// What awards stand under: then the line may be an envelope.
    pub credential_subject: Option<IgnoredAny>,
    pub verifiable_credential: Option<IgnoredAny>,
    pub credential: Option<IgnoredAny>,
}

impl Raw {
    /// Whether nothing in it belongs to JSON-LD or to an envelope.
    pub fn is_plain(&self) -> bool {
        let marks = [
            &self.context,
            &self.class,
            &self.marked_class,
            &self.graph,
            &self.credential_subject,
            &self.verifiable_credential,
            &self.credential,
        ];
        marks.into_iter().all(Option::is_none) && !is_enveloped(&self.id)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawText {
    Plain(String),
    ByLanguage(#[serde(deserialize_with = "members")] Vec<(String, String)>),
}

/// The members of an object in their order, each as often as it stands there.
fn members<'de, D: Deserializer<'de>>(object: D) -> Result<Vec<(String, String)>, D::Error> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, String)>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("texts by language")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = object.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }

    object.deserialize_map(Members)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawOutcome {
    pub text: Option<RawText>,
    #[serde(default)]
    pub skills: Vec<RawLink>,
}

#[derive(Deserialize)]
pub(super) struct RawLink {
    pub uri: String,
    pub origin: Option<LinkOrigin>,
    pub confidence: Option<f64>,
}

#[derive(Deserialize)]
pub(super) struct RawMoney {
    pub amount: f64,
    pub currency: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawSignal {
    pub signal: String,
    pub value: RawValue,
    #[serde(default)]
    pub source: String,
    pub scope: Option<String>,
    pub valid_until: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawGroup {
    pub at_least: u32,
    pub of: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawAccreditation {
    pub accreditor: String,
    pub accreditor_id: Option<String>,
    pub mechanism: Option<String>,
    pub scope: Option<String>,
    pub eqf_level_max: Option<u8>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    #[serde(default)]
    pub source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawScheme {
    pub name: String,
    #[serde(default)]
    pub eligible: OneOrMany,
    pub amount: Option<RawMoney>,
    pub share: Option<f64>,
    pub until: Option<String>,
    #[serde(default)]
    pub source: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawValue {
    Flag(bool),
    Word(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawNote {
    Plain(String),
    Detailed { text: String },
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn into_vec(self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl RawNote {
    pub fn into_text(self) -> String {
        match self {
            Self::Plain(text) | Self::Detailed { text } => text,
        }
    }
}
