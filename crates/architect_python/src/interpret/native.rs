//! Built-in functions and the methods of strings, lists and dictionaries.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::Location;
use ruff_text_size::Ranged;

use super::call::because;
use super::define::origin;
use super::machine::Machine;
use super::router::class_of;
use super::value::{Arguments, Kind, List, Value};
use crate::resolve::library_bases;

type Pairs<'a> = RefCell<Vec<(Value<'a>, Value<'a>)>>;

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

    fn built_in(
        &mut self,
        name: &str,
        arguments: &Arguments<'a>,
        at: &Location,
    ) -> Option<Value<'a>> {
        let first = arguments.positional.first().cloned();
        let doubt = first.as_ref().and_then(|value| value.doubt.clone());
        let value = match (name, first) {
            ("str", Some(value)) => Value::str(self.shown(&value)?),
            ("bool", Some(value)) => Value::bool(self.truth(&value)?),
            ("int", Some(value)) => match &value.kind {
                Kind::Int(_) => value,
                Kind::Str(text) => Kind::Int(text.parse().ok()?).into(),
                _ => return None,
            },
            ("len", Some(value)) => {
                Kind::Int(i64::try_from(self.iterate(&value)?.len()).ok()?).into()
            }
            ("list" | "tuple" | "set" | "frozenset", None) => Value::list(Vec::new()),
            ("list" | "tuple" | "set" | "frozenset" | "iter", Some(value)) => {
                Value::list(self.iterate(&value)?)
            }
            ("reversed", Some(value)) => {
                Value::list(self.iterate(&value)?.into_iter().rev().collect())
            }
            ("sorted", Some(value)) if arguments.keywords.is_empty() => self.sorted(&value)?,
            ("enumerate", Some(value)) => {
                let pair = |(index, item)| {
                    Value::list(vec![
                        Kind::Int(i64::try_from(index).unwrap_or_default()).into(),
                        item,
                    ])
                };
                Value::list(
                    self.iterate(&value)?
                        .into_iter()
                        .enumerate()
                        .map(pair)
                        .collect(),
                )
            }
            ("zip", Some(_)) => self.zip(arguments)?,
            ("range", Some(_)) => range(arguments)?,
            ("dict", _) => self.dict(arguments)?,
            ("any", Some(value)) => self.quantified(&value, true)?,
            ("all", Some(value)) => self.quantified(&value, false)?,
            ("getattr", Some(owner)) => self.get_attribute(&owner, arguments, at)?,
            ("setattr", Some(owner)) => {
                let name = arguments.positional.get(1)?.as_str()?.into();
                let value = arguments.positional.get(2)?.clone();
                self.set_attribute(&owner, &name, value, ruff_text_size::TextRange::default());
                Value::none()
            }
            ("isinstance", Some(value)) => {
                Value::bool(self.is_instance(&value, arguments.positional.get(1)?)?)
            }
            ("type", Some(value)) => match &value.kind {
                Kind::Object(object) => object.class.clone(),
                _ => return None,
            },
            ("print", _) => Value::none(),
            _ => return None,
        };
        Some(value.doubted(doubt.as_ref()))
    }

    fn library_function(
        &mut self,
        path: &str,
        arguments: &Arguments<'a>,
        at: &Location,
    ) -> Option<Value<'a>> {
        match path {
            "typing.cast" => arguments.positional.get(1).cloned(),
            "copy.copy" | "copy.deepcopy" => arguments.positional.first().cloned(),
            "os.getenv" | "os.environ.get" => {
                let key = arguments.get(0, "key")?;
                Some(self.environment(key, arguments.get(1, "default"), TextAt(at)))
            }
            "functools.lru_cache"
            | "functools.cache"
            | "typing.no_type_check"
            | "typing.final"
            | "typing.overload" => match arguments.positional.first() {
                Some(value) if matches!(value.kind, Kind::Function(_) | Kind::Class(_)) => {
                    Some(value.clone())
                }
                _ => None,
            },
            "importlib.import_module" => self.import_dynamic(arguments, at),
            _ => None,
        }
    }

    fn import_dynamic(&mut self, arguments: &Arguments<'a>, at: &Location) -> Option<Value<'a>> {
        let name = arguments.get(0, "name")?.as_str()?.to_owned();
        let dotted = match (
            name.strip_prefix('.'),
            arguments.get(1, "package").and_then(Value::as_str),
        ) {
            (Some(rest), Some(package)) => format!("{package}.{rest}"),
            (Some(_), None) => {
                return Some(self.unknown_at(at, "a relative import without its package"));
            }
            (None, _) => name,
        };
        let file = self.file();
        Some(self.module(&dotted, file))
    }

    /// A variable of the environment: its default, in doubt.
    pub(super) fn environment(
        &mut self,
        key: &Value<'a>,
        default: Option<&Value<'a>>,
        node: impl Ranged,
    ) -> Value<'a> {
        let name = key.as_str().unwrap_or("?").to_owned();
        let reason = format!("the environment variable `{name}`");
        let at = self.at(node);
        default
            .cloned()
            .map_or_else(|| Value::none(), |value| value)
            .doubted(Some(&because(&at, &reason)))
    }

    fn get_attribute(
        &mut self,
        owner: &Value<'a>,
        arguments: &Arguments<'a>,
        at: &Location,
    ) -> Option<Value<'a>> {
        let name = arguments.positional.get(1)?.as_str()?.to_owned();
        let value = self.attribute(owner, &name, at);
        match (arguments.positional.get(2), &value.kind) {
            (Some(default), Kind::Unknown(_)) if owner.as_unknown().is_none() => {
                Some(default.clone())
            }
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
            _ => return None,
        };
        Some(class.as_library()? == builtin)
    }

    fn sorted(&mut self, value: &Value<'a>) -> Option<Value<'a>> {
        let mut items = self.iterate(value)?;
        if !items.iter().all(|item| item.as_str().is_some()) {
            return None;
        }
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        Some(Value::list(items))
    }

    fn zip(&mut self, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let columns: Vec<Vec<Value<'a>>> = arguments
            .positional
            .iter()
            .map(|value| self.iterate(value))
            .collect::<Option<_>>()?;
        let length = columns.iter().map(Vec::len).min()?;
        let row = |index: usize| {
            Value::list(
                columns
                    .iter()
                    .filter_map(|column| column.get(index).cloned())
                    .collect(),
            )
        };
        Some(Value::list((0..length).map(row).collect()))
    }

    fn dict(&mut self, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let mut items = match arguments.positional.first().map(|value| &value.kind) {
            None => Vec::new(),
            Some(Kind::Dict(items)) => items.borrow().clone(),
            Some(_) => return None,
        };
        items.extend(
            arguments
                .keywords
                .iter()
                .map(|(name, value)| (Value::str(name), value.clone())),
        );
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

    /// The items that a loop over the value sees.
    pub(super) fn iterate(&mut self, value: &Value<'a>) -> Option<Vec<Value<'a>>> {
        match &value.kind {
            Kind::List(list) => Some(list.items.borrow().clone()),
            Kind::Dict(items) => Some(items.borrow().iter().map(|(key, _)| key.clone()).collect()),
            Kind::Str(text) => Some(text.chars().map(|c| Value::str(c.to_string())).collect()),
            Kind::Class(class) if class.derives("enum.Enum") || class.derives("enum.StrEnum") => {
                let names = class.scope.names.borrow();
                let ordered = class
                    .def
                    .body
                    .iter()
                    .filter_map(|statement| match statement {
                        ruff_python_ast::Stmt::Assign(assign) => match assign.targets.first() {
                            Some(ruff_python_ast::Expr::Name(name)) => names.get(&name.id),
                            _ => None,
                        },
                        _ => None,
                    });
                Some(
                    ordered
                        .filter(|value| matches!(value.kind, Kind::Object(_)))
                        .cloned()
                        .collect(),
                )
            }
            _ => None,
        }
    }

    /// Calls a method of a string.
    pub(super) fn str_method(
        &mut self,
        text: &str,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let first = arguments.positional.first();
        let part = || first.and_then(Value::as_str);
        Some(match (name, part()) {
            ("lower", _) => Value::str(text.to_lowercase()),
            ("upper", _) => Value::str(text.to_uppercase()),
            ("title" | "capitalize", _) => return None,
            ("strip", None) => Value::str(text.trim()),
            ("strip", Some(chars)) => Value::str(text.trim_matches(|c| chars.contains(c))),
            ("rstrip", Some(chars)) => Value::str(text.trim_end_matches(|c| chars.contains(c))),
            ("lstrip", Some(chars)) => Value::str(text.trim_start_matches(|c| chars.contains(c))),
            ("removeprefix", Some(prefix)) => Value::str(text.strip_prefix(prefix).unwrap_or(text)),
            ("removesuffix", Some(suffix)) => Value::str(text.strip_suffix(suffix).unwrap_or(text)),
            ("startswith", Some(prefix)) => Value::bool(text.starts_with(prefix)),
            ("endswith", Some(suffix)) => Value::bool(text.ends_with(suffix)),
            ("replace", Some(old)) => {
                Value::str(text.replace(old, arguments.positional.get(1)?.as_str()?))
            }
            ("split", Some(separator)) if !separator.is_empty() => {
                Value::list(text.split(separator).map(Value::str).collect())
            }
            ("split", None) if first.is_none() => {
                Value::list(text.split_whitespace().map(Value::str).collect())
            }
            ("join", _) => {
                let items = self.iterate(first?)?;
                let parts: Vec<&str> = items.iter().map(Value::as_str).collect::<Option<_>>()?;
                Value::str(parts.join(text))
            }
            ("format", _) => Value::str(self.formatted(text, arguments)?),
            _ => return None,
        })
    }

    fn formatted(&mut self, text: &str, arguments: &Arguments<'a>) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        let mut next = 0;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            let close = open + rest[open..].find('}')?;
            let field = &rest[open + 1..close];
            let value = match field.parse::<usize>() {
                Ok(index) => arguments.positional.get(index)?,
                Err(_) if field.is_empty() => arguments.positional.get(next)?,
                Err(_) => arguments.keyword(field)?,
            };
            next += 1;
            out.push_str(&self.shown(value)?);
            rest = &rest[close + 1..];
        }
        Some(out + rest)
    }

    /// Calls a method of a list.
    pub(super) fn list_method(
        &mut self,
        list: &Rc<List<'a>>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        if matches!(
            name,
            "append"
                | "extend"
                | "insert"
                | "add"
                | "update"
                | "remove"
                | "pop"
                | "clear"
                | "sort"
                | "reverse"
        ) {
            if self.dry {
                return Some(Value::none());
            }
            if let Some(doubt) = &self.doubt {
                Self::doubt_list(list, doubt);
            }
        }
        let first = arguments.positional.first().cloned();
        match (name, first) {
            ("append" | "add", Some(value)) => list.items.borrow_mut().push(value),
            ("extend" | "update", Some(value)) => match self.iterate(&value) {
                Some(items) => list.items.borrow_mut().extend(items),
                None => {
                    let at = self.at(ruff_text_size::TextRange::default());
                    let why = value.as_unknown().cloned().unwrap_or_else(|| {
                        because(&at, "a list was extended by something unknown")
                    });
                    Self::doubt_list(list, &why);
                }
            },
            ("insert", Some(index)) => {
                let value = arguments.positional.get(1)?.clone();
                let mut items = list.items.borrow_mut();
                let index = match index.kind {
                    Kind::Int(index) => usize::try_from(index).unwrap_or_default().min(items.len()),
                    _ => return None,
                };
                items.insert(index, value);
            }
            ("copy", None) => return Some(Value::list(list.items.borrow().clone())),
            ("remove", Some(value)) => list.items.borrow_mut().retain(|item| !item.same(&value)),
            ("pop", None) => return list.items.borrow_mut().pop(),
            ("clear", None) => list.items.borrow_mut().clear(),
            ("reverse", None) => list.items.borrow_mut().reverse(),
            _ => return None,
        }
        Some(Value::none())
    }

    /// Calls a method of a dictionary.
    pub(super) fn dict_method(
        &mut self,
        dict: &Rc<Pairs<'a>>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let find = |key: &Value<'a>| {
            dict.borrow()
                .iter()
                .find(|(known, _)| known.same(key))
                .map(|(_, value)| value.clone())
        };
        Some(match name {
            "items" => Value::list(
                dict.borrow()
                    .iter()
                    .map(|(key, value)| Value::list(vec![key.clone(), value.clone()]))
                    .collect(),
            ),
            "keys" => Value::list(dict.borrow().iter().map(|(key, _)| key.clone()).collect()),
            "values" => Value::list(
                dict.borrow()
                    .iter()
                    .map(|(_, value)| value.clone())
                    .collect(),
            ),
            "copy" => Kind::Dict(Rc::new(RefCell::new(dict.borrow().clone()))).into(),
            "get" => find(arguments.positional.first()?)
                .or_else(|| arguments.positional.get(1).cloned())
                .unwrap_or_else(Value::none),
            "pop" => {
                let key = arguments.positional.first()?;
                let value = find(key).or_else(|| arguments.positional.get(1).cloned())?;
                dict.borrow_mut().retain(|(known, _)| !known.same(key));
                value
            }
            "setdefault" => {
                let key = arguments.positional.first()?;
                if let Some(value) = find(key) {
                    return Some(value);
                }
                let value = arguments
                    .positional
                    .get(1)
                    .cloned()
                    .unwrap_or_else(Value::none);
                dict.borrow_mut().push((key.clone(), value.clone()));
                value
            }
            "update" => {
                let mut new: Vec<_> = match arguments.positional.first().map(|value| &value.kind) {
                    Some(Kind::Dict(other)) => other.borrow().clone(),
                    None => Vec::new(),
                    Some(_) => return None,
                };
                new.extend(
                    arguments
                        .keywords
                        .iter()
                        .map(|(name, value)| (Value::str(name), value.clone())),
                );
                let mut items = dict.borrow_mut();
                items.retain(|(known, _)| !new.iter().any(|(key, _)| key.same(known)));
                items.extend(new);
                Value::none()
            }
            _ => return None,
        })
    }
}

/// A place as a node.
struct TextAt<'l>(&'l Location);

impl Ranged for TextAt<'_> {
    fn range(&self) -> ruff_text_size::TextRange {
        ruff_text_size::TextRange::new(self.0.start.into(), self.0.end.max(self.0.start).into())
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
    (to.saturating_sub(from) < 10_000)
        .then(|| Value::list((from..to).map(|int| Kind::Int(int).into()).collect()))
}

fn instance_of<'a>(class: &Value<'a>, wanted: &Value<'a>) -> Option<bool> {
    match (&class.kind, &wanted.kind) {
        (Kind::Class(class), Kind::Class(wanted)) => Some(
            class
                .project_classes()
                .iter()
                .any(|class| Rc::ptr_eq(class, wanted)),
        ),
        (Kind::Class(class), Kind::Library(path)) if class.derives(path) => Some(true),
        (Kind::Class(_), Kind::Library(_)) => None,
        (Kind::Library(own), Kind::Library(wanted)) if own == wanted => Some(true),
        (Kind::Library(own), Kind::Library(wanted)) => library_bases(own)
            .iter()
            .any(|base| **base == **wanted)
            .then_some(true),
        (Kind::Library(_), Kind::Class(_)) => Some(false),
        _ => None,
    }
}
