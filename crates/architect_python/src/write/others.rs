//! Rows of other classes that the rules of an entity look up where no service gives them: through its repository, so
//! that queries stay there, or on the spot in a house without one.

use architect_model::{EntityRef, IdKind};

use super::code::Code;
use super::deletion;
use super::file::File;
use super::house::{House, Need};
use super::repository;
use super::select;
use super::store::Store;

/// A lookup of rows of another class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    /// The class.
    pub(crate) target: EntityRef,
    /// Whether the rows must be their owner's.
    pub(crate) own: bool,
    /// The role that their owner must have in the group, by its place among the roles.
    pub(crate) role: Option<usize>,
    /// Whether several are looked up by their keys.
    pub(crate) many: bool,
}

impl Other {
    /// The name of the method: `find_tag`, `find_tags`.
    pub(crate) fn name(&self, house: &House<'_>) -> String {
        let names = house.names_of(&self.target);
        let name = if self.many { format!("find_{}", names.snakes) } else { format!("find_{}", names.snake) };
        match house.role_word(&self.target.owner, self.role) {
            Some(role) => format!("{name}_as_{role}"),
            None if self.own => name,
            None => format!("{name}_of_anybody"),
        }
    }

    /// The argument with the key, or the keys.
    pub(crate) fn key(&self, house: &House<'_>) -> String {
        let key = format!("{}_id", house.names_of(&self.target).snake);
        if self.many { format!("{key}s") } else { key }
    }

    /// The expression of the rows.
    pub(crate) fn query(&self, house: &House<'_>, file: &mut File, session: &str, key: &str, owner: &str) -> String {
        let class = file.symbol(&house.class_of(&self.target));
        let mark = house.mark_of(&self.target);
        if !self.many && !self.own && mark.is_none() {
            return house.wait(&format!("{session}.get({class}, {key})"));
        }
        let select = select::select(house, file, &class);
        let owned = match self.own {
            true => select::owned_by(house, file, &class, &self.target.owner, owner, self.role).text(),
            false => String::new(),
        };
        let alive = mark.map_or_else(String::new, |mark| format!(", {}", deletion::alive(house, file, &class, mark)));
        let attribute = house.key_of(&self.target);
        if !self.many {
            return select::first(
                house,
                session,
                &format!("{select}.where({class}.{attribute} == {key}{alive}){owned}"),
            );
        }
        let column = select::column(house, file, &class, &attribute);
        select::all(house, session, &format!("{select}.where({column}.in_({key}){alive}){owned}.order_by({column})"))
    }

    /// The body of the method that a repository has for it.
    pub(crate) fn body(&self, house: &House<'_>, file: &mut File, session: &str) -> Code {
        let key = self.key(house);
        Code::of(format!("return {}", self.query(house, file, session, &key, &repository::owner_key(house))))
    }
}

impl<'a> House<'a> {
    /// The number of a lookup.
    fn other_index(&self, other: &Other) -> usize {
        let mut others = self.others.borrow_mut();
        others.iter().position(|known| known == other).unwrap_or_else(|| {
            others.push(other.clone());
            others.len() - 1
        })
    }

    /// The lookup with a number.
    pub(crate) fn other(&self, index: usize) -> Option<Other> {
        self.others.borrow().get(index).cloned()
    }

    /// The kind of the key of a class, by what refers to it.
    pub(crate) fn key_kind(&self, class: &str) -> IdKind {
        let columns = self.modules.iter().flat_map(|module| &module.entities).flat_map(|entity| &entity.columns);
        let mut by_reference = columns
            .filter(|column| column.reference.as_ref().is_some_and(|reference| reference.target.class == class))
            .filter_map(|column| column.id);
        let links = self.modules.iter().flat_map(|module| &module.links);
        let mut by_link = links.filter(|link| link.right.names.class == class).map(|link| link.right.id);
        by_reference.next().or_else(|| by_link.next()).unwrap_or(self.style.models.id.value)
    }
}

impl Store<'_> {
    /// The rows of another class; `owner` is the caller's key where they must be the caller's.
    pub(crate) fn other(
        &self,
        file: &mut File,
        target: &EntityRef,
        many: bool,
        key: &str,
        owner: Option<&str>,
        role: Option<usize>,
    ) -> String {
        let other = Other { target: target.clone(), own: owner.is_some(), role, many };
        if !self.has_class() {
            return other.query(self.house, file, &self.session(), key, owner.unwrap_or_default());
        }
        self.house.need(self.entity, Need::Other(self.house.other_index(&other)));
        let (name, column) = (other.key(self.house), repository::owner_key(self.house));
        let mut arguments = vec![(name.as_str(), key.to_owned())];
        arguments.extend(owner.map(|owner| (column.as_str(), owner.to_owned())));
        self.own_call(file, &other.name(self.house), &arguments, self.house.style.repository.owned.keywords)
    }
}
