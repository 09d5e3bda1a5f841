//! What does a person claim in a text of their own? Not what they deny (`no forklift licence`), wish (`I would like to become a cook`), or say of others (`My
//! father: lorry driver`). An ad's words for what is not needed are others; see [`super::cues`].

use std::ops::Range;
use std::sync::LazyLock;

use skillgap_esco::text::words;

use super::AdText;
use super::cues::{Hit, Lexicon, fold};
use super::level::{is_number, states_years};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cue {
    /// Denies what follows it in its clause, and what is listed there.
    Denial(Tongue),
    /// The same, where it opens a clause.
    OpeningDenial(Tongue),
    Claim,
    Wish,
    Others,
    /// Joins the last of several things.
    Or,
    OrInDutch,
    /// Denies and joins.
    Nor,
    /// Joins; the first of two denies.
    NorTwice,
    And,
    Contrast,
    /// Opens a claim.
    Opening,
}

/// What the language of a denial says of how things are listed after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tongue {
    German,
    Dutch,
    Other,
}

static CUES: LazyLock<Lexicon<Cue>> =
    LazyLock::new(|| Lexicon::parse(include_str!("cues/disclaimers.txt"), cue_of));

fn cue_of(name: &str) -> Option<Cue> {
    Some(match name {
        "denial" => Cue::Denial(Tongue::Other),
        "denial german" => Cue::Denial(Tongue::German),
        "denial dutch" => Cue::Denial(Tongue::Dutch),
        "opening denial" => Cue::OpeningDenial(Tongue::Other),
        "opening denial german" => Cue::OpeningDenial(Tongue::German),
        "opening denial dutch" => Cue::OpeningDenial(Tongue::Dutch),
        "claim" => Cue::Claim,
        "wish" => Cue::Wish,
        "others" => Cue::Others,
        "or" => Cue::Or,
        "or dutch" => Cue::OrInDutch,
        "nor" => Cue::Nor,
        "nor twice" => Cue::NorTwice,
        "and" => Cue::And,
        "contrast" => Cue::Contrast,
        "opening" => Cue::Opening,
        _ => return None,
    })
}

/// Words of one of several things that are denied together; more are a clause.
const THING_WORDS_MAX: usize = 4;
/// Numbers that are articles, too.
const ONES: [&str; 5] = ["un", "ein", "eine", "een", "one"];
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
    let text = sentence.trim_end_matches(ENDS);
    let hits = CUES.hits(&fold(text));
    let read = Sentence { text, hits: &hits };
    let mut found = Vec::new();
    for (at, hit) in hits.iter().enumerate() {
        match hit.group {
            Cue::Others if read.opens(0, hit) => found.push(0..text.len()),
            Cue::Wish => found.push(hit.range.start..text.len()),
            Cue::Denial(tongue) => {
                found.push(read.denied(&hit.range, tongue, read.turn_after(hit.range.end)))
            }
            Cue::OpeningDenial(tongue) if read.opens(read.clause_start(hit.range.start), hit) => {
                let claim = read
                    .first(hit.range.end, Cue::Opening)
                    .unwrap_or(text.len());
                found.push(read.denied(
                    &hit.range,
                    tongue,
                    read.turn_after(hit.range.end).min(claim),
                ));
            }
            Cue::Nor => {
                found.push(read.denied(&hit.range, Tongue::Other, read.turn_after(hit.range.end)))
            }
            Cue::NorTwice
                if hits[at + 1..]
                    .iter()
                    .any(|later| later.group == Cue::NorTwice) =>
            {
                found.push(read.denied(&hit.range, Tongue::Dutch, read.turn_after(hit.range.end)));
            }
            _ => {}
        }
    }
    found.retain(|range| range.start < range.end);
    found
}

/// A sentence with the cues in it.
struct Sentence<'a> {
    text: &'a str,
    hits: &'a [Hit<Cue>],
}

