//! The house's base class of repositories: its arguments, its methods.

use std::collections::BTreeMap;

use architect_model::{BaseClass, BaseMethod, EntityDesign, Operation, Parameter, ParameterKind};

use crate::write::code::{Code, Function};
use crate::write::file::File;
use crate::write::house::House;
use crate::write::values;

/// The method of the base class that is known to do `operation`.
pub(crate) fn base_method<'h>(house: &House<'h>, operation: Operation) -> Option<&'h BaseMethod> {
    let base = house.style.repository.base.as_ref()?;
    base.methods.iter().find(|method| method.does == Some(operation))
}

/// Whether a parameter takes a schema.
pub(crate) fn is_schema(house: &House<'_>, parameter: &Parameter) -> bool {
    let annotation = parameter.annotation.as_deref().unwrap_or_default();
    if let Some(meaning) = house.style.repository.base.as_ref().and_then(|base| meaning(base, annotation)) {
        return ["create", "update", "output"].contains(&meaning);
    }
    let name = parameter.name.as_str();
    let schemas = &house.style.schemas;
    annotation.contains("Schema")
        || annotation.contains("Create")
        || annotation.contains("Update")
        || annotation.contains(schemas.create_suffix.value.as_str()) && !schemas.create_suffix.value.is_empty()
        || ["data", "obj_in", "payload", "schema", "dto"].contains(&name)
        || name.ends_with("_in")
}

/// What the type parameter stands for that an annotation names.
fn meaning<'b>(base: &'b BaseClass, annotation: &str) -> Option<&'b str> {
    let mut words = annotation.split(|char: char| !char.is_alphanumeric() && char != '_');
    let at = words.find_map(|word| base.type_variables.iter().position(|name| name == word))?;
    base.type_parameters.get(at).map(String::as_str)
}

/// The name of a method that makes a row of what a client sent and of further values; the base may have `create`.
pub(crate) fn create_name(house: &House<'_>) -> &'static str {
    let has = |base: &BaseClass| base.methods.iter().any(|method| method.method.name == "create");
    if house.style.repository.base.as_ref().is_some_and(has) { "create_from" } else { "create" }
}

/// Whether the base class pages a statement: then whether it answers with a pair of rows and total.
pub(crate) fn pager(house: &House<'_>) -> Option<bool> {
    let method = pager_method(house)?;
    Some(method.method.returns.as_deref().unwrap_or_default().to_ascii_lowercase().starts_with("tuple["))
}

/// The method of the base class that pages a statement.
pub(crate) fn pager_method<'h>(house: &House<'h>) -> Option<&'h BaseMethod> {
    let base = house.style.repository.base.as_ref()?;
    base.methods.iter().find(|method| {
        matches!(method.does, Some(Operation::List) | None)
            && method.method.parameters.iter().any(takes_statement)
            && method.method.returns.as_deref().is_some_and(|returns| returns.contains('['))
            && method.method.parameters.len() > 1
    })
}

/// Whether a parameter takes a `select`.
pub(crate) fn takes_statement(parameter: &Parameter) -> bool {
    let annotation = parameter.annotation.as_deref().unwrap_or_default();
    annotation.contains("Select") && parameter.kind != ParameterKind::Arguments
}

/// What the pager returns for rows of `model`, with the imports it needs.
pub(crate) fn pager_returns(house: &House<'_>, file: &mut File, model: &str) -> String {
    let returns = pager_method(house).and_then(|method| method.method.returns.clone()).unwrap_or_default();
    let variable = model_variable(house);
    replaced(house, file, &returns, &variable, model)
}

/// The type variable that stands for the model: what `get` returns.
fn model_variable(house: &House<'_>) -> String {
    let of_get = base_method(house, Operation::Get).and_then(|method| method.method.returns.clone());
    let of_create = [Operation::Create, Operation::Add]
        .into_iter()
        .find_map(|operation| base_method(house, operation)?.method.returns.clone());
    let text = of_get.or(of_create).unwrap_or_else(|| "Model".to_owned());
    text.replace("| None", "").replace("Optional[", "").replace(']', "").trim().to_owned()
}

