"""Client configuration files as options of Flink's Java clients."""

from pathlib import Path

import pytest

from connect.errors import UserError
from connect.settings import Settings
from flink import client_security, statements

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"


def settings(folder: Path, kafka: str = "", registry: str = "") -> Settings:
    (folder / "ca.pem").write_text(PEM)
    (folder / "key.pem").write_text(KEY)
    (folder / "old.pem").write_text(KEY.replace("PRIVATE", "EC PRIVATE"))
    files = {}
    for name, text in (("kafka", kafka), ("registry", registry)):
        files[name] = folder / f"{name}.properties"
        files[name].write_text(text.replace("FOLDER", str(folder)), "utf-8")
    return Settings(kafka_client=str(files["kafka"]), registry_client=str(files["registry"]))


def test_without_a_file_no_table_has_further_options(tmp_path: Path) -> None:
    assert not any("ALTER" in statement for statement in statements.tables(Settings()))
    tuned = settings(tmp_path, kafka="socket.timeout.ms = 5000")
    assert list(statements.tables(tuned)) == list(statements.tables(Settings()))


def test_kafka_s_settings_come_in_java_s_names(tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        kafka=r"""
        security.protocol = SASL_SSL
        sasl.mechanisms = scram-sha-512
        sasl.username = stock
        sasl.password = a"b\c
        ssl.ca.location = FOLDER/ca.pem
        ssl.certificate.location = FOLDER/ca.pem
        ssl.key.location = FOLDER/key.pem
        ssl.key.password = secret
        ssl.endpoint.identification.algorithm = none
        """,
    )
    made = client_security.kafka_options(given)
    login = made.pop("sasl.jaas.config")
    assert login.endswith(r'.scram.ScramLoginModule required username="stock" password="a\"b\\c";')
    assert made == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.certificates": PEM,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.certificate.chain": PEM,
        "ssl.keystore.key": KEY,
        "ssl.key.password": "secret",
        "ssl.endpoint.identification.algorithm": "",
    }


def test_tokens_of_openid_connect_come_in_java_s_names(tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        kafka="""
        security.protocol = SASL_SSL
        sasl.mechanism = OAUTHBEARER
        sasl.oauthbearer.method = oidc
        sasl.oauthbearer.client.id = stock
        sasl.oauthbearer.client.secret = a"b
        sasl.oauthbearer.scope = kafka read
        sasl.oauthbearer.extensions = logicalCluster=lkc-1, identityPoolId=pool
        sasl.oauthbearer.token.endpoint.url = https://id.example.com/token
        https.ca.location = FOLDER/ca.pem
        """,
        registry="""
        bearer.auth.client.id = stock
        bearer.auth.client.secret = a"b
        bearer.auth.issuer.endpoint.url = https://id.example.com/token
        """,
    )
    made = client_security.kafka_options(given)
    assert made.pop("sasl.jaas.config").partition(" ")[2] == (
        'required extension_logicalCluster="lkc-1" extension_identityPoolId="pool" '
        f'ssl.truststore.type="PEM" ssl.truststore.certificates="{PEM}";'.replace("\n", r"\n")
    )
    assert made.pop("sasl.login.callback.handler.class").endswith(
        ".oauthbearer.OAuthBearerLoginCallbackHandler"
    )
    assert made.pop("sasl.oauthbearer.jwt.validator.class").endswith(".ClientJwtValidator")
    assert made == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "OAUTHBEARER",
        "sasl.oauthbearer.client.credentials.client.id": "stock",
        "sasl.oauthbearer.client.credentials.client.secret": 'a"b',
        "sasl.oauthbearer.scope": "kafka read",
        "sasl.oauthbearer.token.endpoint.url": "https://id.example.com/token",
    }
    (option,) = client_security.jvm_options(given)
    assert option.endswith(".sasl.oauthbearer.allowed.urls=https://id.example.com/token")
    assert client_security.jvm_options(Settings()) == []
    assert client_security.registry_options(given) == {
        "bearer-auth.credentials-source": "OAUTHBEARER",
        "properties.bearer.auth.issuer.endpoint.url": "https://id.example.com/token",
        "properties.bearer.auth.client.id": "stock",
        "properties.bearer.auth.client.secret": 'a"b',
    }


