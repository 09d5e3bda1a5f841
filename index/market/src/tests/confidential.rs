//! No sum or difference of answers tells of a cell that is below its threshold.

use proptest::prelude::*;

use super::{Made, Random};
use crate::blocks::Tally;
use crate::job::{Job, Table};
use crate::{Cell, IscoCode, Market};

/// Modulus of the arithmetic; a combination of answers over the rationals is one over this field, too, but for multiples of it.
const PRIME: i64 = 1_000_003;

const REGIONS: [&str; 8] = ["", "DE", "DE1", "DE11", "DE2", "DE21", "FR", "FRA"];
const CODES: [&str; 8] = ["", "2", "22", "222", "2221", "23", "5", "51"];

/// Rows of answers, as what each adds up of every job, in echelon form.
#[derive(Default)]
struct Span(Vec<Vec<i64>>);

impl Span {
    /// Takes everything away from a row that combinations of the others tell of.
    fn reduced(&self, mut row: Vec<i64>) -> Vec<i64> {
        for known in &self.0 {
            if let Some(pivot) = known.iter().position(|of| *of != 0)
                && row[pivot] != 0
            {
                let factor = row[pivot];
                row.iter_mut()
                    .zip(known)
                    .for_each(|(a, b)| *a = (*a - factor * b).rem_euclid(PRIME));
            }
        }
        row
    }

    fn add(&mut self, row: Vec<i64>) {
        let mut row = self.reduced(row);
        let Some(pivot) = row.iter().position(|of| *of != 0) else {
            return;
        };
        let inverse = power(row[pivot], PRIME - 2);
        row.iter_mut().for_each(|of| *of = *of * inverse % PRIME);
        self.0.push(row);
        self.0.sort_by_key(|row| row.iter().position(|of| *of != 0));
    }

    fn tells(&self, row: Vec<i64>) -> bool {
        self.reduced(row).iter().all(|of| *of == 0)
    }
}

fn power(mut base: i64, mut exponent: i64) -> i64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

fn market(seed: u64, n: usize) -> Market {
    let (mut random, mut made) = (Random(seed), Made::default());
    made.bounds(12);
    for _ in 0..n {
        let region = REGIONS[random.below(REGIONS.len())];
        let code = CODES[random.below(CODES.len())];
        let skills: Vec<&str> = ["a", "b", "c"]
            .into_iter()
            .filter(|_| random.chance(0.4))
            .collect();
        let employer = 1 + random.below(12) as u64;
        made.job(random.below(12) as i32, region, code, employer, &skills);
    }
    made.market()
}

fn cells() -> impl Iterator<Item = Cell> {
    REGIONS.into_iter().flat_map(|region| {
        CODES.into_iter().map(move |code| Cell {
            region: region.to_owned(),
            isco: IscoCode::parse(code).unwrap(),
            nace: None,
        })
    })
}

