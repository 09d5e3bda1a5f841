//! Circles of imports between the files of a crate: which files need each other, through how many others whatever.
//!
//! A file depends on another if it names something that is defined there. Re-exports (`pub use`) are no dependency:
//! what is imported through them counts for the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::{paths, sources};

/// The folders of crates whose files are looked at.
pub const CRATES: [&str; 7] = [
    "src",
    "index/esco/src",
    "index/linker/src",
    "index/credentials/src",
    "index/catalogue/src",
    "index/market/src",
    "tools/eval/src",
];

/// A module of a crate: its path from the root, such as `live::folder`; empty for the root.
type Module = String;

/// Code without its re-exports, and the paths that these name.
fn split_reexports(code: &str) -> (String, Vec<String>) {
    let (mut rest, mut reexported, mut is_reexport) = (String::new(), String::new(), false);
    for line in code.lines() {
        let statement = line.trim_start();
        is_reexport |= ["pub use ", "pub(crate) use ", "pub(super) use "]
            .iter()
            .any(|start| statement.starts_with(start));
        let to = if is_reexport {
            &mut reexported
        } else {
            &mut rest
        };
        to.push_str(line);
        to.push('\n');
        is_reexport &= !statement.ends_with(';');
    }
    (rest, paths(&reexported))
}

/// The module that a file of a crate holds.
fn module(path: &str, folder: &str) -> Module {
    let inside = path
        .strip_prefix(folder)
        .and_then(|path| path.strip_prefix('/'))
        .and_then(|path| path.strip_suffix(".rs"))
        .unwrap_or_default();
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    if matches!(inside, "lib" | "mod") {
        return Module::new();
    }
    inside.replace('/', "::")
}

