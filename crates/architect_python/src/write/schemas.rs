//! Classes of requests and responses.

use architect_model::{ColumnDesign, ColumnRole, EntityDesign, FieldType, LinkDesign, PageShape, Symbol};

use super::code::{Class, Code};
use super::columns;
use super::file::File;
use super::house::House;
use super::names::{filled, pascal, spoken};
use super::relations::links_of;
use super::values::{self, Default, Shape};

/// The schema family of one entity.
pub(crate) struct Family<'a> {
    house: &'a House<'a>,
    entity: &'a EntityDesign,
}

impl<'a> Family<'a> {
    /// The family of `entity`.
    pub(crate) fn new(house: &'a House<'a>, entity: &'a EntityDesign) -> Self {
        Self { house, entity }
    }

    /// Aliases for constrained types that several classes use: `ProjectName = Annotated[Text, Field(…)]`.
    pub(crate) fn aliases(&self, file: &mut File) -> Vec<Code> {
        if !self.uses_aliases() {
            return Vec::new();
        }
        let columns: Vec<_> = self.entity.client_columns().cloned().collect();
        let mut lines = Vec::new();
        for column in columns {
            let shape = values::sent(self.house, file, &column);
            if !shape.is_plain() {
                let annotated = values::annotated(file, &shape);
                lines.push(Code::of(format!("{} = {annotated}", self.alias(&column))));
            }
        }
        for link in links_of(self.house, self.entity) {
            let shape = Shape {
                annotation: self.link_key(file, link),
                constraints: vec!["max_length=100".to_owned()],
                ..Shape::default()
            };
            let annotated = values::annotated(file, &shape);
            lines.push(Code::of(format!("{} = {annotated}", self.link_alias(link))));
        }
        lines
    }

    fn link_alias(&self, link: &LinkDesign) -> String {
        format!("{}{}", self.entity.names.class, pascal(&ids_of(link)))
    }

    /// Whether constrained types get a name: where a value may be left out by a marker, `Field` cannot be the default.
    fn uses_aliases(&self) -> bool {
        self.house.style.schemas.unset.is_some() && self.house.style.schemas.named_types
    }

    fn alias(&self, column: &ColumnDesign) -> String {
        format!("{}{}", self.entity.names.class, pascal(&column.name))
    }

    /// The class with the fields that creation, rows and responses share.
    pub(crate) fn base(&self, file: &mut File) -> Code {
        let Some(name) = &self.entity.schemas.base_class else { return Code::new() };
        let mut fields = Code::new();
        for column in self.columns(&self.entity.schemas.base) {
            fields.line(self.given(file, column, self.house.extends_base(self.entity)));
        }
        let shared = self.house.style.models.shared_base.as_ref().filter(|_| self.house.extends_base(self.entity));
        let bases = vec![file.symbol(shared.unwrap_or(&self.house.style.schemas.base.value))];
        self.class(name, bases, fields)
    }

    /// The class of creation.
    pub(crate) fn create(&self, file: &mut File) -> Code {
        let Some(name) = &self.entity.schemas.create_class else { return Code::new() };
        let mut fields = Code::new();
        for column in self.columns(&self.entity.schemas.create) {
            fields.line(self.given(file, column, false));
        }
        for link in links_of(self.house, self.entity) {
            if self.uses_aliases() {
                fields.line(format!("{}: {} = []", ids_of(link), self.link_alias(link)));
                continue;
            }
            let key = self.link_key(file, link);
            let field = file.from(self.library(false), "Field");
            fields.line(format!("{}: {key} = {field}(default_factory=list, max_length=100)", ids_of(link)));
        }
        let bases = vec![self.shared(file)];
        self.class(name, bases, fields)
    }

    /// The class of changes: what is left out stays as it is.
    pub(crate) fn update(&self, file: &mut File) -> Code {
        let Some(name) = &self.entity.schemas.update_class else { return Code::new() };
        let mut fields = Code::new();
        let mut solid = Vec::new();
        for column in self.columns(&self.entity.schemas.update) {
            fields.line(self.changed(file, column));
            if !column.nullable {
                solid.push(column.name.clone());
            }
        }
        for link in links_of(self.house, self.entity) {
            let key = self.link_key(file, link);
            fields.line(self.changed_links(file, link, &key));
            solid.push(ids_of(link));
        }
        let bases = vec![self.root(file)];
        let mut members = vec![fields];
        if self.house.style.schemas.unset.is_none() && !solid.is_empty() {
            members.push(refuse_null(self.house, file, &solid));
        }
        Class { name: name.clone(), bases, doc: None, members }.code()
    }

