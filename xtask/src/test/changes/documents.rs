//! Documents that ask for changes: what is new, as a person would write it, and nothing of what stays.

use super::Subject;

/// Teams with members: rows can be theirs only where there are any.
pub const TEAMS: &str = "# Teams

## Data model

### Team
Owned by its members.

| Field | Type          |
|-------|---------------|
| name  | string(1..80) |

### Membership

| Field | Type                         |
|-------|------------------------------|
| team  | Team                         |
| user  | User                         |
| role  | enum(admin, member) = member |

## Endpoints

| Method | Path                         | Does       | Who                                          |
|--------|------------------------------|------------|----------------------------------------------|
| CRUD   | /teams                       | Team       | member of team                               |
| CRUD   | /teams/{team_id}/memberships | Membership | member of team read, admin of team write     |
";

/// A new entity that a user owns.
pub fn entity(_: &Subject) -> String {
    "# Badges

### Badge
Owned by User.

| Field  | Type                        | Rules            |
|--------|-----------------------------|------------------|
| title  | string(1..80)               | unique per owner |
| reason | text?                       |                  |
| metal  | enum(iron, silver) = iron   | filter           |

## Endpoints

| Method | Path    | Does  | Who   |
|--------|---------|-------|-------|
| CRUD   | /badges | Badge | owner |
"
    .to_owned()
}

/// A new entity whose rows belong to rows that the code has.
pub fn below(subject: &Subject) -> String {
    let Subject { entity, path, parameter, .. } = subject;
    format!(
        "# Badges

### Badge
Belongs to {entity}.

| Field | Type          | Rules  |
|-------|---------------|--------|
| title | string(1..80) |        |
| given | date?         | filter |

## Endpoints

| Method | Path                           | Does  | Who   |
|--------|--------------------------------|-------|-------|
| CRUD   | {path}/{{{parameter}}}/badges  | Badge | owner |
"
    )
}

/// New entities that refer to those of the code, to each other and to themselves.
pub fn relations(subject: &Subject) -> String {
    let entity = subject.entity;
    format!(
        "# Shelves

### Shelf
Owned by User.

| Field | Type            | Rules                      |
|-------|-----------------|----------------------------|
| label | string(1..40)   | unique per owner           |
| above | Shelf?          | on delete set null         |

### Place
Owned by User.

| Field  | Type              | Rules                      |
|--------|-------------------|----------------------------|
| number | integer(1..99)    |                            |
| shelf  | Shelf             | filter                     |
| taken  | {entity}?         | filter, on delete set null |
| spare  | list of {entity}  |                            |

## Endpoints

| Method | Path     | Does  | Who   |
|--------|----------|-------|-------|
| CRUD   | /shelves | Shelf | owner |
| CRUD   | /places  | Place | owner |
"
    )
}

/// Several changes of one entity, and a new one below it.
pub fn several(subject: &Subject, renames: bool) -> String {
    let Subject { entity, path, parameter, text, text_rules, choice, optional, .. } = subject;
    let renamed = if renames { format!("| remark | {}? | |\n", optional.1) } else { String::new() };
    let (name, values, default) = choice;
    format!(
        "# What is new

### {entity}
Owned by User.

| Field    | Type                              | Rules  |
|----------|-----------------------------------|--------|
| {} | string(1..250) | {text_rules} |
| {name}   | enum({values}, shelved) = {default} | filter |
| memo     | string(1..80)?                    |        |
| rank     | integer(0..10) = 3                |        |
{renamed}
### Badge
Belongs to {entity}.

| Field | Type          |
|-------|---------------|
| title | string(1..80) |

## Endpoints

| Method | Path                          | Does                 | Who   |
|--------|-------------------------------|----------------------|-------|
| CRUD   | {path}/{{{parameter}}}/badges | Badge                | owner |
| POST   | {path}/{{{parameter}}}/shelve | set {name} = shelved | owner |
",
        text.0
    )
}
