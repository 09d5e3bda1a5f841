//! The table of methods: their names, how they are called, and what their messages weigh, all from the descriptors of the contract.
//!
//! 1 MiB on the wire can be 70 MiB in memory: an empty entry of a list is two bytes here and a whole struct there. So the bytes are walked over
//! before they are decoded. The walk allocates nothing, and leaves it to the decoder to say what is wrong with them. [`json`] does the same for
//! messages in JSON.

mod json;

use prost::Message;
use prost::encoding::{WireType, decode_key, decode_varint};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::method_options::IdempotencyLevel;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorSet, MethodDescriptorProto,
};
use rustc_hash::FxHashMap;

use super::keys::Scope;
use crate::api::wire::FILE_DESCRIPTOR_SET;

/// Methods that need no place on the pool: they cost next to nothing, and are asked when it is full; or they are changes, which do not
/// wait for requests.
const FREE: [&str; 3] = [
    "GetServerInfo",
    "BatchUpsertCredentials",
    "DeleteCredential",
];
/// Bytes of a string, bytes or vector, and of a number, in a struct.
const TEXT_BYTES: usize = 24;
const NUMBER_BYTES: usize = 8;
/// A vector that grows has up to twice the room that it needs.
const GROWTH: usize = 2;
/// Nesting below which nothing is counted: the decoder goes no further, either.
const DEPTH_MAX: usize = 100;

/// One method.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// Service and method, as in its path.
    pub name: &'static str,
    /// It takes a stream of messages.
    pub streams_in: bool,
    /// It answers with a stream of messages.
    pub streams_out: bool,
    /// It needs no place on the pool.
    pub is_free: bool,
    /// What it needs of a key; nothing for health, which whoever balances calls asks without one.
    pub scope: Option<Scope>,
    input: usize,
}

impl Method {
    /// It answers each message of a stream as it comes, for as long as the caller likes.
    pub fn is_feed(&self) -> bool {
        self.streams_in && self.streams_out && !self.is_free
    }
}

/// All methods by path, with the shapes of their messages.
#[derive(Debug)]
pub struct Methods {
    methods: FxHashMap<String, Method>,
    shapes: Vec<Shape>,
}

/// What is known of a message.
#[derive(Debug, Default)]
struct Shape {
    /// Bytes of its struct.
    bytes: usize,
    /// Its fields that are more than a number or a text.
    fields: FxHashMap<u32, Field>,
    /// The same by their names in JSON, of which there are two.
    names: FxHashMap<String, Field>,
    /// It is an entry of a map, which JSON writes as a field of an object.
    is_map_entry: bool,
}

/// A field whose content weighs more than its bytes.
#[derive(Clone, Copy, Debug)]
enum Field {
    /// A message in the struct itself, by its place in the list of shapes.
    Message(usize),
    /// The same in a list.
    Entry(usize),
    /// Numbers, of one byte each or more.
    Numbers,
}

impl Methods {
    /// The methods of the contract, of health and of reflection.
    ///
    /// # Errors
    /// None but for a fault in the generated descriptors, which every test of the service rules out.
    pub fn new() -> Result<Self, prost::DecodeError> {
        let mut files = Vec::new();
        for encoded in [
            FILE_DESCRIPTOR_SET,
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
        ] {
            files.extend(FileDescriptorSet::decode(encoded)?.file);
        }
        let mut messages = Vec::new();
        for file in &files {
            nested(
                &format!(".{}", file.package()),
                &file.message_type,
                &mut messages,
            );
        }
        let ids = messages.iter().enumerate();
        let ids: FxHashMap<&str, usize> = ids.map(|(id, (name, _))| (name.as_str(), id)).collect();
        let shapes = Shapes {
            messages: &messages,
            ids: &ids,
        };
        let mut methods = FxHashMap::default();
        for file in &files {
            for service in &file.service {
                for rpc in &service.method {
                    let name = format!("{}.{}/{}", file.package(), service.name(), rpc.name());
                    let Some(input) = ids.get(rpc.input_type()) else {
                        continue;
                    };
                    let method = Method {
                        // One for each method of the contract, for as long as the program runs.
                        name: name.clone().leak(),
                        streams_in: rpc.client_streaming(),
                        streams_out: rpc.server_streaming(),
                        is_free: file.package().starts_with("grpc.") || FREE.contains(&rpc.name()),
                        scope: scope(file.package(), rpc),
                        input: *input,
                    };
                    methods.insert(format!("/{name}"), method);
                }
            }
        }
        let shapes = (0..messages.len()).map(|id| shapes.shape(id)).collect();
        Ok(Self { methods, shapes })
    }

