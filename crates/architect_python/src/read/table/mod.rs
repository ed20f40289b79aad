//! Tables: SQLModel classes, declarative SQLAlchemy classes, Core tables.

mod base;
mod build;
mod columns;
mod constraints;
mod convention;
mod core;
mod decorator;
mod defaults;
mod draft;
mod enums;
mod expression;
mod indexes;
mod later;
mod mapped;
mod members;
mod name;
mod named_types;
mod outside;
mod owner;
mod python_types;
mod relationships;
mod sqlmodel;
mod types;
mod words;

use std::sync::Arc;

use architect_model::{Known, Project, Table, TableConstraint, Unknown};
use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::resolve::{Arguments, BindingKind, Class, Index, Resolution, Scope};
use crate::style::walk::each_expr;
use crate::syntax::File;

use super::fields::unseen;
use super::versions::Versions;

use base::{Base, registry};
use build::Pending;
use columns::Declared;
use constraints::TableArguments;
use indexes::Indexes;
use mapped::{Mapping, Mappings};
use name::table_name;
use python_types::Libraries;

pub(crate) use convention::{Convention, Naming};
pub(crate) use enums::member_values;
pub(crate) use named_types::{TypeArguments, plain_type};
pub(crate) use outside::{
    bare_type, class_enumeration, class_type, column_type, convention_of, enumeration_type, sql_expression,
};
pub(super) use owner::read as read_owners;

/// The `type_annotation_map` of a declarative class or its base.
pub(crate) fn mapped_types<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<architect_model::MappedType> {
    Base::of(index, class).mapped_types.entries(index)
}

/// Reads all tables of the project, by name.
pub(super) fn read(index: &Index<'_>, versions: &Versions, project: &mut Project) {
    let (tables, doubts) = read_files(index, versions, |_| true, &[]);
    project.tables = tables.into_iter().map(Arc::new).collect();
    project.unknowns.extend(doubts);
}

/// Reads the tables of the files that are wanted, by name; `known` are the tables of the other files.
pub(super) fn read_some(
    index: &Index<'_>,
    versions: &Versions,
    wanted: impl Fn(&File) -> bool + Sync,
    known: &[Arc<Table>],
) -> Vec<Table> {
    read_files(index, versions, wanted, known).0
}

/// The tables of the files that are wanted, and the classes of which it is not known whether they are tables.
fn read_files(
    index: &Index<'_>,
    versions: &Versions,
    wanted: impl Fn(&File) -> bool + Sync,
    known: &[Arc<Table>],
) -> (Vec<Table>, Vec<Unknown>) {
    let mut reader = Reading {
        index,
        mappings: Mappings::new(index),
        libraries: libraries(index, versions),
        pending: Vec::new(),
        drafts: FxHashMap::default(),
        by_class: FxHashMap::default(),
        noted: Vec::new(),
    };
    let candidates = index.files().project().par_iter().filter(|file| file.may_declare.tables);
    let candidates: Vec<&File> = candidates.collect();
    let files: Vec<&File> = candidates.iter().copied().filter(|file| declares_tables(index, file)).collect();
    for file in &files {
        reader.note_conventions(file);
    }
    let files: Vec<&File> = files.into_iter().filter(|file| wanted(file)).collect();
    let drafts: Vec<_> = files.par_iter().map(|file| (reader.drafts_of(file), core::read(index, file))).collect();
    let (by_class, core): (Vec<_>, Vec<_>) = drafts.into_iter().unzip();
    reader.drafts = by_class.into_iter().flatten().collect();
    for (file, core) in files.iter().zip(core) {
        reader.file(file, core);
    }
    for file in &files {
        reader.imperative_mappings(file);
    }
    for file in &files {
        reader.loose_indexes(file);
        reader.appended_constraints(file);
    }
    if candidates.iter().any(|file| later::makes_searchable(index, file)) {
        reader.pending.iter_mut().for_each(later::index_vectors);
    }
    let mut tables = build::finish(&reader.pending, known);
    tables.sort_by(|a, b| (a.name.known(), &a.at).cmp(&(b.name.known(), &b.at)));
    let doubts = reader.doubts(&files);
    index.part_with(reader);
    (tables, doubts)
}

/// What the versions of the libraries decide.
fn libraries(index: &Index<'_>, versions: &Versions) -> Libraries {
    let pydantic_1 = versions.at_least("pydantic", &[2]).map(|newer| !newer);
    let types = index.files().installed_module("sqlmodel.sql.sqltypes");
    let installed = types.map(|file| file.source().contains("class UTCDateTime"));
    Libraries {
        zoned_datetime: installed.or_else(|| versions.at_least("sqlmodel", &[0, 0, 45])),
        lengths: pydantic_1 == Some(true) || versions.at_least("sqlmodel", &[0, 0, 19]) != Some(false),
        double_floats: versions.at_least("sqlalchemy", &[2, 1]) == Some(true),
        by_creation: versions.at_least("sqlalchemy", &[2]) == Some(false),
        pydantic_1,
    }
}

