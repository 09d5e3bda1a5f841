//! Is a table read as people write it, in whatever encoding, separator and line ending, and is nothing lost or guessed?

use std::io::Write;

use super::mapping::Mapping;
use crate::credential::Credential;
use crate::files;
use skillgap_esco::report::ReadReport;

/// The records of a file with a mapping, if there is one, and what is reported.
fn read_with(bytes: &[u8], mapping: Option<&str>) -> (Vec<Credential>, ReadReport) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mappings: Vec<Mapping> = mapping
        .map(|text| Mapping::parse(text).unwrap())
        .into_iter()
        .collect();
    let mut report = ReadReport::default();
    let read = files::read_mapped(&[file.path().to_owned()], &mappings, &mut report).unwrap();
    (read, report)
}

fn read(text: &str) -> (Vec<Credential>, ReadReport) {
    read_with(text.as_bytes(), None)
}

/// Line and reason of what was rejected, and line, field and reason of what is in doubt.
fn said(report: &ReadReport) -> Vec<String> {
    let rejected = report
        .rejected
        .iter()
        .map(|rejected| format!("{} {}", rejected.line, rejected.reason));
    let doubts = report.doubts.kinds().iter().map(|kind| {
        let line = kind.lines.first().unwrap_or(&0);
        let field = if kind.field.is_empty() {
            String::new()
        } else {
            format!("{}:", kind.field)
        };
        let words = [
            line.to_string(),
            field,
            kind.stated.join(" "),
            kind.reason.clone(),
        ];
        words
            .into_iter()
            .filter(|words| !words.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    });
    rejected.chain(doubts).collect()
}

fn check(text: &str, expected: &[&str]) -> Vec<Credential> {
    let (read, report) = read(text);
    let said = said(&report);
    assert_eq!(said.len(), expected.len(), "{text}: {said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{text}: {said} is not {expected}");
    }
    read
}

#[test]
fn a_row_is_a_credential() {
    let found = check(
        "id;title_de;title_en;outcomes_en;skills;hours;costAmount;costCurrency;country;eqfLevel;mode;format\n\
         a;Schwei\u{df}en;Welding;Welds pipes|Reads plans;http://data.europa.eu/esco/skill/x;7,5;90;EUR;DE|AT;3;online;course\n",
        &[],
    );
    let credential = &found[0];
    let languages: Vec<&str> = credential.title.keys().map(String::as_str).collect();
    assert_eq!(languages, ["de", "en"]);
    assert_eq!(
        (
            credential.outcomes.len(),
            credential.hours(),
            credential.eqf_level
        ),
        (3, Some(7.5), Some(3))
    );
    assert_eq!(
        (
            credential.countries().join(","),
            credential.cost.as_ref().unwrap().amount
        ),
        ("DE,AT".to_owned(), 90.0)
    );
}

#[test]
fn a_value_that_cannot_be_read_costs_itself_and_a_record_only_without_id_or_title() {
    let found = check(
        "\u{feff}id,title,hours,colour\na,x,many,red\nb,y\nc,\"z\nz\",3,\nd,,3,\n,w,3,\n,,,\ne,v,3,blue,,\n",
        &[
            "3 2 cells where the header has 4",
            "6 title: is missing",
            "7 id: is missing",
            "1 column \"colour\" is not known",
            "2 workload.hours: \"many\" is no number",
        ],
    );
    let ids: Vec<&str> = found.iter().map(|read| read.id.as_str()).collect();
    assert_eq!(ids, ["a", "c", "e"]);
}

