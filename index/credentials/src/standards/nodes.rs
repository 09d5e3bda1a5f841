//! `Node`: a value of a document with the nodes around it, so that a reference is as good as what it refers to.
//!
//! A document is in memory, or it is a graph of any length in a file ([`Away`]): of that only hashes of ids are held,
//! and an element is read when a record asks for it.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

use elsa::FrozenMap;
use serde_json::Value;
use skillgap_esco::Text;

use super::{codes, value};
use crate::day;

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
/// What stands where nothing does.
static NOTHING: Value = Value::Null;

/// A value of a document. What is not there is a value that says nothing.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    /// The value itself.
    pub value: &'a Value,
    nodes: &'a Nodes<'a>,
}

impl<'a> Node<'a> {
    /// A value of the document of these nodes.
    pub fn new(value: &'a Value, nodes: &'a Nodes<'a>) -> Self {
        Self { value, nodes }
    }

    /// The nothing of the same document.
    pub fn nothing(self) -> Self {
        Self::new(&NOTHING, self.nodes)
    }

    /// Whether it is an object, and no text or reference that leads nowhere.
    pub fn is_node(self) -> bool {
        self.value.is_object()
    }

    /// Whether it is of a class, whatever prefix stands before it.
    pub fn is_a(self, class: &str) -> bool {
        value::is_a(self.value, class)
    }

    /// Whether a field stands there, null or not.
    pub fn has(self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    /// What stands in a field, a list or not.
    pub fn get(self, name: &str) -> &'a Value {
        self.value.get(name).unwrap_or(&NOTHING)
    }

    /// The values of a field as they stand there.
    pub fn list(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        let values = value::list(self.value, name).into_iter();
        values.map(move |value| Self { value, ..self })
    }

    /// The values of a field, references followed.
    pub fn all(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        self.list(name).map(Self::resolved)
    }

    /// The values of some fields, one field after the other, references followed.
    pub fn all_of<const N: usize>(
        self,
        names: [&str; N],
    ) -> impl Iterator<Item = Self> + use<'a, N> {
        let values: Vec<Self> = names.iter().flat_map(|name| self.all(name)).collect();
        values.into_iter()
    }

    /// The values of the first of some fields that has any, references followed.
    pub fn first_of<const N: usize>(self, names: [&str; N]) -> Vec<Self> {
        let mut values = names.iter().map(|name| self.all(name).collect::<Vec<_>>());
        values.find(|values| !values.is_empty()).unwrap_or_default()
    }

    /// The first value of a field, followed if it is a reference.
    pub fn at(self, name: &str) -> Self {
        self.all(name).next().unwrap_or(self.nothing())
    }

    /// The node that it refers to; itself if it is no reference to a node of the document.
    pub fn resolved(self) -> Self {
        let reference = match self.value {
            Value::String(id) => Some(id.as_str()),
            Value::Object(fields) if fields.len() == 1 => fields.get("id").and_then(Value::as_str),
            _ => None,
        };
        let value = reference.and_then(|id| self.nodes.get(id.trim()));
        Self::new(value.unwrap_or(self.value), self.nodes)
    }

    /// The node of the document with an id.
    pub fn with_id(self, id: &str) -> Option<Self> {
        Some(Self::new(self.nodes.get(id)?, self.nodes))
    }

    /// The nodes of the graph that name this one in a field of [`BACKWARD`], the first of them: at most one more than
    /// [`NAMING_MAX`]. Only what stands in [`READ_BACKWARD`] may be asked of them.
    pub fn naming(self, field: &'static str) -> Vec<Self> {
        let naming = self.id().map(|id| self.nodes.naming(field, id));
        let naming = naming.into_iter().flatten();
        naming.map(|value| Self { value, ..self }).collect()
    }

    /// Its URI, or that of what it refers to.
    pub fn id(self) -> Option<&'a str> {
        value::id(self.value)
    }

    /// The URIs in a field.
    pub fn ids(self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(name).filter_map(Self::id)
    }

    /// The first value of a field as text.
    pub fn string(self, name: &str) -> Option<String> {
        self.list(name).next().and_then(Self::text)
    }

    /// The values of a field as text.
    pub fn strings(self, name: &str) -> Vec<String> {
        self.list(name).filter_map(Self::text).collect()
    }

    /// A text or number as text; see [`value::string`].
    pub fn text(self) -> Option<String> {
        value::string(self.value)
    }

    /// The number in a field.
    pub fn number(self, name: &str) -> Option<f64> {
        self.list(name)
            .next()
            .and_then(|first| value::number(first.value))
    }

    /// The date in the first of some fields that has one.
    pub fn date<const N: usize>(self, names: [&str; N]) -> Option<String> {
        names.iter().find_map(|name| day::date(&self.string(name)?))
    }

    /// The texts of a field by language; `language` is that of plain ones.
    pub fn texts(self, name: &str, language: &str) -> Vec<Text> {
        value::texts(self.get(name), language)
    }

    /// What people call it, in English if it is said in English; the text itself where it is one.
    pub fn label(self) -> Option<String> {
        value::label_text(self.value)
    }

    /// The label of the first value of a field, as it stands there.
    pub fn label_of(self, name: &str) -> Option<String> {
        self.list(name).next().and_then(Self::label)
    }

    /// What people call it, else its URI, if that is not one which a document makes for itself.
    pub fn name(self) -> Option<String> {
        let id = || self.id().filter(|id| !codes::is_made_up(id));
        self.label().or_else(|| id().map(str::to_owned))
    }

    /// Of what names a concept, its URI, its notation and its label, the first that a table knows, else the last.
    pub fn named_in<T>(self, table: impl Fn(&str) -> Option<T>) -> Option<String> {
        let uri = self.id().filter(|id| !codes::is_made_up(id));
        let names = [
            uri.map(str::to_owned),
            self.string("notation"),
            self.label(),
        ];
        let mut names = names.into_iter().flatten().collect::<Vec<_>>();
        let known = names.iter().position(|name| table(name).is_some());
        let Some(last) = names.len().checked_sub(1) else {
            return self.id().map(str::to_owned);
        };
        Some(names.swap_remove(known.unwrap_or(last)))
    }
}

