//! What a clause says about the skill in it.

use super::super::lexicon::lower;
use super::super::{levels, years};
use super::*;
use skillgap_esco::text::words;

fn assertions(text: &str, section: Section) -> Assertions {
    let lower = lower(text);
    Assertions::of(text, &lower, &Marks::of(&lower), section)
}

fn pieces(text: &str, ranges: Vec<Range<usize>>) -> Vec<&str> {
    ranges.into_iter().map(|range| &text[range]).collect()
}

fn check_optional(text: &str, expected: &[&str]) {
    assert_eq!(
        pieces(text, assertions(text, Section::Requirements).optional),
        expected,
        "{text}"
    );
}

fn check_negated(text: &str, expected: &[&str]) {
    assert_eq!(
        pieces(text, assertions(text, Section::Requirements).denied),
        expected,
        "{text}"
    );
}

#[test]
fn a_trailing_cue_speaks_for_what_precedes() {
    check_optional("Kotlin is a plus.", &["Kotlin is a plus"]);
    check_optional(
        "Docker, Kubernetes and Terraform are a plus",
        &["Docker, Kubernetes and Terraform are a plus"],
    );
    check_optional(
        "Experience with Java, Kotlin is a plus",
        &["Kotlin is a plus"],
    );
    check_optional(
        "You know Java and SQL; Kotlin preferred",
        &["Kotlin preferred"],
    );
    check_optional(
        "Java required and Kotlin preferred",
        &["and Kotlin preferred"],
    );
    check_optional(
        "Cloud solutions on AWS (preferred) or Azure",
        &["Cloud solutions on AWS (preferred"],
    );
    check_optional(
        "You know Java. Kotlin would be an advantage!",
        &["Kotlin would be an advantage"],
    );
    check_optional(
        "Kenntnisse in SAP sind von Vorteil, aber Excel ist Pflicht",
        &["Kenntnisse in SAP sind von Vorteil"],
    );
}

#[test]
fn a_leading_cue_speaks_for_what_follows() {
    check_optional("Experience with Java, ideally Spring", &["ideally Spring"]);
    check_optional(
        "Nice to have: Kotlin, Scala",
        &["Nice to have: Kotlin, Scala"],
    );
    check_optional(
        "Preferred: a degree in physics",
        &["Preferred: a degree in physics"],
    );
    check_optional(
        "Ausbildung, idealerweise im Handel; Englisch",
        &["idealerweise im Handel"],
    );
    check_optional(
        "Ideally you know Java but SQL is required",
        &["Ideally you know Java"],
    );
}

#[test]
fn cues_of_many_languages_are_known() {
    for text in [
        "Französisch ist wünschenswert",
        "La maîtrise de l'anglais est un plus",
        "Anglais souhaité",
        "Kennis van SAP is een pré",
        "Bij voorkeur met SAP",
        "Körkort är meriterande",
        "Kendskab til SAP er en fordel",
        "El inglés es un plus",
        "Se valorará inglés",
        "L'inglese è gradito",
        "Mile widziana znajomość SAP",
        "Inglês é um diferencial",
    ] {
        assert_eq!(
            assertions(text, Section::Requirements).requirement,
            Requirement::Optional,
            "{text}"
        );
    }
}

#[test]
fn the_section_decides_where_words_do_not() {
    assert_eq!(
        assertions("Kotlin", Section::NiceToHave).requirement,
        Requirement::Optional
    );
    assert_eq!(
        assertions("Kotlin is required", Section::NiceToHave).requirement,
        Requirement::Essential
    );
    assert_eq!(
        assertions("Kotlin", Section::Requirements).requirement,
        Requirement::Essential
    );
    assert_eq!(
        assertions(
            "A degree in computer science and experience with Java, Kotlin is a plus",
            Section::Requirements
        )
        .requirement,
        Requirement::Essential
    );
}

