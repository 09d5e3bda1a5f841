//! What holds of every gap, and whether coverage by one matrix product equals coverage pair by pair.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use skillgap::demand::{AdText, Demand};
use skillgap::gap::{Coverage, Gap, ProfileParts, analyse, analyse_held, covered_by, gather};
use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::Credential;
use skillgap_esco::{Collection, OccupationId, SkillId};

use crate::world::{
    N_SKILLS, config, demand, demanded, level, made, made_credentials, parts, starter,
};

fn gap_of(catalogue: &Catalogue, demand: &Demand, parts: &ProfileParts<'_>) -> Gap {
    analyse(catalogue, demand, &gather(catalogue, parts))
}

/// One more thing that a person may say.
#[derive(Clone, Debug)]
enum More {
    Skill(SkillId, Option<skillgap::demand::Level>),
    Occupation(OccupationId),
    Credential(Box<Credential>),
    Text(&'static str),
}

fn more() -> impl Strategy<Value = More> {
    prop_oneof![
        3 => ((0..N_SKILLS as u32).prop_map(SkillId), level()).prop_map(|(skill, level)| More::Skill(skill, level)),
        1 => (0..4_u32).prop_map(|row| More::Occupation(OccupationId(row))),
        2 => select(made_credentials()).prop_map(|credential| More::Credential(Box::new(credential))),
        1 => select(vec!["- Java\n- SQL", "I know Python at level B2.", "Nothing."]).prop_map(More::Text),
    ]
}

fn and<'a>(parts: &ProfileParts<'a>, more: More) -> ProfileParts<'a> {
    let mut parts = parts.clone();
    match more {
        More::Skill(skill, level) => parts.skills.push((skill, level)),
        More::Occupation(occupation) => parts.occupations.push(occupation),
        More::Credential(credential) => parts.credentials.push(*credential),
        More::Text(text) => parts.text = Some(AdText::new("profile.text", text, 1_000).unwrap()),
    }
    parts
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn gap_and_covered_together_are_the_demand(demand in demand(), parts in parts()) {
        let gap = gap_of(made(), &demand, &parts);
        prop_assert_eq!(gap.items.len(), demand.skills.len());
        for (item, demanded) in gap.items.iter().zip(&demand.skills) {
            prop_assert_eq!((item.skill, item.weight), (demanded.skill, demanded.weight));
            prop_assert!((0.0..=1.0).contains(&item.held));
            prop_assert!((item.weight * item.held + item.remaining() - item.weight).abs() < 1e-12);
            prop_assert_eq!((item.nearest.is_some(), item.by.is_some()), (item.held > 0.0, item.held > 0.0));
            if let Some(by) = &item.by {
                prop_assert!((by.coverage * by.certainty * by.level_factor - item.held).abs() < 1e-12, "{:?}", by);
                prop_assert!(by.sources.iter().all(|held| Some((held.skill, held.source)) >= item.nearest.map(|nearest| (nearest.0, held.source))));
                prop_assert!(by.sources.iter().any(|held| Some((held.skill, held.source)) == item.nearest && held.certainty == by.certainty));
            }
        }
        prop_assert!(gap.readiness().is_none_or(|readiness| (0.0..=1.0).contains(&readiness)));
        let held: f64 = gap.items.iter().map(|item| item.weight * item.held).sum();
        prop_assert!((held + gap.remaining() - gap.weight()).abs() < 1e-9);
    }

    #[test]
    fn more_held_never_widens_the_gap(demand in demand(), parts in parts(), more in more()) {
        let before = gap_of(made(), &demand, &parts);
        let after = gap_of(made(), &demand, &and(&parts, more));
        for (before, after) in before.items.iter().zip(&after.items) {
            prop_assert!(after.remaining() <= before.remaining(), "{:?} -> {:?}", before, after);
        }
    }

    #[test]
    fn looking_at_held_skills_only_gives_the_same_items(demand in demand(), parts in parts()) {
        let profile = gather(made(), &parts);
        prop_assert_eq!(analyse_held(made(), &demand, &profile).items, analyse(made(), &demand, &profile).items);
    }

    #[test]
    fn what_is_demanded_and_stated_without_level_is_met(demand in demand(), at in any::<Index>()) {
        prop_assume!(!demand.skills.is_empty());
        let demanded = &demand.skills[at.index(demand.skills.len())];
        let gap = gap_of(made(), &demand, &ProfileParts { skills: vec![(demanded.skill, demanded.level)], ..ProfileParts::default() });
        let item = gap.items.iter().find(|item| item.skill == demanded.skill).unwrap();
        prop_assert_eq!((item.held, item.remaining()), (1.0, 0.0));
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn one_matrix_product_equals_pair_by_pair_on_the_made_catalogue(demand in demand()) {
        check_coverage(made(), &demand)?;
    }

    #[test]
    fn one_matrix_product_equals_pair_by_pair_on_the_starter_data(demanded in demanded(11_000, 4)) {
        check_coverage(starter(), &Demand::of_skills(demanded))?;
    }
}

