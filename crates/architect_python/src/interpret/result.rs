//! Results of queries that revisions run.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Answer, Inquiry, Location, Unknown};

use rustc_hash::FxHashMap;

use super::asked::{is_connection, value_of};
use super::machine::Machine;
use super::record::GAP;
use super::value::{Arguments, Kind, Object, Value};

/// The class of rows.
const ROW: &str = "sqlalchemy.Row";

/// What queries of catalogues have in them; what others find, no schema says.
const CATALOGUES: &[&str] = &["information_schema", "pg_", "sqlite_master", "sqlite_schema", "to_regclass"];

impl<'a> Machine<'a> {
    /// What a method of a result gives, or of a connection that gives the first cell at once.
    ///
    /// ```python
    /// connection.execute(sa.text("SELECT ..."), {"name": name}).scalar()
    /// connection.scalar(sa.text("SELECT ..."))
    /// ```
    pub(super) fn result(
        &mut self,
        this: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        at: &Location,
    ) -> Option<Value<'a>> {
        if name == "scalar" && is_connection(this, false) {
            let inquiry = query(arguments)?;
            return Some(first_cell(self.answer(&inquiry, at), at));
        }
        let rows = |machine: &mut Self| machine.rows_of(this, at);
        Some(match name {
            "scalar" | "scalar_one_or_none" | "scalar_one" => first_cell(rows(self)?, at),
            "first" | "fetchone" | "one_or_none" | "one" => first_row(rows(self)?, at),
            "all" | "fetchall" => all_rows(rows(self)?, at),
            _ => return None,
        })
    }

    /// The rows that a loop over a result sees, as they come.
    pub(super) fn rows_of_result(&mut self, value: &Value<'a>) -> Option<Value<'a>> {
        self.record.as_ref()?.connection.as_ref()?;
        let Kind::Made(made) = &value.kind else { return None };
        let at = made.at.clone();
        Some(all_rows(self.rows_of(value, &at)?, &at))
    }

    /// The rows of a result, or of its first cells (`scalars()`).
    fn rows_of(&mut self, value: &Value<'a>, at: &Location) -> Option<Answer> {
        let Kind::Made(made) = &value.kind else { return None };
        let Kind::Method(method) = &made.callee.kind else { return None };
        match method.1.as_str() {
            "execute" | "exec_driver_sql" if is_connection(&method.0, false) => {
                let inquiry = query(&made.arguments)?;
                Some(self.answer(&inquiry, at))
            }
            "scalars" if is_connection(&method.0, false) => {
                let inquiry = query(&made.arguments)?;
                Some(cells(self.answer(&inquiry, at)))
            }
            "scalars" => {
                let inner = self.rows_of(&method.0, at)?;
                Some(cells(inner))
            }
            _ => None,
        }
    }
}

/// The query that a connection is given, with its parameters; `None` where it is none that can be told.
fn query(arguments: &Arguments<'_>) -> Option<Inquiry> {
    let statement = arguments.positional.first().or_else(|| arguments.keyword("statement"))?;
    let mut parameters = Vec::new();
    let sql = text_of(statement, &mut parameters)?;
    let given = arguments.positional.get(1).or_else(|| arguments.keyword("parameters"));
    if let Some(Value { kind: Kind::Dict(pairs), .. }) = given {
        let pairs = pairs.borrow();
        parameters.extend(pairs.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), plain(value)?))));
    }
    parameters.extend(arguments.keywords.iter().filter_map(|(key, value)| Some((key.to_string(), plain(value)?))));
    let first: String = sql.trim_start().chars().take(6).collect();
    let lower = sql.to_ascii_lowercase();
    let is_whole = !sql.contains(GAP)
        && first.eq_ignore_ascii_case("select")
        && CATALOGUES.iter().any(|catalogue| lower.contains(catalogue));
    is_whole.then_some(Inquiry::Query { sql, parameters })
}

/// The text of `sa.text("SELECT ...").bindparams(name="item")`.
fn text_of(value: &Value<'_>, parameters: &mut Vec<(String, Answer)>) -> Option<String> {
    match &value.kind {
        Kind::Str(text) => Some(text.to_string()),
        Kind::Made(made) => match &made.callee.kind {
            Kind::Library(path) if &**path == "sqlalchemy.text" => text_of(made.arguments.get(0, "text")?, parameters),
            Kind::Method(method) if matches!(method.1.as_str(), "bindparams" | "params" | "columns") => {
                let given = made.arguments.keywords.iter();
                parameters.extend(given.filter_map(|(key, value)| Some((key.to_string(), plain(value)?))));
                text_of(&method.0, parameters)
            }
            _ => None,
        },
        _ => None,
    }
}

