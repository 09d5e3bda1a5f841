//! What holds of the road by wording: it finds what no link finds, and stops where nothing is missing.

use skillgap::candidates::{Against, Needs, Survey, Wording, held_closure, with_near, worded_like};
use skillgap::demand::{AdText, Demand, Options, extract};
use skillgap::gap::{ProfileParts, analyse, gather};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, Sizes, starter_esco};
use skillgap_credentials::credential::{Credential, Outcome, SkillLink, Texts, texts};

fn text(text: &str) -> Texts {
    texts([("en", text)])
}

/// Three credentials; the outcomes have links to another ESCO only, so that none is found by skill.
fn catalogue() -> Catalogue {
    let credential = |id: &str, title: &str, outcome: &str| Credential {
        id: id.into(),
        title: text(title),
        outcomes: vec![Outcome {
            text: text(outcome),
            skills: vec![SkillLink::declared("http://example.org/elsewhere")],
        }],
        ..Credential::default()
    };
    let credentials = vec![
        credential(
            "bees",
            "Keeping bees",
            "Care for bee colonies through the year",
        ),
        credential(
            "dig",
            "Excavator operator",
            "Operate an excavator for trenches",
        ),
        credential(
            "paint",
            "Watercolours",
            "Paint landscapes with watercolours",
        ),
    ];
    Catalogue::in_memory(starter_esco().unwrap(), credentials).unwrap()
}

/// Ids of what is near in wording, best first, with the values.
fn near(
    catalogue: &Catalogue,
    demand: &Demand,
    parts: &ProfileParts<'_>,
    filter: &Filter,
) -> Vec<(String, f64)> {
    let profile = gather(catalogue, parts);
    let gap = analyse(catalogue, demand, &profile);
    let wording = Wording::of(catalogue, demand, &gap, &profile, parts).unwrap();
    let survey = Survey {
        filter,
        limit: 512,
        left_out: &[],
        sizes: Sizes::default(),
    };
    let had = held_closure(catalogue, &profile).unwrap();
    let near = worded_like(catalogue, &wording, &survey, &had).unwrap();
    let mut found = with_near(
        catalogue,
        &Against {
            needs: &Needs::of(&gap),
            filter,
        },
        &wording,
        near,
        Vec::new(),
    )
    .unwrap();
    let mut values = found.iter().map(|candidate| candidate.near.value);
    assert!(values.all(|value| (0.0..=1.0).contains(&value)));
    found.sort_by(|a, b| b.near.value.total_cmp(&a.near.value));
    found
        .iter()
        .map(|one| {
            (
                catalogue.credentials.record(one.facts.address).unwrap().id,
                one.near.value,
            )
        })
        .collect()
}

fn ad<'a>(text: &'a str) -> AdText<'a> {
    AdText::new("ad", text, 1 << 16).unwrap()
}

#[test]
fn what_no_link_finds_is_found_by_its_wording() {
    let catalogue = catalogue();
    let demand = extract(
        &catalogue,
        ad("Excavator driver wanted\n- dig trenches with the excavator"),
        Options::default(),
    );
    let found = near(
        &catalogue,
        &demand,
        &ProfileParts::default(),
        &Filter::default(),
    );
    assert_eq!(found[0].0, "dig");
    assert!(
        found[0].1 > 0.4 && found.iter().skip(1).all(|(_, value)| *value < 0.2),
        "{found:?}"
    );
}

#[test]
fn what_a_text_of_the_person_says_counts_for_less() {
    let catalogue = catalogue();
    let demand = extract(
        &catalogue,
        ad("- operate an excavator for trenches"),
        Options::default(),
    );
    let without = near(
        &catalogue,
        &demand,
        &ProfileParts::default(),
        &Filter::default(),
    );
    let held = ProfileParts {
        text: Some(ad("I operate an excavator for trenches.")),
        ..ProfileParts::default()
    };
    let with = near(&catalogue, &demand, &held, &Filter::default());
    let most = |found: &[(String, f64)]| found.first().map_or(0.0, |(_, value)| *value);
    assert!(most(&with) < most(&without) / 2.0, "{with:?} {without:?}");
}

#[test]
fn where_not_even_the_nearest_is_near_nothing_is_shown() {
    let catalogue = catalogue();
    for (text, is_near) in [
        ("- keep bees", true),
        ("- audit the accounts of banks", false),
        ("- carve soundboards for harpsichords", false),
    ] {
        let demand = Demand {
            skills: Vec::new(),
            ..extract(&catalogue, ad(text), Options::default())
        };
        let found = near(
            &catalogue,
            &demand,
            &ProfileParts::default(),
            &Filter::default(),
        );
        assert_eq!(!found.is_empty(), is_near, "{text}: {found:?}");
    }
}

#[test]
fn constraints_hold_on_this_road_too() {
    let catalogue = catalogue();
    let demand = extract(
        &catalogue,
        ad("- operate an excavator for trenches"),
        Options::default(),
    );
    let filter = Filter {
        hours_max: Some(10.0),
        ..Filter::default()
    };
    assert_eq!(
        near(&catalogue, &demand, &ProfileParts::default(), &filter),
        []
    );
}

#[test]
fn where_all_skills_of_a_list_are_held_nothing_is_near() {
    let catalogue = catalogue();
    let excavator = catalogue.linker.link(
        skillgap_linker::Query {
            text: "operate excavator",
            language: Some("en"),
        },
        1,
    )[0]
    .skill;
    let demand = extract(&catalogue, ad("- operate excavator"), Options::default());
    let demand = Demand {
        asked: Vec::new(),
        ..demand
    };
    assert!(
        demand
            .skills
            .iter()
            .any(|demanded| demanded.skill == excavator)
    );
    let held = ProfileParts {
        skills: demand
            .skills
            .iter()
            .map(|demanded| (demanded.skill, None))
            .collect(),
        ..ProfileParts::default()
    };
    assert_eq!(near(&catalogue, &demand, &held, &Filter::default()), []);
}
