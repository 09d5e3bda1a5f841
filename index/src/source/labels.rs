//! Which labels in other languages does a label file add to ESCO's concepts? A TSV, plain or gzipped, with one label a row, joined by URI.
//!
//! The one idea: ESCO's own labels win. A preferred label where there is one already becomes an alternative; nothing is ever replaced.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::{IndexError, Result};
use crate::model::esco::{Esco, Labels};
use crate::source::esco::table::{Table, Width, quoted};
use crate::source::esco::{Capped, clean_label, insert_labels, is_language, languages_of};
use crate::source::report::ReadReport;

/// What a row says that its label is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LabelKind {
    Preferred,
    Alternative,
}

/// A concept that can have labels, by its row.
#[derive(Clone, Copy)]
enum Concept {
    Skill(usize),
    Group(usize),
    Occupation(usize),
    IscoGroup(usize),
}

/// Reads a label file (TSV, or CSV with commas or semicolons; gzipped or not) with the columns `conceptUri`, `lang`, `kind` (`pref`, `alt` or
/// `hidden`) and `label`, in any order and with any others, and merges its labels into `esco`.
///
/// A label that is there already is used, and changes nothing. Rows with an unknown URI, language or kind, or an empty label are reported.
///
/// # Errors
/// [`IndexError::Io`] where the file cannot be opened; [`IndexError::Input`] where it lacks a column, is damaged, or is not UTF-8.
pub fn read(path: &Path, esco: &mut Esco, report: &mut ReadReport) -> Result<()> {
    let file = path.display().to_string();
    let table = Table::open(&file, open(path)?, &["conceptUri", "lang", "kind", "label"], Width::Exact)?;
    let [uri, lang, kind, label] = ["conceptUri", "lang", "kind", "label"].map(|name| table.column(name));
    let concepts = concepts_by_uri(esco);
    table.for_each_row(report, |row| {
        let uri = row.cell(uri);
        let concept = concepts.get(uri).ok_or_else(|| format!("unknown conceptUri {}", quoted(uri)))?;
        let language = row.cell(lang).to_ascii_lowercase();
        if !is_language(&language) {
            return Err(format!("lang {} is not a code of two letters", quoted(row.cell(lang))));
        }
        let kind = kind_of(row.cell(kind))?;
        let label = clean_label(row.cell(label));
        if label.is_empty() {
            return Err(format!("empty label of {}", quoted(uri)));
        }
        merge(insert_labels(labels_of(esco, *concept), &language), kind, label);
        Ok(())
    })?;
    esco.languages = languages_of(&esco.skills);
    Ok(())
}

/// Adds a label to what a concept has in one language.
fn merge(labels: &mut Labels, kind: LabelKind, label: String) {
    if labels.preferred == label {
        return;
    }
    if kind == LabelKind::Preferred && labels.preferred.is_empty() {
        labels.alternatives.retain(|alternative| *alternative != label);
        labels.preferred = label;
        return;
    }
    if !labels.alternatives.contains(&label) {
        labels.alternatives.push(label);
    }
}

/// Opens a file, gzipped or not: its first bytes tell, not its name.
fn open(path: &Path) -> Result<Box<dyn Read>> {
    const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
    let mut file = BufReader::new(File::open(path).map_err(IndexError::io(path))?);
    let is_gzip = file.fill_buf().map_err(IndexError::io(path))?.starts_with(&GZIP_MAGIC);
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

/// Every concept that can have labels, by URI.
fn concepts_by_uri(esco: &Esco) -> HashMap<String, Concept> {
    let isco_groups = esco.isco_groups.iter().enumerate().map(|(row, group)| (&group.uri, Concept::IscoGroup(row)));
    let occupations = esco.occupations.iter().enumerate().map(|(row, occupation)| (&occupation.uri, Concept::Occupation(row)));
    let groups = esco.groups.iter().enumerate().map(|(row, group)| (&group.uri, Concept::Group(row)));
    let skills = esco.skills.iter().enumerate().map(|(row, skill)| (&skill.uri, Concept::Skill(row)));
    isco_groups.chain(occupations).chain(groups).chain(skills).map(|(uri, concept)| (uri.clone(), concept)).collect()
}

/// The labels of a concept.
fn labels_of(esco: &mut Esco, concept: Concept) -> &mut Vec<Labels> {
    match concept {
        Concept::Skill(row) => &mut esco.skills[row].labels,
        Concept::Group(row) => &mut esco.groups[row].labels,
        Concept::Occupation(row) => &mut esco.occupations[row].labels,
        Concept::IscoGroup(row) => &mut esco.isco_groups[row].labels,
    }
}
