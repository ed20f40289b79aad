//! Code that names the fields of rows one by one, where a change adds a field: it names the new one too, or is asked
//! about.

use std::collections::BTreeSet;

use architect_model::{
    Certainty, ColumnDesign, ColumnRole, EntityDesign, FileChange, Location, OpenEdit, OperationKind, Plan, Project,
    Question, Resolution, Step, Use, UseKind, UseLayer,
};
use architect_python::carry::{NamedField, NamedGroup, OpenPlace, Rows, by_analogy, demands, named_one_by_one};
use architect_python::{SourceText, Sources, read, uses};

use similar::TextDiff;

use crate::Workspace;
use crate::impact::find_subject;
use crate::remaining::step;

/// A field that is new, and what is known of its entity.
struct Entered<'a> {
    class: &'a str,
    field: &'a str,
    /// Fields that the entity had before, with values that clients give.
    values: Vec<&'a str>,
    /// Its other fields.
    others: Vec<&'a str>,
    /// Classes of its rows, and of what is taken and answered of them.
    classes: Vec<&'a str>,
    /// By what its lists are filtered.
    filters: Vec<&'a str>,
}

/// Sees to the code that hands the fields of an entity on one by one, and would lose a new one.
pub(crate) fn settle(workspace: &Workspace, project: &Project, resolution: &Resolution, plan: &mut Plan) {
    let new = || resolution.modules.iter().flat_map(|module| &module.entities);
    for before in resolution.before.iter().flat_map(|module| &module.entities) {
        let Some(after) = new().find(|new| new.names.class == before.names.class) else { continue };
        for entered in entered(before, after, resolution) {
            Places { workspace, project, entered }.settle(plan);
        }
    }
}

fn entered<'a>(before: &'a EntityDesign, after: &'a EntityDesign, resolution: &'a Resolution) -> Vec<Entered<'a>> {
    let family = &after.schemas;
    let optional = [&family.base_class, &family.create_class, &family.update_class];
    let classes: Vec<&str> =
        optional.into_iter().flatten().chain([&family.output_class, &after.names.class]).map(String::as_str).collect();
    let is_renamed = |name: &str| resolution.renamed.iter().any(|one| one.class == after.names.class && one.to == name);
    let is_new = |name: &str| before.column(name).is_none() && !is_renamed(name);
    let added = after.columns.iter().filter(|column| is_new(&column.name));
    let siblings = before.columns.iter().filter(|column| after.column(&column.name).is_some());
    let is_value = |column: &&ColumnDesign| {
        matches!(column.role, ColumnRole::Value | ColumnRole::Reference) && (column.in_create || column.in_update)
    };
    let (values, others): (Vec<&ColumnDesign>, Vec<&ColumnDesign>) = siblings.partition(is_value);
    let routers = resolution.before.iter().flat_map(|module| &module.routers);
    let operations = routers.flat_map(|router| &router.operations).filter(|one| one.entity == after.names.class);
    let filters: Vec<&str> = operations
        .flat_map(|operation| match &operation.kind {
            OperationKind::List { filters, .. } => filters.as_slice(),
            _ => &[],
        })
        .map(String::as_str)
        .collect();
    let names = |columns: &[&'a ColumnDesign]| columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
    added
        .map(|column| Entered {
            class: &after.names.class,
            field: &column.name,
            values: names(&values),
            others: names(&others),
            classes: classes.clone(),
            filters: filters.clone(),
        })
        .collect()
}

struct Places<'a> {
    workspace: &'a Workspace,
    project: &'a Project,
    entered: Entered<'a>,
}

