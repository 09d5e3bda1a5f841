//! JSON in which no member stands twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Parses JSON, and refuses an object with two members of one name, of which a map would keep the last. Members of the
/// outermost object that are not read are skipped, whatever they hold.
///
/// # Errors
/// What is wrong, with its place.
pub(super) fn parse(text: &[u8], is_read: fn(&str) -> bool) -> serde_json::Result<Value> {
    let mut parser = serde_json::Deserializer::from_slice(text);
    let value = Once {
        at: Place::Record,
        is_read,
    }
    .deserialize(&mut parser)?;
    parser.end()?;
    Ok(value)
}

/// Where a value stands.
#[derive(Clone, Copy)]
enum Place<'a> {
    Record,
    Member(&'a Place<'a>, &'a str),
    Entry(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record => Ok(()),
            Self::Member(Self::Record, name) => formatter.write_str(name),
            Self::Member(place, name) => write!(formatter, "{place}.{name}"),
            Self::Entry(place, at) => write!(formatter, "{place}[{at}]"),
        }
    }
}

#[derive(Clone, Copy)]
struct Once<'a> {
    at: Place<'a>,
    is_read: fn(&str) -> bool,
}

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            let at = Place::Entry(&self.at, array.len());
            match entries.next_element_seed(Once { at, ..self })? {
                Some(entry) => array.push(entry),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if matches!(self.at, Place::Record) && !(self.is_read)(&name) {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let at = Place::Member(&self.at, &name);
            let value = members.next_value_seed(Once { at, ..self })?;
            if object.contains_key(&name) {
                let colon = if matches!(self.at, Place::Record) {
                    ""
                } else {
                    ": "
                };
                let place = self.at;
                return Err(A::Error::custom(format_args!(
                    "{place}{colon}{name:?} stands there twice"
                )));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
