//! How sure is a link to a field of knowledge of which a text says the noun, and not what qualifies it? A *warehouse* is seldom a *data warehouse*.

use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillType;
use skillgap_esco::text::{Word, singular, words};
use skillgap_linker::Linked;

/// What is left of the odds of such a link. Of 207 of them in synthetic sentences (SkillSkape, train) 23 % were right and 37 % expected, of 124 others (dev) 16 % and
/// 40 %; of skills, and of longer names, nothing of the kind was seen.
const ODDS: f64 = 0.37;

/// Whether a text says a word, in the singular or the plural.
pub(super) fn says(said: &[Word], word: &Word) -> bool {
    said.iter()
        .any(|said| singular(&said.folded) == singular(&word.folded))
}

/// The probability of a link, less where the text says only the noun of a name of two words.
pub(super) fn confidence(catalogue: &Catalogue, linked: &Linked, said: &[Word]) -> f64 {
    let confidence = f64::from(linked.confidence);
    let is_knowledge = catalogue.esco.skills[linked.skill.row()].skill_type == SkillType::Knowledge;
    if linked.signals.name > 0.0 || !is_knowledge {
        return confidence;
    }
    match &words(catalogue.skill_label(linked.skill, "en"))[..] {
        [qualifier, noun] if says(said, noun) && !says(said, qualifier) => {
            ODDS * confidence / (1.0 - confidence + ODDS * confidence)
        }
        _ => confidence,
    }
}
