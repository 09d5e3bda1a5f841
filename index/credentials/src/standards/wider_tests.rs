//! Is each form read in which credentials reach people: sealed, disclosed in part, exported from a wallet, taken from a register, baked? In the shapes of real
//! systems, with texts of our own.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use skillgap_esco::report::ReadReport;

use crate::credential::Credential;
use crate::files;
use crate::verify::{Keys, Verification};
use crate::wallet;

/// Records and reasons of a file.
fn read(text: &str) -> (Vec<Credential>, Vec<String>) {
    let (mut found, mut report) = (Vec::new(), ReadReport::default());
    files::read_one(
        "f",
        text.as_bytes(),
        20_779,
        &mut report,
        &mut |credential| {
            found.push(credential);
            Ok(())
        },
    )
    .unwrap();
    let reasons = report.rejected.into_iter().map(|rejected| rejected.reason);
    (found, reasons.collect())
}

/// The one record of a document.
fn one(document: &Value) -> Credential {
    let (mut found, reasons) = read(&format!("{document:#}"));
    assert_eq!((found.len(), reasons), (1, Vec::new()), "{document}");
    found.remove(0)
}

fn badge(id: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": id, "type": ["VerifiableCredential", "OpenBadgeCredential"], "issuer": {"name": "Example Academy"},
        "credentialSubject": {"type": ["AchievementSubject"], "achievement": {
            "id": format!("{id}/a"), "name": "Running a till", "criteria": {"narrative": "Operate the cash register"}}}
    })
}

fn token(payload: &Value) -> String {
    let parts = [&json!({"alg": "ES256"}), payload];
    let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{}.{}.c2ln", parts[0], parts[1])
}

fn sealed(payload: &Value) -> Value {
    let header = URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\",\"typ\":\"jose+json\"}");
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    json!({"payload": payload, "signatures": [{"protected": header, "header": {"etsiU": ["e30"]}, "signature": "c2ln"}]})
}

#[test]
fn every_wrapping_of_an_award_gives_it() {
    let (a, b) = (badge("urn:1"), badge("urn:2"));
    for (document, n_records) in [
        (sealed(&a), 1),
        (sealed(&json!(token(&a))), 0),
        (json!([sealed(&a), sealed(&b)]), 2),
        (
            json!({"type": "VerifiablePresentation", "verifiableCredential": [sealed(&a), token(&b)]}),
            2,
        ),
        // A wallet for learners, its backup: each record with the credential as it came, or as text.
        (
            json!({"profileMetadata": {"_id": "x"}, "credentials": [{"_id": "1", "credential": a}, {"_id": "2", "credential": b}]}),
            2,
        ),
        (
            json!({"rawCredentialRecords": [{"rawCredential": a.to_string()}]}),
            1,
        ),
        // A universal wallet holds keys, too.
        (
            json!({"type": "UniversalWallet2020", "contents": [{"type": "Key", "privateKey": "k"}, a, b]}),
            2,
        ),
        // A register: the resource as a token, and once more as it reads.
        (
            json!({"envelope_community": "ce_registry", "envelope_id": "e", "resource": token(&a), "resource_encoding": "jwt", "decoded_resource": a}),
            1,
        ),
        (json!({"envelope_id": "e", "resource": token(&a)}), 1),
        (
            json!({"verifiableCredential": token(&json!({"vc": a, "exp": 1_900_000_000}))}),
            1,
        ),
        (
            json!(token(
                &json!({"vp": {"verifiableCredential": [token(&a), sealed(&b)]}})
            )),
            2,
        ),
    ] {
        for text in [document.to_string(), format!("{document:#}")] {
            let text = text.trim_matches('"');
            let (held, refused) = wallet::read(text, 20_779, &Keys::default());
            let titles = held
                .iter()
                .filter(|held| held.credential.title["und"] == "Running a till");
            assert_eq!(titles.count(), n_records, "{document} {refused:?}");
            let read = read(text);
            assert_eq!(read.0.len(), n_records, "{document} {:?}", read.1);
        }
    }
}

