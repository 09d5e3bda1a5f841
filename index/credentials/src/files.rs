//! Which credentials stand in these files? Any of the standards, native JSON lines or CSV, told apart by their content; a bad record is reported with
//! its place and the others go in.
//!
//! The one idea: what comes in records (lines, an array, rows) is read record by record, so that a file of any size needs the memory of a few of them.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::baked::PICTURE_BYTES_MAX;
use super::form::{BYTE_ORDER_MARK, Form, SNIFFED_BYTES, may_be_table, peek, reopen, spool};
use super::found::Found;
use super::pieces::{Open, Source, in_memory};
use super::table::mapping::Mapping;
use super::table::{json, sheet};
use super::{array, day, documents, encoding, lines, table};
use crate::credential::{Credential, Doubt, text_of};
use skillgap_esco::error::{DataError, Result};
use skillgap_esco::report::{FileCount, ReadReport, Rejected, short};
use skillgap_esco::table::LineFeeds;

pub use super::documents::DOCUMENT_BYTES_MAX;
pub use super::pieces::PIECE_BYTES_MAX;

/// Deepest folder within a folder.
const FOLDER_DEPTH_MAX: usize = 16;

/// Takes a record, or says why not.
pub type Sink<'a> = &'a mut dyn FnMut(Credential) -> std::result::Result<(), String>;

/// Ids that were seen, 16 bytes of a hash each, which two ids never share by chance.
#[derive(Default)]
pub struct Ids(HashSet<[u8; 16]>);

impl Ids {
    /// Notes an id.
    ///
    /// # Errors
    /// That it was seen before.
    pub fn take(&mut self, id: &str) -> std::result::Result<(), String> {
        let mut hash = [0; 16];
        hash.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..16]);
        if self.0.insert(hash) {
            Ok(())
        } else {
            Err(format!("id {id:?} stands here a second time"))
        }
    }
}

/// Reads credential files and folders of them, in order. A bad record is rejected with its place; the others go in. An id may stand there once.
///
/// # Errors
/// [`DataError::Io`] if a file cannot be read. What is wrong with a record is in `report`.
pub fn read(paths: &[PathBuf], report: &mut ReadReport) -> Result<Vec<Credential>> {
    read_mapped(paths, &[], report)
}

/// As [`read`], with mappings.
///
/// # Errors
/// As [`read`].
pub fn read_mapped(
    paths: &[PathBuf],
    mappings: &[Mapping],
    report: &mut ReadReport,
) -> Result<Vec<Credential>> {
    let (mut credentials, mut ids) = (Vec::new(), Ids::default());
    for_each_mapped(paths, mappings, day::today(), report, &mut |credential| {
        ids.take(&credential.id)?;
        credentials.push(credential);
        Ok(())
    })?;
    Ok(credentials)
}

/// Hands each record of files and folders to `sink`, in memory that does not grow with a file: its records are never held, of nodes that refer to each other only
/// where they lie (some 16 bytes each). Awards that expired before `today` (days since
/// 1970-01-01) are rejected, since they say nothing of what is offered.
///
/// # Errors
/// As [`read`].
pub fn for_each(
    paths: &[PathBuf],
    today: i64,
    report: &mut ReadReport,
    sink: Sink<'_>,
) -> Result<()> {
    for_each_mapped(paths, &[], today, report, sink)
}

/// As [`for_each`]; tables, and JSON, that the first fitting one of some mappings is for are read as it says.
///
/// # Errors
/// As [`read`].
pub fn for_each_mapped(
    paths: &[PathBuf],
    mappings: &[Mapping],
    today: i64,
    report: &mut ReadReport,
    sink: Sink<'_>,
) -> Result<()> {
    for path in paths {
        let mut files = Vec::new();
        list(path, &mut Vec::new(), &mut files, report)?;
        for file in files {
            let opened = File::open(&file).map_err(DataError::io(&file))?;
            // A pipe can be read only once.
            let is_file = opened.metadata().is_ok_and(|metadata| metadata.is_file());
            let open = || Ok(Box::new(File::open(&file)?) as Box<dyn Source>);
            let open: Option<Open<'_>> = if is_file { Some(&open) } else { None };
            let name = file.display().to_string();
            let mapping = mappings.iter().find(|mapping| mapping.is_for(&name));
            let mut taker = Taker::new(&name, mapping, today, report, sink);
            read_source(opened, open, &mut taker).map_err(DataError::io(&file))?;
            taker.end();
        }
    }
    Ok(())
}

/// Reads one source of native JSON lines; `ids` holds the ids seen so far.
///
/// # Errors
/// What the reader says.
pub fn read_lines(
    name: &str,
    reader: impl Read,
    ids: &mut Ids,
    credentials: &mut Vec<Credential>,
    report: &mut ReadReport,
) -> std::io::Result<()> {
    read_one(name, reader, day::today(), report, &mut |credential| {
        ids.take(&credential.id)?;
        credentials.push(credential);
        Ok(())
    })
}

