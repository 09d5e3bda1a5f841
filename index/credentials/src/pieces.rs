//! How is a file cut into pieces, each a record or a node, so that only a few of them are in memory?
//!
//! A piece knows where it stands: its line, and the byte at which it starts. One that is too long is told, not held.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Longest line, element of a list, or element of XML that is a record or a node; a longer one is rejected without being held in memory.
pub const PIECE_BYTES_MAX: u64 = 4 << 20;
/// Pieces that are parsed at once.
const BATCH_PIECES: usize = 1_024;
/// Bytes after which a batch ends.
const BATCH_BYTES: u64 = 4 << 20;
/// Bytes that are read at a time.
const READ_BYTES: usize = 256 << 10;

/// What can be read from any place.
pub(super) trait Source: Read + Seek + Sync {}

impl<T: Read + Seek + Sync> Source for T {}

/// Opens what is read, at its beginning, as often as it is asked for.
pub(super) type Open<'a> = &'a (dyn Fn() -> io::Result<Box<dyn Source>> + Sync);

/// Opens bytes that are in memory.
pub(super) fn in_memory(bytes: &[u8]) -> impl Fn() -> io::Result<Box<dyn Source>> + use<> {
    let bytes: Arc<[u8]> = bytes.into();
    move || Ok(Box::new(Cursor::new(Arc::clone(&bytes))))
}

/// One piece of a file.
#[derive(Debug)]
pub(super) struct Piece {
    /// How many pieces of its list come before it.
    pub at: usize,
    /// Line on which it starts, counted from 1.
    pub line: u64,
    /// Byte at which it starts, counted from 0.
    pub start: u64,
    /// Its bytes, or why they are not here.
    pub bytes: Result<Vec<u8>, String>,
}

/// Where a piece lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// First byte.
    pub start: u64,
    /// Bytes, [`u32::MAX`] for more.
    pub len: u32,
}

impl Place {
    pub(super) fn new(start: u64, end: u64) -> Self {
        Self {
            start,
            len: u32::try_from(end.saturating_sub(start)).unwrap_or(u32::MAX),
        }
    }
}

/// Counts what is put together for one batch.
#[derive(Default)]
pub(super) struct Load {
    pieces: usize,
    bytes: u64,
}

impl Load {
    /// Counts one piece more; tells whether the batch is full now.
    pub(super) fn add(&mut self, bytes: u64) -> bool {
        self.pieces += 1;
        self.bytes += bytes.min(PIECE_BYTES_MAX);
        self.pieces >= BATCH_PIECES || self.bytes >= BATCH_BYTES
    }
}

/// Why a piece of so many bytes is not held; nothing if it is.
pub(super) fn too_long(what: &str, bytes: u64) -> Option<String> {
    (bytes > PIECE_BYTES_MAX).then(|| format!("{what} is longer than {PIECE_BYTES_MAX} bytes"))
}

/// Reads pieces at known places, in order of their places without going back, counting lines.
pub(super) struct Places {
    input: BufReader<Box<dyn Source>>,
    byte: u64,
    line: u64,
}

impl Places {
    pub(super) fn new(source: Box<dyn Source>) -> Self {
        Self {
            input: BufReader::with_capacity(READ_BYTES, source),
            byte: 0,
            line: 1,
        }
    }

    /// The piece at a place, which lies behind all that were read before.
    pub(super) fn read(&mut self, at: usize, place: Place) -> io::Result<Piece> {
        self.pass(place.start.saturating_sub(self.byte))?;
        let (line, start) = (self.line, self.byte);
        if let Some(reason) = too_long("an element", place.len.into()) {
            return Ok(Piece {
                at,
                line,
                start,
                bytes: Err(reason),
            });
        }
        let mut bytes = vec![0; place.len as usize];
        self.input.read_exact(&mut bytes)?;
        self.byte += bytes.len() as u64;
        self.line += line_feeds(&bytes);
        Ok(Piece {
            at,
            line,
            start,
            bytes: Ok(bytes),
        })
    }

    /// The line on which a byte stands, which lies behind all that were read before.
    pub(super) fn line_of(&mut self, byte: u64) -> io::Result<u64> {
        self.pass(byte.saturating_sub(self.byte))?;
        Ok(self.line)
    }

    fn pass(&mut self, mut bytes: u64) -> io::Result<()> {
        while bytes > 0 {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let passed = buffer
                .len()
                .min(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.line += line_feeds(&buffer[..passed]);
            self.input.consume(passed);
            self.byte += passed as u64;
            bytes -= passed as u64;
        }
        Ok(())
    }
}

/// Reads what lies at one place, wherever the last one was.
pub(super) fn read_at(
    source: &mut (impl Read + Seek + ?Sized),
    place: Place,
) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(place.start))?;
    let mut bytes = vec![0; place.len as usize];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn line_feeds(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
