//! What tables extend: a base class, mixins, the entity's own base schema.

use architect_model::{MappedType, Mixin, ModelStyle, Observed, Orm, Symbol};

use super::super::facts::{Facts, assigned, symbol_of};
use super::super::vote::Votes;
use super::columns;
use crate::read::table;
use crate::resolve::{Ancestor, Class, Index, Resolution, is_known};

/// What tables extend.
pub(super) struct Bases {
    pub(super) base: Option<Symbol>,
    /// Columns that the base brings.
    pub(super) columns: Vec<String>,
    /// Whether tables are dataclasses.
    pub(super) dataclasses: bool,
    pub(super) mixins: Vec<Mixin>,
    pub(super) extends_schema_base: Observed<bool>,
    pub(super) shared_base: Option<Symbol>,
    pub(super) base_beside_table: Observed<bool>,
    /// Annotations that need no column type.
    pub(super) mapped_types: Vec<MappedType>,
}

/// What one base of a table is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Role {
    /// The base class of all tables.
    Base(Symbol),
    /// A mixin.
    Mixin(Symbol),
    /// The shared fields of this entity.
    Schema,
}

/// Reads the bases of all tables.
pub(super) fn read(facts: &Facts<'_>, orm: Orm) -> Bases {
    let mut bases = Votes::default();
    let mut classes: Vec<Class<'_>> = Vec::new();
    let (mut schema, mut shared, mut beside) = (Votes::default(), Votes::default(), Votes::default());
    let mut mixins: Vec<(Class<'_>, u32)> = Vec::new();
    let mut all = 0;
    for table in &facts.tables {
        let weight = facts.weight_of(&table.file().path);
        all += weight;
        let mut extends_schema = false;
        for base in facts.index.bases(*table) {
            match role(facts, *table, &base.resolution, orm) {
                Some(Role::Base(symbol)) => {
                    classes.extend(base.resolution.class());
                    bases.add(symbol, weight, &table.at());
                }
                Some(Role::Schema) => {
                    extends_schema = true;
                    let class = base.resolution.class();
                    let is_beside = class.is_some_and(|class| class.file().path == table.file().path);
                    beside.add(is_beside, weight, &table.at());
                    let first = class.and_then(|class| facts.index.bases(class).into_iter().next());
                    if let Some(symbol) = first.and_then(|first| symbol_of(&first.resolution)) {
                        shared.add(symbol, weight, &table.at());
                    }
                }
                Some(Role::Mixin(_)) => count(&mut mixins, &base.resolution, weight),
                None => {}
            }
        }
        schema.add(extends_schema, weight, &table.at());
    }
    let usual = mixins.into_iter().filter(|(_, weight)| weight * 2 > all);
    let mixins =
        usual.map(|(class, _)| Mixin { class: class.symbol(), columns: declared(facts.index, class) }).collect();
    let own = (orm == Orm::SqlModel).then(|| Symbol::new("sqlmodel", "SQLModel"));
    let base = bases.winner().map(|won| won.value);
    let class = classes.into_iter().find(|class| Some(class.symbol()) == base);
    let brought = class.map(|class| columns::of(facts.index, class)).unwrap_or_default();
    Bases {
        columns: brought.iter().filter(|column| column.is_mapped()).map(|column| column.name.to_owned()).collect(),
        dataclasses: class.is_some_and(|class| facts.index.derives_from(class, "sqlalchemy.orm.MappedAsDataclass")),
        base: base.or(own).filter(|_| !facts.tables.is_empty()),
        mapped_types: class
            .or(facts.tables.first().copied())
            .map(|class| table::mapped_types(facts.index, class))
            .unwrap_or_default(),
        mixins,
        extends_schema_base: schema.or_assumed(true),
        shared_base: shared.winner().map(|won| won.value),
        base_beside_table: beside.or_assumed(false),
    }
}

/// Adds the mixin from which tables have a column, where new tables would not have it by what most of them extend.
pub(super) fn bring(facts: &Facts<'_>, column: &str, style: &mut ModelStyle) {
    let brings = |columns: &[String]| columns.iter().any(|known| known == column);
    if brings(&style.base_columns) || style.mixins.iter().any(|mixin| brings(&mixin.columns)) {
        return;
    }
    let mut votes = Votes::default();
    for table in &facts.tables {
        let bases = facts.index.bases(*table).into_iter().filter_map(|base| base.resolution.class());
        for class in bases.filter(|class| !facts.is_table(*class)) {
            let mixin = Mixin { class: class.symbol(), columns: declared(facts.index, class) };
            if brings(&mixin.columns) {
                votes.add(mixin, facts.weight_of(&table.file().path), &table.at());
            }
        }
    }
    style.mixins.extend(votes.winner().map(|won| won.value));
}

fn count<'a>(mixins: &mut Vec<(Class<'a>, u32)>, base: &Resolution<'a>, weight: u32) {
    let Some(class) = base.class() else { return };
    match mixins.iter_mut().find(|(known, _)| *known == class) {
        Some((_, total)) => *total += weight,
        None => mixins.push((class, weight)),
    }
}

fn role<'a>(facts: &Facts<'a>, table: Class<'a>, base: &Resolution<'a>, orm: Orm) -> Option<Role> {
    match base {
        Resolution::Class(class) if facts.is_table(*class) => None,
        Resolution::Class(class) => {
            let named = facts.entity_of_name(class.name()).is_some_and(|entity| entity.class == table);
            let is_schema = facts.index.derives_from(*class, "pydantic.BaseModel") && orm == Orm::SqlModel;
            if named && is_schema {
                return Some(Role::Schema);
            }
            let leads = is_schema || is_declarative(facts.index, *class);
            let own_columns = !declared(facts.index, *class).is_empty();
            // SQLModel mixins derive from SQLModel too: what brings columns is a mixin there.
            if leads && !(orm == Orm::SqlModel && own_columns) {
                Some(Role::Base(class.symbol()))
            } else {
                Some(Role::Mixin(class.symbol()))
            }
        }
        Resolution::Variable(variable) => Some(Role::Base(variable.symbol())),
        Resolution::Library(path) if path == "sqlmodel.SQLModel" => symbol_of(base).map(Role::Base),
        // `class Item(AuditedModel, table=True)`: alone, it is the base, wherever it comes from.
        Resolution::Library(path) if !is_known(path) && table.base_expressions().len() == 1 => {
            symbol_of(base).map(Role::Base)
        }
        _ => None,
    }
}

fn is_declarative<'a>(index: &Index<'a>, class: Class<'a>) -> bool {
    let mro = index.mro(class);
    mro.has("sqlalchemy.orm.DeclarativeBase")
        || mro.ancestors.iter().any(|ancestor| matches!(ancestor, Ancestor::Variable(_)))
}

/// Names that the body of a class, or of its project bases, declares as columns.
fn declared<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for owner in index.mro(class).classes().rev() {
        for stmt in &owner.def.body {
            let declares = match stmt {
                ruff_python_ast::Stmt::AnnAssign(_) => true,
                ruff_python_ast::Stmt::Assign(assign) => assign.value.is_call_expr(),
                _ => false,
            };
            let hidden = ["metadata", "model_config", "registry", "type_annotation_map"];
            let name = assigned(stmt).filter(|name| declares && !name.starts_with('_') && !hidden.contains(name));
            names.extend(name.map(str::to_owned));
        }
    }
    names
}
