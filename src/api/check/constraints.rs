//! Constraints: what a credential must fulfil, and the budgets of a pathway.

use skillgap_catalogue::Filter;
use skillgap_credentials::credential::{DeliveryMode, Money, WORLDWIDE};

use super::{CODES_MAX, Check, wire};
use crate::pathway::Budgets;

/// Hours beyond which a limit is taken for a mistake: 57 years of full-time learning.
const HOURS_MAX: f64 = 100_000.0;
/// The same for cost, in any currency.
const COST_MAX: f64 = 1e12;
/// Credentials of a pathway where the caller does not say.
const STEPS_USUAL: usize = 5;
/// Entries of funding, and bytes of one.
const FUNDING_MAX: usize = 20;
const FUNDING_BYTES_MAX: usize = 200;
/// Levels of the European Qualifications Framework.
const EQF_LEVELS: std::ops::RangeInclusive<u32> = 1..=8;

/// Checked constraints.
pub(in crate::api) struct Wanted {
    /// For each credential.
    pub(in crate::api) filter: Filter,
    /// For a pathway.
    pub(in crate::api) budgets: Budgets,
}

impl Check<'_> {
    /// The constraints; absent ones demand nothing.
    pub(in crate::api) fn constraints(&mut self, given: Option<&wire::Constraints>) -> Wanted {
        let nothing = wire::Constraints::default();
        let given = given.unwrap_or(&nothing);
        let hours_max = given
            .hours_max
            .and_then(|hours| self.number("constraints.hours_max", hours, 0.0..=HOURS_MAX));
        let cost_max = given.cost_max.as_ref().and_then(|cost| self.cost(cost));
        let (eqf_level_min, eqf_level_max) = (
            self.eqf_level("constraints.eqf_level_min", given.eqf_level_min),
            self.eqf_level("constraints.eqf_level_max", given.eqf_level_max),
        );
        let both = eqf_level_min.zip(eqf_level_max);
        if both.is_some_and(|(min, max)| min > max) {
            self.refuse("constraints.eqf_level_min", "is above the highest level");
        }
        for (field, is_given) in [
            ("constraints.near", given.near.is_some()),
            ("constraints.times_of_day", !given.times_of_day.is_empty()),
            ("constraints.study_load", given.study_load != 0),
            (
                "constraints.language_levels",
                !given.language_levels.is_empty(),
            ),
            ("constraints.rights", !given.rights.is_empty()),
            (
                "constraints.bases_of_award",
                !given.bases_of_award.is_empty(),
            ),
        ] {
            self.refuse_if(field, is_given);
        }
        let budgets = Budgets {
            count_max: self.steps_max(given.steps_max),
            hours_max,
            cost_max: cost_max.clone(),
        };
        let (start_from_day, start_before_day) = self.starts(given);
        let filter = Filter {
            hours_max,
            cost_max,
            rates: self.view.policy.rates.clone(),
            accreditors: self.view.policy.accreditors.clone(),
            languages: self.languages("constraints.languages", &given.languages),
            countries: self.countries(&given.countries),
            modes: self.modes(&given.modes),
            eqf_level_min,
            eqf_level_max,
            must_be_accredited: given.must_be_accredited,
            include_unknown: given.include_unknown,
            must_be_funded_by: self.funding(&given.funded_by),
            start_from_day,
            start_before_day,
            as_of_day: self.as_of_day,
        };
        Wanted { filter, budgets }
    }

    fn cost(&mut self, cost: &Money) -> Option<Money> {
        let amount = self.number("constraints.cost_max.amount", cost.amount, 0.0..=COST_MAX);
        let currency = self.letters("constraints.cost_max.currency", &cost.currency, 3);
        Some(Money {
            amount: amount?,
            currency: currency?.to_ascii_uppercase(),
        })
    }

    /// Names of funding, each with at least one word.
    fn funding(&mut self, names: &[String]) -> Vec<String> {
        let field = "constraints.funded_by";
        for (at, name) in self.entries(field, names, FUNDING_MAX).iter().enumerate() {
            let field = format!("{field}[{at}]");
            if name.len() > FUNDING_BYTES_MAX {
                let bytes = name.len();
                self.refuse(
                    field,
                    format!("has {bytes} bytes, at most {FUNDING_BYTES_MAX} are allowed"),
                );
            } else if !name.contains(char::is_alphanumeric) {
                self.refuse(field, "has no word");
            }
        }
        names.to_vec()
    }

    /// The days between which a start must lie.
    fn starts(&mut self, given: &wire::Constraints) -> (Option<i64>, Option<i64>) {
        let from = self.date("constraints.start_from", given.start_from.as_deref());
        let before = self.date("constraints.start_before", given.start_before.as_deref());
        if before.is_some_and(|before| before <= from.unwrap_or(self.as_of_day)) {
            let reason = if from.is_some() {
                "is not after the first day of start, so nothing can start before it"
            } else {
                "is not after the day of the request, so nothing can start before it"
            };
            self.refuse("constraints.start_before", reason);
        }
        (from, before)
    }

    pub(in crate::api) fn eqf_level(&mut self, field: &str, level: Option<u32>) -> Option<u8> {
        let level = level?;
        if !EQF_LEVELS.contains(&level) {
            self.refuse(field, "must be a level from 1 to 8");
            return None;
        }
        u8::try_from(level).ok()
    }

    fn steps_max(&mut self, steps: Option<u32>) -> usize {
        let most = self.view.limits.pathway_steps_max;
        let steps = steps.map_or(STEPS_USUAL.min(most), |steps| steps as usize);
        if !(1..=most).contains(&steps) {
            self.refuse("constraints.steps_max", format!("must be from 1 to {most}"));
        }
        steps
    }

    fn countries(&mut self, codes: &[String]) -> Vec<String> {
        let field = "constraints.countries";
        let entries = self.entries(field, codes, CODES_MAX).iter().enumerate();
        let country = |(at, code): (usize, &String)| {
            if code == WORLDWIDE {
                return Some(code.clone());
            }
            let code = self.letters(&format!("{field}[{at}]"), code, 2)?;
            Some(code.to_ascii_uppercase())
        };
        entries.filter_map(country).collect()
    }

    fn modes(&mut self, modes: &[i32]) -> Vec<DeliveryMode> {
        let field = "constraints.modes";
        let entries = self.entries(field, modes, CODES_MAX).iter().enumerate();
        let mode = |(at, number): (usize, &i32)| {
            let field = format!("{field}[{at}]");
            let mode = self.known(field.as_str(), *number)?;
            if mode == DeliveryMode::Unspecified {
                self.refuse(field, "is no mode");
                return None;
            }
            Some(mode)
        };
        entries.filter_map(mode).collect()
    }
}
