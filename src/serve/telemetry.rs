//! What does the service say of itself? Lower-case lines with named values, for people or as JSON; never the text of a request.

use std::io;
use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::util::TryInitError;

use crate::config::{Log, LogFormat};

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives cannot be read.
    #[error("log.filter: {0}")]
    Filter(#[from] ParseError),
    /// Something else logs already.
    #[error("logging was set up before: {0}")]
    Twice(#[from] TryInitError),
}

/// Sends logs to stderr from now on, and keeps the messages of panics out of them, since those may quote a request.
///
/// # Errors
/// [`TelemetryError`]; the configuration has checked the directives.
pub fn init(log: &Log) -> Result<(), TelemetryError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&log.filter)?)
        .with_writer(io::stderr);
    match log.format {
        LogFormat::Plain => lines.with_ansi(false).finish().try_init()?,
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .finish()
            .try_init()?,
    }
    panic::set_hook(Box::new(|panic| {
        let location = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(location, "panicked");
    }));
    Ok(())
}
