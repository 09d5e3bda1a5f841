//! Admission: what a call has to pass before it is worked on, cheap things first.
//!
//! From the outside in: the trace begins, the message is read within the time of the call, weighed by a walk over its bytes, and given a place on the
//! pool; only then is it decoded. Who calls and how much of it they may (identity and quota) goes between the trace and the message.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{timeout, timeout_at};
use tonic::Status;
use tracing::Instrument;

use super::answer::Answer;
use super::budget::Budget;
use super::connections::Connection;
use super::incoming::{HEAD_BYTES, Incoming};
use super::methods::{Method, Methods};
use super::metrics::{Counted, Metrics};
use super::observe::OpenCall;
use super::pool::{Place, Pool, Weight};
use crate::error::{Error, Result};
use crate::limits::Limits;

/// How much earlier than the caller's own deadline an answer is given up, so that the caller hears DEADLINE_EXCEEDED from us: a tenth of the
/// time, at most this.
const MARGIN_MAX: Duration = Duration::from_millis(50);

/// Messages of one feed that are worked on or wait to be sent; no further ones are read meanwhile.
pub const FEED_OPEN_MAX: usize = 4;

/// How much less memory a message of a feed may take when it is decoded.
const FEED_SHARE: usize = 16;

/// What all calls have to pass.
pub struct Admission {
    /// The methods that there are.
    pub methods: Methods,
    /// The threads that do the work.
    pub pool: Arc<Pool>,
    /// Limits on what comes from outside.
    pub limits: Limits,
    /// Bytes of messages that are not whole yet.
    pub unfinished: Arc<Budget>,
    /// Bytes of answers that are not read yet.
    pub unread: Arc<Budget>,
    /// One permit a feed.
    pub feeds: Arc<Semaphore>,
    /// Counts of calls.
    pub metrics: Metrics,
}

/// The layer around all services.
pub async fn admit(
    State(admission): State<Arc<Admission>>,
    Extension(connection): Extension<Arc<Connection>>,
    request: Request,
    next: Next,
) -> Response {
    let method = admission.methods.at(request.uri().path());
    let mut call = OpenCall::new(
        method,
        request.headers(),
        admission.metrics.clone(),
        connection.call(),
    );
    let span = call.span();
    let answered = async {
        match method {
            // No service takes it: let the router say so.
            None => Ok(next.run(request.map(|_| Body::empty())).await),
            Some(method) if method.streams_in => {
                admission.stream(method, connection, request, next).await
            }
            Some(method) => admission.one(method, request, next, &mut call).await,
        }
    };
    let answer = answered
        .instrument(span)
        .await
        .unwrap_or_else(Status::into_http);
    Answer::of(answer, &admission.unread, call)
}

impl Admission {
    /// Passes on a call with one message, when that is whole and has a place.
    async fn one(
        &self,
        method: Method,
        request: Request,
        next: Next,
        call: &mut OpenCall,
    ) -> Result<Response, Status> {
        let deadline = deadline(request.headers(), &self.limits);
        let (mut head, body) = request.into_parts();
        // There is but one. The end of the body may come later, or never.
        let message = timeout_at(deadline.into(), self.incoming(body).next())
            .await
            .map_err(|_| Error::DeadlineExceeded)??
            .unwrap_or_default();
        let weight = self.weigh(method, &message)?;
        call.request_bytes = weight.bytes;
        let _held = if method.is_free {
            Some(self.pool.hold(weight)?)
        } else {
            head.extensions.insert(self.pool.admit(weight, deadline)?);
            None
        };
        let answered = next.run(Request::from_parts(head, Body::from(message)));
        timeout_at(deadline.into(), answered)
            .await
            .map_err(|_| Error::DeadlineExceeded.into())
    }

    fn incoming(&self, body: Body) -> Incoming {
        Incoming::new(
            body,
            self.limits.message_bytes_max,
            Arc::clone(&self.unfinished),
        )
    }

    /// What a message weighs.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED for one that would take too much memory when it is decoded.
    fn weigh(&self, method: Method, message: &[u8]) -> Result<Weight, Status> {
        let message = message.get(HEAD_BYTES..).unwrap_or_default();
        let mut most = self.limits.decoded_bytes_max;
        if method.is_feed() {
            // It holds one request, has several decoded that wait, and there are many feeds.
            most /= FEED_SHARE;
        }
        let decoded_bytes = self.methods.decoded_bytes(method, message, most);
        if decoded_bytes > most {
            return Err(Status::resource_exhausted(
                "the message has too many entries",
            ));
        }
        Ok(Weight {
            bytes: message.len(),
            decoded_bytes,
        })
    }

