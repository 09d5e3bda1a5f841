//! How near are skills that stand for each other, and how near are those that do not? Prints the tables behind the thresholds of `src/gap/coverage.rs`.
//!
//! `cargo run --release --example coverage`: ESCO 1.1.1 and the employment services' crosswalks in `../shared/data`; seed 7. See `docs/coverage.md`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "an example may stop with a message"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use skillgap_catalogue::Catalogue;
use skillgap_esco::report::ReadReport;
use skillgap_esco::text::words;
use skillgap_esco::{Esco, NodeId, SkillId};

/// Pairs of a kind that are looked at, at most.
const PAIRS_MAX: usize = 20_000;
/// Skills of which all neighbours are looked at.
const SAMPLE: usize = 3_000;
const BINS: [f32; 11] = [
    0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90,
];

/// What a pair of each kind is worth, by the numbers of `src/gap/coverage.rs`: between parent and child the mean of both directions; kinds that are not named are
/// worth nothing.
const WORTH: [(&str, f64); 5] = [
    ("one national skill, both exact", 0.9),
    ("one name for both", 0.9),
    ("parent and child", 0.65),
    ("essential for the other", 0.4),
    ("optional for the other", 0.3),
];

type Pairs = BTreeSet<(u32, u32)>;
type Kind = (&'static str, Pairs);

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        println!("../shared/data is absent: nothing to calibrate on");
        return;
    }
    let esco = skillgap_esco::package::read(
        &[data.join("esco/v1.1.1")],
        &mut ReadReport::default(),
        &|_| {},
    )
    .unwrap();
    let catalogue = Catalogue::in_memory(esco, Vec::new()).unwrap();
    let kinds = kinds(&catalogue, &data);
    let labels = catalogue.linker.labels();
    let similarity = |(a, b): (u32, u32)| labels.products_of_row(a as usize, &[b as usize])[0];
    println!("1. Similarity of the preferred labels, by kind of pair\n");
    let least = BINS[4..]
        .iter()
        .map(|bin| format!("≥ {bin:.2}"))
        .collect::<Vec<_>>()
        .join(" | ");
    println!(
        "| kind of pair | pairs | p10 | p25 | p50 | p75 | p90 | {least} |\n|---|---|{}",
        "---|".repeat(5 + BINS.len() - 4)
    );
    for (kind, pairs) in &kinds {
        row(
            kind,
            &thinned(pairs).map(similarity).collect::<Vec<_>>(),
            pairs.len(),
        );
    }
    bands(&catalogue, &kinds, &similarity);
    rates(&kinds);
}

fn row(kind: &str, similarities: &[f32], n_pairs: usize) {
    let mut sorted = similarities.to_vec();
    sorted.sort_by(f32::total_cmp);
    let at = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
    let percentiles = [10, 25, 50, 75, 90]
        .map(|percent| format!("{:.2}", at(percent)))
        .join(" | ");
    let share = |least: f32| {
        format!(
            "{:.1} %",
            100.0 * sorted.iter().filter(|value| **value >= least).count() as f64
                / sorted.len() as f64
        )
    };
    println!(
        "| {kind} | {n_pairs} | {percentiles} | {} |",
        BINS[4..]
            .iter()
            .map(|bin| share(*bin))
            .collect::<Vec<_>>()
            .join(" | ")
    );
}

/// Every so many of the pairs, so that at most [`PAIRS_MAX`] are left.
fn thinned(pairs: &Pairs) -> impl Iterator<Item = (u32, u32)> {
    pairs
        .iter()
        .copied()
        .step_by(pairs.len().div_ceil(PAIRS_MAX).max(1))
}

