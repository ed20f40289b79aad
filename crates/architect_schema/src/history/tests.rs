//! Tests of graphs.

#![allow(clippy::unwrap_used, reason = "a test that fails is told so")]

use architect_model::{History, Location, Revision};

use super::Graph;

/// A history: `id`, `id <- parent, parent`, `id <- parent ! dependency # label`.
fn history(lines: &[&str]) -> History {
    let revisions = lines.iter().enumerate().map(|(index, line)| {
        let (line, labels) = line.split_once(" # ").unwrap_or((line, ""));
        let (line, depends_on) = line.split_once(" ! ").unwrap_or((line, ""));
        let (id, down) = line.split_once(" <- ").unwrap_or((line, ""));
        let list = |text: &str| text.split(", ").filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        Revision {
            id: id.to_owned(),
            down: list(down),
            depends_on: list(depends_on),
            labels: list(labels),
            message: None,
            upgrade: Vec::new(),
            downgrade: None,
            at: Location::line(format!("versions/{index:02}_{id}.py"), 3),
        }
    });
    History { revisions: revisions.collect(), unread: Vec::new() }
}

fn order(lines: &[&str]) -> String {
    let history = history(lines);
    let graph = Graph::new(&history).unwrap();
    graph.order().iter().map(|revision| revision.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn problems(lines: &[&str]) -> Vec<String> {
    let history = history(lines);
    let found = match Graph::new(&history) {
        Ok(graph) => graph.problems(),
        Err(problems) => problems,
    };
    found.into_iter().map(|problem| format!("{}: {}", problem.at, problem.text)).collect()
}

#[test]
fn parents_come_first() {
    assert_eq!(order(&["c <- b", "a", "b <- a"]), "a b c");
    assert_eq!(order(&["a", "b <- a", "c <- a", "d <- b, c"]), "a c b d");
    assert_eq!(order(&["a", "b <- a", "x", "y <- x ! b"]), "a b x y");
    assert_eq!(order(&[]), "");
}

#[test]
fn heads_bases_branches_and_merges() {
    let history = history(&["a", "b <- a", "c <- a", "d <- b, c", "x # aside", "y <- x ! b"]);
    let graph = Graph::new(&history).unwrap();
    let ids = |revisions: Vec<&Revision>| revisions.iter().map(|one| one.id.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(ids(graph.heads()), "d y");
    assert_eq!(ids(graph.bases()), "a x");
    assert_eq!(ids(graph.branch_points()), "a");
    assert_eq!(ids(graph.merges()), "d");
    let heads = graph.heads();
    assert_eq!(ids(graph.branch(heads[1], &heads[..1])), "x y");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_eq!(
        problems(&["aaaa1", "bbbb2 <- aaaa9", "cccc3 <- gone"]),
        [
            "versions/01_bbbb2.py:3: the revision `bbbb2` follows `aaaa9`, which no file has",
            "versions/02_cccc3.py:3: the revision `cccc3` follows `gone`, which no file has",
        ]
    );
    assert_eq!(
        problems(&["a", "b <- a", "a"]),
        ["versions/02_a.py:3: the revision `a` is in two files: here and in `versions/00_a.py`"]
    );
    assert_eq!(
        problems(&["a", "b <- a, d", "c <- b", "d <- c"]),
        ["versions/01_b.py:3: revisions follow each other in a circle: `b` (versions/01_b.py) follows `d` \
             (versions/03_d.py) follows `c` (versions/02_c.py) follows `b` (versions/01_b.py)"]
    );
    assert_eq!(problems(&["a <- a"]), ["versions/00_a.py:3: the revision `a` follows itself"]);
    assert_eq!(
        problems(&["a", "b <- a", "c <- a"]),
        ["versions/02_c.py:3: the revisions have 2 heads: `b` (versions/01_b.py) and `c` (versions/02_c.py)"]
    );
    assert_eq!(problems(&["a-b"]).len(), 1);
    assert_eq!(problems(&["a # x", "b <- a # x"]).len(), 1);
}

#[test]
fn names_mean_what_alembic_takes_them_for() {
    let history = history(&["aaaa1", "bbbb2 <- aaaa1", "cccc3 <- bbbb2", "xxxx1 # side", "yyyy2 <- xxxx1"]);
    let graph = Graph::new(&history).unwrap();
    let named = |name: &str| match graph.resolve(name) {
        Ok(found) => found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(" "),
        Err(unresolved) => unresolved.text,
    };
    assert_eq!(named("bbbb2"), "bbbb2");
    assert_eq!(named("bbb"), "bbbb2");
    assert_eq!(named("heads"), "cccc3 yyyy2");
    assert_eq!(named("head"), "there are several heads: `cccc3`, `yyyy2`");
    assert_eq!(named("side@head"), "yyyy2");
    assert_eq!(named("base"), "");
    assert_eq!(named("-1"), "bbbb2 xxxx1");
    assert_eq!(named("aaaa1+2"), "cccc3");
    assert_eq!(named("cccc3-2"), "aaaa1");
    assert_eq!(named("cccc3-3"), "");
    assert_eq!(named("cccc3-4"), "`cccc3-4` goes beyond the first or last revision");
    assert_eq!(named("side@base+1"), "xxxx1");
    assert_eq!(named("zzzz"), "there is no revision `zzzz`");
}
