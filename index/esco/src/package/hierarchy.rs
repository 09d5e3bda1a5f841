//! Which groups does `skillsHierarchy_xx.csv` name, and which lies under which? A row is a path from the top, of up to four levels.
//!
//! Version 1.1.1 names eight groups here that its `skillGroups` file lacks; they are groups like the others.

use std::io::Read;

use super::concepts::{Concepts, fill};
use super::label::{clean_label, insert_labels};
use crate::error::Result;
use crate::report::ReadReport;
use crate::table::{Column, Row, Table, Width, quoted};

/// Levels of a path, from 0 (the top) to 3.
const N_LEVELS: usize = 4;

/// The columns of one level.
struct LevelColumns {
    uri: Column,
    term: Column,
    code: Column,
}

impl LevelColumns {
    /// Finds the columns of a level; a level that the file lacks reads as blank.
    fn find(table: &Table<'_>, level: usize) -> Self {
        Self {
            uri: table.column(&format!("Level {level} URI")),
            term: table.column(&format!("Level {level} preferred term")),
            code: table.column(&format!("Level {level} code")),
        }
    }
}

impl Concepts {
    /// Reads a `skillsHierarchy_xx.csv`: codes of groups, groups not met before, and (narrower, broader) pairs along each path.
    pub(super) fn read_hierarchy(
        &mut self,
        file: &str,
        language: &str,
        input: Box<dyn Read + '_>,
        report: &mut ReadReport,
    ) -> Result<()> {
        let table = Table::open(
            file,
            input,
            &["Level 0 URI", "Level 1 URI"],
            Width::UpToHeader,
        )?;
        let levels: [LevelColumns; N_LEVELS] =
            std::array::from_fn(|level| LevelColumns::find(&table, level));
        table.for_each_row(report, |row| {
            let path: Vec<&LevelColumns> = levels
                .iter()
                .filter(|level| !row.cell(level.uri).is_empty())
                .collect();
            self.check_path(row, &path)?;
            for level in &path {
                self.add_group(row, level, language);
            }
            for step in path.windows(2) {
                self.pairs.push((
                    row.cell(step[1].uri).to_owned(),
                    row.cell(step[0].uri).to_owned(),
                ));
            }
            Ok(())
        })
    }

    /// Refuses a path that is empty, goes through a skill, or names a group twice.
    fn check_path(&self, row: &Row<'_>, path: &[&LevelColumns]) -> std::result::Result<(), String> {
        if path.is_empty() {
            return Err("no URI at any level".to_owned());
        }
        for (at, level) in path.iter().enumerate() {
            let uri = row.cell(level.uri);
            if self.skills.contains(uri) {
                return Err(format!("{} is a skill, not a group", quoted(uri)));
            }
            if path[..at].iter().any(|above| row.cell(above.uri) == uri) {
                return Err(format!("{} stands above itself", quoted(uri)));
            }
        }
        Ok(())
    }

    /// Adds what a level says about its group; what `skillGroups` said stays.
    fn add_group(&mut self, row: &Row<'_>, level: &LevelColumns, language: &str) {
        let uri = row.cell(level.uri);
        let group = self.groups.entry(uri);
        fill(&mut group.uri, uri);
        fill(&mut group.code, row.cell(level.code));
        let term = clean_label(row.cell(level.term));
        if !term.is_empty()
            && !group
                .labels
                .iter()
                .any(|labels| labels.language == language)
        {
            insert_labels(&mut group.labels, language).preferred = term;
        }
    }
}
