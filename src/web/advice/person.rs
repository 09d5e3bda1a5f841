//! Jobs and skills as a person types them, one a line: each becomes the occupation or the skill that it most likely means, and says so.

use maud::{Markup, html};

use crate::api::{View, Words, extract_demand, link_text, wire};
use crate::error::{Error, Result};
use crate::web::case::Case;
use crate::web::layout::label;

/// Lines of either kind.
const LINES_MAX: usize = 30;
/// A job is taken for an occupation that it means this likely, and a skill for one that it means this likely.
const JOB_MIN: f64 = 0.3;
const SKILL_MIN: f64 = 0.3;

/// A line, and what it was taken for.
struct Line {
    typed: String,
    meant: Option<wire::ConceptRef>,
    is_job: bool,
}

/// What was typed.
pub struct Typed(Vec<Line>);

impl Typed {
    /// Reads the jobs and skills of a case.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many lines, and what the methods say.
    pub fn read(view: &View<'_>, words: &Words, case: &Case) -> Result<Self> {
        let language_code = || Some(words.code().to_owned());
        let mut read = Vec::new();
        for typed in lines("jobs", &case.jobs)? {
            let request = wire::ExtractDemandRequest {
                ad: typed.clone(),
                language_code: language_code(),
                ..wire::ExtractDemandRequest::default()
            };
            let understood = extract_demand(view, request)?
                .ad_understanding
                .unwrap_or_default();
            let likeliest = understood.occupations.into_iter().next();
            let meant = likeliest
                .filter(|one| one.confidence >= JOB_MIN)
                .and_then(|one| one.occupation);
            read.push(Line {
                typed,
                meant,
                is_job: true,
            });
        }
        for typed in lines("skills", &case.skills)? {
            let request = wire::LinkTextRequest {
                text: typed.clone(),
                language_code: language_code(),
                top_k: 1,
                ..wire::LinkTextRequest::default()
            };
            let likeliest = link_text(view, request)?.skills.into_iter().next();
            let meant = likeliest
                .filter(|one| one.confidence >= SKILL_MIN)
                .and_then(|one| one.skill);
            read.push(Line {
                typed,
                meant,
                is_job: false,
            });
        }
        Ok(Self(read))
    }

    /// The person with what was typed; what the case says of a skill itself counts.
    pub fn added_to(&self, mut profile: wire::Profile, case: &Case) -> wire::Profile {
        for line in &self.0 {
            let Some(meant) = &line.meant else { continue };
            let uri = meant.uri.clone();
            if line.is_job {
                profile.occupations.push(uri);
            } else if !case.denied.contains(&uri) && !case.held.iter().any(|(held, _)| *held == uri)
            {
                profile.skills.push(wire::HeldSkill { uri, level: None });
            }
        }
        profile.occupations.sort();
        profile.occupations.dedup();
        profile
    }

    /// How each line was understood.
    pub fn said(&self, words: &Words) -> Markup {
        html! {
            @if !self.0.is_empty() {
                section aria-labelledby="typed" {
                    h3 id="typed" { (words.text("typed.title")) }
                    ul {
                        @for line in &self.0 {
                            li {
                                q { (line.typed) } ": "
                                @match &line.meant {
                                    Some(meant) => {
                                        (words.text("typed.as")) " "
                                        strong { (label(&meant.label, meant.label_language_code.as_deref())) }
                                        @if !line.is_job {
                                            " " button.small name="lack" value=(meant.uri) { (words.text("typed.wrong")) span.hidden { ": " (meant.label) } }
                                        }
                                    }
                                    None => { em { (words.text("typed.not")) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn lines(field: &str, text: &str) -> Result<Vec<String>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    if lines.len() > LINES_MAX {
        let reason = format!("has {} lines, at most {LINES_MAX} are allowed", lines.len());
        return Err(Error::invalid(field, reason));
    }
    Ok(lines)
}
