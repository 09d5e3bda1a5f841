//! Base64 as it is met: of either alphabet, padded or not.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// Bytes of base64, of either alphabet, padded or not.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let ways = [&URL_SAFE_NO_PAD, &URL_SAFE, &STANDARD_NO_PAD, &STANDARD];
    ways.into_iter().find_map(|way| way.decode(text).ok())
}
