//! The revision that a plan needs: written from the tables that the planned files really declare.

use std::collections::HashMap;
use std::sync::Arc;

use architect_model::{
    Change, ChangeKind, ColumnDesign, ColumnRole, EntityDesign, Enumeration, FieldType, FileChange, Known, Literal,
    ModuleDesign, Plan, Problem, Project, Resolution, Risk, Step, Symbol, Table, TableConstraint,
};
use architect_python::{Fill, SourceText, TableChange, read_tables, revision_message, values_needed, write_revision};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::Workspace;
use crate::design::COMMAND_LINE;
use crate::unmet::unmet;

/// What is said of a project without Alembic.
const NO_MIGRATIONS: &str = "no Alembic migrations were found: the tables must be changed by other means";

/// The value that rows which exist get in a column that comes to need one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowValue {
    /// Class of the table.
    pub class: String,
    /// Column.
    pub column: String,
    /// Python source of a literal or of a member of an enumeration.
    pub value: String,
}

/// Reads the planned files, gives the project their tables, and adds the revision that these need. Gives the message of
/// a revision that cannot be written: then everything else is, and the first risk says why and what to do.
pub(crate) fn add_revision(
    workspace: &Workspace,
    project: &mut Project,
    resolution: &Resolution,
    fill: &[RowValue],
    plan: &mut Plan,
) -> Option<String> {
    let planned = plan.files.iter().map(|file| SourceText::new(file.path.as_str(), file.after.as_str()));
    let sources = workspace.sources.overlaid(planned);
    let mut changed: Vec<&str> = plan.files.iter().map(|file| file.path.as_str()).collect();
    // A table may have columns of bases that stand elsewhere.
    let by_base: Vec<&str> = project
        .tables()
        .filter(|table| table.columns.iter().any(|column| changed.contains(&&*column.at.file)))
        .map(|table| &*table.at.file)
        .collect();
    changed.extend(by_base);
    let read = read_tables(&sources, &changed, &project.tables);
    let tables: Vec<Arc<Table>> =
        read.iter().filter(|table| !is_known(project, table)).cloned().map(Arc::new).collect();
    let before = project.tables.clone();
    if !resolution.before.is_empty() {
        changed_tables(project, resolution, &read);
        let links = gone_links(resolution);
        let is_gone = |class: &Symbol| {
            let is_read = read.iter().any(|table| table.class.as_ref() == Some(class));
            links.contains(&class.name.as_str()) && !is_read
        };
        project.tables.retain(|table| !table.class.as_ref().is_some_and(is_gone));
        changed_enums(project, resolution);
    }
    project.tables.extend(tables.iter().cloned());
    let project = &*project;
    plan.problems.extend(tables.iter().flat_map(|table| dangling(table, project)));
    let message = message(project, resolution);
    let (before, after) = (unambiguous(&before, project), unambiguous(&project.tables, project));
    let renamed: Vec<(String, String, String)> =
        resolution.renamed.iter().map(|one| (one.table.clone(), one.from.clone(), one.to.clone())).collect();
    let fill = fills(project, resolution, fill, &before, &renamed);
    let change =
        TableChange { before: &before, after: &after, renamed_tables: &[], renamed_columns: &renamed, fill: &fill };
    plan.problems.extend(lost(resolution, &before, &after));
    plan.problems.extend(unread(resolution, project));
    for edit in unmet(resolution, &before, project) {
        if !plan.open_edits.iter().any(|known| known.at == edit.at) {
            plan.open_edits.push(edit);
        }
    }
    if !plan.problems.is_empty() {
        return None;
    }
    let needed = values_needed(project, &change);
    for value in &needed {
        let class = class_of(project, &value.table);
        plan.problems.push(Problem {
            text: format!("`{class}.{}`: {}", value.column, value.why),
            help: Some(format!(
                "Say what they get: `--fill '{class}.{}=VALUE'`; or give the field a default.",
                value.column
            )),
            at: designed(resolution, &class, &value.column)
                .map(|column| &column.at)
                .filter(|at| *at.file != *COMMAND_LINE)
                .unwrap_or(&value.at)
                .clone(),
        });
    }
    if !needed.is_empty() {
        return None;
    }
    if let Some(problem) = nameless(&tables) {
        plan.risks.insert(0, unwritten_migration(problem));
        return Some(message);
    }
    match write_revision(&sources, project, &change, &message, now()) {
        Ok(Some(new)) => {
            let told = new.losses.into_iter().chain(new.remarks);
            plan.risks.extend(told.map(|text| Risk { text, at: None }));
            let kind = ChangeKind::AddRevision { revision: new.revision, sql: new.sql };
            plan.changes.push(Change { step: Step::Migration, kind });
            plan.files.push(FileChange { path: new.path, step: Step::Migration, before: None, after: new.text });
        }
        Ok(None) if tables.is_empty() => {}
        Ok(None) => plan.risks.push(Risk { text: NO_MIGRATIONS.to_owned(), at: None }),
        Err(problems) => {
            plan.risks.splice(0..0, problems.into_iter().map(unwritten_migration));
            return Some(message);
        }
    }
    None
}

