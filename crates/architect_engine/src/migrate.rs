//! `architect migrate`: the revision that brings the migrations to the models.

use std::sync::Arc;

use architect_model::{
    Change, ChangeKind, DatabaseSchema, DifferenceKind, Drift, FORMAT, FileChange, Plan, Problem, Project,
    QualifiedName, Risk, SchemaDifference, Step, Table, Touched, UncertainDifference, UnimportedTable, Unknown,
};
use architect_python::{Fill, Migrated, NewRevision, SourceText, TableChange, ValueNeeded, read_migrated};
use architect_python::{values_needed, write_revision};
use architect_schema::compare::{
    Comparison, PossibleRename, Renames, Sides, compare, compare_included, possible_renames,
};
use rustc_hash::FxHashMap;

mod staged;

use staged::Staged;

use crate::history::built;
use crate::replayed::ReplayedDatabase;
use crate::{Failure, Result, Workspace};

/// What is told about a migration that the models do not say.
#[derive(Debug, Clone, Default)]
pub struct MigrationRequest {
    /// Message of the revision; by default what it does, in the words of the revisions before it.
    pub message: Option<String>,
    /// Objects under another name: `item.title` and `name`, `item` and `thing`.
    pub renames: Vec<(String, String)>,
    /// Columns and tables that are no other ones under a new name.
    pub not_renamed: Vec<PossibleRename>,
    /// Values that rows which exist get: `item.state` and Python source.
    pub values: Vec<(String, String)>,
    /// What may be dropped.
    pub drops: Drops,
    /// Whether it becomes a chain of revisions that a database in use survives, where one is not safe.
    pub safe: bool,
}

/// What may be dropped, with the rows or values it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Drops {
    /// Nothing.
    #[default]
    Nothing,
    /// These tables and columns: `item`, `item.title`.
    Named(Vec<String>),
    /// All that the models do not declare.
    Everything,
}

impl Drops {
    fn allows(&self, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Named(names) => names.iter().any(|known| known == name),
            Self::Everything => true,
        }
    }
}

/// A migration, as far as it can be planned.
#[derive(Debug, Default)]
pub struct Migration {
    /// What the models and the migrations have differently.
    pub drift: Drift,
    /// The revision; without files where something is asked, or nothing differs.
    pub plan: Plan,
    /// What may have been renamed, and is not told.
    pub renames: Vec<PossibleRename>,
    /// What would be lost, and may not.
    pub losses: Vec<SchemaDifference>,
    /// Values that rows which exist need.
    pub needed: Vec<ValueNeeded>,
}

/// What the models and the migrations have differently.
///
/// # Errors
/// No migrations are found, or their order cannot be determined.
pub fn drift(workspace: &Workspace) -> Result<Drift> {
    let (migrated, database) = read(workspace)?;
    let models = models(&migrated);
    let drift = drift_of_models(&migrated, &database, &models);
    // The system takes it back at once when the process ends.
    std::mem::forget((migrated, database, models));
    Ok(drift)
}

/// The same, of what is read already.
pub(crate) fn drift_of_models(migrated: &Migrated, database: &DatabaseSchema, models: &[Arc<Table>]) -> Drift {
    let found = compared(migrated, database, models, &Renames::default(), &Drops::default());
    let drift = drift_of(migrated, database, &found);
    std::mem::forget(found);
    drift
}

/// Plans the revision that brings the migrations to the models.
///
/// # Errors
/// No migrations are found, their order cannot be determined, or a part of the revision cannot be written.
pub fn migrate(workspace: &Workspace, request: &MigrationRequest) -> Result<Migration> {
    let (migrated, database) = read(workspace)?;
    let models = models(&migrated);
    let renames = told(request, &database, &models)?;
    let asked: Vec<PossibleRename> = possible_renames(&database, &models, &renames)
        .into_iter()
        .filter(|one| !request.not_renamed.contains(one) && !request.drops.allows(&gone(one)))
        .collect();
    let found = compared(&migrated, &database, &models, &renames, &request.drops);
    let mut migration = Migration { drift: drift_of(&migrated, &database, &found), ..Migration::default() };
    if !asked.is_empty() {
        migration.renames = asked;
        return Ok(migration);
    }
    let is_lost = |difference: &&SchemaDifference| {
        difference.change == DifferenceKind::Removed
            && dropped(&difference.object).is_some_and(|name| !request.drops.allows(&name))
    };
    migration.losses = found.differences.iter().filter(is_lost).cloned().collect();
    if !migration.losses.is_empty() || found.differences.is_empty() {
        return Ok(migration);
    }
    write(workspace, request, &found, &renames, &mut migration)?;
    Ok(migration)
}

