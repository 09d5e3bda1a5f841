//! What do columns say of credentials, without reading them whole? All that teach one of some skills, one by one, and the facts of a few.

use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query, TermSetQuery};
use tantivy::{DocAddress, DocId, SegmentReader, Term};

use super::credentials::{CredentialIndex, Facts, Filter};
use crate::error::Result;
use crate::model::credential::Money;
use crate::model::esco::SkillId;
use crate::schema::{groups_decode, letters_code, letters_decode, signal_decode, teach_decode};
use crate::terms::TermColumns;

/// What is read of each credential that teaches one of the wanted skills.
#[derive(Clone, Copy, Debug)]
pub struct Teaching<'a> {
    /// Where the credential lies in the snapshot.
    pub address: DocAddress,
    /// Taught skills with the confidence of the link, sorted by row.
    pub taught: &'a [(SkillId, f64)],
    /// Most hours, if stated.
    pub hours: Option<f64>,
    /// Cost in the currency asked for, if stated in it.
    pub cost: Option<f64>,
}

/// Which sizes are read beside the taught skills; each costs a column.
#[derive(Clone, Debug, Default)]
pub struct Sizes<'a> {
    /// Read the hours.
    pub hours: bool,
    /// Read costs that are stated in this currency.
    pub currency: Option<&'a str>,
}

impl CredentialIndex {
    /// Shows every credential that teaches one of `skills` and passes the filter, in the order of the catalogue.
    ///
    /// Cost: the postings of the skills, and one column read for each credential that is shown.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn each_teaching(&self, skills: &[SkillId], filter: &Filter, sizes: &Sizes<'_>, show: &mut dyn FnMut(Teaching<'_>)) -> Result<()> {
        let terms = skills.iter().map(|skill| Term::from_field_u64(self.fields.taught, u64::from(skill.0)));
        let mut clauses = self.filter_clauses(filter);
        clauses.push((Occur::Must, Box::new(TermSetQuery::new(terms))));
        let weight = BooleanQuery::new(clauses).weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let currency = sizes.currency.map(letters_code);
        let mut taught = Vec::new();
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            let columns = reader.fast_fields();
            let teaches = columns.u64("teaches")?;
            let hours = if sizes.hours { Some(columns.f64("hours")?) } else { None };
            let cost = if currency.is_some() { Some((columns.u64("currency")?, columns.f64("cost")?)) } else { None };
            weight.for_each_no_score(reader, &mut |documents: &[DocId]| {
                for document in documents.iter().copied().filter(|document| !reader.is_deleted(*document)) {
                    taught.clear();
                    taught.extend(teaches.values_for_doc(document).map(teach_decode));
                    show(Teaching {
                        address: DocAddress::new(segment as u32, document),
                        taught: &taught,
                        hours: hours.as_ref().and_then(|hours| hours.first(document)),
                        cost: cost.as_ref().filter(|(code, _)| code.first(document) == currency).and_then(|(_, cost)| cost.first(document)),
                    });
                }
            })?;
        }
        Ok(())
    }

    /// Reads the columns of some credentials, in their order.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn facts(&self, addresses: &[DocAddress]) -> Result<Vec<Facts>> {
        let columns = self.searcher.segment_readers().iter().map(Columns::open).collect::<Result<Vec<_>>>()?;
        Ok(addresses.iter().map(|address| columns[address.segment_ord as usize].facts(*address)).collect())
    }

    /// Where the credentials with these hashed ids lie that pass the filter, in the order of the catalogue. Ids that are not there are left out.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn with_ids(&self, hashes: &[u64], filter: &Filter) -> Result<Vec<DocAddress>> {
        self.addresses(self.fields.id_hash, hashes, filter)
    }

    /// Where the credentials lie that say of themselves to be a part of one of these qualifications (hashed ids or names).
    ///
    /// # Errors
    /// What tantivy says.
    pub fn parts_of(&self, hashes: &[u64]) -> Result<Vec<DocAddress>> {
        self.addresses(self.fields.part_of, hashes, &Filter::default())
    }

    /// Where the credentials lie that list one of these (hashed ids or names) among their parts.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn wholes_of(&self, hashes: &[u64]) -> Result<Vec<DocAddress>> {
        self.addresses(self.fields.parts, hashes, &Filter::default())
    }

    fn addresses(&self, field: tantivy::schema::Field, values: &[u64], filter: &Filter) -> Result<Vec<DocAddress>> {
        let mut found = Vec::new();
        if values.is_empty() {
            return Ok(found);
        }
        let mut clauses = self.filter_clauses(filter);
        clauses.push((Occur::Must, self.one_of(field, values.iter().copied())));
        let weight = BooleanQuery::new(clauses).weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        for (segment, reader) in self.searcher.segment_readers().iter().enumerate() {
            weight.for_each_no_score(reader, &mut |documents: &[DocId]| {
                let alive = documents.iter().filter(|document| !reader.is_deleted(**document));
                found.extend(alive.map(|document| DocAddress::new(segment as u32, *document)));
            })?;
        }
        Ok(found)
    }
}

