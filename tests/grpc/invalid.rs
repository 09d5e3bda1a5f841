//! INVALID_ARGUMENT: every violation is named, by its path in the contract, and no value is quoted.

use skillgap::rpc::wire::{
    AnalyseGapRequest, CompareCredentialsRequest, Constraints, DemandedSkill, ExtractDemandRequest,
    FeatureWeight, GetCredentialRequest, GetSkillRequest, HeldSkill, LinkTextRequest, Money,
    Profile, RecommendRequest, SearchCredentialsRequest, SearchSkillsRequest,
};

use crate::support::{AD, Service, starter_catalogue, violated, violations};

const SECRET: &str = "http://example.org/my-secret";

fn known_uri() -> String {
    starter_catalogue().esco.skills[0].uri.clone()
}

fn for_ad() -> RecommendRequest {
    RecommendRequest {
        ad: AD.to_owned(),
        ..Default::default()
    }
}

async fn check_recommend(request: RecommendRequest, expected: &[&str]) {
    let service = Service::start().await;
    assert_eq!(
        violations(service.matching().recommend_credentials(request).await),
        expected
    );
}

async fn check_constraints(constraints: Constraints, expected: &[&str]) {
    check_recommend(
        RecommendRequest {
            constraints: Some(constraints),
            ..for_ad()
        },
        expected,
    )
    .await;
}

#[tokio::test]
async fn all_violations_are_named_at_once_and_no_value_is_quoted() {
    let service = Service::start().await;
    let request = RecommendRequest {
        demand: vec![DemandedSkill {
            uri: SECRET.to_owned(),
            weight: -1.0,
            requirement: 77,
            level: "my-secret".to_owned(),
            ..Default::default()
        }],
        profile: Some(Profile {
            skills: vec![
                HeldSkill {
                    uri: known_uri(),
                    level: String::new(),
                },
                HeldSkill {
                    uri: SECRET.to_owned(),
                    level: "my-secret".to_owned(),
                },
            ],
            occupations: vec![SECRET.to_owned()],
            credentials: vec![SECRET.to_owned()],
            text: String::new(),
            eqf_level: Some(9),
            ..Default::default()
        }),
        constraints: Some(Constraints {
            hours_max: Some(f64::NAN),
            cost_max: Some(Money {
                amount: -5.0,
                currency: "my-secret".to_owned(),
            }),
            languages: vec!["en".to_owned(), "my-secret".to_owned()],
            countries: vec!["*".to_owned(), "my-secret".to_owned()],
            modes: vec![2, 99],
            eqf_level_min: Some(9),
            eqf_level_max: Some(0),
            count_max: Some(11),
            ..Default::default()
        }),
        persona: 42,
        weights: vec![FeatureWeight {
            feature: "my-secret".to_owned(),
            weight: 1.0,
        }],
        top_k: 101,
        page_token: "my-secret".to_owned(),
        language: "my-secret".to_owned(),
        ..Default::default()
    };
    let status = service
        .matching()
        .recommend_credentials(request)
        .await
        .unwrap_err();
    assert!(
        !format!("{status:?} {}", String::from_utf8_lossy(status.details())).contains("secret"),
        "{status:?}"
    );
    assert_eq!(
        violated::<()>(Err(status)),
        [
            "demand[0].uri",
            "demand[0].weight",
            "demand[0].requirement",
            "demand[0].level",
            "profile.skills[1].uri",
            "profile.skills[1].level",
            "profile.occupations[0]",
            "profile.credentials[0]",
            "profile.eqfLevel",
            "constraints.hoursMax",
            "constraints.costMax.amount",
            "constraints.costMax.currency",
            "constraints.eqfLevelMin",
            "constraints.eqfLevelMax",
            "constraints.countMax",
            "constraints.languages[1]",
            "constraints.countries[1]",
            "constraints.modes[1]",
            "persona",
            "weights[0].feature",
            "topK",
            "pageToken",
            "language",
        ]
    );
}

#[tokio::test]
async fn more_violations_than_a_header_holds_are_counted() {
    let service = Service::start().await;
    let skills = vec![
        HeldSkill {
            uri: SECRET.to_owned(),
            level: "my-secret".to_owned()
        };
        500
    ];
    let request = AnalyseGapRequest {
        ad: AD.to_owned(),
        profile: Some(Profile {
            skills,
            ..Default::default()
        }),
        ..Default::default()
    };
    let named = violations(service.matching().analyse_gap(request).await);
    assert!(named.len() > 20, "{}", named.len());
    assert_eq!(
        named.last().unwrap(),
        &format!(": and {} more violations", 1_000 - (named.len() - 1))
    );
}

