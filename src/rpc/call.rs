//! How does each call run? It pins a snapshot, takes a place in the pool, has a deadline, and is answered by one synchronous function.

use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;
use skillgap_catalogue::Catalogue;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};
use tracing::Span;

use crate::config::Policy;
use crate::engine::Watch;
use crate::error::Result;
use crate::limits::Limits;
use crate::serve::metrics::Metrics;
use crate::serve::pool::Pool;
use crate::serve::snapshots::Snapshots;
use crate::serve::writes::Writes;

/// How much earlier than the caller's own deadline an answer is given up, so that the caller hears DEADLINE_EXCEEDED from us: a tenth of the
/// time, at most this. tonic watches the same header, and would say CANCELLED.
const MARGIN_MAX: Duration = Duration::from_millis(50);

/// What all calls share.
pub struct Context {
    /// The threads that do the work.
    pub pool: Arc<Pool>,
    /// The catalogue.
    pub snapshots: Arc<Snapshots>,
    /// The way for changes into the catalogue.
    pub writes: Writes,
    /// Limits on what comes from outside.
    pub limits: Limits,
    /// What the operator decided on rates and accreditors.
    pub policy: Policy,
    /// Counts of calls.
    pub metrics: Metrics,
}

/// Answers one request from one snapshot: decode, work, encode.
pub(super) type Answer<Q, A> = fn(&Catalogue, &Limits, &Q, &mut Watch) -> Result<A>;
/// The same, where what the operator decided counts.
pub(super) type AnswerUnder<Q, A> = fn(&Catalogue, &Limits, &Policy, &Q, &mut Watch) -> Result<A>;

impl Context {
    /// Answers a request on the pool.
    pub(super) async fn call<Q, A>(
        &self,
        request: Request<Q>,
        answer: Answer<Q, A>,
    ) -> Result<Response<A>, Status>
    where
        Q: Message + 'static,
        A: Message + 'static,
    {
        self.run(request, move |catalogue, limits, _, message, watch| {
            answer(catalogue, limits, message, watch)
        })
        .await
    }

    /// Answers a request on the pool, under the operator's policy.
    pub(super) async fn call_under<Q, A>(
        &self,
        request: Request<Q>,
        answer: AnswerUnder<Q, A>,
    ) -> Result<Response<A>, Status>
    where
        Q: Message + 'static,
        A: Message + 'static,
    {
        self.run(request, answer).await
    }

    async fn run<Q, A, F>(&self, request: Request<Q>, answer: F) -> Result<Response<A>, Status>
    where
        Q: Message + 'static,
        A: Message + 'static,
        F: FnOnce(&Catalogue, &Limits, &Policy, &Q, &mut Watch) -> Result<A> + Send + 'static,
    {
        let deadline = deadline(request.metadata(), &self.limits);
        let message = request.into_inner();
        Span::current().record("request_bytes", message.encoded_len());
        let answered = self.answer(deadline, Arc::new(message), answer).await?;
        Span::current().record("response_bytes", answered.encoded_len());
        Ok(Response::new(answered))
    }

    /// Answers a message on the pool, from the snapshot that is open now.
    pub(super) async fn answer<Q, A, F>(
        &self,
        deadline: Instant,
        message: Arc<Q>,
        answer: F,
    ) -> Result<A>
    where
        Q: Message + 'static,
        A: Message + 'static,
        F: FnOnce(&Catalogue, &Limits, &Policy, &Q, &mut Watch) -> Result<A> + Send + 'static,
    {
        let (catalogue, limits, policy) = (
            self.snapshots.pin(),
            self.limits.clone(),
            self.policy.clone(),
        );
        self.pool
            .run(deadline, move |watch| {
                answer(&catalogue, &limits, &policy, &message, watch)
            })
            .await
    }
}

/// When a call is given up.
pub(super) fn deadline(metadata: &MetadataMap, limits: &Limits) -> Instant {
    Instant::now() + time_left(metadata, Duration::from_millis(limits.deadline_ms))
}

/// The time for a call: what the caller grants in `grpc-timeout`, less a margin, and at most `most`.
fn time_left(metadata: &MetadataMap, most: Duration) -> Duration {
    let granted = metadata
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
        let mut metadata = MetadataMap::new();
        metadata.insert("grpc-timeout", header.parse().unwrap());
        assert_eq!(
            time_left(&metadata, Duration::from_secs(10)),
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
            time_left(&MetadataMap::new(), Duration::from_secs(1)),
            Duration::from_secs(1)
        );
    }
}
