//! Which records stand in a JSON array? Element by element, many parsed at once and handed on in order, so that a file of any size needs the memory of a few.

use std::io::Read;

use super::cut::cut;
use super::documents;
use super::found::{Found, Sink};

/// Hands each record of each element to `sink`, with its JSON path and line.
pub(super) fn read(input: impl Read, sink: Sink<'_>) -> std::io::Result<()> {
    let cut = cut(input, 0, &mut |_, pieces| {
        let path = |at| format!("$[{at}]");
        documents::read_list(&pieces, path, documents::read_bytes).all(&mut *sink)
    })?;
    if let Some((line, reason)) = cut.broken {
        sink(Found::refused("$", line, reason));
    }
    Ok(())
}
