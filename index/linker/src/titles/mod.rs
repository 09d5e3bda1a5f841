//! Titles: what speaks for each occupation in the title of a job, and in what the job is. Labels of the title's language and English ones, by letters and by
//! meaning; the job as a whole, by meaning.
//!
//! Words that stand in no label (`London`, `m/f/d`) tell little, since the best window of a title counts, so a title may be dressed up.

mod forms;
mod known;
mod label_index;
mod pieces;

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use self::forms::forms_in;
use self::known::{gists, meanings};
use self::label_index::{ComparedWord, LabelIndex, window_lengths};
use self::pieces::pieces;
use crate::encoder::{Encoder, normalise};
use crate::int8::{Int8Rows, QuantisedQuery};
use skillgap_esco::text::{Word, words};
use skillgap_esco::{Esco, Labels, Occupation, labels_in};

/// Number of features of [`Evidence`].
pub const N_FEATURES: usize = 13;

/// Words of the longest window that is compared with labels.
const WINDOW_WORDS_MAX: usize = 4;
/// Words of a piece that are looked at together; longer pieces are no titles.
const PIECE_WORDS_MAX: usize = 12;
/// Pieces of a title that are compared.
const PIECES_MAX: usize = 10;
/// The first of them are compared with English labels by meaning.
const PIECES_BY_MEANING_MAX: usize = 4;
/// Labels of one piece that are compared window by window: those with most of the piece's letters, and those that it holds most of. Half of them are compared
/// by meaning, too.
const LABELS_MAX: usize = 64;
/// The same where it is only looked for what names an occupation.
const NAMES_MAX: usize = 16;
/// What another word, up to three, is worth to a window against its cosine.
const LONGER_WINDOW: f32 = 0.06;
/// Below this cosine of n-grams a label is not compared by meaning.
const LETTERS_MIN: f32 = 0.3;
/// A label with this cosine has the same words; below 1 only by rounding.
const SAME: f32 = 0.9999;
/// What a later line of a title counts against the line before.
const LATER_LINE: f32 = 0.85;

/// What speaks for one occupation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Cosine of the best window with a label, mean of letters and meaning, in [0, 1].
    pub best: f32,
    /// The same, each window times the square root of how much of its piece it is.
    pub covering: f32,
    /// The same of the whole first piece.
    pub whole: f32,
    /// The same as `covering`, of the first piece.
    pub covering_first: f32,
    /// How much of its piece is a window with exactly the words of a label.
    pub exact: f32,
    /// The same of preferred labels.
    pub exact_preferred: f32,
    /// Cosine of the first piece's meaning with the English preferred label, or with the mean of the alternative ones; the higher.
    pub meaning_first: f32,
    /// The highest of the same of all pieces.
    pub meaning_best: f32,
    /// Cosine of the job's meaning with the mean of the occupation's skills, both less what all occupations have in common.
    pub gist: f32,
    /// Cosine of the job's meaning with label and description.
    pub described: f32,
    /// Occupations of its ISCO unit group, as a logarithm: one of many is less likely.
    pub n_in_group: f32,
    /// Words of the English preferred label: what is common has a short name.
    pub label_words: f32,
    /// English alternative labels, as a logarithm: what is common has many names.
    pub n_alternatives: f32,
}

impl Evidence {
    /// All features, in the order in which they are declared.
    pub fn features(&self) -> [f32; N_FEATURES] {
        [
            self.best,
            self.covering,
            self.whole,
            self.covering_first,
            self.exact,
            self.exact_preferred,
            self.meaning_first,
            self.meaning_best,
            self.gist,
            self.described,
            self.n_in_group,
            self.label_words,
            self.n_alternatives,
        ]
    }
}

/// The text of a job: an ad's, or a stay in a CV.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobText {
    /// Lines that may say what the job is called, likeliest first.
    pub titles: Vec<String>,
    /// Mean of the unit vectors of all that is said of it, `[dim]`; empty where nothing is.
    pub gist: Vec<f32>,
}

/// Words of a text that are like a label of an occupation.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleName {
    /// The piece that they stand in: bytes of the text.
    pub piece: Range<usize>,
    /// The words: bytes of the text.
    pub name: Range<usize>,
    /// How many they are.
    pub n_words: usize,
    /// Cosine of n-grams with the label.
    pub letters: f32,
    /// Cosine of meanings.
    pub meaning: f32,
    /// How much of the piece they are, in (0, 1].
    pub share: f32,
    /// Whether the label is a preferred one.
    pub is_preferred: bool,
    /// Which piece of the text it is, from 0.
    pub place: usize,
}

