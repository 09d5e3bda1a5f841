//! How do levels, languages and several sources of one skill count?

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};
use skillgap::Limits;
use skillgap::api::{View, answer_json, recommend_credentials};
use skillgap::config::Policy;
use skillgap::demand::{Demand, Demanded, Level};
use skillgap::engine::Watch;
use skillgap::gap::{GapItem, HeldSource, ProfileParts, Road, State, analyse_held, gather};
use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{Credential, Outcome, SkillLink, texts};
use skillgap_esco::{Collection, Esco, Labels, Occupation, OccupationId, Skill, SkillId};

const GERMAN: SkillId = SkillId(0);
const WRITE: SkillId = SkillId(1);
const READ: SkillId = SkillId(2);
const SPEAK: SkillId = SkillId(3);
const HEAR: SkillId = SkillId(4);
const FRENCH: SkillId = SkillId(5);
const JAVA: SkillId = SkillId(7);

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::in_memory(esco(), Vec::new()).unwrap())
}

/// Two languages, Java, and a guide for whom German and Java are essential.
fn esco() -> Esco {
    let labels = [
        "German",
        "write German",
        "understand written German",
        "interact verbally in German",
        "understand spoken German",
        "French",
        "write French",
        "Java (computer programming)",
    ];
    let skill = |(row, label): (usize, &&str)| {
        let mut skill = Skill {
            uri: format!("http://example.org/skill/{row}"),
            ..Skill::default()
        };
        skill.labels = vec![Labels {
            language: "en".into(),
            preferred: (*label).into(),
            alternatives: Vec::new(),
        }];
        if row < 7 {
            skill.collections.insert(Collection::Language);
        }
        skill
    };
    let guide = Occupation {
        uri: "http://example.org/occupation/guide".into(),
        essential: vec![GERMAN, JAVA],
        ..Occupation::default()
    };
    let skills = labels.iter().enumerate().map(skill).collect();
    Esco {
        version: "made".into(),
        languages: vec!["en".into()],
        skills,
        occupations: vec![guide],
        ..Esco::default()
    }
}

fn stated(skills: &[(SkillId, &str)]) -> ProfileParts<'static> {
    ProfileParts {
        skills: skills
            .iter()
            .map(|(skill, level)| (*skill, Level::parse(level)))
            .collect(),
        ..ProfileParts::default()
    }
}

fn item(parts: &ProfileParts<'_>, demanded: SkillId, level: &str) -> GapItem {
    let demanded = Demanded {
        level: Level::parse(level),
        ..Demanded::essential(demanded)
    };
    analyse_held(
        catalogue(),
        &Demand::of_skills(vec![demanded]),
        &gather(catalogue(), parts),
    )
    .items
    .remove(0)
}

fn check(held: &[(SkillId, &str)], demanded: (SkillId, &str), expected: f64) {
    let item = item(&stated(held), demanded.0, demanded.1);
    assert!(
        (item.held - expected).abs() < 1e-9,
        "{held:?} for {demanded:?}: {item:?}"
    );
}

#[test]
fn b1_german_partly_meets_b2_by_the_step() {
    check(&[(GERMAN, "B1")], (GERMAN, "B2"), 0.75);
    check(&[(GERMAN, "A2")], (GERMAN, "B2"), 0.5);
    check(&[(GERMAN, "B2")], (GERMAN, "B2"), 1.0);
    assert_eq!(
        item(&stated(&[(GERMAN, "B1")]), GERMAN, "B2").state(),
        State::Partly
    );
}

#[test]
fn a_level_of_a_language_is_one_of_all_its_parts() {
    for part in [WRITE, READ, SPEAK, HEAR] {
        check(&[(GERMAN, "B2")], (part, "B2"), 1.0);
        check(&[(GERMAN, "B1")], (part, "B2"), 0.75);
        check(&[(GERMAN, "")], (part, ""), 0.8);
    }
}

#[test]
fn who_writes_also_reads_and_no_language_is_another() {
    check(&[(WRITE, "B2")], (READ, "B2"), 0.9);
    check(&[(READ, "B2")], (WRITE, "B2"), 0.5);
    check(&[(SPEAK, "C1")], (GERMAN, "C1"), 0.6);
    check(&[(FRENCH, "C2")], (GERMAN, ""), 0.0);
    let road = item(&stated(&[(WRITE, "B2")]), READ, "B2").by.unwrap().road;
    assert_eq!(road, Road::Language { whole: false });
}

#[test]
fn a_job_does_not_outweigh_a_stated_level() {
    let mut parts = stated(&[(GERMAN, "A2")]);
    let alone = item(&parts, GERMAN, "B2");
    parts.occupations.push(OccupationId(0));
    let with_job = item(&parts, GERMAN, "B2");
    assert_eq!((alone.held, with_job.held), (0.5, 0.5));
    let by = with_job.by.unwrap();
    assert_eq!((by.level, by.level_in_doubt), (Level::parse("A2"), false));
    assert_eq!(
        by.sources
            .iter()
            .map(|held| held.source)
            .collect::<Vec<_>>(),
        [HeldSource::Stated, HeldSource::Occupation]
    );
}

