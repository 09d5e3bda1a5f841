//! Section: the part of an ad that a segment stands in, opened by its heading.

/// A part of an ad, opened by its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// What the person must bring.
    Requirements,
    /// What is welcome.
    NiceToHave,
    /// What an ad does not ask for, or teaches; what a person has not, or wishes.
    NotAsked,
    /// What the person will do.
    Tasks,
    /// What the employer gives.
    Offer,
    /// Who the employer is.
    About,
    /// How to apply, contacts.
    Apply,
    /// Equal opportunity, privacy, metadata.
    Boilerplate,
    /// The ad's first line.
    Title,
    /// Not known.
    Unknown,
}

impl Section {
    /// The section of a group of headings.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "requirements" => Self::Requirements,
            "nice to have" => Self::NiceToHave,
            "not asked" => Self::NotAsked,
            "tasks" => Self::Tasks,
            "offer" => Self::Offer,
            "about" => Self::About,
            "apply" => Self::Apply,
            "boilerplate" => Self::Boilerplate,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }

    /// Whether an ad asks in it.
    pub fn asks(self) -> bool {
        matches!(self, Self::Requirements | Self::NiceToHave | Self::Tasks)
    }

    /// Whether it is about something else than the job.
    pub fn is_beside_the_job(self) -> bool {
        matches!(
            self,
            Self::Offer | Self::About | Self::Apply | Self::Boilerplate
        )
    }
}
