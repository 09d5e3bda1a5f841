//! How does XML become the same kind of value as JSON-LD? Elements are fields, attributes are their ids and languages; no entity is ever fetched or expanded.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use serde_json::{Map, Value};

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
pub fn read(text: &str) -> Result<(String, Value), String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event();
        let line = |reader: &Reader<&[u8]>| line_of(text, reader.buffer_position());
        let event = event.map_err(|error| format!("line {}: {error}", line_of(text, reader.error_position())))?;
        match event {
            Event::Start(_) if open.len() >= DEPTH_MAX => return Err(format!("line {}: is nested deeper than {DEPTH_MAX}", line(&reader))),
            Event::Start(start) => open.push(opened(&start).map_err(|reason| format!("line {}: {reason}", line(&reader)))?),
            Event::Empty(start) => {
                let element = opened(&start).map_err(|reason| format!("line {}: {reason}", line(&reader)))?;
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
                let known = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => predefined(&reference.xml_content(XmlVersion::Implicit1_0)),
                    Err(_) => None,
                };
                let character = known.ok_or_else(|| format!("line {}: names an entity that is not one of XML's own", line(&reader)))?;
                add_text(&mut open, character.encode_utf8(&mut [0; 4]));
            }
            Event::Eof if open.is_empty() => return root.ok_or_else(|| "holds no element".to_owned()),
            Event::Eof => return Err(format!("line {}: ends before its elements do", line(&reader))),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn line_of(text: &str, byte: u64) -> usize {
    text.as_bytes().iter().take(usize::try_from(byte).unwrap_or(usize::MAX)).filter(|byte| **byte == b'\n').count() + 1
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

fn add_text(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn opened(start: &BytesStart<'_>) -> Result<Open, String> {
    let name = start.local_name();
    let mut element =
        Open { name: if name.as_ref() == "type" { "dcType".to_owned() } else { name.as_ref().to_owned() }, ..Open::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let qualified = attribute.key.as_ref();
        if qualified.starts_with("xmlns") {
            continue;
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?.into_owned();
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
    let Open { name, mut fields, text } = element;
    let text = text.trim();
    let value = if fields.is_empty() {
        Value::String(text.to_owned())
    } else {
        if !text.is_empty() {
            let only_tagged = fields.len() == 1 && fields.contains_key("@language");
            fields.insert(if only_tagged { "@value" } else { "#text" }.to_owned(), Value::String(text.to_owned()));
        }
        Value::Object(fields)
    };
    match open.last_mut() {
        Some(_) if is_dropped(&name) => {}
        Some(parent) => match parent.fields.get_mut(&name) {
            Some(Value::Array(items)) => items.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
            None => {
                parent.fields.insert(name, value);
            }
        },
        None => *root = Some((name, value)),
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
        assert_eq!(read(text).unwrap(), ("r".to_owned(), expected));
    }

    #[test]
    fn what_is_broken_is_refused_with_its_line() {
        let deep = "<a>".repeat(100);
        for (text, reason) in [
            ("<a>\n<b></a>", "line 2"),
            ("<a>\n\n<b>", "line 3: ends before"),
            ("", "holds no element"),
            ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "names an entity"),
            (deep.as_str(), "nested deeper than 64"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
