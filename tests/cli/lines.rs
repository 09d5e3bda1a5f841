//! The JSON-lines commands: order is kept, bad lines are named by number, and the others are answered.

use serde_json::{Value, json};

use crate::support::{Folder, Ran, run};

/// Input with every kind of bad line between good ones, and the ids of the good ones.
fn mixed() -> (Vec<u8>, Vec<Value>) {
    let mut input: Vec<u8> =
        b"{\"id\":\"a\",\"text\":\"You need SQL.\"}\n{bad\n{\"id\":2,\"text\":\"\xff\"}\n".to_vec();
    input.extend(
        b"{\"id\":3,\"text\":\"\"}\n{\"id\":[4],\"text\":\"bake bread\",\"lang\":\"xx\"}\n\n",
    );
    input.extend(format!("{{\"id\":7,\"text\":\"{}\"}}\n", "x".repeat(2 << 20)).bytes());
    input.extend(format!("{{\"id\":8,\"text\":\"{}\"}}\n", "x ".repeat(40_000)).bytes());
    input.extend(b"{\"text\":\"no id\"}\n{\"id\":10}\n[]\n{\"id\":12,\"text\":7}\r\n{\"id\":13,\"text\":\"audit accounts\",\"more\":1}");
    (input, vec![json!("a"), json!(3), json!([4]), json!(13)])
}

