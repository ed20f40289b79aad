//! Canonical import paths of library symbols: `fastapi.routing.APIRouter` is `fastapi.APIRouter`.

/// Packages whose classes the readers know by name; their sources are never followed.
const KNOWN: &[&str] = &[
    "abc",
    "annotated_types",
    "builtins",
    "collections",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fastapi",
    "functools",
    "pydantic",
    "pydantic_settings",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "typing",
    "uuid",
];

/// Whether a library symbol belongs to a package that is known by name.
pub(crate) fn is_known(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or(path);
    KNOWN.binary_search(&top).is_ok()
}

/// Prefixes that mean the same as a shorter one; the first that fits is replaced.
const PREFIXES: &[(&str, &str)] = &[
    ("typing_extensions.", "typing."),
    ("fastapi.routing.", "fastapi."),
    ("fastapi.applications.", "fastapi."),
    ("fastapi.param_functions.", "fastapi."),
    ("fastapi.params.", "fastapi."),
    ("fastapi.datastructures.", "fastapi."),
    ("fastapi.exceptions.HTTPException", "fastapi.HTTPException"),
    ("fastapi.requests.", "fastapi."),
    ("fastapi.background.", "fastapi."),
    ("fastapi.websockets.", "fastapi."),
    ("fastapi.responses.Response", "fastapi.Response"),
    ("fastapi.security.oauth2.", "fastapi.security."),
    ("fastapi.security.http.", "fastapi.security."),
    ("fastapi.security.api_key.", "fastapi.security."),
    ("fastapi.security.base.", "fastapi.security."),
    ("fastapi.security.open_id_connect_url.", "fastapi.security."),
    ("starlette.requests.Request", "fastapi.Request"),
    ("starlette.responses.Response", "fastapi.Response"),
    ("starlette.responses.", "fastapi.responses."),
    ("starlette.background.BackgroundTasks", "fastapi.BackgroundTasks"),
    ("starlette.websockets.WebSocket", "fastapi.WebSocket"),
    ("starlette.exceptions.HTTPException", "starlette.exceptions.HTTPException"),
    ("starlette.status", "fastapi.status"),
    ("pydantic.main.", "pydantic."),
    ("pydantic.fields.", "pydantic."),
    ("pydantic.types.", "pydantic."),
    ("pydantic.networks.", "pydantic."),
    ("pydantic.functional_validators.", "pydantic."),
    ("pydantic.generics.GenericModel", "pydantic.generics.GenericModel"),
    ("pydantic.env_settings.BaseSettings", "pydantic_settings.BaseSettings"),
    ("pydantic.BaseSettings", "pydantic_settings.BaseSettings"),
    ("pydantic.v1.BaseSettings", "pydantic_settings.BaseSettings"),
    ("pydantic.v1.", "pydantic."),
    ("pydantic_settings.main.", "pydantic_settings."),
    ("sqlmodel.main.", "sqlmodel."),
    ("sqlmodel.orm.session.", "sqlmodel."),
    ("sqlmodel.sql.expression.", "sqlmodel."),
    ("sqlmodel.sql.sqltypes.AutoString", "sqlmodel.AutoString"),
    ("sqlmodel.ext.asyncio.session.AsyncSession", "sqlmodel.ext.asyncio.session.AsyncSession"),
    ("sqlalchemy.ext.declarative.", "sqlalchemy.orm."),
    ("sqlalchemy.ext.asyncio.session.", "sqlalchemy.ext.asyncio."),
    ("sqlalchemy.ext.asyncio.engine.", "sqlalchemy.ext.asyncio."),
    ("sqlalchemy.orm.decl_api.", "sqlalchemy.orm."),
    ("sqlalchemy.orm.decl_base.", "sqlalchemy.orm."),
    ("sqlalchemy.orm.base.", "sqlalchemy.orm."),
    ("sqlalchemy.orm.session.", "sqlalchemy.orm."),
    ("sqlalchemy.orm.relationships.", "sqlalchemy.orm."),
    ("sqlalchemy.orm._orm_constructors.", "sqlalchemy.orm."),
    ("sqlalchemy.orm.properties.", "sqlalchemy.orm."),
    ("sqlalchemy.sql.schema.", "sqlalchemy."),
    ("sqlalchemy.schema.", "sqlalchemy."),
    ("sqlalchemy.sql.sqltypes.", "sqlalchemy."),
    ("sqlalchemy.sql.type_api.", "sqlalchemy.types."),
    ("sqlalchemy.sql.functions.func", "sqlalchemy.func"),
    ("sqlalchemy.sql.func", "sqlalchemy.func"),
    ("sqlalchemy.sql.expression.", "sqlalchemy."),
    ("sqlalchemy.sql.elements.", "sqlalchemy."),
    ("sqlalchemy.sql.text", "sqlalchemy.text"),
    ("sqlalchemy.sql.sqltypes", "sqlalchemy.types"),
    ("sqlalchemy.engine.base.", "sqlalchemy."),
    ("sqlalchemy.engine.create_engine", "sqlalchemy.create_engine"),
];

