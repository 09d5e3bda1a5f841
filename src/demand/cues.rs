//! What do the words around a skill say about it: required or merely welcome, not needed at all, strongly or slightly wanted?
//! Lists of phrases (`cues/*.txt`, ten languages in one list) are found by one automaton each; a cue speaks for its clause.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::ops::Range;
use std::sync::LazyLock;

use super::overlap;
use super::section::Section;

/// Lower-cases text without changing the length of any character, so that byte ranges hold in both.
pub(super) fn fold(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii() {
                return c.to_ascii_lowercase();
            }
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(low), None) if low.len_utf8() == c.len_utf8() => low,
                _ => c,
            }
        })
        .collect()
}

/// A list of phrases, each of a group, found in folded text at word boundaries.
#[derive(Debug)]
pub(super) struct Lexicon<G> {
    /// None only if the list were beyond the automaton's limits, which a test rules out.
    automaton: Option<AhoCorasick>,
    entries: Vec<Entry<G>>,
}

#[derive(Debug)]
struct Entry<G> {
    group: G,
    open_start: bool,
    open_end: bool,
}

/// A phrase found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit<G> {
    pub(super) range: Range<usize>,
    pub(super) group: G,
}

impl<G: Copy> Lexicon<G> {
    /// Reads a list: `[group]` lines, then a phrase a line; `#` begins a comment. A `*` at an end of a phrase lets the word go on there.
    /// Apostrophes are found in both forms. Lines of groups that `group_of` does not know are left out.
    pub(super) fn parse(list: &str, group_of: impl Fn(&str) -> Option<G>) -> Self {
        let mut group = None;
        let mut entries = Vec::new();
        let mut phrases = Vec::new();
        for line in list
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                group = group_of(name);
                continue;
            }
            let Some(group) = group else { continue };
            let phrase = line.trim_matches('*');
            let variants = [
                Some(phrase.to_owned()),
                phrase.contains('\'').then(|| phrase.replace('\'', "’")),
            ];
            for variant in variants.into_iter().flatten() {
                entries.push(Entry {
                    group,
                    open_start: line.starts_with('*'),
                    open_end: line.ends_with('*'),
                });
                phrases.push(fold(&variant));
            }
        }
        // The largest and fastest kind: lists are read once, and every segment goes through several.
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(&phrases)
            .ok();
        Self { automaton, entries }
    }

    /// Finds the phrases in folded text, first to last; one inside a longer one does not count. Cost: linear.
    pub(super) fn hits(&self, folded: &str) -> Vec<Hit<G>> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let mut hits: Vec<Hit<G>> = automaton
            .find_overlapping_iter(folded)
            .filter(|found| {
                let entry = &self.entries[found.pattern().as_usize()];
                (entry.open_start || !joins(folded, found.start()))
                    && (entry.open_end || !joins(folded, found.end()))
            })
            .map(|found| Hit {
                range: found.range(),
                group: self.entries[found.pattern().as_usize()].group,
            })
            .collect();
        hits.sort_by_key(|hit| (hit.range.start, usize::MAX - hit.range.end));
        let mut covered = 0;
        hits.retain(|hit| {
            let inside = hit.range.end <= covered;
            covered = covered.max(hit.range.end);
            !inside
        });
        hits
    }
}

/// Whether a word goes on across byte `at`.
fn joins(text: &str, at: usize) -> bool {
    let before = text[..at]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric);
    let after = text[at..].chars().next().is_some_and(char::is_alphanumeric);
    before && after
}

/// Whether the ad insists on a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Requirement {
    /// Asked for.
    Essential,
    /// Welcome, not asked for.
    Optional,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    Essential,
    /// Speaks for what follows ("ideally ...").
    OptionalLead,
    /// Speaks for what precedes ("... is a plus").
    OptionalTrail,
    /// "without experience", "no previous knowledge": whole by itself, speaks for what follows.
    NegatedLead,
    /// "... is not required".
    NegatedTrail,
    /// "no", "keine": negates what stands between it and a `Need`.
    Negator,
    Need,
    /// Looks like a negator and is none: "not only".
    Ignored,
    /// Begins a new clause: "but", "aber".
    Turn,
    And,
    High,
    Low,
}

static CUES: LazyLock<Lexicon<Cue>> =
    LazyLock::new(|| Lexicon::parse(include_str!("cues/modality.txt"), cue_of));

