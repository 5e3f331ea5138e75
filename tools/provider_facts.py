#!/usr/bin/env python3
"""Write src/terraform/provider/aws.txt and aws-removed.txt: what the types of the AWS provider look like.

The published provider schema is read from the npm package `@cdktf/provider-aws`, whose source maps hold the generated
TypeScript. Only facts are taken: names, types, nesting and flags; no texts.

    python3 tools/provider_facts.py            # downloads the packages below with npm, about 300 MB unpacked each
    python3 tools/provider_facts.py FOLDER     # uses FOLDER/<package version>/package, downloads what is missing
"""

import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile

OUT = pathlib.Path(__file__).parent.parent / "src/terraform/provider"
PACKAGE = "@cdktf/provider-aws"
# The described version, then the last package of each older major version of the provider, newest first.
CURRENT = "21.22.1"
OLDER = ["19.65.1", "12.0.13", "7.0.68", "3.0.1"]

MARK = "sourceMappingURL=data:application/json;base64,"
MEMBER = re.compile(
    r"^  // (\S+) - computed: (\w+), optional: (\w+), required: (\w+)\n(.*?)(?=^  // \S+ - computed: |^  // =====|\Z)",
    re.M | re.S,
)
CLASS = re.compile(
    r"^export class (\w+) extends cdktf\.(TerraformResource|TerraformDataSource|ComplexObject) \{\n(.*?)^\}", re.M | re.S
)
RESOURCE_TYPE = re.compile(r'tfResourceType(?:: string)? = "(\w+)"')
PROVIDER_VERSION = re.compile(r"providerVersion: '([0-9.]+)'")
BLOCK_DOC = re.compile(r"\* (\w+) block\n")
NESTED = re.compile(r'private _\w+ = new ([\w.]+?)\(this(?: as any)?, "(\w+)"(?:, (true|false))?\)')
GETTER = re.compile(r"public get \w+\(\)[^{]*\{\n((?:\s+//[^\n]*\n)*)\s+return ([^;]*);")
HCL = re.compile(r"^export function (\w+)ToHclTerraform\(.*?^\}", re.M | re.S)
HCL_ATTRIBUTE = re.compile(r'^ +"?(\w+)"?: \{\n\s+value: .*\n\s+isBlock: (\w+),\n\s+type: "(\w+)"', re.M)
SIMPLE = [
    ("getStringMapAttribute", "M", "s"),
    ("getBooleanMapAttribute", "M", "b"),
    ("getNumberMapAttribute", "M", "n"),
    ("getNumberListAttribute", "L", "n"),
    ("getListAttribute", "L", "s"),
    ("getStringAttribute", "", "s"),
    ("getNumberAttribute", "", "n"),
    ("getBooleanAttribute", "", "b"),
]
# cdktf describes these as plain values; they nest without end, so that their inside is not checked.
ANY = "a"


def fetch(folder, version):
    package = folder / version / "package"
    if not package.exists():
        package.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", f"{PACKAGE}@{version}"], cwd=package.parent, check=True, stdout=subprocess.DEVNULL)
        for archive in package.parent.glob("*.tgz"):
            subprocess.run(["tar", "xzf", archive.name, "--exclude=package/.jsii"], cwd=package.parent, check=True)
            archive.unlink()
    return package / "lib"


def sources(lib):
    """The TypeScript of every module, without those of index files that only re-export."""
    for path in sorted(lib.rglob("*.js")):
        text = path.read_text()
        at = text.rfind(MARK)
        if at >= 0:
            found = json.loads(base64.b64decode(text[at + len(MARK) :].split()[0]))
            yield found["sourcesContent"][0]


def simple_type(getter, member):
    for function, collection, item in SIMPLE:
        if function in getter:
            if collection == "L" and "tolist" in getter:
                collection = "S"
            return collection + item
    # What has no getter of its own: told by the type of the private field.
    if "string[][]" in member:
        return ("S" if "tolist" in getter else "L") + "Ls"
    if "{ [key: string]: string }[]" in member:
        return "LMs"
    if "{ [key: string]: { [key: string]: string } }" in member:
        return "MMs"
    return ANY


def nested_type(cls, wraps_set, classes, blocks):
    """The type of an attribute whose value is an object or a collection of objects."""
    for suffix, item in [("StringMapList", "Ms"), ("BooleanMapList", "Mb"), ("NumberMapList", "Mn")]:
        if cls == f"cdktf.{suffix}":
            return ("S" if wraps_set else "L") + item
    for suffix, item in [("StringMap", "s"), ("BooleanMap", "b"), ("NumberMap", "n"), ("AnyMap", "a")]:
        if cls == f"cdktf.{suffix}":
            return "M" + item
    for suffix, prefix in [("MapList", ("S" if wraps_set else "L") + "M"), ("List", "S" if wraps_set else "L"), ("Map", "M"), ("OutputReference", "")]:
        if cls.endswith(suffix):
            inner = classes.get(cls[: -len(suffix)] + "OutputReference")
            if inner is None:
                return prefix + ANY
            fields = {name: field_type(field, classes, blocks) for name, field in members(inner).items()}
            return prefix + "{" + ",".join(f"{name}:{ty}" for name, ty in sorted(fields.items())) + "}"
    return ANY