    /// The class of responses.
    pub(crate) fn output(&self, file: &mut File) -> Code {
        let family = &self.entity.schemas;
        let mut fields = Code::new();
        for column in self.columns(&family.output) {
            let annotation = values::stored(self.house, file, column);
            let annotation = if column.nullable { format!("{annotation} | None") } else { annotation };
            fields.line(format!("{}: {annotation}", column.name));
        }
        for link in links_of(self.house, self.entity) {
            let class = self.linked_output(file, link);
            fields.line(format!("{}: list[{class}]", link.field));
        }
        let bases = vec![self.shared(file)];
        let mut members = Vec::new();
        if self.house.style.schemas.from_attributes.value {
            let config = file.from("pydantic", "ConfigDict");
            members.push(Code::of(format!("model_config = {config}(from_attributes=True)")));
        }
        members.push(fields);
        Class { name: family.output_class.clone(), bases, doc: None, members }.code()
    }

    /// The class of a page, where each entity has its own.
    pub(crate) fn page(&self, file: &mut File) -> Code {
        let PageShape::PerEntity { name, rows, total, others } = &self.house.style.pages.shape.value else {
            return Code::new();
        };
        let mut fields = Code::of(format!("{rows}: list[{}]", self.entity.schemas.output_class));
        for field in total.iter().chain(others) {
            fields.line(format!("{field}: int"));
        }
        let root = self.root(file);
        self.class(&filled(name, &self.entity.names), vec![root], fields)
    }

    fn class(&self, name: &str, bases: Vec<String>, fields: Code) -> Code {
        Class { name: name.to_owned(), bases, doc: None, members: vec![fields] }.code()
    }

    /// The class with the shared fields, or what schemas extend where there is none.
    fn shared(&self, file: &mut File) -> String {
        match &self.entity.schemas.base_class {
            Some(class) => file.symbol(&self.house.base_schema(self.entity, class)),
            None => self.root(file),
        }
    }

    fn root(&self, file: &mut File) -> String {
        file.symbol(&self.house.style.schemas.base.value)
    }

