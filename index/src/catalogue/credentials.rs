//! Which credentials teach a skill, contain some words, fulfil the constraints? Facts are columns, so that only what is shown is read whole.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, ExistsQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::error::{IndexError, Result};
use crate::model::accreditors::Accreditors;
use crate::model::credential::{Credential, Mode, Money, Signal, WORLDWIDE};
use crate::model::esco::SkillId;
use crate::model::rates::Rates;
use crate::schema::{CredentialFields, letters_code, mode_code, register_analyser};
use crate::terms::{self, Terms};
use crate::text::words;

/// Words of a text query that are looked at.
const WORDS_MAX: usize = 32;

/// What a credential must fulfil. A fact that is not stated fails, unless `include_unknown`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Most hours.
    pub hours_max: Option<f64>,
    /// Most cost. Costs in another currency are converted by `rates`; those that are not in it count as not stated.
    pub cost_max: Option<Money>,
    /// What amounts in several currencies are worth; without it, costs in another currency count as not stated.
    pub rates: Option<Arc<Rates>>,
    /// Languages of instruction, one of which suffices.
    pub languages: Vec<String>,
    /// Countries, one of which suffices; worldwide offers always do.
    pub countries: Vec<String>,
    /// Modes, one of which suffices.
    pub modes: Vec<Mode>,
    /// Lowest EQF level.
    pub eqf_level_min: Option<u8>,
    /// Highest EQF level.
    pub eqf_level_max: Option<u8>,
    /// Only where the provider is stated to be accredited, or the credential itself is, on `as_of_day`. Passes nothing that is not stated.
    pub must_be_accredited: bool,
    /// Bodies whose accreditation counts; without it, that of every body.
    pub accreditors: Option<Arc<Accreditors>>,
    /// Names of funding schemes, or of who is eligible, one of which suffices; schemes that ran out before `as_of_day` do not count.
    pub must_be_funded_by: Vec<String>,
    /// Only with a start on `as_of_day` or later, and before this day (days since 1970-01-01).
    pub start_before_day: Option<i64>,
    /// The day that expiry, starts and age are compared with, as days since 1970-01-01.
    pub as_of_day: i64,
    /// Whether a fact that is not stated passes.
    pub include_unknown: bool,
}

/// What ranking needs to know of a credential, without reading it whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Where the credential lies in the snapshot.
    pub address: DocAddress,
    /// Hashed id ([`crate::schema::id_hash`]).
    pub id_hash: u64,
    /// Taught skills with the confidence of the link, sorted by row.
    pub teaches: Vec<(SkillId, f64)>,
    /// Most hours, if stated.
    pub hours: Option<f64>,
    /// Cost, if stated; the currency in upper case.
    pub cost: Option<Money>,
    /// EQF level, if stated.
    pub eqf_level: Option<u8>,
    /// Trust signals that are stated.
    pub signals: Vec<(Signal, bool)>,
    /// Skills that must be held before.
    pub required: Vec<SkillId>,
    /// Hashed ids ([`crate::schema::id_hash`]) of credentials that must be held before.
    pub prerequisites: Vec<u64>,
    /// Groups of credentials of which some must be held before: how many of which hashed ids.
    pub prerequisite_groups: Vec<(usize, Vec<u64>)>,
    /// Hashed ids, or names, of larger qualifications that it is a part of.
    pub part_of: Vec<u64>,
    /// Hashed ids, or names, of its own parts.
    pub parts: Vec<u64>,
    /// Whether languages, countries and mode are stated.
    pub stated_access: [bool; 3],
    /// Day of the last change, as days since 1970-01-01, if stated.
    pub modified_day: Option<i64>,
    /// Who vouches for it, until when, and what it is worth without an assessment.
    pub terms: Terms,
}

/// Hits of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// One page, best first; ties by id.
    pub credentials: Vec<Credential>,
    /// Hits in all.
    pub total: usize,
}

