//! What does a learning opportunity or an award state of an offer? Who, where, when, for how much, and who pays.

use serde_json::Value;

use super::super::codes;
use super::super::draft::{Draft, Price, push_new, words};
use super::super::nodes::Nodes;
use super::super::value::{first, id, label_text, number, string_of};
use super::{Sources, day_of};
use crate::credential::{FundingScheme, Money};

impl<'a> Nodes<'a> {
    /// Price, grants, dates and schedule of an opportunity.
    pub(super) fn offer(&self, opportunity: &'a Value, draft: &mut Draft) {
        let prices = self
            .list(opportunity, "priceDetail")
            .into_iter()
            .map(|detail| {
                let amount = self.first(detail, "amount");
                let unit = amount
                    .and_then(|amount| first(amount, "unit"))
                    .and_then(|unit| id(unit).or_else(|| unit.as_str()));
                Price {
                    amount: amount
                        .and_then(|amount| first(amount, "value"))
                        .and_then(number),
                    currency: unit.and_then(codes::currency),
                    note: label_text(detail).filter(|_| detail.is_object()),
                }
            });
        draft.prices(prices.collect());
        for grant in self.list(opportunity, "grant") {
            let name = first(grant, "title")
                .and_then(label_text)
                .or_else(|| label_text(grant))
                .or_else(|| id(grant).map(str::to_owned));
            let source = first(grant, "contentURL")
                .or_else(|| first(grant, "contentUrl"))
                .and_then(|url| id(url));
            draft
                .funding
                .notes
                .extend(first(grant, "description").and_then(label_text));
            let amount = first(grant, "amount");
            let amount = amount.and_then(|amount| {
                let currency = codes::currency(id(first(amount, "unit")?)?)?;
                Some(Money {
                    amount: number(first(amount, "value")?)?,
                    currency,
                })
            });
            if let Some(name) = name {
                draft.funding.schemes.push(FundingScheme {
                    name,
                    source: source.map(str::to_owned),
                    amount_max: amount,
                    ..FundingScheme::default()
                });
            }
        }
        for period in self.list(opportunity, "temporal") {
            draft.access.start_dates.extend(day_of(period, "startDate"));
        }
        let mut schedule = Vec::new();
        for name in ["learningSchedule", "scheduleInformation"] {
            for stated in self.list(opportunity, name) {
                label_text(stated)
                    .or_else(|| id(stated).map(str::to_owned))
                    .into_iter()
                    .for_each(|text| push_new(&mut schedule, text));
            }
        }
        draft.access.schedule = words(&schedule);
        draft.workload.duration = string_of(opportunity, "duration");
    }

    /// Provider, awarding body and country.
    pub(super) fn organisations(&self, of: &Sources<'a>, draft: &mut Draft) {
        let provider = of
            .opportunity
            .and_then(|opportunity| self.first(opportunity, "providedBy"));
        let activity = of
            .claim
            .filter(|claim| claim.get("directedBy").is_some())
            .or_else(|| of.claim.and_then(|claim| self.first(claim, "influencedBy")));
        let provider =
            provider.or_else(|| activity.and_then(|activity| self.first(activity, "directedBy")));
        let awarding = of.claim.and_then(|claim| self.first(claim, "awardedBy"));
        let awarding = awarding.or_else(|| {
            of.specification
                .and_then(|specification| self.first(specification, "awardingOpportunity"))
        });
        let awarding = awarding.and_then(|process| self.first(process, "awardingBody"));
        let awarding = awarding.or_else(|| of.award.and_then(|award| self.first(award, "issuer")));
        let name = |organisation: &'a Value| {
            label_text(organisation).or_else(|| id(organisation).map(str::to_owned))
        };
        draft.provider = provider.and_then(name);
        draft.awarding_body = awarding.and_then(name);
        let places = [of.opportunity, awarding, provider];
        let countries = places
            .into_iter()
            .flatten()
            .map(|place| self.countries(place))
            .find(|countries| !countries.is_empty());
        draft.countries(countries.unwrap_or_default());
    }

    /// Countries of the places of a node.
    fn countries(&self, node: &'a Value) -> Vec<&'a str> {
        let places = self.list(node, "location").into_iter();
        let addresses = places.flat_map(|place| self.list(place, "address"));
        addresses
            .flat_map(|address| self.list(address, "countryCode"))
            .filter_map(id)
            .collect()
    }
}
