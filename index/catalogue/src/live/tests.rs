//! Changes on disk: what is applied is there when the directory is opened again, a damaged file is found, and a new generation takes the changes over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tempfile::TempDir;

use super::super::{Catalogue, Filter, Search, Sort, build, latest, open};
use super::*;
use crate::meaning::Vector;
use skillgap_credentials::credential::{
    Credential, Outcome as Learnt, SkillLink, Texts, Workload, texts,
};
use skillgap_esco::DataError;
use skillgap_esco::{Esco, Labels, Skill};
use skillgap_linker::encoder::Encoder;

const SKILL: &str = "http://data.europa.eu/esco/skill/1";
const OTHER: &str = "http://data.europa.eu/esco/skill/2";

fn text(text: &str) -> Texts {
    texts([("en", text)])
}

pub(super) fn esco(version: &str) -> Esco {
    esco_with(version, SKILL)
}

/// ESCO with one skill, "weld metal", under this URI.
fn esco_with(version: &str, uri: &str) -> Esco {
    let labels = Labels {
        language: "en".to_owned(),
        preferred: "weld metal".to_owned(),
        alternatives: Vec::new(),
    };
    let skill = Skill {
        uri: uri.to_owned(),
        labels: vec![labels],
        ..Skill::default()
    };
    Esco {
        version: version.to_owned(),
        languages: vec!["en".to_owned()],
        skills: vec![skill],
        ..Esco::default()
    }
}

pub(super) fn credential(id: &str, hours: f64) -> Credential {
    let outcomes = vec![Learnt {
        text: text("weld metal"),
        skills: Vec::new(),
    }];
    Credential {
        id: id.to_owned(),
        title: text(&format!("{id} {hours}")),
        outcomes,
        workload: Some(Workload {
            hours: Some(hours),
            ..Workload::default()
        }),
        ..Credential::default()
    }
}

pub(super) fn upsert(credential: Credential) -> Change {
    Change::Upsert(Box::new(credential))
}

pub(super) fn delete(id: &str, version: Option<u64>) -> Change {
    Change::Delete {
        id: id.to_owned(),
        version,
    }
}

/// A data directory with credentials `a` and `b`.
pub(super) fn data_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    build(
        dir.path(),
        esco("1"),
        vec![credential("a", 1.0), credential("b", 1.0)],
        &|_, _, _| {},
    )
    .unwrap();
    dir
}

pub(super) fn store(dir: &Path) -> Store {
    Store::open(dir).unwrap().0
}

fn everything(filter: &Filter, limit: usize) -> Search<'_> {
    Search {
        text: "",
        skills: &[],
        filter,
        sectors: &[],
        sort: Sort::Relevance,
        after: None,
        limit,
        facets: false,
    }
}

/// Id and hours of all credentials.
pub(super) fn all(catalogue: &Catalogue) -> BTreeMap<String, f64> {
    let found = catalogue
        .credentials
        .search(&everything(&Filter::default(), 1_000))
        .unwrap();
    assert_eq!(found.total as u64, catalogue.manifest.counts["credentials"]);
    found
        .credentials
        .into_iter()
        .map(|credential| (credential.id.clone(), credential.hours().unwrap()))
        .collect()
}

pub(super) fn hours(expected: &[(&str, f64)]) -> BTreeMap<String, f64> {
    expected
        .iter()
        .map(|(id, hours)| ((*id).to_owned(), *hours))
        .collect()
}

#[test]
fn changes_are_seen_at_once_and_after_opening_again() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    let before = writing.snapshot();
    let outcomes = writing.apply(vec![
        upsert(credential("a", 2.0)),
        upsert(credential("c", 1.0)),
        delete("b", None),
        delete("x", None),
    ]);
    assert_eq!(
        outcomes.unwrap(),
        [
            Outcome::Written,
            Outcome::Written,
            Outcome::Deleted,
            Outcome::Unchanged
        ]
    );
    let expected = hours(&[("a", 2.0), ("c", 1.0)]);
    assert_eq!(
        (all(&before), all(&writing.snapshot())),
        (hours(&[("a", 1.0), ("b", 1.0)]), expected.clone())
    );
    assert_eq!(
        latest(dir.path()).unwrap(),
        (before.manifest.generation.clone(), 5)
    );
    drop(writing);
    assert_eq!(
        (
            all(&open(dir.path()).unwrap()),
            all(&store(dir.path()).snapshot())
        ),
        (expected.clone(), expected)
    );
    assert!(
        open(dir.path())
            .unwrap()
            .credentials
            .get("b")
            .unwrap()
            .is_none()
    );
}

