//! INVALID_ARGUMENT: every violation is named, by its path in the contract, and no value is quoted.

use skillgap::api::wire::{
    AnalyseGapRequest, BatchGetCredentialsRequest, Constraints, Coordinates, CredentialFact,
    DemandedSkill, ExtractDemandRequest, Feature, FeatureWeight, GetCredentialRequest,
    GetSkillRequest, HeldSkill, LanguageLevel, Level, LinkTextRequest, Money, Near, Place, Profile,
    RecommendCredentialsRequest, SearchCredentialsRequest, SearchSkillsRequest, Target, TimeOfDay,
    level,
};
use tonic::Code;

use crate::support::{
    AD, Service, ad_target, skills_target, starter_catalogue, violated, violations,
};

const SECRET: &str = "http://example.org/my-secret";

fn eqf(level: u32) -> Option<Level> {
    Some(Level {
        level: Some(level::Level::Eqf(level)),
    })
}

fn known_uri() -> String {
    starter_catalogue().esco.skills[0].uri.clone()
}

fn for_ad() -> RecommendCredentialsRequest {
    RecommendCredentialsRequest {
        target: ad_target(AD),
        ..Default::default()
    }
}

async fn check_recommend(request: RecommendCredentialsRequest, expected: &[&str]) {
    let service = Service::start().await;
    assert_eq!(
        violations(service.matching().recommend_credentials(request).await),
        expected
    );
}

