//! What is done to tables after they are declared: further constraints, indexes of search vectors.

use architect_model::{ColumnType, Index as NewIndex, IndexPart, Known, Mapper, TableConstraint, Unknown};
use ruff_python_ast::{Expr, Stmt};

use crate::resolve::{Class, Index, Resolution, Scope, Value};
use crate::style::walk::each_expr;
use crate::syntax::File;

use super::Reading;
use super::build::{Pending, column_name};

impl<'a> Reading<'_, 'a> {
    /// Notes tables to which code adds constraints: `Item.__table__.append_constraint(...)`.
    pub(super) fn appended_constraints(&mut self, file: &'a File) {
        let scope = Scope::module(file);
        let mut places = Vec::new();
        let mut classes: Vec<Class<'a>> = Vec::new();
        each_expr(file.body(), &mut |expr: &'a Expr| match expr {
            Expr::Call(call) => {
                let method = call.func.as_attribute_expr();
                if method.is_some_and(|method| method.attr.as_str() == "append_constraint") {
                    places.push(scope.at(call));
                }
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "__table__" => {
                classes.extend(self.index.resolve(scope, &attribute.value).class());
            }
            _ => {}
        });
        let Some(place) = places.first() else { return };
        for class in classes {
            let number = self.by_class.get(&super::address(class)).copied();
            if let Some(table) = number.and_then(|number| self.pending.get_mut(number)) {
                let reason = "code adds constraints to the table, which is not followed";
                table.unknowns.push(Unknown::new(place.clone(), reason));
            }
        }
    }

    /// The class as SQLAlchemy maps it.
    pub(super) fn mapper(&self, class: Class<'a>) -> Mapper {
        let inherits = self.mappings.parents(class).first().map(|parent| parent.symbol());
        let arguments = self.mappings.own(class, "__mapper_args__");
        let entries = arguments.and_then(|expr| self.index.dictionary_entries(class.scope(), expr));
        let identity = entries.into_iter().flatten().find(|(key, _)| *key == "polymorphic_identity");
        let polymorphic_identity = identity.map(|(_, (scope, expr))| match self.index.fixed(scope, expr) {
            Known::Known(Value::Str(text)) => Known::Known(text),
            Known::Known(Value::Int(number)) => Known::Known(number.to_string()),
            _ => Known::unknown(scope.at(expr), "an identity that is not followed"),
        });
        Mapper { class: class.symbol(), inherits, polymorphic_identity }
    }
}

/// Whether a file makes the metadata searchable, with `sqlalchemy_searchable` or a copy of it.
pub(super) fn makes_searchable<'a>(index: &Index<'a>, file: &'a File) -> bool {
    let scope = Scope::module(file);
    file.body().iter().any(|statement| match statement {
        Stmt::Expr(expression) => {
            expression.value.as_call_expr().is_some_and(|call| match index.resolve(scope, &call.func) {
                Resolution::Library(path) => path == "sqlalchemy_searchable.make_searchable",
                Resolution::Function(function) => function.name() == "make_searchable",
                _ => false,
            })
        }
        _ => false,
    })
}

/// The index that each search vector gets where the metadata is searchable.
///
/// ```python
/// # sqlalchemy_searchable.SearchManager.append_index
/// Index("_".join((cls.__table__.name, column.name, "idx")), column, postgresql_using="gin")
/// ```
pub(super) fn index_vectors(table: &mut Pending<'_>) {
    let Known::Known(name) = &table.name else { return };
    let is_vector = |ty: &ColumnType| matches!(ty, ColumnType::Other { symbol, .. } if symbol.name == "TSVectorType");
    let vectors = table.columns.iter().filter(|draft| draft.ty.as_ref().and_then(Known::known).is_some_and(is_vector));
    let indexes: Vec<TableConstraint> = vectors
        .map(|draft| {
            let column = column_name(draft);
            TableConstraint::Index(NewIndex {
                name: Some(format!("{name}_{column}_idx")),
                parts: vec![IndexPart::column(column)],
                method: Some("gin".to_owned()),
                ..NewIndex::default()
            })
        })
        .collect();
    table.constraints.extend(indexes);
}
