//! The sentences on one recommendation: short, each from what is stated, in the order in which a person would ask.

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::accreditors::Worth;
use skillgap_credentials::credential::{
    Accreditation, Credential, EnumName, FundingScheme, HOURS_PER_ECTS, LinkEvidence, Money,
    Signal, day_of, text_in,
};
use skillgap_credentials::rates::amount_in;

use super::Words;
use super::reasons::{CoverReason, Explaining, estimated_share, net, not_stated};
use crate::candidates::entry_words;
use crate::rank::{Node, Ranked, Standing, Subject, Unit};

/// Covered skills that are named one by one.
const COVERS_NAMED: usize = 3;
/// Hours and units of money that the closure is told for: one hour closes too little to picture.
const PER_HOURS: f64 = 10.0;
const PER_MONEY: f64 = 100.0;
/// At least this much coverage is called covering.
const COVERED: f64 = 0.95;
/// An entry requirement in words that the profile shows less than this is worth a warning, and a course that is known more.
const SHOWN: f64 = 0.5;
/// What is closed in so many hours or for so much money is told from this share on.
const SHARE_TOLD: f64 = 0.05;
/// Probabilities from which on a link is called probable, and possible.
const PROBABLY: f64 = 0.7;
const PERHAPS: f64 = 0.4;
/// Characters of what is asked for or taught that are quoted, at most.
const QUOTED_CHARS_MAX: usize = 120;
/// A share of estimates below this, and of what is stated, goes without saying.
const NEARLY_NOTHING: f64 = 0.005;
/// Up to so many skills recognised in an ad, a share of what is missing says little, and what it counts is said with it.
const FEW_RECOGNISED: usize = 3;
/// Steps in level that are worth a warning.
const STEP_BIG: u32 = 2;

/// All sentences on one recommendation.
pub(super) fn reasons(
    on: &Explaining<'_>,
    ranked: &Ranked,
    tree: &Node,
    credential: &Credential,
    covers: &[CoverReason],
) -> Vec<String> {
    let mut said = if covers.is_empty() || ranked.candidate.closure <= 0.0 {
        Vec::new()
    } else {
        closure(on, ranked, tree, credential)
    };
    said.extend(
        covers
            .iter()
            .take(COVERS_NAMED)
            .map(|reason| cover(on, reason)),
    );
    if covers.len() > COVERS_NAMED {
        said.push(
            on.present
                .words
                .count("covers.more", (covers.len() - COVERS_NAMED) as f64, &[]),
        );
    }
    said.extend(wording(on, ranked, credential));
    said.push(cost(on, credential));
    said.extend(left_to_pay(on, credential));
    said.extend(
        credential
            .funding_schemes()
            .iter()
            .map(|scheme| funding(on, scheme)),
    );
    said.extend(
        credential
            .funding
            .iter()
            .flat_map(|funding| &funding.notes)
            .map(|note| on.present.words.say("funding.note", &[("note", note)])),
    );
    said.extend(time(on, credential));
    said.extend(entry(on, ranked, credential));
    said.extend(assessment(on, ranked, credential));
    said.extend(combining(on, credential));
    said.extend(
        credential
            .accreditations()
            .map(|accreditation| accredited(on, credential, accreditation)),
    );
    said.extend(trust(on, ranked));
    let missing: Vec<String> = not_stated(credential)
        .into_iter()
        .map(|(_, key)| on.present.words.say(key, &[]))
        .collect();
    if !missing.is_empty() {
        said.push(
            on.present
                .words
                .say("not_stated", &[("facts", &missing.join(", "))]),
        );
    }
    said
}

