//! Another version of ESCO: what became of each link is said, and nothing is dropped.

use std::path::Path;

use crate::support::{Folder, SKILLS, check, run};

#[test]
fn links_are_carried_over_and_what_is_gone_is_named() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("new")).unwrap();
    // One renamed, one under another URI, one gone, one replaced.
    let new = SKILLS
        .replace("bake bread,", "make bread,")
        .replace("skill/b,", "skill/x,")
        .replace(
            "http://example.org/skill/c,knowledge,SQL,Structured Query Language",
            "http://example.org/skill/q,knowledge,databases,",
        )
        .replace(
            "skill/d,skill/competence,bake rye bread",
            "skill/r,skill/competence,bake dark bread",
        );
    folder.write("new/skills_en.csv", new);
    folder.write(
        "delta.tsv",
        "old\tnew\nhttp://example.org/skill/d\thttp://example.org/skill/r\n",
    );
    let skills = ["a", "b", "c", "d", "z"]
        .map(|id| format!("{{\"uri\":\"http://example.org/skill/{id}\"}}"))
        .join(",");
    folder.write(
        "many.jsonl",
        format!("{{\"id\":\"1\",\"title\":\"T\",\"mine\":5,\"outcomes\":[{{\"text\":\"t\",\"skills\":[{skills}]}}],\"occupations\":[\"http://example.org/occupation/z\"]}}\nnonsense\n{{\"type\":\"Badge\",\"id\":\"2\"}}\n"),
    );
    let ran = run(
        &[
            "migrate",
            "--from",
            &folder.at("esco"),
            "--to",
            &folder.at("new"),
            "--replaced",
            &folder.at("delta.tsv"),
            "--credentials",
            &folder.at("many.jsonl"),
        ],
        b"",
    )
    .exits(1);
    ran.says(&[
        "1: http://example.org/skill/a is called \"make bread\" now",
        "1: http://example.org/skill/b is gone; http://example.org/skill/x has the same label",
        "1: http://example.org/skill/c is gone; the link to \"SQL\" stays",
        "1: http://example.org/skill/d is replaced by http://example.org/skill/r",
        "1: http://example.org/skill/z is in neither version",
        "1: http://example.org/occupation/z is in neither version",
        "many.jsonl:2: is no JSON object",
        "many.jsonl:3: is no credential in native JSON: title is missing; it is not carried over",
        "1 credentials carried over",
    ]);
    let written: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (
            written["mine"].as_u64(),
            written["outcomes"][0]["skills"].as_array().unwrap().len()
        ),
        (Some(5), 5)
    );
}

#[test]
fn a_package_without_its_skills_is_refused() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/esco");
    if !data.is_dir() {
        println!("skipped: ../shared/data is not here");
        return;
    }
    let folder = Folder::new();
    let at = |version: &str| data.join(version).to_str().unwrap().to_owned();
    let arguments = [
        "migrate",
        "--from",
        &at("v1.1.0"),
        "--to",
        &at("v1.2.0-partial"),
        "--credentials",
        &folder.at("credentials.jsonl"),
    ];
    let ran = run(&arguments, b"").exits(1);
    assert_eq!(ran.out, "", "everything would be gone");
    ran.says(&["--to: ", "no skills file", "looked for skills_en.csv"]);
}

#[test]
fn a_copy_of_a_data_directory_is_whole_and_stays_as_it_was() {
    let folder = Folder::new();
    folder.built();
    folder.write("more.jsonl", "{\"id\":\"rye\",\"title\":\"Rye\"}\n");
    run(
        &[
            "import",
            &folder.at("more.jsonl"),
            "--data-dir",
            &folder.at("data"),
        ],
        b"",
    )
    .exits(0);
    let ran = run(
        &[
            "backup",
            "--data-dir",
            &folder.at("data"),
            "--to",
            &folder.at("copy"),
        ],
        b"",
    )
    .exits(0);
    assert!(
        ran.out.contains("3 credentials, up to change 3"),
        "{}",
        ran.out
    );
    folder.write(
        "later.jsonl",
        "{\"id\":\"later\",\"title\":\"Later\"}\n{\"id\":\"rye\",\"title\":\"Other rye\"}\n",
    );
    run(
        &[
            "import",
            &folder.at("later.jsonl"),
            "--data-dir",
            &folder.at("data"),
        ],
        b"",
    )
    .exits(0);
    let counted = |dir: &str| check(&folder.path(dir)).exits(0).out;
    assert!(
        counted("copy").contains("3 credentials\n") && counted("data").contains("4 credentials\n")
    );
    run(
        &[
            "import",
            &folder.at("later.jsonl"),
            "--data-dir",
            &folder.at("copy"),
        ],
        b"",
    )
    .exits(0);
    assert!(counted("copy").contains("4 credentials\n"));
    let again = run(
        &[
            "backup",
            "--data-dir",
            &folder.at("data"),
            "--to",
            &folder.at("copy"),
        ],
        b"",
    )
    .exits(1);
    again.says(&["is not empty"]);
}

