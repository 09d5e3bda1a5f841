//! Rules that hold in several methods: the day of a request, what spans count, rejected skills, languages, pages that end by bytes.

use skillgap::api::wire::{
    AnalyseGapRequest, CredentialView, DemandedSkill, ExtractDemandRequest, HeldSkill, Profile,
    RecommendCredentialsRequest, SearchCredentialsRequest, Target, TextEncoding,
};
use skillgap::serve::Source;

use crate::support::{
    Service, ad_target, config, skills_target, starter_catalogue, violated, violations,
};

/// The URI of the skill with this English label.
fn skill(label: &str) -> String {
    let catalogue = starter_catalogue();
    let mut skills = catalogue.esco.skills.iter();
    let found = skills.find(|skill| skill.labels.iter().any(|of| of.preferred == label));
    found
        .unwrap_or_else(|| panic!("no skill {label}"))
        .uri
        .clone()
}

fn demanded(uris: &[&String]) -> Option<Target> {
    let demanded = |uri: &&String| DemandedSkill {
        uri: (*uri).clone(),
        ..Default::default()
    };
    skills_target(uris.iter().map(demanded).collect())
}

#[tokio::test]
async fn documents_are_judged_by_the_day_of_the_request() {
    let (service, uri) = (Service::start().await, skill("sell products"));
    let badge = format!(
        r#"{{"@context":["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"type":["VerifiableCredential","OpenBadgeCredential"],"id":"urn:award",
        "issuer":{{"name":"Guild"}},"validFrom":"2030-01-01","validUntil":"2031-12-31","credentialSubject":{{"type":["AchievementSubject"],
        "achievement":{{"id":"urn:badge","name":"Badge","alignment":[{{"targetName":"x","targetUrl":"{uri}"}}]}}}}}}"#
    );
    for (day, counts, not_yet, expired) in [
        ("2029-12-31", false, true, false),
        ("2030-01-01", true, false, false),
        ("2032-01-01", true, false, true),
    ] {
        let request = AnalyseGapRequest {
            target: demanded(&[&uri]),
            profile: Some(Profile {
                documents: vec![badge.clone()],
                ..Default::default()
            }),
            as_of: Some(day.to_owned()),
            ..Default::default()
        };
        let answer = service.matching().analyse_gap(request).await;
        let answer = answer.unwrap().into_inner();
        let context = answer.context.unwrap();
        let document = &context.documents[0];
        assert_eq!(
            (context.as_of.as_str(), answer.gap[0].held == 1.0),
            (day, counts)
        );
        assert_eq!(
            (document.not_yet_valid, document.expired),
            (not_yet, expired),
            "{day}"
        );
    }
}

#[tokio::test]
async fn a_document_that_yields_nothing_is_named() {
    let service = Service::start().await;
    for document in [
        r#"<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1"></elmo>"#,
        "<a>&unknown;</a>",
    ] {
        let request = AnalyseGapRequest {
            target: demanded(&[&skill("sell products")]),
            profile: Some(Profile {
                documents: vec![document.to_owned()],
                ..Default::default()
            }),
            ..Default::default()
        };
        let answer = service.matching().analyse_gap(request).await;
        let context = answer.unwrap().into_inner().context.unwrap();
        assert_eq!(
            (context.documents.len(), context.refused_documents.len()),
            (0, 1),
            "{document}"
        );
    }
}

#[tokio::test]
async fn spans_count_what_the_callers_language_counts() {
    let service = Service::start().await;
    // Four bytes and two units of UTF-16, one code point each.
    let ad = "🚜🚜🚜 Farm shop\n\nRequirements:\n- SQL\n";
    let place = ad.find("SQL").unwrap() as u32;
    for (encoding, expected) in [
        (TextEncoding::Unspecified, place),
        (TextEncoding::Utf8Bytes, place),
        (TextEncoding::Utf16CodeUnits, place - 6),
        (TextEncoding::CodePoints, place - 9),
    ] {
        let request = ExtractDemandRequest {
            ad: ad.to_owned(),
            ad_language_code: Some("en-GB".to_owned()),
            text_encoding: encoding.into(),
            ..Default::default()
        };
        let answer = service.matching().extract_demand(request).await;
        let answer = answer.unwrap().into_inner();
        let spans: Vec<_> = answer.demand.iter().flat_map(|one| &one.spans).collect();
        assert!(
            spans
                .iter()
                .any(|span| (span.start, span.end) == (expected, expected + 3)),
            "{encoding:?}: {spans:?}"
        );
        assert_eq!(answer.ad_understanding.unwrap().language_code, "en");
    }
}