    /// The library whose `Field` a class uses; `stored`: a table extends the class.
    fn library(&self, stored: bool) -> &'static str {
        // What a table extends is a class of SQLModel, whatever most of the house's schemas are.
        let is_beside = stored && self.house.extends_base(self.entity);
        let is_model = is_beside || self.entity.schemas.extended == Some(true) && self.house.bases_are_with_schemas();
        if is_model && self.house.is_sqlmodel() || self.house.schemas_are_models() { "sqlmodel" } else { "pydantic" }
    }

    fn columns(&self, names: &[String]) -> Vec<&'a ColumnDesign> {
        names.iter().filter_map(|name| self.entity.column(name)).collect()
    }

    /// A field that is given on creation; `stored`: it is also a column of the table.
    fn given(&self, file: &mut File, column: &ColumnDesign, stored: bool) -> String {
        let shape = self.shape(file, column);
        let shape = if column.nullable { self.beside_none(file, column, shape, stored) } else { shape };
        let annotation = optional(&shape.annotation, column.nullable);
        let mut arguments = Vec::new();
        match values::default(self.house, file, column) {
            Some(Default::Value(value)) => arguments.push(format!("default={value}")),
            Some(Default::Factory(function)) if self.uses_aliases() && function == "list" => {
                arguments.push("default=[]".to_owned())
            }
            Some(Default::Factory(function)) if self.uses_aliases() && function == "dict" => {
                arguments.push("default={}".to_owned())
            }
            Some(Default::Factory(function)) => arguments.push(format!("default_factory={function}")),
            None => {}
        }
        arguments.extend(shape.constraints);
        if stored {
            for argument in columns::storage(self.house, file, column) {
                let keyword = argument.split('=').next().unwrap_or_default().to_owned();
                if !arguments.iter().any(|known| known.starts_with(&format!("{keyword}="))) {
                    arguments.push(argument);
                }
            }
        }
        columns::field(file, self.library(stored), &column.name, &annotation, &arguments)
    }

    /// A field of the class of changes.
    fn changed(&self, file: &mut File, column: &ColumnDesign) -> String {
        let shape = self.shape(file, column);
        if let Some(unset) = &self.house.style.schemas.unset {
            let unset = file.symbol(unset);
            if self.uses_aliases() {
                let annotation = optional(&shape.annotation, column.nullable);
                return format!("{}: {annotation} | {unset} = {unset}", column.name);
            }
            if !column.nullable {
                let mut arguments = vec![format!("default={unset}")];
                arguments.extend(shape.constraints);
                let annotation = format!("{} | {unset}", shape.annotation);
                return columns::field(file, self.library(false), &column.name, &annotation, &arguments);
            }
        }
        let shape = self.beside_none(file, column, shape, false);
        let mut arguments = vec!["default=None".to_owned()];
        arguments.extend(shape.constraints);
        columns::field(file, self.library(false), &column.name, &optional(&shape.annotation, true), &arguments)
    }

    /// The shape of a value that may be null. Pydantic before 2.8 cannot apply `max_digits` to a union with `None`:
    /// there the number alone carries it, `Annotated[Decimal, Field(max_digits=10)] | None`.
    fn beside_none(&self, file: &mut File, column: &ColumnDesign, shape: Shape, stored: bool) -> Shape {
        if !self.house.style.models.digits_inside
            || !matches!(column.ty, FieldType::Decimal { .. })
            || shape.constraints.is_empty()
        {
            return shape;
        }
        let annotated = file.from("typing", "Annotated");
        let field = file.from(self.library(stored), "Field");
        let number = format!("{annotated}[{}, {field}({})]", shape.annotation, shape.constraints.join(", "));
        Shape { annotation: number, ..Shape::default() }
    }

    /// The type that a client sends: an alias where constrained types have one.
    fn shape(&self, file: &mut File, column: &ColumnDesign) -> Shape {
        let shape = values::sent(self.house, file, column);
        if self.uses_aliases() && !shape.is_plain() {
            return Shape { annotation: self.alias(column), ..Shape::default() };
        }
        shape
    }

    fn link_key(&self, file: &mut File, link: &LinkDesign) -> String {
        format!("list[{}]", values::sent_key(self.house, file, link.right.id))
    }

    fn changed_links(&self, file: &mut File, link: &LinkDesign, key: &str) -> String {
        let name = ids_of(link);
        match &self.house.style.schemas.unset {
            Some(unset) if !self.uses_aliases() => {
                let unset = file.symbol(unset);
                let field = file.from(self.library(false), "Field");
                format!("{name}: {key} | {unset} = {field}(default={unset}, max_length=100)")
            }
            Some(unset) => {
                let unset = file.symbol(unset);
                format!("{name}: {} | {unset} = {unset}", self.link_alias(link))
            }
            None => {
                let field = file.from(self.library(false), "Field");
                format!("{name}: {key} | None = {field}(default=None, max_length=100)")
            }
        }
    }

    fn linked_output(&self, file: &mut File, link: &LinkDesign) -> String {
        match self.house.designed(&link.right.names.class) {
            Some((module, entity)) => {
                let path = self.house.path(&self.house.style.layout.schemas.value, &module.name, &entity.names);
                file.symbol(&Symbol::new(self.house.dotted(&path), &entity.schemas.output_class))
            }
            None => match self.house.existing_output(&link.right.names.class) {
                Some(symbol) => file.symbol(&symbol),
                None => values::key(file, link.right.id),
            },
        }
    }
}

/// The field of a body with the keys of linked rows: `tags` → `tag_ids`.
pub(crate) fn ids_of(link: &LinkDesign) -> String {
    format!("{}_ids", link.right.names.snake)
}

fn optional(annotation: &str, nullable: bool) -> String {
    if nullable { format!("{annotation} | None") } else { annotation.to_owned() }
}

/// A validator: null is not the same as left out.
///
/// A handler that gives `exc.errors()` to a JSON response fails on a `ValueError`, which stands in `ctx` as an object
/// (Pydantic: `ErrorDetails`); Pydantic's own error leaves none there.
fn refuse_null(house: &House<'_>, file: &mut File, names: &[String]) -> Code {
    let validator = file.from("pydantic", "field_validator");
    let any = file.from("typing", "Any");
    let names = super::code::strings("(", names.iter().map(String::as_str), ", mode=\"before\")");
    let mut body = Code::new();
    let text = "may be left out, but not null";
    let refused = if house.style.errors.answers_invalid {
        format!("raise {}(\"null\", \"{text}\")", file.from("pydantic_core", "PydanticCustomError"))
    } else {
        format!("raise ValueError(\"{text}\")")
    };
    body.block("if value is None:", &Code::of(refused));
    body.line("return value");
    let mut code = Code::of(format!("@{validator}{names}"));
    code.line("@classmethod");
    code.block(format!("def refuse_null(cls, value: {any}) -> {any}:"), &body);
    code
}

/// What a column is called by people: `due on`, `assignee`.
pub(crate) fn subject(column: &ColumnDesign) -> String {
    match (&column.reference, &column.ty, column.role) {
        (Some(reference), FieldType::Reference { .. }, ColumnRole::Reference) => spoken(&reference.name),
        _ => spoken(&column.name),
    }
}
