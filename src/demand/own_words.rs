//! What does a person claim in a text of their own? Not what they deny (`no forklift licence`), wish (`I would like to become a cook`), or say of others (`My
//! father: lorry driver`). An ad's words for what is not needed are others; see [`super::cues`].

use std::ops::Range;
use std::sync::LazyLock;

use super::AdText;
use super::cues::{Lexicon, fold};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cue {
    Denial,
    Claim,
    Wish,
    Others,
}

static CUES: LazyLock<Lexicon<Cue>> = LazyLock::new(|| {
    Lexicon::parse(include_str!("cues/disclaimers.txt"), |name| match name {
        "denial" => Some(Cue::Denial),
        "claim" => Some(Cue::Claim),
        "wish" => Some(Cue::Wish),
        "others" => Some(Cue::Others),
        _ => None,
    })
});

/// Words that begin a clause of which a denial before them does not speak.
const CONTRASTS: [&str; 6] = [" but ", " aber ", " sondern ", " mais ", " pero ", " maar "];
/// Ends of sentences.
const ENDS: [char; 5] = ['.', '!', '?', ';', '\n'];

/// A text in which what its writer does not claim is blank, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWords(String);

impl OwnWords {
    /// Reads a text of a person. Cost: linear.
    pub fn of(text: AdText<'_>) -> Self {
        let mut own = text.as_str().to_owned();
        let mut start = 0;
        // A stop within a number or an abbreviation parts too much, never too little: what is blank ends earlier.
        for sentence in text.as_str().split_inclusive(ENDS) {
            for range in disclaimed(sentence) {
                let blank = " ".repeat(range.len());
                own.replace_range(start + range.start..start + range.end, &blank);
            }
            start += sentence.len();
        }
        Self(own)
    }

    /// What is left; nothing where nothing is claimed.
    pub fn text(&self) -> Option<AdText<'_>> {
        (!self.0.trim().is_empty()).then_some(AdText(&self.0))
    }
}

/// Bytes of a sentence in which nothing is claimed.
fn disclaimed(sentence: &str) -> Vec<Range<usize>> {
    let (folded, end) = (fold(sentence), sentence.trim_end_matches(ENDS).len());
    let opens = |range: &Range<usize>| !folded[..range.start].contains(char::is_alphanumeric);
    let mut found = Vec::new();
    for hit in CUES.hits(&folded) {
        match hit.group {
            Cue::Others if opens(&hit.range) => found.push(0..end),
            Cue::Wish => found.push(hit.range.start..end),
            Cue::Denial => found.push(clause(&folded[..end], hit.range)),
            Cue::Others | Cue::Claim => {}
        }
    }
    found.retain(|range| range.start < range.end);
    found
}

/// From a denial to the end of its clause; where it is the last word, the whole clause.
fn clause(sentence: &str, cue: Range<usize>) -> Range<usize> {
    let after = &sentence[cue.end.min(sentence.len())..];
    let ends = CONTRASTS.iter().filter_map(|word| after.find(word)).chain(after.find(','));
    let end = cue.end + ends.min().unwrap_or(after.len());
    let is_last = !sentence[cue.end.min(end)..end].contains(char::is_alphanumeric);
    let start = if is_last { sentence[..cue.start].rfind(',').map_or(0, |comma| comma + 1) } else { cue.start };
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_wished_or_said_of_others_is_blank() {
        for (text, expected) in [
            ("I have no forklift licence. I can drive a van.", "I have . I can drive a van."),
            ("Ich habe keinen Staplerschein, aber den Führerschein B.", "Ich habe , aber den Führerschein B."),
            ("Je n'ai pas le CACES", "Je n'ai"),
            ("Cook: no, waiter: four years", ", waiter: four years"),
            ("I am a cook and would like to lead a kitchen", "I am a cook and"),
            ("My father: lorry driver\nWelder since 2014", "Welder since 2014"),
            ("I cared for my father for two years", "I cared for my father for two years"),
            ("Not only baking but also selling", "Not only baking but also selling"),
            ("Referee: Anna Schmidt, headteacher", ""),
        ] {
            let own = OwnWords::of(AdText(text));
            assert_eq!(own.0.len(), text.len());
            assert_eq!(own.0.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{text}");
            assert_eq!(own.text().is_none(), expected.is_empty(), "{text}");
        }
    }
}
