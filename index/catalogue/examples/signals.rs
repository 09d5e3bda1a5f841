//! Prints what the linker sees: for each JSON line {"id","text","lang"?} the best skills with every signal. `index/encoder/outcomes.py` and `terms.py` read it.
//!
//! `cargo run --release -p skillgap-catalogue --example signals -- DATA_DIR [outcome|term] < texts.jsonl > signals.jsonl`

use std::io::BufRead;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use skillgap_catalogue::open;
use skillgap_linker::{Linked, Query, TextKind};

#[derive(Deserialize)]
struct Text {
    id: serde_json::Value,
    text: String,
    lang: Option<String>,
}

#[derive(Serialize)]
struct Signals {
    id: serde_json::Value,
    skills: Vec<(String, f32, Vec<f32>)>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data_dir = std::env::args()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("usage: signals DATA_DIR")?;
    let catalogue = open(&data_dir)?;
    let texts = std::io::stdin()
        .lock()
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect::<Result<Vec<Text>, Box<dyn std::error::Error>>>()?;
    let queries: Vec<Query<'_>> = texts
        .iter()
        .map(|text| Query {
            text: &text.text,
            language: text.lang.as_deref(),
        })
        .collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (kind, top) = match std::env::args().nth(2).as_deref() {
        Some("outcome") => (TextKind::Outcome, 20),
        Some("term") => (TextKind::Term, 200),
        _ => (TextKind::Sentence, 20),
    };
    let queries: Vec<_> = queries.into_iter().map(|query| (query, kind)).collect();
    for (text, linked) in texts.iter().zip(catalogue.linker.link_kinds(&queries, top)) {
        let signals = |linked: &Linked| {
            let signals = &linked.signals;
            match kind {
                TextKind::Term => {
                    let [has_own, whole] = [signals.nearest_own.is_some(), signals.whole]
                        .map(|is| f32::from(u8::from(is)));
                    let own = signals.nearest_own.unwrap_or_default();
                    vec![
                        own,
                        signals.overlap_own,
                        signals.nearest_other,
                        signals.nearest_english,
                        signals.described,
                        has_own,
                        whole,
                    ]
                }
                _ => vec![
                    signals.nearest_name,
                    signals.described,
                    signals.window,
                    signals.overlap,
                    signals.name,
                    linked.confidence,
                ],
            }
        };
        let skills = linked
            .iter()
            .map(|linked| {
                (
                    catalogue.skill_uri(linked.skill).to_owned(),
                    linked.score,
                    signals(linked),
                )
            })
            .collect();
        serde_json::to_writer(
            &mut out,
            &Signals {
                id: text.id.clone(),
                skills,
            },
        )?;
        std::io::Write::write_all(&mut out, b"\n")?;
    }
    Ok(())
}
