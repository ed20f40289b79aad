//! Tables with their constraints, and constraints and indexes by themselves.

use architect_model::{
    Direction, ExcludeElement, Index, IndexKey, IndexPart, Known, MigrationOperationKind, QualifiedName, Table,
    TableConstraint,
};

use super::given::{Given, Read, is_final_name, is_none, text, texts, unknown_of};
use super::operations::sql_of;
use super::reader::{Reader, is_set};
use crate::interpret::{Kind, Made, Value};

impl<'a> Reader<'a> {
    /// `op.create_table("item", sa.Column(...), sa.PrimaryKeyConstraint("id"))`.
    pub(super) fn create_table(&self, given: &Given<'_, 'a>, name: QualifiedName) -> Read<MigrationOperationKind> {
        if let Some(prefixes) = given.keyword("prefixes")
            && texts(prefixes, given.at)?.iter().any(|prefix| prefix.to_uppercase().contains("TEMP"))
        {
            return Ok(MigrationOperationKind::Aside { what: "a temporary table".to_owned() });
        }
        let table = self.table(given, name, 1)?;
        let if_not_exists = is_set(given, "if_not_exists");
        Ok(MigrationOperationKind::CreateTable { table: Box::new(table), if_not_exists })
    }

    /// A table of columns and constraints, which stand from a place on.
    pub(super) fn table(&self, given: &Given<'_, 'a>, name: QualifiedName, place: usize) -> Read<Table> {
        let mut table = Table::new(name.name.clone(), given.at.clone());
        table.schema.clone_from(&name.schema);
        table.comment = given.text(usize::MAX, &["comment"])?;
        table.unknowns.extend(given.whole().err());
        let mut open = Vec::new();
        for item in given.rest(place) {
            match item.made_by() {
                Some(("sqlalchemy.Column", _)) => match self.column(item, given.at) {
                    Ok(read) => {
                        if !read.says_nullable {
                            open.push(read.column.name.clone());
                        }
                        let named = read.constraints.into_iter().map(|mut constraint| {
                            self.name_of_item(&name, &mut constraint, item);
                            constraint
                        });
                        table.constraints.extend(named);
                        table.columns.push(read.column);
                    }
                    Err(unknown) => table.unknowns.push(unknown),
                },
                Some((_, made)) => match self.table_item(made, &name) {
                    Ok(constraint) => table.constraints.extend(constraint),
                    Err(unknown) => table.unknowns.push(unknown),
                },
                None if is_none(item) => {}
                None => table.unknowns.push(unknown_of(item, given.at, "a part of a table that is not understood")),
            }
        }
        self.complete_key(&mut table, &name, &open);
        Ok(table)
    }

    /// The primary key: a constraint, or the columns that say so. Its columns are not null unless they say otherwise.
    ///
    /// ```python
    /// # sqlalchemy.sql.schema.PrimaryKeyConstraint._set_parent
    /// c.primary_key = True
    /// if c._user_defined_nullable is NULL_UNSPECIFIED: c.nullable = False
    /// ```
    fn complete_key(&self, table: &mut Table, name: &QualifiedName, open: &[String]) {
        let given = table.constraints.iter().find_map(|constraint| match constraint {
            TableConstraint::PrimaryKey { columns, .. } => Some(columns.clone()),
            _ => None,
        });
        let flagged = |table: &Table| -> Vec<String> {
            table.columns.iter().filter(|column| column.primary_key).map(|column| column.name.clone()).collect()
        };
        let columns = given.clone().filter(|columns| !columns.is_empty()).unwrap_or_else(|| flagged(table));
        if given.is_none() && !columns.is_empty() {
            let mut constraint = TableConstraint::PrimaryKey { name: None, columns: columns.clone() };
            self.name(name, &mut constraint);
            table.constraints.insert(0, constraint);
        }
        for constraint in &mut table.constraints {
            if let TableConstraint::PrimaryKey { columns: own, .. } = constraint {
                own.clone_from(&columns);
            }
        }
        for column in &mut table.columns {
            column.primary_key = columns.contains(&column.name);
            if column.primary_key && open.contains(&column.name) {
                column.nullable = Known::Known(false);
            }
        }
    }

