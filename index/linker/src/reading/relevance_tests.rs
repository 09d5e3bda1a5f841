//! Which sentences ask for nothing, and which only look so.

use super::super::lexicon::lower;
use super::*;

fn check(section: Section, reason: Option<Reason>, texts: &[&str]) {
    for text in texts {
        let lower = lower(text);
        let found = asks_for_nothing(text, &lower, &Marks::of(&lower), section);
        assert_eq!(found, reason, "{text}");
    }
}

#[test]
fn pay_asks_for_nothing() {
    check(
        Section::Unknown,
        Some(Reason::Offer),
        &["£40k - 50k", "Salary: € 3,000"],
    );
}

#[test]
fn contacts_ask_for_nothing() {
    check(
        Section::Unknown,
        Some(Reason::Contact),
        &[
            "jobs@acme.com",
            "https://www.acme.com/jobs",
            "+49 (0) 123 456789",
            "Jane Doe +45 12 34 56 78",
            "Ansprechperson: Frau Wang, Anna",
        ],
    );
}

#[test]
fn titles_and_headings_ask_for_nothing() {
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
    for section in [Section::Unknown, Section::Requirements, Section::Tasks] {
        check(
            section,
            None,
            &[
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
                "English and German",
                "Driving licence",
                "Bonus, if your English is good",
            ],
        );
    }
}

#[test]
fn an_offer_section_is_silent_in_short_texts() {
    check(
        Section::Offer,
        Some(Reason::Offer),
        &[
            "A bicycle",
            "Ein Team, das zusammenhält",
            "German B1 course",
            "Deutschkurs B1",
            "paid first aid course",
            "driving licence at our cost",
        ],
    );
    check(Section::Apply, Some(Reason::Application), &["Call Jane."]);
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
        Section::Requirements,
        None,
        &[
            "Flexible working",
            "Payroll, company pension and tax",
            "German B1 course",
            "We offer English to our customers",
        ],
    );
}
