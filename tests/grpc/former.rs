//! Another version of ESCO over the wire: URIs of a former one are led on, and the answer says what became of each.

use std::collections::HashMap;

use skillgap::api::wire::{
    AnalyseGapRequest, AnswerContext, Credential, DemandedSkill, GetCredentialRequest,
    GetOccupationRequest, GetSkillRequest, HeldSkill, LinkOrigin, ListNarrowerRequest, Outcome,
    Profile, SearchCredentialsRequest, SkillLink, UriFate,
};
use skillgap::serve::Source;
use skillgap_catalogue as catalogue;
use skillgap_esco::migrate::note_former;
use skillgap_esco::{Esco, Labels, Occupation, Skill, SkillId};

use crate::support::{
    Service, config, en, level, occupation_target, skills_target, tally, upsert, violations,
};

fn esco(skills: &[(&str, &str)]) -> Esco {
    let labels = |preferred: &str| {
        vec![Labels {
            language: "en".to_owned(),
            preferred: preferred.to_owned(),
            alternatives: Vec::new(),
        }]
    };
    let skills = skills.iter().map(|(uri, label)| Skill {
        uri: (*uri).to_owned(),
        labels: labels(label),
        ..Skill::default()
    });
    Esco {
        version: "2".to_owned(),
        languages: vec!["en".to_owned()],
        skills: skills.collect(),
        ..Esco::default()
    }
}

/// An occupation that asks for the first skill.
fn occupation(uri: &str, label: &str) -> Occupation {
    let labels = vec![Labels {
        language: "en".to_owned(),
        preferred: label.to_owned(),
        alternatives: Vec::new(),
    }];
    Occupation {
        uri: uri.to_owned(),
        labels,
        essential: vec![SkillId(0)],
        ..Occupation::default()
    }
}

async fn served(dir: &std::path::Path) -> Service {
    let mut new = esco(&[
        ("u:a", "weld metal"),
        ("u:n", "bake bread"),
        ("u:r", "sell"),
    ]);
    let mut old = esco(&[("u:b", "bake bread"), ("u:g", "fish"), ("u:s", "vend")]);
    new.occupations = vec![occupation("o:n", "baker")];
    old.occupations = vec![occupation("o:b", "baker"), occupation("o:g", "fisher")];
    note_former(
        &mut new,
        &[old],
        &HashMap::from([("u:s".to_owned(), "u:r".to_owned())]),
    );
    catalogue::build(dir, new, Vec::new(), &|_, _, _| {}).unwrap();
    Service::start_with(config(), Source::DataDir(dir.to_path_buf())).await
}

