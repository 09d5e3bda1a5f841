//! PlanPathway over the wire, and what belongs to it in RecommendCredentials: alternatives, prior learning, qualifications, bad budgets.

use std::sync::Arc;

use skillgap::api::wire::{
    Constraints, DemandedSkill, HeldSkill, HeldSource, Money, PathwayStrength, PlanPathwayRequest,
    Profile, RecommendCredentialsRequest,
};
use skillgap::config::Policy;
use skillgap::serve::Source;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::starter_esco;
use skillgap_credentials::credential::{Credential, Entry, Outcome, SkillLink, Workload, texts};

use crate::support::{
    AD, Service, ad_target, config, skills_target, starter_catalogue, violations,
};

/// URIs of skills that are far from each other.
fn skills() -> [String; 4] {
    let catalogue = starter_catalogue();
    [
        "operate cash register",
        "lead a team",
        "mould doughs",
        "drive vehicles",
    ]
    .map(|label| {
        let found = catalogue
            .esco
            .skills
            .iter()
            .find(|skill| skill.labels.iter().any(|labels| labels.preferred == label));
        found
            .unwrap_or_else(|| panic!("no skill {label}"))
            .uri
            .clone()
    })
}

fn course(id: &str, teaches: &[&String], euro: f64, hours: f64) -> Credential {
    let text = |text: &str| texts([("en", text)]);
    let link = |uri: &&String| SkillLink::declared((*uri).clone());
    Credential {
        id: id.to_owned(),
        title: text(&format!("course {id}")),
        outcomes: vec![Outcome {
            text: text("an outcome"),
            skills: teaches.iter().map(link).collect(),
        }],
        cost: Some(Money {
            amount: euro,
            currency: "EUR".to_owned(),
        }),
        workload: Some(Workload {
            hours: Some(hours),
            ..Workload::default()
        }),
        ..Credential::default()
    }
}

fn after(id: &str) -> Option<Entry> {
    Some(Entry {
        prerequisites: vec![id.to_owned()],
        ..Entry::default()
    })
}

/// Courses of which one requires another, some are parts of a larger one, and one costs little and takes long.
async fn service() -> Service {
    let [cash, lead, bread, drive] = skills();
    let courses = vec![
        course("cash", &[&cash], 0.0, 30.0),
        Credential {
            part_of: vec!["retail".to_owned()],
            ..course("lead", &[&lead], 400.0, 20.0)
        },
        Credential {
            entry: after("lead"),
            ..course("master", &[&bread, &drive], 300.0, 40.0)
        },
        course("long", &[&lead, &bread, &drive], 10.0, 900.0),
        Credential {
            parts: vec!["lead".to_owned(), "other".to_owned()],
            ..course("retail", &[&lead], 5_000.0, 2_000.0)
        },
        Credential {
            entry: after("nowhere"),
            ..course("stuck", &[&lead, &bread, &drive], 0.0, 1.0)
        },
    ];
    let catalogue = Catalogue::in_memory(starter_esco().unwrap(), courses).unwrap();
    Service::start_with(config(), Source::Opened(Arc::new(catalogue))).await
}

fn demand() -> Vec<DemandedSkill> {
    skills()
        .into_iter()
        .map(|uri| DemandedSkill {
            uri,
            ..DemandedSkill::default()
        })
        .collect()
}

/// Someone who can operate a cash register.
fn cashier() -> Option<Profile> {
    let [cash, ..] = skills();
    Some(Profile {
        skills: vec![HeldSkill {
            uri: cash,
            level: None,
        }],
        ..Profile::default()
    })
}

