//! What does CTDL state of those who had a credential? The figures of its aggregate data: pay, jobs, awards. None of them is an effect of the credential.

use super::super::codes;
use super::super::draft::Draft;
use super::super::nodes::Node;
use crate::check::RecordLimits;
use crate::credential::Money;
use crate::proto::{OutcomeAfter, OutcomeMeasure, outcome_after::Value};

/// Takes each profile of aggregate data. A number of persons who found work is a share only where it is told of how many.
pub(super) fn outcomes_after(node: Node<'_>, draft: &mut Draft) {
    for profile in node.all_of(["aggregateData", "holders", "earnings", "employmentOutcome"]) {
        let awarded = profile.number("numberAwarded");
        let n_persons = awarded.filter(|count| *count <= f64::from(u32::MAX));
        let n_persons = n_persons.map(|count| count as u32);
        let months = profile.string("postReceiptMonths");
        let figure = |measure: OutcomeMeasure, value, note: Option<String>| OutcomeAfter {
            measure: measure.into(),
            value: Some(value),
            n_persons,
            months: months.as_ref().and_then(|months| months.parse().ok()),
            population: profile.label_of("demographicInformation"),
            period: profile.date(["dateEffective"]),
            note,
            source: profile.ids("source").next().map(str::to_owned),
            ..OutcomeAfter::default()
        };
        let described = || {
            let mut texts = ["name", "description"].into_iter();
            texts.find_map(|name| profile.label_of(name))
        };
        let mut figures = Vec::new();
        if let Some(amount) = profile.number("medianEarnings") {
            match profile
                .string("currency")
                .as_deref()
                .and_then(codes::currency)
            {
                Some(currency) => {
                    let pay = Value::Pay(Money { amount, currency });
                    figures.push(figure(OutcomeMeasure::MedianPay, pay, described()));
                }
                None => draft.doubt(
                    "outcomes_after",
                    &amount.to_string(),
                    "pay without a currency",
                ),
            }
        }
        for jobs in profile.all("jobsObtained") {
            let share = jobs.number("percentage").map(|percent| percent / 100.0);
            let count = jobs.number("value").or_else(|| jobs.text()?.parse().ok());
            let share = share.or_else(|| Some(count? / awarded.filter(|all| *all > 0.0)?));
            match share.filter(|share| (0.0..=1.0).contains(share)) {
                Some(share) => {
                    let share = Value::Share((share * 1e4).round() / 1e4);
                    figures.push(figure(OutcomeMeasure::Employed, share, described()));
                }
                None => {
                    let stated = count.map(|count| count.to_string()).unwrap_or_default();
                    let why = "jobs obtained, and not said by how many of those who had it";
                    draft.doubt("outcomes_after", &stated, why);
                }
            }
        }
        for (field, value) in ["lowEarnings", "highEarnings"]
            .iter()
            .filter_map(|field| Some((field, profile.string(field)?)))
        {
            draft.doubt(
                "outcomes_after",
                &format!("{field} {value}"),
                "no field is for it",
            );
        }
        let kept = &mut draft.credential.outcomes_after;
        let room = RecordLimits::FILES.entries_max.saturating_sub(kept.len());
        kept.extend(figures.into_iter().take(room));
    }
}
