//! Runs statements.

use std::rc::Rc;

use architect_model::{Location, Unknown};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFor, StmtIf, StmtImport, StmtImportFrom, StmtTry};

use super::machine::Machine;
use super::record::Noted;
use super::value::{Import, Kind, Value};

/// How a block ended.
pub(super) enum Flow<'a> {
    /// By running to its end.
    Next,
    /// By `return`.
    Return(Value<'a>),
    /// By `raise`.
    Raise,
    /// By `break`.
    Break,
    /// By `continue`.
    Continue,
}

/// What a condition turned out to be.
enum Decision {
    /// Certain.
    Certain(bool),
    /// As the default of a setting has it.
    Default(bool, Rc<Unknown>),
    /// Not known.
    Unknown(Rc<Unknown>),
}

impl<'a> Machine<'a> {
    /// Runs a block.
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Flow<'a> {
        for statement in body {
            match self.statement(statement) {
                Flow::Next => {}
                flow => return flow,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &'a Stmt) -> Flow<'a> {
        if !self.proceed() {
            return Flow::Raise;
        }
        match statement {
            Stmt::Expr(expression) => drop(self.eval(&expression.value)),
            Stmt::Assign(assign) => {
                let value = self.eval(&assign.value);
                assign.targets.iter().for_each(|target| self.assign(target, &value));
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.eval(value);
                    self.assign(&assign.target, &value);
                }
            }
            Stmt::AugAssign(assign) => {
                let value = self.augmented(assign);
                self.assign(&assign.target, &value);
            }
            Stmt::TypeAlias(alias) => {
                let value = self.eval(&alias.value);
                self.assign(&alias.name, &value);
            }
            Stmt::FunctionDef(function) => self.define_function(function),
            Stmt::ClassDef(class) => self.define_class(class),
            Stmt::Import(import) => self.import_names(import),
            Stmt::ImportFrom(import) => return self.import_from(import),
            Stmt::Return(ret) => {
                return Flow::Return(ret.value.as_ref().map_or_else(Value::none, |value| self.eval(value)));
            }
            Stmt::Raise(_) => return Flow::Raise,
            Stmt::Break(_) => return Flow::Break,
            Stmt::Continue(_) => return Flow::Continue,
            _ => return self.compound(statement),
        }
        Flow::Next
    }

    fn compound(&mut self, statement: &'a Stmt) -> Flow<'a> {
        match statement {
            Stmt::If(test) => self.branch(test),
            Stmt::For(repeat) => self.repeat(repeat),
            Stmt::While(repeat) => {
                let why = Rc::new(self.file().unknown(&*repeat.test, "a `while` loop may run any number of times"));
                self.maybe(&why, |machine| machine.block(&repeat.body))
            }
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.eval(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, &value);
                    }
                    self.note(|| Noted::Enter(value));
                }
                let flow = self.block(&with.body);
                with.items.iter().for_each(|_| self.note(|| Noted::Leave));
                flow
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Match(choice) => {
                let why = Rc::new(self.file().unknown(&*choice.subject, "a `match` statement"));
                for case in &choice.cases {
                    self.maybe(&why, |machine| machine.block(&case.body));
                }
                Flow::Next
            }
            _ => Flow::Next,
        }
    }

