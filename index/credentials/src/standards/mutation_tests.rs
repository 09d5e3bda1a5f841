//! Does any change to a sample of the standards, however wild, make a reader panic, hang or quote without end? A short run here; `SKILLGAP_MUTATION_SECONDS` makes it long.

use std::path::Path;
use std::time::{Duration, Instant};

use skillgap_esco::report::ReadReport;

use super::super::verify::Keys;
use super::super::{files, wallet};

/// 2026-11-22.
const TODAY: i64 = 20_779;
/// Changes to each sample where nothing else is said.
const ROUNDS_USUAL: u32 = 60;
/// Pieces that are put in: what has a meaning in one of the formats, and what has none anywhere.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "null",
    "-1",
    "1e999",
    "{}",
    "[]",
    "\"\"",
    "<a>",
    "</a>",
    "<![CDATA[",
    "&x;",
    "\u{0}",
    "\u{feff}",
    "P60M",
    "\"@graph\":",
    "\"hasPart\":",
    "urn:epass:",
    "\n",
];

/// A small generator of numbers (xorshift), so that a run can be repeated by its seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// Small files of every format that need no shared data.
const OWN: [&str; 6] = [
    "{\"id\":\"a\",\"title\":{\"en\":\"x\"},\"hours\":3,\"outcomes\":[{\"text\":\"o\",\"skills\":[{\"uri\":\"u\"}]}],\"cost\":{\"amount\":1,\"currency\":\"EUR\"}}\n",
    "id,title_de,outcomes,hours,costAmount,costCurrency\na,x,o|p,7.5,3,EUR\nb,y,,,,\n",
    "eyJhbGciOiJub25lIn0.eyJ2YyI6eyJ0eXBlIjpbIk9wZW5CYWRnZUNyZWRlbnRpYWwiXX19.c2ln\n",
    "[{\"@context\":\"http://data.europa.eu/snb/model/context/edc-ap\",\"id\":\"u\",\"type\":\"LearningOpportunity\",\"title\":{\"en\":\"x\"},\"hasPart\":[{\"id\":\"v\"}],\"learningAchievementSpecification\":{\"volumeOfLearning\":\"PT5H\"}}]",
    "{\"@context\":\"https://credreg.net/ctdl/schema/context/json\",\"@graph\":[{\"@type\":\"ceterms:Course\",\"@id\":\"_:a\",\"ceterms:name\":{\"en\":\"x\"},\"ceterms:estimatedCost\":[{\"ceterms:price\":3,\"ceterms:currency\":\"USD\"}]}]}",
    "<elmo><report><issuer><title>u</title></issuer><learningOpportunitySpecification><title>t</title></learningOpportunitySpecification></report></elmo>",
];

fn change(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(6) {
            0 if !bytes.is_empty() => {
                let at = numbers.below(bytes.len());
                bytes[at] = numbers.below(256) as u8;
            }
            1 => bytes.truncate(at),
            2 => {
                let end = (at + numbers.below(400)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let from = numbers.below(bytes.len() + 1);
                let copied = bytes[from..(from + numbers.below(400)).min(bytes.len())].to_vec();
                bytes.splice(at..at, copied);
            }
            4 => {
                let piece = PIECES[numbers.below(PIECES.len())].repeat(1 + numbers.below(200));
                bytes.splice(at..at, piece.into_bytes());
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())].bytes();
                bytes.splice(at..at, piece);
            }
        }
    }
}

/// Reads a changed file in every way; a reason stays short whatever it quotes.
fn read(bytes: &[u8]) {
    let mut report = ReadReport::default();
    files::read_one("f", bytes, TODAY, &mut report, &mut |credential| {
        assert!(!credential.id.is_empty() && !credential.title.is_empty());
        Ok(())
    })
    .unwrap();
    if let Ok(text) = std::str::from_utf8(bytes) {
        wallet::read(text, TODAY, &Keys::default());
    }
}

fn samples() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/formats");
    let mut files: Vec<Vec<u8>> = OWN.iter().map(|text| text.as_bytes().to_vec()).collect();
    let Ok(folders) = std::fs::read_dir(&folder) else {
        println!(
            "skipped the samples of the standards: none at {}",
            folder.display()
        );
        return files;
    };
    let mut paths: Vec<_> = folders
        .flatten()
        .flat_map(|folder| {
            std::fs::read_dir(folder.path())
                .into_iter()
                .flatten()
                .flatten()
        })
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    files.extend(
        paths
            .iter()
            .filter(|path| path.extension().is_none_or(|name| name != "xsd"))
            .map(|path| without_pictures(std::fs::read(path).unwrap())),
    );
    files
}

/// Pictures are most of a file, and a change there changes nothing.
fn without_pictures(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(bytes).unwrap();
    let mut kept = String::with_capacity(text.len());
    let long = |piece: &&str| piece.len() > 300 && !piece.contains(' ');
    text.split('"').enumerate().for_each(|(at, piece)| {
        kept.push_str(if at == 0 { "" } else { "\"" });
        kept.push_str(Some(piece).filter(|piece| !long(piece)).unwrap_or("AAAA"));
    });
    kept.into_bytes()
}

#[test]
fn no_change_to_a_sample_makes_a_reader_panic() {
    let seconds = std::env::var("SKILLGAP_MUTATION_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let (until, samples) = (
        seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds)),
        samples(),
    );
    let mut numbers = Numbers(0x5eed_0005);
    let mut round = 0;
    while until.map_or(round < ROUNDS_USUAL, |until| Instant::now() < until) {
        for sample in &samples {
            let mut bytes = sample.clone();
            change(&mut bytes, &mut numbers);
            read(&bytes);
        }
        round += 1;
    }
    println!("{} changed files were read", round as usize * samples.len());
}

#[test]
fn what_is_nested_or_long_without_end_is_refused() {
    for (open, close) in [("[", "]"), ("{\"hasPart\":", "}"), ("<a>", "</a>")] {
        read(format!("{}{}", open.repeat(100_000), close.repeat(100_000)).as_bytes());
    }
    read(format!("{{\"id\":\"a\",\"title\":\"{}\"}}", "x".repeat(5 << 20)).as_bytes());
    read(
        format!(
            "{{\"type\":\"LearningOpportunity\",\"id\":\"a\",\n\"title\":{{\"en\":\"x\"}},\"hasPart\":[{}]}}",
            "{\"id\":\"b\"},".repeat(50_000) + "{}"
        )
        .as_bytes(),
    );
    let parts = (0..100).fold("{\"id\":\"z\",\"title\":\"z\"}".to_owned(), |inner, at| {
        format!("{{\"id\":\"p{at}\",\"title\":{{\"en\":\"t\"}},\"hasPart\":{inner}}}")
    });
    read(format!("{{\"type\":\"LearningOpportunity\",\"id\":\"a\",\"title\":{{\"en\":\"x\"}},\"hasPart\":{parts}}}").as_bytes());
}
