import createClient from "openapi-fetch";

import type { components, operations, paths } from "./shop";

const client = createClient<paths>({ baseUrl: "/" });

export async function first(): Promise<string | undefined> {
  const { data, error } = await client.GET("/items", { params: { query: { limit: 1, kind: "book" } } });
  if (error) {
    const detail: { [key: string]: unknown }[] | undefined = error.detail;
    return String(detail?.[0]?.["msg"]);
  }
  const item: components["schemas"]["Item-Output"] | undefined = data.items[0];
  return item?.note ?? item?.name;
}

export async function create(): Promise<number | undefined> {
  const body: components["schemas"]["Item-Input"] = { name: "a", kind: "game", shape: { form: "circle", radius: 1 } };
  const { data } = await client.POST("/items", { body });
  await client.DELETE("/items/{item_id}", { params: { path: { item_id: data?.id ?? 0 } } });
  return data?.id;
}

export type Listed = operations["list_items"]["responses"][200]["content"]["application/json"]["total"];

export async function wrong(): Promise<void> {
  // @ts-expect-error there is no such path
  await client.GET("/nothing");
  // @ts-expect-error the name is required
  await client.POST("/items", { body: { kind: "book" } });
  // @ts-expect-error no such kind
  await client.GET("/items", { params: { query: { kind: "car" } } });
  // @ts-expect-error a circle has no side
  await client.POST("/items", { body: { name: "a", kind: "book", shape: { form: "circle", side: 1 } } });
  // @ts-expect-error the identifier is a number
  await client.DELETE("/items/{item_id}", { params: { path: { item_id: "a" } } });
}
