//! Does one and the same offer fulfil all that is asked, and is the person shown what is left to pay of that one?

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use skillgap_catalogue::{Catalogue, Filter, Near, Search, Sort, effects};
use skillgap_credentials::credential::{
    Access, CefrLevel, Coordinates, Credential, DeliveryMode, Funding, FundingScheme,
    LanguageLevel, Money, Offer, PersonStatus, Place, TimeOfDay, texts,
};
use skillgap_credentials::net_price::Entitlement;

use crate::world::{TODAY, config, made_esco};

const N_COURSES: usize = 150;
/// Berlin, Potsdam (27 km away), Munich.
const TOWNS: [(f64, f64); 3] = [(52.52, 13.405), (52.391, 13.064), (48.137, 11.575)];

fn offer() -> impl Strategy<Value = Offer> {
    let mode = select(vec![
        DeliveryMode::Unspecified,
        DeliveryMode::Onsite,
        DeliveryMode::Online,
    ]);
    let time = option::of(select(vec![TimeOfDay::Daytime, TimeOfDay::Evening]));
    let language = option::of((
        select(vec!["de", "en"]),
        select(vec![CefrLevel::Unspecified, CefrLevel::A2, CefrLevel::C1]),
    ));
    let price = option::of(0..5_u32);
    let scheme = option::of((
        select(vec![PersonStatus::Unemployed, PersonStatus::Employee]),
        select(vec![0.5, 1.0]),
    ));
    (
        mode,
        option::of(0..TOWNS.len()),
        time,
        language,
        price,
        scheme,
    )
        .prop_map(|(mode, town, time, language, price, scheme)| Offer {
            access: Some(Access {
                mode: mode.into(),
                places: Vec::from_iter(town.map(at)),
                times_of_day: Vec::from_iter(time.map(i32::from)),
                languages: Vec::from_iter(language.map(|(code, level)| LanguageLevel {
                    language_code: code.to_owned(),
                    level: level.into(),
                })),
                ..Access::default()
            }),
            cost: price.map(|hundreds| euro(f64::from(hundreds) * 100.0)),
            funding: scheme.map(|(status, share)| Funding {
                schemes: vec![FundingScheme {
                    name: "Voucher".to_owned(),
                    eligible_statuses: vec![status.into()],
                    share: Some(share),
                    ..FundingScheme::default()
                }],
                ..Funding::default()
            }),
            ..Offer::default()
        })
}

fn at(town: usize) -> Place {
    let (latitude, longitude) = TOWNS[town];
    Place {
        coordinates: Some(Coordinates {
            latitude,
            longitude,
        }),
        ..Place::default()
    }
}

fn euro(amount: f64) -> Money {
    Money {
        amount,
        currency: "EUR".to_owned(),
    }
}

/// Courses whose offers state everything themselves, so that the oracle need not know what is inherited.
fn courses() -> &'static [Credential] {
    static MADE: OnceLock<Vec<Credential>> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut runner = proptest::test_runner::TestRunner::new(config(1));
        let course = |number| {
            let offers = vec(offer(), 0..4).new_tree(&mut runner).unwrap().current();
            Credential {
                id: format!("c{number:03}"),
                title: texts([("en", &format!("course {number}"))]),
                offers,
                ..Credential::default()
            }
        };
        (0..N_COURSES).map(course).collect()
    })
}

fn catalogue() -> &'static Catalogue {
    static MADE: OnceLock<Catalogue> = OnceLock::new();
    MADE.get_or_init(|| Catalogue::in_memory(made_esco(), courses().to_vec()).unwrap())
}

fn wishes() -> impl Strategy<Value = Filter> {
    let near = option::of((0..TOWNS.len(), select(vec![5.0, 30.0])));
    let time = option::of(select(vec![TimeOfDay::Daytime, TimeOfDay::Evening]));
    let level = option::of(select(vec![CefrLevel::A1, CefrLevel::B1, CefrLevel::C2]));
    let status = option::of(select(vec![
        PersonStatus::Unemployed,
        PersonStatus::Employee,
    ]));
    let most = option::of(0..5_u32);
    (near, time, level, status, most, any::<bool>()).prop_map(
        |(near, time, level, status, most, include_unknown)| Filter {
            near: near.map(|(town, most)| Near {
                place: at(town),
                distance_km_max: Some(most),
            }),
            times_of_day: Vec::from_iter(time),
            language_levels: Vec::from_iter(level.map(|level| ("de".to_owned(), level))),
            entitlement: status.map(|status| Entitlement {
                statuses: vec![status],
                ..Entitlement::default()
            }),
            cost_max: most.map(|hundreds| euro(f64::from(hundreds) * 100.0)),
            as_of_day: TODAY,
            include_unknown,
            ..Filter::default()
        },
    )
}

/// What is left to pay of an offer of [`offer`], as the documentation says it.
fn left(offer: &Offer, filter: &Filter) -> Option<f64> {
    let gross = offer.cost.as_ref()?.amount;
    let scheme = offer.funding.as_ref().map(|funding| &funding.schemes[0]);
    let paid = scheme
        .zip(filter.entitlement.as_ref())
        .map_or(0.0, |(scheme, person)| {
            let is_for_them = scheme
                .eligible_statuses()
                .any(|status| person.statuses.contains(&status));
            if is_for_them {
                scheme.share.unwrap()
            } else {
                0.0
            }
        });
    Some(gross * (1.0 - paid))
}

