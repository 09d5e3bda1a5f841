//! Credentials of other standards: built from files of any format, checked for what they leave unsaid, written out and read back.

use std::fs;

use serde_json::Value;

use crate::support::{Folder, run};

const BADGE: &str = r#"{"@context":["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"type":["VerifiableCredential","OpenBadgeCredential"],
"id":"urn:award:1","issuer":{"id":"urn:i","name":"Guild of Bakers"},"credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"urn:badge:rye",
"name":"Rye bread","inLanguage":"en","criteria":{"narrative":"Bake a loaf"},"alignment":[{"targetName":"bake rye bread","targetUrl":"http://data.europa.eu/esco/skill/r"}]}}}"#;
const CSV: &str = "id;title_en;outcomes_en;hours;country\nrolls;Rolls;bake bread|audit accounts;7,5;PL\nbad;;x;7;PL\n";
const ELM: &str = r#"{"@context":"http://data.europa.eu/snb/model/context/edc-ap","id":"urn:offer:1","type":"LearningOpportunity","title":{"en":"Baking"},
"learningAchievementSpecification":{"type":"Qualification","volumeOfLearning":"P60M","learningOutcome":{"title":{"en":"bake bread"}}}}"#;

/// A folder of files in three formats, of which one row is bad.
fn mixed() -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.path("mixed")).unwrap();
    for (name, text) in [
        ("mixed/a", BADGE),
        ("mixed/b.txt", CSV),
        ("mixed/c.json", ELM),
    ] {
        folder.write(name, text);
    }
    folder
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn files_of_any_format_are_told_apart_by_their_content() {
    let folder = mixed();
    let ran = folder.index("mixed", "data").exits(0);
    ran.says(&["b.txt:3: title: is missing"]);
    assert!(
        ran.out.contains("3 credentials") && ran.out.contains("1 rows rejected"),
        "{}",
        ran.out
    );
}

#[test]
fn each_kind_of_fault_is_told_once_and_all_of_them_are_listed_in_a_file() {
    let folder = Folder::new();
    let rows: String = (0..9)
        .map(|at| format!("c{at};C;many;Atlantis\n"))
        .collect();
    folder.write(
        "bad.csv",
        format!("id;title;hours;country\n{rows};Nameless;3;DE\nrye;Rye;3;DE\n"),
    );
    let (file, faults) = (folder.at("bad.csv"), folder.at("faults.tsv"));
    let ran = run(
        &["check-credentials", "--summary", "--faults", &faults, &file],
        b"",
    )
    .exits(1);
    ran.says(&[
        "bad.csv:11: id: is missing",
        "bad.csv: 9 times: workload.hours: \"many\": is no number (lines 2, 3, 4, …); write 40 or 16.5",
        "bad.csv: 9 times: access.countries: \"Atlantis\": is no country (lines 2, 3, 4, …); write DE",
    ]);
    assert_eq!(
        ran.err.lines().last(),
        Some("10 of 11 courses used, with 18 values in doubt: id: is missing")
    );
    assert_eq!(
        fs::read_to_string(folder.path("faults.tsv"))
            .unwrap()
            .lines()
            .count(),
        19
    );
    folder.write("none.csv", "id;title\n;a\n;b\n");
    folder
        .index("none.csv", "data")
        .exits(1)
        .says(&["0 of 2 courses used: id: is missing; nothing is built"]);
}

#[test]
fn a_table_with_columns_of_ones_own_is_read_by_a_mapping_of_which_a_first_one_is_suggested() {
    let folder = Folder::new();
    let table = "Kursnr;Kurstitel;Lernziele;Dauer\n7;Brot;bake bread;40 Std.\n";
    folder.write("kurse.csv", table);
    let suggested = run(
        &["index", "--suggest-mapping", &folder.at("kurse.csv")],
        b"",
    )
    .exits(0)
    .out;
    assert!(suggested.contains("title = \"Kurstitel\""), "{suggested}");
    folder.write("mapping.toml", suggested.replace("duration =", "hours ="));
    let (file, mapping, data) = (
        folder.at("kurse.csv"),
        folder.at("mapping.toml"),
        folder.at("data"),
    );
    run(&["check-credentials", &file], b"")
        .exits(1)
        .says(&["--suggest-mapping"]);
    let esco = folder.at("esco");
    let ran = run(
        &[
            "index",
            "--esco",
            &esco,
            "--mapping",
            &mapping,
            "--credentials",
            &file,
            "--data-dir",
            &data,
        ],
        b"",
    )
    .exits(0);
    assert_eq!(ran.out.lines().last(), Some("1 of 1 courses used"));
    let found = lines(&run(&["export", "--data-dir", &data], b"").exits(0).out);
    assert_eq!(
        (&found[0]["id"], &found[0]["workload"]["hours"]),
        (&Value::from("7"), &Value::from(40.0))
    );
    folder.write("mapping.toml", "id = \"Kursnr\"\ntitel = \"Kurstitel\"\n");
    run(&["check-credentials", "--mapping", &mapping, &file], b"")
        .exits(1)
        .says(&["mapping.toml: titel: is no field"]);
}

