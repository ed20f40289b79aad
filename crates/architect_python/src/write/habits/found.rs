//! Finds in the house's code what new code may use, by what it is.

use architect_model::{HouseStyle, Symbol};
use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::Habits;
use crate::{SourceText, Sources};

/// A file under examination.
struct Seen<'a> {
    module: String,
    text: &'a str,
    body: &'a [Stmt],
}

impl Seen<'_> {
    fn text(&self, node: impl Ranged) -> &str {
        let range = node.range();
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    fn symbol(&self, name: &str) -> Symbol {
        Symbol::new(self.module.clone(), name)
    }
}

/// Fills in what the sources show.
pub(super) fn find(habits: &mut Habits, style: &HouseStyle, sources: &Sources) {
    let root = style.layout.source_root.trim_end_matches('/');
    let files: Vec<Seen<'_>> =
        sources.python.iter().filter(|file| is_of_interest(file)).map(|file| seen(root, file)).collect();
    for file in &files {
        for statement in file.body {
            match statement {
                Stmt::Assign(assign) => {
                    if let [Expr::Name(name)] = assign.targets.as_slice() {
                        alias(habits, file, name.id.as_str(), &assign.value);
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                        alias(habits, file, name.id.as_str(), value);
                    }
                }
                Stmt::FunctionDef(def) => function(habits, file, def),
                Stmt::ClassDef(def) => class(habits, style, file, def),
                _ => {}
            }
        }
        if file.text.contains("MISSING") && imports_missing(file) {
            habits.unset = Some(Symbol::new("pydantic", "MISSING"));
        }
    }
    keep_shared(habits, sources);
    whole_house(habits, style, sources);
}

/// A type that one file alone uses is no type for everybody, unless its file is one of types: another file takes one of
/// its several from it.
fn keep_shared(habits: &mut Habits, sources: &Sources) {
    let uses = |symbol: &Symbol| sources.python.iter().filter(|file| file.text.contains(&*symbol.name)).count();
    let of_types: Vec<String> = {
        let of = |module: &str| habits.inputs.values().filter(|symbol| symbol.module == module).collect::<Vec<_>>();
        let modules = habits.inputs.values().map(|symbol| symbol.module.clone());
        modules.filter(|module| of(module).len() > 2 && of(module).iter().any(|symbol| uses(symbol) > 1)).collect()
    };
    habits.inputs.retain(|_, symbol| uses(symbol) > 2 || of_types.contains(&symbol.module));
}

fn is_of_interest(file: &SourceText) -> bool {
    const WORDS: [&str; 10] = [
        "Annotated[",
        "MISSING",
        "native_enum",
        "datetime.now",
        "dict[int",
        "Mapping[str",
        "type_annotation_map",
        "Depends()",
        "contextmanager",
        "decimal_schema",
    ];
    !file.path.contains("/tests/")
        && !file.path.starts_with("tests/")
        && !file.path.contains("/versions/")
        && WORDS.iter().any(|word| file.text.contains(word))
}

fn seen<'a>(root: &str, file: &'a SourceText) -> Seen<'a> {
    let inner = file.path.strip_prefix(root).unwrap_or(&file.path).trim_start_matches('/');
    let stem = inner.strip_suffix(".py").unwrap_or(inner);
    let module = stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".");
    Seen { module, text: &file.text, body: &file.parsed().syntax().body }
}

/// `Text = Annotated[str, …]`: an input type, if it is a type for everybody.
fn alias(habits: &mut Habits, file: &Seen<'_>, name: &str, value: &Expr) {
    let Some((base, metadata)) = annotated(file, value) else { return };
    if ["Depends(", "Query(", "Path(", "Header(", "Body(", "Form(", "File(", "Cookie(", "Security("]
        .iter()
        .any(|word| metadata.contains(word))
    {
        return;
    }
    if kind_of(&base, &metadata).is_none() && metadata.contains("Field(") {
        habits.names_types = true;
    }
    if let Some(kind) = kind_of(&base, &metadata) {
        if kind == "int32" {
            habits.whole = metadata
                .rsplit(", ")
                .next()
                .filter(|last| last.chars().all(char::is_alphanumeric))
                .map(|last| file.symbol(last));
        }
        if !name.starts_with('_') {
            habits.inputs.entry(kind).or_insert_with(|| file.symbol(name));
        }
    }
}

