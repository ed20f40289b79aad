//! Who may do what.

use architect_model::{
    ApiOperation, ApiRaise, ColumnType, Endpoint, EndpointAccess, Handler, Known, OwnerCheck, Permission, Project,
    RaiseReason, StandardOperation, Table, Unknown, Who,
};

/// An operation with all that is known of it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) project: &'a Project,
    pub(super) endpoint: &'a Endpoint,
    pub(super) handler: &'a Handler,
    pub(super) operation: &'a ApiOperation,
    pub(super) table: Option<&'a Table>,
}

impl<'a> Subject<'a> {
    /// Who may do it.
    pub(super) fn who(&self) -> Who {
        let administrator = self.has_administrators();
        let nobody = Permission::No { status: self.unauthenticated() };
        let mut who = match &self.endpoint.access {
            EndpointAccess::Public => Who {
                text: "anyone".to_owned(),
                owner: Permission::Yes,
                other: Permission::Yes,
                administrator: Permission::Yes,
                nobody: Permission::Yes,
            },
            EndpointAccess::Unknown { unknown } => {
                self.same("not known", &Permission::Unknown { unknown: unknown.clone() })
            }
            EndpointAccess::Role { dependency } => {
                if self.project.style.user.superuser_dependency.as_ref() == Some(dependency) {
                    self.administrators_only(nobody)
                } else {
                    let reason = format!("`{}` decides", dependency.name);
                    let unknown = Unknown::new(self.endpoint.at.clone(), reason);
                    let text = format!("those whom `{}` lets pass", dependency.name);
                    Who { nobody, ..self.same(&text, &Permission::Unknown { unknown }) }
                }
            }
            EndpointAccess::SignedIn { .. } => self.signed_in(nobody),
        };
        if !administrator {
            who.administrator = Permission::None;
        }
        if self.table.is_none_or(|table| table.owner.is_none()) {
            who.owner = Permission::None;
        }
        who
    }

    fn same(&self, text: &str, permission: &Permission) -> Who {
        Who {
            text: text.to_owned(),
            owner: permission.clone(),
            other: permission.clone(),
            administrator: permission.clone(),
            nobody: permission.clone(),
        }
    }

    fn has_administrators(&self) -> bool {
        let style = &self.project.style.user;
        style.superuser_attribute.is_some() || style.superuser_dependency.is_some()
    }

    fn administrators_only(&self, nobody: Permission) -> Who {
        let raises = &self.operation.raises;
        let own = raises.iter().find(|raise| raise.about == RaiseReason::Administrator);
        let refused = own.or_else(|| raises.iter().find(|raise| raise.status.known() == Some(&403)));
        let status = refused.and_then(|raise| raise.status.known().copied());
        let no = Permission::No { status };
        Who { text: "administrators".to_owned(), owner: no.clone(), other: no, administrator: Permission::Yes, nobody }
    }

    fn signed_in(&self, nobody: Permission) -> Who {
        let raises = &self.operation.raises;
        let administrators = raises.iter().find(|raise| raise.about == RaiseReason::Administrator);
        if administrators.is_some_and(|raise| raise.when.len() <= 1) {
            return self.administrators_only(nobody);
        }
        if let Some(scopes) = self.operation.scopes.first() {
            let unknown = Unknown::new(self.operation.at.clone(), format!("the scopes `{scopes}` are asked for"));
            let unclear = Permission::Unknown { unknown };
            return Who { nobody, ..self.same("those with the scopes that are asked for", &unclear) };
        }
        let checks = self.owner_checks();
        let has_row = self.operation.parameters.iter().any(|one| one.place == architect_model::ParameterPlace::Path);
        // What is created belongs to who creates it: other rows are compared for what the body names.
        let creates = self.handler.operation == Some(StandardOperation::Create) && !has_row;
        if !checks.is_empty() && !creates {
            return self.owners(nobody, &checks);
        }
        let unclear = administrators.or_else(|| raises.iter().find(|raise| self.is_unclear(raise)));
        if let Some(raise) = unclear {
            let unknown = Unknown::new(raise.at.clone(), refusal(raise));
            let unclear = Permission::Unknown { unknown };
            return Who { nobody, ..self.same("signed-in users, not all", &unclear) };
        }
        if let Some(unknown) = self.operation.unknowns.first() {
            let unclear = Permission::Unknown { unknown: unknown.clone() };
            return Who { nobody, ..self.same("signed-in users, perhaps not all", &unclear) };
        }
        let is_owned = self
            .table
            .and_then(|table| table.owner.as_ref())
            .is_some_and(|owner| owner.direct || owner.members.is_some());
        let may = if is_owned && self.handler.operation == Some(StandardOperation::Create) {
            Permission::BecomesOwner
        } else {
            Permission::Yes
        };
        Who { nobody, ..self.same("signed-in users", &may) }
    }

    /// A refusal for who the caller is, which is not understood.
    fn is_unclear(&self, raise: &ApiRaise) -> bool {
        // Credentials that are read and then refused for something else than not being readable.
        let is_read = !raise.when.iter().any(|condition| condition.starts_with("except "));
        if raise.about == RaiseReason::Caller {
            return is_read && raise.status.known() == Some(&403) && self.unauthenticated() == Some(401);
        }
        let about_caller = matches!(raise.status.known(), Some(401 | 403));
        about_caller && !matches!(raise.about, RaiseReason::State | RaiseReason::Constraint | RaiseReason::Stale)
    }

