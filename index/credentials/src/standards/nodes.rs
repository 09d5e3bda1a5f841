//! Which node does a reference mean? Nodes of a document that is in memory, or of one that is not, where those that are needed are named and fetched.
//!
//! The one idea: of a long document only hashes of ids and places are kept. A record is read with the nodes at hand; if it asks for others, they are
//! fetched, and it is read again.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::value::{id, is_a, list, types};

/// Fields by which a node says something of another one that does not name it back.
const BACKWARD: [&str; 3] = ["isPartOf", "transferValueFrom", "transferValueFor"];
/// What is read of a node that names another in one of [`BACKWARD`]; more is not held, since tens of thousands may name one.
const READ_BACKWARD: [&str; 11] = [
    "id",
    "type",
    "isPartOf",
    "hasCondition",
    "transferValueFrom",
    "transferValueFor",
    "transferValue",
    "ownedBy",
    "startDate",
    "endDate",
    "subjectWebpage",
];
/// Most nodes that count of those that name one in the same field.
pub const NAMING_MAX: usize = 10_000;
/// Classes of a document that are told where none of them is a credential.
const CLASSES_MAX: usize = 8;

/// What is said of an element of a graph that is null, a text or a number.
pub const NO_NODE: &str = "is no JSON object";

/// Nodes of a document by their ids, to follow references.
pub enum Nodes<'a> {
    /// Those of a document in memory.
    Whole {
        /// All nodes that say more than their id. Of several with one id the first.
        nodes: HashMap<&'a str, &'a Value>,
        /// Nodes of the graph, and what stands beside it, by what they name in which field of [`BACKWARD`].
        naming: HashMap<Naming<&'a str>, Vec<&'a Value>>,
    },
    /// Those of a document of which some are in memory.
    Fetched {
        /// Those that are at hand.
        held: &'a Held,
        /// Which there are.
        index: &'a Index,
        /// Those that were asked for and are not at hand.
        wanted: RefCell<BTreeSet<Wanted>>,
    },
}

/// A field of [`BACKWARD`], and the id that is named there.
pub type Naming<S> = (&'static str, S);

/// What a record asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// The node with an id.
    Node(String),
    /// The nodes of the graph that name this one in a field.
    Naming(Naming<String>),
}

/// Nodes that were fetched.
#[derive(Default)]
pub struct Held {
    /// By id; nothing if there is none.
    pub nodes: HashMap<String, Option<Value>>,
    /// By what they name in which field; at most one more than [`NAMING_MAX`].
    pub naming: HashMap<Naming<String>, Vec<Value>>,
}

impl<'a> Nodes<'a> {
    /// The nodes of a document.
    pub fn of(document: &'a Value) -> Self {
        let (mut nodes, mut naming) = (HashMap::new(), HashMap::<Naming<&str>, Vec<&Value>>::new());
        each_node(document, &mut |id, node| {
            nodes.entry(id).or_insert(node);
        });
        for node in list(document, "@graph").into_iter().chain([document]) {
            named_backward(node)
                .into_iter()
                .for_each(|named| naming.entry(named).or_default().push(node));
        }
        Self::Whole { nodes, naming }
    }

    /// Of a document that is not in memory those that are at hand.
    pub fn fetched(held: &'a Held, index: &'a Index) -> Self {
        Self::Fetched {
            held,
            index,
            wanted: RefCell::default(),
        }
    }

    /// What was asked for and is not at hand.
    pub fn wanted(self) -> BTreeSet<Wanted> {
        match self {
            Self::Whole { .. } => BTreeSet::new(),
            Self::Fetched { wanted, .. } => wanted.into_inner(),
        }
    }

    /// The node that a reference means; the value itself if it is no reference to a node of the document.
    pub fn resolve(&self, value: &'a Value) -> &'a Value {
        let reference = match value {
            Value::String(id) => Some(id.as_str()),
            Value::Object(fields) if fields.len() == 1 => fields.get("id").and_then(Value::as_str),
            _ => None,
        };
        reference
            .and_then(|id| self.get(id.trim()))
            .unwrap_or(value)
    }

    /// The node with an id.
    pub fn get(&self, id: &str) -> Option<&'a Value> {
        match self {
            Self::Whole { nodes, .. } => nodes.get(id).copied(),
            Self::Fetched {
                held,
                index,
                wanted,
            } => match held.nodes.get(id) {
                Some(node) => node.as_ref(),
                None => {
                    if index.elements_with(id).next().is_some() {
                        wanted.borrow_mut().insert(Wanted::Node(id.to_owned()));
                    }
                    None
                }
            },
        }
    }

