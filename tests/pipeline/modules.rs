//! Does the advice hold on real modules? 946 modules of 22 universities with machine-made ESCO links, 60 occupations, budgets of several kinds.
//!
//! The data lie beside the repository; where they do not, the tests say so and pass. `cargo test --release --test pipeline modules -- --nocapture` prints the figures.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use skillgap::engine::{Recommend, Recommended, Target, Watch, recommend};
use skillgap::gap::{ProfileParts, analyse, gather};
use skillgap::limits::Limits;
use skillgap::pathway::Budgets;
use skillgap::rank::{Persona, Weights};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::Filter;
use skillgap_credentials::credential::{
    Credential, Organisation, Outcome, SkillLink, Workload, texts,
};
use skillgap_esco::report::ReadReport;
use skillgap_esco::{Esco, OccupationId, SkillId};

use crate::world::words;

/// Floors on what the tests print. Raise them when the measured numbers rise.
const CLOSURE_OF_BOUND_MIN: f64 = 0.95;
const EXACT_COVERED_MIN: f64 = 0.90;
/// Occupations, each with at least so many skills that some module teaches.
const OCCUPATIONS: usize = 60;
const TAUGHT_MIN: usize = 4;

/// Full ESCO 1.1.1 and the modules as credentials; nothing where the data are absent.
fn input() -> Option<(Esco, Vec<Credential>)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Ok(text) = std::fs::read_to_string(data.join("catalogue/university_courses.jsonl")) else {
        println!("skipped: {} is absent", data.display());
        return None;
    };
    let esco = skillgap_esco::package::read(
        &[data.join("esco/v1.1.1")],
        &mut ReadReport::default(),
        &|_| {},
    )
    .unwrap();
    Some((esco, text.lines().map(module).collect()))
}

fn module(line: &str) -> Credential {
    let module: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |text: &str| texts([("en", text)]);
    let links = module["esco_skills"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|skill| skill["uri"].as_str());
    let links: Vec<SkillLink> = links
        .map(|uri| SkillLink::declared(uri.to_owned()))
        .collect();
    let title = module["lesson_name"].as_str().unwrap();
    let ects = module["ects_list"]
        .as_str()
        .and_then(|list| serde_json::from_str::<Vec<String>>(list).ok())
        .unwrap_or_default();
    Credential {
        id: format!("m{:05}", module["course_id"].as_u64().unwrap()),
        title: text(title),
        outcomes: if links.is_empty() {
            Vec::new()
        } else {
            vec![Outcome {
                text: text(title),
                skills: links,
            }]
        },
        workload: Some(Workload {
            ects: ects
                .first()
                .and_then(|ects| ects.parse().ok())
                .filter(|ects: &f64| ects.is_finite() && *ects > 0.0),
            ..Workload::default()
        }),
        provider: Some(Organisation {
            name: module["university"].as_str().map(str::to_owned),
            ..Organisation::default()
        }),
        ..Credential::default()
    }
}

fn catalogue() -> Option<&'static Catalogue> {
    static CATALOGUE: OnceLock<Option<Catalogue>> = OnceLock::new();
    CATALOGUE
        .get_or_init(|| input().map(|(esco, modules)| Catalogue::in_memory(esco, modules).unwrap()))
        .as_ref()
}

/// Every skill that some module teaches.
fn taught(catalogue: &Catalogue) -> BTreeSet<SkillId> {
    let all = catalogue
        .credentials
        .search(&words("", &Filter::default(), 10_000))
        .unwrap()
        .credentials;
    all.iter()
        .flat_map(|module| skillgap_catalogue::schema::taught(module, &catalogue.esco))
        .map(|(skill, _)| skill)
        .collect()
}

/// Occupations of all kinds that the modules have something for, evenly over the list, each with a person who holds nothing, or every third skill.
fn cases(catalogue: &Catalogue) -> Vec<(OccupationId, ProfileParts<'static>)> {
    let taught = taught(catalogue);
    let skills = |occupation: &OccupationId| {
        let occupation = &catalogue.esco.occupations[occupation.row()];
        occupation
            .essential
            .iter()
            .chain(&occupation.optional)
            .copied()
            .collect::<Vec<_>>()
    };
    let all = (0..catalogue.esco.occupations.len() as u32).map(OccupationId);
    let fit: Vec<OccupationId> = all
        .filter(|occupation| {
            skills(occupation)
                .iter()
                .filter(|skill| taught.contains(skill))
                .count()
                >= TAUGHT_MIN
        })
        .collect();
    assert!(fit.len() >= OCCUPATIONS, "{}", fit.len());
    let step = fit.len() / OCCUPATIONS;
    let chosen = fit.into_iter().step_by(step).take(OCCUPATIONS).enumerate();
    let person = |(nth, occupation): (usize, OccupationId)| {
        let held = if nth % 2 == 0 {
            Vec::new()
        } else {
            skills(&occupation)
                .into_iter()
                .step_by(3)
                .map(|skill| (skill, None))
                .collect()
        };
        (
            occupation,
            ProfileParts {
                skills: held,
                ..ProfileParts::default()
            },
        )
    };
    chosen.map(person).collect()
}

