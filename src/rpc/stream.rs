//! How is a feed of requests answered? One answer a request, in their order, a few at a time; a bad request gets an error in its place and the others go on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

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
    Box<
        dyn tokio_stream::Stream<Item = Result<wire::StreamRecommendationsResponse, Status>> + Send,
    >,
>;

/// Answers a stream of requests until it ends, or until nobody reads the answers.
pub(crate) fn stream_recommendations(
    context: Arc<Context>,
    request: Request<Streaming<wire::StreamRecommendationsRequest>>,
) -> Response<Answers> {
    let mut requests = request.into_inner();
    let (open, opened) = mpsc::channel::<Result<Work, Status>>(FEED_OPEN_MAX);
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
    request: wire::StreamRecommendationsRequest,
) -> wire::StreamRecommendationsResponse {
    use wire::stream_recommendations_response::Result as Answered;
    let wire::StreamRecommendationsRequest {
        request_id,
        request,
    } = request;
    let is_good = request_id
        .as_ref()
        .is_none_or(|id| id.len() <= REQUEST_ID_BYTES_MAX);
    let answered = if is_good {
        answer(&context, request).await
    } else {
        let reason = format!("has more than {REQUEST_ID_BYTES_MAX} bytes");
        Err(Error::invalid("request_id", reason))
    };
    wire::StreamRecommendationsResponse {
        request_id: request_id.filter(|_| is_good),
        position,
        result: Some(match answered {
            Ok(response) => Answered::Response(response),
            Err(error) => Answered::Error(RpcStatus::from(error)),
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
