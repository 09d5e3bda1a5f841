//! The catalogues that the properties are tried on: the starter data, and a small made one with everything that the excerpt lacks.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use skillgap::demand::{Demand, Demanded, Level, Requirement};
use skillgap::gap::ProfileParts;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::accreditors::Accreditors;
use skillgap_catalogue::{Filter, Search, Sort, starter_esco};
use skillgap_credentials::credential::{
    Access, Accreditation, Credential, DeliveryMode, Entry, Funding, FundingScheme, LanguageLevel,
    Money, Outcome, Quality, QualityScope, Signal, SkillLink, TrustSignal, Workload, texts,
};
use skillgap_credentials::day;
use skillgap_credentials::rates::Rates;
use skillgap_esco::{Esco, NodeId, Occupation, OccupationId, SkillId};

/// Skills of the made catalogue.
pub const N_SKILLS: usize = 150;
/// Credentials of the made catalogue.
pub const N_CREDENTIALS: usize = 300;

/// Random cases with a fixed seed, without files of former failures. `SKILLGAP_CASES` and `SKILLGAP_SEED` make longer and other runs.
pub fn config(cases: u32) -> Config {
    let set = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|value| value.parse::<u32>().unwrap())
    };
    let seed = set("SKILLGAP_SEED").unwrap_or(20_260_101);
    Config {
        cases: set("SKILLGAP_CASES").unwrap_or(cases),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(u64::from(seed)),
        ..Config::default()
    }
}

/// The starter data.
pub fn starter() -> &'static Catalogue {
    static STARTER: OnceLock<Catalogue> = OnceLock::new();
    STARTER.get_or_init(|| skillgap_catalogue::starter().unwrap())
}

/// [`made_esco`] with [`made_credentials`].
pub fn made() -> &'static Catalogue {
    static MADE: OnceLock<Catalogue> = OnceLock::new();
    MADE.get_or_init(|| Catalogue::in_memory(made_esco(), made_credentials()).unwrap())
}

/// Skills that ICT occupations need, so that some are near each other, in a made hierarchy of three children a skill, with one cycle, and
/// made relations between skills.
pub fn made_esco() -> Esco {
    let whole = starter_esco().unwrap();
    let rows: BTreeSet<SkillId> = whole
        .occupations
        .iter()
        .flat_map(|occupation| &occupation.essential)
        .copied()
        .take(2 * N_SKILLS)
        .collect();
    let skills: Vec<_> = rows
        .iter()
        .take(N_SKILLS)
        .map(|skill| whole.skills[skill.row()].clone())
        .collect();
    assert_eq!(skills.len(), N_SKILLS);
    let n = N_SKILLS as u32;
    let cycle = [(NodeId(0), NodeId(5))];
    let broader = (1..n * 2 / 3)
        .map(|row| (NodeId(row), NodeId((row - 1) / 3)))
        .chain(cycle)
        .collect();
    let pairs = |step: u32| {
        (0..n)
            .step_by(step as usize)
            .map(move |row| (SkillId(row), SkillId((row * 7 + 3) % n)))
            .filter(|(a, b)| a != b)
            .collect()
    };
    let occupation = |row: u32| Occupation {
        uri: format!("http://example.org/occupation/{row}"),
        essential: (row * 5..row * 5 + 6).map(SkillId).collect(),
        optional: (row * 5 + 40..row * 5 + 44).map(SkillId).collect(),
        ..Occupation::default()
    };
    Esco {
        version: "made".to_owned(),
        languages: whole.languages,
        skills,
        occupations: (0..4).map(occupation).collect(),
        broader,
        essential: pairs(5),
        optional: pairs(4),
        ..Esco::default()
    }
}

/// Random credentials with every fact stated or not, the same in every run.
pub fn made_credentials() -> Vec<Credential> {
    let esco = made_esco();
    let mut runner = TestRunner::new(config(1));
    let all = (0..N_CREDENTIALS).map(|number| {
        credential(number, &esco)
            .new_tree(&mut runner)
            .unwrap()
            .current()
    });
    all.collect()
}

