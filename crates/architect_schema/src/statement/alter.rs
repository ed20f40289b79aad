//! `ALTER TABLE`, action by action.

use architect_model::{ColumnChange, Known, MigrationOperationKind, QualifiedName, TableConstraint, Touched};
use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, DropBehavior, RenameTableNameKind, Statement,
};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::constraint::Added;
use super::name::{folded, qualified};
use super::split::Piece;
use super::words::Words;
use super::{Reader, aside, parse, unknown};

impl Reader<'_> {
    /// Each action is read by itself, so that one that is not understood makes nothing else unknown.
    pub(super) fn alter_table(&mut self, piece: &Piece) -> Vec<MigrationOperationKind> {
        let mut words = Words::of(piece, 2);
        words.skip(&["if", "exists"]);
        words.skip(&["only"]);
        let Some(table) = words.name() else { return self.words(piece) };
        words.skip_token(&Token::Mul);
        let head = words.index();
        let mut operations = Vec::new();
        for action in parted(piece.from(head)) {
            let tokens = piece.tokens[..head].iter().chain(action).cloned().collect();
            let alone = Piece { tokens, text: piece.text.clone() };
            match parse(&alone) {
                Some(Statement::AlterTable(alter)) => operations.extend(self.actions(&table, &alter)),
                _ => operations.push(self.action_by_words(&table, &Words::of(&alone, head))),
            }
        }
        operations
    }

    fn actions(&self, table: &QualifiedName, alter: &AlterTable) -> Vec<MigrationOperationKind> {
        alter.operations.iter().flat_map(|operation| self.action(table, operation)).collect()
    }

    fn action(&self, table: &QualifiedName, operation: &AlterTableOperation) -> Vec<MigrationOperationKind> {
        use AlterTableOperation as A;
        let table = table.clone();
        let one = match operation {
            A::AddColumn { column_def, if_not_exists, .. } => {
                let (column, constraints) = self.column(&table, column_def);
                MigrationOperationKind::AddColumn {
                    table,
                    column: Box::new(column),
                    constraints,
                    if_not_exists: *if_not_exists,
                }
            }
            A::DropColumn { column_names, if_exists, drop_behavior, .. } => {
                let drop = |name| MigrationOperationKind::DropColumn {
                    table: table.clone(),
                    column: folded(name),
                    if_exists: *if_exists,
                    cascade: is_cascade(*drop_behavior),
                };
                return column_names.iter().map(drop).collect();
            }
            A::AlterColumn { column_name, op } => self.alter_column(table, folded(column_name), op),
            A::RenameColumn { old_column_name, new_column_name } => {
                let change = ColumnChange { name: Some(folded(new_column_name)), ..ColumnChange::default() };
                let column = folded(old_column_name);
                MigrationOperationKind::AlterColumn { table, column, change: Box::new(change) }
            }
            A::RenameTable { table_name: RenameTableNameKind::To(name) | RenameTableNameKind::As(name) } => {
                MigrationOperationKind::RenameTable { table, to: qualified(name).name }
            }
            A::AddConstraint { constraint, not_valid } => return vec![self.add(table, constraint, *not_valid)],
            A::DropConstraint { name, if_exists, drop_behavior } => MigrationOperationKind::DropConstraint {
                table,
                name: Some(folded(name)),
                what: None,
                if_exists: *if_exists,
                cascade: is_cascade(*drop_behavior),
            },
            A::RenameConstraint { old_name, new_name } => {
                MigrationOperationKind::RenameConstraint { table, name: folded(old_name), to: folded(new_name) }
            }
            A::ValidateConstraint { name } => MigrationOperationKind::ValidateConstraint { table, name: folded(name) },
            operation => other_action(table, operation),
        };
        vec![one]
    }

    fn add(
        &self,
        table: QualifiedName,
        constraint: &sqlparser::ast::TableConstraint,
        not_valid: bool,
    ) -> MigrationOperationKind {
        let (constraint, using_index) = match self.table_constraint(&table, constraint) {
            Added::Whole(constraint) => (*constraint, None),
            Added::FromIndex { mut constraint, index } => {
                if let TableConstraint::PrimaryKey { columns, .. } | TableConstraint::Unique { columns, .. } =
                    &mut *constraint
                {
                    *columns = self.index_columns(&table, &index);
                }
                (*constraint, Some(index))
            }
            Added::Unresolved { table } => {
                let reason = format!("a reference of `{table}` means the primary key of a table that is not known");
                return unknown(Touched::Constraints { table }, reason);
            }
            Added::NotKnown => {
                let reason = format!("`{constraint}` of `{table}` is not understood");
                return unknown(Touched::Constraints { table }, reason);
            }
        };
        MigrationOperationKind::AddConstraint { table, constraint: Box::new(constraint), not_valid, using_index }
    }

    /// The columns of an index that is there.
    fn index_columns(&self, table: &QualifiedName, index: &str) -> Vec<String> {
        let constraints = self.before.table(table).map(|table| table.constraints.as_slice()).unwrap_or_default();
        let mut indexes = constraints.iter().filter_map(|constraint| match constraint {
            TableConstraint::Index(known) => Some(known),
            _ => None,
        });
        let found = indexes.find(|known| known.name.as_deref() == Some(index));
        found.map(|index| index.keys().into_iter().map(str::to_owned).collect()).unwrap_or_default()
    }

    fn alter_column(&self, table: QualifiedName, column: String, op: &AlterColumnOperation) -> MigrationOperationKind {
        let mut change = ColumnChange::default();
        match op {
            AlterColumnOperation::SetNotNull => change.nullable = Some(Known::Known(false)),
            AlterColumnOperation::DropNotNull => change.nullable = Some(Known::Known(true)),
            AlterColumnOperation::SetDefault { value } => change.server_default = Some(self.default(value)),
            AlterColumnOperation::DropDefault => change.server_default = Some(None),
            AlterColumnOperation::SetDataType { data_type, using, .. } => {
                change.ty = Some(self.column_type(data_type));
                change.using = using.as_ref().map(|using| self.sql_of(using));
            }
            AlterColumnOperation::AddGenerated { .. } => {
                let reason = format!("`{table}.{column}` becomes an identity column");
                return unknown(Touched::Column { table, column }, reason);
            }
        }
        MigrationOperationKind::AlterColumn { table, column, change: Box::new(change) }
    }

    /// Actions that `sqlparser` has no words for.
    fn action_by_words(&self, table: &QualifiedName, words: &Words) -> MigrationOperationKind {
        let mut words = words.clone();
        let table = table.clone();
        if words.skip(&["set", "schema"])
            && let Some(schema) = words.name()
        {
            return MigrationOperationKind::MoveTable { table, schema: schema.name };
        }
        let harmless: &[&[&str]] = &[
            &["set", "without"],
            &["set", "tablespace"],
            &["set", "access"],
            &["set"],
            &["reset"],
            &["cluster"],
            &["owner"],
            &["enable"],
            &["disable"],
            &["attach", "partition"],
            &["detach", "partition"],
        ];
        if harmless.iter().any(|form| words.clone().skip(form)) {
            return aside("storage, rules or partitions of a table");
        }
        if words.skip(&["alter", "constraint"])
            && let Some(name) = words.name()
        {
            let reason = format!("when `{name}` of `{table}` is checked changes");
            return unknown(Touched::Constraint { table, name: name.name }, reason);
        }
        if words.skip(&["drop", "foreign", "key"])
            && let Some(name) = words.name()
        {
            let reason = format!("dropping `{name}` of `{table}` is written as MySQL has it");
            return unknown(Touched::Constraint { table, name: name.name }, reason);
        }
        if words.skip(&["alter"]) || words.skip(&["modify"]) {
            words.skip(&["column"]);
            if let Some(column) = words.name() {
                let storage: &[&[&str]] = &[&["set", "statistics"], &["set", "storage"], &["set", "compression"]];
                if storage.iter().any(|form| words.clone().skip(form)) {
                    return aside("storage of a column");
                }
                let reason = format!("what becomes of `{table}.{column}` is not understood");
                return unknown(Touched::Column { table, column: column.name }, reason);
            }
        }
        let reason = format!("an `ALTER TABLE {table}` is not understood");
        unknown(Touched::Table { table }, reason)
    }
}

