//! What holds of every score.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use skillgap::candidates::{Needs, find};
use skillgap::gap::{analyse, gather};
use skillgap::rank::{FEATURES, Persona, Ranking, Weights, rank, tree};

use crate::world::{config, demand, filter, made, parts};

fn weights() -> impl Strategy<Value = (Persona, Vec<(String, f64)>)> {
    let weight = prop_oneof![0.0..=1.0, Just(0.0), Just(1e-300), Just(f64::MAX)];
    let given = prop_oneof![
        Just(Vec::new()),
        vec(weight, FEATURES.len()).prop_map(|weights| {
            FEATURES
                .iter()
                .map(|feature| feature.name().to_owned())
                .zip(weights)
                .collect::<Vec<_>>()
        })
    ];
    (select(Persona::ALL.to_vec()), given)
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn every_score_is_the_sum_of_its_contributions(demand in demand(), parts in parts(), filter in filter(), (persona, given) in weights()) {
        let Ok(weights) = Weights::replaced(persona, &given) else { return Ok(()) };
        let profile = gather(made(), &parts);
        let needs = Needs::of(&analyse(made(), &demand, &profile));
        let candidates = find(made(), &needs, &skillgap::gap::Profile::default(), &filter, 512).unwrap();
        let n_candidates = candidates.len();
        let ranking = Ranking { needs: &needs, profile: &profile, filter: &filter, persona, weights: &weights };
        let ranked = rank(candidates, &ranking);
        prop_assert_eq!(ranked.len(), n_candidates);
        for ranked in &ranked {
            prop_assert_eq!(ranked.contributions.iter().map(|part| part.feature).collect::<Vec<_>>(), FEATURES);
            for part in &ranked.contributions {
                prop_assert!((0.0..=1.0).contains(&part.value) && (0.0..=1.0).contains(&part.weight), "{:?}", part);
                prop_assert!((0.0..=1.0).contains(&part.contribution()));
            }
            let sum: f64 = ranked.contributions.iter().map(|part| part.value * part.weight).sum();
            prop_assert!((ranked.score() - sum).abs() < 1e-12 && (0.0..=1.0 + 1e-12).contains(&sum));
            let weight: f64 = ranked.contributions.iter().map(|part| part.weight).sum();
            prop_assert!((weight - 1.0).abs() < 1e-12);
            let tree = tree(ranked, &ranking);
            prop_assert_eq!(tree.value, Some(ranked.score()));
            prop_assert!((tree.sum() - ranked.score()).abs() < 1e-12, "{:?}", tree);
            for feature in tree.children.iter().filter(|node| node.children.iter().any(|child| child.weight.is_some())) {
                prop_assert!((feature.sum() - feature.value.unwrap_or_default()).abs() < 1e-9, "{:?}", feature);
            }
            prop_assert!(ranked.trust.score <= ranked.trust.known_share + 1e-12 && ranked.trust.known_share <= 1.0);
        }
        let in_order = |a: &skillgap::rank::Ranked, b: &skillgap::rank::Ranked| {
            a.score() > b.score() || a.score() == b.score() && a.candidate.facts.id < b.candidate.facts.id
        };
        prop_assert!(ranked.is_sorted_by(in_order));
    }
}