fn plain(value: &Value<'_>) -> Option<Answer> {
    Some(match &value.kind {
        Kind::None => Answer::Nothing,
        Kind::Bool(flag) => Answer::Flag(*flag),
        Kind::Int(number) => Answer::Number(*number),
        Kind::Str(text) if !text.contains(GAP) => Answer::Text(text.to_string()),
        _ => return None,
    })
}

/// The first cell of each row.
fn cells(rows: Answer) -> Answer {
    each(rows, &|parts| parts.into_iter().next().map_or(Answer::Nothing, |(_, cell)| cell))
}

/// The same rows, each as what is made of its cells.
fn each(rows: Answer, change: &dyn Fn(Vec<(String, Answer)>) -> Answer) -> Answer {
    let changed = |row: Answer| match row {
        Answer::Record(parts) => change(parts),
        other => other,
    };
    let of_list = |row: Answer| match row {
        Answer::Perhaps(inner, unknown) => Answer::Perhaps(Box::new(changed(*inner)), unknown),
        row => changed(row),
    };
    match rows {
        Answer::List(rows) => Answer::List(rows.into_iter().map(of_list).collect()),
        other => other,
    }
}

/// The first of several rows: which one it is, nothing says.
fn first(rows: Answer, at: &Location) -> Result<Option<Answer>, Unknown> {
    let several = || Unknown::new(at.clone(), "the first of several rows");
    let rows = match rows {
        Answer::Unknown(unknown) => return Err(unknown),
        Answer::List(rows) => rows,
        _ => return Err(Unknown::new(at.clone(), "a result that is not followed")),
    };
    if let Some(Answer::Perhaps(_, unknown)) = rows.iter().find(|row| matches!(row, Answer::Perhaps(..))) {
        return Err(unknown.clone());
    }
    let mut rows = rows.into_iter();
    match (rows.next(), rows.next()) {
        (Some(only), None) => Ok(Some(only)),
        (Some(Answer::Record(cells)), Some(_)) => {
            let open = |(name, _)| (name, Answer::Unknown(several()));
            Ok(Some(Answer::Record(cells.into_iter().map(open).collect())))
        }
        (Some(_), Some(_)) => Err(several()),
        (None, _) => Ok(None),
    }
}

fn first_row<'a>(rows: Answer, at: &Location) -> Value<'a> {
    match first(rows, at) {
        Ok(row) => row.map_or_else(Value::none, |row| row_of(row, at)),
        Err(unknown) => Value::unknown(Rc::new(unknown)),
    }
}

fn first_cell<'a>(rows: Answer, at: &Location) -> Value<'a> {
    match first(cells(rows), at) {
        Ok(cell) => cell.map_or_else(Value::none, |cell| value_of(cell, at)),
        Err(unknown) => Value::unknown(Rc::new(unknown)),
    }
}

/// All rows as a list.
fn all_rows<'a>(rows: Answer, at: &Location) -> Value<'a> {
    let made = value_of(rows.clone(), at);
    if let (Kind::List(list), Answer::List(rows)) = (&made.kind, rows) {
        *list.items.borrow_mut() = rows.into_iter().map(|row| row_of(row, at)).collect();
    }
    made
}

/// A row: an object with its cells by name and by place.
fn row_of<'a>(row: Answer, at: &Location) -> Value<'a> {
    let (parts, doubt) = match row {
        Answer::Record(parts) => (parts, None),
        Answer::Perhaps(inner, unknown) => match *inner {
            Answer::Record(parts) => (parts, Some(unknown)),
            other => return value_of(Answer::Perhaps(Box::new(other), unknown), at),
        },
        other => return value_of(other, at),
    };
    let mut attributes = FxHashMap::default();
    for (place, (name, cell)) in parts.into_iter().enumerate() {
        let cell = match &doubt {
            Some(unknown) => value_of(Answer::Perhaps(Box::new(cell), unknown.clone()), at),
            None => value_of(cell, at),
        };
        attributes.insert(place.to_string().into(), cell.clone());
        attributes.insert(name.as_str().into(), cell);
    }
    let class = Value::library(ROW);
    let (attributes, router) = (RefCell::new(attributes), RefCell::default());
    Kind::Object(Rc::new(Object { class, attributes, router, at: at.clone() })).into()
}

/// The cells of a row, in order.
pub(super) fn cells_of_row<'a>(object: &Object<'a>) -> Option<Vec<Value<'a>>> {
    let attributes = object.attributes.borrow();
    let places = (0..).map_while(|place: usize| attributes.get(place.to_string().as_str()).cloned());
    (object.class.as_library() == Some(ROW)).then(|| places.collect())
}
