//! Are the samples of the standards read whole, and the broken ones refused with their path? The counts were taken by reading the files, not by this reader.

use std::path::{Path, PathBuf};

use super::super::files;
use crate::credential::{Credential, DeliveryMode, text_of};
use skillgap_esco::report::ReadReport;

/// 2026-11-22: a fixed day, so that an award of a sample expires on no machine.
const TODAY: i64 = 20_779;

/// The folder of samples, unless it is absent; then the test says that it skips.
fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/formats");
    if !folder.is_dir() {
        println!("skipped: no samples at {}", folder.display());
        return None;
    }
    Some(folder)
}

/// Records and reasons of one sample.
fn read(name: &str) -> Option<(Vec<Credential>, Vec<String>)> {
    let (mut found, mut report) = (Vec::new(), ReadReport::default());
    let path = samples()?.join(name);
    files::for_each(&[path], TODAY, &mut report, &mut |credential| {
        found.push(credential);
        Ok(())
    })
    .unwrap();
    Some((
        found,
        report
            .rejected
            .into_iter()
            .map(|rejected| rejected.reason)
            .collect(),
    ))
}

/// What a sample holds: records, outcomes, declared links.
fn check(name: &str, records: usize, outcomes: usize, links: usize) -> Vec<Credential> {
    let Some((found, reasons)) = read(name) else {
        return Vec::new();
    };
    assert_eq!(reasons, [""; 0], "{name}");
    let all = || found.iter().flat_map(|credential| &credential.outcomes);
    let declared = all()
        .flat_map(|outcome| &outcome.skills)
        .filter(|link| !link.is_inferred())
        .count();
    assert_eq!(
        (found.len(), all().count(), declared),
        (records, outcomes, links),
        "{name}"
    );
    found
}

fn check_refused(name: &str, path: &str, reason: &str) {
    let Some((found, reasons)) = read(name) else {
        return;
    };
    assert!(
        found.is_empty() && reasons.len() == 1,
        "{name}: {reasons:?}"
    );
    assert!(
        reasons[0].starts_with(path) && reasons[0].contains(reason),
        "{name}: {reasons:?}"
    );
}

#[test]
fn a_microcredential_of_the_learning_model_is_read_whole() {
    for credential in check("elm/Sample-MC-Annex1-unsigned.jsonld", 1, 2, 4) {
        assert_eq!(
            (credential.hours(), credential.ects(), credential.eqf_level),
            (Some(60.0), Some(2.0), Some(6))
        );
        assert_eq!(
            (credential.nqf_level.as_deref(), credential.delivery_mode()),
            (Some("RQF Level 6"), Some(DeliveryMode::Blended))
        );
        assert!(
            credential
                .further_information
                .as_ref()
                .is_some_and(|text| text.contains("partial qualification: false"))
        );
        assert_eq!(
            (
                credential.countries().concat(),
                credential.languages().collect::<String>()
            ),
            ("IE".to_owned(), "en".to_owned())
        );
        assert_eq!(
            (
                credential.isced_codes.join(" "),
                text_of(&credential.workload, |workload| &workload.duration)
            ),
            ("003 0688".to_owned(), Some("P1M"))
        );
        assert_eq!(credential.awarding_body_name(), Some("University of Zed"));
        assert_eq!(
            text_of(&credential.assessment, |assessment| &assessment.supervision),
            Some("Unsupervised without ID Verification")
        );
        assert!(
            credential
                .doubts
                .iter()
                .any(|doubt| doubt.field == "workload.hours" && doubt.reason.contains("P60M"))
        );
        let uris: Vec<&str> = credential.outcomes[0]
            .skills
            .iter()
            .map(|link| link.uri.rsplit('/').next().unwrap())
            .collect();
        assert_eq!(uris[0], "ccdf3597-5c80-410f-896d-e1bdfa223de9");
    }
    for credential in check("elm/Sample-CertOfPart-unsigned.jsonld", 1, 0, 0) {
        assert_eq!(
            (
                credential.hours(),
                credential.delivery_mode(),
                credential.eqf_level
            ),
            (Some(2.0), Some(DeliveryMode::Online), None)
        );
        assert!(
            credential
                .doubts
                .iter()
                .any(|doubt| doubt.reason.contains("P2M"))
        );
    }
}