#[test]
fn a_subject_that_is_disclosed_is_read_and_the_holder_is_not() {
    let hide = |name: &str, value: &Value| {
        let text = URL_SAFE_NO_PAD.encode(json!(["salt", name, value]).to_string());
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        (URL_SAFE_NO_PAD.encode(digest), text)
    };
    let mut award = badge("urn:1");
    let (achievement, inner) = hide("achievement", &award["credentialSubject"]["achievement"]);
    let (subject, outer) = hide(
        "credentialSubject",
        &json!({"type": "AchievementSubject", "_sd": [achievement]}),
    );
    let (name, person) = hide("family_name", &json!("Doe"));
    award["credentialSubject"].take();
    award.as_object_mut().unwrap().remove("credentialSubject");
    award["_sd"] = json!([subject, name]);
    let text = format!("{}~{outer}~{inner}~{person}~", token(&award));
    let (held, refused) = wallet::read(&text, 20_779, &Keys::default());
    assert_eq!((held.len(), refused.len()), (1, 0), "{refused:?}");
    assert!(!format!("{held:?}").contains("Doe"));
    assert_eq!(held[0].credential.outcomes.len(), 1);
    assert_eq!(
        wallet::read(&token(&award), 20_779, &Keys::default())
            .0
            .len(),
        0
    );
}

#[test]
fn flat_claims_of_a_wallet_are_read_without_their_holder() {
    let claims = json!({
        "vct": "urn:eu.europa.ec.eudi:learning:credential:1", "issuing_authority": "Example Academy", "issuing_country": "FR",
        "date_of_issuance": "2026-01-01", "family_name": "Doe", "assessment_grade": "A", "achievement_title": "Retail cashier course",
        "achievement_description": "Basics of selling", "learning_outcomes": ["Operate the cash register", "Arrange product displays"],
        "language_of_classes": "fr", "expected_study_time": "PT40H", "level_of_learning_experience": "EQF 4",
    });
    let (held, refused) = wallet::read(&token(&claims), 20_779, &Keys::default());
    assert_eq!((held.len(), refused.len()), (1, 0), "{refused:?}");
    let read = &held[0].credential;
    assert_eq!(
        (read.outcomes.len(), read.hours(), read.eqf_level),
        (2, Some(40.0), Some(4))
    );
    assert_eq!(
        (read.countries().concat(), read.awarding_body_name()),
        ("FR".to_owned(), Some("Example Academy"))
    );
    assert!(!format!("{held:?}").contains("Doe"));
    let nameless = wallet::read(
        &token(&json!({"vct": "urn:eudi:pid:1", "family_name": "Doe"})),
        20_779,
        &Keys::default(),
    );
    assert!(
        nameless.1[0].reason.contains("names no achievement"),
        "{nameless:?}"
    );
}

#[test]
fn open_badges_2_are_read_with_their_extensions() {
    let extension = |name: &str, value: Value| json!({"type": ["Extension", format!("extensions:{name}Extension")], name: value});
    let class = json!({
        "@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": "https://example.org/badges/1", "name": "Kassa",
        "description": "Werken aan de kassa", "criteria": {"narrative": "Toets"}, "issuer": {"type": "Issuer", "name": "Example Academy"},
        "alignment": [{"targetName": "EQF level 4", "targetUrl": "https://example.org/eqf", "targetFramework": "EQF", "targetCode": "4"}],
        "extensions:ECTSExtension": extension("ECTS", json!(2.5)),
        "extensions:LanguageExtension": extension("Language", json!("nl_NL")),
        "extensions:LearningOutcomeExtension": extension("LearningOutcome", json!("- Bedient de kassa\n- Telt het geld")),
    });
    let assertion = json!({
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://example.org/1", "badge": class,
        "recipient": {"type": "email", "identity": "sha256$x"}, "issuedOn": "2026-03-01T00:00:00Z", "expires": "2031-03-01T00:00:00Z",
    });
    for (document, issued) in [
        (class, None),
        (assertion.clone(), Some("2026-03-01".to_owned())),
    ] {
        let read = one(&document);
        assert_eq!(
            (read.ects(), read.eqf_level, read.outcomes.len()),
            (Some(2.5), Some(4), 2)
        );
        assert_eq!(
            (
                read.languages().collect::<String>(),
                read.awarding_body_name()
            ),
            ("nl".to_owned(), Some("Example Academy"))
        );
        assert_eq!(read.validity.and_then(|validity| validity.issued), issued);
    }
    let mut remote = assertion.clone();
    remote["badge"] = json!("https://example.org/badges/1");
    assert!(
        read(&remote.to_string()).1[0].starts_with("$.badge: "),
        "{:?}",
        read(&remote.to_string())
    );
    for picture in [
        format!(
            "<svg xmlns:openbadges=\"http://openbadges.org\"><openbadges:assertion><![CDATA[{assertion}]]></openbadges:assertion></svg>"
        ),
        format!(
            "<?xml version=\"1.0\"?>\n<svg xmlns:openbadges=\"x\"><openbadges:assertion><![CDATA[{assertion}]]></openbadges:assertion></svg>"
        ),
    ] {
        assert_eq!(read(&picture).0.len(), 1, "{:?}", read(&picture));
        let (held, refused) = wallet::read(&picture, 20_779, &Keys::default());
        assert_eq!((held.len(), refused.len()), (1, 0), "{refused:?}");
        let uri = format!("data:image/svg+xml;base64,{}", STANDARD.encode(&picture));
        assert_eq!(wallet::read(&uri, 20_779, &Keys::default()).0.len(), 1);
    }
}

