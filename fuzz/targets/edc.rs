//! Europass digital credentials.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

/// Makes an object one of this format.
const MARK: &str = r#"{"type":"EuropeanDigitalCredential","id":"http://x/1","issuer":{"id":"i"},"credentialSubject":{"hasClaim":[{"type":"LearningAchievement","title":{"en":"t"}}]}}"#;

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::json(bytes, MARK));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    skillgap_fuzz::mutate::mutate(data, size, max_size, seed)
});