    /// A constraint or index that stands in a table.
    pub(super) fn table_item(&self, made: &Made<'a>, table: &QualifiedName) -> Read<Option<TableConstraint>> {
        let given = Given::of(made);
        let list = || texts_of(given.rest(0), &given);
        let mut constraint = match made.callee.as_library().unwrap_or_default() {
            "sqlalchemy.PrimaryKeyConstraint" => {
                TableConstraint::PrimaryKey { name: given.text(usize::MAX, &["name"])?, columns: list()? }
            }
            "sqlalchemy.UniqueConstraint" => self.unique(&given, list()?, given.text(usize::MAX, &["name"])?)?,
            "sqlalchemy.ForeignKeyConstraint" => {
                let columns = given.texts(0, &["columns"])?;
                let (ref_table, ref_columns) = self.targets(&given, &columns)?;
                let mut key = self.key(&given, columns, ref_table, ref_columns, "name")?;
                *key.name_mut() = given.text(2, &["name"])?;
                key
            }
            "sqlalchemy.CheckConstraint" => self.check(&given, 0)?,
            "sqlalchemy.Index" => self.index(&given, given.text(0, &["name"])?, given.rest(1))?,
            "sqlalchemy.dialects.postgresql.ExcludeConstraint" => {
                self.exclude(&given, given.text(usize::MAX, &["name"])?, given.rest(0))?
            }
            // It says something to the machine, nothing to the database.
            "sqlalchemy.Sequence" | "sqlalchemy.FetchedValue" => return Ok(None),
            _ => {
                let reason = "a part of a table that is not understood";
                return Err(architect_model::Unknown::new(given.at.clone(), reason));
            }
        };
        let name = given.keyword("name").or_else(|| match &constraint {
            TableConstraint::ForeignKey { .. } => given.get(2, &[]),
            TableConstraint::Check { .. } => given.get(1, &[]),
            TableConstraint::Index(_) => given.get(0, &[]),
            _ => None,
        });
        if !name.is_some_and(is_final_name) {
            self.name(table, &mut constraint);
        }
        Ok(Some(constraint))
    }

    /// The table and columns that a foreign key over several columns refers to.
    fn targets(&self, given: &Given<'_, 'a>, columns: &[String]) -> Read<(String, Vec<String>)> {
        let targets = given.get(1, &["refcolumns"]).and_then(Value::as_items);
        let unknown = || unknown_of(&Value::none(), given.at, "a foreign key whose targets are not written out");
        let targets = targets.ok_or_else(unknown)?;
        let mut table = None;
        let mut names = Vec::new();
        for (target, own) in targets.iter().zip(columns) {
            let (found, column) = super::columns::referred(target, given.at)?;
            names.push(column.unwrap_or_else(|| own.clone()));
            table = Some(found);
        }
        Ok((table.ok_or_else(unknown)?, names))
    }

    fn unique(&self, given: &Given<'_, 'a>, columns: Vec<String>, name: Option<String>) -> Read<TableConstraint> {
        Ok(TableConstraint::Unique {
            name,
            columns,
            deferrable: given.flag("deferrable")?,
            initially: given.text(usize::MAX, &["initially"])?.map(|word| word.to_uppercase()),
            nulls_not_distinct: given.flag("postgresql_nulls_not_distinct")?.unwrap_or(false),
        })
    }

    /// A check; its condition stands at a place.
    pub(super) fn check(&self, given: &Given<'_, 'a>, place: usize) -> Read<TableConstraint> {
        let condition = given.get(place, &["sqltext", "condition"]);
        let sql = match condition {
            Some(value) => sql_of(self, value, given),
            None => Known::unknown(given.at.clone(), "a check without a condition"),
        };
        let name = if place == 0 { given.text(1, &["name"])? } else { given.text(0, &["constraint_name", "name"])? };
        Ok(TableConstraint::check(name, sql))
    }

