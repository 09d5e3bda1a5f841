//! What do the benches run on? Catalogues made from real outcome texts with a fixed seed, real ads, and a clock that sorts.
//!
//! Reads `../shared/data` where it is there; else starter data, and says so.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "each bench uses a part; a bench may stop with a message"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::starter_esco;
use skillgap_credentials::credential::{
    Access, Credential, DeliveryMode, LanguageLevel, Money, Outcome, Quality, Signal, TrustSignal,
    Workload, text_in, texts,
};
use skillgap_esco::report::ReadReport;
use skillgap_esco::{Esco, SkillId};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bytes of an ad in the benches, as in the targets.
pub const AD_BYTES: usize = 2_500;
/// Held skills in the benches.
pub const HELD: usize = 20;

/// Where the shared data are, if they are there.
pub fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data")
}

/// A small generator of random numbers that is the same everywhere (SplitMix64).
pub struct Random(pub u64);

impl Random {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    /// One of `items`.
    pub fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// The paths of the official ESCO 1.1.1 packages, if they are there.
pub fn esco_packages() -> Option<Vec<PathBuf>> {
    let folder = shared().join("esco/v1.1.1");
    folder.is_dir().then(|| vec![folder])
}

/// ESCO 1.1.1 with relations, else the starter excerpt.
pub fn esco() -> Esco {
    match esco_packages() {
        Some(paths) => {
            skillgap_esco::package::read(&paths, &mut ReadReport::default(), &|_| {}).unwrap()
        }
        None => {
            println!(
                "../shared/data is absent: starter data, figures are not those of docs/measured.md"
            );
            starter_esco().unwrap()
        }
    }
}

fn json_lines(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(shared().join(path)).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Real sentences that say what a lesson or a module teaches.
fn outcome_texts() -> Vec<String> {
    let strings = |value: &Value| {
        value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let mut texts: Vec<String> = json_lines("catalogue/carpentries_episodes.jsonl")
        .iter()
        .flat_map(|episode| strings(&episode["objectives"]))
        .collect();
    for course in json_lines("catalogue/university_courses.jsonl") {
        let outcomes = course["learning_outcomes"].as_str().unwrap_or_default();
        texts.extend(
            outcomes
                .split(['\n', '.', ';', '•'])
                .map(|text| text.trim().to_owned())
                .filter(|text| (20..300).contains(&text.len())),
        );
    }
    if texts.is_empty() {
        texts = skillgap_catalogue::starter_credentials()
            .unwrap()
            .into_iter()
            .flat_map(|credential| credential.outcomes)
            .flat_map(|outcome| outcome.text.into_values())
            .collect();
    }
    texts.sort();
    texts.dedup();
    texts
}

/// `n` credentials of three to six real outcomes each, with random facts; a third of the facts is not stated. Seed 7.
pub fn credentials(n: usize) -> Vec<Credential> {
    let (known, mut random) = (outcome_texts(), Random(7));
    let text = |text: &str| texts([("en", text)]);
    (0..n)
        .map(|at| {
            let outcomes: Vec<Outcome> = (0..3 + random.below(4))
                .map(|_| Outcome {
                    text: text(random.of(&known).as_str()),
                    ..Outcome::default()
                })
                .collect();
            let mut stated = || random.below(3) > 0;
            let [hours, cost, country, language, mode, level] = std::array::from_fn(|_| stated());
            Credential {
                id: format!("c{at:06}"),
                title: text(
                    &text_in(&outcomes[0].text, "en")
                        .chars()
                        .take(60)
                        .collect::<String>(),
                ),
                workload: hours.then(|| Workload {
                    hours: Some((5 + random.below(200)) as f64),
                    ..Workload::default()
                }),
                cost: cost.then(|| Money {
                    amount: (random.below(20) * 50) as f64,
                    currency: (*random.of(&["EUR", "EUR", "EUR", "DKK"])).into(),
                }),
                access: Some(Access {
                    countries: if country {
                        vec![(*random.of(&["DE", "FR", "NL", "SE", "*"])).into()]
                    } else {
                        Vec::new()
                    },
                    languages: if language {
                        vec![LanguageLevel {
                            language_code: (*random.of(&["en", "de", "fr"])).into(),
                            ..LanguageLevel::default()
                        }]
                    } else {
                        Vec::new()
                    },
                    mode: if mode {
                        (*random.of(&DeliveryMode::ALL)).into()
                    } else {
                        0
                    },
                    ..Access::default()
                }),
                eqf_level: level.then(|| 1 + random.below(8) as u32),
                quality: Some(Quality {
                    trust_signals: Signal::ALL
                        .into_iter()
                        .filter(|_| random.below(3) == 0)
                        .map(|signal| TrustSignal::of(signal, true, "bench"))
                        .collect(),
                    ..Quality::default()
                }),
                outcomes,
                ..Credential::default()
            }
        })
        .collect()
}

/// `n` ads of about [`AD_BYTES`] bytes, put together from the statements of real posts.
pub fn ads(n: usize) -> Vec<String> {
    let posts = json_lines("demand/usajobs_questionnaires.jsonl");
    let demo = include_str!("../../index/starter/demo/ad.txt");
    let mut ads: Vec<String> = vec![demo.to_owned()];
    for post in &posts {
        let mut ad = format!(
            "{}\n\nDuties and requirements\n",
            post["title"].as_str().unwrap_or_default()
        );
        for statement in post["statements"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if ad.len() + statement.len() > AD_BYTES {
                break;
            }
            ad.push_str(&format!("- {statement}\n"));
        }
        if ad.len() > AD_BYTES * 4 / 5 {
            ads.push(ad);
        }
    }
    ads.iter().cycle().take(n).cloned().collect()
}

/// [`HELD`] random skills.
pub fn held(catalogue: &Catalogue, seed: u64) -> Vec<SkillId> {
    let mut random = Random(seed);
    (0..HELD)
        .map(|_| SkillId(random.below(catalogue.esco.skills.len()) as u32))
        .collect()
}

/// Runs `work` for each item and returns the sorted durations.
pub fn timed<T>(items: &[T], mut work: impl FnMut(&T)) -> Vec<Duration> {
    let mut times: Vec<Duration> = items
        .iter()
        .map(|item| {
            let started = Instant::now();
            work(item);
            started.elapsed()
        })
        .collect();
    times.sort();
    times
}

/// The value below which `percent` of sorted durations lie, in milliseconds.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted
        .get(at)
        .map_or(0.0, |duration| duration.as_secs_f64() * 1e3)
}

/// Resident memory now and at its highest, in MiB, where the system says so.
pub fn memory_mib() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
            .unwrap_or_default()
            / 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Runs on a thread of the global pool and waits for it.
pub fn on_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::scope(|_| work())
}
