//! What does a person hold? Stated skills, past occupations, held credentials and a text, each skill with where it comes from.

use skillgap_index::Catalogue;
use skillgap_index::model::credential::Credential;
use skillgap_index::model::esco::{OccupationId, SkillId};
use skillgap_index::schema::taught;

use crate::demand::{AdText, Level, Options, extract};

/// How sure it is that someone who worked in an occupation has one of its essential skills.
const CERTAINTY_OCCUPATION: f64 = 0.8;
/// How sure it is that someone has a skill that stands in their own text: from the first to the second, by the confidence of the link.
const CERTAINTY_TEXT: (f64, f64) = (0.5, 0.9);

/// Where a held skill comes from, most certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeldSource {
    /// The person states it.
    Stated,
    /// A credential that the person holds teaches it.
    Credential,
    /// An occupation of the person needs it.
    Occupation,
    /// It stands in the person's text.
    Text,
}

impl HeldSource {
    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Credential => "credential",
            Self::Occupation => "occupation",
            Self::Text => "text",
        }
    }
}

/// One held skill.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The skill.
    pub skill: SkillId,
    /// Level, if stated.
    pub level: Option<Level>,
    /// How sure it is that the person has it, in (0, 1].
    pub certainty: f64,
    /// Where it comes from.
    pub source: HeldSource,
}

/// Everything that a person holds. A skill may stand there several times, from several sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Held skills, sorted by skill, source, certainty.
    pub held: Vec<Held>,
    /// Ids of held credentials.
    pub credentials: Vec<String>,
    /// Highest EQF level that is held, if known: as the caller says, or of a held credential.
    pub eqf_level: Option<u8>,
}

impl Profile {
    /// How surely a skill is held, in [0, 1], by equality only.
    pub fn certainty(&self, skill: SkillId) -> f64 {
        self.held.iter().filter(|held| held.skill == skill).map(|held| held.certainty).fold(0.0, f64::max)
    }
}

/// What a caller says of a person, checked against the snapshot.
#[derive(Clone, Debug, Default)]
pub struct ProfileParts<'a> {
    /// Stated skills with their levels.
    pub skills: Vec<(SkillId, Option<Level>)>,
    /// Past or present occupations.
    pub occupations: Vec<OccupationId>,
    /// Held credentials.
    pub credentials: Vec<Credential>,
    /// A text such as a CV.
    pub text: Option<AdText<'a>>,
    /// Highest EQF level that is held, if the caller knows it.
    pub eqf_level: Option<u8>,
}

/// Gathers all held skills from the parts.
pub fn gather(catalogue: &Catalogue, parts: &ProfileParts<'_>) -> Profile {
    let stated =
        parts.skills.iter().map(|(skill, level)| Held { skill: *skill, level: *level, certainty: 1.0, source: HeldSource::Stated });
    let occupations = parts.occupations.iter().filter_map(|occupation| catalogue.esco.occupations.get(occupation.row()));
    let of_occupations = occupations.flat_map(|occupation| &occupation.essential).map(|skill| Held {
        skill: *skill,
        level: None,
        certainty: CERTAINTY_OCCUPATION,
        source: HeldSource::Occupation,
    });
    let of_credentials = parts
        .credentials
        .iter()
        .flat_map(|credential| taught(credential, &catalogue.esco))
        .filter(|(_, confidence)| *confidence > 0.0)
        .map(|(skill, confidence)| Held { skill, level: None, certainty: confidence, source: HeldSource::Credential });
    let in_text = parts.text.map(|text| extract(catalogue, text, Options::default()).skills).unwrap_or_default();
    let of_text = in_text.into_iter().map(|named| Held {
        skill: named.skill,
        level: named.level,
        certainty: CERTAINTY_TEXT.0 + (CERTAINTY_TEXT.1 - CERTAINTY_TEXT.0) * named.confidence,
        source: HeldSource::Text,
    });
    let mut held: Vec<Held> = stated.chain(of_credentials).chain(of_occupations).chain(of_text).collect();
    held.sort_by(|a, b| a.skill.cmp(&b.skill).then(a.source.cmp(&b.source)).then(b.certainty.total_cmp(&a.certainty)));
    let eqf_level = parts.credentials.iter().filter_map(|credential| credential.eqf_level).chain(parts.eqf_level).max();
    Profile { held, credentials: parts.credentials.iter().map(|credential| credential.id.clone()).collect(), eqf_level }
}
