//! `skillgap log`: makes the log that several machines follow, the first time and again, and says how far it reaches.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use crate::config::{Config, Overrides};
use crate::serve::log::{self, ChangeLog, publish as operate};

/// What is done to the log.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Makes the log from a data directory: the first time, or when the servers have lost it. Choose the replica with the highest number (`skillgap check`).
    Rebuild {
        /// Data directory; a service may run on it.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Configuration file with [change_log].
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Also where there is a log already: what it holds and the directory does not is lost.
        #[arg(long)]
        replace: bool,
    },
    /// Says how far the log reaches.
    Status {
        /// Configuration file with [change_log].
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match command {
        Command::Rebuild {
            from,
            config,
            replace,
        } => {
            let base = with_log(config, async |log| {
                Ok(operate::rebuild(&*log, from, *replace).await?)
            })?;
            let (generation, number) = (base.generation, base.number);
            writeln!(
                out,
                "made the log from generation {generation} and {number} changes"
            )?;
        }
        Command::Status { config } => {
            match with_log(config, async |log| Ok(log.bounds().await?))? {
                None => writeln!(out, "there is no log")?,
                Some(bounds) => writeln!(
                    out,
                    "epoch {}: made at change {}, keeps {} to {}",
                    bounds.epoch, bounds.base.number, bounds.first, bounds.last
                )?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Has all who follow the log go on with the generation of a directory; returns the number of that message.
pub(super) fn publish(config: &Path, data_dir: &Path) -> anyhow::Result<u64> {
    with_log(config, async |log| {
        Ok(operate::publish(&*log, data_dir).await?)
    })
}

fn with_log<T>(
    config: &Path,
    work: impl AsyncFnOnce(Arc<dyn ChangeLog>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    // Where the service listens, and on which directory it runs, is of no interest here.
    let overrides = Overrides {
        insecure: true,
        data_dir: Some(PathBuf::from(".")),
        ..Overrides::default()
    };
    let settings = Config::load(Some(config), &overrides)?.change_log;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let log = log::open(&settings).await?;
        work(log.context("change_log.servers is empty")?).await
    })
}
