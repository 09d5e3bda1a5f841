//! What does each constraint alone take away? So that nobody is left with an empty answer and no idea which wish to give up.

use crate::error::Result;
use crate::facts::Filter;

/// What one constraint alone leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Name of the constraint in the contract.
    pub constraint: &'static str,
    /// Credentials without any constraint.
    pub n_credentials: usize,
    /// Those of them that fulfil this one.
    pub n_fulfilling: usize,
    /// Those that do not state what it asks for.
    pub n_not_stated: usize,
}

/// The effect of each constraint that is set, in the order of the contract. `count` says how many credentials pass a filter.
///
/// # Errors
/// What `count` says.
pub fn effects(
    filter: &Filter,
    mut count: impl FnMut(&Filter) -> Result<usize>,
) -> Result<Vec<Effect>> {
    let alone = alone(filter);
    if alone.is_empty() {
        return Ok(Vec::new());
    }
    let n_credentials = count(&unconstrained(filter))?;
    let effect = |(constraint, alone): (&'static str, Filter)| {
        let n_fulfilling = count(&alone)?;
        let or_unknown = Filter {
            include_unknown: true,
            ..alone
        };
        Ok(Effect {
            constraint,
            n_credentials,
            n_fulfilling,
            n_not_stated: count(&or_unknown)?.saturating_sub(n_fulfilling),
        })
    };
    alone.into_iter().map(effect).collect()
}

/// What is no constraint but says how constraints are understood.
fn unconstrained(filter: &Filter) -> Filter {
    Filter {
        rates: filter.rates.clone(),
        accreditors: filter.accreditors.clone(),
        entitlement: filter.entitlement.clone(),
        as_of_day: filter.as_of_day,
        ..Filter::default()
    }
}

fn alone(filter: &Filter) -> Vec<(&'static str, Filter)> {
    let base = unconstrained(filter);
    let mut set: Vec<(&'static str, Filter)> = Vec::new();
    macro_rules! constraint {
        ($name:literal, $($field:ident),+) => {
            let one = Filter {
                $($field: filter.$field.clone(),)+
                ..base.clone()
            };
            if one != base {
                set.push(($name, one));
            }
        };
    }
    constraint!("hours_max", hours_max);
    constraint!("cost_max", cost_max);
    constraint!("languages", languages);
    constraint!("countries", countries);
    constraint!("modes", modes);
    constraint!("eqf_level_min", eqf_level_min);
    constraint!("eqf_level_max", eqf_level_max);
    constraint!("must_be_accredited", must_be_accredited);
    constraint!("funded_by", must_be_funded_by);
    // The two are one wish: between which days it starts.
    constraint!("start_before", start_from_day, start_before_day);
    constraint!("near", near);
    constraint!("times_of_day", times_of_day);
    constraint!("study_load", study_load);
    constraint!("language_levels", language_levels);
    constraint!("rights", rights);
    constraint!("bases_of_award", bases_of_award);
    set
}