fn check_coverage(catalogue: &Catalogue, demand: &Demand) -> Result<(), TestCaseError> {
    let skills: Vec<SkillId> = demand
        .skills
        .iter()
        .map(|demanded| demanded.skill)
        .collect();
    let fast = Coverage::of(catalogue, &skills);
    for (at, demanded) in skills.iter().enumerate() {
        prop_assert!(fast.covers(at).is_sorted_by(|a, b| a.skill < b.skill));
        prop_assert!(
            fast.covers(at)
                .iter()
                .all(|cover| cover.coverage > 0.0 && cover.coverage <= 1.0)
        );
        for row in 0..catalogue.esco.skills.len() {
            let (fast, slow) = (
                fast.cover(at, SkillId(row as u32)),
                cover(catalogue, SkillId(row as u32), *demanded),
            );
            // Sums of products in another order differ in the last bits of a float, and the result is in steps of a thousandth.
            prop_assert!(
                (fast - slow).abs() < 0.0015,
                "{row} for {demanded:?}: {fast} against {slow}"
            );
        }
    }
    Ok(())
}

/// How far one skill stands for another, as the documentation of the stage says it: the best of equality, hierarchy, relation, similarity.
fn cover(catalogue: &Catalogue, held: SkillId, demanded: SkillId) -> f64 {
    let esco = &catalogue.esco;
    let equal = f64::from(u8::from(held == demanded));
    let narrower = steps_up(catalogue, held, demanded, 3).map_or(0.0, |steps| 0.9_f64.powi(steps));
    let broader = steps_up(catalogue, demanded, held, 2).map_or(0.0, |steps| 0.4_f64.powi(steps));
    let essential = if esco.essential.contains(&(demanded, held)) {
        0.4
    } else {
        0.0
    };
    let optional = if esco.optional.contains(&(demanded, held)) {
        0.3
    } else {
        0.0
    };
    let spoken = spoken(
        catalogue.skill_label(held, "en"),
        catalogue.skill_label(demanded, "en"),
    );
    [
        equal,
        narrower,
        broader,
        essential,
        optional,
        spoken,
        similar(catalogue, held, demanded),
    ]
    .into_iter()
    .fold(0.0, f64::max)
}

/// How far one part of a language stands for another, by the English labels; 0 for two labels that are no parts of one language.
fn spoken(held: &str, demanded: &str) -> f64 {
    let beginnings = [
        "write ",
        "understand written ",
        "interact verbally in ",
        "understand spoken ",
    ];
    let part_of = |label: &str| {
        beginnings
            .iter()
            .find_map(|beginning| Some((*beginning, label.strip_prefix(beginning)?.to_owned())))
    };
    match (part_of(held), part_of(demanded)) {
        (Some((_, a)), Some((_, b)))
            if a != b || held == demanded || !a.starts_with(char::is_uppercase) =>
        {
            0.0
        }
        (Some(("write ", _)), Some(("understand written ", _))) => 0.9,
        (Some(("interact verbally in ", _)), Some(("understand spoken ", _))) => 0.9,
        (Some(_), Some(_)) => 0.5,
        (None, Some((_, name))) if name == held => 0.8,
        (Some(("write " | "interact verbally in ", name)), None) if name == demanded => 0.6,
        (Some((_, name)), None) if name == demanded => 0.4,
        _ => 0.0,
    }
}

/// Fewest steps of the hierarchy from a skill up to another, within a limit.
fn steps_up(catalogue: &Catalogue, from: SkillId, to: SkillId, most: i32) -> Option<i32> {
    let mut here = vec![from.0];
    for steps in 0..=most {
        if here.contains(&to.0) {
            return Some(steps).filter(|steps| *steps > 0);
        }
        here = catalogue
            .esco
            .broader
            .iter()
            .filter(|(narrow, _)| here.contains(&narrow.0))
            .map(|(_, broad)| broad.0)
            .collect();
    }
    None
}

/// From 0.17 at similarity 0.7 over 0.28 at 0.8 to 0.31 at 0.85, but not for languages nor where the labels name different things.
fn similar(catalogue: &Catalogue, a: SkillId, b: SkillId) -> f64 {
    let labels = catalogue.linker.labels();
    let cosine = labels.products_of_row(a.row(), &[b.row()])[0];
    let skills = [a, b].map(|skill| &catalogue.esco.skills[skill.row()]);
    let names = skills.map(|skill| {
        let english = skill
            .labels
            .iter()
            .find(|labels| labels.language == "en")
            .map_or("", |labels| labels.preferred.as_str());
        let words = english.split(|c: char| !c.is_alphanumeric() && !"+#.".contains(c));
        words
            .filter(|word| word.chars().any(|c| c.is_uppercase() || c.is_ascii_digit()))
            .collect::<Vec<_>>()
    });
    if a == b
        || cosine < 0.7
        || names[0] != names[1]
        || skills
            .iter()
            .any(|skill| skill.collections.contains(Collection::Language))
    {
        return 0.0;
    }
    let cosine = f64::from(cosine);
    if cosine < 0.8 {
        0.17 + 1.1 * (cosine - 0.7)
    } else {
        0.28 + 0.6 * (cosine.min(0.85) - 0.8)
    }
}

#[test]
fn what_a_skill_covers_is_what_is_covered_by_it() {
    let catalogue = made();
    let all: Vec<SkillId> = (0..N_SKILLS as u32).map(SkillId).collect();
    let coverage = Coverage::of(catalogue, &all);
    for (held, covered) in all.iter().zip(covered_by(catalogue, &all)) {
        for (at, demanded) in all.iter().enumerate() {
            let forwards = covered
                .iter()
                .find(|cover| cover.skill == *demanded)
                .map(|cover| (cover.coverage, cover.road));
            let backwards = coverage
                .covers(at)
                .iter()
                .find(|cover| cover.skill == *held)
                .map(|cover| (cover.coverage, cover.road));
            assert_eq!(forwards, backwards, "{held:?} for {demanded:?}");
        }
    }
}
