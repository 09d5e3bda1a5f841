//! Why this credential? Contributions and stated facts as short sentences. The only stage that writes text for people.

mod pathway;

use skillgap_index::Catalogue;
use skillgap_index::model::credential::{Credential, LinkOrigin, Money, Signal, text_in};
use skillgap_index::model::esco::SkillId;

pub use pathway::{notes, summary};

use crate::demand::Demand;
use crate::rank::Ranked;

/// Covered skills that are named one by one.
const COVERS_NAMED: usize = 3;

/// A demanded skill that a credential covers, with the outcome that shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverReason {
    /// The demanded skill.
    pub demanded: SkillId,
    /// How far it is covered, in [0, 1].
    pub coverage: f64,
    /// The taught skill that covers it.
    pub taught: SkillId,
    /// The outcome that teaches it.
    pub outcome_text: String,
    /// Whether the provider declares the link from outcome to skill.
    pub declared: bool,
    /// Confidence of that link, in [0, 1].
    pub confidence: f64,
}

/// Why a credential is where it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// What it covers, best first.
    pub covers: Vec<CoverReason>,
    /// Short sentences.
    pub reasons: Vec<String>,
    /// Facts that a person would ask for and that the source does not state.
    pub not_stated: Vec<&'static str>,
}

/// Explains one recommendation.
pub fn explain(catalogue: &Catalogue, demand: &Demand, ranked: &Ranked, credential: &Credential, language: &str) -> Explanation {
    let mut covers: Vec<CoverReason> = ranked
        .candidate
        .covers
        .iter()
        .filter_map(|covered| {
            let demanded = demand.skills.get(covered.at)?.skill;
            let (outcome_text, origin, confidence) = outcome_of(credential, catalogue.skill_uri(covered.taught), language)?;
            let declared = origin == LinkOrigin::Declared;
            Some(CoverReason { demanded, coverage: covered.coverage, taught: covered.taught, outcome_text, declared, confidence })
        })
        .collect();
    covers.sort_by(|a, b| b.coverage.total_cmp(&a.coverage).then(a.demanded.cmp(&b.demanded)));
    let mut reasons = vec![format!("closes {} of what is missing", percent(ranked.candidate.closure))];
    reasons.extend(covers.iter().take(COVERS_NAMED).map(|cover| cover_sentence(catalogue, cover, language)));
    if covers.len() > COVERS_NAMED {
        reasons.push(format!("covers {} more of the skills asked for", covers.len() - COVERS_NAMED));
    }
    reasons.push(cost_sentence(credential));
    reasons.extend(time_sentence(credential));
    reasons.extend(assessment_sentence(credential));
    reasons.extend(credential.funding.iter().map(|funding| format!("funding: {funding}")));
    reasons.extend(credential.stackability.iter().map(|text| format!("combining: {text}")));
    reasons.push(trust_sentence(ranked));
    Explanation { covers, reasons, not_stated: not_stated(credential) }
}

/// The outcome that teaches a skill most surely, with the origin and confidence of the link.
fn outcome_of(credential: &Credential, uri: &str, language: &str) -> Option<(String, LinkOrigin, f64)> {
    let links = credential.outcomes.iter().flat_map(|outcome| outcome.skills.iter().map(move |link| (outcome, link)));
    let best = links.filter(|(_, link)| link.uri == uri).max_by(|a, b| a.1.confidence.total_cmp(&b.1.confidence))?;
    Some((text_in(&best.0.text, language).to_owned(), best.1.origin, best.1.confidence))
}

fn cover_sentence(catalogue: &Catalogue, cover: &CoverReason, language: &str) -> String {
    let demanded = catalogue.skill_label(cover.demanded, language);
    let how = if cover.declared { "the provider says so".to_owned() } else { format!("inferred, {} sure", percent(cover.confidence)) };
    let far = if cover.coverage >= 0.95 { "covers".to_owned() } else { format!("covers {} of", percent(cover.coverage)) };
    let through = if cover.demanded == cover.taught {
        String::new()
    } else {
        format!(" through \"{}\"", catalogue.skill_label(cover.taught, language))
    };
    format!("{far} \"{demanded}\"{through} ({how}): \"{}\"", cover.outcome_text)
}

