//! Building: the same input gives the same generation, another switches, and what cannot be read is named.

use std::fs;

use crate::support::{CREDENTIALS, Folder, OCCUPATION_SKILLS, SKILLS, check, current, run};

#[test]
fn a_small_esco_is_built_and_whole() {
    let folder = Folder::new();
    let ran = folder.index("credentials.jsonl", "data").exits(0);
    for part in [
        "built generation",
        "4 skills",
        "2 credentials",
        "1 occupations",
        "2 of        2 rows used of",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let is_zero = |line: &str| line.trim_start().starts_with("0 ");
    assert!(!ran.out.lines().any(is_zero), "{}", ran.out);
    let ran = check(&folder.path("data")).exits(0);
    assert!(
        ran.out.starts_with(&format!(
            "generation {} is whole",
            current(&folder.path("data"))
        )),
        "{}",
        ran.out
    );
}

#[test]
fn the_same_input_gives_the_same_generation() {
    let folder = Folder::new();
    let name = folder.built();
    assert_eq!(folder.built(), name, "in the same directory");
    check(&folder.path("data")).exits(0);
    let lines: Vec<&str> = CREDENTIALS.lines().rev().collect();
    folder.write("reversed.jsonl", lines.join("\n"));
    folder.index("reversed.jsonl", "other").exits(0);
    assert_eq!(
        current(&folder.path("other")),
        name,
        "in another directory, from lines in another order"
    );
}

#[test]
fn another_input_switches_and_the_former_generation_stays_readable() {
    let folder = Folder::new();
    let first = folder.built();
    let former = fs::read_to_string(folder.path("data/CURRENT")).unwrap();
    folder.write("one.jsonl", CREDENTIALS.replace("20", "21"));
    folder.index("one.jsonl", "data").exits(0);
    let second = current(&folder.path("data"));
    assert_ne!(first, second);
    assert!(check(&folder.path("data")).exits(0).out.contains(&second));
    folder.write("data/CURRENT", former);
    assert!(check(&folder.path("data")).exits(0).out.contains(&first));
}

#[test]
fn a_damaged_generation_is_mended_by_building_it_again() {
    let folder = Folder::new();
    let name = folder.built();
    folder.write(&format!("data/generations/{name}/gazetteer.bin"), "x");
    check(&folder.path("data")).exits(1);
    assert_eq!(folder.built(), name);
    check(&folder.path("data")).exits(0);
}

#[test]
fn bad_lines_of_credentials_are_reported_and_the_others_go_in() {
    let folder = Folder::new();
    let bad = "{bad\n{\"id\":\"x\"}\n{\"id\":\"y\",\"title\":\"Y\",\"hours\":-1}\n{\"id\":\"bread\",\"title\":\"again\"}\n";
    folder.write("bad.jsonl", format!("{CREDENTIALS}{bad}"));
    let ran = folder.index("bad.jsonl", "data").exits(0);
    ran.says(&[
        "bad.jsonl:3: ",
        "bad.jsonl:4: title: is missing",
        "bad.jsonl:5: workload.hours: \"-1\": is not in 0",
        "bad.jsonl:6: id",
    ]);
    assert!(
        ran.out.contains("3 rows rejected") && ran.out.contains("3 credentials"),
        "{}",
        ran.out
    );
}

#[test]
fn labels_of_unknown_concepts_are_reported() {
    let folder = Folder::new();
    folder.write(
        "labels.tsv",
        "conceptUri\tlang\tkind\tlabel\nhttp://example.org/skill/a\tde\tpref\tBrot backen\nhttp://nowhere\tde\tpref\tNichts\n",
    );
    let ran = run(
        &[
            "index",
            "--esco",
            &folder.at("esco"),
            "--labels",
            &folder.at("labels.tsv"),
            "--data-dir",
            &folder.at("data"),
        ],
        b"",
    )
    .exits(0);
    ran.says(&["labels.tsv:3: unknown conceptUri"]);
    let linked = run(
        &["link", "--data-dir", &folder.at("data"), "--top", "1"],
        b"{\"id\":1,\"text\":\"Brot backen\",\"lang\":\"de\"}\n",
    )
    .exits(0);
    assert!(
        linked.out.contains("\"label\":\"Brot backen\""),
        "{}",
        linked.out
    );
}

#[test]
fn packages_that_cannot_be_used_are_refused_by_name_and_the_old_generation_stays() {
    let folder = Folder::new();
    let name = folder.built();
    let zip = include_bytes!("../../index/starter/esco.zip");
    folder.write("cut.zip", &zip[..zip.len() / 2]);
    for (place, skills) in [
        ("column", "preferredLabel,altLabels\nbake,\n"),
        ("latin", "conceptUri,preferredLabel\nu:a,caf\u{e9}\n"),
        ("empty", ""),
    ] {
        fs::create_dir(folder.path(place)).unwrap();
        let latin: Vec<u8> = skills
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        folder.write(&format!("{place}/skills_en.csv"), latin);
    }
    fs::create_dir(folder.path("no-skills")).unwrap();
    folder.write("no-skills/occupationSkillRelations.csv", OCCUPATION_SKILLS);
    for (esco, parts) in [
        ("cut.zip", vec!["cut.zip"]),
        ("column", vec!["skills_en.csv", "conceptUri"]),
        ("latin", vec!["skills_en.csv", "UTF-8"]),
        ("empty", vec!["skills_en.csv"]),
        ("no-skills", vec!["no skills file"]),
        ("nowhere", vec!["nowhere"]),
    ] {
        let ran = run(
            &[
                "index",
                "--esco",
                &folder.at(esco),
                "--data-dir",
                &folder.at("data"),
            ],
            b"",
        )
        .exits(1);
        ran.says(&parts);
        assert_eq!(current(&folder.path("data")), name, "{esco}");
        check(&folder.path("data")).exits(0);
    }
    folder
        .index("no-such-file.jsonl", "data")
        .exits(1)
        .says(&["no-such-file.jsonl"]);
    assert_eq!(
        fs::read_dir(folder.path("data/generations"))
            .unwrap()
            .count(),
        1,
        "something was left behind"
    );
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    folder.write("file", SKILLS);
    folder
        .index("credentials.jsonl", "file/data")
        .exits(1)
        .says(&["file/data"]);
}

#[test]
fn a_far_smaller_catalogue_replaces_none_unless_it_is_told_to() {
    let folder = Folder::new();
    let name = folder.built();
    folder.write("one.jsonl", CREDENTIALS.lines().next().unwrap());
    let (esco, data) = (folder.at("esco"), folder.at("data"));
    let without = ["index", "--esco", &esco, "--data-dir", &data];
    for ran in [folder.index("one.jsonl", "data"), run(&without, b"")] {
        ran.exits(1)
            .says(&["credentials would replace 2", "--allow-shrink"]);
        assert_eq!(current(&folder.path("data")), name);
    }
    let skills: Vec<&str> = SKILLS.lines().collect();
    folder.write("esco/skills_en.csv", skills[..4].join("\n"));
    folder
        .index("credentials.jsonl", "data")
        .exits(1)
        .says(&["ESCO concepts would replace 5"]);
    assert_eq!(current(&folder.path("data")), name);
    let mut told = without.to_vec();
    told.push("--allow-shrink");
    run(&told, b"").exits(0);
    assert_ne!(current(&folder.path("data")), name);
}

#[test]
fn where_nothing_can_be_used_nothing_is_built() {
    let folder = Folder::new();
    folder.write("bad.jsonl", "{bad\n");
    folder.write("empty.jsonl", "");
    for credentials in ["bad.jsonl", "empty.jsonl"] {
        folder
            .index(credentials, "data")
            .exits(1)
            .says(&[" courses used", "nothing is built"]);
        assert!(!folder.path("data").exists(), "{credentials}");
    }
}

#[test]
fn names_and_titles_cannot_steer_the_terminal() {
    let folder = Folder::new();
    let named = "\u{1b}]0;owned\u{7}.jsonl";
    let title = "{\"id\":\"a\\u001b[2J\",\"title\":\"\\u001b[31mred\\u009b\",\"hours\":5}\n{bad\n";
    folder.write(named, title);
    for ran in [
        folder.index(named, "data"),
        run(&["check-credentials", &folder.at(named)], b""),
        run(
            &[
                "index",
                "--starter",
                "--credentials",
                &folder.at("\u{1b}c"),
                "--data-dir",
                &folder.at("x"),
            ],
            b"",
        ),
    ] {
        let printed = format!("{}{}", ran.out, ran.err);
        assert!(printed.contains("\\u{1b}"), "{printed}");
        assert!(
            !printed.contains(['\u{1b}', '\u{7}', '\u{9b}']),
            "{printed:?}"
        );
    }
}
