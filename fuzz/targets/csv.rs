//! CSV.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// Every kind of column: plain, by language, a list, a number.
const HEADER: &str = "id,title,title_de,outcomes,skills,hours,eqfLevel,costAmount,costCurrency,validUntil,isced,mode,country\n";

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::text(bytes, HEADER, ""));
