//! The main job over the wire.

use skillgap::api::wire::{
    AnalyseGapRequest, DemandedSkill, ExtractDemandRequest, GapState, HeldSkill, HeldSource,
    Persona, Profile, RecommendCredentialsRequest, Requirement, SignalStanding,
};
use skillgap::api::{View, answer_json, recommend_credentials};

use crate::support::{AD, Service, ad_target, occupation_target, skills_target, starter_catalogue};

/// The URI of the skill with this English label.
fn skill(label: &str) -> String {
    let catalogue = starter_catalogue();
    let found = catalogue
        .esco
        .skills
        .iter()
        .find(|skill| skill.labels.iter().any(|labels| labels.preferred == label));
    found
        .unwrap_or_else(|| panic!("no skill {label}"))
        .uri
        .clone()
}

fn demanded(uri: &str, weight: f64) -> DemandedSkill {
    DemandedSkill {
        uri: uri.to_owned(),
        weight: Some(weight),
        ..DemandedSkill::default()
    }
}

#[tokio::test]
async fn an_ad_is_read_with_the_words_that_show_each_skill() {
    let service = Service::start().await;
    let answer = service
        .matching()
        .extract_demand(ExtractDemandRequest {
            ad: AD.to_owned(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    let read = answer.ad_understanding.unwrap();
    assert_eq!(
        (read.language_code.as_str(), read.language_has_labels),
        ("en", true)
    );
    assert!(read.n_understood > 0 && read.n_understood <= read.n_askings);
    assert!(answer.demand.len() >= 3, "{} skills", answer.demand.len());
    for skill in &answer.demand {
        assert!(
            !skill.label.is_empty()
                && skill.weight() > 0.0
                && skill.weight() <= 1.0
                && (0.0..=1.0).contains(&skill.confidence)
        );
        assert!(
            !skill.spans.is_empty()
                && skill
                    .spans
                    .iter()
                    .all(|span| AD.get(span.start as usize..span.end as usize).is_some())
        );
    }
    assert!(answer.demand.is_sorted_by(|a, b| a.weight >= b.weight));
    assert!(
        answer
            .context
            .unwrap()
            .snapshot
            .unwrap()
            .esco_version
            .starts_with("excerpt of ESCO")
    );
}

#[tokio::test]
async fn an_ad_that_asks_for_nothing_is_a_valid_answer() {
    let service = Service::start().await;
    let request = RecommendCredentialsRequest {
        target: ad_target("zzz"),
        plan_pathway: true,
        ..Default::default()
    };
    let answer = service
        .matching()
        .recommend_credentials(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            answer.demand.len(),
            answer.gap.len(),
            answer.recommendations.len(),
            answer.readiness
        ),
        (0, 0, 0, None)
    );
    assert!(!answer.pathway.unwrap().summary.is_empty());
}

#[tokio::test]
async fn most_skills_and_least_confidence_are_respected() {
    let service = Service::start().await;
    let request = ExtractDemandRequest {
        ad: AD.to_owned(),
        skills_max: 2,
        confidence_min: Some(0.0),
        ..Default::default()
    };
    let answer = service
        .matching()
        .extract_demand(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.demand.len(), 2);
    let sure = ExtractDemandRequest {
        ad: AD.to_owned(),
        confidence_min: Some(1.0),
        ..Default::default()
    };
    let answer = service
        .matching()
        .extract_demand(sure)
        .await
        .unwrap()
        .into_inner();
    assert!(answer.demand.iter().all(|skill| skill.confidence >= 1.0));
}

#[tokio::test]
async fn a_gap_says_what_is_met_and_by_which_held_skill() {
    let service = Service::start().await;
    let (sell, lead) = (skill("sell products"), skill("lead a team"));
    let request = AnalyseGapRequest {
        target: skills_target(vec![demanded(&sell, 0.0), demanded(&lead, 0.5)]),
        profile: Some(Profile {
            skills: vec![HeldSkill {
                uri: sell.clone(),
                level: None,
            }],
            ..Default::default()
        }),
        ..Default::default()
    };
    let answer = service
        .matching()
        .analyse_gap(request)
        .await
        .unwrap()
        .into_inner();
    let first = &answer.gap[0];
    assert_eq!(
        (
            first.uri.as_str(),
            first.weight,
            first.held,
            first.remaining,
            first.state()
        ),
        (sell.as_str(), 1.0, 1.0, 0.0, GapState::Met)
    );
    assert_eq!(
        (first.nearest_held_uri(), first.nearest_held_source()),
        (sell.as_str(), HeldSource::Stated)
    );
    assert_eq!(answer.gap[1].state(), GapState::Missing);
    assert_eq!(
        answer
            .demand
            .iter()
            .map(|demanded| demanded.requirement())
            .collect::<Vec<_>>(),
        [Requirement::Essential; 2]
    );
    assert!((answer.readiness() - 1.0 / 1.5).abs() < 1e-9);
}

#[tokio::test]
async fn an_occupation_is_a_target() {
    let service = Service::start().await;
    let catalogue = starter_catalogue();
    let occupation = catalogue
        .esco
        .occupations
        .iter()
        .find(|occupation| !occupation.essential.is_empty())
        .unwrap();
    let request = AnalyseGapRequest {
        target: occupation_target(&occupation.uri.clone()),
        ..Default::default()
    };
    let answer = service
        .matching()
        .analyse_gap(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        answer.demand.len(),
        (occupation.essential.len() + occupation.optional.len()).min(200)
    );
    assert_eq!(answer.readiness(), 0.0);
}

#[tokio::test]
async fn recommendations_come_with_all_their_reasons() {
    let service = Service::start().await;
    let request = RecommendCredentialsRequest {
        target: ad_target(AD),
        persona: Persona::Unemployed.into(),
        plan_pathway: true,
        ..Default::default()
    };
    let answer = service
        .matching()
        .recommend_credentials(request)
        .await
        .unwrap()
        .into_inner();
    assert!(!answer.recommendations.is_empty());
    assert!(
        (answer
            .weights
            .iter()
            .map(|weight| weight.weight)
            .sum::<f64>()
            - 1.0)
            .abs()
            < 1e-9
    );
    for one in &answer.recommendations {
        let sum: f64 = one.contributions.iter().map(|part| part.contribution).sum();
        assert!((sum - one.score).abs() < 1e-9, "{}", one.credential_id);
        // What is near in wording alone covers nothing and closes nothing.
        assert!(
            !one.title.is_empty()
                && !one.reasons.is_empty()
                && one.covers.is_empty() == (one.closure() == 0.0)
        );
        let trust = one.trust.as_ref().unwrap();
        assert_eq!(trust.signals.len(), 9);
        assert!(
            trust
                .signals
                .iter()
                .any(|signal| signal.standing() == SignalStanding::NotStated)
        );
    }
    assert!(
        answer
            .recommendations
            .is_sorted_by(|a, b| a.score >= b.score)
    );
    let pathway = answer.pathway.unwrap();
    assert!(pathway.closure() <= pathway.closure_upper_bound() && !pathway.summary.is_empty());
}

#[tokio::test]
async fn the_same_request_has_the_same_answer_over_the_wire_and_in_json() {
    let service = Service::start().await;
    let request = RecommendCredentialsRequest {
        target: ad_target(AD),
        persona: Persona::Employee.into(),
        top_k: 5,
        ..Default::default()
    };
    let wire = service
        .matching()
        .recommend_credentials(request)
        .await
        .unwrap()
        .into_inner();
    let request = serde_json::json!({ "id": 7, "ad": AD, "persona": "employee", "topK": 5 });
    let view = View {
        catalogue: &starter_catalogue(),
        limits: &skillgap::Limits::default(),
        policy: &skillgap::config::Policy::default(),
        today: skillgap_credentials::day::today(),
        market: None,
        unheard_seconds: None,
        watch: &skillgap::engine::Watch::unlimited(),
    };
    let json = answer_json(&view, recommend_credentials, request).unwrap();
    let wire = serde_json::to_string(&wire).unwrap();
    assert_eq!(json, wire.replacen('{', "{\"id\":7,", 1));
}

#[tokio::test]
async fn an_ad_is_about_the_occupation_that_its_title_and_tasks_name() {
    let (service, catalogue) = (Service::start().await, starter_catalogue());
    let occupation = catalogue
        .esco
        .occupations
        .iter()
        .find(|occupation| occupation.essential.len() > 8)
        .unwrap();
    let label = &occupation.labels[0].preferred;
    let tasks: String = occupation
        .essential
        .iter()
        .take(8)
        .map(|skill| format!("- {}\n", catalogue.skill_label(*skill, "en")))
        .collect();
    let about = |ad: String| {
        let mut client = service.matching();
        async move {
            client
                .extract_demand(ExtractDemandRequest {
                    ad,
                    ..Default::default()
                })
                .await
                .unwrap()
                .into_inner()
                .ad_understanding
                .unwrap()
                .occupations
        }
    };
    let found = about(format!("{label} (m/f/d), Lyon\n\nYour tasks\n{tasks}")).await;
    let first = found[0].occupation.as_ref().unwrap();
    assert_eq!((&first.uri, &first.label), (&occupation.uri, label));
    assert!(
        found[0].confidence >= 0.5
            && found
                .iter()
                .all(|about| (0.1..=1.0).contains(&about.confidence)),
        "{found:?}"
    );
    assert!(found.is_sorted_by(|a, b| a.confidence >= b.confidence) && found.len() <= 5);
    assert!(
        about("Summer party\nBring your friends and enjoy music and food.".to_owned())
            .await
            .is_empty()
    );
}
