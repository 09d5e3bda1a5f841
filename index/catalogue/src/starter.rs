//! What does the binary carry, so that a clone works at once? An excerpt of ESCO and 44 real microcredentials; see `index/starter/README.md`.

use super::Catalogue;
use crate::error::{CatalogueError, Result};
use skillgap_credentials::credential::Credential;
use skillgap_credentials::files::{Ids, read_lines};
use skillgap_esco::Esco;
use skillgap_esco::package::read_zip_bytes;
use skillgap_esco::report::ReadReport;

const ESCO_ZIP: &[u8] = include_bytes!("../../starter/esco.zip");
const CREDENTIALS: &[u8] = include_bytes!("../../starter/credentials.jsonl");

/// The line that says what the excerpt is.
const VERSION: &str = "excerpt of ESCO 1.2 (skills) and 1.1.1 (ICT knowledge and occupations)";

/// Sources to be named wherever starter data are shown.
pub const STARTER_ATTRIBUTION: [&str; 2] = [
    "This service uses the ESCO classification of the European Commission.",
    "Cedefop (2023), Microcredentials for labour market education and training: the added value for end users, CC BY 4.0.",
];

/// Opens the starter data, built in memory.
///
/// # Errors
/// [`CatalogueError::Damaged`] if the carried files cannot be read; a test holds that they can.
pub fn starter() -> Result<Catalogue> {
    let mut catalogue = Catalogue::in_memory(starter_esco()?, starter_credentials()?)?;
    catalogue.manifest.starter = true;
    Ok(catalogue)
}

/// Reads the carried excerpt of ESCO.
///
/// # Errors
/// As [`starter`].
pub fn starter_esco() -> Result<Esco> {
    let mut report = ReadReport::default();
    let mut esco = read_zip_bytes("starter/esco.zip", ESCO_ZIP, &mut report)?;
    esco.version = VERSION.to_owned();
    complete(&report, esco)
}

/// Reads the carried credentials.
///
/// # Errors
/// As [`starter`].
pub fn starter_credentials() -> Result<Vec<Credential>> {
    let (mut report, mut credentials) = (ReadReport::default(), Vec::new());
    let name = "starter/credentials.jsonl";
    read_lines(
        name,
        CREDENTIALS,
        &mut Ids::default(),
        &mut credentials,
        &mut report,
    )
    .map_err(|error| CatalogueError::damaged(name, error.to_string()))?;
    complete(&report, credentials)
}

fn complete<T>(report: &ReadReport, read: T) -> Result<T> {
    match report.rejected.first() {
        None => Ok(read),
        Some(rejected) => Err(CatalogueError::damaged(
            "starter data",
            rejected.to_string(),
        )),
    }
}
