//! How tables are declared: bases, mixins, names, keys, timestamps, enumerations.

mod bases;
pub(crate) mod columns;
pub(super) mod declared;
mod enums;
pub(crate) mod naming;
mod spelling;

use architect_model::{ColumnLine, ColumnPart, IdKind, ModelStyle, Observed, Orm, Project};

use super::deletion::{self, Mark};
use super::facts::Facts;
use super::vote::Votes;
use super::words::with_placeholders;
use super::written::Origins;
use columns::{Column, Where};
use rayon::prelude::*;

/// Reads how tables are declared. `user_table` is the name of the users' table.
pub(super) fn read<'a>(
    facts: &Facts<'a>,
    project: &Project,
    user_table: Option<&str>,
    mark: Option<&Mark<'a>>,
) -> ModelStyle {
    let columns: Vec<&[Column<'a>]> = facts.tables.par_iter().map(|table| facts.columns(*table)).collect();
    let orm = orm(facts, &columns);
    let bases = bases::read(facts, orm.value);
    let id = id(facts, &columns);
    let key_name = key_name(facts, &columns);
    let (owner_column, owner_line) = owner(facts, &columns, user_table);
    let mut style = ModelStyle {
        base: bases.base,
        base_columns: bases.columns,
        dataclasses: bases.dataclasses,
        mixins: bases.mixins,
        mapped_types: bases.mapped_types,
        extends_schema_base: bases.extends_schema_base,
        shared_base: bases.shared_base,
        base_beside_table: bases.base_beside_table,
        class_suffix: class_suffix(facts),
        relationships: relationships(facts, &columns),
        id: id.0,
        key_name,
        id_line: id.1,
        owner_column,
        owner_line,
        timestamps: timestamps(facts, &columns),
        datetime_type: columns::datetime_type(facts, &columns),
        naming_convention: naming::convention(facts),
        orm,
        ..ModelStyle::default()
    };
    style.names = names(facts, &columns, &style);
    if let Some(mark) = mark {
        let described = deletion::described(facts, &columns, mark, &mut style.names);
        if described.value.line.is_empty() {
            bases::bring(facts, mark.column, &mut style);
        }
        style.deletion = Some(described);
    }
    naming::tables(facts, project, &mut style);
    enums::read(facts, project, &mut style);
    style.order = declared(facts, &columns, &style.owner_column.value);
    spelling::read(facts, &columns, &mut style);
    style
}

/// In which order table classes declare their own columns. Link tables, whose key has several, say nothing.
fn declared(facts: &Facts<'_>, columns: &[&[Column<'_>]], owner: &str) -> Observed<Vec<ColumnPart>> {
    let mut orders = super::orders::Orders::of(&ColumnPart::ALL);
    for (table, columns) in facts.tables.iter().zip(columns) {
        if columns.iter().filter(|column| column.primary_key).count() < 2 {
            let own = columns.iter().filter(|column| column.found == Where::Table);
            let parts = own.map(|column| column.part(owner)).collect();
            orders.add(parts, facts.weight_of(&table.file().path), &table.at());
        }
    }
    orders.read()
}

/// Where the names in the lines that are taken over come from.
fn names<'a>(facts: &Facts<'a>, columns: &[&[Column<'a>]], style: &ModelStyle) -> Origins {
    let timestamps = style.timestamps.iter().map(|timestamp| timestamp.value.line.as_str());
    let lines: Vec<&str> =
        style.id_line.as_deref().into_iter().chain(timestamps).filter(|line| !line.is_empty()).collect();
    let mut origins = Origins::new();
    for line in lines {
        let mut all = columns.iter().copied().flatten();
        if let Some(column) = all.find(|column| column.found == Where::Table && column.line == line) {
            column.add_origins(facts.index, &mut origins);
        }
    }
    origins
}

fn class_suffix(facts: &Facts<'_>) -> Observed<String> {
    let mut votes = Votes::default();
    for table in &facts.tables {
        let suffix = if table.name().ends_with(facts.entities.suffix) { facts.entities.suffix } else { "" };
        votes.add(suffix.to_owned(), facts.weight_of(&table.file().path), &table.at());
    }
    votes.or_assumed(String::new())
}

fn orm(facts: &Facts<'_>, columns: &[&[Column<'_>]]) -> Observed<Orm> {
    let mut votes = Votes::default();
    for (table, columns) in facts.tables.iter().zip(columns) {
        let is_sqlmodel = facts.index.derives_from(*table, "sqlmodel.SQLModel");
        let mapped = columns.iter().any(|column| column.mapped);
        let orm = match (is_sqlmodel, mapped) {
            (true, _) => Orm::SqlModel,
            (false, true) => Orm::SqlAlchemy,
            (false, false) => Orm::SqlAlchemyLegacy,
        };
        votes.add(orm, facts.weight_of(&table.file().path), &table.at());
    }
    votes.or_assumed(Orm::SqlModel)
}

/// The type of primary keys, and their line where tables write it themselves. Keys of several columns are those of
/// link tables, and say nothing.
fn id(facts: &Facts<'_>, columns: &[&[Column<'_>]]) -> (Observed<IdKind>, Option<String>) {
    let mut kinds = Votes::default();
    let mut lines = Votes::default();
    for (table, columns) in facts.tables.iter().zip(columns) {
        let mut keys = columns.iter().filter(|column| column.primary_key);
        let (Some(key), None) = (keys.next(), keys.next()) else { continue };
        let Some(kind) = key.id_kind() else { continue };
        if key.must_be_given() {
            continue;
        }
        let weight = facts.weight_of(&table.file().path);
        kinds.add(kind, weight, &key.at);
        lines.add((key.found == Where::Table).then(|| key.line.to_owned()), weight, &key.at);
    }
    (kinds.or_assumed(IdKind::Uuid), lines.winner().and_then(|won| won.value))
}

