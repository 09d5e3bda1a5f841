//! Compiles the definition of a credential, `proto/skillgap/v1/credential.proto`, to Rust: messages
//! and their proto JSON. Needs no protoc.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use prost::Message as _;

/// The record and what it is made of; the other files of the contract are the service's.
const PROTOS: [&str; 2] = ["skillgap/v1/common.proto", "skillgap/v1/credential.proto"];

/// The package of both files.
const PACKAGE: &str = "skillgap.v1";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    for proto in PROTOS {
        println!("cargo:rerun-if-changed={}", root.join(proto).display());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let descriptors = protox::compile(PROTOS, [&root])?;
    let encoded = descriptors.encode_to_vec();
    fs::write(out.join("record.bin"), &encoded)?;
    let files = descriptors
        .file
        .iter()
        .filter(|file| file.package() == PACKAGE);
    let enums: Vec<(String, String)> = files
        .flat_map(|file| &file.enum_type)
        .map(|item| {
            let zero = item.value.first().map(|value| value.name());
            let prefix = zero.and_then(|name| name.strip_suffix("UNSPECIFIED"));
            (
                item.name().to_owned(),
                prefix.unwrap_or_default().to_owned(),
            )
        })
        .collect();
    // Maps are sorted, so that one record has one form, in bytes and in JSON.
    prost_build::Config::new()
        .btree_map(["."])
        .compile_fds(descriptors)?;
    pbjson_build::Builder::new()
        .register_descriptors(&encoded)?
        .exclude(enums.iter().map(|(name, _)| format!(".{PACKAGE}.{name}")))
        .btree_map(["."])
        .emit_fields()
        .build(&[format!(".{PACKAGE}")])?;
    fs::write(out.join("enums.serde.rs"), enum_json(&enums)?)?;
    Ok(())
}

/// JSON of enums, each with the prefix of its values: written by full names, read by short ones as
/// well, which pbjson does not.
fn enum_json(enums: &[(String, String)]) -> Result<String, std::fmt::Error> {
    let mut code = String::new();
    for (name, prefix) in enums {
        write!(
            code,
            "impl crate::enum_name::EnumName for {name} {{
    const PREFIX: &'static str = \"{prefix}\";
    fn full_name(&self) -> &'static str {{
        self.as_str_name()
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
        crate::enum_name::read(deserializer)
    }}
}}
"
        )?;
    }
    Ok(code)
}
