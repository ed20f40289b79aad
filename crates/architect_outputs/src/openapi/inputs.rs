//! What schemas are asked for: the fields of operations, and the models within their types.

use architect_model::contract::{
    Body, BodyField, ClassConfig, ClassId, ClassKind, ClassType, Contract, Documentation, ExtraFields, Field,
    FieldDefault, ObjectKind, Route, SchemaMode, Type, TypeKind,
};
use architect_model::{Known, Symbol};
use serde_json::Value;

use super::rules::Rules;

/// A field that a schema is asked for, FastAPI's `ModelField`.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) field: Field,
    pub(super) mode: SchemaMode,
}

/// The fields of one route, by their place among all.
#[derive(Debug, Clone, Default)]
pub(super) struct RouteInputs {
    pub(super) callbacks: Vec<RouteInputs>,
    pub(super) body: Option<usize>,
    pub(super) response: Option<usize>,
    pub(super) responses: Vec<Option<usize>>,
    pub(super) stream: Option<usize>,
    pub(super) parameters: Vec<usize>,
}

/// All fields of an application.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// They.
    pub(super) all: Vec<Input>,
    /// The classes of the contract, and those that FastAPI makes of bodies.
    pub(super) classes: Vec<ClassType>,
    /// By route.
    pub(super) routes: Vec<RouteInputs>,
    /// By webhook.
    pub(super) webhooks: Vec<RouteInputs>,
}

/// Whether a route stands in the document; it does where that is not known.
pub(super) fn is_shown(route: &Route) -> bool {
    route.in_schema.known().is_none_or(|shown| *shown)
}

impl Inputs {
    /// The fields in FastAPI's order: callbacks, bodies, responses, parameters.
    ///
    /// ```python
    /// # get_fields_from_routes
    /// flat_models = callback_flat_models + list(
    ///     body_fields_from_routes + responses_from_routes + request_fields_from_routes
    /// )
    /// ```
    pub(super) fn of(contract: &Contract, rules: &Rules) -> Self {
        let mut inputs = Self { classes: contract.classes.clone(), ..Self::default() };
        let routes: Vec<&Route> = contract.routes.iter().chain(&contract.webhooks).collect();
        let mut found = inputs.of_routes(&routes, rules);
        inputs.webhooks = found.split_off(contract.routes.len());
        inputs.routes = found;
        inputs
    }

    fn of_routes(&mut self, routes: &[&Route], rules: &Rules) -> Vec<RouteInputs> {
        let mut found: Vec<RouteInputs> = routes.iter().map(|_| RouteInputs::default()).collect();
        let shown = || routes.iter().enumerate().filter(|(_, route)| is_shown(route));
        for (place, route) in shown() {
            let callbacks: Vec<&Route> = route.callbacks.iter().collect();
            let callbacks = self.of_routes(&callbacks, rules);
            if let Some(inputs) = found.get_mut(place) {
                inputs.callbacks = callbacks;
            }
        }
        for (place, route) in shown() {
            let body = route.body.as_ref().and_then(|body| self.body(route, body));
            if let Some(inputs) = found.get_mut(place) {
                inputs.body = body;
            }
        }
        for (place, route) in shown() {
            if let Some(inputs) = found.get_mut(place) {
                self.answers(route, inputs, rules);
            }
        }
        for (place, route) in shown() {
            if let Some(inputs) = found.get_mut(place) {
                let taken =
                    route.parameters.iter().map(|parameter| self.add(parameter.field.clone(), SchemaMode::Taken));
                inputs.parameters = taken.collect();
            }
        }
        found
    }

    fn add(&mut self, field: Field, mode: SchemaMode) -> usize {
        self.all.push(Input { field, mode });
        self.all.len() - 1
    }

    fn answers(&mut self, route: &Route, inputs: &mut RouteInputs, rules: &Rules) {
        let id = route.unique_id.known().map(String::as_str).unwrap_or_default();
        let mode = |answers: bool| if answers { SchemaMode::Answered } else { SchemaMode::Taken };
        let (first, more) = (mode(rules.responses_are_answered()), mode(rules.more_responses_are_answered()));
        let mut answer = |name: String, ty: &Type, mode| self.add(answered(route, name, ty), mode);
        inputs.response = route.response.as_ref().map(|ty| answer(format!("Response_{id}"), ty, first));
        let responses = route.responses.iter().map(|response| {
            let status = response.status.known().map(String::as_str).unwrap_or_default();
            response.model.as_ref().map(|ty| answer(format!("Response_{status}_{id}"), ty, more))
        });
        inputs.responses = responses.collect();
        let item = route.stream.as_ref().and_then(|stream| stream.item.as_ref());
        inputs.stream = item.map(|ty| answer(format!("StreamItem_{id}"), ty, first));
    }

