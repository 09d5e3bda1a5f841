//! How are recommendations and a pathway shown? With every part of every score, and sums only of what is stated and comparable.

use skillgap_index::Catalogue;
use skillgap_index::model::credential::{Credential, Money, text_in};

use super::credential::signal_value;
use super::{money, wire};
use crate::engine::{Planned, Recommendation};
use crate::explain::CoverReason;
use crate::pathway::Budgets;
use crate::rank::{Contribution, Trust};

/// One recommendation with its reasons.
pub(in crate::rpc) fn recommendation(catalogue: &Catalogue, recommendation: Recommendation, language: &str) -> wire::Recommendation {
    let Recommendation { ranked, credential, explanation } = recommendation;
    wire::Recommendation {
        credential_id: credential.id.clone(),
        title: text_in(&credential.title, language).to_owned(),
        score: ranked.score(),
        closure: ranked.candidate.closure,
        contributions: ranked.contributions.iter().map(contribution).collect(),
        covers: explanation.covers.into_iter().map(|cover| covered(catalogue, cover, language)).collect(),
        trust: Some(trust(&ranked.trust, &credential)),
        reasons: explanation.reasons,
        not_stated: explanation.not_stated.into_iter().map(str::to_owned).collect(),
    }
}

fn contribution(contribution: &Contribution) -> wire::Contribution {
    wire::Contribution {
        feature: contribution.feature.name().to_owned(),
        value: contribution.value,
        weight: contribution.weight,
        contribution: contribution.contribution(),
        known: contribution.known,
    }
}

fn covered(catalogue: &Catalogue, cover: CoverReason, language: &str) -> wire::CoveredSkill {
    wire::CoveredSkill {
        uri: catalogue.skill_uri(cover.demanded).to_owned(),
        label: catalogue.skill_label(cover.demanded, language).to_owned(),
        coverage: cover.coverage,
        outcome_text: cover.outcome_text,
        declared: cover.declared,
        taught_uri: catalogue.skill_uri(cover.taught).to_owned(),
        taught_label: catalogue.skill_label(cover.taught, language).to_owned(),
        confidence: cover.confidence,
    }
}

fn trust(trust: &Trust, credential: &Credential) -> wire::Trust {
    let signals = trust.signals.iter().map(|(signal, weight, value)| wire::TrustSignal {
        signal: signal.name().to_owned(),
        value: signal_value(*value).into(),
        source: credential.signal(*signal).map(|stated| stated.source.clone()).unwrap_or_default(),
        weight: *weight,
    });
    wire::Trust { score: trust.score, known_share: trust.known_share, signals: signals.collect() }
}

/// A pathway, with sums of what its steps state.
pub(in crate::rpc) fn pathway(planned: Planned, budgets: &Budgets, language: &str) -> wire::Pathway {
    let Planned { pathway, credentials, summary } = planned;
    let currency = budgets.cost_max.as_ref().map(|most| most.currency.clone()).or_else(|| shared_currency(&credentials));
    let comparable: Vec<&Money> = credentials.iter().filter_map(|credential| comparable_cost(credential, currency.as_deref())).collect();
    let hours: Vec<f64> = credentials.iter().filter_map(Credential::hours_at_most).collect();
    let n_steps = credentials.len();
    let steps = pathway.steps.iter().zip(&credentials).map(|(step, credential)| wire::PathwayStep {
        credential_id: credential.id.clone(),
        title: text_in(&credential.title, language).to_owned(),
        marginal_closure: step.marginal,
        hours: credential.hours_at_most(),
        cost: credential.cost.as_ref().map(money),
    });
    wire::Pathway {
        steps: steps.collect(),
        closure: pathway.closure,
        closure_upper_bound: pathway.closure_upper_bound,
        hours: hours.iter().fold(0.0, |sum, hours| sum + hours),
        cost: currency.map(|currency| wire::Money { amount: comparable.iter().map(|cost| cost.amount).sum(), currency }),
        steps_without_hours: (n_steps - hours.len()) as u32,
        steps_without_cost: (n_steps - comparable.len()) as u32,
        summary,
    }
}

/// The one currency of all stated costs; none if there are several.
fn shared_currency(credentials: &[Credential]) -> Option<String> {
    let mut currencies = credentials.iter().filter_map(|credential| credential.cost.as_ref()).map(|cost| &cost.currency);
    let first = currencies.next()?;
    currencies.all(|currency| currency == first).then(|| first.clone())
}

fn comparable_cost<'a>(credential: &'a Credential, currency: Option<&str>) -> Option<&'a Money> {
    credential.cost.as_ref().filter(|cost| Some(cost.currency.as_str()) == currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pathway::{Pathway, Step};

    fn costing(amount: f64, currency: &str) -> Credential {
        Credential { cost: Some(Money { amount, currency: currency.into() }), ..Credential::default() }
    }

    fn encoded(credentials: Vec<Credential>, cost_max: Option<Money>) -> wire::Pathway {
        let steps = (0..credentials.len()).map(|at| Step { at, marginal: 0.1 }).collect();
        let planned = Planned { pathway: Pathway { steps, ..Pathway::default() }, credentials, summary: String::new() };
        pathway(planned, &Budgets { cost_max, ..Budgets::default() }, "en")
    }

    #[test]
    fn costs_in_one_currency_are_summed() {
        let pathway = encoded(vec![costing(100.0, "DKK"), Credential::default(), costing(50.0, "DKK")], None);
        assert_eq!(pathway.cost, Some(wire::Money { amount: 150.0, currency: "DKK".into() }));
        assert_eq!((pathway.steps_without_cost, pathway.steps_without_hours), (1, 3));
    }

    #[test]
    fn costs_in_several_currencies_have_no_sum() {
        let pathway = encoded(vec![costing(100.0, "DKK"), costing(50.0, "EUR")], None);
        assert_eq!((pathway.cost, pathway.steps_without_cost), (None, 2));
    }

    #[test]
    fn the_currency_of_the_budget_counts() {
        let pathway = encoded(vec![costing(100.0, "DKK"), costing(50.0, "EUR")], Some(Money { amount: 80.0, currency: "EUR".into() }));
        assert_eq!(pathway.cost, Some(wire::Money { amount: 50.0, currency: "EUR".into() }));
        assert_eq!(pathway.steps_without_cost, 1);
    }

    #[test]
    fn hours_are_those_that_the_budget_counts() {
        let credential = |hours, ects| Credential { hours, ects, ..Credential::default() };
        let pathway = encoded(vec![credential(Some(8.0), None), credential(None, Some(2.0))], None);
        assert_eq!((pathway.hours, pathway.steps_without_hours), (68.0, 0));
    }
}
