//! The door for REST: each call passes the steps of [`super::admission`], as those of gRPC do, and is answered with JSON.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tokio::time::timeout_at;
use tracing::Instrument;

use super::admission::Admission;
use super::answer::Answer;
use super::connections::Connection;
use super::incoming::Framing;
use super::keys::Caller;
use super::methods::Method;
use super::observe::OpenCall;
use crate::error::Error;
use crate::rpc::paths::{self, Route};
use crate::rpc::problem::Problem;
use crate::rpc::{Context, rest};

/// What calls over REST are answered by.
pub struct Rest {
    /// What they have to pass.
    pub admission: Arc<Admission>,
    /// What they share with those of gRPC.
    pub context: Arc<Context>,
}

impl Rest {
    /// Answers a call.
    pub async fn answer(&self, connection: Arc<Connection>, request: Request) -> Response {
        let admission = &self.admission;
        let uri = request.uri().clone();
        let found = paths::find(request.method().as_str(), uri.path());
        let method = found
            .as_ref()
            .ok()
            .and_then(|(route, _)| admission.methods.at(route.rpc.path()));
        let mut call = OpenCall::new(
            method,
            request.headers(),
            admission.metrics.clone(),
            admission.audit.clone(),
            connection.call(),
        );
        let span = call.span();
        let answered = async {
            if uri.path() == rest::DESCRIPTION_PATH {
                return rest::description(request.method());
            }
            let (route, variable) = found?;
            let method = method.ok_or(Error::Internal)?;
            route.check_forms(request.headers())?;
            let named = (variable, uri.query().unwrap_or_default());
            let caller = admission.identify(method, request.headers(), &mut call)?;
            if route.is_feed() {
                self.feed(method, (caller, connection), request.into_body())
            } else {
                self.one((route, method), request, named, &mut call).await
            }
        };
        let answer = answered
            .instrument(span)
            .await
            .unwrap_or_else(Problem::into_response);
        Answer::of(answer, &admission.unread, call)
    }

    async fn one(
        &self,
        (route, method): (&Route, Method),
        request: Request,
        named: (Option<&str>, &str),
        call: &mut OpenCall,
    ) -> Result<Response, Problem> {
        let entered = self
            .admission
            .enter(method, Framing::Whole, request, call)
            .await?;
        let answer = rest::call(&self.context, route, entered.place, entered.message, named);
        timeout_at(entered.deadline.into(), answer)
            .await
            .map_err(|_| Error::DeadlineExceeded)?
    }

    fn feed(
        &self,
        method: Method,
        from: (Caller, Arc<Connection>),
        body: Body,
    ) -> Result<Response, Problem> {
        let lines = self
            .admission
            .messages(method, Framing::Lines, from, body)?;
        Ok(rest::feed(Arc::clone(&self.context), lines))
    }
}
