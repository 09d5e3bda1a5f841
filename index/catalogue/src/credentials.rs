//! Which credentials teach a skill, contain some words, fulfil the constraints? Facts are columns, so that only what is shown is read whole.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::collector::TopDocs;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, ExistsQuery, Occur, Query, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{
    DocAddress, Index, IndexReader, ReloadPolicy, Searcher, SegmentReader, TantivyDocument, Term,
};

use super::segment::Segment;
use crate::error::{CatalogueError, Result};
use crate::facts::Filter;
use crate::offered::offered;
use crate::schema::codes::{letters_code, mode_code, right_key};
use crate::schema::{CredentialFields, register_analyser};
use crate::terms;
use skillgap_credentials::credential::{Credential, Money, WORLDWIDE};

/// The index of credentials at one commit.
pub struct CredentialIndex {
    pub(super) fields: CredentialFields,
    pub(super) searcher: Searcher,
    /// In the order of the searcher's segments.
    pub(super) segments: Vec<Arc<Segment>>,
}

impl CredentialIndex {
    /// Opens the index at its last commit. Segments that `former` has open already are taken from there, so that the cost is that of what is new.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn open(index: &Index, former: Option<&Self>) -> Result<Self> {
        register_analyser(index);
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let known = |reader: &SegmentReader| {
            former?
                .segments
                .iter()
                .find(|segment| segment.id == reader.segment_id())
        };
        let segment = |reader| {
            known(reader).map_or_else(
                || Ok(Arc::new(Segment::open(reader)?)),
                |known| Ok(Arc::clone(known)),
            )
        };
        let segments = searcher
            .segment_readers()
            .iter()
            .map(segment)
            .collect::<Result<_>>()?;
        Ok(Self {
            fields: CredentialFields::new(),
            searcher,
            segments,
        })
    }

    /// Reads one credential by id.
    ///
    /// # Errors
    /// What tantivy says, or [`CatalogueError::Damaged`] for a record that cannot be read.
    pub fn get(&self, id: &str) -> Result<Option<Credential>> {
        let Some(address) = self.find(id)? else {
            return Ok(None);
        };
        if self.segment(address).is_here(address.doc_id) {
            self.record(address).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Where the credential with this id lies, or the mark that it was deleted.
    pub(super) fn find(&self, id: &str) -> Result<Option<DocAddress>> {
        let query = TermQuery::new(
            Term::from_field_text(self.fields.id, id),
            IndexRecordOption::Basic,
        );
        Ok(self
            .searcher
            .search(&query, &TopDocs::with_limit(1).order_by_score())?
            .pop()
            .map(|(_, address)| address))
    }

    pub(super) fn segment(&self, address: DocAddress) -> &Segment {
        &self.segments[address.segment_ord as usize]
    }

    /// The id of a credential, by which ties are broken: where it lies depends on when it was written.
    pub fn id(&self, address: DocAddress) -> &str {
        self.segment(address).id_of(address.doc_id)
    }

    /// Reads one credential whole.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn record(&self, address: DocAddress) -> Result<Credential> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = document
            .get_first(self.fields.record)
            .and_then(|value| value.as_bytes());
        let bytes = bytes
            .ok_or_else(|| CatalogueError::damaged("credentials", "a document without a record"))?;
        Credential::from_bytes(bytes)
            .map_err(|error| CatalogueError::damaged("credentials", error.to_string()))
    }

    pub(super) fn term(&self, field: Field, value: u64) -> Box<dyn Query> {
        Box::new(TermQuery::new(
            Term::from_field_u64(field, value),
            IndexRecordOption::Basic,
        ))
    }

    pub(super) fn one_of(
        &self,
        field: Field,
        values: impl IntoIterator<Item = u64>,
    ) -> Box<dyn Query> {
        Box::new(TermSetQuery::new(
            values
                .into_iter()
                .map(|value| Term::from_field_u64(field, value)),
        ))
    }

    pub(super) fn filter_clauses(&self, filter: &Filter) -> Vec<(Occur, Box<dyn Query>)> {
        let fields = &self.fields;
        let any_of =
            |field, codes: Vec<u64>| (!codes.is_empty()).then(|| self.one_of(field, codes));
        let letters = |codes: &[String]| codes.iter().map(|code| letters_code(code)).collect();
        let mut countries: Vec<u64> = letters(&filter.countries);
        if !countries.is_empty() {
            countries.push(letters_code(WORLDWIDE));
        }
        let modes = filter.modes.iter().map(|mode| mode_code(*mode)).collect();
        let level = |level: Option<u8>| match level {
            Some(level) => Bound::Included(Term::from_field_u64(fields.eqf_level, level.into())),
            None => Bound::Unbounded,
        };
        let levels = filter.eqf_level_min.or(filter.eqf_level_max).map(|_| {
            let (least, most) = (level(filter.eqf_level_min), level(filter.eqf_level_max));
            Box::new(RangeQuery::new(least, most)) as Box<dyn Query>
        });
        let hours = filter.hours_max.map(|most| at_most(fields.hours, most));
        let cost = filter
            .cost_max
            .as_ref()
            .map(|most| self.cost_at_most(most, filter));
        let stated = |query: Option<Box<dyn Query>>, column: &str| match filter.include_unknown {
            true => query.map(|query| or_not_stated(query, column)),
            false => query,
        };
        let of_offers = [
            ("cost", cost),
            (
                "languages",
                any_of(fields.languages, letters(&filter.languages)),
            ),
            ("countries", any_of(fields.countries, countries)),
            ("mode", any_of(fields.mode, modes)),
        ];
        let of_offers = of_offers.into_iter();
        let of_offers = of_offers.filter_map(|(column, query)| stated(query, column));
        let offered = offered(&self.segments, filter, of_offers.collect());
        let rights = filter.rights.iter().map(|right| right_key(right)).collect();
        let bases = filter.bases_of_award.iter().map(|basis| *basis as u64);
        let facts = [
            ("hours", hours),
            ("eqf_level", levels),
            ("rights", any_of(fields.rights, rights)),
            (
                "bases_of_award",
                any_of(fields.bases_of_award, bases.collect()),
            ),
        ];
        let facts = facts.into_iter();
        let facts = facts.filter_map(|(column, query)| stated(query, column));
        let facts = facts.chain(offered);
        let accredited = filter
            .must_be_accredited
            .then(|| terms::accredited(filter.as_of_day, filter.accreditors.clone()));
        let clauses = facts.chain(accredited);
        clauses
            .map(|query| (Occur::Must, scored(query, 0.0)))
            .collect()
    }

    /// Not above the amount, in its currency or converted; with `include_unknown` also in any currency that cannot be compared.
    fn cost_at_most(&self, most: &Money, filter: &Filter) -> Box<dyn Query> {
        let within = |currency: &str, amount: f64| {
            let currency = self.term(self.fields.currency, letters_code(currency));
            Box::new(BooleanQuery::intersection(vec![
                currency,
                at_most(self.fields.cost, amount),
            ])) as Box<dyn Query>
        };
        let rates = filter.rates.as_deref();
        let others: BTreeSet<&str> = rates
            .iter()
            .flat_map(|rates| rates.currencies())
            .filter(|code| *code != most.currency)
            .collect();
        let comparable: Vec<(&str, f64)> = std::iter::once((most.currency.as_str(), most.amount))
            .chain(
                others
                    .into_iter()
                    .filter_map(|code| Some((code, rates?.most_in(code, most)?))),
            )
            .collect();
        let mut ways: Vec<Box<dyn Query>> = comparable
            .iter()
            .map(|(currency, amount)| within(currency, *amount))
            .collect();
        // Nothing to pay is nothing in any currency.
        ways.push(at_most(self.fields.cost, 0.0));
        if filter.include_unknown {
            let known = self.one_of(
                self.fields.currency,
                comparable
                    .iter()
                    .map(|(currency, _)| letters_code(currency)),
            );
            ways.push(Box::new(BooleanQuery::new(vec![
                (
                    Occur::Must,
                    Box::new(ExistsQuery::new("cost".to_owned(), false)) as Box<dyn Query>,
                ),
                (Occur::MustNot, known),
            ])));
        }
        Box::new(BooleanQuery::union(ways))
    }
}

pub(super) fn scored(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn at_most(field: Field, most: f64) -> Box<dyn Query> {
    Box::new(RangeQuery::new(
        Bound::Unbounded,
        Bound::Included(Term::from_field_f64(field, most)),
    ))
}

fn or_not_stated(query: Box<dyn Query>, column: &str) -> Box<dyn Query> {
    let stated = Box::new(ExistsQuery::new(column.to_owned(), false)) as Box<dyn Query>;
    let not_stated = BooleanQuery::new(vec![
        (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
        (Occur::MustNot, stated),
    ]);
    Box::new(BooleanQuery::union(vec![query, Box::new(not_stated)]))
}