/// The labels of all occupations, and what they mean.
pub struct Titles {
    encoder: &'static Encoder,
    /// One a language, sorted by language.
    labels: Vec<(String, LabelIndex)>,
    /// English preferred label, then mean of the alternative ones: `[2 · n_occupations, dim]`.
    meanings: Int8Rows,
    /// Mean of the labels of the skills, weighted by how few occupations need them, less the mean over occupations: `[n_occupations, dim]`.
    gists: Int8Rows,
    /// The mean over occupations, `[dim]`.
    common: Vec<f32>,
    /// English label and description, `[n_occupations, dim]`.
    described: Int8Rows,
    /// What is known of each occupation before a text is read.
    priors: Vec<Evidence>,
}

impl Titles {
    /// Indexes all labels. `skills` are the vectors of the skills' labels, `[n_skills, dim]`.
    pub fn build(encoder: &'static Encoder, esco: &Esco, skills: &Int8Rows) -> Self {
        let all = esco
            .occupations
            .iter()
            .flat_map(|occupation| &occupation.labels);
        let languages: BTreeSet<&str> = all.map(|labels| labels.language.as_str()).collect();
        let of_language = |language: &str| {
            (
                language.to_owned(),
                LabelIndex::build(&forms_in(&esco.occupations, language)),
            )
        };
        let (gists, common) = gists(encoder.dim(), esco, skills);
        let described = |occupation: &Occupation| {
            let label = labels_in(&occupation.labels, "en").map_or("", |labels| &labels.preferred);
            let texts = &occupation.descriptions;
            let text = texts
                .iter()
                .find(|text| text.language == "en")
                .map_or("", |text| &text.text);
            format!("{label} {text}")
        };
        let described: Vec<String> = esco.occupations.iter().map(described).collect();
        Self {
            encoder,
            labels: languages.into_par_iter().map(of_language).collect(),
            meanings: Int8Rows::quantise(&meanings(encoder, &esco.occupations)),
            gists: Int8Rows::quantise(&gists),
            common,
            described: Int8Rows::quantise(&encoder.encode_all(&described)),
            priors: priors(&esco.occupations),
        }
    }

