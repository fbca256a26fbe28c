"""An OpenID Connect provider that gives tokens to one client, as far as Kafka's clients need it."""

import base64
import time
from collections import Counter
from urllib.parse import unquote

from joserfc import jwk, jwt

from tests.support.certificates import Certificate
from tests.support.http_server import Answer, HttpServer, Request

CLIENT, SECRET = "stock", 'it\'s "se=cret"'
AUDIENCE = "kafka"
LIFETIME_SECONDS = 300


class TokenEndpoint(HttpServer):
    """Serves POST /token."""

    def __init__(
        self, certificate: Certificate | None = None, key: jwk.RSAKey | None = None
    ) -> None:
        """certificate: for TLS; key: that signs its tokens."""
        self.key = key or signing_key()
        self.requests: Counter[str] = Counter()
        """Number of requests by path."""
        super().__init__(self._respond, certificate.secure if certificate else None)

    def _respond(self, request: Request) -> Answer:
        self.requests[request.path] += 1
        if _credentials(request.headers["Authorization"] or "") != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        token = {"access_token": self.token(), "token_type": "Bearer"}
        return 200, token | {"expires_in": LIFETIME_SECONDS}

    def token(self) -> str:
        """Return a token of the client, as of now."""
        now = int(time.time())
        claims = {"sub": CLIENT, "aud": AUDIENCE, "iss": self.url, "iat": now}
        header = {"alg": "RS256", "kid": "1"}
        return jwt.encode(header, claims | {"exp": now + LIFETIME_SECONDS}, self.key)


def signing_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})


def _credentials(header: str) -> tuple[str, str]:
    """Return (client, secret) of a header, whose parts may be percent-encoded (RFC 6749, 2.3.1)."""
    content = base64.b64decode(header.removeprefix("Basic ")).decode()
    client, _, secret = content.partition(":")
    return unquote(client), unquote(secret)
