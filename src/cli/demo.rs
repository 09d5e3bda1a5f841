//! `skillgap demo`: the whole job on the data that the program carries, printed for people.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Value, json};
use skillgap_catalogue::{self as catalogue, STARTER_ATTRIBUTION};
use skillgap_credentials::credential::Money;

use super::data::with_view;
use crate::api::{Words, recommend_credentials, wire};
use crate::config::Policy;
use crate::limits::Limits;

const AD: &str = include_str!("../../index/starter/demo/ad.txt");
const PROFILE: &str = include_str!("../../index/starter/demo/profile.json");

pub(super) fn run(out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let catalogue = catalogue::starter()?;
    let profile: Value = serde_json::from_str(PROFILE)?;
    let person = profile["text"].as_str().unwrap_or_default().to_owned();
    let request = serde_json::from_value(json!({
        "target": { "ad": AD },
        "profile": profile,
        "persona": "unemployed",
        "constraints": { "stepsMax": 3 },
        "planPathway": true,
        "topK": 5,
    }))?;
    let answer = with_view(&catalogue, &Limits::default(), &Policy::default(), |view| {
        recommend_credentials(view, request)
    })?;
    let counts = &catalogue.manifest.counts;
    let count = |name: &str| counts.get(name).copied().unwrap_or_default();
    writeln!(
        out,
        "skillgap on starter data: {} skills ({}), {} credentials.",
        count("skills"),
        catalogue.manifest.esco_version,
        count("credentials")
    )?;
    let title = AD.lines().next().unwrap_or_default();
    writeln!(out, "\nTHE JOB\n  {title}")?;
    writeln!(
        out,
        "\nTHE PERSON, out of work, in their own words\n  {person}"
    )?;
    write_demand(out, &answer)?;
    write_gap(out, &answer)?;
    write_recommendations(out, &answer)?;
    if let Some(pathway) = &answer.pathway {
        write_pathway(out, pathway)?;
    }
    writeln!(out, "\nSources: {}", STARTER_ATTRIBUTION.join(" "))?;
    writeln!(
        out,
        "Next: `skillgap serve` answers the same over gRPC; `skillgap index` builds your own catalogue from the full ESCO package."
    )?;
    Ok(ExitCode::SUCCESS)
}

fn words() -> &'static Words {
    Words::of("en")
}

fn write_demand(
    out: &mut impl Write,
    answer: &wire::RecommendCredentialsResponse,
) -> io::Result<()> {
    writeln!(out, "\nWHAT THE AD ASKS FOR (with the words that show it)")?;
    for demanded in &answer.demand {
        let spans = demanded.spans.iter();
        let words: Vec<String> = spans
            .filter_map(|span| AD.get(span.start as usize..span.end as usize))
            .map(|words| format!("\"{words}\""))
            .collect();
        let requirement = match demanded.requirement() {
            wire::Requirement::Optional => ", nice to have",
            wire::Requirement::Essential | wire::Requirement::Unspecified => "",
        };
        let sure = match demanded.confidence {
            0.7.. => "sure",
            0.4.. => "likely",
            _ => "possible",
        };
        let (label, words) = (&demanded.label, words.join(", "));
        writeln!(out, "  {label}{requirement}  <- {words}  ({sure})")?;
    }
    Ok(())
}

fn write_gap(out: &mut impl Write, answer: &wire::RecommendCredentialsResponse) -> io::Result<()> {
    let readiness = words().percent(answer.readiness());
    writeln!(
        out,
        "\nTHE GAP: they have about {readiness} of what is asked for"
    )?;
    for (state, heading) in [
        (wire::GapState::Met, "has"),
        (wire::GapState::Partly, "partly has"),
        (wire::GapState::Missing, "lacks"),
    ] {
        for item in answer.gap.iter().filter(|item| item.state() == state) {
            let is_other = item.nearest_held_uri.as_ref() != Some(&item.uri);
            // That very skill at the level asked for: only whether it is held is not sure.
            let is_unsure =
                !is_other && state == wire::GapState::Partly && item.level_factor >= 1.0;
            let heading = match item.held {
                _ if !is_unsure => heading,
                0.7.. => "likely has",
                _ => "may have",
            };
            let by = item.nearest_held_label.as_ref();
            let by = by.filter(|_| is_other || state == wire::GapState::Partly);
            let by = by.map(|label| {
                let source = match item.nearest_held_source() {
                    wire::HeldSource::Stated => "stated",
                    wire::HeldSource::Occupation => "from a past job",
                    wire::HeldSource::Credential => "from a certificate",
                    wire::HeldSource::Text | wire::HeldSource::Unspecified => "from their text",
                };
                let share = words().percent(item.certainty);
                match is_unsure {
                    true => format!("  ({share} sure, {source})"),
                    false => format!("  (through “{label}”, {share} sure, {source})"),
                }
            });
            writeln!(
                out,
                "  {heading:<10} {}{}",
                item.label,
                by.unwrap_or_default()
            )?;
        }
    }
    Ok(())
}

fn write_recommendations(
    out: &mut impl Write,
    answer: &wire::RecommendCredentialsResponse,
) -> io::Result<()> {
    writeln!(
        out,
        "\nTHE BEST CREDENTIALS of {} that help",
        answer.n_candidates
    )?;
    for (at, one) in answer.recommendations.iter().enumerate() {
        writeln!(out, "  {}. {}, score {:.2}", at + 1, one.title, one.score)?;
        for reason in &one.reasons {
            writeln!(out, "     - {reason}")?;
        }
    }
    if answer.prior_learning.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nTO ASK FOR RECOGNITION OF, since what they teach is held"
    )?;
    for one in &answer.prior_learning {
        let share = words().percent(one.share_covered);
        writeln!(out, "  {}: {share} of what it teaches is held", one.title)?;
    }
    Ok(())
}

fn write_pathway(out: &mut impl Write, pathway: &wire::Pathway) -> io::Result<()> {
    writeln!(out, "\nA PATHWAY: {}", pathway.summary)?;
    for (at, step) in pathway.steps.iter().enumerate() {
        let cost = step.cost.as_ref().map_or_else(
            || "price not stated".to_owned(),
            |cost| {
                words().money(&Money {
                    amount: cost.amount,
                    currency: cost.currency.clone(),
                })
            },
        );
        let hours = step.hours.map_or_else(
            || "hours not stated".to_owned(),
            |hours| format!("{hours} hours"),
        );
        let adds = words().percent(step.marginal_closure);
        writeln!(
            out,
            "  {}. {}: adds {adds}; {cost}, {hours}",
            at + 1,
            step.title
        )?;
    }
    let mut notes = pathway.notes.iter();
    notes.try_for_each(|note| writeln!(out, "  - {note}"))
}
