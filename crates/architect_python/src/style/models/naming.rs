//! Names of tables, and the naming convention of the metadata.

use architect_model::{ModelStyle, Project};
use heck::ToSnakeCase;
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashMap;

use super::super::facts::{Facts, assigned};
use super::super::vote::Votes;
use super::super::walk::{each_expr, each_stmt, keyword, last_name};
use super::super::words::{is_plural_of, snake};
use crate::resolve::{Class, Index, Scope};
use crate::syntax::File;

/// The name of a table where the class writes it, or SQLModel makes it.
pub(crate) fn table_name<'a>(index: &Index<'a>, class: Class<'a>) -> Option<String> {
    let written = class.def.body.iter().find_map(|stmt| {
        let value = match stmt {
            Stmt::Assign(assign) => Some(&*assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref(),
            _ => None,
        };
        let value = value.filter(|_| assigned(stmt) == Some("__tablename__"))?;
        index.string(class.scope(), value).known().cloned()
    });
    let by_sqlmodel = || index.derives_from(class, "sqlmodel.SQLModel").then(|| class.name().to_lowercase());
    written.or_else(by_sqlmodel)
}

/// The name of a table as the reader of tables found it, else as the class writes it.
pub(crate) fn known_name<'a>(index: &Index<'a>, project: &Project, class: Class<'a>) -> Option<String> {
    let symbol = class.symbol();
    let known = project.tables().find(|known| known.class.as_ref() == Some(&symbol));
    known.and_then(|known| known.name.known().cloned()).or_else(|| table_name(index, class))
}

/// Whether names are written out, plural, and joined with `_`.
pub(crate) fn tables(facts: &Facts<'_>, project: &Project, style: &mut ModelStyle) {
    let mut explicit = Votes::default();
    let mut plural = Votes::default();
    let mut snaked = Votes::default();
    let names: FxHashMap<String, String> = project
        .tables()
        .filter_map(|table| {
            let class = table.class.as_ref()?;
            Some((format!("{}.{}", class.module, class.name), table.name.known()?.clone()))
        })
        .collect();
    for entity in facts.entities.iter() {
        let table = &entity.class;
        let weight = facts.weight_of(&table.file().path);
        let is_explicit = table.def.body.iter().any(|stmt| assigned(stmt) == Some("__tablename__"));
        explicit.add(is_explicit, weight, &table.at());
        let known = names.get(&table.path()).cloned();
        let Some(name) = known.or_else(|| table_name(facts.index, *table)) else { continue };
        let one = snake(entity.name());
        // A name that is neither the class nor its plural is a name of its own.
        let joined = one.replace('_', "");
        let is_plural = is_plural_of(&name, &one) || is_plural_of(&name, &joined);
        if is_plural || name == one || name == joined {
            plural.add(is_plural, weight, &table.at());
        }
        if one.contains('_') {
            snaked.add(name.to_snake_case() == name && name.contains('_'), weight, &table.at());
        }
    }
    style.explicit_names = explicit.or_assumed(false);
    style.plural_names = plural.or_assumed(false);
    style.snake_names = snaked.or_assumed(style.plural_names.value || style.explicit_names.value);
}

/// `naming_convention`, given to `MetaData(...)` or set on a metadata.
pub(crate) fn convention(facts: &Facts<'_>) -> Vec<(String, String)> {
    facts
        .files
        .iter()
        .filter(|file| file.source().contains("naming_convention"))
        .find_map(|file| in_file(facts, file))
        .unwrap_or_default()
}

fn in_file<'a>(facts: &Facts<'a>, file: &'a File) -> Option<Vec<(String, String)>> {
    let mut found: Option<&'a Expr> = None;
    each_expr(file.body(), &mut |expr| {
        if let Expr::Call(call) = expr
            && last_name(&call.func) == Some("MetaData")
            && let Some(value) = keyword(call, "naming_convention")
        {
            found.get_or_insert(value);
        }
    });
    each_stmt(file.body(), &mut |stmt| {
        if let Stmt::Assign(assign) = stmt
            && let Some(Expr::Attribute(target)) = assign.targets.first()
            && target.attr.as_str() == "naming_convention"
        {
            found.get_or_insert(&assign.value);
        }
    });
    let value = facts.index.constant(Scope::module(file), found?);
    let crate::resolve::Value::Dict(entries) = &value.known()?.value else { return None };
    let text = |value: &crate::resolve::Value| value.as_str().map(str::to_owned);
    Some(entries.iter().filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect())
}
