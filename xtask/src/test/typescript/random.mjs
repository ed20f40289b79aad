// Random OpenAPI documents: small schemas of every construct, with names and texts that are hard to print.

export function documents(seed, count, schemas) {
  const made = [];
  for (let index = 0; index < count; index++) made.push(new Maker(seed * 1000003 + index, schemas).document());
  return made;
}

const NAMES = [
  "id", "name", "created_at", "Class", "default", "$value", "_private", "__dunder", "first-name", "with space", "naïve",
  "日本", "200", "404", "01", "1.5", "1e3", "-1", "a.b", "quo\"te", "back\\slash", "emoji 😀", "tab\there", "new\nline",
  "a/b", "a~b", "parameters_of", "requestBody", "type", "properties", "Infinity", "item[0]",
];
const TEXTS = [
  "", " ", "One line.", "  trimmed  ", "Two\nlines.", "Three\n\n  indented\n\tlines", "carriage\r\nreturn", "lone\rreturn",
  "ends a comment */ early", "*/", "/* nested */", "naïve 日本 😀", "@tag in text", "line\u2028separator", "\nleads", "tab\tinside",
  "`code` and \"quotes\"", "* star", "*", "\u0085next", "trailing\n",
];
const VALUES = [
  null, true, false, 0, 1, -1, 1.5, -2.25, 1e21, 1e-7, 12345678901234567890, 0.1, "", "text", "two\nlines", "*/", "naïve", [], {},
  [1, "two", null], { b: 1, 10: 2, 2: [], a: { c: null } }, [[]], "\u2028", -0.0, 100000000000000000000,
];
const PRIMITIVES = ["string", "number", "integer", "boolean", "null"];

class Maker {
  constructor(seed, schemas) {
    this.state = seed >>> 0;
    this.names = Array.from({ length: schemas }, (_, index) => this.componentName(index));
  }

  // mulberry32
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(count) { return Math.floor(this.next() * count); }
  chance(part) { return this.next() < part; }
  pick(list) { return list[this.below(list.length)]; }
  some(most, make) { return Array.from({ length: this.below(most + 1) }, () => make()); }

  componentName(index) {
    return this.pick(["Item", "Item-Input", "Item-Output", "Page_Item_", "a__b__Item", "parameters", "Naïve"]) + index;
  }

  reference() { return { $ref: `#/components/schemas/${this.pick(this.names)}` }; }

  remarks(schema) {
    if (this.chance(0.3)) schema.title = this.pick(TEXTS);
    if (this.chance(0.3)) schema.description = this.pick(TEXTS);
    if (this.chance(0.1)) schema.summary = this.pick(TEXTS);
    if (this.chance(0.1)) schema.format = this.pick(["date-time", "uuid", "binary", ""]);
    if (this.chance(0.08)) schema.deprecated = this.chance(0.7);
    if (this.chance(0.15)) schema.default = this.pick(VALUES);
    if (this.chance(0.08)) schema.example = this.pick(VALUES);
    if (this.chance(0.08)) schema.examples = this.some(3, () => this.pick(VALUES));
    if (this.chance(0.06)) schema.nullable = this.chance(0.8);
    if (this.chance(0.06)) schema.readOnly = this.chance(0.8);
    if (this.chance(0.06)) schema.writeOnly = this.chance(0.8);
    return schema;
  }

  schema(depth) {
    if (this.chance(0.04)) return this.chance(0.7);
    if (this.chance(0.2)) return this.chance(0.7) ? this.reference() : this.remarks(this.reference());
    return this.remarks(this.plain(depth));
  }

  plain(depth) {
    const kinds = [
      () => ({ type: this.pick(PRIMITIVES) }),
      () => ({ type: this.pick(PRIMITIVES) }),
      () => ({ ...(this.chance(0.7) ? { type: this.pick(PRIMITIVES) } : {}), const: this.pick(VALUES) }),
      () => this.enumeration(),
      () => ({}),
      () => ({ type: "object" }),
    ];
    if (depth > 0) {
      kinds.push(
        () => this.object(depth), () => this.object(depth), () => this.object(depth),
        () => this.array(depth), () => this.array(depth),
        () => this.union("anyOf", depth), () => this.union("anyOf", depth),
        () => this.union("oneOf", depth), () => this.union("allOf", depth),
        () => this.types(depth),
        () => ({ ...this.object(depth), ...this.union(this.pick(["anyOf", "oneOf", "allOf"]), depth) }),
        () => ({ type: this.pick(PRIMITIVES), ...this.union(this.pick(["anyOf", "oneOf", "allOf"]), depth) }),
        () => ({ ...this.union("allOf", depth), ...this.union("oneOf", depth), ...this.union("anyOf", depth) }),
      );
    }
    return this.pick(kinds)();
  }

