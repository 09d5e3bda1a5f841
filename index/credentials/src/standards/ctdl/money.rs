//! What does CTDL state of money? Cost profiles, and financial assistance.

use super::super::codes;
use super::super::draft::{Draft, Price};
use super::super::nodes::Node;
use super::node::term;
use crate::credential::{FundingScheme, Money};

/// The price and who pays. Where one of several costs is said to be the sum, that one counts.
pub(super) fn costs(node: Node<'_>, draft: &mut Draft) {
    let profiles: Vec<Node<'_>> = node.all("estimatedCost").collect();
    let kind = |profile: Node<'_>| term(profile.at("directCostType"));
    let price = |profile: Node<'_>| {
        let note = profile
            .label_of("name")
            .or_else(|| profile.label_of("description"));
        let kind = || Some(kind(profile)).filter(|kind| !kind.is_empty());
        let currency = profile.string("currency");
        Price {
            amount: profile.number("price"),
            currency: currency.as_deref().and_then(codes::currency),
            note: note.or_else(kind),
        }
    };
    let is_sum = |profile: &&Node<'_>| codes::local(&kind(**profile)) == "AggregateCost";
    draft.prices(match profiles.iter().find(is_sum) {
        Some(sum) => vec![price(*sum)],
        None => {
            let prices = profiles.into_iter().map(price);
            let says = |price: &Price| price.amount.is_some() || price.note.is_some();
            prices.filter(says).collect()
        }
    });
    for scheme in node.all("financialAssistance") {
        let kinds: Vec<String> = scheme.all("financialAssistanceType").map(term).collect();
        let kinds = Some(kinds.join(", ")).filter(|kinds| !kinds.is_empty());
        let name = scheme.label_of("name").or(kinds);
        let Some(name) = name.or_else(|| scheme.id().map(str::to_owned)) else {
            continue;
        };
        let value = scheme.at("financialAssistanceValue");
        let currency = value
            .string("unitText")
            .as_deref()
            .and_then(codes::currency);
        let amount = value.number("maxValue").or_else(|| value.number("value"));
        draft.funding.schemes.push(FundingScheme {
            name,
            amount_max: amount
                .zip(currency)
                .map(|(amount, currency)| Money { amount, currency }),
            eligible: scheme.all("audienceType").map(term).collect(),
            valid_until: scheme.date(["endDate"]),
            source: scheme.ids("subjectWebpage").next().map(str::to_owned),
            ..FundingScheme::default()
        });
    }
}
