//! Does reading a graph piece by piece find the same records as reading it whole, whatever the order of its nodes?

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::found::Found;
use super::pieces::{PIECE_BYTES_MAX, in_memory};
use super::standards;
use super::standards::nodes::NAMING_MAX;
use super::verify::Keys;
use super::{documents, files, wallet};
use skillgap_esco::report::ReadReport;

/// Records as text, and reasons, by path.
fn said(found: Vec<Found>) -> BTreeMap<String, String> {
    let text = |found: &Found| {
        found.record.as_ref().map_or_else(Clone::clone, |record| {
            serde_json::to_string(record).unwrap()
        })
    };
    found
        .iter()
        .map(|found| (found.path.clone(), text(found)))
        .collect()
}

fn whole(document: &Value) -> BTreeMap<String, String> {
    let mut found = Vec::new();
    standards::read_json(document.clone(), &mut |one| {
        found.push(one);
        true
    });
    said(found)
}

fn piecewise(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    documents::read_json(&in_memory(text.as_bytes()), &mut |one| {
        found.push(one);
        true
    })
    .unwrap();
    found
}

fn check(document: &Value, name: &str) -> usize {
    let expected = whole(document);
    for text in [
        document.to_string(),
        serde_json::to_string_pretty(document).unwrap(),
    ] {
        assert_eq!(said(piecewise(&text)), expected, "{name}");
    }
    expected.len()
}

/// A shuffle that a number decides.
fn shuffled(nodes: &[Value], mut seed: u64) -> Vec<Value> {
    let mut nodes = nodes.to_vec();
    for at in (1..nodes.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        nodes.swap(at, (seed >> 33) as usize % (at + 1));
    }
    nodes
}

#[test]
fn samples_read_the_same_on_both_roads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/formats");
    if !folder.is_dir() {
        println!("skipped: no samples at {}", folder.display());
        return;
    }
    let mut n_records = 0;
    for kind in ["elm", "edc", "openbadges3", "ctdl"] {
        for entry in std::fs::read_dir(folder.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            if let Ok(document) = serde_json::from_slice(&std::fs::read(&path).unwrap()) {
                n_records += check(&document, &path.display().to_string());
            }
        }
    }
    assert!(n_records >= 25, "{n_records}");
}

#[test]
fn what_stands_beside_a_graph_is_read_and_what_is_no_node_is_refused() {
    let elm = json!({"id": "urn:o", "type": "LearningOpportunity", "title": {"en": "Root"}, "learningAchievementSpecification": {"id": "urn:s"},
        "@graph": [{"id": "urn:s", "type": "Qualification", "title": {"en": "Part"}}, null, 5, {"id": "urn:q", "type": "Qualification", "title": {"en": "Q"}}, "text"]});
    let ctdl = json!({"@context": "https://credreg.net/ctdl/schema/context/json", "@id": "https://x.org/r", "@type": "ceterms:Certificate",
        "ceterms:name": {"en": "Root"}, "@graph": [null, {"@id": "https://x.org/a", "@type": "ceterms:Certificate", "ceterms:name": {"en": "A"}}]});
    for (document, records, refused) in [
        (elm, vec!["$", "$['@graph'][3]"], vec![1, 2, 4]),
        (ctdl, vec!["$", "$['@graph'][1]"], vec![0]),
    ] {
        check(&document, "beside");
        let (read, not): (Vec<Found>, Vec<Found>) = piecewise(&document.to_string())
            .into_iter()
            .partition(|found| found.record.is_ok());
        assert_eq!(
            read.iter()
                .map(|found| found.path.as_str())
                .collect::<Vec<_>>(),
            records
        );
        let expected: Vec<(String, String)> = refused
            .iter()
            .map(|at| (format!("$['@graph'][{at}]"), "is no JSON object".to_owned()))
            .collect();
        assert_eq!(
            not.into_iter()
                .map(|found| (found.path, found.record.unwrap_err()))
                .collect::<Vec<_>>(),
            expected
        );
    }
}

