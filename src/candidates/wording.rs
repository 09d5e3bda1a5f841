//! How near is what a credential teaches, as it is worded, to what is asked for and not held? The second way to a credential, beside linked
//! skills: phrase against outcome, by meaning. It finds what no link finds, and says less: near in wording is not the same as teaching the skill.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::meaning::{Meaning, Vector, Vectors};
use skillgap_catalogue::{CredentialIndex, Filter, Place};
use skillgap_credentials::credential::text_in;
use skillgap_esco::SkillId;
use skillgap_linker::WordPrefixes;
use skillgap_linker::encoder::Encoder;
use skillgap_linker::reading::{RequirementKind, subjects};

use crate::demand::{
    ASKED_MAX, Demand, Demanded, Level, Requirement, RequirementPhrase, language_levels, overlap,
};
use crate::error::Result;
use crate::gap::{Gap, GapItem, Held, Profile, ProfileParts};

use super::answers::{Answers, ramp};
use super::candidate::NEAR_MIN;
use super::stated::Stated;
use super::{CHUNK, Candidate, HeldClosure, Needs, Survey, at, usefulness};

/// Similarity at which what the person holds begins to answer a phrase, and from which on it answers it wholly; and how much of a phrase the words of a CV can
/// answer at most: they are no proof.
const HELD: (f32, f32) = (0.4, 0.8);
const CERTAINTY_TEXT: f64 = 0.7;
/// A phrase of which less is open is answered.
const OPEN_MIN: f64 = 0.05;
/// Held skills whose labels are compared.
const HELD_SKILLS_MAX: usize = 200;
/// How much a phrase counts that names something that must be shown (a licence, a language at a level), one that wants experience, and one that is merely
/// welcome, beside all others.
const PROOF_WEIGHT: f64 = 2.0;
const EXPERIENCE_WEIGHT: f64 = 0.5;
const OPTIONAL_WEIGHT: f64 = 0.7;
/// A demanded level that is held this far is held.
const LEVEL_HELD: f64 = 0.95;
/// Candidates whose records are read for what stands in words only.
const READ_MAX: usize = 32;

/// Credentials that are looked at for their wording alone, beside those that close something.
const NEAR_MAX: usize = 128;

/// What is asked for and how much of it is not held, as it is worded.
pub struct Wording {
    pub(super) phrases: Vec<Phrase>,
    /// The direction of each phrase, leaning towards that of the whole target: *watching cameras* of a guard is not that of a photographer.
    pub(super) directions: Vectors,
    /// The direction of all phrases together.
    pub(super) whole: Vector,
    /// How the words of all phrases begin.
    pub(super) beginnings: WordPrefixes,
    /// Mean share that is open, in [0, 1].
    pub(super) open: f64,
    /// What is held, with how sure that is.
    pub(super) held: Vec<(Vector, f64)>,
    /// What the person says of years of work.
    worked: Vectors,
    /// The subjects that the profile names.
    pub(super) subjects: BTreeSet<String>,
}

