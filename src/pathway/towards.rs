//! The larger qualifications that a step is a part of, with how much of each is then had.

use std::collections::BTreeSet;

use skillgap_catalogue::schema::id_hash;
use skillgap_catalogue::{Catalogue, Filter};
use skillgap_credentials::credential::{Credential, Texts, texts};

use crate::error::Result;
use crate::gap::Profile;

/// Qualifications that are named for one step.
const NAMED_MAX: usize = 3;

/// A larger qualification that a step is a part of.
#[derive(Clone, Debug, PartialEq)]
pub struct Towards {
    /// Its id, if it is in the catalogue.
    pub id: Option<String>,
    /// Its title by language, or the name that the step gives it.
    pub title: Texts,
    /// Parts that are had after the step: held ones, and steps so far.
    pub parts_had: usize,
    /// Parts that are known.
    pub parts_known: usize,
    /// Whether the qualification itself lists its parts, so that those known are all.
    pub listed: bool,
}

/// For each step, in order, the qualifications that it leads towards; at most three each, none that is had already.
///
/// # Errors
/// What the catalogue says.
pub fn towards(
    catalogue: &Catalogue,
    profile: &Profile,
    steps: &[Credential],
) -> Result<Vec<Vec<Towards>>> {
    let mut had: BTreeSet<u64> = profile.credentials.iter().map(|id| id_hash(id)).collect();
    let mut all = Vec::with_capacity(steps.len());
    for step in steps {
        // A list of parts may name ids or titles.
        had.extend(
            step.title
                .values()
                .map(|title| id_hash(title))
                .chain([id_hash(&step.id)]),
        );
        let mut found = Vec::new();
        for key in wholes(catalogue, step)? {
            if !had.contains(&id_hash(&key)) && found.len() < NAMED_MAX {
                found.push(whole(catalogue, key, &had)?);
            }
        }
        all.push(found);
    }
    Ok(all)
}

/// Ids or names of what a credential is a part of: as it says itself, then those that list it.
fn wholes(catalogue: &Catalogue, step: &Credential) -> Result<Vec<String>> {
    let index = &catalogue.credentials;
    let mut keys = step.part_of.clone();
    for place in index
        .wholes_of(&[id_hash(&step.id)])?
        .into_iter()
        .take(NAMED_MAX)
    {
        keys.push(index.record(place)?.id);
    }
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    Ok(keys)
}

fn whole(catalogue: &Catalogue, key: String, had: &BTreeSet<u64>) -> Result<Towards> {
    let index = &catalogue.credentials;
    let record = index.get(&key)?;
    let listed: BTreeSet<u64> = record
        .iter()
        .flat_map(|whole| &whole.parts)
        .map(|part| id_hash(part))
        .collect();
    let is_listed = !listed.is_empty();
    let parts = if is_listed {
        listed
    } else {
        index
            .facts(&index.parts_of(&[id_hash(&key)])?, &Filter::default())?
            .into_iter()
            .map(|facts| facts.id_hash)
            .collect()
    };
    Ok(Towards {
        title: record
            .as_ref()
            .map_or_else(|| texts([("und", &key)]), |whole| whole.title.clone()),
        id: record.map(|whole| whole.id),
        parts_had: parts.intersection(had).count(),
        parts_known: parts.len(),
        listed: is_listed,
    })
}
