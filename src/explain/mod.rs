//! Why this credential? Contributions and stated facts as a tree and as short sentences, in the caller's language. The only stage that writes
//! text for people; what it says stands in `words/*.txt`.

mod estimate;
mod pathway;
mod proof;
mod sentences;
mod tree;
mod words;

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{Credential, LinkOrigin, Money, Signal, text_in};
use skillgap_esco::SkillId;

pub use estimate::estimated_share;
pub use pathway::{Basis, notes, nothing_to_plan, summary};
pub use proof::on_proof;
pub use sentences::is_loose;
pub use tree::Explained;
pub use words::Words;

use crate::demand::{Cefr, Demand, Level};
use crate::rank::{Ranked, Ranking};

/// A demanded skill that a credential covers, with the outcome that shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverReason {
    /// The demanded skill.
    pub demanded: SkillId,
    /// How far it is covered, in [0, 1].
    pub coverage: f64,
    /// The taught skill that covers it.
    pub taught: SkillId,
    /// The level of a language that the credential leads to, if the source states it.
    pub level: Option<Level>,
    /// The outcome that teaches it.
    pub outcome_text: String,
    /// Whether the provider declares the link from outcome to skill.
    pub declared: bool,
    /// Confidence of that link, in [0, 1].
    pub confidence: f64,
}

/// Why a credential is where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What it covers, best first.
    pub covers: Vec<CoverReason>,
    /// Short sentences.
    pub reasons: Vec<String>,
    /// Facts that a person would ask for and that the source does not state.
    pub not_stated: Vec<&'static str>,
    /// How the score came about.
    pub tree: Explained,
}

/// What explanations of one request share.
pub struct Explaining<'a> {
    /// The snapshot.
    pub catalogue: &'a Catalogue,
    /// What is asked for.
    pub demand: &'a Demand,
    /// What was ranked by.
    pub ranking: &'a Ranking<'a>,
    /// The language of labels, ISO 639-1.
    pub language: &'a str,
    /// The language of sentences.
    pub words: &'static Words,
}

/// Explains one recommendation.
pub fn explain(on: &Explaining<'_>, ranked: &Ranked, credential: &Credential) -> Explanation {
    let mut covers: Vec<CoverReason> = ranked
        .candidate
        .covers
        .iter()
        .filter_map(|covered| {
            let demanded = on.demand.skills.get(covered.at)?.skill;
            let (outcome_text, origin, confidence) = outcome_of(
                credential,
                on.catalogue.skill_uri(covered.taught),
                on.language,
            )?;
            let declared = origin != LinkOrigin::Inferred;
            let levels = &ranked.candidate.facts.levels;
            let level = levels
                .iter()
                .find(|(skill, _)| *skill == covered.taught)
                .and_then(|(_, level)| Cefr::at(*level));
            let (coverage, taught) = (covered.coverage, covered.taught);
            Some(CoverReason {
                demanded,
                coverage,
                taught,
                level: level.map(Level::Cefr),
                outcome_text,
                declared,
                confidence,
            })
        })
        .collect();
    covers.sort_by(|a, b| {
        b.coverage
            .total_cmp(&a.coverage)
            .then(a.demanded.cmp(&b.demanded))
    });
    let tree = crate::rank::tree(ranked, on.ranking);
    let reasons = sentences::reasons(on, ranked, &tree, credential, &covers);
    let tree = tree::explained(on, tree, &covers);
    Explanation {
        covers,
        reasons,
        not_stated: not_stated(credential),
        tree,
    }
}

/// The outcome that teaches a skill most surely, with the origin and confidence of the link.
fn outcome_of(
    credential: &Credential,
    uri: &str,
    language: &str,
) -> Option<(String, LinkOrigin, f64)> {
    let links = credential
        .outcomes
        .iter()
        .flat_map(|outcome| outcome.skills.iter().map(move |link| (outcome, link)));
    let best = links
        .filter(|(_, link)| link.uri == uri)
        .max_by(|a, b| a.1.certainty().total_cmp(&b.1.certainty()))?;
    Some((
        text_in(&best.0.text, language).to_owned(),
        best.1.origin(),
        best.1.certainty(),
    ))
}

fn not_stated(credential: &Credential) -> Vec<&'static str> {
    let facts = [
        ("provider", credential.provider_name().is_none()),
        ("hours", credential.hours_at_most().is_none()),
        ("cost", credential.cost.is_none()),
        ("language", credential.languages().next().is_none()),
        ("mode", credential.delivery_mode().is_none()),
        ("level", credential.eqf_level.is_none()),
        (
            "assessment",
            credential.assessment_method().is_none()
                && credential.signal(Signal::Assessed).is_none(),
        ),
    ];
    facts
        .into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(name, _)| name)
        .collect()
}

/// An amount with its currency, as English writes it.
pub fn money(money: &Money) -> String {
    Words::of("en").money(money)
}

/// A share in percent, as English writes it.
pub fn percent(share: f64) -> String {
    Words::of("en").percent(share)
}
