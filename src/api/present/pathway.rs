//! A pathway and prior learning in messages: with sums only of what is stated and comparable, and the evidence for what is held.

use skillgap_credentials::credential::{Credential, Money, text_in};
use skillgap_credentials::rates::{Rates, amount_in};

use super::reasons::estimated_share;
use super::summary::{Basis, notes, nothing_to_plan, summary};
use super::{Presenter, held_source};
use crate::api::wire;
use crate::engine::{Planned, Recognised, Recommended};
use crate::pathway::{Label, Step, Towards};

/// What the caller wished for, as far as sentences and sums speak of it.
#[derive(Clone, Copy)]
pub struct Wishes<'a> {
    /// Whether there is any.
    pub are_set: bool,
    /// The budget of a whole pathway.
    pub cost_max: Option<&'a Money>,
    /// What makes other currencies comparable.
    pub rates: Option<&'a Rates>,
}

impl Presenter<'_> {
    /// A pathway of the advice, with sums of what its steps state, in the currency of the budget where there is one.
    pub fn pathway(
        self,
        advice: &Recommended,
        planned: &Planned,
        wishes: Wishes<'_>,
    ) -> wire::Pathway {
        let (pathway, credentials) = (&planned.pathway, &planned.credentials);
        let facts = planned.candidates.iter().map(|one| &one.facts);
        let sizes: Vec<Size> = facts
            .map(|facts| (facts.hours, facts.cost.as_ref()))
            .collect();
        let sums = Sums::of(&sizes, wishes.cost_max, wishes.rates);
        let asked = advice.gap.readiness();
        let leads = planned.unlocks.iter().zip(&planned.towards);
        let steps = pathway.steps.iter().zip(credentials).zip(&sizes).zip(leads);
        let steps = steps.map(|(((step, credential), size), (unlocks, towards))| {
            self.step(step, credential, *size, unlocks, towards)
        });
        let taken = planned.candidates.iter().zip(credentials);
        let basis = Basis {
            estimated: estimated_share(self.catalogue, &advice.needs, taken),
            has_parts: planned.has_parts,
            ..basis(advice, wishes)
        };
        let on_proofs = advice
            .gap
            .items
            .iter()
            .filter_map(|item| self.on_proof(item));
        let of_pathway = notes(
            pathway,
            credentials,
            &planned.blocked,
            self.language,
            self.words,
        );
        wire::Pathway {
            steps: steps.collect(),
            closure: asked.map(|_| pathway.closure),
            closure_upper_bound: asked.map(|_| pathway.closure_upper_bound),
            hours: sums.hours,
            cost: sums.cost.as_ref().cloned(),
            n_steps_without_hours: sums.n_without_hours as u32,
            n_steps_without_cost: sums.n_without_cost as u32,
            summary: summary(pathway, asked, advice.n_candidates, basis, self.words),
            notes: on_proofs.chain(of_pathway).collect(),
            trust: pathway.trust,
            strengths: pathway
                .labels
                .iter()
                .map(|label| strength(*label))
                .collect(),
        }
    }

    /// Why nothing that surely helps is recommended; nothing where something does.
    pub(in crate::api) fn on_nothing(
        self,
        advice: &Recommended,
        wishes: Wishes<'_>,
    ) -> Option<String> {
        let n_helping = usize::from(advice.helps);
        if advice.helps {
            return None;
        }
        nothing_to_plan(
            advice.gap.readiness(),
            n_helping,
            basis(advice, wishes),
            self.words,
        )
    }

    fn step(
        self,
        step: &Step,
        credential: &Credential,
        (hours, cost): Size<'_>,
        unlocks: &[String],
        towards: &[Towards],
    ) -> wire::PathwayStep {
        let leads_towards = |towards: &Towards| wire::LeadsTowards {
            credential_id: towards.id.clone(),
            title: text_in(&towards.title, self.language).to_owned(),
            n_parts_had: towards.parts_had as u32,
            n_parts_known: towards.parts_known as u32,
            share: (towards.listed && towards.parts_known > 0)
                .then(|| towards.parts_had as f64 / towards.parts_known as f64),
        };
        wire::PathwayStep {
            credential_id: credential.id.clone(),
            title: text_in(&credential.title, self.language).to_owned(),
            marginal_closure: step.marginal,
            hours,
            cost: cost.cloned(),
            unlocks: unlocks.to_vec(),
            leads_towards: towards.iter().map(leads_towards).collect(),
        }
    }

    /// What the person may have recognised, with what shows it.
    pub(in crate::api) fn prior_learning(self, all: &[Recognised]) -> Vec<wire::PriorLearning> {
        let one = |Recognised { prior, credential }: &Recognised| wire::PriorLearning {
            credential_id: credential.id.clone(),
            title: text_in(&credential.title, self.language).to_owned(),
            share_covered: prior.share,
            relevance: prior.relevance,
            evidence: prior
                .evidence
                .iter()
                .map(|item| wire::PriorEvidence {
                    taught: Some(self.skill(item.skill)),
                    held: item.held,
                    nearest_held: item.nearest.map(|(skill, _)| self.skill(skill)),
                    nearest_held_source: item.nearest.map_or(0, |(_, source)| held_source(source)),
                })
                .collect(),
        };
        all.iter().map(one).collect()
    }
}

/// What all numbers rest on, whatever is planned.
fn basis(advice: &Recommended, wishes: Wishes<'_>) -> Basis {
    let demand = &advice.demand;
    let mut items = advice.gap.items.iter();
    Basis {
        n_recognised: (!demand.asked.is_empty()).then_some(demand.skills.len()),
        has_wishes: wishes.are_set,
        n_to_show: items.by_ref().filter(|item| item.shown.is_some()).count(),
        ..Basis::default()
    }
}