fn annotated(file: &Seen<'_>, value: &Expr) -> Option<(String, String)> {
    let Expr::Subscript(subscript) = value else { return None };
    if !["Annotated", "typing.Annotated", "t.Annotated"].contains(&file.text(&*subscript.value)) {
        return None;
    }
    let Expr::Tuple(tuple) = &*subscript.slice else { return None };
    let (base, metadata) = tuple.elts.split_first()?;
    let metadata: Vec<_> = metadata.iter().map(|item| file.text(item)).collect();
    Some((file.text(base).to_owned(), metadata.join(", ")))
}

fn kind_of(base: &str, metadata: &str) -> Option<&'static str> {
    let plain: String = metadata.chars().filter(|char| !char.is_whitespace() && *char != '_').collect();
    let holds = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let kind = match base {
        "str" if holds(&["@"]) => "email",
        "str" if !holds(&["minlength", "maxlength"]) && holds(&["pattern", "Validator"]) => "text",
        "EmailStr" => "email",
        "int" if holds(&[r"\d+"]) => "query_int",
        "bool" if holds(&["true|false"]) => "query_bool",
        "dict[str, Any]" => "json",
        "int"
            if holds(&["ge=1,", "ge=1)", "gt=0"])
                && holds(&["2**63", "2**31", "9223372036854775807", "2147483647"]) =>
        {
            "id"
        }
        "int" if holds(&["2**31", "2147483647"]) => "int32",
        "int" if holds(&["2**63", "9223372036854775807"]) => "int64",
        "float" if holds(&["infnan"]) => "float",
        "bool" => "bool",
        "date" => "date",
        "time" => "time",
        "datetime" | "AwareDatetime" => "datetime",
        _ => return None,
    };
    Some(kind)
}

fn imports_missing(file: &Seen<'_>) -> bool {
    file.body.iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => {
            import.module.as_ref().is_some_and(|module| module.as_str() == "pydantic")
                && import.names.iter().any(|alias| alias.name.as_str() == "MISSING")
        }
        _ => false,
    })
}

fn function(habits: &mut Habits, file: &Seen<'_>, def: &StmtFunctionDef) {
    // What starts with `_` is its file's own.
    if def.name.starts_with('_') {
        return;
    }
    let Some(returns) = def.returns.as_ref().map(|returns| file.text(&**returns)) else { return };
    let parameters = &def.parameters;
    let takes_nothing = parameters.is_empty();
    let is_context =
        def.decorator_list.iter().any(|decorator| file.text(&decorator.expression).ends_with("contextmanager"));
    if takes_nothing && is_context && file.text(def).contains("except ") && file.text(def).contains("raise Conflict") {
        habits.as_conflict = Some(file.symbol(&def.name));
    }
    let body: Vec<_> = def.body.iter().map(|statement| file.text(statement)).collect();
    let body = body.join("\n");
    let symbol = file.symbol(&def.name);
    if takes_nothing && returns == "datetime" && body.contains("datetime.now(") && body.contains("return") {
        habits.now.get_or_insert(symbol);
    } else if body.contains("native_enum=False") && parameters.args.len() == 1 && annotation_starts(file, def, "type[")
    {
        habits.enum_column.get_or_insert(symbol);
    } else if returns.starts_with("dict[int")
        && parameters.vararg.as_ref().is_some_and(|vararg| {
            vararg.annotation.as_ref().is_some_and(|annotation| file.text(&**annotation).starts_with("type["))
        })
    {
        habits.responses.get_or_insert(symbol);
    }
}

fn annotation_starts(file: &Seen<'_>, def: &StmtFunctionDef, start: &str) -> bool {
    def.parameters
        .args
        .first()
        .and_then(|parameter| parameter.annotation())
        .is_some_and(|annotation| file.text(annotation).starts_with(start))
}

