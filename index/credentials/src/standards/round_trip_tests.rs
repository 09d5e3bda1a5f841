//! Does nothing get lost on the way? Record to native JSON and back, record to the European Learning Model and back, for any record.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use skillgap_esco::report::ReadReport;

use super::super::{files, native};
use super::to_elm;
use crate::credential::{
    Accreditation, Credential, Doubt, FundingScheme, LinkOrigin, Mode, Money, Outcome,
    PrerequisiteGroup, Scope, Signal, SkillLink, TrustSignal,
};
use skillgap_esco::Text;

/// Words as sources have them: no white space around, not empty.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Zäß][a-zA-Z0-9 ,;:|\"\\\\<>&é]{0,20}[a-z0-9]",
        Just("http://data.europa.eu/esco/occupation/1".to_owned()),
        Just("urn:epass:x:1".to_owned()),
        Just("_:b0".to_owned()),
        Just("P60M".to_owned()),
    ]
}

fn words() -> impl Strategy<Value = Vec<String>> {
    vec(word(), 0..3)
}

fn texts(least: usize) -> impl Strategy<Value = Vec<Text>> {
    let language = prop::sample::select(vec!["en", "de", "pl", "und", "gsw", "deu", "id"]);
    proptest::collection::btree_map(language, word(), least..3).prop_map(|texts| {
        texts
            .into_iter()
            .map(|(language, text)| Text {
                language: language.to_owned(),
                text,
            })
            .collect()
    })
}

fn day() -> impl Strategy<Value = i64> {
    -700_000..2_900_000i64
}

fn money() -> impl Strategy<Value = Money> {
    (
        0..10_000_000u32,
        prop::sample::select(vec!["EUR", "PLN", "XXX"]),
    )
        .prop_map(|(cents, currency)| Money {
            amount: f64::from(cents) / 100.0,
            currency: currency.to_owned(),
        })
}

fn number() -> impl Strategy<Value = f64> {
    (1..100_000u32).prop_map(|tenths| f64::from(tenths) / 10.0)
}

fn link() -> impl Strategy<Value = SkillLink> {
    let uri = prop_oneof![
        "http://data.europa.eu/esco/skill/[a-f0-9]{4}",
        "urn:other:[a-z]{3}"
    ];
    (uri, option::of(0..=10_000u32)).prop_map(|(uri, inferred)| match inferred {
        None => SkillLink {
            uri,
            origin: LinkOrigin::Declared,
            confidence: 1.0,
        },
        Some(parts) => SkillLink {
            uri,
            origin: LinkOrigin::Inferred,
            confidence: (f64::from(parts)).round() / 1e4,
        },
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    (texts(1), vec(link(), 0..3)).prop_map(|(text, skills)| Outcome { text, skills })
}

fn scope() -> impl Strategy<Value = Option<Scope>> {
    option::of(prop::sample::select(vec![
        Scope::Institution,
        Scope::Programme,
    ]))
}

fn accreditation() -> impl Strategy<Value = Accreditation> {
    let stated = (
        word(),
        option::of(word()),
        option::of(word()),
        scope(),
        option::of(1..=8u8),
    );
    (
        stated,
        option::of(day()),
        option::of(day()),
        prop_oneof![Just(String::new()), word()],
    )
        .prop_map(
            |(
                (accreditor, accreditor_id, mechanism, scope, eqf_level_max),
                valid_from_day,
                valid_until_day,
                source,
            )| Accreditation {
                accreditor,
                accreditor_id,
                mechanism,
                scope,
                eqf_level_max,
                valid_from_day,
                valid_until_day,
                source,
            },
        )
}

fn scheme() -> impl Strategy<Value = FundingScheme> {
    (
        word(),
        words(),
        option::of(money()),
        option::of(0..=100u32),
        option::of(day()),
        prop_oneof![Just(String::new()), word()],
    )
        .prop_map(
            |(name, eligible, amount, share, until_day, source)| FundingScheme {
                name,
                eligible,
                amount,
                share: share.map(|percent| f64::from(percent) / 100.0),
                until_day,
                source,
            },
        )
}

fn signals() -> impl Strategy<Value = Vec<TrustSignal>> {
    let stated = (
        any::<bool>(),
        prop_oneof![Just(String::new()), word()],
        scope(),
        option::of(day()),
    );
    proptest::collection::btree_map(prop::sample::select(Signal::ALL.to_vec()), stated, 0..3)
        .prop_map(|stated| {
            let signal = |(signal, (value, source, scope, valid_until_day))| TrustSignal {
                signal,
                value,
                source,
                scope,
                valid_until_day,
            };
            stated.into_iter().map(signal).collect()
        })
}

fn groups() -> impl Strategy<Value = Vec<PrerequisiteGroup>> {
    vec(
        vec(word(), 1..4).prop_flat_map(|of| {
            (1..=of.len() as u32).prop_map(move |at_least| PrerequisiteGroup {
                at_least,
                of: of.clone(),
            })
        }),
        0..2,
    )
}

fn starts() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::btree_set(day(), 0..3).prop_map(|days| days.into_iter().collect())
}

/// Any record that a source can state, in the form in which records are kept.
fn credential() -> impl Strategy<Value = Credential> {
    let text = || option::of(word());
    let codes =
        |codes: &'static [&'static str]| prop::sample::subsequence(codes.to_vec(), 0..=codes.len());
    let said = (word(), texts(1), texts(0), vec(outcome(), 0..3));
    let places = (
        codes(&["AT", "DE", "PL", "*"]),
        codes(&["de", "en", "pl"]),
        option::of(prop::sample::select(Mode::ALL.to_vec())),
    );
    let worth = (
        option::of(number()),
        option::of(number()),
        option::of(number()),
        option::of(1..=8u8),
        option::of(money()),
    );
    let lists = [
        words(),
        words(),
        words(),
        words(),
        words(),
        words(),
        words(),
        words(),
        words(),
        words(),
    ];
    let facts = (
        groups(),
        vec(accreditation(), 0..3),
        vec(scheme(), 0..2),
        signals(),
        starts(),
    );
    let days = (option::of(day()), option::of(day()), option::of(day()));
    let plain: Vec<_> = (0..18).map(|_| text()).collect();
    let doubts = vec(
        (word(), word()).prop_map(|(field, reason)| Doubt { field, reason }),
        0..2,
    );
    (said, places, worth, lists, facts, days, plain, doubts).prop_map(
        |(said, places, worth, lists, facts, days, plain, doubts)| {
            let [
                prerequisites,
                skills_required,
                part_of,
                parts,
                standards,
                funding,
                isced,
                target_groups,
                identifiers,
                occupations,
            ] = lists;
            let mut plain = plain.into_iter();
            let mut next = || plain.next().flatten();
            Credential {
                id: said.0,
                title: said.1,
                description: said.2,
                outcomes: said.3,
                countries: places.0.into_iter().map(str::to_owned).collect(),
                languages: places.1.into_iter().map(str::to_owned).collect(),
                mode: places.2,
                hours: worth.0,
                hours_min: worth.1,
                ects: worth.2,
                eqf_level: worth.3,
                cost: worth.4,
                prerequisites,
                skills_required,
                part_of,
                parts,
                standards,
                funding,
                isced,
                target_groups,
                identifiers,
                occupations,
                prerequisite_groups: facts.0,
                accreditations: facts.1,
                funding_schemes: facts.2,
                trust_signals: facts.3,
                start_days: facts.4,
                modified_day: days.0,
                version: None,
                issued_day: days.1,
                valid_from_day: days.0,
                valid_until_day: days.2,
                provider: next(),
                awarding_body: next(),
                credential_type: next(),
                nqf_level: next(),
                sector: next(),
                assessment: next(),
                stackability: next(),
                cost_note: next(),
                duration: next(),
                purpose: next(),
                participation: next(),
                supervision: next(),
                grade: next(),
                homepage: next(),
                further_information: next(),
                entry_requirements: next(),
                format: next(),
                schedule: next(),
                doubts,
            }
        },
    )
}

