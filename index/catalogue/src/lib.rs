//! What does a request see? One generation of ESCO and one commit of credentials, whole and unchanging.

pub mod accreditors;
mod assemble;
pub mod assessment;
mod columns;
mod commit;
mod concepts;
mod credentials;
mod directory;
mod disk;
mod durable;
mod effects;
pub mod error;
mod facets;
mod facts;
mod infer;
#[cfg(test)]
mod infer_tests;
mod level_taught;
pub use level_taught::level_taught;
mod live;
mod manifest;
pub mod meaning;
mod near;
mod offered;
mod offers;
mod open;
pub mod schema;
mod search;
mod segment;
mod skill_postings;
mod starter;
mod teaching;
pub mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use tantivy::DocAddress;
use tantivy::Index;

pub use columns::{Sizes, Teaching};
pub use commit::{Commit, LogPosition, Tally};
pub use concepts::{ConceptIndex, SkillHit};
pub use credentials::CredentialIndex;
pub use disk::{Built, build, built, current, scratch};
pub use effects::{Effect, effects};
pub use error::{CatalogueError, Result};
pub use facets::Facet;
pub use facts::{Facts, Filter, Near};
pub use infer::Progress;
pub use live::{
    Carried, Change, Logged, Outcome, Refusal, Store, adopt, backup, changes_of_others, committed,
    copy_commit, latest, restore,
};
pub use manifest::{FileSum, Manifest};
pub use open::open;
pub use search::{Cursor, Found, Search, Sort};
pub use skill_postings::Taught;
pub use starter::{STARTER_ATTRIBUTION, starter, starter_credentials, starter_esco};
/// Where a credential lies in a snapshot.
pub use tantivy::DocAddress as Place;

use crate::schema::{ConceptFields, CredentialFields};
use skillgap_credentials::credential::Credential;
use skillgap_esco::graph::SkillGraph;
use skillgap_esco::{Esco, NodeId, SkillId, label_in};
use skillgap_linker::Linker;
use skillgap_linker::encoder::Encoder;

/// One snapshot of everything that requests are answered from. Snapshots of one generation share all but the credentials.
pub struct Catalogue {
    /// Versions, counts and checksums.
    pub manifest: Manifest,
    /// ESCO without descriptions.
    pub esco: Arc<Esco>,
    /// ESCO's relations between skills.
    pub graph: Arc<SkillGraph>,
    /// Links texts to skills.
    pub linker: Arc<Linker>,
    /// Search over labels, and descriptions.
    pub concepts: Arc<ConceptIndex>,
    /// Search over credentials.
    pub credentials: CredentialIndex,
}

impl Catalogue {
    /// Builds a catalogue in memory. Meant for starter data and tests; [`build`] and [`open`] are for the rest.
    ///
    /// # Errors
    /// What the parts say.
    pub fn in_memory(esco: Esco, credentials: Vec<Credential>) -> Result<Self> {
        let concept_index = Index::create_in_ram(ConceptFields::new(&esco.languages).schema);
        let assembled = assemble::assemble(esco, credentials, &concept_index, &|_, _, _| {})?;
        let credential_index = Index::create_in_ram(CredentialFields::new().schema);
        let commit = assemble::write_credentials(&credential_index, &assembled, &|_, _, _| {})?;
        let mut manifest = Manifest {
            format: manifest::FORMAT,
            generation: assembled.content,
            esco_version: assembled.esco.version.clone(),
            languages: assembled.esco.languages.clone(),
            encoder_version: Encoder::carried()?.version().to_owned(),
            starter: false,
            counts: assembled.counts,
            commit: 0,
            files: BTreeMap::new(),
        };
        manifest.at(&commit);
        Ok(Self {
            graph: Arc::new(SkillGraph::new(&assembled.esco)),
            concepts: Arc::new(ConceptIndex::open(&concept_index, &manifest.languages)?),
            credentials: CredentialIndex::open(&credential_index, None)?,
            linker: Arc::new(assembled.linker),
            esco: Arc::new(assembled.esco),
            manifest,
        })
    }

    /// Links credentials that are not in the catalogue, as those in it are: outcomes without links get inferred ones.
    pub fn link_outcomes(&self, credentials: &mut [Credential]) {
        infer::infer_links(credentials, &self.esco, &self.linker, &|_, _, _| {});
    }

    /// Whether a credential, linked, teaches a skill of this version of ESCO.
    pub fn teaches(&self, credential: &Credential) -> bool {
        infer::teaches(credential, &self.esco)
    }

    /// The same generation at another commit.
    fn at(&self, credentials: CredentialIndex, commit: &Commit) -> Self {
        let mut manifest = self.manifest.clone();
        manifest.at(commit);
        Self {
            manifest,
            esco: Arc::clone(&self.esco),
            graph: Arc::clone(&self.graph),
            linker: Arc::clone(&self.linker),
            concepts: Arc::clone(&self.concepts),
            credentials,
        }
    }

    /// The label of a skill in the language asked for, else in English, else in any; its URI if it has no label.
    pub fn skill_label(&self, skill: SkillId, language: &str) -> &str {
        self.esco.skills.get(skill.row()).map_or("", |skill| {
            label_in(&skill.labels, language).unwrap_or(&skill.uri)
        })
    }

    /// The URI of a skill.
    pub fn skill_uri(&self, skill: SkillId) -> &str {
        self.esco
            .skills
            .get(skill.row())
            .map_or("", |skill| skill.uri.as_str())
    }

    /// URI and label of a skill or skill group.
    pub fn node(&self, node: NodeId, language: &str) -> (&str, &str) {
        if let Some(skill) = self.graph.as_skill(node) {
            return (self.skill_uri(skill), self.skill_label(skill, language));
        }
        let group = self
            .esco
            .groups
            .get(node.0 as usize - self.esco.skills.len());
        group.map_or(("", ""), |group| {
            (
                &group.uri,
                label_in(&group.labels, language).unwrap_or(&group.uri),
            )
        })
    }
}