#[test]
fn where_another_source_counts_for_more_than_the_stated_level_it_is_said() {
    let outcome = Outcome {
        skills: vec![SkillLink::declared("http://example.org/skill/0")],
        ..Outcome::default()
    };
    let course = Credential {
        id: "course".into(),
        outcomes: vec![outcome],
        ..Credential::default()
    };
    let item = item(
        &ProfileParts {
            credentials: vec![course],
            ..stated(&[(GERMAN, "A2")])
        },
        GERMAN,
        "B2",
    );
    let by = item.by.unwrap();
    assert_eq!((item.held, by.level, by.level_in_doubt), (0.75, None, true));
    assert_eq!(by.sources[1].credential.as_deref(), Some("course"));
}

#[test]
fn a_job_lets_count_on_a_basic_level_only() {
    let parts = ProfileParts {
        occupations: vec![OccupationId(0)],
        ..ProfileParts::default()
    };
    assert!((item(&parts, JAVA, "advanced").held - 0.8 * 0.4).abs() < 1e-9);
    assert!((item(&parts, JAVA, "").held - 0.8).abs() < 1e-9);
    assert_eq!(
        item(&parts, JAVA, "").by.unwrap().sources[0].occupation,
        Some(OccupationId(0))
    );
}

fn course(id: &str, title: &str, outcome: &str) -> Credential {
    let text = |text: &str| texts([("en", text)]);
    let skills = vec![SkillLink::declared("http://example.org/skill/3")];
    Credential {
        id: id.into(),
        title: text(title),
        outcomes: vec![Outcome {
            text: text(outcome),
            skills,
        }],
        ..Credential::default()
    }
}

/// What each of some courses closes of a demand of spoken German at B1, and the steps of the pathway.
fn advised(held: &str) -> (Vec<(String, f64)>, Vec<String>) {
    let courses = [
        course("a2", "German A2", "Talk about everyday life"),
        course("b1", "German", "Talk about work at level B1"),
        course("b2", "German B2", "Hold meetings"),
        course("c1", "German C1", "Negotiate"),
        course("none", "German for all", "Talk with others"),
    ];
    let catalogue = Catalogue::in_memory(esco(), courses.into()).unwrap();
    let line = json!({
        "demand": [{ "uri": "http://example.org/skill/3", "level": "B1" }],
        "profile": { "skills": [{ "uri": "http://example.org/skill/3", "level": held }] },
        "planPathway": true,
    });
    let view = View {
        catalogue: &catalogue,
        limits: &Limits::default(),
        policy: &Policy::default(),
        today: 20_779,
        market: None,
        unheard_seconds: None,
        watch: &Watch::unlimited(),
    };
    let answer = answer_json(&view, recommend_credentials, line).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();

    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let closure = |one: &Value| one["closure"].as_f64();
    let id = |one: &Value| one["credentialId"].as_str().unwrap().to_owned();
    let mut closes: Vec<(String, f64)> = list(&answer["recommendations"])
        .iter()
        .map(|one| (id(one), closure(one).unwrap_or_default()))
        .collect();
    closes.sort_by(|a, b| a.0.cmp(&b.0));
    closes
        .iter_mut()
        .for_each(|(_, closure)| *closure = (*closure * 1e3).round() / 1e3);
    (
        closes,
        list(&answer["pathway"]["steps"]).iter().map(id).collect(),
    )
}

#[test]
fn only_a_course_that_leads_to_the_level_closes_the_gap_wholly() {
    let (closes, steps) = advised("A2");
    let closes: BTreeMap<String, f64> = closes
        .into_iter()
        .filter(|(_, closure)| *closure > 0.0)
        .collect();
    // Two thirds are held. Nothing is gained by the level that is held, or by levels above, which are made for those who have what is asked for.
    assert_eq!(closes.get("b1"), Some(&1.0), "{closes:?}");
    assert!(
        !["a2", "b2", "c1"].iter().any(|id| closes.contains_key(*id)),
        "{closes:?}"
    );
    assert_eq!(steps, ["b1"]);
}

#[test]
fn a_held_certificate_counts_up_to_its_level() {
    let held = |id: &str, title: &str| ProfileParts {
        credentials: vec![course(id, title, "Talk")],
        ..ProfileParts::default()
    };
    assert_eq!(item(&held("b1", "German B1"), SPEAK, "B2").held, 0.75);
    assert_eq!(item(&held("b1", "German B1"), SPEAK, "B1").held, 1.0);
    assert_eq!(item(&held("b1", "German"), SPEAK, "A1").held, 1.0);
    assert!(
        item(&held("a1", "German A1"), SPEAK, "B2").held
            < item(&held("none", "German"), SPEAK, "B2").held
    );
}
