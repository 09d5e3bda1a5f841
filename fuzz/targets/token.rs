//! Tokens (JWT, SD-JWT) and wallets.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| skillgap_fuzz::token(bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    skillgap_fuzz::mutate::mutate(data, size, max_size, seed)
});
