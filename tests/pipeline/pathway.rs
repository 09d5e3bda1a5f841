//! Is every pathway allowed, and is its bound true? Against exhaustive search over all subsets of small random catalogues.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use skillgap::candidates::{Needs, find};
use skillgap::demand::{Demand, Demanded, Requirement};
use skillgap::explain::summary;
use skillgap::gap::{Profile, ProfileParts, analyse, gather};
use skillgap::pathway::{Budgets, Pathway, plan};
use skillgap::rank::{Persona, Ranked, Ranking, Weights, rank};
use skillgap_index::Catalogue;
use skillgap_index::catalogue::Filter;
use skillgap_index::model::credential::{Credential, LinkOrigin, Money, Outcome, SkillLink};
use skillgap_index::model::esco::{Esco, Labels, Skill, SkillId, Text};

use crate::world::config;

/// Skills of a small case; all are demanded.
const N_SKILLS: usize = 8;
/// Most credentials of a small case.
const N_CREDENTIALS: usize = 10;
/// The least that a step must add, as the stage documents it.
const MARGINAL_MIN: f64 = 0.01;

fn uri(row: usize) -> String {
    format!("http://example.org/skill/{row}")
}

/// Skills with labels so different that none is similar to another.
fn esco() -> Esco {
    let labels =
        ["weld pipes", "speak to crowds", "bake bread", "audit accounts", "grow tomatoes", "repair clocks", "nurse infants", "drive trams"];
    let skill = |(row, label): (usize, &&str)| Skill {
        uri: uri(row),
        labels: vec![Labels { language: "en".to_owned(), preferred: (*label).to_owned(), alternatives: Vec::new() }],
        ..Skill::default()
    };
    Esco {
        version: "made".to_owned(),
        languages: vec!["en".to_owned()],
        skills: labels.iter().enumerate().map(skill).collect(),
        ..Esco::default()
    }
}

/// A credential of a small case: what it teaches how surely, hours, cost in euro or another currency, prerequisites by number.
type Small = (Vec<(usize, f64)>, Option<u32>, Option<(u32, bool)>, Vec<usize>);

fn small() -> impl Strategy<Value = Small> {
    let teaches = vec((0..N_SKILLS, prop_oneof![Just(1.0), (1..10_u32).prop_map(|tenths| f64::from(tenths) / 10.0), Just(0.005)]), 1..4);
    let before = prop_oneof![2 => Just(Vec::new()), 1 => vec(0..N_CREDENTIALS, 1..3)];
    (teaches, option::weighted(0.8, 0..40_u32), option::weighted(0.8, (0..40_u32, prop::bool::weighted(0.8))), before)
}

fn credential(number: usize, (teaches, hours, cost, before): Small) -> Credential {
    let link = |(row, confidence)| SkillLink { uri: uri(row), origin: LinkOrigin::Declared, confidence };
    let text = |text: &str| vec![Text { language: "en".to_owned(), text: text.to_owned() }];
    let currency = |euro| if euro { "EUR" } else { "DKK" };
    Credential {
        id: format!("c{number}"),
        title: text("a course"),
        outcomes: vec![Outcome { text: text("an outcome"), skills: teaches.into_iter().map(link).collect() }],
        hours: hours.map(f64::from),
        cost: cost.map(|(amount, euro)| Money { amount: f64::from(amount), currency: currency(euro).to_owned() }),
        prerequisites: before.into_iter().filter(|other| *other != number).map(|other| format!("c{other}")).collect(),
        ..Credential::default()
    }
}

fn budgets() -> impl Strategy<Value = Budgets> {
    let cost = option::of((0..120_u32).prop_map(|amount| Money { amount: f64::from(amount), currency: "EUR".to_owned() }));
    (0..5_usize, option::of((0..120_u32).prop_map(f64::from)), cost).prop_map(|(count_max, hours_max, cost_max)| Budgets {
        count_max,
        hours_max,
        cost_max,
    })
}

/// One planned case, with all that is needed to check it.
struct Case {
    credentials: Vec<Credential>,
    ranked: Vec<Ranked>,
    needs: Needs,
    profile: Profile,
    budgets: Budgets,
    pathway: Pathway,
}

