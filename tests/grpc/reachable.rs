//! SuggestOccupations over the wire, and where held skills come from.

use skillgap::api::wire::{
    AnalyseGapRequest, Constraints, CoverageRoad, DemandedSkill, GapState, HeldSkill, HeldSource,
    Money, Profile, Reach, Requirement, SuggestOccupationsRequest, SuggestedOccupation,
};
use skillgap_esco::Occupation;

use crate::support::{
    Service, level, occupation_target, skills_target, starter_catalogue, violated, violations,
};

const SECRET: &str = "http://example.org/my-secret";

/// An occupation with several essential skills.
fn occupation() -> Occupation {
    let catalogue = starter_catalogue();
    let whole = |occupation: &&Occupation| occupation.essential.len() > 5;
    catalogue
        .esco
        .occupations
        .iter()
        .find(whole)
        .unwrap()
        .clone()
}

fn uri(suggested: &SuggestedOccupation) -> &str {
    &suggested.occupation.as_ref().unwrap().uri
}

fn past(occupation: &Occupation) -> Profile {
    Profile {
        occupations: vec![occupation.uri.clone()],
        ..Default::default()
    }
}

#[tokio::test]
async fn who_holds_all_of_an_occupation_is_ready_for_it() {
    let (service, occupation) = (Service::start().await, occupation());
    let held = |skill: &skillgap_esco::SkillId| HeldSkill {
        uri: starter_catalogue().skill_uri(*skill).to_owned(),
        level: None,
    };
    let skills = occupation
        .essential
        .iter()
        .chain(&occupation.optional)
        .map(held)
        .collect();
    let request = SuggestOccupationsRequest {
        profile: Some(Profile {
            skills,
            ..Default::default()
        }),
        ..Default::default()
    };
    let answer = service
        .matching()
        .suggest_occupations(request)
        .await
        .unwrap()
        .into_inner();
    let first = &answer.occupations[0];
    assert_eq!(
        (uri(first), first.readiness, first.reach()),
        (occupation.uri.as_str(), 1.0, Reach::Ready)
    );
    assert!(
        first.missing.is_empty()
            && first.n_essential as usize == occupation.essential.len()
            && !first.shared.is_empty()
    );
    assert_eq!(answer.occupations.len(), 10);
    // Those of which nothing is held are not within reach.
    assert!(
        (10..starter_catalogue().esco.occupations.len()).contains(&(answer.total_size as usize))
    );
    assert!(answer.occupations.iter().all(|one| one.readiness > 0.0));
    assert!(
        answer
            .occupations
            .is_sorted_by(|a, b| a.readiness >= b.readiness)
    );
}

#[tokio::test]
async fn the_readiness_is_that_of_a_gap_analysis() {
    let (service, occupation) = (Service::start().await, occupation());
    let request = SuggestOccupationsRequest {
        profile: Some(past(&occupation)),
        top_k: 100,
        ..Default::default()
    };
    let answer = service
        .matching()
        .suggest_occupations(request)
        .await
        .unwrap()
        .into_inner();
    let other = &answer.occupations[0];
    assert!(
        !answer
            .occupations
            .iter()
            .any(|shown| uri(shown) == occupation.uri),
        "the own occupation is shown"
    );
    let gap = AnalyseGapRequest {
        target: occupation_target(uri(other)),
        profile: Some(past(&occupation)),
        ..Default::default()
    };
    let gap = service
        .matching()
        .analyse_gap(gap)
        .await
        .unwrap()
        .into_inner();
    assert!(
        (gap.readiness() - other.readiness).abs() < 1e-9,
        "{} against {}",
        gap.readiness(),
        other.readiness
    );
    let held = |uri: &str| gap.gap.iter().find(|item| item.uri == uri).unwrap().held;
    assert!(other.missing.iter().all(|missing| {
        (missing.held - held(&missing.skill.as_ref().unwrap().uri)).abs() < 1e-9
            && missing.held < 0.5
    }));
}

#[tokio::test]
async fn filters_and_pages_are_respected() {
    let (service, occupation) = (Service::start().await, occupation());
    let request = SuggestOccupationsRequest {
        profile: Some(past(&occupation)),
        include_own: true,
        top_k: 3,
        ..Default::default()
    };
    let ask = |request: SuggestOccupationsRequest| {
        let mut client = service.matching();
        async move {
            client
                .suggest_occupations(request)
                .await
                .unwrap()
                .into_inner()
        }
    };
    let first = ask(request.clone()).await;
    assert_eq!(
        (uri(&first.occupations[0]), first.occupations.len()),
        (occupation.uri.as_str(), 3)
    );
    let second = ask(SuggestOccupationsRequest {
        page_token: first.next_page_token.clone(),
        ..request.clone()
    })
    .await;
    let whole = ask(SuggestOccupationsRequest {
        top_k: 6,
        ..request.clone()
    })
    .await;
    assert_eq!(
        [first.occupations.clone(), second.occupations].concat(),
        whole.occupations
    );
    let without = SuggestOccupationsRequest {
        excluded_occupation_uris: vec![uri(&whole.occupations[1]).to_owned()],
        ..request.clone()
    };
    assert_eq!(
        uri(&ask(without).await.occupations[1]),
        uri(&whole.occupations[2])
    );
    let sure = ask(SuggestOccupationsRequest {
        readiness_min: Some(whole.occupations[1].readiness),
        ..request.clone()
    })
    .await;
    assert_eq!(sure.total_size, 2);
    // The excerpt has no ISCO codes, and what is not stated fails.
    let grouped = ask(SuggestOccupationsRequest {
        isco_groups: vec!["25".to_owned()],
        ..request
    })
    .await;
    assert_eq!(
        (
            grouped.total_size,
            grouped.occupations.len(),
            grouped.next_page_token.as_str()
        ),
        (0, 0, "")
    );
}

