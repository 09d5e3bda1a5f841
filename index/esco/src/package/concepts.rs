//! Which concepts do the classification files name, in which languages? One file a kind and language; a concept is the union over its files.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use super::file_name::ConceptKind;
use super::label::{add_alternatives, clean_label};
use crate::error::Result;
use crate::report::{ReadReport, Rejected};
use crate::table::{Column, Row, Table, Width, quoted};
use crate::{Esco, IscoGroup, Labels, Occupation, ReuseLevel, Skill, SkillGroup, SkillType, Text};

/// Why a row cannot be used.
pub(super) type Outcome = std::result::Result<(), String>;

/// The most different unknown words of one column that are noted for one file.
const UNKNOWN_WORDS_MAX: usize = 20;

/// Concepts of one kind in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Found<T> {
    rows: HashMap<String, usize>,
    pub(super) list: Vec<T>,
}

impl<T: Default> Found<T> {
    /// Gives the concept with this key; adds an empty one where there is none.
    pub(super) fn entry(&mut self, key: &str) -> &mut T {
        let row = match self.rows.get(key) {
            Some(row) => *row,
            None => {
                self.rows.insert(key.to_owned(), self.list.len());
                self.list.push(T::default());
                self.list.len() - 1
            }
        };
        &mut self.list[row]
    }

    /// Tells whether the concept was met.
    pub(super) fn contains(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }
}

/// All concepts met so far, and what the hierarchy files say about groups.
#[derive(Debug, Default)]
pub(super) struct Concepts {
    pub(super) skills: Found<Skill>,
    pub(super) groups: Found<SkillGroup>,
    occupations: Found<Occupation>,
    isco_groups: Found<IscoGroup>,
    /// (narrower, broader) URIs of groups.
    pub(super) pairs: Vec<(String, String)>,
}

/// The columns of the classification files; each kind has some of them.
struct ConceptColumns {
    uri: Column,
    preferred: Column,
    alternatives: Column,
    hidden: Column,
    description: Column,
    status: Column,
    code: Column,
    skill_type: Column,
    reuse_level: Column,
    isco_group: Column,
}

impl ConceptColumns {
    fn of(table: &Table<'_>) -> Self {
        Self {
            uri: table.column("conceptUri"),
            preferred: table.column("preferredLabel"),
            alternatives: table.column("altLabels"),
            hidden: table.column("hiddenLabels"),
            description: table.column("description"),
            status: table.column("status"),
            code: table.column("code"),
            skill_type: table.column("skillType"),
            reuse_level: table.column("reuseLevel"),
            isco_group: table.column("iscoGroup"),
        }
    }

    /// The row's URI and labels.
    fn concept<'r>(
        &self,
        row: &'r Row<'_>,
        language: &str,
    ) -> std::result::Result<(&'r str, Labels), String> {
        let uri = required(row.cell(self.uri), "conceptUri")?;
        let preferred = clean_label(row.cell(self.preferred));
        if preferred.is_empty() {
            return Err(format!("empty preferredLabel of {}", quoted(uri)));
        }
        let mut labels = Labels {
            language: language.to_owned(),
            preferred,
            alternatives: Vec::new(),
        };
        add_alternatives(&mut labels, row.cell(self.alternatives))?;
        add_alternatives(&mut labels, row.cell(self.hidden))?;
        Ok((uri, labels))
    }
}

impl Concepts {
    /// Reads a file of one kind but the hierarchy. Words for type and reuse level that are not known are kept as not stated and noted once a file.
    pub(super) fn read(
        &mut self,
        kind: ConceptKind,
        file: &str,
        language: &str,
        input: Box<dyn Read + '_>,
        report: &mut ReadReport,
    ) -> Result<()> {
        let table = Table::open(file, input, &["conceptUri", "preferredLabel"], Width::Exact)?;
        let columns = ConceptColumns::of(&table);
        let mut unknown = UnknownWords::default();
        table.for_each_row(report, |row| {
            let (uri, labels) = columns.concept(row, language)?;
            match kind {
                ConceptKind::Skills => {
                    let skill = self.skills.entry(uri);
                    add_language(&mut skill.labels, labels, uri)?;
                    uri.clone_into(&mut skill.uri);
                    let description = row.cell(columns.description);
                    add_text(&mut skill.descriptions, language, description);
                    fill(&mut skill.status, row.cell(columns.status));
                    if skill.skill_type == SkillType::NotStated {
                        let word = row.cell(columns.skill_type);
                        skill.skill_type = unknown.known("skillType", word, skill_type_of);
                    }
                    if skill.reuse_level == ReuseLevel::NotStated {
                        let word = row.cell(columns.reuse_level);
                        skill.reuse_level = unknown.known("reuseLevel", word, reuse_level_of);
                    }
                }
                ConceptKind::SkillGroups => {
                    if self.skills.contains(uri) {
                        return Err(format!("{} is a skill, not a group", quoted(uri)));
                    }
                    let group = self.groups.entry(uri);
                    add_language(&mut group.labels, labels, uri)?;
                    uri.clone_into(&mut group.uri);
                    fill(&mut group.code, row.cell(columns.code));
                }
                ConceptKind::Occupations => {
                    let occupation = self.occupations.entry(uri);
                    add_language(&mut occupation.labels, labels, uri)?;
                    uri.clone_into(&mut occupation.uri);
                    let description = row.cell(columns.description);
                    add_text(&mut occupation.descriptions, language, description);
                    fill(&mut occupation.status, row.cell(columns.status));
                    let group = isco_code(row.cell(columns.isco_group));
                    fill(&mut occupation.isco_group, group);
                }
                ConceptKind::IscoGroups => {
                    // Where the code is blank, the URI's last part gives it.
                    let stated = row.cell(columns.code);
                    let code = isco_code(if stated.is_empty() { uri } else { stated });
                    let group = self.isco_groups.entry(required(code, "code")?);
                    add_language(&mut group.labels, labels, uri)?;
                    fill(&mut group.uri, uri);
                    code.clone_into(&mut group.code);
                }
                ConceptKind::Hierarchy => {}
            }
            Ok(())
        })?;
        unknown.note(file, report);
        Ok(())
    }

