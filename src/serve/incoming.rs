//! The messages of a call as they come in: read as fast as they come, each at most so large, all unfinished ones together within a budget.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tonic::Status;

use super::budget::Budget;
use crate::error::Error;

/// Bytes before each message: whether it is compressed, and its length.
pub const HEAD_BYTES: usize = 5;

/// The messages of one call.
pub struct Incoming {
    body: Body,
    read: BytesMut,
    message_bytes_max: usize,
    budget: Arc<Budget>,
}

impl Incoming {
    /// The messages in a body.
    pub fn new(body: Body, message_bytes_max: usize, budget: Arc<Budget>) -> Self {
        Self {
            body,
            read: BytesMut::new(),
            message_bytes_max,
            budget,
        }
    }

    /// The next message with its head; nothing at the end.
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
            if let Some(bytes) = self.declared_bytes()?
                && self.read.len() >= bytes
            {
                return Ok(Some(self.read.split_to(bytes).freeze()));
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
                None => {
                    return Err(Error::invalid("message", "ends before it is whole").into());
                }
            }
        }
    }

    /// Bytes of the message that comes, with its head, once that is read.
    fn declared_bytes(&self) -> Result<Option<usize>, Status> {
        let Some([_, length @ ..]) = self.read.first_chunk::<HEAD_BYTES>() else {
            return Ok(None);
        };
        let bytes = u32::from_be_bytes(*length) as usize;
        if bytes > self.message_bytes_max {
            return Err(Status::resource_exhausted(format!(
                "the message is larger than {} bytes",
                self.message_bytes_max
            )));
        }
        Ok(Some(HEAD_BYTES + bytes))
    }
}
