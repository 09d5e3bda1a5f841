//! Trust, money, time and words over the wire: what counts on which day, in which currency, by whose list, and how it is said.

use std::sync::Arc;

use skillgap::api::wire::explanation::Subject;
use skillgap::api::wire::{
    Constraints, DemandedSkill, ExplainedPart, ExplainedUnit, Explanation, Feature, Money, Profile,
    RecommendCredentialsRequest, RecommendCredentialsResponse, Signal, SignalStanding,
    StatementState, UnknownReason, WeighedSignal,
};
use skillgap::config::Policy;
use skillgap::serve::Source;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::accreditors::Accreditors;
use skillgap_catalogue::starter_esco;
use skillgap_credentials::credential::{
    Access, Accreditation, Assessment, Credential, Funding, FundingScheme, Outcome, Quality,
    QualityScope, SkillLink, Workload, texts,
};
use skillgap_credentials::day;

use crate::support::{Service, config, skills_target, starter_catalogue, violations};

const TODAY: &str = "2026-11-22";

fn in_days(days: i64) -> Option<i64> {
    day::parse(TODAY).map(|today| today + days)
}

fn euro(amount: f64) -> Option<Money> {
    Some(Money {
        amount,
        currency: "EUR".into(),
    })
}

/// A course for the skill that all requests ask for.
fn course(id: &str) -> Credential {
    let english = |text: &str| texts([("en", text)]);
    let uri = starter_catalogue().esco.skills[0].uri.clone();
    let links = vec![SkillLink::declared(uri)];
    Credential {
        id: id.to_owned(),
        title: english(id),
        outcomes: vec![Outcome {
            text: english("the outcome"),
            skills: links,
        }],
        ..Credential::default()
    }
}

fn accredited(id: &str, accreditation: Accreditation) -> Credential {
    let accreditation = Accreditation {
        accreditor: "The Agency".into(),
        source: Some("a register".into()),
        ..accreditation
    };
    Credential {
        quality: Some(Quality {
            accreditations: vec![accreditation],
            ..Quality::default()
        }),
        eqf_level: Some(5),
        ..course(id)
    }
}

fn courses() -> Vec<Credential> {
    let krone = Money {
        amount: 746.0,
        currency: "DKK".into(),
    };
    let voucher = |until: Option<i64>| {
        let scheme = FundingScheme {
            name: "Training voucher".into(),
            eligible: vec!["unemployed".into()],
            valid_until: until.and_then(day::format),
            ..Default::default()
        };
        Some(Funding {
            schemes: vec![scheme],
            ..Funding::default()
        })
    };
    let starts = |days: &[i64]| {
        let dates = days.iter().filter_map(|days| day::format(in_days(*days)?));
        Some(Access {
            start_dates: dates.collect(),
            ..Access::default()
        })
    };
    vec![
        Credential {
            access: starts(&[-9, 9]),
            workload: Some(Workload {
                hours: Some(20.0),
                ..Workload::default()
            }),
            cost: euro(50.0),
            ..course("starts")
        },
        Credential {
            access: starts(&[-1]),
            ..course("started")
        },
        Credential {
            cost: Some(krone),
            ..course("krone")
        },
        Credential {
            funding: voucher(in_days(0)),
            cost: euro(200.0),
            ..course("funded")
        },
        Credential {
            funding: voucher(in_days(-1)),
            ..course("was-funded")
        },
        Credential {
            assessment: Some(Assessment {
                method: Some("Certificate of attendance".into()),
                ..Assessment::default()
            }),
            ..course("attendance")
        },
        accredited(
            "accredited",
            Accreditation {
                valid_until: in_days(0).and_then(day::format),
                ..Accreditation::default()
            },
        ),
        accredited(
            "was-accredited",
            Accreditation {
                valid_until: in_days(-1).and_then(day::format),
                ..Accreditation::default()
            },
        ),
        accredited(
            "programme",
            Accreditation {
                scope: QualityScope::Programme.into(),
                eqf_level_max: Some(5),
                ..Accreditation::default()
            },
        ),
        accredited(
            "low-level",
            Accreditation {
                eqf_level_max: Some(4),
                ..Accreditation::default()
            },
        ),
    ]
}

async fn service(policy: Policy) -> Service {
    let mut config = config();
    config.policy = policy;
    let catalogue = Catalogue::in_memory(starter_esco().unwrap(), courses()).unwrap();
    Service::start_with(config, Source::Opened(Arc::new(catalogue))).await
}

