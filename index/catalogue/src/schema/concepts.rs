//! How do ESCO's concepts lie in tantivy? One document a skill, in the order of rows, then one an occupation; labels by language.

use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, STORED, STRING, Schema};

use super::text;
use crate::error::{CatalogueError, Result};
use skillgap_esco::{Esco, Labels};

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
                (
                    language.clone(),
                    field(&mut builder, "preferred"),
                    field(&mut builder, "alternative"),
                )
            })
            .collect();
        Self {
            schema: builder.build(),
            uri,
            row,
            descriptions,
            labels,
        }
    }

    /// All documents: skills, then occupations.
    pub fn documents<'a>(
        &'a self,
        esco: &'a Esco,
    ) -> impl Iterator<Item = Result<TantivyDocument>> + 'a {
        let skills = esco.skills.iter().enumerate().map(|(row, skill)| {
            let mut document = self.document(&skill.uri, &skill.descriptions)?;
            document.add_u64(self.row, row as u64);
            skill
                .labels
                .iter()
                .for_each(|labels| self.add_labels(labels, &mut document));
            Ok(document)
        });
        let occupations = esco
            .occupations
            .iter()
            .filter(|occupation| !occupation.descriptions.is_empty());
        skills.chain(
            occupations.map(|occupation| self.document(&occupation.uri, &occupation.descriptions)),
        )
    }

    fn document(&self, uri: &str, descriptions: &[skillgap_esco::Text]) -> Result<TantivyDocument> {
        let mut document = TantivyDocument::default();
        document.add_text(self.uri, uri);
        if !descriptions.is_empty() {
            let json = serde_json::to_vec(descriptions)
                .map_err(|error| CatalogueError::input(uri, error.to_string()))?;
            document.add_bytes(self.descriptions, &json);
        }
        Ok(document)
    }

    fn add_labels(&self, labels: &Labels, document: &mut TantivyDocument) {
        let Some((_, preferred, alternative)) = self
            .labels
            .iter()
            .find(|(language, ..)| *language == labels.language)
        else {
            return;
        };
        if !labels.preferred.is_empty() {
            document.add_text(*preferred, &labels.preferred);
        }
        labels
            .alternatives
            .iter()
            .for_each(|label| document.add_text(*alternative, label));
    }
}
