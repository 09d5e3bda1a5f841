//! The page for people, without a browser: what it says, that it says what REST says, and what hostile or broken forms make of it.

use bytes::Bytes;
use http_body_util::Full;
use serde_json::{Value, json};
use skillgap::config::{Config, Overrides};
use skillgap::serve::Source;

use crate::http::{Answer, get, post, send, to};
use crate::support::{AD, Service, logged, starter_catalogue};

const WORDS: [&str; 2] = [
    include_str!("../../src/web/words/en.txt"),
    include_str!("../../src/web/words/de.txt"),
];

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

async fn submit(service: &Service, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = to("POST", path).header("content-type", "application/x-www-form-urlencoded");
    let body = Full::new(Bytes::from(encoded(fields)));
    send(service, request.body(body).unwrap()).await
}

/// Checks what holds of every page: whole, in its language, closed to others, kept nowhere, without a text that is missing.
#[track_caller]
fn check_page(answer: &Answer, status: u16, language: &str) -> String {
    let text = answer.text();
    assert_eq!(answer.status, status, "{text}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'"),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe") && !policy.contains("http"),
        "{policy}"
    );
    assert!(answer.headers.get("set-cookie").is_none());
    assert!(
        text.contains(&format!("<html lang=\"{language}\">")),
        "{text}"
    );
    assert!(text.ends_with("</html>") && text.matches("<h1>").count() == 1);
    for forbidden in [
        "<script",
        "style=\"",
        " onclick",
        "src=\"http",
        "<iframe",
        "<img",
    ] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    let keys = WORDS[0].lines().filter_map(|line| line.split_once(" = "));
    for (key, _) in keys.filter(|(key, _)| key.contains('.')) {
        assert!(!text.contains(&format!(">{key}<")), "{key} has no text");
    }
    assert!(text.len() < 100 << 10, "{} bytes", text.len());
    text
}

#[tokio::test]
async fn every_page_is_whole_in_each_language() {
    let service = Service::start().await;
    let found = post(&service, "/v1/credentials:search", &json!({"pageSize": 1}))
        .await
        .json();
    let one = encoded(&[("id", found["credentials"][0]["id"].as_str().unwrap())]);
    for (code, words) in [("en", WORDS[0]), ("de", WORDS[1])] {
        let text = |key: &str| {
            let line = words
                .lines()
                .find(|line| line.starts_with(&format!("{key} = ")));
            line.unwrap().split_once(" = ").unwrap().1.to_owned()
        };
        for (path, key) in [
            ("/?x=y", "start.title"),
            ("/advice?sample=yes", "gap.title"),
            ("/advice?sample=yes", "advice.sample"),
            ("/search?words=sales", "search.narrow"),
            (&format!("/credential?{one}"), "course.open"),
            (&format!("/compare?{one}"), "compare.choose"),
            ("/status?x=y", "status.starter"),
            ("/accessibility?x=y", "a11y.limits"),
        ] {
            let answer = get(&service, &format!("{path}&lang={code}")).await;
            let page = check_page(&answer, 200, code);
            assert!(page.contains(&text(key)), "{path}: {key}");
        }
        let person = [
            ("lang", code),
            ("ad", AD),
            ("text", "I sell shoes."),
            ("for", "person"),
        ];
        for (path, key) in [
            ("/advice", "questions.title"),
            ("/sheet", "sheet.estimates"),
            ("/occupations", "reach.how"),
            ("/", "start.wishes"),
        ] {
            let page = check_page(&submit(&service, path, &person).await, 200, code);
            assert!(page.contains(&text(key)), "{path}: {key}");
        }
        let person = [
            ("lang", code),
            ("ad", AD),
            ("text", "I sell shoes."),
            ("for", "counsellor"),
        ];
        let page = check_page(&submit(&service, "/sheet", &person).await, 200, code);
        assert!(page.contains(&text("basis.legend")) && page.contains("<mark>"));
    }
    let style = get(&service, "/style.css").await;
    assert_eq!(
        (style.status, style.header("content-type")),
        (200, "text/css; charset=utf-8")
    );
}

