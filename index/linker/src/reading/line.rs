//! What is one line of the ad, whatever it was written in? Text up to a line feed or a block tag, white space collapsed,
//! with what markup says of it. Here lines are put together character by character; nothing is interpreted.

use super::source::Mapped;
use std::ops::Range;

/// How a line begins, seen from the line before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// After one plain line feed: it may be the wrapped rest of the line before.
    Soft,
    /// After `<br>` or in a list: never a wrapped rest.
    Hard,
    /// After a blank line or a block tag.
    Gap,
}

/// What markup says that the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// Nothing in particular.
    Text,
    /// An item of a list.
    Item,
    /// A heading.
    Heading,
}

/// A line that is not blank.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) body: Mapped,
    pub(super) block: Block,
    pub(super) start: Start,
    /// Whether all its letters are bold.
    pub(super) bold: bool,
    /// White space before its first character, in characters.
    pub(super) indent: usize,
}

/// Puts lines together.
#[derive(Debug)]
pub(super) struct LineBuilder {
    lines: Vec<Line>,
    body: Mapped,
    space: Option<Range<usize>>,
    plain_space: bool,
    block: Block,
    start: Start,
    bold: bool,
    indent: usize,
}

impl LineBuilder {
    pub(super) fn new() -> Self {
        Self {
            lines: Vec::new(),
            body: Mapped::default(),
            space: None,
            plain_space: false,
            block: Block::Text,
            start: Start::Gap,
            bold: true,
            indent: 0,
        }
    }

    /// Adds a character that stands for `source`; `decoded` when the source reads otherwise.
    pub(super) fn push(&mut self, c: char, source: Range<usize>, decoded: bool, bold: bool) {
        if c.is_whitespace() {
            self.indent += usize::from(self.body.text.is_empty());
            let start = self
                .space
                .as_ref()
                .map_or(source.start, |space| space.start);
            self.plain_space = c == ' ' && !decoded;
            self.space = Some(start..source.end);
            return;
        }
        if is_invisible(c) {
            return;
        }
        if let Some(space) = self.space.take()
            && !self.body.text.is_empty()
        {
            self.push_space(space);
        }
        self.bold &= bold || !c.is_alphanumeric();
        if decoded {
            self.body.push_decoded(c, source)
        } else {
            self.body.push_copied(c, source.start)
        }
    }

    /// A plain space stays what it is; anything longer, or another white space, is one space that stands for all of it.
    fn push_space(&mut self, space: Range<usize>) {
        if self.plain_space && space.len() == 1 {
            self.body.push_copied(' ', space.start)
        } else {
            self.body.push_decoded(' ', space)
        }
    }

    /// Ends the line and says how the next one begins. An empty line leaves only its gap.
    pub(super) fn end(&mut self, next: Start, block: Block) {
        let body = std::mem::take(&mut self.body);
        let blank = !body.text.chars().any(char::is_alphanumeric);
        if blank {
            self.start = match (self.start, next) {
                (Start::Hard, Start::Hard) | (_, Start::Gap | Start::Soft) | (Start::Gap, _) => {
                    Start::Gap
                }
                (Start::Soft, Start::Hard) => Start::Hard,
            };
            let bullet_alone =
                body.text.chars().count() == 1 && body.text.chars().all(|c| "*•·●▪-–".contains(c));
            if bullet_alone && block == Block::Text {
                return self.begin(Block::Item);
            }
        } else {
            self.lines.push(Line {
                body,
                block: self.block,
                start: self.start,
                bold: self.bold,
                indent: self.indent,
            });
            self.start = next;
        }
        self.begin(block);
    }

    fn begin(&mut self, block: Block) {
        self.block = block;
        self.space = None;
        self.bold = true;
        self.indent = 0;
    }

    /// Whether a list item has begun and holds no text yet.
    pub(super) fn is_empty_item(&self) -> bool {
        self.block == Block::Item && self.body.text.is_empty()
    }

    pub(super) fn finish(mut self) -> Vec<Line> {
        self.end(Start::Gap, Block::Text);
        self.lines
    }
}

/// Soft hyphen, zero-width characters, byte order mark and controls: they would only keep words from being found.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
        || c.is_control()
}
