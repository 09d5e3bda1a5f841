//! Names of the contract's enums, for the build scripts of both crates that compile parts of it.

use std::fmt::Write as _;

use protox::prost_reflect::EnumDescriptor;

/// What all values of an enum begin with.
pub fn prefix(item: &EnumDescriptor) -> String {
    let zero = item.default_value();
    zero.name()
        .strip_suffix("UNSPECIFIED")
        .unwrap_or_default()
        .to_owned()
}

/// Code for the names of enums, long and short, and for their JSON: written by full names, read by
/// short ones as well, which pbjson does not. `module` is the path of `enum_name` as the code sees it.
pub fn enum_names(enums: &[EnumDescriptor], module: &str) -> Result<String, std::fmt::Error> {
    let mut code = String::new();
    for item in enums {
        let (name, prefix) = (item.name(), prefix(item));
        let mut short = String::new();
        for value in item.values() {
            let name = value.name();
            let word = name.strip_prefix(&prefix).unwrap_or(name).to_lowercase();
            write!(short, "{name:?} => {word:?}, ")?;
        }
        write!(
            code,
            "impl {module}::EnumName for {name} {{
    const PREFIX: &'static str = {prefix:?};
    fn from_full_name(name: &str) -> Option<Self> {{
        Self::from_str_name(name)
    }}
    fn name(&self) -> &'static str {{
        match self.as_str_name() {{ {short} _ => \"\" }}
    }}
}}
impl serde::Serialize for {name} {{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        serializer.serialize_str(self.as_str_name())
    }}
}}
impl<'de> serde::Deserialize<'de> for {name} {{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {{
        {module}::read(deserializer)
    }}
}}
"
        )?;
    }
    Ok(code)
}
