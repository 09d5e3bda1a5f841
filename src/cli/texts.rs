//! `skillgap link` and `skillgap extract`: texts of other people's files, with the answers in a form of their own.

use std::io::{self, BufWriter};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skillgap_credentials::enum_name::EnumName;
use skillgap_linker::detect::detect_language;

use super::data::{Data, with_view};
use super::lines;
use crate::api::{View, extract_demand, link_text, wire};
use crate::config::Policy;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Skills that `link` lists at most.
const TOP_MAX: usize = 1_000;

/// One object of the input.
#[derive(Deserialize)]
struct Text {
    id: Value,
    text: String,
    lang: Option<String>,
}

#[derive(Serialize)]
struct Linked {
    id: Value,
    skills: Vec<LinkedSkill>,
}

#[derive(Serialize)]
struct LinkedSkill {
    uri: String,
    label: String,
    score: f32,
}

#[derive(Serialize)]
struct Extracted {
    id: Value,
    lang: String,
    skills: Vec<ExtractedSkill>,
    occupations: Vec<ExtractedOccupation>,
    unmatched: Vec<[u32; 2]>,
}

#[derive(Serialize)]
struct ExtractedSkill {
    uri: String,
    label: String,
    confidence: f64,
    requirement: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    #[serde(rename = "yearsMin", skip_serializing_if = "Option::is_none")]
    years_min: Option<f64>,
    spans: Vec<[u32; 2]>,
}

#[derive(Serialize)]
struct ExtractedOccupation {
    uri: String,
    label: String,
    confidence: f64,
}

pub(super) fn link(data: &Data, top: usize) -> anyhow::Result<ExitCode> {
    let most = Limits::default();
    let limits = Limits {
        // Whoever has the files may link more than callers of the service.
        text_bytes_max: most.ad_bytes_max,
        top_k_max: TOP_MAX,
        ..most
    };
    each_text(data, &limits, |view, Text { id, text, lang }| {
        let request = wire::LinkTextRequest {
            text,
            text_language_code: lang.clone(),
            language_code: lang,
            top_k: top as u32,
        };
        let skills = if request.text.trim().is_empty() {
            Vec::new()
        } else {
            link_text(view, request)?.skills
        };
        let skill = |linked: wire::LinkedSkill| {
            let wire::ConceptRef { uri, label, .. } = linked.skill.unwrap_or_default();
            let score = linked.score as f32;
            LinkedSkill { uri, label, score }
        };
        let skills = skills.into_iter().map(skill).collect();
        to_json(&Linked { id, skills })
    })
}

pub(super) fn extract(data: &Data, confidence_min: f64) -> anyhow::Result<ExitCode> {
    each_text(data, &Limits::default(), |view, Text { id, text, lang }| {
        let request = wire::ExtractDemandRequest {
            language_code: lang
                .clone()
                .or_else(|| detect_language(&text).map(str::to_owned)),
            ad: text,
            ad_language_code: lang,
            confidence_min: Some(confidence_min),
            ..wire::ExtractDemandRequest::default()
        };
        // An empty ad asks for nothing.
        let answer = if request.ad.trim().is_empty() {
            wire::ExtractDemandResponse::default()
        } else {
            extract_demand(view, request)?
        };
        let read = answer.ad_understanding.unwrap_or_default();
        to_json(&Extracted {
            id,
            lang: if read.language_code == "und" {
                String::new()
            } else {
                read.language_code
            },
            skills: answer.demand.into_iter().map(extracted).collect(),
            occupations: read.occupations.into_iter().map(occupation).collect(),
            unmatched: read.unmatched.iter().map(span).collect(),
        })
    })
}

fn extracted(demanded: wire::DemandedSkill) -> ExtractedSkill {
    ExtractedSkill {
        requirement: match demanded.requirement() {
            wire::Requirement::Optional => "optional",
            wire::Requirement::Essential | wire::Requirement::Unspecified => "essential",
        },
        uri: demanded.uri,
        label: demanded.label,
        confidence: rounded(demanded.confidence),
        level: demanded.level.and_then(|level| word(&level)),
        years_min: demanded.years_min,
        spans: demanded.spans.iter().map(span).collect(),
    }
}

/// A level in one word, such as `B1`, `EQF 4` or `advanced`.
fn word(level: &wire::Level) -> Option<String> {
    use wire::level::Level as Stated;
    Some(match level.level.as_ref()? {
        Stated::Cefr(number) => {
            let level = wire::CefrLevel::try_from(*number).ok()?;
            level.name().to_uppercase()
        }
        Stated::Eqf(level) => format!("EQF {level}"),
        Stated::Proficiency(number) => wire::Proficiency::try_from(*number).ok()?.name().to_owned(),
    })
}

fn occupation(read: wire::OccupationReading) -> ExtractedOccupation {
    let wire::ConceptRef { uri, label, .. } = read.occupation.unwrap_or_default();
    ExtractedOccupation {
        uri,
        label,
        confidence: rounded(read.confidence),
    }
}

fn span(span: &wire::Span) -> [u32; 2] {
    [span.start, span.end]
}

fn rounded(probability: f64) -> f64 {
    (probability * 1e4).round() / 1e4
}

/// One line of output for each text of the input.
fn each_text(
    data: &Data,
    limits: &Limits,
    answer: impl Fn(&View<'_>, Text) -> Result<String> + Sync,
) -> anyhow::Result<ExitCode> {
    let (catalogue, policy) = (data.open()?, Policy::default());
    lines::transform(
        &mut io::stdin().lock(),
        &mut BufWriter::new(io::stdout().lock()),
        |value| {
            // serde's message may quote the text.
            let text = serde_json::from_value(value)
                .map_err(|_| Error::invalid("line", "is no JSON object with id and text"))?;
            with_view(&catalogue, limits, &policy, |view| answer(view, text))
        },
    )
}

fn to_json(line: &impl Serialize) -> Result<String> {
    serde_json::to_string(line).map_err(|_| Error::Internal)
}
