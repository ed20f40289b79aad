//! Reads what clients of an API see: what each function that answers requests takes, answers and refuses.

mod actions;
mod classes;
mod constants;
mod errors;
mod guards;
mod parameters;
mod reached;
mod rows;
mod sets;
mod steps;
#[cfg(test)]
mod tests;
mod values;

use architect_model::{
    Api, ApiOperation, ApiRaise, ApiValue, Endpoint, EndpointAccess, OwnerCheck, Project, Symbol, TakenValue, Unknown,
};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use self::classes::Classes;
use self::errors::Answers;
use self::parameters::Taken;
use self::reached::Met;
use self::steps::StepKind;
use self::values::Environment;
use crate::resolve::{Function, Index};
use crate::style::facts::Facts;
use crate::style::handlers::Handler;
use crate::style::trace::Layers;
use crate::style::walk::{each_expr, keyword};

pub(crate) use actions::sets;
pub(crate) use reached::Reach;
pub(crate) use rows::Rows;
pub(crate) use steps::Sought;

/// Dependencies of routers are followed this deep.
const DEPTH: u8 = 12;

/// What clients see of the project that was read from `index`.
pub(crate) fn read<'a>(index: &'a Index<'a>, project: &Project) -> Api {
    let facts = Facts::collect(index);
    let layers = Layers::collect(&facts);
    let users = project.style.user.table.clone();
    let rows = Rows::new(&facts, &layers, &project.tables, users);
    let answers = Answers::collect(&facts, project.style.user.superuser_attribute.clone());
    let pydantic = project.versions.iter().find(|package| package.name == "pydantic");
    let pydantic_1 = pydantic.is_some_and(|package| package.version.starts_with("1."));
    let mut reader = Reader {
        rows: &rows,
        project,
        answers,
        classes: Classes::new(index, pydantic_1),
        reach: Reach::new(Sought::All),
        functions: None,
    };
    let invalid = reader.answers.invalid(&mut reader.classes);
    let mut operations: Vec<ApiOperation> = Vec::new();
    for handler in &facts.handlers {
        if !operations.iter().any(|known| known.handler == handler.function.symbol()) {
            operations.push(reader.operation(handler));
        }
    }
    let taken = taken(&rows);
    Api { operations, classes: reader.classes.finish(), invalid, taken }
}

struct Reader<'r, 'a> {
    rows: &'r Rows<'r, 'a>,
    project: &'r Project,
    answers: Answers<'a>,
    classes: Classes<'a, 'a>,
    reach: Reach<'a>,
    /// Functions of the project by their symbols, once they are asked for.
    functions: Option<FxHashMap<Symbol, Function<'a>>>,
}

