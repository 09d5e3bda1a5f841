//! Is all that is wrong with a record told by its path, and is what is right brought into one form?

use super::*;
use crate::credential::{Money, SkillLink, Workload, texts};
use crate::proto::{Access, Coordinates, Outcome, Place, Quality, TrustSignal};

const LIMITS: RecordLimits = RecordLimits {
    entries_max: 3,
    text_bytes_max: 20,
    texts_bytes_max: 30,
};

fn welding() -> Credential {
    Credential {
        id: "a".to_owned(),
        title: texts([("en", "Welding")]),
        ..Credential::default()
    }
}

/// The paths of all that is wrong, in the names of the contract.
fn paths(credential: &Credential) -> Vec<String> {
    let violations = check(credential, &LIMITS).err().unwrap_or_default();
    violations
        .iter()
        .map(|violation| proto_path(&violation.field))
        .collect()
}

#[test]
fn all_that_is_wrong_is_told_by_its_path() {
    let place = Place {
        nuts_code: Some("Bavaria".to_owned()),
        coordinates: Some(Coordinates {
            latitude: 91.0,
            longitude: f64::NAN,
        }),
        ..Place::default()
    };
    let wrong = Credential {
        eqf_level: Some(9),
        cost: Some(Money {
            amount: -1.0,
            currency: "EURO".to_owned(),
        }),
        workload: Some(Workload {
            hours: Some(f64::INFINITY),
            ..Workload::default()
        }),
        access: Some(Access {
            countries: vec!["Germany".to_owned()],
            places: vec![place],
            start_dates: vec!["soon".to_owned()],
            ..Access::default()
        }),
        outcomes: vec![Outcome {
            skills: vec![SkillLink::default()],
            ..Outcome::default()
        }],
        sector: Some("x".repeat(21)),
        identifiers: vec!["x".to_owned(); 4],
        modified: Some("2026-02-30".to_owned()),
        ..welding()
    };
    assert_eq!(
        paths(&wrong),
        [
            "outcomes[0].skills[0].uri",
            "access.countries[0]",
            "access.places[0].nuts_code",
            "access.places[0].coordinates.latitude",
            "access.places[0].coordinates.longitude",
            "access.start_dates[0]",
            "workload.hours",
            "eqf_level",
            "cost.amount",
            "cost.currency",
            "identifiers",
            "sector",
            "modified",
        ]
    );
}

#[test]
fn ids_titles_and_numbers_of_enums_are_checked() {
    assert_eq!(paths(&Credential::default()), ["id", "title"]);
    let long = Credential {
        id: "x".repeat(ID_BYTES_MAX + 1),
        ..welding()
    };
    assert_eq!(paths(&long), ["id"]);
    let mut unknown = welding();
    unknown.quality = Some(Quality {
        trust_signals: vec![TrustSignal {
            signal: 99,
            ..TrustSignal::default()
        }],
        ..Quality::default()
    });
    let [path] = paths(&unknown).try_into().unwrap();
    assert!(path.starts_with("quality"), "{path}");
}

#[test]
fn a_record_has_one_form() {
    let stated = Credential {
        title: texts([("DE-de", " Schweißen "), ("en", " ")]),
        workload: Some(Workload::default()),
        outcomes: vec![Outcome {
            skills: vec![SkillLink {
                uri: " u ".to_owned(),
                ..SkillLink::default()
            }],
            ..Outcome::default()
        }],
        modified: Some("2026-01-31T12:00:00Z".to_owned()),
        ..welding()
    };
    let kept = check(&stated, &LIMITS).unwrap();
    assert_eq!(kept.title, texts([("de", "Schweißen")]));
    assert_eq!(
        (kept.workload, kept.modified.as_deref()),
        (None, Some("2026-01-31"))
    );
    assert_eq!(kept.outcomes[0].skills, [SkillLink::declared("u")]);
}
