//! What was committed is there, whole, whatever happens to the process; what is damaged is refused.

use std::fs;
use std::path::Path;

use crate::posting::Posting;
use crate::{FOLDER, Market, Signature, Store, Understood, backup};

fn add(store: &mut Store, at: usize) {
    let posting = Posting {
        source: format!("source {}", at % 3),
        id: format!("{at}"),
        title: format!("Title {at}"),
        employer: format!("Employer {}", at % 7),
        first_day: 20_000 + at as i32,
        ..Posting::default()
    };
    let lines: Vec<String> = (0..9)
        .map(|line| format!("one two {} four five {line} six seven eight", at / 2))
        .collect();
    let understood = Understood {
        asked: vec![(format!("skill {}", at % 11), 0.5, true)],
        signature: Signature::of(lines.iter().map(String::as_str)),
        version: "1".to_owned(),
        ..Understood::default()
    };
    store.add(&posting, &understood);
}

fn copied(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    fs::create_dir(to.path().join(FOLDER)).unwrap();
    for entry in fs::read_dir(from.join(FOLDER)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(
            &path,
            to.path().join(FOLDER).join(path.file_name().unwrap()),
        )
        .unwrap();
    }
    to
}

/// The process ends while a commit is written: 1,000 times, after each so many bytes of it.
#[test]
fn counts_are_exact_after_a_thousand_kills() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    (0..40).for_each(|at| add(&mut store, at));
    let before = store.commit().unwrap();
    let log = folder.path().join(FOLDER).join("log-0");
    let whole_before = fs::read(&log).unwrap().len();
    let killed = copied(folder.path());
    (40..80).for_each(|at| add(&mut store, at));
    let after = store.commit().unwrap();
    let written = fs::read(&log).unwrap();
    assert!(after.jobs > before.jobs && written.len() > whole_before + 1_000);
    for kill in 0..1_000 {
        // Up to here the bytes came to the disk; `COMMIT` is still the former one.
        let end = whole_before + (written.len() - whole_before) * kill / 1_000;
        fs::write(killed.path().join(FOLDER).join("log-0"), &written[..end]).unwrap();
        let market = Market::open(killed.path()).unwrap().unwrap();
        assert_eq!(
            (market.jobs().len() as u64, market.commit.sequence),
            (before.jobs, 1)
        );
    }
    let mut store_again = Store::open(killed.path()).unwrap();
    (40..80).for_each(|at| add(&mut store_again, at));
    assert_eq!(store_again.commit().unwrap(), after);
}

#[test]
fn every_damaged_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    for at in 0..6 {
        add(&mut store, at);
        store.commit().unwrap();
    }
    drop(store);
    let log = folder.path().join(FOLDER).join("log-0");
    let good = fs::read(&log).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(&log, &bad).unwrap();
        assert!(Market::open(folder.path()).is_err(), "byte {at}");
    }
    fs::write(&log, &good[..good.len() - 1]).unwrap();
    assert!(Market::open(folder.path()).is_err());
    fs::write(&log, &good).unwrap();
    assert!(Market::open(folder.path()).unwrap().is_some());
    fs::write(folder.path().join(FOLDER).join("COMMIT"), "{\"format\":2}").unwrap();
    assert!(Market::open(folder.path()).is_err());
}

#[test]
fn a_log_written_anew_and_a_backup_hold_the_same() {
    let (folder, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(!backup(folder.path(), to.path()).unwrap());
    assert!(Market::open(folder.path()).unwrap().is_none());
    let mut store = Store::open(folder.path()).unwrap();
    for again in 0..3 {
        (0..50).for_each(|at| add(&mut store, at + again));
        store.commit().unwrap();
    }
    assert!(Store::open(folder.path()).is_err(), "another one has it");
    let before = Market::open(folder.path()).unwrap().unwrap();
    let size = || {
        fs::read_dir(folder.path().join(FOLDER))
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum::<u64>()
    };
    let size_before = size();
    store.compact().unwrap();
    assert!(size() < size_before);
    let after = Market::open(folder.path()).unwrap().unwrap();
    assert_eq!(after.jobs(), before.jobs());
    assert_eq!(after.commit.sequence, before.commit.sequence + 1);
    add(&mut store, 60);
    let counted = store.commit().unwrap();
    drop(store);
    assert!(backup(folder.path(), to.path()).unwrap());
    let kept = Market::open(to.path()).unwrap().unwrap();
    assert_eq!(kept.jobs().len() as u64, counted.jobs);
    let mut store = Store::open(to.path()).unwrap();
    (0..51).for_each(|at| add(&mut store, at));
    assert_eq!(store.commit().unwrap(), counted);
}
