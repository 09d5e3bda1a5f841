//! A number as people write it: thousands and decimals with a point, a comma, spaces or apostrophes. What `1.200` means is decided by its whole column.

/// What the numbers of a column show of its decimal mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    point: bool,
    comma: bool,
}

impl Marks {
    /// Those of a column of which the decimal mark is given.
    pub fn given(mark: char) -> Self {
        let (point, comma) = (mark == '.', mark == ',');
        Self { point, comma }
    }

    /// Notes what a cell shows.
    pub fn observe(&mut self, text: &str) {
        let Ok(NumberCut { number, tail, .. }) = cut(text) else {
            return;
        };
        if let Some(mark) = tail {
            self.note(mark);
        }
        match Notation::of(number) {
            Some(Notation::Decimal(mark, _)) => self.note(mark),
            Some(Notation::Grouped('.', _)) => self.note(','),
            Some(Notation::Grouped(_, _)) => self.note('.'),
            _ => {}
        }
    }

    fn note(&mut self, mark: char) {
        self.point |= mark == '.';
        self.comma |= mark == ',';
    }

    /// The decimal mark, if all that show one show the same.
    fn decimal(self) -> Option<char> {
        match (self.point, self.comma) {
            (true, false) => Some('.'),
            (false, true) => Some(','),
            _ => None,
        }
    }
}

/// A number with what stands before and behind it.
#[derive(Debug, PartialEq)]
pub(super) struct Quantity<'a> {
    pub before: &'a str,
    pub number: f64,
    pub after: &'a str,
}

/// Reads the only number of a cell.
///
/// # Errors
/// Why it cannot be read, or not for sure.
pub(super) fn read(text: &str, marks: Marks) -> Result<Quantity<'_>, String> {
    let text = text.trim();
    let is_scientific = text.contains(['e', 'E']) && text.starts_with(|c: char| c.is_ascii_digit());
    if let Some(number) = text.parse().ok().filter(|_| is_scientific) {
        let (before, after) = ("", "");
        return Ok(Quantity {
            before,
            number,
            after,
        });
    }
    let NumberCut {
        before,
        number: written,
        tail,
        after,
    } = cut(text)?;
    let number = match Notation::of(written) {
        Some(Notation::Open(mark, _, large)) if tail.is_some_and(|tail| tail != mark) => large,
        Some(
            Notation::Plain(number) | Notation::Decimal(_, number) | Notation::Grouped(_, number),
        ) => number,
        Some(Notation::Open(mark, small, large)) => match marks.decimal() {
            Some(decimal) if decimal == mark => small,
            Some(_) => large,
            None => {
                return Err(format!(
                    "may be {small} or {large}, and no other number of its column tells which; a mapping can say decimal = \",\" or \".\""
                ));
            }
        },
        None => return Err("is no number".to_owned()),
    };
    Ok(Quantity {
        before,
        number,
        after,
    })
}

/// Signs that separate thousands and nothing else.
fn is_gap(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}'
    )
}

/// A text, cut at its only number.
struct NumberCut<'a> {
    before: &'a str,
    number: &'a str,
    /// The decimal mark of a whole amount, as in "1.200,-".
    tail: Option<char>,
    after: &'a str,
}

fn cut(text: &str) -> Result<NumberCut<'_>, String> {
    let is_digit = |c: char| c.is_ascii_digit();
    let Some(digit) = text.find(is_digit) else {
        return Err("is no number".to_owned());
    };
    let before = &text[..digit];
    let start = match before.chars().next_back() {
        // As in ".5".
        Some('.' | ',') if before.trim_end_matches(['.', ',']).is_empty() => digit - 1,
        _ => digit,
    };
    let before = text[..start].trim();
    if before.ends_with(['-', '\u{2212}']) {
        return Err("is negative".to_owned());
    }
    let mut end = start;
    let mut rest = &text[start..];
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        let n_digits = behind.chars().take_while(|c| is_digit(*c)).count();
        let goes_on =
            is_digit(c) || matches!(c, '.' | ',') && n_digits > 0 || is_gap(c) && n_digits == 3;
        if !goes_on {
            break;
        }
        end += c.len_utf8();
        rest = behind;
    }
    let dashes = ['-', '\u{2013}', '\u{2014}'];
    let mut after = &text[end..];
    let tail = after
        .chars()
        .next()
        .filter(|c| matches!(c, ',' | '.') && after[1..].starts_with(dashes));
    if tail.is_some() {
        after = after[1..].trim_start_matches(dashes);
    }
    if after.contains(is_digit) {
        return Err("is more than one number".to_owned());
    }
    let (number, after) = (&text[start..end], after.trim());
    Ok(NumberCut {
        before,
        number,
        tail,
        after,
    })
}

