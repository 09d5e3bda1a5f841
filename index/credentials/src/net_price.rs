//! The net price: what is left to pay of a price, for a person whom a scheme pays for.
//!
//! Nothing is guessed: a scheme counts only where it says how much it pays, and where it says
//! whom it pays for in the closed set of statuses, or where the caller names it. All others are
//! to be asked about.

use skillgap_esco::text::{singular, words};

use crate::credential::{FundingScheme, Money, PersonStatus, day_of};
use crate::rates::{Rates, amount_in, to_cent};

/// What schemes ask about a person. Nothing of it but the net price reaches the ranking.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entitlement {
    /// What the person is.
    pub statuses: Vec<PersonStatus>,
    /// Names of schemes that the person is known to be entitled to.
    pub schemes: Vec<String>,
    /// What is left in the person's learning account: it pays under a scheme that the person is
    /// known to be entitled to and that does not say itself how much it pays.
    pub account_balance: Option<Money>,
    /// Country where the person lives, upper case.
    pub country: Option<String>,
}

/// What is left to pay, and who pays the rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetPrice {
    /// What is left; nothing where the price is not stated.
    pub left: Option<Money>,
    /// Place of the scheme that pays, among those of the offer; nothing where none surely does.
    pub paid_by: Option<usize>,
    /// Places of schemes that may pay: it is not said how much, or not clearly for whom.
    pub ask: Vec<usize>,
}

impl NetPrice {
    /// Whether nothing is left to pay, even where the price is not stated: a scheme pays all of it.
    pub fn is_free(&self) -> bool {
        match &self.left {
            Some(left) => left.amount <= 0.0,
            None => self.paid_by.is_some(),
        }
    }
}

/// What a scheme does for a person.
enum Pays {
    /// A share, at most an amount.
    Part(f64, Option<Money>),
    /// Perhaps something.
    Perhaps,
    /// Nothing: it ran out, or is for others.
    Nothing,
}

/// What is left of a price on a day. Schemes are not added up, since few may be combined and none
/// says so: the one counts that leaves least, of equal ones the first.
pub fn net_price(
    cost: Option<&Money>,
    schemes: &[FundingScheme],
    entitlement: &Entitlement,
    day: i64,
    rates: Option<&Rates>,
) -> NetPrice {
    let mut net = NetPrice {
        left: cost.cloned(),
        ..NetPrice::default()
    };
    if cost.is_some_and(|cost| cost.amount <= 0.0) {
        return net;
    }
    for (at, scheme) in schemes.iter().enumerate() {
        match (pays(scheme, entitlement, day), cost) {
            (Pays::Nothing, _) => {}
            // Of a price that is not stated, only the whole can be told from a part.
            (Pays::Part(share, None), None) if share >= 1.0 => {
                net.paid_by.get_or_insert(at);
            }
            (Pays::Perhaps | Pays::Part(..), None) | (Pays::Perhaps, _) => net.ask.push(at),
            (Pays::Part(share, most), Some(cost)) => {
                let most = most.map(|most| amount_in(&most, &cost.currency, rates));
                let Some(most) = most.unwrap_or(Some(f64::INFINITY)) else {
                    // Its currency cannot be compared.
                    net.ask.push(at);
                    continue;
                };
                let paid = (cost.amount * share.clamp(0.0, 1.0)).min(most);
                let amount = to_cent((cost.amount - paid).max(0.0));
                if net.left.as_ref().is_none_or(|left| amount < left.amount) {
                    net.paid_by = Some(at);
                    net.left = Some(Money {
                        amount,
                        currency: cost.currency.clone(),
                    });
                }
            }
        }
    }
    if net.is_free() {
        net.ask.clear();
    }
    net
}

fn pays(scheme: &FundingScheme, entitlement: &Entitlement, day: i64) -> Pays {
    if day_of(&scheme.valid_until).is_some_and(|until| until < day) {
        return Pays::Nothing;
    }
    let is_elsewhere = |country: &String| {
        let has = |of: &String| of.eq_ignore_ascii_case(country);
        !scheme.countries.is_empty() && !scheme.countries.iter().any(has)
    };
    if entitlement.country.as_ref().is_some_and(is_elsewhere) {
        return Pays::Nothing;
    }
    let mut named = entitlement.schemes.iter();
    let is_named = named.any(|name| has_all_words(&scheme.name, name));
    let mut eligible = scheme.eligible_statuses();
    let is_eligible = eligible.any(|status| entitlement.statuses.contains(&status));
    // That a scheme names statuses which are not the caller's rules it out only where no words
    // beside them say more.
    let says_more = scheme.eligible.len() > scheme.eligible_statuses.len();
    if !is_named && !is_eligible {
        let is_for_others = !scheme.eligible_statuses.is_empty() && !says_more;
        return if is_for_others {
            Pays::Nothing
        } else {
            Pays::Perhaps
        };
    }
    let balance = entitlement.account_balance.clone().filter(|_| is_named);
    match (scheme.share, &scheme.amount_max, balance) {
        (Some(share), most, _) => Pays::Part(share, most.clone()),
        (None, Some(most), _) => Pays::Part(1.0, Some(most.clone())),
        (None, None, Some(balance)) => Pays::Part(1.0, Some(balance)),
        (None, None, None) => Pays::Perhaps,
    }
}

/// Whether a name has all words of another, by their letters and without the plural; no for a name
/// without a word.
pub fn has_all_words(name: &str, wanted: &str) -> bool {
    let folded = |text: &str| -> Vec<String> {
        let words = words(text).into_iter();
        words
            .map(|word| singular(&word.folded).to_owned())
            .collect()
    };
    let (name, wanted) = (folded(name), folded(wanted));
    !wanted.is_empty() && wanted.iter().all(|word| name.contains(word))
}

