//! Which labels in other languages does a label file add to ESCO's concepts? A TSV, plain or gzipped, with one label a row, joined by URI; or an archive of them.
//!
//! The one idea: ESCO's own labels win. A preferred label where there is one already becomes an alternative; nothing is ever replaced.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
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

/// The labels of every concept that can have some, by URI.
type LabelsByUri<'a> = HashMap<String, &'a mut Vec<Labels>>;

/// Reads a label file (TSV, or CSV with commas or semicolons; gzipped or not) with the columns `conceptUri`, `kind` (`pref`, `alt` or
/// `hidden`), `label` and `lang`, in any order and with any others, and merges its labels into `esco`. Without the column `lang` the file's name
/// says the language, as in `occ_de.tsv`. A tar archive, gzipped or not, of such files is read whole.
///
/// A label that is there already is used, and changes nothing. Rows with an unknown URI, language or kind, or an empty label are reported.
///
/// # Errors
/// [`DataError::Io`] where the file cannot be opened; [`DataError::Input`] where it lacks a column, is damaged, or is not UTF-8, or where an
/// archive holds no table.
pub fn read(path: &Path, esco: &mut Esco, report: &mut ReadReport) -> Result<()> {
    let file = path.display().to_string();
    let (head, input) = open(path)?;
    let mut concepts = labels_by_uri(esco);
    if is_archive(&head) {
        read_archive(&file, head.chain(input), &mut concepts, report)?;
    } else {
        let whole: Box<dyn Read> = Box::new(head.chain(input));
        read_table(&file, whole, &mut concepts, report)?;
    }
    esco.languages = esco.label_languages();
    Ok(())
}

/// Reads all tables of a tar archive; whatever else it holds is left alone.
fn read_archive(
    file: &str,
    archive: impl Read,
    concepts: &mut LabelsByUri<'_>,
    report: &mut ReadReport,
) -> Result<()> {
    let damaged = |error: std::io::Error| {
        DataError::input(file, format!("cannot be read to its end: {error}"))
    };
    let mut n_tables = 0;
    for entry in tar::Archive::new(archive).entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.display().to_string();
        let is_table = Path::new(&name)
            .extension()
            .is_some_and(|of| of == "tsv" || of == "csv");
        if is_table && entry.header().entry_type().is_file() {
            read_table(&format!("{file}/{name}"), Box::new(entry), concepts, report)?;
            n_tables += 1;
        }
    }
    if n_tables == 0 {
        return Err(DataError::input(
            file,
            "is an archive without .tsv or .csv files",
        ));
    }
    Ok(())
}

/// Reads one table.
fn read_table(
    file: &str,
    input: Box<dyn Read + '_>,
    concepts: &mut LabelsByUri<'_>,
    report: &mut ReadReport,
) -> Result<()> {
    let in_name = language_of_file(file);
    let mandatory: &[&str] = match in_name {
        Some(_) => &["conceptUri", "kind", "label"],
        None => &["conceptUri", "lang", "kind", "label"],
    };
    let table = Table::open(file, input, mandatory, Width::Exact)?;
    let [uri, lang, kind, label] =
        ["conceptUri", "lang", "kind", "label"].map(|name| table.column(name));
    let has_lang = table.has(lang);
    table.for_each_row(report, |row| {
        let uri = row.cell(uri);
        let labels = concepts
            .get_mut(uri)
            .ok_or_else(|| format!("unknown conceptUri {}", quoted(uri)))?;
        let stated = row.cell(lang);
        let language = match in_name {
            Some(code) if !has_lang => code.to_owned(),
            _ => stated.to_ascii_lowercase(),
        };
        if !is_language(&language) {
            return Err(format!(
                "lang {} is not a code of two letters",
                quoted(stated)
            ));
        }
        let kind = kind_of(row.cell(kind))?;
        let label = clean_label(row.cell(label));
        if label.is_empty() {
            return Err(format!("empty label of {}", quoted(uri)));
        }
        merge(insert_labels(labels, &language), kind, label)
    })
}

