//! Where do the elements of the lists in a JSON document start and end? Found without parsing them, so that a list of any length needs the memory of a few elements.
//!
//! The one idea: brackets and strings are counted; whether an element is JSON is asked when it is parsed by itself, so that a bad one costs no other.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use super::pieces::{Load, PIECE_BYTES_MAX, Piece, too_long};

/// Lists of a document that are cut into their elements: the nodes of JSON-LD, and the awards of a presentation.
pub(super) const GRAPH: &str = "@graph";
/// As [`GRAPH`].
pub(super) const PRESENTED: &str = "verifiableCredential";
/// Bytes that are read at a time.
const READ_BYTES: usize = 256 << 10;

/// An array, or an object with lists, on its way to be cut.
pub(super) struct Cutter<R: Read> {
    input: BufReader<R>,
    byte: u64,
    line: u64,
    /// What stands outside of the lists: a document by itself, the lists empty.
    head: Vec<u8>,
    /// Bytes of the head up to the end of its last member.
    complete: usize,
    head_bytes_max: usize,
    within: Within,
    /// Whether the list that is open has no element yet.
    is_empty: bool,
    /// Elements of each list so far; one that stands twice goes on.
    n_elements: HashMap<Option<&'static str>, usize>,
    /// Names of lists under which something else stands.
    other: Vec<&'static str>,
    /// Why no more can be read.
    broken: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Start,
    /// In the root object, before the next member.
    Object,
    /// In a list; nothing is its name if it is the root.
    List(Option<&'static str>),
    End,
}

/// How a value, or what was read of it, ended.
struct Value {
    bytes: u64,
    whole: bool,
}

impl<R: Read> Cutter<R> {
    /// `head_bytes_max` bounds what is kept of what stands outside of the lists.
    pub(super) fn new(input: R, head_bytes_max: usize) -> Self {
        Self {
            input: BufReader::with_capacity(READ_BYTES, input),
            byte: 0,
            line: 1,
            head: Vec::new(),
            complete: 1,
            head_bytes_max,
            within: Within::Start,
            is_empty: true,
            n_elements: HashMap::new(),
            other: Vec::new(),
            broken: None,
        }
    }

    /// The next elements, all of one list, with its name; nothing at the end, or where the document is broken.
    pub(super) fn batch(&mut self) -> io::Result<Option<(Option<&'static str>, Vec<Piece>)>> {
        let (mut pieces, mut load) = (Vec::new(), Load::default());
        loop {
            match self.within {
                Within::Start => self.begin()?,
                Within::Object => self.member()?,
                Within::List(list) => {
                    let piece = self.element(list)?;
                    let full = piece.as_ref().is_some_and(|piece| {
                        load.add(piece.bytes.as_ref().map_or(0, Vec::len) as u64)
                    });
                    pieces.extend(piece);
                    if full || (self.within != Within::List(list) && !pieces.is_empty()) {
                        return Ok(Some((list, pieces)));
                    }
                }
                Within::End => return Ok(None),
            }
        }
    }

    /// What stands outside of the lists, to be asked for at the end; where the document breaks off, up to there. Nothing if it is more than was allowed.
    pub(super) fn head(&self) -> Option<&[u8]> {
        (self.head.len() <= self.head_bytes_max).then_some(&self.head)
    }

    /// Whether a list with elements stands there, and under the same name something that is none.
    pub(super) fn is_mixed(&self) -> bool {
        self.other
            .iter()
            .any(|name| self.n_elements.contains_key(&Some(*name)))
    }

    /// Why the rest could not be read, with the line.
    pub(super) fn broken(&self) -> Option<(u64, &str)> {
        self.broken.as_deref().map(|reason| (self.line, reason))
    }

    fn begin(&mut self) -> io::Result<()> {
        for expected in *b"\xef\xbb\xbf" {
            if self.peek()? == Some(expected) {
                self.pass();
            }
        }
        match self.next_sign()? {
            Some(b'[') => self.enter(None),
            Some(b'{') => {
                self.keep(b"{");
                self.pass();
                self.within = Within::Object;
                if self.next_sign()? == Some(b'}') {
                    self.close(b"}");
                    self.within = self.after_document()?;
                }
            }
            _ => self.stop("is neither an object nor an array"),
        }
        Ok(())
    }

    fn enter(&mut self, list: Option<&'static str>) {
        self.keep(b"[");
        self.pass();
        (self.within, self.is_empty) = (Within::List(list), true);
    }

