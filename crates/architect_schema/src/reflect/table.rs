//! Tables as SQLAlchemy's inspector reflects them: columns, keys, constraints, indexes.

use architect_model::{Answer, Column, Known, QualifiedName, Table, TableConstraint, Touched, Unknown};

use super::{Asked, types};
use crate::sql::Dialect;

impl Asked<'_> {
    /// What is asked of a table.
    ///
    /// ```python
    /// >>> sa.inspect(engine).get_columns("gone")
    /// sqlalchemy.exc.NoSuchTableError: gone
    /// ```
    pub(super) fn table(&self, method: &str, name: &QualifiedName) -> Answer {
        if let Some(unknown) = self.replay.why(&Touched::Table { table: name.clone() }) {
            return Answer::Unknown(unknown.clone());
        }
        let Some(table) = self.replay.table(name) else {
            return self
                .unknown(format!("there is no table `{name}` at this point: SQLAlchemy raises `NoSuchTableError`"));
        };
        match method {
            "get_columns" => self.columns(name, table),
            "get_pk_constraint" => self.primary_key(name, table),
            "get_table_comment" if self.is_postgresql() => {
                Answer::Record(vec![("text".to_owned(), Answer::text_or_nothing(table.comment.as_deref()))])
            }
            "get_indexes" | "get_unique_constraints" | "get_foreign_keys" | "get_check_constraints" => {
                self.constraints(method, name, table)
            }
            _ => self.unknown(format!("what `{method}` finds is not replayed")),
        }
    }

    fn is_postgresql(&self) -> bool {
        self.replay.dialect() == Dialect::Postgresql
    }

    fn columns(&self, name: &QualifiedName, table: &Table) -> Answer {
        let object = |column: &str| Touched::Column { table: name.clone(), column: column.to_owned() };
        let mut found: Vec<Answer> = Vec::new();
        for (place, column) in table.columns.iter().enumerate() {
            found.push(match self.replay.why(&object(&column.name)) {
                Some(unknown) => self.perhaps_column(&column.name, unknown),
                None => self.column(table, column, place),
            });
        }
        let key = self.replay.key(name);
        for doubt in self.replay.doubts() {
            if let Touched::Column { table: other, column } = &doubt.touches
                && self.replay.key(other) == key
                && !table.columns.iter().any(|known| known.name == *column)
            {
                found.push(self.perhaps_column(column, &doubt.unknown));
            }
        }
        Answer::List(found)
    }

    /// A column of which it is not sure that it is there, and nothing else.
    fn perhaps_column(&self, name: &str, unknown: &Unknown) -> Answer {
        let mut parts = vec![("name".to_owned(), Answer::text(name))];
        let others = ["type", "nullable", "default"].iter().chain(self.further());
        parts.extend(others.map(|part| ((*part).to_owned(), Answer::Unknown(unknown.clone()))));
        Answer::Perhaps(Box::new(Answer::Record(parts)), unknown.clone())
    }

    /// What only one of the databases says of columns.
    fn further(&self) -> &'static [&'static str] {
        if self.is_postgresql() { &["autoincrement", "comment"] } else { &["primary_key"] }
    }

    /// ```python
    /// >>> inspector.get_columns("item")       # PostgreSQL
    /// [{'name': 'title', 'type': VARCHAR(length=20), 'nullable': True, 'default': "'q'::character varying",
    ///   'autoincrement': False, 'comment': None}]
    /// ```
    fn column(&self, table: &Table, column: &Column, place: usize) -> Answer {
        let is_numbered = self.is_postgresql() && table.is_autoincrement(column) && column.identity.is_none();
        let default = match &column.server_default {
            _ if is_numbered => self.unknown("a default that counts, as the database shows it"),
            None if column.computed.is_none() => Answer::Nothing,
            _ => self.unknown("a default as the database shows it"),
        };
        let nullable = match &column.nullable {
            Known::Known(nullable) => Answer::Flag(*nullable),
            Known::Unknown { unknown } => Answer::Unknown(unknown.clone()),
        };
        let mut parts = vec![
            ("name".to_owned(), Answer::text(column.name.as_str())),
            ("type".to_owned(), self.column_type(column)),
            ("nullable".to_owned(), nullable),
            ("default".to_owned(), default),
        ];
        if self.is_postgresql() {
            parts.push(("autoincrement".to_owned(), Answer::Flag(is_numbered || column.identity.is_some())));
            parts.push(("comment".to_owned(), Answer::text_or_nothing(column.comment.as_deref())));
        } else {
            let key = table.constraints.iter().find_map(primary);
            let rank = key.and_then(|columns| columns.iter().position(|own| *own == column.name));
            let rank = rank.map_or(0, |rank| i64::try_from(rank + 1).unwrap_or(i64::MAX));
            parts.push(("primary_key".to_owned(), Answer::Number(rank)));
        }
        for (is_so, part) in [(column.identity.is_some(), "identity"), (column.computed.is_some(), "computed")] {
            if is_so {
                parts.push((part.to_owned(), self.unknown(format!("`{part}` of the column {}", place + 1))));
            }
        }
        Answer::Record(parts)
    }

    fn column_type(&self, column: &Column) -> Answer {
        match &column.ty {
            Known::Known(ty) => types::reflected(ty, self.replay.dialect())
                .unwrap_or_else(|| self.unknown("a type as the database shows it")),
            Known::Unknown { unknown } => Answer::Unknown(unknown.clone()),
        }
    }

    fn primary_key(&self, name: &QualifiedName, table: &Table) -> Answer {
        if let Some(unknown) = self.replay.why(&Touched::Constraints { table: name.clone() }) {
            return Answer::Unknown(unknown.clone());
        }
        let key = table.constraints.iter().find(|constraint| primary(constraint).is_some());
        if let Some(own) = key.and_then(|key| key.name())
            && let Some(unknown) = self.replay.why(&Touched::Constraint { table: name.clone(), name: own.to_owned() })
        {
            return Answer::Unknown(unknown.clone());
        }
        Answer::Record(vec![
            ("constrained_columns".to_owned(), Answer::texts(key.into_iter().flat_map(|key| key.columns()))),
            ("name".to_owned(), Answer::text_or_nothing(key.and_then(|key| key.name()))),
        ])
    }

    /// Constraints or indexes of one kind, by name; those in doubt are there perhaps.
    fn constraints(&self, method: &str, name: &QualifiedName, table: &Table) -> Answer {
        if let Some(unknown) = self.replay.why(&Touched::Constraints { table: name.clone() }) {
            return Answer::Unknown(unknown.clone());
        }
        let mut found: Vec<(String, Answer)> = Vec::new();
        for constraint in &table.constraints {
            let Some(answer) = self.constraint(method, constraint) else { continue };
            let own = constraint.name().unwrap_or_default();
            let object = Touched::Constraint { table: name.clone(), name: own.to_owned() };
            let of_columns = constraint.columns().into_iter().find_map(|column| {
                self.replay.why(&Touched::Column { table: name.clone(), column: column.to_owned() })
            });
            let why = self.replay.why(&object).or(of_columns).cloned();
            found.push((
                own.to_owned(),
                match why {
                    Some(unknown) => Answer::Perhaps(Box::new(answer), unknown),
                    None => answer,
                },
            ));
        }
        let key = self.replay.key(name);
        for doubt in self.replay.doubts() {
            if let Touched::Constraint { table: other, name: own } = &doubt.touches
                && self.replay.key(other) == key
                && !table.constraints.iter().any(|known| known.name() == Some(own))
            {
                let record = Answer::Record(vec![("name".to_owned(), Answer::text(own.as_str()))]);
                found.push((own.clone(), Answer::Perhaps(Box::new(record), doubt.unknown.clone())));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Answer::List(found.into_iter().map(|(_, answer)| answer).collect())
    }

    /// A constraint or index, where the method finds it.
    fn constraint(&self, method: &str, constraint: &TableConstraint) -> Option<Answer> {
        let name = ("name".to_owned(), Answer::text_or_nothing(constraint.name()));
        let columns = |key: &str| (key.to_owned(), Answer::texts(constraint.columns()));
        let parts = match (method, constraint) {
            ("get_indexes", TableConstraint::Index(_)) => return self.index(constraint),
            // PostgreSQL has an index for each.
            ("get_indexes", TableConstraint::Unique { .. } | TableConstraint::Exclude { .. })
                if self.is_postgresql() =>
            {
                let duplicates = ("duplicates_constraint".to_owned(), name.1.clone());
                let is_unique = matches!(constraint, TableConstraint::Unique { .. });
                vec![name, ("unique".to_owned(), Answer::Flag(is_unique)), columns("column_names"), duplicates]
            }
            ("get_unique_constraints", TableConstraint::Unique { .. }) => vec![name, columns("column_names")],
            ("get_check_constraints", TableConstraint::Check { native, .. }) if !native || !self.is_postgresql() => {
                vec![name, ("sqltext".to_owned(), self.unknown("a condition as the database shows it"))]
            }
            ("get_foreign_keys", TableConstraint::ForeignKey { ref_table, ref_columns, on_delete, on_update, .. }) => {
                let (schema, table) = match ref_table.split_once('.') {
                    Some((schema, table)) => (Some(schema), table),
                    None => (None, ref_table.as_str()),
                };
                let rules = [("ondelete", on_delete), ("onupdate", on_update)].into_iter();
                let rules = rules.filter_map(|(key, rule)| {
                    Some((key.to_owned(), Answer::text(rule.as_deref().filter(|rule| *rule != "NO ACTION")?)))
                });
                vec![
                    name,
                    columns("constrained_columns"),
                    ("referred_schema".to_owned(), Answer::text_or_nothing(schema)),
                    ("referred_table".to_owned(), Answer::text(table)),
                    ("referred_columns".to_owned(), Answer::texts(ref_columns.iter().map(String::as_str))),
                    ("options".to_owned(), Answer::Record(rules.collect())),
                ]
            }
            _ => return None,
        };
        Some(Answer::Record(parts))
    }

    /// An index. Over an expression, it has `None` for a column on PostgreSQL, and is left out on SQLite.
    fn index(&self, constraint: &TableConstraint) -> Option<Answer> {
        let TableConstraint::Index(index) = constraint else { return None };
        let columns: Vec<Option<&str>> = index.parts.iter().map(|part| part.key.as_column()).collect();
        if !self.is_postgresql() && columns.contains(&None) {
            return None;
        }
        let unique = match self.is_postgresql() {
            true => Answer::Flag(index.unique),
            false => Answer::Number(i64::from(index.unique)),
        };
        Some(Answer::Record(vec![
            ("name".to_owned(), Answer::text_or_nothing(index.name.as_deref())),
            ("unique".to_owned(), unique),
            ("column_names".to_owned(), Answer::List(columns.into_iter().map(Answer::text_or_nothing).collect())),
        ]))
    }
}

fn primary(constraint: &TableConstraint) -> Option<&[String]> {
    match constraint {
        TableConstraint::PrimaryKey { columns, .. } => Some(columns),
        _ => None,
    }
}
