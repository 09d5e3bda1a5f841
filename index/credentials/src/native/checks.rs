//! Is a value of native JSON what its field asks for? Each check returns the value of the record, or a sentence that names the field.

use super::raw::{RawAccreditation, RawLink, RawMoney, RawScheme, RawSignal, RawText, RawValue};
use crate::credential::{
    Accreditation, FundingScheme, LinkOrigin, Mode, Money, Scope, Signal, SkillLink, TrustSignal,
    WORLDWIDE,
};
use crate::day as days;
use skillgap_esco::Text;

pub(super) fn stated(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Text by language, sorted by language, one a language: however their codes are spelled, that is how they are written and read back.
pub(super) fn texts(
    field: &str,
    text: RawText,
    default_language: &str,
) -> Result<Vec<Text>, String> {
    let by_language = match text {
        RawText::Plain(text) => vec![(default_language.to_owned(), text)],
        RawText::ByLanguage(texts) => texts,
    };
    let mut texts: Vec<Text> = Vec::new();
    for (language, text) in by_language {
        let language = language.trim().to_lowercase();
        if !matches!(language.len(), 2..=3)
            || !language.bytes().all(|byte| byte.is_ascii_lowercase())
        {
            return Err(format!("{field}: {language:?} is no language code"));
        }
        let text = text.trim();
        if !text.is_empty() {
            texts.push(Text {
                language,
                text: text.to_owned(),
            });
        }
    }
    texts.sort_by(|one, other| one.language.cmp(&other.language));
    match texts
        .array_windows()
        .find(|[one, other]| one.language == other.language)
    {
        Some([twice, _]) => Err(format!("{field}: {:?} stands there twice", twice.language)),
        None => Ok(texts),
    }
}

pub(super) fn links(field: &str, raw: Vec<RawLink>) -> Result<Vec<SkillLink>, String> {
    let links = raw.into_iter().enumerate().map(|(at, link)| {
        let uri = link.uri.trim().to_owned();
        let origin = link.origin.unwrap_or(LinkOrigin::Declared);
        let confidence = link.confidence.unwrap_or(1.0);
        if uri.is_empty() {
            return Err(format!("{field}[{at}].uri: is empty"));
        }
        if !(0.0..=1.0).contains(&confidence) {
            return Err(format!(
                "{field}[{at}].confidence: {confidence} is not in [0, 1]"
            ));
        }
        // A declared link is the provider's word; an inferred one is kept to four decimals, as the index does.
        let confidence = if origin == LinkOrigin::Declared {
            1.0
        } else {
            (confidence * 1e4).round() / 1e4
        };
        Ok(SkillLink {
            uri,
            origin,
            confidence,
        })
    });
    links.collect()
}

/// Codes of `length` ASCII letters, lower case, without duplicates; `*` is kept.
pub(super) fn codes(field: &str, raw: Vec<String>, length: usize) -> Result<Vec<String>, String> {
    let mut codes: Vec<String> = Vec::new();
    for code in raw {
        let code = code.trim().to_lowercase();
        if code != WORLDWIDE
            && (code.len() != length || !code.bytes().all(|byte| byte.is_ascii_lowercase()))
        {
            return Err(format!("{field}: {code:?} is no code of {length} letters"));
        }
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(codes)
}

pub(super) fn amount(field: &str, value: Option<f64>) -> Result<Option<f64>, String> {
    match value {
        Some(value) if !value.is_finite() || value < 0.0 => {
            Err(format!("{field}: {value} is negative or not finite"))
        }
        value => Ok(value),
    }
}

pub(super) fn eqf(field: &str, level: u8) -> Result<u8, String> {
    if (1..=8).contains(&level) {
        Ok(level)
    } else {
        Err(format!("{field}: {level} is not in 1 to 8"))
    }
}

pub(super) fn money(field: &str, raw: RawMoney) -> Result<Money, String> {
    let currency = codes(&format!("{field}.currency"), vec![raw.currency], 3)?
        .concat()
        .to_uppercase();
    let amount = amount(&format!("{field}.amount"), Some(raw.amount))?.unwrap_or_default();
    Ok(Money { amount, currency })
}

pub(super) fn mode(word: String) -> Result<Mode, String> {
    Mode::parse(&word)
        .ok_or_else(|| format!("mode: {word:?} is none of onsite, online, blended, work_based"))
}

pub(super) fn day(field: &str, date: &str) -> Result<i64, String> {
    days::parse(date).ok_or_else(|| format!("{field}: {date:?} is no date like 2026-01-31"))
}

fn optional_day(field: String, date: Option<String>) -> Result<Option<i64>, String> {
    date.map(|date| day(&field, &date)).transpose()
}

fn scope(field: &str, word: Option<String>) -> Result<Option<Scope>, String> {
    match word.as_deref() {
        None => Ok(None),
        Some("institution") => Ok(Some(Scope::Institution)),
        Some("programme") => Ok(Some(Scope::Programme)),
        Some(word) => Err(format!(
            "{field}.scope: {word:?} is neither institution nor programme"
        )),
    }
}

pub(super) fn signals(raw: Vec<RawSignal>) -> Result<Vec<TrustSignal>, String> {
    let mut signals: Vec<TrustSignal> = Vec::new();
    for (at, raw) in raw.into_iter().enumerate() {
        let field = format!("trustSignals[{at}]");
        let signal = Signal::parse(&raw.signal)
            .ok_or_else(|| format!("{field}.signal: {:?} is no signal", raw.signal))?;
        let value = match raw.value {
            RawValue::Flag(value) => value,
            RawValue::Word(word) => match word.to_lowercase().replace('_', " ").as_str() {
                "yes" | "true" => true,
                "no" | "false" => false,
                "not stated" | "ns" | "unknown" => continue,
                _ => {
                    return Err(format!(
                        "{field}.value: {word:?} is none of yes, no, not stated"
                    ));
                }
            },
        };
        if signals.iter().any(|stated| stated.signal == signal) {
            return Err(format!(
                "{field}.signal: {:?} stands there twice",
                raw.signal
            ));
        }
        let scope = scope(&field, raw.scope)?;
        let valid_until_day = optional_day(format!("{field}.validUntil"), raw.valid_until)?;
        signals.push(TrustSignal {
            signal,
            value,
            source: raw.source,
            scope,
            valid_until_day,
        });
    }
    signals.sort_by_key(|stated| stated.signal);
    Ok(signals)
}

pub(super) fn accreditation(field: &str, raw: RawAccreditation) -> Result<Accreditation, String> {
    let accreditor = raw.accreditor.trim().to_owned();
    if accreditor.is_empty() {
        return Err(format!("{field}.accreditor: is empty"));
    }
    Ok(Accreditation {
        accreditor,
        accreditor_id: stated(raw.accreditor_id),
        mechanism: stated(raw.mechanism),
        scope: scope(field, raw.scope)?,
        eqf_level_max: raw
            .eqf_level_max
            .map(|level| eqf(&format!("{field}.eqfLevelMax"), level))
            .transpose()?,
        valid_from_day: optional_day(format!("{field}.validFrom"), raw.valid_from)?,
        valid_until_day: optional_day(format!("{field}.validUntil"), raw.valid_until)?,
        source: raw.source,
    })
}

pub(super) fn scheme(field: &str, raw: RawScheme) -> Result<FundingScheme, String> {
    let name = raw.name.trim().to_owned();
    if name.is_empty() {
        return Err(format!("{field}.name: is empty"));
    }
    if raw.share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
        return Err(format!("{field}.share: is not in [0, 1]"));
    }
    Ok(FundingScheme {
        name,
        eligible: raw.eligible.into_vec(),
        amount: raw
            .amount
            .map(|amount| money(&format!("{field}.amount"), amount))
            .transpose()?,
        share: raw.share,
        until_day: optional_day(format!("{field}.until"), raw.until)?,
        source: raw.source,
    })
}
