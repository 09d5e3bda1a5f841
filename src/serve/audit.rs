//! The audit log: a line of JSON for each change and each refusal for want of a key, with who and what, and nothing that a caller wrote.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde::Serialize;
use skillgap_credentials::day;

const SECONDS_A_DAY: u64 = 86_400;

/// How many credentials a change was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Written or deleted.
    pub n_changed: usize,
    /// There already, or not there any more.
    pub n_unchanged: usize,
    /// Refused.
    pub n_refused: usize,
}

/// What is noted of a call.
#[derive(Debug, Serialize)]
pub struct Entry<'e> {
    /// What happened: `change` or `denied`.
    pub event: &'static str,
    /// The name of the key; none without one that is known.
    pub key: Option<&'e str>,
    /// Service and method.
    pub method: &'e str,
    /// The code of gRPC, in small letters.
    pub code: &'static str,
    /// What became of the credentials; none where there was no answer.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Changed>,
    /// Names the call in the log of the service, too.
    pub request_id: &'e str,
}

#[derive(Serialize)]
struct Line<'e> {
    time: String,
    #[serde(flatten)]
    entry: &'e Entry<'e>,
}

/// The file, if there is one. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Audit(Option<Arc<Mutex<File>>>);

impl Audit {
    /// Adds to a file from now on, which others cannot read if it is new; an empty path is no file.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        if path.as_os_str().is_empty() {
            return Ok(Self(None));
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o640)
            .open(path)?;
        Ok(Self(Some(Arc::new(Mutex::new(file)))))
    }

    /// Adds a line. One that cannot be written is logged as an error, and the call goes on.
    pub fn write(&self, entry: &Entry<'_>) {
        let Some(file) = &self.0 else { return };
        let line = Line {
            time: time(SystemTime::now()),
            entry,
        };
        let Ok(mut line) = serde_json::to_string(&line) else {
            return;
        };
        line.push('\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(line.as_bytes()) {
            tracing::error!(%error, "the audit log cannot be written");
        }
    }
}

/// A time as ISO 8601 has it, in UTC.
fn time(at: SystemTime) -> String {
    let seconds = at.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = seconds.map_or(0, |since| since.as_secs());
    let day = i64::try_from(seconds / SECONDS_A_DAY).unwrap_or_default();
    let (minutes, second) = (seconds % SECONDS_A_DAY / 60, seconds % 60);
    let day = day::format(day).unwrap_or_default();
    format!("{day}T{:02}:{:02}:{second:02}Z", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_120_207);
        assert_eq!(time(at), "2026-12-01T10:16:47Z");
        assert_eq!(time(SystemTime::UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }
}
