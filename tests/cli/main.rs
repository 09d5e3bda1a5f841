//! Does the command line do what the design fixes: these names, formats and exit codes, on good input, on bad input and when interrupted?

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)] // A test that cannot go on has failed.

mod building;
mod commands;
mod credentials;
mod damage;
mod importing;
mod interrupted;
mod keys;
mod lines;
mod market;
mod migrating;
mod read_only;
mod support;
