//! What does a credential say of itself, of all that makes one comparable with another? Element by element: there, missing or doubtful.
//!
//! The elements are those of the Council Recommendation of 16 June 2022 on a European approach to micro-credentials (2022/C 243/02), Annex I, mandatory
//! and optional, and those that Cedefop's template adds (Cedefop 2023). Nothing is judged but whether it is stated; the identity of a holder, which
//! the Annex asks for too, belongs to an award and not to an offer.

use serde::Serialize;

use crate::credential::{Credential, Signal, day_of, text_of};

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
    /// Fields of the contract that doubts about it name.
    fields: &'static [&'static str],
    find: fn(&Credential, i64) -> Finding,
}

/// What was found of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is stated.
    pub state: State,
    /// Why it is doubtful; empty otherwise.
    pub note: String,
}

const THERE: Finding = Finding {
    state: State::There,
    note: String::new(),
};
const MISSING: Finding = Finding {
    state: State::Missing,
    note: String::new(),
};

fn stated(is_there: bool) -> Finding {
    if is_there { THERE } else { MISSING }
}

/// There, else doubtful if something is said that cannot be compared, else missing.
fn or_doubtful(is_there: bool, is_said: bool, why: &str) -> Finding {
    match (is_there, is_said) {
        (true, _) => THERE,
        (false, true) => Finding {
            state: State::Doubtful,
            note: why.to_owned(),
        },
        (false, false) => MISSING,
    }
}

const fn element(
    name: &'static str,
    group: Group,
    fields: &'static [&'static str],
    find: fn(&Credential, i64) -> Finding,
) -> Element {
    Element {
        name,
        group,
        fields,
        find,
    }
}

