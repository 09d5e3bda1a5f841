//! What does the wire cost? The same requests to the engine called directly, and over a real socket to a service in this process, by gRPC and by REST.
//!
//! `cargo bench --bench grpc`: full ESCO 1.1.1, 10,000 credentials in memory, ads of 2.5 KB from real posts, 20 held skills, seed 7. The direct calls
//! do what the service does: decode, engine, encode, without the socket. Medians of alternating rounds, and the overhead in percent; then requests a second with
//! 1 and 4 callers.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench may stop with a message"
)]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use skillgap::Limits;
use skillgap::api::wire::matching_service_client::MatchingServiceClient;
use skillgap::api::wire::{self, HeldSkill, Profile, RecommendCredentialsRequest};
use skillgap::api::{View, recommend_credentials};
use skillgap::config::{Config, Policy};
use skillgap::engine::Watch;
use skillgap::serve::{Source, start};
use skillgap_catalogue::Catalogue;
use support::{ads, credentials, esco, held, percentile};
use tonic::transport::Channel;

const REQUESTS: usize = 300;
const CREDENTIALS: usize = 10_000;

fn main() {
    let catalogue = Arc::new(Catalogue::in_memory(esco(), credentials(CREDENTIALS)).unwrap());
    let ads = ads(REQUESTS);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut config = Config::defaults().unwrap();
        config.grpc.listen.set_port(0);
        config.admin.listen.set_port(0);
        let running = start(config, Source::Opened(Arc::clone(&catalogue)))
            .await
            .unwrap();
        let mut client = MatchingServiceClient::connect(format!("http://{}", running.grpc))
            .await
            .unwrap();
        let mut rest = connect(running.grpc).await;
        let (mut direct, mut wire, mut json) = (Vec::new(), Vec::new(), Vec::new());
        for ad in ads.iter().take(REQUESTS / 10) {
            over_wire(&mut client, &catalogue, ad).await;
            over_rest(&mut rest, &catalogue, ad).await;
            directly(&catalogue, ad);
        }
        for ad in &ads {
            direct.push(directly(&catalogue, ad));
            wire.push(over_wire(&mut client, &catalogue, ad).await);
            json.push(over_rest(&mut rest, &catalogue, ad).await);
        }
        direct.sort();
        wire.sort();
        json.sort();
        let (a, b) = (percentile(&direct, 50), percentile(&wire, 50));
        println!("{CREDENTIALS} credentials, {REQUESTS} requests, one caller");
        println!(
            "  engine called directly  p50 {a:6.2} ms  p99 {:6.2} ms",
            percentile(&direct, 99)
        );
        println!(
            "  over a real socket      p50 {b:6.2} ms  p99 {:6.2} ms",
            percentile(&wire, 99)
        );
        let c = percentile(&json, 50);
        println!(
            "  REST over HTTP/1.1      p50 {c:6.2} ms  p99 {:6.2} ms, {:+.0} % at the median",
            percentile(&json, 99),
            100.0 * (c / b - 1.0)
        );
        println!(
            "  overhead of the wire    {:.0} % ({:.2} ms)",
            100.0 * (b / a - 1.0),
            b - a
        );
        for callers in [1, 4] {
            println!(
                "  {callers} callers: {:.0} requests a second",
                throughput(&client, &catalogue, &ads, callers).await
            );
        }
        running.stop().await.unwrap();
    });
}

fn directly(catalogue: &Catalogue, ad: &str) -> Duration {
    let request = request(catalogue, ad);
    let started = Instant::now();
    let view = View {
        catalogue,
        limits: &Limits::default(),
        policy: &Policy::default(),
        today: 20_779,
        market: None,
        unheard_seconds: None,
        watch: &Watch::unlimited(),
    };
    recommend_credentials(&view, request).unwrap();
    started.elapsed()
}

fn request(catalogue: &Catalogue, ad: &str) -> RecommendCredentialsRequest {
    let skills = held(catalogue, 7)
        .iter()
        .map(|skill| HeldSkill {
            uri: catalogue.skill_uri(*skill).to_owned(),
            level: None,
        })
        .collect();
    RecommendCredentialsRequest {
        target: Some(wire::Target {
            ad: Some(ad.to_owned()),
            ..wire::Target::default()
        }),
        profile: Some(Profile {
            skills,
            ..Profile::default()
        }),
        top_k: 10,
        ..RecommendCredentialsRequest::default()
    }
}

async fn over_wire(
    client: &mut MatchingServiceClient<Channel>,
    catalogue: &Catalogue,
    ad: &str,
) -> Duration {
    let request = request(catalogue, ad);
    let started = Instant::now();
    client.recommend_credentials(request).await.unwrap();
    started.elapsed()
}

type Rest = hyper::client::conn::http1::SendRequest<Full<Bytes>>;

async fn connect(address: SocketAddr) -> Rest {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let shaken = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (send, connection) = shaken.unwrap();
    tokio::spawn(connection);
    send
}

/// Writing the request and reading the whole answer are counted, its text is not parsed: what that takes is up to the caller's language.
async fn over_rest(send: &mut Rest, catalogue: &Catalogue, ad: &str) -> Duration {
    let request = request(catalogue, ad);
    let started = Instant::now();
    let body = Full::from(serde_json::to_vec(&request).unwrap());
    let request = http::Request::post("/v1/credentials:recommend")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(body);
    send.ready().await.unwrap();
    let answer = send.send_request(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body().collect().await.unwrap();
    started.elapsed()
}

/// Requests a second with so many callers at once.
async fn throughput(
    client: &MatchingServiceClient<Channel>,
    catalogue: &Arc<Catalogue>,
    ads: &[String],
    callers: usize,
) -> f64 {
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (mut client, catalogue) = (client.clone(), Arc::clone(catalogue));
            let ads: Vec<String> = ads.iter().skip(caller).step_by(callers).cloned().collect();
            tokio::spawn(async move {
                for ad in &ads {
                    over_wire(&mut client, &catalogue, ad).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    ads.len() as f64 / started.elapsed().as_secs_f64()
}
