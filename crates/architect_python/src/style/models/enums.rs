//! How enumerations are declared and stored.

use architect_model::{ColumnType, ModelStyle, Project};
use ruff_python_ast::Stmt;

use super::super::facts::Facts;
use super::super::vote::Votes;
use crate::resolve::{Class, Index};

/// Fills in what enumerations show.
pub(super) fn read(facts: &Facts<'_>, project: &Project, style: &mut ModelStyle) {
    let mut bases = Votes::default();
    let mut upper = Votes::default();
    let classes = facts.files.iter().flat_map(|file| facts.index.classes(file));
    for class in classes.filter(|class| facts.index.derives_from(*class, "enum.Enum")) {
        let weight = facts.weight_of(&class.file().path);
        let members: Vec<&str> = class.def.body.iter().filter_map(member).collect();
        if members.is_empty() {
            continue;
        }
        bases.add(base_names(facts.index, class), weight, &class.at());
        let is_upper = members.iter().all(|name| name.to_uppercase() == *name);
        upper.add(is_upper, weight, &class.at());
    }
    style.enum_bases = bases.or_assumed(vec!["StrEnum".to_owned()]);
    style.upper_members = upper.or_assumed(false);
    let mut native = Votes::default();
    for table in &project.tables {
        for column in &table.columns {
            if let Some(ColumnType::Enum { native: is_native, .. }) = column.ty.known() {
                native.add(*is_native, facts.weight_of(&column.at.file), &column.at);
            }
        }
    }
    style.native_enums = native.or_assumed(false);
}

fn member(stmt: &Stmt) -> Option<&str> {
    match stmt {
        Stmt::Assign(_) => super::super::facts::assigned(stmt).filter(|name| !name.starts_with('_')),
        _ => None,
    }
}

/// The bases in the standard library's terms: those of the project's own base where it has one; `enum.StrEnum` where
/// the class is reached through its module.
fn base_names<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<String> {
    let mro = index.mro(class);
    let names: &[&str] = match () {
        () if mro.has("enum.StrEnum") => &["StrEnum"],
        () if mro.has("enum.IntEnum") => &["IntEnum"],
        () if mro.has("str") => &["str", "Enum"],
        () if mro.has("int") => &["int", "Enum"],
        () => &["Enum"],
    };
    let through_module = index.bases(class).iter().any(|base| {
        let module = base.expr.as_attribute_expr().map(|attribute| index.resolve(class.outer, &attribute.value));
        module.and_then(|module| module.path()).as_deref() == Some("enum")
    });
    let written = |name: &&str| match *name {
        "str" | "int" => (*name).to_owned(),
        name if through_module => format!("enum.{name}"),
        name => name.to_owned(),
    };
    names.iter().map(written).collect()
}
