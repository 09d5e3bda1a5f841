//! Which labels in other languages does a label file add to ESCO's concepts? A TSV, plain or gzipped, with one label a row, joined by URI.
//!
//! The one idea: ESCO's own labels win. A preferred label where there is one already becomes an alternative; nothing is ever replaced.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::{DataError, Result};
use crate::package::{Capped, add_alternative, clean_label, insert_labels, is_language};
use crate::report::ReadReport;
use crate::table::{Table, Width, quoted};
use crate::{Esco, Labels};

/// What a row says that its label is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LabelKind {
    Preferred,
    Alternative,
}

/// Reads a label file (TSV, or CSV with commas or semicolons; gzipped or not) with the columns `conceptUri`, `lang`, `kind` (`pref`, `alt` or
/// `hidden`) and `label`, in any order and with any others, and merges its labels into `esco`.
///
/// A label that is there already is used, and changes nothing. Rows with an unknown URI, language or kind, or an empty label are reported.
///
/// # Errors
/// [`DataError::Io`] where the file cannot be opened; [`DataError::Input`] where it lacks a column, is damaged, or is not UTF-8.
pub fn read(path: &Path, esco: &mut Esco, report: &mut ReadReport) -> Result<()> {
    let file = path.display().to_string();
    let table = Table::open(
        &file,
        open(path)?,
        &["conceptUri", "lang", "kind", "label"],
        Width::Exact,
    )?;
    let [uri, lang, kind, label] =
        ["conceptUri", "lang", "kind", "label"].map(|name| table.column(name));
    let mut concepts = labels_by_uri(esco);
    table.for_each_row(report, |row| {
        let uri = row.cell(uri);
        let labels = concepts
            .get_mut(uri)
            .ok_or_else(|| format!("unknown conceptUri {}", quoted(uri)))?;
        let language = row.cell(lang).to_ascii_lowercase();
        if !is_language(&language) {
            return Err(format!(
                "lang {} is not a code of two letters",
                quoted(row.cell(lang))
            ));
        }
        let kind = kind_of(row.cell(kind))?;
        let label = clean_label(row.cell(label));
        if label.is_empty() {
            return Err(format!("empty label of {}", quoted(uri)));
        }
        merge(insert_labels(labels, &language), kind, label)
    })?;
    esco.languages = esco.label_languages();
    Ok(())
}

/// Adds a label to what a concept has in one language.
fn merge(labels: &mut Labels, kind: LabelKind, label: String) -> std::result::Result<(), String> {
    if kind == LabelKind::Alternative || !labels.preferred.is_empty() {
        return add_alternative(labels, label);
    }
    labels
        .alternatives
        .retain(|alternative| *alternative != label);
    labels.preferred = label;
    Ok(())
}

/// Opens a file, gzipped or not: its first bytes tell, not its name.
fn open(path: &Path) -> Result<Box<dyn Read>> {
    const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
    let mut file = BufReader::new(File::open(path).map_err(DataError::io(path))?);
    let is_gzip = file
        .fill_buf()
        .map_err(DataError::io(path))?
        .starts_with(&GZIP_MAGIC);
    Ok(match is_gzip {
        true => Box::new(Capped::new(MultiGzDecoder::new(file))),
        false => Box::new(Capped::new(file)),
    })
}

/// The word of the column `kind`.
fn kind_of(word: &str) -> std::result::Result<LabelKind, String> {
    match word.to_ascii_lowercase().as_str() {
        "pref" => Ok(LabelKind::Preferred),
        "alt" | "hidden" => Ok(LabelKind::Alternative),
        "" => Err("empty kind".to_owned()),
        _ => Err(format!("unknown kind {}", quoted(word))),
    }
}

