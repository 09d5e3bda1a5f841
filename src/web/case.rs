//! The case: an ad, a person, wishes and corrections, as they travel in the form from page to page. It is kept nowhere else.

use maud::{Markup, html};
use skillgap_credentials::credential::Money;

use super::form::Form;
use crate::api::wire::{self, level::Level as Scale};
use crate::error::{Error, Result, Violation};

/// The ad and the person of the sample.
const SAMPLE_AD: &str = include_str!("../../index/starter/demo/ad.txt");
const SAMPLE_PROFILE: &str = include_str!("../../index/starter/demo/profile.json");

/// How much what is nice to have counts, as everywhere.
const OPTIONAL_WEIGHT: f64 = 0.3;
/// Levels as the form has them: of a language, then of anything else.
pub const CEFR: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
pub const WORDS: [&str; 4] = ["basic", "intermediate", "advanced", "expert"];
/// Whose priorities count, as the form has it.
pub const PERSONAS: [&str; 4] = ["unemployed", "employee", "learner", "employer"];
/// How a course is taught, as the form has it.
pub const MODES: [&str; 3] = ["online", "onsite", "blended"];

/// A skill of an ad as the visitor says that it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub uri: String,
    pub is_optional: bool,
    pub level: String,
}

/// A case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The job: an ad, or an occupation of ESCO.
    pub(crate) ad: String,
    pub(crate) occupation: String,
    /// The person: a text, jobs and skills one a line, documents of a wallet.
    pub(crate) text: String,
    pub(crate) jobs: String,
    pub(crate) skills: String,
    pub(crate) documents: Vec<String>,
    /// Wishes, as they were typed.
    pub(crate) hours: String,
    pub(crate) cost: String,
    pub(crate) currency: String,
    pub(crate) country: String,
    pub(crate) teaching: String,
    pub(crate) mode: String,
    pub(crate) persona: String,
    /// Whether only what states that it fulfils the wishes is shown.
    pub(crate) is_strict: bool,
    /// Corrections of the ad: what is asked for otherwise, and what does not count.
    pub(crate) corrected: Vec<Asked>,
    pub(crate) struck: Vec<String>,
    /// Corrections of the person: skills with levels that are held, and skills that are not.
    pub(crate) held: Vec<(String, String)>,
    pub(crate) denied: Vec<String>,
}

impl Case {
    /// Reads a case with what the visitor just corrected, by a row of the table or by a button.
    pub fn read(form: &Form) -> Self {
        let one = |name: &str| form.one(name).to_owned();
        let or_file = |name: &str, file: &str| match form.one(name) {
            "" => one(file),
            typed => typed.to_owned(),
        };
        let mut case = Self {
            ad: or_file("ad", "ad_file"),
            occupation: one("occupation"),
            text: or_file("text", "text_file"),
            jobs: one("jobs"),
            skills: one("skills"),
            documents: ["documents", "document_file"]
                .into_iter()
                .flat_map(|name| form.all(name))
                .filter(|document| !document.trim().is_empty())
                .map(str::to_owned)
                .collect(),
            hours: one("hours"),
            cost: one("cost"),
            currency: one("currency"),
            country: one("country"),
            teaching: one("teaching"),
            mode: one("mode"),
            persona: one("persona"),
            is_strict: form.one("strict") == "yes",
            corrected: form.all("a").filter_map(Asked::parse).collect(),
            struck: form.all("x").map(str::to_owned).collect(),
            held: form.all("h").filter_map(level_and_uri).collect(),
            denied: form.all("n").map(str::to_owned).collect(),
        };
        case.correct(form);
        case
    }

    /// The sample: the ad and the person of the demo.
    pub fn sample() -> Self {
        let profile: wire::Profile = serde_json::from_str(SAMPLE_PROFILE).unwrap_or_default();
        let held = |held: wire::HeldSkill| (held.uri, level_code(held.level.as_ref()).to_owned());
        Self {
            ad: SAMPLE_AD.to_owned(),
            text: profile.text.unwrap_or_default(),
            held: profile.skills.into_iter().map(held).collect(),
            persona: PERSONAS[0].to_owned(),
            ..Self::default()
        }
    }

    /// Whether anything is said of the person.
    pub fn speaks_of_person(&self) -> bool {
        let texts = [&self.text, &self.jobs, &self.skills];
        let lists = [
            self.documents.is_empty(),
            self.held.is_empty(),
            self.denied.is_empty(),
        ];
        texts.iter().any(|text| !text.trim().is_empty()) || lists.contains(&false)
    }