impl Places<'_> {
    fn rows<'r>(&'r self, demanding: &'r [&'r str]) -> Rows<'r> {
        let Entered { values, others, classes, .. } = &self.entered;
        Rows { values, others, classes, demanding }
    }

    fn settle(&self, plan: &mut Plan) {
        let sources = self.planned(plan);
        let demanding = self.demanding(plan);
        let mut found: Vec<(&SourceText, Vec<NamedGroup>)> = Vec::new();
        for file in &sources.python {
            if self.entered.classes.iter().any(|class| file.text.contains(class)) {
                let mut groups = named_one_by_one(&file.text, self.rows(&demanding));
                groups.retain(|group| !self.are_filters(group));
                found.extend((!groups.is_empty()).then_some((file, groups)));
            }
        }
        if found.is_empty() {
            return;
        }
        let after = read(&sources);
        let names: BTreeSet<&str> =
            found.iter().flat_map(|(_, groups)| groups).flat_map(|group| self.telling(group)).collect();
        let known: Vec<Use> = names.iter().flat_map(|name| self.uses(&sources, &after, name)).collect();
        for (file, groups) in found {
            let layer = |group: &NamedGroup| {
                let is_it = |one: &&Use| {
                    let counts = one.layer < UseLayer::Tests || group.demanded;
                    counts && one.at.file == file.path && group.fields.iter().any(|field| is_at(field, one))
                };
                known.iter().find(is_it)
            };
            let real: Vec<(&NamedGroup, &Use)> =
                groups.iter().filter_map(|group| Some((group, layer(group)?))).collect();
            if let Some((_, first)) = real.first() {
                let fields: Vec<NamedField> = real.iter().flat_map(|(group, _)| group.fields.clone()).collect();
                let demanded =
                    real.iter().find(|(group, _)| group.demanded).and_then(|(group, _)| group.fields.first());
                let place = demanded.or(fields.first()).map_or(0, |(at, _)| *at);
                let doubtful = OpenPlace { at: place, demanded: demanded.is_some() };
                self.file(plan, file, (&fields, doubtful), first.layer, (&after, &demanding));
            }
        }
    }

    /// Two fields of a group that tell of what it is one, of those with values that clients give if it has such.
    fn telling<'g>(&self, group: &'g NamedGroup) -> impl Iterator<Item = &'g str> {
        let is_value = |one: &&str| self.entered.values.contains(one);
        let (values, others): (Vec<&str>, Vec<&str>) = group.fields.iter().map(name).partition(is_value);
        values.into_iter().chain(others).take(2)
    }

    /// The classes of which no row can be made without the new field, as the planned files declare it.
    fn demanding(&self, plan: &Plan) -> Vec<&'_ str> {
        let planned = plan.files.iter().filter(|file| file.path.ends_with(".py"));
        let demands = |class: &&&str| planned.clone().any(|file| demands(&file.after, class, self.entered.field));
        self.entered.classes.iter().filter(demands).copied().collect()
    }

    /// Whether only such fields are named as lists are filtered by, and not all that clients give.
    fn are_filters(&self, group: &NamedGroup) -> bool {
        let named: BTreeSet<&str> =
            group.fields.iter().map(name).filter(|name| self.entered.values.contains(name)).collect();
        let (some, all) = (!named.is_empty(), named.len() == self.entered.values.len());
        some && !all && named.iter().all(|name| self.entered.filters.contains(name))
    }

    /// The sources with what is planned.
    fn planned(&self, plan: &Plan) -> Sources {
        let planned = plan.files.iter().map(|file| SourceText::new(file.path.as_str(), file.after.as_str()));
        self.workspace.sources.overlaid(planned)
    }

    /// The places in code and tests where a field of the entity is surely used.
    fn uses(&self, sources: &Sources, project: &Project, field: &str) -> Vec<Use> {
        let Ok(subject) = find_subject(project, &format!("{}.{field}", self.entered.class)) else { return Vec::new() };
        let mut found = uses(sources, project, &subject);
        found.retain(|one| one.layer <= UseLayer::Tests && !matches!(one.certain, Certainty::Possible { .. }));
        found
    }

    /// Adds the field to a file, if what is written is known to mean it.
    fn file(
        &self,
        plan: &mut Plan,
        file: &SourceText,
        (fields, doubtful): (&[NamedField], OpenPlace),
        layer: UseLayer,
        (after, demanding): (&Project, &[&str]),
    ) {
        let (new, style) = (self.entered.field, &self.project.style.format);
        let said = by_analogy(&file.text, new, fields, self.rows(demanding), style);
        for place in said.open {
            self.ask(plan, file, place);
        }
        let Some(text) = said.text else { return };
        let kept = plan.files.clone();
        put(plan, file, text, step(Some(layer)));
        let sources = self.planned(plan);
        let named = |sources: &Sources| {
            let uses = self.uses(sources, after, new);
            uses.iter().filter(|one| one.at.file == file.path && is_name(one)).count()
        };
        // Each name that was written must mean the new field, as far as the types of the code tell.
        if named(&sources) < named(&self.overlaid(&kept)) + said.written {
            plan.files = kept;
            self.ask(plan, file, doubtful);
        }
    }

    /// The line, counted from 1, on which the planned line of this index stands as the file is now.
    fn line_as_it_is(&self, file: &SourceText, planned: usize) -> u32 {
        let known = self.workspace.sources.python.iter().find(|known| known.path == file.path);
        let line = known.and_then(|known| {
            let diff = TextDiff::from_lines(&*known.text, &*file.text);
            diff.iter_all_changes().find(|change| change.new_index() == Some(planned))?.old_index()
        });
        u32::try_from(line.unwrap_or(planned) + 1).unwrap_or(u32::MAX)
    }

    fn overlaid(&self, files: &[FileChange]) -> Sources {
        let planned = files.iter().map(|file| SourceText::new(file.path.as_str(), file.after.as_str()));
        self.workspace.sources.overlaid(planned)
    }

    fn ask(&self, plan: &mut Plan, file: &SourceText, OpenPlace { at, demanded }: OpenPlace) {
        let before = file.text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.line_as_it_is(file, before.matches('\n').count());
        let shown = file.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim();
        let named = format!("`{}.{}`", self.entered.class, self.entered.field);
        let at = Location::line(std::sync::Arc::clone(&file.path), line);
        if demanded {
            let text = format!("{named} is new, and what is made here must be given a value for it: `{shown}`");
            let edit = OpenEdit { text, at };
            if !plan.open_edits.contains(&edit) {
                plan.open_edits.push(edit);
            }
            return;
        }
        let text = format!("{named} is new. Fields are named one by one here: does it come in? `{shown}`");
        let question = Question { text, default: "It stays as it is.".to_owned(), at };
        if !plan.questions.contains(&question) {
            plan.questions.push(question);
        }
    }
}

fn name(field: &NamedField) -> &str {
    &field.1
}

/// Whether the name of the field itself stands there.
fn is_name(one: &Use) -> bool {
    matches!(one.kind, UseKind::Keyword | UseKind::Key | UseKind::Attribute | UseKind::Column)
}

fn is_at(field: &NamedField, one: &Use) -> bool {
    usize::try_from(one.at.start).is_ok_and(|start| start == field.0)
}

/// Gives a file of the plan another text; one that the plan left alone so far comes in.
fn put(plan: &mut Plan, file: &SourceText, text: String, step: Step) {
    match plan.files.iter_mut().find(|known| *known.path == *file.path) {
        Some(known) => known.after = text,
        None => plan.files.push(FileChange {
            path: file.path.to_string(),
            step,
            before: Some(file.text.to_string()),
            after: text,
        }),
    }
}
