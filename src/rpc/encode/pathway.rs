//! How are a pathway and prior learning shown? With sums only of what is stated and comparable, and the evidence for what is held.

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{Credential, text_in};
use skillgap_credentials::rates::{Rates, amount_in};

use super::{money, wire};
use crate::engine::{Planned, Recognised};
use crate::pathway::{Budgets, Towards};

/// A pathway, with sums of what its steps state, in the currency of the budget where there is one. `rates` make other currencies comparable.
pub(in crate::rpc) fn pathway(
    planned: Planned,
    budgets: &Budgets,
    rates: Option<&Rates>,
    language: &str,
) -> wire::Pathway {
    let Planned {
        pathway,
        credentials,
        unlocks,
        towards,
        summary,
        notes,
    } = planned;
    let currency = budgets
        .cost_max
        .as_ref()
        .map(|most| most.currency.clone())
        .or_else(|| shared_currency(&credentials, rates));
    let comparable: Vec<f64> = credentials
        .iter()
        .filter_map(|of| comparable_cost(of, currency.as_deref(), rates))
        .collect();
    let hours: Vec<f64> = credentials
        .iter()
        .filter_map(Credential::hours_at_most)
        .collect();
    let n_steps = credentials.len();
    let leads = unlocks.into_iter().zip(towards);
    let steps = pathway.steps.iter().zip(&credentials).zip(leads).map(
        |((step, credential), (unlocks, towards))| wire::PathwayStep {
            credential_id: credential.id.clone(),
            title: text_in(&credential.title, language).to_owned(),
            marginal_closure: step.marginal,
            hours: credential.hours_at_most(),
            cost: credential.cost.as_ref().map(money),
            unlocks,
            leads_towards: towards
                .into_iter()
                .map(|towards| leads_towards(towards, language))
                .collect(),
        },
    );
    wire::Pathway {
        steps: steps.collect(),
        closure: pathway.closure,
        closure_upper_bound: pathway.closure_upper_bound,
        hours: hours.iter().fold(0.0, |sum, hours| sum + hours),
        cost: currency.map(|currency| wire::Money {
            amount: comparable.iter().fold(0.0, |sum, cost| sum + cost),
            currency,
        }),
        steps_without_hours: (n_steps - hours.len()) as u32,
        steps_without_cost: (n_steps - comparable.len()) as u32,
        summary,
        labels: pathway
            .labels
            .iter()
            .map(|label| label.name().to_owned())
            .collect(),
        notes,
        trust: pathway.trust,
    }
}

fn leads_towards(towards: Towards, language: &str) -> wire::LeadsTowards {
    wire::LeadsTowards {
        share: (towards.listed && towards.parts_known > 0)
            .then(|| towards.parts_had as f64 / towards.parts_known as f64),
        title: text_in(&towards.title, language).to_owned(),
        credential_id: towards.id.unwrap_or_default(),
        parts_had: towards.parts_had as u32,
        parts_known: towards.parts_known as u32,
    }
}

/// A credential that the person may have recognised, with what shows it.
pub(in crate::rpc) fn prior_learning(
    catalogue: &Catalogue,
    recognised: &Recognised,
    language: &str,
) -> wire::PriorLearning {
    let Recognised { prior, credential } = recognised;
    let evidence = prior.evidence.iter().map(|item| {
        let held = item
            .nearest
            .map(|(skill, _)| super::skill_ref(catalogue, skill, language))
            .unwrap_or_default();
        wire::PriorEvidence {
            taught_uri: catalogue.skill_uri(item.skill).to_owned(),
            taught_label: catalogue.skill_label(item.skill, language).to_owned(),
            held: item.held,
            held_uri: held.uri,
            held_label: held.label,
            held_source: item
                .nearest
                .map(|(_, source)| source.name().to_owned())
                .unwrap_or_default(),
        }
    });
    wire::PriorLearning {
        credential_id: credential.id.clone(),
        title: text_in(&credential.title, language).to_owned(),
        share_covered: prior.share,
        relevance: prior.relevance,
        evidence: evidence.collect(),
    }
}

/// The one currency of all stated costs, or the first of them to which `rates` convert all others; none if there is no such.
fn shared_currency(credentials: &[Credential], rates: Option<&Rates>) -> Option<String> {
    let costs = || {
        credentials
            .iter()
            .filter_map(|credential| credential.cost.as_ref())
            .filter(|cost| cost.amount != 0.0)
    };
    let first = costs().next().or_else(|| {
        credentials
            .iter()
            .find_map(|credential| credential.cost.as_ref())
    })?;
    costs()
        .all(|cost| amount_in(cost, &first.currency, rates).is_some())
        .then(|| first.currency.clone())
}

