//! How do concepts and credentials lie in tantivy? One schema each, and the codes by which facts are filtered and ranked.
//!
//! The one idea: everything that filters or ranks is a column, so that a request reads whole documents only for what it returns.

mod analyser;
pub(crate) mod codes;
mod concepts;

use std::collections::BTreeSet;

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

pub(crate) use analyser::{ANALYSER, found_by, register_analyser, stems};
pub use codes::id_hash;
use codes::{groups_code, letters_code, mode_code, right_key, signal_code, teach_code};
pub(crate) use concepts::ConceptFields;

use crate::error::Result;
use crate::level_taught::level_taught;
use crate::meaning::Meaning;
use crate::offers;
use crate::terms::TermFields;
use skillgap_credentials::credential::{Credential, Money, Offer, Texts, stated, text_in};
use skillgap_esco::text::words;
use skillgap_esco::{Esco, SkillId};
use skillgap_linker::encoder::Encoder;

fn text() -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(ANALYSER)
            .set_index_option(tantivy::schema::IndexRecordOption::WithFreqs),
    )
}

/// Fields of the index of credentials: one document a credential, in the order of ids.
pub(crate) struct CredentialFields {
    /// The schema.
    pub schema: Schema,
    /// Id.
    pub id: Field,
    /// Hashed id; see [`id_hash`].
    pub id_hash: Field,
    /// [`LIVE`] for a credential, [`TOMBSTONE`] for the tombstone of one that was deleted.
    pub state: Field,
    /// Number of the credential's state, if its source numbers them.
    pub version: Field,
    /// Number of the change that wrote it; absent for what was there when the generation was built.
    pub sequence: Field,
    /// Hash of the credential as it was given; see [`Given`].
    pub given: Field,
    /// Positions of the outcomes that were given without links.
    pub unlinked: Field,
    /// The whole record, as [`Credential::to_bytes`] writes it.
    pub record: Field,
    /// Title in all languages.
    pub title: Field,
    /// Outcomes in all languages.
    pub outcomes: Field,
    /// Description and provider in all languages.
    pub other: Field,
    /// Rows of taught skills, for finding.
    pub taught: Field,
    /// Row and confidence of taught skills, for scoring; see [`teach_code`].
    pub teaches: Field,
    /// Rows of skills that must be held before.
    pub required: Field,
    /// Hashed ids of credentials that must be held before; see [`id_hash`].
    pub prerequisites: Field,
    /// Groups of which some must be held before; see [`groups_code`].
    pub prerequisite_groups: Field,
    /// Hashed ids, or names, of larger qualifications that it is a part of.
    pub part_of: Field,
    /// Hashed ids, or names, of its own parts.
    pub parts: Field,
    /// Most hours.
    pub hours: Field,
    /// Cost in units of the currency.
    pub cost: Field,
    /// Currency code.
    pub currency: Field,
    /// Country codes.
    pub countries: Field,
    /// Language codes.
    pub languages: Field,
    /// Mode codes.
    pub mode: Field,
    /// The ways to take part, where they say more than the columns of single facts; see [`offers::code`].
    pub offers: Field,
    /// Times of day of all ways; codes as in the contract.
    pub times_of_day: Field,
    /// Whether a way fills the working week; codes as in the contract.
    pub study_loads: Field,
    /// What it lawfully permits, by name and by id; see [`right_key`].
    pub rights: Field,
    /// Ways to be awarded it; codes as in the contract.
    pub bases_of_award: Field,
    /// EQF level.
    pub eqf_level: Field,
    /// Trust signals, two bits each; see [`signal_code`].
    pub signals: Field,
    /// Day of the last change.
    pub modified_day: Field,
    /// Accreditation, funding, starts and expiry.
    pub terms: TermFields,
    /// Title by which it is sorted.
    pub title_key: Field,
    /// Economic sector, word for word.
    pub sector: Field,
    /// Vectors of title and outcomes, which lean towards the whole text; see [`Meaning::codes`].
    pub meaning: Field,
    /// Signs of the vector of the whole text; see [`Vector::signs`](crate::meaning::Vector::signs).
    pub signs: Field,
}

