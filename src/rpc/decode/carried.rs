//! Which skill or occupation does a URI name? One of the snapshot's ESCO, or one of a former version that is led on to it, which the answer then says.

use skillgap_esco::{Fate, OccupationId, SkillId};

use super::{Check, wire};

/// A URI of a former version of ESCO in a request.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    field: String,
    uri: String,
    fate: Fate,
}

/// A skill or an occupation that a URI means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meant<C> {
    pub(super) concept: C,
    /// How sure it is that it is meant, in (0, 1].
    pub(super) sure: f64,
    /// Whether the URI is of a former version.
    pub(super) former: bool,
}

impl<C> Meant<C> {
    fn surely(concept: C) -> Self {
        Self {
            concept,
            sure: 1.0,
            former: false,
        }
    }

    fn led_on(concept: C, sure: f64) -> Option<Self> {
        Some(Self {
            concept,
            sure,
            former: true,
        })
    }
}

impl Check<'_> {
    /// A skill that the snapshot has, or that one of a former version became.
    pub(in crate::rpc) fn skill(
        &mut self,
        field: impl FnOnce() -> String,
        uri: &str,
    ) -> Option<SkillId> {
        let (found, field) = self.skill_unless_gone(field, uri);
        if let Some(field) = field.filter(|_| found.is_none()) {
            self.carried.pop();
            self.not_in_esco(field);
        }
        found.map(|found| found.concept)
    }

    /// As [`Self::skill`]; of one that is gone the answer says so, and the others count.
    pub(super) fn skill_or_gone(
        &mut self,
        field: impl FnOnce() -> String,
        uri: &str,
    ) -> Option<Meant<SkillId>> {
        self.skill_unless_gone(field, uri).0
    }

    /// The skill, and the field if the URI is of a former version. What no version has is a violation.
    fn skill_unless_gone(
        &mut self,
        field: impl FnOnce() -> String,
        uri: &str,
    ) -> (Option<Meant<SkillId>>, Option<String>) {
        let esco = &self.catalogue.esco;
        if let Some(skill) = esco.skill_by_uri(uri) {
            return (Some(Meant::surely(skill)), None);
        }
        let field = field();
        match self.led_on(&field, uri) {
            Some(new) => (
                new.and_then(|(new, sure)| Meant::led_on(esco.skill_by_uri(&new)?, sure)),
                Some(field),
            ),
            None => {
                self.not_in_esco(field);
                (None, None)
            }
        }
    }

    /// An occupation that the snapshot has, or that one of a former version became; of one that is gone the answer says so.
    pub(super) fn occupation(
        &mut self,
        field: impl FnOnce() -> String,
        uri: &str,
    ) -> Option<Meant<OccupationId>> {
        let esco = &self.catalogue.esco;
        if let Some(occupation) = esco.occupation_by_uri(uri) {
            return Some(Meant::surely(occupation));
        }
        let field = field();
        match self.led_on(&field, uri) {
            Some(new) => {
                new.and_then(|(new, sure)| Meant::led_on(esco.occupation_by_uri(&new)?, sure))
            }
            None => {
                self.not_in_esco(field);
                None
            }
        }
    }

    /// The URI that one of a former version became, and how sure that is, or nothing inside if it is gone; nothing if it is of no former version.
    pub(super) fn led_on(&mut self, field: &str, uri: &str) -> Option<Option<(String, f64)>> {
        let fate = self.catalogue.esco.former.get(uri)?.clone();
        let new = fate.successor().map(|(new, sure)| (new.to_owned(), sure));
        self.carried.push(Carried {
            field: field.to_owned(),
            uri: uri.to_owned(),
            fate,
        });
        Some(new)
    }

    /// The URI that counts in place of another: what one of a former version became, else itself.
    pub(in crate::rpc) fn uri_that_counts(&mut self, field: &str, uri: &str) -> String {
        self.led_on(field, uri)
            .flatten()
            .map_or_else(|| uri.to_owned(), |(new, _)| new)
    }

    fn not_in_esco(&mut self, field: String) {
        let version = &self.catalogue.manifest.esco_version;
        let known = if version.starts_with(|first: char| first.is_ascii_digit()) {
            format!("ESCO {version}")
        } else {
            format!("ESCO ({version})")
        };
        self.refuse(field, format!("is not in {known}"));
    }

    /// The URIs of former versions that were met so far.
    pub(in crate::rpc) fn take_carried(&mut self) -> Vec<wire::CarriedUri> {
        std::mem::take(&mut self.carried)
            .into_iter()
            .map(shown)
            .collect()
    }
}

fn shown(Carried { field, uri, fate }: Carried) -> wire::CarriedUri {
    let became = fate.name().to_owned();
    let (used_uri, confidence, label) = match fate {
        Fate::Replaced { uri } => (uri, 1.0, String::new()),
        Fate::Relinked { uri, confidence } => (uri, confidence, String::new()),
        Fate::Gone { label } => (String::new(), 0.0, label),
        Fate::Same | Fate::Renamed { .. } | Fate::Unknown => (String::new(), 0.0, String::new()),
    };
    wire::CarriedUri {
        field,
        uri,
        became,
        used_uri,
        confidence,
        label,
    }
}
