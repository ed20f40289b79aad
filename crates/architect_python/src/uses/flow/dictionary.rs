//! Dictionaries, texts that name fields, and requests of tests.

use architect_model::{Certainty, Renaming, UseKind};
use ruff_python_ast::{Expr, ExprCall, ExprDict, Keyword};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Flow;
use super::call::Given;
use super::see::{Holds, content, word_at};
use crate::resolve::Frame;
use crate::style::facts::address;
use crate::uses::types::Type;

/// Functions whose arguments name columns of the table in whose class they stand.
const CONSTRAINTS: &[&str] = &["Index", "UniqueConstraint", "PrimaryKeyConstraint", "ForeignKeyConstraint"];

/// Functions whose arguments name fields of the class in which they stand.
const VALIDATORS: &[&str] = &["field_validator", "validator", "field_serializer", "validates"];

impl<'a> Flow<'_, '_, 'a> {
    /// A dictionary as written.
    pub(super) fn display(&mut self, dict: &'a ExprDict) -> Type<'a> {
        for item in &dict.items {
            if let Some(key) = &item.key {
                self.expr(key);
                self.see_loose(dict, key);
            }
            self.expr(&item.value);
        }
        Type::Display(dict, self.scope)
    }

    /// A key of which it is not known what its dictionary is for.
    fn see_loose(&mut self, dict: &'a ExprDict, key: &'a Expr) {
        let Some(range) = self.key_range(key).filter(|_| self.is_recording()) else { return };
        let reason = "what the dictionary is for is not known".to_owned();
        let certain = Certainty::Possible { reason };
        let found = self.found(range, UseKind::Key, "a key of that name".into(), certain);
        if let Some(seen) = &mut self.seen {
            seen.loose.push((Some(address(dict)), found));
        }
    }

    /// The range of a text that is the name of the field.
    fn key_range(&self, key: &'a Expr) -> Option<TextRange> {
        let field = self.world.field()?;
        let text = key.as_string_literal_expr()?;
        (text.value.to_str() == field).then(|| content(key)).flatten()
    }

    /// Whether a value has the field as a key.
    pub(super) fn held_as_keys(&self, value: &Type<'a>) -> Holds {
        match value {
            Type::Dump(class) | Type::Object(class, _) => self.held_by(*class),
            Type::Json(endpoint) => self.answered(*endpoint),
            Type::Unknown => Holds::Unknown("the type of the dictionary is not known".into()),
            _ => Holds::No,
        }
    }

    /// Whether what an endpoint answers has the field.
    fn answered(&self, endpoint: usize) -> Holds {
        match self.world.answer(endpoint) {
            Some(class) => self.held_by(class),
            None => Holds::Unknown("the class of the answer is not known".into()),
        }
    }

    /// `owner["field"]`, `owner.get("field")`, `"field" in owner`.
    pub(super) fn see_key(&mut self, owner: &Type<'a>, key: &'a Expr) {
        let Some(range) = self.key_range(key).filter(|_| self.is_recording()) else { return };
        for one in owner.each() {
            if let Type::Display(dict, _) = one {
                let found =
                    self.found(range, UseKind::Key, "key of a dictionary of its fields".into(), Certainty::Known);
                if let Some(seen) = &mut self.seen {
                    seen.taken.push((address(*dict), found));
                }
                continue;
            }
            match self.held_as_keys(one) {
                Holds::Yes(class, certain) => {
                    let why = format!("key of a dictionary of the fields of `{class}`");
                    self.add(self.found(range, UseKind::Key, why, certain));
                }
                Holds::Unknown(reason) => {
                    let certain = Certainty::Possible { reason };
                    let found = self.found(range, UseKind::Key, "a key of that name".into(), certain);
                    if let Some(seen) = &mut self.seen {
                        seen.loose.push((None, found));
                    }
                }
                Holds::No => {}
            }
        }
    }

    /// The value at a key of a dictionary.
    pub(super) fn value_at(&self, owner: &Type<'a>, key: &'a Expr) -> Type<'a> {
        let name = key.as_string_literal_expr().map(|text| text.value.to_str());
        match (owner, name) {
            (Type::Dump(class), Some(name)) => self.part(*class, name).unwrap_or(Type::Unknown),
            (Type::Json(endpoint), Some(name)) => {
                let class = self.world.answer(*endpoint);
                class.and_then(|class| self.part(class, name)).unwrap_or(Type::Json(*endpoint))
            }
            (Type::Json(endpoint), None) => Type::Json(*endpoint),
            (Type::Display(..), _) => Type::Plain,
            (Type::Table(_) | Type::Plain | Type::Text(_), _) => Type::Plain,
            _ => Type::Unknown,
        }
    }