#[test]
fn lines_are_those_of_an_editor_with_every_line_ending() {
    let text = "id,title,hours~a,x,many~~b,\"y~y\",3,4,5~c,z,q~";
    for ending in ["\n", "\r\n", "\r"] {
        let said = said(&read(&text.replace('~', ending)).1);
        let lines: Vec<&str> = said
            .iter()
            .map(|said| said.split(' ').next().unwrap())
            .collect();
        assert_eq!(lines, ["4", "2"], "{ending:?}: {said:?}");
        let lines = "{\"id\":\"a\",\"title\":\"x\"}~~{\"id\":\"b\"}~{\"id\":\"c\",\"title\":\"x\",\"hours\":\"q\"}~";
        let said = self::said(&read(&lines.replace('~', ending)).1);
        assert!(
            said[0].starts_with("3 ") && said[1].starts_with("4 "),
            "{ending:?}: {said:?}"
        );
    }
    check(
        "sep=;\r\nid;title;hours\r\na;x;many\r\n",
        &["3 workload.hours"],
    );
}

#[test]
fn the_decimal_mark_is_that_of_the_column_and_a_column_that_leaves_it_open_is_in_doubt() {
    let facts = |read: &Credential| (read.cost.as_ref().map(|cost| cost.amount), read.hours());
    let found = check(
        "id;title;costAmount;costCurrency;hours\na;x;1.200;EUR;1.000\nb;y;80,00;EUR;16,5\nc;z;2.500,00;EUR;120\n",
        &[],
    );
    let read: Vec<_> = found.iter().map(facts).collect();
    assert_eq!(
        read,
        [
            (Some(1200.0), Some(1000.0)),
            (Some(80.0), Some(16.5)),
            (Some(2500.0), Some(120.0))
        ]
    );
    let found = check(
        "id;title;costAmount;costCurrency;hours\na;x;1.200;EUR;16,5\n",
        &["2 cost: \"1.200\" may be 1.2 or 1200"],
    );
    assert_eq!(facts(&found[0]), (None, Some(16.5)));
    check(
        "id,title,ects\na,x,5.000\n",
        &["workload.ects: \"5.000\" may be 5 or 5000"],
    );
}

#[test]
fn units_names_dates_and_words_are_read_in_the_languages_of_the_union() {
    let found = check(
        "id;title;cost;hours;eqfLevel;country;languages;startDates;mode;trustSignals.assessed\n\
         a;x;1.200,00 EUR;40 Std.;DQR 3;Deutschland, Österreich und Schweiz;Deutsch B1, Englisch;01.02.2027, 15.3.2027;online;ja\n\
         b;y;kostenlos;;4;Bosnia and Herzegovina;fran\u{e7}ais;31/12/2027;vielleicht;nein\n\
         c;z;ab 80 EUR;6 Wochen;;Atlantis;;03/04/2027;;\n",
        &[
            "2 eqf_level: \"DQR 3\"",
            "3 access.mode: \"vielleicht\"",
            "4 cost: \"ab 80 EUR\"",
            "4 workload.hours: \"6 Wochen\" is time by the calendar",
            "4 access.countries: \"Atlantis\" is no country",
        ],
    );
    let [a, b, c] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(
        (a.cost.as_ref().unwrap().amount, a.hours()),
        (1200.0, Some(40.0))
    );
    assert_eq!((a.nqf_level.as_deref(), a.eqf_level), (Some("DQR 3"), None));
    assert_eq!(a.countries().join(","), "DE,AT,CH");
    let access = a.access.as_ref().unwrap();
    assert_eq!((access.languages.len(), access.languages[0].level), (2, 3));
    assert_eq!(access.start_dates, ["2027-02-01", "2027-03-15"]);
    assert_eq!(b.cost.as_ref().map(|cost| cost.amount), Some(0.0));
    assert_eq!(
        (b.countries().join(","), b.eqf_level),
        ("BA".to_owned(), Some(4))
    );
    assert_eq!(b.languages().collect::<Vec<_>>(), ["fr"]);
    assert_eq!(b.access.as_ref().unwrap().start_dates, ["2027-12-31"]);
    // That of the column is day first.
    assert_eq!(c.access.as_ref().unwrap().start_dates, ["2027-04-03"]);
    assert_eq!(
        (c.cost.as_ref(), c.cost_note.as_deref()),
        (None, Some("ab 80 EUR"))
    );
}

