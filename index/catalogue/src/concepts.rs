//! Which skills match what someone types? Labels in tantivy: whole words count more than beginnings, those more than near misses.

use std::collections::HashMap;

use rayon::prelude::*;
use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::error::{CatalogueError, Result};
use crate::schema::{ConceptFields, register_analyser};
use skillgap_esco::text::words;
use skillgap_esco::{Esco, SkillId, Text};

/// Words of a query that are looked at.
const WORDS_MAX: usize = 8;
/// Bytes of a folded word; no label has a longer one. One character may fold to eighteen, and what forgives typos grows with the word.
const WORD_BYTES_MAX: usize = 100;
/// Hits of one language that are weighed by their whole label.
const POOL: usize = 200;
/// How much a whole word, a beginning and a near miss count, for a preferred label; half of it for an alternative.
const WHOLE: f32 = 8.0;
const BEGINNING: f32 = 4.0;
const NEAR: f32 = 1.0;

/// One skill found by label.
#[derive(Clone, Debug, PartialEq)]
pub struct SkillHit {
    /// The skill.
    pub skill: SkillId,
    /// Language whose labels matched best.
    pub language: String,
    /// Comparable within one answer only.
    pub score: f32,
}

/// The index of ESCO's concepts.
pub struct ConceptIndex {
    fields: ConceptFields,
    /// Holds the index open; a generation's ESCO side never changes.
    searcher: Searcher,
}

impl ConceptIndex {
    /// Opens the index of a generation with these languages.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn open(index: &Index, languages: &[String]) -> Result<Self> {
        register_analyser(index);
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            fields: ConceptFields::new(languages),
            searcher: reader.searcher(),
        })
    }

    /// Descriptions of the concept with this URI, by language; none where the package has none.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn descriptions(&self, uri: &str) -> Result<Vec<Text>> {
        let query = TermQuery::new(
            Term::from_field_text(self.fields.uri, uri),
            IndexRecordOption::Basic,
        );
        let Some((_, address)) = self
            .searcher
            .search(&query, &TopDocs::with_limit(1).order_by_score())?
            .pop()
        else {
            return Ok(Vec::new());
        };
        let document: TantivyDocument = self.searcher.doc(address)?;
        let json = document
            .get_first(self.fields.descriptions)
            .and_then(|value| value.as_bytes());
        json.map_or(Ok(Vec::new()), |json| {
            serde_json::from_slice(json)
                .map_err(|error| CatalogueError::damaged("concepts", error.to_string()))
        })
    }

    /// Finds skills by what was typed so far, best first, ties by row. All words must match; the last may be unfinished. Up to two typos in a
    /// word of six letters or more are forgiven. `languages` empty means all.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn search(
        &self,
        esco: &Esco,
        typed: &str,
        languages: &[String],
        limit: usize,
    ) -> Result<Vec<SkillHit>> {
        let words: Vec<String> = words(typed)
            .into_iter()
            .take(WORDS_MAX)
            .map(|word| word.folded)
            .filter(|word| word.len() <= WORD_BYTES_MAX)
            .collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = |language: &String| languages.is_empty() || languages.contains(language);
        let of_language = |(language, preferred, alternative): &(String, Field, Field)| {
            let rows = self.rows(
                &typed_query(&words, *preferred, *alternative),
                POOL.max(limit),
            )?;
            let hit = |(skill, score)| {
                let score = score + whole_label_bonus(esco, skill, language, &words);
                SkillHit {
                    skill,
                    language: language.clone(),
                    score,
                }
            };
            Ok(rows.into_iter().map(hit).collect())
        };
        let by_language: Vec<Vec<SkillHit>> = self
            .fields
            .labels
            .par_iter()
            .filter(|(language, ..)| wanted(language))
            .map(of_language)
            .collect::<Result<_>>()?;
        let mut best: HashMap<SkillId, SkillHit> = HashMap::new();
        for hit in by_language.into_iter().flatten() {
            let known = best.entry(hit.skill).or_insert_with(|| hit.clone());
            if known.score < hit.score {
                *known = hit;
            }
        }
        let mut hits: Vec<SkillHit> = best.into_values().collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.skill.cmp(&b.skill)));
        hits.truncate(limit);
        Ok(hits)
    }

    fn rows(&self, query: &dyn Query, limit: usize) -> Result<Vec<(SkillId, f32)>> {
        let found = self
            .searcher
            .search(query, &TopDocs::with_limit(limit).order_by_score())?;
        let mut rows = Vec::with_capacity(found.len());
        for (score, address) in found {
            let column = self
                .searcher
                .segment_reader(address.segment_ord)
                .fast_fields()
                .u64("row")?;
            rows.extend(
                column
                    .first(address.doc_id)
                    .map(|row| (SkillId(row as u32), score)),
            );
        }
        Ok(rows)
    }
}