  enumeration() {
    const type = this.chance(0.2) ? ["string", "null"] : this.pick(["string", "integer", "boolean", undefined, undefined, "object"]);
    const members = type === "object" ? this.some(2, () => ({ type: "string" })) : this.some(4, () => this.pick(VALUES));
    return type === undefined ? { enum: members } : { type, enum: members };
  }

  object(depth) {
    const properties = {};
    for (let left = this.below(5); left > 0; left--) properties[this.pick(NAMES)] = this.schema(depth - 1);
    const schema = this.chance(0.9) ? { type: "object", properties } : { properties };
    if (this.chance(0.6)) schema.required = Object.keys(properties).filter(() => this.chance(0.6));
    if (this.chance(0.1)) schema.required = [...(schema.required ?? []), this.pick(NAMES)];
    if (this.chance(0.25)) schema.additionalProperties = this.pick([true, false, {}, this.schema(depth - 1)]);
    if (this.chance(0.08)) schema.patternProperties = { "^x-": this.schema(depth - 1), ".*": this.schema(depth - 1) };
    if (this.chance(0.06)) schema.$defs = { Inner: this.described(depth - 1), "in-ner": this.described(depth - 1) };
    return schema;
  }

  // A schema that is no boolean.
  described(depth) { return this.remarks(this.plain(depth)); }

  array(depth) {
    const schema = { type: "array" };
    if (this.chance(0.85)) schema.items = this.schema(depth - 1);
    if (this.chance(0.25)) schema.prefixItems = this.some(3, () => this.schema(depth - 1));
    if (this.chance(0.3)) schema.minItems = this.below(3);
    if (this.chance(0.3)) schema.maxItems = this.below(4);
    return schema;
  }

  union(key, depth) {
    const members = this.some(4, () => (key === "allOf" || this.chance(0.9) ? this.described(depth - 1) : this.schema(depth - 1)));
    if (this.chance(0.5)) members.push(this.reference());
    const schema = { [key]: members };
    if (key === "allOf" && this.chance(0.4)) schema.required = this.some(3, () => this.pick(NAMES));
    return schema;
  }

  types(depth) {
    const types = this.some(3, () => this.pick([...PRIMITIVES, "object", "array"]));
    const schema = { ...(this.chance(0.3) ? this.object(depth) : {}), ...(this.chance(0.2) ? this.array(depth) : {}), type: types };
    if (this.chance(0.2)) Object.assign(schema, this.union(this.pick(["anyOf", "oneOf"]), depth));
    return schema;
  }

  // Schemas that a discriminator tells apart.
  tagged(schemas) {
    const family = this.names.filter((name) => schemas[name]?.type === "object" || schemas[name]?.allOf).slice(0, 4);
    if (family.length < 2) return;
    const refs = family.map((name) => ({ $ref: `#/components/schemas/${name}` }));
    const mapping = {};
    for (const [index, ref] of refs.entries()) if (this.chance(0.8)) mapping[this.pick(["cat", "dog", "10", "2"]) + index] = ref.$ref;
    const discriminator = { propertyName: this.pick(["kind", "type", "with-dash"]), ...(this.chance(0.8) ? { mapping } : {}) };
    schemas.Tagged = this.remarks({ oneOf: refs, discriminator });
    schemas.Base = { ...this.object(1), type: "object", discriminator: { propertyName: "base_kind", mapping: { child: "#/components/schemas/Child" } } };
    schemas.Child = { allOf: [{ $ref: "#/components/schemas/Base" }, this.object(1)] };
    schemas.Other = { allOf: [{ $ref: "#/components/schemas/Base" }], ...(this.chance(0.5) ? { required: ["id"] } : {}) };
  }

