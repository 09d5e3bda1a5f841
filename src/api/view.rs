//! The view that a request has of the service: one snapshot, the limits, the operator's policy, the day, and the time that is left.

use skillgap_catalogue::Catalogue;
use skillgap_market::Market;

use crate::config::Policy;
use crate::engine::Watch;
use crate::limits::Limits;

/// All that an answer may depend on beside its request.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The snapshot.
    pub catalogue: &'a Catalogue,
    /// What jobs ask for, if the service counts that.
    pub market: Option<&'a Market>,
    /// Limits on what comes from outside.
    pub limits: &'a Limits,
    /// What the operator decided on rates and accreditors.
    pub policy: &'a Policy,
    /// Today, in days since 1970-01-01: the day of a request that names none.
    pub today: i64,
    /// Seconds for which nothing was heard of the log that this machine follows, if that is long.
    pub unheard_seconds: Option<u32>,
    /// The deadline, and whether the caller is still there.
    pub watch: &'a Watch,
}
