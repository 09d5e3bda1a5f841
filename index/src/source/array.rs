//! Which records stand in a JSON array? Element by element, so that a file of any size needs the memory of one of them.

use std::cell::Cell;
use std::io::{Error, ErrorKind, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::Value;

use super::credentials::{LINE_BYTES_MAX, Taker};
use super::standards;

/// Hands each record of each element to `taker`, with its JSON path.
pub(super) fn read(input: impl Read, taker: &mut Taker<'_, '_>) -> std::io::Result<()> {
    let left = Rc::new(Cell::new(LINE_BYTES_MAX));
    // serde_json asks for one byte at a time; the buffer is in front of it.
    let metered = Metered { inner: input, left: Rc::clone(&left) };
    let mut deserializer = serde_json::Deserializer::from_reader(metered);
    match (Elements { taker, left: &left }).deserialize(&mut deserializer).and_then(|()| deserializer.end()) {
        Ok(()) => Ok(()),
        Err(error) if error.is_io() && error.io_error_kind() != Some(ErrorKind::FileTooLarge) => Err(error.into()),
        Err(error) => {
            taker.take(error.line() as u64, Err(format!("is no JSON from here on, and what follows is not read: {error}")));
            Ok(())
        }
    }
}

/// A reader that ends in an error where one element takes more than its share.
struct Metered<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => return Err(Error::new(ErrorKind::FileTooLarge, format!("an element has more than {LINE_BYTES_MAX} bytes"))),
        }
        Ok(read)
    }
}

struct Elements<'e, 't, 's> {
    taker: &'e mut Taker<'t, 's>,
    left: &'e Cell<u64>,
}

impl<'de> DeserializeSeed<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut at = 0;
        while let Some(element) = elements.next_element::<Value>()? {
            self.left.set(LINE_BYTES_MAX);
            standards::read_json(element, &mut |mut found| {
                found.path = found.path.replacen('$', &format!("$[{at}]"), 1);
                self.taker.found(0, found);
                true
            });
            at += 1;
        }
        Ok(())
    }
}