    /// The comparisons with the owner of the operation's rows, or of what those belong to.
    pub(super) fn owner_checks(&self) -> Vec<&OwnerCheck> {
        let line = self.owners_line();
        let is_owner = |check: &&OwnerCheck| line.iter().any(|table| self.is_about(table, check));
        let own: Vec<&OwnerCheck> = self.operation.owner.iter().filter(is_owner).collect();
        let own = if own.is_empty() { self.checks_by_path() } else { own };
        // What is compared only sometimes is about what the request refers to.
        let always: Vec<&OwnerCheck> = own.iter().copied().filter(|check| check.always).collect();
        if always.is_empty() { own } else { always }
    }

    /// Whether a comparison asks who owns the rows of a table, or who is a member of the groups that they are.
    fn is_about(&self, table: &Table, check: &OwnerCheck) -> bool {
        let Some(owner) = &table.owner else { return false };
        match &owner.members {
            Some(members) => {
                let holder = self.project.tables().find(|table| table.class.as_ref() == Some(&check.table));
                members.user == check.column && holder.is_some_and(|holder| holder.name.known() == Some(&owner.table))
            }
            None => table.class.as_ref() == Some(&check.table) && owner.direct && owner.column == check.column,
        }
    }

    /// The comparisons with the owner of another row that the path names.
    fn checks_by_path(&self) -> Vec<&OwnerCheck> {
        let named: Vec<&Table> = self
            .operation
            .parameters
            .iter()
            .filter(|one| one.place == architect_model::ParameterPlace::Path)
            .filter_map(|one| super::example::named_by(self.project, self, &one.name))
            .collect();
        let is_named = |check: &&OwnerCheck| named.iter().any(|table| self.is_about(table, check));
        self.operation.owner.iter().filter(is_named).collect()
    }

    /// The table and those that its rows belong to.
    fn owners_line(&self) -> Vec<&Table> {
        let mut line: Vec<&Table> = Vec::new();
        let mut next = self.table;
        while let Some(table) = next.filter(|table| !line.iter().any(|known| std::ptr::eq(*known, *table))) {
            line.push(table);
            let owner = table.owner.as_ref().filter(|owner| !owner.direct);
            next = owner.and_then(|owner| self.project.tables().find(|table| table.name.known() == Some(&owner.table)));
        }
        line
    }

    fn owners(&self, nobody: Permission, checks: &[&OwnerCheck]) -> Who {
        let has_row = self.operation.parameters.iter().any(|one| one.place == architect_model::ParameterPlace::Path);
        let administrators = checks.iter().all(|check| check.administrators_pass);
        let other = if has_row { Permission::No { status: self.denied(checks) } } else { Permission::OwnRows };
        let administrator = if administrators { Permission::Yes } else { other.clone() };
        let owner = if has_row { Permission::Yes } else { Permission::OwnRows };
        let text = match (has_row, administrators && self.has_administrators()) {
            (true, true) => "owner, administrators",
            (true, false) => "owner",
            (false, true) => "signed-in users, own rows; administrators all",
            (false, false) => "signed-in users, own rows",
        };
        Who { text: text.to_owned(), owner, other, administrator, nobody }
    }

    /// The status that somebody gets who is not the owner.
    fn denied(&self, checks: &[&OwnerCheck]) -> Option<u16> {
        let raises = &self.operation.raises;
        let about = |raise: &&ApiRaise| matches!(raise.about, RaiseReason::Owner | RaiseReason::OwnerOrAdministrator);
        let own = raises.iter().find(about).and_then(|raise| raise.status.known().copied());
        // A row that a query does not find is answered like one that is not there.
        let in_query = || {
            let all = checks.iter().all(|check| check.in_query);
            let missing =
                raises.iter().find(|raise| raise.status.known() == Some(&404) && raise.about == RaiseReason::Other);
            missing.filter(|_| all).map(|_| 404)
        };
        own.or_else(in_query)
    }

    /// The status that somebody gets who shows no valid credentials.
    pub(super) fn unauthenticated(&self) -> Option<u16> {
        let of_scheme = self.operation.schemes.iter().find(|scheme| scheme.demands).and_then(|scheme| {
            // FastAPI answers 403 to a missing header before 0.122, and 401 from then on.
            let header = scheme.class.starts_with("HTTP") || scheme.class.starts_with("APIKey");
            if header { self.header_status() } else { Some(401) }
        });
        let raised = self.operation.raises.iter().filter(|raise| raise.about == RaiseReason::Caller);
        let mut statuses = raised.filter_map(|raise| raise.status.known().copied());
        of_scheme
            .or_else(|| statuses.clone().find(|status| *status == 401))
            .or_else(|| statuses.find(|status| *status == 403))
    }

    fn header_status(&self) -> Option<u16> {
        let version = self.project.versions.iter().find(|package| package.name == "fastapi")?;
        let mut parts = version.version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
        let minor = (parts.next()?, parts.next()?);
        Some(if minor >= (0, 122) { 401 } else { 403 })
    }
}

/// A refusal in words.
pub(super) fn refusal(raise: &ApiRaise) -> String {
    let status = match &raise.status {
        Known::Known(status) => status.to_string(),
        Known::Unknown { .. } => "an error".to_owned(),
    };
    let detail = raise.detail.as_ref().map(|detail| format!(" `{detail}`")).unwrap_or_default();
    let when = raise.when.iter().map(|condition| format!("`{condition}`")).collect::<Vec<_>>().join(" and ");
    if when.is_empty() { format!("{status}{detail}") } else { format!("{status}{detail} where {when}") }
}

/// Whether a column holds one of a set of values.
pub(super) fn is_enumeration(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::Enum { .. } => true,
        ColumnType::Other { implementation: Some(inner), .. } => is_enumeration(inner),
        _ => false,
    }
}
