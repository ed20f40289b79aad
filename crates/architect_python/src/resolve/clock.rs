//! What gives the current time: followed through functions of the project, whatever they are called.

use ruff_python_ast::{Arguments, Expr};

use super::lookup::STEPS;
use super::{Index, Resolution, Scope};

/// Library functions that give the current time or date.
const CLOCKS: [&str; 4] =
    ["datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"];

/// Functions of the database that do.
const SQL_CLOCKS: [&str; 4] = ["now", "current_timestamp", "current_date", "localtimestamp"];

impl<'a> Index<'a> {
    /// Whether an expression is the current time or date whenever it is evaluated: `datetime.now(UTC)`,
    /// `datetime.now(UTC).replace(tzinfo=None)`, a call of a function of the project that returns it.
    pub(crate) fn is_now(&self, scope: Scope<'a>, expr: &'a Expr) -> bool {
        self.is_now_in(scope, expr, STEPS)
    }

    /// Whether the default of a column, or a default factory, gives the current time or date to each new row. A plain
    /// call is evaluated once, when the class is made, and does not.
    ///
    /// ```python
    /// created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    /// created_at: Mapped[datetime] = mapped_column(default=func.now())
    /// ```
    pub(crate) fn gives_now(&self, scope: Scope<'a>, default: &'a Expr) -> bool {
        self.gives_now_in(scope, default, STEPS)
    }

    fn gives_now_in(&self, scope: Scope<'a>, default: &'a Expr, steps: u8) -> bool {
        let Some(steps) = steps.checked_sub(1) else { return false };
        let (scope, default) = self.followed(scope, default);
        match default {
            Expr::Lambda(lambda) => self.is_now_in(scope, &lambda.body, steps),
            Expr::Call(call) => match self.resolve(scope, &call.func) {
                Resolution::Library(path) if path == "functools.partial" => {
                    call.arguments.args.first().is_some_and(|function| self.gives_now_in(scope, function, steps))
                }
                Resolution::Library(path) => is_sql_clock(&path),
                _ => false,
            },
            _ => match self.resolve(scope, default) {
                Resolution::Library(path) => CLOCKS.contains(&path.as_str()),
                Resolution::Function(function) if !function.def.is_async => {
                    self.result_of(function).is_some_and(|(scope, result)| self.is_now_in(scope, result, steps))
                }
                _ => false,
            },
        }
    }

    fn is_now_in(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> bool {
        let Some(steps) = steps.checked_sub(1) else { return false };
        let (scope, expr) = self.followed(scope, expr);
        let Expr::Call(call) = expr else { return false };
        if self.resolve(scope, &call.func).library().is_some_and(|path| CLOCKS.contains(&path)) {
            return true;
        }
        let Expr::Attribute(method) = &*call.func else { return false };
        keeps_the_moment(method.attr.as_str(), &call.arguments) && self.is_now_in(scope, &method.value, steps)
    }
}

/// Whether a method of a time gives the same moment, in another zone or to the day.
fn keeps_the_moment(method: &str, arguments: &Arguments) -> bool {
    let is_fine = |name: &str| ["tzinfo", "microsecond"].contains(&name);
    match method {
        "astimezone" | "date" => true,
        "replace" => {
            let named = |keyword: &ruff_python_ast::Keyword| keyword.arg.as_ref().is_some_and(|name| is_fine(name));
            arguments.args.is_empty() && arguments.keywords.iter().all(named)
        }
        _ => false,
    }
}

fn is_sql_clock(path: &str) -> bool {
    let name = path.strip_prefix("sqlalchemy.").or_else(|| path.strip_prefix("sqlmodel."));
    name.and_then(|name| name.split_once("func.")).is_some_and(|(_, name)| SQL_CLOCKS.contains(&name))
}

#[cfg(test)]
mod tests {
    use crate::resolve::{Index, Scope};
    use crate::source::Sources;
    use crate::syntax::Files;

    const CODE: &str = "\
from datetime import UTC, date, datetime
from functools import partial
import datetime as dt

from sqlalchemy import func


def stamp():
    return datetime.now(UTC)


def naive() -> datetime:
    \"\"\"Without a zone.\"\"\"
    return stamp().replace(tzinfo=None)


def know():
    return 'know'


def midnight():
    return datetime.now(UTC).replace(hour=0)


YES = [
    datetime.now, datetime.utcnow, date.today, dt.datetime.now, stamp, naive, lambda: datetime.now(UTC),
    lambda: naive(), partial(datetime.now, UTC), func.now(), lambda: dt.datetime.now(dt.timezone.utc).date(),
]
NO = [know, midnight, datetime.now(UTC), stamp(), lambda: know(), 'now', func.lower(), lambda: datetime(2020, 1, 1)]
";

    #[test]
    fn the_current_time_is_followed() {
        let sources = Sources::in_memory([("clock.py", CODE)]);
        let files = Files::parse(&sources);
        let index = Index::new(&files);
        let file = &files.project()[0];
        let scope = Scope::module(file);
        for (name, expected) in [("YES", true), ("NO", false)] {
            let list = index.name(scope, name).and_then(|found| found.variable()?.value).unwrap();
            for default in &list.as_list_expr().unwrap().elts {
                assert_eq!(index.gives_now(scope, default), expected, "{}", scope.text(default));
            }
        }
    }
}