/// What the project declares, and the database that its revisions build.
pub(crate) fn read(workspace: &Workspace) -> Result<(Migrated, DatabaseSchema)> {
    let (migrated, database) = read_migrated(&workspace.sources, ReplayedDatabase::new(), built);
    if migrated.project.style.migrations.versions.is_none() {
        return Err(no_migrations(workspace));
    }
    Ok((migrated, database?))
}

/// What is said where no migrations are found.
pub(crate) fn no_migrations(workspace: &Workspace) -> Failure {
    let choice = &workspace.sources.alembic;
    if choice.config.is_some() || choice.section.is_some() {
        let section = choice.section.as_deref().unwrap_or("alembic");
        let file = choice.config.as_ref().map_or_else(|| "an `alembic.ini`".to_owned(), |file| format!("`{file}`"));
        return Failure::new(
            format!("no section `[{section}]` with a `script_location` in {file}"),
            "give `--config` and `--name` as `alembic -c FILE -n SECTION` takes them",
        );
    }
    Failure::new(
        "no Alembic migrations were found: no `alembic.ini`, no `[tool.alembic]` in `pyproject.toml`, and no `env.py` that runs migrations",
        "create them with `alembic init`, or name the folder of the back end with `--project DIR`",
    )
}

/// The tables that are compared: those that `env.py` imports, where one class alone declares each.
pub(crate) fn models(migrated: &Migrated) -> Vec<Arc<Table>> {
    let mut counts: FxHashMap<(Option<&str>, &str), usize> = FxHashMap::default();
    let name = |table: &'_ Arc<Table>| -> Option<(Option<String>, String)> {
        Some((table.schema.clone(), table.name.known()?.clone()))
    };
    for table in &migrated.project.tables {
        if let Some(known) = table.name.known() {
            *counts.entry((table.schema.as_deref(), known)).or_default() += 1;
        }
    }
    let is_alone = |table: &&Arc<Table>| {
        name(table).is_some_and(|(schema, name)| counts.get(&(schema.as_deref(), name.as_str())) == Some(&1))
    };
    let left_out = migrated.unimported.iter().chain(&migrated.elsewhere);
    let is_imported = |table: &&Arc<Table>| !left_out.clone().any(|known| Arc::ptr_eq(known, table));
    migrated.project.tables.iter().filter(is_alone).filter(is_imported).cloned().collect()
}

/// The comparison, without what `env.py` leaves out. A table that the models declare where this `env.py` does not look is
/// not to be dropped; nor is one, unless that is allowed, that they may declare.
fn compared(
    migrated: &Migrated,
    database: &DatabaseSchema,
    models: &[Arc<Table>],
    renames: &Renames,
    drops: &Drops,
) -> Comparison {
    let sides = Sides { exact_defaults: migrated.exact_defaults, ..Sides::MIGRATIONS_AND_MODELS };
    let filtered = migrated
        .filter
        .as_ref()
        .and_then(|filter| filter.run(|is_included| compare_included(database, models, renames, sides, is_included)));
    let mut found = filtered.unwrap_or_else(|| compare(database, models, renames, sides));
    let left_out: Vec<QualifiedName> =
        migrated.unimported.iter().chain(&migrated.elsewhere).filter_map(|table| qualified(table)).collect();
    keep_tables(&mut found, |name| left_out.contains(name));
    let because = |name: &QualifiedName| {
        let declared = migrated.project.tables.iter().find(|table| qualified(table).as_ref() == Some(name));
        let several =
            declared.map(|table| Unknown::new(table.at.clone(), format!("several classes declare the table `{name}`")));
        several.or_else(|| migrated.unsettled.first().cloned())
    };
    let is_named = |name: &QualifiedName| matches!(drops, Drops::Named(names) if names.contains(&name.to_string()));
    let is_doubtful = |name: &QualifiedName| !is_named(name) && because(name).is_some();
    for difference in keep_tables(&mut found, is_doubtful) {
        if let Some(because) = qualified_object(&difference.object).and_then(because) {
            found.uncertain.push(UncertainDifference { difference, because });
        }
    }
    found
}

/// The table that a difference is about as a whole.
fn qualified_object(object: &Touched) -> Option<&QualifiedName> {
    match object {
        Touched::Table { table } => Some(table),
        _ => None,
    }
}

