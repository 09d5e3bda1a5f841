//! Do the stages keep their promises on any input? Properties on random input with fixed seeds, fast paths against slow ones, and the traps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test that cannot go on has failed.

mod ads;
mod candidates;
mod edges;
mod gap;
mod levels;
mod order;
mod pathway;
mod ranking;
mod reach;
mod world;