fn closure(
    on: &Explaining<'_>,
    ranked: &Ranked,
    tree: &Node,
    credential: &Credential,
) -> Vec<String> {
    let estimated = estimated_share(
        on.present.catalogue,
        on.ranking.needs,
        [(&ranked.candidate, credential)],
    );
    let (share, estimated_share) = (
        on.present.words.percent(ranked.candidate.closure),
        on.present.words.percent(estimated),
    );
    let mut said = vec![match estimated {
        NEARLY_NOTHING.. if estimated > 1.0 - NEARLY_NOTHING => on
            .present
            .words
            .say("closes.estimate", &[("share", &share)]),
        NEARLY_NOTHING.. => on.present.words.say(
            "closes.about",
            &[("share", &share), ("estimated", &estimated_share)],
        ),
        _ => on.present.words.say("closes", &[("share", &share)]),
    }];
    let n_recognised = on.demand.skills.len();
    if !on.demand.asked.is_empty() && n_recognised <= FEW_RECOGNISED {
        said.push(
            on.present
                .words
                .count("summary.counted", n_recognised as f64, &[]),
        );
    }
    let parts = tree.children.iter().flat_map(|feature| &feature.children);
    for part in parts {
        match (part.subject, &part.unit, part.value) {
            (Subject::ClosurePerHour, _, Some(share)) if share * PER_HOURS >= SHARE_TOLD => {
                said.push(on.present.words.say(
                    "closes_per_hours",
                    &[(
                        "share",
                        &on.present.words.percent((share * PER_HOURS).min(1.0)),
                    )],
                ));
            }
            (Subject::ClosurePerMoney, Unit::Money(currency), Some(share))
                if share * PER_MONEY >= SHARE_TOLD =>
            {
                let money = on.present.words.money(&Money {
                    amount: PER_MONEY,
                    currency: currency.clone(),
                });
                let share = on.present.words.percent((share * PER_MONEY).min(1.0));
                said.push(
                    on.present
                        .words
                        .say("closes_per_money", &[("share", &share), ("money", &money)]),
                );
            }
            _ => {}
        }
    }
    said
}

/// What is asked for and what is taught that are nearest in wording, and that this is no link: likeness is weaker. Where it is weak, too, and something is
/// covered, it says nothing. Where no phrase is answered, only the texts as a whole are alike.
fn wording(on: &Explaining<'_>, ranked: &Ranked, credential: &Credential) -> Option<String> {
    let Some((phrase, part)) = ranked.candidate.near.best else {
        let is_all = ranked.candidate.covers.is_empty() && ranked.candidate.near.value > 0.0;
        return is_all.then(|| on.present.words.say("wording.whole", &[]));
    };
    let asked = on
        .demand
        .wording_at(phrase, on.present.catalogue, on.present.language)?;
    let taught = match part.checked_sub(1) {
        Some(outcome) => text_in(&credential.outcomes.get(outcome)?.text, on.present.language),
        None => text_in(&credential.title, on.present.language),
    };
    let key = match (ranked.candidate.covers.is_empty(), ranked.is_likely()) {
        (true, true) => "wording.only",
        (true, false) => "wording.loose",
        (false, true) => "wording.too",
        (false, false) => return None,
    };
    let (asked, taught) = (short(asked), short(taught));
    Some(
        on.present
            .words
            .say(key, &[("asked", &asked), ("taught", &taught)]),
    )
}

/// The beginning of a text that is too long to be quoted, to the end of a word.
fn short(text: &str) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(QUOTED_CHARS_MAX) else {
        return text.to_owned();
    };
    let begin = text.get(..end).unwrap_or_default();
    let begin = begin.rsplit_once(' ').map_or(begin, |(begin, _)| begin);
    format!("{begin} …")
}

fn cover(on: &Explaining<'_>, reason: &CoverReason) -> String {
    let words = on.present.words;
    let label = |skill| on.present.catalogue.skill_label(skill, on.present.language);
    let key = match reason.confidence {
        _ if reason.declared() => "covers.declared",
        PROBABLY.. => "covers.probably",
        PERHAPS.. => "covers.perhaps",
        _ => "covers.unsure",
    };
    let mut said = vec![words.say(key, &[("taught", label(reason.taught))])];
    if reason.demanded != reason.taught {
        let share = words.percent(reason.coverage);
        said.push(words.say(
            "covers.near",
            &[("share", &share), ("skill", label(reason.demanded))],
        ));
    }
    let asked = on
        .demand
        .skills
        .iter()
        .find(|demanded| demanded.skill == reason.demanded)
        .and_then(|demanded| demanded.level);
    let of_level = match (asked, reason.level) {
        (Some(asked), Some(level)) if asked.rank() != level.rank() => Some(words.say(
            "covers.other_level",
            &[("level", &level.to_string()), ("asked", &asked.to_string())],
        )),
        // The same skill, taught for sure, and still not covered: the demand names a level, and the source none.
        (Some(_), None)
            if reason.demanded == reason.taught
                && reason.coverage < COVERED * reason.confidence =>
        {
            Some(words.say("covers.level", &[]))
        }
        _ => None,
    };
    said.extend(of_level);
    let key = match reason.evidence {
        _ if reason.declared() => "covers.from.provider",
        LinkEvidence::Title => "covers.from.title",
        LinkEvidence::Description => "covers.from.description",
        _ => "covers.from.outcome",
    };
    said.push(words.say(key, &[("outcome", &short(&reason.outcome_text))]));
    said.join(" ")
}

