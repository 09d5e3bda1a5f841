//! What does the person hold? Stated skills, past occupations, held credentials and a text, each of them known to the snapshot.

use skillgap_index::model::credential::Credential;

use super::{Check, wire};
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
            let skill = self.skill(|| format!("profile.skills[{at}].uri"), &held.uri);
            let level = self.level(|| format!("profile.skills[{at}].level"), &held.level);
            Some((skill?, level))
        });
        let skills = skills.collect();
        let occupations = self.entries("profile.occupations", &profile.occupations, most).iter().enumerate();
        let occupations = occupations.filter_map(|(at, uri)| self.occupation(|| format!("profile.occupations[{at}]"), uri)).collect();
        let credentials = self.credentials("profile.credentials", &profile.credentials, most)?;
        let text = self.optional_text("profile.text", &profile.text, self.limits.ad_bytes_max);
        let eqf_level = self.eqf_level("profile.eqfLevel", profile.eqf_level);
        Ok(ProfileParts { skills, occupations, credentials, text, eqf_level })
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