#[test]
fn several_days_stand_in_one_cell_in_whatever_form() {
    let found = check(
        "id;title;startDates\na;x;January 31, 2027|1 March 2027, 2.3.2027\n",
        &[],
    );
    let dates = &found[0].access.as_ref().unwrap().start_dates;
    assert_eq!(dates, &["2027-01-31", "2027-03-01", "2027-03-02"]);
}

#[test]
fn what_stands_in_skills_and_is_no_uri_is_never_a_declared_link() {
    let (one, two) = (
        "28d715e3-3e5b-4fb6-8dd2-4be4919c8587",
        "0cb013af-6dd9-4fb2-b34e-63dda1a5cf82",
    );
    let uri = |id: &str| format!("http://data.europa.eu/esco/skill/{id}");
    let links = |read: &Credential| -> Vec<String> {
        let links = read.outcomes.iter().flat_map(|outcome| &outcome.skills);
        links.map(|link| link.uri.clone()).collect()
    };
    let (a, b) = (uri(one), uri(two));
    for cell in [
        format!("{a}, {b}"),
        format!("{a}|{b}"),
        format!("{a};{b}"),
        format!("{a} {b}"),
        format!("{a}\n{b}"),
        format!("{one}, {two}"),
        format!("<{a}> und <{b}>"),
        format!("{}, esco/skill/{two}", a.replace("http:", "https:")),
    ] {
        let found = check(&format!("id,title,skills\ns,x,\"{cell}\"\n"), &[]);
        assert_eq!(links(&found[0]), [a.clone(), b.clone()], "{cell}");
    }
    let found = check(
        "id;title;skills\ns;x;customer service, sales\n",
        &["2 outcomes[0].skills: \"customer service\" \"sales\""],
    );
    let texts: Vec<&str> = found[0]
        .outcomes
        .iter()
        .map(|outcome| outcome.text["und"].as_str())
        .collect();
    assert_eq!(
        (links(&found[0]), texts),
        (vec![], vec!["customer service", "sales"])
    );
    check(
        "id;title;skillsRequired\ns;x;customer service\n",
        &["entry.skill_uris: \"customer service\""],
    );
}

#[test]
fn a_column_that_stands_twice_is_not_read_and_without_one_id_no_row_is() {
    let found = check(
        "id,title, hours ,\"hours\",ects\na,x,3,5,2\n",
        &["column \"hours\" stands in the header twice, as columns 3 and 4"],
    );
    assert_eq!((found[0].hours(), found[0].ects()), (None, Some(2.0)));
    let found = check(
        "id;title;id;hours\na;x;b;3\n",
        &["1 column \"id\" stands in the header twice, as columns 1 and 3; no row is read"],
    );
    assert!(found.is_empty());
    check("id,title_de,title_en\na,x,y\n", &[]);
    // What is not read may stand there as often as it likes.
    assert_eq!(check("id,title,,\na,x,,\n", &[]).len(), 1);
}

#[test]
fn a_text_without_a_language_is_read_beside_others_in_whatever_order_the_columns_stand() {
    let titles = |text: &str| -> String {
        let (read, _) = read(text);
        let titles = read[0]
            .title
            .iter()
            .map(|(language, text)| format!("{language} {text}"));
        titles.collect::<Vec<_>>().join(", ")
    };
    for (text, expected) in [
        ("id,title,title_de,languages\na,Y,X,en\n", "de X, und Y"),
        ("title_de,title,id,languages\nX,Y,a,en\n", "de X, und Y"),
        ("languages,title,title_de,id\nen,Y,,a\n", "en Y"),
        ("languages,title,title_de,id\n,Y,,a\n", "und Y"),
    ] {
        assert_eq!(titles(text), expected, "{text}");
    }
}

