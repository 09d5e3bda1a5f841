//! Are the skills that a sentence asks for found, and no others? Does a sentence that asks for nothing stay silent? Do probabilities mean what they say?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;

use super::label;
use super::linking::{Kin, rows_by_label};
use super::measures::{Bin, Mean, calibration_error, ratio, reliability};
use super::sets::Annotated;
use skillgap::demand::{AdText, Demand, Options, extract};

/// Thresholds that are compared beside the default.
const THRESHOLDS: [f64; 6] = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5];
/// Ends of the bins of the reliability plot.
const BIN_ENDS: [f64; 8] = [0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.65, 1.0];
/// Links below this probability are in no bin: there are thousands, nearly all of them wrong and known to be.
const BIN_START: f64 = 0.02;

/// Figures of one set at the default threshold.
#[derive(Clone, Debug)]
pub struct Row {
    name: String,
    n: usize,
    precision: Mean,
    recall: Mean,
    /// Micro-F1.
    pub f1: Mean,
}

/// All that is measured of extraction.
pub struct Table {
    /// One a set.
    pub rows: Vec<Row>,
    /// Sentences that ask for nothing but get a skill, in percent.
    pub silent: Mean,
    n_silent: usize,
    thresholds: Vec<(f64, f64, f64, f64, f64)>,
    bins: Vec<Bin>,
    wrong: BTreeMap<Kin, usize>,
    n_wrong: usize,
}

/// Reads every sentence as an ad of its own.
pub fn measure(catalogue: &Catalogue, sets: &[(&str, Annotated)], silent: &[String]) -> Table {
    let everything = Options {
        confidence_min: 0.0,
        ..Options::default()
    };
    let of_sets: Vec<Vec<(Demand, &BTreeSet<String>)>> = sets
        .iter()
        .map(|(_, annotated)| {
            annotated
                .par_iter()
                .map(|(sentence, gold)| (extracted(catalogue, sentence, everything), gold))
                .collect()
        })
        .collect();
    let of_silent: Vec<Demand> = silent
        .par_iter()
        .map(|sentence| extracted(catalogue, sentence, everything))
        .collect();
    let default = Options::default().confidence_min;
    let row = |(name, annotated): &(&str, Annotated)| {
        let as_served = |(sentence, gold): (&String, &BTreeSet<String>)| {
            Counts::of(
                catalogue,
                &extracted(catalogue, sentence, Options::default()),
                gold,
                default,
            )
        };
        let counts: Vec<Counts> = annotated.par_iter().map(as_served).collect();
        let share =
            |of: fn(&Counts) -> (f64, f64)| ratio(&counts.iter().map(of).collect::<Vec<_>>());
        Row {
            name: (*name).to_owned(),
            n: annotated.len(),
            precision: share(|counts| (counts.hits, counts.found)),
            recall: share(|counts| (counts.hits, counts.gold)),
            f1: share(|counts| (2.0 * counts.hits, counts.found + counts.gold)),
        }
    };
    let speaks = |threshold: f64| {
        move |demand: &Demand| {
            demand
                .skills
                .iter()
                .any(|skill| skill.confidence >= threshold)
        }
    };
    let at_threshold = |threshold: f64| {
        let counts = of_sets
            .iter()
            .flatten()
            .map(|(demand, gold)| Counts::of(catalogue, demand, gold, threshold))
            .fold(Counts::default(), Counts::add);
        let silent = of_silent
            .iter()
            .filter(|demand| speaks(threshold)(demand))
            .count() as f64
            / of_silent.len().max(1) as f64;
        let percent = |part: f64, whole: f64| 100.0 * part / whole.max(1.0);
        let f1 = percent(2.0 * counts.hits, counts.found + counts.gold);
        (
            threshold,
            percent(counts.hits, counts.found),
            percent(counts.hits, counts.gold),
            f1,
            100.0 * silent,
        )
    };
    let rows_of = rows_by_label(catalogue);
    let mut wrong: BTreeMap<Kin, usize> = BTreeMap::new();
    let mut links: Vec<(f64, bool)> = of_silent
        .iter()
        .flat_map(|demand| &demand.skills)
        .map(|skill| (skill.confidence, false))
        .collect();
    for (demand, gold) in of_sets.iter().flatten() {
        for skill in &demand.skills {
            let right = gold.contains(label(catalogue, skill.skill));
            links.push((skill.confidence, right));
            if !right && skill.confidence >= default {
                *wrong
                    .entry(Kin::of(catalogue, skill.skill, gold, &rows_of))
                    .or_default() += 1;
            }
        }
    }
    links.retain(|(confidence, _)| *confidence >= BIN_START);
    Table {
        rows: sets.iter().map(row).collect(),
        silent: ratio(
            &of_silent
                .iter()
                .map(|demand| (f64::from(u8::from(speaks(default)(demand))), 1.0))
                .collect::<Vec<_>>(),
        ),
        n_silent: of_silent.len(),
        thresholds: THRESHOLDS.map(at_threshold).to_vec(),
        bins: reliability(&links, &BIN_ENDS),
        n_wrong: wrong.values().sum(),
        wrong,
    }
}