    /// The nodes of the graph that name this one in a field of [`BACKWARD`], the first of them: at most one more than [`NAMING_MAX`].
    /// Only what stands in [`READ_BACKWARD`] may be asked of them.
    pub fn naming(&self, field: &'static str, named: &str) -> Vec<&'a Value> {
        match self {
            Self::Whole { naming, .. } => naming
                .get(&(field, named))
                .into_iter()
                .flatten()
                .copied()
                .take(NAMING_MAX + 1)
                .collect(),
            Self::Fetched {
                held,
                index,
                wanted,
            } => {
                let wish = (field, named.to_owned());
                match held.naming.get(&wish) {
                    Some(naming) => naming.iter().collect(),
                    None => {
                        if index.elements_naming(field, named).next().is_some() {
                            wanted.borrow_mut().insert(Wanted::Naming(wish));
                        }
                        Vec::new()
                    }
                }
            }
        }
    }

    /// The nodes of a field, references followed.
    pub fn list(&self, node: &'a Value, name: &str) -> Vec<&'a Value> {
        list(node, name)
            .into_iter()
            .map(|value| self.resolve(value))
            .collect()
    }

    /// The first node of a field, references followed.
    pub fn first(&self, node: &'a Value, name: &str) -> Option<&'a Value> {
        self.list(node, name).into_iter().next()
    }
}

/// The nodes that stand for themselves in a document with a graph, with their paths: what stands beside the list, then its elements, whatever they are.
pub fn standing(document: &Value) -> Option<Vec<(String, &Value)>> {
    let elements = match document.get("@graph")? {
        Value::Array(elements) => elements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let elements = elements
        .iter()
        .enumerate()
        .map(|(at, node)| (format!("$['@graph'][{at}]"), node));
    Some(
        std::iter::once(("$".to_owned(), document))
            .chain(elements)
            .collect(),
    )
}

/// What is read of a tidied node that names another in a field; nothing if it does not name it.
pub fn naming_part(node: &Value, field: &str, named: &str) -> Option<Value> {
    let kept = |name: &&str| Some(((*name).to_owned(), node.get(*name)?.clone()));
    named_in(node, field)
        .any(|of| of == named)
        .then(|| Value::Object(READ_BACKWARD.iter().filter_map(kept).collect()))
}

fn named_in<'a>(node: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    list(node, field).into_iter().filter_map(id)
}

/// What a node names in the fields of [`BACKWARD`], each once.
fn named_backward(node: &Value) -> BTreeSet<Naming<&str>> {
    BACKWARD
        .iter()
        .flat_map(|field| named_in(node, field).map(move |named| (*field, named)))
        .collect()
}

/// Visits all nodes with an id that say more than it, a node before those within it.
pub fn each_node<'a>(value: &'a Value, visit: &mut impl FnMut(&'a str, &'a Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_node(item, visit)),
        Value::Object(fields) => {
            if let Some(id) = fields
                .get("id")
                .and_then(Value::as_str)
                .filter(|_| fields.len() > 1)
            {
                visit(id, value);
            }
            fields
                .iter()
                .filter(|(name, _)| *name != "@context")
                .for_each(|(_, inner)| each_node(inner, visit));
        }
        _ => {}
    }
}

/// What one element of a graph says of the graph as a whole.
#[derive(Default)]
pub struct Facts {
    ids: Vec<u64>,
    named: Vec<u64>,
    offered: Vec<u64>,
    classes: BTreeSet<String>,
}

impl Facts {
    /// Those of a tidied element.
    pub fn of(element: &Value) -> Self {
        let mut facts = Self::default();
        each_node(element, &mut |id, _| facts.ids.push(hash(id)));
        facts.named.extend(
            named_backward(element)
                .into_iter()
                .map(|(field, named)| hash_of_naming(field, named)),
        );
        if is_a(element, "LearningOpportunity") {
            facts.offered.extend(
                list(element, "learningAchievementSpecification")
                    .into_iter()
                    .filter_map(id)
                    .map(hash),
            );
        }
        facts
            .classes
            .extend(types(element).into_iter().map(str::to_owned));
        facts
    }
}

/// Which nodes there are in a graph, and in which of its elements: 8 bytes a node with an id, 8 a node that an element names as its whole, 8 a specification that is referred to.
#[derive(Default)]
pub struct Index {
    /// 32 bits of the hash of an id, then the element. Other ids may have the same; what is fetched is compared in full.
    nodes: Vec<u64>,
    /// The same of what an element names in one of [`BACKWARD`].
    named: Vec<u64>,
    /// Hashes of the ids of specifications that an opportunity refers to. Of a million ids two are alike in one of 40 million files.
    offered: Vec<u64>,
    /// The first classes by name.
    pub classes: BTreeSet<String>,
}

impl Index {
    /// Adds what an element says.
    pub fn add(&mut self, element: u32, facts: Facts) {
        self.nodes
            .extend(facts.ids.into_iter().map(|id| packed(id, element)));
        self.named
            .extend(facts.named.into_iter().map(|id| packed(id, element)));
        self.offered.extend(facts.offered);
        self.classes.extend(facts.classes);
        while self.classes.len() > CLASSES_MAX {
            self.classes.pop_last();
        }
    }

