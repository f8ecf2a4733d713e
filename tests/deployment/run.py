"""The application as an operator deploys it: the real template and the binaries of `sam build`, by the SAM CLI and
CloudFormation, on a stand-in of AWS that checks every request's signature and policies; then a journey through it.

`python tests/deployment/run.py` after `sam build --parameter-overrides Architecture=x86_64`, with the Python that has
the SAM CLI. Needs `sam` and `ministack` on the PATH, or where the variables SAM and MINISTACK say: ministack pins
another botocore, so it has an environment of its own, with aws-sam-translator and cryptography. Ends with 1 when
anything is not as it has to be.
"""

import base64
import os
import secrets
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import bridge
import following
import guided
import journey
import operations
from emulator import Emulator
from expect import Failed, expect, same, saw, step
from issuer import AUDIENCE, SCOPE, Issuer
from ses import Ses
from stack import NAME, Stack, Workplace
from windows import Windows
from world import World

SENDER_DOMAIN = "billing.example.com"
TRACKING_DOMAIN = "mail.billing.example.com"
SECRET = "invoice-email-tracking/token-keys"


def prepare(emulator: Emulator) -> str:
    """What the runbook does before the first deployment; answers the secret's version."""
    step("An operator verifies the sender's domain and makes the secret.")
    made = emulator.client("sesv2").create_email_identity(EmailIdentity=SENDER_DOMAIN)
    saw(f"identity {SENDER_DOMAIN}: {made['IdentityType']}")
    keys = f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    version = emulator.client("secretsmanager").create_secret(Name=SECRET, SecretString=keys)["VersionId"]
    saw(f"secret {SECRET}, version {version}")
    return str(version)


def parameters(issuer: Issuer, version: str) -> dict[str, str]:
    """What only the operator can know; everything else stays at its default."""
    return {
        "VerifiedSenderDomainOrAddress": SENDER_DOMAIN,
        "InvoicesFromAddress": f"invoices@{SENDER_DOMAIN}",
        "JwtIssuerUrl": issuer.url,
        "JwtAudiences": AUDIENCE,
        "OptionalJwtScopeElseIdTokensPass": SCOPE,
        "TokenKeysSecretVersionId": version,
        "OptionalPortalOrigins": journey.PORTAL_ORIGIN,
        "OptionalAlarmEmail": "operator@example.com",
        "Architecture": "x86_64",
    }


def deploy_guided(workplace: Workplace, values: dict[str, str]) -> None:
    """The first deployment, by its questions."""
    step("`sam deploy --guided`, answered with defaults but for what only the operator knows.")

    def answer(question: str, default: str) -> str:
        if question == "Save arguments to configuration file":  # after the parameters, before the template is used
            bridge.tell_the_transform(workplace.template, values)
            workplace.write_template()
        if question.startswith("Parameter "):
            return values.get(question.removeprefix("Parameter "), "")
        if question == "Stack Name":
            return NAME
        # Whoever presses Enter here gets no deployment.
        return "y" if question.endswith("Is this okay?") or question == "Deploy this changeset?" else ""

    questions, _ = guided.deploy(workplace, answer)
    for question in questions:
        saw(f"{question.text} [{question.default}]: {question.answer or '<Enter>'}")
    asked = {one.text.removeprefix("Parameter ") for one in questions if one.text.startswith("Parameter ")}
    same("the parameters that were asked for", asked, set(workplace.template["Parameters"]))


def stood_up(emulator: Emulator, status: str) -> Stack:
    """The stack, which has to be in a state."""
    stack = Stack(emulator)
    same("the stack's state", stack.status, status)
    saw(f"{stack.status}, {len(stack.resources)} resources")
    return stack


def bridge_gaps(emulator: Emulator, stack: Stack, ses: Ses) -> None:
    """What the stand-in lacks."""
    step("What the stand-in lacks is bridged.")
    saw(f"{len(bridge.create_routes(emulator, stack))} routes from the API's body")
    saw(f"concurrency as a number: {', '.join(bridge.give_mappings_numbers(emulator, stack)) or 'no mapping'}")
    ses.serve(emulator, stack.arn("SendRole"))
    saw(f"SES's own checks, records and events at {ses.url}")


