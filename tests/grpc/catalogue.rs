//! Credentials over the wire.

use skillgap::api::wire::{
    BatchGetCredentialsRequest, Constraints, DeliveryMode, GetCredentialRequest,
    GetServerInfoRequest, SearchCredentialsRequest,
};

use crate::support::{Service, starter_catalogue};

#[tokio::test]
async fn a_credential_is_shown_whole() {
    let service = Service::start().await;
    let known = starter_catalogue()
        .credentials
        .get("cedefop-02")
        .unwrap()
        .unwrap();
    let answer = service
        .catalogue()
        .get_credential(GetCredentialRequest {
            id: known.id.clone(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    let shown = answer.credential.unwrap();
    assert_eq!(
        (shown.title["en"].as_str(), shown.outcomes.len()),
        (known.title["en"].as_str(), known.outcomes.len())
    );
    assert_eq!(shown.cost.unwrap().currency, "DKK");
    assert_eq!(shown.workload.unwrap_or_default().hours, known.hours());
    assert!(
        shown
            .outcomes
            .iter()
            .flat_map(|outcome| &outcome.skills)
            .all(|link| !link.label().is_empty())
    );
}

#[tokio::test]
async fn credentials_are_found_by_words_skills_and_constraints() {
    let service = Service::start().await;
    let search = |request: SearchCredentialsRequest| {
        let mut catalogue = service.catalogue();
        async move {
            catalogue
                .search_credentials(request)
                .await
                .unwrap()
                .into_inner()
        }
    };
    let all = search(SearchCredentialsRequest::default()).await;
    assert_eq!((all.total_size, all.credentials.len()), (44, 20));
    let by_words = search(SearchCredentialsRequest {
        text: Some("welding".to_owned()),
        ..Default::default()
    })
    .await;
    assert!(by_words.total_size >= 1 && by_words.credentials[0].title["en"].contains("welding"));
    let taught = &by_words.credentials[0].outcomes[0].skills[0].uri;
    let by_skill = search(SearchCredentialsRequest {
        skill_uris: vec![taught.clone()],
        ..Default::default()
    })
    .await;
    assert!(
        by_skill
            .credentials
            .iter()
            .any(|found| found.id == by_words.credentials[0].id)
    );
    let danish = Constraints {
        countries: vec!["dk".to_owned()],
        ..Default::default()
    };
    let by_country = search(SearchCredentialsRequest {
        constraints: Some(danish),
        ..Default::default()
    })
    .await;
    assert!(
        by_country.total_size >= 1
            && by_country.credentials.iter().all(|found| found
                .access
                .iter()
                .flat_map(|access| &access.countries)
                .any(|code| code == "DK" || code == "*"))
    );
    let online = Constraints {
        modes: vec![DeliveryMode::Online.into()],
        ..Default::default()
    };
    let by_mode = search(SearchCredentialsRequest {
        constraints: Some(online),
        ..Default::default()
    })
    .await;
    assert!(
        by_mode
            .credentials
            .iter()
            .all(|found| found.access.as_ref().unwrap().mode() == DeliveryMode::Online)
    );
}

#[tokio::test]
async fn several_credentials_are_shown_whole_and_in_order_and_what_is_missing_is_named() {
    let service = Service::start().await;
    let ids = ["cedefop-02", "none", "cedefop-01"].map(str::to_owned);
    let request = BatchGetCredentialsRequest {
        ids: ids.to_vec(),
        ..Default::default()
    };
    let answer = service.catalogue().batch_get_credentials(request).await;
    let answer = answer.unwrap().into_inner();
    let shown: Vec<&str> = answer
        .credentials
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(shown, ["cedefop-02", "cedefop-01"]);
    assert_eq!(answer.missing_ids, ["none"]);
    assert!(
        answer
            .credentials
            .iter()
            .all(|one| !one.outcomes.is_empty())
    );
}

#[tokio::test]
async fn the_status_says_what_the_service_runs_on() {
    let service = Service::start().await;
    let status = service
        .catalogue()
        .get_server_info(GetServerInfoRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(
        status.starter_data
            && !status.encoder_version.is_empty()
            && !status.service_version.is_empty()
    );
    assert!(
        status.counts.as_ref().unwrap().credentials == 44,
        "{:?}",
        status.counts
    );
    assert_eq!(status.label_language_codes, ["en"]);
    assert_eq!(status.limits.unwrap().batch_credentials_max, 500);
    assert!(
        status
            .attributions
            .iter()
            .any(|source| source.contains("European Commission"))
            && status.attributions.len() == 2
    );
}

#[tokio::test]
async fn the_status_is_told_when_all_threads_are_busy() {
    let service = Service::narrow(0).await;
    let _busy = service.occupy().await;
    assert!(
        service
            .catalogue()
            .get_server_info(GetServerInfoRequest {})
            .await
            .is_ok()
    );
}
