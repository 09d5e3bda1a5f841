//! Where do the elements of the lists in a JSON document start and end? Found without parsing them, so that a list of any length needs the memory of a few elements.
//!
//! The one idea: brackets and strings are counted; whether an element is JSON is asked when it is parsed by itself, so that a bad one costs no other.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use super::pieces::{Load, PIECE_BYTES_MAX, Piece, too_long};

/// Lists of a document that are cut into their elements: the nodes of JSON-LD, and the awards of a presentation.
pub(super) const GRAPH: &str = "@graph";
/// As [`GRAPH`].
pub(crate) const PRESENTED: &str = "verifiableCredential";
/// Bytes that are read at a time.
const READ_BYTES: usize = 256 << 10;

/// Takes the next elements, all of one list, with its name; nothing is the name of the root. False ends the cutting.
pub(super) type Batches<'a> = &'a mut dyn FnMut(Option<&'static str>, Vec<Piece>) -> bool;

/// What a document is beside the elements of its lists.
pub(super) struct Cut {
    /// A document by itself, the lists empty; where the document breaks off, up to there. Nothing if it is more than was allowed.
    pub head: Option<Vec<u8>>,
    /// Whether a list with elements stands there, and under the same name something that is none.
    pub is_mixed: bool,
    /// Why the rest could not be read, with the line.
    pub broken: Option<(u64, String)>,
}

/// Cuts an array, or the lists of an object. `head_bytes_max` bounds what is kept of what stands outside of the lists.
pub(super) fn cut(input: impl Read, head_bytes_max: usize, sink: Batches<'_>) -> io::Result<Cut> {
    let mut cutter = Cutter {
        input: BufReader::with_capacity(READ_BYTES, input),
        byte: 0,
        line: 1,
        head: Vec::new(),
        head_bytes_max,
        complete: None,
        list: None,
        batch: Vec::new(),
        load: Load::default(),
        sink,
        n_elements: HashMap::new(),
        other: Vec::new(),
    };
    let mut read = cutter.document();
    if !matches!(read, Err(Stop::Unwanted | Stop::Failed(_))) && cutter.flush().is_err() {
        read = Err(Stop::Unwanted);
    }
    if let (Err(_), Some(complete)) = (&read, cutter.complete) {
        cutter.head.truncate(complete);
        cutter.keep(b"}");
    }
    let reason = match read {
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Broken(reason)) => Some(format!(
            "is no JSON from here on, and what follows is not read: {reason} (byte {})",
            cutter.byte
        )),
        Err(Stop::Unwanted) | Ok(()) => None,
    };
    let has_elements = |name: &&'static str| cutter.n_elements.contains_key(&Some(*name));
    Ok(Cut {
        is_mixed: cutter.other.iter().any(has_elements),
        broken: reason.map(|reason| (cutter.line, reason)),
        head: Some(cutter.head).filter(|head| head.len() <= head_bytes_max),
    })
}

/// Why cutting ends before the document does.
enum Stop {
    Failed(io::Error),
    /// It is no JSON from here on.
    Broken(&'static str),
    /// No more is wanted.
    Unwanted,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

type Result<T> = std::result::Result<T, Stop>;

/// A document on its way to be cut.
struct Cutter<'s, R: Read> {
    input: BufReader<R>,
    byte: u64,
    line: u64,
    /// What stands outside of the lists.
    head: Vec<u8>,
    head_bytes_max: usize,
    /// Bytes of the head up to the end of its last member, while it is an object that has not ended.
    complete: Option<usize>,
    /// The list that is open.
    list: Option<&'static str>,
    batch: Vec<Piece>,
    load: Load,
    sink: Batches<'s>,
    /// Elements of each list so far; one that stands twice goes on.
    n_elements: HashMap<Option<&'static str>, usize>,
    /// Names of lists under which something else stands.
    other: Vec<&'static str>,
}

/// How a value, or what was read of it, ended.
struct Value {
    bytes: u64,
    whole: bool,
}

impl<R: Read> Cutter<'_, R> {
    fn document(&mut self) -> Result<()> {
        for expected in *b"\xef\xbb\xbf" {
            if self.peek()? == Some(expected) {
                self.pass();
            }
        }
        match self.next_sign()? {
            Some(b'[') => self.elements()?,
            Some(b'{') => self.object()?,
            _ => return Err(Stop::Broken("is neither an object nor an array")),
        }
        match self.next_sign()? {
            None => Ok(()),
            Some(_) => Err(Stop::Broken("goes on after its end")),
        }
    }

