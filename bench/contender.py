"""Programs that take turns: each waits on its standard input while another one runs."""

import json
import subprocess
import sys
import tempfile
import threading
import time

LIMIT = 900
"""Seconds until a contender that has not answered is given up."""


class Failed(Exception):
    """A contender ended without an answer."""


class Contender:
    """A running program; `rates` are its items a second, round by round."""

    def __init__(self, name, command):
        self.name, self.rates, self.peak_kib = name, [], None
        self.errors = tempfile.TemporaryFile("w+")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, bufsize=1
        )

    def answer(self):
        """The next line it prints."""
        overdue = threading.Timer(LIMIT, self.process.kill)
        overdue.start()
        line = self.process.stdout.readline()
        overdue.cancel()
        if not line:
            raise Failed(f"{self.name}: {self.last_error()}")
        return line.strip()

    def round(self):
        """Lets it do one round."""
        self.process.stdin.write("go\n")
        answer = json.loads(self.answer())
        self.rates.append(answer["items"] / answer["seconds"])

    def first_epoch(self):
        """Waits for the end of its first epoch and for its own; returns the seconds from its start to the former."""
        self.answer()
        seconds = time.perf_counter() - self.started
        self.finish()
        return seconds

    def finish(self):
        """Ends its input and takes its peak of resident memory, the last thing it says."""
        self.process.stdin.close()
        self.peak_kib = json.loads(self.answer())["peak_kib"]
        self.process.wait()

    def last_error(self):
        """The last line it wrote to standard error."""
        self.process.wait()
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        return lines[-1] if lines else f"ended with {self.process.returncode}"


def start_all(starts):
    """Starts contenders one after the other and waits until each is ready; those that fail come back as reasons."""
    ready, failed = [], {}
    for start in starts:
        contender = start()
        try:
            contender.answer()
            ready.append(contender)
        except Failed as failure:
            failed[contender.name] = str(failure)
        print(f"  {contender.name}: {failed.get(contender.name, 'ready')}", file=sys.stderr)
    return ready, failed


def in_turns(contenders, rounds):
    """The contenders round by round, in an order that turns round every time."""
    for number in range(rounds):
        yield from contenders if number % 2 == 0 else reversed(contenders)


def compete(starts, rounds):
    """Runs contenders against each other; returns them by name, and the reasons of those that failed to start."""
    ready, failed = start_all(starts)
    for contender in in_turns(ready, rounds):
        contender.round()
    for contender in ready:
        contender.finish()
    return {contender.name: contender for contender in ready}, failed
