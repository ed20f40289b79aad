//! The classes that have a field: its table class, the bases that declare it, the schemas of its family.

use architect_model::{Certainty, Project, Subject, Symbol};
use ruff_python_ast::Stmt;
use rustc_hash::{FxHashMap, FxHashSet};

use super::world::World;
use crate::resolve::{Class, Frame, Index, Resolution};
use crate::style::entity::Entities;
use crate::style::facts::{address, is_application, is_table};
use crate::syntax::File;

/// A class that has the field.
#[derive(Clone)]
pub(super) struct Carrier<'a> {
    /// The class.
    pub(super) class: Class<'a>,
    /// What it is.
    pub(super) role: Role,
    /// How certain it is that its field is that of the subject.
    pub(super) certain: Certainty,
    /// The class whose body declares the field it has.
    pub(super) owner: Option<Class<'a>>,
}

/// What a class of the family is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The table class itself.
    Entity,
    /// A base of it.
    Base,
    /// A request or response.
    Schema,
}

/// The classes that have the field, found by their definitions.
#[derive(Default)]
pub(super) struct Carriers<'a> {
    all: Vec<Carrier<'a>>,
    by_address: FxHashMap<usize, usize>,
    tables: FxHashMap<usize, Class<'a>>,
}

impl<'a> Carriers<'a> {
    /// Finds them.
    pub(super) fn find(index: &'a Index<'a>, project: &Project, subject: &Subject) -> Self {
        let modules: FxHashMap<&str, &'a File> =
            index.files().project().iter().map(|file| (file.module.as_str(), file)).collect();
        let tables: Vec<Class<'a>> = project
            .tables()
            .filter_map(|table| {
                let symbol = table.class.as_ref()?;
                class_in(index, modules.get(symbol.module.as_str())?, symbol)
            })
            .collect();
        let mut found =
            Self { tables: tables.iter().map(|class| (address(class.def), *class)).collect(), ..Self::default() };
        let Some(entity) = class_of(index, &subject.entity) else { return found };
        let entities = Entities::new(&tables);
        found.add_entity(index, entity, subject.field.as_deref());
        let family = Family { index, project, entity, entities: &entities };
        let mut schemas = family.classes(subject.field.as_deref());
        // A base of what is known to belong to the family is of the family, too.
        schemas.sort_by_key(|(_, certain)| super::findings::rank(certain));
        let known: Vec<Class<'a>> =
            schemas.iter().filter(|(_, certain)| *certain == Certainty::Known).map(|(class, _)| *class).collect();
        for (class, certain) in schemas {
            // What bears the name of the family and stands among its classes belongs to it.
            let beside = known.iter().chain([&entity]).any(|one| std::ptr::eq(one.file(), class.file()));
            let certain = match certain {
                Certainty::Probable { .. } if beside && entities.of_name(class.name()).is_some() => Certainty::Known,
                certain => certain,
            };
            found.add_schema(index, class, certain, subject.field.as_deref());
        }
        found
    }

    fn add_entity(&mut self, index: &'a Index<'a>, entity: Class<'a>, field: Option<&str>) {
        let owner = field.and_then(|field| index.member(entity, field)).map(|(owner, _)| owner);
        self.add(Carrier { class: entity, role: Role::Entity, certain: Certainty::Known, owner });
        let Some(field) = field else { return };
        for base in index.mro(entity).classes().filter(|base| *base != entity && !base.file().installed) {
            if let Some((owner, _)) = index.member(base, field) {
                self.add(Carrier { class: base, role: Role::Base, certain: Certainty::Known, owner: Some(owner) });
            }
        }
    }

    fn add_schema(&mut self, index: &'a Index<'a>, class: Class<'a>, certain: Certainty, field: Option<&str>) {
        let owner = match field {
            Some(field) => match index.member(class, field) {
                Some((owner, _)) if !owner.file().installed => Some(owner),
                _ => return,
            },
            None => None,
        };
        let certain = match owner {
            // The same declaration as the table's is the same field.
            Some(owner) if self.of(owner).is_some_and(|carrier| carrier.role != Role::Schema) => Certainty::Known,
            _ => certain,
        };
        if let Some(owner) = owner.filter(|owner| *owner != class && self.of(*owner).is_none()) {
            self.add(Carrier { class: owner, role: Role::Schema, certain: certain.clone(), owner: Some(owner) });
        }
        self.add(Carrier { class, role: Role::Schema, certain, owner });
    }

