"""python -m producers simulate|replenish|inspect|replay|completejourney"""

import click

from producers.replay.command import completejourney_command, inspect_command, replay_command
from producers.replenisher.command import replenish_command
from producers.simulator.command import simulate_command


@click.group(help="Send events to Kafka: of a simulated chain, its supplier, or a real export.")
def main() -> None:
    pass


main.add_command(simulate_command)
main.add_command(replenish_command)
main.add_command(inspect_command)
main.add_command(replay_command)
main.add_command(completejourney_command)

if __name__ == "__main__":
    main(prog_name="python -m producers")
