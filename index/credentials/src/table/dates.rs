//! A date as people write it. Which of `03/04/2027` is the day, is decided by its whole column.

use super::names::month;
use crate::day;

/// What the dates of a column show of the order of day and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DayOrder {
    day_first: bool,
    month_first: bool,
}

impl DayOrder {
    /// Notes what a cell shows.
    pub fn observe(&mut self, text: &str) {
        if let Some(Parts::Open(first, second, _)) = Parts::of(text) {
            self.day_first |= first > 12;
            self.month_first |= second > 12;
        }
    }
}

/// The parts of a date in their order.
enum Parts {
    /// Year, month, day.
    Known(u16, u8, u8),
    /// Two numbers of which one is the month, and the year.
    Open(u8, u8, u16),
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        // A time of day stands behind the date.
        let date = match text.split_once(char::is_whitespace) {
            Some((date, time)) if time.contains(':') => date,
            _ => text,
        };
        let tokens: Vec<&str> = date
            .split(|c: char| !c.is_alphanumeric())
            .filter(|token| !token.is_empty())
            .collect();
        let number = |token: &str| {
            token
                .trim_end_matches(|c: char| c.is_alphabetic())
                .parse::<u16>()
                .ok()
        };
        let year = |token: &str| number(token).filter(|_| token.len() == 4);
        let small = |token: &str| number(token).and_then(|number| u8::try_from(number).ok());
        match tokens.as_slice() {
            [one] if one.len() == 8 && one.bytes().all(|byte| byte.is_ascii_digit()) => Some(
                Self::Known(year(&one[..4])?, small(&one[4..6])?, small(&one[6..])?),
            ),
            [first, second, third] => match (year(first), year(third)) {
                (Some(year), _) => Some(Self::Known(year, small(second)?, small(third)?)),
                (_, Some(year)) => match (month(first), month(second)) {
                    (_, Some(month)) => Some(Self::Known(year, month, small(first)?)),
                    (Some(month), _) => Some(Self::Known(year, month, small(second)?)),
                    _ if date.contains('.') => {
                        Some(Self::Known(year, small(second)?, small(first)?))
                    }
                    _ => Some(Self::Open(small(first)?, small(second)?, year)),
                },
                _ => None,
            },
            _ => None,
        }
    }
}

/// The date of a text as `2027-01-31`.
///
/// # Errors
/// Why it cannot be read, or not for sure.
pub(super) fn read(text: &str, order: DayOrder) -> Result<String, &'static str> {
    if let Some(date) = day::date(text) {
        return Ok(date);
    }
    let (year, month, day) = match Parts::of(text).ok_or("is no date with a year of four digits")? {
        Parts::Known(year, month, day) => (year, month, day),
        Parts::Open(same, other, year) if same == other => (year, same, same),
        Parts::Open(day, month, year) if day > 12 || order.day_first && !order.month_first => {
            (year, month, day)
        }
        Parts::Open(month, day, year) if day > 12 || order.month_first && !order.day_first => {
            (year, month, day)
        }
        Parts::Open(..) => {
            return Err(
                "may have the day or the month first, and no other date of its column tells which",
            );
        }
    };
    day::date(&format!("{year:04}-{month:02}-{day:02}")).ok_or("is no day of the calendar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them_and_never_guessed() {
        let check = |column: &[&str], expected: &[Option<&str>]| {
            let mut order = DayOrder::default();
            column.iter().for_each(|text| order.observe(text));
            let read: Vec<Option<String>> =
                column.iter().map(|text| read(text, order).ok()).collect();
            let read: Vec<Option<&str>> = read.iter().map(Option::as_deref).collect();
            assert_eq!(read, expected, "{column:?}");
        };
        let day = Some("2027-01-31");
        check(
            &[
                "31.01.2027",
                "31.1.2027",
                "2027-01-31",
                "31/01/2027",
                "31 January 2027",
                "31. Januar 2027",
                "January 31, 2027",
                "20270131",
                "2027/1/31",
                "31.01.2027 18:00",
                "2027-01-31T18:00:00",
            ],
            &[day; 11],
        );
        check(&["03/04/2027"], &[None]);
        check(&["03/04/2027", "31/01/2027"], &[Some("2027-04-03"), day]);
        check(&["03/04/2027", "01/31/2027"], &[Some("2027-03-04"), day]);
        check(
            &["31.02.2027", "1.2.27", "soon", "", "May 2027", "13/13/2027"],
            &[None; 6],
        );
        check(&["03.04.2027"], &[Some("2027-04-03")]);
    }
}