#[test]
fn a_europass_credential_is_read_whole_and_its_strange_links_are_doubted() {
    for credential in check("edc/edc-mc-example.json", 1, 2, 0) {
        assert_eq!(
            (credential.hours(), credential.ects(), credential.eqf_level),
            (Some(45.0), Some(5.0), Some(6))
        );
        assert_eq!(
            (
                credential.nqf_level.as_deref(),
                credential.awarding_body_name()
            ),
            (Some("MECU Level 7"), Some("NETIS d.o.o."))
        );
        assert_eq!(
            credential
                .doubts
                .iter()
                .filter(|doubt| doubt.field.starts_with("outcomes["))
                .count(),
            4
        );
        let text = serde_json::to_string(&credential).unwrap();
        assert!(
            !text.contains("Joe Doe") && !text.contains("12345") && text.len() < 4_000,
            "a person or a picture is read"
        );
    }
}

#[test]
fn an_offer_in_loq_is_read_with_what_it_refers_to() {
    let found = check("elm/loq_withLearningAchievementSpecification.xml", 3, 6, 0);
    let by_id = |id: &str| found.iter().find(|credential| credential.id == id);
    if let Some(offer) = by_id("http://LOP-01") {
        assert_eq!(
            (offer.parts.concat(), offer.isced_codes.join(" ")),
            ("http://LOP-02".to_owned(), "1022 0810".to_owned())
        );
        assert_eq!(
            (
                offer.hours(),
                offer.ects(),
                offer.cost.clone(),
                offer.delivery_mode()
            ),
            (None, None, None, None)
        );
        assert_eq!(
            (
                offer.funding_schemes().len(),
                offer.target_groups.len(),
                offer
                    .rights
                    .iter()
                    .flat_map(|right| right.name.split("; "))
                    .count()
            ),
            (2, 2, 8)
        );
        let doubted = |field: &str| offer.doubts.iter().any(|doubt| doubt.field == field);
        assert!(
            doubted("workload.hours")
                && doubted("workload.ects")
                && doubted("cost")
                && doubted("access.languages")
        );
        assert!(
            by_id("http://LAchievementS-01").is_none()
                && by_id("http://LAchievementS-02").is_some()
        );
    }
}

#[test]
fn a_transcript_is_read_without_its_learner() {
    let found = check("elmo/example.xml", 6, 0, 0);
    let by_title = |title: &str| {
        found
            .iter()
            .find(|credential| credential.title.values().any(|text| text == title))
    };
    if let Some(course) = by_title("Compiler construction") {
        assert_eq!(
            (
                course.ects(),
                course.eqf_level,
                course.parts.len(),
                course.isced_codes.concat()
            ),
            (Some(6.0), Some(5), 2, "0612".to_owned())
        );
        assert_eq!(
            (
                course.languages().collect::<String>(),
                course.countries().concat()
            ),
            ("pl".to_owned(), "PL".to_owned())
        );
        assert_eq!(
            by_title("Master of Science in Biology").unwrap().ects(),
            Some(120.0)
        );
        assert_eq!(by_title("Lecture").unwrap().hours(), Some(30.0));
        assert!(
            found.iter().all(|credential| credential.validity.is_none()),
            "the day of a transcript is none of an award"
        );
        assert_eq!(
            text_of(
                &by_title("Master of Science in Biology").unwrap().access,
                |access| &access.schedule
            ),
            Some("2009 Spring, 2009-01-15 to 2009-06-15")
        );
        assert!(by_title("The importance of <br> in HTML").is_some());
        assert!(!serde_json::to_string(&found).unwrap().contains("Rygielski"));
    }
}

