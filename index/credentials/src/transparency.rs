//! What does a credential say of itself, of all that makes one comparable with another? Element by element: there, missing or doubtful.
//!
//! The elements are those of the Council Recommendation of 16 June 2022 on a European approach to micro-credentials (2022/C 243/02), Annex I, mandatory
//! and optional, and those that Cedefop's template adds (Cedefop 2023). Nothing is judged but whether it is stated; the identity of a holder, which
//! the Annex asks for too, belongs to an award and not to an offer.

use serde::Serialize;

use crate::check::proto_path;
use crate::credential::{Accreditation, Credential, Outcome, Signal, day_of};
use crate::native;

/// Why an element is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Group {
    /// Council Recommendation, Annex I: standard elements.
    Mandatory,
    /// Council Recommendation, Annex I: where relevant.
    Optional,
    /// Cedefop's template.
    Template,
}

impl Group {
    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Optional => "optional",
            Self::Template => "template",
        }
    }
}

/// Whether an element is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Stated.
    There,
    /// Stated in a way that cannot be compared, or that is probably meant otherwise.
    Doubtful,
    /// Not stated.
    Missing,
}

impl State {
    /// The word used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Doubtful => "doubtful",
            Self::Missing => "missing",
        }
    }
}

/// One element of the list.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// Name in answers.
    pub name: &'static str,
    /// Why it is on the list.
    pub group: Group,
    /// Fields of the record of which any states it.
    fields: &'static [&'static str],
    /// Fields that say something of it that cannot be compared, and why.
    lesser: Option<(&'static [&'static str], &'static str)>,
}

/// What was found of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is stated.
    pub state: State,
    /// Why it is doubtful; empty otherwise.
    pub note: String,
}

/// Stated as [`is_assured`] says.
const QUALITY: &str = "quality";

const fn element(name: &'static str, group: Group, fields: &'static [&'static str]) -> Element {
    Element {
        name,
        group,
        fields,
        lesser: None,
    }
}

impl Element {
    const fn or(self, fields: &'static [&'static str], why: &'static str) -> Self {
        Self {
            lesser: Some((fields, why)),
            ..self
        }
    }
}

/// All elements, in the order of their sources.
pub const ELEMENTS: [Element; 23] = {
    use Group::{Mandatory, Optional, Template};
    [
        element("title", Mandatory, &["title"]),
        element("country", Mandatory, &["access.countries"]),
        element("issuer", Mandatory, &["awardingBody"]).or(
            &["provider"],
            "the provider is stated, and not whether it awards",
        ),
        element("date", Mandatory, &["validity.issued"]).or(
            &["modified"],
            "the day of the last change is stated, not that of issue",
        ),
        element("outcomes", Mandatory, &["outcomes"]),
        element("workload", Mandatory, &["workload.hours", "workload.ects"]).or(
            &["workload.duration"],
            "only time by the calendar is stated, not hours or credits of work",
        ),
        element("level", Mandatory, &["eqfLevel"]).or(
            &["nqfLevel"],
            "only a national level is stated, not the European one",
        ),
        element("assessment", Mandatory, &["assessment.method"]),
        element(
            "participation",
            Mandatory,
            &["access.mode", "access.participation"],
        ),
        element("qualityAssurance", Mandatory, &[QUALITY]).or(
            &["quality.accreditations", "provider.accreditations"],
            "all that is stated has run out",
        ),
        element(
            "prerequisites",
            Optional,
            &[
                "entry.prerequisites",
                "entry.prerequisiteGroups",
                "entry.skillUris",
                "entry.requirements",
            ],
        ),
        element("supervision", Optional, &["assessment.supervision"]),
        element("grade", Optional, &["assessment.grading"]),
        element("stackability", Optional, &["stackability", "partOf"]).or(
            &["parts"],
            "its own parts are stated, and not whether it counts towards something larger",
        ),
        element(
            "furtherInformation",
            Optional,
            &["page", "furtherInformation"],
        ),
        element("provider", Template, &["provider"]).or(
            &["awardingBody"],
            "the awarding body is stated, and not whether it provides",
        ),
        element(
            "durationAndPace",
            Template,
            &["workload.duration", "access.schedule"],
        ),
        element(
            "occupationalStandard",
            Template,
            &["occupations", "quality.standards"],
        ),
        element("deliveryMode", Template, &["access.mode"]).or(
            &["access.participation"],
            "several modes, or one that is not known, are stated",
        ),
        element("format", Template, &["access.format", "credentialType"]),
        element("targetGroup", Template, &["targetGroups"]),
        element("purpose", Template, &["purpose"]),
        element("costAndFunding", Template, &["cost", "funding"])
            .or(&["costNote"], "stated in words only"),
    ]
};

/// Whether somebody says on a day that, or that not, its quality is assured.
fn is_assured(credential: &Credential, today: i64) -> bool {
    let signals = [Signal::ProviderAccredited, Signal::NationalQualityAssured];
    let in_force = |stated: &Accreditation| {
        let last = day_of(&stated.valid_until);
        last.is_none_or(|last| last >= today)
    };
    signals
        .iter()
        .any(|signal| credential.signal(*signal).is_some())
        || credential.accreditations().any(in_force)
}