/// Takes the tables that are wanted from those that would be dropped, and gives what was said of them.
fn keep_tables(found: &mut Comparison, is_wanted: impl Fn(&QualifiedName) -> bool) -> Vec<SchemaDifference> {
    let dropped = |difference: &SchemaDifference| match &difference.object {
        Touched::Table { table } if difference.change == DifferenceKind::Removed => Some(table.clone()),
        _ => None,
    };
    let (kept, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut found.differences)
        .into_iter()
        .partition(|one| dropped(one).is_some_and(|it| is_wanted(&it)));
    found.differences = rest;
    let names: Vec<QualifiedName> = kept.iter().filter_map(dropped).collect();
    found.before.retain(|table| qualified(table).is_none_or(|name| !names.contains(&name)));
    kept
}

fn qualified(table: &Table) -> Option<QualifiedName> {
    Some(QualifiedName::new(table.schema.clone(), table.name.known()?))
}

fn drift_of(migrated: &Migrated, database: &DatabaseSchema, found: &Comparison) -> Drift {
    let mut drift = Drift {
        format: FORMAT,
        differences: found.differences.clone(),
        uncertain: found.uncertain.clone(),
        unimported: Vec::new(),
    };
    for table in &migrated.unimported {
        let Some(name) = table.name.known() else { continue };
        let is_it = |known: &&Arc<Table>| known.name.known() == Some(name) && known.schema == table.schema;
        let name = QualifiedName::new(table.schema.clone(), name);
        let is_migrated = database.tables.iter().any(|known| is_it(&known));
        drift.unimported.push(UnimportedTable {
            table: name,
            class: table.class.clone(),
            is_migrated,
            at: table.at.clone(),
        });
    }
    drift
}

/// The renames that are told, by what the database and the models have.
fn told(request: &MigrationRequest, database: &DatabaseSchema, models: &[Arc<Table>]) -> Result<Renames> {
    let full = |table: &Table| qualified(table).map(|name| name.to_string());
    let has = |tables: &[Arc<Table>], name: &str| tables.iter().any(|table| full(table).as_deref() == Some(name));
    let mut renames = Renames::default();
    let mut columns = Vec::new();
    for (from, to) in &request.renames {
        let schema = from.rsplit_once('.').map(|(schema, _)| schema);
        let target = schema.map_or_else(|| to.clone(), |schema| format!("{schema}.{to}"));
        if has(&database.tables, from) && [to, &target].iter().any(|name| has(models, name)) {
            let to = if has(models, to) { to.clone() } else { target };
            renames.tables.push((from.clone(), to));
            continue;
        }
        match from.rsplit_once('.') {
            Some((table, column)) => columns.push((table.to_owned(), column.to_owned(), to.clone())),
            None => return Err(not_found(from, to)),
        }
    }
    for (table, from, to) in columns {
        let new = renames.tables.iter().find(|(old, _)| *old == table).map_or(table.clone(), |(_, new)| new.clone());
        let old = renames.tables.iter().find(|(_, new)| *new == table).map_or(&table, |(old, _)| old);
        let of = |tables: &[Arc<Table>], name: &str, column: &str| {
            let is_it = |table: &&Arc<Table>| full(table).as_deref() == Some(name);
            tables.iter().find(is_it).is_some_and(|table| table.columns.iter().any(|known| known.name == column))
        };
        if !of(&database.tables, old, &from) || !of(models, &new, &to) {
            return Err(not_found(&format!("{table}.{from}"), &to));
        }
        renames.columns.push((new, from, to));
    }
    Ok(renames)
}

fn not_found(from: &str, to: &str) -> Failure {
    Failure::new(
        format!("`--rename {from}:{to}`: the migrations make no `{from}`, or the models declare no `{to}` there"),
        "give the name in the database and the name in the models: `--rename item.title:name`, `--rename item:thing`",
    )
}

/// The table or column that goes with a drop.
pub fn dropped(object: &Touched) -> Option<String> {
    match object {
        Touched::Table { table } => Some(table.to_string()),
        Touched::Column { table, column } => Some(format!("{table}.{column}")),
        _ => None,
    }
}

/// What goes where nothing was renamed.
fn gone(rename: &PossibleRename) -> String {
    match rename {
        PossibleRename::Table { from, .. } => from.clone(),
        PossibleRename::Column { table, from, .. } => format!("{table}.{from}"),
    }
}

