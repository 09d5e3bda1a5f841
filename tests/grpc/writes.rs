//! Changes over the wire: what is acknowledged is found at once and still there after a restart; what may not be changed is refused with the reason.

use std::path::Path;

use skillgap::rpc::wire::{
    Credential, DeleteCredentialRequest, GetCredentialRequest, GetStatusRequest, LocalizedText,
    Outcome, RefusalReason, SearchCredentialsRequest, SkillLink, UpsertCredentialsRequest,
    UpsertCredentialsResponse,
};
use skillgap::serve::Source;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::{SKILL, Service, config, small_generation, small_generation_of, violated};

fn credential(id: &str, title: &str) -> Credential {
    let text = |text: &str| {
        vec![LocalizedText {
            language: "en".to_owned(),
            text: text.to_owned(),
        }]
    };
    let outcomes = vec![Outcome {
        text: text("weld metal"),
        skills: Vec::new(),
    }];
    Credential {
        id: id.to_owned(),
        title: text(title),
        outcomes,
        ..Default::default()
    }
}

fn versioned(id: &str, title: &str, version: u64) -> Credential {
    Credential {
        version: Some(version),
        ..credential(id, title)
    }
}

async fn served(dir: &Path) -> Service {
    Service::start_with(config(), Source::DataDir(dir.to_path_buf())).await
}

async fn upsert(
    service: &Service,
    credentials: Vec<Credential>,
) -> Result<UpsertCredentialsResponse, Status> {
    let messages = credentials
        .into_iter()
        .map(|credential| UpsertCredentialsRequest {
            credential: Some(credential),
        });
    let stream = tokio_stream::iter(messages.collect::<Vec<_>>());
    service
        .catalogue()
        .upsert_credentials(stream)
        .await
        .map(tonic::Response::into_inner)
}

async fn delete(service: &Service, id: &str, version: Option<u64>) -> Result<bool, Status> {
    let request = DeleteCredentialRequest {
        id: id.to_owned(),
        version,
    };
    service
        .catalogue()
        .delete_credential(request)
        .await
        .map(|answer| answer.into_inner().deleted)
}

async fn title(service: &Service, id: &str) -> Option<String> {
    match service
        .catalogue()
        .get_credential(GetCredentialRequest { id: id.to_owned() })
        .await
    {
        Ok(answer) => Some(
            answer.into_inner().credential.unwrap().title[0]
                .text
                .clone(),
        ),
        Err(status) => {
            assert_eq!(status.code(), Code::NotFound);
            None
        }
    }
}

async fn count(service: &Service, name: &str) -> u64 {
    let status = service
        .catalogue()
        .get_status(GetStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    status
        .counts
        .iter()
        .find(|count| count.name == name)
        .unwrap()
        .value
}

#[tokio::test]
async fn what_is_acknowledged_is_found_at_once_and_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a", "b"]);
    let service = served(dir.path()).await;
    let before = service.running.snapshots.pin();
    let answer = upsert(
        &service,
        vec![
            credential("c", "Arc welding"),
            credential("a", "Gas welding"),
        ],
    )
    .await
    .unwrap();
    assert_eq!(
        (answer.written, answer.unchanged, answer.refused),
        (2, 0, 0)
    );
    assert_eq!(answer.snapshot.unwrap().commit, 4);
    assert_eq!(title(&service, "a").await.as_deref(), Some("Gas welding"));
    let found = service
        .catalogue()
        .search_credentials(SearchCredentialsRequest {
            text: "arc".to_owned(),
            ..Default::default()
        })
        .await;
    let found = found.unwrap().into_inner().credentials;
    assert_eq!(
        found[0].outcomes[0].skills[0].uri, SKILL,
        "outcomes are linked as in a build"
    );
    let taught = SearchCredentialsRequest {
        skill_uris: vec![SKILL.to_owned()],
        ..Default::default()
    };
    assert_eq!(
        service
            .catalogue()
            .search_credentials(taught)
            .await
            .unwrap()
            .into_inner()
            .total,
        2
    );
    assert!(delete(&service, "b", None).await.unwrap());
    assert!(
        !delete(&service, "b", None).await.unwrap(),
        "a second time changes nothing"
    );
    assert_eq!(
        (
            count(&service, "credentials").await,
            count(&service, "inferred links").await
        ),
        (2, 2)
    );
    assert!(
        before.credentials.get("b").unwrap().is_some(),
        "a request keeps what it pinned"
    );
    service.running.stop().await.unwrap();

    let service = served(dir.path()).await;
    assert_eq!(title(&service, "a").await.as_deref(), Some("Gas welding"));
    assert_eq!(title(&service, "c").await.as_deref(), Some("Arc welding"));
    assert_eq!(
        (
            title(&service, "b").await,
            count(&service, "credentials").await
        ),
        (None, 2)
    );
    assert_eq!(service.running.snapshots.pin().manifest.commit, 5);
}

