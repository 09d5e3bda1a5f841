//! What was judged? Cases and credentials as they lie beside this file, checked for plain mistakes of form.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;
use skillgap_catalogue::starter_credentials;
use skillgap_credentials::credential::Credential;
use skillgap_credentials::files::{Ids, read_lines};
use skillgap_esco::report::ReadReport;
use skillgap_esco::text::stable_hash;

/// Which part a case belongs to: weights may be chosen on the development half and on the tuning cases, never on the held-out half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Half {
    #[serde(rename = "dev")]
    Development,
    #[serde(rename = "held-out")]
    HeldOut,
    /// None of the 100: written later, by others, to have more to choose by.
    #[serde(rename = "tuning")]
    Tuning,
}

/// Something that the ad asks for and the person lacks, and what closes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Need {
    pub need: String,
    pub core: bool,
    pub closed_by: Vec<String>,
}

/// One judged case. A credential without a grade has grade 0.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    pub half: Half,
    /// A `RecommendCredentialsRequest` in proto JSON.
    pub request: Value,
    pub needs: Vec<Need>,
    pub grades: BTreeMap<String, u8>,
}

impl Case {
    pub fn grade(&self, id: &str) -> u8 {
        self.grades.get(id).copied().unwrap_or_default()
    }

    /// Whether any credential helps at all.
    pub fn helps(&self) -> bool {
        self.grades.values().any(|grade| *grade > 0)
    }

    /// URIs of the skills that the request names.
    pub fn skills(&self) -> impl Iterator<Item = &str> {
        let lists = [&self.request["demand"], &self.request["profile"]["skills"]];
        lists
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(|skill| skill["uri"].as_str())
    }

    /// Ids of the credentials that the person holds.
    pub fn held(&self) -> HashSet<&str> {
        self.request["profile"]["credentials"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }
}

/// The 100 cases, in the order of their ids.
pub fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| read(include_str!("cases.jsonl")))
}

/// The tuning cases, in the order of their ids.
pub fn tuning_cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| read(include_str!("tuning.jsonl")))
}

fn read(lines: &str) -> Vec<Case> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The starter credentials, and those written for the benchmark.
pub fn credentials() -> Vec<Credential> {
    let (mut credentials, mut report) = (starter_credentials().unwrap(), ReadReport::default());
    let mut ids = Ids::default();
    credentials
        .iter()
        .for_each(|credential| ids.take(&credential.id).unwrap());
    read_lines(
        "credentials.jsonl",
        &include_bytes!("credentials.jsonl")[..],
        &mut ids,
        &mut credentials,
        &mut report,
    )
    .unwrap();
    assert!(report.rejected.is_empty(), "{}", report.rejected[0]);
    credentials
}

#[test]
fn cases_are_well_formed() {
    let known: BTreeSet<String> = credentials()
        .into_iter()
        .map(|credential| credential.id)
        .collect();
    assert!(cases().len() >= 60);
    for cases in [cases(), tuning_cases()] {
        assert!(cases.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
    for case in cases().iter().chain(tuning_cases()) {
        let closes: BTreeSet<&String> =
            case.needs.iter().flat_map(|need| &need.closed_by).collect();
        assert!(
            closes.iter().all(|id| case.grade(id) >= 2),
            "{}: a need is closed by what has a grade below 2",
            case.id
        );
        for (id, grade) in &case.grades {
            assert!(known.contains(id), "{}: {id} is no credential", case.id);
            assert!(*grade <= 3, "{}: {id}", case.id);
            assert!(
                *grade < 2 || closes.contains(id),
                "{}: {id} has grade {grade} and closes no need",
                case.id
            );
            assert!(
                *grade == 0 || !case.held().contains(id.as_str()),
                "{}: {id} is held",
                case.id
            );
        }
        assert!(case.helps() || case.needs.is_empty(), "{}", case.id);
        assert!(
            !case.helps() || case.needs.iter().any(|need| need.core),
            "{}: nothing essential is missing",
            case.id
        );
        assert!(
            case.needs
                .iter()
                .all(|need| !need.need.is_empty() && !need.closed_by.is_empty()),
            "{}",
            case.id
        );
    }
}

#[test]
fn halves_are_drawn_by_the_hash_of_the_id() {
    for case in cases() {
        let expected = if stable_hash(case.id.bytes()) % 2 == 0 {
            Half::Development
        } else {
            Half::HeldOut
        };
        assert_eq!(case.half, expected, "{}", case.id);
    }
    assert!(tuning_cases().iter().all(|case| case.half == Half::Tuning));
}
