//! A build that is killed, or runs out of disk, leaves the old generation as it was.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::support::{Folder, Ran, check, current, many_credentials, run, skillgap};

/// The folder in which a build is being made, if there is one.
fn building(data_dir: &Path) -> Option<std::path::PathBuf> {
    let entries = fs::read_dir(data_dir.join("generations")).unwrap();
    entries.map(|entry| entry.unwrap().path()).find(|path| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(".building-")
    })
}

/// Waits until the build is at a point, or has ended.
fn wait_for(child: &mut Child, reached: impl Fn() -> bool) {
    while !reached() && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_killed_build_leaves_the_old_generation_whole() {
    let folder = Folder::new();
    let data_dir = folder.path("data");
    let old = folder.built();
    folder.write("many.jsonl", many_credentials(20_000));
    let (esco, credentials, data) = (
        folder.at("esco"),
        folder.at("many.jsonl"),
        folder.at("data"),
    );
    let arguments = [
        "index",
        "--esco",
        &esco,
        "--credentials",
        &credentials,
        "--data-dir",
        &data,
    ];
    let mut n_killed_inside = 0;
    for file in ["", "esco.postcard", "credentials/meta.json"] {
        let mut child = skillgap(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for(&mut child, || {
            building(&data_dir).is_some_and(|folder| folder.join(file).exists())
        });
        child.kill().unwrap();
        child.wait().unwrap();
        check(&data_dir).exits(0);
        if let Some(left) = building(&data_dir) {
            n_killed_inside += 1;
            assert_eq!(current(&data_dir), old);
            fs::remove_dir_all(left).unwrap();
        }
    }
    assert!(
        n_killed_inside > 0,
        "every build was done before it could be killed"
    );
    run(&arguments, b"").exits(0);
    assert_ne!(current(&data_dir), old);
    check(&data_dir).exits(0);
}

/// The generation that is in use is never taken away on the way to an equal one.
#[test]
fn a_killed_build_of_the_same_content_leaves_it_whole() {
    let folder = Folder::new();
    let data_dir = folder.path("data");
    let name = folder.built();
    let before = fs::read(folder.path("data/CURRENT")).unwrap();
    let inode =
        |path: &str| std::os::unix::fs::MetadataExt::ino(&fs::metadata(folder.path(path)).unwrap());
    let manifest = format!("data/generations/{name}/manifest.json");
    let file = inode(&manifest);
    assert_eq!(folder.built(), name);
    assert_eq!(
        (
            fs::read(folder.path("data/CURRENT")).unwrap(),
            inode(&manifest)
        ),
        (before, file),
        "what was whole was replaced"
    );
    check(&data_dir).exits(0);
}

/// A small file system of its own, unmounted in the end.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(path))
    }

    /// Fills the disk but for some bytes.
    fn fill(&self, free: u64) {
        let path = self.0.join("filler");
        let mut filler = File::create(&path).unwrap();
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

#[test]
fn a_full_disk_is_said_and_leaves_the_old_generation_whole() {
    let folder = Folder::new();
    let data_dir = folder.path("data");
    let Some(disk) = SmallDisk::mount(&data_dir) else {
        println!("skipped: a small disk cannot be mounted here (needs root)");
        return;
    };
    let old = folder.built();
    folder.write("many.jsonl", many_credentials(4_000));
    let mut n_failed = 0;
    for kibibytes in [0, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512] {
        disk.fill(kibibytes << 10);
        let ran: Ran = folder.index("many.jsonl", "data");
        if ran.code == Some(0) {
            break;
        }
        n_failed += 1;
        ran.exits(1)
            .says(&["No space left", data_dir.to_str().unwrap()]);
        assert_eq!(current(&data_dir), old, "with {kibibytes} KiB free");
        check(&data_dir).exits(0);
        assert_eq!(
            building(&data_dir),
            None,
            "with {kibibytes} KiB free: something was left behind"
        );
    }
    assert!(
        n_failed > 5,
        "the disk was too large to be full at several points: {n_failed}"
    );
    fs::remove_file(data_dir.join("filler")).unwrap();
    folder.index("many.jsonl", "data").exits(0);
    assert_ne!(current(&data_dir), old);
}
