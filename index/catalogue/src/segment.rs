//! What of a segment do requests look at, again and again? Its columns and its ids, read once and shared by all snapshots that have the segment.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rayon::prelude::*;
use tantivy::columnar::{BytesColumn, Column, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{DocAddress, DocId, SegmentReader};

use super::facts::{Facts, Filter};
use super::skill_postings::SkillPostings;
use crate::error::{CatalogueError, Result};
use crate::meaning::distances;
use crate::offers;
use crate::schema::LIVE;
use crate::schema::codes::{groups_decode, letters_decode, mode_code, signal_decode};
use crate::terms::TermColumns;
use skillgap_credentials::credential::{Credential, DeliveryMode, Money, WORLDWIDE};
use skillgap_esco::SkillId;

/// The columns of one segment. Documents of a segment never change; which of them are deleted is the snapshot's business.
pub(super) struct Segment {
    pub id: SegmentId,
    ids: Texts,
    /// Folded titles; read when somebody sorts by them.
    titles: OnceLock<Texts>,
    title_column: Option<StrColumn>,
    /// Currencies by code.
    currencies: BTreeMap<u64, String>,
    n_documents: u32,
    pub id_hash: Column<u64>,
    pub state: Column<u64>,
    pub version: Column<u64>,
    pub sequence: Column<u64>,
    pub given: Column<u64>,
    pub unlinked: Column<u64>,
    pub postings: SkillPostings,
    required: Column<u64>,
    prerequisites: Column<u64>,
    prerequisite_groups: Column<u64>,
    part_of: Column<u64>,
    parts: Column<u64>,
    /// Who lists an id or name among its parts.
    pub listing: Listing,
    pub hours: Column<f64>,
    pub cost: Column<f64>,
    pub currency: Column<u64>,
    pub languages: Column<u64>,
    pub countries: Column<u64>,
    pub mode: Column<u64>,
    pub times_of_day: Column<u64>,
    pub study_loads: Column<u64>,
    pub bases_of_award: Column<u64>,
    /// The ways to take part of those that say more of them than the columns; see [`offers::code`].
    offers: Pieces,
    pub eqf_level: Column<u64>,
    pub signals: Column<u64>,
    pub modified_day: Column<i64>,
    pub sector: Option<StrColumn>,
    /// The vectors of title and outcomes; see [`Meaning::codes`](crate::meaning::Meaning::codes).
    pub meaning: Column<u64>,
    pub signs: Signs,
    pub terms: TermColumns,
}

impl Segment {
    /// Cost: one pass over the ids, and over what is kept in memory.
    pub fn open(reader: &SegmentReader) -> Result<Self> {
        let columns = reader.fast_fields();
        let ids = columns
            .str("id")?
            .ok_or_else(|| CatalogueError::damaged("credentials", "a segment without ids"))?;
        Ok(Self {
            id: reader.segment_id(),
            ids: Texts::read(&ids, reader.max_doc())?,
            titles: OnceLock::new(),
            title_column: columns.str("title_key")?,
            currencies: currencies(&columns.u64("currency")?, reader.max_doc()),
            n_documents: reader.max_doc(),
            id_hash: columns.u64("id_hash")?,
            state: columns.u64("state")?,
            version: columns.u64("version")?,
            sequence: columns.u64("sequence")?,
            given: columns.u64("given")?,
            unlinked: columns.u64("unlinked")?,
            postings: SkillPostings::read(&columns.u64("teaches")?, reader.max_doc()),
            required: columns.u64("required")?,
            prerequisites: columns.u64("prerequisites")?,
            prerequisite_groups: columns.u64("prerequisite_groups")?,
            part_of: columns.u64("part_of")?,
            listing: Listing::read(&columns.u64("parts")?, reader.max_doc()),
            parts: columns.u64("parts")?,
            hours: columns.f64("hours")?,
            cost: columns.f64("cost")?,
            currency: columns.u64("currency")?,
            languages: columns.u64("languages")?,
            countries: columns.u64("countries")?,
            mode: columns.u64("mode")?,
            times_of_day: columns.u64("times_of_day")?,
            study_loads: columns.u64("study_loads")?,
            bases_of_award: columns.u64("bases_of_award")?,
            offers: match columns.bytes("offers")? {
                Some(column) => Pieces::read(&column, reader.max_doc())?,
                None => Pieces::default(),
            },
            eqf_level: columns.u64("eqf_level")?,
            signals: columns.u64("signals")?,
            modified_day: columns.i64("modified_day")?,
            sector: columns.str("sector")?,
            meaning: columns.u64("meaning")?,
            signs: Signs::read(&columns.u64("signs")?, reader.max_doc()),
            terms: TermColumns::open(reader)?,
        })
    }

    pub fn id_of(&self, document: DocId) -> &str {
        self.ids.of(document)
    }

    /// The titles by which credentials are sorted, by document; empty for marks.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn titles(&self) -> Result<&Texts> {
        if let Some(titles) = self.titles.get() {
            return Ok(titles);
        }
        let titles = match &self.title_column {
            Some(column) => Texts::read(column, self.n_documents)?,
            None => Texts::default(),
        };
        Ok(self.titles.get_or_init(|| titles))
    }

    /// The currency of the cost, in lower case, if one is stated.
    pub fn currency_of(&self, document: DocId) -> Option<&str> {
        self.currencies
            .get(&self.currency.first(document)?)
            .map(String::as_str)
    }

    /// Whether a credential states parts, or what it is a part of.
    pub fn states_parts(&self) -> bool {
        !self.listing.0.is_empty() || self.part_of.values.num_vals() > 0
    }

    /// Whether the document is a credential, not the mark of a deleted one.
    pub fn is_here(&self, document: DocId) -> bool {
        self.state.first(document) == Some(LIVE)
    }

    /// Whether any credential says more of the ways to take part than the columns.
    pub fn keeps_offers(&self) -> bool {
        !self.offers.bytes.is_empty()
    }

    /// Whether a credential says more of the ways to take part than the columns.
    pub fn has_offers(&self, document: DocId) -> bool {
        !self.offers.of(document).is_empty()
    }

    /// The ways to take part, as [`offers::code`] wrote them; nothing where the columns say all.
    pub fn offers_of(&self, document: DocId) -> Option<Credential> {
        let bytes = self.offers.of(document);
        // What cannot be decoded is no record of ours: the file's checksum was verified.
        (!bytes.is_empty()).then(|| Credential::from_bytes(bytes).unwrap_or_default())
    }

    /// Whether the only way to take part is online.
    pub fn is_online(&self, document: DocId) -> bool {
        self.mode.first(document) == Some(mode_code(DeliveryMode::Online))
    }

    /// The cost of the way that is chosen for a request, if it is known.
    pub fn cost_of(&self, document: DocId, filter: &Filter) -> Option<Money> {
        match self.offers_of(document) {
            Some(kept) => offers::chosen_or_first(&kept, filter)?.net.left,
            None => {
                let (amount, currency) = (self.cost.first(document)?, self.currency_of(document)?);
                let currency = currency.to_uppercase();
                Some(Money { amount, currency })
            }
        }
    }

    /// What ranking needs to know, as the way has it that is chosen for the request.
    pub fn facts(&self, address: DocAddress, filter: &Filter) -> Facts {
        let document = address.doc_id;
        let kept = self.offers_of(document);
        let chosen = kept.and_then(|kept| offers::chosen_or_first(&kept, filter));
        let mut terms = self.terms.terms(document);
        let mut stated_access = [&self.languages, &self.countries, &self.mode]
            .map(|column| column.first(document).is_some());
        let access = chosen
            .as_ref()
            .and_then(|chosen| chosen.way.access.as_ref());
        if let Some(access) = access {
            let is_stated = access.mode() != DeliveryMode::Unspecified;
            stated_access = [
                !access.languages.is_empty(),
                !access.countries.is_empty(),
                is_stated,
            ];
            let is_worldwide = access.countries.iter().any(|country| country == WORLDWIDE);
            terms.is_anywhere = is_worldwide || access.mode() == DeliveryMode::Online;
        }
        Facts {
            address,
            id: self.id_of(document).to_owned(),
            id_hash: self.id_hash.first(document).unwrap_or_default(),
            teaches: self
                .postings
                .of(document)
                .iter()
                .map(|taught| taught.link())
                .collect(),
            levels: self
                .postings
                .of(document)
                .iter()
                .filter_map(|taught| Some((taught.skill(), taught.level()?)))
                .collect(),
            hours: self.hours.first(document),
            offer: chosen.as_ref().and_then(|chosen| chosen.offer),
            cost: match chosen {
                Some(chosen) => chosen.net.left,
                None => self.cost_of(document, filter),
            },
            eqf_level: self.eqf_level.first(document).map(|level| level as u8),
            signals: signal_decode(self.signals.first(document).unwrap_or_default()),
            required: self
                .required
                .values_for_doc(document)
                .map(|row| SkillId(row as u32))
                .collect(),
            prerequisites: self.prerequisites.values_for_doc(document).collect(),
            prerequisite_groups: groups_decode(self.prerequisite_groups.values_for_doc(document)),
            part_of: self.part_of.values_for_doc(document).collect(),
            parts: self.parts.values_for_doc(document).collect(),
            stated_access,
            modified_day: self.modified_day.first(document),
            terms,
        }
    }
}