/// Nodes of a document by their ids.
#[derive(Default)]
pub struct Nodes<'a> {
    /// Nodes that are in memory and say more than their id. Of several with one id the first.
    here: HashMap<&'a str, &'a Value>,
    /// Nodes of the graph, and what stands beside it, by the field of [`BACKWARD`] and what they name there.
    naming: HashMap<Naming<'a>, Vec<&'a Value>>,
    /// What stands beside the elements of a graph in a file, and these.
    graph: Option<(&'a Value, &'a Away<'a>)>,
}

/// A field of [`BACKWARD`], and the id that is named there.
type Naming<'a> = (&'static str, &'a str);

impl<'a> Nodes<'a> {
    /// The nodes of a document that is in memory.
    pub fn of(document: &'a Value) -> Self {
        let mut nodes = Self::default();
        each_node(document, &mut |id, node| {
            nodes.here.entry(id).or_insert(node);
        });
        for node in value::list(document, "@graph")
            .into_iter()
            .chain([document])
        {
            for named in named_backward(node) {
                nodes.naming.entry(named).or_default().push(node);
            }
        }
        nodes
    }

    /// The nodes of a graph in a file; `head` is what stands beside its elements.
    pub fn with(head: &'a Value, away: &'a Away<'a>) -> Self {
        Self {
            graph: Some((head, away)),
            ..Self::of(head)
        }
    }

