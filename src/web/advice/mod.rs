//! The advice for a case: what the ad asks for and what the person has, courses with their reasons, a pathway; all of it can be corrected, and the
//! advice follows.

mod ad;
mod advised;
mod courses;
mod gap;
mod pathway;
mod person;
mod plain;
mod sheet;

use maud::{Markup, html};

use super::case::Case;
use super::layout::{Bar, bar, frame, label};
use super::visit::Visit;
use super::words::codes;
use crate::api::{View, Words, get_skill, search_skills, wire};
use crate::error::Result;

pub use advised::Advice;
pub use courses::{cost, facts, hours, language_name, mode_key};
pub use person::Typed;
pub use plain::plain;
pub use sheet::{For, document};

/// Skills that a search offers.
const HITS: u32 = 8;
/// Skills whose name is looked up, so that they can be put back.
const NAMES_MAX: usize = 60;

/// The page.
pub(super) fn advice(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let words = visit.words;
    let case = match visit.form.one("sample") {
        "yes" => Case::sample(),
        _ => Case::read(&visit.form),
    };
    let advice = Advice::on(view, words, case)?;
    let found = found(view, visit)?;
    let names = names(view, visit, &advice.case)?;
    let t = |key: &'static str| words.text(key);
    let content = html! {
        form method="post" action="/advice" {
            (advice.case.hidden(words))
            (advice.overview())
            p.actions {
                button formaction="/" { (t("advice.change")) }
                button formaction="/sheet" name="for" value="person" { (t("advice.print_person")) }
                button formaction="/sheet" name="for" value="counsellor" { (t("advice.print_counsellor")) }
                button formaction="/occupations" { (t("advice.occupations")) }
                @for (code, name) in codes().filter(|(code, _)| *code != words.code()) {
                    button name="lang" value=(code) lang=(code) { (name) }
                }
            }
            (advice.questions())
            (advice.ad())
            (advice.gap())
            (adding(words, visit.form.one("skill"), found.as_deref()))
            (advice.taken_back(&names))
            (advice.typed.said(words))
            (advice.courses())
            (advice.pathway())
            (advice.prior_learning())
            (advice.basis())
        }
    };
    Ok(frame(words, t("advice.title"), None, content))
}

/// The sheet to print, for the person or for the counsellor.
pub(super) fn sheet(view: &View<'_>, visit: &Visit) -> Result<Markup> {
    let mut advice = Advice::on(view, visit.words, Case::read(&visit.form))?;
    advice.is_on_paper = true;
    let reader = match visit.form.one("for") {
        "counsellor" => For::Counsellor,
        _ => For::Person,
    };
    Ok(sheet::sheet(&advice, reader))
}

impl Advice {
    /// How much is held, and what else must be known first.
    fn overview(&self) -> Markup {
        let words = self.words;
        let text = self.readiness();
        let is_empty = self.answer.demand.is_empty();
        html! {
            section aria-labelledby="overview" {
                h2 id="overview" { (words.text("overview.title")) }
                (self.on_sample())
                @if !is_empty {
                    p.figure {
                        @if self.case.speaks_of_person() { (bar(Bar { share: self.answer.readiness(), estimated: 0.0, bound: None, text: &text })) " " }
                        (text)
                    }
                }
                @for note in &self.answer.notes { p.note { (note) } }
                @for documents in self.answer.context.iter().map(|context| context.refused_documents.len()).filter(|n| *n > 0) {
                    p.note { (words.count("overview.refused", documents as f64, &[])) }
                }
            }
        }
    }

    /// What sample data are not for.
    fn on_sample(&self) -> Markup {
        html! { @if self.is_sample { p.note { (self.words.text("advice.sample")) } } }
    }

