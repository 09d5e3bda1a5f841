//! How is text cut into words for tantivy? As linking does it, so that both agree on what counts as the same word.

use tantivy::Index;
use tantivy::tokenizer::{
    Language, PreTokenizedString, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use skillgap_esco::text::{Word, words};

/// Name of the analyser for all text: words, lower case, without accents.
pub(crate) const ANALYSER: &str = "folded";

/// Registers [`ANALYSER`] with an index; to be called after every open.
pub(crate) fn register_analyser(index: &Index) {
    index.tokenizers().register(
        ANALYSER,
        TextAnalyzer::builder(FoldedWords::default()).build(),
    );
}

/// Languages whose words are stemmed, so that one and many are found by each other.
const STEMMED: [(&str, Language); 14] = [
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("en", Language::English),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nl", Language::Dutch),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("sv", Language::Swedish),
];

/// A text in a language, cut into words: their stems, each with its language, so that no word is found by the stem of another language. Words of other
/// languages are as they are, folded.
pub(crate) fn stems(language: &str, text: &str) -> PreTokenizedString {
    let known = STEMMED.iter().find(|(code, _)| *code == language);
    let words = TextAnalyzer::builder(FoldedWords::default());
    let mut analyser = match known {
        Some((_, language)) => words.filter(Stemmer::new(*language)).build(),
        None => words.build(),
    };
    let mut tokens = Vec::new();
    analyser.token_stream(text).process(&mut |token| {
        let mut token = token.clone();
        if let Some((code, _)) = known {
            token.text = format!("{code}:{}", token.text);
        }
        tokens.push(token);
    });
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}

/// The words by which a folded word is found, whatever language it is of.
pub(crate) fn found_by(word: &str) -> impl Iterator<Item = String> + '_ {
    let stems = STEMMED
        .iter()
        .flat_map(move |(code, _)| stems(code, word).tokens);
    stems.map(|token| token.text).chain([word.to_owned()])
}

/// The words of [`words`], folded, so that search and linking agree on what counts as the same word.
#[derive(Clone, Default)]
struct FoldedWords {
    words: Vec<Word>,
    token: Token,
}

struct FoldedStream<'a> {
    of: &'a mut FoldedWords,
    next: usize,
}

impl Tokenizer for FoldedWords {
    type TokenStream<'a> = FoldedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> FoldedStream<'a> {
        self.words = words(text);
        self.token = Token::default();
        FoldedStream { of: self, next: 0 }
    }
}

impl TokenStream for FoldedStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.of.words.get_mut(self.next) else {
            return false;
        };
        let token = &mut self.of.token;
        token.text = std::mem::take(&mut word.folded);
        (token.offset_from, token.offset_to) = (word.range.start, word.range.end);
        token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.of.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.of.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_are_found_by_each_other_in_their_language() {
        let is_found = |language: &str, text: &str, word: &str| {
            let words: Vec<String> = words(word).into_iter().map(|word| word.folded).collect();
            let by: Vec<String> = words.iter().flat_map(|word| found_by(word)).collect();
            let tokens = stems(language, text).tokens;
            tokens.iter().any(|token| by.contains(&token.text))
        };
        for (language, one, many) in [
            ("en", "customer", "customers"),
            ("de", "Maschine", "Maschinen"),
            ("fr", "métier", "métiers"),
            ("es", "cliente", "clientes"),
            ("it", "macchina", "macchine"),
            ("nl", "machine", "machines"),
            ("pt", "cliente", "clientes"),
            ("sv", "kund", "kunder"),
            ("da", "kunde", "kunder"),
        ] {
            assert!(
                is_found(language, one, many) && is_found(language, many, one),
                "{many}"
            );
        }
        assert!(is_found("pl", "klient", "Klient") && !is_found("en", "customer", "custody"));
    }
}