    fn branch(&mut self, test: &'a StmtIf) -> Flow<'a> {
        let clauses = std::iter::once((Some(&*test.test), &test.body))
            .chain(test.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body)));
        let clauses: Vec<(Option<&'a Expr>, &'a [Stmt])> =
            clauses.map(|(test, body)| (test, body.as_slice())).collect();
        self.clauses(&clauses)
    }

    fn clauses(&mut self, clauses: &[(Option<&'a Expr>, &'a [Stmt])]) -> Flow<'a> {
        let Some(((test, body), rest)) = clauses.split_first() else {
            return Flow::Next;
        };
        let decision = match test {
            Some(test) => self.decide(test),
            None => Decision::Certain(true),
        };
        match decision {
            Decision::Certain(true) => self.block(body),
            Decision::Certain(false) => self.clauses(rest),
            Decision::Default(true, why) => {
                self.rehearse(&why, |machine| machine.clauses(rest));
                self.by_default(&why, |machine| machine.block(body))
            }
            Decision::Default(false, why) => {
                self.rehearse(&why, |machine| machine.block(body));
                self.by_default(&why, |machine| machine.clauses(rest))
            }
            Decision::Unknown(why) => self.either(&why, |machine| machine.block(body), |machine| machine.clauses(rest)),
        }
    }

    fn decide(&mut self, test: &'a Expr) -> Decision {
        let value = self.eval(test);
        let text = self.file().text(test).to_owned();
        match (self.truth(&value), &value.doubt) {
            (Some(truth), None) => Decision::Certain(truth),
            (Some(truth), Some(doubt)) => {
                let reason = format!(
                    "only where `{text}` ({}), which is {} by default",
                    doubt.reason,
                    if truth { "true" } else { "false" }
                );
                Decision::Default(truth, Rc::new(self.file().unknown(test, reason)))
            }
            (None, _) => {
                let why = value.as_unknown().map_or_else(String::new, |unknown| format!(": {}", unknown.reason));
                Decision::Unknown(Rc::new(self.file().unknown(test, format!("`{text}` could not be decided{why}"))))
            }
        }
    }

    /// Runs what the defaults of the settings choose.
    fn by_default(&mut self, why: &Rc<Unknown>, run: impl FnOnce(&mut Self) -> Flow<'a>) -> Flow<'a> {
        let before = self.doubt.clone();
        self.doubt = self.doubt.take().or_else(|| Some(Rc::clone(why)));
        let flow = match run(self) {
            Flow::Return(value) => Flow::Return(value.doubted(Some(why))),
            flow => flow,
        };
        self.doubt = before;
        flow
    }

    /// Runs what the defaults do not choose, for the routes it would register; nothing else of it stays.
    fn rehearse(&mut self, why: &Rc<Unknown>, run: impl FnOnce(&mut Self) -> Flow<'a>) {
        let Some(scope) = self.frames.last().map(|frame| Rc::clone(&frame.scope)) else {
            return;
        };
        let names = scope.names.borrow().clone();
        let (doubt, dry) = (self.doubt.clone(), self.dry);
        self.doubt = self.doubt.take().or_else(|| Some(Rc::clone(why)));
        self.dry = true;
        run(self);
        (self.doubt, self.dry) = (doubt, dry);
        *scope.names.borrow_mut() = names;
    }

    /// Runs something that may not run, or run several times.
    fn maybe(&mut self, why: &Rc<Unknown>, run: impl FnOnce(&mut Self) -> Flow<'a>) -> Flow<'a> {
        self.either(why, run, |_| Flow::Next)
    }

    /// Runs both ways of a condition that is not known, and keeps what both agree on.
    fn either(
        &mut self,
        why: &Rc<Unknown>,
        yes: impl FnOnce(&mut Self) -> Flow<'a>,
        no: impl FnOnce(&mut Self) -> Flow<'a>,
    ) -> Flow<'a> {
        let Some(scope) = self.frames.last().map(|frame| Rc::clone(&frame.scope)) else {
            return Flow::Next;
        };
        let before = scope.names.borrow().clone();
        let doubt = self.doubt.clone();
        self.doubt = self.doubt.take().or_else(|| Some(Rc::clone(why)));
        let first = yes(self);
        let after_first = scope.names.replace(before);
        let second = no(self);
        self.doubt = doubt;
        match (first, second) {
            (Flow::Next, Flow::Next) => {
                self.merge(&scope, after_first, why);
                Flow::Next
            }
            (Flow::Return(a), Flow::Return(b)) => Flow::Return(self.one_of(vec![a, b], &why.at)),
            (Flow::Return(value), Flow::Next) => self.go_on(value, why),
            (Flow::Next, Flow::Return(value)) => {
                *scope.names.borrow_mut() = after_first;
                self.go_on(value, why)
            }
            (Flow::Next, _) => {
                *scope.names.borrow_mut() = after_first;
                Flow::Next
            }
            (_, Flow::Next) => Flow::Next,
            (Flow::Raise, other) | (other, _) => other,
        }
    }

    /// Goes on behind a `return` that may not have happened.
    fn go_on(&mut self, value: Value<'a>, why: &Rc<Unknown>) -> Flow<'a> {
        if let Some(frame) = self.frames.last_mut() {
            frame.returned.push(value);
        }
        self.doubt = self.doubt.take().or_else(|| Some(Rc::clone(why)));
        Flow::Next
    }

    fn merge(
        &self,
        scope: &Rc<super::value::Scope<'a>>,
        other: rustc_hash::FxHashMap<ruff_python_ast::name::Name, Value<'a>>,
        why: &Rc<Unknown>,
    ) {
        let mut names = scope.names.borrow_mut();
        for (name, theirs) in other {
            match names.get_mut(&name) {
                Some(ours) if ours.same(&theirs) => {}
                // One of the two ways has looked it up.
                Some(ours) if matches!(ours.kind, Kind::Import(_)) => *ours = theirs,
                Some(_) if matches!(theirs.kind, Kind::Import(_)) => {}
                Some(ours) if matches!(ours.kind, Kind::Unknown(_) | Kind::None) && theirs.as_router().is_some() => {
                    *ours = theirs
                }
                Some(ours) if matches!(theirs.kind, Kind::Unknown(_) | Kind::None) && ours.as_router().is_some() => {}
                Some(ours) => *ours = Value::unknown(Rc::clone(why)),
                None => drop(names.insert(name, theirs)),
            }
        }
    }

    /// The value where all are the same one.
    pub(super) fn one_of(&self, values: Vec<Value<'a>>, at: &Location) -> Value<'a> {
        let mut values = values.into_iter();
        let Some(first) = values.next() else {
            return Value::none();
        };
        if values.all(|value| value.same(&first)) {
            first
        } else {
            self.unknown_at(at, "it depends on a condition that is not known")
        }
    }

    fn repeat(&mut self, repeat: &'a StmtFor) -> Flow<'a> {
        let iterable = self.eval(&repeat.iter);
        let doubt = match &iterable.kind {
            Kind::List(list) => list.doubt.borrow().clone().or_else(|| iterable.doubt.clone()),
            _ => None,
        };
        let Some(items) = self.iterate(&iterable) else {
            let reason = format!("a loop over `{}`, which could not be determined", self.file().text(&*repeat.iter));
            let why = Rc::new(self.file().unknown(&*repeat.iter, reason));
            let unknown = Value::unknown(Rc::clone(&why));
            return self.maybe(&why, |machine| {
                machine.assign(&repeat.target, &unknown);
                machine.block(&repeat.body)
            });
        };
        let before = self.doubt.clone();
        self.doubt = self.doubt.take().or(doubt);
        let mut result = Flow::Next;
        for item in items {
            self.assign(&repeat.target, &item);
            match self.block(&repeat.body) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                flow => {
                    result = flow;
                    break;
                }
            }
        }
        self.doubt = before;
        result
    }

    fn attempt(&mut self, attempt: &'a StmtTry) -> Flow<'a> {
        let mut flow = self.block(&attempt.body);
        if matches!(flow, Flow::Raise) {
            if let Some(ExceptHandler::ExceptHandler(handler)) = attempt.handlers.first() {
                flow = self.block(&handler.body);
            }
        } else if matches!(flow, Flow::Next) {
            flow = self.block(&attempt.orelse);
        }
        match self.block(&attempt.finalbody) {
            Flow::Next => flow,
            last => last,
        }
    }

    /// Assigns to a name, an attribute, an item or several targets.
    pub(super) fn assign(&mut self, target: &Expr, value: &Value<'a>) {
        match target {
            Expr::Name(name) => self.bind_variable(&name.id, value.clone()),
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value);
                if !self.dry {
                    self.set_attribute(&owner, &attribute.attr.id, value.clone(), target);
                }
            }
            Expr::Subscript(subscript) => {
                let owner = self.eval(&subscript.value);
                let key = self.eval(&subscript.slice);
                if let (Kind::Dict(items), false) = (&owner.kind, self.dry) {
                    let mut items = items.borrow_mut();
                    items.retain(|(known, _)| !known.same(&key));
                    items.push((key, value.clone().doubted(self.doubt.as_ref())));
                }
            }
            Expr::Tuple(_) | Expr::List(_) => {
                let targets = crate::resolve::elements(target);
                let items = self.iterate(value).filter(|items| items.len() == targets.len());
                for (position, target) in targets.iter().enumerate() {
                    let item = items.as_ref().and_then(|items| items.get(position).cloned());
                    let item = item
                        .unwrap_or_else(|| self.unknown(target, "a part of something that could not be determined"));
                    self.assign(target, &item);
                }
            }
            Expr::Starred(starred) => {
                let unknown = self.unknown(&*starred.value, "a starred target");
                self.assign(&starred.value, &unknown);
            }
            _ => {}
        }
    }

    fn import_names(&mut self, import: &'a StmtImport) {
        let file = self.file();
        for alias in &import.names {
            let module = self.module(&alias.name, file);
            if let Some(name) = &alias.asname {
                self.bind(&name.id, module);
            } else if let Some((top, _)) = alias.name.split_once('.') {
                let top_module = self.module(top, file);
                self.bind(&top.into(), top_module);
            } else {
                self.bind(&alias.name.id, module);
            }
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) -> Flow<'a> {
        let file = self.file();
        let Some(dotted) = absolute(&file.module, file.is_package, import) else {
            return Flow::Next;
        };
        let module = self.module(&dotted, file);
        let at = self.at(import);
        for alias in &import.names {
            if &*alias.name == "*" {
                self.import_star(&module);
                continue;
            }
            if let (Kind::Module(file), true) = (&module.kind, self.lazy) {
                let import = Import { file, name: alias.name.id.clone(), at: at.clone() };
                let value = Kind::Import(Rc::new(import)).into();
                self.bind(&alias.asname.as_ref().unwrap_or(&alias.name).id, value);
                continue;
            }
            let value = self.attribute(&module, &alias.name, &at);
            if value.as_unknown().is_some() && matches!(module.kind, Kind::Namespace(_)) {
                return Flow::Raise;
            }
            self.bind(&alias.asname.as_ref().unwrap_or(&alias.name).id, value);
        }
        Flow::Next
    }

    fn import_star(&mut self, module: &Value<'a>) {
        let Kind::Module(file) = module.kind else {
            return;
        };
        self.import(file);
        let Some(scope) = self.modules.get(&std::ptr::from_ref(file)).map(Rc::clone) else {
            return;
        };
        let listed = scope.names.borrow().get("__all__").and_then(Value::as_items);
        let names: Vec<_> = match listed {
            Some(items) => {
                items.iter().filter_map(|item| item.as_str().map(ruff_python_ast::name::Name::from)).collect()
            }
            None => scope.names.borrow().keys().filter(|name| !name.starts_with('_')).cloned().collect(),
        };
        for name in names {
            let value = scope.names.borrow().get(&name).cloned();
            if let Some(value) = value {
                self.bind(&name, value);
            }
        }
    }
}

/// The absolute dotted name of the module that a `from` import names.
fn absolute(module: &str, is_package: bool, import: &StmtImportFrom) -> Option<String> {
    let name = import.module.as_ref().map_or("", |name| name.as_str());
    if import.level == 0 {
        return Some(name.to_owned());
    }
    let mut parts: Vec<&str> = module.split('.').collect();
    let up = import.level as usize - usize::from(is_package);
    if up > parts.len() {
        return None;
    }
    parts.truncate(parts.len() - up);
    parts.extend(name.split('.').filter(|part| !part.is_empty()));
    Some(parts.join("."))
}
