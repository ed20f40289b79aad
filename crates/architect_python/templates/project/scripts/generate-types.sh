#!/usr/bin/env bash
# Writes frontend/src/api/types.ts: the types of the API, as the code declares it now.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../frontend"

[ -d node_modules ] || npm install --silent
uv run --quiet --directory ../backend python -c \
  'import json; from app.main import app; print(json.dumps(app.openapi()))' |
  npx openapi-typescript --output src/api/types.ts
