//! The budget of a pathway: how many credentials, hours and how much money it may take in all.

use skillgap_catalogue::Sizes;
use skillgap_credentials::credential::Money;
use skillgap_credentials::rates::Rates;

/// What a pathway may take in all, as a request states it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budgets {
    /// Most credentials.
    pub count_max: usize,
    /// Most hours. Hours that are not stated count as none.
    pub hours_max: Option<f64>,
    /// Most cost. Costs that are not stated, or in a currency that no table of rates has, count as none.
    pub cost_max: Option<Money>,
}

impl Budgets {
    /// The sizes that tell credentials apart for the bound. `rates` make costs in other currencies comparable.
    pub fn sizes<'a>(&'a self, rates: Option<&'a Rates>) -> Sizes<'a> {
        Sizes {
            hours: self.hours_max.is_some(),
            currency: self.cost_max.as_ref().map(|most| most.currency.as_str()),
            rates,
        }
    }
}

/// The same in numbers; infinite where nothing restricts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Budget {
    pub(super) count: usize,
    pub(super) hours: f64,
    pub(super) cost: f64,
}

impl Budget {
    pub(super) fn of(budgets: &Budgets) -> Self {
        let cost = budgets.cost_max.as_ref().map(|most| most.amount);
        Self {
            count: budgets.count_max,
            hours: budgets.hours_max.unwrap_or(f64::INFINITY),
            cost: cost.unwrap_or(f64::INFINITY),
        }
    }

    pub(super) fn admits(&self, hours: f64, cost: f64) -> bool {
        hours <= self.hours && cost <= self.cost
    }

    /// Hours and cost as shares of the budget; 0 of a budget that nothing restricts, and for what takes nothing.
    pub(super) fn shares(&self, hours: f64, cost: f64) -> [f64; 2] {
        let share = |size: f64, most: f64| if size <= 0.0 { 0.0 } else { size / most };
        [share(hours, self.hours), share(cost, self.cost)]
    }
}