#[test]
fn alignments_that_are_no_competencies_are_told_in_their_fields() {
    let mut award = badge("urn:1");
    award["credentialSubject"]["achievement"]["ECTS"] = json!(3.0);
    award["credentialSubject"]["achievement"]["alignment"] = json!([
        {"targetName": "Niveau 4", "targetType": "ext:EQF", "targetCode": "4", "targetUrl": "https://example.org/eqf"},
        {"targetName": "0416 Wholesale and retail sales", "targetFramework": "ISCED-F 2013", "targetUrl": "https://example.org/0416"},
        {"targetName": "Cashiers", "targetFramework": "ISCO-08", "targetUrl": "https://example.org/5230"},
        {"targetName": "Decision AV-1", "targetType": "ext:QualityAssurance", "targetUrl": "https://example.org/AV-1"},
        {"targetName": "Expert", "targetUrl": "https://example.org/rubric/4"},
    ]);
    let read = one(&award);
    assert_eq!(
        (read.ects(), read.eqf_level, read.isced_codes.concat()),
        (Some(3.0), Some(4), "0416".to_owned())
    );
    assert_eq!(
        (read.occupations.concat(), read.doubts.len()),
        ("Cashiers".to_owned(), 2)
    );
    let outcomes: Vec<&str> = read
        .outcomes
        .iter()
        .map(|outcome| outcome.text["und"].as_str())
        .collect();
    assert_eq!(outcomes, ["Operate the cash register"]);
}

#[test]
fn associations_of_a_learner_record_are_parts_and_wholes() {
    let held = ["urn:1", "urn:2", "urn:3"].map(badge);
    let document = json!({
        "@context": ["https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"], "type": ["VerifiableCredential", "ClrCredential"],
        "id": "urn:clr", "issuer": {"name": "i"}, "credentialSubject": {"type": "ClrSubject", "verifiableCredential": held, "association": [
            {"associationType": "isParentOf", "sourceId": "urn:1/a", "targetId": "urn:2/a"},
            {"associationType": "isChildOf", "sourceId": "urn:3", "targetId": "urn:1"},
            {"associationType": "precedes", "sourceId": "urn:2/a", "targetId": "urn:3/a"},
        ]},
    });
    let (read, reasons) = read(&document.to_string());
    assert_eq!(reasons, Vec::<String>::new());
    let parts: Vec<(&[String], &[String], usize)> = read
        .iter()
        .map(|one| (&one.parts[..], &one.part_of[..], one.doubts.len()))
        .collect();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let (both, whole) = (ids(&["urn:2/a", "urn:3/a"]), ids(&["urn:1/a"]));
    assert_eq!(
        parts,
        [
            (&both[..], &[][..], 0),
            (&[][..], &whole[..], 1),
            (&[][..], &whole[..], 0)
        ]
    );
}

