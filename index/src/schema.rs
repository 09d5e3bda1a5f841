//! How do concepts and credentials lie in tantivy? One schema each, and the codes by which facts are filtered and ranked.
//!
//! The one idea: everything that filters or ranks is a column, so that a request reads whole documents only for what it returns.

use tantivy::schema::{FAST, Field, INDEXED, STORED, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use tantivy::{Index, TantivyDocument};

use crate::encoder::Encoder;
use crate::meaning::Meaning;
use crate::model::credential::{Credential, Mode, PrerequisiteGroup, Signal};
use crate::model::esco::{Esco, Labels, SkillId};
use crate::terms::TermFields;
use crate::text::{Word, stable_hash, words};

/// Name of the analyser for all text: words, lower case, without accents.
pub(crate) const ANALYSER: &str = "folded";

/// Registers [`ANALYSER`] with an index; to be called after every open.
pub(crate) fn register_analyser(index: &Index) {
    index.tokenizers().register(ANALYSER, TextAnalyzer::builder(FoldedWords::default()).build());
}

/// The words of [`words`], folded, so that search and linking agree on what counts as the same word.
#[derive(Clone, Default)]
struct FoldedWords {
    words: Vec<Word>,
    token: Token,
}

struct FoldedStream<'a> {
    of: &'a mut FoldedWords,
    next: usize,
}

impl Tokenizer for FoldedWords {
    type TokenStream<'a> = FoldedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> FoldedStream<'a> {
        self.words = words(text);
        self.token = Token::default();
        FoldedStream { of: self, next: 0 }
    }
}

impl TokenStream for FoldedStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.of.words.get_mut(self.next) else { return false };
        let token = &mut self.of.token;
        token.text = std::mem::take(&mut word.folded);
        (token.offset_from, token.offset_to) = (word.range.start, word.range.end);
        token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.of.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.of.token
    }
}

fn text() -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(ANALYSER).set_index_option(tantivy::schema::IndexRecordOption::WithFreqs),
    )
}

/// Fields of the index of concepts: one document a skill, in the order of rows, then one an occupation.
pub(crate) struct ConceptFields {
    /// The schema.
    pub schema: Schema,
    /// ESCO URI.
    pub uri: Field,
    /// Skill row; absent for occupations.
    pub row: Field,
    /// Descriptions as JSON, for display.
    pub descriptions: Field,
    /// Preferred and alternative labels of skills, one pair a language, sorted by language.
    pub labels: Vec<(String, Field, Field)>,
}

impl ConceptFields {
    /// The schema for the given languages.
    pub fn new(languages: &[String]) -> Self {
        let mut builder = Schema::builder();
        let uri = builder.add_text_field("uri", STRING);
        let row = builder.add_u64_field("row", FAST);
        let descriptions = builder.add_bytes_field("descriptions", STORED);
        let labels = languages
            .iter()
            .map(|language| {
                let field = |builder: &mut tantivy::schema::SchemaBuilder, kind: &str| {
                    builder.add_text_field(&format!("{kind}_{language}"), text())
                };
                (language.clone(), field(&mut builder, "preferred"), field(&mut builder, "alternative"))
            })
            .collect();
        Self { schema: builder.build(), uri, row, descriptions, labels }
    }

    /// All documents: skills, then occupations.
    pub fn documents<'a>(&'a self, esco: &'a Esco) -> impl Iterator<Item = TantivyDocument> + 'a {
        let skills = esco.skills.iter().enumerate().map(|(row, skill)| {
            let mut document = self.document(&skill.uri, &skill.descriptions);
            document.add_u64(self.row, row as u64);
            skill.labels.iter().for_each(|labels| self.add_labels(labels, &mut document));
            document
        });
        let occupations = esco.occupations.iter().filter(|occupation| !occupation.descriptions.is_empty());
        skills.chain(occupations.map(|occupation| self.document(&occupation.uri, &occupation.descriptions)))
    }

    fn document(&self, uri: &str, descriptions: &[crate::model::esco::Text]) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.uri, uri);
        if !descriptions.is_empty() {
            document.add_bytes(self.descriptions, &serde_json::to_vec(descriptions).unwrap_or_default());
        }
        document
    }

    fn add_labels(&self, labels: &Labels, document: &mut TantivyDocument) {
        let Some((_, preferred, alternative)) = self.labels.iter().find(|(language, ..)| *language == labels.language) else { return };
        if !labels.preferred.is_empty() {
            document.add_text(*preferred, &labels.preferred);
        }
        labels.alternatives.iter().for_each(|label| document.add_text(*alternative, label));
    }
}