/// Which jobs an answer counts: found out from its blocks, as `answers` does.
fn counted(market: &Market, cell: &Cell) -> Vec<i64> {
    let window = &market.windows().now;
    let names = market.names();
    let is_in = |job: &Job| {
        names
            .text(Table::Place, job.place)
            .starts_with(&cell.region)
            && cell.isco.contains(job.isco)
    };
    let mut row = vec![0; market.jobs().len()];
    for (at, positions) in window.blocks.positions.iter().enumerate() {
        let jobs = &window.blocks.jobs[positions.clone()];
        let is_left_out = window.blocks.is_left_out[at];
        if !is_left_out && jobs.iter().all(|at| is_in(&market.jobs()[*at as usize])) {
            jobs.iter().for_each(|at| row[*at as usize] = 1);
        }
    }
    row
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn no_combination_of_answers_tells_of_a_small_cell(seed: u64, n in 30..220_usize) {
        let market = market(seed, n);
        let skills: Vec<u32> = ["a", "b", "c"].iter().filter_map(|name| market.names().id(Table::Skill, name)).collect();
        let mut of_jobs = Span::default();
        let mut of_skills: Vec<Span> = skills.iter().map(|_| Span::default()).collect();
        for cell in cells() {
            let answer = market.answer(&cell);
            if answer.jobs == 0 {
                continue;
            }
            let row = counted(&market, &answer.cell);
            prop_assert_eq!(row.iter().sum::<i64>(), i64::from(answer.jobs));
            of_jobs.add(row);
            for (month, jobs) in &answer.months {
                if let Some(jobs) = jobs {
                    let row = counted(&market, &answer.cell);
                    let window = &market.windows().now;
                    let mut of_month = vec![0; row.len()];
                    for (at, positions) in window.blocks.positions.iter().enumerate() {
                        let block = &window.blocks.jobs[positions.clone()];
                        if !window.blocks.is_left_out[at] && block.iter().all(|at| row[*at as usize] == 1 && market.jobs()[*at as usize].month() == *month) {
                            block.iter().for_each(|at| of_month[*at as usize] = 1);
                        }
                    }
                    prop_assert_eq!(of_month.iter().sum::<i64>(), i64::from(*jobs));
                    of_jobs.add(of_month);
                }
            }
            for (skill, span) in skills.iter().zip(&mut of_skills) {
                if let Some(of) = answer.skills.iter().find(|of| of.skill == *skill) {
                    let window = &market.windows().now;
                    let row = counted(&market, &answer.cell);
                    let inside = window.blocks.positions.iter().map(|positions| row[window.blocks.jobs[positions.start] as usize] == 1);
                    let inside: Vec<bool> = inside.collect();
                    let blocks = crate::skill_blocks::countable(window, market.jobs(), *skill, &inside);
                    let blocks = blocks.unwrap_or_default();
                    let mut row = vec![0; market.jobs().len()];
                    for at in window.asking(*skill) {
                        if blocks[window.blocks.block_of[*at as usize] as usize] {
                            row[window.blocks.jobs[*at as usize] as usize] = 1;
                        }
                    }
                    prop_assert_eq!(row.iter().sum::<i64>(), i64::from(of.jobs));
                    span.add(row);
                }
            }
        }
        // Every cell of every combination of codes, with every set of months and with every skill.
        let period = &market.periods().now;
        for cell in cells() {
            let is_in = |job: &Job| market.names().text(Table::Place, job.place).starts_with(&cell.region) && cell.isco.contains(job.isco);
            let months = std::iter::once(None).chain((period.start.0..period.end.0).map(Some));
            for month in months {
                let is_small = |is_asked: &dyn Fn(&Job) -> bool| {
                    let is_of = |job: &Job| is_in(job) && is_asked(job) && period.contains(&job.month())
                        && month.is_none_or(|month| job.month().0 == month);
                    let tally: Tally = market.jobs().iter().filter(|job| is_of(job)).collect();
                    let row: Vec<i64> = market.jobs().iter().map(|job| i64::from(is_of(job))).collect();
                    (tally.n > 0 && !tally.may_be_shown()).then_some(row)
                };
                if let Some(row) = is_small(&|_| true) {
                    prop_assert!(!of_jobs.tells(row), "{:?} in {:?}", cell, month);
                }
                for (skill, span) in skills.iter().zip(&of_skills) {
                    if let Some(row) = is_small(&|job| job.asked.iter().any(|asked| asked.skill == *skill)) {
                        prop_assert!(!span.tells(row), "skill {} of {:?} in {:?}", skill, cell, month);
                    }
                }
            }
        }
    }
}

#[test]
fn the_test_finds_what_it_looks_for() {
    let mut span = Span::default();
    span.add(vec![1, 1, 1, 1]);
    span.add(vec![1, 1, 0, 0]);
    assert!(span.tells(vec![0, 0, 1, 1]) && !span.tells(vec![0, 0, 1, 0]));
    // Cells are shown at all, some of them fine ones.
    let market = market(3, 2_000);
    let shown = cells()
        .filter(|cell| market.answer(cell).cell == *cell)
        .count();
    assert!(shown > 12, "{shown} of {}", cells().count());
}
