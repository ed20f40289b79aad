//! `architect apply`: carries a plan out.

use std::env;
use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{eprint, eprintln, print};
use architect_engine::{Applied, Failure, Result, apply, read_plan};
use architect_model::Plan;

use crate::cli::Place;
use crate::commands::plan;
use crate::render;

/// Carry a plan out: all of its files, or none
///
/// Takes a plan that `architect plan -o plan.json` saved, and refuses it if a file it rests on has changed since; or a
/// design document, whose plan is shown and confirmed first. Applied twice, it changes nothing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `plan.json`, or a design document
    plan: PathBuf,

    /// Do not ask before carrying out the plan of a design document
    #[arg(short, long)]
    yes: bool,

    /// Write the rest of a plan that leaves edits to you
    #[arg(long)]
    partly: bool,

    #[command(flatten)]
    told: plan::Told,
}

/// Applies the plan and says what comes next.
pub fn run(args: &Args, place: &Place) -> Result<ExitCode> {
    let planned = if args.plan.extension().is_some_and(|extension| extension == "json") {
        if !args.told.is_empty() {
            return Err(Failure::new(
                "a saved plan is carried out as it is",
                "give `--rename`, `--remove` and `--fill` to `architect plan`, and save that plan",
            ));
        }
        read_plan(&args.plan)?
    } else {
        match plan::make(&args.plan, &args.told, place)? {
            None => return Ok(ExitCode::from(2)),
            Some(planned) => match confirm(args.yes, &planned)? {
                Answer::Yes { asked } => return carry_out(&planned, args.partly || asked, place),
                Answer::No => return Ok(ExitCode::from(1)),
            },
        }
    };
    carry_out(&planned, args.partly, place)
}

/// Shows the plan of an edit and carries it out once somebody says yes; where nobody can be asked, it is only shown.
pub fn shown(planned: &Plan, yes: bool, partly: bool, place: &Place) -> Result<ExitCode> {
    if !yes && (planned.files.is_empty() || !io::stdin().is_terminal()) {
        print!("{}", render::plan(planned, true));
        if !planned.files.is_empty() {
            eprintln!("Nothing is written yet: `--yes` carries it out, `-o plan.json` saves it for `architect apply`.");
        }
        return Ok(ExitCode::SUCCESS);
    }
    if yes {
        print!("{}", render::plan(planned, true));
    }
    match confirm(yes, planned)? {
        Answer::Yes { asked } => carry_out(planned, partly || asked, place),
        Answer::No => Ok(ExitCode::from(1)),
    }
}

/// Writes the files of a plan; those of one that leaves edits to a person only where that is said (`partly`).
fn carry_out(planned: &Plan, partly: bool, place: &Place) -> Result<ExitCode> {
    if !planned.open_edits.is_empty() && !partly {
        return Err(Failure::new(
            format!("nothing is written: {}", render::open_edits(planned)),
            "make them and plan again, or add `--partly` to write the rest now",
        ));
    }
    match apply(&place.root(), planned, finisher().as_deref())? {
        Applied::Nothing => eprintln!("Nothing to do: every file already is as the plan says."),
        Applied::Written => eprintln!("{}", render::applied(planned)),
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a plan is to be carried out.
enum Answer {
    /// It is; somebody who saw it was `asked`, or a flag says so.
    Yes {
        asked: bool,
    },
    No,
}

fn confirm(yes: bool, planned: &Plan) -> Result<Answer> {
    if planned.files.is_empty() || yes {
        return Ok(Answer::Yes { asked: false });
    }
    print!("{}", render::plan(planned, true));
    if !io::stdin().is_terminal() {
        return Err(Failure::new(
            "the plan of a design document is carried out only after somebody said yes",
            "add `--yes`, or save it with `architect plan DESIGN.md -o plan.json` and apply that",
        ));
    }
    let but = if planned.open_edits.is_empty() { "" } else { ", but for what is left to you" };
    eprint!("\nCarry it out{but}? [y/N] ");
    let mut answer = String::new();
    let _ = io::stdin().lock().read_line(&mut answer);
    Ok(if matches!(answer.trim(), "y" | "Y" | "yes") { Answer::Yes { asked: true } } else { Answer::No })
}

/// This program, with the hidden command that finishes a committed journal.
fn finisher() -> Option<Vec<String>> {
    let program = env::current_exe().ok()?.to_str()?.to_owned();
    Some(vec![program, "finish".to_owned()])
}
