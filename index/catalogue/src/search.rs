//! Which credentials contain some words, teach some skills and fulfil the constraints? Hits in an order that a commit does not change, and counts of them.
//!
//! A page begins after a place in the order (a key and an id), not after a number of hits. The key of a credential depends on that credential alone,
//! so a page token stays good however the catalogue changes.

use std::cmp::Ordering;

use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery, TermSetQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, SegmentReader, Term};

use super::credentials::CredentialIndex;
use super::credentials::scored;
use super::facets::{Facet, FacetCounts};
use super::facts::Filter;
use super::segment::{Segment, Texts};
use crate::error::Result;
use crate::schema::{LIVE, found_by};
use skillgap_credentials::credential::Credential;
use skillgap_esco::SkillId;
use skillgap_esco::text::words;

/// Words of a text query that are looked at.
const WORDS_MAX: usize = 32;
/// What a word counts in a title, in an outcome, and in the description or the provider.
const FIELD_WEIGHTS: [f32; 3] = [3.0, 2.0, 1.0];

/// In which order hits come. What is not stated comes last; ties by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best match first: words in titles before those in outcomes, short titles before long ones, more taught skills before fewer.
    #[default]
    Relevance,
    /// By title, in the alphabet, without regard to case and accents.
    Title,
    /// Fewest hours first.
    Hours,
    /// By currency, then lowest cost first; amounts in several currencies are not compared.
    Cost,
    /// Latest change at the source first.
    Modified,
}

/// What to look for. Empty parts do not restrict.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Words that must all be in title, outcomes, description or provider, as one or as many; a text without a word finds nothing.
    pub text: &'a str,
    /// Skills of which at least one is taught.
    pub skills: &'a [SkillId],
    /// What a credential must fulfil.
    pub filter: &'a Filter,
    /// Sectors, word for word, one of which suffices.
    pub sectors: &'a [String],
    /// The order.
    pub sort: Sort,
    /// Where the page before ended.
    pub after: Option<&'a Cursor>,
    /// Hits a page.
    pub limit: usize,
    /// Whether all hits are counted by their facts.
    pub facets: bool,
}

/// A place in the order of hits: that of one credential.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cursor {
    /// Whether what it is sorted by is not stated.
    pub missing: bool,
    /// Title or currency, if it is sorted by that.
    pub text: String,
    /// Number that it is sorted by, lowest first.
    pub number: f64,
    /// Id of the credential.
    pub id: String,
}

/// Hits of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// One page.
    pub credentials: Vec<Credential>,
    /// Hits in all, on every page.
    pub total: usize,
    /// Cursor of the last hit of the page, if more come after it.
    pub next: Option<Cursor>,
    /// Counts of all hits by their facts, if asked for.
    pub facets: Vec<Facet>,
}

/// The part of a [`Cursor`] that is read of each hit.
#[derive(Clone, Copy)]
struct Key<'a> {
    missing: bool,
    text: &'a str,
    number: f64,
    id: &'a str,
}

impl Key<'_> {
    fn cmp(&self, other: &Key<'_>) -> Ordering {
        let by_key = self
            .missing
            .cmp(&other.missing)
            .then_with(|| self.text.cmp(other.text));
        by_key
            .then_with(|| self.number.total_cmp(&other.number))
            .then_with(|| self.id.cmp(other.id))
    }
}

impl Cursor {
    fn key(&self) -> Key<'_> {
        Key {
            missing: self.missing,
            text: &self.text,
            number: self.number,
            id: &self.id,
        }
    }
}

impl CredentialIndex {
    /// Searches. Cost: one look at each hit, and one read for each that is returned.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn search(&self, search: &Search<'_>) -> Result<Found> {
        let words: Vec<String> = words(search.text)
            .into_iter()
            .take(WORDS_MAX)
            .map(|word| word.folded)
            .collect();
        if words.is_empty() && !search.text.trim().is_empty() {
            return Ok(Found::default());
        }
        let weight = self
            .query(search, &words)
            .weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
        let (mut hits, mut total, mut facets) = (
            Vec::<(Key<'_>, DocAddress)>::new(),
            0,
            FacetCounts::default(),
        );
        for (ord, (reader, segment)) in self
            .searcher
            .segment_readers()
            .iter()
            .zip(&self.segments)
            .enumerate()
        {
            let alive = reader.alive_bitset();
            let keys = Keys::open(search.sort, self, reader, segment, !words.is_empty())?;
            let mut counts = search.facets.then(|| facets.of(segment, search.filter));
            weight.for_each(reader, &mut |document, score| {
                if alive.is_some_and(|alive| alive.is_deleted(document)) {
                    return;
                }
                total += 1;
                if let Some(counts) = &mut counts {
                    counts.add(document);
                }
                let key = keys.of(document, score);
                if search
                    .after
                    .is_none_or(|after| key.cmp(&after.key()).is_gt())
                {
                    hits.push((key, DocAddress::new(ord as u32, document)));
                }
            })?;
        }
        let more = hits.len() > search.limit;
        if more && search.limit > 0 {
            hits.select_nth_unstable_by(search.limit - 1, |a, b| a.0.cmp(&b.0));
        }
        hits.truncate(search.limit);
        hits.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let next = hits.last().filter(|_| more).map(|(key, _)| Cursor {
            missing: key.missing,
            text: key.text.to_owned(),
            number: key.number,
            id: key.id.to_owned(),
        });
        let credentials = hits
            .into_iter()
            .map(|(_, address)| self.record(address))
            .collect::<Result<_>>()?;
        Ok(Found {
            credentials,
            total,
            next,
            facets: if search.facets {
                facets.done()
            } else {
                Vec::new()
            },
        })
    }

