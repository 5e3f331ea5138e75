#!/usr/bin/env python3
"""Writes the plans of this folder: what `terraform show -json` says of our own fixtures.

usage: regenerate.py path/to/oracle/plan.py [--check]

The oracle runs the real Terraform CLI with a stand-in for the AWS provider; see its README for what that does not
imitate (provider defaults, data sources that are read). The timestamp and the relevant attributes (in no order) are left out, so that the bytes stay the same.
With --check nothing is written; the exit status says whether the plans still are what the CLI says.
"""
import importlib.util
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent.parent / "fixtures"
# The configuration and the arguments that each plan is made from.
PLANS = {
    "fastapi-mvp": (FIXTURES / "fastapi-mvp/infra", ["-var", "db_password=not-a-real-password-1"]),
    "django-celery": (FIXTURES / "django-celery/infra", []),
    "two-writers": (FIXTURES / "two-writers/infra", ["-var", "db_password=not-a-real-password-1"]),
    "unknowns": (HERE / "unknowns", []),
    "unknowns-none": (HERE / "unknowns", ["-var", "blocks=[]"]),
    "unknowns-open": (HERE / "unknowns", ["-var", 'blocks=["0.0.0.0/0"]']),
    "unknowns-private": (HERE / "unknowns", ["-var", 'blocks=["10.0.0.0/16"]']),
}


def oracle(path):
    sys.path.insert(0, str(pathlib.Path(path).parent))
    spec = importlib.util.spec_from_file_location("plan", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    ask, check, same = oracle(sys.argv[1]), "--check" in sys.argv, True
    import tf_fake_provider
    server, reattach = tf_fake_provider.serve()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "AWS_"))}
    env.update(TF_CLI_CONFIG_FILE=os.devnull, CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", TF_INPUT="0",
               NO_COLOR="1", TF_REATTACH_PROVIDERS=reattach)
    for name, (folder, arguments) in PLANS.items():
        work = ask.Scratch(env, str(folder))
        try:
            errors = work.init()
            plan, errors = (None, errors) if errors else work.plan(arguments)
            if errors:
                sys.exit(f"{name}: {errors}")
        finally:
            work.close()
        for member in ("timestamp", "relevant_attributes"):  # never the same twice
            plan.pop(member, None)
        text = ask.dumps(plan) + "\n"
        path = HERE / f"{name}.json"
        if check:
            if path.read_text() != text:
                print(f"{path} differs")
                same = False
        else:
            path.write_text(text)
    server.stop(None)
    return 0 if same else 1


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the gRPC threads need no farewell