/// Tests declare no tables of the application, nor does a file beside a package of its name; revisions are known not to.
fn declares_tables(index: &Index<'_>, file: &File) -> bool {
    let package = file.path.strip_suffix(".py").map(|path| format!("{path}/__init__.py"));
    let shadowed = package.is_some_and(|path| index.files().by_path(&path).is_some());
    let test =
        file.path.split('/').any(|part| matches!(part, "tests" | "test" | "conftest.py") || part.starts_with("test_"));
    !test && !shadowed
}

fn address(class: Class<'_>) -> usize {
    std::ptr::from_ref(class.def).addr()
}

struct Reading<'i, 'a> {
    index: &'i Index<'a>,
    mappings: Mappings<'i, 'a>,
    libraries: Libraries,
    pending: Vec<Pending<'a>>,
    /// What each class says by itself.
    drafts: FxHashMap<usize, Draft<'a>>,
    by_class: FxHashMap<usize, usize>,
    /// Bases whose `MetaData` is changed from outside, by import path.
    noted: Vec<(String, Base<'a>)>,
}

/// What a class says by itself, before tables share columns.
enum Draft<'a> {
    SqlModel(Box<Pending<'a>>),
    Declarative(Declared<'a>),
}

impl<'a> Reading<'_, 'a> {
    /// Reads a class by itself.
    fn draft(&self, class: Class<'a>) -> Option<Draft<'a>> {
        match self.mappings.of(class) {
            Mapping::None => None,
            Mapping::SqlModel => Some(Draft::SqlModel(Box::new(self.sqlmodel(class)))),
            Mapping::Declarative => {
                let double_floats = self.libraries.double_floats;
                let base = Base { double_floats, ..Base::of(self.index, class) };
                let declared = columns::read(self.index, class, &self.mappings.mixins(class), &base);
                Some(Draft::Declarative(declared))
            }
        }
    }

    /// The same for all classes of a file.
    fn drafts_of(&self, file: &'a File) -> Vec<(usize, Draft<'a>)> {
        self.index.classes(file).filter_map(|class| Some((address(class), self.draft(class)?))).collect()
    }

    fn file(&mut self, file: &'a File, core: Vec<Pending<'a>>) {
        for class in self.index.classes(file) {
            self.class(class);
        }
        self.pending.extend(core);
    }

    /// Reads the table of a class, its parent's first; the number of the table it is in.
    fn class(&mut self, class: Class<'a>) -> Option<usize> {
        let key = address(class);
        if let Some(number) = self.by_class.get(&key) {
            return Some(*number);
        }
        let number = match self.drafts.remove(&key).or_else(|| self.draft(class))? {
            Draft::SqlModel(pending) => self.add(*pending),
            Draft::Declarative(declared) => self.declarative(class, declared)?,
        };
        self.by_class.insert(key, number);
        Some(number)
    }

    /// The classes of which it is not known whether they are tables. One that a table derives from is a base at least.
    fn doubts(&self, files: &[&'a File]) -> Vec<Unknown> {
        let classes = files.iter().flat_map(|file| self.index.classes(file));
        let doubts: Vec<_> = classes.filter_map(|class| Some((class, self.mappings.doubt(class)?))).collect();
        if doubts.is_empty() {
            return Vec::new();
        }
        let tables = self.pending.iter().flat_map(|table| table.class.iter().chain(&table.subclasses));
        let bases: FxHashSet<usize> = tables.flat_map(|class| self.index.mro(*class).classes()).map(address).collect();
        let open = doubts.into_iter().filter(|(class, _)| !bases.contains(&address(*class)));
        open.map(|(_, doubt)| doubt).collect()
    }

    fn add(&mut self, pending: Pending<'a>) -> usize {
        self.pending.push(pending);
        self.pending.len() - 1
    }

    fn start(&self, class: Class<'a>, name: Known<String>) -> Pending<'a> {
        let mut pending = Pending::new(name, class.at());
        pending.class = Some(class);
        pending.mappers.push(self.mapper(class));
        pending.base = Base { types_in_schema: self.libraries.double_floats, ..Base::of(self.index, class) };
        for (_, base) in self.noted.iter().filter(|(path, _)| self.index.derives_from(class, path)) {
            pending.base.convention = base.convention.clone();
            pending.base.schema = base.schema.clone().or(pending.base.schema.take());
            pending.base.unknowns.extend(base.unknowns.iter().cloned());
        }
        pending.unknowns.extend(unseen(self.index, class));
        if class.outer.is_local() {
            pending.unknowns.push(Unknown::new(class.at(), "the class is made inside a function"));
        }
        pending
    }

    fn sqlmodel(&self, class: Class<'a>) -> Pending<'a> {
        let mixins = self.mappings.mixins(class);
        let name = table_name(self.index, class, &mixins).unwrap_or_else(|| Known::Known(class.name().to_lowercase()));
        let mut pending = self.start(class, name);
        (pending.columns, pending.relationships) = sqlmodel::read(self.index, class, self.libraries);
        self.table_arguments(class, &mut pending);
        pending
    }

    fn declarative(&mut self, class: Class<'a>, declared: Declared<'a>) -> Option<usize> {
        let parents = self.mappings.parents(class);
        let parent = parents.first().and_then(|parent| self.class(*parent));
        if let Some(Expr::Call(call)) = self.mappings.own(class, "__table__")
            && let Some(mut pending) = core::table(self.index, class.scope(), call)
        {
            pending.class = Some(class);
            pending.mappers.push(self.mapper(class));
            pending.relationships = declared.relationships;
            return Some(self.add(pending));
        }
        let unnamed = !self.mappings.names_table(class);
        if unnamed && parent.is_none() && self.mappings.may_be_named(class) {
            let mut pending = self.start(class, Known::unknown(class.at(), "its base class may name the table"));
            pending.columns = declared.columns;
            pending.relationships = declared.relationships;
            return Some(self.add(pending));
        }
        if unnamed {
            let mapper = self.mapper(class);
            let table = self.pending.get_mut(parent?)?;
            table.mappers.push(mapper);
            let new = declared
                .columns
                .into_iter()
                .filter(|draft| !table.columns.iter().any(|known| known.attribute == draft.attribute));
            let new: Vec<_> = new.collect();
            table.columns.extend(new);
            table.relationships.extend(declared.relationships);
            table.subclasses.push(class);
            return parent;
        }
        let sources: Vec<Class<'a>> = self.index.mro(class).classes().skip(1).collect();
        let name = table_name(self.index, class, &sources)?;
        let mut pending = self.start(class, name);
        pending.columns = declared.columns;
        pending.unknowns.extend(declared.unknowns);
        pending.relationships = declared.relationships;
        self.table_arguments(class, &mut pending);
        self.class_indexes(class, &mut pending);
        if pending.extends {
            let same = |known: &&mut Pending<'a>| known.name == pending.name && known.schema == pending.schema;
            if let Some(known) = parent.and_then(|parent| self.pending.get_mut(parent)).filter(same) {
                known.extend(pending);
                return parent;
            }
        }
        Some(self.add(pending))
    }

    fn table_arguments(&self, class: Class<'a>, pending: &mut Pending<'a>) {
        let mut arguments = TableArguments::default();
        match self.mappings.directive(class, "__table_args__") {
            Some((_, Resolution::Variable(variable))) => {
                if let Some(value) = variable.value {
                    arguments.read(self.index, variable.scope, value, &pending.columns);
                }
            }
            Some((_, Resolution::Function(function))) => match self.index.result_for(function, class) {
                Some((scope, value)) => arguments.read(self.index, scope, value, &pending.columns),
                None => {
                    arguments.unknowns.push(Unknown::new(function.at(), "table arguments that a function computes"))
                }
            },
            Some((owner, _)) => {
                arguments.unknowns.push(Unknown::new(owner.at(), "table arguments that are not understood"))
            }
            None => {}
        }
        pending.take(arguments);
    }

    /// `SQLModel.metadata.naming_convention = {...}`, `Base.metadata = ...`, outside of Alembic's `env.py`.
    fn note_conventions(&mut self, file: &'a File) {
        if file.path.ends_with("env.py") {
            return;
        }
        let scope = Scope::module(file);
        for statement in file.body() {
            let Stmt::Assign(assign) = statement else {
                continue;
            };
            let [Expr::Attribute(target)] = assign.targets.as_slice() else {
                continue;
            };
            let mut base = Base::default();
            let owner = match (target.attr.as_str(), &*target.value) {
                ("naming_convention", Expr::Attribute(metadata)) if metadata.attr.as_str() == "metadata" => {
                    base.read_convention(self.index, scope, &assign.value);
                    &*metadata.value
                }
                ("metadata", owner) => {
                    base.read_metadata(self.index, scope, &assign.value);
                    owner
                }
                _ => continue,
            };
            self.noted.extend(self.index.resolve(scope, owner).path().map(|path| (path, base)));
        }
    }

    /// `Index("ix_item_title", Item.title)` at the top level of a file.
    fn loose_indexes(&mut self, file: &'a File) {
        let scope = Scope::module(file);
        let assigned =
            self.index.module_names(file).by_name.values().flatten().filter_map(|binding| match binding.kind {
                BindingKind::Value { value: Some(Expr::Call(call)), .. } => Some(call),
                _ => None,
            });
        let stated = file.body().iter().filter_map(|statement| match statement {
            Stmt::Expr(expression) => expression.value.as_call_expr(),
            _ => None,
        });
        let calls: Vec<_> = assigned.chain(stated).filter(|call| self.makes_index(scope, call)).collect();
        for call in calls {
            let arguments = self.index.arguments(scope, call);
            let number = arguments.positional.iter().find_map(|(scope, part)| self.owner_of(*scope, part));
            let Some(table) = number.and_then(|number| self.pending.get_mut(number)) else { continue };
            take_index(self.index, &arguments, table);
        }
    }

    /// The number of the table that a part of an index is of: `Item.title`, `items.c.title.desc()`, `func.lower(Item.title)`.
    fn owner_of(&self, scope: Scope<'a>, part: &'a Expr) -> Option<usize> {
        match part {
            Expr::Call(call) => {
                let method = call.func.as_attribute_expr().and_then(|method| self.owner_of(scope, &method.value));
                method.or_else(|| call.arguments.args.iter().find_map(|argument| self.owner_of(scope, argument)))
            }
            Expr::Subscript(subscript) => self.table_at(scope, subscript.value.as_attribute_expr()?),
            Expr::Attribute(attribute) => {
                let columns = attribute.value.as_attribute_expr().and_then(|columns| self.table_at(scope, columns));
                columns.or_else(|| self.number_of(self.index.resolve(scope, &attribute.value).class()?))
            }
            _ => None,
        }
    }

    /// The number of the table whose columns an expression is: `items.c`, `Item.__table__.columns`.
    fn table_at(&self, scope: Scope<'a>, columns: &'a ExprAttribute) -> Option<usize> {
        if !matches!(columns.attr.as_str(), "c" | "columns") {
            return None;
        }
        match &*columns.value {
            Expr::Attribute(table) if table.attr.as_str() == "__table__" => {
                self.number_of(self.index.resolve(scope, &table.value).class()?)
            }
            table => self.core_table(scope, table),
        }
    }

    /// The number of the Core table that an expression is.
    fn core_table(&self, scope: Scope<'a>, table: &'a Expr) -> Option<usize> {
        let (scope, made) = self.index.followed(scope, table);
        let at = scope.at(made.as_call_expr()?);
        self.pending.iter().position(|pending| pending.at == at)
    }

    fn number_of(&self, class: Class<'a>) -> Option<usize> {
        self.by_class.get(&address(class)).copied()
    }

    /// `registry.map_imperatively(Item, items)`, wherever in a file: the table has a class.
    fn imperative_mappings(&mut self, file: &'a File) {
        if !file.source().contains("map_imperatively") {
            return;
        }
        let scope = Scope::module(file);
        let mut found = Vec::new();
        each_expr(file.body(), &mut |expr: &'a Expr| {
            let call = expr.as_call_expr();
            let method = call.and_then(|call| Some((call, call.func.as_attribute_expr()?)));
            let Some((call, method)) = method else { return };
            if method.attr.as_str() == "map_imperatively" && registry(self.index, scope, &method.value).is_some() {
                found.push(self.index.arguments(scope, call));
            }
        });
        for arguments in found {
            let class = arguments.get("class_", 0).and_then(|(scope, class)| self.index.resolve(scope, class).class());
            let table = arguments.get("local_table", 1).and_then(|(scope, table)| self.core_table(scope, table));
            if let (Some(class), Some(number)) = (class, table) {
                let mapper = self.mapper(class);
                if let Some(pending) = self.pending.get_mut(number) {
                    pending.class.get_or_insert(class);
                    pending.mappers.push(mapper);
                    self.by_class.insert(address(class), number);
                }
            }
        }
    }

    /// `status_index = Index("ix_item_status", status)` in the body of a class: it belongs to the table of its columns.
    fn class_indexes(&self, class: Class<'a>, pending: &mut Pending<'a>) {
        let calls = class.def.body.iter().filter_map(|statement| match statement {
            Stmt::Assign(assign) => assign.value.as_call_expr(),
            Stmt::Expr(expression) => expression.value.as_call_expr(),
            _ => None,
        });
        for call in calls.filter(|call| self.makes_index(class.scope(), call)) {
            take_index(self.index, &self.index.arguments(class.scope(), call), pending);
        }
    }

    fn makes_index(&self, scope: Scope<'a>, call: &'a ExprCall) -> bool {
        self.index.resolve(scope, &call.func).is("sqlalchemy.Index")
    }
}

fn take_index<'a>(index: &Index<'a>, arguments: &Arguments<'a>, table: &mut Pending<'a>) {
    match (Indexes { index, columns: &table.columns }).read(arguments) {
        Known::Known(made) => table.constraints.push(TableConstraint::Index(made)),
        Known::Unknown { unknown } => table.unknowns.push(unknown),
    }
}
