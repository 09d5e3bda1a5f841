//! Does the service hold against callers that mean it ill, and serve the others meanwhile? Each attack runs against the program itself, over real
//! sockets and one at a time, and prints what it cost: memory of the program, what was refused, and the times of an honest caller beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and figures are printed"
)]

mod connections;
mod entries;
mod http1;
mod overload;
mod small_messages;
mod support;
mod unfinished;
mod unread;
