//! The concept that a URI means: one of the snapshot's ESCO, or one of a former version that is led on to it, which the answer then says.

use skillgap_esco::{Fate, OccupationId, SkillId};

use super::{Check, wire};

/// A skill or an occupation that a URI means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meant<C> {
    pub(super) concept: C,
    /// How sure it is that it is meant, in (0, 1].
    pub(super) sure: f64,
    /// Whether the URI is of a former version.
    pub(super) former: bool,
}

impl Check<'_> {
    /// A skill that the snapshot has, or that one of a former version became.
    pub(in crate::api) fn skill(
        &mut self,
        field: impl Fn() -> String,
        uri: &str,
    ) -> Option<SkillId> {
        let n_carried = self.carried.len();
        let found = self.skill_or_gone(&field, uri);
        if found.is_none() && self.carried.len() > n_carried {
            self.carried.pop();
            self.not_in_esco(field());
        }
        found.map(|found| found.concept)
    }

    /// As [`Self::skill`]; of one that is gone the answer says so, and the others count.
    pub(super) fn skill_or_gone(
        &mut self,
        field: impl Fn() -> String,
        uri: &str,
    ) -> Option<Meant<SkillId>> {
        let esco = &self.view.catalogue.esco;
        self.concept(field, uri, |uri| esco.skill_by_uri(uri))
    }

    /// An occupation that the snapshot has, or that one of a former version became; of one that is gone the answer says so.
    pub(super) fn occupation(
        &mut self,
        field: impl Fn() -> String,
        uri: &str,
    ) -> Option<Meant<OccupationId>> {
        let esco = &self.view.catalogue.esco;
        self.concept(field, uri, |uri| esco.occupation_by_uri(uri))
    }

    /// What no version has is a violation.
    fn concept<C>(
        &mut self,
        field: impl Fn() -> String,
        uri: &str,
        find: impl Fn(&str) -> Option<C>,
    ) -> Option<Meant<C>> {
        if let Some(concept) = find(uri) {
            return Some(Meant {
                concept,
                sure: 1.0,
                former: false,
            });
        }
        let Some(new) = self.led_on(&field(), uri) else {
            self.not_in_esco(field());
            return None;
        };
        let (new, sure) = new?;
        Some(Meant {
            concept: find(&new)?,
            sure,
            former: true,
        })
    }

    /// The URI that one of a former version became, and how sure that is, or nothing inside if it is gone; nothing if it is of no former version.
    pub(super) fn led_on(&mut self, field: &str, uri: &str) -> Option<Option<(String, f64)>> {
        let fate = self.view.catalogue.esco.former.get(uri)?;
        self.carried.push(carried(field, uri, fate));
        Some(fate.successor().map(|(new, sure)| (new.to_owned(), sure)))
    }

    /// The URI that counts in place of another: what one of a former version became, else itself.
    pub(in crate::api) fn uri_that_counts(&mut self, field: &str, uri: &str) -> String {
        self.led_on(field, uri)
            .flatten()
            .map_or_else(|| uri.to_owned(), |(new, _)| new)
    }

    fn not_in_esco(&mut self, field: String) {
        let version = &self.view.catalogue.manifest.esco_version;
        let known = if version.starts_with(|first: char| first.is_ascii_digit()) {
            format!("ESCO {version}")
        } else {
            format!("ESCO ({version})")
        };
        self.refuse(field, format!("is not in {known}"));
    }
}

fn carried(field: &str, uri: &str, fate: &Fate) -> wire::CarriedUri {
    let (kind, confidence) = match fate {
        Fate::Replaced { .. } => (wire::UriFate::Replaced, 1.0),
        Fate::Relinked { confidence, .. } => (wire::UriFate::RelinkedByLabel, *confidence),
        Fate::Gone { .. } => (wire::UriFate::Gone, 0.0),
        Fate::Same | Fate::Renamed { .. } | Fate::Unknown => (wire::UriFate::Unspecified, 0.0),
    };
    let label = match fate {
        Fate::Gone { label } if !label.is_empty() => Some(label.clone()),
        _ => None,
    };
    wire::CarriedUri {
        field: field.to_owned(),
        uri: uri.to_owned(),
        fate: kind.into(),
        used_uri: fate.successor().map(|(new, _)| new.to_owned()),
        confidence,
        label,
    }
}