#[tokio::test]
async fn a_pathway_comes_with_what_it_unlocks_leads_towards_and_leaves_out() {
    let request = PlanPathwayRequest {
        target: skills_target(demand()),
        profile: cashier(),
        constraints: Some(Constraints {
            hours_max: Some(100.0),
            ..Constraints::default()
        }),
        ..PlanPathwayRequest::default()
    };
    let answer = service()
        .await
        .matching()
        .plan_pathway(request)
        .await
        .unwrap()
        .into_inner();
    let pathway = answer.pathway.unwrap();
    let [first, second] = pathway.steps.as_slice() else {
        panic!("{pathway:?}")
    };
    assert_eq!(
        (first.credential_id.as_str(), second.credential_id.as_str()),
        ("lead", "master")
    );
    assert_eq!(
        (first.unlocks.as_slice(), second.unlocks.len()),
        (["master".to_owned()].as_slice(), 0)
    );
    let retail = &first.leads_towards[0];
    assert_eq!(
        (
            retail.credential_id(),
            retail.n_parts_had,
            retail.n_parts_known,
            retail.share
        ),
        ("retail", 1, 2, Some(0.5))
    );
    assert!(
        (pathway.closure() - 1.0).abs() < 1e-9
            && pathway.closure_upper_bound() == pathway.closure()
    );
    assert_eq!(
        (pathway.hours(), pathway.cost.unwrap().amount),
        (60.0, 700.0)
    );
    assert!(
        pathway
            .notes
            .iter()
            .any(|note| note.contains("course stuck") && note.contains("not in the catalogue")),
        "{:?}",
        pathway.notes
    );
}

#[tokio::test]
async fn alternatives_cost_less_or_take_less_time() {
    let request = PlanPathwayRequest {
        target: skills_target(demand()),
        profile: cashier(),
        ..PlanPathwayRequest::default()
    };
    let answer = service()
        .await
        .matching()
        .plan_pathway(request)
        .await
        .unwrap()
        .into_inner();
    let pathway = answer.pathway.unwrap();
    let all: Vec<_> = std::iter::once(&pathway)
        .chain(&answer.alternatives)
        .collect();
    let labelled = |strength: PathwayStrength| {
        *all.iter()
            .find(|one| one.strengths().any(|known| known == strength))
            .unwrap()
    };
    assert_eq!(
        labelled(PathwayStrength::Cheapest)
            .steps
            .iter()
            .map(|step| step.credential_id.as_str())
            .collect::<Vec<_>>(),
        ["long"]
    );
    assert_eq!(
        labelled(PathwayStrength::Fastest)
            .steps
            .iter()
            .map(|step| step.credential_id.as_str())
            .collect::<Vec<_>>(),
        ["lead", "master"]
    );
    assert!(all.len() <= 5 && labelled(PathwayStrength::Surest).closure() > 0.99);
}

#[tokio::test]
async fn what_the_person_has_already_is_listed_for_recognition_and_not_recommended() {
    let service = service().await;
    let request = RecommendCredentialsRequest {
        target: skills_target(demand()),
        profile: cashier(),
        plan_pathway: true,
        ..RecommendCredentialsRequest::default()
    };
    let answer = service
        .matching()
        .recommend_credentials(request)
        .await
        .unwrap()
        .into_inner();
    let [prior] = answer.prior_learning.as_slice() else {
        panic!("{:?}", answer.prior_learning)
    };
    assert_eq!(
        (prior.credential_id.as_str(), prior.share_covered),
        ("cash", 1.0)
    );
    assert!((prior.relevance - 0.25).abs() < 1e-9);
    assert_eq!(
        (
            prior.evidence[0].nearest_held_source(),
            prior.evidence[0].held
        ),
        (HeldSource::Stated, 1.0)
    );
    assert!(
        answer
            .recommendations
            .iter()
            .all(|one| one.credential_id != "cash")
    );
}

#[tokio::test]
async fn the_recommended_pathway_is_the_planned_one() {
    let service = service().await;
    let constraints = Some(Constraints {
        steps_max: Some(2),
        ..Constraints::default()
    });
    let plan = PlanPathwayRequest {
        target: skills_target(demand()),
        profile: cashier(),
        constraints: constraints.clone(),
        ..Default::default()
    };
    let recommend = RecommendCredentialsRequest {
        target: skills_target(demand()),
        profile: cashier(),
        constraints,
        plan_pathway: true,
        ..Default::default()
    };
    let planned = service
        .matching()
        .plan_pathway(plan)
        .await
        .unwrap()
        .into_inner()
        .pathway
        .unwrap();
    let recommended = service
        .matching()
        .recommend_credentials(recommend)
        .await
        .unwrap()
        .into_inner()
        .pathway
        .unwrap();
    assert_eq!(planned.steps, recommended.steps);
}

