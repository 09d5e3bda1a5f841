//! How is a feed of requests answered? One answer a request, in their order, a few at a time; a bad request gets an error in its place and the others go on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use tonic_types::StatusExt;

use super::call::Context;
use super::matching::recommend;
use super::wire;
use crate::error::{Error, Result};
use crate::serve::pool::Weight;

/// Requests of one stream that are worked on or wait to be sent; no further ones are read meanwhile.
const OPEN_MAX: usize = 4;

/// The answers of a stream.
pub(super) type Answers = std::pin::Pin<
    Box<dyn tokio_stream::Stream<Item = Result<wire::RecommendStreamResponse, Status>> + Send>,
>;

/// Answers a stream of requests until it ends, or until nobody reads the answers.
pub(super) fn recommend_stream(
    context: Arc<Context>,
    request: Request<Streaming<wire::RecommendRequest>>,
) -> Response<Answers> {
    let mut requests = request.into_inner();
    let (open, opened) = mpsc::channel::<Result<Work, Status>>(OPEN_MAX);
    tokio::spawn(async move {
        let mut position = 0;
        loop {
            // A place for the answer first, so that a request that nobody waits for is not read.
            let Ok(place) = open.reserve().await else {
                return;
            };
            match requests.message().await {
                Ok(Some(request)) => place.send(Ok(Work(tokio::spawn(one(
                    Arc::clone(&context),
                    position,
                    request,
                ))))),
                Ok(None) => return,
                Err(status) => return place.send(Err(status)),
            }
            position += 1;
        }
    });
    let answers = ReceiverStream::new(opened).then(|work| async move { work?.done().await });
    Response::new(Box::pin(answers))
}

/// A request that is worked on; given up when dropped.
struct Work(JoinHandle<wire::RecommendStreamResponse>);

impl Work {
    async fn done(mut self) -> Result<wire::RecommendStreamResponse, Status> {
        (&mut self.0).await.map_err(|_| Error::Internal.into())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn one(
    context: Arc<Context>,
    position: u64,
    request: wire::RecommendRequest,
) -> wire::RecommendStreamResponse {
    let deadline = Instant::now() + Duration::from_millis(context.limits.deadline_ms);
    let bytes = request.encoded_len();
    let weight = Weight {
        bytes,
        decoded_bytes: bytes,
    };
    let answered = match context.pool.admit_of_feed(weight, deadline).await {
        Ok(place) => context.answer(place, request, recommend).await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(response) => wire::RecommendStreamResponse {
            position,
            response: Some(response),
            error: None,
        },
        Err(error) => wire::RecommendStreamResponse {
            position,
            response: None,
            error: Some(stream_error(error.into())),
        },
    }
}

/// The same code, message and violations that a single call would have got.
fn stream_error(status: Status) -> wire::RecommendStreamError {
    let details = status
        .get_details_bad_request()
        .map(|request| request.field_violations)
        .unwrap_or_default();
    let violations = details.into_iter().map(|violation| wire::RequestViolation {
        field: violation.field,
        reason: violation.description,
    });
    wire::RecommendStreamError {
        code: status.code() as i32,
        message: status.message().to_owned(),
        violations: violations.collect(),
    }
}
