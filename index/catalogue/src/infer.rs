//! Which skills does a credential teach that its source does not declare? Those that its outcomes are linked to; where these give none, its title and its
//! description, which is said of each link and makes it less sure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use skillgap_credentials::credential::{Credential, LinkEvidence, Outcome, SkillLink, Texts};
use skillgap_credentials::migrate::lead_on;
use skillgap_credentials::outcome::is_no_outcome;
use skillgap_esco::Esco;
use skillgap_esco::text::words;
use skillgap_linker::languages::{LanguageSkills, NAMED_CONFIDENCE, languages_at_levels};
use skillgap_linker::reading::{Author, Reading, SegmentKind};
use skillgap_linker::{Linker, Query};

/// A link from an outcome is inferred where the linker is at least this sure; below it, fewer than one link in five was right.
const INFERRED_CONFIDENCE_MIN: f32 = 0.25;
/// The same of a title, which says what a course is about, and not what is learned: where it does not name the skill, and where it does. A sentence of a
/// description counts only where it names the skill (decision 0098).
const TITLE_CONFIDENCE_MIN: f64 = 0.45;
const NAMED_IN_TITLE_MIN: f64 = 0.25;
const NAMED_IN_DESCRIPTION_MIN: f64 = 0.3;
/// What a link from a title or a description is worth of one from an outcome. A judgement.
const TITLE_SHARE: f64 = 0.8;
const DESCRIPTION_SHARE: f64 = 0.6;
/// Most inferred links of one text, and of a title and a description together.
const INFERRED_LINKS_MAX: usize = 3;
/// Sentences of a description that are linked; what comes after them seldom says what is taught.
const SENTENCES_MAX: usize = 12;
/// Texts linked between two reports of progress.
const LINK_CHUNK: usize = 2_000;

/// Hears how far a build is: the step's name, units done, units in all.
pub type Progress<'a> = &'a dyn Fn(&str, u64, u64);

/// A text with its language.
type Said = (String, String);

/// The links of texts, each text once.
type Links = HashMap<Said, Vec<SkillLink>>;

/// Leads links of former versions of ESCO on, and gives every outcome without a link that this version has those that the linker is sure of, marked as inferred;
/// a credential that then teaches nothing gets them of its title and its description.
pub(super) fn infer_links(
    credentials: &mut [Credential],
    esco: &Esco,
    linker: &Linker,
    progress: Progress<'_>,
) {
    let all = credentials.iter_mut();
    all.for_each(|credential| lead_on(esco, credential));
    link_outcomes(credentials, esco, linker, progress);
    let mut untaught: Vec<&mut Credential> = credentials
        .iter_mut()
        .filter(|credential| !teaches(credential, esco))
        .collect();
    if untaught.is_empty() {
        return;
    }
    let said: Vec<Vec<(LinkEvidence, Said)>> = untaught
        .par_iter()
        .map(|credential| about(credential))
        .collect();
    let texts = said.iter().flatten().map(|(_, text)| text.clone());
    let links = link(texts.collect(), esco, linker, progress);
    let languages = LanguageSkills::of(esco);
    for (credential, said) in untaught.iter_mut().zip(&said) {
        let links = links_of(said, &links, esco, &languages);
        if !links.is_empty() {
            credential.outcomes.push(Outcome {
                text: Texts::new(),
                skills: links,
            });
        }
    }
}

/// Whether a credential teaches a skill of this version.
pub(super) fn teaches(credential: &Credential, esco: &Esco) -> bool {
    let mut links = credential.links();
    links.any(|link| esco.skill_by_uri(&link.uri).is_some())
}

fn link_outcomes(
    credentials: &mut [Credential],
    esco: &Esco,
    linker: &Linker,
    progress: Progress<'_>,
) {
    let outcomes = credentials.iter().flat_map(|one| &one.outcomes);
    let texts: BTreeSet<Said> = outcomes
        .filter_map(|outcome| text_to_link(outcome, esco))
        .collect();
    let speaks = |(_, text): &Said| !languages_at_levels(text).is_empty();
    let languages = texts.iter().any(speaks).then(|| LanguageSkills::of(esco));
    let links = link(texts, esco, linker, progress);
    credentials.par_iter_mut().for_each(|credential| {
        let titles: Vec<&str> = credential.title.values().map(String::as_str).collect();
        for outcome in &mut credential.outcomes {
            let Some(text) = text_to_link(outcome, esco) else {
                continue;
            };
            let mut inferred = links.get(&text).cloned().unwrap_or_default();
            inferred.retain(|link| link.certainty() >= INFERRED_CONFIDENCE_MIN.into());
            if let Some(languages) = &languages {
                name_languages(languages, &titles, &text.1, &mut inferred);
            }
            outcome.skills.extend(inferred);
        }
    });
}

