//! How does each call run? It pins a snapshot, takes a place in the pool, has a deadline, and is answered by one synchronous function.

use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;
use skillgap_catalogue::Catalogue;
use skillgap_credentials::day;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};
use tracing::Span;

use crate::api::View;
use crate::config::Policy;
use crate::engine::Watch;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::ops::metrics::Metrics;
use crate::ops::pool::Pool;
use crate::ops::snapshots::Snapshots;
use crate::ops::writes::Writes;

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

/// The pure function of a method.
pub(crate) type Method<Q, A> = fn(&View<'_>, Q) -> Result<A>;

impl Context {
    /// Answers a request on the pool.
    pub(crate) async fn call<Q, A>(
        &self,
        request: Request<Q>,
        method: Method<Q, A>,
    ) -> Result<Response<A>, Status>
    where
        Q: Message + 'static,
        A: Message + 'static,
    {
        let deadline = deadline(request.metadata(), &self.limits);
        let message = request.into_inner();
        Span::current().record("request_bytes", message.encoded_len());
        let answered = self.answer(deadline, message, method).await?;
        Span::current().record("response_bytes", answered.encoded_len());
        Ok(Response::new(answered))
    }

    /// Answers a message on the pool, from the snapshot that is open now.
    pub(crate) async fn answer<Q, A>(
        &self,
        deadline: Instant,
        message: Q,
        method: Method<Q, A>,
    ) -> Result<A>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let (catalogue, limits, policy) = (
            self.snapshots.pin(),
            self.limits.clone(),
            self.policy.clone(),
        );
        self.pool
            .run(deadline, move |watch| {
                let view = View {
                    catalogue: &catalogue,
                    limits: &limits,
                    policy: &policy,
                    today: day::today(),
                    watch,
                };
                method(&view, message)
            })
            .await
    }

    /// Checks a change. It has no place on the pool, so that changes do not wait for requests.
    pub(crate) async fn check<Q, A>(&self, message: Q, method: Method<Q, A>) -> Result<A>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let (catalogue, limits, policy) = (
            self.snapshots.pin(),
            self.limits.clone(),
            self.policy.clone(),
        );
        let checked = tokio::task::spawn_blocking(move || {
            let view = View {
                catalogue: &catalogue,
                limits: &limits,
                policy: &policy,
                today: day::today(),
                watch: &Watch::unlimited(),
            };
            method(&view, message)
        });
        checked.await.unwrap_or(Err(Error::Internal))
    }

    /// Answers at once, without the pool.
    pub(crate) fn view<A>(
        &self,
        catalogue: &Catalogue,
        watch: &Watch,
        answer: impl FnOnce(&View<'_>) -> A,
    ) -> A {
        answer(&View {
            catalogue,
            limits: &self.limits,
            policy: &self.policy,
            today: day::today(),
            watch,
        })
    }
}

/// When a call is given up.
pub(crate) fn deadline(metadata: &MetadataMap, limits: &Limits) -> Instant {
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
