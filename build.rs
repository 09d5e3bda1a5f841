//! Compiles the contract in `proto/` to Rust: messages, services, proto JSON and the descriptor set for reflection. Needs no protoc.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost::Message;

const PROTOS: [&str; 4] = [
    "src/rpc/proto/skillgap/v1/types.proto",
    "src/rpc/proto/skillgap/v1/matching.proto",
    "src/rpc/proto/skillgap/v1/skills.proto",
    "src/rpc/proto/skillgap/v1/catalogue.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/rpc/proto");
    let descriptors = protox::compile(PROTOS, ["src/rpc/proto"])?;
    let encoded = descriptors.encode_to_vec();
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("skillgap.v1.bin"),
        &encoded,
    )?;
    tonic_prost_build::configure()
        .codec_path("crate::rpc::codec::WireCodec")
        .compile_fds(descriptors)?;
    pbjson_build::Builder::new()
        .register_descriptors(&encoded)?
        .emit_fields()
        .build(&[".skillgap.v1"])?;
    Ok(())
}
