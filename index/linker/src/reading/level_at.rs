//! Which of the levels of a segment belongs to what stands at a place in it?

use std::ops::Range;

use super::Segment;
use super::level::Level;
use super::levels::PARTING;
use crate::languages::{is_joint, is_language};

/// Bytes between a skill's words and a level that still belongs to it.
const REACH: usize = 60;

impl Segment {
    /// The level of what stands at a place: one that stands with it, else one that a list of several shares (*English and German at B2*, *fluent English and
    /// German*), else one that stands by itself beside it (*German, at least B2*). On a scale before in words: `Gute Englischkenntnisse (B1)` is B1.
    pub fn level_at(&self, range: &Range<usize>) -> Option<Level> {
        let near: Vec<&(Range<usize>, Level)> = self
            .levels
            .iter()
            .filter(|(at, _)| apart(at, range).len() <= REACH)
            .collect();
        let best = |of: &mut dyn Iterator<Item = &&(Range<usize>, Level)>| {
            let on_a_scale = |level: &Level| matches!(level, Level::Cefr(_) | Level::Eqf(_));
            of.min_by_key(|(at, level)| (!on_a_scale(level), apart(at, range).len()))
                .map(|(_, level)| *level)
        };
        let own = |(at, _): &&&(Range<usize>, Level)| self.n_joints(&apart(at, range)).is_none();
        best(&mut near.iter().filter(own)).or_else(|| {
            let shared = |(at, _): &&&(Range<usize>, Level)| self.shares(at, range);
            best(&mut near.iter().filter(shared))
        })
    }

    /// Whether a level that stands with another thing, or with none, is meant of what stands at a place, too.
    fn shares(&self, level: &Range<usize>, range: &Range<usize>) -> bool {
        let piece = self.piece_around(level);
        let names = |range: Range<usize>| self.words_in(&range).iter().any(is_language);
        let joints = self.n_joints(&apart(level, range));
        if !names(piece.clone()) {
            return joints == Some(1);
        }
        let is_list = self.joins_words(&(piece.start.min(range.start)..piece.end.max(range.end)));
        let beyond = match level.start < range.start {
            true => piece.start..level.start,
            false => level.end..piece.end,
        };
        is_list && !names(beyond)
    }

    /// How many signs and words that part things stand in a range; none where none does.
    fn n_joints(&self, range: &Range<usize>) -> Option<usize> {
        let signs = self.text[range.clone()].matches(PARTING).count();
        let words = self.words_in(range).iter().filter(|word| is_joint(word));
        Some(signs + words.count()).filter(|n| *n > 0)
    }

    fn joins_words(&self, range: &Range<usize>) -> bool {
        self.words_in(range).iter().any(is_joint)
    }

    /// What is listed at a place, from sign or joining word to the next.
    fn piece_around(&self, range: &Range<usize>) -> Range<usize> {
        let joints = self.words.iter().filter(|word| is_joint(word));
        let signs = self.text.match_indices(PARTING);
        let bounds = joints
            .map(|word| word.range.clone())
            .chain(signs.map(|(at, sign)| at..at + sign.len()));
        let (mut start, mut end) = (0, self.text.len());
        for bound in bounds {
            if bound.end <= range.start {
                start = start.max(bound.end);
            } else if bound.start >= range.end {
                end = end.min(bound.start);
            }
        }
        start..end
    }
}

/// What stands between two ranges.
fn apart(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    let (left, right) = if a.start < b.start { (a, b) } else { (b, a) };
    left.end..right.start.max(left.end)
}
