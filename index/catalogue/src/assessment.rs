//! [`attendance_only`]: whether a credential is given for being there.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use skillgap_credentials::credential::{Credential, Signal};
use skillgap_esco::text::words;

/// Words of a description of an assessment, by kind; see the file.
static WORDS: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let (mut kinds, mut kind) = (BTreeMap::<&str, Vec<&str>>::new(), "");
    for line in include_str!("assessment.txt").lines() {
        if let Some(name) = line.strip_prefix('[') {
            kind = name.trim_end_matches(']');
        } else if !line.starts_with('#') {
            kinds
                .entry(kind)
                .or_default()
                .extend(line.split_whitespace());
        }
    }
    kinds
});

/// A description of an assessment that is longer than this speaks of more than attendance.
const ATTENDANCE_WORDS_MAX: usize = 8;

/// Whether being there is all that it takes: the source says that nothing is assessed, or names as assessment only attendance or participation.
/// "At least 80 % attendance and a final exam" is an assessment.
pub fn attendance_only(credential: &Credential) -> bool {
    let denied = credential
        .signal(Signal::Assessed)
        .is_some_and(|stated| !stated.is_so());
    denied
        || credential
            .assessment_method()
            .is_some_and(names_attendance_only)
}

fn names_attendance_only(assessment: &str) -> bool {
    let words: Vec<String> = words(assessment)
        .into_iter()
        .map(|word| word.folded)
        .collect();
    words.len() <= ATTENDANCE_WORDS_MAX
        && words.iter().any(|word| is(word, "attendance"))
        && !(0..words.len()).any(|at| is_assessed(&words, at))
}

/// Whether the word at a place says that something is assessed. What may also be attended ("participation in a project"), and what only says in which manner
/// ("practical exam", "practical workshop"), depends on the words beside it.
fn is_assessed(words: &[String], at: usize) -> bool {
    let next_is = |kind| words.get(at + 1).is_some_and(|word| is(word, kind));
    // What leads from being there to what is attended: "participation in the practical ...".
    let leads = |word: &&String| is(word, "link") || is(word, "manner");
    let n_leads = words[..at].iter().rev().take_while(leads).count();
    let is_attended = n_leads < at
        && is(&words[at - n_leads - 1], "attendance")
        && words[at - n_leads..at].iter().any(|word| is(word, "link"));
    let word = &words[at];
    let depends = is(word, "either") || is(word, "manner");
    is(word, "assessment") || depends && !is_attended && !next_is("proof") && !next_is("event")
}

/// Whether a folded word is of a kind; `*` in the list lets the word go on.
fn is(word: &str, kind: &str) -> bool {
    let listed = WORDS.get(kind).into_iter().flatten();
    listed.into_iter().any(|listed| {
        listed
            .strip_suffix('*')
            .map_or(word == *listed, |stem| word.starts_with(stem))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn being_there_is_no_assessment() {
        for text in [
            "attendance",
            "Certificate of participation",
            "Teilnahmebescheinigung",
            "100 % attendance required",
            "Asistencia",
            "Written confirmation of attendance",
            "Certificate of attendance, practical workshop",
            "attending all sessions",
            "Participation in the project meetings",
            "Attendance at oral presentations",
            "Regelmäßige Teilnahme am Kurs",
            "Attestation de présence",
            "Attestato di frequenza",
            "Certificado de participación en el taller",
            "Written statement of participation",
            "Bescheinigung über die Anwesenheit",
        ] {
            assert!(names_attendance_only(text), "{text}");
        }
    }

    #[test]
    fn whoever_is_assessed_is_not_only_there() {
        for text in [
            "Written exam",
            "80 % attendance and a final exam",
            "Multiple-choice test",
            "Teilnahme und Prüfung",
            "Case study",
            "",
            "Attendance and a written report",
            "Attendance and an oral presentation",
            "Participation and practical work",
            "Active participation, project",
            "Presence and practical demonstration",
            "Teilnahme und Projektarbeit",
            "Assiduité et contrôle continu",
            "Asistencia y evaluación final",
            "Participation in the final exam",
            "Participants submit a report",
            "Attendees are interviewed",
        ] {
            assert!(!names_attendance_only(text), "{text}");
        }
    }
}