fn rates() -> Policy {
    let table = serde_json::json!({ "base": "EUR", "date": "2026-11-20", "source": "a bank", "per_base": { "DKK": 7.46 } });
    Policy {
        rates: Some(Arc::new(serde_json::from_value(table).unwrap())),
        ..Policy::default()
    }
}

fn request(constraints: Constraints) -> RecommendCredentialsRequest {
    let demand = vec![DemandedSkill {
        uri: starter_catalogue().esco.skills[0].uri.clone(),
        ..Default::default()
    }];
    RecommendCredentialsRequest {
        target: skills_target(demand),
        constraints: Some(constraints),
        as_of: Some(TODAY.to_owned()),
        top_k: 50,
        ..Default::default()
    }
}

async fn answer(
    service: &Service,
    request: RecommendCredentialsRequest,
) -> RecommendCredentialsResponse {
    service
        .matching()
        .recommend_credentials(request)
        .await
        .unwrap()
        .into_inner()
}

fn ids(answer: &RecommendCredentialsResponse) -> Vec<&str> {
    let mut ids: Vec<&str> = answer
        .recommendations
        .iter()
        .map(|one| one.credential_id.as_str())
        .collect();
    ids.sort_unstable();
    ids
}

async fn check(constraints: Constraints, expected: &[&str]) {
    let answer = answer(&service(Policy::default()).await, request(constraints)).await;
    assert_eq!(ids(&answer), expected);
}

fn one<'a>(
    answer: &'a RecommendCredentialsResponse,
    id: &str,
) -> &'a skillgap::api::wire::Recommendation {
    answer
        .recommendations
        .iter()
        .find(|one| one.credential_id == id)
        .unwrap()
}

fn signal<'a>(
    answer: &'a RecommendCredentialsResponse,
    id: &str,
    name: Signal,
) -> &'a WeighedSignal {
    one(answer, id)
        .trust
        .as_ref()
        .unwrap()
        .signals
        .iter()
        .find(|signal| signal.signal() == name)
        .unwrap()
}

#[tokio::test]
async fn only_funding_that_has_not_run_out_counts() {
    let funded_by = |name: &str| Constraints {
        funded_by: vec![name.to_owned()],
        ..Default::default()
    };
    check(funded_by("unemployed"), &["funded"]).await;
    check(funded_by("training VOUCHERS"), &["funded"]).await;
    check(funded_by("employed"), &[]).await;
}

#[tokio::test]
async fn only_a_start_that_is_to_come_counts() {
    let before = |days| Constraints {
        start_before: Some(day::format(in_days(days).unwrap()).unwrap()),
        ..Default::default()
    };
    check(before(10), &["starts"]).await;
    check(before(9), &[]).await;
    let unknown = Constraints {
        include_unknown: true,
        ..before(10)
    };
    let answer = answer(&service(Policy::default()).await, request(unknown)).await;
    assert!(
        !ids(&answer).contains(&"started")
            && ids(&answer).contains(&"starts")
            && ids(&answer).contains(&"krone")
    );
}

#[tokio::test]
async fn an_accreditation_counts_while_it_holds_and_up_to_its_level() {
    let must = Constraints {
        must_be_accredited: true,
        ..Default::default()
    };
    check(must.clone(), &["accredited", "programme"]).await;
    let service = service(Policy::default()).await;
    let later = RecommendCredentialsRequest {
        as_of: Some("2026-11-23".to_owned()),
        ..request(must)
    };
    assert_eq!(ids(&answer(&service, later).await), ["programme"]);
    let answer = answer(&service, request(Constraints::default())).await;
    assert_eq!(answer.context.as_ref().unwrap().as_of, TODAY);
    let value = |id, name| signal(&answer, id, name).standing();
    assert_eq!(
        value("accredited", Signal::ProviderAccredited),
        SignalStanding::Yes
    );
    assert_eq!(
        value("was-accredited", Signal::ProviderAccredited),
        SignalStanding::Expired
    );
    assert_eq!(
        value("low-level", Signal::ProviderAccredited),
        SignalStanding::NotStated
    );
    assert_eq!(
        value("programme", Signal::NationalQualityAssured),
        SignalStanding::Yes
    );
    let expired = &signal(&answer, "was-accredited", Signal::ProviderAccredited).statements[0];
    assert_eq!(
        (expired.by.as_str(), expired.source(), expired.state()),
        ("The Agency", "a register", StatementState::Expired)
    );
    assert_eq!(expired.valid_until(), "2026-11-21");
    let trust = one(&answer, "was-accredited").trust.as_ref().unwrap();
    assert_eq!((trust.score, trust.known_share), (0.0, 0.0));
    assert!(
        one(&answer, "was-accredited")
            .reasons
            .contains(&"The accreditation by The Agency ended on 2026-11-21.".to_owned())
    );
}

