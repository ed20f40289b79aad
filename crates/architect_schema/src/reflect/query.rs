//! Queries of the catalogues: what rows they find.

use architect_model::{Answer, Unknown};
use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArguments, JoinConstraint, JoinOperator, Query, Select, SelectItem, SetExpr,
    Statement, TableFactor, UnaryOperator, Value,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::Asked;
use super::relations::Row;

/// Rows with the names under which a query has their catalogues.
type Joined = Vec<(String, Row)>;

/// What a query is asked with, and why it cannot be followed.
struct Following<'q, 'r> {
    asked: &'q Asked<'r>,
    parameters: &'q [(String, Answer)],
}

/// What could not be followed.
struct Lost;

type Followed<T> = Result<T, Lost>;

/// What a condition is: true, false, or not known.
#[derive(Clone)]
enum Truth {
    True,
    False,
    Unknown(Unknown),
}

impl Asked<'_> {
    /// The rows that a query finds, each as a record.
    ///
    /// ```python
    /// connection.execute(sa.text("SELECT 1 FROM pg_indexes WHERE indexname = :name"), {"name": name}).first()
    /// ```
    pub(super) fn query(&self, sql: &str, parameters: &[(String, Answer)]) -> Answer {
        if let Some(unknown) = self.replay.why(&architect_model::Touched::Everything) {
            return Answer::Unknown(unknown.clone());
        }
        let following = Following { asked: self, parameters };
        let parsed = Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap_or_default();
        let found = match parsed.as_slice() {
            [Statement::Query(query)] => following.rows(query, &Vec::new()),
            _ => Err(Lost),
        };
        let Ok(rows) = found else { return self.unknown("a query that is not followed") };
        let answer = |(cells, doubt): (Vec<(String, Answer)>, Option<Unknown>)| match doubt {
            Some(unknown) => Answer::Perhaps(Box::new(Answer::Record(cells)), unknown),
            None => Answer::Record(cells),
        };
        Answer::List(rows.into_iter().map(answer).collect())
    }
}

/// A row of a result, and why it may not be there.
type Found = (Vec<(String, Answer)>, Option<Unknown>);

impl Following<'_, '_> {
    fn rows(&self, query: &Query, outer: &Joined) -> Followed<Vec<Found>> {
        let SetExpr::Select(select) = &*query.body else { return Err(Lost) };
        if query.with.is_some() || select.having.is_some() || select.qualify.is_some() {
            return Err(Lost);
        }
        let grouped = !matches!(&select.group_by, sqlparser::ast::GroupByExpr::Expressions(by, _) if by.is_empty());
        if grouped {
            return Err(Lost);
        }
        let found = self.selected(select, outer)?;
        if let [item] = select.projection.as_slice()
            && let Some(name) = count_of(item)
        {
            let doubt = found.iter().find_map(|(_, doubt)| doubt.clone());
            let count = i64::try_from(found.len()).map_err(|_| Lost)?;
            let cell = doubt.map_or(Answer::Number(count), Answer::Unknown);
            return Ok(vec![(vec![(name, cell)], None)]);
        }
        let result = |(row, doubt): (Joined, Option<Unknown>)| {
            let mut cells = Vec::new();
            for item in &select.projection {
                match item {
                    SelectItem::UnnamedExpr(expr) => {
                        let name = match expr {
                            Expr::Identifier(name) => name.value.clone(),
                            Expr::CompoundIdentifier(parts) => {
                                parts.last().map_or_else(String::new, |part| part.value.clone())
                            }
                            _ => format!("column {}", cells.len()),
                        };
                        cells.push((name, self.value(expr, &row)?));
                    }
                    SelectItem::ExprWithAlias { expr, alias } => {
                        cells.push((alias.value.clone(), self.value(expr, &row)?));
                    }
                    _ => return Err(Lost),
                }
            }
            Ok((cells, doubt))
        };
        found.into_iter().map(result).collect()
    }

    /// The rows that the conditions leave.
    fn selected(&self, select: &Select, outer: &Joined) -> Followed<Vec<(Joined, Option<Unknown>)>> {
        let mut rows: Vec<(Joined, Option<Unknown>)> = vec![(outer.clone(), None)];
        for from in &select.from {
            rows = self.joined(rows, &from.relation, None)?;
            for join in &from.joins {
                let (JoinOperator::Join(on) | JoinOperator::Inner(on)) = &join.join_operator else { return Err(Lost) };
                let JoinConstraint::On(on) = on else { return Err(Lost) };
                rows = self.joined(rows, &join.relation, Some(on))?;
            }
        }
        match &select.selection {
            Some(condition) => self.filtered(rows, condition),
            None => Ok(rows),
        }
    }