    /// A field of a dumped class, as a dictionary again.
    fn part(&self, class: crate::resolve::Class<'a>, name: &'a str) -> Option<Type<'a>> {
        self.world.index.member(class, name)?;
        Some(dumped(&self.world.member(&Type::object(class), name, self.depth)))
    }

    /// Records the keys of a dictionary that holds fields.
    pub(super) fn give(&mut self, value: &Type<'a>, holds: &Holds) {
        if !self.is_recording() {
            return;
        }
        let Holds::Yes(class, certain) = holds else {
            if matches!(holds, Holds::No) {
                self.keep_apart(value);
            }
            return;
        };
        for one in value.each() {
            let Type::Display(dict, scope) = one else {
                if let Type::Many(item) = one {
                    self.give(item, holds);
                }
                continue;
            };
            let known = self.seen.as_mut().is_some_and(|seen| !seen.given.insert(address(*dict)));
            if known {
                continue;
            }
            for item in &dict.items {
                match &item.key {
                    Some(key) => {
                        if let Some(range) = self.key_range(key) {
                            let why = format!("key of a dictionary for `{class}`");
                            let mut found = self.found(range, UseKind::Key, why, certain.clone());
                            found.scope = *scope;
                            self.add(found);
                            let here = std::mem::replace(&mut self.scope, *scope);
                            self.see_values(&item.value);
                            self.link(&item.value);
                            self.scope = here;
                        }
                    }
                    None => {
                        let spread = self.peek(&item.value);
                        self.give(&spread, holds);
                    }
                }
            }
        }
    }

    /// Remembers that a dictionary holds fields of something else.
    fn keep_apart(&mut self, value: &Type<'a>) {
        for one in value.each() {
            match (one, &mut self.seen) {
                (Type::Display(dict, _), Some(seen)) => drop(seen.foreign.insert(address(*dict))),
                (Type::Many(item), _) => self.keep_apart(item),
                _ => {}
            }
        }
    }

    /// Dictionaries and sets of names that a call takes as keywords.
    pub(super) fn see_dictionaries(&mut self, callee: &Type<'a>, keyword: &'a Keyword, given: &Given<'a>) {
        let Some(name) = keyword.arg.as_ref().map(|name| name.as_str()) else {
            let value = self.peek(&keyword.value);
            for one in callee.each() {
                if let Type::Class(class, _) = one {
                    let holds = self.held_by(*class);
                    self.give(&value, &holds);
                }
                if let Type::Method(owner, "values" | "filter_by" | "model_construct") = one {
                    let holds = self.holds(&owner_row(owner), "the statement");
                    self.give(&value, &holds);
                }
            }
            return;
        };
        if !matches!(name, "update" | "include" | "exclude" | "set_" | "exclude_fields") {
            return;
        }
        for one in callee.each() {
            let Type::Method(owner, method) = one else { continue };
            let holds = match (&**owner, given.positional.first()) {
                (Type::Object(..), Some(first)) if *method == "sqlmodel_update" && name == "exclude" => {
                    self.holds(first, "the value")
                }
                (owner, _) => self.holds(&owner_row(owner), "the value"),
            };
            let value = self.peek(&keyword.value);
            self.give(&value, &holds);
            self.see_names(&keyword.value, &holds);
        }
    }

    /// Texts in a list or set that name fields: `include={"status"}`.
    fn see_names(&mut self, value: &'a Expr, holds: &Holds) {
        let Holds::Yes(class, certain) = holds else { return };
        for item in crate::resolve::elements(value) {
            if let Some(range) = self.key_range(item) {
                let why = format!("names a field of `{class}`");
                self.add(self.found(range, UseKind::Text, why, certain.clone()));
            }
        }
    }

    /// Positional arguments that name the field or hold dictionaries of fields.
    pub(super) fn see_arguments(&mut self, callee: &Type<'a>, call: &'a ExprCall, given: &Given<'a>) {
        if !self.is_recording() {
            return;
        }
        for one in callee.each() {
            match one {
                Type::Symbol(path) => self.see_library_call(path, call, given),
                Type::Method(owner, name) => self.see_method_call(owner, name, call, given),
                Type::Unknown => {
                    let name = crate::style::walk::last_name(&call.func);
                    if let (Some("get" | "pop" | "setdefault"), Some(key)) = (name, call.arguments.args.first()) {
                        self.see_key(&Type::Unknown, key);
                    }
                }
                Type::Function(function, receiver) => {
                    self.see_handed_on(*function, receiver.is_some() && function.class().is_some(), call);
                }
                Type::Class(class, _) => {
                    // Keys of rows that a class is made of: `ItemsPublic(data=[{...}])` says nothing of its fields.
                    let holds = self.held_by(*class);
                    if let Some(first) = given.positional.first() {
                        self.give(&first.clone(), &holds);
                    }
                }
                _ => {}
            }
        }
    }

    fn see_method_call(&mut self, owner: &Type<'a>, name: &str, call: &'a ExprCall, given: &Given<'a>) {
        let first = given.positional.first().cloned().unwrap_or(Type::Unknown);
        match name {
            "get" | "pop" | "setdefault" => {
                if let Some(key) = call.arguments.args.first() {
                    self.see_key(owner, key);
                }
            }
            "values" | "sqlmodel_update" | "model_validate" | "parse_obj" | "model_construct" => {
                let holds = self.holds(&owner_row(owner), "the value");
                self.give(&first, &holds);
            }
            "execute" | "exec" => {
                if let (Type::Statement(row), Some(values)) = (&first, given.positional.get(1))
                    && let Some(row) = row.first()
                {
                    let holds = self.holds(row, "the row");
                    self.give(&values.clone(), &holds);
                }
            }
            "order_by" | "group_by" => {
                if let Type::Statement(row) = owner
                    && let Some(row) = row.first()
                {
                    let holds = self.holds(row, "the row");
                    call.arguments.args.iter().for_each(|argument| self.see_named(argument, &holds, UseKind::Text));
                }
            }
            _ => {}
        }
    }

    fn see_library_call(&mut self, path: &str, call: &'a ExprCall, given: &Given<'a>) {
        let last = path.rsplit('.').next().unwrap_or(path);
        let arguments = &call.arguments.args;
        if path.starts_with("builtins.") && last.ends_with("attr") {
            let holds = given.positional.first().map_or(Holds::No, |first| self.holds(first, "the value"));
            if let Some(name) = arguments.get(1) {
                self.see_named(name, &holds, UseKind::Text);
            }
            return;
        }
        if last == "attrgetter" || last == "itemgetter" {
            let holds = Holds::Unknown("what it is called with is not known".into());
            arguments.iter().for_each(|argument| self.see_named(argument, &holds, UseKind::Text));
            return;
        }
        let holds = self.around();
        if VALIDATORS.contains(&last) {
            arguments.iter().for_each(|argument| self.see_named(argument, &holds, UseKind::Validator));
        } else if CONSTRAINTS.contains(&last) {
            for argument in arguments {
                self.see_named(argument, &holds, UseKind::Constraint);
                for inner in crate::resolve::elements(argument) {
                    self.see_named(inner, &holds, UseKind::Constraint);
                }
            }
        } else if (last == "CheckConstraint" || last == "text")
            && let (Some(sql), Holds::Yes(class, _)) = (arguments.first(), &holds)
        {
            self.see_sql(sql, class);
        }
    }

    /// Whether the class around the place has the field.
    fn around(&self) -> Holds {
        let class = self.scope.frames().rev().find_map(|frame| match frame {
            Frame::Class(class) => self.class_around(class),
            _ => None,
        });
        class.map_or(Holds::No, |class| self.held_by(class))
    }

    /// A text that is the name of the field, or of its column.
    fn see_named(&mut self, argument: &'a Expr, holds: &Holds, kind: UseKind) {
        let Some(text) = argument.as_string_literal_expr().map(|text| text.value.to_str()) else { return };
        let column = self.world.subject.column.as_deref();
        let named = Some(text) == self.world.field() || (kind == UseKind::Constraint && Some(text) == column);
        let Some(range) = content(argument).filter(|_| named) else { return };
        match holds {
            Holds::Yes(class, certain) => {
                let why = match kind {
                    UseKind::Constraint => format!("a constraint or an index of `{class}` names it"),
                    UseKind::Validator => format!("a validator of `{class}` names it"),
                    _ => format!("a text that names a field of `{class}`"),
                };
                self.add(self.found(range, kind, why, certain.clone()));
            }
            Holds::Unknown(reason) => {
                let certain = self.doubtful(reason);
                self.add(self.found(range, kind, "a text of that name".into(), certain));
            }
            Holds::No => {}
        }
    }

    /// SQL that names the column.
    fn see_sql(&mut self, sql: &'a Expr, class: &str) {
        let world = self.world;
        let column = world.subject.column.as_deref().or(world.field()).unwrap_or_default();
        let Some(text) = sql.as_string_literal_expr().map(|text| text.value.to_str()) else { return };
        let (Some(at), Some(range)) = (word_at(text, column), content(sql)) else { return };
        let mut see = |at: usize, length: usize, kind: UseKind, what: &str| {
            let size = |number: usize| TextSize::try_from(number).unwrap_or_default();
            let range = TextRange::at(range.start() + size(at), size(length));
            let mut found = self.found(range, kind, format!("SQL of `{class}` names the {what}"), Certainty::Known);
            found.renaming = Renaming::Asks { reason: "it stands in SQL".into() };
            self.add(found);
        };
        see(at, column.len(), UseKind::Constraint, "column");
        if let Some(value) = world.subject.value.as_deref()
            && let Some(at) = word_at(text, &format!("'{value}'"))
        {
            see(at + 1, value.len(), UseKind::Value, "value");
        }
    }

    /// A request of a test.
    pub(super) fn see_request(&mut self, endpoint: usize, call: &'a ExprCall, given: &Given<'a>) {
        if !self.is_recording() {
            return;
        }
        let function = self.function();
        if let (Some(seen), Some(function)) = (&mut self.seen, function) {
            seen.requests.push((function, endpoint, call.range()));
        }
        if let Some(class) = self.world.body(endpoint)
            && let Some((_, body)) = given.keywords.iter().find(|(name, _)| *name == Some("json"))
        {
            let gives = self.gives(body);
            self.made(class, call, gives);
        }
        for (name, value) in &given.keywords {
            let holds = match name {
                Some("json" | "data" | "content") => match self.world.body(endpoint) {
                    Some(class) => self.held_by(class),
                    None => Holds::No,
                },
                Some("params") => match self.world.has_parameter(endpoint) {
                    Some(handler) => Holds::Yes(handler, Certainty::Known),
                    None => Holds::No,
                },
                _ => continue,
            };
            self.give(&value.clone(), &holds);
        }
    }
}

/// What a statement's rows are, else the value itself.
fn owner_row<'a>(owner: &Type<'a>) -> Type<'a> {
    match owner {
        Type::Statement(row) => row.first().cloned().unwrap_or(Type::Unknown),
        Type::Class(class, bound) => Type::Object(*class, bound.clone()),
        other => other.clone(),
    }
}

/// A value as a dictionary holds it.
fn dumped<'a>(value: &Type<'a>) -> Type<'a> {
    value.map(|one| match one {
        Type::Object(class, _) => Type::Dump(*class),
        Type::Many(item) => Type::many(dumped(item)),
        Type::Keyed(item) => Type::Keyed(std::sync::Arc::new(dumped(item))),
        _ => Type::Plain,
    })
}