#[test]
fn references_lead_forward_and_backward_in_any_order() {
    let nodes = [
        json!({"id": "urn:o1", "type": "LearningOpportunity", "title": {"en": "One"}, "learningAchievementSpecification": {"id": "urn:s1"}, "providedBy": "urn:org"}),
        json!({"id": "urn:o2", "type": "LearningOpportunity", "title": {"en": "Two"}, "learningAchievementSpecification": "urn:s1", "providedBy": {"id": "urn:org"},
            "hasPart": [{"id": "urn:o1"}], "priceDetail": "urn:price"}),
        json!({"id": "urn:s1", "type": "Qualification", "title": {"en": "S1"}, "learningOutcome": [{"id": "urn:lo1"}, "urn:lo2", "urn:nowhere"],
            "accreditation": "urn:acc"}),
        json!({"id": "urn:s2", "type": "Qualification", "title": {"en": "S2"}, "learningOutcome": {"id": "urn:lo2", "title": {"en": "Written here"}}}),
        json!({"id": "urn:lo1", "type": "LearningOutcome", "title": {"en": "Weld"}}),
        json!({"id": "urn:lo2", "type": "LearningOutcome", "title": {"en": "Cut"}}),
        json!({"id": "urn:org", "type": "Organisation", "legalName": {"en": "School"}, "location": "urn:place", "accreditation": {"id": "urn:acc"}}),
        json!({"id": "urn:place", "type": "Location", "address": {"id": "urn:address"}}),
        json!({"id": "urn:x", "type": "Note", "inner": {"id": "urn:address", "countryCode": {"id": "http://publications.europa.eu/resource/authority/country/IRL"}}}),
        json!({"id": "urn:acc", "type": "Accreditation", "accreditingAgent": {"id": "urn:agent"}, "dcType": {"prefLabel": "programme"}}),
        json!({"id": "urn:agent", "type": "Organisation", "legalName": "Agency"}),
        json!({"id": "urn:price", "type": "PriceDetail", "amount": {"value": 5, "unit": {"id": "http://publications.europa.eu/resource/authority/currency/EUR"}}}),
        json!(null),
    ];
    for seed in 0..40 {
        let document = json!({"@context": "http://data.europa.eu/snb/model/context/edc-ap", "@graph": shuffled(&nodes[..12], seed)});
        assert_eq!(check(&document, &format!("seed {seed}")), 3);
    }
    let found = whole(&json!({"@graph": nodes[..12]}));
    for expected in ["Weld", "Written here", "School", "Agency", "\"IE\"", "EUR"] {
        assert!(
            found["$['@graph'][1]"].contains(expected),
            "{expected}: {found:?}"
        );
    }
}

#[test]
fn a_pathway_finds_its_components_in_any_order() {
    let nodes = [
        json!({"@id": "urn:p", "@type": "ceterms:Pathway", "ceterms:name": "Path"}),
        json!({"@id": "urn:a", "@type": "ceterms:CourseComponent", "ceterms:name": "A", "ceterms:isPartOf": "urn:p", "ceterms:hasCondition": "_:c"}),
        json!({"@id": "urn:b", "@type": "ceterms:CredentialComponent", "ceterms:name": "B", "ceterms:isPartOf": ["urn:p"]}),
        json!({"@id": "urn:goal", "@type": "ceterms:JobComponent", "ceterms:name": "G", "ceterms:isPartOf": {"@id": "urn:p"}, "ceterms:hasCondition": [{"@id": "_:c"}]}),
        json!({"@id": "_:c", "@type": "ceterms:ComponentCondition", "ceterms:targetComponent": ["urn:a", "urn:b"], "ceterms:requiredNumber": 1}),
    ];
    for seed in 0..20 {
        let document = json!({"@context": "https://credreg.net/ctdl/schema/context/json", "@graph": shuffled(&nodes, seed)});
        assert_eq!(check(&document, &format!("seed {seed}")), 3);
    }
    assert!(
        whole(&json!({"@graph": nodes}))["$['@graph'][0]"]
            .contains("\"parts\":[\"urn:a\",\"urn:b\"]")
    );
}

