//! The start: the job, the person and the wishes, in one form; a sample is one click away. An occupation is found by its name, as an ad's is.

use maud::{Markup, html};

use super::case::{Case, MODES, PERSONAS};
use super::layout::{label, page, select};
use super::visit::Visit;
use crate::api::{View, extract_demand, get_occupation, wire};
use crate::error::Result;

/// Languages of instruction that can be chosen.
const TEACHING: [&str; 14] = [
    "en", "de", "fr", "es", "nl", "it", "pl", "pt", "sv", "da", "fi", "cs", "ro", "uk",
];

/// The start page, empty or with a case to change.
pub fn start(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let (words, case) = (visit.words, Case::read(&visit.form));
    let sought = visit.form.one("sought");
    let found = match sought {
        "" => None,
        sought => Some(occupations(view, visit, sought)?),
    };
    let chosen = chosen(view, visit, &case)?;
    let t = |key: &'static str| words.text(key);
    let content = html! {
        p.lead { (t("start.lead")) }
        p { a.button href={ "/advice?sample=yes&lang=" (words.code()) } { (t("start.sample")) } " " (t("start.sample_what")) }
        form method="post" action="/advice" enctype="multipart/form-data" {
            input type="hidden" name="lang" value=(words.code());
            (case.hidden_corrections())
            fieldset {
                legend { (t("start.job")) }
                label { span { (t("start.ad")) } textarea name="ad" rows="10" { (case.ad) } }
                label { span { (t("start.ad_file")) } input type="file" name="ad_file" accept=".txt,.html,.htm,text/plain,text/html"; }
                p.or { (t("start.or")) }
                @if let Some((uri, name)) = &chosen {
                    label.choice { input type="checkbox" name="occupation" value=(uri) checked; span { (t("start.occupation")) ": " (name) } }
                }
                div.search {
                    label { span { (t("start.occupation_search")) } input type="text" name="sought" value=(sought) maxlength="200"; }
                    button formaction="/" { (t("start.search")) }
                }
                @if let Some(found) = &found {
                    (choices(visit, found))
                }
            }
            fieldset {
                legend { (t("start.person")) }
                label { span { (t("start.jobs")) } textarea name="jobs" rows="3" aria-describedby="jobs-hint" { (case.jobs) } }
                p.hint id="jobs-hint" { (t("start.jobs_hint")) }
                label { span { (t("start.skills")) } textarea name="skills" rows="3" aria-describedby="skills-hint" { (case.skills) } }
                p.hint id="skills-hint" { (t("start.skills_hint")) }
                label { span { (t("start.text")) } textarea name="text" rows="8" aria-describedby="text-hint" { (case.text) } }
                p.hint id="text-hint" { (t("start.text_hint")) }
                details {
                    summary { (t("start.files")) }
                    label { span { (t("start.text_file")) } input type="file" name="text_file" accept=".txt,.html,.htm,text/plain,text/html"; }
                    label { span { (t("start.documents")) } input type="file" name="document_file" multiple accept=".json,.xml,.jwt,application/json,text/xml"; }
                }
            }
            (wishes(visit, &case))
            p { button.main { (t("start.go")) } }
        }
    };
    Ok(page(visit, t("start.title"), content))
}

fn wishes(visit: &Visit, case: &Case) -> Markup {
    let words = visit.words;
    let t = |key: &'static str| words.text(key);
    let named = |prefix: &'static str, codes: &[&'static str]| {
        let named = codes
            .iter()
            .map(|code| (*code, words.say(&format!("{prefix}{code}"), &[])));
        [("", t("start.any").to_owned())]
            .into_iter()
            .chain(named)
            .collect::<Vec<_>>()
    };
    let options = |name: &str, label: &str, chosen: &str, of: Vec<(&'static str, String)>| {
        let of: Vec<(&str, &str)> = of
            .iter()
            .map(|(code, text)| (*code, text.as_str()))
            .collect();
        select(name, label, chosen, &of)
    };
    let personas = named("persona.", &PERSONAS).split_off(1);
    html! {
        fieldset {
            legend { (t("start.wishes")) }
            div.row {
                label { span { (t("start.hours")) } input type="number" name="hours" min="0" max="100000" step="1" value=(case.hours); }
                label { span { (t("start.cost")) } input type="number" name="cost" min="0" max="10000000" step="1" value=(case.cost); }
                label { span { (t("start.currency")) } input.short type="text" name="currency" maxlength="3" value=(if case.currency.is_empty() { "EUR" } else { &case.currency }); }
                label { span { (t("start.country")) } input.short type="text" name="country" maxlength="20" value=(case.country) aria-describedby="country-hint"; }
            }
            p.hint id="country-hint" { (t("start.country_hint")) }
            div.row {
                (options("teaching", t("start.teaching"), &case.teaching, named("language.", &TEACHING)))
                (options("mode", t("start.mode"), &case.mode, named("mode.", &MODES)))
                (options("persona", t("start.persona"), &case.persona, personas))
            }
            label.choice { input type="checkbox" name="strict" value="yes" checked[case.is_strict]; span { (t("start.strict")) } }
        }
    }
}

/// The occupations that a name most likely means.
fn occupations(view: &View<'_>, visit: &Visit, name: &str) -> Result<Vec<wire::OccupationReading>> {
    let request = wire::ExtractDemandRequest {
        ad: name.to_owned(),
        language_code: visit.language(),
        ..wire::ExtractDemandRequest::default()
    };
    let understood = extract_demand(view, request)?.ad_understanding;
    Ok(understood.unwrap_or_default().occupations)
}

fn choices(visit: &Visit, found: &[wire::OccupationReading]) -> Markup {
    let words = visit.words;
    html! {
        @if found.is_empty() {
            p role="status" { (words.text("start.no_occupation")) }
        } @else {
            fieldset.choices {
                legend { (words.text("start.which_occupation")) }
                @for occupation in found.iter().filter_map(|found| found.occupation.as_ref()) {
                    label.choice {
                        input type="radio" name="occupation" value=(occupation.uri);
                        span { (label(&occupation.label, occupation.label_language_code.as_deref())) }
                    }
                }
            }
        }
    }
}

/// The occupation of the case, with its name.
fn chosen(view: &View<'_>, visit: &Visit, case: &Case) -> Result<Option<(String, String)>> {
    if case.occupation.is_empty() {
        return Ok(None);
    }
    let request = wire::GetOccupationRequest {
        uri: case.occupation.clone(),
        language_code: visit.language(),
    };
    let occupation = get_occupation(view, request)?
        .occupation
        .unwrap_or_default();
    let preferred = |code: &str| occupation.labels.get(code)?.preferred.clone();
    let name = preferred(visit.words.code()).or_else(|| preferred("en"));
    Ok(Some((
        occupation.uri.clone(),
        name.unwrap_or(occupation.uri),
    )))
}
