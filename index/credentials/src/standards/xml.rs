//! How does XML become the same kind of value as JSON-LD? Elements are fields, attributes are their ids and languages; no entity is ever fetched or expanded.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use serde_json::{Map, Value};

use super::super::found::Fault;
use super::super::pieces::line_feeds;
use super::value::is_dropped;

/// Deepest nesting of elements.
const DEPTH_MAX: usize = 64;

/// An element that is open.
#[derive(Default)]
struct Open {
    name: String,
    fields: Map<String, Value>,
    text: String,
}

/// Reads a document: the local name of its root, and the root as a value.
///
/// `uri`, `idref` and `id` become `id`; `language` and `xml:lang` become `@language`; other attributes keep their name after an `@`. The element
/// `type` becomes `dcType`, since `type` is the class of a node. An element with nothing but text is a string.
///
/// # Errors
/// What is wrong, with its line.
pub fn read(bytes: &[u8]) -> Result<(String, Value), Fault> {
    let fault = |byte: u64, reason: String| Fault {
        line: line_of(bytes, byte),
        reason,
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|error| fault(error.valid_up_to() as u64, "is not UTF-8".to_owned()))?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event();
        let here = |reader: &Reader<&[u8]>, reason: String| fault(reader.buffer_position(), reason);
        let event = event.map_err(|error| fault(reader.error_position(), error.to_string()))?;
        match event {
            Event::Start(_) if open.len() >= DEPTH_MAX => {
                return Err(here(&reader, format!("is nested deeper than {DEPTH_MAX}")));
            }
            Event::Start(start) => {
                open.push(opened(&start).map_err(|reason| here(&reader, reason))?)
            }
            Event::Empty(start) => {
                let element = opened(&start).map_err(|reason| here(&reader, reason))?;
                close(element, &mut open, &mut root);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut root);
                }
            }
            Event::Text(text) => add_text(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => add_text(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) => {
                let name = reference.xml_content(XmlVersion::Implicit1_0);
                let named = resolve_predefined_entity(&name).map(str::to_owned);
                let known = match reference.resolve_char_ref() {
                    Ok(character) => character.map(String::from).or(named),
                    Err(_) => None,
                };
                let reason = "names an entity that is not one of XML's own";
                let text = known.ok_or_else(|| here(&reader, reason.to_owned()))?;
                add_text(&mut open, &text);
            }
            Event::Eof if open.is_empty() => {
                return root.ok_or_else(|| here(&reader, "holds no element".to_owned()));
            }
            Event::Eof => return Err(here(&reader, "ends before its elements do".to_owned())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn line_of(bytes: &[u8], byte: u64) -> u64 {
    line_feeds(&bytes[..bytes.len().min(usize::try_from(byte).unwrap_or(usize::MAX))]) + 1
}

fn add_text(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn opened(start: &BytesStart<'_>) -> Result<Open, String> {
    let name = start.local_name();
    let mut element = Open {
        name: if name.as_ref() == "type" {
            "dcType".to_owned()
        } else {
            name.as_ref().to_owned()
        },
        ..Open::default()
    };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let qualified = attribute.key.as_ref();
        if qualified.starts_with("xmlns") {
            continue;
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?
            .into_owned();
        let name = match attribute.key.local_name().as_ref() {
            "uri" | "idref" | "id" => "id".to_owned(),
            "language" | "lang" => "@language".to_owned(),
            other => format!("@{other}"),
        };
        element.fields.insert(name, Value::String(value));
    }
    Ok(element)
}

/// Ends an element: it becomes a value of its parent, or the root.
fn close(element: Open, open: &mut [Open], root: &mut Option<(String, Value)>) {
    let Open {
        name,
        mut fields,
        text,
    } = element;
    let text = text.trim();
    let value = if fields.is_empty() {
        Value::String(text.to_owned())
    } else {
        if !text.is_empty() {
            let only_tagged = fields.len() == 1 && fields.contains_key("@language");
            fields.insert(
                if only_tagged { "@value" } else { "#text" }.to_owned(),
                Value::String(text.to_owned()),
            );
        }
        Value::Object(fields)
    };
    match open.last_mut() {
        Some(_) if is_dropped(&name) => {}
        Some(parent) => put(&mut parent.fields, name, value),
        None => *root = Some((name, value)),
    }
}

/// Adds the value of an element to its parent's; several of one name become an array.
pub fn put(fields: &mut Map<String, Value>, name: String, value: Value) {
    match fields.get_mut(&name) {
        Some(Value::Array(items)) => items.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
        None => drop(fields.insert(name, value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_become_fields() {
        let text = "<?xml version=\"1.0\"?><a:r xmlns:a=\"x\"><t language=\"en\">one &lt;b<![CDATA[>]]></t><t xml:lang=\"de\">zwei</t>\
                    <dc:type uri=\"http://x/1\"/><of idref=\"http://y\"/><n>  5 </n><logo><content>abc</content></logo></a:r>";
        let expected = json!({
            "t": [{"@language": "en", "@value": "one <b>"}, {"@language": "de", "@value": "zwei"}],
            "dcType": {"id": "http://x/1"}, "of": {"id": "http://y"}, "n": "5"
        });
        assert_eq!(read(text.as_bytes()).unwrap(), ("r".to_owned(), expected));
    }

    #[test]
    fn what_is_broken_is_refused_with_its_line() {
        let deep = "<a>".repeat(100);
        for (text, line, reason) in [
            ("<a>\n<b></a>", 2, "expected"),
            ("<a>\n\n<b>", 3, "ends before"),
            ("", 1, "holds no element"),
            (
                "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                1,
                "names an entity",
            ),
            (deep.as_str(), 1, "nested deeper than 64"),
        ] {
            let fault = read(text.as_bytes()).unwrap_err();
            assert!(
                fault.line == line && fault.reason.contains(reason),
                "{text}: {fault:?}"
            );
        }
    }
}