#[tokio::test]
async fn uris_of_a_former_version_are_led_on_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let service = served(dir.path()).await;
    let demanded = |uri: &str| DemandedSkill {
        uri: uri.to_owned(),
        ..Default::default()
    };
    let held = ["u:b", "u:g"].map(|uri| HeldSkill {
        uri: uri.to_owned(),
        ..Default::default()
    });
    let request = AnalyseGapRequest {
        target: skills_target(["u:a", "u:b", "u:s"].map(demanded).to_vec()),
        profile: Some(Profile {
            skills: held.to_vec(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let answer = service
        .matching()
        .analyse_gap(request.clone())
        .await
        .unwrap()
        .into_inner();
    let asked: Vec<&str> = answer
        .demand
        .iter()
        .map(|skill| skill.uri.as_str())
        .collect();
    assert_eq!(asked, ["u:a", "u:n", "u:r"]);
    assert!(
        (answer.readiness() - 0.9 / 3.0).abs() < 1e-9,
        "a skill that was found by its label is held as surely: {}",
        answer.readiness()
    );
    let sure: Vec<f64> = answer.demand.iter().map(|skill| skill.confidence).collect();
    assert_eq!(sure, [1.0, 0.9, 1.0]);
    let told: Vec<(&str, UriFate, &str)> = answer
        .context
        .as_ref()
        .unwrap()
        .carried_uris
        .iter()
        .map(|one| (one.field.as_str(), one.fate(), one.used_uri()))
        .collect();
    let expected = [
        ("target.demand[1].uri", UriFate::RelinkedByLabel, "u:n"),
        ("target.demand[2].uri", UriFate::Replaced, "u:r"),
        ("profile.skills[0].uri", UriFate::RelinkedByLabel, "u:n"),
        ("profile.skills[1].uri", UriFate::Gone, ""),
    ];
    assert_eq!(told, expected);
    let shown = service
        .skills()
        .get_skill(GetSkillRequest {
            uri: "u:s".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    let told = |context: Option<AnswerContext>| -> Vec<(UriFate, String)> {
        let carried = context.unwrap().carried_uris.into_iter();
        carried
            .map(|one| (one.fate(), one.used_uri().to_owned()))
            .collect()
    };
    let replaced = vec![(UriFate::Replaced, "u:r".to_owned())];
    assert_eq!(
        (shown.skill.unwrap().uri.as_str(), told(shown.context)),
        ("u:r", replaced.clone())
    );
    let below = ListNarrowerRequest {
        uri: Some("u:s".to_owned()),
        ..Default::default()
    };
    assert_eq!(
        told(
            service
                .skills()
                .list_narrower(below)
                .await
                .unwrap()
                .into_inner()
                .context
        ),
        replaced
    );
    let usual = service
        .skills()
        .get_skill(GetSkillRequest {
            uri: "u:r".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(told(usual.context), []);
    let gone = service
        .skills()
        .get_skill(GetSkillRequest {
            uri: "u:g".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap_err();
    assert_eq!(gone.code(), tonic::Code::NotFound);
    let nobody = AnalyseGapRequest {
        target: skills_target(vec![demanded("u:?")]),
        ..Default::default()
    };
    assert_eq!(
        violations(service.matching().analyse_gap(nobody).await),
        ["target.demand[0].uri: is not in ESCO 2"]
    );
    let gone = SearchCredentialsRequest {
        skill_uris: vec!["u:g".to_owned()],
        ..Default::default()
    };
    assert_eq!(
        violations(service.catalogue().search_credentials(gone).await),
        ["skill_uris[0]: is not in ESCO 2"]
    );
}

#[tokio::test]
async fn an_occupation_that_was_found_by_its_label_counts_as_surely() {
    let dir = tempfile::tempdir().unwrap();
    let service = served(dir.path()).await;
    let request = GetOccupationRequest {
        uri: "o:b".to_owned(),
        ..Default::default()
    };
    let shown = service
        .skills()
        .get_occupation(request)
        .await
        .unwrap()
        .into_inner();
    let carried = &shown.context.unwrap().carried_uris[0];
    assert_eq!(
        (
            shown.occupation.unwrap().uri.as_str(),
            carried.field.as_str(),
            carried.fate()
        ),
        ("o:n", "uri", UriFate::RelinkedByLabel)
    );
    assert_eq!((carried.used_uri(), carried.confidence), ("o:n", 0.9));
    for (uri, sure) in [("o:n", 1.0), ("o:b", 0.9)] {
        let request = AnalyseGapRequest {
            target: occupation_target(uri),
            profile: Some(Profile::default()),
            ..Default::default()
        };
        let answer = service
            .matching()
            .analyse_gap(request)
            .await
            .unwrap()
            .into_inner();
        let asked: Vec<(&str, f64)> = answer
            .demand
            .iter()
            .map(|skill| (skill.uri.as_str(), skill.confidence))
            .collect();
        assert_eq!(
            (asked, answer.context.as_ref().unwrap().carried_uris.len()),
            (vec![("u:a", sure)], usize::from(uri == "o:b"))
        );
    }
    for uri in ["o:g", "o:?"] {
        let shown = service
            .skills()
            .get_occupation(GetOccupationRequest {
                uri: uri.to_owned(),
                ..Default::default()
            })
            .await;
        assert_eq!(shown.unwrap_err().code(), tonic::Code::NotFound);
        let request = AnalyseGapRequest {
            target: occupation_target(uri),
            profile: Some(Profile::default()),
            ..Default::default()
        };
        assert_eq!(
            service
                .matching()
                .analyse_gap(request)
                .await
                .unwrap_err()
                .code(),
            tonic::Code::NotFound
        );
    }
}

#[tokio::test]
async fn levels_of_skills_that_became_one_contradict_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let service = served(dir.path()).await;
    let request = |skills: &[(&str, &str)]| {
        let held = |(uri, level_name): &(&str, &str)| HeldSkill {
            uri: (*uri).to_owned(),
            level: level(level_name),
        };
        AnalyseGapRequest {
            target: skills_target(vec![DemandedSkill {
                uri: "u:n".to_owned(),
                level: level("advanced"),
                ..Default::default()
            }]),
            profile: Some(Profile {
                skills: skills.iter().map(held).collect(),
                ..Default::default()
            }),
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
        readiness.push(
            service
                .matching()
                .analyse_gap(request(skills))
                .await
                .unwrap()
                .into_inner()
                .readiness(),
        );
    }
    assert!(
        readiness[..3].iter().all(|one| *one == readiness[0]) && readiness[0] < readiness[3],
        "{readiness:?}"
    );
    let twice = request(&[("u:b", "basic"), ("u:n", "basic"), ("u:n", "advanced")]);
    assert_eq!(
        violations(service.matching().analyse_gap(twice).await),
        ["profile.skills[2].level: contradicts profile.skills[1].level"]
    );
}

#[tokio::test]
async fn links_of_a_former_version_are_led_on_and_marked() {
    let dir = tempfile::tempdir().unwrap();
    let service = served(dir.path()).await;
    let link = |uri: &str| SkillLink {
        uri: uri.to_owned(),
        origin: LinkOrigin::Declared.into(),
        confidence: Some(1.0),
        ..Default::default()
    };
    let outcomes = vec![Outcome {
        text: en("o"),
        skills: ["u:b", "u:s", "u:g"].map(link).to_vec(),
    }];
    let credential = Credential {
        id: "c".to_owned(),
        title: en("C"),
        outcomes,
        ..Default::default()
    };
    for expected in [[1, 0, 0], [0, 1, 0]] {
        let answer = upsert(&mut service.catalogue(), vec![credential.clone()]).await;
        let answer = answer.unwrap();
        let outcome = &answer.outcomes[0];
        assert_eq!(
            (
                tally(&answer),
                outcome.n_carried_links,
                outcome.n_unknown_links
            ),
            (expected, 2, 1)
        );
    }
    let read = service
        .catalogue()
        .get_credential(GetCredentialRequest {
            id: "c".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner()
        .credential
        .unwrap();
    let links: Vec<(&str, bool)> = read.outcomes[0]
        .skills
        .iter()
        .map(|link| (link.uri.as_str(), link.origin() == LinkOrigin::Declared))
        .collect();
    assert_eq!(links, [("u:n", false), ("u:r", true), ("u:g", true)]);
    let doubts: Vec<&str> = read
        .doubts
        .iter()
        .map(|doubt| doubt.field.as_str())
        .collect();
    assert_eq!(doubts, ["outcomes[0].skills", "outcomes[0].skills"]);
    let search = SearchCredentialsRequest {
        skill_uris: vec!["u:b".to_owned()],
        ..Default::default()
    };
    let found = service
        .catalogue()
        .search_credentials(search)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (found.total_size, found.context.unwrap().carried_uris.len()),
        (1, 1)
    );
}