    fn add(&mut self, carrier: Carrier<'a>) {
        let key = address(carrier.class.def);
        if !self.by_address.contains_key(&key) {
            self.by_address.insert(key, self.all.len());
            self.all.push(carrier);
        }
    }

    /// All of them, the table class first.
    pub(super) fn all(&self) -> &[Carrier<'a>] {
        &self.all
    }

    /// The table class.
    pub(super) fn entity(&self) -> Option<Class<'a>> {
        self.all.first().map(|carrier| carrier.class)
    }

    /// What a class is of them.
    pub(super) fn of(&self, class: Class<'a>) -> Option<&Carrier<'a>> {
        self.by_address.get(&address(class.def)).and_then(|number| self.all.get(*number))
    }

    /// Whether a class is a table.
    pub(super) fn is_table(&self, class: Class<'a>) -> bool {
        self.tables.contains_key(&address(class.def))
            || self.of(class).is_some_and(|carrier| carrier.role == Role::Base)
    }
}

struct Family<'f, 'a> {
    index: &'a Index<'a>,
    project: &'f Project,
    entity: Class<'a>,
    entities: &'f Entities<'a>,
}

impl<'a> Family<'_, 'a> {
    /// The classes of the family besides tables, and how certain each belongs to it.
    fn classes(&self, field: Option<&str>) -> Vec<(Class<'a>, Certainty)> {
        let entity = self.entity.symbol();
        let handlers = self.project.handlers.iter().filter(|handler| handler.table.as_ref() == Some(&entity));
        let handled: FxHashSet<&Symbol> =
            handlers.flat_map(|handler| handler.body.iter().chain(&handler.answer)).collect();
        let files = self.index.files().project().iter().filter(|file| is_application(file));
        let files =
            files.filter(|file| field.is_none_or(|field| file.source().contains(field)) || self.may_inherit(file));
        let mut found = Vec::new();
        for class in files.flat_map(|file| self.index.classes(file)) {
            if let Some(certain) = self.belongs(class, &handled, field) {
                found.push((class, certain));
            }
        }
        found
    }

    /// Whether a file speaks of the family: a class in it may inherit what it does not name.
    fn may_inherit(&self, file: &File) -> bool {
        self.entities.of_class(self.entity).is_some_and(|entity| file.source().contains(entity.name()))
    }

    fn belongs(&self, class: Class<'a>, handled: &FxHashSet<&Symbol>, field: Option<&str>) -> Option<Certainty> {
        let named = self.entities.of_name(class.name()).map(|entity| entity.class);
        if class != self.entity && handled.contains(&class.symbol()) && self.mirrors(class) {
            return Some(Certainty::Known);
        }
        if named.is_some_and(|named| named != self.entity) || class == self.entity || class.outer.is_local() {
            return None;
        }
        if handled.contains(&class.symbol()) && named.is_some() {
            return Some(Certainty::Known);
        }
        if is_table(self.index, class) {
            return None;
        }
        if handled.contains(&class.symbol()) {
            let reason = format!(
                "endpoints of `{}` take or answer `{}`, which is named after something else",
                self.entity.name(),
                class.name()
            );
            return field.map(|_| Certainty::Probable { reason });
        }
        let extends = self.index.mro(class).classes().any(|base| base != class && handled.contains(&base.symbol()));
        let own_base = self.index.mro(self.entity).classes().any(|base| base == class);
        match named {
            _ if own_base => None,
            _ if extends => Some(Certainty::Known),
            Some(_) if self.holds_data(class) => {
                let reason = format!("`{}` belongs to `{}` by its name only", class.name(), self.entity.name());
                let shares = self.shares_base(class) || self.mirrors(class);
                Some(if shares { Certainty::Known } else { Certainty::Probable { reason } })
            }
            _ => None,
        }
    }

    /// Whether most fields of a class are columns of the table: endpoints that take or answer it show its rows.
    fn mirrors(&self, class: Class<'a>) -> bool {
        let (symbol, entity) = (class.symbol(), self.entity.symbol());
        let schema = self.project.schemas.iter().find(|schema| schema.class == symbol);
        let table = self.project.tables().find(|table| table.class.as_ref() == Some(&entity));
        let (Some(schema), Some(table)) = (schema, table) else { return false };
        let is_column = |name: &str| {
            table.columns.iter().any(|column| column.name == name || column.attribute.as_deref() == Some(name))
        };
        let columns = schema.fields.iter().filter(|field| is_column(&field.name)).count();
        columns > 1 && 2 * columns >= schema.fields.len()
    }

    fn holds_data(&self, class: Class<'a>) -> bool {
        let mro = self.index.mro(class);
        let decorated = |names: &[&str]| {
            let mut decorators = class.def.decorator_list.iter();
            decorators.any(|d| crate::style::walk::last_name(&d.expression).is_some_and(|name| names.contains(&name)))
        };
        mro.has("pydantic.BaseModel")
            || mro.has("typing.TypedDict")
            || mro.has("typing.NamedTuple")
            || decorated(&["dataclass", "define", "frozen"])
            || self.project.schemas.iter().any(|schema| schema.class == class.symbol())
    }

    /// Whether a class and the table derive from one class that only their family does.
    fn shares_base(&self, class: Class<'a>) -> bool {
        let bases: Vec<Class<'a>> = self.index.mro(self.entity).classes().skip(1).collect();
        self.index.mro(class).classes().skip(1).any(|base| {
            bases.contains(&base) && self.entities.of_name(base.name()).is_some_and(|named| named.class == self.entity)
        })
    }
}