/// How a number is written.
#[derive(Debug, PartialEq)]
enum Notation {
    /// Without a mark.
    Plain(f64),
    /// With this decimal mark.
    Decimal(char, f64),
    /// With this mark between thousands, and no decimals.
    Grouped(char, f64),
    /// With one mark that may be either: the number if it is the decimal mark, and if it is none.
    Open(char, f64, f64),
}

impl Notation {
    fn of(written: &str) -> Option<Self> {
        let has_gaps = written.contains(is_gap);
        let compact: String = written.chars().filter(|c| !is_gap(*c)).collect();
        let with = |decimal: char| -> Option<f64> {
            let plain: String = compact
                .chars()
                .filter(|c| c.is_ascii_digit() || *c == decimal)
                .collect();
            plain.replace(decimal, ".").parse().ok()
        };
        let count = |mark: char| compact.matches(mark).count();
        let Some(last) = compact.chars().rfind(|c| matches!(c, '.' | ',')) else {
            return are_groups(written, is_gap).then(|| with('.').map(Self::Plain))?;
        };
        let other = if last == '.' { ',' } else { '.' };
        let (whole, part) = written.rsplit_once(last)?;
        if part.contains(is_gap) {
            return None;
        }
        match (count(last), count(other)) {
            (1, 0) if has_gaps => are_groups(whole, is_gap)
                .then(|| with(last).map(|number| Self::Decimal(last, number)))?,
            (1, 0) => {
                let may_be_thousands =
                    part.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
                match may_be_thousands {
                    true => Some(Self::Open(last, with(last)?, with(other)?)),
                    false => Some(Self::Decimal(last, with(last)?)),
                }
            }
            (1, _) => (!has_gaps && are_groups(whole, |c| c == other))
                .then(|| with(last).map(|number| Self::Decimal(last, number)))?,
            (_, 0) => (!has_gaps && are_groups(written, |c| c == last))
                .then(|| with(other).map(|number| Self::Grouped(last, number)))?,
            _ => None,
        }
    }
}

/// Whether the digits are in groups of three, but for the first.
fn are_groups(written: &str, is_mark: impl Fn(char) -> bool) -> bool {
    let mut groups = written.split(is_mark);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(column: &[&str], expected: &[Option<f64>]) {
        let mut marks = Marks::default();
        column.iter().for_each(|text| marks.observe(text));
        let read: Vec<Option<f64>> = column
            .iter()
            .map(|text| read(text, marks).ok().map(|quantity| quantity.number))
            .collect();
        assert_eq!(read, expected, "{column:?}");
    }

    #[test]
    fn a_column_decides_what_its_marks_mean_and_one_cell_never_does() {
        check(
            &["1.200", "80,00", "2.500,00"],
            &[Some(1200.0), Some(80.0), Some(2500.0)],
        );
        check(
            &["1.000", "16,5", "120"],
            &[Some(1000.0), Some(16.5), Some(120.0)],
        );
        check(&["1,200", "80.50"], &[Some(1200.0), Some(80.5)]);
        check(&["1.200"], &[None]);
        check(&["1,200", "3,500", "40"], &[None, None, Some(40.0)]);
        check(&["1.234.567", "1.200"], &[Some(1_234_567.0), Some(1200.0)]);
        check(&["0.125", "5.000"], &[Some(0.125), Some(5.0)]);
        // A column that contradicts itself decides nothing.
        check(&["16,5", "16.5", "1.200"], &[Some(16.5), Some(16.5), None]);
        check(
            &["1200,00", "1.200,50", "1,200.00"],
            &[Some(1200.0), Some(1200.5), Some(1200.0)],
        );
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        fn plain(text: &str) -> Result<Quantity<'_>, String> {
            read(text, Marks::default())
        }
        for (text, number) in [
            ("1 200", 1200.0),
            ("1\u{202f}200,50", 1200.5),
            ("1'200.00", 1200.0),
            ("1\u{2019}000\u{2019}000", 1e6),
            (".5", 0.5),
            ("12000.5", 12000.5),
            ("1.5E+03", 1500.0),
            ("1.200,-", 1200.0),
        ] {
            assert_eq!(
                read(text, Marks::given('.')).map(|quantity| quantity.number),
                Ok(number),
                "{text}"
            );
        }
        assert_eq!(
            plain("ca. 40,5 Std."),
            Ok(Quantity {
                before: "ca.",
                number: 40.5,
                after: "Std."
            })
        );
        for text in [
            "", "many", "40-60", "1.2.3", "12 34", "-5", "1,20,000", "1.200.5", "1 200 50",
        ] {
            assert!(plain(text).is_err(), "{text}: {:?}", plain(text));
        }
    }
}