#[test]
fn what_is_not_needed_is_negated() {
    check_negated("No experience needed", &["No experience needed"]);
    check_negated(
        "A degree is not required, but you know Excel",
        &["A degree is not required"],
    );
    check_negated(
        "You need no prior knowledge of SAP; Excel helps",
        &["no prior knowledge of SAP"],
    );
    check_negated(
        "You do not need a driving licence",
        &["do not need a driving licence"],
    );
    check_negated(
        "Keine Vorkenntnisse erforderlich",
        &["Keine Vorkenntnisse erforderlich"],
    );
    check_negated(
        "Auch ohne Berufserfahrung willkommen",
        &["Auch ohne Berufserfahrung"],
    );
    check_negated(
        "Deutschkenntnisse sind nicht erforderlich",
        &["Deutschkenntnisse sind nicht erforderlich"],
    );
    check_negated("Aucune expérience exigée", &["Aucune expérience exigée"]);
    check_negated("Ervaring is niet vereist", &["Ervaring is niet vereist"]);
    check_negated("Geen ervaring nodig", &["Geen ervaring nodig"]);
    check_negated("Ingen erfarenhet krävs", &["Ingen erfarenhet krävs"]);
    check_negated(
        "Erfaring er ikke nødvendig",
        &["Erfaring er ikke nødvendig"],
    );
    check_negated(
        "No se requiere experiencia",
        &["No se requiere experiencia"],
    );
}

#[test]
fn what_only_looks_like_a_negation_is_none() {
    for text in [
        "Not only Java but also SQL is required",
        "No-code tools are required",
        "Work for a non-profit; SQL needed",
        "Nothing less than excellence is required",
        "Apply no later than May, a CV is required",
        "Nicht nur Java, sondern auch SQL ist erforderlich",
        "Non seulement Java mais aussi SQL est requis",
        "Niet alleen Java maar ook SQL is vereist",
        "You are not afraid of heights",
        "Node.js knowledge required",
        "Excel is required",
        "Keine Angst vor Zahlen",
    ] {
        check_negated(text, &[]);
    }
}

#[test]
fn emphasis_grows_with_the_words() {
    assert!((assertions("Excellent Java", Section::Requirements).emphasis - 1.0).abs() < 1e-9);
    assert!((assertions("Java", Section::Requirements).emphasis - 0.8).abs() < 1e-9);
    assert!(
        (assertions("Grundkenntnisse in Java", Section::Requirements).emphasis - 0.5).abs() < 1e-9
    );
    assert!(
        (assertions("strong Java, some SQL", Section::Requirements).emphasis - 0.75).abs() < 1e-9
    );
    assert!(
        assertions("fundierte Kenntnisse", Section::Requirements).emphasis
            > assertions("kendskab til SAP", Section::Requirements).emphasis
    );
}

proptest::proptest! {
    #[test]
    fn ranges_of_any_text_are_sound(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "no ", "not ", "required", "a plus", "ideally ", "(", ")", "; ", ", ", "but ", "and ", "é", "İ", ". ", "Java ", "preferred", "ohne erfahrung ", "optional:", " ",
        "nice to have", "3 years experience ", "1.5-3 ", "B2 ", "EQF level ", "4 ",
    ]), 0..60)) {
        let text = pieces.concat();
        for ranges in [assertions(&text, Section::Requirements).optional, assertions(&text, Section::Requirements).denied] {
            let mut last = 0;
            for range in ranges {
                assert!(range.start >= last && !range.is_empty() && text.get(range.clone()).is_some());
                last = range.end;
            }
        }
        assert!((0.5..=1.0).contains(&assertions(&text, Section::Requirements).emphasis));
        for (range, _) in levels::levels_in(&text, &lower(&text), &words(&text), &Marks::of(&lower(&text))) {
            assert!(text.get(range).is_some());
        }
        if let Some((range, years)) = years::years_in(&lower(&text), &words(&text)) {
            assert!(text.get(range).is_some() && years > 0.0);
        }
    }
}

