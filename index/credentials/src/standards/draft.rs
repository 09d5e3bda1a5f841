//! A record in the making: field by field what a source states; what cannot be read is kept as a doubt, and nothing is guessed.

use std::collections::BTreeMap;

use super::codes::{self, Credits};
use super::duration::Duration;
use super::nodes::Node;
use crate::check::{AMOUNT_MAX, HOURS_MAX, RecordLimits, add_doubt, check_with_doubts, cut, doubt};
use crate::credential::{
    Access, Assessment, Credential, DeliveryMode, Entry, Funding, LanguageLevel, Money,
    Organisation, Outcome, Quality, SkillLink, Texts, Validity, Workload,
};
use crate::native;
use skillgap_esco::Text;

/// Why a number of hours or credits is not taken.
const TOO_MANY: &str = "more than can be counted";

/// A record in the making, by its groups.
#[derive(Default)]
pub struct Draft {
    /// What stands in no group.
    pub credential: Credential,
    /// Titles; of several in one language the first is kept.
    pub title: Vec<Text>,
    /// Descriptions, in the same way.
    pub description: Vec<Text>,
    /// Name of the provider.
    pub provider: Option<String>,
    /// Name of the body that awards it.
    pub awarding_body: Option<String>,
    /// How, where and when one takes part.
    pub access: Access,
    /// How much work it is.
    pub workload: Workload,
    /// What must be had before.
    pub entry: Entry,
    /// How it is assessed.
    pub assessment: Assessment,
    /// What is stated about its quality.
    pub quality: Quality,
    /// Stated ways to have the price paid.
    pub funding: Funding,
    /// When it was issued and holds.
    pub validity: Validity,
}

impl Draft {
    /// Notes that a stated value cannot be taken as it stands. `field` is its path in the contract.
    pub fn doubt(&mut self, field: &str, stated: &str, why: &str) {
        add_doubt(&mut self.credential.doubts, doubt(field, stated, why));
    }

    /// Adds to the further information what no other field is for.
    pub fn note(&mut self, said: String) {
        let notes = self.credential.further_information.take().into_iter();
        self.credential.further_information = words(&notes.chain([said]).collect::<Vec<_>>());
    }

    /// Texts by language, one a language; others that say something else are doubts.
    fn texts(&mut self, field: &str, stated: Vec<Text>) -> Texts {
        let mut texts = BTreeMap::new();
        for Text { language, text } in stated {
            match texts.get(&language) {
                None => drop(texts.insert(language, text)),
                Some(first) if *first == text => {}
                Some(_) => {
                    let why =
                        format!("left out, since another text in {language:?} stands before it");
                    self.doubt(field, &text, &why);
                }
            }
        }
        texts
    }

    /// Takes a workload: an ISO 8601 duration of hours and minutes. Months and days are no amount of work.
    pub fn workload(&mut self, stated: &str) {
        let Some(duration) = Duration::parse(stated) else {
            return self.doubt(
                "workload.hours",
                stated,
                "no ISO 8601 duration such as PT60H",
            );
        };
        if let Some(hours) = duration.work_hours() {
            return self.hours(hours, stated);
        }
        if duration.calendar_days == 0.0 {
            return self.doubt("workload.hours", stated, "a workload of nothing");
        }
        let months = stated.strip_prefix('P');
        let months = months.filter(|rest| !rest.contains('T') && rest.ends_with('M'));
        let hint = months.map(|rest| {
            let hours = rest.replace('M', "H");
            format!("; PT{hours} or PT{rest} may be meant")
        });
        let why = "years, months, weeks and days are time by the calendar, not hours of work";
        let why = format!("{why}{}", hint.unwrap_or_default());
        self.doubt("workload.hours", stated, &why);
    }

    /// Takes hours, unless others are stated already.
    pub fn hours(&mut self, hours: f64, stated: &str) {
        let why = match self.workload.hours {
            _ if hours > HOURS_MAX => TOO_MANY.to_owned(),
            None => return self.workload.hours = Some(hours),
            Some(known) if known == hours => return,
            Some(known) => format!("{known} hours are stated elsewhere"),
        };
        self.doubt("workload.hours", stated, &why);
    }

    /// Takes credits of a system, given by its URI and its label. Of systems whose credits have hours, the hours.
    pub fn credits(&mut self, points: Option<f64>, stated: &str, uri: &str, label: &str) {
        let Some(points) = points else {
            return self.doubt("workload.ects", stated, "no number of credits");
        };
        let why = match (Credits::of(uri, label), self.workload.ects) {
            (Some(Credits::Ects), _) if points > HOURS_MAX => TOO_MANY,
            (Some(Credits::Ects), None) => return self.workload.ects = Some(points),
            (Some(Credits::Ects), Some(known)) if known == points => return,
            (Some(Credits::Ects), Some(_)) => "other ECTS credits are stated elsewhere",
            (Some(system), _) => {
                let hours = points * system.hours().unwrap_or_default();
                return self.hours(hours, stated);
            }
            (None, _) => {
                let mut names = [label, uri].into_iter().filter(|name| !name.is_empty());
                let system = names.next().unwrap_or("a system that is not named");
                let stated = format!("{points} of {system}");
                let why = "the hours of these credits are not known";
                return self.doubt("workload.ects", &stated, why);
            }
        };
        self.doubt("workload.ects", stated, why);
    }

