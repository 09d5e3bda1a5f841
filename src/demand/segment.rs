//! Which sentences and bullets does an ad have, in which section, and where do they stand in the caller's bytes?
//! Lines ([`super::html`]) become paragraphs, headings open sections, paragraphs are parted into sentences.

pub(super) mod line;
mod paragraph;
mod sentence;
mod source;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::line::Block;
use self::paragraph::Paragraph;
use self::source::{Mapped, SourceMap};
use super::html;
use super::section::{Section, Shape, is_known_heading, opened_before_colon, opened_by};

/// What a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An item of a list, or one sentence of it.
    Bullet,
    /// A sentence of running text.
    Sentence,
    /// A heading, or the ad's title.
    Heading,
}

/// One sentence, bullet or heading of an ad, cleaned, with the way back to the caller's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The text, at most 1,000 bytes: white space collapsed, entities decoded, tags, bullets and invisible characters gone.
    pub text: String,
    /// The section that it stands in; of a heading, the one that it opens.
    pub section: Section,
    /// What it is.
    pub kind: Kind,
    source: SourceMap,
}

impl Segment {
    /// Leads bytes of `text` back to bytes of the ad: always within it and on character boundaries, and not empty if `range` is not.
    /// Ends that lie beyond the text or within a character are drawn outwards to the next valid place.
    pub fn source_span(&self, range: Range<usize>) -> Range<usize> {
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
pub fn segments(ad: &str) -> Vec<Segment> {
    let paragraphs = paragraph::paragraphs(html::lines(ad), |line| {
        is_known_heading(line) || line.ends_with(':') && line.len() <= 40
    });
    let mut segments = Vec::with_capacity(paragraphs.len());
    let mut section = Section::Unknown;
    // A line that stands alone is no title: it is all that the caller says.
    let may_begin_with_title = paragraphs.len() > 1;
    for paragraph in paragraphs {
        let first = may_begin_with_title && segments.is_empty();
        section = push_paragraph(&mut segments, paragraph, section, first);
    }
    segments
}

/// Pushes a paragraph's segments; returns the section that the next paragraph stands in.
fn push_paragraph(
    segments: &mut Vec<Segment>,
    paragraph: Paragraph,
    section: Section,
    first: bool,
) -> Section {
    let shape = shape_of(&paragraph);
    let body = paragraph.body;
    let opened = opened_by(&body.text, shape, paragraph.after_gap, section);
    if first
        && shape != Shape::Bullet
        && opened.is_none_or(|opened| opened == Section::Unknown)
        && may_be_title(&body.text)
    {
        segments.push(segment(body, Section::Title, Kind::Heading));
        return Section::Unknown;
    }
    if let Some(opened) = opened {
        segments.push(segment(body, opened, Kind::Heading));
        return opened;
    }
    if shape != Shape::Bullet
        && let Some((opened, colon)) = opened_before_colon(&body.text)
    {
        segments.push(segment(body.slice(0..colon), opened, Kind::Heading));
        push_sentences(
            segments,
            &body.slice(colon..body.text.len()),
            opened,
            Kind::Sentence,
        );
        // "Salary: ..." says nothing of the lines after it.
        let goes_on = matches!(
            opened,
            Section::Requirements | Section::NiceToHave | Section::Tasks
        );
        return if goes_on { opened } else { section };
    }
    push_sentences(
        segments,
        &body,
        section,
        if shape == Shape::Bullet {
            Kind::Bullet
        } else {
            Kind::Sentence
        },
    );
    section
}

fn push_sentences(segments: &mut Vec<Segment>, body: &Mapped, section: Section, kind: Kind) {
    for range in sentence::sentences(&body.text, kind == Kind::Bullet) {
        segments.push(segment(body.slice(range), section, kind));
    }
}

fn segment(body: Mapped, section: Section, kind: Kind) -> Segment {
    Segment {
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
