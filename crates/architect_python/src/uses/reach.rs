//! From places to endpoints and tests: who calls the functions that use the subject.

use architect_model::{Certainty, Renaming, Symbol, UseKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::declared::Holders;
use super::findings::{Findings, Found, rank};
use super::flow::enclosing;
use super::world::World;
use crate::resolve::{Class, Frame, Function, Scope};
use crate::style::facts::address;

/// The functions that run a use, as far as calls are known.
pub(super) fn running<'a>(findings: &Findings<'a>) -> Vec<Function<'a>> {
    Callers::of(findings).functions(findings)
}

/// Why an endpoint is reached.
struct Reached {
    why: String,
    certain: Certainty,
}

/// The endpoints and tests that are reached, as uses.
pub(super) fn reached<'a>(
    world: &World<'_, 'a>,
    near: &FxHashSet<usize>,
    holders: &Holders,
    findings: &Findings<'a>,
) -> Vec<Found<'a>> {
    let functions = Callers::of(findings).closure(findings);
    let mut found = Vec::new();
    let mut endpoints: FxHashMap<usize, Certainty> = FxHashMap::default();
    for (number, endpoint) in world.project.endpoints.iter().enumerate() {
        if !world.file_of(&endpoint.handler.module).is_some_and(|file| near.contains(&address(file))) {
            continue;
        }
        let Some(handler) = world.function(&endpoint.handler) else { continue };
        let Some(reached) = why(world, number, handler, &functions, holders) else { continue };
        endpoints.insert(number, reached.certain.clone());
        let kind = UseKind::Endpoint { methods: endpoint.methods.clone(), path: endpoint.path.known().cloned() };
        found.push(Found {
            scope: handler.scope(),
            range: handler.def.name.range,
            kind,
            why: reached.why,
            certain: reached.certain,
            renaming: Renaming::Untouched,
        });
    }
    found.extend(tests(world, findings, &endpoints));
    found
}

fn why<'a>(
    world: &World<'_, 'a>,
    number: usize,
    handler: Function<'a>,
    functions: &FxHashMap<usize, (String, Certainty)>,
    holders: &Holders,
) -> Option<Reached> {
    let held = |class: Class<'a>| world.held(class);
    if let Some((class, certain)) = world.body(number).and_then(|class| Some((class, held(class)?))) {
        return Some(Reached { why: format!("takes `{}`", class.name()), certain });
    }
    let inner = |class: Class<'a>| holders.get(&address(class.def)).cloned();
    let outer = [world.body(number), world.response(number)];
    if let Some((class, (held, certain))) = outer.into_iter().flatten().find_map(|class| Some((class, inner(class)?))) {
        return Some(Reached { why: format!("`{}` holds `{held}`", class.name()), certain });
    }
    if let Some((class, certain)) = world.answer(number).and_then(|class| Some((class, held(class)?))) {
        return Some(Reached { why: format!("answers `{}`", class.name()), certain });
    }
    let dependencies = world.project.endpoints.get(number).into_iter().flat_map(|one| &one.dependencies);
    let through = dependencies.filter_map(|symbol| functions.get(&address(world.function(symbol)?.def)));
    let own = functions.get(&address(handler.def)).into_iter();
    let (name, certain) = own.chain(through).min_by_key(|(_, certain)| rank(certain))?;
    let why = if *name == handler.symbol().name {
        "uses it itself".to_owned()
    } else {
        format!("runs `{name}`, which uses it")
    };
    Some(Reached { why, certain: certain.clone() })
}

/// Tests that call endpoints which are reached, themselves or through functions that they call.
fn tests<'a>(
    world: &World<'_, 'a>,
    findings: &Findings<'a>,
    endpoints: &FxHashMap<usize, Certainty>,
) -> Vec<Found<'a>> {
    let mut called: FxHashMap<usize, (Function<'a>, Vec<usize>)> = FxHashMap::default();
    let callers = Callers::of(findings);
    let mut above: FxHashMap<usize, Vec<Function<'a>>> = FxHashMap::default();
    for (function, endpoint, _) in findings.requests.iter().filter(|(_, endpoint, _)| endpoints.contains_key(endpoint))
    {
        let above = above.entry(address(function.def)).or_insert_with(|| callers.above(vec![*function]));
        for function in above.iter().copied() {
            if function.name().starts_with("test") {
                let entry = called.entry(address(function.def)).or_insert_with(|| (function, Vec::new()));
                if !entry.1.contains(endpoint) {
                    entry.1.push(*endpoint);
                }
            }
        }
    }
    let mut found: Vec<Found<'a>> = called
        .into_values()
        .map(|(function, mut numbers)| {
            numbers.sort_unstable();
            let certain = numbers.iter().filter_map(|number| endpoints.get(number)).min_by_key(|one| rank(one));
            let named: Vec<String> = numbers.iter().filter_map(|number| shown(world, *number)).collect();
            Found {
                scope: function.scope(),
                range: function.def.name.range,
                why: format!("calls {}", named.join(", ")),
                kind: UseKind::Test { endpoints: named },
                certain: certain.cloned().unwrap_or(Certainty::Known),
                renaming: Renaming::Untouched,
            }
        })
        .collect();
    found.sort_by_key(|one| one.scope.at(one.range));
    found
}

