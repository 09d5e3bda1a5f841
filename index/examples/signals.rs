//! Prints what the linker sees: for each JSON line {"id","text","lang"?} the best skills with every signal. `index/encoder/outcomes.py` reads it.
//!
//! `cargo run --release -p skillgap-index --example signals -- DATA_DIR [outcome] < texts.jsonl > signals.jsonl`

use std::io::BufRead;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use skillgap_index::catalogue::open;
use skillgap_index::link::Query;

#[derive(Deserialize)]
struct Text {
    id: serde_json::Value,
    text: String,
    lang: Option<String>,
}

#[derive(Serialize)]
struct Signals {
    id: serde_json::Value,
    skills: Vec<(String, f32, [f32; 6])>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data_dir = std::env::args().nth(1).map(PathBuf::from).ok_or("usage: signals DATA_DIR")?;
    let catalogue = open(&data_dir)?;
    let texts = std::io::stdin()
        .lock()
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect::<Result<Vec<Text>, Box<dyn std::error::Error>>>()?;
    let queries: Vec<Query<'_>> = texts.iter().map(|text| Query { text: &text.text, language: text.lang.as_deref() }).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let linked = match std::env::args().nth(2).as_deref() {
        Some("outcome") => catalogue.linker.link_outcomes(&queries, 20),
        _ => catalogue.linker.link_all(&queries, 20),
    };
    for (text, linked) in texts.iter().zip(linked) {
        let signals = |linked: &skillgap_index::link::Linked| {
            let signals = &linked.signals;
            [signals.nearest_name, signals.described, signals.window, signals.overlap, signals.name, linked.confidence]
        };
        let skills = linked.iter().map(|linked| (catalogue.skill_uri(linked.skill).to_owned(), linked.score, signals(linked))).collect();
        serde_json::to_writer(&mut out, &Signals { id: text.id.clone(), skills })?;
        std::io::Write::write_all(&mut out, b"\n")?;
    }
    Ok(())
}
