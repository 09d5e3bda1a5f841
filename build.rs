//! The contract of `proto/` in Rust: messages, services, proto JSON and the descriptor set for reflection. Needs no protoc.
//!
//! The credential and what it is made of are compiled once, in `index/credentials`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use protox::prost_reflect::prost_types::EnumDescriptorProto;

const PROTOS: [&str; 4] = [
    "skillgap/v1/matching.proto",
    "skillgap/v1/skills.proto",
    "skillgap/v1/catalogue.proto",
    "skillgap/v1/error.proto",
];
/// Compiled by `index/credentials`.
const RECORD: [&str; 2] = ["skillgap/v1/common.proto", "skillgap/v1/credential.proto"];
const PACKAGE: &str = "skillgap.v1";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(PROTOS)?;
    // Encoded by protox, which keeps the options (`google.api.http`) that prost does not know.
    let encoded = compiler.encode_file_descriptor_set();
    fs::write(out.join("skillgap.v1.bin"), &encoded)?;
    let descriptors = compiler.file_descriptor_set();

    // A status is ours, since it is written as JSON, too.
    let mut external = vec![(
        ".google.rpc.Status".to_owned(),
        "crate::api::status::RpcStatus".to_owned(),
    )];
    let mut enums = Vec::new();
    for file in descriptors
        .file
        .iter()
        .filter(|file| file.package() == PACKAGE)
    {
        let names = file.enum_type.iter().map(|item| {
            let zero = item.value.first().map_or("", |value| value.name());
            (item, zero.trim_end_matches("UNSPECIFIED").to_owned())
        });
        if RECORD.contains(&file.name()) {
            let messages = file.message_type.iter().map(|item| item.name());
            let paths = messages
                .chain(names.map(|(item, _)| item.name()))
                .map(|name| {
                    (
                        format!(".{PACKAGE}.{name}"),
                        format!("::skillgap_credentials::proto::{name}"),
                    )
                });
            external.extend(paths);
        } else {
            let values = |item: &EnumDescriptorProto| {
                let names = item.value.iter().map(|value| value.name().to_owned());
                names.collect::<Vec<_>>()
            };
            enums
                .extend(names.map(|(item, prefix)| (item.name().to_owned(), prefix, values(item))));
        }
    }
    let mut tonic = tonic_prost_build::configure()
        .codec_path("crate::rpc::codec::WireCodec")
        .btree_map(".");
    let mut json = pbjson_build::Builder::new();
    json.register_descriptors(&encoded)?;
    for (path, rust) in &external {
        tonic = tonic.extern_path(path, rust);
        json.extern_path(path, rust);
    }
    json.exclude(external.iter().map(|(path, _)| path))
        .exclude(enums.iter().map(|(name, ..)| format!(".{PACKAGE}.{name}")))
        .btree_map(["."])
        .emit_fields()
        .build(&[".skillgap.v1"])?;
    tonic.compile_fds(descriptors)?;
    fs::write(out.join("enums.serde.rs"), enum_json(&enums)?)?;
    Ok(())
}

/// JSON of enums, each with the prefix of its values: written by full names, read by short ones as well.
fn enum_json(enums: &[(String, String, Vec<String>)]) -> Result<String, std::fmt::Error> {
    let mut code = String::new();
    for (name, prefix, values) in enums {
        let mut short = String::new();
        for value in values {
            let word = value.strip_prefix(prefix).unwrap_or(value).to_lowercase();
            write!(short, "{value:?} => {word:?}, ")?;
        }
        write!(
            code,
            "impl skillgap_credentials::enum_name::EnumName for {name} {{
    const PREFIX: &'static str = \"{prefix}\";
    fn name(&self) -> &'static str {{
        match self.as_str_name() {{ {short} _ => \"\" }}
    }}
    fn from_full_name(name: &str) -> Option<Self> {{
        Self::from_str_name(name)
    }}
}}
impl serde::Serialize for {name} {{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        serializer.serialize_str(self.as_str_name())
    }}
}}
impl<'de> serde::Deserialize<'de> for {name} {{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {{
        skillgap_credentials::enum_name::read(deserializer)
    }}
}}
"
        )?;
    }
    Ok(code)
}