fn cost(on: &Explaining<'_>, credential: &Credential) -> String {
    let words = on.present.words;
    let note = credential
        .cost_note
        .as_ref()
        .map(|note| words.say("cost.note", &[("note", note)]));
    let Some(cost) = &credential.cost else {
        return note.map_or_else(
            || words.say("cost.not_stated", &[]),
            |note| format!("{} {note}", words.say("cost.no_amount", &[])),
        );
    };
    let filter = on.ranking.filter;
    let money = words.money(cost);
    let wanted = filter
        .cost_max
        .as_ref()
        .map_or("EUR", |most| most.currency.as_str());
    let said = match amount_in(cost, wanted, filter.rates.as_deref()) {
        _ if cost.amount <= 0.0 => words.say("cost.free", &[]),
        Some(_) if cost.currency == wanted => words.say("cost.is", &[("money", &money)]),
        Some(amount) => {
            let converted = words.money(&Money {
                amount,
                currency: wanted.to_owned(),
            });
            let origin = filter
                .rates
                .as_ref()
                .map(|rates| rates.origin())
                .unwrap_or_default();
            words.say(
                "cost.converted",
                &[
                    ("money", &money),
                    ("converted", &converted),
                    ("origin", &origin),
                ],
            )
        }
        None => words.say(
            "cost.not_comparable",
            &[("money", &money), ("currency", wanted)],
        ),
    };
    let says_more = credential
        .cost_note
        .as_ref()
        .is_some_and(|note| says_more(note, &cost.currency));
    note.filter(|_| says_more)
        .map_or_else(|| said.clone(), |note| format!("{said} {note}"))
}

/// What is left to pay and who pays the rest, then what is to be asked about.
fn left_to_pay(on: &Explaining<'_>, credential: &Credential) -> Vec<String> {
    let words = on.present.words;
    let Some(net) = net(on, credential) else {
        return Vec::new();
    };
    let name = |at: usize| {
        credential
            .funding_schemes()
            .get(at)
            .map(|scheme| &scheme.name)
    };
    let paid = net.paid_by.and_then(name).map(|name| match &net.left {
        _ if net.is_free() => words.say("net.nothing", &[("name", name)]),
        Some(left) => words.say("net.left", &[("name", name), ("money", &words.money(left))]),
        None => words.say("net.ask", &[("name", name)]),
    });
    let ask = net.ask.iter().filter_map(|at| name(*at));
    let ask = ask.map(|name| words.say("net.ask", &[("name", name)]));
    paid.into_iter().chain(ask).collect()
}

/// Whether a note on the price says more than an amount with its currency.
fn says_more(note: &str, currency: &str) -> bool {
    note.split_whitespace().any(|word| {
        word != currency
            && !word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    })
}

fn funding(on: &Explaining<'_>, scheme: &FundingScheme) -> String {
    let words = on.present.words;
    let until = day_of(&scheme.valid_until);
    if let Some(ended) = until.filter(|until| *until < on.ranking.filter.as_of_day) {
        return words.say(
            "funding.ended",
            &[("name", &scheme.name), ("date", &words.date(ended))],
        );
    }
    let mut said = vec![words.say("funding.is", &[("name", &scheme.name)])];
    if !scheme.eligible.is_empty() {
        said.push(words.say("funding.for", &[("groups", &scheme.eligible.join(", "))]));
    }
    said.extend(
        scheme
            .share
            .map(|share| words.say("funding.share", &[("share", &words.percent(share))])),
    );
    said.extend(
        scheme
            .amount_max
            .as_ref()
            .map(|amount| words.say("funding.amount", &[("money", &words.money(amount))])),
    );
    said.extend(until.map(|until| words.say("funding.until", &[("date", &words.date(until))])));
    said.join(" ")
}

