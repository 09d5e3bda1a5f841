//! What do the first bytes say about the delimiter?

use std::io::Read;

/// How much of a file is looked at, in bytes; a header is some hundred bytes long.
const HEAD_BYTES: u64 = 16 * 1024;

/// Reads the first bytes, without a byte order mark.
pub(super) fn read_head(input: &mut impl Read) -> std::io::Result<Vec<u8>> {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    let mut head = Vec::new();
    input.take(HEAD_BYTES).read_to_end(&mut head)?;
    while head.starts_with(BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(head)
}

/// The delimiter that stands most often in the header outside quotes; a comma where none does.
pub(super) fn delimiter(head: &[u8]) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut in_quotes = false;
    for byte in head {
        if *byte == b'"' {
            in_quotes = !in_quotes;
        }
        if !in_quotes && matches!(byte, b'\n' | b'\r') {
            break;
        }
        for (delimiter, count) in &mut counts {
            *count += u32::from(!in_quotes && byte == delimiter);
        }
    }
    let mut best = counts[0];
    for candidate in counts {
        if candidate.1 > best.1 {
            best = candidate;
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiter_is_found_outside_quotes() {
        let check = |head: &str, expected: char| {
            assert_eq!(char::from(delimiter(head.as_bytes())), expected, "{head:?}")
        };
        check("a,b,c\nd;e;f;g;h", ',');
        check("a;b;c\r\n1,2,3,4,5", ';');
        check("a\tb", '\t');
        check("\"a;b;c;d\",e", ',');
        check("single", ',');
        check("", ',');
    }
}