fn credential(number: usize, esco: &Esco) -> impl Strategy<Value = Credential> + use<> {
    let uris: Vec<String> = esco.skills.iter().map(|skill| skill.uri.clone()).collect();
    let labels: Vec<String> = esco
        .skills
        .iter()
        .map(|skill| skill.labels[0].preferred.clone())
        .collect();
    let confidence = prop_oneof![2 => Just(1.0), 3 => 0.0..=1.0, 1 => Just(0.5)];
    let teaches = vec((0..N_SKILLS, confidence), 0..4);
    let outcomes = vec((0..N_SKILLS, teaches), 0..3).prop_map(move |outcomes| {
        let outcome = |(named, teaches): (usize, Vec<(usize, f64)>)| Outcome {
            text: texts([("en", &labels[named])]),
            skills: teaches
                .into_iter()
                .map(|(row, confidence)| SkillLink {
                    uri: uris[row].clone(),
                    confidence: Some(confidence),
                    ..SkillLink::default()
                })
                .collect(),
        };
        outcomes.into_iter().map(outcome).collect::<Vec<_>>()
    });
    let uris: Vec<String> = esco.skills.iter().map(|skill| skill.uri.clone()).collect();
    let work = (
        option::of((0..200_u32).prop_map(f64::from)),
        option::of((1..10_u32).prop_map(f64::from)),
        option::of(1..=8_u32),
    );
    let signals = subsequence(Signal::ALL.to_vec(), 0..=9).prop_flat_map(|signals| {
        let n = signals.len();
        (Just(signals), vec(any::<bool>(), n))
    });
    let entry = (vec(select(uris), 0..2), vec(0..N_CREDENTIALS, 0..2));
    (
        outcomes,
        work,
        option::of(money()),
        countries(),
        languages(),
        option::of(select(DeliveryMode::ALL.to_vec())),
        signals,
        entry,
        (option::of(18_000..21_000_i64), stated_terms()),
    )
        .prop_map(
            move |(
                outcomes,
                (hours, ects, eqf_level),
                cost,
                countries,
                languages,
                mode,
                (signals, values),
                (required, before),
                (modified_day, (until, accreditations, funding_schemes, start_days)),
            )| {
                let signal = |(signal, value)| TrustSignal {
                    valid_until: until.and_then(day::format),
                    ..TrustSignal::of(signal, value, "made")
                };
                let language = |language_code| LanguageLevel {
                    language_code,
                    ..LanguageLevel::default()
                };
                Credential {
                    id: format!("c{number:03}"),
                    title: texts([("en", &format!("credential {number}"))]),
                    outcomes,
                    workload: Some(Workload {
                        hours,
                        ects,
                        ..Workload::default()
                    }),
                    eqf_level,
                    cost,
                    access: Some(Access {
                        countries,
                        languages: languages.into_iter().map(language).collect(),
                        mode: mode.map_or(0, i32::from),
                        start_dates: start_days.into_iter().filter_map(day::format).collect(),
                        ..Access::default()
                    }),
                    quality: Some(Quality {
                        trust_signals: signals.into_iter().zip(values).map(signal).collect(),
                        accreditations,
                        ..Quality::default()
                    }),
                    entry: Some(Entry {
                        skill_uris: required,
                        prerequisites: before
                            .into_iter()
                            .filter(|other| *other != number)
                            .map(|other| format!("c{other:03}"))
                            .collect(),
                        ..Entry::default()
                    }),
                    modified: modified_day.and_then(day::format),
                    funding: Some(Funding {
                        schemes: funding_schemes,
                        ..Funding::default()
                    }),
                    ..Credential::default()
                }
            },
        )
}

/// The day of every request of the tests.
pub const TODAY: i64 = 20_000;

/// Days around [`TODAY`], or none.
fn near_today() -> impl Strategy<Value = Option<i64>> {
    option::weighted(0.4, TODAY - 2..=TODAY + 2)
}

/// Last day of all signals, accreditations, funding and starts, each often absent.
fn stated_terms() -> impl Strategy<
    Value = (
        Option<i64>,
        Vec<Accreditation>,
        Vec<FundingScheme>,
        Vec<i64>,
    ),
> {
    let scope = select(vec![
        QualityScope::Unspecified,
        QualityScope::Institution,
        QualityScope::Programme,
    ]);
    let accreditation = (
        select(vec!["agency", "Ministère", "my cousin"]),
        scope,
        option::weighted(0.3, 1..=8_u32),
        near_today(),
        near_today(),
    );
    let accreditation =
        accreditation.prop_map(|(body, scope, eqf_level_max, from, until)| Accreditation {
            accreditor: body.to_owned(),
            scope: scope.into(),
            eqf_level_max,
            valid_from: from.and_then(day::format),
            valid_until: until.and_then(day::format),
            ..Accreditation::default()
        });
    let groups = subsequence(vec!["unemployed persons", "young people"], 0..=2).prop_map(owned);
    let scheme = (
        select(vec!["Training voucher", "Regional grant"]),
        groups,
        near_today(),
    );
    let scheme = scheme.prop_map(|(name, eligible, until)| FundingScheme {
        name: name.to_owned(),
        eligible,
        valid_until: until.and_then(day::format),
        ..FundingScheme::default()
    });
    (
        near_today(),
        vec(accreditation, 0..3),
        vec(scheme, 0..3),
        vec(TODAY - 5..TODAY + 30, 0..3),
    )
}

/// Rates by which some currencies of the made catalogue are compared.
fn rates() -> Rates {
    let table = serde_json::json!({ "base": "EUR", "date": "2026-11-20", "source": "made", "per_base": { "DKK": 7.46 } });
    serde_json::from_value(table).unwrap()
}

