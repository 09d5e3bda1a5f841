//! Is an ISO 8601 duration an amount of work? Hours and minutes are; months and days are time by the calendar, and nobody says how much of it is work.

/// A duration in its two parts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Duration {
    /// Years, months, weeks and days, in days of a year of 365 and a month of 30; only to tell whether there is any.
    pub calendar_days: f64,
    /// Hours, minutes and seconds, in hours.
    pub hours: f64,
}

impl Duration {
    /// Reads `P7Y3M8DT1H10M0S` and the like; nothing for what is no duration.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix('P')?;
        let (date, time) = rest
            .split_once('T')
            .map_or((rest, None), |(date, time)| (date, Some(time)));
        if date.is_empty() && time.is_none_or(str::is_empty) || time == Some("") {
            return None;
        }
        let calendar_days = sum(date, &[('Y', 365.0), ('M', 30.0), ('W', 7.0), ('D', 1.0)])?;
        let hours = sum(
            time.unwrap_or_default(),
            &[('H', 1.0), ('M', 1.0 / 60.0), ('S', 1.0 / 3600.0)],
        )?;
        Some(Self {
            calendar_days,
            hours,
        })
    }

    /// The hours, if there is nothing by the calendar in it. Rounded to a hundredth.
    pub fn work_hours(self) -> Option<f64> {
        (self.calendar_days == 0.0 && self.hours > 0.0)
            .then(|| (self.hours * 100.0).round() / 100.0)
    }
}

/// The sum of numbers with units, in the order of the units; each unit at most once.
fn sum(mut text: &str, units: &[(char, f64)]) -> Option<f64> {
    let (mut total, mut units) = (0.0, units.iter());
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
        let number: f64 = text.get(..end)?.replace(',', ".").parse().ok()?;
        let unit = text[end..].chars().next()?;
        total += number * units.find(|(name, _)| *name == unit)?.1;
        text = &text[end + unit.len_utf8()..];
    }
    total.is_finite().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_time_without_a_calendar_is_work() {
        for (text, expected) in [
            ("PT60H", Some(60.0)),
            ("PT90M", Some(1.5)),
            ("PT1H30M", Some(1.5)),
            ("PT0,5H", Some(0.5)),
            ("P60M", None),
            ("P2D", None),
            ("P1DT2H", None),
            ("P7Y3M8DT1H10M0S", None),
            ("PT0H", None),
        ] {
            assert_eq!(
                Duration::parse(text).unwrap().work_hours(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_none() {
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "60",
            "60H",
            "PT60",
            "PTH",
            "PT1M1H",
            "PT1H1H",
            "P1.1.1D",
            "-PT1H",
            "PT1\u{fc}",
            "P1S",
        ] {
            assert_eq!(Duration::parse(text), None, "{text}");
        }
    }
}
