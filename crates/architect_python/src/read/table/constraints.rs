//! Table constraints and indexes: those of `__table_args__`, and those that columns imply.

use architect_model::{
    ColumnType, ExcludeElement, Index as NewIndex, IndexPart, Known, TableConstraint, Unknown, identifier, literal,
};
use ruff_python_ast::Expr;

use crate::resolve::{Arguments, Index, Placed, Scope, Value};

use super::draft::{Draft, Reference, Target, reference, target_of};
use super::expression::Sql;
use super::indexes::Indexes;
use super::types::flag;

/// What `__table_args__`, or the arguments of `Table(...)`, say.
#[derive(Default)]
pub(super) struct TableArguments<'a> {
    /// Constraints and indexes that need no other table.
    pub(super) constraints: Vec<TableConstraint>,
    /// Foreign keys over columns of this table.
    pub(super) foreign_keys: Vec<(Vec<String>, Vec<Reference<'a>>)>,
    /// `schema`.
    pub(super) schema: Option<Known<String>>,
    /// `comment`.
    pub(super) comment: Option<String>,
    /// `extend_existing`.
    pub(super) extends: bool,
    /// Parts that could not be determined.
    pub(super) unknowns: Vec<Unknown>,
}

impl<'a> TableArguments<'a> {
    /// Reads the value of `__table_args__`: a tuple, maybe with a dictionary at its end, or a dictionary.
    pub(super) fn read(&mut self, index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr, columns: &[Draft<'a>]) {
        let (scope, expr) = index.followed(scope, expr);
        if let Expr::BinOp(sum) = expr {
            self.read(index, scope, &sum.left, columns);
            self.read(index, scope, &sum.right, columns);
            return;
        }
        if let Some(entries) = index.dictionary_entries(scope, expr) {
            self.options(index, &entries);
            return;
        }
        let Some(parts) = index.sequence_parts(scope, expr) else {
            if !expr.is_none_literal_expr() {
                self.unknowns.push(scope.file.unknown(expr, "table arguments that are not written out"));
            }
            return;
        };
        for (scope, part) in parts {
            match index.dictionary_entries(scope, part) {
                Some(entries) => self.options(index, &entries),
                None => self.item(index, scope, part, columns),
            }
        }
    }

    /// The keyword options of a table.
    pub(super) fn options(&mut self, index: &Index<'a>, entries: &[(&'a str, Placed<'a>)]) {
        for (key, (scope, value)) in entries {
            if *key == "schema" && !value.is_none_literal_expr() {
                self.schema = Some(index.fixed_string(*scope, value));
            }
            if *key == "comment" && !value.is_none_literal_expr() {
                match index.fixed_string(*scope, value) {
                    Known::Known(comment) => self.comment = Some(comment),
                    Known::Unknown { unknown } => self.unknowns.push(unknown),
                }
            }
            if *key == "extend_existing" {
                self.extends = index.fixed(*scope, value).known().and_then(Value::as_bool) == Some(true);
            }
        }
    }

    /// One constraint or index.
    pub(super) fn item(&mut self, index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr, columns: &[Draft<'a>]) {
        let (scope, expr) = index.followed(scope, expr);
        let Expr::Call(call) = expr else {
            self.unknowns.push(scope.file.unknown(expr, "a table argument that is not understood"));
            return;
        };
        let arguments = index.arguments(scope, call);
        self.unknowns.extend(arguments.unknown.clone());
        let callee = index.resolve(scope, &call.func);
        let reader = Reader { index, columns };
        match callee.library().unwrap_or_default() {
            "sqlalchemy.UniqueConstraint" => {
                let name = self.noted(reader.name(&arguments));
                let columns = reader.columns(&arguments.positional);
                let (deferrable, initially) = reader.deferral(&arguments);
                let nulls = flag(index, &arguments, "postgresql_nulls_not_distinct");
                let nulls_not_distinct = self.noted(nulls).unwrap_or(false);
                let unique = TableConstraint::Unique { name, columns, deferrable, initially, nulls_not_distinct };
                self.constraints.push(unique);
            }
            "sqlalchemy.PrimaryKeyConstraint" => {
                let name = self.noted(reader.name(&arguments));
                let columns = reader.columns(&arguments.positional);
                self.constraints.push(TableConstraint::PrimaryKey { name, columns });
            }
            "sqlalchemy.CheckConstraint" => {
                self.constraints.push(check(index, columns, &arguments, scope, expr));
            }
            "sqlalchemy.dialects.postgresql.ExcludeConstraint" => {
                let name = self.noted(reader.name(&arguments));
                match reader.exclude(name, &arguments) {
                    Some(exclude) => self.constraints.push(exclude),
                    None => self.unknowns.push(scope.file.unknown(expr, "an exclusion that is not understood")),
                }
            }
            "sqlalchemy.Index" => {
                let made = Indexes { index, columns }.read(&arguments);
                let made = self.noted(made.map(Some));
                self.constraints.extend(made.map(TableConstraint::Index));
            }
            "sqlalchemy.ForeignKeyConstraint" => self.foreign_key(&reader, &arguments, scope, expr),
            _ => self.unknowns.push(scope.file.unknown(expr, "a table argument that is not understood")),
        }
    }

    fn foreign_key(&mut self, reader: &Reader<'_, 'a>, arguments: &Arguments<'a>, scope: Scope<'a>, expr: &'a Expr) {
        let index = reader.index;
        let list = |name: &str, position: usize| {
            let (scope, expr) = arguments.get(name, position)?;
            index.sequence_parts(scope, expr)
        };
        let (Some(own), Some(referred)) = (list("columns", 0), list("refcolumns", 1)) else {
            self.unknowns.push(scope.file.unknown(expr, "a foreign key whose columns are not written out"));
            return;
        };
        let base = reference(index, arguments, scope, expr);
        let references = referred
            .into_iter()
            .map(|(scope, target)| Reference { target: target_of(index, scope, target), ..base.clone() });
        self.foreign_keys.push((reader.columns(&own), references.collect()));
    }

    /// The value of something known; what is not is noted.
    fn noted<T>(&mut self, known: Known<Option<T>>) -> Option<T> {
        match known {
            Known::Known(value) => value,
            Known::Unknown { unknown } => {
                self.unknowns.push(unknown);
                None
            }
        }
    }
}

/// Reads the arguments of constraints of one table.
pub(super) struct Reader<'i, 'a> {
    pub(super) index: &'i Index<'a>,

    pub(super) columns: &'i [Draft<'a>],
}

impl<'a> Reader<'_, 'a> {
    /// The `name` argument.
    fn name(&self, arguments: &Arguments<'a>) -> Known<Option<String>> {
        match arguments.keyword("name") {
            Some((_, expr)) if expr.is_none_literal_expr() => Known::Known(None),
            Some((scope, expr)) => self.index.fixed_string(scope, expr).map(Some),
            None => Known::Known(None),
        }
    }

