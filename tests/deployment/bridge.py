"""What ministack 1.5.33 lacks of AWS and the journey needs: each gap is one function or class here (SES's in ses.py,
a stream's windows in windows.py).

infra/README.md lists the gaps. All that is not named here is ministack's own doing: CloudFormation with the SAM
transform, the functions as processes, IAM, the JWT authorizer, the table and its stream, queues, topics, EventBridge.
"""

import datetime
import http.client
import json
import time
import uuid
from typing import Any

from emulator import ACCOUNT, ANSWER_SECONDS, REGION, Emulator
from loopback import Reply, Request, Server, reply
from stack import Stack


def without_metric_math(template: dict[str, Any]) -> list[str]:
    """Gap: an alarm on a formula (`Metrics`) is refused. It is deployed as an alarm on the formula's first metric.

    Changes the template; answers the alarms' names. The formulas themselves are held by the static checks.
    """
    changed = []
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] != "AWS::CloudWatch::Alarm" or "Metrics" not in properties:
            continue
        first = next(one["MetricStat"] for one in properties.pop("Metrics") if "MetricStat" in one)
        properties |= first["Metric"] | {"Period": first["Period"], "Statistic": "Sum"}
        changed.append(name)
    return changed


def tell_the_transform(template: dict[str, Any], values: dict[str, str]) -> None:
    """Gap: the SAM transform is not told the parameters' values and puts their defaults into what it makes.

    So the values become the defaults. Changes the template, after `sam deploy` has asked for the values.
    """
    for name, value in values.items():
        template["Parameters"][name]["Default"] = value


def api_host(emulator: Emulator, api: str) -> str:
    """Gap: an API answers below `localhost`, not below amazonaws.com; so a link's host has to be translated."""
    return f"{api}.execute-api.localhost:{emulator.port}"


def create_routes(emulator: Emulator, stack: Stack) -> list[str]:
    """Gap: the `Body` of an HTTP API is ignored, and with it all routes, integrations, the authorizer and CORS.

    They are made by the ordinary API from the body that SAM generated, with the stack's own values. Answers the routes.
    """
    gateway, api = emulator.client("apigatewayv2"), stack.physical("Api")
    body = stack.resolve(stack.template["Resources"]["Api"]["Properties"]["Body"])
    authorizers = {}
    for name, scheme in body["components"]["securitySchemes"].items():
        described = scheme["x-amazon-apigateway-authorizer"]
        made = gateway.create_authorizer(
            ApiId=api,
            Name=name,
            AuthorizerType="JWT",
            IdentitySource=[described["identitySource"]],
            JwtConfiguration={
                "Issuer": described["jwtConfiguration"]["issuer"],
                "Audience": described["jwtConfiguration"]["audience"],
            },
        )
        authorizers[name] = made["AuthorizerId"]
    cors = body.get("x-amazon-apigateway-cors")
    if cors:
        gateway.update_api(ApiId=api, CorsConfiguration={name[0].upper() + name[1:]: cors[name] for name in cors})
    routes = []
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            routes.append(_create_route(gateway, api, authorizers, path, method, operation))
    return routes


def _create_route(
    gateway: Any, api: str, authorizers: dict[str, str], path: str, method: str, operation: dict[str, Any]
) -> str:
    integration = operation["x-amazon-apigateway-integration"]
    made = gateway.create_integration(
        ApiId=api,
        IntegrationType=integration["type"].upper(),
        IntegrationUri=integration["uri"],
        PayloadFormatVersion=integration["payloadFormatVersion"],
    )
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    # SAM writes the route of all other paths with a slash when the API fails on warnings, and without one otherwise.
    key = "$default" if path in ("$default", "/$default") else f"{verb} {path}"
    authorization: dict[str, Any] = {"AuthorizationType": "NONE"}
    for name, scopes in ((name, scopes) for one in operation.get("security", []) for name, scopes in one.items()):
        if name in authorizers:
            authorization = {
                "AuthorizationType": "JWT", "AuthorizerId": authorizers[name], "AuthorizationScopes": scopes,
            }
    gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{made['IntegrationId']}", **authorization)
    return key


def give_mappings_numbers(emulator: Emulator, stack: Stack) -> list[str]:
    """Gap: a number that comes from a parameter reaches a mapping as text, and ministack's poller stumbles over it."""
    client, changed = emulator.client("lambda"), []
    for name, resource in stack.template["Resources"].items():
        scaling = resource.get("Properties", {}).get("ScalingConfig")
        if resource["Type"] == "AWS::Lambda::EventSourceMapping" and scaling:
            concurrency = int(stack.resolve(scaling)["MaximumConcurrency"])
            client.update_event_source_mapping(
                UUID=stack.physical(name), ScalingConfig={"MaximumConcurrency": concurrency}
            )
            changed.append(f"{name} {concurrency}")
    return changed


def invoke_as_eventbridge_does(emulator: Emulator, function: str, source: str, detail_type: str, detail: Any) -> None:
    """Gap: EventBridge starts a function itself, once, past Lambda's retries and destinations for what fails.

    Here the event goes to Lambda as an asynchronous invocation, which is how EventBridge delivers it on AWS.
    """
    event = {
        "version": "0", "id": str(uuid.uuid4()), "source": source, "detail-type": detail_type, "account": ACCOUNT,
        "time": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}", "region": REGION,
        "resources": [], "detail": detail,
    }
    payload = json.dumps(event).encode()
    emulator.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)


class MoveTasks(Server):
    """Gap: SQS has no StartMessageMoveTask and no ListMessageMoveTasks, which redriving needs.

    A relay in front of SQS moves the messages itself, and hands every other request on as it is, with its signature.
    A context manager; whoever is to use it has `url` as AWS_ENDPOINT_URL_SQS.
    """

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._emulator = emulator
        self._moves: list[dict[str, Any]] = []

    def answer(self, request: Request) -> Reply:
        """Moves, tells of moves, or asks the stand-in."""
        match request.headers.get("x-amz-target", ""):
            case "AmazonSQS.StartMessageMoveTask":
                task, began = json.loads(request.body), time.time_ns() // 1_000_000
                moved = self._move(task["SourceArn"], task["DestinationArn"])
                self._moves.insert(0, {"SourceArn": task["SourceArn"], "Status": "COMPLETED",
                                       "StartedTimestamp": began, "ApproximateNumberOfMessagesMoved": moved})
                return reply(200, {"TaskHandle": "moved"})
            case "AmazonSQS.ListMessageMoveTasks":
                source = json.loads(request.body)["SourceArn"]
                return reply(200, {"Results": [one for one in self._moves if one["SourceArn"] == source]})
        return self._ask(request)

    def _ask(self, request: Request) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self._emulator.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def _move(self, source: str, destination: str) -> int:
        sqs, moved = self._emulator.client("sqs"), 0
        urls = [sqs.get_queue_url(QueueName=arn.rsplit(":")[-1])["QueueUrl"] for arn in (source, destination)]
        while messages := sqs.receive_message(QueueUrl=urls[0], MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.send_message(QueueUrl=urls[1], MessageBody=message["Body"])
                sqs.delete_message(QueueUrl=urls[0], ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        return moved
