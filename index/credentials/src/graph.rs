//! Which records stand in a graph of nodes that is longer than memory? Two passes: the first notes which nodes there are, the second reads each record with
//! those that it refers to.
//!
//! Memory: the nodes of one batch, what they refer to, 16 bytes for each element, and some bytes for each node with an id ([`Index`]).

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use rayon::prelude::*;
use serde_json::Value;

use super::pieces::{Load, Open, PIECE_BYTES_MAX, Piece, Place, Places, Source, read_at};
use super::standards::nodes::{
    Facts, Held, Index, NAMING_MAX, Naming, Nodes, Wanted, each_node, naming_part,
};
use super::standards::{self, Fault, Found, GraphKind, Sink};

/// Bytes of elements that may be fetched for one batch; a record that refers to more is refused.
const FETCHED_BYTES_MAX: u64 = 16 << 20;
/// Stands for what lies outside of the list of elements.
const OUTSIDE: u32 = u32::MAX;

/// How the elements of a graph are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Elements of a JSON array `@graph`.
    Json,
    /// Elements of the sections of a LOQ file.
    Loq,
}

impl Form {
    fn parse(self, bytes: &[u8]) -> Result<Value, Fault> {
        match self {
            Self::Json => serde_json::from_slice(bytes).map_err(Fault::from),
            Self::Loq => standards::loq_node(bytes),
        }
    }

    fn tidy(self, node: Value) -> Value {
        if self == Self::Json {
            standards::value::tidy(node)
        } else {
            node
        }
    }

    fn path(self, piece: &Piece) -> String {
        match self {
            Self::Json => format!("$['@graph'][{}]", piece.at),
            Self::Loq => format!("/Courses/*/*[byte {}]", piece.start),
        }
    }
}

/// A graph of which the places and ids are known.
pub(super) struct Graph {
    form: Form,
    places: Vec<Place>,
    index: Index,
    is_ctdl: bool,
    is_elm: bool,
}

impl Graph {
    pub(super) fn new(form: Form) -> Self {
        Self {
            form,
            places: Vec::new(),
            index: Index::default(),
            is_ctdl: false,
            is_elm: form == Form::Loq,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Notes the next elements; those that cannot be read are told when they are read for their records.
    pub(super) fn add(&mut self, pieces: &[Piece]) {
        let facts: Vec<Option<(bool, bool, Facts)>> = pieces
            .par_iter()
            .map(|piece| {
                let node = self.form.parse(piece.bytes.as_ref().ok()?).ok()?;
                let is_ctdl = standards::is_ctdl_node(&node);
                let node = self.form.tidy(node);
                Some((is_ctdl, standards::is_elm_node(&node), Facts::of(&node)))
            })
            .collect();
        for (piece, facts) in pieces.iter().zip(facts) {
            let bytes = piece
                .bytes
                .as_ref()
                .map_or(PIECE_BYTES_MAX + 1, |bytes| bytes.len() as u64);
            self.places
                .push(Place::new(piece.start, piece.start + bytes));
            if let Some((is_ctdl, is_elm, facts)) = facts {
                self.is_ctdl |= is_ctdl;
                self.is_elm |= is_elm;
                self.index.add(
                    u32::try_from(self.places.len() - 1).unwrap_or(OUTSIDE),
                    facts,
                );
            }
        }
    }

    /// Hands each record to `sink`. `head` is what stands outside of the list, as it was read.
    pub(super) fn read(mut self, head: Value, open: Open<'_>, sink: Sink<'_>) -> io::Result<()> {
        let kind = standards::graph_kind(&head, self.is_ctdl, self.is_elm);
        let Some(kind) = kind else {
            standards::read_json(head, sink);
            return Ok(());
        };
        let head = self.form.tidy(head);
        self.index.add(OUTSIDE, Facts::of(&head));
        self.index.finish();
        let mut reading = Reading {
            graph: &self,
            kind,
            head: &head,
            source: open()?,
            held: Held::default(),
            bytes: 0,
        };
        // What stands beside the list may be a record, too.
        let beside = Element {
            path: "$".to_owned(),
            line: 0,
            node: Ok(head.clone()),
        };
        let mut all = Vec::new();
        reading.batch(OUTSIDE as usize, &[beside], &mut all)?;
        let (mut places, mut told, mut at) = (Places::new(open()?), all.len(), 0);
        if !all.into_iter().all(&mut *sink) {
            return Ok(());
        }
        while at < self.places.len() {
            let first = at;
            let (mut pieces, mut load) = (Vec::new(), Load::default());
            while let Some(place) = self.places.get(at) {
                pieces.push(places.read(at, *place)?);
                at += 1;
                if load.add(place.len.into()) {
                    break;
                }
            }
            let elements: Vec<Element> = pieces
                .into_par_iter()
                .map(|piece| self.element(piece))
                .collect();
            let mut all = Vec::new();
            // What one batch refers to is seldom what the next one does, and must not add up.
            reading.forget();
            reading.batch(first, &elements, &mut all)?;
            told += all.len();
            if !all.into_iter().all(&mut *sink) {
                return Ok(());
            }
        }
        if told == 0
            && let Some(found) = standards::no_record(kind, &self.index.classes)
        {
            sink(found);
        }
        Ok(())
    }

    fn element(&self, piece: Piece) -> Element {
        let path = self.form.path(&piece);
        let node = match &piece.bytes {
            Ok(bytes) => self.form.parse(bytes).map(|node| self.form.tidy(node)),
            Err(reason) => Err(Fault {
                line: 1,
                reason: reason.clone(),
            }),
        };
        Element {
            path,
            line: piece.line,
            node,
        }
    }
}

/// The records of an element, or what it refers to beside what is held.
type Records = Result<Vec<Found>, BTreeSet<Wanted>>;

/// One element of a graph, with its line.
struct Element {
    path: String,
    line: u64,
    node: Result<Value, Fault>,
}

/// The elements that are read together, and what stands outside of the list.
struct AtHand<'e> {
    /// Number of the first element.
    first: usize,
    elements: &'e [Element],
    head: &'e Value,
}

impl<'e> AtHand<'e> {
    /// The element with a number if it is here and can be read.
    fn node(&self, number: u32) -> Option<&'e Value> {
        if number == OUTSIDE {
            Some(self.head)
        } else {
            self.here(number)?.node.as_ref().ok()
        }
    }

