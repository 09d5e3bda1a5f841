//! How long do building, opening, linking and recommending take, and with how much memory?
//!
//! `cargo bench --bench pipeline [-- N…]`: full ESCO 1.1.1, catalogues of N credentials (1,000, 10,000 and 100,000 unless given), ads of 2.5 KB
//! from real posts, 20 held skills, seed 7. Prints medians and 99th percentiles, and the share of each stage. `-- 1000000` takes some 8 GB and minutes.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may stop with a message"
)]

mod support;

use std::time::{Duration, Instant};

use skillgap::Limits;
use skillgap::demand::{AdText, Options};
use skillgap::engine::{Recommend, Target, Watch, recommend};
use skillgap::gap::ProfileParts;
use skillgap::pathway::Budgets;
use skillgap::rank::{Persona, Weights};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, build, open, starter};
use skillgap_credentials::credential::Money;
use skillgap_linker::Query;
use support::{ads, credentials, esco, held, memory_mib, on_pool, percentile, timed};

/// Requests a size, after as many warm-up requests as there are ads in a tenth of it.
const REQUESTS: usize = 400;

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![1_000, 10_000, 100_000]
    } else {
        sizes
    };
    open_starter();
    for size in sizes {
        println!("\n{size} credentials");
        let directory = tempfile::tempdir().unwrap();
        build_in(directory.path(), size);
        let started = Instant::now();
        let catalogue = open(directory.path()).unwrap();
        println!(
            "  verified and opened in {:.0} ms, memory {} MiB",
            started.elapsed().as_secs_f64() * 1e3,
            memory_mib().0
        );
        requests(&catalogue);
        println!(
            "  memory after the requests {} MiB, at most {} MiB with building",
            memory_mib().0,
            memory_mib().1
        );
    }
}

fn open_starter() {
    let times = timed(&[(); 5], |()| {
        starter().unwrap();
    });
    println!(
        "starter data built in memory and opened in {:.0} ms (median of 5)",
        percentile(&times, 50)
    );
}

fn build_in(directory: &std::path::Path, size: usize) {
    let started = Instant::now();
    let esco = esco();
    let read = started.elapsed();
    let credentials = credentials(size);
    let started = Instant::now();
    build(directory, esco, credentials, &|_, _, _| {}).unwrap();
    println!(
        "  ESCO read in {:.1} s, everything linked, indexed and written in {:.1} s",
        read.as_secs_f64(),
        started.elapsed().as_secs_f64()
    );
}

fn requests(catalogue: &Catalogue) {
    let (limits, ads) = (Limits::default(), ads(REQUESTS));
    let ads: Vec<&'static str> = ads.into_iter().map(|ad| &*ad.leak()).collect();
    let held = held(catalogue, 7);
    let prepared = |ad: &'static str, pathway: Option<Budgets>| {
        let ad = AdText::new("ad", ad, limits.ad_bytes_max).unwrap();
        Recommend {
            target: Target::Ad(ad, Options::default()),
            profile: ProfileParts {
                skills: held.iter().map(|skill| (*skill, None)).collect(),
                ..ProfileParts::default()
            },
            filter: Filter::default(),
            persona: Persona::Unemployed,
            weights: Weights::of(Persona::Unemployed),
            pathway,
            alternatives: false,
            after: None,
            top_k: 10,
            usefulness_min: 0.0,
            questions: 0,
        }
    };
    // On a thread of the pool, as the service has it; from outside, each part that runs side by side would wait for the pool to wake.
    let request = |ad: &'static str, pathway: Option<Budgets>| -> usize {
        on_pool(|| {
            recommend(
                catalogue,
                &prepared(ad, pathway),
                &limits,
                &Watch::unlimited(),
            )
            .unwrap()
            .n_candidates
        })
    };
    for ad in &ads[..REQUESTS / 10] {
        request(ad, None);
    }
    let mut candidates = 0;
    let print = |name: &str, times: &[Duration]| {
        println!(
            "  {name:<34} p50 {:6.2} ms  p99 {:6.2} ms",
            percentile(times, 50),
            percentile(times, 99)
        )
    };
    print(
        "RecommendCredentials",
        &timed(&ads, |ad| candidates += request(ad, None)),
    );
    println!("    {} candidates a request", candidates / ads.len());
    print(
        "RecommendCredentials with pathway",
        &timed(&ads, |ad| {
            candidates += request(
                ad,
                Some(Budgets {
                    count_max: 5,
                    ..Budgets::default()
                }),
            )
        }),
    );
    let with_pathway: Vec<_> = ads
        .iter()
        .map(|ad| {
            prepared(
                ad,
                Some(Budgets {
                    count_max: 5,
                    ..Budgets::default()
                }),
            )
        })
        .collect();
    stages(catalogue, &with_pathway, &limits);
    let tight = Budgets {
        count_max: 5,
        hours_max: Some(150.0),
        cost_max: Some(Money {
            amount: 600.0,
            currency: "EUR".to_owned(),
        }),
    };
    let budgeted = |ad| {
        let filter = Filter {
            hours_max: tight.hours_max,
            cost_max: tight.cost_max.clone(),
            ..Filter::default()
        };
        Recommend {
            filter,
            ..prepared(ad, Some(tight.clone()))
        }
    };
    let with_budgets: Vec<_> = ads.iter().map(|ad| budgeted(ad)).collect();
    println!("    within 150 hours and 600 euro:");
    stages(catalogue, &with_budgets, &limits);
    let sentences: Vec<&str> = ads
        .iter()
        .flat_map(|ad| ad.lines())
        .filter(|line| line.len() > 20)
        .take(2_000)
        .collect();
    let queries: Vec<Query<'_>> = sentences
        .iter()
        .map(|text| Query {
            text,
            language: Some("en"),
        })
        .collect();
    let started = Instant::now();
    catalogue.linker.link_all(&queries, 50);
    println!(
        "  link, top 50: {:.0} sentences a second",
        queries.len() as f64 / started.elapsed().as_secs_f64()
    );
}

/// Where the time of a request with a pathway goes: median and 99th percentile of each stage, and its share of all time.
fn stages(catalogue: &Catalogue, requests: &[Recommend<'_>], limits: &Limits) {
    let (mut stages, mut after_demand): (Vec<(&'static str, Vec<Duration>)>, Vec<Duration>) =
        Default::default();
    for request in requests {
        let watch = Watch::unlimited();
        on_pool(|| recommend(catalogue, request, limits, &watch).unwrap());
        let times = watch.into_stages();
        after_demand.push(
            times
                .iter()
                .filter(|(stage, _)| *stage != "demand")
                .map(|(_, time)| *time)
                .sum::<Duration>(),
        );
        for (stage, time) in times {
            match stages.iter_mut().find(|(name, _)| *name == stage) {
                Some((_, times)) => times.push(time),
                None => stages.push((stage, vec![time])),
            }
        }
    }
    after_demand.sort();
    println!(
        "    all but demand    p50 {:6.2} ms  p99 {:6.2} ms",
        percentile(&after_demand, 50),
        percentile(&after_demand, 99)
    );
    let all: f64 = stages
        .iter()
        .flat_map(|(_, times)| times)
        .map(Duration::as_secs_f64)
        .sum();
    for (stage, mut times) in stages {
        let share = 100.0 * times.iter().map(Duration::as_secs_f64).sum::<f64>() / all;
        times.sort();
        println!(
            "    {stage:<10} {share:4.0} %  p50 {:6.2} ms  p99 {:6.2} ms",
            percentile(&times, 50),
            percentile(&times, 99)
        );
    }
}
