//! What is said of packages that are not as they should be? Errors that name the file; reports that name the line; nothing else lost.

use super::tests::{read_entries, zip_of};
use super::{read, read_zip_bytes};
use crate::report::{ReadReport, Rejected};

const HEADER: &str = "conceptUri,preferredLabel,altLabels,reuseLevel\n";

/// Asserts that reading fails and that the message has all these parts.
fn check_error<B: AsRef<[u8]>>(entries: &[(&str, B)], parts: &[&str]) {
    let message = read_entries(entries).0.unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
}

/// Asserts that these lines of a skills file are rejected with reasons that have these parts, and that `n_skills` remain.
fn check_lines(csv: impl AsRef<[u8]>, n_skills: usize, expected: &[(u64, &str)]) {
    let (esco, report) = read_entries(&[("skills_en.csv", csv.as_ref())]);
    assert_eq!(esco.unwrap().skills.len(), n_skills);
    check_report(&report, expected);
}

/// Asserts that exactly these lines are reported, and that every row is either used or rejected.
fn check_report(report: &ReadReport, expected: &[(u64, &str)]) {
    let found: Vec<(u64, &str)> = report
        .rejected
        .iter()
        .map(|rejected| (rejected.line, rejected.reason.as_str()))
        .collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((line, reason), (expected_line, part)) in found.iter().zip(expected) {
        assert!(
            line == expected_line && reason.contains(part),
            "line {line}: {reason:?} is not line {expected_line}: {part:?}"
        );
    }
    let n_unused: u64 = report.files.iter().map(|file| file.rows - file.used).sum();
    assert_eq!(
        n_unused,
        report
            .rejected
            .iter()
            .filter(|rejected| rejected.line > 0)
            .count() as u64
    );
}

#[test]
fn rejected_rows_name_their_true_line() {
    check_lines(
        format!("{HEADER}u:1,one,\"a\nb\nc\",\n,empty uri,,\nu:2,two,,\n"),
        2,
        &[(5, "empty conceptUri")],
    );
    check_lines(
        format!("{HEADER}u:1,one,\"a\nb\nc\",\n,empty uri,,\nu:2,two,,\n").replace('\n', "\r\n"),
        2,
        &[(5, "empty conceptUri")],
    );
    check_lines(
        format!("{HEADER}u:1,one,\"a\nb\",\n,empty uri,,\nu:2,two,,\n").replace('\n', "\r"),
        2,
        &[(4, "empty conceptUri")],
    );
    check_lines(
        format!("{HEADER}u:1,one,,\n\n\nu:2,  ,,\nu:3,three,,"),
        2,
        &[(5, "empty preferredLabel of 'u:2'")],
    );
    check_lines(
        format!("{HEADER}\n\nu:1,one,,\n\r\n,\"no\nuri\",,"),
        1,
        &[(6, "empty conceptUri")],
    );
    check_lines(
        format!("{HEADER}u:1,one,,\nu:1,uno,,\n"),
        1,
        &[(3, "'u:1' again in language en")],
    );
    check_lines(
        format!("{HEADER}u:1,one\nu:2,two,,,x,\nu:3,three,,,,\n"),
        1,
        &[(2, "2 cells where the header has 4"), (3, "6 cells")],
    );
    check_lines(
        format!("{HEADER}u:1,one,,\nu:2,\"two,,\nu:3,three,,\n"),
        1,
        &[(3, "runs to line 4, a quote may be left open")],
    );
}

#[test]
fn a_row_that_is_not_utf8_is_left_out_alone() {
    let mut csv = format!("{HEADER}u:1,grün,,\nu:2,gr").into_bytes();
    csv.extend_from_slice(b"\xFCn,,\nu:3,blau,,\n");
    check_lines(csv, 2, &[(3, "not valid UTF-8 in column 'preferredLabel'")]);
}

#[test]
fn unknown_words_are_noted_once_and_their_rows_used() {
    check_lines(
        format!("{HEADER}u:1,one,,everywhere\nu:2,two,,everywhere\n"),
        2,
        &[(
            0,
            "unknown reuseLevel 'everywhere', kept as not stated (rows: 2)",
        )],
    );
}

