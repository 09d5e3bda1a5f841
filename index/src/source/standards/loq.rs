//! Which offers stand in a LOQ XML file (Learning Opportunities and Qualifications, the catalogue profile of the European Learning Model)?
//!
//! The one idea: its sections of definitions are turned into the graph of a JSON-LD document, so that one reader serves both.

use serde_json::{Map, Value, json};

/// Whether a root element is one of LOQ.
pub fn is_loq(root: &str, document: &Value) -> bool {
    root == "Courses" && document.as_object().is_some_and(|sections| sections.keys().any(|name| name.ends_with("References")))
}

/// The document as a graph of nodes with classes.
pub fn as_graph(document: Value) -> Value {
    let Value::Object(sections) = document else { return Value::Null };
    let sections = sections.into_iter().filter(|(name, _)| name.ends_with("References"));
    let kinds = sections.filter_map(|(_, section)| match section {
        Value::Object(kinds) => Some(kinds),
        _ => None,
    });
    let nodes = kinds.flat_map(Map::into_iter).flat_map(|(kind, nodes)| {
        let nodes = match nodes {
            Value::Array(nodes) => nodes,
            one => vec![one],
        };
        nodes.into_iter().map(move |node| with_class(node, &kind))
    });
    json!({ "@graph": nodes.collect::<Vec<_>>() })
}

fn with_class(mut node: Value, kind: &str) -> Value {
    if let Some(fields) = node.as_object_mut() {
        let mut letters = kind.chars();
        let class: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
        fields.insert("type".to_owned(), Value::String(class));
    }
    node
}
