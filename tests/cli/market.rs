//! Ads in, a table out; what is no ad is told, and no word of an ad is on the disk.

use std::fs;

use crate::support::{Folder, check, run};

/// Ads of two years: bread is asked for by all, rye bread by half in the first year and by all in the second.
fn ads() -> String {
    let mut lines = String::new();
    for at in 0..240 {
        let (month, employer) = (at / 10, at % 24);
        let more = if month >= 12 || at % 2 == 0 {
            "bake rye bread"
        } else {
            "audit accounts"
        };
        let line = serde_json::json!({
            "id": at, "title": format!("Baker {at}"), "text": format!("Your tasks\n- bake bread\n- {more}\n- unrepeatable words {at}"),
            "posted": format!("{}-{:02}-{:02}", 2024 + month / 12, 1 + month % 12, if at == 239 { 31 } else { 1 + at % 9 }),
            "employer": format!("Bakery {employer}"), "nuts": "DE211", "isco": "7512",
        });
        lines.push_str(&format!("{line}\n"));
    }
    lines
}

fn imported() -> Folder {
    let folder = Folder::new();
    folder.built();
    folder.write("ads.jsonl", ads());
    let ran = run(
        &[
            "market",
            "import",
            "--data-dir",
            &folder.at("data"),
            &folder.at("ads.jsonl"),
        ],
        b"",
    )
    .exits(0);
    assert!(ran.out.contains("240 jobs were new"), "{}", ran.out);
    folder
}

#[test]
fn what_ads_ask_for_is_told_and_their_words_are_nowhere() {
    let folder = imported();
    let demand = |more: &[&str]| {
        let data = folder.at("data");
        let arguments = [&["market", "demand", "--data-dir", &data], more].concat();
        run(&arguments, b"").exits(0)
    };
    let ran = demand(&["--region", "DE21", "--isco", "7512"]);
    ran.says(&["Ads are counted, not vacancies"]);
    println!("{}", ran.out);
    let line = |skill: &str| {
        let found = ran
            .out
            .lines()
            .find(|line| line.contains(&format!(",{skill},")));
        found
            .unwrap_or_else(|| panic!("{skill}: {}", ran.out))
            .to_owned()
    };
    assert!(line("bake bread").contains(",2025-01,2025-12,"));
    assert!(line("bake rye bread").contains(",growing,"));
    let sdmx = demand(&["--by", "occupations", "--format", "sdmx-csv"]);
    assert!(
        sdmx.out.contains(
            "dataflow,SKILLGAP:DEMAND(1.0),I,_O,_T,7512,_T,_T,JOBS,2025-01/2025-12,120,A"
        ),
        "{}",
        sdmx.out
    );
    assert!(
        check(&folder.path("data"))
            .exits(0)
            .out
            .contains("240 jobs of the market")
    );
    for entry in fs::read_dir(folder.path("data").join("market")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for word in ["unrepeatable", "Bakery", "Baker 1"] {
            assert!(
                !bytes
                    .windows(word.len())
                    .any(|window| window == word.as_bytes()),
                "{word}"
            );
        }
    }
}

#[test]
fn what_is_no_ad_is_told_and_the_others_go_in() {
    let folder = imported();
    folder.write("more.jsonl", "no json\n{\"id\":\"x\",\"posted\":\"2025-12-01\"}\n{\"text\":\"bake bread\",\"posted\":\"soon\"}\n{\"text\":\"bake bread\",\"posted\":\"2025-12-01\",\"isco\":\"baker\"}\n");
    let data = folder.at("data");
    let ran = run(
        &[
            "market",
            "import",
            "--data-dir",
            &data,
            &folder.at("more.jsonl"),
        ],
        b"",
    )
    .exits(1);
    ran.says(&[
        "is no JSON",
        "has no text",
        "does not say on which day",
        "is no code of ISCO-08",
    ]);
    assert!(ran.out.contains("241 jobs of the market"), "{}", ran.out);
    let again = run(
        &[
            "market",
            "import",
            "--data-dir",
            &data,
            &folder.at("ads.jsonl"),
        ],
        b"",
    )
    .exits(0);
    assert!(
        again.out.contains("240 ads were there already"),
        "{}",
        again.out
    );
    run(
        &["market", "demand", "--data-dir", &data, "--region", "D"],
        b"",
    )
    .exits(1)
    .says(&["region_code"]);
    run(
        &["backup", "--data-dir", &data, "--to", &folder.at("copy")],
        b"",
    )
    .exits(0);
    assert!(
        check(&folder.path("copy"))
            .exits(0)
            .out
            .contains("241 jobs of the market")
    );
    let log = folder.path("copy").join("market").join("log-0");
    let mut bytes = fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&log, bytes).unwrap();
    check(&folder.path("copy"))
        .exits(1)
        .says(&["market/log: is not as it was written"]);
}