/// The currencies that occur.
fn currencies(column: &Column<u64>, n_documents: u32) -> BTreeMap<u64, String> {
    let mut found = BTreeMap::new();
    for code in (0..n_documents).filter_map(|document| column.first(document)) {
        found.entry(code).or_insert_with(|| letters_decode(code));
    }
    found
}

/// Documents whose signs are compared on one thread.
const TOGETHER: usize = 8_192;

/// The signs of the vectors of all documents, one after the other; a document that has none has zeros.
pub(super) struct Signs {
    words: Vec<u64>,
    n_words: usize,
}

impl Signs {
    fn read(column: &Column<u64>, n_documents: u32) -> Self {
        let rows = |document: DocId| column.index.value_row_ids(document);
        let n_words = (0..n_documents)
            .map(|document| rows(document).len())
            .max()
            .unwrap_or_default()
            .max(1);
        let mut words = vec![0; n_words * n_documents as usize];
        for (document, words) in (0..n_documents).zip(words.chunks_mut(n_words)) {
            let rows = rows(document);
            column
                .values
                .get_range(u64::from(rows.start), &mut words[..rows.len()]);
        }
        Self { words, n_words }
    }

    /// Bits in which the signs of each document differ from those wanted, of as many words.
    pub fn distances(&self, wanted: &[u64]) -> Vec<u16> {
        let mut wanted = wanted.to_vec();
        wanted.resize(self.n_words, 0);
        self.words
            .par_chunks(self.n_words * TOGETHER)
            .flat_map_iter(|signs| distances(signs, &wanted))
            .collect()
    }
}

