//! The offers of a credential as they hold: what one does not state is as in the credential itself.

use crate::credential::{Access, Credential, Offer};

impl Credential {
    /// The ways to take part, in the order of the record: its offers, or where there are none the
    /// one that the credential itself describes. There is always at least one.
    pub fn ways(&self) -> Vec<Offer> {
        if self.offers.is_empty() {
            return vec![self.completed(&Offer::default())];
        }
        self.offers.iter().map(|one| self.completed(one)).collect()
    }

    /// The credential as one of its offers has it; as it is where there is no such offer.
    pub fn as_offered(self, offer: Option<usize>) -> Self {
        let Some(offer) = offer.and_then(|at| self.offers.get(at)) else {
            return self;
        };
        let way = self.completed(offer);
        Self {
            provider: way.provider,
            access: way.access,
            cost: way.cost,
            cost_note: way.cost_note,
            funding: way.funding,
            page: way.page,
            ..self
        }
    }

    /// An offer with what it leaves to the credential.
    fn completed(&self, offer: &Offer) -> Offer {
        let own = self.access.as_ref();
        let access = match (&offer.access, own) {
            (Some(of_offer), Some(own)) => Some(joined(of_offer, own)),
            (of_offer, own) => of_offer.as_ref().or(own).cloned(),
        };
        // A price and what is said about it belong together: those of two sources are not mixed.
        let (cost, cost_note) = match (&offer.cost, &offer.cost_note) {
            (None, None) => (self.cost.clone(), self.cost_note.clone()),
            (cost, note) => (cost.clone(), note.clone()),
        };
        Offer {
            provider: offer.provider.clone().or_else(|| self.provider.clone()),
            access,
            cost,
            cost_note,
            funding: offer.funding.clone().or_else(|| self.funding.clone()),
            page: offer.page.clone().or_else(|| self.page.clone()),
            ..offer.clone()
        }
    }
}

/// The fields of an offer, and where it does not state them those of the credential.
fn joined(offer: &Access, own: &Access) -> Access {
    fn list<T: Clone>(offer: &[T], own: &[T]) -> Vec<T> {
        if offer.is_empty() { own } else { offer }.to_vec()
    }
    let number = |offer: i32, own: i32| if offer == 0 { own } else { offer };
    let text = |offer: &Option<String>, own: &Option<String>| offer.clone().or_else(|| own.clone());
    Access {
        countries: list(&offer.countries, &own.countries),
        languages: list(&offer.languages, &own.languages),
        mode: number(offer.mode, own.mode),
        places: list(&offer.places, &own.places),
        times_of_day: list(&offer.times_of_day, &own.times_of_day),
        study_load: number(offer.study_load, own.study_load),
        start_dates: list(&offer.start_dates, &own.start_dates),
        participation: text(&offer.participation, &own.participation),
        format: text(&offer.format, &own.format),
        schedule: text(&offer.schedule, &own.schedule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{DeliveryMode, Money};

    fn euro(amount: f64) -> Option<Money> {
        let currency = "EUR".to_owned();
        Some(Money { amount, currency })
    }

    fn two_offers() -> Credential {
        let access = |mode: DeliveryMode, start: &str| {
            let start_dates = Vec::from_iter((!start.is_empty()).then(|| start.to_owned()));
            Some(Access {
                mode: mode.into(),
                start_dates,
                ..Access::default()
            })
        };
        let online = Offer {
            access: access(DeliveryMode::Online, ""),
            cost: euro(90.0),
            ..Offer::default()
        };
        let there = Offer {
            access: access(DeliveryMode::Unspecified, "2027-02-01"),
            ..Offer::default()
        };
        Credential {
            access: access(DeliveryMode::Onsite, "2027-01-01"),
            cost: euro(120.0),
            cost_note: Some("120 EUR, books not included".into()),
            offers: vec![online, there],
            ..Credential::default()
        }
    }

    #[test]
    fn an_offer_has_what_it_does_not_state_from_the_credential() {
        let ways = two_offers().ways();
        let starts = |way: &Offer| way.access.clone().unwrap().start_dates;
        let mode = |way: &Offer| way.access.as_ref().unwrap().mode();
        assert_eq!(mode(&ways[0]), DeliveryMode::Online);
        assert_eq!(starts(&ways[0]), ["2027-01-01"]);
        assert_eq!(
            (mode(&ways[1]), starts(&ways[1])),
            (DeliveryMode::Onsite, vec!["2027-02-01".into()])
        );
        assert_eq!([&ways[0].cost, &ways[1].cost], [&euro(90.0), &euro(120.0)]);
    }

    #[test]
    fn a_price_of_an_offer_has_no_note_of_another_price() {
        let ways = two_offers().ways();
        assert_eq!(ways[0].cost_note, None);
        assert!(ways[1].cost_note.is_some());
    }

    #[test]
    fn without_offers_the_credential_is_its_only_way() {
        let plain = Credential {
            offers: Vec::new(),
            ..two_offers()
        };
        let ways = plain.ways();
        assert_eq!(ways.len(), 1);
        assert_eq!(
            (&ways[0].access, &ways[0].cost),
            (&plain.access, &plain.cost)
        );
        assert_eq!(plain.clone().as_offered(None), plain);
    }

    #[test]
    fn a_credential_as_offered_says_what_the_offer_says() {
        let credential = two_offers();
        let offered = credential.clone().as_offered(Some(0));
        assert_eq!(offered.cost, euro(90.0));
        assert_eq!(offered.delivery_mode(), Some(DeliveryMode::Online));
        assert_eq!(credential.clone().as_offered(Some(7)), credential);
    }
}
