//! The market as a whole, on made markets of which the truth is known.

mod confidential;
mod feed;
mod kept;
mod planted;

use crate::job::{Asked, IscoCode, Job, Month, Names, Rows, Table};
use crate::{Commit, Market};

/// Numbers that look random and are always the same (SplitMix64).
pub(super) struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn chance(&mut self, p: f64) -> bool {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64 <= p
    }
}

/// A market that is put together by hand.
#[derive(Default)]
pub(super) struct Made {
    names: Names,
    pub jobs: Vec<Job>,
}

impl Made {
    pub fn id(&mut self, table: Table, text: &str) -> u32 {
        match self.names.id(table, text) {
            Some(id) => id,
            None => self.names.add(table, text.to_owned()),
        }
    }

    /// Adds a job of a month with the first day of 2024 as its month 0.
    pub fn job(&mut self, month: i32, place: &str, isco: &str, employer: u64, skills: &[&str]) {
        let asked = skills.iter().map(|skill| Asked {
            skill: self.id(Table::Skill, skill),
            confidence: 255,
            is_essential: true,
        });
        let asked = asked.collect();
        let job = Job {
            first_day: Month(2024 * 12 + month).first_day() + (self.jobs.len() % 28) as i32,
            sources: vec![self.id(Table::Source, "feed")],
            place: self.id(Table::Place, place),
            version: self.id(Table::Version, "1"),
            isco: IscoCode::parse(isco).unwrap(),
            employer,
            asked,
            ..Job::default()
        };
        self.jobs.push(Job {
            last_day: job.first_day,
            ..job
        });
    }

    /// Jobs on the first and the last day of so many months, so that all of them are whole.
    pub fn bounds(&mut self, months: i32) {
        for month in [0, months - 1] {
            self.job(month, "ZZ", "9999", 1, &[]);
            let day = match month {
                0 => Month(2024 * 12).first_day(),
                last => Month(2024 * 12 + last + 1).first_day() - 1,
            };
            self.jobs.last_mut().unwrap().first_day = day;
        }
    }

    pub fn market(self) -> Market {
        let rows = Rows {
            names: self.names,
            jobs: self.jobs,
            ..Rows::default()
        };
        Market::of(Commit::default(), rows)
    }
}
