//! Are occupations ranked by the readiness that a gap analysis gives, and is the credential named the one that helps most?

use proptest::prelude::*;
use skillgap::demand::{Demand, Requirement};
use skillgap::engine::{FindReachable, Watch, reachable};
use skillgap::gap::{Coverage, ProfileParts, analyse_held, gather};
use skillgap::occupations::{self, HeldCoverage, Reached, Wanted};
use skillgap_catalogue::Filter;
use skillgap_catalogue::schema::taught;
use skillgap_credentials::credential::Credential;
use skillgap_esco::OccupationId;

use crate::world::{N_SKILLS, config, filter, level, made, made_credentials, parts};

fn found(profile: ProfileParts<'static>, filter: Filter) -> Vec<(Reached, Option<Credential>)> {
    let request = FindReachable {
        profile,
        wanted: Wanted::default(),
        filter,
        offset: 0,
        top_k: 100,
    };
    reachable(made(), &request, &Watch::unlimited())
        .unwrap()
        .page
}

/// The readiness that a gap analysis gives.
fn readiness(parts: &ProfileParts<'_>, occupation: OccupationId) -> f64 {
    let demand = Demand::of_occupation(made(), occupation, 1_000);
    analyse_held(made(), &demand, &gather(made(), parts))
        .readiness()
        .unwrap()
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn readiness_is_that_of_a_gap_analysis_and_falls_along_the_list(parts in parts()) {
        let all = found(parts.clone(), Filter::default());
        if gather(made(), &parts).held.is_empty() {
            // Of whom nothing is known, nothing is within reach.
            prop_assert!(all.is_empty());
            return Ok(());
        }
        // Nor is one of which nothing is held.
        let ids = (0..made().esco.occupations.len() as u32).map(OccupationId);
        prop_assert_eq!(all.len(), ids.filter(|id| readiness(&parts, *id) > 0.0).count());
        for (reached, _) in &all {
            let expected = readiness(&parts, reached.reachable.occupation);
            prop_assert!((reached.reachable.readiness - expected).abs() < 1e-9, "{:?} against {}", reached, expected);
        }
        prop_assert!(all.is_sorted_by(|a, b| a.0.reachable.readiness >= b.0.reachable.readiness));
    }

    #[test]
    fn one_more_held_skill_never_lowers_a_readiness(parts in parts(), row in 0..N_SKILLS as u32, level in level()) {
        let mut more = parts.clone();
        more.skills.push((skillgap_esco::SkillId(row), level));
        let scores = |parts: &ProfileParts<'_>| {
            let held_coverage = HeldCoverage::of(made(), &gather(made(), parts));
            let mut all = occupations::reachable(made(), &held_coverage, &Wanted::default());
            all.sort_by_key(|reachable| reachable.occupation);
            all
        };
        for (before, after) in scores(&parts).iter().zip(scores(&more)) {
            prop_assert!(after.readiness >= before.readiness, "{:?} -> {:?}", before, after);
        }
    }

    #[test]
    fn the_order_of_the_profile_does_not_change_the_answer(
        (parts, skills, credentials) in parts().prop_flat_map(|parts| {
            let shuffled = (Just(parts.skills.clone()).prop_shuffle(), Just(parts.credentials.clone()).prop_shuffle());
            (Just(parts), shuffled.0, shuffled.1)
        }),
    ) {
        let mut reordered = ProfileParts { skills, credentials, ..parts.clone() };
        reordered.occupations.reverse();
        prop_assert_eq!(found(parts, Filter::default()), found(reordered, Filter::default()));
    }

    #[test]
    fn missing_skills_are_those_less_than_half_held_essential_first(parts in parts()) {
        for (reached, _) in found(parts, Filter::default()) {
            prop_assert!(reached.missing.iter().all(|needed| needed.held < 0.5));
            let essential = |needed: &occupations::Needed| needed.requirement == Requirement::Essential;
            prop_assert!(reached.missing.is_sorted_by(|a, b| essential(a) >= essential(b)));
            prop_assert_eq!(reached.missing.iter().filter(|needed| essential(needed)).count(), reached.n_essential_missing);
            prop_assert!(reached.shared.iter().all(|skill| !reached.missing.iter().any(|needed| needed.skill == *skill)));
        }
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn no_other_credential_lifts_further(parts in parts(), filter in filter()) {
        let held_coverage = HeldCoverage::of(made(), &gather(made(), &parts));
        for (reached, credential) in found(parts.clone(), filter.clone()) {
            let id = reached.reachable.occupation;
            let with = |credential: &Credential| slow_readiness(&held_coverage, id, credential);
            match (&reached.lift, credential) {
                (Some(lift), Some(credential)) => {
                    prop_assert!((lift.readiness - with(&credential)).abs() < 1e-3, "{:?} against {}", lift, with(&credential));
                    prop_assert!(lift.readiness > reached.reachable.readiness);
                }
                (None, None) => {}
                (lift, credential) => prop_assert!(false, "{:?} with {:?}", lift, credential),
            }
            let best = reached.lift.as_ref().map_or(reached.reachable.readiness + 0.03, |lift| lift.readiness);
            let held = |credential: &Credential| parts.credentials.iter().any(|held| held.id == credential.id);
            if filter == Filter::default() {
                for other in made_credentials().iter().filter(|other| !held(other)) {
                    prop_assert!(with(other) <= best + 1e-3, "{} lifts to {} and not {}", other.id, with(other), best);
                }
            }
        }
    }
}

/// Readiness once a credential is held, skill by skill.
fn slow_readiness(held_coverage: &HeldCoverage, id: OccupationId, credential: &Credential) -> f64 {
    let demand = Demand::of_occupation(made(), id, 1_000);
    let taught = taught(credential, &made().esco);
    let (mut held, mut all) = (0.0, 0.0);
    for demanded in &demand.skills {
        let coverage = Coverage::of(made(), &[demanded.skill]);
        let by_credential = taught
            .iter()
            .map(|(skill, confidence)| coverage.cover(0, *skill) * confidence)
            .fold(0.0, f64::max);
        held += demanded.weight * held_coverage.held(demanded.skill).max(by_credential);
        all += demanded.weight;
    }
    held / all
}
