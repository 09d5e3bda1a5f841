//! REST: proto JSON on the port of gRPC, by the same functions, with the same places, limits and counts.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use prost::Message;
use serde_json::{Value, json};
use skillgap::Limits;
use skillgap::api::wire::{self, RecommendCredentialsRequest};
use skillgap::api::{View, answer_json, recommend_credentials};
use skillgap::config::Policy;
use skillgap::engine::Watch;
use skillgap::serve::Source;
use skillgap_catalogue as catalogue;
use skillgap_esco::Esco;

use crate::http::{get, json as with_json, post, send, send_h2, to};
use crate::support::{AD, SKILL, Service, config, narrow, small_generation, starter_catalogue};

const RECOMMEND: &str = "/v1/credentials:recommend";

fn ad_request() -> Value {
    json!({"target": {"ad": AD}, "profile": {"text": "I sell shoes."}, "planPathway": true, "asOf": "2026-12-01"})
}

/// A message of gRPC-Web: its head, then its bytes; in an answer trailers follow as a message of their own.
fn framed(message: &[u8]) -> Vec<u8> {
    let mut framed = vec![0];
    framed.extend((message.len() as u32).to_be_bytes());
    framed.extend(message);
    framed
}

fn first_message(body: &[u8]) -> &[u8] {
    let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
    &body[5..5 + length]
}

#[tokio::test]
async fn one_request_has_one_answer_whatever_it_comes_through() {
    let service = Service::start().await;
    let request: RecommendCredentialsRequest = serde_json::from_value(ad_request()).unwrap();
    let answer = service
        .matching()
        .recommend_credentials(request.clone())
        .await;
    let answer = answer.unwrap().into_inner();
    assert!(!answer.recommendations.is_empty() && answer.pathway.is_some());
    // As text: numbers that are read back may differ in the last digit.
    let expected = serde_json::to_string(&answer).unwrap();

    let rest = post(&service, RECOMMEND, &ad_request()).await;
    assert_eq!(
        (rest.status, rest.header("content-type")),
        (200, "application/json")
    );
    assert_eq!(rest.body, expected);
    let rest = send_h2(&service, with_json("POST", RECOMMEND, &ad_request())).await;
    assert_eq!(rest.body, expected);

    let path = "/skillgap.v1.MatchingService/RecommendCredentials";
    let form = "application/grpc-web+proto";
    let web = to("POST", path)
        .header("content-type", form)
        .header("x-grpc-web", "1");
    let message = framed(&request.encode_to_vec());
    let web = send(&service, web.body(Full::from(message.clone())).unwrap()).await;
    assert_eq!(web.header("content-type"), form);
    let of_web = wire::RecommendCredentialsResponse::decode(first_message(&web.body)).unwrap();
    assert_eq!(of_web, answer);
    assert!(web.body.windows(14).any(|part| part == b"grpc-status:0\r"));

    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD;
    let form = "application/grpc-web-text";
    let web = to("POST", path)
        .header("content-type", form)
        .header("accept", form);
    let web = send(
        &service,
        web.body(Full::from(base64.encode(message))).unwrap(),
    )
    .await;
    // Each frame is encoded for itself, and so has an end of its own.
    let decoded = web
        .body
        .chunks(4)
        .flat_map(|four| base64.decode(four).unwrap());
    let decoded: Vec<u8> = decoded.collect();
    let of_text = wire::RecommendCredentialsResponse::decode(first_message(&decoded)).unwrap();
    assert_eq!(of_text, answer);

    let starter = starter_catalogue();
    let view = View {
        catalogue: &starter,
        limits: &Limits::default(),
        policy: &Policy::default(),
        today: skillgap_credentials::day::today(),
        market: None,
        unheard_seconds: None,
        watch: &Watch::unlimited(),
    };
    let line = answer_json(&view, recommend_credentials, ad_request()).unwrap();
    assert_eq!(line, expected);
}

