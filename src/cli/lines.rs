//! A stream of JSON objects on standard input: one a line, several on a line, or each over many lines. Answered in order, many at once; a bad
//! one is reported with the number of its first line, and the others go on.

use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;

use rayon::prelude::*;
use serde_json::Value;

use crate::error::{Error, Result};

/// Objects that are worked on at once.
const BATCH: usize = 512;
/// Longest text of one; an ad of 64 KiB, escaped as JSON, is well below it.
const BYTES_MAX: usize = 1 << 20;

/// Writes one line of output for each good object of the input, in order. Bad ones go to standard error with the number of their first line.
///
/// # Errors
/// What reading and writing say.
pub(super) fn transform(
    input: &mut impl BufRead,
    output: &mut impl Write,
    work: impl Fn(Value) -> Result<String> + Sync,
) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let mut objects = Objects::new(input);
    loop {
        let batch: Vec<Object> = objects.by_ref().take(BATCH).collect::<io::Result<_>>()?;
        if batch.is_empty() {
            return Ok(code);
        }
        let results: Vec<Vec<Result<String>>> = batch
            .par_iter()
            .map(|object| match &object.text {
                Ok(text) => values(text).map(|value| value.and_then(&work)).collect(),
                Err(reason) => vec![Err(Error::invalid("line", reason.clone()))],
            })
            .collect();
        for (object, results) in batch.iter().zip(results) {
            for result in results {
                match result {
                    Ok(text) => writeln!(output, "{text}")?,
                    Err(error) => {
                        code = ExitCode::FAILURE;
                        writeln!(io::stderr(), "line {}: {error}", object.line)?;
                    }
                }
            }
        }
        output.flush()?;
    }
}

/// The values of a text; what follows one that is no JSON is lost with it.
pub(super) fn values(text: &str) -> impl Iterator<Item = Result<Value>> {
    let mut failed = false;
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values
        // serde's message may quote the text.
        .map(|value| {
            value.map_err(|error| {
                let (line, column) = (error.line(), error.column());
                let place = if line > 1 {
                    format!("line {line} of it, column {column}")
                } else {
                    format!("column {column}")
                };
                Error::invalid("line", format!("is no JSON ({place})"))
            })
        })
        .take_while(move |value| !std::mem::replace(&mut failed, value.is_err()))
}

/// The text of an object, or of several that share a line.
pub(super) struct Object {
    /// Number of its first line, from 1.
    pub(super) line: u64,
    /// Why there is none, otherwise.
    pub(super) text: std::result::Result<String, String>,
}

/// Cuts a stream into objects: one ends where its brackets are closed, at the end of a line. A line that begins with a bracket begins a new one
/// in any case, so that one that is cut off does not take those after it along.
pub(super) struct Objects<'i, I> {
    input: &'i mut I,
    n_lines: u64,
    /// A line that was read and belongs to the next one.
    ahead: Option<Line>,
}

impl<'i, I: BufRead> Objects<'i, I> {
    pub(super) fn new(input: &'i mut I) -> Self {
        Self {
            input,
            n_lines: 0,
            ahead: None,
        }
    }

    /// The next line; nothing at the end.
    fn line(&mut self) -> io::Result<Option<Line>> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        let line = read_line(self.input, BYTES_MAX as u64)?;
        self.n_lines += u64::from(line.is_some());
        Ok(line)
    }

    fn next_object(&mut self) -> io::Result<Option<Object>> {
        let (mut object, mut brackets) = (None::<(u64, String)>, Brackets::default());
        let of = |(line, text)| Object {
            line,
            text: Ok(text),
        };
        loop {
            let next = self.line()?;
            let begins = |line: &String| line.starts_with('{');
            let is_next = !matches!(&next, Some(Ok(line)) if !begins(line));
            if object.is_some() && is_next {
                self.ahead = next;
                return Ok(object.map(of));
            }
            let line = match next {
                None => return Ok(None),
                Some(Err(reason)) => {
                    return Ok(Some(Object {
                        line: self.n_lines,
                        text: Err(reason),
                    }));
                }
                Some(Ok(line)) => line,
            };
            if object.is_none() && line.trim().is_empty() {
                continue;
            }
            brackets.read(&line);
            let (first, text) = object.get_or_insert((self.n_lines, String::new()));
            if text.len() + line.len() > BYTES_MAX {
                return Ok(Some(Object {
                    line: *first,
                    text: Err(format!("is longer than {BYTES_MAX} bytes")),
                }));
            }
            text.push_str(&line);
            if brackets.open <= 0 || brackets.in_text {
                return Ok(object.map(of));
            }
        }
    }
}

