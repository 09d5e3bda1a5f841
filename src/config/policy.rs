//! What does the operator decide that no source states? What currencies are worth, whose accreditation counts, and whose signature; each in a file of its own.

use std::path::Path;
use std::sync::Arc;

use config::{File, FileFormat};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use skillgap_catalogue::accreditors::Accreditors;
use skillgap_credentials::rates::Rates;
use skillgap_credentials::verify::Keys;

use super::Problem;

/// What the operator decided. By default nothing: no currency is compared with another, and every body counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Rates of exchange.
    pub rates: Option<Arc<Rates>>,
    /// Bodies whose accreditation counts.
    pub accreditors: Option<Arc<Accreditors>>,
    /// Keys by which signatures of documents are verified.
    pub keys: Option<Arc<Keys>>,
}

/// The file of accreditors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccreditorFile {
    source: String,
    accreditors: Vec<String>,
}

impl Policy {
    /// Reads the files; an empty path is none.
    pub(super) fn load(
        rates: &Path,
        accreditors: &Path,
        keys: &Path,
    ) -> Result<Self, Vec<Problem>> {
        let rates = read(rates, "money.rates", Rates::fault);
        let accreditors = read(accreditors, "trust.accreditors", AccreditorFile::fault);
        let keys = read_keys(keys);
        match (rates, accreditors, keys) {
            (Ok(rates), Ok(accreditors), Ok(keys)) => {
                let list = accreditors.map(|file| {
                    Accreditors::new(&file.source, file.accreditors.iter().map(String::as_str))
                });
                Ok(Self {
                    rates: rates.map(Arc::new),
                    accreditors: list.map(Arc::new),
                    keys: keys.map(Arc::new),
                })
            }
            (rates, accreditors, keys) => {
                let faults = [rates.err(), accreditors.err(), keys.err()];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }
}

impl AccreditorFile {
    fn fault(&self) -> Option<String> {
        if self.source.trim().is_empty() {
            return Some("source: is empty; say whose list it is".to_owned());
        }
        self.accreditors
            .iter()
            .all(|name| name.trim().is_empty())
            .then(|| "accreditors: names nobody".to_owned())
    }
}

/// Reads the JWK set.
fn read_keys(path: &Path) -> Result<Option<Keys>, Problem> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
    let keys = text.and_then(|text| Keys::parse(&text));
    keys.map(Some).map_err(|allowed| Problem {
        key: "trust.keys".to_owned(),
        origin: path.display().to_string(),
        allowed,
    })
}

/// Reads a TOML file that `key` names. What is wrong with it is a problem of that key.
fn read<T: DeserializeOwned>(
    path: &Path,
    key: &str,
    fault: fn(&T) -> Option<String>,
) -> Result<Option<T>, Problem> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let problem = |allowed: String| Problem {
        key: key.to_owned(),
        origin: path.display().to_string(),
        allowed,
    };
    let read = config::Config::builder()
        .add_source(File::from(path).format(FileFormat::Toml))
        .build();
    let table: T = read
        .and_then(config::Config::try_deserialize)
        .map_err(|error| problem(error.to_string()))?;
    match fault(&table) {
        Some(fault) => Err(problem(fault)),
        None => Ok(Some(table)),
    }
}