#[tokio::test]
async fn exactly_one_target_is_needed() {
    let service = Service::start().await;
    let none = "ad: exactly one of ad, demand and occupationUri must be given, none is";
    assert_eq!(
        violations(
            service
                .matching()
                .recommend_credentials(RecommendRequest::default())
                .await
        ),
        [none]
    );
    assert_eq!(
        violations(
            service
                .matching()
                .analyse_gap(AnalyseGapRequest::default())
                .await
        ),
        [none]
    );
    let two = AnalyseGapRequest {
        ad: AD.to_owned(),
        occupation_uri: SECRET.to_owned(),
        ..Default::default()
    };
    assert_eq!(
        violated(service.matching().analyse_gap(two).await),
        ["ad", "occupationUri"]
    );
}

#[tokio::test]
async fn empty_requests_say_what_is_empty() {
    let service = Service::start().await;
    assert_eq!(
        violations(
            service
                .matching()
                .extract_demand(ExtractDemandRequest::default())
                .await
        ),
        ["ad: is empty"]
    );
    assert_eq!(
        violations(service.skills().link_text(LinkTextRequest::default()).await),
        ["text: is empty"]
    );
    assert_eq!(
        violations(
            service
                .skills()
                .search_skills(SearchSkillsRequest::default())
                .await
        ),
        ["query: is empty"]
    );
    assert_eq!(
        violations(service.skills().get_skill(GetSkillRequest::default()).await),
        ["uri: is empty"]
    );
    assert_eq!(
        violations(
            service
                .catalogue()
                .get_credential(GetCredentialRequest::default())
                .await
        ),
        ["id: is empty"]
    );
    let compare = service
        .catalogue()
        .compare_credentials(CompareCredentialsRequest::default())
        .await;
    assert_eq!(
        violations(compare),
        ["ids: must name at least 2 credentials"]
    );
}

#[tokio::test]
async fn an_ad_of_white_space_is_empty() {
    check_recommend(
        RecommendRequest {
            ad: " \n\t ".to_owned(),
            ..Default::default()
        },
        &["ad: is empty"],
    )
    .await;
}

#[tokio::test]
async fn an_ad_may_have_64_kib_and_not_a_byte_more() {
    let service = Service::start().await;
    let extract = |bytes: usize| ExtractDemandRequest {
        ad: "x".repeat(bytes),
        ..Default::default()
    };
    assert!(
        service
            .matching()
            .extract_demand(extract(64 << 10))
            .await
            .is_ok()
    );
    let answer = service
        .matching()
        .extract_demand(extract((64 << 10) + 1))
        .await;
    assert_eq!(
        violations(answer),
        ["ad: has 65537 bytes, at most 65536 are allowed"]
    );
}

#[tokio::test]
async fn texts_have_limits_of_their_own() {
    let service = Service::start().await;
    let link = LinkTextRequest {
        text: "x".repeat(4_097),
        ..Default::default()
    };
    assert_eq!(
        violations(service.skills().link_text(link).await),
        ["text: has 4097 bytes, at most 4096 are allowed"]
    );
    let search = SearchSkillsRequest {
        query: "x".repeat(201),
        ..Default::default()
    };
    assert_eq!(
        violations(service.skills().search_skills(search).await),
        ["query: has 201 bytes, at most 200 are allowed"]
    );
    let search = SearchCredentialsRequest {
        text: "x".repeat(1_025),
        ..Default::default()
    };
    assert_eq!(
        violations(service.catalogue().search_credentials(search).await),
        ["text: has 1025 bytes, at most 1024 are allowed"]
    );
    let profile = Profile {
        text: "x".repeat((64 << 10) + 1),
        ..Default::default()
    };
    check_recommend(
        RecommendRequest {
            profile: Some(profile),
            ..for_ad()
        },
        &["profile.text: has 65537 bytes, at most 65536 are allowed"],
    )
    .await;
}

#[tokio::test]
async fn a_person_may_hold_500_skills_and_no_more() {
    let service = Service::start().await;
    let holding = |n: usize| {
        let skills = starter_catalogue()
            .esco
            .skills
            .iter()
            .take(n)
            .map(|skill| HeldSkill {
                uri: skill.uri.clone(),
                level: String::new(),
            })
            .collect();
        AnalyseGapRequest {
            ad: AD.to_owned(),
            profile: Some(Profile {
                skills,
                ..Default::default()
            }),
            ..Default::default()
        }
    };
    assert!(service.matching().analyse_gap(holding(500)).await.is_ok());
    assert_eq!(
        violations(service.matching().analyse_gap(holding(501)).await),
        ["profile.skills: has 501 entries, at most 500 are allowed"]
    );
}

