//! Repositories and services: classes with their methods, or files of functions.

use architect_model::{Layer, Method, Parameter, ParameterKind};
use rayon::prelude::*;
use ruff_python_ast::Expr;
use rustc_hash::FxHashSet;

use crate::resolve::{Class, Function};
use crate::style::aliases::Alias;
use crate::style::entity::Entity;
use crate::style::facts::{Facts, Layered, address, is_table, start_of};
use crate::style::handlers::Action;
use crate::style::path;
use crate::style::session::is_session;
use crate::style::trace;
use crate::style::walk::each_expr;
use crate::syntax::File;

/// The classes and function files of one layer.
pub(crate) struct Found<'a> {
    /// Classes that serve something; not the base classes that they extend.
    pub(crate) classes: Vec<LayerClass<'a>>,
    /// Files with functions.
    pub(crate) files: Vec<LayerFunctions<'a>>,
}

/// A class of a layer.
pub(crate) struct LayerClass<'a> {
    /// The class.
    pub(crate) class: Class<'a>,
    /// Table class that it serves.
    pub(crate) entity: Option<Entity<'a>>,
}

/// A file of functions of a layer.
pub(crate) struct LayerFunctions<'a> {
    /// The file.
    pub(crate) file: &'a File,
    /// Its public functions.
    pub(crate) functions: Vec<Function<'a>>,
}

impl<'a> Found<'a> {
    /// Collects one layer.
    pub(crate) fn collect(facts: &Facts<'a>, layer: Layered) -> Self {
        let works = if layer == Layered::Service { Worked::find(facts) } else { Worked::default() };
        let of_file = |file: &&'a File| -> Vec<Class<'a>> {
            let classes = facts.index.classes(file);
            classes
                .filter(|class| is_of_layer(facts, *class, layer) || works.classes.contains(&address(class.def)))
                .collect()
        };
        let all: Vec<Vec<Class<'a>>> = facts.files.par_iter().map(of_file).collect();
        let all: Vec<Class<'a>> = all.into_iter().flatten().collect();
        let extended = extended(facts, &all);
        let served = all.iter().map(|class| LayerClass { class: *class, entity: entity(facts, *class) });
        let classes: Vec<LayerClass<'a>> = served.filter(|found| !is_base(facts, found, &extended)).collect();
        let with_classes: FxHashSet<&str> = classes.iter().map(|found| &*found.class.file().path).collect();
        let files = facts
            .files
            .iter()
            .filter(|file| !with_classes.contains(&*file.path))
            .filter_map(|file| functions(facts, file, layer, works.files.contains(&*file.path)))
            .collect();
        Self { classes, files }
    }

    /// As the model describes them.
    pub(crate) fn layers(&self, facts: &Facts<'a>, aliases: &[Alias<'a>]) -> Vec<Layer> {
        let alias = |class: Class<'a>| {
            let given = |alias: &&Alias<'a>| alias.annotation.resolution.class() == Some(class);
            aliases.iter().filter(given).find(|alias| alias.depends(facts.index)).map(Alias::symbol)
        };
        let classes = self.classes.par_iter().map(|found| Layer {
            symbol: found.class.symbol(),
            bases: found.class.base_expressions().iter().map(|base| found.class.file().text(base).to_owned()).collect(),
            model: found.entity.map(|entity| entity.class.name().to_owned()),
            alias: alias(found.class),
            methods: facts.index.methods(found.class).into_iter().map(method).collect(),
            at: found.class.at(),
        });
        let files = self.files.par_iter().map(|found| Layer {
            symbol: architect_model::Symbol::new(found.file.module.clone(), ""),
            bases: Vec::new(),
            model: None,
            alias: None,
            methods: found.functions.iter().copied().map(method).collect(),
            at: start_of(found.file),
        });
        let mut layers: Vec<Layer> = classes.chain(files).collect();
        layers.sort_by(|a, b| a.at.cmp(&b.at));
        layers
    }
}

/// What does the work of handlers, whatever it is called: `TareaServicio` in `servicio.py`.
#[derive(Default)]
struct Worked<'a> {
    classes: FxHashSet<usize>,
    files: FxHashSet<&'a str>,
}

