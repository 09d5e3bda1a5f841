//! Keys: who may call what, over every transport; how fast; until when; and what is noted of it.

use std::path::Path;
use std::time::{Duration, Instant};

use http_body_util::Full;
use serde_json::{Value, json};
use skillgap::api::wire::{
    DeleteCredentialRequest, GetServerInfoRequest, RecommendCredentialsRequest,
    StreamRecommendationsRequest,
};
use skillgap::config::{Config, Overrides};
use skillgap::serve::keys::new_key;
use skillgap::serve::{ServeError, Source, start};
use tokio::time::{sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

use crate::http::{get, post, send, to};
use crate::support::{Service, ad_target, small_generation};

/// A key with what stands in the file after its digest.
fn entry(name: &str, rest: &str) -> (String, String) {
    let (key, digest) = new_key(name).unwrap();
    let entry = format!("[[key]]\nname = '{name}'\nblake3 = '{digest}'\n{rest}\n");
    (key, entry)
}

fn config_with(settings: &str) -> Config {
    let toml = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    let ports = "[grpc]\nlisten = '127.0.0.1:0'\n[admin]\nlisten = '127.0.0.1:0'\n";
    std::fs::write(toml.path(), format!("{ports}{settings}")).unwrap();
    Config::load(Some(toml.path()), &Overrides::default()).unwrap()
}

fn auth(folder: &Path, more: &str) -> Config {
    let (keys, audit) = (folder.join("keys.toml"), folder.join("audit.jsonl"));
    config_with(&format!(
        "[auth]\nkeys_file = '{}'\naudit_file = '{}'\n{more}",
        keys.display(),
        audit.display()
    ))
}

async fn service(folder: &Path, more: &str) -> Service {
    let data_dir = folder.join("data");
    small_generation(&data_dir, &["weld-1"]);
    Service::start_with(auth(folder, more), Source::DataDir(data_dir)).await
}

fn with_key<T>(message: T, key: &str) -> Request<T> {
    let mut request = Request::new(message);
    let value: MetadataValue<_> = format!("Bearer {key}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

fn delete() -> DeleteCredentialRequest {
    DeleteCredentialRequest {
        id: "none".to_owned(),
        version: None,
    }
}

#[track_caller]
fn check(status: &Status, code: Code, reason: &str) {
    let info = status.get_details_error_info().unwrap();
    assert_eq!((status.code(), info.reason.as_str()), (code, reason));
}

#[tokio::test]
async fn each_key_permits_its_scopes_over_every_transport() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, first) = entry("reader", "scopes = ['read']");
    let (writer, second) = entry("writer", "scopes = ['write']");
    let (admin, third) = entry("admin", "scopes = ['admin']");
    let (late, fourth) = entry("late", "scopes = ['admin']\nexpires = '2026-11-01'");
    let keys = folder.path().join("keys.toml");
    std::fs::write(&keys, first + &second + &third + &fourth).unwrap();
    let service = service(folder.path(), "").await;
    let (mut catalogue, mut matching) = (service.catalogue(), service.matching());

    let none = catalogue
        .get_server_info(GetServerInfoRequest::default())
        .await;
    check(&none.unwrap_err(), Code::Unauthenticated, "KEY");
    for (key, read, write) in [
        (&reader, Code::Ok, Code::PermissionDenied),
        (&writer, Code::PermissionDenied, Code::Ok),
        (&admin, Code::Ok, Code::Ok),
        (&late, Code::Unauthenticated, Code::Unauthenticated),
        (
            &format!("{reader}x"),
            Code::Unauthenticated,
            Code::Unauthenticated,
        ),
    ] {
        let info = with_key(GetServerInfoRequest::default(), key);
        let answers = [
            catalogue.get_server_info(info).await.err(),
            catalogue
                .delete_credential(with_key(delete(), key))
                .await
                .err(),
        ];
        let codes = answers.map(|error| error.map_or(Code::Ok, |status| status.code()));
        assert_eq!(codes, [read, write], "{key}");

        for header in ["authorization", "x-api-key"] {
            let value = match header {
                "authorization" => format!("bearer {key}"),
                _ => key.clone(),
            };
            let status = async |verb: &str, path: &str| {
                let request = to(verb, path).header(header, &value);
                send(&service, request.body(Full::default()).unwrap())
                    .await
                    .status
            };
            let http = |code| match code {
                Code::Ok => 200,
                Code::PermissionDenied => 403,
                _ => 401,
            };
            assert_eq!(status("GET", "/v1/serverInfo").await, http(read));
            assert_eq!(status("DELETE", "/v1/credentials/none").await, http(write));
        }
        let web = to("POST", "/skillgap.v1.CatalogueService/GetServerInfo");
        let web = web
            .header("content-type", "application/grpc-web+proto")
            .header("x-api-key", key);
        let web = send(&service, web.body(Full::from(vec![0; 5])).unwrap()).await;
        let code = web
            .headers
            .get("grpc-status")
            .map_or("0", |code| code.to_str().unwrap());
        assert_eq!(code, (read as i32).to_string());
    }
    let feed = with_key(
        tokio_stream::empty::<StreamRecommendationsRequest>(),
        &reader,
    );
    let refused = matching.stream_recommendations(feed).await.unwrap_err();
    check(&refused, Code::PermissionDenied, "SCOPE");

    // Health is asked by whoever balances calls, the description by whoever wants to write a client.
    let mut health = HealthClient::new(service.channel.clone());
    assert!(health.check(HealthCheckRequest::default()).await.is_ok());
    assert_eq!(get(&service, "/openapi.json").await.status, 200);
    let denied = get(&service, "/v1/serverInfo").await;
    denied.check_problem(401, 16);
    assert_eq!(denied.header("www-authenticate"), "Bearer");

    let (logged, audit) = (crate::support::logged(), read_audit(folder.path()));
    for secret in [&reader, &writer, &admin, &late] {
        assert!(!logged.contains(secret.as_str()));
        assert!(!format!("{audit:?}").contains(secret.as_str()));
    }
    assert!(logged.contains("key=\"reader\"") || logged.contains("key=reader"));
    let by_writer = audit
        .iter()
        .find(|line| line["key"] == "writer" && line["code"] == "ok");
    let by_writer = by_writer.unwrap();
    assert_eq!(by_writer["event"], "change");
    assert_eq!(
        by_writer["method"],
        "skillgap.v1.CatalogueService/DeleteCredential"
    );
    assert_eq!(
        (&by_writer["n_changed"], &by_writer["n_unchanged"]),
        (&0.into(), &1.into())
    );
    assert!(
        audit
            .iter()
            .any(|line| line["event"] == "denied" && line["code"] == "unauthenticated")
    );
    assert!(
        audit
            .iter()
            .all(|line| line["time"].as_str().unwrap().ends_with('Z'))
    );
}

fn read_audit(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("audit.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn without_keys_everybody_may_read_and_nobody_change() {
    let folder = tempfile::tempdir().unwrap();
    small_generation(folder.path(), &["weld-1"]);
    let source = Source::DataDir(folder.path().to_path_buf());
    let service = Service::start_with(config_with(""), source).await;
    assert_eq!(get(&service, "/v1/credentials/weld-1").await.status, 200);
    let refused = post(
        &service,
        "/v1/credentials:batchUpsert",
        &json!({"credentials": []}),
    )
    .await;
    let body = refused.check_problem(403, 7);
    assert_eq!(body["details"][0]["reason"], "SCOPE");
    assert_eq!(body["details"][0]["metadata"]["scope"], "write");
    let refused = service.catalogue().delete_credential(delete()).await;
    check(&refused.unwrap_err(), Code::PermissionDenied, "SCOPE");
}

#[tokio::test]
async fn a_key_that_is_taken_out_is_refused_within_a_second_and_its_feed_ends() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.toml");
    let (first, one) = entry("first", "scopes = ['read', 'stream']");
    let (second, two) = entry("second", "scopes = ['read']");
    std::fs::write(&keys, &one).unwrap();
    let service = service(folder.path(), "").await;
    let info = async |key: &str| {
        let request = with_key(GetServerInfoRequest::default(), key);
        service
            .catalogue()
            .get_server_info(request)
            .await
            .map_err(|status| status.code())
    };
    assert!(info(&first).await.is_ok() && info(&second).await.is_err());

    let (feed, fed) = tokio::sync::mpsc::channel(4);
    let message = || StreamRecommendationsRequest {
        request_id: None,
        request: Some(RecommendCredentialsRequest {
            target: ad_target("Welding."),
            ..Default::default()
        }),
    };
    feed.send(message()).await.unwrap();
    let request = with_key(ReceiverStream::new(fed), &first);
    let mut answers = service
        .matching()
        .stream_recommendations(request)
        .await
        .unwrap()
        .into_inner();
    assert!(answers.message().await.unwrap().is_some());

    std::fs::write(&keys, &two).unwrap();
    let since = Instant::now();
    while info(&first).await.is_ok() {
        sleep(Duration::from_millis(20)).await;
    }
    let took = since.elapsed();
    println!("refused after {took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(info(&second).await.is_ok());
    feed.send(message()).await.unwrap();
    let ended = timeout(Duration::from_secs(5), answers.message())
        .await
        .unwrap();
    assert_eq!(ended.unwrap_err().code(), Code::Unauthenticated);

    // What is no list of keys changes nothing.
    std::fs::write(&keys, "[[key]]\nname = 'x'").unwrap();
    sleep(Duration::from_millis(700)).await;
    assert!(info(&second).await.is_ok());
    assert!(crate::support::logged().contains("keys cannot be read; the old ones stay"));
}

#[tokio::test]
async fn a_key_has_its_rate_and_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, one) = entry("slow", "scopes = ['read', 'stream']\nper_second = 5");
    let (fast, two) = entry("fast", "scopes = ['read']");
    std::fs::write(folder.path().join("keys.toml"), one + &two).unwrap();
    let service = service(folder.path(), "").await;
    let ask = async |key: &str| {
        let request = to("GET", "/v1/serverInfo").header("x-api-key", key);
        send(&service, request.body(Full::default()).unwrap()).await
    };
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(ask(&slow).await);
    }
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    assert!((5..16).contains(&refused.len()), "{}", refused.len());
    let body = refused[0].check_problem(429, 8);
    assert_eq!(body["details"][0]["reason"], "QUOTA");
    assert_eq!(refused[0].header("retry-after"), "1");
    assert_eq!(ask(&fast).await.status, 200);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(ask(&slow).await.status, 200);

    // A feed waits for its turn; nothing of it is refused.
    sleep(Duration::from_secs(1)).await;
    let line = json!({"request": {"target": {"ad": "Welding."}}}).to_string();
    let feed = to("POST", "/v1/credentials:stream").header("x-api-key", &slow);
    let feed = feed.header("content-type", "application/x-ndjson");
    let since = Instant::now();
    let answer = send(
        &service,
        feed.body(Full::from(vec![line; 10].join("\n"))).unwrap(),
    )
    .await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(
        text.lines()
            .filter(|line| line.contains("\"response\""))
            .count(),
        10,
        "{text}"
    );
    assert!(
        since.elapsed() > Duration::from_millis(800),
        "{:?}",
        since.elapsed()
    );
}

