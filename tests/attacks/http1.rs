//! The door for REST, over HTTP/1.1: headers and bodies that come slowly or never end, answers that nobody reads, keys that are none.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::support::{Program, alone, beside};

const POST: &str =
    "POST /v1/credentials:recommend HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

/// Opens so many sockets and writes `first` on each; those that were closed at once stay closed.
async fn sockets(program: &Program, n: usize, first: &[u8]) -> Vec<TcpStream> {
    let mut sockets = Vec::new();
    for _ in 0..n {
        let mut socket = TcpStream::connect(&program.grpc).await.unwrap();
        let _ = socket.write_all(first).await;
        sockets.push(socket);
    }
    sockets
}

/// All that the other side says until it closes.
async fn rest(socket: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    // A reset is an end, too.
    let _ = timeout(Duration::from_secs(30), socket.read_to_end(&mut rest))
        .await
        .expect("it is closed");
    String::from_utf8_lossy(&rest).into_owned()
}

#[tokio::test]
async fn headers_that_never_end_are_not_waited_for() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__GRPC__FIRST_CALL_SECONDS_MAX", "1")]).await;
    let attack = async {
        let mut sockets = sockets(&program, 300, POST.as_bytes()).await;
        // A byte now and then makes no difference.
        for _ in 0..3 {
            sleep(Duration::from_millis(300)).await;
            for socket in &mut sockets {
                let _ = socket.write_all(b"x").await;
            }
        }
        let since = Instant::now();
        for socket in &mut sockets {
            rest(socket).await;
        }
        since.elapsed()
    };
    let (waited, honest) = beside(&program, attack).await;
    println!("300 half heads: closed after 0.9 s and {waited:?}");
    assert!(waited < Duration::from_secs(5) && honest.failed.is_empty());
}

#[tokio::test]
async fn a_second_head_that_never_ends_is_not_waited_for_either() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__GRPC__FIRST_CALL_SECONDS_MAX", "1")]).await;
    let first = b"GET /v1/serverInfo HTTP/1.1\r\nhost: x\r\n\r\nGET /v1/serverInfo HTTP/1.1\r\nho";
    let mut sockets = sockets(&program, 100, first).await;
    for socket in &mut sockets {
        let said = rest(socket).await;
        assert_eq!(said.matches("HTTP/1.1 200 OK").count(), 1, "{said}");
    }
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let _alone = alone().await;
    let program = Program::start(&[]).await;
    let long = format!(
        "GET /v1/skills?text={} HTTP/1.1\r\nhost: x\r\n\r\n",
        "x".repeat(64 << 10)
    );
    let many = format!(
        "GET /v1/serverInfo HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "a: b\r\n".repeat(2_000)
    );
    for head in [long, many] {
        let mut socket = sockets(&program, 1, head.as_bytes()).await.remove(0);
        let said = rest(&mut socket).await;
        assert!(!said.contains("200 OK"), "{said}");
    }
}

const N_BODIES: usize = 400;

#[tokio::test]
async fn bodies_that_never_end_are_given_up_at_the_deadline() {
    let _alone = alone().await;
    let settings = [("SKILLGAP__LIMITS__DEADLINE_MS", "2000")];
    let program = Program::start(&settings).await;
    let before = program.mib();
    let attack = async {
        let head = format!("{POST}content-length: 1000000\r\n\r\n");
        let mut sockets = sockets(&program, N_BODIES, head.as_bytes()).await;
        for _ in 0..10 {
            for socket in &mut sockets {
                let _ = socket.write_all(&[b' '; 90_000]).await;
            }
            sleep(Duration::from_millis(100)).await;
        }
        let mut answers = [0; 2];
        for socket in &mut sockets {
            let said = rest(socket).await;
            answers[0] += usize::from(said.starts_with("HTTP/1.1 504"));
            answers[1] += usize::from(said.starts_with("HTTP/1.1 429"));
        }
        answers
    };
    let ((answers, most), honest) = {
        let (done, honest) = beside(&program, program.most_mib(attack)).await;
        (done, honest)
    };
    println!(
        "{N_BODIES} bodies without an end: {answers:?} given up and evicted, {before:.0} MiB before, {most:.0} at most"
    );
    assert!(honest.failed.is_empty(), "{:?}", honest.failed);
    assert!(answers.iter().sum::<usize>() >= N_BODIES / 2, "{answers:?}");
    // Less than all that was sent; messages that are not whole have 64 MiB, twice while buffers grow.
    assert!(most - before < 0.9 * N_BODIES as f64, "{most}");
}

#[tokio::test]
async fn answers_that_nobody_reads_end_with_their_connections() {
    let _alone = alone().await;
    let settings = [
        ("SKILLGAP__LIMITS__UNREAD_MS_MAX", "2000"),
        ("SKILLGAP__GRPC__CONNECTIONS_MAX", "400"),
    ];
    let program = Program::start(&settings).await;
    let before = program.mib();
    let call = "POST /v1/credentials:search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"pageSize\": 44}";
    let attack = async {
        let mut sockets = Vec::new();
        for _ in 0..20 {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(4_096).unwrap();
            let mut socket = socket.connect(program.grpc.parse().unwrap()).await.unwrap();
            // Many calls, one after the other, and none of their answers is read.
            let _ = timeout(
                Duration::from_secs(1),
                socket.write_all(call.repeat(200).as_bytes()),
            )
            .await;
            sockets.push(socket);
        }
        let closed = "skillgap_connections_closed_total{reason=\"unread\"}";
        program.until_metric(closed, 20.0).await;
        program.metric(closed).await
    };
    let ((closed, most), _) = beside(&program, program.most_mib(attack)).await;
    println!(
        "20 callers that read nothing: {closed} closed, {before:.0} MiB before, {most:.0} at most"
    );
    assert!(closed > 0.0);
    assert!(most - before < 150.0, "{most}");
}

#[tokio::test]
async fn wrong_keys_at_rate_are_refused_before_their_bodies_are_read() {
    let _alone = alone().await;
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.toml");
    std::fs::write(&keys, "").unwrap();
    let keys = keys.display().to_string();
    let settings = [
        ("SKILLGAP__AUTH__KEYS_FILE", keys.as_str()),
        ("SKILLGAP__AUTH__ANONYMOUS", "read"),
    ];
    let program = Program::start(&settings).await;
    let attack = async {
        let mut n_refused = 0;
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(3) {
            let head =
                format!("{POST}x-api-key: sg_x_{n_refused}\r\ncontent-length: 1000000\r\n\r\n");
            let mut socket = sockets(&program, 1, head.as_bytes()).await.remove(0);
            let said = rest(&mut socket).await;
            assert!(said.starts_with("HTTP/1.1 401"), "{said}");
            n_refused += 1;
        }
        n_refused
    };
    let (n_refused, honest) = beside(&program, attack).await;
    println!("{n_refused} wrong keys in 3 s, each refused without its body");
    assert!(n_refused > 100 && honest.failed.is_empty());
}
