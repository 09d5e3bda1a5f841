//! LOQ, the catalogue profile of the European Learning Model in XML.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::text(
    bytes,
    "<Courses><learningOpportunityReferences>",
    "</learningOpportunityReferences></Courses>"
));