def refuse_a_wrong_parameter(workplace: Workplace, values: dict[str, str]) -> None:
    """A mistake is named before anything is made."""
    step("`sam deploy` with InvoicesFromAddress=nobody is refused with the template's own sentence.")
    wrong = values | {"InvoicesFromAddress": "nobody"}
    overrides = [f"{name}={value}" for name, value in wrong.items()]
    arguments = ["--stack-name", "wrong", "--no-confirm-changeset", "--parameter-overrides", *overrides]
    ended = workplace.sam("deploy", *arguments)
    sentence = workplace.template["Parameters"]["InvoicesFromAddress"]["ConstraintDescription"]
    refused = ended.returncode != 0 and sentence in " ".join(ended.stdout.split())
    expect(refused, "the deployment was not refused with that sentence", ended.stdout[-3000:])
    saw(f"exit code {ended.returncode}: ... {sentence}")


def update(workplace: Workplace, emulator: Emulator, before: Stack) -> Stack:
    """A second deployment with the answers that the first one kept."""
    step("`sam deploy` with a tracking domain and LogRetentionDays=90, the rest as samconfig.toml has it.")
    certificate = emulator.client("acm").request_certificate(DomainName=TRACKING_DOMAIN)["CertificateArn"]
    zone = emulator.client("route53").create_hosted_zone(Name=SENDER_DOMAIN, CallerReference="1")["HostedZone"]["Id"]
    changed = {
        "LogRetentionDays": "90",
        "OptionalTrackingDomain": TRACKING_DOMAIN,
        "OptionalTrackingDomainCertificateArn": certificate,
        "OptionalTrackingDomainHostedZoneId": zone.rsplit("/")[-1],
    }
    bridge.tell_the_transform(workplace.template, changed)
    workplace.write_template()
    overrides = [f"{name}={value}" for name, value in changed.items()]
    ended = workplace.sam("deploy", "--no-confirm-changeset", "--parameter-overrides", *overrides)
    expect(ended.returncode == 0, f"sam deploy ended with {ended.returncode}", ended.stdout[-6000:])
    stack = stood_up(emulator, "UPDATE_COMPLETE")
    same("the parameters", stack.parameters, before.parameters | changed)
    groups = emulator.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}-")["logGroups"]
    same("days that logs are kept", {one["retentionInDays"] for one in groups}, {90})
    same("the links' base", stack.outputs["TrackingBaseUrl"], f"https://{TRACKING_DOMAIN}")
    records = emulator.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    expect(any(one["Name"].startswith(TRACKING_DOMAIN) and one["Type"] == "A" for one in records), "no record", records)
    bridge.give_mappings_numbers(emulator, stack)
    saw(f"{len(groups)} log groups keep 90 days; links are below {stack.outputs['TrackingBaseUrl']}, with its record")
    return stack


def run(emulator: Emulator, issuer: Issuer, ses: Ses, folder: Path) -> None:
    """All of it, in order."""
    version = prepare(emulator)
    workplace = Workplace(folder, emulator)
    reduced = bridge.without_metric_math(workplace.template)
    saw(f"alarms on formulas, deployed by their first metric: {', '.join(reduced) or 'none'}")
    workplace.write_template()
    values = parameters(issuer, version)
    deploy_guided(workplace, values)
    stack = stood_up(emulator, "CREATE_COMPLETE")
    for name, value in sorted(stack.outputs.items()):
        saw(f"{name} = {value}")
    bridge_gaps(emulator, stack, ses)
    refuse_a_wrong_parameter(workplace, values)
    world = World(emulator, stack, issuer, ses)
    listener = following.listen(world)
    with Windows(emulator, stack, "FollowFromStream") as windows:
        try:
            journey.run(world)
            following.run(world, listener, windows, operations.redrive)
            operations.run(world)
            world.stack = update(workplace, emulator, stack)
            journey.after_the_update(world, TRACKING_DOMAIN)
            journey.told(world)
            following.window_ended(windows)
        except Exception:
            for line in world.last_lines():
                print(f"  | {line}")
            if windows.trouble:
                print(f"  polling for follow ended: {windows.trouble!r}")
            raise


def main() -> int:
    """The exit code."""
    # So that the stand-in goes, too, when the test is told to end.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="invoice-email-tracking-") as name:
        folder = Path(name)
        with Issuer(folder) as issuer, Ses() as ses:
            surroundings = {"AWS_ENDPOINT_URL_SESV2": ses.url, "SSL_CERT_FILE": str(issuer.certificate)}
            step("The stand-in of AWS starts.")
            with Emulator(folder, surroundings) as emulator:
                saw(f"it answers at {emulator.endpoint}")
                try:
                    run(emulator, issuer, ses, folder)
                except Exception as failure:
                    if not isinstance(failure, Failed):
                        traceback.print_exc()
                    print(f"\nThe end of the stand-in's log:\n{emulator.tail()}\n\nFAILED: {failure}", flush=True)
                    return 1
    print(f"\nAll as it has to be, in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("SAM_CLI_TELEMETRY", "0")
    sys.exit(main())
