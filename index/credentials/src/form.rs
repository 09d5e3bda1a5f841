//! `Form`: how the records of a file lie in it, told by its beginning.

use std::io::{BufRead, BufReader, Read};

use tempfile::NamedTempFile;

use super::baked::PNG;
use super::pieces::{Open, Source};
use super::table::mapping::Mapping;
use super::table::{json, separator, sheet};
use super::{encoding, standards};

/// Bytes of a file's beginning that tell its format.
pub(super) const SNIFFED_BYTES: usize = 256 << 10;
/// What some editors put before a text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How the records of a file lie in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form {
    Empty,
    /// One record a line: native, any other JSON, or a token.
    Lines,
    /// A JSON array of records.
    Array,
    /// One JSON document.
    Json,
    Xml,
    /// A PNG, which may carry a badge.
    Picture,
    /// CSV with this separator.
    Table(u8),
    /// A spreadsheet, which is a zip file.
    Sheet,
    Unknown,
}

impl Form {
    /// The form as one of JSON.
    pub fn as_json(&self) -> Option<json::JsonForm> {
        match self {
            Self::Lines => Some(json::JsonForm::Lines),
            Self::Array => Some(json::JsonForm::Array),
            Self::Json => Some(json::JsonForm::Document),
            _ => None,
        }
    }

    /// The form of what begins so.
    pub fn of(beginning: &[u8], mapping: Option<&Mapping>) -> Self {
        if beginning.starts_with(sheet::ZIP) {
            return Self::Sheet;
        }
        if beginning.starts_with(PNG) {
            return Self::Picture;
        }
        let text = beginning.trim_ascii_start();
        let mut lines = text
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty());
        match text.first() {
            None => Self::Empty,
            Some(b'<') => Self::Xml,
            Some(b'[') => Self::Array,
            Some(b'{') => match serde_json::from_slice::<serde::de::IgnoredAny>(
                lines.next().unwrap_or_default(),
            ) {
                Ok(_) => Self::Lines,
                // A document goes on in the next line; a bad line has another after it.
                Err(error) if error.is_eof() && !lines.next().is_some_and(is_object) => Self::Json,
                Err(_) => Self::Lines,
            },
            Some(_) if standards::is_token(lines.next().unwrap_or_default()) => Self::Lines,
            Some(_) => separator(text, mapping).map_or(Self::Unknown, Self::Table),
        }
    }
}

/// Whether a line is a JSON object by itself.
fn is_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// Fills the buffer as far as the file goes, without taking anything from it.
pub(super) fn peek<R: Read>(input: &mut BufReader<R>) -> std::io::Result<&[u8]> {
    input.fill_buf()
}

/// Keeps what can be read only once in a file.
pub(super) fn spool(mut input: impl Read) -> std::io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    std::io::copy(&mut input, &mut file)?;
    Ok(file)
}

pub(super) fn reopen(file: &NamedTempFile) -> std::io::Result<Box<dyn Source>> {
    Ok(Box::new(file.reopen()?))
}

/// Whether a text may be a table: it is none of what begins with a sign of its own.
pub(super) fn may_be_table(beginning: &[u8]) -> bool {
    let text = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    let line = text.trim_ascii_start().split(|byte| *byte == b'\n').next();
    let line = line.unwrap_or_default().trim_ascii();
    let signs: [&[u8]; 4] = [sheet::ZIP, b"{", b"[", b"<"];
    let is_other = line.is_empty() || beginning.starts_with(PNG) || standards::is_token(line);
    !is_other && !signs.iter().any(|sign| line.starts_with(sign))
}

/// What a file of unknown columns is, for whoever looks at these.
pub(super) enum TableKind {
    /// A table with this separator, if it is known.
    Table(Option<u8>),
    Json(json::JsonForm),
    Sheet,
}

/// Looks at a file in UTF-8, whatever encoding it is in.
///
/// # Errors
/// What reading says, or that it is none of the kinds.
pub(super) fn with_form<T>(
    open: Open<'_>,
    look: &mut dyn FnMut(Open<'_>, TableKind) -> std::io::Result<T>,
) -> std::io::Result<T> {
    let mut input = BufReader::with_capacity(SNIFFED_BYTES, open()?);
    let beginning = peek(&mut input)?;
    let declared = encoding::declared(beginning).map_err(std::io::Error::other)?;
    let encoding = match declared {
        None if may_be_table(beginning) => encoding::detected(open()?)?,
        declared => declared,
    };
    if let Some(encoding) = encoding {
        let file = encoding::as_lossy_utf8(open()?, encoding)?;
        return with_form(&|| reopen(&file), look);
    }
    let text = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    let form = Form::of(text, None);
    match form {
        Form::Table(separator) => look(open, TableKind::Table(Some(separator))),
        Form::Sheet => look(open, TableKind::Sheet),
        Form::Unknown if may_be_table(beginning) => look(open, TableKind::Table(None)),
        form => match form.as_json() {
            Some(form) => look(open, TableKind::Json(form)),
            None => Err(std::io::Error::other(
                "is neither a table, a spreadsheet nor JSON",
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_the_form() {
        for (text, expected) in [
            ("", Form::Empty),
            (" \n", Form::Empty),
            ("<?xml", Form::Xml),
            (" [1", Form::Array),
            ("{\"a\":1}", Form::Lines),
            ("{\n  \"a\": 1\n}", Form::Json),
            ("{\"a\": {\n  \"b\": 1}}", Form::Json),
            ("{bad\n{\"a\":1}", Form::Lines),
            ("{\"a\":\n{\"a\":1}", Form::Lines),
            ("eyJhbGciOiJub25lIn0.e30.c2ln\n", Form::Lines),
            ("id;title\n", Form::Table(b';')),
            ("PK\u{3}\u{4}", Form::Sheet),
            ("name;town\n", Form::Unknown),
        ] {
            assert_eq!(Form::of(text.as_bytes(), None), expected, "{text}");
        }
    }
}