/// The documents that hold a value in a column, by value.
pub(super) struct Listing(Vec<(u64, DocId)>);

impl Listing {
    fn read(column: &Column<u64>, n_documents: u32) -> Self {
        let values = |document: DocId| {
            column
                .values_for_doc(document)
                .map(move |value| (value, document))
        };
        let mut all: Vec<(u64, DocId)> = if column.values.num_vals() == 0 {
            Vec::new()
        } else {
            (0..n_documents).flat_map(values).collect()
        };
        all.sort_unstable();
        Self(all)
    }

    pub fn of(&self, value: u64) -> impl Iterator<Item = DocId> + '_ {
        let start = self.0.partition_point(|(other, _)| *other < value);
        self.0[start..]
            .iter()
            .take_while(move |(other, _)| *other == value)
            .map(|(_, document)| *document)
    }
}

/// One text of all documents, one after the other.
#[derive(Default)]
pub(super) struct Texts {
    text: String,
    places: Vec<(u32, u32)>,
}

impl Texts {
    fn read(column: &StrColumn, n_documents: u32) -> Result<Self> {
        let Pieces { bytes, places } = Pieces::read(column, n_documents)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| CatalogueError::damaged("credentials", "a text that is not UTF-8"))?;
        Ok(Self { text, places })
    }

    pub fn of(&self, document: DocId) -> &str {
        let place = self.places.get(document as usize);
        place
            .and_then(|(start, end)| self.text.get(*start as usize..*end as usize))
            .unwrap_or_default()
    }
}

/// One value of all documents, one after the other; the dictionary of a segment is too slow to look up one by one.
#[derive(Default)]
struct Pieces {
    bytes: Vec<u8>,
    /// Where the value of each document lies; nothing where it has none.
    places: Vec<(u32, u32)>,
}

impl Pieces {
    fn read(column: &BytesColumn, n_documents: u32) -> Result<Self> {
        let mut order: Vec<(u64, DocId)> = (0..n_documents)
            .filter_map(|document| Some((column.ords().first(document)?, document)))
            .collect();
        order.sort_unstable();
        let mut ords: Vec<u64> = order.iter().map(|(ord, _)| *ord).collect();
        ords.dedup();
        let mut by_ord = order.chunk_by(|a, b| a.0 == b.0);
        let (mut bytes, mut places) = (Vec::new(), vec![(0, 0); n_documents as usize]);
        let whole = column.dictionary().sorted_ords_to_term_cb(&ords, |term| {
            let start = bytes.len() as u32;
            bytes.extend_from_slice(term);
            for (_, document) in by_ord.next().unwrap_or_default() {
                places[*document as usize] = (start, bytes.len() as u32);
            }
        });
        if !whole.map_err(tantivy::TantivyError::from)? {
            let reason = "a value that is not in the dictionary";
            return Err(CatalogueError::damaged("credentials", reason));
        }
        Ok(Self { bytes, places })
    }

    fn of(&self, document: DocId) -> &[u8] {
        let place = self.places.get(document as usize);
        place
            .and_then(|(start, end)| self.bytes.get(*start as usize..*end as usize))
            .unwrap_or_default()
    }
}
