//! ELMO, XML.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::text(
    bytes,
    "<elmo><report><issuer><title>u</title></issuer>",
    "</report></elmo>"
));
