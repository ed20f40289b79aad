//! How lists are paged: the shape of a page, its parameters and their bounds.

use architect_model::{NestedPage, Observed, PageObject, PageParameters, PageShape, PageStyle, Symbol};
use ruff_python_ast::{Expr, ExprCall, Number};

use super::aliases::Alias;
use super::facts::{Facts, assigned, symbol_of};
use super::handlers::{self, Action, Handler, Param};
use super::vote::Votes;
use super::walk::keyword;
use super::words::with_placeholders;
use crate::resolve::{Class, Index, Resolution};

/// Reads how lists are paged.
pub(super) fn read<'a>(facts: &Facts<'a>, aliases: &[Alias<'a>]) -> PageStyle {
    let mut shape = Votes::default();
    let mut parameters = Votes::default();
    let mut max = Votes::default();
    let mut default = Votes::default();
    let mut class = Votes::default();
    let mut nested = Votes::default();
    let mut in_defaults = Votes::default();
    for handler in facts.handlers.iter().filter(|handler| handler.action == Some(Action::List)) {
        let (weight, at) = (handler.weight, handler.function.at());
        shape.extend_with(page_shape(facts, handler), weight, &at);
        nested.add(nested_page(facts, handler), weight, &at);
        let Some(found) = bounds(facts, handler) else { continue };
        if found.class.is_none() {
            in_defaults.add(start_default(facts, handler), weight, &at);
        }
        parameters.add(found.kind, weight, &at);
        max.add(found.max, weight, &at);
        default.add(found.default, weight, &at);
        class.add(found.class, weight, &at);
    }
    let parameters_class = class.winner().and_then(|won| won.value);
    let in_defaults = in_defaults.or_assumed(None);
    PageStyle {
        in_defaults: Observed {
            value: in_defaults.value.is_some(),
            count: in_defaults.count,
            of: in_defaults.of,
            example: in_defaults.example.clone(),
        },
        last_start: in_defaults.value.flatten(),
        object: object(facts, aliases, parameters_class.as_ref()),
        shape: shape.or_assumed(PageShape::PerEntity {
            name: "{Entity}Page".into(),
            rows: "data".into(),
            total: Some("count".into()),
            others: Vec::new(),
        }),
        parameters: parameters.or_assumed(PageParameters::SkipLimit),
        max: max.winner().and_then(|won| won.value),
        default: default.winner().and_then(|won| won.value),
        parameters_class,
        nested: nested.winner().and_then(|won| won.value),
    }
}

/// The class of page parameters, and the alias of the dependency on it; where no list shows the class, an alias does.
fn object<'a>(facts: &Facts<'a>, aliases: &[Alias<'a>], class: Option<&Symbol>) -> Option<PageObject> {
    let mut given = aliases.iter().filter(|alias| alias.depends(facts.index));
    let alias = given.find_map(|alias| {
        let of_alias = symbol_of(&alias.annotation.resolution)?;
        let fits = match class {
            Some(class) => *class == of_alias,
            None => is_object(facts.index, alias.annotation.resolution.class()?),
        };
        fits.then(|| (of_alias, alias.symbol()))
    });
    let (class, alias) = match (class, alias) {
        (_, Some((class, alias))) => (class, Some(alias)),
        (Some(class), None) => (class.clone(), None),
        (None, None) => return None,
    };
    // A dependency that gives a dictionary is its own alias; a tuple has no names for its parts.
    let is_class = class.module != "builtins" && aliases.iter().all(|alias| alias.symbol() != class);
    is_class.then_some(PageObject { class, alias })
}

/// Whether a class has the parameters of a page, and nothing else.
fn is_object<'a>(index: &Index<'a>, class: Class<'a>) -> bool {
    let fields = class.def.body.iter().filter(|stmt| stmt.is_ann_assign_stmt());
    fields.count() == 2 && of_class(index, class).is_some()
}

/// Whether a parameter is one of a page.
pub(super) fn is_page_parameter(name: &str) -> bool {
    PAIRS.iter().any(|(first, size, _)| name == *first || name == *size)
}

