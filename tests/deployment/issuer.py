"""The identity provider of the test: an OpenID issuer on loopback, whose tokens the API's JWT authorizer verifies."""

import base64
import datetime
import ipaddress
import json
import time
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from loopback import Reply, Request, Server, reply

AUDIENCE = "portal"
SCOPE = "invoices/email"
TOKEN_SECONDS = 3600


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    """A certificate of 127.0.0.1 that vouches for itself, for a day."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


class Issuer(Server):
    """Serves its discovery document and its keys by HTTPS, and signs tokens; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self.certificate, private = folder / "issuer.pem", folder / "issuer.key"
        self.certificate.write_bytes(_certificate(self._key))
        private.write_bytes(_pem(self._key))
        super().__init__(self.certificate, private)

    def answer(self, request: Request) -> Reply:
        """The discovery document and the keys (OpenID Connect Discovery 1.0, RFC 7517)."""
        numbers = self._key.public_key().public_numbers()
        key = {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1",
            "n": _base64url(numbers.n.to_bytes(256, "big")),
            "e": _base64url(numbers.e.to_bytes(3, "big")),
        }
        documents = {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": {"keys": [key]},
        }
        document = documents.get(request.path)
        return reply(200 if document else 404, document)

    def token(self, firm: str | None, **claims: Any) -> str:
        """A signed token of a user of a firm; further claims are added, or take the place of these."""
        return self._signed(self._key, firm, claims)

    def forged_token(self, firm: str) -> str:
        """The same, but signed with somebody else's key."""
        return self._signed(rsa.generate_private_key(65537, 2048), firm, {})

    def _signed(self, key: rsa.RSAPrivateKey, firm: str | None, claims: dict[str, Any]) -> str:
        now = int(time.time())
        body = {"iss": self.url, "aud": AUDIENCE, "sub": "anna", "email": "anna@firm.example", "scope": SCOPE,
                "iat": now - 5, "exp": now + TOKEN_SECONDS}
        body |= ({"custom:firm": firm} if firm else {}) | claims
        head = {"alg": "RS256", "typ": "JWT", "kid": "1"}
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in (head, body))
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64url(signature)}"