    /// Languages with labels of occupations, sorted.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|(language, _)| language.as_str())
    }

    /// What speaks for each occupation, by row. `language` is the text's, an ISO 639-1 code; English labels count in every language.
    /// Cost: a few passes over the labels with a word like one of the title's, and two products with a vector an occupation.
    pub fn evidence(&self, job: &JobText, language: Option<&str>) -> Vec<Evidence> {
        let mut all = self.priors.clone();
        let mut n_left = PIECES_MAX;
        for (place, title) in job.titles.iter().enumerate() {
            let mut pieces = pieces(title);
            pieces.truncate(n_left);
            for (at, piece) in pieces.iter().enumerate() {
                let place = Place {
                    weight: LATER_LINE.powi(place as i32),
                    is_first: place == 0 && at == 0,
                };
                if PIECES_MAX - n_left < PIECES_BY_MEANING_MAX {
                    self.add_meaning(&mut all, title, piece, &place);
                }
                n_left -= 1;
                let own = self
                    .labels
                    .iter()
                    .filter(|(known, _)| Some(known.as_str()) == language || known == "en");
                for (_, labels) in own {
                    piece
                        .chunks(PIECE_WORDS_MAX)
                        .for_each(|words| self.add_labels(&mut all, labels, words, &place));
                }
            }
        }
        self.add_gist(&mut all, &job.gist);
        all
    }

    /// Mean of the unit vectors of some texts, `[dim]`: see [`JobText::gist`].
    pub fn gist<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<f32> {
        let (mut gist, mut one) = (vec![0.0; self.encoder.dim()], vec![0.0; self.encoder.dim()]);
        for text in texts {
            self.encoder.encode_into(text, &mut one);
            gist.iter_mut()
                .zip(&one)
                .for_each(|(sum, value)| *sum += value);
        }
        normalise(&mut gist);
        gist
    }

    /// Compares a piece with the labels of one language.
    fn add_labels(&self, all: &mut [Evidence], labels: &LabelIndex, words: &[Word], place: &Place) {
        for near in self.near(labels, words, LABELS_MAX) {
            let label = labels.label(near.label);
            let evidence = &mut all[label.row as usize];
            for window in &near.windows {
                let cosine = place.weight * window.cosine();
                let covering = cosine * window.share.sqrt();
                evidence.best = evidence.best.max(cosine);
                evidence.covering = evidence.covering.max(covering);
                if place.is_first {
                    evidence.covering_first = evidence.covering_first.max(covering);
                    if window.words.len() == words.len() {
                        evidence.whole = evidence.whole.max(cosine);
                    }
                }
                if window.letters >= SAME {
                    let exact = place.weight * window.share;
                    evidence.exact = evidence.exact.max(exact);
                    if label.is_preferred {
                        evidence.exact_preferred = evidence.exact_preferred.max(exact);
                    }
                }
            }
        }
    }

    /// The labels that a piece is most like, `n_labels` at most by each of two measures, with the windows of the piece that are like them.
    fn near(&self, labels: &LabelIndex, words: &[Word], n_labels: usize) -> Vec<NearLabel> {
        let compared: Vec<ComparedWord> = words
            .iter()
            .map(|word| labels.compare(&word.folded))
            .collect();
        let compared: Vec<&ComparedWord> = compared.iter().collect();
        let lengths = window_lengths(&compared, WINDOW_WORDS_MAX.max(compared.len()));
        let whole = lengths
            .first()
            .and_then(|of| of.last())
            .copied()
            .unwrap_or_default();
        let mut near: Vec<NearLabel> = likely(labels, &compared, n_labels)
            .into_iter()
            .filter_map(|label| NearLabel::of(labels, label, &compared, &lengths, whole))
            .collect();
        near.sort_by(|a, b| b.rough.total_cmp(&a.rough).then(a.label.cmp(&b.label)));
        let vectors = WordVectors::of(self.encoder, words);
        for near in near.iter_mut().take(n_labels / 2) {
            let vector = self.vector_of(labels, near.label);
            for window in near
                .windows
                .iter_mut()
                .filter(|window| window.letters >= LETTERS_MIN)
            {
                window.meaning = vectors.cosine(window.words.clone(), &vector);
            }
        }
        near
    }

    /// What in each piece of a text is most like a label of an occupation, in order. `language` is the text's, an ISO 639-1 code.
    pub fn names_in(&self, text: &str, language: Option<&str>) -> Vec<TitleName> {
        let pieces = pieces(text);
        let own = |known: &str| Some(known) == language || known == "en";
        let name = |(place, piece): (usize, &Vec<Word>)| {
            let piece = &piece[..piece.len().min(PIECE_WORDS_MAX)];
            let labels = self.labels.iter().filter(|(known, _)| own(known));
            let near = labels.flat_map(|(_, labels)| {
                let near = self.near(labels, piece, NAMES_MAX);
                near.into_iter()
                    .map(|near| (labels.label(near.label).is_preferred, near))
            });
            let windows = near.flat_map(|(is_preferred, near)| {
                near.windows
                    .into_iter()
                    .map(move |window| (is_preferred, window))
            });
            let (is_preferred, window) =
                windows.max_by(|(_, a), (_, b)| a.worth().total_cmp(&b.worth()))?;
            let range = |words: &[Word]| {
                words.first().map_or(0, |word| word.range.start)
                    ..words.last().map_or(0, |word| word.range.end)
            };
            Some(TitleName {
                piece: range(piece),
                name: range(&piece[window.words.clone()]),
                n_words: window.words.len(),
                letters: window.letters,
                meaning: window.meaning,
                share: window.share,
                is_preferred,
                place,
            })
        };
        pieces.iter().enumerate().filter_map(name).collect()
    }

    /// Compares a piece with the English labels, whatever its language.
    fn add_meaning(&self, all: &mut [Evidence], title: &str, piece: &[Word], place: &Place) {
        let (Some(first), Some(last)) = (piece.first(), piece.last()) else {
            return;
        };
        let mut vector = vec![0.0; self.encoder.dim()];
        self.encoder
            .encode_into(&title[first.range.start..last.range.end], &mut vector);
        let products = self.meanings.products(&QuantisedQuery::new(&vector));
        let n = all.len();
        for (row, evidence) in all.iter_mut().enumerate() {
            let nearest = products[row].max(products[n + row]);
            evidence.meaning_best = evidence.meaning_best.max(nearest);
            if place.is_first {
                evidence.meaning_first = evidence.meaning_first.max(nearest);
            }
        }
    }

    /// Compares all that is said of the job with skills and descriptions.
    fn add_gist(&self, all: &mut [Evidence], gist: &[f32]) {
        if gist.len() != self.encoder.dim() || gist.iter().all(|value| *value == 0.0) {
            return;
        }
        let mut vector = gist.to_vec();
        normalise(&mut vector);
        let described = self.described.products(&QuantisedQuery::new(&vector));
        vector
            .iter_mut()
            .zip(&self.common)
            .for_each(|(value, common)| *value -= common);
        normalise(&mut vector);
        let gists = self.gists.products(&QuantisedQuery::new(&vector));
        for ((evidence, described), gist) in all.iter_mut().zip(described).zip(gists) {
            (evidence.described, evidence.gist) = (described, gist);
        }
    }

    fn vector_of(&self, labels: &LabelIndex, label: u32) -> Vec<f32> {
        let mut sum = vec![0.0; self.encoder.dim()];
        labels
            .words_of(label)
            .iter()
            .for_each(|word| add_word(self.encoder, labels.word(*word), &mut sum));
        normalise(&mut sum);
        sum
    }
}