fn cue_of(name: &str) -> Option<Cue> {
    Some(match name {
        "essential" => Cue::Essential,
        "optional lead" => Cue::OptionalLead,
        "optional trail" => Cue::OptionalTrail,
        "negated lead" => Cue::NegatedLead,
        "negated trail" => Cue::NegatedTrail,
        "negator" => Cue::Negator,
        "need" => Cue::Need,
        "ignored" => Cue::Ignored,
        "turn" => Cue::Turn,
        "and" => Cue::And,
        "high" => Cue::High,
        "low" => Cue::Low,
        _ => return None,
    })
}

/// What the cues of one text say. Words for a person are blanked byte by byte, so places hold with and without.
#[derive(Debug)]
pub(super) struct Cues {
    /// Whether the whole text is essential or optional: its section, unless words in it say otherwise for most of it.
    pub(super) requirement: Requirement,
    /// The clauses that a cue such as "is a plus" makes optional, in order, cue included.
    pub(super) optional: Vec<Range<usize>>,
    /// The clauses that say that something is not needed ("no experience required"), in order, cue included.
    pub(super) negated: Vec<Range<usize>>,
    /// How strongly the text wants what it names: 1 for "excellent", 0.5 for "some", between for the mean of several; 0.8 without a cue.
    pub(super) emphasis: f64,
}

impl Cues {
    /// Finds the cues of a text. Cost: linear.
    pub(super) fn of(text: &str, section: Section) -> Self {
        let folded = fold(text);
        let hits = CUES.hits(&folded);
        let optional = optional_ranges(&folded, &hits);
        Self {
            requirement: requirement_of(text.len(), &hits, &optional, section),
            negated: negated_ranges(&folded, &hits),
            emphasis: emphasis(&hits),
            optional,
        }
    }

    /// Whether what stands at a place is not needed.
    pub(super) fn negates(&self, range: &Range<usize>) -> bool {
        self.negated.iter().any(|negated| overlap(negated, range))
    }

    /// Whether what stands at a place is essential or optional.
    pub(super) fn requirement_at(&self, range: &Range<usize>) -> Requirement {
        if self
            .optional
            .iter()
            .any(|optional| overlap(optional, range))
        {
            Requirement::Optional
        } else {
            self.requirement
        }
    }
}

fn requirement_of(
    n_bytes: usize,
    hits: &[Hit<Cue>],
    optional: &[Range<usize>],
    section: Section,
) -> Requirement {
    let optional_bytes: usize = optional.iter().map(Range::len).sum();
    let essential = || hits.iter().any(|hit| hit.group == Cue::Essential);
    match section {
        Section::NiceToHave if optional_bytes > 0 || !essential() => Requirement::Optional,
        _ if optional_bytes * 5 >= n_bytes * 4 && optional_bytes > 0 => Requirement::Optional,
        _ => Requirement::Essential,
    }
}

fn optional_ranges(folded: &str, hits: &[Hit<Cue>]) -> Vec<Range<usize>> {
    let ranges = hits
        .iter()
        .enumerate()
        .filter_map(|(at, hit)| match hit.group {
            Cue::OptionalLead => Some(reach(folded, hits, at, Direction::After)),
            Cue::OptionalTrail => Some(reach(folded, hits, at, Direction::Before)),
            _ => None,
        });
    merged(ranges.collect())
}

fn negated_ranges(folded: &str, hits: &[Hit<Cue>]) -> Vec<Range<usize>> {
    let clauses = hits
        .iter()
        .enumerate()
        .filter_map(|(at, hit)| match hit.group {
            Cue::NegatedLead => Some(reach(folded, hits, at, Direction::After)),
            Cue::NegatedTrail => Some(reach(folded, hits, at, Direction::Before)),
            _ => None,
        });
    let negated_needs = hits
        .iter()
        .enumerate()
        .filter_map(|(at, hit)| match hit.group {
            Cue::Negator | Cue::NegatedLead => negated_until_need(folded, hits, at),
            _ => None,
        });
    merged(clauses.chain(negated_needs).collect())
}

