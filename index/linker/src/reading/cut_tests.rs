//! What segmentation promises, in tiny cases; what it does on any string; how it stands on SkillSpan's real sentences.

use proptest::prelude::*;

use super::super::section::Section;
use super::super::sentence::SEGMENT_BYTES_MAX;
use super::super::{Author, Reading, Segment, SegmentKind as Kind};

fn segments(ad: &str) -> Vec<Segment> {
    Reading::of(ad, Author::Organisation, Some("en")).segments
}

fn check(ad: &str, expected: &[&str]) {
    let found: Vec<String> = segments(ad)
        .into_iter()
        .map(|segment| segment.text)
        .collect();
    assert_eq!(found, expected, "{ad:?}");
}

fn kinds(ad: &str) -> Vec<Kind> {
    segments(ad)
        .into_iter()
        .map(|segment| segment.kind)
        .collect()
}

fn sections(ad: &str) -> Vec<Section> {
    segments(ad)
        .into_iter()
        .map(|segment| segment.section)
        .collect()
}

/// The bytes of the ad that the first occurrence of `phrase` in the segments leads back to.
fn source_of<'a>(ad: &'a str, phrase: &str) -> &'a str {
    let segments = segments(ad);
    let (segment, at) = segments
        .iter()
        .find_map(|segment| Some((segment, segment.text.find(phrase)?)))
        .unwrap();
    &ad[segment.source_span(at..at + phrase.len())]
}

#[test]
fn nothing_has_no_segments() {
    for ad in [
        "",
        " \n\t ",
        "-----\n=====",
        "<p></p>",
        "<!-- only a comment --><br>",
        "***",
    ] {
        check(ad, &[]);
    }
}

#[test]
fn bullets_lose_their_markers() {
    for marker in [
        "-", "*", "•", "·", "–", "▪", "➢", "✅", "👉", "✔️", "1)", "2.", "a)", "(3)", "o",
        "\u{f0b7}", "→", "+",
    ] {
        let ad = format!(
            "Wir suchen jemanden.\n{marker} Erfahrung mit Java\n{marker} Deutsch in Wort und Schrift"
        );
        check(
            &ad,
            &[
                "Wir suchen jemanden.",
                "Erfahrung mit Java",
                "Deutsch in Wort und Schrift",
            ],
        );
        assert_eq!(
            kinds(&ad),
            [Kind::Sentence, Kind::Bullet, Kind::Bullet],
            "{marker}"
        );
    }
}

#[test]
fn a_bullet_alone_in_its_line_belongs_to_the_next() {
    check(
        "We need this.\n•\nExperience with Java\n•\nGood English",
        &["We need this.", "Experience with Java", "Good English"],
    );
}

#[test]
fn bullets_in_one_line_are_parted() {
    check(
        "You bring: • Java • SQL and Python • good English",
        &["You bring:", "Java", "SQL and Python", "good English"],
    );
    check(
        "We work here. - plan work - do work - check work",
        &["We work here.", "plan work", "do work", "check work"],
    );
}

#[test]
fn a_dash_in_a_sentence_is_no_bullet() {
    check(
        "You lead a team - and you like it.",
        &["You lead a team - and you like it."],
    );
    check(
        "We are here.\n3-5 years of work and -5 °C",
        &["We are here.", "3-5 years of work and -5 °C"],
    );
}

#[test]
fn wrapped_lines_are_rejoined() {
    let ad = "Acme is here.\n\nWe are looking for somebody who likes to work with people and who has\nworked with Excel and SAP before, also in larger teams of more than ten\npersons. English helps.";
    let long = "We are looking for somebody who likes to work with people and who has worked with Excel and SAP before, also in larger teams of more than ten persons.";
    check(ad, &["Acme is here.", long, "English helps."]);
    check(
        "We need:\n- experience with a large database and with\n  PostgreSQL\n- English",
        &[
            "We need:",
            "experience with a large database and with PostgreSQL",
            "English",
        ],
    );
}

#[test]
fn short_lines_are_not_joined() {
    check(
        "You know:\nJava\nSpring Boot\nkubernetes",
        &["You know:", "Java", "Spring Boot", "kubernetes"],
    );
}

#[test]
fn placeholders_and_comparisons_in_plain_text_stay() {
    for ad in [
        "We at <ORGANIZATION> need <5 years of List<T> and C<T> work.",
        "Either a < b or <ADDRESS> is right.",
        "Write <me@acme.com> now & <https://a.de>.",
    ] {
        check(ad, &[ad]);
    }
}