fn request(
    target: OccupationId,
    profile: ProfileParts<'static>,
    budgets: Budgets,
) -> Recommend<'static> {
    Recommend {
        target: Target::Occupation(target),
        profile,
        filter: Filter {
            hours_max: budgets.hours_max,
            cost_max: budgets.cost_max.clone(),
            ..Filter::default()
        },
        persona: Persona::Learner,
        weights: Weights::of(Persona::Learner),
        pathway: Some(budgets),
        alternatives: false,
        after: None,
        top_k: 20,
        usefulness_min: 0.0,
        questions: 0,
    }
}

fn answer(catalogue: &Catalogue, request: &Recommend<'_>) -> Recommended {
    recommend(catalogue, request, &Limits::default(), &Watch::unlimited()).unwrap()
}

fn advice(catalogue: &Catalogue, request: &Recommend<'_>) -> Recommended {
    let request = Recommend {
        alternatives: true,
        top_k: 0,
        usefulness_min: 0.0,
        questions: 0,
        ..request.clone()
    };
    answer(catalogue, &request)
}

fn budgets(count_max: usize, hours_max: Option<f64>) -> Budgets {
    Budgets {
        count_max,
        hours_max,
        cost_max: None,
    }
}

#[test]
fn pathways_come_close_to_their_bounds() {
    let Some(catalogue) = catalogue() else { return };
    let kinds = [
        ("3 modules", 3, None),
        ("5 modules", 5, None),
        ("10 modules", 10, None),
        ("180 hours", 5, Some(180.0)),
        ("450 hours", 10, Some(450.0)),
        ("900 hours", 10, Some(900.0)),
    ];
    let (mut sum, mut n) = (0.0, 0);
    for (name, count_max, hours_max) in kinds {
        let (mut shares, mut proven, mut closures) = (Vec::new(), 0, 0.0);
        for (target, profile) in cases(catalogue) {
            let planned = answer(
                catalogue,
                &request(target, profile, budgets(count_max, hours_max)),
            )
            .planned
            .unwrap();
            let pathway = planned.pathway;
            assert!(
                pathway.closure <= pathway.closure_upper_bound
                    && pathway.closure_upper_bound <= 1.0
            );
            assert!(pathway.steps.len() <= count_max);
            let hours: f64 = planned
                .credentials
                .iter()
                .filter_map(Credential::hours_at_most)
                .sum();
            assert!(hours_max.is_none_or(|most| hours <= most), "{hours}");
            if pathway.closure_upper_bound > 0.0 {
                shares.push(pathway.closure / pathway.closure_upper_bound);
                proven += usize::from(pathway.closure_upper_bound - pathway.closure < 1e-9);
                closures += pathway.closure;
            }
        }
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let least = shares.iter().copied().fold(1.0, f64::min);
        println!(
            "{name:<10} {} gaps: closure {:.3}, closure / bound mean {mean:.4}, least {least:.4}, bound reached {proven}",
            shares.len(),
            closures / shares.len() as f64
        );
        assert!(mean >= CLOSURE_OF_BOUND_MIN, "{name}: {mean}");
        (sum, n) = (sum + shares.iter().sum::<f64>(), n + shares.len());
    }
    println!(
        "all        {n} gaps: closure / bound mean {:.4}",
        sum / n as f64
    );
}

/// The most demanded and missing skills that three modules teach exactly, one module after the other; ties by id.
fn exact_greedy(
    catalogue: &Catalogue,
    missing: &BTreeSet<SkillId>,
    modules: &[(String, BTreeSet<SkillId>)],
) -> usize {
    let mut covered: BTreeSet<SkillId> = BTreeSet::new();
    for _ in 0..3 {
        let adds = |taught: &BTreeSet<SkillId>| {
            taught
                .iter()
                .filter(|skill| missing.contains(skill) && !covered.contains(skill))
                .count()
        };
        let best = modules
            .iter()
            .max_by(|a, b| adds(&a.1).cmp(&adds(&b.1)).then(b.0.cmp(&a.0)));
        let new: Vec<SkillId> = best
            .into_iter()
            .flat_map(|(_, taught)| taught)
            .copied()
            .filter(|skill| missing.contains(skill))
            .collect();
        covered.extend(new);
    }
    assert!(
        covered
            .iter()
            .all(|skill| skill.row() < catalogue.esco.skills.len())
    );
    covered.len()
}

