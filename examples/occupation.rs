//! How often is the occupation of an ad found? Made ads: an alternative label that is taken out of ESCO first as the title, dressed up, and some of the
//! occupation's skills, in other words than their preferred label, as bullets.
//!
//! `cargo run --release --example occupation [-- FEATURES.tsv]`: ESCO 1.1.1 in `../shared/data`, seed 7. Prints shares of right answers on the half of the ads
//! that nothing was fitted on; writes the signals of the other half to FEATURES.tsv for `examples/occupation.py`, which fits the weights of `src/occupations/about.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "an example may stop with a message"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use skillgap::demand::{AdText, Options, extract};
use skillgap::occupations::{about, signals};
use skillgap_catalogue::Catalogue;
use skillgap_esco::report::ReadReport;
use skillgap_esco::text::{stable_hash, words};
use skillgap_esco::{Esco, Labels};

const ADS: usize = 600;
const BULLETS: usize = 8;

struct Ad {
    occupation: usize,
    text: String,
}

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/esco/v1.1.1");
    if !data.is_dir() {
        println!("../shared/data is absent: nothing to measure on");
        return;
    }
    let mut esco =
        skillgap_esco::package::read(&[data], &mut ReadReport::default(), &|_| {}).unwrap();
    let titles = hold_out(&mut esco);
    let catalogue = Catalogue::in_memory(esco, Vec::new()).unwrap();
    println!(
        "| ads | first of all | among the first five | nothing said | first is right where something is said | said with 0.5 or more | of these right |\n|---|---|---|---|---|---|---|"
    );
    for (name, title, bullets) in [
        ("title and tasks", true, true),
        ("title only", true, false),
        ("tasks only", false, true),
    ] {
        let ads: Vec<Ad> = titles
            .iter()
            .map(|(row, label)| ad(&catalogue.esco, *row, label, title, bullets))
            .collect();
        measure(name, &catalogue, ads.iter().skip(1).step_by(2));
        if let (Some(path), true) = (std::env::args().nth(1), title && bullets) {
            std::fs::write(path, features(&catalogue, ads.iter().step_by(2))).unwrap();
        }
    }
    silence(&catalogue);
}

fn chance(of: &str, n: usize) -> usize {
    (stable_hash(of.bytes().chain([7])) % n as u64) as usize
}

fn english(labels: &[Labels]) -> &Labels {
    labels
        .iter()
        .find(|labels| labels.language == "en")
        .unwrap()
}

/// Takes one alternative label from each of [`ADS`] occupations that have several; not one that has the words of another label of it.
fn hold_out(esco: &mut Esco) -> Vec<(usize, String)> {
    let folded = |label: &str| {
        words(label)
            .into_iter()
            .map(|word| word.folded.trim_end_matches('s').to_owned())
            .collect::<BTreeSet<_>>()
    };
    let mut order: Vec<usize> = (0..esco.occupations.len()).collect();
    order.sort_by_key(|row| stable_hash(esco.occupations[*row].uri.bytes()));
    let mut taken = Vec::new();
    for row in order {
        let Some(labels) = esco.occupations[row]
            .labels
            .iter_mut()
            .find(|labels| labels.language == "en")
        else {
            continue;
        };
        let (alternatives, n) = (labels.alternatives.clone(), labels.alternatives.len());
        let others = |of: &str| {
            alternatives
                .iter()
                .chain([&labels.preferred])
                .filter(|other| *other != of)
                .any(|other| folded(other) == folded(of))
        };
        let free: Vec<&String> = alternatives.iter().filter(|label| !others(label)).collect();
        if n >= 3 && !free.is_empty() && taken.len() < ADS {
            let label = free[chance(&labels.preferred, free.len())].clone();
            labels.alternatives.retain(|other| *other != label);
            taken.push((row, label));
        }
    }
    taken
}

