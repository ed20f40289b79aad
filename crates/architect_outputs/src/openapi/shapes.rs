//! The parts of a document as FastAPI's own models have them: which keys, in which order, with which values.

/// A model of `fastapi.openapi.models`: its keys in order. Others are kept behind these.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) keys: &'static [(&'static str, Part)],
}

/// What stands under a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// Any value.
    Plain,
    /// A number that is written with a point: `float`.
    Float,
    /// A URL that is brought into form: `AnyUrl`.
    Url,
    /// A part of a shape.
    One(&'static Shape),
    /// Several.
    Each(&'static Shape),
    /// Several by name.
    Named(&'static Shape),
    /// Several by two names: callbacks.
    NamedTwice(&'static Shape),
    /// Paths, of which those with parameters are left as they are.
    ///
    /// ```python
    /// paths: dict[str, PathItem | Any] | None = None
    /// ```
    ///
    /// Pydantic takes a path for `Any` where it is no `PathItem` without conversion: `in` of parameters is text, and an
    /// enumeration in the model.
    Paths,
}

use Part::{Each, Float, Named, NamedTwice, One, Paths, Plain, Url};

macro_rules! shape {
    ($name:ident, $($key:literal: $part:expr),* $(,)?) => {
        pub(super) static $name: Shape = Shape { keys: &[$(($key, $part)),*] };
    };
}

shape!(
    DOCUMENT,
    "openapi": Plain, "info": One(&INFO), "jsonSchemaDialect": Plain, "servers": Each(&SERVER), "paths": Paths,
    "webhooks": Named(&PATH), "components": One(&COMPONENTS), "security": Plain, "tags": Each(&TAG),
    "externalDocs": One(&EXTERNAL),
);
shape!(
    INFO,
    "title": Plain, "summary": Plain, "description": Plain, "termsOfService": Plain, "contact": One(&CONTACT),
    "license": One(&LICENSE), "version": Plain,
);
shape!(CONTACT, "name": Plain, "url": Url, "email": Plain);
shape!(LICENSE, "name": Plain, "identifier": Plain, "url": Url);
shape!(SERVER, "url": Plain, "description": Plain, "variables": Named(&VARIABLE));
shape!(VARIABLE, "enum": Plain, "default": Plain, "description": Plain);
shape!(EXTERNAL, "description": Plain, "url": Url);
shape!(TAG, "name": Plain, "description": Plain, "externalDocs": One(&EXTERNAL));
shape!(
    COMPONENTS,
    "schemas": Named(&SCHEMA), "responses": Named(&RESPONSE), "parameters": Named(&PARAMETER), "examples": Plain,
    "requestBodies": Named(&BODY), "headers": Named(&HEADER), "securitySchemes": Named(&SECURITY), "links": Plain,
    "callbacks": Plain, "pathItems": Named(&PATH),
);
shape!(
    SECURITY,
    "type": Plain, "description": Plain, "in": Plain, "name": Plain, "scheme": Plain, "bearerFormat": Plain,
    "flows": Plain, "openIdConnectUrl": Plain,
);
shape!(
    PATH,
    "$ref": Plain, "summary": Plain, "description": Plain, "get": One(&OPERATION), "put": One(&OPERATION),
    "post": One(&OPERATION), "delete": One(&OPERATION), "options": One(&OPERATION), "head": One(&OPERATION),
    "patch": One(&OPERATION), "trace": One(&OPERATION), "servers": Each(&SERVER), "parameters": Each(&PARAMETER),
);
shape!(
    OPERATION,
    "tags": Plain, "summary": Plain, "description": Plain, "externalDocs": One(&EXTERNAL), "operationId": Plain,
    "parameters": Each(&PARAMETER), "requestBody": One(&BODY), "responses": Named(&RESPONSE),
    "callbacks": NamedTwice(&PATH), "deprecated": Plain, "security": Plain, "servers": Each(&SERVER),
);
shape!(
    PARAMETER,
    "description": Plain, "required": Plain, "deprecated": Plain, "style": Plain, "explode": Plain,
    "allowReserved": Plain, "schema": One(&SCHEMA), "example": Plain, "examples": Plain, "content": Named(&MEDIA),
    "name": Plain, "in": Plain,
);
shape!(
    HEADER,
    "description": Plain, "required": Plain, "deprecated": Plain, "style": Plain, "explode": Plain,
    "allowReserved": Plain, "schema": One(&SCHEMA), "example": Plain, "examples": Plain, "content": Named(&MEDIA),
);
shape!(BODY, "description": Plain, "content": Named(&MEDIA), "required": Plain);
shape!(MEDIA, "schema": One(&SCHEMA), "example": Plain, "examples": Plain, "encoding": Plain);
shape!(RESPONSE, "description": Plain, "headers": Named(&HEADER), "content": Named(&MEDIA), "links": Plain);
shape!(DISCRIMINATOR, "propertyName": Plain, "mapping": Plain);
shape!(
    SCHEMA,
    "$schema": Plain, "$vocabulary": Plain, "$id": Plain, "$anchor": Plain, "$dynamicAnchor": Plain, "$ref": Plain,
    "$dynamicRef": Plain, "$defs": Named(&SCHEMA), "$comment": Plain, "allOf": Each(&SCHEMA), "anyOf": Each(&SCHEMA),
    "oneOf": Each(&SCHEMA), "not": One(&SCHEMA), "if": One(&SCHEMA), "then": One(&SCHEMA), "else": One(&SCHEMA),
    "dependentSchemas": Named(&SCHEMA), "prefixItems": Each(&SCHEMA), "items": One(&SCHEMA), "contains": One(&SCHEMA),
    "properties": Named(&SCHEMA), "patternProperties": Named(&SCHEMA), "additionalProperties": One(&SCHEMA),
    "propertyNames": One(&SCHEMA), "unevaluatedItems": One(&SCHEMA), "unevaluatedProperties": One(&SCHEMA),
    "type": Plain, "enum": Plain, "const": Plain, "multipleOf": Float, "maximum": Float, "exclusiveMaximum": Float,
    "minimum": Float, "exclusiveMinimum": Float, "maxLength": Plain, "minLength": Plain, "pattern": Plain,
    "maxItems": Plain, "minItems": Plain, "uniqueItems": Plain, "maxContains": Plain, "minContains": Plain,
    "maxProperties": Plain, "minProperties": Plain, "required": Plain, "dependentRequired": Plain, "format": Plain,
    "contentEncoding": Plain, "contentMediaType": Plain, "contentSchema": One(&SCHEMA), "title": Plain,
    "description": Plain, "default": Plain, "deprecated": Plain, "readOnly": Plain, "writeOnly": Plain,
    "examples": Plain, "discriminator": One(&DISCRIMINATOR), "xml": Plain, "externalDocs": One(&EXTERNAL), "example": Plain,
);