impl<'a> Worked<'a> {
    /// Classes and files without a name that tells the layer, to which handlers of one entity leave two kinds of
    /// requests or more, and which reach for rows themselves.
    fn find(facts: &Facts<'a>) -> Self {
        let mut classes: Vec<(Class<'a>, Vec<Action>)> = Vec::new();
        let mut files: Vec<(&'a str, Vec<Action>)> = Vec::new();
        for handler in &facts.handlers {
            let Some(action) = handler.action else { continue };
            for callee in trace::callees(facts, handler.function) {
                if has_known_name(facts, callee) || !reaches_rows(facts, callee) {
                    continue;
                }
                match callee.class() {
                    Some(class) if facts.entity_of_name(class.name()).is_some() && may_be_layer(facts, class) => {
                        count(&mut classes, class, action);
                    }
                    None if callee.file().path != handler.function.file().path => {
                        count(&mut files, &*callee.file().path, action);
                    }
                    _ => {}
                }
            }
        }
        let several = |actions: &Vec<Action>| actions.len() > 1;
        Self {
            classes: classes.iter().filter(|found| several(&found.1)).map(|found| address(found.0.def)).collect(),
            files: files.iter().filter(|found| several(&found.1)).map(|found| found.0).collect(),
        }
    }
}

fn count<T: PartialEq>(found: &mut Vec<(T, Vec<Action>)>, one: T, action: Action) {
    match found.iter_mut().find(|(known, _)| *known == one) {
        Some((_, actions)) if actions.contains(&action) => {}
        Some((_, actions)) => actions.push(action),
        None => found.push((one, vec![action])),
    }
}

/// Whether the name of a function's class or file tells its layer, or it is a handler's own.
fn has_known_name<'a>(facts: &Facts<'a>, function: Function<'a>) -> bool {
    let stem = path::stem(&function.file().path);
    let folder = path::name(path::folder(&function.file().path));
    let known = |word: &str| REPOSITORY_FILES.contains(&word) || SERVICE_FILES.contains(&word);
    let class = function.class();
    let of_layer =
        |class| is_of_layer(facts, class, Layered::Repository) || is_of_layer(facts, class, Layered::Service);
    match class {
        Some(class) => of_layer(class),
        None => {
            let words = stem.rsplit('_').next().is_some_and(known);
            known(stem) || known(folder) || words || facts.has_handlers(function.file())
        }
    }
}

/// Whether a function has a session to work with, its own or its class's, or queries.
fn reaches_rows<'a>(facts: &Facts<'a>, function: Function<'a>) -> bool {
    let given = |function: Function<'a>| {
        takes_session(&function) || facts.parameters(function).iter().any(|one| one.class().is_some_and(is_session))
    };
    let init = || {
        let class = function.class()?;
        facts.index.member(class, "__init__")?.1.function()
    };
    given(function) || queries(&function) || init().is_some_and(given)
}

/// Whether a class can be of a layer: it is no schema, no table, no error.
fn may_be_layer<'a>(facts: &Facts<'a>, class: Class<'a>) -> bool {
    !class.outer.is_local()
        && !facts.index.derives_from(class, "pydantic.BaseModel")
        && !is_table(facts.index, class)
        && !is_exception(class.name())
}

const REPOSITORY_SUFFIXES: [&str; 8] = ["Repository", "Repo", "CRUD", "Crud", "DAO", "Dao", "Queries", "Gateway"];
const SERVICE_SUFFIXES: [&str; 4] = ["Service", "Services", "UseCase", "UseCases"];
const REPOSITORY_FILES: [&str; 9] =
    ["repository", "repositories", "repo", "repos", "crud", "cruds", "dao", "daos", "queries"];
const SERVICE_FILES: [&str; 5] = ["service", "services", "use_cases", "usecases", "usecase"];

/// Whether a class belongs to a layer: by its name, or by the base class that it extends.
fn is_of_layer<'a>(facts: &Facts<'a>, class: Class<'a>, layer: Layered) -> bool {
    let named = |name: &str| match layer {
        Layered::Repository => {
            REPOSITORY_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) || name.starts_with("CRUD")
        }
        Layered::Service => SERVICE_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)),
    };
    if class.outer.is_local() || facts.is_schema(class) || is_table(facts.index, class) {
        return false;
    }
    let by_base = || {
        let bases = class.base_expressions().iter().filter_map(|base| crate::style::walk::last_name(base));
        bases.into_iter().any(|base| named(base) || named(base.trim_start_matches("Base")))
    };
    let interface = facts.index.bases(class).iter().any(|base| base.resolution.is("typing.Protocol"));
    let has_methods =
        class.def.body.iter().any(|stmt| stmt.is_function_def_stmt()) || !class.base_expressions().is_empty();
    (named(class.name()) || by_base()) && !interface && has_methods && !is_exception(class.name())
}

fn is_exception(name: &str) -> bool {
    name.ends_with("Error") || name.ends_with("Exception")
}

/// The classes that others of a layer extend, by address.
fn extended<'a>(facts: &Facts<'a>, all: &[Class<'a>]) -> FxHashSet<usize> {
    let mut found = FxHashSet::default();
    for class in all {
        let ancestors = facts.index.mro(*class).classes();
        found.extend(ancestors.filter(|base| base != class).map(|base| address(base.def)));
    }
    found
}

