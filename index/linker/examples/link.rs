//! Text in, ESCO out, with nothing but the linker.
//!
//!     cargo run --release -p skillgap-linker --example link -- [ESCO ...] < ad.txt
//!
//! ESCO is a package as the portal gives it (zip or folder), one or more; without one, the excerpt that the project carries.

use std::io::Read;
use std::path::PathBuf;

use skillgap_esco::{label_in, package, report::ReadReport};
use skillgap_linker::reading::{Author, Reading, SegmentKind};
use skillgap_linker::{Linker, Query, TextKind};

/// Skills below this probability are not shown.
const CONFIDENCE_MIN: f32 = 0.15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(concat!(env!("CARGO_MANIFEST_DIR"), "/../starter/esco.zip").into());
    }
    let esco = package::read(&paths, &mut ReadReport::default(), &|_| {})?;
    let linker = Linker::build(&esco)?;

    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let reading = Reading::of(&text, Author::Organisation, None);
    let asking: Vec<_> = reading
        .segments
        .iter()
        .filter(|segment| segment.silent.is_none() && segment.kind != SegmentKind::Heading)
        .collect();
    let queries: Vec<(Query<'_>, TextKind)> = asking
        .iter()
        .map(|segment| {
            let query = Query {
                text: &segment.text,
                language: reading.language_of(segment),
            };
            let kind = if segment.section.asks() {
                TextKind::Requirement
            } else {
                TextKind::Sentence
            };
            (query, kind)
        })
        .collect();
    let mut out = String::new();
    for (segment, linked) in asking.iter().zip(linker.link_kinds(&queries, 5)) {
        for link in linked
            .iter()
            .filter(|link| link.confidence >= CONFIDENCE_MIN)
        {
            let skill = &esco.skills[link.skill.row()];
            let span = segment.source_span(link.range.clone());
            let label = label_in(&skill.labels, "en").unwrap_or_default();
            out += &format!(
                "{:.2}  {label}  <{}>  {:?}\n",
                link.confidence,
                skill.uri.as_str(),
                text.get(span).unwrap_or_default()
            );
        }
    }
    std::io::Write::write_all(&mut std::io::stdout(), out.as_bytes())?;
    Ok(())
}
