//! Does finding by postings and columns equal reading every record? And does linking many texts at once equal linking one by one?

use std::collections::BTreeMap;
use std::sync::OnceLock;

use proptest::prelude::*;
use skillgap::candidates::{HeldClosure, Needs, Survey, find, survey};
use skillgap::gap::{Gap, analyse, course_factor, gather};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, Sizes};
use skillgap_credentials::credential::{Credential, Money, QualityScope, Signal, day_of};
use skillgap_credentials::rates::amount_in;
use skillgap_esco::SkillId;
use skillgap_linker::Query;

use crate::world::{TODAY, config, demand, filter, made, made_credentials, parts, starter, words};

/// Whether a record fulfils the constraints, as the documentation of [`Filter`] says it.
fn passes(credential: &Credential, filter: &Filter) -> bool {
    let unknown = filter.include_unknown;
    let one_of = |stated: &[String], wanted: &[String], always: &str| match (wanted, stated) {
        ([], _) => true,
        (_, []) => unknown,
        _ => stated
            .iter()
            .any(|code| wanted.contains(code) || code == always),
    };
    let comparable = |cost: &Money, most: &Money| match cost.amount {
        0.0 => Some(0.0),
        _ => amount_in(cost, &most.currency, filter.rates.as_deref()),
    };
    let cost = filter.cost_max.as_ref().is_none_or(|most| {
        let amount = credential
            .cost
            .as_ref()
            .and_then(|cost| comparable(cost, most));
        amount.map_or(unknown, |amount| amount <= most.amount)
    });
    let languages: Vec<String> = credential.languages().map(str::to_owned).collect();
    let least = u32::from(filter.eqf_level_min.unwrap_or(0));
    let most = u32::from(filter.eqf_level_max.unwrap_or(u8::MAX));
    let any_level = filter.eqf_level_min.is_none() && filter.eqf_level_max.is_none();
    let starts = |before: i64| {
        credential
            .start_days()
            .any(|day| (TODAY..before).contains(&day))
    };
    let start = filter.start_before_day.is_none_or(|before| {
        if credential.start_days().next().is_none() {
            unknown
        } else {
            starts(before)
        }
    });
    cost && filter.hours_max.is_none_or(|most| {
        credential
            .hours_at_most()
            .map_or(unknown, |hours| hours <= most)
    }) && one_of(&languages, &filter.languages, "")
        && one_of(credential.countries(), &filter.countries, "*")
        && (filter.modes.is_empty()
            || credential
                .delivery_mode()
                .map_or(unknown, |mode| filter.modes.contains(&mode)))
        && (any_level
            || credential
                .eqf_level
                .map_or(unknown, |level| (least..=most).contains(&level)))
        && (!filter.must_be_accredited || accredited(credential, filter))
        && (filter.must_be_funded_by.is_empty()
            || if credential.funding_schemes().is_empty() {
                unknown
            } else {
                funded(credential, filter)
            })
        && start
}

/// A valid statement on the provider or an accreditation of its own, by a body that counts, that nothing denies.
fn accredited(credential: &Credential, filter: &Filter) -> bool {
    let denied = |signal: Signal| {
        credential
            .trust_signals()
            .iter()
            .any(|stated| stated.signal() == signal && !stated.is_so())
    };
    let counts = |body: &str| {
        filter
            .accreditors
            .as_ref()
            .is_none_or(|list| list.lists(body, None))
    };
    let holds = |from: Option<i64>, until: Option<i64>| {
        from.is_none_or(|from| from <= TODAY) && until.is_none_or(|until| TODAY <= until)
    };
    let of_provider = credential.trust_signals().iter().any(|stated| {
        stated.signal() == Signal::ProviderAccredited
            && stated.is_so()
            && counts(stated.source.as_deref().unwrap_or_default())
            && holds(None, day_of(&stated.valid_until))
    });
    let level_fits = |most: Option<u32>| {
        most.is_none_or(|most| credential.eqf_level.is_some_and(|level| level <= most))
    };
    of_provider
        || credential.accreditations().any(|one| {
            let signal = if one.scope() == QualityScope::Programme {
                Signal::NationalQualityAssured
            } else {
                Signal::ProviderAccredited
            };
            !denied(signal)
                && counts(&one.accreditor)
                && holds(day_of(&one.valid_from), day_of(&one.valid_until))
                && level_fits(one.eqf_level_max)
        })
}

