//! One change of a design: what `architect add`, `change`, `rename` and `remove` ask for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Access, EndpointDesign, Field, Ownership};

/// One change of a design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum DesignEdit {
    /// A further field.
    AddField {
        /// Class of the entity.
        entity: String,
        /// The field.
        field: Box<Field>,
    },
    /// Another type, default or rule of a field.
    ChangeField {
        /// Class of the entity.
        entity: String,
        /// The field as it shall be, under its name.
        field: Box<Field>,
        /// Whether its type is given, with whether it is required and its default; otherwise they stay.
        with_type: bool,
        /// Whether its rules are given; otherwise they stay.
        with_rules: bool,
    },
    /// Another name of a field; its values stay.
    RenameField {
        /// Class of the entity.
        entity: String,
        /// Name as it is.
        from: String,
        /// Name as it shall be.
        to: String,
    },
    /// One field less, with its values.
    RemoveField {
        /// Class of the entity.
        entity: String,
        /// Name.
        field: String,
    },
    /// A further endpoint.
    AddEndpoint {
        /// The endpoint.
        endpoint: Box<EndpointDesign>,
    },
    /// One endpoint less.
    RemoveEndpoint {
        /// HTTP method.
        method: String,
        /// Path below the API's prefix.
        path: String,
    },
    /// Others may call an endpoint.
    ChangeAccess {
        /// HTTP method.
        method: String,
        /// Path below the API's prefix.
        path: String,
        /// Who may call it from now on.
        who: Access,
    },
    /// Rows belong to somebody else.
    ChangeOwner {
        /// Class of the entity.
        entity: String,
        /// To whom they belong from now on.
        owner: Ownership,
    },
}

impl DesignEdit {
    /// Class of the entity that is changed, where the edit names one.
    pub fn entity(&self) -> Option<&str> {
        match self {
            Self::AddField { entity, .. }
            | Self::ChangeField { entity, .. }
            | Self::RenameField { entity, .. }
            | Self::RemoveField { entity, .. }
            | Self::ChangeOwner { entity, .. } => Some(entity),
            Self::AddEndpoint { .. } | Self::RemoveEndpoint { .. } | Self::ChangeAccess { .. } => None,
        }
    }
}