#[tokio::test]
async fn rejected_skills_do_not_count() {
    let service = Service::start().await;
    let (sell, lead) = (skill("sell products"), skill("lead a team"));
    let text = "I sell products and lead a team.";
    let ask = async |rejected: Vec<String>, stated: Vec<String>, rejects: Vec<String>| {
        let held = |uri: String| HeldSkill { uri, level: None };
        let request = AnalyseGapRequest {
            target: demanded(&[&sell, &lead]).map(|target| Target {
                rejected_skill_uris: rejected,
                ..target
            }),
            profile: Some(Profile {
                skills: stated.into_iter().map(held).collect(),
                text: Some(text.to_owned()),
                text_language_code: Some("en".to_owned()),
                rejected_skill_uris: rejects,
                ..Default::default()
            }),
            ..Default::default()
        };
        service.matching().analyse_gap(request).await
    };
    let all = ask(vec![], vec![], vec![]).await.unwrap().into_inner();
    assert_eq!(all.demand.len(), 2);
    let read = all.profile_understanding.unwrap();
    assert_eq!(
        (read.language_code.as_str(), all.ad_understanding),
        ("en", None)
    );
    let held = |answer: &[skillgap::api::wire::GapItem], uri: &str| {
        answer.iter().find(|item| item.uri == uri).unwrap().held
    };
    assert!(held(&all.gap, &sell) > 0.4);
    let one = ask(vec![lead.clone()], vec![], vec![sell.clone()]).await;
    let one = one.unwrap().into_inner();
    let asked: Vec<&String> = one.demand.iter().map(|one| &one.uri).collect();
    assert_eq!(asked, [&sell]);
    assert!(held(&one.gap, &sell) < held(&all.gap, &sell));
    let contradiction = ask(vec![], vec![sell.clone()], vec![sell.clone()]).await;
    assert_eq!(violated(contradiction), ["profile.rejected_skill_uris"]);
}

#[tokio::test]
async fn a_language_code_may_have_a_region_and_nothing_else_passes_for_one() {
    let service = Service::start().await;
    let ask = async |code: &str| {
        let request = RecommendCredentialsRequest {
            target: ad_target("Experience with SQL is required."),
            language_code: Some(code.to_owned()),
            ..Default::default()
        };
        service.matching().recommend_credentials(request).await
    };
    for (code, used) in [("de-AT", "de"), ("DE", "de"), ("fi", "en"), ("", "en")] {
        let answer = ask(code).await.unwrap().into_inner();
        assert_eq!(answer.context.unwrap().language_code, used, "{code}");
        let label = &answer.demand[0].label_language_code;
        let is_english = matches!(code, "" | "en");
        assert_eq!(label.as_deref(), (!is_english).then_some("en"), "{code}");
    }
    for code in ["deutsch", "d", "de-", "../de"] {
        let named = violations(ask(code).await);
        assert_eq!(
            named,
            ["language_code: is no language code such as de or de-AT"]
        );
    }
}

#[tokio::test]
async fn a_page_ends_before_the_answer_grows_too_large() {
    let mut config = config();
    config.limits.page_bytes_max = 4_000;
    let service = Service::start_with(config, Source::Opened(starter_catalogue())).await;
    let (mut ids, mut token, mut n_pages) = (Vec::new(), String::new(), 0);
    loop {
        let request = SearchCredentialsRequest {
            page_size: 100,
            page_token: token,
            ..Default::default()
        };
        let page = service.catalogue().search_credentials(request).await;
        let page = page.unwrap().into_inner();
        let bytes: usize = page
            .credentials
            .iter()
            .map(prost::Message::encoded_len)
            .sum();
        assert!(bytes <= 4_000 || page.credentials.len() == 1);
        ids.extend(page.credentials.into_iter().map(|one| one.id));
        (token, n_pages) = (page.next_page_token, n_pages + 1);
        if token.is_empty() {
            break;
        }
    }
    let whole = ids.iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!((ids.len(), whole.len()), (44, 44));
    assert!(n_pages > 5, "{n_pages}");
}

#[tokio::test]
async fn a_list_may_show_less_of_each_credential() {
    let service = Service::start().await;
    let search = async |view: CredentialView| {
        let request = SearchCredentialsRequest {
            view: view.into(),
            page_size: 1,
            ..Default::default()
        };
        let found = service.catalogue().search_credentials(request).await;
        found.unwrap().into_inner().credentials.remove(0)
    };
    let (basic, full) = (
        search(CredentialView::Basic).await,
        search(CredentialView::Full).await,
    );
    assert_eq!((&basic.id, &basic.title), (&full.id, &full.title));
    assert!(basic.outcomes.is_empty() && !full.outcomes.is_empty());
    assert_eq!(search(CredentialView::Unspecified).await, full);
}
