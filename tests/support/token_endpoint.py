"""An OpenID Connect provider that gives tokens to one client, as far as Kafka's clients need it."""

import base64
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote

from joserfc import jwk, jwt

from tests.support.certificates import HOST, Certificate

CLIENT, SECRET = "stock", 'it\'s "se=cret"'
AUDIENCE = "kafka"
LIFETIME_SECONDS = 300


class TokenEndpoint:
    """Serves POST /token; use it in a `with` statement."""

    def __init__(
        self, certificate: Certificate | None = None, key: jwk.RSAKey | None = None
    ) -> None:
        """certificate: for TLS; key: that signs its tokens."""
        self.key = key or signing_key()
        self.requests: Counter[str] = Counter()
        """Number of requests by path."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                provider.requests[self.path] += 1
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                if _credentials(self.headers["Authorization"] or "") != (CLIENT, SECRET):
                    self._answer(401, {"error": "invalid_client"})
                    return
                token = {"access_token": provider.token(), "token_type": "Bearer"}
                self._answer(200, token | {"expires_in": LIFETIME_SECONDS})

            def _answer(self, status: int, content: Any) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        if certificate:
            certificate.secure(self._server)
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://{HOST}:{self._server.server_port}"

    def token(self) -> str:
        """Return a token of the client, as of now."""
        now = int(time.time())
        claims = {"sub": CLIENT, "aud": AUDIENCE, "iss": self.url, "iat": now}
        header = {"alg": "RS256", "kid": "1"}
        return jwt.encode(header, claims | {"exp": now + LIFETIME_SECONDS}, self.key)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def signing_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})


def _credentials(header: str) -> tuple[str, str]:
    """Return (client, secret) of a header, whose parts may be percent-encoded (RFC 6749, 2.3.1)."""
    content = base64.b64decode(header.removeprefix("Basic ")).decode()
    client, _, secret = content.partition(":")
    return unquote(client), unquote(secret)
