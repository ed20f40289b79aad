//! Tables, link tables and enumerations.

use architect_model::{
    ColumnDesign, ColumnRole, EntityDesign, EnumDesign, LinkDesign, LinkSide, ModelStyle, Orm, Symbol,
};

use super::code::{Class, Code, call};
use super::columns;
use super::deletion;
use super::file::File;
use super::house::House;
use super::relations;
use super::text;
use super::values;

/// The class of an enumeration.
pub(crate) fn enumeration(house: &House<'_>, file: &mut File, item: &EnumDesign) -> Code {
    let written = &house.style.models.enum_bases.value;
    let fallback = vec!["StrEnum".to_owned()];
    let bases = if written.is_empty() { &fallback } else { written };
    let bases = bases.iter().map(|base| enum_base(file, base)).collect();
    let members = item.members.iter().map(|(name, value)| format!("{name} = {}", text::string(value)));
    let members = Code::of(members.collect::<Vec<_>>().join("\n"));
    Class { name: item.class.clone(), bases, doc: None, members: vec![members] }.code()
}

fn enum_base(file: &mut File, base: &str) -> String {
    match base.split_once('.') {
        Some((module, _)) => {
            file.module(module);
            base.to_owned()
        }
        None if ["str", "int"].contains(&base) => base.to_owned(),
        None => file.from("enum", base),
    }
}

/// The table class of an entity.
pub(crate) fn table(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Code {
    let style = &house.style.models;
    let mut settings = Code::new();
    if entity.explicit_table || style.orm.value != Orm::SqlModel || style.explicit_names.value {
        settings.line(format!("__tablename__ = {}", text::string(&entity.table)));
    }
    if let Some(arguments) = table_arguments(house, file, entity) {
        settings.line(format!("__table_args__ = {arguments}"));
    }
    let own = own_columns(house, entity);
    let columns: Vec<_> = own.iter().map(|column| columns::declaration(house, file, column)).collect();
    let mut lines = Code::new();
    for line in columns {
        lines.line(line);
    }
    let relations = relations::attributes(house, file, entity);
    let members = if style.orm.value == Orm::SqlModel {
        lines.add(&relations);
        vec![settings, lines]
    } else {
        vec![settings, lines, relations]
    };
    let bases = bases(house, file, entity);
    Class { name: entity.names.class.clone(), bases, doc: None, members }.code()
}

/// Columns that the class declares itself: neither a mixin nor its schema has them.
fn own_columns<'e>(house: &House<'_>, entity: &'e EntityDesign) -> Vec<&'e ColumnDesign> {
    let from_mixin = |name: &str| mixins(house, entity).any(|mixin| mixin.columns.iter().any(|column| column == name));
    let from_schema = |name: &String| house.extends_base(entity) && entity.schemas.base.contains(name);
    let from_base = |name: &String| house.style.models.base_columns.contains(name);
    let brought = |name: &String| from_mixin(name) || from_schema(name) || from_base(name);
    let mut own: Vec<&ColumnDesign> = entity.columns.iter().filter(|column| !brought(&column.name)).collect();
    if house.style.models.dataclasses {
        // Python: "non-default argument follows default argument"; a key with `init=False` is no argument.
        own.sort_by_key(|column| column.role != ColumnRole::Id && (column.nullable || columns::has_default(column)));
    }
    own
}

/// The mixins of a table: those of most neighbours, without one that brings an owner to rows that have none.
fn mixins<'h>(house: &'h House<'_>, entity: &'h EntityDesign) -> impl Iterator<Item = &'h architect_model::Mixin> {
    let owner = house.style.models.owner_column.value.as_str();
    let is_owned = entity.column(owner).is_some();
    let brings_owner = move |mixin: &architect_model::Mixin| mixin.columns.iter().any(|column| column == owner);
    house.style.models.mixins.iter().filter(move |mixin| is_owned || !brings_owner(mixin))
}