#[tokio::test]
async fn every_read_is_there() {
    let service = Service::start().await;
    let skill = starter_catalogue().esco.skills[0].uri.clone();
    let occupation = starter_catalogue().esco.occupations[0].uri.clone();
    let id = "cedefop-01".to_owned();
    let escaped = |text: &str| text.replace('/', "%2F").replace(':', "%3A");
    for (path, member) in [
        ("/v1/serverInfo".to_owned(), "limits"),
        ("/v1/skills?text=sell&pageSize=2".to_owned(), "hits"),
        (format!("/v1/skill?uri={skill}"), "skill"),
        (
            format!(
                "/v1/occupation?uri={}&language_code=de",
                escaped(&occupation)
            ),
            "occupation",
        ),
        ("/v1/skills:narrower".to_owned(), "concepts"),
        (format!("/v1/credentials/{}", escaped(&id)), "credential"),
        (format!("/v1/credential?id={}", escaped(&id)), "credential"),
        (
            format!("/v1/credentials:batchGet?ids={}&ids=x", escaped(&id)),
            "missingIds",
        ),
    ] {
        let answer = get(&service, &path).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        assert!(
            !answer.json()[member].is_null(),
            "{path}: {:?}",
            answer.body
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for (path, body, member) in [
        ("/v1/demand:extract", json!({"ad": AD}), "demand"),
        ("/v1/gap:analyse", ad_gap(), "gap"),
        ("/v1/pathways:plan", ad_gap(), "context"),
        (
            "/v1/occupations:suggest",
            json!({"profile": {"text": "I write SQL."}}),
            "occupations",
        ),
        ("/v1/text:link", json!({"text": "sell shoes"}), "skills"),
        (
            "/v1/credentials:search",
            json!({"pageSize": 1}),
            "credentials",
        ),
        ("/v1/credentials:check", json!({"id": id}), "context"),
    ] {
        let answer = post(&service, path, &body).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        assert!(
            !answer.json()[member].is_null(),
            "{path}: {:?}",
            answer.body
        );
    }
}

fn ad_gap() -> Value {
    json!({"target": {"ad": AD}, "profile": {"text": "I sell shoes."}})
}

#[tokio::test]
async fn what_is_wrong_is_a_problem_and_a_status_in_one() {
    let service = Service::start().await;
    get(&service, "/v1/nothing").await.check_problem(404, 5);
    get(&service, "/v1/skills/").await.check_problem(404, 5);
    let wrong = get(&service, RECOMMEND).await;
    wrong.check_problem(405, 12);
    assert_eq!(wrong.header("allow"), "POST");
    let wrong = post(&service, "/v1/credentials/a", &json!({})).await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, DELETE"));
    let form = |form: &str, accept: &str| {
        let request = to("POST", RECOMMEND).header("content-type", form);
        let request = request.header("accept", accept);
        request.body(Full::from(ad_request().to_string())).unwrap()
    };
    send(&service, form("text/plain", "*/*"))
        .await
        .check_problem(415, 3);
    for accept in ["text/html", "application/json;q=0, text/html"] {
        send(&service, form("application/json", accept))
            .await
            .check_problem(406, 3);
    }
    for accept in [
        "text/html, */*;q=0.1",
        "application/*",
        "application/json;q=0.9",
    ] {
        let good = send(&service, form("application/json; charset=utf-8", accept)).await;
        assert_eq!(good.status, 200, "{accept}");
    }
    // What is not there yet can be left out: no fault of the service.
    let early = json!({"facets": ["CREDENTIAL_FACT_COST"]});
    post(&service, "/v1/credentials:search", &early)
        .await
        .check_problem(400, 12);
    post(&service, "/v1/occupations:suggest", &json!({}))
        .await
        .check_problem(400, 3);
    let unknown = get(&service, "/v1/credentials/nothing").await;
    let body = unknown.check_problem(404, 5);
    let details = body["details"].as_array().unwrap();
    assert_eq!(
        details[0]["@type"],
        "type.googleapis.com/google.rpc.ErrorInfo"
    );
    assert_eq!(details[0]["reason"], "NOT_FOUND");
    assert_eq!(details[1]["resourceType"], "skillgap.v1.Credential");
}

#[tokio::test]
async fn faults_are_named_by_their_path_and_never_quoted() {
    let service = Service::start().await;
    let violations = async |path: &str, body: &str| {
        let request = to("POST", path).header("content-type", "application/json");
        let request = request.body(Full::from(body.to_owned())).unwrap();
        let answer = send(&service, request).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains("secret"), "{text}");
        let body = answer.check_problem(400, 3);
        body["details"][1]["fieldViolations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["field"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for (body, fields) in [
        ("{\"target\"", &["request"][..]),
        ("[\"secret\"]", &["request"]),
        ("", &["request"]),
        (r#"{"target":{"ad":["secret"]}}"#, &["target.ad"]),
        (r#"{"target":{"addd":"secret"}}"#, &["target.addd"]),
        (r#"{"target":{"my secret":1}}"#, &["target"]),
        (
            r#"{"target":{"ad":"x","adLanguageCode":"secret!"},"topK":5000}"#,
            &["topK", "target.adLanguageCode"],
        ),
    ] {
        let mut found = violations(RECOMMEND, body).await;
        found.sort();
        let mut expected: Vec<String> = fields.iter().map(|one| (*one).to_owned()).collect();
        expected.sort();
        assert_eq!(found, expected, "{body}");
    }
    let query = get(&service, "/v1/skills?text=a&other=secret").await;
    assert!(!String::from_utf8_lossy(&query.body).contains("secret"));
    query.check_problem(400, 3);
    let both = post(&service, "/v1/text:link?secret=1", &json!({"text": "a"})).await;
    both.check_problem(400, 3);
}

#[tokio::test]
async fn what_is_too_large_or_too_much_is_refused_before_it_is_decoded() {
    let service = Service::start().await;
    let large = json!({"target": {"ad": "x".repeat(1 << 20)}});
    post(&service, RECOMMEND, &large)
        .await
        .check_problem(413, 8);
    let entries = format!(
        "{{\"target\":{{\"demand\":[{}]}}}}",
        vec!["{}"; 300_000].join(",")
    );
    let request = to("POST", RECOMMEND).header("content-type", "application/json");
    let many = send(&service, request.body(Full::from(entries)).unwrap()).await;
    many.check_problem(413, 8);

    let service = Service::start_with(narrow(0), Source::Opened(starter_catalogue())).await;
    let busy = service.occupy().await;
    let refused = post(&service, RECOMMEND, &ad_request()).await;
    let body = refused.check_problem(429, 8);
    assert_eq!(refused.header("retry-after"), "1");
    let details = body["details"].as_array().unwrap();
    assert!(
        details.iter().any(|one| one["retryDelay"].is_string()),
        "{body}"
    );
    assert_eq!(get(&service, "/v1/serverInfo").await.status, 200);
    drop(busy);

    let mut slow = narrow(1);
    slow.limits.deadline_ms = 50;
    let service = Service::start_with(slow, Source::Opened(starter_catalogue())).await;
    let _busy = service.occupy().await;
    post(&service, RECOMMEND, &ad_request())
        .await
        .check_problem(504, 4);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused() {
    let mut config = config();
    config.limits.answer_bytes_max = 2_000;
    let service = Service::start_with(config, Source::Opened(starter_catalogue())).await;
    post(&service, RECOMMEND, &ad_request())
        .await
        .check_problem(413, 8);
}

#[tokio::test]
async fn a_call_is_counted_and_logged_as_over_grpc_and_keeps_its_name() {
    let service = Service::start().await;
    let counted = |code: &str| {
        let name = "skillgap_requests_total{method=\"skillgap.v1.SkillsService/SearchSkills\",scope=\"read\",code=";
        service.metric(&format!("{name}\"{code}\"}}"))
    };
    let id = "a-name-that-only-this-test-gives";
    let request = to("GET", "/v1/skills?text=a-word-that-only-this-test-asks-for");
    let request = request.header("x-request-id", id);
    let request = request.header(
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4799-00f067aa0ba902b7-01",
    );
    let answer = send(&service, request.body(Full::default()).unwrap()).await;
    assert_eq!((answer.status, answer.header("x-request-id")), (200, id));
    get(&service, "/v1/skills").await.check_problem(400, 3);
    assert_eq!((counted("ok"), counted("invalid_argument")), (1.0, 1.0));
    let logged = crate::support::logged();
    let line = logged
        .lines()
        .find(|line| line.contains(id) && line.contains("call ended"));
    let line = line.unwrap();
    assert!(
        line.contains("4bf92f3577b34da6a3ce929d0e0e4799") && line.contains("SearchSkills"),
        "{line}"
    );
    assert!(!logged.contains("a-word-that-only-this-test-asks-for"));
    let other = get(&service, "/v1/skills?text=a").await;
    assert_eq!(other.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn a_feed_is_lines_in_and_lines_out() {
    let service = Service::start().await;
    let good = |id: &str| json!({"requestId": id, "request": ad_request()}).to_string();
    let lines = [
        good("first"),
        "{\"secret".to_owned(),
        String::new(),
        json!({"requestId": "none"}).to_string(),
        good("last"),
    ]
    .join("\n");
    let feed = |body: String| -> Request<Full<Bytes>> {
        let request = to("POST", "/v1/credentials:stream");
        let request = request.header("content-type", "application/x-ndjson");
        request.body(Full::from(body)).unwrap()
    };
    for h2 in [false, true] {
        let request = feed(lines.clone());
        let answer = if h2 {
            send_h2(&service, request).await
        } else {
            send(&service, request).await
        };
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "application/x-ndjson")
        );
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(!text.contains("secret"));
        let answers: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let ids: Vec<&str> = answers
            .iter()
            .map(|one| one["requestId"].as_str().unwrap_or("-"))
            .collect();
        assert_eq!(ids, ["first", "-", "none", "last"]);
        let positions: Vec<&str> = answers
            .iter()
            .map(|one| one["position"].as_str().unwrap())
            .collect();
        assert_eq!(positions, ["0", "1", "2", "3"]);
        assert_eq!(answers[0]["response"], answers[3]["response"]);
        assert_eq!(
            (&answers[1]["error"]["code"], &answers[2]["error"]["code"]),
            (&3.into(), &3.into())
        );
    }
    let counted = "skillgap_requests_total{method=\"skillgap.v1.MatchingService/StreamRecommendations\",scope=\"stream\",code=\"ok\"}";
    service.until_metric(counted, 2.0).await;

    let long = format!("{}\n{}", good("first"), "x".repeat((1 << 20) + 1_000));
    let answer = send(&service, feed(long)).await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["position"], &last["error"]["code"]),
        (&"1".into(), &8.into())
    );
    let failed = counted.replace("\"ok\"", "\"resource_exhausted\"");
    service.until_metric(&failed, 1.0).await;
    assert_eq!(service.metric("skillgap_feeds"), 0.0);
    let plain = with_json("POST", "/v1/credentials:stream", &ad_request());
    send(&service, plain).await.check_problem(415, 3);
}

#[tokio::test]
async fn credentials_are_added_and_deleted_over_rest() {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &["weld-1"]);
    let source = Source::DataDir(dir.path().to_path_buf());
    let service = Service::start_with(config(), source).await;
    let id = "https://example.org/a b";
    let credential = json!({"id": id, "title": {"en": "Welding"}, "outcomes": [{"text": {"en": "Welds"},
        "skills": [{"uri": SKILL}]}]});
    let batch = json!({"credentials": [credential, {"id": "x"}]});
    let made = post(&service, "/v1/credentials:batchUpsert", &batch).await;
    let outcomes = made.json()["outcomes"].clone();
    assert_eq!(outcomes[0]["result"], "UPSERT_RESULT_WRITTEN");
    assert_eq!(outcomes[1]["error"]["code"], 3, "{outcomes}");
    let path = "/v1/credentials/https%3A%2F%2Fexample.org%2Fa%20b";
    assert_eq!(
        get(&service, path).await.json()["credential"]["title"]["en"],
        "Welding"
    );
    let delete = || to("DELETE", path).body(Full::default()).unwrap();
    assert_eq!(send(&service, delete()).await.json()["deleted"], true);
    assert_eq!(send(&service, delete()).await.json()["deleted"], false);
    get(&service, path).await.check_problem(404, 5);

    let starter = Service::start().await;
    let refused = post(&starter, "/v1/credentials:batchUpsert", &batch).await;
    let body = refused.check_problem(400, 9);
    assert_eq!(body["details"][0]["reason"], "READ_ONLY");
}

#[tokio::test]
async fn pages_of_listed_origins_may_call_and_others_may_not() {
    let toml = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(
        toml.path(),
        "[rest]\ncors_origins = \"https://jobs.example, http://localhost:3000\"",
    )
    .unwrap();
    let overrides = skillgap::config::Overrides::default();
    let mut listed = skillgap::config::Config::load(Some(toml.path()), &overrides).unwrap();
    listed.grpc.listen.set_port(0);
    listed.admin.listen.set_port(0);
    let listed = Service::start_with(listed, Source::Opened(starter_catalogue())).await;
    let preflight = |origin: &str| {
        let request = to("OPTIONS", RECOMMEND).header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "content-type");
        request.body(Full::default()).unwrap()
    };
    let good = send(&listed, preflight("https://jobs.example")).await;
    assert_eq!(
        good.header("access-control-allow-origin"),
        "https://jobs.example"
    );
    assert!(
        good.header("access-control-allow-headers")
            .contains("x-api-key")
    );
    let other = send(&listed, preflight("https://other.example")).await;
    assert_eq!(other.header("access-control-allow-origin"), "");
    let mut call = with_json("POST", RECOMMEND, &ad_request());
    call.headers_mut()
        .insert("origin", "http://localhost:3000".parse().unwrap());
    let answer = send(&listed, call).await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "http://localhost:3000"
    );
    assert!(
        answer
            .header("access-control-expose-headers")
            .contains("x-request-id")
    );
    let none = Service::start().await;
    let refused = send(&none, preflight("https://jobs.example")).await;
    assert_eq!(
        (
            refused.status,
            refused.header("access-control-allow-origin")
        ),
        (405, "")
    );
}

#[tokio::test]
async fn an_empty_generation_answers_over_rest_too() {
    let dir = tempfile::tempdir().unwrap();
    let esco = Esco {
        version: "1.2".to_owned(),
        languages: vec!["en".to_owned()],
        ..Esco::default()
    };
    catalogue::build(dir.path(), esco, Vec::new(), &|_, _, _| {}).unwrap();
    let source = Source::DataDir(dir.path().to_path_buf());
    let service = Service::start_with(config(), source).await;
    let answer = post(&service, RECOMMEND, &ad_request()).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
}
