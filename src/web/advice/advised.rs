//! The answers of the contract on one case, which all parts of the page speak of, and what several of them say.

use std::collections::BTreeMap;

use maud::{Markup, html};
use skillgap_credentials::day;

use super::person::Typed;
use crate::api::{View, Words, batch_get_credentials, plan_pathway, recommend_credentials, wire};
use crate::error::Result;
use crate::web::case::Case;
use crate::web::layout::{Bar, bar, language_of};

/// Courses that are shown.
const COURSES: u32 = 5;
/// Questions that are asked back.
const QUESTIONS: u32 = 3;
/// Less than this of what is asked for is called hardly anything.
const HARDLY: f64 = 0.01;
/// Probability from which on something is called probable, and from which on it may be.
pub(super) const PROBABLY: f64 = 0.7;
pub(super) const PERHAPS: f64 = 0.4;
/// Certainty from which on nobody is told how sure it is.
const SURE: f64 = 0.995;

/// Everything that is said on a case.
pub struct Advice {
    pub(super) words: &'static Words,
    pub(super) case: Case,
    /// Jobs and skills that were typed, as they were understood.
    pub(super) typed: Typed,
    pub(super) answer: wire::RecommendCredentialsResponse,
    pub(super) plan: wire::PlanPathwayResponse,
    /// The records of all courses that are spoken of, by id.
    pub(super) records: BTreeMap<String, wire::Credential>,
    /// Whether the data are those that the program carries.
    pub(super) is_sample: bool,
    /// On paper everything is open, and nothing is a link.
    pub(super) is_on_paper: bool,
}

impl Advice {
    /// Advises on a case.
    ///
    /// # Errors
    /// As the methods of the contract, with their names of fields.
    pub fn on(view: &View<'_>, words: &'static Words, case: Case) -> Result<Self> {
        let language_code = Some(words.code().to_owned());
        let typed = Typed::read(view, words, &case)?;
        let profile = typed.added_to(case.profile(), &case);
        let constraints = case.constraints()?;
        let request = wire::RecommendCredentialsRequest {
            target: Some(case.target()),
            profile: Some(profile.clone()),
            constraints: Some(constraints.clone()),
            persona: case.persona(),
            top_k: COURSES,
            language_code: language_code.clone(),
            questions_max: QUESTIONS,
            ..wire::RecommendCredentialsRequest::default()
        };
        let answer = recommend_credentials(view, request)?;
        let request = wire::PlanPathwayRequest {
            target: Some(case.target()),
            profile: Some(profile),
            constraints: Some(constraints),
            persona: case.persona(),
            language_code: language_code.clone(),
            ..wire::PlanPathwayRequest::default()
        };
        let plan = plan_pathway(view, request)?;
        let mut ids: Vec<String> = answer
            .recommendations
            .iter()
            .map(|one| one.credential_id.clone())
            .collect();
        let pathways = plan.pathway.iter().chain(&plan.alternatives);
        ids.extend(
            pathways
                .flat_map(|pathway| &pathway.steps)
                .map(|step| step.credential_id.clone()),
        );
        ids.sort();
        ids.dedup();
        ids.truncate(view.limits.top_k_max);
        let records = match ids.is_empty() {
            true => Vec::new(),
            false => {
                batch_get_credentials(
                    view,
                    wire::BatchGetCredentialsRequest {
                        ids,
                        language_code,
                        at_least_commit: None,
                    },
                )?
                .credentials
            }
        };
        Ok(Self {
            words,
            case,
            typed,
            answer,
            plan,
            records: records
                .into_iter()
                .map(|record| (record.id.clone(), record))
                .collect(),
            is_sample: view.catalogue.manifest.starter,
            is_on_paper: false,
        })
    }

    /// A link to the page of a course, but on paper.
    pub(super) fn course_link(&self, id: &str, content: Markup) -> Markup {
        match self.is_on_paper {
            true => content,
            false => {
                html! { a href={ "/credential?" (crate::web::layout::query("id", &[id])) "&lang=" (self.words.code()) } { (content) } }
            }
        }
    }

    /// The title of a course, marked where it is in another language.
    pub(super) fn titled(&self, id: &str, title: &str) -> Markup {
        let record = self.records.get(id);
        let language = record.and_then(|record| language_of(record, self.words.code()));
        html! { span lang=[language] { (title) } }
    }

    /// A bar of how far a skill is held; hatched unless somebody states that very skill.
    pub(super) fn held_bar(&self, item: &wire::GapItem) -> Markup {
        if !self.case.speaks_of_person() {
            return html! {};
        }
        let source = item.nearest_held_source();
        let is_stated = matches!(
            source,
            wire::HeldSource::Stated | wire::HeldSource::Credential
        );
        let is_sure = is_stated && item.road() == wire::CoverageRoad::Equal;
        bar(Bar {
            share: item.held,
            estimated: if is_sure { 0.0 } else { 1.0 },
            bound: None,
            text: &self.state(item),
        })
    }

    /// The day of the answer, as the language writes dates.
    pub(super) fn day(&self) -> String {
        let context = self.answer.context.as_ref();
        let day = context.and_then(|context| day::parse(&context.as_of));
        day.map_or_else(String::new, |day| self.words.date(day))
    }

    /// How much of what is asked for is held, in words.
    pub(super) fn readiness(&self) -> String {
        if !self.case.speaks_of_person() {
            return self.words.text("overview.unknown").to_owned();
        }
        if self.answer.readiness() < HARDLY {
            return self.words.text("overview.nothing").to_owned();
        }
        let share = self.words.percent(self.answer.readiness());
        self.words.say("overview.readiness", &[("share", &share)])
    }

    /// Whether a skill is held, and how sure that is, in words; nothing where nothing is known of the person.
    pub(super) fn state(&self, item: &wire::GapItem) -> String {
        // That very skill at the level asked for: only whether it is held is not sure.
        let is_whole = item.road() == wire::CoverageRoad::Equal && item.level_factor >= 1.0;
        let is_probable = item.certainty >= PROBABLY;
        let state = self.words.text(match item.state() {
            wire::GapState::Met => "gap.met",
            wire::GapState::Partly if is_whole && is_probable => "gap.probably",
            wire::GapState::Partly if is_whole => "gap.perhaps",
            wire::GapState::Partly if is_probable => "gap.partly",
            wire::GapState::Partly => "gap.part_perhaps",
            _ if !self.case.speaks_of_person() => return String::new(),
            wire::GapState::Missing | wire::GapState::Unspecified => "gap.missing",
        });
        match item.held > 0.0 && item.certainty < SURE {
            true => {
                let share = self.words.percent(item.certainty);
                format!(
                    "{state} ({})",
                    self.words.say("gap.sure", &[("share", &share)])
                )
            }
            false => state.to_owned(),
        }
    }
}