    fn get(&'a self, id: &str) -> Option<&'a Value> {
        let here = self.here.get(id).copied();
        let Some((head, away)) = self.graph else {
            return here;
        };
        // What holds the elements comes before them, and what stands beside them after.
        let is_head = |node: &&Value| std::ptr::eq(*node, head);
        here.filter(is_head).or_else(|| away.get(id)).or(here)
    }

    fn naming(&'a self, field: &'static str, id: &'a str) -> Vec<&'a Value> {
        let here = self.naming.get(&(field, id)).into_iter().flatten().copied();
        let away = self.graph.map(|(_, away)| away.naming(field, id));
        let all = away.into_iter().flatten().chain(here);
        all.take(NAMING_MAX + 1).collect()
    }
}

/// The elements of a graph in a file, each read when a record first asks for it.
pub struct Away<'a> {
    index: &'a Index,
    /// The element that is at hand, by its number.
    own: (u32, &'a Value),
    /// Reads another element, tidied, with its length in bytes.
    read: &'a dyn Fn(u32) -> Option<(Value, u64)>,
    elements: FrozenMap<u32, Box<Value>>,
    /// [`READ_BACKWARD`] of elements.
    parts: FrozenMap<u32, Box<Value>>,
    /// Bytes that may still be held; nothing once more was asked for.
    left: Cell<Option<u64>>,
}

impl<'a> Away<'a> {
    /// Holds at most `bytes_max` of what `read` gives.
    pub fn new(
        index: &'a Index,
        own: (u32, &'a Value),
        read: &'a dyn Fn(u32) -> Option<(Value, u64)>,
        bytes_max: u64,
    ) -> Self {
        Self {
            index,
            own,
            read,
            elements: FrozenMap::new(),
            parts: FrozenMap::new(),
            left: Cell::new(Some(bytes_max)),
        }
    }

    /// Whether more was asked for than may be held, so that what was read is not whole.
    pub fn is_over(&self) -> bool {
        self.left.get().is_none()
    }

    fn get(&'a self, id: &str) -> Option<&'a Value> {
        let mut elements = self.index.elements_with(id);
        elements.find_map(|number| node_within(self.element(number)?, id))
    }

    fn element(&'a self, number: u32) -> Option<&'a Value> {
        if number == self.own.0 {
            return Some(self.own.1);
        }
        let held = self.elements.get(&number);
        held.or_else(|| {
            let (element, bytes) = self.left.get().and_then(|_| (self.read)(number))?;
            self.hold(&self.elements, number, element, bytes)
        })
    }

    fn naming(&'a self, field: &'static str, id: &'a str) -> impl Iterator<Item = &'a Value> {
        let numbers = self.index.elements_naming(field, id);
        let parts = numbers.filter_map(|number| self.part(number));
        parts.filter(move |part| named_in(part, field).any(|named| named == id))
    }

    fn part(&'a self, number: u32) -> Option<&'a Value> {
        let held = self.parts.get(&number);
        held.or_else(|| {
            let (element, _) = match number == self.own.0 {
                true => (self.own.1.clone(), 0),
                false => self.left.get().and_then(|_| (self.read)(number))?,
            };
            let kept = |name: &&str| Some(((*name).to_owned(), element.get(*name)?.clone()));
            let part = Value::Object(READ_BACKWARD.iter().filter_map(kept).collect());
            let bytes = part.to_string().len() as u64;
            self.hold(&self.parts, number, part, bytes)
        })
    }

    fn hold(
        &self,
        held: &'a FrozenMap<u32, Box<Value>>,
        number: u32,
        value: Value,
        bytes: u64,
    ) -> Option<&'a Value> {
        let left = self.left.get().and_then(|left| left.checked_sub(bytes));
        self.left.set(left);
        left.map(|_| held.insert(number, Box::new(value)))
    }
}

/// The first node with an id within an element.
fn node_within<'v>(element: &'v Value, wanted: &str) -> Option<&'v Value> {
    let mut found = None;
    each_node(element, &mut |id, node| {
        if id == wanted && found.is_none() {
            found = Some(node);
        }
    });
    found
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
    let beside = std::iter::once(("$".to_owned(), document));
    Some(beside.chain(elements).collect())
}

fn named_in<'a>(node: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    value::list(node, field).into_iter().filter_map(value::id)
}

/// What a node names in the fields of [`BACKWARD`], each once.
fn named_backward(node: &Value) -> BTreeSet<Naming<'_>> {
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
        let named = named_backward(element).into_iter();
        facts
            .named
            .extend(named.map(|(field, named)| hash_of_naming(field, named)));
        if value::is_a(element, "LearningOpportunity") {
            let offered = named_in(element, "learningAchievementSpecification");
            facts.offered.extend(offered.map(hash));
        }
        let classes = value::types(element).into_iter();
        facts.classes.extend(classes.map(str::to_owned));
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
    fn elements_with(&self, id: &str) -> impl Iterator<Item = u32> + use<'_> {
        range(&self.nodes, hash(id))
    }

    /// Elements that may name this one in a field of [`BACKWARD`], in their order.
    fn elements_naming(&self, field: &str, named: &str) -> impl Iterator<Item = u32> + use<'_> {
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
        let node = Node::new(&document[1], &nodes);
        assert_eq!(node.at("of").value, &document[0]);
        assert_eq!(node.at("also").value, &document[0]);
        assert_eq!(node.at("none").value, &json!("b"));
        assert_eq!(node.at("nowhere").at("further").value, &Value::Null);
    }

    #[test]
    fn an_element_that_is_away_is_read_when_it_is_asked_for_and_held_within_bounds() {
        let (element, own) = (
            json!({"id": "a", "title": "x"}),
            json!({"of": {"id": "a"}, "none": "b"}),
        );
        let mut index = Index::default();
        index.add(7, Facts::of(&element));
        index.finish();
        let n_read = Cell::new(0);
        let read = |number| {
            n_read.set(n_read.get() + 1);
            (number == 7).then(|| (element.clone(), 10))
        };
        for (bytes_max, title) in [(10, Some("x")), (9, None)] {
            n_read.set(0);
            let away = Away::new(&index, (0, &own), &read, bytes_max);
            let nodes = Nodes::with(&NOTHING, &away);
            let node = Node::new(&own, &nodes);
            assert_eq!(node.at("none").value, &json!("b"));
            for _ in 0..2 {
                assert_eq!(node.at("of").string("title").as_deref(), title);
            }
            assert_eq!((n_read.get(), away.is_over()), (1, title.is_none()));
        }
    }
}