/// Every word must match in the preferred or an alternative label; the best way in which it matches counts.
fn typed_query(words: &[String], preferred: Field, alternative: Field) -> BooleanQuery {
    let clauses = words.iter().enumerate().map(|(at, word)| {
        let last = at + 1 == words.len();
        let ways = [(preferred, 1.0), (alternative, 0.5)]
            .into_iter()
            .flat_map(|(field, share)| ways_to_match(word, last, field, share));
        (
            Occur::Must,
            Box::new(DisjunctionMaxQuery::new(ways.collect())) as Box<dyn Query>,
        )
    });
    BooleanQuery::new(clauses.collect())
}

fn ways_to_match(
    word: &str,
    may_be_unfinished: bool,
    field: Field,
    share: f32,
) -> Vec<Box<dyn Query>> {
    let term = || Term::from_field_text(field, word);
    let scored = |query: Box<dyn Query>, score: f32| {
        Box::new(BoostQuery::new(
            Box::new(ConstScoreQuery::new(query, 1.0)),
            score * share,
        )) as Box<dyn Query>
    };
    let mut ways = vec![scored(
        Box::new(TermQuery::new(term(), IndexRecordOption::Basic)),
        WHOLE,
    )];
    if may_be_unfinished {
        ways.push(scored(
            Box::new(FuzzyTermQuery::new_prefix(term(), 0, true)),
            BEGINNING,
        ));
    }
    let typos = typos_forgiven(word);
    if typos > 0 {
        let near = if may_be_unfinished {
            FuzzyTermQuery::new_prefix(term(), typos, true)
        } else {
            FuzzyTermQuery::new(term(), typos, true)
        };
        ways.push(scored(Box::new(near), NEAR));
    }
    ways
}

fn typos_forgiven(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    }
}

/// Labels that are, or begin with, exactly what was typed come first; among others the one with fewer further words.
fn whole_label_bonus(esco: &Esco, skill: SkillId, language: &str, typed: &[String]) -> f32 {
    let Some(labels) = esco.skills.get(skill.row()).and_then(|skill| {
        skill
            .labels
            .iter()
            .find(|labels| labels.language == language)
    }) else {
        return 0.0;
    };
    let bonus = |label: &str, share: f32| {
        let label: Vec<String> = words(label).into_iter().map(|word| word.folded).collect();
        let further = label.len().saturating_sub(typed.len()) as f32;
        let begins = label.len() >= typed.len()
            && label
                .iter()
                .zip(typed)
                .all(|(ours, theirs)| ours.starts_with(theirs.as_str()));
        let by_beginning = if label == *typed {
            8.0
        } else if begins {
            4.0
        } else {
            0.0
        };
        share * by_beginning + 1.0 / (1.0 + further)
    };
    let alternatives = labels.alternatives.iter().map(|label| bonus(label, 0.5));
    alternatives.fold(bonus(&labels.preferred, 1.0), f32::max)
}
