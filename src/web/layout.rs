//! What all pages have in common: head, navigation and foot; labels in other languages, bars, and the page that says what went wrong.

use maud::{DOCTYPE, Markup, html};
use skillgap_credentials::credential::Credential;
use tonic::Status;
use tonic_types::StatusExt;

use super::visit::Visit;
use super::words::codes;
use crate::api::Words;

/// Units of a bar's width.
const BAR_WIDTH: f64 = 120.0;

/// A page that is not the answer to a form: its navigation has the other languages.
pub fn page(visit: &Visit, title: &str, content: Markup) -> Markup {
    let language = |code: &str| format!("{}?lang={code}&{}", visit.path, visit.query);
    let languages = html! {
        @for (code, name) in codes().filter(|(code, _)| *code != visit.words.code()) {
            li { a lang=(code) hreflang=(code) href=(language(code).trim_end_matches('&')) { (name) } }
        }
    };
    frame(visit.words, title, Some(languages), content)
}

/// A page.
pub fn frame(words: &Words, title: &str, languages: Option<Markup>, content: Markup) -> Markup {
    let code = words.code();
    let link = |path: &str, key: &str| {
        html! { li { a href={ (path) "?lang=" (code) } { (words.text(key)) } } }
    };
    html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " – skillgap" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#main" { (words.text("nav.skip")) }
                header {
                    nav aria-label=(words.text("nav.name")) {
                        ul {
                            (link("/", "nav.start"))
                            (link("/search", "nav.search"))
                            @if let Some(languages) = languages { (languages) }
                        }
                    }
                }
                main id="main" tabindex="-1" {
                    h1 { (title) }
                    (content)
                }
                footer {
                    p { (words.text("foot.nothing_kept")) }
                    ul {
                        (link("/status", "nav.status"))
                        (link("/accessibility", "nav.accessibility"))
                    }
                }
            }
        }
    }
}

/// A label, marked where it is in another language than the page.
pub fn label(text: &str, language: Option<&str>) -> Markup {
    match language {
        Some(code) => html! { span lang=(code) { (text) } " " span.code { "(" (code) ")" } },
        None => html! { (text) },
    }
}

/// The language of a record's title, where it is not the one of the page; as [`skillgap_credentials::credential::text_in`] chooses.
pub fn language_of<'r>(record: &'r Credential, code: &str) -> Option<&'r str> {
    if record.title.contains_key(code) {
        return None;
    }
    let english = record.title.get_key_value("en");
    let (language, _) = english.or_else(|| record.title.iter().next())?;
    Some(language.as_str())
}

/// Pairs of a query.
pub fn query(name: &str, values: &[&str]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    values.iter().for_each(|value| {
        query.append_pair(name, value);
    });
    query.finish()
}

/// What a bar shows.
#[derive(Clone, Copy, Debug)]
pub struct Bar<'a> {
    /// How far it reaches, in [0, 1].
    pub share: f64,
    /// How much of that is estimated, in [0, 1]; this part is hatched.
    pub estimated: f64,
    /// A line that marks a bound, if there is one.
    pub bound: Option<f64>,
    /// The same in words.
    pub text: &'a str,
}

/// A bar. Its text stands beside it, so that nothing is told by colour alone.
pub fn bar(bar: Bar<'_>) -> Markup {
    let whole = bar.share.clamp(0.0, 1.0) * BAR_WIDTH;
    let sure = whole * (1.0 - bar.estimated.clamp(0.0, 1.0));
    // Strokes at an angle, drawn one by one: a pattern would need an id that is unique on the page.
    let n_strokes = ((whole - sure) / 4.0).floor() as usize;
    html! {
        svg.bar role="img" aria-label=(bar.text) viewBox="0 0 122 14" width="122" height="14" {
            rect.empty x="0.5" y="0.5" width="121" height="13" {}
            rect.full x="1" y="1" width=(sure) height="12" {}
            rect.estimated x=(1.0 + sure) y="1" width=(whole - sure) height="12" {}
            @for stroke in 0..n_strokes {
                @let x = 1.0 + sure + 4.0 * stroke as f64;
                line.hatch x1=(x) y1="13" x2=(x + 4.0) y2="1" {}
            }
            @if let Some(bound) = bar.bound {
                @let x = 1.0 + bound.clamp(0.0, 1.0) * BAR_WIDTH;
                line.bound x1=(x) y1="0" x2=(x) y2="14" {}
            }
        }
    }
}

/// A choice among a few values, each with its words.
pub fn select(name: &str, label: &str, chosen: &str, options: &[(&str, &str)]) -> Markup {
    html! {
        label { span { (label) }
            select name=(name) {
                @for (value, text) in options {
                    option value=(value) selected[*value == chosen] { (text) }
                }
            }
        }
    }
}

/// Fields of requests, with what the page calls them; the first that fits counts.
const FIELDS: [(&str, &str); 13] = [
    ("target.ad", "start.ad"),
    ("target.occupation_uri", "start.occupation"),
    ("target", "start.job"),
    ("profile.text", "start.text"),
    ("profile.documents", "start.documents"),
    ("profile", "start.person"),
    ("jobs", "start.jobs"),
    ("skills", "start.skills"),
    ("constraints.hours_max", "start.hours"),
    ("constraints.cost_max", "start.cost"),
    ("constraints.countries", "start.country"),
    ("constraints.languages", "start.teaching"),
    ("text", "search.words"),
];

/// What can be wrong, with how the page says it; anything else is said in English.
const REASONS: [(&str, &str); 5] = [
    ("is empty", "error.empty"),
    ("is missing", "error.empty"),
    ("must have exactly one of", "error.one_target"),
    ("is no whole number", "error.number"),
    ("is no text", "error.no_text"),
];

/// Says what was wrong with a visit, and where.
pub fn refused(words: &Words, status: &Status) -> Markup {
    let details = status.get_details_bad_request();
    let violations = details.map(|details| details.field_violations);
    let violations = violations.unwrap_or_default();
    let key = match status.code() {
        tonic::Code::InvalidArgument => "error.invalid",
        tonic::Code::NotFound => "error.not_found",
        tonic::Code::ResourceExhausted if status.get_details_retry_info().is_none() => {
            "error.too_large"
        }
        tonic::Code::ResourceExhausted | tonic::Code::Unavailable => "error.busy",
        tonic::Code::DeadlineExceeded => "error.late",
        tonic::Code::Unauthenticated | tonic::Code::PermissionDenied => "error.key",
        _ => "error.other",
    };
    let content = html! {
        p role="alert" { (words.text(key)) }
        @if violations.is_empty() {
            p.detail lang="en" { (status.message()) }
        } @else {
            ul.errors {
                @for violation in &violations {
                    li { strong { (field(words, &violation.field)) } ": " (reason(words, &violation.description)) }
                }
            }
        }
        p { (words.text("error.back")) }
    };
    frame(words, words.text("error.title"), None, content)
}

fn field<'w>(words: &'w Words, path: &'w str) -> &'w str {
    let known = FIELDS.iter().find(|(field, _)| {
        let rest = path.strip_prefix(field);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    });
    known.map_or(path, |(_, key)| words.text(key))
}

fn reason(words: &Words, english: &str) -> Markup {
    let known = REASONS.iter().find(|(begin, _)| english.starts_with(begin));
    match known {
        Some((_, key)) => html! { (words.text(key)) },
        None => html! { span lang="en" { (english) } },
    }
}
