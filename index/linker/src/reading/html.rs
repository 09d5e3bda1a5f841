//! Lines of a text, in HTML or in plain text. Only tags that HTML knows count as tags, so `<5 years`, `List<T>` and
//! `<ORGANIZATION>` stay text. One pass, linear in the length of the ad, whatever is malformed in it.

use super::line::{Block, Line, LineBuilder, Start};
use std::collections::HashMap;
use std::sync::LazyLock;

const BLOCK_TAGS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];
const HEADING_TAGS: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6"];
const INLINE_TAGS: &[&str] = &[
    "a", "abbr", "b", "base", "big", "br", "cite", "code", "col", "colgroup", "del", "em", "font",
    "i", "img", "input", "ins", "kbd", "label", "link", "mark", "meta", "path", "picture", "q",
    "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr",
];
/// Elements whose content is not for readers.
const DROPPED_TAGS: &[&str] = &[
    "script", "style", "head", "template", "svg", "math", "iframe", "object", "noscript",
    "textarea",
];
/// Prefixes of the tags that word processors leave, as in `<o:p>`.
const OFFICE_PREFIXES: &[&str] = &["o:", "v:", "w:", "m:", "st1:"];

/// Named characters, from `cues/entities.txt`: a name and a character a line.
static ENTITIES: LazyLock<HashMap<&str, char>> = LazyLock::new(|| {
    include_str!("cues/entities.txt")
        .lines()
        .filter_map(|line| {
            Some((
                line.split_once(' ')?.0,
                line.split_once(' ')?.1.chars().next()?,
            ))
        })
        .collect()
});

/// What line feeds and tags mean in this ad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markup {
    /// No tags; line feeds end lines.
    Plain,
    /// Tags for letters only (`<b>`, `<a>`): line feeds still end lines.
    Inline,
    /// Block tags: a line feed is white space.
    Blocks,
}

/// Reads the ad as lines of clean text, each with its way back to the bytes of the ad. Cost: linear.
pub(super) fn lines(ad: &str) -> Vec<Line> {
    let markup = markup_of(ad);
    Scanner {
        ad,
        at: 0,
        markup,
        bold_depth: 0,
        pre_depth: 0,
        builder: LineBuilder::new(),
        patience: ad.len() * 4,
        unclosed: Vec::new(),
    }
    .run()
}

/// Whether a text has tags.
pub(super) fn has_markup(text: &str) -> bool {
    markup_of(text) != Markup::Plain
}

fn markup_of(ad: &str) -> Markup {
    let mut found = Markup::Plain;
    let mut patience = ad.len() * 4;
    for (at, _) in ad.match_indices('<') {
        let Some(tag) = tag_at(ad, at, &mut patience) else {
            continue;
        };
        let structural = is_in(BLOCK_TAGS, tag.name)
            || is_in(HEADING_TAGS, tag.name)
            || tag.name.eq_ignore_ascii_case("br");
        let placeholder = !tag.closing
            && tag.name.len() > 2
            && tag.name.bytes().all(|b| b.is_ascii_uppercase())
            && !tag.has_attributes;
        if structural && !placeholder {
            return Markup::Blocks;
        }
        if tag.closing || is_in(DROPPED_TAGS, tag.name) {
            found = Markup::Inline;
        }
    }
    found
}

struct Tag<'a> {
    name: &'a str,
    closing: bool,
    has_attributes: bool,
    /// Byte after `>`.
    end: usize,
}

