//! Endpoints read from sources in memory, one construct per test.

mod access;
mod app;
mod dependency;
mod route;

use architect_model::{Endpoint, Known, Project};

use crate::source::Sources;

/// The project of these files.
fn project(files: &[(&'static str, &'static str)]) -> Project {
    crate::read::read(&Sources::in_memory(files.iter().copied()))
}

/// One line per endpoint: method, path, handler.
fn listed(project: &Project) -> Vec<String> {
    project.endpoints.iter().map(line).collect()
}

fn line(endpoint: &Endpoint) -> String {
    let path = match &endpoint.path {
        Known::Known(path) => path.clone(),
        Known::Unknown { unknown } => format!("? {}", unknown.reason),
    };
    format!("{} {path} {}", endpoint.methods.join(","), endpoint.handler)
}

/// The lines of endpoints of a program in one file, `main.py`, after the usual imports.
fn routes(code: &str) -> Vec<String> {
    listed(&program(code))
}

/// The project of one file, `main.py`, after the usual imports.
fn program(code: &str) -> Project {
    let head = "from typing import Annotated\nfrom fastapi import APIRouter, Depends, FastAPI, Security, status\n";
    let code: &'static str = Box::leak(format!("{head}{code}").into_boxed_str());
    project(&[("main.py", code)])
}