/// What a file with this text gives.
fn read(text: &str) -> Vec<Credential> {
    let (mut found, mut report) = (Vec::new(), ReadReport::default());
    let mut take = |credential| {
        found.push(credential);
        Ok(())
    };
    files::read_one("f", text.as_bytes(), 0, &mut report, &mut take).unwrap();
    assert_eq!(report.rejected, [], "{text}");
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, rng_seed: proptest::test_runner::RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn native_json_gives_every_field_back(credential in credential()) {
        let line = native::to_line(&credential);
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(read(&line), [credential]);
    }

    #[test]
    fn the_learning_model_gives_every_field_back(credential in credential()) {
        let document = to_elm(&credential).to_string();
        let read_back = read(&document);
        prop_assert_eq!(&read_back, std::slice::from_ref(&credential), "{}", document);
        // And once more from what was read: nothing grows on the way.
        prop_assert_eq!(&to_elm(&read_back[0]).to_string(), &document);
        prop_assert_eq!(read(&format!("[{document},\n{document}]")).len(), 2);
    }
}

#[test]
fn inferred_links_never_stand_where_declared_ones_do() {
    let line = br#"{"id":"a","title":"x","outcomes":[{"text":"o","skills":[{"uri":"http://data.europa.eu/esco/skill/1"},{"uri":"http://data.europa.eu/esco/skill/2","origin":"inferred","confidence":0.5}]}]}"#;
    let document = to_elm(&native::parse(line).unwrap());
    let outcome = &document["learningAchievementSpecification"]["learningOutcome"][0];
    assert_eq!(outcome["relatedESCOSkill"].as_array().unwrap().len(), 1);
    assert_eq!(outcome["skillgap:inferredSkill"][0]["confidence"], 0.5);
    assert!(
        document.get("skillgap:outcomes").is_none(),
        "a place in the model is used where there is one"
    );
}

#[test]
fn what_the_model_has_a_place_for_needs_no_extension() {
    let line = br#"{"id":"http://x/1","title":{"en":"Welding"},"country":["DE"],"languages":["de"],"hours":40,"ects":1.5,"eqfLevel":3,"mode":"online",
        "provider":"p","awardingBody":"b","assessment":"Exam","grade":"Pass","isced":["0715"],"cost":{"amount":90,"currency":"EUR"},"startDates":["2027-01-01"],
        "targetGroups":["adults"],"entryRequirements":"none","homepage":"http://x","outcomes":[{"text":{"en":"Welds"},"skills":[{"uri":"http://data.europa.eu/esco/skill/1"}]}],
        "accreditations":[{"accreditor":"q","mechanism":"audit","scope":"programme","validUntil":"2030-01-01"}],"modified":"2026-01-01","partOf":["http://x/2"],"parts":["http://x/3"]}"#;
    let document = to_elm(&native::parse(line).unwrap());
    let extensions: Vec<&String> = document
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| name.starts_with("skillgap:"))
        .collect();
    assert!(extensions.is_empty(), "{extensions:?}");
}
