"""python -m alerts [check | try]: the process of alerts."""

from datetime import UTC

import click

from alerts.alert_plan import VARIABLE, AlertPlan, load_plan
from alerts.alert_service import AlertService
from alerts.alerts_report import AlertsReport
from alerts.chain_stores import ChainStores
from alerts.courier import Courier
from alerts.kinds import Kind
from alerts.message_words import Alert, message
from alerts.transport import Transport
from connect.errors import UserError
from connect.part_log import log_of
from connect.part_status import served
from connect.settings import Settings
from schemas.clock import utc_now


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Watch the figures of the stores and send alerts, until Ctrl-C."""
    if context.invoked_subcommand is None:
        with log_of("alerts"):
            _run(Settings.from_environment())


def _run(settings: Settings) -> None:
    plan, transports = _plan(settings)
    with served(settings, "alerts") as status:
        service = AlertService(settings, plan, status.turn)
        couriers = [
            Courier(settings, target, transport, lambda: service.engine)
            for target, transport in transports.items()
        ]
        status.report = AlertsReport(settings, service, couriers)
        for courier in couriers:
            courier.start()
        service.run(couriers)


@main.command()
def check() -> None:
    """Check the file, and print which alerts go where."""
    plan, _ = _plan(Settings.from_environment())
    for name, store in (("default", plan.default), *plan.stores.items()):
        targets, kinds = ", ".join(store.targets) or "no target", ", ".join(store.kinds)
        click.echo(f"{name}: {kinds} to {targets}")


@main.command("try")
@click.argument("store_id")
def try_targets(store_id: str) -> None:
    """Send a message that is no alert to each target of a store, to see that it arrives."""
    plan, transports = _plan(Settings.from_environment())
    store = plan.of(store_id)
    if not store.targets:
        raise UserError(f"{VARIABLE}: {store_id} has no targets.")
    words = "This is a test of the alerts: nothing is wrong."
    alert = Alert("test", Kind.STALLED, store_id, "", "", words)
    text = message([alert], ChainStores({}, UTC), plan.dashboard, utc_now())
    failures = []
    for target in store.targets:
        reason = transports[target].send(text._replace(title=f"{store_id}: test", body=words))
        click.echo(f"{target}: {reason or 'sent'}")
        failures += [target] if reason else []
    if failures:
        raise UserError(f"These targets took no message: {', '.join(failures)}.")


def _plan(settings: Settings) -> tuple[AlertPlan, dict[str, Transport]]:
    """Read the file. Raises UserError if there is none, or for a URL that nothing can send to."""
    if not settings.alerts:
        raise UserError(f"{VARIABLE} names no file: see docs/alerts.md.")
    plan = load_plan(settings)
    transports = {name: Transport(url) for name, url in plan.targets.items()}
    for name, transport in transports.items():
        if transport.service("S1") is None:
            # The URL is not repeated: it may have a password.
            raise UserError(
                f"{VARIABLE}: {settings.alerts}: [targets] {name}: expected a URL as the library "
                "Apprise knows them, such as mailtos://user:password@host?from=…&to=…"
            )
    return plan, transports


if __name__ == "__main__":
    main(prog_name="python -m alerts")
