//! Which lines belong together? Wrapped lines are joined into one paragraph, markers of bullets are taken off, and bullets that
//! stand in one line are parted.

use super::line::{Block, Line, Start};
use super::source::Mapped;

/// Lines wider than this many characters were not wrapped by an editor.
const WRAP_COLUMNS_MAX: usize = 100;
const WRAP_COLUMNS_MIN: usize = 50;

/// A bullet, a heading by markup, or running text: one or more sentences.
#[derive(Debug)]
pub(super) struct Paragraph {
    pub(super) body: Mapped,
    pub(super) block: Block,
    pub(super) bold: bool,
    /// Whether a blank line or a block tag comes before.
    pub(super) after_gap: bool,
}

/// Joins and parts lines into paragraphs. `stands_alone` tells a line that nothing may be joined to: a heading.
pub(super) fn paragraphs(lines: Vec<Line>, stands_alone: impl Fn(&str) -> bool) -> Vec<Paragraph> {
    let wrap = wrap_columns(&lines);
    let mut paragraphs: Vec<Paragraph> = Vec::with_capacity(lines.len());
    let mut last: Option<LineShape> = None;
    for line in lines {
        let mut shape = LineShape::of(&line);
        shape.stands_alone |= stands_alone(&line.body.text);
        let marker_bytes = marker_bytes(&line.body.text);
        let continues = marker_bytes == 0
            && line.start == Start::Soft
            && line.block == Block::Text
            && !shape.stands_alone
            && last
                .as_ref()
                .is_some_and(|last| last.continues_in(&shape, &line.body.text, wrap));
        last = Some(shape);
        match paragraphs.last_mut() {
            Some(paragraph) if continues => {
                paragraph.body.join(line.body);
                paragraph.bold &= line.bold;
            }
            _ => push_parted(&mut paragraphs, line, marker_bytes),
        }
    }
    paragraphs
}

/// The column at which an editor wrapped the ad's lines; none if lines are long, or too few come near one width.
fn wrap_columns(lines: &[Line]) -> Option<usize> {
    let widths: Vec<usize> = lines
        .iter()
        .map(|line| line.indent + line.body.text.chars().count())
        .collect();
    let widest = widths
        .iter()
        .copied()
        .max()
        .filter(|widest| (WRAP_COLUMNS_MIN..=WRAP_COLUMNS_MAX).contains(widest))?;
    let n_full = widths.iter().filter(|&&width| width + 15 >= widest).count();
    (n_full >= 2).then_some(widest)
}

/// What decides whether the next line is the rest of this one.
struct LineShape {
    columns: usize,
    indent: usize,
    is_bullet: bool,
    ends_sentence: bool,
    stands_alone: bool,
}

impl LineShape {
    fn of(line: &Line) -> Self {
        let text = &line.body.text;
        Self {
            columns: line.indent + text.chars().count(),
            indent: line.indent,
            is_bullet: line.block == Block::Item || marker_bytes(text) > 0,
            ends_sentence: text.ends_with(['.', '!', '?', ':', ';']),
            stands_alone: line.block == Block::Heading,
        }
    }

    fn continues_in(&self, next: &Self, next_text: &str, wrap: Option<usize>) -> bool {
        if self.stands_alone {
            return false;
        }
        let first_word = next_text.split(' ').next().unwrap_or_default();
        let no_room = wrap.is_some_and(|wrap| self.columns + 1 + first_word.chars().count() > wrap);
        let goes_on =
            next_text.starts_with(char::is_lowercase) && !self.ends_sentence && self.columns >= 30;
        let hangs = self.is_bullet && next.indent > self.indent && !self.ends_sentence;
        no_room || goes_on || hangs
    }
}

