//! What of nothing at all, and of requests that are out of time?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use skillgap::Error;
use skillgap::api::present::{Presenter, Wishes};
use skillgap::demand::{AdText, Options};
use skillgap::engine::{Recommend, Recommended, Target, Watch, recommend};
use skillgap::gap::ProfileParts;
use skillgap::limits::Limits;
use skillgap::pathway::Budgets;
use skillgap::rank::{Persona, Weights};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::Filter;
use skillgap_esco::{Esco, OccupationId, SkillId};
use skillgap_linker::reading::n_readings;

use crate::world::{made, made_credentials, starter, words};

fn request<'a>(target: Target<'a>, profile: ProfileParts<'a>) -> Recommend<'a> {
    Recommend {
        target,
        profile,
        filter: Filter::default(),
        persona: Persona::Learner,
        weights: Weights::of(Persona::Learner),
        pathway: Some(Budgets {
            count_max: 3,
            ..Budgets::default()
        }),
        alternatives: false,
        after: None,
        top_k: 10,
        usefulness_min: 0.0,
        questions: 0,
    }
}

fn ad(text: &str) -> Target<'_> {
    Target::Ad(
        AdText::new("ad", text, 1 << 16).unwrap(),
        Options::default(),
    )
}

fn answer(catalogue: &Catalogue, request: &Recommend<'_>) -> Recommended {
    recommend(catalogue, request, &Limits::default(), &Watch::unlimited()).unwrap()
}

fn summary(catalogue: &Catalogue, answer: &Recommended) -> String {
    let planned = answer.planned.as_ref().unwrap();
    let wishes = Wishes {
        are_set: true,
        cost_max: None,
        rates: None,
    };
    let pathway = Presenter::of(catalogue, "en").pathway(answer, planned, wishes);
    // Where nothing is asked for, there is nothing to close.
    assert_eq!(pathway.closure.is_some(), answer.gap.readiness().is_some());
    assert_eq!(
        (pathway.hours, pathway.cost.is_some()),
        (
            pathway.hours.filter(|hours| *hours > 0.0),
            pathway.n_steps_without_cost < pathway.steps.len() as u32
        )
    );
    pathway.summary
}

#[test]
fn an_empty_catalogue_answers() {
    let empty = Catalogue::in_memory(Esco::default(), Vec::new()).unwrap();
    let answer = answer(
        &empty,
        &request(
            ad("Experience with SQL is required."),
            ProfileParts::default(),
        ),
    );
    assert_eq!(
        (
            answer.demand.skills.len(),
            answer.recommendations.len(),
            answer.gap.readiness()
        ),
        (0, 0, None)
    );
    assert_eq!(
        empty
            .credentials
            .search(&words("sql", &Filter::default(), 10))
            .unwrap()
            .total,
        0
    );
    assert_eq!(
        empty.concepts.search(&empty.esco, "sql", &[], 10).unwrap(),
        []
    );
}

#[test]
fn credentials_without_esco_and_esco_without_credentials_answer() {
    let no_esco = Catalogue::in_memory(Esco::default(), made_credentials()).unwrap();
    assert_eq!(
        answer(
            &no_esco,
            &request(ad("Java is required."), ProfileParts::default())
        )
        .recommendations
        .len(),
        0
    );
    let no_credentials = Catalogue::in_memory((*made().esco).clone(), Vec::new()).unwrap();
    let answer = answer(
        &no_credentials,
        &request(Target::Occupation(OccupationId(0)), ProfileParts::default()),
    );
    assert_eq!(
        (answer.gap.readiness(), answer.n_candidates),
        (Some(0.0), 0)
    );
    assert!(
        summary(made(), &answer).starts_with("No course in this catalogue"),
        "{}",
        summary(made(), &answer)
    );
}

#[test]
fn a_request_reads_the_ad_and_the_cv_once() {
    let cv = "I have welded pipes for four years. I have no forklift licence.";
    let parts = ProfileParts {
        text: Some(AdText::new("profile.text", cv, 1 << 16).unwrap()),
        ..ProfileParts::default()
    };
    // Readings are counted by thread, so that all of this request is to run on one.
    let one_thread = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let n_read = one_thread.install(|| {
        let before = n_readings();
        answer(made(), &request(ad("Welder\n\nRequirements\n- SQL"), parts));
        n_readings() - before
    });
    assert_eq!(n_read, 2);
}

#[test]
fn an_empty_demand_is_not_called_a_closed_gap() {
    let answer = answer(
        made(),
        &request(Target::Skills(Vec::new()), ProfileParts::default()),
    );
    assert_eq!(
        (
            answer.gap.items.len(),
            answer.gap.readiness(),
            answer.n_candidates
        ),
        (0, None, 0)
    );
    assert!(
        summary(made(), &answer).starts_with("We found no skill in what is asked for"),
        "{}",
        summary(made(), &answer)
    );
}

