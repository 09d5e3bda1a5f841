//! A person's documents over the wire, and what a credential leaves unsaid.

use skillgap::api::wire::check_credential_request::Subject;
use skillgap::api::wire::{
    AnalyseGapRequest, CheckCredentialRequest, CredentialElement, DemandedSkill,
    DocumentVerification, ElementGroup, ElementState, GetCredentialRequest, Profile,
    RecommendCredentialsRequest,
};
use tonic::Code;

use crate::support::{Service, skills_target, starter_catalogue, violated};

/// The URI of the skill with this English label.
fn skill(label: &str) -> String {
    let catalogue = starter_catalogue();
    let found = catalogue
        .esco
        .skills
        .iter()
        .find(|skill| skill.labels.iter().any(|labels| labels.preferred == label));
    found
        .unwrap_or_else(|| panic!("no skill {label}"))
        .uri
        .clone()
}

/// An Open Badge that declares this skill, with more fields.
fn badge(uri: &str, more: &str) -> String {
    format!(
        r#"{{"@context":["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"type":["VerifiableCredential","OpenBadgeCredential"],"id":"urn:award",
        "issuer":{{"name":"Guild"}},"credentialSubject":{{"type":["AchievementSubject"],"achievement":{{"id":"urn:badge","name":"Badge",
        "alignment":[{{"targetName":"x","targetUrl":"{uri}"}}]}}}}{more}}}"#
    )
}

fn about(subject: Subject) -> CheckCredentialRequest {
    CheckCredentialRequest {
        subject: Some(subject),
        ..Default::default()
    }
}

fn request(uri: &str, documents: Vec<String>) -> AnalyseGapRequest {
    AnalyseGapRequest {
        target: skills_target(vec![DemandedSkill {
            uri: uri.to_owned(),
            ..Default::default()
        }]),
        profile: Some(Profile {
            documents,
            ..Default::default()
        }),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_badge_in_a_profile_closes_its_part_of_the_gap() {
    let service = Service::start().await;
    let uri = skill("sell products");
    let ask = async |more: &str| {
        service
            .matching()
            .analyse_gap(request(&uri, vec![badge(&uri, more)]))
            .await
            .unwrap()
            .into_inner()
    };
    for (more, counts, expired, revoked) in [
        ("", true, false, false),
        (r#","validUntil":"2001-01-01""#, true, true, false),
        (r#","revoked":true"#, false, false, true),
        (r#","validFrom":"9999-01-01""#, false, false, false),
    ] {
        let answer = ask(more).await;
        assert_eq!(answer.gap[0].held == 1.0, counts, "{more}");
        let document = &answer.context.as_ref().unwrap().documents[0];
        assert_eq!(
            (document.expired, document.revoked, document.n_skills),
            (expired, revoked, 1),
            "{more}"
        );
        assert_eq!(
            (document.verification(), document.issuer()),
            (DocumentVerification::NotVerified, "Guild")
        );
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_named_and_the_others_count() {
    let service = Service::start().await;
    let uri = skill("sell products");
    let answer = service
        .matching()
        .analyse_gap(request(
            &uri,
            vec!["eyJhbGciOiJub25lIn0".to_owned(), badge(&uri, "")],
        ))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.gap[0].held, 1.0);
    let context = answer.context.unwrap();
    assert_eq!(
        (
            context.documents[0].document,
            context.refused_documents[0].document
        ),
        (1, 0)
    );
    assert!(
        context.refused_documents[0].violations[0]
            .reason
            .contains("1 of 3 parts"),
        "{:?}",
        context.refused_documents
    );
    let request = RecommendCredentialsRequest {
        target: request(&uri, Vec::new()).target,
        profile: Some(Profile {
            documents: vec![badge(&uri, "")],
            ..Default::default()
        }),
        ..Default::default()
    };
    let answer = service
        .matching()
        .recommend_credentials(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            answer.context.as_ref().unwrap().documents.len(),
            answer.readiness()
        ),
        (1, 1.0)
    );
}

#[tokio::test]
async fn too_many_documents_and_empty_ones_are_violations() {
    let service = Service::start().await;
    let uri = skill("sell products");
    let with = async |documents: Vec<String>| {
        service
            .matching()
            .analyse_gap(request(&uri, documents))
            .await
    };
    assert_eq!(
        violated(with(vec!["x".to_owned(); 21]).await),
        ["profile.documents"]
    );
    assert_eq!(
        violated(with(vec![" ".to_owned()]).await),
        ["profile.documents[0]"]
    );
}

#[tokio::test]
async fn what_a_credential_leaves_unsaid_is_told_by_id_and_by_document() {
    let service = Service::start().await;
    let check =
        async |request: CheckCredentialRequest| service.catalogue().check_credential(request).await;
    let known = service
        .catalogue()
        .get_credential(GetCredentialRequest {
            id: "cedefop-02".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner()
        .credential
        .unwrap();
    let answer = check(about(Subject::Id("cedefop-02".to_owned())))
        .await
        .unwrap()
        .into_inner();
    let state = |name: CredentialElement| {
        answer.credentials[0]
            .elements
            .iter()
            .find(|element| element.element() == name)
            .unwrap()
            .state()
    };
    assert_eq!(
        (
            answer.credentials[0].elements.len(),
            answer.credentials[0].title.as_str()
        ),
        (23, known.title["en"].as_str())
    );
    assert_eq!(
        (
            state(CredentialElement::Title),
            state(CredentialElement::Country),
            state(CredentialElement::Assessment)
        ),
        (
            ElementState::There,
            ElementState::There,
            ElementState::There
        )
    );
    assert_eq!(
        (
            state(CredentialElement::Workload),
            state(CredentialElement::Level),
            state(CredentialElement::Purpose)
        ),
        (
            ElementState::Missing,
            ElementState::Missing,
            ElementState::Missing
        )
    );
    let document = r#"{"id":"a","title":"x","duration":"P6W"}"#.to_owned();
    let answer = check(about(Subject::Document(document)))
        .await
        .unwrap()
        .into_inner();
    let workload = answer.credentials[0]
        .elements
        .iter()
        .find(|element| element.element() == CredentialElement::Workload)
        .unwrap();
    assert_eq!(
        (
            workload.state(),
            workload.group(),
            workload.note().is_empty()
        ),
        (ElementState::Doubtful, ElementGroup::Mandatory, false)
    );
    let answer = check(about(Subject::Document("{}".to_owned())))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            answer.credentials.len(),
            answer.violations[0].field.as_str()
        ),
        (0, "$")
    );
    assert_eq!(
        violated(check(CheckCredentialRequest::default()).await),
        ["subject"]
    );
    let unknown = check(about(Subject::Id("none".to_owned())))
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}