#[tokio::test]
async fn the_same_again_changes_nothing_and_what_comes_late_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    upsert(&service, vec![versioned("x", "two", 2)])
        .await
        .unwrap();
    let again = upsert(&service, vec![versioned("x", "two", 2)])
        .await
        .unwrap();
    assert_eq!(
        (
            again.written,
            again.unchanged,
            again.snapshot.unwrap().commit
        ),
        (0, 1, 2)
    );
    let late = vec![
        versioned("x", "one", 1),
        versioned("x", "other", 2),
        credential("x", "none"),
        versioned("x", "three", 3),
    ];
    let answer = upsert(&service, late).await.unwrap();
    let reasons: Vec<_> = answer
        .refusals
        .iter()
        .map(|refused| (refused.position, refused.reason(), refused.stored_version))
        .collect();
    assert_eq!(
        reasons,
        [
            (0, RefusalReason::StaleVersion, Some(2)),
            (1, RefusalReason::VersionConflict, Some(2)),
            (2, RefusalReason::VersionMissing, Some(2))
        ]
    );
    assert_eq!(
        (answer.written, title(&service, "x").await.as_deref()),
        (1, Some("three"))
    );
    let status = delete(&service, "x", Some(2)).await.unwrap_err();
    assert_eq!(
        (
            status.code(),
            status.get_details_error_info().unwrap().reason.as_str()
        ),
        (Code::FailedPrecondition, "STALE_VERSION")
    );
    assert!(delete(&service, "x", Some(5)).await.unwrap());
    let answer = upsert(&service, vec![versioned("x", "four", 4)])
        .await
        .unwrap();
    assert_eq!(
        answer.refusals[0].reason(),
        RefusalReason::StaleVersion,
        "what was deleted later stays deleted"
    );
    assert_eq!(title(&service, "x").await, None);
}

#[tokio::test]
async fn what_is_not_valid_is_named_by_field_and_the_others_go_in() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    let mut bad = credential("bad", "Bad");
    (bad.hours, bad.countries, bad.modified) = (
        Some(-1.0),
        vec!["DE".to_owned(), "Germany".to_owned()],
        "yesterday".to_owned(),
    );
    bad.outcomes[0].skills = vec![SkillLink {
        uri: " ".to_owned(),
        confidence: 2.0,
        ..Default::default()
    }];
    let mut foreign = credential("foreign", "Foreign");
    foreign.outcomes[0].skills = vec![SkillLink {
        uri: "http://data.europa.eu/esco/skill/other".to_owned(),
        ..Default::default()
    }];
    let answer = upsert(&service, vec![bad, foreign, credential("", "No id")])
        .await
        .unwrap();
    assert_eq!(
        (answer.written, answer.refused, answer.unknown_links),
        (1, 2, 1)
    );
    let fields: Vec<&str> = answer.refusals[0]
        .violations
        .iter()
        .map(|violation| violation.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "credential.outcomes[0].skills[0].uri",
            "credential.outcomes[0].skills[0].confidence",
            "credential.countries[1]",
            "credential.hours",
            "credential.modified"
        ]
    );
    assert_eq!(
        (answer.refusals[1].position, answer.refusals[1].reason()),
        (2, RefusalReason::Invalid)
    );
    assert_eq!(
        (
            title(&service, "bad").await,
            title(&service, "foreign").await.is_some()
        ),
        (None, true)
    );
    assert_eq!(
        violated(
            service
                .catalogue()
                .delete_credential(DeleteCredentialRequest::default())
                .await
        ),
        ["id"]
    );
}

#[tokio::test]
async fn an_id_that_is_a_token_names_no_credential_and_is_refused_by_its_field() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    let token = "data:application/vc+jwt,eyJ.e30.x";
    let sent = vec![
        credential(token, "Token"),
        credential(&format!(" {token}"), "Token"),
        credential("data:text/plain,b", "Name"),
    ];
    let answer = upsert(&service, sent).await.unwrap();
    assert_eq!((answer.written, answer.refused), (1, 2));
    for refused in &answer.refusals {
        let violations: Vec<_> = refused
            .violations
            .iter()
            .map(|violation| (violation.field.as_str(), violation.reason.as_str()))
            .collect();
        assert_eq!(
            (refused.reason(), violations),
            (
                RefusalReason::Invalid,
                vec![("credential.id", "is a token, not a name")]
            )
        );
    }
    assert!(
        !delete(&service, token, None).await.unwrap(),
        "one that was stored before can be deleted"
    );
}

