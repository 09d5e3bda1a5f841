//! What does a skill mean, as vectors? Its label, its description, and a rough mixture of all its names that finds candidates.

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::fuse::Fusion;
use crate::encoder::{Encoder, normalise};
use crate::int8::Int8Rows;
use skillgap_esco::{Esco, Skill, labels_in};

/// Shares of label and mean of alternatives in the rough vector that stands for a skill's nearest name.
const ROUGH_NAME: [f32; 2] = [0.6, 0.4];

/// Columns of the rough vectors: the first, which tell most (`index/encoder/rotate.py`).
pub const ROUGH_DIM: usize = 96;

/// The vectors of all skills, quantised.
pub struct SkillVectors {
    /// The preferred label, `[n_skills, dim]`; rows of length one, zero for a skill without label.
    pub labels: Int8Rows,
    /// Label and description together, `[n_skills, dim]`; rows of length one.
    pub described: Int8Rows,
    /// Label, alternatives and description together, weighed as the score does, `[n_skills, ROUGH_DIM]`; finds candidates.
    pub rough: Int8Rows,
}

impl SkillVectors {
    pub(super) fn build(encoder: &Encoder, fusion: &Fusion, esco: &Esco) -> Self {
        let zeros = |dim| Array2::<f32>::zeros((esco.skills.len(), dim));
        let (mut labels, mut described, mut rough) = (
            zeros(encoder.dim()),
            zeros(encoder.dim()),
            zeros(ROUGH_DIM.min(encoder.dim())),
        );
        let rows = labels
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .zip(described.axis_iter_mut(Axis(0)).into_par_iter())
            .zip(rough.axis_iter_mut(Axis(0)).into_par_iter());
        rows.zip(&esco.skills)
            .for_each(|(((mut label, mut described), mut rough), skill)| {
                let rows = (
                    label.as_slice_mut(),
                    described.as_slice_mut(),
                    rough.as_slice_mut(),
                );
                if let (Some(label), Some(described), Some(rough)) = rows {
                    encode_skill(encoder, fusion, skill, [label, described, rough]);
                }
            });
        let [labels, described, rough] =
            [labels, described, rough].map(|rows| Int8Rows::quantise(&rows));
        Self {
            labels,
            described,
            rough,
        }
    }
}

/// Label and description of a skill in one language, or the label alone; nothing for a skill without label.
pub fn described_text(skill: &Skill) -> Option<String> {
    let names = labels_in(&skill.labels, "en")?;
    let description = skill
        .descriptions
        .iter()
        .find(|text| text.language == names.language);
    Some(description.map_or_else(
        || names.preferred.clone(),
        |text| format!("{} {}", names.preferred, text.text),
    ))
}

/// Writes the three vectors of one skill, of the last only the first columns; leaves them as they are for a skill without label.
fn encode_skill(
    encoder: &Encoder,
    fusion: &Fusion,
    skill: &Skill,
    [label, described, rough]: [&mut [f32]; 3],
) {
    let Some(names) = labels_in(&skill.labels, "en") else {
        return;
    };
    encoder.encode_into(&names.preferred, label);
    described_text(skill)
        .iter()
        .for_each(|text| encoder.encode_into(text, described));
    let (mut alternatives, mut one) = (label.to_vec(), vec![0.0; encoder.dim()]);
    for name in &names.alternatives {
        encoder.encode_into(name, &mut one);
        add_scaled(&mut alternatives, &one, 1.0);
    }
    normalise(&mut alternatives);
    let (by_name, by_description) = fusion.rough_weights();
    add_scaled(rough, label, ROUGH_NAME[0] * by_name);
    add_scaled(rough, &alternatives, ROUGH_NAME[1] * by_name);
    add_scaled(rough, described, by_description);
}

fn add_scaled(to: &mut [f32], from: &[f32], by: f32) {
    to.iter_mut()
        .zip(from)
        .for_each(|(to, from)| *to += by * from);
}