/// The columns of one segment.
struct Columns {
    id_hash: Column<u64>,
    teaches: Column<u64>,
    required: Column<u64>,
    prerequisites: Column<u64>,
    prerequisite_groups: Column<u64>,
    part_of: Column<u64>,
    parts: Column<u64>,
    hours: Column<f64>,
    cost: Column<f64>,
    currency: Column<u64>,
    languages: Column<u64>,
    countries: Column<u64>,
    mode: Column<u64>,
    eqf_level: Column<u64>,
    signals: Column<u64>,
    modified_day: Column<i64>,
    terms: TermColumns,
}

impl Columns {
    fn open(reader: &SegmentReader) -> Result<Self> {
        let columns = reader.fast_fields();
        Ok(Self {
            id_hash: columns.u64("id_hash")?,
            teaches: columns.u64("teaches")?,
            required: columns.u64("required")?,
            prerequisites: columns.u64("prerequisites")?,
            prerequisite_groups: columns.u64("prerequisite_groups")?,
            part_of: columns.u64("part_of")?,
            parts: columns.u64("parts")?,
            hours: columns.f64("hours")?,
            cost: columns.f64("cost")?,
            currency: columns.u64("currency")?,
            languages: columns.u64("languages")?,
            countries: columns.u64("countries")?,
            mode: columns.u64("mode")?,
            eqf_level: columns.u64("eqf_level")?,
            signals: columns.u64("signals")?,
            modified_day: columns.i64("modified_day")?,
            terms: TermColumns::open(reader)?,
        })
    }

    fn facts(&self, address: DocAddress) -> Facts {
        let document = address.doc_id;
        let currency = self.currency.first(document).map(|code| letters_decode(code).to_uppercase());
        Facts {
            address,
            id_hash: self.id_hash.first(document).unwrap_or_default(),
            teaches: self.teaches.values_for_doc(document).map(teach_decode).collect(),
            hours: self.hours.first(document),
            cost: self.cost.first(document).zip(currency).map(|(amount, currency)| Money { amount, currency }),
            eqf_level: self.eqf_level.first(document).map(|level| level as u8),
            signals: signal_decode(self.signals.first(document).unwrap_or_default()),
            required: self.required.values_for_doc(document).map(|row| SkillId(row as u32)).collect(),
            prerequisites: self.prerequisites.values_for_doc(document).collect(),
            prerequisite_groups: groups_decode(self.prerequisite_groups.values_for_doc(document)),
            part_of: self.part_of.values_for_doc(document).collect(),
            parts: self.parts.values_for_doc(document).collect(),
            stated_access: [&self.languages, &self.countries, &self.mode].map(|column| column.first(document).is_some()),
            modified_day: self.modified_day.first(document),
            terms: self.terms.terms(document),
        }
    }
}