fn push_parted(paragraphs: &mut Vec<Paragraph>, line: Line, marker_bytes: usize) {
    let markdown_heading = hashes_bytes(&line.body.text) > 0;
    let bullet = marker_bytes > 0 || line.block == Block::Item;
    let cuts = inline_bullets(&line.body.text, marker_bytes);
    let mut start = marker_bytes;
    let mut after_gap = line.start == Start::Gap;
    for (at, piece) in cuts
        .iter()
        .map(|&(end, next)| (end, Some(next)))
        .chain([(line.body.text.len(), None)])
        .enumerate()
    {
        let (end, next) = piece;
        let block = match line.block {
            Block::Heading => Block::Heading,
            _ if markdown_heading => Block::Heading,
            _ if bullet || at > 0 => Block::Item,
            _ => Block::Text,
        };
        let body = line.body.slice(start..end);
        if !body.text.is_empty() {
            paragraphs.push(Paragraph {
                body,
                block,
                bold: line.bold,
                after_gap,
            });
            after_gap = false;
        }
        start = next.unwrap_or(end);
    }
}

/// Where bullets stand inside a line: the end of the text before and the start of the text after each.
fn inline_bullets(text: &str, from: usize) -> Vec<(usize, usize)> {
    let find = |marks: &[char]| -> Vec<(usize, usize)> {
        text.char_indices()
            .filter(|&(at, c)| at >= from && marks.contains(&c))
            .filter(|&(at, c)| {
                text[..at].ends_with(' ') && text[at + c.len_utf8()..].starts_with(' ')
            })
            .map(|(at, c)| (at, at + c.len_utf8()))
            .collect()
    };
    let sure = find(&[
        '•', '●', '▪', '■', '‣', '➢', '➤', '✓', '✔', '✅', '\u{f0b7}', '\u{f0a7}',
    ]);
    if !sure.is_empty() {
        return sure;
    }
    [(&['·'], 2), (&['*'], 2), (&['-'], 3), (&['–'], 3)]
        .into_iter()
        .map(|(marks, n_min): (&[char; 1], usize)| (find(marks), n_min))
        .find(|(cuts, n_min)| cuts.len() >= *n_min)
        .map(|(cuts, _)| cuts)
        .unwrap_or_default()
}

/// The bytes that a bullet's marker and the space after it take at the start of a line, 0 where none is.
pub(super) fn marker_bytes(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    let after = &text[first.len_utf8()..];
    let n_spaced = |n_bytes: usize| {
        if text[n_bytes..].starts_with(' ') {
            n_bytes + 1
        } else {
            0
        }
    };
    match first {
        '#' => hashes_bytes(text),
        '-' | '–' | '—' if after.starts_with(char::is_alphabetic) => first.len_utf8(),
        '-' | '–' | '—' | '*' | '+' | '>' | '»' | '→' | '~' => n_spaced(first.len_utf8()),
        'o' if after
            .strip_prefix(' ')
            .is_some_and(|rest| rest.starts_with(char::is_uppercase)) =>
        {
            2
        }
        '(' => numbered(after).map_or(0, |n_bytes| n_spaced(n_bytes + 1)),
        _ if first.is_ascii_alphanumeric() => numbered(text).map_or(0, n_spaced),
        _ if is_bullet_sign(first) => {
            text.len()
                - after
                    .trim_start_matches(|c| c == ' ' || is_bullet_sign(c) || is_joiner(c))
                    .len()
        }
        _ => 0,
    }
}

/// Bytes of the sign of a Markdown heading, as in `## Tasks`.
fn hashes_bytes(text: &str) -> usize {
    let rest = text.trim_start_matches('#');
    if rest.len() < text.len() && rest.starts_with(' ') {
        text.len() - rest.len() + 1
    } else {
        0
    }
}

/// Bytes of `1)`, `12.`, `1.2.` or `a)` at the start of `text`, its closing sign included.
fn numbered(text: &str) -> Option<usize> {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = match n_digits {
        0 if text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            return text[1..].starts_with(')').then_some(2);
        }
        1 | 2 => text[n_digits..].chars().next()?,
        _ => return None,
    };
    matches!(sign, '.' | ')').then_some(n_digits + 1)
}

fn is_bullet_sign(c: char) -> bool {
    matches!(c,
        '•' | '·' | '●' | '○' | '◦' | '‣' | '⁃' | '∙' | '‐' | '■' | '□' | '▪' | '▫' | '▸' | '►' | '▶' | '▷' | '◆' | '◇' | '❖' | '★' | '☆'
        | '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{f0a7}'..='\u{f0fc}'
        | '\u{1f000}'..='\u{1faff}' | '›' | '¤')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
}
