//! Which method does a path over REST name, and which request does a query hold? The table is made from `google.api.http` in the build.

use form_urlencoded::parse;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::error::{Error, Result, Violation};

include!(concat!(env!("OUT_DIR"), "/routes.rs"));

/// Bytes of a query or a variable of a path. What is long belongs in a body.
const QUERY_BYTES_MAX: usize = 8 << 10;

/// A path over REST.
#[derive(Debug)]
pub struct Route {
    /// GET, POST and so on.
    pub verb: &'static str,
    /// The path, up to its variable if it has one.
    pub path: &'static str,
    variable: Option<&'static str>,
    /// The request stands in the body; otherwise in the query.
    pub has_body: bool,
    /// The method.
    pub rpc: Rpc,
    parameters: &'static [Parameter],
}

/// Bytes of a name that is said back.
const NAME_BYTES_MAX: usize = 40;

/// A field of a request in a query.
#[derive(Debug)]
struct Parameter {
    name: &'static str,
    json: &'static str,
    is_list: bool,
    is_bool: bool,
}

/// Why no method has such a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Nowhere {
    /// No method has it.
    Path,
    /// Methods have it with these verbs only, as `Allow` lists them.
    Verb(String),
}

/// The route of a path, with what its variable is.
///
/// # Errors
/// [`Nowhere`].
pub fn find<'p>(verb: &str, path: &'p str) -> Result<(&'static Route, Option<&'p str>), Nowhere> {
    let rest = |route: &Route| match route.variable {
        None => (path == route.path).then_some(None),
        Some(_) => path
            .strip_prefix(route.path)
            .filter(|rest| !rest.is_empty() && !rest.contains('/'))
            .map(Some),
    };
    let there: Vec<_> = ROUTES
        .iter()
        .filter_map(|route| Some((route, rest(route)?)))
        .collect();
    match there.iter().find(|(route, _)| route.verb == verb) {
        Some(found) => Ok(*found),
        None if there.is_empty() => Err(Nowhere::Path),
        None => {
            let verbs: Vec<&str> = there.iter().map(|(route, _)| route.verb).collect();
            Err(Nowhere::Verb(verbs.join(", ")))
        }
    }
}

impl Route {
    /// Says which parameters there are, and which is none of them, if it has the form of a name.
    fn no_parameter(&self, name: &str) -> Violation {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_name =
            !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(is_plain);
        let known: Vec<&str> = self.parameters.iter().map(|of| of.json).collect();
        let reason = match known.is_empty() {
            true => "is no parameter: there are none".to_owned(),
            false => format!("is no parameter; there are {}", known.join(", ")),
        };
        Violation::new(if is_name { name } else { "query" }, reason)
    }

    /// The request that stands in a path and its query, as proto JSON.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no parameter, comes twice, or is no text.
    pub fn request(&self, variable: Option<&str>, query: &str) -> Result<Map<String, Value>> {
        let too_long = query.len() + variable.map_or(0, str::len) > QUERY_BYTES_MAX;
        if too_long {
            let reason = format!("has more than {QUERY_BYTES_MAX} bytes");
            return Err(Error::invalid("query", reason));
        }
        let (mut request, mut violations) = (Map::new(), Vec::new());
        if let (Some(name), Some(value)) = (self.variable, variable) {
            match percent_decode_str(value).decode_utf8() {
                Ok(value) => {
                    request.insert(name.to_owned(), value.into());
                }
                Err(_) => violations.push(Violation::new(name, "is no UTF-8")),
            }
        }
        for (name, value) in parse(query.as_bytes()) {
            let named = |of: &&Parameter| of.name == name || of.json == name;
            let Some(parameter) = self.parameters.iter().find(named) else {
                violations.push(self.no_parameter(&name));
                continue;
            };
            let value = match (parameter.is_bool, &*value) {
                (true, "true") => Value::Bool(true),
                (true, "false") => Value::Bool(false),
                _ => Value::String(value.into_owned()),
            };
            if parameter.is_list {
                let list = request
                    .entry(parameter.json)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(value);
                }
            } else if request.insert(parameter.json.to_owned(), value).is_some() {
                violations.push(Violation::new(parameter.json, "comes twice"));
            }
        }
        if violations.is_empty() {
            Ok(request)
        } else {
            Err(Error::Invalid(violations))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_exact_and_a_variable_ends_them() {
        let rpc = |verb, path| find(verb, path).map(|(route, variable)| (route.rpc, variable));
        assert_eq!(
            rpc("POST", "/v1/credentials:recommend"),
            Ok((Rpc::RecommendCredentials, None))
        );
        assert_eq!(
            rpc("GET", "/v1/credentials/a%2Fb"),
            Ok((Rpc::GetCredential, Some("a%2Fb")))
        );
        assert_eq!(
            rpc("DELETE", "/v1/credential"),
            Ok((Rpc::DeleteCredential, None))
        );
        for path in [
            "/v1/credentials/",
            "/v1/credentials/a/b",
            "/v1/skills/",
            "/",
            "/v1",
        ] {
            assert_eq!(rpc("GET", path), Err(Nowhere::Path), "{path}");
        }
        let allow = |allow: &str| Err(Nowhere::Verb(allow.to_owned()));
        assert_eq!(rpc("GET", "/v1/gap:analyse"), allow("POST"));
        assert_eq!(rpc("POST", "/v1/credentials/a"), allow("GET, DELETE"));
    }

    #[test]
    fn a_query_becomes_a_request() {
        let request = |verb, path: &str, query: &str| {
            let (route, variable) = find(verb, path).unwrap();
            route.request(variable, query).map(Value::Object)
        };
        assert_eq!(
            request("GET", "/v1/credentials/a%2Fb%3Ac", "languageCode=de").unwrap(),
            json!({"id": "a/b:c", "languageCode": "de"})
        );
        let query =
            "text=sell+b%C3%BCcher&label_language_codes=de&labelLanguageCodes=en&page_size=3";
        assert_eq!(
            request("GET", "/v1/skills", query).unwrap(),
            json!({"text": "sell bücher", "labelLanguageCodes": ["de", "en"], "pageSize": "3"})
        );
        for query in [
            "q=secret",
            "s%C3%BC=secret",
            "text=a&text=b",
            &"x".repeat(QUERY_BYTES_MAX + 1),
        ] {
            let refused = request("GET", "/v1/skills", query).unwrap_err().to_string();
            assert!(
                !refused.contains("secret") && !refused.contains('ü'),
                "{refused}"
            );
        }
        assert!(request("GET", "/v1/credentials/%ff", "").is_err());
    }
}
