"""The one example that is code: what infra/events/examples/signed-webhook.yaml posts is signed as the runbook says, and
what the receiver refuses is tried again.
"""

import hashlib
import hmac
import http.server
import json
import os
import threading
import types
from pathlib import Path
from unittest import mock

from samcli.yamlhelper import yaml_parse

EXAMPLE = Path("infra/events/examples/signed-webhook.yaml")
SCHEMA = Path("infra/events/invoice-email-status-changed.v1.json")
SECRET = "what both sides know"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes the first request and refuses the second."""

    answers = [204, 500]
    requests: list[tuple[dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.answers[len(self.requests) - 1])
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def main() -> None:
    code = yaml_parse(EXAMPLE.read_text(encoding="utf-8"))["Resources"]["Post"]["Properties"]["Code"]["ZipFile"]
    detail = json.dumps(json.loads(SCHEMA.read_text(encoding="utf-8"))["examples"][1])
    secrets = types.SimpleNamespace(get_secret_value=lambda SecretId: {"SecretString": SECRET})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    variables = {"SECRET_ARN": "arn", "URL": f"http://127.0.0.1:{server.server_address[1]}/"}
    function: dict[str, object] = {}
    with mock.patch("boto3.client", return_value=secrets), mock.patch.dict(os.environ, variables):
        exec(compile(code, str(EXAMPLE), "exec"), function)
        event = {"Records": [{"body": detail}]}
        function["handler"](event, None)
        try:
            function["handler"](event, None)
        except OSError as refused:
            assert "500" in str(refused), refused
        else:
            raise AssertionError("what was refused is not tried again")
    server.shutdown()
    headers, body = Receiver.requests[0]
    assert body.decode() == detail, body
    # As the runbook tells a receiver to check it.
    time, signature = (part.split("=", 1)[1] for part in headers["x-signature"].split(","))
    wanted = hmac.new(SECRET.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signature, wanted), headers
    print("a signed event, and one that was refused: as wanted")


if __name__ == "__main__":
    main()
