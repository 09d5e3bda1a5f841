//! How is a record put together from what a source states? Field by field; what cannot be read is kept as a doubt, and nothing is guessed.

use super::codes::{self, Credits};
use super::duration::Duration;
use super::is_enveloped;
use super::value::one_a_language;
use crate::credential::{Credential, Doubt, LinkOrigin, Money, Outcome, SkillLink};
use skillgap_esco::Text;

/// Longest id.
const ID_BYTES_MAX: usize = 200;
/// Longest text of one field in one language; a longer one is cut, and said to be.
pub const TEXT_BYTES_MAX: usize = 16 << 10;
/// Most entries of one list of a record.
const ENTRIES_MAX: usize = 1_000;
/// Most doubts of one record.
const DOUBTS_MAX: usize = 50;
/// Characters of a stated value that a doubt quotes.
const QUOTED_CHARS_MAX: usize = 80;

/// A record in the making.
#[derive(Default)]
pub struct Draft {
    /// What is read so far.
    pub credential: Credential,
}

impl Draft {
    /// Notes that a stated value cannot be taken as it stands. `field` is a name of native input.
    pub fn doubt(&mut self, field: &str, stated: &str, why: &str) {
        let quoted: String = stated.chars().take(QUOTED_CHARS_MAX).collect();
        let doubt = Doubt {
            field: field.to_owned(),
            reason: format!("stated as {quoted:?}: {why}"),
        };
        if self.credential.doubts.len() < DOUBTS_MAX && !self.credential.doubts.contains(&doubt) {
            self.credential.doubts.push(doubt);
        }
    }

    /// Adds to the further information what no other field is for.
    pub fn note(&mut self, said: String) {
        let notes: Vec<String> = self
            .credential
            .further_information
            .take()
            .into_iter()
            .chain([said])
            .collect();
        self.credential.further_information = words(&notes);
    }

    /// Takes a workload: an ISO 8601 duration of hours and minutes. Months and days are no amount of work.
    pub fn workload(&mut self, stated: &str) {
        match Duration::parse(stated) {
            Some(duration) => match duration.work_hours() {
                Some(hours) => self.hours(hours, stated),
                None if duration.calendar_days == 0.0 => {
                    self.doubt("hours", stated, "a workload of nothing")
                }
                None => {
                    let meant = stated
                        .strip_prefix('P')
                        .filter(|rest| !rest.contains('T') && rest.ends_with('M'));
                    let hint = meant
                        .map(|rest| {
                            format!("; PT{} or PT{rest} may be meant", rest.replace('M', "H"))
                        })
                        .unwrap_or_default();
                    self.doubt(
                        "hours",
                        stated,
                        &format!("years, months, weeks and days are time by the calendar, not hours of work{hint}"),
                    );
                }
            },
            None => self.doubt("hours", stated, "no ISO 8601 duration such as PT60H"),
        }
    }

    /// Takes hours, unless others are stated already.
    pub fn hours(&mut self, hours: f64, stated: &str) {
        match self.credential.hours {
            _ if !hours.is_finite() => self.doubt("hours", stated, "more than can be counted"),
            None => self.credential.hours = Some(hours),
            Some(known) if known == hours => {}
            Some(known) => self.doubt(
                "hours",
                stated,
                &format!("{known} hours are stated elsewhere"),
            ),
        }
    }

    /// Takes credits of a system, given by its URI and its label. Of systems whose credits have hours, the hours.
    pub fn credits(&mut self, points: Option<f64>, stated: &str, uri: &str, label: &str) {
        let Some(points) = points else {
            return self.doubt("ects", stated, "no number of credits");
        };
        match Credits::of(uri, label) {
            Some(Credits::Ects) if self.credential.ects.is_none() => {
                self.credential.ects = Some(points)
            }
            Some(Credits::Ects) if self.credential.ects == Some(points) => {}
            Some(Credits::Ects) => {
                self.doubt("ects", stated, "other ECTS credits are stated elsewhere")
            }
            Some(system) => self.hours(points * system.hours().unwrap_or_default(), stated),
            None => {
                let system = [label, uri]
                    .into_iter()
                    .find(|name| !name.is_empty())
                    .unwrap_or("a system that is not named");
                self.doubt(
                    "ects",
                    &format!("{points} of {system}"),
                    "the hours of these credits are not known",
                );
            }
        }
    }

