//! What does CTDL state of money? Cost profiles, and financial assistance.

use serde_json::Value;

use super::super::codes;
use super::super::draft::{Draft, Price};
use super::super::value::{first, id, label_text, list, number, string_of};
use super::Reader;
use crate::credential::{FundingScheme, Money};
use crate::day;

impl<'a> Reader<'a, '_> {
    /// The price and who pays. Where one of several costs is said to be the sum, that one counts.
    pub(super) fn costs(&self, node: &'a Value, draft: &mut Draft) {
        let profiles = self.nodes.list(node, "estimatedCost");
        let kind = |profile: &'a Value| {
            list(profile, "directCostType")
                .into_iter()
                .map(|kind| self.term(kind))
                .next()
                .unwrap_or_default()
        };
        let price = |profile: &'a Value| Price {
            amount: first(profile, "price").and_then(number),
            currency: string_of(profile, "currency")
                .as_deref()
                .and_then(codes::currency),
            note: ["name", "description"]
                .iter()
                .find_map(|name| first(profile, name).and_then(label_text))
                .or_else(|| Some(kind(profile)).filter(|kind| !kind.is_empty())),
        };
        match profiles
            .iter()
            .find(|profile| codes::local(&kind(profile)) == "AggregateCost")
        {
            Some(sum) => draft.prices(vec![price(sum)]),
            None => draft.prices(
                profiles
                    .into_iter()
                    .map(price)
                    .filter(|price| price.amount.is_some() || price.note.is_some())
                    .collect(),
            ),
        }
        for scheme in self.nodes.list(node, "financialAssistance") {
            let kinds: Vec<String> = list(scheme, "financialAssistanceType")
                .into_iter()
                .map(|kind| self.term(kind))
                .collect();
            let name = first(scheme, "name")
                .and_then(label_text)
                .or_else(|| Some(kinds.join(", ")))
                .filter(|name| !name.is_empty());
            let Some(name) = name.or_else(|| id(scheme).map(str::to_owned)) else {
                continue;
            };
            let value = self
                .nodes
                .list(scheme, "financialAssistanceValue")
                .into_iter()
                .next();
            let amount = value.and_then(|value| {
                let currency = string_of(value, "unitText")
                    .as_deref()
                    .and_then(codes::currency)?;
                Some(Money {
                    amount: first(value, "maxValue")
                        .or_else(|| first(value, "value"))
                        .and_then(number)?,
                    currency,
                })
            });
            draft.funding.schemes.push(FundingScheme {
                name,
                amount_max: amount,
                eligible: list(scheme, "audienceType")
                    .into_iter()
                    .map(|audience| self.term(audience))
                    .collect(),
                valid_until: string_of(scheme, "endDate").and_then(|date| day::date(&date)),
                source: first(scheme, "subjectWebpage")
                    .and_then(id)
                    .map(str::to_owned),
                ..FundingScheme::default()
            });
        }
    }
}
