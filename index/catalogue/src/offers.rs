//! Which ways to take part in a credential fulfil all constraints at once, and which of these leaves least to pay?
//!
//! The one idea: of place, time, language, start, price and funding, one and the same offer must fulfil all. So a credential that says
//! more than columns of single facts can hold keeps its offers in a column of their own, and is judged by them, whole.

use crate::facts::{Filter, Near};
use skillgap_credentials::credential::{
    Access, Coordinates, Credential, DeliveryMode, Funding, FundingScheme, Money, Offer, Place,
    TimeOfDay, WORLDWIDE, stated,
};
use skillgap_credentials::day;
use skillgap_credentials::net_price::{NetPrice, is_funded_by, net_price};
use skillgap_credentials::rates::amount_in;

/// Mean radius of the earth (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// A way to take part that was chosen for a request.
pub struct Chosen {
    /// Its place among the offers of the credential; nothing where the credential is its own only way.
    pub offer: Option<usize>,
    /// The way.
    pub way: Offer,
    /// What is left to pay.
    pub net: NetPrice,
}

/// The ways of a credential as a column holds them: nothing where the columns of single facts say as much.
pub(crate) fn code(credential: &Credential) -> Option<Vec<u8>> {
    let ways: Vec<Offer> = credential.ways().into_iter().map(filtered_by).collect();
    let is_more = |way: &Offer| {
        let access = way.access.as_ref();
        way.funding.is_some()
            || access.is_some_and(|access| {
                let has_level = access.languages.iter().any(|language| language.level != 0);
                let lists = [
                    access.places.len(),
                    access.times_of_day.len(),
                    access.start_dates.len(),
                ];
                has_level || access.study_load != 0 || lists.iter().any(|entries| *entries > 0)
            })
    };
    let is_kept = !credential.offers.is_empty() || ways.iter().any(is_more);
    if !is_kept {
        return None;
    }
    // One way of the credential's own is told from one offer by where it stands.
    let kept = match credential.offers.is_empty() {
        true => ways.into_iter().next().map(|own| Credential {
            access: own.access,
            cost: own.cost,
            funding: own.funding,
            ..Credential::default()
        })?,
        false => Credential {
            offers: ways,
            ..Credential::default()
        },
    };
    Some(kept.to_bytes())
}

/// What constraints and prices look at.
fn filtered_by(way: Offer) -> Offer {
    let place = |place: Place| Place {
        locality: None,
        address: None,
        ..place
    };
    let scheme = |scheme: FundingScheme| FundingScheme {
        source: None,
        ..scheme
    };
    let access = way.access.map(|access| Access {
        places: access.places.into_iter().map(place).collect(),
        participation: None,
        format: None,
        schedule: None,
        ..access
    });
    let schemes = way.funding.map_or_else(Vec::new, |funding| funding.schemes);
    let schemes: Vec<FundingScheme> = schemes.into_iter().map(scheme).collect();
    Offer {
        access: access.filter(|access| *access != Access::default()),
        cost: way.cost,
        funding: (!schemes.is_empty()).then_some(Funding {
            schemes,
            notes: Vec::new(),
        }),
        ..Offer::default()
    }
}

/// The way that leaves least to pay, of those that fulfil all constraints; ties by place. Nothing where none does.
pub(crate) fn chosen(kept: &Credential, filter: &Filter) -> Option<Chosen> {
    choose(kept, filter, true)
}

/// As [`chosen`], whether it fulfils the constraints or not: that one first which does.
pub(crate) fn chosen_or_first(kept: &Credential, filter: &Filter) -> Option<Chosen> {
    choose(kept, filter, true).or_else(|| choose(kept, filter, false))
}

fn choose(kept: &Credential, filter: &Filter, must_fit: bool) -> Option<Chosen> {
    let ways = kept.ways().into_iter().enumerate().map(|(at, way)| Chosen {
        offer: (!kept.offers.is_empty()).then_some(at),
        net: net(&way, filter),
        way,
    });
    let fitting: Vec<Chosen> = ways.filter(|one| !must_fit || fits(one, filter)).collect();
    let wanted = filter.cost_max.as_ref().map(|most| most.currency.clone());
    let mut stated = fitting.iter().filter_map(|one| one.net.left.as_ref());
    let currency = wanted.or_else(|| stated.next().map(|cost| cost.currency.clone()));
    // What cannot be compared is not called cheap.
    let cost = |one: &Chosen| match (&one.net.left, &currency) {
        _ if one.net.is_free() => 0.0,
        (Some(left), Some(currency)) => {
            amount_in(left, currency, filter.rates.as_deref()).unwrap_or(f64::INFINITY)
        }
        _ => f64::INFINITY,
    };
    fitting
        .into_iter()
        .min_by(|a, b| cost(a).total_cmp(&cost(b)))
}

/// What is left to pay; the price where nothing is said about the person.
fn net(way: &Offer, filter: &Filter) -> NetPrice {
    match &filter.entitlement {
        Some(person) => net_price(
            way.cost.as_ref(),
            schemes(way),
            person,
            filter.as_of_day,
            filter.rates.as_deref(),
        ),
        None => NetPrice {
            left: way.cost.clone(),
            ..NetPrice::default()
        },
    }
}

