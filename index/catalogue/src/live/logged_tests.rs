//! Changes of a log: however they are grouped, interrupted or sent again, all who follow it hold the same.

use tempfile::TempDir;

use super::super::{LogPosition, build, committed, open};
use super::tests::{credential, data_dir, delete, esco, store, upsert};
use super::*;

fn logged(changes: &[Change], from: u64) -> Vec<Logged> {
    let numbered = (from..).zip(changes);
    numbered
        .map(|(number, change)| Logged {
            number,
            hash: number * 7,
            change: Some(change.clone()),
        })
        .collect()
}

/// Applies changes in groups of these sizes, again and again, as one that follows a log does.
fn apply(dir: &TempDir, changes: &[Change], sizes: &[usize]) -> Vec<Outcome> {
    let (mut store, mut outcomes) = (store(dir.path()), Vec::new());
    let (mut left, mut from) = (changes, 1);
    for size in sizes.iter().cycle() {
        let (now, later) = left.split_at((*size).min(left.len()));
        outcomes.extend(store.apply_logged(logged(now, from), 3).unwrap());
        (left, from) = (later, from + now.len() as u64);
        if left.is_empty() {
            break;
        }
    }
    outcomes
}

fn changes() -> Vec<Change> {
    let served = {
        let dir = data_dir();
        let mut store = store(dir.path());
        store.apply(vec![upsert(credential("c", 1.0))]).unwrap();
        let served = store.snapshot().credentials.get("c").unwrap().unwrap();
        assert!(!served.outcomes[0].skills.is_empty());
        served
    };
    let versioned = |hours: f64, version| {
        upsert(Credential {
            version: Some(version),
            ..credential("v", hours)
        })
    };
    vec![
        upsert(credential("c", 1.0)),
        // As it is served, right after it was written.
        upsert(served),
        versioned(1.0, 4),
        versioned(2.0, 3),
        upsert(credential("a", 9.0)),
        delete("b", None),
        delete("nobody", None),
        versioned(3.0, 5),
        delete("c", None),
        upsert(credential("c", 2.0)),
    ]
}

#[test]
fn groups_make_no_difference() {
    let changes = changes();
    let mut held = Vec::new();
    for sizes in [&[1][..], &[100], &[2, 3], &[3, 1, 4]] {
        let dir = data_dir();
        let outcomes = apply(&dir, &changes, sizes);
        assert_eq!(outcomes[1], Outcome::Unchanged, "{sizes:?}");
        assert_eq!(outcomes[3], Outcome::Refused(Refusal::Stale(4)));
        held.push((outcomes, committed(dir.path()).unwrap().1));
        open(dir.path()).unwrap();
    }
    assert!(held.iter().all(|one| *one == held[0]), "{held:#?}");
    let commit = held[0].1;
    assert_eq!(
        (commit.sequence, commit.log),
        (10, Some(LogPosition { epoch: 3, hash: 70 }))
    );
}

#[test]
fn what_is_there_already_is_not_made_again() {
    let (changes, dir) = (changes(), data_dir());
    apply(&dir, &changes, &[100]);
    let before = committed(dir.path()).unwrap();
    let mut store = store(dir.path());
    let again = store.apply_logged(logged(&changes[7..], 8), 3).unwrap();
    assert_eq!(again.len(), 3);
    assert_eq!(committed(dir.path()).unwrap(), before);
    assert_eq!(store.commit(), before.1);
    // The next one is.
    store
        .apply_logged(logged(&[delete("a", None)], 11), 3)
        .unwrap();
    assert_eq!(store.commit().sequence, 11);
}

#[test]
fn another_generation_keeps_the_numbers_and_is_the_same_for_all() {
    let mut held = Vec::new();
    for sizes in [&[1][..], &[100]] {
        let dir = data_dir();
        apply(&dir, &changes(), sizes);
        build(
            dir.path(),
            esco("next"),
            (0..20)
                .map(|at| credential(&format!("f{at}"), 1.0))
                .collect(),
            &|_, _, _| {},
        )
        .unwrap();
        let switch = Logged {
            number: 11,
            hash: 1,
            change: None,
        };
        let mut store = store(dir.path());
        store.follow().unwrap();
        store.apply_logged(vec![switch], 3).unwrap();
        held.push(committed(dir.path()).unwrap());
    }
    assert_eq!(held[0], held[1]);
    assert_eq!(held[0].1.sequence, 11);
    // Where there are no changes to carry over, the number is still kept.
    let dir = data_dir();
    let nothing = logged(&[delete("nobody", None)], 1);
    store(dir.path()).apply_logged(nothing, 3).unwrap();
    build(dir.path(), esco("next"), Vec::new(), &|_, _, _| {}).unwrap();
    drop(store(dir.path()));
    let (_, commit) = committed(dir.path()).unwrap();
    assert_eq!(
        (commit.sequence, commit.log.map(|log| log.epoch)),
        (1, Some(3))
    );
}

#[test]
fn a_copy_takes_the_place_of_what_was_there() {
    let (from, to) = (data_dir(), tempfile::tempdir().unwrap());
    apply(&from, &changes(), &[100]);
    // Into an empty directory, and again over what another one wrote since.
    for _ in 0..2 {
        let (folder, _building) = crate::disk::scratch(to.path()).unwrap();
        let copy = folder.path().join("copy");
        copy_commit(from.path(), &copy).unwrap();
        restore(to.path(), &copy).unwrap();
        assert_eq!(
            committed(to.path()).unwrap(),
            committed(from.path()).unwrap()
        );
        open(to.path()).unwrap();
        let mut store = store(to.path());
        let refused = crate::disk::scratch(to.path()).unwrap();
        copy_commit(from.path(), &refused.0.path().join("copy")).unwrap();
        let locked = restore(to.path(), &refused.0.path().join("copy"));
        assert!(
            matches!(locked, Err(CatalogueError::Locked(_))),
            "{locked:?}"
        );
        store.apply(vec![upsert(credential("other", 1.0))]).unwrap();
    }
}