#[test]
fn three_steps_cover_most_of_what_exact_overlap_covers() {
    let Some(catalogue) = catalogue() else { return };
    let all = catalogue
        .credentials
        .search(&words("", &Filter::default(), 10_000))
        .unwrap()
        .credentials;
    let exact = |module: &Credential| {
        skillgap_catalogue::schema::taught(module, &catalogue.esco)
            .into_iter()
            .map(|(skill, _)| skill)
            .collect::<BTreeSet<_>>()
    };
    let modules: Vec<(String, BTreeSet<SkillId>)> = all
        .iter()
        .map(|module| (module.id.clone(), exact(module)))
        .collect();
    let (mut ours, mut theirs, mut shares) = (0, 0, Vec::new());
    for (target, profile) in cases(catalogue) {
        let answer = answer(catalogue, &request(target, profile, budgets(3, None)));
        let missing: BTreeSet<SkillId> = answer
            .gap
            .items
            .iter()
            .filter(|item| item.held < 1.0)
            .map(|item| item.skill)
            .collect();
        let steps: BTreeSet<SkillId> = answer
            .planned
            .unwrap()
            .credentials
            .iter()
            .flat_map(exact)
            .filter(|skill| missing.contains(skill))
            .collect();
        let greedy = exact_greedy(catalogue, &missing, &modules);
        (ours, theirs) = (ours + steps.len(), theirs + greedy);
        shares.push(steps.len() as f64 / greedy.max(1) as f64);
    }
    let share = f64::from(ours as u32) / f64::from(theirs as u32);
    println!(
        "exact gap skills in three steps: {ours} of {theirs} of exact-overlap greedy ({share:.3}), mean of shares {:.3}",
        shares.iter().sum::<f64>() / shares.len() as f64
    );
    assert!(share >= EXACT_COVERED_MIN, "{share}");
}

#[test]
fn contributions_sum_to_scores_and_alternatives_are_worth_showing() {
    let Some(catalogue) = catalogue() else { return };
    let mut n_alternatives = 0;
    for (target, profile) in cases(catalogue) {
        let request = request(target, profile, budgets(4, None));
        let answer = answer(catalogue, &request);
        for one in &answer.recommendations {
            let sum: f64 = one
                .ranked
                .contributions
                .iter()
                .map(|part| part.value * part.weight)
                .sum();
            assert!((sum - one.ranked.score()).abs() < 1e-9);
        }
        let prior: BTreeSet<&str> = answer
            .recognised
            .iter()
            .map(|one| one.credential.id.as_str())
            .collect();
        assert!(
            answer
                .recommendations
                .iter()
                .all(|one| !prior.contains(one.credential.id.as_str()))
        );
        assert!(
            answer.recognised.len() <= 5
                && answer.recognised.iter().all(|one| one.prior.share >= 0.8)
        );
        let advice = advice(catalogue, &request);
        assert!(
            advice.planned.unwrap().pathway.closure
                >= answer.planned.unwrap().pathway.closure - 1e-9
        );
        assert!(advice.alternatives.len() <= 4);
        n_alternatives += advice.alternatives.len();
    }
    println!("{n_alternatives} alternatives for {OCCUPATIONS} gaps");
}

#[test]
fn shuffled_modules_give_the_same_list() {
    let (Some(catalogue), Some((esco, mut modules))) = (catalogue(), input()) else {
        return;
    };
    modules.reverse();
    modules.rotate_left(317);
    let shuffled = Catalogue::in_memory(esco, modules).unwrap();
    for (target, profile) in cases(catalogue).into_iter().step_by(6) {
        let shown = |catalogue: &Catalogue| {
            let answer = answer(
                catalogue,
                &request(target, profile.clone(), budgets(3, None)),
            );
            let ids: Vec<(String, u64)> = answer
                .recommendations
                .iter()
                .map(|one| (one.credential.id.clone(), one.ranked.score().to_bits()))
                .collect();
            (ids, format!("{:?}", answer.planned))
        };
        assert_eq!(shown(catalogue), shown(&shuffled));
    }
}

#[test]
fn one_more_held_skill_never_widens_a_gap() {
    let Some(catalogue) = catalogue() else { return };
    for (nth, (target, profile)) in cases(catalogue).into_iter().enumerate() {
        let demand = skillgap::demand::Demand::of_occupation(catalogue, target, 200);
        let more = SkillId((nth * 197 % catalogue.esco.skills.len()) as u32);
        let mut with = profile.clone();
        with.skills.push((more, None));
        let gap = |parts: &ProfileParts<'_>| analyse(catalogue, &demand, &gather(catalogue, parts));
        for (before, after) in gap(&profile).items.iter().zip(&gap(&with).items) {
            assert!(after.remaining() <= before.remaining());
        }
    }
}