    /// Takes prices. One is the cost; of several none is taken for it, since which of them are to be added is not stated. All stand in the note.
    pub fn prices(&mut self, prices: Vec<Price>) {
        let notes: Vec<String> = prices
            .iter()
            .map(Price::words)
            .filter(|words| !words.is_empty())
            .collect();
        if prices.len() > 1
            || prices
                .iter()
                .any(|price| price.money().is_none() || price.note.is_some())
        {
            self.credential.cost_note = words(&notes);
        }
        match prices.as_slice() {
            [] => {}
            [price] => match price.money() {
                Some(money) => self.credential.cost = Some(money),
                None if price.amount.is_some() || price.currency.is_some() => self.doubt(
                    "cost",
                    &price.words(),
                    "an amount without a currency, or the reverse",
                ),
                None => {}
            },
            _ => self.doubt(
                "cost",
                &notes.join("; "),
                "several prices, and not stated which of them are to be paid together",
            ),
        }
    }

    /// Takes languages by code or URI.
    pub fn languages<'a>(&mut self, codes: impl IntoIterator<Item = &'a str>) {
        for code in codes {
            match codes::language(code) {
                Some(language) => push_new(&mut self.credential.languages, language),
                None => self.doubt("languages", code, "no language with an ISO 639-1 code"),
            }
        }
    }

    /// Takes countries by code or URI.
    pub fn countries<'a>(&mut self, codes: impl IntoIterator<Item = &'a str>) {
        for code in codes {
            match codes::country(code) {
                Some(country) => push_new(&mut self.credential.countries, country),
                None => self.doubt("country", code, "no ISO 3166-1 country"),
            }
        }
    }

    /// Takes ways of learning, each by URI and label: one that is known is the mode, any other and several are words.
    pub fn modes(&mut self, ways: &[(String, String)]) {
        if ways.is_empty()
            || self.credential.mode.is_some()
            || self.credential.participation.is_some()
        {
            return;
        }
        let mut known: Vec<_> = ways
            .iter()
            .map(|(uri, label)| codes::mode(uri, label))
            .collect();
        known.dedup();
        self.credential.mode = known
            .first()
            .copied()
            .flatten()
            .filter(|_| known.len() == 1);
        if self.credential.mode.is_some() {
            return;
        }
        let mut labels: Vec<String> = Vec::new();
        for (uri, label) in ways {
            let label = if label.is_empty() {
                codes::mode_label(uri).unwrap_or(uri)
            } else {
                label
            };
            push_new(&mut labels, label.to_owned());
        }
        self.credential.participation = words(&labels);
    }

    /// Takes an outcome with the links that its source declares, each by URI and label. Only URIs of ESCO skills are links.
    pub fn outcome(&mut self, text: Vec<Text>, declared: &[(String, String)]) {
        let (mut skills, mut strange): (Vec<SkillLink>, Vec<&str>) = (Vec::new(), Vec::new());
        for (uri, label) in declared {
            match codes::esco_skill(uri) {
                Some(uri) if skills.iter().any(|link| link.uri == uri) => {}
                Some(uri) => skills.push(SkillLink {
                    uri,
                    origin: LinkOrigin::Declared,
                    confidence: 1.0,
                }),
                None => strange.push(if label.is_empty() { uri } else { label }),
            }
        }
        for name in strange {
            let field = format!("outcomes[{}].skills", self.credential.outcomes.len());
            self.doubt(
                &field,
                name,
                "declared as an ESCO skill without the URI of one",
            );
        }
        if !text.is_empty() || !skills.is_empty() {
            self.credential.outcomes.push(Outcome { text, skills });
        }
    }

    /// Ends the record: what is too long is cut and noted, and so is what is said again otherwise in one language.
    ///
    /// # Errors
    /// What a record cannot do without, with the name of its field.
    pub fn finish(mut self) -> Result<Credential, String> {
        let credential = &self.credential;
        check_id(&credential.id)?;
        if credential.title.is_empty() {
            return Err("title: is missing or empty".to_owned());
        }
        let credential = &mut self.credential;
        let mut cut = credential.outcomes.len() > ENTRIES_MAX;
        credential.outcomes.truncate(ENTRIES_MAX);
        let left_out = leave_one_text_a_language(credential);
        let outcomes = credential
            .outcomes
            .iter_mut()
            .flat_map(|outcome| &mut outcome.text);
        for text in credential
            .title
            .iter_mut()
            .chain(&mut credential.description)
            .chain(outcomes)
        {
            cut |= cut_text(&mut text.text);
        }
        for stated in plain_texts(credential) {
            // A blank text states nothing.
            *stated = stated.take().map(trimmed).filter(|text| !text.is_empty());
            cut |= stated.as_mut().is_some_and(cut_text);
        }
        let lists = [
            &mut credential.parts,
            &mut credential.part_of,
            &mut credential.prerequisites,
            &mut credential.identifiers,
            &mut credential.occupations,
            &mut credential.target_groups,
            &mut credential.funding,
            &mut credential.standards,
            &mut credential.isced,
        ];
        for list in lists {
            cut |= list.len() > ENTRIES_MAX;
            list.truncate(ENTRIES_MAX);
            list.iter_mut().for_each(|text| cut |= cut_text(text));
        }
        cut |= credential.accreditations.len() > ENTRIES_MAX;
        credential.accreditations.truncate(ENTRIES_MAX);
        if cut {
            self.doubt(
                "record",
                "more than is kept",
                "a text or a list was too long and is cut",
            );
        }
        for (field, Text { language, text }) in left_out {
            self.doubt(
                &field,
                &text,
                &format!("left out, since another text in {language:?} stands before it"),
            );
        }
        Ok(self.credential)
    }
}