#[test]
fn concepts_are_known_by_notation_and_local_ids_are_no_codes() {
    let read = |concept: &dyn Fn(&str, &str, &str) -> Value| {
        one(&json!({
            "@context": ["http://data.europa.eu/snb/model/context/edc-ap"], "id": "urn:c", "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
            "issuer": {"legalName": {"en": "i"}, "location": [{"address": [{"countryCode": concept("urn:x:1", "ES", "Spain")}]}]},
            "credentialSubject": {"hasClaim": [{"type": "LearningAchievement", "title": {"en": "x"}, "specifiedBy": {
                "type": "Qualification", "title": {"en": "x"}, "creditPoint": {"framework": concept("urn:x:5", "ECTS", "ECTS credits"), "point": "5"},
                "eqfLevel": concept("urn:x:2", "5", "Level 5"), "language": concept("urn:x:3", "es", "Spanish"),
                "ISCEDFCode": concept("urn:x:4", "0611", "Computer use"), "mode": concept("urn:x:6", "online", "Online")}}]}
        }))
    };
    let (url, notation) = (
        read(&|id, notation, _| json!({"id": id, "type": "Concept", "notation": notation})),
        read(&|_, notation, _| json!(notation)),
    );
    for one in [url, notation] {
        assert_eq!(
            (one.ects(), one.eqf_level, one.countries().concat()),
            (Some(5.0), Some(5), "ES".to_owned())
        );
        assert_eq!(
            (
                one.languages().collect::<String>(),
                one.isced_codes.concat()
            ),
            ("es".to_owned(), "0611".to_owned())
        );
        assert_eq!(
            (one.delivery_mode().is_some(), one.doubts.len()),
            (true, 0),
            "{:?}",
            one.doubts
        );
    }
    let labels = read(&|_, _, label| json!({"prefLabel": {"en": label}}));
    assert_eq!((labels.ects(), labels.eqf_level), (Some(5.0), Some(5)));
    let doubts: Vec<&str> = labels
        .doubts
        .iter()
        .map(|doubt| doubt.reason.as_str())
        .collect();
    for quoted in ["Spain", "Spanish", "Computer use"] {
        assert!(
            doubts
                .iter()
                .any(|doubt| doubt.contains(&format!("\"{quoted}\""))),
            "{doubts:?}"
        );
    }
    let local = read(&|id, _, _| json!({"id": id, "type": "Concept"}));
    assert_eq!(
        (local.ects(), local.eqf_level, local.isced_codes.len()),
        (None, None, 0)
    );
}

#[test]
fn what_entitles_to_an_occupation_is_a_right() {
    let read = one(&json!({
        "@context": "http://data.europa.eu/snb/model/context/edc-ap", "id": "http://x/1", "type": "Qualification", "title": {"en": "Electrician"},
        "entitlesTo": {"title": {"en": "Work on installations"}, "limitOccupation": {"id": "http://data.europa.eu/esco/occupation/1"},
            "limitJurisdiction": {"id": "http://publications.europa.eu/resource/authority/country/AUT"}}
    }));
    assert_eq!((read.occupations.len(), read.rights.len()), (0, 1));
    let right = &read.rights[0];
    assert_eq!(
        (
            right.name.as_str(),
            right.occupation_uris.len(),
            right.countries.concat()
        ),
        ("Work on installations", 1, "AT".to_owned())
    );
}

