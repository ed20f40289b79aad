//! Constraints of tables.

use architect_model::{ExcludeElement, QualifiedName, TableConstraint};
use sqlparser::ast::{
    self, ColumnOption, ConstraintCharacteristics, ConstraintReferenceMatchKind, DeferrableInitial, ExcludeConstraint,
    ExcludeConstraintOperator, Expr, ForeignKeyConstraint, IndexColumn, NullsDistinctOption, ReferentialAction,
};

use super::Reader;
use super::existing::is_same;
use super::name::{folded, folded_all, qualified};

/// A constraint as `ALTER TABLE … ADD` gives it.
pub(super) enum Added {
    /// One that is spelled out.
    Whole(Box<TableConstraint>),
    /// One that an index becomes; its columns are those of the index.
    FromIndex { constraint: Box<TableConstraint>, index: String },
    /// A reference to the primary key of a table that is not known.
    Unresolved { table: QualifiedName },
    /// Something else.
    NotKnown,
}

impl Reader<'_> {
    /// The constraint of a column: `PRIMARY KEY`, `UNIQUE`, `REFERENCES`, `CHECK`.
    pub(super) fn column_constraint(
        &self,
        column: &str,
        name: Option<String>,
        option: &ColumnOption,
    ) -> Option<TableConstraint> {
        let columns = vec![column.to_owned()];
        match option {
            ColumnOption::PrimaryKey(_) => Some(TableConstraint::PrimaryKey { name, columns }),
            ColumnOption::Unique(unique) => Some(TableConstraint::Unique {
                name,
                columns,
                deferrable: deferrable(unique.characteristics),
                initially: initially(unique.characteristics),
                nulls_not_distinct: unique.nulls_distinct == NullsDistinctOption::NotDistinct,
            }),
            ColumnOption::ForeignKey(key) => Some(self.foreign_key(name, columns, key)),
            ColumnOption::Check(check) => Some(TableConstraint::check(name, self.sql_of(&check.expr).into())),
            _ => None,
        }
    }

    /// A constraint of a table.
    pub(super) fn table_constraint(&self, table: &QualifiedName, constraint: &ast::TableConstraint) -> Added {
        let whole = match constraint {
            ast::TableConstraint::PrimaryKey(key) => {
                let Some(columns) = key_columns(&key.columns) else { return Added::NotKnown };
                TableConstraint::PrimaryKey { name: key.name.as_ref().map(folded), columns }
            }
            ast::TableConstraint::Unique(unique) => {
                let Some(columns) = key_columns(&unique.columns) else { return Added::NotKnown };
                TableConstraint::Unique {
                    name: unique.name.as_ref().map(folded),
                    columns,
                    deferrable: deferrable(unique.characteristics),
                    initially: initially(unique.characteristics),
                    nulls_not_distinct: unique.nulls_distinct == NullsDistinctOption::NotDistinct,
                }
            }
            ast::TableConstraint::ForeignKey(key) => {
                let columns = folded_all(&key.columns);
                self.foreign_key(key.name.as_ref().map(folded), columns, key)
            }
            ast::TableConstraint::Check(check) => {
                TableConstraint::check(check.name.as_ref().map(folded), self.sql_of(&check.expr).into())
            }
            ast::TableConstraint::Exclude(exclude) => self.exclude(exclude),
            ast::TableConstraint::PrimaryKeyUsingIndex(using) | ast::TableConstraint::UniqueUsingIndex(using) => {
                let index = folded(&using.index_name);
                // The constraint gives the index its name, or has that of the index.
                let name = Some(using.name.as_ref().map_or_else(|| index.clone(), folded));
                let columns = Vec::new();
                let constraint = match constraint {
                    ast::TableConstraint::PrimaryKeyUsingIndex(_) => TableConstraint::PrimaryKey { name, columns },
                    _ => TableConstraint::Unique {
                        name,
                        columns,
                        deferrable: deferrable(using.characteristics),
                        initially: initially(using.characteristics),
                        nulls_not_distinct: false,
                    },
                };
                return Added::FromIndex { constraint: Box::new(constraint), index };
            }
            _ => return Added::NotKnown,
        };
        match &whole {
            TableConstraint::ForeignKey { ref_columns, .. } if ref_columns.is_empty() => {
                Added::Unresolved { table: table.clone() }
            }
            _ => Added::Whole(Box::new(whole)),
        }
    }

    fn foreign_key(&self, name: Option<String>, columns: Vec<String>, key: &ForeignKeyConstraint) -> TableConstraint {
        let target = qualified(&key.foreign_table);
        let ref_columns = match folded_all(&key.referred_columns) {
            given if given.is_empty() => self.primary_key(&target).unwrap_or_default(),
            given => given,
        };
        TableConstraint::ForeignKey {
            name,
            columns,
            ref_table: target.to_string(),
            ref_columns,
            on_delete: key.on_delete.as_ref().map(action),
            on_update: key.on_update.as_ref().map(action),
            deferrable: deferrable(key.characteristics),
            initially: initially(key.characteristics),
            match_kind: key.match_kind.map(|kind| match kind {
                ConstraintReferenceMatchKind::Full => "FULL".to_owned(),
                ConstraintReferenceMatchKind::Partial => "PARTIAL".to_owned(),
                ConstraintReferenceMatchKind::Simple => "SIMPLE".to_owned(),
            }),
            use_alter: false,
        }
    }

    /// The columns that a reference without columns means: those of the primary key.
    fn primary_key(&self, target: &QualifiedName) -> Option<Vec<String>> {
        if let Some((_, key)) = self.keys.iter().rev().find(|(name, _)| is_same(name, target)) {
            return Some(key.clone());
        }
        let table = self.before.table(target)?;
        let key = table.constraints.iter().find_map(|constraint| match constraint {
            TableConstraint::PrimaryKey { columns, .. } => Some(columns.clone()),
            _ => None,
        });
        key.or_else(|| {
            let keys = table.columns.iter().filter(|column| column.primary_key);
            Some(keys.map(|column| column.name.clone()).collect())
        })
    }

    fn exclude(&self, exclude: &ExcludeConstraint) -> TableConstraint {
        let elements = exclude.elements.iter().map(|element| ExcludeElement {
            key: self.index_key(&element.column.column.expr),
            operator: match &element.operator {
                ExcludeConstraintOperator::Token(operator) => operator.clone(),
                ExcludeConstraintOperator::PGOperator(parts) => parts.last().cloned().unwrap_or_default(),
            },
        });
        TableConstraint::Exclude {
            name: exclude.name.as_ref().map(folded),
            elements: elements.collect(),
            method: exclude.index_method.as_ref().map(folded),
            predicate: exclude.where_clause.as_ref().map(|predicate| self.sql_of(predicate).into()),
            deferrable: deferrable(exclude.characteristics),
            initially: initially(exclude.characteristics),
        }
    }
}

/// The columns of a key; none where it has something else.
pub(super) fn key_columns(columns: &[IndexColumn]) -> Option<Vec<String>> {
    let column = |column: &IndexColumn| match &column.column.expr {
        Expr::Identifier(name) => Some(folded(name)),
        _ => None,
    };
    columns.iter().map(column).collect()
}

fn deferrable(characteristics: Option<ConstraintCharacteristics>) -> Option<bool> {
    characteristics.and_then(|characteristics| characteristics.deferrable)
}

fn initially(characteristics: Option<ConstraintCharacteristics>) -> Option<String> {
    characteristics.and_then(|characteristics| characteristics.initially).map(|initially| match initially {
        DeferrableInitial::Immediate => "IMMEDIATE".to_owned(),
        DeferrableInitial::Deferred => "DEFERRED".to_owned(),
    })
}

fn action(action: &ReferentialAction) -> String {
    match action {
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
    .to_owned()
}
