//! A gap in messages: each demanded skill with what is held of it, by which road, and how sure that is.

use super::{Presenter, Spans, held_source, level};
use crate::api::wire;
use crate::engine::Question;
use crate::gap::{Gap, GapItem, Held, HeldSource, Road, Shown, State};

impl Presenter<'_> {
    /// Every demanded skill against the profile; `text` counts the spans of the profile's text.
    pub(in crate::api) fn gap(self, gap: &Gap, text: &Spans) -> Vec<wire::GapItem> {
        let items = gap.items.iter();
        items.map(|item| self.gap_item(item, text)).collect()
    }

    /// What to ask the person.
    pub(in crate::api) fn questions(self, questions: &[Question]) -> Vec<wire::Question> {
        let question = |question: &Question| wire::Question {
            skill: Some(self.skill(question.skill)),
            change: question.change,
            leaving_credential_ids: question.leaving.clone(),
            entering_credential_ids: question.entering.clone(),
        };
        questions.iter().map(question).collect()
    }

    fn gap_item(self, item: &GapItem, text: &Spans) -> wire::GapItem {
        let skill = self.skill(item.skill);
        let known = wire::GapItem {
            uri: skill.uri,
            label: skill.label,
            label_language_code: skill.label_language_code,
            weight: item.weight,
            held: item.held,
            remaining: item.remaining(),
            state: match item.state() {
                State::Met => wire::GapState::Met,
                State::Partly => wire::GapState::Partly,
                State::Missing => wire::GapState::Missing,
            }
            .into(),
            must_be_shown: item.shown.is_some(),
            note: self.on_proof(item),
            ..wire::GapItem::default()
        };
        let Some(((held, source), by)) = item.nearest.zip(item.by.as_ref()) else {
            return known;
        };
        let held = self.skill(held);
        wire::GapItem {
            nearest_held_uri: Some(held.uri),
            nearest_held_label: Some(held.label),
            nearest_held_label_language_code: held.label_language_code,
            nearest_held_source: held_source(source),
            road: road(by.road).into(),
            steps: Some(by.road.steps()).filter(|steps| *steps > 0),
            coverage: by.coverage,
            certainty: by.certainty,
            level_factor: by.level_factor,
            held_level: by.level.map(level),
            sources: by
                .sources
                .iter()
                .map(|held| self.evidence(held, text))
                .collect(),
            level_in_doubt: by.level_in_doubt,
            ..known
        }
    }

    fn evidence(self, held: &Held, text: &Spans) -> wire::HeldEvidence {
        wire::HeldEvidence {
            source: held_source(held.source),
            certainty: held.certainty,
            level: held.level.map(level),
            occupation: held
                .occupation
                .map(|occupation| self.occupation(occupation)),
            credential_id: held.credential.clone(),
            spans: text.count(&held.spans),
        }
    }

    /// Says that a licence or certificate must be shown, and what stands for it so far; nothing where a held credential is there to be shown, or nothing is held.
    pub(super) fn on_proof(self, item: &GapItem) -> Option<String> {
        let (held, source) = item.nearest?;
        let (skill, held) = (self.skill(item.skill).label, self.skill(held).label);
        let (skill, both) = (
            [("skill", skill.as_str())],
            [("skill", skill.as_str()), ("held", held.as_str())],
        );
        Some(match (item.shown?, source) {
            (Shown::Claimed, _) => self.words.say("proof.claimed", &skill),
            (Shown::SkillOnly, HeldSource::Stated) => self.words.say("proof.stated", &both),
            (Shown::SkillOnly, _) => self.words.say("proof.suggested", &both),
        })
    }
}

fn road(road: Road) -> wire::CoverageRoad {
    match road {
        Road::Equal => wire::CoverageRoad::Equal,
        Road::Language { .. } => wire::CoverageRoad::Language,
        Road::Narrower(_) => wire::CoverageRoad::Narrower,
        Road::Broader(_) => wire::CoverageRoad::Broader,
        Road::Related => wire::CoverageRoad::Related,
        Road::Similar => wire::CoverageRoad::Similar,
    }
}
