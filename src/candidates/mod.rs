//! Candidates: the credentials that are worth scoring. They teach something that covers what is missing and fulfil every constraint; the best few hundred.
//!
//! The scan sees every one of them. What it saw is kept in a [`CandidatePool`], so that a pathway can say what no set of all of them could exceed.

mod answers;
mod candidate;
mod held;
mod needs;
mod pool;
mod prior;
mod stated;
mod survey;
mod usefulness;
mod wording;

pub use candidate::{Candidate, Near, Usefulness, at};
pub use held::{HeldClosure, held_closure};
pub use needs::{Covered, Needs};
pub use pool::CandidatePool;
pub use prior::{Evidence, Prior, prior_learning};
pub use stated::entry_words;
pub use survey::{Found, Survey, find, survey};
pub use usefulness::{LIKELY_MIN, SHOWN_MIN};
pub use wording::{Against, Wording, with_near, worded_like};

use candidate::CHUNK;