#[test]
fn encodings_and_separators_are_told_apart() {
    let text = "id;title;outcomes\na;Schwei\u{df}en f\u{fc}r Anf\u{e4}nger;Stumpfn\u{e4}hte schwei\u{df}en\n";
    let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let utf16 = |bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{text}")
            .encode_utf16()
            .flat_map(bytes)
            .collect()
    };
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        latin,
        utf16(u16::to_le_bytes, "\u{feff}"),
        utf16(u16::to_be_bytes, "\u{feff}"),
        utf16(u16::to_le_bytes, ""),
        text.replace(';', "\t").into_bytes(),
        text.replace(';', ",").into_bytes(),
        text.replace(';', "|").into_bytes(),
        format!("sep=;\n{text}").into_bytes(),
    ] {
        let (read, report) = read_with(&bytes, None);
        assert_eq!(read.len(), 1, "{bytes:?}: {:?}", report.rejected);
        assert_eq!(
            read[0].title["und"],
            "Schwei\u{df}en f\u{fc}r Anf\u{e4}nger"
        );
    }
    // Of what is UTF-8 but for some bytes, only the values with these are lost.
    let mixed = [text.as_bytes(), b"b;T\xc3\xbcr;\xff\nc;\xff;o\n"].concat();
    let (read, report) = read_with(&mixed, None);
    assert_eq!((read.len(), read[1].title["und"].as_str()), (2, "T\u{fc}r"));
    assert!(
        said(&report)
            .iter()
            .any(|said| said.starts_with("4 title: is missing")),
        "{:?}",
        said(&report)
    );
}

const MAPPING: &str = r#"
id = { column = "Nr", prefix = "vhs:" }
title = "Titel"
hours = { columns = ["teaching_min", "exercise_min"], sum = true, times = 0.016666667 }
country = { value = "DE" }
costCurrency = { value = "EUR" }
cost = "Preis"
outcomes = { column = "Lernziele", split = ";" }
mode = { column = "Form", values = { "Präsenz" = "onsite" } }
access.places.locality = "Ort"
nqfLevel = { column = "Niveau", prefix = "DQR ", empty = ["k.A."] }
"#;

#[test]
fn a_mapping_gives_columns_of_ones_own_in_csv_json_and_json_lines() {
    let csv = "Nr;Titel;teaching_min;exercise_min;Preis;Lernziele;Form;Ort;Niveau\n1;Schweißen;90;30;80;Nähte; \"x\";Präsenz;Ulm;3\n";
    let csv = csv.replace("Nähte; \"x\"", "\"Nähte;Pläne\"");
    let json = r#"{"Nr":1,"Titel":"Schweißen","teaching_min":90,"exercise_min":30,"Preis":"80","Lernziele":["Nähte","Pläne"],"Form":"präsenz","Ort":"Ulm","Niveau":3}"#;
    let (of_list, of_root) = (
        MAPPING.to_owned(),
        format!("{MAPPING}\n[file]\nrecords = \"kurse.alle\"\n"),
    );
    for (text, mapping) in [
        (csv, &of_list),
        (format!("{json}\n"), &of_list),
        (format!("[{json}]"), &of_list),
        (format!("{{\n\"kurse\":{{\"alle\":[{json}]}}}}"), &of_root),
    ] {
        let (read, report) = read_with(text.as_bytes(), Some(mapping));
        assert_eq!((read.len(), said(&report)), (1, vec![]), "{text}");
        let read = &read[0];
        assert_eq!(
            (read.id.as_str(), read.title["und"].as_str()),
            ("vhs:1", "Schweißen")
        );
        assert_eq!(
            (read.hours(), read.countries().join("")),
            (Some(2.0), "DE".to_owned())
        );
        assert_eq!(
            (read.outcomes.len(), read.cost.as_ref().unwrap().amount),
            (2, 80.0)
        );
        let access = read.access.as_ref().unwrap();
        assert_eq!(
            (access.mode, access.places[0].locality.as_deref()),
            (1, Some("Ulm"))
        );
        assert_eq!(read.nqf_level.as_deref(), Some("DQR 3"));
    }
    let (_, report) = read_with(b"Nummer;Titel\n1;x\n", Some(MAPPING));
    assert!(said(&report)[0].contains("none of"), "{:?}", said(&report));
}

