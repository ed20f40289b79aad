//! Columns and what stands behind their types.

use architect_model::{
    Column, Computed, DefaultForm, Identity, Known, QualifiedName, ServerDefault, Table, TableConstraint,
};
use sqlparser::ast::{ColumnDef, ColumnOption, Expr, GeneratedAs, SequenceOptions, Spanned, UnaryOperator, Value};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::Reader;
use super::name::folded;
use super::split::Lines;
use super::types::is_serial;

impl Reader<'_> {
    /// A column of a table, with the constraints that are made with it.
    pub(super) fn column(&self, table: &QualifiedName, definition: &ColumnDef) -> (Column, Vec<TableConstraint>) {
        let name = folded(&definition.name);
        let mut column = Column::new(name.clone(), self.column_type(&definition.data_type), self.at.clone());
        let mut constraints = Vec::new();
        if is_serial(&definition.data_type) {
            column.autoincrement = Some(true);
            column.nullable = Known::Known(false);
            column.server_default = Some(self.server_default(&sequence_default(table, &name)));
        }
        for option in &definition.options {
            match &option.option {
                ColumnOption::NotNull => column.nullable = Known::Known(false),
                ColumnOption::Null => column.nullable = Known::Known(true),
                ColumnOption::Default(value) => column.server_default = self.default(value),
                ColumnOption::Generated { generated_as, sequence_options, generation_expr, .. } => {
                    self.generated(&mut column, generated_as, sequence_options.as_deref(), generation_expr.as_ref());
                }
                constraint => {
                    let found = self.column_constraint(&name, option.name.as_ref().map(folded), constraint);
                    constraints.extend(found);
                }
            }
        }
        if constraints.iter().any(|constraint| matches!(constraint, TableConstraint::PrimaryKey { .. })) {
            column.primary_key = true;
            column.nullable = Known::Known(false);
        }
        // A numbered key is what SQLAlchemy makes of any whole-numbered key: it says no default of it.
        if column.primary_key && column.autoincrement == Some(true) {
            column.server_default = None;
        }
        (column, constraints)
    }

    fn generated(
        &self,
        column: &mut Column,
        generated_as: &GeneratedAs,
        options: Option<&[SequenceOptions]>,
        expression: Option<&Expr>,
    ) {
        if let Some(expression) = expression {
            let sql = Known::Known(self.sql_of(expression));
            column.computed = Some(Computed { sql, persisted: Some(true) });
            return;
        }
        column.nullable = Known::Known(false);
        let mut identity = Identity { always: matches!(generated_as, GeneratedAs::Always), ..Identity::default() };
        for option in options.unwrap_or_default() {
            match option {
                SequenceOptions::StartWith(value, _) => identity.start = whole(value),
                SequenceOptions::IncrementBy(value, _) => identity.increment = whole(value),
                SequenceOptions::MinValue(value) => identity.minimum = value.as_ref().and_then(whole),
                SequenceOptions::MaxValue(value) => identity.maximum = value.as_ref().and_then(whole),
                SequenceOptions::Cache(value) => identity.cache = whole(value),
                SequenceOptions::Cycle(no) => identity.cycle = Some(!no),
            }
        }
        column.identity = Some(identity);
    }

    /// What a `DEFAULT` gives; `DEFAULT NULL` is none.
    pub(super) fn default(&self, value: &Expr) -> Option<ServerDefault> {
        if matches!(value, Expr::Value(value) if value.value == Value::Null) {
            return None;
        }
        Some(self.server_default(&self.sql_of(value)))
    }

    fn server_default(&self, sql: &str) -> ServerDefault {
        ServerDefault { source: sql_in_python(sql), sql: Known::Known(sql.to_owned()), form: DefaultForm::Text }
    }

    /// An expression as it is written. `sqlparser` knows where it begins, not always where it ends: it ends where what
    /// stands there is the same expression.
    pub(super) fn sql_of(&self, expression: &Expr) -> String {
        let shown = expression.to_string();
        let start = expression.span().start;
        let lines = Lines::of(self.sql);
        let tokens = self.tokens.iter().skip_while(|token| token.span.start != start).take(LONGEST_EXPRESSION);
        let mut texts = tokens.filter_map(|token| lines.slice(self.sql, start, token.span.end));
        texts.find(|text| parsed(text).is_some_and(|other| other == shown)).map_or(shown.clone(), str::to_owned)
    }
}

/// Tokens of an expression, at most, that is shown as it is written.
const LONGEST_EXPRESSION: usize = 80;

/// How `sqlparser` writes an expression.
fn parsed(text: &str) -> Option<String> {
    let mut parser = Parser::new(&PostgreSqlDialect {}).try_with_sql(text).ok()?;
    let expression = parser.parse_expr().ok()?;
    (parser.peek_token().token == Token::EOF).then(|| expression.to_string())
}

/// SQL as Alembic's files have it: `sa.text('now()')`.
pub(super) fn sql_in_python(sql: &str) -> String {
    let escaped = sql.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace(':', "\\\\:");
    // A cast is no parameter: SQLAlchemy leaves `::` alone.
    format!("sa.text('{}')", escaped.replace("\\\\:\\\\:", "::"))
}

/// The default of a column of type `serial`.
fn sequence_default(table: &QualifiedName, column: &str) -> String {
    let name = architect_model::default_name(&table.name, column, "seq");
    match &table.schema {
        Some(schema) => format!("nextval('{schema}.{name}'::regclass)"),
        None => format!("nextval('{name}'::regclass)"),
    }
}

fn whole(value: &Expr) -> Option<i64> {
    match value {
        Expr::Value(value) => value.value.to_string().parse().ok(),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => whole(expr).map(|value| -value),
        _ => None,
    }
}

/// Marks the columns of the table's primary key as such.
pub(super) fn mark_keys(table: &mut Table) {
    let keys: Vec<String> = table
        .constraints
        .iter()
        .filter_map(|constraint| match constraint {
            TableConstraint::PrimaryKey { columns, .. } => Some(columns.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    for column in table.columns.iter_mut().filter(|column| keys.contains(&column.name)) {
        column.primary_key = true;
        column.nullable = Known::Known(false);
        if column.autoincrement == Some(true) {
            column.server_default = None;
        }
    }
}
