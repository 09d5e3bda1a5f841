//! Admission: what a call has to pass before it is worked on, cheap things first.
//!
//! From the outside in: the trace begins, the caller's key is looked at, the message is read within the time of the call, weighed by a walk over
//! its bytes, and given a place on the pool; only then is it decoded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{Stream, unfold};
use http::HeaderMap;
use http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout, timeout_at};
use tonic::Status;
use tracing::Instrument;

use super::answer::Answer;
use super::audit::Audit;
use super::budget::Budget;
use super::connections::Connection;
use super::incoming::{Framing, Incoming};
use super::keys::{Caller, Keys, Scope};
use super::methods::{Method, Methods, decoded_form_bytes};
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
    /// Who may call them.
    pub keys: Keys,
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
    /// Where changes and refusals are noted.
    pub audit: Audit,
}

/// The layer around all services of gRPC. [`super::rest`] lets calls over REST in by the same steps.
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
        admission.audit.clone(),
        connection.call(),
    );
    let span = call.span();
    let answered = async {
        match method {
            // No service takes it: let the router say so.
            None => Ok(next.run(request.map(|_| Body::empty())).await),
            Some(method) => {
                let caller = admission.identify(method, request.headers(), &mut call)?;
                if method.streams_in {
                    let (head, body) = request.into_parts();
                    let from = (caller, connection);
                    let messages = admission.messages(method, Framing::Prefixed, from, body)?;
                    let request = Request::from_parts(head, Body::from_stream(messages));
                    Ok(next.run(request).await)
                } else {
                    admission.one(method, request, next, &mut call).await
                }
            }
        }
    };
    let answer = answered
        .instrument(span)
        .await
        .unwrap_or_else(Status::into_http);
    Answer::of(answer, &admission.unread, call)
}

impl Admission {
    /// Who calls, if the call is permitted. Nothing of its body is read before.
    ///
    /// # Errors
    /// UNAUTHENTICATED, PERMISSION_DENIED, and RESOURCE_EXHAUSTED where the quota of a key is used up.
    pub(super) fn identify(
        &self,
        method: Method,
        headers: &HeaderMap,
        call: &mut OpenCall,
    ) -> Result<Caller> {
        let caller = self.keys.admit(headers, method.scope)?;
        call.caller(&caller);
        Ok(caller)
    }

    /// Passes on a call with one message, when that is whole and has a place.
    async fn one(
        &self,
        method: Method,
        request: Request,
        next: Next,
        call: &mut OpenCall,
    ) -> Result<Response, Status> {
        let mut entered = self.enter(method, Framing::Prefixed, request, call).await?;
        if let Some(place) = entered.place.take() {
            entered.head.extensions.insert(place);
        }
        let request = Request::from_parts(entered.head, Body::from(entered.message));
        timeout_at(entered.deadline.into(), next.run(request))
            .await
            .map_err(|_| Error::DeadlineExceeded.into())
    }

    /// Lets a call with one message in, when that is whole and has a place.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED for a message that is too large or has no place, DEADLINE_EXCEEDED for one that does not come in time.
    pub(super) async fn enter(
        &self,
        method: Method,
        framing: Framing,
        request: Request,
        call: &mut OpenCall,
    ) -> Result<Entered, Status> {
        let deadline = deadline(request.headers(), &self.limits);
        let (head, body) = request.into_parts();
        // There is but one. The end of the body may come later, or never.
        let message = timeout_at(deadline.into(), self.incoming(body, framing).next())
            .await
            .map_err(|_| Error::DeadlineExceeded)??
            .unwrap_or_default();
        let weight = self.weigh(method, framing, &message)?;
        call.request_bytes = weight.bytes;
        let (place, held) = if method.is_free {
            (None, Some(self.pool.hold(weight)?))
        } else {
            (Some(self.pool.admit(weight, deadline)?), None)
        };
        Ok(Entered {
            head,
            message,
            deadline,
            place,
            _held: held,
        })
    }

    fn incoming(&self, body: Body, framing: Framing) -> Incoming {
        Incoming::new(
            body,
            framing,
            self.limits.message_bytes_max,
            Arc::clone(&self.unfinished),
        )
    }

    /// What a message weighs.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED for one that would take too much memory when it is decoded.
    fn weigh(&self, method: Method, framing: Framing, message: &[u8]) -> Result<Weight, Status> {
        let message = framing.content(message);
        let mut most = self.limits.decoded_bytes_max;
        if method.is_feed() {
            // It holds one request, has several decoded that wait, and there are many feeds.
            most /= FEED_SHARE;
        }
        let decoded_bytes = match framing {
            Framing::Prefixed => self.methods.decoded_bytes(method, message, most),
            Framing::Lines | Framing::Whole => {
                self.methods.decoded_json_bytes(method, message, most)
            }
            Framing::Form => decoded_form_bytes(message),
        };
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

    /// The messages of a stream, each when it is whole.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED where there is no place for another feed; and in the stream, why it ends early.
    pub(super) fn messages(
        self: &Arc<Self>,
        method: Method,
        framing: Framing,
        (caller, connection): (Caller, Arc<Connection>),
        body: Body,
    ) -> Result<impl Stream<Item = Result<Bytes, Status>> + Send + use<>, Status> {
        let feed = if method.is_feed() {
            Some(self.feed(&connection)?)
        } else {
            None
        };
        let messages = Messages {
            incoming: self.incoming(body, framing),
            admission: Arc::clone(self),
            method,
            framing,
            caller,
            connection,
            _feed: feed,
        };
        Ok(unfold(Some(messages), |messages| async {
            let mut messages = messages?;
            match messages.next().await {
                Ok(message) => message.map(|message| (Ok(message), Some(messages))),
                Err(status) => Some((Err(status), None)),
            }
        }))
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

/// A call with one message that is let in.
pub(super) struct Entered {
    /// Its head.
    pub head: Parts,
    /// The message, with its head if it has one.
    pub message: Bytes,
    /// When it is given up.
    pub deadline: Instant,
    /// Its place on the pool; none for a method that needs none.
    pub place: Option<Place>,
    _held: Option<OwnedSemaphorePermit>,
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
    framing: Framing,
    caller: Caller,
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
            self.admission.weigh(self.method, self.framing, message)?;
            if let Some(scope) = self.method.scope {
                permit(&self.admission.keys, &self.caller, scope).await?;
            }
        }
        Ok(message)
    }
}

/// Waits until the quota of a caller's key has room for another message; ends the stream of a key that is not good any more.
async fn permit(keys: &Keys, caller: &Caller, scope: Scope) -> Result<()> {
    loop {
        match keys.check(caller, scope) {
            Ok(_) => return Ok(()),
            Err(Error::Quota(wait)) => sleep(wait).await,
            Err(error) => return Err(error),
        }
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
