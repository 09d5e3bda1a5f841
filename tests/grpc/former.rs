//! Another version of ESCO over the wire: URIs of a former one are led on, and the answer says what became of each.

use std::collections::HashMap;

use skillgap::ops::serve::Source;
use skillgap::rpc::wire::{
    AnalyseGapRequest, Credential, DemandedSkill, GetCredentialRequest, GetSkillRequest, HeldSkill, LinkOrigin, LocalizedText, Outcome,
    Profile, SearchCredentialsRequest, SkillLink, UpsertCredentialsRequest,
};
use skillgap_index::catalogue;
use skillgap_index::migrate::note_former;
use skillgap_index::model::esco::{Esco, Labels, Skill};

use crate::support::{Service, config, violations};

fn esco(skills: &[(&str, &str)]) -> Esco {
    let labels = |preferred: &str| vec![Labels { language: "en".to_owned(), preferred: preferred.to_owned(), alternatives: Vec::new() }];
    let skills = skills.iter().map(|(uri, label)| Skill { uri: (*uri).to_owned(), labels: labels(label), ..Skill::default() });
    Esco { version: "2".to_owned(), languages: vec!["en".to_owned()], skills: skills.collect(), ..Esco::default() }
}

async fn served(dir: &std::path::Path) -> Service {
    let mut new = esco(&[("u:a", "weld metal"), ("u:n", "bake bread"), ("u:r", "sell")]);
    let old = esco(&[("u:b", "bake bread"), ("u:g", "fish"), ("u:s", "vend")]);
    note_former(&mut new, &[old], &HashMap::from([("u:s".to_owned(), "u:r".to_owned())]));
    catalogue::build(dir, new, Vec::new(), &|_, _, _| {}).unwrap();
    Service::start_with(config(), Source::DataDir(dir.to_path_buf())).await
}

#[tokio::test]
async fn uris_of_a_former_version_are_led_on_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let service = served(dir.path()).await;
    let demanded = |uri: &str| DemandedSkill { uri: uri.to_owned(), ..Default::default() };
    let held = ["u:b", "u:g"].map(|uri| HeldSkill { uri: uri.to_owned(), ..Default::default() });
    let request = AnalyseGapRequest {
        demand: ["u:a", "u:b", "u:s"].map(demanded).to_vec(),
        profile: Some(Profile { skills: held.to_vec(), ..Default::default() }),
        ..Default::default()
    };
    let answer = service.matching().analyse_gap(request.clone()).await.unwrap().into_inner();
    let asked: Vec<&str> = answer.demand.iter().map(|skill| skill.uri.as_str()).collect();
    assert_eq!(asked, ["u:a", "u:n", "u:r"]);
    assert!((answer.readiness - 0.9 / 3.0).abs() < 1e-9, "a skill that was found by its label is held as surely: {}", answer.readiness);
    let sure: Vec<f64> = answer.demand.iter().map(|skill| skill.confidence).collect();
    assert_eq!(sure, [1.0, 0.9, 1.0]);
    let told: Vec<(&str, &str, &str)> =
        answer.carried_over.iter().map(|one| (one.field.as_str(), one.became.as_str(), one.used_uri.as_str())).collect();
    let expected = [
        ("demand[1].uri", "relinked by label", "u:n"),
        ("demand[2].uri", "replaced", "u:r"),
        ("profile.skills[0].uri", "relinked by label", "u:n"),
        ("profile.skills[1].uri", "gone", ""),
    ];
    assert_eq!(told, expected);
    let shown = service.skills().get_skill(GetSkillRequest { uri: "u:s".to_owned(), ..Default::default() }).await.unwrap().into_inner();
    assert_eq!(shown.uri, "u:r");
    let gone = service.skills().get_skill(GetSkillRequest { uri: "u:g".to_owned(), ..Default::default() }).await.unwrap_err();
    assert_eq!(gone.code(), tonic::Code::NotFound);
    let nobody = AnalyseGapRequest { demand: vec![demanded("u:?")], ..Default::default() };
    assert_eq!(violations(service.matching().analyse_gap(nobody).await), ["demand[0].uri: is not in ESCO 2"]);
    let gone = SearchCredentialsRequest { skill_uris: vec!["u:g".to_owned()], ..Default::default() };
    assert_eq!(violations(service.catalogue().search_credentials(gone).await), ["skillUris[0]: is not in ESCO 2"]);
}

