//! Built-in functions, and the library functions that shape what a program registers.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::Location;
use ruff_text_size::{Ranged, TextRange};

use super::call::because;
use super::define::origin;
use super::machine::Machine;
use super::place::path_text;
use super::router::class_of;
use super::value::{Arguments, Kind, Value};
use crate::resolve::library_bases;

impl<'a> Machine<'a> {
    /// Calls a library function or class.
    pub(super) fn call_library(
        &mut self,
        path: &str,
        callee: &Value<'a>,
        arguments: Arguments<'a>,
        at: &Location,
    ) -> Value<'a> {
        if let Some(is_app) = class_of(path) {
            let object = self.new_router(callee.clone(), at.clone());
            self.init_router(&object, is_app, arguments);
            return Kind::Object(object).into();
        }
        let result = match path.strip_prefix("builtins.") {
            Some(name) => self.built_in(name, &arguments, at),
            None => self.library_function(path, &arguments, at),
        };
        result.unwrap_or_else(|| self.library_result(callee, arguments, at))
    }

    fn built_in(&mut self, name: &str, arguments: &Arguments<'a>, at: &Location) -> Option<Value<'a>> {
        let Some(first) = arguments.positional.first() else {
            return match name {
                "list" | "tuple" | "set" | "frozenset" => Some(Value::list(Vec::new())),
                "dict" => self.dict(arguments),
                "print" => Some(Value::none()),
                _ => None,
            };
        };
        let value = match name {
            "str" => Value::str(self.shown(first)?),
            "__import__" => return self.import_dynamic(arguments, at),
            "bool" => Value::bool(self.truth(first)?),
            "int" => integer(first)?,
            "any" => self.quantified(first, true)?,
            "all" => self.quantified(first, false)?,
            "dict" => self.dict(arguments)?,
            "getattr" => self.get_attribute(first, arguments, at)?,
            "setattr" => {
                let name = arguments.positional.get(1)?.as_str()?.into();
                let value = arguments.positional.get(2)?.clone();
                self.set_attribute(first, &name, value, TextRange::default());
                Value::none()
            }
            "isinstance" => Value::bool(self.is_instance(first, arguments.positional.get(1)?)?),
            "type" => match &first.kind {
                Kind::Object(object) => object.class.clone(),
                _ => return None,
            },
            "print" => Value::none(),
            _ => self.sequence_function(name, first, arguments)?,
        };
        Some(value.doubted(first.doubt.as_ref()))
    }

    /// Calls a built-in function that makes a sequence of others.
    fn sequence_function(&mut self, name: &str, first: &Value<'a>, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        Some(match name {
            "len" if is_doubted(first) => return None,
            "len" => int(self.iterate(first)?.len()),
            "list" | "tuple" | "set" | "frozenset" | "iter" => as_doubted(Value::list(self.iterate(first)?), first),
            // `next((column for column in columns if ...), None)`
            "next" if is_doubted(first) => return None,
            "next" => {
                let default = arguments.positional.get(1)?.clone();
                self.iterate(first)?.into_iter().next().unwrap_or(default)
            }
            "reversed" => Value::list(self.iterate(first)?.into_iter().rev().collect()),
            "sorted" if arguments.keywords.is_empty() => self.sorted(first)?,
            "enumerate" => {
                let items = self.iterate(first)?.into_iter().enumerate();
                Value::list(items.map(|(index, item)| Value::list(vec![int(index), item])).collect())
            }
            "zip" => self.zip(arguments)?,
            "range" => range(arguments)?,
            _ => return None,
        })
    }

    fn library_function(&mut self, path: &str, arguments: &Arguments<'a>, at: &Location) -> Option<Value<'a>> {
        match path {
            "typing.cast" => arguments.positional.get(1).cloned(),
            "copy.copy" | "copy.deepcopy" => arguments.positional.first().cloned(),
            "os.getenv" | "os.environ.get" => {
                let key = arguments.get(0, "key")?;
                Some(self.environment(key, arguments.get(1, "default"), TextAt(at)))
            }
            "functools.lru_cache" | "functools.cache" | "typing.no_type_check" | "typing.final" | "typing.overload" => {
                match arguments.positional.first() {
                    Some(value) if matches!(value.kind, Kind::Function(_) | Kind::Class(_)) => Some(value.clone()),
                    _ => None,
                }
            }
            "alembic.context.is_offline_mode" if self.record.is_some() => Some(Value::bool(false)),
            "importlib.import_module" => self.import_dynamic(arguments, at),
            "importlib.util.module_from_spec" | "importlib.machinery.SourceFileLoader" => {
                self.imports_unknown = true;
                None
            }
            _ => self.place_function(path, arguments, at),
        }
    }

    /// `importlib.import_module(name)`.
    fn import_dynamic(&mut self, arguments: &Arguments<'a>, at: &Location) -> Option<Value<'a>> {
        let name = arguments.get(0, "name").and_then(Value::as_str).map(str::to_owned);
        let package = arguments.get(1, "package").and_then(Value::as_str);
        let dotted = match name.as_deref().map(|name| (name.strip_prefix('.'), package)) {
            Some((Some(rest), Some(package))) => format!("{package}.{rest}"),
            Some((Some(_), None)) | None => {
                self.imports_unknown = true;
                return Some(self.unknown_at(at, "a module of a name that could not be determined"));
            }
            Some((None, _)) => name.unwrap_or_default(),
        };
        let file = self.file();
        Some(self.module(&dotted, file))
    }

    /// A variable of the environment: its default, in doubt.
    pub(super) fn environment(&mut self, key: &Value<'a>, default: Option<&Value<'a>>, node: impl Ranged) -> Value<'a> {
        let name = key.as_str().unwrap_or("?").to_owned();
        let reason = format!("the environment variable `{name}`");
        let at = self.at(node);
        let value = default.cloned().unwrap_or_else(Value::none);
        value.doubted(Some(&because(&at, &reason)))
    }

    fn get_attribute(&mut self, owner: &Value<'a>, arguments: &Arguments<'a>, at: &Location) -> Option<Value<'a>> {
        let name = arguments.positional.get(1)?.as_str()?.to_owned();
        let value = self.attribute(owner, &name, at);
        match (arguments.positional.get(2), &value.kind) {
            (Some(default), Kind::Unknown(_)) if owner.as_unknown().is_none() => Some(default.clone()),
            _ => Some(value),
        }
    }

    fn is_instance(&mut self, value: &Value<'a>, class: &Value<'a>) -> Option<bool> {
        if let Some(classes) = class.as_items() {
            let mut all = Some(false);
            for class in classes {
                match self.is_instance(value, &class) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => all = None,
                }
            }
            return all;
        }
        let builtin = match &value.kind {
            Kind::Str(_) => "builtins.str",
            Kind::Bool(_) => "builtins.bool",
            Kind::Int(_) => "builtins.int",
            Kind::None => "builtins.None",
            Kind::Dict(_) => "builtins.dict",
            Kind::Object(object) => return instance_of(&origin(&object.class), class),
            Kind::Made(_) => return super::reflected::is_type(value.made_by()?.0, class.as_library()?),
            _ => return None,
        };
        Some(class.as_library()? == builtin)
    }

    fn sorted(&mut self, value: &Value<'a>) -> Option<Value<'a>> {
        let mut items = self.iterate(value)?;
        if !items.iter().all(|item| path_text(item).is_some()) {
            return None;
        }
        items.sort_by_key(path_text);
        Some(Value::list(items))
    }

    fn zip(&mut self, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let columns: Vec<Vec<Value<'a>>> =
            arguments.positional.iter().map(|value| self.iterate(value)).collect::<Option<_>>()?;
        let length = columns.iter().map(Vec::len).min()?;
        let row = |index: usize| Value::list(columns.iter().filter_map(|column| column.get(index).cloned()).collect());
        Some(Value::list((0..length).map(row).collect()))
    }

    fn dict(&mut self, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let mut items = match arguments.positional.first().map(|value| &value.kind) {
            None => Vec::new(),
            Some(Kind::Dict(items)) => items.borrow().clone(),
            Some(_) => return None,
        };
        items.extend(arguments.keywords.iter().map(|(name, value)| (Value::str(name), value.clone())));
        Some(Kind::Dict(Rc::new(RefCell::new(items))).into())
    }

    fn quantified(&mut self, value: &Value<'a>, wanted: bool) -> Option<Value<'a>> {
        let mut unsure = false;
        for item in self.iterate(value)? {
            match self.truth(&item) {
                Some(truth) if truth == wanted => {
                    return Some(Value::bool(wanted).doubted(item.doubt.as_ref()));
                }
                Some(_) => {}
                None => unsure = true,
            }
        }
        (!unsure).then(|| Value::bool(!wanted))
    }
}

/// Whether it is not sure what is in a list.
fn is_doubted(value: &Value<'_>) -> bool {
    matches!(&value.kind, Kind::List(list) if list.doubt.borrow().is_some())
}

/// A list of the items of another one, of which it is as sure what is in it.
fn as_doubted<'a>(value: Value<'a>, other: &Value<'a>) -> Value<'a> {
    if let (Kind::List(list), Kind::List(other)) = (&value.kind, &other.kind) {
        list.doubt.borrow_mut().clone_from(&other.doubt.borrow());
    }
    value
}

/// A place as a node.
struct TextAt<'l>(&'l Location);

