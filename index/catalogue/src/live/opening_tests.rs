//! What lies in a data directory beside what was written there: what a killed process left, what somebody else put there, links, and modes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::super::{build, open};
use super::tests::{all, credential, data_dir, delete, esco, hours, store, upsert};
use super::*;

/// A data directory whose generation has changes, and where these lie.
fn with_changes_in_it() -> (tempfile::TempDir, PathBuf) {
    let dir = data_dir();
    let mut writing = store(dir.path());
    writing.apply(vec![upsert(credential("c", 1.0))]).unwrap();
    let live = folder::place(dir.path(), &writing.snapshot().manifest.generation);
    (dir, live)
}

/// The folder of a former generation, of which only some files are left.
fn half_removed(live: &Path, name: &str, files: &[&str]) {
    let half = live.with_file_name(name);
    fs::create_dir(&half).unwrap();
    for file in files {
        fs::write(half.join(file), "x").unwrap();
    }
}

#[test]
fn a_folder_that_is_half_removed_keeps_nothing_from_starting() {
    let (dir, live) = with_changes_in_it();
    half_removed(&live, "0123456789abcdef", &["some.store"]);
    half_removed(&live, ".removed-xyz", &["meta.json"]);
    assert_eq!(all(&store(dir.path()).snapshot()).len(), 3);
    assert_eq!(fs::read_dir(live.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn what_is_not_ours_keeps_nothing_from_starting_and_stays() {
    let (dir, live) = with_changes_in_it();
    half_removed(&live, "lost+found", &["a"]);
    fs::write(live.with_file_name("notes.txt"), "mine").unwrap();
    fs::write(live.with_file_name("fedcba9876543210"), "mine").unwrap();
    assert_eq!(all(&store(dir.path()).snapshot()).len(), 3);
    assert!(
        live.with_file_name("notes.txt").exists() && live.with_file_name("lost+found").exists()
    );
    assert_eq!(changes_of_others(dir.path()).unwrap(), Vec::<String>::new());
}

#[test]
fn changes_of_another_generation_that_are_damaged_are_not_thrown_away() {
    let (dir, live) = with_changes_in_it();
    fs::write(live.join("meta.json"), "{").unwrap();
    build(dir.path(), esco("2"), Vec::new(), &|_, _, _| {}).unwrap();
    assert!(Store::open(dir.path()).is_err());
    assert!(live.exists());
}

#[test]
fn a_link_in_the_place_of_the_lock_is_not_followed() {
    let (dir, _) = with_changes_in_it();
    let (lock, elsewhere) = (dir.path().join("LOCK"), dir.path().join("elsewhere"));
    fs::remove_file(&lock).unwrap();
    symlink(&elsewhere, &lock).unwrap();
    let opened = Store::open(dir.path()).map(|_| ());
    assert!(opened.unwrap_err().to_string().contains("LOCK"));
    assert!(!elsewhere.exists());
}

#[test]
fn what_a_killed_build_left_goes_when_the_directory_is_opened_and_what_is_being_built_stays() {
    let (dir, _) = with_changes_in_it();
    let generations = dir.path().join("generations");
    let [left, going_on] = [".building-left", ".building-on"].map(|name| generations.join(name));
    fs::create_dir(&left).unwrap();
    fs::create_dir(&going_on).unwrap();
    let building = File::open(&going_on).unwrap();
    building.try_lock().unwrap();
    store(dir.path());
    assert_eq!((left.exists(), going_on.exists()), (false, true));
}

/// All files and folders below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            let inner = if path.is_dir() {
                below(&path)
            } else {
                Vec::new()
            };
            std::iter::once(path).chain(inner)
        })
        .collect()
}

#[test]
fn whoever_may_read_one_file_may_read_all() {
    let (dir, _) = with_changes_in_it();
    store(dir.path()).apply(vec![delete("a", None)]).unwrap();
    // What this process's own new files and folders are like.
    fs::write(dir.path().join("plain"), "").unwrap();
    fs::create_dir(dir.path().join("folder")).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let [file, folder] = ["plain", "folder"].map(|name| mode(&dir.path().join(name)));
    for path in below(dir.path()) {
        let expected = if path.is_dir() { folder } else { file };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[test]
fn what_is_removed_is_out_of_the_way_at_once() {
    let (dir, live) = with_changes_in_it();
    build(
        dir.path(),
        esco("2"),
        vec![credential("a", 5.0)],
        &|_, _, _| {},
    )
    .unwrap();
    let opened = store(dir.path());
    assert!(!live.exists());
    assert_eq!(all(&opened.snapshot()), hours(&[("a", 5.0), ("c", 1.0)]));
    assert_eq!(all(&open(dir.path()).unwrap()).len(), 2);
}