#[tokio::test]
async fn what_is_no_file_of_keys_stops_the_start_and_is_not_quoted() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.toml");
    let begin = async |text: &str| {
        std::fs::write(&keys, text).unwrap();
        match start(auth(folder.path(), ""), Source::Starter).await {
            Err(ServeError::Keys(error)) => error.to_string(),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it starts with {text}"),
        }
    };
    let digest = new_key("x").unwrap().1;
    for (text, reason) in [
        ("secret", "is no list of keys"),
        (
            "[[key]]\nname = 'x'\nblake3 = 'secret'\nscopes = ['read']",
            "blake3 is no digest",
        ),
        (
            &format!("[[key]]\nname = 'x'\nblake3 = '{digest}'\nscopes = []"),
            "has no scope",
        ),
        (
            &format!("[[key]]\nname = 'x'\nblake3 = '{digest}'\nscopes = ['root']"),
            "is no list of keys",
        ),
        (
            &format!(
                "[[key]]\nname = 'x'\nblake3 = '{digest}'\nscopes = ['read']\nexpires = 'secret'"
            ),
            "expires is no day",
        ),
        (
            &format!("[[key]]\nname = 'x y'\nblake3 = '{digest}'\nscopes = ['read']"),
            "the name must be",
        ),
    ] {
        let said = begin(text).await;
        assert!(said.contains(reason) && !said.contains("secret"), "{said}");
    }
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(begin("").await.contains("anybody may change it"));
}