/// `skip: int = Query(0, ge=0, le=1000)`: that the bounds of the start are a default, and its greatest value as written.
fn start_default<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> Option<Option<String>> {
    let first = handler.parameters.iter().find(|parameter| PAIRS.iter().any(|(first, ..)| parameter.name == *first))?;
    let call = first.default?.as_call_expr()?;
    let is_query = facts.index.resolve(handler.function.outer, &call.func).is("fastapi.Query");
    let greatest = keyword(call, "le").map(|bound| handler.function.file().text(bound).to_owned());
    is_query.then_some(greatest)
}

fn page_shape<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> Option<PageShape> {
    let response = &handler.response;
    if let Some(class) = &response.library_page {
        return library_page(class);
    }
    let Some((class, rows)) = &response.page else {
        return response.bare_list.then_some(PageShape::Bare);
    };
    let (total, others) = fields(facts.index, *class, rows);
    if response.generic {
        return Some(PageShape::Generic { class: class.symbol(), rows: rows.clone(), total, others });
    }
    let name = with_placeholders(class.name(), handler.entity?.name());
    Some(PageShape::PerEntity { name, rows: rows.clone(), total, others })
}

/// The object in a page without a total that holds one, where it is the only further field.
fn nested_page<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> Option<NestedPage> {
    let (class, rows) = handler.response.page.as_ref()?;
    let (None, others) = fields(facts.index, *class, rows) else { return None };
    let [field] = others.as_slice() else { return None };
    let owner = facts.index.member(*class, field)?.0;
    let written = owner.def.body.iter().find(|stmt| assigned(stmt) == Some(field.as_str()))?.as_ann_assign_stmt()?;
    let inner = facts.index.annotation(owner.scope(), &written.annotation).resolution.class()?;
    let (total, others) = fields(facts.index, inner, "");
    Some(NestedPage { field: field.clone(), class: inner.symbol(), total, others })
}

/// The fields of the page classes of libraries, as their documentation lists them: `fastapi_pagination.Page` and
/// `fastcrud.PaginatedListResponse`.
fn library_page(class: &Symbol) -> Option<PageShape> {
    let (rows, total, others) = match class.module.split('.').next()? {
        "fastapi_pagination" => ("items", "total", ["page", "size", "pages"]),
        "fastcrud" => ("data", "total_count", ["has_more", "page", "items_per_page"]),
        _ => return None,
    };
    Some(PageShape::Generic {
        class: class.clone(),
        rows: rows.into(),
        total: Some(total.into()),
        others: others.map(str::to_owned).to_vec(),
    })
}

/// The field of the total, and the further fields of a page.
fn fields<'a>(index: &Index<'a>, class: Class<'a>, rows: &str) -> (Option<String>, Vec<String>) {
    let owners: Vec<Class<'a>> = index.mro(class).classes().collect();
    let mut names: Vec<String> = Vec::new();
    for owner in owners.into_iter().rev() {
        let fields = owner.def.body.iter().filter(|stmt| stmt.is_ann_assign_stmt()).filter_map(assigned);
        for field in fields.filter(|field| *field != rows && *field != "model_config") {
            if !names.iter().any(|known| known == field) {
                names.push(field.to_owned());
            }
        }
    }
    let is_total = |name: &String| {
        ["count", "total", "total_count", "total_items", "count_total", "totalCount"].contains(&name.as_str())
    };
    let total = names.iter().find(|name| is_total(name)).cloned();
    names.retain(|name| Some(name) != total.as_ref());
    (total, names)
}

/// The parameters of one list.
struct Bounds {
    kind: PageParameters,
    max: Option<u32>,
    default: Option<u32>,
    class: Option<Symbol>,
}

