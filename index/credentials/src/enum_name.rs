//! Names of the values of enums: long or short, in capitals or not (`DELIVERY_MODE_ONLINE`, `online`).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

/// An enum of the contract, whose values have full names that begin with one prefix.
pub trait EnumName: Sized + TryFrom<i32> {
    /// What the full names of all values begin with, such as `DELIVERY_MODE_`.
    const PREFIX: &'static str;

    /// The value of a name in the contract.
    fn from_full_name(name: &str) -> Option<Self>;

    /// The name without its prefix, in lower case.
    fn name(&self) -> &'static str;

    /// The value of a full or a short name, in capitals or not.
    fn parse(name: &str) -> Option<Self> {
        let name = name.trim().to_uppercase().replace(['-', ' '], "_");
        Self::from_full_name(&name)
            .or_else(|| Self::from_full_name(&format!("{}{name}", Self::PREFIX)))
    }
}

/// Reads a value of an enum by its name or its number.
///
/// # Errors
/// For what is none of its values.
pub fn read<'de, D, E>(deserializer: D) -> Result<E, D::Error>
where
    D: Deserializer<'de>,
    E: EnumName,
{
    deserializer.deserialize_any(EnumVisitor(PhantomData))
}

struct EnumVisitor<E>(PhantomData<E>);

impl<E: EnumName> Visitor<'_> for EnumVisitor<E> {
    type Value = E;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "a name such as {}UNSPECIFIED, or its number",
            E::PREFIX
        )
    }

    fn visit_str<F: Error>(self, name: &str) -> Result<E, F> {
        E::parse(name).ok_or_else(|| F::custom(format_args!("is no name of a {}", E::PREFIX)))
    }

    fn visit_i64<F: Error>(self, number: i64) -> Result<E, F> {
        let value = i32::try_from(number)
            .ok()
            .and_then(|number| E::try_from(number).ok());
        value.ok_or_else(|| F::custom(format_args!("is no number of a {}", E::PREFIX)))
    }

    fn visit_u64<F: Error>(self, number: u64) -> Result<E, F> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