    /// Held skills that the visitor added: those of the sample came with it.
    pub fn added(&self) -> impl Iterator<Item = &(String, String)> {
        let lines = |text: &'static str| text.trim().lines();
        let is_sample = self.ad.trim().lines().eq(lines(SAMPLE_AD));
        let sample = if is_sample {
            Self::sample().held
        } else {
            Vec::new()
        };
        self.held.iter().filter(move |held| !sample.contains(held))
    }

    fn correct(&mut self, form: &Form) {
        // Rows of the table of skills: which, as it was shown, and as it is now.
        let rows = form.all("u").zip(form.all("was"));
        for ((uri, was), (importance, level)) in rows.zip(form.all("i").zip(form.all("l"))) {
            if was != format!("{importance}|{level}") {
                self.ask(Asked {
                    uri: uri.to_owned(),
                    is_optional: importance == "nice",
                    level: level.to_owned(),
                });
            }
        }
        match form.one("strike") {
            "" => {}
            uri => {
                self.corrected.retain(|asked| asked.uri != uri);
                self.struck.push(uri.to_owned());
            }
        }
        match form.one("ask") {
            "" => {}
            uri => self.ask(Asked {
                uri: uri.to_owned(),
                is_optional: false,
                level: String::new(),
            }),
        }
        if let Some((level, uri)) = form.one("have").split_once('|') {
            self.forget(uri);
            self.held.push((uri.to_owned(), level.to_owned()));
        }
        match form.one("lack") {
            "" => {}
            uri => {
                self.forget(uri);
                self.denied.push(uri.to_owned());
            }
        }
        if let Some((said, uri)) = form.one("forget").split_once('|') {
            match said {
                "struck" => self.struck.retain(|struck| struck != uri),
                "held" => self.held.retain(|(held, _)| held != uri),
                _ => self.denied.retain(|denied| denied != uri),
            }
        }
    }

    fn ask(&mut self, asked: Asked) {
        self.struck.retain(|uri| *uri != asked.uri);
        self.corrected.retain(|known| known.uri != asked.uri);
        self.corrected.push(asked);
    }

    /// Forgets whether the person has a skill.
    fn forget(&mut self, uri: &str) {
        self.held.retain(|(held, _)| held != uri);
        self.denied.retain(|denied| denied != uri);
    }

    /// Everything but what the inputs of a page have, as hidden inputs.
    pub fn hidden(&self, words: &crate::api::Words) -> Markup {
        let texts = [
            ("lang", words.code()),
            ("ad", self.ad.as_str()),
            ("occupation", &self.occupation),
            ("text", &self.text),
            ("jobs", &self.jobs),
            ("skills", &self.skills),
            ("hours", &self.hours),
            ("cost", &self.cost),
            ("currency", &self.currency),
            ("country", &self.country),
            ("teaching", &self.teaching),
            ("mode", &self.mode),
            ("persona", &self.persona),
            ("strict", if self.is_strict { "yes" } else { "" }),
        ];
        html! {
            @for (name, value) in texts.into_iter().filter(|(_, value)| !value.is_empty()) {
                input type="hidden" name=(name) value=(value);
            }
            (self.hidden_corrections())
        }
    }

    /// Documents and corrections, which no page has inputs for.
    pub fn hidden_corrections(&self) -> Markup {
        let lists = [
            ("documents", &self.documents),
            ("x", &self.struck),
            ("n", &self.denied),
        ];
        html! {
            @for (name, values) in lists {
                @for value in values {
                    input type="hidden" name=(name) value=(value);
                }
            }
            @for asked in &self.corrected {
                input type="hidden" name="a" value=(asked.code());
            }
            @for (uri, level) in &self.held {
                input type="hidden" name="h" value={ (level) "|" (uri) };
            }
        }
    }

    /// What is asked for.
    pub fn target(&self) -> wire::Target {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        wire::Target {
            ad: given(&self.ad),
            occupation_uri: given(&self.occupation),
            corrections: self.corrected.iter().map(Asked::demanded).collect(),
            rejected_skill_uris: self.struck.clone(),
            ..wire::Target::default()
        }
    }

    /// What the form itself says of the person; jobs and skills that were typed are for whoever reads them.
    pub fn profile(&self) -> wire::Profile {
        let held = |(uri, level_code): &(String, String)| wire::HeldSkill {
            uri: uri.clone(),
            level: level(level_code),
        };
        wire::Profile {
            text: Some(self.text.clone()),
            documents: self.documents.clone(),
            skills: self.held.iter().map(held).collect(),
            rejected_skill_uris: self.denied.clone(),
            ..wire::Profile::default()
        }
    }