    /// All parts as one query, whose score is the sum of what the words and the skills count. Weights are fixed, because a score that depends on how often a
    /// word stands in other credentials would change with every commit.
    fn query(&self, search: &Search<'_>, words: &[String]) -> BooleanQuery {
        let fields = &self.fields;
        let mut clauses = self.filter_clauses(search.filter);
        for word in words {
            let ways = [fields.title, fields.outcomes, fields.other]
                .into_iter()
                .zip(FIELD_WEIGHTS)
                .map(|(field, weight)| {
                    let terms = found_by(word).map(|word| Term::from_field_text(field, &word));
                    let query = TermSetQuery::new(terms);
                    (Occur::Should, scored(Box::new(query), weight))
                });
            clauses.push((Occur::Must, Box::new(BooleanQuery::new(ways.collect()))));
        }
        if !search.skills.is_empty() {
            let each = search.skills.iter().map(|skill| {
                (
                    Occur::Should,
                    scored(self.term(fields.taught, u64::from(skill.0)), 1.0),
                )
            });
            clauses.push((Occur::Must, Box::new(BooleanQuery::new(each.collect()))));
        }
        if !search.sectors.is_empty() {
            let each = search.sectors.iter().map(|sector| {
                let query = TermQuery::new(
                    Term::from_field_text(fields.sector, sector),
                    IndexRecordOption::Basic,
                );
                (Occur::Should, Box::new(query) as Box<dyn Query>)
            });
            clauses.push((
                Occur::Must,
                scored(Box::new(BooleanQuery::new(each.collect())), 0.0),
            ));
        }
        clauses.push((Occur::Must, scored(self.term(fields.state, LIVE), 0.0)));
        BooleanQuery::new(clauses)
    }
}

/// Reads the keys of one segment.
struct Keys<'a> {
    sort: Sort,
    segment: &'a Segment,
    /// Words of each title, where matches in titles count.
    title_lengths: Option<tantivy::fieldnorm::FieldNormReader>,
    /// Titles by document, where they are sorted by.
    titles: Option<&'a Texts>,
}

impl<'a> Keys<'a> {
    fn open(
        sort: Sort,
        index: &CredentialIndex,
        reader: &SegmentReader,
        segment: &'a Segment,
        by_words: bool,
    ) -> Result<Self> {
        let title_lengths = by_words
            .then(|| reader.get_fieldnorms_reader(index.fields.title))
            .transpose()?;
        let titles = (sort == Sort::Title)
            .then(|| segment.titles())
            .transpose()?;
        Ok(Self {
            sort,
            segment,
            title_lengths,
            titles,
        })
    }

    fn of(&self, document: DocId, score: f32) -> Key<'a> {
        let segment = self.segment;
        let stated = |number: Option<f64>| (number.is_none(), "", number.unwrap_or_default());
        let (missing, text, number) = match self.sort {
            Sort::Relevance => {
                // At most half of what the least match counts.
                let short = self.title_lengths.as_ref().map_or(0.0, |lengths| {
                    0.5 / (1.0 + f64::from(lengths.fieldnorm(document)))
                });
                (false, "", -(f64::from(score) + short))
            }
            Sort::Title => {
                let title = self.titles.map_or("", |titles| titles.of(document));
                (false, title, 0.0)
            }
            Sort::Hours => stated(segment.hours.first(document)),
            Sort::Cost => match segment.currency_of(document) {
                Some(currency) => (
                    false,
                    currency,
                    segment.cost.first(document).unwrap_or_default(),
                ),
                None => (true, "", 0.0),
            },
            Sort::Modified => stated(
                segment
                    .modified_day
                    .first(document)
                    .map(|day| -(day as f64)),
            ),
        };
        Key {
            missing,
            text,
            number,
            id: segment.id_of(document),
        }
    }
}
