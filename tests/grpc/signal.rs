//! The program itself, as an operator runs it: it says where it listens, and SIGTERM drains it.

use std::process::{Output, Stdio};

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;

use crate::support::{connect, http_get};

/// The program with free ports and JSON logs.
fn skillgap() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skillgap"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).envs([
        ("SKILLGAP__ADMIN__LISTEN", "127.0.0.1:0"),
        ("SKILLGAP__LOG__FORMAT", "json"),
    ]);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// The next line of the log with this message.
async fn line(log: &mut Lines<BufReader<ChildStderr>>, message: &str) -> serde_json::Value {
    loop {
        let line = log
            .next_line()
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("no line says {message}"));
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        if line["message"] == message {
            return line;
        }
    }
}

async fn kill(program: &Child, signal: &str) {
    let id = program.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .await
            .unwrap()
            .success()
    );
}

fn list_services() -> ServerReflectionRequest {
    ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    }
}

#[tokio::test]
async fn sigterm_finishes_running_calls_and_exits_with_zero() {
    let mut program = skillgap().spawn().unwrap();
    let mut log = BufReader::new(program.stderr.take().unwrap()).lines();
    let serving = line(&mut log, "serving").await;
    let (grpc, admin) = (
        serving["grpc"].as_str().unwrap(),
        serving["admin"].as_str().unwrap(),
    );
    let channel = connect(grpc).await;
    assert_eq!(http_get(admin, "/ready").await.unwrap().0, 200);

    let (ask, questions) = mpsc::unbounded_channel();
    ask.send(list_services()).unwrap();
    let mut reflection = ServerReflectionClient::new(channel.clone());
    let mut answers = reflection
        .server_reflection_info(UnboundedReceiverStream::new(questions))
        .await
        .unwrap()
        .into_inner();
    answers.next().await.unwrap().unwrap();
    let mut watched = HealthClient::new(channel)
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    watched.next().await.unwrap().unwrap();

    kill(&program, "-TERM").await;
    assert_eq!(
        watched.next().await.unwrap().unwrap().status(),
        ServingStatus::NotServing
    );
    assert_eq!(http_get(admin, "/ready").await.unwrap().0, 503);
    ask.send(list_services()).unwrap();
    assert!(
        answers.next().await.unwrap().is_ok(),
        "a running call goes on"
    );
    drop(ask);
    assert!(answers.next().await.is_none());
    assert!(program.wait().await.unwrap().success());
    line(&mut log, "stopped").await;
}

#[tokio::test]
async fn a_configuration_that_is_not_valid_stops_the_program_before_it_binds() {
    let wrong = [
        ("SKILLGAP__LIMITS__TOP_K_MAX", "0"),
        ("SKILLGAP__POOL__SIZE", "4"),
    ];
    let Output { status, stderr, .. } = skillgap().envs(wrong).output().await.unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1));
    for part in [
        "limits.top_k_max: must be a whole number from 1 to 1000",
        "pool.size: is no key of the configuration",
        "set in the environment",
    ] {
        assert!(stderr.contains(part), "{part} is not in {stderr}");
    }
    assert!(!stderr.contains("serving"));
}

#[tokio::test]
async fn a_folder_without_a_generation_stops_the_program_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let Output { status, stderr, .. } = skillgap()
        .args(["--data-dir".as_ref(), dir.path().as_os_str()])
        .output()
        .await
        .unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(
        String::from_utf8(stderr)
            .unwrap()
            .contains("no generation here")
    );
}

#[tokio::test]
async fn a_terminal_that_hangs_up_drains_the_program() {
    let mut program = skillgap().spawn().unwrap();
    let mut log = BufReader::new(program.stderr.take().unwrap()).lines();
    line(&mut log, "serving").await;
    kill(&program, "-HUP").await;
    assert_eq!(line(&mut log, "draining").await["signal"], "SIGHUP");
    assert!(program.wait().await.unwrap().success());
}
