//! Extraction: which skills stand in a reading. Segments that ask for something are linked; what is sure enough is kept, with
//! the words that show it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillId;
use skillgap_esco::text::Word;
use skillgap_linker::reading::{
    Author, Reading, Reason, Requirement, Section, Segment, SegmentKind, is_about_proofs,
};
use skillgap_linker::titles::JobText;
use skillgap_linker::{Linked, Query, TextKind};

use super::named::is_meant;
use super::proof::{Proof, languages, proofs};
use super::{
    ASKED_MAX, AdText, CONFIDENCE_MIN, Demand, Demanded, OPTIONAL_WEIGHT, RequirementPhrase,
    distance, heaviest_first, overlap,
};

/// Segments of one text that are linked; a real ad has a few dozen. Repeated segments are linked once.
const SEGMENTS_MAX: usize = 1_000;
/// Skills of one segment that are looked at.
const SEGMENT_SKILLS_MAX: usize = 12;
/// Bytes between a skill's words and a level or a number of years that still belongs to it.
const LEVEL_REACH: usize = 60;

/// Segments in which an ad may say which job it is about, and their bytes.
const TITLE_LINES_MAX: usize = 4;
const TITLE_BYTES_MAX: usize = 300;

/// What the caller wants of the extraction.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// ISO 639-1 code of the text's language, if known.
    pub language: Option<&'a str>,
    /// Skills below this probability are left out.
    pub confidence_min: f64,
    /// Most skills.
    pub skills_max: usize,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            language: None,
            confidence_min: CONFIDENCE_MIN,
            skills_max: 200,
        }
    }
}

/// Reads an ad, or any text in which an employer names skills.
pub fn extract(catalogue: &Catalogue, ad: AdText<'_>, options: Options<'_>) -> Demand {
    demand_with_job(
        catalogue,
        &ad.read(Author::Organisation, options.language),
        options,
    )
}

/// The skills that stand in the reading of an ad, and what it calls the job.
pub fn demand_with_job(catalogue: &Catalogue, reading: &Reading, options: Options<'_>) -> Demand {
    Demand {
        job: job_text(catalogue, reading),
        ..demand_of(catalogue, reading, options)
    }
}