impl Ranged for TextAt<'_> {
    fn range(&self) -> TextRange {
        TextRange::new(self.0.start.into(), self.0.end.max(self.0.start).into())
    }
}

fn int<'a>(number: usize) -> Value<'a> {
    Kind::Int(i64::try_from(number).unwrap_or(i64::MAX)).into()
}

fn integer<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match &value.kind {
        Kind::Int(_) => Some(value.clone()),
        Kind::Str(text) => Some(Kind::Int(text.parse().ok()?).into()),
        _ => None,
    }
}

fn range<'a>(arguments: &Arguments<'a>) -> Option<Value<'a>> {
    let numbers: Vec<i64> = arguments
        .positional
        .iter()
        .map(|value| match value.kind {
            Kind::Int(int) => Some(int),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (from, to) = match numbers[..] {
        [to] => (0, to),
        [from, to] => (from, to),
        _ => return None,
    };
    (to.saturating_sub(from) < 10_000).then(|| Value::list((from..to).map(|int| Kind::Int(int).into()).collect()))
}

fn instance_of<'a>(class: &Value<'a>, wanted: &Value<'a>) -> Option<bool> {
    match (&class.kind, &wanted.kind) {
        (Kind::Class(class), Kind::Class(wanted)) => {
            Some(class.project_classes().iter().any(|class| Rc::ptr_eq(class, wanted)))
        }
        (Kind::Class(class), Kind::Library(path)) if class.derives(path) => Some(true),
        (Kind::Class(_), Kind::Library(_)) => None,
        (Kind::Library(own), Kind::Library(wanted)) if own == wanted => Some(true),
        (Kind::Library(own), Kind::Library(wanted)) => {
            library_bases(own).iter().any(|base| **base == **wanted).then_some(true)
        }
        (Kind::Library(_), Kind::Class(_)) => Some(false),
        _ => None,
    }
}
