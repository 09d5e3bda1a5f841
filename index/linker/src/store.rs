//! A linker at rest: a folder with ESCO and everything that is computed from it, so that opening takes a fraction of building.

use std::fs;
use std::path::Path;

use skillgap_esco::Esco;
use skillgap_esco::error::{DataError, Result};

use super::{Gazetteer, LexicalIndex, Linker, Names, ROUGH_DIM, SkillVectors};
use crate::encoder::Encoder;
use crate::int8::Int8Rows;

const ESCO: &str = "esco.postcard";
const LABELS: &str = "labels.i8";
const DESCRIBED: &str = "described.i8";
const ROUGH: &str = "rough.i8";
const NAMES: &str = "names.bin";
const GAZETTEER: &str = "gazetteer.bin";
const ENCODER: &str = "encoder.version";

fn lexical(language: &str) -> String {
    format!("lexical.{language}.bin")
}

impl Linker {
    /// Hands the linker and the ESCO that it was built from to `write`, file by file, each by its name.
    ///
    /// # Errors
    /// What `write` says.
    pub fn write_files<E: From<DataError>>(
        &self,
        esco: &Esco,
        mut write: impl FnMut(&str, &[u8]) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let encoded =
            postcard::to_stdvec(esco).map_err(|error| DataError::input(ESCO, error.to_string()))?;
        write(ESCO, &encoded)?;
        write(LABELS, &self.labels().to_bytes())?;
        write(DESCRIBED, &self.described().to_bytes())?;
        write(ROUGH, &self.rough()?.to_bytes())?;
        write(NAMES, &self.names().to_bytes())?;
        write(GAZETTEER, &self.phrases().to_bytes())?;
        for index in self.spellings() {
            write(&lexical(index.language()), &index.to_bytes())?;
        }
        Ok(())
    }

    /// Opens what [`Linker::write_files`] wrote, with the encoder that it was written with. `read` takes the name of a file.
    ///
    /// # Errors
    /// What `read` says, and [`DataError::Damaged`] where a file is not what was written.
    pub fn read_files<E: From<DataError>>(
        read: impl Fn(&str) -> std::result::Result<Vec<u8>, E>,
    ) -> std::result::Result<(Esco, Self), E> {
        let encoder = Encoder::carried()?;
        let esco: Esco = postcard::from_bytes(&read(ESCO)?)
            .map_err(|error| DataError::damaged(ESCO, error.to_string()))?;
        let (n_skills, dim) = (esco.skills.len(), encoder.dim());
        let rows = |name: &str, dim| -> std::result::Result<Int8Rows, E> {
            Ok(Int8Rows::from_bytes(name, &read(name)?, n_skills, dim)?)
        };
        let vectors = SkillVectors {
            labels: rows(LABELS, dim)?,
            described: rows(DESCRIBED, dim)?,
            rough: rows(ROUGH, ROUGH_DIM.min(dim))?,
        };
        let names = Names::from_bytes(NAMES, &read(NAMES)?, n_skills, encoder)?;
        let gazetteer = Gazetteer::from_bytes(GAZETTEER, &read(GAZETTEER)?, n_skills)?;
        let mut spellings = Vec::with_capacity(esco.languages.len());
        for language in &esco.languages {
            let name = lexical(language);
            let bytes = read(&name)?;
            spellings.push(LexicalIndex::from_bytes(&name, &bytes, &esco, language)?);
        }
        let linker = Self::new(&esco, vectors, names, spellings, gazetteer)?;
        Ok((esco, linker))
    }

    /// Writes the linker and the ESCO that it was built from into a folder, which is made where it is absent.
    ///
    /// # Errors
    /// [`DataError::Io`] where a file cannot be written.
    pub fn save(&self, esco: &Esco, dir: &Path) -> Result<()> {
        fs::create_dir_all(dir).map_err(DataError::io(dir))?;
        let write = |name: &str, bytes: &[u8]| {
            let path = dir.join(name);
            fs::write(&path, bytes).map_err(DataError::io(&path))
        };
        self.write_files(esco, write)?;
        write(ENCODER, self.encoder.version().as_bytes())
    }

    /// Opens what [`Linker::save`] wrote.
    ///
    /// # Errors
    /// [`DataError::Io`] where a file cannot be read, [`DataError::Damaged`] where one is not what was written, or was written
    /// with another encoder.
    pub fn load(dir: &Path) -> Result<(Esco, Self)> {
        let read = |name: &str| {
            let path = dir.join(name);
            fs::read(&path).map_err(DataError::io(&path))
        };
        if read(ENCODER)? != Encoder::carried()?.version().as_bytes() {
            return Err(DataError::damaged(
                ENCODER,
                "was written with another encoder",
            ));
        }
        Self::read_files(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Query, TextKind};
    use skillgap_esco::{Labels, Skill};

    fn small() -> Esco {
        let skill = |label: &str| Skill {
            uri: label.into(),
            labels: vec![Labels {
                language: "en".into(),
                preferred: label.into(),
                alternatives: Vec::new(),
            }],
            ..Skill::default()
        };
        Esco {
            languages: vec!["en".to_owned()],
            skills: ["weld pipes", "bake bread", "cut trees"].map(skill).into(),
            ..Esco::default()
        }
    }

    #[test]
    fn what_is_opened_links_as_what_was_built() {
        let (esco, dir) = (small(), tempfile::tempdir().unwrap());
        let built = Linker::build(&esco).unwrap();
        built.save(&esco, dir.path()).unwrap();
        let (read, opened) = Linker::load(dir.path()).unwrap();
        assert_eq!(read.skills.len(), esco.skills.len());
        let query = |text| {
            let query = Query {
                text,
                language: Some("en"),
            };
            (query, TextKind::Sentence)
        };
        let queries = ["You weld pipes on site.", "Our bakery needs a baker"].map(query);
        assert_eq!(
            opened.link_kinds(&queries, 3),
            built.link_kinds(&queries, 3)
        );
    }

    #[test]
    fn a_damaged_or_absent_file_is_an_error() {
        let (esco, dir) = (small(), tempfile::tempdir().unwrap());
        assert!(Linker::load(dir.path()).is_err());
        Linker::build(&esco)
            .unwrap()
            .save(&esco, dir.path())
            .unwrap();
        fs::write(dir.path().join(LABELS), b"short").unwrap();
        assert!(Linker::load(dir.path()).is_err());
    }
}
