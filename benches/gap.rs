//! How long do AnalyseGap, for skills and for an occupation, and SuggestOccupations take?
//!
//! `cargo bench --bench gap [-- N…]`: full ESCO 1.1.1, catalogues of N credentials (1,000 and 10,000 unless given), 20 to 150 held skills, seed 7. "Cold" is the
//! first time that a skill is asked for. Prints medians and 99th percentiles of the engine, without the wire.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may stop with a message"
)]

mod support;

use std::time::{Duration, Instant};

use skillgap::Limits;
use skillgap::demand::Demanded;
use skillgap::engine::{FindReachable, Target, Watch, analyse, reachable};
use skillgap::gap::ProfileParts;
use skillgap::occupations::Wanted;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, build, open};
use skillgap_esco::{OccupationId, SkillId};
use support::{Random, credentials, esco, percentile, timed};

const REQUESTS: usize = 500;

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![1_000, 10_000]
    } else {
        sizes
    };
    for (at, size) in sizes.iter().enumerate() {
        println!("\n{size} credentials");
        let directory = tempfile::tempdir().unwrap();
        build(directory.path(), esco(), credentials(*size), &|_, _, _| {}).unwrap();
        let catalogue = open(directory.path()).unwrap();
        if at == 0 {
            gaps(&catalogue);
        }
        occupations(&catalogue, "cold");
        let started = Instant::now();
        catalogue.linker.find_all_neighbours();
        println!(
            "  all neighbours found in {:.0} ms",
            started.elapsed().as_secs_f64() * 1e3
        );
        occupations(&catalogue, "warm");
    }
}

fn print(name: &str, times: &[Duration]) {
    println!(
        "  {name:<58} p50 {:6.2} ms  p99 {:6.2} ms",
        percentile(times, 50),
        percentile(times, 99)
    );
}

/// So many different skills, as a person would hold them: those of a few occupations.
fn skills(catalogue: &Catalogue, random: &mut Random, n: usize) -> Vec<SkillId> {
    let mut held = Vec::new();
    while held.len() < n {
        let occupation =
            &catalogue.esco.occupations[random.below(catalogue.esco.occupations.len())];
        held.extend(
            occupation
                .essential
                .iter()
                .filter(|skill| !held.contains(*skill))
                .copied()
                .collect::<Vec<_>>(),
        );
    }
    held.truncate(n);
    held
}

fn holding(skills: &[SkillId]) -> ProfileParts<'static> {
    ProfileParts {
        skills: skills.iter().map(|skill| (*skill, None)).collect(),
        ..ProfileParts::default()
    }
}

fn gaps(catalogue: &Catalogue) {
    let mut random = Random(7);
    let limits = Limits::default();
    let n_occupations = catalogue.esco.occupations.len();
    let of_occupation: Vec<(Target<'_>, ProfileParts<'_>)> = (0..REQUESTS)
        .map(|_| {
            (
                Target::Occupation(OccupationId(random.below(n_occupations) as u32)),
                holding(&skills(catalogue, &mut random, 20)),
            )
        })
        .collect();
    let of_skills: Vec<(Target<'_>, ProfileParts<'_>)> = (0..REQUESTS)
        .map(|_| {
            let target = skills(catalogue, &mut random, 40)
                .into_iter()
                .map(Demanded::essential)
                .collect();
            (
                Target::Skills(target),
                holding(&skills(catalogue, &mut random, 20)),
            )
        })
        .collect();
    let run = |request: &(Target<'_>, ProfileParts<'_>)| {
        analyse(
            catalogue,
            &request.0,
            &request.1,
            &limits,
            &Watch::unlimited(),
        )
        .unwrap();
    };
    print(
        "AnalyseGap, an occupation, 20 held",
        &timed(&of_occupation, run),
    );
    print("AnalyseGap, 40 skills, 20 held", &timed(&of_skills, run));
}

fn occupations(catalogue: &Catalogue, state: &str) {
    for n in [20, 50, 100, 150] {
        let mut random = Random(7 + n as u64);
        let requests: Vec<FindReachable<'_>> = (0..REQUESTS / 2)
            .map(|_| FindReachable {
                profile: holding(&skills(catalogue, &mut random, n)),
                wanted: Wanted::default(),
                filter: Filter::default(),
                offset: 0,
                top_k: 10,
            })
            .collect();
        let times = timed(&requests, |request| {
            reachable(catalogue, request, &Watch::unlimited()).unwrap();
        });
        print(
            &format!("SuggestOccupations, {n} held, ten shown, {state}"),
            &times,
        );
    }
}
