//! In which manner the classes that change declare their columns: a house may have two.

use std::borrow::Cow;

use architect_model::{Orm, Project, Resolution, Table};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use crate::Sources;
use crate::style::walk::last_name;

/// The project as the classes that a resolution changes show it, where they all declare their columns in another manner
/// than most of the house.
pub(super) fn of<'p>(resolution: &Resolution, project: &'p Project, sources: &Sources) -> Cow<'p, Project> {
    let after = || resolution.modules.iter().flat_map(|module| &module.entities);
    let before = resolution.before.iter().flat_map(|module| &module.entities);
    let changed = before.filter(|before| {
        after().any(|after| after.names.class == before.names.class && after.columns != before.columns)
    });
    let tables = changed.filter_map(|entity| {
        project.tables().find(|table| table.class.as_ref().is_some_and(|class| class.name == entity.names.class))
    });
    let mut found: Vec<Orm> = tables.filter_map(|table| shown(table, sources)).collect();
    found.dedup();
    match found.as_slice() {
        [only] if *only != project.style.models.orm.value => {
            let mut own = project.clone();
            own.style.models.orm.value = *only;
            Cow::Owned(own)
        }
        _ => Cow::Borrowed(project),
    }
}

/// How most columns of a class are declared.
fn shown(table: &Table, sources: &Sources) -> Option<Orm> {
    let class = table.class.as_ref()?;
    let file = sources.python.iter().find(|file| *file.path == *table.at.file)?;
    let classes = file.body().iter().filter_map(Stmt::as_class_def_stmt);
    let mut own = classes.filter(|known| known.name.as_str() == class.name);
    let (own, None) = (own.next()?, own.next()) else { return None };
    if is_sqlmodel(own) {
        return Some(Orm::SqlModel);
    }
    let (mut mapped, mut plain) = (0, 0);
    for stmt in &own.body {
        match stmt {
            Stmt::AnnAssign(assign) => mapped += usize::from(last_name(&assign.annotation) == Some("Mapped")),
            Stmt::Assign(assign) => plain += usize::from(is_column(&assign.value)),
            _ => {}
        }
    }
    match mapped.cmp(&plain) {
        std::cmp::Ordering::Greater => Some(Orm::SqlAlchemy),
        std::cmp::Ordering::Less => Some(Orm::SqlAlchemyLegacy),
        std::cmp::Ordering::Equal => None,
    }
}

fn is_sqlmodel(class: &StmtClassDef) -> bool {
    let keywords = class.arguments.iter().flat_map(|arguments| &arguments.keywords);
    keywords.into_iter().any(|keyword| keyword.arg.as_ref().is_some_and(|name| name.as_str() == "table"))
}

fn is_column(value: &Expr) -> bool {
    value.as_call_expr().is_some_and(|call| last_name(&call.func) == Some("Column"))
}
