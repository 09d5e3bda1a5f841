//! The page for counsellors and jobseekers: HTML made on the server, which works without script. No session, no cookie, nothing stored: the case
//! travels in the form.
//!
//! One more thin adapter: each page reads a form, calls the methods of [`crate::api`], and writes what they answer.

pub mod advice;
mod case;
mod credential;
mod form;
mod layout;
mod reach;
mod search;
mod start;
mod status;
mod visit;
mod words;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use maud::Markup;
use tonic::Code;

use crate::api::View;
use crate::error::Result;
use crate::rpc::paths::Nowhere;
use crate::rpc::problem::Problem;
use crate::rpc::{Context, Rpc};
use crate::serve::pool::Place;

pub use case::Case;
pub use visit::Visit;
pub use words::{codes, words, words_for};

/// A page.
#[derive(Debug)]
pub struct Page {
    path: &'static str,
    /// It takes a form.
    takes_form: bool,
    /// The method that does most of its work; a visit is admitted as a call of it.
    pub rpc: Rpc,
    write: fn(&View<'_>, &Visit) -> Result<Markup>,
}

/// All pages.
static PAGES: [Page; 9] = [
    Page::of("/", true, Rpc::ExtractDemand, start::start),
    Page::of("/advice", true, Rpc::RecommendCredentials, advice::advice),
    Page::of("/sheet", true, Rpc::RecommendCredentials, advice::sheet),
    Page::of(
        "/occupations",
        true,
        Rpc::SuggestOccupations,
        reach::occupations,
    ),
    Page::of("/search", false, Rpc::SearchCredentials, search::search),
    Page::of(
        "/credential",
        false,
        Rpc::CheckCredential,
        credential::credential,
    ),
    Page::of(
        "/compare",
        false,
        Rpc::BatchGetCredentials,
        credential::compare,
    ),
    Page::of("/status", false, Rpc::GetServerInfo, status::status),
    Page::of(
        "/accessibility",
        false,
        Rpc::GetServerInfo,
        status::accessibility,
    ),
];

const STYLE: &str = include_str!("style.css");
const STYLE_PATH: &str = "/style.css";

/// What a browser may do with a page: show it, with the style of this service, and send its forms back here. No script, no frames, no other host.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

impl Page {
    const fn of(
        path: &'static str,
        takes_form: bool,
        rpc: Rpc,
        write: fn(&View<'_>, &Visit) -> Result<Markup>,
    ) -> Self {
        Self {
            path,
            takes_form,
            rpc,
            write,
        }
    }

    /// Whether the page is for a verb.
    ///
    /// # Errors
    /// The problem with another one.
    pub fn check_verb(&self, verb: &Method) -> Result<(), Problem> {
        let verbs: &[Method] = if self.takes_form {
            &[Method::GET, Method::HEAD, Method::POST]
        } else {
            &[Method::GET, Method::HEAD]
        };
        if verbs.contains(verb) {
            return Ok(());
        }
        let allow: Vec<&str> = verbs.iter().map(Method::as_str).collect();
        Err(Nowhere::Verb(allow.join(", ")).into())
    }
}

/// The page at a path.
pub fn page(path: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.path == path)
}

/// What pages are made with, if that is at the path.
pub fn asset(path: &str) -> Option<Response> {
    (path == STYLE_PATH).then(|| {
        let mut response = answered(StatusCode::OK, STYLE.to_owned(), "text/css; charset=utf-8");
        let for_an_hour = HeaderValue::from_static("max-age=3600");
        response.headers_mut().insert(CACHE_CONTROL, for_an_hour);
        response
    })
}

/// Answers a visit: on the pool, or at once where the method of the page needs no place there.
///
/// # Errors
/// What the methods say.
pub async fn answer(
    context: &Context,
    page: &'static Page,
    place: Option<Place>,
    visit: Visit,
) -> Result<Response, Problem> {
    let markup = match place {
        Some(place) => {
            let write = |view: &View<'_>, visit: Visit| (page.write)(view, &visit);
            context.answer(place, visit, write).await?
        }
        None => context.at_once(|view| (page.write)(view, &visit))?,
    };
    Ok(html(StatusCode::OK, markup))
}

/// Says on a page why there is none.
pub fn refused(words: &'static crate::api::Words, problem: Problem) -> Response {
    let markup = layout::refused(words, problem.status());
    let (mut head, _) = problem.into_response().into_parts();
    let response = html(head.status, markup);
    for (name, value) in response.headers() {
        head.headers.insert(name, value.clone());
    }
    Response::from_parts(head, response.into_body())
}

fn html(status: StatusCode, markup: Markup) -> Response {
    answered(status, markup.into_string(), "text/html; charset=utf-8")
}

fn answered(status: StatusCode, body: String, form: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.extensions_mut().insert(Code::Ok);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(form));
    // Pages tell of persons, and change with the catalogue.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
}
