//! What does a pathway come to, in sentences? What it closes and whether anything could do better, or why there is none; and what to look out for.

use skillgap_index::model::credential::{Credential, text_in};

use super::percent;
use crate::pathway::{Pathway, Why};

/// One sentence on a pathway, or on why there is none. `readiness` is nothing where no skill is asked for.
pub fn summary(pathway: &Pathway, readiness: Option<f64>, n_candidates: usize) -> String {
    let Some(readiness) = readiness else { return "no skill was recognised in what is asked for, so there is nothing to plan".to_owned() };
    match pathway.steps.len() {
        _ if readiness >= 1.0 => "there is no gap: everything that is asked for is held".to_owned(),
        0 if n_candidates == 0 => "nothing in the catalogue that fulfils the constraints helps to close the gap".to_owned(),
        0 => "no credential within the budgets adds enough to be worth a step".to_owned(),
        1 => format!("one step closes {}", of_the_gap(pathway)),
        n => format!("{n} steps close {}", of_the_gap(pathway)),
    }
}

/// What is closed, and what nothing exceeds. The bound is rounded up, so that the sentence stays true.
fn of_the_gap(pathway: &Pathway) -> String {
    let closure = percent(pathway.closure);
    let bound = format!("{:.0} %", (pathway.closure_upper_bound * 100.0 - 1e-6).ceil().clamp(0.0, 100.0));
    let credentials = "credentials in the catalogue that fulfil the constraints";
    if pathway.closure_upper_bound <= pathway.closure + 1e-9 {
        return format!("{closure} of the gap; no other set of {credentials} closes more within the budgets");
    }
    format!("{closure} of the gap; no set of {credentials} closes more than {bound} within the budgets")
}

/// What else a person should know of a pathway: steps that are there only for what comes after, and what would help and cannot be taken.
pub fn notes(pathway: &Pathway, steps: &[Credential], blocked: &[(Credential, Why)]) -> Vec<String> {
    let title = |credential: &Credential| text_in(&credential.title, "en").to_owned();
    let mut notes = Vec::new();
    for (step, credential) in pathway.steps.iter().zip(steps).filter(|(step, _)| step.for_later) {
        let then = step.unlocks.first().and_then(|at| pathway.steps.iter().position(|later| later.at == *at)).map(|at| title(&steps[at]));
        let then = then.map_or_else(|| "a later step".to_owned(), |title| format!("\"{title}\""));
        notes.push(format!("\"{}\" adds little itself; it is there because {then} requires it", title(credential)));
    }
    for (credential, why) in blocked {
        let reason = match why {
            Why::Unknown => "it requires a credential that is not in the catalogue and not held",
            Why::Constraints => "it requires a credential that does not fulfil the constraints",
            Why::Circle => "what it requires cannot be had: its prerequisites require each other, or something that is not there",
        };
        notes.push(format!("\"{}\" would help and cannot be a step: {reason}", title(credential)));
    }
    notes
}
