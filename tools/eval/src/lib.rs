//! How good are linking and extraction? Reproduces every figure of docs/quality.md on the development data, in one go, as tables.
//!
//! Not part of the product: it calls stages as a caller would.

pub mod cvs;
pub mod extraction;
pub mod linking;
pub mod measures;
pub mod names;
pub mod occupations;
mod reference;
pub mod sets;

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use skillgap_catalogue::{Catalogue, CatalogueError, Result};
use skillgap_esco::report::ReadReport;
use skillgap_esco::{Esco, SkillId};
use skillgap_esco::{labels, package};
use skillgap_linker::Query;

/// Sets of annotated sentences: name, file.
pub const ANNOTATED: [(&str, &str); 2] = [
    ("HOUSE", "linking/house_validation_annotations.csv"),
    ("TECH", "linking/tech_validation_annotations.csv"),
];
/// SkillSkape's synthetic sentences are many; so many are read.
const SKILLSKAPE_MAX: usize = 400;
/// Sentences and skills a sentence of the measurement of speed.
const SPEED: (usize, usize) = (2_000, 50);

/// Reads ESCO from a folder of the development data, with labels of further languages if wanted.
///
/// # Errors
/// What reading says.
pub fn read_esco(data: &Path, version: &str, further_labels: bool) -> Result<Esco> {
    let mut report = ReadReport::default();
    let mut esco = package::read(&[data.join("esco").join(version)], &mut report, &|_| {})?;
    if further_labels {
        labels::read(
            &data.join("esco/labels/esco111_skill_labels_multilingual.tsv.gz"),
            &mut esco,
            &mut report,
        )?;
        labels::read(
            &data.join("esco/labels/occupation_labels.tar.gz"),
            &mut esco,
            &mut report,
        )?;
    }
    Ok(esco)
}

/// Measures everything and prints the tables as Markdown. Takes a minute or two on two cores.
///
/// # Errors
/// What reading the data says, and [`CatalogueError::Io`] if `out` cannot be written.
pub fn run(data: &Path, out: &mut dyn Write) -> Result<()> {
    let esco = read_esco(data, "v1.1.0", false)?;
    let catalogue = Catalogue::in_memory(esco.clone(), Vec::new())?;
    let mut print = |text: String| {
        out.write_all(text.as_bytes())
            .map_err(CatalogueError::io(Path::new("standard output")))
    };
    print(format!(
        "# Linking: all {} skills of ESCO {} ranked for one sentence\n\n",
        esco.skills.len(),
        esco.version
    ))?;
    print(format!("{}\n", linking::HEADER))?;
    let mut all = Vec::new();
    for (name, file) in ANNOTATED {
        let annotated = sets::annotated(&data.join(file))?;
        print(format!(
            "{}\n",
            linking::measure(&catalogue, name, &annotated)
        ))?;
        all.push((name, annotated));
    }
    let known: std::collections::BTreeSet<&str> = esco
        .skills
        .iter()
        .map(|skill| catalogue_label(&catalogue, skill.uri.as_str()))
        .collect();
    let mut skape = sets::skillskape(&data.join("linking/skillskape/dev.csv"))?;
    skape
        .values_mut()
        .for_each(|labels| labels.retain(|label| known.contains(label.as_str())));
    let skape = skape
        .into_iter()
        .filter(|(_, labels)| !labels.is_empty())
        .take(SKILLSKAPE_MAX)
        .collect();
    print(format!(
        "{}\n",
        linking::measure(&catalogue, "SkillSkape", &skape)
    ))?;
    let silent = sets::silent(&data.join("linking/skillspan_train.jsonl"))?;
    print(format!("\n{}\n", speed(&catalogue, &silent)))?;
    print(format!(
        "\n## Fast path against full precision\n\n{}\n",
        linking::Precision::measure(&catalogue, &esco, &all)?
    ))?;
    print(format!(
        "\n## What goes wrong with the first skill\n\n{}\n",
        linking::Errors::measure(&catalogue, &all)
    ))?;
    print(format!(
        "\n# Extraction: sentences as ads\n\n{}",
        extraction::measure(&catalogue, &all, &silent)
    ))?;
    let names = sets::national_names(&data.join("linking/national_skill_crosswalk_dev.tsv"))?;
    for further_labels in [true, false] {
        let catalogue =
            Catalogue::in_memory(read_esco(data, "v1.1.1", further_labels)?, Vec::new())?;
        let title = if further_labels {
            "with labels of the language"
        } else {
            "against English labels only"
        };
        print(format!(
            "\n# National skill names, {title}\n\n{}",
            names::measure(&catalogue, &names)
        ))?;
        if further_labels {
            print(format!("\n{}", jobs_with(&catalogue, data)?))?;
        }
    }
    Ok(())
}

/// Measures occupations of ads, and CVs, with labels of all languages.
///
/// # Errors
/// As [`run`].
pub fn jobs(data: &Path) -> Result<String> {
    jobs_with(
        &Catalogue::in_memory(read_esco(data, "v1.1.1", true)?, Vec::new())?,
        data,
    )
}

/// Occupations of ads, and CVs: the development data, and the part of the corpus that nothing is fitted on.
fn jobs_with(catalogue: &Catalogue, data: &Path) -> Result<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../index/encoder/corpus");
    let mut ads = occupations::made(&corpus.join("ads.jsonl"))?;
    ads.retain(|ad| ad.set == "check");
    let mut cvs = cvs::made(&corpus.join("cvs.jsonl"))?;
    cvs.retain(|cv| cv.set == "check");
    Ok(format!(
        "# Occupations of ads, real ones\n\n{}\n# Occupations of ads, made ones of the check set\n\n{}\n# CVs, development\n\n{}\n# CVs, made ones of the check set\n\n{}",
        occupations::measure(catalogue, &occupations::development(&data.join("ads/dev"))?),
        occupations::measure(catalogue, &ads),
        cvs::measure(catalogue, &cvs::development(&data.join("cvs"))?),
        cvs::measure(catalogue, &cvs),
    ))
}

fn catalogue_label<'a>(catalogue: &'a Catalogue, uri: &str) -> &'a str {
    catalogue
        .esco
        .skill_by_uri(uri)
        .map_or("", |skill| label(catalogue, skill))
}

/// The preferred label as annotations have it.
fn label(catalogue: &Catalogue, skill: SkillId) -> &str {
    catalogue.skill_label(skill, "en").trim()
}

fn speed(catalogue: &Catalogue, sentences: &[String]) -> String {
    let (n, top) = SPEED;
    let queries: Vec<Query<'_>> = sentences
        .iter()
        .cycle()
        .take(n)
        .map(|text| Query {
            text,
            language: Some("en"),
        })
        .collect();
    let start = Instant::now();
    let n_linked = catalogue.linker.link_all(&queries, top).len();
    let seconds = start.elapsed().as_secs_f64();
    format!(
        "Speed: {:.0} sentences a second with {top} skills each, on {} cores; vectors of all skills: {:.1} MB in memory.",
        n_linked as f64 / seconds,
        std::thread::available_parallelism().map_or(1, usize::from),
        catalogue.linker.vector_bytes() as f64 / 1e6
    )
}
