//! Names of tables: those that change, and those that have to be free before.

use architect_model::{Table, TableConstraint, qualified};

use super::super::operation::Operation;
use super::super::sql;
use super::Differ;

impl<'a> Differ<'_, 'a> {
    /// Tables that go, before all else where one of them has a name that another table gets; the keys of tables that stay
    /// go before them. Tells whether it did.
    pub(super) fn clear_names(&mut self, touched: &[(&'a Table, &'a Table)]) -> bool {
        let dropped = self.change.dropped();
        let is_dropped = |name: Option<String>| dropped.iter().any(|table| qualified(table) == name);
        let mut renamed = touched.iter().filter(|(from, to)| from.name != to.name);
        if !renamed.any(|(_, to)| is_dropped(qualified(to))) {
            return false;
        }
        for (table, _) in touched.iter().copied() {
            for key in &table.constraints {
                let TableConstraint::ForeignKey { ref_table, .. } = key else { continue };
                if is_dropped(Some(ref_table.clone())) {
                    let (lose, regain) = self.around_late_key(table);
                    self.operations.extend(lose);
                    self.operations.push(Operation::DropLateKey { table, key });
                    self.operations.extend(regain);
                    self.apart.push(key);
                }
            }
        }
        self.operations.extend(self.keys_to_go_first());
        self.drop_tables();
        true
    }

    /// Tables get their new names, those first whose name another one gets; where they go round in a circle, one has a
    /// name of its own for a while.
    pub(super) fn rename_tables(&mut self, touched: &[(&'a Table, &'a Table)]) {
        let mut open: Vec<(&'a Table, &'a Table)> =
            touched.iter().copied().filter(|(from, to)| from.name != to.name).collect();
        let mut last = Vec::new();
        while !open.is_empty() {
            let is_free = |to: &Table| !open.iter().any(|(other, _)| qualified(other) == qualified(to));
            match open.iter().position(|(_, to)| is_free(to)) {
                Some(index) => {
                    let (from, to) = open.remove(index);
                    self.rename_table(from, to);
                }
                None => {
                    let (from, to) = open.remove(0);
                    for (old, _) in self.constraint_names(from, to) {
                        let aside = sql::aside(&old);
                        self.operations.push(Operation::RenameConstraint { table: from, from: old, to: aside });
                    }
                    self.operations.push(Operation::SetAside { table: from });
                    last.push((from, to));
                }
            }
        }
        for (from, to) in last {
            self.operations.push(Operation::TakeBack { from, to });
            self.remark_on_name(from, to);
            for (old, new) in self.constraint_names(from, to) {
                let from = sql::aside(&old);
                self.late_names.push(Operation::RenameConstraint { table: to, from, to: new });
            }
        }
        for (from, to) in touched.iter().filter(|(from, to)| from.name == to.name) {
            self.rename_constraints(from, to);
        }
    }

    fn rename_table(&mut self, from: &'a Table, to: &'a Table) {
        if from.schema != to.schema {
            self.fail(to, "it moves to another schema");
        }
        self.operations.push(Operation::RenameTable { from, to });
        self.remark_on_name(from, to);
        self.rename_constraints(from, to);
    }

    fn remark_on_name(&mut self, from: &Table, to: &Table) {
        if self.change.forward {
            let (old, new) = (from.name.known(), to.name.known());
            let (old, new) = (old.map_or("", String::as_str), new.map_or("", String::as_str));
            self.remark(format!("`{old}` becomes `{new}`: code that runs with the old name fails from then on"));
        }
    }

    /// Whether an index of a new table has the name of one that is there still: both databases know an index by its name
    /// alone.
    pub(super) fn has_taken_index(&self, table: &Table) -> bool {
        let names = |table: &Table| -> Vec<String> {
            let indexes = table.constraints.iter().filter(|one| matches!(one, TableConstraint::Index(_)));
            indexes.filter_map(|index| index.name().map(str::to_owned)).collect()
        };
        let own = names(table);
        self.change.from.iter().any(|known| names(known).iter().any(|name| own.contains(name)))
    }
}