#[test]
fn relations_that_lead_nowhere_are_reported() {
    let (esco, report) = read_entries(&[
        ("skills_en.csv", "conceptUri,preferredLabel\nu:a,a\nu:b,b\n"),
        (
            "skillGroups_en.csv",
            "conceptUri,preferredLabel\ng:1,g\nu:a,a\n",
        ),
        ("occupations_en.csv", "conceptUri,preferredLabel\no:1,o\n"),
        (
            "skillsHierarchy_en.csv",
            "Level 0 URI,Level 1 URI\ng:1,g:1\n,\ng:1,u:a\ng:1,\n",
        ),
        (
            "broaderRelationsSkillPillar.csv",
            "conceptUri,broaderUri\nu:a,u:a\nu:a,u:x\nu:a,\nu:a,g:1\n",
        ),
        (
            "occupationSkillRelations.csv",
            "occupationUri,relationType,skillUri\no:2,essential,u:a\no:1,vital,u:a\no:1,,u:a\no:1,essential,g:1\no:1,essential,u:a\n",
        ),
        (
            "skillSkillRelations.csv",
            "originalSkillUri,relationType,relatedSkillUri\nu:a,optional,u:a\nu:a,optional,u:b\n",
        ),
        ("greenSkillsCollection_en.csv", "conceptUri\nu:x\nu:a\n"),
    ]);
    let esco = esco.unwrap();
    assert_eq!(
        (
            esco.broader.len(),
            esco.optional.len(),
            esco.occupations[0].essential.len(),
            esco.groups.len()
        ),
        (1, 1, 1, 1)
    );
    check_report(
        &report,
        &[
            (3, "'u:a' is a skill, not a group"),
            (2, "'g:1' stands above itself"),
            (3, "no URI at any level"),
            (4, "'u:a' is a skill, not a group"),
            (2, "'u:a' is broader than itself"),
            (3, "unknown broaderUri 'u:x'"),
            (4, "empty broaderUri"),
            (2, "unknown occupationUri 'o:2'"),
            (3, "unknown relationType 'vital'"),
            (4, "empty relationType"),
            (5, "skillUri 'g:1' is a group"),
            (2, "'u:a' is related to itself"),
            (2, "unknown conceptUri 'u:x'"),
        ],
    );
}

#[test]
fn missing_columns_are_all_named() {
    let skills = ("skills_en.csv", "conceptUri,preferredLabel\nu:a,a\n");
    check_error(
        &[("skills_en.csv", "uri,label\n")],
        &[
            "p.zip!skills_en.csv",
            "lacks the columns conceptUri, preferredLabel",
            "'uri, label'",
        ],
    );
    check_error(
        &[skills, ("skillSkillRelations.csv", "originalSkillUri\n")],
        &[
            "!skillSkillRelations.csv",
            "columns relationType, relatedSkillUri",
        ],
    );
    check_error(
        &[skills, ("occupations_en.csv", "conceptUri\n")],
        &["!occupations_en.csv", "lacks the column preferredLabel"],
    );
    check_error(
        &[skills, ("broaderRelationsSkillPillar.csv", "conceptUri\n")],
        &["lacks the column broaderUri"],
    );
    check_error(
        &[skills, ("skillsHierarchy_en.csv", "x\n")],
        &["lacks the columns Level 0 URI, Level 1 URI"],
    );
    check_error(&[("skills_en.csv", "")], &["is empty"]);
    check_error(&[("skills_en.csv", "\u{feff}\n\n")], &["is empty"]);
    check_error(
        &[("skills_en.csv", "<!DOCTYPE html>\n<html>")],
        &["lacks the columns"],
    );
}

#[test]
fn other_encodings_are_refused() {
    let csv = format!("{HEADER}{}", "u:1,Gebäude,,\n".repeat(20));
    let latin1: Vec<u8> = csv.chars().map(|c| c as u8).collect();
    let utf16: Vec<u8> = std::iter::once('\u{feff}')
        .chain(csv.chars())
        .flat_map(|c| (c as u16).to_le_bytes())
        .collect();
    check_error(
        &[("skills_de.csv", latin1)],
        &["p.zip!skills_de.csv", "not valid UTF-8"],
    );
    check_error(&[("skills_de.csv", &utf16)], &["UTF-16"]);
    check_error(&[("skills_de.csv", &utf16[2..])], &["UTF-16"]);
}