/// What single primary keys are called, the entity's own name replaced: `{entity}_id`.
fn key_name(facts: &Facts<'_>, columns: &[&[Column<'_>]]) -> String {
    let mut names = Votes::default();
    for (table, columns) in facts.tables.iter().zip(columns) {
        let mut keys = columns.iter().filter(|column| column.primary_key);
        if let (Some(key), None, Some(entity)) = (keys.next(), keys.next(), facts.table(*table)) {
            names.add(with_placeholders(key.name, entity.name()), facts.weight_of(&table.file().path), &key.at);
        }
    }
    names.winner().map(|won| won.value).unwrap_or_default()
}

fn owner(facts: &Facts<'_>, columns: &[&[Column<'_>]], user_table: Option<&str>) -> (Observed<String>, Option<String>) {
    let mut names = Votes::default();
    let mut lines = Votes::default();
    for (table, columns) in facts.tables.iter().zip(columns) {
        let weight = facts.weight_of(&table.file().path);
        let to_user = |column: &&Column<'_>| {
            let target = column.foreign_key.as_deref().and_then(|target| target.rsplit_once('.'));
            target.is_some_and(|(table, _)| {
                Some(table) == user_table || Some(table.rsplit('.').next().unwrap_or(table)) == user_table
            })
        };
        // Of several references the one that must be there is the owner; `created_by` and `assignee_id` come after.
        let found: Vec<&Column<'_>> =
            columns.iter().filter(to_user).filter(|column| !names_a_deed(column.name)).collect();
        // One that may be missing is an owner where it is called after the users, or so.
        let after_users = |column: &&&Column<'_>| {
            let stem = column.name.trim_end_matches("_id");
            stem == "owner" || user_table.is_some_and(|table| table.starts_with(stem))
        };
        let best = found.iter().find(|column| !column.optional).or_else(|| found.iter().find(after_users));
        if let Some(column) = best {
            names.add(column.name.to_owned(), weight, &column.at);
            lines.add((column.name, column.line), weight, &column.at);
        }
    }
    let name = names.or_assumed("owner_id".to_owned());
    let line = lines.most(|(column, _)| *column == name.value).map(|(_, line)| line.to_owned());
    (name, line)
}

/// Whether a key to users is called after what somebody did or is to do with the row (`uploaded_by_id`, `assigned_to`): that
/// says nothing of what the owner of another row is called.
fn names_a_deed(column: &str) -> bool {
    let stem = column.trim_end_matches("_id");
    let deed = stem.strip_suffix("_by").or(stem.strip_suffix("_to"));
    deed.is_some_and(|deed| !["created", "owned"].contains(&deed))
}

/// Columns with the time of creation and of the last change that most tables have.
fn timestamps(facts: &Facts<'_>, columns: &[&[Column<'_>]]) -> Vec<Observed<ColumnLine>> {
    let mut names: Vec<&str> = Vec::new();
    for column in columns.iter().copied().flatten().filter(|column| column.is_timestamp()) {
        if !names.contains(&column.name) {
            names.push(column.name);
        }
    }
    let weights: Vec<u32> = facts.tables.iter().map(|table| facts.weight_of(&table.file().path)).collect();
    let all: u32 = weights.iter().sum();
    let files = distinct(facts.tables.iter().map(|table| &*table.file().path));
    let found = names.into_iter().filter_map(|name| {
        let mut lines = Votes::default();
        let mut weight = 0;
        let mut with = Vec::new();
        for ((table, columns), table_weight) in facts.tables.iter().zip(columns).zip(&weights) {
            if let Some(column) = columns.iter().find(|column| column.name == name && column.is_timestamp()) {
                weight += table_weight;
                let line = if column.found == Where::Table { column.line } else { "" };
                lines.add(line, *table_weight, &column.at);
                with.push(&*table.file().path);
            }
        }
        // Parts of a thing often go without: it is enough that most files have a table with it.
        let usual = weight * 2 > all || (weight * 3 > all && distinct(with.iter().copied()) * 2 > files);
        // A time that is called otherwise may be one table's own: several have it, or a class above them.
        let shared = || with.len() > 1 || lines.most(|line| line.is_empty()).is_some();
        let won = lines.winner().filter(|_| usual && (columns::is_called_timestamp(name) || shared()))?;
        let columns_of_name =
            || columns.iter().copied().flatten().filter(|column| column.name == name && column.is_timestamp());
        let most = |has: &dyn Fn(&Column<'_>) -> bool| {
            columns_of_name().filter(|column| has(column)).count() * 2 > columns_of_name().count()
        };
        let value = ColumnLine {
            name: name.to_owned(),
            line: won.value.to_owned(),
            optional: most(&|column| column.optional),
            given: most(&|column| !column.optional && column.annotated() && !column.by_python),
            by_database: most(&|column| column.changed_by_database),
            renewed: most(&|column| column.renewed),
            made: most(&|column| column.is_made_by_clock()),
        };
        Some(Observed { value, count: lines.len(), of: columns.len(), example: won.example })
    });
    found.collect()
}

fn distinct<'p>(paths: impl Iterator<Item = &'p str>) -> usize {
    let mut all: Vec<&str> = paths.collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

/// Whether tables that refer to others declare relationships.
fn relationships(facts: &Facts<'_>, columns: &[&[Column<'_>]]) -> Observed<bool> {
    let mut votes = Votes::default();
    for (table, columns) in facts.tables.iter().zip(columns) {
        let declares = columns::declares_relationship(*table);
        if declares || columns.iter().any(|column| column.foreign_key.is_some()) {
            votes.add(declares, facts.weight_of(&table.file().path), &table.at());
        }
    }
    votes.or_assumed(false)
}
