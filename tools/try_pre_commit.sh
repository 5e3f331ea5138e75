#!/usr/bin/env bash
# Runs the real pre-commit (PyPI) with the hook of this clone in a temporary repository: a bad file must
# be refused, its corrected version accepted.
set -euo pipefail
root=$(git rev-parse --show-toplevel)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pre-commit
export PATH="$work/venv/bin:$PATH" PRE_COMMIT_HOME="$work/cache"
# pre-commit builds the hook itself, in release mode; it shares the dependencies already built here.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"


mkdir "$work/repo"
cd "$work/repo"
git init --quiet
git config user.email test@example.com
git config user.name test
cat > .pre-commit-config.yaml <<YAML
repos:
  - repo: $root
    rev: $(git -C "$root" rev-parse HEAD)
    hooks:
      - id: plimsoll
YAML
cp "$root/fixtures/laravel-api/ecs/api.json" task.json
git add -A
if pre-commit run --all-files > out.txt 2>&1; then
  cat out.txt
  echo 'the hook accepted a task definition with a plaintext secret'
  exit 1
fi
grep -q 'plaintext-secret-env' out.txt || { cat out.txt; exit 1; }
cp "$root/fixtures/laravel-api-fixed/ecs/api.json" task.json
git add -A
pre-commit run --files task.json || exit 1
echo 'pre-commit: bad refused, good accepted'
