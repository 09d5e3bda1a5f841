//! What becomes of two texts in one language? In each of the standards the first is kept, and the other is a doubt that goes with the record.

use serde_json::{Value, json};

use skillgap_esco::report::ReadReport;

use super::super::{files, native};
use super::to_elm;
use crate::credential::{Credential, Texts};

/// A title: two texts in English, one and the same twice in German.
fn title() -> Value {
    json!({"de": ["Eins", "Eins"], "en": ["First", "Second"]})
}

/// A description, in English by two codes.
fn description() -> Value {
    json!([{"@language": "en", "@value": "About"}, {"@language": "en-GB", "@value": "Otherwise"}, {"@language": "en", "@value": "About"}])
}

/// Two outcomes under a name; only of the second there are two texts in one language.
fn outcomes(name: &str) -> Value {
    json!([{name: {"de": "Feilen", "en": "File"}}, {name: {"en": ["Weld", "Cut"]}}])
}

fn specification() -> Value {
    json!({"type": "Qualification", "id": "urn:s", "title": title(), "description": description(), "learningOutcome": outcomes("title")})
}

fn achievement() -> Value {
    json!({"type": ["Achievement"], "id": "urn:a", "name": title(), "description": description(), "alignment": outcomes("targetName")})
}

/// The same in XML, as LOQ and ELMO have it.
fn elements() -> String {
    let title = |language: &str, text: &str| format!("<title xml:lang='{language}'>{text}</title>");
    let description = |text: &str| format!("<description xml:lang='en'>{text}</description>");
    let titles = [
        title("en", "First"),
        title("de", "Eins"),
        title("en", "Second"),
        title("de", "Eins"),
    ];
    titles.concat() + &["About", "Otherwise", "About"].map(description).concat()
}

/// A document of each standard, by its name.
fn documents() -> Vec<(&'static str, String)> {
    let elm = "http://data.europa.eu/snb/model/context/edc-ap";
    let opportunity = json!({"@context": elm, "id": "urn:o", "type": "LearningOpportunity", "title": title(), "description": description(),
        "learningAchievementSpecification": specification()});
    let award = json!({"@context": elm, "id": "urn:e", "type": "EuropeanDigitalCredential", "issuer": {"legalName": {"en": "I"}},
        "credentialSubject": {"hasClaim": [{"type": "LearningAchievement", "specifiedBy": specification()}]}});
    let badge = json!({"type": ["VerifiableCredential", "OpenBadgeCredential"], "id": "urn:b", "issuer": {"name": "i"},
        "credentialSubject": {"type": ["AchievementSubject"], "achievement": achievement()}});
    let learner_record = json!({"type": ["VerifiableCredential", "ClrCredential"], "id": "urn:c", "issuer": {"name": "i"},
        "credentialSubject": {"achievement": [achievement()]}});
    let ctdl = json!({"@context": "https://credreg.net/ctdl/schema/context/json", "@id": "urn:k", "@type": "ceterms:Certificate",
        "ceterms:name": title(), "ceterms:description": description(), "ceterms:teaches": outcomes("ceterms:targetNodeName")});
    let loq = format!(
        "<Courses><learningOpportunityReferences><learningOpportunity id='urn:l'>{}<learningAchievementSpecification id='urn:s'>\
         <learningOutcome><title xml:lang='en'>File</title></learningOutcome>\
         <learningOutcome><title xml:lang='en'>Weld</title><title xml:lang='en'>Cut</title></learningOutcome>\
         </learningAchievementSpecification></learningOpportunity></learningOpportunityReferences></Courses>",
        elements()
    );
    let elmo = format!(
        "<elmo><report><issuer><title>U</title></issuer><learningOpportunitySpecification>{}</learningOpportunitySpecification></report></elmo>",
        elements()
    );
    vec![
        ("ELM", opportunity.to_string()),
        (
            "ELM as a graph",
            json!({ "@graph": [specification()] }).to_string(),
        ),
        ("EDC", award.to_string()),
        ("Open Badges", badge.to_string()),
        ("CLR", learner_record.to_string()),
        ("CTDL", ctdl.to_string()),
        ("LOQ", loq),
        ("ELMO", elmo),
    ]
}

