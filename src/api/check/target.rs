//! The target: exactly one of an ad, skills and an occupation.

use super::carried::Meant;
use super::{Check, wire};
use crate::demand::{Demanded, Options, Requirement};
use crate::engine::Target;
use crate::error::Resource;

impl Check<'_> {
    /// The target. On a violation, one that asks for nothing.
    pub(in crate::api) fn target<'t>(&mut self, given: Option<&'t mut wire::Target>) -> Target<'t> {
        let nothing = Target::Skills(Vec::new());
        let Some(given) = given else {
            self.refuse("target", "is missing");
            return nothing;
        };
        self.text_language("target.ad_language_code", &mut given.ad_language_code);
        let given: &'t wire::Target = given;
        let confidence_min = self.share("target.confidence_min", given.confidence_min);
        let options = Options {
            language: given.ad_language_code.as_deref(),
            confidence_min: confidence_min.unwrap_or(Options::default().confidence_min),
            skills_max: self.view.limits.skills_demanded_max,
        };
        let occupation = given
            .occupation_uri
            .as_deref()
            .filter(|uri| !uri.is_empty());
        // An empty ad beside another target is none; alone it is told that it is empty.
        let is_alone = occupation.is_none() && given.demand.is_empty();
        let ad = given.ad.as_deref().filter(|ad| is_alone || !ad.is_empty());
        let target = match (ad, occupation, given.demand.as_slice()) {
            (Some(ad), None, []) => {
                let bytes_max = self.view.limits.ad_bytes_max;
                self.text("target.ad", ad, bytes_max)
                    .map_or(nothing, |ad| Target::Ad(ad, options))
            }
            (None, Some(uri), []) => self.occupation_target(uri),
            (None, None, [_, ..]) => Target::Skills(self.demand(&given.demand)),
            _ => {
                self.refuse(
                    "target",
                    "must have exactly one of an ad, demanded skills and an occupation",
                );
                nothing
            }
        };
        if !given.corrections.is_empty() && !given.demand.is_empty() {
            self.refuse("target.corrections", "are for an ad or an occupation");
        }
        let corrections = self.demanded_skills("target.corrections", &given.corrections);
        let target = if corrections.is_empty() {
            target
        } else {
            Target::With(Box::new(target), corrections)
        };
        match self.rejected("target.rejected_skill_uris", &given.rejected_skill_uris) {
            rejected if rejected.is_empty() => target,
            rejected => Target::Without(Box::new(target), rejected),
        }
    }

    /// Skills that shall not count; those that are gone do not count anyway.
    pub(super) fn rejected(&mut self, field: &str, uris: &[String]) -> Vec<skillgap_esco::SkillId> {
        let most = self.view.limits.skills_held_max;
        let entries = self.entries(field, uris, most).iter().enumerate();
        entries
            .filter_map(|(at, uri)| self.skill_or_gone(|| format!("{field}[{at}]"), uri))
            .map(|meant| meant.concept)
            .collect()
    }

    fn occupation_target<'t>(&mut self, uri: &str) -> Target<'t> {
        let esco = &self.view.catalogue.esco;
        if let Some(occupation) = esco.occupation_by_uri(uri) {
            return Target::Occupation(occupation);
        }
        let led_on = self.led_on("target.occupation_uri", uri).flatten();
        match led_on.and_then(|(new, sure)| Some((esco.occupation_by_uri(&new)?, sure))) {
            Some((occupation, sure)) => Target::FormerOccupation(occupation, sure),
            None => {
                self.missing("target.occupation_uri", Resource::Occupation);
                Target::Skills(Vec::new())
            }
        }
    }

    fn demand(&mut self, demand: &[wire::DemandedSkill]) -> Vec<Demanded> {
        let n_violations = self.violations.len();
        let found = self.demanded_skills("target.demand", demand);
        if found.is_empty() && self.violations.len() == n_violations {
            self.refuse(
                "target.demand",
                "names only skills that are gone from this version of ESCO",
            );
        }
        found
    }

    /// Skills that are asked for; those that are gone are left out.
    fn demanded_skills(&mut self, list: &str, demand: &[wire::DemandedSkill]) -> Vec<Demanded> {
        let most = self.view.limits.skills_demanded_max;
        let entries = self.entries(list, demand, most).iter().enumerate();
        entries
            .filter_map(|(at, demanded)| self.demanded(&format!("{list}[{at}]"), demanded))
            .collect()
    }

    fn demanded(&mut self, entry: &str, demanded: &wire::DemandedSkill) -> Option<Demanded> {
        let field = |name: &str| format!("{entry}.{name}");
        let skill = self.skill_or_gone(|| field("uri"), &demanded.uri);
        // A weight of 0 would ask for nothing, and is what JSON without presence sends for none.
        let weight = demanded
            .weight
            .filter(|weight| *weight != 0.0)
            .unwrap_or(1.0);
        let weight = self.number(&field("weight"), weight, 0.0..=1.0);
        let requirement = self.known(field("requirement"), demanded.requirement);
        let requirement = match requirement.unwrap_or_default() {
            wire::Requirement::Unspecified | wire::Requirement::Essential => Requirement::Essential,
            wire::Requirement::Optional => Requirement::Optional,
        };
        let level = self.level(
            |scale| field(&format!("level.{scale}")),
            demanded.level.as_ref(),
        );
        let Meant {
            concept: skill,
            sure: confidence,
            ..
        } = skill?;
        Some(Demanded {
            weight: weight?,
            requirement,
            level,
            confidence,
            must_be_shown: demanded.must_be_shown,
            ..Demanded::essential(skill)
        })
    }
}