/// A scheme that has not run out and has every word of a wanted name, by its letters, without the plural.
fn funded(credential: &Credential, filter: &Filter) -> bool {
    credential
        .funding_schemes()
        .iter()
        .filter(|scheme| day_of(&scheme.valid_until).is_none_or(|until| until >= TODAY))
        .any(|scheme| {
            let text = format!("{} {}", scheme.name, scheme.eligible.join(" ")).to_lowercase();
            filter.must_be_funded_by.iter().any(|wanted| {
                wanted
                    .split(' ')
                    .all(|word| text.contains(&word.to_lowercase()))
            })
        })
}

/// Taught skills with the highest confidence of any link, in steps of 1/10000, as stored.
fn taught(catalogue: &Catalogue, credential: &Credential) -> BTreeMap<SkillId, f64> {
    let mut taught = BTreeMap::new();
    for link in credential
        .outcomes
        .iter()
        .flat_map(|outcome| &outcome.skills)
    {
        let Some(row) = catalogue
            .esco
            .skills
            .iter()
            .position(|skill| skill.uri == link.uri)
        else {
            continue;
        };
        let confidence = (link.certainty() * 10_000.0).round() / 10_000.0;
        let known = taught.entry(SkillId(row as u32)).or_insert(confidence);
        *known = confidence.max(*known);
    }
    taught
}

/// The share of what remains that a credential closes: for each demanded skill its best coverage, as far as that goes beyond what is held.
fn closure(gap: &Gap, taught: &BTreeMap<SkillId, f64>) -> f64 {
    let further = gap.items.iter().enumerate().map(|(at, item)| {
        let best = taught
            .iter()
            .map(|(skill, confidence)| {
                gap.coverage.cover(at, *skill) * course_factor(None, item.level) * confidence
            })
            .fold(0.0, f64::max);
        item.weight * (best - item.held).max(0.0)
    });
    let closed: f64 = further.sum();
    if gap.remaining() > 0.0 {
        (closed / gap.remaining()).min(1.0)
    } else {
        0.0
    }
}

/// Every credential of the made catalogue, whole, with its links, and what it teaches; read once.
fn records() -> &'static [(Credential, BTreeMap<SkillId, f64>)] {
    static RECORDS: OnceLock<Vec<(Credential, BTreeMap<SkillId, f64>)>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let whole =
            |credential: &Credential| made().credentials.get(&credential.id).unwrap().unwrap();
        made_credentials()
            .iter()
            .map(whole)
            .map(|credential| (credential.clone(), taught(made(), &credential)))
            .collect()
    })
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn candidates_are_those_that_reading_every_record_finds(demand in demand(), parts in parts(), filter in filter(), limit in 1..400_usize) {
        let catalogue = made();
        let gap = analyse(catalogue, &demand, &gather(catalogue, &parts));
        let found = find(catalogue, &Needs::of(&gap), &skillgap::gap::Profile::default(), &filter, limit).unwrap();
        let id = |candidate: &skillgap::candidates::Candidate| catalogue.credentials.record(candidate.facts.address).unwrap().id;
        let fast: Vec<(String, f64)> = found.iter().map(|candidate| (id(candidate), candidate.closure)).collect();

        let passing = records().iter().filter(|(credential, _)| passes(credential, &filter));
        let mut slow: Vec<(&str, f64)> = passing.map(|(credential, taught)| (credential.id.as_str(), closure(&gap, taught))).collect();
        slow.retain(|(_, closure)| *closure > 0.0);
        slow.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        slow.truncate(limit);

        prop_assert_eq!(fast.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), slow.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        for ((_, fast), (_, slow)) in fast.iter().zip(&slow) {
            prop_assert!((fast - slow).abs() < 1e-9);
        }
        for candidate in &found {
            prop_assert!(candidate.closure > 0.0 && candidate.closure <= 1.0);
            prop_assert!(candidate.covers.iter().all(|covered| covered.coverage > gap.items[covered.at].held && covered.coverage <= 1.0));
            prop_assert!(candidate.covers.is_sorted_by(|a, b| a.at < b.at));
        }
    }

    #[test]
    fn the_pool_has_every_candidate_among_those_that_add_and_take_the_same(demand in demand(), parts in parts(), filter in filter()) {
        let catalogue = made();
        let needs = Needs::of(&analyse(catalogue, &demand, &gather(catalogue, &parts)));
        let sizes = Sizes { hours: true, currency: Some("EUR"), rates: None };
        let found = survey(catalogue, &needs, &HeldClosure::default(), &Survey { filter: &filter, limit: usize::MAX, left_out: &[], sizes }).unwrap();
        prop_assert_eq!(found.pool.len(), found.candidates.len());
        let mut n_of = vec![0; found.pool.n_classes()];
        for candidate in &found.candidates {
            let class = found.pool.class(candidate.facts.address).unwrap();
            let gains: Vec<(u32, f64)> = candidate.covers.iter().map(|covered| (covered.at as u32, needs.gain(covered.at, covered.coverage))).collect();
            prop_assert_eq!(found.pool.gains(class).len(), gains.len());
            for ((at, kept), (expected_at, gain)) in found.pool.gains(class).iter().zip(gains) {
                prop_assert!(*at == expected_at && f64::from(*kept) >= gain && f64::from(*kept) < gain + 1e-6);
            }
            let cost = candidate.facts.cost.as_ref().filter(|cost| cost.currency == "EUR").map(|cost| cost.amount);
            prop_assert_eq!(found.pool.sizes(class), (candidate.facts.hours.unwrap_or_default(), cost.unwrap_or_default()));
            n_of[class] += 1;
        }
        prop_assert_eq!((0..found.pool.n_classes()).map(|class| found.pool.n_of(class)).collect::<Vec<_>>(), n_of);
    }

    #[test]
    fn search_with_constraints_finds_those_that_reading_every_record_finds(filter in filter()) {
        let found = made().credentials.search(&words("", &filter, 300)).unwrap();
        let slow: Vec<&str> = records().iter().filter(|(credential, _)| passes(credential, &filter)).map(|(credential, _)| credential.id.as_str()).collect();
        prop_assert_eq!(found.total, slow.len());
        prop_assert_eq!(found.credentials.iter().map(|credential| credential.id.as_str()).collect::<Vec<_>>(), slow);
    }
}

