//! `Target`: the field of a record that a column fills, by the column's name or by the name in a mapping.

use crate::check::proto_path;
use crate::credential::{EnumName, Signal};
use crate::native::{self, SHORT_NAMES};
use crate::shape::{self, CREDENTIAL, Field, Kind};

/// Fields that are text by language.
const BY_LANGUAGE: [&str; 3] = ["title", "description", "outcomes"];
/// Group of the facts that people trust a credential by, each a column of yes and no.
const SIGNALS: &str = "trustSignals.";

/// What a column fills.
#[derive(Clone)]
pub(super) enum Target {
    /// A text by language, or in the language of the record.
    Text(&'static str, Option<String>),
    /// Outcomes, in the same way.
    Outcomes(Option<String>),
    /// Skills that the whole teaches.
    Skills,
    /// Skills that must be had before.
    SkillsRequired,
    /// The amount of the cost, and its currency if the cell names one.
    Cost,
    /// The currency of the cost.
    Currency,
    /// A fact that is so or not so.
    Signal(&'static str),
    /// Any other field, at a path of the short or of the full form.
    Field(&'static Field, String),
}

impl Target {
    /// The target of a name; upper and lower case are alike.
    pub fn of(name: &str) -> Option<Self> {
        let (field, language) = base(name);
        let is = |known: &str| known.eq_ignore_ascii_case(field);
        if let Some(known) = BY_LANGUAGE.into_iter().find(|known| is(known)) {
            return Some(match known {
                "outcomes" => Self::Outcomes(language),
                known => Self::Text(known, language),
            });
        }
        if let Some(signal) = field.strip_prefix(SIGNALS) {
            let signal = Signal::parse(&proto_path(signal))?;
            return Some(Self::Signal(signal.name()));
        }
        match field {
            _ if is("skills") => return Some(Self::Skills),
            _ if is("skillsRequired") => return Some(Self::SkillsRequired),
            _ if is("cost") || is("costAmount") => return Some(Self::Cost),
            _ if is("costCurrency") => return Some(Self::Currency),
            _ => {}
        }
        let short = SHORT_NAMES.iter().map(|(short, _)| *short);
        let own = CREDENTIAL.fields.iter().map(|field| field.name);
        let known = short.chain(own).find(|known| is(known));
        let path = known.unwrap_or(field);
        let field = shape::field(native::full_name(path))?;
        let is_message = matches!(field.kind, Kind::Message(_) | Kind::Texts);
        (!is_message || path == "languages").then(|| Self::Field(field, path.to_owned()))
    }

    /// The path of its field in the contract.
    pub fn path(&self) -> String {
        match self {
            Self::Text(field, _) => (*field).to_owned(),
            Self::Outcomes(_) => "outcomes".to_owned(),
            Self::Skills => "outcomes.skills".to_owned(),
            Self::SkillsRequired => "entry.skill_uris".to_owned(),
            Self::Cost | Self::Currency => "cost".to_owned(),
            Self::Signal(signal) => format!("quality.trust_signals.{signal}"),
            Self::Field(_, path) => proto_path(native::full_name(path)),
        }
    }

    /// Whether several columns may fill it.
    pub fn is_list(&self) -> bool {
        match self {
            Self::Outcomes(_) | Self::Skills | Self::SkillsRequired => true,
            Self::Field(field, _) => field.is_list,
            _ => false,
        }
    }
}

/// A name without the language that it ends in, and the language (`title_de`).
fn base(name: &str) -> (&str, Option<String>) {
    match name.rsplit_once('_') {
        Some((field, language))
            if BY_LANGUAGE
                .iter()
                .any(|known| known.eq_ignore_ascii_case(field))
                && language.len() == 2 =>
        {
            (field, Some(language.to_lowercase()))
        }
        _ => (name, None),
    }
}