/// Whether a scheme has not run out on a day, and its name or one group that is eligible has all
/// words of one of the wanted names.
pub fn is_funded_by(scheme: &FundingScheme, wanted: &[String], day: i64) -> bool {
    let mut names = std::iter::once(&scheme.name).chain(&scheme.eligible);
    let is_over = day_of(&scheme.valid_until).is_some_and(|until| until < day);
    !is_over && names.any(|name| wanted.iter().any(|wanted| has_all_words(name, wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::EnumName;
    use crate::day;

    const TODAY: i64 = 20_000;

    #[test]
    fn funding_counts_by_name_or_group_until_it_runs_out() {
        let scheme = |name: &str, eligible: &[&str], until: Option<i64>| FundingScheme {
            name: name.into(),
            eligible: eligible.iter().map(|group| (*group).to_owned()).collect(),
            valid_until: until.and_then(day::format),
            ..FundingScheme::default()
        };
        let funded = |schemes: &[FundingScheme], wanted: &str| {
            let wanted = [wanted.to_owned()];
            schemes
                .iter()
                .any(|scheme| is_funded_by(scheme, &wanted, TODAY))
        };
        let schemes = [
            scheme("Old grant", &["unemployed"], Some(TODAY - 1)),
            scheme("Bildungsgutschein (SGB III)", &["Unemployed persons"], None),
        ];
        for wanted in [
            "Bildungsgutschein",
            "bildungsgutschein sgb iii",
            "unemployed",
            "unemployed person",
        ] {
            assert!(funded(&schemes, wanted), "{wanted}");
        }
        for wanted in ["old grant", "employed", "Bildungsgutschein Bayern"] {
            assert!(!funded(&schemes, wanted), "{wanted}");
        }
        let women = [scheme(
            "Grant for women",
            &["employed persons in Bavaria", "carers"],
            None,
        )];
        for (wanted, expected) in [
            ("women in Bavaria", false),
            ("employed women", false),
            ("employed carers", false),
            ("grant for women", true),
            ("employed persons", true),
            ("carer", true),
        ] {
            assert_eq!(funded(&women, wanted), expected, "{wanted}");
        }
        assert!(
            !funded(&schemes[..1], "unemployed") && funded(&[scheme("x", &[], Some(TODAY))], "X")
        );
    }

    fn money(text: &str) -> Option<Money> {
        let (amount, currency) = text.trim().split_once(' ')?;
        Some(Money {
            amount: amount.parse().unwrap(),
            currency: currency.to_owned(),
        })
    }

    /// `NAME: PART, PART` as the table writes a scheme.
    fn scheme(text: &str) -> FundingScheme {
        let (name, parts) = text.split_once(':').unwrap();
        let mut scheme = FundingScheme {
            name: name.trim().to_owned(),
            ..FundingScheme::default()
        };
        for part in parts
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            if let Some(percent) = part.strip_suffix(" %") {
                scheme.share = Some(percent.parse::<f64>().unwrap() / 100.0);
            } else if let Some(most) = part.strip_prefix("up to ") {
                scheme.amount_max = money(most);
            } else if let Some(day) = part.strip_prefix("until ") {
                scheme.valid_until = Some(day.to_owned());
            } else if let Some(country) = part.strip_prefix("in ") {
                scheme.countries.push(country.to_owned());
            } else {
                scheme.eligible.push(part.trim_matches('"').to_owned());
                let status = PersonStatus::parse(part).map(|status| status as i32);
                scheme.eligible_statuses.extend(status);
            }
        }
        scheme
    }

    fn person(text: &str) -> Entitlement {
        let mut person = Entitlement::default();
        for part in text.split(',').map(str::trim) {
            if let Some(country) = part.strip_prefix("lives in ") {
                person.country = Some(country.to_owned());
            } else if let Some(balance) = part.strip_prefix("has ") {
                person.account_balance = money(balance);
            } else if let Some(status) = PersonStatus::parse(part) {
                person.statuses.push(status);
            } else {
                person.schemes.push(part.to_owned());
            }
        }
        person
    }

    #[test]
    fn the_worked_examples_of_the_documentation_hold() {
        let day = day::parse("2026-12-01").unwrap();
        let rates = serde_json::json!({ "base": "EUR", "date": "2026-12-01", "source": "a bank", "per_base": { "DKK": 7.5 } });
        let rates: Rates = serde_json::from_value(rates).unwrap();
        let rows = include_str!("../../../docs/net-price.md").lines();
        let rows: Vec<&str> = rows.filter(|line| line.starts_with("| ")).skip(1).collect();
        assert!(rows.len() >= 20, "{} rows", rows.len());
        for row in rows {
            let [price, schemes, who, left, paid_by, ask]: [&str; 6] = row
                .trim_matches('|')
                .split('|')
                .map(str::trim)
                .collect::<Vec<_>>()
                .try_into()
                .unwrap();
            let texts = schemes.split(';').filter(|text| !text.trim().is_empty());
            let schemes: Vec<FundingScheme> = texts.map(scheme).collect();
            let net = net_price(
                money(price).as_ref(),
                &schemes,
                &person(who),
                day,
                Some(&rates),
            );
            let name = |at: &usize| schemes[*at].name.as_str();
            let asked: Vec<&str> = net.ask.iter().map(name).collect();
            let paid = net.paid_by.as_ref().map(name).unwrap_or_default();
            let found = (net.left.clone(), paid, asked.join(", "));
            assert_eq!(found, (money(left), paid_by, ask.to_owned()), "{row}");
        }
    }
}