#[test]
fn facts_in_columns_are_those_of_the_record() {
    let catalogue = made();
    let every_skill: Vec<SkillId> = (0..catalogue.esco.skills.len() as u32)
        .map(SkillId)
        .collect();
    let (filter, sizes) = (
        Filter::default(),
        Sizes {
            hours: true,
            currency: Some("EUR"),
            rates: None,
        },
    );
    let runs = catalogue.credentials.fold_teaching(
        &every_skill,
        &filter,
        &sizes,
        Vec::new,
        |places, seen| {
            places.push((seen.address, seen.hours, seen.cost));
        },
    );
    let places = runs.unwrap().concat();
    let facts = catalogue
        .credentials
        .facts(
            &places.iter().map(|(place, ..)| *place).collect::<Vec<_>>(),
            &filter,
        )
        .unwrap();
    assert!(facts.len() > 150, "{}", facts.len());
    for (facts, (_, hours, cost)) in facts.into_iter().zip(places) {
        assert_eq!(
            (hours, cost),
            (
                facts.hours,
                facts
                    .cost
                    .as_ref()
                    .filter(|cost| cost.currency == "EUR")
                    .map(|cost| cost.amount)
            )
        );
        let credential = catalogue.credentials.record(facts.address).unwrap();
        assert_eq!(
            facts.teaches,
            taught(catalogue, &credential)
                .into_iter()
                .collect::<Vec<_>>()
        );
        assert_eq!(
            (facts.hours, facts.cost, facts.eqf_level.map(u32::from)),
            (
                credential.hours_at_most(),
                credential.cost.clone(),
                credential.eqf_level
            )
        );
        assert_eq!(
            facts.signals,
            credential
                .trust_signals()
                .iter()
                .map(|stated| (stated.signal(), stated.is_so()))
                .collect::<Vec<_>>()
        );
        assert_eq!(
            (facts.required.len(), facts.prerequisites.len()),
            (
                credential.skills_required().len(),
                credential.prerequisites().len()
            )
        );
        assert_eq!(
            facts.stated_access,
            [
                credential.languages().next().is_some(),
                !credential.countries().is_empty(),
                credential.delivery_mode().is_some()
            ]
        );
        assert_eq!(facts.modified_day, credential.modified_day());
    }
}

#[test]
fn linking_many_texts_equals_linking_one_by_one() {
    let ad = include_str!("../../index/starter/demo/ad.txt");
    let texts: Vec<&str> = ad
        .lines()
        .chain([
            "",
            " ",
            "Größe über alles",
            "SQL",
            "c++/java",
            "日本語",
            "manage budgets and staff",
        ])
        .collect();
    let queries: Vec<Query<'_>> = texts
        .iter()
        .map(|text| Query {
            text,
            language: Some("en"),
        })
        .collect();
    let together = starter().linker.link_all(&queries, 10);
    assert_eq!(together.len(), queries.len());
    for (query, together) in queries.iter().zip(together) {
        assert_eq!(
            starter().linker.link(*query, 10),
            together,
            "{:?}",
            query.text
        );
    }
}
