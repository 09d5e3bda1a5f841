//! Which day is it? Dates as days since 1970-01-01, in the proleptic Gregorian calendar, and back.

use std::time::{SystemTime, UNIX_EPOCH};

use time::{Date, Month};

/// Seconds of a day.
const DAY_SECONDS: u64 = 86_400;
/// The Julian day of 1970-01-01.
const JULIAN_1970: i32 = 2_440_588;

/// Days since 1970-01-01 of an ISO 8601 date such as `2026-01-31`, with or without a time after it; nothing for what is no such date. The time and its
/// zone are not looked at.
pub fn parse(date: &str) -> Option<i64> {
    let (date, rest) = date.trim().split_at_checked(10)?;
    if !rest.is_empty() && !rest.starts_with(['T', 't', ' ', '+', 'Z', '-']) {
        return None;
    }
    let mut parts = date.split('-');
    let mut number = |length: usize| {
        let part = parts.next()?;
        let is_number = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<u16>().ok())?
    };
    let (year, month, day) = (number(4)?, number(2)? as u8, number(2)? as u8);
    let date = Date::from_calendar_date(year.into(), Month::try_from(month).ok()?, day).ok()?;
    Some((date.to_julian_day() - JULIAN_1970).into())
}

/// The date of a day as `2026-01-31`; nothing outside the years 0 to 9999.
pub fn format(day: i64) -> Option<String> {
    let julian = i32::try_from(day).ok()?.checked_add(JULIAN_1970)?;
    let date = Date::from_julian_day(julian).ok()?;
    let (year, month, day) = date.to_calendar_date();
    (0..=9_999)
        .contains(&year)
        .then(|| format!("{year:04}-{:02}-{day:02}", u8::from(month)))
}

/// The date of a text that begins with one, such as `2026-01-31` for `2026-01-31T12:00:00Z`; nothing for what is no date.
pub fn date(text: &str) -> Option<String> {
    parse(text)?;
    text.trim().get(..10).map(str::to_owned)
}

/// Today by the machine's clock, in UTC.
pub fn today() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    (since.as_secs() / DAY_SECONDS) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970_and_back() {
        for (date, expected) in [
            ("1970-01-01", 0),
            ("2000-03-01", 11_017),
            ("2026-11-22", 20_779),
            ("1969-12-31T00:00:00Z", -1),
            ("2024-02-29", 19_782),
        ] {
            assert_eq!(parse(date), Some(expected), "{date}");
            assert_eq!(format(expected).as_deref(), Some(&date[..10]));
        }
        for day in (-719_528..=2_932_896).step_by(97).chain([2_932_896]) {
            assert_eq!(format(day).as_deref().and_then(parse), Some(day));
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "20260101",
            "2026-01-011",
            "+026-01-01",
            "2026-01-3\u{e9}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!((format(i64::MAX), format(i64::MIN)), (None, None));
    }
}
