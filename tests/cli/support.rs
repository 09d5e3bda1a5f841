//! The real binary, and a small hand-made ESCO to feed it.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Fails unless the exit code is this one; returns itself.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Fails unless standard error holds each part.
    pub fn says(&self, parts: &[&str]) {
        for part in parts {
            assert!(
                self.err.contains(part),
                "{part:?} is not said: {}",
                self.err
            );
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

pub fn skillgap(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skillgap"));
    command.args(arguments);
    command
}

/// Runs to the end with this input.
pub fn run(arguments: &[&str], input: &[u8]) -> Ran {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    let output = skillgap(arguments)
        .stdin(Stdio::from(file))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

pub const SKILLS: &str = "conceptUri,skillType,preferredLabel,altLabels,description\n\
    http://example.org/skill/a,skill/competence,bake bread,\"make loaves\nbaking\",To make bread in an oven.\n\
    http://example.org/skill/b,skill/competence,audit accounts,check the books,To see whether accounts are right.\n\
    http://example.org/skill/c,knowledge,SQL,Structured Query Language,The language of databases.\n\
    http://example.org/skill/d,skill/competence,bake rye bread,,To make bread of rye.\n";
pub const OCCUPATIONS: &str =
    "conceptUri,iscoGroup,preferredLabel\nhttp://example.org/occupation/baker,7512,baker\n";
pub const OCCUPATION_SKILLS: &str = "occupationUri,relationType,skillUri\nhttp://example.org/occupation/baker,essential,http://example.org/skill/a\n";
pub const CREDENTIALS: &str = r#"{"id":"bread","title":{"en":"Bread"},"outcomes":[{"text":{"en":"bake bread"},"skills":[{"uri":"http://example.org/skill/a"}]}],"hours":20}
{"id":"books","title":{"en":"Books"},"outcomes":[{"text":{"en":"audit the accounts of a firm"}}],"cost":{"amount":5,"currency":"EUR"}}
"#;

/// A folder with a small ESCO, credentials, and room for data directories.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path("esco")).unwrap();
        folder.write("esco/skills_en.csv", SKILLS);
        folder.write("esco/occupations_en.csv", OCCUPATIONS);
        folder.write("esco/occupationSkillRelations.csv", OCCUPATION_SKILLS);
        folder.write("credentials.jsonl", CREDENTIALS);
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The path as an argument.
    pub fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// `skillgap index` of the small ESCO and the credentials in that file into that data directory.
    pub fn index(&self, credentials: &str, data_dir: &str) -> Ran {
        run(
            &[
                "index",
                "--esco",
                &self.at("esco"),
                "--credentials",
                &self.at(credentials),
                "--data-dir",
                &self.at(data_dir),
            ],
            b"",
        )
    }

    /// Builds `data`, which must work, and returns the generation's name.
    pub fn built(&self) -> String {
        self.index("credentials.jsonl", "data").exits(0);
        current(&self.path("data"))
    }
}

/// Credentials enough to keep a build busy for a moment.
pub fn many_credentials(n: usize) -> String {
    let line = |number| {
        format!(
            "{{\"id\":\"c{number:06}\",\"title\":\"Course {number} of baking\",\"outcomes\":[{{\"text\":\"bake\",\"skills\":[{{\"uri\":\"http://example.org/skill/a\"}}]}}]}}\n"
        )
    };
    (0..n).map(line).collect()
}

/// The name of the generation that a data directory is at.
pub fn current(data_dir: &Path) -> String {
    fs::read_to_string(data_dir.join("CURRENT"))
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned()
}

pub fn check(data_dir: &Path) -> Ran {
    run(&["check", "--data-dir", data_dir.to_str().unwrap()], b"")
}
