//! Does nothing get lost on the way? Record to native JSON and back, to bytes and back, to the European Learning Model and back, for any record.
//!
//! Records are made along the shape of the message, so that a field which is new in the contract is in them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use skillgap_esco::report::ReadReport;

use super::super::{files, native};
use super::to_elm;
use crate::check::{RecordLimits, check, check_json};
use crate::credential::{Credential, Signal};
use crate::day;
use crate::shape::{CREDENTIAL, Field, Kind, Shape};

const WORDS: [&str; 8] = [
    "Welding",
    "a;b, \"c\" \\ <d> & é",
    "ß0",
    "http://data.europa.eu/esco/occupation/1",
    "urn:epass:x:1",
    "_:b0",
    "P60M",
    "PT60H",
];

/// Makes records: all fields of each message, or some of them.
struct Maker {
    state: u64,
    is_full: bool,
}

impl Maker {
    /// A number below `count` (SplitMix64).
    fn below(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % count as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    /// The `at`th message of its list.
    fn message(&mut self, shape: &Shape, at: usize) -> Value {
        // One of them is set.
        const VALUES: [&str; 3] = ["share", "pay", "quintile"];
        let mut members = Map::new();
        for field in shape.fields {
            let is_other = shape.message == "OutcomeAfter"
                && VALUES.contains(&field.name)
                && field.name != VALUES[at % 3];
            let must_be = field.is_required
                || self.is_full
                || field.name == "value"
                || shape.message == "Coordinates";
            if !is_other && (must_be || self.below(2) == 0) && field.name != "label" {
                members.insert(field.name.to_owned(), self.field(field, at));
            }
        }
        if shape.message == "Outcome" && members.is_empty() {
            members.insert("text".to_owned(), json!({ "en": "o" }));
        }
        Value::Object(members)
    }

    fn field(&mut self, field: &Field, at: usize) -> Value {
        if !field.is_list {
            return self.value(field, at);
        }
        let least = usize::from(field.is_required);
        let count = if self.is_full {
            3
        } else {
            least + self.below(3)
        };
        (0..count).map(|at| self.value(field, at)).collect()
    }

    fn value(&mut self, field: &Field, at: usize) -> Value {
        match field.kind {
            Kind::Text => self.text(field.name).into(),
            Kind::Texts => {
                let languages = ["en", "de", "pl", "und", "gsw", "id"];
                let from = self.below(languages.len());
                let texts = languages[from..]
                    .iter()
                    .map(|language| (*language, self.one_of(&WORDS)));
                Value::Object(
                    texts
                        .map(|(language, text)| (language.to_owned(), text.into()))
                        .collect(),
                )
            }
            Kind::Number if matches!(field.name, "share" | "confidence") => {
                (self.below(10_000) as f64 / 1e4).into()
            }
            Kind::Number => (self.below(900) as f64 / 10.0).into(),
            Kind::Whole if field.name == "heldMin" => 1.into(),
            Kind::Whole => (1 + self.below(5)).into(),
            // Each signal once.
            Kind::Enum("SIGNAL_", _) => Signal::ALL[at % 9].as_str_name().into(),
            Kind::Enum(_, names) => names[1 + self.below(names.len() - 1)].into(),
            Kind::Message(shape) => self.message(shape, at),
        }
    }

    fn text(&mut self, name: &str) -> String {
        let day = |from: i64, day: usize| day::format(from + day as i64).unwrap();
        match name {
            "validFrom" => day(-700_000, self.below(700_000)),
            "validUntil" | "modified" | "issued" | "applyUntil" | "startDates" => {
                day(0, self.below(2_900_000))
            }
            "country" | "countries" => self.one_of(&["AT", "DE", "PL", "*"]).to_owned(),
            "languageCode" => self.one_of(&["de", "en", "pl"]).to_owned(),
            "currency" => self.one_of(&["EUR", "PLN", "XXX"]).to_owned(),
            "uri" | "skillUris" | "occupationUri" | "occupationUris" => {
                format!(
                    "http://data.europa.eu/esco/skill/{:04x}",
                    self.below(65_536)
                )
            }
            "iscedCodes" => self.one_of(&["0688", "003", "10"]).to_owned(),
            "nutsCode" => self.one_of(&["DE731", "PL"]).to_owned(),
            _ => self.one_of(&WORDS).to_owned(),
        }
    }
}

/// A record in its one form.
fn record(seed: u64, is_full: bool) -> Credential {
    let value = Maker {
        state: seed,
        is_full,
    }
    .message(&CREDENTIAL, 0);
    check_json(value.clone(), &RecordLimits::FILES)
        .unwrap_or_else(|violations| panic!("{value}: {violations:?}"))
}

/// What a file with this text gives.
fn read(text: &str) -> Vec<Credential> {
    let (mut found, mut report) = (Vec::new(), ReadReport::default());
    let mut take = |credential| {
        found.push(credential);
        Ok(())
    };
    files::read_one("f", text.as_bytes(), 0, &mut report, &mut take).unwrap();
    assert_eq!(report.rejected, [], "{text}");
    found
}

/// Each field that stands anywhere in a record, with its message.
fn fields_in(shape: &Shape, value: &Value, found: &mut BTreeSet<(&'static str, &'static str)>) {
    for field in shape.fields {
        let Some(value) = value.get(field.name) else {
            continue;
        };
        found.insert((shape.message, field.name));
        if let Kind::Message(shape) = field.kind {
            match value {
                Value::Array(entries) => entries
                    .iter()
                    .for_each(|entry| fields_in(shape, entry, found)),
                one => fields_in(shape, one, found),
            }
        }
    }
}

fn all_fields(shape: &'static Shape, all: &mut BTreeSet<(&'static str, &'static str)>) {
    for field in shape.fields {
        if all.insert((shape.message, field.name))
            && let Kind::Message(shape) = field.kind
        {
            all_fields(shape, all);
        }
    }
}

#[test]
fn a_full_record_has_every_field_of_every_message() {
    let (mut all, mut found) = (BTreeSet::new(), BTreeSet::new());
    all_fields(&CREDENTIAL, &mut all);
    fields_in(&CREDENTIAL, &native::to_value(&record(7, true)), &mut found);
    let missing: Vec<_> = all.difference(&found).collect();
    assert_eq!(missing, [&("SkillLink", "label")], "a label is never kept");
}

#[test]
fn every_record_is_the_same_in_native_json_in_bytes_and_in_the_learning_model() {
    for seed in 0..257 {
        let credential = record(seed, seed == 256);
        let line = native::to_line(&credential);
        assert!(!line.contains('\n'));
        assert_eq!(read(&line), std::slice::from_ref(&credential));
        assert_eq!(
            Credential::from_bytes(&credential.to_bytes()),
            Ok(credential.clone())
        );
        assert_eq!(
            check(&credential, &RecordLimits::FILES),
            Ok(credential.clone())
        );
        let document = to_elm(&credential).to_string();
        let read_back = read(&document);
        assert_eq!(read_back, [credential], "{document}");
        // And once more from what was read: nothing grows on the way.
        assert_eq!(to_elm(&read_back[0]).to_string(), document);
        assert_eq!(read(&format!("[{document},\n{document}]")).len(), 2);
    }
}

#[test]
fn inferred_links_never_stand_where_declared_ones_do() {
    let line = br#"{"id":"a","title":"x","outcomes":[{"text":"o","skills":[{"uri":"http://data.europa.eu/esco/skill/1"},{"uri":"http://data.europa.eu/esco/skill/2","origin":"inferred","confidence":0.5}]}]}"#;
    let document = to_elm(&native::parse(line).unwrap());
    let outcome = &document["learningAchievementSpecification"]["learningOutcome"][0];
    assert_eq!(outcome["relatedESCOSkill"].as_array().unwrap().len(), 1);
    assert_eq!(outcome["skillgap:inferredSkill"][0]["confidence"], 0.5);
    assert!(
        document.get("skillgap:outcomes").is_none(),
        "a place in the model is used where there is one"
    );
}

#[test]
fn what_the_model_has_a_place_for_needs_no_extension() {
    let line = br#"{"id":"http://x/1","title":{"en":"Welding"},"country":["DE"],"languages":["de"],"hours":40,"ects":1.5,"eqfLevel":3,"mode":"online",
        "provider":"p","awardingBody":"b","assessment":"Exam","grade":"Pass","isced":["0715"],"cost":{"amount":90,"currency":"EUR"},"startDates":["2027-01-01"],
        "targetGroups":["adults"],"entryRequirements":"none","homepage":"http://x","outcomes":[{"text":{"en":"Welds"},"skills":[{"uri":"http://data.europa.eu/esco/skill/1"}]}],
        "accreditations":[{"accreditor":"q","mechanism":"audit","scope":"programme","validUntil":"2030-01-01"}],"modified":"2026-01-01","partOf":["http://x/2"],"parts":["http://x/3"]}"#;
    let document = to_elm(&native::parse(line).unwrap());
    let extensions: Vec<&String> = document
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| name.starts_with("skillgap:"))
        .collect();
    assert!(extensions.is_empty(), "{extensions:?}");
}