/// Reads the tag that begins with the `<` at byte `at`, if it is one that HTML knows and it ends before the next `<` outside quotes.
/// `patience` counts down the bytes that failed attempts may look at, which keeps hostile input linear.
fn tag_at<'a>(ad: &'a str, at: usize, patience: &mut usize) -> Option<Tag<'a>> {
    let rest = &ad[at + 1..];
    let closing = rest.starts_with('/');
    let name_start = at + 1 + usize::from(closing);
    let name_bytes = ad.as_bytes()[name_start..]
        .iter()
        .take(32)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-'))
        .count();
    let name = &ad[name_start..name_start + name_bytes];
    if !is_tag_name(name) {
        return None;
    }
    let mut quote = None;
    for (offset, byte) in ad
        .bytes()
        .enumerate()
        .skip(name_start + name_bytes)
        .take(*patience)
    {
        let first = offset == name_start + name_bytes;
        match (quote, byte) {
            (None, b'>') => {
                let has_attributes = ad[name_start + name_bytes..offset].contains('=');
                return Some(Tag {
                    name,
                    closing,
                    has_attributes,
                    end: offset + 1,
                });
            }
            (None, b'<') => break,
            (None, _) if first && !byte.is_ascii_whitespace() && byte != b'/' => break,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        *patience = patience.saturating_sub(1);
    }
    None
}

