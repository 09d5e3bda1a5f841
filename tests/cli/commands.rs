//! The commands as a whole: what they print, and how they end.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::support::{Folder, run, skillgap};

#[test]
fn the_demo_shows_the_whole_job() {
    let ran = run(&["demo"], b"").exits(0);
    let mut rest = ran.out.as_str();
    for heading in [
        "THE JOB",
        "WHAT THE AD ASKS FOR",
        "THE GAP",
        "THE BEST CREDENTIALS",
        "A PATHWAY",
    ] {
        let at = rest
            .find(heading)
            .unwrap_or_else(|| panic!("{heading} is missing or out of order: {}", ran.out));
        rest = &rest[at + heading.len()..];
    }
    assert!(ran.out.contains("European Commission") && ran.out.contains("Cedefop"));
    assert_eq!(ran.err, "");
}

#[test]
fn advice_on_files_is_text_here_and_a_page_to_print_there() {
    let folder = Folder::new();
    folder.write("ad.txt", include_str!("../../index/starter/demo/ad.txt"));
    folder.write("cv.txt", "I worked as a cashier. <script>alert(1)</script>");
    folder.write("cv.pdf", b"%PDF-1.7 ...");
    let (ad, cv, page) = (
        folder.at("ad.txt"),
        folder.at("cv.txt"),
        folder.at("advice.html"),
    );
    let arguments = [
        "advise",
        "--ad",
        &ad,
        "--cv",
        &cv,
        "--language",
        "de",
        "--html",
        &page,
    ];
    let ran = run(&arguments, b"").exits(0);
    let mut rest = ran.out.as_str();
    for heading in [
        "WO SIE STEHEN",
        "WAS VERLANGT WIRD",
        "KURSE, DIE HELFEN",
        "EIN WEG DORTHIN",
    ] {
        let at = rest.find(heading);
        let at = at.unwrap_or_else(|| panic!("{heading} is missing: {}", ran.out));
        rest = &rest[at + heading.len()..];
    }
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<html lang=\"de\">"));
    assert!(html.contains("<mark>") && html.contains("Kurse, die helfen"));
    for forbidden in ["<script", "href=\"/", "<form", "src="] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    let person = [&arguments[..], &["--sheet", "person"]].concat();
    run(&person, b"").exits(0);
    assert!(
        std::fs::read_to_string(&page)
            .unwrap()
            .contains("Meine nächsten Schritte")
    );
    let pdf = folder.at("cv.pdf");
    run(&["advise", "--ad", &ad, "--cv", &pdf], b"")
        .exits(1)
        .says(&["cv.pdf", "plain text"]);
    let latin = folder.at("latin.txt");
    folder.write(
        "latin.txt",
        b"Aufgaben\n- Retouren bearbeiten und B\xfccher verkaufen\n",
    );
    let wide = "Ich habe Bücher verkauft."
        .encode_utf16()
        .flat_map(u16::to_le_bytes);
    folder.write(
        "wide.txt",
        [0xff, 0xfe].into_iter().chain(wide).collect::<Vec<u8>>(),
    );
    let wide = folder.at("wide.txt");
    let told = run(&["advise", "--ad", &latin, "--cv", &wide], b"")
        .exits(0)
        .out;
    assert!(!told.contains('\u{fffd}'), "{told}");
    let untold = run(&["advise", "--ad", &ad], b"").exits(0).out;
    for lack in [
        "not found in what you told us",
        "You have about",
        "#",
        "[...",
    ] {
        assert!(!untold.contains(lack), "{untold}");
    }
    assert!(untold.contains("what the job asks for") && untold.contains("Nobody should decide"));
    folder.write("empty.txt", " \n");
    run(&["advise", "--ad", &folder.at("empty.txt")], b"")
        .exits(1)
        .says(&["empty.txt: is empty"]);
    run(&["advise", "--ad", &ad, "--language", "tlh"], b"")
        .exits(1)
        .says(&["--language", "en, de"]);
    run(&["advise", "--ad", &folder.at("nowhere")], b"")
        .exits(1)
        .says(&["nowhere"]);
}

#[test]
fn an_address_that_is_not_to_be_had_is_said_once_and_with_its_setting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&["serve", "--listen", &address], b"").exits(1);
    ran.says(&["grpc.listen: ", &address]);
    assert_eq!(ran.err.matches("os error").count(), 1, "{}", ran.err);
    let ran = run(&["serve", "--listen", "0.0.0.0:1"], b"").exits(1);
    ran.says(&["\n  grpc.listen: other machines"]);
    assert!(!ran.err.contains("\\n"), "{}", ran.err);
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &[][..],
        &["no-such-command"],
        &["demo", "--no-such-option"],
        &["check"],
        &["index"],
        &["index", "--data-dir", "d"],
        &["index", "--esco", "e"],
        &["link", "--top", "0"],
        &["link", "--top", "1001"],
        &["link", "--top", "-1"],
        &["extract", "--min-confidence", "much"],
        &["serve", "--listen", "nowhere"],
    ] {
        run(arguments, b"").exits(2).says(&["--help"]);
    }
}

#[test]
fn help_and_version_exit_with_0() {
    for argument in ["--help", "--version"] {
        assert!(
            run(&[argument], b"")
                .exits(0)
                .out
                .contains(if argument == "--help" {
                    "Commands:"
                } else {
                    "skillgap 0."
                })
        );
    }
}

#[test]
fn a_service_that_is_not_there_is_not_ready() {
    let ran = skillgap(&["ready"])
        .env("SKILLGAP__ADMIN__LISTEN", "127.0.0.1:1")
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ran.stderr).starts_with("skillgap: 127.0.0.1:1: "));
}

#[test]
fn a_data_directory_that_is_not_there_is_named() {
    let folder = Folder::new();
    for arguments in [
        &["check"][..],
        &["link"],
        &["extract"],
        &["recommend"],
        &["gap"],
        &["plan"],
        &["occupations"],
    ] {
        let missing = folder.at("nothing-here");
        let ran = run(
            &[arguments, &["--data-dir", &missing]].concat(),
            b"{\"id\":1,\"text\":\"x\"}\n",
        )
        .exits(1);
        ran.says(&[&missing, "no generation"]);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::new();
    folder.built();
    folder.write(
        "many.jsonl",
        "{\"id\":1,\"text\":\"bake rye bread and audit accounts\"}\n".repeat(20_000),
    );
    for command in ["link", "extract"] {
        let input = std::fs::File::open(folder.path("many.jsonl")).unwrap();
        let mut child = skillgap(&[command, "--data-dir", &folder.at("data")])
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        assert!(first.starts_with("{\"id\":1"), "{first}");
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), err.as_str()),
            (Some(0), ""),
            "{command}"
        );
    }
}

#[test]
fn a_demo_that_nobody_reads_is_no_failure() {
    let mut child = skillgap(&["demo"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}
