"""python -m codegen generate [--check]"""

import click

from codegen.generate_command import generate


@click.group(help="Render the files that follow from the contracts in schemas/*.avsc.")
def main() -> None:
    pass


main.add_command(generate)


if __name__ == "__main__":
    main(prog_name="python -m codegen")