impl<'a> Reader<'_, 'a> {
    fn operation(&mut self, handler: &Handler<'a>) -> ApiOperation {
        let function = handler.function;
        let symbol = function.symbol();
        let endpoint = self.project.endpoints.iter().find(|endpoint| endpoint.handler == symbol);
        let path = endpoint.and_then(|endpoint| endpoint.path.known().cloned());
        let path = path.or_else(|| handler.path.clone()).unwrap_or_default();
        let mut taken = Taken::default();
        taken.add(&mut self.classes, function, &path);
        for function in endpoint.map(|endpoint| self.of_routers(endpoint)).unwrap_or_default() {
            taken.dependency(&mut self.classes, function, &path, DEPTH);
        }
        let body = taken.body(&self.classes);
        let response = self.response(handler, endpoint);
        let met = self.reach.of(self.rows, function);
        let credentials = endpoint.map(|endpoint| self.credentials(endpoint, &path)).unwrap_or_default();
        let mut raises = Vec::new();
        let mut before = Vec::new();
        for dependency in &taken.dependencies {
            let is_about_caller = credentials.iter().any(|known| std::ptr::eq(known.def, dependency.def));
            let reached = self.reach.of(self.rows, *dependency);
            for one in &reached {
                self.raise(one, is_about_caller, &mut raises);
            }
            if !is_about_caller {
                before.extend(reached);
            }
        }
        for one in &met {
            self.raise(one, false, &mut raises);
        }
        let mut owner = self.owner(&before);
        owner.extend(self.owner(&met));
        let mut unknowns = taken.unknowns;
        for one in &met {
            if let StepKind::Lost(unknown) = &one.step().kind {
                let is_same = |known: &Unknown| known.reason == unknown.reason && known.at.file == unknown.at.file;
                if !unknowns.iter().any(is_same) {
                    unknowns.push(unknown.clone());
                }
            }
        }
        let is_set = |name: &&str| {
            let given = keyword(handler.call, &format!("response_model_{name}"));
            given.is_some_and(|given| given.as_boolean_literal_expr().is_some_and(|flag| flag.value))
        };
        ApiOperation {
            handler: symbol,
            summary: self.summary(handler),
            parameters: taken.parameters,
            body,
            response,
            omits: ["exclude_none", "exclude_unset", "exclude_defaults"]
                .iter()
                .filter(|name| is_set(name))
                .map(|name| (*name).to_owned())
                .collect(),
            schemes: taken.schemes,
            scopes: taken.scopes,
            owner,
            order: order(&met),
            partial: met.iter().any(|one| matches!(one.step().kind, StepKind::Partial)),
            raises,
            unknowns,
            at: function.at(),
        }
    }

    /// The functions that tell who the caller is: the one that demands credentials, and what that depends on.
    fn credentials(&mut self, endpoint: &Endpoint, path: &str) -> Vec<Function<'a>> {
        let (EndpointAccess::SignedIn { dependency } | EndpointAccess::Role { dependency }) = &endpoint.access else {
            return Vec::new();
        };
        let Some(function) = self.functions().get(dependency).copied() else { return Vec::new() };
        let mut taken = Taken::default();
        taken.dependency(&mut self.classes, function, path, DEPTH);
        taken.dependencies
    }

    /// The functions that the routers around an endpoint depend on.
    fn of_routers(&mut self, endpoint: &Endpoint) -> Vec<Function<'a>> {
        let functions = self.functions();
        endpoint.direct_dependencies.iter().filter_map(|symbol| functions.get(symbol).copied()).collect()
    }

    /// The functions of the project by their symbols.
    fn functions(&mut self) -> &FxHashMap<Symbol, Function<'a>> {
        let rows = self.rows;
        self.functions.get_or_insert_with(|| {
            let files = rows.facts.index.files().project().iter();
            let all = files.flat_map(|file| {
                let methods = rows.facts.index.classes(file).flat_map(|class| rows.facts.index.methods(class));
                rows.facts.index.functions(file).into_iter().chain(methods).collect::<Vec<_>>()
            });
            all.map(|function| (function.symbol(), function)).collect()
        })
    }

    /// What is answered: as FastAPI takes it from `response_model`, or from the return annotation.
    fn response(&mut self, handler: &Handler<'a>, endpoint: Option<&Endpoint>) -> Option<ApiValue> {
        let scope = handler.function.outer;
        let expr = match keyword(handler.call, "response_model") {
            Some(model) if model.is_none_literal_expr() => return None,
            Some(model) => model,
            // The reader of endpoints tells a model from a response that is given as it is.
            None if endpoint.is_some_and(|endpoint| endpoint.response.is_none()) => return None,
            None => handler.function.def.returns.as_deref()?,
        };
        Some(self.classes.value(scope, expr, &Environment::new()))
    }

    fn raise(&mut self, met: &Met<'a>, by_dependency: bool, found: &mut Vec<ApiRaise>) {
        let Some(raise) = self.answers.raise(self.rows, &mut self.classes, met, by_dependency) else { return };
        let same = found.iter().any(|known| {
            known.status == raise.status
                && known.detail == raise.detail
                && known.about == raise.about
                && (known.detail.is_some() || known.at == raise.at)
        });
        if !same {
            found.push(raise);
        }
    }

    fn owner(&self, met: &[Met<'a>]) -> Vec<OwnerCheck> {
        let mut found: Vec<OwnerCheck> = Vec::new();
        for one in met {
            let step = one.step();
            let StepKind::Owner { table, column, in_query } = &step.kind else { continue };
            // What only administrators skip is decided around the comparison, or beside it in the same test.
            let around = one.when.iter().any(|condition| self.answers.asks_administrator(condition));
            let beside = self.beside(met, one);
            let check = OwnerCheck {
                table: table.symbol(),
                column: column.clone(),
                in_query: *in_query,
                administrators_pass: around || beside,
                always: one.when.iter().all(|condition| self.answers.asks_administrator(condition)),
                at: step.at.clone(),
            };
            if !found.contains(&check) {
                found.push(check);
            }
        }
        found
    }

    /// Whether what the comparison decides asks for administrators, too.
    fn beside(&self, met: &[Met<'a>], one: &Met<'a>) -> bool {
        let at = &one.step().at;
        met.iter().filter(|other| std::ptr::eq(other.function.def, one.function.def)).any(|other| {
            other.step().when.iter().any(|condition| {
                let test = condition.scope.at(condition.test);
                let holds = test.file == at.file && test.start <= at.start && at.end <= test.end;
                holds && self.answers.asks_administrator(condition)
            })
        })
    }

    fn summary(&self, handler: &Handler<'a>) -> Option<String> {
        let index = self.rows.facts.index;
        let given = keyword(handler.call, "summary")
            .and_then(|given| index.string(handler.function.outer, given).known().cloned());
        given.or_else(|| doc(&handler.function.def.body))
    }
}

/// The first sentence of a docstring.
fn doc(body: &[Stmt]) -> Option<String> {
    let text = body.first()?.as_expr_stmt()?.value.as_string_literal_expr()?.value.to_str().trim().to_owned();
    let first: String = text.split("\n\n").next()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = first.find(". ").map_or(first.len(), |end| end + 1);
    Some(first[..end].to_owned()).filter(|text| !text.is_empty())
}

fn order(met: &[Met<'_>]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for one in met {
        if let StepKind::Order(column, descending) = &one.step().kind {
            let known = found.iter().any(|known| known.trim_start_matches('-') == column);
            if !known {
                found.push(format!("{}{column}", if *descending { "-" } else { "" }));
            }
        }
    }
    found
}

/// Texts that stand beside the names of unique constraints in mappings.
fn taken(rows: &Rows<'_, '_>) -> Vec<TakenValue> {
    let names: FxHashSet<&str> = rows
        .tables
        .iter()
        .flat_map(|table| &table.constraints)
        .filter(|constraint| constraint.unique_columns().is_some())
        .filter_map(architect_model::TableConstraint::name)
        .collect();
    let mut found = Vec::new();
    for file in &rows.facts.files {
        let scope = crate::resolve::Scope::module(file);
        let mut see = |expr: &Expr| {
            let Expr::Dict(dict) = expr else { return };
            for item in &dict.items {
                let key = item.key.as_ref().and_then(|key| key.as_string_literal_expr());
                let value = item.value.as_string_literal_expr();
                if let (Some(key), Some(value)) = (key, value)
                    && names.contains(key.value.to_str())
                {
                    found.push(TakenValue {
                        constraint: key.value.to_str().to_owned(),
                        detail: value.value.to_str().to_owned(),
                        at: scope.at(&item.value),
                    });
                }
            }
        };
        each_expr(file.body(), &mut see);
    }
    found
}