    /// Takes prices. One is the cost; of several none is taken for it, since which of them are to be added is not stated. All stand in the note.
    pub fn prices(&mut self, prices: Vec<Price>) {
        let notes = prices.iter().map(Price::words);
        let notes: Vec<String> = notes.filter(|words| !words.is_empty()).collect();
        let is_plain = |price: &Price| price.money().is_some() && price.note.is_none();
        if prices.len() > 1 || !prices.iter().all(is_plain) {
            self.credential.cost_note = words(&notes);
        }
        match prices.as_slice() {
            [] => {}
            [price] => {
                self.credential.cost = price.money();
                let is_half = price.amount.is_some() || price.currency.is_some();
                if self.credential.cost.is_none() && is_half {
                    let why = "an amount without a currency, or the reverse";
                    self.doubt("cost", &price.words(), why);
                }
            }
            _ => {
                let why = "several prices, and not stated which of them are to be paid together";
                self.doubt("cost", &notes.join("; "), why);
            }
        }
    }

    /// Takes languages by code or URI.
    pub fn languages<'a>(&mut self, codes: impl IntoIterator<Item = &'a str>) {
        for code in codes {
            let Some(language_code) = codes::language(code) else {
                let why = "no language with an ISO 639-1 code";
                self.doubt("access.languages", code, why);
                continue;
            };
            let language = LanguageLevel {
                language_code,
                ..LanguageLevel::default()
            };
            if !self.access.languages.contains(&language) {
                self.access.languages.push(language);
            }
        }
    }

    /// Takes countries by code or URI.
    pub fn countries<'a>(&mut self, codes: impl IntoIterator<Item = &'a str>) {
        for code in codes {
            match codes::country(code) {
                Some(country) => push_new(&mut self.access.countries, country),
                None => self.doubt("access.countries", code, "no ISO 3166-1 country"),
            }
        }
    }

    /// Takes a level of the EQF, from the first of some ways to state it that is one; others stated later do not count.
    pub fn eqf_level(&mut self, stated: &[&str]) {
        match stated.iter().find_map(|stated| codes::eqf_level(stated)) {
            Some(level) => drop(self.credential.eqf_level.get_or_insert(level)),
            None => self.doubt(
                "eqf_level",
                stated.first().unwrap_or(&""),
                "no level from 1 to 8",
            ),
        }
    }

    /// Takes a field of ISCED-F by code or URI.
    pub fn isced(&mut self, stated: &str) {
        match codes::isced(stated) {
            Some(code) => push_new(&mut self.credential.isced_codes, code),
            None => self.doubt("isced_codes", stated, "no field of ISCED-F 2013"),
        }
    }

    /// Takes the dates of an award, as all standards of awards call them.
    pub fn award_dates(&mut self, award: Node<'_>) {
        let dates = &mut self.validity;
        if award.is_node() {
            dates.issued = award.date(["issued", "awardedDate", "issuanceDate", "issuedOn"]);
            dates.valid_from = award.date(["validFrom"]);
            dates.valid_until = award.date(["validUntil", "expirationDate", "expires"]);
        }
    }

    /// Takes ways of learning, each by URI and label: one that is known is the mode, any other and several are words.
    pub fn modes(&mut self, ways: &[(String, String)]) {
        if ways.is_empty() || self.access.mode != 0 || self.access.participation.is_some() {
            return;
        }
        let known = ways.iter().map(|(uri, label)| codes::mode(uri, label));
        let mut known: Vec<Option<DeliveryMode>> = known.collect();
        known.dedup();
        if let [Some(mode)] = known.as_slice() {
            return self.access.set_mode(*mode);
        }
        let mut labels: Vec<String> = Vec::new();
        for (uri, label) in ways {
            let label = match label.as_str() {
                "" => codes::mode_label(uri).unwrap_or(uri),
                label => label,
            };
            push_new(&mut labels, label.to_owned());
        }
        self.access.participation = words(&labels);
    }

    /// Takes an outcome with the links that its source declares, each by URI and label. Only URIs of ESCO skills are links.
    pub fn outcome(&mut self, text: Vec<Text>, declared: &[(String, String)]) {
        let (mut skills, mut strange): (Vec<SkillLink>, Vec<&str>) = (Vec::new(), Vec::new());
        for (uri, label) in declared {
            match codes::esco_skill(uri) {
                Some(uri) if skills.iter().any(|link| link.uri == uri) => {}
                Some(uri) => skills.push(SkillLink::declared(uri)),
                None => strange.push(if label.is_empty() { uri } else { label }),
            }
        }
        let at = self.credential.outcomes.len();
        for name in strange {
            let why = "declared as an ESCO skill without the URI of one";
            self.doubt(&format!("outcomes[{at}].skills"), name, why);
        }
        if !text.is_empty() || !skills.is_empty() {
            let text = self.texts(&format!("outcomes[{at}].text"), text);
            self.credential.outcomes.push(Outcome { text, skills });
        }
    }

    /// Ends the record: what is too long is cut and noted.
    ///
    /// # Errors
    /// What is wrong with it, such as that it has no title, with the names of fields.
    pub fn finish(mut self) -> Result<Credential, String> {
        let (title, description) = (self.title.split_off(0), self.description.split_off(0));
        self.credential.title = self.texts("title", title);
        self.credential.description = self.texts("description", description);
        self.doubt_reversed_dates();
        let named = |name: Option<String>| {
            name.map(|name| Organisation {
                name: Some(name),
                ..Organisation::default()
            })
        };
        let mut record = native::to_value(&Credential {
            provider: named(self.provider),
            awarding_body: named(self.awarding_body),
            access: Some(self.access),
            workload: Some(self.workload),
            entry: Some(self.entry),
            assessment: Some(self.assessment),
            quality: Some(self.quality),
            funding: Some(self.funding),
            validity: Some(self.validity),
            ..self.credential
        });
        let cut = cut(&mut record).then(native::is_cut_short);
        let checked = check_with_doubts(record, &RecordLimits::FILES, cut);
        checked.map_err(|violations| native::in_words(&violations))
    }
}

