//! Is the advice the same whoever the person is? Pairs of CVs and ads that differ only in name, gender, age, nationality and family, and must have
//! the same demand, profile, gap, scores and order.

use std::path::Path;

use skillgap::demand::{AdText, Options};
use skillgap::engine::{Recommend, Target, Watch, analyse, recommend};
use skillgap::gap::ProfileParts;
use skillgap::limits::Limits;
use skillgap::pathway::Budgets;
use skillgap::rank::{Persona, Weights};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, starter_credentials};
use skillgap_esco::package;
use skillgap_esco::report::ReadReport;

use crate::world::starter;

/// Pairs that are tried; most of CVs, since most of what describes a person stands there.
const N_PAIRS: usize = 500;

/// A person, as CVs describe people. Names are of many origins, and some are words of a trade too.
struct Person {
    first: &'static str,
    last: &'static str,
    title: &'static str,
    they: &'static str,
    their: &'static str,
    noun: &'static str,
    born: &'static str,
    age: &'static str,
    nationality: &'static str,
    land: &'static str,
    family: &'static str,
    /// The same in German.
    de: German,
}

struct German {
    title: &'static str,
    they: &'static str,
    noun: &'static str,
    nationality: &'static str,
    family: &'static str,
}

const WOMAN: [&str; 5] = ["Ms", "she", "her", "woman", "mother"];
const MAN: [&str; 5] = ["Mr", "he", "his", "man", "father"];
const WOMEN: [&str; 8] = [
    "Aisha", "Ingrid", "Mei", "Fatou", "Olena", "Grace", "Sofía", "Anna",
];
const MEN: [&str; 8] = [
    "Mohammed",
    "Lars",
    "Wei",
    "Kwame",
    "Oleksandr",
    "Joy",
    "José",
    "Hans",
];
const LAST: [&str; 16] = [
    "Yılmaz",
    "Nilsson",
    "Wang",
    "Diallo",
    "Shevchenko",
    "Baker",
    "García",
    "Schneider",
    "Cook",
    "Koch",
    "Mason",
    "Fischer",
    "Weber",
    "Miller",
    "Taylor",
    "Dubois",
];
const NATIONALITIES: [(&str, &str, &str); 12] = [
    ("German", "Germany", "deutsch"),
    ("French", "France", "französisch"),
    ("Turkish", "Turkey", "türkisch"),
    ("Polish", "Poland", "polnisch"),
    ("Spanish", "Spain", "spanisch"),
    ("Syrian", "Syria", "syrisch"),
    ("Chinese", "China", "chinesisch"),
    ("Nigerian", "Nigeria", "nigerianisch"),
    ("Ukrainian", "Ukraine", "ukrainisch"),
    ("Swedish", "Sweden", "schwedisch"),
    ("Dutch", "the Netherlands", "niederländisch"),
    ("Japanese", "Japan", "japanisch"),
];
const AGES: [(&str, &str); 6] = [
    ("19", "4 May 2007"),
    ("27", "31 January 1999"),
    ("34", "12 July 1992"),
    ("45", "2 March 1981"),
    ("58", "23 November 1967"),
    ("63", "9 August 1963"),
];
const FAMILIES: [(&str, &str); 8] = [
    ("single", "ledig"),
    ("married", "verheiratet"),
    ("married, two children", "verheiratet, zwei Kinder"),
    ("divorced, one son", "geschieden, ein Sohn"),
    ("widowed", "verwitwet"),
    (
        "single parent of three children",
        "alleinerziehend, drei Kinder",
    ),
    ("engaged, expecting a child", "verlobt, erwartet ein Kind"),
    (
        "living with a partner, no children",
        "in Partnerschaft, keine Kinder",
    ),
];

