//! What do the official ESCO CSV packages say? Any number of zips and folders in, one [`Esco`] and a report out.
//!
//! The one idea: first all concepts of all languages, then dense rows in the order of URIs, then the relations between rows.
//! A file that cannot be used at all is an error; a row that cannot be used is reported with its line, and nothing else is lost.
//!
//! How the report counts: a row is either used or rejected with its line (a relation stated twice is used twice). Entries with line 0 are
//! notes about a whole file and count no row. A file that is not needed stands there with 0 rows; one that repeats another
//! adds nothing.

use std::path::PathBuf;

use crate::Esco;
use crate::error::{DataError, Result};
use crate::report::{FileCount, ReadReport, Rejected};

mod capped;
mod concepts;
mod file_name;
mod hierarchy;
mod label;
mod packages;
mod relations;

pub(crate) use capped::Capped;
pub(crate) use file_name::is_language;
pub(crate) use label::{add_alternative, clean_label, insert_labels};

use concepts::Concepts;
use file_name::{ConceptKind, Kind};
use packages::{Packages, SourceFile};
use relations::Relations;

/// Reads ESCO packages: each path is a zip, a folder (searched recursively, zips in it included) or a single CSV file.
///
/// `progress` is called with the name of each file before it is read. Rows that cannot be used are added to `report`.
///
/// # Errors
/// [`DataError::Io`] where a path cannot be read; [`DataError::Input`] where a zip or CSV file cannot be used at all, where no skills
/// file is found, or where the packages are of different versions.
pub fn read(paths: &[PathBuf], report: &mut ReadReport, progress: &dyn Fn(&str)) -> Result<Esco> {
    let mut packages = Packages::default();
    for path in paths {
        packages.add_path(path)?;
    }
    assemble(packages, report, progress)
}

/// Reads one ESCO package from a zip in memory; `name` stands for the file in messages, and may state the version (`v1.1.1`).
///
/// # Errors
/// As [`read`].
pub fn read_zip_bytes(name: &str, bytes: &[u8], report: &mut ReadReport) -> Result<Esco> {
    let mut packages = Packages::default();
    packages.add_bytes(name, bytes)?;
    assemble(packages, report, &|_| {})
}

/// Reads the concept files, numbers the rows, then reads the files that refer to rows.
fn assemble(
    mut packages: Packages<'_>,
    report: &mut ReadReport,
    progress: &dyn Fn(&str),
) -> Result<Esco> {
    require_skills_file(&packages)?;
    let version = packages.version()?;
    let files = packages.reading_order();

    let mut concepts = Concepts::default();
    for file in &files {
        let Kind::Concepts(kind) = file.kind else {
            continue;
        };
        progress(&file.name);
        let (name, Some(language)) = (&file.name, &file.language) else {
            let reason =
                "no language in the file name (expected a name such as skills_en.csv); left out";
            report.rejected.push(Rejected {
                file: file.name.clone(),
                line: 0,
                reason: reason.to_owned(),
            });
            count_unread(file, report);
            continue;
        };
        let input = packages.open(file)?;
        match kind {
            ConceptKind::Hierarchy => concepts.read_hierarchy(name, language, input, report)?,
            kind => concepts.read(kind, name, language, input, report)?,
        }
    }
    let (mut esco, group_pairs) = concepts.into_esco(version);
    if esco.skills.is_empty() {
        let first = report
            .rejected
            .first()
            .map_or_else(String::new, |rejected| format!("; first: {rejected}"));
        return Err(DataError::input(
            packages.searched(),
            format!("the skills files hold no row that can be used{first}"),
        ));
    }

    let mut relations = Relations::new(&esco, group_pairs);
    for file in &files {
        match file.kind {
            Kind::Concepts(_) => {}
            Kind::References(kind) => {
                progress(&file.name);
                relations.read(kind, &file.name, packages.open(file)?, report)?;
            }
            Kind::NotNeeded => count_unread(file, report),
        }
    }
    relations.store(&mut esco);
    Ok(esco)
}

/// Lists a file that was found and not read.
fn count_unread(file: &SourceFile, report: &mut ReadReport) {
    report.files.push(FileCount {
        file: file.name.clone(),
        rows: 0,
        used: 0,
    });
}

/// Refuses packages without any skills file, and says what is there instead.
fn require_skills_file(packages: &Packages<'_>) -> Result<()> {
    const NAMES_MAX: usize = 12;
    let is_skills_file = |file: &SourceFile| {
        file.kind == Kind::Concepts(ConceptKind::Skills) && file.language.is_some()
    };
    if packages.files.iter().any(is_skills_file) {
        return Ok(());
    }
    let mut names: Vec<&str> = packages.files.iter().map(SourceFile::base_name).collect();
    names.sort_unstable();
    names.dedup();
    let found = match names.len() {
        0 => "no CSV file".to_owned(),
        n if n > NAMES_MAX => format!(
            "{} and {} more",
            names[..NAMES_MAX].join(", "),
            n - NAMES_MAX
        ),
        _ => names.join(", "),
    };
    let reason = format!(
        "no skills file: looked for skills_en.csv (or another language) of an ESCO classification package, found {found}"
    );
    Err(DataError::input(packages.searched(), reason))
}

#[cfg(test)]
mod broken_input_tests;
#[cfg(test)]
mod official_packages_tests;
#[cfg(test)]
mod tests;