impl CredentialFields {
    /// The schema.
    pub fn new() -> Self {
        let mut builder = Schema::builder();
        Self {
            id: builder.add_text_field("id", STRING | FAST),
            id_hash: builder.add_u64_field("id_hash", FAST | INDEXED),
            state: builder.add_u64_field("state", FAST | INDEXED),
            version: builder.add_u64_field("version", FAST),
            sequence: builder.add_u64_field("sequence", FAST),
            given: builder.add_u64_field("given", FAST),
            unlinked: builder.add_u64_field("unlinked", FAST),
            record: builder.add_bytes_field("record", STORED),
            title: builder.add_text_field("title", text()),
            outcomes: builder.add_text_field("outcomes", text()),
            other: builder.add_text_field("other", text()),
            taught: builder.add_u64_field("taught", INDEXED),
            teaches: builder.add_u64_field("teaches", FAST),
            required: builder.add_u64_field("required", FAST),
            prerequisites: builder.add_u64_field("prerequisites", FAST),
            prerequisite_groups: builder.add_u64_field("prerequisite_groups", FAST),
            part_of: builder.add_u64_field("part_of", FAST | INDEXED),
            parts: builder.add_u64_field("parts", FAST),
            hours: builder.add_f64_field("hours", FAST),
            cost: builder.add_f64_field("cost", FAST),
            currency: builder.add_u64_field("currency", FAST | INDEXED),
            countries: builder.add_u64_field("countries", FAST | INDEXED),
            languages: builder.add_u64_field("languages", FAST | INDEXED),
            mode: builder.add_u64_field("mode", FAST | INDEXED),
            offers: builder.add_bytes_field("offers", FAST),
            times_of_day: builder.add_u64_field("times_of_day", FAST),
            study_loads: builder.add_u64_field("study_loads", FAST),
            rights: builder.add_u64_field("rights", FAST | INDEXED),
            bases_of_award: builder.add_u64_field("bases_of_award", FAST | INDEXED),
            eqf_level: builder.add_u64_field("eqf_level", FAST | INDEXED),
            signals: builder.add_u64_field("signals", FAST),
            modified_day: builder.add_i64_field("modified_day", FAST),
            terms: TermFields::new(&mut builder),
            title_key: builder.add_text_field("title_key", FAST),
            sector: builder.add_text_field("sector", STRING | FAST),
            meaning: builder.add_u64_field("meaning", FAST),
            signs: builder.add_u64_field("signs", FAST),
            schema: builder.build(),
        }
    }

    /// The mark that a credential was deleted: a late write of an older version is told from a new one by it, and the next generation hears of it.
    pub fn tombstone(&self, id: &str, version: Option<u64>, sequence: u64) -> TantivyDocument {
        let mut document = self.identity(id, TOMBSTONE, version);
        document.numbers(self.sequence, [sequence]);
        document.0
    }

    /// What every document has.
    fn identity(&self, id: &str, state: u64, version: Option<u64>) -> Document {
        let mut document = Document::default();
        document.texts(self.id, [id]);
        document.numbers(self.id_hash, [id_hash(id)]);
        document.numbers(self.state, [state]);
        document.numbers(self.version, version);
        document
    }

    /// The document of one credential with its links. Links to URIs that this ESCO does not have stay in the record and cannot be found by skill.
    pub fn document(
        &self,
        credential: &Credential,
        given: &Given,
        sequence: Option<u64>,
        esco: &Esco,
    ) -> Result<TantivyDocument> {
        let mut document = self.identity(&credential.id, LIVE, credential.version);
        let ids = |ids: &[String]| ids.iter().map(|id| id_hash(id)).collect::<Vec<_>>();
        let taught = taught(credential, esco);
        let teaches = taught.iter().map(|(skill, confidence)| {
            let level = esco.skills.get(skill.row());
            let level = level.map_or(0, |skill| level_taught(credential, skill));
            teach_code(*skill, *confidence, level)
        });
        let taught = taught.iter().map(|(skill, _)| u64::from(skill.0));
        let required = credential.skills_required().iter();
        let required = required.filter_map(|uri| esco.skill_by_uri(uri));
        let groups = groups_code(credential.prerequisite_groups());
        let ways = credential.ways();
        let access = || ways.iter().filter_map(|way| way.access.as_ref());
        let countries = access().flat_map(|access| &access.countries);
        let languages = access().flat_map(|access| &access.languages);
        let languages = languages.map(|language| letters_code(&language.language_code));
        let modes = access().filter_map(|access| stated(access.mode()));
        let loads = access().filter_map(|access| stated(access.study_load()));
        let times = access().flat_map(|access| access.times_of_day());
        let rights = credential.rights.iter();
        let rights = rights.flat_map(|right| std::iter::once(&right.name).chain(&right.id));
        let cost = lowest_price(&ways);
        let currency = cost.map(|cost| letters_code(&cost.currency));
        let meaning = Meaning::of(Encoder::carried()?, credential).in_context();
        document.numbers(self.sequence, sequence);
        document.numbers(self.given, [given.hash]);
        document.numbers(
            self.unlinked,
            given.unlinked.iter().map(|at| u64::from(*at)),
        );
        document.numbers(self.taught, taught);
        document.numbers(self.teaches, teaches);
        document.numbers(self.required, required.map(|skill| u64::from(skill.0)));
        document.numbers(self.prerequisites, ids(credential.prerequisites()));
        document.numbers(self.prerequisite_groups, groups);
        document.numbers(self.part_of, ids(&credential.part_of));
        document.numbers(self.parts, ids(&credential.parts));
        document.numbers(self.currency, currency);
        document.codes(self.countries, countries.map(|code| letters_code(code)));
        document.codes(self.languages, languages);
        document.codes(self.mode, modes.map(mode_code));
        document.codes(self.times_of_day, times.map(|time| time as u64));
        document.codes(self.study_loads, loads.map(|load| load as u64));
        document.codes(self.rights, rights.map(|right| right_key(right)));
        document.codes(
            self.bases_of_award,
            credential
                .bases_of_award()
                .filter_map(stated)
                .map(|basis| basis as u64),
        );
        document.numbers(self.eqf_level, credential.eqf_level.map(u64::from));
        document.numbers(self.signals, [signal_code(credential)]);
        document.numbers(self.meaning, meaning.codes());
        document.numbers(self.signs, meaning.whole.signs());
        let outcomes = credential.outcomes.iter();
        document.stems(self.title, &credential.title);
        outcomes.for_each(|outcome| document.stems(self.outcomes, &outcome.text));
        document.stems(self.other, &credential.description);
        document.texts(self.other, credential.provider_name());
        document.texts(self.title_key, [title_key(credential)]);
        document.texts(self.sector, &credential.sector);
        let Document(mut document) = document;
        if let Some(hours) = credential.hours_at_most() {
            document.add_f64(self.hours, hours);
        }
        if let Some(cost) = cost {
            document.add_f64(self.cost, cost.amount);
        }
        if let Some(offers) = offers::code(credential) {
            document.add_bytes(self.offers, &offers);
        }
        if let Some(day) = credential.modified_day() {
            document.add_i64(self.modified_day, day);
        }
        document.add_bytes(self.record, &credential.to_bytes());
        self.terms.add(credential, &mut document);
        Ok(document)
    }
}

