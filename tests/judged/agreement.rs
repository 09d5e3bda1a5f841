//! How far do two judges agree? 40 of the cases were graded once more, by one who saw neither the first grades nor any ranking; see `docs/judged.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::cases::{Case, cases};
use crate::measure::{mean, ndcg_at};

/// Least agreement at which grades are worth measuring by: `substantial` begins at 0.61 (Landis and Koch 1977).
const KAPPA_MIN: f64 = 0.61;
/// Grades are 0 to 3.
const N_GRADES: usize = 4;

/// What the second judge said of a case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Second {
    id: String,
    /// The best to show, best first, at most five.
    order: Vec<String>,
    grades: BTreeMap<String, u8>,
}

/// The cases that both graded.
fn both() -> Vec<(&'static Case, Second)> {
    let second = include_str!("second.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Second>(line).unwrap());
    second
        .map(|second| {
            (
                cases().iter().find(|case| case.id == second.id).unwrap(),
                second,
            )
        })
        .collect()
}

/// Cohen's kappa with quadratic weights (Cohen 1968): 1 for equal grades, 0 for what chance would give.
fn kappa(pairs: &[(u8, u8)]) -> f64 {
    let far = |(a, b): (usize, usize)| (a as f64 - b as f64).powi(2);
    let seen = pairs
        .iter()
        .map(|(a, b)| far((*a as usize, *b as usize)))
        .sum::<f64>()
        / pairs.len() as f64;
    let share = |of: &dyn Fn(&(u8, u8)) -> u8, grade: usize| {
        pairs
            .iter()
            .filter(|pair| of(pair) as usize == grade)
            .count() as f64
            / pairs.len() as f64
    };
    let all = (0..N_GRADES).flat_map(|a| (0..N_GRADES).map(move |b| (a, b)));
    let chance: f64 = all
        .map(|(a, b)| far((a, b)) * share(&|pair| pair.0, a) * share(&|pair| pair.1, b))
        .sum();
    1.0 - seen / chance
}

#[test]
fn two_judges_agree() {
    let both = both();
    let pairs: Vec<(u8, u8)> = both
        .iter()
        .flat_map(|(case, second)| {
            let named: BTreeSet<&String> = case.grades.keys().chain(second.grades.keys()).collect();
            named
                .into_iter()
                .map(|id| {
                    (
                        case.grade(id),
                        second.grades.get(id).copied().unwrap_or_default(),
                    )
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let orders: Vec<f64> = both
        .iter()
        .map(|(case, second)| ndcg_at(5, &second.order, &case.grades))
        .collect();
    let useful = |wanted: [bool; 2]| {
        pairs
            .iter()
            .filter(|(a, b)| [*a >= 2, *b >= 2] == wanted)
            .count()
    };
    println!(
        "{} cases, {} grades that one of the two gave: kappa {:.2}; grade 2 or 3 by both {}, by the first only {}, by the second only {}",
        both.len(),
        pairs.len(),
        kappa(&pairs),
        useful([true, true]),
        useful([true, false]),
        useful([false, true])
    );
    println!(
        "nDCG@5 of the second judge's order by the first judge's grades: {:.3}",
        mean(&orders)
    );
    assert!(both.len() >= 40 && kappa(&pairs) >= KAPPA_MIN);
}

#[test]
fn kappa_is_1_for_equal_grades_and_0_for_chance() {
    assert_eq!(kappa(&[(0, 0), (3, 3), (1, 1)]), 1.0);
    let independent: Vec<(u8, u8)> = (0..4).flat_map(|a| (0..4).map(move |b| (a, b))).collect();
    assert!(kappa(&independent).abs() < 1e-12);
    assert!(kappa(&[(0, 3), (3, 0)]) < -0.9);
}
