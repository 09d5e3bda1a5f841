//! What of the input could not be used, or only in part, and where does it stand? Each kind of fault is told once a file, however many rows have it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// Longest reason; one that quotes more of the input is cut.
pub const REASON_BYTES_MAX: usize = 1_000;

/// One row of the input that was left out, with its place and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// File, with the entry's name after `!` where it lies in a zip.
    pub file: String,
    /// Line, counted from 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// What is wrong, lower case.
    pub reason: String,
}

/// How many rows of one file were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCount {
    /// File, with the entry's name after `!` where it lies in a zip.
    pub file: String,
    /// Rows read, without the header.
    pub rows: u64,
    /// Rows used; the others are in [`ReadReport::rejected`].
    pub used: u64,
}

/// What was read, and what was rejected. Every row is either used or rejected.
#[derive(Debug, Default)]
pub struct ReadReport {
    /// Files in the order in which they were read.
    pub files: Vec<FileCount>,
    /// Rejected rows in the order in which they were met.
    pub rejected: Vec<Rejected>,
    /// Values of used rows that are in doubt, by kind.
    pub doubts: Faults,
    /// Where every doubt is written to.
    pub list: Option<List>,
}

impl ReadReport {
    /// Notes that a value of a used row is in doubt.
    pub fn doubt(&mut self, file: &str, line: u64, field: &str, reason: &str) {
        self.doubts.add(file, line, field, reason);
        if let Some(list) = &mut self.list {
            list.add(&["doubt", file, &line.to_string(), field, reason]);
        }
    }

    /// Ends the list, with the rejected rows.
    ///
    /// # Errors
    /// What writing says.
    pub fn end_list(&mut self) -> io::Result<()> {
        let Some(mut list) = self.list.take() else {
            return Ok(());
        };
        for Rejected { file, line, reason } in &self.rejected {
            list.add(&["rejected", file, &line.to_string(), "", reason]);
        }
        list.failed.map_or_else(|| list.to.flush(), Err)
    }
}

/// A file that lists faults: a line each, with tabs between what, file, line, field and reason.
#[derive(Debug)]
pub struct List {
    to: BufWriter<File>,
    failed: Option<io::Error>,
}

impl List {
    /// Writes to a new file.
    ///
    /// # Errors
    /// That it cannot be made.
    pub fn create(path: &std::path::Path) -> io::Result<Self> {
        let (to, failed) = (BufWriter::new(File::create(path)?), None);
        Ok(Self { to, failed })
    }

    fn add(&mut self, cells: &[&str]) {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| printable(cell)).collect();
        let written = writeln!(self.to, "{}", cells.join("\t"));
        self.failed = self.failed.take().or(written.err());
    }
}

/// Most kinds of faults that are told apart, and most places and examples of one.
const KINDS_MAX: usize = 1_000;
const SHOWN_MAX: usize = 3;

/// Faults by kind: those of one file that differ in nothing but what they quote, and in numbers.
#[derive(Debug, Default)]
pub struct Faults {
    kinds: Vec<FaultKind>,
    places: HashMap<(String, String), usize>,
}

/// One kind of fault in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultKind {
    /// The file.
    pub file: String,
    /// The field; empty where the row as a whole is meant.
    pub field: String,
    /// What is wrong, as it is said of the first.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// The first lines, where these are known.
    pub lines: Vec<u64>,
    /// Some of the values as stated.
    pub stated: Vec<String>,
}

impl Faults {
    /// Adds a fault; `stated as "…": ` before a reason is an example of it.
    pub fn add(&mut self, file: &str, line: u64, field: &str, reason: &str) {
        let (stated, reason) = match reason
            .strip_prefix("stated as ")
            .and_then(|rest| rest.split_once("\": "))
        {
            Some((stated, why)) => (Some(format!("{stated}\"")), why),
            None => (None, reason),
        };
        let kind = format!("{}: {}", pattern(field), pattern(reason));
        let n_kinds = self.kinds.len();
        let at = match self.places.get(&(file.to_owned(), kind.clone())) {
            Some(at) => *at,
            // A file of which every fault is another one is another kind of file.
            None if n_kinds >= KINDS_MAX => n_kinds - 1,
            None => {
                self.places.insert((file.to_owned(), kind), n_kinds);
                self.kinds.push(FaultKind {
                    file: file.to_owned(),
                    field: field.to_owned(),
                    reason: reason.to_owned(),
                    count: 0,
                    lines: Vec::new(),
                    stated: Vec::new(),
                });
                n_kinds
            }
        };
        let kind = &mut self.kinds[at];
        kind.count += 1;
        if kind.lines.len() < SHOWN_MAX && line > 0 && !kind.lines.contains(&line) {
            kind.lines.push(line);
        }
        if let Some(stated) = stated
            && kind.stated.len() < SHOWN_MAX
            && !kind.stated.contains(&stated)
        {
            kind.stated.push(stated);
        }
    }

