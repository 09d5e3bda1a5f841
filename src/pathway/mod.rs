//! Which few credentials together close most of the gap, and in what order? Greedy by what each adds, within the budgets, with a bound on what
//! any set could reach.
//!
//! Closure of a set is monotone and submodular (each demanded skill counts by its best coverage), so greedy is near the best set
//! (Nemhauser, Wolsey and Fisher 1978), and what all others would still add bounds what is possible (Minoux 1978; Leskovec et al. 2007).

use skillgap_index::model::credential::Money;
use skillgap_index::schema::id_hash;

use crate::candidates::Needs;
use crate::gap::Profile;
use crate::rank::Ranked;

/// A step must add at least this share of the gap; less is not worth a course.
const MARGINAL_MIN: f64 = 0.01;

/// What a pathway may take in all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budgets {
    /// Most credentials.
    pub count_max: usize,
    /// Most hours. Hours that are not stated count as none.
    pub hours_max: Option<f64>,
    /// Most cost. Costs that are not stated, or in another currency, count as none.
    pub cost_max: Option<Money>,
}

/// One step of a pathway.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Position in the ranked list.
    pub at: usize,
    /// Share of the gap that it adds to the steps before it, in (0, 1].
    pub marginal: f64,
}

/// An ordered set of credentials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pathway {
    /// In order: each after its prerequisites.
    pub steps: Vec<Step>,
    /// Share of the gap that all steps close together.
    pub closure: f64,
    /// No set of the candidates within the budgets closes more.
    pub closure_upper_bound: f64,
}

/// Plans a pathway from ranked candidates. Ties in what they add go to the better ranked one.
pub fn plan(ranked: &[Ranked], needs: &Needs, profile: &Profile, budgets: &Budgets) -> Pathway {
    let mut chosen = Chosen::new(needs, profile);
    let mut bound = chosen.upper_bound(ranked, budgets).min(closure_of_all(ranked, needs));
    while chosen.steps.len() < budgets.count_max {
        let open = (0..ranked.len()).filter(|at| chosen.admits(&ranked[*at], budgets));
        let best = open.map(|at| (chosen.marginal(&ranked[at]), at)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((marginal, at)) = best.filter(|(marginal, _)| *marginal >= MARGINAL_MIN) else { break };
        chosen.take(&ranked[at], Step { at, marginal }, budgets);
        bound = bound.min(chosen.upper_bound(ranked, budgets));
    }
    let closure = chosen.closure();
    Pathway { steps: chosen.steps, closure, closure_upper_bound: bound.clamp(closure, 1.0) }
}

/// What all candidates together close, budgets aside.
fn closure_of_all(ranked: &[Ranked], needs: &Needs) -> f64 {
    let mut coverage = vec![0.0_f64; needs.n_items()];
    for covered in ranked.iter().flat_map(|ranked| &ranked.candidate.covers) {
        coverage[covered.at] = coverage[covered.at].max(covered.coverage);
    }
    needs.closure(coverage.into_iter().enumerate())
}

/// The steps taken so far and what they reach.
struct Chosen<'a> {
    needs: &'a Needs,
    steps: Vec<Step>,
    /// Best coverage of each demanded skill, by what is held and chosen.
    coverage: Vec<f64>,
    /// Hashed ids of credentials that are held or chosen.
    held: Vec<u64>,
    hours: f64,
    cost: f64,
}

impl<'a> Chosen<'a> {
    fn new(needs: &'a Needs, profile: &Profile) -> Self {
        let coverage = (0..needs.n_items()).map(|at| needs.held(at)).collect();
        let held = profile.credentials.iter().map(|id| id_hash(id)).collect();
        Self { needs, steps: Vec::new(), coverage, held, hours: 0.0, cost: 0.0 }
    }

    fn closure(&self) -> f64 {
        self.needs.closure(self.coverage.iter().copied().enumerate())
    }

    /// What a candidate adds to the closure.
    fn marginal(&self, ranked: &Ranked) -> f64 {
        let better = ranked.candidate.covers.iter().filter(|covered| covered.coverage > self.coverage[covered.at]);
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for covered in better {
            with.push((covered.at, covered.coverage));
            without.push((covered.at, self.coverage[covered.at]));
        }
        self.needs.closure(with) - self.needs.closure(without)
    }