fn ad(esco: &Esco, row: usize, label: &str, title: bool, bullets: bool) -> Ad {
    let occupation = &esco.occupations[row];
    let dress = ["", " (m/f/d)", " - full time", ", Rotterdam"][chance(label, 4)];
    let mut text = if title {
        format!("{label}{dress}\n")
    } else {
        "Join our team\n".to_owned()
    };
    if bullets {
        text.push_str("\nYour tasks\n");
        let mut skills: Vec<_> = occupation
            .essential
            .iter()
            .chain(&occupation.optional)
            .map(|skill| english(&esco.skills[skill.row()].labels))
            .collect();
        skills.sort_by_key(|labels| chance(&format!("{row} {}", labels.preferred), 1 << 20));
        for labels in skills.into_iter().take(BULLETS) {
            let name = labels
                .alternatives
                .get(chance(&labels.preferred, labels.alternatives.len().max(1)))
                .unwrap_or(&labels.preferred);
            writeln!(text, "- {name}").unwrap();
        }
    }
    Ad {
        occupation: row,
        text,
    }
}

fn measure<'a>(name: &str, catalogue: &Catalogue, ads: impl Iterator<Item = &'a Ad>) {
    let (mut n, mut first, mut five, mut silent, mut sure, mut sure_right) = (0, 0, 0, 0, 0, 0);
    for ad in ads {
        let text = AdText::new("ad", &ad.text, 1 << 16).unwrap();
        let demand = extract(catalogue, text, Options::default());
        let found = about(catalogue, &demand);
        let right = |at: usize| {
            found
                .get(at)
                .is_some_and(|about| about.occupation.row() == ad.occupation)
        };
        n += 1;
        first += usize::from(right(0));
        five += usize::from((0..5).any(right));
        silent += usize::from(found.is_empty());
        if found.first().is_some_and(|about| about.confidence >= 0.5) {
            sure += 1;
            sure_right += usize::from(right(0));
        }
    }
    let share = |part: usize, of: usize| format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64);
    println!(
        "| {name} ({n}) | {} | {} | {} | {} | {} | {} |",
        share(first, n),
        share(five, n),
        share(silent, n),
        share(first, n - silent),
        share(sure, n),
        share(sure_right, sure)
    );
}

/// Texts that are about no occupation.
fn silence(catalogue: &Catalogue) {
    let texts = [
        "About us\nWe are a family business with 40 years of history.",
        "Join our team\nWe offer a friendly atmosphere, fruit and a pension.",
        "Privacy notice\nWe store your data for six months.",
        "zzz",
        "Summer party\nBring your friends and enjoy music and food.",
    ];
    let said: BTreeMap<&str, usize> = texts
        .into_iter()
        .map(|text| {
            let ad = AdText::new("ad", text, 1 << 16).unwrap();
            (
                text.lines().next().unwrap_or_default(),
                about(catalogue, &extract(catalogue, ad, Options::default())).len(),
            )
        })
        .collect();
    println!("\ntexts about no occupation, and occupations named: {said:?}");
}

/// One line a candidate: number of the ad, whether it is the right occupation, the signals. The right one and the 30 that most speaks for.
fn features<'a>(catalogue: &Catalogue, ads: impl Iterator<Item = &'a Ad>) -> String {
    let mut lines = String::new();
    for (number, ad) in ads.enumerate() {
        let text = AdText::new("ad", &ad.text, 1 << 16).unwrap();
        let signals = signals(catalogue, &extract(catalogue, text, Options::default()));
        let mut rows: Vec<usize> = (0..signals.len()).collect();
        rows.sort_by(|a, b| {
            let rough =
                |row: &usize| signals[*row].words + signals[*row].meaning + signals[*row].skills;
            rough(b).total_cmp(&rough(a))
        });
        rows.truncate(30);
        if !rows.contains(&ad.occupation) {
            rows.push(ad.occupation);
        }
        for row in rows {
            let of = signals[row];
            writeln!(
                lines,
                "{number}\t{}\t{}\t{}\t{}",
                u8::from(row == ad.occupation),
                of.words,
                of.meaning,
                of.skills
            )
            .unwrap();
        }
    }
    lines
}
