//! The door for people: each page passes the steps of [`super::admission`], as calls over REST do, and is answered with HTML.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use tokio::time::timeout_at;
use tracing::Instrument;

use super::admission::Admission;
use super::answer::Answer;
use super::connections::Connection;
use super::incoming::Framing;
use super::observe::OpenCall;
use crate::error::Error;
use crate::rpc::Context;
use crate::rpc::problem::Problem;
use crate::web::{self, Visit};

/// What pages are answered by.
pub struct Web {
    /// What they have to pass.
    pub admission: Arc<Admission>,
    /// What they share with calls.
    pub context: Arc<Context>,
}

impl Web {
    /// Whether a path is one of the page.
    pub fn serves(path: &str) -> bool {
        web::page(path).is_some() || web::asset(path).is_some()
    }

    /// Answers a visit.
    pub async fn answer(&self, connection: Arc<Connection>, request: Request) -> Response {
        let admission = &self.admission;
        let uri = request.uri().clone();
        let page = web::page(uri.path());
        let method = page.and_then(|page| admission.methods.at(page.rpc.path()));
        let mut call = OpenCall::new(
            method,
            request.headers(),
            admission.metrics.clone(),
            admission.audit.clone(),
            connection.call(),
        );
        let span = call.span();
        let words = web::words_for(uri.query().unwrap_or_default(), request.headers());
        let answered = async {
            if let Some(asset) = web::asset(uri.path()) {
                return Ok(asset);
            }
            let (page, method) = page.zip(method).ok_or(Error::Internal)?;
            page.check_verb(request.method())?;
            admission.identify(method, request.headers(), &mut call)?;
            let form = request.headers().get(CONTENT_TYPE).cloned();
            let entered = admission
                .enter(method, Framing::Form, request, &mut call)
                .await?;
            let query = uri.query().unwrap_or_default();
            let visit =
                Visit::read(words, (uri.path(), query), form.as_ref(), entered.message).await?;
            let answer = web::answer(&self.context, page, entered.place, visit);
            timeout_at(entered.deadline.into(), answer)
                .await
                .map_err(|_| Error::DeadlineExceeded)?
        };
        let answer: Result<Response, Problem> = answered.instrument(span).await;
        let answer = answer.unwrap_or_else(|problem| web::refused(words, problem));
        Answer::of(answer, &admission.unread, call)
    }
}
