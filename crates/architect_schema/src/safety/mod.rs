//! What of a revision is not safe on a PostgreSQL that is in use, judged with the schema before each operation.
//!
//! The lists of squawk and strong_migrations are the measure. `downgrade()` is not judged, and what happens to tables
//! that the revision itself makes locks nobody out.

pub(crate) mod columns;
mod constraints;
mod indexes;
mod names;
mod objects;
mod renames;
pub(crate) mod types;

use architect_model::{
    Location, MigrationOperation, MigrationOperationKind, QualifiedName, Revision, RevisionSafety, SafetyFinding,
    SafetyKind, Touched,
};

use crate::statement::{Existing, is_same, read_sql};
use crate::{Replay, touched};

/// What of the database matters for judging.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// PostgreSQL's major version.
    pub version: u32,
    /// Whether connections come with a `lock_timeout` (`env.py`).
    pub lock_timeout: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self { version: 15, lock_timeout: false }
    }
}

/// What of a revision is not safe; `database` is as it is before it, and is left as it is after it.
pub fn findings(revision: &Revision, database: &mut Replay, server: Server) -> Vec<SafetyFinding> {
    let mut judge = Judge {
        server,
        found: Vec::new(),
        made: Vec::new(),
        held: Vec::new(),
        new_values: Vec::new(),
        dropped: Vec::new(),
        not_validated: Vec::new(),
        renames: Vec::new(),
        has_timeout: server.lock_timeout,
        waits: None,
    };
    for operation in &revision.upgrade {
        let on_postgresql =
            operation.dialects.as_ref().is_none_or(|names| names.iter().any(|name| name == "postgresql"));
        if !on_postgresql {
            continue;
        }
        if operation.autocommit {
            // The block ends the transaction before it.
            judge.commit();
        }
        match &operation.kind {
            MigrationOperationKind::Execute { sql } => {
                let read = read_sql(sql, &operation.at, &*database);
                if read.iter().any(|kind| !touched(kind).is_empty()) {
                    judge.names_in_sql(&At { operation, before: &*database, sql: true }, sql);
                }
                for kind in read {
                    let one = MigrationOperation { kind, ..operation.clone() };
                    judge.operation(&one, &*database, true);
                    database.apply(&one);
                }
            }
            _ => {
                judge.operation(operation, &*database, false);
                database.apply(operation);
            }
        }
    }
    judge.exchanged();
    judge.timeout();
    judge.found
}

/// Says once that no `lock_timeout` is set, with how many more revisions it is so of: one setting mends them all.
pub fn say_timeout_once(revisions: &mut [RevisionSafety]) {
    let is_it = |finding: &SafetyFinding| finding.kind == SafetyKind::NoLockTimeout;
    let others = revisions.iter().filter(|one| one.findings.iter().any(is_it)).count().saturating_sub(1);
    let mut said = false;
    for revision in revisions {
        revision.findings.retain(|finding| !is_it(finding) || !said);
        for finding in revision.findings.iter_mut().filter(|finding| is_it(finding)) {
            said = true;
            if others > 0 {
                let more = if others == 1 { "revision does" } else { "revisions do" };
                finding.text.push_str(&format!("; {others} more {more} so"));
            }
        }
    }
}

/// Judges the operations of one revision.
struct Judge {
    server: Server,
    found: Vec<SafetyFinding>,
    /// Tables that the revision has made.
    made: Vec<QualifiedName>,
    /// Tables that the transaction holds locks on, by which others wait.
    held: Vec<QualifiedName>,
    /// Values that the transaction has added to enumerations.
    new_values: Vec<(QualifiedName, String)>,
    /// Indexes that the transaction has dropped: table, columns, and which finding says so.
    dropped: Vec<(QualifiedName, Vec<String>, usize)>,
    /// Constraints that the transaction has added without a check of the rows.
    not_validated: Vec<(QualifiedName, String)>,
    /// What the revision has renamed.
    renames: Vec<renames::Renamed>,
    has_timeout: bool,
    /// The first operation that waits for a lock.
    waits: Option<(Location, QualifiedName)>,
}

