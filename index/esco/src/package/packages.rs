//! Which files do the given zips and folders hold, and how is one opened? All are listed before any is read, so that order does not matter.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::capped::Capped;
use super::file_name::{self, Kind};
use crate::error::{DataError, Result};
use crate::table::unreadable;

/// The most levels of folders that are searched.
const FOLDER_DEPTH_MAX: usize = 16;

/// One CSV file of a package.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    /// Name in messages: the path, and the entry's name after `!` where it lies in a zip.
    pub(super) name: String,
    /// What it holds.
    pub(super) kind: Kind,
    /// Language by its name.
    pub(super) language: Option<String>,
    place: Place,
}

impl SourceFile {
    /// The name without folders.
    pub(super) fn base_name(&self) -> &str {
        base_name(&self.name)
    }
}

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
enum Place {
    Disk(PathBuf),
    Entry { archive: usize, entry: usize },
}

/// The bytes of a zip, on disk or in memory.
trait ZipInput: Read + Seek {}

impl<T: Read + Seek> ZipInput for T {}

/// Everything that was given, listed.
#[derive(Default)]
pub(super) struct Packages<'a> {
    /// CSV files in the order in which they were found.
    pub(super) files: Vec<SourceFile>,
    given: Vec<String>,
    archives: Vec<(String, ZipArchive<Box<dyn ZipInput + 'a>>)>,
}

impl<'a> Packages<'a> {
    /// Lists a zip, a folder or a CSV file.
    pub(super) fn add_path(&mut self, path: &Path) -> Result<()> {
        self.given.push(path.display().to_string());
        if path.metadata().map_err(DataError::io(path))?.is_dir() {
            return self.add_folder(path, 0);
        }
        match has_extension(path, "csv") {
            true => self.add_csv(path),
            false => self.add_zip_file(path)?,
        }
        Ok(())
    }

    /// Lists a zip in memory.
    pub(super) fn add_bytes(&mut self, name: &str, bytes: &'a [u8]) -> Result<()> {
        self.given.push(name.to_owned());
        self.add_zip(name.to_owned(), Box::new(Cursor::new(bytes)))
    }

    /// What was given, for messages.
    pub(super) fn searched(&self) -> String {
        match self.given.is_empty() {
            true => "no ESCO package given".to_owned(),
            false => self.given.join(", "),
        }
    }

    /// The version that the names of the files state; `unknown` where none does.
    ///
    /// # Errors
    /// [`DataError::Input`] where they state more than one: a skill's labels and relations would come from different releases.
    pub(super) fn version(&self) -> Result<String> {
        let stated = |file: &SourceFile| file_name::version_in(&file.name).map(str::to_owned);
        let needed = || {
            self.files
                .iter()
                .filter(|file| file.kind != Kind::NotNeeded)
        };
        let Some(version) = needed().find_map(stated) else {
            return Ok("unknown".to_owned());
        };
        match needed().find(|file| stated(file).is_some_and(|other| other != version)) {
            None => Ok(version),
            Some(other) => Err(DataError::input(
                &other.name,
                format!("not of the same ESCO version ({version}) as the files before it"),
            )),
        }
    }

    /// The files in the order of [`Kind`].
    pub(super) fn reading_order(&self) -> Vec<SourceFile> {
        let mut files = self.files.clone();
        files.sort_by_key(|file| file.kind);
        files
    }

    /// Opens a file for reading from its beginning.
    pub(super) fn open(&mut self, file: &SourceFile) -> Result<Box<dyn Read + '_>> {
        let (archive, entry) = match &file.place {
            Place::Disk(path) => {
                let input = BufReader::new(File::open(path).map_err(DataError::io(path))?);
                return Ok(Box::new(Capped::new(input)));
            }
            Place::Entry { archive, entry } => (*archive, *entry),
        };
        let input = self.archives[archive]
            .1
            .by_index(entry)
            .map_err(|error| unreadable(&file.name, &error))?;
        Ok(Box::new(Capped::new(input)))
    }

    /// Lists a folder's CSV files and zips, in the order of names. Links to folders are not followed.
    fn add_folder(&mut self, folder: &Path, depth: usize) -> Result<()> {
        if depth > FOLDER_DEPTH_MAX {
            return Err(DataError::input(
                folder.display().to_string(),
                format!("lies more than {FOLDER_DEPTH_MAX} folders deep"),
            ));
        }
        let mut entries = std::fs::read_dir(folder)
            .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
            .map_err(DataError::io(folder))?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let file_type = entry.file_type().map_err(DataError::io(&path))?;
            if is_clutter(&entry.file_name().to_string_lossy()) {
                continue;
            }
            if file_type.is_dir() {
                self.add_folder(&path, depth + 1)?;
            } else if has_extension(&path, "csv") && path.is_file() {
                self.add_csv(&path);
            } else if has_extension(&path, "zip") && path.is_file() {
                self.add_zip_file(&path)?;
            }
        }
        Ok(())
    }

    /// Lists a CSV file on disk.
    fn add_csv(&mut self, path: &Path) {
        self.add_file(path.display().to_string(), Place::Disk(path.to_path_buf()));
    }

    /// Opens a zip on disk and lists its CSV files.
    fn add_zip_file(&mut self, path: &Path) -> Result<()> {
        let file = File::open(path).map_err(DataError::io(path))?;
        self.add_zip(path.display().to_string(), Box::new(BufReader::new(file)))
    }

    /// Opens a zip and lists its CSV files.
    fn add_zip(&mut self, name: String, input: Box<dyn ZipInput + 'a>) -> Result<()> {
        let archive = ZipArchive::new(input).map_err(|error| {
            DataError::input(&name, format!("cannot be opened as a zip: {error}"))
        })?;
        let entries: Vec<String> = (0..archive.len())
            .map(|at| {
                archive
                    .name_for_index(at)
                    .and_then(std::result::Result::ok)
                    .unwrap_or_default()
                    .into_owned()
            })
            .collect();
        self.archives.push((name.clone(), archive));
        let archive = self.archives.len() - 1;
        for (entry, entry_name) in entries.iter().enumerate() {
            if !entry_name.split(['/', '\\']).any(is_clutter) {
                self.add_file(
                    format!("{name}!{entry_name}"),
                    Place::Entry { archive, entry },
                );
            }
        }
        Ok(())
    }

    /// Lists a file if it is a CSV file.
    fn add_file(&mut self, name: String, place: Place) {
        let Some((kind, language)) = file_name::parse(base_name(&name)) else {
            return;
        };
        self.files.push(SourceFile {
            name,
            kind,
            language,
            place,
        });
    }
}

/// The part after the last `/`, `\` or `!`.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\', '!']).next().unwrap_or(name)
}

/// Tells whether a path ends in `.extension`, in upper or lower case.
fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// Tells whether a file or folder is something that an operating system left behind.
fn is_clutter(name: &str) -> bool {
    name == "__MACOSX" || (name.starts_with('.') && name != "." && name != "..")
}
