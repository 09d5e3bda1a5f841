//! Every error code of the contract, over the wire. INVALID_ARGUMENT has a file of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use skillgap::api::wire::{
    AnalyseGapRequest, ExtractDemandRequest, GetCredentialRequest, GetOccupationRequest,
    GetServerInfoRequest, GetSkillRequest, ListNarrowerRequest,
};
use skillgap::serve::Source;
use skillgap::serve::pool::Weight;
use skillgap_catalogue as catalogue;
use skillgap_credentials::credential::{Credential, texts};
use skillgap_esco::{Esco, Labels, Skill};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::support::{AD, Service, config, narrow, occupation_target, starter_catalogue};

const NOWHERE: &str = "http://data.europa.eu/esco/skill/00000000-0000-0000-0000-000000000000";

fn extract() -> ExtractDemandRequest {
    ExtractDemandRequest {
        ad: AD.to_owned(),
        ..Default::default()
    }
}

#[track_caller]
fn check_not_found<T: std::fmt::Debug>(answer: Result<T, Status>, field: &str) {
    let status = answer.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::NotFound, format!("{field}: not found").as_str())
    );
    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.metadata["field"].as_str()),
        ("NOT_FOUND", field)
    );
    let resource = status.get_details_resource_info().unwrap();
    assert!(
        resource.resource_type.starts_with("skillgap.v1.") && resource.resource_name.is_empty()
    );
}

#[tokio::test]
async fn what_a_request_is_about_and_is_not_there_is_not_found() {
    let service = Service::start().await;
    let uri = NOWHERE.to_owned();
    check_not_found(
        service
            .skills()
            .get_skill(GetSkillRequest {
                uri: uri.clone(),
                ..Default::default()
            })
            .await,
        "uri",
    );
    check_not_found(
        service
            .skills()
            .get_occupation(GetOccupationRequest {
                uri: uri.clone(),
                ..Default::default()
            })
            .await,
        "uri",
    );
    check_not_found(
        service
            .skills()
            .list_narrower(ListNarrowerRequest {
                uri: Some(uri.clone()),
                ..Default::default()
            })
            .await,
        "uri",
    );
    check_not_found(
        service
            .catalogue()
            .get_credential(GetCredentialRequest {
                id: "none".to_owned(),
                ..Default::default()
            })
            .await,
        "id",
    );
    check_not_found(
        service
            .matching()
            .analyse_gap(AnalyseGapRequest {
                target: occupation_target(&uri),
                ..Default::default()
            })
            .await,
        "target.occupation_uri",
    );
}

#[tokio::test]
async fn a_call_without_a_place_is_refused_with_a_retry_delay() {
    let service = Service::narrow(0).await;
    let busy = service.occupy().await;
    let status = service
        .matching()
        .extract_demand(extract())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(
        status
            .get_details_retry_info()
            .unwrap()
            .retry_delay
            .unwrap()
            > Duration::ZERO
    );
    assert_eq!(service.metric("skillgap_pool_refused_total"), 1.0);
    drop(busy);
    service.until_metric("skillgap_pool_running", 0.0).await;
    assert!(service.matching().extract_demand(extract()).await.is_ok());
}

#[tokio::test]
async fn a_call_that_waits_too_long_exceeds_the_services_deadline() {
    let mut config = narrow(1);
    config.limits.deadline_ms = 20;
    let service = Service::start_with(config, Source::Opened(starter_catalogue())).await;
    let _busy = service.occupy().await;
    assert_eq!(
        service
            .matching()
            .extract_demand(extract())
            .await
            .unwrap_err()
            .code(),
        Code::DeadlineExceeded
    );
}

#[tokio::test]
async fn a_call_that_waits_too_long_exceeds_the_callers_deadline() {
    let service = Service::narrow(1).await;
    let _busy = service.occupy().await;
    let mut request = Request::new(extract());
    request.set_timeout(Duration::from_millis(500));
    assert_eq!(
        service
            .matching()
            .extract_demand(request)
            .await
            .unwrap_err()
            .code(),
        Code::DeadlineExceeded
    );
}

#[tokio::test]
async fn a_call_whose_caller_goes_away_is_cancelled_and_leaves_the_queue() {
    let service = Service::narrow(1).await;
    let busy = service.occupy().await;
    let mut matching = service.matching();
    let call = tokio::spawn(async move { matching.extract_demand(extract()).await });
    service.until_metric("skillgap_pool_queued", 1.0).await;
    call.abort();
    service.until_metric("skillgap_requests_total{method=\"skillgap.v1.MatchingService/ExtractDemand\",scope=\"read\",code=\"cancelled\"}", 1.0).await;
    service.until_metric("skillgap_pool_queued", 0.0).await;
    drop(busy);
    assert!(service.matching().extract_demand(extract()).await.is_ok());
}

#[tokio::test]
async fn a_job_that_panics_is_an_internal_error_and_the_service_goes_on() {
    let service = Service::narrow(0).await;
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    let weight = Weight {
        bytes: 0,
        decoded_bytes: 0,
    };
    let pool = &service.running.pool;
    let place = pool.admit(weight, deadline).unwrap();
    let panicked: skillgap::Result<()> = pool.run(place, |_| panic!("as this test wants")).await;
    assert!(matches!(panicked, Err(skillgap::Error::Internal)));
    assert!(service.matching().extract_demand(extract()).await.is_ok());
}

#[tokio::test]
async fn a_catalogue_that_breaks_under_the_service_is_an_internal_error_and_names_no_file() {
    let dir = tempfile::tempdir().unwrap();
    catalogue::build(
        dir.path(),
        small_esco(),
        vec![small_credential()],
        &|_, _, _| {},
    )
    .unwrap();
    let service = Service::start_with(config(), Source::DataDir(dir.path().to_path_buf())).await;
    overwrite(&store_of_credentials(dir.path()));
    let status = service
        .catalogue()
        .get_credential(GetCredentialRequest {
            id: "a".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap_err();
    assert_eq!(
        (status.code(), status.message().contains('/')),
        (Code::Internal, false),
        "{status:?}"
    );
    assert!(
        service
            .catalogue()
            .get_server_info(GetServerInfoRequest {})
            .await
            .is_ok()
    );
}

fn small_esco() -> Esco {
    let labels = Labels {
        language: "en".to_owned(),
        preferred: "weld metal".to_owned(),
        alternatives: Vec::new(),
    };
    let skill = Skill {
        uri: NOWHERE.to_owned(),
        labels: vec![labels],
        ..Skill::default()
    };
    Esco {
        version: "1.2".to_owned(),
        languages: vec!["en".to_owned()],
        skills: vec![skill],
        ..Esco::default()
    }
}

fn small_credential() -> Credential {
    Credential {
        id: "a".to_owned(),
        title: texts([("en", "Welding")]),
        ..Credential::default()
    }
}

/// The file in which tantivy keeps the records.
fn store_of_credentials(data_dir: &Path) -> PathBuf {
    let (generation, _) = catalogue::current(data_dir).unwrap();
    let files = std::fs::read_dir(
        data_dir
            .join("generations")
            .join(generation)
            .join("credentials"),
    )
    .unwrap();
    files
        .map(|file| file.unwrap().path())
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "store")
        })
        .unwrap()
}

/// Fills the beginning of a file, where the records are, without changing its length.
fn overwrite(path: &Path) {
    let length = path.metadata().unwrap().len() as usize;
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(&vec![0xff; length / 2]).unwrap();
}
