//! Heading: a line that opens a section, by its words and by how it looks.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::lead_in::led_in;
use super::lexicon::{Cue, List, Marks, lower, phrases};
use super::section::Section;

/// How a line looks, which decides how much it takes for it to be a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `<h2>`, or `##`.
    Markup,
    /// All letters bold.
    Bold,
    /// Plain text in its own line.
    Plain,
    /// A bullet.
    Bullet,
}

/// Longest text, in bytes and words, that can be a heading.
const HEADING_BYTES_MAX: usize = 90;
const HEADING_WORDS_MAX: usize = 10;

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) shape: Shape,
    /// Whether a blank line or a block tag comes before.
    pub(super) after_gap: bool,
    /// Whether a bullet comes next.
    pub(super) before_list: bool,
    /// The section that it stands in; it goes on under a sub-heading that no list knows.
    pub(super) section: Section,
}

/// Tells which section the line opens if it is a heading.
pub(super) fn opened_by(text: &str, place: Place) -> Option<Section> {
    let Place {
        shape,
        after_gap,
        before_list,
        section: current,
    } = place;
    let n_words = text.split(' ').count();
    if text.len() > HEADING_BYTES_MAX
        || n_words > HEADING_WORDS_MAX
        || text.ends_with(['.', ';', ','])
    {
        return None;
    }
    let lower = lower(text);
    let colon = text.ends_with(':');
    let led_in = || led_in(text).filter(|_| shape != Shape::Bullet || colon);
    let exact = section_of(&lower).or_else(led_in).or_else(|| {
        let leads = shape != Shape::Bullet && (colon || before_list || shape != Shape::Plain);
        leads.then(|| asked_after(&lower)).flatten()
    });
    let capitals = is_in_capitals(text);
    match shape {
        Shape::Bullet => {
            exact.filter(|&known| colon || capitals || n_words >= 2 && known != Section::Unknown)
        }
        Shape::Markup | Shape::Bold => Some(
            exact
                .or_else(|| section_inside(&lower))
                .unwrap_or(Section::Unknown),
        ),
        Shape::Plain if colon || capitals && n_words <= 6 => {
            let known = exact.or_else(|| section_inside(&lower).filter(|_| n_words <= 7));
            let unknown = || {
                if current.asks() {
                    current
                } else {
                    Section::Unknown
                }
            };
            let heading_like = if colon {
                n_words <= 4
            } else {
                n_words >= 2 && after_gap
            };
            known.or_else(|| heading_like.then(unknown))
        }
        Shape::Plain => exact,
    }
}

/// The section that a line's part before its colon opens, and the byte after the colon: "Requirements: a driving licence". Of a bullet only what is not asked.
pub(super) fn opened_before_colon(text: &str, shape: Shape) -> Option<(Section, usize)> {
    let colon = text.find(": ").filter(|&at| at <= 50)?;
    let head = &text[..colon];
    let opens = |section: &Section| shape != Shape::Bullet || *section == Section::NotAsked;
    let section = section_of(&lower(head))
        .or_else(|| led_in(head))
        .filter(opens)?;
    (section != Section::Unknown).then_some((section, colon + 1))
}

/// The section that a line opens by its words alone; `lower` is in lower case.
pub(super) fn section_of(lower: &str) -> Option<Section> {
    HEADINGS
        .get(bare(lower))
        .copied()
        .filter(|_| lower.len() <= HEADING_BYTES_MAX)
}

/// Headings by their words, in lower case.
static HEADINGS: LazyLock<FxHashMap<String, Section>> = LazyLock::new(|| {
    let sections = phrases(List::Headings).filter_map(|(phrase, cue)| match cue {
        Cue::Heading { section, .. } => Some((phrase, section)),
        _ => None,
    });
    sections.collect()
});

/// What a lead-in to a list asserts of what is listed, by the words that it ends with: *It would be a plus, but is not required:*.
fn asked_after(lower: &str) -> Option<Section> {
    let marks = Marks::of(lower);
    let marks = marks.list(List::Modality);
    let last = marks
        .last()
        .filter(|last| bare(&lower[last.range.end..]).is_empty())?;
    let has = |cues: &[Cue]| marks.iter().any(|mark| cues.contains(&mark.cue));
    match last.cue {
        _ if has(&[Cue::OptionalLead, Cue::OptionalTrail]) => Some(Section::NiceToHave),
        Cue::NegatedLead | Cue::NegatedTrail => Some(Section::NotAsked),
        Cue::Negator if has(&[Cue::Need, Cue::Essential]) => Some(Section::NotAsked),
        _ => None,
    }
}

/// The section of the longest phrase inside a line.
fn section_inside(lower: &str) -> Option<Section> {
    let marks = Marks::of(lower);
    let inside = marks
        .list(List::Headings)
        .iter()
        .filter_map(|mark| match mark.cue {
            Cue::Heading {
                section,
                alone: false,
            } => Some((mark.range.len(), section)),
            _ => None,
        });
    inside
        .max_by_key(|(n_bytes, _)| *n_bytes)
        .map(|(_, section)| section)
}

/// The heading without its signs: emoji, colons, dashes, a placeholder for the employer's name.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_in_capitals(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 5 && text.chars().all(|c| !c.is_lowercase()) && text.chars().any(char::is_uppercase)
}
