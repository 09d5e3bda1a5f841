//! How do the JSON-lines commands treat their input? Line by line, in order, many at once; a bad line is reported and the others go on.

use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;

use rayon::prelude::*;

use crate::error::{Error, Result};

/// Lines that are worked on at once.
const BATCH: usize = 512;
/// Longest line; an ad of 64 KiB, escaped as JSON, is well below it.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Writes one line of output for each good line of input, in order. Bad lines go to standard error with their number.
///
/// # Errors
/// What reading and writing say.
pub(super) fn transform(
    input: &mut impl BufRead,
    output: &mut impl Write,
    work: impl Fn(&str) -> Result<String> + Sync,
) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let mut number = 0;
    loop {
        let batch = read_batch(input, LINE_BYTES_MAX, &mut number)?;
        if batch.is_empty() {
            break;
        }
        let results: Vec<Result<String>> = batch
            .par_iter()
            .map(|line| {
                line.text
                    .as_ref()
                    .map_err(|reason| Error::invalid("line", reason.clone()))
                    .and_then(|text| work(text))
            })
            .collect();
        for (line, result) in batch.iter().zip(results) {
            match result {
                Ok(text) => writeln!(output, "{text}")?,
                Err(error) => {
                    code = ExitCode::FAILURE;
                    writeln!(io::stderr(), "line {}: {error}", line.number)?;
                }
            }
        }
        output.flush()?;
    }
    Ok(code)
}

pub(super) struct Line {
    pub(super) number: u64,
    pub(super) text: std::result::Result<String, String>,
}

/// Reads up to [`BATCH`] lines that are not blank, of at most `bytes_max` each.
pub(super) fn read_batch(
    input: &mut impl BufRead,
    bytes_max: u64,
    number: &mut u64,
) -> io::Result<Vec<Line>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        let mut bytes = Vec::new();
        if input
            .by_ref()
            .take(bytes_max)
            .read_until(b'\n', &mut bytes)?
            == 0
        {
            break;
        }
        *number += 1;
        let whole = bytes.ends_with(b"\n") || (bytes.len() as u64) < bytes_max;
        let text = if whole {
            String::from_utf8(bytes).map_err(|error| {
                format!(
                    "is not UTF-8 from byte {}",
                    error.utf8_error().valid_up_to()
                )
            })
        } else {
            skip_line(input)?;
            Err(format!("is longer than {bytes_max} bytes"))
        };
        if text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
            continue;
        }
        batch.push(Line {
            number: *number,
            text,
        });
    }
    Ok(batch)
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    let mut rest = Vec::new();
    loop {
        rest.clear();
        let read = input
            .by_ref()
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut rest)?;
        if read == 0 || rest.ends_with(b"\n") {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &[u8]) -> String {
        let mut output = Vec::new();
        transform(&mut &*input, &mut output, |line| {
            if line == "bad" {
                Err(Error::invalid("line", "is bad"))
            } else {
                Ok(line.trim().to_uppercase())
            }
        })
        .unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn order_is_kept_and_bad_lines_are_left_out() {
        assert_eq!(run(b"a\n\xff\n\nb\nc"), "A\nB\nC\n");
    }

    #[test]
    fn a_line_that_is_too_long_does_not_take_the_next_with_it() {
        let mut input = vec![b'x'; 3 << 20];
        input.extend(b"\nok\n");
        assert_eq!(run(&input), "OK\n");
    }

    #[test]
    fn more_lines_than_a_batch_stay_in_order() {
        let input: String = (0..2000).map(|at| format!("{at}\n")).collect();
        assert_eq!(run(input.as_bytes()), input);
    }
}