#[tokio::test]
async fn the_page_says_what_rest_says() {
    let service = Service::start().await;
    let text = "I sell shoes and work the till.";
    let request = json!({
        "target": {"ad": AD}, "profile": {"text": text}, "persona": "learner", "topK": 5,
        "constraints": {"includeUnknown": true},
    });
    let answer = post(&service, "/v1/credentials:recommend", &request)
        .await
        .json();
    let page = submit(&service, "/advice", &[("ad", AD), ("text", text)]).await;
    let page = check_page(&page, 200, "en");
    let mut from = 0;
    for one in answer["recommendations"].as_array().unwrap() {
        let title = one["title"].as_str().unwrap().replace('&', "&amp;");
        from += page[from..]
            .find(&title)
            .unwrap_or_else(|| panic!("{title} is not in its place"));
    }
    for asked in answer["demand"].as_array().unwrap() {
        assert!(page.contains(asked["label"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn what_was_understood_can_be_corrected_and_the_advice_follows() {
    let service = Service::start().await;
    let request = json!({"target": {"ad": AD}});
    let answer = post(&service, "/v1/gap:analyse", &request).await.json();
    let first = &answer["demand"][0];
    let (uri, label) = (
        first["uri"].as_str().unwrap(),
        first["label"].as_str().unwrap(),
    );
    let row = |page: &str| page.contains(&format!("name=\"u\" value=\"{uri}\""));
    let ad = [("ad", AD)];
    let page = check_page(&submit(&service, "/advice", &ad).await, 200, "en");
    assert!(row(&page) && page.contains(label));
    // Struck out: gone from the table, and told how to take that back.
    let struck = submit(&service, "/advice", &[("ad", AD), ("strike", uri)]).await;
    let struck = check_page(&struck, 200, "en");
    assert!(!row(&struck) && struck.contains(&format!("name=\"forget\" value=\"struck|{uri}\"")));
    let forget = format!("struck|{uri}");
    let back = [("ad", AD), ("x", uri), ("forget", &forget)];
    let back = submit(&service, "/advice", &back).await;
    assert!(row(&back.text()));
    // Held: the row is there, without the button that says so.
    let have = format!("|{uri}");
    let held = submit(&service, "/advice", &[("ad", AD), ("have", &have)]).await;
    let held = check_page(&held, 200, "en");
    assert!(held.contains(&format!("name=\"h\" value=\"{have}\"")) && row(&held));
    assert!(!held.contains(&format!("name=\"have\" value=\"{have}\"")));
    // Less important, by the row of the table.
    let changed = [
        ("ad", AD),
        ("u", uri),
        ("was", "must|"),
        ("i", "nice"),
        ("l", "advanced"),
    ];
    let changed = check_page(&submit(&service, "/advice", &changed).await, 200, "en");
    assert!(changed.contains(&format!("name=\"a\" value=\"nice|advanced|{uri}\"")));
    assert!(changed.contains("value=\"nice|advanced\""));
    // A skill that the ad does not name, found by its name and added.
    let found = submit(
        &service,
        "/advice",
        &[("ad", AD), ("skill", "forklift"), ("find", "yes")],
    )
    .await;
    assert!(
        check_page(&found, 200, "en")
            .contains("name=\"ask\" value=\"http://data.europa.eu/esco/skill/")
    );
    let skill = "http://data.europa.eu/esco/skill/667cbbaf-f377-46d8-8f2d-1f6d8a55d74a";
    let added = submit(&service, "/advice", &[("ad", AD), ("ask", skill)]).await;
    assert!(check_page(&added, 200, "en").contains(&format!("name=\"u\" value=\"{skill}\"")));
}

#[tokio::test]
async fn whatever_is_sent_is_shown_as_text_and_never_as_markup() {
    let service = Service::start().await;
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let ad = format!("Sales assistant wanted. {evil} You sell products. {evil}");
    for (path, name) in [
        ("/advice", "text"),
        ("/advice", "jobs"),
        ("/advice", "skills"),
        ("/advice", "skill"),
        ("/", "sought"),
        ("/", "hours"),
        ("/", "currency"),
        ("/sheet", "for"),
        ("/occupations", "text"),
    ] {
        let fields = [("ad", ad.as_str()), (name, evil), ("find", "yes")];
        let answer = submit(&service, path, &fields).await;
        check_page(&answer, 200, "en");
    }
    for path in ["/credential", "/search", "/compare", "/advice", "/"] {
        for name in ["id", "words", "lang", "order", "page", "mode", evil] {
            let answer = get(&service, &format!("{path}?{}", encoded(&[(name, evil)]))).await;
            check_page(&answer, answer.status, "en");
            assert!(matches!(answer.status, 200 | 400 | 404), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn a_bad_form_is_answered_with_what_is_wrong_and_where() {
    let service = Service::start().await;
    let long = "Verkauf ".repeat(9_000);
    let many = "x\n".repeat(31);
    let huge = "x".repeat(2 << 20);
    let bad_skill = [
        ("ad", AD),
        ("strike", "http://data.europa.eu/esco/skill/nowhere"),
    ];
    type Fields<'f> = &'f [(&'f str, &'f str)];
    let cases: [(&str, Fields<'_>, u16, &str); 9] = [
        ("/advice", &[("ad", "  ")], 400, "The job"),
        (
            "/advice",
            &[("ad", AD), ("occupation", "http://x")],
            400,
            "one of the two",
        ),
        ("/advice", &[("ad", &long)], 400, "Job ad"),
        ("/advice", &[("ad", &huge)], 413, "too much text"),
        (
            "/advice",
            &[("ad", AD), ("hours", "many")],
            400,
            "Hours at most",
        ),
        (
            "/advice",
            &[("ad", AD), ("jobs", &many)],
            400,
            "Jobs so far",
        ),
        (
            "/advice",
            &[("ad", AD), ("country", "Germany")],
            400,
            "Country",
        ),
        ("/advice", &bad_skill, 400, "The job"),
        ("/sheet", &[], 400, "The job"),
    ];
    for (path, fields, status, says) in cases {
        let page = check_page(&submit(&service, path, fields).await, status, "en");
        assert!(page.contains(says), "{path}: {says}: {page}");
    }
    let page = check_page(
        &get(&service, "/credential?id=nowhere&lang=de").await,
        404,
        "de",
    );
    assert!(page.contains("nicht in diesem Katalog"));
    let put = send(
        &service,
        to("PUT", "/advice").body(Full::default()).unwrap(),
    )
    .await;
    assert_eq!((put.status, put.header("allow")), (405, "GET, HEAD, POST"));
    let fields = "a=&".repeat(5_000);
    let request = to("POST", "/").header("content-type", "application/x-www-form-urlencoded");
    let answer = send(
        &service,
        request.body(Full::new(Bytes::from(fields))).unwrap(),
    )
    .await;
    check_page(&answer, 400, "en");
    let request = to("POST", "/").header("content-type", "application/json");
    let answer = send(
        &service,
        request.body(Full::new(Bytes::from("{}"))).unwrap(),
    )
    .await;
    check_page(&answer, 400, "en");
}

#[tokio::test]
async fn jobs_and_skills_that_are_typed_are_understood_or_said_not_to_be() {
    let service = Service::start().await;
    let fields = [
        ("ad", AD),
        ("jobs", "shop assistant"),
        ("skills", "handle customer complaints\nqqq zzz"),
    ];
    let page = check_page(&submit(&service, "/advice", &fields).await, 200, "en");
    let understood = page.split("What you typed").nth(1).unwrap();
    assert!(
        understood.contains("<strong>handle customer complaints</strong>"),
        "{understood}"
    );
    assert!(understood.contains("<q>qqq zzz</q>: <em>not understood"));
}

#[tokio::test]
async fn no_text_of_a_visitor_is_logged() {
    let service = Service::start().await;
    let secret = "Quetzalcoatlus breeder wanted";
    for name in ["ad", "text", "jobs", "skills", "skill", "hours"] {
        submit(
            &service,
            "/advice",
            &[("ad", AD), (name, secret), ("find", "yes")],
        )
        .await;
    }
    get(
        &service,
        &format!("/search?{}", encoded(&[("words", secret)])),
    )
    .await;
    assert!(!logged().contains("Quetzalcoatlus"));
}

#[tokio::test]
async fn the_page_is_off_where_it_is_switched_off_and_asks_for_a_key_where_all_do() {
    let folder = tempfile::tempdir().unwrap();
    let start = async |more: &str| {
        let file = folder.path().join("skillgap.toml");
        let ports = "[grpc]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n";
        std::fs::write(&file, format!("{ports}{more}")).unwrap();
        let config = Config::load(Some(&file), &Overrides::default()).unwrap();
        Service::start_with(config, Source::Opened(starter_catalogue())).await
    };
    let off = start("[web]\nenabled = \"off\"\n").await;
    get(&off, "/").await.check_problem(404, 5);
    assert_eq!(get(&off, "/style.css").await.status, 404);
    let closed = start("[auth]\nanonymous = \"none\"\n").await;
    let page = check_page(&get(&closed, "/advice?sample=yes").await, 401, "en");
    assert!(page.contains("key"));
}

#[tokio::test]
async fn a_question_tells_what_a_yes_changes() {
    let service = Service::start().await;
    let path = "/v1/credentials:recommend";
    let ask = |skills: &[&str]| {
        let skills: Vec<_> = skills.iter().map(|uri| json!({"uri": uri})).collect();
        json!({"target": {"ad": AD}, "profile": {"skills": skills}, "topK": 5, "questionsMax": 5})
    };
    let ids = |answer: &Value| {
        let recommended = answer["recommendations"].as_array().unwrap().iter();
        recommended
            .map(|one| one["credentialId"].clone())
            .collect::<Vec<_>>()
    };
    let now = post(&service, path, &ask(&[])).await.json();
    let questions = now["questions"].as_array().unwrap();
    assert!(!questions.is_empty());
    let mut last = 1.0;
    for question in questions {
        let change = question["change"].as_f64().unwrap();
        assert!(change > 0.0 && change <= last);
        last = change;
        let level = now["demand"].as_array().unwrap().iter();
        let mut level = level.filter(|one| one["uri"] == question["skill"]["uri"]);
        if level.next().is_some_and(|one| !one["level"].is_null()) {
            // The yes counts at the level that is asked for, which `ask` does not state.
            continue;
        }
        let uri = question["skill"]["uri"].as_str().unwrap();
        let then = ids(&post(&service, path, &ask(&[uri])).await.json());
        let now = ids(&now);
        let only = |these: &[Value], those: &[Value]| {
            let only = these.iter().filter(|id| !those.contains(id));
            only.cloned().collect::<Vec<_>>()
        };
        let told = |name: &str| question[name].as_array().cloned().unwrap_or_default();
        assert_eq!(told("leavingCredentialIds"), only(&now, &then));
        assert_eq!(told("enteringCredentialIds"), only(&then, &now));
    }
    // What was denied is not asked again; and nobody asks more than five.
    let uri = &questions[0]["skill"]["uri"];
    let denied =
        json!({"target": {"ad": AD}, "profile": {"rejectedSkillUris": [uri]}, "questionsMax": 5});
    let denied = post(&service, path, &denied).await.json();
    let again = denied["questions"].as_array().cloned().unwrap_or_default();
    assert!(
        again
            .iter()
            .all(|question| question["skill"]["uri"] != *uri)
    );
    let many = json!({"target": {"ad": AD}, "questionsMax": 6});
    post(&service, path, &many).await.check_problem(400, 3);
}

#[tokio::test]
async fn corrections_replace_what_was_understood_or_add_to_it() {
    let service = Service::start().await;
    let path = "/v1/gap:analyse";
    let plain = post(&service, path, &json!({"target": {"ad": AD}}))
        .await
        .json();
    let first = plain["demand"][0].clone();
    let forklift = "http://data.europa.eu/esco/skill/667cbbaf-f377-46d8-8f2d-1f6d8a55d74a";
    let corrections = json!([
        {"uri": first["uri"], "weight": 0.2, "requirement": "optional"},
        {"uri": forklift, "level": {"proficiency": "basic"}},
    ]);
    let request = json!({"target": {"ad": AD, "corrections": corrections}});
    let corrected = post(&service, path, &request).await.json();
    let of = |uri: &Value| {
        let demand = corrected["demand"].as_array().unwrap();
        demand
            .iter()
            .find(|one| one["uri"] == *uri)
            .cloned()
            .unwrap()
    };
    let changed = of(&first["uri"]);
    assert_eq!(
        (&changed["weight"], &changed["spans"]),
        (&json!(0.2), &first["spans"])
    );
    assert_eq!(of(&json!(forklift))["weight"], json!(1.0));
    let of_skills = json!({"target": {"demand": [{"uri": forklift}], "corrections": corrections}});
    let problem = post(&service, path, &of_skills).await.check_problem(400, 3);
    assert!(problem.to_string().contains("target.corrections"));
}
