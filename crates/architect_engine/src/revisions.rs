//! Heads of the migration history: what each branch does, the revision that joins them, and branches put behind others.

use architect_model::{
    DatabaseSchema, FileChange, History, Location, MigrationOperation, MigrationOperationKind, Plan, Problem, Revision,
    Risk, Step,
};
use architect_python::{Migrated, edit, read_migrated, write_merge};
use architect_schema::history::Graph;
use architect_schema::statement::read_sql;
use architect_schema::{clashes, in_words, may_touch_anything};

use crate::git::{MainBranch, Standing};
use crate::replayed::ReplayedDatabase;
use crate::{Failure, Result, Workspace};

/// Where the revisions end.
#[derive(Debug, Clone)]
pub struct Heads {
    /// The heads, each with what its branch does.
    pub branches: Vec<Branch>,
    /// The main branch in git, where there is one.
    pub main: Option<String>,
    /// Revisions that are on the main branch and were edited here.
    pub edited: Vec<Problem>,
}

/// A head, and the revisions that it has and the other heads have not.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The revisions in the order of upgrade; the head is the last one.
    pub revisions: Vec<BranchRevision>,
}

/// A revision of a branch.
#[derive(Debug, Clone)]
pub struct BranchRevision {
    /// Its identifier.
    pub id: String,
    /// Its message.
    pub message: Option<String>,
    /// What it does, in words.
    pub does: Vec<String>,
    /// Whether it is on the main branch in git, where that is known.
    pub is_merged: Option<bool>,
    /// Where it is.
    pub at: Location,
}

/// The history of a project whose migrations were found.
///
/// # Errors
/// There are none.
pub(crate) fn migrated(workspace: &Workspace) -> Result<Migrated> {
    let (migrated, ()) = read_migrated(&workspace.sources, ReplayedDatabase::new(), |_| ());
    if migrated.project.style.migrations.versions.is_none() {
        return Err(crate::migrate::no_migrations(workspace));
    }
    Ok(migrated)
}

/// Where the revisions end, and what each branch does.
///
/// # Errors
/// No migrations are found, or they have no order.
pub fn heads(workspace: &Workspace) -> Result<Heads> {
    let migrated = migrated(workspace)?;
    let graph = Graph::new(&migrated.history)?;
    let main = MainBranch::find(&workspace.root);
    let heads = graph.heads();
    let line = |revision: &&Revision| BranchRevision {
        id: revision.id.clone(),
        message: revision.message.clone(),
        does: expanded(revision).iter().filter_map(|operation| in_words(&operation.kind)).collect(),
        is_merged: main.as_ref().map(|main| main.standing(&workspace.root, &revision.at.file) != Standing::Local),
        at: revision.at.clone(),
    };
    let branch = |head: &&Revision| {
        let others: Vec<&Revision> = heads.iter().copied().filter(|other| other.id != head.id).collect();
        let revisions = if others.is_empty() { vec![*head] } else { graph.branch(head, &others) };
        Branch { revisions: revisions.iter().map(line).collect() }
    };
    let branches = heads.iter().map(branch).collect();
    let edited = main.as_ref().map(|main| edited(workspace, &migrated.history, main)).unwrap_or_default();
    Ok(Heads { branches, main: main.map(|main| main.name), edited })
}

/// Revisions that are on the main branch and were edited here: databases have run them, and do not run them again.
pub(crate) fn edited(workspace: &Workspace, history: &History, main: &MainBranch) -> Vec<Problem> {
    let paths: Vec<&str> = history.revisions.iter().map(|revision| &*revision.at.file).collect();
    let standings = main.standings(&workspace.root, &paths);
    let edited = history.revisions.iter().zip(standings).filter(|(_, standing)| *standing == Standing::Edited);
    let problem = |revision: &Revision| Problem {
        text: format!(
            "the revision `{}` is on `{}`, and was edited here: databases that have run it do not run it again",
            revision.id, main.name
        ),
        help: Some(format!(
            "Restore it with `git checkout {} -- {}`, and write what is missing as a new revision.",
            main.name, revision.at.file
        )),
        at: revision.at.clone(),
    };
    edited.map(|(revision, _)| problem(revision)).collect()
}

