//! Rules of what counts, one by one.

use super::*;
use crate::accreditors::Worth;
use crate::schema::CredentialFields;
use skillgap_credentials::credential::{
    Access, Accreditation, Assessment, Quality, QualityScope, TrustSignal,
};
use skillgap_credentials::day;

const TODAY: i64 = 20_000;

/// What the columns keep of a credential.
fn terms(credential: &Credential) -> Terms {
    Terms {
        endorsements: endorsements(credential).collect(),
        attendance_only: attendance_only(credential),
        signals_until: credential
            .trust_signals()
            .iter()
            .filter_map(|stated| Some((stated.signal(), day_of(&stated.valid_until)?)))
            .collect(),
        ..Terms::default()
    }
}

fn accredited_by(accreditation: Accreditation) -> Credential {
    Credential {
        quality: Some(Quality {
            accreditations: vec![accreditation],
            ..Quality::default()
        }),
        eqf_level: Some(4),
        ..Credential::default()
    }
}

fn by(name: &str) -> Accreditation {
    Accreditation {
        accreditor: name.into(),
        ..Accreditation::default()
    }
}

fn check(
    accreditation: Accreditation,
    accreditors: Option<&Accreditors>,
    provider: Standing,
    national: Standing,
) {
    let shown = format!("{accreditation:?}");
    let credential = accredited_by(accreditation);
    let terms = terms(&credential);
    let counts = Worth::of(
        credential.accreditations().next().unwrap(),
        credential.eqf_level,
        TODAY,
        accreditors,
    ) == Worth::Counts;
    assert_eq!(
        counts,
        [provider, national].contains(&Standing::Yes),
        "{shown}"
    );
    let standing = |signal| terms.standing(signal, None, TODAY, accreditors);
    assert_eq!(
        (
            standing(Signal::ProviderAccredited),
            standing(Signal::NationalQualityAssured)
        ),
        (provider, national),
        "{shown}"
    );
}

#[test]
fn an_institution_speaks_for_the_provider_and_a_programme_for_itself() {
    use Standing::{NotStated, Yes};
    check(by("x"), None, Yes, NotStated);
    check(
        Accreditation {
            scope: QualityScope::Institution.into(),
            ..by("x")
        },
        None,
        Yes,
        NotStated,
    );
    check(
        Accreditation {
            scope: QualityScope::Programme.into(),
            ..by("x")
        },
        None,
        NotStated,
        Yes,
    );
}

#[test]
fn what_has_expired_is_no_yes_and_what_has_not_begun_is_not_stated() {
    use Standing::{Expired, NotStated, Yes};
    let until = |day| Accreditation {
        valid_until: day::format(day),
        ..by("x")
    };
    check(until(TODAY), None, Yes, NotStated);
    check(until(TODAY - 1), None, Expired, NotStated);
    check(
        Accreditation {
            valid_from: day::format(TODAY + 1),
            ..by("x")
        },
        None,
        NotStated,
        NotStated,
    );
    check(
        Accreditation {
            valid_from: day::format(TODAY),
            ..by("x")
        },
        None,
        Yes,
        NotStated,
    );
}

#[test]
fn a_limit_of_level_below_the_credential_does_not_count() {
    use Standing::{NotStated, Yes};
    let up_to = |level| Accreditation {
        eqf_level_max: Some(level),
        ..by("x")
    };
    check(up_to(4), None, Yes, NotStated);
    check(up_to(3), None, NotStated, NotStated);
    let level_not_stated = Credential {
        eqf_level: None,
        ..accredited_by(up_to(8))
    };
    assert_eq!(terms(&level_not_stated).endorsements, []);
}

#[test]
fn with_a_list_only_its_bodies_count() {
    use Standing::{Expired, NotListed, NotStated, Yes};
    let list = Accreditors::new(
        "the ministry",
        ["Agence  Élan", "https://example.org/agency/7"],
    );
    check(by("agence elan"), Some(&list), Yes, NotStated);
    check(by("my cousin"), Some(&list), NotListed, NotStated);
    let by_id = Accreditation {
        accreditor_id: Some("https://example.org/agency/7".into()),
        ..by("another name")
    };
    check(by_id, Some(&list), Yes, NotStated);
    check(
        Accreditation {
            valid_until: day::format(1),
            ..by("agence elan")
        },
        Some(&list),
        Expired,
        NotStated,
    );
    check(
        Accreditation {
            valid_until: day::format(1),
            ..by("my cousin")
        },
        Some(&list),
        NotStated,
        NotStated,
    );
}

