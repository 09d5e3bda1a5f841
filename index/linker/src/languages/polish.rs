//! Is *polish* a language, or what is done to floors? The one English name of a language that is a verb, too, and ads of many trades have it.

use super::{cefr_rank, english, is_language, part_and_name};
use skillgap_esco::text::Word;
use skillgap_esco::{Collection, Esco, Skill, SkillId};

const NAME: &str = "Polish";

/// Words, folded, beside which it is the language.
const OF_LANGUAGES: [&str; 37] = [
    "advantage",
    "bilingual",
    "communicate",
    "communication",
    "conversation",
    "conversational",
    "desirable",
    "essential",
    "fluency",
    "fluent",
    "fluently",
    "interpreter",
    "is",
    "knowledge",
    "language",
    "languages",
    "level",
    "mother",
    "native",
    "plus",
    "preferred",
    "proficiency",
    "proficient",
    "required",
    "skills",
    "speak",
    "speaker",
    "speakers",
    "speaking",
    "speaks",
    "spoken",
    "tongue",
    "translate",
    "translation",
    "translator",
    "would",
    "written",
];

/// The skills of the language.
pub fn polish(esco: &Esco) -> Vec<SkillId> {
    let is_polish = |skill: &Skill| {
        let name = part_and_name(skill).map_or_else(|| english(skill), |(_, name)| Some(name));
        name == Some(NAME) && skill.collections.contains(Collection::Language)
    };
    esco.skills
        .iter()
        .zip(0..)
        .filter(|(skill, _)| is_polish(skill))
        .map(|(_, row)| SkillId(row))
        .collect()
}

/// Whether an English text speaks of polishing, and not of the language: nothing in it belongs to a language, and the word has no capital letter but at the
/// beginning of a sentence of more words.
pub fn is_about_polishing(text: &str, words: &[Word]) -> bool {
    let is_name = |word: &Word| word.folded.eq_ignore_ascii_case(NAME);
    if !words.iter().any(is_name) {
        return false;
    }
    let belongs = |word: &&Word| {
        OF_LANGUAGES.contains(&word.folded.as_str())
            || cefr_rank(&text[word.range.clone()]).is_some()
            || is_language(word)
    };
    let is_begun = |start: usize| {
        text[..start]
            .trim_end()
            .chars()
            .next_back()
            .is_none_or(|before| ".!?:•-*".contains(before))
    };
    let is_proper =
        |word: &Word| text[word.range.clone()].starts_with('P') && !is_begun(word.range.start);
    words.len() > 1
        && !words
            .iter()
            .filter(|word| !is_name(word))
            .any(|word| belongs(&word))
        && !words.iter().filter(|word| is_name(word)).any(is_proper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_esco::text::words;

    #[test]
    fn floors_are_polished_and_people_speak_polish() {
        let polishing = |text: &str| is_about_polishing(text, &words(text));
        for text in [
            "Polish floors",
            "You polish shoes and repair heels",
            "Grind, polish and deburr",
            "Buff and polish car bodies",
            "- Polish metal parts",
            "Clean windows. Polish the brass.",
            "POLISH floors",
        ] {
            assert!(polishing(text), "{text}");
        }
        for text in [
            "Polish",
            "polish",
            "Good Polish and German",
            "fluent in polish",
            "Polish would be an advantage",
            "Polish B1",
            "You answer calls in Polish",
            "Polish-speaking clients",
            "polish or ukrainian",
            "Knowledge of polish",
            "Sweep floors",
            "",
        ] {
            assert!(!polishing(text), "{text}");
        }
    }
}