    /// Passes on a call with a stream of messages, each when it is whole.
    async fn stream(
        self: &Arc<Self>,
        method: Method,
        connection: Arc<Connection>,
        request: Request,
        next: Next,
    ) -> Result<Response, Status> {
        let (head, body) = request.into_parts();
        let feed = if method.is_feed() {
            Some(self.feed(&connection)?)
        } else {
            None
        };
        let messages = Messages {
            incoming: self.incoming(body),
            admission: Arc::clone(self),
            method,
            connection,
            _feed: feed,
        };
        let messages = futures_util::stream::unfold(Some(messages), |messages| async {
            let mut messages = messages?;
            match messages.next().await {
                Ok(message) => message.map(|message| (Ok(message), Some(messages))),
                Err(status) => Some((Err(status), None)),
            }
        });
        Ok(next
            .run(Request::from_parts(head, Body::from_stream(messages)))
            .await)
    }

    /// A place for a feed.
    fn feed(&self, connection: &Connection) -> Result<Feed> {
        let taken = |places: &Arc<Semaphore>| {
            let place = Arc::clone(places).try_acquire_owned();
            place.map_err(|_| Error::Busy)
        };
        Ok(Feed {
            _of_connection: taken(&connection.feeds)?,
            _of_all: taken(&self.feeds)?,
            _counted: Counted::new(&self.metrics.feeds),
        })
    }
}

/// The place of a feed, free when dropped.
struct Feed {
    _of_connection: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
    _counted: Counted,
}

/// The messages of a stream.
struct Messages {
    incoming: Incoming,
    admission: Arc<Admission>,
    method: Method,
    connection: Arc<Connection>,
    _feed: Option<Feed>,
}

impl Messages {
    /// The next one, unless the caller says nothing for too long, or the connection is asked to end.
    async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        let idle_max = Duration::from_millis(self.admission.limits.idle_ms_max);
        let message = tokio::select! {
            message = timeout(idle_max, self.incoming.next()) => {
                message.map_err(|_| Error::DeadlineExceeded)??
            }
            () = self.connection.ending(), if self.method.is_feed() => {
                return Err(Status::unavailable("the connection ends; go on with another"));
            }
        };
        if let Some(message) = &message {
            self.admission.weigh(self.method, message)?;
        }
        Ok(message)
    }
}

/// The place of a request, which [`admit`] has given it.
///
/// # Errors
/// [`Error::Internal`] if the layer is missing.
pub fn place<T>(request: &tonic::Request<T>) -> Result<Place> {
    let place = request.extensions().get::<Place>();
    place.cloned().ok_or(Error::Internal)
}

/// When a refused caller may try again: after a quarter of a second, more or less, so that those who were refused together do not come together.
pub fn retry_delay() -> Duration {
    use std::hash::{BuildHasher, RandomState};
    // Its keys are random, and differ from call to call.
    let random = RandomState::new().hash_one(0);
    Duration::from_millis(125 + random % 250)
}

/// When a call is given up: what the caller grants in `grpc-timeout`, less a margin, and at most the limit.
fn deadline(headers: &HeaderMap, limits: &Limits) -> Instant {
    Instant::now() + time_left(headers, Duration::from_millis(limits.deadline_ms))
}

fn time_left(headers: &HeaderMap, most: Duration) -> Duration {
    let granted = headers
        .get("grpc-timeout")
        .and_then(|value| value.to_str().ok())
        .and_then(parse_timeout);
    granted.map_or(most, |granted| {
        (granted - (granted / 10).min(MARGIN_MAX)).min(most)
    })
}

/// Reads `grpc-timeout`: up to eight digits and a unit. Nothing if it is something else.
fn parse_timeout(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected_ms: u64) {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", header.parse().unwrap());
        assert_eq!(
            time_left(&headers, Duration::from_secs(10)),
            Duration::from_millis(expected_ms),
            "{header}"
        );
    }

    #[test]
    fn the_callers_deadline_counts_less_a_margin() {
        check("100m", 90);
        check("2S", 1_950);
        check("0m", 0);
    }

    #[test]
    fn the_limit_counts_where_the_caller_grants_more_or_nothing_readable() {
        for header in [
            "99999999H",
            "1M",
            "11S",
            "S",
            "",
            "5",
            "5s",
            "+5S",
            "123456789S",
        ] {
            check(header, 10_000);
        }
        assert_eq!(
            time_left(&HeaderMap::new(), Duration::from_secs(1)),
            Duration::from_secs(1)
        );
    }
}
