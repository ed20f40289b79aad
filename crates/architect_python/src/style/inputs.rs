//! Types for what clients send: `Text = Annotated[str, …]`, and what stands for a value that was not sent.

use architect_model::{InputKind, InputType, SchemaStyle, Symbol};
use rayon::prelude::*;
use ruff_python_ast::{Expr, ExprCall, Operator};
use rustc_hash::FxHashMap;

use super::aliases::Alias;
use super::facts::{Facts, symbol_of};
use super::walk::{each_expr, keyword};
use crate::resolve::{BindingKind, Class, Index, Placed, Resolution, Scope};
use crate::syntax::File;

/// Fills in the types for what clients send.
pub(super) fn read<'a>(facts: &Facts<'a>, aliases: &[Alias<'a>], style: &mut SchemaStyle) {
    let mut found: Vec<(InputKind, &Alias<'a>)> = Vec::new();
    for alias in aliases.iter().filter(|alias| !is_of_request(facts.index, alias)) {
        match kind(facts.index, alias) {
            Some(kind) if !alias.name.starts_with('_') && !found.iter().any(|(known, _)| *known == kind) => {
                found.push((kind, alias));
            }
            Some(_) => {}
            None => style.named_types |= calls(alias).any(|(scope, call)| is_field(facts.index, scope, call)),
        }
    }
    let whole = found.iter().find(|(kind, _)| *kind == InputKind::Int32).and_then(|(_, alias)| marker(facts, alias));
    keep_shared(facts, &mut found);
    found.sort_by_key(|(kind, _)| *kind);
    style.inputs = found.iter().map(|(kind, alias)| InputType { kind: *kind, symbol: alias.symbol() }).collect();
    style.whole = whole;
    style.digits = digits(facts);
    style.unset = unset(facts);
}

/// The calls in what `Annotated` adds.
fn calls<'a>(alias: &Alias<'a>) -> impl Iterator<Item = (Scope<'a>, &'a ExprCall)> {
    alias.annotation.metadata.iter().filter_map(|(scope, extra)| Some((*scope, extra.as_call_expr()?)))
}

/// Whether an alias says from where in a request a value comes, or that it is a dependency.
fn is_of_request<'a>(index: &Index<'a>, alias: &Alias<'a>) -> bool {
    const PLACES: [&str; 9] = ["Depends", "Security", "Query", "Path", "Header", "Body", "Form", "File", "Cookie"];
    calls(alias).any(|(scope, call)| {
        let function = index.resolve(scope, &call.func);
        function.library().and_then(|path| path.strip_prefix("fastapi.")).is_some_and(|name| PLACES.contains(&name))
    })
}

fn is_field<'a>(index: &Index<'a>, scope: Scope<'a>, call: &'a ExprCall) -> bool {
    let function = index.resolve(scope, &call.func);
    function.is("pydantic.Field") || function.is("sqlmodel.Field")
}