/// Hands each record of one source to `sink`. What cannot be used is in `report`, with `name` and its line or JSON path. A document that is one whole is held
/// in memory as it is read, up to [`DOCUMENT_BYTES_MAX`].
///
/// # Errors
/// What the reader says.
pub fn read_one(
    name: &str,
    input: impl Read,
    today: i64,
    report: &mut ReadReport,
    sink: Sink<'_>,
) -> std::io::Result<()> {
    read_one_mapped(name, input, None, today, report, sink)
}

/// As [`read_one`], with a mapping.
///
/// # Errors
/// What the reader says.
pub fn read_one_mapped(
    name: &str,
    input: impl Read,
    mapping: Option<&Mapping>,
    today: i64,
    report: &mut ReadReport,
    sink: Sink<'_>,
) -> std::io::Result<()> {
    let mut taker = Taker::new(name, mapping, today, report, sink);
    read_source(input, None, &mut taker)?;
    taker.end();
    Ok(())
}

/// As [`read_one`]; with `open` the same can be read as often as needed.
fn read_source(
    input: impl Read,
    open: Option<Open<'_>>,
    taker: &mut Taker<'_, '_>,
) -> std::io::Result<()> {
    let mut input = BufReader::with_capacity(SNIFFED_BYTES, input);
    let beginning = peek(&mut input)?;
    match encoding::declared(beginning) {
        Ok(Some(encoding)) => read_encoded(input, encoding, taker),
        Ok(None) if may_be_table(beginning) => match open {
            Some(open) => read_text(open, taker),
            None => {
                let spooled = spool(input)?;
                read_text(&|| reopen(&spooled), taker)
            }
        },
        Ok(None) => read_utf8(input, open, taker),
        Err(reason) => {
            taker.take(0, Err(reason));
            Ok(())
        }
    }
}

/// As [`read_source`], of a text that may be in an encoding that it does not declare.
fn read_text(open: Open<'_>, taker: &mut Taker<'_, '_>) -> std::io::Result<()> {
    let encoding = encoding::detected(open()?)?;
    let Some(encoding) = encoding else {
        let input = BufReader::with_capacity(SNIFFED_BYTES, open()?);
        return read_utf8(input, Some(open), taker);
    };
    let why = match encoding == encoding_rs::UTF_8 {
        true => "holds bytes that are no UTF-8; the values that hold them are left out".to_owned(),
        false => format!(
            "is no UTF-8 and does not say what it is; it is read as {}",
            encoding.name()
        ),
    };
    taker.found(Found::note(0, why));
    let file = encoding::as_lossy_utf8(open()?, encoding)?;
    let input = BufReader::with_capacity(SNIFFED_BYTES, reopen(&file)?);
    read_utf8(input, Some(&|| reopen(&file)), taker)
}

/// As [`read_source`], of what is in another encoding than UTF-8.
fn read_encoded(
    input: BufReader<impl Read>,
    encoding: &'static encoding_rs::Encoding,
    taker: &mut Taker<'_, '_>,
) -> std::io::Result<()> {
    match encoding::as_utf8(input, encoding)? {
        Ok(file) => {
            let input = BufReader::with_capacity(SNIFFED_BYTES, reopen(&file)?);
            read_utf8(input, Some(&|| reopen(&file)), taker)
        }
        Err(reason) => {
            taker.take(0, Err(reason));
            Ok(())
        }
    }
}

