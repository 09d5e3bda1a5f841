//! `Graph`: nodes of JSON-LD or LOQ in a file of any length. One pass notes which elements there are, a second reads each
//! record with those that it refers to.
//!
//! Memory: the elements of one batch, 16 bytes for each element, some bytes for each node with an id ([`Index`]), and what
//! the records that are read at once refer to.

use std::cell::{Cell, RefCell};
use std::io;

use rayon::prelude::*;
use serde_json::Value;

use super::found::{Fault, Found, Sink};
use super::pieces::{Load, Open, PIECE_BYTES_MAX, Piece, Place, Places, Source, read_at};
use super::standards::nodes::{Away, Facts, Index, Node, Nodes};
use super::standards::{self, GraphKind};

/// Bytes of other elements that a record may refer to; one that refers to more is refused.
const REFERRED_BYTES_MAX: u64 = 16 << 20;
/// Bytes of other elements that a record may refer to where many are read at once; one that needs more is read alone.
const REFERRED_AT_ONCE_BYTES_MAX: u64 = 1 << 20;
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
        match self {
            Self::Json => standards::value::tidy(node),
            Self::Loq => node,
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
            let number = u32::try_from(self.places.len()).unwrap_or(OUTSIDE);
            let bytes = piece.bytes.as_ref().map(|bytes| bytes.len() as u64);
            let end = piece.start + bytes.unwrap_or(PIECE_BYTES_MAX + 1);
            self.places.push(Place::new(piece.start, end));
            if let Some((is_ctdl, is_elm, facts)) = facts {
                self.is_ctdl |= is_ctdl;
                self.is_elm |= is_elm;
                self.index.add(number, facts);
            }
        }
    }

    /// Hands each record to `sink`. `head` is what stands outside of the list, as it was read.
    pub(super) fn read(mut self, head: Value, open: Open<'_>, sink: Sink<'_>) -> io::Result<()> {
        let Some(kind) = standards::graph_kind(&head, self.is_ctdl, self.is_elm) else {
            standards::read_json(head, sink);
            return Ok(());
        };
        let head = self.form.tidy(head);
        self.index.add(OUTSIDE, Facts::of(&head));
        self.index.finish();
        let records = Records {
            graph: &self,
            kind,
            head: &head,
            open,
        };
        // What stands beside the list may be a record, too.
        let beside = Element {
            number: OUTSIDE,
            path: "$".to_owned(),
            line: 0,
            node: Ok(head.clone()),
        };
        let (mut places, mut at, mut n_told) = (Places::new(open()?), 0, 0);
        let mut elements = vec![beside];
        while !elements.is_empty() {
            let found = records.of(elements)?;
            n_told += found.len();
            if !found.into_iter().all(&mut *sink) {
                return Ok(());
            }
            let (mut pieces, mut load) = (Vec::new(), Load::default());
            while let Some(place) = self.places.get(at) {
                pieces.push(places.read(at, *place)?);
                at += 1;
                if load.add(place.len.into()) {
                    break;
                }
            }
            let pieces = pieces.into_par_iter();
            elements = pieces.map(|piece| self.element(piece)).collect();
        }
        if n_told == 0
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
            number: u32::try_from(piece.at).unwrap_or(OUTSIDE),
            path,
            line: piece.line,
            node,
        }
    }
}

/// One element of a graph, with its line.
struct Element {
    number: u32,
    path: String,
    line: u64,
    node: Result<Value, Fault>,
}

/// The second pass.
struct Records<'g> {
    graph: &'g Graph,
    kind: GraphKind,
    head: &'g Value,
    open: Open<'g>,
}

impl Records<'_> {
    /// The records of some elements, in their order.
    fn of(&self, elements: Vec<Element>) -> io::Result<Vec<Found>> {
        let read: Vec<(Element, Option<Vec<Found>>)> = elements
            .into_par_iter()
            .map_init(
                || (self.open)().map(RefCell::new),
                |source, element| {
                    let source = source
                        .as_ref()
                        .map_err(|error| io::Error::from(error.kind()))?;
                    let found = self.of_element(&element, source, REFERRED_AT_ONCE_BYTES_MAX)?;
                    Ok((element, found))
                },
            )
            .collect::<io::Result<_>>()?;
        let (source, mut all) = (RefCell::new((self.open)()?), Vec::new());
        for (element, found) in read {
            let found = match found {
                None => self.of_element(&element, &source, REFERRED_BYTES_MAX)?,
                found => found,
            };
            let refused = || {
                let reason =
                    format!("refers to more than {REFERRED_BYTES_MAX} bytes of other nodes");
                vec![Found::refused(&element.path, element.line, reason)]
            };
            all.extend(found.unwrap_or_else(refused));
        }
        Ok(all)
    }

    /// The records of an element; nothing if it refers to more than may be held.
    fn of_element(
        &self,
        element: &Element,
        source: &RefCell<Box<dyn Source>>,
        bytes_max: u64,
    ) -> io::Result<Option<Vec<Found>>> {
        let node = match &element.node {
            Ok(node) => node,
            Err(fault) => {
                let line = element.line + fault.line.saturating_sub(1);
                let refused = Found::refused(&element.path, line, fault.reason.clone());
                return Ok(Some(vec![refused]));
            }
        };
        let failure = Cell::new(None);
        let (form, index) = (self.graph.form, &self.graph.index);
        let read = |number: u32| {
            let place = *self.graph.places.get(number as usize)?;
            match read_at(source.borrow_mut().as_mut(), place) {
                Ok(bytes) => Some((form.tidy(form.parse(&bytes).ok()?), bytes.len() as u64)),
                Err(error) => {
                    failure.set(Some(error));
                    None
                }
            }
        };
        let away = Away::new(index, (element.number, node), &read, bytes_max);
        let nodes = Nodes::with(self.head, &away);
        let mut all = Vec::new();
        standards::read_node(
            self.kind,
            &element.path,
            Node::new(node, &nodes),
            &|id| index.is_offered(id),
            &mut |found| {
                all.push(Found {
                    line: element.line,
                    ..found
                });
                true
            },
        );
        match failure.take() {
            Some(error) => Err(error),
            None => Ok((!away.is_over()).then_some(all)),
        }
    }
}
