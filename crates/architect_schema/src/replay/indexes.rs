//! Indexes: made, dropped, renamed.

use architect_model::{QualifiedName, TableConstraint, Touched};

use super::{Outcome, Refused, Replay};

impl Replay {
    /// `CREATE INDEX`.
    pub(super) fn create_index(
        &mut self,
        table: &QualifiedName,
        index: &TableConstraint,
        if_not_exists: bool,
    ) -> Outcome {
        if let Some(name) = index.name() {
            let touches = Touched::Constraint { table: table.clone(), name: name.to_owned() };
            let owner = match self.table_mut(table) {
                Ok(owner) => owner,
                Err(Refused(_, reason)) => return Err(Refused(touches, reason)),
            };
            if owner.constraints.iter().any(|known| known.name() == Some(name)) {
                let reason = format!("`{table}` has an index or constraint `{name}` already");
                return if_not_exists.then_some(()).ok_or(Refused(touches, reason));
            }
        }
        self.attach(table, index.clone())
    }

    /// `DROP INDEX`.
    pub(super) fn drop_index(
        &mut self,
        table: Option<&QualifiedName>,
        name: &QualifiedName,
        if_exists: bool,
    ) -> Outcome {
        let owner = self.owner_of(table, name);
        let touches = match table.cloned().or_else(|| owner.clone()) {
            Some(table) => Touched::Constraint { table, name: name.name.clone() },
            None => Touched::Everything,
        };
        let doubted = self.is_doubted(&touches);
        // PostgreSQL: cannot drop index … because constraint … on table … requires it
        if let Some(table) = owner.as_ref().and_then(|owner| self.tables.get(owner)) {
            let needs = |known: &TableConstraint| {
                known.name() == Some(&name.name) && !matches!(known, TableConstraint::Index(_))
            };
            if table.constraints.iter().any(needs) {
                return Err(Refused(touches, format!("the index `{name}` is that of a constraint, which needs it")));
            }
        }
        self.forget(&touches);
        let Some(table) = owner.and_then(|owner| self.tables.get_mut(&owner)) else {
            let reason = format!("there is no index `{name}` at this point");
            return match (if_exists || doubted, table) {
                (false, Some(_)) => Err(Refused(touches, reason)),
                // Nothing that is known has the name: there is nothing to be in doubt of.
                _ => Ok(()),
            };
        };
        table.constraints.retain(|known| known.name() != Some(&name.name));
        self.names.free(name.schema.as_deref(), &name.name);
        Ok(())
    }

    /// `ALTER INDEX … RENAME TO`: a constraint made of it is renamed too.
    pub(super) fn rename_index(&mut self, name: &QualifiedName, to: &str) -> Outcome {
        let owner = self.owner_of(None, name);
        let Some(table) = owner.and_then(|owner| self.tables.get_mut(&owner)) else {
            let reason = format!("there is no index `{name}` at this point");
            return Err(Refused(Touched::Everything, reason));
        };
        for known in table.constraints.iter_mut().filter(|known| known.name() == Some(&name.name)) {
            *known.name_mut() = Some(to.to_owned());
        }
        self.names.free(name.schema.as_deref(), &name.name);
        self.names.take(name.schema.as_deref(), to);
        Ok(())
    }

    /// The table of an index, or of a constraint that has one: the one that is named, or the one that has it.
    pub(super) fn owner_of(&self, table: Option<&QualifiedName>, name: &QualifiedName) -> Option<QualifiedName> {
        let has = |key: &QualifiedName| {
            let table = self.tables.get(key)?;
            let is_it = |known: &TableConstraint| {
                let has_index = !matches!(known, TableConstraint::Check { .. } | TableConstraint::ForeignKey { .. });
                has_index && known.name() == Some(&name.name)
            };
            table.constraints.iter().any(is_it).then(|| key.clone())
        };
        if let Some(table) = table
            && let Some(found) = has(&self.key(table))
        {
            return Some(found);
        }
        let schema = self.key(name).schema;
        self.tables.keys().filter(|key| key.schema == schema).find_map(has)
    }
}
