//! What replicas make of what others say, without servers.

use skillgap_catalogue::LogPosition;

use super::*;

fn commit(sequence: u64, epoch: Option<u64>) -> Commit {
    Commit {
        sequence,
        sum: 7,
        log: epoch.map(|epoch| LogPosition { epoch, hash: 1 }),
        ..Commit::default()
    }
}

fn bounds(base: u64, first: u64, last: u64) -> Bounds {
    let base = Checkpoint {
        number: base,
        generation: "g".to_owned(),
        sum: 7,
    };
    Bounds {
        epoch: 2,
        base,
        first,
        last,
    }
}

#[test]
fn a_directory_follows_is_behind_or_disagrees() {
    use LogStanding::{Behind, Disagrees, Follows};
    let stands = |commit, generation, bounds: Option<Bounds>| match standing(
        &commit,
        generation,
        bounds.as_ref(),
    ) {
        Disagrees(_) => Disagrees(""),
        standing => standing,
    };
    for (commit, generation, bounds, expected) in [
        // Of this log: within, at its end, before its beginning, beyond its end.
        (commit(5, Some(2)), "g", Some(bounds(0, 1, 9)), Follows),
        (commit(9, Some(2)), "g", Some(bounds(0, 1, 9)), Follows),
        (commit(4, Some(2)), "g", Some(bounds(0, 5, 9)), Follows),
        (commit(3, Some(2)), "g", Some(bounds(0, 5, 9)), Behind),
        (
            commit(10, Some(2)),
            "g",
            Some(bounds(0, 1, 9)),
            Disagrees(""),
        ),
        // Of another log, or of none: only what the log was made from may go on with it.
        (commit(5, Some(1)), "g", Some(bounds(5, 6, 9)), Follows),
        (commit(5, None), "g", Some(bounds(5, 6, 9)), Follows),
        (commit(5, None), "g", Some(bounds(5, 8, 9)), Behind),
        (
            commit(5, None),
            "other",
            Some(bounds(5, 6, 9)),
            Disagrees(""),
        ),
        (
            commit(6, Some(1)),
            "g",
            Some(bounds(5, 6, 9)),
            Disagrees(""),
        ),
        (commit(4, Some(1)), "g", Some(bounds(5, 6, 9)), Behind),
        (commit(5, Some(2)), "g", None, Disagrees("")),
    ] {
        let said = format!("{commit:?} {generation} {bounds:?}");
        assert_eq!(stands(commit, generation, bounds), expected, "{said}");
    }
}

#[test]
fn the_minority_is_outvoted_and_of_two_both_are() {
    let sums = |epoch, sum| {
        let mark = |number, sum| Checkpoint {
            number,
            generation: "g".to_owned(),
            sum,
        };
        Checkpoints {
            epoch,
            marks: [mark(1, 1), mark(2, sum)].into(),
        }
    };
    let against = |own, others: &[u64]| {
        let others: Vec<Checkpoints> = others.iter().map(|sum| sums(1, *sum)).collect();
        outvoted(&sums(1, own), &others)
    };
    assert_eq!(against(5, &[5, 5]), None);
    assert_eq!(against(5, &[5, 6]), None);
    assert_eq!(against(6, &[5, 5]), Some((2, false)));
    assert_eq!(against(6, &[5]), Some((2, true)));
    assert_eq!(against(6, &[]), None);
    assert_eq!(outvoted(&sums(1, 6), &[sums(2, 5), sums(2, 5)]), None);
}
