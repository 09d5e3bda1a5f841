//! The values of the features: one function each, from what a credential states; what it does not state gets a neutral value and says so.

use skillgap_catalogue::schema::id_hash;
use skillgap_catalogue::{Facts, Filter};
use skillgap_credentials::credential::Money;
use skillgap_credentials::rates::amount_in;
use skillgap_esco::SkillId;

use super::feature::{Contribution, FEATURES, Feature, Unknown};
use super::trust::{Persona, Trust};
use super::weights::Weights;
use crate::candidates::{Candidate, Needs};
use crate::gap::Profile;

/// What the ranking of one request looks at beside the candidates. It holds nothing that says who the person is.
pub struct Ranking<'a> {
    /// What is missing.
    pub needs: &'a Needs,
    /// What is held, for entry requirements.
    pub profile: &'a Profile,
    /// The caller's constraints, which the candidates fulfil already, with the day, the rates and the accreditors that count.
    pub filter: &'a Filter,
    /// Whose priorities weigh the trust signals.
    pub persona: Persona,
    /// Weights of the features.
    pub weights: &'a Weights,
}

/// The value of a feature that is not known: in the middle, so that silence neither helps nor hurts.
pub(super) const NEUTRAL: f64 = 0.5;
/// Without a budget: the cost in euro, and the hours, at which the value is one half.
const HALF_COST_EUR: f64 = 500.0;
const HALF_HOURS: f64 = 60.0;
/// The currency of [`HALF_COST_EUR`].
const EUR: &str = "EUR";
/// Days after which a record counts as old.
const OLD_DAYS: f64 = 5.0 * 365.0;
/// How well a course fits that lies so many EQF levels above the highest level that the person holds: the next level is the usual step
/// (access to a level is by the one below it in most national frameworks), two at once is a stretch, three hardly work.
const LEVEL_STEP: [f64; 3] = [1.0, 1.0, 0.5];
const LEVEL_STEP_FURTHER: f64 = 0.1;

/// A value, or why there is none.
type Value = Result<f64, Unknown>;

/// All contributions of one candidate, in the order of [`FEATURES`].
pub(super) fn contributions(
    candidate: &Candidate,
    trust: &Trust,
    ranking: &Ranking<'_>,
) -> Vec<Contribution> {
    let (facts, filter) = (&candidate.facts, ranking.filter);
    let value = |feature| match feature {
        Feature::Closure => Ok(candidate.closure),
        Feature::Wording => Ok(candidate.near.value),
        Feature::Focus => Ok(focus(&facts.teaches, ranking.needs)),
        Feature::Trust => Ok(trust.in_ranking()),
        Feature::Feasibility => feasibility(candidate, ranking),
        Feature::Access => access(facts, filter),
        Feature::Cost => cost(facts.cost.as_ref(), filter),
        Feature::Time => time(facts.hours, filter),
        Feature::Freshness => freshness(facts.modified_day, filter.as_of_day),
    };
    let contribution = |feature| {
        let value: Value = value(feature);
        Contribution {
            feature,
            value: value.unwrap_or(NEUTRAL).clamp(0.0, 1.0),
            weight: ranking.weights.get(feature),
            unknown: value.err(),
        }
    };
    FEATURES.map(contribution).into()
}

/// Share of what a credential teaches that the gap needs: Σ confidence · best coverage / Σ confidence.
fn focus(teaches: &[(SkillId, f64)], needs: &Needs) -> f64 {
    let all: f64 = teaches.iter().map(|(_, confidence)| confidence).sum();
    let needed: f64 = teaches
        .iter()
        .map(|(skill, confidence)| confidence * needs.needs(*skill))
        .sum();
    if all > 0.0 { needed / all } else { 0.0 }
}