fn strength(label: Label) -> i32 {
    match label {
        Label::Surest => wire::PathwayStrength::Surest,
        Label::ClosesMost => wire::PathwayStrength::ClosesMost,
        Label::Cheapest => wire::PathwayStrength::Cheapest,
        Label::Fastest => wire::PathwayStrength::Fastest,
        Label::MostTrusted => wire::PathwayStrength::MostTrusted,
        Label::FewestSteps => wire::PathwayStrength::FewestSteps,
    }
    .into()
}

/// What a step takes, as budgets count it: hours, and what is left to pay.
type Size<'a> = (Option<f64>, Option<&'a Money>);

/// What the steps of a pathway state, summed.
#[derive(Debug, PartialEq)]
struct Sums {
    /// Nothing where no step states any.
    hours: Option<f64>,
    /// Nothing where no step states a cost, and where the costs are in several currencies that are not comparable.
    cost: Option<Money>,
    n_without_hours: usize,
    n_without_cost: usize,
}

impl Sums {
    fn of(steps: &[Size<'_>], cost_max: Option<&Money>, rates: Option<&Rates>) -> Self {
        let stated: Vec<&Money> = steps.iter().filter_map(|(_, cost)| *cost).collect();
        let currency = cost_max
            .map(|most| most.currency.clone())
            .or_else(|| shared_currency(&stated, rates));
        let in_currency = |cost: &&Money| comparable_cost(cost, currency.as_deref()?, rates);
        let costs: Vec<f64> = stated.iter().filter_map(in_currency).collect();
        let hours: Vec<f64> = steps.iter().filter_map(|(hours, _)| *hours).collect();
        Self {
            hours: (!hours.is_empty()).then(|| hours.iter().sum()),
            cost: currency
                .filter(|_| !costs.is_empty())
                .map(|currency| Money {
                    amount: costs.iter().fold(0.0, |sum, cost| sum + cost),
                    currency,
                }),
            n_without_hours: steps.len() - hours.len(),
            n_without_cost: steps.len() - costs.len(),
        }
    }
}

/// The one currency of all stated costs, or the first of them to which `rates` convert all others; none if there is no such.
fn shared_currency(stated: &[&Money], rates: Option<&Rates>) -> Option<String> {
    let costs = || stated.iter().filter(|cost| cost.amount != 0.0);
    let first = costs().next().or(stated.first())?;
    costs()
        .all(|cost| amount_in(cost, &first.currency, rates).is_some())
        .then(|| first.currency.clone())
}

/// A cost in a currency, where that can be said. Nothing to pay is nothing in any currency.
fn comparable_cost(cost: &Money, currency: &str, rates: Option<&Rates>) -> Option<f64> {
    if cost.amount == 0.0 {
        Some(0.0)
    } else {
        amount_in(cost, currency, rates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costing(amount: f64, currency: &str) -> Option<Money> {
        Some(money_of(amount, currency))
    }

    fn money_of(amount: f64, currency: &str) -> Money {
        Money {
            amount,
            currency: currency.into(),
        }
    }

    fn check(
        steps: &[Option<Money>],
        cost_max: Option<Money>,
        rates: Option<&Rates>,
    ) -> (Option<Money>, usize) {
        let sizes: Vec<Size> = steps.iter().map(|cost| (None, cost.as_ref())).collect();
        let sums = Sums::of(&sizes, cost_max.as_ref(), rates);
        (sums.cost, sums.n_without_cost)
    }

    #[test]
    fn costs_in_one_currency_are_summed() {
        let steps = [costing(100.0, "DKK"), None, costing(50.0, "DKK")];
        assert_eq!(check(&steps, None, None), (Some(money_of(150.0, "DKK")), 1));
    }

    #[test]
    fn costs_in_several_currencies_have_no_sum() {
        let steps = [costing(100.0, "DKK"), costing(50.0, "EUR")];
        assert_eq!(check(&steps, None, None), (None, 2));
    }

    #[test]
    fn the_currency_of_the_budget_counts() {
        let steps = [costing(100.0, "DKK"), costing(50.0, "EUR")];
        let within = check(&steps, Some(money_of(80.0, "EUR")), None);
        assert_eq!(within, (Some(money_of(50.0, "EUR")), 1));
    }

    #[test]
    fn rates_bring_costs_in_several_currencies_together() {
        let rates = serde_json::json!({ "base": "EUR", "date": "2026-11-20", "source": "a bank", "per_base": { "DKK": 7.5 } });
        let rates: Rates = serde_json::from_value(rates).unwrap();
        let steps = [
            costing(75.0, "DKK"),
            costing(50.0, "EUR"),
            costing(0.0, "CHF"),
        ];
        let within = check(&steps, Some(money_of(80.0, "EUR")), Some(&rates));
        assert_eq!(within, (Some(money_of(60.0, "EUR")), 0));
        assert_eq!(
            check(&steps, None, Some(&rates)),
            (Some(money_of(450.0, "DKK")), 0)
        );
        let unknown = [costing(75.0, "DKK"), costing(5.0, "CHF")];
        assert_eq!(check(&unknown, None, Some(&rates)), (None, 2));
    }

    #[test]
    fn hours_are_summed_where_they_are_stated() {
        let sums = Sums::of(
            &[(Some(8.0), None), (None, None), (Some(60.0), None)],
            None,
            None,
        );
        assert_eq!((sums.hours, sums.n_without_hours), (Some(68.0), 1));
    }

    #[test]
    fn what_no_step_states_has_no_sum() {
        let within = Some(money_of(80.0, "EUR"));
        assert_eq!(check(&[None, None], within, None), (None, 2));
        assert_eq!(Sums::of(&[(None, None)], None, None).hours, None);
    }
}
