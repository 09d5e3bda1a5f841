//! How does a message of the contract become an answer? Decoded and checked whole, answered by the engine on one snapshot, encoded.
//!
//! The only folder that names generated code and [`tonic::Status`].

mod call;
mod catalogue;
mod client;
pub mod codec;
mod compare;
mod cursor;
mod decode;
mod encode;
mod former;
mod json;
mod matching;
mod observe;
mod page;
mod reachable;
mod server;
mod skills;
mod status;
mod stream;
mod transparency;
mod upsert;

pub use call::Context;
pub use client::{Imported, import};
pub use json::{reachable_json, recommend_json};
pub use server::GrpcServer;

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
    tonic::include_proto!("skillgap.v1");
    include!(concat!(env!("OUT_DIR"), "/skillgap.v1.serde.rs"));

    /// The contract itself, for reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/skillgap.v1.bin"));
}