/// The parameters of a handler, or those of the class that a dependency of it gives.
fn bounds<'a>(facts: &Facts<'a>, handler: &Handler<'a>) -> Option<Bounds> {
    if let Some(found) = of_parameters(&handler.parameters) {
        return Some(found);
    }
    handler.parameters.iter().find_map(|parameter| {
        let depends = parameter.depends.as_ref()?;
        if let Resolution::Function(function) = &depends.target {
            let inner = handlers::parameters(facts.index, *function);
            // A page without bounds answers everything: that is no page of the house's kind.
            let bounded =
                !inner.iter().any(|one| one.annotation.as_ref().is_some_and(|annotation| annotation.optional));
            let class = parameter.class().filter(|_| bounded).and_then(symbol_of);
            return of_parameters(&inner).map(|found| Bounds { class, ..found });
        }
        let class = depends.target.class().or_else(|| parameter.class()?.class())?;
        of_class(facts.index, class).map(|found| Bounds { class: Some(class.symbol()), ..found })
    })
}

fn of_parameters(parameters: &[Param<'_>]) -> Option<Bounds> {
    let has = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let (kind, size) = kind(&has)?;
    let size = parameters.iter().find(|parameter| parameter.name == size)?;
    let metadata = size.annotation.iter().flat_map(|annotation| annotation.metadata.iter()).map(|(_, extra)| *extra);
    let (max, default) = numbers(metadata.chain(size.default).collect::<Vec<_>>().as_slice(), size.default);
    Some(Bounds { kind, max, default, class: None })
}

/// The fields of a class of parameters, or the parameters of its constructor.
fn of_class<'a>(index: &Index<'a>, class: Class<'a>) -> Option<Bounds> {
    if let Some((_, member)) = index.member(class, "__init__")
        && let Some(init) = member.function()
    {
        return of_parameters(&handlers::parameters(index, init));
    }
    let owners: Vec<Class<'a>> = index.mro(class).classes().collect();
    let fields = owners.iter().flat_map(|owner| owner.def.body.iter().map(move |stmt| (*owner, stmt)));
    let fields: Vec<_> =
        fields.filter_map(|(owner, stmt)| Some((owner, stmt.as_ann_assign_stmt()?, assigned(stmt)?))).collect();
    let has = |name: &str| fields.iter().any(|(_, _, field)| *field == name);
    let (kind, size) = kind(&has)?;
    let (owner, assign, _) = fields.iter().find(|(_, _, field)| *field == size)?;
    let annotation = index.annotation(owner.scope(), &assign.annotation);
    let value = assign.value.as_deref();
    let extras: Vec<&Expr> = annotation.metadata.iter().map(|(_, extra)| *extra).chain(value).collect();
    let (max, default) = numbers(&extras, value);
    Some(Bounds { kind, max, default, class: None })
}

/// Pairs of parameters: where a page begins, and its size.
const PAIRS: [(&str, &str, PageParameters); 6] = [
    ("skip", "limit", PageParameters::SkipLimit),
    ("offset", "limit", PageParameters::OffsetLimit),
    ("page", "page_size", PageParameters::PagePageSize),
    ("page", "per_page", PageParameters::PagePerPage),
    ("page", "size", PageParameters::PageSize),
    ("page", "limit", PageParameters::PageLimit),
];

/// Which parameters there are, and the one that is the size of a page.
fn kind(has: &dyn Fn(&str) -> bool) -> Option<(PageParameters, &'static str)> {
    PAIRS.into_iter().find(|(first, size, _)| has(first) && has(size)).map(|(_, size, kind)| (kind, size))
}

/// The greatest size and the default, from `Query(...)`, `Field(...)` or the default itself.
fn numbers(extras: &[&Expr], default: Option<&Expr>) -> (Option<u32>, Option<u32>) {
    let calls: Vec<&ExprCall> = extras.iter().filter_map(|extra| extra.as_call_expr()).collect();
    let max = calls.iter().find_map(|call| {
        let bound = keyword(call, "le").and_then(number);
        bound.or_else(|| keyword(call, "lt").and_then(number)?.checked_sub(1))
    });
    let in_call = calls.iter().find_map(|call| call.arguments.find_argument_value("default", 0).and_then(number));
    (max, default.and_then(number).or(in_call))
}

fn number(expr: &Expr) -> Option<u32> {
    match expr.as_number_literal_expr().map(|literal| &literal.value) {
        Some(Number::Int(number)) => number.as_i64().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
}
