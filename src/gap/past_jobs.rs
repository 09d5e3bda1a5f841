//! Past job: an occupation that a person names in a text of their own. `Lorry driver for eleven years`, `03/2015 – 08/2019 Verkäuferin, Firma X`, `j'étais
//! équipier au fast-food`.
//!
//! Two questions, each with a probability. Are these words the name of a job that the person had? (A logistic model of how like a label they are and of how they
//! stand there.) Which occupation is it? (As for ads, by the name alone.)

use std::ops::Range;

use rayon::prelude::*;
use skillgap_catalogue::Catalogue;
use skillgap_esco::text::Word;
use skillgap_linker::reading::{Reading, Segment, SegmentKind};
use skillgap_linker::titles::{JobText, TitleName};

use crate::demand::{About, about_past_job};

/// Features of [`JobName::features`].
pub const N_FEATURES: usize = 20;
/// Their weights, the last one of the constant; fitted by `index/encoder/occupations.py` on the made CVs of `index/encoder/corpus`.
const WEIGHTS: [f64; N_FEATURES + 1] = [
    1.41, 11.92, 0.2, 1.76, -0.14, 1.29, 0.33, 0.58, 1.42, 1.2, -0.03, 1.29, -2.51, -0.04, -0.59,
    -0.06, 0.63, 0.4, 1.08, 2.68, -9.05,
];
/// Below this probability a name is none of a job that the person had.
const CERTAINTY_MIN: f64 = 0.4;
/// From this cosine on a name is very like a label.
const ALIKE: f32 = 0.75;
const VERY_ALIKE: f32 = 0.9;
/// A name has the same words as a label; below 1 only by rounding.
const SAME: f32 = 0.9999;
/// Words of a piece that is a title as a whole; in a longer one only the name is.
const TITLE_WORDS_MAX: usize = 8;
/// Segments of which one may be the person's name, and the most words of that.
const NAME_LINES: usize = 2;
const NAME_WORDS_MAX: usize = 4;
/// Past jobs of one text.
const JOBS_MAX: usize = 12;
/// Words before a name that say no more than that it was the person's own.
const OWN: [&str; 22] = [
    "was",
    "am",
    "as",
    "trained",
    "qualified",
    "former",
    "war",
    "bin",
    "gelernter",
    "gelernte",
    "als",
    "suis",
    "etais",
    "ancien",
    "ancienne",
    "comme",
    "fui",
    "soy",
    "como",
    "ik",
    "werkte",
    "an",
];
/// Words after which a name is that of somebody else.
const BESIDE: [&str; 11] = [
    "with",
    "beside",
    "helped",
    "assisted",
    "mit",
    "neben",
    "avec",
    "con",
    "met",
    "naast",
    "alongside",
];

/// A name of an occupation in a person's text.
#[derive(Clone, Debug, PartialEq)]
pub struct PastJob {
    /// The occupations that it may be, likeliest first, each with its probability if the person had that job; one at least.
    pub occupations: Vec<About>,
    /// How sure it is that the person had it, in (0, 1].
    pub certainty: f64,
    /// Years of it, where the text says from when to when.
    pub years: Option<f64>,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// Words that may name a job, as they stand in a person's text.
pub struct JobName<'a> {
    /// The words.
    pub name: TitleName,
    /// Position of the segment in the text.
    pub at: usize,
    segment: &'a Segment,
}

/// Occupations that a text names as the writer's own, in order; of several names for one occupation the surest. Cost: some tenths of a millisecond a line.
pub(super) fn past_jobs(catalogue: &Catalogue, reading: &Reading) -> Vec<PastJob> {
    let mut sure: Vec<(f64, JobName<'_>)> = job_names(catalogue, reading)
        .into_iter()
        .map(|name| (name.certainty(), name))
        .filter(|(certainty, _)| *certainty >= CERTAINTY_MIN)
        .collect();
    sure.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    sure.truncate(JOBS_MAX);
    let mut jobs: Vec<PastJob> = sure
        .par_iter()
        .filter_map(|(certainty, name)| {
            let occupations = about_past_job(catalogue, &name.job_text(), reading.language());
            (!occupations.is_empty()).then(|| PastJob {
                occupations,
                certainty: *certainty,
                years: years_between(name.segment),
                span: name.span(),
            })
        })
        .collect();
    let likeliest = |job: &PastJob| job.occupations.first().map(|about| about.occupation);
    let mut known = Vec::new();
    jobs.retain(|job| {
        let is_new = !known.contains(&likeliest(job));
        known.push(likeliest(job));
        is_new
    });
    jobs.sort_by_key(|job| job.span.start);
    jobs
}

/// All words of a text that may name a job, in order.
pub fn job_names<'a>(catalogue: &Catalogue, reading: &'a Reading) -> Vec<JobName<'a>> {
    let titles = catalogue.linker.titles(&catalogue.esco);
    let of_segment = |(at, segment): (usize, &'a Segment)| {
        let names = titles.names_in(&segment.text, reading.language_of(segment));
        let own = names.into_iter().filter(|name| {
            !is_of_others(segment, name.name.start) && !is_a_persons_name(segment, at, name)
        });
        own.map(|name| JobName { name, at, segment })
            .collect::<Vec<_>>()
    };
    reading
        .segments
        .par_iter()
        .enumerate()
        .flat_map_iter(of_segment)
        .collect()
}

