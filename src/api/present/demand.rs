//! A demand in messages: the skills that are asked for, and how much of a text was understood.

use super::{Presenter, Spans, level, requirement};
use crate::api::wire;
use crate::demand::{About, Demand, Demanded};
use crate::gap::{PastJob, Profile};

impl Presenter<'_> {
    /// The skills that are asked for.
    pub(in crate::api) fn demand(self, demand: &Demand, ad: &Spans) -> Vec<wire::DemandedSkill> {
        let demanded = |demanded: &Demanded| {
            let skill = self.skill(demanded.skill);
            wire::DemandedSkill {
                uri: skill.uri,
                label: skill.label,
                label_language_code: skill.label_language_code,
                weight: Some(demanded.weight),
                requirement: requirement(demanded.requirement),
                level: demanded.level.map(level),
                confidence: demanded.confidence,
                spans: ad.count(&demanded.spans),
                years_min: demanded.years.map(f64::from),
                must_be_shown: demanded.must_be_shown,
            }
        };
        demand.skills.iter().map(demanded).collect()
    }

    /// How much of an ad was understood.
    pub(in crate::api) fn ad_understanding(
        self,
        demand: &Demand,
        about: &[About],
        ad: &Spans,
    ) -> wire::Understanding {
        let occupation = |about: &About| wire::OccupationReading {
            occupation: Some(self.occupation(about.occupation)),
            confidence: about.confidence,
            spans: Vec::new(),
            years: None,
        };
        let occupations = about.iter().map(occupation).collect();
        self.understanding(demand, occupations, ad)
    }

    /// How much of a person's text was understood; nothing without a text.
    pub(in crate::api) fn profile_understanding(
        self,
        profile: &Profile,
        text: &Spans,
    ) -> Option<wire::Understanding> {
        let occupation = |job: &PastJob| {
            let likeliest = job.occupations.first()?;
            Some(wire::OccupationReading {
                occupation: Some(self.occupation(likeliest.occupation)),
                confidence: job.certainty * likeliest.confidence,
                spans: text.count(std::slice::from_ref(&job.span)),
                years: job.years,
            })
        };
        let read = profile.text.as_ref()?;
        let mut occupations: Vec<_> = profile.jobs.iter().filter_map(occupation).collect();
        occupations.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        Some(self.understanding(read, occupations, text))
    }

    /// Why no occupations are ranked for a person of whom nothing is held.
    pub(in crate::api) fn nothing_held(self, profile: &Profile) -> String {
        let key = match profile.text {
            Some(_) => "note.nothing_read",
            None => "note.nothing_stated",
        };
        self.words.say(key, &[])
    }

    fn understanding(
        self,
        read: &Demand,
        occupations: Vec<wire::OccupationReading>,
        text: &Spans,
    ) -> wire::Understanding {
        let language = read.language.as_str();
        wire::Understanding {
            language_code: if language.is_empty() { "und" } else { language }.to_owned(),
            language_has_labels: self
                .catalogue
                .manifest
                .languages
                .iter()
                .any(|known| known == language),
            n_askings: read.n_askings as u32,
            n_understood: read.n_understood as u32,
            unmatched: text.count(&read.unmatched),
            occupations,
        }
    }
}
