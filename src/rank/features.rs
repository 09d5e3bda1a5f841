//! What does each feature measure? One function each, from what a credential states; what it does not state gets a neutral value and says so.

use skillgap_index::catalogue::{Facts, Filter};
use skillgap_index::model::credential::Money;
use skillgap_index::schema::id_hash;

use super::{Contribution, Ranking, Trust, focus};
use crate::candidates::Candidate;

/// A feature of the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Share of the gap that it closes.
    Closure,
    /// Share of what it teaches that the gap needs.
    Focus,
    /// What is stated about its quality.
    Trust,
    /// Whether its entry requirements are met.
    Feasibility,
    /// Whether language, place and mode are stated (and fit, since constraints filter).
    Access,
    /// How little it costs.
    Cost,
    /// How little time it takes.
    Time,
    /// How lately it was changed.
    Freshness,
}

/// All features, in the order of their contributions.
pub const FEATURES: [Feature; 8] = [
    Feature::Closure,
    Feature::Focus,
    Feature::Trust,
    Feature::Feasibility,
    Feature::Access,
    Feature::Cost,
    Feature::Time,
    Feature::Freshness,
];

impl Feature {
    /// The name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closure => "closure",
            Self::Focus => "focus",
            Self::Trust => "trust",
            Self::Feasibility => "feasibility",
            Self::Access => "access",
            Self::Cost => "cost",
            Self::Time => "time",
            Self::Freshness => "freshness",
        }
    }
}

/// The value of a feature where the credential does not state what it needs: in the middle, so that silence neither helps nor hurts.
const NEUTRAL: f64 = 0.5;
/// Without a budget: the cost, in euro, and the hours at which the value is one half.
const HALF_COST_EUR: f64 = 500.0;
const HALF_HOURS: f64 = 60.0;
/// Days after which a record counts as old, against the newest of the candidates.
const OLD_DAYS: f64 = 5.0 * 365.0;

/// A value, or nothing where the credential does not state what it needs.
type Stated = Option<f64>;

/// All contributions of one candidate, in the order of [`FEATURES`]. `newest` is the latest day of change among the candidates.
pub(super) fn contributions(candidate: &Candidate, trust: &Trust, ranking: &Ranking<'_>, newest: Option<i64>) -> Vec<Contribution> {
    let facts = &candidate.facts;
    let value = |feature| match feature {
        Feature::Closure => Some(candidate.closure),
        Feature::Focus => Some(focus(&facts.teaches, ranking.needs)),
        Feature::Trust => Some(trust.score),
        Feature::Feasibility => feasibility(facts, ranking),
        Feature::Access => Some(access(facts)),
        Feature::Cost => cost(facts.cost.as_ref(), ranking.filter),
        Feature::Time => time(facts.hours, ranking.filter),
        Feature::Freshness => freshness(facts.modified_day, newest),
    };
    let contribution = |feature| {
        let stated: Stated = value(feature);
        Contribution {
            feature,
            value: stated.unwrap_or(NEUTRAL).clamp(0.0, 1.0),
            weight: ranking.weights.get(feature),
            known: stated.is_some(),
        }
    };
    FEATURES.map(contribution).into()
}

/// Share of the stated entry requirements that the profile meets; nothing where none is stated, since that does not mean that there is none.
fn feasibility(facts: &Facts, ranking: &Ranking<'_>) -> Stated {
    let n_requirements = facts.required.len() + facts.prerequisites.len();
    if n_requirements == 0 {
        return None;
    }
    let skills: f64 = facts.required.iter().map(|skill| ranking.profile.certainty(*skill)).sum();
    let held: Vec<u64> = ranking.profile.credentials.iter().map(|id| id_hash(id)).collect();
    let credentials = facts.prerequisites.iter().filter(|id| held.contains(id)).count();
    Some((skills + credentials as f64) / n_requirements as f64)
}

/// 1 for each of language, place and mode that is stated, and fits since the constraints filter; one half for each that is not.
fn access(facts: &Facts) -> f64 {
    facts.stated_access.iter().map(|stated| if *stated { 1.0 } else { NEUTRAL }).sum::<f64>() / 3.0
}

/// 1 where it is free; against the budget where there is one; else falling, one half at [`HALF_COST_EUR`]. Nothing where the cost is not
/// stated or in a currency that cannot be compared.
fn cost(cost: Option<&Money>, filter: &Filter) -> Stated {
    let cost = cost?;
    if cost.amount <= 0.0 {
        return Some(1.0);
    }
    match &filter.cost_max {
        Some(most) if most.currency == cost.currency => Some(if most.amount > 0.0 { 1.0 - cost.amount / most.amount } else { 0.0 }),
        None if cost.currency == "EUR" => Some(HALF_COST_EUR / (HALF_COST_EUR + cost.amount)),
        _ => None,
    }
}

/// Against the budget of hours where there is one; else falling, one half at [`HALF_HOURS`]. Nothing where the hours are not stated.
fn time(hours: Option<f64>, filter: &Filter) -> Stated {
    let hours = hours?;
    match filter.hours_max {
        Some(most) if most > 0.0 => Some(1.0 - hours / most),
        Some(_) => Some(0.0),
        None => Some(HALF_HOURS / (HALF_HOURS + hours)),
    }
}

/// 1 for the newest record, 0 for one that is [`OLD_DAYS`] older. Nothing where no day is stated.
fn freshness(day: Option<i64>, newest: Option<i64>) -> Stated {
    let age = newest? as f64 - day? as f64;
    Some((1.0 - age / OLD_DAYS).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(amount: f64) -> Money {
        Money { amount, currency: "EUR".into() }
    }

    #[test]
    fn free_is_best_in_any_currency() {
        assert_eq!(cost(Some(&Money { amount: 0.0, currency: "DKK".into() }), &Filter::default()), Some(1.0));
    }

    #[test]
    fn cost_in_another_currency_is_not_compared() {
        let filter = Filter { cost_max: Some(eur(100.0)), ..Filter::default() };
        assert_eq!(cost(Some(&Money { amount: 5.0, currency: "DKK".into() }), &filter), None);
        assert_eq!(cost(Some(&eur(25.0)), &filter), Some(0.75));
        assert_eq!(cost(None, &filter), None);
    }

    #[test]
    fn half_of_the_value_at_the_stated_points() {
        assert_eq!(cost(Some(&eur(HALF_COST_EUR)), &Filter::default()), Some(0.5));
        assert_eq!(time(Some(HALF_HOURS), &Filter::default()), Some(0.5));
    }

    #[test]
    fn zero_budgets_do_not_divide() {
        let filter = Filter { cost_max: Some(eur(0.0)), hours_max: Some(0.0), ..Filter::default() };
        assert_eq!((cost(Some(&eur(1.0)), &filter), time(Some(0.0), &filter)), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn freshness_needs_a_day() {
        assert_eq!((freshness(None, Some(1)), freshness(Some(1), Some(1)), freshness(Some(-9_000), Some(1))), (None, Some(1.0), Some(0.0)));
    }
}
