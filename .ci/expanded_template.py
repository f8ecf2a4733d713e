"""The linters accept a misspelt property of a SAM event and drop it in silence: what was expanded tells. And the
description of the API has to name the same routes."""

import json

import yaml
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
FUNCTIONS = {"Submit", "Send", "Track", "Record", "Report", "Settings", "Watch"}

with open("infra/template.yaml", encoding="utf-8") as file:
    source = yaml_parse(file.read())
with open("infra/openapi.yaml", encoding="utf-8") as file:
    described = yaml.safe_load(file)["paths"]
for resource in source["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://bucket/key"  # the translator looks at no folder
resources = Translator({"AWSLambdaBasicExecutionRole": BASIC}, Parser()).translate(source, {})["Resources"]


def properties(name):
    return resources[name]["Properties"]


def of_type(kind):
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}


def same(what, found, wanted):
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


# Routes: path -> method -> (function, authorizer).
routes = {}
for path, methods in properties("Api")["Body"]["paths"].items():
    for method, operation in methods.items():
        uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        function = uri.split("${")[-1].split(".Arn}")[0].removesuffix("Function")
        (security,) = operation["security"]
        name = "any" if method == "x-amazon-apigateway-any-method" else method
        routes.setdefault(path, {})[name] = (function, *security)

emails, reports = "/v1/invoices/{invoice}/emails", "/v1/reports/invoice-emails"
report = {"get": ("Report", "Jwt"), "any": ("Report", "Jwt")}
submit = {"post": ("Submit", "Jwt"), "any": ("Submit", "Jwt")}
track = {"any": ("Track", "NONE")}
same("routes", routes, {
    emails: report | {"post": ("Submit", "Jwt")},
    emails + "/{send}/resend": submit,
    reports: report,
    reports + "/summary": report,
    "/v1/attention": report,
    "/v1/suppressions": {"get": ("Settings", "Jwt"), "any": ("Settings", "Jwt")},
    "/v1/suppressions/{address}": {"delete": ("Settings", "Jwt"), "any": ("Settings", "Jwt")},
    "/o/{token}": track,
    "/c/{token}": track,
    "/u/{token}": track,
    "$default": track,
})
same("described paths", set(described), set(routes) - {"$default"})
for path, item in described.items():
    methods = set(item) & {"get", "head", "post", "put", "delete", "patch"}
    explicit = set(routes[path]) - {"any"}
    assert methods >= explicit, f"{path}: {explicit - methods} is not described"
    for method in methods:
        public = item[method].get("security") == []
        _, authorizer = routes[path].get(method) or routes[path]["any"]
        same(f"{method} {path} is public", authorizer == "NONE", public)

# Mappings.
mappings = of_type("AWS::Lambda::EventSourceMapping")
same("mappings", set(mappings), {"SendFromStream", "RecordFromQueue"})
for name, mapping in mappings.items():
    same(f"{name} response types", mapping["FunctionResponseTypes"], ["ReportBatchItemFailures"])
stream = mappings["SendFromStream"]
same("stream filter", [json.loads(f["Pattern"]) for f in stream["FilterCriteria"]["Filters"]], [{
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"NewImage": {"drive": {"N": [{"exists": True}]}}},
}])
same("bisect", stream["BisectBatchOnFunctionError"], True)
assert 1 <= stream["MaximumRetryAttempts"] <= 10
same("on failure", stream["DestinationConfig"]["OnFailure"]["Destination"], {"Fn::GetAtt": ["SendDeadLetters", "Arn"]})
(rule,) = of_type("AWS::Events::Rule").values()
same("schedule", rule["ScheduleExpression"], "rate(5 minutes)")

# The way of the events.
queue = properties("EventQueue")
assert queue["VisibilityTimeout"] >= 6 * properties("RecordFunction")["Timeout"]
assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
for name in ("EventDeadLetters", "SendDeadLetters"):
    same(f"{name} retention", properties(name)["MessageRetentionPeriod"], 14 * 24 * 3600)
subscription = properties("EventSubscription")
same("raw delivery", subscription["RawMessageDelivery"], False)
assert subscription["RedrivePolicy"]["deadLetterTargetArn"]
for name, policy in of_type("AWS::SQS::QueuePolicy").items():
    (statement,) = policy["PolicyDocument"]["Statement"]
    same(f"{name} condition", statement["Condition"], {"ArnEquals": {"aws:SourceArn": {"Ref": "EventTopic"}}})

# Functions, and what each may do: actions and resources by name, nothing managed but the log.
same("functions", set(of_type("AWS::Lambda::Function")), {name + "Function" for name in FUNCTIONS})
for name in FUNCTIONS:
    function, role = properties(name + "Function"), properties(name + "FunctionRole")
    same(f"{name} role", function["Role"], {"Fn::GetAtt": [name + "FunctionRole", "Arn"]})
    same(f"{name} architecture", function["Architectures"], [{"Ref": "Architecture"}])
    same(f"{name} managed policies", role["ManagedPolicyArns"], [BASIC])
    for policy in role["Policies"]:
        assert "*" not in json.dumps(policy), f"{name}: a wildcard in {policy}"
assert properties("SendFunction")["Timeout"] < int(
    properties("SendFunction")["Environment"]["Variables"]["SEND_LEASE_SECONDS"]
)
print(f"{sum(map(len, routes.values()))} routes, {len(mappings)} mappings, {len(FUNCTIONS)} roles: as wanted")