/// What a credential states of each of [`ELEMENTS`], in their order. `today` is in days since 1970-01-01.
///
/// A doubt of the record makes an element doubtful only where nothing else is stated of it.
pub fn check(credential: &Credential, today: i64) -> [Finding; ELEMENTS.len()] {
    let record = native::to_value(credential);
    let is_stated = |path: &&str| match *path {
        QUALITY => is_assured(credential, today),
        "outcomes" => credential.outcomes.iter().any(Outcome::is_stated),
        path => path
            .split('.')
            .try_fold(&record, |value, name| value.get(name))
            .is_some(),
    };
    ELEMENTS.map(|element| {
        let is_about = |field: &str| {
            let mut rests = element
                .fields
                .iter()
                .filter_map(|path| field.strip_prefix(&proto_path(path)));
            rests.any(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
        };
        let doubt = credential
            .doubts
            .iter()
            .find(|doubt| is_about(&doubt.field));
        let doubt = doubt.map(|doubt| doubt.reason.as_str());
        let lesser = element
            .lesser
            .filter(|(fields, _)| fields.iter().any(is_stated));
        let (state, note) = match doubt.or(lesser.map(|(_, why)| why)) {
            _ if element.fields.iter().any(is_stated) => (State::There, ""),
            Some(why) => (State::Doubtful, why),
            None => (State::Missing, ""),
        };
        Finding {
            state,
            note: note.to_owned(),
        }
    })
}

/// How often each element is there, doubtful and missing, over many credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// Credentials that were looked at.
    pub credentials: u64,
    /// Counts an element: there, doubtful, missing.
    pub counts: [[u64; 3]; ELEMENTS.len()],
}

impl Shares {
    /// Adds one credential.
    pub fn add(&mut self, findings: &[Finding; ELEMENTS.len()]) {
        self.credentials += 1;
        for (counts, finding) in self.counts.iter_mut().zip(findings) {
            counts[finding.state as usize] += 1;
        }
    }

    /// The share of one state of one element, in [0, 1]; 0 over nothing.
    pub fn share(&self, element: usize, state: State) -> f64 {
        let count = self
            .counts
            .get(element)
            .map_or(0, |counts| counts[state as usize]);
        if self.credentials == 0 {
            0.0
        } else {
            count as f64 / self.credentials as f64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: i64 = 20_779;

    fn check_states(line: &str, expected: &[(&str, State)]) {
        let findings = check(&native::parse(line.as_bytes()).unwrap(), TODAY);
        let of = |name: &str| {
            ELEMENTS
                .iter()
                .position(|element| element.name == name)
                .map(|at| findings[at].state)
        };
        for (name, state) in expected {
            assert_eq!(of(name), Some(*state), "{name} of {line}");
        }
        let others = ELEMENTS
            .iter()
            .zip(&findings)
            .filter(|(element, _)| !expected.iter().any(|(name, _)| *name == element.name));
        for (element, finding) in others.filter(|(element, _)| element.name != "title") {
            assert_eq!(finding.state, State::Missing, "{} of {line}", element.name);
        }
    }

    #[test]
    fn a_title_alone_leaves_all_else_missing() {
        check_states(r#"{"id":"a","title":"x"}"#, &[("title", State::There)]);
    }

    #[test]
    fn what_cannot_be_compared_is_doubtful() {
        let line = r#"{"id":"a","title":"x","duration":"P6W","nqfLevel":"RQF 3","provider":"p","costNote":"ask us","participation":"varied","modified":"2026-01-01"}"#;
        let expected = [
            ("durationAndPace", State::There),
            ("workload", State::Doubtful),
            ("level", State::Doubtful),
            ("issuer", State::Doubtful),
            ("provider", State::There),
            ("costAndFunding", State::Doubtful),
            ("participation", State::There),
            ("deliveryMode", State::Doubtful),
            ("date", State::Doubtful),
        ];
        check_states(line, &expected);
    }

    #[test]
    fn a_doubt_counts_where_nothing_better_is_stated() {
        let doubt = r#""doubts":[{"field":"hours","reason":"P60M"},{"field":"outcomes[0].skills","reason":"no URI"}]"#;
        check_states(
            &format!(r#"{{"id":"a","title":"x",{doubt}}}"#),
            &[("workload", State::Doubtful), ("outcomes", State::Doubtful)],
        );
        check_states(
            &format!(r#"{{"id":"a","title":"x","hours":60,"outcomes":[{{"text":"o"}}],{doubt}}}"#),
            &[("workload", State::There), ("outcomes", State::There)],
        );
    }

    #[test]
    fn an_accreditation_that_has_run_out_is_doubtful() {
        let line = |until: &str| {
            format!(r#"{{"id":"a","title":"x","accreditations":[{{"accreditor":"q"{until}}}]}}"#)
        };
        check_states(&line(""), &[("qualityAssurance", State::There)]);
        check_states(
            &line(r#","validUntil":"2026-11-22""#),
            &[("qualityAssurance", State::There)],
        );
        check_states(
            &line(r#","validUntil":"2026-11-21""#),
            &[("qualityAssurance", State::Doubtful)],
        );
    }

    #[test]
    fn shares_are_of_all_credentials() {
        let mut shares = Shares::default();
        assert_eq!(shares.share(0, State::There), 0.0);
        for line in [
            r#"{"id":"a","title":"x","hours":1}"#,
            r#"{"id":"b","title":"x"}"#,
        ] {
            shares.add(&check(&native::parse(line.as_bytes()).unwrap(), TODAY));
        }
        assert_eq!(
            (
                shares.share(0, State::There),
                shares.share(5, State::There),
                shares.share(5, State::Missing)
            ),
            (1.0, 0.5, 0.5)
        );
        assert!(
            shares
                .counts
                .iter()
                .all(|counts| counts.iter().sum::<u64>() == 2)
        );
    }
}