    /// Whether a candidate is new, within the budgets, and has its prerequisites among what is held or chosen.
    fn admits(&self, ranked: &Ranked, budgets: &Budgets) -> bool {
        let facts = &ranked.candidate.facts;
        let within = |spent: f64, further: f64, most: Option<f64>| most.is_none_or(|most| spent + further <= most);
        !self.held.contains(&facts.id_hash)
            && facts.prerequisites.iter().all(|id| self.held.contains(id))
            && within(self.hours, hours(ranked), budgets.hours_max)
            && within(self.cost, cost(ranked, budgets), budgets.cost_max.as_ref().map(|most| most.amount))
    }

    fn take(&mut self, ranked: &Ranked, step: Step, budgets: &Budgets) {
        for covered in &ranked.candidate.covers {
            self.coverage[covered.at] = self.coverage[covered.at].max(covered.coverage);
        }
        self.held.push(ranked.candidate.facts.id_hash);
        self.hours += hours(ranked);
        self.cost += cost(ranked, budgets);
        self.steps.push(step);
    }

    /// closure(chosen) + the most that any set within one of the budgets could add, each budget alone; the least of these.
    fn upper_bound(&self, ranked: &[Ranked], budgets: &Budgets) -> f64 {
        let mut marginals: Vec<(f64, &Ranked)> = ranked.iter().map(|ranked| (self.marginal(ranked), ranked)).collect();
        marginals.sort_by(|a, b| b.0.total_cmp(&a.0));
        let by_count: f64 = marginals.iter().take(budgets.count_max).map(|(marginal, _)| marginal).sum();
        let sized = |size: &dyn Fn(&Ranked) -> f64| marginals.iter().map(|(marginal, ranked)| (*marginal, size(ranked))).collect();
        let by_hours = budgets.hours_max.map(|most| fractional(sized(&hours), most));
        let by_cost = budgets.cost_max.as_ref().map(|most| fractional(sized(&|ranked| cost(ranked, budgets)), most.amount));
        self.closure() + [Some(by_count), by_hours, by_cost].into_iter().flatten().fold(f64::INFINITY, f64::min)
    }
}

/// The fractional knapsack over what each adds and takes, (marginal, size): no set within the budget adds more (Dantzig 1957).
fn fractional(mut items: Vec<(f64, f64)>, most: f64) -> f64 {
    // One number each: comparing products of both sides would make what adds and takes nothing equal to everything, which is no order.
    let density = |(marginal, size): &(f64, f64)| if *size > 0.0 { marginal / size } else { f64::INFINITY };
    items.sort_by(|a, b| density(b).total_cmp(&density(a)));
    let (mut left, mut sum) = (most, 0.0);
    for (marginal, size) in items {
        let share = if size <= left { 1.0 } else { left / size };
        sum += marginal * share;
        left -= size * share;
    }
    sum
}

fn hours(ranked: &Ranked) -> f64 {
    ranked.candidate.facts.hours.unwrap_or_default()
}

/// The cost where it can be compared with the budget.
fn cost(ranked: &Ranked, budgets: &Budgets) -> f64 {
    let comparable =
        ranked.candidate.facts.cost.as_ref().filter(|cost| budgets.cost_max.as_ref().is_some_and(|most| most.currency == cost.currency));
    comparable.map_or(0.0, |cost| cost.amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_knapsack_takes_the_densest_first_and_part_of_the_last() {
        assert_eq!(fractional(vec![(1.0, 10.0), (1.0, 5.0), (0.5, 0.0)], 10.0), 2.0);
        assert_eq!(fractional(vec![(1.0, 4.0)], 0.0), 0.0);
        assert_eq!(fractional(Vec::new(), 1.0), 0.0);
    }

    /// Many of them, in any order: a sort by something that is no order goes wrong, or panics, on long lists only.
    #[test]
    fn items_that_add_and_take_nothing_do_not_disturb_the_others() {
        for every in 2..9_usize {
            let items = |at: usize| if at.is_multiple_of(every) { (0.0, 0.0) } else { ((at * 7 % 11) as f64 / 16.0, (at * 5 % 13) as f64) };
            let with: Vec<(f64, f64)> = (0..500).map(items).collect();
            let without: Vec<(f64, f64)> = with.iter().copied().filter(|item| *item != (0.0, 0.0)).collect();
            assert!((fractional(with, 300.0) - fractional(without, 300.0)).abs() < 1e-9, "{every}");
        }
    }
}