/// The labels of every concept that can have some, by URI.
fn labels_by_uri(esco: &mut Esco) -> HashMap<String, &mut Vec<Labels>> {
    let isco_groups = esco.isco_groups.iter_mut();
    let isco_groups = isco_groups.map(|group| (&group.uri, &mut group.labels));
    let occupations = esco.occupations.iter_mut();
    let occupations = occupations.map(|occupation| (&occupation.uri, &mut occupation.labels));
    let groups = esco.groups.iter_mut();
    let groups = groups.map(|group| (&group.uri, &mut group.labels));
    let skills = esco.skills.iter_mut();
    let skills = skills.map(|skill| (&skill.uri, &mut skill.labels));
    let all = isco_groups.chain(occupations).chain(groups).chain(skills);
    all.map(|(uri, labels)| (uri.clone(), labels)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::{IscoGroup, Occupation, Skill, SkillGroup};

    /// One concept of each kind; the skill has English labels.
    fn small_esco() -> Esco {
        let labels = vec![Labels {
            language: "en".to_owned(),
            preferred: "bake".to_owned(),
            alternatives: vec!["baking".to_owned()],
        }];
        Esco {
            languages: vec!["en".to_owned()],
            skills: vec![Skill {
                uri: "u:a".to_owned(),
                labels,
                ..Skill::default()
            }],
            groups: vec![SkillGroup {
                uri: "g:1".to_owned(),
                ..SkillGroup::default()
            }],
            occupations: vec![Occupation {
                uri: "o:1".to_owned(),
                ..Occupation::default()
            }],
            isco_groups: vec![IscoGroup {
                code: "7".to_owned(),
                uri: "i:7".to_owned(),
                ..IscoGroup::default()
            }],
            ..Esco::default()
        }
    }

    /// Merges a label file with these bytes.
    fn merge_bytes(bytes: &[u8]) -> (Result<()>, Esco, ReadReport) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.tsv");
        std::fs::write(&path, bytes).unwrap();
        let (mut esco, mut report) = (small_esco(), ReadReport::default());
        (read(&path, &mut esco, &mut report), esco, report)
    }

    fn gzipped(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    const HEADER: &str = "conceptUri\tlang\tkind\tlabel\n";

    #[test]
    fn labels_that_are_there_win() {
        let check = |rows: &str, language: &str, preferred: &str, alternatives: &[String]| {
            let (outcome, esco, report) = merge_bytes(format!("{HEADER}{rows}").as_bytes());
            outcome.unwrap();
            assert_eq!(report.rejected, []);
            let labels = esco.skills[0]
                .labels
                .iter()
                .find(|labels| labels.language == language)
                .unwrap();
            assert_eq!(
                (labels.preferred.as_str(), labels.alternatives.as_slice()),
                (preferred, alternatives),
                "{rows:?}"
            );
        };
        check(
            "u:a\ten\tpref\tmake bread\n",
            "en",
            "bake",
            &["baking".to_owned(), "make bread".to_owned()],
        );
        check(
            "u:a\ten\tpref\t bake \nu:a\ten\talt\tbake\nu:a\ten\talt\tbaking\n",
            "en",
            "bake",
            &["baking".to_owned()],
        );
        check(
            "u:a\tde\tpref\tbacken\nu:a\tde\tpref\tBrot backen\n",
            "de",
            "backen",
            &["Brot backen".to_owned()],
        );
        check(
            "u:a\tde\talt\tbacken\nu:a\tDE\tpref\tbacken\n",
            "de",
            "backen",
            &[],
        );
        check(
            "u:a\tde\talt\tbacken\nu:a\tde\thidden\tbackn\n",
            "de",
            "",
            &["backen".to_owned(), "backn".to_owned()],
        );
    }

    #[test]
    fn every_kind_of_concept_gets_its_labels() {
        let rows = "g:1\tsv\tpref\tgrupp\no:1\tsv\tpref\tbagare\ni:7\tsv\tpref\thantverk\nu:a\tsv\tpref\tbaka\nu:a\tda\tpref\tbage\n";
        let (_, esco, _) = merge_bytes(&gzipped(&format!("{HEADER}{rows}")));
        assert_eq!(esco.groups[0].labels[0].preferred, "grupp");
        assert_eq!(esco.occupations[0].labels[0].preferred, "bagare");
        assert_eq!(esco.isco_groups[0].labels[0].preferred, "hantverk");
        assert_eq!(esco.languages, ["da", "en", "sv"]);
        assert!(
            esco.skills[0]
                .labels
                .is_sorted_by(|left, right| left.language < right.language)
        );
    }

    #[test]
    fn columns_may_be_in_any_order_and_more() {
        let (outcome, esco, _) = merge_bytes(
            "\u{feff}source,label,kind,conceptUri,lang\r\nx,backen,pref,u:a,de\r\n".as_bytes(),
        );
        outcome.unwrap();
        assert_eq!(esco.languages, ["de", "en"]);
    }

    #[test]
    fn rows_that_cannot_be_used_are_reported_with_their_line() {
        let rows = "u:x\tde\tpref\tx\r\nu:a\tdeutsch\tpref\tx\r\nu:a\tde\tbest\tx\r\nu:a\tde\tpref\t \r\nu:a\tde\tpref\r\nu:a\tfr\tpref\tcuire\r\n";
        let (outcome, esco, report) = merge_bytes(format!("{HEADER}{rows}").as_bytes());
        outcome.unwrap();
        let found: Vec<(u64, &str)> = report
            .rejected
            .iter()
            .map(|rejected| (rejected.line, rejected.reason.as_str()))
            .collect();
        let expected = [
            (2, "unknown conceptUri 'u:x'"),
            (3, "lang 'deutsch' is not a code of two letters"),
            (4, "unknown kind 'best'"),
            (5, "empty label of 'u:a'"),
            (6, "3 cells where the header has 4"),
        ];
        assert_eq!(found, expected);
        assert_eq!((report.files[0].rows, report.files[0].used), (6, 1));
        assert_eq!(esco.languages, ["en", "fr"]);
    }

    #[test]
    fn files_that_cannot_be_used_are_refused() {
        let check = |bytes: &[u8], part: &str| {
            let message = merge_bytes(bytes).0.unwrap_err().to_string();
            assert!(
                message.contains("labels.tsv: ") && message.contains(part),
                "{message}"
            );
        };
        check(b"conceptUri\tlabel\n", "lacks the columns lang, kind");
        check(b"", "is empty");
        let rows = "u:a\tde\tpref\tbacken\n".repeat(5000);
        let whole = gzipped(&format!("{HEADER}{rows}"));
        check(&whole[..whole.len() / 2], "cannot be read to its end");
        check(&whole[..whole.len() - 4], "cannot be read to its end");
        check(
            &"conceptUri\tlang\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
            "UTF-16",
        );
    }
}