#[tokio::test]
async fn levels_of_skills_that_became_one_contradict_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let service = served(dir.path()).await;
    let request = |skills: &[(&str, &str)]| {
        let held = |(uri, level): &(&str, &str)| HeldSkill { uri: (*uri).to_owned(), level: (*level).to_owned() };
        AnalyseGapRequest {
            demand: vec![DemandedSkill { uri: "u:n".to_owned(), level: "advanced".to_owned(), ..Default::default() }],
            profile: Some(Profile { skills: skills.iter().map(held).collect(), ..Default::default() }),
            ..Default::default()
        }
    };
    let mut readiness = Vec::new();
    for skills in [
        &[("u:n", "basic")][..],
        &[("u:b", "basic"), ("u:n", "")],
        &[("u:n", "basic"), ("u:b", "")],
        &[("u:b", "advanced"), ("u:n", "basic")],
    ] {
        readiness.push(service.matching().analyse_gap(request(skills)).await.unwrap().into_inner().readiness);
    }
    assert!(readiness[..3].iter().all(|one| *one == readiness[0]) && readiness[0] < readiness[3], "{readiness:?}");
    let twice = request(&[("u:b", "basic"), ("u:n", "basic"), ("u:n", "advanced")]);
    assert_eq!(violations(service.matching().analyse_gap(twice).await), ["profile.skills[2].level: contradicts profile.skills[1].level"]);
}

#[tokio::test]
async fn links_of_a_former_version_are_led_on_and_marked() {
    let dir = tempfile::tempdir().unwrap();
    let service = served(dir.path()).await;
    let text = |text: &str| vec![LocalizedText { language: "en".to_owned(), text: text.to_owned() }];
    let link = |uri: &str| SkillLink { uri: uri.to_owned(), origin: LinkOrigin::Declared.into(), confidence: 1.0, ..Default::default() };
    let outcomes = vec![Outcome { text: text("o"), skills: ["u:b", "u:s", "u:g"].map(link).to_vec() }];
    let credential = Credential { id: "c".to_owned(), title: text("C"), outcomes, ..Default::default() };
    let message = UpsertCredentialsRequest { credential: Some(credential) };
    for (written, unchanged) in [(1, 0), (0, 1)] {
        let answer = service.catalogue().upsert_credentials(tokio_stream::iter([message.clone()])).await.unwrap().into_inner();
        assert_eq!((answer.written, answer.unchanged, answer.carried_links, answer.unknown_links), (written, unchanged, 2, 1));
    }
    let read =
        service.catalogue().get_credential(GetCredentialRequest { id: "c".to_owned() }).await.unwrap().into_inner().credential.unwrap();
    let links: Vec<(&str, bool)> =
        read.outcomes[0].skills.iter().map(|link| (link.uri.as_str(), link.origin() == LinkOrigin::Declared)).collect();
    assert_eq!(links, [("u:n", false), ("u:r", true), ("u:g", true)]);
    let doubts: Vec<&str> = read.doubts.iter().map(|doubt| doubt.field.as_str()).collect();
    assert_eq!(doubts, ["outcomes[0].skills", "outcomes[0].skills"]);
    let search = SearchCredentialsRequest { skill_uris: vec!["u:b".to_owned()], ..Default::default() };
    let found = service.catalogue().search_credentials(search).await.unwrap().into_inner();
    assert_eq!((found.total, found.carried_over.len()), (1, 1));
}
