//! Names that the house gives to methods, handlers, bodies and paths.

use architect_model::{EntityDesign, EntityNames, EntityRef, HouseStyle, OperationDesign};
use heck::ToSnakeCase;

use super::house::House;
use super::names::filled;
use super::place::Place;
use crate::resolve::builtin;

impl House<'_> {
    /// The path of an operation, with the names of its parameters.
    pub(crate) fn path_of(&self, op: &OperationDesign) -> String {
        let mut names = op.parameters.iter();
        let segments = op.path.split('/').map(|segment| {
            if !segment.starts_with('{') {
                return segment.to_owned();
            }
            names.next().map_or_else(|| segment.to_owned(), |parameter| format!("{{{}}}", parameter.name))
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The path of an operation behind the prefix of its router.
    pub(crate) fn path_behind(&self, op: &OperationDesign, prefix: &str) -> String {
        let path = self.path_of(op);
        let depth = prefix.split('/').filter(|segment| !segment.is_empty()).count();
        if !op.path.starts_with(prefix) {
            return path;
        }
        let rest: Vec<_> = path.split('/').skip(depth + 1).collect();
        if rest.is_empty() { String::new() } else { format!("/{}", rest.join("/")) }
    }

    /// What the body of a request is called.
    pub(crate) fn body_name(&self, entity: &EntityDesign) -> String {
        let pattern = &self.style.endpoints.body_parameter.value;
        let name = filled(pattern, &entity.names);
        // A row is called by the entity's name already.
        if name.is_empty() || name == entity.names.snake { "data".to_owned() } else { name }
    }

    /// The house's name for one of the five standard methods of a service. Of functions, none hides a built-in.
    pub(crate) fn method_name(&self, key: &str, entity: &EntityDesign) -> String {
        let known = self
            .style
            .service
            .methods
            .iter()
            .find(|(known, pattern)| known == key && is_general(pattern) && self.tells_apart(pattern))
            .filter(|(_, pattern)| is_own(&self.style.service.methods, key, pattern))
            .filter(|(_, pattern)| self.rules_in_class() || builtin(pattern).is_none())
            .map(|(_, pattern)| pattern.as_str());
        let names = &entity.names;
        if self.rules_at() == Place::Handler {
            return self.handler_name(key, entity);
        }
        let is_plain = self.rules_in_class() && !self.names_say_the_entity();
        let name = match (known, is_plain, key) {
            (Some(pattern), _, _) => filled(pattern, names),
            (None, true, "list") => "list_page".to_owned(),
            (None, true, "read") => "get".to_owned(),
            (None, true, key) => key.to_owned(),
            (None, false, "list") => format!("list_{}", names.snakes),
            (None, false, "read") => format!("get_{}", names.snake),
            (None, false, key) => format!("{key}_{}", names.snake),
        };
        if self.is_beside_handler(&name, entity) { format!("_{name}") } else { name }
    }

    /// Whether most methods of services that are seen have their entity in their names: `create_project`.
    fn names_say_the_entity(&self) -> bool {
        let known = &self.style.service.methods;
        known.iter().filter(|(_, pattern)| pattern.contains("{entit")).count() * 2 > known.len()
    }

    /// Whether a function of the rules stands in the file of the handlers, one of which has its name.
    fn is_beside_handler(&self, name: &str, entity: &EntityDesign) -> bool {
        let layout = &self.style.layout;
        let is_beside = !self.rules_in_class() && layout.service.value.as_ref() == Some(&layout.endpoints.value);
        is_beside && OPERATIONS.iter().any(|key| self.handler_name(key, entity) == name)
    }

    /// The house's name for one of the five standard handlers.
    pub(crate) fn handler_name(&self, key: &str, entity: &EntityDesign) -> String {
        handler_name(self.style, key, &entity.names)
    }

    /// The names of an entity that a reference points at.
    pub(crate) fn names_of(&self, target: &EntityRef) -> EntityNames {
        self.names_of_class(&target.class)
    }

    /// Names of the class `class`, new or existing.
    pub(crate) fn names_of_class(&self, class: &str) -> EntityNames {
        if let Some((_, entity)) = self.designed(class) {
            return entity.names.clone();
        }
        let snake = class.to_snake_case();
        let label = snake.replace('_', " ");
        EntityNames {
            class: class.to_owned(),
            classes: format!("{class}s"),
            snakes: format!("{snake}s"),
            labels: format!("{label}s"),
            snake,
            label,
        }
    }
}

/// The standard operations, by how much their names say.
const OPERATIONS: [&str; 5] = ["read", "list", "create", "update", "delete"];

/// A house's name for one of the five standard handlers of an entity.
pub(super) fn handler_name(style: &HouseStyle, key: &str, names: &EntityNames) -> String {
    let known = style
        .endpoints
        .names
        .iter()
        .find(|(known, pattern)| known == key && pattern.contains('{') && is_general(pattern))
        .filter(|(_, pattern)| is_own(&style.endpoints.names, key, pattern))
        .map(|(_, pattern)| pattern.as_str());
    let pattern = match (known, key) {
        (Some(pattern), _) => pattern.to_owned(),
        (None, "list") => "list_{entities}".to_owned(),
        (None, key) => format!("{key}_{{entity}}"),
    };
    filled(&pattern, names)
}

/// Whether a pattern names this operation alone: where neighbours delete what `get_{entity}` gave them, the last call of
/// theirs is another operation's.
fn is_own(patterns: &[(String, String)], key: &str, pattern: &str) -> bool {
    let rank = |key: &str| OPERATIONS.iter().position(|known| *known == key);
    !patterns.iter().any(|(other, same)| same == pattern && other != key && rank(other) < rank(key))
}

/// Whether a name says nothing but what is done, and to what: `sign_up` and `get_{entity}_by_order` say more.
fn is_general(pattern: &str) -> bool {
    const WORDS: [&str; 80] = [
        "list",
        "get",
        "read",
        "find",
        "fetch",
        "create",
        "add",
        "insert",
        "store",
        "save",
        "update",
        "edit",
        "patch",
        "replace",
        "change",
        "modify",
        "delete",
        "remove",
        "destroy",
        "all",
        "index",
        "show",
        "retrieve",
        "search",
        "new",
        "by",
        "id",
        "one",
        "many",
        "multi",
        "page",
        "paginated",
        "single",
        "item",
        "items",
        "or",
        "404",
        "raise",
        "fail",
        "details",
        "detail",
        "put",
        "post",
        "view",
        "browse",
        "query",
        "make",
        "register",
        "set",
        "the",
        "an",
        "a",
        "async",
        // The same in Spanish, Portuguese, French and German.
        "crear",
        "criar",
        "creer",
        "listar",
        "lister",
        "obtener",
        "obter",
        "obtenir",
        "buscar",
        "leer",
        "ler",
        "lire",
        "actualizar",
        "atualizar",
        "editar",
        "modifier",
        "eliminar",
        "borrar",
        "deletar",
        "excluir",
        "remover",
        "supprimer",
        "por",
        "todos",
        "todas",
        "erstellen",
        "lesen",
    ];
    let rest =
        pattern.replace("{entity}", "").replace("{entities}", "").replace("{Entity}", "").replace("{Entities}", "");
    rest.split('_').filter(|word| !word.is_empty()).all(|word| WORDS.contains(&word))
}