/// The least of the three that are known: the share of the stated entry requirements that the profile meets, how far it shows those that are stated in
/// words only, and how well the level fits. Nothing where none is known; that none is stated does not mean that there is none.
fn feasibility(candidate: &Candidate, ranking: &Ranking<'_>) -> Value {
    let facts = &candidate.facts;
    let known = [
        requirements_met(facts, ranking),
        candidate.entry,
        level_fit(facts.eqf_level, ranking.profile.eqf_level),
    ];
    known
        .into_iter()
        .flatten()
        .reduce(f64::min)
        .ok_or(Unknown::NotStated)
}

/// Share of the stated requirements that are met: each required skill by how surely it is held, each prerequisite, each
/// group of prerequisites as far as enough of them are held.
pub(super) fn requirements_met(facts: &Facts, ranking: &Ranking<'_>) -> Option<f64> {
    let n_requirements =
        facts.required.len() + facts.prerequisites.len() + facts.prerequisite_groups.len();
    if n_requirements == 0 {
        return None;
    }
    let skills: f64 = facts
        .required
        .iter()
        .map(|skill| ranking.profile.certainty(*skill))
        .sum();
    let held: Vec<u64> = ranking
        .profile
        .credentials
        .iter()
        .map(|id| id_hash(id))
        .collect();
    let credentials = facts
        .prerequisites
        .iter()
        .filter(|id| held.contains(id))
        .count();
    let of_group = |(at_least, of): &(usize, Vec<u64>)| {
        (of.iter().filter(|id| held.contains(id)).count() as f64 / (*at_least).max(1) as f64)
            .min(1.0)
    };
    let groups: f64 = facts.prerequisite_groups.iter().map(of_group).sum();
    Some((skills + credentials as f64 + groups) / n_requirements as f64)
}

/// By [`LEVEL_STEP`]; nothing where one of the levels is not known.
pub(super) fn level_fit(level: Option<u8>, held: Option<u8>) -> Option<f64> {
    let step = usize::from(level?.saturating_sub(held?));
    Some(LEVEL_STEP.get(step).copied().unwrap_or(LEVEL_STEP_FURTHER))
}

/// The mean over language, place and mode: 1 where the request asks for it and the source states it, since constraints filter; 1 for the place of
/// what is online or offered everywhere; else the middle, because one side does not say.
fn access(facts: &Facts, filter: &Filter) -> Value {
    let asked = [
        !filter.languages.is_empty(),
        !filter.countries.is_empty(),
        !filter.modes.is_empty(),
    ];
    let mut fits = [false; 3];
    for (at, fit) in fits.iter_mut().enumerate() {
        *fit = asked[at] && facts.stated_access[at];
    }
    fits[1] |= facts.terms.is_anywhere;
    match fits.iter().filter(|fit| **fit).count() {
        0 if asked.contains(&true) => Err(Unknown::NotStated),
        0 => Err(Unknown::NotAsked),
        n_fitting => Ok((n_fitting as f64 + NEUTRAL * (3 - n_fitting) as f64) / 3.0),
    }
}

/// 1 where it is free; against the budget where there is one; else falling, one half at [`HALF_COST_EUR`].
fn cost(cost: Option<&Money>, filter: &Filter) -> Value {
    let cost = cost.ok_or(Unknown::NotStated)?;
    if cost.amount <= 0.0 {
        return Ok(1.0);
    }
    let rates = filter.rates.as_deref();
    let comparable =
        |currency: &str| amount_in(cost, currency, rates).ok_or(Unknown::NotComparable);
    match &filter.cost_max {
        Some(most) if most.amount > 0.0 => Ok(1.0 - comparable(&most.currency)? / most.amount),
        Some(most) => comparable(&most.currency).map(|_| 0.0),
        None => Ok(HALF_COST_EUR / (HALF_COST_EUR + comparable(EUR)?)),
    }
}

/// Against the budget of hours where there is one; else falling, one half at [`HALF_HOURS`].
fn time(hours: Option<f64>, filter: &Filter) -> Value {
    let hours = hours.ok_or(Unknown::NotStated)?;
    Ok(match filter.hours_max {
        Some(most) if most > 0.0 => 1.0 - hours / most,
        Some(_) => 0.0,
        None => HALF_HOURS / (HALF_HOURS + hours),
    })
}

