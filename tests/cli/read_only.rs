//! A data directory that cannot be written to, such as a volume or a layer of an image, is checked, read and served.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Folder, skillgap};

/// Runs the program where the folder is mounted read-only; nothing where this machine lets nobody mount.
fn on_read_only(folder: &Path, arguments: &[&str]) -> Option<Command> {
    const MOUNT: &str =
        "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && exec \"$@\"";
    let mounted = |program: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--map-root-user", "--mount", "sh", "-c", MOUNT])
            .arg(folder)
            .arg(program);
        command
    };
    let probe = mounted("touch").arg(folder.join("probe")).output();
    let said = probe
        .ok()
        .map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    if !said.is_some_and(|said| said.contains("Read-only file system")) {
        println!("nothing can be mounted read-only here; not tried");
        return None;
    }
    let program = skillgap(&[]).get_program().to_str().unwrap().to_owned();
    let mut command = mounted(&program);
    command.args(arguments);
    Some(command)
}

/// A data directory without changes, and one with some.
fn data_dirs(folder: &Folder) {
    folder.built();
    folder.index("credentials.jsonl", "changed").exits(0);
    folder.write("more.jsonl", "{\"id\":\"more\",\"title\":\"More\"}\n");
    let import = [
        "import",
        &folder.at("more.jsonl"),
        "--data-dir",
        &folder.at("changed"),
    ];
    crate::support::run(&import, b"").exits(0);
    // Locks of tantivy that lie there already would be opened.
    for name in ["data", "changed"] {
        let _ = fs::remove_file(folder.path(name).join("LOCK"));
    }
}

#[test]
fn a_directory_on_a_read_only_file_system_is_checked_and_read() {
    let folder = Folder::new();
    data_dirs(&folder);
    for (name, counted) in [("data", "2 credentials"), ("changed", "3 credentials")] {
        let data_dir = folder.at(name);
        let check = ["check", "--data-dir", &data_dir];
        let Some(mut command) = on_read_only(&folder.path(name), &check) else {
            return;
        };
        let output = command.output().unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            output.status.success() && out.contains(counted),
            "{out}{err}"
        );
    }
}

#[test]
fn a_directory_on_a_read_only_file_system_is_served() {
    let folder = Folder::new();
    data_dirs(&folder);
    let data_dir = folder.at("changed");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", &data_dir];
    let Some(mut command) = on_read_only(&folder.path("changed"), &serve) else {
        return;
    };
    let mut serving = command
        .env("SKILLGAP__ADMIN__LISTEN", "127.0.0.1:0")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in BufReader::new(serving.stderr.take().unwrap()).lines() {
        said += &line.unwrap();
        // Until it says that it serves, or ends.
        if said.contains("grpc=") {
            break;
        }
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
    let serves = said.contains("changes are refused") && said.contains("grpc=");
    assert!(serves, "{said}");
}

/// Root may read all, so that it is the modes that are looked at.
#[test]
fn whoever_may_read_the_data_directory_may_read_what_names_the_generation() {
    let folder = Folder::new();
    let name = folder.built();
    let mode = |path: &str| {
        let metadata = folder.path(path).metadata().unwrap();
        metadata.permissions().mode() & 0o777
    };
    let manifest = mode(&format!("data/generations/{name}/manifest.json"));
    assert_eq!(mode("data/CURRENT"), manifest);
}
