//! How many records a second are read from CSV with a mapping?
//!
//! `cargo bench -p skillgap-credentials --bench tables [-- N]`: N made rows (100,000 unless given) of 12 columns with prices, dates, units, names and outcomes, as
//! a course list from a spreadsheet has them; medians of five runs. 20,000 a second are wanted.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may stop with a message"
)]

use std::io::Write;
use std::time::Instant;

use skillgap_credentials::{Mapping, files};
use skillgap_esco::report::ReadReport;

const MAPPING: &str = r#"
id = { column = "Nr", prefix = "vhs:" }
title_de = "Titel"
outcomes_de = { column = "Lernziele", split = ";" }
hours = "Dauer"
cost = "Preis"
startDates = "Beginn"
country = "Land"
languages = "Sprache"
provider = "Anbieter"
mode = { column = "Form", values = { "Präsenz" = "onsite" } }
access.places.locality = "Ort"
nqfLevel = { column = "Niveau", prefix = "DQR " }
"#;

fn main() {
    let n_rows: usize = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100_000);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut text = String::from(
        "Nr;Titel;Lernziele;Dauer;Preis;Beginn;Land;Sprache;Anbieter;Form;Ort;Niveau\n",
    );
    for at in 0..n_rows {
        let (hours, price, day) = (8 + at % 400, at % 1_000, 1 + at % 28);
        text += &format!(
            "{at};MAG-Schweißen, Stufe {at};\"Stumpfnähte schweißen;Zeichnungen lesen;Nähte prüfen\";{hours},5 Std.;1.{price:03},00 EUR;{day:02}.02.2027;Deutschland;Deutsch B1;Volkshochschule Ulm;Präsenz;Ulm;3\n"
        );
    }
    file.write_all(text.as_bytes()).unwrap();
    let mapping = Mapping::parse(MAPPING).unwrap();
    let mut times = Vec::new();
    for _ in 0..5 {
        let (started, mut report, mut n_read) = (Instant::now(), ReadReport::default(), 0);
        let paths = [file.path().to_owned()];
        files::for_each_mapped(
            &paths,
            std::slice::from_ref(&mapping),
            0,
            &mut report,
            &mut |_| {
                n_read += 1;
                Ok(())
            },
        )
        .unwrap();
        assert_eq!((n_read, report.doubts.count()), (n_rows, 0));
        times.push(started.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{n_rows} rows, {:.1} MB: {:.0} records a second",
        text.len() as f64 / 1e6,
        n_rows as f64 / times[2]
    );
}