#[test]
fn what_is_bad_or_too_long_costs_no_other() {
    let opportunity = |at: usize, more: &str| {
        format!(
            "{{\"id\":\"urn:{at}\",\"type\":\"LearningOpportunity\",\"title\":{{\"en\":\"x\"}}{more}}}"
        )
    };
    let long = opportunity(
        1,
        &format!(
            ",\"description\":\"{}\"",
            "y".repeat(PIECE_BYTES_MAX as usize)
        ),
    );
    let text = format!(
        "{{\"@graph\":[\n{},\n{long},\n{{\"id\" 5}},\n{}], \"x\": tru",
        opportunity(0, ""),
        opportunity(3, "")
    );
    let found = piecewise(&text);
    let told: Vec<(&str, u64, &str)> = found
        .iter()
        .map(|found| {
            (
                found.path.as_str(),
                found.line,
                found
                    .record
                    .as_ref()
                    .map_or_else(String::as_str, |record| record.id.as_str()),
            )
        })
        .collect();
    assert_eq!(told[0], ("$['@graph'][0]", 2, "urn:0"));
    assert_eq!(
        told[1],
        (
            "$['@graph'][1]",
            3,
            "an element is longer than 4194304 bytes"
        )
    );
    assert_eq!(
        (
            told[2].0,
            told[2].1,
            told[2].2.starts_with("is no JSON: expected `:`")
        ),
        ("$['@graph'][2]", 4, true),
        "{told:?}"
    );
    assert_eq!(told[3], ("$['@graph'][3]", 5, "urn:3"));
    assert!(
        told[4].2.contains("is no JSON from here on") && told.len() == 5,
        "{told:?}"
    );
}

#[test]
fn a_record_that_refers_to_too_much_is_refused_alone() {
    let note = |at: usize| {
        format!(
            "{{\"id\":\"urn:n{at}\",\"noteLiteral\":\"{}\"}}",
            "z".repeat(3 << 20)
        )
    };
    let notes: Vec<String> = (0..8).map(note).collect();
    let refers = |id: &str, notes: &[usize]| {
        let notes: Vec<String> = notes.iter().map(|at| format!("\"urn:n{at}\"")).collect();
        format!(
            "{{\"id\":\"{id}\",\"type\":\"LearningOpportunity\",\"title\":{{\"en\":\"x\"}},\"additionalNote\":[{}]}}",
            notes.join(",")
        )
    };
    let text = format!(
        "{{\"@graph\":[{},{},{},{}]}}",
        refers("urn:a", &[0, 1, 2]),
        refers("urn:b", &[0, 1, 2, 3, 4, 5, 6, 7]),
        refers("urn:c", &[3, 4, 5]),
        notes.join(",")
    );
    let told: Vec<String> = piecewise(&text)
        .into_iter()
        .map(|found| {
            found
                .record
                .map_or_else(|reason| reason, |record| record.id)
        })
        .collect();
    assert_eq!(
        told,
        [
            "urn:a",
            "refers to more than 16777216 bytes of other nodes",
            "urn:c"
        ]
    );
}

