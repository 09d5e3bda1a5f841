//! Does the service keep its contract over a real socket? One test a behaviour, every error code included, on starter data.
//!
//! Each test starts a service of its own on port 0; the catalogue is opened once for all of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod backup;
mod catalogue;
mod codes;
mod contract;
mod documents;
mod drain;
mod former;
mod full_disk;
mod http;
mod invalid;
mod keys;
mod killed;
mod matching;
mod openapi;
mod operations;
mod page;
mod paging;
mod pathway;
mod reachable;
mod reload;
mod rest;
mod search;
mod signal;
mod skills;
mod stream;
mod support;
mod tls;
mod trust;
mod wire_limits;
mod writes;
