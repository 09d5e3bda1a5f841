//! `cargo run -p skillgap-eval --example occupation_features -- DATA CORPUS OUT`: what speaks for each occupation in the made ads and CVs of the corpus, for
//! `index/encoder/occupations.py`, which fits the weights of `src/demand/about.rs` and `src/gap/past_jobs.rs`. DATA is the folder of the development data (ESCO
//! and labels), CORPUS `index/encoder/corpus`.
//!
//! Writes for ads and for past jobs `OUT-ads.jsonl`, a line a text, with `OUT-ads.f32`, `[n_texts, n_occupations, n_features]`; and `OUT-names.jsonl`, a line for all
//! words of a CV that may name a job.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "an example may stop with a message"
)]

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use skillgap::demand::{AdText, signals};
use skillgap::gap::job_names;
use skillgap_catalogue::Catalogue;
use skillgap_eval::{cvs, occupations, read_esco};
use skillgap_linker::reading::Author;

struct Out {
    lines: BufWriter<File>,
    features: BufWriter<File>,
}

impl Out {
    fn new(out: &Path, name: &str) -> Self {
        let create = |ending: &str| {
            BufWriter::new(File::create(format!("{}-{name}.{ending}", out.display())).unwrap())
        };
        Self {
            lines: create("jsonl"),
            features: create("f32"),
        }
    }

    fn write(&mut self, line: &serde_json::Value, features: impl Iterator<Item = f32>) {
        writeln!(self.lines, "{line}").unwrap();
        features.for_each(|feature| self.features.write_all(&feature.to_le_bytes()).unwrap());
    }
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut argument = || {
        arguments
            .next()
            .expect("usage: occupation_features DATA CORPUS OUT")
    };
    let (data, corpus, out) = (argument(), argument(), argument());
    let catalogue =
        Catalogue::in_memory(read_esco(&data, "v1.1.1", true).unwrap(), Vec::new()).unwrap();
    let groups: Vec<&str> = catalogue
        .esco
        .occupations
        .iter()
        .map(|occupation| occupation.isco_group.as_str())
        .collect();
    let row = |uri: &String| {
        catalogue
            .esco
            .occupations
            .iter()
            .position(|occupation| occupation.uri == *uri)
    };
    let rows = |uris: &[String]| uris.iter().filter_map(row).collect::<Vec<_>>();

    let mut ads = Out::new(&out, "ads");
    for posting in occupations::made(&corpus.join("ads.jsonl")).unwrap() {
        let demand = occupations::read(&catalogue, &posting);
        let skills: Vec<_> = demand
            .skills
            .iter()
            .map(|demanded| (demanded.skill, demanded.confidence))
            .collect();
        let signals = signals(&catalogue, &demand.job, Some(&posting.language), &skills);
        let line = json!({"id": posting.id, "lang": posting.language, "set": posting.set, "isco": posting.groups, "right": rows(&posting.uris)});
        ads.write(
            &line,
            signals.into_iter().flat_map(|signals| {
                signals
                    .text
                    .features()
                    .into_iter()
                    .chain([signals.skills as f32])
            }),
        );
    }
    ads.write(&json!({"groups": groups}), std::iter::empty());

    let mut jobs = Out::new(&out, "jobs");
    let mut names = BufWriter::new(File::create(format!("{}-names.jsonl", out.display())).unwrap());
    for cv in cvs::made(&corpus.join("cvs.jsonl")).unwrap() {
        let text = AdText::new("text", &cv.text, 1 << 16).unwrap();
        let reading = text.read(Author::Person, Some(&cv.language));
        let mut known = Vec::new();
        for name in job_names(&catalogue, &reading) {
            let span = name.span();
            let job = cv.jobs.iter().position(|job| {
                job.places
                    .iter()
                    .any(|place| place.start < span.end && span.start < place.end)
            });
            let line = json!({"id": cv.id, "lang": cv.language, "set": cv.set, "right": job.is_some(), "features": name.features()});
            writeln!(names, "{line}").unwrap();
            let Some(job) = job.filter(|job| !known.contains(job)) else {
                continue;
            };
            known.push(job);
            let evidence = catalogue
                .linker
                .titles(&catalogue.esco)
                .evidence(&name.job_text(), Some(&cv.language));
            let line = json!({"id": cv.id, "lang": cv.language, "set": cv.set, "isco": cv.jobs[job].groups, "right": rows(&cv.jobs[job].uris)});
            jobs.write(
                &line,
                evidence
                    .into_iter()
                    .flat_map(|evidence| evidence.features()),
            );
        }
    }
    jobs.write(&json!({"groups": groups}), std::iter::empty());
}