    fn joined(
        &self,
        rows: Vec<(Joined, Option<Unknown>)>,
        relation: &TableFactor,
        on: Option<&Expr>,
    ) -> Followed<Vec<(Joined, Option<Unknown>)>> {
        let TableFactor::Table { name, alias, args: None, .. } = relation else { return Err(Lost) };
        let name = name.to_string().to_lowercase().replace('"', "");
        let found = self.asked.relation(&name).ok_or(Lost)?;
        let short = name.rsplit('.').next().unwrap_or(&name).to_owned();
        let alias = alias.as_ref().map_or(short, |alias| alias.name.value.clone());
        let mut all = Vec::new();
        for (row, doubt) in &rows {
            for other in &found {
                let mut row = row.clone();
                let doubt = doubt.clone().or_else(|| other.doubt.clone());
                row.push((alias.clone(), other.clone()));
                all.push((row, doubt));
            }
        }
        match on {
            Some(on) => self.filtered(all, on),
            None => Ok(all),
        }
    }

    fn filtered(
        &self,
        rows: Vec<(Joined, Option<Unknown>)>,
        condition: &Expr,
    ) -> Followed<Vec<(Joined, Option<Unknown>)>> {
        let mut left = Vec::new();
        for (row, doubt) in rows {
            match self.truth(condition, &row)? {
                Truth::True => left.push((row, doubt)),
                Truth::False => {}
                Truth::Unknown(unknown) => left.push((row, doubt.or(Some(unknown)))),
            }
        }
        Ok(left)
    }

