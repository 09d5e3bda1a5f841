//! skillgap: from a job ad and a person to the credentials that close the gap, ranked, explained, and stacked into a short pathway.
//!
//! ```text
//! ad text ─ demand ─► Demand ─ gap(profile) ─► Gap ─ candidates ─► Candidates ─ rank ─► Ranked ─ pathway ─► Pathway ─ present ─► response
//! ```
//! A side road leads from the profile to `occupations`.
//!
//! Each stage is a folder of its own, synchronous, without IO, clock or logging; [`engine`] calls them in order on one snapshot of the
//! catalogue. [`api`] has the methods of the contract: it checks requests, calls the engine, and presents answers in messages and sentences.

pub mod api;
pub mod candidates;
pub mod cli;
pub mod config;
pub mod demand;
pub mod engine;
pub mod error;
pub mod gap;
pub mod limits;
pub mod occupations;
pub mod pathway;
pub mod rank;
pub mod rpc;
pub mod serve;
pub mod web;

pub use error::{Error, Result};
pub use limits::Limits;
