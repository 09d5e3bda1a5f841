//! The level factor: how far a held level satisfies a demanded one, by the step on one scale; where nobody stated a level, by what may be expected.

use super::HeldSource;
use crate::demand::{Level, Scale};

/// Most coverage where the held level is below the demanded one.
const BELOW_MAX: f64 = 0.8;
/// The level that a past occupation, or a text without a level, lets one count on: basic, A2, EQF 2.
const COUNTED_ON: u8 = 2;

/// How far a held level, or none, from a source satisfies a demanded one, in (0, 1].
///
/// - None is demanded: 1.
/// - Both on one scale: 1 if it is reached, else the ratio of the ranks, at most [`BELOW_MAX`]: B1 is three quarters of the way to B2.
/// - The person or a credential states none (or on another scale): [`expected`].
/// - Only an occupation or a text implies the skill: as if it were [`COUNTED_ON`], so that a stated level of at least that is never outweighed by
///   what merely follows from a job (`docs/decisions/0010-levels-and-sources.md`).
pub(super) fn level_factor(
    held: Option<Level>,
    source: HeldSource,
    demanded: Option<Level>,
) -> f64 {
    let Some(demanded) = demanded else { return 1.0 };
    let (scale, rank) = demanded.rank();
    match (
        held.map(Level::rank).filter(|(held, _)| *held == scale),
        source,
    ) {
        (Some((_, held)), _) => of_ranks(held, rank),
        (None, HeldSource::Stated | HeldSource::Credential) => expected(demanded),
        (None, HeldSource::Occupation | HeldSource::Text) => of_ranks(COUNTED_ON, rank),
    }
}

/// How far a course of a language one level above the demanded one closes the demand, and one further above: it contains what is asked for, but is made for those
/// who have that already. A judgement.
const ABOVE: f64 = 0.6;
const FURTHER_ABOVE: f64 = 0.3;

/// How far a course satisfies a demanded level, in (0, 1], by the level of a language that it leads to, 1 (A1) to 6 (C2): wholly if it is that level, below it
/// as who holds that level does, above it in part. A course that states none, or a demand on another scale: [`expected`].
pub fn course_factor(taught: Option<u8>, demanded: Option<Level>) -> f64 {
    let Some(demanded) = demanded else { return 1.0 };
    match (taught, demanded.rank()) {
        (Some(taught), (Scale::Proficiency, rank)) => match taught.checked_sub(rank) {
            None | Some(0) => of_ranks(taught, rank),
            Some(1) => ABOVE,
            Some(_) => FURTHER_ABOVE,
        },
        _ => expected(demanded),
    }
}

/// The mean over all levels of the scale: what to expect of a level that nobody stated. 0.75 of B2.
fn expected(demanded: Level) -> f64 {
    let (scale, rank) = demanded.rank();
    let most = match scale {
        Scale::Proficiency => 6,
        Scale::Qualification => 8,
    };
    (1..=most).map(|held| of_ranks(held, rank)).sum::<f64>() / f64::from(most)
}

fn of_ranks(held: u8, demanded: u8) -> f64 {
    if held >= demanded {
        1.0
    } else {
        (f64::from(held) / f64::from(demanded)).min(BELOW_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(held: &str, source: HeldSource, demanded: &str, factor: f64) {
        let found = level_factor(Level::parse(held), source, Level::parse(demanded));
        assert!(
            (found - factor).abs() < 1e-9,
            "{held:?} {source:?} for {demanded:?}: {found}"
        );
    }

    #[test]
    fn b1_does_not_meet_b2() {
        for (held, demanded, factor) in [
            ("B2", "B2", 1.0),
            ("C1", "B2", 1.0),
            ("B1", "B2", 0.75),
            ("A1", "B2", 0.25),
            ("C1", "C2", BELOW_MAX),
            ("EQF 3", "EQF 4", 0.75),
        ] {
            check(held, HeldSource::Stated, demanded, factor);
        }
    }

    #[test]
    fn a_course_closes_a_level_wholly_only_if_it_leads_to_it() {
        let level = Level::parse;
        for (taught, demanded, factor) in [
            (Some(3), "B1", 1.0),
            (Some(2), "B1", 2.0 / 3.0),
            (Some(4), "B1", ABOVE),
            (Some(6), "B1", FURTHER_ABOVE),
            (None, "B2", 0.75),
            (Some(3), "EQF 2", 0.9375),
            (Some(3), "", 1.0),
        ] {
            assert!(
                (course_factor(taught, level(demanded)) - factor).abs() < 1e-9,
                "{taught:?} for {demanded}"
            );
        }
    }

    #[test]
    fn words_stand_on_the_scale_of_proficiency() {
        check("basic", HeldSource::Stated, "A2", 1.0);
        check("basic", HeldSource::Stated, "advanced", 0.4);
        check("intermediate", HeldSource::Stated, "C1", 0.8);
    }

    #[test]
    fn without_a_level_the_mean_is_expected() {
        check("", HeldSource::Stated, "B2", 0.75);
        check("", HeldSource::Credential, "A1", 1.0);
        check("EQF 8", HeldSource::Stated, "B2", 0.75);
        check("", HeldSource::Stated, "", 1.0);
    }

    #[test]
    fn a_job_that_implies_a_skill_never_outweighs_a_stated_level_of_basic_or_above() {
        for demanded in [
            "A1", "A2", "B1", "B2", "C1", "C2", "basic", "expert", "EQF 1", "EQF 8",
        ] {
            let implied = level_factor(None, HeldSource::Occupation, Level::parse(demanded));
            for stated in if demanded.starts_with('E') {
                &["EQF 2", "EQF 5"][..]
            } else {
                &["A2", "basic", "B1", "C2"]
            } {
                assert!(
                    level_factor(
                        Level::parse(stated),
                        HeldSource::Stated,
                        Level::parse(demanded)
                    ) >= implied,
                    "{stated} for {demanded}"
                );
            }
        }
    }
}
