//! Do the sources keep the rules of the house? Each rule is a function from a text to its offences, tried on a good and a bad example first.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test that cannot go on has failed.

mod circles;

use std::fs;
use std::path::{Path, PathBuf};

/// The stages, left to right: each may import `error`, `limits` and those before it.
const STAGES: [&str; 6] = [
    "demand",
    "gap",
    "occupations",
    "candidates",
    "rank",
    "pathway",
];
/// Crates of the wire: named in `src/api`, in `src/rpc`, which runs its methods, and in `src/serve`, which puts the server around them.
const WIRE: [&str; 9] = [
    "tonic",
    "tonic_health",
    "tonic_prost",
    "tonic_reflection",
    "tonic_types",
    "prost",
    "prost_types",
    "pbjson",
    "pbjson_types",
];
/// Who may name `api`, and with it generated types: those that adapt it to a transport.
const ADAPTERS: [&str; 4] = ["src/api", "src/rpc", "src/web", "src/cli"];
/// Of generated types, the server itself needs only the description of the contract.
const SERVER_ALLOWED: [&str; 2] = ["wire::FILE_DESCRIPTOR_SET", "status::code_name"];
/// What a stage never does: IO, clock, environment, logging, printing.
const IMPURE: [&str; 14] = [
    "std::fs",
    "std::net",
    "std::time",
    "std::env",
    "std::process",
    "std::io",
    "std::thread",
    "tracing",
    "log",
    "tokio",
    "print!",
    "println!",
    "eprintln!",
    "dbg!",
];
/// What the catalogue at rest does not know.
const ABOVE_INDEX: [&str; 6] = ["tokio", "tonic", "axum", "tower", "tracing", "skillgap"];
/// The crates at rest, each with those that it may import.
const CRATES: [(&str, &[&str]); 5] = [
    ("esco", &[]),
    ("linker", &["esco"]),
    ("credentials", &["esco"]),
    ("catalogue", &["esco", "linker", "credentials"]),
    ("market", &["esco", "credentials"]),
];
const LINES_MAX: usize = 700;

/// What is wrong, one sentence each.
type Offences = Vec<String>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files under a folder of the repository, sorted, as (path from the root, text); no build output, no hidden folders, no binary files.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let (mut found, mut open) = (Vec::new(), vec![root().join(folder)]);
    while let Some(path) = open.pop() {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir()
            && path != root()
            && (name == "target" || name == "__pycache__" || name.starts_with('.') && name != ".ci")
        {
            continue;
        }
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if name.ends_with(extension) {
            let from_root = path
                .strip_prefix(root())
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            found.extend(fs::read_to_string(&path).ok().map(|text| (from_root, text)));
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

/// Source files of the product: without files of tests, and without the tests at the end of a file.
fn sources(folder: &str) -> Vec<(String, String)> {
    let is_test = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
    let files = files(folder, ".rs")
        .into_iter()
        .filter(|(path, _)| !is_test(path));
    files
        .map(|(path, text)| (path, without_tests(&text).to_owned()))
        .collect()
}

fn without_tests(text: &str) -> &str {
    text.split_once("#[cfg(test)]\nmod ")
        .filter(|(_, rest)| {
            rest.split_once('\n')
                .is_some_and(|(line, _)| line.ends_with('{'))
        })
        .map_or(text, |(code, _)| code)
}

/// Words and signs of Rust code, without comments, texts and numbers' meaning: enough to find paths.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    let starts = |at: usize, with: &str| {
        with.chars()
            .enumerate()
            .all(|(offset, c)| chars.get(at + offset) == Some(&c))
    };
    let after = |at: usize, end: &str| {
        (at..chars.len())
            .find(|at| starts(*at, end))
            .map_or(chars.len(), |at| at + end.chars().count())
    };
    while at < chars.len() {
        let c = chars[at];
        let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
        if starts(at, "//") {
            at = after(at, "\n");
        } else if starts(at, "/*") {
            at = after(at, "*/");
        } else if c == 'r' && chars.get(at + 1 + hashes) == Some(&'"') {
            at = after(at + 2 + hashes, &format!("\"{}", "#".repeat(hashes)));
        } else if c == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if c == '\'' && (starts(at + 1, "\\") || chars.get(at + 2) == Some(&'\'')) {
            at = after(at + if starts(at + 1, "\\") { 3 } else { 2 }, "'");
        } else if c.is_alphanumeric() || c == '_' {
            let word: String = chars[at..]
                .iter()
                .take_while(|c| c.is_alphanumeric() || **c == '_')
                .collect();
            at += word.chars().count();
            tokens.push(word);
        } else {
            let sign = if starts(at, "::") {
                "::".to_owned()
            } else {
                c.to_string()
            };
            at += sign.chars().count();
            tokens.push(sign);
        }
    }
    tokens.retain(|token| !token.trim().is_empty());
    tokens
}

