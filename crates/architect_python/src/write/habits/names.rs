//! Names of the house: what its files of models import, which classes and aliases it defines, what it calls things.

use architect_model::{HouseStyle, Project, Symbol};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::Habits;
use crate::{SourceText, Sources};

/// Fills in the names.
pub(super) fn find(habits: &mut Habits, project: &Project, style: &HouseStyle, sources: &Sources) {
    let root = style.layout.source_root.trim_end_matches('/');
    let own = |file: &&SourceText| !is_test(&file.path) && !file.path.contains("/versions/");
    let base = style.repository.base.as_ref().map(|base| base.at.file.to_string());
    for file in sources.python.iter().filter(own) {
        let module = dotted(root, &file.path);
        if file.text.contains("table=True")
            || file.text.contains("__tablename__")
            || file.text.contains("mapped_column")
            || base.as_deref() == Some(&*file.path)
        {
            imports(habits, &module, file);
        }
        definitions(habits, style, &module, file);
    }
    habits.functions = functions(project);
    words(habits, style, sources);
    tests(habits, style, sources);
    habits.unit_line = unit_line(style, sources);
    habits.session_attribute = session_attribute(style, sources).unwrap_or_else(|| "session".to_owned());
    habits.base_only_adds = base_only_adds(style, sources);
    habits.unit_commits = unit_commits(style, sources);
    habits.zoned_by_library = zoned_by_library(project, style, sources);
    habits.field_has_ondelete = match sqlmodel_version(project, sources) {
        Some(version) => version.as_slice() >= [0, 0, 21].as_slice(),
        // Without a known version, what the house's own code shows.
        None => sources.python.iter().any(|file| {
            let text = &file.text;
            text.contains("foreign_key=") && text.contains("ondelete=") && !text.contains("ForeignKey(")
        }),
    };
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/")
}

fn dotted(root: &str, path: &str) -> String {
    let inner = path.strip_prefix(root).unwrap_or(path).trim_start_matches('/');
    let stem = inner.strip_suffix(".py").unwrap_or(inner);
    stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".")
}

fn imports(habits: &mut Habits, module: &str, file: &SourceText) {
    for statement in &file.parsed().syntax().body {
        match statement {
            Stmt::Import(import) => {
                let plain = import.names.iter().filter(|alias| alias.asname.is_none());
                habits.modules.extend(plain.map(|alias| alias.name.to_string()));
            }
            Stmt::ImportFrom(import) => {
                let from = absolute(module, import.level, import.module.as_deref());
                for alias in import.names.iter().filter(|alias| alias.asname.is_none()) {
                    habits
                        .names
                        .entry(alias.name.to_string())
                        .or_insert_with(|| Symbol::new(from.clone(), alias.name.as_str()));
                    if ["UniqueConstraint", "Index"].contains(&alias.name.as_str()) {
                        habits.constraints_from_sqlmodel = from == "sqlmodel";
                    }
                }
            }
            Stmt::FunctionDef(def) => {
                habits.names.entry(def.name.to_string()).or_insert_with(|| Symbol::new(module, def.name.as_str()));
            }
            _ => {}
        }
    }
}

/// The module that `from …` names, seen from `module`.
fn absolute(module: &str, level: u32, name: Option<&str>) -> String {
    if level == 0 {
        return name.unwrap_or_default().to_owned();
    }
    let parts: Vec<_> = module.split('.').collect();
    let kept = parts.len().saturating_sub(usize::try_from(level).unwrap_or(usize::MAX));
    let mut parts = parts[..kept].to_vec();
    parts.extend(name);
    parts.join(".")
}

/// Classes and aliases by text: only lines at the margin count.
fn definitions(habits: &mut Habits, style: &HouseStyle, module: &str, file: &SourceText) {
    for line in file.text.lines() {
        if let Some(rest) = line.strip_prefix("class ") {
            let name: String = rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
            habits.classes.insert(name.clone(), Symbol::new(module, name));
        } else if let Some((name, value)) = line.split_once(" = ")
            && value.starts_with("Annotated[")
            && name.chars().all(|char| char.is_alphanumeric() || char == '_')
        {
            habits.aliases.insert(name.to_owned(), Symbol::new(module, name));
        }
    }
    if style.errors.not_found.as_ref().is_some_and(|error| error.class.module == module) {
        habits.unauthorized = class_with_status(module, &file.text, 401);
    } else {
        require_superuser(habits, style, module, file);
    }
}

