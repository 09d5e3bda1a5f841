//! One job: what of its ads is kept. Months, occupations and places as small numbers; texts that many share (sources, codes of places, URIs) once.

use std::ops::Range;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use skillgap_credentials::day;

use crate::Signature;

/// A calendar month: months since January of the year 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Month(pub i32);

impl Month {
    /// The month of a day, in days since 1970-01-01.
    pub fn of(day: i32) -> Self {
        let date = day::format(day.into()).unwrap_or_default();
        let number =
            |range: Range<usize>| date.get(range).and_then(|text| text.parse::<i32>().ok());
        Self(number(0..4).unwrap_or_default() * 12 + number(5..7).unwrap_or(1) - 1)
    }

    /// Its first day.
    pub fn first_day(self) -> i32 {
        day::parse(&format!("{self}-01")).unwrap_or_default() as i32
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            to,
            "{:04}-{:02}",
            self.0.div_euclid(12),
            self.0.rem_euclid(12) + 1
        )
    }
}

/// The beginning of an ISCO-08 code, of 0 to 4 digits.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct IscoCode {
    digits: u8,
    number: u16,
}

impl IscoCode {
    /// Takes a code such as `2221` or `22`; nothing for what is none.
    pub fn parse(code: &str) -> Option<Self> {
        let is_code = code.len() <= 4 && code.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| Self {
            digits: code.len() as u8,
            number: code.parse().unwrap_or_default(),
        })
    }

    /// How many digits are known.
    pub fn digits(self) -> usize {
        self.digits.into()
    }

    /// Its first digits; all where there are no more.
    pub fn first(self, digits: usize) -> Self {
        let kept = digits.min(self.digits());
        Self {
            digits: kept as u8,
            number: self.number / 10_u16.pow((self.digits() - kept) as u32),
        }
    }

    /// Whether the other code begins with this one.
    pub fn contains(self, other: Self) -> bool {
        other.digits >= self.digits && other.first(self.digits()) == self
    }
}

impl std::fmt::Display for IscoCode {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.digits() {
            0 => Ok(()),
            digits => write!(to, "{:0digits$}", self.number),
        }
    }
}

/// A skill that a job asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its URI, in [`Table::Skill`].
    pub skill: u32,
    /// Probability that it is asked for, in 255ths.
    pub confidence: u8,
    /// Whether it is a must.
    pub is_essential: bool,
}

impl Asked {
    /// The probability, in [0, 1].
    pub fn probability(self) -> f64 {
        f64::from(self.confidence) / 255.0
    }
}

/// What is kept of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The first and the last day on which it was offered, in days since 1970-01-01.
    pub first_day: i32,
    /// See [`Self::first_day`].
    pub last_day: i32,
    /// Where its postings stood, in [`Table::Source`]: the first one first, each once.
    pub sources: Vec<u32>,
    /// Code of its place, in [`Table::Place`]: NUTS, else the country; empty where nothing is stated.
    pub place: u32,
    /// What its occupation is.
    pub isco: IscoCode,
    /// How sure that is, in 255ths; 255 where the feed states it.
    pub isco_confidence: u8,
    /// URI of the ESCO occupation, in [`Table::Occupation`]; the empty one where none is sure.
    pub occupation: u32,
    /// Section of NACE, a letter; 0 where none is stated.
    pub nace: u8,
    /// Keyed hash of the employer; 0 where none is stated.
    pub employer: u64,
    /// Whether who offers it is an agency, that works for others.
    pub is_agency: bool,
    /// Versions of linker and ESCO, in [`Table::Version`].
    pub version: u32,
    /// What it asks for, a skill once.
    pub asked: Vec<Asked>,
}

impl Job {
    /// The month in which it was first offered.
    pub fn month(&self) -> Month {
        Month::of(self.first_day)
    }
}

/// What a commit holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Jobs.
    pub jobs: u64,
    /// Postings of them.
    pub postings: u64,
}

/// Texts that many jobs share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Table {
    /// Names of sources.
    Source,
    /// Codes of places.
    Place,
    /// URIs of occupations.
    Occupation,
    /// URIs of skills.
    Skill,
    /// Versions of linker and ESCO.
    Version,
}

/// The texts of all tables; id 0 of each is the empty one.
#[derive(Debug, Default)]
pub struct Names {
    ids: FxHashMap<(Table, String), u32>,
    texts: FxHashMap<Table, Vec<String>>,
}

impl Names {
    /// The text of an id.
    pub fn text(&self, table: Table, id: u32) -> &str {
        let at = (id as usize).checked_sub(1);
        let texts = self.texts.get(&table).zip(at);
        texts
            .and_then(|(texts, at)| texts.get(at))
            .map_or("", String::as_str)
    }