/// Fields of the index of credentials: one document a credential, in the order of ids.
pub(crate) struct CredentialFields {
    /// The schema.
    pub schema: Schema,
    /// Id.
    pub id: Field,
    /// Hashed id; see [`id_hash`].
    pub id_hash: Field,
    /// The whole record as JSON.
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
    /// Mode code.
    pub mode: Field,
    /// EQF level.
    pub eqf_level: Field,
    /// Trust signals, two bits each; see [`signal_code`].
    pub signals: Field,
    /// Day of the last change.
    pub modified_day: Field,
    /// Accreditation, funding, starts and expiry.
    pub terms: TermFields,
    /// Vectors of title and outcomes; see [`Meaning::codes`].
    pub meaning: Field,
    /// Signs of the vector of the whole text; see [`Vector::signs`](crate::meaning::Vector::signs).
    pub signs: Field,
}

impl CredentialFields {
    /// The schema.
    pub fn new() -> Self {
        let mut builder = Schema::builder();
        Self {
            id: builder.add_text_field("id", STRING),
            id_hash: builder.add_u64_field("id_hash", FAST | INDEXED),
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
            parts: builder.add_u64_field("parts", FAST | INDEXED),
            hours: builder.add_f64_field("hours", FAST),
            cost: builder.add_f64_field("cost", FAST),
            currency: builder.add_u64_field("currency", FAST | INDEXED),
            countries: builder.add_u64_field("countries", FAST | INDEXED),
            languages: builder.add_u64_field("languages", FAST | INDEXED),
            mode: builder.add_u64_field("mode", FAST | INDEXED),
            eqf_level: builder.add_u64_field("eqf_level", FAST | INDEXED),
            signals: builder.add_u64_field("signals", FAST),
            modified_day: builder.add_i64_field("modified_day", FAST),
            terms: TermFields::new(&mut builder),
            meaning: builder.add_u64_field("meaning", FAST),
            signs: builder.add_u64_field("signs", FAST),
            schema: builder.build(),
        }
    }

    /// The document of one credential. Links to URIs that this ESCO does not have stay in the record and cannot be found by skill.
    pub fn document(&self, credential: &Credential, esco: &Esco) -> serde_json::Result<TantivyDocument> {
        let mut document = TantivyDocument::default();
        document.add_text(self.id, &credential.id);
        document.add_u64(self.id_hash, id_hash(&credential.id));
        document.add_bytes(self.record, &serde_json::to_vec(credential)?);
        credential.title.iter().for_each(|text| document.add_text(self.title, &text.text));
        credential.outcomes.iter().flat_map(|outcome| &outcome.text).for_each(|text| document.add_text(self.outcomes, &text.text));
        credential
            .description
            .iter()
            .map(|text| &text.text)
            .chain(&credential.provider)
            .for_each(|text| document.add_text(self.other, text));
        for (skill, confidence) in taught(credential, esco) {
            document.add_u64(self.taught, u64::from(skill.0));
            document.add_u64(self.teaches, teach_code(skill, confidence));
        }
        credential
            .skills_required
            .iter()
            .filter_map(|uri| esco.skill_by_uri(uri))
            .for_each(|skill| document.add_u64(self.required, u64::from(skill.0)));
        credential.prerequisites.iter().for_each(|id| document.add_u64(self.prerequisites, id_hash(id)));
        groups_code(&credential.prerequisite_groups).for_each(|code| document.add_u64(self.prerequisite_groups, code));
        credential.part_of.iter().for_each(|id| document.add_u64(self.part_of, id_hash(id)));
        credential.parts.iter().for_each(|id| document.add_u64(self.parts, id_hash(id)));
        if let Some(hours) = credential.hours_at_most() {
            document.add_f64(self.hours, hours);
        }
        if let Some(cost) = &credential.cost {
            document.add_f64(self.cost, cost.amount);
            document.add_u64(self.currency, letters_code(&cost.currency));
        }
        credential.countries.iter().for_each(|code| document.add_u64(self.countries, letters_code(code)));
        credential.languages.iter().for_each(|code| document.add_u64(self.languages, letters_code(code)));
        if let Some(mode) = credential.mode {
            document.add_u64(self.mode, mode_code(mode));
        }
        if let Some(level) = credential.eqf_level {
            document.add_u64(self.eqf_level, u64::from(level));
        }
        document.add_u64(self.signals, signal_code(credential));
        if let Some(day) = credential.modified_day {
            document.add_i64(self.modified_day, day);
        }
        self.terms.add(credential, &mut document);
        if let Ok(encoder) = Encoder::carried() {
            let meaning = Meaning::of(encoder, credential);
            meaning.codes().for_each(|code| document.add_u64(self.meaning, code));
            meaning.whole.signs().into_iter().for_each(|signs| document.add_u64(self.signs, signs));
        }
        Ok(document)
    }
}

