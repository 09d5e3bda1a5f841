//! The profile: stated skills, past occupations, held credentials, a text and documents, each of them known to the snapshot.

use std::collections::BTreeMap;

use skillgap_credentials::credential::Credential;
use skillgap_esco::{OccupationId, SkillId};

use super::carried::Meant;
use super::{Check, wire};
use crate::demand::Level;
use crate::error::Result;
use crate::gap::{ProfileParts, Relinked};

/// Skills with their levels.
type Skills = Vec<(SkillId, Option<Level>)>;

impl Check<'_> {
    /// The person; an absent one holds nothing. The documents were taken out of the profile; they are only counted here, and
    /// [`super::read_documents`] reads them once the request is known to be good.
    ///
    /// # Errors
    /// What the catalogue says. Violations are noted, as everywhere.
    pub(in crate::api) fn profile<'p>(
        &mut self,
        profile: Option<&'p mut wire::Profile>,
        documents: &[String],
    ) -> Result<ProfileParts<'p>> {
        let Some(profile) = profile else {
            return Ok(ProfileParts::default());
        };
        self.text_language(
            "profile.text_language_code",
            &mut profile.text_language_code,
        );
        let profile: &'p wire::Profile = profile;
        let limits = self.view.limits;
        let most = limits.skills_held_max;
        let skills = self.entries("profile.skills", &profile.skills, most);
        let skills = skills.iter().enumerate().filter_map(|(at, held)| {
            let field = |name: &str| format!("profile.skills[{at}].{name}");
            let skill = self.skill_or_gone(|| field("uri"), &held.uri);
            let level = self.level(
                |scale| field(&format!("level.{scale}")),
                held.level.as_ref(),
            );
            Some((at, skill?, level))
        });
        let skills = skills.collect();
        let (skills, skills_relinked) = self.without_contradictions(skills);
        let rejected = self.rejected("profile.rejected_skill_uris", &profile.rejected_skill_uris);
        if skills.iter().any(|(skill, _)| rejected.contains(skill)) {
            self.refuse(
                "profile.rejected_skill_uris",
                "names a skill that is stated",
            );
        }
        let occupations = self.occupations_meant("profile.occupations", &profile.occupations);
        let relinked = Relinked {
            skills: skills_relinked,
            occupations: guesses(occupations.iter().copied()),
        };
        let occupations = occupations.into_iter().map(|meant| meant.concept).collect();
        let credentials = self.credentials("profile.credentials", &profile.credentials, most)?;
        self.documents_form(documents);
        let text = self.optional_text("profile.text", profile.text.as_deref(), limits.ad_bytes_max);
        let eqf_level = self.eqf_level("profile.eqf_level", profile.eqf_level);
        Ok(ProfileParts {
            skills,
            occupations,
            relinked,
            credentials,
            text,
            text_language: profile.text_language_code.as_deref(),
            eqf_level,
            rejected,
        })
    }

    /// Occupations that the snapshot has.
    pub(in crate::api) fn occupations(
        &mut self,
        field: &str,
        uris: &[String],
    ) -> Vec<OccupationId> {
        self.occupations_meant(field, uris)
            .into_iter()
            .map(|meant| meant.concept)
            .collect()
    }

    fn occupations_meant(&mut self, field: &str, uris: &[String]) -> Vec<Meant<OccupationId>> {
        let most = self.view.limits.skills_held_max;
        let uris = self.entries(field, uris, most).iter().enumerate();
        uris.filter_map(|(at, uri)| self.occupation(|| format!("{field}[{at}]"), uri))
            .collect()
    }

    /// Skills with their levels, once each, and which of them are guesses. Of one skill only one level can be held; the field of each entry that says otherwise
    /// than the first is named. Two URIs that became one skill contradict nothing: the highest level counts.
    fn without_contradictions(
        &mut self,
        mut skills: Vec<(usize, Meant<SkillId>, Option<Level>)>,
    ) -> (Skills, BTreeMap<SkillId, f64>) {
        let relinked = guesses(skills.iter().map(|(_, meant, _)| *meant));
        skills.sort_by_key(|(_, meant, _)| meant.former);
        let mut first: BTreeMap<SkillId, (usize, Option<Level>)> = BTreeMap::new();
        for (at, meant, level) in skills {
            let (known_at, known) = first.entry(meant.concept).or_insert((at, level));
            if !meant.former && *known != level {
                let known_at = *known_at;
                self.refuse(
                    format!("profile.skills[{at}].level"),
                    format!("contradicts profile.skills[{known_at}].level"),
                );
            } else if known
                .is_none_or(|known| level.is_some_and(|level| known.meets(level) == Some(false)))
            {
                *known = level;
            }
        }
        let skills = first
            .into_iter()
            .map(|(skill, (_, level))| (skill, level))
            .collect();
        (skills, relinked)
    }

    /// Credentials of the catalogue, in the order of their ids.
    ///
    /// # Errors
    /// What the catalogue says.
    fn credentials(&mut self, field: &str, ids: &[String], most: usize) -> Result<Vec<Credential>> {
        let mut credentials = Vec::new();
        for (at, id) in self.entries(field, ids, most).iter().enumerate() {
            match self.view.catalogue.credentials.get(id)? {
                Some(credential) => credentials.push(credential),
                None => self.refuse(format!("{field}[{at}]"), "is not in the catalogue"),
            }
        }
        Ok(credentials)
    }
}

/// What is meant by no surer URI than one that was found again by its label.
fn guesses<C: Ord + Copy>(meant: impl Iterator<Item = Meant<C>>) -> BTreeMap<C, f64> {
    let mut surest = BTreeMap::<C, f64>::new();
    for Meant { concept, sure, .. } in meant {
        let known = surest.entry(concept).or_insert(sure);
        *known = known.max(sure);
    }
    surest.retain(|_, sure| *sure < 1.0);
    surest
}
