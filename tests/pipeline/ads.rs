//! What is read from ads: spans that fit on any input, what is asked for and how firmly, and the traps that other systems fall into.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use skillgap::demand::{AdText, Demand, Options, Requirement, extract};
use skillgap_esco::label_in;

use crate::world::{config, starter};

/// Pieces that ads, and what is pasted as ads, are made of.
pub const PIECES: [&str; 56] = [
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    " ",
    ". ",
    ", ",
    ": ",
    "- ",
    "* ",
    "• ",
    "1) ",
    "</p>",
    "<p>",
    "<ul><li>",
    "</li>",
    "<h2>",
    "</h2>",
    "<br/>",
    "<b",
    "<!--",
    "-->",
    "<script>var x = '<p>';</script>",
    "<style>",
    "&amp;",
    "&nbsp;",
    "&#8226;",
    "&#x1F600;",
    "&#xD800;",
    "&#99999999;",
    "&bogus;",
    "&",
    "<",
    ">",
    "\u{0}",
    "\u{feff}",
    "\u{301}",
    "😀👩‍👩‍👧",
    "Größe",
    "İstanbul ßẞ ﬁ",
    "日本語のスキル",
    "مهارات",
    "\u{202e}",
    "What you need",
    "Requirements:",
    "We offer",
    "Nice to have",
    "experience with SQL",
    "no experience with Java needed",
    "manage budgets",
    "C++, C# and Java",
    "English at level B1",
    "you will ",
    "must have ",
    "salary range of EUR 2,000",
    "would be a plus",
];

fn ads() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => select(PIECES.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,12}", 1 => any::<String>()];
    let join = |pieces: Vec<String>| pieces.concat();
    prop_oneof![4 => vec(piece.clone(), 1..60).prop_map(join), 1 => vec(piece, 300..700).prop_map(join)].prop_map(|text| {
        text.chars()
            .scan(0, |bytes, c| {
                *bytes += c.len_utf8();
                (*bytes <= 10_240).then_some(c)
            })
            .collect()
    })
}

fn read(text: &str, confidence_min: f64) -> Demand {
    let options = Options {
        confidence_min,
        ..Options::default()
    };
    AdText::new("ad", text, 10_240)
        .map(|ad| extract(starter(), ad, options))
        .unwrap_or_default()
}

proptest! {
    #![proptest_config(config(160))]

    #[test]
    fn spans_of_any_ad_are_texts_within_it(text in ads(), confidence_min in select(vec![0.0, 0.05, 0.5])) {
        let demand = read(&text, confidence_min);
        for demanded in &demand.skills {
            prop_assert!(!demanded.spans.is_empty());
            prop_assert!(demanded.weight > 0.0 && demanded.weight <= 1.0);
            prop_assert!((confidence_min..=1.0).contains(&demanded.confidence));
            prop_assert!(demanded.spans.is_sorted_by_key(|span| span.start), "{:?}", demanded.spans);
        }
        for span in demand.skills.iter().flat_map(|demanded| &demanded.spans).chain(&demand.unmatched) {
            prop_assert!(text.get(span.clone()).is_some_and(|words| !words.trim().is_empty()), "{span:?} of {} bytes", text.len());
        }
        let skills: std::collections::BTreeSet<_> = demand.skills.iter().map(|demanded| demanded.skill).collect();
        prop_assert_eq!(skills.len(), demand.skills.len(), "one entry a skill");
        prop_assert!(demand.skills.is_sorted_by(|a, b| a.weight > b.weight || a.weight == b.weight && a.skill < b.skill));
    }
}

/// Labels of what an ad asks for, with `?` behind what is optional, sorted.
fn asked(text: &str) -> Vec<String> {
    let demand = read(text, Options::default().confidence_min);
    let label = |skill: skillgap_esco::SkillId| {
        label_in(&starter().esco.skills[skill.row()].labels, "en")
            .unwrap()
            .to_owned()
    };
    let mut labels: Vec<String> = demand
        .skills
        .iter()
        .map(|demanded| {
            label(demanded.skill)
                + if demanded.requirement == Requirement::Optional {
                    "?"
                } else {
                    ""
                }
        })
        .collect();
    labels.sort();
    labels
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(asked(text), expected, "{text}");
}

#[test]
fn a_skill_that_is_named_three_times_is_one_with_three_spans() {
    for text in [
        "What you need\n- Experience with SQL\n- You write SQL every day\n- SQL certificates are a must",
        "Requirements\n<ul><li>SQL</li><li>SQL</li><li>SQL</li></ul>",
    ] {
        let demand = read(text, Options::default().confidence_min);
        assert_eq!(demand.skills.len(), 1, "{text}");
        let words: Vec<&str> = demand.skills[0]
            .spans
            .iter()
            .map(|span| &text[span.clone()])
            .collect();
        assert_eq!(words, ["SQL"; 3], "{text}");
    }
}

#[test]
fn a_skill_that_one_sentence_names_twice_has_both_spans() {
    let ad = "Requirements\n- JavaScript in the browser and JavaScript on the server";
    let demand = read(ad, 0.05);
    let skill = demand
        .skills
        .iter()
        .find(|demanded| demanded.spans.len() == 2)
        .expect("a skill with two spans");
    assert!(
        skill
            .spans
            .iter()
            .all(|span| &ad[span.clone()] == "JavaScript"),
        "{:?}",
        skill.spans
    );
    assert!(skill.spans[0].start < skill.spans[1].start);
}