    /// The method with this path.
    pub fn at(&self, path: &str) -> Option<Method> {
        self.methods.get(path).copied()
    }

    /// About how many bytes a message to a method will take when it is decoded, at most. Counts no further than a little above `enough`.
    pub fn decoded_bytes(&self, method: Method, message: &[u8], enough: usize) -> usize {
        self.decoded(method.input, message, enough, DEPTH_MAX)
    }

    fn decoded(&self, shape: usize, mut message: &[u8], enough: usize, depth: usize) -> usize {
        let Some(shape) = self.shapes.get(shape).filter(|_| depth > 0) else {
            return 0;
        };
        let mut decoded = 0_usize;
        while !message.is_empty() && decoded <= enough {
            let Ok((field, wire_type)) = decode_key(&mut message) else {
                break;
            };
            let skipped = match wire_type {
                WireType::Varint => decode_varint(&mut message).map(|_| 0).ok(),
                WireType::SixtyFourBit => Some(8),
                WireType::ThirtyTwoBit => Some(4),
                WireType::LengthDelimited => decode_varint(&mut message).ok(),
                WireType::StartGroup | WireType::EndGroup => None,
            };
            let Some((content, rest)) = skipped
                .and_then(|bytes| usize::try_from(bytes).ok())
                .and_then(|bytes| message.split_at_checked(bytes))
            else {
                break;
            };
            message = rest;
            let bytes = match (wire_type, shape.fields.get(&field)) {
                (WireType::LengthDelimited, Some(Field::Message(inner))) => {
                    self.decoded(*inner, content, enough, depth - 1)
                }
                (WireType::LengthDelimited, Some(Field::Entry(inner))) => {
                    let entry = self.shapes.get(*inner).map_or(0, |inner| inner.bytes);
                    GROWTH * entry + self.decoded(*inner, content, enough, depth - 1)
                }
                (WireType::LengthDelimited, Some(Field::Numbers)) => {
                    GROWTH * NUMBER_BYTES * content.len()
                }
                (WireType::LengthDelimited, None) => GROWTH * TEXT_BYTES + content.len(),
                _ => GROWTH * NUMBER_BYTES,
            };
            decoded = decoded.saturating_add(bytes);
        }
        decoded
    }
}

/// About how many bytes a form will take when it is read, at most: each field is a name and a value, and the message of the method holds them once more.
pub fn decoded_form_bytes(form: &[u8]) -> usize {
    let n_fields = 1 + form
        .iter()
        .filter(|byte| matches!(byte, b'&' | b'\n'))
        .count();
    2 * (form.len() + n_fields * GROWTH * 2 * TEXT_BYTES)
}

/// What a method needs of a key: the contract says of each whether it has side effects. One that it says nothing of may change something.
fn scope(package: &str, rpc: &MethodDescriptorProto) -> Option<Scope> {
    if package.starts_with("grpc.health.") {
        return None;
    }
    let level = rpc.options.clone().unwrap_or_default().idempotency_level();
    let is_read =
        level == IdempotencyLevel::NoSideEffects || package.starts_with("grpc.reflection.");
    Some(if !is_read {
        Scope::Write
    } else if rpc.client_streaming() && !package.starts_with("grpc.") {
        Scope::Stream
    } else {
        Scope::Read
    })
}

/// Lists messages and those declared in them, by full name.
fn nested<'a>(
    prefix: &str,
    messages: &'a [DescriptorProto],
    all: &mut Vec<(String, &'a DescriptorProto)>,
) {
    for message in messages {
        let name = format!("{prefix}.{}", message.name());
        nested(&name, &message.nested_type, all);
        all.push((name, message));
    }
}

struct Shapes<'a> {
    messages: &'a [(String, &'a DescriptorProto)],
    ids: &'a FxHashMap<&'a str, usize>,
}

