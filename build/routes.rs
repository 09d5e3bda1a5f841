//! Which methods have which paths over REST? Read from `google.api.http`, and written as a table in Rust.
//!
//! Taken are the forms that the contract has: a literal path, or one that ends in a variable; a body that is the whole message, or none, and then
//! fields of the request in the query. Anything else stops the build.

use std::error::Error;
use std::fmt::Write as _;

use protox::prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, Value,
};

/// The one method that the rules of `google.api.http` cannot annotate: it takes a stream.
const FEED: (&str, &str) = ("StreamRecommendations", "/v1/credentials:stream");
const VERBS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// A method and one of its paths.
pub struct Route {
    /// GET, POST and so on.
    pub verb: String,
    /// The path, up to its variable if it has one.
    pub path: String,
    /// The field that the end of the path fills.
    pub variable: Option<String>,
    /// The request stands in the body; otherwise in the query.
    pub has_body: bool,
    /// The method.
    pub method: MethodDescriptor,
}

impl Route {
    /// The fields of the request that stand in the query.
    pub fn parameters(&self) -> Vec<FieldDescriptor> {
        let input = self.method.input();
        input
            .fields()
            .filter(|field| !self.has_body && self.variable.as_deref() != Some(field.name()))
            .collect()
    }

    /// Requests and answers are lines of JSON.
    pub fn is_feed(&self) -> bool {
        self.method.is_client_streaming()
    }
}

/// All routes of a package, in the order of the contract.
pub fn routes(pool: &DescriptorPool, package: &str) -> Result<Vec<Route>, Box<dyn Error>> {
    let rule = pool
        .get_extension_by_name("google.api.http")
        .ok_or("google/api/annotations.proto is missing")?;
    let mut routes = Vec::new();
    let services = pool
        .services()
        .filter(|service| service.package_name() == package);
    for method in services.flat_map(|service| service.methods().collect::<Vec<_>>()) {
        if method.name() == FEED.0 {
            routes.push(Route {
                verb: "POST".to_owned(),
                path: FEED.1.to_owned(),
                variable: None,
                has_body: true,
                method,
            });
            continue;
        }
        let options = method.options();
        let rule = options.get_extension(&rule);
        let rule = rule.as_message().ok_or("no message")?;
        let first = route(&method, rule)?;
        routes.push(first);
        if let Some(Value::List(more)) = rule.get_field_by_name("additional_bindings").as_deref() {
            for rule in more.iter().filter_map(Value::as_message) {
                routes.push(route(&method, rule)?);
            }
        }
    }
    Ok(routes)
}

fn route(method: &MethodDescriptor, rule: &DynamicMessage) -> Result<Route, Box<dyn Error>> {
    let name = method.full_name().to_owned();
    let text = |field: &str| {
        let value = rule.get_field_by_name(field)?;
        value
            .as_str()
            .map(str::to_owned)
            .filter(|of| !of.is_empty())
    };
    let (verb, path) = VERBS
        .iter()
        .find_map(|verb| Some((verb.to_uppercase(), text(verb)?)))
        .ok_or_else(|| format!("{name}: has no path"))?;
    let body = text("body");
    if body.as_deref().is_some_and(|body| body != "*") {
        return Err(format!("{name}: a body that is a field is not supported").into());
    }
    let (path, variable) = match path.split_once('{') {
        None => (path, None),
        Some((path, variable)) => {
            let variable = variable.strip_suffix('}').filter(|of| !of.contains('='));
            let variable =
                variable.ok_or_else(|| format!("{name}: the variable must end the path"))?;
            (path.to_owned(), Some(variable.to_owned()))
        }
    };
    let route = Route {
        verb,
        path,
        variable,
        has_body: body.is_some(),
        method: method.clone(),
    };
    let nested = |field: &FieldDescriptor| matches!(field.kind(), Kind::Message(_));
    if let Some(field) = route.parameters().into_iter().find(nested) {
        let field = field.name();
        return Err(format!("{name}: {field} does not fit into a query").into());
    }
    Ok(route)
}

/// The table in Rust: the enum `Rpc`, and `ROUTES`.
pub fn code(routes: &[Route]) -> Result<String, std::fmt::Error> {
    let mut methods: Vec<&MethodDescriptor> = routes.iter().map(|route| &route.method).collect();
    methods.dedup();
    let (mut names, mut paths, mut table) = (String::new(), String::new(), String::new());
    for method in methods {
        let (name, service) = (method.name(), method.parent_service().full_name());
        writeln!(names, "    /// `{service}/{name}`.\n    {name},")?;
        writeln!(paths, "            Self::{name} => \"/{service}/{name}\",")?;
    }
    for route in routes {
        let mut parameters = String::new();
        for field in route.parameters() {
            write!(
                parameters,
                "Parameter {{ name: {:?}, json: {:?}, is_list: {}, is_bool: {} }}, ",
                field.name(),
                field.json_name(),
                field.is_list(),
                field.kind() == Kind::Bool,
            )?;
        }
        writeln!(
            table,
            "    Route {{ verb: {:?}, path: {:?}, variable: {:?}, has_body: {}, rpc: Rpc::{}, parameters: &[{parameters}] }},",
            route.verb,
            route.path,
            route.variable,
            route.has_body,
            route.method.name(),
        )?;
    }
    Ok(format!(
        "/// A method of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rpc {{
{names}}}

impl Rpc {{
    /// Its path over gRPC.
    pub const fn path(self) -> &'static str {{
        match self {{
{paths}        }}
    }}
}}

/// All paths over REST, in the order of the contract.
pub static ROUTES: &[Route] = &[
{table}];
"
    ))
}