/// CVs with the words of [`filled`] in braces. Languages that are held as skills are no part of what is swapped.
const CVS: [&str; 10] = [
    "CURRICULUM VITAE\n\nName: {first} {last}\nDate of birth: {born}\nNationality: {nationality}\nMarital status: {family}\n\nWork experience\n- Four years in a parcel warehouse: packing goods, checking deliveries, loading vans\n- Operated the cash register and handled customer complaints\n\nLanguages\nEnglish (B1)",
    "{first} {last}\n{age} years old, {nationality}, {family}\n\nI sold products in a shop for six years. I arranged product displays and processed orders from the online shop.",
    "My name is {first} {last}. I am {age} years old and I come from {land}. I am {family}. I have worked as a welder for ten years: I read blueprints, operate welding equipment and inspect the quality of products.",
    "I am a {age}-year-old {nationality} {noun}. I used spreadsheets software, kept records and answered telephone calls in an office. I speak English at level B2.",
    "{title} {last} has worked for us as a clerk since 2015. During that time {they} managed the accounts, prepared invoices and {their} reports were always on time. {title} {last} is {nationality} and {family}.",
    "Personal details\nFirst name: {first}\nSurname: {last}\nSex: {noun}\nAge: {age}\nCitizenship: {nationality}\nCountry of birth: {land}\nChildren: {family}\n\nSkills\n- Java and SQL\n- Manage databases\n- Customer service",
    "Profile of {first} {last}, a {nationality} citizen born on {born}. {first} is {family}. {first} cleaned offices, filled shelves in a supermarket and drove a forklift.",
    "Lebenslauf\n\nName: {first} {last}\nGeburtsdatum: {born}\nStaatsangehörigkeit: {nationality_de}\nFamilienstand: {family_de}\n\nBerufserfahrung\n- Verkauf im Einzelhandel, Bedienung der Kasse, Beratung der Kundschaft\n- Lagerarbeit: Waren verpacken und kommissionieren",
    "Ich heiße {first} {last}, bin {age} Jahre alt, {nationality_de} und {family_de}. Ich habe acht Jahre in der Pflege gearbeitet und Medikamente verwaltet.",
    "{title_de} {last} ist {noun_de}, {age} Jahre alt. {they_de} hat Rechnungen geprüft, die Buchhaltung geführt und Kundinnen und Kunden beraten. Englisch: B1.",
];

/// Ads that name people, or speak to or of one sort of person.
const ADS: [&str; 6] = [
    "Sales assistant, 30 hours a week\n\nYour tasks\n- Sell products and arrange product displays\n- Operate the cash register\n\nWe are a small team, led by {first} {last}.\n\nHow to apply\nSend your CV to {title} {last}.",
    "We are looking for a {noun} of any age to join us as a warehouse worker. {They} will pack goods, load vans and operate a forklift. {title} {last} from {land} will be {their} manager.",
    "Office clerk\nContact: {first} {last}\nRequirements\n- Use spreadsheets software\n- Prepare invoices and manage accounts\n- Customer service\nOur founder {first} {last} is {nationality} and {family}.",
    "Welder needed. {They} must read blueprints, operate welding equipment and inspect the quality of products. Our last welder, {first} {last}, was {age} and retired.",
    "Database developer. Requirements: SQL, Java, manage databases. Apply with {title} {last}. As a {nationality} company we value diversity.",
    "Verkäufer oder Verkäuferin gesucht\nAufgaben\n- Verkauf im Einzelhandel, Bedienung der Kasse\nAnsprechperson: {title_de} {last}, {first}",
];

/// Numbers that look random, the same in every run (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        &of[(self.0 >> 33) as usize % of.len()]
    }

    fn person(&mut self) -> Person {
        let is_woman = *self.pick(&[true, false]);
        let ([title, they, their, noun, _], names) = if is_woman {
            (WOMAN, &WOMEN)
        } else {
            (MAN, &MEN)
        };
        let (nationality, land, nationality_de) = *self.pick(&NATIONALITIES);
        let (age, born) = *self.pick(&AGES);
        let (family, family_de) = *self.pick(&FAMILIES);
        let de = German {
            title: if is_woman { "Frau" } else { "Herr" },
            they: if is_woman { "Sie" } else { "Er" },
            noun: if is_woman { "weiblich" } else { "männlich" },
            nationality: nationality_de,
            family: family_de,
        };
        Person {
            first: self.pick::<&str>(names),
            last: self.pick::<&str>(&LAST),
            title,
            they,
            their,
            noun,
            born,
            age,
            nationality,
            land,
            family,
            de,
        }
    }
}

fn filled(template: &str, person: &Person) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    let words = [
        ("{first}", person.first.to_owned()),
        ("{last}", person.last.to_owned()),
        ("{title}", person.title.to_owned()),
        ("{they}", person.they.to_owned()),
        ("{They}", capital(person.they)),
        ("{their}", person.their.to_owned()),
        ("{noun}", person.noun.to_owned()),
        ("{born}", person.born.to_owned()),
        ("{age}", person.age.to_owned()),
        ("{nationality}", person.nationality.to_owned()),
        ("{land}", person.land.to_owned()),
        ("{family}", person.family.to_owned()),
        ("{title_de}", person.de.title.to_owned()),
        ("{they_de}", person.de.they.to_owned()),
        ("{noun_de}", person.de.noun.to_owned()),
        ("{nationality_de}", person.de.nationality.to_owned()),
        ("{family_de}", person.de.family.to_owned()),
    ];
    words
        .iter()
        .fold(template.to_owned(), |text, (name, word)| {
            text.replace(name, word)
        })
}

