//! The search for courses: words and wishes, counts by facts beside the hits, each a link that narrows the search. All of it stands in the address.

use maud::{Markup, html};

use super::advice::{facts, language_name};
use super::layout::{label, language_of, page, query, select};
use super::visit::Visit;
use crate::api::{View, Words, search_credentials, wire};
use crate::error::Result;

/// Hits on a page, and values of one fact.
const HITS: u32 = 20;
const VALUES: usize = 8;
/// Facts that hits are counted by, with the parameter that narrows by each.
const FACETS: [(wire::CredentialFact, &str, &str); 3] = [
    (wire::CredentialFact::Mode, "mode", "search.by_mode"),
    (
        wire::CredentialFact::Language,
        "teaching",
        "search.by_language",
    ),
    (wire::CredentialFact::EqfLevel, "level", "search.by_level"),
];

/// The page.
pub fn search(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let (words, form) = (visit.words, &visit.form);
    let one = |name: &'static str| Some(form.one(name).to_owned()).filter(|text| !text.is_empty());
    let mode = wire::DeliveryMode::from_str_name(&form.one("mode").to_uppercase());
    let level = form.one("level").parse::<u32>().ok();
    let order = match form.one("order") {
        "title" => wire::CredentialOrder::Title,
        "hours" => wire::CredentialOrder::Hours,
        "cost" => wire::CredentialOrder::Cost,
        _ => wire::CredentialOrder::Unspecified,
    };
    let request = wire::SearchCredentialsRequest {
        text: one("words"),
        constraints: Some(wire::Constraints {
            modes: mode.into_iter().map(i32::from).collect(),
            languages: one("teaching").into_iter().collect(),
            eqf_level_min: level,
            eqf_level_max: level,
            ..wire::Constraints::default()
        }),
        page_size: HITS,
        page_token: form.one("page").to_owned(),
        order: order.into(),
        facets: FACETS.map(|(fact, ..)| fact.into()).to_vec(),
        language_code: visit.language(),
        ..wire::SearchCredentialsRequest::default()
    };
    let answer = search_credentials(view, request)?;
    let t = |key: &'static str| words.text(key);
    let orders = [
        ("", t("search.order_match")),
        ("title", t("search.order_title")),
        ("hours", t("search.order_hours")),
        ("cost", t("search.order_cost")),
    ];
    let content = html! {
        form method="get" action="/search" role="search" {
            input type="hidden" name="lang" value=(words.code());
            @for (_, name, _) in FACETS { @if !form.one(name).is_empty() { input type="hidden" name=(name) value=(form.one(name)); } }
            div.row {
                label { span { (t("search.words")) } input type="search" name="words" value=(form.one("words")) maxlength="200"; }
                (select("order", t("search.order"), form.one("order"), &orders))
                button { (t("search.go")) }
            }
        }
        p role="status" { (words.count("search.hits", f64::from(answer.total_size), &[])) }
        div.split {
            nav aria-label=(t("search.narrow")) { @for facet in &answer.facets { (narrowed(visit, facet)) } }
            div {
                form method="get" action="/compare" {
                    input type="hidden" name="lang" value=(words.code());
                    ul.hits {
                        @for record in &answer.credentials { (hit(words, record)) }
                    }
                    @if answer.credentials.len() > 1 { p { button { (t("search.compare")) } } }
                }
                @if !answer.next_page_token.is_empty() {
                    p { a href=(with(visit, "page", &answer.next_page_token)) { (t("search.next")) } }
                }
            }
        }
    };
    Ok(page(visit, t("search.title"), content))
}

fn hit(words: &Words, record: &wire::Credential) -> Markup {
    let title = skillgap_credentials::credential::text_in(&record.title, words.code());
    html! {
        li {
            a href={ "/credential?" (query("id", &[&record.id])) "&lang=" (words.code()) } { (label(title, language_of(record, words.code()))) }
            (facts(words, record))
            label.choice { input type="checkbox" name="id" value=(record.id); span { (words.text("search.pick")) span.hidden { ": " (title) } } }
        }
    }
}

/// The values of a fact, each with its number of hits, as links; the chosen one with a way back.
fn narrowed(visit: &Visit, facet: &wire::CredentialFacet) -> Markup {
    let words = visit.words;
    let Some((fact, name, key)) = FACETS
        .iter()
        .find(|(fact, ..)| i32::from(*fact) == facet.fact)
    else {
        return html! {};
    };
    let chosen = visit.form.one(name);
    html! {
        h2.small { (words.text(key)) }
        @if chosen.is_empty() {
            ul {
                @for value in facet.values.iter().take(VALUES) {
                    li { a href=(with(visit, name, &value.value)) { (value_name(words, *fact, &value.value)) } " (" (value.n_credentials) ")" }
                }
                @if facet.n_not_stated > 0 { li { (words.text("search.not_stated")) " (" (facet.n_not_stated) ")" } }
            }
        } @else {
            p { strong { (value_name(words, *fact, chosen)) } " " a href=(with(visit, name, "")) { (words.text("search.widen")) } }
        }
    }
}

fn value_name(words: &Words, fact: wire::CredentialFact, value: &str) -> String {
    match fact {
        wire::CredentialFact::Mode => {
            let mode = wire::DeliveryMode::from_str_name(&value.to_uppercase());
            let key = mode.and_then(super::advice::mode_key);
            key.map_or(value, |key| words.text(key)).to_owned()
        }
        wire::CredentialFact::Language => language_name(words, value),
        _ => words.say("search.level", &[("level", value)]),
    }
}

/// The address of this search with another value of one parameter; the first page, unless that is the parameter.
fn with(visit: &Visit, name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("lang", visit.words.code());
    for known in ["words", "order", "mode", "teaching", "level"] {
        let kept = visit.form.one(known);
        if known != name && !kept.is_empty() {
            query.append_pair(known, kept);
        }
    }
    if !value.is_empty() {
        query.append_pair(name, value);
    }
    format!("/search?{}", query.finish())
}
