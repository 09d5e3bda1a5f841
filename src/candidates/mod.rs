//! Which credentials are worth scoring? Those that teach something that covers what is missing, and fulfil every constraint; the best few hundred.
//!
//! The scan sees every one of them. What it saw is kept in a [`Field`], so that a pathway can say what no set of all of them could exceed.

mod answers;
mod field;
mod needs;
mod prior;
mod sequel;
mod stated;
mod wording;

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::schema::id_hash;
use skillgap_catalogue::{Facts, Filter, Place, Sizes};
use skillgap_esco::SkillId;

pub use field::Field;
pub use needs::Needs;
pub use prior::{Evidence, Prior, prior_learning};
pub use sequel::without_sequels;
pub use stated::entry_words;
pub use wording::{Near, Wording, with_near, worded_like};

use crate::error::Result;
use crate::gap::Profile;
use field::FieldBuilder;
use needs::Scorer;

/// Candidates that are read or compared on one thread.
const TOGETHER: usize = 16;

/// Qualifications within qualifications that are followed.
const NESTING_MAX: usize = 8;

/// What one credential does for the gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What ranking needs to know of it.
    pub facts: Facts,
    /// The demanded skills that it covers further than they are held, in the order of the demand.
    pub covers: Vec<Covered>,
    /// Share of the gap's remaining weight that it closes, in [0, 1]; 0 only for a prerequisite that covers nothing itself and for what is near in
    /// wording alone.
    pub closure: f64,
    /// How near it is in wording.
    pub near: Near,
    /// How far the profile shows the entry requirements that it states in words, in [0, 1]; nothing where it states none, or nothing is known of the person, or
    /// it is not among the most promising.
    pub entry: Option<f64>,
    /// How far years of work that the person states stand for it, in [0, 1]; 0 where it is not among the most promising.
    pub known: f64,
}

/// One demanded skill that a credential covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covered {
    /// Position in the demand.
    pub at: usize,
    /// How far, in [0, 1]: coverage of the taught skill times the confidence that it is taught.
    pub coverage: f64,
    /// The taught skill that covers it best; ties by row.
    pub taught: SkillId,
}

/// What a scan looks for.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    /// What each credential must fulfil.
    pub filter: &'a Filter,
    /// Most candidates.
    pub limit: usize,
    /// What is left out beside what is held: credentials that the person can have by recognition. Sorted.
    pub left_out: &'a [Place],
    /// The sizes that tell kinds of the field apart: those that a budget asks for.
    pub sizes: Sizes<'a>,
}

/// What a scan found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The best by closure; ties by id.
    pub candidates: Vec<Candidate>,
    /// Everything that helps, candidates included.
    pub field: Field,
}

/// What one run of credentials does for the gap.
struct Scan<'a> {
    scorer: Scorer<'a>,
    field: FieldBuilder,
}

/// Finds the `limit` credentials that close most of the gap and are not held yet; ties by id. None where nothing is missing.
///
/// # Errors
/// What the catalogue says.
pub fn find(
    catalogue: &Catalogue,
    needs: &Needs,
    profile: &Profile,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<Candidate>> {
    Ok(survey(
        catalogue,
        needs,
        &had(catalogue, profile)?,
        &Survey {
            filter,
            limit,
            left_out: &[],
            sizes: Sizes::default(),
        },
    )?
    .candidates)
}

/// Scores one of each kind of credentials that help and pass the filter, and keeps the best; and what a pathway's bound needs of all.
///
/// Cost: the postings of all skills that cover something missing, and a look at what each credential teaches that teaches one of them.
///
/// # Errors
/// What the catalogue says.
pub fn survey(
    catalogue: &Catalogue,
    needs: &Needs,
    had: &Had,
    survey: &Survey<'_>,
) -> Result<Found> {
    if needs.taught().is_empty() {
        return Ok(Found::default());
    }
    let left_out = |place: &Place| {
        had.places.binary_search(place).is_ok() || survey.left_out.binary_search(place).is_ok()
    };
    let none_out = had.places.is_empty() && survey.left_out.is_empty();
    let start = || Scan {
        scorer: Scorer::new(needs),
        field: FieldBuilder::default(),
    };
    let scans = catalogue.credentials.fold_teaching(
        needs.taught(),
        survey.filter,
        &survey.sizes,
        start,
        |scan, teaching| {
            if none_out || !left_out(&teaching.address) {
                scan.field.push(&teaching, &mut scan.scorer);
            }
        },
    )?;
    let field = FieldBuilder::joined(scans.into_iter().map(|scan| scan.field));
    let candidates = at(catalogue, needs, &best(catalogue, &field, survey.limit))?;
    Ok(Found { candidates, field })
}

/// Where the credentials with the highest closures lie, best first; ties by id.
fn best(catalogue: &Catalogue, field: &Field, limit: usize) -> Vec<Place> {
    let id = |place| catalogue.credentials.id(place);
    let best_first =
        |a: &(f64, Place), b: &(f64, Place)| b.0.total_cmp(&a.0).then_with(|| id(a.1).cmp(id(b.1)));
    let mut scored = field.most_closing(limit);
    if limit < scored.len() {
        scored.select_nth_unstable_by(limit, best_first);
        scored.truncate(limit);
    }
    scored.sort_unstable_by(best_first);
    scored.into_iter().map(|(_, place)| place).collect()
}

/// The candidates at some places, in their order, whether they help or not.
///
/// # Errors
/// What the catalogue says.
pub fn at(catalogue: &Catalogue, needs: &Needs, places: &[Place]) -> Result<Vec<Candidate>> {
    let candidate = |facts: Facts| {
        let covers = needs.covered(&facts.teaches, &facts.levels);
        Candidate {
            closure: needs.closure(covers.iter().map(|covered| (covered.at, covered.coverage))),
            covers,
            near: Near::default(),
            entry: None,
            known: 0.0,
            facts,
        }
    };
    let some = |places: &[Place]| {
        Ok(catalogue
            .credentials
            .facts(places)?
            .into_iter()
            .map(candidate)
            .collect::<Vec<_>>())
    };
    let all = places
        .par_chunks(TOGETHER)
        .map(some)
        .collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}

/// What a person has without a further step: held credentials, and what these contain, since whoever holds a qualification holds its parts.
#[derive(Clone, Debug, Default)]
pub struct Had {
    /// Where they lie. Sorted.
    pub places: Vec<Place>,
    /// Their hashed ids ([`id_hash`]), also of what is not in the catalogue. Sorted.
    pub ids: Vec<u64>,
}

/// Looks up what a person has. Costs nothing where no credential is held.
///
/// # Errors
/// What the catalogue says.
pub fn had(catalogue: &Catalogue, profile: &Profile) -> Result<Had> {
    let (index, mut ids): (_, Vec<u64>) = (
        &catalogue.credentials,
        profile.credentials.iter().map(|id| id_hash(id)).collect(),
    );
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Had::default());
    }
    let mut places: Vec<Place> = Vec::new();
    for _ in 0..NESTING_MAX {
        let before = ids.len();
        places = index.with_ids(&ids, &Filter::default())?;
        places.extend(index.parts_of(&ids)?);
        ids.extend(
            index
                .facts(&places)?
                .into_iter()
                .flat_map(|facts| facts.parts.into_iter().chain([facts.id_hash])),
        );
        ids.sort_unstable();
        ids.dedup();
        if ids.len() == before {
            break;
        }
    }
    places.sort_unstable();
    places.dedup();
    Ok(Had { places, ids })
}