/// The index of credentials at one commit.
pub struct CredentialIndex {
    pub(super) fields: CredentialFields,
    pub(super) searcher: Searcher,
}

impl CredentialIndex {
    /// Opens the index at its last commit.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn open(index: &Index) -> Result<Self> {
        register_analyser(index);
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { fields: CredentialFields::new(), searcher: reader.searcher() })
    }

    /// Number of credentials.
    pub fn len(&self) -> usize {
        self.searcher.num_docs() as usize
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads one credential by id.
    ///
    /// # Errors
    /// What tantivy says, or [`IndexError::Damaged`] for a record that cannot be read.
    pub fn get(&self, id: &str) -> Result<Option<Credential>> {
        let query = TermQuery::new(Term::from_field_text(self.fields.id, id), IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        found.first().map(|(_, address)| self.record(*address)).transpose()
    }

    /// Reads one credential whole.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn record(&self, address: DocAddress) -> Result<Credential> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let json = document.get_first(self.fields.record).and_then(|value| value.as_bytes());
        let json = json.ok_or_else(|| IndexError::damaged("credentials", "a document without a record"))?;
        serde_json::from_slice(json).map_err(|error| IndexError::damaged("credentials", error.to_string()))
    }

    /// Searches by words (all of them, in title, outcomes, description or provider), taught skills (at least one) and filter. Empty parts do
    /// not restrict; a text without a word finds nothing. Best first: matches in titles before those in outcomes, more taught skills before fewer; ties by id.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn search(&self, text: &str, skills: &[SkillId], filter: &Filter, offset: usize, limit: usize) -> Result<Found> {
        let words = words(text);
        if words.is_empty() && !text.trim().is_empty() {
            return Ok(Found { credentials: Vec::new(), total: 0 });
        }
        let mut clauses = self.filter_clauses(filter);
        for word in words.into_iter().take(WORDS_MAX) {
            let fields = [(self.fields.title, 3.0), (self.fields.outcomes, 2.0), (self.fields.other, 1.0)];
            let ways = fields.map(|(field, weight)| {
                let query = TermQuery::new(Term::from_field_text(field, &word.folded), IndexRecordOption::WithFreqs);
                (Occur::Should, Box::new(BoostQuery::new(Box::new(query), weight)) as Box<dyn Query>)
            });
            clauses.push((Occur::Must, Box::new(BooleanQuery::new(ways.into()))));
        }
        if !skills.is_empty() {
            let each = skills.iter().map(|skill| (Occur::Should, scored(self.term(self.fields.taught, u64::from(skill.0)), 1.0)));
            clauses.push((Occur::Must, Box::new(BooleanQuery::new(each.collect()))));
        }
        clauses.push((Occur::Must, scored(Box::new(AllQuery), 0.0)));
        let query = BooleanQuery::new(clauses);
        let (found, total) =
            self.searcher.search(&query, &(TopDocs::with_limit(limit.max(1)).and_offset(offset).order_by_score(), Count))?;
        let credentials = found.into_iter().take(limit).map(|(_, address)| self.record(address)).collect::<Result<_>>()?;
        Ok(Found { credentials, total })
    }

    pub(super) fn term(&self, field: Field, value: u64) -> Box<dyn Query> {
        Box::new(TermQuery::new(Term::from_field_u64(field, value), IndexRecordOption::Basic))
    }

    pub(super) fn one_of(&self, field: Field, values: impl IntoIterator<Item = u64>) -> Box<dyn Query> {
        Box::new(TermSetQuery::new(values.into_iter().map(|value| Term::from_field_u64(field, value))))
    }

    pub(super) fn filter_clauses(&self, filter: &Filter) -> Vec<(Occur, Box<dyn Query>)> {
        let fields = &self.fields;
        let mut facts: Vec<(&str, Box<dyn Query>)> = Vec::new();
        if let Some(most) = filter.hours_max {
            facts.push(("hours", at_most(fields.hours, most)));
        }
        if let Some(most) = &filter.cost_max {
            facts.push(("cost", self.cost_at_most(most, filter)));
        }
        if !filter.languages.is_empty() {
            facts.push(("languages", self.one_of(fields.languages, filter.languages.iter().map(|code| letters_code(code)))));
        }
        if !filter.countries.is_empty() {
            let codes = filter.countries.iter().map(String::as_str).chain([WORLDWIDE]);
            facts.push(("countries", self.one_of(fields.countries, codes.map(letters_code))));
        }
        if !filter.modes.is_empty() {
            facts.push(("mode", self.one_of(fields.mode, filter.modes.iter().map(|mode| mode_code(*mode)))));
        }
        if filter.eqf_level_min.is_some() || filter.eqf_level_max.is_some() {
            let bound = |level: Option<u8>| {
                level.map_or(Bound::Unbounded, |level| Bound::Included(Term::from_field_u64(fields.eqf_level, u64::from(level))))
            };
            facts.push(("eqf_level", Box::new(RangeQuery::new(bound(filter.eqf_level_min), bound(filter.eqf_level_max)))));
        }
        if !filter.must_be_funded_by.is_empty() {
            facts.push(("funding", terms::funded_by(&filter.must_be_funded_by, filter.as_of_day)));
        }
        if let Some(before) = filter.start_before_day {
            facts.push(("start_days", terms::starts_before(before, filter.as_of_day)));
        }
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = facts
            .into_iter()
            .map(|(column, query)| (Occur::Must, if filter.include_unknown { or_not_stated(query, column) } else { query }))
            .collect();
        if filter.must_be_accredited {
            clauses.push((Occur::Must, terms::accredited(filter.as_of_day, filter.accreditors.clone())));
        }
        clauses.into_iter().map(|(occur, query)| (occur, scored(query, 0.0))).collect()
    }

    /// Not above the amount, in its currency or converted; with `include_unknown` also in any currency that cannot be compared.
    fn cost_at_most(&self, most: &Money, filter: &Filter) -> Box<dyn Query> {
        let within = |currency: &str, amount: f64| {
            let currency = self.term(self.fields.currency, letters_code(currency));
            Box::new(BooleanQuery::intersection(vec![currency, at_most(self.fields.cost, amount)])) as Box<dyn Query>
        };
        let rates = filter.rates.as_deref();
        let others: BTreeSet<&str> = rates.iter().flat_map(|rates| rates.currencies()).filter(|code| *code != most.currency).collect();
        let comparable: Vec<(&str, f64)> = std::iter::once((most.currency.as_str(), most.amount))
            .chain(others.into_iter().filter_map(|code| Some((code, rates?.most_in(code, most)?))))
            .collect();
        let mut ways: Vec<Box<dyn Query>> = comparable.iter().map(|(currency, amount)| within(currency, *amount)).collect();
        if filter.include_unknown {
            let known = self.one_of(self.fields.currency, comparable.iter().map(|(currency, _)| letters_code(currency)));
            ways.push(Box::new(BooleanQuery::new(vec![
                (Occur::Must, Box::new(ExistsQuery::new("cost".to_owned(), false)) as Box<dyn Query>),
                (Occur::MustNot, known),
            ])));
        }
        Box::new(BooleanQuery::union(ways))
    }
}

fn scored(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn at_most(field: Field, most: f64) -> Box<dyn Query> {
    Box::new(RangeQuery::new(Bound::Unbounded, Bound::Included(Term::from_field_f64(field, most))))
}

fn or_not_stated(query: Box<dyn Query>, column: &str) -> Box<dyn Query> {
    let stated = Box::new(ExistsQuery::new(column.to_owned(), false)) as Box<dyn Query>;
    let not_stated = BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery) as Box<dyn Query>), (Occur::MustNot, stated)]);
    Box::new(BooleanQuery::union(vec![query, Box::new(not_stated)]))
}
