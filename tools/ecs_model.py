#!/usr/bin/env python3
"""Write src/lower/schema/task_definition.schema.json from the ECS API model.

The model is data inside the PyPI package `botocore` (Apache-2.0). Only facts are taken: names of fields,
their types, and values of enumerations; no texts.

    python3 tools/ecs_model.py                 # downloads the newest botocore with pip
    python3 tools/ecs_model.py botocore.whl    # uses this wheel
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

TARGET = pathlib.Path(__file__).parent.parent / "src/lower/schema/task_definition.schema.json"
SCALARS = {
    "string": "string",
    "boolean": "boolean",
    "integer": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
}


def download(folder):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "botocore"]
    subprocess.run(command, check=True)
    return next(pathlib.Path(folder).glob("botocore-*.whl"))


def convert(shapes, name, definitions):
    """The schema of a shape; structures become entries of `definitions`."""
    shape = shapes[name]
    kind = shape["type"]
    if kind == "structure":
        if name not in definitions:
            definitions[name] = {}
            members = {key: convert(shapes, of["shape"], definitions) for key, of in shape["members"].items()}
            definitions[name] = structure(members)
        return {"$ref": f"#/$defs/{name}"}
    if kind == "list":
        return {"type": "array", "items": convert(shapes, shape["member"]["shape"], definitions)}
    if kind == "map":
        return {"type": "object", "additionalProperties": convert(shapes, shape["value"]["shape"], definitions)}
    if kind == "timestamp":
        return {}
    schema = {"type": SCALARS[kind]}
    if "enum" in shape:
        schema["enum"] = shape["enum"]
    return schema


def structure(members):
    return {"type": "object", "properties": members, "additionalProperties": False}


def main():
    with tempfile.TemporaryDirectory() as folder:
        wheel = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else download(folder)
        version = wheel.name.split("-")[1]
        with zipfile.ZipFile(wheel) as archive:
            model = json.loads(gzip.decompress(archive.read("botocore/data/ecs/2014-11-13/service-2.json.gz")))
    shapes = model["shapes"]
    definitions = {}
    request = shapes["RegisterTaskDefinitionRequest"]["members"]
    members = {key: convert(shapes, of["shape"], definitions) for key, of in request.items()}
    for key, of in shapes["TaskDefinition"]["members"].items():
        if key not in members:
            members[key] = convert(shapes, of["shape"], definitions) | {"readOnly": True}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Written by tools/ecs_model.py from the ECS API model {model['metadata']['apiVersion']}"
        f" in botocore {version}. Read-only fields are those that only DescribeTaskDefinition returns.",
        "title": "ECS task definition (RegisterTaskDefinition)",
        **structure(members),
        "$defs": dict(sorted(definitions.items())),
    }
    TARGET.write_text(json.dumps(schema, indent=1) + "\n")
    print(f"{TARGET}: {len(members)} fields, {len(definitions)} structures, botocore {version}")


if __name__ == "__main__":
    main()