/// The skills that stand in a reading.
pub fn demand_of(catalogue: &Catalogue, reading: &Reading, options: Options<'_>) -> Demand {
    let segments = &reading.segments;
    let asking: Vec<&Segment> = segments
        .iter()
        .filter(|segment| segment.kind != SegmentKind::Heading && segment.silent.is_none())
        .take(SEGMENTS_MAX)
        .collect();
    let parts_of = |segment: &&Segment| match segment.section {
        Section::Offer | Section::Apply => Vec::new(),
        _ => segment.parts(),
    };
    let parts: Vec<Vec<(String, Range<usize>)>> = asking.par_iter().map(parts_of).collect();
    let queries: Vec<(Query<'_>, TextKind)> = asking
        .iter()
        .zip(&parts)
        .flat_map(|(segment, parts)| {
            let whole = query(reading, segment);
            let texts = parts.iter().map(|(text, _)| text.as_str());
            let of_parts = texts.map(move |text| Query { text, ..whole });
            std::iter::once(whole)
                .chain(of_parts)
                .map(|query| (query, kind_of(segment.section)))
        })
        .collect();
    let proofs_of = |segment: &&Segment| match segment.section {
        Section::Offer | Section::Apply => Vec::new(),
        _ => proofs(catalogue, segment),
    };
    let wanted = || asking.par_iter().map(proofs_of).collect::<Vec<_>>();
    let (linked, proofs) = rayon::join(|| link_once(catalogue, &queries), wanted);

    let mut found: BTreeMap<SkillId, Demanded> = BTreeMap::new();
    let mut unmatched = Vec::new();
    let (n_askings, mut n_understood) = (asking.len(), 0);
    let mut answers = linked.as_slice();
    for ((segment, parts), proofs) in asking.into_iter().zip(&parts).zip(proofs) {
        let (of_segment, rest) = answers.split_at((1 + parts.len()).min(answers.len()));
        answers = rest;
        let linked = links_of(of_segment, parts, &segment.text);
        let wants_licence = segment.speaks_of_proofs(&(0..segment.text.len()));
        let sure: Vec<&Linked> = linked
            .iter()
            .filter(|linked| {
                f64::from(linked.confidence) >= options.confidence_min
                    && !segment.assertions.denies(&linked.range)
            })
            .filter(|candidate| {
                let language = reading.language_of(segment);
                is_meant(catalogue, segment, language, candidate, &linked)
            })
            .filter(|linked| {
                linked.signals.name > 0.0
                    || !(wants_licence
                        && is_about_proofs(catalogue.skill_label(linked.skill, "en")))
            })
            .collect();
        unmatched.extend(unmatched_in(segment, &sure));
        let kept = without_shadows(sure);
        n_understood += usize::from(!(kept.is_empty() && proofs.is_empty()));
        for proof in proofs.iter().filter(|proof| {
            proof.confidence >= options.confidence_min && !segment.assertions.denies(&proof.range)
        }) {
            let demanded = demanded_proof(segment, proof, &kept);
            found
                .entry(proof.skill)
                .and_modify(|known| merge(known, &demanded))
                .or_insert(demanded);
        }
        for linked in kept {
            let demanded = demanded(segment, linked);
            found
                .entry(linked.skill)
                .and_modify(|known| merge(known, &demanded))
                .or_insert(demanded);
        }
    }
    // A title asks for the languages that it names: *German-speaking receptionist (English C1)*.
    let of_title = |segment: &&Segment| segment.silent == Some(Reason::Title);
    for segment in segments.iter().filter(of_title) {
        for proof in languages(catalogue, segment) {
            let demanded = demanded_proof(segment, &proof, &[]);
            found
                .entry(proof.skill)
                .and_modify(|known| merge(known, &demanded))
                .or_insert(demanded);
        }
    }
    found
        .values_mut()
        .for_each(|demanded| demanded.spans.sort_by_key(|span| (span.start, span.end)));
    let mut skills = heaviest_first(found.into_values().collect());
    skills.truncate(options.skills_max);
    Demand {
        language: reading.language().unwrap_or_default().to_owned(),
        skills,
        unmatched,
        n_askings,
        n_understood,
        title: None,
        asked: requirement_phrases(reading),
        job: JobText::default(),
    }
}

/// The links of a segment, `of_segment[0]`, and of its parts, each shown by its part, or by its name there; surest first where there are parts.
fn links_of(
    of_segment: &[Arc<Vec<Linked>>],
    parts: &[(String, Range<usize>)],
    text: &str,
) -> Vec<Linked> {
    let Some((whole, of_parts)) = of_segment.split_first() else {
        return Vec::new();
    };
    let mut links = whole.to_vec();
    for ((part, range), of_part) in parts.iter().zip(of_parts) {
        // A part's text lacks articles and may have words of another part, so a name is looked up where the part stands.
        let place = |at: &Range<usize>| {
            let start = text.get(range.clone())?.find(part.get(at.clone())?)?;
            Some(range.start + start..range.start + start + at.len())
        };
        links.extend(of_part.iter().map(|linked| {
            let name = (linked.signals.name > 0.0).then(|| place(&linked.range));
            Linked {
                range: name.flatten().unwrap_or_else(|| range.clone()),
                further: Vec::new(),
                ..linked.clone()
            }
        }));
    }
    if !parts.is_empty() {
        // Sorting keeps the order of equals.
        links.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    }
    links
}

fn query<'a>(reading: &'a Reading, segment: &'a Segment) -> Query<'a> {
    Query {
        text: &segment.text,
        language: reading.language_of(segment),
    }
}

/// What an ad calls the job: its first lines; and what it is: all that it says.
fn job_text(catalogue: &Catalogue, reading: &Reading) -> JobText {
    let (mut titles, mut left) = (Vec::new(), TITLE_BYTES_MAX);
    for segment in reading.segments.iter().take(TITLE_LINES_MAX) {
        let end = (0..=segment.text.len().min(left))
            .rev()
            .find(|at| segment.text.is_char_boundary(*at));
        let line = &segment.text[..end.unwrap_or_default()];
        left -= line.len();
        titles.push(line.to_owned());
    }
    let texts = reading
        .segments
        .iter()
        .take(SEGMENTS_MAX)
        .map(|segment| segment.text.as_str());
    let gist = catalogue.linker.titles(&catalogue.esco).gist(texts);
    JobText { titles, gist }
}

/// The phrases that ask for something.
fn requirement_phrases(reading: &Reading) -> Vec<RequirementPhrase> {
    let worded = reading
        .segments
        .iter()
        .filter(|segment| may_be_worded(segment));
    worded.flat_map(asked_in).take(ASKED_MAX).collect()
}

/// Whether the words of a segment may say what is asked for. Wider than what is linked: the title says most of all.
fn may_be_worded(segment: &Segment) -> bool {
    match segment.silent {
        None => segment.kind != SegmentKind::Heading,
        Some(reason) => reason == Reason::Title,
    }
}

/// The phrases of a text in which a person says what they can, each with whether its sentence says for how long, or since when,
/// the person did that: sentences, and what they string together.
pub fn phrases_of(reading: &Reading) -> Vec<(String, bool)> {
    let each = reading.segments.iter().flat_map(|segment| {
        let phrases = asked_in(segment).map(|asked| asked.text);
        std::iter::once(segment.all_words())
            .chain(phrases)
            .map(|text| (text, segment.states_years))
    });
    each.filter(|(text, _)| !text.is_empty())
        .take(ASKED_MAX)
        .collect()
}

/// The phrases of a segment that ask for something.
fn asked_in(segment: &Segment) -> impl Iterator<Item = RequirementPhrase> {
    let phrases = segment.phrases.iter();
    let wanted = phrases.filter(|phrase| !segment.assertions.denies(&phrase.range));
    wanted.filter_map(|phrase| {
        Some(RequirementPhrase {
            text: segment.words_of(phrase),
            requirement: segment.assertions.requirement_at(&phrase.range),
            kind: segment.kind_of(phrase)?,
            meant: segment
                .licence_in(phrase)
                .map(|skill| format!("{skill} licence")),
            span: segment.source_span(phrase.range.clone()),
        })
    })
}

/// Links each distinct text once; one answer a query, in their order.
fn link_once(catalogue: &Catalogue, queries: &[(Query<'_>, TextKind)]) -> Vec<Arc<Vec<Linked>>> {
    let mut places: HashMap<(&str, Option<&str>, TextKind), usize> = HashMap::new();
    let mut distinct: Vec<(Query<'_>, TextKind)> = Vec::new();
    let place_of: Vec<usize> = queries
        .iter()
        .map(|(query, kind)| {
            *places
                .entry((query.text, query.language, *kind))
                .or_insert_with(|| {
                    distinct.push((*query, *kind));
                    distinct.len() - 1
                })
        })
        .collect();
    let linked: Vec<Arc<Vec<Linked>>> = catalogue
        .linker
        .link_kinds(&distinct, SEGMENT_SKILLS_MAX)
        .into_iter()
        .map(Arc::new)
        .collect();
    place_of
        .into_iter()
        .map(|place| Arc::clone(&linked[place]))
        .collect()
}

fn kind_of(section: Section) -> TextKind {
    if section.asks() {
        TextKind::Requirement
    } else {
        TextKind::Sentence
    }
}

/// Where two skills are shown by the same words, only the surer one stays, unless both are named there.
fn without_shadows(linked: Vec<&Linked>) -> Vec<&Linked> {
    let mut kept: Vec<&Linked> = Vec::new();
    for candidate in linked {
        let shadowed = kept
            .iter()
            .any(|kept| overlap(&kept.range, &candidate.range) && candidate.signals.name <= 0.0);
        if !shadowed {
            kept.push(candidate);
        }
    }
    kept
}

fn merge(known: &mut Demanded, further: &Demanded) {
    known.weight = known.weight.max(further.weight);
    known.confidence = known.confidence.max(further.confidence);
    known.level = known.level.or(further.level);
    known.years = known.years.or(further.years);
    known.must_be_shown |= further.must_be_shown;
    if further.requirement == Requirement::Essential {
        known.requirement = Requirement::Essential;
    }
    known.spans.extend(
        further
            .spans
            .iter()
            .filter(|span| !known.spans.contains(span))
            .cloned()
            .collect::<Vec<_>>(),
    );
}

fn demanded(segment: &Segment, linked: &Linked) -> Demanded {
    let confidence = f64::from(linked.confidence);
    let demanded = asked_for(segment, linked.skill, &linked.range, confidence);
    let further = linked
        .further
        .iter()
        .map(|range| segment.source_span(range.clone()));
    Demanded {
        spans: demanded.spans.into_iter().chain(further).collect(),
        level: segment.level_at(&linked.range),
        ..demanded
    }
}

/// What must be shown weighs fully, unless the ad says that it is merely welcome.
/// Where the linker found the skill, too, its words are those that show it.
fn demanded_proof(segment: &Segment, proof: &Proof, kept: &[&Linked]) -> Demanded {
    let demanded = asked_for(segment, proof.skill, &proof.range, proof.confidence);
    let weight = if demanded.requirement == Requirement::Essential {
        1.0
    } else {
        demanded.weight
    };
    let is_linked = kept.iter().any(|linked| linked.skill == proof.skill);
    let spans = if is_linked {
        Vec::new()
    } else {
        demanded.spans
    };
    Demanded {
        weight,
        level: proof.level,
        must_be_shown: proof.must_be_shown,
        spans,
        ..demanded
    }
}

fn asked_for(segment: &Segment, skill: SkillId, range: &Range<usize>, confidence: f64) -> Demanded {
    let requirement = segment.assertions.requirement_at(range);
    let by_requirement = if requirement == Requirement::Optional {
        OPTIONAL_WEIGHT
    } else {
        1.0
    };
    let weight = by_requirement * segment.assertions.emphasis * (0.5 + 0.5 * confidence);
    let years = segment.years.as_ref();
    Demanded {
        skill,
        weight: weight.clamp(0.01, 1.0),
        requirement,
        level: None,
        years: years
            .filter(|(at, _)| distance(at, range) <= LEVEL_REACH)
            .map(|(_, years)| *years),
        confidence,
        spans: vec![segment.source_span(range.clone())],
        must_be_shown: false,
    }
}

/// Names in a requirement, written like names (`PostCSS`, `SAP`, `Node.js`), that no skill accounts for.
fn unmatched_in(segment: &Segment, sure: &[&Linked]) -> Vec<Range<usize>> {
    if segment.section.is_beside_the_job() || segment.section == Section::Title {
        return Vec::new();
    }
    let free = |word: &&Word| {
        let mut ranges = sure.iter().map(|linked| &linked.range);
        written_like_a_name(&segment.text[word.range.clone()])
            && !ranges.any(|range| overlap(range, &word.range))
    };
    segment
        .words
        .iter()
        .filter(free)
        .map(|word| segment.source_span(word.range.clone()))
        .collect()
}

/// Capital letters or digits inside: `PostCSS`, `SAP`, `C#`, `B2B`; not `The`, `B1` or a number.
fn written_like_a_name(word: &str) -> bool {
    let inner_capitals = word.chars().skip(1).filter(|c| c.is_uppercase()).count();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 2 && inner_capitals >= 1 && word.len() <= 20
}