/// The classes of links that the change takes away.
fn gone_links(resolution: &Resolution) -> Vec<&str> {
    let links = |modules: &'_ [ModuleDesign]| -> Vec<String> {
        modules.iter().flat_map(|module| &module.links).map(|link| link.class.clone()).collect()
    };
    let kept = links(&resolution.modules);
    let old = resolution.before.iter().flat_map(|module| &module.links).map(|link| link.class.as_str());
    old.filter(|class| !kept.iter().any(|kept| kept == class)).collect()
}

/// Tables and columns that would go although the change takes nothing of them away: then the planned files are not
/// understood, and no revision may be written from them.
fn lost(resolution: &Resolution, before: &[Arc<Table>], after: &[Arc<Table>]) -> Vec<Problem> {
    let has = |modules: &[ModuleDesign], class: &str, column: &str| {
        let mut entities = modules.iter().flat_map(|module| &module.entities);
        entities.find(|entity| entity.names.class == class).is_some_and(|entity| entity.column(column).is_some())
    };
    let takes = |class: &str, column: &str| {
        resolution.renamed.iter().any(|one| one.class == class && one.from == column)
            || has(&resolution.before, class, column) && !has(&resolution.modules, class, column)
    };
    let links = gone_links(resolution);
    let mut found = Vec::new();
    let mut problem = |what: String, at: &architect_model::Location| {
        found.push(Problem {
            text: format!("the planned files would no longer declare {what}, which the change does not take away"),
            help: Some("Make this change by hand: the code is not understood well enough here.".to_owned()),
            at: at.clone(),
        });
    };
    for old in before.iter().filter(|table| table.name.known().is_some()) {
        let class = old.class.as_ref().map_or("", |class| class.name.as_str());
        let Some(new) = after.iter().find(|new| new.name == old.name && new.schema == old.schema) else {
            if !links.contains(&class) {
                problem(format!("the table `{}`", class_of_table(old)), &old.at);
            }
            continue;
        };
        for column in &old.columns {
            let stays = new.columns.iter().any(|known| known.name == column.name);
            let named = column.attribute.as_deref().unwrap_or(&column.name);
            if !stays && !takes(class, named) && !takes(class, &column.name) {
                problem(format!("`{}.{named}`", class_of_table(old)), &column.at);
            }
        }
    }
    found
}

/// New entities that the planned files do not declare as tables: the base class that they are given maps none.
fn unread(resolution: &Resolution, project: &Project) -> Vec<Problem> {
    let of = |modules: &'_ [ModuleDesign], class: &str| {
        modules.iter().flat_map(|module| &module.entities).any(|entity| entity.names.class == class)
    };
    let is_read =
        |class: &str| project.tables().filter_map(|table| table.class.as_ref()).any(|known| known.name == class);
    let entities = resolution.modules.iter().flat_map(|module| &module.entities);
    let new = entities.filter(|entity| !of(&resolution.before, &entity.names.class));
    let unread = new.filter(|entity| !is_read(&entity.names.class)).map(|entity| Problem {
        text: format!(
            "the planned class `{}` would declare no table: how tables are declared is not understood here",
            entity.names.class
        ),
        help: Some(
            "Write this module by hand after its neighbours; `architect survey` shows what was understood of them."
                .to_owned(),
        ),
        at: entity.at.clone(),
    });
    unread.collect()
}