#[tokio::test]
async fn with_a_list_of_accreditors_no_other_counts() {
    let list = |names: &[&str]| Policy {
        accreditors: Some(Arc::new(Accreditors::new(
            "the ministry",
            names.iter().copied(),
        ))),
        ..Policy::default()
    };
    let must = Constraints {
        must_be_accredited: true,
        ..Default::default()
    };
    let listed = answer(&service(list(&["the agency"])).await, request(must.clone())).await;
    assert_eq!(
        (ids(&listed), listed.context.as_ref().unwrap().accreditors()),
        (vec!["accredited", "programme"], "the ministry")
    );
    let service = service(list(&["another one"])).await;
    assert_eq!(ids(&answer(&service, request(must)).await), [""; 0]);
    let all = answer(&service, request(Constraints::default())).await;
    assert_eq!(
        signal(&all, "accredited", Signal::ProviderAccredited).standing(),
        SignalStanding::NotListed
    );
    assert_eq!(
        signal(&all, "accredited", Signal::ProviderAccredited).statements[0].state(),
        StatementState::NotListed
    );
}

#[tokio::test]
async fn costs_in_another_currency_are_compared_by_rates_only_and_the_answer_says_so() {
    let at_most = |amount| Constraints {
        cost_max: Some(Money {
            amount,
            currency: "EUR".to_owned(),
        }),
        ..Default::default()
    };
    check(at_most(100.0), &["starts"]).await;
    let plain = answer(
        &service(Policy::default()).await,
        request(Constraints::default()),
    )
    .await;
    let cost = |answer: &RecommendCredentialsResponse| {
        *one(answer, "krone")
            .contributions
            .iter()
            .find(|part| part.feature() == Feature::Cost)
            .unwrap()
    };
    assert_eq!(
        (
            cost(&plain).unknown_reason(),
            plain.context.as_ref().unwrap().rates.as_deref()
        ),
        (UnknownReason::CurrencyNotComparable, None)
    );
    assert!(
        one(&plain, "krone")
            .reasons
            .iter()
            .any(|reason| reason.starts_with("It costs DKK 746. We have no exchange rate"))
    );

    let service = service(rates()).await;
    let within = answer(&service, request(at_most(100.0))).await;
    assert_eq!(
        (ids(&within), within.context.as_ref().unwrap().rates()),
        (vec!["krone", "starts"], "a bank, 2026-11-20")
    );
    assert_eq!(
        (cost(&within).unknown_reason(), cost(&within).value),
        (UnknownReason::Unspecified, 0.0)
    );
    assert_eq!(
        ids(&answer(&service, request(at_most(99.99))).await),
        ["starts"]
    );
    assert!(
        one(&within, "krone")
            .reasons
            .iter()
            .any(|reason| reason.contains("about EUR 100 (exchange rates: a bank, 2026-11-20)"))
    );
}

#[tokio::test]
async fn attendance_is_shown_as_such_and_counts_half() {
    let answer = answer(
        &service(Policy::default()).await,
        request(Constraints::default()),
    )
    .await;
    let trust = one(&answer, "attendance").trust.as_ref().unwrap();
    assert!(
        trust.attendance_only
            && !one(&answer, "krone")
                .trust
                .as_ref()
                .unwrap()
                .attendance_only
    );
    assert_eq!(
        signal(&answer, "attendance", Signal::Assessed).standing(),
        SignalStanding::No
    );
    assert!(
        one(&answer, "attendance")
            .reasons
            .iter()
            .any(|reason| reason.contains("You only have to attend"))
    );
}

#[tokio::test]
async fn a_step_of_several_levels_is_hardly_feasible() {
    let service = service(Policy::default()).await;
    let feasible = |held: Option<u32>| {
        let request = RecommendCredentialsRequest {
            profile: Some(Profile {
                eqf_level: held,
                ..Default::default()
            }),
            ..request(Constraints::default())
        };
        let service = &service;
        async move {
            let answer = answer(service, request).await;
            let part = one(&answer, "accredited")
                .contributions
                .iter()
                .find(|part| part.feature() == Feature::Feasibility)
                .unwrap();
            (
                part.value,
                part.unknown_reason() == UnknownReason::Unspecified,
            )
        }
    };
    assert_eq!(feasible(Some(4)).await, (1.0, true));
    assert_eq!(feasible(Some(2)).await, (0.1, true));
    assert_eq!(feasible(None).await, (0.5, false));
}

