//! What is an amount worth in another currency? Only what a table says that the operator gives; without one, two currencies are not compared.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::credential::Money;
use crate::day;

/// Rates of exchange on one day, from one source.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// ISO 4217 code of the currency that all rates are relative to.
    base: String,
    /// Day of the rates, such as 2026-11-20.
    date: String,
    /// Who publishes them.
    source: String,
    /// Units of each currency for one unit of the base.
    per_base: BTreeMap<String, f64>,
}

impl Rates {
    /// Tells what is wrong with a table, with the names of its keys; nothing if it can be used.
    pub fn fault(&self) -> Option<String> {
        let is_code =
            |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code(&self.base) {
            return Some("base: must be a code of 3 capital letters, such as EUR".to_owned());
        }
        if day::parse(&self.date).is_none() {
            return Some("date: must be a date such as 2026-11-20".to_owned());
        }
        if self.source.trim().is_empty() {
            return Some("source: is empty; say who publishes the rates".to_owned());
        }
        let bad = self
            .per_base
            .iter()
            .find(|(code, rate)| !is_code(code) || !rate.is_finite() || **rate <= 0.0);
        bad.map(|(code, _)| {
            format!("per_base.{code}: must be a code of 3 capital letters with a number above 0")
        })
    }

    /// Where the rates are from and of which day, for answers: `source, date`.
    pub fn origin(&self) -> String {
        format!("{}, {}", self.source.trim(), self.date.trim())
    }

    /// Currencies that can be compared with each other.
    pub fn currencies(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.base.as_str()).chain(self.per_base.keys().map(String::as_str))
    }

    /// Units of `to` for one unit of `from`; nothing if the table lacks one of them.
    pub fn factor(&self, from: &str, to: &str) -> Option<f64> {
        let per_base = |code: &str| {
            if code == self.base {
                Some(1.0)
            } else {
                self.per_base.get(code).copied()
            }
        };
        Some(per_base(to)? / per_base(from)?)
    }

    /// The most in another currency that [`amount_in`] does not take for more than `most`: half a cent above it is rounded down.
    pub fn most_in(&self, currency: &str, most: &Money) -> Option<f64> {
        let whole_cents = (most.amount * 100.0 + 1e-6).floor() / 100.0;
        Some((whole_cents + 0.004_999) * self.factor(&most.currency, currency)?)
    }
}

/// An amount in another currency, to the cent: as it is where the currencies are the same, by `rates` where they are not. Nothing if it cannot
/// be compared.
pub fn amount_in(money: &Money, currency: &str, rates: Option<&Rates>) -> Option<f64> {
    if money.currency == currency {
        return Some(money.amount);
    }
    Some(to_cent(
        money.amount * rates?.factor(&money.currency, currency)?,
    ))
}

/// Rounds to the hundredth, so that an amount is not above a limit by a bit of a float.
pub fn to_cent(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(per_base: &[(&str, f64)]) -> Rates {
        let per_base = per_base
            .iter()
            .map(|(code, rate)| ((*code).to_owned(), *rate))
            .collect();
        Rates {
            base: "EUR".into(),
            date: "2026-11-20".into(),
            source: "a bank".into(),
            per_base,
        }
    }

    fn check(amount: f64, from: &str, to: &str, expected: Option<f64>) {
        let (table, money) = (
            rates(&[("DKK", 7.46), ("PLN", 4.25)]),
            Money {
                amount,
                currency: from.into(),
            },
        );
        assert_eq!(
            amount_in(&money, to, Some(&table)),
            expected,
            "{amount} {from} in {to}"
        );
    }

    #[test]
    fn amounts_are_converted_through_the_base_to_the_cent() {
        check(746.0, "DKK", "EUR", Some(100.0));
        check(100.0, "EUR", "DKK", Some(746.0));
        check(74.6, "DKK", "PLN", Some(42.5));
        check(1.0, "CHF", "EUR", None);
        check(1.005, "CHF", "CHF", Some(1.005));
    }

    #[test]
    fn the_most_in_another_currency_is_what_is_not_more_when_converted() {
        let (table, most) = (
            rates(&[("DKK", 7.46), ("HUF", 384.13)]),
            Money {
                amount: 100.0,
                currency: "EUR".into(),
            },
        );
        for code in ["DKK", "HUF"] {
            let limit = table.most_in(code, &most).unwrap();
            let euro = |amount| {
                amount_in(
                    &Money {
                        amount,
                        currency: code.into(),
                    },
                    "EUR",
                    Some(&table),
                )
                .unwrap()
            };
            assert!(
                euro(limit) <= 100.0
                    && euro(limit + 0.01 * table.factor("EUR", code).unwrap()) > 100.0,
                "{code} {limit}"
            );
        }
    }

    #[test]
    fn without_a_table_only_the_same_currency_is_compared() {
        let money = Money {
            amount: 5.0,
            currency: "DKK".into(),
        };
        assert_eq!(
            (
                amount_in(&money, "DKK", None),
                amount_in(&money, "EUR", None)
            ),
            (Some(5.0), None)
        );
    }

    #[test]
    fn a_table_that_cannot_be_used_says_why() {
        assert_eq!(rates(&[("DKK", 7.46)]).fault(), None);
        for (code, rate) in [
            ("DKK", 0.0),
            ("DKK", f64::NAN),
            ("DKK", -1.0),
            ("dkk", 1.0),
            ("KRONE", 1.0),
        ] {
            assert!(
                rates(&[(code, rate)])
                    .fault()
                    .is_some_and(|fault| fault.starts_with("per_base.")),
                "{code} {rate}"
            );
        }
        assert!(
            Rates {
                base: "€".into(),
                ..rates(&[])
            }
            .fault()
            .is_some_and(|fault| fault.starts_with("base"))
        );
        assert!(
            Rates {
                date: "yesterday".into(),
                ..rates(&[])
            }
            .fault()
            .is_some_and(|fault| fault.starts_with("date"))
        );
        assert!(
            Rates {
                source: " ".into(),
                ..rates(&[])
            }
            .fault()
            .is_some_and(|fault| fault.starts_with("source"))
        );
    }
}