fn class_of_table(table: &Table) -> String {
    let name = || table.name.known().cloned().unwrap_or_default();
    table.class.as_ref().map_or_else(name, |class| class.name.clone())
}

/// The tables without those of which another class declares one of the same name, because the code does not say which of
/// the two the database has, and without those of which it does not say the name.
fn unambiguous(tables: &[Arc<Table>], project: &Project) -> Vec<Arc<Table>> {
    let mut counts: HashMap<_, usize> = HashMap::new();
    for name in project.tables().filter_map(full_name) {
        *counts.entry(name).or_default() += 1;
    }
    let is_alone =
        |table: &&Arc<Table>| full_name(table).is_some_and(|name| counts.get(&name).is_none_or(|count| *count < 2));
    tables.iter().filter(is_alone).cloned().collect()
}

/// The schema and the name of a table, as far as the name is known.
fn full_name(table: &Table) -> Option<(Option<&str>, &str)> {
    table.name.known().map(|name| (table.schema.as_deref(), name.as_str()))
}

/// Gives the project the tables that the planned files declare otherwise, of the entities that change.
fn changed_tables(project: &mut Project, resolution: &Resolution, read: &[Table]) {
    let entities = resolution.before.iter().flat_map(|module| &module.entities);
    let classes: Vec<&str> = entities.map(|entity| entity.names.class.as_str()).collect();
    for table in &mut project.tables {
        let is_changed = table.class.as_ref().is_some_and(|class| classes.contains(&class.name.as_str()));
        // Two classes may have one name, and one may be told apart from the other by its place only.
        let is_it = |new: &&Table| new.name == table.name && new.schema == table.schema && new.class == table.class;
        let mut found = read.iter().filter(is_it);
        let new = found.next().filter(|_| found.next().is_none());
        if let Some(new) = new.filter(|_| is_changed) {
            *table = Arc::new(Table { owner: table.owner.clone(), ..new.clone() });
        }
    }
}

/// Gives the project the enumerations as they will be.
fn changed_enums(project: &mut Project, resolution: &Resolution) {
    for new in resolution.modules.iter().flat_map(|module| &module.enums) {
        match project.enums.iter_mut().find(|known| known.class.name == new.class) {
            Some(known) => {
                let values =
                    |members: &[(String, String)]| members.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
                if values(&known.members) != values(&new.members) {
                    // Members that are there keep the names that the code gives them.
                    let old = std::mem::take(&mut known.members);
                    let kept = |value: &String| old.iter().find(|(_, one)| one == value).cloned();
                    known.members = new.members.iter().map(|one| kept(&one.1).unwrap_or_else(|| one.clone())).collect();
                }
            }
            None => project.enums.push(Enumeration {
                class: Symbol::new("", new.class.as_str()),
                members: new.members.clone(),
                at: new.at.clone(),
            }),
        }
    }
}

fn class_of(project: &Project, table: &str) -> String {
    let known = project.tables().find(|known| {
        let name = known.name.known().map_or("", String::as_str);
        table == name || known.schema.as_ref().is_some_and(|schema| table == format!("{schema}.{name}"))
    });
    known.and_then(|table| table.class.as_ref()).map_or_else(|| table.to_owned(), |class| class.name.clone())
}

