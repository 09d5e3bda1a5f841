//! Changes over the wire: what is acknowledged is found at once and still there after a restart; what may not be changed is refused with the reason.

use std::path::Path;

use skillgap::api::wire::{
    Access, BatchUpsertCredentialsResponse, Credential, DeleteCredentialRequest,
    GetServerInfoRequest, Outcome, SearchCredentialsRequest, SkillLink, UpsertOutcome, Workload,
};
use skillgap::serve::Source;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::{
    self, SKILL, Service, config, en, get, small_generation, small_generation_of, tally, violated,
};

fn credential(id: &str, title: &str) -> Credential {
    let outcomes = vec![Outcome {
        text: en("weld metal"),
        skills: Vec::new(),
    }];
    Credential {
        id: id.to_owned(),
        title: en(title),
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
) -> Result<BatchUpsertCredentialsResponse, Status> {
    support::upsert(&mut service.catalogue(), credentials).await
}

fn commit(answer: &BatchUpsertCredentialsResponse) -> u64 {
    let context = answer.context.as_ref().unwrap();
    context.snapshot.as_ref().unwrap().commit
}

fn status(outcome: &UpsertOutcome) -> Status {
    outcome.error.as_ref().unwrap().to_status()
}

/// The reason of a refusal, and the version that is stored.
fn refusal(outcome: &UpsertOutcome) -> (String, Option<u64>) {
    let reason = status(outcome).get_details_error_info().unwrap().reason;
    (reason, outcome.stored_version)
}

/// What is wrong with a credential, by field.
fn violations(outcome: &UpsertOutcome) -> Vec<(String, String)> {
    let details = status(outcome).get_details_bad_request().unwrap();
    let violations = details.field_violations.into_iter();
    violations
        .map(|violation| (violation.field, violation.description))
        .collect()
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
    match service.catalogue().get_credential(get(id)).await {
        Ok(answer) => Some(answer.into_inner().credential.unwrap().title["en"].clone()),
        Err(status) => {
            assert_eq!(status.code(), Code::NotFound);
            None
        }
    }
}

/// Credentials, and links that were inferred.
async fn counts(service: &Service) -> (u32, u32) {
    let info = service
        .catalogue()
        .get_server_info(GetServerInfoRequest {})
        .await;
    let counts = info.unwrap().into_inner().counts.unwrap();
    (counts.credentials, counts.inferred_links)
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
    assert_eq!(tally(&answer), [2, 0, 0]);
    assert_eq!(commit(&answer), 4);
    assert_eq!(title(&service, "a").await.as_deref(), Some("Gas welding"));
    let found = service
        .catalogue()
        .search_credentials(SearchCredentialsRequest {
            text: Some("arc".to_owned()),
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
            .total_size,
        3,
        "also by the title, where there are no outcomes"
    );
    assert!(delete(&service, "b", None).await.unwrap());
    assert!(
        !delete(&service, "b", None).await.unwrap(),
        "a second time changes nothing"
    );
    assert_eq!(counts(&service).await, (2, 2));
    assert!(
        before.credentials.get("b").unwrap().is_some(),
        "a request keeps what it pinned"
    );
    service.running.stop().await.unwrap();

    let service = served(dir.path()).await;
    assert_eq!(title(&service, "a").await.as_deref(), Some("Gas welding"));
    assert_eq!(title(&service, "c").await.as_deref(), Some("Arc welding"));
    assert_eq!(title(&service, "b").await, None);
    assert_eq!(counts(&service).await.0, 2);
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
    assert_eq!((tally(&again), commit(&again)), ([0, 1, 0], 2));
    let late = vec![
        versioned("x", "one", 1),
        versioned("x", "other", 2),
        credential("x", "none"),
        versioned("x", "three", 3),
    ];
    let answer = upsert(&service, late).await.unwrap();
    let reasons: Vec<_> = answer.outcomes[..3].iter().map(refusal).collect();
    assert_eq!(
        reasons,
        [
            ("VERSION_STALE".to_owned(), Some(2)),
            ("VERSION_CONFLICT".to_owned(), Some(2)),
            ("VERSION_MISSING".to_owned(), Some(2))
        ]
    );
    assert_eq!(status(&answer.outcomes[0]).code(), Code::Aborted);
    assert_eq!(
        (tally(&answer), title(&service, "x").await.as_deref()),
        ([1, 0, 3], Some("three"))
    );
    let status = delete(&service, "x", Some(2)).await.unwrap_err();
    assert_eq!(
        (
            status.code(),
            status.get_details_error_info().unwrap().reason.as_str()
        ),
        (Code::Aborted, "VERSION_STALE")
    );
    assert!(delete(&service, "x", Some(5)).await.unwrap());
    let answer = upsert(&service, vec![versioned("x", "four", 4)])
        .await
        .unwrap();
    assert_eq!(
        refusal(&answer.outcomes[0]).0,
        "VERSION_STALE",
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
    bad.workload = Some(Workload {
        hours: Some(-1.0),
        ..Default::default()
    });
    bad.access = Some(Access {
        countries: vec!["DE".to_owned(), "Germany".to_owned()],
        ..Default::default()
    });
    bad.modified = Some("yesterday".to_owned());
    bad.outcomes[0].skills = vec![SkillLink {
        uri: " ".to_owned(),
        confidence: Some(2.0),
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
        (tally(&answer), answer.outcomes[1].n_unknown_links),
        ([1, 0, 2], 1)
    );
    let mut fields: Vec<String> = violations(&answer.outcomes[0])
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "credentials[0].access.countries[1]",
            "credentials[0].modified",
            "credentials[0].outcomes[0].skills[0].confidence",
            "credentials[0].outcomes[0].skills[0].uri",
            "credentials[0].workload.hours"
        ]
    );
    let nameless = &answer.outcomes[2];
    assert_eq!(
        (refusal(nameless).0.as_str(), &nameless.id),
        ("INVALID", &None)
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
    assert_eq!(tally(&answer), [1, 0, 2]);
    for (at, refused) in answer.outcomes[..2].iter().enumerate() {
        let expected = (
            format!("credentials[{at}].id"),
            "is a token, not a name".to_owned(),
        );
        assert_eq!(violations(refused), [expected]);
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
    let text = |language: &str, text: &str| (language.to_owned(), text.to_owned());
    let mut twice = credential("twice", "Twice");
    twice.title = [text("en", "One"), text("de", "Eins"), text("EN", "Two")].into();
    let answer = upsert(&service, vec![twice, credential("once", "Once")])
        .await
        .unwrap();
    assert_eq!(tally(&answer), [1, 0, 1]);
    let (field, reason) = violations(&answer.outcomes[0]).remove(0);
    assert_eq!(
        (field.as_str(), reason.as_str()),
        ("credentials[0].title.en", "stands there twice")
    );
}

#[tokio::test]
async fn every_field_comes_back_as_it_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    let json = include_str!("whole_credential.json");
    let sent: Credential = serde_json::from_str(json).unwrap();
    let answer = upsert(&service, vec![sent.clone()]).await.unwrap();
    assert_eq!(tally(&answer), [1, 0, 0], "{answer:?}");
    let mut stored = service
        .catalogue()
        .get_credential(get(&sent.id))
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
        .for_each(|link| link.label = None);
    assert_eq!(stored, sent);
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
    assert_eq!(counts(&service).await.0, 4);
    assert_eq!(title(&service, "b").await, None);
}

#[tokio::test]
async fn a_service_that_takes_no_changes_deletes_nothing_either() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let mut closed = config();
    closed.writes.enabled = false;
    let service = Service::start_with(closed, Source::DataDir(dir.path().to_path_buf())).await;
    let written = upsert(&service, vec![credential("b", "B")])
        .await
        .unwrap_err();
    let deleted = delete(&service, "a", None).await.unwrap_err();
    for status in [written, deleted] {
        let reason = status.get_details_error_info().unwrap().reason;
        assert_eq!(
            (status.code(), reason.as_str()),
            (Code::FailedPrecondition, "READ_ONLY")
        );
    }
    assert!(title(&service, "a").await.is_some());
}

#[tokio::test]
async fn a_change_does_not_wait_for_a_thread_of_requests() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let narrow = support::narrow(0);
    let service = Service::start_with(narrow, Source::DataDir(dir.path().to_path_buf())).await;
    let _busy = service.occupy().await;
    assert!(delete(&service, "a", None).await.unwrap());
    let answer = upsert(&service, vec![credential("b", "B")]).await.unwrap();
    assert_eq!(tally(&answer), [1, 0, 0]);
}

#[tokio::test]
async fn a_batch_has_a_limit_and_is_not_empty() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    assert_eq!(
        violated(upsert(&service, Vec::new()).await),
        ["credentials"]
    );
    let many = |n: usize| {
        let credentials = (0..n).map(|at| credential(&format!("c{at}"), "C"));
        credentials.collect::<Vec<_>>()
    };
    assert_eq!(violated(upsert(&service, many(501)).await), ["credentials"]);
    let answer = upsert(&service, many(500)).await.unwrap();
    assert_eq!(tally(&answer), [500, 0, 0]);
}

#[tokio::test]
async fn of_two_with_one_id_in_a_batch_the_later_counts() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &[]);
    let service = served(dir.path()).await;
    let sent = vec![
        versioned("x", "one", 1),
        versioned("x", "two", 2),
        versioned("x", "late", 1),
    ];
    let answer = upsert(&service, sent).await.unwrap();
    assert_eq!(tally(&answer), [2, 0, 1]);
    assert_eq!(title(&service, "x").await.as_deref(), Some("two"));
}

#[tokio::test]
async fn no_version_locks_an_id_for_good() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["a"]);
    let service = served(dir.path()).await;
    let sent = vec![
        versioned("x", "X", u64::MAX),
        versioned("y", "Y", i64::MAX as u64),
    ];
    let answer = upsert(&service, sent).await.unwrap();
    assert_eq!(tally(&answer), [1, 0, 1]);
    let (field, _) = violations(&answer.outcomes[0]).remove(0);
    assert_eq!(field, "credentials[0].version");
    let status = delete(&service, "y", Some(u64::MAX)).await;
    assert_eq!(violated(status), ["version"]);
}