#[test]
fn what_credentials_leave_unsaid_is_listed_for_people() {
    let folder = mixed();
    let ran = run(&["check-credentials", &folder.at("mixed")], b"").exits(1);
    ran.says(&["b.txt:3: title: is missing"]);
    for part in [
        "urn:badge:rye  Rye bread, Guild of Bakers",
        "3 credentials in 3 files",
        "doubtful  workload: stated as \"P60M\"",
        "title                   100.0 %",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let ran = run(
        &["check-credentials", "--summary", &folder.at("mixed/c.json")],
        b"",
    )
    .exits(0);
    assert!(
        !ran.out.contains("urn:offer:1") && ran.out.contains("1 credentials in 1 files"),
        "{}",
        ran.out
    );
    run(&["check-credentials"], b"").exits(2);
    run(&["check-credentials", &folder.at("none")], b"")
        .exits(1)
        .says(&["none"]);
}

#[test]
fn what_credentials_leave_unsaid_is_written_as_json() {
    let folder = mixed();
    let found = lines(
        &run(&["check-credentials", "--json", &folder.at("mixed")], b"")
            .exits(1)
            .out,
    );
    assert_eq!(
        (found.len(), &found[0]["id"], &found[3]["credentials"]),
        (4, &Value::from("urn:badge:rye"), &Value::from(3))
    );
    assert!(
        found[0]["missing"]
            .as_array()
            .unwrap()
            .contains(&Value::from("country"))
    );
    assert_eq!(found[2]["doubtful"][0]["element"], "workload");
    let workload = found[3]["elements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|element| element["element"] == "workload")
        .unwrap();
    assert_eq!(
        (
            &workload["there"],
            &workload["doubtful"],
            &workload["missing"]
        ),
        (
            &Value::from(0.3333),
            &Value::from(0.3333),
            &Value::from(0.3333)
        )
    );
}

#[test]
fn the_catalogue_is_written_out_and_read_back() {
    let folder = mixed();
    folder.index("mixed", "data").exits(0);
    let export = |format: &str| {
        run(
            &[
                "export",
                "--data-dir",
                &folder.at("data"),
                "--format",
                format,
            ],
            b"",
        )
        .exits(0)
        .out
    };
    let (native, elm) = (export("native"), export("elm"));
    assert_eq!(export("jsonl"), native);
    assert_eq!(lines(&native).len(), 3);
    for (name, text) in [("native", &native), ("elm", &elm)] {
        folder.write(name, text);
        let ran = folder.index(name, "again").exits(0);
        assert!(
            ran.out.contains("3 credentials") && !ran.out.contains("rejected"),
            "{}",
            ran.out
        );
        let again = run(&["export", "--data-dir", &folder.at("again")], b"")
            .exits(0)
            .out;
        assert_eq!(again, native, "{name}");
    }
    let elm: Value = serde_json::from_str(&elm).unwrap();
    assert!(
        elm.as_array()
            .unwrap()
            .iter()
            .all(|offer| offer["type"] == "LearningOpportunity" && offer["@context"].is_array())
    );
}

#[test]
fn a_search_restricts_what_is_written_out() {
    let folder = mixed();
    folder.index("mixed", "data").exits(0);
    let ids = |arguments: &[&str]| {
        let data = folder.at("data");
        let all = [&["export", "--data-dir", data.as_str()], arguments].concat();
        lines(&run(&all, b"").exits(0).out)
            .into_iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--countries", "pl"]), ["rolls"]);
    assert_eq!(ids(&["--text", "rye"]), ["urn:badge:rye"]);
    assert_eq!(ids(&["--hours-max", "8"]), ["rolls"]);
    assert_eq!(ids(&["--hours-max", "8", "--include-unknown"]).len(), 3);
    run(
        &[
            "export",
            "--data-dir",
            &folder.at("data"),
            "--modes",
            "telepathy",
        ],
        b"",
    )
    .exits(2);
    run(
        &[
            "export",
            "--data-dir",
            &folder.at("data"),
            "--skills",
            "http://none",
        ],
        b"",
    )
    .exits(1);
}

/// Three courses of the same title: one in the evening near Potsdam, one by day in Berlin and in the evening in Munich, one that says little.
const EVENING: &str = r#"{"id":"near","title":"Baking","cost":{"amount":900,"currency":"EUR"},"access":{"languages":[{"languageCode":"de","level":"B1"}],"places":[{"coordinates":{"latitude":52.39,"longitude":13.06}}],"timesOfDay":["evening"]},"funding":{"schemes":[{"name":"Bildungsgutschein","eligible":["unemployed"],"eligibleStatuses":["unemployed"],"share":1}]}}
{"id":"split","title":"Baking","cost":{"amount":0,"currency":"EUR"},"access":{"languages":[{"languageCode":"de","level":"A2"}]},"offers":[{"access":{"timesOfDay":["daytime"],"places":[{"coordinates":{"latitude":52.52,"longitude":13.4}}]}},{"access":{"timesOfDay":["evening"],"places":[{"coordinates":{"latitude":48.14,"longitude":11.58}}]}}]}
{"id":"silent","title":"Baking"}
"#;

#[test]
fn an_evening_course_near_by_that_is_free_for_this_person_is_found() {
    let folder = Folder::new();
    folder.write("evening.jsonl", EVENING);
    folder.index("evening.jsonl", "data").exits(0);
    let ids = |arguments: &[&str]| {
        let data = folder.at("data");
        let wishes = [
            "export",
            "--data-dir",
            &data,
            "--times",
            "evening",
            "--near",
            "52.52,13.405",
            "--within-km",
            "30",
            "--cost-max",
            "0 EUR",
            "--language-levels",
            "de=B1",
        ];
        lines(&run(&[&wishes, arguments].concat(), b"").exits(0).out)
            .into_iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--status", "unemployed"]), ["near"]);
    assert!(ids(&["--status", "employee"]).is_empty());
    assert!(ids(&[]).is_empty());
    assert_eq!(ids(&["--entitled-to", "bildungsgutschein"]), ["near"]);
    let or_unknown = ids(&["--status", "unemployed", "--include-unknown"]);
    assert_eq!(or_unknown, ["near", "silent"]);
}
