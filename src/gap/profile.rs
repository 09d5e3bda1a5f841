//! What does a person hold? Stated skills, past occupations, held credentials and a text, each skill with where it comes from.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::level_taught;
use skillgap_catalogue::schema::taught;
use skillgap_credentials::credential::Credential;
use skillgap_esco::{OccupationId, SkillId};

use skillgap_linker::reading::Author;

use super::past_jobs::{PastJob, past_jobs};
use crate::demand::{AdText, Cefr, Demand, Demanded, Level, Options, demand_of, phrases_of};

/// How sure it is that someone who worked in an occupation has one of its essential skills, and one of its optional ones, which ESCO says depend on
/// the employer: the weight that optional skills have everywhere (design, section 6). A judgement; there are no data on it.
const CERTAINTY_ESSENTIAL: f64 = 0.8;
const CERTAINTY_OPTIONAL: f64 = 0.3;
/// How sure it is that someone has a skill that stands in their own text: from the first to the second, by the confidence of the link; as sure as the link is where
/// that is surer, so that *German A2* in a CV is no reason to take German A2 once more.
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

/// One held skill from one source.
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
    /// The occupation that it comes from, if it comes from one, or that a job in the text most likely is.
    pub occupation: Option<OccupationId>,
    /// Id of the credential that it comes from, if it comes from one.
    pub credential: Option<String>,
    /// Where the person's text shows it, or names the occupation: bytes, in order.
    pub spans: Vec<Range<usize>>,
    /// Whether the text says that the person has a licence or certificate for it.
    pub claims_proof: bool,
}

impl Held {
    fn new(skill: SkillId, source: HeldSource, certainty: f64) -> Self {
        Self {
            skill,
            level: None,
            certainty,
            source,
            occupation: None,
            credential: None,
            spans: Vec::new(),
            claims_proof: false,
        }
    }

    /// By skill, source, certainty (highest first), and then by what the source is.
    fn order(&self, other: &Self) -> Ordering {
        let level = |held: &Self| held.level.map(|level| (level.rank().1, level.to_string()));
        let by_source = self
            .skill
            .cmp(&other.skill)
            .then(self.source.cmp(&other.source))
            .then(other.certainty.total_cmp(&self.certainty));
        by_source
            .then_with(|| level(other).cmp(&level(self)))
            .then(self.occupation.cmp(&other.occupation))
            .then_with(|| self.credential.cmp(&other.credential))
    }
}

/// Everything that a person holds. A skill may stand there several times, from several sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Held skills, one entry a skill and source, sorted by skill, source, certainty.
    pub held: Vec<Held>,
    /// Ids of held credentials, sorted.
    pub credentials: Vec<String>,
    /// Highest EQF level that is held, if known: as the caller says, or of a held credential.
    pub eqf_level: Option<u8>,
    /// The phrases of the person's text in which they say what they can, each with whether it was work of years.
    pub said: Vec<(String, bool)>,
    /// What was read of the person's text, but for its skills, which stand in `held`; nothing without a text.
    pub text: Option<Demand>,
    /// The jobs that the person's text names as the person's own, in order.
    pub jobs: Vec<PastJob>,
}

impl Profile {
    /// All entries of one skill.
    pub fn of(&self, skill: SkillId) -> &[Held] {
        let from = self.held.partition_point(|held| held.skill < skill);
        let n = self.held[from..].partition_point(|held| held.skill == skill);
        &self.held[from..from + n]
    }

    /// The same person, who also states a skill.
    pub fn stating(&self, skill: SkillId, level: Option<Level>) -> Self {
        let mut profile = self.clone();
        let stated = Held {
            level,
            ..Held::new(skill, HeldSource::Stated, 1.0)
        };
        let at = profile
            .held
            .partition_point(|held| held.order(&stated).is_lt());
        profile.held.insert(at, stated);
        profile
    }

    /// How surely a skill is held, in [0, 1], by equality only.
    pub fn certainty(&self, skill: SkillId) -> f64 {
        self.of(skill)
            .iter()
            .map(|held| held.certainty)
            .fold(0.0, f64::max)
    }
}

/// Skills and occupations that stand for others of a former version of ESCO with the same label, and how sure it is that both mean the same, in (0, 1).
#[derive(Clone, Debug, Default)]
pub struct Relinked {
    /// Stated skills.
    pub skills: BTreeMap<SkillId, f64>,
    /// Past or present occupations.
    pub occupations: BTreeMap<OccupationId, f64>,
}

/// What a caller says of a person, checked against the snapshot.
#[derive(Clone, Debug, Default)]
pub struct ProfileParts<'a> {
    /// Stated skills with their levels.
    pub skills: Vec<(SkillId, Option<Level>)>,
    /// Past or present occupations.
    pub occupations: Vec<OccupationId>,
    /// Which of both are guesses.
    pub relinked: Relinked,
    /// Held credentials.
    pub credentials: Vec<Credential>,
    /// A text such as a CV.
    pub text: Option<AdText<'a>>,
    /// Language of the text, if the caller knows it.
    pub text_language: Option<&'a str>,
    /// Highest EQF level that is held, if the caller knows it.
    pub eqf_level: Option<u8>,
    /// Skills that shall not count, wherever they seem to come from.
    pub rejected: Vec<SkillId>,
}

