//! Every file of a generation is guarded: one flipped byte, a missing or a cut file is refused with its name.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Folder, check, current, run};

/// All files of a data directory, from there; tantivy's empty lock files apart, which hold nothing.
fn files(data_dir: &Path) -> Vec<PathBuf> {
    let (mut files, mut open) = (Vec::new(), vec![data_dir.to_path_buf()]);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_none_or(|extension| extension != "lock") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Does something to each file in turn; `check` must refuse it by name each time, and accept it once it is undone.
fn each_file_is_guarded(damage: impl Fn(&Path, &[u8])) {
    let folder = Folder::new();
    let generation = folder.built();
    let data_dir = folder.path("data");
    let files = files(&data_dir);
    assert!(files.len() > 15, "{files:?}");
    for path in &files {
        let whole = fs::read(path).unwrap();
        damage(path, &whole);
        let name = path
            .strip_prefix(data_dir.join("generations").join(&generation))
            .unwrap_or(Path::new("CURRENT"));
        let ran = check(&data_dir).exits(1);
        if path.exists() || name != Path::new("CURRENT") {
            ran.says(&["damaged", name.to_str().unwrap()]);
        } else {
            ran.says(&["no generation here"]);
        }
        fs::write(path, whole).unwrap();
    }
    check(&data_dir).exits(0);
}

#[test]
fn one_flipped_byte_in_any_file_is_found() {
    each_file_is_guarded(|path, whole| {
        let mut bytes = whole.to_vec();
        match bytes.len() / 2 {
            0 => bytes.push(1),
            middle => bytes[middle] ^= 1,
        }
        fs::write(path, bytes).unwrap();
    });
}

#[test]
fn any_missing_file_is_found() {
    each_file_is_guarded(|path, _| fs::remove_file(path).unwrap());
}

#[test]
fn any_cut_or_longer_file_is_found() {
    each_file_is_guarded(|path, whole| match whole {
        [] => fs::write(path, "x").unwrap(),
        [first @ .., _] => fs::write(path, first).unwrap(),
    });
}

#[test]
fn every_byte_of_current_counts() {
    let folder = Folder::new();
    folder.built();
    let path = folder.path("data/CURRENT");
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(3).chain([16, whole.len() - 1]) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        check(&folder.path("data")).exits(1).says(&["CURRENT"]);
    }
    for content in ["", "\n", "../../etc 0\n", &"0".repeat(1 << 16)] {
        fs::write(&path, content).unwrap();
        check(&folder.path("data")).exits(1).says(&["CURRENT"]);
    }
}

#[test]
fn no_command_answers_from_a_damaged_generation() {
    let folder = Folder::new();
    folder.built();
    let labels = folder
        .path("data/generations")
        .join(current(&folder.path("data")))
        .join("labels.i8");
    let mut bytes = fs::read(&labels).unwrap();
    bytes[9] ^= 1;
    fs::write(&labels, bytes).unwrap();
    for command in ["link", "extract", "recommend"] {
        let ran = run(
            &[command, "--data-dir", &folder.at("data")],
            b"{\"id\":1,\"text\":\"x\"}\n",
        )
        .exits(1);
        ran.says(&["damaged", "labels.i8"]);
        assert_eq!(ran.out, "");
    }
}
