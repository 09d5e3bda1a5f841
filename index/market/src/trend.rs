//! How a share moves: growing, declining, steady, new; or that this cannot be said, and why.

use crate::statistics::{Cluster, Difference, difference, discovered_up_to};

/// The least change that has a name: a tenth of the share before, or half a point.
const RATIO_MIN: f64 = 0.1;
const POINTS_MIN: f64 = 0.005;

/// Why two periods are not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// More than a tenth of the jobs are of sources that came or went.
    Sources,
    /// More than a tenth of the jobs were read by another linker, or with another ESCO.
    Versions,
}

/// How a share moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Too few jobs or employers in one of the periods, or none to compare with.
    TooLittle,
    /// What is counted is not the same in both periods.
    Broken(Break),
    /// No change that is sure and large enough to be named.
    Steady,
    /// It rose.
    Growing,
    /// It fell.
    Declining,
    /// Nobody asked for it before.
    New,
}

/// The change of a share in points (1 is all jobs), with the interval that holds the true one with probability 0.95.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Share now less share before.
    pub points: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Change {
    fn of(difference: &Difference) -> Self {
        let rounded = |points: f64| (points * 1_000.0).round() / 1_000.0;
        Self {
            points: rounded(difference.difference),
            low: rounded(difference.low),
            high: rounded(difference.high),
        }
    }
}

/// What is compared: the clusters of each, or why it is not.
pub(crate) enum Compared {
    Not(Trend),
    Clusters(Vec<Cluster>),
}

/// The trends of all that is shown together, so that at most one in twenty of those that are named is none.
pub(crate) fn trends(compared: &[Compared]) -> Vec<(Trend, Option<Change>)> {
    let differences: Vec<Result<Difference, Trend>> = compared
        .iter()
        .map(|of| match of {
            Compared::Not(trend) => Err(*trend),
            Compared::Clusters(clusters) => difference(clusters).ok_or(Trend::TooLittle),
        })
        .collect();
    let p = differences.iter().flatten().map(|of| of.p).collect();
    let most = discovered_up_to(p);
    let named = |of: Result<Difference, Trend>| match of {
        Err(trend) => (trend, None),
        Ok(of) => (name(&of, most), Some(Change::of(&of))),
    };
    differences.into_iter().map(named).collect()
}

fn name(of: &Difference, p_most: f64) -> Trend {
    let is_large = of.difference.abs() >= POINTS_MIN.min(RATIO_MIN * of.before);
    match of.p <= p_most && is_large {
        false => Trend::Steady,
        true if of.before <= 0.0 => Trend::New,
        true if of.difference > 0.0 => Trend::Growing,
        true => Trend::Declining,
    }
}
