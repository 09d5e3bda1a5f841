//! The feature of the ranking: its name, its contribution to a score, and why its value may be unknown.

/// A feature of the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Share of the gap that it closes.
    Closure,
    /// How near what it teaches is in wording to what is asked for and not held.
    Wording,
    /// Share of what it teaches that the gap needs.
    Focus,
    /// What is stated about its quality.
    Trust,
    /// Whether the person can start: entry requirements and the step in level.
    Feasibility,
    /// Whether language, place and mode are known to fit.
    Access,
    /// How little it costs.
    Cost,
    /// How little time it takes.
    Time,
    /// How lately it was changed.
    Freshness,
}

/// All features, in the order of their contributions.
pub const FEATURES: [Feature; 9] = [
    Feature::Closure,
    Feature::Wording,
    Feature::Focus,
    Feature::Trust,
    Feature::Feasibility,
    Feature::Access,
    Feature::Cost,
    Feature::Time,
    Feature::Freshness,
];

impl Feature {
    /// The name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closure => "closure",
            Self::Wording => "wording",
            Self::Focus => "focus",
            Self::Trust => "trust",
            Self::Feasibility => "feasibility",
            Self::Access => "access",
            Self::Cost => "cost",
            Self::Time => "time",
            Self::Freshness => "freshness",
        }
    }
}

/// Why the value of a feature is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The source does not state what the feature needs.
    NotStated,
    /// The cost is in a currency that cannot be compared: no table of rates has it.
    NotComparable,
    /// The request does not say what the person needs or has, so that nothing can be compared.
    NotAsked,
}

impl Unknown {
    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotStated => "not_stated",
            Self::NotComparable => "currency_not_comparable",
            Self::NotAsked => "not_asked",
        }
    }
}

/// One feature's part of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The feature.
    pub feature: Feature,
    /// In [0, 1].
    pub value: f64,
    /// In [0, 1]; all weights sum to 1.
    pub weight: f64,
    /// Why the value is a neutral one; nothing where it is known.
    pub unknown: Option<Unknown>,
}

impl Contribution {
    /// Value times weight.
    pub fn contribution(&self) -> f64 {
        self.value * self.weight
    }
}
