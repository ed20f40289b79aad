//! Reads design documents and PRDs from disk.

use std::fs;
use std::path::Path;

use architect_model::{
    Action, Design, EndpointDesign, Field, Known, Location, Module, Ownership, Problem, Project, Table,
};

use crate::paths::relative;
use crate::{Failure, Result, Workspace, unsaid};

/// Documents above this size, in bytes, are refused: nobody has written them by hand.
const LARGEST_DOCUMENT: u64 = 8 * 1024 * 1024;

/// What stands for the file in places of the command line.
pub(crate) const COMMAND_LINE: &str = "the command line";

/// A document and what it says.
pub struct DesignDocument {
    /// Its path as messages name it: relative to the project where it lies in it.
    pub path: String,
    /// Whether it lies in the project: a plan rests on it then.
    pub in_project: bool,
    /// Its text.
    pub text: String,
    /// What it says.
    pub design: Design,
    /// Why it cannot be planned as it is.
    pub problems: Vec<Problem>,
}

/// Reads the document at `path`; `root` is the project it is meant for, if there is one.
///
/// # Errors
/// No such file, too large, or not UTF-8.
pub fn read_design(path: &Path, root: Option<&Path>) -> Result<DesignDocument> {
    let (name, in_project) = display_name(path, root);
    let size = fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?.len();
    if size > LARGEST_DOCUMENT {
        let text = format!("`{name}` has {size} bytes; a document above {LARGEST_DOCUMENT} bytes is not read");
        return Err(Failure::new(text, "split it, or name the part with the data model"));
    }
    let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&name, &error))?;
    let (design, problems) = architect_design::read(&name, &text);
    Ok(DesignDocument { path: name, in_project, text, design, problems })
}

/// The document of code that exists: of the module, class or table `name`, or of all of them.
///
/// # Errors
/// The folder holds no FastAPI project, or no such module.
pub fn describe_code(workspace: &Workspace, name: Option<&str>) -> Result<DesignDocument> {
    let project = workspace.fastapi_project()?;
    let is_named = |table: &Table| {
        let Some(name) = name else { return true };
        let holds = |module: &&Module| module.layers.iter().any(|layer| layer.file == *table.at.file);
        let module = project.modules.iter().find(holds).map(|module| module.name.as_str());
        let class = table.class.as_ref().map(|class| class.name.as_str());
        [module, class, table.name.known().map(String::as_str)].contains(&Some(name))
    };
    let found = architect_plan::describe(&project, is_named);
    if found.entities.is_empty()
        && let Some(failure) = undescribed(&project, &found, name, &is_named)
    {
        return Err(failure);
    }
    if found.entities.is_empty() {
        let modules: Vec<String> = project.modules.iter().map(|module| format!("`{}`", module.name)).collect();
        let known = if modules.is_empty() { "none".to_owned() } else { modules.join(", ") };
        let what =
            name.map_or_else(|| "tables of its own".to_owned(), |name| format!("module, class or table `{name}`"));
        return Err(Failure::new(format!("the code has no {what}"), format!("its modules: {known}")));
    }
    let mut design = architect_plan::condensed(&found, &project);
    design.title = name.map(title);
    unsaid::leave_out(&mut design, &project, DesignDocument::of_code);
    Ok(DesignDocument { path: String::new(), in_project: false, text: String::new(), design, problems: Vec::new() })
}

/// Why the code that is asked for gives no entity, where it has tables.
fn undescribed(
    project: &Project,
    found: &Design,
    name: Option<&str>,
    is_named: &impl Fn(&Table) -> bool,
) -> Option<Failure> {
    let whole = name.map_or_else(|| "the code".to_owned(), |name| format!("`{name}`"));
    let mut tables = project.tables().filter(|table| table.class.is_some() && is_named(table));
    if let Some(first) = found.assumptions.first() {
        let text = format!("{whole} has no table that a document can describe: {} ({})", first.text, first.at);
        return Some(Failure::new(text, "`architect survey` shows what could be read"));
    }
    let unnamed = tables.clone().find_map(|table| match &table.name {
        Known::Unknown { unknown } => Some(unknown),
        Known::Known(_) => None,
    });
    if let Some(unknown) = unnamed {
        let text = format!("the names of the tables of {whole} are not known: {} ({})", unknown.reason, unknown.at);
        return Some(Failure::new(text, "write the names out in the classes"));
    }
    let only = tables.next()?;
    let class = only.class.as_ref().map_or("", |class| class.name.as_str());
    let text = format!("{whole} has no tables but those of users and links: `{class}` ({})", only.at);
    Some(Failure::new(text, "documents take the account of users for granted, and links are fields of what they link"))
}

fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A field of an entity of the code as a document would give it: its name, its type as in `enum(low, high) = low`, and
/// its rules. Where no type is given, it is the one that the field has.
///
/// # Errors
/// The type or a rule is not understood.
pub fn read_field(project: &Project, entity: &str, name: &str, ty: Option<&str>, rules: &str) -> Result<Field> {
    let cell = |text: &str| text.replace('|', "\\|").replace(['\n', '\r'], " ");
    let known = architect_plan::entity(project, entity);
    let owner = match known.as_ref().map(|entity| (&entity.owner, entity.owner.parent())) {
        None | Some((Ownership::User, _)) => "Owned by User.".to_owned(),
        Some((_, Some(parent))) => format!("Belongs to {parent}."),
        Some((_, None)) => "Shared.".to_owned(),
    };
    let own = known.as_ref().and_then(|entity| {
        let field = entity.fields.iter().find(|field| field.name == name || format!("{}_id", field.name) == name)?;
        Some(architect_design::words(field, entity).0)
    });
    let ty = ty.or(own.as_deref()).unwrap_or("text");
    let text = format!(
        "### {}\n\n{owner}\n\n| Field | Type | Rules |\n|---|---|---|\n| {} | {} | {} |\n",
        cell(entity),
        cell(name),
        cell(ty),
        cell(rules)
    );
    let (design, problems) = architect_design::read(COMMAND_LINE, &text);
    if let Some(problem) = problems.into_iter().next() {
        return Err(Failure::new(problem.text, problem.help.unwrap_or_default()));
    }
    let field = design.entities.into_iter().flat_map(|entity| entity.fields).next();
    let Some(field) = field else {
        return Err(Failure::new(
            format!("`{name}` cannot be a field of its own: the conventions imply a column of this name"),
            "choose another name",
        ));
    };
    match design.questions.into_iter().next() {
        Some(question) => Err(Failure::new(question.text, "say it in the type or the rules")),
        None => Ok(field),
    }
}

/// An endpoint as a document would give it, among what the code has around its path.
///
/// # Errors
/// The code has nothing at that path or above it, or what the endpoint does or who may call it is not understood.
pub fn read_endpoint(project: &Project, method: &str, path: &str, does: &str, who: &str) -> Result<EndpointDesign> {
    let Some(around) = architect_plan::behind_path(project, path) else {
        return Err(Failure::new(
            format!("`{path}` leads to nothing that the code has"),
            "write a path at or below one of its endpoints, without the API's prefix; `architect survey` lists them",
        ));
    };
    let cell = |text: &str| text.replace('|', "\\|").replace(['\n', '\r'], " ");
    // What is above the new row says on whose rows endpoints of that path work.
    let known = around.endpoints.iter().filter(|row| !(row.method == method && row.path == path));
    let known: Vec<EndpointDesign> = known.cloned().collect();
    let mut text = architect_design::write(&Design { endpoints: known, assumptions: Vec::new(), ..around }, "");
    let line = text.lines().count() + 4;
    text.push_str(&format!(
        "\n## Endpoints\n| Method | Path | Does | Who |\n|---|---|---|---|\n| {} | {} | {} | {} |\n",
        cell(method),
        cell(path),
        cell(does),
        cell(who)
    ));
    let (design, problems) = architect_design::read(COMMAND_LINE, &text);
    let own = |at: &Location| usize::try_from(at.line).is_ok_and(|at| at >= line);
    if let Some(problem) = problems.into_iter().find(|problem| own(&problem.at)) {
        return Err(Failure::new(problem.text, problem.help.unwrap_or_default()));
    }
    match design.endpoints.into_iter().find(|row| own(&row.at)) {
        Some(EndpointDesign { action: Action::Other { text }, .. }) if does != "by hand" => Err(Failure::new(
            format!("what `{method} {path}` does is not understood: \"{text}\""),
            "write it as a design document does: `list Task, newest first`, `create Task`, `set status = archived`",
        )),
        Some(endpoint) => Ok(endpoint),
        None => Err(Failure::new(
            format!("`{method} {path}` is not understood"),
            "write it as `POST /projects/{project_id}/archive`",
        )),
    }
}

/// The name of a document in messages, and whether it lies in the project.
fn display_name(path: &Path, root: Option<&Path>) -> (String, bool) {
    let root = root.and_then(|root| root.canonicalize().ok());
    match (root, path.canonicalize()) {
        (Some(root), Ok(real)) if real.starts_with(&root) => (relative(&root, &real), true),
        _ => (path.display().to_string(), false),
    }
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Failure {
    let valid = error.utf8_error().valid_up_to();
    let lines = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count();
    let at = Location::line(name, u32::try_from(lines + 1).unwrap_or(u32::MAX));
    let help = Some("save the document as UTF-8".to_owned());
    Problem { text: format!("the document is not UTF-8: byte {valid} cannot be decoded"), help, at }.into()
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        vec![problem].into()
    }
}

/// Writes the text of an explicit design document to `path`.
///
/// # Errors
/// The disk refuses.
pub fn write_document(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| Failure::io("write", path, &error))
}

impl DesignDocument {
    /// The document of code: what is said of that beside is no part of it.
    fn of_code(design: &Design) -> String {
        architect_design::write(&Design { assumptions: Vec::new(), ..design.clone() }, "")
    }

    /// The explicit design document that says the same.
    pub fn explicit(&self) -> String {
        if self.text.is_empty() {
            return Self::of_code(&self.design);
        }
        architect_design::write(&self.design, &self.text)
    }
}
