//! What a change reaches, layer by layer.

use std::fmt::Write;

use architect_model::{Certainty, Impact, Subject, Use, UseKind, UseLayer};

use super::design::count;
use super::paint::{dim, heading};

/// Layers in the order of work, with their headings.
const LAYERS: [(UseLayer, &str); 10] = [
    (UseLayer::Models, "Models"),
    (UseLayer::Schemas, "Schemas"),
    (UseLayer::Queries, "Queries"),
    (UseLayer::Service, "Service rules"),
    (UseLayer::Dependencies, "Dependencies"),
    (UseLayer::Endpoints, "Endpoints"),
    (UseLayer::Other, "Other code"),
    (UseLayer::Tests, "Tests"),
    (UseLayer::Migrations, "Migrations"),
    (UseLayer::Types, "TypeScript"),
];

/// What a change reaches: totals, then each layer with its places.
pub fn impact(impact: &Impact) -> String {
    let mut out = String::new();
    write_totals(&mut out, impact);
    for (layer, title) in LAYERS {
        let uses: Vec<&Use> = impact.uses.iter().filter(|one| one.layer == layer).collect();
        if uses.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{}", heading(format!("{title} ({})", uses.len())));
        for one in uses {
            write_use(&mut out, one);
        }
    }
    out
}

fn write_totals(out: &mut String, impact: &Impact) {
    let _ = writeln!(out, "{} {}", heading(named(&impact.subject)), dim(&impact.subject.at));
    let level = |wanted: fn(&Certainty) -> bool| impact.uses.iter().filter(|one| wanted(&one.certain)).count();
    let known = level(|certain| matches!(certain, Certainty::Known));
    let probable = level(|certain| matches!(certain, Certainty::Probable { .. }));
    let possible = level(|certain| matches!(certain, Certainty::Possible { .. }));
    let mut files: Vec<&str> = impact.uses.iter().map(|one| &*one.at.file).collect();
    files.sort_unstable();
    files.dedup();
    let mut parts = vec![format!("{known} known")];
    parts.extend((probable > 0).then(|| format!("{probable} probable")));
    parts.extend((possible > 0).then(|| format!("{possible} possible")));
    let places = count(impact.uses.len(), "place", "places");
    let _ = writeln!(out, "{places} in {}: {}", count(files.len(), "file", "files"), parts.join(", "));
}

fn named(subject: &Subject) -> String {
    let mut name = subject.entity.name.clone();
    if let Some(field) = &subject.field {
        name = format!("{name}.{field}");
    }
    if let Some(value) = &subject.value {
        name = format!("{name}={value}");
    }
    name
}

fn write_use(out: &mut String, one: &Use) {
    let what = match &one.kind {
        UseKind::Endpoint { methods, path } => {
            let path = path.as_deref().unwrap_or("(path unknown)");
            format!("{:<6} {path}: {}", methods.join(","), one.why)
        }
        UseKind::Test { .. } | UseKind::Declaration | UseKind::Inherited | UseKind::Nested => one.why.clone(),
        UseKind::Operation { revision: Some(revision) } => format!("revision {revision}: {}", one.why),
        _ => match &one.inside {
            Some(inside) => format!("{}, in {}", one.why, inside.name),
            None => one.why.clone(),
        },
    };
    let doubt = match &one.certain {
        Certainty::Known => String::new(),
        Certainty::Probable { reason } => format!(" [probable: {reason}]"),
        Certainty::Possible { reason } => format!(" [possible: {reason}]"),
    };
    let _ = writeln!(out, "  {} {what}{}", dim(&one.at), dim(doubt));
    if !one.text.is_empty() && !matches!(one.kind, UseKind::Endpoint { .. } | UseKind::Test { .. }) {
        let _ = writeln!(out, "      {}", one.text);
    }
}