#[test]
fn what_counts_for_what_is_told_on_both_sides() {
    let nodes = [
        json!({"@id": "urn:badge", "@type": "ceterms:Badge", "ceterms:name": "Badge", "ceterms:providesTransferValueFor": "urn:t2"}),
        json!({"@id": "urn:course", "@type": "ceterms:Course", "ceterms:name": "Course"}),
        json!({"@id": "urn:t", "@type": "ceterms:TransferValueProfile", "ceterms:transferValueFrom": "urn:badge", "ceterms:transferValueFor": ["urn:course"],
            "ceterms:transferValue": "_:v", "ceterms:endDate": "2027-01-01", "ceterms:ownedBy": "urn:agency"}),
        json!({"@id": "urn:t2", "@type": "ceterms:TransferValueProfile", "ceterms:transferValueFor": {"@id": "https://x.org/else"}}),
        json!({"@id": "_:v", "@type": "ceterms:ValueProfile", "schema:value": 3, "ceterms:creditUnitType": "creditUnit:DegreeCredit"}),
        json!({"@id": "urn:agency", "@type": "ceterms:Organization", "ceterms:name": "Agency"}),
    ];
    for seed in 0..20 {
        let document = json!({"@context": "https://credreg.net/ctdl/schema/context/json", "@graph": shuffled(&nodes, seed)});
        assert_eq!(check(&document, &format!("seed {seed}")), 2);
    }
    let found = whole(&json!({"@graph": nodes}));
    for (path, expected) in [
        (
            "$['@graph'][0]",
            "counts elsewhere as 3 DegreeCredit for Course by the word of Agency until 2027-01-01; counts elsewhere for https://x.org/else",
        ),
        (
            "$['@graph'][1]",
            "takes what was learned elsewhere as 3 DegreeCredit of Badge by the word of Agency until 2027-01-01",
        ),
    ] {
        assert!(
            found[path].contains(&format!("\"stackability\":\"{expected}\"")),
            "{}",
            found[path]
        );
    }
}

#[test]
fn what_names_a_record_back_costs_it_only_what_is_read() {
    let text = "w".repeat(2_000);
    let component = |at: usize| {
        json!({"@id": format!("urn:c{at}"), "@type": "ceterms:CourseComponent", "ceterms:name": "C", "ceterms:isPartOf": ["urn:p", "urn:k"],
            "ceterms:description": text})
    };
    let mut nodes = vec![
        json!({"@id": "urn:p", "@type": "ceterms:Pathway", "ceterms:name": "Path"}),
        json!({"@id": "urn:k", "@type": "ceterms:Course", "ceterms:name": "Course"}),
        json!({"@id": "urn:goal", "@type": "ceterms:JobComponent", "ceterms:isPartOf": "urn:p", "ceterms:hasCondition": {"ceterms:targetComponent": "urn:c7"}}),
    ];
    nodes.extend((0..NAMING_MAX + 10).map(component));
    let document =
        json!({"@context": "https://credreg.net/ctdl/schema/context/json", "@graph": nodes});
    assert_eq!(check(&document, "named by many"), NAMING_MAX + 12);
    let found = piecewise(&document.to_string());
    let path = found[0].record.as_ref().unwrap();
    assert_eq!(
        (path.parts.len(), path.prerequisites()),
        (1_000, &["urn:c7".to_owned()][..])
    );
    assert!(
        path.doubts
            .iter()
            .any(|doubt| doubt.reason.contains("more than 10000 nodes name it so")),
        "{:?}",
        path.doubts
    );
    assert_eq!(found[1].record.as_ref().unwrap().doubts, []);
}

#[test]
fn a_list_that_stands_twice_is_one_list_however_the_document_is_broken_into_lines() {
    let node = |id: &str| {
        format!("{{\"id\":\"{id}\",\"type\":\"Qualification\",\"title\":{{\"en\":\"x\"}}}}")
    };
    let native = |id: &str| format!("{{\"id\":\"{id}\",\"title\":\"x\"}}");
    let mixed = format!(
        "{{\"@graph\":{},\n\"@graph\":[{}]}}",
        node("urn:a"),
        node("urn:b")
    );
    for text in [mixed.replace('\n', ""), mixed] {
        let (ids, reasons) = read_file(&text);
        assert_eq!(ids, ["urn:b"]);
        assert!(
            reasons[0].contains("something that is none and is not read"),
            "{reasons:?}"
        );
    }
    for text in [
        format!(
            "{{\"@graph\":[{},5],~\"x\":{{}},\"@graph\":[{}]}}",
            node("urn:a"),
            node("urn:b")
        ),
        format!(
            "{{\"verifiableCredential\":[{}],~\"verifiableCredential\":[{}]}}",
            native("urn:a"),
            native("urn:b")
        ),
    ] {
        let (one_line, broken) = (text.replace('~', ""), text.replace('~', "\n"));
        let (ids, reasons) = read_file(&one_line);
        assert_eq!(ids, ["urn:a", "urn:b"], "{text}: {reasons:?}");
        assert_eq!(read_file(&broken), (ids.clone(), reasons));
        assert_eq!(read_file(&format!("[{broken}]")).0, ids, "in an array");
        let held: Vec<String> = wallet::read(&broken, 0, &Keys::default())
            .0
            .into_iter()
            .map(|held| held.credential.id)
            .collect();
        assert_eq!(held, ids, "of a person");
    }
}