#[test]
fn badges_are_read_with_their_alignments() {
    for credential in check("openbadges3/open-badge-mc-example.json", 1, 2, 2) {
        assert_eq!(
            (
                credential.ects(),
                credential.languages().collect::<String>()
            ),
            (None, "en".to_owned())
        );
        assert!(
            credential
                .doubts
                .iter()
                .any(|doubt| doubt.field == "workload.ects"),
            "credits of no named system"
        );
        assert_eq!(
            credential.credential_type.as_deref(),
            Some("MicroCredential")
        );
    }
    for credential in check("openbadges3/complete.json", 1, 1, 0) {
        assert_eq!(
            (
                credential.accreditations().count(),
                credential.countries().concat()
            ),
            (2, "US".to_owned())
        );
        assert_eq!(
            credential
                .accreditations()
                .next()
                .unwrap()
                .valid_until
                .as_deref(),
            Some("2020-01-01")
        );
    }
    check("openbadges3/simple.json", 1, 1, 0);
}

#[test]
fn broken_samples_are_refused_with_their_path() {
    check_refused(
        "openbadges3/simple-err-credential-subject-type.json",
        "$.credentialSubject.type: ",
        "is not AchievementSubject",
    );
    check_refused(
        "openbadges3/simple-err-expired.json",
        "$.validUntil: ",
        "has passed (2010-01-01)",
    );
    check_refused(
        "openbadges3/simple-err-issuer.json",
        "$.issuer: ",
        "is missing",
    );
    check_refused(
        "openbadges3/simple-err-type.json",
        "$.type: ",
        "names neither",
    );
    // Without an achievement, which the standard demands, there is nothing to read.
    check_refused(
        "openbadges3/simple-noproof.json",
        "$.credentialSubject.achievement: ",
        "is missing",
    );
    // The file holds the header of a token and nothing after it.
    check_refused(
        "openbadges3/open-badge-mc-signed.jwt",
        "$: token: ",
        "has 1 of 3 parts",
    );
}

#[test]
fn descriptions_in_ctdl_are_read_whole() {
    let found = check("ctdl/pathway-CompTIA.jsonld", 9, 0, 0);
    if let Some(pathway) = found
        .iter()
        .find(|credential| credential.credential_type.as_deref() == Some("Pathway"))
    {
        assert_eq!(pathway.parts.len(), 8);
        assert_eq!(
            found
                .iter()
                .filter(|credential| credential.prerequisites().len() == 1)
                .count(),
            8,
            "all but A+"
        );
    }
    let found = check("ctdl/programWithCourses.json", 6, 0, 0);
    let says = |credential: &Credential| {
        credential
            .provider_name()
            .or(credential.further_information.as_deref())
            .unwrap_or_default()
            .to_owned()
    };
    assert!(
        found
            .iter()
            .all(|credential| says(credential).contains("UC Sunnydale")
                && credential.awarding_body.is_none())
    );
    for credential in check("ctdl/tvp-course.json", 1, 6, 0) {
        assert_eq!(
            (credential.delivery_mode(), credential.assessment_method()),
            (Some(DeliveryMode::Online), Some("Exam"))
        );
        assert!(credential.hours().is_none() && credential.workload.is_some());
        let owner = "https://credentialengineregistry.org/resources/ce-96938154-dcb4-ea11-a812-000d3a579ca8";
        let expected = format!(
            "counts elsewhere as 3 DegreeCredit LowerDivisionLevel by the word of {owner} from 2020-6-1 until 2023-5-30"
        );
        assert_eq!(credential.stackability, Some(expected));
        assert!(
            credential
                .further_information
                .is_some_and(|text| text.contains("https://www.acenet.edu/"))
        );
    }
    for credential in check("ctdl/credentialLevel.json", 1, 0, 0) {
        assert_eq!(
            (credential.nqf_level.as_deref(), credential.eqf_level),
            (Some("Erewhon Qualification Levels: Level 3"), None)
        );
    }
    check("ctdl/s_2_2_CompetenceAndDegree.json", 1, 2, 0);
    for credential in check("ctdl/s_4_1_AssessmentAccreditation.json", 1, 0, 0) {
        assert_eq!(
            credential.accreditations().next().unwrap().accreditor,
            "Supreme Council for Science and Arts"
        );
        assert_eq!(
            credential.doubts.len(),
            2,
            "two competencies without their words"
        );
    }
    check("ctdl/cer-credential.json", 1, 0, 0);
}