    /// Column names; anything else as source text.
    fn columns(&self, parts: &[Placed<'a>]) -> Vec<String> {
        parts.iter().map(|(scope, expr)| self.column(*scope, expr)).collect()
    }

    fn column(&self, scope: Scope<'a>, expr: &'a Expr) -> String {
        let named = |attribute: &str| {
            let draft = self.columns.iter().find(|draft| draft.attribute == attribute)?;
            Some(match &draft.name {
                Some(Known::Known(name)) => name.clone(),
                _ => draft.attribute.clone(),
            })
        };
        if let Expr::StringLiteral(text) = expr {
            return text.value.to_str().to_owned();
        }
        let attribute = match expr {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        };
        if let Some(name) = attribute.and_then(named) {
            return name;
        }
        match self.index.fixed_string(scope, expr) {
            Known::Known(text) => text,
            Known::Unknown { .. } => scope.text(expr).to_owned(),
        }
    }

    /// `deferrable`, and `initially` in upper case.
    fn deferral(&self, arguments: &Arguments<'a>) -> (Option<bool>, Option<String>) {
        let initially = arguments.keyword("initially").map(|(scope, expr)| self.index.fixed_string(scope, expr));
        let initially = initially.and_then(|text| text.known().map(|text| text.to_uppercase()));
        (flag(self.index, arguments, "deferrable").known().copied().flatten(), initially)
    }

    /// `ExcludeConstraint(("room", "="), ("during", "&&"), using="gist", where=...)`.
    fn exclude(&self, name: Option<String>, arguments: &Arguments<'a>) -> Option<TableConstraint> {
        let indexes = Indexes { index: self.index, columns: self.columns };
        let elements = arguments.positional.iter().map(|(scope, pair)| {
            let parts = self.index.sequence_parts(*scope, pair)?;
            let [key, (scope, operator)] = parts.as_slice() else { return None };
            let operator = self.index.fixed_string(*scope, operator).known()?.clone();
            Some(ExcludeElement { key: indexes.key(*key), operator })
        });
        let elements = elements.collect::<Option<Vec<_>>>()?;
        let method = arguments.keyword("using").and_then(|(scope, expr)| {
            let method = self.index.fixed_string(scope, expr);
            method.known().cloned()
        });
        let sql = Sql { index: self.index, columns: self.columns };
        let predicate = arguments.keyword("where").map(|placed| sql.of(placed));
        let (deferrable, initially) = self.deferral(arguments);
        Some(TableConstraint::Exclude { name, elements, method, predicate, deferrable, initially })
    }
}

/// `CheckConstraint("price > 0", name="positive")`.
pub(super) fn check<'a>(
    index: &Index<'a>,
    columns: &[Draft<'a>],
    arguments: &Arguments<'a>,
    scope: Scope<'a>,
    expr: &'a Expr,
) -> TableConstraint {
    let name = arguments.get("name", 1).and_then(|(scope, expr)| index.fixed_string(scope, expr).known().cloned());
    let sql = match arguments.get("sqltext", 0) {
        Some(placed) => Sql { index, columns }.of(placed),
        None => Known::unknown(scope.at(expr), "a check without a condition"),
    };
    TableConstraint::check(name, sql)
}

/// The constraints and indexes that the flags of a column make.
pub(super) fn implied(draft: &Draft<'_>, name: &str) -> Vec<TableConstraint> {
    let unique = draft.unique.known() == Some(&true);
    let mut found = Vec::new();
    if draft.index.known() == Some(&true) {
        let parts = vec![IndexPart::column(name)];
        found.push(TableConstraint::Index(NewIndex { parts, unique, ..NewIndex::default() }));
    } else if unique {
        found.push(TableConstraint::unique(None, vec![name.to_owned()]));
    }
    found.extend(draft.checks.iter().cloned());
    if let (Some(given), Some(Known::Known(ty))) = (&draft.type_check, &draft.ty) {
        let values = match ty {
            ColumnType::Enum { values: Known::Known(values), .. } => {
                values.iter().map(|value| literal(value)).collect::<Vec<_>>().join(", ")
            }
            _ => "0, 1".to_owned(),
        };
        let sql = Known::Known(format!("{} IN ({values})", identifier(name)));
        let native = !matches!(ty, ColumnType::Enum { native: false, .. });
        found.push(TableConstraint::Check { name: given.clone(), sql, of_type: Some(name.to_owned()), native });
    }
    found
}

/// A foreign key, where its targets are known columns of one table.
pub(super) fn foreign_key(
    columns: Vec<String>,
    references: &[(Reference<'_>, Option<(String, String)>)],
) -> Result<TableConstraint, Unknown> {
    let Some((first, _)) = references.first() else {
        return Err(Unknown::new(architect_model::Location::line("", 1), "a foreign key without columns"));
    };
    let use_alter = match &first.use_alter {
        Known::Known(use_alter) => *use_alter,
        Known::Unknown { unknown } => return Err(unknown.clone()),
    };
    let mut ref_columns = Vec::new();
    let mut ref_table = None;
    for (reference, target) in references {
        match (target, &reference.target) {
            (Some((table, column)), _) => {
                ref_table = Some(table.clone());
                ref_columns.push(column.clone());
            }
            (None, Target::Unknown(unknown)) => return Err(unknown.clone()),
            (None, _) => {
                return Err(Unknown::new(reference.at.clone(), "the target of the foreign key is not found"));
            }
        }
    }
    Ok(TableConstraint::ForeignKey {
        name: first.name.clone(),
        columns,
        ref_table: ref_table.unwrap_or_default(),
        ref_columns,
        on_delete: first.on_delete.clone(),
        on_update: first.on_update.clone(),
        deferrable: first.deferrable,
        initially: first.initially.clone(),
        match_kind: first.match_kind.clone(),
        use_alter,
    })
}