impl Sentence<'_> {
    /// From a denial to the end of its clause and of what is listed there, at most to `limit`; where it is the last word, what stands before it.
    fn denied(&self, cue: &Range<usize>, tongue: Tongue, limit: usize) -> Range<usize> {
        let pieces = self.pieces(cue.end..limit);
        let until = pieces.first().map_or(limit, |first| first.end);
        if !has_words(&self.text[cue.end..until]) {
            return self.listed_before(cue, tongue)..until;
        }
        cue.start..self.listed_until(&pieces, tongue).unwrap_or(until)
    }

    /// Where a list ends that goes on behind the first comma: with the thing after an "or". Nothing where no list goes on.
    fn listed_until(&self, pieces: &[Range<usize>], tongue: Tongue) -> Option<usize> {
        for piece in pieces.iter().skip(1) {
            let Some(or) = self.joint(piece, tongue) else {
                if self.is_thing(piece, tongue) {
                    continue;
                }
                return None;
            };
            let (before, last) = (piece.start..or.start, or.end..piece.end);
            let goes_on = !has_words(&self.text[before.clone()]) || self.is_thing(&before, tongue);
            return (goes_on && self.is_thing(&last, tongue)).then_some(piece.end);
        }
        None
    }

    /// Where a list begins that a denial ends: *driving licence, forklift licence and diploma: none*; else where its clause begins.
    fn listed_before(&self, cue: &Range<usize>, tongue: Tongue) -> usize {
        let pieces = self.pieces(0..cue.start);
        let Some((last, before)) = pieces.split_last() else {
            return 0;
        };
        if self.joint(last, tongue).is_none()
            && !self
                .hits
                .iter()
                .any(|hit| hit.group == Cue::And && within(&hit.range, last))
        {
            return last.start;
        }
        before
            .iter()
            .rev()
            .take_while(|piece| self.is_thing(piece, tongue))
            .last()
            .map_or(last.start, |piece| piece.start)
    }

    /// The word that joins the last of several things.
    fn joint(&self, piece: &Range<usize>, tongue: Tongue) -> Option<&Range<usize>> {
        let joins = |hit: &&Hit<Cue>| match hit.group {
            Cue::Or | Cue::Nor | Cue::NorTwice => true,
            Cue::OrInDutch => tongue == Tongue::Dutch,
            _ => false,
        };
        self.hits
            .iter()
            .filter(joins)
            .map(|hit| &hit.range)
            .find(|range| within(range, piece))
    }

    /// Whether a piece names one more thing and claims nothing: few words, no number, no word that opens a claim; in German, a noun first.
    fn is_thing(&self, piece: &Range<usize>, tongue: Tongue) -> bool {
        let text = &self.text[piece.clone()];
        let words = words(text);
        let joins = |cue| {
            matches!(
                cue,
                Cue::And | Cue::Or | Cue::OrInDutch | Cue::Nor | Cue::NorTwice
            )
        };
        let speaks = |hit: &Hit<Cue>| !joins(hit.group) && within(&hit.range, piece);
        let is_noun = tongue != Tongue::German || text.trim_start().starts_with(char::is_uppercase);
        (1..=THING_WORDS_MAX).contains(&words.len())
            && is_noun
            && !text.contains(':')
            && !words.iter().any(|word| counts(&word.folded))
            && !states_years(text)
            && !self.hits.iter().any(speaks)
    }

    /// Where the sentence turns to something else: at "but", and at an "and" after which something is claimed.
    fn turn_after(&self, from: usize) -> usize {
        let claims = |at: usize| {
            let next = words(&self.text[at..])
                .into_iter()
                .next()
                .map(|word| (at + word.range.start, word.folded));
            next.is_some_and(|(start, word)| {
                counts(&word) || self.first(at, Cue::Opening) == Some(start)
            })
        };
        let mut later = self.hits.iter().filter(|hit| hit.range.start >= from);
        let turn = later.find(|hit| {
            hit.group == Cue::Contrast || hit.group == Cue::And && claims(hit.range.end)
        });
        turn.map_or(self.text.len(), |hit| hit.range.start)
    }

    /// Where the first cue of a kind stands from a byte on.
    fn first(&self, from: usize, cue: Cue) -> Option<usize> {
        self.hits
            .iter()
            .find(|hit| hit.group == cue && hit.range.start >= from)
            .map(|hit| hit.range.start)
    }

    /// Whether nothing is said between a byte and a cue.
    fn opens(&self, from: usize, hit: &Hit<Cue>) -> bool {
        !has_words(&self.text[from..hit.range.start])
    }

    fn clause_start(&self, at: usize) -> usize {
        self.text[..at].rfind(',').map_or(0, |comma| comma + 1)
    }

    /// What stands between commas.
    fn pieces(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut start = range.start;
        let piece = |piece: &str| {
            let from = start;
            start += piece.len() + 1;
            from..from + piece.len()
        };
        self.text[range].split(',').map(piece).collect()
    }
}

