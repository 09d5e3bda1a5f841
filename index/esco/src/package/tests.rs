//! What is read from packages that are well formed, however they differ in layout?

use std::io::{Cursor, Write};
use std::path::PathBuf;

use super::read_zip_bytes;
use crate::error::Result;
use crate::report::ReadReport;
use crate::{Collection, Esco, NodeId, ReuseLevel, SkillId, SkillType};

/// A zip in memory with these entries.
pub(super) fn zip_of<B: AsRef<[u8]>>(entries: &[(&str, B)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes.as_ref()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Reads a package with these entries.
pub(super) fn read_entries<B: AsRef<[u8]>>(entries: &[(&str, B)]) -> (Result<Esco>, ReadReport) {
    let mut report = ReadReport::default();
    let esco = read_zip_bytes("p.zip", &zip_of(entries), &mut report);
    (esco, report)
}

/// Reads a package that has nothing wrong with it.
fn read_clean(entries: &[(&str, &str)]) -> Esco {
    let (esco, report) = read_entries(entries);
    assert_eq!(report.rejected, [], "nothing should be rejected");
    esco.unwrap()
}

const SKILLS: &str = "conceptUri,preferredLabel\nu:b,bake\nu:a,advise\nu:c,count\n";

/// Labels of the first skill: preferred, then alternatives.
fn first_labels(esco: &Esco) -> Vec<&str> {
    let labels = &esco.skills[0].labels[0];
    std::iter::once(&labels.preferred)
        .chain(&labels.alternatives)
        .map(String::as_str)
        .collect()
}

#[test]
fn columns_are_found_by_name_whatever_the_layout() {
    let check = |csv: &str| {
        let esco = read_clean(&[("skills_en.csv", csv)]);
        assert_eq!(
            first_labels(&esco),
            ["bake bread", "make loaves", "baking"],
            "{csv:?}"
        );
        assert_eq!(esco.skills[0].uri, "u:1");
    };
    check("conceptUri,preferredLabel,altLabels\nu:1,bake bread,\"make loaves\nbaking\"\n");
    check(
        "altLabels,new column,preferredLabel,conceptUri\n\"make loaves\nbaking\",x,bake bread,u:1",
    );
    check("conceptUri;preferredLabel;altLabels\nu:1;bake bread;\"make loaves\nbaking\"\n");
    check("conceptUri\tpreferredLabel\taltLabels\nu:1\tbake bread\t\"make loaves\nbaking\"\n");
    check("\u{feff}conceptUri,preferredLabel,altLabels\nu:1,bake bread,\"make loaves\nbaking\"\n");
    check(
        "\u{feff}\"conceptUri\",preferredLabel,altLabels\nu:1,bake bread,\"make loaves\nbaking\"\n",
    );
    check(
        "\"\u{feff}conceptUri\",\" preferredLabel \",ALTLABELS\nu:1,bake bread,\"make loaves\nbaking\"\n",
    );
    check(
        "conceptUri,preferredLabel,altLabels\r\n\r\nu:1,bake bread,\"make loaves\r\nbaking\"\r\n",
    );
    check(
        " conceptUri , preferredLabel ,altLabels\n u:1 ,\" bake\n bread \",\" make loaves\n\nbake bread\nbaking\nmake loaves \"\n",
    );
    check(
        "conceptUri,preferredLabel,altLabels,hiddenLabels\nu:1,bake bread,make loaves,\"baking\nmake loaves\"\n",
    );
}

#[test]
fn stray_spaces_of_every_label_are_stripped() {
    let rows: Vec<String> = (0..78)
        .map(|n| {
            format!(
                "u:{n:02},\"{}label {n}{}\"\n",
                " ".repeat(n % 3),
                ["\u{a0}", " ", "\n"][n % 3]
            )
        })
        .collect();
    let esco = read_clean(&[(
        "skills_en.csv",
        &format!("conceptUri,preferredLabel\n{}", rows.concat()),
    )]);
    assert_eq!(esco.skills.len(), 78);
    for (n, skill) in esco.skills.iter().enumerate() {
        assert_eq!(skill.labels[0].preferred, format!("label {n}"));
    }
}

#[test]
fn facts_of_a_skill_are_read() {
    let csv = "conceptUri,preferredLabel,skillType,reuseLevel,status,description\n\
        u:a,a,skill/competence,cross-sector,released,\" To a.\n\nWell. \"\nu:b,b,knowledge,occupation-specific,deprecated,\nu:c,c,,,,\n";
    let skills = read_clean(&[("skills_en.csv", csv)]).skills;
    assert_eq!(
        (skills[0].skill_type, skills[0].reuse_level),
        (SkillType::Skill, ReuseLevel::CrossSector)
    );
    assert_eq!(skills[0].descriptions[0].text, "To a.\n\nWell.");
    assert_eq!(
        (skills[1].skill_type, skills[1].status.as_str()),
        (SkillType::Knowledge, "deprecated")
    );
    assert_eq!(
        (skills[2].skill_type, skills[2].reuse_level),
        (SkillType::NotStated, ReuseLevel::NotStated)
    );
    assert!(skills[1].descriptions.is_empty());
}

#[test]
fn languages_are_joined_by_uri_whichever_comes_first() {
    let english = (
        "skills_en.csv",
        "conceptUri,preferredLabel,skillType\nu:a,advise,\nu:b,bake,knowledge\n",
    );
    let german = (
        "skills_de.csv",
        "conceptUri,preferredLabel,skillType\nu:c,zählen,knowledge\nu:a,beraten,knowledge\n",
    );
    let esco = read_clean(&[english, german]);
    assert_eq!(esco, read_clean(&[german, english]));
    assert_eq!(esco.languages, ["de", "en"]);
    let languages = |row: usize| {
        esco.skills[row]
            .labels
            .iter()
            .map(|labels| labels.language.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (languages(0), languages(1), languages(2)),
        (vec!["de", "en"], vec!["en"], vec!["de"])
    );
    assert_eq!(
        esco.skills[0].skill_type,
        SkillType::Knowledge,
        "what the first file leaves blank the second fills"
    );
}

#[test]
fn rows_follow_uris_and_relations_follow_rows() {
    let esco = read_clean(&[
        (
            "occupationSkillRelations_en.csv",
            "skillUri,relationType,occupationUri\nu:c,optional,o:1\nu:b,optional,o:1\nu:b,essential,o:1\nu:b,optional,o:1\n",
        ),
        (
            "skillSkillRelations.csv",
            "originalSkillUri,relationType,relatedSkillUri\nu:c,optional,u:a\nu:b,optional,u:a\nu:b,essential,u:a\n",
        ),
        ("skills_en.csv", SKILLS),
        (
            "occupations_en.csv",
            "conceptUri,preferredLabel,iscoGroup\no:1,baker,C7512\n",
        ),
        (
            "ISCOGroups_en.csv",
            "conceptUri,preferredLabel,code\nx/C75,Food,75\nx/C7,Crafts,\n",
        ),
        ("greenSkillsCollection_en.csv", "conceptUri\nu:a\n"),
        ("ictSkillsCollection.csv", "conceptUri\nu:a\nu:c\n"),
    ]);
    let uris: Vec<&str> = esco.skills.iter().map(|skill| skill.uri.as_str()).collect();
    assert_eq!(uris, ["u:a", "u:b", "u:c"]);
    let baker = &esco.occupations[0];
    assert_eq!(
        (
            baker.isco_group.as_str(),
            baker.essential.as_slice(),
            baker.optional.as_slice()
        ),
        ("7512", &[SkillId(1)][..], &[SkillId(2)][..])
    );
    assert_eq!(esco.essential, [(SkillId(1), SkillId(0))]);
    assert_eq!(
        esco.optional,
        [(SkillId(2), SkillId(0))],
        "a pair that is both is essential"
    );
    let codes: Vec<&str> = esco
        .isco_groups
        .iter()
        .map(|group| group.code.as_str())
        .collect();
    assert_eq!(codes, ["7", "75"]);
    assert_eq!(
        esco.skills[0].collections.iter().collect::<Vec<_>>(),
        [Collection::Green, Collection::Digital]
    );
    assert!(esco.skills[2].collections.contains(Collection::Digital));
}

#[test]
fn hierarchy_gives_groups_codes_and_pairs() {
    let esco = read_clean(&[
        ("skills_en.csv", SKILLS),
        ("skillGroups_en.csv", "conceptUri,preferredLabel\ng:1,one\n"),
        (
            "skillsHierarchy_en.csv",
            "Level 0 URI,Level 0 preferred term,Level 1 URI,Level 1 preferred term,Level 2 URI,Level 2 preferred term,Level 0 code,Level 1 code,Level 2 code\n\
             g:0,top,,,,,S\ng:0,top,g:1,other,,,S,S1\ng:0,top,g:1,one,g:2,two,S,S1,S1.2\ng:0,top,,,g:3,three\n",
        ),
        (
            "broaderRelationsSkillPillar_en.csv",
            "conceptType,conceptUri,broaderType,broaderUri\nx,u:a,y,g:2\nx,u:b,y,u:a\nx,u:a,y,u:b\nx,g:1,y,g:0\n",
        ),
    ]);
    let groups: Vec<(&str, &str, &str)> = esco
        .groups
        .iter()
        .map(|group| {
            (
                group.uri.as_str(),
                group.code.as_str(),
                group.labels[0].preferred.as_str(),
            )
        })
        .collect();
    assert_eq!(
        groups,
        [
            ("g:0", "S", "top"),
            ("g:1", "S1", "one"),
            ("g:2", "S1.2", "two"),
            ("g:3", "", "three")
        ]
    );
    let node = |uri: &str| esco.node_by_uri(uri).unwrap();
    assert_eq!(node("g:0"), NodeId(3));
    let mut pairs = [
        ("u:a", "g:2"),
        ("u:b", "u:a"),
        ("u:a", "u:b"),
        ("g:1", "g:0"),
        ("g:2", "g:1"),
        ("g:3", "g:0"),
    ]
    .map(|(narrow, broad)| (node(narrow), node(broad)));
    pairs.sort();
    assert_eq!(
        esco.broader, pairs,
        "a pair stated twice stands once, and a cycle is kept as it is"
    );
}

#[test]
fn entries_in_folders_count_and_what_systems_leave_behind_does_not() {
    let esco = read_clean(&[
        ("ESCO - v1.1.1/en/SKILLS_EN.CSV", SKILLS),
        ("__MACOSX/ESCO - v1.1.1/en/._skills_en.csv", "rubbish"),
        ("ESCO - v1.1.1/.hidden/skills_en.csv", "rubbish"),
        ("readme.txt", "rubbish"),
    ]);
    assert_eq!((esco.version.as_str(), esco.skills.len()), ("1.1.1", 3));
}

#[test]
fn the_same_file_twice_adds_nothing() {
    let relations = "originalSkillUri,relationType,relatedSkillUri\nu:a,optional,u:b\n";
    let (esco, report) = read_entries(&[
        ("a/skills_en.csv", SKILLS),
        ("b/skills_en.csv", SKILLS),
        ("skillSkillRelations_en.csv", relations),
        ("skillSkillRelations_de.csv", relations),
    ]);
    assert_eq!(esco.unwrap().optional.len(), 1);
    assert_eq!(report.rejected, []);
    assert_eq!(
        report
            .files
            .iter()
            .map(|file| file.rows)
            .collect::<Vec<_>>(),
        [3, 3, 1, 1]
    );
}

#[test]
fn folder_zip_in_folder_and_file_give_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("ESCO v1.2.0/deep/er");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("skills_en.csv"), SKILLS).unwrap();
    let german = zip_of(&[("skills_de.csv", "conceptUri,preferredLabel\nu:a,beraten\n")]);
    std::fs::write(folder.path().join("ESCO v1.2.0/german.ZIP"), german).unwrap();
    let read = |paths: &[PathBuf]| {
        let (mut report, seen) = (ReadReport::default(), std::cell::RefCell::new(Vec::new()));
        let esco = super::read(paths, &mut report, &|name| {
            seen.borrow_mut().push(name.to_owned())
        })
        .unwrap();
        assert_eq!(report.rejected, []);
        assert_eq!(
            seen.into_inner(),
            report
                .files
                .iter()
                .map(|file| file.file.clone())
                .collect::<Vec<_>>()
        );
        esco
    };
    let whole = read(&[folder.path().to_path_buf()]);
    assert_eq!(
        (whole.version.as_str(), whole.languages.len()),
        ("1.2.0", 2)
    );
    assert_eq!(
        whole,
        read(&[
            folder.path().join("ESCO v1.2.0/german.ZIP"),
            deep.join("skills_en.csv")
        ])
    );
}