fn shown(world: &World<'_, '_>, endpoint: usize) -> Option<String> {
    let endpoint = world.project.endpoints.get(endpoint)?;
    let path = endpoint.path.known().map_or("(path unknown)", String::as_str);
    Some(format!("{} {path}", endpoint.methods.join(",")))
}

/// Which functions name each function.
struct Callers<'a> {
    of: FxHashMap<usize, Vec<Function<'a>>>,
}

impl<'a> Callers<'a> {
    fn of(findings: &Findings<'a>) -> Self {
        let mut of: FxHashMap<usize, Vec<Function<'a>>> = FxHashMap::default();
        for (caller, callee) in &findings.calls {
            of.entry(address(callee.def)).or_default().push(*caller);
        }
        Self { of }
    }

    /// The functions that run a use, nearest first.
    fn functions(&self, findings: &Findings<'a>) -> Vec<Function<'a>> {
        let using = findings.uses.iter().filter(|found| runs(found)).map(|found| found.scope);
        let carrying = findings.parameters.iter().map(|(_, found)| found.scope);
        self.above(using.chain(carrying).filter_map(enclosing).collect())
    }

    /// Some functions and all that name them, nearest first.
    fn above(&self, from: Vec<Function<'a>>) -> Vec<Function<'a>> {
        let mut seen = FxHashSet::default();
        let mut open: Vec<Function<'a>> = from.into_iter().filter(|one| seen.insert(address(one.def))).collect();
        let mut next = 0;
        while let Some(function) = open.get(next).copied() {
            next += 1;
            let callers = self.of.get(&address(function.def)).into_iter().flatten();
            open.extend(callers.filter(|caller| seen.insert(address(caller.def))));
        }
        open
    }

    /// The functions that run a use: by address, the function with the use, and how certain it is.
    fn closure(&self, findings: &Findings<'a>) -> FxHashMap<usize, (String, Certainty)> {
        let mut reached: FxHashMap<usize, (String, Certainty)> = FxHashMap::default();
        let mut open: Vec<Function<'a>> = Vec::new();
        let mut uses: Vec<&Found<'a>> = findings.uses.iter().filter(|found| runs(found)).collect();
        uses.sort_by_key(|found| (rank(&found.certain), found.scope.at(found.range)));
        for found in uses {
            let Some(function) = enclosing(found.scope) else { continue };
            reached.entry(address(function.def)).or_insert_with(|| {
                open.push(function);
                (function.symbol().name, found.certain.clone())
            });
        }
        let mut next = 0;
        while let Some(function) = open.get(next).copied() {
            next += 1;
            let Some(reason) = reached.get(&address(function.def)).cloned() else { continue };
            for caller in self.of.get(&address(function.def)).into_iter().flatten() {
                reached.entry(address(caller.def)).or_insert_with(|| {
                    open.push(*caller);
                    reason.clone()
                });
            }
        }
        reached
    }
}

/// Whether a use is code that runs with a request.
fn runs(found: &Found<'_>) -> bool {
    !matches!(found.certain, Certainty::Possible { .. })
        && !super::layer::is_test(&found.scope.file.path)
        && !matches!(found.kind, UseKind::Declaration | UseKind::Constraint | UseKind::Reference)
}

impl<'a> World<'_, 'a> {
    /// The function of a symbol.
    pub(super) fn function(&self, symbol: &Symbol) -> Option<Function<'a>> {
        let file = self.file_of(&symbol.module)?;
        if let Some(function) = self.index.module_member(file, &symbol.name).and_then(|found| found.function()) {
            return Some(function);
        }
        let (class, method) = symbol.name.rsplit_once('.')?;
        let class = super::carriers::class_in(self.index, file, &Symbol::new(symbol.module.clone(), class))?;
        self.index.methods(class).into_iter().find(|known| known.name() == method)
    }

