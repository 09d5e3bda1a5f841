//! ESCO packages of CSV files.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::package(bytes));