#[tokio::test]
async fn a_budget_counts_costs_in_other_currencies_by_the_rates_that_the_answer_names() {
    let [cash, lead, ..] = skills();
    let krone = Some(Money {
        amount: 746.0,
        currency: "DKK".to_owned(),
    });
    let courses = vec![
        Credential {
            cost: krone,
            ..course("krone", &[&cash], 0.0, 10.0)
        },
        course("euro", &[&lead], 50.0, 10.0),
    ];
    let catalogue = Arc::new(Catalogue::in_memory(starter_esco().unwrap(), courses).unwrap());
    let table = serde_json::json!({ "base": "EUR", "date": "2026-11-20", "source": "a bank", "per_base": { "DKK": 7.46 } });
    let mut config = config();
    config.policy = Policy {
        rates: Some(Arc::new(serde_json::from_value(table).unwrap())),
        ..Policy::default()
    };
    let service = Service::start_with(config, Source::Opened(catalogue)).await;
    let plan = async |amount| {
        let constraints = Constraints {
            cost_max: Some(Money {
                amount,
                currency: "EUR".to_owned(),
            }),
            ..Constraints::default()
        };
        let request = PlanPathwayRequest {
            target: skills_target(demand()),
            constraints: Some(constraints),
            ..Default::default()
        };
        service
            .matching()
            .plan_pathway(request)
            .await
            .unwrap()
            .into_inner()
    };
    let (both, one) = (plan(150.0).await, plan(149.0).await);
    let context = both.context.unwrap();
    assert_eq!(
        (context.rates(), context.accreditors.as_ref()),
        ("a bank, 2026-11-20", None)
    );
    let (both, one) = (both.pathway.unwrap(), one.pathway.unwrap());
    assert_eq!(
        (
            both.steps.len(),
            both.cost.clone(),
            both.n_steps_without_cost
        ),
        (
            2,
            Some(Money {
                amount: 150.0,
                currency: "EUR".to_owned()
            }),
            0
        )
    );
    assert_eq!(one.steps.len(), 1);
    assert!(
        one.closure_upper_bound() < both.closure(),
        "the bound counts them, too"
    );
}

#[tokio::test]
async fn no_gap_and_no_help_are_said() {
    let service = service().await;
    let [cash, ..] = skills();
    let only = |uri: &String| {
        vec![DemandedSkill {
            uri: uri.clone(),
            ..DemandedSkill::default()
        }]
    };
    let summary = async |request| {
        service
            .matching()
            .plan_pathway(request)
            .await
            .unwrap()
            .into_inner()
            .pathway
            .unwrap()
            .summary
    };
    let held = PlanPathwayRequest {
        target: skills_target(only(&cash)),
        profile: cashier(),
        ..Default::default()
    };
    assert!(
        summary(held)
            .await
            .starts_with("As far as we can see, nothing is missing")
    );
    let constraints = Some(Constraints {
        languages: vec!["mt".to_owned()],
        ..Constraints::default()
    });
    let nothing = PlanPathwayRequest {
        target: skills_target(only(&cash)),
        constraints,
        ..Default::default()
    };
    assert!(
        summary(nothing)
            .await
            .starts_with("No course in this catalogue")
    );
}

#[tokio::test]
async fn bad_budgets_are_named() {
    let service = Service::start().await;
    let constraints = Constraints {
        hours_max: Some(-1.0),
        cost_max: Some(Money {
            amount: f64::NAN,
            currency: "EUR".to_owned(),
        }),
        steps_max: Some(0),
        eqf_level_min: Some(5),
        eqf_level_max: Some(4),
        ..Constraints::default()
    };
    let request = PlanPathwayRequest {
        target: ad_target(AD),
        constraints: Some(constraints),
        ..Default::default()
    };
    assert_eq!(
        violations(service.matching().plan_pathway(request).await),
        [
            "constraints.hours_max: must be a number from 0 to 100000",
            "constraints.cost_max.amount: must be a number from 0 to 1000000000000",
            "constraints.eqf_level_min: is above the highest level",
            "constraints.steps_max: must be from 1 to 10",
        ]
    );
}