fn extracted(catalogue: &Catalogue, sentence: &str, options: Options<'_>) -> Demand {
    AdText::new("ad", sentence, 1 << 16)
        .map(|ad| extract(catalogue, ad, options))
        .unwrap_or_default()
}

#[derive(Default)]
struct Counts {
    hits: f64,
    found: f64,
    gold: f64,
}

impl Counts {
    fn of(catalogue: &Catalogue, demand: &Demand, gold: &BTreeSet<String>, threshold: f64) -> Self {
        let found = demand
            .skills
            .iter()
            .filter(|skill| skill.confidence >= threshold);
        let found: BTreeSet<&str> = found.map(|skill| label(catalogue, skill.skill)).collect();
        let hits = found.iter().filter(|label| gold.contains(**label)).count();
        Self {
            hits: hits as f64,
            found: found.len() as f64,
            gold: gold.len() as f64,
        }
    }

    fn add(self, other: Self) -> Self {
        Self {
            hits: self.hits + other.hits,
            found: self.found + other.found,
            gold: self.gold + other.gold,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| set | sentences | precision | recall | micro-F1 |\n|---|---|---|---|---|"
        )?;
        for Row {
            name,
            n,
            precision,
            recall,
            f1,
        } in &self.rows
        {
            writeln!(f, "| {name} | {n} | {precision} | {recall} | {f1} |")?;
        }
        writeln!(
            f,
            "\nOf {} sentences that ask for nothing, {} % get a skill.\n",
            self.n_silent, self.silent
        )?;
        writeln!(
            f,
            "| threshold | precision | recall | micro-F1 | silent sentences with a skill |\n|---|---|---|---|---|"
        )?;
        for (threshold, precision, recall, f1, silent) in &self.thresholds {
            writeln!(
                f,
                "| {threshold:.2} | {precision:.1} | {recall:.1} | {f1:.1} | {silent:.1} % |"
            )?;
        }
        writeln!(
            f,
            "\n| probability | links | said | right | |\n|---|---|---|---|---|"
        )?;
        let mut start = BIN_START;
        for (bin, end) in self.bins.iter().zip(BIN_ENDS) {
            let share = |sum: f64| 100.0 * sum / bin.n.max(1) as f64;
            let bar = "█".repeat((share(bin.right) / 4.0).round() as usize);
            writeln!(
                f,
                "| {start:.2} to {end:.2} | {} | {:.0} % | {:.0} % | {bar} |",
                bin.n,
                share(bin.said),
                share(bin.right)
            )?;
            start = end;
        }
        writeln!(
            f,
            "\nExpected calibration error over these links: {:.1} points.",
            calibration_error(&self.bins)
        )?;
        writeln!(
            f,
            "\n{} links at the default threshold are not annotated. They are, to an annotated skill:\n\n| kind | links |\n|---|---|",
            self.n_wrong
        )?;
        Kin::ALL.iter().try_for_each(|(kin, name)| {
            writeln!(
                f,
                "| {name} | {} |",
                self.wrong.get(kin).copied().unwrap_or_default()
            )
        })
    }
}