/// A document in the making.
#[derive(Default)]
struct Document(TantivyDocument);

impl Document {
    fn numbers(&mut self, field: Field, values: impl IntoIterator<Item = u64>) {
        let values = values.into_iter();
        values.for_each(|value| self.0.add_u64(field, value));
    }

    /// Each number once, in order.
    fn codes(&mut self, field: Field, values: impl IntoIterator<Item = u64>) {
        self.numbers(field, BTreeSet::from_iter(values));
    }

    /// Texts by their language.
    fn stems(&mut self, field: Field, texts: &Texts) {
        let texts = texts.iter().map(|(language, text)| stems(language, text));
        texts.for_each(|text| self.0.add_pre_tokenized_text(field, text));
    }

    fn texts(&mut self, field: Field, values: impl IntoIterator<Item = impl AsRef<str>>) {
        let values = values.into_iter();
        values.for_each(|value| self.0.add_text(field, value));
    }
}

/// The lowest price of the ways, by which it is sorted, in the currency of the first that is stated.
fn lowest_price(ways: &[Offer]) -> Option<&Money> {
    let prices = || ways.iter().filter_map(|way| way.cost.as_ref());
    let currency = &prices().next()?.currency;
    let comparable = prices().filter(|price| price.currency == *currency);
    comparable.min_by(|a, b| a.amount.total_cmp(&b.amount))
}

/// Words of a title that count when it is sorted by.
const TITLE_KEY_WORDS: usize = 20;

/// State of a document that is a credential.
pub(crate) const LIVE: u64 = 1;
/// State of the tombstone of a deleted credential.
pub(crate) const TOMBSTONE: u64 = 0;

/// What a credential was before we linked it: enough to tell whether another write says the same, and to take our links away again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Hash of the record.
    pub hash: u64,
    /// Positions of the outcomes without links.
    pub unlinked: Vec<u32>,
}

impl Given {
    /// Looks at a credential as its source gave it.
    pub fn of(credential: &Credential) -> Self {
        let hash = blake3::hash(&credential.to_bytes());
        let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
        let unlinked = credential
            .outcomes
            .iter()
            .enumerate()
            .filter(|(_, outcome)| outcome.skills.is_empty());
        Self {
            hash: u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            unlinked: unlinked.map(|(at, _)| at as u32).collect(),
        }
    }
}

/// The skills that a credential teaches, one entry a skill with its highest confidence, sorted by row.
pub fn taught(credential: &Credential, esco: &Esco) -> Vec<(SkillId, f64)> {
    let mut taught: Vec<(SkillId, f64)> = credential
        .links()
        .filter_map(|link| Some((esco.skill_by_uri(&link.uri)?, link.certainty())))
        .collect();
    taught.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    taught.dedup_by_key(|(skill, _)| *skill);
    taught
}

/// The words of the English title, else of the first, folded, so that case and accents do not count.
fn title_key(credential: &Credential) -> String {
    let words = words(text_in(&credential.title, "en"));
    words
        .into_iter()
        .take(TITLE_KEY_WORDS)
        .map(|word| word.folded)
        .collect::<Vec<_>>()
        .join(" ")
}