#[tokio::test]
async fn of_two_texts_in_one_language_none_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    let text = |language: &str, text: &str| LocalizedText {
        language: language.to_owned(),
        text: text.to_owned(),
    };
    let mut twice = credential("twice", "Twice");
    twice.title = vec![text("en", "One"), text("de", "Eins"), text("EN", "Two")];
    let answer = upsert(&service, vec![twice, credential("once", "Once")])
        .await
        .unwrap();
    assert_eq!((answer.written, answer.refused), (1, 1));
    let violation = &answer.refusals[0].violations[0];
    assert_eq!(
        (violation.field.as_str(), violation.reason.as_str()),
        ("credential.title[2].language", "stands there twice")
    );
}

#[tokio::test]
async fn every_field_comes_back_as_it_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    let json = include_str!("whole_credential.json");
    let sent: Credential = serde_json::from_str(json).unwrap();
    assert_eq!(
        upsert(&service, vec![sent.clone()]).await.unwrap().written,
        1
    );
    let mut stored = service
        .catalogue()
        .get_credential(GetCredentialRequest {
            id: sent.id.clone(),
        })
        .await
        .unwrap()
        .into_inner()
        .credential
        .unwrap();
    // Labels are ours.
    stored
        .outcomes
        .iter_mut()
        .flat_map(|outcome| &mut outcome.skills)
        .for_each(|link| link.label.clear());
    assert_eq!(stored, sent);
    let fields: serde_json::Value = serde_json::to_value(&sent).unwrap();
    assert_eq!(
        fields.as_object().unwrap().len(),
        51,
        "the example states every field of the contract"
    );
}

#[tokio::test]
async fn starter_data_and_a_second_writer_are_refused() {
    let service = Service::start().await;
    let status = upsert(&service, vec![credential("x", "X")])
        .await
        .unwrap_err();
    assert_eq!(
        (
            status.code(),
            status.get_details_error_info().unwrap().reason.as_str()
        ),
        (Code::FailedPrecondition, "READ_ONLY")
    );
    assert!(
        status.message().contains("data directory"),
        "{}",
        status.message()
    );
    assert_eq!(
        delete(&service, "cedefop-02", None)
            .await
            .unwrap_err()
            .code(),
        Code::FailedPrecondition
    );

    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let first = served(dir.path()).await;
    let mut impatient = config();
    impatient.catalogue.reload_seconds = 1;
    let second = Service::start_with(impatient, Source::DataDir(dir.path().to_path_buf())).await;
    assert_eq!(
        delete(&second, "a", None).await.unwrap_err().code(),
        Code::FailedPrecondition
    );
    upsert(&first, vec![credential("b", "B")]).await.unwrap();
    second.until_metric("skillgap_commit_number", 2.0).await;
    assert!(
        title(&second, "b").await.is_some(),
        "the second one reads what the first one writes"
    );
    first.running.stop().await.unwrap();
    assert!(
        delete(&second, "b", None).await.unwrap(),
        "the second one takes over"
    );
}

#[tokio::test]
async fn changes_are_carried_over_to_a_new_generation() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a", "b"]);
    let mut impatient = config();
    impatient.catalogue.reload_seconds = 1;
    let service = Service::start_with(impatient, Source::DataDir(dir.path().to_path_buf())).await;
    upsert(&service, vec![credential("c", "C")]).await.unwrap();
    delete(&service, "b", None).await.unwrap();
    let new = small_generation_of("1.3", dir.path(), &["a", "b", "d"]);
    service
        .until_metric(
            &format!("skillgap_generation{{generation=\"{new}\",esco_version=\"1.3\"}}"),
            1.0,
        )
        .await;
    let there = [
        title(&service, "a").await,
        title(&service, "b").await,
        title(&service, "c").await,
        title(&service, "d").await,
    ];
    assert_eq!(
        there.map(|title| title.is_some()),
        [true, false, true, true]
    );
    upsert(&service, vec![credential("e", "E")]).await.unwrap();
    service.running.stop().await.unwrap();
    let service = served(dir.path()).await;
    assert_eq!(
        (
            count(&service, "credentials").await,
            title(&service, "b").await
        ),
        (4, None)
    );
}

#[tokio::test]
async fn changes_have_places_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let mut narrow = crate::support::narrow(0);
    narrow.writes.streams = 0;
    let service = Service::start_with(narrow, Source::DataDir(dir.path().to_path_buf())).await;
    assert_eq!(
        upsert(&service, vec![credential("b", "B")])
            .await
            .unwrap_err()
            .code(),
        Code::ResourceExhausted
    );
    let _busy = service.occupy().await;
    assert!(
        delete(&service, "a", None).await.unwrap(),
        "a change does not wait for a thread of requests"
    );
}
