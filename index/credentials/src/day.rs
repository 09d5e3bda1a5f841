//! Which day is it? Dates as days since 1970-01-01, in the proleptic Gregorian calendar, and back.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of a day.
const DAY_SECONDS: u64 = 86_400;

/// Days since 1970-01-01 of an ISO 8601 date such as `2026-01-31`, with or without a time after it; nothing for what is no such date.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms". The time and its zone are not looked at.
pub fn parse(date: &str) -> Option<i64> {
    let date = date.trim();
    let (date, rest) = date.split_at_checked(10)?;
    if !rest.is_empty() && !rest.starts_with(['T', 't', ' ', '+', 'Z', '-']) {
        return None;
    }
    let bytes = date.as_bytes();
    let digits = |at: std::ops::Range<usize>| bytes[at].iter().all(u8::is_ascii_digit);
    if !(digits(0..4) && bytes[4] == b'-' && digits(5..7) && bytes[7] == b'-' && digits(8..10)) {
        return None;
    }
    let (year, month, day) = (
        date[..4].parse::<i64>().ok()?,
        date[5..7].parse::<i64>().ok()?,
        date[8..].parse::<i64>().ok()?,
    );
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468,
    )
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The date of a day as `2026-01-31`; nothing outside the years 0 to 9999.
pub fn format(day: i64) -> Option<String> {
    // 0000-01-01 and 9999-12-31.
    if !(-719_528..=2_932_896).contains(&day) {
        return None;
    }
    let day = day + 719_468;
    let (era, day_of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(format!(
        "{year:04}-{month:02}-{:02}",
        day_of_year - (153 * shifted + 2) / 5 + 1
    ))
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
