//! What must a credential, and a pathway, fulfil?

use skillgap_catalogue::Filter;
use skillgap_credentials::credential::{DeliveryMode, Money, WORLDWIDE};

use super::{Check, wire};
use crate::pathway::Budgets;

/// Hours beyond which a limit is taken for a mistake: 57 years of full-time learning.
const HOURS_MAX: f64 = 100_000.0;
/// The same for cost, in any currency.
const COST_MAX: f64 = 1e12;
/// Credentials of a pathway where the caller does not say.
const COUNT_USUAL: usize = 5;
/// Entries of a list of codes.
const CODES_MAX: usize = 300;
/// Entries of funding, and bytes of one.
const FUNDING_MAX: usize = 20;
const FUNDING_BYTES_MAX: usize = 200;
/// Levels of the European Qualifications Framework.
const EQF_LEVELS: std::ops::RangeInclusive<u32> = 1..=8;

/// Checked constraints.
#[derive(Default)]
pub(in crate::rpc) struct Wanted {
    /// For each credential.
    pub(in crate::rpc) filter: Filter,
    /// For a pathway.
    pub(in crate::rpc) budgets: Budgets,
}

impl Check<'_> {
    /// The constraints; absent ones demand nothing.
    pub(in crate::rpc) fn constraints(
        &mut self,
        constraints: Option<&wire::Constraints>,
    ) -> Wanted {
        let nothing = wire::Constraints::default();
        let given = constraints.unwrap_or(&nothing);
        let hours_max = given
            .hours_max
            .and_then(|hours| self.number("constraints.hoursMax", hours, 0.0..=HOURS_MAX));
        let cost_max = given.cost_max.as_ref().and_then(|cost| self.cost(cost));
        let (eqf_level_min, eqf_level_max) = (
            self.eqf_level("constraints.eqfLevelMin", given.eqf_level_min),
            self.eqf_level("constraints.eqfLevelMax", given.eqf_level_max),
        );
        if eqf_level_min
            .zip(eqf_level_max)
            .is_some_and(|(min, max)| min > max)
        {
            self.refuse(
                "constraints.eqfLevelMin",
                "is above constraints.eqfLevelMax",
            );
        }
        let budgets = Budgets {
            count_max: self.count_max(given.count_max),
            hours_max,
            cost_max: cost_max.clone(),
        };
        let policy = self.policy;
        let filter = Filter {
            hours_max,
            cost_max,
            rates: policy.and_then(|policy| policy.rates.clone()),
            accreditors: policy.and_then(|policy| policy.accreditors.clone()),
            languages: self.languages("constraints.languages", &given.languages),
            countries: self.countries(&given.countries),
            modes: self.modes(&given.modes),
            eqf_level_min,
            eqf_level_max,
            must_be_accredited: given.must_be_accredited,
            include_unknown: given.include_unknown,
            must_be_funded_by: self.funding(&given.must_be_funded_by),
            start_before_day: self.start_before(&given.start_before),
            as_of_day: self.as_of_day,
        };
        Wanted { filter, budgets }
    }

    fn cost(&mut self, cost: &wire::Money) -> Option<Money> {
        let amount = self.number("constraints.costMax.amount", cost.amount, 0.0..=COST_MAX);
        let currency = self.letters("constraints.costMax.currency", &cost.currency, 3);
        Some(Money {
            amount: amount?,
            currency: currency?.to_ascii_uppercase(),
        })
    }

    /// Names of funding, each with at least one word.
    fn funding(&mut self, names: &[String]) -> Vec<String> {
        let field = "constraints.mustBeFundedBy";
        for (at, name) in self.entries(field, names, FUNDING_MAX).iter().enumerate() {
            if name.len() > FUNDING_BYTES_MAX {
                self.refuse(
                    format!("{field}[{at}]"),
                    format!(
                        "has {} bytes, at most {FUNDING_BYTES_MAX} are allowed",
                        name.len()
                    ),
                );
            } else if !name.contains(char::is_alphanumeric) {
                self.refuse(format!("{field}[{at}]"), "has no word");
            }
        }
        names.to_vec()
    }

    fn start_before(&mut self, date: &str) -> Option<i64> {
        let before = self.date("constraints.startBefore", date)?;
        if before <= self.as_of_day {
            self.refuse(
                "constraints.startBefore",
                "is not after the day of the request (asOf), so nothing can start before it",
            );
        }
        Some(before)
    }

    pub(in crate::rpc) fn eqf_level(&mut self, field: &str, level: Option<u32>) -> Option<u8> {
        let level = level?;
        if !EQF_LEVELS.contains(&level) {
            self.refuse(field, "must be a level from 1 to 8");
            return None;
        }
        u8::try_from(level).ok()
    }

    fn count_max(&mut self, count: Option<u32>) -> usize {
        let most = self.limits.pathway_steps_max;
        let count = count.map_or(COUNT_USUAL.min(most), |count| count as usize);
        if !(1..=most).contains(&count) {
            self.refuse("constraints.countMax", format!("must be from 1 to {most}"));
        }
        count
    }

    /// Language codes in lower case.
    pub(in crate::rpc) fn languages(&mut self, field: &str, codes: &[String]) -> Vec<String> {
        let entries = self.entries(field, codes, CODES_MAX).iter().enumerate();
        entries
            .filter_map(|(at, code)| self.letters(&format!("{field}[{at}]"), code, 2))
            .collect()
    }

    fn countries(&mut self, codes: &[String]) -> Vec<String> {
        let field = "constraints.countries";
        let entries = self.entries(field, codes, CODES_MAX).iter().enumerate();
        let country = |(at, code): (usize, &String)| {
            if code == WORLDWIDE {
                Some(code.clone())
            } else {
                Some(
                    self.letters(&format!("{field}[{at}]"), code, 2)?
                        .to_ascii_uppercase(),
                )
            }
        };
        entries.filter_map(country).collect()
    }

    fn modes(&mut self, modes: &[i32]) -> Vec<DeliveryMode> {
        let entries = self
            .entries("constraints.modes", modes, CODES_MAX)
            .iter()
            .enumerate();
        let mode = |(at, number): (usize, &i32)| match wire::DeliveryMode::try_from(*number) {
            Ok(wire::DeliveryMode::Onsite) => Some(DeliveryMode::Onsite),
            Ok(wire::DeliveryMode::Online) => Some(DeliveryMode::Online),
            Ok(wire::DeliveryMode::Blended) => Some(DeliveryMode::Blended),
            Ok(wire::DeliveryMode::WorkBased) => Some(DeliveryMode::WorkBased),
            Ok(wire::DeliveryMode::Unspecified) | Err(_) => {
                self.refuse(format!("constraints.modes[{at}]"), "is no mode");
                None
            }
        };
        entries.filter_map(mode).collect()
    }
}