/// The language that a file's name ends in: `occ_de.tsv`, `labels_de.tsv.gz`.
fn language_of_file(file: &str) -> Option<&str> {
    let stem = file.strip_suffix(".gz").unwrap_or(file);
    let stem = stem
        .strip_suffix(".tsv")
        .or_else(|| stem.strip_suffix(".csv"))?;
    let (_, code) = stem.rsplit_once('_')?;
    is_language(code).then_some(code)
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

/// Bytes by which an archive is told from a table.
const HEAD_BYTES: u64 = 512;

/// The first bytes of a file, and the rest.
type Opened = (Cursor<Vec<u8>>, Box<dyn Read>);

/// Opens a file, gzipped or not: its first bytes tell, not its name. The first bytes of what it holds, and the rest.
fn open(path: &Path) -> Result<Opened> {
    const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
    let mut file = BufReader::new(File::open(path).map_err(DataError::io(path))?);
    let is_gzip = file
        .fill_buf()
        .map_err(DataError::io(path))?
        .starts_with(&GZIP_MAGIC);
    let mut whole: Box<dyn Read> = match is_gzip {
        true => Box::new(Capped::new(MultiGzDecoder::new(file))),
        false => Box::new(Capped::new(file)),
    };
    let mut head = Vec::new();
    // What fails here fails again where the whole is read, and is reported there.
    let _ = whole.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
    Ok((Cursor::new(head), whole))
}

/// Whether the first bytes are those of a tar archive (POSIX ustar, and GNU's form of it).
fn is_archive(head: &Cursor<Vec<u8>>) -> bool {
    head.get_ref().get(257..262) == Some(b"ustar")
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

fn labels_by_uri(esco: &mut Esco) -> LabelsByUri<'_> {
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
        merge_file("labels.tsv", bytes)
    }

    fn gzipped(text: &str) -> Vec<u8> {
        gzipped_bytes(text.as_bytes())
    }

    fn gzipped_bytes(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
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

    /// Merges a label file of this name.
    fn merge_file(name: &str, bytes: &[u8]) -> (Result<()>, Esco, ReadReport) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (mut esco, mut report) = (small_esco(), ReadReport::default());
        (read(&path, &mut esco, &mut report), esco, report)
    }

    #[test]
    fn the_name_of_a_file_says_its_language_where_no_column_does() {
        let rows = "conceptUri\tkind\tlabel\no:1\tpref\tKoch\n";
        let (outcome, esco, _) = merge_file("occ_de.tsv", rows.as_bytes());
        outcome.unwrap();
        assert_eq!(esco.occupations[0].labels[0].language, "de");
        let (_, esco, _) = merge_file(
            "occ_de.tsv",
            format!("{HEADER}o:1\tsv\tpref\tkock\n").as_bytes(),
        );
        assert_eq!(
            esco.occupations[0].labels[0].language, "sv",
            "a column wins"
        );
        let message = merge_file("occupations.tsv", rows.as_bytes())
            .0
            .unwrap_err()
            .to_string();
        assert!(message.contains("lacks the column lang"), "{message}");
    }

    #[test]
    fn an_archive_is_read_whole() {
        let archive = |files: &[(&str, &str)]| {
            let mut archive = tar::Builder::new(Vec::new());
            for (name, rows) in files {
                let mut header = tar::Header::new_gnu();
                header.set_size(rows.len() as u64);
                archive
                    .append_data(&mut header, name, rows.as_bytes())
                    .unwrap();
            }
            archive.into_inner().unwrap()
        };
        let head = "conceptUri\tkind\tlabel\n";
        let whole = archive(&[
            ("labels/occ_de.tsv", &format!("{head}o:1\tpref\tKoch\n")),
            ("labels/README", "no table"),
            ("labels/occ_da.tsv", &format!("{head}o:1\tpref\tkok\n")),
        ]);
        for bytes in [whole.clone(), gzipped_bytes(&whole)] {
            let (outcome, esco, report) = merge_file("labels.tar.gz", &bytes);
            outcome.unwrap();
            let languages = esco.occupations[0]
                .labels
                .iter()
                .map(|labels| labels.language.as_str());
            assert!(languages.eq(["da", "de"]));
            assert_eq!(report.files.len(), 2);
        }
        let check = |bytes: &[u8], part: &str| {
            let message = merge_file("labels.tar.gz", bytes)
                .0
                .unwrap_err()
                .to_string();
            assert!(message.contains(part), "{message}");
        };
        check(&archive(&[("README", "no table")]), "without .tsv");
        check(&gzipped_bytes(&whole)[..150], "cannot be read");
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