#[tokio::test]
async fn a_demand_may_have_200_skills_and_no_more() {
    let service = Service::start().await;
    let asking = |n: usize| {
        let uris = starter_catalogue()
            .esco
            .skills
            .iter()
            .take(n)
            .map(|skill| skill.uri.clone())
            .collect::<Vec<_>>();
        uris.into_iter()
            .map(|uri| DemandedSkill {
                uri,
                ..Default::default()
            })
            .collect::<Vec<_>>()
    };
    assert!(
        service
            .matching()
            .analyse_gap(AnalyseGapRequest {
                demand: asking(200),
                ..Default::default()
            })
            .await
            .is_ok()
    );
    let answer = service
        .matching()
        .analyse_gap(AnalyseGapRequest {
            demand: asking(201),
            ..Default::default()
        })
        .await;
    assert_eq!(
        violations(answer),
        ["demand: has 201 entries, at most 200 are allowed"]
    );
}

#[tokio::test]
async fn uris_that_esco_does_not_have_are_named_with_its_version() {
    let service = Service::start().await;
    let search = SearchCredentialsRequest {
        skill_uris: vec![known_uri(), SECRET.to_owned()],
        ..Default::default()
    };
    let named = violations(service.catalogue().search_credentials(search).await);
    assert_eq!(named.len(), 1);
    assert!(
        named[0].starts_with("skillUris[1]: is not in ESCO (excerpt of ESCO"),
        "{named:?}"
    );
}

#[tokio::test]
async fn credentials_to_compare_must_be_known_several_and_different() {
    let service = Service::start().await;
    let compare = |ids: &[&str]| {
        let request = CompareCredentialsRequest {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        };
        let mut catalogue = service.catalogue();
        async move { violations(catalogue.compare_credentials(request).await) }
    };
    assert_eq!(
        compare(&["cedefop-01"]).await,
        ["ids: must name at least 2 credentials"]
    );
    assert_eq!(
        compare(&["cedefop-01", "cedefop-02", "cedefop-01"]).await,
        ["ids[2]: stands there twice"]
    );
    assert_eq!(
        compare(&["cedefop-01", "x", "y"]).await,
        [
            "ids[1]: is not in the catalogue",
            "ids[2]: is not in the catalogue"
        ]
    );
    assert_eq!(
        compare(&["cedefop-01"; 11]).await.last().unwrap(),
        "ids: has 11 entries, at most 10 are allowed"
    );
}

#[tokio::test]
async fn negative_and_absurd_limits_are_refused() {
    let hours = "constraints.hoursMax: must be a number from 0 to 100000";
    check_constraints(
        Constraints {
            hours_max: Some(-1.0),
            ..Default::default()
        },
        &[hours],
    )
    .await;
    check_constraints(
        Constraints {
            hours_max: Some(f64::INFINITY),
            ..Default::default()
        },
        &[hours],
    )
    .await;
    let cost = Money {
        amount: f64::MAX,
        currency: "EUR".to_owned(),
    };
    check_constraints(
        Constraints {
            cost_max: Some(cost),
            ..Default::default()
        },
        &["constraints.costMax.amount: must be a number from 0 to 1000000000000"],
    )
    .await;
    let swapped = Constraints {
        eqf_level_min: Some(6),
        eqf_level_max: Some(5),
        ..Default::default()
    };
    check_constraints(
        swapped,
        &["constraints.eqfLevelMin: is above constraints.eqfLevelMax"],
    )
    .await;
    check_constraints(
        Constraints {
            count_max: Some(0),
            ..Default::default()
        },
        &["constraints.countMax: must be from 1 to 10"],
    )
    .await;
    check_recommend(
        RecommendRequest {
            top_k: u32::MAX,
            ..for_ad()
        },
        &["topK: must be at most 100"],
    )
    .await;
    let sure = ExtractDemandRequest {
        ad: AD.to_owned(),
        min_confidence: Some(1.1),
        max_skills: 201,
        ..Default::default()
    };
    let service = Service::start().await;
    let answer = service.matching().extract_demand(sure).await;
    assert_eq!(
        violations(answer),
        [
            "minConfidence: must be a number from 0 to 1",
            "maxSkills: must be at most 200"
        ]
    );
}