fn time(on: &Explaining<'_>, credential: &Credential) -> Vec<String> {
    let words = on.present.words;
    let workload = match (credential.hours(), credential.ects()) {
        (Some(hours), _) => Some(words.count("hours", hours, &[])),
        (None, Some(ects)) => {
            let (least, most) = (
                words.number((ects * HOURS_PER_ECTS.0).round()),
                words.number((ects * HOURS_PER_ECTS.1).round()),
            );
            Some(words.count("ects", ects, &[("least", &least), ("most", &most)]))
        }
        (None, None) => None,
    };
    let next = credential
        .start_days()
        .filter(|day| *day >= on.ranking.filter.as_of_day)
        .min();
    let start = match (next, credential.start_days().next().is_none()) {
        (Some(day), _) => Some(words.say("start.next", &[("date", &words.date(day))])),
        (None, false) => Some(words.say("start.past", &[])),
        (None, true) => None,
    };
    workload.into_iter().chain(start).collect()
}

/// What the person lacks of the stated entry requirements. Requirements that are met need no words.
fn entry(on: &Explaining<'_>, ranked: &Ranked, credential: &Credential) -> Vec<String> {
    let (words, profile) = (on.present.words, on.ranking.profile);
    let mut said = Vec::new();
    let missing = credential
        .prerequisites()
        .iter()
        .filter(|id| !profile.credentials.contains(id));
    let titles: Vec<String> = missing
        .map(|id| words.quoted(&title(on.present.catalogue, id, on.present.language)))
        .collect();
    if !titles.is_empty() {
        said.push(words.say("entry.credentials", &[("titles", &titles.join(", "))]));
    }
    let required = credential
        .skills_required()
        .iter()
        .filter_map(|uri| on.present.catalogue.esco.skill_by_uri(uri));
    let lacking = required.filter(|skill| profile.certainty(*skill) <= 0.0);
    let skills: Vec<String> = lacking
        .map(|skill| words.quoted(on.present.catalogue.skill_label(skill, on.present.language)))
        .collect();
    if !skills.is_empty() {
        said.push(words.say("entry.skills", &[("skills", &skills.join(", "))]));
    }
    let not_shown = ranked.candidate.entry.is_some_and(|shown| shown < SHOWN);
    said.extend(
        entry_words(credential)
            .filter(|_| not_shown)
            .map(|text| words.say("entry.stated", &[("text", text.trim_end_matches('.'))])),
    );
    if let Some((level, held)) = credential
        .eqf_level
        .zip(profile.eqf_level.map(u32::from))
        .filter(|(level, held)| level.saturating_sub(*held) >= STEP_BIG)
    {
        said.push(words.say(
            "entry.level",
            &[
                ("level", &level.to_string()),
                ("n", &(level - held).to_string()),
            ],
        ));
    }
    said.extend((ranked.candidate.known >= SHOWN).then(|| words.say("known", &[])));
    said
}

/// The title of a credential of the catalogue; its id where the catalogue does not have it.
fn title(catalogue: &Catalogue, id: &str, language: &str) -> String {
    let found = catalogue.credentials.get(id).ok().flatten();
    found
        .map(|credential| text_in(&credential.title, language).to_owned())
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| id.to_owned())
}

fn assessment(on: &Explaining<'_>, ranked: &Ranked, credential: &Credential) -> Option<String> {
    let is_assessed = credential
        .signal(Signal::Assessed)
        .is_some_and(|stated| stated.is_so());
    let said = credential
        .assessment_method()
        .map(|text| on.present.words.say("assessment.is", &[("text", text)]));
    if ranked.trust.attendance_only {
        let none = on.present.words.say("assessment.none", &[]);
        return Some(said.map_or_else(|| none.clone(), |said| format!("{said}. {none}")));
    }
    said.or_else(|| is_assessed.then(|| on.present.words.say("assessment.yes", &[])))
}

