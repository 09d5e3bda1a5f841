//! Are the official packages read whole? Needs `../shared/data`; without it these tests say that they skip, and pass.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use super::read;
use crate::labels;
use crate::report::ReadReport;
use crate::{Collection, Esco, Labels, SkillType};

/// A path under `shared/data/esco`, if it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let whole = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/esco/"
    ))
    .join(path);
    if whole.exists() {
        return Some(whole);
    }
    println!("skipped: {} is not here", whole.display());
    None
}

/// Version 1.1.1, read once for the tests that need it.
static VERSION_1_1_1: LazyLock<Option<(Esco, ReadReport)>> =
    LazyLock::new(|| Some(read_official(shared("v1.1.1")?)));

/// Reads a package and checks that every row is used or rejected.
fn read_official(path: PathBuf) -> (Esco, ReadReport) {
    let mut report = ReadReport::default();
    let esco = read(&[path], &mut report, &|_| {}).unwrap();
    check_counts(&report);
    check_invariants(&esco);
    (esco, report)
}

/// Every row is used or rejected, file by file.
fn check_counts(report: &ReadReport) {
    let mut n_rejected: BTreeMap<&str, u64> = BTreeMap::new();
    for rejected in report.rejected.iter().filter(|rejected| rejected.line > 0) {
        *n_rejected.entry(&rejected.file).or_default() += 1;
    }
    for file in &report.files {
        assert_eq!(
            file.used + n_rejected.get(file.file.as_str()).copied().unwrap_or(0),
            file.rows,
            "{}",
            file.file
        );
    }
}

/// What the target types promise.
fn check_invariants(esco: &Esco) {
    assert!(esco.skills.is_sorted_by(|left, right| left.uri < right.uri));
    assert!(esco.groups.is_sorted_by(|left, right| left.uri < right.uri));
    assert!(
        esco.occupations
            .is_sorted_by(|left, right| left.uri < right.uri)
    );
    assert!(
        esco.isco_groups
            .is_sorted_by(|left, right| left.code < right.code)
    );
    assert!(esco.broader.is_sorted_by(|left, right| left < right));
    assert!(esco.essential.is_sorted_by(|left, right| left < right));
    assert!(esco.optional.is_sorted_by(|left, right| left < right));
    for occupation in &esco.occupations {
        assert!(
            occupation
                .essential
                .is_sorted_by(|left, right| left < right)
        );
        assert!(
            occupation
                .optional
                .iter()
                .all(|skill| !occupation.essential.contains(skill))
        );
    }
    esco.skills
        .iter()
        .for_each(|skill| check_labels(&skill.labels));
    esco.groups
        .iter()
        .for_each(|group| check_labels(&group.labels));
    esco.occupations
        .iter()
        .for_each(|occupation| check_labels(&occupation.labels));
    esco.isco_groups
        .iter()
        .for_each(|group| check_labels(&group.labels));
}

/// What [`Labels`] promises, and that languages are sorted.
fn check_labels(all: &[Labels]) {
    assert!(!all.is_empty() && all.is_sorted_by(|left, right| left.language < right.language));
    for labels in all {
        for (at, alternative) in labels.alternatives.iter().enumerate() {
            assert!(
                !alternative.is_empty()
                    && alternative.trim() == alternative
                    && !alternative.contains('\n'),
                "{alternative:?}"
            );
            assert!(
                *alternative != labels.preferred
                    && !labels.alternatives[..at].contains(alternative),
                "{alternative:?}"
            );
        }
        assert_eq!(labels.preferred.trim(), labels.preferred);
    }
}

/// Rows read and used of the file whose name ends so.
fn counts(report: &ReadReport, name: &str) -> (u64, u64) {
    let file = report
        .files
        .iter()
        .find(|file| file.file.ends_with(name))
        .unwrap();
    (file.rows, file.used)
}