fn write(
    workspace: &Workspace,
    request: &MigrationRequest,
    found: &Comparison,
    renames: &Renames,
    migration: &mut Migration,
) -> Result<()> {
    let project = workspace.project();
    let fill: Vec<Fill> = request
        .values
        .iter()
        .filter_map(|(place, value)| {
            let (table, column) = place.rsplit_once('.')?;
            Some(Fill { table: table.to_owned(), column: column.to_owned(), value: value.clone() })
        })
        .collect();
    let change = TableChange {
        before: &found.before,
        after: &found.after,
        renamed_tables: &renames.tables,
        renamed_columns: &renames.columns,
        fill: &fill,
    };
    migration.needed = values_needed(&project, &change);
    if !migration.needed.is_empty() {
        return Ok(());
    }
    let message = request.message.clone().unwrap_or_else(|| message(&found.differences));
    let new = write_revision(&workspace.sources, &project, &change, &message, crate::migration::now())?;
    let Some(new) = new else { return Ok(()) };
    migration.plan = planned(workspace, &project, vec![new]);
    let (left, mut risks) = judged(workspace, &migration.plan, &found.after)?;
    let staged = match request.safe && !risks.is_empty() {
        true => Some(staged::write(workspace, &project, &change, renames, &message)?),
        false => None,
    };
    if let Some(Staged::Impossible(why)) = &staged {
        let text = format!("`--safe` writes one revision here, as without it: {why}");
        migration.plan.risks.push(Risk { text, at: None });
    }
    if let Some(Staged::Chain(chain)) = staged {
        migration.plan = planned(workspace, &project, chain);
        let (left, risks_left) = judged(workspace, &migration.plan, &found.after)?;
        migration.plan.problems.extend(left);
        risks = risks_left;
    } else {
        migration.plan.problems.extend(left);
    }
    // A project whose migrations run on SQLite too is mostly no PostgreSQL in use; one that asks for the chain is.
    if request.safe || !project.style.migrations.sqlite {
        migration.plan.risks.extend(risks);
    }
    Ok(())
}

/// What the revisions do not bring about, for they are replayed as those before them are; and what of them is not safe on
/// a PostgreSQL in use.
fn judged(workspace: &Workspace, plan: &Plan, models: &[Arc<Table>]) -> Result<(Vec<Problem>, Vec<Risk>)> {
    let planned = plan.files.iter().map(|file| SourceText::new(file.path.as_str(), file.after.as_str()));
    let (migrated, database) = read_migrated(&workspace.sources.overlaid(planned), ReplayedDatabase::new(), built);
    let left = compare(&database?, models, &Renames::default(), Sides::MIGRATIONS_AND_MODELS);
    let problem = |difference: SchemaDifference| Problem {
        text: format!("the revision does not bring this about: {}", difference.text),
        help: Some(
            "Write this part of the migration by hand, and report it: the revision should have done it.".to_owned(),
        ),
        at: difference.at,
    };
    let left = left.differences.into_iter().map(problem).collect();
    let new = plan.changes.iter().filter_map(|change| match &change.kind {
        ChangeKind::AddRevision { revision, .. } => Some(revision.clone()),
        _ => None,
    });
    let unsafe_parts = crate::safety::risks(workspace, &migrated, &new.collect::<Vec<_>>())?;
    Ok((left, unsafe_parts))
}

fn planned(workspace: &Workspace, project: &Project, revisions: Vec<NewRevision>) -> Plan {
    let mut plan = crate::plan::of_workspace(workspace);
    for new in revisions {
        let told = new.losses.into_iter().chain(new.remarks);
        for risk in told.map(|text| Risk { text, at: None }) {
            if !plan.risks.contains(&risk) {
                plan.risks.push(risk);
            }
        }
        let kind = ChangeKind::AddRevision { revision: new.revision, sql: new.sql };
        plan.changes.push(Change { step: Step::Migration, kind });
        plan.files.push(FileChange { path: new.path, step: Step::Migration, before: None, after: new.text });
    }
    plan.next = crate::plan::upgrade_step(workspace, project).into_iter().collect();
    plan
}

/// What a revision does, in a few words.
fn message(differences: &[SchemaDifference]) -> String {
    let mut words: Vec<String> = Vec::new();
    for difference in differences {
        let verb = match difference.change {
            DifferenceKind::Added => "add",
            DifferenceKind::Changed => "change",
            DifferenceKind::Removed => "drop",
        };
        let object = match &difference.object {
            Touched::Table { table } | Touched::Constraints { table } => table.name.clone(),
            Touched::Column { table, column } => format!("{} {column}", table.name),
            Touched::Constraint { table, .. } => format!("{} constraints", table.name),
            Touched::Type { name } => name.name.clone(),
            Touched::Everything => continue,
        };
        let phrase = format!("{verb} {object}");
        if !words.contains(&phrase) {
            words.push(phrase);
        }
    }
    match words.as_slice() {
        [] => "migrate".to_owned(),
        [only] => only.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more", rest.len()),
    }
}
