import createClient, { type Client } from "openapi-fetch";

import type { paths } from "./types";

/** A client of the API whose paths, parameters and answers are checked by the compiler. */
export function createApi(baseUrl: string, token?: string): Client<paths> {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  return createClient<paths>({ baseUrl, headers });
}

/** Signs in, and gives the token that `createApi` takes; undefined if the password is wrong. */
export async function login(
  baseUrl: string,
  username: string,
  password: string,
): Promise<string | undefined> {
  const { data } = await createApi(baseUrl).POST("/api/v1/users/login", {
    body: { grant_type: "password", username, password },
    bodySerializer: (body) => new URLSearchParams(body),
  });
  return data?.access_token;
}
