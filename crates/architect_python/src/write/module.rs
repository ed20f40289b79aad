//! A whole module: every file of it, in the house's layout.

use std::cell::RefCell;
use std::collections::BTreeMap;

use architect_model::{
    EntityDesign, FileChange, Location, ModuleDesign, Problem, Project, Resolution, RouterDesign, Step,
};

use super::file::File;
use super::house::{House, uses_enum};
use super::schemas::Family;
use super::{borrowed, endpoints, errors, models, relatives, repository, rules, service, tests, unit};
use crate::Sources;

/// A file of a module that could not be written: a name is taken, or the text would be no Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwritten {
    /// Path relative to the project root.
    pub path: String,
    /// Why, in one sentence.
    pub reason: String,
}

impl From<Unwritten> for Problem {
    fn from(unwritten: Unwritten) -> Self {
        Self {
            text: format!("`{}` cannot be written: {}", unwritten.path, unwritten.reason),
            help: Some("rename the entity, or make room in that file".to_owned()),
            at: Location::line(unwritten.path.as_str(), 1),
        }
    }
}

/// Writes what the rest of the code gets for the module `design`: its place in the unit of work, the other sides of its
/// relationships.
///
/// # Errors
/// A file cannot be edited.
pub fn write_surroundings(
    design: &ModuleDesign,
    resolution: &Resolution,
    project: &Project,
    sources: &Sources,
) -> Result<Vec<FileChange>, Unwritten> {
    let house = house(design, resolution, project);
    let mut changes: Vec<FileChange> = unit::change(&house, sources)?.into_iter().collect();
    relatives::change(&house, sources, &mut changes)?;
    Ok(changes)
}

/// The house for one of the modules of a resolution.
pub(super) fn house<'a>(design: &'a ModuleDesign, resolution: &'a Resolution, project: &'a Project) -> House<'a> {
    let (needs, others, made) = (RefCell::default(), RefCell::default(), RefCell::default());
    let Resolution { modules, existing, .. } = resolution;
    House { project, style: &project.style, module: design, modules, existing, needs, others, made }
}

/// Writes all files of the module `design`, one of those of `resolution`.
///
/// What a house keeps in files that many modules share is added to them; all other files are new.
///
/// # Errors
/// A shared file defines one of the new names already, or cannot be edited.
pub fn write_module(
    design: &ModuleDesign,
    resolution: &Resolution,
    project: &Project,
    sources: &Sources,
) -> Result<Vec<FileChange>, Unwritten> {
    let house = house(design, resolution, project);
    let mut files = Files { house: &house, sources, files: BTreeMap::new(), order: Vec::new() };
    files.models_and_schemas();
    files.rules();
    files.repositories();
    files.tests();
    let order = std::mem::take(&mut files.order);
    let written = order.iter().filter_map(|path| files.files.remove(path)).filter(File::has_content);
    let mut changes = written.map(|file| change(&house, sources, &file)).collect::<Result<Vec<_>, _>>()?;
    changes.extend(unit::change(&house, sources)?);
    relatives::change(&house, sources, &mut changes)?;
    changes.sort_by_key(|change| change.step);
    Ok(changes)
}

/// The change that a file makes: a new file, or additions to one that many modules share.
fn change(house: &House<'_>, sources: &Sources, file: &File) -> Result<FileChange, Unwritten> {
    let format = &house.style.format;
    let failed = |reason: String| Unwritten { path: file.path.clone(), reason };
    let existing = sources.python.iter().find(|known| *known.path == *file.path).map(|known| known.text.to_string());
    let after = match &existing {
        Some(text) if !text.trim().is_empty() => {
            let beside = |name: &str| file.step != Step::Tests && house.is_of_entity(name);
            file.added_to(text, format, beside).map_err(|refused| failed(refused.to_string()))?
        }
        _ => file.text(format).map_err(|error| failed(error.to_string()))?,
    };
    Ok(FileChange { path: file.path.clone(), step: file.step, before: existing, after })
}

/// Types that a field is often called after. Python reads `date: date | None = None` as `None | None`: the field hides
/// the type in its class, which so needs another name there.
const TIMES: [&str; 3] = ["date", "datetime", "time"];

struct Files<'a> {
    house: &'a House<'a>,
    sources: &'a Sources,
    files: BTreeMap<String, File>,
    order: Vec<String>,
}

impl<'a> Files<'a> {
    /// Works on the file that `pattern` gives for an entity.
    fn with(&mut self, pattern: &str, entity: &EntityDesign, step: Step, work: impl FnOnce(&'a House<'a>, &mut File)) {
        let file = self.house.file(pattern, &self.house.module.name, &entity.names, step);
        self.on(file, work);
    }

    fn on(&mut self, mut file: File, work: impl FnOnce(&'a House<'a>, &mut File)) {
        let path = file.path.clone();
        if !self.files.contains_key(&path) {
            if let Some(known) = self.sources.python.iter().find(|known| *known.path == *path) {
                file.imports.keep(known.body());
            }
            if matches!(file.step, Step::Models | Step::Schemas) {
                let fields = self.house.module.entities.iter().flat_map(|entity| &entity.columns);
                for field in fields.filter(|field| TIMES.contains(&field.name.as_str())) {
                    file.imports.reserve(&field.name);
                }
                if file.step == Step::Models {
                    borrowed::prefer(self.house, &mut file);
                }
            }
            self.order.push(path.clone());
            self.files.insert(path.clone(), file);
        }
        if let Some(file) = self.files.get_mut(&path) {
            work(self.house, file);
        }
    }

