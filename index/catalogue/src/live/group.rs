//! What do many changes do together? Each is decided on what those before it left, and only the last state of each credential is written.

use std::collections::BTreeMap;

use tantivy::{IndexWriter, Term};

use super::super::Catalogue;
use super::super::commit::{Commit, Entry, LogPosition, Tally};
use super::super::infer::infer_links;
use super::change::{Change, Outcome, Write, delete, upsert};
use crate::error::Result;
use crate::schema::{CredentialFields, Given};
use skillgap_credentials::credential::Credential;

/// Changes that are committed together.
pub(super) struct Group<'a> {
    catalogue: &'a Catalogue,
    commit: Commit,
    by_id: BTreeMap<String, Known>,
}

/// What is known of one id.
#[derive(Default)]
struct Known {
    /// What the last commit holds.
    before: Option<(Entry, Tally)>,
    /// Hash of what the last commit serves, while no change has made anything else of it.
    served: Option<u64>,
    /// What the changes so far make of it.
    now: Option<Entry>,
    write: Option<(Write, u64)>,
}

impl<'a> Group<'a> {
    /// Begins at the commit that the catalogue is at.
    pub fn new(catalogue: &'a Catalogue, commit: Commit) -> Self {
        Self {
            catalogue,
            commit,
            by_id: BTreeMap::new(),
        }
    }

    /// Whether a change can only be decided on once those before it are linked and committed: it may be what one of them will be served as. Decisions do
    /// not depend on which changes happen to be committed together, so that all machines that follow one log make the same.
    pub fn must_end_before(&self, change: &Change) -> bool {
        let Change::Upsert(credential) = change else {
            return false;
        };
        let known = self.by_id.get(&credential.id);
        let Some((Write::Put(written, given), _)) = known.and_then(|known| known.write.as_ref())
        else {
            return false;
        };
        if Given::of(credential).hash == given.hash {
            return false;
        }
        let mut unlinked = credential.clone();
        for (outcome, before) in unlinked.outcomes.iter_mut().zip(&written.outcomes) {
            if before.skills.is_empty() {
                outcome.skills.clear();
            }
        }
        Given::of(&unlinked).hash == given.hash
    }

    /// Decides on one change, whose number is the next one, or that of its message in a log.
    ///
    /// # Errors
    /// What the catalogue says when it is asked for what is stored.
    pub fn decide(&mut self, change: Change, number: Option<u64>) -> Result<Outcome> {
        let (id, done) = match &change {
            Change::Upsert(_) => (change.id().to_owned(), Outcome::Written),
            Change::Delete { .. } => (change.id().to_owned(), Outcome::Deleted),
        };
        if !self.by_id.contains_key(&id) {
            let known = self.stored(&id)?;
            self.by_id.insert(id.clone(), known);
        }
        let known = self.by_id.entry(id.clone()).or_default();
        let decided = match change {
            Change::Upsert(credential) => {
                let given = Given::of(&credential);
                upsert(credential, given, known.now.as_ref(), known.served)
            }
            Change::Delete { version, .. } => delete(version, known.now.as_ref()),
        };
        let write = match decided {
            Ok(write) => write,
            Err(outcome) => return Ok(outcome),
        };
        let sequence = number.unwrap_or(self.commit.sequence + 1);
        self.commit.sequence = sequence;
        known.now = Some(match &write {
            Write::Put(credential, given) => Entry::here(credential, given, Some(sequence)),
            Write::Mark(version) => Entry::gone(&id, *version, sequence),
        });
        (known.write, known.served) = (Some((write, sequence)), None);
        Ok(done)
    }

    /// What the last commit holds under an id.
    fn stored(&self, id: &str) -> Result<Known> {
        let credentials = &self.catalogue.credentials;
        let Some(address) = credentials.find(id)? else {
            return Ok(Known::default());
        };
        let entry = Entry::read(credentials.segment(address), address.doc_id);
        if !entry.here {
            return Ok(Known {
                before: Some((entry, Tally::default())),
                now: Some(entry),
                ..Known::default()
            });
        }
        let record = credentials.record(address)?;
        let tally = Tally::of(&record, &self.catalogue.esco);
        Ok(Known {
            before: Some((entry, tally)),
            served: Some(Given::of(&record).hash),
            now: Some(entry),
            write: None,
        })
    }

    /// Notes that everything of a log up to a number is there.
    pub fn reach(&mut self, number: u64, position: LogPosition) {
        self.commit.sequence = number;
        self.commit.log = Some(position);
    }

    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.by_id.values().all(|known| known.write.is_none())
    }

    /// Links what is to be written and hands all to tantivy's writer; says what the commit will hold.
    ///
    /// # Errors
    /// What tantivy says.
    pub fn write(self, fields: &CredentialFields, writer: &IndexWriter) -> Result<Commit> {
        let (esco, mut commit) = (&self.catalogue.esco, self.commit);
        let (mut credentials, mut given) = (Vec::<Credential>::new(), Vec::new());
        for (id, known) in self.by_id {
            let Some((write, sequence)) = known.write else {
                continue;
            };
            if let Some((entry, tally)) = &known.before {
                commit.remove(entry, *tally);
            }
            writer.delete_term(Term::from_field_text(fields.id, &id));
            match write {
                Write::Mark(version) => {
                    writer.add_document(fields.tombstone(&id, version, sequence))?;
                    commit.add(&Entry::gone(&id, version, sequence), Tally::default());
                }
                Write::Put(credential, as_given) => {
                    credentials.push(*credential);
                    given.push((as_given, sequence));
                }
            }
        }
        infer_links(
            &mut credentials,
            esco,
            &self.catalogue.linker,
            &|_, _, _| {},
        );
        for (credential, (given, sequence)) in credentials.iter().zip(&given) {
            writer.add_document(fields.document(credential, given, Some(*sequence), esco)?)?;
            commit.add(
                &Entry::here(credential, given, Some(*sequence)),
                Tally::of(credential, esco),
            );
        }
        Ok(commit)
    }
}
