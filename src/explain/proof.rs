//! What must a person know of a licence or certificate that is asked for, where only a skill stands for it? That it must be shown.

use skillgap_catalogue::Catalogue;

use super::Words;
use crate::gap::{GapItem, HeldSource, Shown};

/// Says that a licence or certificate must be shown, and what stands for it so far; nothing where a held credential is there to be shown, or nothing is held.
pub fn on_proof(catalogue: &Catalogue, item: &GapItem, language: &str) -> Option<String> {
    let ((held, source), words) = (item.nearest?, Words::of(language));
    let (skill, held) = (
        catalogue.skill_label(item.skill, language),
        catalogue.skill_label(held, language),
    );
    Some(match (item.shown?, source) {
        (Shown::Claimed, _) => words.say("proof.claimed", &[("skill", skill)]),
        (Shown::SkillOnly, HeldSource::Stated) => {
            words.say("proof.stated", &[("skill", skill), ("held", held)])
        }
        (Shown::SkillOnly, _) => words.say("proof.suggested", &[("skill", skill), ("held", held)]),
    })
}
