//! What is known of each occupation before a text is read: the meanings of its labels and of its skills.

use ndarray::{Array1, Array2};
use skillgap_esco::{Esco, Occupation, labels_in};

use crate::encoder::{Encoder, normalise};
use crate::int8::Int8Rows;

/// The English labels.
pub(super) fn meanings(encoder: &Encoder, occupations: &[Occupation]) -> Array2<f32> {
    let n = occupations.len();
    let mut meanings = Array2::zeros((2 * n, encoder.dim()));
    let mut one = vec![0.0; encoder.dim()];
    for (row, occupation) in occupations.iter().enumerate() {
        let Some(labels) = labels_in(&occupation.labels, "en") else {
            continue;
        };
        encoder.encode_into(&labels.preferred, &mut one);
        meanings.row_mut(row).assign(&Array1::from(one.clone()));
        let mut sum = vec![0.0; encoder.dim()];
        for name in &labels.alternatives {
            encoder.encode_into(name, &mut one);
            sum.iter_mut()
                .zip(&one)
                .for_each(|(sum, value)| *sum += value);
        }
        normalise(&mut sum);
        meanings.row_mut(n + row).assign(&Array1::from(sum));
    }
    meanings
}

/// What an optional skill counts in what an occupation is, against 1 of an essential one.
const OPTIONAL: f32 = 0.3;

/// What the skills of each occupation mean, less what those of all mean, and the latter.
pub(super) fn gists(dim: usize, esco: &Esco, skills: &Int8Rows) -> (Array2<f32>, Vec<f32>) {
    let n = esco.occupations.len();
    let mut n_needing = vec![0_u32; esco.skills.len()];
    let needed = |occupation: &Occupation| {
        let essential = occupation.essential.iter().map(|skill| (skill.row(), 1.0));
        essential
            .chain(
                occupation
                    .optional
                    .iter()
                    .map(|skill| (skill.row(), OPTIONAL)),
            )
            .collect::<Vec<_>>()
    };
    esco.occupations
        .iter()
        .flat_map(needed)
        .for_each(|(skill, _)| n_needing[skill] += 1);
    let mut gists = Array2::zeros((n, dim));
    let mut one = vec![0.0; dim];
    for (row, occupation) in esco.occupations.iter().enumerate() {
        let mut sum = vec![0.0; dim];
        for (skill, weight) in needed(occupation) {
            one.fill(0.0);
            skills.add(skill, &mut one);
            let weight = weight * (1.0 + n as f32 / (1 + n_needing[skill]) as f32).ln();
            sum.iter_mut()
                .zip(&one)
                .for_each(|(sum, value)| *sum += weight * value);
        }
        normalise(&mut sum);
        gists.row_mut(row).assign(&Array1::from(sum));
    }
    let common: Vec<f32> = gists
        .sum_axis(ndarray::Axis(0))
        .iter()
        .map(|sum| sum / n.max(1) as f32)
        .collect();
    for mut row in gists.rows_mut() {
        let mut less: Vec<f32> = row
            .iter()
            .zip(&common)
            .map(|(value, common)| value - common)
            .collect();
        normalise(&mut less);
        row.assign(&Array1::from(less));
    }
    (gists, common)
}
