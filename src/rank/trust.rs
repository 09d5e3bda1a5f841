//! How far is a credential to be trusted, as far as anyone says? Stated signals, weighed by what people of a persona say matters to them.

use skillgap_index::model::credential::Signal;

/// Whose priorities count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Persona {
    /// A student or adult learner.
    #[default]
    Learner,
    /// A person in work.
    Employee,
    /// A person out of work.
    Unemployed,
    /// An employer.
    Employer,
}

impl Persona {
    /// All personas.
    pub const ALL: [Self; 4] = [Self::Learner, Self::Employee, Self::Unemployed, Self::Employer];
}

/// Percent of learners, employees, unemployed and employers who call a signal important for trust in a microcredential, in the order of
/// [`Signal::ALL`]. Source: Cedefop (2023), Microcredentials for labour market education and training: the added value for end users, Tables 2
/// and 3. Employers were not asked about guidance.
const IMPORTANT_TO: [[u32; 4]; 9] = [
    [41, 62, 39, 43],
    [42, 48, 40, 44],
    [36, 42, 44, 55],
    [29, 29, 33, 50],
    [26, 24, 22, 25],
    [22, 21, 23, 22],
    [26, 25, 18, 27],
    [19, 11, 21, 4],
    [12, 9, 17, 0],
];

/// The weights of the signals for a persona, in the order of [`Signal::ALL`]; they sum to 1.
pub fn trust_weights(persona: Persona) -> [f64; 9] {
    let percent = IMPORTANT_TO.map(|row| f64::from(row[persona as usize]));
    let sum: f64 = percent.iter().sum();
    percent.map(|percent| percent / sum)
}

/// What is known of a credential's quality.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// Σ weight over the signals that are stated to be so, in [0, 1].
    pub score: f64,
    /// Σ weight over the signals that are stated at all, in [0, 1].
    pub known_share: f64,
    /// Each signal with its weight and its value, if stated; in the order of [`Signal::ALL`].
    pub signals: Vec<(Signal, f64, Option<bool>)>,
}

/// Weighs the stated signals. One that is not stated counts neither for nor against.
pub fn trust(stated: &[(Signal, bool)], persona: Persona) -> Trust {
    let value = |signal: Signal| stated.iter().find(|(known, _)| *known == signal).map(|(_, value)| *value);
    let signals: Vec<_> =
        Signal::ALL.into_iter().zip(trust_weights(persona)).map(|(signal, weight)| (signal, weight, value(signal))).collect();
    let share = |counts: fn(&Option<bool>) -> bool| {
        signals.iter().filter(|(_, _, value)| counts(value)).fold(0.0, |sum, (_, weight, _)| sum + weight).clamp(0.0, 1.0)
    };
    Trust { score: share(|value| *value == Some(true)), known_share: share(Option::is_some), signals }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_is_not_stated_is_neither_yes_nor_no() {
        let none = trust(&[], Persona::Learner);
        assert_eq!((none.score, none.known_share), (0.0, 0.0));
        let no = trust(&[(Signal::Assessed, false)], Persona::Learner);
        assert_eq!(no.score, 0.0);
        assert!(no.known_share > 0.0);
    }

    #[test]
    fn all_yes_is_one() {
        for persona in Persona::ALL {
            let all = trust(&Signal::ALL.map(|signal| (signal, true)), persona);
            assert!((all.score - 1.0).abs() < 1e-12 && (all.known_share - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn accreditation_weighs_most_for_employees() {
        let weights = trust_weights(Persona::Employee);
        assert!(weights[1..].iter().all(|weight| *weight < weights[0]));
        assert!((weights[0] - 62.0 / 271.0).abs() < 1e-12);
    }
}
