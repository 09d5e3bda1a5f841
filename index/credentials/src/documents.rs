//! Which records stand in a file that is one document: JSON with a list of nodes or of awards, LOQ, ELMO? Read piece by piece, so that a file of any size needs
//! little memory; only a document without such lists is read whole.

use std::io::{self, Read};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::baked::{PICTURE_BYTES_MAX, baked};
use super::cut::{GRAPH, PRESENTED, cut};
use super::found::{Fault, Found, Sink};
use super::graph::{Form, Graph};
use super::markup::{Markup, Tag};
use super::native;
use super::pieces::{Load, Open, PIECE_BYTES_MAX, Piece, Place, Places, in_memory, read_at};
use super::standards::marks::{drop_null_marks, is_envelope};
use super::standards::{self, elmo, xml};

/// Longest document that has no list to be cut by.
pub const DOCUMENT_BYTES_MAX: u64 = 64 << 20;

/// The records of elements of a list, many at a time; `path` gives that of the element with a number.
pub(super) fn read_list(
    pieces: &[Piece],
    path: impl Fn(usize) -> String + Sync,
    read: impl Fn(&[u8], Sink<'_>) -> Result<(), Fault> + Sync,
) -> impl Iterator<Item = Found> {
    let of_piece = |piece: &Piece| read_piece(piece, &path(piece.at), &read);
    let found: Vec<Vec<Found>> = pieces.par_iter().map(of_piece).collect();
    found.into_iter().flatten()
}

/// The records of a piece, with their lines in the file and their paths from `path` on.
fn read_piece(
    piece: &Piece,
    path: &str,
    read: impl Fn(&[u8], Sink<'_>) -> Result<(), Fault>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut keep = |one: Found| {
        found.push(Found {
            line: piece.line + one.line.saturating_sub(1),
            path: one.path.replacen('$', path, 1),
            ..one
        });
        true
    };
    let read = match &piece.bytes {
        Ok(bytes) => read(bytes, &mut keep),
        Err(reason) => Err(Fault {
            line: 1,
            reason: reason.clone(),
        }),
    };
    if let Err(fault) = read {
        keep(Found::refused("$", fault.line, fault.reason));
    }
    found
}

/// Hands each record of JSON that is in memory to `sink`. A native record is read from its text, as on one line, so that white space decides nothing.
///
/// # Errors
/// That it is no JSON.
pub(super) fn read_bytes(bytes: &[u8], sink: Sink<'_>) -> Result<(), Fault> {
    match native::parse_plain(bytes) {
        Some(record) => drop(sink(Found::offered("$".to_owned(), 0, Ok(record)))),
        None => read_parsed(serde_json::from_slice(bytes)?, bytes, sink),
    }
    Ok(())
}

/// Hands each record of a JSON document that is in memory, and parsed already, to `sink`. Where a list stands in it twice, parsing kept one of them only,
/// and it is read as a file is.
pub(super) fn read_parsed(document: Value, bytes: &[u8], sink: Sink<'_>) {
    let stands_twice = |name: &&str| {
        let places = bytes.windows(name.len());
        document.get(*name).is_some()
            && places
                .filter(|part| *part == name.as_bytes())
                .nth(1)
                .is_some()
    };
    if [GRAPH, PRESENTED].iter().any(stands_twice) {
        // What is in memory never fails to be read.
        drop(read_json(&in_memory(bytes), sink));
    } else {
        read_one(document, bytes, sink);
    }
}

/// As [`read_parsed`], of a document whose lists stand in it once. Parsing kept the last of several members with one name; of a native record the text is asked.
fn read_one(document: Value, bytes: &[u8], sink: Sink<'_>) {
    if !standards::is_native(&document) {
        return standards::read_json(document, sink);
    }
    sink(match native::parse_piece(bytes) {
        Ok(credential) => Found::offered("$".to_owned(), 0, Ok(credential)),
        Err(fault) => Found::refused("$", fault.line, fault.reason),
    });
}

/// Hands each record of a JSON document to `sink`.
pub(super) fn read_json(open: Open<'_>, sink: Sink<'_>) -> io::Result<()> {
    let (mut graph, mut n_presented) = (Graph::new(Form::Json), 0);
    let cut = cut(open()?, DOCUMENT_BYTES_MAX as usize, &mut |list, pieces| {
        match list {
            Some(GRAPH) => graph.add(&pieces),
            _ => n_presented += pieces.len(),
        }
        true
    })?;
    let head = cut
        .head
        .and_then(|head| serde_json::from_slice::<Value>(&head).ok());
    let Some(mut head) = head else {
        return whole(open, sink);
    };
    drop_null_marks(&mut head);
    let has = |name: &str| head.get(name).is_some();
    let is_presentation = n_presented > 0 || head.get(PRESENTED).is_some_and(Value::is_array);
    let is_more_than_a_graph = has("credential") || has(PRESENTED) || is_envelope(&head);
    if has("credentialSubject") {
        return whole(open, sink);
    } else if is_presentation {
        presented(open, sink)?;
    } else if !is_more_than_a_graph && !graph.is_empty() {
        graph.read(head, open, sink)?;
    } else {
        return whole(open, sink);
    }
    if cut.is_mixed {
        let reason = "holds a list, and under the same name something that is none and is not read";
        sink(Found::refused("$", 0, reason));
    }
    if let Some((line, reason)) = cut.broken {
        sink(Found::refused("$", line, reason));
    }
    Ok(())
}

/// The awards of a presentation, each by itself.
fn presented(open: Open<'_>, sink: Sink<'_>) -> io::Result<()> {
    cut(open()?, 0, &mut |list, pieces| {
        let path = |at| format!("$.{PRESENTED}[{at}]");
        let read = |bytes: &[u8], sink: Sink<'_>| {
            standards::read_presented(serde_json::from_slice(bytes)?, sink);
            Ok(())
        };
        list == Some(GRAPH) || read_list(&pieces, path, read).all(&mut *sink)
    })?;
    Ok(())
}

