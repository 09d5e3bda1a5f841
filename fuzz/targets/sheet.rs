//! Spreadsheets: the input as the XML of a sheet's rows within a spreadsheet, and as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::sheet(bytes));
