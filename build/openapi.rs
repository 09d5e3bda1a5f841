//! The description of the service over REST as OpenAPI 3.1, made from the contract: paths, messages, comments.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use protox::prost_reflect::prost_types::FileDescriptorProto;
use protox::prost_reflect::{
    DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value as Said,
};
use serde_json::{Map, Value, json};

use super::routes::Route;

/// Statuses with a problem as their body, and when they come.
const PROBLEMS: [(&str, &str); 13] = [
    (
        "400",
        "The request is not valid, or nothing can be changed here; `details` has all violations.",
    ),
    ("401", "No key, or one that is not known or has expired."),
    ("403", "The key does not permit this call."),
    ("404", "There is no such thing, or no such path."),
    ("405", "The path is for another method; `Allow` says which."),
    (
        "406",
        "The answer is wanted in a form that is not written here.",
    ),
    ("409", "A higher or other version is stored."),
    (
        "413",
        "The request, or the answer, is larger than the service's limit.",
    ),
    ("415", "The body is in a form that is not read here."),
    (
        "429",
        "Too much to do just now, or the quota of the key is used up; try again after `Retry-After` seconds.",
    ),
    (
        "500",
        "A fault of the service, which its log has under `x-request-id`.",
    ),
    (
        "503",
        "The change could not be stored, or the service ends; try again after `Retry-After` seconds.",
    ),
    ("504", "The time for one call ran out."),
];
/// google.api.FieldBehavior.
const REQUIRED: i32 = 2;
const OUTPUT_ONLY: i32 = 3;

/// What the document is made from.
pub struct Source<'s> {
    /// The contract with its comments.
    pub pool: &'s DescriptorPool,
    /// All paths.
    pub routes: &'s [Route],
    /// A request a method, as JSON.
    pub examples: &'s Map<String, Value>,
    /// The default configuration, for its limits.
    pub defaults: &'s str,
    /// The version of the program.
    pub version: &'s str,
}

/// The document as JSON.
pub fn document(source: &Source) -> Result<String, Box<dyn Error>> {
    let mut writer = Writer {
        pool: source.pool,
        comments: comments(source.pool),
        schemas: Map::new(),
        open: Vec::new(),
    };
    let (mut paths, mut tags, mut seen) = (Map::new(), BTreeMap::new(), BTreeSet::new());
    for route in source.routes {
        let service = route.method.parent_service();
        let about = writer.comment(service.parent_file(), service.path());
        tags.insert(service.name().to_owned(), about);
        let path = match &route.variable {
            Some(variable) => format!("{}{{{variable}}}", route.path),
            None => route.path.clone(),
        };
        let is_first = seen.insert(route.method.name().to_owned());
        let example = source.examples.get(route.method.name());
        let example = example
            .ok_or_else(|| format!("{}: has no example request", route.method.full_name()))?;
        let operation = writer.operation(route, is_first, example);
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(item) = item {
            item.insert(route.verb.to_lowercase(), operation);
        }
    }
    writer.rest();
    let mut schemas = writer.schemas;
    schemas.insert("Problem".to_owned(), problem());
    let responses: Map<String, Value> = PROBLEMS
        .iter()
        .map(|(status, when)| {
            let content = json!({"application/problem+json": {"schema": reference("Problem")}});
            let mut response = json!({"description": when, "content": content});
            if matches!(*status, "429" | "503") {
                let seconds = json!({"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}});
                response["headers"] = json!({"Retry-After": seconds});
            }
            (format!("Problem{status}"), response)
        })
        .collect();
    let tags: Vec<Value> = tags
        .iter()
        .map(|(name, about)| json!({"name": name, "description": about}))
        .collect();
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "skillgap",
            "version": source.version,
            "summary": "From a job ad and a person to the credentials that close the gap.",
            "description": description(source.defaults),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The service that this document came from."}],
        "security": [{}, {"bearer": []}, {"key": []}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A key from `skillgap key new`."},
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "The same in a header of its own."},
            },
        },
    });
    Ok(document.to_string())
}

fn description(defaults: &str) -> String {
    let mut text = "Requests and answers are the messages of the contract in canonical proto JSON, the same as over gRPC on this port: \
        64-bit numbers are strings. Read are also names in snake_case, null for what is absent, and the short or lower-case names and the numbers of \
        enum values. Ads and profiles travel in bodies only, never in a URL. \
        Errors are `application/problem+json` (RFC 9457) and `google.rpc.Status` in one body; they name fields, and quote nothing.\n\n\
        `x-request-id` comes back with the answer and stands in the service's log, `traceparent` names the trace there, and `grpc-timeout` \
        (such as `500m` for half a second) says how long the caller waits. Answers are not to be cached.\n\n\
        Limits, by default; `GET /v1/serverInfo` says those of a service:\n"
        .to_owned();
    for (about, key, value) in limits(defaults) {
        text.push_str(&format!("- `{key}` = {value}: {about}\n"));
    }
    text
}

