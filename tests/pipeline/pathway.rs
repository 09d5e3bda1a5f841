//! Is every pathway allowed, and is its bound true? Against exhaustive search over all subsets of small random catalogues.

use proptest::collection::vec;
use proptest::prelude::*;
use skillgap::api::present::{Basis, Words, summary};
use skillgap::pathway::{Budgets, Label, Pathway, Step, Why};

use crate::small::{
    N_CREDENTIALS, N_SKILLS, Small, budgets, case, likely, limited, one_of_few, plain, small,
    teaching, up_to, without_recognised,
};
use crate::world::config;

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn a_pathway_is_allowed_and_nothing_exceeds_its_bound(
        small in vec(small(), 0..=N_CREDENTIALS),
        weights in vec((1..10_u32).prop_map(|tenths| f64::from(tenths) / 10.0), N_SKILLS),
        held in vec((0..N_SKILLS, 0..30_usize), 0..3),
        budgets in budgets(),
    ) {
        case(small, &weights, held, budgets).check()?;
    }

    #[test]
    fn the_bound_holds_for_what_the_ranked_list_leaves_out(
        small in vec(small(), 4..=N_CREDENTIALS),
        limit in 1..3_usize,
        budgets in budgets(),
    ) {
        limited(limit, small, &[1.0; N_SKILLS], Vec::new(), budgets).check()?;
    }

    #[test]
    fn the_bound_holds_where_many_credentials_are_of_one_class(
        small in vec(one_of_few(), 4..=N_CREDENTIALS),
        limit in 1..3_usize,
        budgets in budgets(),
    ) {
        limited(limit, small, &[1.0; N_SKILLS], Vec::new(), budgets).check()?;
    }

    #[test]
    fn the_bound_holds_where_a_prerequisite_can_be_recognised(
        small in vec(small(), 4..=N_CREDENTIALS),
        recognised in vec(0..N_CREDENTIALS, 1..3),
        budgets in budgets(),
    ) {
        without_recognised(&recognised, 3, small, &[1.0; N_SKILLS], Vec::new(), budgets).check()?;
    }

    #[test]
    fn the_bound_holds_where_only_what_is_likely_of_use_counts(
        small in vec(small(), 4..=N_CREDENTIALS),
        budgets in budgets(),
    ) {
        likely(0.35, small, budgets).check()?;
    }

    #[test]
    fn alternatives_are_allowed_and_none_beats_another(small in vec(small(), 0..=N_CREDENTIALS), budgets in budgets()) {
        let mut case = case(small, &[1.0; N_SKILLS], Vec::new(), budgets);
        let closure = case.pathway().closure;
        let others = case.plan.alternatives();
        prop_assert!(case.pathway().closure >= closure - 1e-9 && others.len() <= 4);
        let all: Vec<&Pathway> = std::iter::once(&case.plan.best).chain(&others).filter(|pathway| !pathway.steps.is_empty()).collect();
        for (nth, one) in all.iter().enumerate() {
            prop_assert!(!one.labels.is_empty() && one.closure <= one.closure_upper_bound);
            let set: Vec<usize> = one.steps.iter().map(|step| case.number(step.at)).collect();
            prop_assert!(case.allows(&set), "{:?}", one);
            for other in all.iter().enumerate().filter(|(other, _)| *other != nth).map(|(_, other)| other) {
                prop_assert!(!case.beats(other, one), "{:?} beats {:?}", other, one);
            }
        }
    }
}

#[test]
fn another_of_the_class_is_taken_where_the_first_needs_too_much() {
    // Of two that teach the same, the ranked list has the one that needs another before it.
    let small = vec![
        Small {
            before: vec![2],
            ..teaching(&[(0, 1.0)])
        },
        teaching(&[(0, 1.0)]),
        teaching(&[]),
    ];
    let case = limited(1, small, &[1.0; N_SKILLS], Vec::new(), up_to(1));
    assert_eq!(case.ranked.len(), 1);
    assert_eq!(case.steps, ["c1"]);
}

