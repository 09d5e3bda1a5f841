//! Lead-in: a line that denies or welcomes what is listed beneath, and names nothing itself: *We do not expect*, *Ce que nous ne demandons pas*.

use std::sync::LazyLock;

use skillgap_esco::text::words;

use super::section::Section;
use crate::word_groups::WordGroups;

/// Longest line, in words, that can be one.
const WORDS_MAX: usize = 10;

static WORDS: LazyLock<WordGroups> =
    LazyLock::new(|| WordGroups::parse(include_str!("cues/lead_ins.txt")));

/// What a line says of what is listed beneath it; nothing where it names something, or says neither.
pub(super) fn led_in(line: &str) -> Option<Section> {
    let words = words(line);
    if words.is_empty() || words.len() > WORDS_MAX {
        return None;
    }
    let groups: Option<Vec<&str>> = words
        .iter()
        .map(|word| WORDS.group_of(&word.folded))
        .collect();
    let groups = groups?;
    let has = |group: &str| groups.contains(&group);
    let is_denied = has("denied")
        || has("deny") && (has("ask") || has("ask finnish"))
        || has("deny finnish") && has("ask finnish");
    match has("welcome") {
        true => Some(Section::NiceToHave),
        false => is_denied.then_some(Section::NotAsked),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Author, Reading};
    use super::*;

    #[test]
    fn a_denial_without_an_object_denies_what_stands_beneath() {
        for line in [
            "We do not expect",
            "You don't need",
            "What you do not have to bring:",
            "Not a must",
            "Das musst du nicht mitbringen",
            "Nicht zwingend erforderlich:",
            "Nous n'exigeons pas :",
            "Ce que nous ne demandons pas",
            "Vous n'avez pas besoin de :",
            "No se exige",
            "Lo que no pedimos:",
            "Wat je niet nodig hebt",
            "Dit vragen we niet:",
            "Non è richiesto",
            "Cosa non ti serve",
            "Nie wymagamy",
            "Czego od Ciebie nie oczekujemy:",
            "Det här behöver du inte",
            "Det kræver vi ikke",
            "Não é necessário",
            "O que não pedimos",
            "Emme vaadi",
            "Tätä et tarvitse:",
        ] {
            assert_eq!(led_in(line), Some(Section::NotAsked), "{line}");
        }
        for line in [
            "A plus, but no must",
            "Kein Muss, aber ein Plus:",
            "Un plus, mais pas obligatoire",
            "Een pré, maar geen vereiste",
            "Mile widziane",
        ] {
            assert_eq!(led_in(line), Some(Section::NiceToHave), "{line}");
        }
        for line in [
            "No experience needed",
            "You need a driving licence",
            "What you need",
            "Was wir erwarten",
            "Keine Vorkenntnisse nötig",
            "Why not?",
            "Nécessaire et obligatoire",
            "Requisitos en este puesto",
            "Nie pracujemy w weekendy",
            "",
        ] {
            assert_eq!(led_in(line), None, "{line}");
        }
    }

    /// Whether each segment of an ad may ask for something.
    fn asking(ad: &str) -> Vec<String> {
        let reading = Reading::of(ad, Author::Organisation, None);
        let asking = reading
            .segments
            .into_iter()
            .filter(|segment| segment.silent.is_none());
        asking.map(|segment| segment.text).collect()
    }

    #[test]
    fn a_denied_list_ends_at_the_next_heading_or_with_another_topic() {
        for (ad, expected) in [
            (
                "Driver\n\nWe do not expect\n- Python\n- Fluent German\n\nYour profile\n- Driving licence",
                &["Driving licence"][..],
            ),
            (
                "Driver\n\nWe do not expect\n\nPython\nFluent German\n\nYour profile\n- Driving licence",
                &["Driving licence"],
            ),
            (
                "Chauffeur\n\nWat je niet nodig hebt:\n- Python\n- Duits\nJe hebt een rijbewijs B en je werkt graag buiten.",
                &["Je hebt een rijbewijs B en je werkt graag buiten."],
            ),
            (
                "Kierowca\n\nNie oczekujemy: Python, SQL.\nPrawo jazdy kat. B jest konieczne.",
                &["Prawo jazdy kat. B jest konieczne."],
            ),
            (
                "<p>Fahrer</p><p><b>Das musst du nicht mitbringen</b></p><ul><li>Python</li></ul><p>Du fährst gern Auto und hast einen Führerschein.</p>",
                &["Du fährst gern Auto und hast einen Führerschein."],
            ),
        ] {
            assert_eq!(asking(ad), expected, "{ad}");
        }
    }
}
