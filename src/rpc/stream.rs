//! How is a feed of requests answered? One answer a request, in their order, a few at a time; a bad request gets an error in its place and the others go on.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::Status;

use super::call::Context;
use crate::api::status::RpcStatus;
use crate::api::{recommend_credentials, wire};
use crate::error::{Error, Result};
use crate::serve::admission::FEED_OPEN_MAX;
use crate::serve::pool::Weight;

/// Bytes of the caller's mark of a request.
const REQUEST_ID_BYTES_MAX: usize = 200;

/// The answers of a stream.
pub(crate) type Answers = std::pin::Pin<
    Box<dyn Stream<Item = Result<wire::StreamRecommendationsResponse, Status>> + Send>,
>;

/// A request of a stream; or why it cannot be read, and others can.
pub(crate) type Read = Result<wire::StreamRecommendationsRequest>;

/// Answers a stream of requests until it ends, or until nobody reads the answers. `form` gives errors the form of the transport.
pub(crate) fn stream_recommendations(
    context: Arc<Context>,
    requests: impl Stream<Item = Result<Read, Status>> + Send + 'static,
    form: fn(Error) -> Error,
) -> Answers {
    let (open, opened) = mpsc::channel::<Result<Work, Status>>(FEED_OPEN_MAX);
    tokio::spawn(async move {
        let mut requests = pin!(requests);
        let mut position = 0;
        loop {
            // A place for the answer first, so that a request that nobody waits for is not read.
            let Ok(place) = open.reserve().await else {
                return;
            };
            match requests.next().await {
                Some(Ok(request)) => {
                    let one = one(Arc::clone(&context), position, request, form);
                    place.send(Ok(Work(tokio::spawn(one))));
                }
                None => return,
                Some(Err(status)) => return place.send(Err(status)),
            }
            position += 1;
        }
    });
    Box::pin(ReceiverStream::new(opened).then(|work| async move { work?.done().await }))
}

/// A request that is worked on; given up when dropped.
struct Work(JoinHandle<wire::StreamRecommendationsResponse>);

impl Work {
    async fn done(mut self) -> Result<wire::StreamRecommendationsResponse, Status> {
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
    request: Read,
    form: fn(Error) -> Error,
) -> wire::StreamRecommendationsResponse {
    use wire::stream_recommendations_response::Result as Answered;
    let (request_id, request) = match request {
        Ok(wire::StreamRecommendationsRequest {
            request_id,
            request,
        }) => (request_id, Ok(request)),
        Err(error) => (None, Err(error)),
    };
    let is_good = request_id
        .as_ref()
        .is_none_or(|id| id.len() <= REQUEST_ID_BYTES_MAX);
    let answered = match request {
        Err(error) => Err(error),
        Ok(request) if is_good => answer(&context, request).await,
        Ok(_) => {
            let reason = format!("has more than {REQUEST_ID_BYTES_MAX} bytes");
            Err(Error::invalid("request_id", reason))
        }
    };
    wire::StreamRecommendationsResponse {
        request_id: request_id.filter(|_| is_good),
        position,
        result: Some(match answered {
            Ok(response) => Answered::Response(response),
            Err(error) => Answered::Error(RpcStatus::from(form(error))),
        }),
    }
}

async fn answer(
    context: &Context,
    request: Option<wire::RecommendCredentialsRequest>,
) -> Result<wire::RecommendCredentialsResponse> {
    let request = request.ok_or_else(|| Error::invalid("request", "is missing"))?;
    let deadline = Instant::now() + Duration::from_millis(context.limits.deadline_ms);
    let bytes = request.encoded_len();
    let weight = Weight {
        bytes,
        decoded_bytes: bytes,
    };
    let place = context.pool.admit_of_feed(weight, deadline).await?;
    context.answer(place, request, recommend_credentials).await
}
