//! How much may a request hold? Every limit on what a caller sends, in one place, with its unit; those of files stand in
//! `skillgap_credentials::check`, those of connections, places and changes in `config`.

use serde::Deserialize;

/// Limits on what comes from outside. The defaults are those of `src/config/default.toml`; a test holds that they agree.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one message on the wire.
    pub message_bytes_max: usize,
    /// Bytes that one message may take in memory once it is decoded.
    pub decoded_bytes_max: usize,
    /// Bytes of one answer.
    pub answer_bytes_max: usize,
    /// Bytes of all messages that are not whole yet.
    pub unfinished_bytes_max: usize,
    /// Bytes of all answers that are not read yet.
    pub unread_bytes_max: usize,
    /// Milliseconds for an answer to be read.
    pub unread_ms_max: u64,
    /// Feeds that may be open.
    pub feeds_max: usize,
    /// Milliseconds for the next message of a feed, whole.
    pub idle_ms_max: u64,
    /// Bytes of an ad, and of a profile's text.
    pub ad_bytes_max: usize,
    /// Bytes of a term, sentence or outcome to link.
    pub text_bytes_max: usize,
    /// Bytes of the words of a search for credentials.
    pub query_bytes_max: usize,
    /// Bytes of what was typed of a skill so far.
    pub typed_bytes_max: usize,
    /// Skills, occupations and credentials of one profile.
    pub skills_held_max: usize,
    /// Skills of one demand.
    pub skills_demanded_max: usize,
    /// Results a page.
    pub top_k_max: usize,
    /// Results that can be reached by paging.
    pub results_max: usize,
    /// Credentials that are scored for one request.
    pub candidates_max: usize,
    /// Credentials of one pathway.
    pub pathway_steps_max: usize,
    /// Documents of one profile.
    pub documents_max: usize,
    /// Outcomes of all documents of one profile that are linked to skills.
    pub document_outcomes_max: usize,
    /// Entries of one list of a credential that is to be stored.
    pub credential_entries_max: usize,
    /// Credentials of one batch that is to be stored.
    pub batch_credentials_max: usize,
    /// Bytes of an answer in pages, beyond which a page ends.
    pub page_bytes_max: usize,
    /// Milliseconds for one request where the caller sets no deadline, and at most.
    pub deadline_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes_max: 1 << 20,
            decoded_bytes_max: 32 << 20,
            answer_bytes_max: 16 << 20,
            unfinished_bytes_max: 64 << 20,
            unread_bytes_max: 128 << 20,
            unread_ms_max: 30_000,
            feeds_max: 32,
            idle_ms_max: 60_000,
            ad_bytes_max: 64 << 10,
            text_bytes_max: 4 << 10,
            query_bytes_max: 1 << 10,
            typed_bytes_max: 200,
            skills_held_max: 500,
            skills_demanded_max: 200,
            top_k_max: 100,
            results_max: 10_000,
            candidates_max: 256,
            pathway_steps_max: 10,
            documents_max: 20,
            document_outcomes_max: 500,
            credential_entries_max: 1_000,
            batch_credentials_max: 500,
            page_bytes_max: 4_128_768,
            deadline_ms: 10_000,
        }
    }
}