/// The skills that a credential teaches, one entry a skill with its highest confidence, sorted by row.
pub fn taught(credential: &Credential, esco: &Esco) -> Vec<(SkillId, f64)> {
    let links = credential.outcomes.iter().flat_map(|outcome| &outcome.skills);
    let mut taught: Vec<(SkillId, f64)> = links.filter_map(|link| Some((esco.skill_by_uri(&link.uri)?, link.confidence))).collect();
    taught.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    taught.dedup_by_key(|(skill, _)| *skill);
    taught
}

/// Confidence in steps of 1/10000 below, row above, so that codes sort by row.
pub(crate) fn teach_code(skill: SkillId, confidence: f64) -> u64 {
    u64::from(skill.0) << 16 | (confidence.clamp(0.0, 1.0) * 10_000.0).round() as u64
}

/// What [`teach_code`] wrote.
pub(crate) fn teach_decode(code: u64) -> (SkillId, f64) {
    (SkillId((code >> 16) as u32), (code & 0xffff) as f64 / 10_000.0)
}

/// Each group as how many of how many (high and low half of a number), then the hashed ids of its members.
pub(crate) fn groups_code(groups: &[PrerequisiteGroup]) -> impl Iterator<Item = u64> + '_ {
    groups.iter().flat_map(|group| {
        let head = u64::from(group.at_least) << 32 | group.of.len() as u64;
        std::iter::once(head).chain(group.of.iter().map(|id| id_hash(id)))
    })
}

/// What [`groups_code`] wrote: how many of which hashed ids.
pub(crate) fn groups_decode(mut codes: impl Iterator<Item = u64>) -> Vec<(usize, Vec<u64>)> {
    let mut groups = Vec::new();
    while let Some(head) = codes.next() {
        groups.push(((head >> 32) as usize, codes.by_ref().take((head & 0xffff_ffff) as usize).collect()));
    }
    groups
}

/// The id of a credential as a number, for columns.
pub fn id_hash(id: &str) -> u64 {
    stable_hash(id.bytes())
}

/// A short code such as `EUR` or `de` as a number, without regard to case.
pub(crate) fn letters_code(code: &str) -> u64 {
    code.bytes().take(8).fold(0, |number, byte| number << 8 | u64::from(byte.to_ascii_lowercase()))
}

/// What [`letters_code`] wrote, in lower case.
pub(crate) fn letters_decode(code: u64) -> String {
    code.to_be_bytes().into_iter().filter(|byte| *byte != 0).map(char::from).collect()
}

/// The position in [`Mode::ALL`].
pub(crate) fn mode_code(mode: Mode) -> u64 {
    mode as u64
}

/// Two bits a signal, in the order of [`Signal::ALL`]: 0 not stated, 1 yes, 2 no.
pub(crate) fn signal_code(credential: &Credential) -> u64 {
    let bits = |signal: &Signal| match credential.signal(*signal) {
        None => 0,
        Some(stated) if stated.value => 1,
        Some(_) => 2,
    };
    Signal::ALL.iter().enumerate().fold(0, |code, (at, signal)| code | bits(signal) << (2 * at))
}

/// What [`signal_code`] wrote: each signal that is stated, with its value.
pub(crate) fn signal_decode(code: u64) -> Vec<(Signal, bool)> {
    let stated = |(at, signal)| match code >> (2 * at) & 3 {
        1 => Some((signal, true)),
        2 => Some((signal, false)),
        _ => None,
    };
    Signal::ALL.into_iter().enumerate().filter_map(stated).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::credential::TrustSignal;

    #[test]
    fn codes_and_back() {
        assert_eq!(letters_decode(letters_code("EUR")), "eur");
        assert_eq!(letters_decode(letters_code("*")), "*");
        assert_eq!(teach_decode(teach_code(SkillId(13_890), 0.75)), (SkillId(13_890), 0.75));
    }

    #[test]
    fn groups_keep_their_counts_and_members() {
        let group = |at_least, of: &[&str]| PrerequisiteGroup { at_least, of: of.iter().map(|id| (*id).to_owned()).collect() };
        let groups = [group(1, &["a", "b"]), group(2, &[]), group(1, &["c"])];
        let decoded = groups_decode(groups_code(&groups));
        assert_eq!(decoded, [(1, vec![id_hash("a"), id_hash("b")]), (2, vec![]), (1, vec![id_hash("c")])]);
    }

    #[test]
    fn signals_are_three_valued() {
        let stated = |signal, value| TrustSignal { signal, value, source: String::new(), scope: None, valid_until_day: None };
        let credential =
            Credential { trust_signals: vec![stated(Signal::Assessed, false), stated(Signal::Guidance, true)], ..Credential::default() };
        assert_eq!(signal_decode(signal_code(&credential)), [(Signal::Assessed, false), (Signal::Guidance, true)]);
    }
}
