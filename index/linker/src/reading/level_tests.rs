//! Which levels and years are read from text.

use super::super::level::Cefr;
use super::super::years::{states_years, years_in};
use super::*;

fn check_levels(text: &str, expected: &[(&str, Level)]) {
    let found: Vec<(&str, Level)> =
        levels_in(text, &lower(text), &words(text), &Marks::of(&lower(text)))
            .into_iter()
            .map(|(range, level)| (&text[range], level))
            .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn levels_are_parsed_from_fields_and_phrases() {
    let cases = [
        ("B1", Level::Cefr(Cefr::B1)),
        ("c2", Level::Cefr(Cefr::C2)),
        ("EQF 4", Level::Eqf(4)),
        ("EQF level 5", Level::Eqf(5)),
        ("DQR-Niveau 6", Level::Eqf(6)),
        ("basic", Level::Basic),
        ("Grundkenntnisse", Level::Basic),
        ("intermediate", Level::Intermediate),
        ("fluent", Level::Advanced),
        ("verhandlungssicher", Level::Advanced),
        ("courant", Level::Advanced),
        ("vloeiend", Level::Advanced),
        ("flytande", Level::Advanced),
        ("native", Level::Expert),
        ("Muttersprache", Level::Expert),
        (" expert ", Level::Expert),
    ];
    for (text, level) in cases {
        assert_eq!(Level::parse(text), Some(level), "{text}");
    }
    for text in ["", "B", "B3", "EQF 9", "blue", "very"] {
        assert_eq!(Level::parse(text), None, "{text}");
    }
}

#[test]
fn every_level_is_read_back_as_shown() {
    let cefr = [Cefr::A1, Cefr::A2, Cefr::B1, Cefr::B2, Cefr::C1, Cefr::C2].map(Level::Cefr);
    let words = [
        Level::Basic,
        Level::Intermediate,
        Level::Advanced,
        Level::Expert,
    ];
    for level in cefr.into_iter().chain(words).chain((1..=8).map(Level::Eqf)) {
        assert_eq!(Level::parse(&level.to_string()), Some(level), "{level}");
    }
}

#[test]
fn a_lower_level_does_not_meet_a_higher_one() {
    let (b1, b2) = (Level::Cefr(Cefr::B1), Level::Cefr(Cefr::B2));
    assert_eq!(
        (b1.meets(b2), b2.meets(b1), b2.meets(b2)),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!(Level::Basic.meets(Level::Advanced), Some(false));
    assert_eq!(b1.meets(Level::Basic), Some(true));
    assert_eq!(Level::Expert.meets(Level::Cefr(Cefr::C2)), Some(true));
    assert_eq!(Level::Eqf(4).meets(Level::Eqf(5)), Some(false));
}

#[test]
fn scales_are_not_compared() {
    assert_eq!(Level::Eqf(8).meets(Level::Basic), None);
}

#[test]
fn stated_levels_are_found() {
    check_levels(
        "German B2/C1, English fluently",
        &[
            ("B2", Level::Cefr(Cefr::B2)),
            ("C1", Level::Cefr(Cefr::C1)),
            ("fluently", Level::Advanced),
        ],
    );
    check_levels(
        "Grundkenntnisse in Excel",
        &[("Grundkenntnisse", Level::Basic)],
    );
    check_levels(
        "Abschluss auf EQR-Niveau 5",
        &[("EQR-Niveau 5", Level::Eqf(5))],
    );
    check_levels(
        "native speaker of Danish",
        &[("native speaker", Level::Expert)],
    );
}

#[test]
fn words_that_are_no_level_are_left() {
    for text in [
        "Cloud native development with React Native",
        "Driving licence B1",
        "Führerschein Klasse C1",
        "advanced manufacturing",
        "our experts",
        "basic salary",
        "B2B sales",
        "Vitamin B12",
    ] {
        check_levels(text, &[]);
    }
}

#[test]
fn years_of_experience_are_read() {
    let cases = [
        ("3+ years of experience", "3+ years", 3.0),
        ("at least five years' experience", "five years", 5.0),
        ("3-5 years experience", "3-5 years", 3.0),
        ("3 to 5 years of experience", "3 to 5 years", 3.0),
        ("1.5 years of experience", "1.5 years", 1.5),
        ("6 months experience", "6 months", 0.5),
        ("mindestens zwei Jahre Berufserfahrung", "zwei Jahre", 2.0),
        ("2 bis 4 Jahre Erfahrung", "2 bis 4 Jahre", 2.0),
        ("5 ans d'expérience", "5 ans", 5.0),
        ("3 años de experiencia", "3 años", 3.0),
        ("minimaal 2 jaar ervaring", "2 jaar", 2.0),
        ("minst 3 års erfarenhet", "3 års", 3.0),
        ("2 års erfaring", "2 års", 2.0),
        ("almeno 2 anni di esperienza", "2 anni", 2.0),
        ("3 lata doświadczenia", "3 lata", 3.0),
        ("2 anos de experiência", "2 anos", 2.0),
    ];
    for (text, said, years) in cases {
        let found =
            years_in(&lower(text), &words(text)).map(|(range, years)| (&text[range], years));
        assert_eq!(found, Some((said, years)), "{text}");
    }
}

#[test]
fn other_years_are_left() {
    for text in [
        "You are 18 years old",
        "several years of experience",
        "founded 50 years ago",
        "experience since 2010",
        "100 years of experience",
        "years of experience",
    ] {
        assert_eq!(years_in(&lower(text), &words(text)), None, "{text}");
    }
}

#[test]
fn years_of_work_are_told_from_other_numbers() {
    for text in [
        "Care helper for four years",
        "Cleaner since 2014 in offices",
        "2009-2013 baker",
        "Koch, zwölf Jahre",
        "Bäckerin bis 2012",
        "seit 2019 Fahrer",
    ] {
        assert!(states_years(&lower(text), &words(text)), "{text}");
    }
    for text in [
        "Florist",
        "forklift licence 2019",
        "team of 12",
        "level 4",
        "ten months as a waiter",
        "B1 course done",
    ] {
        assert!(!states_years(&lower(text), &words(text)), "{text}");
    }
}
