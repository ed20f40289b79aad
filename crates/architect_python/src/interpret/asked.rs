//! What revisions ask the database: SQLAlchemy's inspector, and queries.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Answer, Inquiry, Location, Unknown};

use super::machine::Machine;
use super::record::{Connection, Heard};
use super::value::{Arguments, Kind, List, Made, Value};

/// Calls that make an inspector of a connection.
const INSPECTORS: &[&str] = &[
    "sqlalchemy.inspect",
    "sqlalchemy.inspection.inspect",
    "sqlalchemy.Inspector.from_engine",
    "sqlalchemy.engine.Inspector.from_engine",
    "sqlalchemy.engine.reflection.Inspector.from_engine",
    "sqlalchemy.engine.reflection.Inspector",
    "sqlalchemy.Inspector",
];

/// Methods of an inspector that are asked of the whole database.
const OF_ALL: &[&str] = &["get_table_names", "get_enums"];

/// Methods of an inspector that are asked of a table.
const OF_TABLE: &[&str] = &[
    "has_table",
    "has_index",
    "get_columns",
    "get_indexes",
    "get_foreign_keys",
    "get_unique_constraints",
    "get_pk_constraint",
    "get_check_constraints",
    "get_table_comment",
];

impl<'a> Machine<'a> {
    /// What a method of an inspector, a dialect or a connection gives, where it asks the database.
    pub(super) fn asked(
        &mut self,
        this: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        at: &Location,
    ) -> Option<Value<'a>> {
        self.record.as_ref()?.connection.as_ref()?;
        if let Some(inspector) = self.inspector_of(this) {
            if name == "clear_cache" {
                self.record.as_mut()?.heard.retain(|heard| !Rc::ptr_eq(&heard.inspector, &inspector));
                return Some(Value::none());
            }
            return match inquiry(name, arguments, 0)? {
                Ok(inquiry) => Some(self.heard(&inspector, inquiry, at)),
                Err(unknown) => Some(Value::unknown(Rc::new(unknown_at(unknown, at)))),
            };
        }
        // `bind.dialect.has_table(bind, "item")`
        if matches!(name, "has_table" | "has_index" | "get_table_names") && is_dialect(this) {
            return match inquiry(name, arguments, 1)? {
                Ok(inquiry) => Some(self.ask(&inquiry, at)),
                Err(unknown) => Some(Value::unknown(Rc::new(unknown_at(unknown, at)))),
            };
        }
        self.result(this, name, arguments, at)
    }

    /// What is known of a connection without asking it: that it is one, and the schema in which names without one are.
    pub(super) fn of_connection(&mut self, owner: &Value<'a>, name: &str) -> Option<Value<'a>> {
        // Revisions are run, not written as SQL.
        if name == "as_sql" && matches!(owner.made_by(), Some(("alembic.op.get_context", _))) {
            return self.record.as_ref().map(|_| Value::bool(false));
        }
        let is_asked = name == "default_schema_name" && (self.inspector_of(owner).is_some() || is_dialect(owner));
        let record = self.record.as_mut().filter(|_| is_asked)?;
        record.asked = true;
        match record.dialect {
            "postgresql" => Some(Value::str("public")),
            "sqlite" => Some(Value::str("main")),
            _ => None,
        }
    }

    /// The call that made an inspector of the connection that the revision runs on. One of an engine has a connection of
    /// its own, which sees what is committed only; SQLite commits each change at once.
    fn inspector_of(&self, value: &Value<'a>) -> Option<Rc<Made<'a>>> {
        let (path, made) = value.made_by()?;
        let bind = made.arguments.positional.first().or_else(|| made.arguments.keyword("bind"));
        let on_sqlite = self.record.as_ref().is_some_and(|record| record.dialect == "sqlite");
        (INSPECTORS.contains(&path) && bind.is_some_and(|bind| is_connection(bind, on_sqlite))).then(|| Rc::clone(made))
    }

    /// What an inspector answers: the same as when it was asked first, for it remembers.
    ///
    /// ```python
    /// # sqlalchemy.dialects.postgresql.base
    /// @reflection.cache
    /// def has_table(self, connection, table_name, schema=None, **kw):
    /// ```
    fn heard(&mut self, inspector: &Rc<Made<'a>>, inquiry: Inquiry, at: &Location) -> Value<'a> {
        let known = self.record.as_ref().and_then(|record| {
            let is_it = |heard: &&Heard<'a>| Rc::ptr_eq(&heard.inspector, inspector) && heard.inquiry == inquiry;
            record.heard.iter().find(is_it).map(|heard| (heard.answer.clone(), heard.doubt.clone()))
        });
        let answer = match known {
            Some((answer, None)) => answer,
            // Where it is not sure that it was asked before, it may be asked now for the first time.
            Some((answer, Some(doubt))) => match self.answer(&inquiry, at) {
                now if now == answer => answer,
                _ => Answer::Unknown((*doubt).clone()),
            },
            None => {
                let answer = self.answer(&inquiry, at);
                let doubt = self.doubt.clone();
                if let Some(record) = &mut self.record {
                    let inspector = Rc::clone(inspector);
                    record.heard.push(Heard { inspector, inquiry, answer: answer.clone(), doubt });
                }
                answer
            }
        };
        value_of(answer, at)
    }

    /// What the database answers, as a value.
    pub(super) fn ask(&mut self, inquiry: &Inquiry, at: &Location) -> Value<'a> {
        value_of(self.answer(inquiry, at), at)
    }

    pub(super) fn answer(&mut self, inquiry: &Inquiry, at: &Location) -> Answer {
        match &mut self.record {
            Some(record) => {
                record.asked = true;
                match &mut record.connection {
                    Some(Connection(ask)) => ask(&record.events, inquiry, at),
                    None => Answer::Unknown(Unknown::new(at.clone(), "it depends on what the database holds")),
                }
            }
            None => Answer::Unknown(Unknown::new(at.clone(), "it depends on a database")),
        }
    }
}

/// What a method of an inspector asks; the arguments begin at a place. `None` where it is none that is followed.
fn inquiry(method: &str, arguments: &Arguments<'_>, start: usize) -> Option<Result<Inquiry, Option<Unknown>>> {
    let of_table = OF_TABLE.contains(&method);
    if !of_table && !OF_ALL.contains(&method) {
        return None;
    }
    let mut place = start;
    let mut next = |name: &str| {
        let value = arguments.get(place, name);
        place += 1;
        text(value)
    };
    let parts = || -> Result<_, Option<Unknown>> {
        if let Some(unknown) = &arguments.unknown {
            return Err(Some((**unknown).clone()));
        }
        let table = if of_table { Some(next("table_name")?.ok_or(None)?) } else { None };
        let index = if method == "has_index" { Some(next("index_name")?.ok_or(None)?) } else { None };
        let schema = next("schema")?;
        Ok(Inquiry::Inspector { method: method.to_owned(), table, index, schema })
    };
    let mut parts = parts;
    Some(parts())
}

fn text(value: Option<&Value<'_>>) -> Result<Option<String>, Option<Unknown>> {
    match value.map(|value| (&value.kind, value)) {
        None | Some((Kind::None, _)) => Ok(None),
        Some((Kind::Str(text), _)) if !text.contains(super::GAP) => Ok(Some(text.to_string())),
        Some((_, value)) => Err(value.as_unknown().map(|unknown| (**unknown).clone())),
    }
}

fn unknown_at(unknown: Option<Unknown>, at: &Location) -> Unknown {
    unknown.unwrap_or_else(|| Unknown::new(at.clone(), "it is asked of something that could not be determined"))
}

/// Whether a value is the connection that the revision runs on, or works on it: `op.get_bind()`, `op.get_context().bind`,
/// `Session(bind=op.get_bind())`; and an engine where that counts.
pub(crate) fn is_connection(value: &Value<'_>, engines: bool) -> bool {
    match &value.kind {
        Kind::Made(made) => match &made.callee.kind {
            Kind::Library(path) if &**path == "alembic.op.get_bind" => true,
            Kind::Library(path) if path.ends_with(".Session") || path.ends_with(".sessionmaker") => {
                let bind = made.arguments.positional.first().or_else(|| made.arguments.keyword("bind"));
                bind.is_some_and(|bind| is_connection(bind, false))
            }
            Kind::Method(method) => match method.1.as_str() {
                "connection" | "get_bind" | "execution_options" => is_connection(&method.0, engines),
                "connect" => engines && is_connection(&method.0, engines),
                _ => false,
            },
            Kind::Made(_) => is_connection(&made.callee, engines),
            _ => false,
        },
        Kind::Method(method) => match method.1.as_str() {
            "bind" | "connection" => {
                matches!(method.0.made_by(), Some(("alembic.op.get_context", _))) || is_connection(&method.0, engines)
            }
            "engine" => engines && is_connection(&method.0, engines),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a value is the dialect of a connection.
fn is_dialect(value: &Value<'_>) -> bool {
    matches!(&value.kind, Kind::Method(method) if method.1 == "dialect" && is_connection(&method.0, true))
}

/// An answer as a value.
pub(super) fn value_of<'a>(answer: Answer, at: &Location) -> Value<'a> {
    match answer {
        Answer::Nothing => Value::none(),
        Answer::Flag(flag) => Value::bool(flag),
        Answer::Number(number) => Kind::Int(number).into(),
        Answer::Text(text) => Value::str(text),
        Answer::List(items) => {
            let doubt = items.iter().find_map(|item| match item {
                Answer::Perhaps(_, unknown) => Some(Rc::new(unknown.clone())),
                _ => None,
            });
            let items = items.into_iter().map(|item| value_of(item, at)).collect();
            Kind::List(Rc::new(List { items: RefCell::new(items), doubt: RefCell::new(doubt) })).into()
        }
        Answer::Record(parts) => {
            let pairs = parts.into_iter().map(|(key, part)| (Value::str(key), value_of(part, at))).collect();
            Kind::Dict(Rc::new(RefCell::new(pairs))).into()
        }
        Answer::Type { class, arguments } => {
            let keywords = arguments.into_iter().map(|(key, part)| (key.as_str().into(), value_of(part, at)));
            let arguments = Arguments { keywords: keywords.collect(), ..Arguments::default() };
            Kind::Made(Rc::new(Made { callee: Value::library(class), arguments, at: at.clone() })).into()
        }
        Answer::Perhaps(inner, unknown) => perhaps(*inner, &Rc::new(unknown)),
        Answer::Unknown(unknown) => Value::unknown(Rc::new(unknown)),
    }
}

/// A part that is there perhaps: a text that is equal to no other one, a dictionary whose texts are such.
fn perhaps<'a>(answer: Answer, unknown: &Rc<Unknown>) -> Value<'a> {
    match answer {
        Answer::Record(parts) => {
            let pairs = parts.into_iter().map(|(key, part)| (Value::str(key), perhaps(part, unknown))).collect();
            Kind::Dict(Rc::new(RefCell::new(pairs))).into()
        }
        Answer::Text(text) => Kind::Perhaps(Rc::new((Value::str(text), Rc::clone(unknown)))).into(),
        _ => Value::unknown(Rc::clone(unknown)),
    }
}