#[tokio::test]
async fn all_violations_of_a_request_for_occupations_are_named() {
    let service = Service::start().await;
    let request = SuggestOccupationsRequest {
        profile: Some(Profile {
            occupations: vec![SECRET.to_owned()],
            ..Default::default()
        }),
        constraints: Some(Constraints {
            cost_max: Some(Money {
                amount: -1.0,
                currency: "EUR".to_owned(),
            }),
            ..Default::default()
        }),
        isco_groups: vec![
            "52".to_owned(),
            "5x".to_owned(),
            String::new(),
            "12345".to_owned(),
        ],
        excluded_occupation_uris: vec![SECRET.to_owned()],
        readiness_min: Some(f64::NAN),
        top_k: 101,
        missing_max: 201,
        page_token: "my-secret".to_owned(),
        language_code: Some("my secret".to_owned()),
        ..Default::default()
    };
    let status = service
        .matching()
        .suggest_occupations(request)
        .await
        .unwrap_err();
    assert!(
        !format!("{status:?} {}", String::from_utf8_lossy(status.details())).contains("secret"),
        "{status:?}"
    );
    let mut fields = violated::<()>(Err(status));
    fields.sort();
    let expected = [
        "constraints.cost_max.amount",
        "excluded_occupation_uris[0]",
        "isco_groups[1]",
        "isco_groups[2]",
        "isco_groups[3]",
        "language_code",
        "missing_max",
        "page_token",
        "profile.occupations[0]",
        "readiness_min",
        "top_k",
    ];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_held_skill_names_all_its_sources_and_the_road() {
    let (service, occupation) = (Service::start().await, occupation());
    let uri = starter_catalogue()
        .skill_uri(occupation.essential[0])
        .to_owned();
    let profile = Profile {
        skills: vec![HeldSkill {
            uri: uri.clone(),
            level: level("basic"),
        }],
        ..past(&occupation)
    };
    let demand = vec![DemandedSkill {
        uri,
        level: level("advanced"),
        ..Default::default()
    }];
    let request = AnalyseGapRequest {
        target: skills_target(demand),
        profile: Some(profile),
        ..Default::default()
    };
    let answer = service
        .matching()
        .analyse_gap(request)
        .await
        .unwrap()
        .into_inner();
    let item = &answer.gap[0];
    assert_eq!(
        (item.road(), item.held_level, item.state()),
        (CoverageRoad::Equal, level("basic"), GapState::Partly)
    );
    assert!((item.held - 0.4).abs() < 1e-9 && (item.coverage, item.certainty) == (1.0, 1.0));
    let sources: Vec<_> = item
        .sources
        .iter()
        .map(|source| (source.source(), source.level))
        .collect();
    assert_eq!(
        sources,
        [
            (HeldSource::Stated, level("basic")),
            (HeldSource::Occupation, None)
        ]
    );
    assert_eq!(
        item.sources[1].occupation.as_ref().unwrap().uri,
        occupation.uri
    );
    assert!((item.sources[1].certainty - 0.8).abs() < 1e-9 && !item.level_in_doubt);
    assert_eq!(answer.demand[0].requirement(), Requirement::Essential);
}

#[tokio::test]
async fn two_levels_of_one_skill_contradict_each_other_and_the_same_twice_does_not() {
    let (service, occupation) = (Service::start().await, occupation());
    let uri = starter_catalogue()
        .skill_uri(occupation.essential[0])
        .to_owned();
    let ask = |levels: &[&str]| {
        let skills = levels
            .iter()
            .map(|name| HeldSkill {
                uri: uri.clone(),
                level: level(name),
            })
            .collect();
        let profile = Some(Profile {
            skills,
            ..Default::default()
        });
        let request = AnalyseGapRequest {
            target: occupation_target(&occupation.uri.clone()),
            profile,
            ..Default::default()
        };
        let mut client = service.matching();
        async move { client.analyse_gap(request).await }
    };
    assert!(ask(&["B1", "B1"]).await.is_ok());
    let contradiction = "profile.skills[2].level: contradicts profile.skills[0].level";
    assert_eq!(violations(ask(&["B1", "B1", "C1"]).await), [contradiction]);
    assert_eq!(
        violations(ask(&["", "B1"]).await),
        ["profile.skills[1].level: contradicts profile.skills[0].level"]
    );
}
