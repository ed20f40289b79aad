//! In which order handlers and services take their parameters, and what handlers call their service.

use architect_model::{HouseStyle, Observed, ParameterOrder, ParameterPart as Part};

use super::facts::{Facts, symbol_of};
use super::handlers::{Handler, Param};
use super::operations::is_session_name;
use super::pages::is_page_parameter;
use super::session::is_session;
use super::trace::Layers;
use super::user::User;
use super::vote::Votes;
use super::words::with_placeholders;
use crate::resolve::{Function, Resolution};
use crate::syntax::File;

/// Fills in the orders, once the rest of the style is known.
pub(super) fn read<'a>(facts: &Facts<'a>, layers: &Layers<'a>, user: &User<'a>, style: &mut HouseStyle) {
    let house = House { facts, layers, user, style };
    let ((handlers, services), (service_parameter, (has_features, finds_first))) = rayon::join(
        || rayon::join(|| house.of_handlers(), || house.of_services()),
        || rayon::join(|| house.service_parameter(), || (!house.features().is_empty(), house.finds_first())),
    );
    style.endpoints.order = handlers;
    style.endpoints.service_parameter = service_parameter;
    style.service.order = services;
    style.service.has_features = has_features;
    style.service.finds_first = finds_first;
}

struct House<'h, 'a> {
    facts: &'h Facts<'a>,
    layers: &'h Layers<'a>,
    user: &'h User<'a>,
    style: &'h HouseStyle,
}

impl<'a> House<'_, 'a> {
    fn of_handlers(&self) -> ParameterOrder {
        let mut seen = Sightings::default();
        for handler in &self.facts.handlers {
            let path = handler.path.as_deref().unwrap_or_default();
            let in_path = |name: &str| path.split(['{', '}']).skip(1).step_by(2).any(|key| key == name);
            seen.add(&self.parts(handler.function, &handler.parameters, &in_path));
        }
        seen.order()
    }

    fn of_services(&self) -> ParameterOrder {
        let mut seen = Sightings::default();
        for method in self.features() {
            let parts = self.parts(method, self.facts.parameters(method), &is_key);
            if parts.iter().any(|(part, _)| *part == Part::User) {
                seen.add(&parts);
            }
        }
        seen.order()
    }

    /// The public functions of services that are not about the users themselves: there a user is a row, and not the
    /// caller.
    fn features(&self) -> Vec<Function<'a>> {
        let services = &self.layers.services;
        let of_users = |file: &File| self.facts.is_of_users(&file.path);
        let classes = services.classes.iter().map(|layer| layer.class).filter(|class| !of_users(class.file()));
        let methods = classes.flat_map(|class| self.facts.index.methods(class));
        let files = services.files.iter().filter(|found| !of_users(found.file));
        let functions = files.flat_map(|file| file.functions.iter().copied());
        methods.chain(functions).filter(|method| !method.name().starts_with('_')).collect()
    }

    /// What the parameters of a function are for, and which are passed by keyword only.
    fn parts(
        &self,
        function: Function<'a>,
        parameters: &[Param<'a>],
        is_key: &dyn Fn(&str) -> bool,
    ) -> Vec<(Part, bool)> {
        let keyword_only = &function.def.parameters.kwonlyargs;
        let is_keyword = |name: &str| keyword_only.iter().any(|parameter| parameter.name().as_str() == name);
        let parts =
            parameters.iter().filter_map(|parameter| Some((self.part(parameter, is_key)?, is_keyword(parameter.name))));
        parts.collect()
    }

    fn part(&self, parameter: &Param<'a>, is_key: &dyn Fn(&str) -> bool) -> Option<Part> {
        let class = parameter.class().and_then(Resolution::class);
        if self.is_session(parameter) {
            return Some(Part::Session);
        }
        if self.is_user(parameter) {
            return Some(Part::User);
        }
        if class.is_some_and(|class| self.layers.service(class).is_some()) {
            return Some(Part::Service);
        }
        let object = self.style.pages.object.as_ref().map(|object| &object.class);
        if is_page_parameter(parameter.name)
            || object.is_some() && parameter.class().and_then(symbol_of).as_ref() == object
        {
            return Some(Part::Page);
        }
        let is_model = class.is_some_and(|class| self.facts.is_schema(class));
        if is_model && parameter.depends.is_none() {
            // A row is what a service works on, and no body.
            return class.filter(|class| !self.facts.is_table(*class)).map(|_| Part::Body);
        }
        let is_optional = parameter.annotation.as_ref().is_some_and(|annotation| annotation.optional);
        if is_optional || parameter.default.is_some() && parameter.depends.is_none() {
            return Some(Part::Filter);
        }
        is_key(parameter.name).then_some(Part::Path)
    }

    fn is_session(&self, parameter: &Param<'a>) -> bool {
        let Some(class) = parameter.class() else { return is_session_name(parameter.name) };
        is_session(class)
            || class.class().is_some_and(|class| self.layers.is_unit_of_work(self.facts, class))
            || self.is_given_by(parameter, &self.style.session.parameter.value)
    }

    fn is_user(&self, parameter: &Param<'a>) -> bool {
        let user = &self.style.user.parameter.value;
        let class = parameter.class();
        let is_row = class.and_then(Resolution::class).is_some_and(|class| Some(class) == self.user.class);
        is_row || self.is_given_by(parameter, user) || parameter.name == self.style.service.user_parameter.value
    }

    /// Whether a dependency gives the parameter as handlers declare `declared`.
    fn is_given_by(&self, parameter: &Param<'a>, declared: &architect_model::DependencyParameter) -> bool {
        let Some(depends) = &parameter.depends else { return false };
        let target = symbol_of(&depends.target);
        declared.alias.is_some() && depends.alias == declared.alias
            || declared.dependency.is_some() && target == declared.dependency
    }

    /// What handlers call their service.
    fn service_parameter(&self) -> Observed<String> {
        let mut votes = Votes::default();
        for handler in &self.facts.handlers {
            votes.extend_with(self.service_name(handler), handler.weight, &handler.function.at());
        }
        votes.or_assumed("{entities}".to_owned())
    }

    fn service_name(&self, handler: &Handler<'a>) -> Option<String> {
        handler.parameters.iter().find_map(|parameter| {
            let service = self.layers.service(parameter.class()?.class()?)?;
            let placed = |entity: super::entity::Entity<'a>| with_placeholders(parameter.name, entity.name());
            Some(service.entity.map_or_else(|| parameter.name.to_owned(), placed))
        })
    }

    /// Whether most services have the method for one row above the one for many.
    fn finds_first(&self) -> bool {
        let named = |action: &str| {
            let known = self.style.service.methods.iter().find(|(known, _)| known == action);
            known.map(|(_, pattern)| pattern.replace("_{entity}", ""))
        };
        let (Some(one), Some(many)) = (named("read"), named("list")) else { return false };
        let mut votes = (0, 0);
        let classes = self.layers.services.classes.iter().map(|layer| self.facts.index.methods(layer.class));
        for methods in classes.chain(self.layers.services.files.iter().map(|file| file.functions.clone())) {
            let place = |name: &str| methods.iter().position(|method| method.name() == name);
            if let (Some(one), Some(many)) = (place(&one), place(&many)) {
                votes.0 += usize::from(one < many);
                votes.1 += 1;
            }
        }
        votes.0 * 2 > votes.1
    }
}

