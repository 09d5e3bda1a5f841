//! The weights: how much each feature counts, by persona, unless the caller says otherwise.
//!
//! The importance of cost is published (Cedefop 2023, Table 15: low or no cost matters to 28 % of employees, 21 % of learners, 38 % of the
//! unemployed; employers were not asked, so the mean of the three stands for them). The other weights are ours: closure counts about as much as all else
//! together, because a credential that does not close the gap helps nobody; see `docs/decisions/0004-ranking-weights.md`.

use super::feature::{FEATURES, Feature};
use super::trust::Persona;
use crate::error::Violation;

/// One weight a feature, in the order of [`FEATURES`]; they sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights([f64; FEATURES.len()]);

impl Weights {
    /// The weights for a persona.
    pub fn of(persona: Persona) -> Self {
        let cost = match persona {
            Persona::Employee => 0.28,
            Persona::Learner => 0.21,
            Persona::Unemployed => 0.38,
            Persona::Employer => 0.29,
        };
        let raw = FEATURES.map(|feature| match feature {
            Feature::Closure => 2.0,
            Feature::Wording => 5.0,
            Feature::Focus => 0.3,
            Feature::Trust => 0.4,
            Feature::Feasibility => 0.8,
            Feature::Access => 0.1,
            Feature::Cost => cost,
            Feature::Time => 0.2,
            Feature::Freshness => 0.05,
        });
        Self::scaled(raw)
    }

    /// Replaces all weights by those given, by the name of the feature; features that are not named weigh nothing. Empty keeps the persona's.
    ///
    /// # Errors
    /// All violations: unknown or repeated features, weights that are negative or not finite, and a sum of zero.
    pub fn replaced(persona: Persona, given: &[(String, f64)]) -> Result<Self, Vec<Violation>> {
        if given.is_empty() {
            return Ok(Self::of(persona));
        }
        let (mut raw, mut violations) = ([None; FEATURES.len()], Vec::new());
        for (at, (name, weight)) in given.iter().enumerate() {
            let Some(place) = FEATURES.iter().position(|feature| feature.name() == name) else {
                violations.push(Violation::new(
                    format!("weights[{at}].feature"),
                    "is no feature",
                ));
                continue;
            };
            if !weight.is_finite() || *weight < 0.0 {
                violations.push(Violation::new(
                    format!("weights[{at}].weight"),
                    "is negative or not finite",
                ));
            } else if raw[place].replace(*weight).is_some() {
                violations.push(Violation::new(
                    format!("weights[{at}].feature"),
                    "stands there twice",
                ));
            }
        }
        let raw = raw.map(Option::unwrap_or_default);
        if violations.is_empty() && raw.iter().sum::<f64>() <= 0.0 {
            violations.push(Violation::new("weights", "sum to zero"));
        }
        if violations.is_empty() {
            Ok(Self::scaled(raw))
        } else {
            Err(violations)
        }
    }

    fn scaled(raw: [f64; FEATURES.len()]) -> Self {
        // Scaled by the largest first, so that the sum of absurdly large weights is finite.
        let largest = raw.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let shares = raw.map(|weight| weight / largest);
        let sum: f64 = shares.iter().sum();
        Self(shares.map(|share| share / sum))
    }

    /// The weight of a feature.
    pub fn get(&self, feature: Feature) -> f64 {
        self.0[feature as usize]
    }

    /// Features with their weights.
    pub fn iter(&self) -> impl Iterator<Item = (Feature, f64)> + '_ {
        FEATURES.into_iter().zip(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one() {
        for persona in Persona::ALL {
            assert!(
                (Weights::of(persona)
                    .iter()
                    .map(|(_, weight)| weight)
                    .sum::<f64>()
                    - 1.0)
                    .abs()
                    < 1e-12
            );
        }
        let huge = Weights::replaced(
            Persona::Learner,
            &[("closure".into(), f64::MAX), ("cost".into(), f64::MAX)],
        )
        .unwrap();
        assert_eq!(
            (huge.get(Feature::Closure), huge.get(Feature::Trust)),
            (0.5, 0.0)
        );
    }

    #[test]
    fn low_cost_matters_most_to_the_unemployed() {
        let cost = |persona| Weights::of(persona).get(Feature::Cost);
        assert!(
            cost(Persona::Unemployed) > cost(Persona::Employee)
                && cost(Persona::Employee) > cost(Persona::Learner)
        );
    }

    #[test]
    fn all_bad_weights_are_named_at_once() {
        let given = [
            ("beauty", 1.0),
            ("cost", -1.0),
            ("time", f64::NAN),
            ("closure", 1.0),
            ("closure", 2.0),
        ]
        .map(|(name, weight)| (name.to_owned(), weight));
        let fields: Vec<String> = Weights::replaced(Persona::Learner, &given)
            .unwrap_err()
            .into_iter()
            .map(|violation| violation.field)
            .collect();
        assert_eq!(
            fields,
            [
                "weights[0].feature",
                "weights[1].weight",
                "weights[2].weight",
                "weights[4].feature"
            ]
        );
        assert_eq!(
            Weights::replaced(Persona::Learner, &[("cost".into(), 0.0)]).unwrap_err()[0].field,
            "weights"
        );
    }
}