fn combining(on: &Explaining<'_>, credential: &Credential) -> Vec<String> {
    let stated = credential
        .stackability
        .iter()
        .map(|text| on.present.words.say("combining.is", &[("text", text)]));
    let mut said: Vec<String> = stated.collect();
    if !credential.part_of.is_empty() {
        let names: Vec<String> = credential
            .part_of
            .iter()
            .map(|id| title(on.present.catalogue, id, on.present.language))
            .map(|title| on.present.words.quoted(&title))
            .collect();
        said.push(
            on.present
                .words
                .say("combining.part_of", &[("names", &names.join(", "))]),
        );
    }
    said
}

fn accredited(
    on: &Explaining<'_>,
    credential: &Credential,
    accreditation: &Accreditation,
) -> String {
    let (words, filter, body) = (
        on.present.words,
        on.ranking.filter,
        accreditation.accreditor.as_str(),
    );
    let date = |day: Option<i64>| day.map(|day| words.date(day)).unwrap_or_default();
    match Worth::of(
        accreditation,
        credential.eqf_level,
        filter.as_of_day,
        filter.accreditors.as_deref(),
    ) {
        Worth::Counts => match day_of(&accreditation.valid_until) {
            Some(until) => words.say(
                "accredited.until",
                &[("body", body), ("date", &words.date(until))],
            ),
            None => words.say("accredited.is", &[("body", body)]),
        },
        Worth::Expired => words.say(
            "accredited.ended",
            &[
                ("body", body),
                ("date", &date(day_of(&accreditation.valid_until))),
            ],
        ),
        Worth::NotYet => words.say(
            "accredited.from",
            &[
                ("body", body),
                ("date", &date(day_of(&accreditation.valid_from))),
            ],
        ),
        Worth::NotListed => {
            let source = filter.accreditors.as_ref().map_or("", |list| list.source());
            words.say(
                "accredited.not_listed",
                &[("body", body), ("source", source)],
            )
        }
        Worth::LevelNotCovered => {
            let level = accreditation
                .eqf_level_max
                .map(|level| level.to_string())
                .unwrap_or_default();
            words.say("accredited.level", &[("body", body), ("level", &level)])
        }
    }
}

fn trust(on: &Explaining<'_>, ranked: &Ranked) -> Vec<String> {
    let (words, judged) = (on.present.words, &ranked.trust.signals);
    let named = |standing: Standing| {
        let of = judged.iter().filter(|judged| judged.standing == standing);
        of.map(|judged| words.say(&format!("signal.{}", judged.signal.name()), &[]))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let sentence = |standing, say: fn(&Words, &str) -> String| {
        Some(named(standing))
            .filter(|names| !names.is_empty())
            .map(|names| say(words, &names))
    };
    let said = [
        sentence(Standing::Yes, |words, signals| {
            words.say("trust.yes", &[("signals", signals)])
        }),
        sentence(Standing::No, |words, signals| {
            words.say("trust.no", &[("signals", signals)])
        }),
        sentence(Standing::Expired, |words, signals| {
            words.say("trust.expired", &[("signals", signals)])
        }),
        sentence(Standing::NotListed, |words, signals| {
            words.say("trust.not_listed", &[("signals", signals)])
        }),
    ];
    let n_silent = judged
        .iter()
        .filter(|judged| judged.standing == Standing::NotStated)
        .count();
    let silent = (n_silent > 0).then(|| match judged.len() {
        n if n == n_silent => words.say("trust.silent.all", &[]),
        n => words.count("trust.silent", n_silent as f64, &[("all", &n.to_string())]),
    });
    said.into_iter().flatten().chain(silent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_quoted_to_the_end_of_a_word() {
        assert_eq!(short(" Brot und Brötchen "), "Brot und Brötchen");
        let long = short(&"für ".repeat(40));
        assert!(long.ends_with("für …") && long.chars().count() <= QUOTED_CHARS_MAX + 2);
        assert_eq!(
            short(&"ü".repeat(200)).chars().count(),
            QUOTED_CHARS_MAX + 2
        );
    }
}
