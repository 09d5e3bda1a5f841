//! Constraints: what a credential must fulfil, and the budgets of a pathway.

use skillgap_catalogue::{Filter, Near};
use skillgap_credentials::credential::{EnumName, Money, WORLDWIDE, stated};
use skillgap_credentials::net_price::Entitlement;

use super::{CODES_MAX, Check, wire};
use crate::pathway::Budgets;

/// Hours beyond which a limit is taken for a mistake: 57 years of full-time learning.
const HOURS_MAX: f64 = 100_000.0;
/// The same for cost, in any currency.
const COST_MAX: f64 = 1e12;
/// Kilometres beyond which a distance is no limit: half the way around the earth.
const DISTANCE_KM_MAX: f64 = 20_100.0;
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
    pub(in crate::api) fn constraints(
        &mut self,
        given: Option<&wire::Constraints>,
        entitlement: Option<wire::Entitlement>,
    ) -> Wanted {
        let nothing = wire::Constraints::default();
        let given = given.unwrap_or(&nothing);
        let hours_max = given
            .hours_max
            .and_then(|hours| self.number("constraints.hours_max", hours, 0.0..=HOURS_MAX));
        let cost_max = self.money("constraints.cost_max", given.cost_max.as_ref());
        let (eqf_level_min, eqf_level_max) = (
            self.eqf_level("constraints.eqf_level_min", given.eqf_level_min),
            self.eqf_level("constraints.eqf_level_max", given.eqf_level_max),
        );
        let both = eqf_level_min.zip(eqf_level_max);
        if both.is_some_and(|(min, max)| min > max) {
            self.refuse("constraints.eqf_level_min", "is above the highest level");
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
            modes: self.values("constraints.modes", &given.modes),
            eqf_level_min,
            eqf_level_max,
            must_be_accredited: given.must_be_accredited,
            include_unknown: given.include_unknown,
            must_be_funded_by: self.funding(&given.funded_by),
            start_from_day,
            start_before_day,
            near: given.near.as_ref().and_then(|near| self.near(near)),
            times_of_day: self.values("constraints.times_of_day", &given.times_of_day),
            study_load: self
                .known("constraints.study_load", given.study_load)
                .and_then(stated),
            language_levels: self.language_levels(&given.language_levels),
            rights: self.names("constraints.rights", &given.rights),
            bases_of_award: self.values("constraints.bases_of_award", &given.bases_of_award),
            entitlement: entitlement.map(|person| self.entitlement(person)),
            as_of_day: self.as_of_day,
        };
        Wanted { filter, budgets }
    }

    fn money(&mut self, field: &str, money: Option<&Money>) -> Option<Money> {
        let money = money?;
        let amount = self.number(&format!("{field}.amount"), money.amount, 0.0..=COST_MAX);
        let currency = self.letters(&format!("{field}.currency"), &money.currency, 3);
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

    /// Values of an enum, none of which may be the one that says nothing.
    fn values<E>(&mut self, field: &str, numbers: &[i32]) -> Vec<E>
    where
        E: EnumName + Into<i32> + Copy,
    {
        let entries = self.entries(field, numbers, CODES_MAX).iter().enumerate();
        let value = |(at, number): (usize, &i32)| {
            let field = format!("{field}[{at}]");
            let value = self.known(field.as_str(), *number).map(stated)?;
            if value.is_none() {
                self.refuse(field, "says nothing");
            }
            value
        };
        entries.filter_map(value).collect()
    }

    /// A place with what its kind needs: coordinates for a distance, else a region, or a postal code with its country.
    fn near(&mut self, near: &wire::Near) -> Option<Near> {
        let field = "constraints.near";
        let Some(place) = near.place.as_ref() else {
            self.refuse(format!("{field}.place"), "is missing");
            return None;
        };
        let distance_km_max = near.distance_km_max.and_then(|most| {
            self.number(
                &format!("{field}.distance_km_max"),
                most,
                0.0..=DISTANCE_KM_MAX,
            )
        });
        if let Some(point) = &place.coordinates {
            let field = |name| format!("{field}.place.coordinates.{name}");
            self.number(&field("latitude"), point.latitude, -90.0..=90.0);
            self.number(&field("longitude"), point.longitude, -180.0..=180.0);
        }
        let country = place.country.as_deref();
        let country =
            country.and_then(|code| self.letters(&format!("{field}.place.country"), code, 2));
        let has_region =
            place.nuts_code.is_some() || country.is_some() && place.postal_code.is_some();
        match (near.distance_km_max, &place.coordinates) {
            (Some(_), None) => self.refuse(
                format!("{field}.place.coordinates"),
                "are missing; a distance is measured from them",
            ),
            (None, Some(_)) if !has_region => self.refuse(
                format!("{field}.distance_km_max"),
                "is missing; coordinates alone say no area",
            ),
            (None, None) if !has_region => self.refuse(
                format!("{field}.place"),
                "needs coordinates, a NUTS code, or a country with a postal code",
            ),
            _ => {}
        }
        let upper = |code: String| code.to_ascii_uppercase();
        Some(Near {
            place: wire::Place {
                country: country.map(upper),
                nuts_code: place.nuts_code.clone().map(upper),
                ..place.clone()
            },
            distance_km_max,
        })
    }

    /// Languages of a person, each with its level.
    fn language_levels(
        &mut self,
        levels: &[wire::LanguageLevel],
    ) -> Vec<(String, wire::CefrLevel)> {
        let list = "constraints.language_levels";
        let entries = self.entries(list, levels, CODES_MAX).iter().enumerate();
        let level = |(at, one): (usize, &wire::LanguageLevel)| {
            let field = |name| format!("{list}[{at}].{name}");
            let language = self.language_code(&field("language_code"), &one.language_code);
            let level = self.known(field("level"), one.level).map(stated)?;
            if level.is_none() {
                self.refuse(field("level"), "is missing");
            }
            Some((language?, level?))
        };
        entries.filter_map(level).collect()
    }

    /// What schemes ask about the person.
    fn entitlement(&mut self, person: wire::Entitlement) -> Entitlement {
        let field = "profile.entitlement";
        let residence = person.residence.as_ref();
        let country = residence.and_then(|place| place.country.as_deref());
        Entitlement {
            statuses: self.values(&format!("{field}.statuses"), &person.statuses),
            schemes: self.names(&format!("{field}.schemes"), &person.schemes),
            account_balance: self.money(
                &format!("{field}.account_balance"),
                person.account_balance.as_ref(),
            ),
            country: country
                .and_then(|code| self.letters(&format!("{field}.residence.country"), code, 2))
                .map(|code| code.to_ascii_uppercase()),
        }
    }
}
