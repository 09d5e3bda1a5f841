//! Which few words of a text are nearest to a skill? Every run of 1, 2, 3, 4, 6 and 8 tokens against the labels of the candidates.

use std::ops::Range;

use ndarray::{Array2, Axis};

use crate::encoder::{Encoder, Token, normalise};
use crate::model::esco::SkillId;

/// Lengths of the windows, in tokens; the same as in training.
const LENGTHS: [usize; 6] = [1, 2, 3, 4, 6, 8];

/// The window nearest to one skill.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    /// Cosine with the skill's label.
    pub similarity: f32,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// The best window for each candidate, in their order. `labels` is `[n_skills, dim]`. Ties go to the shorter, then the earlier window.
pub(super) fn best(encoder: &Encoder, tokens: &[Token], labels: &Array2<f32>, candidates: &[SkillId]) -> Vec<Window> {
    let (vectors, ranges) = windows(encoder, tokens);
    let rows: Vec<usize> = candidates.iter().map(|skill| skill.row()).collect();
    let similarity = labels.select(Axis(0), &rows).dot(&vectors.t());
    similarity
        .rows()
        .into_iter()
        .map(|row| {
            let (at, similarity) =
                row.iter().enumerate().fold((0, f32::MIN), |best, (at, value)| if *value > best.1 { (at, *value) } else { best });
            Window { similarity, range: ranges[at].clone() }
        })
        .collect()
}

/// Vectors of all windows, `[n_windows, dim]`, rows of length one, and the bytes that they span. A text shorter than a window is one window.
fn windows(encoder: &Encoder, tokens: &[Token]) -> (Array2<f32>, Vec<Range<usize>>) {
    let (n, dim) = (tokens.len(), encoder.dim());
    let mut sums = vec![0.0_f32; (n + 1) * dim];
    for (at, token) in tokens.iter().enumerate() {
        let (before, here) = sums.split_at_mut((at + 1) * dim);
        here[..dim].copy_from_slice(&before[at * dim..]);
        encoder.add(token, &mut here[..dim]);
    }
    let spans: Vec<(usize, usize)> = LENGTHS
        .iter()
        .filter(|length| **length == 1 || **length <= n)
        .flat_map(|length| (0..=n - length).map(move |at| (at, at + length)))
        .collect();
    let mut vectors = Array2::zeros((spans.len(), dim));
    for ((from, to), mut row) in spans.iter().zip(vectors.rows_mut()) {
        let Some(row) = row.as_slice_mut() else { continue };
        let (start, end) = (&sums[from * dim..][..dim], &sums[to * dim..][..dim]);
        row.iter_mut().zip(start.iter().zip(end)).for_each(|(value, (start, end))| *value = end - start);
        normalise(row);
    }
    (vectors, spans.iter().map(|(from, to)| tokens[*from].range.start..tokens[to - 1].range.end).collect())
}