    /// Ends the adding; before, nothing is found.
    pub fn finish(&mut self) {
        for list in [&mut self.nodes, &mut self.named, &mut self.offered] {
            list.sort_unstable();
            list.dedup();
        }
    }

    /// Elements that may have a node with this id in them, in their order.
    pub fn elements_with(&self, id: &str) -> impl Iterator<Item = u32> + use<'_> {
        range(&self.nodes, hash(id))
    }

    /// Elements that may name this one in a field of [`BACKWARD`], in their order.
    pub fn elements_naming(&self, field: &str, named: &str) -> impl Iterator<Item = u32> + use<'_> {
        range(&self.named, hash_of_naming(field, named))
    }

    /// Whether an opportunity refers to this specification.
    pub fn is_offered(&self, id: &str) -> bool {
        self.offered.binary_search(&hash(id)).is_ok()
    }
}

fn packed(hash: u64, element: u32) -> u64 {
    (hash >> 32 << 32) | u64::from(element)
}

/// The elements that are packed with a hash.
fn range<'i>(sorted: &'i [u64], hash: u64) -> impl Iterator<Item = u32> + use<'i> {
    let from = sorted.partition_point(|of| *of < packed(hash, 0));
    let to = sorted.partition_point(|of| *of <= packed(hash, u32::MAX));
    sorted[from..to].iter().map(|of| *of as u32)
}

/// The same of an id that is named in a field.
fn hash_of_naming(field: &str, named: &str) -> u64 {
    hash(&[field, named].join(" "))
}

/// 64 bits of an id.
fn hash(id: &str) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..8]);
    u64::from_le_bytes(eight)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_followed() {
        let document =
            json!([{"id": "a", "title": "x"}, {"of": {"id": "a"}, "also": "a", "none": "b"}]);
        let nodes = Nodes::of(&document);
        assert_eq!(nodes.first(&document[1], "of"), Some(&document[0]));
        assert_eq!(nodes.first(&document[1], "also"), Some(&document[0]));
        assert_eq!(nodes.first(&document[1], "none"), Some(&json!("b")));
    }

    #[test]
    fn what_is_not_at_hand_is_named() {
        let (element, reference) = (
            json!({"id": "a", "title": "x"}),
            json!({"of": {"id": "a"}, "none": "b"}),
        );
        let mut index = Index::default();
        index.add(7, Facts::of(&element));
        index.finish();
        let mut held = Held::default();
        let nodes = Nodes::fetched(&held, &index);
        assert_eq!(
            (
                nodes.first(&reference, "of"),
                nodes.first(&reference, "none")
            ),
            (Some(&json!({"id": "a"})), Some(&json!("b")))
        );
        assert_eq!(
            nodes.wanted(),
            BTreeSet::from([Wanted::Node("a".to_owned())])
        );
        assert_eq!(index.elements_with("a").collect::<Vec<_>>(), [7]);
        held.nodes.insert("a".to_owned(), Some(element.clone()));
        let nodes = Nodes::fetched(&held, &index);
        assert_eq!(nodes.first(&reference, "of"), Some(&element));
        assert!(nodes.wanted().is_empty());
    }
}
