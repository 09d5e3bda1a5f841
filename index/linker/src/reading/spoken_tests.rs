//! Whether the languages of a text are read in eleven languages, each with its level, and nothing else is taken for one.

use super::super::{Author, Reading};

/// The languages that a text names, each with its level.
fn said(text: &str, author: Author) -> Vec<String> {
    let reading = Reading::of(text, author, None);
    let spoken = reading
        .segments
        .iter()
        .flat_map(|segment| &segment.languages);
    spoken
        .map(|spoken| match spoken.level {
            Some(level) => format!("{} {level}", spoken.language),
            None => spoken.language.to_owned(),
        })
        .collect()
}

fn check(cases: &[(&str, &[&str])]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(text, expected)| (*text, said(text, Author::Person), *expected))
        .filter(|(_, said, expected)| said != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_mother_tongue_is_held_at_the_highest_level() {
    check(&[
        ("English mother tongue", &["English expert"]),
        (
            "My mother tongue is Portuguese, English C1, Spanish B2.",
            &["Portuguese expert", "English C1", "Spanish B2"],
        ),
        (
            "Languages: English (mother tongue), German A2",
            &["English expert", "German A2"],
        ),
        (
            "Muttersprache Deutsch, Englisch fließend, Französisch Grundkenntnisse",
            &["German expert", "English advanced", "French basic"],
        ),
        (
            "Langue maternelle : français ; anglais courant",
            &["French expert", "English advanced"],
        ),
        (
            "Español: lengua materna. Inglés: B2",
            &["Spanish expert", "English B2"],
        ),
        (
            "Nederlands (moedertaal), Engels (vloeiend), Duits (basis)",
            &["Dutch expert", "English advanced", "German basic"],
        ),
        ("Italiano | madrelingua", &["Italian expert"]),
        (
            "Italiano madrelingua; inglese scolastico",
            &["Italian expert", "English basic"],
        ),
        (
            "Język ojczysty: polski, język niemiecki: B1",
            &["Polish expert", "German B1"],
        ),
        (
            "Modersmål: svenska. Engelska: flytande",
            &["Swedish expert", "English advanced"],
        ),
        (
            "Dansk er mit modersmål, tysk på B1-niveau",
            &["Danish expert", "German B1"],
        ),
        (
            "Português (língua materna), inglês (fluente)",
            &["Portuguese expert", "English advanced"],
        ),
        (
            "Äidinkieli suomi, englanti sujuva, ruotsi tyydyttävä",
            &["Finnish expert", "English advanced", "Swedish basic"],
        ),
        (
            "Suomi äidinkieli | Englanti C1",
            &["Finnish expert", "English C1"],
        ),
        (
            "Bilingual from birth: Spanish and German",
            &["Spanish expert", "German expert"],
        ),
    ]);
}

#[test]
fn each_language_has_the_level_that_stands_with_it() {
    check(&[
        ("English C1+", &["English C1"]),
        ("German B1/B2", &["German B1"]),
        ("Polish A2-B1", &["Polish A2"]),
        (
            "Deutsch (Muttersprache) Englisch (C1) Spanisch (A2)",
            &["German expert", "English C1", "Spanish A2"],
        ),
        (
            "Italiano | C2 | Inglese | B2",
            &["Italian C2", "English B2"],
        ),
        (
            "Sehr gute Deutsch- und Englischkenntnisse in Wort und Schrift",
            &["German advanced", "English advanced"],
        ),
        ("Schulenglisch", &["English basic"]),
        (
            "Znajomość języka niemieckiego w stopniu komunikatywnym",
            &["German intermediate"],
        ),
        ("Hyvä englannin kielen taito", &["English intermediate"]),
        (
            "Puhun sujuvasti englantia ja ruotsia",
            &["English advanced", "Swedish advanced"],
        ),
        ("Anglais : lu, écrit, parlé", &["English"]),
        ("Parlo inglese e francese", &["English", "French"]),
        ("Mówię po angielsku i po niemiecku", &["English", "German"]),
        (
            "Talar svenska och lite finska",
            &["Swedish", "Finnish basic"],
        ),
        ("Taler flydende engelsk", &["English advanced"]),
        ("Falo romeno e um pouco de alemão", &["Romanian"]),
    ]);
}

#[test]
fn what_others_speak_is_not_held() {
    check(&[
        ("My wife speaks French, I speak English C1", &["English C1"]),
        (
            "Meine Frau spricht Polnisch, ich spreche Deutsch B2",
            &["German B2"],
        ),
        (
            "Ma femme parle russe, mais je parle anglais B1",
            &["English B1"],
        ),
        (
            "Mia moglie parla tedesco e io parlo inglese B2",
            &["English B2"],
        ),
        (
            "Mi marido habla alemán, yo hablo inglés B2",
            &["English B2"],
        ),
        (
            "Mijn vrouw spreekt Frans, ik spreek Engels C1",
            &["English C1"],
        ),
        (
            "Moja żona mówi po francusku, a ja znam angielski B2",
            &["English B2"],
        ),
        (
            "Min fru talar ryska, jag talar engelska B2",
            &["English B2"],
        ),
        (
            "Min kone taler tysk, og jeg taler engelsk C1",
            &["English C1"],
        ),
        (
            "A minha mãe fala francês, eu falo inglês B2",
            &["English B2"],
        ),
        (
            "Vaimoni puhuu venäjää, minä puhun englantia B2",
            &["English B2"],
        ),
    ]);
}

#[test]
fn names_under_a_lead_in_are_languages() {
    check(&[
        (
            "Mother tongue(s)\nItalian\nOther language(s)\nEnglish\nB2",
            &["Italian expert", "English"],
        ),
        (
            "LINGUA MADRE\nItaliano\nALTRE LINGUE\nInglese, francese",
            &["Italian expert", "English", "French"],
        ),
        ("Kielitaito\nSuomi, ruotsi", &["Finnish", "Swedish"]),
        (
            "Sprachen\n\nDeutsch\nPolnisch C1\n\nWohnort\nItalien",
            &["German", "Polish C1"],
        ),
        ("Toimipaikat\nSuomi, Ruotsi", &[]),
    ]);
}

#[test]
fn what_is_no_language_is_none() {
    check(&[
        ("German customers and French cuisine", &[]),
        ("You speak to German customers", &[]),
        ("Polish floors and speak to guests", &[]),
        ("Standort: Italien, Frankreich", &[]),
        ("Toimipiste: Suomi, Ruotsi", &[]),
        ("Finsk design och dansk arkitektur", &[]),
        ("Spielt Fußball mit polnischen Freunden", &[]),
    ]);
}
