//! The services of the contract over gRPC and REST: how a call and a feed are run, and the tables of routes.

mod call;
pub mod codec;
pub mod paths;
pub mod problem;
pub mod rest;
mod routes;
mod stream;

pub use call::Context;
pub(crate) use call::Method;
pub use paths::Rpc;
pub use routes::{SERVICES, routes};
pub(crate) use stream::{Answers, stream_recommendations};
