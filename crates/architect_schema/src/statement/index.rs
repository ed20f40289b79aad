//! Indexes.

use architect_model::{Direction, Index, IndexKey, IndexPart, Known, MigrationOperationKind, TableConstraint};
use sqlparser::ast::{
    AlterIndexOperation, BinaryOperator, CreateIndex, Expr, IndexColumn, IndexType, ObjectName, OrderBySort,
};

use super::Reader;
use super::column::sql_in_python;
use super::name::{folded, folded_all, qualified};

impl Reader<'_> {
    pub(super) fn create_index(&self, create: &CreateIndex) -> MigrationOperationKind {
        let index = Index {
            name: create.name.as_ref().map(|name| qualified(name).name),
            parts: create.columns.iter().map(|part| self.index_part(part)).collect(),
            unique: create.unique,
            method: create.using.as_ref().map(method).filter(|method| method != "btree"),
            predicate: create.predicate.as_ref().map(|predicate| Known::Known(self.sql_of(predicate))),
            include: folded_all(&create.include),
            storage: create.with.iter().filter_map(setting).collect(),
            nulls_not_distinct: create.nulls_distinct == Some(false),
            concurrently: create.concurrently,
            ..Index::default()
        };
        MigrationOperationKind::CreateIndex {
            table: qualified(&create.table_name),
            index: Box::new(TableConstraint::Index(index)),
            concurrently: create.concurrently,
            if_not_exists: create.if_not_exists,
        }
    }

    pub(super) fn alter_index(&self, name: &ObjectName, operation: &AlterIndexOperation) -> MigrationOperationKind {
        let AlterIndexOperation::RenameIndex { index_name } = operation;
        MigrationOperationKind::RenameIndex { name: qualified(name), to: qualified(index_name).name }
    }

    fn index_part(&self, part: &IndexColumn) -> IndexPart {
        let options = &part.column.options;
        IndexPart {
            key: self.index_key(&part.column.expr),
            // Rows stand in ascending order where nothing is said.
            direction: options.sort.as_ref().and_then(|sort| match sort {
                OrderBySort::Desc => Some(Direction::Descending),
                _ => None,
            }),
            nulls_first: options.nulls_first,
            operator_class: part.operator_class.as_ref().map(|class| qualified(class).name),
        }
    }

    pub(super) fn index_key(&self, key: &Expr) -> IndexKey {
        match key {
            Expr::Identifier(name) => IndexKey::Column { column: folded(name) },
            Expr::Nested(inner) if matches!(&**inner, Expr::Identifier(_)) => self.index_key(inner),
            key => {
                let sql = self.sql_of(key);
                IndexKey::Expression { source: sql_in_python(&sql), expression: Known::Known(sql) }
            }
        }
    }
}

fn method(method: &IndexType) -> String {
    match method {
        IndexType::Custom(name) => folded(name),
        method => method.to_string().to_ascii_lowercase(),
    }
}

/// `fillfactor = 70` in `WITH`.
fn setting(expression: &Expr) -> Option<(String, String)> {
    match expression {
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            Some((left.to_string().to_ascii_lowercase(), right.to_string()))
        }
        _ => None,
    }
}
