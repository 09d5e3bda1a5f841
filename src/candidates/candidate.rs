//! The candidate: a credential with what it does for the gap.

use rayon::prelude::*;
use skillgap_catalogue::{Catalogue, Facts, Filter, Place};

use super::needs::{Covered, Needs};
use crate::error::Result;

/// From this nearness on a credential is worded alike; what is found by its wording alone and is below it is no candidate.
pub(super) const NEAR_MIN: f64 = 0.15;
/// Candidates that are read or compared on one thread.
pub(super) const CHUNK: usize = 16;

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
    /// How likely a counsellor would call it of use.
    pub usefulness: Usefulness,
    /// How far years of work that the person states stand for it, in [0, 1]; 0 where it is not among the most promising.
    pub known: f64,
}

/// How near one credential is in wording.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Near {
    /// In [0, 1].
    pub value: f64,
    /// The same as if every phrase were clear, in [0, 1]: words that begin alike order what is near, and make nothing near.
    pub by_phrases: f64,
    /// The best answered phrase (position in what is asked) and the part that answers it (0 the title, then the outcomes).
    pub best: Option<(usize, usize)>,
}

/// How likely a candidate is of use, and what that rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usefulness {
    /// That one of the two is right, in [0, 1].
    pub probability: f64,
    /// That a demanded skill is asked for and the credential covers it, at most, in [0, 1].
    pub by_links: f64,
    /// That its wording is what is meant, in [0, 1].
    pub by_wording: f64,
    /// The nearness in wording of an ordinary candidate, in [0, 1].
    pub near_usual: f64,
}

impl Candidate {
    fn of(facts: Facts, needs: &Needs) -> Self {
        let covers = needs.covered(&facts.teaches, &facts.levels);
        let by_links = needs.likely(&covers);
        Self {
            closure: needs.closure(covers.iter().map(|covered| (covered.at, covered.coverage))),
            covers,
            near: Near::default(),
            entry: None,
            usefulness: Usefulness {
                probability: by_links,
                by_links,
                ..Usefulness::default()
            },
            known: 0.0,
            facts,
        }
    }
}

/// The candidates at some places, in their order, whether they help or not.
///
/// # Errors
/// What the catalogue says.
pub fn at(
    catalogue: &Catalogue,
    needs: &Needs,
    places: &[Place],
    filter: &Filter,
) -> Result<Vec<Candidate>> {
    let some = |places: &[Place]| {
        let facts = catalogue.credentials.facts(places, filter)?;
        Ok(facts
            .into_iter()
            .map(|facts| Candidate::of(facts, needs))
            .collect())
    };
    let all: Vec<Vec<Candidate>> = places.par_chunks(CHUNK).map(some).collect::<Result<_>>()?;
    Ok(all.concat())
}
