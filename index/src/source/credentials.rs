//! Which credentials stand in these files? Native JSON lines, in order; a bad line is reported with its number and the others go in.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::native::parse;
use super::report::{FileCount, ReadReport, Rejected};
use crate::error::{IndexError, Result};
use crate::model::credential::Credential;

/// Longest line that is read; a longer one is rejected without being held in memory.
pub const LINE_BYTES_MAX: u64 = 4 << 20;

/// Reads credential files in native JSON lines, in order. A bad line is rejected with its number; the others go in.
///
/// # Errors
/// [`IndexError::Io`] if a file cannot be read. What is wrong with a line is in `report`.
pub fn read(paths: &[PathBuf], report: &mut ReadReport) -> Result<Vec<Credential>> {
    let mut credentials = Vec::new();
    let mut ids = HashSet::new();
    for path in paths {
        let file = File::open(path).map_err(IndexError::io(path))?;
        read_lines(&path.display().to_string(), BufReader::new(file), &mut ids, &mut credentials, report)
            .map_err(IndexError::io(Path::new(path)))?;
    }
    Ok(credentials)
}

/// Reads one source of JSON lines; `ids` holds the ids seen so far.
///
/// # Errors
/// What the reader says.
pub fn read_lines(
    name: &str,
    mut reader: impl BufRead,
    ids: &mut HashSet<String>,
    credentials: &mut Vec<Credential>,
    report: &mut ReadReport,
) -> std::io::Result<()> {
    let mut count = FileCount { file: name.to_owned(), rows: 0, used: 0 };
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        let read = reader.by_ref().take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        line += 1;
        let parsed = if read as u64 > LINE_BYTES_MAX {
            skip_rest_of_line(&mut reader)?;
            Err(format!("line is longer than {LINE_BYTES_MAX} bytes"))
        } else {
            let text = if line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) } else { &bytes };
            if text.trim_ascii().is_empty() {
                continue;
            }
            parse(text).and_then(|credential| {
                if ids.insert(credential.id.clone()) {
                    Ok(credential)
                } else {
                    Err(format!("id {:?} stands here a second time", credential.id))
                }
            })
        };
        count.rows += 1;
        match parsed {
            Ok(credential) => {
                count.used += 1;
                credentials.push(credential);
            }
            Err(reason) => report.rejected.push(Rejected { file: name.to_owned(), line, reason }),
        }
    }
    report.files.push(count);
    Ok(())
}

fn skip_rest_of_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (used, done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(used);
        if done {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_reported_and_the_others_go_in() {
        let text = b"\xef\xbb\xbf{\"id\":\"a\",\"title\":\"x\"}\n\n{bad\n{\"id\":\"a\",\"title\":\"y\"}\n{\"id\":\"b\",\"title\":\"\xff\"}\n{\"id\":\"c\",\"title\":\"z\"}";
        let (mut credentials, mut report) = (Vec::new(), ReadReport::default());
        read_lines("f", &text[..], &mut HashSet::new(), &mut credentials, &mut report).unwrap();
        assert_eq!(credentials.iter().map(|credential| credential.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(report.rejected.iter().map(|rejected| rejected.line).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(report.files, [FileCount { file: "f".into(), rows: 5, used: 2 }]);
    }
}
