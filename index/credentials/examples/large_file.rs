//! Writes a file of about so many megabytes in one of the standards, to measure how the readers take it; the same file for the same arguments.
//!
//! `cargo run --release -p skillgap-credentials --example large_file -- elm|ctdl|loq|elmo|native MEGABYTES > FILE`

use std::io::{self, BufWriter, Write};

/// An ESCO skill, told apart by a number.
fn skill(at: u64) -> String {
    format!(
        "http://data.europa.eu/esco/skill/{:08x}-0000-4000-8000-{at:012x}",
        at.wrapping_mul(2_654_435_761) as u32
    )
}

/// A paragraph, so that records have the length of real ones.
const WORDS: &str = "Learners plan, carry out and document work on their own, weigh one way of doing it against another, and say why they chose it. They work safely, \
                     alone and in a team, and explain their results to people of other trades in plain words.";

/// One record with the nodes that it refers to. Every hundredth has a provider that others refer to, before or after it.
fn record(form: &str, at: u64) -> String {
    let (provider, uri) = (at / 100, skill(at));
    match form {
        "elm" => {
            let separator = if at == 0 { "" } else { ",\n" };
            let node = format!(
                r#"{separator}{{"id":"urn:o:{at}","type":"LearningOpportunity","title":{{"en":"Course {at}"}},"description":{{"en":"{WORDS}"}},"providedBy":{{"id":"urn:p:{provider}"}},"learningAchievementSpecification":{{"id":"urn:s:{at}"}}}},
{{"id":"urn:s:{at}","type":"Qualification","title":{{"en":"Course {at}"}},"volumeOfLearning":"PT40H","learningOutcome":[{{"id":"urn:l:{at}","type":"LearningOutcome","title":{{"en":"Outcome {at}"}},"relatedESCOSkill":{{"id":"{uri}"}}}}]}}"#
            );
            if at % 100 == 50 {
                format!(
                    "{node},\n{{\"id\":\"urn:p:{provider}\",\"type\":\"Organisation\",\"legalName\":{{\"en\":\"School {provider}\"}}}}"
                )
            } else {
                node
            }
        }
        "ctdl" => {
            let separator = if at == 0 { "" } else { ",\n" };
            format!(
                r#"{separator}{{"@id":"urn:c:{at}","@type":"ceterms:Course","ceterms:name":{{"en":"Course {at}"}},"ceterms:description":{{"en":"{WORDS}"}},"ceterms:teaches":[{{"@id":"_:k{at}"}}],"ceterms:isPartOf":"urn:whole:{provider}"}},
{{"@id":"_:k{at}","@type":"ceasn:Competency","ceasn:competencyText":{{"en":"{WORDS}"}}}}"#
            )
        }
        "loq" => format!(
            "<learningOpportunity id=\"urn:o:{at}\"><title language=\"en\">Course {at}</title><description language=\"en\">{WORDS}</description>\
             <learningAchievementSpecification idref=\"urn:s:{}\"/></learningOpportunity>\n",
            at % 1_000
        ),
        "elmo" => format!(
            "<report><issuer><country>PL</country><identifier type=\"schac\">school{provider}.pl</identifier><title xml:lang=\"en\">School {provider}</title></issuer>\
             <learningOpportunitySpecification><identifier type=\"local\">{at}</identifier><title xml:lang=\"en\">Course {at}</title>\
             <description xml:lang=\"en\">{WORDS}</description><specifies><learningOpportunityInstance><credit><scheme>ects</scheme><value>5</value></credit>\
             <languageOfInstruction>en</languageOfInstruction></learningOpportunityInstance></specifies></learningOpportunitySpecification></report>\n"
        ),
        _ => format!(
            r#"{{"id":"c{at}","title":{{"en":"Course {at}"}},"description":{{"en":"{WORDS}"}},"hours":40,"provider":"School {provider}","outcomes":[{{"text":{{"en":"Outcome {at}"}},"skills":[{{"uri":"{uri}"}}]}}]}}
"#
        ),
    }
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let form = arguments.next().unwrap_or_else(|| "native".to_owned());
    let bytes = arguments
        .next()
        .and_then(|megabytes| megabytes.parse::<u64>().ok())
        .unwrap_or(1)
        << 20;
    let (before, after) = match form.as_str() {
        "elm" => (
            "{\"@context\":\"http://data.europa.eu/snb/model/context/edc-ap\",\"@graph\":[\n"
                .to_owned(),
            "\n]}\n",
        ),
        "ctdl" => (
            "{\"@context\":\"https://credreg.net/ctdl/schema/context/json\",\"@graph\":[\n"
                .to_owned(),
            "\n]}\n",
        ),
        "loq" => (
            "<?xml version=\"1.0\"?>\n<Courses><learningOpportunityReferences>\n".to_owned(),
            "",
        ),
        "elmo" => ("<?xml version=\"1.0\"?>\n<elmo>\n".to_owned(), "</elmo>\n"),
        _ => (String::new(), ""),
    };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    out.write_all(before.as_bytes())?;
    let (mut written, mut at) = (0, 0);
    while written < bytes {
        let record = record(&form, at);
        out.write_all(record.as_bytes())?;
        (written, at) = (written + record.len() as u64, at + 1);
    }
    if form == "loq" {
        out.write_all(
            b"</learningOpportunityReferences><learningAchievementSpecificationReferences>\n",
        )?;
        for at in 0..1_000 {
            writeln!(
                out,
                "<learningAchievementSpecification id=\"urn:s:{at}\"><title language=\"en\">S {at}</title><volumeOfLearning>PT40H</volumeOfLearning>\
                 <learningOutcome><title language=\"en\">Outcome {at}</title><relatedESCOSkill uri=\"{}\"/></learningOutcome></learningAchievementSpecification>",
                skill(at)
            )?;
        }
        out.write_all(b"</learningAchievementSpecificationReferences></Courses>\n")?;
    }
    out.write_all(after.as_bytes())?;
    out.flush()
}
