//! A made feed with planted copies: moved, shortened, of another source, by an agency, reposted; beside jobs that only look alike.

use std::collections::HashMap;

use super::Random;
use crate::posting::{Place, Posting};
use crate::{Added, Signature, Store, Understood};

const TASKS: [&str; 12] = [
    "take", "check", "plan", "write", "repair", "clean", "sell", "count", "move", "build", "test",
    "teach",
];
const THINGS: [&str; 24] = [
    "blood samples",
    "invoices",
    "machines",
    "reports",
    "rooms",
    "windows",
    "goods",
    "parcels",
    "pumps",
    "tables",
    "courses",
    "cables",
    "orders",
    "plants",
    "engines",
    "patients",
    "contracts",
    "websites",
    "budgets",
    "schedules",
    "weld seams",
    "recipes",
    "vehicles",
    "menus",
];
const PLACES: [&str; 6] = ["DE211", "DE212", "DE300", "FR101", "SE110", "NL310"];
const TITLES: [&str; 8] = [
    "Nurse", "Cook", "Welder", "Clerk", "Driver", "Teacher", "Mechanic", "Gardener",
];

fn lines(random: &mut Random) -> Vec<String> {
    (0..14)
        .map(|_| {
            let (task, thing) = (TASKS[random.below(12)], THINGS[random.below(24)]);
            let (with, when) = (THINGS[random.below(24)], random.below(40));
            format!("You {task} {thing} with {with} at least {when} times a week for our customers")
        })
        .collect()
}

#[derive(Clone)]
struct Made {
    job: usize,
    posting: Posting,
    lines: Vec<String>,
}

fn job(random: &mut Random, job: usize) -> Made {
    let place = PLACES[random.below(6)];
    Made {
        job,
        posting: Posting {
            source: "board".to_owned(),
            id: format!("{job}"),
            title: TITLES[random.below(8)].to_owned(),
            employer: format!("Employer {}", random.below(400)),
            first_day: 19_800 + random.below(300) as i32,
            places: vec![Place {
                country: place[..2].to_owned(),
                nuts: place.to_owned(),
                codes: Vec::new(),
            }],
            ..Posting::default()
        },
        lines: lines(random),
    }
}

fn copy(random: &mut Random, of: &Made, id: usize) -> Made {
    let mut copy = of.clone();
    copy.posting.id = format!("copy {id}");
    copy.posting.first_day += random.below(50) as i32;
    match id % 5 {
        // Moved about.
        0 => copy.lines.rotate_left(5),
        // Shortened by two lines.
        1 => copy.lines.truncate(12),
        // By an agency, with a line of its own.
        2 => {
            copy.posting.employer = format!("Agency {}", random.below(10));
            copy.posting.is_agency = true;
            copy.lines.push(
                "We are one of the large agencies of the country and look after you".to_owned(),
            );
        }
        // Of another board, in capitals and with other words for the employer's name.
        3 => {
            copy.posting.source = "aggregator".to_owned();
            copy.lines
                .iter_mut()
                .for_each(|line| *line = line.to_uppercase());
            copy.posting.employer = copy.posting.employer.to_uppercase();
        }
        _ => copy.posting.title = copy.posting.title.to_lowercase(),
    }
    copy
}

/// What looks like a copy and is another job: another place, title, or employer, or most of the requirements.
fn other(random: &mut Random, of: &Made, id: usize, job: usize) -> Made {
    let mut other = of.clone();
    (other.job, other.posting.id) = (job, format!("other {id}"));
    match id % 4 {
        0 => {
            other.posting.places[0].nuts = PLACES
                .into_iter()
                .find(|place| *place != of.posting.places[0].nuts)
                .unwrap()
                .to_owned()
        }
        1 => other.posting.title = format!("{} trainer", other.posting.title),
        2 => other.posting.employer.push_str(" and sons"),
        _ => other.lines.splice(4.., lines(random)).for_each(drop),
    }
    other
}