#[tokio::test]
async fn sentences_are_in_the_language_asked_for_or_in_english_and_said_so() {
    let service = service(Policy::default()).await;
    for (language, used, sentence) in [
        ("de", "de", "Deckt 100\u{a0}% von dem ab, was Ihnen fehlt."),
        ("fr", "fr", "Comble 100\u{a0}% de ce qui vous manque."),
        ("en", "en", "Covers 100% of what is missing."),
        ("xx", "en", "Covers 100% of what is missing."),
    ] {
        let answer = answer(
            &service,
            RecommendCredentialsRequest {
                language_code: Some(language.to_owned()),
                ..request(Constraints::default())
            },
        )
        .await;
        assert_eq!(
            (
                answer.context.as_ref().unwrap().language_code.as_str(),
                answer.notes.is_empty()
            ),
            (used, used == language),
            "{language}"
        );
        assert!(
            answer
                .recommendations
                .iter()
                .all(|one| one.reasons[0] == sentence),
            "{language}: {:?}",
            answer.recommendations[0].reasons
        );
    }
}

fn sums(node: &Explanation) {
    let weighed: Vec<f64> = node
        .children
        .iter()
        .filter_map(|child| Some(child.weight? * child.value.unwrap_or_default()))
        .collect();
    if !weighed.is_empty() {
        let sum: f64 = weighed.iter().sum();
        assert!(
            (sum - node.value.unwrap()).abs() < 1e-9,
            "{:?}: {sum} is not {:?}",
            node.subject,
            node.value
        );
    }
    let is_money = node.unit() == ExplainedUnit::Money;
    assert!(
        !node.label.is_empty()
            && node.subject.is_some()
            && node.unit() != ExplainedUnit::Unspecified
            && node.currency.is_some() == is_money,
        "{node:?}"
    );
    let is_signal = matches!(node.subject, Some(Subject::Signal(_)));
    assert_eq!(node.standing() != SignalStanding::Unspecified, is_signal);
    node.children.iter().for_each(sums);
}

fn part(part: ExplainedPart) -> Option<Subject> {
    Some(Subject::Part(part.into()))
}

#[tokio::test]
async fn a_score_is_explained_as_a_tree_whose_parts_sum() {
    let service = service(rates()).await;
    let request = |explain| RecommendCredentialsRequest {
        explain,
        ..request(Constraints::default())
    };
    assert!(
        answer(&service, request(false))
            .await
            .recommendations
            .iter()
            .all(|one| one.explanation.is_none())
    );
    let answer = answer(&service, request(true)).await;
    for one in &answer.recommendations {
        let tree = one.explanation.as_ref().unwrap();
        assert_eq!(
            (tree.subject.clone(), tree.value, tree.children.len()),
            (part(ExplainedPart::Score), Some(one.score), 9)
        );
        assert_eq!(
            one.score,
            one.contributions
                .iter()
                .map(|part| part.contribution)
                .sum::<f64>(),
            "exactly the sum"
        );
        sums(tree);
    }
    let closure = &one(&answer, "starts")
        .explanation
        .as_ref()
        .unwrap()
        .children[0];
    let subjects: Vec<_> = closure
        .children
        .iter()
        .map(|node| node.subject.clone())
        .collect();
    let uri = starter_catalogue().esco.skills[0].uri.clone();
    assert_eq!(
        subjects,
        [
            Some(Subject::SkillUri(uri.clone())),
            part(ExplainedPart::ClosurePerHour),
            part(ExplainedPart::ClosurePerMoney)
        ]
    );
    let outcome = &closure.children[0].children[0];
    assert_eq!(outcome.subject, part(ExplainedPart::OutcomeDeclared));
    assert_eq!(outcome.children[0].subject, Some(Subject::SkillUri(uri)));
    assert_eq!(
        (
            closure.children[1].value,
            closure.children[2].value,
            closure.children[2].currency()
        ),
        (Some(0.05), Some(0.02), "EUR")
    );
}

#[tokio::test]
async fn todays_date_is_filled_in() {
    let service = service(Policy::default()).await;
    let before = day::format(day::today()).unwrap();
    let answer = answer(
        &service,
        RecommendCredentialsRequest {
            as_of: Some(String::new()),
            ..request(Constraints::default())
        },
    )
    .await;
    assert!([before, day::format(day::today()).unwrap()].contains(&answer.context.unwrap().as_of));
    let no_date = RecommendCredentialsRequest {
        as_of: Some("22.11.2026".to_owned()),
        ..request(Constraints::default())
    };
    assert_eq!(
        violations(service.matching().recommend_credentials(no_date).await),
        ["as_of: is no date such as 2026-01-31"]
    );
}