/// An operation with what is known where it stands.
struct At<'a> {
    operation: &'a MigrationOperation,
    before: &'a dyn Existing,
    /// Whether it is part of a text of SQL, not a call of `op`.
    sql: bool,
}

impl Judge {
    fn operation(&mut self, operation: &MigrationOperation, before: &dyn Existing, sql: bool) {
        use MigrationOperationKind as K;
        let at = At { operation, before, sql };
        self.names(&at);
        self.use_of_new_values(&at);
        match &operation.kind {
            K::CreateTable { table, .. } => {
                if let Some(name) = table.name.known() {
                    self.made.push(QualifiedName::new(table.schema.clone(), name));
                }
            }
            K::SetTimeout { setting, value } if setting == "lock_timeout" && value != "0" => self.has_timeout = true,
            K::CreateIndex { .. } | K::DropIndex { .. } => self.index(&at),
            K::AddConstraint { .. } | K::ValidateConstraint { .. } | K::DropConstraint { .. } => self.constraint(&at),
            K::AddColumn { .. } => self.add_column(&at),
            K::AlterColumn { .. } => self.alter_column(&at),
            _ => self.object(&at),
        }
        self.hold(operation);
    }

    /// Whether nobody else can have the table yet.
    fn is_made_here(&self, table: &QualifiedName) -> bool {
        self.made.iter().any(|made| is_same(made, table))
    }

    fn find(&mut self, kind: SafetyKind, at: &At, text: String, lasts: impl Into<String>, recipe: Vec<String>) {
        let place = at.operation.at.clone();
        self.found.push(SafetyFinding { kind, text, lasts: lasts.into(), recipe, at: place });
    }

    /// Says a finding no more.
    fn take_back(&mut self, place: usize) {
        self.found.remove(place);
        self.dropped.iter_mut().filter(|(.., other)| *other > place).for_each(|(.., other)| *other -= 1);
    }

    /// Keeps which tables are locked until the transaction ends.
    fn hold(&mut self, operation: &MigrationOperation) {
        use MigrationOperationKind as K;
        let concurrent = matches!(
            operation.kind,
            K::CreateIndex { concurrently: true, .. } | K::DropIndex { concurrently: true, .. }
        );
        if concurrent || matches!(operation.kind, K::CommentTable { .. } | K::ValidateConstraint { .. }) {
            return;
        }
        let tables: Vec<QualifiedName> = touched(&operation.kind)
            .into_iter()
            .filter_map(|touches| match touches {
                Touched::Table { table }
                | Touched::Column { table, .. }
                | Touched::Constraints { table }
                | Touched::Constraint { table, .. } => Some(table),
                Touched::Everything | Touched::Type { .. } => None,
            })
            .filter(|table| !self.is_made_here(table))
            .collect();
        if let Some(table) = tables.first().filter(|_| !self.has_timeout && self.waits.is_none()) {
            self.waits = Some((operation.at.clone(), table.clone()));
        }
        if !operation.autocommit {
            self.held.extend(tables);
        }
    }

    fn commit(&mut self) {
        self.held.clear();
        self.new_values.clear();
        self.dropped.clear();
        self.not_validated.clear();
    }

    /// Without `lock_timeout`, an operation that waits for a lock lets all others wait behind it.
    fn timeout(&mut self) {
        let Some((at, table)) = self.waits.take() else { return };
        self.found.push(SafetyFinding {
            kind: SafetyKind::NoLockTimeout,
            text: format!(
                "waits for a lock on `{table}` without a `lock_timeout`: while it waits behind a long transaction, every \
                 other statement on `{table}` waits behind it"
            ),
            lasts: "as long as the longest transaction on the table runs".to_owned(),
            recipe: vec![
                "begin the revision with `op.execute(\"SET lock_timeout = '5s'\")`, and run it again where it gives up"
                    .to_owned(),
                "or set it for all revisions in `env.py`: `connect_args={\"options\": \"-c lock_timeout=5s\"}`".to_owned(),
            ],
            at,
        });
    }
}

/// `"a", "b"`, as Python has it in a list.
fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