/// What values of an alias are, where it is a type for everybody. One that refines another is a type of its own.
fn kind<'a>(index: &Index<'a>, alias: &Alias<'a>) -> Option<InputKind> {
    let annotation = &alias.annotation;
    if !annotation.aliases.is_empty() || !annotation.alternatives.is_empty() || annotation.optional {
        return None;
    }
    let says = |name: &str| calls(alias).any(|(_, call)| keyword(call, name).is_some());
    let texts = texts(alias);
    let by_form = !texts.is_empty();
    match &annotation.resolution {
        Resolution::Builtin("str") if texts.iter().any(|text| text.contains('@')) => Some(InputKind::Email),
        Resolution::Builtin("str") => {
            let checked = takes_any_text(index, alias) || validates(index, alias);
            (checked && !says("min_length") && !says("max_length")).then_some(InputKind::Text)
        }
        Resolution::Builtin("int") if by_form => Some(match integer(index, alias) {
            Some(InputKind::Int64) => InputKind::QueryBigInteger,
            _ => InputKind::QueryInteger,
        }),
        Resolution::Builtin("int") => integer(index, alias),
        Resolution::Builtin("bool") => Some(if by_form { InputKind::QueryBoolean } else { InputKind::Boolean }),
        Resolution::Builtin("float") if by_form => Some(InputKind::QueryFloat),
        Resolution::Builtin("float") => says("allow_inf_nan").then_some(InputKind::Float),
        Resolution::Builtin("dict") => is_json(index, alias).then_some(InputKind::Json),
        Resolution::Library(path) => match path.as_str() {
            "pydantic.EmailStr" => Some(InputKind::Email),
            "datetime.date" => Some(InputKind::Date),
            "datetime.time" => Some(InputKind::Time),
            "datetime.datetime" | "pydantic.AwareDatetime" => Some(InputKind::DateTime),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an alias has a pattern, and it is one that any plain text meets: a pattern of telephone numbers is no type for
/// all texts.
fn takes_any_text<'a>(index: &Index<'a>, alias: &Alias<'a>) -> bool {
    calls(alias).any(|(scope, call)| {
        let pattern = keyword(call, "pattern").and_then(|value| index.string(scope, value).known().cloned());
        let pattern = pattern.and_then(|text| regex::Regex::new(&text).ok());
        pattern.is_some_and(|pattern| ["Name", "Some name 2"].iter().all(|text| pattern.is_match(text)))
    })
}

/// The texts that the metadata's calls are given: the forms that a value must have.
fn texts<'a>(alias: &Alias<'a>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (_, call) in calls(alias) {
        let given = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        found.extend(given.filter_map(|value| Some(value.as_string_literal_expr()?.value.to_str())));
    }
    found
}

/// Whether a function of the project, or a validator of Pydantic, looks at the value.
fn validates<'a>(index: &Index<'a>, alias: &Alias<'a>) -> bool {
    alias.annotation.metadata.iter().any(|(scope, extra)| {
        let made = index.instance(*scope, extra);
        made.library().is_some_and(|path| path.starts_with("pydantic.") && path.ends_with("Validator"))
    })
}

/// Which whole numbers an alias allows: keys are positive, others are bound by what a column holds.
fn integer<'a>(index: &Index<'a>, alias: &Alias<'a>) -> Option<InputKind> {
    let bound = |name: &str| calls(alias).find_map(|(scope, call)| keyword(call, name).map(|value| (scope, value)));
    let is = |placed: Option<Placed<'a>>, wanted: i64| {
        placed.and_then(|(scope, value)| index.constant(scope, value).known()?.value.as_int()) == Some(wanted)
    };
    let bits = bound("le").and_then(|placed| bits(index, placed))?;
    if is(bound("ge"), 1) || is(bound("gt"), 0) {
        return Some(InputKind::Key);
    }
    Some(if bits == 31 { InputKind::Int32 } else { InputKind::Int64 })
}

/// 31 or 63 for the greatest number of a column: `2**63 - 1` is one that no step of its own can hold.
fn bits<'a>(index: &Index<'a>, (scope, expr): Placed<'a>) -> Option<u32> {
    let whole = |expr: &'a Expr| index.constant(scope, expr).known().and_then(|constant| constant.value.as_int());
    if let Expr::BinOp(less) = expr
        && let Expr::BinOp(power) = &*less.left
        && (less.op, power.op) == (Operator::Sub, Operator::Pow)
        && (whole(&power.left), whole(&less.right)) == (Some(2), Some(1))
    {
        return whole(&power.right).and_then(|bits| u32::try_from(bits).ok()).filter(|bits| [31, 63].contains(bits));
    }
    match whole(expr)? {
        number if number == i64::from(i32::MAX) => Some(31),
        i64::MAX => Some(63),
        _ => None,
    }
}

