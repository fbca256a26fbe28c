"""A Maven project whose classes Avro's own compiler generates: `mvn package` builds a jar.

The schemas are those in the registry, attribute by attribute, so that a serializer finds their
ids by their content.
"""

import json
from pathlib import Path
from xml.sax.saxutils import escape

from contracts.contract import Contract
from contracts.set_version import set_version

AVRO = "1.12.1"
POM = """\
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>{group}</groupId>
  <artifactId>{group}-contracts</artifactId>
  <version>{version}</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.apache.avro</groupId>
      <artifactId>avro</artifactId>
      <version>{avro}</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-compiler-plugin</artifactId>
        <version>3.13.0</version>
      </plugin>
      <plugin>
        <groupId>org.apache.avro</groupId>
        <artifactId>avro-maven-plugin</artifactId>
        <version>{avro}</version>
        <executions>
          <execution>
            <phase>generate-sources</phase>
            <goals>
              <goal>schema</goal>
            </goals>
            <configuration>
              <stringType>String</stringType>
              <fieldVisibility>PRIVATE</fieldVisibility>
              <enableDecimalLogicalType>true</enableDecimalLogicalType>
            </configuration>
          </execution>
        </executions>
      </plugin>
    </plugins>
  </build>
</project>
"""
SOURCES = Path("src/main/avro")


def files(contracts: list[Contract]) -> dict[Path, str]:
    """Render the project: its pom.xml, and the schemas of each contract's value and key."""
    first = contracts[0]
    rendered = {
        Path("pom.xml"): POM.format(
            group=escape(first.namespace),
            version=set_version(first.path.parent / "released"),
            avro=AVRO,
        )
    }
    for contract in contracts:
        rendered[SOURCES / f"{contract.name}.avsc"] = _indented(contract.schema)
        rendered[SOURCES / f"{contract.name}Key.avsc"] = _indented(contract.key_schema)
    return rendered


def _indented(schema: str) -> str:
    return json.dumps(json.loads(schema), ensure_ascii=False, indent=2) + "\n"
