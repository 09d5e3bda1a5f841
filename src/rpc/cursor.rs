//! Where does the next page of credentials begin? After a place in their order, which stays good when the catalogue changes. Of recommendations, too, though only
//! as long as the generation is the same.

use prost::Message;
use skillgap_catalogue::Cursor;
use skillgap_esco::text::stable_hash;

use crate::rank::After;

/// The token for what comes after a place, good only for this request.
pub(super) fn token(request_without_token: &impl Message, place: &Cursor) -> String {
    let hex = |text: &str| {
        text.bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let missing = if place.missing { "1" } else { "0" };
    let place = format!(
        "{missing}.{}.{:x}.{}",
        hex(&place.text),
        place.number.to_bits(),
        hex(&place.id)
    );
    format!("{place}.{}", check(request_without_token, &place))
}

/// Reads a token; nothing if it is none of this request.
pub(super) fn read(request_without_token: &impl Message, token: &str) -> Option<Cursor> {
    let (place, given) = token.rsplit_once('.')?;
    // The check is no secret: whoever computes it still reaches no further than paging does.
    if check(request_without_token, place) != given {
        return None;
    }
    let mut parts = place.split('.');
    let (missing, text, number, id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let number = f64::from_bits(u64::from_str_radix(number, 16).ok()?);
    Some(Cursor {
        missing: missing == "1",
        text: unhex(text)?,
        number,
        id: unhex(id)?,
    })
}

/// What of a ranked list was shown before.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Shown {
    /// How many.
    pub count: usize,
    /// The last of them.
    pub after: Option<After>,
}

/// The token for what comes after a recommendation, `count` of which were shown so far; good only for this request and generation, at any of its commits.
pub(super) fn after(
    request_without_token: &impl Message,
    generation: &str,
    count: usize,
    last: After,
) -> String {
    let place = Cursor {
        missing: false,
        text: format!("{generation} {count}"),
        number: last.score,
        id: last.id,
    };
    token(request_without_token, &place)
}

/// Reads such a token.
///
/// # Errors
/// Why it is none of this request, or none of this generation.
pub(super) fn shown(
    request_without_token: &impl Message,
    generation: &str,
    token: &str,
) -> Result<Shown, &'static str> {
    let place = read(request_without_token, token).ok_or("is no token of this request")?;
    let (of, count) = place
        .text
        .split_once(' ')
        .ok_or("is no token of this request")?;
    if of != generation {
        return Err("is of another generation of the catalogue; begin again without it");
    }
    let count = count.parse().map_err(|_| "is no token of this request")?;
    Ok(Shown {
        count,
        after: Some(After {
            score: place.number,
            id: place.id,
        }),
    })
}

/// Ties a place to the request, so that no other place or request passes by mistake.
fn check(request_without_token: &impl Message, place: &str) -> String {
    let request = stable_hash(request_without_token.encode_to_vec());
    format!(
        "{:016x}",
        stable_hash(format!("{place}.{request:x}").bytes())
    )
}

fn unhex(text: &str) -> Option<String> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    String::from_utf8(text.as_bytes().chunks(2).map(pair).collect::<Option<_>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::wire::SearchCredentialsRequest;

    fn request(text: &str) -> SearchCredentialsRequest {
        SearchCredentialsRequest {
            text: text.to_owned(),
            ..Default::default()
        }
    }

    #[test]
    fn a_token_is_read_back_for_its_own_request_only() {
        for number in [0.0, -1.5, f64::MAX] {
            let place = Cursor {
                missing: number == 0.0,
                text: "bäckerei. x".to_owned(),
                number,
                id: "a.b-é".to_owned(),
            };
            let token = token(&request("a"), &place);
            assert_eq!(read(&request("a"), &token), Some(place));
            assert_eq!(read(&request("b"), &token), None);
        }
    }

    #[test]
    fn a_broken_token_is_none() {
        let token = token(
            &request("a"),
            &Cursor {
                id: "abc".to_owned(),
                ..Cursor::default()
            },
        );
        for at in 0..token.len() {
            let mut broken = token.clone();
            broken.replace_range(at..=at, if &token[at..=at] == "7" { "8" } else { "7" });
            assert_eq!(read(&request("a"), &broken), None, "{broken}");
        }
        for broken in ["", ".", "....", "0.zz.0.zz.0", "é"] {
            assert_eq!(read(&request("a"), broken), None, "{broken}");
        }
    }
}