/// A data directory of a new version that knows the old one: c and d are gone, b has another URI, d is replaced.
fn with_former(folder: &Folder) {
    std::fs::create_dir(folder.path("new")).unwrap();
    let new = SKILLS
        .replace("skill/b,", "skill/x,")
        .replace(
            "http://example.org/skill/c,knowledge,SQL,Structured Query Language",
            "http://example.org/skill/q,knowledge,databases,",
        )
        .replace(
            "skill/d,skill/competence,bake rye bread",
            "skill/r,skill/competence,bake dark bread",
        );
    folder.write("new/skills_en.csv", new);
    folder.write(
        "new/occupations_en.csv",
        "conceptUri,iscoGroup,preferredLabel\nhttp://example.org/occupation/new-baker,7512,Baker\n",
    );
    let relations = "occupationUri,relationType,skillUri\nhttp://example.org/occupation/new-baker,essential,http://example.org/skill/a\n";
    folder.write("new/occupationSkillRelations.csv", relations);
    folder.write(
        "delta.tsv",
        "old\tnew\nhttp://example.org/skill/d\thttp://example.org/skill/r\n",
    );
    folder.write("old.jsonl", "{\"id\":\"1\",\"title\":\"T\",\"outcomes\":[{\"text\":\"t\",\"skills\":[{\"uri\":\"http://example.org/skill/b\"},{\"uri\":\"http://example.org/skill/d\"}]}]}\n");
    let arguments = [
        "index",
        "--esco",
        &folder.at("new"),
        "--former",
        &folder.at("esco"),
        "--replaced",
        &folder.at("delta.tsv"),
        "--credentials",
    ];
    let ran = run(
        &[
            &arguments[..],
            &[&folder.at("old.jsonl"), "--data-dir", &folder.at("data")],
        ]
        .concat(),
        b"",
    )
    .exits(0);
    assert!(ran.out.contains("4 URIs of former versions"), "{}", ran.out);
}

#[test]
fn requests_that_name_a_former_version_are_led_on_and_told_so() {
    let folder = Folder::new();
    with_former(&folder);
    let request = r#"{"demand":[{"uri":"http://example.org/skill/b"},{"uri":"http://example.org/skill/c"},{"uri":"http://example.org/skill/d"}],
        "profile":{"skills":[{"uri":"http://example.org/skill/c"}],"occupations":["http://example.org/occupation/baker"]}}"#;
    let ran = run(
        &["recommend", "--data-dir", &folder.at("data")],
        request.replace('\n', "").as_bytes(),
    )
    .exits(0);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let asked: Vec<&str> = answer["demand"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skill| skill["uri"].as_str().unwrap())
        .collect();
    assert_eq!(
        asked,
        ["http://example.org/skill/r", "http://example.org/skill/x"]
    );
    let told: Vec<(&str, &str)> = answer["context"]["carriedUris"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["field"].as_str().unwrap(),
                one["fate"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("target.demand[0].uri", "URI_FATE_RELINKED_BY_LABEL"),
        ("target.demand[1].uri", "URI_FATE_GONE"),
        ("target.demand[2].uri", "URI_FATE_REPLACED"),
        ("profile.skills[0].uri", "URI_FATE_GONE"),
        ("profile.occupations[0]", "URI_FATE_RELINKED_BY_LABEL"),
    ];
    assert_eq!(told, expected);
    assert_eq!(answer["context"]["carriedUris"][1]["label"], "SQL");
    let covers: Vec<bool> = answer["recommendations"][0]["covers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cover| cover["origin"] == "LINK_ORIGIN_DECLARED")
        .collect();
    assert!(
        covers.contains(&true) && covers.contains(&false),
        "what was found by its label is inferred: {}",
        answer["recommendations"]
    );
    let nothing = br#"{"demand":[{"uri":"http://example.org/skill/c"}]}"#;
    run(&["recommend", "--data-dir", &folder.at("data")], nothing)
        .exits(1)
        .says(&["names only skills that are gone"]);
    let ran = run(
        &[
            "export",
            "--data-dir",
            &folder.at("data"),
            "--skills",
            "http://example.org/skill/d",
        ],
        b"",
    )
    .exits(0);
    ran.says(&["skill http://example.org/skill/d is of a former version of ESCO, http://example.org/skill/r counts in its place"]);
    assert!(
        ran.out.starts_with("{") && ran.out.lines().count() == 1,
        "{}",
        ran.out
    );
}

#[test]
fn a_data_directory_is_carried_over_with_its_changes() {
    let folder = Folder::new();
    folder.built();
    folder.write(
        "more.jsonl",
        "{\"id\":\"rye\",\"title\":\"Rye\",\"outcomes\":[{\"text\":\"r\",\"skills\":[{\"uri\":\"http://example.org/skill/d\"}]}]}\n",
    );
    run(
        &[
            "import",
            &folder.at("more.jsonl"),
            "--data-dir",
            &folder.at("data"),
        ],
        b"",
    )
    .exits(0);
    std::fs::create_dir(folder.path("new")).unwrap();
    folder.write(
        "new/skills_en.csv",
        SKILLS.replace(
            "skill/d,skill/competence,bake rye bread",
            "skill/r,skill/competence,Bake rye bread",
        ),
    );
    let arguments = [
        "migrate",
        "--from",
        &folder.at("esco"),
        "--to",
        &folder.at("new"),
        "--data-dir",
        &folder.at("data"),
    ];
    let ran = run(&arguments, b"").exits(0);
    ran.says(&[
        "rye: http://example.org/skill/d is gone; http://example.org/skill/r has the same label",
        "3 credentials carried over",
    ]);
    let ids: Vec<String> = ran
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(ids, ["books", "bread", "rye"]);
    // Links that were inferred are made anew when the file is indexed.
    assert!(
        !ran.out
            .contains("inferred\",\"uri\":\"http://example.org/skill/b"),
        "{}",
        ran.out
    );
}