async fn check_constraints(constraints: Constraints, expected: &[&str]) {
    check_recommend(
        RecommendCredentialsRequest {
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
    let request = RecommendCredentialsRequest {
        target: skills_target(vec![DemandedSkill {
            uri: SECRET.to_owned(),
            weight: Some(-1.0),
            requirement: 77,
            level: eqf(9),
            ..Default::default()
        }]),
        profile: Some(Profile {
            skills: vec![
                HeldSkill {
                    uri: known_uri(),
                    level: None,
                },
                HeldSkill {
                    uri: SECRET.to_owned(),
                    level: eqf(0),
                },
            ],
            occupations: vec![SECRET.to_owned()],
            credentials: vec![SECRET.to_owned()],
            text: None,
            eqf_level: Some(9),
            ..Default::default()
        }),
        constraints: Some(Constraints {
            hours_max: Some(f64::NAN),
            cost_max: Some(Money {
                amount: -5.0,
                currency: "my-secret".to_owned(),
            }),
            languages: vec!["en".to_owned(), "my secret".to_owned()],
            countries: vec!["*".to_owned(), "my-secret".to_owned()],
            modes: vec![2, 99],
            eqf_level_min: Some(9),
            eqf_level_max: Some(0),
            steps_max: Some(11),
            ..Default::default()
        }),
        persona: 42,
        weights: vec![FeatureWeight {
            feature: 77,
            weight: 1.0,
        }],
        top_k: 101,
        page_token: "my-secret".to_owned(),
        language_code: Some("my secret".to_owned()),
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
    let mut named = violated::<()>(Err(status));
    named.sort();
    let mut expected = [
        "target.demand[0].uri",
        "target.demand[0].weight",
        "target.demand[0].requirement",
        "target.demand[0].level.eqf",
        "profile.skills[1].uri",
        "profile.skills[1].level.eqf",
        "profile.occupations[0]",
        "profile.credentials[0]",
        "profile.eqf_level",
        "constraints.hours_max",
        "constraints.cost_max.amount",
        "constraints.cost_max.currency",
        "constraints.eqf_level_min",
        "constraints.eqf_level_max",
        "constraints.steps_max",
        "constraints.languages[1]",
        "constraints.countries[1]",
        "constraints.modes[1]",
        "persona",
        "weights[0].feature",
        "top_k",
        "page_token",
        "language_code",
    ];
    expected.sort();
    assert_eq!(named, expected);
}

#[tokio::test]
async fn more_violations_than_a_header_holds_are_counted() {
    let service = Service::start().await;
    let skills = vec![
        HeldSkill {
            uri: SECRET.to_owned(),
            level: eqf(9),
        };
        500
    ];
    let request = AnalyseGapRequest {
        target: ad_target(AD),
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
    let none = "target: is missing";
    assert_eq!(
        violations(
            service
                .matching()
                .recommend_credentials(RecommendCredentialsRequest::default())
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
    let target = |ad: &str, uri: &str| AnalyseGapRequest {
        target: Some(Target {
            ad: Some(ad.to_owned()),
            occupation_uri: Some(uri.to_owned()),
            ..Default::default()
        }),
        ..Default::default()
    };
    for (ad, uri, field) in [("", "", "target.ad"), (AD, SECRET, "target")] {
        assert_eq!(
            violated(service.matching().analyse_gap(target(ad, uri)).await),
            [field]
        );
    }
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
        ["text: is empty"]
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
    let several = service
        .catalogue()
        .batch_get_credentials(BatchGetCredentialsRequest::default())
        .await;
    assert_eq!(violations(several), ["ids: is empty"]);
}

#[tokio::test]
async fn an_ad_of_white_space_is_empty() {
    check_recommend(
        RecommendCredentialsRequest {
            target: ad_target(" \n\t "),
            ..Default::default()
        },
        &["target.ad: is empty"],
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
        text: "x".repeat(201),
        ..Default::default()
    };
    assert_eq!(
        violations(service.skills().search_skills(search).await),
        ["text: has 201 bytes, at most 200 are allowed"]
    );
    let search = SearchCredentialsRequest {
        text: Some("x".repeat(1_025)),
        ..Default::default()
    };
    assert_eq!(
        violations(service.catalogue().search_credentials(search).await),
        ["text: has 1025 bytes, at most 1024 are allowed"]
    );
    let profile = Profile {
        text: Some("x".repeat((64 << 10) + 1)),
        ..Default::default()
    };
    check_recommend(
        RecommendCredentialsRequest {
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
                level: None,
            })
            .collect();
        AnalyseGapRequest {
            target: ad_target(AD),
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
                target: skills_target(asking(200)),
                ..Default::default()
            })
            .await
            .is_ok()
    );
    let answer = service
        .matching()
        .analyse_gap(AnalyseGapRequest {
            target: skills_target(asking(201)),
            ..Default::default()
        })
        .await;
    assert_eq!(
        violations(answer),
        ["target.demand: has 201 entries, at most 200 are allowed"]
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
        named[0].starts_with("skill_uris[1]: is not in ESCO (excerpt of ESCO"),
        "{named:?}"
    );
}

#[tokio::test]
async fn credentials_by_id_must_be_named_once_and_not_too_many() {
    let service = Service::start().await;
    let ask = |ids: &[&str]| {
        let request = BatchGetCredentialsRequest {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..Default::default()
        };
        let mut catalogue = service.catalogue();
        async move { violations(catalogue.batch_get_credentials(request).await) }
    };
    assert_eq!(
        ask(&["cedefop-01", "", "cedefop-01"]).await,
        ["ids[1]: is empty", "ids[2]: stands there twice"]
    );
    assert_eq!(
        ask(&["cedefop-01"; 101]).await,
        ["ids: has 101 entries, at most 100 are allowed"]
    );
}

#[tokio::test]
async fn what_is_not_supported_yet_is_refused_and_never_ignored() {
    let service = Service::start().await;
    let search = SearchCredentialsRequest {
        facets: vec![CredentialFact::Cost.into()],
        ..Default::default()
    };
    let answer = service.catalogue().search_credentials(search).await;
    assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
async fn negative_and_absurd_limits_are_refused() {
    let hours = "constraints.hours_max: must be a number from 0 to 100000";
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
        &["constraints.cost_max.amount: must be a number from 0 to 1000000000000"],
    )
    .await;
    let swapped = Constraints {
        eqf_level_min: Some(6),
        eqf_level_max: Some(5),
        ..Default::default()
    };
    check_constraints(
        swapped,
        &["constraints.eqf_level_min: is above the highest level"],
    )
    .await;
    check_constraints(
        Constraints {
            steps_max: Some(0),
            ..Default::default()
        },
        &["constraints.steps_max: must be from 1 to 10"],
    )
    .await;
    check_recommend(
        RecommendCredentialsRequest {
            top_k: u32::MAX,
            ..for_ad()
        },
        &["top_k: must be at most 100"],
    )
    .await;
    let sure = ExtractDemandRequest {
        ad: AD.to_owned(),
        confidence_min: Some(1.1),
        skills_max: 201,
        ..Default::default()
    };
    let service = Service::start().await;
    let answer = service.matching().extract_demand(sure).await;
    assert_eq!(
        violations(answer),
        [
            "confidence_min: must be a number from 0 to 1",
            "skills_max: must be at most 200"
        ]
    );
}

#[tokio::test]
async fn wishes_that_say_nothing_are_refused() {
    let place = |place| Constraints {
        near: Some(Near {
            place: Some(place),
            distance_km_max: Some(30.0),
        }),
        ..Default::default()
    };
    check_constraints(
        place(Place::default()),
        &["constraints.near.place.coordinates: are missing; a distance is measured from them"],
    )
    .await;
    let coordinates = Some(Coordinates {
        latitude: 95.0,
        longitude: 13.0,
    });
    check_constraints(
        place(Place {
            coordinates,
            ..Default::default()
        }),
        &["constraints.near.place.coordinates.latitude: must be a number from -90 to 90"],
    )
    .await;
    let constraints = Constraints {
        near: Some(Near::default()),
        times_of_day: vec![TimeOfDay::Evening.into(), 0],
        language_levels: vec![LanguageLevel {
            language_code: "de".to_owned(),
            level: 0,
        }],
        rights: vec![String::new()],
        bases_of_award: vec![77],
        ..Default::default()
    };
    check_constraints(
        constraints,
        &[
            "constraints.near.place: is missing",
            "constraints.times_of_day[1]: says nothing",
            "constraints.language_levels[0].level: is missing",
            "constraints.rights[0]: is empty",
            "constraints.bases_of_award[0]: is no value of this enum",
        ],
    )
    .await;
}

#[tokio::test]
async fn constraints_that_contradict_each_other_or_say_nothing_are_refused() {
    let as_of = |day: &str, before: &str| RecommendCredentialsRequest {
        as_of: Some(day.to_owned()),
        constraints: Some(Constraints {
            start_before: Some(before.to_owned()),
            ..Default::default()
        }),
        ..for_ad()
    };
    let no_date = |field: &str| format!("{field}: is no date such as 2026-01-31");
    check_recommend(as_of("2026-02-30", ""), &[&no_date("as_of")]).await;
    check_recommend(
        as_of("", "tomorrow"),
        &[&no_date("constraints.start_before")],
    )
    .await;
    check_recommend(as_of("2026-01-31T10:00:00Z", ""), &[&no_date("as_of")]).await;
    let past = "constraints.start_before: is not after the day of the request, so nothing can start before it";
    check_recommend(as_of("2026-11-22", "2026-11-22"), &[past]).await;
    check_recommend(as_of("", "2020-01-01"), &[past]).await;
    let funded_by = |names: Vec<String>| Constraints {
        funded_by: names,
        ..Default::default()
    };
    check_constraints(
        funded_by(vec!["?!".to_owned(), "x".repeat(201)]),
        &[
            "constraints.funded_by[0]: has no word",
            "constraints.funded_by[1]: has 201 bytes, at most 200 are allowed",
        ],
    )
    .await;
    check_constraints(
        funded_by(vec!["x".to_owned(); 21]),
        &["constraints.funded_by: has 21 entries, at most 20 are allowed"],
    )
    .await;
    let cost = |amount: f64, currency: &str| Constraints {
        cost_max: Some(Money {
            amount,
            currency: currency.to_owned(),
        }),
        ..Default::default()
    };
    let amount = "constraints.cost_max.amount: must be a number from 0 to 1000000000000";
    check_constraints(cost(-0.01, "EUR"), &[amount]).await;
    check_constraints(
        cost(f64::NAN, ""),
        &[
            amount,
            "constraints.cost_max.currency: must be a code of 3 letters",
        ],
    )
    .await;
}

#[tokio::test]
async fn weights_that_weigh_nothing_or_no_number_are_refused() {
    let weights = |given: &[(Feature, f64)]| RecommendCredentialsRequest {
        weights: given
            .iter()
            .map(|(feature, weight)| FeatureWeight {
                feature: (*feature).into(),
                weight: *weight,
            })
            .collect(),
        ..for_ad()
    };
    check_recommend(
        weights(&[(Feature::Closure, 0.0), (Feature::Cost, 0.0)]),
        &["weights: sum to zero"],
    )
    .await;
    check_recommend(
        weights(&[
            (Feature::Closure, f64::NAN),
            (Feature::Cost, -1.0),
            (Feature::Trust, f64::INFINITY),
            (Feature::Unspecified, 1.0),
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
        weights(&[(Feature::Cost, 1.0), (Feature::Cost, 1.0)]),
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
            .recommend_credentials(RecommendCredentialsRequest {
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
            "profile.eqf_level: must be a level from 1 to 8"
        ]
    );
}

#[tokio::test]
async fn enum_numbers_that_the_contract_does_not_have_are_refused() {
    check_recommend(
        RecommendCredentialsRequest {
            persona: -1,
            ..for_ad()
        },
        &["persona: is no value of this enum"],
    )
    .await;
    check_constraints(
        Constraints {
            modes: vec![0, i32::MAX],
            ..Default::default()
        },
        &[
            "constraints.modes[0]: says nothing",
            "constraints.modes[1]: is no value of this enum",
        ],
    )
    .await;
    let demand = vec![DemandedSkill {
        uri: known_uri(),
        requirement: i32::MIN,
        ..Default::default()
    }];
    check_recommend(
        RecommendCredentialsRequest {
            target: skills_target(demand),
            ..Default::default()
        },
        &["target.demand[0].requirement: is no value of this enum"],
    )
    .await;
}
