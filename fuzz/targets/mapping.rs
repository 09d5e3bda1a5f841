//! Mappings: the input, up to a zero byte, as the TOML of one; what follows as a table and as JSON that it is for.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::mapping(bytes));
