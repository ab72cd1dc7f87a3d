"""``kompass worker``: the process that does what takes long, beside the web service."""

import logging
import signal
from types import FrameType

from api.cli.base import app, command, option
from api.language import N_


@command(help=N_("Do what was asked for in the service: imports, scheduled fetching, tidying up."))
@option("--once", is_flag=True, help=N_("End when nothing is left to do now."))
def worker(once: bool) -> None:
    """Work until interrupted."""
    from api.jobs.work import make_worker

    here = app()
    # one line a job is what a worker has to say, whatever the level of the rest
    logging.getLogger("api.jobs.worker").setLevel(min(logging.INFO, logging.getLogger().level))
    working = make_worker(here.services)

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the form that signals ask for
        working.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        working.run(once=once)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
