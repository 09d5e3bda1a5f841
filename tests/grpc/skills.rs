//! ESCO over the wire.

use skillgap::api::wire::{
    GetOccupationRequest, GetSkillRequest, LinkTextRequest, ListNarrowerRequest,
    SearchSkillsRequest, SkillType,
};

use crate::support::{Service, starter_catalogue};

#[tokio::test]
async fn skills_are_found_as_one_types() {
    let service = Service::start().await;
    let found = |query: &str| {
        let request = SearchSkillsRequest {
            text: query.to_owned(),
            ..Default::default()
        };
        let mut skills = service.skills();
        async move {
            skills
                .search_skills(request)
                .await
                .unwrap()
                .into_inner()
                .hits
        }
    };
    let hits = found("sell prod").await;
    assert_eq!(
        (
            hits[0].skill.as_ref().unwrap().label.as_str(),
            hits[0].matched_language_code.as_str()
        ),
        ("sell products", "en")
    );
    assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
    assert!(found("qqqqqq").await.is_empty());
}

#[tokio::test]
async fn a_sentence_is_linked_to_skills() {
    let service = Service::start().await;
    let request = LinkTextRequest {
        text: "You sell products in the shop".to_owned(),
        top_k: 3,
        ..Default::default()
    };
    let skills = service
        .skills()
        .link_text(request)
        .await
        .unwrap()
        .into_inner()
        .skills;
    assert_eq!(skills.len(), 3);
    assert!(
        skills
            .iter()
            .any(|linked| linked.skill.as_ref().unwrap().label == "sell products"),
        "{skills:?}"
    );
    assert!(
        skills
            .iter()
            .all(|skill| (0.0..=1.0).contains(&skill.confidence))
    );
}

#[tokio::test]
async fn a_skill_is_shown_with_labels_and_neighbours() {
    let service = Service::start().await;
    let catalogue = starter_catalogue();
    let known = catalogue
        .esco
        .skills
        .iter()
        .find(|skill| !skill.labels[0].alternatives.is_empty())
        .unwrap();
    let answer = service
        .skills()
        .get_skill(GetSkillRequest {
            uri: known.uri.clone(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner()
        .skill
        .unwrap();
    assert_eq!(
        (answer.uri.as_str(), answer.labels["en"].preferred()),
        (known.uri.as_str(), known.labels[0].preferred.as_str())
    );
    assert_eq!(
        answer.labels["en"].alternatives,
        known.labels[0].alternatives
    );
    assert!(matches!(
        answer.skill_type(),
        SkillType::Skill | SkillType::Knowledge | SkillType::Unspecified
    ));
}

#[tokio::test]
async fn an_occupation_is_shown_with_its_skills() {
    let service = Service::start().await;
    let catalogue = starter_catalogue();
    let known = catalogue
        .esco
        .occupations
        .iter()
        .find(|occupation| !occupation.essential.is_empty())
        .unwrap();
    let answer = service
        .skills()
        .get_occupation(GetOccupationRequest {
            uri: known.uri.clone(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner()
        .occupation
        .unwrap();
    assert_eq!(
        (answer.essential_skills.len(), answer.optional_skills.len()),
        (known.essential.len(), known.optional.len())
    );
    assert!(
        !answer.labels["en"].preferred().is_empty()
            && answer
                .essential_skills
                .iter()
                .all(|skill| !skill.label.is_empty())
    );
}

#[tokio::test]
async fn an_excerpt_without_groups_has_no_top() {
    let service = Service::start().await;
    let answer = service
        .skills()
        .list_narrower(ListNarrowerRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        answer.concepts.len(),
        starter_catalogue().esco.groups.len().min(50)
    );
}
