//! Trends that were planted are found, others are not, and intervals hold the truth.

use super::{Made, Random};
use crate::{Break, Cell, IscoCode, Market, SkillDemand, Table, Trend};

/// Markets that are made of each kind.
const RUNS: i32 = 300;

/// How two years of one occupation in one region are made.
struct Plan {
    /// Ads a year.
    n: usize,
    /// Employers; the first ones have most ads.
    employers: usize,
    /// How much ads of one employer are alike, in [0, 1]: the share that repeats what its first one asks for.
    alike: f64,
    /// Shares of each skill before and now.
    shares: Vec<(f64, f64)>,
}

fn made(plan: &Plan, random: &mut Random) -> Market {
    let mut made = Made::default();
    made.bounds(24);
    let names: Vec<String> = (0..plan.shares.len()).map(|at| format!("s{at}")).collect();
    for year in 0..2 {
        let mut templates = vec![None::<Vec<bool>>; plan.employers];
        for at in 0..plan.n {
            // Squared, so that sizes are as uneven as 1 to 20.
            let uniform = random.below(10_000) as f64 / 10_000.0;
            let employer = (uniform * uniform * plan.employers as f64) as usize;
            let mut draw = || {
                let shares = plan.shares.iter();
                shares
                    .map(|of| random.chance(if year == 0 { of.0 } else { of.1 }))
                    .collect()
            };
            let asks: Vec<bool> = draw();
            let template = templates[employer].get_or_insert(asks.clone()).clone();
            let asks = if random.chance(plan.alike) {
                template
            } else {
                asks
            };
            let skills: Vec<&str> = names
                .iter()
                .zip(&asks)
                .filter(|(_, asks)| **asks)
                .map(|(name, _)| name.as_str())
                .collect();
            made.job(
                12 * year + (at % 12) as i32,
                "DE21",
                "2221",
                10 + employer as u64,
                &skills,
            );
        }
    }
    made.market()
}

fn cell() -> Cell {
    Cell {
        region: "DE21".to_owned(),
        isco: IscoCode::parse("2221").unwrap(),
        nace: None,
    }
}

fn skill<'a>(market: &Market, answer: &'a crate::Answer, name: &str) -> Option<&'a SkillDemand> {
    let id = market.names().id(Table::Skill, name)?;
    answer.skills.iter().find(|of| of.skill == id)
}

#[test]
fn intervals_hold_the_truth_and_false_discoveries_are_few() {
    let mut random = Random(7);
    for (employers, alike) in [(400, 0.0), (60, 0.2), (25, 0.4)] {
        let (mut n, mut n_covered, mut named, mut false_share) = (0, 0, 0, 0.0);
        let (mut n_shares, mut n_shares_covered) = (0, 0);
        for _ in 0..RUNS {
            // Nine skills stay as they are, one grows.
            let mut shares: Vec<(f64, f64)> = (1..10)
                .map(|at| (0.08 * f64::from(at), 0.08 * f64::from(at)))
                .collect();
            shares.push((0.4, 0.6));
            let plan = Plan {
                n: 400,
                employers,
                alike,
                shares,
            };
            let market = made(&plan, &mut random);
            let answer = market.answer(&cell());
            let (mut named_here, mut falsely) = (0, 0);
            for (at, (before, now)) in plan.shares.iter().enumerate() {
                let Some(of) = skill(&market, &answer, &format!("s{at}")) else {
                    continue;
                };
                n_shares += 1;
                n_shares_covered += i32::from((of.low..=of.high).contains(now));
                let Some(change) = of.change else {
                    continue;
                };
                n += 1;
                // Published to a tenth of a point.
                let truth = now - before;
                n_covered +=
                    i32::from((change.low - 0.0005..=change.high + 0.0005).contains(&truth));
                let is_named = matches!(of.trend, Trend::Growing | Trend::Declining | Trend::New);
                named_here += i32::from(is_named);
                falsely += i32::from(is_named && at != 9);
            }
            named += named_here;
            false_share += f64::from(falsely) / f64::from(named_here.max(1)) / f64::from(RUNS);
        }
        let share = |of: i32, all: i32| f64::from(of) / f64::from(all);
        println!(
            "{employers} employers, alike {alike}: {n} changes, {:.3} covered; {n_shares} shares, {:.3} covered; {named} named, {:.3} falsely",
            share(n_covered, n),
            share(n_shares_covered, n_shares),
            false_share
        );
        assert!((0.93..=0.97).contains(&share(n_covered, n)));
        assert!(false_share <= 0.05);
        assert!(n > 9 * RUNS && named > RUNS / 5);
    }
}