    /// The id of a text that is known.
    pub fn id(&self, table: Table, text: &str) -> Option<u32> {
        match text {
            "" => Some(0),
            text => self.ids.get(&(table, text.to_owned())).copied(),
        }
    }

    /// How many texts a table has, the empty one among them.
    pub fn len(&self, table: Table) -> usize {
        1 + self.texts.get(&table).map_or(0, Vec::len)
    }

    pub(crate) fn add(&mut self, table: Table, text: String) -> u32 {
        let texts = self.texts.entry(table).or_default();
        texts.push(text.clone());
        let id = texts.len() as u32;
        self.ids.insert((table, text), id);
        id
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Table, &String)> {
        let tables = [
            Table::Source,
            Table::Place,
            Table::Occupation,
            Table::Skill,
            Table::Version,
        ];
        let of = |table: Table| self.texts.get(&table).into_iter().flatten();
        tables
            .into_iter()
            .flat_map(move |table| of(table).map(move |text| (table, text)))
    }
}

/// Which posting: its source, and a hash of its id there.
pub(crate) type Key = (u32, u64);

/// What tells a job apart from others, beside what is kept of it: needed only as long as copies of it may come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Traits {
    pub signature: Signature,
    /// Hashes of title and place.
    pub title: u64,
    pub place: u64,
}

/// One step of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Change {
    /// The next text of a table.
    Name(Table, String),
    /// A new job, or new content of the one that this posting began.
    Job(Key, Job, Option<Traits>),
    /// A further posting of a job, by the number of the job, with its days.
    Copy(Key, u32, i32, i32),
    /// One posting is over since a day.
    Over(Key, i32),
}

/// All rows, as the log makes them.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub names: Names,
    pub jobs: Vec<Job>,
    /// The job of each posting.
    pub postings: FxHashMap<Key, u32>,
    /// The posting that began each job.
    pub begun_by: Vec<Key>,
    /// Signatures that were kept, with their jobs, in the order in which they came.
    pub traits: Vec<(u32, Traits)>,
}

impl Rows {
    pub fn counted(&self) -> Counted {
        Counted {
            jobs: self.jobs.len() as u64,
            postings: self.postings.len() as u64,
        }
    }

    /// Makes a change. What leads nowhere in a log that holds what was committed does nothing.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Name(table, text) => {
                self.names.add(table, text);
            }
            Change::Job(key, mut job, traits) => {
                let begun = self.postings.get(&key).copied();
                let begun = begun.filter(|at| self.begun_by[*at as usize] == key);
                let at = begun.unwrap_or(self.jobs.len() as u32);
                match self.jobs.get_mut(at as usize) {
                    Some(former) => {
                        let others = former.sources.iter().filter(|of| **of != key.0);
                        job.sources.extend(others);
                        job.first_day = job.first_day.min(former.first_day);
                        *former = job;
                    }
                    None => {
                        self.jobs.push(job);
                        self.begun_by.push(key);
                    }
                }
                self.postings.insert(key, at);
                self.traits.extend(traits.map(|traits| (at, traits)));
            }
            Change::Copy(key, at, first, last) => {
                if let Some(job) = self.jobs.get_mut(at as usize) {
                    job.first_day = job.first_day.min(first);
                    job.last_day = job.last_day.max(last);
                    if !job.sources.contains(&key.0) {
                        job.sources.push(key.0);
                    }
                    self.postings.insert(key, at);
                }
            }
            Change::Over(key, day) => {
                let at = self.postings.get(&key).copied();
                let job = at.and_then(|at| self.jobs.get_mut(at as usize));
                if let Some(job) = job
                    && job.sources.len() == 1
                {
                    job.last_day = day.max(job.first_day);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_codes_are_written_as_they_are_read() {
        for (date, month) in [("2026-01-31", "2026-01"), ("1999-12-01", "1999-12")] {
            let of = Month::of(day::parse(date).unwrap() as i32);
            assert_eq!(of.to_string(), month);
            assert_eq!(Month::of(of.first_day()), of);
            assert_eq!(Month::of(Month(of.0 + 1).first_day() - 1), of);
        }
        let code = |code| IscoCode::parse(code).unwrap();
        for (parent, child, contains) in [
            ("", "0110", true),
            ("01", "0110", true),
            ("0110", "0110", true),
            ("1", "0110", false),
            ("0110", "01", false),
        ] {
            assert_eq!(code(parent).contains(code(child)), contains);
            assert_eq!(code(parent).to_string(), parent);
        }
        assert_eq!(IscoCode::parse("22211"), None);
        assert_eq!(IscoCode::parse("2x"), None);
    }
}
