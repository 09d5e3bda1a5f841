//! How are lines counted alike in files of every system? By making each line end one line feed before csv sees it.
//!
//! csv counts line feeds, but ends a record at the carriage return before one: its line numbers fall behind by one in files from Windows.

use std::io::Read;

/// Reads with `\r\n` and `\r` as `\n`, and with a line feed at the end.
pub struct LineFeeds<R> {
    inner: R,
    last: u8,
    after_return: bool,
}

impl<R: Read> LineFeeds<R> {
    /// Wraps a reader at its beginning.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            last: b'\n',
            after_return: false,
        }
    }

    /// Rewrites `bytes` in place and returns how many remain.
    fn rewrite(&mut self, bytes: &mut [u8]) -> usize {
        if !self.after_return && !bytes.contains(&b'\r') {
            return bytes.len();
        }
        let mut n_kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            let ends_pair = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !ends_pair {
                bytes[n_kept] = if byte == b'\r' { b'\n' } else { byte };
                n_kept += 1;
            }
        }
        n_kept
    }
}

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let n_read = self.inner.read(buffer)?;
            if n_read == 0 && self.last == b'\n' {
                return Ok(0);
            }
            let n_kept = match n_read {
                0 => {
                    buffer[0] = b'\n';
                    1
                }
                n => self.rewrite(&mut buffer[..n]),
            };
            if n_kept > 0 {
                self.last = buffer[n_kept - 1];
                return Ok(n_kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_becomes_one_line_feed() {
        for (input, expected) in [
            ("a\r\nb\rc\nd", "a\nb\nc\nd\n"),
            ("a\r\r\nb\n", "a\n\nb\n"),
            ("\r\n", "\n"),
            ("", ""),
            ("\n\n", "\n\n"),
            ("x\r", "x\n"),
        ] {
            for n_buffer in 1..5 {
                let mut reader = LineFeeds::new(input.as_bytes());
                let (mut output, mut buffer) = (Vec::new(), vec![0; n_buffer]);
                loop {
                    let n = reader.read(&mut buffer).unwrap();
                    if n == 0 {
                        break;
                    }
                    output.extend_from_slice(&buffer[..n]);
                }
                assert_eq!(
                    String::from_utf8(output).unwrap(),
                    expected,
                    "{input:?} through {n_buffer} bytes"
                );
            }
        }
    }
}