/// As [`read_source`], of what is UTF-8.
fn read_utf8(
    mut input: BufReader<impl Read>,
    open: Option<Open<'_>>,
    taker: &mut Taker<'_, '_>,
) -> std::io::Result<()> {
    if peek(&mut input)?.starts_with(BYTE_ORDER_MARK) {
        input.consume(BYTE_ORDER_MARK.len());
    }
    let (name, mapping) = (taker.name, taker.mapping);
    let form = Form::of(peek(&mut input)?, mapping);
    let is_mapped = mapping.is_some() && form.as_json().is_some();
    let is_read_twice = matches!(form, Form::Table(_) | Form::Sheet) || is_mapped;
    if let (true, None) = (is_read_twice, open) {
        let spooled = spool(input)?;
        let input = BufReader::with_capacity(SNIFFED_BYTES, reopen(&spooled)?);
        return read_utf8(input, Some(&|| reopen(&spooled)), taker);
    }
    let mut take = |found: Found| {
        taker.found(found);
        true
    };
    match (form, open) {
        (Form::Empty, _) => Ok(()),
        (form, Some(open)) if let (Some(form), Some(mapping)) = (form.as_json(), mapping) => {
            json::read(open, name, form, mapping, &mut take)
        }
        (Form::Lines, _) => lines::read(BufReader::new(LineFeeds::new(input)), &mut take),
        (Form::Array, _) => array::read(input, &mut take),
        (Form::Table(separator), Some(open)) => {
            table::read(open, name, separator, mapping, &mut take)
        }
        (Form::Sheet, Some(open)) => sheet::read(open, name, mapping, &mut take),
        (Form::Json, Some(open)) => documents::read_json(open, &mut take),
        (Form::Xml, Some(open)) => documents::read_xml(open, &mut take),
        (Form::Picture, _) => {
            let mut picture = Vec::new();
            input
                .take(PICTURE_BYTES_MAX as u64 + 1)
                .read_to_end(&mut picture)?;
            documents::read_picture(&picture, &mut take);
            Ok(())
        }
        (Form::Json | Form::Xml, None) => {
            let mut bytes = Vec::new();
            input.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 <= DOCUMENT_BYTES_MAX {
                let input = BufReader::with_capacity(SNIFFED_BYTES, &bytes[..]);
                return read_utf8(input, Some(&in_memory(&bytes)), taker);
            }
            let reason = format!(
                "is one document of more than {DOCUMENT_BYTES_MAX} bytes that can be read only once; give it as a file"
            );
            taker.take(0, Err(reason));
            Ok(())
        }
        (Form::Unknown | Form::Table(_) | Form::Sheet, _) => {
            let reason = "is none of: JSON, JSON lines, a token (JWT), XML, a spreadsheet (.xlsx), CSV with the columns id and title; of a table with other columns, and of JSON of another shape, a mapping says which is which (skillgap index --suggest-mapping FILE)";
            taker.take(0, Err(reason.to_owned()));
            Ok(())
        }
    }
}

/// Takes the records of one file: hands the good ones on, reports the others.
struct Taker<'a, 's> {
    name: &'a str,
    mapping: Option<&'a Mapping>,
    today: i64,
    count: FileCount,
    report: &'a mut ReadReport,
    sink: Sink<'s>,
}

impl<'a, 's> Taker<'a, 's> {
    fn new(
        name: &'a str,
        mapping: Option<&'a Mapping>,
        today: i64,
        report: &'a mut ReadReport,
        sink: Sink<'s>,
    ) -> Self {
        let count = FileCount {
            file: name.to_owned(),
            rows: 0,
            used: 0,
        };
        Self {
            name,
            mapping,
            today,
            count,
            report,
            sink,
        }
    }

    /// Notes how much of the file was used.
    fn end(self) {
        self.report.files.push(self.count);
    }

    /// Takes a record of a line; 0 where there is none.
    fn take(&mut self, line: u64, record: std::result::Result<Credential, String>) {
        self.count.rows += 1;
        let doubts = record
            .as_ref()
            .ok()
            .map(|credential| credential.doubts.clone());
        match record.and_then(|credential| (self.sink)(credential)) {
            Ok(()) => {
                self.count.used += 1;
                for Doubt { field, reason } in doubts.into_iter().flatten() {
                    self.report.doubt(self.name, line, &field, &reason);
                }
            }
            Err(reason) => self.report.rejected.push(Rejected {
                file: self.name.to_owned(),
                line,
                reason: short(reason),
            }),
        }
    }

    /// Takes what was found; its path stands before the reason.
    fn found(&mut self, found: Found) {
        let Found {
            mut path,
            line,
            award,
            mut record,
            is_note,
            ..
        } = found;
        if let (true, Err(reason)) = (is_note, &record) {
            return self.report.doubt(self.name, line, "", reason);
        }
        let until = |credential: &Credential| {
            let until = text_of(&credential.validity, |validity| &validity.valid_until);
            until.and_then(day::parse)
        };
        if award
            && let Some(until) = record.as_ref().ok().and_then(until)
            && until < self.today
        {
            let holder = path.split(".credentialSubject").next().unwrap_or("$");
            path = format!("{holder}.validUntil");
            let day = day::format(until).unwrap_or_default();
            record = Err(format!(
                "has passed ({day}); an expired award says nothing of what is offered"
            ));
        }
        let with_path = |reason: String| match path.as_str() {
            "" => reason,
            path => format!("{path}: {reason}"),
        };
        self.take(line, record.map_err(with_path));
    }
}

