//! What a list under a negating or welcoming heading asks for, what persons do not claim, levels of one of several, and names of tools, in all languages.

use super::{Author, Cefr, Level, Reading, Reason, Section};

fn read(text: &str, author: Author, language: &str) -> Reading {
    Reading::of(text, author, Some(language))
}

#[test]
fn a_list_says_what_its_heading_says() {
    for (language, heading) in [
        ("en", "Not required"),
        ("en", "You do not need"),
        ("en", "You will learn:"),
        ("en", "Please note that the post does not involve"),
        ("de", "Nicht erforderlich:"),
        ("de", "Das brauchst du nicht:"),
        ("de", "Das lernst du bei uns:"),
        ("fr", "Non requis :"),
        ("fr", "Vous apprendrez :"),
        ("es", "No es necesario:"),
        ("nl", "Niet nodig:"),
        ("it", "Non richiesto:"),
        ("pl", "Nie wymagamy:"),
        ("sv", "Krävs inte:"),
        ("da", "Kræves ikke:"),
        ("pt", "Não necessário:"),
        ("fi", "Ei vaadita:"),
    ] {
        let ad = format!("Fahrer\n\n{heading}\n- Python\n- SQL\n\nThe team is large.");
        let reading = read(&ad, Author::Organisation, language);
        let silent = |wanted: &str| {
            let segment = reading
                .segments
                .iter()
                .find(|of| of.text.starts_with(wanted));
            segment.unwrap().silent
        };
        assert_eq!(silent("Python"), Some(Reason::NotAsked), "{heading}");
        assert_eq!(silent("SQL"), Some(Reason::NotAsked), "{heading}");
        assert_eq!(silent("The team"), None, "{heading}");
    }
    for heading in [
        "It would be a plus, but is not required:",
        "Nicht zwingend, aber von Vorteil:",
    ] {
        let ad = format!("Driver\n\n{heading}\n- Python\n- SQL");
        let reading = read(&ad, Author::Organisation, "en");
        let sections: Vec<Section> = reading.segments.iter().map(|of| of.section).collect();
        assert_eq!(sections[2..], [Section::NiceToHave; 2], "{heading}");
    }
    for heading in [
        "No experience? You are good with:",
        "Driver, no degree needed",
    ] {
        let reading = read(
            &format!("{heading}\nPython is our language."),
            Author::Organisation,
            "en",
        );
        assert_eq!(reading.segments[1].silent, None, "{heading}");
    }
}

#[test]
fn what_a_person_denies_wishes_or_leaves_to_others_is_not_claimed() {
    for (language, text, word, is_claimed) in [
        ("de", "KNX habe ich noch nie programmiert", "KNX", false),
        ("de", "Kann ich nicht: Löten, Schweißen", "Schweißen", false),
        (
            "de",
            "Kranschein hatte ich, ist aber abgelaufen",
            "Kranschein",
            false,
        ),
        ("de", "Um die Löhne kümmert sich ein Büro", "Löhne", false),
        (
            "de",
            "Ich spreche Russisch und kann kein Polnisch",
            "Russisch",
            true,
        ),
        ("fr", "Java, je n'en ai jamais fait", "Java", false),
        ("fr", "ADR expiré en 2019", "ADR", false),
        ("es", "El torno no lo he tocado", "torno", false),
        ("es", "Las nóminas las lleva la gestoría", "nóminas", false),
        ("nl", "Een heftruck heb ik nooit gereden", "heftruck", false),
        ("it", "Il CAD non l'ho mai usato", "CAD", false),
        ("it", "Vorrei imparare a saldare", "saldare", false),
        ("pl", "Suwnicy nie obsługuję", "Suwnicy", false),
        ("pl", "Chciałbym zostać kucharzem", "kucharzem", false),
        ("sv", "Svetsa kan jag inte", "Svetsa", false),
        ("sv", "Jag lagar mat och kör inte lastbil", "mat", true),
        ("da", "Jeg har aldrig kørt truck", "truck", false),
        ("pt", "Nunca usei Excel", "Excel", false),
        ("pt", "Trabalhei no hospital com crianças", "crianças", true),
        ("fi", "Trukkia en ole ajanut", "Trukkia", false),
        ("en", "TIG: never done", "TIG", false),
        ("en", "The wages were done by an agency", "wages", false),
        ("en", "I have worked with men and women", "women", true),
    ] {
        let reading = read(text, Author::Person, language);
        let has = reading.segments.iter().any(|of| of.text.contains(word));
        assert_eq!(has, is_claimed, "{text}");
    }
}

#[test]
fn each_of_several_has_the_level_that_stands_with_it() {
    let cefr = |level| Some(Level::Cefr(level));
    for (text, word, expected) in [
        (
            "Spanish (fluent), English (B2), Italian (basic)",
            "Spanish",
            Some(Level::Advanced),
        ),
        (
            "Spanish (fluent), English (B2), Italian (basic)",
            "Italian",
            Some(Level::Basic),
        ),
        (
            "English: fluent, German: basic, French: A1",
            "German",
            Some(Level::Basic),
        ),
        (
            "English: fluent, German: basic, French: A1",
            "English",
            Some(Level::Advanced),
        ),
        ("English B2 and good German", "English", cefr(Cefr::B2)),
        ("English and German at B2", "English", cefr(Cefr::B2)),
        ("Deutsch, mindestens B2", "Deutsch", cefr(Cefr::B2)),
        ("French B1, German", "German", None),
    ] {
        let reading = read(text, Author::Organisation, "en");
        let segment = &reading.segments[0];
        let at = segment.text.find(word).unwrap();
        assert_eq!(
            segment.level_at(&(at..at + word.len())),
            expected,
            "{text}: {word}"
        );
    }
}

#[test]
fn tools_are_named_with_a_capital_letter() {
    for (language, text, n_tools) in [
        ("en", "Excel", 1),
        ("en", "Word, Excel, PowerPoint, Outlook", 3),
        ("en", "Proficient in MS Office, especially Excel", 2),
        ("de", "sicherer Umgang mit Excel", 1),
        ("fr", "Maîtrise d'Excel", 1),
        ("pl", "znajomość Excela", 1),
        ("fi", "Excelin käyttö", 1),
        ("en", "You will excel in our great team.", 0),
        ("en", "Excel at customer service", 0),
        ("en", "Word of mouth brings customers", 0),
    ] {
        let reading = read(text, Author::Organisation, language);
        let tools: usize = reading.segments.iter().map(|of| of.tools().len()).sum();
        assert_eq!(tools, n_tools, "{text}");
    }
}