#[test]
fn a_row_without_end_is_told_and_not_held() {
    let text = "id,title\na,t\nb,\"x\n".to_owned() + &"y\n".repeat(3 << 20);
    let (found, report) = read(&text);
    assert_eq!((found.len(), report.rejected.len()), (1, 1));
    assert!(
        report.rejected[0].reason.contains("longer than"),
        "{:?}",
        report.rejected
    );
}

/// A zip of files.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A spreadsheet of one sheet with this XML of rows.
fn spreadsheet(rows: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let doc = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{doc}\"><sheets><sheet name=\"Kurse\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{doc}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let styles = format!(
        "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{doc}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    zip_of(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn row(number: usize, cells: &[&str]) -> String {
    let cells = cells
        .iter()
        .zip('A'..)
        .map(|(cell, column)| match cell.strip_prefix('=') {
            Some(number_of) => format!("<c r=\"{column}{number}\"><v>{number_of}</v></c>"),
            None => match cell.strip_prefix('@') {
                Some(day) => format!("<c r=\"{column}{number}\" s=\"1\"><v>{day}</v></c>"),
                None => {
                    format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>")
                }
            },
        });
    format!("<row r=\"{number}\">{}</row>", cells.collect::<String>())
}

#[test]
fn a_spreadsheet_is_a_table_whose_numbers_and_days_are_known() {
    let rows = [
        row(1, &["Kursprogramm 2027"]),
        row(3, &["id", "title", "hours", "cost", "startDates"]),
        row(4, &["a", "Schweißen", "=1200", "1.200,00 EUR", "@46419"]),
        row(6, &["b", "Löten", "=7.5", "80,00 EUR", "02.02.2027"]),
        row(7, &["c", "", "=1"]),
        row(8, &["d", "Drehen", "viele"]),
    ];
    let (read, report) = read_with(&spreadsheet(&rows.concat()), None);
    let said = said(&report);
    assert!(
        said[0].starts_with("7 title: is missing") && said[1].starts_with("8 workload.hours"),
        "{said:?}"
    );
    let facts = |read: &Credential| (read.hours(), read.cost.as_ref().map(|cost| cost.amount));
    assert_eq!(facts(&read[0]), (Some(1200.0), Some(1200.0)));
    assert_eq!(facts(&read[1]), (Some(7.5), Some(80.0)));
    assert_eq!(read[0].access.as_ref().unwrap().start_dates, ["2027-02-01"]);
    assert_eq!(read.len(), 3);
}