/// The values that rows which exist get: those that are given, and the defaults of columns that come to need one.
fn fills(
    project: &Project,
    resolution: &Resolution,
    given: &[RowValue],
    before: &[Arc<Table>],
    renamed: &[(String, String, String)],
) -> Vec<Fill> {
    let table_of = |class: &str| {
        let table = project.tables().find(|table| table.class.as_ref().is_some_and(|known| known.name == class))?;
        let name = table.name.known()?;
        Some(table.schema.as_ref().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}")))
    };
    let mut found: Vec<Fill> = given
        .iter()
        .filter_map(|one| {
            Some(Fill { table: table_of(&one.class)?, column: one.column.clone(), value: one.value.clone() })
        })
        .collect();
    let change =
        TableChange { before, after: &project.tables, renamed_tables: &[], renamed_columns: renamed, fill: &found };
    for value in values_needed(project, &change) {
        let class = class_of(project, &value.table);
        if let Some(owner) = owner_by_parent(project, resolution, &class, &value.column) {
            found.push(Fill { table: value.table, column: value.column, value: owner });
            continue;
        }
        let column = project
            .tables()
            .find(|table| table.class.as_ref().is_some_and(|known| known.name == class))
            .and_then(|table| table.columns.iter().find(|column| column.name == value.column));
        let designed = designed(resolution, &class, &value.column);
        let default = match designed.and_then(|column| Some((&column.ty, column.default.as_ref()?))) {
            // The models call a function of Python, which no migration can.
            Some((FieldType::Date, Literal::Now { .. })) => Some("func.current_date()".to_owned()),
            Some((FieldType::DateTime, Literal::Now { .. })) => Some("func.now()".to_owned()),
            Some((ty, literal)) => column
                .and_then(|column| column.default.as_ref())
                .map(|default| default.source.clone())
                .or_else(|| member(resolution, ty, literal)),
            None => None,
        };
        if let Some(value_of_rows) = default {
            found.push(Fill { table: value.table, column: value.column, value: value_of_rows });
        }
    }
    found
}

/// The user who owned a row through its parent, as SQL over the row, where the row's own owner column is new.
fn owner_by_parent(project: &Project, resolution: &Resolution, class: &str, column: &str) -> Option<String> {
    if designed(resolution, class, column)?.role != ColumnRole::Owner {
        return None;
    }
    let mut before = resolution.before.iter().flat_map(|module| &module.entities);
    let entity = before.find(|entity| entity.names.class == class)?;
    let table_of = |class: &str| {
        let table = project.tables().find(|table| table.class.as_ref().is_some_and(|known| known.name == class))?;
        let name = table.name.known()?;
        Some(table.schema.as_ref().map_or_else(|| format!("\"{name}\""), |schema| format!("\"{schema}\".\"{name}\"")))
    };
    let (first, rest) = entity.owner.steps.split_first()?;
    let (own, parent) = (table_of(class)?, table_of(&first.class)?);
    let mut joins = String::new();
    let mut last = parent.clone();
    for step in rest {
        let next = table_of(&step.class)?;
        joins.push_str(&format!(" JOIN {next} ON {next}.\"{}\" = {last}.\"{}\"", step.key, step.column));
        last = next;
    }
    let owner = entity.owner.user_column.as_ref()?;
    Some(format!(
        "text('(SELECT {last}.\"{owner}\" FROM {parent}{joins} WHERE {parent}.\"{}\" = {own}.\"{}\")')",
        first.key, first.column
    ))
}

/// A value of an enumeration as an expression. A column that `sa_column` declares has no default: SQLModel's field has it.
fn member(resolution: &Resolution, ty: &FieldType, literal: &Literal) -> Option<String> {
    let (FieldType::Enum { name, .. }, Literal::Text(value)) = (ty, literal) else { return None };
    let mut enums = resolution.modules.iter().flat_map(|module| &module.enums);
    let member = enums.find(|known| known.class == *name)?.member(value)?;
    Some(format!("{name}.{member}"))
}

fn designed<'r>(resolution: &'r Resolution, class: &str, column: &str) -> Option<&'r ColumnDesign> {
    let mut entities = resolution.modules.iter().flat_map(|module| &module.entities);
    entities.find(|entity: &&EntityDesign| entity.names.class == class)?.column(column)
}

/// The first line of the revision.
fn message(project: &Project, resolution: &Resolution) -> String {
    let capital = project.style.migrations.capital_messages.value;
    let text = words(project, resolution);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if capital => first.to_uppercase().chain(letters).collect(),
        _ => text,
    }
}