    fn models_and_schemas(&mut self) {
        let style = self.house.style;
        let (models, schemas) = (&style.layout.models.value, &style.layout.schemas.value);
        let entities = &self.house.module.entities;
        let mut declared: Vec<&str> = Vec::new();
        let with_schemas = self.house.bases_are_with_schemas();
        for entity in entities {
            for item in &self.house.module.enums {
                if uses_enum(entity, &item.class) && !declared.contains(&item.class.as_str()) {
                    declared.push(&item.class);
                    let (pattern, step) = if with_schemas { (schemas, Step::Schemas) } else { (models, Step::Models) };
                    self.with(pattern, entity, step, |house, file| {
                        let code = models::enumeration(house, file, item);
                        file.part(code);
                    });
                }
            }
            if models == schemas {
                self.with(models, entity, Step::Models, |house, file| together(house, file, entity));
            } else {
                let is_beside = self.house.extends_base(entity) && !with_schemas;
                self.with(models, entity, Step::Models, |house, file| {
                    if is_beside {
                        let code = Family::new(house, entity).base(file);
                        file.part(code);
                    }
                    links(house, file, entity);
                    let code = models::table(house, file, entity);
                    file.part(code);
                });
                self.with(schemas, entity, Step::Schemas, |house, file| {
                    if file.parts.is_empty() {
                        aliases(house, file);
                    }
                    let family = Family::new(house, entity);
                    requests(&family, file, !is_beside);
                    responses(house, &family, file, entity);
                });
            }
        }
        self.exceptions();
    }

    fn exceptions(&mut self) {
        let Some(pattern) = self.house.errors_pattern() else { return };
        for entity in self.house.module.entities.iter().take(1) {
            self.with(pattern, entity, Step::Service, |house, file| {
                for code in errors::own_errors(house, file) {
                    file.part(code);
                }
            });
        }
    }

    /// Services and endpoints; they ask for the queries that repositories then have.
    fn rules(&mut self) {
        if let Some(pattern) = &self.house.style.layout.service.value {
            let mut opened: Vec<String> = Vec::new();
            for entity in &self.house.module.entities {
                self.with(pattern, entity, Step::Service, |house, file| {
                    if !opened.contains(&file.path) {
                        opened.push(file.path.clone());
                        let entities: Vec<_> = house.module.entities.iter().collect();
                        for code in rules::role_functions(house, file, &entities) {
                            file.part(code);
                        }
                    }
                    let parts = service::parts(house, file, entity);
                    if std::mem::take(&mut file.needs_violates)
                        && !file.parts.iter().any(|(part, _)| part.text().starts_with("def violates"))
                    {
                        let code = rules::violates_function(file);
                        file.part(code);
                    }
                    for part in parts {
                        file.part(part);
                    }
                });
            }
        }
        for router in &self.house.module.routers {
            self.endpoints(router);
        }
    }

    fn endpoints(&mut self, router: &'a RouterDesign) {
        let pattern = &self.house.style.layout.endpoints.value;
        let file = self.house.file(pattern, &router.module, &router.names, Step::Endpoints);
        self.on(file, |house, file| endpoints::fill(house, file, router));
    }

    fn repositories(&mut self) {
        let Some(pattern) = &self.house.style.layout.repository.value else { return };
        for entity in &self.house.module.entities {
            if !self.house.has_repository_classes() {
                self.with(pattern, entity, Step::Repository, |house, file| {
                    for code in repository::functions(house, file, entity) {
                        file.part(code);
                    }
                });
                continue;
            }
            self.with(pattern, entity, Step::Repository, |house, file| {
                let code = repository::class_code(house, file, entity);
                file.part(code);
                if let Some(code) = repository::instance_code(house, file, entity) {
                    file.part(code);
                }
            });
        }
    }

    fn tests(&mut self) {
        let Some(pattern) = &self.house.style.layout.tests.value else { return };
        for router in &self.house.module.routers {
            let file = self.house.file(pattern, &router.module, &router.names, Step::Tests);
            self.on(file, |house, file| tests::fill(house, file, router));
        }
    }
}

/// Link tables that `entity` declares: they must stand before it.
fn links(house: &House<'_>, file: &mut File, entity: &EntityDesign) {
    let own: Vec<_> = super::relations::links_of(house, entity).collect();
    for link in own {
        let code = models::link(house, file, link);
        file.part(code);
    }
}

/// Aliases for constrained types of all entities whose schemas stand in this file.
fn aliases(house: &House<'_>, file: &mut File) {
    let place = file.dotted.clone();
    let here = house.module.entities.iter().filter(|entity| house.schema(entity, "").module == place);
    let aliases: Vec<_> = here.flat_map(|entity| Family::new(house, entity).aliases(file)).collect();
    for (index, alias) in aliases.into_iter().enumerate() {
        if index == 0 {
            file.part(alias)
        } else {
            file.close_part(alias)
        };
    }
}

/// What rows share, unless it stands elsewhere, and the bodies of requests.
fn requests(family: &Family<'_>, file: &mut File, with_base: bool) {
    if with_base {
        let code = family.base(file);
        file.part(code);
    }
    for part in [Family::create, Family::update] {
        let code = part(family, file);
        file.part(code);
    }
}

/// The response, and a page of it where rows are listed.
fn responses(house: &House<'_>, family: &Family<'_>, file: &mut File, entity: &EntityDesign) {
    let code = family.output(file);
    file.part(code);
    if house.lists_of(entity) {
        let code = family.page(file);
        file.part(code);
    }
}

/// Tables and schemas in one file: the table stands behind what it extends.
fn together(house: &House<'_>, file: &mut File, entity: &EntityDesign) {
    let family = Family::new(house, entity);
    requests(&family, file, true);
    links(house, file, entity);
    let code = models::table(house, file, entity);
    file.part(code);
    responses(house, &family, file, entity);
}
