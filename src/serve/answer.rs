//! The body of an answer on its way out: counted in a budget until the caller has read it, and the end of its call noted.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::budget::{Account, Budget};
use super::connections::Stream;
use super::observe::OpenCall;

/// Bytes that are handed over at once. What the caller does not read of the rest is dropped with its stream, and the connection can go on.
const PIECE_BYTES: usize = 64 << 10;

/// The body of an answer.
pub struct Answer {
    body: Body,
    /// What was taken from the body, and not yet handed over.
    rest: Bytes,
    budget: Arc<Budget>,
    stream: Stream,
    call: Option<OpenCall>,
}

impl Answer {
    /// Puts itself in the place of the body of a call's answer.
    pub fn of(
        answer: http::Response<Body>,
        budget: &Arc<Budget>,
        mut call: OpenCall,
    ) -> http::Response<Body> {
        let (mut head, body) = answer.into_parts();
        call.answer(&mut head);
        let answer = Self {
            body,
            rest: Bytes::new(),
            budget: Arc::clone(budget),
            stream: call.stream(),
            call: Some(call),
        };
        http::Response::from_parts(head, Body::new(answer))
    }

    /// The bytes of a message, counted as long as anyone holds some of them. Nothing if all that may be unread is unread.
    fn counted(&mut self, bytes: Bytes) -> Option<Bytes> {
        let stream = self.stream.clone();
        let account = self.budget.open(move || stream.cancel());
        let n_bytes = bytes.len();
        if let Some(call) = &mut self.call {
            call.response_bytes += n_bytes;
        }
        account
            .grow(n_bytes)
            .then(|| Bytes::from_owner(Counted(bytes, account)))
    }
}

/// Bytes with the account that they are counted in.
struct Counted(
    Bytes,
    #[expect(dead_code, reason = "held until dropped")] Account,
);

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        while this.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                other => return Poll::Ready(other),
            };
            match frame.into_data() {
                Ok(data) => match this.counted(data) {
                    Some(data) => this.rest = data,
                    None => return Poll::Ready(Some(Err(axum::Error::new(Unread)))),
                },
                Err(mut frame) => {
                    if let (Some(trailers), Some(mut call)) =
                        (frame.trailers_mut(), this.call.take())
                    {
                        call.end(trailers);
                    }
                    return Poll::Ready(Some(Ok(frame)));
                }
            }
        }
        let piece = this.rest.split_to(this.rest.len().min(PIECE_BYTES));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    /// Known before the first byte, of an answer that is no stream: then HTTP says how long it is.
    fn size_hint(&self) -> SizeHint {
        if self.rest.is_empty() {
            self.body.size_hint()
        } else {
            SizeHint::default()
        }
    }
}

/// Why an answer is not sent.
#[derive(Debug, thiserror::Error)]
#[error("too many answers are unread")]
struct Unread;
