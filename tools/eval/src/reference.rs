//! [`Reference`]: the ranking without shortlists and without rounding, against which the linker's is held.

use ndarray::{Array2, ArrayView1};

use skillgap_esco::{Esco, SkillId, labels_in};
use skillgap_linker::encoder::{Encoder, normalise};
use skillgap_linker::{Linker, Query, Tongue, WINDOW_LENGTHS, described_text, telling_names};

/// All vectors in full precision; for English sentences. Takes some 150 MB for ESCO in English.
pub struct Reference<'a> {
    linker: &'a Linker,
    encoder: &'static Encoder,
    labels: Array2<f32>,
    described: Array2<f32>,
    /// All English names, and which skill each is of.
    names: Array2<f32>,
    skill_of_name: Vec<usize>,
}

impl<'a> Reference<'a> {
    /// Computes the vectors again from ESCO with its descriptions, which a linker does not keep.
    ///
    /// # Errors
    /// As [`Encoder::carried`].
    pub fn new(linker: &'a Linker, esco: &Esco) -> skillgap_esco::Result<Self> {
        let encoder = Encoder::carried()?;
        let english = |skill: usize| labels_in(&esco.skills[skill].labels, "en");
        let skills = 0..esco.skills.len();
        let names: Vec<(usize, &String)> = skills
            .clone()
            .filter_map(|skill| Some((skill, english(skill)?)))
            .flat_map(|(skill, labels)| telling_names(labels).map(move |name| (skill, name)))
            .collect();
        let labels: Vec<&str> = skills
            .clone()
            .map(|skill| english(skill).map_or("", |labels| labels.preferred.as_str()))
            .collect();
        let described: Vec<String> = skills
            .map(|skill| described_text(&esco.skills[skill]).unwrap_or_default())
            .collect();
        Ok(Self {
            linker,
            encoder,
            labels: encoder.encode_all(&labels),
            described: encoder.encode_all(&described),
            names: encoder.encode_all(
                &names
                    .iter()
                    .map(|(_, name)| name.as_str())
                    .collect::<Vec<_>>(),
            ),
            skill_of_name: names.into_iter().map(|(skill, _)| skill).collect(),
        })
    }

    /// Ranks the `top` skills for one sentence, best first; ties by row. LexicalIndex and mentions are those of the fast path, which are exact.
    pub fn rank(&self, sentence: Query<'_>, top: usize) -> Vec<SkillId> {
        let mut vector = vec![0.0; self.encoder.dim()];
        self.encoder
            .encode_in(sentence.text, Tongue::Everyday, &mut vector);
        let vector = ArrayView1::from(&vector);
        let described = self.described.dot(&vector);
        let mut nearest = vec![0.0_f32; self.labels.nrows()];
        for (skill, cosine) in self.skill_of_name.iter().zip(self.names.dot(&vector)) {
            nearest[*skill] = nearest[*skill].max(cosine);
        }
        let windows = self
            .labels
            .dot(&window_vectors(self.encoder, sentence.text).t());
        let all = self
            .linker
            .link_all(&[sentence], self.labels.nrows())
            .pop()
            .unwrap_or_default();
        let mut scored: Vec<(f32, SkillId)> = all
            .into_iter()
            .map(|mut linked| {
                let row = linked.skill.row();
                linked.signals.nearest_name = nearest[row];
                linked.signals.described = described[row];
                linked.signals.window = windows.row(row).iter().copied().fold(f32::MIN, f32::max);
                let score = self.linker.score(linked.skill, &linked.signals);
                (score, linked.skill)
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored
            .into_iter()
            .take(top)
            .map(|(_, skill)| skill)
            .collect()
    }
}

/// Vectors of all windows, `[n_windows, dim]`, rows of length one.
fn window_vectors(encoder: &Encoder, text: &str) -> Array2<f32> {
    let tokens = encoder.tokens_in(text, Tongue::Everyday);
    let sizes = WINDOW_LENGTHS
        .into_iter()
        .filter(|size| *size == 1 || *size <= tokens.len());
    let spans: Vec<_> = sizes.flat_map(|size| tokens.windows(size)).collect();
    let mut vectors = Array2::zeros((spans.len(), encoder.dim()));
    for (span, mut row) in spans.into_iter().zip(vectors.rows_mut()) {
        if let Some(row) = row.as_slice_mut() {
            span.iter()
                .for_each(|token| encoder.add_in(token, Tongue::Everyday, row));
            normalise(row);
        }
    }
    vectors
}