impl Shapes<'_> {
    fn shape(&self, id: usize) -> Shape {
        let fields = self
            .messages
            .get(id)
            .map_or(&[][..], |(_, message)| &message.field);
        let heavy = |field: &FieldDescriptorProto| {
            let heavy = match field.r#type() {
                Type::Message => {
                    let inner = *self.ids.get(field.type_name())?;
                    if field.label() == Label::Repeated {
                        Field::Entry(inner)
                    } else {
                        Field::Message(inner)
                    }
                }
                Type::String | Type::Bytes => return None,
                _ => Field::Numbers,
            };
            Some(heavy)
        };
        let mut shape = Shape {
            bytes: self.bytes(id, 8),
            is_map_entry: self.messages.get(id).is_some_and(|(_, message)| {
                let options = message.options.as_ref();
                options.is_some_and(|options| options.map_entry())
            }),
            ..Shape::default()
        };
        for field in fields {
            if let (Some(heavy), Ok(number)) = (heavy(field), field.number().try_into()) {
                shape.fields.insert(number, heavy);
                for name in [field.name(), field.json_name()] {
                    shape.names.insert(name.to_owned(), heavy);
                }
            }
        }
        shape
    }

    /// Bytes of the struct of a message, with those that lie in it.
    fn bytes(&self, id: usize, depth: usize) -> usize {
        let fields = self
            .messages
            .get(id)
            .map_or(&[][..], |(_, message)| &message.field);
        let bytes = fields.iter().map(|field| {
            let is_list = field.label() == Label::Repeated;
            match field.r#type() {
                Type::Message if !is_list && depth > 0 => {
                    let inner = self.ids.get(field.type_name());
                    NUMBER_BYTES + inner.map_or(0, |inner| self.bytes(*inner, depth - 1))
                }
                Type::Message | Type::String | Type::Bytes => TEXT_BYTES,
                _ if is_list => TEXT_BYTES,
                _ => NUMBER_BYTES,
            }
        });
        bytes.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::wire;

    fn weigh(path: &str, message: &[u8]) -> usize {
        let methods = Methods::new().unwrap();
        methods.decoded_bytes(methods.at(path).unwrap(), message, usize::MAX)
    }

    #[test]
    fn every_method_has_a_name_and_others_have_none() {
        let methods = Methods::new().unwrap();
        let feed = methods
            .at("/skillgap.v1.MatchingService/StreamRecommendations")
            .unwrap();
        assert!(feed.is_feed() && feed.name == "skillgap.v1.MatchingService/StreamRecommendations");
        let health = methods.at("/grpc.health.v1.Health/Watch").unwrap();
        assert!(health.is_free && health.streams_out && !health.streams_in);
        assert!(methods.at("/skillgap.v1.MatchingService/Nothing").is_none());
        for version in ["v1", "v1alpha"] {
            let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
            assert!(methods.at(&path).is_some_and(|method| !method.is_feed()));
        }
    }

    #[test]
    fn every_method_has_the_scope_that_it_needs() {
        let methods = Methods::new().unwrap();
        let of = |scope: Option<Scope>| {
            let all = methods.methods.values();
            let all = all.filter(|method| method.scope == scope);
            let mut names: Vec<_> = all.map(|method| method.name.rsplit('/').next()).collect();
            names.sort();
            names.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            of(Some(Scope::Write)),
            "BatchUpsertCredentials DeleteCredential"
        );
        assert_eq!(of(Some(Scope::Stream)), "StreamRecommendations");
        assert_eq!(of(None), "Check Watch");
        let reads = of(Some(Scope::Read));
        assert_eq!(
            reads.split(' ').count(),
            methods.methods.len() - 5,
            "{reads}"
        );
    }

    #[test]
    fn a_message_weighs_at_least_what_it_takes_when_decoded() {
        let path = "/skillgap.v1.MatchingService/RecommendCredentials";
        let empty = wire::RecommendCredentialsRequest {
            target: Some(wire::Target {
                demand: vec![wire::DemandedSkill::default(); 10_000],
                ..Default::default()
            }),
            ..Default::default()
        };
        let bytes = empty.encode_to_vec();
        let taken = 10_000 * size_of::<wire::DemandedSkill>();
        let weight = weigh(path, &bytes);
        println!("{} bytes take {taken}, weigh {weight}", bytes.len());
        assert!((taken..4 * taken).contains(&weight));
        let skills = vec![wire::HeldSkill::default(); 10_000];
        let profile = wire::Profile {
            skills,
            ..Default::default()
        };
        let held = wire::RecommendCredentialsRequest {
            profile: Some(profile),
            ..Default::default()
        };
        let taken = 10_000 * size_of::<wire::HeldSkill>();
        assert!((taken..5 * taken).contains(&weigh(path, &held.encode_to_vec())));
        let ad = wire::RecommendCredentialsRequest {
            target: Some(wire::Target {
                ad: Some("x".repeat(60_000)),
                ..Default::default()
            }),
            ..Default::default()
        };
        let weight = weigh(path, &ad.encode_to_vec());
        println!("an ad of 60,000 bytes weighs {weight}");
        assert!((60_000..62_000).contains(&weight));
    }

    #[test]
    fn broken_bytes_weigh_what_comes_before_the_break() {
        let path = "/skillgap.v1.MatchingService/RecommendCredentials";
        for broken in [
            &[0xff; 32][..],
            &[0x0a, 9, b'a'],
            &[0x0a, 0xff, 0xff],
            &[0x0b],
        ] {
            assert_eq!(weigh(path, broken), 0);
        }
    }
}