fn is_cascade(behavior: Option<DropBehavior>) -> bool {
    behavior == Some(DropBehavior::Cascade)
}

/// Actions of which the nouns say nothing, and those of other databases.
fn other_action(table: QualifiedName, operation: &AlterTableOperation) -> MigrationOperationKind {
    use AlterTableOperation as A;
    match operation {
        A::DisableRowLevelSecurity
        | A::EnableRowLevelSecurity
        | A::ForceRowLevelSecurity
        | A::NoForceRowLevelSecurity
        | A::DisableRule { .. }
        | A::EnableRule { .. }
        | A::EnableAlwaysRule { .. }
        | A::EnableReplicaRule { .. }
        | A::DisableTrigger { .. }
        | A::EnableTrigger { .. }
        | A::EnableAlwaysTrigger { .. }
        | A::EnableReplicaTrigger { .. }
        | A::ReplicaIdentity { .. }
        | A::SetLogged
        | A::SetUnlogged
        | A::SetOptionsParens { .. }
        | A::SetTblProperties { .. }
        | A::OwnerTo { .. } => aside("storage, rules or owner of a table"),
        A::ModifyColumn { col_name, .. } => {
            let column = folded(col_name);
            let reason = format!("what becomes of `{table}.{column}` is written as MySQL has it");
            unknown(Touched::Column { table, column }, reason)
        }
        A::DropForeignKey { name, .. } => {
            let name = folded(name);
            let reason = format!("dropping `{name}` of `{table}` is written as MySQL has it");
            unknown(Touched::Constraint { table, name }, reason)
        }
        _ => {
            let reason = format!("an `ALTER TABLE {table}` is not understood");
            unknown(Touched::Table { table }, reason)
        }
    }
}

/// What commas part, outside of parentheses.
pub(super) fn parted(tokens: &[TokenWithSpan]) -> Vec<&[TokenWithSpan]> {
    let mut depth = 0_i32;
    tokens
        .split(|token| {
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => depth -= 1,
                _ => {}
            }
            depth == 0 && token.token == Token::Comma
        })
        .filter(|part| !part.is_empty())
        .collect()
}
