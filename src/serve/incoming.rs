//! The messages of a call as they come in: read as fast as they come, each at most so large, all unfinished ones together within a budget.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tonic::Status;

use super::budget::Budget;
use crate::error::Error;

/// Bytes before each message of gRPC: whether it is compressed, and its length.
const HEAD_BYTES: usize = 5;

/// How a body holds messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each after its head, as gRPC has it; the message keeps its head.
    Prefixed,
    /// One a line; lines without anything are none.
    Lines,
    /// The body is the message.
    Whole,
    /// The body is the message, and that a form.
    Form,
}

impl Framing {
    /// The message itself, without what stands before it on the wire.
    pub fn content(self, message: &[u8]) -> &[u8] {
        match self {
            Self::Prefixed => message.get(HEAD_BYTES..).unwrap_or_default(),
            Self::Lines | Self::Whole | Self::Form => message,
        }
    }
}

/// The messages of one call.
pub struct Incoming {
    body: Body,
    framing: Framing,
    read: BytesMut,
    /// Bytes of `read` that hold no end of a line.
    searched: usize,
    message_bytes_max: usize,
    budget: Arc<Budget>,
}

impl Incoming {
    /// The messages in a body.
    pub fn new(
        body: Body,
        framing: Framing,
        message_bytes_max: usize,
        budget: Arc<Budget>,
    ) -> Self {
        Self {
            body,
            framing,
            read: BytesMut::new(),
            searched: 0,
            message_bytes_max,
            budget,
        }
    }

    /// The next message, with its head if it has one; nothing at the end.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED for a message that is too large, or that has to give way to others; CANCELLED if the caller goes away;
    /// INVALID_ARGUMENT for an end in the middle.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let evicted = Arc::new(Notify::new());
        let evict = Arc::clone(&evicted);
        let account = self.budget.open(move || evict.notify_one());
        let mut grown = account.grow(self.read.len());
        loop {
            if let Some(message) = self.whole()? {
                return Ok(Some(message));
            }
            if !grown {
                return Err(Error::Busy.into());
            }
            let frame = tokio::select! {
                frame = self.body.frame() => frame,
                () = evicted.notified() => return Err(Error::Busy.into()),
            };
            match frame {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        grown = account.grow(data.len());
                        self.read.extend_from_slice(&data);
                    }
                }
                Some(Err(_)) => return Err(Error::Cancelled.into()),
                None if self.read.is_empty() => return Ok(None),
                None if self.framing == Framing::Prefixed => {
                    return Err(Error::invalid("message", "ends before it is whole").into());
                }
                None => {
                    self.searched = 0;
                    return Ok(Some(self.read.split().freeze()));
                }
            }
        }
    }

    /// The first message of what was read, if it is known to be whole.
    fn whole(&mut self) -> Result<Option<Bytes>, Status> {
        match self.framing {
            Framing::Prefixed => {
                let Some([_, length @ ..]) = self.read.first_chunk::<HEAD_BYTES>() else {
                    return Ok(None);
                };
                let bytes = u32::from_be_bytes(*length) as usize;
                self.check_size(bytes)?;
                let is_whole = self.read.len() >= HEAD_BYTES + bytes;
                Ok(is_whole.then(|| self.read.split_to(HEAD_BYTES + bytes).freeze()))
            }
            Framing::Lines => {
                while let Some(at) = self.read[self.searched..].iter().position(|b| *b == b'\n') {
                    let at = self.searched + at;
                    self.check_size(at)?;
                    let line = self.read.split_to(at + 1);
                    self.searched = 0;
                    if !line.trim_ascii().is_empty() {
                        return Ok(Some(line.freeze()));
                    }
                }
                self.searched = self.read.len();
                self.check_size(self.searched)?;
                Ok(None)
            }
            Framing::Whole | Framing::Form => {
                let declared = self.body.size_hint().lower();
                let declared = usize::try_from(declared).unwrap_or(usize::MAX);
                self.check_size(self.read.len().saturating_add(declared))?;
                Ok(None)
            }
        }
    }

    fn check_size(&self, bytes: usize) -> Result<(), Status> {
        if bytes > self.message_bytes_max {
            return Err(Status::resource_exhausted(format!(
                "the message is larger than {} bytes",
                self.message_bytes_max
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use prometheus_client::metrics::gauge::Gauge;

    use super::*;

    async fn read(framing: Framing, pieces: &[&str], max: usize) -> Result<Vec<String>, Status> {
        let budget = Budget::new(1_000, Duration::from_secs(1), Gauge::default());
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| {
                Ok::<_, std::convert::Infallible>(Bytes::copy_from_slice(piece.as_bytes()))
            })
            .collect();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let mut incoming = Incoming::new(body, framing, max, budget);
        let mut messages = Vec::new();
        while let Some(message) = incoming.next().await? {
            messages.push(String::from_utf8(message.to_vec()).unwrap());
        }
        Ok(messages)
    }

    #[tokio::test]
    async fn lines_are_cut_wherever_the_pieces_end() {
        let lines = read(Framing::Lines, &["{1}\n\n{", "2", "}\r\n \n", "{3}"], 10).await;
        assert_eq!(lines.unwrap(), ["{1}\n", "{2}\r\n", "{3}"]);
        for pieces in [&["{1}\n{", "23456789}"][..], &["0123456789a\n"]] {
            let refused = read(Framing::Lines, pieces, 8).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        }
    }

    #[tokio::test]
    async fn a_body_is_one_message() {
        let whole = read(Framing::Whole, &["{\n", "}"], 3).await;
        assert_eq!(whole.unwrap(), ["{\n}"]);
        assert!(read(Framing::Whole, &["{\n", "}"], 2).await.is_err());
        assert!(read(Framing::Whole, &[], 2).await.unwrap().is_empty());
    }
}
