//! Where do the elements of an XML file start and end? Found in one pass that holds one tag or text at a time.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use quick_xml::Error;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::pieces::{Place, Source};

/// Deepest nesting of elements.
const DEPTH_MAX: usize = 64;
/// Longest single tag or text.
const EVENT_BYTES_MAX: u64 = 64 << 20;
/// Bytes that are read at a time.
const READ_BYTES: usize = 256 << 10;
/// What some editors put before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What comes next, seen from an element that is open.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// An element opens; its local name.
    Open(String),
    /// The innermost open element ends.
    Close,
    /// The file ends, or cannot be read further; see [`Markup::broken`].
    End,
}

/// An XML file on its way to be cut.
pub(super) struct Markup {
    reader: Reader<Limited>,
    buffer: Vec<u8>,
    /// Bytes before those that the reader counts.
    base: u64,
    /// Where the last tag starts.
    start: u64,
    depth: usize,
    broken: Option<String>,
}

impl Markup {
    pub(super) fn new(source: Box<dyn Source>) -> io::Result<Self> {
        let mut inner = BufReader::with_capacity(READ_BYTES, source);
        let marked = inner.fill_buf()?.starts_with(BYTE_ORDER_MARK);
        let base = if marked { BYTE_ORDER_MARK.len() } else { 0 };
        inner.consume(base);
        let mut reader = Reader::from_reader(Limited {
            inner,
            left: EVENT_BYTES_MAX,
        });
        reader.config_mut().expand_empty_elements = true;
        Ok(Self {
            reader,
            buffer: Vec::new(),
            base: base as u64,
            start: 0,
            depth: 0,
            broken: None,
        })
    }

    /// The next tag.
    pub(super) fn next(&mut self) -> io::Result<Tag> {
        while self.broken.is_none() {
            self.start = self.byte();
            self.buffer.clear();
            self.reader.get_mut().left = EVENT_BYTES_MAX;
            let tag = match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(_)) if self.depth >= DEPTH_MAX => {
                    return Ok(self.stop(format!("is nested deeper than {DEPTH_MAX}"), self.byte()));
                }
                Ok(Event::Start(start)) => Tag::Open(start.local_name().as_ref().to_owned()),
                Ok(Event::End(_)) => Tag::Close,
                Ok(Event::Eof) if self.depth > 0 => {
                    return Ok(self.stop("ends before its elements do".to_owned(), self.byte()));
                }
                Ok(Event::Eof) => return Ok(Tag::End),
                Ok(_) => continue,
                Err(Error::Io(error)) if error.kind() != ErrorKind::FileTooLarge => {
                    return Err(io::Error::new(error.kind(), error.to_string()));
                }
                Err(error) => {
                    let at = self.base + self.reader.error_position();
                    return Ok(self.stop(error.to_string(), at));
                }
            };
            match tag {
                Tag::Open(_) => self.depth += 1,
                _ => self.depth = self.depth.saturating_sub(1),
            }
            return Ok(tag);
        }
        Ok(Tag::End)
    }

    /// Passes to the end of the element that has just been opened: its place, or nothing if it has no end.
    pub(super) fn rest(&mut self) -> io::Result<Option<Place>> {
        let (start, outside) = (self.start, self.depth.saturating_sub(1));
        while self.depth > outside {
            if self.next()? == Tag::End {
                return Ok(None);
            }
        }
        Ok(Some(Place::new(start, self.byte())))
    }

    /// Why the rest could not be read, and the byte.
    pub(super) fn broken(&self) -> Option<(u64, &str)> {
        self.broken.as_deref().map(|reason| (self.start, reason))
    }

    fn byte(&self) -> u64 {
        self.base + self.reader.buffer_position()
    }

    fn stop(&mut self, reason: String, at: u64) -> Tag {
        self.start = at;
        self.broken = Some(format!(
            "is no XML from here on, and what follows is not read: {reason}"
        ));
        Tag::End
    }
}

/// A reader that ends in an error where one tag or text takes more than its share.
struct Limited {
    inner: BufReader<Box<dyn Source>>,
    left: u64,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(
                ErrorKind::FileTooLarge,
                format!("a tag or text has more than {EVENT_BYTES_MAX} bytes"),
            ));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes as u64);
        self.inner.consume(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pieces::{in_memory, read_at};
    use super::*;

    #[test]
    fn elements_are_found_whole_where_they_lie() {
        let text = "\u{feff}<?xml version=\"1.0\"?><!-- <x> --><r a='>'><s><n:b c=\"/>\">t<b/></n:b> <e/><![CDATA[<b>]]></s></r>";
        let open = in_memory(text.as_bytes());
        let mut markup = Markup::new(open().unwrap()).unwrap();
        let opened = |name: &str| Tag::Open(name.to_owned());
        assert_eq!(
            [
                markup.next().unwrap(),
                markup.next().unwrap(),
                markup.next().unwrap()
            ],
            [opened("r"), opened("s"), opened("b")]
        );
        let read = |place: Option<Place>| {
            String::from_utf8(read_at(open().unwrap().as_mut(), place.unwrap()).unwrap()).unwrap()
        };
        assert_eq!(read(markup.rest().unwrap()), "<n:b c=\"/>\">t<b/></n:b>");
        assert_eq!(markup.next().unwrap(), opened("e"));
        assert_eq!(read(markup.rest().unwrap()), "<e/>");
        assert_eq!(
            [
                markup.next().unwrap(),
                markup.next().unwrap(),
                markup.next().unwrap()
            ],
            [Tag::Close, Tag::Close, Tag::End]
        );
        assert_eq!(markup.broken(), None);
    }

    #[test]
    fn what_is_broken_is_said_with_its_byte() {
        let deep = "<a>".repeat(100);
        for (text, byte, reason) in [
            ("<a>\n<b></a>", 7, "expected"),
            ("<a><b>", 6, "ends before its elements do"),
            (deep.as_str(), 195, "nested deeper than 64"),
        ] {
            let open = in_memory(text.as_bytes());
            let mut markup = Markup::new(open().unwrap()).unwrap();
            while markup.next().unwrap() != Tag::End {}
            let (at, said) = markup.broken().unwrap();
            assert!(at == byte && said.contains(reason), "{text}: {at} {said}");
            let said = said.to_owned();
            assert_eq!(markup.next().unwrap(), Tag::End);
            assert_eq!(
                markup.broken(),
                Some((byte, said.as_str())),
                "the first reason stays"
            );
        }
    }
}