/// A phrase of the target.
pub(super) struct Phrase {
    /// Share that nothing held answers, in [0, 1].
    pub(super) open: f64,
    /// How much it counts; 1 for most.
    pub(super) weight: f64,
    /// The language that it names with a level.
    pub(super) language: Option<(&'static str, Level)>,
}

impl Wording {
    /// Encodes what is asked (phrases of the ad, else labels of the demanded skills and the name of the occupation) and what is held: labels of held skills, phrases of the CV,
    /// titles and outcomes of held credentials.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn of(
        catalogue: &Catalogue,
        demand: &Demand,
        gap: &Gap,
        profile: &Profile,
        parts: &ProfileParts<'_>,
    ) -> Result<Self> {
        let encoder = Encoder::carried()?;
        let vector = |text: &str| Vector::of(encoder, text);
        let label = |skill: SkillId| vector(catalogue.skill_label(skill, "en"));
        let mut held: Vec<(Vector, f64)> = parts
            .credentials
            .iter()
            .flat_map(|of| Meaning::of(encoder, of).parts)
            .map(|part| (part, 1.0))
            .collect();
        held.extend(
            profile
                .held
                .iter()
                .take(HELD_SKILLS_MAX)
                .map(|held| (label(held.skill), held.certainty)),
        );
        let said = &profile.said;
        let said_vectors: Vec<Vector> = said.iter().map(|(text, _)| vector(text)).collect();
        let worked = said
            .iter()
            .zip(&said_vectors)
            .filter(|((_, is_work), _)| *is_work)
            .map(|(_, vector)| vector)
            .collect();
        held.extend(
            said_vectors
                .into_iter()
                .map(|vector| (vector, CERTAINTY_TEXT)),
        );
        let labels = profile
            .held
            .iter()
            .take(HELD_SKILLS_MAX)
            .map(|held| catalogue.skill_label(held.skill, "en"));
        let titles = parts.credentials.iter().map(|of| text_in(&of.title, "en"));
        let subjects = said
            .iter()
            .map(|(text, _)| text.as_str())
            .chain(labels)
            .chain(titles)
            .flat_map(subjects)
            .collect();
        let held_vectors: Vectors = held.iter().map(|(vector, _)| vector).collect();
        let open = |vector: &Vector| {
            let answered = held_vectors
                .cosines(vector)
                .into_iter()
                .zip(&held)
                .map(|(similarity, (_, certainty))| ramp(similarity, HELD) * certainty);
            1.0 - answered.fold(0.0, f64::max)
        };
        let texts = texts_of(catalogue, demand);
        let vectors: Vec<Vector> = texts.iter().map(|text| vector(text)).collect();
        let phrases: Vec<Phrase> = if demand.asked.is_empty() {
            let title = |vector: &Vector| Phrase {
                open: open(vector),
                weight: 1.0,
                language: None,
            };
            let listed =
                |(at, vector): (usize, &Vector)| match demand.skills.get(at).zip(gap.items.get(at))
                {
                    Some((demanded, item)) if at < ASKED_MAX => {
                        listed_phrase(catalogue, demanded, item, vector, &open)
                    }
                    _ => title(vector),
                };
            vectors.iter().enumerate().map(listed).collect()
        } else {
            demand
                .asked
                .iter()
                .zip(&vectors)
                .map(|(asked, vector)| asked_phrase(asked, vector, &open, gap, demand, profile))
                .collect()
        };
        // A phrase of more words says more of the target.
        let n_words = texts
            .iter()
            .map(|text| text.split_whitespace().count() as f32);
        let whole = Vector::sum(vectors.iter().zip(n_words.map(f32::sqrt)));
        let in_context: Vec<Vector> = vectors
            .iter()
            .map(|vector| vector.in_context(&whole))
            .collect();
        let open =
            phrases.iter().map(|phrase| phrase.open).sum::<f64>() / phrases.len().max(1) as f64;
        let beginnings = catalogue.linker.beginnings(&texts.join(". "));
        Ok(Self {
            directions: in_context.iter().collect(),
            whole,
            beginnings,
            open,
            phrases,
            held,
            worked,
            subjects,
        })
    }

    /// Cosine of the whole text of a credential with each thing that the person says of years of work; none where it means nothing.
    fn like_work(&self, index: &CredentialIndex, place: Place) -> Result<Vec<f32>> {
        if self.worked.is_empty() {
            return Ok(Vec::new());
        }
        let meanings = index.meanings(&[place])?;
        let mut cosines = meanings.table(&self.worked);
        // The whole text is the first of its vectors.
        cosines.truncate(self.worked.len());
        Ok(cosines)
    }

    /// Whether nothing is asked for, or all of it is held.
    fn is_answered(&self) -> bool {
        self.phrases.iter().all(|phrase| phrase.open < OPEN_MIN)
    }
}

/// The wordings that are compared: phrases of the ad, else labels of the demanded skills and the name of the occupation, as [`Demand::wording_at`] shows them but
/// for everyday names of licences, which the encoder does not know.
fn texts_of(catalogue: &Catalogue, demand: &Demand) -> Vec<String> {
    if demand.asked.is_empty() {
        let labels = demand
            .skills
            .iter()
            .take(ASKED_MAX)
            .map(|demanded| catalogue.skill_label(demanded.skill, "en").to_owned());
        return labels.chain(demand.title.clone()).collect();
    }
    let meant = |asked: &RequirementPhrase| asked.meant.as_ref().unwrap_or(&asked.text).clone();
    demand.asked.iter().map(meant).collect()
}

/// The label of a skill that the caller names. Of a language with a level, the gap tells what is held.
fn listed_phrase(
    catalogue: &Catalogue,
    demanded: &Demanded,
    item: &GapItem,
    vector: &Vector,
    open: &dyn Fn(&Vector) -> f64,
) -> Phrase {
    let named = demanded
        .level
        .map(|level| format!("{} {level}", catalogue.skill_label(item.skill, "en")));
    let language = named.and_then(|named| language_levels(&named).next());
    let open = if language.is_some() {
        1.0 - item.held
    } else {
        open(vector).min(1.0 - item.held)
    };
    Phrase {
        open,
        weight: 1.0,
        language,
    }
}

