//! How much is read of a file that someone else packed? Up to a limit that no official file comes near; then reading fails.

use std::io::Read;

/// The most bytes that one file may have once decompressed: ten times the largest official one.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Reads up to the limit, then fails: guards against zip bombs.
pub(crate) struct Capped<R> {
    inner: R,
    bytes_left: u64,
}

impl<R: Read> Capped<R> {
    /// Wraps a reader at its beginning.
    pub(crate) fn new(inner: R) -> Self {
        Self {
            inner,
            bytes_left: FILE_BYTES_MAX,
        }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n_read = self.inner.read(buffer)?;
        match self.bytes_left.checked_sub(n_read as u64) {
            Some(bytes_left) => self.bytes_left = bytes_left,
            None => {
                return Err(std::io::Error::other(format!(
                    "larger than {} MiB once decompressed",
                    FILE_BYTES_MAX >> 20
                )));
            }
        }
        Ok(n_read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_grows_without_end_is_refused() {
        let at_limit = Capped::new(std::io::repeat(b'x').take(FILE_BYTES_MAX));
        assert_eq!(
            std::io::copy(&mut std::io::BufReader::new(at_limit), &mut std::io::sink()).unwrap(),
            FILE_BYTES_MAX
        );
        let error = std::io::copy(
            &mut Capped::new(std::io::repeat(b'x')),
            &mut std::io::sink(),
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "larger than 256 MiB once decompressed");
    }
}
