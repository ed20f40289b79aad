//! Columns of a table that both sides have.

use architect_model::{
    Column, ColumnType, DifferenceKind, Known, ObjectKind, QualifiedName, ServerDefault, Table, Touched, Unknown,
    default_name,
};

use super::types::is_same_on;
use super::{Comparer, enums, normal_default, normal_expression, shown, type_words};

/// What is compared of one column.
struct Pair<'c> {
    table: &'c QualifiedName,
    database: &'c Column,
    model: &'c Column,
}

impl Pair<'_> {
    fn object(&self) -> Touched {
        Touched::Column { table: self.table.clone(), column: self.model.name.clone() }
    }

    fn name(&self) -> String {
        format!("`{}.{}`", self.table, self.model.name)
    }
}

impl Comparer<'_> {
    /// The columns of the database, in the words of the models where they are alike.
    pub(super) fn columns(&mut self, name: &QualifiedName, database: &Table, model: &mut Table) -> Vec<Column> {
        let mut before = Vec::new();
        if self.sides.exact_defaults != Some(true) {
            self.keep_defaults(name, database, model);
        }
        for column in &database.columns {
            let renamed = self.renamed(name, &column.name).to_owned();
            match model.columns.iter().find(|known| known.name == renamed) {
                Some(known) => before.push(self.column(name, column, known)),
                None => before.extend(self.dropped_column(name, column, model)),
            }
        }
        for column in &model.columns {
            if !before.iter().any(|known| self.renamed(name, &known.name) == column.name) {
                let object = Touched::Column { table: name.clone(), column: column.name.clone() };
                let text = self.sides.models_only(&format!("column `{name}.{}`", column.name));
                if !self.note(DifferenceKind::Added, object, text, &column.at) {
                    before.push(column.clone());
                }
            }
        }
        before
    }

    /// Gives columns of the models the server defaults that only the database has.
    fn keep_defaults(&mut self, name: &QualifiedName, database: &Table, model: &mut Table) {
        for column in database.columns.iter().filter(|column| column.server_default.is_some()) {
            let renamed = self.renamed(name, &column.name).to_owned();
            let known = model.columns.iter_mut().find(|known| known.name == renamed);
            let Some(known) = known.filter(|known| known.server_default.is_none()) else { continue };
            if self.sides.exact_defaults.is_none() && own_sequence(name, column).is_none() {
                let pair = Pair { table: name, database: column, model: known };
                let reason = "whether `env.py` has Alembic compare server defaults (`compare_server_default`)";
                self.unsure(&pair, "the server default", Some(&Unknown::new(known.at.clone(), reason)));
            }
            known.server_default.clone_from(&column.server_default);
        }
    }

    /// A column that the models do not declare; where they are not understood whole, they may.
    fn dropped_column(&mut self, name: &QualifiedName, column: &Column, model: &Table) -> Option<Column> {
        let object = Touched::Column { table: name.clone(), column: column.name.clone() };
        let text = self.sides.database_only(&format!("column `{name}.{}`", column.name));
        if let Some(unknown) = model.unknowns.first() {
            self.unknown(ObjectKind::Column, object, text, unknown.clone());
            return None;
        }
        let mut own = column.clone();
        if let Known::Known(ty) = &mut own.ty {
            enums::fill(ty, &self.database.enums);
        }
        self.note(DifferenceKind::Removed, object, text, &column.at).then_some(own)
    }

    fn column(&mut self, table: &QualifiedName, database: &Column, model: &Column) -> Column {
        let pair = Pair { table, database, model };
        let mut before = Column { name: database.name.clone(), primary_key: database.primary_key, ..model.clone() };
        if database.name != model.name {
            let text = format!("column `{table}.{}` becomes `{}`", database.name, model.name);
            self.note(DifferenceKind::Changed, pair.object(), text, &model.at);
        }
        self.type_of(&pair, &mut before);
        self.nullable(&pair, &mut before);
        self.default(&pair, &mut before);
        self.computed(&pair, &mut before);
        if self.keeps_comments() && database.comment != model.comment {
            let words = (shown(database.comment.as_deref()), shown(model.comment.as_deref()));
            if self.differs(&pair, "comment", &words) {
                before.comment.clone_from(&database.comment);
            }
        }
        before
    }

    /// Notes that a part of a column differs; false where that is in doubt.
    fn differs(&mut self, pair: &Pair<'_>, what: &str, (old, new): &(String, String)) -> bool {
        let text = self.sides.differ(&format!("{what} of {}", pair.name()), old, new);
        self.note(DifferenceKind::Changed, pair.object(), text, &pair.model.at)
    }

    /// Notes that a part of a column cannot be compared.
    fn unsure(&mut self, pair: &Pair<'_>, what: &str, unknown: Option<&Unknown>) {
        let text = format!("{what} of {} cannot be compared", pair.name());
        let unsaid = || Unknown::new(pair.model.at.clone(), "what it is in the database is not known");
        self.unknown(ObjectKind::Column, pair.object(), text, unknown.cloned().unwrap_or_else(unsaid));
    }

    fn type_of(&mut self, pair: &Pair<'_>, before: &mut Column) {
        let (old, new) = match (&pair.database.ty, &pair.model.ty) {
            (Known::Known(old), Known::Known(new)) => (old, new),
            (Known::Unknown { unknown }, _) | (_, Known::Unknown { unknown }) => {
                self.unsure(pair, "the type", Some(unknown));
                return;
            }
        };
        match is_same_on(self.sides.dialect, old, new) {
            Some(true) => {}
            None => self.unsure(pair, "the type", None),
            Some(false) => {
                if self.differs(pair, "type", &(type_words(old), type_words(new))) {
                    let mut old = old.clone();
                    enums::fill(&mut old, &self.database.enums);
                    before.ty = Known::Known(old);
                }
            }
        }
    }

    fn nullable(&mut self, pair: &Pair<'_>, before: &mut Column) {
        match (&pair.database.nullable, &pair.model.nullable) {
            (Known::Known(old), Known::Known(new)) if old != new => {
                let words = |nullable: bool| if nullable { "NULL" } else { "NOT NULL" }.to_owned();
                if self.differs(pair, "nullability", &(words(*old), words(*new))) {
                    before.nullable = pair.database.nullable.clone();
                }
            }
            (Known::Unknown { unknown }, _) | (_, Known::Unknown { unknown }) => {
                self.unsure(pair, "the nullability", Some(unknown));
                before.nullable = pair.model.nullable.clone();
            }
            _ => {}
        }
    }

    fn default(&mut self, pair: &Pair<'_>, before: &mut Column) {
        if pair.database.server_default == pair.model.server_default {
            return;
        }
        let ty = pair.model.ty.known();
        let (old, new) = match (normal(&pair.database.server_default, ty), normal(&pair.model.server_default, ty)) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(unknown), _) | (_, Err(unknown)) => {
                self.unsure(pair, "the server default", Some(&unknown));
                return;
            }
        };
        // PostgreSQL's way to number a key; Alembic leaves the default of a sequence that the column owns out of what it
        // reflects. Another name may be that of a sequence of its own from before a rename.
        if new.is_none()
            && pair.model.primary_key
            && let Some(sequence) = old.as_deref().and_then(sequence)
        {
            if own_sequence(pair.table, pair.database).is_none() {
                let reason = format!("whether the sequence `{sequence}` belongs to the column");
                let unknown = Unknown::new(pair.model.at.clone(), reason);
                self.unsure(pair, "the server default", Some(&unknown));
            }
            return;
        }
        let written = |default: &Option<ServerDefault>| {
            shown(default.as_ref().and_then(|default| default.sql.known()).map(String::as_str))
        };
        let words = || (written(&pair.database.server_default), written(&pair.model.server_default));
        if old != new && self.differs(pair, "server default", &words()) {
            before.server_default.clone_from(&pair.database.server_default);
        }
    }

    fn computed(&mut self, pair: &Pair<'_>, before: &mut Column) {
        if pair.database.computed == pair.model.computed {
            return;
        }
        let sql = |column: &Column| {
            let computed = column.computed.as_ref()?;
            Some(computed.sql.known().map(|sql| normal_expression(sql)))
        };
        let (old, new) = (sql(pair.database), sql(pair.model));
        if old == new {
            return;
        }
        let words = |sql: Option<Option<String>>| match sql {
            None => "none".to_owned(),
            Some(sql) => sql.map_or_else(|| "unknown".to_owned(), |sql| format!("`{sql}`")),
        };
        if self.differs(pair, "computation", &(words(old), words(new))) {
            before.computed.clone_from(&pair.database.computed);
        }
    }
}

/// The sequence that PostgreSQL makes for a key, where that is what its default counts with.
fn own_sequence(table: &QualifiedName, column: &Column) -> Option<String> {
    let found = sequence(column.server_default.as_ref()?.sql.known()?)?;
    (column.primary_key && found == default_name(&table.name, &column.name, "seq")).then_some(found)
}

/// The sequence that a default counts with: `nextval('shop.item_id_seq'::regclass)`.
fn sequence(default: &str) -> Option<String> {
    let name = default.strip_prefix("nextval('")?.split('\'').next()?;
    let name = name.rsplit('.').next().unwrap_or(name);
    Some(name.trim_matches('"').to_owned())
}

/// A server default in one form; none where there is none, or it is NULL.
fn normal(default: &Option<ServerDefault>, ty: Option<&ColumnType>) -> Result<Option<String>, Unknown> {
    match default.as_ref().map(|default| &default.sql) {
        None => Ok(None),
        Some(Known::Known(sql)) => Ok(Some(normal_default(sql, ty)).filter(|sql| sql != "null")),
        Some(Known::Unknown { unknown }) => Err(unknown.clone()),
    }
}