#[test]
fn what_was_served_changes_nothing_when_it_comes_back() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    let versioned = Credential {
        version: Some(3),
        ..credential("c", 1.0)
    };
    writing.apply(vec![upsert(versioned)]).unwrap();
    let served = ["a", "b", "c"].map(|id| writing.snapshot().credentials.get(id).unwrap().unwrap());
    assert!(
        served
            .iter()
            .all(|credential| credential.outcomes[0].skills[0].is_inferred())
    );
    let sequence = writing.commit.sequence;
    let outcomes = writing
        .apply(served.iter().cloned().map(upsert).collect())
        .unwrap();
    assert_eq!(
        (outcomes, writing.commit.sequence),
        (vec![Outcome::Unchanged; 3], sequence)
    );
    // The links are still ours, and not the source's.
    assert_eq!(
        writing.snapshot().credentials.given("a").unwrap(),
        Some(credential("a", 1.0))
    );
    // Once something else was written in the same group, what was served before is a change like any other.
    let outcomes = writing
        .apply(vec![
            upsert(credential("a", 2.0)),
            upsert(served[0].clone()),
        ])
        .unwrap();
    assert_eq!(outcomes, [Outcome::Written, Outcome::Written]);
    let mut other = served[1].clone();
    other.outcomes[0].skills[0].confidence = Some(0.5);
    assert_eq!(
        writing.apply(vec![upsert(other)]).unwrap(),
        [Outcome::Written]
    );
}