/// The class of a symbol.
pub(super) fn class_of<'a>(index: &'a Index<'a>, symbol: &Symbol) -> Option<Class<'a>> {
    let mut files = index.files().project().iter().filter(|file| file.module == symbol.module);
    files.find_map(|file| class_in(index, file, symbol))
}

/// The class of a symbol of a file.
pub(super) fn class_in<'a>(index: &'a Index<'a>, file: &'a File, symbol: &Symbol) -> Option<Class<'a>> {
    index.classes(file).find(|class| symbol.name.ends_with(class.name()) && class.symbol() == *symbol)
}

/// Another class of the project that has an attribute of the field's name, where there is one.
pub(super) fn elsewhere<'a>(world: &World<'_, 'a>) -> Option<String> {
    let field = world.field()?;
    let files = world.index.files().project().iter().filter(|file| file.source().contains(field));
    let declares = |class: &Class<'a>| {
        let names = world.index.frame_names(Frame::Class(class.def));
        let own = names.by_name.contains_key(field) || assigns(class, field);
        own && world.carriers.of(*class).is_none()
    };
    let mut classes = files.flat_map(|file| world.index.classes(file));
    classes.find(declares).map(|class| class.name().to_owned())
}

/// Whether `__init__` sets an attribute.
fn assigns(class: &Class<'_>, field: &str) -> bool {
    let mut inits = class.def.body.iter().filter_map(Stmt::as_function_def_stmt);
    inits.any(|init| {
        let mut found = false;
        crate::style::walk::each_stmt(&init.body, &mut |stmt| {
            if let Stmt::Assign(assign) = stmt {
                found |= assign.targets.iter().any(|target| {
                    target.as_attribute_expr().is_some_and(|attribute| {
                        attribute.attr.as_str() == field
                            && attribute.value.as_name_expr().is_some_and(|name| name.id == "self")
                    })
                });
            }
        });
        found
    })
}

/// Whether a class gets the field from a class that is no part of the family.
pub(super) fn sharers<'a>(index: &'a Index<'a>, carriers: &Carriers<'a>, field: &str) -> Vec<(Class<'a>, Class<'a>)> {
    let entity = carriers.entity();
    let owner = entity.and_then(|entity| index.member(entity, field)).map(|(owner, _)| owner);
    let Some(owner) = owner.filter(|owner| Some(*owner) != entity) else { return Vec::new() };
    let mut found: Vec<(Class<'a>, Class<'a>)> = carriers
        .tables
        .values()
        .filter(|table| Some(**table) != entity)
        .filter(
            |table| matches!(index.member(**table, field), Some((known, Resolution::Variable(_))) if known == owner),
        )
        .map(|table| (*table, owner))
        .collect();
    found.sort_by_key(|(table, _)| table.at());
    found
}
