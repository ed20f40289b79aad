//! Relationship attributes: many-to-many always, parent and children where the house declares them.

use architect_model::{ColumnRole, EntityDesign, LinkDesign, Orm};

use super::code::Code;
use super::file::File;
use super::house::House;

/// The relationship attributes of a table class.
pub(crate) fn attributes(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Code {
    let mut code = Code::new();
    let declares = &house.style.models.relationships;
    if declares.value && declares.is_seen() {
        parent(house, file, entity, &mut code);
        children(house, file, entity, &mut code);
    }
    for link in links_of(house, entity) {
        code.line(many(house, file, link));
    }
    code
}

/// Links that `entity` declares.
pub(crate) fn links_of<'h>(house: &House<'h>, entity: &EntityDesign) -> impl Iterator<Item = &'h LinkDesign> {
    let class = entity.names.class.clone();
    house.module.links.iter().filter(move |link| link.left.names.class == class)
}

/// `project: Project | None = Relationship(back_populates="tasks")`.
fn parent(house: &House<'_>, file: &mut File, entity: &EntityDesign, code: &mut Code) {
    let Some(parent) = &entity.parent else { return };
    let Some(column) = entity.columns.iter().find(|column| column.role == ColumnRole::Parent) else { return };
    let Some(reference) = &column.reference else { return };
    if house.entity(&parent.names.class).is_none() {
        return;
    }
    let class = class_name(house, file, &parent.names.class);
    let (name, back) = (&reference.name, &entity.names.snakes);
    code.line(match house.style.models.orm.value {
        Orm::SqlModel => {
            let function = file.from("sqlmodel", "Relationship");
            format!("{name}: {class} | None = {function}(back_populates=\"{back}\")")
        }
        Orm::SqlAlchemy => {
            let (mapped, function) = sqlalchemy(file);
            format!("{name}: {mapped}[{class}] = {function}(back_populates=\"{back}\")")
        }
        Orm::SqlAlchemyLegacy => {
            let function = file.from("sqlalchemy.orm", "relationship");
            format!("{name} = {function}(\"{}\", back_populates=\"{back}\")", parent.names.class)
        }
    });
}

/// `tasks: list["Task"] = Relationship(back_populates="project", cascade_delete=True)`.
fn children(house: &House<'_>, file: &mut File, entity: &EntityDesign, code: &mut Code) {
    for child in entity.children.iter().filter_map(|class| house.entity(class)) {
        let column = child.columns.iter().find(|column| column.role == ColumnRole::Parent);
        let Some(reference) = column.and_then(|column| column.reference.as_ref()) else { continue };
        let (name, class, back) = (&child.names.snakes, &child.names.class, &reference.name);
        if !in_file(house, file, class) {
            for_typing(house, file, class);
        }
        code.line(match house.style.models.orm.value {
            Orm::SqlModel => {
                let function = file.from("sqlmodel", "Relationship");
                // `Relationship` takes `cascade_delete` from the same version on.
                let cascade = if house.habits.field_has_ondelete {
                    "cascade_delete=True"
                } else {
                    "sa_relationship_kwargs={\"cascade\": \"all, delete-orphan\"}"
                };
                format!("{name}: list[\"{class}\"] = {function}(back_populates=\"{back}\", {cascade})")
            }
            Orm::SqlAlchemy => {
                let (mapped, function) = sqlalchemy(file);
                let cascade = "cascade=\"all, delete-orphan\", passive_deletes=True";
                format!("{name}: {mapped}[list[\"{class}\"]] = {function}(back_populates=\"{back}\", {cascade})")
            }
            Orm::SqlAlchemyLegacy => {
                let function = file.from("sqlalchemy.orm", "relationship");
                let cascade = "cascade=\"all, delete-orphan\", passive_deletes=True";
                format!("{name} = {function}(\"{class}\", back_populates=\"{back}\", {cascade})")
            }
        });
    }
}

/// `tags: list[Tag] = Relationship(link_model=NoteTagLink, …)`: loaded with the rows, in one query for a page.
fn many(house: &House<'_>, file: &mut File, link: &LinkDesign) -> String {
    let right = file.symbol(&house.class_of(&link.right.target));
    let field = &link.field;
    match house.style.models.orm.value {
        Orm::SqlModel => {
            let function = file.from("sqlmodel", "Relationship");
            let key = link.right.key.as_str();
            let lazy = format!("sa_relationship_kwargs={{\"lazy\": \"selectin\", \"order_by\": \"{right}.{key}\"}}");
            format!("{field}: list[{right}] = {function}(link_model={}, {lazy})", link.class)
        }
        Orm::SqlAlchemy => {
            let (mapped, function) = sqlalchemy(file);
            format!(
                "{field}: {mapped}[list[{right}]] = {function}(secondary={}.__table__, lazy=\"selectin\")",
                link.class
            )
        }
        Orm::SqlAlchemyLegacy => {
            let function = file.from("sqlalchemy.orm", "relationship");
            format!("{field} = {function}(\"{right}\", secondary={}.__table__, lazy=\"selectin\")", link.class)
        }
    }
}

fn sqlalchemy(file: &mut File) -> (String, String) {
    (file.from("sqlalchemy.orm", "Mapped"), file.from("sqlalchemy.orm", "relationship"))
}

fn class_name(house: &House<'_>, file: &mut File, class: &str) -> String {
    if in_file(house, file, class) {
        return class.to_owned();
    }
    for_typing(house, file, class);
    format!("\"{class}\"")
}

fn in_file(house: &House<'_>, file: &File, class: &str) -> bool {
    house.entity(class).is_some_and(|entity| house.model(entity).module == file.dotted)
}

fn for_typing(house: &House<'_>, file: &mut File, class: &str) {
    if let Some(entity) = house.entity(class) {
        file.for_typing(&house.model(entity));
    }
}