#[test]
fn years_of_experience_belong_to_the_skill_beside_them() {
    let ad = "Requirements\n- At least 3 years of experience in JavaScript\n- SQL";
    let years: Vec<Option<f32>> = ["JavaScript", "SQL"]
        .iter()
        .map(|name| {
            read(ad, 0.05)
                .skills
                .into_iter()
                .find(|demanded| &ad[demanded.spans[0].clone()] == *name)
                .expect(name)
                .years
        })
        .collect();
    assert_eq!(years, [Some(3.0), None]);
}

#[test]
fn what_is_negated_is_not_demanded() {
    check(
        "What you need\n- Java\n- no experience with SQL needed",
        &["Java (computer programming)"],
    );
    check("Requirements\n- Experience with SQL is not required", &[]);
    check("Requirements\n- You do not need to know SQL", &[]);
    check("Requirements\n- No knowledge of SQL is necessary", &[]);
}

#[test]
fn what_is_nice_to_have_is_optional() {
    check("Nice to have\n- Experience with SQL", &["SQL?"]);
    check(
        "Requirements\n- Experience with SQL\n\nNice to have\n- You manage budgets",
        &["SQL", "manage budgets?"],
    );
    check(
        "Requirements\n- Experience with SQL would be a plus",
        &["SQL?"],
    );
    check("Nice to have\n- SQL\n\nRequirements\n- SQL", &["SQL"]);
}

#[test]
fn a_salary_range_asks_for_nothing() {
    for text in [
        "The salary range is EUR 40,000 to 50,000.",
        "What we offer\n- A salary range of EUR 2,150 to 2,480 gross a month for 30 hours, determined by our collective agreement.",
        "Salary range: 40-50k",
        "Requirements\n- SQL\n\nWe offer a competitive salary range.",
        "Competitive salary, determined by experience",
        "<h2>Benefits</h2><p>Salary range</p>",
    ] {
        let labels = asked(text);
        assert!(
            labels.iter().all(|label| label == "SQL"),
            "{text}: {labels:?}"
        );
    }
}

#[test]
fn refactoring_rust_services_removes_no_rust_from_motor_vehicles() {
    for text in [
        "You will refactor the Rust services of our payment platform.",
        "Requirements\n- Refactor the Rust services",
        "refactor the Rust services",
    ] {
        let labels = asked(text);
        assert!(
            !labels.iter().any(|label| label.contains("rust")),
            "{text}: {labels:?}"
        );
    }
}

#[test]
fn communication_is_not_teaching_communication() {
    for text in [
        "You bring excellent communication and enjoy working in a team.",
        "Requirements\n- Communication",
        "Requirements\n- good communication skills",
    ] {
        let labels = asked(text);
        assert!(
            !labels.iter().any(|label| label.starts_with("teach")),
            "{text}: {labels:?}"
        );
    }
}

#[test]
fn labels_inside_words_are_not_named() {
    for text in [
        "Requirements\n- JavaScript",
        "Requirements\n- Javanese puppets",
        "Requirements\n- NoSQL",
    ] {
        let labels = asked(text);
        assert!(
            !labels
                .iter()
                .any(|label| label == "Java (computer programming)" || label == "SQL"),
            "{text}: {labels:?}"
        );
    }
}

/// The demo's ad with the part from one heading to the next alone, then the whole ad: nothing is read from those parts.
#[test]
fn employer_offer_diversity_and_application_ask_for_nothing() {
    let ad = include_str!("../../index/starter/demo/ad.txt");
    let demand = read(ad, Options::default().confidence_min);
    assert!(demand.skills.len() >= 6, "{demand:?}");
    for (from, to) in [
        ("About us", "Your tasks"),
        ("What we offer", "Everyone is welcome"),
        ("Everyone is welcome", "How to apply"),
        ("How to apply", ""),
    ] {
        let start = ad.find(from).unwrap();
        let end = if to.is_empty() {
            ad.len()
        } else {
            ad.find(to).unwrap()
        };
        check(&ad[start..end], &[]);
        let inside = demand
            .skills
            .iter()
            .flat_map(|demanded| &demanded.spans)
            .chain(&demand.unmatched)
            .find(|span| (start..end).contains(&span.start));
        assert_eq!(inside.map(|span| &ad[span.clone()]), None, "in {from:?}");
    }
    let licence = ad.find("forklift").unwrap();
    assert!(
        !demand
            .skills
            .iter()
            .flat_map(|demanded| &demanded.spans)
            .any(|span| span.contains(&licence))
    );
}

#[test]
fn what_the_caller_sets_as_threshold_and_limit_holds() {
    let ad = include_str!("../../index/starter/demo/ad.txt");
    let text = AdText::new("ad", ad, 1 << 16).unwrap();
    let all = extract(
        starter(),
        text,
        Options {
            confidence_min: 0.1,
            ..Options::default()
        },
    );
    let three = extract(
        starter(),
        text,
        Options {
            confidence_min: 0.1,
            skills_max: 3,
            ..Options::default()
        },
    );
    assert_eq!(three.skills, all.skills[..3]);
    let sure = extract(
        starter(),
        text,
        Options {
            confidence_min: 0.6,
            ..Options::default()
        },
    );
    assert!(!sure.skills.is_empty() && sure.skills.len() < all.skills.len());
    assert!(
        sure.skills
            .iter()
            .all(|demanded| demanded.confidence >= 0.6)
    );
}
