//! Spans of a caller's text, counted in what the caller's language counts.

use std::ops::Range;

use crate::api::wire;

/// Turns ranges of bytes of one text into spans in the unit asked for.
pub(in crate::api) struct Spans {
    /// For each byte of the text and its end, the units before it; nothing where the units are bytes.
    units: Option<Vec<u32>>,
}

impl Spans {
    /// For a text, which the limits keep far below what 32 bits count.
    pub(in crate::api) fn of(text: &str, encoding: wire::TextEncoding) -> Self {
        let width: fn(char) -> u32 = match encoding {
            wire::TextEncoding::Unspecified | wire::TextEncoding::Utf8Bytes => {
                return Self { units: None };
            }
            wire::TextEncoding::Utf16CodeUnits => |c| c.len_utf16() as u32,
            wire::TextEncoding::CodePoints => |_| 1,
        };
        let (mut units, mut before) = (Vec::with_capacity(text.len() + 1), 0);
        for c in text.chars() {
            units.extend(std::iter::repeat_n(before, c.len_utf8()));
            before += width(c);
        }
        units.push(before);
        Self { units: Some(units) }
    }

    fn at(&self, byte: usize) -> u32 {
        match &self.units {
            None => byte as u32,
            Some(units) => units
                .get(byte)
                .or(units.last())
                .copied()
                .unwrap_or_default(),
        }
    }

    /// The spans of ranges of bytes.
    pub(in crate::api) fn count(&self, ranges: &[Range<usize>]) -> Vec<wire::Span> {
        let span = |range: &Range<usize>| wire::Span {
            start: self.at(range.start),
            end: self.at(range.end),
        };
        ranges.iter().map(span).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_cut_the_same_words_out_in_every_unit() {
        // Two bytes and one unit; four bytes and two units of UTF-16.
        let text = "é 🚜 drive";
        let drive = text.find("drive").unwrap();
        let range = drive..text.len();
        let span = |encoding| {
            let spans = Spans::of(text, encoding).count(std::slice::from_ref(&range));
            (spans[0].start, spans[0].end)
        };
        assert_eq!(span(wire::TextEncoding::Unspecified), (8, 13));
        assert_eq!(span(wire::TextEncoding::Utf8Bytes), (8, 13));
        assert_eq!(span(wire::TextEncoding::Utf16CodeUnits), (5, 10));
        assert_eq!(span(wire::TextEncoding::CodePoints), (4, 9));
    }
}