    fn exclude(&self, given: &Given<'_, 'a>, name: Option<String>, parts: &[Value<'a>]) -> Read<TableConstraint> {
        let mut elements = Vec::new();
        for part in parts {
            let pair = part.as_items().unwrap_or_default();
            let [key, operator] = &pair[..] else {
                return Err(unknown_of(part, given.at, "a part of an exclusion that is not understood"));
            };
            let operator = text(operator, given.at)?;
            elements.push(ExcludeElement { key: self.part(key, given).key, operator });
        }
        Ok(TableConstraint::Exclude {
            name,
            elements,
            method: given.text(usize::MAX, &["using"])?,
            predicate: given.keyword("where").filter(|value| !is_none(value)).map(|value| sql_of(self, value, given)),
            deferrable: given.flag("deferrable")?,
            initially: given.text(usize::MAX, &["initially"])?.map(|word| word.to_uppercase()),
        })
    }

    /// An index over parts.
    pub(super) fn index(
        &self,
        given: &Given<'_, 'a>,
        name: Option<String>,
        parts: &[Value<'a>],
    ) -> Read<TableConstraint> {
        given.whole()?;
        let mut index = Index { name, unique: is_set(given, "unique"), ..Index::default() };
        index.parts = parts.iter().map(|part| self.part(part, given)).collect();
        for (key, value) in &given.arguments.keywords {
            let pairs = || match &value.kind {
                Kind::Dict(pairs) => pairs.borrow().clone(),
                _ => Vec::new(),
            };
            match key.as_str() {
                "name" | "index_name" | "table_name" | "columns" | "unique" | "schema" | "if_not_exists" | "quote"
                | "info" => {}
                _ if is_none(value) => {}
                "postgresql_using" => index.method = Some(text(value, given.at)?),
                "postgresql_where" => index.predicate = Some(sql_of(self, value, given)),
                "sqlite_where" => index.sqlite_predicate = Some(sql_of(self, value, given)),
                "postgresql_include" => index.include = texts(value, given.at)?,
                "postgresql_concurrently" => index.concurrently = is_set(given, key),
                "postgresql_nulls_not_distinct" => index.nulls_not_distinct = is_set(given, key),
                "postgresql_with" => {
                    for (key, value) in pairs() {
                        let value = match &value.kind {
                            Kind::Int(number) => number.to_string(),
                            _ => text(&value, given.at)?,
                        };
                        index.storage.push((text(&key, given.at)?, value));
                    }
                }
                "postgresql_ops" => {
                    for (key, value) in pairs() {
                        let (key, class) = (text(&key, given.at)?, text(&value, given.at)?);
                        let of_key = |part: &&mut IndexPart| part.key.text() == key;
                        if let Some(part) = index.parts.iter_mut().find(of_key) {
                            part.operator_class = Some(class);
                        }
                    }
                }
                _ => index.options.push(format!("{key}={}", self.source(value, given.at))),
            }
        }
        Ok(TableConstraint::Index(index))
    }

    /// A part of an index: a column, or an expression.
    fn part(&self, value: &Value<'a>, given: &Given<'_, 'a>) -> IndexPart {
        if let Ok(column) = text(value, given.at) {
            return IndexPart::column(column);
        }
        let is_column =
            matches!(value.made_by(), Some(("sqlalchemy.column" | "sqlalchemy.sql.column" | "sqlalchemy.Column", _)));
        match sql_of(self, value, given) {
            Known::Known(name) if is_column || matches!(value.kind, Kind::Method(_)) => IndexPart::column(name),
            Known::Known(sql) => directed(&sql, self.source(value, given.at)),
            expression => IndexPart::of(IndexKey::Expression { expression, source: self.source(value, given.at) }),
        }
    }

    /// `op.create_index("ix_item_title", "item", ["title"], unique=True)`.
    pub(super) fn create_index(&self, given: &Given<'_, 'a>, table: QualifiedName) -> Read<MigrationOperationKind> {
        let name = given.text(0, &["index_name", "name"])?;
        let parts = match given.get(2, &["columns"]) {
            Some(value) => value.as_items().ok_or_else(|| unknown_of(value, given.at, "columns that are not known"))?,
            None => return Err(unknown_of(&Value::none(), given.at, "an index over nothing")),
        };
        let mut index = self.index(given, name, &parts)?;
        if !given.get(0, &["index_name"]).is_some_and(is_final_name) {
            self.name(&table, &mut index);
        }
        Ok(MigrationOperationKind::CreateIndex {
            table,
            index: Box::new(index),
            concurrently: is_set(given, "postgresql_concurrently"),
            if_not_exists: is_set(given, "if_not_exists"),
        })
    }

    /// `op.create_unique_constraint(...)` and its like; none where the name is no operation of Alembic.
    pub(super) fn create_constraint(
        &self,
        operation: &str,
        given: &Given<'_, 'a>,
        table: QualifiedName,
    ) -> Read<Option<MigrationOperationKind>> {
        let name = || given.text(0, &["constraint_name", "name"]);
        let mut constraint = match operation {
            "create_primary_key" => {
                TableConstraint::PrimaryKey { name: name()?, columns: given.texts(2, &["columns", "cols"])? }
            }
            "create_unique_constraint" => self.unique(given, given.texts(2, &["columns", "local_cols"])?, name()?)?,
            "create_check_constraint" => self.check(given, 2)?,
            "create_exclude_constraint" => self.exclude(given, name()?, given.rest(2))?,
            "create_foreign_key" => {
                let referent = given.needed(2, &["referent_table", "referent"])?;
                let schema = given.text(usize::MAX, &["referent_schema"])?;
                let ref_table = schema.map(|schema| format!("{schema}.{referent}")).unwrap_or(referent);
                let columns = given.texts(3, &["local_cols"])?;
                let ref_columns = given.texts(4, &["remote_cols"])?;
                let mut key = self.key(given, columns, ref_table, ref_columns, "")?;
                *key.name_mut() = name()?;
                key
            }
            _ => return Ok(None),
        };
        if !given.get(0, &["constraint_name", "name"]).is_some_and(is_final_name) {
            self.name(&table, &mut constraint);
        }
        let not_valid = is_set(given, "postgresql_not_valid");
        let constraint = Box::new(constraint);
        Ok(Some(MigrationOperationKind::AddConstraint { table, constraint, not_valid, using_index: None }))
    }

    /// `op.drop_constraint("fk_item_owner", "item", type_="foreignkey")`: a convention that makes names of given ones
    /// does so here too.
    pub(super) fn drop_constraint(&self, given: &Given<'_, 'a>, table: QualifiedName) -> Read<MigrationOperationKind> {
        let mut name = given.text(0, &["constraint_name", "name"])?;
        let what = given.text(2, &["type_", "type"])?;
        let is_final = given.get(0, &["constraint_name", "name"]).is_some_and(is_final_name);
        if name.is_some() && !is_final {
            let nothing = Vec::new;
            let mut stand_in = match what.as_deref() {
                Some("check") => Some(TableConstraint::check(name.clone(), Known::Known(String::new()))),
                Some("unique") => Some(TableConstraint::unique(name.clone(), nothing())),
                Some("primary") => Some(TableConstraint::PrimaryKey { name: name.clone(), columns: nothing() }),
                _ => None,
            };
            if let Some(stand_in) = &mut stand_in {
                self.name(&table, stand_in);
                name = stand_in.name().map(str::to_owned).or(name);
            }
        }
        let if_exists = is_set(given, "if_exists");
        Ok(MigrationOperationKind::DropConstraint { table, name, what, if_exists, cascade: false })
    }
}

/// An expression of an index, its direction taken off: `lower(title) DESC`.
fn directed(sql: &str, source: String) -> IndexPart {
    let trimmed = sql.trim();
    let upper = trimmed.to_ascii_uppercase();
    let (mut end, mut direction, mut nulls_first) = (trimmed.len(), None, None);
    for (words, first) in [(" NULLS FIRST", true), (" NULLS LAST", false)] {
        if upper[..end].ends_with(words) {
            (end, nulls_first) = (end - words.len(), Some(first));
        }
    }
    for (word, found) in [(" DESC", Direction::Descending), (" ASC", Direction::Ascending)] {
        if upper.is_char_boundary(end) && upper[..end].ends_with(word) {
            (end, direction) = (end - word.len(), Some(found));
        }
    }
    let bare = trimmed.get(..end).unwrap_or(trimmed).trim();
    let is_name = bare.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && !bare.is_empty();
    let key = match is_name {
        true => IndexKey::Column { column: bare.to_owned() },
        false => IndexKey::Expression { expression: Known::Known(bare.to_owned()), source },
    };
    IndexPart { direction, nulls_first, ..IndexPart::of(key) }
}

/// The names that values are.
fn texts_of(values: &[Value<'_>], given: &Given<'_, '_>) -> Read<Vec<String>> {
    given.whole()?;
    values.iter().map(|value| text(value, given.at)).collect()
}