/// All paths that code names, with groups written out: `use a::{b, c::d}` is `a::b` and `a::c::d`. Macros end in `!`.
fn paths(code: &str) -> Vec<String> {
    let tokens = tokens(code);
    let is_word = |token: &str| token.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let (mut paths, mut prefixes, mut current) = (Vec::new(), Vec::<String>::new(), String::new());
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", String::as_str);
        let joined = at > 0 && tokens[at - 1] == "::";
        match token.as_str() {
            "{" if joined => prefixes.push(std::mem::take(&mut current)),
            "{" if !prefixes.is_empty() => prefixes.push(String::new()),
            "}" => {
                prefixes.pop();
            }
            "::" => current.push_str("::"),
            word if is_word(word) || word == "*" && joined => {
                if !joined {
                    current = prefixes.last().cloned().unwrap_or_default();
                }
                current.push_str(word);
                if next == "!" {
                    paths.push(format!("{current}!"));
                }
                if next != "::" {
                    paths.push(std::mem::take(&mut current));
                }
            }
            _ => {}
        }
    }
    paths
}

/// Whether a path is the given one or lies below it.
fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn names_any(code: &str, forbidden: &[&str]) -> Offences {
    let paths = paths(code)
        .into_iter()
        .filter(|path| path.contains("::") || path.ends_with('!'));
    let offends = |path: &String| forbidden.iter().any(|forbidden| is_below(path, forbidden));
    paths
        .filter(offends)
        .map(|path| format!("names {path}"))
        .collect()
}

/// A stage imports `error`, `limits` and stages to its left. `super` out of the stage's own folder is the crate.
fn stage_imports(stage: &str, path: &str, code: &str) -> Offences {
    let to_the_left = STAGES.iter().take_while(|left| **left != stage);
    let allowed: Vec<&str> = to_the_left
        .copied()
        .chain([stage, "error", "limits", "Error", "Result", "Limits"])
        .collect();
    let leaves = if path.ends_with(&format!("{stage}/mod.rs")) {
        vec!["crate", "skillgap", "super"]
    } else {
        vec!["crate", "skillgap"]
    };
    let forbidden = |path: &String| {
        let mut parts = path.split("::");
        let visibility = !path.contains("::");
        !visibility
            && leaves.contains(&parts.next().unwrap_or_default())
            && !allowed.contains(&parts.next().unwrap_or_default())
    };
    paths(code)
        .into_iter()
        .filter(forbidden)
        .map(|path| format!("imports {path}"))
        .collect()
}

/// Generated types are named by `api` and its adapters alone, the crates of the wire by them and the server.
fn wire_outside_api(path: &str, code: &str) -> Offences {
    let is_server = path.starts_with("src/serve");
    let of_api = paths(code).into_iter().filter_map(|path| {
        let inside = ["crate::api::", "skillgap::api::", "api::"]
            .iter()
            .find_map(|prefix| path.strip_prefix(prefix))?;
        (!(is_server && SERVER_ALLOWED.contains(&inside))).then(|| format!("names api::{inside}"))
    });
    let is_adapter = ADAPTERS.iter().any(|adapter| path.starts_with(adapter));
    let of_api: Offences = if is_adapter {
        Offences::new()
    } else {
        of_api.collect()
    };
    let of_wire = if is_server || is_adapter && !path.starts_with("src/cli") {
        Offences::new()
    } else {
        names_any(code, &WIRE)
    };
    of_wire.into_iter().chain(of_api).collect()
}