/// 1 for a record of today, 0 for one that is [`OLD_DAYS`] older.
fn freshness(day: Option<i64>, today: i64) -> Value {
    let age = today as f64 - day.ok_or(Unknown::NotStated)? as f64;
    Ok((1.0 - age / OLD_DAYS).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn in_currency(amount: f64, currency: &str) -> Money {
        Money {
            amount,
            currency: currency.into(),
        }
    }

    fn eur(amount: f64) -> Money {
        in_currency(amount, EUR)
    }

    fn with_rates(cost_max: Option<Money>) -> Filter {
        let rates = serde_json::json!({ "base": EUR, "date": "2026-11-20", "source": "a bank", "per_base": { "DKK": 7.5 } });
        Filter {
            cost_max,
            rates: Some(Arc::new(serde_json::from_value(rates).unwrap())),
            ..Filter::default()
        }
    }

    #[test]
    fn free_is_best_in_any_currency() {
        assert_eq!(
            cost(Some(&in_currency(0.0, "DKK")), &Filter::default()),
            Ok(1.0)
        );
    }

    #[test]
    fn cost_in_another_currency_is_compared_by_rates_only() {
        let budget = Filter {
            cost_max: Some(eur(100.0)),
            ..Filter::default()
        };
        assert_eq!(
            cost(Some(&in_currency(5.0, "DKK")), &budget),
            Err(Unknown::NotComparable)
        );
        assert_eq!(cost(Some(&eur(25.0)), &budget), Ok(0.75));
        assert_eq!(cost(None, &budget), Err(Unknown::NotStated));
        assert_eq!(
            cost(
                Some(&in_currency(375.0, "DKK")),
                &with_rates(Some(eur(100.0)))
            ),
            Ok(0.5)
        );
        assert_eq!(
            cost(Some(&in_currency(3_750.0, "DKK")), &with_rates(None)),
            Ok(0.5)
        );
        assert_eq!(
            cost(Some(&in_currency(5.0, "CHF")), &with_rates(None)),
            Err(Unknown::NotComparable)
        );
    }

    #[test]
    fn half_of_the_value_at_the_stated_points() {
        assert_eq!(cost(Some(&eur(HALF_COST_EUR)), &Filter::default()), Ok(0.5));
        assert_eq!(time(Some(HALF_HOURS), &Filter::default()), Ok(0.5));
    }

    #[test]
    fn zero_budgets_do_not_divide() {
        let filter = Filter {
            cost_max: Some(eur(0.0)),
            hours_max: Some(0.0),
            ..Filter::default()
        };
        assert_eq!(
            (cost(Some(&eur(1.0)), &filter), time(Some(0.0), &filter)),
            (Ok(0.0), Ok(0.0))
        );
    }

    #[test]
    fn freshness_needs_a_day() {
        assert_eq!(
            (
                freshness(None, 1),
                freshness(Some(1), 1),
                freshness(Some(-9_000), 1)
            ),
            (Err(Unknown::NotStated), Ok(1.0), Ok(0.0))
        );
    }

    #[test]
    fn the_next_level_is_no_hurdle_and_three_at_once_are_one() {
        let fit = |level, held| level_fit(Some(level), Some(held));
        assert_eq!(
            (fit(3, 3), fit(2, 5), fit(4, 3), fit(5, 3)),
            (Some(1.0), Some(1.0), Some(1.0), Some(0.5))
        );
        assert_eq!(
            (fit(6, 3), fit(8, 1)),
            (Some(LEVEL_STEP_FURTHER), Some(LEVEL_STEP_FURTHER))
        );
        assert_eq!(
            (level_fit(None, Some(1)), level_fit(Some(1), None)),
            (None, None)
        );
    }
}
