//! Files and folders of the project, as code that looks for its own modules sees them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use architect_model::Location;
use rustc_hash::FxHashMap;

use super::machine::Machine;
use super::value::{Arguments, Kind, Made, Object, Value};

/// The class of paths.
const PATH: &str = "pathlib.Path";

impl<'a> Machine<'a> {
    /// A path object.
    fn path(path: &str, at: &Location) -> Value<'a> {
        let arguments = Arguments::of(vec![Value::str(path)]);
        let callee = Value::library(PATH);
        Kind::Made(Rc::new(Made { callee, arguments, at: at.clone() })).into()
    }

    /// Attributes of a path object.
    pub(super) fn path_attribute(&self, path: &str, name: &str, at: &Location) -> Option<Value<'a>> {
        let last = path.rsplit('/').next().unwrap_or(path);
        Some(match name {
            "parent" => Self::path(folder_of(path), at),
            "name" => Value::str(last),
            "stem" => Value::str(last.rsplit_once('.').map_or(last, |(stem, _)| stem)),
            "suffix" => Value::str(last.rfind('.').map_or("", |dot| &last[dot..])),
            "parts" => Value::list(path.split('/').map(Value::str).collect()),
            _ => return None,
        })
    }

    /// Methods of a path object.
    pub(super) fn path_method(
        &self,
        path: &str,
        name: &str,
        arguments: &Arguments<'a>,
        at: &Location,
    ) -> Option<Value<'a>> {
        let first = arguments.positional.first();
        let given = first.and_then(path_text);
        let paths = |found: Vec<String>| Value::list(found.iter().map(|path| Self::path(path, at)).collect());
        Some(match (name, given) {
            ("resolve" | "absolute" | "expanduser", _) => Self::path(path, at),
            ("joinpath", Some(more)) => Self::path(&joined(path, &more), at),
            ("glob", Some(pattern)) => paths(self.matching(path, &pattern)),
            ("rglob", Some(pattern)) => paths(self.matching(path, &format!("**/{pattern}"))),
            ("iterdir", _) => paths(self.entries(path).iter().map(|entry| joined(path, entry)).collect()),
            ("is_dir", _) if !self.entries(path).is_empty() => Value::bool(true),
            ("is_file" | "exists", _) if self.files.by_path(path).is_some() => Value::bool(true),
            ("exists", _) if !self.entries(path).is_empty() => Value::bool(true),
            ("relative_to", Some(base)) => Self::path(path.strip_prefix(&base)?.trim_start_matches('/'), at),
            ("with_suffix", Some(suffix)) if suffix.is_empty() => {
                Self::path(path.strip_suffix(".py").unwrap_or(path), at)
            }
            ("as_posix", _) => Value::str(path),
            _ => return None,
        })
    }

    /// Library functions about files and modules.
    pub(super) fn place_function(&self, path: &str, arguments: &Arguments<'a>, at: &Location) -> Option<Value<'a>> {
        let first = arguments.positional.first();
        let given = || first.and_then(path_text);
        Some(match path {
            PATH => Self::path(&arguments.positional.iter().map(path_text).collect::<Option<Vec<_>>>()?.join("/"), at),
            "os.path.dirname" => Value::str(folder_of(&given()?)),
            "os.path.abspath" | "os.path.realpath" => Value::str(given()?),
            "os.path.basename" => Value::str(given()?.rsplit('/').next()?),
            "os.path.join" => {
                let parts = arguments.positional.iter().map(path_text).collect::<Option<Vec<_>>>()?;
                Value::str(parts.join("/"))
            }
            "os.listdir" => Value::list(self.entries(&given()?).iter().map(Value::str).collect()),
            "pkgutil.iter_modules" => self.modules_in(arguments, false, at)?,
            "pkgutil.walk_packages" => self.modules_in(arguments, true, at)?,
            _ => return None,
        })
    }

    /// What `pkgutil` finds: name and kind of each module.
    fn modules_in(&self, arguments: &Arguments<'a>, deep: bool, at: &Location) -> Option<Value<'a>> {
        let folders = arguments.get(0, "path")?.as_items()?;
        let prefix = arguments.get(1, "prefix").map_or(Some(""), Value::as_str)?;
        let mut found = Vec::new();
        for folder in folders {
            self.add_modules(&path_text(&folder)?, prefix, deep, at, &mut found);
        }
        Some(Value::list(found))
    }

    fn add_modules(&self, folder: &str, prefix: &str, deep: bool, at: &Location, found: &mut Vec<Value<'a>>) {
        for entry in self.entries(folder) {
            let path = joined(folder, &entry);
            let is_package = self.files.by_path(&joined(&path, "__init__.py")).is_some();
            let Some(name) = entry.strip_suffix(".py").or_else(|| is_package.then_some(&*entry)) else {
                continue;
            };
            if name == "__init__" {
                continue;
            }
            let full = format!("{prefix}{name}");
            let attributes: FxHashMap<_, _> = FxHashMap::from_iter([
                ("module_finder".into(), Value::none()),
                ("name".into(), Value::str(&full)),
                ("ispkg".into(), Value::bool(is_package)),
            ]);
            let class = Value::library("pkgutil.ModuleInfo");
            let info =
                Object { class, attributes: RefCell::new(attributes), router: RefCell::default(), at: at.clone() };
            found.push(Kind::Object(Rc::new(info)).into());
            if deep && is_package {
                self.add_modules(&path, &format!("{full}."), deep, at, found);
            }
        }
    }

    /// Names in a folder of the project, as far as they are or hold Python files.
    fn entries(&self, folder: &str) -> BTreeSet<String> {
        let files = self.files.project().iter();
        let below = files.filter_map(|file| file.path.strip_prefix(folder)?.strip_prefix('/'));
        below.filter_map(|rest| rest.split('/').next()).map(str::to_owned).collect()
    }

    /// Files and folders below `folder` that match a pattern.
    fn matching(&self, folder: &str, pattern: &str) -> Vec<String> {
        let pattern: Vec<&str> = pattern.split('/').collect();
        let mut found = BTreeSet::new();
        for file in self.files.project() {
            let Some(rest) = file.path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else {
                continue;
            };
            let parts: Vec<&str> = rest.split('/').collect();
            for length in 1..=parts.len() {
                if fits(&parts[..length], &pattern) {
                    found.insert(joined(folder, &parts[..length].join("/")));
                }
            }
        }
        found.into_iter().collect()
    }
}

/// The text of a string or path object.
pub(super) fn path_text(value: &Value<'_>) -> Option<String> {
    match value.made_by() {
        Some((PATH, made)) => made.arguments.positional.first()?.as_str().map(str::to_owned),
        _ => value.as_str().map(str::to_owned),
    }
}

/// The text of a path object.
pub(super) fn as_path(value: &Value<'_>) -> Option<String> {
    matches!(value.made_by(), Some((PATH, _))).then(|| path_text(value)).flatten()
}

/// `folder / more` as a path object where `folder` is one.
pub(super) fn divided<'a>(folder: &Value<'a>, more: &Value<'a>, at: &Location) -> Option<Value<'a>> {
    Some(Machine::path(&joined(&as_path(folder)?, &path_text(more)?), at))
}

fn joined(folder: &str, more: &str) -> String {
    if folder.is_empty() { more.to_owned() } else { format!("{folder}/{more}") }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether the parts of a path fit the parts of a pattern.
fn fits(parts: &[&str], pattern: &[&str]) -> bool {
    match (pattern, parts) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=parts.len()).any(|skip| fits(&parts[skip..], rest)),
        ([first, rest @ ..], [part, more @ ..]) => part_fits(part, first) && fits(more, rest),
        _ => false,
    }
}

fn part_fits(part: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => part == pattern,
        Some((before, after)) => part.strip_prefix(before).is_some_and(|rest| {
            let starts = (0..=rest.len()).filter(|at| rest.is_char_boundary(*at));
            starts.into_iter().any(|at| part_fits(&rest[at..], after))
        }),
    }
}