/// Reads a document of at most [`DOCUMENT_BYTES_MAX`] whole.
fn whole(open: Open<'_>, sink: Sink<'_>) -> io::Result<()> {
    let mut bytes = Vec::new();
    open()?
        .take(DOCUMENT_BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
        let reason = format!(
            "is one document of more than {DOCUMENT_BYTES_MAX} bytes without a list @graph; give its records as lines or as an array"
        );
        sink(Found::refused("$", 0, reason));
        return Ok(());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if let Some(record) = native::parse_plain(bytes) {
        sink(Found::offered("$".to_owned(), 0, Ok(record)));
        return Ok(());
    }
    match serde_json::from_slice(bytes) {
        Ok(document) => read_one(document, bytes, sink),
        Err(error) => {
            let reason = format!("is no JSON: {error}");
            sink(Found::refused("$", error.line() as u64, reason));
        }
    }
    Ok(())
}

/// Hands each record of the badge that a picture carries to `sink`.
pub(super) fn read_picture(picture: &[u8], sink: Sink<'_>) {
    match baked(picture) {
        Ok(badge) => standards::read_token(badge.as_bytes(), sink),
        Err(reason) => drop(sink(Found::refused("$", 0, reason))),
    }
}

/// Hands each record of an XML document to `sink`.
pub(super) fn read_xml(open: Open<'_>, sink: Sink<'_>) -> io::Result<()> {
    let mut markup = Markup::new(open()?)?;
    match markup.next()? {
        Tag::Open(root) if root == "Courses" => loq(open, &mut markup, sink)?,
        Tag::Open(root) if root == "elmo" => transcripts(open, &mut markup, sink)?,
        Tag::Open(root) if root == "svg" => {
            let mut picture = Vec::new();
            open()?
                .take(PICTURE_BYTES_MAX as u64 + 1)
                .read_to_end(&mut picture)?;
            read_picture(&picture, sink);
            return Ok(());
        }
        Tag::Open(root) if root.ends_with("-response") => response(open, &mut markup, &root, sink)?,
        Tag::Open(root) => {
            let root: String = root.chars().take(40).collect();
            sink(Found::refused("/", 0, neither(&root)));
        }
        Tag::Close | Tag::End if markup.broken().is_some() => {}
        Tag::Close | Tag::End => {
            sink(Found::refused("/", 0, "holds no element"));
        }
    }
    if let Some((byte, reason)) = markup.broken() {
        let line = Places::new(open()?).line_of(byte)?;
        sink(Found::refused("/", line, format!("{reason} (byte {byte})")));
    }
    Ok(())
}

/// The transcripts within the response of a network (EWP, Erasmus Without Paper), however deep they stand in it.
fn response(open: Open<'_>, markup: &mut Markup, root: &str, sink: Sink<'_>) -> io::Result<()> {
    let (mut depth, mut n_transcripts) = (1, 0);
    while depth > 0 {
        match markup.next()? {
            Tag::Open(name) if name == "elmo" => {
                n_transcripts += 1;
                transcripts(open, markup, sink)?;
            }
            Tag::Open(_) => depth += 1,
            Tag::Close => depth -= 1,
            Tag::End => return Ok(()),
        }
    }
    if n_transcripts == 0 {
        sink(Found::refused("/", 0, neither(root)));
    }
    Ok(())
}

fn neither(root: &str) -> String {
    format!("is neither LOQ (Courses) nor ELMO (elmo), but {root:?}")
}

/// The sections of LOQ are one graph of nodes with classes.
fn loq(open: Open<'_>, markup: &mut Markup, sink: Sink<'_>) -> io::Result<()> {
    let (mut graph, mut places, mut n_sections) = (Graph::new(Form::Loq), Places::new(open()?), 0);
    let (mut pieces, mut load) = (Vec::new(), Load::default());
    while let Tag::Open(section) = markup.next()? {
        if !section.ends_with("References") {
            markup.rest()?;
            continue;
        }
        n_sections += 1;
        while let Tag::Open(_) = markup.next()? {
            let Some(place) = markup.rest()? else { break };
            pieces.push(places.read(0, place)?);
            if load.add(place.len.into()) {
                graph.add(&std::mem::take(&mut pieces));
                load = Load::default();
            }
        }
    }
    graph.add(&pieces);
    if n_sections == 0 && markup.broken().is_none() {
        sink(Found::refused("/", 0, neither("Courses")));
    }
    graph.read(Value::Object(Map::new()), open, sink)
}

/// One course of a transcript, to be read with what the transcript says of all.
struct Course {
    transcript: Arc<Value>,
    path: String,
    piece: Piece,
}

/// The reports of an ELMO file: the courses of each, with its issuer and its schemes of grading, wherever in the report these stand.
fn transcripts(open: Open<'_>, markup: &mut Markup, sink: Sink<'_>) -> io::Result<()> {
    let (mut source, mut places) = (open()?, Places::new(open()?));
    let (mut courses, mut load, mut n_reports) = (Vec::new(), Load::default(), 0);
    while let Tag::Open(name) = markup.next()? {
        if name != "report" {
            markup.rest()?;
            continue;
        }
        n_reports += 1;
        let path = format!("/elmo/report[{n_reports}]");
        let (about, of_report) = children(markup)?;
        if about.iter().map(|place| u64::from(place.len)).sum::<u64>() > PIECE_BYTES_MAX {
            let reason = format!("has more than {PIECE_BYTES_MAX} bytes beside its courses");
            sink(Found::refused(&path, 0, reason));
            continue;
        }
        let mut fields = Map::new();
        for place in about {
            load.add(place.len.into());
            match xml::read(&read_at(source.as_mut(), place)?) {
                Ok((name, value)) => xml::put(&mut fields, name, value),
                Err(fault) => {
                    let reason = format!("{} (byte {})", fault.reason, place.start);
                    sink(Found::refused(&path, 0, reason));
                }
            }
        }
        if !fields.contains_key("issuer") {
            sink(Found::refused(&format!("{path}/issuer"), 0, "is missing"));
            continue;
        }
        let transcript = Arc::new(Value::Object(fields));
        for (at, place) in of_report.into_iter().enumerate() {
            let path = format!("{path}/{}[{}]", elmo::COURSE, at + 1);
            courses.push(Course {
                transcript: Arc::clone(&transcript),
                path,
                piece: places.read(at, place)?,
            });
            if load.add(place.len.into()) {
                load = Load::default();
                if !hand_courses(std::mem::take(&mut courses), sink) {
                    return Ok(());
                }
            }
        }
    }
    hand_courses(courses, sink);
    Ok(())
}

/// The places of what a report says of all its courses, and of its courses. The learner is not read.
fn children(markup: &mut Markup) -> io::Result<(Vec<Place>, Vec<Place>)> {
    let (mut about, mut courses) = (Vec::new(), Vec::new());
    while let Tag::Open(name) = markup.next()? {
        let Some(place) = markup.rest()? else { break };
        if name == elmo::COURSE {
            courses.push(place);
        } else if elmo::ABOUT_ALL.contains(&name.as_str()) {
            about.push(place);
        }
    }
    Ok((about, courses))
}

fn hand_courses(courses: Vec<Course>, sink: Sink<'_>) -> bool {
    let of_course = |course: Course| {
        let Course {
            transcript,
            path,
            piece,
        } = course;
        read_piece(&piece, &path, |bytes, sink| {
            let (_, node) = xml::read(bytes)?;
            elmo::read(&transcript, &node, piece.at, &mut |path, record| {
                sink(Found::offered(path, 0, record))
            });
            Ok(())
        })
    };
    let found: Vec<Vec<Found>> = courses.into_par_iter().map(of_course).collect();
    found.into_iter().flatten().all(sink)
}
