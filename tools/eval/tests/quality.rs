//! Is linking and extraction still as good as it was? Floors on annotated sentences of real job ads and on national skill names.
//!
//! What is measured, and how, stands in `tools/eval/src`. The validation halves only: the test halves stay unseen. The data lie beside the repository; where
//! they do not, the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // A test that cannot go on has failed; tables are for people.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use skillgap_catalogue::Catalogue;
use skillgap_esco::Esco;
use skillgap_eval::{ANNOTATED, extraction, linking, names, read_esco, sets};

/// Floors in percent: least RP@5, least micro-F1 of extraction. Raise them when the measured numbers rise.
const FLOORS: [(f64, f64); 2] = [(62.0, 46.0), (75.0, 47.0)];
/// Most percent of sentences that ask for nothing and yet get a skill. Lower it when the measured number falls.
const SILENT_WITH_SKILL_MAX: f64 = 8.0;
/// Most points of RP@5 that shortlists and rounding may cost.
const PRECISION_LOSS_MAX: f64 = 0.3;
/// Least hit@1 and hit@10 of national names whose skills the training left out: with labels of their language, and with English labels alone.
const NAME_FLOORS: [(bool, [f64; 2]); 2] = [(true, [61.0, 86.0]), (false, [54.0, 83.5])];

fn data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !path.is_dir() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

/// ESCO 1.1.0, which the benchmark is annotated with.
fn catalogue(data: &Path) -> &'static (Esco, Catalogue) {
    static CATALOGUE: OnceLock<(Esco, Catalogue)> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let esco = read_esco(data, "v1.1.0", false).unwrap();
        assert_eq!(esco.skills.len(), 13_891);
        (
            esco.clone(),
            Catalogue::in_memory(esco, Vec::new()).unwrap(),
        )
    })
}

fn annotated(data: &Path) -> Vec<(&'static str, sets::Annotated)> {
    ANNOTATED
        .iter()
        .map(|(name, file)| (*name, sets::annotated(&data.join(file)).unwrap()))
        .collect()
}

#[test]
fn linking_is_above_its_floors() {
    let Some(data) = data() else { return };
    println!("{}", linking::HEADER);
    for ((name, annotated), (floor, _)) in annotated(&data).iter().zip(FLOORS) {
        let row = linking::measure(&catalogue(&data).1, name, annotated);
        println!("{row}");
        assert!(
            row.rp[1].value >= floor,
            "{name}: RP@5 {} is below {floor}",
            row.rp[1]
        );
    }
}

#[test]
fn the_fast_path_ranks_as_full_precision_does() {
    let Some(data) = data() else { return };
    let (esco, catalogue) = catalogue(&data);
    let precision = linking::Precision::measure(catalogue, esco, &annotated(&data)).unwrap();
    println!("{precision}");
    assert!(precision.difference() <= PRECISION_LOSS_MAX, "{precision}");
}

#[test]
fn extraction_is_above_its_floors_and_silence_is_kept() {
    let Some(data) = data() else { return };
    let silent = sets::silent(&data.join("linking/skillspan_train.jsonl")).unwrap();
    let table = extraction::measure(&catalogue(&data).1, &annotated(&data), &silent);
    println!("{table}");
    for (row, (_, floor)) in table.rows.iter().zip(FLOORS) {
        assert!(
            row.f1.value >= floor,
            "micro-F1 {} is below {floor}",
            row.f1
        );
    }
    assert!(
        table.silent.value <= SILENT_WITH_SKILL_MAX,
        "{} % are above {SILENT_WITH_SKILL_MAX} %",
        table.silent
    );
}

#[test]
fn national_names_are_above_their_floors() {
    let Some(data) = data() else { return };
    let names =
        sets::national_names(&data.join("linking/national_skill_crosswalk_dev.tsv")).unwrap();
    for (further_labels, floors) in NAME_FLOORS {
        let catalogue = Catalogue::in_memory(
            read_esco(&data, "v1.1.1", further_labels).unwrap(),
            Vec::new(),
        )
        .unwrap();
        let table = names::measure(&catalogue, &names);
        println!("{table}");
        assert!(
            table
                .mean()
                .iter()
                .zip(floors)
                .all(|(mean, floor)| *mean >= floor),
            "{table}"
        );
    }
}