    /// Reads a name and its value into the head, or up to the first element of a list.
    fn member(&mut self) -> io::Result<()> {
        if self.next_sign()? != Some(b'"') {
            self.stop("expected a name");
            return Ok(());
        }
        let mut name = Vec::new();
        let read = self.value(&mut name, PIECE_BYTES_MAX as usize)?;
        self.keep(&name);
        if !read.whole || read.bytes > PIECE_BYTES_MAX || self.next_sign()? != Some(b':') {
            self.stop("expected a value after a name");
            return Ok(());
        }
        self.close(b":");
        let list = [GRAPH, PRESENTED].into_iter().find(|list| {
            name.strip_prefix(b"\"")
                .and_then(|name| name.strip_suffix(b"\""))
                == Some(list.as_bytes())
        });
        if self.next_sign()? == Some(b'[') && list.is_some() {
            self.enter(list);
            return Ok(());
        }
        self.other.extend(list);
        let (mut value, room) = (
            Vec::new(),
            self.head_bytes_max.saturating_sub(self.head.len()) + 1,
        );
        let read = self.value(&mut value, room)?;
        self.keep(&value);
        if read.whole && read.bytes > 0 {
            self.after_value(b'}')
        } else {
            self.stopped("ends within a value")
        }
    }

    /// The next element of a list, or nothing at its end.
    fn element(&mut self, list: Option<&'static str>) -> io::Result<Option<Piece>> {
        let sign = self.next_sign()?;
        if sign == Some(b']') && self.is_empty {
            return self.end_of_list().map(|()| None);
        }
        let (line, start, mut bytes) = (self.line, self.byte, Vec::new());
        let read = self.value(&mut bytes, PIECE_BYTES_MAX as usize)?;
        let at = self.n_elements.entry(list).or_default();
        let piece = Piece {
            at: *at,
            line,
            start,
            bytes: too_long("an element", read.bytes).map_or(Ok(bytes), Err),
        };
        *at += 1;
        self.is_empty = false;
        if !read.whole || read.bytes == 0 {
            self.stop("expected an element");
        } else if self.next_sign()? == Some(b']') {
            self.end_of_list()?;
        } else {
            self.after_value(b']')?;
        }
        Ok((read.bytes > 0).then_some(piece))
    }

    fn end_of_list(&mut self) -> io::Result<()> {
        let list = self.within;
        self.close(b"]");
        if list == Within::List(None) {
            self.within = self.after_document()?;
            return Ok(());
        }
        self.within = Within::Object;
        self.after_value(b'}')
    }

    /// After a value comes a comma, or the end of what holds it.
    fn after_value(&mut self, end: u8) -> io::Result<()> {
        self.complete = self.head.len();
        match self.next_sign()? {
            Some(b',') if end == b'}' => self.close(b","),
            Some(b',') => self.pass(),
            Some(sign) if sign == end && end == b'}' => {
                self.close(b"}");
                self.within = self.after_document()?;
            }
            _ => self.stop("expected a comma or the end of a list or an object"),
        }
        Ok(())
    }

    /// After the document comes nothing.
    fn after_document(&mut self) -> io::Result<Within> {
        self.within = Within::End;
        if self.next_sign()?.is_some() {
            self.stop("goes on after its end");
        }
        Ok(Within::End)
    }

    fn stopped(&mut self, reason: &str) -> io::Result<()> {
        self.stop(reason);
        Ok(())
    }

    fn stop(&mut self, reason: &str) {
        self.broken.get_or_insert_with(|| {
            format!(
                "is no JSON from here on, and what follows is not read: {reason} (byte {})",
                self.byte
            )
        });
        match self.within {
            Within::Object => {
                self.head.truncate(self.complete);
                self.keep(b"}");
            }
            Within::List(Some(_)) => self.keep(b"]}"),
            Within::List(None) | Within::Start | Within::End => {}
        }
        self.within = Within::End;
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.head.len() <= self.head_bytes_max {
            self.head.extend_from_slice(bytes);
        }
    }

    fn close(&mut self, sign: &[u8]) {
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
    use super::*;

    /// Elements with their lists and lines, what stands outside, and whether it is broken.
    fn cut(text: &str) -> (Vec<(String, String, u64)>, String, bool) {
        let mut cutter = Cutter::new(text.as_bytes(), 1_000);
        let mut found = Vec::new();
        while let Some((list, pieces)) = cutter.batch().unwrap() {
            for piece in pieces {
                let text = piece
                    .bytes
                    .map_or_else(|reason| reason, |bytes| String::from_utf8(bytes).unwrap());
                found.push((list.unwrap_or_default().to_owned(), text, piece.line));
            }
        }
        (
            found,
            String::from_utf8(cutter.head().unwrap().to_vec()).unwrap(),
            cutter.broken().is_some(),
        )
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