#[test]
fn version_1_1_0_is_read_whole() {
    let Some(path) = shared("v1.1.0") else { return };
    let (esco, report) = read_official(path);
    assert_eq!(
        (esco.version.as_str(), esco.languages.as_slice()),
        ("1.1.0", &["en".to_owned()][..])
    );
    assert_eq!(
        (
            esco.skills.len(),
            esco.groups.len(),
            esco.occupations.len(),
            esco.isco_groups.len()
        ),
        (13_891, 643, 3_008, 619)
    );
    assert_eq!(
        (
            esco.broader.len(),
            esco.essential.len(),
            esco.optional.len()
        ),
        (20_771, 191, 5_707)
    );
    assert_eq!(
        esco.skills
            .iter()
            .filter(|skill| skill.skill_type == SkillType::Knowledge)
            .count(),
        3_057
    );
    assert_eq!(
        esco.skills
            .iter()
            .filter(|skill| skill.collections.contains(Collection::Digital))
            .count(),
        21
    );
    assert_eq!(
        counts(&report, "!occupationSkillRelations.csv"),
        (123_852, 123_852)
    );
    assert_eq!(report.rejected.len(), 1, "one skill is related to itself");
}

#[test]
fn version_1_1_1_is_read_whole() {
    let Some((esco, report)) = &*VERSION_1_1_1 else {
        return;
    };
    assert_eq!(esco.version, "1.1.1");
    assert_eq!(
        (
            esco.skills.len(),
            esco.groups.len(),
            esco.occupations.len(),
            esco.isco_groups.len()
        ),
        (13_896, 647, 3_007, 619)
    );
    assert_eq!(
        (
            esco.broader.len(),
            esco.essential.len(),
            esco.optional.len()
        ),
        (20_656, 191, 5_707)
    );
    assert_eq!(
        esco.skills
            .iter()
            .filter(|skill| skill.collections.contains(Collection::Digital))
            .count(),
        1_201
    );
    assert_eq!(
        counts(report, "!occupationSkillRelations.csv"),
        (123_855, 123_788)
    );
    let n_unknown = report
        .rejected
        .iter()
        .filter(|rejected| rejected.reason.starts_with("unknown occupationUri"))
        .count();
    assert_eq!(
        (n_unknown, report.rejected.len()),
        (67, 68),
        "the relations still name an occupation that the package has dropped"
    );
    let technical_director = &esco.occupations[0];
    assert_eq!(
        (
            technical_director.isco_group.as_str(),
            technical_director.labels[0].preferred.as_str()
        ),
        ("2654", "technical director")
    );
}

#[test]
fn partial_1_2_0_is_refused_for_want_of_skills() {
    let Some(path) = shared("v1.2.0-partial") else {
        return;
    };
    let message = read(&[path], &mut ReadReport::default(), &|_| {})
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("no skills file") && message.contains("ISCOGroups_de.csv"),
        "{message}"
    );
}

#[test]
fn label_file_adds_six_languages() {
    let Some(label_file) = shared("labels/esco111_skill_labels_multilingual.tsv.gz") else {
        return;
    };
    let Some((english, _)) = &*VERSION_1_1_1 else {
        return;
    };
    let (mut esco, mut report) = (english.clone(), ReadReport::default());
    labels::read(&label_file, &mut esco, &mut report).unwrap();
    check_counts(&report);
    check_invariants(&esco);
    assert_eq!(esco.languages, ["da", "de", "en", "es", "fr", "nl", "sv"]);
    assert_eq!(counts(&report, "multilingual.tsv.gz"), (105_950, 105_950));
    let preferred = |language: &str| {
        let has = |labels: &Labels| labels.language == language && !labels.preferred.is_empty();
        esco.skills
            .iter()
            .filter(|skill| skill.labels.iter().any(has))
            .count()
    };
    assert_eq!(
        [
            preferred("de"),
            preferred("fr"),
            preferred("nl"),
            preferred("en")
        ],
        [13_869, 13_384, 5_418, 13_896]
    );
    for (before, after) in english.skills.iter().zip(&esco.skills) {
        assert!(
            after.labels.contains(&before.labels[0]),
            "English stays as it was"
        );
    }
}
