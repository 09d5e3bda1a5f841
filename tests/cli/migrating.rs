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
        .replace("http://example.org/skill/c,knowledge,SQL,Structured Query Language", "http://example.org/skill/q,knowledge,databases,")
        .replace("skill/d,skill/competence,bake rye bread", "skill/r,skill/competence,bake dark bread");
    folder.write("new/skills_en.csv", new);
    folder.write("delta.tsv", "old\tnew\nhttp://example.org/skill/d\thttp://example.org/skill/r\n");
    let skills = ["a", "b", "c", "d", "z"].map(|id| format!("{{\"uri\":\"http://example.org/skill/{id}\"}}")).join(",");
    folder.write(
        "many.jsonl",
        format!("{{\"id\":\"1\",\"title\":\"T\",\"mine\":5,\"outcomes\":[{{\"text\":\"t\",\"skills\":[{skills}]}}]}}\nnonsense\n"),
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
        "many.jsonl:2: is no JSON object",
        "1 credentials carried over",
    ]);
    let written: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((written["mine"].as_u64(), written["outcomes"][0]["skills"].as_array().unwrap().len()), (Some(5), 5));
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
    let arguments = ["migrate", "--from", &at("v1.1.0"), "--to", &at("v1.2.0-partial"), "--credentials", &folder.at("credentials.jsonl")];
    assert_eq!(run(&arguments, b"").exits(1).out, "", "everything would be gone");
}

#[test]
fn a_copy_of_a_data_directory_is_whole_and_stays_as_it_was() {
    let folder = Folder::new();
    folder.built();
    folder.write("more.jsonl", "{\"id\":\"rye\",\"title\":\"Rye\"}\n");
    run(&["import", &folder.at("more.jsonl"), "--data-dir", &folder.at("data")], b"").exits(0);
    let ran = run(&["backup", "--data-dir", &folder.at("data"), "--to", &folder.at("copy")], b"").exits(0);
    assert!(ran.out.contains("3 credentials, up to change 3"), "{}", ran.out);
    folder.write("later.jsonl", "{\"id\":\"later\",\"title\":\"Later\"}\n{\"id\":\"rye\",\"title\":\"Other rye\"}\n");
    run(&["import", &folder.at("later.jsonl"), "--data-dir", &folder.at("data")], b"").exits(0);
    let counted = |dir: &str| check(&folder.path(dir)).exits(0).out;
    assert!(counted("copy").contains("3 credentials\n") && counted("data").contains("4 credentials\n"));
    run(&["import", &folder.at("later.jsonl"), "--data-dir", &folder.at("copy")], b"").exits(0);
    assert!(counted("copy").contains("4 credentials\n"));
    let again = run(&["backup", "--data-dir", &folder.at("data"), "--to", &folder.at("copy")], b"").exits(1);
    again.says(&["is not empty"]);
}
