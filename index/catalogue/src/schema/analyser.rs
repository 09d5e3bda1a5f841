//! How is text cut into words for tantivy? As linking does it, so that both agree on what counts as the same word.

use tantivy::Index;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

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
