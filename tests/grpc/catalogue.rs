//! Credentials over the wire.

use skillgap::rpc::wire::{
    CompareCredentialsRequest, Constraints, DeliveryMode, GetCredentialRequest, GetStatusRequest,
    SearchCredentialsRequest,
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
        })
        .await
        .unwrap()
        .into_inner();
    let shown = answer.credential.unwrap();
    assert_eq!(
        (shown.title[0].text.as_str(), shown.outcomes.len()),
        (known.title["en"].as_str(), known.outcomes.len())
    );
    assert_eq!(shown.cost.unwrap().currency, "DKK");
    assert_eq!((shown.hours, shown.mode), (known.hours(), None));
    assert!(
        shown
            .outcomes
            .iter()
            .flat_map(|outcome| &outcome.skills)
            .all(|link| !link.label.is_empty())
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
    assert_eq!((all.total, all.credentials.len()), (44, 20));
    let by_words = search(SearchCredentialsRequest {
        text: "welding".to_owned(),
        ..Default::default()
    })
    .await;
    assert!(by_words.total >= 1 && by_words.credentials[0].title[0].text.contains("welding"));
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
        by_country.total >= 1
            && by_country.credentials.iter().all(|found| found
                .countries
                .iter()
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
            .all(|found| found.mode() == DeliveryMode::Online)
    );
}

#[tokio::test]
async fn credentials_are_compared_field_by_field() {
    let service = Service::start().await;
    let ids = vec!["cedefop-02".to_owned(), "cedefop-01".to_owned()];
    let request = CompareCredentialsRequest {
        ids: ids.clone(),
        ..Default::default()
    };
    let answer = service
        .catalogue()
        .compare_credentials(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.ids, ids);
    assert!(answer.fields.iter().all(|field| field.values.len() == 2));
    let row = |name: &str| {
        answer
            .fields
            .iter()
            .find(|field| field.field == name)
            .unwrap_or_else(|| panic!("no row {name}"))
    };
    assert!(row("title").differs && row("countries").differs);
    let cost: Vec<_> = row("cost")
        .values
        .iter()
        .map(|value| (value.value.as_str(), value.stated))
        .collect();
    assert_eq!(
        (cost, row("cost").differs),
        (vec![("DKK 384", true), ("", false)], false)
    );
    assert_eq!(row("assessed").values[0].value, "yes");
    for name in [
        "accreditations",
        "fundingSchemes",
        "prerequisiteGroups",
        "parts",
        "startDates",
        "modified",
        "doubts",
    ] {
        assert!(
            !row(name).differs && row(name).values.iter().all(|value| !value.stated),
            "{name} is not stated by the source"
        );
    }
}

#[tokio::test]
async fn the_status_says_what_the_service_runs_on() {
    let service = Service::start().await;
    let status = service
        .catalogue()
        .get_status(GetStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(
        status.starter_data
            && !status.encoder_version.is_empty()
            && !status.service_version.is_empty()
    );
    assert!(
        status
            .counts
            .iter()
            .any(|count| count.name == "credentials" && count.value == 44),
        "{:?}",
        status.counts
    );
    assert_eq!(status.languages, ["en"]);
    assert!(
        status
            .attribution
            .iter()
            .any(|source| source.contains("European Commission"))
            && status.attribution.len() == 2
    );
}

#[tokio::test]
async fn the_status_is_told_when_all_threads_are_busy() {
    let service = Service::narrow(0).await;
    let _busy = service.occupy().await;
    assert!(
        service
            .catalogue()
            .get_status(GetStatusRequest {})
            .await
            .is_ok()
    );
}