/// A class at the margin whose body sets the status.
fn class_with_status(module: &str, text: &str, status: u16) -> Option<Symbol> {
    let mut class = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("class ") {
            class = Some(rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect::<String>());
        } else if line.starts_with(' ') && line.contains("status") && line.trim_end().ends_with(&format!("= {status}"))
        {
            return class.map(|class| Symbol::new(module, class));
        }
    }
    None
}

/// `def require_superuser(user: User) -> None`, which raises.
fn require_superuser(habits: &mut Habits, style: &HouseStyle, module: &str, file: &SourceText) {
    let text = &file.text;
    let (Some(attribute), Some(class)) = (&style.user.superuser_attribute, &style.user.class) else { return };
    if habits.require_superuser.is_some()
        || !text.contains(&format!("not user.{attribute}")) && !text.contains(&format!(".{attribute}:"))
    {
        return;
    }
    let parsed = file.parsed();
    let source = |node: &dyn Fn() -> ruff_text_size::TextRange| {
        let range = node();
        text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default().to_owned()
    };
    for statement in &parsed.syntax().body {
        let Stmt::FunctionDef(def) = statement else { continue };
        let takes_user = def.parameters.len() == 1
            && def
                .parameters
                .args
                .first()
                .and_then(|parameter| parameter.annotation())
                .is_some_and(|annotation| source(&|| annotation.range()) == class.name);
        let gives_nothing = def.returns.as_ref().is_some_and(|returns| matches!(&**returns, Expr::NoneLiteral(_)));
        let body = source(&|| def.range());
        if takes_user && gives_nothing && body.contains(&format!(".{attribute}")) && body.contains("raise ") {
            habits.require_superuser = Some(Symbol::new(module, def.name.as_str()));
        }
    }
}