/// Ids and reasons of a file.
pub(super) fn read_file(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut report, mut ids) = (ReadReport::default(), Vec::new());
    files::read_one("f", text.as_bytes(), 0, &mut report, &mut |credential| {
        ids.push(credential.id);
        Ok(())
    })
    .unwrap();
    (
        ids,
        report
            .rejected
            .into_iter()
            .map(|rejected| rejected.reason)
            .collect(),
    )
}

#[test]
fn a_line_that_looks_native_is_an_envelope_if_it_holds_awards() {
    let text = "{\"id\":\"urn:p\",\"title\":\"x\",~\"verifiableCredential\":[{\"id\":\"urn:a\",\"title\":\"y\"}]}";
    let one_line = read_file(&text.replace('~', ""));
    assert_eq!(
        (one_line.0.as_slice(), read_file(&text.replace('~', "\n"))),
        (&["urn:a".to_owned()][..], one_line.clone())
    );
}

#[test]
fn an_id_that_is_a_token_is_an_envelope_however_the_document_is_broken_into_lines() {
    // Its payload: {"id":"urn:a","title":"y"}
    let token = "eyJhbGciOiJub25lIn0.eyJpZCI6InVybjphIiwidGl0bGUiOiJ5In0.c2ln";
    for members in [
        "\"title\":\"x\"",
        "\"title\":\"x\",~\"type\":null",
        "\"title\":5",
        "\"title\":\"x\",~\"@graph\":[{\"id\":\"urn:b\",\"type\":\"Qualification\",\"title\":\"z\"}]",
        "\"name\":\"x\"",
    ] {
        for space in ["", " "] {
            let text = format!("{{\"id\":\"{space}data:application/vc+jwt,{token}\",~{members}}}");
            for text in [
                text.replace('~', ""),
                text.replace('~', "\n"),
                format!("[{}]", text.replace('~', "")),
            ] {
                assert_eq!(
                    read_file(&text),
                    (vec!["urn:a".to_owned()], vec![]),
                    "{text}"
                );
                let held: Vec<String> = wallet::read(&text, 0, &Keys::default())
                    .0
                    .into_iter()
                    .map(|held| held.credential.id)
                    .collect();
                assert_eq!(held, ["urn:a"], "of a person: {text}");
            }
        }
    }
}

#[test]
fn an_id_that_is_a_token_names_no_record() {
    let id = "data:application/vc+jwt,eyJ.e30.x";
    let node = format!("{{\"@id\":\"{id}\",\"type\":\"Qualification\",\"title\":\"x\"}}");
    for text in [
        node.clone(),
        format!("{{\"@graph\":[{node}]}}"),
        format!("id,title\n\"{id}\",x\n"),
    ] {
        let (ids, reasons) = read_file(&text);
        assert!(
            ids.is_empty()
                && reasons.len() == 1
                && reasons[0].ends_with("id: is a token, not a name"),
            "{text}: {reasons:?}"
        );
    }
}

#[test]
fn a_null_beside_a_class_hides_it_on_neither_road() {
    for mark in ["@type", "@context"] {
        let document = json!({"id": "http://x/1", mark: null, "type": "LearningOpportunity", "title": {"en": "t"}, "@graph": ["b"]});
        assert_eq!(check(&document, mark), 2, "the record, and what is no node");
    }
}

