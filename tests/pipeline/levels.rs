//! How do levels, languages and several sources of one skill count?

use std::sync::OnceLock;

use skillgap::demand::{Demand, Demanded, Level, Requirement};
use skillgap::gap::{GapItem, HeldSource, ProfileParts, Road, State, analyse_held, gather};
use skillgap_index::Catalogue;
use skillgap_index::model::credential::{Credential, LinkOrigin, Outcome, SkillLink};
use skillgap_index::model::esco::{Collection, Esco, Labels, Occupation, OccupationId, Skill, SkillId};

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
        let mut skill = Skill { uri: format!("http://example.org/skill/{row}"), ..Skill::default() };
        skill.labels = vec![Labels { language: "en".into(), preferred: (*label).into(), alternatives: Vec::new() }];
        if row < 7 {
            skill.collections.insert(Collection::Language);
        }
        skill
    };
    let guide = Occupation { uri: "http://example.org/occupation/guide".into(), essential: vec![GERMAN, JAVA], ..Occupation::default() };
    let skills = labels.iter().enumerate().map(skill).collect();
    Esco { version: "made".into(), languages: vec!["en".into()], skills, occupations: vec![guide], ..Esco::default() }
}

fn stated(skills: &[(SkillId, &str)]) -> ProfileParts<'static> {
    ProfileParts { skills: skills.iter().map(|(skill, level)| (*skill, Level::parse(level))).collect(), ..ProfileParts::default() }
}

fn item(parts: &ProfileParts<'_>, demanded: SkillId, level: &str) -> GapItem {
    let demanded = Demanded {
        skill: demanded,
        weight: 1.0,
        requirement: Requirement::Essential,
        level: Level::parse(level),
        years: None,
        confidence: 1.0,
        spans: Vec::new(),
    };
    analyse_held(catalogue(), &Demand::of_skills(vec![demanded]), &gather(catalogue(), parts)).items.remove(0)
}

fn check(held: &[(SkillId, &str)], demanded: (SkillId, &str), expected: f64) {
    let item = item(&stated(held), demanded.0, demanded.1);
    assert!((item.held - expected).abs() < 1e-9, "{held:?} for {demanded:?}: {item:?}");
}

#[test]
fn b1_german_partly_meets_b2_by_the_step() {
    check(&[(GERMAN, "B1")], (GERMAN, "B2"), 0.75);
    check(&[(GERMAN, "A2")], (GERMAN, "B2"), 0.5);
    check(&[(GERMAN, "B2")], (GERMAN, "B2"), 1.0);
    assert_eq!(item(&stated(&[(GERMAN, "B1")]), GERMAN, "B2").state(), State::Partly);
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
    assert_eq!(by.sources.iter().map(|held| held.source).collect::<Vec<_>>(), [HeldSource::Stated, HeldSource::Occupation]);
}

#[test]
fn where_another_source_counts_for_more_than_the_stated_level_it_is_said() {
    let outcome = Outcome {
        text: Vec::new(),
        skills: vec![SkillLink { uri: "http://example.org/skill/0".into(), origin: LinkOrigin::Declared, confidence: 1.0 }],
    };
    let course = Credential { id: "course".into(), outcomes: vec![outcome], ..Credential::default() };
    let item = item(&ProfileParts { credentials: vec![course], ..stated(&[(GERMAN, "A2")]) }, GERMAN, "B2");
    let by = item.by.unwrap();
    assert_eq!((item.held, by.level, by.level_in_doubt), (0.75, None, true));
    assert_eq!(by.sources[1].credential.as_deref(), Some("course"));
}

#[test]
fn a_job_lets_count_on_a_basic_level_only() {
    let parts = ProfileParts { occupations: vec![OccupationId(0)], ..ProfileParts::default() };
    assert!((item(&parts, JAVA, "advanced").held - 0.8 * 0.4).abs() < 1e-9);
    assert!((item(&parts, JAVA, "").held - 0.8).abs() < 1e-9);
    assert_eq!(item(&parts, JAVA, "").by.unwrap().sources[0].occupation, Some(OccupationId(0)));
}