/// Verbs that most entities have a query function for.
fn functions(project: &Project) -> std::collections::BTreeSet<String> {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for method in
        project.repositories.iter().filter(|layer| layer.symbol.name.is_empty()).flat_map(|layer| &layer.methods)
    {
        if method.name.contains("_by_") {
            continue;
        }
        if let Some((verb, _)) = method.name.split_once('_') {
            *counts.entry(verb.to_owned()).or_default() += 1;
        }
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().filter(|(_, count)| count * 2 > most).map(|(verb, _)| verb).collect()
}

/// Words that are counted over all files.
fn words(habits: &mut Habits, style: &HouseStyle, sources: &Sources) {
    let candidates = ["statement", "query", "stmt", "q"];
    let mut counts = [0usize; 4];
    let (mut open, mut closed, mut by_module) = (0, 0, 0);
    let function_module = style
        .layout
        .repository
        .value
        .as_deref()
        .and_then(|path| path.rsplit('/').next())
        .and_then(|name| name.strip_suffix(".py"))
        .unwrap_or("crud");
    for file in &sources.python {
        for (count, word) in counts.iter_mut().zip(candidates) {
            *count += file.text.matches(&format!(" {word} = select(")).count();
            *count += file.text.matches(&format!(" {word} = (\n")).count();
            *count += file.text.matches(&format!(" {word}.order_by(")).count();
        }
        if file.text.contains("APIRouter(") {
            open += file.text.matches("    \"\"\"\n    ").count();
            closed += file
                .text
                .lines()
                .filter(|line| {
                    line.trim_start().starts_with("\"\"\"")
                        && line.trim_end().ends_with("\"\"\"")
                        && line.trim().len() > 6
                })
                .count();
            by_module += file.text.matches(&format!("{function_module}.")).count();
        }
    }
    let best = counts
        .iter()
        .enumerate()
        .max_by_key(|(index, count)| (**count, usize::MAX - index))
        .map_or(0, |(index, _)| index);
    habits.statement = candidates[best].to_owned();
    habits.open_docstrings = open > closed * 2;
    habits.functions_by_module = by_module > 0;
}

/// Where the unit of work makes its repositories: `self.projects = ProjectRepository(self.session)`.
fn unit_line(style: &HouseStyle, sources: &Sources) -> Option<(String, u32, String)> {
    let unit = style.session.unit_of_work.as_ref()?;
    let file = sources.python.iter().find(|file| *file.path == *unit.at.file)?;
    let makes = |line: &str| {
        unit.repositories.iter().any(|(name, class)| {
            line.trim().starts_with(&format!("self.{name} = {}(", class.name)) && line.trim_end().ends_with(')')
        })
    };
    // Made when the unit is made or entered; others make them on demand, and nothing can be added to slots.
    let mut at_start = false;
    let mut last = None;
    for (index, line) in file.text.lines().enumerate() {
        if let Some((_, def)) = line.split_once("def ").filter(|(before, _)| matches!(before.trim(), "" | "async")) {
            at_start = ["__init__(", "__enter__(", "__aenter__("].iter().any(|name| def.starts_with(name));
        } else if at_start && makes(line) {
            last = Some((index, line));
        }
    }
    let (index, line) = last.filter(|_| !file.text.contains("__slots__"))?;
    Some((file.path.to_string(), u32::try_from(index + 1).ok()?, line.trim().to_owned()))
}

/// `_session` of `self._session = session` in the constructor of the repositories' base class.
fn session_attribute(style: &HouseStyle, sources: &Sources) -> Option<String> {
    let base = style.repository.base.as_ref()?;
    let class = style.session.class.as_ref().map_or("Session", |class| class.name.as_str());
    let constructor = base.constructor.as_ref()?;
    let held = constructor
        .parameters
        .iter()
        .find(|parameter| parameter.annotation.as_deref().is_some_and(|annotation| annotation.contains(class)))?;
    let file = sources.python.iter().find(|file| *file.path == *base.at.file)?;
    file.text.lines().find_map(|line| {
        let (attribute, value) = line.trim().strip_prefix("self.")?.split_once('=')?;
        let name = attribute.split(':').next()?.trim();
        (value.trim() == held.name).then(|| name.to_owned())
    })
}

/// Whether the base class of repositories adds rows, and neither flushes nor commits.
fn base_only_adds(style: &HouseStyle, sources: &Sources) -> bool {
    let base = style.repository.base.as_ref();
    let file = base.and_then(|base| sources.python.iter().find(|file| *file.path == *base.at.file));
    file.is_some_and(|file| {
        file.text.contains(".add(") && !file.text.contains("flush(") && !file.text.contains("commit(")
    })
}

/// Whether the unit of work has a method `commit` of its own.
fn unit_commits(style: &HouseStyle, sources: &Sources) -> bool {
    let file = style
        .session
        .unit_of_work
        .as_ref()
        .and_then(|unit| sources.python.iter().find(|file| *file.path == *unit.at.file));
    file.is_some_and(|file| file.text.contains("def commit("))
}

/// What tests show.
fn tests(habits: &mut Habits, style: &HouseStyle, sources: &Sources) {
    for file in sources.python.iter().filter(|file| is_test(&file.path)) {
        habits.unauthorized_in_tests |= file.text.contains("== 401");
        for line in file.text.lines() {
            let Some((module, names)) = line.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) else {
                continue;
            };
            for name in names
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || char == '_'))
            {
                habits.in_tests.entry(name.to_owned()).or_insert_with(|| Symbol::new(module, name));
            }
        }
    }
    let Some(client) = &style.tests.client else { return };
    let Some(file) = sources.python.iter().find(|file| *file.path == *client.at.file) else { return };
    let definition = format!("def {}(", client.name);
    let mut scope = "";
    for line in file.text.lines() {
        if line.starts_with("@pytest.fixture") {
            scope = line;
        } else if line.contains(&definition) {
            habits.shared_database = scope.contains("module") || scope.contains("session") || scope.contains("package");
            return;
        }
    }
}

/// SQLModel from 0.0.50 on stores times with their zone; older ones need the type.
fn zoned_by_library(project: &Project, style: &HouseStyle, sources: &Sources) -> bool {
    let typed = style.models.timestamps.iter().any(|line| line.value.line.contains("timezone=True"))
        || sources.python.iter().any(|file| file.text.contains("sa_type=DateTime(timezone=True)"));
    !typed && sqlmodel_version(project, sources).is_some_and(|version| version.as_slice() >= [0, 0, 50].as_slice())
}

/// The version of SQLModel that the project locks, or the least that it requires, by its parts.
fn sqlmodel_version(project: &Project, sources: &Sources) -> Option<Vec<u32>> {
    let locked =
        project.versions.iter().find(|package| package.name == "sqlmodel").map(|package| package.version.as_str());
    let required = sources.other.iter().filter(|file| file.path.ends_with("pyproject.toml")).find_map(|file| {
        let (_, rest) = file.text.split_once("sqlmodel>=")?;
        rest.split(|char: char| !char.is_ascii_digit() && char != '.').next()
    });
    Some(locked.or(required)?.split('.').filter_map(|part| part.parse().ok()).collect())
}