fn cost_sentence(credential: &Credential) -> String {
    match (&credential.cost, &credential.cost_note) {
        (Some(cost), _) if cost.amount <= 0.0 => "free of charge".to_owned(),
        (Some(cost), Some(note)) if says_more(note, &cost.currency) => format!("costs {} (source: {note})", money(cost)),
        (Some(cost), _) => format!("costs {}", money(cost)),
        (None, Some(note)) => format!("no definite price is stated (source: {note})"),
        (None, None) => "the price is not stated".to_owned(),
    }
}

/// Whether a note on the price says more than an amount with its currency.
fn says_more(note: &str, currency: &str) -> bool {
    note.split_whitespace().any(|word| word != currency && !word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')))
}

fn time_sentence(credential: &Credential) -> Option<String> {
    match (credential.hours, credential.ects) {
        (Some(hours), _) => Some(format!("takes {hours} hours")),
        (None, Some(ects)) => {
            let (least, most) = skillgap_index::model::credential::HOURS_PER_ECTS;
            Some(format!("{ects} ECTS credits, that is {:.0} to {:.0} hours", ects * least, ects * most))
        }
        (None, None) => None,
    }
}

fn assessment_sentence(credential: &Credential) -> Option<String> {
    match (credential.signal(Signal::Assessed).map(|stated| stated.value), &credential.assessment) {
        (Some(false), _) => Some("attendance only: the source says that nothing is assessed".to_owned()),
        (_, Some(assessment)) => Some(format!("assessment: {assessment}")),
        (Some(true), None) => Some("ends with an assessment".to_owned()),
        (None, None) => None,
    }
}

fn trust_sentence(ranked: &Ranked) -> String {
    let signals = &ranked.trust.signals;
    let named = |wanted: Option<bool>| {
        signals.iter().filter(move |(_, _, value)| *value == wanted).map(|(signal, ..)| in_words(*signal)).collect::<Vec<_>>()
    };
    let (yes, no, silent) = (named(Some(true)), named(Some(false)), named(None).len());
    let mut parts = Vec::new();
    if !yes.is_empty() {
        parts.push(format!("stated to be so: {}", yes.join(", ")));
    }
    if !no.is_empty() {
        parts.push(format!("stated not to be so: {}", no.join(", ")));
    }
    parts.push(format!("nothing is said about {silent} of {} signs", signals.len()));
    format!("signs of quality: {}", parts.join("; "))
}

/// A trust signal in plain words.
fn in_words(signal: Signal) -> &'static str {
    match signal {
        Signal::ProviderAccredited => "accredited provider",
        Signal::NationalQualityAssured => "quality assured like the national offer",
        Signal::IndustryDefinedNeeds => "needs defined with the industry",
        Signal::PrioritySkillsArea => "green or digital skills",
        Signal::Comparable => "easy to compare",
        Signal::Combinable => "clear how it combines",
        Signal::Assessed => "assessment of the skills",
        Signal::OutcomeData => "data on outcomes",
        Signal::Guidance => "guidance",
    }
}

fn not_stated(credential: &Credential) -> Vec<&'static str> {
    let facts = [
        ("provider", credential.provider.is_none()),
        ("hours", credential.hours_at_most().is_none()),
        ("cost", credential.cost.is_none()),
        ("language", credential.languages.is_empty()),
        ("mode", credential.mode.is_none()),
        ("level", credential.eqf_level.is_none()),
        ("assessment", credential.assessment.is_none() && credential.signal(Signal::Assessed).is_none()),
    ];
    facts.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name).collect()
}

/// An amount with its currency, without cents where there are none.
pub fn money(money: &Money) -> String {
    if money.amount.fract() == 0.0 {
        format!("{} {:.0}", money.currency, money.amount)
    } else {
        format!("{} {:.2}", money.currency, money.amount)
    }
}

/// A share as a whole percentage.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