fn class(habits: &mut Habits, style: &HouseStyle, file: &Seen<'_>, def: &StmtClassDef) {
    let is = |symbol: Option<&Symbol>| {
        symbol.is_some_and(|symbol| symbol.name == def.name.as_str() && symbol.module == file.module)
    };
    if is(style.repository.base.as_ref().map(|base| &base.class)) {
        habits.conflicts = conflicts(file, def);
    }
    let text = file.text(def);
    if text.contains("__get_pydantic_core_schema__") && text.contains("decimal_schema") {
        habits.digits = Some(file.symbol(&def.name));
    }
    if is(style.models.base.as_ref()) {
        annotation_map(habits, file, def);
    }
}

/// `conflicts: ClassVar[Mapping[str, str]] = {}`.
fn conflicts(file: &Seen<'_>, def: &StmtClassDef) -> Option<String> {
    def.body.iter().find_map(|statement| match statement {
        Stmt::AnnAssign(assign) => {
            let annotation = file.text(&*assign.annotation);
            let is_map = annotation.contains("Mapping[str, str]") || annotation.contains("dict[str, str]");
            let is_empty = assign.value.as_ref().is_some_and(|value| file.text(&**value) == "{}");
            (is_map && is_empty).then(|| file.text(&*assign.target).to_owned())
        }
        _ => None,
    })
}

fn annotation_map(habits: &mut Habits, file: &Seen<'_>, def: &StmtClassDef) {
    for statement in &def.body {
        let (target, value) = match statement {
            Stmt::Assign(assign) => (assign.targets.first(), Some(&assign.value)),
            Stmt::AnnAssign(assign) => (Some(&*assign.target), assign.value.as_ref()),
            _ => continue,
        };
        let is_map = target.is_some_and(|target| file.text(target) == "type_annotation_map");
        let (true, Some(Expr::Dict(dict))) = (is_map, value.map(|value| &**value)) else { continue };
        for item in &dict.items {
            if let Some(key) = &item.key {
                habits.annotation_map.insert(file.text(key).to_owned(), file.text(&item.value).to_owned());
            }
        }
    }
}

/// What is counted over all files, by text.
fn whole_house(habits: &mut Habits, style: &HouseStyle, sources: &Sources) {
    habits.translates_foreign_keys = habits.conflicts.is_some()
        && sources.python.iter().any(|file| file.text.contains("23503") || file.text.contains("ForeignKeyViolation"));
    let (mut named, mut unnamed) = (0, 0);
    let mut any = (0, 0);
    for file in sources.python.iter().filter(|file| !file.path.contains("/versions/")) {
        for (at, _) in file.text.match_indices("UniqueConstraint(") {
            let rest: String = file.text[at..].chars().take(200).collect();
            let call = rest.split_once(')').map_or(rest.as_str(), |(call, _)| call);
            if call.contains("name=") { named += 1 } else { unnamed += 1 }
        }
        if file.text.contains("APIRouter(") {
            any.0 += file.text.matches("-> Any:").count();
            any.1 += file.text.matches("@router.").count();
            habits.query_bounds = habits.query_bounds.take().or_else(|| query_bound(style, &file.text));
        }
    }
    let writes = |text: &str| sources.python.iter().any(|file| file.text.contains(text));
    habits.old_utc = writes("timezone.utc") && !writes("import UTC") && !writes("datetime.UTC") && !writes("UTC,");
    habits.names_constraints = named >= unnamed;
    habits.any_results = any.0 * 2 > any.1;
}

/// The bound that `Query(0, ge=0, le=…)` of a neighbour gives to the offset.
fn query_bound(style: &HouseStyle, text: &str) -> Option<String> {
    let name = match style.pages.parameters.value {
        architect_model::PageParameters::SkipLimit => "skip: int = Query(",
        architect_model::PageParameters::OffsetLimit => "offset: int = Query(",
        _ => "page: int = Query(",
    };
    let start = text.find(name)? + name.len();
    let call = text[start..].split(')').next()?;
    let bound = call.split("le=").nth(1).map_or("", |rest| rest.split(',').next().unwrap_or_default());
    Some(bound.trim().to_owned())
}
