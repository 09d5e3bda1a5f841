//! `skillgap demo`: the whole job on the data that the program carries, printed for people.

use std::io::Write;
use std::process::ExitCode;

use serde::Deserialize;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{self as catalogue, Filter, STARTER_ATTRIBUTION};
use skillgap_credentials::day;

use crate::demand::{AdText, Demand, Level, Options, Requirement};
use crate::engine::{
    Planned, Recognised, Recommend, Recommendation, Recommended, Target, Watch, recommend,
};
use crate::explain::{money, percent};
use crate::gap::{Gap, ProfileParts, State};
use crate::limits::Limits;
use crate::pathway::Budgets;
use crate::rank::{Persona, Weights};

const AD: &str = include_str!("../../index/starter/demo/ad.txt");
const PROFILE: &str = include_str!("../../index/starter/demo/profile.json");

#[derive(Deserialize)]
struct DemoProfile {
    skills: Vec<DemoSkill>,
    text: String,
}

#[derive(Deserialize)]
struct DemoSkill {
    uri: String,
    level: Option<String>,
}

pub(super) fn run(out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let catalogue = catalogue::starter()?;
    let limits = Limits::default();
    let person: DemoProfile = serde_json::from_str(PROFILE)?;
    let skills = person.skills.iter().filter_map(|held| {
        Some((
            catalogue.esco.skill_by_uri(&held.uri)?,
            held.level.as_deref().and_then(Level::parse),
        ))
    });
    let invalid = |violation| crate::Error::Invalid(vec![violation]);
    let request = Recommend {
        target: Target::Ad(
            AdText::new("ad", AD, limits.ad_bytes_max).map_err(invalid)?,
            Options::default(),
        ),
        profile: ProfileParts {
            skills: skills.collect(),
            text: Some(
                AdText::new("profile.text", &person.text, limits.ad_bytes_max).map_err(invalid)?,
            ),
            ..ProfileParts::default()
        },
        filter: Filter {
            as_of_day: day::today(),
            ..Filter::default()
        },
        persona: Persona::Unemployed,
        weights: Weights::of(Persona::Unemployed),
        pathway: Some(Budgets {
            count_max: 3,
            ..Budgets::default()
        }),
        after: None,
        top_k: 5,
        language: "en".to_owned(),
    };
    let answer = recommend(&catalogue, &request, &limits, &mut Watch::unlimited())?;
    write_head(out, &catalogue, &person)?;
    write_demand(out, &catalogue, &answer.demand)?;
    write_gap(out, &catalogue, &answer.gap)?;
    write_recommendations(out, &answer)?;
    write_recognised(out, &answer)?;
    if let Some(planned) = &answer.planned {
        write_pathway(out, planned)?;
    }
    writeln!(out, "\nSources: {}", STARTER_ATTRIBUTION.join(" "))?;
    writeln!(
        out,
        "Next: `skillgap serve` answers the same over gRPC; `skillgap index` builds your own catalogue from the full ESCO package."
    )?;
    Ok(ExitCode::SUCCESS)
}

fn write_head(
    out: &mut impl Write,
    catalogue: &Catalogue,
    person: &DemoProfile,
) -> std::io::Result<()> {
    let count = |name: &str| {
        catalogue
            .manifest
            .counts
            .get(name)
            .copied()
            .unwrap_or_default()
    };
    writeln!(
        out,
        "skillgap on starter data: {} skills ({}), {} credentials.",
        count("skills"),
        catalogue.manifest.esco_version,
        count("credentials")
    )?;
    writeln!(
        out,
        "\nTHE JOB\n  {}",
        AD.lines().next().unwrap_or_default()
    )?;
    writeln!(
        out,
        "\nTHE PERSON, out of work, in their own words\n  {}",
        person.text
    )
}

