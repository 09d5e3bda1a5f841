//! Adding credentials to a data directory without a service.

use crate::support::{CREDENTIALS, Folder, check, run};

const MORE: &str = r#"{"id":"rye","title":"Rye","hours":3,"version":2,"outcomes":[{"text":"bake rye bread"}]}
{"id":"books","title":"Books, second edition"}
"#;

fn import(folder: &Folder, file: &str) -> crate::support::Ran {
    run(
        &["import", &folder.at(file), "--data-dir", &folder.at("data")],
        b"",
    )
}

#[test]
fn credentials_are_added_and_counted() {
    let folder = Folder::new();
    folder.built();
    folder.write("more.jsonl", MORE);
    let ran = import(&folder, "more.jsonl").exits(0);
    assert!(
        ran.out.contains("2 credentials written") && !ran.out.contains("refused"),
        "{}",
        ran.out
    );
    let ran = check(&folder.path("data")).exits(0);
    assert!(
        ran.out.contains("3 credentials\n")
            && ran.out.contains("4 is the number of the last change"),
        "{}",
        ran.out
    );
    let ran = import(&folder, "more.jsonl").exits(0);
    assert!(
        ran.out.contains("2 credentials were there already"),
        "{}",
        ran.out
    );
}

#[test]
fn what_is_refused_is_named() {
    let folder = Folder::new();
    folder.built();
    folder.write("more.jsonl", MORE);
    import(&folder, "more.jsonl").exits(0);
    folder.write("late.jsonl", "{\"id\":\"rye\",\"title\":\"Old rye\",\"version\":1}\n{\"id\":\"wheat\",\"title\":\"Wheat\"}\nnonsense\n");
    let ran = import(&folder, "late.jsonl").exits(1);
    ran.says(&[
        "refused rye: version 2 is stored, which is higher",
        "late.jsonl:3: ",
    ]);
    assert!(ran.out.contains("1 credentials written"), "{}", ran.out);
}

#[test]
fn a_build_keeps_what_was_imported() {
    let folder = Folder::new();
    folder.built();
    folder.write("more.jsonl", MORE);
    import(&folder, "more.jsonl").exits(0);
    folder.write(
        "new.jsonl",
        CREDENTIALS.replace("\"hours\":20", "\"hours\":21"),
    );
    let ran = folder.index("new.jsonl", "data").exits(0);
    assert!(ran.out.contains("2 changes carried over"), "{}", ran.out);
    let ran = check(&folder.path("data")).exits(0);
    assert!(ran.out.contains("3 credentials\n"), "{}", ran.out);
}

#[test]
fn starter_data_become_a_directory_that_can_be_changed() {
    let folder = Folder::new();
    run(
        &["index", "--starter", "--data-dir", &folder.at("data")],
        b"",
    )
    .exits(0);
    folder.write("more.jsonl", MORE);
    import(&folder, "more.jsonl").exits(0);
    check(&folder.path("data")).exits(0);
}

#[test]
fn an_export_that_is_imported_again_changes_nothing() {
    let folder = Folder::new();
    run(
        &["index", "--starter", "--data-dir", &folder.at("data")],
        b"",
    )
    .exits(0);
    folder.write("more.jsonl", MORE);
    import(&folder, "more.jsonl").exits(0);
    for format in ["jsonl", "elm"] {
        let exported = run(
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
        .out;
        assert!(
            exported.to_lowercase().contains("inferred"),
            "{format}: nothing in it was linked by us"
        );
        folder.write("exported", exported);
        let ran = import(&folder, "exported").exits(0);
        assert!(
            !ran.out.contains("credentials written") && !ran.out.contains("refused"),
            "{format}: {}",
            ran.out
        );
    }
}

#[test]
fn a_service_that_is_not_there_is_named() {
    let folder = Folder::new();
    folder.write("more.jsonl", MORE);
    let ran = run(
        &[
            "import",
            &folder.at("more.jsonl"),
            "--server",
            "127.0.0.1:1",
        ],
        b"",
    )
    .exits(1);
    ran.says(&["127.0.0.1:1: cannot be reached"]);
    run(&["import", &folder.at("more.jsonl")], b"").exits(2);
}
