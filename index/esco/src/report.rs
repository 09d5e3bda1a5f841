//! What of the input could not be used, and where does it stand?

use std::borrow::Cow;

/// Longest reason; one that quotes more of the input is cut.
pub const REASON_BYTES_MAX: usize = 1_000;

/// One row of the input that was left out, with its place and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// File, with the entry's name after `!` where it lies in a zip.
    pub file: String,
    /// Line, counted from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// What is wrong, lower case.
    pub reason: String,
}

/// How many rows of one file were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCount {
    /// File, with the entry's name after `!` where it lies in a zip.
    pub file: String,
    /// Rows read, without the header.
    pub rows: u64,
    /// Rows used; the others are in [`ReadReport::rejected`].
    pub used: u64,
}

/// What was read, and what was rejected. Every row is either used or rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// Files in the order in which they were read.
    pub files: Vec<FileCount>,
    /// Rejected rows in the order in which they were met.
    pub rejected: Vec<Rejected>,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (file, reason) = (printable(&self.file), printable(&self.reason));
        match self.line {
            0 => write!(f, "{file}: {reason}"),
            line => write!(f, "{file}:{line}: {reason}"),
        }
    }
}

/// A text from outside for a terminal: what would steer it (control characters, and those that change the direction of writing) is spelled out.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut printed = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            printed.extend(c.escape_default());
        } else {
            printed.push(c);
        }
    }
    Cow::Owned(printed)
}

/// A reason, cut where it quotes too much of the input.
pub fn short(mut reason: String) -> String {
    if reason.len() > REASON_BYTES_MAX {
        reason.truncate(reason.floor_char_boundary(REASON_BYTES_MAX));
        reason.push('…');
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(printable("Zoë, \"A1\""), "Zoë, \"A1\"");
        assert_eq!(printable("a\u{1b}[2J\u{9b}b\n"), "a\\u{1b}[2J\\u{9b}b\\n");
        assert_eq!(printable("\u{202e}txt"), "\\u{202e}txt");
        let rejected = Rejected {
            file: "a.zip!\u{1b}]0;x\u{7}".into(),
            line: 0,
            reason: "no\r".into(),
        };
        assert_eq!(rejected.to_string(), "a.zip!\\u{1b}]0;x\\u{7}: no\\r");
    }
}
