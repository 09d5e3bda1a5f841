//! The weights that the binary carries beside the encoder, and the hash's part that they are.

/// How signals are weighed; `index/encoder/fusion.py` writes it.
pub const FUSION: &str = include_str!("../../encoder/fusion.json");
/// Which sentences ask for something.
pub const GATE: &[u8] = include_bytes!("../../encoder/gate.safetensors");
/// How often ads ask for each skill.
pub const POPULARITY: &str = include_str!("../../encoder/popularity.tsv");

/// Rows of character n-grams; `index/encoder/grams.py` writes it.
pub const GRAMS: &[u8] = include_bytes!("../../encoder/grams.safetensors");

/// All that the weights are read from; a generation built with others is refused.
pub const LEARNED: [&[u8]; 4] = [FUSION.as_bytes(), GATE, POPULARITY.as_bytes(), GRAMS];
