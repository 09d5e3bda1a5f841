//! Which skills stand in a whole text? Segments that ask for something are linked; what is sure enough is kept, with the words that show it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;
use skillgap_esco::SkillId;
use skillgap_esco::text::{Word, words};
use skillgap_linker::detect::detect_language;
use skillgap_linker::{Linked, Query, TextKind};

use super::cues::{Cues, Requirement};
use super::level::{Level, levels_in, states_years, years_in};
use super::matter::matter;
use super::noun;
use super::persons::{Names, without_persons};
use super::phrase::{Phrase, phrases};
use super::proof::{Proof, is_about_proofs, proofs};
use super::section::{Reason, Section, asks_for_nothing};
use super::segment::{Kind, Segment, segments};
use super::{
    ASKED_MAX, AdText, Asked, Demand, Demanded, OPTIONAL_WEIGHT, distance, heaviest_first, overlap,
};

/// Segments of one text that are linked; a real ad has a few dozen. Repeated segments are linked once.
const SEGMENTS_MAX: usize = 1_000;
/// A segment of at most so many words says little beside them.
const SHORT_WORDS: usize = 2;
/// Skills of one segment that are looked at.
const SEGMENT_SKILLS_MAX: usize = 12;
/// Bytes between a skill's words and a level or a number of years that still belongs to it.
const LEVEL_REACH: usize = 60;

/// Words that say nothing by themselves.
const ARTICLES: [&str; 3] = ["the", "a", "an"];

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

/// The probability below which a skill is not shown unless the caller wants it: on annotated sentences, about where precision and recall balance,
/// and where sentences that ask for nothing stay silent. Probabilities are low because annotators mark few of the skills that a sentence implies.
pub const CONFIDENCE_MIN: f64 = 0.15;

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            language: None,
            confidence_min: CONFIDENCE_MIN,
            skills_max: 200,
        }
    }
}