fn unsafe_code(code: &str) -> Offences {
    tokens(code)
        .into_iter()
        .filter(|token| token == "unsafe")
        .map(|_| "says unsafe".to_owned())
        .collect()
}

/// Every message, enum, service, rpc, oneof, field and enum value has a comment right above it.
fn undocumented(proto: &str) -> Offences {
    let lines: Vec<&str> = proto.lines().map(str::trim).collect();
    let declares = |line: &str| {
        let word = line.split_whitespace().next().unwrap_or_default();
        let opens = matches!(word, "message" | "enum" | "service" | "rpc" | "oneof");
        let value = line.contains('=')
            && !line.starts_with("//")
            && !matches!(
                word,
                "syntax" | "option" | "import" | "package" | "reserved"
            );
        opens || value
    };
    let bare = (0..lines.len())
        .filter(|at| declares(lines[*at]) && !(*at > 0 && lines[at - 1].starts_with("//")));
    bare.map(|at| format!("line {}: no comment above {:?}", at + 1, lines[at]))
        .collect()
}

/// Folders of one machine, at the beginning of a path.
fn machine_paths(text: &str) -> Offences {
    let follows_path = |c: char| c.is_alphanumeric() || "._-/~}>)*".contains(c);
    let within = |line: &str| {
        ["/work", "/home", "/root", "/tmp"]
            .into_iter()
            .any(|folder| {
                line.match_indices(folder).any(|(at, _)| {
                    let (before, after) = (
                        line[..at].chars().next_back(),
                        line[at + folder.len()..].chars().next(),
                    );
                    !before.is_some_and(follows_path)
                        && !after.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_')
                })
            })
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| within(line))
        .map(|(at, _)| format!("line {}: names a folder of one machine", at + 1))
        .collect()
}

fn too_long(text: &str) -> Offences {
    let n_lines = text.lines().count();
    (n_lines > LINES_MAX)
        .then(|| format!("has {n_lines} lines, more than {LINES_MAX}"))
        .into_iter()
        .collect()
}

fn without_head(text: &str) -> Offences {
    (!text.starts_with("//! "))
        .then(|| "does not open with what it answers (`//! `)".to_owned())
        .into_iter()
        .collect()
}

/// Fails with all offences of all files.
fn check(files: Vec<(String, String)>, rule: impl Fn(&str, &str) -> Offences) {
    let offences: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| {
            rule(path, text)
                .into_iter()
                .map(move |offence| format!("{path}: {offence}"))
        })
        .collect();
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn paths_are_found_wherever_they_stand() {
    let code = "use a::{b, c::{self, d}, e::*};\n// x::y\nfn f() { let s = \"n::o \\\" p::q\"; r#\"t::u\"#; v::w!('\"', '\\''); if x { y::z() } }";
    let found = paths(code);
    for path in ["a::b", "a::c::self", "a::c::d", "a::e::*", "v::w!", "y::z"] {
        assert!(found.contains(&path.to_owned()), "{path} of {found:?}");
    }
    for path in ["x::y", "n::o", "p::q", "t::u"] {
        assert!(!found.contains(&path.to_owned()), "{path} of {found:?}");
    }
    assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests {\n}\n"), "a\n");
    assert_eq!(
        without_tests("a\n#[cfg(test)]\nmod tests;\nb\n"),
        "a\n#[cfg(test)]\nmod tests;\nb\n"
    );
}

#[test]
fn stages_import_only_what_stands_to_their_left() {
    let offences = |path: &str, code: &str| stage_imports("rank", path, code).len();
    assert_eq!(
        offences(
            "src/rank/x.rs",
            "use crate::{candidates::Needs, gap::Gap, error::Error}; use super::trust; pub(crate) fn f() {}"
        ),
        0
    );
    for code in [
        "use crate::pathway::plan;",
        "use crate::{gap::Gap, api};",
        "fn f() { crate::api::wire::X }",
        "use crate::engine::Watch;",
    ] {
        assert_eq!(offences("src/rank/x.rs", code), 1, "{code}");
    }
    assert_eq!(offences("src/rank/mod.rs", "use super::config::Config;"), 1);
    for stage in STAGES {
        check(sources(&format!("src/{stage}")), |path, code| {
            stage_imports(stage, path, code)
        });
    }
}

