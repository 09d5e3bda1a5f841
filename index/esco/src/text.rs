//! When do two texts count as the same words? One folding for labels, queries and ads, so that both sides always agree.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word of a text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Lower case, without accents.
    pub folded: String,
}

/// Splits a text into words: runs of letters and digits, with `+` and `#` kept behind them, so that `C`, `C++` and `C#` differ.
///
/// Ranges lie on character boundaries, in order, without overlap.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if !first.is_alphanumeric() {
            continue;
        }
        let mut end = start + first.len_utf8();
        let mut closed = false;
        while let Some(&(at, c)) = chars.peek() {
            let sign = matches!(c, '+' | '#');
            if !(sign || !closed && (c.is_alphanumeric() || is_combining_mark(c))) {
                break;
            }
            closed |= sign;
            end = at + c.len_utf8();
            chars.next();
        }
        words.push(Word {
            range: start..end,
            folded: fold(&text[start..end]),
        });
    }
    words
}

/// Lower case without accents; `ß` becomes `ss`, ligatures and full-width forms their plain letters.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .flat_map(|c| {
            let (first, second) = match c {
                'ß' => ('s', Some('s')),
                'æ' => ('a', Some('e')),
                'œ' => ('o', Some('e')),
                'ø' => ('o', None),
                'ł' => ('l', None),
                'đ' => ('d', None),
                other => (other, None),
            };
            std::iter::once(first).chain(second)
        })
        .collect()
}

/// A folded word without its plural ending, as far as that can be told without a dictionary (English, French, Spanish, Dutch).
pub fn singular(folded: &str) -> &str {
    let plural = folded.len() > 3
        && folded.ends_with('s')
        && !folded.ends_with("ss")
        && !folded.ends_with("us")
        && !folded.ends_with("is");
    if plural {
        &folded[..folded.len() - 1]
    } else {
        folded
    }
}

/// A 64-bit hash that is the same on every machine and in every version (FNV-1a with a final mix).
#[derive(Clone, Copy, Debug)]
pub struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// Takes in further bytes.
    pub fn extend(&mut self, bytes: impl IntoIterator<Item = u8>) {
        self.0 = bytes.into_iter().fold(self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    }

    /// The hash of all bytes so far.
    pub fn finish(self) -> u64 {
        let hash = (self.0 ^ self.0 >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ (hash >> 29)
    }
}

/// The [`Hash`] of some bytes.
pub fn stable_hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mut hash = Hash::default();
    hash.extend(bytes);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let words = words(text);
        assert_eq!(
            words
                .iter()
                .map(|word| word.folded.as_str())
                .collect::<Vec<_>>(),
            expected,
            "{text}"
        );
        assert!(words.iter().all(|word| {
            text.get(word.range.clone())
                .is_some_and(|part| fold(part) == word.folded)
        }));
    }

    #[test]
    fn programming_languages_keep_their_signs() {
        check("C, C++ and C#; .NET", &["c", "c++", "and", "c#", "net"]);
    }

    #[test]
    fn accents_case_and_ligatures_fold_away() {
        check(
            "Größe ŒUVRE naïve Ærø",
            &["grosse", "oeuvre", "naive", "aero"],
        );
    }

    #[test]
    fn a_lone_combining_mark_is_no_word() {
        check("\u{301} e\u{301}t", &["et"]);
    }

    #[test]
    fn signs_close_a_word() {
        check("c++like", &["c++", "like"]);
    }

    #[test]
    fn plural_folds_but_not_business() {
        assert_eq!(
            ["skills", "business", "analysis", "bus", "status"].map(singular),
            ["skill", "business", "analysis", "bus", "status"]
        );
    }
}