fn emphasis(hits: &[Hit<Cue>]) -> f64 {
    let weight = |hit: &Hit<Cue>| match hit.group {
        Cue::High => Some(1.0),
        Cue::Low => Some(0.5),
        _ => None,
    };
    let weights: Vec<f64> = hits.iter().filter_map(weight).collect();
    if weights.is_empty() {
        0.8
    } else {
        weights.iter().sum::<f64>() / weights.len() as f64
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Before,
    After,
}

/// The clause that the cue `hits[at]` speaks for. A cue that begins its clause speaks for what follows and one that ends it for what
/// precedes; `preferred` decides for a cue in the middle.
fn reach(folded: &str, hits: &[Hit<Cue>], at: usize, preferred: Direction) -> Range<usize> {
    let cue = &hits[at].range;
    let clause = clause_around(folded, hits, at);
    let is_empty = |text: &str| !text.chars().any(char::is_alphanumeric);
    let direction = match (
        is_empty(&folded[clause.start..cue.start]),
        is_empty(&folded[cue.end..clause.end]),
    ) {
        (true, false) => Direction::After,
        (false, true) => Direction::Before,
        _ => preferred,
    };
    let (start, end) = match direction {
        Direction::After => (cue.start, clause.end),
        Direction::Before => (list_start(folded, hits, clause.start, cue.start), cue.end),
    };
    let start = start
        + (folded[start..end].len() - folded[start..end].trim_start_matches([' ', ',']).len());
    start..start + folded[start..end].trim_end().len()
}

/// From the sign or word that begins a clause before the cue to the one that ends it: `;`, `.`, brackets, "but", another cue.
fn clause_around(folded: &str, hits: &[Hit<Cue>], at: usize) -> Range<usize> {
    let cue = &hits[at].range;
    let in_brackets = folded[..cue.start].trim_end().ends_with('(');
    let before = &folded[..cue.start];
    let opening = if in_brackets {
        before.rfind('(').unwrap_or(0)
    } else {
        before.len()
    };
    let mut start = clause_end(&before[..opening], true);
    let after = &folded[cue.end..];
    let mut end = cue.end + clause_end(after, false);
    for hit in &hits[..at] {
        let bounds = hit.group == Cue::Turn || is_verdict(hit.group);
        start = if bounds && hit.range.end <= cue.start {
            start.max(hit.range.end)
        } else {
            start
        };
    }
    for hit in hits[at + 1..]
        .iter()
        .filter(|hit| hit.range.start >= cue.end)
    {
        let bound = match hit.group {
            Cue::Turn => hit.range.start,
            group if is_verdict(group) => {
                cue.end
                    + after[..hit.range.start - cue.end]
                        .rfind([',', ' '])
                        .unwrap_or(0)
            }
            _ => continue,
        };
        end = end.min(bound);
    }
    start..end.max(cue.end)
}

fn is_verdict(cue: Cue) -> bool {
    matches!(
        cue,
        Cue::Essential | Cue::OptionalTrail | Cue::OptionalLead | Cue::NegatedTrail
    )
}

/// Byte where a clause ends in `text`, read forwards, or begins, read `backwards`.
fn clause_end(text: &str, backwards: bool) -> usize {
    let ends = |&(at, c): &(usize, char)| match c {
        ';' | '!' | '?' | '(' | ')' | '•' | '–' => true,
        '.' => text[at + 1..].is_empty() || text[at + 1..].starts_with(' '),
        _ => false,
    };
    match backwards {
        true => text
            .char_indices()
            .rev()
            .find(ends)
            .map_or(0, |(at, c)| at + c.len_utf8()),
        false => text
            .char_indices()
            .find(ends)
            .map_or(text.len(), |(at, _)| at),
    }
}

/// Where, between the start of a clause and a cue after it, begins what the cue speaks for. "A, B and C is a plus" is one list;
/// in "A, B is a plus" and in "A and B, C is a plus" the cue speaks for what follows the last comma only.
fn list_start(folded: &str, hits: &[Hit<Cue>], start: usize, cue: usize) -> usize {
    let Some(comma) = folded[start..cue]
        .trim_end_matches([' ', ','])
        .rfind(", ")
        .map(|at| start + at)
    else {
        return start;
    };
    let has_and = |range: Range<usize>| {
        hits.iter().any(|hit| {
            hit.group == Cue::And && range.start <= hit.range.start && hit.range.end <= range.end
        })
    };
    if has_and(comma..cue) && !has_and(start..comma) {
        start
    } else {
        comma
    }
}

/// "no … needed" within one clause and 80 bytes: what stands between.
fn negated_until_need(folded: &str, hits: &[Hit<Cue>], at: usize) -> Option<Range<usize>> {
    let start = hits[at].range.start;
    let need = hits[at + 1..]
        .iter()
        .take_while(|hit| hit.group != Cue::Turn)
        .find(|hit| hit.group == Cue::Need || hit.group == Cue::Essential)?;
    let between = folded.get(hits[at].range.end..need.range.start)?;
    let near = between.len() <= 80
        && clause_end(between, false) == between.len()
        && !between.contains(", ");
    near.then_some(start..need.range.end)
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
