//! Piece: a sentence, bullet or heading of a text, with its section and the way back to the caller's bytes.
//! Lines ([`super::html`]) become paragraphs, headings open sections, paragraphs are parted into sentences.

use std::ops::Range;

use super::heading::{Place, Shape, opened_before_colon, opened_by, section_of};
use super::lead_in::led_in;
use super::lexicon::lower;
use super::line::Block;
use super::paragraph::Paragraph;
use super::section::Section;
use super::source::{Mapped, SourceMap};
use super::{paragraph, posting, sentence};

/// What a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    /// An item of a list, or one sentence of it.
    Bullet,
    /// A sentence of running text.
    Sentence,
    /// A heading, or the ad's title.
    Heading,
}

/// One sentence, bullet or heading of an ad, cleaned, with the way back to the caller's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The text, at most 1,000 bytes: white space collapsed, entities decoded, tags, bullets and invisible characters gone.
    pub(super) text: String,
    /// The section that it stands in; of a heading, the one that it opens.
    pub(super) section: Section,
    /// What it is.
    pub(super) kind: SegmentKind,
    source: SourceMap,
}

impl Piece {
    /// See [`Segment::source_span`](super::Segment::source_span).
    pub(super) fn source_span(&self, range: Range<usize>) -> Range<usize> {
        let wanted = range.end > range.start;
        let mut start = range.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = if wanted {
            range.end.clamp(start, self.text.len())
        } else {
            start
        };
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.source.span(start..end)
    }
}

/// Parts an ad, in plain text or HTML, into its segments, in order. Cost: linear.
pub(super) fn pieces(ad: &str) -> Vec<Piece> {
    let paragraphs = paragraph::paragraphs(posting::lines(ad), |line| {
        section_of(&lower(line)).is_some()
            || line.ends_with(':') && line.len() <= 40
            || led_in(line).is_some()
    });
    let mut pieces = Vec::with_capacity(paragraphs.len());
    let (mut section, mut listed) = (Section::Unknown, None);
    // A line that stands alone is no title: it is all that the caller says.
    let may_begin_with_title = paragraphs.len() > 1;
    let mut paragraphs = paragraphs.into_iter().peekable();
    while let Some(paragraph) = paragraphs.next() {
        let first = may_begin_with_title && pieces.is_empty();
        let shape = shape_of(&paragraph);
        if section == Section::NotAsked && says_something_else(&paragraph, listed) {
            section = Section::Unknown;
        }
        let is_list = |next: &Paragraph| shape_of(next) == Shape::Bullet;
        let place = Place {
            shape,
            after_gap: paragraph.after_gap,
            before_list: paragraphs.peek().is_some_and(is_list),
            section,
        };
        section = push_paragraph(&mut pieces, paragraph, place, first);
        let is_heading = pieces
            .last()
            .is_some_and(|piece| piece.kind == SegmentKind::Heading);
        listed = (!is_heading).then_some(shape);
    }
    pieces
}

/// Whether a paragraph in a section of what is not asked is none of it: that is a list, of bullets or of lines. `listed` is the shape of what stands there
/// before it, right under the heading nothing.
fn says_something_else(paragraph: &Paragraph, listed: Option<Shape>) -> bool {
    let is_sentence = paragraph.body.text.ends_with(['.', '!']);
    match (shape_of(paragraph), listed) {
        (Shape::Bullet, _) => false,
        (_, Some(Shape::Bullet)) => true,
        (_, Some(_)) => paragraph.after_gap,
        (_, None) => paragraph.after_gap && is_sentence,
    }
}

/// Pushes a paragraph's segments; returns the section that the next paragraph stands in.
fn push_paragraph(
    pieces: &mut Vec<Piece>,
    paragraph: Paragraph,
    place: Place,
    first: bool,
) -> Section {
    let Place { shape, section, .. } = place;
    let body = paragraph.body;
    let opened = opened_by(&body.text, place);
    if first
        && shape != Shape::Bullet
        && opened.is_none_or(|opened| opened == Section::Unknown)
        && may_be_title(&body.text)
    {
        pieces.push(piece(body, Section::Title, SegmentKind::Heading));
        return Section::Unknown;
    }
    if let Some(opened) = opened {
        pieces.push(piece(body, opened, SegmentKind::Heading));
        return opened;
    }
    if let Some((opened, colon)) = opened_before_colon(&body.text, shape) {
        pieces.push(piece(body.slice(0..colon), opened, SegmentKind::Heading));
        push_sentences(
            pieces,
            &body.slice(colon..body.text.len()),
            opened,
            SegmentKind::Sentence,
        );
        // "Salary: ..." says nothing of the lines after it.
        return if opened.asks() { opened } else { section };
    }
    push_sentences(
        pieces,
        &body,
        section,
        if shape == Shape::Bullet {
            SegmentKind::Bullet
        } else {
            SegmentKind::Sentence
        },
    );
    section
}

fn push_sentences(pieces: &mut Vec<Piece>, body: &Mapped, section: Section, kind: SegmentKind) {
    for range in sentence::sentences(&body.text, kind == SegmentKind::Bullet) {
        pieces.push(piece(body.slice(range), section, kind));
    }
}

fn piece(body: Mapped, section: Section, kind: SegmentKind) -> Piece {
    Piece {
        text: body.text,
        section,
        kind,
        source: body.map,
    }
}

fn shape_of(paragraph: &Paragraph) -> Shape {
    match paragraph.block {
        Block::Heading => Shape::Markup,
        Block::Item => Shape::Bullet,
        Block::Text if paragraph.bold => Shape::Bold,
        Block::Text => Shape::Plain,
    }
}

/// Whether the first line of an ad reads as a job title.
fn may_be_title(text: &str) -> bool {
    text.len() <= 120
        && text.split(' ').count() <= 14
        && !text.ends_with(['.', '!', '?', ':', ';', ','])
}

#[cfg(test)]
#[path = "cut_tests.rs"]
mod tests;
