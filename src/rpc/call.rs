//! One call: it has a place on the pool when it comes, pins a snapshot, and is answered by the pure function of its method.

use std::sync::Arc;

use skillgap_catalogue::Catalogue;
use skillgap_credentials::day;
use skillgap_market::Market;
use tonic::{Request, Response, Status};

use crate::api::View;
use crate::config::Policy;
use crate::engine::Watch;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::serve::admission;
use crate::serve::log::LogProgress;
use crate::serve::metrics::Metrics;
use crate::serve::pool::{Place, Pool};
use crate::serve::snapshots::Snapshots;
use crate::serve::writes::Writes;

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

/// All that a view looks at, kept for the time of one answer.
struct Pinned {
    catalogue: Arc<Catalogue>,
    market: Option<Arc<Market>>,
    limits: Limits,
    policy: Policy,
    unheard_seconds: Option<u32>,
}

impl Pinned {
    fn view<'a>(&'a self, watch: &'a Watch) -> View<'a> {
        View {
            catalogue: &self.catalogue,
            market: self.market.as_deref(),
            limits: &self.limits,
            policy: &self.policy,
            today: day::today(),
            unheard_seconds: self.unheard_seconds,
            watch,
        }
    }
}

impl Context {
    fn pin(&self) -> Pinned {
        Pinned {
            catalogue: self.snapshots.pin(),
            market: self.snapshots.market.load_full(),
            limits: self.limits.clone(),
            policy: self.policy.clone(),
            unheard_seconds: self.writes.log().and_then(LogProgress::unheard_seconds),
        }
    }

    /// Answers a request on the pool.
    pub(crate) async fn call<Q, A>(
        &self,
        request: Request<Q>,
        method: Method<Q, A>,
    ) -> Result<Response<A>, Status>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let place = admission::place(&request)?;
        let answered = self.answer(place, request.into_inner(), method).await?;
        Ok(Response::new(answered))
    }

    /// Answers a message on the pool, from the snapshot that is open now.
    pub(crate) async fn answer<Q, A>(
        &self,
        place: Place,
        message: Q,
        method: impl FnOnce(&View<'_>, Q) -> Result<A> + Send + 'static,
    ) -> Result<A>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let pinned = self.pin();
        self.pool
            .run(place, move |watch| method(&pinned.view(watch), message))
            .await
    }

    /// Checks a change. It has no place on the pool, so that changes do not wait for requests.
    pub(crate) async fn check<Q, A>(
        &self,
        message: Q,
        method: impl FnOnce(&View<'_>, Q) -> Result<A> + Send + 'static,
    ) -> Result<A>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let pinned = self.pin();
        let checked =
            tokio::task::spawn_blocking(move || method(&pinned.view(&Watch::unlimited()), message));
        checked.await.unwrap_or(Err(Error::Internal))
    }

    /// Answers at once, from the snapshot that is open now.
    pub(crate) fn at_once<A>(&self, answer: impl FnOnce(&View<'_>) -> A) -> A {
        answer(&self.pin().view(&Watch::unlimited()))
    }
}