    fn object(&mut self) -> Result<()> {
        self.take(b"{");
        self.complete = Some(self.head.len());
        let mut has_more = self.next_sign()? != Some(b'}');
        while has_more {
            self.member()?;
            self.complete = Some(self.head.len());
            has_more = self.goes_on(b'}')?;
            if has_more {
                self.take(b",");
            }
        }
        self.take(b"}");
        self.complete = None;
        Ok(())
    }

    /// Reads a name and its value into the head, or hands over the elements of a list.
    fn member(&mut self) -> Result<()> {
        if self.next_sign()? != Some(b'"') {
            return Err(Stop::Broken("expected a name"));
        }
        let mut name = Vec::new();
        let read = self.value(&mut name, PIECE_BYTES_MAX as usize)?;
        self.keep(&name);
        if !read.whole || read.bytes > PIECE_BYTES_MAX || self.next_sign()? != Some(b':') {
            return Err(Stop::Broken("expected a value after a name"));
        }
        self.take(b":");
        let list = [GRAPH, PRESENTED].into_iter().find(|list| {
            let name = name
                .strip_prefix(b"\"")
                .and_then(|name| name.strip_suffix(b"\""));
            name == Some(list.as_bytes())
        });
        if self.next_sign()? == Some(b'[') && list.is_some() {
            self.list = list;
            let read = self.elements();
            if read.is_err() {
                self.keep(b"]");
                self.complete = Some(self.head.len());
            }
            return read;
        }
        self.other.extend(list);
        let room = self.head_bytes_max.saturating_sub(self.head.len()) + 1;
        let mut value = Vec::new();
        let read = self.value(&mut value, room)?;
        self.keep(&value);
        match read.whole && read.bytes > 0 {
            true => Ok(()),
            false => Err(Stop::Broken("ends within a value")),
        }
    }

    /// Hands over the elements of the list that begins here.
    fn elements(&mut self) -> Result<()> {
        self.take(b"[");
        let mut has_more = self.next_sign()? != Some(b']');
        while has_more {
            self.element()?;
            has_more = self.goes_on(b']')?;
            if has_more {
                self.pass();
            }
        }
        self.take(b"]");
        self.flush()
    }

    fn element(&mut self) -> Result<()> {
        self.next_sign()?;
        let (line, start, mut bytes) = (self.line, self.byte, Vec::new());
        let read = self.value(&mut bytes, PIECE_BYTES_MAX as usize)?;
        if read.bytes > 0 {
            let at = self.n_elements.entry(self.list).or_default();
            self.batch.push(Piece {
                at: *at,
                line,
                start,
                bytes: too_long("an element", read.bytes).map_or(Ok(bytes), Err),
            });
            *at += 1;
            if self.load.add(read.bytes) {
                self.flush()?;
            }
        }
        match read.whole && read.bytes > 0 {
            true => Ok(()),
            false => Err(Stop::Broken("expected an element")),
        }
    }

    /// Hands over the elements that are held.
    fn flush(&mut self) -> Result<()> {
        self.load = Load::default();
        let batch = std::mem::take(&mut self.batch);
        match batch.is_empty() || (self.sink)(self.list, batch) {
            true => Ok(()),
            false => Err(Stop::Unwanted),
        }
    }

