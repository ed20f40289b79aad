//! What tests are called by what they ask, and what they call the answers.

use architect_model::Observed;

use super::super::vote::Votes;
use super::super::words::{plural, with_placeholders};
use super::requests::{Asked, bound};
use super::{Test, TestContext};

/// Names in tests.
pub(super) struct Said {
    pub(super) names: Vec<(String, String)>,
    pub(super) response: Observed<String>,
    pub(super) page: Observed<String>,
    pub(super) annotated: Observed<bool>,
}

/// Reads the names from tests of endpoints.
pub(super) fn read(tests: &[&Test<'_>], context: &TestContext) -> Said {
    let (mut response, mut page, mut annotated) = (Votes::default(), Votes::default(), Votes::default());
    let mut names = Named::default();
    for test in tests {
        let at = test.file.at(&test.function.name);
        annotated.add(test.function.returns.is_some(), test.weight, &at);
        let asked = Asked::read(&test.function.body);
        let (responses, pages) = bound(&test.function.body);
        for name in responses {
            response.add(name.to_owned(), test.weight, &at);
        }
        for name in pages.into_iter().filter(|name| !names_a_row(name, context)) {
            page.add(name.to_owned(), test.weight, &at);
        }
        let kind = kind(&asked).filter(|_| !super::is_about_users(&test.file.path));
        let named = kind.and_then(|kind| Some((kind, template(test.function.name.strip_prefix("test_")?, context)?)));
        if let Some((kind, name)) = named {
            names.add(kind, name);
        }
    }
    Said {
        names: names.won(),
        response: response.or_assumed("response".to_owned()),
        page: page.or_assumed("page".to_owned()),
        annotated: annotated.or_assumed(true),
    }
}

/// Names of tests by what they are about, each with how many tests have it.
#[derive(Default)]
struct Named(Vec<(&'static str, String, usize)>);

impl Named {
    fn add(&mut self, kind: &'static str, name: String) {
        let kind = if kind == "read" && name.contains("{entities}") { "list" } else { kind };
        match self.0.iter_mut().find(|(known, other, _)| *known == kind && *other == name) {
            Some((_, _, count)) => *count += 1,
            None => self.0.push((kind, name, 1)),
        }
    }

    /// For each kind the name that most tests have; of equals the one with the fewest words.
    fn won(mut self) -> Vec<(String, String)> {
        self.0.sort_by_key(|(_, name, count)| (std::cmp::Reverse(*count), name.split('_').count()));
        let mut won: Vec<(String, String)> = Vec::new();
        for (kind, name, _) in self.0 {
            if !won.iter().any(|(known, _)| known == kind) {
                won.push((kind.to_owned(), name));
            }
        }
        won
    }
}

/// What a test is about, where it is about one kind of request.
fn kind(asked: &Asked) -> Option<&'static str> {
    let refuses = asked.expects(|status| matches!(status, 403 | 404));
    let answers = asked.expects(|status| status < 300);
    let (reads, deletes) = (asked.makes(&["get"]), asked.makes(&["delete"]));
    let changes = asked.makes(&["put", "patch"]);
    let only = |method: &str| !asked.methods.is_empty() && asked.methods.iter().all(|known| known == method);
    match () {
        () if asked.expects(|status| matches!(status, 400 | 401 | 409)) => None,
        () if refuses && !answers && [reads, changes, deletes].iter().filter(|is| **is).count() > 1 => Some("stranger"),
        () if refuses && only("get") && asked.methods.len() == 1 => Some("missing"),
        () if !answers || (changes && deletes) => None,
        () if deletes => Some("delete"),
        () if changes => Some("update"),
        () if only("post") => Some("create"),
        () if only("get") && asked.methods.len() == 1 => Some("read"),
        () => None,
    }
}

/// The name of a test with the entity's replaced; none where it says more than what every entity's test could say.
fn template(name: &str, context: &TestContext) -> Option<String> {
    // `loans_of_other_user` is about loans.
    let entities = context.entities.iter().filter(|entity| context.user_class.as_ref() != Some(entity));
    let mut replaced: Vec<String> =
        entities.map(|entity| with_placeholders(name, entity)).filter(|found| found != name).collect();
    replaced.sort_by_key(|found| (found.find('{'), found.len()));
    let replaced = replaced.into_iter().next();
    match replaced {
        Some(template) => (template.split('_').count() <= 5).then_some(template),
        None => {
            let mut words = name.split('_');
            (words.clone().count() <= 2 && !words.any(|word| names_a_row(word, context))).then(|| name.to_owned())
        }
    }
}

/// Whether a word names an entity, or a part of its name.
fn names_a_row(name: &str, context: &TestContext) -> bool {
    context.entities.iter().any(|entity| {
        let snake = super::super::words::snake(entity);
        snake == name || snake.split('_').any(|word| word == name || plural(word) == name)
    })
}
