//! How long does search as you type take, with and without typos, over all labels of ESCO?
//!
//! `cargo bench --bench typing`: ESCO 1.1.1 in English, and with the labels of further languages where they are there; 300 labels of skills, typed up
//! to the third, the sixth and the last letter, and with two typos; seed 7. Prints medians and 99th percentiles.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may stop with a message"
)]

mod support;

use skillgap_catalogue::Catalogue;
use skillgap_esco::labels;
use skillgap_esco::report::ReadReport;
use skillgap_esco::{Esco, SkillId};
use support::{Random, esco, percentile, shared, timed};

const LABELS: usize = 300;
const HITS: usize = 10;

fn main() {
    typed(esco(), "English");
    let file = shared().join("esco/labels/esco111_skill_labels_multilingual.tsv.gz");
    if file.is_file() {
        let mut esco = esco();
        labels::read(&file, &mut esco, &mut ReadReport::default()).unwrap();
        let name = format!("{} languages", esco.languages.len());
        typed(esco, &name);
    }
}

fn typed(esco: Esco, name: &str) {
    let catalogue = Catalogue::in_memory(esco, Vec::new()).unwrap();
    println!("\n{name}: {} skills", catalogue.esco.skills.len());
    let mut random = Random(7);
    let skill = |_| SkillId(random.below(catalogue.esco.skills.len()) as u32);
    let labels: Vec<&str> = (0..LABELS)
        .map(skill)
        .map(|skill| catalogue.skill_label(skill, "en"))
        .collect();
    let up_to = |n: usize| {
        labels
            .iter()
            .map(|label| label.chars().take(n).collect())
            .collect::<Vec<String>>()
    };
    let with_typos = labels
        .iter()
        .map(|label| mistyped(label, &mut random))
        .collect();
    for (what, typed) in [
        ("3 letters", up_to(3)),
        ("6 letters", up_to(6)),
        ("whole label", up_to(usize::MAX)),
        ("two typos", with_typos),
    ] {
        for (scope, languages) in [
            ("in one language", vec!["en".to_owned()]),
            ("in all", Vec::new()),
        ] {
            let times = timed(&typed, |typed| {
                catalogue
                    .concepts
                    .search(&catalogue.esco, typed, &languages, HITS)
                    .unwrap();
            });
            println!(
                "  {what:<12} {scope:<16} p50 {:6.2} ms  p99 {:6.2} ms",
                percentile(&times, 50),
                percentile(&times, 99)
            );
        }
    }
    let found = labels.iter().filter(|label| {
        let hits = catalogue
            .concepts
            .search(
                &catalogue.esco,
                &mistyped(label, &mut random),
                &["en".to_owned()],
                HITS,
            )
            .unwrap();
        hits.iter()
            .any(|hit| catalogue.skill_label(hit.skill, "en") == **label)
    });
    println!(
        "  with two typos in its longest word, {} of {LABELS} labels are among the first {HITS}",
        found.count()
    );
}

/// Two letters of the longest word exchanged for others.
fn mistyped(label: &str, random: &mut Random) -> String {
    let longest = label
        .split(' ')
        .max_by_key(|word| word.chars().count())
        .unwrap_or_default();
    let mut letters: Vec<char> = longest.chars().collect();
    for _ in 0..2 {
        let at = random.below(letters.len());
        letters[at] = char::from(b'a' + random.below(26) as u8);
    }
    label.replacen(longest, &letters.into_iter().collect::<String>(), 1)
}