/// The table `[limits]` of the default configuration: what is said of a key, the key, its value.
fn limits(defaults: &str) -> Vec<(String, String, String)> {
    let (mut limits, mut about) = (Vec::new(), Vec::new());
    let lines = defaults.lines().skip_while(|line| *line != "[limits]");
    for line in lines.skip(1).take_while(|line| !line.starts_with('[')) {
        if let Some(comment) = line.strip_prefix("# ") {
            about.push(comment);
        } else if let Some((key, value)) = line.split_once(" = ") {
            limits.push((about.join(" "), key.to_owned(), value.replace('_', "")));
            about.clear();
        }
    }
    limits
}

/// The schema of an error.
fn problem() -> Value {
    json!({
        "type": "object",
        "description": "An error: a problem (RFC 9457) and google.rpc.Status in one.",
        "required": ["type", "title", "status", "detail", "code", "message", "details"],
        "properties": {
            "type": {"type": "string", "description": "`about:blank`: `title` and `code` say it all."},
            "title": {"type": "string", "description": "The phrase of the status."},
            "status": {"type": "integer", "description": "The status of HTTP."},
            "detail": {"type": "string", "description": "What is wrong, in English; the same as `message`."},
            "code": {"type": "integer", "description": "google.rpc.Code, such as 3 for INVALID_ARGUMENT."},
            "message": {"type": "string", "description": "What is wrong, in English."},
            "details": {
                "type": "array",
                "description": "google.rpc.ErrorInfo with a reason of ErrorReason; BadRequest with `fieldViolations`; RetryInfo; ResourceInfo.",
                "items": {
                    "type": "object",
                    "required": ["@type"],
                    "properties": {"@type": {"type": "string", "examples": ["type.googleapis.com/google.rpc.ErrorInfo"]}},
                    "additionalProperties": true,
                },
            },
        },
        "examples": [{
            "type": "about:blank", "title": "Bad Request", "status": 400,
            "detail": "invalid request: target: is missing", "code": 3, "message": "invalid request: target: is missing",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "INVALID", "domain": "skillgap", "metadata": {}},
                {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "target", "description": "is missing"}]},
            ],
        }],
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// The unique name of an operation: a second path of a method has its own.
fn operation_name(route: &Route, is_first: bool) -> String {
    let name = route.method.name();
    format!("{name}{}", if is_first { "" } else { "ByQuery" })
}

/// Comments by file and place, on one line each where they were wrapped.
type Comments = BTreeMap<(String, Vec<i32>), String>;

fn comments(pool: &DescriptorPool) -> Comments {
    let of_file = |file: &FileDescriptorProto| {
        let name = file.name().to_owned();
        let info = file.source_code_info.clone().unwrap_or_default();
        info.location.into_iter().filter_map(move |location| {
            let comment = location.leading_comments.as_deref()?;
            let paragraphs = comment.split("\n\n");
            let paragraphs: Vec<String> = paragraphs
                .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            Some((
                (name.clone(), location.path),
                paragraphs.join("\n\n").trim().to_owned(),
            ))
        })
    };
    pool.file_descriptor_protos().flat_map(of_file).collect()
}

struct Writer<'w> {
    pool: &'w DescriptorPool,
    comments: Comments,
    schemas: Map<String, Value>,
    /// Messages that are named and not yet written.
    open: Vec<MessageDescriptor>,
}