fn schemes(way: &Offer) -> &[FundingScheme] {
    way.funding.as_ref().map_or(&[], |funding| &funding.schemes)
}

/// Whether one way fulfils all that the filter asks of offers.
fn fits(one: &Chosen, filter: &Filter) -> bool {
    let nothing = Access::default();
    let access = one.way.access.as_ref().unwrap_or(&nothing);
    let asked = [
        filter.asks_for_language().then(|| speaks(access, filter)),
        (!filter.countries.is_empty()).then(|| {
            any(&access.countries, |code| {
                code == WORLDWIDE || filter.countries.contains(code)
            })
        }),
        (!filter.modes.is_empty())
            .then(|| stated(access.mode()).map(|mode| filter.modes.contains(&mode))),
        filter.near.as_ref().map(|near| is_near(access, near)),
        (!filter.times_of_day.is_empty()).then(|| {
            let times: Vec<TimeOfDay> = access.times_of_day().collect();
            any(&times, |time| filter.times_of_day.contains(time))
        }),
        filter
            .study_load
            .map(|load| stated(access.study_load()).map(|stated| stated == load)),
        filter.start_days().map(|days| {
            let starts: Vec<i64> = access
                .start_dates
                .iter()
                .filter_map(|date| day::parse(date))
                .collect();
            any(&starts, |start| days.contains(start))
        }),
        (!filter.must_be_funded_by.is_empty()).then(|| {
            any(schemes(&one.way), |scheme| {
                is_funded_by(scheme, &filter.must_be_funded_by, filter.as_of_day)
            })
        }),
        filter
            .cost_max
            .as_ref()
            .map(|most| costs_at_most(&one.net, most, filter)),
    ];
    asked
        .into_iter()
        .flatten()
        .all(|fits| fits.unwrap_or(filter.include_unknown))
}

/// Whether one entry fits; nothing where none is stated.
fn any<T>(entries: &[T], fits: impl Fn(&T) -> bool) -> Option<bool> {
    (!entries.is_empty()).then(|| entries.iter().any(fits))
}

/// Whether one answer is a yes; else nothing where one is not known or there is none.
fn any_known(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = None;
    let mut all_known = true;
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            Some(false) => known = Some(false),
            None => all_known = false,
        }
    }
    known.filter(|_| all_known)
}

/// Whether it is taught in a language that is wanted and that the person knows well enough.
fn speaks(access: &Access, filter: &Filter) -> Option<bool> {
    any_known(access.languages.iter().map(|language| {
        let code = &language.language_code;
        if !filter.languages.is_empty() && !filter.languages.contains(code) {
            return Some(false);
        }
        if filter.language_levels.is_empty() {
            return Some(true);
        }
        let needed = stated(language.level())?;
        let mut held = filter.language_levels.iter();
        let (_, held) = held.find(|(language, _)| language == code)?;
        Some(needed as i32 <= *held as i32)
    }))
}

fn is_near(access: &Access, near: &Near) -> Option<bool> {
    if access.mode() == DeliveryMode::Online {
        return Some(true);
    }
    any_known(
        access
            .places
            .iter()
            .map(|place| match near.distance_km_max {
                Some(most) => {
                    let (here, there) = (
                        near.place.coordinates.as_ref()?,
                        place.coordinates.as_ref()?,
                    );
                    Some(distance_km(here, there) <= most)
                }
                None => is_same_place(place, &near.place),
            }),
    )
}

/// Whether a place lies in a NUTS region, or has a postal code of a country; nothing where it does not state that.
fn is_same_place(place: &Place, wanted: &Place) -> Option<bool> {
    if let Some(region) = &wanted.nuts_code {
        let code = place.nuts_code.as_ref()?;
        // A larger region says nothing about a smaller one in it.
        return (code.len() >= region.len() || !region.starts_with(code.as_str()))
            .then(|| code.starts_with(region.as_str()));
    }
    let plain = |code: &String| code.replace([' ', '-'], "").to_uppercase();
    let is_country = place.country.as_ref()? == wanted.country.as_ref()?;
    let code = place.postal_code.as_ref().map(plain);
    match is_country {
        true => Some(code? == plain(wanted.postal_code.as_ref()?)),
        false => Some(false),
    }
}

/// Kilometres as the crow flies (haversine).
fn distance_km(a: &Coordinates, b: &Coordinates) -> f64 {
    let [latitude_a, latitude_b] = [a.latitude, b.latitude].map(f64::to_radians);
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let chord = half(a.latitude, b.latitude)
        + latitude_a.cos() * latitude_b.cos() * half(a.longitude, b.longitude);
    2.0 * EARTH_KM * chord.sqrt().min(1.0).asin()
}

fn costs_at_most(net: &NetPrice, most: &Money, filter: &Filter) -> Option<bool> {
    if net.is_free() {
        return Some(true);
    }
    let left = amount_in(net.left.as_ref()?, &most.currency, filter.rates.as_deref())?;
    Some(left <= most.amount)
}