fn money() -> impl Strategy<Value = Money> {
    (0..60_u32, select(vec!["EUR", "DKK", "PLN"])).prop_map(|(tens, currency)| Money {
        amount: f64::from(tens) * 10.0,
        currency: currency.to_owned(),
    })
}

fn countries() -> impl Strategy<Value = Vec<String>> {
    subsequence(vec!["DE", "FR", "PL", "*"], 0..=2).prop_map(owned)
}

fn languages() -> impl Strategy<Value = Vec<String>> {
    subsequence(vec!["de", "en", "fr"], 0..=2).prop_map(owned)
}

fn owned(codes: Vec<&str>) -> Vec<String> {
    codes.into_iter().map(str::to_owned).collect()
}

/// Constraints of every kind, each often absent.
pub fn filter() -> impl Strategy<Value = Filter> {
    let levels = (
        option::weighted(0.3, 1..=8_u8),
        option::weighted(0.3, 1..=8_u8),
    );
    let modes =
        prop_oneof![3 => Just(Vec::new()), 1 => subsequence(DeliveryMode::ALL.to_vec(), 1..=2)];
    let hours = option::weighted(0.3, (0..200_u32).prop_map(f64::from));
    let wanted = prop_oneof![8 => Just(vec![]), 1 => Just(vec!["voucher"]), 1 => Just(vec!["young people"]), 1 => Just(vec!["grant", "unemployed"])];
    let lists = prop_oneof![2 => Just(None), 1 => Just(Some(Arc::new(Accreditors::new("made", ["ministere", "agency"]))))];
    let rates = prop_oneof![Just(None), Just(Some(Arc::new(rates())))];
    let terms = (
        wanted.prop_map(owned),
        option::weighted(0.1, TODAY + 1..TODAY + 30),
        lists,
        rates,
    );
    (
        hours,
        option::weighted(0.3, money()),
        languages(),
        countries(),
        modes,
        levels,
        (prop::bool::weighted(0.2), any::<bool>()),
        terms,
    )
        .prop_map(
            |(
                hours_max,
                cost_max,
                languages,
                countries,
                modes,
                (eqf_level_min, eqf_level_max),
                (must_be_accredited, include_unknown),
                terms,
            )| Filter {
                must_be_funded_by: terms.0,
                start_from_day: None,
                start_before_day: terms.1,
                accreditors: terms.2,
                rates: terms.3,
                as_of_day: TODAY,
                hours_max,
                cost_max,
                languages,
                countries,
                modes,
                eqf_level_min,
                eqf_level_max,
                must_be_accredited,
                include_unknown,
                ..Filter::default()
            },
        )
}

/// A level, or none.
pub fn level() -> impl Strategy<Value = Option<Level>> {
    let levels = [
        "A1", "B1", "B2", "C2", "basic", "advanced", "expert", "EQF 4",
    ]
    .map(|word| Level::parse(word).unwrap());
    option::weighted(0.4, select(levels.to_vec()))
}

/// Skills that a caller may name, some of them twice.
pub fn demanded(n_skills: usize, n_max: usize) -> impl Strategy<Value = Vec<Demanded>> {
    let requirement = prop_oneof![Just(Requirement::Essential), Just(Requirement::Optional)];
    let weight = prop_oneof![3 => 0.01..=1.0, 1 => Just(1.0), 1 => Just(0.3)];
    let one = (0..n_skills as u32, weight, requirement, level());
    let one = one.prop_map(|(row, weight, requirement, level)| Demanded {
        weight,
        requirement,
        level,
        ..Demanded::essential(SkillId(row))
    });
    vec(one, 0..=n_max)
}

/// [`demanded`], as a demand on the made catalogue.
pub fn demand() -> impl Strategy<Value = Demand> {
    demanded(N_SKILLS, 12).prop_map(Demand::of_skills)
}

/// What a person may say in the made catalogue, without a text.
pub fn parts() -> impl Strategy<Value = ProfileParts<'static>> {
    let skills = vec(((0..N_SKILLS as u32).prop_map(SkillId), level()), 0..8);
    let occupations = subsequence((0..4).map(OccupationId).collect::<Vec<_>>(), 0..=2);
    let credentials = vec(select(made_credentials()), 0..3);
    (skills, occupations, credentials).prop_map(|(skills, occupations, credentials)| ProfileParts {
        skills,
        occupations,
        credentials,
        ..ProfileParts::default()
    })
}

/// A search by words and filter, best first.
pub fn words<'a>(text: &'a str, filter: &'a Filter, limit: usize) -> Search<'a> {
    Search {
        text,
        skills: &[],
        filter,
        sectors: &[],
        sort: Sort::Relevance,
        after: None,
        limit,
        facets: false,
    }
}