#[test]
fn html_blocks_part_and_inline_tags_do_not() {
    let ad = "<div><h2>Your profile</h2><ul><li>Java<b>Script</b> and\n <i>HTML</i></li><li><p>SQL</p></li></ul><p>You like it.</p>One<br>Two</div>";
    check(
        ad,
        &[
            "Your profile",
            "JavaScript and HTML",
            "SQL",
            "You like it.",
            "One",
            "Two",
        ],
    );
    assert_eq!(
        kinds(ad)[..4],
        [Kind::Heading, Kind::Bullet, Kind::Bullet, Kind::Sentence]
    );
}

#[test]
fn content_that_is_not_for_readers_is_dropped() {
    let ad = "<html><head><title>x</title></head><body><script>if (a<b) {}</script><STYLE>p{}</style><!-- <p>no</p> --><p>Yes we do.</p><script>open";
    check(ad, &["Yes we do."]);
}

#[test]
fn entities_are_decoded_once_or_twice() {
    check(
        "<p>R&amp;D &ndash; caf&eacute;&nbsp;&#8364;&#x20AC; C&lt;T&gt; &amp;amp; &amp;nbsp;AT&T &bogus; &#150;</p>",
        &["R&D – café €€ C<T> & AT&T &bogus; –"],
    );
    check("R&amp;D is done here.", &["R&D is done here."]);
}

#[test]
fn malformed_html_loses_no_text() {
    check(
        "<ul><li>Java<li>SQL</ul><p>Open <b>bold<p>Next > one < two",
        &["Java", "SQL", "Open bold", "Next > one < two"],
    );
    check(
        "<p>You know <ORGANIZATION> and List<String>.</p>",
        &["You know <ORGANIZATION> and List<String>."],
    );
    check(
        "<p>Use <a href=\"x > y\">this link</a> now.</p>",
        &["Use this link now."],
    );
    check(
        "<b>Java</b> is wanted.\nSQL is wanted.",
        &["Java is wanted.", "SQL is wanted."],
    );
}

#[test]
fn spans_lead_back_to_the_bytes_of_the_ad() {
    assert_eq!(
        source_of(
            "<p>Kenntnisse in R&amp;D\n und  Java<b>Script</b>.</p>",
            "R&D und"
        ),
        "R&amp;D\n und"
    );
    assert_eq!(
        source_of("<p>Kenntnisse in Java<b>Script</b>.</p>", "JavaScript"),
        "Java<b>Script"
    );
    assert_eq!(
        source_of("Wir suchen.\n• Größe &uuml;ber alles", "Größe über"),
        "Größe &uuml;ber"
    );
    assert_eq!(
        source_of("We need soft\u{ad}ware skills.", "software"),
        "soft\u{ad}ware"
    );
}

#[test]
fn headings_open_sections_in_ten_languages() {
    let cases = [
        ("Requirements", Section::Requirements),
        ("Your profile:", Section::Requirements),
        ("What you bring", Section::Requirements),
        ("Ihr Profil", Section::Requirements),
        ("Das bringen Sie mit:", Section::Requirements),
        ("Votre profil", Section::Requirements),
        ("Requisitos:", Section::Requirements),
        ("Wat vragen wij?", Section::Requirements),
        ("Din profil", Section::Requirements),
        ("Kvalifikationer", Section::Requirements),
        ("Vi forventer", Section::Requirements),
        ("Requisiti", Section::Requirements),
        ("Wymagania:", Section::Requirements),
        ("Qualificações", Section::Requirements),
        ("Nice to have", Section::NiceToHave),
        ("Von Vorteil:", Section::NiceToHave),
        ("Meriterande", Section::NiceToHave),
        ("Deine Aufgaben", Section::Tasks),
        ("Vos missions :", Section::Tasks),
        ("Arbetsuppgifter", Section::Tasks),
        ("Dine opgaver", Section::Tasks),
        ("WHAT WE OFFER", Section::Offer),
        ("Wir bieten:", Section::Offer),
        ("Nous offrons", Section::Offer),
        ("Wij bieden", Section::Offer),
        ("Vi erbjuder", Section::Offer),
        ("Vi tilbyder:", Section::Offer),
        ("Oferujemy", Section::Offer),
        ("About us", Section::About),
        ("Über uns", Section::About),
        ("À propos de nous", Section::About),
        ("Om os", Section::About),
        ("How to apply", Section::Apply),
        ("Ansökan", Section::Apply),
        ("🎯 Your tasks 🎯", Section::Tasks),
        ("## Benefits", Section::Offer),
        ("**Requirements**", Section::Requirements),
    ];
    for (heading, section) in cases {
        let ad = format!("Acme is growing.\n\n{heading}\nEtwas steht hier.");
        assert_eq!(
            sections(&ad),
            [Section::Unknown, section, section],
            "{heading}"
        );
        assert_eq!(kinds(&ad)[1], Kind::Heading, "{heading}");
    }
}

