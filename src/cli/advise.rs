//! `skillgap advise`: the advice of the page for an ad and a CV in files, as text in the terminal, and as a file to print.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::ValueEnum;
use skillgap_credentials::encoding;

use super::data::{Data, with_view};
use crate::config::Policy;
use crate::limits::Limits;
use crate::web::advice::{Advice, For, document, plain};
use crate::web::{Case, codes, words};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The ad: plain text or HTML.
    #[arg(long, value_name = "FILE")]
    ad: PathBuf,
    /// The CV of the person: plain text or HTML.
    #[arg(long, value_name = "FILE")]
    cv: Option<PathBuf>,
    /// Language of the advice.
    #[arg(long, value_name = "CODE", default_value = "en")]
    language: String,
    /// Also writes the advice to this file, to be printed.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Whom that file is for.
    #[arg(long, value_enum, default_value_t = Reader::Counsellor)]
    sheet: Reader,
}

/// Whom a sheet is for.
#[derive(Clone, Copy, ValueEnum)]
enum Reader {
    /// The person: one page, plain words.
    Person,
    /// The counsellor: all reasons.
    Counsellor,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Some(words) = words(&arguments.language) else {
        let known: Vec<&str> = codes().map(|(code, _)| code).collect();
        bail!("--language: is none of {}", known.join(", "));
    };
    let text = arguments.cv.as_deref().map(read).transpose()?;
    let case = Case {
        ad: read(&arguments.ad)?,
        text: text.unwrap_or_default(),
        persona: "unemployed".to_owned(),
        ..Case::default()
    };
    let catalogue = arguments.data.open()?;
    let advice = with_view(&catalogue, &Limits::default(), &Policy::default(), |view| {
        Advice::on(view, words, case)
    })?;
    write!(io::stdout().lock(), "{}", plain(&advice))?;
    if let Some(file) = &arguments.html {
        let reader = match arguments.sheet {
            Reader::Person => For::Person,
            Reader::Counsellor => For::Counsellor,
        };
        fs::write(file, document(advice, reader)).with_context(|| file.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The text of a file.
fn read(file: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    match encoding::text(&bytes) {
        None => bail!(
            "{}: is no text; save it as plain text first",
            file.display()
        ),
        Some(text) if text.trim().is_empty() => bail!("{}: is empty", file.display()),
        Some(text) => Ok(text),
    }
}