fn answers(ran: &Ran) -> Vec<Value> {
    ran.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn bad_lines_are_named_and_the_others_are_answered_in_order() {
    let folder = Folder::new();
    folder.built();
    let (input, ids) = mixed();
    for command in ["link", "extract"] {
        let ran = run(&[command, "--data-dir", &folder.at("data")], &input).exits(1);
        assert_eq!(
            answers(&ran)
                .iter()
                .map(|answer| answer["id"].clone())
                .collect::<Vec<_>>(),
            ids,
            "{command}"
        );
        let numbers: Vec<&str> = ran
            .err
            .lines()
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert_eq!(
            numbers,
            [
                "line 2", "line 3", "line 7", "line 8", "line 9", "line 10", "line 11", "line 12"
            ],
            "{command}: {}",
            ran.err
        );
        ran.says(&["UTF-8", "longer than", "has 80000 bytes"]);
    }
}

#[test]
fn good_lines_only_exit_with_0() {
    for command in ["link", "extract", "recommend", "gap", "plan", "occupations"] {
        assert_eq!(run(&[command], b"").exits(0).out, "");
        assert_eq!(run(&[command], b"\n \n").exits(0).out, "");
    }
}

#[test]
fn link_ranks_skills_with_label_and_score() {
    let folder = Folder::new();
    folder.built();
    let input = b"{\"id\":1,\"text\":\"bake rye bread\"}\n{\"id\":2,\"text\":\"\"}\n";
    let answers = answers(
        &run(
            &["link", "--data-dir", &folder.at("data"), "--top", "2"],
            input,
        )
        .exits(0),
    );
    let skills = answers[0]["skills"].as_array().unwrap();
    assert_eq!(
        (skills.len(), &skills[0]["uri"], &skills[0]["label"]),
        (
            2,
            &json!("http://example.org/skill/d"),
            &json!("bake rye bread")
        )
    );
    assert!(skills[0]["score"].as_f64() >= skills[1]["score"].as_f64());
    assert_eq!(answers[1], json!({"id": 2, "skills": []}));
}

#[test]
fn extract_gives_confidence_requirement_and_spans() {
    let text = "Requirements\n- Größe: SQL\n\nNice to have\n- Java";
    let answers = answers(
        &run(
            &["extract"],
            format!("{}\n", json!({"id": "x", "text": text, "lang": "en"})).as_bytes(),
        )
        .exits(0),
    );
    assert_eq!(
        (&answers[0]["id"], &answers[0]["lang"]),
        (&json!("x"), &json!("en"))
    );
    let skills = answers[0]["skills"].as_array().unwrap();
    let words = |skill: &Value| {
        let span = &skill["spans"][0];
        text[span[0].as_u64().unwrap() as usize..span[1].as_u64().unwrap() as usize].to_owned()
    };
    let found: Vec<(String, &str)> = skills
        .iter()
        .map(|skill| (words(skill), skill["requirement"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("SQL".to_owned(), "essential"),
            ("Java".to_owned(), "optional")
        ]
    );
    assert!(skills.iter().all(|skill| skill["uri"].is_string()
        && skill["label"].is_string()
        && skill["confidence"].is_number()));
}

#[test]
fn recommend_answers_in_proto_json_with_an_id_beside() {
    let folder = Folder::new();
    folder.built();
    let ads = [
        json!({"id": 7, "demand": [{"uri": "http://example.org/skill/a"}], "planPathway": true}),
        json!({"occupationUri": "http://example.org/occupation/baker", "profile": {"skills": [{"uri": "http://example.org/skill/a"}]}}),
    ];
    let input: String = ads.iter().map(|ad| format!("{ad}\n")).collect();
    let answers = answers(
        &run(
            &["recommend", "--data-dir", &folder.at("data")],
            input.as_bytes(),
        )
        .exits(0),
    );
    let first = &answers[0]["recommendations"][0];
    assert_eq!(
        (&first["credentialId"], &first["closure"]),
        (&json!("bread"), &json!(1.0))
    );
    let sum: f64 = first["contributions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["contribution"].as_f64().unwrap())
        .sum();
    assert!((sum - first["score"].as_f64().unwrap()).abs() < 1e-9);
    assert_eq!(
        (
            &first["covers"][0]["origin"],
            &answers[0]["pathway"]["steps"][0]["credentialId"]
        ),
        (&json!("LINK_ORIGIN_DECLARED"), &json!("bread"))
    );
    assert_eq!(
        (
            &answers[1]["gap"][0]["held"],
            answers[1]["recommendations"].as_array().map(Vec::len)
        ),
        (&json!(1.0), Some(0))
    );
    assert!(
        answers
            .iter()
            .all(|answer| answer["generation"].is_string() && answer["escoVersion"].is_string())
    );
    assert_eq!(
        (&answers[0]["id"], &answers[1]["id"]),
        (&json!(7), &Value::Null)
    );
}

#[test]
fn gaps_and_pathways_are_answered_from_a_stream_of_objects_over_many_lines() {
    let folder = Folder::new();
    folder.built();
    let request = json!({
        "id": { "of": "mine" },
        "occupationUri": "http://example.org/occupation/baker",
        "profile": { "skills": [{ "uri": "http://example.org/skill/a", "level": "advanced" }] },
    });
    let pretty = serde_json::to_string_pretty(&request).unwrap();
    let input = format!("{pretty}\n{request}{request}\n{{\n  \"cut\": off\n{pretty}");
    for (command, key) in [("gap", "gap"), ("plan", "pathway")] {
        let ran = run(
            &[command, "--data-dir", &folder.at("data")],
            input.as_bytes(),
        )
        .exits(1);
        let n_lines = pretty.lines().count();
        ran.says(&[&format!("line {}: ", n_lines + 2)]);
        let answers = answers(&ran);
        assert_eq!(answers.len(), 4, "{command}: {}", ran.err);
        for answer in &answers {
            assert_eq!(answer["id"], json!({ "of": "mine" }));
            assert!(!answer[key].is_null() && answer["readiness"].is_number());
        }
    }
}

#[test]
fn recommend_names_the_field_that_is_wrong() {
    for (line, parts) in [
        ("{bad", vec!["line 1", "JSON"]),
        ("[]", vec!["line 1"]),
        ("{}", vec!["line 1"]),
        (r#"{"nonsense":1}"#, vec!["nonsense"]),
        (
            r#"{"demand":[{"uri":"http://nowhere"}]}"#,
            vec!["demand[0].uri"],
        ),
        (r#"{"demand":[{"uri":7}]}"#, vec!["demand[0].uri"]),
        (r#"{"ad":"SQL","topK":"many"}"#, vec!["topK"]),
        (r#"{"ad":"SQL","topK":100000}"#, vec!["top_k", "100000"]),
        (r#"{"ad":"SQL","persona":"king"}"#, vec!["persona"]),
        (
            r#"{"ad":"SQL","constraints":{"hoursMax":-1,"modes":["telepathy"]}}"#,
            vec!["constraints"],
        ),
        (
            r#"{"ad":"SQL","constraints":{"hoursMax":-1,"eqfLevelMin":99}}"#,
            vec!["hours_max", "eqf_level_min"],
        ),
        (
            r#"{"ad":"SQL","occupationUri":"http://nowhere"}"#,
            vec!["line 1"],
        ),
        (r#"{"ad":"  "}"#, vec!["line 1"]),
    ] {
        let ran = run(&["recommend"], line.as_bytes()).exits(1);
        ran.says(&["line 1: "]);
        let plain = |text: &str| text.to_lowercase().replace('_', "");
        for part in parts {
            assert!(
                plain(&ran.err).contains(&plain(part)) || part.chars().all(|c| c.is_ascii_digit()),
                "{line}: {}",
                ran.err
            );
        }
        assert_eq!(ran.out, "", "{line}");
    }
}

#[test]
fn a_bad_request_does_not_keep_the_next_from_its_answer() {
    let ran = run(
        &["recommend"],
        b"{\"ad\":\"Experience with SQL is required.\"}\n{\"ad\":1}\n\xff\n{\"ad\":\"Experience with SQL is required.\"}\n",
    )
    .exits(1);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!((lines.len(), lines[0] == lines[1]), (2, true));
    ran.says(&["line 2: ", "line 3: "]);
}

#[test]
fn occupations_are_ranked_and_bad_lines_are_named() {
    let folder = Folder::new();
    folder.built();
    let (skill, baker) = (
        "http://example.org/skill/a",
        "http://example.org/occupation/baker",
    );
    let lines = [
        json!({"id": 1, "profile": {"skills": [{"uri": skill}]}}),
        json!({"profile": {"skills": [{"uri": "http://example.org/nothing"}]}, "topK": 101}),
        json!({"profile": {"occupations": [baker]}}),
        json!({"profile": {"occupations": [baker]}, "includeOwn": true, "iscoGroups": ["52", "75"]}),
        json!({"profile": {"occupations": [baker]}, "includeOwn": true, "iscoGroups": ["52"]}),
    ];
    let input = lines.map(|line| format!("{line}\n")).concat();
    let ran = run(
        &["occupations", "--data-dir", &folder.at("data")],
        input.as_bytes(),
    )
    .exits(1);
    ran.says(&[
        "line 2: invalid request: profile.skills[0].uri: is not in ESCO",
        "topK: must be at most 100",
    ]);
    let answers = answers(&ran);
    let first = &answers[0]["occupations"][0];
    assert_eq!(
        (
            &first["occupation"]["uri"],
            &first["readiness"],
            &first["reach"]
        ),
        (&json!(baker), &json!(1.0), &json!("REACH_READY"))
    );
    let shown: Vec<usize> = answers
        .iter()
        .map(|answer| answer["occupations"].as_array().unwrap().len())
        .collect();
    assert_eq!(shown, [1, 0, 1, 0], "{answers:?}");
}
