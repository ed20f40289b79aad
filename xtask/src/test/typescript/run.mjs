// What openapi-typescript writes.
//   node run.mjs files FILE...              FILE.d.ts beside each document, or FILE.refused with the reason
//   node run.mjs random FOLDER SEED N M     N random documents of M schemas: FOLDER/I.json and FOLDER/I.json.d.ts
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createConfig } from "@redocly/openapi-core";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { documents } from "./random.mjs";

const [what, ...rest] = process.argv.slice(2);
// As its command line does.
const checked = await createConfig({}, { extends: ["minimal"] });
// Random documents break rules of style, which are no part of what is compared.
const unchecked = await createConfig({ rules: {} });

async function write(source, redocly, file) {
  try {
    const nodes = await openapiTS(source, { redocly, silent: true });
    fs.writeFileSync(`${file}.d.ts`, COMMENT_HEADER + astToString(nodes));
  } catch (error) {
    fs.writeFileSync(`${file}.refused`, String(error.message));
  }
}

if (what === "files") {
  for (const file of rest) await write(pathToFileURL(file), checked, file);
} else {
  const [folder, seed, count, schemas] = rest;
  let index = 0;
  for (const document of documents(Number(seed), Number(count), Number(schemas))) {
    const file = path.join(folder, `${index++}.json`);
    fs.writeFileSync(file, JSON.stringify(document));
    await write(JSON.stringify(document), unchecked, file);
  }
}
