//! `architect add`, `change`, `rename` and `remove`: one change of what the code has, in all layers.

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprintln, print};
use architect_engine::{Failure, Result, RowValue, plan_edit, read_endpoint, read_field, write_plan};
use architect_model::{DesignEdit, Ownership, Project};
use clap::{Subcommand, ValueEnum};

use crate::cli::Place;
use crate::commands::apply;
use crate::commands::plan::row_value;
use crate::render;

/// Add a field or an endpoint to what exists: a plan over all layers
///
/// Model, schemas, queries, rules, endpoints, tests and migration move together. The plan is shown; nothing is written
/// before somebody says yes.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    #[command(subcommand)]
    what: Add,
}

#[derive(Debug, Subcommand)]
enum Add {
    /// A field: `add field Project.priority 'enum(low, high) = low'`
    Field {
        /// Entity and name: `Project.priority`
        field: String,
        /// Type as in a design document: `string(1..80)`, `date?`, `enum(low, high) = low`, `User?`, `list of Tag`
        #[arg(value_name = "TYPE")]
        ty: String,
        /// Rules as in a design document: `unique per owner, index, filter, read only, on delete set null`
        #[arg(long, default_value = "")]
        rules: String,
        #[command(flatten)]
        carry_out: CarryOut,
    },
    /// An endpoint: `add endpoint POST '/projects/{project_id}/archive' 'set status = archived'`
    Endpoint {
        /// HTTP method
        method: String,
        /// Path below the API's prefix
        path: String,
        /// What it does, as in a design document: `list Task, newest first`, `set status = archived`
        does: String,
        /// Who may call it: `owner`, `signed in`, `public`, `admin`, `role editor`
        #[arg(long, default_value = "owner")]
        who: String,
        #[command(flatten)]
        carry_out: CarryOut,
    },
}

/// Change a field or an owner of what exists: a plan over all layers
#[derive(Debug, clap::Args)]
pub struct ChangeArgs {
    #[command(subcommand)]
    what: Change,
}

#[derive(Debug, Subcommand)]
enum Change {
    /// A field: `change field Project.name 'string(1..200)'`, `change field Project.status --rules filter`
    Field {
        /// Entity and name: `Project.name`
        field: String,
        /// Its new type as in a design document, with `?` where it is optional and its default; left out, it stays
        #[arg(value_name = "TYPE", required_unless_present = "rules")]
        ty: Option<String>,
        /// All its rules from now on, as in a design document; left out, they stay
        #[arg(long)]
        rules: Option<String>,
        #[command(flatten)]
        carry_out: CarryOut,
    },
    /// Who may call an endpoint: `change access GET /articles public`
    Access {
        /// HTTP method
        method: String,
        /// Path below the API's prefix
        path: String,
        /// `owner`, `signed in`, `public`, `admin`, `role editor`
        who: String,
        #[command(flatten)]
        carry_out: CarryOut,
    },
    /// To whom rows belong: `change owner Task Project`, `change owner Note User`, `change owner Note 'members of Team'`,
    /// `change owner Tag nobody`
    Owner {
        /// The entity
        entity: String,
        /// `User`, `nobody`, `members of Team`, or the entity whose owner owns them
        owner: String,
        #[command(flatten)]
        carry_out: CarryOut,
    },
}

/// Rename a field of what exists: its values stay
#[derive(Debug, clap::Args)]
pub struct RenameArgs {
    #[command(subcommand)]
    what: Rename,
}

#[derive(Debug, Subcommand)]
enum Rename {
    /// A field: `rename field Project.name title`
    Field {
        /// Entity and name as it is: `Project.name`
        field: String,
        /// Name as it shall be
        to: String,
        #[command(flatten)]
        carry_out: CarryOut,
    },
}

/// Remove a field or an endpoint of what exists, by name
#[derive(Debug, clap::Args)]
pub struct RemoveArgs {
    #[command(subcommand)]
    what: Remove,
}

#[derive(Debug, Subcommand)]
enum Remove {
    /// A field, with its values: `remove field Project.color`
    Field {
        /// Entity and name: `Project.color`
        field: String,
        #[command(flatten)]
        carry_out: CarryOut,
    },
    /// An endpoint: `remove endpoint DELETE '/projects/{project_id}'`
    Endpoint {
        /// HTTP method
        method: String,
        /// Path below the API's prefix
        path: String,
        #[command(flatten)]
        carry_out: CarryOut,
    },
}

/// What becomes of the plan.
#[derive(Debug, clap::Args)]
struct CarryOut {
    /// Carry the plan out without asking
    #[arg(short, long)]
    yes: bool,

    /// Write the rest of a plan that leaves edits to you
    #[arg(long)]
    partly: bool,

    /// What rows that exist get in a column that comes to need a value: `--fill 'Project.code="none"'`
    #[arg(long, value_name = "ENTITY.COLUMN=VALUE", value_parser = row_value)]
    fill: Vec<RowValue>,