#[test]
fn packages_without_skills_say_what_they_hold() {
    let other = "conceptUri,preferredLabel\n";
    check_error(
        &[("a/occupations_en.csv", other), ("x.csv", "y")],
        &[
            "p.zip: no skills file",
            "skills_en.csv",
            "found occupations_en.csv, x.csv",
        ],
    );
    check_error::<&str>(&[], &["found no CSV file"]);
    check_error(
        &[("skills.csv", other)],
        &["no skills file", "found skills.csv"],
    );
    check_error(
        &[("skills_en.csv", "conceptUri,preferredLabel\n")],
        &["hold no row that can be used"],
    );
    let names: Vec<String> = (0..30).map(|n| format!("file{n:02}.csv")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    check_error(&many, &["file11.csv and 18 more"]);
}

#[test]
fn a_file_without_language_is_noted_and_left_out() {
    let (esco, report) = read_entries(&[
        ("skills_en.csv", "conceptUri,preferredLabel\nu:a,a\n"),
        ("occupations.csv", "conceptUri,preferredLabel\no:1,o\n"),
    ]);
    assert!(esco.unwrap().occupations.is_empty());
    check_report(&report, &[(0, "no language in the file name")]);
}

#[test]
fn versions_are_not_mixed() {
    let skills = "conceptUri,preferredLabel\nu:a,a\n";
    check_error(
        &[
            ("v1.1.0/skills_en.csv", skills),
            ("v1.1.1/skills_de.csv", skills),
        ],
        &[
            "v1.1.1/skills_de.csv",
            "not of the same ESCO version (1.1.0)",
        ],
    );
}

#[test]
fn damaged_zips_are_refused_by_name() {
    let rows: String = (0..2000)
        .map(|n| format!("u:{n},label number {n},,\n"))
        .collect();
    let whole = zip_of(&[("skills_en.csv", format!("{HEADER}{rows}"))]);
    let read_bytes = |bytes: &[u8]| {
        read_zip_bytes("p.zip", bytes, &mut ReadReport::default())
            .map_err(|error| error.to_string())
    };
    assert_eq!(read_bytes(&whole).unwrap().skills.len(), 2000);
    for n_bytes in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
        let message = read_bytes(&whole[..n_bytes]).unwrap_err();
        assert!(
            message.starts_with("p.zip: cannot be opened as a zip"),
            "{n_bytes} bytes: {message}"
        );
    }
    for at in (60..whole.len() - 120).step_by(101) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        let message = read_bytes(&flipped).unwrap_err();
        assert!(
            message.starts_with("p.zip!skills_en.csv: "),
            "byte {at}: {message}"
        );
    }
}

#[test]
fn rejections_are_bounded() {
    let rows = "x\n".repeat(200_001);
    check_error(
        &[("skills_en.csv", format!("{HEADER}{rows}"))],
        &["more than 200000 rows cannot be used; line 200002: 1 cells"],
    );
}

#[test]
fn paths_that_are_no_package_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no zip").unwrap();
    let message = |path: &std::path::Path| {
        read(&[path.to_path_buf()], &mut ReadReport::default(), &|_| {})
            .unwrap_err()
            .to_string()
    };
    assert!(
        message(&text).ends_with(
            "notes.txt: cannot be opened as a zip: invalid Zip archive: Could not find EOCD"
        ),
        "{}",
        message(&text)
    );
    assert!(message(&folder.path().join("absent")).contains("absent"));
    assert!(message(folder.path()).contains("found no CSV file"));
    assert!(
        read(&[], &mut ReadReport::default(), &|_| {})
            .unwrap_err()
            .to_string()
            .starts_with("no ESCO package given")
    );
}

#[test]
fn quoted_cells_are_cut_to_a_line() {
    let (_, report) = read_entries(&[(
        "skills_en.csv",
        format!("{HEADER}u:1,one,,\n\"{}\n\",,,\n", "ü".repeat(5000)),
    )]);
    let Rejected { line, reason, .. } = &report.rejected[0];
    assert!(*line == 3 && reason.chars().count() < 200, "{reason}");
}
