//! `skillgap key new`, and a service that asks for what it made.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::support::{Folder, run, skillgap};

/// Ends the program when dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves a data directory with a file of keys; says where.
fn serve(data_dir: &str, keys: &str) -> (Serving, String) {
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", data_dir];
    let child = skillgap(&serve)
        .env("SKILLGAP__ADMIN__LISTEN", "127.0.0.1:0")
        .env("SKILLGAP__AUTH__KEYS_FILE", keys)
        .env("SKILLGAP__LOG__FORMAT", "json")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut serving = Serving(child);
    let mut log = BufReader::new(serving.0.stderr.take().unwrap()).lines();
    while let Some(line) = log.next() {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        if line["message"] == "serving" {
            let address = line["grpc"].as_str().unwrap().to_owned();
            // Whatever it says later is read away, so that it never waits for us.
            std::thread::spawn(move || log.for_each(drop));
            return (serving, address);
        }
    }
    panic!("it does not serve");
}

#[test]
fn a_new_key_permits_what_it_was_made_for() {
    let folder = Folder::new();
    folder.built();
    let made = |arguments: &[&str]| {
        let new = ["key", "new"].iter().chain(arguments).copied();
        let ran = run(&new.collect::<Vec<_>>(), b"").exits(0);
        let (key, entry) = ran.out.split_once("\n\n").unwrap();
        (key.to_owned(), entry.to_owned())
    };
    let (writer, first) = made(&["--name", "owner", "--scope", "write", "--rate", "50"]);
    let file = folder.at("keys.toml");
    let reader = ["key", "new", "--name", "board", "--expires", "2999-12-31"];
    let reader = run(&[&reader[..], &["--append", &file]].concat(), b"")
        .exits(0)
        .out;
    let (reader, second) = (
        reader.trim().to_owned(),
        std::fs::read_to_string(&file).unwrap(),
    );
    assert!(
        reader.starts_with("sg_board_") && !reader.contains('\n'),
        "{reader}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(writer.starts_with("sg_owner_") && writer.len() == "sg_owner_".len() + 43);
    assert!(!first.contains(&writer) && first.contains("per_second = 50"));
    assert!(second.contains("scopes = [\"read\"]") && second.contains("expires = \"2999-12-31\""));
    folder.write("keys.toml", format!("{first}\n{second}"));
    folder.write("one.jsonl", r#"{"id": "k-1", "title": {"en": "Keys"}}"#);
    let (_serving, address) = serve(&folder.at("data"), &folder.at("keys.toml"));
    let import = |key: Option<&str>| {
        let mut command = skillgap(&["import", &folder.at("one.jsonl"), "--server", &address]);
        if let Some(key) = key {
            command.env("SKILLGAP_KEY", key);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    for (key, reason) in [
        (None, "a key is needed"),
        (Some("sg_owner_x"), "a key is needed"),
        (Some(&*reader), "this needs a key with the scope write"),
    ] {
        let (done, said) = import(key);
        assert!(!done && said.contains(reason), "{said}");
    }
    assert!(import(Some(&writer)).0);
}

#[test]
fn what_is_no_key_is_refused_as_usage() {
    for arguments in [
        &["key", "new"][..],
        &["key", "new", "--name", "a b"],
        &["key", "new", "--name", "a", "--scope", "root"],
        &["key", "new", "--name", "a", "--expires", "soon"],
        &["key", "new", "--name", "a", "--rate", "0"],
    ] {
        run(arguments, b"").exits(2);
    }
    let open = run(&["serve", "--listen", "0.0.0.0:0"], b"").exits(1);
    open.says(&["grpc.listen: other machines need tls.cert and auth.keys_file"]);
}