/// Packages of which even a direct member has another form: `pydantic.BaseSettings`, `starlette.status`.
const MOVED: &[&str] = &["typing_extensions.", "pydantic.BaseSettings", "starlette.status"];

/// Members of `sqlalchemy.types` that `sqlalchemy` itself does not export.
const TYPES_ONLY: &[&str] =
    &["TypeDecorator", "UserDefinedType", "TypeEngine", "TypeApiMixin", "ExternalType", "Concatenable", "Indexable"];

/// Dialect modules below the dialect package: `sqlalchemy.dialects.postgresql.json.JSONB`.
fn dialect(path: &str) -> Option<String> {
    let rest = path.strip_prefix("sqlalchemy.dialects.")?;
    let parts: Vec<&str> = rest.split('.').collect();
    match parts[..] {
        [dialect, _, name] if name.starts_with(char::is_uppercase) => {
            Some(format!("sqlalchemy.dialects.{dialect}.{name}"))
        }
        _ => None,
    }
}

/// What `sqlmodel` re-exports from SQLAlchemy.
const SQLMODEL_OWN: &[&str] = &[
    "SQLModel",
    "Field",
    "Relationship",
    "Session",
    "AutoString",
    "select",
    "main",
    "sql",
    "orm",
    "ext",
    "pool",
    "default",
    "typing",
];

/// The canonical form of a library import path.
pub(crate) fn canonical(path: String) -> String {
    let path = prefixed(path);
    if let Some(name) = path.strip_prefix("sqlalchemy.types.") {
        return if TYPES_ONLY.contains(&name) { path } else { format!("sqlalchemy.{name}") };
    }
    if let Some(name) = path.strip_prefix("sqlmodel.")
        && !name.contains('.')
        && !SQLMODEL_OWN.contains(&name)
    {
        return prefixed(format!("sqlalchemy.{name}"));
    }
    if let Some(short) = dialect(&path) {
        return short;
    }
    match path.as_str() {
        "sqlalchemy.TypeDecorator" | "sqlalchemy.UserDefinedType" | "sqlalchemy.TypeEngine" => {
            path.replacen("sqlalchemy.", "sqlalchemy.types.", 1)
        }
        _ => path,
    }
}

fn prefixed(path: String) -> String {
    // Most names are imported from where they are documented: `sqlmodel.Field`. Only deeper ones have another form, and
    // those of packages that moved.
    let deep = path.bytes().filter(|byte| *byte == b'.').count() > 1;
    if !deep && !MOVED.iter().any(|package| path.starts_with(package)) {
        return path;
    }
    for (long, short) in PREFIXES {
        if let Some(rest) = path.strip_prefix(long)
            && (long.ends_with('.') && !rest.is_empty() || rest.is_empty() || rest.starts_with('.'))
        {
            return format!("{short}{rest}");
        }
    }
    path
}

/// The bases of a library class, as far as the readers need them.
pub(crate) fn bases(path: &str) -> &'static [&'static str] {
    match path {
        "sqlmodel.SQLModel"
        | "pydantic_settings.BaseSettings"
        | "pydantic.RootModel"
        | "pydantic.generics.GenericModel" => &["pydantic.BaseModel"],
        "enum.IntEnum" => &["int", "enum.Enum"],
        "enum.StrEnum" => &["str", "enum.Enum"],
        "enum.Flag" => &["enum.Enum"],
        "enum.IntFlag" => &["int", "enum.Flag"],
        "sqlalchemy.orm.DeclarativeBaseNoMeta" => &["sqlalchemy.orm.DeclarativeBase"],
        "sqlalchemy.ext.asyncio.AsyncSession" | "sqlmodel.Session" => &[],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{MOVED, PREFIXES, canonical};

    #[test]
    fn short_paths_with_another_form_are_known_to_have_one() {
        let direct =
            |long: &&str| long.trim_end_matches('.').matches('.').count() + usize::from(long.ends_with('.')) < 2;
        for long in PREFIXES.iter().map(|(long, _)| *long).filter(direct) {
            assert!(MOVED.iter().any(|moved| long.starts_with(moved)), "`{long}` would be taken for canonical");
        }
        assert_eq!(canonical("pydantic.BaseSettings".into()), "pydantic_settings.BaseSettings");
        assert_eq!(canonical("fastapi.routing.APIRouter".into()), "fastapi.APIRouter");
        assert_eq!(canonical("typing_extensions.Annotated".into()), "typing.Annotated");
    }
}