#[test]
fn a_null_marks_no_standard_however_the_document_is_broken_into_lines() {
    for mark in [
        "@context",
        "@type",
        "@graph",
        "type",
        "credentialSubject",
        "verifiableCredential",
        "credential",
    ] {
        let text = format!(
            "{{\"id\":\"urn:a\",~\"title\":\"x\",\"{mark}\":null,\"validUntil\":\"1969-01-01\"}}"
        );
        for text in [
            text.replace('~', ""),
            text.replace('~', "\n"),
            format!("[{}]", text.replace('~', "")),
        ] {
            assert_eq!(
                read_file(&text),
                (vec!["urn:a".to_owned()], vec![]),
                "{text}"
            );
        }
    }
}

#[test]
fn of_two_nodes_with_one_id_that_of_the_document_counts_however_it_is_broken_into_lines() {
    let document = json!({"@graph": [
        {"id": "urn:a", "type": "Qualification", "title": "x", "learningOutcome": ["urn:b"]},
        {"id": "urn:c", "type": "Note", "inner": {"id": "urn:b", "type": "LearningOutcome", "title": "Weld"}},
    ], "id": "urn:b"});
    assert_eq!(check(&document, "one id twice"), 1);
    assert!(
        whole(&document)
            .values()
            .all(|record| !record.contains("Weld"))
    );
}

#[test]
fn awards_of_a_presentation_are_read_one_by_one() {
    let document = json!({"type": "VerifiablePresentation", "verifiableCredential": [{"id": "a", "title": "x"}, "eyJh.b", {"id": "b", "title": "y"}]});
    assert_eq!(check(&document, "presentation"), 3);
}

#[test]
fn offers_and_transcripts_in_xml_are_read_piece_by_piece() {
    let read = |text: &str| {
        let mut found = Vec::new();
        documents::read_xml(&in_memory(text.as_bytes()), &mut |one| {
            found.push(one);
            true
        })
        .unwrap();
        found
            .into_iter()
            .map(|found| {
                (
                    found.line,
                    found.record.map_or_else(
                        |reason| reason,
                        |record| format!("{} {:?}", record.id, record.provider_name()),
                    ),
                )
            })
            .collect::<Vec<_>>()
    };
    let loq = "<Courses>\n<learningOpportunityReferences>\n<learningOpportunity id='u:1'><title>a</title><providedBy idref='o'/></learningOpportunity>\
               <learningOpportunity id='u:2'><title>&b;</title></learningOpportunity>\n<learningOpportunity id='u:3'><title>c</title></learningOpportunity>\
               </learningOpportunityReferences><agentReferences><organisation id='o'><legalName>School</legalName></organisation></agentReferences></Courses>";
    let told = read(loq);
    assert_eq!(told[0], (3, "u:1 Some(\"School\")".to_owned()));
    assert!(
        told[1].0 == 3 && told[1].1.contains("names an entity"),
        "{told:?}"
    );
    assert_eq!(
        (told[2].0, told[2].1.as_str(), told.len()),
        (4, "u:3 None", 3)
    );
    let course = |id: &str| {
        format!(
            "<learningOpportunitySpecification><identifier>{id}</identifier><title>t</title></learningOpportunitySpecification>\n"
        )
    };
    let elmo = format!(
        "<elmo>\n<report>{}<issuer><title>U</title></issuer>{}</report><report>{}</report><report><issuer><title>V</title></issuer>{}",
        course("a"),
        course("b"),
        course("c"),
        course("d")
    );
    let told = read(&elmo);
    assert_eq!(
        told[..3]
            .iter()
            .map(|(_, text)| text.as_str())
            .collect::<Vec<_>>(),
        ["is missing", "elmo:a Some(\"U\")", "elmo:b Some(\"U\")"]
    );
    assert!(
        told[3].1 == "elmo:d Some(\"V\")"
            && told[4].1.contains("ends before its elements do")
            && told.len() == 5,
        "{told:?}"
    );
}
