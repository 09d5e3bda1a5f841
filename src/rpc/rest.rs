//! A call over REST, once it is let in: which form its body has and its answer gets, and how a feed is read and written as lines of JSON.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio_stream::{Stream, StreamExt};
use tonic::{Code, Status};

use super::call::Context;
use super::paths::{Nowhere, Route};
use super::problem::Problem;
use super::stream::{Answers, stream_recommendations};
use crate::api::rest::{Said, answer, read_line, write_line};
use crate::api::status::RpcStatus;
use crate::api::wire::stream_recommendations_response::Result as Answered;
use crate::api::{wire, with_json_names};
use crate::serve::pool::Place;

/// Where the description of all of this is.
pub const DESCRIPTION_PATH: &str = "/openapi.json";
/// OpenAPI 3.1, made from the contract in the build.
const DESCRIPTION: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// A message, and an answer.
const JSON: &str = "application/json";
/// A message a line.
const LINES: &str = "application/x-ndjson";

impl Route {
    /// Whether requests and answers are streams.
    pub fn is_feed(&self) -> bool {
        self.rpc == super::Rpc::StreamRecommendations
    }

    /// Whether the form of the body is read here, and that of the answer wanted.
    ///
    /// # Errors
    /// The problem with either.
    pub fn check_forms(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let form = if self.is_feed() { LINES } else { JSON };
        let given = headers.get(CONTENT_TYPE);
        if self.has_body && !given.is_some_and(|given| is_form(given, form)) {
            return Err(Problem::media_type(form));
        }
        let mut wanted = headers.get_all(ACCEPT).iter().peekable();
        if wanted.peek().is_some() && !wanted.any(|wanted| accepts(wanted, form)) {
            return Err(Problem::not_acceptable(form));
        }
        Ok(())
    }
}

/// Whether a content type is `form`, whatever its parameters.
fn is_form(given: &HeaderValue, form: &str) -> bool {
    given
        .to_str()
        .is_ok_and(|given| essence(given).eq_ignore_ascii_case(form))
}

fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}

/// Whether one of the media ranges of an `Accept` covers `form`.
fn accepts(wanted: &HeaderValue, form: &str) -> bool {
    wanted.to_str().is_ok_and(|wanted| {
        wanted.split(',').any(|range| {
            let is_refused = range.split(';').skip(1).any(|parameter| {
                let quality = parameter.trim().strip_prefix("q=");
                quality.is_some_and(|quality| quality.parse() == Ok(0.0))
            });
            let range = essence(range);
            !is_refused
                && (range.eq_ignore_ascii_case(form) || matches!(range, "*/*" | "application/*"))
        })
    })
}

/// Answers a call with one message. `message` is the body; `variable` and `query` are of the path.
///
/// # Errors
/// What the method says.
pub async fn call(
    context: &Context,
    route: &Route,
    place: Option<Place>,
    message: Bytes,
    (variable, query): (Option<&str>, &str),
) -> Result<Response, Problem> {
    let mut fields = route.request(variable, query)?;
    let said = if route.has_body {
        fields.clear();
        Said::Body(message)
    } else {
        Said::Fields(fields)
    };
    let (answer, changed) = answer(context, route.rpc, place, said).await?;
    let mut response = good(Body::from(answer), JSON);
    if let Some(changed) = changed {
        response.extensions_mut().insert(changed);
    }
    Ok(response)
}

/// Answers with the description of all methods.
///
/// # Errors
/// The problem with a verb other than GET.
pub fn description(verb: &http::Method) -> Result<Response, Problem> {
    if verb == http::Method::GET {
        Ok(good(Body::from(DESCRIPTION), JSON))
    } else {
        Err(Nowhere::Verb("GET".to_owned()).into())
    }
}

/// Answers a feed: a request a line, an answer a line. What ends it early stands in the last line, in the place of an answer.
pub fn feed(
    context: Arc<Context>,
    lines: impl Stream<Item = Result<Bytes, Status>> + Send + 'static,
) -> Response {
    let bytes_max = context.limits.answer_bytes_max;
    let requests = lines.map(|line| line.map(|line| read_line(&line)));
    let answers = stream_recommendations(context, requests, with_json_names);
    let answering = Feed::Answering {
        answers,
        position: 0,
    };
    let frames = stream::unfold(answering, move |feed| feed.next(bytes_max));
    let mut response = good(Body::new(StreamBody::new(frames)), LINES);
    // How it ended stands in its trailers.
    response.extensions_mut().remove::<Code>();
    response
}

/// The answers of a feed on their way out.
enum Feed {
    Answering { answers: Answers, position: u64 },
    Ending(Code),
    Ended,
}

impl Feed {
    async fn next(self, bytes_max: usize) -> Option<(Result<Frame<Bytes>, Status>, Self)> {
        let (mut answers, position) = match self {
            Self::Answering { answers, position } => (answers, position),
            Self::Ending(code) => return Some((Ok(trailers(code)), Self::Ended)),
            Self::Ended => return None,
        };
        let line = match answers.next().await {
            Some(answer) => answer.and_then(|answer| write_line(&answer, bytes_max)),
            None => return Some((Ok(trailers(Code::Ok)), Self::Ended)),
        };
        let (line, feed) = match line {
            Ok(line) => {
                let position = position + 1;
                (line, Self::Answering { answers, position })
            }
            Err(status) => {
                let code = status.code();
                let last = wire::StreamRecommendationsResponse {
                    request_id: None,
                    position,
                    result: Some(Answered::Error(RpcStatus::from(status))),
                };
                (write_line(&last, usize::MAX).ok()?, Self::Ending(code))
            }
        };
        Some((Ok(Frame::data(line)), feed))
    }
}

/// Code of the end of a feed, where HTTP/2 and the counts of the service look for it.
fn trailers(code: Code) -> Frame<Bytes> {
    let code = HeaderValue::from(i32::from(code));
    Frame::trailers(HeaderMap::from_iter([(
        HeaderName::from_static("grpc-status"),
        code,
    )]))
}

fn good(body: Body, form: &'static str) -> Response {
    let mut response = Response::new(body);
    response.extensions_mut().insert(Code::Ok);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(form));
    // Answers tell of persons, and change with the catalogue.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