fn words(project: &Project, resolution: &Resolution) -> String {
    let known: Vec<&EntityDesign> = resolution.before.iter().flat_map(|module| &module.entities).collect();
    let all = resolution.modules.iter().flat_map(|module| &module.entities);
    let new: Vec<_> = all
        .filter(|entity| !known.iter().any(|one| one.names.class == entity.names.class))
        .map(|entity| entity.names.clone())
        .collect();
    if known.is_empty() || !new.is_empty() {
        return revision_message(project, &new);
    }
    let mut said: Vec<String> = Vec::new();
    for change in crate::changes::changes(resolution, project) {
        let words = |class: &str| {
            let entity = known.iter().find(|entity| entity.names.class == class);
            entity.map_or_else(|| class.to_lowercase(), |entity| entity.names.snake.clone())
        };
        said.push(match change.kind {
            ChangeKind::AddColumn { class, column } => format!("add {column} to {}", words(&class)),
            ChangeKind::RemoveColumn { class, column } => format!("remove {column} from {}", words(&class)),
            ChangeKind::RenameColumn { class, from, to } => format!("rename {from} of {} to {to}", words(&class)),
            ChangeKind::ChangeColumn { class, column, .. } => format!("change {column} of {}", words(&class)),
            ChangeKind::ChangeEnum { class, .. } => format!("change values of {class}"),
            ChangeKind::ChangeConstraints { .. } if !said.is_empty() => continue,
            ChangeKind::ChangeConstraints { class, .. } => format!("change constraints of {}", words(&class)),
            ChangeKind::AddTable { table, .. } => format!("create {table}"),
            _ => continue,
        });
    }
    match said.as_slice() {
        [] => "change tables".to_owned(),
        [one] => one.clone(),
        [one, rest @ ..] if rest.len() == 1 => format!("{one} and {}", rest[0]),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    }
}

/// Foreign keys of a new table to columns that are not there: the house's keys were not what they seemed.
fn dangling(table: &Table, after: &Project) -> Vec<Problem> {
    let lacks = |ref_table: &str, column: &String| {
        let known = after.tables.iter().find(|known| known.name.known().is_some_and(|name| name == ref_table));
        known.is_some_and(|known| known.unknowns.is_empty() && !known.columns.iter().any(|own| own.name == *column))
    };
    let keys = table.constraints.iter().filter_map(|constraint| match constraint {
        TableConstraint::ForeignKey { ref_table, ref_columns, .. } => Some((ref_table, ref_columns)),
        _ => None,
    });
    let missing = keys.flat_map(|(ref_table, columns)| columns.iter().map(move |column| (ref_table, column)));
    missing.filter(|(ref_table, column)| lacks(ref_table, column)).map(|(ref_table, column)| Problem {
        text: format!("the style of this project could not be followed: the new code refers to `{ref_table}.{column}`, which does not exist"),
        help: Some("Write this module by hand after its neighbours; `architect survey` shows what was understood of them.".to_owned()),
        at: table.at.clone(),
    }).collect()
}

/// What keeps the migration from being written, and that nothing else is kept back by it: the code can be read and
/// tested before the tables are there.
fn unwritten_migration(problem: Problem) -> Risk {
    let help = problem.help.map(|help| format!(" {help}")).unwrap_or_default();
    Risk {
        text: format!("no migration is planned: {}.{help}", problem.text.trim_end_matches('.')),
        at: Some(problem.at),
    }
}

/// Whether the project has a table already. Where the name of one is not known, its class tells, and its file.
fn is_known(project: &Project, table: &Table) -> bool {
    project.tables().any(|known| match (&known.name, &table.name) {
        (Known::Known(known_name), Known::Known(name)) => known_name == name && known.schema == table.schema,
        (Known::Unknown { .. }, Known::Unknown { .. }) => known.class == table.class && known.at.file == table.at.file,
        _ => false,
    })
}

/// Why no revision can make a new table: the code does not say what it is called.
fn nameless(tables: &[Arc<Table>]) -> Option<Problem> {
    tables.iter().find_map(|table| {
        let Known::Unknown { unknown } = &table.name else { return None };
        let text = format!("the name of the table of `{}` is not known: {}", class_of_table(table), unknown.reason);
        let help = "`alembic revision --autogenerate` writes the revision.".to_owned();
        Some(Problem { text, help: Some(help), at: unknown.at.clone() })
    })
}

/// The current time in UTC, or the one that `SOURCE_DATE_EPOCH` gives for reproducible output.
pub(crate) fn now() -> DateTime {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let given = given.and_then(|seconds| Timestamp::from_second(seconds).ok());
    TimeZone::UTC.to_datetime(given.unwrap_or_else(Timestamp::now))
}