def test_a_token_of_the_file_and_a_certificate_reach_the_registry_s_java_client(
    tmp_path: Path,
) -> None:
    given = settings(
        tmp_path,
        registry="""
        bearer.auth.token = t0ken
        ssl.certificate.location = FOLDER/ca.pem
        ssl.key.location = FOLDER/key.pem
        """,
    )
    assert client_security.registry_options(given) == {
        "bearer-auth.credentials-source": "STATIC_TOKEN",
        "bearer-auth.token": "t0ken",
        "properties.schema.registry.ssl.keystore.type": "PEM",
        "properties.schema.registry.ssl.keystore.certificate.chain": PEM,
        "properties.schema.registry.ssl.keystore.key": KEY,
    }


def test_every_table_has_them_for_each_of_its_formats(tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        kafka="security.protocol = SSL",
        registry="basic.auth.user.info = stock:it's",
    )
    made = [s for s in statements.tables(given) if "ALTER TABLE inventory_levels " in s]
    options = [statement.partition("SET ")[2].strip() for statement in made]
    assert options == [
        "('properties.security.protocol' = 'SSL')",
        "('key.contract-avro.basic-auth.credentials-source' = 'USER_INFO')",
        "('value.contract-avro.basic-auth.credentials-source' = 'USER_INFO')",
        "('key.contract-avro.basic-auth.user-info' = 'stock:it''s')",
        "('value.contract-avro.basic-auth.user-info' = 'stock:it''s')",
    ]
    sources = [s for s in statements.tables(given) if "ALTER TABLE transactions " in s]
    assert sources
    assert not any("'key." in statement for statement in sources)


@pytest.mark.parametrize(
    ("kafka", "registry", "message"),
    [
        (
            "sasl.mechanism = GSSAPI",
            "",
            r"KAFKA_CLIENT: .*sasl\.mechanism: expected PLAIN, .* got GSS",
        ),
        ("ssl.key.location = FOLDER/old.pem", "", r"KAFKA_CLIENT: .*PKCS 8.*openssl pkcs8"),
        ("ssl.ca.location = FOLDER/none.pem", "", r"KAFKA_CLIENT: .*none\.pem cannot be read"),
        ("ssl.crl.location = x", "", r"KAFKA_CLIENT: .* no setting for ssl\.crl\.location"),
        (
            "sasl.mechanism = OAUTHBEARER",
            "",
            r"KAFKA_CLIENT: .*sasl\.oauthbearer\.method: expected oidc, got nothing",
        ),
        ("https.ca.location = FOLDER/none.pem", "", r"no setting for https\.ca\.location"),
        (
            "",
            "bearer.auth.credentials.source = CUSTOM",
            r"REGISTRY_CLIENT: .*expected STATIC_TOKEN or OAUTHBEARER, got CUSTOM",
        ),
        ("", "bearer.auth.sub = x", r"REGISTRY_CLIENT: .* no setting for bearer\.auth\.sub"),
        ("", "ssl.ca.location = FOLDER", r"REGISTRY_CLIENT: .* cannot be read as PEM"),
    ],
)
def test_an_option_that_flink_s_clients_lack_is_an_error(
    tmp_path: Path, kafka: str, registry: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        list(statements.tables(settings(tmp_path, kafka, registry)))


def test_a_message_of_flink_shows_no_secret(tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        kafka="""
        sasl.mechanism = PLAIN
        sasl.username = stock
        sasl.password = s3cret
        ssl.certificate.location = FOLDER/ca.pem
        ssl.key.location = FOLDER/key.pem
        ssl.key.password = s3cret-too
        """,
        registry="""
        basic.auth.user.info = stock:it's-s3cret
        bearer.auth.token = s3cret-token
        bearer.auth.client.secret = s3cret-of-client
        """,
    )
    statement_text = "\n".join(statements.tables(given))
    options = client_security.kafka_options(given) | client_security.registry_options(given)
    message = f"Table options are:\n{statement_text}\n{options}"
    assert "s3cret" in message
    shown = client_security.without_secrets("".join((statement_text, *options.values())), given)
    assert "s3cret" not in shown
    assert "MIIE" not in shown
    assert "security" in shown or "PLAIN" in shown
