//! The services of the contract over gRPC: how a call and a feed are run, and the table of routes.

mod call;
pub mod codec;
mod routes;
mod stream;

pub use call::Context;
pub use routes::{SERVICES, routes};
pub(crate) use stream::{Answers, stream_recommendations};
