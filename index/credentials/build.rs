//! Compiles the definition of a credential, `proto/skillgap/v1/credential.proto`, to Rust: messages,
//! their proto JSON, and their shapes for the checks. Needs no protoc.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

#[path = "build/enum_names.rs"]
mod enum_names;

use enum_names::{enum_names, prefix};
use prost::Message as _;
use protox::prost_reflect::{
    DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value,
};

/// The record and what it is made of; the other files of the contract are the service's.
const PROTOS: [&str; 2] = ["skillgap/v1/common.proto", "skillgap/v1/credential.proto"];
/// The message of the record.
const RECORD: &str = "skillgap.v1.Credential";
/// The package of both files.
const PACKAGE: &str = "skillgap.v1";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    for proto in PROTOS {
        println!("cargo:rerun-if-changed={}", root.join(proto).display());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).open_files(PROTOS)?;
    let pool = compiler.descriptor_pool();
    let descriptors = compiler.file_descriptor_set();
    let encoded = descriptors.encode_to_vec();
    fs::write(out.join("record.bin"), &encoded)?;
    let ours = |package: &str| package == PACKAGE;
    let enums: Vec<EnumDescriptor> = pool
        .all_enums()
        .filter(|item| ours(item.package_name()))
        .collect();
    // Maps are sorted, so that one record has one form, in bytes and in JSON.
    prost_build::Config::new()
        .btree_map(["."])
        .compile_fds(descriptors)?;
    pbjson_build::Builder::new()
        .register_descriptors(&encoded)?
        .exclude(enums.iter().map(|item| format!(".{}", item.full_name())))
        .btree_map(["."])
        .emit_fields()
        .build(&[format!(".{PACKAGE}")])?;
    fs::write(
        out.join("enums.rs"),
        enum_names(&enums, "crate::enum_name")?,
    )?;
    fs::write(out.join("shapes.rs"), shapes(&pool)?)?;
    Ok(())
}

/// The shape of each message of a record: its fields by their JSON names, and which of them are required.
fn shapes(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let mut open: Vec<MessageDescriptor> = pool.get_message_by_name(RECORD).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(message) = open.pop() {
        if message.is_map_entry() || !seen.insert(message.name().to_owned()) {
            continue;
        }
        open.extend(
            message
                .fields()
                .filter_map(|field| field.kind().as_message().cloned()),
        );
        let mut fields = String::new();
        for field in message.fields() {
            writeln!(
                fields,
                "    Field {{ name: {:?}, kind: {}, is_list: {}, is_required: {} }},",
                field.json_name(),
                kind(&field)?,
                field.is_list(),
                is_required(pool, &field),
            )?;
        }
        let name = message.name();
        write!(
            code,
            "pub(crate) static {}: Shape = Shape {{ message: {name:?}, fields: &[\n{fields}] }};\n",
            name.to_uppercase(),
        )?;
    }
    Ok(code)
}

fn kind(field: &FieldDescriptor) -> Result<String, Box<dyn Error>> {
    Ok(match field.kind() {
        _ if field.is_map() => "Kind::Texts".to_owned(),
        Kind::String => "Kind::Text".to_owned(),
        Kind::Double => "Kind::Number".to_owned(),
        Kind::Enum(item) => {
            let names: Vec<String> = item.values().map(|value| value.name().to_owned()).collect();
            format!("Kind::Enum({:?}, &{names:?})", prefix(&item))
        }
        Kind::Message(message) => format!("Kind::Message(&{})", message.name().to_uppercase()),
        Kind::Uint32 | Kind::Uint64 => "Kind::Whole".to_owned(),
        other => {
            return Err(format!("{}: no check is made for {other:?}", field.full_name()).into());
        }
    })
}

/// Whether `google.api.field_behavior` says so.
fn is_required(pool: &DescriptorPool, field: &FieldDescriptor) -> bool {
    const REQUIRED: i32 = 2;
    let behaviour = pool.get_extension_by_name("google.api.field_behavior");
    behaviour.is_some_and(
        |behaviour| match field.options().get_extension(&behaviour).as_ref() {
            Value::List(values) => values.contains(&Value::EnumNumber(REQUIRED)),
            _ => false,
        },
    )
}