impl<I: BufRead> Iterator for Objects<'_, I> {
    type Item = io::Result<Object>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_object().transpose()
    }
}

/// Lines that are not blank, up to [`BATCH`] of them, of at most `bytes_max` each, with their numbers.
pub(super) fn read_batch(
    input: &mut impl BufRead,
    bytes_max: u64,
    number: &mut u64,
) -> io::Result<Vec<(u64, Line)>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        let Some(line) = read_line(input, bytes_max)? else {
            break;
        };
        *number += 1;
        if !line.as_ref().is_ok_and(|text| text.trim().is_empty()) {
            batch.push((*number, line));
        }
    }
    Ok(batch)
}

/// The text of a line, or why there is none.
pub(super) type Line = std::result::Result<String, String>;

/// One line of at most `bytes_max`; nothing at the end.
fn read_line(input: &mut impl BufRead, bytes_max: u64) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    if input
        .by_ref()
        .take(bytes_max)
        .read_until(b'\n', &mut bytes)?
        == 0
    {
        return Ok(None);
    }
    let is_whole = bytes.ends_with(b"\n") || (bytes.len() as u64) < bytes_max;
    if !is_whole {
        while !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.clear();
            input
                .by_ref()
                .take(bytes_max)
                .read_until(b'\n', &mut bytes)?;
        }
        return Ok(Some(Err(format!("is longer than {bytes_max} bytes"))));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        format!("is not UTF-8 from byte {valid}")
    });
    Ok(Some(text))
}

/// Counts brackets outside of texts. No text of JSON goes on over the end of a line.
#[derive(Default)]
struct Brackets {
    open: i64,
    in_text: bool,
}

impl Brackets {
    fn read(&mut self, line: &str) {
        let mut escaped = false;
        for byte in line.trim_end().bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = self.in_text,
                b'"' => self.in_text = !self.in_text,
                b'{' | b'[' if !self.in_text => self.open += 1,
                b'}' | b']' if !self.in_text => self.open -= 1,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &[u8]) -> (String, bool) {
        let mut output = Vec::new();
        let work = |value: Value| match value.get("bad") {
            Some(_) => Err(Error::invalid("line", "is bad")),
            None => Ok(value.to_string()),
        };
        let code = transform(&mut &*input, &mut output, work).unwrap();
        (
            String::from_utf8(output).unwrap(),
            code == ExitCode::SUCCESS,
        )
    }

    fn check(input: &str, expected: &str, good: bool) {
        assert_eq!(
            run(input.as_bytes()),
            (expected.to_owned(), good),
            "{input}"
        );
    }

    #[test]
    fn objects_may_stand_on_a_line_on_one_together_or_on_many() {
        check("{\"a\":1}\n\n{\"a\":2}", "{\"a\":1}\n{\"a\":2}\n", true);
        check("{\"a\":1} {\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n", true);
        check(
            "{\n  \"a\": [\n    {\n      \"b\": \"}{\"\n    }\n  ]\n}\n{\"a\":2}\n",
            "{\"a\":[{\"b\":\"}{\"}]}\n{\"a\":2}\n",
            true,
        );
    }

    #[test]
    fn order_is_kept_and_bad_ones_are_left_out() {
        check(
            "{\"a\":1}\nno json\n{\"bad\":1}\n{\"a\":2}\n",
            "{\"a\":1}\n{\"a\":2}\n",
            false,
        );
        assert_eq!(
            run(b"{\"a\":1}\n\xff\n{\"a\":2}"),
            ("{\"a\":1}\n{\"a\":2}\n".to_owned(), false)
        );
    }

    #[test]
    fn one_that_is_cut_off_does_not_take_the_next_along() {
        check("{\"a\":1,\n{\"a\":2}\n", "{\"a\":2}\n", false);
        check("{\"a\":\"1\n{\"a\":2}\n", "{\"a\":2}\n", false);
        check("{\n  \"a\": 1\n{\"a\":2}\n", "{\"a\":2}\n", false);
    }

    #[test]
    fn a_line_that_is_too_long_does_not_take_the_next_with_it() {
        let mut input = vec![b'x'; 3 << 20];
        input.extend(b"\n{\"a\":1}\n");
        assert_eq!(run(&input), ("{\"a\":1}\n".to_owned(), false));
    }

    #[test]
    fn more_than_a_batch_stay_in_order() {
        let input: String = (0..2000).map(|at| format!("{{\"a\":{at}}}\n")).collect();
        check(&input, &input, true);
    }
}