impl Writer<'_> {
    fn comment(&self, file: protox::prost_reflect::FileDescriptor, path: &[i32]) -> String {
        let key = (file.name().to_owned(), path.to_vec());
        self.comments.get(&key).cloned().unwrap_or_default()
    }

    fn operation(&mut self, route: &Route, is_first: bool, example: &Value) -> Value {
        let method = &route.method;
        let about = self.comment(method.parent_service().parent_file(), method.path());
        let summary = about.split_once(". ").map_or(&*about, |(first, _)| first);
        let form = if route.is_feed() {
            "application/x-ndjson"
        } else {
            "application/json"
        };
        let answer = self.message(&method.output());
        let mut responses = Map::from_iter([(
            "200".to_owned(),
            json!({"description": self.comment(method.output().parent_file(), method.output().path()),
                "content": {form: {"schema": answer}}}),
        )]);
        for (status, _) in PROBLEMS {
            responses.insert(
                status.to_owned(),
                json!({"$ref": format!("#/components/responses/Problem{status}")}),
            );
        }
        let mut operation = json!({
            "operationId": operation_name(route, is_first),
            "tags": [method.parent_service().name()],
            "summary": summary.trim_end_matches('.'),
            "description": about,
            "responses": responses,
        });
        if route.has_body {
            let schema = self.message(&method.input());
            operation["requestBody"] = json!({"required": true, "content": {form: {"schema": schema, "example": example}}});
        } else {
            let input = method.input();
            let fields: Vec<FieldDescriptor> = input.fields().collect();
            let parameters: Vec<Value> = fields
                .iter()
                .map(|field| self.parameter(route, field, example))
                .collect();
            operation["parameters"] = parameters.into();
        }
        operation
    }

    fn parameter(&mut self, route: &Route, field: &FieldDescriptor, example: &Value) -> Value {
        let in_path = route.variable.as_deref() == Some(field.name());
        let name = if in_path {
            field.name()
        } else {
            field.json_name()
        };
        let about = self.comment(field.parent_message().parent_file(), field.path());
        let mut parameter = json!({
            "name": name,
            "in": if in_path { "path" } else { "query" },
            "required": in_path || self.behaves(field, REQUIRED),
            "description": about,
            "schema": self.field(field),
        });
        if let Some(example) = example.get(field.json_name()) {
            parameter["example"] = example.clone();
        }
        parameter
    }

    /// A reference to a message, which is written later.
    fn message(&mut self, message: &MessageDescriptor) -> Value {
        let name = schema_name(message);
        if !self.schemas.contains_key(&name) {
            self.schemas.insert(name.clone(), Value::Null);
            self.open.push(message.clone());
        }
        reference(&name)
    }

    /// Writes all messages that are named.
    fn rest(&mut self) {
        while let Some(message) = self.open.pop() {
            let schema = self.schema(&message);
            self.schemas.insert(schema_name(&message), schema);
        }
    }

    fn schema(&mut self, message: &MessageDescriptor) -> Value {
        if message.full_name() == "google.protobuf.Any" {
            return json!({"type": "object", "description": "A message with its type.", "required": ["@type"],
                "properties": {"@type": {"type": "string"}}, "additionalProperties": true});
        }
        let mut about = self.comment(message.parent_file(), message.path());
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let names: Vec<String> = oneof
                .fields()
                .map(|field| format!("`{}`", field.json_name()))
                .collect();
            about.push_str(&format!("\n\nAt most one of {}.", names.join(", ")));
        }
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for field in message.fields() {
            let name = field.json_name().to_owned();
            if self.behaves(&field, REQUIRED) {
                required.push(name.clone());
            }
            let mut schema = self.field(&field);
            let about = self.comment(message.parent_file(), field.path());
            schema["description"] = about.into();
            if self.behaves(&field, OUTPUT_ONLY) {
                schema["readOnly"] = true.into();
            }
            properties.insert(name, schema);
        }
        let mut schema = json!({"type": "object", "description": about, "properties": properties});
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        schema
    }

    fn field(&mut self, field: &FieldDescriptor) -> Value {
        let mut schema = self.any_value_of(field);
        if self.behaves(field, REQUIRED) {
            if field.is_list() {
                schema["minItems"] = 1.into();
            } else if field.kind() == Kind::String {
                schema["minLength"] = 1.into();
            }
        }
        schema
    }

    fn any_value_of(&mut self, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = self.value(&entry.map_entry_value_field().kind());
                json!({"type": "object", "additionalProperties": value})
            }
            kind if field.is_list() => json!({"type": "array", "items": self.value(&kind)}),
            kind => self.value(&kind),
        }
    }

    fn value(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Message(message) => self.message(message),
            Kind::Enum(item) => self.enumeration(item),
            Kind::String => json!({"type": "string"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
            Kind::Bool => json!({"type": "boolean"}),
            Kind::Double | Kind::Float => json!({"type": "number", "format": "double"}),
            Kind::Uint32 | Kind::Fixed32 => {
                json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX})
            }
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({"type": "integer", "format": "int32"})
            }
            Kind::Uint64 | Kind::Fixed64 => {
                json!({"type": "string", "format": "uint64", "pattern": "^[0-9]+$"})
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"})
            }
        }
    }

    fn enumeration(&mut self, item: &EnumDescriptor) -> Value {
        let mut about = self.comment(item.parent_file(), item.path());
        for value in item.values() {
            let what = self.comment(item.parent_file(), value.path());
            about.push_str(&format!("\n- `{}`: {what}", value.name()));
        }
        let names: Vec<String> = item.values().map(|value| value.name().to_owned()).collect();
        let schema = json!({"type": "string", "description": about, "enum": names});
        self.schemas.insert(item.name().to_owned(), schema);
        reference(item.name())
    }

    /// Whether `google.api.field_behavior` says so.
    fn behaves(&self, field: &FieldDescriptor, how: i32) -> bool {
        let behaviour = self.pool.get_extension_by_name("google.api.field_behavior");
        behaviour.is_some_and(|behaviour| {
            match field.options().get_extension(&behaviour).as_ref() {
                Said::List(values) => values.contains(&Said::EnumNumber(how)),
                _ => false,
            }
        })
    }
}

/// The short name of our messages, the full one of others.
fn schema_name(message: &MessageDescriptor) -> String {
    if message.package_name() == "skillgap.v1" {
        message.name().to_owned()
    } else {
        message.full_name().to_owned()
    }
}
