//! Connections that are only held: they give way to others, have an end, and never use up the descriptors.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::{
    FEED, Probe, Program, UNAVAILABLE, alone, beside, fed, framed, http_get, open, ordinary, raw,
    read,
};

async fn idle(address: &str, n_sockets: usize, first: &[u8]) -> Vec<TcpStream> {
    let mut sockets = Vec::new();
    for _ in 0..n_sockets {
        let mut socket = TcpStream::connect(address).await.unwrap();
        // One that has to give way at once is none to write to.
        let _ = socket.write_all(first).await;
        sockets.push(socket);
    }
    sockets
}

/// Waits until the other side has closed.
async fn closed(socket: &mut TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end, too.
    let _ = timeout(Duration::from_secs(30), socket.read_to_end(&mut rest))
        .await
        .expect("it is closed");
}

#[tokio::test]
async fn idle_sockets_give_way() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__GRPC__CONNECTIONS_MAX", "200")]).await;
    let before = program.mib();
    let attack = async {
        let sockets = idle(&program.grpc, 1_500, b"PRI * HTTP/2.0\r\n").await;
        let newcomer = Probe::start(&program).await;
        sleep(Duration::from_secs(1)).await;
        let n_open = program.metric("skillgap_connections").await;
        assert!(newcomer.stop().await.failed.is_empty());
        (sockets, n_open)
    };
    let ((_sockets, n_open), honest) = beside(&program, attack).await;
    println!(
        "1,500 sockets: {n_open} open, {before:.0} MiB before, {:.0} with them",
        program.mib()
    );
    assert!(
        n_open <= 202.0 && honest.failed.is_empty(),
        "{:?}",
        honest.failed
    );
}

#[tokio::test]
async fn a_connection_without_a_call_is_closed() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__GRPC__FIRST_CALL_SECONDS_MAX", "1")]).await;
    for first in [
        &b""[..],
        b"PRI * HTTP/2.0\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut sockets = idle(&program.grpc, 1, first).await;
        closed(&mut sockets[0]).await;
    }
    assert_eq!(
        program
            .metric("skillgap_connections_closed_total{reason=\"without_call\"}")
            .await,
        3.0
    );
}

#[tokio::test]
async fn a_process_with_few_descriptors_keeps_some_and_burns_no_time() {
    let _alone = alone().await;
    let program = Program::start_with_files(128, &[]).await;
    let attack = async {
        let sockets = idle(&program.grpc, 300, b"").await;
        let before = program.cpu_seconds();
        sleep(Duration::from_secs(2)).await;
        (sockets, program.cpu_seconds() - before)
    };
    let ((_sockets, cpu_seconds), honest) = beside(&program, attack).await;
    println!("300 sockets with 128 descriptors: {cpu_seconds:.2} s of processor in 2 s");
    assert!(honest.failed.is_empty(), "{:?}", honest.failed);
    assert!(http_get(&program.admin, "/live").await.ends_with("alive\n"));
}

#[tokio::test]
async fn half_requests_to_the_admin_port_are_closed() {
    let _alone = alone().await;
    let program = Program::start(&[]).await;
    let mut sockets = idle(&program.admin, 100, b"GET /live HTTP/1.1\r\nHo").await;
    assert!(http_get(&program.admin, "/live").await.ends_with("alive\n"));
    for socket in &mut sockets {
        closed(socket).await;
    }
}

#[tokio::test]
async fn an_old_connection_is_asked_to_end() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__GRPC__CONNECTION_SECONDS_MAX", "1")]).await;
    let (send, mut connection) =
        h2::client::handshake(TcpStream::connect(&program.grpc).await.unwrap())
            .await
            .unwrap();
    let (response, _) = {
        let request = http::Request::post("http://localhost/grpc.health.v1.Health/Check");
        let mut ready = send;
        ready.send_request(request.body(()).unwrap(), true).unwrap()
    };
    let ended = timeout(Duration::from_secs(30), async {
        tokio::join!(&mut connection, response)
    });
    let (ended, answered) = ended.await.expect("it ends");
    assert!(ended.is_ok() && answered.is_ok(), "{ended:?} {answered:?}");
}

#[tokio::test]
async fn a_feed_on_an_old_connection_ends_after_its_answers() {
    let _alone = alone().await;
    let program = Program::start(&[("SKILLGAP__GRPC__CONNECTION_SECONDS_MAX", "1")]).await;
    let connection = raw(&program.grpc, 1 << 16).await;
    let (response, mut send) = open(&connection, FEED).await;
    send.send_data(framed(&fed(ordinary())), false).unwrap();
    let ended = timeout(Duration::from_secs(20), read(response)).await;
    assert_eq!(ended.expect("it ends"), (1, Some(UNAVAILABLE)));
}