#[test]
fn what_describes_no_credential_is_said_to() {
    for name in [
        "EQF.json",
        "relatedOccupations.json",
        "scqf-eqf-mapping.json",
    ] {
        check_refused(&format!("ctdl/{name}"), "$: ", "describes no credential");
    }
    // Badgr's own format, which no standard covers.
    check_refused(
        "ctdl/pathway-EmpoweringTeachingExcellence_Badgr.json",
        "$: ",
        "is none of",
    );
}

#[test]
fn a_first_day_of_validity_is_no_day_of_issue() {
    let read = |text: &str| {
        let mut found = Vec::new();
        super::read_json(serde_json::from_str(text).unwrap(), &mut |one| {
            found.push(one.record.unwrap());
            true
        });
        found.remove(0)
    };
    let day = |text: &str| Some(text.to_owned());
    let days = |read: &Credential| {
        let validity = read.validity.clone().unwrap_or_default();
        (validity.issued, validity.valid_from)
    };
    let badge = |dates: &str| {
        read(&format!(
            "{{\"@context\":[\"https://purl.imsglobal.org/spec/ob/v3p0/context.json\"],\"type\":[\"OpenBadgeCredential\"],\"id\":\"urn:1\",\"issuer\":{{\"name\":\"i\"}},\
             \"credentialSubject\":{{\"achievement\":{{\"id\":\"urn:a\",\"name\":\"x\"}}}},{dates}}}"
        ))
    };
    let only = badge("\"validFrom\":\"2026-02-01T00:00:00Z\"");
    assert_eq!(days(&only), (None, day("2026-02-01")));
    let both =
        badge("\"validFrom\":\"2026-02-01T00:00:00Z\",\"awardedDate\":\"2026-01-05T00:00:00Z\"");
    assert_eq!(days(&both), (day("2026-01-05"), day("2026-02-01")));
    let award = read(
        r#"{"type":["VerifiableCredential","EuropeanDigitalCredential"],"id":"urn:2","issuer":{"legalName":"i"},"validFrom":"2026-02-01T00:00:00Z",
            "credentialSubject":{"hasClaim":[{"type":"LearningAchievement","title":{"en":"x"}}]}}"#,
    );
    assert_eq!(days(&award), (None, day("2026-02-01")));
}

#[test]
fn an_offer_to_all_the_world_names_no_country() {
    let mut found = Vec::new();
    let document = serde_json::json!({"@context": "https://credreg.net/ctdl/schema/context/json", "@type": "ceterms:Certificate", "@id": "urn:1",
        "ceterms:name": "x", "ceterms:ownedBy": {"@id": "urn:o", "ceterms:name": "Owner"}, "ceterms:jurisdiction": {"ceterms:globalJurisdiction": true},
        "ceterms:address": {"ceterms:addressCountry": "Global"}});
    super::read_json(document, &mut |one| {
        found.push(one.record.unwrap());
        true
    });
    assert_eq!(
        (
            found[0].countries().concat(),
            found[0].doubts.len(),
            found[0].awarding_body_name()
        ),
        ("*".to_owned(), 0, None)
    );
    assert_eq!(
        found[0].further_information.as_deref(),
        Some("owned by Owner")
    );
}
