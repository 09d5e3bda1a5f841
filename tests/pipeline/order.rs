//! Does the order of the input matter, and is the same question answered the same way twice?

use proptest::prelude::*;
use skillgap::api::present::{Explaining, Presenter, Wishes, recommendation};
use skillgap::demand::{Demand, Demanded};
use skillgap::engine::{Recommend, Recommended, Target, Watch, recommend};
use skillgap::gap::ProfileParts;
use skillgap::limits::Limits;
use skillgap::pathway::Budgets;
use skillgap::rank::{After, Persona, Weights};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, starter_credentials, starter_esco};

use crate::world::{
    N_SKILLS, config, demanded, filter, made, made_credentials, made_esco, parts, starter,
};

fn request(
    demanded: Vec<Demanded>,
    profile: ProfileParts<'static>,
    filter: Filter,
) -> Recommend<'static> {
    Recommend {
        target: Target::Skills(demanded),
        profile,
        filter,
        persona: Persona::Employee,
        weights: Weights::of(Persona::Employee),
        pathway: Some(Budgets {
            count_max: 3,
            ..Budgets::default()
        }),
        alternatives: false,
        after: None,
        top_k: 100,
        usefulness_min: 0.0,
        questions: 0,
    }
}

fn answer(catalogue: &Catalogue, request: &Recommend<'_>) -> Recommended {
    recommend(catalogue, request, &Limits::default(), &Watch::unlimited()).unwrap()
}

/// All of an answer that a caller sees, exactly.
fn shown(catalogue: &Catalogue, request: &Recommend<'_>) -> String {
    let answer = answer(catalogue, request);
    let present = Presenter::of(catalogue, "en");
    let explaining = Explaining {
        present,
        demand: &answer.demand,
        ranking: &request.ranking(&answer.needs, &answer.profile),
    };
    let recommendations = answer.recommendations.iter().map(|one| {
        (
            &one.credential.id,
            one.ranked.score().to_bits(),
            &one.ranked.contributions,
            &one.ranked.trust,
            &one.ranked.candidate.covers,
            recommendation(&explaining, one, true),
        )
    });
    let wishes = Wishes {
        are_set: false,
        cost_max: None,
        rates: None,
    };
    format!(
        "{:?} {:?} {:?} {} {:?}",
        answer.demand,
        answer.gap.items,
        recommendations.collect::<Vec<_>>(),
        answer.n_candidates,
        answer
            .planned
            .as_ref()
            .map(|planned| present.pathway(&answer, planned, wishes))
    )
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn the_order_of_demand_and_profile_does_not_change_the_answer(
        (demanded, shuffled) in demanded(N_SKILLS, 12).prop_flat_map(|demanded| (Just(demanded.clone()), Just(demanded).prop_shuffle())),
        (parts, skills, credentials) in parts().prop_flat_map(|parts| {
            let shuffled = (Just(parts.skills.clone()).prop_shuffle(), Just(parts.credentials.clone()).prop_shuffle());
            (Just(parts), shuffled.0, shuffled.1)
        }),
        filter in filter(),
    ) {
        let mut reordered = ProfileParts { skills, credentials, ..parts.clone() };
        reordered.occupations.reverse();
        let (one, other) = (request(demanded, parts, filter.clone()), request(shuffled, reordered, filter));
        prop_assert_eq!(shown(made(), &one), shown(made(), &other));
    }

    #[test]
    fn the_same_request_twice_gives_the_same_answer(demanded in demanded(N_SKILLS, 12), parts in parts(), filter in filter()) {
        let request = request(demanded, parts, filter);
        prop_assert_eq!(shown(made(), &request), shown(made(), &request));
    }

    #[test]
    fn pages_together_are_the_whole_list(demanded in demanded(N_SKILLS, 12), parts in parts(), page in 1..20_usize) {
        let mut request = request(demanded, parts, Filter::default());
        let ids = |answer: &Recommended| answer.recommendations.iter().map(|one| one.credential.id.clone()).collect::<Vec<_>>();
        let whole = ids(&answer(made(), &request));
        let (mut pages, n_whole) = (Vec::new(), whole.len());
        while pages.len() < n_whole {
            request.top_k = page.min(n_whole - pages.len());
            let answer = answer(made(), &request);
            let last = answer.recommendations.last().unwrap();
            request.after = Some(After { score: last.ranked.score(), id: last.credential.id.clone() });
            pages.extend(ids(&answer));
            prop_assert_eq!(answer.n_after, answer.n_candidates - pages.len());
        }
        prop_assert_eq!(pages, whole);
    }
}

proptest! {
    #![proptest_config(config(6))]

    #[test]
    fn the_order_of_credentials_in_the_input_does_not_change_the_catalogue(
        shuffled in Just(made_credentials()).prop_shuffle(), demanded in demanded(N_SKILLS, 12), parts in parts(),
    ) {
        let catalogue = Catalogue::in_memory(made_esco(), shuffled).unwrap();
        prop_assert_eq!(&catalogue.manifest, &made().manifest);
        let request = request(demanded, parts, Filter::default());
        prop_assert_eq!(shown(&catalogue, &request), shown(made(), &request));
    }
}

#[test]
fn the_starter_credentials_may_come_in_any_order() {
    let mut credentials = starter_credentials().unwrap();
    credentials.reverse();
    let catalogue = Catalogue::in_memory(starter_esco().unwrap(), credentials).unwrap();
    assert_eq!(catalogue.manifest.generation, starter().manifest.generation);
}

#[test]
fn other_content_has_another_generation() {
    let mut credentials = made_credentials();
    credentials[0]
        .title
        .values_mut()
        .for_each(|title| title.push('!'));
    let catalogue = Catalogue::in_memory(made_esco(), credentials).unwrap();
    assert_ne!(catalogue.manifest.generation, made().manifest.generation);
}

/// Of two entries for one skill that weigh the same, neither may win because it stands first.
#[test]
fn equal_entries_for_one_skill_do_not_depend_on_their_order() {
    let entry = |requirement, level| Demanded {
        weight: 0.5,
        requirement,
        level: skillgap::demand::Level::parse(level),
        ..Demanded::essential(skillgap_esco::SkillId(3))
    };
    let entries = [
        entry(skillgap::demand::Requirement::Optional, "B1"),
        entry(skillgap::demand::Requirement::Essential, ""),
        entry(skillgap::demand::Requirement::Essential, "C1"),
    ];
    let expected = Demand::of_skills(entries.to_vec());
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(
            Demand::of_skills(order.map(|at: usize| entries[at].clone()).to_vec()),
            expected,
            "{order:?}"
        );
    }
}
