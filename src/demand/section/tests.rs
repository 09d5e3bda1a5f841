//! Which sentences ask for nothing, and which only look so.

use super::*;

fn check(section: Section, reason: Option<Reason>, texts: &[&str]) {
    for text in texts {
        assert_eq!(asks_for_nothing(text, section), reason, "{text}");
    }
}

fn check_asks(texts: &[&str]) {
    for section in [Section::Unknown, Section::Requirements, Section::Tasks] {
        check(section, None, texts);
    }
}

#[test]
fn every_list_is_read() {
    assert!(HEADINGS.hits("ihr profil").len() == 1 && SILENCE.hits("salary range").len() == 1);
    let groups = |list: &str| -> Vec<String> {
        list.lines()
            .filter_map(|line| line.strip_prefix('[')?.strip_suffix(']').map(str::to_owned))
            .collect()
    };
    assert!(
        groups(include_str!("../cues/silence.txt"))
            .iter()
            .all(|group| phrase_named(group).is_some())
    );
    let known =
        |group: &String| section_named(group.strip_suffix(" alone").unwrap_or(group)).is_some();
    assert!(
        groups(include_str!("../cues/headings.txt"))
            .iter()
            .all(known)
    );
}

#[test]
fn pay_and_benefits_ask_for_nothing() {
    check(
        Section::Unknown,
        Some(Reason::Offer),
        &[
            "We offer a competitive salary and a pension scheme.",
            "A salary range of 40 to 50 thousand",
            "£40k - 50k",
            "30 days of holidays",
            "Gym memberships",
            "Wir bieten ein attraktives Gehalt und 30 Tage Urlaub.",
            "Betriebliche Altersvorsorge",
            "Nous offrons des tickets restaurant et une mutuelle.",
            "Ofrecemos contrato indefinido y teletrabajo.",
            "Wij bieden een goed salaris en 25 vakantiedagen.",
            "Vi erbjuder friskvårdsbidrag och tjänstepension.",
            "Vi tilbyder pensionsordning og frokostordning.",
        ],
    );
}

#[test]
fn statements_on_diversity_ask_for_nothing() {
    check(
        Section::Unknown,
        Some(Reason::Diversity),
        &[
            "We are an equal opportunity employer and value diversity at our company.",
            "All qualified applicants will be considered without regard to race, religion or gender.",
            "Schwerbehinderte Menschen werden bei gleicher Eignung bevorzugt.",
            "Tous nos postes sont ouverts aux personnes en situation de handicap.",
            "Iedereen is welkom, ongeacht afkomst of leeftijd.",
            "Alle er velkomne, uanset køn og alder.",
        ],
    );
}

#[test]
fn words_on_the_employer_ask_for_nothing() {
    check(
        Section::Unknown,
        Some(Reason::Employer),
        &[
            "Acme is a leading provider of pumps, founded in 1970.",
            "Our customers are hospitals.",
            "Wir sind ein mittelständisches Familienunternehmen mit Sitz in Bonn.",
            "Notre entreprise est leader mondial.",
            "Somos una empresa líder en logística.",
            "Wij zijn een groeiend bedrijf.",
            "Vi är ett av Sveriges största företag.",
            "Vi er en af Danmarks største virksomheder.",
        ],
    );
}

#[test]
fn how_to_apply_and_contacts_ask_for_nothing() {
    check(
        Section::Unknown,
        Some(Reason::Application),
        &[
            "Please send your application by 1 May.",
            "Wir freuen uns auf Ihre Bewerbung!",
            "Envoyez votre CV et lettre de motivation.",
            "Stuur je motivatiebrief en CV.",
            "Skicka din ansökan redan idag.",
            "Send din ansøgning senest fredag.",
        ],
    );
    check(
        Section::Unknown,
        Some(Reason::Contact),
        &[
            "jobs@acme.com",
            "https://www.acme.com/jobs",
            "+49 (0) 123 456789",
            "Jane Doe +45 12 34 56 78",
        ],
    );
}

#[test]
fn labels_titles_and_headings_ask_for_nothing() {
    check(
        Section::Unknown,
        Some(Reason::Metadata),
        &[
            "Location: Berlin",
            "Job type: Full-time",
            "Arbeitsort: Köln",
            "Referenznummer 4711",
            "Full-time",
        ],
    );
    check(
        Section::Unknown,
        Some(Reason::Title),
        &["Backend Engineer (m/f/d)"],
    );
    check(Section::Title, Some(Reason::Title), &["Backend Engineer"]);
    check(
        Section::Requirements,
        Some(Reason::Heading),
        &["Your profile:", "Das bringen Sie mit"],
    );
    check(
        Section::Requirements,
        Some(Reason::Empty),
        &["*", "<LOCATION> <LOCATION>"],
    );
}

#[test]
fn what_sounds_like_an_offer_but_asks_is_heard() {
    check_asks(&[
        "Experience with salary administration",
        "You manage the diversity programme.",
        "Knowledge of pension law",
        "Drive the annual salary review with a salary range for each job",
        "Administer employee benefits and health insurance claims",
        "You advise our customers on life insurance.",
        "You will be responsible for a budget of €2m.",
        "Erfahrung in der Gehaltsabrechnung",
        "Kenntnisse im Datenschutz",
        "Erfahrung mit betrieblicher Altersvorsorge",
        "Expérience en gestion de la rémunération",
        "Kennis van pensioenregelingen",
        "Erfarenhet av löneadministration",
        "Erfaring med lønadministration",
        "Conduct job interviews",
        "Strong communication skills",
        "Java",
        "C++, C# and .NET",
        "Forklift licence",
        "Deutsch B2",
    ]);
}

#[test]
fn an_offer_section_is_silent_unless_it_asks() {
    check(
        Section::Offer,
        Some(Reason::Offer),
        &["A bicycle", "Ein Team, das zusammenhält"],
    );
    check(Section::Offer, None, &["Experience with Java is required."]);
    check(Section::Apply, Some(Reason::Application), &["Call Jane."]);
}

#[test]
fn a_requirement_may_mention_an_offer_word() {
    check(
        Section::Requirements,
        None,
        &["Flexible working", "Payroll, company pension and tax"],
    );
}

#[test]
fn what_is_offered_is_not_asked_for() {
    check(
        Section::Unknown,
        Some(Reason::Offer),
        &[
            "We offer training in forklift driving.",
            "We offer: English classes.",
            "We offer training and English classes.",
            "Wir bieten Ihnen eine Schulung zum Gabelstaplerfahrer und Englischunterricht.",
            "Wir bieten den Führerschein auf unsere Kosten.",
            "Nous offrons une formation CACES et le permis C.",
            "Ofrecemos formación en carretilla y carnet de conducir.",
            "Wij bieden een opleiding in logistiek en het rijbewijs C.",
            "You will receive training in first aid.",
        ],
    );
    check(
        Section::Offer,
        Some(Reason::Offer),
        &[
            "German B1 course",
            "Deutschkurs B1",
            "paid first aid course",
        ],
    );
    check(
        Section::Offer,
        Some(Reason::Employer),
        &["driving licence at our cost"],
    );
    check(
        Section::Unknown,
        None,
        &[
            "English and German",
            "Driving licence",
            "Bonus, if your English is good",
        ],
    );
    check(
        Section::Offer,
        None,
        &[
            "You have very good English",
            "Experience with the driving licence C is required",
        ],
    );
    check(
        Section::Requirements,
        None,
        &["German B1 course", "We offer English to our customers"],
    );
}