#[test]
fn a_spreadsheet_that_unfolds_without_end_or_is_none_is_refused() {
    let zeros = vec![b' '; 129 << 20];
    let bomb = zip_of(&[("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    for (bytes, reason) in [
        (bomb, "unfolds to more than"),
        (zip_of(&[("a.txt", b"x")]), "is no spreadsheet"),
        (b"PK\x03\x04junk".to_vec(), "is no spreadsheet"),
        (
            spreadsheet(&row(1, &["Name", "Ort", "Land"])),
            "no column is the id",
        ),
        // One cell at the far end is not a table of that size.
        (
            spreadsheet("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"),
            "is empty",
        ),
    ] {
        let (read, report) = read_with(&bytes, None);
        assert!(read.is_empty());
        assert!(
            report.rejected[0].reason.contains(reason),
            "{:?} is not {reason}",
            report.rejected
        );
    }
}

#[test]
fn a_first_mapping_names_what_columns_speak_for_and_can_be_read() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(
        "Kursnr;Kurstitel;Stunden;Geb\u{fc}hr;Raum\n1;Schwei\u{df}en;40;80;7\n".as_bytes(),
    )
    .unwrap();
    let text = super::suggest(file.path()).unwrap();
    for line in [
        "id = \"Kursnr\"",
        "title = \"Kurstitel\"",
        "hours = \"Stunden\"",
        "cost = \"Geb\u{fc}hr\"",
        "# … = \"Raum\"",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(Mapping::parse(&text).is_ok());
}

/// A file of the shared folder beside the workspace; nothing where it is absent.
fn shared(path: &str) -> Option<std::path::PathBuf> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(path);
    if !path.exists() {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn cases_of_tables_from_the_field_are_right() {
    let read_case = |path: &str| Some(read_with(&std::fs::read(shared(path)?).unwrap(), None));
    if let Some((read, report)) = read_case("cases/csv-thousands-separator/kurse.csv") {
        let facts: Vec<_> = read
            .iter()
            .map(|read| {
                (
                    read.id.as_str(),
                    read.cost.as_ref().map(|cost| cost.amount),
                    read.hours(),
                )
            })
            .collect();
        assert_eq!(
            facts,
            [
                ("mag", Some(1200.0), Some(1000.0)),
                ("kasse", Some(80.0), Some(16.5)),
                ("kombi", Some(2500.0), Some(120.0))
            ]
        );
        assert_eq!(said(&report), [""; 0]);
    }
    for name in ["crlf", "lf"] {
        if let Some((read, report)) = read_case(&format!("cases/csv-crlf-line-numbers/{name}.csv"))
        {
            let said = said(&report);
            assert!(
                said[0].starts_with("3 5 cells") && said[1].starts_with("2 workload.hours: \"q\""),
                "{said:?}"
            );
            assert_eq!((read.len(), read[0].hours()), (1, None));
        }
    }
    for name in ["courses.csv", "courses.jsonl"] {
        if let Some((read, _)) = read_case(&format!("cases/csv-skills-that-are-no-uris/{name}")) {
            let links: Vec<usize> = read
                .iter()
                .map(|read| {
                    read.outcomes
                        .iter()
                        .map(|outcome| outcome.skills.len())
                        .sum()
                })
                .collect();
            let all = read
                .iter()
                .flat_map(|read| &read.outcomes)
                .flat_map(|outcome| &outcome.skills);
            assert!(
                all.into_iter()
                    .all(|link| link.uri.starts_with("http://data.europa.eu/esco/skill/"))
            );
            let expected: &[usize] = if name.ends_with("csv") {
                &[0, 2, 1]
            } else {
                &[0, 1]
            };
            assert_eq!(
                (links.as_slice(), read[0].doubts.len()),
                (expected, 1),
                "{name}"
            );
        }
    }
}

#[test]
fn damaged_spreadsheets_and_mappings_are_refused_without_a_panic() {
    let whole = spreadsheet(&(row(1, &["id", "title", "hours"]) + &row(2, &["a", "x", "=5"])));
    // What a zip has packed is checked by its sum; its directory and the XML itself are not.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            bytes[at] = next(256) as u8;
        }
        bytes.truncate(whole.len() - if next(4) == 0 { next(whole.len()) } else { 0 });
        read_with(&bytes, None);
    }
    let cells = [
        "<c r=\"A1\" t=\"s\"><v>999</v></c>",
        "<c r=\"A99999999999\"><v>1</v></c>",
        "<c t=\"inlineStr\"><is><t>id</t></is></c>",
        "<c r=\"\"/>",
        "<c r=\"A1\" s=\"77\"><v>1e999</v></c>",
        "<c r=\"A1\" s=\"1\"><v>-1e18</v></c>",
        "<c r=\"A1\" t=\"e\"><v>#N/A</v></c>",
    ];
    for cell in cells {
        read_with(
            &spreadsheet(&format!(
                "{}<row r=\"2\">{cell}</row>",
                row(1, &["id", "title"])
            )),
            None,
        );
        read_with(&spreadsheet(&format!("<row r=\"1\">{cell}</row>")), None);
    }
    let text: Vec<char> = MAPPING.chars().collect();
    for _ in 0..2_000 {
        let mut mapping = text.clone();
        for _ in 0..=next(3) {
            let (at, from) = (next(mapping.len()), next(mapping.len()));
            mapping[at] = mapping[from];
        }
        let mapping: String = mapping.into_iter().collect();
        if Mapping::parse(&mapping).is_ok() {
            read_with("Nr;Titel;Preis\n1;x;1.200\n".as_bytes(), Some(&mapping));
        }
    }
}