fn bases(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Vec<String> {
    let style: &ModelStyle = &house.style.models;
    let mixins: Vec<_> = mixins(house, entity).map(|mixin| file.symbol(&mixin.class)).collect();
    let schema = entity.schemas.base_class.as_ref().filter(|_| house.extends_base(entity));
    let mut bases = match schema {
        Some(class) => {
            let mut bases = vec![file.symbol(&house.base_schema(entity, class))];
            bases.extend(mixins);
            bases
        }
        None => {
            let base = style.base.clone().unwrap_or_else(|| default_base(style.orm.value));
            let mut bases = mixins;
            bases.push(file.symbol(&base));
            bases
        }
    };
    if style.orm.value == Orm::SqlModel {
        bases.push("table=True".to_owned());
    }
    bases
}

fn default_base(orm: Orm) -> Symbol {
    match orm {
        Orm::SqlModel => Symbol::new("sqlmodel", "SQLModel"),
        _ => Symbol::new("sqlalchemy.orm", "DeclarativeBase"),
    }
}

/// Constraints and indexes over the whole table.
fn table_arguments(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Option<String> {
    let library = if house.is_sqlmodel() { constraint_library(house) } else { "sqlalchemy" };
    let mut items = Vec::new();
    for column in &entity.columns {
        if let Some(name) = &column.unique {
            items.push(unique(house, file, entity, std::slice::from_ref(&column.name), name, false));
        }
    }
    for design in &entity.uniques {
        items.push(unique(house, file, entity, &design.columns, &design.name, design.explicit_name));
    }
    for index in &entity.indexes {
        let class = file.from(library, "Index");
        let name = if is_named_by_convention(house) { "None".to_owned() } else { text::string(&index.name) };
        let mut arguments = vec![name];
        arguments.extend(index.columns.iter().map(|column| text::string(column)));
        items.push(call(&class, &arguments));
    }
    match items.as_slice() {
        [] => None,
        [only] => Some(format!("({only},)")),
        several => Some(format!("({})", several.join(", "))),
    }
}

/// Whether the naming convention gives an index its name, and the house leaves it to that.
fn is_named_by_convention(house: &House<'_>) -> bool {
    let models = &house.style.models;
    let convention = models.naming_convention.iter().find(|(kind, _)| kind == "ix");
    // A template of the first column alone gives two indexes that begin alike one name.
    convention.is_some_and(|(_, template)| template.contains("column_0_N") || template.contains("column_0N"))
        && models.unnamed_indexes.value
}

/// From where the house's SQLModel tables import their constraints.
fn constraint_library(house: &House<'_>) -> &'static str {
    if house.style.models.constraints_from_sqlmodel.value { "sqlmodel" } else { "sqlalchemy" }
}

fn unique(
    house: &House<'_>,
    file: &mut File,
    entity: &EntityDesign,
    columns: &[String],
    name: &str,
    explicit: bool,
) -> String {
    let library = if house.is_sqlmodel() { constraint_library(house) } else { "sqlalchemy" };
    let mut arguments: Vec<_> = columns.iter().map(|column| text::string(column)).collect();
    if let Some(mark) = house.mark(entity) {
        // What a deleted row had can be had again: a constraint has no condition, an index may.
        let (class, function) = (file.from(library, "Index"), file.from("sqlalchemy", "text"));
        let condition = format!("{function}({})", text::string(&deletion::in_index(mark)));
        arguments.insert(0, text::string(name));
        arguments.push("unique=True".to_owned());
        arguments.extend(["postgresql", "sqlite"].map(|dialect| format!("{dialect}_where={condition}")));
        return call(&class, &arguments);
    }
    let class = file.from(library, "UniqueConstraint");
    let by_convention = house.style.models.naming_convention.iter().any(|(kind, _)| kind == "uq");
    if explicit || house.style.models.named_constraints.value || !by_convention {
        arguments.push(format!("name={}", text::string(name)));
    }
    call(&class, &arguments)
}

/// The class of a link table.
pub(crate) fn link(house: &House<'_>, file: &mut File, link: &LinkDesign) -> Code {
    let style = &house.style.models;
    let mut settings = Code::new();
    if link.explicit_table || style.orm.value != Orm::SqlModel || style.explicit_names.value {
        settings.line(format!("__tablename__ = {}", text::string(&link.table)));
    }
    let mut lines = Code::new();
    lines.line(link_column(house, file, &link.left, false));
    lines.line(link_column(house, file, &link.right, true));
    let base = style.base.clone().unwrap_or_else(|| default_base(style.orm.value));
    let mut bases = vec![file.symbol(&base)];
    if style.orm.value == Orm::SqlModel {
        bases.push("table=True".to_owned());
    }
    Class { name: link.class.clone(), bases, doc: None, members: vec![settings, lines] }.code()
}

fn link_column(house: &House<'_>, file: &mut File, side: &LinkSide, index: bool) -> String {
    let key = values::key(file, side.id);
    let target = text::string(&format!("{}.{}", side.target.table, side.key));
    let indexed = if index { ", index=True" } else { "" };
    match house.style.models.orm.value {
        Orm::SqlModel => {
            let field = file.from("sqlmodel", "Field");
            format!(
                "{}: {key} = {field}(foreign_key={target}, ondelete=\"CASCADE\", primary_key=True{indexed})",
                side.column
            )
        }
        Orm::SqlAlchemy => {
            let (mapped, function) =
                (file.from("sqlalchemy.orm", "Mapped"), file.from("sqlalchemy.orm", "mapped_column"));
            let foreign = file.from("sqlalchemy", "ForeignKey");
            format!(
                "{}: {mapped}[{key}] = {function}({foreign}({target}, ondelete=\"CASCADE\"), primary_key=True{indexed})",
                side.column
            )
        }
        Orm::SqlAlchemyLegacy => {
            let (column, foreign) = (file.from("sqlalchemy", "Column"), file.from("sqlalchemy", "ForeignKey"));
            format!("{} = {column}({foreign}({target}, ondelete=\"CASCADE\"), primary_key=True{indexed})", side.column)
        }
    }
}