/// Checks the id of a record.
///
/// # Errors
/// What is wrong with it.
pub fn check_id(id: &str) -> Result<(), String> {
    if id.is_empty() || id.len() > ID_BYTES_MAX {
        return Err(format!("id: must have 1 to {ID_BYTES_MAX} bytes"));
    }
    // A record with such an id would be taken for an envelope when it is read back.
    if is_enveloped(id) {
        Err("id: is a token, not a name".to_owned())
    } else {
        Ok(())
    }
}

/// Leaves one text a language in each field, the first; gives the others that say something else, with their field.
fn leave_one_text_a_language(credential: &mut Credential) -> Vec<(String, Text)> {
    let mut left_out = Vec::new();
    one_a_language(&mut credential.title, |text| {
        left_out.push(("title".to_owned(), text))
    });
    one_a_language(&mut credential.description, |text| {
        left_out.push(("description".to_owned(), text))
    });
    for (at, outcome) in credential.outcomes.iter_mut().enumerate() {
        one_a_language(&mut outcome.text, |text| {
            left_out.push((format!("outcomes[{at}].text"), text))
        });
    }
    left_out
}

/// One price, as far as it is stated.
#[derive(Default)]
pub struct Price {
    /// Amount in units of the currency.
    pub amount: Option<f64>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// What it is for, in the source's words.
    pub note: Option<String>,
}

impl Price {
    fn money(&self) -> Option<Money> {
        Some(Money {
            amount: self.amount?,
            currency: self.currency.clone()?,
        })
    }

