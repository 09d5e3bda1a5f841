//! Prints what the linker sees in whole ads: for each JSON line {"id","text","lang"?} one line a unit (a segment that may ask for something, or a part of it) with
//! the skills of its shortlist and every signal. `index/encoder/calibrate.py` reads it.
//!
//! `cargo run --release -p skillgap-eval --bin units -- DATA_DIR TOP [line] < ads.jsonl > units.jsonl`; with `line` each text is one unit.

use std::io::{BufRead, Write};
use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use skillgap_catalogue::open;
use skillgap_linker::reading::{Author, Reading, SegmentKind};
use skillgap_linker::{Linked, Query, TextKind};

#[derive(Deserialize)]
struct Text {
    id: serde_json::Value,
    text: String,
    lang: Option<String>,
}

#[derive(Serialize)]
struct Unit<'a> {
    id: &'a serde_json::Value,
    text: &'a str,
    /// Bytes of the ad.
    span: Range<usize>,
    language: Option<&'a str>,
    /// Whether it stands where ads ask.
    asks: bool,
    /// Whether it is a part of a segment.
    part: bool,
    /// URI, whether it is shown by words of the unit that are negated, and signals.
    skills: Vec<(&'a str, bool, Vec<f32>)>,
}

/// A unit before it is linked: text, bytes of its segment, position of that, whether it is a part.
struct Place {
    text: String,
    range: Range<usize>,
    segment: usize,
    part: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let usage = "usage: units DATA_DIR TOP [line]";
    let data_dir = arguments.get(1).map(PathBuf::from).ok_or(usage)?;
    let top: usize = arguments.get(2).ok_or(usage)?.parse()?;
    let by_line = arguments.get(3).is_some_and(|how| how == "line");
    let catalogue = open(&data_dir)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let text: Text = serde_json::from_str(&line?)?;
        let reading = Reading::of(&text.text, Author::Organisation, text.lang.as_deref());
        let mut places: Vec<Place> = Vec::new();
        for (at, segment) in reading.segments.iter().enumerate() {
            let is_asking = segment.kind != SegmentKind::Heading && segment.silent.is_none();
            if !by_line && !is_asking {
                continue;
            }
            let place = |part, (text, range)| Place {
                text,
                range,
                segment: at,
                part,
            };
            places.push(place(false, (segment.text.clone(), 0..segment.text.len())));
            if !by_line {
                places.extend(segment.parts().into_iter().map(|of| place(true, of)));
            }
        }
        let queries: Vec<(Query<'_>, TextKind)> = places
            .iter()
            .map(|place| {
                let segment = &reading.segments[place.segment];
                let query = Query {
                    text: &place.text,
                    language: reading.language_of(segment),
                };
                let kind = match segment.section.asks() || by_line {
                    true => TextKind::Requirement,
                    false => TextKind::Sentence,
                };
                (query, kind)
            })
            .collect();
        let linked = catalogue.linker.link_kinds(&queries, top);
        for ((place, (query, kind)), linked) in places.iter().zip(&queries).zip(linked) {
            let segment = &reading.segments[place.segment];
            let denied = |linked: &Linked| match place.part {
                true => segment.assertions.denies(&place.range),
                false => segment.assertions.denies(&linked.range),
            };
            let skill = |linked: &Linked| {
                let signals = signals(linked);
                (catalogue.skill_uri(linked.skill), denied(linked), signals)
            };
            let unit = Unit {
                id: &text.id,
                text: &place.text,
                span: segment.source_span(place.range.clone()),
                language: query.language,
                asks: *kind == TextKind::Requirement,
                part: place.part,
                skills: linked.iter().map(skill).collect(),
            };
            serde_json::to_writer(&mut out, &unit)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

fn signals(linked: &Linked) -> Vec<f32> {
    let signals = &linked.signals;
    let [has_own, whole] =
        [signals.nearest_own.is_some(), signals.whole].map(|is| f32::from(u8::from(is)));
    vec![
        signals.nearest_english,
        signals.nearest_own.unwrap_or_default(),
        signals.nearest_other,
        signals.described,
        signals.window,
        signals.overlap,
        signals.overlap_own,
        has_own,
        signals.name,
        whole,
        linked.score,
        linked.confidence,
    ]
}