/// Whether a parameter is called like a key.
fn is_key(name: &str) -> bool {
    name == "id" || name.ends_with("_id")
}

/// Pairs of parts that were seen one before the other.
#[derive(Default)]
struct Sightings {
    before: [[u32; 7]; 7],
    keyword: [u32; 7],
    normal: [u32; 7],
}

impl Sightings {
    fn add(&mut self, parts: &[(Part, bool)]) {
        for (place, (first, keyword)) in parts.iter().enumerate() {
            let counts = if *keyword { &mut self.keyword } else { &mut self.normal };
            counts[*first as usize] += 1;
            for (next, _) in parts[place + 1..].iter().filter(|(next, _)| next != first) {
                self.before[*first as usize][*next as usize] += 1;
            }
        }
    }

    fn order(&self) -> ParameterOrder {
        let mut parts = ParameterOrder::default().parts;
        let wins = |a: Part, b: Part| self.before[a as usize][b as usize] > self.before[b as usize][a as usize];
        // Insertion by majority: stable where nothing was seen.
        for place in 1..parts.len() {
            let mut at = place;
            while let Some(first) = (0..at).find(|earlier| wins(parts[at], parts[*earlier])) {
                let part = parts.remove(at);
                parts.insert(first, part);
                at = first;
            }
        }
        let keyword_from =
            parts.iter().copied().find(|part| self.keyword[*part as usize] > self.normal[*part as usize]);
        ParameterOrder { parts, keyword_from }
    }
}