#[test]
fn stages_are_pure() {
    assert_eq!(
        names_any(
            "use std::collections::BTreeMap; let log = 1; f(log);",
            &IMPURE
        ),
        Offences::new()
    );
    for code in [
        "use std::{fs, fmt};",
        "std::time::Instant::now()",
        "tracing::info!(x)",
        "println!(\"x\")",
        "use std::io::Write;",
    ] {
        assert!(!names_any(code, &IMPURE).is_empty(), "{code}");
    }
    for stage in STAGES {
        check(sources(&format!("src/{stage}")), |_, code| {
            names_any(code, &IMPURE)
        });
    }
}

#[test]
fn only_api_and_its_adapters_name_the_wire() {
    for (path, code) in [
        ("src/cli/mod.rs", "use crate::api::wire::Skill; mod api;"),
        (
            "src/serve/server.rs",
            "use tonic::Status; use crate::api::wire::FILE_DESCRIPTOR_SET;",
        ),
    ] {
        assert_eq!(wire_outside_api(path, code), Offences::new());
    }
    for (path, code) in [
        ("src/engine.rs", "use tonic::Status;"),
        ("src/cli/mod.rs", "use prost::Message;"),
        ("src/engine.rs", "use crate::api::wire::Skill;"),
        ("src/serve/server.rs", "use crate::{api::{wire::Skill}};"),
    ] {
        assert!(!wire_outside_api(path, code).is_empty(), "{code}");
    }
    check(sources("src"), wire_outside_api);
}

#[test]
fn nobody_imports_cli_or_main() {
    let rule = |code: &str| {
        names_any(
            code,
            &["crate::cli", "skillgap::cli", "crate::main", "super::cli"],
        )
    };
    assert_eq!(
        (
            rule("use crate::{cli::run, gap};").len(),
            rule("use crate::client::run;").len()
        ),
        (1, 0)
    );
    check(
        sources("src")
            .into_iter()
            .filter(|(path, _)| path != "src/main.rs")
            .collect(),
        |_, code| rule(code),
    );
}

