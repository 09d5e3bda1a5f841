//! The gRPC server: what listens on the port, how a call is run, counted and given up.

mod call;
pub mod codec;
mod observe;
mod server;
mod stream;

pub use call::Context;
pub(crate) use call::deadline;
pub use server::GrpcServer;
pub(crate) use stream::{Answers, stream_recommendations};