/// Reads an ad, or any text in which a person or an employer names skills.
pub fn extract(catalogue: &Catalogue, ad: AdText<'_>, options: Options<'_>) -> Demand {
    let all = segments(ad.as_str());
    let names = Names::of(
        all.iter()
            .take(SEGMENTS_MAX)
            .map(|segment| segment.text.as_str()),
    );
    let told = |text: &str| options.language.or_else(|| detect_language(text));
    let (of_ad, read) = rayon::join(
        || told(&without_persons(ad.as_str(), &names)),
        || {
            all.par_iter()
                .map(|segment| Read::new(segment, &names, told))
                .collect::<Vec<Read<'_>>>()
        },
    );
    let asked = read
        .iter()
        .flat_map(|read| &read.asked)
        .take(ASKED_MAX)
        .cloned()
        .collect();
    let asking: Vec<(&Cued<'_>, &str, Option<&str>)> = read
        .iter()
        .filter_map(|read| Some((read.cued.as_ref()?, read.text.as_str(), read.language)))
        .take(SEGMENTS_MAX)
        .collect();
    let queries: Vec<(Query<'_>, TextKind)> = asking
        .iter()
        .map(|(cued, text, language)| {
            (
                Query {
                    text,
                    language: language.or(of_ad),
                },
                kind_of(cued.segment.section),
            )
        })
        .collect();
    let proofs_of = |(cued, text, _): &(&Cued<'_>, &str, Option<&str>)| {
        let of_the_job = !matches!(cued.segment.section, Section::Offer | Section::Apply);
        if of_the_job {
            proofs(catalogue, text)
        } else {
            Vec::new()
        }
    };
    let wanted = || asking.par_iter().map(proofs_of).collect::<Vec<_>>();
    let (linked, proofs) = rayon::join(|| link_once(catalogue, &queries), wanted);

    let mut found: BTreeMap<SkillId, Demanded> = BTreeMap::new();
    let mut unmatched = Vec::new();
    let (n_askings, mut n_understood) = (asking.len(), 0);
    for (((segment, text, _), linked), proofs) in asking.into_iter().zip(&linked).zip(proofs) {
        let wants_licence = is_about_proofs(text);
        let sure: Vec<&Linked> = linked
            .iter()
            .filter(|linked| f64::from(linked.confidence) >= options.confidence_min)
            .filter(|linked| {
                segment.confidence(catalogue, linked) >= options.confidence_min
                    && !segment.cues.negates(&linked.range)
            })
            .filter(|linked| {
                linked.signals.name > 0.0
                    || !(wants_licence
                        && is_about_proofs(catalogue.skill_label(linked.skill, "en")))
            })
            .collect();
        unmatched.extend(segment.unmatched(&sure));
        let kept = without_shadows(sure);
        n_understood += usize::from(!(kept.is_empty() && proofs.is_empty()));
        for proof in proofs.iter().filter(|proof| {
            proof.confidence >= options.confidence_min && !segment.cues.negates(&proof.range)
        }) {
            let demanded = segment.proof(proof, &kept);
            found
                .entry(proof.skill)
                .and_modify(|known| merge(known, &demanded))
                .or_insert(demanded);
        }
        for linked in kept {
            let demanded = segment.demanded(catalogue, linked);
            found
                .entry(linked.skill)
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
        language: of_ad.unwrap_or_default().to_owned(),
        skills,
        unmatched,
        n_askings,
        n_understood,
        title: None,
        asked,
    }
}

/// One segment, read by itself.
struct Read<'a> {
    /// The phrases that it strings together, where they may say what is asked for.
    asked: Vec<Asked>,
    /// Its cues, where it asks for something.
    cued: Option<Cued<'a>>,
    /// Without words for a person.
    text: String,
    language: Option<&'a str>,
}

impl<'a> Read<'a> {
    fn new(segment: &'a Segment, names: &Names, told: impl Fn(&str) -> Option<&'a str>) -> Self {
        let nothing = asks_for_nothing(&segment.text, segment.section);
        let asks = segment.kind != Kind::Heading && nothing.is_none();
        let worded = may_be_worded(segment, nothing);
        if !asks && !worded {
            return Self {
                asked: Vec::new(),
                cued: None,
                text: String::new(),
                language: None,
            };
        }
        let (text, cues) = (
            without_persons(&segment.text, names),
            Cues::of(&segment.text, segment.section),
        );
        Self {
            asked: if worded {
                asked_in(segment, &cues, &text)
            } else {
                Vec::new()
            },
            cued: asks.then(|| Cued::new(segment, cues)),
            language: if asks { told(&text) } else { None },
            text,
        }
    }
}

/// Whether the words of a segment may say what is asked for. Wider than what is linked, since likeness to outcomes weeds out what is not: the title says most
/// of all, and `We need a driver` speaks of the employer.
fn may_be_worded(segment: &Segment, nothing: Option<Reason>) -> bool {
    let of_the_job = !matches!(
        segment.section,
        Section::Offer | Section::About | Section::Apply | Section::Boilerplate
    );
    match nothing {
        None => segment.kind != Kind::Heading,
        Some(Reason::Title) => true,
        Some(Reason::Employer | Reason::Metadata) => segment.kind != Kind::Heading && of_the_job,
        Some(_) => false,
    }
}

/// A phrase of a text in which a person says what they can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Without words for a person.
    pub text: String,
    /// Whether its sentence says for how long, or since when, the person did that.
    pub is_work: bool,
}

/// The phrases of a text in which a person says what they can: sentences, and what they string together.
pub fn phrases_of(text: AdText<'_>) -> Vec<Said> {
    let segments = segments(text.as_str());
    let names = Names::of(
        segments
            .iter()
            .take(SEGMENTS_MAX)
            .map(|segment| segment.text.as_str()),
    );
    let each = segments.iter().flat_map(|segment| {
        let text = without_persons(&segment.text, &names);
        let is_work = states_years(&text);
        let phrases = asked_in(segment, &Cues::of(&segment.text, segment.section), &text)
            .into_iter()
            .map(|asked| asked.text);
        std::iter::once(only_words(&text))
            .chain(phrases)
            .map(move |text| Said { text, is_work })
            .collect::<Vec<_>>()
    });
    each.filter(|said| !said.text.is_empty())
        .take(ASKED_MAX)
        .collect()
}

/// The phrases of a segment that ask for something, of which `text` is what is left without words for a person.
fn asked_in(segment: &Segment, cues: &Cues, text: &str) -> Vec<Asked> {
    let asked = |phrase: Phrase| {
        let words = only_words(&phrase.words(text).join(" "));
        let matter = matter(&words)?;
        Some(Asked {
            text: words,
            requirement: cues.requirement_at(&phrase.range),
            matter,
            span: segment.source_span(phrase.range),
        })
    };
    phrases(text)
        .into_iter()
        .filter(|phrase| !cues.negates(&phrase.range))
        .filter_map(asked)
        .collect()
}

/// The words of a text with one space between them: without signs and articles, which stay where a word for a person is blanked.
fn only_words(text: &str) -> String {
    let words = words(text)
        .into_iter()
        .filter(|word| !ARTICLES.contains(&word.folded.as_str()));
    words
        .map(|word| &text[word.range])
        .collect::<Vec<_>>()
        .join(" ")
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
    match section {
        Section::Requirements | Section::NiceToHave | Section::Tasks => TextKind::Requirement,
        _ => TextKind::Sentence,
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

/// A segment with the cues that stand in it.
struct Cued<'a> {
    segment: &'a Segment,
    words: Vec<Word>,
    cues: Cues,
    levels: Vec<(Range<usize>, Level)>,
    years: Option<(Range<usize>, f32)>,
}

impl<'a> Cued<'a> {
    fn new(segment: &'a Segment, cues: Cues) -> Self {
        let text = &segment.text;
        Self {
            segment,
            words: words(text),
            cues,
            levels: levels_in(text),
            years: years_in(text),
        }
    }

    /// The link's probability, less where only a noun speaks for it, and half of it where a word or two name less than half of the label: `Communication`
    /// alone is not *teach communication methods*, and nothing else in the segment could say so.
    fn confidence(&self, catalogue: &Catalogue, linked: &Linked) -> f64 {
        let confidence = noun::confidence(catalogue, linked, &self.words);
        if self.words.len() > SHORT_WORDS || linked.signals.name > 0.0 {
            return confidence;
        }
        let label = words(catalogue.skill_label(linked.skill, "en"));
        let named = label
            .iter()
            .filter(|word| noun::says(&self.words, word))
            .count();
        if 2 * named < label.len() {
            confidence / 2.0
        } else {
            confidence
        }
    }

    fn demanded(&self, catalogue: &Catalogue, linked: &Linked) -> Demanded {
        let demanded = self.asked_for(
            linked.skill,
            &linked.range,
            self.confidence(catalogue, linked),
        );
        let further = linked
            .further
            .iter()
            .map(|range| self.segment.source_span(range.clone()));
        Demanded {
            spans: demanded.spans.into_iter().chain(further).collect(),
            level: self.level_near(&linked.range),
            ..demanded
        }
    }

    /// What must be shown weighs fully, unless the ad says that it is merely welcome.
    /// Where the linker found the skill, too, its words are those that show it.
    fn proof(&self, proof: &Proof, kept: &[&Linked]) -> Demanded {
        let demanded = self.asked_for(proof.skill, &proof.range, proof.confidence);
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

    fn asked_for(&self, skill: SkillId, range: &Range<usize>, confidence: f64) -> Demanded {
        let requirement = self.cues.requirement_at(range);
        let by_requirement = if requirement == Requirement::Optional {
            OPTIONAL_WEIGHT
        } else {
            1.0
        };
        Demanded {
            skill,
            weight: (by_requirement * self.cues.emphasis * (0.5 + 0.5 * confidence))
                .clamp(0.01, 1.0),
            requirement,
            level: None,
            years: self
                .years
                .as_ref()
                .filter(|(at, _)| distance(at, range) <= LEVEL_REACH)
                .map(|(_, years)| *years),
            confidence,
            spans: vec![self.segment.source_span(range.clone())],
            must_be_shown: false,
        }
    }

    /// The level that stands nearest to the words of a skill; one on a scale before one in words: `Gute Englischkenntnisse (B1)` is B1.
    fn level_near(&self, range: &Range<usize>) -> Option<Level> {
        let near = self
            .levels
            .iter()
            .filter(|(at, _)| distance(at, range) <= LEVEL_REACH);
        let on_a_scale = |level: &Level| matches!(level, Level::Cefr(_) | Level::Eqf(_));
        near.min_by_key(|(at, level)| (!on_a_scale(level), distance(at, range)))
            .map(|(_, level)| *level)
    }

    /// Names in a requirement, written like names (`PostCSS`, `SAP`, `Node.js`), that no skill accounts for.
    fn unmatched(&self, sure: &[&Linked]) -> Vec<Range<usize>> {
        if !matches!(
            self.segment.section,
            Section::Requirements | Section::NiceToHave | Section::Tasks | Section::Unknown
        ) {
            return Vec::new();
        }
        let text = &self.segment.text;
        let free = |word: &Word| {
            !sure
                .iter()
                .any(|linked| overlap(&linked.range, &word.range))
        };
        self.words
            .iter()
            .filter(|word| written_like_a_name(&text[word.range.clone()]) && free(word))
            .map(|word| self.segment.source_span(word.range.clone()))
            .collect()
    }
}

/// Capital letters or digits inside: `PostCSS`, `SAP`, `C#`, `B2B`; not `The`, `B1` or a number.
fn written_like_a_name(word: &str) -> bool {
    let inner_capitals = word.chars().skip(1).filter(|c| c.is_uppercase()).count();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 2 && inner_capitals >= 1 && word.len() <= 20
}