#[test]
fn an_empty_profile_holds_nothing() {
    let answer = answer(
        made(),
        &request(Target::Occupation(OccupationId(1)), ProfileParts::default()),
    );
    assert_eq!(
        (answer.gap.items.len(), answer.gap.readiness()),
        (10, Some(0.0))
    );
    assert!(
        answer.gap.items.iter().all(|item| item.nearest.is_none())
            && !answer.recommendations.is_empty()
    );
}

#[test]
fn a_profile_that_holds_all_leaves_no_gap() {
    let all = (0..made().esco.skills.len() as u32)
        .map(|row| (SkillId(row), None))
        .collect();
    let answer = answer(
        made(),
        &request(
            Target::Occupation(OccupationId(1)),
            ProfileParts {
                skills: all,
                ..ProfileParts::default()
            },
        ),
    );
    assert_eq!(answer.n_candidates, 0);
    assert!(
        answer
            .gap
            .readiness()
            .is_none_or(|readiness| readiness == 1.0)
    );
    assert!(
        summary(made(), &answer).starts_with("As far as we can see, nothing is missing")
            || answer.gap.items.is_empty()
                && summary(made(), &answer).starts_with("We found no skill in what is asked for"),
        "{}",
        summary(made(), &answer)
    );
}

#[test]
fn constraints_that_nothing_fulfils_say_so() {
    let mut request = request(Target::Occupation(OccupationId(1)), ProfileParts::default());
    request.filter = Filter {
        languages: vec!["zz".to_owned()],
        ..Filter::default()
    };
    let answer = answer(made(), &request);
    assert!(
        answer.n_candidates == 0 && summary(made(), &answer).contains("wishes"),
        "{}",
        summary(made(), &answer)
    );
}

#[test]
fn an_unknown_occupation_asks_for_nothing() {
    let answer = answer(
        made(),
        &request(
            Target::Occupation(OccupationId(u32::MAX)),
            ProfileParts {
                occupations: vec![OccupationId(u32::MAX)],
                ..ProfileParts::default()
            },
        ),
    );
    assert_eq!(answer.gap.items.len(), 0);
}

#[test]
fn an_ad_is_not_empty_and_not_too_long() {
    for (text, part) in [
        ("", "empty"),
        (" \n\t", "empty"),
        ("\u{a0}", "empty"),
        ("12345", "5 bytes"),
    ] {
        assert!(
            AdText::new("ad", text, 4)
                .unwrap_err()
                .reason
                .contains(part),
            "{text:?}"
        );
    }
    assert_eq!(AdText::new("ad", "1234", 4).unwrap().as_str(), "1234");
}

#[test]
fn a_cancelled_request_stops_before_the_first_stage() {
    let watch = Watch::new(None, Arc::new(AtomicBool::new(true)));
    let error = recommend(
        starter(),
        &request(ad("Java"), ProfileParts::default()),
        &Limits::default(),
        &watch,
    )
    .err()
    .unwrap();
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert_eq!(watch.into_stages(), []);
}

#[test]
fn an_expired_request_stops_before_the_first_stage() {
    let watch = Watch::new(Some(Instant::now()), Arc::default());
    let error = recommend(
        starter(),
        &request(ad("Java"), ProfileParts::default()),
        &Limits::default(),
        &watch,
    )
    .err()
    .unwrap();
    assert!(matches!(error, Error::DeadlineExceeded), "{error}");
}

#[test]
fn a_request_that_is_cancelled_on_the_way_stops_between_stages() {
    let cancelled = Arc::new(AtomicBool::new(false));
    let watch = Watch::new(
        Some(Instant::now() + Duration::from_secs(3_600)),
        Arc::clone(&cancelled),
    );
    watch.enter("demand").unwrap();
    watch.enter("gap").unwrap();
    cancelled.store(true, Ordering::Relaxed);
    assert!(matches!(watch.enter("candidates"), Err(Error::Cancelled)));
    assert_eq!(
        watch
            .into_stages()
            .iter()
            .map(|(stage, _)| *stage)
            .collect::<Vec<_>>(),
        ["demand", "gap"]
    );
}

#[test]
fn the_caller_who_is_gone_and_out_of_time_is_gone() {
    let watch = Watch::new(Some(Instant::now()), Arc::new(AtomicBool::new(true)));
    assert!(matches!(watch.enter("demand"), Err(Error::Cancelled)));
}

#[test]
fn every_stage_is_watched_in_order() {
    let watch = Watch::unlimited();
    recommend(
        made(),
        &request(Target::Skills(Vec::new()), ProfileParts::default()),
        &Limits::default(),
        &watch,
    )
    .unwrap();
    let stages: Vec<&str> = watch
        .into_stages()
        .iter()
        .map(|(stage, _)| *stage)
        .collect();
    assert_eq!(stages, ["demand", "gap", "candidates", "rank", "pathway"]);
}