/// The one record of a file with this text.
fn read(text: &str) -> Credential {
    let (mut found, mut report) = (Vec::new(), ReadReport::default());
    files::read_one("f", text.as_bytes(), 0, &mut report, &mut |credential| {
        found.push(credential);
        Ok(())
    })
    .unwrap();
    assert_eq!(
        (found.len(), report.rejected.as_slice()),
        (1, &[][..]),
        "{text}"
    );
    found.remove(0)
}

fn said(texts: &Texts) -> Vec<String> {
    texts
        .iter()
        .map(|(language, text)| format!("{language} {text}"))
        .collect()
}

#[test]
fn the_first_text_of_a_language_is_kept_and_another_is_a_doubt_in_every_standard() {
    for (standard, document) in documents() {
        let credential = read(&document);
        assert_eq!(
            (said(&credential.title), said(&credential.description)),
            (
                vec!["de Eins".into(), "en First".into()],
                vec!["en About".into()]
            )
        );
        let doubt = |field: &str, text: &str| {
            (
                field.to_owned(),
                format!(
                    "stated as {text:?}: left out, since another text in \"en\" stands before it"
                ),
            )
        };
        let mut expected = vec![doubt("title", "Second"), doubt("description", "Otherwise")];
        if standard != "ELMO" {
            assert_eq!(
                said(&credential.outcomes[1].text),
                ["en Weld"],
                "{standard}"
            );
            expected.insert(0, doubt("outcomes[1].text", "Cut"));
        }
        let doubts: Vec<_> = credential
            .doubts
            .into_iter()
            .map(|doubt| (doubt.field, doubt.reason))
            .collect();
        assert_eq!(doubts, expected, "{standard}");
    }
}

#[test]
fn two_names_of_one_text_are_both_read_and_the_second_in_one_language_is_a_doubt() {
    let (first, second) = (
        json!({"en": "First"}),
        json!({"de": "Eins", "en": "Second"}),
    );
    let elm = json!({"@context": "http://data.europa.eu/snb/model/context/edc-ap", "id": "urn:s", "type": "Qualification",
        "dct:title": first, "title": second});
    let badge = json!({"@context": "https://purl.imsglobal.org/spec/ob/v3p0/context.json", "type": ["Achievement"], "id": "urn:a",
        "name": first, "schema:name": second});
    let ctdl = json!({"@context": "https://credreg.net/ctdl/schema/context/json", "@id": "urn:k", "@type": "ceterms:Certificate",
        "ceterms:name": first, "schema:name": second});
    for document in [elm.clone(), json!({ "@graph": [elm] }), badge, ctdl] {
        let credential = read(&document.to_string());
        assert_eq!(
            said(&credential.title),
            ["de Eins", "en First"],
            "{document}"
        );
        assert_eq!(
            credential
                .doubts
                .iter()
                .map(|doubt| doubt.field.as_str())
                .collect::<Vec<_>>(),
            ["title"],
            "{document}"
        );
        assert!(credential.doubts[0].reason.contains("Second"), "{document}");
    }
}

#[test]
fn what_was_left_out_stays_a_doubt_of_the_record_through_both_exports() {
    for (standard, document) in documents() {
        let credential = read(&document);
        assert_eq!(
            read(&native::to_line(&credential)),
            credential,
            "{standard}"
        );
        let exported = to_elm(&credential).to_string();
        assert_eq!(read(&exported), credential, "{standard}");
        assert_eq!(
            to_elm(&read(&exported)).to_string(),
            exported,
            "{standard}: nothing grows on the way"
        );
    }
}