    /// The questions whose answers would change most.
    fn questions(&self) -> Markup {
        let words = self.words;
        if self.answer.questions.is_empty() {
            return html! {};
        }
        let title = |id: &String| {
            let mut shown = self.answer.recommendations.iter();
            shown
                .find(|one| one.credential_id == *id)
                .map(|one| one.title.as_str())
        };
        let level = |uri: &str| {
            let mut demanded = self.answer.demand.iter();
            let level = demanded
                .find(|demanded| demanded.uri == uri)
                .and_then(|demanded| demanded.level.as_ref());
            super::case::level_code(level)
        };
        html! {
            section.questions aria-labelledby="questions" {
                h2 id="questions" { (words.text("questions.title")) }
                p { (words.text("questions.why")) }
                ol {
                    @for question in &self.answer.questions {
                        @if let Some(skill) = &question.skill {
                            @let level = level(&skill.uri);
                            li {
                                p { strong { (label(&skill.label, skill.label_language_code.as_deref())) }
                                    @if !level.is_empty() { " (" (gap::level_text(words, level)) ")" }
                                }
                                @let leaving: Vec<&str> = question.leaving_credential_ids.iter().filter_map(title).collect();
                                p.hint {
                                    @if leaving.is_empty() { (words.text("questions.order")) }
                                    @else { (words.say("questions.leaves", &[("titles", &leaving.join("; "))])) }
                                }
                                p.actions {
                                    button name="have" value={ (level) "|" (skill.uri) } { (words.text("questions.yes")) span.hidden { ": " (skill.label) } }
                                    button name="lack" value=(skill.uri) { (words.text("questions.no")) span.hidden { ": " (skill.label) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What was corrected, to be taken back.
    fn taken_back(&self, names: &[(&'static str, wire::ConceptRef)]) -> Markup {
        let words = self.words;
        html! {
            @if !names.is_empty() {
                details {
                    summary { (words.count("back.title", names.len() as f64, &[])) }
                    ul {
                        @for (said, name) in names {
                            li { (words.say(&format!("back.{said}"), &[])) ": " (label(&name.label, name.label_language_code.as_deref())) " "
                                button.small name="forget" value={ (said) "|" (name.uri) } { (words.text("back.undo")) span.hidden { ": " (name.label) } } }
                        }
                    }
                }
            }
        }
    }

    /// What the person has already and could have recognised.
    fn prior_learning(&self) -> Markup {
        let words = self.words;
        html! {
            @if !self.plan.prior_learning.is_empty() {
                section aria-labelledby="prior" {
                    h2 id="prior" { (words.text("prior.title")) }
                    p { (words.text("prior.why")) }
                    ul {
                        @for prior in &self.plan.prior_learning {
                            li { (prior.title) ": " (words.say("prior.share", &[("share", &words.percent(prior.share_covered))])) }
                        }
                    }
                }
            }
        }
    }

    /// What all of this rests on.
    fn basis(&self) -> Markup {
        let words = self.words;
        let context = self.answer.context.clone().unwrap_or_default();
        let snapshot = context.snapshot.unwrap_or_default();
        let day = self.day();
        html! {
            details open[self.is_on_paper] {
                summary { (words.text("basis.title")) }
                p { (words.say("basis.data", &[
                    ("esco", &skillgap_esco::version_name(&snapshot.esco_version)),
                    ("generation", snapshot.generation.get(..8).unwrap_or_default()),
                    ("day", &day),
                    ("n", &words.number(f64::from(self.answer.n_candidates))),
                ])) }
                p { (words.text("basis.estimates")) }
                p { (words.text("basis.legend")) }
            }
        }
    }
}

/// The skills that a search finds, if one is asked for.
fn found(view: &View<'_>, visit: &Visit) -> Result<Option<Vec<wire::SkillHit>>> {
    let typed = visit.form.one("skill").trim();
    if visit.form.one("find").is_empty() || typed.is_empty() {
        return Ok(None);
    }
    let request = wire::SearchSkillsRequest {
        text: typed.to_owned(),
        page_size: HITS,
        ..wire::SearchSkillsRequest::default()
    };
    Ok(Some(search_skills(view, request)?.hits))
}

/// The form to add a skill, to the ad or to the person.
fn adding(words: &Words, typed: &str, found: Option<&[wire::SkillHit]>) -> Markup {
    html! {
        section aria-labelledby="add" {
            h3 id="add" { (words.text("add.title")) }
            div.search {
                label { span { (words.text("add.skill")) } input type="text" name="skill" value=(typed) maxlength="200"; }
                button name="find" value="yes" { (words.text("add.find")) }
            }
            @if let Some(found) = found {
                @if found.is_empty() { p role="status" { (words.text("add.nothing")) } }
                ul.found {
                    @for skill in found.iter().filter_map(|hit| hit.skill.as_ref()) {
                        li {
                            (label(&skill.label, skill.label_language_code.as_deref())) " "
                            button.small name="ask" value=(skill.uri) { (words.text("add.to_job")) span.hidden { ": " (skill.label) } }
                            " "
                            button.small name="have" value={ "|" (skill.uri) } { (words.text("add.to_person")) span.hidden { ": " (skill.label) } }
                        }
                    }
                }
            }
        }
    }
}

/// All skills that were struck out, added or denied, each with which of the three.
fn names(
    view: &View<'_>,
    visit: &Visit,
    case: &Case,
) -> Result<Vec<(&'static str, wire::ConceptRef)>> {
    let code = visit.words.code();
    let held = case.added().map(|(uri, _)| ("held", uri));
    let struck = case.struck.iter().map(|uri| ("struck", uri));
    let denied = case.denied.iter().map(|uri| ("denied", uri));
    let all = struck.chain(denied).chain(held).take(NAMES_MAX);
    all.map(|(said, uri)| {
        let request = wire::GetSkillRequest {
            uri: uri.clone(),
            language_code: visit.language(),
        };
        let skill = get_skill(view, request)?.skill.unwrap_or_default();
        let preferred = |code: &str| skill.labels.get(code)?.preferred.clone();
        let own = preferred(code);
        let name = wire::ConceptRef {
            uri: uri.clone(),
            label_language_code: own.is_none().then(|| "en".to_owned()),
            label: own
                .or_else(|| preferred("en"))
                .unwrap_or_else(|| uri.clone()),
        };
        Ok((said, name))
    })
    .collect()
}
