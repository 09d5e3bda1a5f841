//! Do skill names of national employment services find the ESCO skill that the services themselves map them to?

use std::fmt;

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;
use skillgap_linker::Query;

use super::measures::{Mean, hit, mean};
use super::sets::NationalName;

/// Figures of one language.
#[derive(Clone, Debug)]
pub struct Row {
    language: String,
    n: usize,
    /// hit@1 and hit@10 of the names whose skills the training left out.
    pub held_out: [Mean; 2],
    n_all: usize,
    all: [Mean; 2],
}

/// Figures of all languages.
pub struct Table(pub Vec<Row>);

/// Links all names, each with its language given.
pub fn measure(catalogue: &Catalogue, names: &[NationalName]) -> Table {
    let mut languages: Vec<&str> = names.iter().map(|name| name.language.as_str()).collect();
    languages.dedup();
    let row = |language: &&str| {
        let names: Vec<&NationalName> = names
            .iter()
            .filter(|name| name.language == *language)
            .collect();
        let hits = |name: &&NationalName| {
            let linked = catalogue.linker.link(
                Query {
                    text: &name.name,
                    language: Some(language),
                },
                10,
            );
            (
                name.is_held_out(),
                linked
                    .iter()
                    .map(|linked| name.uris.contains(catalogue.skill_uri(linked.skill)))
                    .collect(),
            )
        };
        let hits: Vec<(bool, Vec<bool>)> = names.par_iter().map(hits).collect();
        let at = |k: usize, only_held_out: bool| {
            mean(
                &hits
                    .iter()
                    .filter(|(held_out, _)| *held_out || !only_held_out)
                    .map(|(_, hits)| hit(hits, k))
                    .collect::<Vec<_>>(),
            )
        };
        Row {
            language: (*language).to_owned(),
            n: hits.iter().filter(|(held_out, _)| *held_out).count(),
            held_out: [1, 10].map(|k| at(k, true)),
            n_all: hits.len(),
            all: [1, 10].map(|k| at(k, false)),
        }
    };
    Table(languages.iter().map(row).collect())
}

impl Table {
    /// Mean over languages of hit@1 and hit@10 of the names whose skills the training left out.
    pub fn mean(&self) -> [f64; 2] {
        [0, 1].map(|at| {
            self.0.iter().map(|row| row.held_out[at].value).sum::<f64>()
                / self.0.len().max(1) as f64
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| language | names held out | hit@1 | hit@10 | all names, three quarters of them seen in training | hit@1 | hit@10 |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for row in &self.0 {
            let ([at_1, at_10], [all_1, all_10]) = (row.held_out, row.all);
            writeln!(
                f,
                "| {} | {} | {at_1} | {at_10} | {} | {all_1} | {all_10} |",
                row.language, row.n, row.n_all
            )?;
        }
        let [at_1, at_10] = self.mean();
        writeln!(
            f,
            "\nMean of the languages, held out: hit@1 {at_1:.1}, hit@10 {at_10:.1}."
        )
    }
}
