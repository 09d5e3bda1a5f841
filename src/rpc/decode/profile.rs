//! What does the person hold? Stated skills, past occupations, held credentials and a text, each of them known to the snapshot.

use std::collections::BTreeMap;

use skillgap_index::model::credential::Credential;
use skillgap_index::model::esco::{OccupationId, SkillId};

use super::{Check, wire};
use crate::demand::Level;
use crate::error::Result;
use crate::gap::ProfileParts;

impl Check<'_> {
    /// The person; an absent one holds nothing.
    ///
    /// # Errors
    /// What the catalogue says. Violations are noted, as everywhere.
    pub(in crate::rpc) fn profile<'p>(&mut self, profile: Option<&'p wire::Profile>) -> Result<ProfileParts<'p>> {
        let Some(profile) = profile else { return Ok(ProfileParts::default()) };
        let most = self.limits.skills_held_max;
        let skills = self.entries("profile.skills", &profile.skills, most).iter().enumerate();
        let skills = skills.filter_map(|(at, held)| {
            let skill = self.skill_or_gone(|| format!("profile.skills[{at}].uri"), &held.uri);
            let level = self.level(|| format!("profile.skills[{at}].level"), &held.level);
            Some((at, skill?, level))
        });
        let skills = skills.collect();
        let skills = self.without_contradictions(skills);
        let occupations = self.occupations("profile.occupations", &profile.occupations);
        let mut credentials = self.credentials("profile.credentials", &profile.credentials, most)?;
        credentials.extend(self.documents(&profile.documents));
        let text = self.optional_text("profile.text", &profile.text, self.limits.ad_bytes_max);
        let eqf_level = self.eqf_level("profile.eqfLevel", profile.eqf_level);
        Ok(ProfileParts { skills, occupations, credentials, text, eqf_level })
    }

    /// Occupations that the snapshot has.
    pub(in crate::rpc) fn occupations(&mut self, field: &str, uris: &[String]) -> Vec<OccupationId> {
        let most = self.limits.skills_held_max;
        let uris = self.entries(field, uris, most).iter().enumerate();
        uris.filter_map(|(at, uri)| self.occupation(|| format!("{field}[{at}]"), uri)).collect()
    }

    /// Skills with their levels, once each. Of one skill only one level can be held; the field of each entry that says otherwise than the first is named.
    fn without_contradictions(&mut self, skills: Vec<(usize, SkillId, Option<Level>)>) -> Vec<(SkillId, Option<Level>)> {
        let mut first: BTreeMap<SkillId, (usize, Option<Level>)> = BTreeMap::new();
        for (at, skill, level) in skills {
            let (known_at, known) = *first.entry(skill).or_insert((at, level));
            if known != level {
                self.refuse(format!("profile.skills[{at}].level"), format!("contradicts profile.skills[{known_at}].level"));
            }
        }
        first.into_iter().map(|(skill, (_, level))| (skill, level)).collect()
    }

    /// Credentials of the catalogue, in the order of their ids.
    ///
    /// # Errors
    /// What the catalogue says.
    pub(in crate::rpc) fn credentials(&mut self, field: &str, ids: &[String], most: usize) -> Result<Vec<Credential>> {
        let mut credentials = Vec::new();
        for (at, id) in self.entries(field, ids, most).iter().enumerate() {
            match self.catalogue.credentials.get(id)? {
                Some(credential) => credentials.push(credential),
                None => self.refuse(format!("{field}[{at}]"), "is not in the catalogue"),
            }
        }
        Ok(credentials)
    }
}
