//! The data of a command: a directory or starter data, opened, and looked at as a request does.

use std::path::PathBuf;

use skillgap_catalogue::{self as catalogue, Catalogue, CatalogueError};
use skillgap_credentials::day;

use crate::api::View;
use crate::config::Policy;
use crate::engine::Watch;
use crate::limits::Limits;

/// Where a command finds its data.
#[derive(clap::Args)]
pub(super) struct Data {
    /// Directory that `skillgap index` built; starter data if absent.
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
}

impl Data {
    /// Opens the catalogue.
    pub(super) fn open(&self) -> Result<Catalogue, CatalogueError> {
        self.data_dir
            .as_deref()
            .map_or_else(catalogue::starter, catalogue::open)
    }
}

/// Looks at a catalogue as a request does that has all the time in the world.
pub(super) fn with_view<T>(
    catalogue: &Catalogue,
    limits: &Limits,
    policy: &Policy,
    answer: impl FnOnce(&View<'_>) -> T,
) -> T {
    answer(&View {
        catalogue,
        market: None,
        limits,
        policy,
        today: day::today(),
        unheard_seconds: None,
        watch: &Watch::unlimited(),
    })
}