#[test]
fn the_crates_at_rest_know_what_stands_before_them_and_nothing_above() {
    assert_eq!(
        (
            names_any("use tokio::sync;", &ABOVE_INDEX).len(),
            names_any("use skillgap_linker::Linker;", &ABOVE_INDEX).len()
        ),
        (1, 0)
    );
    let dependencies = |manifest: &str, forbidden: &[&str]| {
        let end = manifest
            .find("[dev-dependencies]")
            .unwrap_or(manifest.len());
        let names = manifest[..end].lines().map(|line| {
            line.split([' ', '.', '='])
                .next()
                .unwrap_or_default()
                .to_owned()
        });
        names
            .filter(|name| forbidden.contains(&name.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        dependencies("tokio = \"1\"\nserde.workspace = true", &ABOVE_INDEX).len(),
        1
    );
    for (name, may_import) in CRATES {
        let manifest = fs::read_to_string(root().join(format!("index/{name}/Cargo.toml"))).unwrap();
        let others: Vec<String> = CRATES
            .iter()
            .map(|(other, _)| *other)
            .filter(|other| *other != name && !may_import.contains(other))
            .map(|other| format!("skillgap-{other}"))
            .chain((name != "catalogue").then(|| "tantivy".to_owned()))
            .chain((name != "credentials").then(|| "prost".to_owned()))
            .collect();
        let forbidden: Vec<&str> = others
            .iter()
            .map(String::as_str)
            .chain(ABOVE_INDEX)
            .collect();
        assert_eq!(
            dependencies(&manifest, &forbidden),
            Vec::<String>::new(),
            "{name}"
        );
        check(sources(&format!("index/{name}")), |_, code| {
            let mut offences = names_any(code, &ABOVE_INDEX);
            // The record is a message; how it becomes bytes is known where it is defined.
            if name != "credentials" {
                offences.extend(names_any(code, &["prost"]));
            }
            offences
        });
    }
}

#[test]
fn nothing_is_unsafe() {
    assert_eq!(
        (
            unsafe_code("unsafe { x() }").len(),
            unsafe_code("// unsafe\nlet s = \"unsafe\"; unsafe_code()").len()
        ),
        (1, 0)
    );
    check(files("", ".rs"), |_, code| unsafe_code(code));
    assert!(
        fs::read_to_string(root().join("Cargo.toml"))
            .unwrap()
            .contains("unsafe_code = \"forbid\"")
    );
    let crates = CRATES.map(|(name, _)| format!("index/{name}/Cargo.toml"));
    for manifest in crates.iter().map(String::as_str).chain(["Cargo.toml"]) {
        assert!(
            fs::read_to_string(root().join(manifest))
                .unwrap()
                .contains("[lints]\nworkspace = true"),
            "{manifest}"
        );
    }
}

#[test]
fn the_contract_is_documented() {
    let good = "syntax = \"proto3\";\n// A.\nmessage A {\n  // B.\n  string b = 1;\n  reserved 2;\n  // O.\n  oneof o {\n    // C.\n    int32 c = 3;\n  }\n}\n";
    assert_eq!(undocumented(good), Offences::new());
    for comment in ["// A.\n", "  // B.\n", "  // O.\n", "    // C.\n"] {
        assert_eq!(
            undocumented(&good.replacen(comment, "", 1)).len(),
            1,
            "{comment}"
        );
    }
    assert_eq!(
        undocumented(
            "// S.\nservice S {\n  rpc R(A) returns (B);\n}\n// E.\nenum E {\n  E_X = 0;\n}\n"
        )
        .len(),
        2
    );
    check(files("proto", ".proto"), |_, proto| undocumented(proto));
}

#[test]
fn no_file_names_a_machine() {
    for text in [
        "cd /work/main",
        "\"/tmp\"",
        "--data-dir=/home/me",
        "x\n(/root)",
    ] {
        assert_eq!(machine_paths(text).len(), 1, "{text}");
    }
    for text in [
        "https://example.org/home/",
        "and/work",
        "../tmp/x",
        "/workspace",
        "/homes",
        "$X/tmp",
    ] {
        assert_eq!(machine_paths(text), Offences::new(), "{text}");
    }
    let product = files("", "")
        .into_iter()
        .filter(|(path, _)| !path.starts_with("tests/") && !path.ends_with("tests.rs"));
    check(
        product
            .map(|(path, text)| (path, without_tests(&text).to_owned()))
            .collect(),
        |_, text| machine_paths(text),
    );
}

#[test]
fn files_are_short_and_say_what_they_answer() {
    assert_eq!(
        (
            too_long(&"x\n".repeat(LINES_MAX)).len(),
            too_long(&"x\n".repeat(LINES_MAX + 1)).len()
        ),
        (0, 1)
    );
    assert_eq!(
        (
            without_head("//! X?\n").len(),
            without_head("use x;\n").len()
        ),
        (0, 1)
    );
    let all: Vec<_> = files("", ".rs")
        .into_iter()
        .filter(|(path, _)| !path.starts_with("tests/") && !path.contains("/tests/"))
        .collect();
    check(all, |_, text| {
        too_long(text)
            .into_iter()
            .chain(without_head(text))
            .collect()
    });
}

#[test]
fn the_house_has_its_rooms() {
    let missing = |names: &[&str]| {
        names
            .iter()
            .filter(|name| !root().join(name).exists())
            .map(PathBuf::from)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        missing(&["src", "src/no_such_stage"]),
        [PathBuf::from("src/no_such_stage")]
    );
    let stages: Vec<String> = STAGES
        .iter()
        .chain(&["api", "rpc", "serve"])
        .map(|stage| format!("src/{stage}/mod.rs"))
        .collect();
    let stages: Vec<&str> = stages.iter().map(String::as_str).collect();
    let others = [
        "proto/skillgap/v1",
        "index/esco/src/lib.rs",
        "index/linker/src/lib.rs",
        "index/credentials/src/lib.rs",
        "index/catalogue/src/lib.rs",
        "index/starter",
        "src/main.rs",
        "src/engine.rs",
        "src/error.rs",
        "src/limits.rs",
        "tests",
        "benches",
    ];
    assert_eq!(
        missing(&stages).len() + missing(&others).len(),
        0,
        "{:?} {:?}",
        missing(&stages),
        missing(&others)
    );
}