/// Gathers all held skills from the parts. What stands there twice from one source counts once.
pub fn gather(catalogue: &Catalogue, parts: &ProfileParts<'_>) -> Profile {
    let stated = |(skill, level): &(SkillId, Option<Level>)| {
        let certainty = parts.relinked.skills.get(skill).copied().unwrap_or(1.0);
        Held {
            level: *level,
            ..Held::new(*skill, HeldSource::Stated, certainty)
        }
    };
    let mut held: Vec<Held> = parts.skills.iter().map(stated).collect();
    parts
        .credentials
        .iter()
        .for_each(|credential| held.extend(of_credential(catalogue, credential)));
    for occupation in &parts.occupations {
        let certainty = parts
            .relinked
            .occupations
            .get(occupation)
            .copied()
            .unwrap_or(1.0);
        let needed = of_occupation(catalogue, *occupation).into_iter();
        held.extend(needed.map(|held| Held {
            certainty: certainty * held.certainty,
            ..held
        }));
    }
    let reading = parts
        .text
        .map(|text| text.read(Author::Person, parts.text_language));
    let (mut read, mut jobs) = (None, Vec::new());
    if let Some(reading) = &reading {
        let mut text_read = demand_of(catalogue, reading, Options::default());
        held.extend(of_text(std::mem::take(&mut text_read.skills)));
        // What a person wrote goes no further than the phrases that are compared.
        text_read.asked.clear();
        read = Some(text_read);
        jobs = past_jobs(catalogue, reading);
        held.extend(jobs.iter().flat_map(|job| of_past_job(catalogue, job)));
    }
    held.retain(|held| !parts.rejected.contains(&held.skill));
    held.sort_by(Held::order);
    held.dedup();
    let mut credentials: Vec<String> = parts
        .credentials
        .iter()
        .map(|credential| credential.id.clone())
        .collect();
    credentials.sort_unstable();
    credentials.dedup();
    let eqf_level = parts
        .credentials
        .iter()
        .filter_map(|credential| u8::try_from(credential.eqf_level?).ok())
        .chain(parts.eqf_level)
        .max();
    Profile {
        held,
        credentials,
        eqf_level,
        said: reading.as_ref().map(phrases_of).unwrap_or_default(),
        text: read,
        jobs,
    }
}

/// What a credential teaches, as surely as its outcomes are linked to skills, and up to the level of a language that it states.
fn of_credential(catalogue: &Catalogue, credential: &Credential) -> Vec<Held> {
    let taught = taught(credential, &catalogue.esco)
        .into_iter()
        .filter(|(_, confidence)| *confidence > 0.0);
    let level = |skill: SkillId| {
        Cefr::at(level_taught(
            credential,
            catalogue.esco.skills.get(skill.row())?,
        ))
        .map(Level::Cefr)
    };
    let held = |(skill, confidence)| Held {
        level: level(skill),
        credential: Some(credential.id.clone()),
        ..Held::new(skill, HeldSource::Credential, confidence)
    };
    taught.map(held).collect()
}

fn of_occupation(catalogue: &Catalogue, id: OccupationId) -> Vec<Held> {
    let Some(occupation) = catalogue.esco.occupations.get(id.row()) else {
        return Vec::new();
    };
    let held = |certainty| {
        move |skill: &SkillId| Held {
            occupation: Some(id),
            ..Held::new(*skill, HeldSource::Occupation, certainty)
        }
    };
    let essential = occupation.essential.iter().map(held(CERTAINTY_ESSENTIAL));
    essential
        .chain(occupation.optional.iter().map(held(CERTAINTY_OPTIONAL)))
        .collect()
}

/// What a job needs that the text names: as surely as the person had it, it is one of its occupations, and those need it.
fn of_past_job(catalogue: &Catalogue, job: &PastJob) -> Vec<Held> {
    let mut certainties: BTreeMap<SkillId, f64> = BTreeMap::new();
    for about in &job.occupations {
        for held in of_occupation(catalogue, about.occupation) {
            *certainties.entry(held.skill).or_default() += about.confidence * held.certainty;
        }
    }
    let occupation = job.occupations.first().map(|about| about.occupation);
    let held = |(skill, certainty): (SkillId, f64)| Held {
        occupation,
        spans: vec![job.span.clone()],
        ..Held::new(skill, HeldSource::Occupation, job.certainty * certainty)
    };
    certainties.into_iter().map(held).collect()
}

fn of_text(named: Vec<Demanded>) -> Vec<Held> {
    let (least, most) = CERTAINTY_TEXT;
    let certainty = |confidence: f64| confidence.max(least + (most - least) * confidence);
    let held = |named: Demanded| Held {
        level: named.level,
        spans: named.spans,
        claims_proof: named.must_be_shown,
        ..Held::new(named.skill, HeldSource::Text, certainty(named.confidence))
    };
    named.into_iter().map(held).collect()
}
