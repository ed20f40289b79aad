//! Relationship attributes: many-to-many always, parent and children where the house declares them.

use architect_model::{ColumnRole, EntityDesign, LinkDesign, Orm, Symbol};

use super::code::Code;
use super::file::File;
use super::house::House;

/// The relationship attributes of a table class.
pub(crate) fn attributes(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Code {
    let mut code = Code::new();
    for relative in house.relatives(entity) {
        code.line(to_one(house, file, relative.class, &relative.there, &relative.back));
    }
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

fn parent(house: &House<'_>, file: &mut File, entity: &EntityDesign, code: &mut Code) {
    let Some(parent) = &entity.parent else { return };
    let Some(column) = entity.columns.iter().find(|column| column.role == ColumnRole::Parent) else { return };
    let Some(reference) = &column.reference else { return };
    if house.designed(&parent.names.class).is_some() {
        let class = house.class_of(&parent.target);
        code.line(to_one(house, file, &class, &reference.name, &entity.names.snakes));
    }
}

/// `project: Project | None = Relationship(back_populates="tasks")`.
fn to_one(house: &House<'_>, file: &mut File, class: &Symbol, name: &str, back: &str) -> String {
    match house.style.models.orm.value {
        Orm::SqlModel => {
            let function = file.from("sqlmodel", "Relationship");
            // SQLModel evaluates the union: both sides must be classes.
            let class = file.symbol(class);
            format!("{name}: {class} | None = {function}(back_populates=\"{back}\")")
        }
        Orm::SqlAlchemy => {
            let name_of_class = file.for_typing(class);
            let is_plain = class.module == file.dotted || reads_annotations_late(house, file);
            let class = if is_plain { name_of_class } else { format!("\"{name_of_class}\"") };
            let (mapped, function) = sqlalchemy(file);
            format!("{name}: {mapped}[{class}] = {function}(back_populates=\"{back}\")")
        }
        Orm::SqlAlchemyLegacy => {
            let function = file.from("sqlalchemy.orm", "relationship");
            format!("{name} = {function}(\"{}\", back_populates=\"{back}\")", class.name)
        }
    }
}

/// Whether annotations of a new file of models are not evaluated when it is read: then the file says so itself.
fn reads_annotations_late(house: &House<'_>, file: &mut File) -> bool {
    let late = house.style.models.future_annotations.value && house.style.layout.models.value.contains('{');
    if late {
        file.imports.future_annotations();
    }
    late
}

fn children(house: &House<'_>, file: &mut File, entity: &EntityDesign, code: &mut Code) {
    for (module, child) in entity.children.iter().filter_map(|class| house.designed(class)) {
        let column = child.columns.iter().find(|column| column.role == ColumnRole::Parent);
        let Some(reference) = column.and_then(|column| column.reference.as_ref()) else { continue };
        file.for_typing(&house.class_at(&child.names.class, None, Some(&module.name)));
        let is_plain = house.style.models.orm.value == Orm::SqlAlchemy && reads_annotations_late(house, file);
        let class = &child.names.class;
        let written = if is_plain { class.clone() } else { format!("\"{class}\"") };
        let line = to_many(house, &child.names.snakes, &written, &reference.name);
        for (module, name) in line.imports {
            file.from(module, name);
        }
        code.line(line.text);
    }
}

/// A line of source, and what it needs to be imported.
pub(crate) struct Line {
    /// The line.
    pub(crate) text: String,
    /// Modules and names.
    pub(crate) imports: Vec<(&'static str, &'static str)>,
}

/// `tasks: list["Task"] = Relationship(back_populates="project", cascade_delete=True)`; `class` as it is to stand there.
pub(crate) fn to_many(house: &House<'_>, name: &str, class: &str, back: &str) -> Line {
    let orm = house.style.models.orm.value;
    let keywords = match (&house.style.models.relation_keywords, orm) {
        (Some(keywords), _) => keywords.join(", "),
        // `Relationship` takes `cascade_delete` from the same version on.
        (None, Orm::SqlModel) if house.style.models.field_has_ondelete => "cascade_delete=True".to_owned(),
        (None, Orm::SqlModel) => "sa_relationship_kwargs={\"cascade\": \"all, delete-orphan\"}".to_owned(),
        (None, _) => "cascade=\"all, delete-orphan\", passive_deletes=True".to_owned(),
    };
    match orm {
        Orm::SqlModel => Line {
            text: format!("{name}: list[{class}] = Relationship(back_populates=\"{back}\", {keywords})"),
            imports: vec![("sqlmodel", "Relationship")],
        },
        Orm::SqlAlchemy => Line {
            text: format!("{name}: Mapped[list[{class}]] = relationship(back_populates=\"{back}\", {keywords})"),
            imports: vec![("sqlalchemy.orm", "Mapped"), ("sqlalchemy.orm", "relationship")],
        },
        Orm::SqlAlchemyLegacy => Line {
            text: format!("{name} = relationship({class}, back_populates=\"{back}\", {keywords})"),
            imports: vec![("sqlalchemy.orm", "relationship")],
        },
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