    /// Sorts the concepts, so that rows follow URIs, and gives them with the group pairs that the hierarchy files stated.
    pub(super) fn into_esco(self, version: String) -> (Esco, Vec<(String, String)>) {
        let mut esco = Esco {
            version,
            skills: sorted(self.skills, |skill| &skill.uri),
            groups: sorted(self.groups, |group| &group.uri),
            occupations: sorted(self.occupations, |occupation| &occupation.uri),
            isco_groups: sorted(self.isco_groups, |group| &group.code),
            ..Esco::default()
        };
        esco.languages = esco.label_languages();
        (esco, self.pairs)
    }
}

fn sorted<T>(found: Found<T>, key: fn(&T) -> &str) -> Vec<T> {
    let mut list = found.list;
    list.sort_unstable_by(|left, right| key(left).cmp(key(right)));
    list
}

/// Refuses an empty cell.
pub(super) fn required<'c>(cell: &'c str, column: &str) -> std::result::Result<&'c str, String> {
    match cell {
        "" => Err(format!("empty {column}")),
        cell => Ok(cell),
    }
}

/// Adds a language's labels; the first row of a concept in a language counts, and one that says the same adds nothing.
fn add_language(all: &mut Vec<Labels>, labels: Labels, uri: &str) -> Outcome {
    match all.binary_search_by(|known| known.language.cmp(&labels.language)) {
        Ok(at) if all[at] == labels => Ok(()),
        Ok(_) => Err(format!(
            "{} again in language {}; the first row counts",
            quoted(uri),
            labels.language
        )),
        Err(at) => {
            all.insert(at, labels);
            Ok(())
        }
    }
}

/// Adds a language's text, where there is one.
fn add_text(all: &mut Vec<Text>, language: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Err(at) = all.binary_search_by(|known| known.language.as_str().cmp(language)) {
        all.insert(
            at,
            Text {
                language: language.to_owned(),
                text: text.to_owned(),
            },
        );
    }
}

/// Sets a text that is still empty.
pub(super) fn fill(text: &mut String, cell: &str) {
    if text.is_empty() {
        cell.clone_into(text);
    }
}

/// The code in `2654`, `C2654` or `http://data.europa.eu/esco/isco/C2654`.
fn isco_code(cell: &str) -> &str {
    let last = cell.rsplit('/').next().unwrap_or(cell);
    last.strip_prefix('C').unwrap_or(last)
}

/// ESCO's words for the type of a skill.
fn skill_type_of(word: &str) -> Option<SkillType> {
    match word {
        "skill/competence" => Some(SkillType::Skill),
        "knowledge" => Some(SkillType::Knowledge),
        "" => Some(SkillType::NotStated),
        _ => None,
    }
}

/// ESCO's words for the reuse level of a skill.
fn reuse_level_of(word: &str) -> Option<ReuseLevel> {
    match word {
        "transversal" => Some(ReuseLevel::Transversal),
        "cross-sector" => Some(ReuseLevel::CrossSector),
        "sector-specific" => Some(ReuseLevel::SectorSpecific),
        "occupation-specific" => Some(ReuseLevel::OccupationSpecific),
        "" => Some(ReuseLevel::NotStated),
        _ => None,
    }
}

/// Words of closed lists that are not in the list, with how often they stand in a file.
#[derive(Default)]
struct UnknownWords(BTreeMap<(&'static str, String), u64>);

impl UnknownWords {
    /// The meaning of `word`; the default, and a note, where it has none.
    fn known<T: Default>(
        &mut self,
        column: &'static str,
        word: &str,
        meaning: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let Some(value) = meaning(word) else {
            let key = (column, quoted(word));
            if self.0.len() < UNKNOWN_WORDS_MAX || self.0.contains_key(&key) {
                *self.0.entry(key).or_default() += 1;
            }
            return T::default();
        };
        value
    }

    /// Reports each word once, for the file as a whole: the rows themselves are used.
    fn note(self, file: &str, report: &mut ReadReport) {
        for ((column, word), n_rows) in self.0 {
            let reason = format!("unknown {column} {word}, kept as not stated (rows: {n_rows})");
            report.rejected.push(Rejected {
                file: file.to_owned(),
                line: 0,
                reason,
            });
        }
    }
}