/// All elements, in the order of their sources.
pub const ELEMENTS: [Element; 23] = [
    element("title", Group::Mandatory, &["title"], |of, _| {
        stated(!of.title.is_empty())
    }),
    element(
        "country",
        Group::Mandatory,
        &["access.countries"],
        |of, _| stated(!of.countries().is_empty()),
    ),
    element("issuer", Group::Mandatory, &["awarding_body"], |of, _| {
        or_doubtful(
            of.awarding_body.is_some(),
            of.provider.is_some(),
            "the provider is stated, and not whether it awards",
        )
    }),
    element("date", Group::Mandatory, &["validity.issued"], |of, _| {
        or_doubtful(
            text_of(&of.validity, |validity| &validity.issued).is_some(),
            of.modified.is_some(),
            "the day of the last change is stated, not that of issue",
        )
    }),
    element("outcomes", Group::Mandatory, &["outcomes"], |of, _| {
        stated(!of.outcomes.is_empty())
    }),
    element(
        "workload",
        Group::Mandatory,
        &["workload.hours", "workload.ects"],
        |of, _| {
            let why = "only time by the calendar is stated, not hours or credits of work";
            or_doubtful(
                of.hours().is_some() || of.ects().is_some(),
                duration(of),
                why,
            )
        },
    ),
    element("level", Group::Mandatory, &["eqf_level"], |of, _| {
        or_doubtful(
            of.eqf_level.is_some(),
            of.nqf_level.is_some(),
            "only a national level is stated, not the European one",
        )
    }),
    element("assessment", Group::Mandatory, &["assessment"], |of, _| {
        stated(of.assessment_method().is_some())
    }),
    element(
        "participation",
        Group::Mandatory,
        &["access.mode", "access.participation"],
        |of, _| stated(of.delivery_mode().is_some() || participation(of)),
    ),
    element(
        "qualityAssurance",
        Group::Mandatory,
        &["quality.accreditations"],
        quality,
    ),
    element(
        "prerequisites",
        Group::Optional,
        &["entry.prerequisites", "entry.skill_uris"],
        |of, _| {
            let ids = !of.prerequisites().is_empty() || !of.prerequisite_groups().is_empty();
            stated(
                ids || !of.skills_required().is_empty()
                    || text_of(&of.entry, |entry| &entry.requirements).is_some(),
            )
        },
    ),
    element(
        "supervision",
        Group::Optional,
        &["assessment.supervision"],
        |of, _| stated(text_of(&of.assessment, |assessment| &assessment.supervision).is_some()),
    ),
    element(
        "grade",
        Group::Optional,
        &["assessment.grading"],
        |of, _| stated(text_of(&of.assessment, |assessment| &assessment.grading).is_some()),
    ),
    element(
        "stackability",
        Group::Optional,
        &["stackability", "parts", "part_of"],
        |of, _| {
            let why =
                "its own parts are stated, and not whether it counts towards something larger";
            or_doubtful(
                of.stackability.is_some() || !of.part_of.is_empty(),
                !of.parts.is_empty(),
                why,
            )
        },
    ),
    element("furtherInformation", Group::Optional, &["page"], |of, _| {
        stated(of.page.is_some() || of.further_information.is_some())
    }),
    element("provider", Group::Template, &["provider"], |of, _| {
        or_doubtful(
            of.provider.is_some(),
            of.awarding_body.is_some(),
            "the awarding body is stated, and not whether it provides",
        )
    }),
    element(
        "durationAndPace",
        Group::Template,
        &["workload.duration", "access.schedule"],
        |of, _| stated(duration(of) || text_of(&of.access, |access| &access.schedule).is_some()),
    ),
    element(
        "occupationalStandard",
        Group::Template,
        &["occupations", "quality.standards"],
        |of, _| {
            stated(
                !of.occupations.is_empty()
                    || of
                        .quality
                        .as_ref()
                        .is_some_and(|quality| !quality.standards.is_empty()),
            )
        },
    ),
    element(
        "deliveryMode",
        Group::Template,
        &["access.mode"],
        |of, _| {
            or_doubtful(
                of.delivery_mode().is_some(),
                participation(of),
                "several modes, or one that is not known, are stated",
            )
        },
    ),
    element(
        "format",
        Group::Template,
        &["access.format", "credential_type"],
        |of, _| {
            stated(
                text_of(&of.access, |access| &access.format).is_some()
                    || of.credential_type.is_some(),
            )
        },
    ),
    element(
        "targetGroup",
        Group::Template,
        &["target_groups"],
        |of, _| stated(!of.target_groups.is_empty()),
    ),
    element("purpose", Group::Template, &["purpose"], |of, _| {
        stated(of.purpose.is_some())
    }),
    element(
        "costAndFunding",
        Group::Template,
        &["cost", "funding"],
        |of, _| {
            let funded = of.funding.is_some();
            or_doubtful(
                of.cost.is_some() || funded,
                of.cost_note.is_some(),
                "stated in words only",
            )
        },
    ),
];

fn participation(of: &Credential) -> bool {
    text_of(&of.access, |access| &access.participation).is_some()
}

fn duration(of: &Credential) -> bool {
    text_of(&of.workload, |workload| &workload.duration).is_some()
}

/// Stated if somebody says that, or that not, it is assured; doubtful if all that is stated has run out.
fn quality(of: &Credential, today: i64) -> Finding {
    let said = [Signal::ProviderAccredited, Signal::NationalQualityAssured]
        .iter()
        .any(|signal| of.signal(*signal).is_some());
    let in_force = of
        .accreditations()
        .any(|stated| day_of(&stated.valid_until).is_none_or(|last| last >= today));
    or_doubtful(
        said || in_force,
        of.accreditations().next().is_some(),
        "all that is stated has run out",
    )
}

/// What a credential states of each of [`ELEMENTS`], in their order. `today` is in days since 1970-01-01.
///
/// A doubt of the record makes an element doubtful only where nothing else is stated of it.
pub fn check(credential: &Credential, today: i64) -> [Finding; ELEMENTS.len()] {
    ELEMENTS.map(|element| {
        let finding = (element.find)(credential, today);
        if finding.state == State::There {
            return finding;
        }
        let about = |field: &str| {
            element.fields.iter().any(|name| {
                field == *name
                    || field
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with(['[', '.']))
            })
        };
        match credential.doubts.iter().find(|doubt| about(&doubt.field)) {
            Some(doubt) => Finding {
                state: State::Doubtful,
                note: doubt.reason.clone(),
            },
            None => finding,
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
    use crate::native;

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
