//! The methods of the contract. One method is one pure function `fn(&View, Request) -> Result<Response>`: it checks the request whole, lets
//! the engine answer on one snapshot, and puts the answer in messages and sentences. gRPC, the command line and every later transport call
//! the same functions, and so give the same answers.
//!
//! [`check`](self) turns requests into domain types, [`present`](self) domain types into messages; only this folder and its adapters name
//! generated types.

mod catalogue;
mod changes;
mod changing;
mod check;
mod client;
pub mod grpc;
mod json;
mod market;
mod matching;
mod occupations;
mod page;
pub mod present;
pub mod rest;
mod skills;
pub mod status;
mod view;

pub use catalogue::{
    batch_get_credentials, check_credential, get_credential, get_server_info, search_credentials,
};
pub use client::{Imported, Importer};
pub use json::{answer_json, with_json_names};
pub use market::{list_occupation_demand, list_skill_demand};
pub use matching::{analyse_gap, extract_demand, plan_pathway, recommend_credentials};
pub use occupations::suggest_occupations;
pub use present::Words;
pub use skills::{get_occupation, get_skill, link_text, list_narrower, search_skills};
pub use view::View;

/// The messages and services of the contract, as generated from `proto/`.
#[allow(
    missing_docs,
    unused_qualifications,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
pub mod wire {
    pub use skillgap_credentials::proto::*;

    tonic::include_proto!("skillgap.v1");
    include!(concat!(env!("OUT_DIR"), "/skillgap.v1.serde.rs"));
    include!(concat!(env!("OUT_DIR"), "/enums.rs"));

    /// The contract itself, for reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/skillgap.v1.bin"));
}
