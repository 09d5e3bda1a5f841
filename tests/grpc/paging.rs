//! Pages of long lists.

use std::collections::BTreeSet;

use skillgap::api::wire::{
    Credential, DemandedSkill, LinkOrigin, Outcome, RecommendCredentialsRequest,
    SearchCredentialsRequest, SearchSkillsRequest, SkillLink,
};
use skillgap::serve::Source;

use crate::support::{
    AD, SKILL, Service, ad_target, config, en, skills_target, small_generation, starter_catalogue,
    upsert, violations,
};

fn everything(page_size: u32, page_token: String) -> SearchCredentialsRequest {
    SearchCredentialsRequest {
        page_size,
        page_token,
        ..Default::default()
    }
}

#[tokio::test]
async fn pages_together_are_the_whole_list_without_repetition() {
    let service = Service::start().await;
    let whole = service
        .catalogue()
        .search_credentials(everything(100, String::new()))
        .await
        .unwrap()
        .into_inner();
    assert!(whole.next_page_token.is_empty());
    let (mut ids, mut token) = (Vec::new(), String::new());
    loop {
        let page = service
            .catalogue()
            .search_credentials(everything(7, token))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(page.total_size, 44);
        ids.extend(page.credentials.into_iter().map(|credential| credential.id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(
        ids,
        whole
            .credentials
            .into_iter()
            .map(|credential| credential.id)
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn skills_and_recommendations_come_in_pages_too() {
    let service = Service::start().await;
    let search = |page_size, page_token| SearchSkillsRequest {
        text: "manage".to_owned(),
        page_size,
        page_token,
        ..Default::default()
    };
    let whole = service
        .skills()
        .search_skills(search(20, String::new()))
        .await
        .unwrap()
        .into_inner()
        .hits;
    let first = service
        .skills()
        .search_skills(search(10, String::new()))
        .await
        .unwrap()
        .into_inner();
    let second = service
        .skills()
        .search_skills(search(10, first.next_page_token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!([first.hits, second.hits].concat(), whole);

    // What the starter credentials teach, so that all of them are candidates.
    let credentials = skillgap_catalogue::starter_credentials().unwrap();
    let uris: BTreeSet<String> = credentials
        .into_iter()
        .flat_map(|credential| credential.outcomes)
        .flat_map(|outcome| outcome.skills)
        .map(|link| link.uri)
        .collect();
    let demand: Vec<DemandedSkill> = uris
        .into_iter()
        .take(200)
        .map(|uri| DemandedSkill {
            uri,
            ..Default::default()
        })
        .collect();
    let recommend = |top_k, page_token| RecommendCredentialsRequest {
        target: skills_target(demand.clone()),
        top_k,
        page_token,
        ..Default::default()
    };
    let whole = service
        .matching()
        .recommend_credentials(recommend(4, String::new()))
        .await
        .unwrap()
        .into_inner();
    let first = service
        .matching()
        .recommend_credentials(recommend(2, String::new()))
        .await
        .unwrap()
        .into_inner();
    let second = service
        .matching()
        .recommend_credentials(recommend(2, first.next_page_token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(whole.recommendations.len(), 4);
    assert_eq!(
        [first.recommendations, second.recommendations].concat(),
        whole.recommendations
    );
}

#[tokio::test]
async fn a_token_is_good_for_its_own_request_only() {
    let service = Service::start().await;
    let token = service
        .catalogue()
        .search_credentials(everything(7, String::new()))
        .await
        .unwrap()
        .into_inner()
        .next_page_token;
    let other = SearchCredentialsRequest {
        text: Some("welding".to_owned()),
        ..everything(7, token.clone())
    };
    let foreign = ["page_token: is no token of this request"];
    assert_eq!(
        violations(service.catalogue().search_credentials(other).await),
        foreign
    );
    let broken = format!("f{token}");
    assert_eq!(
        violations(
            service
                .catalogue()
                .search_credentials(everything(7, broken))
                .await
        ),
        foreign
    );
}

#[tokio::test]
async fn a_token_of_another_generation_says_so_where_the_order_is_made_for_the_request() {
    let service = Service::start().await;
    let request = |page_token| RecommendCredentialsRequest {
        target: ad_target(AD),
        top_k: 2,
        page_token,
        ..Default::default()
    };
    let token = service
        .matching()
        .recommend_credentials(request(String::new()))
        .await
        .unwrap()
        .into_inner()
        .next_page_token;
    let mut credentials = skillgap_catalogue::starter_credentials().unwrap();
    credentials.pop();
    let other = skillgap_catalogue::Catalogue::in_memory(
        skillgap_catalogue::starter_esco().unwrap(),
        credentials,
    )
    .unwrap();
    service.running.snapshots.swap(std::sync::Arc::new(other));
    let answer = service
        .matching()
        .recommend_credentials(request(token))
        .await;
    assert_eq!(
        violations(answer),
        ["page_token: is of another generation of the catalogue; begin again without it"]
    );
}

#[tokio::test]
async fn recommendations_go_on_after_a_commit_and_none_comes_twice() {
    let dir = tempfile::tempdir().unwrap();
    let ids: Vec<String> = (0..9).map(|number| format!("b{number}")).collect();
    small_generation(dir.path(), &[]);
    let service = Service::start_with(config(), Source::DataDir(dir.path().to_path_buf())).await;
    let credential = |id: &str| {
        let skills = vec![SkillLink {
            uri: SKILL.to_owned(),
            origin: LinkOrigin::Declared.into(),
            confidence: Some(1.0),
            ..Default::default()
        }];
        Credential {
            id: id.to_owned(),
            title: en("Welding"),
            outcomes: vec![Outcome {
                text: en("o"),
                skills,
            }],
            ..Default::default()
        }
    };
    let write = async |ids: Vec<String>| {
        let credentials = ids.iter().map(|id| credential(id)).collect();
        upsert(&mut service.catalogue(), credentials).await.unwrap();
    };
    write(ids.clone()).await;
    let demand = vec![DemandedSkill {
        uri: SKILL.to_owned(),
        ..Default::default()
    }];
    let (mut shown, mut token, mut n_pages) = (Vec::new(), String::new(), 0);
    loop {
        let request = RecommendCredentialsRequest {
            target: skills_target(demand.clone()),
            top_k: 2,
            page_token: token,
            ..Default::default()
        };
        let page = service
            .matching()
            .recommend_credentials(request)
            .await
            .unwrap()
            .into_inner();
        shown.extend(
            page.recommendations
                .into_iter()
                .map(|one| one.credential_id),
        );
        (token, n_pages) = (page.next_page_token, n_pages + 1);
        if token.is_empty() {
            break;
        }
        // The same score as all others: one comes before what was shown, one after it.
        if n_pages == 2 {
            write(vec!["a".to_owned(), "c".to_owned()]).await;
        }
    }
    assert_eq!(shown, [ids, vec!["c".to_owned()]].concat());
}

#[tokio::test]
async fn no_page_goes_beyond_the_results_that_can_be_reached() {
    let mut config = config();
    config.limits.results_max = 3;
    let service = Service::start_with(config, Source::Opened(starter_catalogue())).await;
    let request = |page_token| RecommendCredentialsRequest {
        target: ad_target(AD),
        top_k: 2,
        page_token,
        ..Default::default()
    };
    let first = service
        .matching()
        .recommend_credentials(request(String::new()))
        .await
        .unwrap()
        .into_inner();
    let second = service
        .matching()
        .recommend_credentials(request(first.next_page_token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            second.recommendations.len(),
            second.next_page_token.as_str()
        ),
        (1, "")
    );
}
