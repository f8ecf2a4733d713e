"""What SAM makes of the template, as far as only the expansion shows it.

The linters accept a misspelt property of a SAM event and drop it in silence: what was expanded tells. All that can be
read in the template itself is held by `tests/tests/it/template`.

With a path as argument the expanded template is written there as JSON, for tools that know CloudFormation only.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

Json = Any
Routes = dict[str, dict[str, tuple[str, str]]]

ANY = "x-amazon-apigateway-any-method"
INVOICE, REPORTS = "/v1/invoices/{invoice}", "/v1/reports/invoice-emails"
EMAILS = INVOICE + "/emails"


def expand(source: Json) -> Json:
    """The template as CloudFormation's transform makes it."""
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"  # the translator looks at no folder
    # No managed policies: a function without a role of its own would need one, and fail here.
    return Translator({}, Parser()).translate(source, {})


def same(what: str, found: Json, wanted: Json) -> None:
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def of_type(resources: Json, kind: str) -> dict[str, Json]:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}


def reading(function: str) -> dict[str, tuple[str, str]]:
    # Other methods are answered 405 without a token: a browser's preflight has none.
    return {"get": (function, "Jwt"), "any": (function, "NONE")}


def wanted_routes() -> Routes:
    """Path -> method -> function and authorizer."""
    tracking = {"any": ("Track", "NONE")}
    sending = {"post": ("Submit", "Jwt"), "any": ("Submit", "NONE")}
    whole = reading("Settings") | {"put": ("Settings", "Jwt")}
    screens = {"get": ("Web", "NONE"), "any": ("Web", "NONE")}
    return {
        EMAILS: reading("Report") | {"post": ("Submit", "Jwt")},
        EMAILS + "/preview": sending,
        EMAILS + "/{send}/proof": reading("Report"),
        EMAILS + "/{send}/resend": sending,
        EMAILS + "/{send}/resend/preview": sending,
        REPORTS: reading("Report"),
        REPORTS + "/summary": reading("Report"),
        "/v1/attention": reading("Report"),
        "/v1/attention/summary": reading("Report"),
        "/v1/domains/{domain}": reading("Report"),
        INVOICE: whole,
        INVOICE + "/payments": {"post": ("Settings", "Jwt"), "any": ("Settings", "NONE")},
        INVOICE + "/finalize": sending,
        "/v1/settings": whole,
        "/v1/clients": reading("Settings"),
        "/v1/clients/{client}": whole,
        "/v1/portal/account": reading("Portal"),
        "/p/{token}": {"any": ("Portal", "NONE")},
        "/v1/suppressions": reading("Settings"),
        "/v1/suppressions/{address}": {"delete": ("Settings", "Jwt"), "any": ("Settings", "NONE")},
        "/v1/recipients/{address}": {"delete": ("Settings", "Jwt"), "any": ("Settings", "NONE")},
        "/o/{token}": tracking,
        "/c/{token}": tracking,
        "/u/{token}": tracking,
        "/": screens,
        "/ui/{file}": screens,
        "$default": tracking,
    }


def expanded_routes(api: Json) -> Routes:
    routes: Routes = {}
    scope = {"Fn::If": ["HasJwtScope", {"Ref": "OptionalJwtScopeElseIdTokensPass"}, {"Ref": "AWS::NoValue"}]}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            integration = operation["x-amazon-apigateway-integration"]
            same(f"payload of {method} {path}", integration["payloadFormatVersion"], "2.0")
            function = integration["uri"]["Fn::Sub"].split("${")[-1].split("Function.Arn}")[0]
            (security,) = operation["security"]
            ((authorizer, scopes),) = security.items()
            same(f"scopes of {method} {path}", scopes, [scope] if authorizer == "Jwt" else [])
            routes.setdefault(path, {})["any" if method == ANY else method] = (function, authorizer)
    return routes


def lines(routes: Routes) -> set[str]:
    return {f"{method} {path}: {on}" for path, methods in routes.items() for method, on in methods.items()}


def check_api(api: Json, described: Json) -> int:
    routes = expanded_routes(api)
    lacking, excess = lines(wanted_routes()) - lines(routes), lines(routes) - lines(wanted_routes())
    assert not lacking and not excess, f"routes that are missing: {lacking}; that nobody asked for: {excess}"
    for path, item in described.items():
        for method in set(item) & {"get", "head", "post", "put", "delete", "patch"}:
            _, authorizer = routes[path].get(method) or routes[path]["any"]
            same(f"{method} {path} is public", authorizer == "NONE", item[method].get("security") == [])
    (scheme,) = api["components"]["securitySchemes"].values()
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    same("authorizer", authorizer, {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": {"Ref": "JwtIssuerUrl"}, "audience": {"Ref": "JwtAudiences"}},
    })
    condition, cors, nothing = api["x-amazon-apigateway-cors"]["Fn::If"]
    same("CORS without origins", (condition, nothing), ("HasPortalOrigins", {"Ref": "AWS::NoValue"}))
    # With the parameter's default, as no parameters are given here.
    same("origins of CORS", cors["allowOrigins"], {"Fn::Split": [",", ""]})
    headers = {"accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match"}
    same("headers of CORS", set(cors["allowHeaders"]), headers)
    readable = {"allow", "content-disposition", "etag", "link", "location", "retry-after"}
    same("headers that CORS lets scripts read", set(cors["exposeHeaders"]), readable)
    used = {method.upper() for methods in routes.values() for method in methods} - {"ANY"}
    same("methods of CORS", set(cors["allowMethods"]), used)
    assert "allowCredentials" not in cors, "a token travels in a header, never in a cookie"
    return sum(map(len, routes.values()))