/// Where a piece of a title stands.
struct Place {
    /// What it counts, in (0, 1].
    weight: f32,
    is_first: bool,
}

/// A label that has letters of a piece, with the windows of the piece that are like it.
struct NearLabel {
    label: u32,
    /// The best of its windows by letters and by how much of the piece they are.
    rough: f32,
    windows: Vec<Window>,
}

/// A run of a piece's words beside a label.
struct Window {
    words: Range<usize>,
    /// Cosine of n-grams.
    letters: f32,
    /// Cosine of meanings; 0 where it was not looked at.
    meaning: f32,
    /// Its length against that of the piece, at most 1.
    share: f32,
}

impl Window {
    /// Mean of letters and meaning.
    fn cosine(&self) -> f32 {
        (self.letters + self.meaning) / 2.0
    }

    /// The same, longer windows before shorter ones that are little more alike.
    fn worth(&self) -> f32 {
        self.cosine() + LONGER_WINDOW * self.words.len().min(3) as f32
    }
}

impl NearLabel {
    fn of(
        labels: &LabelIndex,
        label: u32,
        words: &[&ComparedWord],
        lengths: &[Vec<f32>],
        whole: f32,
    ) -> Option<Self> {
        let products: Vec<f32> = words
            .iter()
            .map(|word| word.product_with(labels.words_of(label)))
            .collect();
        let (length, mut windows) = (labels.label(label).length, Vec::new());
        for start in 0..words.len() {
            let mut product = 0.0;
            for (n, of_window) in lengths[start].iter().enumerate() {
                product += products[start + n];
                let is_window = n < WINDOW_WORDS_MAX || n + 1 == words.len();
                if is_window && product > 0.0 {
                    windows.push(Window {
                        words: start..start + n + 1,
                        meaning: 0.0,
                        letters: (product / (of_window * length)).min(1.0),
                        share: (of_window / whole).min(1.0),
                    });
                }
            }
        }
        let rough = windows
            .iter()
            .map(|window| window.letters * (1.0 + window.share.sqrt()))
            .reduce(f32::max)?;
        Some(Self {
            label,
            rough,
            windows,
        })
    }
}