    fn words(&self) -> String {
        let amount = self.amount.map(|amount| amount.to_string());
        let parts = [&self.currency, &amount, &self.note];
        parts
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The fields that are one text in the source's words.
fn plain_texts(credential: &mut Credential) -> [&mut Option<String>; 18] {
    [
        &mut credential.provider,
        &mut credential.awarding_body,
        &mut credential.credential_type,
        &mut credential.nqf_level,
        &mut credential.sector,
        &mut credential.assessment,
        &mut credential.stackability,
        &mut credential.cost_note,
        &mut credential.duration,
        &mut credential.purpose,
        &mut credential.participation,
        &mut credential.supervision,
        &mut credential.grade,
        &mut credential.homepage,
        &mut credential.further_information,
        &mut credential.entry_requirements,
        &mut credential.format,
        &mut credential.schedule,
    ]
}

/// A text without white space around it.
fn trimmed(text: String) -> String {
    if text.trim().len() == text.len() {
        text
    } else {
        text.trim().to_owned()
    }
}

/// Cuts a text at [`TEXT_BYTES_MAX`]; tells whether it had to.
fn cut_text(text: &mut String) -> bool {
    let too_long = text.len() > TEXT_BYTES_MAX;
    if too_long {
        text.truncate(
            text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
                .trim_end()
                .len(),
        );
    }
    too_long
}

/// Appends what is not there yet; of a list that is too long already no more than shows it.
pub fn push_new(list: &mut Vec<String>, entry: String) {
    if !entry.is_empty() && list.len() <= ENTRIES_MAX && !list.contains(&entry) {
        list.push(entry);
    }
}

/// Several statements as one text; nothing if there are none.
pub fn words(parts: &[String]) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_doubted_and_never_hours() {
        let mut draft = Draft::default();
        draft.workload("P60M");
        assert_eq!(draft.credential.hours, None);
        let doubt = &draft.credential.doubts[0];
        assert_eq!(doubt.field, "hours");
        assert!(
            doubt.reason.contains("P60M") && doubt.reason.contains("PT60H or PT60M may be meant"),
            "{}",
            doubt.reason
        );
        draft.workload("PT60H");
        draft.workload("PT50H");
        assert_eq!(
            (draft.credential.hours, draft.credential.doubts.len()),
            (Some(60.0), 2)
        );
    }

    #[test]
    fn several_prices_are_no_cost() {
        let price = |amount: f64| Price {
            amount: Some(amount),
            currency: Some("EUR".into()),
            note: None,
        };
        let mut draft = Draft::default();
        draft.prices(vec![price(100.0), price(20.0)]);
        assert_eq!(
            (
                draft.credential.cost.clone(),
                draft.credential.cost_note.as_deref()
            ),
            (None, Some("EUR 100; EUR 20"))
        );
        let mut draft = Draft::default();
        draft.prices(vec![price(100.0)]);
        assert_eq!(
            (
                draft.credential.cost.map(|cost| cost.amount),
                draft.credential.cost_note
            ),
            (Some(100.0), None)
        );
    }

    #[test]
    fn credits_of_an_unknown_system_are_doubted() {
        let mut draft = Draft::default();
        draft.credits(Some(4.0), "4", "", "NZQF credit");
        draft.credits(Some(5.0), "5", "", "");
        draft.credits(Some(2.0), "2", codes::ECTS_URI, "");
        draft.credits(None, "b_CeZO", codes::ECTS_URI, "");
        assert_eq!(
            (
                draft.credential.hours,
                draft.credential.ects,
                draft.credential.doubts.len()
            ),
            (Some(40.0), Some(2.0), 2)
        );
    }

    #[test]
    fn a_blank_text_states_nothing() {
        let mut draft = Draft::default();
        draft.credential.id = "a".into();
        draft.credential.title = vec![Text {
            language: "en".into(),
            text: "x".into(),
        }];
        (draft.credential.nqf_level, draft.credential.format) =
            (Some(String::new()), Some(" b ".into()));
        draft.credits(Some(1e308), "1e308", "", "NZQF credit");
        let credential = draft.finish().unwrap();
        assert_eq!(
            (
                credential.nqf_level,
                credential.format.as_deref(),
                credential.hours
            ),
            (None, Some("b"), None)
        );
        assert!(
            credential.doubts[0]
                .reason
                .contains("more than can be counted"),
            "{:?}",
            credential.doubts
        );
    }

    #[test]
    fn what_is_too_long_is_cut_and_said_to_be() {
        let mut draft = Draft::default();
        draft.credential.id = "a".into();
        draft.credential.title = vec![Text {
            language: "en".into(),
            text: "\u{fc}".repeat(TEXT_BYTES_MAX),
        }];
        let credential = draft.finish().unwrap();
        assert_eq!(
            (credential.title[0].text.len(), credential.doubts.len()),
            (TEXT_BYTES_MAX, 1)
        );
    }
}