    /// How certain a class has the subject: its field, or for a whole entity, whether it is of the family.
    pub(super) fn held(&self, class: Class<'a>) -> Option<Certainty> {
        self.carriers.of(class).map(|carrier| carrier.certain.clone())
    }
}

/// Settles what could not be decided where it was seen: parameters with their arguments, and loose keys.
pub(super) fn settle<'a>(world: &World<'_, 'a>, findings: &mut Findings<'a>) {
    let mut linked = std::mem::take(&mut findings.linked);
    loop {
        let before = linked.len();
        for argument in &findings.arguments {
            if linked.contains(&address(argument.function.def)) {
                linked.extend(argument.handed_on);
            }
        }
        if linked.len() == before {
            break;
        }
    }
    let mut family: FxHashSet<usize> = FxHashSet::default();
    for (function, mut found) in std::mem::take(&mut findings.parameters) {
        if !linked.contains(&address(function.def)) {
            if !is_of_family(world, function) {
                continue;
            }
            family.insert(address(function.def));
            let reason = "it is named after the field; what it is used for was not followed".to_owned();
            found.renaming = Renaming::Asks { reason: reason.clone() };
            found.certain = Certainty::Probable { reason };
        }
        findings.add(found);
    }
    for argument in std::mem::take(&mut findings.arguments) {
        let Some(mut found) = argument.found else { continue };
        if !linked.contains(&address(argument.function.def)) {
            if !family.contains(&address(argument.function.def)) {
                continue;
            }
            let reason = "the parameter is named after the field".to_owned();
            found.renaming = Renaming::Asks { reason: reason.clone() };
            found.certain = Certainty::Probable { reason };
        }
        findings.add(found);
    }
    for (dict, found) in std::mem::take(&mut findings.taken) {
        if findings.given.contains(&dict) {
            findings.add(found);
        } else {
            findings.loose.push((Some(dict), found));
        }
    }
    loose(world, findings);
}

/// Keys whose dictionary is not known count where the code around speaks of the family.
fn loose<'a>(world: &World<'_, 'a>, findings: &mut Findings<'a>) {
    let mut talking: FxHashSet<usize> = FxHashSet::default();
    for (function, endpoint, _) in &findings.requests {
        let speaks = |class: Option<Class<'a>>| class.is_some_and(|class| world.held(class).is_some());
        if speaks(world.body(*endpoint)) || speaks(world.answer(*endpoint)) {
            talking.insert(address(function.def));
        }
    }
    let names: Vec<&str> = world.carriers.all().iter().map(|carrier| carrier.class.name()).collect();
    for (dict, mut found) in std::mem::take(&mut findings.loose) {
        if dict.is_some_and(|dict| findings.foreign.contains(&dict) && !findings.given.contains(&dict)) {
            continue;
        }
        let talks = enclosing(found.scope).is_some_and(|function| talking.contains(&address(function.def)));
        let reason = "what the dictionary is for is not known".to_owned();
        let certain = match talks {
            true => Certainty::Probable { reason: format!("{reason}; the test calls endpoints that have the field") },
            false if names.iter().any(|name| found.scope.file.source().contains(name)) => {
                Certainty::Possible { reason }
            }
            false => continue,
        };
        found.renaming = Renaming::Asks { reason: "what the dictionary is for is not known".into() };
        found.certain = certain;
        findings.add(found);
    }
}

/// Whether a function belongs to the layers of the entity.
fn is_of_family<'a>(world: &World<'_, 'a>, function: Function<'a>) -> bool {
    let symbol = function.symbol();
    let handles = |handler: &architect_model::Handler| {
        handler.symbol == symbol && handler.table.as_ref() == Some(&world.subject.entity)
    };
    if world.project.handlers.iter().any(handles) {
        return true;
    }
    let Some(Frame::Class(def)) = function.outer.frames().last() else { return false };
    let class = Class { outer: Scope::module(function.file()), def }.symbol();
    let layers = world.project.repositories.iter().chain(&world.project.services);
    let entity = world.carriers.entity().map(|entity| entity.name());
    layers.into_iter().any(|layer| layer.symbol == class && layer.model.as_deref() == entity)
}