#[test]
fn an_unknown_heading_ends_a_section() {
    assert_eq!(
        sections("<h3>Benefits</h3><p>A bike.</p><h3>Der Blick nach vorn</h3><p>Text.</p>")[2..],
        [Section::Unknown, Section::Unknown]
    );
}

#[test]
fn a_sub_heading_keeps_the_section() {
    assert_eq!(
        sections("We hire.\nRequirements:\nTools:\n- Java").last(),
        Some(&Section::Requirements)
    );
}

#[test]
fn a_heading_may_stand_before_its_text() {
    check(
        "We hire.\nRequirements: a driving licence",
        &["We hire.", "Requirements:", "a driving licence"],
    );
    assert_eq!(
        sections("We hire.\nRequirements: a driving licence").last(),
        Some(&Section::Requirements)
    );
}

#[test]
fn an_offer_in_one_line_does_not_silence_the_rest() {
    assert_eq!(
        sections("We hire.\nSalary: 2,000 a month\nYou lead a team."),
        [
            Section::Unknown,
            Section::Offer,
            Section::Offer,
            Section::Unknown
        ]
    );
}

#[test]
fn the_first_line_is_the_title() {
    assert_eq!(
        sections("Java Developer (m/w/d)\nWir suchen dich."),
        [Section::Title, Section::Unknown]
    );
    assert_eq!(
        sections("Requirements\nJava"),
        [Section::Requirements, Section::Requirements]
    );
}

#[test]
fn hostile_input_takes_linear_time() {
    let unit = [
        "<",
        "<p ",
        "<p \"",
        "<a \"'",
        "<!--",
        "&",
        "<head>",
        "</",
        "<div>",
        "<b>",
        "*",
        ". ",
        "• ",
        "a.",
        "<p '<p \"",
        "\n",
        "(",
        "no ",
        "- ",
    ];
    for unit in unit {
        let ad = unit.repeat(64 * 1024 / unit.len());
        let start = std::time::Instant::now();
        segments(&ad);
        assert!(
            start.elapsed().as_millis() < 2_000,
            "{unit:?} took {:?}",
            start.elapsed()
        );
    }
}

fn assert_sound(ad: &str) {
    let mut last_end = 0;
    for segment in segments(ad) {
        assert!(!segment.text.is_empty() && segment.text.len() <= SEGMENT_BYTES_MAX);
        let whole = segment.source_span(0..segment.text.len());
        assert!(
            whole.start >= last_end && whole.end <= ad.len(),
            "in order and apart"
        );
        last_end = whole.end;
        assert_spans(ad, &segment);
    }
}

fn assert_spans(ad: &str, segment: &Segment) {
    let mut last = 0;
    for (at, c) in segment.text.char_indices() {
        let span = segment.source_span(at..at + c.len_utf8());
        assert!(
            ad.get(span.clone()).is_some_and(|bytes| !bytes.is_empty()),
            "on character boundaries and not empty"
        );
        assert!(span.start >= last);
        last = span.start;
    }
    assert!(ad.get(segment.source_span(1..usize::MAX)).is_some());
    let (start, end) = (3, 2);
    assert!(
        ad.get(segment.source_span(start..end))
            .is_some_and(str::is_empty)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_string_gives_sound_segments(ad in "\\PC{0,2000}|(.|\n){0,2500}") {
        assert_sound(&ad);
    }

    #[test]
    fn any_mix_of_markup_gives_sound_segments(pieces in prop::collection::vec(prop::sample::select(vec![
        "<p>", "</p>", "<li>", "<b>", "</b>", "<br>", "<h2>", "</h2>", "<script>", "</script>", "<!--", "-->", "<", ">", "&amp;", "&nbsp;", "&#x41;", "&",
        "\n", "\r\n", " ", "• ", "- ", "1) ", "**", "##", "Requirements:", "Wir bieten", "Größe", "e.g.", ". ", "; ", "no experience", "is a plus", "B2",
        "3-5 years experience", "\u{ad}", "é", "😀", "\"", "'", "<ORGANIZATION>", "<div class=\"x\">", "(", ")", "preferred", "not required", ", ", "and",
    ]), 0..400)) {
        assert_sound(&pieces.concat());
    }
}