    /// All kinds, in the order in which they were met.
    pub fn kinds(&self) -> &[FaultKind] {
        &self.kinds
    }

    /// How many faults in all.
    pub fn count(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.count).sum()
    }
}

/// A reason without what it quotes and without numbers.
fn pattern(reason: &str) -> String {
    let (mut kept, mut quote) = (String::with_capacity(reason.len()), None);
    for c in reason.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c.is_ascii_digit() => {
                if !kept.ends_with('#') {
                    kept.push('#');
                }
            }
            None => kept.push(c),
        }
    }
    kept
}

impl From<&[Rejected]> for Faults {
    fn from(rejected: &[Rejected]) -> Self {
        let mut faults = Self::default();
        for Rejected { file, line, reason } in rejected {
            faults.add(file, *line, "", reason);
        }
        faults
    }
}

impl std::fmt::Display for FaultKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (file, reason) = (printable(&self.file), printable(&self.reason));
        match (self.count, self.lines.as_slice()) {
            (1, [line]) => write!(f, "{file}:{line}: ")?,
            (1, _) => write!(f, "{file}: ")?,
            (count, _) => write!(f, "{file}: {count} times: ")?,
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        if !self.stated.is_empty() {
            write!(f, "{}: ", printable(&self.stated.join(", ")))?;
        }
        write!(f, "{reason}")?;
        if self.count > 1 && !self.lines.is_empty() {
            let lines: Vec<String> = self.lines.iter().map(u64::to_string).collect();
            let more = if self.count > lines.len() as u64 {
                ", …"
            } else {
                ""
            };
            write!(f, " (lines {}{more})", lines.join(", "))?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (file, reason) = (printable(&self.file), printable(&self.reason));
        match self.line {
            0 => write!(f, "{file}: {reason}"),
            line => write!(f, "{file}:{line}: {reason}"),
        }
    }
}

/// A text from outside for a terminal: what would steer it (control characters, and those that change the direction of writing) is spelled out.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut printed = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            printed.extend(c.escape_default());
        } else {
            printed.push(c);
        }
    }
    Cow::Owned(printed)
}

/// A reason, cut where it quotes too much of the input.
pub fn short(mut reason: String) -> String {
    if reason.len() > REASON_BYTES_MAX {
        reason.truncate(reason.floor_char_boundary(REASON_BYTES_MAX));
        reason.push('…');
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_fault_is_told_once_with_its_count_first_lines_and_examples() {
        let mut faults = Faults::default();
        for (line, value) in [(2, "Grmany"), (5, "Untied \"K"), (9, "Grmany"), (12, "x")] {
            let reason = format!("stated as {value:?}: is no country");
            faults.add("a.csv", line, &format!("offers[{line}].country"), &reason);
        }
        faults.add("a.csv", 3, "", "id \"x\" stands here a second time");
        faults.add("b.csv", 0, "", "is no \u{1b}table");
        let lines: Vec<String> = faults.kinds().iter().map(FaultKind::to_string).collect();
        assert_eq!(
            lines,
            [
                "a.csv: 4 times: offers[2].country: \"Grmany\", \"Untied \\\"K\", \"x\": is no country (lines 2, 5, 9, …)",
                "a.csv:3: id \"x\" stands here a second time",
                "b.csv: is no \\u{1b}table",
            ]
        );
        assert_eq!(faults.count(), 6);
    }

    #[test]
    fn the_kinds_of_faults_are_bounded_and_all_are_counted() {
        let mut faults = Faults::default();
        for word in 0..5_000_u32 {
            let letters: String = format!("{word:05}")
                .bytes()
                .map(|b| (b + 49) as char)
                .collect();
            faults.add("f", 1, "", &letters);
        }
        assert_eq!((faults.kinds().len(), faults.count()), (KINDS_MAX, 5_000));
    }

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(printable("Zoë, \"A1\""), "Zoë, \"A1\"");
        assert_eq!(printable("a\u{1b}[2J\u{9b}b\n"), "a\\u{1b}[2J\\u{9b}b\\n");
        assert_eq!(printable("\u{202e}txt"), "\\u{202e}txt");
        let rejected = Rejected {
            file: "a.zip!\u{1b}]0;x\u{7}".into(),
            line: 0,
            reason: "no\r".into(),
        };
        assert_eq!(rejected.to_string(), "a.zip!\\u{1b}]0;x\\u{7}: no\\r");
    }
}
