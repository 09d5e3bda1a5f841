//! Relevance: whether a segment can ask for anything at all, and why not where it cannot. Sections decide, a sentence that
//! opens with an offer, and what holds no words; for all else the linker's gate weighs whether the sentence asks.

use super::heading::section_of;
use super::lexicon::{Cue, List, Mark, Marks};
use super::section::Section;

/// Why a segment asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Holds no words.
    Empty,
    /// Is the heading of a section.
    Heading,
    /// Is the title of the job.
    Title,
    /// Stands where the text says that it is not needed, or not had.
    NotAsked,
    /// Pay, benefits, working time.
    Offer,
    /// How to apply.
    Application,
    /// Addresses, telephone, links.
    Contact,
}

/// Words of a text that is about one thing.
const SHORT_WORDS_MAX: usize = 12;
const PAY_WORDS_MAX: usize = 6;

/// Tells why a segment asks for nothing; none if it may ask for something. `lower` is its text in lower case.
pub(super) fn asks_for_nothing(
    text: &str,
    lower: &str,
    marks: &Marks,
    section: Section,
) -> Option<Reason> {
    let n_words = text.split(' ').filter(|word| is_word(word)).count();
    if n_words == 0 {
        let is_address = text.contains(['@', '/']) || text.bytes().any(|b| b.is_ascii_digit());
        return Some(if is_address {
            Reason::Contact
        } else {
            Reason::Empty
        });
    }
    if section_of(lower).is_some() {
        return Some(Reason::Heading);
    }
    match section {
        Section::Title => return Some(Reason::Title),
        Section::NotAsked => return Some(Reason::NotAsked),
        _ => {}
    }
    let (opening, n_offers) = opening(lower, marks);
    match opening {
        Some(Cue::Contact) if n_words <= SHORT_WORDS_MAX => return Some(Reason::Contact),
        // A requirement may mention an offer.
        Some(Cue::Offer) if n_offers > 1 || !section.asks() => return Some(Reason::Offer),
        _ if !section.asks() && is_pay(text, n_words) => return Some(Reason::Offer),
        _ => {}
    }
    match section {
        // A section may have ended without a heading: for the section alone only short texts are silent.
        Section::Offer if n_words <= SHORT_WORDS_MAX => Some(Reason::Offer),
        Section::Apply if n_words <= SHORT_WORDS_MAX => Some(Reason::Application),
        _ => contact(text, n_words),
    }
}

/// The cue that a text opens with (*We offer training in …*, *Contact: …*), and how many cues of offers it has.
fn opening(lower: &str, marks: &Marks) -> (Option<Cue>, usize) {
    let marks = marks.list(List::Asides);
    let opens = |mark: &&Mark| !lower[..mark.range.start].contains(char::is_alphanumeric);
    let n_offers = marks.iter().filter(|mark| mark.cue == Cue::Offer).count();
    (marks.first().filter(opens).map(|mark| mark.cue), n_offers)
}

/// An amount of money in a text of few words.
fn is_pay(text: &str, n_words: usize) -> bool {
    let is_amount = |(at, c): (usize, char)| {
        let is_digit = |c: char| c.is_ascii_digit();
        let after = text[at + c.len_utf8()..].trim_start().starts_with(is_digit);
        let before = text[..at]
            .trim_end()
            .ends_with(|c| is_digit(c) || matches!(c, 'k' | 'K'));
        matches!(c, '€' | '£' | '$') && (after || before)
    };
    n_words <= PAY_WORDS_MAX && text.char_indices().any(is_amount)
}

/// A text that is little else than links, addresses and numbers.
fn contact(text: &str, n_words: usize) -> Option<Reason> {
    let n_digits = text.bytes().filter(u8::is_ascii_digit).count();
    let telephone = n_digits >= 8 && n_words <= 4 && !text.contains('%');
    let is_contact = n_words <= SHORT_WORDS_MAX && (telephone || text.split(' ').any(is_address));
    is_contact.then_some(Reason::Contact)
}

/// Whether a token holds a word: letters, and not a link, an address or a placeholder such as `<LOCATION>`.
fn is_word(token: &str) -> bool {
    let placeholder = || {
        token
            .trim_end_matches([',', '.', ')', ';', ':'])
            .ends_with('>')
            && !token.chars().any(char::is_lowercase)
    };
    token.chars().any(char::is_alphabetic)
        && !(token.starts_with('<') && placeholder())
        && !is_address(token)
}

/// Whether a token is a link or an e-mail address.
fn is_address(token: &str) -> bool {
    let has = |byte: u8| token.as_bytes().contains(&byte);
    has(b'.') && (has(b'@') || token.starts_with("www.")) || has(b'/') && token.contains("://")
}

#[cfg(test)]
#[path = "relevance_tests.rs"]
mod tests;