/// `dict[str, Any]`.
fn is_json<'a>(index: &Index<'a>, alias: &Alias<'a>) -> bool {
    let [key, value] = alias.annotation.arguments.as_slice() else { return false };
    let scope = alias.annotation.scope;
    index.resolve(scope, key).is_builtin("str") && index.resolve(scope, value).is("typing.Any")
}

/// What an integer's last metadata is: the marker of whole numbers.
fn marker<'a>(facts: &Facts<'a>, alias: &Alias<'a>) -> Option<Symbol> {
    let (scope, last) = alias.annotation.metadata.last()?;
    last.is_name_expr().then(|| symbol_of(&facts.index.resolve(*scope, last))).flatten()
}

/// A type that few files import is no type for everybody, unless its file is one of types: another file takes one of its
/// several from it.
fn keep_shared(facts: &Facts<'_>, found: &mut Vec<(InputKind, &Alias<'_>)>) {
    let names: Vec<&str> = found.iter().map(|(_, alias)| alias.name).collect();
    let files = facts.index.files().project();
    let imported: Vec<Vec<(&str, String)>> = files.par_iter().map(|file| imports(facts.index, file, &names)).collect();
    let mut uses: FxHashMap<(&str, &str), usize> = FxHashMap::default();
    for (name, module) in imported.iter().flatten() {
        *uses.entry((name, module)).or_default() += 1;
    }
    let uses = |alias: &Alias<'_>| uses.get(&(alias.name, alias.file.module.as_str())).copied().unwrap_or_default();
    let modules: Vec<(&str, usize)> =
        found.iter().map(|(_, alias)| (alias.file.module.as_str(), uses(alias))).collect();
    let is_of_types = |module: &str| {
        let of_module = || modules.iter().filter(|(known, _)| *known == module);
        of_module().count() > 2 && of_module().any(|(_, uses)| *uses > 0)
    };
    found.retain(|(_, alias)| uses(alias) > 1 || is_of_types(&alias.file.module));
}

/// Which of `names` a file imports, and the modules that define them.
fn imports<'a, 'n>(index: &Index<'a>, file: &'a File, names: &[&'n str]) -> Vec<(&'n str, String)> {
    let bindings = index.module_names(file);
    let is_imported = |name: &&&str| {
        let found = bindings.by_name.get(**name).and_then(|bindings| bindings.first());
        found.is_some_and(|binding| matches!(binding.kind, BindingKind::From(..)))
    };
    let imported = names.iter().filter(is_imported);
    imported
        .filter_map(|name| {
            let variable = index.name(Scope::module(file), name)?.variable()?;
            Some((*name, variable.scope.file.module.clone()))
        })
        .collect()
}

/// A class of metadata that makes the schema of a decimal number.
fn digits(facts: &Facts<'_>) -> Option<Symbol> {
    let classes = facts.files.iter().flat_map(|file| facts.index.classes(file));
    classes.into_iter().find(|class| makes_decimals(facts, *class)).map(|class| class.symbol())
}

fn makes_decimals<'a>(facts: &Facts<'a>, class: Class<'a>) -> bool {
    let own = facts.index.methods(class).into_iter().find(|method| method.name() == "__get_pydantic_core_schema__");
    let Some(method) = own else { return false };
    let mut found = false;
    each_expr(&method.def.body, &mut |expr| {
        if let Expr::Call(call) = expr {
            found |= facts.index.resolve(method.scope(), &call.func).is("pydantic_core.core_schema.decimal_schema");
        }
    });
    found
}

/// `MISSING` of Pydantic, where a file of the application imports it.
fn unset(facts: &Facts<'_>) -> Option<Symbol> {
    facts.files.iter().find_map(|file| {
        let bindings = facts.index.module_names(file).by_name.get("MISSING")?;
        bindings.iter().find_map(|binding| match binding.kind {
            BindingKind::From(import, _) => {
                let module = import.module.as_ref()?.as_str();
                (module.split('.').next() == Some("pydantic")).then(|| Symbol::new(module, "MISSING"))
            }
            _ => None,
        })
    })
}