/// The operations of `upgrade()`, SQL among them read.
fn expanded(revision: &Revision) -> Vec<MigrationOperation> {
    let nothing = DatabaseSchema::default();
    let read = |operation: &MigrationOperation| match &operation.kind {
        MigrationOperationKind::Execute { sql } => {
            let kinds = read_sql(sql, &operation.at, &nothing).into_iter();
            kinds.map(|kind| MigrationOperation { kind, ..operation.clone() }).collect()
        }
        _ => vec![operation.clone()],
    };
    revision.upgrade.iter().flat_map(read).collect()
}

/// Plans the revision that joins the heads.
///
/// # Errors
/// No migrations are found, they have no order, there is one head only, or the file cannot be written with certainty.
pub fn merge_heads(workspace: &Workspace, message: Option<&str>) -> Result<Plan> {
    let migrated = migrated(workspace)?;
    let graph = Graph::new(&migrated.history)?;
    let heads = graph.heads();
    if heads.len() < 2 {
        return Err(one_head(&heads, "merged"));
    }
    let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    let message = message.map_or_else(|| format!("merge {}", ids.join(" and ")), str::to_owned);
    let project = workspace.project();
    let written = write_merge(&workspace.sources, &project, &ids, &message, crate::migration::now())?;
    let Some(new) = written else { return Err(crate::migrate::no_migrations(workspace)) };
    let mut plan = crate::plan::of_workspace(workspace);
    plan.risks = new.remarks.into_iter().map(|text| Risk { text, at: None }).collect();
    plan.files.push(FileChange { path: new.path, step: Step::Migration, before: None, after: new.text });
    for (index, head) in heads.iter().enumerate() {
        for other in &heads[index + 1..] {
            plan.risks.extend(met(&graph, head, other));
        }
    }
    Ok(plan)
}

/// What two branches do to the same objects: one runs before the other, and either may be the first.
fn met(graph: &Graph<'_>, one: &Revision, other: &Revision) -> Vec<Risk> {
    let operations = |head: &Revision, than: &Revision| -> Vec<MigrationOperation> {
        graph.branch(head, &[than]).into_iter().flat_map(expanded).collect()
    };
    let (ours, theirs) = (operations(one, other), operations(other, one));
    let risk = |clash: architect_schema::Clash<'_>| Risk {
        text: format!(
            "both branches touch the same: one {}, the other {} ({}); see that either order works",
            in_words(&clash.ours.kind).unwrap_or_default(),
            in_words(&clash.theirs.kind).unwrap_or_default(),
            clash.theirs.at
        ),
        at: Some(clash.ours.at.clone()),
    };
    clashes(&ours, &theirs).into_iter().map(risk).collect()
}

fn one_head(heads: &[&Revision], what: &str) -> Failure {
    let head = heads.first().map_or_else(|| "none".to_owned(), |head| format!("`{}` ({})", head.id, head.at.file));
    Failure::new(format!("nothing is to be {what}: the only head is {head}"), "`architect migrate heads` shows it")
}

/// Plans that local revisions follow another head: those that are not on the main branch in git.
///
/// # Errors
/// No migrations are found, they have no order, there is one head only; or revisions touch the same objects as those that
/// come to stand before them, are on the main branch, or are merges.
pub fn rebase(workspace: &Workspace, onto: Option<&str>) -> Result<Plan> {
    let migrated = migrated(workspace)?;
    let graph = Graph::new(&migrated.history)?;
    let heads = graph.heads();
    if heads.len() < 2 {
        return Err(one_head(&heads, "moved"));
    }
    let main = MainBranch::find(&workspace.root);
    let is_local = |revision: &Revision| {
        main.as_ref().is_none_or(|main| main.standing(&workspace.root, &revision.at.file) == Standing::Local)
    };
    let onto = target(&graph, &heads, onto, main.as_ref(), &is_local)?;
    let mut plan = crate::plan::of_workspace(workspace);
    let mut behind = onto;
    for head in heads.iter().filter(|head| head.id != onto.id) {
        let branch = graph.branch(head, &[onto]);
        let theirs = graph.branch(onto, &[head]);
        movable(&branch, &theirs, main.as_ref(), &is_local, &mut plan.risks)?;
        for revision in &branch {
            if let Some(change) = moved(workspace, revision, &branch, behind)? {
                plan.files.push(change);
            }
        }
        behind = head;
    }
    Ok(plan)
}

