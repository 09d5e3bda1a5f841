//! How does a byte of cleaned text lead back to the caller's bytes? By runs: each run of cleaned text either is a copy of the
//! source (byte for byte) or stands as a whole for a piece of it (an entity, a stretch of white space).

use std::ops::Range;

/// The way from cleaned text back to the source: runs in order of both texts, which never overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SourceMap {
    runs: Vec<Run>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// First byte in the cleaned text; the run ends where the next one begins.
    text: usize,
    source: Range<usize>,
    /// Whether source and text are equal byte for byte.
    copied: bool,
}

impl SourceMap {
    /// Leads bytes `start..end` of the cleaned text back to bytes of the source. Cost: two binary searches.
    pub(super) fn span(&self, range: Range<usize>) -> Range<usize> {
        let Some(first) = self.run_at(range.start) else {
            return 0..0;
        };
        let start = if first.copied {
            (first.source.start + range.start - first.text).min(first.source.end)
        } else {
            first.source.start
        };
        if range.is_empty() {
            return start..start;
        }
        let Some(last) = self.run_at(range.end - 1) else {
            return start..start;
        };
        let end = if last.copied {
            (last.source.start + range.end - last.text).min(last.source.end)
        } else {
            last.source.end
        };
        start..end.max(start)
    }

    fn run_at(&self, at: usize) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.text <= at);
        self.runs.get(after.checked_sub(1)?)
    }
}

/// Cleaned text with its map, growing at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mapped {
    pub(super) text: String,
    pub(super) map: SourceMap,
}

impl Mapped {
    /// Copies a text that begins at byte `at` of the source; where `decode` tells a character, that stands for the bytes that it takes.
    pub(super) fn decoded(
        text: &str,
        at: usize,
        decode: impl Fn(&str) -> Option<(char, usize)>,
    ) -> Self {
        let (mut mapped, mut from) = (Self::default(), 0);
        while let Some(c) = text[from..].chars().next() {
            let decoded = decode(&text[from..]);
            let n_bytes = decoded.map_or(c.len_utf8(), |(_, n_bytes)| n_bytes);
            match decoded {
                Some((c, _)) => mapped.push_decoded(c, at + from..at + from + n_bytes),
                None => mapped.push_copied(c, at + from),
            }
            from += n_bytes;
        }
        mapped
    }

    /// The same text, leading back to the source of `outer`, whose text its own source is.
    pub(super) fn through(&self, outer: &Self) -> Self {
        let mut mapped = Self::default();
        for (at, c) in self.text.char_indices() {
            let own = self.map.span(at..at + c.len_utf8());
            let is_copy = outer
                .text
                .get(own.clone())
                .is_some_and(|text| text.chars().eq([c]));
            let source = outer.map.span(own);
            match is_copy && source.len() == c.len_utf8() {
                true => mapped.push_copied(c, source.start),
                false => mapped.push_decoded(c, source),
            }
        }
        mapped
    }

    /// Appends a character that stands at byte `at` of the source as it is.
    pub(super) fn push_copied(&mut self, c: char, at: usize) {
        let end = at + c.len_utf8();
        match self.map.runs.last_mut() {
            Some(run) if run.copied && run.source.end == at => run.source.end = end,
            _ => self.map.runs.push(Run {
                text: self.text.len(),
                source: at..end,
                copied: true,
            }),
        }
        self.text.push(c);
    }

    /// Appends a character that stands for `source`, which reads otherwise.
    pub(super) fn push_decoded(&mut self, c: char, source: Range<usize>) {
        self.map.runs.push(Run {
            text: self.text.len(),
            source,
            copied: false,
        });
        self.text.push(c);
    }

    /// Appends `next`, which lies later in the source, after one space.
    pub(super) fn join(&mut self, next: Mapped) {
        let from = self.map.runs.last().map_or(0, |run| run.source.end);
        let to = next.map.runs.first().map_or(from, |run| run.source.start);
        self.push_decoded(' ', from..to.max(from));
        let shift = self.text.len();
        self.map
            .runs
            .extend(next.map.runs.into_iter().map(|run| Run {
                text: run.text + shift,
                ..run
            }));
        self.text.push_str(&next.text);
    }

    /// Copies the bytes `range` of the text (on character boundaries) with white space at both ends taken off.
    pub(super) fn slice(&self, range: Range<usize>) -> Mapped {
        let Some(raw) = self.text.get(range.clone()) else {
            return Mapped::default();
        };
        let start = range.start + (raw.len() - raw.trim_start().len());
        let text = raw.trim();
        let end = start + text.len();
        let first = self
            .map
            .runs
            .partition_point(|run| run.text <= start)
            .saturating_sub(1);
        let mut runs = Vec::new();
        for (at, run) in self.map.runs.iter().enumerate().skip(first) {
            if run.text >= end {
                break;
            }
            let run_end = self
                .map
                .runs
                .get(at + 1)
                .map_or(self.text.len(), |next| next.text);
            let (from, to) = (run.text.max(start), run_end.min(end));
            let source = if run.copied {
                run.source.start + (from - run.text)..run.source.start + (to - run.text)
            } else {
                run.source.clone()
            };
            runs.push(Run {
                text: from - start,
                source,
                copied: run.copied,
            });
        }
        Mapped {
            text: text.to_owned(),
            map: SourceMap { runs },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ampersand() -> Mapped {
        let mut mapped = Mapped::default(); // source: "R&amp;D é"
        mapped.push_copied('R', 0);
        mapped.push_decoded('&', 1..6);
        mapped.push_copied('D', 6);
        mapped.push_copied(' ', 7);
        mapped.push_copied('é', 8);
        mapped
    }

    #[test]
    fn a_decoded_character_leads_to_the_whole_entity() {
        assert_eq!(ampersand().map.span(1..2), 1..6);
        assert_eq!(ampersand().map.span(0..3), 0..7);
        assert_eq!(ampersand().map.span(4..6), 8..10);
    }

    #[test]
    fn a_slice_keeps_the_way_back_and_loses_outer_space() {
        let slice = ampersand().slice(1..4);
        assert_eq!((slice.text.as_str(), slice.map.span(0..2)), ("&D", 1..7));
    }

    #[test]
    fn a_join_stands_for_the_gap() {
        let mut mapped = ampersand();
        let mut next = Mapped::default();
        next.push_copied('x', 15);
        mapped.join(next);
        assert_eq!(mapped.text, "R&D é x");
        assert_eq!(mapped.map.span(6..7), 10..15);
        assert_eq!(mapped.map.span(7..8), 15..16);
    }
}