#[tokio::test]
async fn constraints_that_contradict_each_other_or_say_nothing_are_refused() {
    let as_of = |day: &str, before: &str| RecommendRequest {
        as_of: day.to_owned(),
        constraints: Some(Constraints {
            start_before: before.to_owned(),
            ..Default::default()
        }),
        ..for_ad()
    };
    let no_date = |field: &str| format!("{field}: is no date such as 2026-01-31");
    check_recommend(as_of("2026-02-30", ""), &[&no_date("asOf")]).await;
    check_recommend(
        as_of("", "tomorrow"),
        &[&no_date("constraints.startBefore")],
    )
    .await;
    check_recommend(as_of("2026-01-31T10:00:00Z", ""), &[&no_date("asOf")]).await;
    let past = "constraints.startBefore: is not after the day of the request (asOf), so nothing can start before it";
    check_recommend(as_of("2026-11-22", "2026-11-22"), &[past]).await;
    check_recommend(as_of("", "2020-01-01"), &[past]).await;
    let funded_by = |names: Vec<String>| Constraints {
        must_be_funded_by: names,
        ..Default::default()
    };
    check_constraints(
        funded_by(vec!["?!".to_owned(), "x".repeat(201)]),
        &[
            "constraints.mustBeFundedBy[0]: has no word",
            "constraints.mustBeFundedBy[1]: has 201 bytes, at most 200 are allowed",
        ],
    )
    .await;
    check_constraints(
        funded_by(vec!["x".to_owned(); 21]),
        &["constraints.mustBeFundedBy: has 21 entries, at most 20 are allowed"],
    )
    .await;
    let cost = |amount: f64, currency: &str| Constraints {
        cost_max: Some(Money {
            amount,
            currency: currency.to_owned(),
        }),
        ..Default::default()
    };
    let amount = "constraints.costMax.amount: must be a number from 0 to 1000000000000";
    check_constraints(cost(-0.01, "EUR"), &[amount]).await;
    check_constraints(
        cost(f64::NAN, ""),
        &[
            amount,
            "constraints.costMax.currency: must be a code of 3 letters",
        ],
    )
    .await;
}

#[tokio::test]
async fn weights_that_weigh_nothing_or_no_number_are_refused() {
    let weights = |given: &[(&str, f64)]| RecommendRequest {
        weights: given
            .iter()
            .map(|(feature, weight)| FeatureWeight {
                feature: (*feature).to_owned(),
                weight: *weight,
            })
            .collect(),
        ..for_ad()
    };
    check_recommend(
        weights(&[("closure", 0.0), ("cost", 0.0)]),
        &["weights: sum to zero"],
    )
    .await;
    check_recommend(
        weights(&[
            ("closure", f64::NAN),
            ("cost", -1.0),
            ("trust", f64::INFINITY),
            ("beauty", 1.0),
        ]),
        &[
            "weights[0].weight: is negative or not finite",
            "weights[1].weight: is negative or not finite",
            "weights[2].weight: is negative or not finite",
            "weights[3].feature: is no feature",
        ],
    )
    .await;
    check_recommend(
        weights(&[("cost", 1.0), ("cost", 1.0)]),
        &["weights[1].feature: stands there twice"],
    )
    .await;
}

#[tokio::test]
async fn unknown_credentials_and_occupations_are_named() {
    let profile = Profile {
        occupations: vec![SECRET.to_owned()],
        credentials: vec!["cedefop-01".to_owned(), "my-secret".to_owned()],
        eqf_level: Some(0),
        ..Default::default()
    };
    let service = Service::start().await;
    let named = violations(
        service
            .matching()
            .recommend_credentials(RecommendRequest {
                profile: Some(profile),
                ..for_ad()
            })
            .await,
    );
    assert!(
        named[0].starts_with("profile.occupations[0]: is not in ESCO"),
        "{named:?}"
    );
    assert_eq!(
        named[1..],
        [
            "profile.credentials[1]: is not in the catalogue",
            "profile.eqfLevel: must be a level from 1 to 8"
        ]
    );
}

#[tokio::test]
async fn enum_numbers_that_the_contract_does_not_have_are_refused() {
    check_recommend(
        RecommendRequest {
            persona: -1,
            ..for_ad()
        },
        &["persona: is no persona"],
    )
    .await;
    check_constraints(
        Constraints {
            modes: vec![0, i32::MAX],
            ..Default::default()
        },
        &[
            "constraints.modes[0]: is no mode",
            "constraints.modes[1]: is no mode",
        ],
    )
    .await;
    let demand = vec![DemandedSkill {
        uri: known_uri(),
        requirement: i32::MIN,
        ..Default::default()
    }];
    check_recommend(
        RecommendRequest {
            demand,
            ..Default::default()
        },
        &["demand[0].requirement: is no requirement"],
    )
    .await;
}
