//! What runs the service? Threads for its work, the snapshot that it answers from, logs, metrics, the admin port, start and drain.
//!
//! Only [`serve`] knows the wire; everything else here is used by it and by `rpc`.

pub mod admin;
pub mod metrics;
pub mod pool;
pub mod serve;
pub mod snapshots;
pub mod telemetry;
pub mod writes;