impl JobName<'_> {
    /// What speaks for its being the name of a job that the person had.
    pub fn features(&self) -> [f32; N_FEATURES] {
        let (name, segment) = (&self.name, self.segment);
        let flag = |is: bool| f32::from(u8::from(is));
        let cosine = (name.letters + name.meaning) / 2.0;
        let n_years = years_in(segment).len();
        let n_piece = segment.words_in(&name.piece).len();
        let before = segment
            .words_in(&(name.piece.start..name.name.start))
            .last();
        let very_alike = cosine >= VERY_ALIKE;
        [
            cosine,
            (cosine - ALIKE).max(0.0),
            name.letters,
            name.meaning,
            flag(name.letters >= SAME),
            name.share,
            flag(name.n_words == n_piece),
            flag(name.is_preferred),
            flag(n_years > 0),
            flag(n_years > 1),
            flag(self.at == 0),
            flag(self.at < 2),
            flag(segment.kind == SegmentKind::Bullet),
            flag(name.place == 0),
            name.place as f32,
            n_piece.min(TITLE_WORDS_MAX) as f32,
            name.n_words as f32,
            flag(before.is_none()),
            flag(very_alike && (n_years > 0 || self.at < 2)),
            flag(before.is_some_and(|word| OWN.contains(&word.folded.as_str()))),
        ]
    }

    /// Where it stands: bytes of the person's text.
    pub fn span(&self) -> Range<usize> {
        self.segment.source_span(self.name.name.clone())
    }

    fn certainty(&self) -> f64 {
        let weighted = WEIGHTS.iter().zip(self.features().into_iter().chain([1.0]));
        let score: f64 = weighted
            .map(|(weight, feature)| weight * f64::from(feature))
            .sum();
        1.0 / (1.0 + (-score).exp())
    }

    /// The name alone. What stands around it says more of the job, but of the person, too: `she` and `he`, `divorced` and `single` must not move an
    /// occupation.
    pub fn job_text(&self) -> JobText {
        let (name, segment) = (&self.name, self.segment);
        let is_title = segment.words_in(&name.piece).len() <= TITLE_WORDS_MAX;
        let title = if is_title { &name.piece } else { &name.name };
        JobText {
            titles: vec![segment.text[title.clone()].to_owned()],
            ..JobText::default()
        }
    }
}

/// Whether a name of a job is that of a person, `Hans Miller`, `Ms Baker`: beside a word for a person, which is blank, or the last of a few words with
/// capitals in the first lines.
fn is_a_persons_name(segment: &Segment, at: usize, name: &TitleName) -> bool {
    let (before, after) = (
        &segment.text[..name.name.start],
        &segment.text[name.name.end..],
    );
    let is_beside_blank = before.ends_with("  ") || before == " " || after.starts_with("  ");
    let words = segment.words_in(&name.piece);
    let is_capital = |word: &Word| segment.text[word.range.clone()].starts_with(char::is_uppercase);
    let is_line_of_a_name = at < NAME_LINES
        && name.n_words == 1
        && (2..=NAME_WORDS_MAX).contains(&words.len())
        && name.name.end == name.piece.end
        && words.iter().all(is_capital);
    is_beside_blank || is_line_of_a_name
}

/// The calendar years that a segment names, in order.
fn years_in(segment: &Segment) -> Vec<u16> {
    let words = segment.words.iter();
    words.filter_map(|word| year(&word.folded)).collect()
}

/// The calendar year that a word is, if it is one of which people now alive write.
fn year(folded: &str) -> Option<u16> {
    let year = folded.parse::<u16>().ok();
    year.filter(|year| folded.len() == 4 && (1950..2050).contains(year))
}

/// Years from the first to the last calendar year of a segment, to the month where both name one as in `03/2015`; none where it names one only.
fn years_between(segment: &Segment) -> Option<f64> {
    let at = |place: usize, folded: &str| {
        let year = f64::from(year(folded)?);
        let before = place
            .checked_sub(1)
            .and_then(|before| segment.words.get(before));
        let month = before.filter(|before| {
            let gap = &segment.text[before.range.end..segment.words[place].range.start];
            matches!(gap, "/" | "." | "-")
        });
        let month = month
            .and_then(|month| month.folded.parse::<u8>().ok())
            .filter(|month| (1..=12).contains(month));
        Some((year, month.map(f64::from)))
    };
    let stated: Vec<(f64, Option<f64>)> = segment
        .words
        .iter()
        .enumerate()
        .filter_map(|(place, word)| at(place, &word.folded))
        .collect();
    let [(start, first_month), .., (end, last_month)] = stated.as_slice() else {
        return None;
    };
    let months = first_month
        .zip(*last_month)
        .map_or(0.0, |(first, last)| last - first);
    let years = end - start + months / 12.0;
    (years > 0.0).then_some((years * 10.0).round() / 10.0)
}

/// Whether what stands before a name makes it that of people met at work: *worked with waiters and cooks*.
fn is_of_others(segment: &Segment, name: usize) -> bool {
    let clause = segment.text[..name].rfind([',', ';', '.']).unwrap_or(0);
    let mut words = segment.words_in(&(clause..name)).iter();
    words.any(|word| BESIDE.contains(&word.folded.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_linker::reading::Author;

    fn read(text: &str) -> Reading {
        Reading::of(text, Author::Person, Some("en"))
    }

    #[test]
    fn people_met_at_work_are_others() {
        let before = |text: &str| is_of_others(&read(text).segments[0], text.len());
        assert!(before("I worked with waiters and") && !before("Trained"));
        assert!(!before("Warehouse with cold storage, cook"));
    }

    #[test]
    fn years_of_a_job_are_counted_from_when_to_when() {
        let years = |text: &str| years_between(&read(text).segments[0]);
        assert_eq!(years("03/2015 – 09/2019 Cook, Hotel Post"), Some(4.5));
        assert_eq!(years("2009-2013 cook"), Some(4.0));
        assert_eq!(years("since 2016 cook"), None);
        assert_eq!(years("cook in room 1234"), None);
    }
}