#[test]
fn a_third_more_of_two_hundred_ads_is_found() {
    let mut random = Random(11);
    for (before, least) in [(0.6, 0.8), (0.5, 0.0), (0.3, 0.0)] {
        let mut found = 0;
        for _ in 0..200 {
            let mut shares = vec![(before, before * 1.3)];
            shares.extend([(0.2, 0.2), (0.4, 0.4), (0.6, 0.6), (0.8, 0.8)]);
            let plan = Plan {
                n: 200,
                employers: 120,
                alike: 0.0,
                shares,
            };
            let market = made(&plan, &mut random);
            let answer = market.answer(&cell());
            found += i32::from(
                skill(&market, &answer, "s0").is_some_and(|of| of.trend == Trend::Growing),
            );
        }
        println!(
            "+30 % of a share of {before} in 200 ads a year: found in {:.3}",
            f64::from(found) / 200.0
        );
        assert!(f64::from(found) / 200.0 >= least);
    }
}

#[test]
fn a_source_that_vanishes_or_another_linker_is_a_break_and_no_trend() {
    let market = |change: &dyn Fn(usize, &mut crate::Job)| {
        let mut made = Made::default();
        made.bounds(24);
        for at in 0..800 {
            // Everything doubles with the second year.
            let skills: &[&str] = if at >= 400 || at % 2 == 0 {
                &["s"]
            } else {
                &["t"]
            };
            made.job(at / 34, "DE21", "2221", 10 + at as u64 % 80, skills);
        }
        let (other, version) = (
            made.id(Table::Source, "other"),
            made.id(Table::Version, "2"),
        );
        for at in 0..made.jobs.len() {
            let job = &mut made.jobs[at];
            let of = [other, version];
            job.version = if job.version == 0 { of[1] } else { job.version };
            change(at, job);
            job.sources
                .iter_mut()
                .filter(|source| **source == 99)
                .for_each(|source| *source = of[0]);
            if job.version == 99 {
                job.version = of[1];
            }
        }
        made.market()
    };
    let of = |market: &Market| {
        let answer = market.answer(&cell());
        assert!(answer.jobs > 100);
        (answer.no_trend, skill(market, &answer, "s").unwrap().trend)
    };
    assert_eq!(of(&market(&|_, _| {})), (None, Trend::Growing));
    let vanished = |at: usize, job: &mut crate::Job| {
        if at < 420 && at.is_multiple_of(3) {
            job.sources = vec![99];
        }
    };
    let broken = |of| (Some(Trend::Broken(of)), Trend::Broken(of));
    assert_eq!(of(&market(&vanished)), broken(Break::Sources));
    let linker = |at: usize, job: &mut crate::Job| {
        if at > 500 {
            job.version = 99;
        }
    };
    assert_eq!(of(&market(&linker)), broken(Break::Versions));
    let young = {
        let mut made = Made::default();
        made.bounds(8);
        (0..100).for_each(|at| made.job(at % 8, "DE21", "2221", at as u64, &["s"]));
        made.market()
    };
    assert_eq!(of_young(&young), (Some(Trend::TooLittle), Trend::TooLittle));

    fn of_young(market: &Market) -> (Option<Trend>, Trend) {
        let answer = market.answer(&cell());
        (answer.no_trend, skill(market, &answer, "s").unwrap().trend)
    }
}

#[test]
fn what_nobody_asked_for_is_new_and_small_cells_climb() {
    let mut made = Made::default();
    made.bounds(24);
    for at in 0..600 {
        let skills: &[&str] = if at >= 300 && at % 3 == 0 {
            &["new", "s"]
        } else {
            &["s"]
        };
        made.job(at / 25, "DE21", "2221", at as u64 % 60, skills);
    }
    for at in 0..5 {
        made.job(20, "DE212", "2222", at, &["s"]);
    }
    let market = made.market();
    let answer = market.answer(&cell());
    assert_eq!(skill(&market, &answer, "new").unwrap().trend, Trend::New);
    assert_eq!(skill(&market, &answer, "s").unwrap().trend, Trend::Steady);
    let small = Cell {
        region: "DE212".to_owned(),
        isco: IscoCode::parse("2222").unwrap(),
        nace: Some('Q'),
    };
    let answer = market.answer(&small);
    assert_ne!(answer.cell, small);
    assert!(
        answer.jobs >= 300 && answer.cell.isco.contains(small.isco),
        "{answer:?}"
    );
    let occupations = market.occupations(
        &Cell {
            region: "DE".to_owned(),
            ..Cell::default()
        },
        4,
    );
    assert_eq!(
        occupations
            .iter()
            .map(|of| of.isco.to_string())
            .collect::<Vec<_>>(),
        ["2221"]
    );
    assert_eq!(
        Market::default().answer(&small).no_trend,
        Some(Trend::TooLittle)
    );
    assert_eq!(
        market
            .answer(&Cell {
                region: "FR".to_owned(),
                ..Cell::default()
            })
            .cell,
        Cell::default()
    );
}
