//! What the program says of a walk's project, and other programs of its environment.

use std::fs;
use std::path::PathBuf;

use architect_model::{Design, Plan};
use xshell::cmd;

use super::change::{Change, Way};
use super::described::spell_out;
use super::walk::Walk;
use crate::tools::Outcome;

impl Walk<'_> {
    /// Plans a change into `plan.json`; exit code and what is said.
    pub(super) fn planned(&self, change: &Change, fill: &[String], tried: usize) -> Outcome<(Option<i32>, String)> {
        let plan = self.beside.join("plan.json").display().to_string();
        let _ = fs::remove_file(&plan);
        let mut arguments: Vec<String> = match &change.way {
            Way::Command(words) => words.clone(),
            Way::Document => {
                let document = self.write_document(&change.after, &format!("change-{tried}.md"))?;
                vec!["plan".to_owned(), document.display().to_string(), "--summary".to_owned()]
            }
        };
        for one in fill {
            arguments.extend(["--fill".to_owned(), one.clone()]);
        }
        arguments.extend(["-o".to_owned(), plan]);
        self.architect(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub(super) fn read_plan(&self) -> Outcome<Plan> {
        let text = fs::read_to_string(self.beside.join("plan.json")).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    /// What the code's own document says, operation by operation.
    pub(super) fn described(&self) -> Outcome<Design> {
        let shell = self.tools.shell(&self.root)?;
        let architect = &self.tools.architect;
        let output = cmd!(shell, "{architect} design --from-code --format json")
            .quiet()
            .ignore_status()
            .output()
            .map_err(|error| error.to_string())?;
        let mut design: Design = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
        spell_out(&mut design, &self.facts.paths);
        design.assumptions.clear();
        Ok(design)
    }

    pub(super) fn says_no_changes(&self, design: &Design, name: &str) -> Outcome {
        let document = self.write_document(design, name)?;
        let (code, said) = self.architect(&["plan", &document.display().to_string(), "--summary"])?;
        match code {
            Some(0) if said.contains("No changes.") => Ok(()),
            _ => Err(format!("`architect plan {}` says:\n{said}", document.display())),
        }
    }

    pub(super) fn write_document(&self, design: &Design, name: &str) -> Outcome<PathBuf> {
        let path = self.beside.join(name);
        fs::write(&path, architect_design::write(design, "")).map_err(|error| error.to_string())?;
        Ok(path)
    }

    pub(super) fn architect(&self, arguments: &[&str]) -> Outcome<(Option<i32>, String)> {
        let shell = self.tools.shell(&self.root)?;
        let architect = &self.tools.architect;
        let output = cmd!(shell, "{architect} {arguments...}")
            .quiet()
            .ignore_status()
            .output()
            .map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.code(), text(&output.stdout) + &text(&output.stderr)))
    }

    /// Runs a program of the project's environment.
    pub(super) fn in_environment(&self, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
        let shell = self.tools.shell(&self.backend)?;
        let program = self.backend.join(".venv").join("bin").join(program);
        let call = crate::tools::apart(cmd!(shell, "{program} {arguments...}"));
        crate::tools::run(environment.iter().fold(call, |call, (name, value)| call.env(name, value))).map(|_| ())
    }
}
