//! What a clause says about the skill in it.

use super::*;

fn pieces(text: &str, ranges: Vec<Range<usize>>) -> Vec<&str> {
    ranges.into_iter().map(|range| &text[range]).collect()
}

fn check_optional(text: &str, expected: &[&str]) {
    assert_eq!(
        pieces(text, Cues::of(text, Section::Requirements).optional),
        expected,
        "{text}"
    );
}

fn check_negated(text: &str, expected: &[&str]) {
    assert_eq!(
        pieces(text, Cues::of(text, Section::Requirements).negated),
        expected,
        "{text}"
    );
}

#[test]
fn the_list_is_read() {
    assert!(CUES.automaton.is_some());
    let groups = include_str!("modality.txt")
        .lines()
        .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    assert!(groups.map(cue_of).all(|cue| cue.is_some()));
}

#[test]
fn folding_keeps_every_byte_in_place() {
    for text in ["Größe ÄÖÜ İstanbul ẞ ﬁ Ω K", "ČŽŁ Ⱥ 𐐀"] {
        let folded = fold(text);
        assert_eq!(
            folded.char_indices().map(|(at, _)| at).collect::<Vec<_>>(),
            text.char_indices().map(|(at, _)| at).collect::<Vec<_>>()
        );
    }
}

#[test]
fn phrases_are_found_at_word_boundaries_only() {
    let lexicon = Lexicon::parse("[x]\nplus\nwünsch*\n*erfahrung\ndon't", |_| Some(()));
    for (text, n_hits) in [
        ("a plus.", 1),
        ("surplus", 0),
        ("pluses", 0),
        ("wünschenswert", 1),
        ("berufserfahrung", 1),
        ("erfahrungen", 0),
        ("don’t don't", 2),
    ] {
        assert_eq!(lexicon.hits(text).len(), n_hits, "{text}");
    }
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
            Cues::of(text, Section::Requirements).requirement,
            Requirement::Optional,
            "{text}"
        );
    }
}

#[test]
fn the_section_decides_where_words_do_not() {
    assert_eq!(
        Cues::of("Kotlin", Section::NiceToHave).requirement,
        Requirement::Optional
    );
    assert_eq!(
        Cues::of("Kotlin is required", Section::NiceToHave).requirement,
        Requirement::Essential
    );
    assert_eq!(
        Cues::of("Kotlin", Section::Requirements).requirement,
        Requirement::Essential
    );
    assert_eq!(
        Cues::of(
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
    assert!((Cues::of("Excellent Java", Section::Requirements).emphasis - 1.0).abs() < 1e-9);
    assert!((Cues::of("Java", Section::Requirements).emphasis - 0.8).abs() < 1e-9);
    assert!(
        (Cues::of("Grundkenntnisse in Java", Section::Requirements).emphasis - 0.5).abs() < 1e-9
    );
    assert!(
        (Cues::of("strong Java, some SQL", Section::Requirements).emphasis - 0.75).abs() < 1e-9
    );
    assert!(
        Cues::of("fundierte Kenntnisse", Section::Requirements).emphasis
            > Cues::of("kendskab til SAP", Section::Requirements).emphasis
    );
}

proptest::proptest! {
    #[test]
    fn ranges_of_any_text_are_sound(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "no ", "not ", "required", "a plus", "ideally ", "(", ")", "; ", ", ", "but ", "and ", "é", "İ", ". ", "Java ", "preferred", "ohne erfahrung ", "optional:", " ",
        "nice to have", "3 years experience ", "1.5-3 ", "B2 ", "EQF level ", "4 ",
    ]), 0..60)) {
        let text = pieces.concat();
        for ranges in [Cues::of(&text, Section::Requirements).optional, Cues::of(&text, Section::Requirements).negated] {
            let mut last = 0;
            for range in ranges {
                assert!(range.start >= last && !range.is_empty() && text.get(range.clone()).is_some());
                last = range.end;
            }
        }
        assert!((0.5..=1.0).contains(&Cues::of(&text, Section::Requirements).emphasis));
        for (range, _) in super::super::level::levels_in(&text) {
            assert!(text.get(range).is_some());
        }
        if let Some((range, years)) = super::super::level::years_in(&text) {
            assert!(text.get(range).is_some() && years > 0.0);
        }
    }
}