/// What is left of a person's text where nothing that they do not claim is said.
fn claimed(text: &str) -> String {
    let lower = lower(text);
    let mut left = text.to_owned();
    for range in disclaimed(text, &lower, &words(text), &Marks::of(&lower)) {
        left.replace_range(range.clone(), &" ".repeat(range.len()));
    }
    left.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_denied_wished_or_said_of_others_is_blank() {
    for (text, expected) in [
        (
            "I have no forklift licence. I can drive a van.",
            "I have . I can drive a van.",
        ),
        (
            "Ich habe keinen Staplerschein, aber den Führerschein B.",
            "Ich habe , aber den Führerschein B.",
        ),
        ("Je n'ai pas le CACES", ""),
        ("Cook: no, waiter: four years", ", waiter: four years"),
        (
            "I am a cook and would like to lead a kitchen",
            "I am a cook and",
        ),
        (
            "My father: lorry driver\nWelder since 2014",
            "Welder since 2014",
        ),
        (
            "I cared for my father for two years",
            "I cared for my father for two years",
        ),
        (
            "Not only baking but also selling",
            "Not only baking but also selling",
        ),
        ("Referee: Anna Schmidt, headteacher", ""),
    ] {
        assert_eq!(claimed(text), expected, "{text}");
    }
}

#[test]
fn a_denial_reaches_over_what_is_listed_and_no_further() {
    for (text, expected) in [
        ("no licence, certificate or diploma", ""),
        (
            "I have no licence, certificate, or diploma. I cook",
            "I have . I cook",
        ),
        (
            "no licence, certificate or diploma, worked at the till",
            ", worked at the till",
        ),
        (
            "no licence, but ten years of sales",
            ", but ten years of sales",
        ),
        (
            "no licence, ten years of sales or retail",
            ", ten years of sales or retail",
        ),
        ("no complaints, worked at the till", ", worked at the till"),
        (
            "no complaints, worked at the till or in the kitchen",
            ", worked at the till or in the kitchen",
        ),
        (
            "no forklift licence and ten years of sales",
            "and ten years of sales",
        ),
        (
            "I have no forklift licence and can drive a van",
            "I have and can drive a van",
        ),
        ("driving licence, forklift licence and diploma: none", ""),
        ("waiter: four years, cook: no", "waiter: four years,"),
        ("Ich habe weder Führerschein noch Staplerschein", "Ich habe"),
        (
            "weder Führerschein, Kranschein noch Staplerschein, aber viel Erfahrung",
            ", aber viel Erfahrung",
        ),
        ("keinen Staplerschein, keine Ausbildung", ","),
        ("kein Führerschein, Staplerschein oder Kranschein", ""),
        (
            "kein Führerschein, putze Büros oder Läden",
            ", putze Büros oder Läden",
        ),
        (
            "Ohne Führerschein, Erfahrung im Lager",
            ", Erfahrung im Lager",
        ),
        (
            "Ich arbeite ohne Aufsicht in der Küche",
            "Ich arbeite ohne Aufsicht in der Küche",
        ),
        ("ni permis ni CACES", ""),
        ("Je n'ai pas le permis, le CACES ou un diplôme", ""),
        (
            "aucun permis, certificat ou diplôme, mais dix ans de vente",
            ", mais dix ans de vente",
        ),
        ("Sans permis ni CACES, je cuisine bien", ", je cuisine bien"),
        ("no tengo carné, certificado ni título", ""),
        (
            "ningún carné, certificado o título, pero trabajé en cocina",
            ", pero trabajé en cocina",
        ),
        ("noch rijbewijs noch heftruckcertificaat", ""),
        (
            "geen rijbewijs, certificaat of diploma, wel tien jaar kok",
            ", wel tien jaar kok",
        ),
        ("no mistakes, head of sales", ", head of sales"),
    ] {
        assert_eq!(claimed(text), expected, "{text}");
    }
}