#[test]
fn a_step_below_the_minimum_is_not_taken() {
    let weighing = |first: f64, small| {
        let mut weights = [1.0; N_SKILLS];
        weights[0] = first;
        case(small, &weights, Vec::new(), up_to(3))
    };
    let alone = weighing(0.005, vec![teaching(&[(0, 1.0)])]);
    assert_eq!(
        (
            alone.ranked.len(),
            alone.steps.len(),
            alone.pathway().closure
        ),
        (1, 0, 0.0),
        "a thousandth of the gap"
    );
    assert_eq!(weighing(0.05, vec![teaching(&[(0, 1.0)])]).steps.len(), 1);
    let small = || {
        vec![
            teaching(&[(1, 1.0), (2, 1.0), (3, 1.0), (4, 1.0)]),
            teaching(&[(0, 1.0)]),
        ]
    };
    assert_eq!(
        weighing(0.03, small()).steps,
        ["c0"],
        "a hundredth of what can be closed"
    );
    assert_eq!(weighing(0.05, small()).steps, ["c0", "c1"]);
}

#[test]
fn a_small_step_that_rests_on_an_estimate_is_not_taken() {
    let with = |confidence| {
        plain(
            vec![teaching(&[(1, 1.0)]), teaching(&[(0, confidence)])],
            up_to(3),
        )
        .steps
    };
    assert_eq!(with(0.3), ["c0"], "4 % of the gap by our estimate");
    assert_eq!(with(0.5), ["c0", "c1"], "6 % of the gap by our estimate");
    let small_and_sure = case(
        vec![teaching(&[(0, 0.9)])],
        &[0.2, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        Vec::new(),
        up_to(3),
    );
    assert_eq!(
        small_and_sure.steps,
        ["c0"],
        "2 % of the gap as good as surely"
    );
}

#[test]
fn a_prerequisite_that_is_held_is_no_step() {
    let small = || {
        vec![
            teaching(&[(0, 1.0)]),
            Small {
                before: vec![0],
                ..teaching(&[(1, 1.0)])
            },
        ]
    };
    assert_eq!(plain(small(), up_to(3)).steps, ["c0", "c1"]);
    assert_eq!(
        case(small(), &[1.0; N_SKILLS], vec![(7, 0)], up_to(3)).steps,
        ["c1"]
    );
    assert_eq!(plain(small(), up_to(1)).steps, ["c0"]);
}

#[test]
fn a_prerequisite_that_adds_nothing_is_taken_for_what_it_unlocks() {
    let small = vec![
        teaching(&[]),
        Small {
            before: vec![0],
            ..teaching(&[(0, 1.0), (1, 1.0)])
        },
        teaching(&[(0, 1.0)]),
    ];
    let case = plain(small, up_to(2));
    assert_eq!(case.steps, ["c0", "c1"]);
    let [first, second] = case.pathway().steps.as_slice() else {
        panic!("two steps")
    };
    assert_eq!(
        (first.marginal, first.unlocks.as_slice()),
        (0.0, [second.at].as_slice())
    );
}

#[test]
fn of_a_group_the_wanted_number_is_taken() {
    let group = |at_least| Some((at_least, vec![0, 1, 9]));
    let small = |at_least| {
        vec![
            teaching(&[]),
            teaching(&[(3, 0.5)]),
            Small {
                group: group(at_least),
                ..teaching(&[(0, 1.0), (1, 1.0), (2, 1.0)])
            },
        ]
    };
    assert_eq!(plain(small(1), up_to(3)).steps, ["c1", "c2"], "any of");
    let two = plain(small(2), up_to(3)).steps;
    assert!(two.last().unwrap() == "c2" && two.len() == 3, "{two:?}");
    assert_eq!(
        plain(small(3), up_to(3)).steps,
        ["c1"],
        "one of the three is not there"
    );
}

#[test]
fn what_is_hardly_of_use_is_a_step_only_before_others() {
    let unlikely = || teaching(&[(0, 0.2), (1, 0.2), (2, 0.2)]);
    let case = likely(0.25, vec![unlikely()], up_to(3));
    assert!(case.steps.is_empty() && case.pathway().closure_upper_bound == 0.0);
    assert_eq!(likely(0.15, vec![unlikely()], up_to(3)).steps, ["c0"]);
    let then = Small {
        before: vec![0],
        ..teaching(&[(0, 1.0)])
    };
    let case = likely(0.25, vec![unlikely(), then], up_to(3));
    assert_eq!(case.steps, ["c0", "c1"]);
    assert!(case.pathway().steps[0].for_later);
}

#[test]
fn what_states_no_price_and_no_hours_is_never_called_cheapest_or_quickest() {
    let stated = |hours, cost| Small {
        hours,
        cost,
        ..teaching(&[(0, 1.0)])
    };
    let labels = |small: Vec<Small>| {
        let mut case = plain(small, up_to(3));
        let others = case.plan.alternatives();
        let all = std::iter::once(&case.plan.best).chain(&others);
        all.flat_map(|pathway| pathway.labels.clone())
            .collect::<Vec<_>>()
    };
    let none = labels(vec![stated(None, None), teaching(&[(1, 1.0)])]);
    assert!(
        !none.contains(&Label::Cheapest) && !none.contains(&Label::Fastest),
        "{none:?}"
    );
    let all = labels(vec![stated(Some(8), Some((10, true)))]);
    assert!(
        all.contains(&Label::Cheapest) && all.contains(&Label::Fastest),
        "{all:?}"
    );
}

#[test]
fn a_part_and_its_whole_are_never_both_taken() {
    let small = || {
        vec![
            teaching(&[(0, 1.0)]),
            Small {
                parts: vec![0],
                hours: Some(100),
                ..teaching(&[(0, 1.0), (1, 1.0)])
            },
        ]
    };
    assert_eq!(plain(small(), up_to(3)).steps, ["c1"]);
    let short = Budgets {
        hours_max: Some(50.0),
        ..up_to(3)
    };
    assert_eq!(plain(small(), short).steps, ["c0"]);
    let held = case(small(), &[1.0; N_SKILLS], vec![(7, 1)], up_to(3));
    assert!(
        held.steps.is_empty() && held.had.places.len() == 2,
        "who holds the whole holds the part"
    );
}

#[test]
fn the_rule_on_wholes_is_named_where_a_whole_or_a_part_was_among_the_choices() {
    let whole = Small {
        parts: vec![0],
        ..teaching(&[(1, 1.0)])
    };
    let elsewhere = Small {
        parts: vec![9],
        ..teaching(&[])
    };
    for (small, expected) in [
        (vec![teaching(&[(0, 1.0)]), whole], true),
        (vec![teaching(&[(0, 1.0)]), elsewhere], false),
        (vec![teaching(&[(0, 1.0)]), teaching(&[(1, 1.0)])], false),
    ] {
        let case = plain(small, up_to(3));
        assert_eq!(case.plan.has_parts, expected, "{:?}", case.steps);
        let basis = Basis {
            has_parts: case.plan.has_parts,
            ..Basis::default()
        };
        assert_eq!(
            summary(case.pathway(), Some(0.5), 2, basis, Words::of("en"))
                .contains("not for what its parts teach"),
            expected
        );
    }
    let hidden = Small {
        parts: vec![9],
        ..teaching(&[(0, 0.1)])
    };
    let limited = limited(
        1,
        vec![teaching(&[(0, 1.0), (1, 1.0)]), hidden],
        &[1.0; N_SKILLS],
        Vec::new(),
        up_to(1),
    );
    assert!(
        limited.plan.has_parts,
        "what only the bound looked at may be a whole"
    );
}

#[test]
fn the_whole_gives_what_its_part_is_required_for() {
    let small = vec![
        teaching(&[(0, 1.0)]),
        Small {
            parts: vec![0],
            ..teaching(&[(0, 1.0), (1, 1.0)])
        },
        Small {
            before: vec![0],
            ..teaching(&[(2, 1.0)])
        },
    ];
    assert_eq!(plain(small, up_to(3)).steps, ["c1", "c2"]);
}

#[test]
fn a_whole_that_helps_nothing_itself_gives_its_part_to_others() {
    let needs = || Small {
        before: vec![N_CREDENTIALS],
        ..teaching(&[(0, 1.0), (1, 1.0)])
    };
    let lists_it = Small {
        parts: vec![N_CREDENTIALS],
        ..teaching(&[])
    };
    let case = plain(vec![needs(), lists_it.clone()], up_to(3));
    case.check().unwrap();
    assert_eq!(case.steps, ["c1", "c0"]);
    let deeper = vec![
        needs(),
        Small {
            parts: vec![2],
            ..teaching(&[])
        },
        Small {
            before: vec![N_CREDENTIALS + 1],
            ..lists_it
        },
    ];
    let case = plain(deeper, up_to(3));
    case.check().unwrap();
    assert_eq!(
        case.steps,
        ["c1", "c0"],
        "what contains the whole gives its parts"
    );
}

#[test]
fn nothing_is_its_own_prerequisite() {
    let group = |of: &[usize]| Small {
        group: Some((1, of.to_vec())),
        ..teaching(&[(0, 1.0)])
    };
    assert!(plain(vec![group(&[0])], up_to(3)).steps.is_empty());
    assert_eq!(
        plain(vec![group(&[0, 1]), teaching(&[])], up_to(3)).steps,
        ["c1", "c0"]
    );
}

#[test]
fn what_cannot_be_taken_is_told_with_the_reason() {
    let circle = vec![
        Small {
            before: vec![1],
            ..teaching(&[(0, 1.0)])
        },
        Small {
            before: vec![0],
            ..teaching(&[(1, 1.0)])
        },
    ];
    let case = plain(circle, up_to(3));
    assert_eq!(
        (case.steps.len(), case.pathway().closure_upper_bound),
        (0, 0.0)
    );
    assert_eq!(
        case.plan
            .blocked
            .iter()
            .map(|blocked| blocked.why)
            .collect::<Vec<_>>(),
        [Why::Circle; 2]
    );
    let unknown = plain(
        vec![Small {
            before: vec![9],
            ..teaching(&[(0, 1.0)])
        }],
        up_to(3),
    );
    assert_eq!(
        unknown
            .plan
            .blocked
            .iter()
            .map(|blocked| blocked.why)
            .collect::<Vec<_>>(),
        [Why::Unknown]
    );
}

#[test]
fn no_gap_and_no_help_say_so() {
    let all_held = case(
        vec![teaching(&[(0, 1.0)])],
        &[1.0; 1],
        vec![(0, 99)],
        up_to(3),
    );
    assert_eq!((all_held.ranked.len(), all_held.steps.len()), (0, 0));
    for (readiness, n_candidates, steps, part) in [
        (1.0, 0, 0, "nothing is missing"),
        (0.5, 0, 0, "covers anything of what is missing"),
        (0.5, 3, 0, "There is no way to plan"),
        (0.5, 3, 1, "1 course covers 25%"),
        (0.5, 3, 2, "2 courses cover 25%"),
    ] {
        let step = Step {
            at: 0,
            marginal: 0.125,
            ..Step::default()
        };
        let pathway = Pathway {
            steps: vec![step; steps],
            closure: 0.25,
            closure_upper_bound: 0.5,
            ..Pathway::default()
        };
        let text = summary(
            &pathway,
            Some(readiness),
            n_candidates,
            Basis::default(),
            Words::of("en"),
        );
        assert!(text.contains(part) && !text.contains("wishes"), "{text}");
        let wishing = Basis {
            has_wishes: true,
            ..Basis::default()
        };
        let text = summary(
            &pathway,
            Some(readiness),
            n_candidates,
            wishing,
            Words::of("en"),
        );
        assert_eq!(text.contains("fits your wishes"), readiness < 1.0, "{text}");
    }
}

#[test]
fn a_summary_says_what_is_estimated_and_when_to_look_elsewhere() {
    let text = |bound: f64, estimated: f64| {
        let pathway = Pathway {
            steps: vec![Step::default()],
            closure: 0.25,
            closure_upper_bound: bound,
            ..Pathway::default()
        };
        let basis = Basis {
            estimated,
            ..Basis::default()
        };
        summary(&pathway, Some(0.5), 3, basis, Words::of("en"))
    };
    let all = text(0.4, 1.0);
    assert!(all.contains(". This is our estimate of what"), "{all}");
    assert!(all.ends_with("Look elsewhere, too."), "{all}");
    let half = text(0.5, 0.5);
    assert!(half.contains("50% of this is our estimate"), "{half}");
    assert!(!half.contains("elsewhere"), "{half}");
    assert!(!text(0.5, 0.0).contains("estimate"));
}

/// Many candidates that add nothing any more, and many that take no time.
#[test]
fn candidates_that_add_nothing_or_take_nothing_do_not_upset_the_bound() {
    let hours = |number: usize| Some((number % 3) as u32 * 7).filter(|_| !number.is_multiple_of(5));
    let small = |number: usize| Small {
        hours: hours(number),
        ..teaching(&[(number % 2, 1.0)])
    };
    let budgets = Budgets {
        count_max: 4,
        hours_max: Some(20.0),
        cost_max: None,
    };
    let case = plain((0..200).map(small).collect(), budgets);
    let pathway = case.pathway();
    assert!(
        (pathway.closure - 0.25).abs() < 1e-9 && (pathway.closure_upper_bound - 0.25).abs() < 1e-9,
        "{pathway:?}"
    );
}