/// Whether a word is a number that is no article: *ten*, not *un*.
fn counts(word: &str) -> bool {
    is_number(word) && !ONES.contains(&word)
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_wished_or_said_of_others_is_blank() {
        for (text, expected) in [
            (
                "I have no forklift licence. I can drive a van.",
                "I have . I can drive a van.",
            ),
            (
                "Ich habe keinen Staplerschein, aber den Führerschein B.",
                "Ich habe , aber den Führerschein B.",
            ),
            ("Je n'ai pas le CACES", "Je n'ai"),
            ("Cook: no, waiter: four years", ", waiter: four years"),
            (
                "I am a cook and would like to lead a kitchen",
                "I am a cook and",
            ),
            (
                "My father: lorry driver\nWelder since 2014",
                "Welder since 2014",
            ),
            (
                "I cared for my father for two years",
                "I cared for my father for two years",
            ),
            (
                "Not only baking but also selling",
                "Not only baking but also selling",
            ),
            ("Referee: Anna Schmidt, headteacher", ""),
        ] {
            let own = OwnWords::of(AdText(text));
            assert_eq!(own.0.len(), text.len());
            assert_eq!(
                own.0.split_whitespace().collect::<Vec<_>>().join(" "),
                expected,
                "{text}"
            );
            assert_eq!(own.text().is_none(), expected.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_denial_reaches_over_what_is_listed_and_no_further() {
        for (text, expected) in [
            ("no licence, certificate or diploma", ""),
            (
                "I have no licence, certificate, or diploma. I cook",
                "I have . I cook",
            ),
            (
                "no licence, certificate or diploma, worked at the till",
                ", worked at the till",
            ),
            (
                "no licence, but ten years of sales",
                ", but ten years of sales",
            ),
            (
                "no licence, ten years of sales or retail",
                ", ten years of sales or retail",
            ),
            ("no complaints, worked at the till", ", worked at the till"),
            (
                "no complaints, worked at the till or in the kitchen",
                ", worked at the till or in the kitchen",
            ),
            (
                "no forklift licence and ten years of sales",
                "and ten years of sales",
            ),
            (
                "I have no forklift licence and can drive a van",
                "I have and can drive a van",
            ),
            ("driving licence, forklift licence and diploma: none", ""),
            ("waiter: four years, cook: no", "waiter: four years,"),
            ("Ich habe weder Führerschein noch Staplerschein", "Ich habe"),
            (
                "weder Führerschein, Kranschein noch Staplerschein, aber viel Erfahrung",
                ", aber viel Erfahrung",
            ),
            ("keinen Staplerschein, keine Ausbildung", ","),
            ("kein Führerschein, Staplerschein oder Kranschein", ""),
            (
                "kein Führerschein, putze Büros oder Läden",
                ", putze Büros oder Läden",
            ),
            (
                "Ohne Führerschein, Erfahrung im Lager",
                ", Erfahrung im Lager",
            ),
            (
                "Ich arbeite ohne Aufsicht in der Küche",
                "Ich arbeite ohne Aufsicht in der Küche",
            ),
            ("ni permis ni CACES", ""),
            ("Je n'ai pas le permis, le CACES ou un diplôme", "Je n'ai"),
            (
                "aucun permis, certificat ou diplôme, mais dix ans de vente",
                ", mais dix ans de vente",
            ),
            ("Sans permis ni CACES, je cuisine bien", ", je cuisine bien"),
            ("no tengo carné, certificado ni título", ""),
            (
                "ningún carné, certificado o título, pero trabajé en cocina",
                ", pero trabajé en cocina",
            ),
            ("noch rijbewijs noch heftruckcertificaat", ""),
            (
                "geen rijbewijs, certificaat of diploma, wel tien jaar kok",
                ", wel tien jaar kok",
            ),
            ("no mistakes, head of sales", ", head of sales"),
        ] {
            let own = OwnWords::of(AdText(text));
            assert_eq!(
                own.0.split_whitespace().collect::<Vec<_>>().join(" "),
                expected,
                "{text}"
            );
        }
    }
}