  parameter(place) {
    const parameter = { name: this.pick(NAMES), in: place ?? this.pick(["query", "header", "path", "cookie"]) };
    if (this.chance(0.5)) parameter.required = this.chance(0.7);
    if (this.chance(0.9)) parameter.schema = this.schema(2);
    else parameter.content = { "application/json": { schema: this.schema(1) } };
    if (this.chance(0.3)) parameter.description = this.pick(TEXTS);
    if (this.chance(0.1)) parameter.deprecated = true;
    if (this.chance(0.1)) parameter.example = this.pick(VALUES);
    if (this.chance(0.1)) parameter.examples = { one: { value: 1 } };
    return parameter;
  }

  content() {
    const content = {};
    for (const type of ["application/json", "text/plain", "multipart/form-data"]) {
      if (!this.chance(0.5)) continue;
      content[type] = this.chance(0.9) ? { schema: this.schema(2) } : {};
      if (this.chance(0.2)) content[type].example = this.pick(VALUES);
    }
    return content;
  }

  response() {
    const response = { description: this.pick(TEXTS) };
    if (this.chance(0.7)) response.content = this.content();
    if (this.chance(0.2)) {
      response.headers = {
        "X-Total": { schema: this.schema(1), ...(this.chance(0.5) ? { required: true } : {}), ...(this.chance(0.3) ? { description: this.pick(TEXTS) } : {}) },
        Plain: {},
        Shared: { $ref: "#/components/headers/Shared" },
        Rich: { content: this.content() },
      };
    }
    return response;
  }

  operation(id) {
    const operation = { responses: {} };
    for (const code of ["default", "422", "200", "4XX"]) if (this.chance(0.5)) operation.responses[code] = this.response();
    if (this.chance(0.1)) operation.responses["500"] = { $ref: "#/components/responses/Failed" };
    if (this.chance(0.8)) operation.operationId = id;
    if (this.chance(0.6)) operation.parameters = this.some(4, () => this.parameter());
    if (this.chance(0.2)) operation.parameters = [...(operation.parameters ?? []), { $ref: "#/components/parameters/Page" }];
    if (this.chance(0.5)) operation.requestBody = this.chance(0.85) ? this.body() : { $ref: "#/components/requestBodies/Shared" };
    if (this.chance(0.5)) operation.summary = this.pick(TEXTS);
    if (this.chance(0.4)) operation.description = this.pick(TEXTS);
    if (this.chance(0.1)) operation.deprecated = true;
    return operation;
  }

  body() {
    return { content: this.content(), ...(this.chance(0.7) ? { required: this.chance(0.8) } : {}), ...(this.chance(0.3) ? { description: this.pick(TEXTS) } : {}) };
  }

  pathItem(id) {
    const item = {};
    if (this.chance(0.3)) item.parameters = this.some(2, () => this.parameter());
    for (const method of ["get", "post", "put", "patch", "delete"]) if (this.chance(0.4)) item[method] = this.operation(`${id}_${method}`);
    return item;
  }

  document() {
    const schemas = {};
    // References alone could go round in circles, which Redocly refuses.
    for (const name of this.names) schemas[name] = this.chance(0.03) || this.described(3);
    if (this.chance(0.6)) this.tagged(schemas);
    const paths = {};
    for (const url of ["/", "/items", "/items/{id}", "/parameters/{a-b}", "/naïve"]) if (this.chance(0.7)) paths[url] = this.pathItem(`on${url}#`);
    const document = { openapi: this.pick(["3.1.0", "3.0.2"]), info: { title: "Random", version: "1" }, paths };
    if (this.chance(0.3)) document.webhooks = { changed: this.pathItem("changed"), "is-gone": this.pathItem("gone") };
    document.components = {
      schemas,
      responses: { Failed: this.response() },
      parameters: { Page: { ...this.parameter("query"), schema: this.schema(2) } },
      requestBodies: { Shared: this.body() },
      headers: { Shared: { schema: this.schema(1) } },
      ...(this.chance(0.3) ? { pathItems: { shared: this.pathItem("shared") } } : {}),
    };
    return document;
  }
}
