//! Several things in one cell: entries of a list, codes and names, skills.

use super::cell::{Cell, language};
use super::names;
use crate::check::{is_country, is_day};
use crate::native;
use crate::shape::Field;

/// Signs that stand before the entries of a list.
const BULLETS: [char; 6] = ['-', '\u{2022}', '*', '\u{b7}', '\u{2013}', '\u{25aa}'];

/// The entries of a list: by `|`, line feeds and what the mapping says, without bullets.
pub(super) fn entries(cells: &[Cell], split: Option<&str>) -> Vec<String> {
    let words = Cell::List(cells.to_vec()).words();
    let pieces: Vec<&str> = match split {
        Some(split) if !split.is_empty() => words.split(split).collect(),
        _ => vec![&words],
    };
    let lines = pieces
        .iter()
        .flat_map(|piece| piece.split(['|', '\n', '\r']));
    let lines = lines.map(|line| line.trim().trim_start_matches(BULLETS).trim());
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The codes or names of a list: by commas, semicolons, slashes and the word before the last as well.
pub(super) fn codes(cells: &[Cell], field: &Field, split: Option<&str>) -> Vec<String> {
    let is_whole = |text: &str| match field.name {
        "languages" => language(text).is_some(),
        name if is_country(name) => names::country(text).is_some(),
        // One year is that of one day, whatever commas and slashes it is written with.
        name if is_day(name) => {
            let numbers = text.split(|c: char| !c.is_ascii_digit());
            numbers.filter(|number| number.len() == 4).count() == 1
        }
        _ => false,
    };
    let mut codes = Vec::new();
    for entry in entries(cells, split) {
        if is_whole(&entry) {
            codes.push(entry);
            continue;
        }
        let is_day = is_day(field.name);
        let pieces = entry.split(|c: char| matches!(c, ',' | ';') || c == '/' && !is_day);
        for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
            let words: Vec<&str> = piece.split_whitespace().collect();
            let starts_with_and = words.len() > 1 && names::is_and(words[0]);
            let piece = if starts_with_and {
                words[1..].join(" ")
            } else {
                piece.to_owned()
            };
            let and = piece
                .split_whitespace()
                .position(names::is_and)
                .filter(|at| *at > 0 && !is_whole(&piece) && !is_day);
            match and {
                Some(at) => {
                    let words: Vec<&str> = piece.split_whitespace().collect();
                    codes.extend([words[..at].join(" "), words[at + 1..].join(" ")]);
                }
                None => codes.push(piece),
            }
        }
    }
    codes.retain(|code| !code.is_empty());
    codes
}

/// The skills of a cell: URIs and ids by whatever stands between them, words by commas and semicolons.
pub(super) fn skills(cells: &[Cell]) -> Vec<String> {
    let mut skills = Vec::new();
    for entry in entries(cells, None) {
        for piece in entry
            .split([',', ';'])
            .map(str::trim)
            .filter(|piece| !piece.is_empty())
        {
            let is_one = |word: &str| native::is_address(word) || native::skill_uri(word).is_some();
            let words: Vec<&str> = piece.split_whitespace().collect();
            match words.iter().any(|word| is_one(word)) {
                true => skills.extend(
                    words
                        .into_iter()
                        .filter(|word| is_one(word))
                        .map(str::to_owned),
                ),
                false => skills.push(piece.to_owned()),
            }
        }
    }
    skills
}
