"""The operator's part: a folder with the built template, the SAM CLI in it, and the stack that CloudFormation made."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from emulator import ACCOUNT, REGION, Emulator, executable
from expect import Failed

ROOT = Path(__file__).resolve().parents[2]
NAME = "invoice-email-tracking"
DEPLOY_SECONDS = 180


def built_template() -> Path:
    """What `sam build` left; BUILT_TEMPLATE names another one."""
    path = Path(os.environ.get("BUILT_TEMPLATE", ROOT / ".aws-sam" / "build" / "template.yaml"))
    if not path.is_file():
        raise Failed(f"{path} is missing: run `sam build --parameter-overrides Architecture=x86_64` first")
    return path


class Workplace:
    """A folder as an operator has it after `sam build`, so that the repository's own files are not written to."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder
        self.environment = emulator.environment() | {
            "SAM_CLI_TELEMETRY": "0",
            "COLUMNS": "200",
            "__SAM_CLI_APP_DIR": str(folder),  # its own notes, which it would write into the home directory
        }
        source = built_template()
        self.template: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
        for resource in self.template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                code = resource["Properties"]["CodeUri"]
                resource["Properties"]["CodeUri"] = str((source.parent / code).resolve())
        shutil.copy(ROOT / "samconfig.toml", folder)

    def write_template(self) -> None:
        """Puts the template where `sam deploy` looks for it."""
        target = self.folder / ".aws-sam" / "build"
        target.mkdir(parents=True, exist_ok=True)
        (target / "template.yaml").write_text(yaml.safe_dump(self.template, sort_keys=False), encoding="utf-8")

    def sam(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs the SAM CLI; its output is in `stdout`."""
        return subprocess.run(
            [executable("sam"), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEPLOY_SECONDS,
            check=False,
        )


class Stack:
    """The stack as it stands: its resources, parameters and outputs."""

    def __init__(self, emulator: Emulator, name: str = NAME) -> None:
        client = emulator.client("cloudformation")
        (described,) = client.describe_stacks(StackName=name)["Stacks"]
        self.status: str = described["StackStatus"]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", [])}
        self.parameters = {one["ParameterKey"]: one["ParameterValue"] for one in described["Parameters"]}
        resources = client.describe_stack_resources(StackName=name)["StackResources"]
        self.resources = {one["LogicalResourceId"]: one for one in resources}
        body = client.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
        self.template: dict[str, Any] = json.loads(body) if isinstance(body, str) else body
        self._values: dict[str, Any] = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::StackName": name,
        }
        for key, declared in self.template["Parameters"].items():
            text = self.parameters[key]
            self._values[key] = text.split(",") if declared["Type"] == "CommaDelimitedList" else text

    def physical(self, logical: str) -> str:
        """The physical id of a resource."""
        if logical not in self.resources:
            raise Failed(f"the stack has no {logical}; it has {', '.join(sorted(self.resources))}")
        return str(self.resources[logical]["PhysicalResourceId"])

    def arn(self, logical: str) -> str:
        """The ARN of a function, a queue or a role."""
        kind, physical = self.resources[logical]["ResourceType"], self.physical(logical)
        if physical.startswith("arn:"):
            return physical
        match kind:
            case "AWS::Lambda::Function":
                return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{physical}"
            case "AWS::SQS::Queue":
                return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{physical.rsplit('/')[-1]}"
            case "AWS::IAM::Role":
                return f"arn:aws:iam::{ACCOUNT}:role/{physical}"
        raise Failed(f"{logical}: how {kind} is written as an ARN is not known here")

    def resolve(self, value: Any) -> Any:
        """A value of the processed template with its intrinsic functions worked out; AWS::NoValue is left out."""
        if isinstance(value, list):
            return [resolved for one in value if (resolved := self.resolve(one)) is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument)
        return {key: resolved for key, one in value.items() if (resolved := self.resolve(one)) is not None}

    def _call(self, function: str, argument: Any) -> Any:
        """Those functions that the API's body and the conditions are written with."""
        match function:
            case "Ref":
                return None if argument == "AWS::NoValue" else self._named(argument)
            case "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda name: str(self._named(name.group(1))), argument)
            case "Fn::If":
                condition, then, otherwise = argument
                return self.resolve(then if self.resolve(self.template["Conditions"][condition]) else otherwise)
            case "Fn::Equals":
                first, second = self.resolve(argument)
                return str(first) == str(second)
            case "Fn::Not":
                return not self.resolve(argument[0])
            case "Fn::Split":
                separator, text = argument
                return self.resolve(text).split(separator)
        raise Failed(f"{function} is not known here")

    def _named(self, name: str) -> Any:
        if name.endswith(".Arn"):
            return self.arn(name.removesuffix(".Arn"))
        return self._values[name] if name in self._values else self.physical(name)
