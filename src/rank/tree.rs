//! The explanation tree of a score, as the scorer builds it: each value is the sum of weight times value of its weighed children.

use skillgap_credentials::credential::Signal;
use skillgap_credentials::rates::amount_in;
use skillgap_esco::SkillId;

use super::Ranked;
use super::feature::{Contribution, Feature};
use super::features::{Ranking, level_fit, requirements_met};
use super::trust::Standing;
use crate::candidates::Covered;

/// What a node speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The score.
    Score,
    /// One feature.
    Feature(Feature),
    /// A demanded skill at a position of the demand, and the taught skill that covers it.
    Skill(usize, SkillId),
    /// How much of the gap is closed for one hour of learning.
    ClosurePerHour,
    /// How much of the gap is closed for one unit of money.
    ClosurePerMoney,
    /// A trust signal.
    Signal(Signal),
    /// The share of the entry requirements that is met.
    Requirements,
    /// How far the profile shows the entry requirements that are stated in words.
    EntryWords,
    /// How far years of work that the person states stand for it.
    Known,
    /// How well the step in level fits.
    LevelStep,
    /// The price.
    Price,
    /// The workload.
    Workload,
}

/// What a value is counted in.
#[derive(Clone, Debug, PartialEq)]
pub enum Unit {
    /// From 0 to 1.
    Share,
    /// Hours.
    Hours,
    /// Units of a currency.
    Money(String),
}

/// A value with the values that it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it speaks of.
    pub subject: Subject,
    /// The value; of a feature that is not known, the neutral one that counts.
    pub value: Option<f64>,
    /// What the value is counted in.
    pub unit: Unit,
    /// How much the value counts in the one above it; nothing where it only says where that comes from.
    pub weight: Option<f64>,
    /// `known`, or in one word why it is not; of a trust signal its standing.
    pub state: &'static str,
    /// What it is made of.
    pub children: Vec<Self>,
}

/// The word for a value that is known.
const KNOWN: &str = "known";

impl Node {
    fn share(subject: Subject, value: f64) -> Self {
        Self {
            subject,
            value: Some(value),
            unit: Unit::Share,
            weight: None,
            state: KNOWN,
            children: Vec::new(),
        }
    }

    fn weighing(self, weight: f64) -> Self {
        Self {
            weight: Some(weight),
            ..self
        }
    }

    /// Σ weight · value over the weighed children.
    pub fn sum(&self) -> f64 {
        self.children
            .iter()
            .filter_map(|child| Some(child.weight? * child.value?))
            .sum()
    }
}

/// The tree of one score.
pub fn tree(ranked: &Ranked, ranking: &Ranking<'_>) -> Node {
    let features = ranked.contributions.iter().map(|part| Node {
        state: part.unknown.map_or(KNOWN, |unknown| unknown.name()),
        children: below(part, ranked, ranking),
        ..Node::share(Subject::Feature(part.feature), part.value).weighing(part.weight)
    });
    Node {
        children: features.collect(),
        ..Node::share(Subject::Score, ranked.score())
    }
}

fn below(part: &Contribution, ranked: &Ranked, ranking: &Ranking<'_>) -> Vec<Node> {
    let facts = &ranked.candidate.facts;
    let share = |subject, value: Option<f64>| value.map(|value| Node::share(subject, value));
    match part.feature {
        Feature::Closure => closure(ranked, ranking),
        Feature::Trust => signals(ranked),
        Feature::Feasibility => {
            let requirements = share(Subject::Requirements, requirements_met(facts, ranking));
            let level = share(
                Subject::LevelStep,
                level_fit(facts.eqf_level, ranking.profile.eqf_level),
            );
            let words = share(Subject::EntryWords, ranked.candidate.entry);
            requirements.into_iter().chain(words).chain(level).collect()
        }
        Feature::Cost => facts
            .cost
            .iter()
            .map(|cost| Node {
                unit: Unit::Money(cost.currency.clone()),
                ..Node::share(Subject::Price, cost.amount)
            })
            .collect(),
        Feature::Time => facts
            .hours
            .iter()
            .map(|hours| Node {
                unit: Unit::Hours,
                ..Node::share(Subject::Workload, *hours)
            })
            .collect(),
        Feature::Wording => share(
            Subject::Known,
            Some(ranked.candidate.known).filter(|known| *known > 0.0),
        )
        .into_iter()
        .collect(),
        Feature::Focus | Feature::Access | Feature::Freshness => Vec::new(),
    }
}

/// Each demanded skill with what it adds, then the closure for an hour and for a unit of money.
fn closure(ranked: &Ranked, ranking: &Ranking<'_>) -> Vec<Node> {
    let skill = |covered: &Covered| {
        let (further, closes) = (
            covered.coverage - ranking.needs.held(covered.at),
            ranking.needs.closure([(covered.at, covered.coverage)]),
        );
        let node = Node::share(Subject::Skill(covered.at, covered.taught), further);
        node.weighing(if further > 0.0 { closes / further } else { 0.0 })
    };
    let skills = ranked.candidate.covers.iter().map(skill);
    let per_hour =
        closure_per_hour(ranked).map(|closure| Node::share(Subject::ClosurePerHour, closure));
    let per_money = closure_per_money(ranked, ranking).map(|(closure, currency)| Node {
        unit: Unit::Money(currency),
        ..Node::share(Subject::ClosurePerMoney, closure)
    });
    skills.chain(per_hour).chain(per_money).collect()
}

/// Share of the gap that is closed for one hour; nothing where the hours are not stated or none.
pub(super) fn closure_per_hour(ranked: &Ranked) -> Option<f64> {
    let hours = ranked.candidate.facts.hours.filter(|hours| *hours > 0.0)?;
    Some(ranked.candidate.closure / hours)
}

/// Share of the gap that is closed for one unit of the budget's currency, of euro where rates convert to it, else of the price's own; nothing
/// where the price is not stated or nothing.
pub(super) fn closure_per_money(ranked: &Ranked, ranking: &Ranking<'_>) -> Option<(f64, String)> {
    let cost = ranked
        .candidate
        .facts
        .cost
        .as_ref()
        .filter(|cost| cost.amount > 0.0)?;
    let wanted = ranking
        .filter
        .cost_max
        .as_ref()
        .map_or("EUR", |most| most.currency.as_str());
    let (amount, currency) = match amount_in(cost, wanted, ranking.filter.rates.as_deref()) {
        Some(amount) => (amount, wanted),
        None => (cost.amount, cost.currency.as_str()),
    };
    (amount > 0.0).then(|| (ranked.candidate.closure / amount, currency.to_owned()))
}

/// All nine signals; with half their weight where being there is all that it takes, as the feature counts them.
fn signals(ranked: &Ranked) -> Vec<Node> {
    let trust = &ranked.trust;
    let counted = if trust.score > 0.0 {
        trust.in_ranking() / trust.score
    } else {
        1.0
    };
    let signal = |judged: &super::JudgedSignal| {
        let (value, state) = match judged.standing {
            Standing::Yes => (Some(1.0), "yes"),
            Standing::No => (Some(0.0), "no"),
            Standing::Expired => (None, "expired"),
            Standing::NotListed => (None, "not_listed"),
            Standing::NotStated => (None, "not_stated"),
        };
        Node {
            value,
            state,
            ..Node::share(Subject::Signal(judged.signal), 0.0).weighing(judged.weight * counted)
        }
    };
    trust.signals.iter().map(signal).collect()
}
