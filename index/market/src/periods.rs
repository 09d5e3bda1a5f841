//! Which months are counted, and compared with which? Whole months only, and the same months a year apart, which cancels the season.

use std::ops::Range;

use crate::Month;
use crate::job::Job;

/// Months of a period, and of one of a young feed.
const YEAR: i32 = 12;
const QUARTER: i32 = 3;
/// Months from which quarters are compared with those of a year before.
const MONTHS_MIN: i32 = YEAR + QUARTER;
/// Days of a month that may be missing at the beginning of a feed for the month to count as whole.
const DAYS_MISSING_MAX: i32 = 3;
/// Share of the oldest and of the newest jobs whose days are not taken for the ends of the feed: an ad with a wrong day is no beginning.
const STRAY_SHARE: usize = 1_000;

/// The months that are counted, and those that they are compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Periods {
    /// What levels are of.
    pub now: Range<Month>,
    /// What they are compared with; none for a feed of fewer than 15 months.
    pub before: Option<Range<Month>>,
}

impl Periods {
    pub(crate) fn of(jobs: &[Job]) -> Self {
        let mut days: Vec<i32> = jobs.iter().map(|job| job.first_day).collect();
        days.sort_unstable();
        let stray = days.len() / STRAY_SHARE;
        let (Some(oldest), Some(newest)) = (
            days.get(stray),
            days.len().checked_sub(1 + stray).map(|at| days[at]),
        ) else {
            return Self::default();
        };
        let begins = Month::of(oldest - DAYS_MISSING_MAX - 1).0 + 1;
        let first = begins.max(Month::of(*oldest).0);
        let end = Month::of(newest + 1).0;
        let months = |from: i32, to: i32| Month(from)..Month(to);
        match end - first {
            n if n >= 2 * YEAR => Self {
                now: months(end - YEAR, end),
                before: Some(months(end - 2 * YEAR, end - YEAR)),
            },
            n if n >= MONTHS_MIN => Self {
                now: months(end - QUARTER, end),
                before: Some(months(end - YEAR - QUARTER, end - YEAR)),
            },
            n if n > 0 => Self {
                now: months((end - YEAR).max(first), end),
                before: None,
            },
            _ => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_credentials::day;

    #[test]
    fn whole_months_only_and_a_year_apart() {
        let day = |date: &str| day::parse(date).unwrap() as i32;
        let of = |first: &str, last: &str| {
            let jobs = [first, last].map(|date| Job {
                first_day: day(date),
                ..Job::default()
            });
            let periods = Periods::of(&jobs);
            let text = |months: &Range<Month>| format!("{}..{}", months.start, months.end);
            (text(&periods.now), periods.before.as_ref().map(text))
        };
        let some = |text: &str| Some(text.to_owned());
        for (first, last, now, before) in [
            (
                "2024-01-02",
                "2025-12-31",
                "2025-01..2026-01",
                some("2024-01..2025-01"),
            ),
            (
                "2024-01-02",
                "2025-12-30",
                "2025-09..2025-12",
                some("2024-09..2024-12"),
            ),
            (
                "2024-01-20",
                "2026-02-10",
                "2025-02..2026-02",
                some("2024-02..2025-02"),
            ),
            ("2025-06-01", "2025-11-30", "2025-06..2025-12", None),
            ("2025-06-10", "2025-06-20", "0000-01..0000-01", None),
        ] {
            assert_eq!(of(first, last), (now.to_owned(), before), "{first} {last}");
        }
    }
}
