//! The shape of each message of the record: its fields by their names in JSON, what they hold, and which are required.

/// A message.
pub(crate) struct Shape {
    /// Its name in the contract.
    pub message: &'static str,
    /// Its fields, in the order of the contract.
    pub fields: &'static [Field],
}

/// A field.
pub(crate) struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it holds, or each of its entries.
    pub kind: Kind,
    /// Whether it is a list.
    pub is_list: bool,
    /// Whether it must be there.
    pub is_required: bool,
}

/// What a field holds.
pub(crate) enum Kind {
    /// A text.
    Text,
    /// Texts by language.
    Texts,
    /// A number.
    Number,
    /// A whole number, not negative.
    Whole,
    /// A value of an enum: what all of them begin with, and their names.
    Enum(&'static str, &'static [&'static str]),
    /// A message.
    Message(&'static Shape),
}

/// The field of a record at a path, such as `access.places.locality`.
pub(crate) fn field(path: &str) -> Option<&'static Field> {
    let (mut shape, mut found) = (Some(&CREDENTIAL), None);
    for step in path.split('.') {
        let field = shape?.fields.iter().find(|field| field.name == step)?;
        shape = match field.kind {
            Kind::Message(inner) => Some(inner),
            _ => None,
        };
        found = Some(field);
    }
    found
}

include!(concat!(env!("OUT_DIR"), "/shapes.rs"));
