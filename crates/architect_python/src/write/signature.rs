//! Parameters of service methods and handlers, in the order and the form of the house.

use architect_model::{ParameterOrder, ParameterPart as Part};

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// What it is for.
    pub(crate) part: Part,
    /// Name.
    pub(crate) name: String,
    /// Annotation.
    pub(crate) annotation: String,
    /// Default.
    pub(crate) default: Option<String>,
}

impl Parameter {
    /// A parameter. One whose `annotation` ends in ` = default`, as dependencies do, has that default.
    pub(crate) fn new(part: Part, name: impl Into<String>, annotation: impl Into<String>) -> Self {
        let annotation = annotation.into();
        let (annotation, default) = match annotation.split_once(" = ") {
            Some((annotation, default)) => (annotation.to_owned(), Some(default.to_owned())),
            None => (annotation, None),
        };
        Self { part, name: name.into(), annotation, default }
    }

    /// The same with a default.
    pub(crate) fn or(mut self, default: impl Into<String>) -> Self {
        self.default = Some(default.into());
        self
    }
}

/// Parameters in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signature {
    normal: Vec<Parameter>,
    keyword: Vec<Parameter>,
}

impl Signature {
    /// `parameters` in the order of the house.
    pub(crate) fn new(mut parameters: Vec<Parameter>, order: &ParameterOrder) -> Self {
        parameters.sort_by_key(|parameter| order.rank(parameter.part));
        let (keyword, mut normal): (Vec<_>, Vec<_>) =
            parameters.into_iter().partition(|parameter| order.is_keyword(parameter.part));
        // Python wants those with a default behind those without.
        normal.sort_by_key(|parameter| parameter.default.is_some());
        Self { normal, keyword }
    }

    /// The parameters as written, `*` included.
    pub(crate) fn written(&self) -> Vec<String> {
        let mut all: Vec<_> = self.normal.iter().map(write).collect();
        if !self.keyword.is_empty() {
            all.push("*".to_owned());
            all.extend(self.keyword.iter().map(write));
        }
        all
    }

    /// The arguments of a call, with the value that `value` gives for each parameter.
    pub(crate) fn arguments(&self, value: impl Fn(&Parameter) -> String) -> Vec<String> {
        let normal = self.normal.iter().map(&value);
        let keyword = self.keyword.iter().map(|parameter| format!("{}={}", parameter.name, value(parameter)));
        normal.chain(keyword).collect()
    }

    /// Names of the parameters for `part`, in order.
    pub(crate) fn names_of(&self, part: Part) -> Vec<String> {
        let all = self.normal.iter().chain(&self.keyword);
        all.filter(|parameter| parameter.part == part).map(|parameter| parameter.name.clone()).collect()
    }

    /// Whether there is a parameter for `part`.
    pub(crate) fn has(&self, part: Part) -> bool {
        self.normal.iter().chain(&self.keyword).any(|parameter| parameter.part == part)
    }
}

fn write(parameter: &Parameter) -> String {
    let Parameter { name, annotation, default, .. } = parameter;
    match default {
        Some(default) => format!("{name}: {annotation} = {default}"),
        None => format!("{name}: {annotation}"),
    }
}
