//! The brief for whoever builds the UI.

use architect_model::{Api, Handler, LayerKind, Project, Table};

use crate::{Failure, Result, Workspace};

/// A project with what clients of its API see, and the part of it that is asked for.
pub struct ApiPart {
    /// The project.
    pub project: Project,
    /// What clients see.
    pub api: Api,
    name: Option<String>,
}

impl Workspace {
    /// What clients see of the module, class or table `name`, or of all.
    ///
    /// # Errors
    /// The folder holds no FastAPI project, or the code has no such module with endpoints.
    pub fn api(&self, name: Option<&str>) -> Result<ApiPart> {
        let (project, api) = architect_python::read_with_api(&self.sources);
        let part = ApiPart { project, api, name: name.map(str::to_owned) };
        let table = |handler: &Handler| {
            let class = handler.table.as_ref()?;
            part.project.tables().find(|table| table.class.as_ref() == Some(class))
        };
        let has_any = part.project.handlers.iter().any(|handler| part.has(handler, table(handler)));
        if has_any { Ok(part) } else { Err(part.missing()) }
    }
}

impl ApiPart {
    /// The name that is asked for.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether a function is asked for that answers requests about rows of `table`: it stands in a file of endpoints of
    /// the module, or the module has no such file and the table is one of its own.
    pub fn has(&self, handler: &Handler, table: Option<&Table>) -> bool {
        let Some(name) = &self.name else { return true };
        let class = table.and_then(|table| table.class.as_ref()).map(|class| &class.name);
        let in_database = table.and_then(|table| table.name.known());
        if class == Some(name) || in_database == Some(name) {
            return true;
        }
        let mut modules = self.project.modules.iter().filter(|module| module.name == *name);
        modules.any(|module| {
            let mut endpoints = module.layers.iter().filter(|layer| layer.layer == LayerKind::Endpoints).peekable();
            if endpoints.peek().is_some() {
                return endpoints.any(|layer| layer.file == *handler.at.file);
            }
            let file = table.map(|table| &*table.at.file);
            module.layers.iter().any(|layer| Some(layer.file.as_str()) == file)
        })
    }

    fn missing(&self) -> Failure {
        let modules: Vec<String> = self.project.modules.iter().map(|module| format!("`{}`", module.name)).collect();
        let known = if modules.is_empty() { "none".to_owned() } else { modules.join(", ") };
        let what = self
            .name
            .as_ref()
            .map_or_else(|| "endpoints".to_owned(), |name| format!("endpoints of a module, class or table `{name}`"));
        Failure::new(format!("the code has no {what}"), format!("its modules: {known}"))
    }
}
