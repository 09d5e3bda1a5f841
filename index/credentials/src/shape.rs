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

/// The field of a record at a path, such as `access.countries`.
pub(crate) fn field(path: &str) -> Option<&'static Field> {
    let (group, rest) = path
        .split_once('.')
        .map_or((path, None), |(group, rest)| (group, Some(rest)));
    let of =
        |shape: &'static Shape, name: &str| shape.fields.iter().find(|field| field.name == name);
    let field = of(&CREDENTIAL, group)?;
    match (rest, &field.kind) {
        (None, _) => Some(field),
        (Some(name), Kind::Message(shape)) => of(shape, name),
        (Some(_), _) => None,
    }
}

include!(concat!(env!("OUT_DIR"), "/shapes.rs"));