    fn truth(&self, expr: &Expr, row: &Joined) -> Followed<Truth> {
        Ok(match expr {
            Expr::Nested(inner) => self.truth(inner, row)?,
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                match (self.truth(left, row)?, self.truth(right, row)?) {
                    (Truth::False, _) | (_, Truth::False) => Truth::False,
                    (Truth::True, other) | (other, Truth::True) => other,
                    (unknown, _) => unknown,
                }
            }
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                match (self.truth(left, row)?, self.truth(right, row)?) {
                    (Truth::True, _) | (_, Truth::True) => Truth::True,
                    (Truth::False, other) | (other, Truth::False) => other,
                    (unknown, _) => unknown,
                }
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => opposite(self.truth(expr, row)?),
            Expr::Exists { subquery, negated } => {
                let rows = self.rows(subquery, row)?;
                let found = match rows.iter().find(|(_, doubt)| doubt.is_none()) {
                    Some(_) => Truth::True,
                    None => match rows.into_iter().find_map(|(_, doubt)| doubt) {
                        Some(unknown) => Truth::Unknown(unknown),
                        None => Truth::False,
                    },
                };
                if *negated { opposite(found) } else { found }
            }
            Expr::BinaryOp { left, op: op @ (BinaryOperator::Eq | BinaryOperator::NotEq), right } => {
                let same = self.same(&self.value(left, row)?, &self.value(right, row)?);
                if *op == BinaryOperator::Eq { same } else { opposite(same) }
            }
            Expr::InList { expr, list, negated } => {
                let value = self.value(expr, row)?;
                let mut found = Truth::False;
                for item in list {
                    match self.same(&value, &self.value(item, row)?) {
                        Truth::True => found = Truth::True,
                        Truth::Unknown(unknown) if matches!(found, Truth::False) => found = Truth::Unknown(unknown),
                        _ => {}
                    }
                }
                if *negated { opposite(found) } else { found }
            }
            Expr::IsNull(inner) => self.is_null(inner, row)?,
            Expr::IsNotNull(inner) => opposite(self.is_null(inner, row)?),
            // Names without a schema are looked for where they are seen.
            Expr::Function(function) if is_named(function, "pg_type_is_visible") => Truth::True,
            Expr::Function(function) if is_named(function, "pg_table_is_visible") => Truth::True,
            Expr::Value(value) => match &value.value {
                Value::Boolean(flag) => {
                    if *flag {
                        Truth::True
                    } else {
                        Truth::False
                    }
                }
                _ => return Err(Lost),
            },
            _ => return Err(Lost),
        })
    }

    fn is_null(&self, expr: &Expr, row: &Joined) -> Followed<Truth> {
        Ok(match self.value(expr, row)? {
            Answer::Nothing => Truth::True,
            Answer::Unknown(unknown) => Truth::Unknown(unknown),
            _ => Truth::False,
        })
    }

    fn same(&self, one: &Answer, other: &Answer) -> Truth {
        match (one, other) {
            (Answer::Unknown(unknown), _) | (_, Answer::Unknown(unknown)) => Truth::Unknown(unknown.clone()),
            (Answer::Nothing, _) | (_, Answer::Nothing) => Truth::False,
            _ if one == other => Truth::True,
            _ => Truth::False,
        }
    }

    fn value(&self, expr: &Expr, row: &Joined) -> Followed<Answer> {
        Ok(match expr {
            Expr::Nested(inner) => self.value(inner, row)?,
            // `'item'::regclass`: rows have the name for an identifier.
            Expr::Cast { expr, .. } => self.value(expr, row)?,
            Expr::Identifier(name) => self.cell(None, &name.value, row)?,
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [.., alias, name] => self.cell(Some(&alias.value), &name.value, row)?,
                _ => return Err(Lost),
            },
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) => Answer::Number(number.parse().map_err(|_| Lost)?),
                Value::SingleQuotedString(text) => Answer::text(text.as_str()),
                Value::Boolean(flag) => Answer::Flag(*flag),
                Value::Null => Answer::Nothing,
                Value::Placeholder(name) => self.parameter(name.trim_start_matches(':'))?,
                _ => return Err(Lost),
            },
            Expr::Function(function) if is_named(function, "current_schema") => Answer::text("public"),
            Expr::Function(function) if is_named(function, "to_regclass") => {
                let FunctionArguments::List(list) = &function.args else { return Err(Lost) };
                let [sqlparser::ast::FunctionArg::Unnamed(sqlparser::ast::FunctionArgExpr::Expr(inner))] =
                    list.args.as_slice()
                else {
                    return Err(Lost);
                };
                let Answer::Text(text) = self.value(inner, row)? else { return Err(Lost) };
                let (schema, name) = text.split_once('.').map_or((None, &*text), |(schema, name)| (Some(schema), name));
                let name = architect_model::QualifiedName::new(schema.map(str::to_owned), name);
                match self.asked.has_table(&name) {
                    Answer::Flag(true) => Answer::Text(text),
                    // It may be an index, a view or a sequence.
                    _ => self.asked.unknown("what `to_regclass` finds besides tables"),
                }
            }
            Expr::Exists { .. }
            | Expr::BinaryOp { .. }
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::UnaryOp { .. } => match self.truth(expr, row)? {
                Truth::True => Answer::Flag(true),
                Truth::False => Answer::Flag(false),
                Truth::Unknown(unknown) => Answer::Unknown(unknown),
            },
            _ => return Err(Lost),
        })
    }

    fn parameter(&self, name: &str) -> Followed<Answer> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).ok_or(Lost)
    }

    /// The cell of a column; not known where the catalogue has more columns than are followed.
    fn cell(&self, alias: Option<&str>, name: &str, row: &Joined) -> Followed<Answer> {
        let wanted = row.iter().rev().filter(|(known, _)| alias.is_none_or(|alias| alias == known));
        let mut cells = wanted.clone().filter_map(|(_, row)| row.cells.iter().find(|(known, _)| *known == name));
        match (cells.next(), wanted.clone().next()) {
            (Some((_, cell)), _) => Ok(cell.clone()),
            (None, Some((_, row))) => Ok(Answer::Unknown(row.doubt.clone().unwrap_or_else(|| {
                Unknown::new(self.asked.at.clone(), format!("`{name}` of the catalogue is not followed"))
            }))),
            (None, None) => Err(Lost),
        }
    }
}

fn opposite(truth: Truth) -> Truth {
    match truth {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        unknown => unknown,
    }
}

fn is_named(function: &sqlparser::ast::Function, name: &str) -> bool {
    function.name.to_string().to_lowercase().trim_start_matches("pg_catalog.") == name
}

/// The name of `count(*)`, or of what it is called, where an item is that.
fn count_of(item: &SelectItem) -> Option<String> {
    let (expr, name) = match item {
        SelectItem::UnnamedExpr(expr) => (expr, "count".to_owned()),
        SelectItem::ExprWithAlias { expr, alias } => (expr, alias.value.clone()),
        _ => return None,
    };
    matches!(expr, Expr::Function(function) if is_named(function, "count")).then_some(name)
}