/// What the pairs in each band of similarity are to each other, over all neighbours of a sample of skills, and the coverage that this amounts to.
fn bands(catalogue: &Catalogue, kinds: &[Kind], similarity: &dyn Fn((u32, u32)) -> f32) {
    let n = catalogue.esco.skills.len() as u32;
    let mut counts: BTreeMap<usize, BTreeMap<&str, usize>> = BTreeMap::new();
    let sample: Vec<u32> = (0..n).step_by((n as usize).div_ceil(SAMPLE)).collect();
    for a in &sample {
        for b in (0..n).filter(|b| b != a) {
            let value = similarity((*a, b));
            let Some(bin) = BINS.iter().rposition(|least| value >= *least) else {
                continue;
            };
            let pair = (*a.min(&b), *a.max(&b));
            let kind = kinds
                .iter()
                .find(|(kind, pairs)| *kind != "random" && pairs.contains(&pair));
            *counts
                .entry(bin)
                .or_default()
                .entry(kind.map_or("none of these", |(kind, _)| kind))
                .or_default() += 1;
        }
    }
    println!(
        "\n2. All neighbours of {} skills: what the pairs of each band are to each other (the first kind that applies)\n",
        sample.len()
    );
    let names: Vec<&str> = kinds
        .iter()
        .map(|(kind, _)| *kind)
        .filter(|kind| *kind != "random")
        .chain(["none of these"])
        .collect();
    println!(
        "| from | pairs a skill | {} | coverage |\n|---|---|{}---|",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for (bin, of) in counts {
        let all: usize = of.values().sum();
        let share = |kind: &str| of.get(kind).copied().unwrap_or_default() as f64 / all as f64;
        let shares = names
            .iter()
            .map(|kind| format!("{:.1} %", 100.0 * share(kind)))
            .collect::<Vec<_>>()
            .join(" | ");
        let coverage: f64 = WORTH.iter().map(|(kind, worth)| share(kind) * worth).sum();
        println!(
            "| {:.2} | {:.2} | {shares} | {coverage:.2} |",
            BINS[bin],
            all as f64 / sample.len() as f64
        );
    }
}

/// How often employment services put the two skills of a pair at one national skill, by kind: an outside view of who stands for whom.
fn rates(kinds: &[Kind]) {
    let together: Pairs = kinds
        .iter()
        .filter(|(kind, _)| kind.starts_with("one national"))
        .flat_map(|(_, pairs)| pairs.iter().copied())
        .collect();
    let mapped: BTreeSet<u32> = together.iter().flat_map(|(a, b)| [*a, *b]).collect();
    println!(
        "\n3. Of pairs whose skills both stand at some national skill with another: how many stand at the same one\n"
    );
    println!("| kind of pair | pairs | at one national skill |\n|---|---|---|");
    for (kind, pairs) in kinds
        .iter()
        .filter(|(kind, _)| !kind.starts_with("one national"))
    {
        let both: Vec<&(u32, u32)> = pairs
            .iter()
            .filter(|(a, b)| mapped.contains(a) && mapped.contains(b))
            .collect();
        let same = both.iter().filter(|pair| together.contains(pair)).count();
        println!(
            "| {kind} | {} | {same} ({:.1} %) |",
            both.len(),
            100.0 * same as f64 / both.len().max(1) as f64
        );
    }
}

/// Pairs of each kind, the closest kinship first; a pair stands in every kind that applies.
fn kinds(catalogue: &Catalogue, data: &Path) -> Vec<Kind> {
    let (esco, graph) = (&catalogue.esco, &catalogue.graph);
    let n = esco.skills.len() as u32;
    let ordered = |a: SkillId, b: SkillId| (a.0.min(b.0), a.0.max(b.0));
    let children = |node: NodeId| {
        graph
            .narrower(node)
            .filter_map(|node| graph.as_skill(node))
            .collect::<Vec<_>>()
    };
    let parent: Pairs = esco
        .broader
        .iter()
        .filter_map(|(a, b)| Some(ordered(graph.as_skill(*a)?, graph.as_skill(*b)?)))
        .collect();
    let siblings: Pairs = (0..n)
        .flat_map(|row| pairs_of(&children(NodeId(row))))
        .collect();
    let groups = (n..n + esco.groups.len() as u32).map(NodeId);
    let same_group: Pairs = groups
        .map(children)
        .filter(|skills| skills.len() <= 200)
        .flat_map(|skills| pairs_of(&skills))
        .collect();
    let essential = esco
        .essential
        .iter()
        .map(|(a, b)| ordered(*a, *b))
        .collect();
    let optional = esco.optional.iter().map(|(a, b)| ordered(*a, *b)).collect();
    let together: Pairs = esco
        .occupations
        .iter()
        .flat_map(|occupation| pairs_of(&occupation.essential))
        .collect();
    let random: Pairs = (0..PAIRS_MAX as u64)
        .map(|at| (hash(at, n), hash(at + (1 << 32), n)))
        .map(|(a, b)| (a.min(b), a.max(b)))
        .filter(|(a, b)| a != b)
        .collect();
    let (exact, close) = crosswalk(esco, &data.join("linking/national_skill_crosswalk_dev.tsv"));
    vec![
        ("one national skill, both exact", exact),
        ("one name for both", shared_names(esco)),
        ("parent and child", parent),
        ("one national skill of two, close", close),
        ("siblings below a skill", siblings),
        ("essential for the other", essential),
        ("optional for the other", optional),
        ("siblings in a group", same_group),
        ("essential for one occupation", together),
        ("random", random),
    ]
}

fn hash(at: u64, n: u32) -> u32 {
    (skillgap_esco::text::stable_hash(at.to_le_bytes().into_iter().chain([7])) % u64::from(n))
        as u32
}

fn pairs_of(skills: &[SkillId]) -> Vec<(u32, u32)> {
    let pairs = skills
        .iter()
        .flat_map(|a| skills.iter().map(move |b| (a.0, b.0)));
    pairs.filter(|(a, b)| a < b).collect()
}

/// Skills that share a name: an alternative label of one is a label of the other.
fn shared_names(esco: &Esco) -> Pairs {
    let mut by_name: BTreeMap<Vec<String>, Vec<SkillId>> = BTreeMap::new();
    for (row, skill) in esco.skills.iter().enumerate() {
        for labels in skill.labels.iter().filter(|labels| labels.language == "en") {
            for name in labels.alternatives.iter().chain([&labels.preferred]) {
                by_name
                    .entry(words(name).into_iter().map(|word| word.folded).collect())
                    .or_default()
                    .push(SkillId(row as u32));
            }
        }
    }
    by_name
        .values()
        .flat_map(|skills| pairs_of(skills))
        .collect()
}

/// Skills that an employment service maps to one national skill: all of them exactly; and where there are just two of them, not both exactly.
fn crosswalk(esco: &Esco, path: &PathBuf) -> (Pairs, Pairs) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut national: BTreeMap<(&str, &str), Vec<(SkillId, bool)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if let Some(skill) = esco.skill_by_uri(cells[4]) {
            national
                .entry((cells[1], cells[2]))
                .or_default()
                .push((skill, cells[3] == "exactMatch"));
        }
    }
    let (mut exact, mut close) = (Pairs::new(), Pairs::new());
    for skills in national.values() {
        let exactly: Vec<SkillId> = skills
            .iter()
            .filter(|(_, exact)| *exact)
            .map(|(skill, _)| *skill)
            .collect();
        exact.extend(pairs_of(&exactly));
        if skills.len() == 2 && exactly.len() < 2 {
            close.extend(pairs_of(
                &skills.iter().map(|(skill, _)| *skill).collect::<Vec<_>>(),
            ));
        }
    }
    (exact, close)
}
