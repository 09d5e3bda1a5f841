//! What a message in JSON weighs: a walk over its text that keeps nothing, before it is decoded.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Field, GROWTH, Method, Methods, NUMBER_BYTES, Shape, TEXT_BYTES};

/// The field of an entry of a map that holds its value.
const MAP_VALUE: u32 = 2;

impl Methods {
    /// About how many bytes a message in JSON to a method will take when it is decoded, at most. Counts no further than a little above `enough`,
    /// nor beyond what is no JSON.
    pub fn decoded_json_bytes(&self, method: Method, message: &[u8], enough: usize) -> usize {
        let mut decoded = 0;
        let walk = Walk {
            shapes: &self.shapes,
            field: Some(Field::Message(method.input)),
            decoded: &mut decoded,
            enough,
        };
        // Where it ends early, the decoder says why, or it is enough.
        let _ = walk.deserialize(&mut serde_json::Deserializer::from_slice(message));
        decoded
    }
}

/// A walk over one value.
struct Walk<'w> {
    shapes: &'w [Shape],
    field: Option<Field>,
    decoded: &'w mut usize,
    enough: usize,
}

impl Walk<'_> {
    fn weigh<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        *self.decoded = self.decoded.saturating_add(bytes);
        if *self.decoded > self.enough {
            return Err(E::custom("enough"));
        }
        Ok(())
    }

    fn inside(&mut self, field: Option<Field>) -> Walk<'_> {
        Walk {
            shapes: self.shapes,
            field,
            decoded: self.decoded,
            enough: self.enough,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(mut self, _: bool) -> Result<(), E> {
        self.weigh(GROWTH * NUMBER_BYTES)
    }

    fn visit_i64<E: Error>(mut self, _: i64) -> Result<(), E> {
        self.weigh(GROWTH * NUMBER_BYTES)
    }

    fn visit_u64<E: Error>(mut self, _: u64) -> Result<(), E> {
        self.weigh(GROWTH * NUMBER_BYTES)
    }

    fn visit_f64<E: Error>(mut self, _: f64) -> Result<(), E> {
        self.weigh(GROWTH * NUMBER_BYTES)
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.weigh(GROWTH * NUMBER_BYTES)
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.weigh(GROWTH * TEXT_BYTES + text.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let field = self.field;
        while list.next_element_seed(self.inside(field))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        let shapes = self.shapes;
        let shape = match self.field {
            Some(Field::Message(id) | Field::Entry(id)) => shapes.get(id),
            Some(Field::Numbers) | None => None,
        };
        let is_map = shape.is_some_and(|shape| shape.is_map_entry);
        if let (Some(Field::Entry(_)), Some(shape), false) = (self.field, shape, is_map) {
            self.weigh(GROWTH * shape.bytes)?;
        }
        while let Some(name) = object.next_key::<std::borrow::Cow<'_, str>>()? {
            let field = match shape {
                Some(entry) if is_map => {
                    self.weigh(GROWTH * entry.bytes + name.len())?;
                    entry.fields.get(&MAP_VALUE)
                }
                Some(message) => message.names.get(&*name),
                None => {
                    self.weigh(GROWTH * TEXT_BYTES)?;
                    None
                }
            };
            object.next_value_seed(self.inside(field.copied()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::wire;

    fn weigh(json: &str) -> usize {
        let methods = Methods::new().unwrap();
        let method = methods.at("/skillgap.v1.CatalogueService/BatchUpsertCredentials");
        methods.decoded_json_bytes(method.unwrap(), json.as_bytes(), usize::MAX)
    }

    #[test]
    fn a_message_weighs_at_least_what_it_takes_when_decoded() {
        let entries = |entry: &str| format!("[{}]", vec![entry; 10_000].join(","));
        let credential = size_of::<wire::Credential>();
        let outcome = size_of::<wire::Outcome>();
        let title = size_of::<(String, String)>();
        for (json, taken) in [
            (format!("{{\"credentials\":{}}}", entries("{}")), credential),
            (
                format!("{{\"credentials\":[{{\"outcomes\":{}}}]}}", entries("{}")),
                outcome,
            ),
            (
                format!(
                    "{{\"credentials\":[{{\"title\":{{{}}}}}]}}",
                    vec!["\"xx\":\"\""; 10_000].join(",")
                ),
                title,
            ),
        ] {
            let weight = weigh(&json);
            println!(
                "{} bytes take {}, weigh {weight}",
                json.len(),
                10_000 * taken
            );
            assert!((10_000 * taken..60_000 * taken.max(100)).contains(&weight));
        }
    }

    #[test]
    fn broken_json_weighs_what_comes_before_the_break() {
        assert_eq!(weigh("{\"credentials\":"), 0);
        assert!(weigh("{\"credentials\":[{},") > size_of::<wire::Credential>());
        assert_eq!(weigh(&"[".repeat(100_000)), 0);
    }

    #[test]
    fn no_more_is_counted_than_enough() {
        let methods = Methods::new().unwrap();
        let method = methods.at("/skillgap.v1.CatalogueService/BatchUpsertCredentials");
        let json = format!("{{\"credentials\":[{}]}}", vec!["{}"; 10_000].join(","));
        let weight = methods.decoded_json_bytes(method.unwrap(), json.as_bytes(), 5_000);
        assert!((5_000..50_000).contains(&weight), "{weight}");
    }
}