fn case(small: Vec<Small>, weights: &[f64], held: Vec<(usize, usize)>, budgets: Budgets) -> Case {
    let credentials: Vec<Credential> = small.into_iter().enumerate().map(|(number, small)| credential(number, small)).collect();
    let catalogue = Catalogue::in_memory(esco(), credentials.clone()).unwrap();
    let demanded = |(row, weight): (usize, &f64)| Demanded {
        skill: SkillId(row as u32),
        weight: *weight,
        requirement: Requirement::Essential,
        level: None,
        years: None,
        confidence: 1.0,
        spans: Vec::new(),
    };
    let demand = Demand::of_skills(weights.iter().enumerate().map(demanded).collect());
    let parts = ProfileParts {
        skills: held.iter().map(|(row, _)| (SkillId(*row as u32), None)).collect(),
        credentials: held.iter().filter_map(|(_, number)| credentials.get(*number).cloned()).collect(),
        ..ProfileParts::default()
    };
    let profile = gather(&catalogue, &parts);
    let needs = Needs::of(&analyse(&catalogue, &demand, &profile));
    let filter = Filter::default();
    let weights = Weights::of(Persona::Learner);
    let candidates = find(&catalogue, &needs, &Profile::default(), &filter, 100).unwrap();
    let ranked =
        rank(candidates, &Ranking { needs: &needs, profile: &profile, filter: &filter, persona: Persona::Learner, weights: &weights });
    let pathway = plan(&ranked, &needs, &profile, &budgets);
    let credentials = ranked.iter().map(|ranked| catalogue.credentials.record(ranked.candidate.facts.address).unwrap()).collect();
    Case { credentials, ranked, needs, profile, budgets, pathway }
}

impl Case {
    /// What a set of ranked credentials closes, from their covers.
    fn closure(&self, set: &[usize]) -> f64 {
        let best = |at: usize| {
            let covers = set.iter().flat_map(|member| &self.ranked[*member].candidate.covers);
            covers.filter(|covered| covered.at == at).map(|covered| covered.coverage).fold(self.needs.held(at), f64::max)
        };
        self.needs.closure((0..self.needs.n_items()).map(|at| (at, best(at))))
    }

    /// Whether a set is within the budgets, holds nothing that is held, and can be put in an order in which prerequisites come first.
    fn allows(&self, set: &[usize]) -> bool {
        let members = || set.iter().map(|at| &self.credentials[*at]);
        let hours: f64 = members().map(|credential| credential.hours_at_most().unwrap_or(0.0)).sum();
        let euro = |credential: &Credential| credential.cost.as_ref().filter(|cost| cost.currency == "EUR").map_or(0.0, |cost| cost.amount);
        let cost: f64 = members().map(euro).sum();
        let mut known: BTreeSet<&str> = self.profile.credentials.iter().map(String::as_str).collect();
        if members().any(|credential| known.contains(credential.id.as_str())) {
            return false;
        }
        for _ in set {
            let ready: Vec<&str> = members()
                .filter(|credential| credential.prerequisites.iter().all(|id| known.contains(id.as_str())))
                .map(|credential| credential.id.as_str())
                .collect();
            known.extend(ready);
        }
        set.len() <= self.budgets.count_max
            && self.budgets.hours_max.is_none_or(|most| hours <= most)
            && self.budgets.cost_max.as_ref().is_none_or(|most| cost <= most.amount)
            && members().all(|credential| known.contains(credential.id.as_str()))
    }

