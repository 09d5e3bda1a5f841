//! Trust: how far a credential is to be trusted, as far as anyone says. Stated signals, weighed by what people of a persona say matters to them.

pub use skillgap_catalogue::terms::Standing;
use skillgap_catalogue::{Facts, Filter};
use skillgap_credentials::credential::Signal;

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
    pub const ALL: [Self; 4] = [
        Self::Learner,
        Self::Employee,
        Self::Unemployed,
        Self::Employer,
    ];
}

/// Percent of learners, employees, unemployed and employers who call a signal important for trust in a microcredential, in the order of
/// [`Signal::ALL`]. Source: Cedefop (2023), Microcredentials for labour market education and training: the added value for end users, Tables 2
/// and 3. Employers were not asked about guidance.
const IMPORTANT_TO: [[u32; Persona::ALL.len()]; Signal::ALL.len()] = [
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

/// What remains of the trust in a ranking where being there is all that it takes: the other signals speak of the course, but nobody looked at
/// whether the holder has the skills. A judgement; see `docs/decisions/0016-what-counts-as-trust.md`.
const ATTENDANCE_ONLY: f64 = 0.5;

/// The weights of the signals for a persona, in the order of [`Signal::ALL`]; they sum to 1.
pub fn trust_weights(persona: Persona) -> [f64; Signal::ALL.len()] {
    let percent = IMPORTANT_TO.map(|row| f64::from(row[persona as usize]));
    let sum: f64 = percent.iter().sum();
    percent.map(|percent| percent / sum)
}

/// One signal of a credential.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JudgedSignal {
    /// Which.
    pub signal: Signal,
    /// The persona's weight, in [0, 1].
    pub weight: f64,
    /// Yes, no, or why it is neither.
    pub standing: Standing,
}

/// What is known of a credential's quality.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// Σ weight over the signals that are stated to be so, in [0, 1].
    pub score: f64,
    /// Σ weight over the signals that are stated to be so or not to be so, in [0, 1]. What has expired, or is said by a body that does not
    /// count, is not known.
    pub known_share: f64,
    /// All of them, in the order of [`Signal::ALL`].
    pub signals: Vec<JudgedSignal>,
    /// Whether being there is all that it takes.
    pub attendance_only: bool,
}

impl Trust {
    /// What counts in the ranking, in [0, 1]: the score; half of it where being there is all that it takes.
    pub fn in_ranking(&self) -> f64 {
        if self.attendance_only {
            self.score * ATTENDANCE_ONLY
        } else {
            self.score
        }
    }
}

/// Weighs what is stated, on the filter's day and by its list of accreditors. What is not stated counts neither for nor against.
pub fn trust(facts: &Facts, filter: &Filter, persona: Persona) -> Trust {
    let judged = |(signal, weight)| {
        let stated = facts
            .signals
            .iter()
            .find(|(known, _)| *known == signal)
            .map(|(_, value)| *value);
        let standing = facts.terms.standing(
            signal,
            stated,
            filter.as_of_day,
            filter.accreditors.as_deref(),
        );
        JudgedSignal {
            signal,
            weight,
            standing,
        }
    };
    let signals: Vec<JudgedSignal> = Signal::ALL
        .into_iter()
        .zip(trust_weights(persona))
        .map(judged)
        .collect();
    Trust {
        score: share(&signals, &[Standing::Yes]),
        known_share: share(&signals, &[Standing::Yes, Standing::No]),
        signals,
        attendance_only: facts.terms.attendance_only,
    }
}

fn share(signals: &[JudgedSignal], counted: &[Standing]) -> f64 {
    signals
        .iter()
        .filter(|judged| counted.contains(&judged.standing))
        .map(|judged| judged.weight)
        .sum::<f64>()
        .clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(standings: &[(Signal, Standing)]) -> Vec<JudgedSignal> {
        let weigh = |(signal, weight)| {
            let standing = standings
                .iter()
                .find(|(of, _)| *of == signal)
                .map_or(Standing::NotStated, |(_, standing)| *standing);
            JudgedSignal {
                signal,
                weight,
                standing,
            }
        };
        Signal::ALL
            .into_iter()
            .zip(trust_weights(Persona::Learner))
            .map(weigh)
            .collect()
    }

    #[test]
    fn only_yes_and_no_are_known_and_only_yes_counts() {
        let share_of = |standing, counted: &[Standing]| {
            share(&judged(&[(Signal::Assessed, standing)]), counted)
        };
        let (yes, known) = ([Standing::Yes], [Standing::Yes, Standing::No]);
        assert!(share_of(Standing::Yes, &yes) > 0.0);
        assert!(share_of(Standing::No, &yes) == 0.0 && share_of(Standing::No, &known) > 0.0);
        for unknown in [Standing::NotStated, Standing::Expired, Standing::NotListed] {
            assert_eq!(
                (share_of(unknown, &yes), share_of(unknown, &known)),
                (0.0, 0.0),
                "{unknown:?}"
            );
        }
    }

    #[test]
    fn attendance_counts_half() {
        let trust = Trust {
            score: 0.6,
            known_share: 1.0,
            signals: Vec::new(),
            attendance_only: true,
        };
        assert_eq!(
            (
                trust.in_ranking(),
                Trust {
                    attendance_only: false,
                    ..trust
                }
                .in_ranking()
            ),
            (0.3, 0.6)
        );
    }

    #[test]
    fn every_signal_of_the_contract_is_weighed() {
        let said = (1..).map_while(|number| Signal::try_from(number).ok());
        assert_eq!(said.collect::<Vec<_>>(), Signal::ALL);
    }

    #[test]
    fn all_yes_is_one() {
        for persona in Persona::ALL {
            let all = Signal::ALL.into_iter().zip(trust_weights(persona));
            let all: Vec<_> = all
                .map(|(signal, weight)| JudgedSignal {
                    signal,
                    weight,
                    standing: Standing::Yes,
                })
                .collect();
            assert!((share(&all, &[Standing::Yes]) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn accreditation_weighs_most_for_employees() {
        let weights = trust_weights(Persona::Employee);
        assert!(weights[1..].iter().all(|weight| *weight < weights[0]));
        assert!((weights[0] - 62.0 / 271.0).abs() < 1e-12);
    }
}
