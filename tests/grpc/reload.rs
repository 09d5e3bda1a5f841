//! A new generation on disk: it is swapped in without pause, and a damaged one is not.

use std::fs;
use std::path::Path;

use skillgap::api::wire::{GetCredentialRequest, GetServerInfoRequest};
use skillgap::config::Config;
use skillgap::serve::Source;
use tonic::Code;

use crate::support::{Service, config, logged, small_generation};

/// Builds a generation with one credential and returns its name.
fn build(dir: &Path, id: &str) -> String {
    small_generation(dir, &[id])
}

fn impatient() -> Config {
    let mut config = config();
    config.catalogue.reload_seconds = 1;
    config
}

async fn code_of(service: &Service, id: &str) -> Code {
    service
        .catalogue()
        .get_credential(GetCredentialRequest {
            id: id.to_owned(),
            ..Default::default()
        })
        .await
        .map_or_else(|status| status.code(), |_| Code::Ok)
}

#[tokio::test]
async fn a_new_generation_is_swapped_in() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), "old");
    let service = Service::start_with(impatient(), Source::DataDir(dir.path().to_path_buf())).await;
    let pinned = service.running.snapshots.pin();
    assert_eq!(
        (
            code_of(&service, "old").await,
            code_of(&service, "new").await
        ),
        (Code::Ok, Code::NotFound)
    );
    let new = build(dir.path(), "new");
    service
        .until_metric(
            &format!("skillgap_generation{{generation=\"{new}\",esco_version=\"1.2\"}}"),
            1.0,
        )
        .await;
    assert_eq!(
        (
            code_of(&service, "old").await,
            code_of(&service, "new").await
        ),
        (Code::NotFound, Code::Ok)
    );
    assert!(
        pinned.credentials.get("old").unwrap().is_some(),
        "a request keeps what it pinned"
    );
}

#[tokio::test]
async fn a_damaged_generation_is_named_by_file_and_the_old_one_stays() {
    let dir = tempfile::tempdir().unwrap();
    let old = build(dir.path(), "old");
    let service = Service::start_with(impatient(), Source::DataDir(dir.path().to_path_buf())).await;
    let beside = tempfile::tempdir().unwrap();
    let new = build(beside.path(), "new");
    let (from, to) = (
        beside.path().join("generations").join(&new),
        dir.path().join("generations").join(&new),
    );
    copy(&from, &to);
    fs::write(to.join("labels.i8"), b"broken").unwrap();
    fs::copy(beside.path().join("CURRENT"), dir.path().join("CURRENT")).unwrap();
    service
        .until_metric("skillgap_reload_failures_total", 1.0)
        .await;
    let status = service
        .catalogue()
        .get_server_info(GetServerInfoRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(status.context.unwrap().snapshot.unwrap().generation, old);
    assert_eq!(code_of(&service, "old").await, Code::Ok);
    assert!(
        logged()
            .lines()
            .any(|line| line.contains("labels.i8") && line.contains(&new))
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