fn join(module: &str, path: &str) -> String {
    [module, path]
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("::")
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

/// The files of one crate by their modules.
pub struct Crate {
    code: BTreeMap<Module, String>,
    /// Module → paths from the root that it re-exports.
    reexports: BTreeMap<Module, Vec<String>>,
}

impl Crate {
    /// Takes the files as (path, text).
    pub fn new(folder: &str, files: &[(String, String)]) -> Self {
        let mut code = BTreeMap::new();
        let mut named = Vec::new();
        for (path, text) in files {
            if path.ends_with("/main.rs") {
                continue;
            }
            let (rest, reexported) = split_reexports(text);
            let module = module(path, folder);
            named.push((module.clone(), reexported));
            code.insert(module, rest);
        }
        let mut all = Self {
            code,
            reexports: BTreeMap::new(),
        };
        for (module, reexported) in named {
            let absolute = reexported
                .iter()
                .filter_map(|path| all.absolute(&module, path))
                .collect();
            all.reexports.insert(module, absolute);
        }
        all
    }

    /// A path as seen from a module, from the root of the crate; nothing if it leads out of the crate.
    fn absolute(&self, module: &str, path: &str) -> Option<String> {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        match first {
            "crate" => Some(rest.to_owned()),
            "self" => Some(join(module, rest)),
            "super" => {
                let (mut at, mut rest) = (parent(module), rest);
                while let Some(further) = rest.strip_prefix("super::") {
                    (at, rest) = (parent(at), further);
                }
                Some(join(at, rest))
            }
            _ => {
                let here = join(module, path);
                let child = join(module, first);
                self.code.contains_key(&child).then_some(here)
            }
        }
    }

    /// The module whose file defines what a path from the root names.
    fn home(&self, path: &str, steps: usize) -> Option<&str> {
        let mut prefix = path;
        while !self.code.contains_key(prefix) && !prefix.is_empty() {
            prefix = parent(prefix);
        }
        let (module, _) = self.code.get_key_value(prefix)?;
        let item = path[prefix.len()..].trim_start_matches("::");
        let item = item.split("::").next().unwrap_or_default();
        if item.is_empty() || steps == 0 || self.defines(module, item) {
            return Some(module);
        }
        let reexported = self.reexports.get(module)?.iter();
        let home = reexported.filter_map(|path| {
            let (from, name) = path.rsplit_once("::").unwrap_or(("", path));
            match name {
                "*" => self
                    .home(&join(from, item), steps - 1)
                    .filter(|home| self.code.contains_key(from) && self.defines(home, item)),
                name => (name == item).then(|| self.home(path, steps - 1))?,
            }
        });
        home.into_iter().next().or(Some(module))
    }

    fn defines(&self, module: &str, item: &str) -> bool {
        let Some(code) = self.code.get(module) else {
            return false;
        };
        [
            "struct", "enum", "fn", "trait", "type", "const", "static", "union",
        ]
        .iter()
        .any(|word| {
            let definition = format!("{word} {item}");
            code.match_indices(&definition).any(|(at, found)| {
                let next = code[at + found.len()..].chars().next();
                !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    }

    /// The modules that a module depends on.
    fn dependencies(&self, module: &str) -> BTreeSet<&str> {
        let code = self.code.get(module).map_or("", String::as_str);
        paths(code)
            .iter()
            .filter(|path| path.contains("::"))
            .filter_map(|path| self.absolute(module, path))
            .filter_map(|path| self.home(&path, 4))
            .filter(|home| *home != module)
            .collect()
    }

    /// Modules that need each other, each circle sorted.
    pub fn circles(&self) -> Vec<Vec<&str>> {
        let direct: BTreeMap<&str, BTreeSet<&str>> = self
            .code
            .keys()
            .map(|module| (module.as_str(), self.dependencies(module)))
            .collect();
        let reached = |from: &str| {
            let (mut met, mut open) = (BTreeSet::new(), vec![from]);
            while let Some(at) = open.pop() {
                for next in direct.get(at).into_iter().flatten() {
                    if met.insert(*next) {
                        open.push(next);
                    }
                }
            }
            met
        };
        let reach: BTreeMap<&str, BTreeSet<&str>> = direct
            .keys()
            .map(|module| (*module, reached(module)))
            .collect();
        let mut circles = BTreeSet::new();
        for (module, reaches) in &reach {
            let circle: Vec<&str> = reaches
                .iter()
                .filter(|other| reach[*other].contains(module))
                .copied()
                .collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }
}

#[test]
fn circles_are_found_and_facades_are_none() {
    let file = |path: &str, text: &str| (format!("f/{path}.rs"), text.to_owned());
    let circles = |files: &[(String, String)]| {
        let all = Crate::new("f", files);
        all.circles()
            .into_iter()
            .map(|circle| circle.join(" "))
            .collect::<Vec<_>>()
    };
    let facade = [
        file("lib", "mod a; mod b;\npub use a::A;\npub use b::*;\n"),
        file("a", "pub struct A;"),
        file("b", "use crate::A;\npub struct B;"),
    ];
    assert_eq!(circles(&facade), Vec::<String>::new());
    let direct = [
        file("lib", "mod a; mod b;\npub use a::A;\npub use b::*;\n"),
        file("a", "use super::B;\npub struct A;"),
        file("b", "use crate::A;\npub struct B;"),
    ];
    assert_eq!(circles(&direct), ["a b"]);
    let parent_and_child = [
        file("lib", "mod c;\n"),
        file("c/mod", "mod d;\npub struct C;\nfn f() { d::g() }"),
        file("c/d", "use super::C;\npub fn g() {}"),
    ];
    assert_eq!(circles(&parent_and_child), ["c c::d"]);
}

/// Circles that are known, by the folder of their crate. They may only get smaller, and go.
const KNOWN: [(&str, &str); 2] = [
    (
        "src",
        "candidates::answers candidates::stated candidates::wording",
    ),
    ("tools/eval/src", " extraction linking"),
];

#[test]
fn no_files_import_each_other() {
    let mut unknown = Vec::new();
    for folder in CRATES {
        let all = Crate::new(folder, &sources(folder));
        for circle in all.circles() {
            let is_known = |(of, known): &(&str, &str)| {
                let known: BTreeSet<&str> = known.split(' ').collect();
                *of == folder && circle.iter().all(|module| known.contains(module))
            };
            if !KNOWN.iter().any(is_known) {
                unknown.push(format!("{folder}: {}", circle.join(" ")));
            }
        }
    }
    assert_eq!(unknown, Vec::<String>::new(), "circles of files");
}