/// Whether an offer of [`offer`] fulfils wishes of [`wishes`], one by one.
fn suits(offer: &Offer, filter: &Filter) -> bool {
    let access = offer.access.as_ref().unwrap();
    let known = |fits: Option<bool>| fits.unwrap_or(filter.include_unknown);
    let near = filter.near.as_ref().is_none_or(|near| {
        let town = |place: &Place| {
            let point = place.coordinates.unwrap();
            TOWNS
                .iter()
                .position(|town| *town == (point.latitude, point.longitude))
                .unwrap()
        };
        let wanted = town(&near.place);
        let reach: &[usize] = match (wanted, near.distance_km_max.unwrap() > 10.0) {
            (0 | 1, true) => &[0, 1],
            _ => &[wanted],
        };
        let place = access.places.first();
        access.mode() == DeliveryMode::Online
            || known(place.map(|place| reach.contains(&town(place))))
    });
    let time = filter
        .times_of_day
        .first()
        .is_none_or(|wanted| known(access.times_of_day().next().map(|time| time == *wanted)));
    let language = filter.language_levels.first().is_none_or(|(code, held)| {
        let language = access.languages.first();
        let needs = language.filter(|language| language.language_code == *code);
        let needs = needs
            .map(LanguageLevel::level)
            .filter(|level| *level != CefrLevel::Unspecified);
        known(needs.map(|needed| needed as i32 <= *held as i32))
    });
    let cost = filter.cost_max.as_ref().is_none_or(|most| {
        let pays_all = offer
            .funding
            .as_ref()
            .zip(filter.entitlement.as_ref())
            .is_some_and(|(funding, person)| {
                let scheme = &funding.schemes[0];
                scheme.share == Some(1.0)
                    && scheme
                        .eligible_statuses()
                        .any(|status| person.statuses.contains(&status))
            });
        pays_all || known(left(offer, filter).map(|left| left <= most.amount))
    });
    near && time && language && cost
}

fn search<'a>(filter: &'a Filter) -> Search<'a> {
    Search {
        text: "",
        skills: &[],
        filter,
        sectors: &[],
        sort: Sort::Title,
        after: None,
        limit: N_COURSES,
        facets: false,
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn a_search_finds_the_courses_of_which_one_offer_suits(filter in wishes()) {
        let found = catalogue().credentials.search(&search(&filter)).unwrap();
        let mut found: Vec<&str> = found.credentials.iter().map(|course| course.id.as_str()).collect();
        found.sort_unstable();
        let nothing = [Offer { access: Some(Access::default()), ..Offer::default() }];
        let suits_one = |course: &&Credential| {
            let offers = if course.offers.is_empty() { &nothing[..] } else { &course.offers };
            offers.iter().any(|offer| suits(offer, &filter))
        };
        let expected: Vec<&str> = courses().iter().filter(suits_one).map(|course| course.id.as_str()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_offer_that_is_judged_suits_and_no_other_that_suits_leaves_less(filter in wishes()) {
        let credentials = &catalogue().credentials;
        for course in credentials.search(&search(&filter)).unwrap().credentials {
            let place = credentials.with_ids(&[skillgap_catalogue::schema::id_hash(&course.id)], &filter).unwrap();
            let facts = credentials.facts(&place, &filter).unwrap().remove(0);
            let Some(at) = facts.offer else {
                prop_assert!(course.offers.is_empty());
                continue;
            };
            let chosen = &course.offers[at];
            prop_assert!(suits(chosen, &filter));
            let left_of = |offer: &Offer| left(offer, &filter);
            prop_assert_eq!(facts.cost.map(|cost| cost.amount), left_of(chosen));
            if let Some(paid) = left_of(chosen) {
                let suiting = course.offers.iter().filter(|offer| suits(offer, &filter));
                prop_assert!(suiting.filter_map(left_of).all(|other| paid <= other));
            }
        }
    }
}

#[test]
fn an_empty_result_says_what_each_wish_takes_away() {
    let filter = Filter {
        times_of_day: vec![TimeOfDay::Weekend],
        cost_max: Some(euro(100.0)),
        as_of_day: TODAY,
        ..Filter::default()
    };
    let count = |filter: &Filter| Ok(catalogue().credentials.search(&search(filter))?.total);
    assert_eq!(count(&filter).unwrap(), 0);
    let effects = effects(&filter, count).unwrap();
    let names: Vec<&str> = effects.iter().map(|effect| effect.constraint).collect();
    assert_eq!(names, ["cost_max", "times_of_day"]);
    let (cost, time) = (effects[0], effects[1]);
    assert_eq!(
        (cost.n_credentials, time.n_credentials),
        (N_COURSES, N_COURSES)
    );
    assert_eq!(time.n_fulfilling, 0);
    assert!(cost.n_fulfilling > 0 && time.n_not_stated > 0 && time.n_not_stated < N_COURSES);
}