#[test]
fn a_bare_yes_counts_by_who_says_it_and_until_when() {
    let stated = |value, until: Option<i64>| Credential {
        quality: Some(Quality {
            trust_signals: vec![TrustSignal {
                valid_until: until.and_then(day::format),
                ..TrustSignal::of(Signal::ProviderAccredited, value, "register")
            }],
            ..Quality::default()
        }),
        ..Credential::default()
    };
    let standing = |credential: &Credential, list: Option<&Accreditors>| {
        let value = credential.trust_signals().first().map(TrustSignal::is_so);
        terms(credential).standing(Signal::ProviderAccredited, value, TODAY, list)
    };
    let list = Accreditors::new("x", ["Register"]);
    assert_eq!(standing(&stated(true, None), None), Standing::Yes);
    assert_eq!(standing(&stated(true, None), Some(&list)), Standing::Yes);
    assert_eq!(
        standing(&stated(true, None), Some(&Accreditors::default())),
        Standing::NotListed
    );
    assert_eq!(
        standing(&stated(true, Some(TODAY - 1)), None),
        Standing::Expired
    );
    assert_eq!(standing(&stated(false, None), None), Standing::No);
    assert_eq!(
        standing(&stated(false, Some(TODAY - 1)), None),
        Standing::NotStated
    );
}

#[test]
fn a_stated_no_is_not_overruled_by_an_accreditation() {
    let terms = terms(&accredited_by(by("x")));
    assert_eq!(
        terms.standing(Signal::ProviderAccredited, Some(false), TODAY, None),
        Standing::No
    );
}

#[test]
fn any_signal_may_expire() {
    let terms = Terms {
        signals_until: vec![(Signal::Guidance, TODAY - 1)],
        ..Terms::default()
    };
    assert_eq!(
        terms.standing(Signal::Guidance, Some(true), TODAY, None),
        Standing::Expired
    );
    assert_eq!(
        terms.standing(Signal::Guidance, Some(true), TODAY - 1, None),
        Standing::Yes
    );
    assert_eq!(
        terms.standing(Signal::Guidance, Some(false), TODAY, None),
        Standing::NotStated
    );
    assert_eq!(
        terms.standing(Signal::Comparable, None, TODAY, None),
        Standing::NotStated
    );
}

#[test]
fn being_there_is_no_assessment() {
    let terms = terms(&Credential {
        assessment: Some(Assessment {
            method: Some("attendance".into()),
            ..Assessment::default()
        }),
        ..Credential::default()
    });
    assert_eq!(
        terms.standing(Signal::Assessed, Some(true), TODAY, None),
        Standing::No
    );
}

#[test]
fn columns_keep_what_was_read() {
    let credential = Credential {
        quality: Some(Quality {
            trust_signals: vec![TrustSignal {
                valid_until: day::format(-5),
                ..TrustSignal::of(Signal::Assessed, true, "s")
            }],
            accreditations: vec![
                Accreditation {
                    valid_from: day::format(-10),
                    valid_until: day::format(99_999),
                    ..by("x")
                },
                Accreditation {
                    scope: QualityScope::Programme.into(),
                    accreditor_id: Some("y".into()),
                    ..by("z")
                },
            ],
            ..Quality::default()
        }),
        assessment: Some(Assessment {
            method: Some("attendance".into()),
            ..Assessment::default()
        }),
        access: Some(Access {
            countries: vec![WORLDWIDE.into()],
            ..Access::default()
        }),
        ..Credential::default()
    };
    let fields = CredentialFields::new();
    let index = tantivy::Index::create_in_ram(fields.schema.clone());
    crate::schema::register_analyser(&index);
    let mut writer = index
        .writer_with_num_threads::<TantivyDocument>(1, 15_000_000)
        .unwrap();
    let mut document = TantivyDocument::default();
    fields.terms.add(&credential, &mut document);
    writer.add_document(document).unwrap();
    writer.commit().unwrap();
    let searcher = index.reader().unwrap().searcher();
    let read = TermColumns::open(searcher.segment_reader(0))
        .unwrap()
        .terms(0);
    assert_eq!(
        read,
        Terms {
            is_anywhere: true,
            ..terms(&credential)
        }
    );
    assert_eq!(read.endorsements.len(), 2);
}