    /// What a course must fulfil.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number that is none.
    pub fn constraints(&self) -> Result<wire::Constraints> {
        let mut violations = Vec::new();
        let mut number = |field: &str, typed: &str| {
            let typed = typed.trim();
            let number = typed.parse().ok().filter(|_: &u32| !typed.is_empty());
            if number.is_none() && !typed.is_empty() {
                violations.push(Violation::new(field, "is no whole number"));
            }
            number.map(f64::from)
        };
        let (hours, cost) = (
            number("constraints.hours_max", &self.hours),
            number("constraints.cost_max", &self.cost),
        );
        if !violations.is_empty() {
            return Err(Error::Invalid(violations));
        }
        let list = |text: &str| {
            let words = text.split([',', ' ']).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        let currency = match self.currency.trim() {
            "" => "EUR".to_owned(),
            code => code.to_uppercase(),
        };
        let mode = match self.mode.as_str() {
            "online" => Some(wire::DeliveryMode::Online),
            "onsite" => Some(wire::DeliveryMode::Onsite),
            "blended" => Some(wire::DeliveryMode::Blended),
            _ => None,
        };
        Ok(wire::Constraints {
            hours_max: hours,
            cost_max: cost.map(|amount| Money { amount, currency }),
            countries: list(&self.country.to_uppercase()),
            languages: list(&self.teaching),
            modes: mode.into_iter().map(i32::from).collect(),
            include_unknown: !self.is_strict,
            ..wire::Constraints::default()
        })
    }

    /// Whose priorities count.
    pub fn persona(&self) -> i32 {
        let persona = match self.persona.as_str() {
            "unemployed" => wire::Persona::Unemployed,
            "employee" => wire::Persona::Employee,
            "employer" => wire::Persona::Employer,
            _ => wire::Persona::Learner,
        };
        persona.into()
    }
}

impl Asked {
    fn parse(code: &str) -> Option<Self> {
        let (importance, rest) = code.split_once('|')?;
        let (level, uri) = rest.split_once('|')?;
        Some(Self {
            uri: uri.to_owned(),
            is_optional: importance == "nice",
            level: level.to_owned(),
        })
    }

    fn code(&self) -> String {
        format!(
            "{}|{}|{}",
            importance(self.is_optional),
            self.level,
            self.uri
        )
    }

    fn demanded(&self) -> wire::DemandedSkill {
        let (requirement, weight) = match self.is_optional {
            true => (wire::Requirement::Optional, OPTIONAL_WEIGHT),
            false => (wire::Requirement::Essential, 1.0),
        };
        wire::DemandedSkill {
            uri: self.uri.clone(),
            requirement: requirement.into(),
            weight: Some(weight),
            level: level(&self.level),
            ..wire::DemandedSkill::default()
        }
    }
}

/// How the form writes how firmly a skill is asked for.
pub fn importance(is_optional: bool) -> &'static str {
    if is_optional { "nice" } else { "must" }
}

fn level_and_uri(code: &str) -> Option<(String, String)> {
    let (level, uri) = code.split_once('|')?;
    Some((uri.to_owned(), level.to_owned()))
}

/// How the form writes a level; nothing for none, and for one of the European Qualifications Framework.
pub fn level_code(level: Option<&wire::Level>) -> &'static str {
    let place = |number: i32| usize::try_from(number).ok()?.checked_sub(1);
    let code = match level.and_then(|level| level.level.as_ref()) {
        Some(Scale::Cefr(number)) => place(*number).and_then(|place| CEFR.get(place)),
        Some(Scale::Proficiency(number)) => place(*number).and_then(|place| WORDS.get(place)),
        Some(Scale::Eqf(_)) | None => None,
    };
    code.copied().unwrap_or_default()
}

fn level(code: &str) -> Option<wire::Level> {
    let place = |codes: &[&str]| {
        let place = codes.iter().position(|known| *known == code)?;
        i32::try_from(place + 1).ok()
    };
    let scale = place(&CEFR)
        .map(Scale::Cefr)
        .or_else(|| place(&WORDS).map(Scale::Proficiency));
    scale.map(|level| wire::Level { level: Some(level) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_with_the_sample_is_no_correction() {
        let mut case = Case::sample();
        assert!(case.speaks_of_person() && case.added().count() == 0);
        case.held.push(("new".to_owned(), String::new()));
        assert_eq!(case.added().count(), 1);
        // Another job, and the same skills are the person's own.
        case.ad = "Baker".to_owned();
        assert_eq!(case.added().count(), case.held.len());
        assert!(!Case::default().speaks_of_person());
    }
}