def members(body):
    found = {}
    for name, computed, optional, required, rest in MEMBER.findall(body):
        flags = "".join(flag for flag, on in [("c", computed), ("o", optional), ("r", required)] if on == "true")
        found[name] = (flags, rest)
    return found


def field_type(field, classes, blocks):
    _, member = field
    nested = NESTED.search(member)
    if nested:
        return nested_type(nested[1], nested[3] == "true", classes, blocks)
    getter = GETTER.search(member)
    return simple_type(getter[2] if getter else "", member)


def block(body, base, classes, blocks, hcl):
    """Lines of a block: attributes, then nested blocks, sorted by name."""
    attributes, nested_blocks = {}, {}
    for name, field in members(body).items():
        nested = NESTED.search(field[1])
        if nested and name in blocks.get(base, ()):
            cls = nested[1]
            if cls.endswith("List"):
                inner, mode = cls[: -len("List")], ("set" if nested[3] == "true" else "list")
            else:
                inner = cls[: -len("OutputReference")]
                mode = "single" if hcl.get(base, {}).get(name) == "struct" else ("one-set" if hcl.get(base, {}).get(name) == "set" else "one")
            body_of = classes.get(inner + "OutputReference")
            if body_of is None:
                attributes[name] = (field[0], ANY)
                continue
            nested_blocks[name] = (mode, block(body_of, inner, classes, blocks, hcl))
        else:
            attributes[name] = (field[0], field_type(field, classes, blocks))
    lines = [f"{name} {flags or 'o'} {ty}" for name, (flags, ty) in sorted(attributes.items())]
    for name, (mode, inner) in sorted(nested_blocks.items()):
        lines.append(f"{name} {mode}")
        lines.extend(f" {line}" for line in inner)
    return lines


def describe(text):
    """(kind, type, lines) of each resource or data source in a module."""
    classes, tops = {}, []
    for name, parent, body in CLASS.findall(text):
        classes[name] = body
        if parent != "ComplexObject":
            tops.append((name, parent, body))
    # An interface says of each field whether it is a block; a class of the same base name holds the flags.
    blocks, hcl = {}, {}
    for name, body in re.findall(r"^export interface (\w+)(?: extends [\w.]+)? \{\n(.*?)^\}", text, re.M | re.S):
        blocks[name] = set(BLOCK_DOC.findall(body))
    for found in HCL.finditer(text):
        base = found[1][0].upper() + found[1][1:]
        hcl[base] = {name: ty for name, _, ty in HCL_ATTRIBUTE.findall(found[0])}
    for name, parent, body in tops:
        found = RESOURCE_TYPE.search(body)
        if not found or not found[1].startswith("aws_"):
            continue
        blocks[name] = blocks.get(name + "Config", set())
        synthesized = body[body.find("synthesizeHclAttributes") :]
        hcl[name] = {attribute: ty for attribute, _, ty in HCL_ATTRIBUTE.findall(synthesized)}
        kind = "resource" if parent == "TerraformResource" else "data"
        yield kind, found[1], block(body, name, classes, blocks, hcl)


def paths(lines):
    """Dotted names of all attributes and blocks."""
    stack, found = [], set()
    for line in lines:
        depth = len(line) - len(line.lstrip(" "))
        stack[depth:] = [line.split()[0]]
        found.add(".".join(stack))
    return found


def read(lib):
    types, version = {}, None
    for text in sources(lib):
        version = version or (PROVIDER_VERSION.search(text) or [None, None])[1]
        for kind, name, lines in describe(text):
            types[kind, name] = lines
    return version, types


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        version, types = read(fetch(folder, CURRENT))
        out = [f"# provider hashicorp/aws {version}", f"# from npm {PACKAGE} {CURRENT} by tools/provider_facts.py"]
        for (kind, name), lines in sorted(types.items()):
            out.append(f"{kind} {name}")
            out.extend(f" {line}" for line in lines)
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / "aws.txt").write_text("\n".join(out) + "\n")
        print(version, len(types), "types", len(out), "lines")

        removed, known = {}, {key: paths(lines) for key, lines in types.items()}
        later = version
        for package in OLDER:
            older, old_types = read(fetch(folder, package))
            for key, lines in old_types.items():
                # A type that is gone altogether is no type of the table.
                for path in paths(lines) - known.get(key, set()) if key in known else ():
                    parent = path.rpartition(".")[0]
                    if not parent or parent in known[key] or (key, parent) in removed:
                        removed.setdefault((key, path), f"{later.split('.')[0]}")
            print(older, len(old_types), "types")
            later = older
        out = ["# Arguments, blocks and attributes of older versions of the provider, with the major version in which they are gone."]
        out += [f"{kind} {name} {path} {major}" for ((kind, name), path), major in sorted(removed.items())]
        (OUT / "aws-removed.txt").write_text("\n".join(out) + "\n")
        print(len(removed), "removed")


if __name__ == "__main__":
    main()
