//! Do the stages keep their promises on any input? Properties on random input with fixed seeds, fast paths against slow ones, and the traps.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)] // A test that cannot go on has failed; tables are for people.

mod ads;
mod candidates;
mod counterfactual;
mod edges;
mod gap;
mod levels;
mod mangled;
mod modules;
mod occupations;
mod offers;
mod order;
mod pathway;
mod ranking;
mod small;
mod wording;
mod world;