impl Draft {
    /// Leaves out first days that lie after the last.
    fn doubt_reversed_dates(&mut self) {
        let accreditations = self.quality.accreditations.iter_mut();
        let reversed = accreditations.filter(|stated| {
            stated.valid_until.is_some() && stated.valid_from > stated.valid_until
        });
        let dates: Vec<String> = reversed
            .filter_map(|stated| stated.valid_from.take())
            .collect();
        for date in dates {
            let why = "holds from a day after its last";
            self.doubt("quality.accreditations", &date, why);
        }
    }
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
            amount: self.amount.filter(|amount| *amount <= AMOUNT_MAX)?,
            currency: self.currency.clone()?,
        })
    }

    fn words(&self) -> String {
        let amount = self.amount.map(|amount| amount.to_string());
        let parts = [&self.currency, &amount, &self.note].into_iter().flatten();
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// Appends what is not there yet; of a list that is too long already no more than shows it.
pub fn push_new(list: &mut Vec<String>, entry: String) {
    if !entry.is_empty() && list.len() <= RecordLimits::FILES.entries_max && !list.contains(&entry)
    {
        list.push(entry);
    }
}

/// What people call some things, each once, as one text; nothing if there are none.
pub fn joined<'a>(things: impl Iterator<Item = Node<'a>>) -> Option<String> {
    let mut names = Vec::new();
    for name in things.filter_map(Node::name) {
        push_new(&mut names, name);
    }
    words(&names)
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
        assert_eq!(draft.workload.hours, None);
        let doubt = &draft.credential.doubts[0];
        assert_eq!(doubt.field, "workload.hours");
        assert!(
            doubt.reason.contains("P60M") && doubt.reason.contains("PT60H or PT60M may be meant"),
            "{}",
            doubt.reason
        );
        draft.workload("PT60H");
        draft.workload("PT50H");
        assert_eq!(
            (draft.workload.hours, draft.credential.doubts.len()),
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
                draft.workload.hours,
                draft.workload.ects,
                draft.credential.doubts.len()
            ),
            (Some(40.0), Some(2.0), 2)
        );
    }

    #[test]
    fn a_blank_text_states_nothing() {
        let mut draft = Draft::default();
        draft.credential.id = "a".into();
        draft.title = vec![Text {
            language: "en".into(),
            text: "x".into(),
        }];
        (draft.credential.nqf_level, draft.access.format) =
            (Some(String::new()), Some(" b ".into()));
        draft.credits(Some(1e308), "1e308", "", "NZQF credit");
        let credential = draft.finish().unwrap();
        assert_eq!(
            (
                credential.nqf_level,
                credential.access.unwrap().format.as_deref(),
                credential.workload
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
        draft.title = vec![Text {
            language: "en".into(),
            text: "\u{fc}".repeat(RecordLimits::FILES.texts_bytes_max),
        }];
        let credential = draft.finish().unwrap();
        assert_eq!(
            (credential.title["en"].len(), credential.doubts.len()),
            (RecordLimits::FILES.texts_bytes_max, 1)
        );
    }
}
