//! What does a learning opportunity or an award state of an offer? Who, where, when, for how much, and who pays.

use super::super::codes;
use super::super::draft::{Draft, Price, joined};
use super::super::nodes::Node;
use super::sources::Sources;
use crate::credential::{FundingScheme, Money};

/// Price, grants, dates and schedule of an opportunity.
pub(super) fn offer(opportunity: Node<'_>, draft: &mut Draft) {
    let prices = opportunity.all("priceDetail").map(|detail| {
        let amount = detail.at("amount");
        Price {
            amount: amount.number("value"),
            currency: currency(amount),
            note: detail.label().filter(|_| detail.is_node()),
        }
    });
    draft.prices(prices.collect());
    for grant in opportunity.all("grant") {
        draft.funding.notes.extend(grant.label_of("description"));
        let Some(name) = grant.label_of("title").or_else(|| grant.name()) else {
            continue;
        };
        let amount = grant.at("amount");
        let amount = amount.number("value").zip(currency(amount));
        let mut sources = ["contentURL", "contentUrl"].into_iter();
        draft.funding.schemes.push(FundingScheme {
            name,
            source: sources.find_map(|name| grant.at(name).id().map(str::to_owned)),
            amount_max: amount.map(|(amount, currency)| Money { amount, currency }),
            ..FundingScheme::default()
        });
    }
    let periods = opportunity.all("temporal");
    let starts = periods.filter_map(|period| period.date(["startDate"]));
    draft.access.start_dates.extend(starts);
    draft.access.schedule = joined(opportunity.all_of(["learningSchedule", "scheduleInformation"]));
    if opportunity.is_node() {
        draft.workload.duration = opportunity.string("duration");
    }
}

fn currency(amount: Node<'_>) -> Option<String> {
    codes::currency(&amount.at("unit").named_in(codes::currency)?)
}

/// Provider, awarding body and country.
pub(super) fn organisations(of: &Sources<'_>, draft: &mut Draft) {
    let activity = match of.claim.has("directedBy") {
        true => of.claim,
        false => of.claim.at("influencedBy"),
    };
    let there = |node: &Node<'_>| !node.value.is_null();
    let mut providers = [of.opportunity.at("providedBy"), activity.at("directedBy")].into_iter();
    let provider = providers.find(there);
    let awarding = [
        of.claim.at("awardedBy"),
        of.specification.at("awardingOpportunity"),
    ];
    let awarding = awarding.into_iter().find(there);
    let awarding = awarding.map(|process| process.at("awardingBody"));
    let awarding = awarding
        .into_iter()
        .chain([of.award.at("issuer")])
        .find(there);
    draft.provider = provider.and_then(Node::name);
    draft.awarding_body = awarding.and_then(Node::name);
    let issuer = Some(of.award.at("issuer"));
    let mut places = [Some(of.opportunity), awarding, provider, issuer]
        .into_iter()
        .flatten();
    let countries = places.find_map(|place| {
        let addresses = place.all("location").flat_map(|place| place.all("address"));
        let codes = addresses.flat_map(|address| address.all("countryCode"));
        let codes = codes.filter_map(|code| code.named_in(codes::country));
        let codes: Vec<String> = codes.collect();
        (!codes.is_empty()).then_some(codes)
    });
    draft.countries(countries.iter().flatten().map(String::as_str));
}
