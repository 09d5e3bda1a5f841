//! Occupations within a person's reach: every occupation's skills against all that is held; what is missing, and the one credential that helps most.
//!
//! Readiness = Σ weight · held / Σ weight over an occupation's skills, essential 1, optional 0.3 (design, section 6): the same number that a gap analysis
//! of that occupation gives.

mod best_credential;
mod reach;
mod readiness;

pub use best_credential::{BestCredential, best_credentials};
pub use reach::{Reach, Reached, describe};
pub use readiness::{HeldCoverage, Needed, Reachable, Wanted, reachable};