    /// Whether a comma comes after a value, and not the end of what holds it.
    fn goes_on(&mut self, end: u8) -> Result<bool> {
        match self.next_sign()? {
            Some(b',') => Ok(true),
            Some(sign) if sign == end => Ok(false),
            _ => Err(Stop::Broken(
                "expected a comma or the end of a list or an object",
            )),
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.head.len() <= self.head_bytes_max {
            self.head.extend_from_slice(bytes);
        }
    }

    fn take(&mut self, sign: &[u8]) {
        self.keep(sign);
        self.pass();
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn pass(&mut self) {
        self.input.consume(1);
        self.byte += 1;
    }

    /// The next byte that is no white space.
    fn next_sign(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.pass();
        }
        Ok(None)
    }

    /// Reads one value, of which at most `most` bytes are kept.
    fn value(&mut self, kept: &mut Vec<u8>, most: usize) -> io::Result<Value> {
        let (mut depth, mut in_string, mut escaped, mut bytes) = (0_u64, false, false, 0);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                // A number may end with the file, anything else has an end of its own.
                return Ok(Value {
                    bytes,
                    whole: false,
                });
            }
            let mut ended = None;
            for (at, byte) in buffer.iter().enumerate() {
                if in_string {
                    (escaped, in_string) = (!escaped && *byte == b'\\', escaped || *byte != b'"');
                    if !in_string && depth == 0 {
                        ended = Some(at + 1);
                        break;
                    }
                    continue;
                }
                match byte {
                    b'"' => in_string = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        if depth == 0 {
                            ended = Some(at + 1);
                            break;
                        }
                    }
                    b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                        ended = Some(at);
                        break;
                    }
                    _ => {}
                }
            }
            let used = &buffer[..ended.unwrap_or(buffer.len())];
            kept.extend_from_slice(&used[..used.len().min(most.saturating_sub(kept.len()))]);
            self.line += super::pieces::line_feeds(used);
            let n_used = used.len();
            self.input.consume(n_used);
            self.byte += n_used as u64;
            bytes += n_used as u64;
            if ended.is_some() {
                return Ok(Value { bytes, whole: true });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PIECE_BYTES_MAX;

    /// Elements with their lists and lines, what stands outside, and whether it is broken.
    fn cut(text: &str) -> (Vec<(String, String, u64)>, String, bool) {
        let mut found = Vec::new();
        let cut = super::cut(text.as_bytes(), 1_000, &mut |list, pieces| {
            for piece in pieces {
                let text = piece
                    .bytes
                    .map_or_else(|reason| reason, |bytes| String::from_utf8(bytes).unwrap());
                found.push((list.unwrap_or_default().to_owned(), text, piece.line));
            }
            true
        });
        let cut = cut.unwrap();
        let head = String::from_utf8(cut.head.unwrap()).unwrap();
        (found, head, cut.broken.is_some())
    }

    fn check(text: &str, elements: &[(&str, &str, u64)], head: &str, broken: bool) {
        let elements = elements
            .iter()
            .map(|(list, text, line)| ((*list).to_owned(), (*text).to_owned(), *line))
            .collect();
        assert_eq!(cut(text), (elements, head.to_owned(), broken), "{text}");
    }

    #[test]
    fn lists_are_cut_and_the_rest_is_kept() {
        check("[]", &[], "[]", false);
        check(
            " [1, \"a]\\\"\" ,\n{\"b\":[{}]}]\n",
            &[("", "1", 1), ("", "\"a]\\\"\"", 1), ("", "{\"b\":[{}]}", 2)],
            "[]",
            false,
        );
        check("{}", &[], "{}", false);
        check(
            "\u{feff}{\"a\" : [1],\n\"@graph\":\n[ {\"x\":\"}\"}, 2 ], \"b\":{\"@graph\":[3]} , \"verifiableCredential\":[4]}",
            &[
                ("@graph", "{\"x\":\"}\"}", 3),
                ("@graph", "2", 3),
                ("verifiableCredential", "4", 3),
            ],
            "{\"a\":[1],\"@graph\":[],\"b\":{\"@graph\":[3]},\"verifiableCredential\":[]}",
            false,
        );
        check(
            "{\"@graph\":{\"a\":1}}",
            &[],
            "{\"@graph\":{\"a\":1}}",
            false,
        );
        check(
            "{\"@graph\":[1],\"@graph\":[],\"@graph\":[2]}",
            &[("@graph", "1", 1), ("@graph", "2", 1)],
            "{\"@graph\":[],\"@graph\":[],\"@graph\":[]}",
            false,
        );
    }

    #[test]
    fn what_is_broken_ends_the_cutting_and_is_said() {
        check(
            "[1, {\"a\":",
            &[("", "1", 1), ("", "{\"a\":", 1)],
            "[",
            true,
        );
        check("[1 2]", &[("", "1", 1)], "[", true);
        check("[1,]", &[("", "1", 1)], "[", true);
        check(
            "{\"@graph\":[1]",
            &[("@graph", "1", 1)],
            "{\"@graph\":[]}",
            true,
        );
        check(
            "{\"a\":1,\"@graph\":[1 2",
            &[("@graph", "1", 1)],
            "{\"a\":1,\"@graph\":[]}",
            true,
        );
        check(
            "{\"@graph\":[1],\"x\": tru",
            &[("@graph", "1", 1)],
            "{\"@graph\":[]}",
            true,
        );
        check(
            "{\"@graph\":[1]} x",
            &[("@graph", "1", 1)],
            "{\"@graph\":[]}",
            true,
        );
        for text in [
            "",
            "5",
            "{",
            "{5:1}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1]",
        ] {
            let (found, _, broken) = cut(text);
            assert!(found.is_empty() && broken, "{text}: {found:?}");
        }
    }

    #[test]
    fn an_element_that_is_too_long_costs_no_other() {
        let text = format!("[1,\"{}\",2]", "x".repeat(PIECE_BYTES_MAX as usize));
        let (found, _, broken) = cut(&text);
        assert_eq!(
            (found[0].1.as_str(), found[2].1.as_str(), broken),
            ("1", "2", false)
        );
        assert!(
            found[1].1.contains("is longer than 4194304 bytes"),
            "{}",
            found[1].1.len()
        );
    }
}