/// What a credential costs in a currency, where that can be said. Nothing to pay is nothing in any currency.
fn comparable_cost(
    credential: &Credential,
    currency: Option<&str>,
    rates: Option<&Rates>,
) -> Option<f64> {
    let (cost, currency) = (credential.cost.as_ref()?, currency?);
    if cost.amount == 0.0 {
        Some(0.0)
    } else {
        amount_in(cost, currency, rates)
    }
}

#[cfg(test)]
mod tests {
    use skillgap_credentials::credential::{Money, Workload};

    use super::*;
    use crate::pathway::{Pathway, Step};

    fn costing(amount: f64, currency: &str) -> Credential {
        Credential {
            cost: Some(Money {
                amount,
                currency: currency.into(),
            }),
            ..Credential::default()
        }
    }

    fn encoded(credentials: Vec<Credential>, cost_max: Option<Money>) -> wire::Pathway {
        encoded_by(credentials, cost_max, None)
    }

    fn encoded_by(
        credentials: Vec<Credential>,
        cost_max: Option<Money>,
        rates: Option<&Rates>,
    ) -> wire::Pathway {
        let n = credentials.len();
        let steps = (0..n)
            .map(|at| Step {
                at,
                marginal: 0.1,
                ..Step::default()
            })
            .collect();
        let planned = Planned {
            pathway: Pathway {
                steps,
                ..Pathway::default()
            },
            credentials,
            unlocks: vec![Vec::new(); n],
            towards: vec![Vec::new(); n],
            summary: String::new(),
            notes: Vec::new(),
        };
        pathway(
            planned,
            &Budgets {
                cost_max,
                ..Budgets::default()
            },
            rates,
            "en",
        )
    }

    #[test]
    fn costs_in_one_currency_are_summed() {
        let pathway = encoded(
            vec![
                costing(100.0, "DKK"),
                Credential::default(),
                costing(50.0, "DKK"),
            ],
            None,
        );
        assert_eq!(
            pathway.cost,
            Some(wire::Money {
                amount: 150.0,
                currency: "DKK".into()
            })
        );
        assert_eq!(
            (pathway.steps_without_cost, pathway.steps_without_hours),
            (1, 3)
        );
    }

    #[test]
    fn costs_in_several_currencies_have_no_sum() {
        let pathway = encoded(vec![costing(100.0, "DKK"), costing(50.0, "EUR")], None);
        assert_eq!((pathway.cost, pathway.steps_without_cost), (None, 2));
    }

    #[test]
    fn the_currency_of_the_budget_counts() {
        let pathway = encoded(
            vec![costing(100.0, "DKK"), costing(50.0, "EUR")],
            Some(Money {
                amount: 80.0,
                currency: "EUR".into(),
            }),
        );
        assert_eq!(
            pathway.cost,
            Some(wire::Money {
                amount: 50.0,
                currency: "EUR".into()
            })
        );
        assert_eq!(pathway.steps_without_cost, 1);
    }

    #[test]
    fn rates_bring_costs_in_several_currencies_together() {
        let rates = serde_json::json!({ "base": "EUR", "date": "2026-11-20", "source": "a bank", "per_base": { "DKK": 7.5 } });
        let rates: Rates = serde_json::from_value(rates).unwrap();
        let steps = || {
            vec![
                costing(75.0, "DKK"),
                costing(50.0, "EUR"),
                costing(0.0, "CHF"),
            ]
        };
        let within = encoded_by(
            steps(),
            Some(Money {
                amount: 80.0,
                currency: "EUR".into(),
            }),
            Some(&rates),
        );
        assert_eq!(
            (within.cost, within.steps_without_cost),
            (
                Some(wire::Money {
                    amount: 60.0,
                    currency: "EUR".into()
                }),
                0
            )
        );
        let free = encoded_by(steps(), None, Some(&rates));
        assert_eq!(
            free.cost,
            Some(wire::Money {
                amount: 450.0,
                currency: "DKK".into()
            })
        );
        let unknown = encoded_by(
            vec![costing(75.0, "DKK"), costing(5.0, "CHF")],
            None,
            Some(&rates),
        );
        assert_eq!((unknown.cost, unknown.steps_without_cost), (None, 2));
    }

    #[test]
    fn hours_are_those_that_the_budget_counts() {
        let credential = |hours, ects| Credential {
            workload: Some(Workload {
                hours,
                ects,
                ..Workload::default()
            }),
            ..Credential::default()
        };
        let pathway = encoded(
            vec![credential(Some(8.0), None), credential(None, Some(2.0))],
            None,
        );
        assert_eq!((pathway.hours, pathway.steps_without_hours), (68.0, 0));
    }
}
