//! One call: it has a place on the pool when it comes, pins a snapshot, and is answered by one synchronous function.

use std::sync::Arc;

use prost::Message;
use skillgap_catalogue::Catalogue;
use tonic::{Request, Response, Status};

use crate::config::Policy;
use crate::engine::Watch;
use crate::error::Result;
use crate::limits::Limits;
use crate::serve::admission;
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
        let place = admission::place(&request)?;
        let answered = self.answer(place, request.into_inner(), answer).await?;
        Ok(Response::new(answered))
    }

    /// Answers a message on the pool, from the snapshot that is open now.
    pub(super) async fn answer<Q, A, F>(&self, place: Place, message: Q, answer: F) -> Result<A>
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
            .run(place, move |watch| {
                answer(&catalogue, &limits, &policy, &message, watch)
            })
            .await
    }
}