/// The head that the others are put behind: the one that is named, else the only one that is on the main branch.
fn target<'h>(
    graph: &Graph<'h>,
    heads: &[&'h Revision],
    onto: Option<&str>,
    main: Option<&MainBranch>,
    is_local: &dyn Fn(&Revision) -> bool,
) -> Result<&'h Revision> {
    let names = || heads.iter().map(|head| format!("`--onto {}`", head.id)).collect::<Vec<_>>().join(" or ");
    if let Some(name) = onto {
        let found = graph.resolve(name).map_err(|unresolved| Failure::new(unresolved.text, unresolved.help))?;
        return match found.as_slice() {
            [only] if heads.iter().any(|head| head.id == only.id) => Ok(only),
            _ => Err(Failure::new(format!("`{name}` is no head"), format!("name one: {}", names()))),
        };
    }
    let Some(main) = main else {
        return Err(Failure::new(
            "which revisions are your own is not known: there is no git repository with a main branch",
            format!("name the head that they come to stand behind: {}", names()),
        ));
    };
    let merged: Vec<&&Revision> = heads.iter().filter(|head| !is_local(head)).collect();
    match merged.as_slice() {
        [only] => Ok(only),
        [] => Err(Failure::new(
            format!("no head is on `{}`: which comes first is not known", main.name),
            format!("name the head that the others come to stand behind: {}", names()),
        )),
        _ => Err(Failure::new(
            format!("several heads are on `{}`, where they stay as they are", main.name),
            "join them with `architect migrate heads --merge`",
        )),
    }
}

/// Whether a branch can stand behind others.
fn movable(
    branch: &[&Revision],
    theirs: &[&Revision],
    main: Option<&MainBranch>,
    is_local: &dyn Fn(&Revision) -> bool,
    risks: &mut Vec<Risk>,
) -> Result<()> {
    let mut problems = Vec::new();
    let merge = Some("Join the heads with `architect migrate heads --merge` instead.".to_owned());
    for revision in branch {
        if let Some(main) = main.filter(|_| !is_local(revision)) {
            let text =
                format!("the revision `{}` is on `{}`, where revisions stay as they are", revision.id, main.name);
            problems.push(Problem { text, help: merge.clone(), at: revision.at.clone() });
        } else if revision.down.len() > 1 && !revision.down.iter().all(|id| branch.iter().any(|one| one.id == *id)) {
            let text = format!("the revision `{}` joins branches, one of which would be its own parent", revision.id);
            problems.push(Problem { text, help: merge.clone(), at: revision.at.clone() });
        }
    }
    let operations = |revisions: &[&Revision]| -> Vec<MigrationOperation> {
        revisions.iter().flat_map(|revision| expanded(revision)).collect()
    };
    let (ours, others) = (operations(branch), operations(theirs));
    for clash in clashes(&ours, &others) {
        let (one, other) = (in_words(&clash.ours.kind), in_words(&clash.theirs.kind));
        problems.push(Problem {
            text: format!(
                "this {}, and what would come before it {} ({})",
                one.unwrap_or_default(),
                other.unwrap_or_default(),
                clash.theirs.at
            ),
            help: Some(
                "Bring the two together by hand: change your own revision, which nobody has run yet.".to_owned(),
            ),
            at: clash.ours.at.clone(),
        });
    }
    for operation in may_touch_anything(&ours).into_iter().chain(may_touch_anything(&others)) {
        let text = in_words(&operation.kind).unwrap_or_default();
        risks.push(Risk { text: format!("{text}; see that it can run in this order"), at: Some(operation.at.clone()) });
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// The file of a revision, which follows another one from now on; none where its parents are of its own branch.
fn moved(
    workspace: &Workspace,
    revision: &Revision,
    branch: &[&Revision],
    behind: &Revision,
) -> Result<Option<FileChange>> {
    let outside = revision.down.iter().find(|id| !branch.iter().any(|one| one.id == **id));
    if outside.is_none() && !revision.down.is_empty() {
        return Ok(None);
    }
    let file = workspace.sources.python.iter().find(|file| file.path == revision.at.file);
    let Some(file) = file else { return Ok(None) };
    let after = edit::follow(&file.text, outside.map(String::as_str), &behind.id).map_err(|refused| {
        Failure::from(vec![Problem {
            text: refused.reason.clone(),
            help: Some(format!("Let it follow `{}` by hand.", behind.id)),
            at: Location::line(file.path.clone(), refused.line),
        }])
    })?;
    let before = Some(file.text.to_string());
    Ok(Some(FileChange { path: file.path.to_string(), step: Step::Migration, before, after }))
}
