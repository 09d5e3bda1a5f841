//! What the service runs on, for whoever asks where the answers come from; and the statement on accessibility.

use maud::{Markup, html};

use super::layout::page;
use super::visit::Visit;
use crate::api::{View, get_server_info, wire};
use crate::error::Result;

/// The data, their sources and their counts.
pub fn status(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let words = visit.words;
    let info = get_server_info(view, wire::GetServerInfoRequest {})?;
    let counts = info.counts.unwrap_or_default();
    let snapshot = info
        .context
        .clone()
        .and_then(|context| context.snapshot)
        .unwrap_or_default();
    let row = |key: &'static str, value: String| html! { tr { th scope="row" { (words.text(key)) } td { (value) } } };
    let number = |n: u32| words.number(f64::from(n));
    let content = html! {
        @if info.starter_data { p.note { (words.text("status.starter")) } }
        table.plain {
            tbody {
                (row("status.version", info.service_version.clone()))
                (row("status.esco", snapshot.esco_version))
                (row("status.generation", snapshot.generation))
                (row("status.credentials", number(counts.credentials)))
                (row("status.skills", number(counts.skills)))
                (row("status.occupations", number(counts.occupations)))
                (row("status.labels", info.label_language_codes.join(", ")))
            }
        }
        h2 { (words.text("status.sources")) }
        ul { @for source in &info.attributions { li lang="en" { (source) } } }
    };
    Ok(page(visit, words.text("status.title"), content))
}

/// What is known of how everybody can use the page. Its operator adds whom to turn to.
pub fn accessibility(_: &View<'_>, visit: &Visit) -> Result<Markup> {
    let words = visit.words;
    let content = html! {
        @for key in ["a11y.aim", "a11y.tested", "a11y.not_tested", "a11y.limits", "a11y.contact"] { p { (words.text(key)) } }
    };
    Ok(page(visit, words.text("a11y.title"), content))
}
