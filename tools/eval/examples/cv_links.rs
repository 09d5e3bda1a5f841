//! Prints what is read of CVs: for each made CV of the corpus one JSON line with its id and the skills that are held by its text, each with confidence and spans.
//!
//! `cargo run --release -p skillgap-eval --example cv_links -- ../shared/data train > links.jsonl`; `development` instead of the name of a set reads the development CVs.

use std::io::Write;
use std::path::Path;

use skillgap::demand::AdText;
use skillgap::gap::{self, HeldSource, ProfileParts};
use skillgap_catalogue::Catalogue;
use skillgap_eval::{cvs, read_esco};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, set] = arguments.as_slice() else {
        anyhow::bail!("usage: cv_links DATA SET");
    };
    let data = Path::new(data);
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../index/encoder/corpus");
    let cvs = match set.as_str() {
        "development" => cvs::development(&data.join("cvs"))?,
        _ => cvs::made(&corpus.join("cvs.jsonl"))?,
    };
    let catalogue = Catalogue::in_memory(read_esco(data, "v1.1.1", true)?, Vec::new())?;
    let mut out = std::io::stdout().lock();
    for cv in cvs
        .iter()
        .filter(|cv| set == "development" || cv.set == *set)
    {
        let parts = ProfileParts {
            text: AdText::new("text", &cv.text, 1 << 16).ok(),
            ..ProfileParts::default()
        };
        let profile = gap::gather(&catalogue, &parts);
        let held = profile
            .held
            .iter()
            .filter(|held| held.source == HeldSource::Text);
        let links: Vec<serde_json::Value> = held
            .map(|held| {
                let skill = held.skill;
                serde_json::json!({
                    "uri": catalogue.skill_uri(skill),
                    "label": catalogue.skill_label(skill, "en"),
                    "certainty": held.certainty,
                    "level": held.level.map(|level| level.to_string()),
                    "words": held.spans.iter().map(|span| &cv.text[span.clone()]).collect::<Vec<_>>(),
                    "spans": held.spans.iter().map(|span| [span.start, span.end]).collect::<Vec<_>>(),
                })
            })
            .collect();
        let language = profile.text.as_ref().map(|text| text.language.as_str());
        let line = serde_json::json!({"id": cv.id, "language": language, "links": links});
        writeln!(out, "{line}")?;
    }
    Ok(())
}