#[test]
fn planted_copies_are_found_and_others_are_not() {
    let random = &mut Random(5);
    let mut feed: Vec<Made> = (0..3_000).map(|at| job(random, at)).collect();
    for id in 0..1_500 {
        let of = feed[random.below(3_000)].clone();
        feed.push(copy(random, &of, id));
        // Each of another job: two that look alike in the same way would be the same.
        let of = feed[2 * id].clone();
        feed.push(other(random, &of, id, 3_000 + id));
    }
    feed.sort_by_key(|made| made.posting.first_day);
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let (mut jobs_of, mut n_copies, mut found, mut right) =
        (HashMap::<usize, Vec<u32>>::new(), 0, 0, 0);
    for (at, made) in feed.iter().enumerate() {
        let understood = Understood {
            signature: Signature::of(made.lines.iter().map(String::as_str)),
            ..Understood::default()
        };
        let added = store.add(&made.posting, &understood);
        let copies = jobs_of.entry(made.job).or_default();
        n_copies += i32::from(!copies.is_empty());
        let at_job = store
            .job_of(&made.posting.source, &made.posting.id)
            .unwrap();
        if added == [Added::Copy] {
            found += 1;
            right += i32::from(copies.contains(&at_job));
        }
        copies.push(at_job);
        if at.is_multiple_of(1_000) {
            store.commit().unwrap();
        }
    }
    let counted = store.commit().unwrap();
    let (precision, recall) = (
        f64::from(right) / f64::from(found),
        f64::from(right) / f64::from(n_copies),
    );
    println!(
        "{} postings, {n_copies} copies, {found} found, precision {precision:.4}, recall {recall:.4}",
        feed.len()
    );
    assert!(precision >= 0.98 && recall >= 0.9);
    assert_eq!(counted.postings, feed.len() as u64);
    assert_eq!(counted.jobs, feed.len() as u64 - found as u64);
}

#[test]
fn the_same_posting_again_changes_nothing_and_over_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let made = job(&mut Random(1), 0);
    let understood = Understood {
        signature: Signature::of(made.lines.iter().map(String::as_str)),
        ..Understood::default()
    };
    let mut store = Store::open(folder.path()).unwrap();
    assert_eq!(store.add(&made.posting, &understood), [Added::New]);
    assert_eq!(store.add(&made.posting, &understood), [Added::Replaced]);
    let copy = copy(&mut Random(2), &made, 3);
    assert_eq!(store.add(&copy.posting, &understood), [Added::Copy]);
    store.commit().unwrap();
    drop(store);
    let mut store = Store::open(folder.path()).unwrap();
    assert_eq!(store.add(&copy.posting, &understood), [Added::Replaced]);
    assert_eq!(store.add(&made.posting, &understood), [Added::Replaced]);
    store.over("board", "0", made.posting.first_day + 9);
    store.over("nowhere", "0", 0);
    let two = Posting {
        id: "two".to_owned(),
        title: "Another".to_owned(),
        places: ["DE211", "SE110"]
            .map(|nuts| Place {
                nuts: nuts.to_owned(),
                ..Place::default()
            })
            .to_vec(),
        ..made.posting.clone()
    };
    assert_eq!(store.add(&two, &understood), [Added::New, Added::New]);
    let counted = store.commit().unwrap();
    assert_eq!((counted.jobs, counted.postings), (3, 4));
    assert_eq!(store.market().jobs()[0].sources.len(), 2);
}

/// Of real texts, with titles and employers, on one day and in one place.
#[test]
fn real_ads_of_different_titles_are_not_merged() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/demand/usajobs_questionnaires.jsonl"
    );
    let Ok(file) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let (mut titles, mut n_merged, mut n_different) = (HashMap::<u32, String>::new(), 0, 0);
    for line in file.lines() {
        let ad: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| ad[name].as_str().unwrap_or_default().to_owned();
        let posting = Posting {
            source: "usajobs".to_owned(),
            id: text("file"),
            title: text("title"),
            employer: text("agency"),
            first_day: 20_300,
            ..Posting::default()
        };
        let statements = ad["statements"].as_array().unwrap().iter();
        let understood = Understood {
            // As it was inferred: the same for all.
            isco: crate::IscoCode::parse("2422").map(|code| (code, 0.9)),
            signature: Signature::of(statements.filter_map(serde_json::Value::as_str)),
            ..Understood::default()
        };
        let is_copy = store.add(&posting, &understood) == [Added::Copy];
        let job = store.job_of("usajobs", &posting.id).unwrap();
        let title = titles.entry(job).or_insert_with(|| posting.title.clone());
        n_merged += i32::from(is_copy);
        n_different += i32::from(is_copy && title.to_lowercase() != posting.title.to_lowercase());
    }
    println!(
        "{} ads, {n_merged} merged, {n_different} of different titles",
        file.lines().count()
    );
    assert!(100 * n_different <= n_merged);
}
