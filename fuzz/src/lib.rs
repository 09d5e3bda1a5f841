//! Does any input make a reader panic, hang, take more memory than it should, or read back otherwise than it wrote? What the targets share.
//!
//! The one idea: an input is read as it is, and once more within what makes it one of the target's format, so that it is not refused at the door.

use std::sync::Once;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use skillgap_credentials::credential::Credential;
use skillgap_credentials::verify::Keys;
use skillgap_credentials::{Mapping, cv, files, native, standards, wallet};
use skillgap_esco::package;
use skillgap_esco::report::ReadReport;

pub mod mutate;

/// 2026-11-22.
const TODAY: i64 = 20_779;
/// Longest reason for a refusal, however much of the input it quotes.
const REASON_BYTES_MAX: usize = 2_000;
/// Files of an ESCO package, in the order in which an input holds them, a byte of 0 after each.
const PACKAGE: [&str; 9] = [
    "skills_en.csv",
    "occupations_en.csv",
    "skillGroups_en.csv",
    "ISCOGroups_en.csv",
    "skillsHierarchy_en.csv",
    "broaderRelationsSkillPillar_en.csv",
    "occupationSkillRelations_en.csv",
    "skillSkillRelations_en.csv",
    "greenSkillsCollection_en.csv",
];

/// Reads JSON; `mark` is an object of which the members are laid into the input where they are not there.
pub fn json(bytes: &[u8], mark: &str) {
    read(bytes);
    let (Ok(Value::Object(mut fields)), Ok(Value::Object(mark))) =
        (serde_json::from_slice(bytes), serde_json::from_str(mark))
    else {
        return;
    };
    for (name, value) in mark {
        fields.entry(name).or_insert(value);
    }
    let document = Value::Object(fields);
    // A line is read whole, a document that is broken into lines piece by piece.
    assert_eq!(
        read(document.to_string().as_bytes()),
        read(format!("{document:#}").as_bytes())
    );
}

/// Reads text, then with a beginning and an end around it.
pub fn text(bytes: &[u8], beginning: &str, end: &str) {
    read(bytes);
    read(&[beginning.as_bytes(), bytes, end.as_bytes()].concat());
}

/// Reads a token, then one with the input as its payload, by itself and in a presentation.
pub fn token(bytes: &[u8]) {
    read(bytes);
    let token = format!("eyJhbGciOiJub25lIn0.{}.c2ln", URL_SAFE_NO_PAD.encode(bytes));
    read(token.as_bytes());
    read(
        format!(
            "{{\"verifiableCredential\":[{:?}, {{\"id\":\"data:application/vc+jwt,{token}\"}}]}}",
            token
        )
        .as_bytes(),
    );
}

/// Reads a package of which the input is the zip, then one with the parts of the input as its files.
pub fn package(bytes: &[u8]) {
    alone();
    let entries = PACKAGE.into_iter().zip(bytes.split(|byte| *byte == 0));
    for zip in [bytes.to_vec(), stored(entries)] {
        let mut report = ReadReport::default();
        if let Ok(esco) = package::read_zip_bytes("f.zip", &zip, &mut report) {
            assert!(!esco.skills.is_empty());
        }
        assert!(
            report
                .rejected
                .iter()
                .all(|rejected| rejected.reason.len() <= REASON_BYTES_MAX),
            "{report:?}"
        );
    }
}

/// Reads a spreadsheet whose only sheet has these rows, and one that is the input itself.
pub fn sheet(bytes: &[u8]) {
    read(&[b"PK\x03\x04", bytes].concat());
    let sheet = [&b"<worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>id</t></is></c><c t=\"inlineStr\"><is><t>title</t></is></c></row>"[..], bytes, b"</sheetData></worksheet>"].concat();
    let doc = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |kind: &str, target: &str| format!("<Relationships><Relationship Id=\"r\" Type=\"{doc}/{kind}\" Target=\"{target}\"/></Relationships>");
    let book = format!("<workbook xmlns:r=\"{doc}\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"r\"/></sheets></workbook>");
    let (root, sheets) = (relation("officeDocument", "xl/workbook.xml"), relation("worksheet", "worksheets/sheet1.xml"));
    let files: [(&'static str, &[u8]); 4] = [
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", sheets.as_bytes()),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    read(&stored(files.into_iter()));
}

/// Reads a mapping, and by it what follows: as a table, and as a line of JSON.
pub fn mapping(bytes: &[u8]) {
    alone();
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let text = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let rows = parts.next().unwrap_or_default();
    for text in [text.to_string(), format!("id = \"a\"\ntitle = \"b\"\n{text}")] {
        let Ok(mapping) = Mapping::parse(&text) else {
            continue;
        };
        for input in [rows.to_vec(), [b"a;b;c;d\n", rows].concat()] {
            let mut report = ReadReport::default();
            let read = files::read_one_mapped("f", &input[..], Some(&mapping), TODAY, &mut report, &mut |credential| {
                round_trips(&credential);
                Ok(())
            });
            read.unwrap();
        }
    }
}

/// A zip without compression.
fn stored<'b>(entries: impl Iterator<Item = (&'static str, &'b [u8])>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in entries {
        writer.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut writer, bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Reads an input as a file and as a person's document; gives what the file held, and how much of it was refused.
fn read(bytes: &[u8]) -> (Vec<Credential>, usize) {
    alone();
    let (mut report, mut found) = (ReadReport::default(), Vec::new());
    let taken = files::read_one("f", bytes, TODAY, &mut report, &mut |credential| {
        round_trips(&credential);
        found.push(credential);
        Ok(())
    });
    taken.unwrap();
    let n_read = found.len() as u64;
    let counted: (u64, u64) = report.files.iter().fold((0, 0), |(rows, used), file| {
        (rows + file.rows, used + file.used)
    });
    assert_eq!(counted, (n_read + report.rejected.len() as u64, n_read));
    for rejected in &report.rejected {
        assert!(
            rejected.reason.len() <= REASON_BYTES_MAX,
            "{} bytes: {}",
            rejected.reason.len(),
            rejected.reason
        );
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        wallet::read(text, TODAY, &Keys::default());
        cv::words(text);
    }
    (found, report.rejected.len())
}

/// What was read can be written in both forms, and reads back as it was.
fn round_trips(credential: &Credential) {
    assert!(!credential.id.is_empty() && !credential.title.is_empty());
    assert_eq!(
        native::parse(native::to_line(credential).as_bytes()).as_ref(),
        Ok(credential)
    );
    let mut found = Vec::new();
    standards::read_json(standards::to_elm(credential), &mut |one| {
        found.push(one.record);
        true
    });
    assert_eq!(found.first().map(Result::as_ref), Some(Ok(credential)));
}

/// The readers' threads are this one alone: what covers what stays plain, and targets beside each other do not wait for each other.
fn alone() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread()
            .build_global()
            .unwrap()
    });
}
