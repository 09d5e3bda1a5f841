//! The pathway: ordered steps, what they close together, and what no other set could exceed.

/// One step of a pathway.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Position in the plan; see [`Plan::credential`](super::Plan::credential).
    pub at: usize,
    /// Share of the gap that it adds to the steps before it, in [0, 1].
    pub marginal: f64,
    /// Whether it adds too little itself, and is there for what comes after.
    pub for_later: bool,
    /// Positions of what can be taken once this step is done and could not before: later steps first, then other credentials that help.
    pub unlocks: Vec<usize>,
}

/// An ordered set of credentials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pathway {
    /// In order: each after its prerequisites.
    pub steps: Vec<Step>,
    /// Share of the gap that all steps close together.
    pub closure: f64,
    /// No set of credentials that fulfil the constraints closes more within the budgets.
    pub closure_upper_bound: f64,
    /// Mean trust of the steps, in [0, 1]; 0 without steps.
    pub trust: f64,
    /// What it is best at, among the pathway and its alternatives.
    pub labels: Vec<Label>,
}

/// What a pathway is best at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// The pathway itself: closes most of the gap, where a skill that is near to a demanded one counts a little less than the demanded one.
    Surest,
    /// Closes most of the gap.
    ClosesMost,
    /// Costs least of those whose costs are all stated.
    Cheapest,
    /// Takes fewest hours of those whose hours are all stated.
    Fastest,
    /// Has the highest mean trust.
    MostTrusted,
    /// Has the fewest steps.
    FewestSteps,
}

impl Label {
    /// All labels, in the order in which pathways are listed.
    pub const ALL: [Self; 6] = [
        Self::Surest,
        Self::ClosesMost,
        Self::Cheapest,
        Self::Fastest,
        Self::MostTrusted,
        Self::FewestSteps,
    ];

    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Surest => "surest",
            Self::ClosesMost => "closes_most",
            Self::Cheapest => "cheapest",
            Self::Fastest => "fastest",
            Self::MostTrusted => "most_trusted",
            Self::FewestSteps => "fewest_steps",
        }
    }
}
