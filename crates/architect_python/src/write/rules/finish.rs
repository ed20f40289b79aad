//! The end of a change: the commit where it belongs, and the answer to a broken unique constraint.

use architect_model::{CommitPlace, OperationKind};

use super::Rules;
use crate::write::code::{Code, Function};
use crate::write::errors::{self, Refusal};
use crate::write::file::File;
use crate::write::place::{Holds, Place};
use crate::write::repository;
use crate::write::store::{Effect, Lines, Store};
use crate::write::text;

/// How a change ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// Whether the row is given back.
    pub(super) gives_row: bool,
    /// Whether it may break a unique constraint.
    pub(super) conflicts: bool,
}

impl Ending {
    /// The row is given back, and any of its values may be taken.
    pub(super) const ROW: Self = Self { gives_row: true, conflicts: true };
    /// Nothing is given back, and nothing can be taken.
    pub(super) const NOTHING: Self = Self { gives_row: false, conflicts: false };
}

impl Rules<'_> {
    /// Whether a unique constraint is about a column.
    pub(super) fn is_unique(&self, name: &str) -> bool {
        let alone = self.entity.column(name).is_some_and(|column| column.unique.is_some());
        alone || self.entity.uniques.iter().any(|unique| unique.columns.iter().any(|column| column == name))
    }

    /// Writes `effect`, the commit where it is this place's, the translation of conflicts, and `return`.
    pub(super) fn finish(&self, file: &mut File, effect: Effect, ending: Ending, body: &mut Code) {
        let gives_row = ending.gives_row;
        let commit = self.commit();
        let catches = if ending.conflicts { self.catches(file) } else { Code::new() };
        let item = self.entity.names.snake.clone();
        let (lines, result) = match effect {
            Effect::Value(call) if !commit.is_empty() => {
                let call = if gives_row { format!("{item} = {call}") } else { call };
                let mut lines = Lines::sending(&item, call);
                lines.sent.add(&commit);
                (lines, gives_row.then_some(item))
            }
            Effect::Value(call) | Effect::Stored(call) => {
                (Lines::sending(&item, if gives_row { format!("return {call}") } else { call }), None)
            }
            Effect::Lines(mut lines) => {
                if !Store::new(self.house, self.entity, self.place).commits_at_once() {
                    self.committed(&mut lines, commit, gives_row);
                }
                let variable = lines.variable.clone();
                (lines, gives_row.then_some(variable))
            }
        };
        if catches.is_empty() {
            body.add(&lines.all());
        } else {
            self.attempt(file, &lines, &catches, body);
        }
        if let Some(result) = result {
            body.line(format!("return {result}"));
        }
    }

    /// Adds the commit to the statements of a change, and what reads the row again.
    fn committed(&self, lines: &mut Lines, commit: Code, gives_row: bool) {
        let refresh = if gives_row { self.refresh(&lines.variable, !commit.is_empty()) } else { Code::new() };
        // What a base class has sent already can break nothing more.
        let sent = !lines.sent.is_empty() && self.house.base_class().is_some_and(|base| !base.only_adds);
        let place = if sent { &mut lines.after } else { &mut lines.sent };
        place.add(&commit);
        lines.after.add(&refresh);
    }

    /// Tries a change, and translates what it breaks.
    fn attempt(&self, file: &mut File, lines: &Lines, catches: &Code, body: &mut Code) {
        let error = file.from("sqlalchemy.exc", "IntegrityError");
        let alone = self.house.style.idioms.stores_alone.value;
        if alone {
            body.add(&lines.before);
        }
        let tried = if alone { lines.sent.clone() } else { lines.all() };
        body.block("try:", &tried);
        body.block(format!("except {error} as exc:"), catches);
        if alone {
            body.add(&lines.after);
        }
    }

    /// Reads a row again whose values only the database knows: a response cannot wait for them.
    fn refresh(&self, variable: &str, sent: bool) -> Code {
        let house = self.house;
        let computed = house.style.models.timestamps.iter().any(|line| line.value.by_database);
        let holds = !matches!(house.commits_at(), CommitPlace::Repository);
        let own = holds
            && !house.service_hides_session()
            && house.is_async()
            && (computed || sent && house.style.session.expires);
        if !own {
            return Code::new();
        }
        let session = house.session_at(self.place, self.entity);
        Code::of(house.wait(&format!("{session}.refresh({variable})")))
    }

    /// The commit, where rules are in charge of it.
    fn commit(&self) -> Code {
        let house = self.house;
        match (house.commits_at(), self.place) {
            (CommitPlace::UnitOfWork, Place::Service)
                if !house.style.session.unit_of_work.as_ref().is_some_and(|unit| unit.commits) =>
            {
                let session = house.session_at(self.place, self.entity);
                Code::of(house.wait(&format!("{session}.flush()")))
            }
            (CommitPlace::UnitOfWork, Place::Service) => match house.service_holds() {
                Holds::UnitOfWork(name) => Code::of(house.wait(&format!("self.{name}.commit()"))),
                _ => {
                    let session = house.session_at(self.place, self.entity);
                    Code::of(house.wait(&format!("{session}.commit()")))
                }
            },
            // Where handlers commit what services did, nothing of it is lost if the service commits it.
            (CommitPlace::Service, Place::Service) | (CommitPlace::Endpoint, _) => {
                let session = house.session_at(self.place, self.entity);
                Code::of(house.wait(&format!("{session}.commit()")))
            }
            (CommitPlace::Dependency, Place::Service) if house.base_class().is_some_and(|base| base.only_adds) => {
                let session = house.session_at(self.place, self.entity);
                Code::of(house.wait(&format!("{session}.flush()")))
            }
            _ => Code::new(),
        }
    }

    /// What is done about a broken unique constraint; nothing where the repository translates it itself.
    fn catches(&self, file: &mut File) -> Code {
        let mut code = Code::new();
        let conflicts = repository::conflicts(self.house, self.entity);
        if self.house.conflicts_attribute().is_some() || conflicts.is_empty() {
            return code;
        }
        if !matches!(self.house.commits_at(), CommitPlace::UnitOfWork | CommitPlace::Dependency) {
            let session = self.house.session_at(self.place, self.entity);
            code.line(self.house.wait(&format!("{session}.rollback()")));
        }
        for conflict in &conflicts {
            let taken = Refusal::Taken(&self.entity.names, conflict);
            let value = format!("{}.{}", self.house.body_name(self.entity), conflict.subject);
            let raise = errors::raise(self.house, file, taken, &value, Some("exc"));
            if conflicts.len() == 1 && !self.house.style.errors.asks_violation && !self.refers_unchecked() {
                code.line(raise);
                return code;
            }
            let (name, columns) = (&conflict.constraint, self.columns_of(&conflict.constraint));
            let condition = format!("if violates(exc, {}, {}):", text::string(name), text::string(&columns));
            code.block(condition, &Code::of(raise));
        }
        code.line("raise");
        file.needs_violates = true;
        code
    }

    /// Whether bodies refer to rows that no rule looks for.
    fn refers_unchecked(&self) -> bool {
        self.entity.columns.iter().any(|column| {
            let by_client = column.in_create || column.in_update;
            column.reference.as_ref().is_some_and(|reference| by_client && !self.house.must_check(reference.check))
        })
    }

    /// Whether bodies refer to other rows.
    fn refers(&self) -> bool {
        let by_client = |column: &architect_model::ColumnDesign| {
            column.reference.is_some() && (column.in_create || column.in_update)
        };
        self.entity.columns.iter().any(by_client) || self.has_checked_references()
    }

    /// Whether a foreign key refuses the deletion of what it points at.
    fn is_restricted(&self) -> bool {
        let columns = self.house.modules.iter().flat_map(|module| &module.entities).flat_map(|entity| &entity.columns);
        columns.filter_map(|column| column.reference.as_ref()).any(|reference| {
            reference.target.class == self.entity.names.class
                && reference.on_delete == architect_model::OnDelete::Restrict
        })
    }

    /// The columns of a constraint as SQLite names them.
    fn columns_of(&self, name: &str) -> String {
        let table = &self.entity.table;
        let single = self.entity.columns.iter().find(|column| column.unique.as_deref() == Some(name));
        let several = self.entity.uniques.iter().find(|unique| unique.name == name);
        let columns = match (single, several) {
            (Some(column), _) => vec![column.name.clone()],
            (None, Some(unique)) => unique.columns.clone(),
            (None, None) => Vec::new(),
        };
        columns.iter().map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
    }

    /// Whether an operation can break a unique constraint.
    pub(crate) fn may_conflict(&self, op: &architect_model::OperationDesign) -> bool {
        let unique = !repository::conflicts(self.house, self.entity).is_empty();
        match &op.kind {
            OperationKind::Create => unique || self.refers() || self.entity.parent.is_some(),
            OperationKind::Update => unique || self.refers(),
            OperationKind::Delete => self.is_restricted(),
            OperationKind::Set { when, .. } => !when.is_empty(),
            _ => false,
        }
    }
}

/// The function that tells which constraint was broken.
pub(crate) fn violates_function(file: &mut File) -> Code {
    let error = file.from("sqlalchemy.exc", "IntegrityError");
    let mut body = Code::new();
    body.line("# PostgreSQL names the constraint, SQLite its columns.");
    body.line("message = str(error.orig)");
    body.line("return f'\"{constraint}\"' in message or message.endswith(f\": {columns}\")");
    Function {
        name: "violates".to_owned(),
        parameters: vec![format!("error: {error}"), "constraint: str".to_owned(), "columns: str".to_owned()],
        returns: "bool".to_owned(),
        body,
        ..Function::default()
    }
    .code()
}