/// Whether a class is there to be extended: others of the layer extend it, and it serves no table.
fn is_base<'a>(facts: &Facts<'a>, found: &LayerClass<'a>, extended: &FxHashSet<usize>) -> bool {
    if !facts.index.type_parameters(found.class).is_empty() {
        return true;
    }
    let name = found.class.name();
    let named = ["Base", "Abstract", "Generic", "Interface", "Protocol"].iter().any(|word| name.contains(word));
    found.entity.is_none() && (named || extended.contains(&address(found.class.def)))
}

/// The table class that a class of a layer serves: a type argument, the attribute `model`, or the one it is named after.
fn entity<'a>(facts: &Facts<'a>, class: Class<'a>) -> Option<Entity<'a>> {
    let argument = facts
        .index
        .bases(class)
        .into_iter()
        .flat_map(|base| base.arguments)
        .find_map(|argument| facts.table(facts.index.resolve(class.outer, argument).class()?));
    let attribute = || {
        let (owner, member) = facts.index.member(class, "model")?;
        let value = member.variable()?.value?;
        facts.table(facts.index.resolve(owner.scope(), value).class()?)
    };
    argument.or_else(attribute).or_else(|| {
        let name = class.name().trim_start_matches("CRUD");
        facts.entity_of_name(name)
    })
}

/// The functions of a file that is named after the layer, or stands in a folder that is.
fn functions<'a>(facts: &Facts<'a>, file: &'a File, layer: Layered, works: bool) -> Option<LayerFunctions<'a>> {
    let words: &[&str] = match layer {
        Layered::Repository => &REPOSITORY_FILES,
        Layered::Service => &SERVICE_FILES,
    };
    let stem = path::stem(&file.path);
    let folder = path::name(path::folder(&file.path));
    let by_name = words.contains(&stem)
        || words.contains(&folder)
        || stem.rsplit('_').next().is_some_and(|last| words.contains(&last));
    if !by_name && !works {
        return None;
    }
    let functions: Vec<Function<'a>> =
        facts.index.functions(file).into_iter().filter(|function| !function.name().starts_with('_')).collect();
    let works = works
        || functions.iter().any(|function| takes_session(function) || queries(function) || layer == Layered::Service);
    (works && !functions.is_empty()).then_some(LayerFunctions { file, functions })
}

fn takes_session(function: &Function<'_>) -> bool {
    let mut parameters = function.def.parameters.iter_non_variadic_params();
    parameters.any(|parameter| matches!(parameter.name().as_str(), "session" | "db" | "db_session" | "conn" | "uow"))
}

fn queries(function: &Function<'_>) -> bool {
    let mut found = false;
    each_expr(&function.def.body, &mut |expr| {
        if let Expr::Call(call) = expr {
            found |= matches!(crate::style::walk::last_name(&call.func), Some("select" | "query"));
        }
    });
    found
}

/// A function or method as the model describes it.
pub(crate) fn method(function: Function<'_>) -> Method {
    let file = function.file();
    let text = |expr: &Expr| file.text(expr).to_owned();
    let mut parameters: Vec<Parameter> = Vec::new();
    let list = &function.def.parameters;
    let normal = |kind: ParameterKind| {
        move |parameter: &ruff_python_ast::ParameterWithDefault| Parameter {
            name: parameter.name().to_string(),
            annotation: parameter.annotation().map(text),
            default: parameter.default().map(text),
            kind,
        }
    };
    let variadic = |kind: ParameterKind| {
        move |parameter: &ruff_python_ast::Parameter| Parameter {
            name: parameter.name.to_string(),
            annotation: parameter.annotation().map(text),
            default: None,
            kind,
        }
    };
    parameters.extend(list.posonlyargs.iter().map(normal(ParameterKind::PositionalOnly)));
    parameters.extend(list.args.iter().map(normal(ParameterKind::Normal)));
    parameters.extend(list.vararg.as_deref().map(variadic(ParameterKind::Arguments)));
    parameters.extend(list.kwonlyargs.iter().map(normal(ParameterKind::KeywordOnly)));
    parameters.extend(list.kwarg.as_deref().map(variadic(ParameterKind::KeywordArguments)));
    let is_static =
        function.def.decorator_list.iter().any(|decorator| file.text(&decorator.expression) == "staticmethod");
    if function.class().is_some() && !is_static && !parameters.is_empty() {
        parameters.remove(0);
    }
    Method {
        name: function.name().to_owned(),
        is_async: function.def.is_async,
        parameters,
        returns: function.def.returns.as_deref().map(text),
        at: function.at(),
    }
}
