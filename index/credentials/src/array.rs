//! Which records stand in a JSON array? Element by element, many parsed at once and handed on in order, so that a file of any size needs the memory of a few.

use std::io::Read;

use rayon::prelude::*;

use super::cut::Cutter;
use super::files::Taker;
use super::standards::{self, Found};

/// Hands each record of each element to `taker`, with its JSON path and line.
pub(super) fn read(input: impl Read, taker: &mut Taker<'_, '_>) -> std::io::Result<()> {
    let mut cutter = Cutter::new(input, 0);
    while let Some((_, pieces)) = cutter.batch()? {
        let found: Vec<Vec<Found>> = pieces
            .par_iter()
            .map(|piece| standards::read_piece(piece, &format!("$[{}]", piece.at), 0))
            .collect();
        found
            .into_iter()
            .flatten()
            .for_each(|found| taker.found(found));
    }
    if let Some((line, reason)) = cutter.broken() {
        taker.found(Found::refused("$", line, reason));
    }
    Ok(())
}
