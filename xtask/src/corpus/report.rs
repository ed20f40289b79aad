//! Counts, differences, and the table that shows them.

use std::path::Path;
use std::time::Duration;

use super::oracle::Listed;

/// How many things of one kind agree, and how the others differ.
#[derive(Default)]
pub struct Tally {
    /// In both.
    pub found: usize,
    /// Only in the oracle, and the survey says that something there is unknown.
    pub declared: usize,
    /// Only in the oracle.
    pub missing: usize,
    /// Only in the survey.
    pub extra: usize,
    /// In both, and a stated fact contradicts the oracle.
    pub wrong: usize,
    /// In both, and a fact is declared unknown.
    pub partly: usize,
    /// The differences, one line each.
    pub differences: Vec<String>,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        self.found += other.found;
        self.declared += other.declared;
        self.missing += other.missing;
        self.extra += other.extra;
        self.wrong += other.wrong;
        self.partly += other.partly;
    }
}

/// The comparison of tables.
#[derive(Default)]
pub struct TableTallies {
    /// Tables by name.
    pub tables: Tally,
    /// Columns by table and name; found where every key is equal, declared where the others are said to be unknown.
    pub columns: Tally,
    /// Keys, constraints and indexes.
    pub constraints: Tally,
    /// Mapped classes.
    pub classes: Tally,
    /// Enumeration types.
    pub enums: Tally,
}

/// What came of one project.
pub enum Outcome {
    /// Its sources are not there.
    Absent,
    /// The survey failed.
    Failed(String),
    /// It was compared.
    Compared {
        /// Tables, columns, classes.
        tables: Box<TableTallies>,
        /// Endpoints.
        endpoints: Tally,
    },
}

/// The result for one project.
pub struct ProjectReport {
    name: String,
    took: Duration,
    outcome: Outcome,
}

impl ProjectReport {
    /// The result for the project `name`.
    pub fn new(name: &str, took: Duration, outcome: Outcome) -> Self {
        Self { name: name.to_owned(), took, outcome }
    }

    /// Whether the survey failed, contradicts the oracle, or leaves an endpoint out without a word.
    ///
    /// Tables that only the survey has are no error: which tables Python knows depends on what gets imported.
    pub fn is_wrong(&self) -> bool {
        match &self.outcome {
            Outcome::Absent => false,
            Outcome::Failed(_) => true,
            Outcome::Compared { tables, endpoints } => {
                let all = [&tables.tables, &tables.columns, &tables.constraints, &tables.enums, endpoints];
                let silent = |tally: &Tally| tally.missing + tally.extra > 0;
                all.iter().any(|tally| tally.wrong > 0)
                    || silent(&tables.columns)
                    || silent(&tables.constraints)
                    || endpoints.extra > 0
                    || endpoints.missing > 0
            }
        }
    }
}

const HEAD: &str = "project              s │ tables (unknown/miss/extra/wrong) │ columns equal (unknown/miss/extra/wrong) │ \
                    keys, constraints, indexes (unknown/miss/extra) │ classes (miss/extra) │ enums (unknown/wrong) │ endpoints (declared/miss/extra/wrong, partly unknown)";

/// Prints the line of one project, the table's head before the first.
pub fn print_row(report: &ProjectReport, first: bool) {
    if first {
        println!("{HEAD}");
    }
    let seconds = report.took.as_secs_f64();
    match &report.outcome {
        Outcome::Absent => println!("{:<14} absent", report.name),
        Outcome::Failed(reason) => {
            println!("{:<14} {seconds:>7.3} │ FAILED: {reason}", report.name)
        }
        Outcome::Compared { tables, endpoints } => print_tallies(&report.name, seconds, tables, endpoints),
    }
}

fn print_tallies(name: &str, seconds: f64, t: &TableTallies, e: &Tally) {
    let four = |t: &Tally| format!("{:>5} ({}/{}/{}/{})", t.found, t.declared, t.missing, t.extra, t.wrong);
    let classes = format!("{:>5} ({}/{})", t.classes.found, t.classes.missing, t.classes.extra);
    let (tables, columns, c) = (four(&t.tables), four(&t.columns), &t.constraints);
    let constraints = format!("{:>5} ({}/{}/{})", c.found, c.declared, c.missing, c.extra);
    let enums = format!("{:>4} ({}/{})", t.enums.found, t.enums.declared, t.enums.wrong);
    println!(
        "{name:<14} {seconds:>7.3} │ {tables:<34} │ {columns:<41} │ {constraints:<47} │ {classes:<20} │ {enums:<21} │ {}, {}",
        four(e),
        e.partly
    );
}

/// Prints the sums, and with `verbose` each difference.
pub fn print_summary(reports: &[ProjectReport], verbose: bool) {
    let (mut sums, mut endpoints, mut seconds) = (TableTallies::default(), Tally::default(), 0.0);
    for report in reports {
        if let Outcome::Compared { tables, endpoints: own } = &report.outcome {
            sums.tables.add(&tables.tables);
            sums.columns.add(&tables.columns);
            sums.constraints.add(&tables.constraints);
            sums.classes.add(&tables.classes);
            sums.enums.add(&tables.enums);
            endpoints.add(own);
            seconds += report.took.as_secs_f64();
        }
    }
    print_tallies("all", seconds, &sums, &endpoints);
    if verbose {
        reports.iter().for_each(print_differences);
    }
}

fn print_differences(report: &ProjectReport) {
    let Outcome::Compared { tables, endpoints } = &report.outcome else {
        return;
    };
    for tally in [&tables.tables, &tables.columns, &tables.constraints, &tables.classes, &tables.enums, endpoints] {
        for line in &tally.differences {
            println!("{}: {line}", report.name);
        }
    }
}

/// Says which projects have no sources here and how to get them.
pub fn print_absent(reports: &[ProjectReport], listed: &[Listed], sources: &Path) {
    let absent: Vec<&Listed> = reports
        .iter()
        .filter(|report| matches!(report.outcome, Outcome::Absent))
        .filter_map(|report| listed.iter().find(|project| project.name == report.name))
        .collect();
    if absent.is_empty() {
        return;
    }
    println!("\n{} of {} projects are absent. To get them:", absent.len(), reports.len());
    for project in absent {
        let folder = sources.join(&project.name);
        let folder = folder.display();
        match project.src.strip_prefix("pypi:") {
            Some(package) => println!("  uv pip install --no-deps --target {folder} '{package}'"),
            None => println!(
                "  git clone https://github.com/{} {folder} && git -C {folder} checkout {}",
                project.src, project.commit
            ),
        }
    }
}