/// The labels of which the words of a piece have most: those with most of its letters, and those that it holds most of. Sorted.
fn likely(labels: &LabelIndex, words: &[&ComparedWord], n_labels: usize) -> Vec<u32> {
    let mut products = vec![0.0_f32; labels.n_labels()];
    let mut touched: Vec<u32> = Vec::new();
    for (like, product) in words.iter().flat_map(|word| word.like()) {
        for label in labels.labels_with(*like) {
            let sum = &mut products[*label as usize];
            if *sum == 0.0 {
                touched.push(*label);
            }
            *sum += product;
        }
    }
    let length = |label: &u32| labels.label(*label).length;
    let product = |label: &u32| products[*label as usize];
    let mut chosen = most(&mut touched, n_labels, |label| {
        product(label) / length(label)
    });
    chosen.extend(most(&mut touched, n_labels, |label| {
        (product(label) / length(label).powi(2)).min(1.0)
    }));
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// The labels with the highest score, ties by label.
fn most(labels: &mut [u32], n_labels: usize, score: impl Fn(&u32) -> f32) -> Vec<u32> {
    let by_score = |a: &u32, b: &u32| score(b).total_cmp(&score(a)).then(a.cmp(b));
    if labels.len() > n_labels {
        labels.select_nth_unstable_by(n_labels, by_score);
    }
    labels[..labels.len().min(n_labels)].to_vec()
}

/// The vectors of a piece's words, summed up from the first: `[n_words + 1, dim]`.
struct WordVectors(Vec<Vec<f32>>);

impl WordVectors {
    fn of(encoder: &Encoder, words: &[Word]) -> Self {
        let mut sums = vec![vec![0.0; encoder.dim()]];
        for (at, word) in words.iter().enumerate() {
            let mut sum = sums[at].clone();
            add_word(encoder, &word.folded, &mut sum);
            sums.push(sum);
        }
        Self(sums)
    }

    /// Cosine of some words together with a unit vector.
    fn cosine(&self, words: Range<usize>, other: &[f32]) -> f32 {
        let (before, after) = (&self.0[words.start], &self.0[words.end]);
        let (mut product, mut square) = (0.0, 0.0);
        for ((before, after), other) in before.iter().zip(after).zip(other) {
            let value = after - before;
            (product, square) = (product + value * other, square + value * value);
        }
        if square > 0.0 {
            product / square.sqrt()
        } else {
            0.0
        }
    }
}

/// Adds what one folded word of a title or a label means.
fn add_word(encoder: &Encoder, folded: &str, sum: &mut [f32]) {
    encoder
        .tokens(folded)
        .iter()
        .for_each(|token| encoder.add(token, sum));
}

/// What is known of each occupation before a text is read.
fn priors(occupations: &[Occupation]) -> Vec<Evidence> {
    let mut of_group: FxHashMap<&str, u32> = FxHashMap::default();
    occupations
        .iter()
        .for_each(|occupation| *of_group.entry(&occupation.isco_group).or_default() += 1);
    let nothing = Labels::default();
    let prior = |occupation: &Occupation| {
        let labels = labels_in(&occupation.labels, "en").unwrap_or(&nothing);
        Evidence {
            n_in_group: (of_group[occupation.isco_group.as_str()] as f32).ln(),
            label_words: words(&labels.preferred).len() as f32,
            n_alternatives: (1.0 + labels.alternatives.len() as f32).ln(),
            ..Evidence::default()
        }
    };
    occupations.iter().map(prior).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn occupation(labels: &[(&str, &str, &[&str])]) -> Occupation {
        let of = |(language, preferred, alternatives): &(&str, &str, &[&str])| Labels {
            language: (*language).into(),
            preferred: (*preferred).into(),
            alternatives: alternatives.iter().map(|label| (*label).into()).collect(),
        };
        Occupation {
            labels: labels.iter().map(of).collect(),
            ..Occupation::default()
        }
    }

    fn titles() -> Titles {
        let occupations = vec![
            occupation(&[
                ("de", "Schweißer/Schweißerin", &[]),
                ("en", "welder", &["MIG welder"]),
            ]),
            occupation(&[
                ("de", "Busfahrer/Busfahrerin", &["Omnibusfahrer"]),
                ("en", "bus driver", &["coach drivers"]),
            ]),
            Occupation::default(),
        ];
        let esco = Esco {
            occupations,
            ..Esco::default()
        };
        let skills = Int8Rows::quantise(&Array2::zeros((0, Encoder::carried().unwrap().dim())));
        Titles::build(Encoder::carried().unwrap(), &esco, &skills)
    }

    fn evidence(title: &str, language: &str) -> Vec<Evidence> {
        let job = JobText {
            titles: vec![title.into()],
            ..JobText::default()
        };
        titles().evidence(&job, Some(language))
    }

    fn best(title: &str, language: &str) -> usize {
        let all = evidence(title, language);
        (0..all.len())
            .max_by(|a, b| all[*a].covering.total_cmp(&all[*b].covering))
            .unwrap()
    }

    #[test]
    fn a_dressed_up_title_has_exactly_the_words_of_a_label() {
        for (title, language) in [
            ("welder", "en"),
            ("Welder (m/f/d), London", "en"),
            ("Schweißer*in", "de"),
            ("Schweißerin (m/w/d)", "de"),
        ] {
            assert!(evidence(title, language)[0].exact > 0.99, "{title}");
        }
        assert_eq!(evidence("Busfahrer", "de")[1].exact_preferred, 1.0);
        assert_eq!(evidence("Omnibusfahrer", "de")[1].exact_preferred, 0.0);
    }

    #[test]
    fn compounds_and_inflection_lead_to_the_label_and_labels_of_other_languages_do_not_count() {
        assert_eq!(best("Linienbusfahrerin gesucht", "de"), 1);
        assert_eq!(best("MAG-Schweisserin", "de"), 0);
        assert_eq!(best("coach driver", "de"), 1, "English counts everywhere");
        assert_eq!(evidence("Busfahrer", "fr")[1].exact, 0.0);
    }

    #[test]
    fn a_title_that_says_nothing_speaks_for_nothing() {
        for evidence in evidence("", "en") {
            assert_eq!(
                (evidence.best, evidence.meaning_best, evidence.gist),
                (0.0, 0.0, 0.0)
            );
        }
    }
}
