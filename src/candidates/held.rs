//! The closure of what is held: the credentials of a person, and what these contain, since whoever holds a qualification holds its parts.

use skillgap_catalogue::schema::id_hash;
use skillgap_catalogue::{Catalogue, Filter, Place};

use crate::error::Result;
use crate::gap::Profile;

/// Qualifications within qualifications that are followed.
const NESTING_MAX: usize = 8;

/// What a person has without a further step.
#[derive(Clone, Debug, Default)]
pub struct HeldClosure {
    /// Where they lie. Sorted.
    pub places: Vec<Place>,
    /// Their hashed ids ([`id_hash`]), also of what is not in the catalogue. Sorted.
    pub ids: Vec<u64>,
}

impl HeldClosure {
    /// Whether the credential with a hashed id is had.
    pub fn contains(&self, id: u64) -> bool {
        self.ids.binary_search(&id).is_ok()
    }

    /// Whether the credential at a place is had.
    pub fn holds(&self, place: Place) -> bool {
        self.places.binary_search(&place).is_ok()
    }
}

/// Looks up what a person has. Costs nothing where no credential is held.
///
/// # Errors
/// What the catalogue says.
pub fn held_closure(catalogue: &Catalogue, profile: &Profile) -> Result<HeldClosure> {
    let index = &catalogue.credentials;
    let mut ids: Vec<u64> = profile.credentials.iter().map(|id| id_hash(id)).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HeldClosure::default());
    }
    let mut places: Vec<Place> = Vec::new();
    for _ in 0..NESTING_MAX {
        let before = ids.len();
        places = index.with_ids(&ids, &Filter::default())?;
        places.extend(index.parts_of(&ids)?);
        for facts in index.facts(&places, &Filter::default())? {
            ids.extend(facts.parts);
            ids.push(facts.id_hash);
        }
        ids.sort_unstable();
        ids.dedup();
        if ids.len() == before {
            break;
        }
    }
    places.sort_unstable();
    places.dedup();
    Ok(HeldClosure { places, ids })
}