#[test]
fn what_was_deleted_or_written_anew_is_not_found_by_its_wording() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    writing
        .apply(vec![
            upsert(credential("a", 2.0)),
            upsert(credential("c", 9.0)),
            delete("b", None),
        ])
        .unwrap();
    let (catalogue, welding) = (
        writing.snapshot(),
        Vector::of(Encoder::carried().unwrap(), "weld metal"),
    );
    let near = |filter: Filter| {
        let places = catalogue.credentials.near(&welding, &filter, 10).unwrap();
        places
            .into_iter()
            .map(|place| catalogue.credentials.id(place).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let ids = |ids: &[&str]| {
        ids.iter()
            .map(|id| (*id).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(near(Filter::default()), ids(&["a", "c"]));
    assert_eq!(
        near(Filter {
            hours_max: Some(5.0),
            ..Filter::default()
        }),
        ids(&["a"])
    );
}

#[test]
fn only_one_may_write() {
    let dir = data_dir();
    let first = store(dir.path());
    assert!(matches!(
        Store::open(dir.path()),
        Err(CatalogueError::Locked(_))
    ));
    assert!(open(dir.path()).is_ok(), "reading needs no lock");
    drop(first);
    assert!(Store::open(dir.path()).is_ok());
}

#[test]
fn the_generation_stays_as_it_was_built() {
    let dir = data_dir();
    let built = fs::read_to_string(dir.path().join("CURRENT")).unwrap();
    for round in 0..20 {
        store(dir.path())
            .apply(vec![
                upsert(credential("a", f64::from(round))),
                delete("b", None),
            ])
            .unwrap();
    }
    let generation = dir.path().join("generations").join(&built[..16]);
    assert!(super::super::Manifest::verify(&generation, built[17..].trim()).is_ok());
}

/// As if the process were killed after the merge: what is not committed is not there, not even in part.
#[test]
fn a_merge_takes_nothing_of_what_is_not_committed() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    for id in ["c", "d"] {
        writing.apply(vec![upsert(credential(id, 1.0))]).unwrap();
    }
    let place = dir
        .path()
        .join("live")
        .join(&writing.snapshot().manifest.generation);
    drop(writing);
    let mut writer = Writer::open(&place).unwrap();
    let segments = writer.index.searchable_segment_ids().unwrap();
    assert!(segments.len() > 1);
    let tantivys = writer.writer.as_mut().unwrap();
    tantivys.delete_term(Term::from_field_text(CredentialFields::new().id, "a"));
    tantivys.merge(&segments).wait().unwrap();
    assert_eq!(
        all(&open(dir.path()).unwrap()),
        hours(&[("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)])
    );
}

/// Every file that counts, of a directory with several commits: changed, cut or missing, it is found.
#[test]
fn a_damaged_file_of_changes_is_found() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    for round in 0..3 {
        writing
            .apply(vec![
                upsert(credential("a", f64::from(round))),
                upsert(credential(&format!("n{round}"), 1.0)),
            ])
            .unwrap();
    }
    let generation = writing.snapshot().manifest.generation.clone();
    drop(writing);
    let place = dir.path().join("live").join(generation);
    // What was merged into another segment may lie about until the next commit, and is not read.
    let mut read: Vec<String> = open_index(&place)
        .unwrap()
        .searchable_segment_ids()
        .unwrap()
        .iter()
        .map(|id| id.uuid_string())
        .collect();
    read.push("meta".to_owned());
    let files: Vec<_> = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let mut n_tried = 0;
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !read.iter().any(|read| name.starts_with(read)) {
            continue;
        }
        let whole = fs::read(&path).unwrap();
        for damage in ["flip", "cut", "remove"] {
            // A link may be shared with the generation, whose own checksum would be found first.
            fs::remove_file(&path).unwrap();
            let mut bytes = whole.clone();
            match damage {
                // The first byte: the end of a file says tantivy's version, too, which nobody reads.
                "flip" => bytes[0] ^= 1,
                // The last byte of the list of files is a line feed, which nobody needs.
                "cut" => bytes.truncate(whole.len() - 2),
                _ => {}
            }
            if damage != "remove" {
                fs::write(&path, &bytes).unwrap();
            }
            assert!(
                matches!(
                    open(dir.path()),
                    Err(CatalogueError::Data(DataError::Damaged { .. }))
                ),
                "{name}: {damage}"
            );
            fs::write(&path, &whole).unwrap();
            n_tried += 1;
        }
    }
    assert!(n_tried > 20, "{n_tried}");
    assert!(open(dir.path()).is_ok());
}

#[test]
fn a_new_generation_takes_the_changes_over_and_links_again() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    let mut declared = credential("d", 1.0);
    declared.outcomes[0].skills = vec![SkillLink::declared(SKILL)];
    writing
        .apply(vec![
            upsert(credential("c", 1.0)),
            upsert(declared),
            delete("b", None),
        ])
        .unwrap();
    assert_eq!(
        writing
            .snapshot()
            .credentials
            .get("c")
            .unwrap()
            .unwrap()
            .outcomes[0]
            .skills
            .len(),
        1
    );
    let old = latest(dir.path()).unwrap();
    // The skill has another URI now; `b` is in the files again.
    build(
        dir.path(),
        esco_with("2", OTHER),
        vec![credential("a", 5.0), credential("b", 5.0)],
        &|_, _, _| {},
    )
    .unwrap();
    let carried = writing.follow().unwrap().unwrap();
    assert_eq!((carried.kept, carried.replaced), (3, Vec::new()));
    let expected = hours(&[("a", 5.0), ("c", 1.0), ("d", 1.0)]);
    assert_eq!(all(&writing.snapshot()), expected);
    let link = |id| {
        writing
            .snapshot()
            .credentials
            .get(id)
            .unwrap()
            .unwrap()
            .outcomes[0]
            .skills[0]
            .uri
            .clone()
    };
    assert_eq!(
        (link("c").as_str(), link("d").as_str()),
        (OTHER, SKILL),
        "ours is made again, the provider's stays"
    );
    writing.apply(vec![upsert(credential("e", 1.0))]).unwrap();
    drop(writing);
    let new = latest(dir.path()).unwrap();
    assert!(
        new.0 != old.0 && new.1 > old.1,
        "numbers go on: {old:?}, {new:?}"
    );
    assert_eq!(all(&open(dir.path()).unwrap()).len(), 4);
    assert_eq!(
        fs::read_dir(dir.path().join("live")).unwrap().count(),
        1,
        "the former changes are gone"
    );
}

#[test]
fn changes_are_carried_over_even_if_nobody_followed() {
    let dir = data_dir();
    store(dir.path())
        .apply(vec![upsert(credential("c", 1.0))])
        .unwrap();
    build(
        dir.path(),
        esco("2"),
        vec![credential("a", 5.0)],
        &|_, _, _| {},
    )
    .unwrap();
    let (opened, carried) = Store::open(dir.path()).unwrap();
    assert_eq!(
        (carried.kept, all(&opened.snapshot())),
        (1, hours(&[("a", 5.0), ("c", 1.0)]))
    );
}

#[test]
fn a_file_with_a_higher_version_replaces_a_change() {
    let dir = data_dir();
    let versioned = |hours, version| Credential {
        version: Some(version),
        ..credential("a", hours)
    };
    store(dir.path())
        .apply(vec![upsert(versioned(2.0, 2))])
        .unwrap();
    build(
        dir.path(),
        esco("2"),
        vec![versioned(3.0, 3)],
        &|_, _, _| {},
    )
    .unwrap();
    let (opened, carried) = Store::open(dir.path()).unwrap();
    assert_eq!(carried.replaced, [("a".to_owned(), Refusal::Stale(3))]);
    assert_eq!(all(&opened.snapshot()), hours(&[("a", 3.0)]));
}

#[test]
fn a_writer_that_fails_begins_again_with_what_is_on_disk() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    writing.apply(vec![upsert(credential("c", 1.0))]).unwrap();
    let place = dir
        .path()
        .join("live")
        .join(&writing.snapshot().manifest.generation);
    let away = dir.path().join("away");
    // Without its folder, nothing can be written.
    fs::rename(&place, &away).unwrap();
    fs::write(&place, "in the way").unwrap();
    assert!(writing.apply(vec![upsert(credential("d", 1.0))]).is_err());
    assert!(writing.apply(vec![upsert(credential("d", 1.0))]).is_err());
    assert_eq!(
        all(&writing.snapshot()),
        hours(&[("a", 1.0), ("b", 1.0), ("c", 1.0)]),
        "reads go on"
    );
    fs::remove_file(&place).unwrap();
    fs::rename(&away, &place).unwrap();
    assert_eq!(
        writing.apply(vec![upsert(credential("e", 1.0))]).unwrap(),
        [Outcome::Written]
    );
    let expected = hours(&[("a", 1.0), ("b", 1.0), ("c", 1.0), ("e", 1.0)]);
    assert_eq!(
        (all(&writing.snapshot()), all(&open(dir.path()).unwrap())),
        (expected.clone(), expected)
    );
}

#[derive(Clone, Debug)]
enum Step {
    Upsert(u8, Option<u64>, u8),
    Delete(u8, Option<u64>),
    Commit,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let version = || prop_oneof![Just(None), (0..4_u64).prop_map(Some)];
    prop_oneof![
        6 => (0..5_u8, version(), 0..3_u8).prop_map(|(id, version, hours)| Step::Upsert(id, version, hours)),
        3 => (0..5_u8, version()).prop_map(|(id, version)| Step::Delete(id, version)),
        3 => Just(Step::Commit),
        1 => Just(Step::Reopen),
    ]
}

/// The rule of versions, said once more and without any index: what is stored under an id, alive or not.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stored {
    version: Option<u64>,
    hours: Option<u8>,
}

