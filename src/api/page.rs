//! The page token: where the next page begins. It is good only for the request that it was made for, and, unless the place is one in an
//! order that outlives it, for the generation.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;
use serde::{Deserialize, Serialize};
use skillgap_esco::text::stable_hash;

use super::View;
use crate::error::{Violation, ViolationKind};

/// Bytes of the sum at the end of a token.
const SUM_BYTES: usize = 8;

/// A place between two pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Place {
    /// After so many results of a list that no commit changes.
    Offset(usize),
    /// After a hit of a search: by what it is sorted, and its id.
    Hit {
        missing: bool,
        text: String,
        number: f64,
        id: String,
    },
    /// After a recommendation, which was the last of so many.
    Recommendation {
        count: usize,
        score: f64,
        id: String,
    },
}

/// The pages of one request.
pub(super) struct Pages<'a> {
    /// Hash of the request without its token.
    request: u64,
    /// The generation that its places are good in; nothing where they are good in any.
    generation: Option<&'a str>,
    results_max: usize,
}

impl<'a> Pages<'a> {
    /// For this request, from which the caller has taken the token.
    pub(super) fn of(request_without_token: &impl Message, view: &View<'a>) -> Self {
        Self {
            request: stable_hash(request_without_token.encode_to_vec()),
            generation: Some(&view.catalogue.manifest.generation),
            results_max: view.limits.results_max,
        }
    }

    /// The same, whose places are good in every generation.
    pub(super) fn in_any_generation(self) -> Self {
        Self {
            generation: None,
            ..self
        }
    }

    /// Reads a token; an empty one is no place.
    pub(super) fn read(&self, token: &str) -> Result<Option<Place>, Violation> {
        if token.is_empty() {
            return Ok(None);
        }
        let refused = |reason| Violation {
            kind: ViolationKind::PageToken,
            ..Violation::new("page_token", reason)
        };
        let (generation, place) = self
            .decode(token)
            .ok_or_else(|| refused("is no token of this request"))?;
        if generation.as_deref() != self.generation {
            return Err(refused(
                "is of another generation of the catalogue; begin again without it",
            ));
        }
        Ok(Some(place))
    }

    fn decode(&self, token: &str) -> Option<(Option<String>, Place)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(SUM_BYTES)?)?;
        // The sum is no secret: whoever computes it still reaches no further than paging does.
        if self.sum(body) != sum {
            return None;
        }
        let (generation, place) = postcard::from_bytes(body).ok()?;
        let within = !matches!(place, Place::Offset(offset) if offset >= self.results_max);
        within.then_some((generation, place))
    }

    /// The token for a place.
    pub(super) fn token(&self, place: &Place) -> String {
        // Writing to memory does not fail; if it did, there would be no next page.
        let Ok(mut bytes) = postcard::to_stdvec(&(self.generation, place)) else {
            return String::new();
        };
        bytes.extend(self.sum(&bytes));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Ties a place to the request, so that no other place or request passes by mistake.
    fn sum(&self, body: &[u8]) -> [u8; SUM_BYTES] {
        let request = self.request.to_le_bytes();
        stable_hash(body.iter().copied().chain(request)).to_le_bytes()
    }

    /// Results of a page of `size` that begins at `offset`, so that no more than can be reached are shown.
    pub(super) fn size(&self, offset: usize, size: usize) -> usize {
        size.min(self.results_max.saturating_sub(offset))
    }

    /// The token for what comes after `offset` + `shown` of `total` results; empty if that is nothing, or more than can be reached.
    pub(super) fn next(&self, offset: usize, shown: usize, total: usize) -> String {
        let next = offset + shown;
        if shown == 0 || next >= total.min(self.results_max) {
            return String::new();
        }
        self.token(&Place::Offset(next))
    }
}

impl Place {
    /// Results to skip; none without a place.
    pub(super) fn offset(place: Option<Self>) -> usize {
        match place {
            Some(Self::Offset(offset)) => offset,
            _ => 0,
        }
    }
}

/// How many of the first entries an answer of at most `bytes_max` holds beside `other` bytes; one at least.
pub(super) fn fitting<M: Message>(entries: &[M], other: usize, bytes_max: usize) -> usize {
    let mut bytes = other;
    let fits = entries.iter().take_while(|entry| {
        // A tag, and the length as a varint.
        bytes += entry.encoded_len() + 6;
        bytes <= bytes_max
    });
    fits.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(request: u64, generation: Option<&str>) -> Pages<'_> {
        Pages {
            request,
            generation,
            results_max: 50,
        }
    }

    fn reason(pages: &Pages<'_>, token: &str) -> String {
        pages.read(token).unwrap_err().reason
    }

    #[test]
    fn a_token_says_where_the_next_page_begins() {
        let pages = pages(1, Some("aa-1"));
        assert_eq!(pages.read(""), Ok(None));
        let places = [
            Place::Offset(20),
            Place::Hit {
                missing: true,
                text: "bäckerei. x".to_owned(),
                number: f64::MAX,
                id: "a.b-é".to_owned(),
            },
            Place::Recommendation {
                count: 3,
                score: -1.5,
                id: String::new(),
            },
        ];
        for place in places {
            assert_eq!(pages.read(&pages.token(&place)), Ok(Some(place)));
        }
        assert_eq!(
            pages.read(&pages.next(10, 10, 45)),
            Ok(Some(Place::Offset(20)))
        );
        assert_eq!(
            (pages.next(40, 5, 45), pages.next(0, 0, 45)),
            (String::new(), String::new())
        );
    }

    #[test]
    fn no_page_goes_beyond_what_can_be_reached() {
        let pages = pages(1, Some("aa-1"));
        let beyond = (
            pages.next(40, 10, 1_000),
            pages.size(45, 10),
            pages.size(60, 10),
        );
        assert_eq!(beyond, (String::new(), 5, 0));
        let token = pages.token(&Place::Offset(50));
        assert_eq!(reason(&pages, &token), "is no token of this request");
    }

    #[test]
    fn a_token_of_another_request_or_generation_is_refused() {
        let token = pages(1, Some("aa-1")).next(0, 10, 45);
        assert_eq!(
            reason(&pages(2, Some("aa-1")), &token),
            "is no token of this request"
        );
        assert!(reason(&pages(1, Some("aa-2")), &token).starts_with("is of another generation"));
        let token = pages(1, None).next(0, 10, 45);
        assert!(pages(1, None).read(&token).is_ok());
    }

    #[test]
    fn a_broken_token_is_refused() {
        let pages = pages(1, Some("aa-1"));
        let token = pages.next(0, 10, 45);
        for at in 0..token.len() {
            let mut broken = token.clone();
            broken.replace_range(at..=at, if &token[at..=at] == "7" { "8" } else { "7" });
            assert_eq!(
                reason(&pages, &broken),
                "is no token of this request",
                "{broken}"
            );
            assert_eq!(
                reason(&pages, &token[..at.max(1)]),
                "is no token of this request"
            );
        }
        for broken in [".", "a", "-1.aa-1.0", "é.é.é", "AAAAAAAAAAAA"] {
            assert_eq!(
                reason(&pages, broken),
                "is no token of this request",
                "{broken}"
            );
        }
    }
}
