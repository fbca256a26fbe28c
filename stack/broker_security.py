"""TLS, passwords and ACLs of brokers that are their own controllers."""

from connect.properties import properties
from connect.secret_files import SecretFiles
from connect.settings import PREFIX

LOGINS = "org.apache.kafka.common.security"


def lines(files: SecretFiles, host: str) -> dict[str, str]:
    """Return the lines of server.properties for the listeners CLIENTS and CONTROLLER.

    The administrator's password is the broker's own: it opens a storage without any user. All
    others are users of SCRAM. host: of the certificate. Raises UserError for unreadable files.
    """
    client = properties(str(files.administrator), f"{PREFIX}KAFKA_CLIENT")
    name, password = client["sasl.username"], client["sasl.password"]
    own = f'username="{name}" password="{password}" user_{name}="{password}"'
    return {
        "inter.broker.listener.name": "CLIENTS",
        "listener.security.protocol.map": "CLIENTS:SASL_SSL,CONTROLLER:SSL",
        # Controllers know no users: they know each other by their certificate.
        "listener.name.controller.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "listener.name.clients.plain.sasl.jaas.config": (
            f"{LOGINS}.plain.PlainLoginModule required {own};"
        ),
        "listener.name.clients.scram-sha-512.sasl.jaas.config": (
            f"{LOGINS}.scram.ScramLoginModule required;"
        ),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(files.server),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(files.authority),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{name};User:CN={host}",
    }
