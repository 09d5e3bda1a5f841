//! Where does the next page begin? A token says so, and is good only for the request and the generation that it was made for: what it counts are concepts of ESCO,
//! which no commit changes.

use prost::Message;
use skillgap_catalogue::Manifest;
use skillgap_esco::text::stable_hash;

use crate::error::Violation;
use crate::limits::Limits;

const FIELD: &str = "pageToken";

/// The pages of one request on one generation.
pub(super) struct Pages {
    /// Hash of the request without its token.
    request: u64,
    /// Name of the generation.
    generation: String,
    results_max: usize,
}

impl Pages {
    /// For this request, from which the caller has taken the token.
    pub(super) fn of(
        request_without_token: &impl Message,
        manifest: &Manifest,
        limits: &Limits,
    ) -> Self {
        Self {
            request: stable_hash(request_without_token.encode_to_vec()),
            generation: manifest.generation.clone(),
            results_max: limits.results_max,
        }
    }

    /// Results to skip: none without a token.
    pub(super) fn offset(&self, token: &str) -> Result<usize, Violation> {
        if token.is_empty() {
            return Ok(0);
        }
        let foreign = || Violation::new(FIELD, "is no token of this request");
        let (place, check) = token.rsplit_once('.').ok_or_else(foreign)?;
        let (offset, generation) = place.split_once('.').ok_or_else(foreign)?;
        let offset = usize::from_str_radix(offset, 16).map_err(|_| foreign())?;
        // The check is no secret: whoever computes it still reaches no further than paging does.
        if offset >= self.results_max || self.check(offset, generation) != check {
            return Err(foreign());
        }
        if generation != self.generation {
            return Err(Violation::new(
                FIELD,
                "is of another generation of the catalogue; begin again without it",
            ));
        }
        Ok(offset)
    }

    /// The token for what comes after `offset` + `shown` of `total` results; empty if that is nothing, or more than can be reached.
    pub(super) fn next(&self, offset: usize, shown: usize, total: usize) -> String {
        let next = offset + shown;
        if shown == 0 || next >= total.min(self.results_max) {
            return String::new();
        }
        format!(
            "{next:x}.{}.{}",
            self.generation,
            self.check(next, &self.generation)
        )
    }

    /// Results of a page of `size` that begins at `offset`, so that no more than can be reached are shown.
    pub(super) fn size(&self, offset: usize, size: usize) -> usize {
        size.min(self.results_max.saturating_sub(offset))
    }

    /// Ties a place to the request, so that no other place, generation or request passes by mistake.
    fn check(&self, offset: usize, generation: &str) -> String {
        let place = format!("{offset:x}.{generation}.{:x}", self.request);
        format!("{:016x}", stable_hash(place.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(request: u64, generation: &str) -> Pages {
        Pages {
            request,
            generation: generation.to_owned(),
            results_max: 50,
        }
    }

    fn reason(pages: &Pages, token: &str) -> String {
        pages.offset(token).unwrap_err().reason
    }

    #[test]
    fn a_token_says_where_the_next_page_begins() {
        let pages = pages(1, "aa-1");
        assert_eq!(pages.offset(""), Ok(0));
        assert_eq!(pages.offset(&pages.next(10, 10, 45)), Ok(20));
        assert_eq!(
            (pages.next(40, 5, 45), pages.next(0, 0, 45)),
            (String::new(), String::new())
        );
    }

    #[test]
    fn no_page_goes_beyond_what_can_be_reached() {
        let pages = pages(1, "aa-1");
        assert_eq!(
            (
                pages.next(40, 10, 1_000),
                pages.size(45, 10),
                pages.size(60, 10)
            ),
            (String::new(), 5, 0)
        );
    }

    #[test]
    fn a_token_of_another_request_is_foreign() {
        let token = pages(1, "aa-1").next(0, 10, 45);
        assert_eq!(
            reason(&pages(2, "aa-1"), &token),
            "is no token of this request"
        );
    }

    #[test]
    fn a_token_of_another_generation_says_so() {
        let token = pages(1, "aa-1").next(0, 10, 45);
        assert!(reason(&pages(1, "aa-2"), &token).starts_with("is of another generation"));
    }

    #[test]
    fn a_broken_token_is_foreign() {
        let pages = pages(1, "aa-1");
        let token = pages.next(0, 10, 45);
        for at in 0..token.len() {
            let mut broken = token.clone();
            broken.replace_range(at..=at, if &token[at..=at] == "7" { "8" } else { "7" });
            assert_eq!(
                reason(&pages, &broken),
                "is no token of this request",
                "{broken}"
            );
        }
        for broken in [
            ".",
            "..",
            "a",
            "ffffffffffffffffffff.a.b",
            "-1.aa-1.0",
            "é.é.é",
        ] {
            assert_eq!(
                reason(&pages, broken),
                "is no token of this request",
                "{broken}"
            );
        }
    }
}
