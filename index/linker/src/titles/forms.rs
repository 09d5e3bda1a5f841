//! Forms of a label: the words by which a title is compared with it, of the whole label and of each of its sides.

use rustc_hash::FxHashSet;
use skillgap_esco::Occupation;
use skillgap_esco::text::Word;

use super::pieces::pieces;

/// Letters of a side of a stroke that is a label of its own.
const SIDE_LETTERS_MIN: usize = 5;

/// Every label in a language as the words that are compared: row of the occupation, folded words, whether it is the preferred one.
pub(super) fn forms_in(
    occupations: &[Occupation],
    language: &str,
) -> Vec<(u32, Vec<String>, bool)> {
    let mut all = Vec::new();
    for (row, occupation) in occupations.iter().enumerate() {
        let Some(labels) = occupation
            .labels
            .iter()
            .find(|labels| labels.language == language)
        else {
            continue;
        };
        // A form of the preferred label is that, whatever else has it.
        let mut known: FxHashSet<Vec<String>> = FxHashSet::default();
        let own = std::iter::once((&labels.preferred, true))
            .chain(labels.alternatives.iter().map(|label| (label, false)));
        for (form, is_preferred) in own.flat_map(|(label, is_preferred)| {
            forms(label)
                .into_iter()
                .map(move |form| (form, is_preferred))
        }) {
            if known.insert(form.clone()) {
                all.push((row as u32, form, is_preferred));
            }
        }
    }
    all
}

/// The words of a label, and of each side of a stroke in it that is a word by itself: *Maurer/Maurerin*.
fn forms(label: &str) -> Vec<Vec<String>> {
    let folded = |piece: &[Word]| {
        piece
            .iter()
            .map(|word| word.folded.clone())
            .collect::<Vec<_>>()
    };
    let mut forms: Vec<Vec<String>> = vec![
        pieces(label)
            .iter()
            .flat_map(|piece| folded(piece))
            .collect(),
    ];
    if label.contains('/') {
        let letters =
            |form: &Vec<String>| form.iter().map(|word| word.chars().count()).sum::<usize>();
        let sides = label.split('/').map(|side| {
            pieces(side)
                .iter()
                .flat_map(|piece| folded(piece))
                .collect()
        });
        forms.extend(sides.filter(|side| letters(side) >= SIDE_LETTERS_MIN));
    }
    forms.retain(|form| !form.is_empty());
    forms
}
