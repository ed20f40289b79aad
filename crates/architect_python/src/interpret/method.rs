//! Methods of strings, lists and dictionaries, and what a loop over them sees.

use std::cell::RefCell;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::TextRange;

use super::call::because;
use super::machine::{LENGTH, Machine};
use super::value::{Arguments, Kind, List, Value};

type Pairs<'a> = RefCell<Vec<(Value<'a>, Value<'a>)>>;

impl<'a> Machine<'a> {
    /// The items that a loop over the value sees.
    pub(super) fn iterate(&mut self, value: &Value<'a>) -> Option<Vec<Value<'a>>> {
        match &value.kind {
            Kind::List(list) => Some(list.items.borrow().clone()),
            Kind::Dict(items) => Some(items.borrow().iter().map(|(key, _)| key.clone()).collect()),
            Kind::Object(object) if super::result::cells_of_row(object).is_some() => {
                super::result::cells_of_row(object)
            }
            Kind::Made(_) if self.record.is_some() => self.rows_of_result(value)?.as_items(),
            Kind::Method(method) if method.1 == "routes" => self.listed_routes(method.0.as_router()?),
            Kind::Str(text) => Some(text.chars().map(|c| Value::str(c.to_string())).collect()),
            Kind::Object(object) if object.class.as_library() == Some("pkgutil.ModuleInfo") => {
                let attributes = object.attributes.borrow();
                let parts = ["module_finder", "name", "ispkg"];
                Some(parts.iter().filter_map(|part| attributes.get(*part).cloned()).collect())
            }
            Kind::Class(class) if class.derives("enum.Enum") || class.derives("enum.StrEnum") => {
                let names = class.scope.names.borrow();
                let ordered = class.def.body.iter().filter_map(|statement| match statement {
                    Stmt::Assign(assign) => match assign.targets.first() {
                        Some(Expr::Name(name)) => names.get(&name.id),
                        _ => None,
                    },
                    _ => None,
                });
                Some(ordered.filter(|value| matches!(value.kind, Kind::Object(_))).cloned().collect())
            }
            _ => None,
        }
    }

    /// Calls a method of a string.
    pub(super) fn str_method(&mut self, text: &str, name: &str, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let given: usize = arguments.values().map(|value| value.length() + 1).sum();
        if text.len().saturating_mul(given) > LENGTH * 20 {
            return None;
        }
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
            ("replace", Some(old)) => Value::str(text.replace(old, arguments.positional.get(1)?.as_str()?)),
            ("split", Some(separator)) if !separator.is_empty() => {
                Value::list(text.split(separator).map(Value::str).collect())
            }
            ("split", None) if first.is_none() => Value::list(text.split_whitespace().map(Value::str).collect()),
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
        if name == "copy" {
            return Some(Value::list(list.items.borrow().clone()));
        }
        if self.dry {
            return Some(Value::none());
        }
        if let Some(doubt) = &self.doubt {
            Self::doubt_list(list, doubt);
        }
        let first = arguments.positional.first();
        match (name, first) {
            ("append" | "add", Some(value)) => list.items.borrow_mut().push(value.clone()),
            ("extend" | "update", Some(value)) => self.extend(list, value),
            ("insert", Some(index)) => insert(list, index, arguments.positional.get(1)?.clone())?,
            ("remove", Some(value)) => {
                let items = list.items.borrow().clone();
                let rest = items.into_iter().filter(|item| !item.same(value)).collect();
                *list.items.borrow_mut() = rest;
            }
            ("pop", None) => return list.items.borrow_mut().pop(),
            ("clear", None) => list.items.borrow_mut().clear(),
            ("reverse", None) => list.items.borrow_mut().reverse(),
            _ => {
                let at = self.at(TextRange::default());
                Self::doubt_list(list, &because(&at, "a list that was changed by something unknown"));
                return None;
            }
        }
        Some(Value::none())
    }

    fn extend(&mut self, list: &Rc<List<'a>>, value: &Value<'a>) {
        let room = LENGTH - list.items.borrow().len().min(LENGTH);
        match self.iterate(value).filter(|items| items.len() <= room) {
            Some(items) => list.items.borrow_mut().extend(items),
            None => {
                let at = self.at(TextRange::default());
                let why = || because(&at, "a list that was extended by something unknown");
                Self::doubt_list(list, &value.as_unknown().cloned().unwrap_or_else(why));
            }
        }
    }

    /// Calls a method of a dictionary.
    pub(super) fn dict_method(
        &mut self,
        dict: &Rc<Pairs<'a>>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value<'a>> {
        let pairs = dict.borrow();
        let of_keys =
            |found: &dyn Fn(&(Value<'a>, Value<'a>)) -> Value<'a>| Value::list(pairs.iter().map(found).collect());
        Some(match name {
            "items" => of_keys(&|(key, value)| Value::list(vec![key.clone(), value.clone()])),
            "keys" => of_keys(&|(key, _)| key.clone()),
            "values" => of_keys(&|(_, value)| value.clone()),
            "copy" => Kind::Dict(Rc::new(RefCell::new(pairs.clone()))).into(),
            "get" => found(&pairs, arguments.positional.first()?)
                .or_else(|| arguments.positional.get(1).cloned())
                .unwrap_or_else(Value::none),
            "pop" | "setdefault" | "update" if self.dry => Value::none(),
            _ => {
                drop(pairs);
                return change(dict, name, arguments);
            }
        })
    }
}

/// The value of a key.
fn found<'a>(pairs: &[(Value<'a>, Value<'a>)], key: &Value<'a>) -> Option<Value<'a>> {
    pairs.iter().find(|(known, _)| known.same(key)).map(|(_, value)| value.clone())
}

/// Calls a method that changes a dictionary.
fn change<'a>(dict: &Pairs<'a>, name: &str, arguments: &Arguments<'a>) -> Option<Value<'a>> {
    let first = arguments.positional.first();
    let second = arguments.positional.get(1).cloned();
    match (name, first) {
        ("pop", Some(key)) => {
            let value = found(&dict.borrow(), key).or(second)?;
            dict.borrow_mut().retain(|(known, _)| !known.same(key));
            Some(value)
        }
        ("setdefault", Some(key)) => {
            let value = found(&dict.borrow(), key);
            Some(value.unwrap_or_else(|| {
                let value = second.unwrap_or_else(Value::none);
                dict.borrow_mut().push((key.clone(), value.clone()));
                value
            }))
        }
        ("update", other) => {
            let mut new = match other.map(|value| &value.kind) {
                Some(Kind::Dict(other)) => other.borrow().clone(),
                None => Vec::new(),
                Some(_) => return None,
            };
            new.extend(arguments.keywords.iter().map(|(name, value)| (Value::str(name), value.clone())));
            let mut items = dict.borrow_mut();
            items.retain(|(known, _)| !new.iter().any(|(key, _)| key.same(known)));
            items.extend(new);
            Some(Value::none())
        }
        _ => None,
    }
}

fn insert<'a>(list: &List<'a>, index: &Value<'a>, value: Value<'a>) -> Option<()> {
    let Kind::Int(index) = index.kind else {
        return None;
    };
    let mut items = list.items.borrow_mut();
    let index = usize::try_from(index).unwrap_or_default().min(items.len());
    items.insert(index, value);
    Some(())
}