/// The best links of some texts, however sure.
fn link(texts: BTreeSet<Said>, esco: &Esco, linker: &Linker, progress: Progress<'_>) -> Links {
    let texts: Vec<Said> = texts.into_iter().collect();
    let mut links = Links::with_capacity(texts.len());
    for chunk in texts.chunks(LINK_CHUNK) {
        progress("linking outcomes", links.len() as u64, texts.len() as u64);
        let queries: Vec<Query<'_>> = chunk
            .iter()
            .map(|(language, text)| Query {
                text,
                language: Some(language.as_str()).filter(|language| *language != "und"),
            })
            .collect();
        let linked = linker.link_outcomes(&queries, INFERRED_LINKS_MAX);
        let inferred = |linked: skillgap_linker::Linked| {
            let uri = &esco.skills[linked.skill.row()].uri;
            SkillLink::inferred(uri, linked.confidence.into())
        };
        let linked = linked
            .into_iter()
            .map(|linked| linked.into_iter().map(inferred).collect());
        links.extend(chunk.iter().cloned().zip(linked));
    }
    progress("linking outcomes", texts.len() as u64, texts.len() as u64);
    links
}

/// Links an outcome that names a language with a level to it, as surely as an ad is that does the same, instead of what the linker guessed among its parts.
fn name_languages(
    languages: &LanguageSkills<'_>,
    titles: &[&str],
    outcome: &str,
    links: &mut Vec<SkillLink>,
) {
    let sure = languages.links(titles, outcome);
    if !sure.is_empty() {
        links.retain(|link| !languages.contains(&link.uri));
        let sure = sure.into_iter();
        links.extend(sure.map(|uri| SkillLink::inferred(uri, NAMED_CONFIDENCE)));
    }
}

/// Language and text of an outcome that has no link to a skill of this version, and says something that one can learn.
fn text_to_link(outcome: &Outcome, esco: &Esco) -> Option<Said> {
    let mut links = outcome.skills.iter();
    if links.any(|link| esco.skill_by_uri(&link.uri).is_some()) {
        return None;
    }
    said(&outcome.text).filter(|(_, text)| !is_no_outcome(text))
}

/// A text in English where it is in English, else in its first language.
fn said(texts: &Texts) -> Option<Said> {
    let english = texts.get_key_value("en");
    let (language, text) = english.or_else(|| texts.first_key_value())?;
    Some((language.clone(), text.clone()))
}

/// What a credential is about: its title, and the sentences of its description.
fn about(credential: &Credential) -> Vec<(LinkEvidence, Said)> {
    let title = said(&credential.title).map(|title| (LinkEvidence::Title, title));
    let described = said(&credential.description).map(|(language, text)| {
        let known = Some(language.as_str()).filter(|language| *language != "und");
        let segments = Reading::of(&text, Author::Organisation, known).segments;
        let sentences = segments
            .into_iter()
            .filter(|segment| segment.kind != SegmentKind::Heading);
        let sentences = sentences
            .take(SENTENCES_MAX)
            .map(move |segment| (LinkEvidence::Description, (language.clone(), segment.text)));
        sentences.collect::<Vec<_>>()
    });
    let all = title.into_iter().chain(described.into_iter().flatten());
    all.filter(|(_, (_, text))| !is_no_outcome(text)).collect()
}

/// The best links of a title and a description, each skill once, with where it comes from.
fn links_of(
    said: &[(LinkEvidence, Said)],
    links: &Links,
    esco: &Esco,
    languages: &LanguageSkills<'_>,
) -> Vec<SkillLink> {
    let mut best: BTreeMap<&str, SkillLink> = BTreeMap::new();
    for (evidence, text) in said {
        let folded = folded(&text.1);
        for link in links.get(text).into_iter().flatten() {
            let is_named = names(&folded, &link.uri, esco);
            let (least, share) = match (evidence, is_named) {
                (LinkEvidence::Title, true) => (NAMED_IN_TITLE_MIN, TITLE_SHARE),
                (LinkEvidence::Title, false) => (TITLE_CONFIDENCE_MIN, TITLE_SHARE),
                // A language that a description names is most often the one that the course is held in.
                (_, true) if !languages.contains(&link.uri) => {
                    (NAMED_IN_DESCRIPTION_MIN, DESCRIPTION_SHARE)
                }
                _ => continue,
            };
            let certainty = (link.certainty() * share * 1e4).round() / 1e4;
            let known = best
                .get(link.uri.as_str())
                .map_or(0.0, SkillLink::certainty);
            if link.certainty() >= least && certainty > known {
                let mut about = SkillLink::inferred(link.uri.as_str(), certainty);
                about.evidence = (*evidence).into();
                best.insert(&link.uri, about);
            }
        }
    }
    let mut best: Vec<SkillLink> = best.into_values().collect();
    best.sort_by(|a, b| {
        b.certainty()
            .total_cmp(&a.certainty())
            .then(a.uri.cmp(&b.uri))
    });
    best.truncate(INFERRED_LINKS_MAX);
    best
}

/// Whether a text, folded, has a label of a skill in any language, without what stands in brackets.
fn names(folded_text: &str, uri: &str, esco: &Esco) -> bool {
    let skill = esco
        .skill_by_uri(uri)
        .and_then(|skill| esco.skills.get(skill.row()));
    let mut labels = skill.into_iter().flat_map(|skill| skill.labels.iter());
    labels.any(|labels| {
        let mut all = labels.alternatives.iter().chain([&labels.preferred]);
        all.any(|label| {
            let label = folded(label.split('(').next().unwrap_or_default());
            !label.trim().is_empty() && folded_text.contains(&label)
        })
    })
}

/// The words of a text, folded, each with a space before and after it.
fn folded(text: &str) -> String {
    let words = words(text).into_iter().map(|word| word.folded);
    words.fold(" ".to_owned(), |text, word| text + &word + " ")
}
