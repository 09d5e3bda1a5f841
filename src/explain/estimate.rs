//! How much of what is closed rests on our own estimate? The share that comes by links that the provider did not declare.

use std::collections::BTreeMap;

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{Credential, LinkOrigin};

use super::outcome_of;
use crate::candidates::{Candidate, Needs};

/// Of what these credentials close together, the share that comes by inferred links, in [0, 1]; 0 where they close nothing. Each demanded skill counts by
/// what covers it best; of two that cover it equally, by the declared link.
pub fn estimated_share<'a>(
    catalogue: &Catalogue,
    needs: &Needs,
    credentials: impl IntoIterator<Item = (&'a Candidate, &'a Credential)>,
) -> f64 {
    let mut best: BTreeMap<usize, (f64, bool)> = BTreeMap::new();
    for (candidate, credential) in credentials {
        for covered in &candidate.covers {
            let gain = needs.gain(covered.at, covered.coverage);
            let link = outcome_of(credential, catalogue.skill_uri(covered.taught), "");
            let inferred = link.is_none_or(|(_, origin, _)| origin == LinkOrigin::Inferred);
            let known = best.entry(covered.at).or_insert((gain, inferred));
            if gain > known.0 || gain == known.0 && !inferred {
                *known = (gain, inferred);
            }
        }
    }
    let all: f64 = best.values().map(|(gain, _)| gain).sum();
    let inferred: f64 = best
        .values()
        .filter(|(_, inferred)| *inferred)
        .map(|(gain, _)| gain)
        .sum();
    if all > 0.0 { inferred / all } else { 0.0 }
}