    /// Save the plan to this file, for `architect apply`, and write nothing else
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// `text` for people, `json` for programs; with `json` the plan is only shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Plans an addition.
pub fn add(args: &AddArgs, place: &Place) -> Result<ExitCode> {
    match &args.what {
        Add::Field { field, ty, rules, carry_out } => {
            let (entity, name) = parts(field)?;
            run(carry_out, place, |project| {
                let field = Box::new(read_field(project, entity, name, Some(ty), rules)?);
                Ok(DesignEdit::AddField { entity: entity.to_owned(), field })
            })
        }
        Add::Endpoint { method, path, does, who, carry_out } => run(carry_out, place, |project| {
            let endpoint = Box::new(read_endpoint(project, &method.to_uppercase(), path, does, who)?);
            Ok(DesignEdit::AddEndpoint { endpoint })
        }),
    }
}

/// Plans a change.
pub fn change(args: &ChangeArgs, place: &Place) -> Result<ExitCode> {
    match &args.what {
        Change::Field { field, ty, rules, carry_out } => {
            let (entity, name) = parts(field)?;
            let (with_type, with_rules) = (ty.is_some(), rules.is_some());
            run(carry_out, place, |project| {
                let rules = rules.as_deref().unwrap_or_default();
                let field = Box::new(read_field(project, entity, name, ty.as_deref(), rules)?);
                Ok(DesignEdit::ChangeField { entity: entity.to_owned(), field, with_type, with_rules })
            })
        }
        Change::Access { method, path, who, carry_out } => run(carry_out, place, |project| {
            let method = method.to_uppercase();
            let who = read_endpoint(project, &method, path, "by hand", who)?.who;
            Ok(DesignEdit::ChangeAccess { method, path: path.clone(), who })
        }),
        Change::Owner { entity, owner, carry_out } => {
            let owner = read_owner(owner);
            run(carry_out, place, |_| Ok(DesignEdit::ChangeOwner { entity: entity.clone(), owner }))
        }
    }
}

/// `User`, `nobody`, `Project`, `members of Team`, `its members`.
fn read_owner(written: &str) -> Ownership {
    let members = |of: Option<&str>| Ownership::Members { of: of.map(str::to_owned), through: None };
    match (written.trim(), written.trim().strip_prefix("members of ")) {
        ("User", _) => Ownership::User,
        ("nobody", _) => Ownership::Nobody,
        ("its members", _) => members(None),
        (_, Some(of)) => members(Some(of.trim())),
        (parent, None) => Ownership::Parent { entity: parent.to_owned() },
    }
}

/// Plans a renaming.
pub fn rename(args: &RenameArgs, place: &Place) -> Result<ExitCode> {
    let Rename::Field { field, to, carry_out } = &args.what;
    let (entity, from) = parts(field)?;
    run(carry_out, place, |project| {
        let to = read_field(project, entity, to, Some("text"), "")?.name;
        Ok(DesignEdit::RenameField { entity: entity.to_owned(), from: from.to_owned(), to })
    })
}

/// Plans a removal.
pub fn remove(args: &RemoveArgs, place: &Place) -> Result<ExitCode> {
    match &args.what {
        Remove::Field { field, carry_out } => {
            let (entity, name) = parts(field)?;
            let edit = DesignEdit::RemoveField { entity: entity.to_owned(), field: name.to_owned() };
            run(carry_out, place, |_| Ok(edit))
        }
        Remove::Endpoint { method, path, carry_out } => {
            let edit = DesignEdit::RemoveEndpoint { method: method.to_uppercase(), path: path.clone() };
            run(carry_out, place, |_| Ok(edit))
        }
    }
}

/// `Project.priority` as entity and field.
fn parts(written: &str) -> Result<(&str, &str)> {
    written.split_once('.').filter(|(entity, field)| !entity.is_empty() && !field.is_empty()).ok_or_else(|| {
        Failure::new(format!("`{written}` names no field"), "write entity and field: `Project.priority`")
    })
}

fn run(carry_out: &CarryOut, place: &Place, edit: impl FnOnce(&Project) -> Result<DesignEdit>) -> Result<ExitCode> {
    let workspace = place.workspace()?;
    eprintln!("Planning in {}", workspace.root.display());
    let planned = render::during("Planning", || plan_edit(workspace, edit, &carry_out.fill))?;
    if !planned.problems.is_empty() {
        render::problems(&planned.problems, "", "");
        return Ok(ExitCode::from(2));
    }
    if let Some(output) = &carry_out.output {
        print!("{}", render::plan(&planned, true));
        write_plan(&planned, output)?;
        eprintln!("Saved. Carry it out with `architect apply {}`.", output.display());
        return Ok(ExitCode::SUCCESS);
    }
    match carry_out.format {
        Format::Json => render::json(&planned)?,
        Format::Text => return apply::shown(&planned, carry_out.yes, carry_out.partly, place),
    }
    Ok(ExitCode::SUCCESS)
}
