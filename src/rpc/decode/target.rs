//! What does the person want to fit? Exactly one of an ad, skills and an occupation.

use super::carried::Meant;
use super::{Check, wire};
use crate::demand::{Demanded, Options, Requirement};
use crate::engine::Target;

/// The fields that name a target, as they stand in several requests.
#[derive(Clone, Copy)]
pub(in crate::rpc) struct TargetFields<'a> {
    pub(in crate::rpc) ad: &'a str,
    pub(in crate::rpc) demand: &'a [wire::DemandedSkill],
    pub(in crate::rpc) occupation_uri: &'a str,
}

impl Check<'_> {
    /// The target. On a violation, one that asks for nothing.
    pub(in crate::rpc) fn target<'t>(&mut self, fields: TargetFields<'t>) -> Target<'t> {
        let given = [
            ("ad", !fields.ad.is_empty()),
            ("demand", !fields.demand.is_empty()),
            ("occupationUri", !fields.occupation_uri.is_empty()),
        ];
        let given: Vec<&str> = given
            .into_iter()
            .filter(|(_, given)| *given)
            .map(|(field, _)| field)
            .collect();
        match given.as_slice() {
            ["ad"] => self.ad_target(fields.ad),
            ["occupationUri"] => self.occupation_target(fields.occupation_uri),
            ["demand"] => Target::Skills(self.demand(fields.demand)),
            [] => {
                self.refuse(
                    "ad",
                    "exactly one of ad, demand and occupationUri must be given, none is",
                );
                Target::Skills(Vec::new())
            }
            several => {
                several.iter().for_each(|field| {
                    self.refuse(
                        *field,
                        "exactly one of ad, demand and occupationUri must be given",
                    )
                });
                Target::Skills(Vec::new())
            }
        }
    }

    fn ad_target<'t>(&mut self, ad: &'t str) -> Target<'t> {
        let options = Options {
            skills_max: self.limits.skills_demanded_max,
            ..Options::default()
        };
        self.text("ad", ad, self.limits.ad_bytes_max)
            .map_or(Target::Skills(Vec::new()), |ad| Target::Ad(ad, options))
    }

    fn occupation_target<'t>(&mut self, uri: &str) -> Target<'t> {
        let esco = &self.catalogue.esco;
        if let Some(occupation) = esco.occupation_by_uri(uri) {
            return Target::Occupation(occupation);
        }
        let led_on = self.led_on("occupationUri", uri).flatten();
        match led_on.and_then(|(new, sure)| Some((esco.occupation_by_uri(&new)?, sure))) {
            Some((occupation, sure)) => Target::FormerOccupation(occupation, sure),
            None => {
                self.missing("occupationUri");
                Target::Skills(Vec::new())
            }
        }
    }

    fn demand(&mut self, demand: &[wire::DemandedSkill]) -> Vec<Demanded> {
        let n_violations = self.n_violations();
        let entries = self
            .entries("demand", demand, self.limits.skills_demanded_max)
            .iter()
            .enumerate();
        let found: Vec<Demanded> = entries
            .filter_map(|(at, demanded)| self.demanded(at, demanded))
            .collect();
        if found.is_empty() && self.n_violations() == n_violations {
            self.refuse(
                "demand",
                "names only skills that are gone from this version of ESCO",
            );
        }
        found
    }

    fn demanded(&mut self, at: usize, demanded: &wire::DemandedSkill) -> Option<Demanded> {
        let skill = self.skill_or_gone(|| format!("demand[{at}].uri"), &demanded.uri);
        let weight = if demanded.weight == 0.0 {
            1.0
        } else {
            demanded.weight
        };
        let weight = self.number(&format!("demand[{at}].weight"), weight, 0.0..=1.0);
        let requirement = match wire::Requirement::try_from(demanded.requirement) {
            Ok(wire::Requirement::Unspecified | wire::Requirement::Essential) => {
                Some(Requirement::Essential)
            }
            Ok(wire::Requirement::Optional) => Some(Requirement::Optional),
            Err(_) => {
                self.refuse(format!("demand[{at}].requirement"), "is no requirement");
                None
            }
        };
        let level = self.level(|| format!("demand[{at}].level"), &demanded.level);
        let Meant {
            concept: skill,
            sure: confidence,
            ..
        } = skill?;
        let (weight, requirement, must_be_shown) = (weight?, requirement?, demanded.must_be_shown);
        Some(Demanded {
            weight,
            requirement,
            level,
            confidence,
            must_be_shown,
            ..Demanded::essential(skill)
        })
    }
}
