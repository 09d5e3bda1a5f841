//! How does a line of native JSON become a credential? Strict about what it says, silent about what it does not say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::credential::{Credential, LinkOrigin, Mode, Money, Outcome, Signal, SkillLink, TrustSignal, WORLDWIDE};
use crate::model::esco::Text;

/// Longest id.
const ID_BYTES_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    id: String,
    title: RawText,
    description: Option<RawText>,
    #[serde(default)]
    outcomes: Vec<RawOutcome>,
    provider: Option<String>,
    #[serde(default, alias = "countries")]
    country: OneOrMany,
    #[serde(default)]
    languages: OneOrMany,
    hours: Option<f64>,
    ects: Option<f64>,
    eqf_level: Option<u8>,
    cost: Option<RawMoney>,
    mode: Option<String>,
    #[serde(default)]
    prerequisites: Vec<String>,
    #[serde(default)]
    skills_required: Vec<RawLink>,
    #[serde(default)]
    part_of: OneOrMany,
    #[serde(default)]
    trust_signals: Vec<RawSignal>,
    sector: Option<String>,
    assessment: Option<RawNote>,
    stackability: Option<String>,
    #[serde(default)]
    standards: OneOrMany,
    cost_note: Option<String>,
    #[serde(default)]
    funding: Vec<RawNote>,
    modified: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawText {
    Plain(String),
    ByLanguage(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawOutcome {
    text: RawText,
    #[serde(default)]
    skills: Vec<RawLink>,
}

#[derive(Deserialize)]
struct RawLink {
    uri: String,
    origin: Option<LinkOrigin>,
    confidence: Option<f64>,
}

#[derive(Deserialize)]
struct RawMoney {
    amount: f64,
    currency: String,
}

#[derive(Deserialize)]
struct RawSignal {
    signal: String,
    value: RawValue,
    #[serde(default)]
    source: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawValue {
    Flag(bool),
    Word(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawNote {
    Plain(String),
    Detailed { text: String },
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl RawNote {
    fn into_text(self) -> String {
        match self {
            Self::Plain(text) | Self::Detailed { text } => text,
        }
    }
}

/// Parses one line of native JSON.
///
/// # Errors
/// A sentence that names the field and what is wrong with it.
pub fn parse(line: &[u8]) -> Result<Credential, String> {
    let raw: Raw = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let languages = codes("languages", raw.languages.into_vec(), 2)?;
    let default_language = match languages.as_slice() {
        [only] => only.clone(),
        _ => "und".to_owned(),
    };
    let texts = |field: &str, text: RawText| texts(field, text, &default_language);
    let id = raw.id.trim().to_owned();
    if id.is_empty() || id.len() > ID_BYTES_MAX {
        return Err(format!("id: must have 1 to {ID_BYTES_MAX} bytes"));
    }
    let title = texts("title", raw.title)?;
    if title.is_empty() {
        return Err("title: is empty".to_owned());
    }
    let outcomes = raw.outcomes.into_iter().enumerate().map(|(at, outcome)| {
        let field = format!("outcomes[{at}]");
        Ok(Outcome { text: texts(&format!("{field}.text"), outcome.text)?, skills: links(&format!("{field}.skills"), outcome.skills)? })
    });
    let (outcomes, skills_required) = (outcomes.collect::<Result<_, String>>()?, links("skillsRequired", raw.skills_required)?);
    Ok(Credential {
        id,
        title,
        description: raw.description.map_or(Ok(Vec::new()), |text| texts("description", text))?,
        outcomes,
        provider: stated(raw.provider),
        countries: codes("country", raw.country.into_vec(), 2)?.into_iter().map(|code| code.to_uppercase()).collect(),
        hours: amount("hours", raw.hours)?,
        ects: amount("ects", raw.ects)?,
        eqf_level: raw.eqf_level.map(eqf).transpose()?,
        cost: raw.cost.map(money).transpose()?,
        mode: raw.mode.map(mode).transpose()?,
        languages,
        prerequisites: raw.prerequisites,
        skills_required: skills_required.into_iter().map(|link| link.uri).collect(),
        part_of: raw.part_of.into_vec(),
        trust_signals: signals(raw.trust_signals)?,
        sector: stated(raw.sector),
        assessment: stated(raw.assessment.map(RawNote::into_text)),
        stackability: stated(raw.stackability),
        standards: raw.standards.into_vec(),
        cost_note: stated(raw.cost_note),
        funding: raw.funding.into_iter().map(RawNote::into_text).collect(),
        modified_day: raw.modified.map(|date| day("modified", &date)).transpose()?,
        ..Credential::default()
    })
}

fn stated(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn texts(field: &str, text: RawText, default_language: &str) -> Result<Vec<Text>, String> {
    let by_language = match text {
        RawText::Plain(text) => BTreeMap::from([(default_language.to_owned(), text)]),
        RawText::ByLanguage(texts) => texts,
    };
    let mut texts = Vec::new();
    for (language, text) in by_language {
        let language = language.trim().to_lowercase();
        if !matches!(language.len(), 2..=3) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(format!("{field}: {language:?} is no language code"));
        }
        let text = text.trim();
        if !text.is_empty() {
            texts.push(Text { language, text: text.to_owned() });
        }
    }
    Ok(texts)
}

fn links(field: &str, raw: Vec<RawLink>) -> Result<Vec<SkillLink>, String> {
    let links = raw.into_iter().enumerate().map(|(at, link)| {
        let uri = link.uri.trim().to_owned();
        let origin = link.origin.unwrap_or(LinkOrigin::Declared);
        let confidence = link.confidence.unwrap_or(1.0);
        if uri.is_empty() {
            return Err(format!("{field}[{at}].uri: is empty"));
        }
        if !(0.0..=1.0).contains(&confidence) {
            return Err(format!("{field}[{at}].confidence: {confidence} is not in [0, 1]"));
        }
        // A declared link is the provider's word; an inferred one is kept to four decimals, as the index does.
        let confidence = if origin == LinkOrigin::Declared { 1.0 } else { (confidence * 1e4).round() / 1e4 };
        Ok(SkillLink { uri, origin, confidence })
    });
    links.collect()
}

/// Codes of `length` ASCII letters, lower case, without duplicates; `*` is kept.
fn codes(field: &str, raw: Vec<String>, length: usize) -> Result<Vec<String>, String> {
    let mut codes: Vec<String> = Vec::new();
    for code in raw {
        let code = code.trim().to_lowercase();
        if code != WORLDWIDE && (code.len() != length || !code.bytes().all(|byte| byte.is_ascii_lowercase())) {
            return Err(format!("{field}: {code:?} is no code of {length} letters"));
        }
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(codes)
}

fn amount(field: &str, value: Option<f64>) -> Result<Option<f64>, String> {
    match value {
        Some(value) if !value.is_finite() || value < 0.0 => Err(format!("{field}: {value} is negative or not finite")),
        value => Ok(value),
    }
}

fn eqf(level: u8) -> Result<u8, String> {
    if (1..=8).contains(&level) { Ok(level) } else { Err(format!("eqfLevel: {level} is not in 1 to 8")) }
}

fn money(raw: RawMoney) -> Result<Money, String> {
    let currency = codes("cost.currency", vec![raw.currency], 3)?.concat().to_uppercase();
    let amount = amount("cost.amount", Some(raw.amount))?.unwrap_or_default();
    Ok(Money { amount, currency })
}

fn mode(word: String) -> Result<Mode, String> {
    Mode::parse(&word).ok_or_else(|| format!("mode: {word:?} is none of onsite, online, blended, work_based"))
}

fn signals(raw: Vec<RawSignal>) -> Result<Vec<TrustSignal>, String> {
    let mut signals: Vec<TrustSignal> = Vec::new();
    for (at, raw) in raw.into_iter().enumerate() {
        let field = format!("trustSignals[{at}]");
        let signal = Signal::parse(&raw.signal).ok_or_else(|| format!("{field}.signal: {:?} is no signal", raw.signal))?;
        let value = match raw.value {
            RawValue::Flag(value) => value,
            RawValue::Word(word) => match word.to_lowercase().replace('_', " ").as_str() {
                "yes" | "true" => true,
                "no" | "false" => false,
                "not stated" | "ns" | "unknown" => continue,
                _ => return Err(format!("{field}.value: {word:?} is none of yes, no, not stated")),
            },
        };
        if signals.iter().any(|stated| stated.signal == signal) {
            return Err(format!("{field}.signal: {:?} stands there twice", raw.signal));
        }
        signals.push(TrustSignal { signal, value, source: raw.source, scope: None, valid_until_day: None });
    }
    signals.sort_by_key(|stated| stated.signal);
    Ok(signals)
}

/// Days since 1970-01-01 of an ISO 8601 date (proleptic Gregorian; Howard Hinnant, "chrono-compatible low-level date algorithms").
fn day(field: &str, date: &str) -> Result<i64, String> {
    let bad = || format!("{field}: {date:?} is no date like 2026-01-31");
    let mut parts = date.get(..10).ok_or_else(bad)?.split('-').map(str::parse::<i64>);
    let (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31))) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Ok(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_rejected(line: &str, reason: &str) {
        let error = parse(line.as_bytes()).unwrap_err();
        assert!(error.contains(reason), "{line}: {error}");
    }

    #[test]
    fn only_id_and_title_are_mandatory() {
        let credential = parse(br#"{"id":"a","title":"Welding"}"#).unwrap();
        assert_eq!(credential.title, [Text { language: "und".into(), text: "Welding".into() }]);
        assert_eq!((credential.hours, credential.cost, credential.trust_signals.len()), (None, None, 0));
        check_rejected(r#"{"title":"x"}"#, "missing field `id`");
        check_rejected(r#"{"id":"a"}"#, "missing field `title`");
    }

    #[test]
    fn links_without_origin_are_declared() {
        let credential = parse(br#"{"id":"a","title":{"de":"X"},"outcomes":[{"text":"o","skills":[{"uri":"u"},{"uri":"v","origin":"inferred","confidence":0.5}]}]}"#).unwrap();
        let links: Vec<_> = credential.outcomes[0].skills.iter().map(|link| (link.uri.as_str(), link.origin, link.confidence)).collect();
        assert_eq!(links, [("u", LinkOrigin::Declared, 1.0), ("v", LinkOrigin::Inferred, 0.5)]);
    }

    #[test]
    fn what_is_wrong_is_named_by_field() {
        let with = |field: &str| format!(r#"{{"id":"a","title":"x",{field}}}"#);
        check_rejected(&with(r#""hours":-1"#), "hours");
        check_rejected(&with(r#""eqfLevel":9"#), "eqfLevel");
        check_rejected(&with(r#""cost":{"amount":1,"currency":"EURO"}"#), "cost.currency");
        check_rejected(&with(r#""mode":"telepathy""#), "mode");
        check_rejected(&with(r#""country":"Germany""#), "country");
        check_rejected(&with(r#""trustSignals":[{"signal":"nice","value":"yes"}]"#), "trustSignals[0].signal");
        check_rejected(&with(r#""trustSignals":[{"signal":"assessed","value":"maybe"}]"#), "trustSignals[0].value");
        check_rejected(&with(r#""outcomes":[{"text":"x","skills":[{"uri":" "}]}]"#), "outcomes[0].skills[0].uri");
        check_rejected(&with(r#""modified":"yesterday""#), "modified");
    }

    #[test]
    fn a_signal_that_is_not_stated_is_absent() {
        let credential = parse(
            br#"{"id":"a","title":"x","trustSignals":[{"signal":"assessed","value":"not stated"},{"signal":"guidance","value":false}]}"#,
        )
        .unwrap();
        assert_eq!(credential.signal(Signal::Assessed), None);
        assert!(credential.signal(Signal::Guidance).is_some_and(|stated| !stated.value));
    }

    #[test]
    fn days_count_from_1970() {
        for (date, expected) in [("1970-01-01", 0), ("2000-03-01", 11_017), ("2026-11-22", 20_779), ("1969-12-31T00:00:00Z", -1)] {
            assert_eq!(day("x", date), Ok(expected), "{date}");
        }
    }
}