fn model(stored: &mut BTreeMap<u8, Stored>, id: u8, version: Option<u64>, hours: Option<u8>) {
    let new = Stored { version, hours };
    let allowed = match stored.get(&id) {
        None => hours.is_some() || version.is_some(),
        Some(old) => match (old.version, version) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(old), Some(new)) => new > old,
        },
    };
    if allowed {
        stored.insert(id, new);
    }
}

#[test]
fn any_changes_in_any_groups_leave_what_the_rule_says() {
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let ran = runner.run(&prop::collection::vec(step(), 1..40), |steps| {
        let dir = tempfile::tempdir().unwrap();
        build(dir.path(), esco("1"), Vec::new(), &|_, _, _| {}).unwrap();
        let (mut writing, mut waiting, mut stored) =
            (store(dir.path()), Vec::new(), BTreeMap::new());
        for step in steps.into_iter().chain([Step::Commit, Step::Reopen]) {
            match step {
                Step::Upsert(id, version, h) => {
                    waiting.push(upsert(Credential {
                        version,
                        ..credential(&id.to_string(), f64::from(h))
                    }));
                    model(&mut stored, id, version, Some(h));
                }
                Step::Delete(id, version) => {
                    waiting.push(delete(&id.to_string(), version));
                    model(&mut stored, id, version, None);
                }
                Step::Commit => {
                    writing.apply(std::mem::take(&mut waiting)).unwrap();
                }
                Step::Reopen => {
                    writing.apply(std::mem::take(&mut waiting)).unwrap();
                    drop(writing);
                    writing = store(dir.path());
                }
            }
            if waiting.is_empty() {
                let expected: BTreeMap<String, f64> = stored
                    .iter()
                    .filter_map(|(id, stored)| Some((id.to_string(), f64::from(stored.hours?))))
                    .collect();
                prop_assert_eq!(all(&writing.snapshot()), expected);
            }
        }
        Ok(())
    });
    ran.unwrap();
}