/// Adds a file, or the files of a folder by name, hidden ones left out. What in a folder is no file, such as a pipe, which would never end, or a link that
/// leads back to where it stands, is reported and passed over. `folders` are those that it lies in.
fn list(
    path: &Path,
    folders: &mut Vec<PathBuf>,
    files: &mut Vec<PathBuf>,
    report: &mut ReadReport,
) -> Result<()> {
    let mut pass_over = |reason: &str| {
        report.rejected.push(Rejected {
            file: path.display().to_string(),
            line: 0,
            reason: reason.to_owned(),
        });
    };
    if !path.is_dir() {
        // What is named itself may be a pipe, and is missed if it is not there.
        if folders.is_empty() || path.is_file() {
            files.push(path.to_owned());
        } else {
            pass_over("is no file, or a link to none; it is not read");
        }
        return Ok(());
    }
    let folder = path.canonicalize().map_err(DataError::io(path))?;
    if folders.contains(&folder) {
        pass_over("leads back to a folder that it lies in; it is not read again");
        return Ok(());
    }
    if folders.len() > FOLDER_DEPTH_MAX {
        pass_over("is nested too deeply; it is not read");
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(DataError::io(path))?;
    let mut inside = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(DataError::io(path))?;
    inside.retain(|path| {
        !path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
    });
    inside.sort();
    folders.push(folder);
    for path in inside {
        list(&path, folders, files, report)?;
    }
    folders.pop();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], ids: &[&str], lines: &[u64]) -> ReadReport {
        let (mut credentials, mut report) = (Vec::new(), ReadReport::default());
        read_lines(
            "f",
            text,
            &mut Ids::default(),
            &mut credentials,
            &mut report,
        )
        .unwrap();
        assert_eq!(
            credentials
                .iter()
                .map(|credential| credential.id.as_str())
                .collect::<Vec<_>>(),
            ids
        );
        assert_eq!(
            report
                .rejected
                .iter()
                .map(|rejected| rejected.line)
                .collect::<Vec<_>>(),
            lines,
            "{:?}",
            report.rejected
        );
        report
    }

    #[test]
    fn bad_lines_are_reported_and_the_others_go_in() {
        let text = b"\xef\xbb\xbf{\"id\":\"a\",\"title\":\"x\"}\n\n{bad\n{\"id\":\"a\",\"title\":\"y\"}\n{\"id\":\"b\",\"title\":\"\xff\"}\n{\"id\":\"c\",\"title\":\"z\"}";
        let report = check(text, &["a", "c"], &[3, 4, 5]);
        assert_eq!(
            report.files,
            [FileCount {
                file: "f".into(),
                rows: 5,
                used: 2
            }]
        );
        check(
            b"{\"id\":\"a\",\n{\"id\":\"c\",\"title\":\"z\"}\n",
            &["c"],
            &[1],
        );
    }

    #[test]
    fn an_array_is_read_element_by_element() {
        check(
            b"[{\"id\":\"a\",\"title\":\"x\"}, 5, {\"id\":\"b\",\"title\":\"y\"}]",
            &["a", "b"],
            &[1],
        );
        let report = check(
            b"[{\"id\":\"a\",\"title\":\"x\"},\n{\"id\":",
            &["a"],
            &[2, 2],
        );
        assert!(
            report.rejected[0].reason.contains("EOF"),
            "{}",
            report.rejected[0].reason
        );
        let report = check(b"[{\"id\":\"\",\"title\":\"x\"}]", &[], &[1]);
        assert_eq!(
            report.rejected[0].reason,
            "$[0]: id: must have 1 to 1024 bytes, and no control characters"
        );
    }

    #[test]
    fn folders_are_read_whole_and_by_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for (name, text) in [
            ("b/1", "{\"id\":\"x\",\"title\":\"t\"}"),
            ("a", "id,title\ny,t\n"),
            (".hidden", "?"),
            ("c.zip", "PK"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut report = ReadReport::default();
        let credentials = read(&[folder.path().to_owned()], &mut report).unwrap();
        assert_eq!(
            credentials
                .iter()
                .map(|credential| credential.id.as_str())
                .collect::<Vec<_>>(),
            ["y", "x"]
        );
        assert_eq!((report.files.len(), report.rejected.len()), (3, 1));
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_links_in_a_circle_are_passed_over_with_a_reason() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("inner")).unwrap();
        std::fs::write(at("inner/a"), "{\"id\":\"x\",\"title\":\"t\"}").unwrap();
        symlink("..", at("inner/back")).unwrap();
        symlink("nowhere", at("lost")).unwrap();
        symlink("inner/a", at("link")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(made.unwrap().success());
        let mut report = ReadReport::default();
        let credentials = read(&[folder.path().to_owned()], &mut report).unwrap();
        assert_eq!(credentials.len(), 1);
        let rejected: Vec<(&str, bool)> = report
            .rejected
            .iter()
            .map(|rejected| {
                let name = rejected.file.rsplit('/').next().unwrap();
                (name, rejected.reason.contains("not read"))
            })
            .collect();
        // The link to a file is read as one, and its record stands there a second time.
        assert_eq!(
            rejected,
            [
                ("back", true),
                ("lost", true),
                ("pipe", true),
                ("link", false)
            ]
        );
    }
}