fn write_demand(
    out: &mut impl Write,
    catalogue: &Catalogue,
    demand: &Demand,
) -> std::io::Result<()> {
    writeln!(out, "\nWHAT THE AD ASKS FOR (with the words that show it)")?;
    for demanded in &demand.skills {
        let words: Vec<String> = demanded
            .spans
            .iter()
            .filter_map(|span| AD.get(span.clone()))
            .map(|words| format!("\"{words}\""))
            .collect();
        let level = demanded
            .level
            .map(|level| format!(", level {level}"))
            .unwrap_or_default();
        let requirement = match demanded.requirement {
            Requirement::Essential => "",
            Requirement::Optional => ", nice to have",
        };
        let label = catalogue.skill_label(demanded.skill, "en");
        writeln!(
            out,
            "  {label}{level}{requirement}  <- {}  ({})",
            words.join(", "),
            how_sure(demanded.confidence)
        )?;
    }
    Ok(())
}

/// A probability in a word.
fn how_sure(confidence: f64) -> &'static str {
    match confidence {
        0.4.. => "sure",
        0.15.. => "likely",
        _ => "possible",
    }
}

fn write_gap(out: &mut impl Write, catalogue: &Catalogue, gap: &Gap) -> std::io::Result<()> {
    writeln!(
        out,
        "\nTHE GAP: {} of what is asked for is held",
        percent(gap.readiness())
    )?;
    for (state, heading) in [
        (State::Met, "has"),
        (State::Partly, "partly has"),
        (State::Missing, "lacks"),
    ] {
        for item in gap.items.iter().filter(|item| item.state() == state) {
            let by = item
                .nearest
                .filter(|(skill, _)| *skill != item.skill || state == State::Partly);
            let by = by.map(|(skill, source)| {
                format!(
                    "  ({} through \"{}\", {})",
                    percent(item.held),
                    catalogue.skill_label(skill, "en"),
                    source.name()
                )
            });
            writeln!(
                out,
                "  {heading:<10} {}{}",
                catalogue.skill_label(item.skill, "en"),
                by.unwrap_or_default()
            )?;
        }
    }
    Ok(())
}

fn write_recommendations(out: &mut impl Write, answer: &Recommended) -> std::io::Result<()> {
    writeln!(
        out,
        "\nTHE BEST CREDENTIALS of {} that help",
        answer.n_candidates
    )?;
    for (
        at,
        Recommendation {
            ranked,
            credential,
            explanation,
        },
    ) in answer.recommendations.iter().enumerate()
    {
        let title = skillgap_credentials::credential::text_in(&credential.title, "en");
        writeln!(
            out,
            "  {}. {title} ({}), score {:.2}",
            at + 1,
            credential.countries().join(", "),
            ranked.score()
        )?;
        for reason in &explanation.reasons {
            writeln!(out, "     - {reason}")?;
        }
    }
    Ok(())
}

fn write_recognised(out: &mut impl Write, answer: &Recommended) -> std::io::Result<()> {
    if answer.recognised.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nTO ASK FOR RECOGNITION OF, since what they teach is held"
    )?;
    for Recognised { prior, credential } in &answer.recognised {
        let title = skillgap_credentials::credential::text_in(&credential.title, "en");
        writeln!(
            out,
            "  {title}: {} of what it teaches is held",
            percent(prior.share)
        )?;
    }
    Ok(())
}

fn write_pathway(out: &mut impl Write, planned: &Planned) -> std::io::Result<()> {
    writeln!(out, "\nA PATHWAY: {}", planned.summary)?;
    for (at, (step, credential)) in planned
        .pathway
        .steps
        .iter()
        .zip(&planned.credentials)
        .enumerate()
    {
        let title = skillgap_credentials::credential::text_in(&credential.title, "en");
        let cost = credential
            .cost
            .as_ref()
            .map_or_else(|| "price not stated".to_owned(), money);
        let hours = credential.hours_at_most().map_or_else(
            || "hours not stated".to_owned(),
            |hours| format!("{hours} hours"),
        );
        writeln!(
            out,
            "  {}. {title}: adds {}; {cost}, {hours}",
            at + 1,
            percent(step.marginal)
        )?;
    }
    planned
        .notes
        .iter()
        .try_for_each(|note| writeln!(out, "  - {note}"))
}
