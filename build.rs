//! The contract of `proto/` in Rust: messages, services, proto JSON, paths over REST and their description, and the descriptor set for reflection. Needs no protoc.
//!
//! The credential and what it is made of are compiled once, in `index/credentials`.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

#[path = "index/credentials/build/enum_names.rs"]
mod enum_names;
#[path = "build/openapi.rs"]
mod openapi;
#[path = "build/routes.rs"]
mod routes;

use enum_names::enum_names;
use protox::prost_reflect::{EnumDescriptor, FileDescriptor};

const PROTOS: [&str; 5] = [
    "skillgap/v1/matching.proto",
    "skillgap/v1/skills.proto",
    "skillgap/v1/catalogue.proto",
    "skillgap/v1/market.proto",
    "skillgap/v1/error.proto",
];
/// Compiled by `index/credentials`.
const RECORD: [&str; 2] = ["skillgap/v1/common.proto", "skillgap/v1/credential.proto"];
const PACKAGE: &str = "skillgap.v1";

/// A request a method, which the description of the service shows, and which a test sends.
const EXAMPLES: &str = "build/examples.json";

/// Reads a file, whose change is a reason to build again.
fn read(path: &str) -> std::io::Result<String> {
    println!("cargo:rerun-if-changed={path}");
    fs::read_to_string(path)
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed=build");
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
    let pool = compiler.descriptor_pool();
    let files = pool.files().filter(|file| file.package_name() == PACKAGE);
    let (record, others): (Vec<FileDescriptor>, Vec<_>) =
        files.partition(|file| RECORD.contains(&file.name()));
    for file in &record {
        let messages = file.messages().map(|item| item.name().to_owned());
        let names = messages.chain(file.enums().map(|item| item.name().to_owned()));
        external.extend(names.map(|name| {
            (
                format!(".{PACKAGE}.{name}"),
                format!("::skillgap_credentials::proto::{name}"),
            )
        }));
    }
    let enums: Vec<EnumDescriptor> = others.iter().flat_map(FileDescriptor::enums).collect();
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
        .exclude(enums.iter().map(|item| format!(".{}", item.full_name())))
        .btree_map(["."])
        .emit_fields()
        .build(&[".skillgap.v1"])?;
    tonic.compile_fds(descriptors)?;
    let names = enum_names(&enums, "skillgap_credentials::enum_name")?;
    fs::write(out.join("enums.rs"), names)?;
    let routes = routes::routes(&pool, PACKAGE)?;
    fs::write(out.join("routes.rs"), routes::code(&routes)?)?;
    let examples: serde_json::Value = serde_json::from_str(&read(EXAMPLES)?)?;
    let document = openapi::document(&openapi::Source {
        pool: &pool,
        routes: &routes,
        examples: examples.as_object().ok_or("the examples are no object")?,
        defaults: &read("src/config/default.toml")?,
        version: &env::var("CARGO_PKG_VERSION")?,
    })?;
    fs::write(out.join("openapi.json"), document)?;
    Ok(())
}