    /// A body is its only field, or a model that FastAPI makes of them.
    ///
    /// ```python
    /// # get_body_field
    /// model_name = "Body_" + name
    /// BodyModel = create_body_model(fields=flat_dependant.body_params, model_name=model_name)
    /// required = any(True for f in flat_dependant.body_params if f.required)
    /// BodyFieldInfo_kwargs = {"annotation": BodyModel, "alias": "body"}
    /// if not required:
    ///     BodyFieldInfo_kwargs["default"] = None
    /// ```
    fn body(&mut self, route: &Route, body: &Body) -> Option<usize> {
        if !body.embedded {
            let only = body.fields.first()?.field.clone();
            return Some(self.add(only, SchemaMode::Taken));
        }
        let id = route.unique_id.known().map(String::as_str).unwrap_or_default();
        let class = ClassId(self.classes.len());
        self.classes.push(body_model(route, &format!("Body_{id}"), &body.fields));
        let required = body.fields.iter().any(|field| field.field.default.is_none());
        let mut field = answered(route, "body".to_owned(), &Type::of(TypeKind::Class { class }));
        field.default = (!required).then_some(FieldDefault::Value { value: Known::Known(Value::Null) });
        Some(self.add(field, SchemaMode::Taken))
    }

    /// The fields with models within them.
    ///
    /// ```python
    /// # get_definitions
    /// unique_flat_model_fields = {
    ///     f for f in flat_model_fields if f.field_info.annotation not in input_types
    /// }
    /// ```
    pub(super) fn models_within(&self, rules: &Rules) -> Vec<(ClassId, SchemaMode)> {
        let asked = |ty: &Type| class_of(ty);
        let direct: Vec<ClassId> = self.all.iter().filter_map(|input| asked(&input.field.ty)).collect();
        let mut found = Vec::new();
        for mode in [SchemaMode::Taken, SchemaMode::Answered] {
            let mut models = Vec::new();
            for input in &self.all {
                if input.mode == mode || !rules.models_within_have_modes() && mode == SchemaMode::Taken {
                    self.models(&input.field.ty, &mut models);
                }
            }
            let within = models.into_iter().filter(|id| !direct.contains(id));
            found.extend(within.map(|id| (id, mode)));
            if !rules.models_within_have_modes() {
                break;
            }
        }
        found
    }

    /// Models and enumerations of a type and its fields; dataclasses and typed dictionaries are not entered.
    fn models(&self, ty: &Type, found: &mut Vec<ClassId>) {
        match &ty.kind {
            TypeKind::Class { class } => {
                if found.contains(class) {
                    return;
                }
                match self.classes.get(class.0).map(|class| &class.kind) {
                    Some(ClassKind::Object { of: ObjectKind::Model, fields, .. }) => {
                        found.push(*class);
                        fields.iter().filter(|field| !field.computed).for_each(|field| self.models(&field.ty, found));
                    }
                    Some(ClassKind::Root { root }) => {
                        found.push(*class);
                        self.models(&root.ty, found);
                    }
                    Some(ClassKind::Enumeration { .. }) => found.push(*class),
                    _ => {}
                }
            }
            TypeKind::Validated { of, .. } | TypeKind::Serialized { of, .. } => self.models(of, found),
            kind => kind.parts().into_iter().for_each(|part| self.models(part, found)),
        }
    }
}

/// The class that a type is, beside what is demanded of it.
pub(super) fn class_of(ty: &Type) -> Option<ClassId> {
    match &ty.kind {
        TypeKind::Class { class } => Some(*class),
        TypeKind::Validated { of, .. } | TypeKind::Serialized { of, .. } | TypeKind::Documented { of, .. } => {
            class_of(of)
        }
        _ => None,
    }
}

fn answered(route: &Route, name: String, ty: &Type) -> Field {
    Field {
        name,
        alias: None,
        answered_as: None,
        ty: ty.clone(),
        default: None,
        documentation: Documentation::default(),
        excluded: false,
        computed: false,
        at: route.at.clone(),
    }
}

fn body_model(route: &Route, name: &str, fields: &[BodyField]) -> ClassType {
    ClassType {
        symbol: Symbol::new("fastapi._compat", name),
        name: name.to_owned(),
        kind: ClassKind::Object {
            of: ObjectKind::Model,
            fields: fields.iter().map(|field| field.field.clone()).collect(),
            extra: ExtraFields::Ignored,
            answers_all: false,
            serializer: None,
        },
        title: None,
        docstring: None,
        extra: None,
        config: ClassConfig::default(),
        unknowns: Vec::new(),
        at: route.at.clone(),
    }
}