    /// Those of some elements that are not here.
    fn without(&self, numbers: impl IntoIterator<Item = u32>) -> Vec<u32> {
        numbers
            .into_iter()
            .filter(|number| *number != OUTSIDE && self.here(*number).is_none())
            .collect()
    }

    fn here(&self, number: u32) -> Option<&'e Element> {
        self.elements
            .get((number as usize).checked_sub(self.first)?)
    }
}

/// The second pass.
struct Reading<'g> {
    graph: &'g Graph,
    kind: GraphKind,
    head: &'g Value,
    source: Box<dyn Source>,
    held: Held,
    /// Bytes of the elements that were fetched for what is held.
    bytes: u64,
}

impl Reading<'_> {
    fn forget(&mut self) {
        (self.held, self.bytes) = (Held::default(), 0);
    }

    /// Reads some elements together, of which one has the number `first`; fewer at a time, if they refer to more than may be held.
    fn batch(
        &mut self,
        first: usize,
        elements: &[Element],
        all: &mut Vec<Found>,
    ) -> io::Result<()> {
        for _ in 0..2 {
            if let Some(found) = self.attempt(first, elements)? {
                all.extend(found);
                return Ok(());
            }
            self.forget();
        }
        if let [one] = elements {
            all.push(Found::refused(
                &one.path,
                one.line,
                format!("refers to more than {FETCHED_BYTES_MAX} bytes of other nodes"),
            ));
            return Ok(());
        }
        let (before, after) = elements.split_at(elements.len() / 2);
        self.batch(first, before, all)?;
        self.batch(first + before.len(), after, all)
    }

    /// The records of some elements; nothing if they refer to too much.
    fn attempt(&mut self, first: usize, elements: &[Element]) -> io::Result<Option<Vec<Found>>> {
        let mut done: BTreeMap<usize, Vec<Found>> = BTreeMap::new();
        while done.len() < elements.len() {
            let left: Vec<(usize, &Element)> = elements
                .iter()
                .enumerate()
                .filter(|(at, _)| !done.contains_key(at))
                .collect();
            let read: Vec<(usize, Records)> = left
                .into_par_iter()
                .map(|(at, element)| (at, self.records(element)))
                .collect();
            let mut wanted = BTreeSet::new();
            for (at, read) in read {
                match read {
                    Ok(found) => drop(done.insert(at, found)),
                    Err(more) => wanted.extend(more),
                }
            }
            if !self.fetch(
                wanted,
                &AtHand {
                    first,
                    elements,
                    head: self.head,
                },
            )? {
                return Ok(None);
            }
        }
        Ok(Some(done.into_values().flatten().collect()))
    }

    /// The records of one element, or what it refers to beside what is held.
    fn records(&self, element: &Element) -> Records {
        let node = match &element.node {
            Ok(node) => node,
            Err(fault) => {
                return Ok(vec![Found::refused(
                    &element.path,
                    element.line + fault.line.saturating_sub(1),
                    fault.reason.clone(),
                )]);
            }
        };
        let index = &self.graph.index;
        let nodes = Nodes::fetched(&self.held, index);
        let mut all = Vec::new();
        standards::read_node(
            self.kind,
            &element.path,
            node,
            &nodes,
            &|id| index.is_offered(id),
            &mut |found| {
                all.push(Found {
                    line: element.line,
                    ..found
                });
                true
            },
        );
        let wanted = nodes.wanted();
        if wanted.is_empty() {
            Ok(all)
        } else {
            Err(wanted)
        }
    }

    /// Fetches what is wanted, from the elements at hand or from the file; false if that is more than may be held.
    fn fetch(&mut self, wanted: BTreeSet<Wanted>, at_hand: &AtHand<'_>) -> io::Result<bool> {
        let graph = self.graph;
        let ids = wanted.iter().filter_map(|wanted| {
            if let Wanted::Node(id) = wanted {
                Some(id)
            } else {
                None
            }
        });
        let numbers: BTreeSet<u32> = ids.flat_map(|id| graph.index.elements_with(id)).collect();
        let away = at_hand.without(numbers);
        self.bytes += away
            .iter()
            .filter_map(|number| graph.places.get(*number as usize))
            .map(|place| u64::from(place.len))
            .sum::<u64>();
        if self.bytes > FETCHED_BYTES_MAX {
            return Ok(false);
        }
        let fetched = self.elements(&away)?;
        for one in wanted {
            match one {
                Wanted::Node(id) => {
                    let mut among = graph
                        .index
                        .elements_with(&id)
                        .filter_map(|number| at_hand.node(number).or_else(|| fetched.get(&number)));
                    // What holds the list comes before the list, as where the document is read whole.
                    let own = Some(at_hand.head)
                        .filter(|head| head.get("id").and_then(Value::as_str) == Some(&id));
                    let node = own
                        .or_else(|| among.find_map(|element| node_within(element, &id)))
                        .cloned();
                    self.held.nodes.insert(id, node);
                }
                Wanted::Naming(naming) => self.fetch_naming(naming, at_hand)?,
            }
        }
        Ok(self.bytes <= FETCHED_BYTES_MAX)
    }

    /// Fetches what is read of the nodes that name one in a field. Only that is held, and so many elements at a time as are of a batch.
    fn fetch_naming(
        &mut self,
        (field, named): Naming<String>,
        at_hand: &AtHand<'_>,
    ) -> io::Result<()> {
        let graph = self.graph;
        let (mut numbers, mut naming) = (
            graph.index.elements_naming(field, &named).peekable(),
            Vec::new(),
        );
        while numbers.peek().is_some() && naming.len() <= NAMING_MAX {
            let (mut some, mut load) = (Vec::new(), Load::default());
            for number in numbers.by_ref() {
                some.push(number);
                if load.add(
                    graph
                        .places
                        .get(number as usize)
                        .map_or(0, |place| place.len.into()),
                ) {
                    break;
                }
            }
            let fetched = self.elements(&at_hand.without(some.iter().copied()))?;
            let among = some
                .iter()
                .filter_map(|number| at_hand.node(*number).or_else(|| fetched.get(number)));
            naming.extend(among.filter_map(|element| naming_part(element, field, &named)));
        }
        naming.truncate(NAMING_MAX + 1);
        self.bytes += naming
            .iter()
            .map(|part| part.to_string().len() as u64)
            .sum::<u64>();
        self.held.naming.insert((field, named), naming);
        Ok(())
    }

    /// Reads elements from the file, in their order.
    fn elements(&mut self, numbers: &[u32]) -> io::Result<BTreeMap<u32, Value>> {
        let (form, mut raw) = (self.graph.form, Vec::with_capacity(numbers.len()));
        for number in numbers {
            if let Some(place) = self.graph.places.get(*number as usize) {
                raw.push((*number, read_at(self.source.as_mut(), *place)?));
            }
        }
        Ok(raw
            .into_par_iter()
            .filter_map(|(number, bytes)| Some((number, form.tidy(form.parse(&bytes).ok()?))))
            .collect())
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
