//! Random edits of random models, each written as a revision and run by Alembic on SQLite and PostgreSQL.

mod count;
mod draw;
mod edit;
mod models;
mod python;
mod rows;

use std::fmt::Write as _;
use std::path::Path;

use super::random::Random;
use super::revisions::{Case, House, Revised, environment, run_houses};
use super::{Runner, Scale};
use crate::postgres::Postgres;
use crate::tools::{Outcome, Tools};
use count::Count;
use draw::{Allowed, Drawer};
use models::Models;

/// Houses, and whether only PostgreSQL runs in them.
const HOUSES: &[House] = &[
    House { name: "plain", batch: false, convention: false, sqlmodel: false },
    House { name: "named", batch: false, convention: true, sqlmodel: false },
    House { name: "sqlmodel", batch: false, convention: false, sqlmodel: true },
    House { name: "batch", batch: true, convention: false, sqlmodel: false },
    House { name: "named-batch", batch: true, convention: true, sqlmodel: false },
];

/// What is refused, and said so in the documents: any other refusal is a fault.
const LIMITS: &[&str] = &["SQLite makes no values of the new type", "which it cannot with a computed column"];

/// How a revision says that its way back does not take every row.
const EMPTY: &[&str] = &["works on an empty table only", "`downgrade` stops"];

/// Runs the campaign.
///
/// # Errors
/// Python or PostgreSQL cannot be set up.
pub fn check(runner: &mut Runner, tools: &Tools, scale: Scale) -> Outcome {
    if !runner.wants("edits") {
        return Ok(());
    }
    let postgres = Postgres::start(tools)?;
    let python = environment(tools)?;
    let folder = tools.fresh("edits")?;
    let mut count = Count::default();
    runner.check(&format!("edits: {} of random models, written (seed {})", scale.edits, scale.seed), || {
        let wanted = usize::try_from(scale.edits).unwrap_or(usize::MAX).div_ceil(HOUSES.len());
        for (index, house) in HOUSES.iter().enumerate() {
            let begun = count.edits;
            let mut number = 0;
            while count.edits - begun < wanted {
                number += 1;
                let seed = (u64::from(scale.seed) * 100 + index as u64) * 100_000 + number;
                one(&folder, house, (seed, number), &mut count)?;
            }
        }
        eprint!("{}", count.shown());
        let faults = count.faults(LIMITS);
        if faults.is_empty() { Ok(()) } else { Err(format!("refused without need:\n{}", faults.join("\n"))) }
    });
    runner.check("edits: up, complete, down, up on SQLite and PostgreSQL, rows kept", || {
        let (first, second) = HOUSES.split_at(3);
        let urls = [postgres.database("edits_1")?, postgres.database("edits_2")?];
        std::thread::scope(|scope| {
            let other = scope.spawn(|| run_houses(tools, &python, &folder, &urls[1], second));
            let told = run_houses(tools, &python, &folder, &urls[0], first);
            let other = other.join().unwrap_or_else(|_| Err("a thread failed".to_owned()));
            match (told, other) {
                (Err(one), Err(other)) => Err(format!("{one}\n{other}")),
                (told, other) => told.and(other),
            }
        })
    });
    Ok(())
}

/// One case: models, one to five edits of them, and the revision of these.
fn one(folder: &Path, house: &House, (seed, number): (u64, u64), count: &mut Count) -> Outcome {
    let mut random = Random::new(seed);
    let allowed = Allowed { postgresql: !house.batch, convention: house.convention, sqlmodel: house.sqlmodel };
    let mut drawer = Drawer { random: &mut random, allowed };
    let before = drawer.models();
    let mut after = before.clone();
    let times = 1 + drawer.random.below(5);
    let edited = drawer.edit(&mut after, times);
    let rows = if drawer.random.chance(85) { 2 + drawer.random.below(2) } else { 0 };
    let name = format!("{number} {}", edited.kinds.join(", "));
    let mut case = Case::new(name, python::classes(&before, house.sqlmodel), python::classes(&after, house.sqlmodel));
    case.conventions = Some((before.convention, after.convention));
    case.rows = rows::rows(&before, rows);
    note(&before, &after, &edited, &mut case);
    count.edits += edited.kinds.len();
    loop {
        let revised = house.revise(&case);
        match revised {
            Ok(Revised { needed, .. }) if !needed.is_empty() => {
                for (table, column) in needed {
                    match rows::answer(&before, &after, &table, &column) {
                        Some(value)
                            if !case.fills().iter().any(|fill| fill.table == table && fill.column == column) =>
                        {
                            count.asked += 1;
                            case.note("fill", &format!("{table}.{column} = {value}"));
                        }
                        _ => {
                            count.unanswered += 1;
                            return Ok(());
                        }
                    }
                }
            }
            Ok(revised) => {
                count.written(&edited.kinds, revised.second.is_some());
                match &revised.second {
                    None => case.note("nothing", ""),
                    Some(second)
                        if second.remarks.iter().any(|remark| EMPTY.iter().any(|one| remark.contains(one))) =>
                    {
                        case.note("empty", "");
                    }
                    Some(_) => {}
                }
                return house.put(folder, &case, &revised);
            }
            Err(why) => {
                house.put_models(folder, &case)?;
                count.refused(&format!("{} {}: {why}", house.name, case.name), &why);
                return Ok(());
            }
        }
    }
}

/// What the runner has to know of a case, and the writer.
fn note(before: &Models, after: &Models, edited: &edit::Edited, case: &mut Case) {
    let mut line = String::new();
    for to in &after.tables {
        let Some(from) = before.table(to.id) else { continue };
        if from.name != to.name {
            case.note("rename table", &format!("{} -> {}", from.qualified(), to.qualified()));
        }
        for column in &to.columns {
            let Some(old) = from.column(column.id) else { continue };
            if old.name != column.name {
                case.note("rename column", &format!("{}.{} -> {}", to.qualified(), old.name, column.name));
            }
            let is_lost =
                [&column.ty, &old.ty].iter().any(|ty| ty.enumeration().is_some_and(|id| edited.lost.contains(&id)));
            if is_lost && let Some(value) = rows::constant(after, &column.ty) {
                case.note("fill", &format!("{}.{} = {value}", to.qualified(), column.name));
            }
            if is_lost || edited.changes.contains(&(to.id, column.id)) || column.nullable != old.nullable {
                line.clear();
                let _ = write!(line, "{}.{}", to.qualified(), column.name);
                case.note("changes", &line);
            }
        }
    }
}