/// A phrase of an ad. One that names a language with a level is open until that level is held, whatever else the person says of the language.
fn asked_phrase(
    asked: &RequirementPhrase,
    vector: &Vector,
    open: &dyn Fn(&Vector) -> f64,
    gap: &Gap,
    demand: &Demand,
    profile: &Profile,
) -> Phrase {
    let language = language_levels(&asked.text).next();
    let meets = |span: &Range<usize>| overlap(span, &asked.span);
    let levelled = demand
        .skills
        .iter()
        .zip(&gap.items)
        .filter(|(demanded, _)| demanded.level.is_some() && demanded.spans.iter().any(meets));
    let held = language.and_then(|_| {
        levelled
            .map(|(demanded, item)| item.held.max(level_held(profile, demanded)))
            .max_by(f64::total_cmp)
    });
    let weight = match asked.requirement {
        Requirement::Optional => OPTIONAL_WEIGHT,
        Requirement::Essential => match asked.kind {
            RequirementKind::Proof => PROOF_WEIGHT,
            RequirementKind::Skill => 1.0,
            RequirementKind::Experience => EXPERIENCE_WEIGHT,
        },
    };
    let open = held.map_or_else(
        || open(vector),
        |held| if held >= LEVEL_HELD { 0.0 } else { 1.0 },
    );
    Phrase {
        open,
        weight,
        language,
    }
}

/// How sure it is that a demanded level is held: 1 for one that the person states, in a text or by a certificate, of the skill itself.
fn level_held(profile: &Profile, demanded: &Demanded) -> f64 {
    let meets = |held: &&Held| {
        held.skill == demanded.skill
            && held
                .level
                .zip(demanded.level)
                .is_some_and(|(held, wanted)| held.meets(wanted) == Some(true))
    };
    if profile.held.iter().any(|held| meets(&held)) {
        1.0
    } else {
        0.0
    }
}

/// The credentials that are nearest in wording as a whole and pass the filter, nearest first; none where nothing is open. What is had or left out is
/// not among them. Cost: one pass over the signs of the catalogue.
///
/// # Errors
/// What the catalogue says.
pub fn worded_like(
    catalogue: &Catalogue,
    wording: &Wording,
    survey: &Survey<'_>,
    had: &HeldClosure,
) -> Result<Vec<Place>> {
    if wording.is_answered() {
        return Ok(Vec::new());
    }
    let mut near = catalogue
        .credentials
        .near(&wording.whole, survey.filter, NEAR_MAX)?;
    near.retain(|place| {
        had.places.binary_search(place).is_err() && survey.left_out.binary_search(place).is_err()
    });
    Ok(near)
}

/// What candidates are judged against.
pub struct Against<'a> {
    /// What is missing.
    pub needs: &'a Needs,
    /// What they must fulfil, and how their price is understood.
    pub filter: &'a Filter,
}

/// Says of all candidates how near they are in wording and how likely of use, and adds those of `near` that are near in wording alone. Candidates that close something come
/// first and keep their order. Cost: the vectors of the candidates are read and compared, and the records of [`READ_MAX`].
///
/// # Errors
/// What the catalogue says.
pub fn with_near(
    catalogue: &Catalogue,
    against: &Against<'_>,
    wording: &Wording,
    mut near: Vec<Place>,
    mut candidates: Vec<Candidate>,
) -> Result<Vec<Candidate>> {
    if wording.is_answered() {
        usefulness::judge(&mut candidates);
        return Ok(candidates);
    }
    let n_closing = candidates.len();
    let known: BTreeSet<Place> = candidates
        .iter()
        .map(|candidate| candidate.facts.address)
        .collect();
    near.retain(|place| !known.contains(place));
    candidates.extend(at(catalogue, against.needs, &near, against.filter)?);
    let addresses: Vec<_> = candidates
        .iter()
        .map(|candidate| candidate.facts.address)
        .collect();
    let answers = Answers::of(wording, &catalogue.credentials, &addresses)?;
    candidates
        .par_iter_mut()
        .with_min_len(CHUNK)
        .enumerate()
        .for_each(|(at, candidate)| candidate.near = answers.near(at, None));
    let encoder = Encoder::carried()?;
    let read = |at: usize| {
        let (index, place) = (&catalogue.credentials, candidates[at].facts.address);
        let credential = index.record(place)?;
        let like_work = wording.like_work(index, place)?;
        let stated = Stated::of(encoder, wording, &credential, &like_work);
        let spelled = if answers.unclear() > 0.0 {
            stated.spelled(&catalogue.linker, wording, &credential)
        } else {
            stated
        };
        Ok((at, spelled))
    };
    let stated: Vec<(usize, Stated)> = most_promising(&candidates)
        .into_par_iter()
        .map(read)
        .collect::<Result<_>>()?;
    for (at, stated) in stated {
        candidates[at].near = answers.near(at, Some(&stated));
        candidates[at].entry = stated.entry;
        candidates[at].known = stated.known;
    }
    let mut row = 0..;
    candidates.retain(|candidate| {
        row.next() < Some(n_closing)
            || candidate.closure > 0.0
            || candidate.near.by_phrases >= NEAR_MIN
    });
    usefulness::judge(&mut candidates);
    Ok(candidates)
}

/// Positions of the candidates that are likely to be shown; ties by position.
fn most_promising(candidates: &[Candidate]) -> Vec<usize> {
    let promise = |at: &usize| candidates[*at].closure + 2.0 * candidates[*at].near.value;
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|a, b| promise(b).total_cmp(&promise(a)).then(a.cmp(b)));
    order.truncate(READ_MAX);
    order
}