def check_stage(stage: Json) -> None:
    def limits(parameter: str) -> Json:
        return {name: {"Ref": parameter} for name in ("ThrottlingBurstLimit", "ThrottlingRateLimit")}

    same("throttle of the API", stage["DefaultRouteSettings"], limits("ApiRequestsPerSecondPerRoute"))
    tracking = {f"ANY /{letter}/{{token}}": limits("TrackingRequestsPerSecondPerRoute") for letter in "ocup"}
    files = {"GET /ui/{file}": limits("TrackingRequestsPerSecondPerRoute")}
    # What one of them reads would cost the most.
    costly = {"GET /v1/domains/{domain}": {"ThrottlingBurstLimit": 10, "ThrottlingRateLimit": 10}}
    same("throttles of routes", stage["RouteSettings"], tracking | files | costly)
    assert "$context.path" not in stage["AccessLogSettings"]["Format"], "paths hold tokens"


def check_events(resources: Json) -> None:
    """Rules, and where what a rule or a function gives up goes to."""
    rules = of_type(resources, "AWS::Events::Rule")
    same("rules", set(rules), {"BusExists", "SubmitFunctionInvoiceFinalized", "WatchFunctionEveryFiveMinutes"})
    finalized, schedule = rules["SubmitFunctionInvoiceFinalized"], rules["WatchFunctionEveryFiveMinutes"]
    pattern = {
        "account": [{"Ref": "AWS::AccountId"}],
        "source": ["billing.portal"],
        "detail-type": ["Invoice Finalized"],
    }
    same("pattern", finalized["EventPattern"], pattern)
    same("schedule", schedule["ScheduleExpression"], "rate(5 minutes)")
    for name, rule in (("Submit", finalized), ("Watch", schedule)):
        assert rule.get("State", "ENABLED") == "ENABLED", f"the rule of {name} is off"
        queue = {"Fn::GetAtt": [f"{name}DeadLetters", "Arn"]}
        (target,) = rule["Targets"]
        same(f"target of {name}'s rule", target["Arn"], {"Fn::GetAtt": [f"{name}Function", "Arn"]})
        same(f"dead letters of {name}'s rule", target["DeadLetterConfig"], {"Arn": queue})
        assert target["RetryPolicy"]["MaximumRetryAttempts"] >= 1, f"{name}'s rule gives up at once"
        invoke = resources[f"{name}FunctionEventInvokeConfig"]["Properties"]
        same(f"dead letters of {name}", invoke["DestinationConfig"], {"OnFailure": {"Destination": queue}})
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping")
    same("mappings", set(mappings), {"SendFromStream", "FollowFromStream", "RecordFromQueue"})


def check_additions(resources: Json, written: set[str]) -> None:
    """SAM adds rules, a stage, and the right of one route or rule to invoke one function; no role, no policy."""
    added = {name: resource for name, resource in resources.items() if name not in written}
    kinds = {resource["Type"] for resource in added.values()}
    same("kinds of resources that SAM adds", kinds, {
        "AWS::ApiGatewayV2::Stage",
        "AWS::Events::Rule",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Permission",
    })
    for name, permission in of_type(added, "AWS::Lambda::Permission").items():
        assert permission["Principal"] in ("apigateway.amazonaws.com", "events.amazonaws.com"), name
        source = json.dumps(permission["SourceArn"])
        assert '{"Ref": "Api"}' in source or '{"Fn::GetAtt": [' in source, f"{name}: anybody's {source}"
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role, f"{name} has managed policies"
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        role = {"Fn::GetAtt": [name.removesuffix("Function") + "Role", "Arn"]}
        same(f"role of {name}", function["Role"], role)
        same(f"architecture of {name}", function["Architectures"], [{"Ref": "Architecture"}])
        same(f"traces of {name}", function["TracingConfig"], {"Mode": "Active"})


def main() -> None:
    source = yaml_parse(Path("infra/template.yaml").read_text(encoding="utf-8"))
    described = yaml.safe_load(Path("infra/openapi.yaml").read_text(encoding="utf-8"))["paths"]
    written = set(source["Resources"])
    expanded = expand(source)
    for path in map(Path, sys.argv[1:]):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(expanded, indent=2) + "\n", encoding="utf-8")
    resources = expanded["Resources"]
    routes = check_api(resources["Api"]["Properties"]["Body"], described)
    check_stage(resources["ApiApiGatewayDefaultStage"]["Properties"])
    check_events(resources)
    check_additions(resources, written)
    print(f"{routes} routes, {len(resources)} resources: as wanted")


if __name__ == "__main__":
    main()