#[test]
fn ranges_and_figures_of_ctdl_are_told() {
    let read = one(&json!({
        "@context": "https://credreg.net/ctdl/schema/context/json", "@id": "http://x/1", "@type": "ceterms:Certificate", "ceterms:name": {"en": "Welding"},
        "ceterms:creditValue": [{"schema:minValue": 3, "schema:maxValue": 6, "ceterms:creditUnitType": {"ceterms:targetNodeName": {"en": "ECTS"}}}],
        "ceterms:estimatedDuration": [{"ceterms:minimumDuration": "P3M", "ceterms:maximumDuration": "P6M"}],
        "ceterms:aggregateData": [{"@type": "ceterms:AggregateDataProfile", "ceterms:medianEarnings": 41000, "ceterms:currency": "USD",
            "ceterms:numberAwarded": 50, "ceterms:jobsObtained": [{"schema:value": 40}], "ceterms:source": "http://x/data"}],
    }));
    assert_eq!(read.ects(), Some(6.0));
    assert_eq!(
        read.workload
            .and_then(|workload| workload.duration)
            .as_deref(),
        Some("P3M to P6M")
    );
    assert_eq!(
        (read.doubts.len(), read.outcomes_after.len()),
        (1, 2),
        "{:?}",
        read.doubts
    );
    let figures: Vec<_> = read
        .outcomes_after
        .iter()
        .map(|after| (after.n_persons, after.value.clone()))
        .collect();
    assert!(
        format!("{figures:?}").contains("Share(0.8)") && figures[0].0 == Some(50),
        "{figures:?}"
    );
}

#[test]
fn a_transcript_within_the_response_of_a_network_is_read() {
    let elmo = "<e:elmo><learner><givenNames>Jo</givenNames></learner><report><issuer><identifier type=\"schac\">example.org</identifier><title xml:lang=\"en\">U</title></issuer>\
        <learningOpportunitySpecification><identifier type=\"local\">C1</identifier><title xml:lang=\"en\">Welding</title></learningOpportunitySpecification></report></e:elmo>";
    let tor = |elmo: &str| format!("<tor><omobility-id>1</omobility-id>{elmo}</tor>");
    let response = |inner: String| {
        format!(
            "<?xml version=\"1.0\"?><imobility-tors-get-response xmlns=\"x\" xmlns:e=\"y\">{inner}</imobility-tors-get-response>"
        )
    };
    let (found, reasons) = read(&response(tor(elmo)));
    assert_eq!((found.len(), reasons), (1, Vec::new()));
    assert_eq!(found[0].id, "example.org:C1");
    assert!(!format!("{found:?}").contains("Jo"));
    let two = response(tor(elmo) + &tor(&elmo.replace("C1", "C2")));
    assert_eq!(read(&two).0.len(), 2);
    assert_eq!(read(&response(tor(""))).1.len(), 1);
}

#[test]
fn a_seal_is_verified_broken_or_not_verified() {
    use ring::signature::{Ed25519KeyPair, KeyPair};
    let made = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap();
    let x = URL_SAFE_NO_PAD.encode(pair.public_key());
    let set = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "1", "name": "Example Academy"}]});
    let keys = Keys::parse(&set.to_string()).unwrap();
    let header = URL_SAFE_NO_PAD.encode("{\"alg\":\"EdDSA\",\"kid\":\"1\"}");
    let payload = URL_SAFE_NO_PAD.encode(badge("urn:1").to_string());
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(format!("{header}.{payload}").as_bytes()));
    let good = Verification::Verified("Example Academy".to_owned());
    let forged = URL_SAFE_NO_PAD.encode(badge("urn:2").to_string());
    let sealed =
        |payload: &str| json!({"payload": payload, "protected": header, "signature": signature});
    let within = json!({"verifiableCredential": [sealed(&payload)]});
    let presented = |vc: &Value| json!({"payload": URL_SAFE_NO_PAD.encode(vc.to_string()), "protected": header, "signature": signature});
    for (document, expected) in [
        (sealed(&payload).to_string(), good.clone()),
        (format!("{header}.{payload}.{signature}"), good.clone()),
        (within.to_string(), good.clone()),
        (sealed(&badge("urn:1").to_string()).to_string(), good),
        (sealed(&forged).to_string(), Verification::Broken),
        (badge("urn:1").to_string(), Verification::NotVerified),
        // The seal of a presentation is its holder's, and says nothing of what it holds.
        (
            presented(&json!({"verifiableCredential": [badge("urn:1")]})).to_string(),
            Verification::NotVerified,
        ),
    ] {
        let (held, refused) = wallet::read(&document, 20_779, &keys);
        assert_eq!(
            (held.len(), refused.len()),
            (1, 0),
            "{document} {refused:?}"
        );
        assert_eq!(held[0].verification, expected, "{document}");
    }
}
