//! A full disk refuses changes and says so; reads go on, and so do changes once there is room.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use skillgap::api::wire::{
    BatchUpsertCredentialsResponse, Credential, DeleteCredentialRequest, GetCredentialRequest,
};
use skillgap::serve::Source;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::{Service, config, en, small_generation, tally, upsert};

/// A small file system of its own, unmounted in the end.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(path))
    }

    /// Fills the disk but for some bytes.
    fn fill(&self, free: u64) {
        let mut filler = File::create(self.0.join("filler")).unwrap();
        let mut written = 0;
        while let Ok(more) = filler.write(&[1; 4096]) {
            written += more as u64;
        }
        filler.set_len(written.saturating_sub(free)).unwrap();
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

async fn write(service: &Service, id: &str) -> Result<BatchUpsertCredentialsResponse, Status> {
    let credential = Credential {
        id: id.to_owned(),
        title: en(id),
        ..Default::default()
    };
    upsert(&mut service.catalogue(), vec![credential]).await
}

async fn is_there(service: &Service, id: &str) -> bool {
    service
        .catalogue()
        .get_credential(GetCredentialRequest {
            id: id.to_owned(),
            ..Default::default()
        })
        .await
        .is_ok()
}

#[tokio::test]
async fn a_full_disk_refuses_changes_and_reads_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(dir.path()) else {
        println!("skipped: a small disk cannot be mounted here (needs root)");
        return;
    };
    small_generation(dir.path(), &["a"]);
    let service = Service::start_with(config(), Source::DataDir(dir.path().to_path_buf())).await;
    write(&service, "b").await.unwrap();
    let mut n_refused = 0;
    for (round, kibibytes) in [0, 1, 4, 8, 12, 16, 24, 32, 48, 64].into_iter().enumerate() {
        disk.fill(kibibytes << 10);
        match write(&service, &format!("full{round}")).await {
            Ok(answer) => assert_eq!(tally(&answer), [1, 0, 0]),
            Err(status) => {
                n_refused += 1;
                let reason = status
                    .get_details_error_info()
                    .map(|info| info.reason)
                    .unwrap_or_default();
                assert_eq!(
                    (status.code(), reason.as_str()),
                    (Code::Unavailable, "DISK_FULL"),
                    "{kibibytes} KiB: {status:?}"
                );
            }
        }
        assert!(is_there(&service, "a").await && is_there(&service, "b").await);
    }
    assert!(n_refused > 2, "the disk was never full: {n_refused}");
    fs::remove_file(dir.path().join("filler")).unwrap();
    write(&service, "c").await.unwrap();
    service
        .catalogue()
        .delete_credential(DeleteCredentialRequest {
            id: "a".to_owned(),
            version: None,
        })
        .await
        .unwrap();
    service.running.stop().await.unwrap();
    let service = Service::start_with(config(), Source::DataDir(dir.path().to_path_buf())).await;
    assert!(
        !is_there(&service, "a").await
            && is_there(&service, "b").await
            && is_there(&service, "c").await
    );
    service.running.stop().await.unwrap();
}