/// `text` with the word `from` replaced, every other name imported as the base class's file does.
fn replaced(house: &House<'_>, file: &mut File, text: &str, from: &str, to: &str) -> String {
    let none = BTreeMap::new();
    let names = house.base_class().map_or(&none, |base| &base.names);
    let mut result = String::new();
    let mut word = String::new();
    for char in text.chars().chain(['\0']) {
        if char.is_alphanumeric() || char == '_' {
            word.push(char);
            continue;
        }
        if !word.is_empty() {
            let done = std::mem::take(&mut word);
            result.push_str(&if done == from {
                to.to_owned()
            } else if let Some(symbol) = names.get(&done).filter(|symbol| !symbol.name.is_empty()) {
                file.symbol(symbol)
            } else {
                done
            });
        }
        if char != '\0' {
            result.push(char);
        }
    }
    result
}

/// `__init__` that gives the base class its model, where its constructor takes one.
pub(crate) fn constructor(house: &House<'_>, file: &mut File, entity: &EntityDesign, base: &BaseClass) -> Option<Code> {
    let parameters = &base.constructor.as_ref()?.parameters;
    let is_model = |parameter: &Parameter| {
        let annotation = parameter.annotation.as_deref().unwrap_or_default().to_ascii_lowercase();
        annotation.starts_with("type[") || parameter.name.contains("model")
    };
    let required: Vec<&Parameter> = parameters.iter().filter(|parameter| parameter.default.is_none()).collect();
    if required.len() != 2 || base.model_attribute.is_some() || !required.iter().any(|parameter| is_model(parameter)) {
        return None;
    }
    let model = file.symbol(&house.model(entity));
    let session = required.iter().find(|parameter| !is_model(parameter)).map(|parameter| parameter.name.clone())?;
    let class = super::methods::session_class(house, file);
    let arguments: Vec<String> =
        required.iter().map(|parameter| if is_model(parameter) { model.clone() } else { session.clone() }).collect();
    let init = Function {
        name: "__init__".to_owned(),
        parameters: vec!["self".to_owned(), format!("{session}: {class}")],
        returns: "None".to_owned(),
        body: Code::of(format!("super().__init__({})", arguments.join(", "))),
        ..Function::default()
    };
    Some(init.code())
}

/// `BaseCRUD[Project, ProjectCreate, ProjectUpdate]`.
pub(crate) fn written(house: &House<'_>, file: &mut File, entity: &EntityDesign, base: &BaseClass) -> String {
    let class = file.symbol(&base.class);
    let arguments: Vec<String> =
        base.type_parameters.iter().map(|parameter| argument(house, file, entity, parameter)).collect();
    if arguments.is_empty() { class } else { format!("{class}[{}]", arguments.join(", ")) }
}

fn argument(house: &House<'_>, file: &mut File, entity: &EntityDesign, parameter: &str) -> String {
    let family = &entity.schemas;
    let create = family.create_class.as_ref().or(family.update_class.as_ref()).unwrap_or(&family.output_class);
    let update = family.update_class.as_ref().unwrap_or(create);
    let word = parameter.to_ascii_lowercase();
    if word.contains("create") {
        file.symbol(&house.schema(entity, create))
    } else if word.contains("update") {
        file.symbol(&house.schema(entity, update))
    } else if word.contains("output") || word.contains("read") || word.contains("public") || word.contains("response") {
        file.symbol(&house.schema(entity, &family.output_class))
    } else if word.contains("id") && !word.contains("mid") || word.contains("key") {
        values::key(file, entity.id().and_then(|id| id.id).unwrap_or_default())
    } else {
        file.symbol(&house.model(entity))
    }
}