fn is_tag_name(name: &str) -> bool {
    let known = [BLOCK_TAGS, HEADING_TAGS, INLINE_TAGS, DROPPED_TAGS]
        .iter()
        .any(|names| is_in(names, name));
    let custom = name.contains('-')
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-');
    known
        || custom
        || OFFICE_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

fn is_in(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

struct Scanner<'a> {
    ad: &'a str,
    at: usize,
    markup: Markup,
    bold_depth: usize,
    pre_depth: usize,
    builder: LineBuilder,
    patience: usize,
    /// Dropped elements of which no closing tag is left.
    unclosed: Vec<&'a str>,
}

impl Scanner<'_> {
    fn run(mut self) -> Vec<Line> {
        while let Some(c) = self.ad[self.at..].chars().next() {
            match c {
                '<' if self.markup != Markup::Plain => self.tag_or_text(),
                '&' => self.entity_or_text(),
                '*' if self.markup == Markup::Plain => self.stars(),
                '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => self.line_feed(c),
                _ => self.text(c),
            }
        }
        self.builder.finish()
    }

    fn text(&mut self, c: char) {
        let end = self.at + c.len_utf8();
        self.builder
            .push(c, self.at..end, false, self.bold_depth > 0);
        self.at = end;
    }

    fn line_feed(&mut self, c: char) {
        if self.markup == Markup::Blocks && self.pre_depth == 0 {
            return self.text(c);
        }
        let crlf = c == '\r' && self.ad[self.at..].starts_with("\r\n");
        self.at += if crlf { 2 } else { c.len_utf8() };
        self.builder.end(Start::Soft, Block::Text);
    }

    /// Markdown: two stars turn bold on or off, more are decoration; one is text (a bullet).
    fn stars(&mut self) {
        let n_stars = self.ad[self.at..]
            .bytes()
            .take_while(|&b| b == b'*')
            .count();
        match n_stars {
            1 => self.text('*'),
            2 => {
                self.bold_depth = usize::from(self.bold_depth == 0);
                self.at += 2;
            }
            _ => self.at += n_stars,
        }
    }

    fn entity_or_text(&mut self) {
        let Some((c, n_bytes)) = decode_entity(&self.ad[self.at..]) else {
            return self.text('&');
        };
        self.builder
            .push(c, self.at..self.at + n_bytes, true, self.bold_depth > 0);
        self.at += n_bytes;
    }

    fn tag_or_text(&mut self) {
        let rest = &self.ad[self.at..];
        if rest.starts_with("<!--") {
            self.at = rest
                .find("-->")
                .map_or(self.ad.len(), |end| self.at + end + 3);
            return;
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let end = rest
                .find(['>', '\n'])
                .map_or(self.ad.len(), |end| self.at + end + 1);
            self.at = end;
            return;
        }
        match tag_at(self.ad, self.at, &mut self.patience) {
            Some(tag) => self.tag(&tag),
            None => self.text('<'),
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        self.at = tag.end;
        let name = tag.name.to_ascii_lowercase();
        if let Some(&dropped) = DROPPED_TAGS.iter().find(|dropped| **dropped == name) {
            if !tag.closing {
                self.drop_content(dropped);
            }
            return;
        }
        match name.as_str() {
            "br" => self.builder.end(Start::Hard, Block::Text),
            "b" | "strong" if tag.closing => self.bold_depth = self.bold_depth.saturating_sub(1),
            "b" | "strong" => self.bold_depth += 1,
            "li" | "dd" if !tag.closing => self.block(Start::Hard, Block::Item),
            "td" | "th" => self.block(Start::Hard, Block::Text),
            "pre" => {
                self.pre_depth = if tag.closing {
                    self.pre_depth.saturating_sub(1)
                } else {
                    self.pre_depth + 1
                };
                self.block(Start::Gap, Block::Text);
            }
            "p" | "div" | "span" if !tag.closing => self.open_inside_item(&name),
            heading if is_in(HEADING_TAGS, heading) && !tag.closing => {
                self.block(Start::Gap, Block::Heading)
            }
            block if is_in(BLOCK_TAGS, block) || is_in(HEADING_TAGS, block) => {
                self.block(Start::Gap, Block::Text)
            }
            _ => {}
        }
    }

    /// `<li><p>` is one item: the first paragraph in an item that is still empty does not end it.
    fn open_inside_item(&mut self, name: &str) {
        if name != "span" && !self.builder.is_empty_item() {
            self.block(Start::Gap, Block::Text);
        }
    }

    fn block(&mut self, next: Start, block: Block) {
        self.bold_depth = 0;
        self.builder.end(next, block);
    }

    /// Skips to the closing tag. Without one, a script or style runs to the end and any other tag is passed over.
    fn drop_content(&mut self, name: &'static str) {
        if self.unclosed.contains(&name) {
            return;
        }
        let rest = &self.ad[self.at..];
        let close = rest.match_indices("</").find(|(at, _)| {
            rest[at + 2..]
                .get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
        });
        match close {
            Some((at, _)) => self.at += rest[at..].find('>').map_or(rest.len(), |end| at + end + 1),
            None if matches!(name, "script" | "style") => self.at = self.ad.len(),
            None => self.unclosed.push(name),
        }
    }
}

/// Decodes the entity at the start of `rest`: the character and the bytes that it takes. Feeds often encode twice (`&amp;nbsp;`).
fn decode_entity(rest: &str) -> Option<(char, usize)> {
    let (c, n_bytes) = decode_once(rest)?;
    if c != '&' {
        return Some((c, n_bytes));
    }
    match decode_body(&rest[n_bytes..]) {
        Some((inner, n_inner)) => Some((inner, n_bytes + n_inner)),
        None => Some((c, n_bytes)),
    }
}

/// The character that an entity at the start of `rest` stands for, and the bytes that it takes.
pub(super) fn decode_once(rest: &str) -> Option<(char, usize)> {
    decode_body(rest.strip_prefix('&')?).map(|(c, n_bytes)| (c, n_bytes + 1))
}

/// Decodes what stands between `&` and `;`, both bytes of the semicolon included in the count.
fn decode_body(body: &str) -> Option<(char, usize)> {
    let n_bytes = body
        .bytes()
        .take(12)
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#')
        .count();
    if body.as_bytes().get(n_bytes) != Some(&b';') {
        return None;
    }
    let name = &body[..n_bytes];
    let c = match name.strip_prefix('#') {
        Some(number) => decode_number(number)?,
        None => *ENTITIES.get(name)?,
    };
    Some((c, n_bytes + 1))
}

fn decode_number(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    // Pages in Windows-1252 number their quotes, dashes and bullets from 128 on.
    const WINDOWS_1252: [char; 32] = [
        '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
    ];
    match code {
        0 => None,
        128..=159 => Some(WINDOWS_1252[code as usize - 128]),
        _ => char::from_u32(code),
    }
}