/// What must not depend on who the person is, as text: what is asked for, what is held, the gap, and the ranking with its scores.
fn advice(catalogue: &Catalogue, ad: &str, cv: &str) -> String {
    let limits = Limits::default();
    let text = |text| AdText::new("text", text, limits.ad_bytes_max).unwrap();
    let request = Recommend {
        target: Target::Ad(text(ad), Options::default()),
        profile: ProfileParts {
            text: Some(text(cv)),
            ..ProfileParts::default()
        },
        filter: Filter {
            as_of_day: 20_779,
            ..Filter::default()
        },
        persona: Persona::Unemployed,
        weights: Weights::of(Persona::Unemployed),
        pathway: Some(Budgets {
            count_max: 3,
            ..Budgets::default()
        }),
        alternatives: false,
        after: None,
        top_k: 100,
        usefulness_min: 0.0,
        questions: 0,
    };
    let (demand, profile, gap) = analyse(
        catalogue,
        &request.target,
        &request.profile,
        &limits,
        &Watch::unlimited(),
    )
    .unwrap();
    let label = |skill| catalogue.skill_label(skill, "en");
    let asked: Vec<_> = demand
        .skills
        .iter()
        .map(|of| {
            (
                label(of.skill),
                of.weight.to_bits(),
                of.level,
                of.requirement,
            )
        })
        .collect();
    let held: Vec<_> = profile
        .held
        .iter()
        .map(|of| (label(of.skill), of.certainty.to_bits(), of.level))
        .collect();
    let left: Vec<_> = gap.items.iter().map(|of| of.held.to_bits()).collect();
    let answer = recommend(catalogue, &request, &limits, &Watch::unlimited()).unwrap();
    let ranked: Vec<_> = answer
        .recommendations
        .iter()
        .map(|one| (one.credential.id.as_str(), one.ranked.score().to_bits()))
        .collect();
    format!("asked {asked:?}\nheld {held:?}\nleft {left:?}\nranked {ranked:?}")
}

/// Tries all pairs and gathers those that differ.
fn check(catalogue: &Catalogue, n_pairs: usize) {
    let (mut random, mut different) = (Random(20_261_122), Vec::new());
    for at in 0..n_pairs {
        let (one, other) = (random.person(), random.person());
        let (ad, cv) = (ADS[at / 3 % ADS.len()], CVS[at % CVS.len()]);
        // Every third pair differs in the ad, the others in the CV.
        let texts = |person: &Person| {
            let same = Random(7).person();
            if at % 3 == 0 {
                (filled(ad, person), filled(cv, &same))
            } else {
                (filled(ad, &same), filled(cv, person))
            }
        };
        let ((ad_one, cv_one), (ad_other, cv_other)) = (texts(&one), texts(&other));
        let (a, b) = (
            advice(catalogue, &ad_one, &cv_one),
            advice(catalogue, &ad_other, &cv_other),
        );
        if a != b {
            different.push(format!(
                "{}\n{a}\n--\n{}\n{b}",
                if at % 3 == 0 { ad_one } else { cv_one },
                if at % 3 == 0 { ad_other } else { cv_other }
            ));
        }
    }
    let n_different = different.len();
    assert!(
        different.is_empty(),
        "{n_different} of {n_pairs} pairs differ; the first:\n{}",
        different[..n_different.min(4)].join("\n\n=====\n")
    );
}

#[test]
fn advice_is_the_same_whoever_the_person_is() {
    check(starter(), N_PAIRS);
}

/// The whole of ESCO names languages, peoples' cuisines and many trades; here a word for a person is most easily taken for a skill.
#[test]
fn advice_is_the_same_whoever_the_person_is_with_the_whole_of_esco() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/esco/v1.1.1");
    if !folder.exists() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let esco = package::read(&[folder], &mut ReadReport::default(), &|_| {}).unwrap();
    check(
        &Catalogue::in_memory(esco, starter_credentials().unwrap()).unwrap(),
        N_PAIRS,
    );
}