    /// The most that any allowed set closes.
    fn best(&self) -> f64 {
        let n = self.ranked.len();
        let sets = (0..1_usize << n).map(|bits| (0..n).filter(|at| bits >> at & 1 == 1).collect::<Vec<_>>());
        sets.filter(|set| self.allows(set)).map(|set| self.closure(&set)).fold(0.0, f64::max)
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_pathway_is_allowed_and_nothing_exceeds_its_bound(
        small in vec(small(), 0..=N_CREDENTIALS),
        weights in vec((1..10_u32).prop_map(|tenths| f64::from(tenths) / 10.0), N_SKILLS),
        held in vec((0..N_SKILLS, 0..30_usize), 0..3),
        budgets in budgets(),
    ) {
        let case = case(small, &weights, held, budgets);
        let pathway = &case.pathway;
        let set: Vec<usize> = pathway.steps.iter().map(|step| step.at).collect();
        prop_assert_eq!(set.iter().collect::<BTreeSet<_>>().len(), set.len(), "a step is taken twice");
        for taken in 0..=set.len() {
            prop_assert!(case.allows(&set[..taken]), "a budget is exceeded, or a prerequisite comes late: {:?}", pathway);
        }
        prop_assert!(pathway.steps.iter().all(|step| step.marginal >= MARGINAL_MIN && step.marginal <= 1.0));
        let marginals: f64 = pathway.steps.iter().map(|step| step.marginal).sum();
        prop_assert!((marginals - pathway.closure).abs() < 1e-9);
        prop_assert!((case.closure(&set) - pathway.closure).abs() < 1e-9);
        prop_assert!(pathway.closure <= pathway.closure_upper_bound && pathway.closure_upper_bound <= 1.0);
        let best = case.best();
        prop_assert!(pathway.closure <= best + 1e-9, "{} of {best}", pathway.closure);
        prop_assert!(pathway.closure_upper_bound >= best - 1e-9, "bound {} below {best}", pathway.closure_upper_bound);
    }
}

/// The case without anything held, with every weight 1.
fn plain(small: Vec<Small>, budgets: Budgets) -> Case {
    case(small, &[1.0; N_SKILLS], Vec::new(), budgets)
}

fn up_to(count_max: usize) -> Budgets {
    Budgets { count_max, ..Budgets::default() }
}

#[test]
fn a_step_below_the_minimum_is_not_taken() {
    let tiny = plain(vec![(vec![(0, 0.05)], None, None, vec![])], up_to(3));
    assert_eq!((tiny.ranked.len(), tiny.pathway.steps.len(), tiny.pathway.closure), (1, 0, 0.0));
    assert_eq!(plain(vec![(vec![(0, 0.1)], None, None, vec![])], up_to(3)).pathway.steps.len(), 1);
}

#[test]
fn a_prerequisite_that_is_held_is_no_step() {
    let small = || vec![(vec![(0, 1.0)], None, None, vec![]), (vec![(1, 1.0)], None, None, vec![0])];
    let ids = |case: &Case| case.pathway.steps.iter().map(|step| case.credentials[step.at].id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&plain(small(), up_to(3))), ["c0", "c1"]);
    assert_eq!(ids(&case(small(), &[1.0; N_SKILLS], vec![(7, 0)], up_to(3))), ["c1"]);
    assert_eq!(ids(&plain(small(), up_to(1))), ["c0"]);
}

#[test]
fn credentials_that_require_each_other_are_never_steps() {
    let small = vec![(vec![(0, 1.0)], None, None, vec![1]), (vec![(1, 1.0)], None, None, vec![0])];
    assert_eq!(plain(small, up_to(3)).pathway.steps, []);
}

#[test]
fn no_gap_and_no_help_say_so() {
    let all_held = case(vec![(vec![(0, 1.0)], None, None, vec![])], &[1.0; 1], vec![(0, 99)], up_to(3));
    assert_eq!((all_held.ranked.len(), all_held.pathway.steps.len()), (0, 0));
    for (readiness, n_candidates, steps, part) in [
        (1.0, 0, 0, "there is no gap"),
        (0.5, 0, 0, "nothing in the catalogue"),
        (0.5, 3, 0, "adds enough"),
        (0.5, 3, 1, "one step closes 25 %"),
        (0.5, 3, 2, "2 steps close 25 %"),
    ] {
        let step = skillgap::pathway::Step { at: 0, marginal: 0.125 };
        let pathway = Pathway { steps: vec![step; steps], closure: 0.25, closure_upper_bound: 0.5 };
        let text = summary(&pathway, Some(readiness), n_candidates);
        assert!(text.contains(part), "{text}");
    }
}

/// Many candidates that add nothing any more, and many that take no time: their order by density must still be an order.
#[test]
fn candidates_that_add_nothing_or_take_nothing_do_not_upset_the_bound() {
    let small =
        |number: usize| (vec![(number % 2, 1.0)], Some((number % 3) as u32 * 7).filter(|_| !number.is_multiple_of(5)), None, vec![]);
    let budgets = Budgets { count_max: 4, hours_max: Some(20.0), cost_max: None };
    let case = plain((0..200).map(small).collect(), budgets);
    assert!((case.pathway.closure - 0.25).abs() < 1e-9 && (case.pathway.closure_upper_bound - 0.25).abs() < 1e-9, "{:?}", case.pathway);
}
