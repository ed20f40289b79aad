//! Drift between models and migrations, and what is to be told before a revision can be written.

use std::fmt::Write;

use architect_engine::{Failure, Migration, PossibleRename, Reason, dropped};
use architect_model::{
    Comparisons, DifferenceKind, Drift, LiveDrift, SchemaDifference, UncertainDifference, UnimportedTable, Unknown,
};

use super::design::count;
use super::paint::{added, dim, heading, removed};

/// Most uncertain differences of one reason that are listed.
const LISTED: usize = 5;

/// What models and migrations have differently.
pub fn drift(drift: &Drift) -> String {
    let mut out = String::new();
    for difference in &drift.differences {
        let _ = writeln!(out, "   {} {} {}", mark(difference.change), difference.text, dim(&difference.at));
    }
    out.push_str(&beside(drift));
    let conclusion = match (drift.differences.len(), drift.unimported.len(), drift.uncertain.len()) {
        (0, 0, 0) => "The migrations make what the models declare.".to_owned(),
        (0, 0, open) => format!(
            "The migrations make what the models declare, but for {} that cannot be compared.",
            count(open, "thing", "things")
        ),
        (0, ..) => return out,
        (number, ..) => format!(
            "{} between the models and the migrations; `architect migrate` writes the revision.",
            count(number, "difference", "differences")
        ),
    };
    let _ = writeln!(out, "{}", heading(conclusion));
    out
}

/// What models, migrations and a live database have differently.
pub fn live_drift(live: &LiveDrift) -> String {
    let mut out = format!("{}\n{}\n", heading("Models and migrations"), drift(&live.migrations));
    let at = match &live.revisions {
        None => "it notes no revision: Alembic has never run there".to_owned(),
        Some(ids) if ids.is_empty() => "it is at no revision".to_owned(),
        Some(ids) => format!("it is at {}", listed(ids)),
    };
    let _ = writeln!(out, "{}", heading(format!("Migrations and database: {at}")));
    if !live.pending.is_empty() {
        let _ = writeln!(out, "   not run yet: {}; `alembic upgrade head` runs them", listed(&live.pending));
    }
    write_comparisons(&mut out, &live.database, "The database is what its revisions build.");
    let _ = writeln!(out, "\n{}", heading("Models and database"));
    write_comparisons(&mut out, &live.models, "The database has what the models declare.");
    out
}

fn listed(ids: &[String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

fn write_comparisons(out: &mut String, found: &Comparisons, alike: &str) {
    for difference in &found.differences {
        let _ = writeln!(out, "   {} {}", mark(difference.change), difference.text);
    }
    write_uncertain(out, &found.uncertain);
    if found.differences.is_empty() {
        let _ = writeln!(out, "   {alike}");
    }
}

/// What no revision follows from: differences that are not certain, tables that Alembic does not see.
pub fn beside(drift: &Drift) -> String {
    let mut out = String::new();
    if !drift.uncertain.is_empty() {
        let _ = writeln!(out, "{}", heading("Not known"));
        write_uncertain(&mut out, &drift.uncertain);
    }
    if !drift.unimported.is_empty() {
        let _ = writeln!(out, "{}", heading("Not imported by env.py"));
        drift.unimported.iter().for_each(|table| write_unimported(&mut out, table));
    }
    out
}

fn mark(change: DifferenceKind) -> String {
    match change {
        DifferenceKind::Added => added("+").to_string(),
        DifferenceKind::Changed => "~".to_owned(),
        DifferenceKind::Removed => removed("-").to_string(),
    }
}

/// What may differ, under the reason why that is not known.
fn write_uncertain(out: &mut String, uncertain: &[UncertainDifference]) {
    let mut reasons: Vec<&Unknown> = Vec::new();
    for one in uncertain {
        if !reasons.contains(&&one.because) {
            reasons.push(&one.because);
        }
    }
    for reason in reasons {
        let _ = writeln!(out, "   {} {}", reason.reason, dim(&reason.at));
        let of_it: Vec<_> = uncertain.iter().filter(|one| one.because == *reason).collect();
        for one in of_it.iter().take(LISTED) {
            let _ = writeln!(out, "     ? {} {}", one.difference.text, dim(&one.difference.at));
        }
        if let Some(more) = of_it.len().checked_sub(LISTED).filter(|more| *more > 0) {
            let _ = writeln!(out, "     and {more} more; `--check --format json` lists them");
        }
    }
}

fn write_unimported(out: &mut String, table: &UnimportedTable) {
    let class = table.class.as_ref().map(|class| format!(" ({}.{})", class.module, class.name)).unwrap_or_default();
    let _ = writeln!(out, "   {} table `{}`{class} {}", removed("✗"), table.table, dim(&table.at));
    let then = if table.is_migrated { "Alembic would drop the table" } else { "Alembic does not see the table" };
    let _ = writeln!(out, "     {then}; import its module where `env.py` imports the other models");
}

/// What is to be told before the revision can be written, with the options that tell it.
pub fn unanswered(migration: &Migration) -> Failure {
    let renames = migration.renames.iter().map(|rename| {
        let (what, told, drop) = match rename {
            PossibleRename::Table { from, to } => {
                (format!("table `{to}` may be table `{from}` under a new name"), format!("{from}:{to}"), from.clone())
            }
            PossibleRename::Column { table, from, to } => (
                format!("`{table}.{to}` may be the column `{from}` under a new name"),
                format!("{table}.{from}:{to}"),
                format!("{table}.{from}"),
            ),
        };
        reason(what, format!("say `--rename {told}`, or `--allow-drop {drop}` where it is another one"))
    });
    let losses = migration.losses.iter().map(lost);
    let needed = migration.needed.iter().map(|value| Reason {
        text: format!("`{}.{}`: {}", value.table, value.column, value.why),
        help: Some(format!("say what they get: `--default '{}.{}=VALUE'`", value.table, value.column)),
        at: Some(value.at.clone()),
    });
    Failure { reasons: renames.chain(losses).chain(needed).collect() }
}

fn lost(loss: &SchemaDifference) -> Reason {
    let name = dropped(&loss.object).unwrap_or_default();
    Reason {
        text: format!("{}; dropping it loses what it holds", loss.text),
        help: Some(format!("say `--allow-drop {name}` to drop it, or declare it in the models")),
        at: Some(loss.at.clone()),
    }
}

fn reason(text: String, help: String) -> Reason {
    Reason { text, help: Some(help), at: None }
}
